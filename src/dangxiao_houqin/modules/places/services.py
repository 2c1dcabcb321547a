"""Changes of places; every function is one use case inside the caller's transaction and returns the id it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx

from . import queries
from .domain import (
    EDIT,
    HIGHEST_LEVEL,
    MAX_BEDS,
    SEXES,
    BedInput,
    BulkRooms,
    MarkRooms,
    OutageSaved,
    PlaceRules,
    RoomInUse,
    SaveBuilding,
    SaveFloor,
    SaveOutage,
    SaveRoom,
    SaveSite,
    bed_names,
    floor_name,
    level_exists,
)
from .models import Bed, Building, Floor, Room, RoomOutage, Site
from .natural_order import natural_key, normal_number
from .room_planning import plan_rooms


# ---------------------------------------------------------------------------------- sites, buildings, floors
def save_site(ctx: Ctx, cmd: SaveSite) -> int:
    """Create or change a site."""
    ctx.require(EDIT)
    name = _required(cmd.name, "校区名称", "name", 60)
    site = Site() if cmd.id is None else ctx.get(Site, cmd.id, version=cmd.version, lock=True)
    site.name, site.sort_order = name, cmd.sort_order
    return ctx.add(site).id


def save_building(ctx: Ctx, cmd: SaveBuilding) -> int:
    """Create or change a building; a school without any site gets its first one, called 本部."""
    ctx.require(EDIT)
    name = _required(cmd.name, "楼栋名称", "name", 60)
    code = _limited(normal_number(cmd.code), "楼栋代号", "code", 10)
    building = Building() if cmd.id is None else ctx.get(Building, cmd.id, version=cmd.version, lock=True)
    building.site_id = ctx.get(Site, cmd.site_id).id if cmd.site_id is not None else _first_site(ctx)
    building.name, building.code = name, code
    building.has_lift, building.sort_order = cmd.has_lift, cmd.sort_order
    building.note = _limited(cmd.note, "备注", "note", 200)
    return ctx.add(building).id


def _first_site(ctx: Ctx) -> int:
    found = ctx.session.scalars(select(Site.id).order_by(Site.sort_order, Site.id).limit(1)).first()
    return found if found is not None else save_site(ctx, SaveSite("本部"))


def delete_building(ctx: Ctx, building_id: int, version: int | None = None) -> None:
    """Remove a building and its empty floors; raises :class:`RuleViolation` while it has rooms."""
    ctx.require(EDIT)
    building = ctx.get(Building, building_id, version=version, lock=True)
    if rooms := ctx.session.scalar(select(func.count(Room.id)).where(Room.building_id == building_id)):
        raise RuleViolation(f"{building.name}还有 {rooms} 间房，请先删除或移走这些房间。")
    for floor in ctx.session.scalars(select(Floor).where(Floor.building_id == building_id)):
        ctx.session.delete(floor)
    ctx.session.flush()
    ctx.session.delete(building)


def save_floor(ctx: Ctx, cmd: SaveFloor) -> int:
    """Create or change a floor; a blank name becomes 3层 or 地下1层."""
    ctx.require(EDIT)
    if not level_exists(cmd.level):
        raise InvalidInput(f"层号应在 1 到 {HIGHEST_LEVEL} 之间，地下一层写 -1；现在是“{cmd.level}”。", field="level")
    if cmd.preferred_sex not in SEXES:
        raise InvalidInput("楼层只能优先安排男、女或不限。", field="preferred_sex")
    if cmd.id is None:
        floor = Floor(building_id=ctx.get(Building, cmd.building_id).id)
    else:  # a floor never moves to another building: its rooms would stay behind
        floor = ctx.get(Floor, cmd.id, version=cmd.version, lock=True)
    floor.level = cmd.level
    floor.name = _limited(cmd.name, "楼层名称", "name", 20) or floor_name(cmd.level)
    floor.preferred_sex = cmd.preferred_sex
    floor.note = _limited(cmd.note, "备注", "note", 200)
    return ctx.add(floor).id


def delete_floor(ctx: Ctx, floor_id: int, version: int | None = None) -> None:
    """Remove an empty floor; raises :class:`RuleViolation` while it has rooms."""
    ctx.require(EDIT)
    floor = ctx.get(Floor, floor_id, version=version, lock=True)
    if rooms := ctx.session.scalar(select(func.count(Room.id)).where(Room.floor_id == floor_id)):
        raise RuleViolation(f"{floor.name}还有 {rooms} 间房，请先删除或移走这些房间。")
    ctx.session.delete(floor)


# --------------------------------------------------------------------------------------------------- rooms
def create_rooms(ctx: Ctx, cmd: BulkRooms) -> int:
    """Make many rooms at once, and the floors they need; returns how many.

    Raises :class:`RuleViolation` when one of the numbers exists: half a row of rooms helps nobody.
    """
    ctx.require(EDIT)
    building = ctx.get(Building, cmd.building_id, lock=True)
    planned = plan_rooms(cmd, queries.list_room_numbers(ctx, building.id))
    room_type = _required(cmd.room_type, "房型", "room_type", 20)
    if clashes := [room.number for room in planned if room.exists]:
        shown = "、".join(clashes[:5]) + (f" 等 {len(clashes)} 个" if len(clashes) > 5 else "")
        raise RuleViolation(f"{building.name}已有房号 {shown}，请改起始房号，或在“不用的房号”里跳过它们。")
    rules = ctx.settings(PlaceRules)
    floors = {
        floor.level: floor for floor in ctx.session.scalars(select(Floor).where(Floor.building_id == building.id))
    }
    for done, room in enumerate(planned):
        if room.level not in floors:
            floors[room.level] = ctx.get(Floor, save_floor(ctx, SaveFloor(building.id, room.level)))
        ctx.progress(done / len(planned), f"正在新建 {room.number}")
        ctx.session.add(
            Room(
                building_id=building.id,
                floor_id=floors[room.level].id,
                number=_room_number(room.number),
                sort_key=natural_key(room.number),
                room_type=room_type,
                accessible=cmd.accessible,
                low_floor=rules.is_low(room.level, has_lift=building.has_lift),
                assignable=cmd.assignable,
                reserve=cmd.reserve,
                beds=[Bed(name=name) for name in bed_names(cmd.beds, rules.bed_style)],
            )
        )
    ctx.session.flush()
    return len(planned)


def save_room(ctx: Ctx, cmd: SaveRoom) -> int:
    """Create or change a room together with its beds.

    Raises :class:`RoomInUse` when a bed that people were given would disappear.
    """
    ctx.require(EDIT)
    number = _room_number(cmd.number)
    room_type = _required(cmd.room_type, "房型", "room_type", 20)
    names = _bed_names(cmd.beds)
    room = Room(beds=[]) if cmd.id is None else ctx.get(Room, cmd.id, version=cmd.version, lock=True)
    floor = ctx.get(Floor, cmd.floor_id)
    room.building_id, room.floor_id = floor.building_id, floor.id
    room.number, room.sort_key, room.room_type = number, natural_key(number), room_type
    room.accessible, room.near_lift, room.low_floor = cmd.accessible, cmd.near_lift, cmd.low_floor
    room.assignable, room.reserve = cmd.assignable, cmd.reserve
    room.note = _limited(cmd.note, "备注", "note", 200)
    _set_beds(ctx, room, cmd.beds, names)
    return ctx.add(room).id


def _set_beds(ctx: Ctx, room: Room, wanted: tuple[BedInput, ...], names: tuple[str, ...]) -> None:
    kept = {bed.id for bed in wanted if bed.id is not None}
    present = {bed.id: bed for bed in room.beds}
    if unknown := kept - set(present):
        raise InvalidInput(f"房间 {room.number} 没有编号为 {min(unknown)} 的床位，请重新打开后再改。", field="beds")
    if gone := [bed for bed in room.beds if bed.id not in kept]:
        ctx.session.flush()
        for removed in gone:
            room.beds.remove(removed)
        # Deleted rows leave first, so that a new bed may take over a name.
        _flush_deletion(ctx, f"房间 {room.number} 的床位 {'、'.join(bed.name for bed in gone)} ")
    changed = bool(gone)
    for bed, name in zip(wanted, names, strict=True):
        if bed.id is None:
            room.beds.append(Bed(name=name, assignable=bed.assignable))
            changed = True
        elif (present[bed.id].name, present[bed.id].assignable) != (name, bed.assignable):
            present[bed.id].name, present[bed.id].assignable = name, bed.assignable
            changed = True
    if changed and room.id is not None:
        flag_modified(room, "number")  # beds are part of the room's form: its version must grow


def delete_room(ctx: Ctx, room_id: int, version: int | None = None) -> None:
    """Remove a room with its beds and outages; raises :class:`RoomInUse` when people were ever given a bed in it."""
    ctx.require(EDIT)
    room = ctx.get(Room, room_id, version=version, lock=True)
    ctx.session.delete(room)
    _flush_deletion(ctx, f"房间 {room.number} ")


def delete_rooms(ctx: Ctx, room_ids: Sequence[int]) -> int:
    """Remove several rooms, all or none; returns how many."""
    ctx.require(EDIT)
    for done, room_id in enumerate(room_ids):
        ctx.progress(done / len(room_ids), "正在删除房间")
        delete_room(ctx, room_id)
    return len(room_ids)


def mark_rooms(ctx: Ctx, cmd: MarkRooms) -> int:
    """Set one property of many rooms; returns how many really changed."""
    ctx.require(EDIT)
    changed = 0
    for room_id in cmd.room_ids:
        room = ctx.get(Room, room_id, lock=True)
        changed += getattr(room, cmd.flag) != cmd.value
        setattr(room, cmd.flag, cmd.value)
    return changed


def _flush_deletion(ctx: Ctx, what: str) -> None:
    """Let the database say whether higher modules still refer to what goes away."""
    try:
        ctx.session.flush()
    except IntegrityError as error:
        raise RoomInUse(what) from error


# ------------------------------------------------------------------------------------------------- outages
def save_outage(ctx: Ctx, cmd: SaveOutage) -> int:
    """Take a room, or one bed of it, out of service for the nights ``[start, end)``."""
    ctx.require(EDIT)
    reason = _required(cmd.reason, "停用原因", "reason", 200)
    if cmd.end is not None and cmd.end <= cmd.start:
        raise InvalidInput("恢复使用的日期必须晚于停用日期。", field="end")
    room = ctx.get(Room, cmd.room_id, lock=True)
    if cmd.bed_id is not None and cmd.bed_id not in {bed.id for bed in room.beds}:
        raise InvalidInput(f"房间 {room.number} 没有这张床，请重新选择。", field="bed_id")
    _refuse_overlap(ctx, room, cmd)
    outage = RoomOutage() if cmd.id is None else ctx.get(RoomOutage, cmd.id, version=cmd.version, lock=True)
    outage.room_id, outage.bed_id = room.id, cmd.bed_id
    outage.start, outage.end, outage.reason = cmd.start, cmd.end, reason
    ctx.add(outage)
    ctx.publish(OutageSaved(outage.id, room.id, outage.bed_id, outage.start, outage.end))
    return outage.id


def save_outages(ctx: Ctx, commands: Sequence[SaveOutage]) -> int:
    """Take several rooms out of service, all or none; returns how many."""
    ctx.require(EDIT)
    for cmd in commands:
        save_outage(ctx, cmd)
    return len(commands)


def reopen_rooms(ctx: Ctx, room_ids: Sequence[int]) -> int:
    """These rooms and their beds are usable again from tonight; returns how many outages ended."""
    ctx.require(EDIT)
    today = ctx.today()
    in_force = select(RoomOutage.id).where(
        RoomOutage.room_id.in_(room_ids),
        RoomOutage.start <= today,
        or_(RoomOutage.end.is_(None), RoomOutage.end > today),
    )
    ids = ctx.session.scalars(in_force).all()
    for outage_id in ids:
        end_outage(ctx, outage_id)
    return len(ids)


def _refuse_overlap(ctx: Ctx, room: Room, cmd: SaveOutage) -> None:
    clash = select(RoomOutage).where(
        RoomOutage.room_id == room.id, or_(RoomOutage.end.is_(None), RoomOutage.end > cmd.start)
    )
    if cmd.bed_id is not None:
        clash = clash.where(or_(RoomOutage.bed_id.is_(None), RoomOutage.bed_id == cmd.bed_id))
    if cmd.end is not None:
        clash = clash.where(RoomOutage.start < cmd.end)
    if cmd.id is not None:
        clash = clash.where(RoomOutage.id != cmd.id)
    if found := ctx.session.scalars(clash.limit(1)).first():
        until = f"至 {chinese_date(found.end)}" if found.end else "起，恢复时间未定"
        raise RuleViolation(
            f"房间 {room.number} 已登记停用（{found.reason}）：{chinese_date(found.start)}{until}，请先修改那一条。",
            field="start",
        )


def end_outage(ctx: Ctx, outage_id: int, version: int | None = None, on: date | None = None) -> None:
    """The room is usable again from the night of ``on`` (default today); an outage that never began disappears."""
    ctx.require(EDIT)
    outage = ctx.get(RoomOutage, outage_id, version=version, lock=True)
    day = on or ctx.today()
    if day <= outage.start:
        ctx.session.delete(outage)
    elif outage.end is None or outage.end > day:
        outage.end = day


# -------------------------------------------------------------------------------------------------- fields
def _required(text: str, title: str, field: str, longest: int) -> str:
    if not (text := _limited(text, title, field, longest)):
        raise InvalidInput(f"请填写{title}。", field=field)
    return text


def _limited(text: str, title: str, field: str, longest: int) -> str:
    text = text.strip()
    if len(text) > longest:
        raise InvalidInput(f"{title}最多 {longest} 个字，现在是 {len(text)} 个。", field=field)
    return text


def _room_number(text: str) -> str:
    return _required(normal_number(text), "房号", "number", 20)


def _bed_names(beds: tuple[BedInput, ...]) -> tuple[str, ...]:
    if len(beds) > MAX_BEDS:
        raise InvalidInput(f"一个房间最多 {MAX_BEDS} 张床。", field="beds")
    names = tuple(_required(bed.name, "床位名称", "beds", 20) for bed in beds)
    for position, name in enumerate(names):
        if name in names[:position]:
            raise InvalidInput(f"床位名称“{name}”重复，请改成不同的名称。", field="beds")
    return names
