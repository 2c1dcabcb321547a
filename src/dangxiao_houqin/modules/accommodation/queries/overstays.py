"""Who is in the house without a night of his own: past his last night, or parked without a bed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import VIEW, DeskRules, Overstayer, StayState
from dangxiao_houqin.modules.accommodation.models import BedNight, Stay
from dangxiao_houqin.modules.places.api import bed, building, room

DAY = timedelta(days=1)

LONGEST = timedelta(days=480)
"""Nobody stays longer; it keeps ten years of history out of the question."""

FORGOTTEN = timedelta(days=60)
"""Who should have left longer ago than this has gone without a word: the desk's list asks after him, tonight does not.

It also keeps the question to the few stays that ended lately; the state alone has no index.
"""

_IN, _PARKED = StayState.IN_HOUSE.value, StayState.PARKED.value


def goes_on(day: date) -> ColumnElement[bool]:
    """The person of ``stay`` has, by ``day``, gone on to another bed (or from it into the lane)."""
    later = aliased(Stay)
    begun = and_(later.id != Stay.id, later.state.in_((_IN, _PARKED)), later.arrive <= day, later.leave > Stay.leave)
    next_leg = select(later.id).where(later.moved_from_id == Stay.id, begun).exists()
    of_person = select(later.id).where(later.enrollment_id == Stay.enrollment_id, begun).exists()
    return or_(next_leg, of_person)


def overstays(ctx: Ctx, night: date) -> ColumnElement[bool]:
    """Stays whose guest is in the house on ``night`` after his last one.

    Tonight those who leave today count from the hour of check-out on (settings of the desk); of nights to come nobody
    knows.
    """
    today = ctx.today()
    if night > today:
        return false()
    still_time = night == today and ctx.now().hour < ctx.settings(DeskRules).checkout_hour
    last = night - DAY if still_time else night
    return and_(Stay.state == _IN, Stay.leave >= night - FORGOTTEN, Stay.leave <= last, ~goes_on(night))


def parked_here(ctx: Ctx, night: date) -> ColumnElement[bool]:
    """Parked stays whose guest is in the house on ``night``; they name the bed they were taken from."""
    if night > ctx.today():
        return false()
    arrived = and_(Stay.arrived_at.is_not(None), Stay.arrive >= night - LONGEST, Stay.arrive <= night)
    return and_(Stay.state == _PARKED, arrived, Stay.leave >= night - FORGOTTEN, ~goes_on(night))


def overstayed_beds(ctx: Ctx) -> dict[int, int]:
    """Beds that are not free tonight because somebody still lies there: bed → his stay."""
    found = select(Stay.bed_id, Stay.id).where(overstays(ctx, ctx.today())).order_by(Stay.leave)
    return {row.bed_id: row.id for row in ctx.session.execute(found)}


def list_overstayers(ctx: Ctx) -> tuple[Overstayer, ...]:
    """Whose beds are not free tonight although no night is held in them, in the order of the rooms."""
    ctx.require(VIEW)
    held = select(BedNight.bed_id).where(BedNight.bed_id == Stay.bed_id, BedNight.night == ctx.today()).exists()
    return _people(ctx, and_(overstays(ctx, ctx.today()), ~held))


# house: open - the desk's services ask under their own right
def still_in_bed(ctx: Ctx, bed_ids: Collection[int], *, without: Collection[int] = ()) -> dict[int, Overstayer]:
    """Who has moved into one of these beds and not left it, except the stays ``without``: by bed."""
    today = ctx.today()
    lies = and_(Stay.bed_id.in_(bed_ids), Stay.state == _IN, Stay.arrive <= today, ~goes_on(today))
    return {each.bed_id: each for each in _people(ctx, lies) if each.stay_id not in without}


def _people(ctx: Ctx, condition: ColumnElement[bool]) -> tuple[Overstayer, ...]:
    statement = (
        select(
            Stay.id,
            Stay.guest_name,
            Stay.bed_id,
            (building.c.name + room.c.number + "-" + bed.c.name).label("place"),
            Stay.leave,
        )
        .join(room, room.c.id == Stay.room_id)
        .join(bed, bed.c.id == Stay.bed_id)
        .join(building, building.c.id == room.c.building_id)
        .where(condition)
        .order_by(building.c.sort_order, building.c.id, room.c.sort_key, bed.c.id, Stay.id)
    )
    return tuple(Overstayer(*row) for row in ctx.session.execute(statement))
