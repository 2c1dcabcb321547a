"""How answers spread over the levels of a scale, as one stacked bar: for a cell of a table, with its legend."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.core.columns import percent_text

from . import theme
from .theme import TOKENS

# From best to worst; told apart also by colour-blind eyes and in grey, and every part is said in words.
_FIVE = (TOKENS.primary, "#9DBDE8", "#D5DCE5", "#E3A637", TOKENS.error)
_LIGHT = frozenset({"#9DBDE8", "#D5DCE5", "#E3A637"})


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
    return "，".join(
        f"{word} {count}（{percent_text(count / total)}）" for word, count in zip(levels, counts, strict=True)
    )


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
