"""Who was in the house lately: whom a thing found in a room may belong to."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DESK, CompensationRow, RecentGuest
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.places.api import building, room
from dangxiao_houqin.modules.training.api import enrollment, training_class

from .desk_lists import list_compensations

LOOK_BACK = timedelta(days=60)
"""Damage found later than this is nobody's any more."""


def list_recent_guests(ctx: Ctx, text: str, *, limit: int = 30) -> tuple[RecentGuest, ...]:
    """People who are in the house or left it within :data:`LOOK_BACK`, the last to leave first; each once.

    ``text`` is a name, pinyin, initials, or the beginning of a room number.
    """
    ctx.require(DESK)
    since = ctx.now() - LOOK_BACK
    statement = (
        select(
            Stay.id,
            Stay.enrollment_id,
            Stay.guest_name,
            Stay.left_at,
            enrollment.c.search_key,
            enrollment.c.unit_name,
            training_class.c.name.label("class_name"),
            building.c.name.label("building"),
            room.c.number,
        )
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .join(room, room.c.id == Stay.room_id)
        .join(building, building.c.id == room.c.building_id)
        .where(Stay.arrived_at.is_not(None), or_(Stay.left_at.is_(None), Stay.left_at >= since))
        .order_by(Stay.left_at.is_(None), Stay.left_at.desc(), Stay.arrive.desc(), Stay.id.desc())
    )
    found: dict[int, RecentGuest] = {}
    wanted = text.strip()
    for row in ctx.session.execute(statement):
        person = row.enrollment_id or -row.id
        if person in found:
            continue
        if not (matches(row.search_key or search_key(row.guest_name), wanted) or row.number.startswith(wanted)):
            continue
        found[person] = RecentGuest(
            row.id,
            row.guest_name,
            row.unit_name or row.class_name or "",
            f"{row.building}{row.number}",
            row.left_at.date() if row.left_at is not None else None,
        )
        if len(found) >= limit:
            break
    return tuple(found.values())


def paid_today(ctx: Ctx, stay_id: int) -> tuple[CompensationRow, ...]:
    """What the person of a stay was charged today and has paid."""
    filters = {"stay_id": stay_id, "settled": True, "from_day": ctx.today(), "to_day": ctx.today()}
    return list_compensations(ctx, ListQuery(filters=filters, limit=None)).rows
