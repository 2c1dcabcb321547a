"""Painting of table cells: rows with hairlines, hover and selection tints, states as pills."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from . import theme
from .table_model import PILL_ROLE
from .theme import TOKENS

PADDING = 12


def paint_pill(painter: QPainter, rect: QRect, text: str, tone: str, align: Qt.AlignmentFlag) -> None:
    """A coloured word inside ``rect``; cut with … where it does not fit."""
    colors = theme.tone(tone)
    painter.save()
    painter.setFont(theme.font(TOKENS.px_label, bold=True))
    metrics = painter.fontMetrics()
    width = min(metrics.horizontalAdvance(text) + 20, rect.width())
    left = rect.left()
    if align & Qt.AlignmentFlag.AlignHCenter:
        left += (rect.width() - width) // 2
    elif align & Qt.AlignmentFlag.AlignRight:
        left = rect.right() - width + 1
    box = QRectF(left, rect.center().y() - 10.5, width, 22)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colors.background))
    painter.drawRoundedRect(box, 11, 11)
    painter.setPen(QColor(colors.foreground))
    inner = box.adjusted(8, 0, -8, 0)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()) + 4)
    painter.drawText(inner.adjusted(-2, 0, 2, 0), Qt.AlignmentFlag.AlignCenter, shown)
    painter.restore()


class CellDelegate(QStyledItemDelegate):
    """Cells of every table; a subclass may override :meth:`paint_content` for one column."""

    def __init__(self, view: QAbstractItemView, row_height: int = TOKENS.row) -> None:
        super().__init__(view)
        self._view = view
        self.row_height = row_height
        self.hovered = -1
        self._ground = QColor(TOKENS.card)
        self._hover = QColor(TOKENS.row_hover)
        self._selected = QColor(TOKENS.primary_tint)
        self._line = QColor(TOKENS.line)
        self._text = QColor(TOKENS.text)
        self._focus = QPen(QColor(TOKENS.primary), 1)
        self._mark = QColor(TOKENS.primary)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = option.rect  # type: ignore[attr-defined]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)  # type: ignore[attr-defined]
        row = index.row()
        ground = self._selected if selected else self._hover if row == self.hovered else self._ground
        painter.fillRect(rect, ground)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._line)
        current = self._view.currentIndex()
        if current.row() == row and self._view.hasFocus():
            header = self._view.horizontalHeader() if hasattr(self._view, "horizontalHeader") else None
            if header is not None and header.visualIndex(index.column()) == _first_visible(header):
                painter.fillRect(rect.left(), rect.top(), 3, rect.height() - 1, self._mark)
        self.paint_content(painter, rect.adjusted(PADDING, 0, -PADDING, -1), index)

    def paint_content(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """Text or pill inside the padded cell."""
        pill = index.data(PILL_ROLE)
        align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or Qt.AlignmentFlag.AlignLeft)
        if pill is not None:
            if pill.text:
                paint_pill(painter, rect, pill.text, pill.tone, align)
            return
        text = index.data(Qt.ItemDataRole.DisplayRole)
        if text:
            metrics = painter.fontMetrics()
            if metrics.horizontalAdvance(text) > rect.width():
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
            painter.setPen(self._text)
            painter.drawText(rect, int(align | Qt.AlignmentFlag.AlignVCenter), text)

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


def _first_visible(header: object) -> int:
    for visual in range(header.count()):  # type: ignore[attr-defined]
        if not header.isSectionHidden(header.logicalIndex(visual)):  # type: ignore[attr-defined]
            return visual
    return 0
