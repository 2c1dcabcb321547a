"""Departments and the people who work here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.domain import (
    STAFF_EDIT,
    DepartmentDeleted,
    SaveDepartment,
    SaveStaff,
    StaffDeleted,
)
from dangxiao_houqin.modules.organization.models import Department, StaffMember, UserAccount


def save_department(ctx: Ctx, cmd: SaveDepartment) -> int:
    """Create (at the end of the order) or rename a department; returns its id."""
    ctx.require(STAFF_EDIT)
    name = cmd.name.strip()
    if not name:
        raise InvalidInput("请填写部门名称。", field="name")
    if cmd.department_id is None:
        last = ctx.session.scalar(select(func.max(Department.sort_order))) or 0
        return ctx.add(Department(name=name, sort_order=last + 1)).id
    department = ctx.get(Department, cmd.department_id, version=cmd.version, lock=True)
    department.name = name
    return department.id


def reorder_departments(ctx: Ctx, ids: Sequence[int]) -> None:
    """Set the office's order; ``ids`` must be all departments, first one first."""
    ctx.require(STAFF_EDIT)
    departments = {d.id: d for d in ctx.session.scalars(select(Department).with_for_update())}
    if set(ids) != set(departments) or len(ids) != len(departments):
        raise Conflict("部门刚被其他人增加或删除，请重新载入后再排序。")
    for place, department_id in enumerate(ids, start=1):
        departments[department_id].sort_order = place


def delete_department(ctx: Ctx, department_id: int, version: int) -> None:
    """Remove a department in which nobody is; raises :class:`RuleViolation`, also for one that a document names."""
    ctx.require(STAFF_EDIT)
    department = ctx.get(Department, department_id, version=version, lock=True)
    people = ctx.session.scalar(
        select(func.count()).select_from(StaffMember).where(StaffMember.department_id == department.id)
    )
    if people:
        raise RuleViolation(f"“{department.name}”里还有 {people} 名职工，请先把他们调到别的部门。")
    ctx.publish(DepartmentDeleted(department.id, department.name))
    ctx.session.delete(department)


def save_staff(ctx: Ctx, cmd: SaveStaff) -> int:
    """Create or change a person who works here; returns the id."""
    ctx.require(STAFF_EDIT)
    name = cmd.name.strip()
    if not name:
        raise InvalidInput("请填写姓名。", field="name")
    if cmd.department_id is not None:
        ctx.get(Department, cmd.department_id)
    if cmd.staff_id is None:
        staff = StaffMember()
    else:
        staff = ctx.get(StaffMember, cmd.staff_id, version=cmd.version, lock=True)
    staff.name = name
    staff.search_key = search_key(name)
    staff.department_id = cmd.department_id
    staff.employment_type = cmd.employment_type.value
    staff.post = cmd.post.strip()
    if cmd.phone is not None:
        staff.phone = cmd.phone.strip()
    staff.active = cmd.active
    return ctx.add(staff).id


def delete_staff(ctx: Ctx, staff_id: int, version: int) -> None:
    """Remove somebody entered by mistake; somebody with a login is marked as left instead."""
    ctx.require(STAFF_EDIT)
    staff = ctx.get(StaffMember, staff_id, version=version, lock=True)
    if ctx.session.scalar(select(UserAccount.id).where(UserAccount.staff_id == staff.id).limit(1)) is not None:
        raise RuleViolation(f"“{staff.name}”有登录账号，不能删除；请改为“已离岗”，并停用账号。")
    ctx.publish(StaffDeleted(staff.id, staff.name))
    ctx.session.delete(staff)
