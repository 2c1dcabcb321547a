"""Figures of a night and a day: one grouped statement each, whatever the number of years in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    HOLDING,
    VIEW,
    DayCounts,
    FreeBedRow,
    NightFigures,
    StayState,
    WaitingClass,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, RoomNight, Stay
from dangxiao_houqin.modules.places.api import (
    bed,
    building,
    count_assignable_beds,
    floor,
    list_closed_beds,
    room,
)
from dangxiao_houqin.modules.training.api import training_class

from .overstays import overstayed_beds, overstays, parked_here
from .stays import PLACE_ORDER, is_arrival, is_departure, stays_beyond, unassigned_statement

DAY = timedelta(days=1)
HERE = (StayState.IN_HOUSE.value, StayState.LEFT.value)


def night_figures(ctx: Ctx, start: date, end: date) -> tuple[NightFigures, ...]:
    """Taken, closed and free beds per night of ``[start, end)``."""
    ctx.require(VIEW)
    spans = [(bed_id, first, after) for bed_id, first, after in list_closed_beds(ctx, start, end)]
    closed: defaultdict[date, set[int]] = defaultdict(set)
    for bed_id, first, after in spans:
        for offset in range((after - first).days):
            closed[first + offset * DAY].add(bed_id)
    within = and_(BedNight.night >= start, BedNight.night < end)
    held = {
        row.night: (row.taken, row.astray)
        for row in ctx.session.execute(
            select(
                BedNight.night,
                func.count().label("taken"),
                func.count().filter(~and_(room.c.assignable, bed.c.assignable)).label("astray"),
            )
            .join(bed, bed.c.id == BedNight.bed_id)
            .join(room, room.c.id == BedNight.room_id)
            .where(within)
            .group_by(BedNight.night)
        )
    }
    in_closed: defaultdict[date, int] = defaultdict(int)
    if spans:
        wanted = select(BedNight.night, BedNight.bed_id).where(within, BedNight.bed_id.in_({span[0] for span in spans}))
        for night, bed_id in ctx.session.execute(wanted):
            in_closed[night] += bed_id in closed[night]
    beds = count_assignable_beds(ctx)
    today = ctx.today()
    overstayed = _overstayed(ctx, closed[today]) if start <= today < end else 0
    nights = [start + offset * DAY for offset in range((end - start).days)]
    return tuple(
        NightFigures(
            night,
            beds,
            len(closed[night]),
            taken,
            astray + in_closed[night],
            overstayed if night == today else 0,
        )
        for night in nights
        for taken, astray in (held.get(night, (0, 0)),)
    )


def _overstayed(ctx: Ctx, closed: Collection[int]) -> int:
    """Beds that would be free tonight, had their last guest left."""
    today = ctx.today()
    held = select(BedNight.bed_id).where(BedNight.bed_id == bed.c.id, BedNight.night == today).exists()
    statement = (
        select(bed.c.id)
        .join(room, room.c.id == bed.c.room_id)
        .join(Stay, Stay.bed_id == bed.c.id)
        .where(overstays(ctx, today), room.c.assignable, bed.c.assignable, ~held)
    )
    return len(set(ctx.session.scalars(statement)) - set(closed))


def first_night(ctx: Ctx) -> date | None:
    """The first night anybody ever slept here; occupancy is told from then on."""
    ctx.require(VIEW)
    return ctx.session.scalar(select(func.min(BedNight.night)))


def count_day(ctx: Ctx, day: date) -> DayCounts:
    """Who comes, who goes and who sleeps here on ``day``."""
    ctx.require(VIEW)

    def by_state(condition: ColumnElement[bool]) -> dict[str, int]:
        statement = select(Stay.state, func.count()).where(Stay.state.in_(HOLDING), condition).group_by(Stay.state)
        return {row[0]: row[1] for row in ctx.session.execute(statement)}

    arrivals, departures = by_state(is_arrival(day)), by_state(is_departure(day))
    tonight = select(Stay.state, func.count()).join(BedNight, BedNight.stay_id == Stay.id).where(BedNight.night == day)
    sleeping = {row[0]: row[1] for row in ctx.session.execute(tonight.group_by(Stay.state))}
    late, parked = (
        ctx.session.scalar(select(func.count()).select_from(Stay).where(condition)) or 0
        for condition in (overstays(ctx, day), parked_here(ctx, day))
    )
    return DayCounts(
        arriving=sum(arrivals.values()),
        arrived=sum(arrivals.get(state, 0) for state in HERE),
        leaving=sum(departures.values()),
        left=departures.get(StayState.LEFT.value, 0),
        in_house=sum(sleeping.get(state, 0) for state in HERE) + late,
        expected=sleeping.get(StayState.ASSIGNED.value, 0),
        overstaying=late,
        parked=parked,
    )


def list_waiting_classes(ctx: Ctx, from_day: date) -> tuple[WaitingClass, ...]:
    """Classes with people who need a bed after ``from_day`` and hold none, by their start."""
    ctx.require(VIEW)
    people = unassigned_statement().where(stays_beyond(from_day)).subquery()
    statement = (
        select(training_class.c.id, training_class.c.name, func.count())
        .join(people, people.c.class_id == training_class.c.id)
        .group_by(training_class.c.id, training_class.c.name, training_class.c.start)
        .order_by(training_class.c.start, training_class.c.id)
    )
    return tuple(WaitingClass(*row) for row in ctx.session.execute(statement))


def list_free_beds_on(ctx: Ctx, query: ListQuery) -> Listing[FreeBedRow]:
    """Beds free on a night, in the order of the rooms; tonight without those whose last guest has not left.

    Filters: ``night`` (default tonight), ``building_id``, ``room_type``, ``sex`` (男/女: who may be put there; empty
    rooms suit both), ``reserve`` (bool).
    """
    ctx.require(VIEW)
    filters = dict(query.filters)
    night: date = filters.pop("night", None) or ctx.today()
    closed = list_closed_beds(ctx, night, date.max)
    down = {bed_id for bed_id, first, _ in closed if first <= night}
    if night == ctx.today():
        down |= overstayed_beds(ctx).keys()
    shuts: dict[int, date] = {}
    for bed_id, first, _ in closed:
        if first > night:
            shuts[bed_id] = min(first, shuts.get(bed_id, first))
    taken = select(BedNight.bed_id).where(BedNight.night == night)
    next_taken = (
        select(func.min(BedNight.night)).where(BedNight.bed_id == bed.c.id, BedNight.night > night).scalar_subquery()
    )

    def row(found: Row[Any]) -> FreeBedRow:
        ends = [day for day in (found.next_taken, shuts.get(found.bed_id)) if day is not None]
        return FreeBedRow(
            bed_id=found.bed_id,
            bed_name=found.bed_name,
            room_id=found.room_id,
            room_number=found.room_number,
            room_type=found.room_type,
            building_name=found.building_name,
            floor_name=found.floor_name,
            reserve=found.reserve,
            sex=found.sex or "",
            night=night,
            until=min(ends) if ends else None,
        )

    return fetch_listing(
        ctx.session,
        select(
            bed.c.id.label("bed_id"),
            bed.c.name.label("bed_name"),
            room.c.id.label("room_id"),
            room.c.number.label("room_number"),
            room.c.room_type,
            room.c.reserve,
            building.c.name.label("building_name"),
            floor.c.name.label("floor_name"),
            RoomNight.sex,
            next_taken.label("next_taken"),
        )
        .join(room, room.c.id == bed.c.room_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .outerjoin(RoomNight, and_(RoomNight.room_id == room.c.id, RoomNight.night == night))
        .where(room.c.assignable, bed.c.assignable, bed.c.id.not_in(taken), bed.c.id.not_in(down)),
        ListQuery(query.search, filters, query.sort, query.descending, query.offset, query.limit),
        row,
        search=(room.c.number, room.c.room_type, building.c.name),
        filters={
            "building_id": lambda v: room.c.building_id == v,
            "room_type": lambda v: room.c.room_type == v,
            "sex": lambda v: or_(RoomNight.sex.is_(None), RoomNight.sex == v),
            "reserve": lambda v: room.c.reserve.is_(bool(v)),
        },
        sorts={
            "building_name": building.c.sort_order,
            "floor_name": floor.c.level,
            "room_number": room.c.sort_key,
            "room_type": room.c.room_type,
            "bed_name": bed.c.name,
        },
        order=PLACE_ORDER,
    )
