"""Rows of the desk's registers on paper: cards of a class, changes of beds, the head-count of a night."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import HOLDING, VIEW, CardState
from dangxiao_houqin.modules.accommodation.models import (
    BedMove,
    Compensation,
    HeadCount,
    HeadCountAbsence,
    KeyCard,
    Stay,
)
from dangxiao_houqin.modules.places.api import bed, building, floor, room
from dangxiao_houqin.modules.training.api import enrollment, training_class

from .floors import list_head_counts
from .stays import PLACE_ORDER


@dataclass(frozen=True)
class CardRegisterRow:
    """One card of a person, or the person alone while he has none; times aware."""

    building: str
    room: str
    name: str
    unit: str
    copies: int | None
    issued_at: datetime | None
    returned_at: datetime | None
    found: str


@dataclass(frozen=True)
class MoveRegisterRow:
    """One change of bed that was not taken back."""

    day: date
    name: str
    class_name: str
    unit: str
    from_place: str
    to_place: str
    reason: str
    handler: str


@dataclass(frozen=True)
class HeadCountLine:
    """A floor on a night; ``present`` None: not counted.  Names of the excused and of the absent with their rooms."""

    building: str
    floor: str
    expected: int
    present: int | None
    excused: tuple[str, ...]
    absent: tuple[str, ...]
    counted_at: datetime | None
    counter: str
    note: str


def list_card_register(ctx: Ctx, class_id: int) -> tuple[CardRegisterRow, ...]:
    """Everybody of a class who has a bed or had a card, in the order of the rooms he sleeps in last."""
    ctx.require(VIEW)
    has_card = select(KeyCard.id).where(KeyCard.stay_id == Stay.id).exists()
    legs = ctx.session.execute(
        select(
            Stay.id,
            Stay.enrollment_id,
            Stay.guest_name,
            Stay.leave,
            Stay.state,
            enrollment.c.unit_name,
            building.c.name.label("building_name"),
            room.c.number,
        )
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .join(bed, bed.c.id == Stay.bed_id)
        .join(room, room.c.id == Stay.room_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .where(Stay.class_id == class_id, or_(Stay.state.in_(HOLDING), has_card))
        .order_by(*PLACE_ORDER, Stay.arrive, Stay.id)
    ).all()
    of_person: dict[int, list[Row[Any]]] = defaultdict(list)
    for leg in legs:
        of_person[leg.enrollment_id or -leg.id].append(leg)
    cards: dict[int, list[KeyCard]] = defaultdict(list)
    for issued in ctx.session.scalars(
        select(KeyCard)
        .join(Stay, Stay.id == KeyCard.stay_id)
        .where(Stay.class_id == class_id)
        .order_by(KeyCard.issued_at, KeyCard.id)
    ):
        cards[issued.stay_id].append(issued)
    found = _findings(ctx, class_id)
    rows = []
    for leg in legs:
        theirs = of_person[leg.enrollment_id or -leg.id]
        if leg is not max(theirs, key=lambda one: (one.state in HOLDING, one.leave, one.id)):
            continue
        remarks = [text for one in theirs for text in found.get(one.id, ())]
        held: list[KeyCard | None] = [card for one in theirs for card in cards.get(one.id, ())]
        for number, card in enumerate(held or [None]):
            lost = card is not None and card.state == CardState.LOST.value
            texts = [] if number else remarks
            if lost and not any(text.startswith("房卡") for text in remarks):
                texts = ["房卡丢失", *texts]
            rows.append(
                CardRegisterRow(
                    building=leg.building_name,
                    room=leg.number,
                    name=leg.guest_name,
                    unit=leg.unit_name or "",
                    copies=card.copies if card is not None else None,
                    issued_at=card.issued_at if card is not None else None,
                    returned_at=card.closed_at if card is not None and not lost else None,
                    found="；".join(texts),
                )
            )
    return tuple(rows)


def _findings(ctx: Ctx, class_id: int) -> dict[int, list[str]]:
    """What was lost or broken, by stay: ``遥控器 50 元``."""
    found: dict[int, list[str]] = defaultdict(list)
    for line in ctx.session.scalars(
        select(Compensation)
        .join(Stay, Stay.id == Compensation.stay_id)
        .where(Stay.class_id == class_id)
        .order_by(Compensation.on_day, Compensation.id)
    ):
        amount = f"赔{yuan(line.amount).replace('¥', '').removesuffix('.00')}元" if line.amount else ""
        found[line.stay_id].append(f"{line.item}{'丢失' if line.kind == 'card' else ''}{amount}")
    return found


def list_move_register(
    ctx: Ctx, *, class_id: int | None = None, start: date | None = None, end: date | None = None
) -> tuple[MoveRegisterRow, ...]:
    """Changes of beds of a class, or those of the days ``[start, end)``, in their order; none that was taken back."""
    ctx.require(VIEW)
    parts = {name: (aliased(bed), aliased(room), aliased(building)) for name in ("from", "to")}
    statement = select(
        BedMove.on_day,
        BedMove.guest_name,
        BedMove.reason,
        BedMove.handler,
        training_class.c.name.label("class_name"),
        enrollment.c.unit_name,
        *(
            column.label(f"{name}_{word}")
            for name, (beds, rooms, buildings) in parts.items()
            for column, word in ((buildings.c.name, "building"), (rooms.c.number, "room"), (beds.c.name, "bed"))
        ),
    ).join(Stay, Stay.id == BedMove.stay_id)
    for name, (beds, rooms, buildings) in parts.items():
        target = BedMove.from_bed_id if name == "from" else BedMove.to_bed_id
        statement = (
            statement.join(beds, beds.c.id == target)
            .join(rooms, rooms.c.id == beds.c.room_id)
            .join(buildings, buildings.c.id == rooms.c.building_id)
        )
    statement = (
        statement.outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == BedMove.class_id)
        .where(~BedMove.undone)
        .order_by(BedMove.on_day, BedMove.id)
    )
    if class_id is not None:
        statement = statement.where(BedMove.class_id == class_id)
    if start is not None:
        statement = statement.where(BedMove.on_day >= start)
    if end is not None:
        statement = statement.where(BedMove.on_day < end)
    return tuple(
        MoveRegisterRow(
            day=row.on_day,
            name=row.guest_name,
            class_name=row.class_name or "",
            unit=row.unit_name or "",
            from_place=f"{row.from_building}{row.from_room}-{row.from_bed}",
            to_place=f"{row.to_building}{row.to_room}-{row.to_bed}",
            reason=row.reason,
            handler=row.handler,
        )
        for row in ctx.session.execute(statement)
    )


def list_head_count_lines(ctx: Ctx, night: date) -> tuple[HeadCountLine, ...]:
    """The floors of ``night`` as the desk's list has them, with the names of those who were not there."""
    missing: dict[int | None, list[Row[Any]]] = defaultdict(list)
    floors = list_head_counts(ctx, night)
    for row in ctx.session.execute(
        select(
            HeadCountAbsence.head_count_id,
            HeadCountAbsence.kind,
            HeadCountAbsence.note,
            Stay.guest_name,
            room.c.number,
        )
        .join(HeadCount, HeadCount.id == HeadCountAbsence.head_count_id)
        .join(Stay, Stay.id == HeadCountAbsence.stay_id)
        .join(room, room.c.id == Stay.room_id)
        .where(HeadCount.night == night)
        .order_by(room.c.sort_key, HeadCountAbsence.id)
    ):
        missing[row.head_count_id].append(row)
    return tuple(
        HeadCountLine(
            building=one.building_name,
            floor=one.floor_name,
            expected=one.expected,
            present=one.present,
            excused=_names(row for row in missing[one.id] if row.kind == "leave"),
            absent=_names(row for row in missing[one.id] if row.kind != "leave"),
            counted_at=one.counted_at,
            counter=one.counter,
            note=one.note,
        )
        for one in floors
    )


def _names(rows: Iterable[Row[Any]]) -> tuple[str, ...]:
    return tuple(f"{row.guest_name}（{row.number}{f'，{row.note}' if row.note else ''}）" for row in rows)
