"""From the file to the preview: what would be imported, what is in doubt, what is left out and why."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.sheets import Book, Sheet, a1, column_letters, read_book
from dangxiao_houqin.modules.training.roster.duplicates import duplicates_in_file
from dangxiao_houqin.modules.training.roster.identity import plain_text
from dangxiao_houqin.modules.training.roster.model import (
    Field,
    Problem,
    RosterOptions,
    RosterPreview,
    RosterRow,
    SheetInfo,
    SkippedRow,
    TableMapping,
)
from dangxiao_houqin.modules.training.roster.rows import RowReader
from dangxiao_houqin.modules.training.roster.table import SheetTables, read_tables
from dangxiao_houqin.modules.training.roster.units import UnitSplit, split_units

Corrections = Mapping[tuple[str, int, Field], str]
"""(sheet, row, field) -> what the user typed instead."""
RowKeys = Collection[tuple[str, int]]
"""(sheet, row) of rows."""


def nothing_remembered(_fingerprint: str) -> None:
    """No layout is known from earlier imports."""


def read_roster(path: Path | str, options: RosterOptions, progress: Progress = no_progress) -> RosterPreview:
    """Read a file and preview it with the program's own understanding of the headers."""
    return build_preview(read_book(path, _part(progress, 0.0, 0.3)), options, progress=_part(progress, 0.3, 1.0))


def build_preview(
    book: Book,
    options: RosterOptions,
    *,
    sheets: Collection[str] | None = None,
    fields: Mapping[str, Mapping[int, Field | None]] | None = None,
    remembered: Callable[[str], Mapping[str, Any] | None] = nothing_remembered,
    corrections: Corrections | None = None,
    skip: RowKeys = (),
    keep: RowKeys = (),
    progress: Progress = no_progress,
) -> RosterPreview:
    """The preview of a book that was read; pure, so call it again after every correction.

    ``sheets``: the names to take (default: every visible sheet with a table of people). ``fields``: the user's own
    meaning of columns, sheet -> 1-based column -> field or None. ``remembered(fingerprint)``: what
    ``TableMapping.to_json`` gave earlier for this layout. ``skip``: rows the user leaves out; ``keep``: rows taken
    though they repeat somebody. Raises ``InvalidInput`` when no sheet has a column of names, ``Cancelled`` from
    ``progress``.
    """
    infos: list[SheetInfo] = []
    found: list[tuple[Sheet, SheetTables]] = []
    total = sum(sheet.height for sheet in book.sheets) or 1
    done = 0
    for sheet in book.sheets:
        reason = _not_wanted(sheet, sheets)
        if not reason:
            start = done
            tables = read_tables(
                sheet,
                (fields or {}).get(sheet.name, {}),
                remembered,
                _counting(progress, start, total),
            )
            if not tables.mappings:
                reason = "没有找到“姓名”一列"
            elif not tables.lines and len(book.sheets) > 1:
                reason = "只有表头，没有人员"
            else:
                found.append((sheet, tables))
        infos.append(SheetInfo(sheet.name, sheet.height, not reason, 0, sheet.hidden, reason))
        done += sheet.height
    if not found:
        raise InvalidInput(_no_table(book, infos))
    return _assembled(book, options, infos, [t for _, t in found], corrections or {}, set(skip), set(keep), progress)


def _counting(progress: Progress, start: int, total: int) -> Callable[[int], None]:
    return lambda row: progress(0.4 * (start + row) / total, "正在查找名单")


def _not_wanted(sheet: Sheet, wanted: Collection[str] | None) -> str:
    if wanted is not None:
        return "" if sheet.name in wanted else "未选择"
    if not sheet.rows:
        return "空表"
    return "已隐藏的工作表" if sheet.hidden else ""


def _no_table(book: Book, infos: list[SheetInfo]) -> str:
    if all(info.reason == "只有表头，没有人员" for info in infos if info.rows):
        return f"“{book.name}”只有表头，没有人员，请检查是否选错了文件。"
    return f"在“{book.name}”里没有找到“姓名”一列，请检查是否选错了文件，或在名单上方补一行表头（姓名、性别、单位……）。"


def _assembled(
    book: Book,
    options: RosterOptions,
    infos: list[SheetInfo],
    found: list[SheetTables],
    corrections: Corrections,
    skip: set[tuple[str, int]],
    keep: set[tuple[str, int]],
    progress: Progress,
) -> RosterPreview:
    corrected: dict[tuple[str, int], dict[Field, str]] = {}
    for (sheet, row, about), text in corrections.items():
        corrected.setdefault((sheet, row), {})[about] = text
    reader = RowReader(options, _unit_splits(found, corrections, options))
    people: list[RosterRow] = []
    skipped: list[SkippedRow] = []
    mapping_of: dict[tuple[str, int], TableMapping] = {}
    lines = sum(len(tables.lines) for tables in found) or 1
    none: dict[Field, str] = {}
    for tables in found:
        skipped.extend(tables.skipped)
        for line in tables.lines:
            key = (line.mapping.sheet, line.row)
            if key in skip:
                name = plain_text(line.values.get(Field.NAME, ""))
                skipped.append(SkippedRow(*key, "chosen", "按您的选择跳过", name))
                continue
            mapping_of[key] = line.mapping
            people.append(reader.read(line, len(people) + 1, corrected.get(key, none)))
            if len(people) % 250 == 0:
                progress(0.4 + 0.5 * len(people) / lines, f"正在核对第 {len(people)} 人")
    progress(0.9, "正在查找重复人员")
    doubles = duplicates_in_file(people, mapping_of, keep)
    repeated = {(row.sheet, row.row) for row in doubles.repeats}
    skipped.extend(doubles.repeats)
    problems = [p for p in reader.problems if (p.sheet, p.row) not in repeated]
    problems.extend(doubles.problems)
    for mapping, column in (pair for tables in found for pair in tables.side_by_side):
        first = mapping.column(Field.NAME) or 1
        sentence = (
            f"表里有两列“姓名”（{column_letters(first)} 列和 {column_letters(column)} 列），后一列的人会漏掉，"
            "请把并排的名单改成上下排列再导入。"
        )
        header_row = mapping.header_rows[-1]
        address = a1(header_row, column)
        problems.append(Problem(header_row, "姓名", "error", sentence, mapping.sheet, Field.NAME, address))
        people = [replace(row, has_error=True) if row.sheet == mapping.sheet else row for row in people]
    people = _numbered(people, repeated, {(p.sheet, p.row) for p in doubles.problems if p.severity == "error"})
    order = {info.name: index for index, info in enumerate(infos)}
    problems.sort(key=lambda p: (order[p.sheet], p.row))
    skipped.sort(key=lambda s: (order[s.sheet], s.row))
    counts: dict[str, int] = {}
    for person in people:
        counts[person.sheet] = counts.get(person.sheet, 0) + 1
    progress(1.0, "核对完毕")
    return RosterPreview(
        book.name,
        tuple(people),
        tuple(problems),
        tuple(mapping for tables in found for mapping in tables.mappings),
        tuple(replace(info, people=counts.get(info.name, 0)) for info in infos),
        tuple(skipped),
        _notes(doubles.notes, [t for tables in found for t in tables.mappings], tuple(infos), people, skipped),
    )


def _numbered(people: list[RosterRow], repeated: set[tuple[str, int]], wrong: set[tuple[str, int]]) -> list[RosterRow]:
    if not repeated and not wrong:
        return people
    taken = [row for row in people if row.key not in repeated]
    return [
        row
        if row.order == order and (row.has_error or row.key not in wrong)
        else replace(row, order=order, has_error=row.has_error or row.key in wrong)
        for order, row in enumerate(taken, 1)
    ]


def _unit_splits(found: list[SheetTables], corrections: Corrections, options: RosterOptions) -> dict[str, UnitSplit]:
    texts = {
        "".join(plain_text(value).split()): plain_text(value)
        for tables in found
        for line in tables.lines
        if (value := line.values.get(Field.UNIT_AND_POSITION, "")) != ""
    }
    texts.update(
        ("".join(plain_text(text).split()), plain_text(text))
        for (_, _, about), text in corrections.items()
        if about is Field.UNIT_AND_POSITION
    )
    if not texts:
        return {}
    split = split_units(texts.values(), options.known_units)
    return {plain: split[text] for plain, text in texts.items()}


def _notes(
    namesakes: tuple[str, ...],
    mappings: list[TableMapping],
    infos: tuple[SheetInfo, ...],
    people: list[RosterRow],
    skipped: list[SkippedRow],
) -> tuple[str, ...]:
    notes: list[str] = []
    without_sex = {mapping.sheet for mapping in mappings if not mapping.column(Field.SEX)}
    from_id = sum(1 for row in people if row.sex_from_id and row.sheet in without_sex)
    if from_id:
        notes.append(f"表中没有“性别”一列，{from_id} 人的性别按身份证号填写，请核对。")
    notes.extend(namesakes)
    totals = [row for row in skipped if row.kind == "total"]
    repeats = sum(1 for row in skipped if row.kind == "repeat")
    if len(totals) == 1 and (stated := re.search(r"(\d+)\s*[人名]", totals[0].text)) and int(stated[1]) != len(people):
        also = f"，另有 {repeats} 行重复" if repeats else ""
        notes.append(f"合计行写的是 {stated[1]} 人，名单实有 {len(people)} 人{also}，请核对。")
    if len({row.sheet for row in people}) > 1:
        counts = {
            name: sum(1 for row in people if row.sheet == name) for name in dict.fromkeys(r.sheet for r in people)
        }
        taken = "、".join(f"“{name}”{count} 人" for name, count in counts.items())
        notes.append(f"人员来自多张工作表：{taken}。")
    hidden = [info.name for info in infos if info.hidden and not info.taken]
    if hidden:
        notes.append(f"隐藏的工作表没有导入：{'、'.join(hidden)}。")
    return tuple(notes)


def _part(progress: Progress, start: float, end: float) -> Progress:
    return lambda fraction, text: progress(start + (end - start) * fraction, text)


def problem_counts(problems: Collection[Problem]) -> tuple[int, int]:
    """(errors, warnings)."""
    errors = sum(1 for p in problems if p.severity == "error")
    return errors, len(problems) - errors
