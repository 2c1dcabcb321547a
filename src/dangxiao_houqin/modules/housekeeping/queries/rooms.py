"""Reads about rooms: their conditions, the tasks in them, the floors they are on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    VIEW,
    CareFigures,
    CareRow,
    FloorChoice,
    GuestsAsked,
    RoomCondition,
    TaskKind,
    TaskRow,
    TaskState,
)
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask, RoomCare
from dangxiao_houqin.modules.organization.api import staff_choices
from dangxiao_houqin.modules.places.api import building, floor, list_outages, room, site

PLACE_ORDER = (
    site.c.sort_order,
    site.c.id,
    building.c.sort_order,
    building.c.id,
    floor.c.level,
    room.c.sort_key,
    room.c.id,
)
"""The school's order, as in places."""

CONDITION: ColumnElement[str] = func.coalesce(RoomCare.condition, RoomCondition.READY.value)
"""A room that nobody ever said anything about is ready."""

LOOKED_AFTER: ColumnElement[bool] = or_(room.c.assignable, RoomCare.id.is_not(None))
"""Rooms for guests; duty rooms only once somebody marked them."""

_STEP = case({condition.value: condition.step for condition in RoomCondition}, value=CONDITION)


LIVED_IN = "lived_in"

_WANTED = (TaskState.OPEN.value, TaskState.DONE.value)
"""Not cancelled; said so that the index by state and day serves."""


def people_here(ctx: Ctx) -> dict[int, int]:
    """Who lives in each room at this moment; nothing when nobody above knows."""
    here: dict[int, int] = {}
    ctx.publish(GuestsAsked(ctx.today(), {}, here))
    return here


def _out_of_service(ctx: Ctx) -> dict[int, str]:
    """Whole rooms that cannot be used tonight, with the reason."""
    today = ctx.today()
    return {o.room_id: o.reason for o in list_outages(ctx, today, today + timedelta(days=1)) if o.bed_id is None}


def _in_condition(value: str, here: Collection[int], out: Collection[int]) -> ColumnElement[bool]:
    if value == LIVED_IN:
        return room.c.id.in_(here)
    found = CONDITION.in_((value,))
    return and_(found, room.c.id.not_in({*here, *out})) if value == RoomCondition.READY.value else found


def _open(day: date) -> ColumnElement[bool]:
    return and_(
        HousekeepingTask.room_id == room.c.id,
        HousekeepingTask.state == TaskState.OPEN.value,
        HousekeepingTask.due_on <= day,
    )


def list_care(ctx: Ctx, query: ListQuery) -> Listing[CareRow]:
    """Rooms with their condition, in the school's order.

    Filters: ``condition`` (ready: in service and nobody lives there; or lived_in), ``building`` and ``floor`` (ids),
    ``room_type``, ``task`` (open | late: something is to be done by today, or was before).
    """
    ctx.require(VIEW)
    today = ctx.today()
    here, out = people_here(ctx), _out_of_service(ctx)
    due, late = exists().where(_open(today)), exists().where(_open(today - timedelta(days=1)))
    kinds = select(func.aggregate_strings(HousekeepingTask.kind, ",")).where(_open(today)).correlate(room)
    statement: AnySelect = (
        select(
            room.c.id.label("room_id"),
            func.coalesce(RoomCare.version, 0).label("version"),
            building.c.id.label("building_id"),
            building.c.name.label("building_name"),
            floor.c.id.label("floor_id"),
            floor.c.name.label("floor_name"),
            room.c.number,
            room.c.room_type,
            CONDITION.label("condition"),
            func.coalesce(RoomCare.reason, "").label("reason"),
            RoomCare.cleaned_at,
            func.coalesce(RoomCare.cleaned_by, "").label("cleaned_by"),
            RoomCare.inspected_at,
            func.coalesce(RoomCare.inspected_by, "").label("inspected_by"),
            RoomCare.linen_on,
            func.coalesce(kinds.scalar_subquery(), "").label("tasks"),
            late.label("overdue"),
        )
        .select_from(room)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .join(site, site.c.id == building.c.site_id)
        .outerjoin(RoomCare, RoomCare.room_id == room.c.id)
        .where(LOOKED_AFTER)
    )

    def to_row(row: Any) -> CareRow:
        found = row._asdict()
        labels = [kind.label for kind in TaskKind if kind.value in found["tasks"].split(",")]
        found |= {"condition": RoomCondition(row.condition), "tasks": "、".join(labels), "overdue": bool(row.overdue)}
        return CareRow(**found, outage=out.get(row.room_id, ""), people=here.get(row.room_id, 0))

    return fetch_listing(
        ctx.session,
        statement,
        query,
        to_row,
        search=(room.c.number, room.c.room_type, building.c.name, func.coalesce(RoomCare.cleaned_by, "")),
        filters={
            "condition": lambda value: _in_condition(value, here, out),
            "building": lambda value: room.c.building_id == value,
            "floor": lambda value: room.c.floor_id == value,
            "room_type": lambda value: room.c.room_type == value,
            "task": lambda value: late if value == "late" else due,
        },
        sorts={
            "building": building.c.sort_order,
            "floor": floor.c.level,
            "number": room.c.sort_key,
            "room_type": room.c.room_type,
            "condition": _STEP,
            "cleaned_at": RoomCare.cleaned_at,
            "cleaned_by": RoomCare.cleaned_by,
            "inspected_at": RoomCare.inspected_at,
            "inspected_by": RoomCare.inspected_by,
            "linen_on": RoomCare.linen_on,
        },
        order=PLACE_ORDER,
    )


def count_care(ctx: Ctx) -> CareFigures:
    """Rooms per condition, and open tasks for today and from before."""
    ctx.require(VIEW)
    rooms = dict.fromkeys(RoomCondition, 0)
    here, out = people_here(ctx), _out_of_service(ctx)
    lived_in = 0
    each = select(room.c.id, CONDITION).select_from(room).outerjoin(RoomCare, RoomCare.room_id == room.c.id)
    for room_id, condition in ctx.session.execute(each.where(LOOKED_AFTER)):
        lived_in += room_id in here
        if condition != RoomCondition.READY.value or (room_id not in here and room_id not in out):
            rooms[RoomCondition(condition)] += 1
    today = ctx.today()
    tasks = select(
        func.count().filter(HousekeepingTask.due_on == today), func.count().filter(HousekeepingTask.due_on < today)
    ).where(HousekeepingTask.state == TaskState.OPEN.value, HousekeepingTask.due_on <= today)
    due, late = ctx.session.execute(tasks).one()
    return CareFigures(today, rooms, lived_in, due, late)


def list_conditions(ctx: Ctx) -> dict[int, RoomCondition]:
    """Condition by room id; a room that is missing is ready.

    No permission of its own: the desk, the chart and the assignment read it under their own right.
    """
    found = ctx.session.execute(select(RoomCare.room_id, RoomCare.condition))
    return {room_id: RoomCondition(condition) for room_id, condition in found}


def list_linen(ctx: Ctx) -> dict[int, date]:
    """When each room last had new linen.  No permission of its own: the daily job above asks."""
    found = ctx.session.execute(select(RoomCare.room_id, RoomCare.linen_on).where(RoomCare.linen_on.is_not(None)))
    return {room_id: day for room_id, day in found if day is not None}


def list_tasks(ctx: Ctx, query: ListQuery) -> Listing[TaskRow]:
    """Tasks, the oldest day first, in the order of the rooms.

    Filters: ``when`` (today: open until today | late | coming | open | done | cancelled), ``kind``, ``assignee``
    ("-" for nobody), ``building``, ``floor``, ``room_id``, ``day`` (the day it is due), ``linen``, ``sheet`` (a day:
    what belongs on its task sheet, for today also what is late).
    """
    ctx.require(VIEW)
    today = ctx.today()
    here = people_here(ctx)
    is_open = HousekeepingTask.state == TaskState.OPEN.value
    when: dict[str, ColumnElement[bool]] = {
        "today": and_(is_open, HousekeepingTask.due_on <= today),
        "late": and_(is_open, HousekeepingTask.due_on < today),
        "coming": and_(is_open, HousekeepingTask.due_on > today),
        "open": is_open,
        "done": HousekeepingTask.state == TaskState.DONE.value,
        "cancelled": HousekeepingTask.state == TaskState.CANCELLED.value,
    }
    statement: AnySelect = (
        select(
            HousekeepingTask.id,
            HousekeepingTask.version,
            HousekeepingTask.room_id,
            building.c.name.label("building_name"),
            floor.c.id.label("floor_id"),
            floor.c.name.label("floor_name"),
            room.c.number,
            HousekeepingTask.kind,
            HousekeepingTask.due_on,
            HousekeepingTask.state,
            HousekeepingTask.linen,
            HousekeepingTask.assignee,
            HousekeepingTask.note,
            HousekeepingTask.done_at,
            HousekeepingTask.done_by,
            CONDITION.label("condition"),
        )
        .join(room, room.c.id == HousekeepingTask.room_id)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .join(site, site.c.id == building.c.site_id)
        .outerjoin(RoomCare, RoomCare.room_id == room.c.id)
    )

    def to_row(row: Any) -> TaskRow:
        found = row._asdict()
        found |= {
            "kind": TaskKind(row.kind),
            "state": TaskState(row.state),
            "condition": RoomCondition(row.condition),
        }
        late = row.state == TaskState.OPEN.value and row.due_on < today
        return TaskRow(**found, late=late, people=here.get(row.room_id, 0))

    return fetch_listing(
        ctx.session,
        statement,
        query,
        to_row,
        search=(room.c.number, building.c.name, HousekeepingTask.assignee, HousekeepingTask.note),
        filters={
            "when": lambda value: when[value],
            "kind": lambda value: HousekeepingTask.kind == value,
            "assignee": lambda value: HousekeepingTask.assignee == ("" if value == "-" else value),
            "building": lambda value: room.c.building_id == value,
            "floor": lambda value: room.c.floor_id == value,
            "room_id": lambda value: HousekeepingTask.room_id == value,
            "day": lambda value: HousekeepingTask.due_on == value,
            "linen": lambda value: HousekeepingTask.linen.is_(bool(value)),
            "sheet": lambda day: or_(
                and_(HousekeepingTask.due_on == day, HousekeepingTask.state.in_(_WANTED)),
                and_(is_open, HousekeepingTask.due_on < day, day == today),
            ),
        },
        sorts={
            "building": building.c.sort_order,
            "floor": floor.c.level,
            "number": room.c.sort_key,
            "kind": HousekeepingTask.kind.expression,
            "due_on": HousekeepingTask.due_on.expression,
            "state": HousekeepingTask.state.expression,
            "linen": HousekeepingTask.linen.expression,
            "assignee": HousekeepingTask.assignee.expression,
            "done_at": HousekeepingTask.done_at.expression,
            "done_by": HousekeepingTask.done_by.expression,
            "condition": _STEP,
        },
        order=(HousekeepingTask.due_on.expression, *PLACE_ORDER, HousekeepingTask.id.expression),
    )


def list_workers(ctx: Ctx, limit: int = 200) -> tuple[str, ...]:
    """Names for completion: who lately cleaned first, then the staff."""
    ctx.require(VIEW)
    lately = ctx.today() - timedelta(days=120)
    names = [
        select(column.label("name")).where(
            HousekeepingTask.state.in_(_WANTED), HousekeepingTask.due_on >= lately, column != ""
        )
        for column in (HousekeepingTask.assignee, HousekeepingTask.done_by)
    ]
    found = names[0].union(names[1]).subquery()
    known = ctx.session.scalars(select(found.c.name).order_by(found.c.name).limit(limit))
    return tuple(dict.fromkeys([*known, *(name for _, name in staff_choices(ctx))]))


def list_floors(ctx: Ctx) -> tuple[FloorChoice, ...]:
    """Floors with rooms for guests, in the school's order."""
    ctx.require(VIEW)
    statement = (
        select(building.c.id, building.c.name, floor.c.id, floor.c.name, func.count(room.c.id))
        .select_from(room)
        .join(floor, floor.c.id == room.c.floor_id)
        .join(building, building.c.id == room.c.building_id)
        .join(site, site.c.id == building.c.site_id)
        .outerjoin(RoomCare, RoomCare.room_id == room.c.id)
        .where(LOOKED_AFTER)
        .group_by(site.c.sort_order, site.c.id, building.c.id, building.c.name, building.c.sort_order, floor.c.id)
        .group_by(floor.c.name, floor.c.level)
        .order_by(*PLACE_ORDER[:5])
    )
    return tuple(FloorChoice(*row) for row in ctx.session.execute(statement))
