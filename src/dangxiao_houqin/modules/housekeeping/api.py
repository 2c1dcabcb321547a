"""Front door of housekeeping: what the desk, the room chart and the assignment of beds may use.

* ``list_conditions``: how far each room is (a missing one is ready); ``RoomCondition`` has ``label`` and ``pill``;
* ``raise_task``/``raise_tasks``/``withdraw_tasks``: check-out and the daily job ask for cleaning, idempotently;
* ``mark_dirty``/``clear_dirty``: the guests of a room left, or came back before anybody cleaned;
* ``list_linen``, ``HousekeepingRules``: when cleaning and linen are due in a long stay;
* ``list_floor_reports``, ``resolve_report``, ``reopen_report``: desk and floor staff compare who lives where;
* ``ClassRoomsAsked``, ``GuestsAsked``: who knows the stays answers these (paired in ``app/wiring.py``).
"""

from __future__ import annotations

from .domain import (
    INSPECT,
    LOST,
    VIEW,
    WORK,
    CareStep,
    ClassRoomsAsked,
    FloorReportRow,
    GuestsAsked,
    HousekeepingRules,
    RaiseTask,
    RoomCondition,
    SaveLost,
    SetConditions,
    TaskKind,
)
from .queries import list_conditions, list_floor_reports, list_linen
from .services import (
    clear_dirty,
    mark_dirty,
    raise_task,
    raise_tasks,
    reopen_report,
    resolve_report,
    save_lost,
    set_conditions,
    take_back,
    withdraw_tasks,
)

__all__ = [
    "INSPECT",
    "LOST",
    "VIEW",
    "WORK",
    "CareStep",
    "ClassRoomsAsked",
    "FloorReportRow",
    "GuestsAsked",
    "HousekeepingRules",
    "RaiseTask",
    "RoomCondition",
    "SaveLost",
    "SetConditions",
    "TaskKind",
    "clear_dirty",
    "list_conditions",
    "list_floor_reports",
    "list_linen",
    "mark_dirty",
    "raise_task",
    "raise_tasks",
    "reopen_report",
    "resolve_report",
    "save_lost",
    "set_conditions",
    "take_back",
    "withdraw_tasks",
]
