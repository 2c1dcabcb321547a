"""Finds the tables in a sheet as it really arrives, and says of every row what it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from dangxiao_houqin.documents.sheets import CellValue, Sheet
from dangxiao_houqin.modules.training.roster.headers import (
    exact_meaning,
    fingerprint,
    is_header_word,
    meaning,
    read_headers,
    recalled,
    squeezed,
)
from dangxiao_houqin.modules.training.roster.identity import plain_text
from dangxiao_houqin.modules.training.roster.model import LEVELS, Field, SkippedRow, TableMapping
from dangxiao_houqin.modules.training.roster.units import looks_like_unit

_TOTAL_ONLY = re.compile(
    r"^(?:本页|以上|全班)?(?:合\s*计|共\s*计|总\s*计|小\s*计|总人数|人数合计|合计人数|共有?)"
    r"[\s:：,，（(]*(?:[\d一二三四五六七八九十百]+\s*[人名]?.*)?[)）]?$"
)
_SIGNATURE = re.compile(
    r"^(?:制\s*表|填\s*表|填\s*报|审\s*核|审\s*批|审\s*定|复\s*核|经\s*办|报\s*送|联\s*系\s*人|联系电话|联系方式|单位负责人|部门负责人|负\s*责\s*人|分管领导|主要领导"
    r"|主管领导|领导签字|签\s*字|签\s*章|盖\s*章|（?\(?盖章|（?\(?公章|日\s*期|填报日期|年\s*月\s*日|抄\s*送|主\s*送|班\s*主\s*任|组织部门?意见|单位意见|单位（?\(?盖章)"
)
_NOTE = re.compile(
    r"^(?:注|备\s*注|说\s*明|填表说明|附注|附|温馨提示|要求|以下空白|以下无正文|（以下空白）)\s*(?:[:：1１一、.]|$)|^※|^[*＊]\s*注"
)
_GROUP_HEADING = re.compile(
    r"^(?:第\s*[一二三四五六七八九十\d]{1,3}\s*(?:小)?组|[一二三四五六七八九十]{1,3}\s*组)\s*(?:[（(：:].*)?$"
)
_PERSON_COUNT = re.compile(r"[（(]\s*(?:共)?\s*\d+\s*[人名]\s*[)）]$|[：:]\s*\d+\s*[人名]$|\s*\d+\s*人$")
_SECTION_NUMBER = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[)）、.．]\s*")
_UNIT_IN_TITLE = re.compile(r"单位(?:名称)?\s*(?:[（(][盖公]章[)）])?\s*[:：]\s*([^\s:：]{2,40})")
_PERSONAL = re.compile(r"^(?:[男女]|[\d\s\-]{7,20}[xX]?)$")
_MAX_HEADER_ROWS = 4


@dataclass(slots=True)
class PersonLine:
    """One row that holds a person: raw values by field, after merged cells were filled in."""

    row: int
    mapping: TableMapping
    values: dict[Field, CellValue]
    notes: list[tuple[str, CellValue]]
    """(header, value) of every 备注-like column."""
    extra: dict[str, str]
    heading_unit: str = ""
    heading_group: str = ""
    was_hidden: bool = False
    unresolved: tuple[Field, ...] = ()
    """Fields whose cell is a formula without result or an error value."""


@dataclass(slots=True)
class SheetTables:
    """Everything found in one sheet; ``lines`` and ``skipped`` together are all its rows."""

    mappings: list[TableMapping] = field(default_factory=list)
    lines: list[PersonLine] = field(default_factory=list)
    side_by_side: list[tuple[TableMapping, int]] = field(default_factory=list)
    """Tables with a second column 姓名, which would be lost: (mapping, its column)."""
    skipped: list[SkippedRow] = field(default_factory=list)


@dataclass(slots=True)
class _Columns:
    """A mapping prepared for speed: 0-based columns."""

    mapping: TableMapping
    fields: Sequence[tuple[int, Field]]
    notes: list[tuple[int, str]]
    extra: list[tuple[int, str]]
    name: int | None
    own: list[int]
    """Columns that say something about a person (not 序号)."""


def read_tables(
    sheet: Sheet,
    overrides: Mapping[int, Field | None],
    remembered: Callable[[str], Mapping[str, Any] | None],
    tick: Callable[[int], None],
) -> SheetTables:
    """All tables of the sheet. ``overrides`` (column -> field) are the user's own choice and apply to every table."""
    found = SheetTables()
    filled = _fills(sheet)
    columns: _Columns | None = None
    unit_heading = group_heading = titled_unit = ""
    previous: dict[Field, CellValue] = {}
    row = 1
    height = sheet.height
    while row <= height:
        if row % 500 == 0:
            tick(row)
        cells = sheet.rows[row - 1]
        if _may_be_header(cells, columns):
            block = _header_block(sheet, row, columns)
            if block is not None:
                first, last = block
                # Rows taken for titles so far may turn out to be the upper header row.
                while found.skipped and found.skipped[-1].row >= first:
                    found.skipped.pop()
                while found.lines and found.lines[-1].row >= first:
                    found.lines.pop()
                mapping = _mapping(sheet, first, last, filled, overrides, remembered)
                kind_text = "表头" if columns is None else "重复的表头"
                found.skipped.extend(
                    SkippedRow(sheet.name, r, "header", kind_text, _row_text(sheet.rows[r - 1]))
                    for r in range(first, last + 1)
                )
                if columns is None or mapping.fingerprint != columns.mapping.fingerprint:
                    columns = _prepared(mapping)
                    found.mappings.append(mapping)
                    found.side_by_side += [
                        (mapping, h.column)
                        for h in mapping.headers
                        if h.field is None
                        and h.column not in overrides
                        and squeezed(h.short_title) == "姓名"
                        and exact_meaning(h.title) is Field.NAME
                    ]
                unit_heading, group_heading, titled_unit = titled_unit, "", ""
                previous = {}
                row = last + 1
                continue
        if columns is None:
            text = _row_text(cells)
            titled_unit = _titled_unit(text) or titled_unit
            found.skipped.append(
                SkippedRow(
                    sheet.name, row, "title" if text else "blank", "表头前的标题或说明" if text else "空行", text
                )
            )
            row += 1
            continue
        skipped = _not_a_person(sheet.name, row, cells, columns)
        if skipped is None:
            line = _line(row, cells, columns, filled.get(row), previous)
            line.heading_unit, line.heading_group = unit_heading, group_heading
            line.was_hidden = row in sheet.hidden_rows
            if sheet.unresolved:
                line.unresolved = tuple(f for i, f in columns.fields if (row, i + 1) in sheet.unresolved)
            previous = line.values
            found.lines.append(line)
        else:
            if skipped.kind == "heading":
                if _GROUP_HEADING.match(skipped.text):
                    group_heading = _PERSON_COUNT.sub("", skipped.text).strip(" ：:")
                else:
                    unit_heading = _heading_unit(skipped.text)
            else:
                titled_unit = _titled_unit(skipped.text) or titled_unit
            found.skipped.append(skipped)
        row += 1
    return found


def _titled_unit(text: str) -> str:
    """填报单位（盖章）：县财政局 above a table: the unit of everybody in it, when the table has no such column."""
    found = _UNIT_IN_TITLE.search(text)
    unit = found[1].strip(" 　（(_＿") if found else ""
    return unit if looks_like_unit(unit) else ""


def _fills(sheet: Sheet) -> dict[int, list[tuple[int, CellValue]]]:
    """For every row the cells (0-based column, value) that a merged range above or left of them covers."""
    filled: dict[int, list[tuple[int, CellValue]]] = {}
    for area in sheet.merged:
        value = sheet.value(area.top, area.left)
        if value == "" or (area.bottom - area.top + 1) * (area.right - area.left + 1) > 20_000:
            continue
        for row in range(area.top, min(area.bottom, sheet.height) + 1):
            for column in range(area.left, area.right + 1):
                if (row, column) != (area.top, area.left):
                    filled.setdefault(row, []).append((column - 1, value))
    return filled


def _may_be_header(cells: object, columns: _Columns | None) -> bool:
    """Cheap test: some cell reads 姓名 (or, below a header, the name column does)."""
    row: list[CellValue] = cells  # type: ignore[assignment]
    if columns is not None and columns.name is not None:
        value = row[columns.name] if columns.name < len(row) else ""
        if not isinstance(value, str) or (value.isalnum() and not is_header_word(value)):
            return False  # an ordinary name stands where a header would have one of its words
    return any(isinstance(cell, str) and len(cell) < 40 and exact_meaning(cell) is Field.NAME for cell in row)


def _header_block(sheet: Sheet, row: int, columns: _Columns | None) -> tuple[int, int] | None:
    """First and last row of the header around ``row``, which has a cell 姓名; None when it is no header at all."""
    cells = sheet.rows[row - 1]
    name_column = next(i for i, c in enumerate(cells) if isinstance(c, str) and exact_meaning(c) is Field.NAME)
    first = last = row
    while first > 1 and last - first + 1 < _MAX_HEADER_ROWS and _belongs_above(sheet, first - 1, first, columns):
        first -= 1
    while last < sheet.height and last - first + 1 < _MAX_HEADER_ROWS:
        if not _belongs_below(sheet, last + 1, last, name_column):
            break
        last += 1
    known = set()
    for r in range(first, last + 1):
        known |= {exact_meaning(c) or meaning(c)[0] for c in sheet.rows[r - 1] if isinstance(c, str) and c.strip()}
    known.discard(None)
    texts = [c for c in cells if c != ""]
    plainly = squeezed(str(cells[name_column])) == "姓名" and all(isinstance(t, str) and len(t) < 20 for t in texts)
    return (first, last) if len(known) >= 2 or plainly else None


def _belongs_above(sheet: Sheet, row: int, first: int, columns: _Columns | None) -> bool:
    if columns is not None and columns.name is not None:
        name = plain_text(sheet.value(row, columns.name + 1))
        if name and exact_meaning(name) is None:
            return False  # a person of the table above
    if any(m.top <= row and m.bottom >= first for m in sheet.merged):
        return True
    texts = [c for c in sheet.rows[row - 1] if isinstance(c, str) and c.strip()]
    known = {exact_meaning(t) for t in texts} - {None}
    return len(known) >= 2 and Field.NAME not in known


def _belongs_below(sheet: Sheet, row: int, last: int, name_column: int) -> bool:
    cells = sheet.rows[row - 1]
    if any(m.top <= last and m.bottom >= row and m.left - 1 <= name_column <= m.right - 1 for m in sheet.merged):
        return True
    name = cells[name_column] if name_column < len(cells) else ""
    if name != "":
        return False
    texts = [c for c in cells if c != ""]
    return bool(texts) and all(isinstance(t, str) and exact_meaning(t) is not None for t in texts)


def _mapping(
    sheet: Sheet,
    first: int,
    last: int,
    filled: dict[int, list[tuple[int, CellValue]]],
    overrides: Mapping[int, Field | None],
    remembered: Callable[[str], Mapping[str, Any] | None],
) -> TableMapping:
    width = max(len(sheet.rows[r - 1]) for r in range(first, last + 1))
    levels: list[list[str]] = [[] for _ in range(width)]
    for r in range(first, last + 1):
        line: dict[int, CellValue] = dict(filled.get(r, ()))
        line.update({i: c for i, c in enumerate(sheet.rows[r - 1]) if c != ""})
        for i, value in line.items():
            text = "".join(plain_text(value).split())
            if i < width and text and (not levels[i] or levels[i][-1] != text):
                levels[i].append(text)
    titles = [(i + 1, LEVELS.join(parts)) for i, parts in enumerate(levels) if parts]
    name = fingerprint(title for _, title in titles)
    headers = read_headers(titles)
    earlier = remembered(name)
    if earlier:
        headers = recalled(headers, earlier)
    mapping = TableMapping(sheet.name, tuple(range(first, last + 1)), headers, name, bool(earlier))
    return mapping.with_fields(overrides) if overrides else mapping


def _prepared(mapping: TableMapping) -> _Columns:
    fields = [(h.column - 1, h.field) for h in mapping.headers if h.field is not None and h.field is not Field.NOTE]
    notes = [(h.column - 1, h.short_title) for h in mapping.headers if h.field is Field.NOTE]
    extra = [(h.column - 1, h.title) for h in mapping.headers if h.field is None]
    name = mapping.column(Field.NAME)
    own = [i for i, f in fields if f is not Field.SEQUENCE] + [i for i, _ in notes]
    return _Columns(mapping, fields, notes, extra, None if name is None else name - 1, own)


def _row_text(cells: object) -> str:
    row: list[CellValue] = cells  # type: ignore[assignment]
    return " ".join(t for c in row if c != "" and (t := plain_text(c)))[:200]


def _not_a_person(sheet: str, row: int, cells: object, columns: _Columns) -> SkippedRow | None:
    """Why this row is nobody, or None when it is a person (perhaps one without a name)."""
    values: list[CellValue] = cells  # type: ignore[assignment]
    width = len(values)
    name_value = values[columns.name] if columns.name is not None and columns.name < width else ""
    if type(name_value) is str and 2 <= len(name_value) <= 4 and name_value.isalpha() and not _is_footer(name_value):
        before = values[: columns.name]
        alone = values.count("") >= width - 1
        if not alone and not any(type(c) is str and c and _is_footer(c) for c in before):
            return None  # the quick way: an ordinary name
    texts = [(i, t) for i, c in enumerate(values) if c != "" and (t := plain_text(c))]
    if not texts:
        return SkippedRow(sheet, row, "blank", "空行")
    text = " ".join(t for _, t in texts)[:200]
    first_text = texts[0][1]
    own = {i for i, _ in texts} & set(columns.own)
    if columns.name is not None and squeezed(plain_text(name_value)) and columns.name in own:
        name_text = plain_text(name_value)
        has_more = len(own) >= 2
        if _TOTAL_ONLY.match(name_text) or (_TOTAL_ONLY.match(first_text) and not name_text.isalpha()):
            return SkippedRow(sheet, row, "total", "合计行", text)
        if not has_more and _is_footer(name_text):
            return _footer(sheet, row, name_text, text)
        label_column = texts[0][0] not in columns.own or re.search("[:：]", first_text)
        if columns.name > 0 and label_column and _SIGNATURE.match(first_text):
            return SkippedRow(sheet, row, "signature", "制表、审核等签名行", text)
        is_heading = columns.name == 0 and (_heading_like(name_text) or len(name_text) > 15)
        if len(texts) == 1 and (is_heading or _GROUP_HEADING.match(name_text)):
            return _single(sheet, row, name_text)
        return None
    if _TOTAL_ONLY.match(first_text):
        return SkippedRow(sheet, row, "total", "合计行", text)
    if _SIGNATURE.match(first_text):
        return SkippedRow(sheet, row, "signature", "制表、审核等签名行", text)
    if _NOTE.match(first_text):
        return SkippedRow(sheet, row, "note", "表后的说明", text)
    if not own:
        sequence = columns.mapping.column(Field.SEQUENCE)
        if sequence is not None and [i for i, _ in texts] == [sequence - 1] and not _heading_like(first_text):
            return SkippedRow(sheet, row, "blank", "只有序号的空行", text)
    if len(texts) == 1 and not (texts[0][0] in columns.own and _PERSONAL.match(first_text)):
        return _single(sheet, row, first_text)
    if any(_SIGNATURE.match(t) and ("：" in t or ":" in t) for _, t in texts):
        return SkippedRow(sheet, row, "signature", "制表、审核等签名行", text)
    telling = {
        columns.mapping.column(f)
        for f in (Field.ID_NUMBER, Field.PHONE, Field.SEX, Field.BIRTH, Field.POSITION, Field.UNIT_AND_POSITION)
    } - {None}
    says_little = len(own) <= 1 or all(re.fullmatch(r"[\d.\s]*人?", t) for _, t in texts[1:])
    if says_little and not any(i + 1 in telling for i, _ in texts):
        return SkippedRow(sheet, row, "note", "没有姓名，也没有个人信息", text)
    return None


@lru_cache(maxsize=32768)
def _is_footer(text: str) -> bool:
    return bool(_TOTAL_ONLY.match(text) or _SIGNATURE.match(text) or _NOTE.match(text))


def _footer(sheet: str, row: int, name_text: str, text: str) -> SkippedRow:
    if _TOTAL_ONLY.match(name_text):
        return SkippedRow(sheet, row, "total", "合计行", text)
    if _SIGNATURE.match(name_text):
        return SkippedRow(sheet, row, "signature", "制表、审核等签名行", text)
    return SkippedRow(sheet, row, "note", "表后的说明", text)


def _heading_like(text: str) -> bool:
    return bool(_GROUP_HEADING.match(text)) or looks_like_unit(_heading_unit(text)) or "名单" in text


def _heading_unit(text: str) -> str:
    return _PERSON_COUNT.sub("", _SECTION_NUMBER.sub("", text)).strip(" ：:")


def _single(sheet: str, row: int, text: str) -> SkippedRow:
    if _GROUP_HEADING.match(text) or looks_like_unit(_heading_unit(text)):
        return SkippedRow(sheet, row, "heading", "小标题行", text)
    return SkippedRow(sheet, row, "note", "只有一格文字的说明行", text)


_DITTO = frozenset({"同上", "〃", "″", '"', "''", "“", "”", "..", "…"})
_NEVER_FILLED = frozenset({Field.NAME, Field.ID_NUMBER, Field.PHONE, Field.SEQUENCE})


def _line(
    row: int,
    cells: object,
    columns: _Columns,
    filled: list[tuple[int, CellValue]] | None,
    previous: Mapping[Field, CellValue],
) -> PersonLine:
    values: list[CellValue] = cells  # type: ignore[assignment]
    width = len(values)
    found = {f: values[i] for i, f in columns.fields if i < width}
    notes = [(title, values[i]) for i, title in columns.notes if i < width and values[i] != ""]
    extra = {title: plain_text(values[i]) for i, title in columns.extra if i < width and values[i] != ""}
    if filled:
        by_column = dict(filled)
        for i, f in columns.fields:
            if i in by_column and f not in _NEVER_FILLED and found.get(f, "") == "":
                found[f] = by_column[i]
        notes += [(title, by_column[i]) for i, title in columns.notes if i in by_column]
    for f, value in found.items():
        if type(value) is str and len(value) < 4 and value in _DITTO and f in previous:
            found[f] = previous[f]
    return PersonLine(row, columns.mapping, found, notes, extra)
