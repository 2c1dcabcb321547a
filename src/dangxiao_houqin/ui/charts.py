"""Two charts for the dashboard: columns side by side over time, and a ring of shares.

Every value is also told in words (accessible description, tooltip under the pointer), never by colour alone.  A chart
made clickable leads from each of its parts to what it counts, with mouse or with arrow keys and Enter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .theme import TOKENS

SERIES_COLORS = (TOKENS.primary, "#9DBDE8", TOKENS.teal, TOKENS.violet)
SHARE_COLORS = {
    "primary": TOKENS.primary,
    "warning": "#DFA02F",
    "neutral": "#C9D2DE",
    "error": TOKENS.error,
    "success": TOKENS.success,
    "teal": TOKENS.teal,
    "violet": TOKENS.violet,
}


@dataclass(frozen=True)
class Series:
    """One colour of columns; ``values`` go with the chart's labels, ``None`` is a gap."""

    title: str
    values: Sequence[float | None]


class ClickableChart(QWidget):
    """A chart of numbered parts; ``clicked(number)`` when one of those that lead somewhere is chosen."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._leads: tuple[bool, ...] = ()
        self._at = -1

    def set_clickable(self, leads: Sequence[bool]) -> None:
        """Which parts can be chosen; none makes it a picture again."""
        self._leads = tuple(leads)
        any_of_them = any(self._leads)
        self.setMouseTracking(any_of_them)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if any_of_them else Qt.FocusPolicy.NoFocus)
        self._point_to(-1)

    def part_at(self, where: QPointF) -> int:
        """Number of the part under ``where``, -1 where there is none; override."""
        raise NotImplementedError

    def _point_to(self, part: int) -> None:
        part = part if 0 <= part < len(self._leads) and self._leads[part] else -1
        if part != self._at:
            self._at = part
            self.update()
        if part >= 0:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        else:
            self.unsetCursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_to(self.part_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        if not self.hasFocus():
            self._point_to(-1)
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        part = self.part_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and 0 <= part < len(self._leads) and self._leads[part]:
            self.clicked.emit(part)

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._at < 0:
            self._step(1)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._point_to(-1)
        super().focusOutEvent(event)

    def _step(self, by: int) -> None:
        if any(self._leads):
            part = self._at if self._at >= 0 or by > 0 else 0
            for _ in self._leads:
                part = (part + by) % len(self._leads)
                if self._leads[part]:
                    break
            self._point_to(part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._at >= 0:
            self.clicked.emit(self._at)
        else:
            super().keyPressEvent(event)


class ColumnChart(ClickableChart):
    """Columns side by side over labels, with four or five lines behind them and the legend top right."""

    def __init__(self, parent: QWidget | None = None, *, unit: str = "") -> None:
        super().__init__(parent)
        self._labels: tuple[str, ...] = ()
        self._names: tuple[str, ...] = ()
        self._series: tuple[Series, ...] = ()
        self._unit = unit
        self._top = 1.0
        self.setMinimumHeight(200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_data(
        self,
        labels: Sequence[str],
        series: Sequence[Series],
        *,
        top: float | None = None,
        unit: str | None = None,
        names: Sequence[str] = (),
    ) -> None:
        """Show series over labels; ``top`` is the value of the upper line (else a round number above all).

        ``unit`` replaces the chart's own; ``names`` are said instead of the labels where there is room for words.
        """
        self._unit = self._unit if unit is None else unit
        self._labels, self._series = tuple(labels), tuple(series)
        self._names = tuple(names) or self._labels
        highest = max((value for each in series for value in each.values if value is not None), default=0.0)
        self._top = top or round_above(highest)
        words = [
            f"{name}：" + "，".join(f"{each.title} {_number(each.values[place])}{self._unit}" for each in series)
            for place, name in enumerate(self._names)
        ]
        self.setAccessibleDescription("；".join(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(44, 34, -4, -26)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(TOKENS.px_label))
        plot = self._plot()
        self._paint_grid(painter, plot)
        self._paint_legend(painter)
        if not self._labels:
            painter.setPen(QColor(TOKENS.text_hint))
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, "还没有数据")
            return
        slot = plot.width() / len(self._labels)
        count = max(len(self._series), 1)
        width = min(max(slot * 0.54 / count, 3.0), 28.0)
        for place, words in enumerate(self._labels):
            if place == self._at:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(TOKENS.primary_tint))
                painter.drawRoundedRect(
                    QRectF(plot.left() + slot * place + 2, plot.top(), slot - 4, plot.height() + 26), 4, 4
                )
            left = plot.left() + slot * place + (slot - width * count - 3 * (count - 1)) / 2
            for number, each in enumerate(self._series):
                value = each.values[place]
                if value:
                    height = min(value / self._top, 1.0) * plot.height()
                    bar = QRectF(left + number * (width + 3), plot.bottom() - height, width, height)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(QColor(SERIES_COLORS[number % len(SERIES_COLORS)]))
                    painter.drawRoundedRect(bar, 2, 2)
            if slot >= 30 or place % round(30 / slot + 0.5) == 0:
                painter.setPen(QColor(TOKENS.text_second))
                box = QRectF(plot.left() + slot * place - 20, plot.bottom() + 4, slot + 40, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_grid(self, painter: QPainter, plot: QRectF) -> None:
        for step in range(5):
            y = plot.bottom() - plot.height() * step / 4
            pen = QPen(QColor(TOKENS.line), 1, Qt.PenStyle.SolidLine if step == 0 else Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(TOKENS.text_hint))
            box = QRectF(0, y - 10, plot.left() - 8, 20)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, align, _number(self._top * step / 4))

    def _paint_legend(self, painter: QPainter) -> None:
        x = float(self.width() - 4)
        metrics = painter.fontMetrics()
        for number in reversed(range(len(self._series))):
            words = self._series[number].title
            x -= metrics.horizontalAdvance(words)
            painter.setPen(QColor(TOKENS.text_second))
            painter.drawText(QPointF(x, 16), words)
            x -= 18
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(SERIES_COLORS[number % len(SERIES_COLORS)]))
            painter.drawRoundedRect(QRectF(x, 6, 11, 11), 3, 3)
            x -= 16

    def part_at(self, where: QPointF) -> int:
        plot, x = self._plot(), where.x()
        if not self._labels or not plot.left() <= x <= plot.right():
            return -1
        return min(int((x - plot.left()) / plot.width() * len(self._labels)), len(self._labels) - 1)

    def words_at(self, x: float) -> str:
        """What stands over the label at the horizontal position ``x``."""
        place = self.part_at(QPointF(x, 0))
        if place < 0:
            return ""
        lines = [f"{each.title} {_number(each.values[place])}{self._unit}" for each in self._series]
        return "\n".join((self._names[place], *lines))

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x()), self)
            return True
        return super().event(event)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Share:
    """One part of a ring."""

    title: str
    value: int
    tone: str = "primary"


class RingChart(ClickableChart):
    """Shares of a whole as a ring, with the figure in its middle and the legend with numbers at its right."""

    def __init__(self, parent: QWidget | None = None, *, caption: str = "") -> None:
        super().__init__(parent)
        self._shares: tuple[Share, ...] = ()
        self._figure = ""
        self._caption = caption
        self.setMinimumSize(280, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_data(self, shares: Sequence[Share], figure: str) -> None:
        """Show the shares; ``figure`` is the text in the middle, e.g. ``84.5%``."""
        self._shares, self._figure = tuple(shares), figure
        self.setAccessibleDescription("，".join(f"{each.title} {each.value}" for each in shares))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 170)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._side()
        ring = QRectF(4, (self.height() - side) / 2, side, side)
        thick = side * 0.13
        inner = ring.adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        total = sum(each.value for each in self._shares)
        if not total:
            painter.setPen(QPen(QColor(TOKENS.line), thick))
            painter.drawEllipse(inner)
        start, gap = 90.0, 2.0 if sum(each.value > 0 for each in self._shares) > 1 else 0.0
        for each in self._shares:
            if total and each.value:
                span = 360.0 * each.value / total
                pen = QPen(QColor(SHARE_COLORS[each.tone]), thick)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                painter.setPen(pen)
                painter.drawArc(inner, round((start - gap / 2) * 16), round(-max(span - gap, 0.5) * 16))
                start -= span
        painter.setPen(QColor(TOKENS.text))
        painter.setFont(theme.font(max(round(side * 0.18), 14), bold=True))
        middle = ring.adjusted(0, 0, 0, -side * 0.1 if self._caption else 0)
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, self._figure)
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(QColor(TOKENS.text_second))
        painter.drawText(ring.adjusted(0, side * 0.3, 0, 0), Qt.AlignmentFlag.AlignCenter, self._caption)
        self._paint_legend(painter)

    def _side(self) -> float:
        return float(min(self.height() - 8, 150, self.width() // 2))

    def _lines(self) -> list[QRectF]:
        """Where the legend's lines stand."""
        height, left = 34.0, 4 + self._side() + 24
        top = (self.height() - height * len(self._shares)) / 2
        return [QRectF(left, top + n * height, self.width() - left - 4, height) for n in range(len(self._shares))]

    def part_at(self, where: QPointF) -> int:
        return next((number for number, line in enumerate(self._lines()) if line.contains(where)), -1)

    def _paint_legend(self, painter: QPainter) -> None:
        for number, (each, line) in enumerate(zip(self._shares, self._lines(), strict=True)):
            painter.setPen(Qt.PenStyle.NoPen)
            if number == self._at:
                painter.setBrush(QColor(TOKENS.primary_tint))
                painter.drawRoundedRect(line.adjusted(-8, 1, 4, -1), 4, 4)
            painter.setBrush(QColor(SHARE_COLORS[each.tone]))
            painter.drawRoundedRect(QRectF(line.left(), line.center().y() - 5.5, 11, 11), 3, 3)
            painter.setFont(theme.font())
            painter.setPen(QColor(TOKENS.text))
            words = line.adjusted(22, 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, each.title)
            painter.setFont(theme.font(bold=True))
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{each.value:,}")


def round_above(value: float) -> float:
    """The next number of the kind 1, 2, 4, 5, 10 … at or above ``value``: four equal steps below it read well."""
    if value <= 0:
        return 4.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(top for step in (1, 2, 4, 5, 8, 10, 20) if (top := power * step) >= value)


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:,.10g}"
