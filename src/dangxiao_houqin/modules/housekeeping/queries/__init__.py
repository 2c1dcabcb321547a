"""Reads of housekeeping; they join the tables that places opens for reading."""

from __future__ import annotations

from .checks import get_handover, list_floor_reports, list_floor_rooms
from .lost import get_lost, list_lost, list_rooms_to_choose
from .rooms import (
    LIVED_IN,
    count_care,
    list_care,
    list_conditions,
    list_floors,
    list_linen,
    list_tasks,
    list_workers,
)

__all__ = [
    "LIVED_IN",
    "count_care",
    "get_handover",
    "get_lost",
    "list_care",
    "list_conditions",
    "list_floor_reports",
    "list_floor_rooms",
    "list_floors",
    "list_linen",
    "list_lost",
    "list_rooms_to_choose",
    "list_tasks",
    "list_workers",
]
