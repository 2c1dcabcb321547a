"""Occupancy by class, kind of class, building, month and year: the rows that the formulas count."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import HOLDING, VIEW, StayKind, StayState
from dangxiao_houqin.modules.accommodation.models import BedNight, Stay
from dangxiao_houqin.modules.accommodation.statistics import (
    BedStock,
    Grouping,
    HeldNights,
    Summary,
    beside,
    merge_spans,
    summarise,
    year_before,
)
from dangxiao_houqin.modules.places.api import building, list_beds_for_assignment, list_outages, room
from dangxiao_houqin.modules.training.api import training_class

DAY = timedelta(days=1)
CAME = (StayState.IN_HOUSE.value, StayState.LEFT.value)


def read_held_nights(ctx: Ctx, start: date, end: date) -> list[HeldNights]:
    """Who holds which bed on the nights of ``[start, end)``: one row a stay, from ``bed_night`` itself.

    No permission of its own: the caller's use case has asked.
    """
    held = (
        select(
            BedNight.stay_id,
            func.min(BedNight.night).label("first"),
            func.max(BedNight.night).label("last"),
        )
        .where(BedNight.night >= start, BedNight.night < end)
        .group_by(BedNight.stay_id)
        .subquery()
    )
    rows = ctx.session.execute(
        select(
            Stay.id,
            Stay.enrollment_id,
            Stay.moved_from_id,
            Stay.bed_id,
            Stay.room_id,
            room.c.building_id,
            Stay.class_id,
            training_class.c.kind.label("class_kind"),
            Stay.kind,
            Stay.state,
            held.c.first,
            held.c.last,
        )
        .join(held, held.c.stay_id == Stay.id)
        .join(room, room.c.id == Stay.room_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .where(Stay.state.in_(HOLDING))
        .order_by(held.c.first, Stay.class_id, Stay.id)
    ).all()
    parents = {row.id: row.moved_from_id for row in rows if row.enrollment_id is None}
    found = []
    for stay_id, person, _, bed_id, room_id, building_id, class_id, class_kind, kind, state, first, last in rows:
        if person is None:  # a guest of no class who changed beds is one person
            root = stay_id
            while (parent := parents.get(root)) is not None:
                root = parent
            person = -root
        found.append(
            HeldNights(
                person=person,
                bed_id=bed_id,
                room_id=room_id,
                building_id=building_id,
                class_id=class_id or 0,
                kind=class_kind or StayKind(kind).label,
                came=state in CAME,
                start=first,
                end=last + DAY,
            )
        )
    return found


def read_bed_stock(ctx: Ctx, start: date, end: date) -> BedStock:
    """Beds that can be given out today and their outages that touch ``[start, end)``.

    No permission of its own: the caller's use case has asked.
    """
    places = [place for place in list_beds_for_assignment(ctx) if place.assignable]
    of_room: dict[int, list[int]] = defaultdict(list)
    for place in places:
        of_room[place.room_id].append(place.bed_id)
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for outage in list_outages(ctx, start, end):
        span = (max(outage.start, start), min(outage.end or end, end))
        for bed_id in of_room.get(outage.room_id, ()):
            if outage.bed_id in (None, bed_id):
                spans[bed_id].append(span)
    return BedStock(
        {place.bed_id: place.building_id for place in places},
        {bed_id: merge_spans(found) for bed_id, found in spans.items()},
    )


def read_summary(ctx: Ctx, start: date, end: date, grouping: Grouping, *, compare: bool = True) -> Summary:
    """Figures of the nights ``[start, end)`` by ``grouping``, beside those of the year before.

    Nights still to come are compared with nothing.
    """
    ctx.require(VIEW)
    first = ctx.session.scalar(select(func.min(BedNight.night)))
    today = ctx.today()
    until = year_before(min(end, today))
    comparing = compare and first is not None and start < today and until > first
    since = max(year_before(start), first) if comparing and first is not None else start
    held = read_held_nights(ctx, since, end)
    stock = read_bed_stock(ctx, since, end)
    titles = _titles(ctx, grouping, {one.class_id for one in held})
    now = summarise(held, stock, start, end, today, grouping, titles, first_night=first)
    if not comparing:
        return now
    return beside(now, summarise(held, stock, year_before(start), until, today, grouping, titles, first_night=first))


def _titles(ctx: Ctx, grouping: Grouping, ids: set[int]) -> dict[str, str]:
    if grouping is Grouping.BUILDING:
        rows = ctx.session.execute(
            select(building.c.id, building.c.name).order_by(building.c.sort_order, building.c.id)
        )
        return {str(building_id): name for building_id, name in rows}
    if grouping is Grouping.CLASS:
        found = select(training_class.c.id, training_class.c.name)
        if len(ids) < 500:  # else all of them: an IN of thousands helps nobody
            found = found.where(training_class.c.id.in_(ids))
        return {"0": "临时住客"} | {str(class_id): name for class_id, name in ctx.session.execute(found)}
    return {}
