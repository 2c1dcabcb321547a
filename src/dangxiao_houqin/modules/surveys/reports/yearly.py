"""历年（班次）满意率对比表: rows are years, terms, classes or kinds, ▲ marks the best only where it really is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.painter import Painter
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Cell, Drawing, Head, Row, Sheet, Table, TableColumn

from .rate_chart import HEIGHT, Bar, Cluster, Guide, draw_rates

MARK = "▲"
_MOST_BARS = 40
_MOST_COLUMNS = 8
"""Groups on one sheet; more go to the next."""


@dataclass(frozen=True)
class YearlyCell:
    """One rate with what stands under it (n, another formula); without a rate ``text`` says why."""

    rate: float | None = None
    n: int | None = None
    text: str = ""
    marked: bool = False


@dataclass(frozen=True)
class YearlyRow:
    """A year, term, class or kind; ``papers`` such as ``48/50``; ``cells`` in the order of the columns."""

    title: str
    papers: str
    cells: tuple[YearlyCell, ...]
    total: bool = False


@dataclass(frozen=True)
class Yearly:
    """A comparison; ``marks`` says for each column why it bears a mark or none.

    ``guides`` and ``targets`` by the place of their column; ``by_time``: the last rows are the newest.
    """

    title: str
    what: str
    scope: str
    columns: tuple[str, ...]
    rows: tuple[YearlyRow, ...]
    formula_text: str
    mark_text: str
    marks: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    guides: Mapping[int, tuple[Guide, ...]] = field(default_factory=dict)
    targets: Mapping[int, float] = field(default_factory=dict)
    by_time: bool = True
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


def yearly_sheets(data: Yearly) -> list[Sheet]:
    """One sheet for up to eight columns; the chart stands on each with its columns."""
    starts = range(0, max(len(data.columns), 1), _MOST_COLUMNS)
    return [_sheet(data, start, min(start + _MOST_COLUMNS, len(data.columns))) for start in starts]


def yearly_pdf(data: Yearly, progress: Progress = no_progress) -> bytes:
    """The comparison as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(yearly_sheets(data), progress=progress)


def _sheet(data: Yearly, start: int, end: int) -> Sheet:
    shown = data.columns[start:end]
    title_width, papers_width = 62.0, 27.0
    width = (A4_LANDSCAPE.usable_width - 10 - title_width - papers_width) / max(len(shown), 1)
    if width > 45:
        title_width += (width - 45) * len(shown)
        width = 45.0
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn(data.what, title_width),
        TableColumn("收回/应收", papers_width, "center"),
        *(TableColumn(title, width, "center") for title in shown),
    )
    rows = [_row(number, row, start, end) for number, row in enumerate(data.rows, 1)]
    clusters = _clusters(data, start, end)
    drawing = None
    if any(bar.rate is not None for cluster in clusters for bar in cluster.bars):
        drawing = Drawing(HEIGHT, partial(_draw, clusters))
    return Sheet(
        title=data.title,
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(data.scope, "", f"{MARK}{data.mark_text}"),
        table=Table(columns, rows, row_height=7.5, empty_text="（没有可以显示的结果）"),
        notes=tuple(note for note in (data.formula_text, _marks(data, start, end), "".join(data.notes)) if note),
        signature=(f"统计人：{data.prepared_by}", "复核人：", "日期：　　　　年　　月　　日"),
        printed_at=data.printed_at,
        drawing=drawing,
    )


def _marks(data: Yearly, start: int, end: int) -> str:
    """Why a column bears a mark or none, in one paragraph."""
    return f"{MARK}{data.mark_text}　" + "".join(data.marks[start:end]) if data.marks else ""


def _row(number: int, row: YearlyRow, start: int, end: int) -> Row:
    cells = row.cells[start:end]
    fill = 0.93 if row.total else None
    marked = MARK if any(cell.marked for cell in cells) else ""
    head = [
        Cell("" if row.total else number, fill=fill),
        Cell(f"{marked}{row.title}", bold=bool(marked) or row.total, fill=fill),
        Cell(row.papers, fill=fill),
    ]
    return [*head, *(Cell(_text(cell), bold=cell.marked or row.total, fill=fill) for cell in cells)]


def _text(cell: YearlyCell) -> str:
    if cell.rate is None:
        return cell.text or "—"
    beside = f"n＝{cell.n}" if cell.n is not None else "n 未注明"
    words = f"{MARK if cell.marked else ''}{percent_text(cell.rate)}\n{beside}"
    return f"{words}\n{cell.text}" if cell.text else words


def _clusters(data: Yearly, start: int, end: int) -> list[Cluster]:
    """A cluster a column with a bar for each row; the newest rows where there are too many."""
    rows = [(number, row) for number, row in enumerate(data.rows, 1) if not row.total]
    most = max(_MOST_BARS // max(end - start, 1), 1)
    if len(rows) > most:
        rows = rows[-most:] if data.by_time else rows[:most]
    return [
        Cluster(
            data.columns[column],
            [
                Bar(_short(row.title, number), cell.rate, cell.n, cell.marked, cell.marked)
                for number, row in rows
                for cell in (row.cells[column],)
            ],
            data.targets.get(column),
            data.guides.get(column, ()),
        )
        for column in range(start, end)
    ]


def _short(title: str, number: int) -> str:
    """A year stands under its bar as it is, anything longer by its 序号."""
    return title.removesuffix("年") if len(title) <= len("2026年") else str(number)


def _draw(clusters: Sequence[Cluster], painter: Painter, x: float, y: float, width: float) -> None:
    draw_rates(painter, x, y, width, "满意率（%，横轴为年度或序号；“—”为不显示）", clusters)
