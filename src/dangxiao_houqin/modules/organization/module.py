"""What the organization plugs into the house."""

from __future__ import annotations

from typing import Any

from dangxiao_houqin.core.module_spec import ListSpec, ModuleSpec, PageSpec
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL

from .columns import CALENDAR_COLUMNS, DEPARTMENT_COLUMNS, STAFF_COLUMNS
from .domain import AUDIT_VIEW, SETTINGS, STAFF_EDIT, STAFF_VIEW, USERS, SchoolProfile, SecurityRules


def _users_page(desk: Any) -> Any:
    from .ui.users_page import UsersPage

    return UsersPage(desk)


def _staff_page(desk: Any) -> Any:
    from .ui.staff_page import StaffPage

    return StaffPage(desk)


def _audit_page(desk: Any) -> Any:
    from .ui.audit_page import AuditPage

    return AuditPage(desk)


def _calendar_page(desk: Any) -> Any:
    from .ui.calendar_page import CalendarPage

    return CalendarPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("organization.staff", "部门与职工", "id-card", _staff_page, STAFF_VIEW, order=700, group="系统"),
        PageSpec(
            "organization.calendar",
            "校历",
            "calendar-days",
            _calendar_page,
            order=750,
            group="系统",
            opens=("calendar_year",),
        ),
        PageSpec("organization.users", "用户与角色", "shield-check", _users_page, USERS, order=800, group="系统"),
        PageSpec("organization.audit", "审计日志", "history", _audit_page, AUDIT_VIEW, order=810, group="系统"),
    )


def _list_staff(ctx: Any, query: Any) -> Any:
    from .queries import list_staff

    return list_staff(ctx, query)


def _list_departments(ctx: Any, query: Any) -> Any:
    from .queries import list_departments

    return list_departments(ctx, query)


def _list_calendar(ctx: Any, query: Any) -> Any:
    from .queries import list_calendar

    return list_calendar(ctx, query)


def _today(ctx: Any) -> Any:
    from .queries import today_lines

    return today_lines(ctx)


MODULE = ModuleSpec(
    key="organization",
    title="组织",
    permissions=(SETTINGS, USERS, STAFF_VIEW, STAFF_EDIT, AUDIT_VIEW, REVEAL_PERSONAL),
    settings=(SchoolProfile, SecurityRules),
    pages=_pages,
    lists=(
        ListSpec("staff", "职工名单", STAFF_COLUMNS, _list_staff),
        ListSpec("departments", "部门", DEPARTMENT_COLUMNS, _list_departments),
        ListSpec("calendar", "校历", CALENDAR_COLUMNS, _list_calendar),
    ),
    opens=("user_account", "staff_member", "department"),
    today=(_today,),
)
