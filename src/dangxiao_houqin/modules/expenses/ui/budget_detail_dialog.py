"""One budget with its adjustments, and the way to what was spent of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QWidget

from dangxiao_houqin.core.columns import Column, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.columns.budgets import ADJUSTMENT_COLUMNS
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustmentRow, BudgetRow
from dangxiao_houqin.modules.expenses.queries.budgets import list_adjustments
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import PillLabel, button, column, label, row

from .budget_cells import percent


class _Fetch:
    def __init__(self, budget_id: int | None) -> None:
        self._budget_id = budget_id

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[AdjustmentRow]:
        columns: tuple[Column[AdjustmentRow], ...] = ADJUSTMENT_COLUMNS
        rows = () if self._budget_id is None else list_adjustments(ctx, self._budget_id)
        return list_in_memory(rows, columns, query)


def _id(found: AdjustmentRow) -> int:
    return found.id


class BudgetDetailDialog(QDialog):
    """Figures and adjustments of one category in one year."""

    claims_asked = Signal()
    adjust_asked = Signal()

    def __init__(self, runner: Runner, parent: QWidget | None, budget: BudgetRow, *, may_change: bool) -> None:
        super().__init__(parent)
        left = budget.left
        title = f"{left.year} 年　{budget.code} {budget.name}"
        self.setWindowTitle(title)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(760)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(4)
        figures = (
            ("年初预算", yuan(left.amount_fen) if budget.id is not None else "没有预算"),
            ("累计调整", yuan(left.adjusted_fen)),
            ("调整后预算", yuan(left.total_fen)),
            ("已批准支出", f"{yuan(left.executed_fen)}　{percent(budget.rate)}"),
            ("签批中", yuan(left.in_flight_fen)),
            ("可用余额", yuan(left.left_fen)),
        )
        for place, (words, figure) in enumerate(figures):
            line, at = divmod(place, 3)
            grid.addWidget(label(words, "second"), line * 2, at)
            grid.addWidget(label(figure, "error" if figure.startswith("-") else "strong"), line * 2 + 1, at)
        self.table = ListTable(
            runner,
            "expenses.adjustments",
            ADJUSTMENT_COLUMNS,
            _Fetch(budget.id),
            _id,
            title="预算调整记录",
            search=None,
            unit="笔",
            compact=True,
            empty=Empty("没有调整过", "追加、调减、科目间调剂在“登记调整”里填写。", "", "scale"),
        )
        self.table.setMinimumHeight(220)
        self.adjust = button("登记调整…", self._adjust, icon="scale")
        self.adjust.setEnabled(may_change and budget.id is not None)
        claims = button("查看报销单", self._claims, icon="receipt-text")
        close = button("关闭", self.accept, kind="primary")
        close.setDefault(True)
        head = row(label(title, "pageTitle"), PillLabel(budget.pill), None, spacing=12)
        if budget.three_publics:
            head.insertWidget(2, label("三公经费", "second"))
        layout = column(head, grid, self.table, row(claims, self.adjust, None, close, spacing=8), spacing=16)
        layout.setContentsMargins(28, 24, 28, 24)
        if budget.note:
            layout.insertWidget(2, label(f"备注：{budget.note}", "second", wrap=True))
        self.setLayout(layout)
        self.table.refresh()

    @Slot()
    def _claims(self) -> None:
        self.accept()
        self.claims_asked.emit()

    @Slot()
    def _adjust(self) -> None:
        self.accept()
        self.adjust_asked.emit()
