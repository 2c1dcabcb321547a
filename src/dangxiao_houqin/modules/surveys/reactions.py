"""What surveys do when something happens elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx

from .models import EntryBatch, Suggestion

if TYPE_CHECKING:
    from dangxiao_houqin.modules.organization.api import DepartmentDeleted, StaffDeleted, UserDeleted


def on_user_deleted(ctx: Ctx, event: UserDeleted) -> None:
    """Somebody who typed papers or handles a case is switched off instead.  Raises :class:`RuleViolation`."""
    typed = select(EntryBatch.id).where(
        or_(EntryBatch.first_id == event.user_id, EntryBatch.second_id == event.user_id)
    )
    handles = select(Suggestion.id).where(Suggestion.handler_id == event.user_id)
    if any(ctx.session.scalar(query.limit(1)) is not None for query in (typed, handles)):
        raise RuleViolation(f"“{event.name}”录入过答卷或承办过意见建议，不能删除；请改为停用。")


def on_department_deleted(ctx: Ctx, event: DepartmentDeleted) -> None:
    """A department that a case was given to stays.  Raises :class:`RuleViolation`."""
    handles = select(Suggestion.id).where(Suggestion.department_id == event.department_id)
    if ctx.session.scalar(handles.limit(1)) is not None:
        raise RuleViolation(f"“{event.name}”承办过意见建议，不能删除；不再使用的话，可以改名注明已撤销。")


def on_staff_deleted(ctx: Ctx, event: StaffDeleted) -> None:
    """The first contact of a case is marked as left instead.  Raises :class:`RuleViolation`."""
    asked = select(Suggestion.id).where(Suggestion.first_contact_id == event.staff_id)
    if ctx.session.scalar(asked.limit(1)) is not None:
        raise RuleViolation(f"“{event.name}”是意见建议的首问责任人，不能删除；请改为“已离岗”。")
