"""One line of the room workbook: a room with its building, floor and beds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents.xlsx_write import write_list

NOT_ASSIGNABLE = "（不分配）"


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room as one row of the sheet; ``None`` means that the sheet does not say.

    ``row`` is the row in the file (0 when it comes from the database); ``beds`` are (name, may be assigned).
    """

    building: str
    level: int
    number: str
    site: str | None = None
    code: str | None = None
    has_lift: bool | None = None
    building_note: str | None = None
    floor: str | None = None
    preferred_sex: str | None = None
    floor_note: str | None = None
    room_type: str | None = None
    beds: tuple[tuple[str, bool], ...] | None = None
    accessible: bool | None = None
    near_lift: bool | None = None
    low_floor: bool | None = None
    assignable: bool | None = None
    reserve: bool | None = None
    note: str | None = None
    row: int = 0

    @property
    def beds_text(self) -> str:
        """``1、2（不分配）``."""
        return "、".join(name if free else name + NOT_ASSIGNABLE for name, free in self.beds or ())


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in one cell of the file; a line with an error is not imported."""

    row: int
    column: str
    message: str
    severity: Literal["error", "warning"] = "error"
    cell: str = ""
    """Its address, such as ``F7``."""


@dataclass(frozen=True)
class RoomBook:
    """A workbook that was read: its lines without errors, and everything that is wrong."""

    name: str
    lines: tuple[RoomLine, ...]
    problems: tuple[LineProblem, ...] = ()

    @property
    def errors(self) -> tuple[LineProblem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


ROOM_BOOK_COLUMNS: tuple[Column[RoomLine], ...] = (
    Column("site", "校区", lambda r: r.site, width=90),
    Column("building", "楼栋", lambda r: r.building, width=100),
    Column("code", "楼栋代号", lambda r: r.code, width=80),
    Column("has_lift", "有电梯", lambda r: r.has_lift, kind="bool", width=70),
    Column("building_note", "楼栋备注", lambda r: r.building_note, width=150),
    Column("level", "层号", lambda r: r.level, kind="int", width=60),
    Column("floor", "楼层名称", lambda r: r.floor, width=80),
    Column("preferred_sex", "楼层优先安排", lambda r: r.preferred_sex or "不限", width=100, align="center"),
    Column("floor_note", "楼层备注", lambda r: r.floor_note, width=150),
    Column("number", "房号", lambda r: r.number, width=80),
    Column("room_type", "房型", lambda r: r.room_type, width=110),
    Column("bed_count", "床位数", lambda r: len(r.beds or ()), kind="int", width=70),
    Column("beds", "床号", lambda r: r.beds_text, width=120),
    Column("assignable", "参与分配", lambda r: r.assignable, kind="bool", width=80),
    Column("reserve", "机动", lambda r: r.reserve, kind="bool", width=60),
    Column("accessible", "无障碍", lambda r: r.accessible, kind="bool", width=70),
    Column("near_lift", "近电梯", lambda r: r.near_lift, kind="bool", width=70),
    Column("low_floor", "低楼层", lambda r: r.low_floor, kind="bool", width=70),
    Column("note", "备注", lambda r: r.note, width=180),
)


def write_room_book(progress: Progress, path: Path, lines: Sequence[RoomLine]) -> Path:
    """Write the workbook; it can be edited and imported again."""
    write_list(path, "房间与床位一览表", ROOM_BOOK_COLUMNS, lines, progress=progress)
    return path
