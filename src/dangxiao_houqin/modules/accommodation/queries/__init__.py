"""Reads of accommodation, by theme."""

from __future__ import annotations

from .desk import get_desk_person, list_desk, list_overdue
from .desk_lists import list_cards, list_compensations, list_requests
from .desk_registers import get_guest, list_bed_moves, list_guests
from .figures import count_day, first_night, list_free_beds_on, list_waiting_classes, night_figures
from .floors import list_floor_people, list_head_counts
from .overstays import list_overstayers
from .recent import list_recent_guests, paid_today
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
    "first_night",
    "get_desk_person",
    "get_guest",
    "get_stay",
    "list_bed_moves",
    "list_cards",
    "list_class_stays",
    "list_compensations",
    "list_desk",
    "list_floor_people",
    "list_free_beds",
    "list_free_beds_on",
    "list_guests",
    "list_head_counts",
    "list_overdue",
    "list_overstayers",
    "list_pairs",
    "list_recent_guests",
    "list_requests",
    "list_stays",
    "list_stays_between",
    "list_unassigned",
    "list_waiting_classes",
    "night_figures",
    "paid_today",
]
