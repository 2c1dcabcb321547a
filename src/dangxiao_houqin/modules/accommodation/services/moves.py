"""调房登记: who was moved from which bed to which, when and why."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DeskRules
from dangxiao_houqin.modules.accommodation.models import BedMove, Stay
from dangxiao_houqin.modules.places.api import bed

from .cleaning import clean_after_leaving


def record_move(ctx: Ctx, stay: Stay, from_bed_id: int, to_bed_id: int, on_day: date, reason: str) -> None:
    """Write one line of the register; called by the services that moved ``stay`` under their own right.

    The room he leaves is to be cleaned when he leaves it now and nobody stays behind.
    """
    ctx.session.add(
        BedMove(
            stay_id=stay.id,
            class_id=stay.class_id,
            guest_name=stay.guest_name,
            from_bed_id=from_bed_id,
            to_bed_id=to_bed_id,
            on_day=on_day,
            reason=reason.strip(),
            handler=ctx.actor.name[:80],
        )
    )
    if on_day <= ctx.today():
        rooms = set(ctx.session.scalars(select(bed.c.room_id).where(bed.c.id.in_((from_bed_id, to_bed_id)))))
        clean_after_leaving(ctx, rooms - {stay.room_id}, reason="换房", note="换房后打扫")


def ask_for_reason(ctx: Ctx, stay: Stay, reason: str) -> None:
    """Raise :class:`InvalidInput` (field ``reason``) where the office wants one for moving this person."""
    rule = ctx.settings(DeskRules).move_reason
    if (rule == "always" or (rule == "in_house" and stay.arrived_at is not None)) and not reason.strip():
        raise InvalidInput(f"给{stay.guest_name}换床位需要写明原因，请选择原因。", field="reason")
