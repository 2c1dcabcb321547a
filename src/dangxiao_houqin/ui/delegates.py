"""Painting of table cells: hover and selection tints, texts laid out once, states as pills."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QStaticText
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from . import theme
from .theme import TOKENS

if TYPE_CHECKING:
    from .table_view import TableView

PADDING = 12


def paint_pill(painter: QPainter, rect: QRect, text: str, tone: str, align: int) -> None:
    """A coloured word inside ``rect``, ``align`` 0 left, 1 centre, 2 right; cut with … where it does not fit."""
    ink, ground = _pill_colors(tone)
    words, advance = _pill_words(text, rect.width() - 20)
    width = advance + 20
    left = rect.x() + (0, (rect.width() - width) // 2, rect.width() - width)[align]
    top = rect.y() + (rect.height() - 22) // 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(left, top, width, 22, 11, 11)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(ink)
    kept = painter.font()
    painter.setFont(_pill_font())
    painter.drawStaticText(left + 10, top + (22 - round(words.size().height())) // 2, words)
    painter.setFont(kept)


@lru_cache(maxsize=16)
def _pill_colors(tone: str) -> tuple[QColor, QColor]:
    colors = theme.tone(tone)
    return QColor(colors.foreground), QColor(colors.background)


@lru_cache(maxsize=1)
def _pill_font() -> QFont:
    return theme.font(TOKENS.px_label, bold=True)


@lru_cache(maxsize=512)
def _pill_words(text: str, room: int) -> tuple[QStaticText, int]:
    return _laid_out(text, room, _pill_font())


def _laid_out(text: str, room: int, font: QFont) -> tuple[QStaticText, int]:
    """The text, cut to ``room`` px, with its glyphs worked out once; and its advance."""
    metrics = QFontMetrics(font)
    advance = metrics.horizontalAdvance(text)
    if advance > room:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))
        advance = metrics.horizontalAdvance(text)
    words = QStaticText(text)
    words.setTextFormat(Qt.TextFormat.PlainText)
    words.prepare(font=font)
    return words, advance


_PLACES = {"left": 0, "center": 1, "right": 2}
MAX_CACHED = 6000


class CellDelegate(QStyledItemDelegate):
    """Cells of every table; a subclass may override :meth:`paint_content`.

    Called for every visible cell at every frame, so it asks the model directly, keeps laid-out texts and leaves the
    row lines to the view; a frame costs no more than a bare QTableView's (P7).
    """

    def __init__(self, view: TableView, row_height: int = TOKENS.row) -> None:
        super().__init__(view)
        self._view = view
        self._model = view.paging
        self.row_height = row_height
        self.hovered = -1
        self.selected: frozenset[int] = frozenset()
        self._hover = QColor(TOKENS.row_hover)
        self._tint = QColor(TOKENS.primary_tint)
        self._ink = QColor(TOKENS.text)
        self._font = theme.font()
        self._texts: dict[tuple[str, int], tuple[QStaticText, int]] = {}
        self._height = QFontMetrics(self._font).height()
        self._places = [_PLACES[each.alignment] for each in self._model.columns]
        self._pills = [each.kind == "pill" for each in self._model.columns]

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect  # type: ignore[attr-defined]
        row = index.row()
        if row in self.selected:
            painter.fillRect(rect, self._tint)
        elif row == self.hovered:
            painter.fillRect(rect, self._hover)
        self.paint_content(painter, rect, row, index.column())

    def paint_content(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        """Text or pill of one cell; ``rect`` is the whole cell."""
        text = self._model.text(row, column)
        if not text:
            return
        if self._pills[column]:
            pill = self._model.pill(row, column)
            if pill is not None:
                paint_pill(painter, rect.adjusted(PADDING, 0, -PADDING, 0), text, pill.tone, self._places[column])
                return
        width = rect.width() - 2 * PADDING
        found = self._texts.get((text, width))
        if found is None:
            if len(self._texts) > MAX_CACHED:
                self._texts.clear()
            found = self._texts[text, width] = _laid_out(text, width, self._font)
        words, advance = found
        left = rect.x() + PADDING
        place = self._places[column]
        if place:
            left += (width - advance) // 2 if place == 1 else width - advance
        painter.setPen(self._ink)
        painter.drawStaticText(left, rect.y() + (rect.height() - self._height) // 2, words)

    def sizeHint(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        metrics = QFontMetrics(option.font)  # type: ignore[attr-defined]
        return QSize(metrics.horizontalAdvance(text) + 2 * PADDING + 12, self.row_height)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        text = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        wide = self.sizeHint(option, index).width() - 12 > option.rect.width()  # type: ignore[attr-defined]
        QToolTip.showText(event.globalPos(), text if wide else "", view)
        return True
