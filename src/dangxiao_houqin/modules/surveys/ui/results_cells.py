"""Cells of the table of results: stacked bars, group lines on a ground of their own, suppressed figures in words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.delegates import PADDING, CellDelegate
from dangxiao_houqin.ui.distribution_chart import paint_distribution
from dangxiao_houqin.ui.table_view import TableView
from dangxiao_houqin.ui.theme import TOKENS

from .results_lines import ResultLine


class ResultCells(CellDelegate):
    """Paints the spread as a bar, and what is low in red."""

    def __init__(self, view: TableView, row_height: int) -> None:
        super().__init__(view, row_height)
        keys = [column.key for column in self._model.columns]
        self._spread, self._state = keys.index("spread"), keys.index("state")
        self._rate = keys.index("rate")
        self._words_over = frozenset(keys.index(key) for key in ("spread", "rate", "interval", "mean"))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = self._model.row(index.row())
        if isinstance(line, ResultLine) and line.is_group:
            painter.fillRect(option.rect, QColor(TOKENS.head))  # type: ignore[attr-defined]
        super().paint(painter, option, index)

    def paint_content(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        line = self._model.row(row)
        if not isinstance(line, ResultLine):
            super().paint_content(painter, rect, row, column)
        elif line.figure is None and column in self._words_over:
            self._paint_words(painter, rect, line)
        elif column == self._spread:
            self._paint_spread(painter, rect, line)
        elif column == self._state and not line.state:
            return
        elif line.is_group and column != self._state:
            self._paint_text(painter, rect, self._model.text(row, column), TOKENS.text, bold=True, column=column)
        elif line.low and column == self._rate:
            self._paint_text(painter, rect, self._model.text(row, column), TOKENS.error, bold=True, column=column)
        else:
            super().paint_content(painter, rect, row, column)

    def _paint_spread(self, painter: QPainter, rect: QRect, line: ResultLine) -> None:
        if line.figure is not None and line.figure.counts:
            paint_distribution(painter, QRectF(rect.adjusted(PADDING, 7, -PADDING, -7)), line.figure.counts)
            return
        self._paint_words(painter, rect, line)

    def _paint_words(self, painter: QPainter, rect: QRect, line: ResultLine) -> None:
        """Words instead of figures run on over the cells that stay empty; each of them draws its own part."""
        left = self._view.columnViewportPosition(self._spread)
        width = (
            sum(self._view.columnWidth(column) for column in self._words_over) if line.figure is None else rect.width()
        )
        painter.save()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(QColor(TOKENS.text_second))
        room = QRect(left + PADDING, rect.y(), width - 2 * PADDING, rect.height())
        said = painter.fontMetrics().elidedText(line.spread, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, text: str, color: str, *, bold: bool, column: int) -> None:
        painter.setFont(theme.font(bold=bold))
        painter.setPen(QColor(color))
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        sides = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
        said = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | sides[self._places[column]], said)
        painter.setFont(self._font)
