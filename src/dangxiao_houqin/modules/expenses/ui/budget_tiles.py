"""A year's budget in five figures, 三公经费 apart."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.modules.expenses.domain.budgets import BudgetOverview
from dangxiao_houqin.ui.widgets import FigureTile, row

from .budget_cells import large, percent, show_large


class BudgetTiles(QWidget):
    """Large figures in 万元, the exact sums below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.total = FigureTile("调整后预算", "wallet", "primary", "万元")
        self.executed = FigureTile("已批准支出", "stamp", "success", "万元")
        self.in_flight = FigureTile("签批中", "signature", "violet", "万元")
        self.left = FigureTile("可用余额", "banknote", "teal", "万元")
        self.three_publics = FigureTile("三公经费支出", "flag", "warning", "万元")
        self.three_publics.set_clickable("只看三公经费的科目")
        self.setLayout(row(self.total, self.executed, self.in_flight, self.left, self.three_publics, spacing=12))

    def show_overview(self, overview: BudgetOverview) -> None:
        """The figures of one year."""
        totals, publics = overview.totals, overview.three_publics
        show_large(self.total, totals.total_fen)
        if totals.adjusted_fen:
            self.total.setToolTip(f"年初 {yuan(totals.amount_fen)}，调整 {yuan(totals.adjusted_fen)}")
        done = (yuan(totals.executed_fen), percent(totals.rate))
        show_large(self.executed, totals.executed_fen, "　".join(part for part in done if part))
        show_large(self.in_flight, totals.in_flight_fen)
        warnings = (
            f"{overview.over} 个科目超预算" if overview.over else "",
            f"{overview.tight} 个将用完" if overview.tight else "",
        )
        words = "，".join(part for part in warnings if part)
        show_large(self.left, totals.left_fen, words, warning=bool(words))
        planned = "".join(large(publics.total_fen))
        show_large(self.three_publics, publics.executed_fen, f"预算 {planned}　{percent(publics.rate)}".strip())
