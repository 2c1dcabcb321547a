"""夜间查寝: who sleeps on a floor on a night, and what was counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, and_, case, func, select, union_all

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DESK, FloorPerson, HeadCountRow, StayState
from dangxiao_houqin.modules.accommodation.models import (
    BedNight,
    GuestRegistration,
    HeadCount,
    HeadCountAbsence,
    Stay,
)
from dangxiao_houqin.modules.places.api import bed, building, floor, room
from dangxiao_houqin.modules.training.api import enrollment, training_class

from .overstays import overstays, parked_here


def sleepers(ctx: Ctx, night: date) -> CompoundSelect[Any]:
    """Stay, room and bed of everybody who is expected in the house on ``night``.

    These are all who hold a bed that night, who is still here after his last night, and who is in the house with his
    bed parked (he is looked for where he slept before).
    """
    return union_all(
        select(BedNight.stay_id, BedNight.room_id, BedNight.bed_id).where(BedNight.night == night),
        select(Stay.id, Stay.room_id, Stay.bed_id).where(overstays(ctx, night)),
        select(Stay.id, Stay.room_id, Stay.bed_id).where(parked_here(ctx, night)),
    )


def list_head_counts(ctx: Ctx, night: date) -> tuple[HeadCountRow, ...]:
    """Every floor that has guests on ``night`` or was counted, in the order of the houses.

    ``expected`` is what should sleep there now, also where fewer were expected when it was counted.
    """
    ctx.require(DESK)
    here = sleepers(ctx, night).subquery()
    expected = (
        select(room.c.floor_id, func.count().label("people"))
        .join(here, here.c.room_id == room.c.id)
        .group_by(room.c.floor_id)
        .subquery()
    )
    absent = (
        select(
            HeadCountAbsence.head_count_id,
            func.sum(case((HeadCountAbsence.kind == "leave", 1), else_=0)).label("on_leave"),
            func.sum(case((HeadCountAbsence.kind == "leave", 0), else_=1)).label("absent"),
        )
        .group_by(HeadCountAbsence.head_count_id)
        .subquery()
    )
    statement = (
        select(
            floor.c.id,
            building.c.name.label("building_name"),
            floor.c.name.label("floor_name"),
            HeadCount,
            func.coalesce(expected.c.people, 0).label("people"),
            func.coalesce(absent.c.on_leave, 0).label("on_leave"),
            func.coalesce(absent.c.absent, 0).label("absent"),
        )
        .join(building, building.c.id == floor.c.building_id)
        .outerjoin(expected, expected.c.floor_id == floor.c.id)
        .outerjoin(HeadCount, and_(HeadCount.floor_id == floor.c.id, HeadCount.night == night))
        .outerjoin(absent, absent.c.head_count_id == HeadCount.id)
        .where(expected.c.people.is_not(None) | HeadCount.id.is_not(None))
        .order_by(building.c.sort_order, building.c.id, floor.c.level, floor.c.id)
    )
    rows = []
    for row in ctx.session.execute(statement):
        found: HeadCount | None = row[3]
        rows.append(
            HeadCountRow(
                floor_id=row.id,
                building_name=row.building_name,
                floor_name=row.floor_name,
                night=night,
                id=found.id if found else None,
                version=found.version if found else None,
                expected=row.people,
                present=found.present if found else None,
                on_leave=int(row.on_leave),
                absent=int(row.absent),
                counted_at=found.counted_at if found else None,
                counter=found.counter if found else "",
                note=found.note if found else "",
            )
        )
    return tuple(rows)


def list_floor_people(ctx: Ctx, night: date, floor_id: int) -> tuple[FloorPerson, ...]:
    """Everybody expected on the floor on ``night`` in the order of the rooms, with what the count says of him."""
    ctx.require(DESK)
    here = sleepers(ctx, night).subquery()
    statement = (
        select(
            Stay.id,
            Stay.guest_name,
            Stay.sex,
            Stay.state,
            Stay.leave,
            func.coalesce(training_class.c.name, "").label("class_name"),
            func.coalesce(enrollment.c.unit_name, GuestRegistration.unit_name, "").label("unit_name"),
            building.c.name.label("building_name"),
            room.c.number,
            bed.c.name.label("bed_name"),
            HeadCountAbsence.kind,
            HeadCountAbsence.note,
        )
        .join(here, here.c.stay_id == Stay.id)
        .join(room, room.c.id == here.c.room_id)
        .join(building, building.c.id == room.c.building_id)
        .join(bed, bed.c.id == here.c.bed_id)
        .outerjoin(enrollment, enrollment.c.id == Stay.enrollment_id)
        .outerjoin(training_class, training_class.c.id == Stay.class_id)
        .outerjoin(GuestRegistration, GuestRegistration.stay_id == Stay.id)
        .outerjoin(HeadCount, and_(HeadCount.floor_id == floor_id, HeadCount.night == night))
        .outerjoin(
            HeadCountAbsence, and_(HeadCountAbsence.head_count_id == HeadCount.id, HeadCountAbsence.stay_id == Stay.id)
        )
        .where(room.c.floor_id == floor_id)
        .order_by(room.c.sort_key, room.c.id, bed.c.id)
    )
    return tuple(
        FloorPerson(
            stay_id=row.id,
            name=row.guest_name,
            sex=row.sex,
            class_name=row.class_name,
            unit_name=row.unit_name,
            room_number=row.number,
            bed_name=row.bed_name,
            place=f"{row.building_name}{row.number}-{row.bed_name}",
            state=StayState(row.state),
            absent=row.kind,
            note=row.note or "",
            remark=_remark(StayState(row.state), row.leave, night),
        )
        for row in ctx.session.execute(statement)
    )


def _remark(state: StayState, leave: date, night: date) -> str:
    if state is StayState.PARKED:
        return "床位暂存，原住这里"
    if state is StayState.IN_HOUSE and leave <= night:
        due = f"应于{chinese_date(leave, year=False)}离开"
        return f"超期未退，{due}" if leave < night else f"{due}，还没退房"
    return ""
