"""Who an identity card belongs to, for the reader at the desk."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DESK
from dangxiao_houqin.modules.training.api import enrollment


def find_by_id_number(ctx: Ctx, number: str) -> tuple[int, ...]:
    """Ids of the people on rosters with this ID number, newest first; empty where the office stores none.

    The number is compared in the database and never shown, logged or kept.
    """
    ctx.require(DESK)
    statement = (
        select(enrollment.c.id)
        .where(enrollment.c.id_number == number.strip().upper(), enrollment.c.status == "enrolled")
        .order_by(enrollment.c.id.desc())
    )
    return tuple(ctx.session.scalars(statement)) if number.strip() else ()
