"""A year's income and what is still to be remitted, in four figures."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.income import Ageing, IncomeSum
from dangxiao_houqin.ui.widgets import FigureTile, row

from .budget_cells import show_large


class IncomeTiles(QWidget):
    """Large figures in 万元, the exact sums below them; what is held is of every year."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.received = FigureTile("本年收入", "receipt-text", "primary", "万元")
        self.remitted = FigureTile("本年收入中已缴", "landmark", "success", "万元")
        self.held = FigureTile("待缴（各年度）", "wallet", "teal", "万元")
        self.late = FigureTile("逾期未缴", "clock-alert", "error", "笔")
        self.held.set_clickable("查看待缴的收入")
        self.late.set_clickable("查看逾期未缴的收入")
        self.setLayout(row(self.received, self.remitted, self.held, self.late, spacing=12))

    def show_sums(self, sums: IncomeSum, ageing: Ageing) -> None:
        """Sums of one year, and what is held today."""
        held, late = ageing.total.total, ageing.total.late
        show_large(self.received, sums.amount_fen, f"{sums.entries} 笔　{yuan(sums.amount_fen)}")
        show_large(self.remitted, sums.remitted_fen)
        show_large(self.held, held.amount_fen, f"{held.entries} 笔　{yuan(held.amount_fen)}")
        over = f"{yuan(late.amount_fen)}，超过 {ageing.within_days} 天"
        words = over if late.entries else f"都在 {ageing.within_days} 天内"
        self.late.set_figure(str(late.entries), words, note_icon="warning" if late.entries else "")
