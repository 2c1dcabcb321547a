"""How money looks on the pages of budgets and income: bars of execution, and large sums in 万元."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.budgets import TIGHT, BudgetRow
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.delegates import PADDING, CellDelegate
from dangxiao_houqin.ui.table_view import TableView
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import FigureTile

NUMBER_WIDTH = 60
"""Room for ＞999% beside the bar."""
MOST_SHOWN = 9.99


def large(fen: int) -> tuple[str, str]:
    """``123456789`` fen -> ``("123.46", "万元")`` for tiles, from one 亿 on in 亿元; the exact sum stands beside it."""
    unit, words = (10_000_000_000, "亿元") if abs(fen) >= 10_000_000_000 else (1_000_000, "万元")
    return f"{(Decimal(fen) / unit).quantize(Decimal('0.01'), ROUND_HALF_UP):,}", words


def show_large(tile: FigureTile, fen: int, note: str = "", *, warning: bool = False) -> None:
    """A sum on a tile, with its exact amount as tip."""
    figure, unit = large(fen)
    tile.set_figure(figure, note or yuan(fen), unit=unit, note_icon="warning" if warning else "")
    tile.setToolTip(yuan(fen))


def percent(rate: float | None) -> str:
    """``58.3%``; absurdly large ones are only said to be so."""
    if rate is None:
        return ""
    return f"{rate:.1%}" if rate <= MOST_SHOWN else "＞999%"


class BudgetCells(CellDelegate):
    """Cells of 预算执行: the rate is a bar and a number, and what is below zero is red."""

    def __init__(self, view: TableView) -> None:
        super().__init__(view)
        keys = [column.key for column in self._model.columns]
        self._rate, self._left = keys.index("rate"), keys.index("left")

    def paint_content(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        found = self._model.row(row) if column in (self._rate, self._left) else None
        if not isinstance(found, BudgetRow):
            super().paint_content(painter, rect, row, column)
        elif column == self._rate:
            self._paint_rate(painter, rect, found)
        elif found.left.left_fen < 0:
            kept, self._ink = self._ink, QColor(TOKENS.error)
            super().paint_content(painter, rect, row, column)
            self._ink = kept
        else:
            super().paint_content(painter, rect, row, column)

    def _paint_rate(self, painter: QPainter, rect: QRect, found: BudgetRow) -> None:
        rate = found.rate
        if rate is None:
            return
        tone = "error" if rate > 1 else "warning" if rate >= TIGHT else "primary"
        left, top = rect.x() + PADDING, rect.y() + (rect.height() - 8) // 2
        width = max(rect.width() - 2 * PADDING - NUMBER_WIDTH, 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(TOKENS.line))
        painter.drawRoundedRect(left, top, width, 8, 4, 4)
        filled = round(width * min(max(rate, 0.0), 1.0))
        if filled:
            painter.setBrush(QColor(theme.tone(tone).foreground))
            painter.drawRoundedRect(left, top, max(filled, 4), 8, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._ink)
        painter.setFont(self._font)
        room = rect.adjusted(PADDING + width, 0, -PADDING, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(rate))
