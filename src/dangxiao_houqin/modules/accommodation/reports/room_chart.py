"""房态图: every room of a building as a box, floor by floor, on one day (C.4 B)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Cell, Head, Paper, Sheet, Table, TableColumn

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter


class RoomMark(enum.StrEnum):
    """How a room's box is shaded; all four survive a black-and-white copier."""

    FREE = "free"
    OCCUPIED = "occupied"
    LOCKED = "locked"
    STAFF = "staff"

    @property
    def label(self) -> str:
        return {"free": "空房", "occupied": "已住", "locked": "停用/维修", "staff": "教师/值班"}[self.value]


@dataclass(frozen=True)
class RoomBox:
    """One room on the day: ``beds`` that can be given out, who sleeps there, why it is locked."""

    number: str
    room_type: str
    beds: int
    names: tuple[str, ...] = ()
    locked: str = ""
    staff: bool = False

    @property
    def mark(self) -> RoomMark:
        if self.locked:
            return RoomMark.LOCKED
        if self.staff:
            return RoomMark.STAFF
        return RoomMark.OCCUPIED if self.names else RoomMark.FREE

    @property
    def free_beds(self) -> int:
        return max(self.beds - len(self.names), 0) if self.mark in (RoomMark.FREE, RoomMark.OCCUPIED) else 0


@dataclass(frozen=True)
class FloorRooms:
    """A floor and its rooms in the order of their numbers."""

    name: str
    rooms: tuple[RoomBox, ...]


@dataclass(frozen=True)
class BuildingChart:
    """A building and its floors in the order in which they are printed."""

    name: str
    floors: tuple[FloorRooms, ...]

    @property
    def rooms(self) -> tuple[RoomBox, ...]:
        return tuple(room for floor in self.floors for room in floor.rooms)

    @property
    def counts(self) -> str:
        """总床位, 已住, 空, 维修; rooms of teachers and staff are not counted."""
        rooms = [room for room in self.rooms if room.mark is not RoomMark.STAFF]
        total = sum(room.beds for room in rooms)
        taken = sum(len(room.names) for room in rooms)
        free = sum(room.free_beds for room in rooms)
        locked = sum(room.beds for room in rooms if room.mark is RoomMark.LOCKED)
        return f"总床位 {total}　已住 {taken}　空 {free}　维修 {locked}"


@dataclass(frozen=True)
class RoomChart:
    """The buildings of a school on the night of ``day``."""

    day: date
    buildings: Sequence[BuildingChart]
    school: str = ""
    printed_at: datetime | None = None
    version: str = ""


_BOX_WIDTH, _BOX_HEIGHT, _GAP = 28.0, 16.0, 2.0
_FLOOR_WIDTH = 17.0
_FLOOR_GAP = 2.0
_NAME_SIZE, _TYPE_SIZE = 9.0, 8.0
_GREY: Final = 0.86
_BOX_LINES = 3


def room_chart_pdf(chart: RoomChart, *, paper: Paper = A4_LANDSCAPE, progress: Progress = no_progress) -> bytes:
    """房态图 on A4 (or A3) across, each building beginning on its own page."""
    from dangxiao_houqin.documents.painter import Painter

    painter = Painter("房态图")
    for number, building in enumerate(chart.buildings):
        progress(number / len(chart.buildings), f"正在排版：{building.name}")
        _draw_building(painter, chart, building, paper)
    if not chart.buildings:
        _draw_building(painter, chart, BuildingChart("", ()), paper)
    progress(1.0, "正在写入文件")
    return painter.finish()


def _draw_building(painter: Painter, chart: RoomChart, building: BuildingChart, paper: Paper) -> None:
    from dangxiao_houqin.documents.sheet_layout import draw_foot

    per_line = max(1, int((paper.usable_width - _FLOOR_WIDTH + _GAP) // (_BOX_WIDTH + _GAP)))
    bands = _bands(building, per_line, paper)
    title = f"{building.name}房态图"
    foot = Sheet("", Table((), ()), printed_at=chart.printed_at, version=chart.version).print_line
    middle = paper.left + paper.usable_width / 2
    for page, floors in enumerate(bands, 1):
        painter.page(paper.width, paper.height)
        y = paper.top
        if page == 1:
            if chart.school:
                painter.text(middle, y + 5.5, chart.school, 14, "fangsong", "center")
                y += 7.5
            painter.text(middle, y + 7.2, title, 20, "serif_bold", "center")
            y += 11.0
            painter.text(paper.left, y + 4.5, chinese_date(chart.day, weekday=True), 11, "fangsong")
            painter.text(middle, y + 4.5, building.counts, 11, "fangsong", "center")
            _draw_legend(painter, paper.width - paper.right, y)
            y += 8.0
        else:
            painter.text(middle, paper.top - 3, f"{title}（续）", 10.5, "fangsong", "center")
        if not floors:
            painter.text(middle, y + 20, "（本楼没有房间）", 12, "fangsong", "center")
        for floor, lines in floors:
            height = _floor_height(len(lines))
            painter.rect(paper.left, y, _FLOOR_WIDTH - _GAP, height, 0.5)
            painter.text(paper.left + (_FLOOR_WIDTH - _GAP) / 2, y + height / 2 + 1.7, floor, 12, "sans_bold", "center")
            for line in lines:
                x = paper.left + _FLOOR_WIDTH
                for room in line:
                    _draw_room(painter, x, y, room)
                    x += _BOX_WIDTH + _GAP
                y += _BOX_HEIGHT + _GAP
            y += _FLOOR_GAP
        draw_foot(painter, paper, page, len(bands), foot)


def _floor_height(lines: int) -> float:
    return lines * _BOX_HEIGHT + (lines - 1) * _GAP


def _bands(building: BuildingChart, per_line: int, paper: Paper) -> list[list[tuple[str, list[tuple[RoomBox, ...]]]]]:
    """Floors page by page; a floor of many rooms takes several lines and is divided only if it must be."""
    pages: list[list[tuple[str, list[tuple[RoomBox, ...]]]]] = [[]]
    left = paper.usable_height - 27.0
    for floor in building.floors:
        wanted = -(-len(floor.rooms) // per_line) or 1
        even = -(-len(floor.rooms) // wanted) or 1  # 14 rooms stand 7 and 7, not 8 and 6
        lines = [floor.rooms[at : at + even] for at in range(0, len(floor.rooms), even)]
        while lines:
            needed = _floor_height(len(lines)) + _GAP + _FLOOR_GAP
            whole_page = paper.usable_height
            if needed - _GAP - _FLOOR_GAP > left and pages[-1]:
                pages.append([])
                left = whole_page
            fitting = max(1, int((left + _GAP) // (_BOX_HEIGHT + _GAP)))
            pages[-1].append((floor.name, lines[:fitting]))
            left -= _floor_height(len(lines[:fitting])) + _GAP + _FLOOR_GAP
            lines = lines[fitting:]
    return pages


def _draw_room(painter: Painter, x: float, y: float, room: RoomBox) -> None:
    from dangxiao_houqin.documents.sheet_layout import fit

    _draw_shade(painter, x, y, _BOX_WIDTH, _BOX_HEIGHT, room.mark)
    plain = room.mark in (RoomMark.FREE, RoomMark.OCCUPIED)
    number = fit(room.number, 14.0, 11.0, "sans_bold", painter, 8.0)
    if not plain:  # a white plate under each text keeps it readable on the pattern
        painter.rect(
            x + 0.8, y + 0.8, painter.width(number.lines[0] if number.lines else "", number.size) + 3, 4.4, 0, 1
        )
    painter.text(x + 1.5, y + 4.3, number.lines[0] if number.lines else "", number.size, "sans_bold")
    kind = fit(room.room_type, 11.0, _TYPE_SIZE, "serif", painter, 6.5).lines[:1]
    if plain and kind:
        painter.text(x + _BOX_WIDTH - 1.2, y + 4.1, kind[0], _TYPE_SIZE, "serif", "right")
    fitted = [fit(text, _BOX_WIDTH - 2.4, _NAME_SIZE, "serif", painter, 6.5) for text in _room_lines(room)]
    lines = [(line, one.size) for one in fitted for line in one.lines]
    if len(lines) > _BOX_LINES:
        more = f"……共 {len(room.names)} 人" if len(room.names) > 1 else "……"
        lines = [*lines[: _BOX_LINES - 1], (more, _TYPE_SIZE)]
    step = 3.6
    at = y + 5.1
    for text, size in lines:
        if not plain:
            painter.rect(x + 0.8, at, painter.width(text, size) + 1.4, step, 0, 1)
        painter.text(x + 1.5, at + 2.8, text, size, "serif")
        at += step


def _room_lines(room: RoomBox) -> list[str]:
    if room.mark is RoomMark.LOCKED:
        return [room.locked, *room.names]
    names = list(room.names)
    if len(names) > 3:
        half = (len(names) + 2) // 3
        names = ["　".join(names[at : at + half]) for at in range(0, len(names), half)]
    if room.mark is RoomMark.STAFF:
        return names or [room.room_type]
    if room.free_beds and room.names and len(names) < 3:
        names.append(f"（空 {room.free_beds} 床）")
    return names


def _draw_shade(painter: Painter, x: float, y: float, width: float, height: float, mark: RoomMark) -> None:
    if mark is RoomMark.OCCUPIED:
        painter.rect(x, y, width, height, 0.6, _GREY)
        return
    if mark is RoomMark.LOCKED:
        painter.pattern(x, y, width, height, "hatch")
    elif mark is RoomMark.STAFF:
        painter.pattern(x, y, width, height, "dots")
    painter.rect(x, y, width, height, 0.6)


def _draw_legend(painter: Painter, right: float, y: float) -> None:
    x = right
    for mark in reversed(RoomMark):
        x -= painter.width(mark.label, 10, "fangsong")
        painter.text(x, y + 4.4, mark.label, 10, "fangsong")
        x -= 8.0
        _draw_shade(painter, x, y + 0.9, 7.0, 4.2, mark)
        x -= 3.0


def room_chart_xlsx(path: Path, chart: RoomChart, *, progress: Progress = no_progress) -> None:
    """房态图 as a workbook: a worksheet for each building, a row for each floor, a cell for each room."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    buildings = chart.buildings or (BuildingChart("", ()),)  # a workbook needs a worksheet
    write_form(path, [_chart_sheet(chart, building) for building in buildings], progress=progress)


def _chart_sheet(chart: RoomChart, building: BuildingChart) -> Sheet:
    most = max((len(floor.rooms) for floor in building.floors), default=1) or 1
    columns = (TableColumn("楼层", 14, "center"), *(TableColumn("", _BOX_WIDTH, "center") for _ in range(most)))
    shades = {RoomMark.OCCUPIED: _GREY, RoomMark.LOCKED: 0.6, RoomMark.STAFF: 0.94}
    rows: list[list[object]] = []
    for floor in building.floors:
        cells: list[object] = [floor.name]
        for room in floor.rooms:
            text = "\n".join((f"{room.number}　{room.room_type}", *_room_lines(room)))
            cells.append(Cell(text, fill=shades.get(room.mark)))
        rows.append(cells + [""] * (most - len(floor.rooms)))
    return Sheet(
        title=f"{building.name}房态图",
        school=chart.school,
        paper=A4_LANDSCAPE,
        head=Head(chinese_date(chart.day, weekday=True), building.counts, "深灰为停用/维修"),
        table=Table(columns, rows, row_height=22.0),
        printed_at=chart.printed_at,
        version=chart.version,
    )
