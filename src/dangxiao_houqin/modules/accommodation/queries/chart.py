"""What the room chart draws, read in a few statements whatever the size of the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    HOLDING,
    VIEW,
    Bar,
    ChartData,
    DayMark,
    DeskRules,
    Outage,
    PairKind,
    StayKind,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import RoommateRule, Stay
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions
from dangxiao_houqin.modules.organization.api import day_marks
from dangxiao_houqin.modules.places.api import list_beds_for_assignment, list_outages
from dangxiao_houqin.modules.training.api import enrollment, need_label, training_class

from .stays import list_unassigned


def read_chart(ctx: Ctx, start: date, end: date) -> ChartData:
    """The house in the nights ``[start, end)``: stays that touch them, also those that began earlier; the lanes."""
    ctx.require(VIEW)
    touching = and_(Stay.state.in_(HOLDING), Stay.arrive < end, Stay.leave > start)
    bars = _bars(ctx, or_(touching, Stay.state == StayState.PARKED.value))
    return ChartData(
        start=start,
        end=end,
        today=ctx.today(),
        beds=list_beds_for_assignment(ctx),
        bars=tuple(bar for bar in bars if bar.state is not StayState.PARKED),
        outages=tuple(Outage(o.room_id, o.bed_id, o.start, o.end, o.reason) for o in list_outages(ctx, start, end)),
        parked=tuple(bar for bar in bars if bar.state is StayState.PARKED),
        waiting=list_unassigned(ctx, ListQuery(filters={"from_day": ctx.today()}, limit=None)).rows,
        forbidden=_forbidden(ctx, start),
        conditions={
            room_id: condition.label
            for room_id, condition in list_conditions(ctx).items()
            if condition is not RoomCondition.READY
        },
        marks={day: DayMark(*mark) for day, mark in day_marks(ctx, start, end).items()},
    )


def read_desk_rules(ctx: Ctx) -> DeskRules:
    """How this office asks for reasons and hours."""
    ctx.require(VIEW)
    return ctx.settings(DeskRules)


def _bars(ctx: Ctx, wanted: ColumnElement[bool]) -> list[Bar]:
    statement = (
        select(
            Stay.id,
            Stay.version,
            Stay.enrollment_id,
            Stay.class_id,
            training_class.c.name.label("class_name"),
            Stay.guest_name,
            Stay.sex,
            enrollment.c.unit_name,
            enrollment.c.needs,
            Stay.room_id,
            Stay.bed_id,
            Stay.arrive,
            Stay.leave,
            Stay.state,
            Stay.kind,
            Stay.pinned,
            Stay.late_until,
            Stay.arrived_at,
            Stay.moved_from_id,
        )
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .where(wanted)
        .order_by(Stay.arrive, Stay.id)
    )
    rows = ctx.session.execute(statement).all()
    words: dict[str, str] = {}
    moved_on = {row.moved_from_id for row in rows if row.moved_from_id is not None}
    visits: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: int(row.id)):  # the later part of a stay is the younger row
        if row.enrollment_id is None:
            visits[row.id] = visits.get(row.moved_from_id or 0, row.id)
    return [_bar(row, words, row.id in moved_on, visits.get(row.id)) for row in rows]


def _bar(row: Row[Any], words: dict[str, str], moved_on: bool, visit: int | None) -> Bar:
    for code in row.needs or ():
        if code not in words:
            words[code] = need_label(code)
    return Bar(
        stay_id=row.id,
        version=row.version,
        enrollment_id=row.enrollment_id,
        class_id=row.class_id,
        class_name=row.class_name or "",
        name=row.guest_name,
        sex=row.sex,
        unit_name=row.unit_name or "",
        needs=tuple(words[code] for code in row.needs or ()),
        room_id=row.room_id,
        bed_id=row.bed_id,
        arrive=row.arrive,
        leave=row.leave,
        state=StayState(row.state),
        kind=StayKind(row.kind),
        pinned=row.pinned,
        late_until=row.late_until,
        arrived=row.arrived_at is not None,
        moved=row.moved_from_id is not None,
        moved_on=moved_on,
        visit=visit,
    )


def _forbidden(ctx: Ctx, start: date) -> frozenset[tuple[int, int]]:
    """Pairs that must not share a room, of people who are still to come or there after ``start``."""
    statement = (
        select(RoommateRule.first_id, RoommateRule.second_id)
        .join(training_class, training_class.c.id == RoommateRule.class_id)
        .where(RoommateRule.kind == PairKind.FORBIDDEN.value, training_class.c.leave_on > start)
    )
    return frozenset((low, high) for low, high in ctx.session.execute(statement))
