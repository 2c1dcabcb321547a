"""Page breaks and drawing of one sheet: title block, grid with merged cells, signature block, page numbers.

The rules: a header is repeated on every page; text wraps inside its cell and never gets smaller than 9 points; merged
rows and a group line with its first row stay together; notes and signatures go over to a new page only together with
the last rows of the grid; a row too tall for a page is continued on the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from .fonts import Role
from .painter import PT, Align, Painter
from .paper import Cell, GroupRow, Paper, Sheet, cell_text
from .wrapping import clean, wrap

MIN_SIZE: Final = 9.0
BODY: Final[Role] = "serif"
BOLD: Final[Role] = "sans_bold"
LABEL: Final[Role] = "fangsong"
TITLE: Final[Role] = "serif_bold"

_PADDING, _NARROW, _NARROW_PADDING = 1.2, 20.0, 0.6
_LEADING = 1.2
_OUTER, _INNER = 1.2, 0.5
_NOTE_SIZE = 10.0
_SIGNATURE_HEIGHT = 12.0
_DRAWING_GAP = 4.0
_WIDOW = 2  # a last line of so few characters is evened out
_SMALL_BLOCK = 6  # merged rows (a room) kept on one page; larger groups may be divided
_KEEP_ROWS = 3  # rows that go over to a new page together with the signature


class Fitted(NamedTuple):
    size: float
    lines: list[str]


class _CellBox(NamedTuple):
    """One laid-out cell: first column, number of columns, text, alignment, bold, grey."""

    column: int
    span: int
    fitted: Fitted
    align: Align
    bold: bool
    fill: float | None


@dataclass
class _RowBox:
    height: float
    cells: list[_CellBox]
    merge: tuple[str, ...]
    """Texts of the merge columns, for joining with the row above."""
    heading: bool = False

    def same_block(self, other: _RowBox) -> bool:
        return bool(self.merge) and all(self.merge) and self.merge == other.merge


def fit(text: str, width: float, size: float, role: Role, painter: Painter, smallest: float = MIN_SIZE) -> Fitted:
    """Set ``text`` in ``width`` mm: on one line at ``size`` or a little smaller, else wrapped at ``smallest``."""
    text = clean(text)
    if not text:
        return Fitted(size, [])
    if "\n" not in text:
        needed = painter.width(text, size, role)
        if needed <= width:
            return Fitted(size, [text])
        if needed * smallest <= width * size:
            return Fitted(max(int(width / needed * size * 20) / 20, smallest), [text])
    lines = wrap(text, width * PT, size, role)
    if "\n" in text and all(painter.width(line, size, role) <= width for line in text.split("\n")):
        return Fitted(size, lines)
    lines = wrap(text, width * PT, smallest, role)
    if len(lines[-1]) <= _WIDOW and len(lines) > 1 and "\n" not in text:
        even = min(painter.width(text, smallest, role) / len(lines) * PT + smallest, width * PT)
        balanced = wrap(text, even, smallest, role)
        if len(balanced) == len(lines):
            lines = balanced
    return Fitted(smallest, lines)


class SheetPrinter:
    """Lays one sheet out and draws it on the painter's pages."""

    def __init__(self, painter: Painter, sheet: Sheet) -> None:
        self.painter, self.sheet, self.table, self.paper = painter, sheet, sheet.table, sheet.paper
        columns = self.table.columns
        scale = min(1.0, self.paper.usable_width / self.table.width) if self.table.width else 1.0
        self.edges = [self.paper.left]
        for column in columns:
            self.edges.append(self.edges[-1] + column.width * scale)
        spare = self.paper.usable_width - (self.edges[-1] - self.edges[0])
        if spare > 0.05:  # a grid narrower than the page stands in its middle
            self.edges = [edge + spare / 2 for edge in self.edges]
        self.fitted: dict[tuple[str, float, float, Role], Fitted] = {}
        self.merging = [i for i, column in enumerate(columns) if column.merge]
        self.header = self._row([column.title for column in columns], header=True)

    # ------------------------------------------------------------------ layout
    def _fit(self, text: str, width: float, size: float, role: Role) -> Fitted:
        key = (text, width, size, role)
        found = self.fitted.get(key)
        if found is None:
            found = self.fitted[key] = fit(text, width - 2 * _padding(width), size, role, self.painter)
        return found

    def _row(self, row: Sequence[object] | GroupRow, *, header: bool = False) -> _RowBox:
        table, columns = self.table, self.table.columns
        if isinstance(row, GroupRow):
            row = [Cell(row.text, span=len(columns), align=row.align, bold=True)]
            heading = True
        else:
            heading = False
        cells: list[_CellBox] = []
        height = table.header_height if header else table.row_height
        at = 0
        for value in row:
            column = columns[at]
            span, align, bold, fill = 1, column.align, header, None
            if isinstance(value, Cell):
                span, align, bold, fill = value.span, value.align or column.align, value.bold, value.fill
            size = (11.0 if column.title else table.size) if header else column.size or table.size
            width = self.edges[at + span] - self.edges[at]
            fitted = self._fit(cell_text(value), width, size, BOLD if bold else BODY)
            if len(fitted.lines) > 1:
                height = max(height, _text_height(fitted) + 0.8)
            cells.append(_CellBox(at, span, fitted, "center" if header else align, bold, fill))
            at += span
        merge = () if header or heading else tuple(_joined(cells, i) for i in self.merging)
        return _RowBox(height, cells, merge, heading)

    def _layout(self) -> tuple[list[list[_RowBox]], float]:
        """Rows page by page, and the height of the block under the grid."""
        tail = self._tail_height()
        rows = [self._row(row) for row in self.table.rows]
        if not rows:
            rows = [self._row([Cell(self.table.empty_text, span=len(self.table.columns), align="center")])]
        first = self._body_height(first=True)
        rest = self._body_height(first=False)
        blocks = list(_blocks([part for row in rows for part in _split(row, min(first, rest))], min(first, rest)))
        pages: list[list[list[_RowBox]]] = [[]]
        left = first
        for block in blocks:
            height = sum(row.height for row in block)
            if pages[-1] and height > left + 0.01:
                pages.append([])
                left = rest
            pages[-1].append(block)
            left -= height
        if tail > left + 0.01:
            pages.append([])
            left = rest
        if tail and len(pages) > 1:
            self._carry(pages, left - tail)
        return [[row for block in page for row in block] for page in pages], tail

    @staticmethod
    def _carry(pages: list[list[list[_RowBox]]], room: float) -> None:
        """Take the last rows of the page before along to the last page, so that the signature has company."""
        before, last = pages[-2:]
        while before and sum(len(block) for block in last) < _KEEP_ROWS:
            block = before[-1]
            height = sum(row.height for row in block)
            if height > room + 0.01:
                if last or len(block) == 1:
                    break
                before[-1:] = [[row] for row in block]  # a block too tall to go over whole gives its last rows
                continue
            last.insert(0, before.pop())
            room -= height
        if not before and len(pages) > 2:
            del pages[-2]

    def _body_height(self, *, first: bool) -> float:
        top = self._top_height() if first else 0.0
        return self.paper.usable_height - top - self.header.height

    def _title(self) -> Fitted:
        large = self.paper.width >= 200 and self.paper.height >= 200
        size, smallest = (22.0, 16.0) if large else (17.0, 13.0)
        return fit(self.sheet.title, self.paper.usable_width, size, TITLE, self.painter, smallest)

    def _head(self) -> list[tuple[float, list[tuple[float, Align, str]]]]:
        """Lines of the head: size and (x, alignment, text) of each part; parts that do not fit get their own line."""
        parts = [clean(part).replace("\n", " ") for part in self.sheet.head.parts]
        left, right = self.edges[0], self.edges[-1]
        width = right - left
        places: list[tuple[float, Align]] = [(left, "left"), ((left + right) / 2, "center"), (right, "right")]
        if not any(parts):
            return []
        for size in (12.0, 11.0, 10.5, 10.0, 9.5, 9.0):
            widths = [self.painter.width(part, size, LABEL) for part in parts]
            middle_left, middle_right = (width - widths[1]) / 2, (width + widths[1]) / 2
            clear = not parts[1] or (widths[0] + 3 <= middle_left and middle_right + 3 <= width - widths[2])
            if (clear and widths[0] + widths[2] + 3 <= width) or sum(widths) + 8 <= width:
                if not clear:  # the middle part slides between the other two
                    slack = (width - sum(widths)) / 2
                    places[1] = (left + widths[0] + slack, "left")
                return [(size, [(x, align, part) for (x, align), part in zip(places, parts, strict=True) if part])]
        lines: list[tuple[float, list[tuple[float, Align, str]]]] = []
        for text in (parts[0], "　　".join(part for part in parts[1:] if part)):
            lines += [(10.5, [(left, "left", line)]) for line in wrap(text, width * PT, 10.5, LABEL) if line]
        return lines

    def _top_height(self) -> float:
        title = self._title()
        school = 9.0 if self.sheet.school else 0.0
        head = self._head()
        return school + len(title.lines) * title.size * 1.35 / PT + 2.0 + (len(head) * 6.0 + 1.5 if head else 1.0)

    def _note_lines(self) -> list[str]:
        width = (self.edges[-1] - self.edges[0]) * PT
        return [line for note in self.sheet.notes for line in wrap(clean(note), width, _NOTE_SIZE, LABEL)]

    def _signature_lines(self) -> list[list[str]]:
        """Signature parts spread over as few lines as they need."""
        width = self.edges[-1] - self.edges[0]
        lines: list[list[str]] = [[]]
        for part in self.sheet.signature:
            trial = [*lines[-1], part]
            if lines[-1] and sum(self.painter.width(p, 11, LABEL) + 6 for p in trial) > width:
                lines.append([part])
            else:
                lines[-1] = trial
        return [line for line in lines if line]

    def _tail_height(self) -> float:
        notes = self._note_lines()
        signatures = self._signature_lines()
        drawing = self.sheet.drawing.height + _DRAWING_GAP if self.sheet.drawing else 0.0
        return drawing + (len(notes) * 5.2 + 2.0 if notes else 0.0) + len(signatures) * _SIGNATURE_HEIGHT

    # ------------------------------------------------------------------ drawing
    def draw(self) -> None:
        pages, _ = self._layout()
        for number, rows in enumerate(pages, 1):
            self.painter.page(self.paper.width, self.paper.height)
            y = self.paper.top
            if number == 1:
                self._draw_top(y)
                y += self._top_height()
            else:
                self._draw_running_title()
            y = self._draw_grid(y, [self.header, *rows])
            if number == len(pages):
                self._draw_tail(y)
            draw_foot(self.painter, self.paper, number, len(pages), self.sheet.print_line)

    def _draw_top(self, y: float) -> None:
        middle = self.paper.left + self.paper.usable_width / 2
        if self.sheet.school:
            self.painter.text(middle, y + 6.0, self.sheet.school, 16, LABEL, "center")
            y += 9.0
        title = self._title()
        step = title.size * 1.35 / PT
        for line in title.lines:
            self.painter.text(middle, y + title.size * 0.98 / PT, line, title.size, TITLE, "center")
            y += step
        y += 2.0
        for size, parts in self._head():
            for x, align, text in parts:
                self.painter.text(x, y + 4.6, text, size, LABEL, align)
            y += 6.0

    def _draw_running_title(self) -> None:
        title = fit(f"{self.sheet.title}（续）", self.paper.usable_width, 10.5, LABEL, self.painter)
        middle = self.paper.left + self.paper.usable_width / 2
        shown = title.lines[0] + ("…" if len(title.lines) > 1 else "")
        self.painter.text(middle, self.paper.top - 3.0, shown, title.size, LABEL, "center")

    def _draw_grid(self, y: float, rows: list[_RowBox]) -> float:
        painter, edges, count = self.painter, self.edges, len(self.table.columns)
        top = y
        tops = [y]
        for row in rows:
            y += row.height
            tops.append(y)
        started = [0] * count  # row in which the vertical line left of each column began
        open_lines = [True] * count
        runs = self._merged(rows)
        for index, row in enumerate(rows):
            covered = [True] * count
            for cell in row.cells:
                covered[cell.column] = False
            for column in range(1, count):
                if covered[column] and open_lines[column]:
                    if started[column] < index:
                        painter.line(edges[column], tops[started[column]], edges[column], tops[index], _INNER)
                    open_lines[column] = False
                elif not covered[column] and not open_lines[column]:
                    started[column], open_lines[column] = index, True
            self._draw_row(index, row, tops, runs)
            if index + 1 < len(rows):
                self._draw_rule(tops[index + 1], index + 1, runs)
        for column in range(1, count):
            if open_lines[column] and started[column] < len(rows):
                painter.line(edges[column], tops[started[column]], edges[column], y, _INNER)
        painter.rect(edges[0], top, edges[-1] - edges[0], y - top, _OUTER)
        return y

    def _merged(self, rows: list[_RowBox]) -> dict[tuple[int, int], int]:
        """(row, column) of a merge column -> number of rows joined; 0 for a row swallowed by the one above."""
        runs: dict[tuple[int, int], int] = {}
        first = 0
        for index, row in enumerate(rows):
            joined = index > 0 and row.same_block(rows[first])
            if not joined:
                first = index
            for column in self.merging:
                runs[index, column] = 0 if joined else 1
                if joined:
                    runs[first, column] += 1
        return runs

    def _draw_row(self, index: int, row: _RowBox, tops: list[float], runs: dict[tuple[int, int], int]) -> None:
        for column, span, fitted, align, bold, fill in row.cells:
            joined = runs.get((index, column), 1)
            if joined == 0:
                continue
            y, bottom = tops[index], tops[index + joined]
            x, right = self.edges[column], self.edges[column + span]
            if fill is not None:
                self.painter.rect(x, y, right - x, bottom - y, 0, fill)
            if fitted.lines:
                role: Role = BOLD if bold else BODY
                self.painter.lines(
                    x, y, right - x, bottom - y, fitted.lines, fitted.size, role, align, padding=_padding(right - x)
                )

    def _draw_rule(self, y: float, below: int, runs: dict[tuple[int, int], int]) -> None:
        """The line above row ``below``, left out where a merged cell goes on."""
        start: float | None = self.edges[0]
        for column in range(len(self.table.columns)):
            if runs.get((below, column)) == 0:
                if start is not None and start < self.edges[column]:
                    self.painter.line(start, y, self.edges[column], y, _INNER)
                start = None
            elif start is None:
                start = self.edges[column]
        if start is not None:
            self.painter.line(start, y, self.edges[-1], y, _INNER)

    def _draw_tail(self, y: float) -> None:
        left, width = self.edges[0], self.edges[-1] - self.edges[0]
        if self.sheet.drawing is not None:
            self.sheet.drawing.draw(self.painter, left, y + _DRAWING_GAP, width)
            y += self.sheet.drawing.height + _DRAWING_GAP
        notes = self._note_lines()
        for line in notes:
            self.painter.text(left, y + 5.0, line, _NOTE_SIZE, LABEL)
            y += 5.2
        y += 2.0 if notes else 0.0
        for parts in self._signature_lines():
            for number, part in enumerate(parts):
                self.painter.text(left + width * number / len(parts), y + 8.5, part, 11, LABEL)
            y += _SIGNATURE_HEIGHT


def _padding(width: float) -> float:
    return _PADDING if width > _NARROW else _NARROW_PADDING


def _text_height(fitted: Fitted) -> float:
    return len(fitted.lines) * fitted.size * _LEADING / PT


def _joined(cells: list[_CellBox], column: int) -> str:
    return next(("\n".join(cell.fitted.lines) for cell in cells if cell.column == column), "")


def _split(row: _RowBox, room: float) -> list[_RowBox]:
    """Cut a row taller than a page into rows that fit; its texts go on where they stopped."""
    if row.height <= room:
        return [row]
    parts: list[_RowBox] = []
    rest = row.cells
    while rest:
        cells, after, height = [], [], 0.0
        for cell in rest:
            fits = max(1, int((room - 0.8) * PT / (cell.fitted.size * _LEADING)))
            head = Fitted(cell.fitted.size, cell.fitted.lines[:fits])
            cells.append(cell._replace(fitted=head))
            after.append(cell._replace(fitted=Fitted(cell.fitted.size, cell.fitted.lines[fits:])))
            height = max(height, _text_height(head) + 0.8)
        parts.append(_RowBox(height, cells, row.merge, row.heading))
        rest = after if any(cell.fitted.lines for cell in after) else []
    return parts


def _blocks(rows: list[_RowBox], room: float) -> list[list[_RowBox]]:
    """Rows that stay on one page: merged rows (a room), a group line with the row after it."""
    blocks: list[list[_RowBox]] = []
    for row in rows:
        previous = blocks[-1][-1] if blocks else None
        together = previous is not None and (previous.heading or row.same_block(previous))
        if together and sum(other.height for other in blocks[-1]) + row.height <= room:
            blocks[-1].append(row)
        else:
            blocks.append([row])
    divided: list[list[_RowBox]] = []
    for block in blocks:
        if len(block) <= _SMALL_BLOCK:
            divided.append(block)
        else:
            start = 2 if block[0].heading else 1
            divided += [block[:start], *([row] for row in block[start:])]
    return divided


def draw_foot(painter: Painter, paper: Paper, number: int, total: int, print_line: str = "") -> None:
    """Page number in the middle of the bottom margin, version and print time at its right."""
    baseline = paper.height - max(paper.bottom - 8.0, 4.5)
    middle = paper.left + paper.usable_width / 2
    painter.text(middle, baseline, f"第{number}页 共{total}页", 9, BODY, "center")
    if print_line:
        painter.text(paper.width - paper.right, baseline, print_line, 9, BODY, "right")
