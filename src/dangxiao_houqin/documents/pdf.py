"""Sheets and lists as PDF bytes.

``sheets_pdf`` prints :class:`~.paper.Sheet` objects, ``list_pdf`` any list screen from its own columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.progress import Progress, no_progress

from .painter import Painter
from .paper import A4, A4_LANDSCAPE, Head, Paper, Sheet, Table, TableColumn
from .sheet_layout import SheetPrinter

R = TypeVar("R")


def sheets_pdf(sheets: Sequence[Sheet], *, progress: Progress = no_progress) -> bytes:
    """Print one or more sheets into one file; each is numbered 第1页 共n页 on its own.

    The same sheets give the same bytes.  Raises ``Cancelled`` when ``progress`` does.
    """
    if not sheets:
        raise ValueError("no sheet to print")
    painter = Painter(sheets[0].title)
    for number, sheet in enumerate(sheets):
        progress(number / len(sheets), f"正在排版：{sheet.title}")
        SheetPrinter(painter, sheet).draw()
    progress(1.0, "正在写入文件")
    return painter.finish()


def list_sheet(
    title: str,
    head: Head,
    columns: Sequence[Column[R]],
    rows: Sequence[R],
    *,
    paper: Paper | None = None,
    numbered: bool = True,
    notes: tuple[str, ...] = (),
    signature: tuple[str, ...] = (),
    printed_at: datetime | None = None,
    version: str = "",
) -> Sheet:
    """Turn a list screen into a sheet with the same ``columns`` (all of those given: pass the visible ones).

    Columns with ``paper_mm`` keep their width, the others share what is left in proportion to their screen width.
    Without ``paper`` the list is printed upright when it has room, else across.  ``numbered`` puts 序号 first.
    """
    shown = list(columns)
    wanted = sum(column.paper_mm or column.width * 0.19 for column in shown) + (10 if numbered else 0)
    if paper is None:
        paper = A4 if wanted <= A4.usable_width * 1.1 else A4_LANDSCAPE
    free = paper.usable_width - (10 if numbered else 0) - sum(column.paper_mm for column in shown)
    shared = sum(column.width for column in shown if not column.paper_mm) or 1
    least = 14.0
    table_columns = [TableColumn("序号", 10, "center")] if numbered else []
    for column in shown:
        width = column.paper_mm or max(column.width * free / shared, least)
        table_columns.append(TableColumn(column.title, width, column.alignment))
    numbers = range(1, len(rows) + 1)
    body = [
        ([number] if numbered else []) + [_printed(column, row) for column in shown]
        for number, row in zip(numbers, rows, strict=True)
    ]
    return Sheet(
        title=title,
        head=head,
        table=Table(tuple(table_columns), body, row_height=7.0, header_height=8.0),
        paper=paper,
        notes=notes,
        signature=signature,
        printed_at=printed_at,
        version=version,
    )


def _printed(column: Column[R], row: R) -> str:
    """The cell's text; amounts without ¥, the head line says 单位：元."""
    text = column.display(row)
    return text.replace("¥", "") if column.kind == "money" else text


def list_pdf(
    title: str,
    head: Head,
    columns: Sequence[Column[R]],
    rows: Sequence[R],
    *,
    paper: Paper | None = None,
    numbered: bool = True,
    notes: tuple[str, ...] = (),
    signature: tuple[str, ...] = (),
    printed_at: datetime | None = None,
    version: str = "",
    progress: Progress = no_progress,
) -> bytes:
    """Print any list screen; see :func:`list_sheet` for the arguments."""
    sheet = list_sheet(
        title,
        head,
        columns,
        rows,
        paper=paper,
        numbered=numbered,
        notes=notes,
        signature=signature,
        printed_at=printed_at,
        version=version,
    )
    return sheets_pdf([sheet], progress=progress)
