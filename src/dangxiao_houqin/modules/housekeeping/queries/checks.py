"""Reads about what is looked at on the spot: 客房交付检查 and 楼层报数."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import and_, func, select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    VIEW,
    CheckItem,
    ClassRoomsAsked,
    FloorReportRow,
    FloorRoom,
    HandoverRoom,
    HandoverRound,
    HousekeepingRules,
    RoomCondition,
)
from dangxiao_houqin.modules.housekeeping.models import FloorReport, HandoverCheck, RoomCare
from dangxiao_houqin.modules.places.api import bed, building, floor, list_outages, room, site
from dangxiao_houqin.modules.training.api import get_class

from .rooms import CONDITION, PLACE_ORDER


def get_handover(ctx: Ctx, class_id: int) -> HandoverRound:
    """The rooms to hand over to a class, in the school's order, with what was found in them.

    Rooms its people sleep in; while nobody has a bed, every room for guests that is in service.  Rooms once checked
    for the class stay on the list.
    """
    ctx.require(VIEW)
    school = get_class(ctx, class_id)
    wanted: set[int] = set()
    ctx.publish(ClassRoomsAsked(class_id, wanted))
    of_class = bool(wanted)
    statement = (
        select(
            room.c.id.label("room_id"),
            building.c.id.label("building_id"),
            building.c.name.label("building_name"),
            floor.c.id.label("floor_id"),
            floor.c.name.label("floor_name"),
            room.c.number,
            room.c.room_type,
            CONDITION.label("condition"),
            HandoverCheck.version,
            HandoverCheck.passed,
            HandoverCheck.items,
            func.coalesce(HandoverCheck.checker, "").label("checker"),
            HandoverCheck.checked_on,
            func.coalesce(HandoverCheck.note, "").label("note"),
        )
        .select_from(room)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .join(site, site.c.id == building.c.site_id)
        .outerjoin(RoomCare, RoomCare.room_id == room.c.id)
        .outerjoin(HandoverCheck, and_(HandoverCheck.room_id == room.c.id, HandoverCheck.class_id == class_id))
        .order_by(*PLACE_ORDER)
    )
    if of_class:
        statement = statement.where(room.c.id.in_(wanted) | HandoverCheck.id.is_not(None))
    else:
        day = school.arrive_on
        shut = {o.room_id for o in list_outages(ctx, day, day + timedelta(days=1)) if o.bed_id is None}
        usable = and_(room.c.assignable, room.c.id.not_in(shut))
        statement = statement.where(usable | HandoverCheck.id.is_not(None))
    rooms = []
    for row in ctx.session.execute(statement):
        items = tuple(CheckItem(i["item"], i["ok"], i["note"]) for i in row.items or ())
        rooms.append(HandoverRoom(**{**row._asdict(), "condition": RoomCondition(row.condition), "items": items}))
    checklist = ctx.settings(HousekeepingRules).checklist
    return HandoverRound(class_id, school.name, school.arrive_on, of_class, checklist, tuple(rooms))


def list_floor_rooms(ctx: Ctx, floor_id: int, day: date) -> tuple[FloorRoom, ...]:
    """All rooms of a floor with what was reported on ``day``."""
    ctx.require(VIEW)
    beds = select(func.count()).where(bed.c.room_id == room.c.id).correlate(room).scalar_subquery()
    statement = (
        select(room.c.id, room.c.number, beds, FloorReport.people, func.coalesce(FloorReport.note, ""))
        .select_from(room)
        .outerjoin(FloorReport, and_(FloorReport.room_id == room.c.id, FloorReport.on_day == day))
        .where(room.c.floor_id == floor_id)
        .order_by(room.c.sort_key, room.c.id)
    )
    return tuple(FloorRoom(*row) for row in ctx.session.execute(statement))


def list_floor_reports(ctx: Ctx, day: date) -> tuple[FloorReportRow, ...]:
    """What the floor staff found on ``day``, in the order of the rooms.

    No permission of its own: the list of differences above asks for the right to see who sleeps where.
    """
    statement = (
        select(
            FloorReport.id,
            FloorReport.version,
            FloorReport.room_id,
            building.c.name.label("building_name"),
            floor.c.id.label("floor_id"),
            floor.c.name.label("floor_name"),
            room.c.number,
            FloorReport.on_day,
            FloorReport.people,
            FloorReport.reporter,
            FloorReport.note,
            FloorReport.resolved,
            FloorReport.resolution,
            FloorReport.updated_at.label("reported_at"),
        )
        .join(room, room.c.id == FloorReport.room_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .join(site, site.c.id == building.c.site_id)
        .where(FloorReport.on_day == day)
        .order_by(*PLACE_ORDER)
    )
    return tuple(FloorReportRow(**row._asdict()) for row in ctx.session.execute(statement))
