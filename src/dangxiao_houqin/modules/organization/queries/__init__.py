"""Reads of the organization; they change nothing and give back plain rows."""

from __future__ import annotations

from .audit import list_audit, list_audit_people
from .calendar import (
    add_workdays,
    calendar_years,
    day_marks,
    is_workday,
    list_calendar,
    missing_years,
    missing_years_note,
    today_lines,
    years_to_enter,
)
from .people import (
    actor_of,
    count_users,
    current_actor,
    department_choices,
    department_of,
    find_login,
    get_school,
    get_section,
    get_staff,
    list_departments,
    list_roles,
    list_staff,
    list_users,
    staff_choices,
)

__all__ = [
    "actor_of",
    "add_workdays",
    "calendar_years",
    "count_users",
    "current_actor",
    "day_marks",
    "department_choices",
    "department_of",
    "find_login",
    "get_school",
    "get_section",
    "get_staff",
    "is_workday",
    "list_audit",
    "list_audit_people",
    "list_calendar",
    "list_departments",
    "list_roles",
    "list_staff",
    "list_users",
    "missing_years",
    "missing_years_note",
    "staff_choices",
    "today_lines",
    "years_to_enter",
]
