"""Reads of places: rooms, buildings with floors, beds, outages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx

from .domain import (
    VIEW,
    BedCount,
    BedInput,
    BedPlace,
    BedRow,
    BuildingRow,
    FloorRow,
    OutageRow,
    PlaceRules,
    RoomDetail,
    RoomRow,
    SaveRoom,
    SiteRow,
)
from .models import Bed, Building, Floor, Room, RoomOutage, Site
from .natural_order import normal_number

_IN_ORDER: tuple[ColumnElement[Any], ...] = (
    Site.sort_order.expression,
    Site.id.expression,
    Building.sort_order.expression,
    Building.id.expression,
    Floor.level.expression,
    Room.sort_key.expression,
    Room.id.expression,
)
"""The school's order: site, building, floor, then room numbers as people count."""


# --------------------------------------------------------------------------------------------------- rooms
def list_rooms(ctx: Ctx, query: ListQuery) -> Listing[RoomRow]:
    """Rooms in natural order.

    Filters: ``building`` and ``floor`` (ids), ``room_type``, ``assignable`` and ``reserve`` (bool), ``feature``
    (accessible | near_lift | low_floor), ``out_of_service`` (bool, on the day ``on``), ``on`` (date, default today),
    ``state`` (free | reserve | closed | out: the words of :attr:`RoomRow.state`; touched: out, or one bed of it).
    """
    ctx.require(VIEW)
    filters = dict(query.filters)
    day = filters.pop("on", None) or ctx.today()
    query = ListQuery(query.search, filters, query.sort, query.descending, query.offset, query.limit)
    down = _out_of_service(day)
    states: Mapping[str, ColumnElement[bool]] = {
        "out": down,
        "closed": and_(~down, ~Room.assignable),
        "reserve": and_(~down, Room.assignable, Room.reserve),
        "free": and_(~down, Room.assignable, ~Room.reserve),
        "touched": exists().where(RoomOutage.room_id == Room.id, _in_force(day)).correlate(Room),
    }
    return fetch_listing(
        ctx.session,
        _room_rows(day),
        query,
        lambda row: RoomRow(**row._asdict()),
        search=(Room.number.expression, Room.room_type.expression, Room.note.expression, Building.name.expression),
        filters={
            "building": lambda value: Room.building_id == value,
            "floor": lambda value: Room.floor_id == value,
            "room_type": lambda value: Room.room_type == value,
            "assignable": lambda value: Room.assignable.is_(bool(value)),
            "reserve": lambda value: Room.reserve.is_(bool(value)),
            "feature": lambda value: _FEATURES[value].is_(True),
            "out_of_service": lambda value: down if value else ~down,
            "state": lambda value: states[value],
        },
        sorts={
            "building": Building.sort_order.expression,
            "floor": Floor.level.expression,
            "number": Room.sort_key.expression,
            "room_type": Room.room_type.expression,
            "beds": _bed_count(),
            "note": func.coalesce(_outage_reason(day), Room.note),
        },
        order=_IN_ORDER,
    )


_FEATURES: Mapping[str, Any] = {
    "accessible": Room.accessible,
    "near_lift": Room.near_lift,
    "low_floor": Room.low_floor,
}


def get_room(ctx: Ctx, room_id: int) -> RoomDetail:
    """One room with its beds and all its outages, newest first; raises :class:`NotFound`."""
    ctx.require(VIEW)
    found = ctx.session.execute(_room_rows(ctx.today()).where(Room.id == room_id)).one_or_none()
    if found is None:
        raise NotFound("这个房间已被删除，请刷新列表。")
    beds = ctx.session.execute(select(Bed.id, Bed.name, Bed.assignable).where(Bed.room_id == room_id).order_by(Bed.id))
    outages = _outages().where(RoomOutage.room_id == room_id).order_by(RoomOutage.start.desc(), RoomOutage.id.desc())
    return RoomDetail(
        RoomRow(**found._asdict()),
        tuple(BedRow(*bed) for bed in beds),
        tuple(OutageRow(**outage._asdict()) for outage in ctx.session.execute(outages)),
    )


def list_room_forms(ctx: Ctx) -> tuple[SaveRoom, ...]:
    """Every room as its form would show it, in natural order; with its id and version."""
    ctx.require(VIEW)
    beds: dict[int, list[BedInput]] = {}
    for room_id, bed_id, name, assignable in ctx.session.execute(
        select(Bed.room_id, Bed.id, Bed.name, Bed.assignable).order_by(Bed.room_id, Bed.id)
    ):
        beds.setdefault(room_id, []).append(BedInput(name, assignable, bed_id))
    rooms = ctx.session.execute(
        select(
            Room.id,
            Room.version,
            Room.floor_id,
            Room.number,
            Room.room_type,
            Room.accessible,
            Room.near_lift,
            Room.low_floor,
            Room.assignable,
            Room.reserve,
            Room.note,
        )
        .join(Floor, Floor.id == Room.floor_id)
        .join(Building, Building.id == Room.building_id)
        .join(Site, Site.id == Building.site_id)
        .order_by(*_IN_ORDER)
    )
    return tuple(SaveRoom(**row._asdict(), beds=tuple(beds.get(row.id, ()))) for row in rooms)


def _room_rows(day: date) -> Select[*tuple[Any, ...]]:
    """Rooms with the labels of :class:`RoomRow`."""
    return (
        select(
            Room.id,
            Room.version,
            Room.building_id,
            Building.name.label("building_name"),
            Room.floor_id,
            Floor.name.label("floor_name"),
            Floor.level,
            Room.number,
            Room.room_type,
            _bed_count().label("beds"),
            _bed_names().label("bed_names"),
            Room.accessible,
            Room.near_lift,
            Room.low_floor,
            Room.assignable,
            Room.reserve,
            Room.note,
            func.coalesce(_outage_reason(day), "").label("outage"),
        )
        .join(Floor, Floor.id == Room.floor_id)
        .join(Building, Building.id == Room.building_id)
        .join(Site, Site.id == Building.site_id)
    )


def _bed_count() -> ColumnElement[int]:
    return select(func.count(Bed.id)).where(Bed.room_id == Room.id).correlate(Room).scalar_subquery()


def _bed_names() -> ColumnElement[str]:
    """``1、2``; string_agg is group_concat on SQLite (SQLAlchemy renders either)."""
    ordered = (
        select(Bed.name).where(Bed.room_id == Room.id).order_by(Bed.id).correlate(Room).subquery("beds_in_order").c.name
    )
    return select(func.aggregate_strings(ordered, "、")).scalar_subquery()


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(RoomOutage.start <= day, or_(RoomOutage.end.is_(None), RoomOutage.end > day))


def _out_of_service(day: date) -> ColumnElement[bool]:
    """The whole room, not just a bed of it, cannot be used on the night of ``day``."""
    return exists().where(RoomOutage.room_id == Room.id, RoomOutage.bed_id.is_(None), _in_force(day)).correlate(Room)


def _outage_reason(day: date) -> ColumnElement[str]:
    return (
        select(func.max(RoomOutage.reason))
        .where(RoomOutage.room_id == Room.id, RoomOutage.bed_id.is_(None), _in_force(day))
        .correlate(Room)
        .scalar_subquery()
    )


# ----------------------------------------------------------------------------------------------- buildings
def get_place_rules(ctx: Ctx) -> PlaceRules:
    """What the office decided about its rooms: types, bed names, low floors."""
    ctx.require(VIEW)
    return ctx.settings(PlaceRules)


def list_sites(ctx: Ctx) -> tuple[SiteRow, ...]:
    """All sites in the office's order."""
    ctx.require(VIEW)
    rows = ctx.session.execute(
        select(Site.id, Site.version, Site.name, Site.sort_order).order_by(Site.sort_order, Site.id)
    )
    return tuple(SiteRow(*row) for row in rows)


def list_buildings(ctx: Ctx) -> tuple[BuildingRow, ...]:
    """All buildings in the office's order, each with its floors (bottom up) and the stock of rooms and beds."""
    ctx.require(VIEW)
    rooms = select(Room.floor_id, func.count(Room.id).label("rooms")).group_by(Room.floor_id).subquery()
    beds = (
        select(Room.floor_id, func.count(Bed.id).label("beds"))
        .join(Bed, Bed.room_id == Room.id)
        .group_by(Room.floor_id)
        .subquery()
    )
    floors: dict[int, list[FloorRow]] = {}
    for row in ctx.session.execute(
        select(
            Floor.id,
            Floor.version,
            Floor.building_id,
            Floor.level,
            Floor.name,
            Floor.preferred_sex,
            Floor.note,
            func.coalesce(rooms.c.rooms, 0),
            func.coalesce(beds.c.beds, 0),
        )
        .outerjoin(rooms, rooms.c.floor_id == Floor.id)
        .outerjoin(beds, beds.c.floor_id == Floor.id)
        .order_by(Floor.building_id, Floor.level)
    ):
        floor = FloorRow(*row)
        floors.setdefault(floor.building_id, []).append(floor)
    buildings = ctx.session.execute(
        select(
            Building.id,
            Building.version,
            Building.site_id,
            Site.name,
            Building.name,
            Building.code,
            Building.has_lift,
            Building.sort_order,
            Building.note,
        )
        .join(Site, Site.id == Building.site_id)
        .order_by(*_IN_ORDER[:4])
    )
    return tuple(
        BuildingRow(
            *row,
            rooms=sum(f.rooms for f in floors.get(row[0], ())),
            beds=sum(f.beds for f in floors.get(row[0], ())),
            floors=tuple(floors.get(row[0], ())),
        )
        for row in buildings
    )


def list_room_numbers(ctx: Ctx, building_id: int) -> frozenset[str]:
    """Room numbers that a building already has."""
    ctx.require(VIEW)
    return frozenset(ctx.session.scalars(select(Room.number).where(Room.building_id == building_id)))


def find_room(ctx: Ctx, building_id: int, number: str) -> int | None:
    """Id of the room with this number in a building, or ``None``."""
    ctx.require(VIEW)
    found = select(Room.id).where(Room.building_id == building_id, Room.number == normal_number(number))
    return ctx.session.scalars(found).one_or_none()


# ---------------------------------------------------------------------------------------------------- beds
def count_beds(ctx: Ctx, day: date | None = None) -> BedCount:
    """Stock of the school on the night of ``day`` (default today)."""
    ctx.require(VIEW)
    day = day or ctx.today()
    down = exists().where(
        RoomOutage.room_id == Room.id, or_(RoomOutage.bed_id.is_(None), RoomOutage.bed_id == Bed.id), _in_force(day)
    )
    usable = and_(Room.assignable, Bed.assignable)
    row = ctx.session.execute(
        select(
            func.count(Bed.id),
            func.count(Bed.id).filter(usable),
            func.count(Bed.id).filter(and_(usable, Room.reserve)),
            func.count(Bed.id).filter(down),
        ).join(Room, Room.id == Bed.room_id)
    ).one()
    return BedCount(
        buildings=ctx.session.scalar(select(func.count(Building.id))) or 0,
        rooms=ctx.session.scalar(select(func.count(Room.id))) or 0,
        beds=row[0],
        assignable=row[1],
        reserve=row[2],
        out_of_service=row[3],
    )


def count_assignable_beds(ctx: Ctx) -> int:
    """Beds that can be given out when nothing is out of service; no permission of its own, as below."""
    usable = select(func.count(Bed.id)).join(Room, Room.id == Bed.room_id).where(Room.assignable, Bed.assignable)
    return ctx.session.scalar(usable) or 0


def list_closed_beds(ctx: Ctx, start: date, end: date) -> tuple[tuple[int, date, date], ...]:
    """(bed, first night, night after the last) of every outage of a bed that could be given out, within
    ``[start, end)``; a closed room closes all its beds.  Spans of one bed may overlap.

    No permission of its own: the figures of other rooms read it under their own right.
    """
    statement = (
        select(Bed.id, RoomOutage.start, RoomOutage.end)
        .join(RoomOutage, and_(RoomOutage.room_id == Bed.room_id, func.coalesce(RoomOutage.bed_id, Bed.id) == Bed.id))
        .join(Room, Room.id == Bed.room_id)
        .where(Room.assignable, Bed.assignable)
        .where(RoomOutage.start < end, or_(RoomOutage.end.is_(None), RoomOutage.end > start))
    )
    return tuple((row[0], max(row[1], start), min(row[2] or end, end)) for row in ctx.session.execute(statement))


def count_closed_rooms(ctx: Ctx, day: date | None = None) -> int:
    """Rooms of which something is out of service on the night of ``day`` (default today): all of it or a bed."""
    ctx.require(VIEW)
    down = select(func.count(RoomOutage.room_id.distinct())).where(_in_force(day or ctx.today()))
    return ctx.session.scalar(down) or 0


def list_beds_for_assignment(ctx: Ctx, bed_ids: Collection[int] | None = None) -> tuple[BedPlace, ...]:
    """Every bed of the school, or these, in natural order (site, building, floor, room number, bed).

    Beds that cannot be given out are included with ``assignable`` False; ``building_sort`` counts the buildings that
    occur.  No permission of its own: the caller's use
    case has asked for the right to assign.
    """
    statement = (
        select(
            Bed.id.label("bed_id"),
            Bed.name.label("bed_name"),
            Bed.assignable.label("bed_assignable"),
            Room.id.label("room_id"),
            Room.number.label("room_number"),
            Room.sort_key.label("room_sort"),
            Room.room_type,
            Floor.id.label("floor_id"),
            Floor.level.label("floor_level"),
            Floor.name.label("floor_name"),
            Floor.preferred_sex.label("floor_preferred_sex"),
            Building.id.label("building_id"),
            Building.name.label("building_name"),
            Building.code.label("building_code"),
            Building.has_lift,
            Room.accessible,
            Room.near_lift,
            Room.low_floor,
            and_(Room.assignable, Bed.assignable).label("assignable"),
            Room.reserve,
        )
        .join(Room, Room.id == Bed.room_id)
        .join(Floor, Floor.id == Room.floor_id)
        .join(Building, Building.id == Room.building_id)
        .join(Site, Site.id == Building.site_id)
        .order_by(*_IN_ORDER, Bed.id)
    )
    if bed_ids is not None:
        statement = statement.where(Bed.id.in_(bed_ids))
    ranks: dict[int, int] = {}
    return tuple(
        BedPlace(**row._asdict(), building_sort=ranks.setdefault(row.building_id, len(ranks)))
        for row in ctx.session.execute(statement)
    )


# ------------------------------------------------------------------------------------------------- outages
def list_outages(ctx: Ctx, start: date, end: date) -> tuple[OutageRow, ...]:
    """Outages that touch a night of ``[start, end)``, in the order of the rooms.

    No permission of its own: the assignment and the lists of other rooms read it under their own right.
    """
    statement = (
        _outages()
        .where(RoomOutage.start < end, or_(RoomOutage.end.is_(None), RoomOutage.end > start))
        .join(Floor, Floor.id == Room.floor_id)
        .join(Site, Site.id == Building.site_id)
        .order_by(*_IN_ORDER, RoomOutage.start, RoomOutage.id)
    )
    return tuple(OutageRow(**row._asdict()) for row in ctx.session.execute(statement))


def _outages() -> Select[*tuple[Any, ...]]:
    """Outages with the labels of :class:`OutageRow`."""
    return (
        select(
            RoomOutage.id,
            RoomOutage.version,
            RoomOutage.room_id,
            RoomOutage.bed_id,
            Building.name.label("building_name"),
            Room.number.label("room_number"),
            func.coalesce(Bed.name, "").label("bed_name"),
            RoomOutage.start,
            RoomOutage.end,
            RoomOutage.reason,
        )
        .join(Room, Room.id == RoomOutage.room_id)
        .join(Building, Building.id == Room.building_id)
        .outerjoin(Bed, Bed.id == RoomOutage.bed_id)
    )
