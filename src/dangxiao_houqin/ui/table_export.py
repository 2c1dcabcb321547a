"""What a list hands to the sheet and to the paper: exactly the columns and rows shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents.paper import Head

from .table_model import Fetch, cell_text


@dataclasses.dataclass(frozen=True)
class _Masked:
    """A column's value as the screen shows it."""

    column: Column[Any]

    def __call__(self, row: Any) -> str:
        return cell_text(self.column, row, reveal=False)


def shown_columns(columns: Sequence[Column[Any]], *, reveal: bool) -> tuple[Column[Any], ...]:
    """``columns`` with phones and ID numbers masked unless revealed."""
    return tuple(
        dataclasses.replace(each, value=_Masked(each), kind="text")
        if each.kind in {"phone", "id_number"} and not reveal
        else each
        for each in columns
    )


def collect(ctx: Any, fetch: Fetch, query: ListQuery) -> tuple[Any, ...]:
    """Every row of the list as it is searched, filtered and sorted now."""
    return tuple(fetch(ctx, query.everything()).rows)


@dataclasses.dataclass(frozen=True)
class ForPaper:
    """What is printed: rows, the head with the school's name, and the moment."""

    rows: tuple[Any, ...]
    head: Head
    printed_at: datetime


def collect_for_paper(ctx: Any, fetch: Fetch, query: ListQuery, head_of: Callable[[Any], Head] | None) -> ForPaper:
    """Every row as in :func:`collect`, and what stands above them on paper."""
    return ForPaper(collect(ctx, fetch, query), head_of(ctx) if head_of else Head(), ctx.now())


def write_sheet(
    progress: Progress, path: str, title: str, columns: Sequence[Column[Any]], rows: Sequence[Any]
) -> tuple[str, int]:
    """Write the sheet; returns its path and the number of rows."""
    from dangxiao_houqin.documents.xlsx_write import write_list

    progress(0.0, f"正在写 {len(rows):,} 行")
    write_list(Path(path), title, columns, rows, progress=progress)
    return path, len(rows)


@dataclasses.dataclass(frozen=True)
class paper_of:  # noqa: N801 - called like a function, a class only to be picklable and free of closures
    """Makes the PDF of a list; call with a progress."""

    title: str
    head: Head
    columns: Sequence[Column[Any]]
    rows: Sequence[Any]
    printed_at: datetime
    notes: tuple[str, ...] = ()

    def __call__(self, progress: Progress) -> bytes:
        from dangxiao_houqin.documents.pdf import list_pdf

        progress(0.0, f"正在排版 {len(self.rows):,} 行")
        return list_pdf(
            self.title,
            self.head,
            self.columns,
            self.rows,
            notes=self.notes,
            printed_at=self.printed_at,
            progress=progress,
        )
