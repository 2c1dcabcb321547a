"""调房登记: who was moved from which bed to which, when and why."""

from __future__ import annotations

from datetime import date

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.models import BedMove, Stay


def record_move(ctx: Ctx, stay: Stay, from_bed_id: int, to_bed_id: int, on_day: date, reason: str) -> None:
    """Write one line of the register; called by the services that moved ``stay`` under their own right."""
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
