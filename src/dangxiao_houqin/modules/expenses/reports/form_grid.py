"""Rows of a form whose cells span columns and rows: measured first, drawn when it is known on which sheet they stand.

Measures are mm, type sizes points. Imports the PDF library: only layouts import this file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dangxiao_houqin.documents.fonts import Role
from dangxiao_houqin.documents.painter import PT, Align, Painter
from dangxiao_houqin.documents.sheet_layout import Fitted, fit
from dangxiao_houqin.documents.wrapping import clean, wrap

PADDING: Final = 1.2
LEADING: Final = 1.2
INNER: Final = 0.5
OUTER: Final = 1.2
SMALL: Final = 7.5
"""小六 is what offices fall back to when a text will not fit; nothing in a grid is set smaller."""
_MANY_LINES = 3
_LEAST_FIGURES = 5.5
_BOX, _TICKED = "□", "☑"


@dataclass(frozen=True)
class FormCell:
    """A text over ``span`` columns and ``down`` rows; ``head`` stands small above it.

    ``boxes`` (label, ticked) are choices instead of a text.
    """

    text: str = ""
    span: int = 1
    down: int = 1
    align: Align = "left"
    size: float = 10.0
    role: Role = "serif"
    head: str = ""
    valign: Literal["top", "middle"] = "middle"
    boxes: tuple[tuple[str, bool], ...] = ()
    figures: bool = False
    """An amount: never broken, however small it has to be set."""


@dataclass(frozen=True)
class _Placed:
    cell: FormCell
    first: int
    fitted: Fitted
    height: float


@dataclass(frozen=True)
class FormRow:
    """A measured row; ``draw`` fills rows that are no grid (signatures)."""

    height: float
    cells: tuple[_Placed, ...] = ()
    draw: Callable[[float, float], None] | None = None
    """``draw(y, height)`` with the top of the row."""


class FormGrid:
    """Columns of ``widths`` mm from ``left`` on."""

    def __init__(self, painter: Painter, left: float, widths: Sequence[float]) -> None:
        self.painter = painter
        self.edges = [left]
        for width in widths:
            self.edges.append(self.edges[-1] + width)

    @property
    def left(self) -> float:
        return self.edges[0]

    @property
    def width(self) -> float:
        return self.edges[-1] - self.edges[0]

    def row(self, cells: Sequence[FormCell | None], least: float) -> FormRow:
        """Measure a row of at least ``least`` mm; ``None`` is a column that a cell above reaches down into."""
        placed: list[_Placed] = []
        at, height = 0, least
        for cell in cells:
            if cell is None:
                at += 1
                continue
            width = self.edges[at + cell.span] - self.edges[at]
            fitted = self._fit(cell, width - 2 * PADDING)
            needed = text_height(fitted) + (4.0 if cell.head else 0.0) + 1.0
            if cell.down == 1:
                height = max(height, needed)
            placed.append(_Placed(cell, at, fitted, needed))
            at += cell.span
        return FormRow(height, tuple(placed))

    def _fit(self, cell: FormCell, width: float) -> Fitted:
        if cell.figures:
            return fit(cell.text, width, cell.size, cell.role, self.painter, _LEAST_FIGURES)
        if not cell.boxes:
            return fit_cell(self.painter, cell.text, width, cell.size, cell.role)
        lines: list[str] = []
        for label, ticked in cell.boxes:
            mark = (_TICKED if ticked else _BOX) + label
            joined = f"{lines[-1]}　{mark}" if lines else mark
            fits = self.painter.width(joined.replace(_TICKED, _BOX), cell.size, cell.role) <= width
            if lines and fits:
                lines[-1] = joined
            elif fits or self.painter.width(mark.replace(_TICKED, _BOX), cell.size, cell.role) <= width:
                lines.append(mark)
            else:  # a long reason
                parts = fit(label, width - cell.size / PT, cell.size, cell.role, self.painter)
                lines += [mark[0] + parts.lines[0], *parts.lines[1:]]
        return Fitted(cell.size, lines)

    def rows(self, lines: Sequence[Sequence[FormCell | None]], least: float) -> list[FormRow]:
        """Rows that belong together; the last one grows until every cell that reaches down has its room."""
        rows = [self.row(cells, least) for cells in lines]
        for index, row in enumerate(rows):
            for placed in row.cells:
                if placed.cell.down > 1:
                    below = rows[index : index + placed.cell.down]
                    missing = placed.height - sum(each.height for each in below)
                    if missing > 0:
                        rows[index + len(below) - 1] = FormRow(below[-1].height + missing, below[-1].cells)
        return rows

    def draw(self, rows: Sequence[FormRow], y: float) -> float:
        """Draw ``rows`` with a thick frame round all of them; gives the y below."""
        tops = [y]
        for row in rows:
            tops.append(tops[-1] + row.height)
        for index, row in enumerate(rows):
            if row.draw is not None:
                row.draw(tops[index], row.height)
            for placed in row.cells:
                bottom = tops[min(index + placed.cell.down, len(rows))]
                self._draw_cell(placed, tops[index], bottom - tops[index])
        self.painter.rect(self.left, y, self.width, tops[-1] - y, OUTER)
        return tops[-1]

    def _draw_cell(self, placed: _Placed, y: float, height: float) -> None:
        cell, painter = placed.cell, self.painter
        x, right = self.edges[placed.first], self.edges[placed.first + cell.span]
        painter.rect(x, y, right - x, height, INNER)
        if cell.head:
            painter.text(x + PADDING, y + 3.6, cell.head, 8.0, "fangsong")
            y, height = y + 3.4, height - 3.4
        if cell.boxes:
            self._draw_boxes(placed, x, y, height)
        elif placed.fitted.lines:
            painter.lines(
                x,
                y,
                right - x,
                height,
                placed.fitted.lines,
                placed.fitted.size,
                cell.role,
                cell.align,
                padding=PADDING,
                leading=LEADING,
                valign=cell.valign,
            )

    def _draw_boxes(self, placed: _Placed, x: float, y: float, height: float) -> None:
        """The tick is a √ over the box: the bundled faces have no ticked box."""
        painter, size, role = self.painter, placed.fitted.size, placed.cell.role
        step = size * LEADING / PT
        baseline = y + (height - (len(placed.fitted.lines) - 1) * step) / 2 + 0.38 * size / PT
        for line in placed.fitted.lines:
            painter.text(x + PADDING, baseline, line.replace(_TICKED, _BOX), size, role)
            for at, char in enumerate(line):
                if char == _TICKED:
                    before = painter.width(line[:at].replace(_TICKED, _BOX), size, role)
                    painter.text(x + PADDING + before, baseline, "√", size, "sans_bold")
            baseline += step


def fit_cell(painter: Painter, text: str, width: float, size: float, role: Role) -> Fitted:
    """``text`` at ``size``, a little smaller, wrapped at 9 points, or — where that takes many lines — at 7.5."""
    fitted = fit(text, width, size, role, painter)
    if len(fitted.lines) > _MANY_LINES:
        return Fitted(SMALL, wrap(clean(text), width * PT, SMALL, role))
    return fitted


def text_height(fitted: Fitted) -> float:
    """mm that the lines take."""
    return len(fitted.lines) * fitted.size * LEADING / PT
