"""Reads of accommodation, by theme."""

from __future__ import annotations

from .desk import get_desk_person, list_desk, list_overdue
from .figures import count_day, list_free_beds_on, list_waiting_classes, night_figures
from .stays import (
    PLACE_ORDER,
    bed_option,
    get_stay,
    list_class_stays,
    list_free_beds,
    list_pairs,
    list_stays,
    list_stays_between,
    list_unassigned,
)

__all__ = [
    "PLACE_ORDER",
    "bed_option",
    "count_day",
    "get_desk_person",
    "get_stay",
    "list_class_stays",
    "list_desk",
    "list_free_beds",
    "list_free_beds_on",
    "list_overdue",
    "list_pairs",
    "list_stays",
    "list_stays_between",
    "list_unassigned",
    "list_waiting_classes",
    "night_figures",
]
