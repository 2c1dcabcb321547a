"""The desk's list: everybody who comes, is here or goes on a day, one line a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.pinyin import search_key, sort_key
from dangxiao_houqin.core.selecting import AnySelect
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    HOLDING,
    CardState,
    DeskPerson,
    DeskRules,
    StayKind,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import GuestRegistration, KeyCard, Stay
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions
from dangxiao_houqin.modules.places.api import bed, building, floor, room
from dangxiao_houqin.modules.training.api import (
    ARRIVE_EXPRESSION,
    LEAVE_EXPRESSION,
    ClassStatus,
    enrollment,
    need_label,
    training_class,
)

from .stays import is_settled

LONGEST_STAY = timedelta(days=480)
"""Nobody stays longer (a class has at most 400 days); it keeps ten years of history out of today's list."""

AHEAD_OF_CLASS = timedelta(days=62)
"""A person's own days differ from his class's by less."""

_SOMEBODY = enrollment.alias()

FEW = 20
"""Up to so many rooms or stays are looked up one by one."""

_LIVING = (StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.PARKED.value)


def counts_as_here() -> ColumnElement[bool]:
    """Stays that say where their person is or went; what was merely cancelled does not.

    Nor does the stay of somebody who did not come and is off the roster.
    """
    off = select(_SOMEBODY.c.id).where(_SOMEBODY.c.id == Stay.enrollment_id, _SOMEBODY.c.status != "enrolled")
    forgotten = and_(Stay.state == StayState.NO_SHOW.value, off.exists())
    return and_(or_(Stay.state.in_(HOLDING), is_settled()), ~forgotten)


def list_desk(ctx: Ctx, day: date, *, class_id: int | None = None, ahead: int = 1) -> tuple[DeskPerson, ...]:
    """Everybody the desk may meet on ``day``, in the order of the classes' rosters, external guests last.

    These are the people whose nights touch the day or begin within ``ahead`` days of it, those still in the house after
    their last night, and those on a roster of these days without a bed. With ``class_id``: everybody of that class,
    whatever the day.
    """
    ctx.require(DESK)
    first = day - LONGEST_STAY
    if class_id is not None:
        wanted = Stay.class_id == class_id
        without = [enrollment.c.class_id == class_id]
    else:
        soon = day + timedelta(days=ahead)
        touching = and_(Stay.arrive <= soon, or_(Stay.leave >= day, in_house()))
        later_legs = and_(Stay.moved_from_id.is_not(None), Stay.arrive > soon)
        wanted = and_(Stay.arrive >= first, or_(touching, later_legs))
        classes = select(training_class.c.id).where(
            training_class.c.leave_on >= day - AHEAD_OF_CLASS,
            training_class.c.arrive_on <= soon + AHEAD_OF_CLASS,
        )
        due = and_(soon >= ARRIVE_EXPRESSION, day <= LEAVE_EXPRESSION)
        # Class by class: asked for all of them at once, SQLite looks through the rosters of all years.
        without = [and_(enrollment.c.class_id == one, due) for one in ctx.session.scalars(classes)]
    people = _gather(ctx, day, wanted, without)
    if class_id is None:
        people = [
            p
            for p in people
            if p.arrive <= soon and (p.leave >= day or p.state is StayState.IN_HOUSE or _parked_here(p))
        ]
    return tuple(people)


def in_house() -> ColumnElement[bool]:
    """He has moved in and not left; his bed may be parked."""
    parked = and_(Stay.state == StayState.PARKED.value, Stay.arrived_at.is_not(None))
    return or_(Stay.state == StayState.IN_HOUSE.value, parked)


def _parked_here(person: DeskPerson) -> bool:
    return person.state is StayState.PARKED and person.arrived_at is not None


def get_desk_person(ctx: Ctx, *, stay_id: int | None = None, enrollment_id: int | None = None) -> DeskPerson:
    """One person as today's list shows him, by one of his stays or by his place on a roster.

    Raises :class:`NotFound`.
    """
    ctx.require(DESK)
    if stay_id is not None:
        row = ctx.session.execute(select(Stay.enrollment_id).where(Stay.id == stay_id)).one_or_none()
        enrollment_id = row.enrollment_id if row is not None else None
        if row is not None and enrollment_id is None:
            people = _gather(ctx, ctx.today(), Stay.id.in_(guest_legs(ctx, stay_id)), ())
            if people:
                return people[0]
    if enrollment_id is not None:
        people = _gather(ctx, ctx.today(), Stay.enrollment_id == enrollment_id, [enrollment.c.id == enrollment_id])
        if people:
            return people[0]
    raise NotFound("找不到这位住客，可能已移出名单，请刷新列表。")


def list_overdue(ctx: Ctx) -> tuple[DeskPerson, ...]:
    """Who should have come before today and did not say he comes later, and who has not left when he should have.

    On the last day itself somebody counts from the hour of check-out on (settings of the desk).
    """
    ctx.require(DESK)
    today = ctx.today()
    late = ctx.now().hour >= ctx.settings(DeskRules).checkout_hour
    last = today + timedelta(days=1) if late else today
    return tuple(p for p in list_desk(ctx, today, ahead=0) if p.awaited(today) or p.overrun(last))


def guest_legs(ctx: Ctx, stay_id: int) -> tuple[int, ...]:
    """Ids of all stays of an external guest's visit: they hang together by ``moved_from_id`` only."""
    found: set[int] = set()
    new = {stay_id}
    while new:
        found |= new
        linked = ctx.session.execute(
            select(Stay.id, Stay.moved_from_id).where(or_(Stay.moved_from_id.in_(new), Stay.id.in_(new)))
        )
        new = {key for row in linked for key in row if key is not None} - found
    return tuple(sorted(found))


# -------------------------------------------------------------------------------------------------- reading
def _gather(
    ctx: Ctx, day: date, wanted: ColumnElement[bool], without: Sequence[ColumnElement[bool]]
) -> list[DeskPerson]:
    by_person: dict[int, list[Row[Any]]] = {}
    root: dict[int, int] = {}
    for row in ctx.session.execute(_leg_statement().where(wanted, counts_as_here()).order_by(Stay.arrive, Stay.id)):
        if row.enrollment_id is None:  # external guests: the first leg's id, made negative, stands for the person
            root[row.id] = root.get(row.moved_from_id or 0, -row.id)
        by_person.setdefault(row.enrollment_id or root[int(row.id)], []).append(row)
    chosen = [_choose(legs, day) for legs in by_person.values()]
    cards = _cards_out(ctx, [leg.id for legs, _ in chosen for leg in legs])
    sharing = _roommates(ctx, [focus for _, focus in chosen], day)
    conditions = _conditions(ctx)
    people = [
        _person(legs, focus, sum(cards.get(leg.id, 0) for leg in legs), sharing.get(focus.id, ()), conditions)
        for legs, focus in chosen
    ]
    bedless = _bedless_statement()
    people += [_bedless(row) for some in without for row in ctx.session.execute(bedless.where(some))]
    begins: dict[int, date] = {}
    for p in people:
        begins[p.class_id or 0] = min(p.arrive, begins.get(p.class_id or 0, p.arrive))
    begins[0] = date.max  # external guests last
    people.sort(key=lambda p: (begins[p.class_id or 0], p.class_id or 0, p.seq_no or 0, p.sort_key, p.stay_id or 0))
    return people


def _leg_statement() -> AnySelect:
    return (
        select(
            Stay.id,
            Stay.version,
            Stay.enrollment_id,
            Stay.class_id,
            Stay.guest_name,
            Stay.sex,
            Stay.room_id,
            Stay.bed_id,
            Stay.arrive,
            Stay.leave,
            Stay.state,
            Stay.kind,
            Stay.moved_from_id,
            Stay.arrived_at,
            Stay.left_at,
            Stay.late_until,
            Stay.late_note,
            Stay.end_reason,
            training_class.c.name.label("class_name"),
            enrollment.c.seq_no,
            func.coalesce(enrollment.c.unit_name, GuestRegistration.unit_name).label("unit_name"),
            enrollment.c.position,
            enrollment.c.group_name,
            func.coalesce(enrollment.c.phone, GuestRegistration.phone).label("phone"),
            enrollment.c.needs,
            enrollment.c.note,
            enrollment.c.lodging,
            enrollment.c.search_key,
            enrollment.c.sort_key,
            building.c.name.label("building_name"),
            floor.c.name.label("floor_name"),
            room.c.number.label("room_number"),
            bed.c.name.label("bed_name"),
        )
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .outerjoin(GuestRegistration, GuestRegistration.stay_id == Stay.id)
        .join(room, room.c.id == Stay.room_id)
        .join(bed, bed.c.id == Stay.bed_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
    )


def _bedless_statement() -> AnySelect:
    here = select(Stay.id).where(Stay.enrollment_id == enrollment.c.id, counts_as_here()).exists()
    return (
        select(
            enrollment.c.id,
            enrollment.c.class_id,
            training_class.c.name.label("class_name"),
            enrollment.c.seq_no,
            enrollment.c.name,
            enrollment.c.sex,
            enrollment.c.unit_name,
            enrollment.c.position,
            enrollment.c.group_name,
            enrollment.c.phone,
            enrollment.c.needs,
            enrollment.c.note,
            enrollment.c.lodging,
            enrollment.c.search_key,
            enrollment.c.sort_key,
            ARRIVE_EXPRESSION.label("arrive"),
            LEAVE_EXPRESSION.label("leave"),
        )
        .join(training_class, training_class.c.id == enrollment.c.class_id)
        .where(
            enrollment.c.status == "enrolled",
            training_class.c.lodging,
            training_class.c.status != ClassStatus.CANCELLED.value,
            ~here,
        )
    )


def _choose(legs: Sequence[Row[Any]], day: date) -> tuple[list[Row[Any]], Row[Any]]:
    """The stays that say where the person is now, and the one of ``day`` among them."""
    now = [leg for leg in legs if leg.state in _LIVING]
    if not now:
        gone = [leg for leg in legs if leg.left_at is not None]
        if gone:
            last = max(leg.left_at for leg in gone)
            gone = [leg for leg in gone if leg.left_at == last]
        now = [leg for leg in gone if leg.state == StayState.LEFT.value] or gone[:1] or list(legs)
    begun = [leg for leg in now if leg.arrive <= day]
    return now, begun[-1] if begun else now[0]


def _cards_out(ctx: Ctx, stay_ids: Collection[int]) -> dict[int, int]:
    statement = (
        select(KeyCard.stay_id, func.sum(KeyCard.copies))
        .where(KeyCard.state == CardState.OUT.value)
        .group_by(KeyCard.stay_id)
    )
    if len(stay_ids) <= FEW:  # one person at the desk: do not count the cards of the house
        statement = statement.where(KeyCard.stay_id.in_(stay_ids))
    return {stay_id: int(copies) for stay_id, copies in ctx.session.execute(statement)}


def _roommates(ctx: Ctx, legs: Sequence[Row[Any]], day: date) -> dict[int, tuple[str, ...]]:
    """By stay: the names of the others in the room on the day, or on the first or last night nearest to it."""
    if not legs:
        return {}
    nights = {leg.id: min(max(day, leg.arrive), leg.leave - timedelta(days=1)) for leg in legs}
    low, high = min(nights.values()), max(nights.values())
    statement = select(Stay.id, Stay.enrollment_id, Stay.guest_name, Stay.room_id, Stay.arrive, Stay.leave).where(
        Stay.state.in_(HOLDING),
        Stay.arrive <= high,
        Stay.arrive >= low - LONGEST_STAY,
        Stay.leave > low,
    )
    rooms = {leg.room_id for leg in legs}
    if len(rooms) <= FEW:  # otherwise the days are the better way in
        statement = statement.where(Stay.room_id.in_(rooms))
    by_room: dict[int, list[Any]] = {}
    for row in ctx.session.execute(statement.order_by(Stay.bed_id, Stay.id)):
        by_room.setdefault(row.room_id, []).append(row)
    return {
        leg.id: tuple(
            other.guest_name
            for other in by_room.get(leg.room_id, ())
            if other.id != leg.id
            and (other.enrollment_id is None or other.enrollment_id != leg.enrollment_id)
            and other.arrive <= nights[leg.id] < other.leave
        )
        for leg in legs
    }


def _conditions(ctx: Ctx) -> dict[int, str]:
    return {key: found.label for key, found in list_conditions(ctx).items() if found is not RoomCondition.READY}


def _person(
    legs: Sequence[Row[Any]],
    focus: Row[Any],
    cards: int,
    roommates: tuple[str, ...],
    conditions: dict[int, str],
) -> DeskPerson:
    arrive, leave, state = legs[0].arrive, legs[-1].leave, StayState(focus.state)
    if state is StayState.CANCELLED:  # came and left on one day: he slept here on no night
        state, leave = StayState.LEFT, max(arrive, focus.left_at.date())
    phone, name = focus.phone or "", focus.guest_name
    return DeskPerson(
        enrollment_id=focus.enrollment_id,
        stay_id=focus.id,
        version=focus.version,
        class_id=focus.class_id,
        class_name=focus.class_name or "",
        seq_no=focus.seq_no,
        name=name,
        sex=focus.sex,
        unit_name=focus.unit_name or "",
        position=focus.position or "",
        group_name=focus.group_name or "",
        phone_tail=phone[-4:],
        needs=tuple(need_label(code) for code in focus.needs or ()),
        note=focus.note or "",
        building_name=focus.building_name,
        floor_name=focus.floor_name,
        room_id=focus.room_id,
        room_number=focus.room_number,
        bed_id=focus.bed_id,
        bed_name=focus.bed_name,
        roommates=roommates,
        arrive=arrive,
        leave=leave,
        state=state,
        kind=StayKind(focus.kind),
        lodging=focus.lodging is not False,
        arrived_at=focus.arrived_at,
        left_at=focus.left_at,
        end_reason=focus.end_reason,
        late_until=legs[0].late_until,
        late_note=legs[0].late_note,
        cards_out=cards,
        condition=conditions.get(focus.room_id, ""),
        search_key=_key(focus.search_key or search_key(name), focus.unit_name, phone[-4:], focus.room_number),
        sort_key=focus.sort_key or sort_key(name),
    )


def _bedless(row: Row[Any]) -> DeskPerson:
    return DeskPerson(
        enrollment_id=row.id,
        stay_id=None,
        version=None,
        class_id=row.class_id,
        class_name=row.class_name,
        seq_no=row.seq_no,
        name=row.name,
        sex=row.sex,
        unit_name=row.unit_name,
        position=row.position,
        group_name=row.group_name,
        phone_tail=row.phone[-4:],
        needs=tuple(need_label(code) for code in row.needs),
        note=row.note,
        building_name="",
        floor_name="",
        room_id=None,
        room_number="",
        bed_id=None,
        bed_name="",
        roommates=(),
        arrive=row.arrive,
        leave=row.leave,
        state=None,
        kind=StayKind.TRAINEE,
        lodging=row.lodging,
        arrived_at=None,
        left_at=None,
        end_reason="",
        late_until=None,
        late_note="",
        cards_out=0,
        condition="",
        search_key=_key(row.search_key, row.unit_name, row.phone[-4:]),
        sort_key=row.sort_key,
    )


def _key(*parts: str | None) -> str:
    return " ".join(filter(None, parts))
