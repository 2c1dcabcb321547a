"""Lists of the desk: cards, compensation, wishes for another room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, SQLColumnExpression, and_, func, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    VIEW,
    CardRow,
    CardState,
    CompensationKind,
    CompensationRow,
    RequestRow,
    RequestState,
)
from dangxiao_houqin.modules.accommodation.models import (
    Compensation,
    GuestRegistration,
    KeyCard,
    MoveRequest,
    Stay,
)
from dangxiao_houqin.modules.places.api import bed, building, floor, room
from dangxiao_houqin.modules.training.api import enrollment, training_class

from .desk import guest_legs

PLACE = building.c.name + room.c.number + "-" + bed.c.name
"""明德楼305-1."""

UNIT = func.coalesce(enrollment.c.unit_name, GuestRegistration.unit_name, "")
CLASS = func.coalesce(training_class.c.name, "")
WHO: tuple[SQLColumnExpression[Any], ...] = (
    func.coalesce(enrollment.c.search_key, Stay.guest_name),
    UNIT,
    room.c.number,
)


def with_place(statement: AnySelect) -> AnySelect:
    """Join person, class and place to a statement that has ``stay``."""
    return (
        statement.outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .outerjoin(GuestRegistration, GuestRegistration.stay_id == Stay.id)
        .join(room, room.c.id == Stay.room_id)
        .join(bed, bed.c.id == Stay.bed_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
    )


SORTS: dict[str, SQLColumnExpression[Any]] = {
    "name": func.coalesce(enrollment.c.sort_key, Stay.guest_name),
    "sex": Stay.sex,
    "unit_name": UNIT,
    "class_name": training_class.c.name,
    "place": building.c.name + room.c.sort_key + bed.c.name,
}


# ------------------------------------------------------------------------------------------------------ cards
def list_cards(ctx: Ctx, query: ListQuery) -> Listing[CardRow]:
    """房卡领取退房登记, the last handed out first.

    Filters: ``class_id``, ``class_code``, ``state``, ``late`` (True: still out although the guest has left),
    ``stay_id`` (any stay of the person).
    """
    ctx.require(VIEW)
    statement = with_place(
        select(
            KeyCard,
            Stay.class_id,
            Stay.guest_name,
            Stay.sex,
            Stay.left_at,
            CLASS.label("class_name"),
            UNIT.label("unit_name"),
            PLACE.label("place"),
        ).join(Stay, Stay.id == KeyCard.stay_id)
    )
    return fetch_listing(
        ctx.session,
        statement,
        query,
        _card_row,
        search=(*WHO, KeyCard.number),
        filters={
            "class_id": lambda v: Stay.class_id == v,
            "class_code": lambda v: training_class.c.code == v,
            "state": lambda v: KeyCard.state == v,
            "late": lambda v: _late() if v else ~_late(),
            "stay_id": lambda v: KeyCard.stay_id.in_(_legs(ctx, v)),
        },
        sorts={
            **SORTS,
            "number": KeyCard.number,
            "copies": KeyCard.copies,
            "state": KeyCard.state,
            "issued_at": KeyCard.issued_at,
            "closed_at": KeyCard.closed_at,
        },
        order=(KeyCard.issued_at.desc(), KeyCard.id.desc()),
    )


def _legs(ctx: Ctx, stay_id: int) -> Sequence[int]:
    """Ids of all stays of the person of one of them."""
    person = ctx.session.scalar(select(Stay.enrollment_id).where(Stay.id == stay_id))
    if person is None:
        return guest_legs(ctx, stay_id)
    return ctx.session.scalars(select(Stay.id).where(Stay.enrollment_id == person)).all()


def _late() -> ColumnElement[bool]:
    return and_(KeyCard.state == CardState.OUT.value, Stay.left_at.is_not(None))


def _card_row(row: Row[Any]) -> CardRow:
    card: KeyCard = row[0]
    return CardRow(
        id=card.id,
        version=card.version,
        stay_id=card.stay_id,
        class_id=row.class_id,
        class_name=row.class_name,
        name=row.guest_name,
        sex=row.sex,
        unit_name=row.unit_name,
        place=row.place,
        number=card.number,
        copies=card.copies,
        state=CardState(card.state),
        issued_at=card.issued_at,
        closed_at=card.closed_at,
        left_at=row.left_at,
        note=card.note,
    )


# ------------------------------------------------------------------------------------------------ compensation
def list_compensations(ctx: Ctx, query: ListQuery) -> Listing[CompensationRow]:
    """赔偿, the newest first; the place is the room in which it was found.

    Filters: ``class_id``, ``class_code``, ``settled``, ``from_day``, ``to_day`` (both included), ``stay_id`` (any stay
    of the person).
    """
    ctx.require(VIEW)
    statement = (
        select(
            Compensation,
            Stay.guest_name,
            CLASS.label("class_name"),
            (building.c.name + room.c.number).label("place"),
        )
        .join(Stay, Stay.id == Compensation.stay_id)
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .join(room, room.c.id == Compensation.room_id)
        .join(building, building.c.id == room.c.building_id)
    )
    return fetch_listing(
        ctx.session,
        statement,
        query,
        _compensation_row,
        search=(
            func.coalesce(enrollment.c.search_key, Stay.guest_name),
            room.c.number,
            Compensation.item,
            Compensation.receipt_no,
        ),
        filters={
            "class_id": lambda v: Stay.class_id == v,
            "class_code": lambda v: training_class.c.code == v,
            "settled": lambda v: Compensation.settled.is_(bool(v)),
            "from_day": lambda v: Compensation.on_day >= v,
            "to_day": lambda v: Compensation.on_day <= v,
            "stay_id": lambda v: Compensation.stay_id.in_(_legs(ctx, v)),
        },
        sorts={
            "name": SORTS["name"],
            "class_name": training_class.c.name,
            "place": building.c.name + room.c.sort_key,
            "kind": Compensation.kind,
            "item": Compensation.item,
            "amount": Compensation.amount,
            "on_day": Compensation.on_day,
            "settled": Compensation.settled,
            "receipt_no": Compensation.receipt_no,
        },
        order=(Compensation.on_day.desc(), Compensation.id.desc()),
    )


def _compensation_row(row: Row[Any]) -> CompensationRow:
    found: Compensation = row[0]
    return CompensationRow(
        id=found.id,
        version=found.version,
        stay_id=found.stay_id,
        class_name=row.class_name,
        name=row.guest_name,
        place=row.place,
        kind=CompensationKind(found.kind),
        item=found.item,
        amount=found.amount,
        on_day=found.on_day,
        settled=found.settled,
        receipt_no=found.receipt_no,
        note=found.note,
    )


# ---------------------------------------------------------------------------------------------------- requests
def list_requests(ctx: Ctx, query: ListQuery) -> Listing[RequestRow]:
    """调房申请, open ones first. Filters: ``state``, ``class_id``, ``stay_id``."""
    ctx.require(VIEW)
    other = aliased(Stay)
    other_room, other_bed, other_building = room.alias(), bed.alias(), building.alias()
    statement = (
        with_place(
            select(
                MoveRequest,
                Stay.version.label("stay_version"),
                Stay.guest_name,
                Stay.sex,
                CLASS.label("class_name"),
                PLACE.label("place"),
                other.guest_name.label("with_name"),
                (other_building.c.name + other_room.c.number + "-" + other_bed.c.name).label("with_place"),
            ).join(Stay, Stay.id == MoveRequest.stay_id)
        )
        .outerjoin(other, other.id == MoveRequest.with_stay_id)
        .outerjoin(other_room, other_room.c.id == other.room_id)
        .outerjoin(other_bed, other_bed.c.id == other.bed_id)
        .outerjoin(other_building, other_building.c.id == other_room.c.building_id)
    )
    return fetch_listing(
        ctx.session,
        statement,
        query,
        _request_row,
        search=(*WHO, MoveRequest.reason, MoveRequest.wish),
        filters={
            "state": lambda v: MoveRequest.state == v,
            "class_id": lambda v: Stay.class_id == v,
            "class_code": lambda v: training_class.c.code == v,
            "stay_id": lambda v: MoveRequest.stay_id.in_(_legs(ctx, v)),
        },
        sorts={
            **SORTS,
            "with_name": other.guest_name,
            "reason": MoveRequest.reason,
            "wish": MoveRequest.wish,
            "state": MoveRequest.state,
            "asked_on": MoveRequest.asked_on,
            "answer": MoveRequest.answer,
        },
        order=((MoveRequest.state != RequestState.OPEN.value), MoveRequest.asked_on.desc(), MoveRequest.id.desc()),
    )


def _request_row(row: Row[Any]) -> RequestRow:
    found: MoveRequest = row[0]
    return RequestRow(
        id=found.id,
        version=found.version,
        stay_id=found.stay_id,
        stay_version=row.stay_version,
        class_name=row.class_name,
        name=row.guest_name,
        sex=row.sex,
        place=row.place,
        reason=found.reason,
        wish=found.wish,
        with_stay_id=found.with_stay_id,
        with_name=row.with_name or "",
        with_place=row.with_place or "",
        state=RequestState(found.state),
        answer=found.answer,
        asked_on=found.asked_on,
        closed_on=found.closed_on,
    )
