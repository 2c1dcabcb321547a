"""Columns of the organization's lists: table, xlsx and paper alike."""

from __future__ import annotations

from dangxiao_houqin.core.columns import Column

from .domain import AuditRow, CalendarRow, DepartmentRow, RoleRow, StaffRow, UserRow

USER_COLUMNS: tuple[Column[UserRow], ...] = (
    Column("login", "登录名", lambda r: r.login, width=130, paper_mm=30),
    Column("display_name", "姓名", lambda r: r.display_name, width=120, paper_mm=26),
    Column("roles", "角色", lambda r: r.roles, width=240, sortable=False),
    Column("staff", "对应职工", lambda r: r.staff_name, width=110, paper_mm=26, hidden=True),
    Column("last_login_at", "上次登录", lambda r: r.last_login_at, "datetime", width=150, paper_mm=34),
    Column("status", "状态", lambda r: r.pill, "pill", width=100, paper_mm=20, sortable=False),
)

ROLE_COLUMNS: tuple[Column[RoleRow], ...] = (
    Column("name", "角色", lambda r: r.name, width=180, paper_mm=40),
    Column("extent", "权限", lambda r: r.extent, width=110, paper_mm=30, sortable=False),
    Column("users", "用户数", lambda r: r.users, "int", width=80, paper_mm=18, sortable=False),
    Column("builtin", "来源", lambda r: r.pill, "pill", width=90, paper_mm=18, sortable=False),
)

DEPARTMENT_COLUMNS: tuple[Column[DepartmentRow], ...] = (
    Column("sort_order", "排序", lambda r: r.sort_order, "int", width=60, paper_mm=14, align="center"),
    Column("name", "部门", lambda r: r.name, width=200, paper_mm=80),
    Column("people", "在岗人数", lambda r: r.people, "int", width=90, paper_mm=22, sortable=False),
)

STAFF_COLUMNS: tuple[Column[StaffRow], ...] = (
    Column("name", "姓名", lambda r: r.name, width=120, paper_mm=28),
    Column("department", "部门", lambda r: r.department, width=170, paper_mm=40),
    Column("post", "岗位", lambda r: r.post, width=170, paper_mm=40),
    Column("employment_type", "编制类型", lambda r: r.employment_type, width=96, paper_mm=22, align="center"),
    Column("phone", "联系电话", lambda r: r.phone, "phone", width=130, paper_mm=32, sortable=False),
    Column("active", "状态", lambda r: r.pill, "pill", width=90, paper_mm=18),
)

AUDIT_COLUMNS: tuple[Column[AuditRow], ...] = (
    Column("at", "时间", lambda r: r.at, "datetime", width=150, paper_mm=32),
    Column("who", "谁", lambda r: r.who, width=96, paper_mm=22),
    Column("kind", "种类", lambda r: r.pill, "pill", width=76, paper_mm=14),
    Column("action", "操作", lambda r: r.action, width=124, paper_mm=32, sortable=False),
    Column("entity", "对象", lambda r: r.entity, width=88, paper_mm=22),
    Column("label", "名称", lambda r: r.label, width=124, paper_mm=34, sortable=False),
    Column("text", "内容", lambda r: r.text, width=380, sortable=False),
)

CALENDAR_COLUMNS: tuple[Column[CalendarRow], ...] = (
    Column("day", "日期", lambda r: r.day, "date", width=120, paper_mm=28),
    Column("weekday", "星期", lambda r: r.weekday, width=80, paper_mm=18, align="center", sortable=False),
    Column("rest", "安排", lambda r: r.pill, "pill", width=96, paper_mm=20),
    Column("name", "名称", lambda r: r.name, width=260),
    Column("source", "来源", lambda r: r.source, "pill", width=120, paper_mm=28),
)
