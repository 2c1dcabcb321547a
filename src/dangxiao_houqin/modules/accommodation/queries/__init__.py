"""Reads of accommodation, by theme."""

from __future__ import annotations

from .stays import (
    PLACE_ORDER,
    bed_option,
    count_moving,
    get_stay,
    list_class_stays,
    list_free_beds,
    list_pairs,
    list_stays,
    list_stays_between,
    list_unassigned,
    night_figures,
)

__all__ = [
    "PLACE_ORDER",
    "bed_option",
    "count_moving",
    "get_stay",
    "list_class_stays",
    "list_free_beds",
    "list_pairs",
    "list_stays",
    "list_stays_between",
    "list_unassigned",
    "night_figures",
]
