"""Registers: external guests, and who was moved from which bed to which."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.columns import mask_id, mask_phone
from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    HOLDING,
    VIEW,
    BedMoveRow,
    GuestRow,
    StayKind,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedMove, GuestRegistration, Stay
from dangxiao_houqin.modules.places.api import bed, building, room
from dangxiao_houqin.modules.training.api import enrollment, training_class

from .desk_lists import CLASS, PLACE, UNIT

_LAST = aliased(Stay, name="last_stay")
"""The bed a guest has last; the first one carries his registration."""


# ------------------------------------------------------------------------------------------------------ guests
def list_guests(ctx: Ctx, query: ListQuery) -> Listing[GuestRow]:
    """External guests, the newest first; phones and ID numbers masked.

    A guest who changed beds is listed once, for all his nights, with the bed he has last. Filters: ``state``, ``kind``,
    ``on`` (a night slept).
    """
    ctx.require(VIEW)
    return fetch_listing(
        ctx.session,
        _guest_statement(),
        query,
        lambda row: _guest_row(row, reveal=False),
        search=(
            Stay.guest_name,
            GuestRegistration.unit_name,
            room.c.number,
            GuestRegistration.host,
            GuestRegistration.purpose,
        ),
        filters={
            "state": lambda v: _LAST.state == v,
            "kind": lambda v: Stay.kind == v,
            "on": lambda v: and_(Stay.arrive <= v, _LAST.leave > v),
        },
        sorts={
            "name": Stay.guest_name,
            "sex": Stay.sex,
            "kind": Stay.kind,
            "unit_name": GuestRegistration.unit_name,
            "place": building.c.name + room.c.sort_key + bed.c.name,
            "host": GuestRegistration.host,
            "purpose": GuestRegistration.purpose,
            "plate": GuestRegistration.plate,
            "price": GuestRegistration.price,
            "arrive": Stay.arrive,
            "leave": _LAST.leave,
            "state": _LAST.state,
        },
        order=(Stay.arrive.desc(), Stay.id.desc()),
    )


def get_guest(ctx: Ctx, stay_id: int, *, reveal: bool = False) -> GuestRow:
    """One guest; raises :class:`NotFound`. ``reveal`` needs the right to see personal data."""
    ctx.require(DESK)
    if reveal:
        ctx.require(REVEAL_PERSONAL)
    row = ctx.session.execute(_guest_statement().where(or_(Stay.id == stay_id, _LAST.id == stay_id))).one_or_none()
    if row is None:
        raise NotFound("找不到这位临时住客，请刷新列表。")
    return _guest_row(row, reveal=reveal)


def _guest_statement() -> AnySelect:
    first: AnySelect = select(GuestRegistration.stay_id.label("root"), GuestRegistration.stay_id.label("leg"))
    chain: Any = first.cte(recursive=True)
    later = aliased(Stay)
    here = (*HOLDING, StayState.PARKED.value)
    chain = chain.union_all(
        select(chain.c.root, later.id).where(later.moved_from_id == chain.c.leg, later.state.in_(here))
    )
    last = select(chain.c.root, func.max(chain.c.leg).label("leg")).group_by(chain.c.root).subquery()
    return (
        select(Stay, GuestRegistration, _LAST, PLACE.label("place"))
        .join(GuestRegistration, GuestRegistration.stay_id == Stay.id)
        .join(last, last.c.root == Stay.id)
        .join(_LAST, _LAST.id == last.c.leg)
        .join(room, room.c.id == _LAST.room_id)
        .join(bed, bed.c.id == _LAST.bed_id)
        .join(building, building.c.id == room.c.building_id)
        .where(or_(Stay.state != StayState.CANCELLED.value, Stay.left_at.is_not(None)))
    )


def _guest_row(row: Any, *, reveal: bool) -> GuestRow:
    stay: Stay = row[0]
    found: GuestRegistration = row[1]
    last: Stay = row[2]
    return GuestRow(
        stay_id=last.id,
        version=last.version,
        kind=StayKind(stay.kind),
        name=stay.guest_name,
        sex=stay.sex,
        unit_name=found.unit_name,
        phone=found.phone if reveal else mask_phone(found.phone),
        id_kind=found.id_kind,
        id_number=found.id_number if reveal else mask_id(found.id_number),
        plate=found.plate,
        host=found.host,
        purpose=found.purpose,
        price=found.price,
        place=row.place,
        arrive=stay.arrive,
        leave=last.leave,
        state=StayState.LEFT if last.state == StayState.CANCELLED.value else StayState(last.state),
        arrived_at=stay.arrived_at,
        left_at=last.left_at,
    )


# ------------------------------------------------------------------------------------------------------- moves
def list_bed_moves(ctx: Ctx, query: ListQuery) -> Listing[BedMoveRow]:
    """调房登记, the newest first.

    Filters: ``class_id``, ``class_code``, ``from_day``, ``to_day`` (both included), ``undone``.
    """
    ctx.require(VIEW)
    tables = [(bed.alias(), room.alias(), building.alias()) for _ in range(2)]
    (from_bed, from_room, from_building), (to_bed, to_room, to_building) = tables
    statement: AnySelect = (
        select(
            BedMove,
            Stay.sex,
            CLASS.label("class_name"),
            UNIT.label("unit_name"),
            (from_building.c.name + from_room.c.number + "-" + from_bed.c.name).label("from_place"),
            (to_building.c.name + to_room.c.number + "-" + to_bed.c.name).label("to_place"),
        )
        .join(Stay, Stay.id == BedMove.stay_id)
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == BedMove.class_id)
        .outerjoin(GuestRegistration, GuestRegistration.stay_id == Stay.id)
    )
    for (one_bed, one_room, one_building), key in zip(tables, (BedMove.from_bed_id, BedMove.to_bed_id), strict=True):
        statement = (
            statement.join(one_bed, one_bed.c.id == key)
            .join(one_room, one_room.c.id == one_bed.c.room_id)
            .join(one_building, one_building.c.id == one_room.c.building_id)
        )
    return fetch_listing(
        ctx.session,
        statement,
        query,
        _move_row,
        search=(
            func.coalesce(enrollment.c.search_key, BedMove.guest_name),
            UNIT,
            from_room.c.number,
            to_room.c.number,
        ),
        filters={
            "class_id": lambda v: BedMove.class_id == v,
            "class_code": lambda v: training_class.c.code == v,
            "from_day": lambda v: BedMove.on_day >= v,
            "to_day": lambda v: BedMove.on_day <= v,
            "undone": lambda v: BedMove.undone.is_(bool(v)),
        },
        sorts={
            "name": func.coalesce(enrollment.c.sort_key, BedMove.guest_name),
            "sex": Stay.sex,
            "unit_name": UNIT,
            "class_name": training_class.c.name,
            "from_place": from_building.c.name + from_room.c.sort_key,
            "to_place": to_building.c.name + to_room.c.sort_key,
            "on_day": BedMove.on_day,
            "reason": BedMove.reason,
            "handler": BedMove.handler,
        },
        order=(BedMove.on_day.desc(), BedMove.id.desc()),
    )


def _move_row(row: Row[Any]) -> BedMoveRow:
    found: BedMove = row[0]
    return BedMoveRow(
        id=found.id,
        stay_id=found.stay_id,
        class_id=found.class_id,
        class_name=row.class_name,
        name=found.guest_name,
        sex=row.sex,
        unit_name=row.unit_name,
        from_place=row.from_place,
        to_place=row.to_place,
        on_day=found.on_day,
        reason=found.reason,
        handler=found.handler,
        undone=found.undone,
    )
