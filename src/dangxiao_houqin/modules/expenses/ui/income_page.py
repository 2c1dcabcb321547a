"""收入台账: what was received with which receipt, what was remitted, and what is held for how long.

Nothing of spending is read or shown here (收支两条线, 财税〔2016〕33号).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QStackedWidget

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.columns.income import INCOME_COLUMNS, REMITTANCE_COLUMNS
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET, BUDGET_VIEW, INCOME
from dangxiao_houqin.modules.expenses.domain.income import (
    AGE_BANDS,
    Ageing,
    IncomeRow,
    IncomeState,
    IncomeSum,
    RemittanceRow,
)
from dangxiao_houqin.modules.expenses.fund_printouts import (
    load_income_ledger,
    load_remittances,
    load_two_lines,
    year_of,
)
from dangxiao_houqin.modules.expenses.queries.income import (
    get_income,
    list_income,
    list_remittances,
    read_ageing,
    sum_income,
)
from dangxiao_houqin.modules.expenses.reports.funds import fund_pdf, fund_xlsx
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.page_papers import PagePapers
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, Segmented

from .ageing_pane import AgeingPane
from .income_dialogs import IncomeDialog, IncomeForm, RemitDialog, UndoRemittanceDialog, VoidIncomeDialog, read_form
from .income_tiles import IncomeTiles
from .period_dialog import PeriodDialog
from .slip_dialog import SlipDialog
from .year_switch import OfYear, YearSwitch

ENTRIES, SLIPS, AGEING = "income", "remittances", "ageing"
_STATES = (("held", "待缴"), ("late", "逾期"), ("remitted", "已缴"), ("void", "作废"))
_MONTHS = tuple((month, f"{month}月") for month in range(1, 13))
_OPEN = (IncomeState.HELD, IncomeState.LATE)


class _Entries(OfYear):
    """Income of the year shown; what is still to be remitted is shown of every year."""

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[Any]:
        if query.filters.get("state") in ("held", "late") or "age" in query.filters:
            return list_income(ctx, query)
        return super().__call__(ctx, query)


Overview = tuple[int, IncomeSum, Ageing, IncomeForm]


def _read(ctx: Ctx, year: int) -> Overview:
    year = year or ctx.today().year
    return year, sum_income(ctx, ListQuery(filters={"year": year})), read_ageing(ctx), read_form(ctx)


def _id(found: IncomeRow | RemittanceRow) -> int:
    return found.id


class IncomePage(Page):
    """Entries, slips and ageing of income; register, remit, void, print."""

    title = "收入台账"
    watches = frozenset({"income", "remittance", "setting"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.papers = PagePapers(self)
        self._may = desk.can(INCOME)
        self._form: IncomeForm | None = None
        self._entries_of, self._slips_of = _Entries(list_income), OfYear(list_remittances)
        self.entries = ListTable(
            self.runner,
            "expenses.income",
            INCOME_COLUMNS,
            self._entries_of,
            _id,
            title="收入台账",
            search="缴款人 / 票据 / 编号 / 缴款书号",
            filters=(
                Filter("state", "状态", _STATES, inline=True),
                Filter("kind", "类别"),
                Filter("month", "月份", _MONTHS),
                Filter("age", "账龄", tuple((i, band.title) for i, band in enumerate(AGE_BANDS))),
            ),
            unit="笔",
            parent=self,
        )
        self.slips = ListTable(
            self.runner,
            "expenses.remittances",
            REMITTANCE_COLUMNS,
            self._slips_of,
            _id,
            title="缴款登记",
            search="缴款书号 / 账户",
            unit="份",
            empty=Empty("这一年还没有缴款", "在“收入”里选中待缴的收入，再点“登记缴款”。", "", "landmark"),
            parent=self,
        )
        self.ageing = AgeingPane(self.runner)
        self.years = YearSwitch()
        self.years.changed.connect(self.show_year)
        self.tabs = Segmented(((ENTRIES, "收入"), (SLIPS, "缴款"), (AGEING, "未缴账龄")), name="视图")
        self.tabs.changed.connect(self.show_tab)
        self.action_row.addWidget(self.years)
        self.action_row.addWidget(self.tabs)
        self.print_button = MenuButton("打印", "printer")
        self._fill_print_menu(self.print_button.menu())
        self.action_row.addWidget(self.print_button)
        self.remit_button = self.add_action(
            "登记缴款…", self.remit, icon="landmark", enabled=False, tooltip="先在“收入”里选中待缴的收入"
        )
        self.add_button = self.add_action(
            "登记收入", self.add, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may
        )
        self.tiles = IncomeTiles()
        self.tiles.held.clicked.connect(self._show_held)
        self.tiles.late.clicked.connect(self._show_late)
        self.stack = QStackedWidget(self)  # in this window from the start, or the keys would go elsewhere
        self._panes: dict[str, ListTable | AgeingPane] = {ENTRIES: self.entries, SLIPS: self.slips, AGEING: self.ageing}
        card = Card(parent=self, padding=16)
        card.body.addWidget(self.stack)
        for pane in self._panes.values():
            self.stack.addWidget(pane)
        self.entries.menu_requested.connect(self._entry_menu)
        self.entries.selection_changed.connect(self._selected)
        self.entries.loaded.connect(self._selected)
        self.entries.opened.connect(self._open_entry)
        self.entries.empty_action.connect(self.add)
        self.slips.menu_requested.connect(self._slip_menu)
        self.slips.opened.connect(self._open_slip)
        self.ageing.asked.connect(self._show_age)
        self.body.addWidget(self.tiles)
        self.body.addWidget(card, 1)

    def _fill_print_menu(self, menu: QMenu) -> None:
        menu.addAction("打印收入台账（现在显示的）", self.print_ledger)
        menu.addAction("收入台账存为 Excel…", self.save_ledger)
        menu.addAction("打印缴款明细（本年）", self.print_remittances)
        menu.addAction("缴款明细存为 Excel…", self.save_remittances)
        menu.addSeparator()
        two = menu.addAction("收支分列报表…", self.ask_period)
        two.setEnabled(self.desk.can(BUDGET_VIEW) or self.desk.can(BUDGET))

    # ------------------------------------------------------------------ showing
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @property
    def year(self) -> int:
        """The year shown; 0 before the first answer."""
        return self.years.year

    def reload(self) -> None:
        self.query(_read, self.year, ok=self._show)
        self._panes[self.tab].refresh()

    @Slot(object)
    def _show(self, found: Overview) -> None:
        year, sums, ageing, self._form = found
        if not self.year:
            self._set_year(year)
        self.entries.set_filter_choices("kind", [(kind, kind) for kind in self._form.kinds])
        self.set_context(f"截至 {self._form.today}，只计收入")
        self.tiles.show_sums(sums, ageing)
        self.entries.set_empty(
            Empty(
                f"{year} 年还没有登记收入",
                "收款开票后在这里登记，自动编号；缴款时选中几笔，填缴款书号即可。",
                "登记收入" if self._may else "",
                "receipt-text",
            )
        )

    def _set_year(self, year: int) -> None:
        self.years.set_year(year)
        self._entries_of.year = self._slips_of.year = self.year

    @Slot(int)
    def show_year(self, year: int) -> None:
        """Another year in tiles and lists."""
        self._set_year(year)
        self.reload()

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """Entries, slips or ageing."""
        self.tabs.set_value(tab)
        self.stack.setCurrentWidget(self._panes[tab])
        self.tiles.setVisible(tab != AGEING)  # the same sums stand there, and the chart needs the room
        self._selected()
        self._panes[tab].refresh()

    @Slot()
    def _selected(self) -> None:
        rows = self.entries.selected_rows()
        fits = bool(rows) and all(each.state in _OPEN for each in rows)
        self.remit_button.setEnabled(self._may and self.tab == ENTRIES and fits)

    def _filter(self, **values: Any) -> None:
        """The entries with these filters and no others."""
        self.show_tab(ENTRIES)
        if self.entries.query.search:
            self.entries.set_search("")
        for key in ("state", "kind", "month", "age"):
            self.entries.set_filter(key, values.get(key))

    @Slot()
    def _show_held(self) -> None:
        self._filter(state="held")

    @Slot()
    def _show_late(self) -> None:
        self._filter(state="late")

    @Slot(int, str)
    def _show_age(self, band: int, kind: str) -> None:
        self._filter(state="held", age=None if band < 0 else band, kind=kind or None)

    def open_target(self, target: Any) -> None:
        """An entry, a slip, or ``{"tab": …, "state": …, "year": …}``."""
        if isinstance(target, Ref) and target.kind == "income":
            self.query(get_income, target.id, ok=self._show_entry)
        elif isinstance(target, Ref):
            self.show_tab(SLIPS)
        elif isinstance(target, dict):
            if target.get("year"):
                self._set_year(int(target["year"]))
            if target.get("state"):
                self._filter(state=target["state"])
            else:
                self.show_tab(target.get("tab", ENTRIES))
            self.reload()

    @Slot(object)
    def _show_entry(self, found: IncomeRow) -> None:
        self._set_year(found.received_on.year)
        self._filter()
        self.entries.set_search(found.number)

    # ------------------------------------------------------------------ entries
    @Slot(list, QMenu)
    def _entry_menu(self, rows: list[Any], menu: QMenu) -> None:
        if not self._may or not rows:
            return
        if all(each.state in _OPEN for each in rows):
            menu.addAction(icons.icon("landmark"), "登记缴款…", self.remit)
        if len(rows) == 1 and rows[0].state in _OPEN:
            menu.addAction(icons.icon("pencil"), "修改", self._edit)
            menu.addAction(icons.icon("ban"), "作废…", self._void)

    def _entry(self) -> IncomeRow | None:
        rows = self.entries.selected_rows()
        return rows[0] if len(rows) == 1 else None

    @Slot()
    def add(self) -> None:
        """Register received money."""
        if self._may and self._form is not None:
            dialog = IncomeDialog(self.runner, self, self._form)
            dialog.saved.connect(self._added)
            dialog.open()

    @Slot(object)
    def _added(self, income_id: int) -> None:
        self.query(get_income, income_id, ok=self._tell)

    @Slot(object)
    def _tell(self, found: IncomeRow) -> None:
        self.toast(f"已登记 {found.number}　{yuan(found.amount_fen)}")

    @Slot(object)
    def _open_entry(self, found: IncomeRow) -> None:
        if self._may and found.state in _OPEN and self._form is not None:
            IncomeDialog(self.runner, self, self._form, found).open()
        elif found.state is IncomeState.REMITTED:
            self.toast(f"已随缴款书 {found.slip_no} 于 {found.remitted_on} 缴款", tone="primary")
        elif found.state is IncomeState.VOID:
            self.toast(f"已作废：{found.void_reason}", tone="primary")

    @Slot()
    def _edit(self) -> None:
        if (found := self._entry()) is not None:
            self._open_entry(found)

    @Slot()
    def _void(self) -> None:
        if (found := self._entry()) is not None:
            VoidIncomeDialog(self.runner, self, found).open()

    # ------------------------------------------------------------------ remittance
    @Slot()
    def remit(self) -> None:
        """One slip for the selected entries."""
        rows = self.entries.selected_rows()
        if self._may and rows and self._form is not None:
            dialog = RemitDialog(self.runner, self, self._form, rows)
            dialog.saved.connect(self._remitted)
            dialog.open()

    @Slot(object)
    def _remitted(self, _remittance_id: int) -> None:
        self.toast("缴款已登记，可在“打印”里打印缴款明细")

    @Slot(list, QMenu)
    def _slip_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        menu.addAction(icons.icon("list"), "其中的收入和扫描件", self._open_selected_slip)
        if self._may:
            menu.addAction(icons.icon("undo-2"), "撤销缴款登记…", self._undo)

    @Slot()
    def _open_selected_slip(self) -> None:
        for found in self.slips.selected_rows()[:1]:
            self._open_slip(found)

    @Slot(object)
    def _open_slip(self, found: RemittanceRow) -> None:
        SlipDialog(self.runner, self, found, may_change=self._may).open()

    @Slot()
    def _undo(self) -> None:
        for found in self.slips.selected_rows()[:1]:
            UndoRemittanceDialog(self.runner, self, found).open()

    # ------------------------------------------------------------------ paper
    def _shown(self) -> ListQuery:
        query = self.entries.query
        if query.filters.get("state") in ("held", "late") or "age" in query.filters:
            return query
        return replace(query, filters={**query.filters, "year": self.year})

    def _period(self) -> str:
        filters = self.entries.query.filters
        month = f"{filters['month']}月" if "month" in filters else ""
        return f"{self.year}年{month}" if "year" in self._shown().filters else ""

    @Slot()
    def print_ledger(self) -> None:
        """收入台账 of what the list shows."""
        self.papers.show("收入台账", "income-ledger", load_income_ledger, self._shown(), self._period(), draw=fund_pdf)

    @Slot()
    def save_ledger(self) -> None:
        self.papers.save("收入台账", fund_xlsx, load_income_ledger, self._shown(), self._period())

    @Slot()
    def print_remittances(self) -> None:
        """缴款明细 of the year."""
        self.papers.show("缴款明细表", "remittances", load_remittances, year_of(self.year), draw=fund_pdf)

    @Slot()
    def save_remittances(self) -> None:
        self.papers.save(f"{self.year}年缴款明细表", fund_xlsx, load_remittances, year_of(self.year))

    @Slot()
    def ask_period(self) -> None:
        """收支分列报表: of which month or year?"""
        if self._form is not None:
            dialog = PeriodDialog(self.runner, self, self.year, self._form.today)
            dialog.chosen.connect(self._have_period)
            dialog.open()

    @Slot(object, bool)
    def _have_period(self, period: Any, as_file: bool) -> None:
        if as_file:
            self.papers.save("收支分列报表", fund_xlsx, load_two_lines, period)
        else:
            self.papers.show("收支分列报表", "two-lines", load_two_lines, period, draw=fund_pdf)
