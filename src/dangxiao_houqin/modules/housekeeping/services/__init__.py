"""Changes of housekeeping; every function is one use case inside the caller's transaction."""

from __future__ import annotations

from .care import clear_dirty, fail_inspection, mark_dirty, set_conditions, take_back
from .floors import reopen_report, report_floor, resolve_report
from .handover import save_handover
from .lost import dispose_lost, inbox_key, reopen_lost, return_lost, save_lost
from .tasks import add_tasks, assign_tasks, cancel_tasks, finish_tasks, raise_task, raise_tasks, withdraw_tasks

__all__ = [
    "add_tasks",
    "assign_tasks",
    "cancel_tasks",
    "clear_dirty",
    "dispose_lost",
    "fail_inspection",
    "finish_tasks",
    "inbox_key",
    "mark_dirty",
    "raise_task",
    "raise_tasks",
    "reopen_lost",
    "reopen_report",
    "report_floor",
    "resolve_report",
    "return_lost",
    "save_handover",
    "save_lost",
    "set_conditions",
    "take_back",
    "withdraw_tasks",
]
