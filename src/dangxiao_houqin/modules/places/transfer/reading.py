"""From a spreadsheet to room lines: headers by meaning, every doubtful cell named, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.sheets import Book, CellValue, Sheet, a1, cell_text, read_book
from dangxiao_houqin.modules.places.domain import MAX_BEDS, level_exists
from dangxiao_houqin.modules.places.natural_order import normal_number

from .lines import NOT_ASSIGNABLE, LineProblem, RoomBook, RoomLine

# Header words, without blanks, by field; the first one is what the export writes.
HEADERS: dict[str, tuple[str, ...]] = {
    "site": ("校区", "院区"),
    "building": ("楼栋", "楼号", "宿舍楼", "公寓楼", "楼名", "楼栋名称", "所在楼栋"),
    "code": ("楼栋代号", "代号"),
    "has_lift": ("有电梯", "电梯"),
    "building_note": ("楼栋备注",),
    "level": ("层号", "楼层", "层", "所在楼层", "层数"),
    "floor": ("楼层名称",),
    "preferred_sex": ("楼层优先安排", "优先安排", "男女"),
    "floor_note": ("楼层备注",),
    "number": ("房号", "房间号", "房间", "房间号码", "门牌号"),
    "room_type": ("房型", "房间类型", "类型"),
    "bed_count": ("床位数", "床位", "床数", "床位数量", "可住人数"),
    "beds": ("床号", "床位名称", "床位编号"),
    "assignable": ("参与分配", "可分配", "是否分配"),
    "reserve": ("机动", "预留", "机动房"),
    "accessible": ("无障碍", "无障碍房"),
    "near_lift": ("近电梯", "靠近电梯"),
    "low_floor": ("低楼层",),
    "note": ("备注", "说明"),
}
REQUIRED = ("building", "level", "number")
_FIELD_OF = {word: key for key, words in HEADERS.items() for word in words}
_TITLE_ROWS = 15
_YES = frozenset({"是", "有", "√", "✓", "y", "yes", "true", "1", "可", "可以"})
_NO = frozenset({"否", "无", "没有", "×", "✗", "x", "n", "no", "false", "0", "不", "不可"})
_LENGTHS = {
    "site": 60,
    "building": 60,
    "code": 10,
    "building_note": 200,
    "floor": 20,
    "floor_note": 200,
    "number": 20,
    "room_type": 20,
    "note": 200,
}


def read_room_book(progress: Progress, path: Path) -> RoomBook:
    """Read the room list in ``path``; raises :class:`InvalidInput` when there is no such table in it."""
    return parse_book(read_book(path, progress))


def parse_book(book: Book, progress: Progress = no_progress) -> RoomBook:
    """Find the table in the first sheet that has one and read its lines."""
    for sheet in book.sheets:
        if (found := _find_head(sheet)) is not None:
            head, columns = found
            return _read_lines(book.name, sheet, head, columns, progress)
    raise InvalidInput(f"“{book.name}”里没有找到房间表，表头至少要有“楼栋”“层号”“房号”三列；可先导出一份作为样表。")


def _find_head(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(sheet.rows[:_TITLE_ROWS], start=1):
        columns: dict[str, int] = {}
        for column, value in enumerate(row, start=1):
            word = re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", cell_text(value)))
            word = re.sub(r"[（(].*[)）]$", "", word)
            if (key := _FIELD_OF.get(word)) is not None:
                columns.setdefault(key, column)
        if all(key in columns for key in REQUIRED):
            return number, columns
    return None


@dataclass
class _Reader:
    """Reads the cells of one line and keeps what is wrong with them."""

    sheet: Sheet
    columns: dict[str, int]
    row: int
    problems: list[LineProblem] = field(default_factory=list)

    def complain(self, key: str, message: str, severity: Any = "error") -> None:
        cell = a1(self.row, self.columns[key]) if key in self.columns else ""
        self.problems.append(LineProblem(self.row, HEADERS[key][0], message, severity, cell))

    def raw(self, key: str) -> CellValue:
        return self.sheet.value(self.row, self.columns[key]) if key in self.columns else ""

    def text(self, key: str) -> str | None:
        """The text of a cell; ``None`` when the file has no such column."""
        if key not in self.columns:
            return None
        if (self.row, self.columns[key]) in self.sheet.unresolved:
            self.complain(key, "单元格是没有结果的公式，请改成文字。")
            return ""
        text = cell_text(self.raw(key)).strip()
        if len(text) > _LENGTHS.get(key, 200):
            self.complain(key, f"最多 {_LENGTHS[key]} 个字，现在是 {len(text)} 个。")
        return text

    def required(self, key: str) -> str:
        text = self.text(key) or ""
        if not text:
            self.complain(key, f"请填写{HEADERS[key][0]}。")
        return text

    def yes(self, key: str) -> bool | None:
        text = (self.text(key) or "").lower()
        if not text:
            return None
        if text in _YES:
            return True
        if text not in _NO:
            self.complain(key, f"只能填“是”或“否”，现在是“{text}”。")
        return False


def _read_lines(name: str, sheet: Sheet, head: int, columns: dict[str, int], progress: Progress) -> RoomBook:
    lines: list[RoomLine] = []
    problems: list[LineProblem] = []
    seen: dict[tuple[str, str, str], int] = {}
    for row in range(head + 1, sheet.height + 1):
        if row % 200 == 0:
            progress(row / sheet.height, f"正在读取第 {row} 行")
        reader = _Reader(sheet, columns, row)
        if not any(cell_text(reader.raw(key)).strip() for key in REQUIRED):
            continue
        if _is_total(cell_text(sheet.value(row, 1))):
            continue
        line = _read_line(reader)
        key = (line.site or "", line.building, line.number)
        if line.number and (first := seen.setdefault(key, row)) != row:
            reader.complain("number", f"与第 {first} 行重复：{line.building}{line.number}。")
        problems.extend(reader.problems)
        if not any(problem.severity == "error" for problem in reader.problems):
            lines.append(line)
    problems.extend(_contradictions(lines, columns))
    if not lines and not problems:
        raise InvalidInput(f"“{name}”的表头下面没有房间，没有可导入的内容。")
    bad = {problem.row for problem in problems if problem.severity == "error"}
    return RoomBook(name, tuple(line for line in lines if line.row not in bad), tuple(sorted(problems, key=_place)))


def _place(problem: LineProblem) -> tuple[int, str]:
    return problem.row, problem.column


def _is_total(text: str) -> bool:
    return re.sub(r"\s", "", text) in {"合计", "总计", "小计"}


def _read_line(reader: _Reader) -> RoomLine:
    return RoomLine(
        row=reader.row,
        site=reader.text("site") or None,
        building=reader.required("building"),
        code=reader.text("code"),
        has_lift=reader.yes("has_lift"),
        building_note=reader.text("building_note"),
        level=_level(reader),
        floor=reader.text("floor") or None,
        preferred_sex=_sex(reader),
        floor_note=reader.text("floor_note"),
        number=normal_number(reader.required("number")),
        room_type=reader.text("room_type") or None,
        beds=_beds(reader),
        accessible=reader.yes("accessible"),
        near_lift=reader.yes("near_lift"),
        low_floor=reader.yes("low_floor"),
        assignable=reader.yes("assignable"),
        reserve=reader.yes("reserve"),
        note=reader.text("note"),
    )


def _level(reader: _Reader) -> int:
    text = reader.required("level")
    found = re.fullmatch(r"(地下|B|-)?第?(\d{1,2})[层楼F]?", unicodedata.normalize("NFKC", text).upper())
    if found is not None:
        level = -int(found[2]) if found[1] else int(found[2])
        if level_exists(level):
            return level
    if text:
        reader.complain("level", f"看不懂层号“{text}”，请填数字，地下一层填 -1。")
    return 0


def _sex(reader: _Reader) -> str | None:
    text = reader.text("preferred_sex")
    if not text:
        return None
    sex = {"男": "男", "女": "女", "不限": "", "男生": "男", "女生": "女", "男女": ""}.get(text)
    if sex is None:
        reader.complain("preferred_sex", f"只能填“男”“女”或“不限”，现在是“{text}”。")
    return sex


def _beds(reader: _Reader) -> tuple[tuple[str, bool], ...] | None:
    named, counted = _named_beds(reader), _bed_count(reader)
    if named is None:
        return None if counted is None else tuple((str(n), True) for n in range(1, counted + 1))
    if counted is not None and counted != len(named):
        reader.complain("bed_count", f"床位数是 {counted}，床号却有 {len(named)} 个，请改成一致。")
    return named


def _named_beds(reader: _Reader) -> tuple[tuple[str, bool], ...] | None:
    text = reader.text("beds")
    if not text:
        return None
    beds: list[tuple[str, bool]] = []
    for part in filter(None, re.split(r"[、，,;；/\s]+", text)):
        name = part.replace("(不分配)", NOT_ASSIGNABLE)
        beds.append((name.removesuffix(NOT_ASSIGNABLE), not name.endswith(NOT_ASSIGNABLE)))
    names = [name for name, _ in beds]
    if len(set(names)) != len(names):
        reader.complain("beds", f"床号有重复：{text}。")
    if any(not name or len(name) > 20 for name in names):
        reader.complain("beds", "每个床号应为 1 到 20 个字，用顿号隔开。")
    _check_count(reader, "beds", len(beds))
    return tuple(beds)


def _bed_count(reader: _Reader) -> int | None:
    text = reader.text("bed_count")
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,3})[床张人]?", unicodedata.normalize("NFKC", text))
    if found is None:
        reader.complain("bed_count", f"床位数要填数字，现在是“{text}”。")
        return None
    _check_count(reader, "bed_count", int(found[1]))
    return int(found[1])


def _check_count(reader: _Reader, key: str, count: int) -> None:
    if count > MAX_BEDS:
        reader.complain(key, f"一个房间最多 {MAX_BEDS} 张床，现在是 {count}。")


def _contradictions(lines: list[RoomLine], columns: dict[str, int]) -> Iterator[LineProblem]:
    """Lines of one building or floor that say different things about it."""
    about: dict[str, Callable[[RoomLine], tuple[Any, ...]]] = {
        **dict.fromkeys(("code", "has_lift", "building_note"), lambda line: (line.site, line.building)),
        **dict.fromkeys(("floor", "preferred_sex", "floor_note"), lambda line: (line.site, line.building, line.level)),
    }
    for key, owner in about.items():
        said: dict[tuple[Any, ...], tuple[int, Any]] = {}
        for line in lines:
            value = getattr(line, key)
            if value is None:
                continue
            row, first = said.setdefault(owner(line), (line.row, value))
            if value != first:
                title = HEADERS[key][0]
                yield LineProblem(
                    line.row, title, f"与第 {row} 行的“{title}”不一致。", "error", a1(line.row, columns[key])
                )
