"""Horizontal bars under each other: a word, a bar of its length, a number; a mark where a target stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .charts import ClickableChart
from .theme import TOKENS

LINE_HEIGHT = 28


@dataclass(frozen=True)
class Bar:
    """One line; ``value`` is a fraction of the whole length, ``None`` draws no bar but ``words`` in its place.

    ``target`` is a fraction too, drawn as a mark; ``tip`` is said in the tooltip beside the rest.
    """

    title: str
    value: float | None
    words: str
    color: str = TOKENS.primary
    target: float | None = None
    tip: str = ""


class BarList(ClickableChart):
    """Bars as high as there are lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_data(self, bars: Sequence[Bar]) -> None:
        """Show these lines."""
        self._bars = tuple(bars)
        self.setAccessibleDescription("；".join(_said(each, " ") for each in self._bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, LINE_HEIGHT * len(self._bars))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, LINE_HEIGHT * len(self._bars))

    def part_at(self, where: QPointF) -> int:
        place = int(where.y() // LINE_HEIGHT)
        return place if 0 <= place < len(self._bars) else -1

    def words_at(self, where: QPointF) -> str:
        """What a line says in words."""
        place = self.part_at(where)
        return "" if place < 0 else _said(self._bars[place], " ")

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def _widths(self) -> tuple[float, float]:
        """Room for the titles and for the numbers."""
        metrics = self.fontMetrics()
        titles = max((metrics.horizontalAdvance(each.title) for each in self._bars), default=0) + 10
        words = max((metrics.horizontalAdvance(each.words) for each in self._bars if each.value is not None), default=0)
        return min(titles, self.width() * 0.46), min(words + 10, self.width() * 0.45)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        titles, words = self._widths()
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font())
        metrics = painter.fontMetrics()
        for place, each in enumerate(self._bars):
            line = QRectF(0, LINE_HEIGHT * place, self.width(), LINE_HEIGHT)
            if place == self._at:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(TOKENS.primary_tint))
                painter.drawRoundedRect(line.adjusted(0, 1, 0, -1), 4, 4)
            painter.setPen(QColor(TOKENS.text))
            title = metrics.elidedText(each.title, Qt.TextElideMode.ElideRight, round(titles - 8))
            painter.drawText(line.adjusted(2, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, title)
            if each.value is None:
                painter.setPen(QColor(TOKENS.text_hint))
                room = line.adjusted(titles, 0, -2, 0)
                said = metrics.elidedText(each.words, Qt.TextElideMode.ElideRight, round(room.width()))
                painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, said)
                continue
            painter.drawText(line.adjusted(0, 0, -2, 0), middle | Qt.AlignmentFlag.AlignRight, each.words)
            track = QRectF(titles, line.center().y() - 5, max(self.width() - titles - words, 12), 10)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(TOKENS.neutral_tint))
            painter.drawRoundedRect(track, 4, 4)
            filled = track.width() * min(max(each.value, 0.0), 1.0)
            if filled > 0:
                painter.setBrush(QColor(each.color))
                painter.drawRoundedRect(QRectF(track.left(), track.top(), max(filled, 3.0), 10), 4, 4)
            if each.target is not None:
                x = track.left() + track.width() * each.target
                painter.setPen(QPen(QColor(TOKENS.text), 2))
                painter.drawLine(QPointF(x, track.top() - 3), QPointF(x, track.bottom() + 3))


def _said(bar: Bar, between: str) -> str:
    return between.join(part for part in (bar.title, bar.words, bar.tip) if part)
