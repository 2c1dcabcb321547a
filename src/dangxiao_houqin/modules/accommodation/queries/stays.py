"""Reads of accommodation; they join the tables that places and training open for reading."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, false, func, not_, or_, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    ASSIGN,
    CURRENT,
    HOLDING,
    VIEW,
    BedOption,
    PairKind,
    PairRow,
    StayRow,
    StayState,
    UnassignedRow,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, RoommateRule, Stay
from dangxiao_houqin.modules.places.api import (
    BedPlace,
    bed,
    building,
    floor,
    list_beds_for_assignment,
    list_outages,
    room,
)
from dangxiao_houqin.modules.training.api import (
    ARRIVE_EXPRESSION,
    LEAVE_EXPRESSION,
    ClassStatus,
    enrollment,
    need_label,
    training_class,
)

from .overstays import overstayed_beds, overstays, parked_here

PLACE_ORDER = (building.c.sort_order, building.c.id, floor.c.level, room.c.sort_key, bed.c.id)


def _stay_statement() -> AnySelect:
    return (
        select(
            Stay,
            training_class.c.code.label("class_code"),
            training_class.c.name.label("class_name"),
            enrollment.c.seq_no,
            enrollment.c.unit_name,
            enrollment.c.position,
            enrollment.c.group_name,
            enrollment.c.note,
            enrollment.c.sort_key,
            building.c.name.label("building_name"),
            floor.c.name.label("floor_name"),
            room.c.number.label("room_number"),
            room.c.room_type,
            bed.c.name.label("bed_name"),
        )
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .join(room, room.c.id == Stay.room_id)
        .join(bed, bed.c.id == Stay.bed_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
    )


def _stay_row(row: Row[Any]) -> StayRow:
    found: Stay = row[0]
    return StayRow(
        id=found.id,
        version=found.version,
        enrollment_id=found.enrollment_id,
        class_id=found.class_id,
        class_code=row.class_code or "",
        class_name=row.class_name or "",
        seq_no=row.seq_no,
        name=found.guest_name,
        sex=found.sex,
        unit_name=row.unit_name or "",
        position=row.position or "",
        group_name=row.group_name or "",
        note=row.note or "",
        building_name=row.building_name,
        floor_name=row.floor_name,
        room_id=found.room_id,
        room_number=row.room_number,
        room_type=row.room_type,
        bed_id=found.bed_id,
        bed_name=row.bed_name,
        arrive=found.arrive,
        leave=found.leave,
        state=StayState(found.state),
        pinned=found.pinned,
        sort_key=row.sort_key or found.guest_name,
    )


def list_stays(ctx: Ctx, query: ListQuery) -> Listing[StayRow]:
    """Stays that hold nights, in the order of the rooms.

    Filters: ``class_id``, ``class_code``, ``state`` (a state, or ``current``), ``building_id``, ``room_id``, ``sex``,
    ``on`` (a night slept), ``when`` (``("on" | "arrive" | "leave", day)``: sleeps here, comes, goes on the day; who
    only changes beds neither comes nor goes; ``("nights", (start, end))``: sleeps here on a night of ``[start, end)``).
    With ``("on", day)`` also who is in the house on that day without holding a night: overdue, or parked.
    """
    ctx.require(VIEW)
    when: Any = query.filters.get("when") or ("", None)
    day: date | None = when[1] if when[0] == "on" else None
    return fetch_listing(
        ctx.session,
        _stay_statement().where(or_(Stay.state.in_(HOLDING), parked_here(ctx, day) if day else false())),
        query,
        _stay_row,
        search=(func.coalesce(enrollment.c.search_key, Stay.guest_name), enrollment.c.unit_name, room.c.number),
        filters={
            "class_id": lambda v: Stay.class_id == v,
            "class_code": lambda v: training_class.c.code == v,
            "state": lambda v: Stay.state.in_(CURRENT) if v == "current" else Stay.state == v,
            "building_id": lambda v: room.c.building_id == v,
            "room_id": lambda v: Stay.room_id == v,
            "sex": lambda v: Stay.sex == v,
            "on": lambda v: and_(Stay.arrive <= v, Stay.leave > v),
            "when": lambda v: (
                or_(_ON_DAY[v[0]](v[1]), overstays(ctx, day), parked_here(ctx, day)) if day else _ON_DAY[v[0]](v[1])
            ),
        },
        sorts={
            **{c.key: c for c in Stay.__table__.columns},
            "name": enrollment.c.sort_key,
            "unit_name": enrollment.c.unit_name,
            "position": enrollment.c.position,
            "group_name": enrollment.c.group_name,
            "class_name": training_class.c.name,
            "building_name": building.c.sort_order,
            "room_number": room.c.sort_key,
            "room_type": room.c.room_type,
            "bed_name": bed.c.name,
        },
        order=(*PLACE_ORDER, Stay.arrive, Stay.id),
    )


def is_arrival(day: date) -> ColumnElement[bool]:
    """Comes on ``day``: a stay that begins then and does not go on from another bed."""
    return and_(Stay.arrive == day, Stay.moved_from_id.is_(None))


def is_departure(day: date) -> ColumnElement[bool]:
    """Goes on ``day``: a stay that ends then and does not go on in another bed."""
    later = aliased(Stay)
    goes_on = select(later.id).where(later.moved_from_id == Stay.id, later.state.in_(HOLDING), later.arrive == day)
    return and_(Stay.leave == day, ~goes_on.exists())


_ON_DAY: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "on": lambda day: and_(Stay.state.in_(HOLDING), Stay.arrive <= day, Stay.leave > day),
    "arrive": is_arrival,
    "leave": is_departure,
    "nights": lambda span: and_(Stay.arrive < span[1], Stay.leave > span[0]),
}


def list_class_stays(ctx: Ctx, class_id: int) -> tuple[StayRow, ...]:
    """All stays of a class that hold nights, in room order."""
    ctx.require(VIEW)
    statement = _stay_statement().where(Stay.class_id == class_id, Stay.state.in_(HOLDING))
    return tuple(_stay_row(row) for row in ctx.session.execute(statement.order_by(*PLACE_ORDER, Stay.arrive)))


def get_stay(ctx: Ctx, stay_id: int) -> StayRow:
    """One stay; raises :class:`NotFound`."""
    ctx.require(VIEW)
    row = ctx.session.execute(_stay_statement().where(Stay.id == stay_id)).one_or_none()
    if row is None:
        raise NotFound("这条住宿记录不存在，请刷新列表。")
    return _stay_row(row)


def list_stays_between(ctx: Ctx, start: date, end: date) -> tuple[StayRow, ...]:
    """Stays holding a night of ``[start, end)``, also those that began earlier."""
    ctx.require(VIEW)
    statement = _stay_statement().where(Stay.state.in_(HOLDING), Stay.arrive < end, Stay.leave > start)
    return tuple(_stay_row(row) for row in ctx.session.execute(statement.order_by(*PLACE_ORDER, Stay.arrive)))


def is_settled() -> ColumnElement[bool]:
    """Stays without nights that still say where their person is: in the lane, did not come, left before his nights."""
    return or_(
        Stay.state.in_((StayState.PARKED.value, StayState.NO_SHOW.value)),
        and_(Stay.state == StayState.CANCELLED.value, Stay.left_at.is_not(None)),
    )


def unassigned_statement() -> AnySelect:
    """People who need a bed, hold none and have not come to an end here: not in the lane, not gone, not missing."""
    nights_held = (
        select(BedNight.enrollment_id)
        .where(
            BedNight.enrollment_id == enrollment.c.id,
            BedNight.night >= ARRIVE_EXPRESSION,
            BedNight.night < LEAVE_EXPRESSION,
        )
        .exists()
    )
    return (
        select(
            enrollment.c.id,
            enrollment.c.class_id,
            training_class.c.name.label("class_name"),
            enrollment.c.seq_no,
            enrollment.c.name,
            enrollment.c.sex,
            enrollment.c.unit_name,
            enrollment.c.needs,
            ARRIVE_EXPRESSION.label("arrive"),
            LEAVE_EXPRESSION.label("leave"),
        )
        .join(training_class, training_class.c.id == enrollment.c.class_id)
        .where(
            enrollment.c.status == "enrolled",
            enrollment.c.lodging,
            training_class.c.lodging,
            training_class.c.status != ClassStatus.CANCELLED.value,
            LEAVE_EXPRESSION > ARRIVE_EXPRESSION,
            not_(nights_held),
            not_(select(Stay.id).where(Stay.enrollment_id == enrollment.c.id, is_settled()).exists()),
        )
    )


def stays_beyond(day: date) -> ColumnElement[bool]:
    """Leaves after ``day``.

    What stands beside the plain condition says the same in a way that an index answers: most of the roster belongs to
    classes long over.
    """
    ahead = select(training_class.c.id).where(training_class.c.leave_on > day)
    return and_(day < LEAVE_EXPRESSION, or_(enrollment.c.class_id.in_(ahead), enrollment.c.leave_on > day))


def list_unassigned(ctx: Ctx, query: ListQuery) -> Listing[UnassignedRow]:
    """People who need a bed and hold none; filters ``class_id``, ``from_day`` (still to come or there)."""
    ctx.require(VIEW)
    return fetch_listing(
        ctx.session,
        unassigned_statement(),
        query,
        lambda row: UnassignedRow(
            enrollment_id=row.id,
            class_id=row.class_id,
            class_name=row.class_name,
            seq_no=row.seq_no,
            name=row.name,
            sex=row.sex,
            unit_name=row.unit_name,
            needs=tuple(need_label(code) for code in row.needs),
            arrive=row.arrive,
            leave=row.leave,
        ),
        search=(enrollment.c.search_key, enrollment.c.unit_name),
        filters={
            "class_id": lambda v: enrollment.c.class_id == v,
            "from_day": stays_beyond,
        },
        sorts={
            "name": enrollment.c.sort_key,
            "sex": enrollment.c.sex,
            "unit_name": enrollment.c.unit_name,
            "class_name": training_class.c.name,
            "arrive": ARRIVE_EXPRESSION,
            "leave": LEAVE_EXPRESSION,
        },
        order=(training_class.c.start, enrollment.c.class_id, enrollment.c.seq_no, enrollment.c.id),
    )


def list_pairs(ctx: Ctx, class_id: int) -> tuple[PairRow, ...]:
    """Agreements between people of a class; only those who assign beds see them."""
    ctx.require(ASSIGN)
    first, second = aliased(enrollment), aliased(enrollment)
    statement = (
        select(RoommateRule, first.c.name.label("first_name"), second.c.name.label("second_name"))
        .join(first, first.c.id == RoommateRule.first_id)
        .join(second, second.c.id == RoommateRule.second_id)
        .where(RoommateRule.class_id == class_id, first.c.status == "enrolled", second.c.status == "enrolled")
        .order_by(first.c.seq_no, second.c.seq_no)
    )
    return tuple(
        PairRow(
            id=row[0].id,
            version=row[0].version,
            class_id=class_id,
            first_id=row[0].first_id,
            first_name=row.first_name,
            second_id=row[0].second_id,
            second_name=row.second_name,
            kind=PairKind(row[0].kind),
            reason=row[0].reason,
        )
        for row in ctx.session.execute(statement)
    )


def list_free_beds(ctx: Ctx, stay_id: int, text: str = "", *, limit: int = 30) -> tuple[BedOption, ...]:
    """Beds that a stay could move to for all its nights: free, in service, no other sex in the room."""
    ctx.require(VIEW)
    stay = get_stay(ctx, stay_id)
    beds = list_beds_free_between(ctx, stay.sex, stay.arrive, stay.leave, text, limit=limit + 1, without=stay_id)
    return tuple(bed for bed in beds if bed.bed_id != stay.bed_id)[:limit]


def list_beds_free_between(
    ctx: Ctx, sex: str, arrive: date, leave: date, text: str = "", *, limit: int = 30, without: int | None = None
) -> tuple[BedOption, ...]:
    """Beds free for all nights ``[arrive, leave)`` for somebody of ``sex``, as if the stay ``without`` held none.

    From tonight on only where nobody lies any more.
    """
    ctx.require(VIEW)
    nights = and_(BedNight.night >= arrive, BedNight.night < leave, BedNight.stay_id != (without or 0))
    taken = set(ctx.session.scalars(select(BedNight.bed_id).where(nights).distinct()))
    if arrive <= ctx.today() < leave:
        taken |= {bed_id for bed_id, stay_id in overstayed_beds(ctx).items() if stay_id != without}
    other_sex = set(ctx.session.scalars(select(BedNight.room_id).where(nights, BedNight.sex != sex).distinct()))
    closed = list_outages(ctx, arrive, leave)
    shut = {o.room_id for o in closed if o.bed_id is None}
    shut_beds = {o.bed_id for o in closed if o.bed_id is not None}
    words = text.split()
    found = []
    for p in list_beds_for_assignment(ctx):
        bad = p.bed_id in taken or p.bed_id in shut_beds or p.room_id in other_sex or p.room_id in shut
        if bad or not p.assignable:
            continue
        option = bed_option(p)
        if all(w in option.text or w in option.room_type for w in words):
            found.append(option)
            if len(found) == limit:
                break
    return tuple(found)


def bed_option(place: BedPlace) -> BedOption:
    """A bed as pages show it."""
    return BedOption(
        place.bed_id,
        place.bed_name,
        place.room_id,
        place.room_number,
        place.floor_id,
        place.floor_name,
        place.building_id,
        place.building_name,
        place.room_type,
    )
