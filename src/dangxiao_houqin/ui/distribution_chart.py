"""How answers spread over the levels of a scale, as one stacked bar: for a cell of a table and as a chart of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from . import theme
from .charts import ClickableChart
from .theme import TOKENS

# From best to worst; told apart also by colour-blind eyes and in grey, and every part is said in words.
_FIVE = (TOKENS.primary, "#9DBDE8", "#D5DCE5", "#E3A637", TOKENS.error)
_LIGHT = frozenset({"#9DBDE8", "#D5DCE5", "#E3A637"})
ROW_HEIGHT = 34
_HEAD = 28


def level_colors(levels: int) -> tuple[str, ...]:
    """A colour for each level, best first; fewer levels keep both ends and leave out the middle."""
    if levels <= 1:
        return _FIVE[:levels]
    if levels == 2:
        return _FIVE[0], _FIVE[3]
    if levels == 3:
        return _FIVE[0], _FIVE[2], _FIVE[3]
    if levels == 4:
        return _FIVE[0], _FIVE[1], _FIVE[3], _FIVE[4]
    return tuple(_FIVE[min(number, 4)] for number in range(levels))


def share_words(levels: Sequence[str], counts: Sequence[int]) -> str:
    """``非常满意 12（60.0%），满意 8（40.0%）``: what a bar shows, in words."""
    total = sum(counts)
    if not total:
        return ""
    return "，".join(f"{word} {count}（{count / total:.1%}）" for word, count in zip(levels, counts, strict=True))


def paint_distribution(painter: QPainter, rect: QRectF, counts: Sequence[int]) -> None:
    """One bar over the whole of ``rect``, each level as wide as its share; the share is written where it fits."""
    total = sum(counts)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shape = QPainterPath()
    shape.addRoundedRect(rect, 4, 4)
    painter.setClipPath(shape)
    painter.fillRect(rect, QColor(TOKENS.neutral_tint))
    painter.setFont(theme.font(TOKENS.px_label, bold=True))
    left, seen = rect.left(), 0
    for count, color in zip(counts, level_colors(len(counts)), strict=True):
        if not count or not total:
            continue
        seen += count
        right = rect.left() + rect.width() * seen / total
        part = QRectF(left, rect.top(), right - left, rect.height())
        painter.fillRect(part, QColor(color))
        if seen < total:  # a hairline, so that neighbours part also in grey
            painter.fillRect(QRectF(right - 1, rect.top(), 1, rect.height()), QColor(TOKENS.card))
        words = f"{count / total:.0%}"
        if part.width() >= painter.fontMetrics().horizontalAdvance(words) + 8 and rect.height() >= 14:
            painter.setPen(QColor(TOKENS.text if color in _LIGHT else TOKENS.on_primary))
            painter.drawText(part, Qt.AlignmentFlag.AlignCenter, words)
        left = right
    painter.restore()


def paint_levels(painter: QPainter, left: float, middle: float, levels: Sequence[str]) -> None:
    """The legend of the levels in one line that begins at ``left``."""
    painter.setFont(theme.font(TOKENS.px_label))
    metrics = painter.fontMetrics()
    for word, color in zip(levels, level_colors(len(levels)), strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(color))
        painter.drawRoundedRect(QRectF(left, middle - 5.5, 11, 11), 3, 3)
        painter.setPen(QColor(TOKENS.text_second))
        painter.drawText(QPointF(left + 16, middle + metrics.ascent() / 2 - 1), word)
        left += 16 + metrics.horizontalAdvance(word) + 14


class LevelLegend(QWidget):
    """The words of the levels with their colours, in one line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: tuple[str, ...] = ()
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_levels(self, levels: Sequence[str]) -> None:
        """Best first."""
        self._levels = tuple(levels)
        self.setAccessibleName("，".join(levels))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(word) + 30 for word in self._levels), 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_levels(painter, 1, self.height() / 2, self._levels)


@dataclass(frozen=True)
class Spread:
    """One row: its title, the counts of the levels (best first) and the words at its right end.

    Without counts (``()``) nothing is drawn but ``words`` where the bar would be.
    """

    title: str
    counts: tuple[int, ...]
    words: str = ""


class DistributionChart(ClickableChart):
    """Rows of stacked bars with the legend above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._levels: tuple[str, ...] = ()
        self._rows: tuple[Spread, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_data(self, levels: Sequence[str], rows: Sequence[Spread]) -> None:
        """Show rows of counts over the words of the levels, best first."""
        self._levels, self._rows = tuple(levels), tuple(rows)
        self.setAccessibleDescription("；".join(self._said(each, "，") for each in self._rows))
        self.updateGeometry()
        self.update()

    def _said(self, row: Spread, between: str) -> str:
        parts = (row.title, share_words(self._levels, row.counts) if row.counts else "", row.words)
        return between.join(part for part in parts if part)

    def sizeHint(self) -> QSize:
        return QSize(480, _HEAD + ROW_HEIGHT * max(len(self._rows), 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def _widths(self) -> tuple[float, float]:
        """Room for the titles and for the words."""
        metrics = self.fontMetrics()
        titles = max((metrics.horizontalAdvance(each.title) for each in self._rows), default=0) + 12
        words = max((metrics.horizontalAdvance(each.words) for each in self._rows if each.counts), default=0) + 12
        return min(titles, self.width() * 0.34), min(words, self.width() * 0.34)

    def part_at(self, where: QPointF) -> int:
        place = int((where.y() - _HEAD) // ROW_HEIGHT)
        return place if 0 <= place < len(self._rows) else -1

    def words_at(self, where: QPointF) -> str:
        """What a row says in words."""
        place = self.part_at(where)
        return "" if place < 0 else self._said(self._rows[place], "\n")

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(QPointF(event.pos())), self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_levels(painter, self._widths()[0], _HEAD / 2 - 2, self._levels)
        titles, words = self._widths()
        middle = Qt.AlignmentFlag.AlignVCenter
        for place, each in enumerate(self._rows):
            line = QRectF(0, _HEAD + ROW_HEIGHT * place, self.width(), ROW_HEIGHT)
            if place == self._at:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(TOKENS.primary_tint))
                painter.drawRoundedRect(line.adjusted(0, 1, 0, -1), 4, 4)
            painter.setFont(theme.font())
            metrics = painter.fontMetrics()
            painter.setPen(QColor(TOKENS.text))
            title = metrics.elidedText(each.title, Qt.TextElideMode.ElideRight, round(titles - 8))
            painter.drawText(line.adjusted(4, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, title)
            bar = line.adjusted(titles, 6, -words, -6)
            if not each.counts:
                painter.setPen(QColor(TOKENS.text_hint))
                painter.drawText(line.adjusted(titles, 0, -4, 0), middle | Qt.AlignmentFlag.AlignLeft, each.words)
                continue
            paint_distribution(painter, bar, each.counts)
            said = metrics.elidedText(each.words, Qt.TextElideMode.ElideRight, round(words - 8))
            painter.drawText(line.adjusted(0, 0, -4, 0), middle | Qt.AlignmentFlag.AlignRight, said)
