"""The sender's own file back as xlsx, with a column that says what is wrong in each row."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.documents.sheets import Book, CellValue, Sheet
from dangxiao_houqin.modules.training.roster.model import Problem, RosterPreview

PROBLEM_TITLE = "问题说明"
_ERROR_FILL, _WARNING_FILL = "FFFFC7CE", "FFFFEB9C"
_QUIET = frozenset({"blank", "title", "header"})


def save_problems(path_out: Path | str, source: Book, preview: RosterPreview) -> Path:
    """Write the file with marked cells and a column 问题说明; formulas and links stay plain text.

    The file appears under its name only when it is complete. Raises ``Unavailable`` when it cannot be written.
    """
    from openpyxl import Workbook

    path = Path(path_out)
    book = Workbook()
    book.remove(book.active)
    for sheet in source.sheets:
        _write_sheet(book.create_sheet(_title(sheet.name, book.sheetnames)), sheet, preview)
    partial = path.with_name(f".{path.name}.part")
    try:
        book.save(partial)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise Unavailable(f"“{path.name}”无法保存（{reason}），请关闭正在打开它的程序或换一个位置。") from error
    return path


def _write_sheet(target: Any, sheet: Sheet, preview: RosterPreview) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    problems: dict[int, list[Problem]] = defaultdict(list)
    for problem in preview.problems:
        if problem.sheet == sheet.name:
            problems[problem.row].append(problem)
    skipped = {s.row: s.reason for s in preview.skipped_rows if s.sheet == sheet.name and s.kind not in _QUIET}
    width = max(map(len, sheet.rows), default=0)
    for row_number, cells in enumerate(sheet.rows, 1):
        for column, value in enumerate(cells, 1):
            if value != "":
                _put(target.cell(row_number, column), value)
    for area in sheet.merged:
        if area.bottom <= sheet.height and (area.bottom > area.top or area.right > area.left):
            target.merge_cells(start_row=area.top, start_column=area.left, end_row=area.bottom, end_column=area.right)
    about = width + 1
    for mapping in preview.mapping:
        if mapping.sheet == sheet.name:
            cell = target.cell(mapping.header_rows[-1], about)
            _put(cell, PROBLEM_TITLE)
            cell.font = Font(bold=True, color="FFC00000")
    for row_number in sorted({*problems, *skipped}):
        sentences = [f"{p.column}：{p.message}" for p in problems[row_number]]
        if row_number in skipped and not sentences:
            sentences = [f"未计入名单：{skipped[row_number]}"]
        cell = target.cell(row_number, about)
        _put(cell, "\n".join(sentences))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        for problem in problems[row_number]:
            if problem.address:
                colour = _ERROR_FILL if problem.severity == "error" else _WARNING_FILL
                target[problem.address].fill = PatternFill("solid", fgColor=colour)
    _set_widths(target, sheet, width)


def _set_widths(target: Any, sheet: Sheet, width: int) -> None:
    from openpyxl.utils import get_column_letter

    for column in range(1, width + 1):
        texts = [str(row[column - 1]) for row in sheet.rows[:60] if column <= len(row) and row[column - 1] != ""]
        # Half a character more for every Chinese one; the long title of the first row does not count.
        widest = max((sum(2 if ord(c) > 0x2E7F else 1 for c in text) for text in texts[2:]), default=8)
        target.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, 6), 40)
    target.column_dimensions[get_column_letter(width + 1)].width = 60


def _put(cell: Any, value: CellValue) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:32_000]
        cell.data_type = "s"  # a text that begins with = stays a text
        cell.number_format = "@"
        if value.startswith(("=", "+", "-", "@")):
            cell.quotePrefix = True
    elif isinstance(value, float):
        cell.value = int(value) if value.is_integer() and abs(value) < 1e15 else value
        if value.is_integer() and abs(value) >= 1e9:
            cell.number_format = "0"
    elif isinstance(value, datetime | date | time | timedelta):
        cell.value = value
        if type(value) is date:
            cell.number_format = "yyyy-mm-dd"
    else:
        cell.value = value


def _title(name: str, taken: list[str]) -> str:
    title = "".join("_" if c in "[]:*?/\\" else c for c in name)[:31] or "Sheet"
    number = 2
    while title in taken:
        title = f"{title[:27]}({number})"
        number += 1
    return title
