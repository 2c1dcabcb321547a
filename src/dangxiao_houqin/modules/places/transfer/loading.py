"""Room lines out of the database, and back into it through the services."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Literal

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places import queries, services
from dangxiao_houqin.modules.places.domain import (
    EDIT,
    VIEW,
    BedInput,
    BuildingRow,
    FloorRow,
    PlaceRules,
    SaveBuilding,
    SaveFloor,
    SaveRoom,
    SaveSite,
    bed_names,
)

from .lines import LineProblem, RoomBook, RoomLine

_TITLES = {
    "number": "房号",
    "floor_id": "楼层",
    "room_type": "房型",
    "beds": "床位",
    "accessible": "无障碍",
    "near_lift": "近电梯",
    "low_floor": "低楼层",
    "assignable": "参与分配",
    "reserve": "机动",
    "note": "备注",
}


@dataclass(frozen=True, slots=True)
class LineChange:
    """What importing one line would do; ``what`` names the changed fields of a room that exists."""

    line: RoomLine
    kind: Literal["new", "changed", "unchanged"]
    what: str = ""


@dataclass(frozen=True)
class ImportPreview:
    """What an import would do, line by line; nothing has been written."""

    name: str
    changes: tuple[LineChange, ...]
    problems: tuple[LineProblem, ...]
    new_buildings: tuple[str, ...]
    beds_removed: int
    untouched: int
    """Rooms of the database that the file does not mention; they stay."""

    def count(self, kind: str) -> int:
        """How many lines are ``new``, ``changed`` or ``unchanged``."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import wrote."""

    added: int
    changed: int
    unchanged: int


# -------------------------------------------------------------------------------------------------- export
def list_room_lines(ctx: Ctx) -> tuple[RoomLine, ...]:
    """Every room of the school as a line, in the order of the house."""
    ctx.require(VIEW)
    buildings = {building.id: building for building in queries.list_buildings(ctx)}
    floors = {floor.id: floor for building in buildings.values() for floor in building.floors}
    return tuple(
        _line(buildings[floors[form.floor_id].building_id], floors[form.floor_id], form)
        for form in queries.list_room_forms(ctx)
    )


def _line(building: BuildingRow, floor: FloorRow, form: SaveRoom) -> RoomLine:
    return RoomLine(
        site=building.site_name,
        building=building.name,
        code=building.code,
        has_lift=building.has_lift,
        building_note=building.note,
        level=floor.level,
        floor=floor.name,
        preferred_sex=floor.preferred_sex,
        floor_note=floor.note,
        number=form.number,
        room_type=form.room_type,
        beds=tuple((bed.name, bed.assignable) for bed in form.beds),
        accessible=form.accessible,
        near_lift=form.near_lift,
        low_floor=form.low_floor,
        assignable=form.assignable,
        reserve=form.reserve,
        note=form.note,
    )


# -------------------------------------------------------------------------------------------------- import
def preview_rooms(ctx: Ctx, book: RoomBook) -> ImportPreview:
    """What importing ``book`` would do; writes nothing."""
    ctx.require(VIEW)
    stock = _Stock(ctx)
    changes: list[LineChange] = []
    problems = list(book.problems)
    removed = 0
    mentioned: set[int | None] = set()
    new_buildings: dict[str, None] = {}
    for line in book.lines:
        building = stock.building(line)
        if building is None:
            new_buildings.setdefault(line.building)
        present = stock.room(line)
        if present is None:
            if (problem := _cannot_make(line, stock.rules)) is not None:
                problems.append(problem)
            changes.append(LineChange(line, "new"))
            continue
        mentioned.add(present.id)
        wanted = _merged(line, present, stock.floor(line))
        removed += len({bed.id for bed in present.beds} - {bed.id for bed in wanted.beds})
        what = "、".join(_differences(line, stock, present, wanted))
        changes.append(LineChange(line, "changed" if what else "unchanged", what))
    return ImportPreview(
        name=book.name,
        changes=tuple(changes),
        problems=tuple(problems),
        new_buildings=tuple(new_buildings),
        beds_removed=removed,
        untouched=len(stock.rooms) - len(mentioned),
    )


def import_rooms(ctx: Ctx, book: RoomBook) -> ImportResult:
    """Write ``book`` in this transaction: all of it or, raising :class:`RuleViolation`, nothing.

    Rooms are recognised by building and number; rooms that the file does not mention stay as they are.
    """
    ctx.require(EDIT)
    preview = preview_rooms(ctx, book)
    if preview.has_errors:
        count = sum(problem.severity == "error" for problem in preview.problems)
        raise RuleViolation(f"“{book.name}”里还有 {count} 处错误，没有导入；请改正后重新导入。")
    stock = _Stock(ctx)
    for done, change in enumerate(preview.changes):
        ctx.progress(done / len(preview.changes), f"正在导入 {change.line.building}{change.line.number}")
        if change.kind != "unchanged":
            _write(ctx, stock, change.line)
    return ImportResult(preview.count("new"), preview.count("changed"), preview.count("unchanged"))


class _Stock:
    """What the database holds, found by the words of a line."""

    def __init__(self, ctx: Ctx) -> None:
        self.rules = ctx.settings(PlaceRules)
        self.read_buildings(ctx)
        owner = {floor.id: building.id for building in self.buildings for floor in building.floors}
        self.rooms = {(owner[form.floor_id], form.number): form for form in queries.list_room_forms(ctx)}

    def read_buildings(self, ctx: Ctx) -> None:
        """Look again: a building or floor was written."""
        self.buildings = queries.list_buildings(ctx)

    def building(self, line: RoomLine) -> BuildingRow | None:
        """The building a line means; without a site the first one of that name."""
        same = (b for b in self.buildings if b.name == line.building and line.site in (None, b.site_name))
        return next(same, None)

    def floor(self, line: RoomLine) -> FloorRow | None:
        building = self.building(line)
        return next((f for f in building.floors if f.level == line.level), None) if building is not None else None

    def room(self, line: RoomLine) -> SaveRoom | None:
        building = self.building(line)
        return self.rooms.get((building.id, line.number)) if building is not None else None


def _cannot_make(line: RoomLine, rules: PlaceRules) -> LineProblem | None:
    """Why a new room cannot be made of the line: neither its type nor its beds say how many beds it has."""
    if line.beds is None and (line.room_type is None or rules.type_named(line.room_type) is None):
        known = "、".join(room_type.name for room_type in rules.room_types)
        return LineProblem(line.row, "床位数", f"新房间要填床位数，或填设置里的房型（{known}）。")
    return None


def _merged(line: RoomLine, present: SaveRoom, floor: FloorRow | None) -> SaveRoom:
    """The room as it would be: what the line does not say stays."""
    said = {
        key: value
        for key in ("room_type", "accessible", "near_lift", "low_floor", "assignable", "reserve", "note")
        if (value := getattr(line, key)) is not None
    }
    beds = present.beds
    if line.beds is not None:
        ids = {bed.name: bed.id for bed in present.beds}
        beds = tuple(BedInput(name, free, ids.get(name)) for name, free in line.beds)
        if sorted(beds, key=_bed_name) == sorted(present.beds, key=_bed_name):
            beds = present.beds  # the same beds in another order are no change
    return replace(present, floor_id=floor.id if floor is not None else 0, beds=beds, **said)


def _bed_name(bed: BedInput) -> str:
    return bed.name


def _differences(line: RoomLine, stock: _Stock, present: SaveRoom, wanted: SaveRoom) -> list[str]:
    """Titles of what would change."""
    titles = [
        _TITLES[field.name] for field in fields(SaveRoom) if getattr(present, field.name) != getattr(wanted, field.name)
    ]
    building, floor = stock.building(line), stock.floor(line)
    if building is not None and _building_form(line, building) != _building_form(None, building):
        titles.append("楼栋信息")
    if floor is not None and _floor_form(line, floor) != _floor_form(None, floor):
        titles.append("楼层信息")
    return titles


def _building_form(line: RoomLine | None, row: BuildingRow) -> SaveBuilding:
    form = SaveBuilding(row.name, row.code, row.has_lift, row.sort_order, row.note, row.site_id, row.id)
    if line is None:
        return form
    return replace(
        form,
        code=row.code if line.code is None else line.code,
        has_lift=row.has_lift if line.has_lift is None else line.has_lift,
        note=row.note if line.building_note is None else line.building_note,
    )


def _floor_form(line: RoomLine | None, row: FloorRow) -> SaveFloor:
    form = SaveFloor(row.building_id, row.level, row.name, row.preferred_sex, row.note, row.id)
    if line is None:
        return form
    return replace(
        form,
        name=row.name if line.floor is None else line.floor,
        preferred_sex=row.preferred_sex if line.preferred_sex is None else line.preferred_sex,
        note=row.note if line.floor_note is None else line.floor_note,
    )


def _write(ctx: Ctx, stock: _Stock, line: RoomLine) -> None:
    building = _ensure_building(ctx, stock, line)
    floor = _ensure_floor(ctx, stock, line, building)
    present = stock.room(line)
    if present is not None:
        services.save_room(ctx, _merged(line, present, floor))
    else:
        services.save_room(ctx, _new_room(line, building, floor, stock.rules))


def _new_room(line: RoomLine, building: BuildingRow, floor: FloorRow, rules: PlaceRules) -> SaveRoom:
    """A room of the line; what the line does not say comes from its type and from the office's rules."""
    beds = line.beds
    if line.room_type is not None:
        room_type = rules.type_named(line.room_type)
    else:
        room_type = next((t for t in rules.room_types if t.beds == len(beds or ())), None)
    if beds is None:
        assert room_type is not None  # the preview refused a line that says neither type nor beds
        beds = tuple((name, True) for name in bed_names(room_type.beds, rules.bed_style))
    return SaveRoom(
        floor_id=floor.id,
        number=line.number,
        room_type=line.room_type or (room_type.name if room_type is not None else f"{len(beds)}人间"),
        beds=tuple(BedInput(name, free) for name, free in beds),
        accessible=_or(line.accessible, default=room_type is not None and room_type.accessible),
        near_lift=_or(line.near_lift, default=False),
        low_floor=_or(line.low_floor, default=rules.is_low(line.level, has_lift=building.has_lift)),
        assignable=_or(line.assignable, default=True),
        reserve=_or(line.reserve, default=False),
        note=line.note or "",
    )


def _or(said: bool | None, *, default: bool) -> bool:
    return default if said is None else said


def _ensure_building(ctx: Ctx, stock: _Stock, line: RoomLine) -> BuildingRow:
    present = stock.building(line)
    if present is None:
        sites = {site.name: site.id for site in queries.list_sites(ctx)}
        site = sites.get(line.site) if line.site else next(iter(sites.values()), None)
        if line.site and site is None:
            site = services.save_site(ctx, SaveSite(line.site, len(sites)))
        last = max((building.sort_order for building in stock.buildings), default=0)
        note = line.building_note or ""
        form = SaveBuilding(line.building, line.code or "", bool(line.has_lift), last + 1, note, site)
    else:
        form = _building_form(line, present)
        if form == _building_form(None, present):
            return present
    services.save_building(ctx, form)
    stock.read_buildings(ctx)
    made = stock.building(line)
    assert made is not None
    return made


def _ensure_floor(ctx: Ctx, stock: _Stock, line: RoomLine, building: BuildingRow) -> FloorRow:
    present = stock.floor(line)
    if present is None:
        note = line.floor_note or ""
        form = SaveFloor(building.id, line.level, line.floor or "", line.preferred_sex or "", note)
    else:
        form = _floor_form(line, present)
        if form == _floor_form(None, present):
            return present
    services.save_floor(ctx, form)
    stock.read_buildings(ctx)
    made = stock.floor(line)
    assert made is not None
    return made
