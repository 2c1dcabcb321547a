"""A chart of lines over years or months: joined points, marks for what is special, dashed lines to compare with.

As every chart it also says each value in words: accessible description, and a tooltip over each label.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .charts import ClickableChart
from .theme import TOKENS

LINE_COLORS = (TOKENS.primary, TOKENS.teal, TOKENS.violet, TOKENS.warning, TOKENS.success, "#7A8AA0")
_LEFT, _TOP, _RIGHT, _BOTTOM = 48, 34, 16, 28
_WIDEST = 0.3
"""Most of the width that the words of reference lines take."""
_VALUE = 16.0
"""Height of a value written beside its point."""


@dataclass(frozen=True)
class Point:
    """One value of a line; ``None`` is a gap.

    ``best`` puts a triangle above it; a ``hollow`` point has another origin than the full ones; not ``joined`` points
    begin a new line because they cannot be compared with the one before; ``note`` is said in the tooltip.
    """

    value: float | None
    best: bool = False
    hollow: bool = False
    joined: bool = True
    note: str = ""


@dataclass(frozen=True)
class Line:
    """A line of one colour; ``points`` go with the chart's labels."""

    title: str
    points: Sequence[Point]


@dataclass(frozen=True)
class Reference:
    """A dashed level line with its words beside the right end."""

    title: str
    value: float


class LineChart(ClickableChart):
    """Lines over labels; the axis begins below the lowest value and says so by its numbers."""

    def __init__(self, parent: QWidget | None = None, *, unit: str = "") -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._lines: tuple[Line, ...] = ()
        self._references: tuple[Reference, ...] = ()
        self._unit = unit
        self._bottom, self._top = 0.0, 1.0
        self._margin = 0.0
        self._empty, self._caption = "还没有数据", ""
        self.setMinimumHeight(160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_data(
        self,
        labels: Sequence[str],
        lines: Sequence[Line],
        *,
        references: Sequence[Reference] = (),
        caption: str = "",
        ceiling: float | None = None,
        empty: str = "还没有数据",
    ) -> None:
        """Show lines over labels; the axis ends at ``ceiling`` (100 for shares), ``caption`` stands top left."""
        self._labels, self._lines, self._references = tuple(labels), tuple(lines), tuple(references)
        self._empty, self._caption = empty, caption
        metrics = QFontMetricsF(theme.font(TOKENS.px_label))
        widest = max((metrics.horizontalAdvance(self._reference_words(each)) for each in references), default=-8.0)
        self._margin = widest + 8
        values = [point.value for line in lines for point in line.points if point.value is not None]
        self._bottom, self._top = span_around([*values, *(each.value for each in references)], ceiling)
        words = [self._words(place).replace("\n", "，") for place in range(len(self._labels))]
        words += [f"参考线 {each.title} {_number(each.value)}{self._unit}" for each in self._references]
        self.setAccessibleDescription("；".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(560, 280)

    # ------------------------------------------------------------------ where things are
    def _plot(self) -> QRectF:
        margin = min(self._margin, self.width() * _WIDEST)
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT - margin, -_BOTTOM)

    def _slot(self) -> float:
        return self._plot().width() / max(len(self._labels), 1)

    def _x(self, place: int) -> float:
        return self._plot().left() + self._slot() * (place + 0.5)

    def _y(self, value: float) -> float:
        plot = self._plot()
        return plot.bottom() - (value - self._bottom) / (self._top - self._bottom) * plot.height()

    def point_at(self, line: int, place: int) -> QPointF | None:
        """Where a value is drawn."""
        value = self._lines[line].points[place].value
        return None if value is None else QPointF(self._x(place), self._y(value))

    def part_at(self, where: QPointF) -> int:
        plot = self._plot()
        if not self._labels or not plot.left() <= where.x() <= plot.right():
            return -1
        return min(int((where.x() - plot.left()) / self._slot()), len(self._labels) - 1)

    # ------------------------------------------------------------------ words
    def _words(self, place: int) -> str:
        lines = [self._labels[place]]
        for line in self._lines:
            point = line.points[place]
            said = "—" if point.value is None else f"{_number(point.value)}{self._unit}"
            best = "（▲历史最好）" if point.best else ""
            lines.append(f"{line.title} {said}{best}{f'（{point.note}）' if point.note else ''}")
        return "\n".join(lines)

    def words_at(self, x: float) -> str:
        """What stands over the label at the horizontal position ``x``."""
        place = self.part_at(QPointF(x, 0))
        return "" if place < 0 else self._words(place)

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    # ------------------------------------------------------------------ painting
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(TOKENS.px_label))
        plot = self._plot()
        if not self._labels or not any(point.value is not None for line in self._lines for point in line.points):
            painter.setPen(QColor(TOKENS.text_hint))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, self._empty)
            return
        self._paint_grid(painter, plot)
        self._paint_legend(painter)
        painter.setPen(QColor(TOKENS.text_second))
        painter.drawText(QPointF(0, 16), self._caption)
        if self._at >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(TOKENS.primary_tint))
            left = plot.left() + self._slot() * self._at
            painter.drawRoundedRect(QRectF(left + 2, plot.top(), self._slot() - 4, plot.height() + _BOTTOM), 4, 4)
        self._paint_references(painter, plot)
        self._paint_labels(painter, plot)
        for number in range(len(self._lines)):
            self._paint_line(painter, number)
        self._paint_values(painter)

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        step = _step(self._top - self._bottom)
        for at in range(round((self._top - self._bottom) / step) + 1):
            value = self._bottom + at * step
            y = self._y(value)
            painter.setPen(QPen(QColor(TOKENS.line), 1, Qt.PenStyle.SolidLine if at == 0 else Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(TOKENS.text_hint))
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 10, plot.left() - 8, 20), align, _number(value))

    def _paint_labels(self, painter: QPainter, plot: QRectF) -> None:
        widest = max(painter.fontMetrics().horizontalAdvance(words) for words in self._labels) + 8
        every = max(math.ceil(widest / self._slot()), 1)
        painter.setPen(QColor(TOKENS.text_second))
        for place, words in enumerate(self._labels):
            if (len(self._labels) - 1 - place) % every == 0:  # the newest is always named
                box = QRectF(self._x(place) - 60, plot.bottom() + 4, 120, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_legend(self, painter: QPainter) -> None:
        x = float(self.width() - 4)
        metrics = painter.fontMetrics()
        for number in reversed(range(len(self._lines))):
            words = metrics.elidedText(self._lines[number].title, Qt.TextElideMode.ElideRight, 160)
            x -= metrics.horizontalAdvance(words)
            if x < 40:
                break
            painter.setPen(QColor(TOKENS.text_second))
            painter.drawText(QPointF(x, 16), words)
            x -= 24
            color = QColor(_color(number))
            painter.setPen(QPen(color, 2))
            painter.drawLine(QPointF(x, 11.5), QPointF(x + 16, 11.5))
            _mark(painter, QPointF(x + 8, 11.5), number, color, hollow=False)
            x -= 16

    def _reference_words(self, each: Reference) -> str:
        return f"{each.title} {_number(each.value)}{self._unit}"

    def _paint_references(self, painter: QPainter, plot: QRectF) -> None:
        lowest = plot.top() - 8
        for each in sorted(self._references, key=lambda one: -one.value):
            y = self._y(each.value)
            painter.setPen(QPen(QColor(TOKENS.text_hint), 1.4, Qt.PenStyle.DashDotLine))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            middle = max(y, lowest + 16)  # two lines close together: the words of the lower one move down
            lowest = middle
            painter.setPen(QColor(TOKENS.text_second))
            room = QRectF(plot.right() + 8, middle - 9, self.width() - plot.right() - 10, 18)
            words = painter.fontMetrics().elidedText(
                self._reference_words(each), Qt.TextElideMode.ElideMiddle, round(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_line(self, painter: QPainter, number: int) -> None:
        color = QColor(_color(number))
        path, before = QPainterPath(), None
        for place, point in enumerate(self._lines[number].points):
            where = self.point_at(number, place)
            if where is not None:
                if before is not None and point.joined:
                    path.lineTo(where)
                else:
                    path.moveTo(where)
            before = where
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)
        for place, point in enumerate(self._lines[number].points):
            if (where := self.point_at(number, place)) is not None:
                _mark(painter, where, number, color, hollow=point.hollow)

    def _paint_values(self, painter: QPainter) -> None:
        """The value at each point where it hides nothing else, and the triangle of the best in any case."""
        painter.setFont(theme.font(TOKENS.px_label, bold=True))
        whole = all(
            point.value is None or point.value == round(point.value) for one in self._lines for point in one.points
        )
        for place in range(len(self._labels)):
            spots = [(number, self.point_at(number, place)) for number in range(len(self._lines))]
            found = [(number, where) for number, where in spots if where is not None]
            beside: list[float] = []
            taken = [(where.y() - 6, where.y() + 6, number) for number, where in found]
            for number, where in sorted(
                found, key=lambda one: (not self._lines[one[0]].points[place].best, one[1].y())
            ):
                point = self._lines[number].points[place]
                if self._slot() < 44 and not point.best:
                    continue
                said = f"{point.value:,.0f}" if whole else f"{point.value:,.1f}"
                said = f"▲{said}" if point.best else said
                tops = (where.y() - _VALUE - 6, where.y() + 6)
                free = next((top for top in tops if _is_free(top, taken, number)), None)
                if free is not None:
                    taken.append((free, free + _VALUE, -1))
                    self._write_value(painter, QPointF(where.x(), free), said, _color(number))
                elif point.best or place == len(self._labels) - 1:
                    self._write_beside(painter, where, said, number, beside)

    def _write_beside(self, painter: QPainter, where: QPointF, words: str, number: int, taken: list[float]) -> None:
        """Right of the point, or left where the chart ends; what finds no room there stays in tooltip and table."""
        half = painter.fontMetrics().horizontalAdvance(words) / 2 + 10
        side = -1 if where.x() + 2 * half > self._plot().right() + 4 else 1
        for off in (0, _VALUE, -_VALUE):
            top = where.y() - _VALUE / 2 + off
            if all(abs(top - other) >= _VALUE - 2 for other in taken):
                taken.append(top)
                self._write_value(painter, QPointF(where.x() + side * half, top), words, _color(number))
                return

    def _write_value(self, painter: QPainter, top: QPointF, words: str, color: str) -> None:
        """On a ground of its own, so that dashes behind it do not cross it out."""
        width = painter.fontMetrics().horizontalAdvance(words) + 4
        box = QRectF(top.x() - width / 2, top.y(), width, _VALUE)
        painter.fillRect(box.adjusted(0, 2, 0, -2), QColor(TOKENS.card))
        painter.setPen(QColor(color))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def _is_free(top: float, taken: Sequence[tuple[float, float, int]], own: int) -> bool:
    return all(number == own or top + _VALUE <= low or top >= high for low, high, number in taken)


def _color(number: int) -> str:
    return LINE_COLORS[number % len(LINE_COLORS)]


def _mark(painter: QPainter, where: QPointF, number: int, color: QColor, *, hollow: bool) -> None:
    """Each line has its own shape too, so that colour is not all that tells lines apart."""
    painter.setPen(QPen(color, 2))
    painter.setBrush(QColor(TOKENS.card) if hollow else color)
    x, y, r = where.x(), where.y(), 4.0
    shape = number % 3
    if shape == 0:
        painter.drawEllipse(where, r, r)
    elif shape == 1:
        painter.drawRect(QRectF(x - r + 0.5, y - r + 0.5, 2 * r - 1, 2 * r - 1))
    else:
        corners = (QPointF(x, y - r - 1), QPointF(x + r + 1, y), QPointF(x, y + r + 1), QPointF(x - r - 1, y))
        painter.drawPolygon(QPolygonF(corners))


def span_around(values: Sequence[float], ceiling: float | None = None) -> tuple[float, float]:
    """(lowest, highest) of an axis on which ``values`` fill most of the height; ends on round numbers."""
    if not values:
        return 0.0, ceiling or 4.0
    low, high = min(values), max(values)
    margin = max((high - low) * 0.25, 1.0)
    step = _step(high - low + 2 * margin)
    bottom = math.floor((low - margin) / step) * step
    top = math.ceil((high + margin / 2) / step) * step
    if low >= 0:
        bottom = max(bottom, 0.0)
    if ceiling is not None and high <= ceiling:
        top = min(top, ceiling)
    steps = math.ceil((top - bottom) / step)
    return top - steps * step if ceiling is not None and top == ceiling else bottom, top


def _step(span: float) -> float:
    """Distance of level lines: a number of the kind 1, 2, 5, 10 that gives four to six of them."""
    power = 10.0 ** math.floor(math.log10(max(span, 1e-9) / 4))
    return next(power * step for step in (1, 2, 5, 10) if span / (power * step) <= 6)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:,.10g}"
