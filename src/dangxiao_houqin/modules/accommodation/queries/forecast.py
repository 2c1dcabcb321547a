"""Beds wanted and beds there on the nights to come, from the classes planned."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from sqlalchemy import func, select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import VIEW, StayState
from dangxiao_houqin.modules.accommodation.forecast import Forecast, Wish, foresee
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.places.api import list_beds_for_assignment
from dangxiao_houqin.modules.training.api import (
    ARRIVE_EXPRESSION,
    LEAVE_EXPRESSION,
    ClassStatus,
    enrollment,
    training_class,
)

from .statistics import read_bed_stock, read_held_nights

OWN_DATES = timedelta(days=60)
"""Somebody's own nights lie at most so far from those of his class; only for finding the classes of a period."""

SETTLED = (StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.LEFT.value, StayState.NO_SHOW.value)
"""Whoever has such a stay is counted by the nights he holds (none, when he has left or never came); so is somebody who
left on the day he came, whose stay is cancelled with its ``left_at`` set."""


def read_forecast(ctx: Ctx, start: date, end: date) -> Forecast:
    """Demand and beds on the nights ``[start, end)``.

    A class wants a bed for everybody on its roster who lodges, and for those still expected until the day it arrives.
    """
    ctx.require(VIEW)
    return foresee_nights(ctx, start, end)


def foresee_nights(ctx: Ctx, start: date, end: date) -> Forecast:
    """As :func:`read_forecast`, without a permission of its own: a class is checked by those who plan classes."""
    today = ctx.today()
    wishes, schools = _wishes(ctx, start, end, today)
    places = [place for place in list_beds_for_assignment(ctx) if place.assignable]
    rooms = Counter(place.room_id for place in places)
    held = read_held_nights(ctx, start, end)
    columns = (training_class.c.name, training_class.c.arrive_on, training_class.c.leave_on)
    if missing := {one.class_id for one in held} - schools.keys() - {0}:
        found = select(training_class.c.id, *columns).where(training_class.c.id.in_(missing))
        schools |= {row.id: (row.name, row.arrive_on, row.leave_on) for row in ctx.session.execute(found)}
    return foresee(
        start,
        end,
        today,
        held,
        wishes,
        read_bed_stock(ctx, start, end),
        frozenset(place.bed_id for place in places if place.reserve),
        schools,
        largest_room=max(rooms.values(), default=0),
    )


def _wishes(ctx: Ctx, start: date, end: date, today: date) -> tuple[list[Wish], dict[int, tuple[str, date, date]]]:
    """People of planned and running classes without a bed; name, arrival and departure of these classes."""
    since = max(start, today)
    on_roster = (
        select(func.count())
        .where(enrollment.c.class_id == training_class.c.id, enrollment.c.status == "enrolled")
        .scalar_subquery()
    )
    classes = ctx.session.execute(
        select(
            training_class.c.id,
            training_class.c.name,
            training_class.c.arrive_on,
            training_class.c.leave_on,
            training_class.c.expected_count,
            on_roster.label("enrolled"),
        ).where(
            training_class.c.lodging,
            training_class.c.status.in_((ClassStatus.PLANNED.value, ClassStatus.RUNNING.value)),
            training_class.c.arrive_on < end + OWN_DATES,
            training_class.c.leave_on > since - OWN_DATES,
        )
    ).all()
    wishes = []
    for school in classes:
        missing = school.expected_count - school.enrolled
        if missing > 0 and (not school.enrolled or school.arrive_on >= today):
            wishes.append(Wish(school.id, school.arrive_on, school.leave_on, missing, known=False))
    ids = [school.id for school in classes]
    states: defaultdict[int | None, set[str]] = defaultdict(set)
    for enrollment_id, state, left_at in ctx.session.execute(
        select(Stay.enrollment_id, Stay.state, Stay.left_at).where(
            Stay.class_id.in_(ids), Stay.enrollment_id.is_not(None)
        )
    ):
        states[enrollment_id].add(StayState.LEFT.value if left_at is not None else state)
    people = ctx.session.execute(
        select(
            enrollment.c.id, enrollment.c.class_id, ARRIVE_EXPRESSION.label("arrive"), LEAVE_EXPRESSION.label("leave")
        )
        .join(training_class, training_class.c.id == enrollment.c.class_id)
        .where(enrollment.c.class_id.in_(ids), enrollment.c.status == "enrolled", enrollment.c.lodging)
    )
    waiting: Counter[tuple[int, date, date]] = Counter()
    for person in people:
        theirs = states[person.id]
        if StayState.PARKED.value in theirs or not theirs.intersection(SETTLED):
            waiting[person.class_id, person.arrive, person.leave] += 1
    for (class_id, arrive, leave), count in waiting.items():
        wishes.append(Wish(class_id, arrive, leave, count, known=True))
    return wishes, {school.id: (school.name, school.arrive_on, school.leave_on) for school in classes}
