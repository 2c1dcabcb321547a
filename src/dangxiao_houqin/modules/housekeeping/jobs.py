"""What housekeeping does by itself every day."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox import api as inbox

from .domain import HousekeepingRules, LostState
from .models import LostProperty
from .services import inbox_key


def remind_expired(ctx: Ctx) -> int:
    """Things nobody came for within their time become 待办 of the office, once each; returns how many are expired."""
    role = ctx.settings(HousekeepingRules).role
    query = select(LostProperty).where(
        LostProperty.state == LostState.KEPT.value, LostProperty.keep_until < ctx.today()
    )
    expired = ctx.session.scalars(query.order_by(LostProperty.id)).all()
    for lost in expired:
        inbox.assign(
            ctx,
            inbox.Assign(
                key=inbox_key(lost.id),
                kind="遗留物品到期",
                text=f"{lost.tag}“{lost.item[:60]}”保管期已过（到 {lost.keep_until}），请按规定处置。",
                ref=Ref("lost_property", lost.id),
                role=role,
                due_on=lost.keep_until,
            ),
        )
    return len(expired)
