"""预算执行: a year's budget by category, spending by class or project, and the categories themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QStackedWidget

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.columns.budgets import BUDGET_COLUMNS, CATEGORY_COLUMNS, SUBJECT_COLUMNS
from dangxiao_houqin.modules.expenses.domain.budgets import BudgetOverview, BudgetRow, CategoryRow, SubjectRow
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET
from dangxiao_houqin.modules.expenses.fund_printouts import load_execution
from dangxiao_houqin.modules.expenses.queries.budgets import (
    find_budget,
    list_budgets,
    list_categories,
    list_category_choices,
    list_subject_spending,
    read_overview,
)
from dangxiao_houqin.modules.expenses.reports.funds import fund_pdf, fund_xlsx
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.menu_button import MenuButton
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.page_papers import PagePapers
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, Segmented

from .budget_cells import BudgetCells
from .budget_detail_dialog import BudgetDetailDialog
from .budget_dialogs import AdjustDialog, BudgetDialog, CategoryDialog, CopyDialog
from .budget_files import BudgetFiles
from .budget_tiles import BudgetTiles
from .year_switch import OfYear, YearSwitch

BUDGETS, SUBJECTS, CATEGORIES = "budgets", "subjects", "categories"
_STATES = (("over", "超预算"), ("tight", "将用完"), ("none", "无预算"), ("three_publics", "三公经费"))


def _read_year(ctx: Ctx, year: int) -> tuple[BudgetOverview, date]:
    return read_overview(ctx, year or ctx.today().year), ctx.today()


def _others(ctx: Ctx, row: BudgetRow) -> tuple[BudgetRow, tuple[BudgetRow, ...], date]:
    rows = list_budgets(ctx, ListQuery(filters={"year": row.left.year}, limit=None)).rows
    others = tuple(other for other in rows if other.id not in (None, row.id))
    return row, others, ctx.today()


def _free_categories(ctx: Ctx, year: int) -> tuple[Any, ...]:
    taken = {r.category_id for r in list_budgets(ctx, ListQuery(filters={"year": year}, limit=None)).rows if r.id}
    return tuple(choice for choice in list_category_choices(ctx) if choice.id not in taken)


def _category_id(found: BudgetRow) -> int:
    return found.category_id


def _key(found: SubjectRow) -> str:
    return found.key


def _id(found: CategoryRow) -> int:
    return found.id


class BudgetsPage(Page):
    """Tiles with a year's sums, 三公 apart; below them the table by category, by class, or the categories."""

    title = "预算执行"
    watches = frozenset({"budget", "budget_adjustment", "economic_category", "expense_claim", "claim_line"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.papers = PagePapers(self)
        self._may = desk.can(BUDGET)
        self._overview: BudgetOverview | None = None
        self._budgets_of, self._subjects_of = OfYear(list_budgets), OfYear(list_subject_spending)
        # first: a page opens with the keys in its search
        self.budgets = ListTable(
            self.runner,
            "expenses.budgets",
            BUDGET_COLUMNS,
            self._budgets_of,
            _category_id,
            title="预算执行表",
            search="科目代码 / 名称",
            filters=(Filter("state", "状态", _STATES, inline=True),),
            unit="个科目",
            parent=self,
        )
        self.budgets.view.cells = BudgetCells(self.budgets.view)
        self.budgets.view.setItemDelegate(self.budgets.view.cells)
        self.subjects = ListTable(
            self.runner,
            "expenses.subject_spending",
            SUBJECT_COLUMNS,
            self._subjects_of,
            _key,
            title="按班次、项目的支出",
            search="班次或项目",
            unit="个班次、项目",
            empty=Empty(
                "这一年还没有支出", "报销单写明班次或项目并提交后，在这里按班次、项目汇总。", "", "graduation-cap"
            ),
            parent=self,
        )
        self.categories = ListTable(
            self.runner,
            "expenses.categories",
            CATEGORY_COLUMNS,
            list_categories,
            _id,
            title="支出经济分类科目",
            search="科目代码 / 名称",
            filters=(Filter("active", "状态", ((True, "使用中"), (False, "已停用")), inline=True),),
            unit="个科目",
            empty=Empty(
                "还没有支出科目",
                "先加入常用的支出经济分类科目，以后可以修改、增加和停用。",
                "加入常用科目" if self._may else "",
                "list",
            ),
            parent=self,
        )
        self.years = YearSwitch()
        self.years.changed.connect(self.show_year)
        self.files = BudgetFiles(self, self.years)
        self.tabs = Segmented(((BUDGETS, "按科目"), (SUBJECTS, "按班次、项目"), (CATEGORIES, "支出科目")), name="视图")
        self.tabs.changed.connect(self.show_tab)
        self.action_row.addWidget(self.years)
        self.action_row.addWidget(self.tabs)
        self.print_button = MenuButton("打印", "printer")
        self.print_button.menu().addAction("打印预算执行表", self.print_execution)
        self.print_button.menu().addAction("预算执行表存为 Excel…", self.save_execution)
        self.import_button = MenuButton("导入", "file-spreadsheet")
        self.import_button.menu().addAction("从 Excel 导入预算…", self.files.import_file)
        self.import_button.menu().addAction("存一份样表来填写…", self.files.save_template)
        self.import_button.menu().addAction("从其他年度复制…", self.copy_year)
        self.import_button.setEnabled(self._may)
        self.action_row.addWidget(self.print_button)
        self.action_row.addWidget(self.import_button)
        self.adjust_button = self.add_action("调整…", self.adjust, icon="scale", enabled=False)
        self.add_button = self.add_action(
            "新增预算", self.add, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may
        )
        self.tiles = BudgetTiles()
        self.tiles.three_publics.clicked.connect(self._only_three_publics)
        self._tables = {BUDGETS: self.budgets, SUBJECTS: self.subjects, CATEGORIES: self.categories}
        self.stack = QStackedWidget(self)  # in this window from the start, or the keys would go elsewhere
        card = Card(parent=self, padding=16)
        card.body.addWidget(self.stack)
        for table in self._tables.values():
            self.stack.addWidget(table)
            table.menu_requested.connect(self._fill_menu)
        for signal in (self.budgets.selection_changed, self.budgets.loaded):
            signal.connect(self._selected)
        self.budgets.opened.connect(self._open_budget)
        self.budgets.empty_action.connect(self._first_step)
        self.subjects.opened.connect(self._to_claims)
        self.categories.opened.connect(self._open_category)
        self.categories.empty_action.connect(self.take_categories)
        self.body.addWidget(self.tiles)
        self.body.addWidget(card, 1)

    # ------------------------------------------------------------------ menus
    @Slot(list, QMenu)
    def _fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        found = rows[0]
        if isinstance(found, CategoryRow):
            if self._may:
                menu.addAction(icons.icon("pencil"), "修改", self._edit_category)
                menu.addAction(icons.icon("trash-2"), "删除", self._delete_category)
            return
        menu.addAction(icons.icon("receipt-text"), "查看报销单", self._to_claims)
        if isinstance(found, BudgetRow):
            menu.addAction(icons.icon("history"), "预算和调整记录", self._open_budget)
            if self._may and found.id is not None:
                menu.addAction(icons.icon("scale"), "登记调整…", self.adjust)
                menu.addAction(icons.icon("pencil"), "修改年初预算", self._edit)
                menu.addAction(icons.icon("trash-2"), "删除", self._delete)

    # ------------------------------------------------------------------ showing
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    @property
    def year(self) -> int:
        """The year shown; 0 before the first answer."""
        return self.years.year

    def reload(self) -> None:
        self.query(_read_year, self.year, ok=self._show)
        self._tables[self.tab].refresh()

    @Slot(object)
    def _show(self, found: tuple[BudgetOverview, date]) -> None:
        self._overview, today = found
        overview = self._overview
        if not self.year:
            self._set_year(overview.year)
        self.set_context(f"截至 {today}，只计支出")
        self.tiles.show_overview(overview)
        if overview.categories:
            hint = "逐个科目填写，或把批复的预算表直接导入；也可以从上一年复制。"
            empty = Empty(f"{overview.year} 年还没有预算", hint, "新增预算" if self._may else "", "wallet")
        else:
            hint = "先加入常用的支出经济分类科目，再编预算。"
            empty = Empty("还没有支出科目", hint, "加入常用科目" if self._may else "", "list")
        self.budgets.set_empty(empty)

    def _set_year(self, year: int) -> None:
        self.years.set_year(year)
        self._budgets_of.year = self._subjects_of.year = self.year

    @Slot(int)
    def show_year(self, year: int) -> None:
        """Another year in tiles and tables."""
        self._set_year(year)
        self.reload()

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """By category, by class or project, or the categories."""
        self.tabs.set_value(tab)
        self.stack.setCurrentWidget(self._tables[tab])
        self.add_button.setText("新增科目" if tab == CATEGORIES else "新增预算")
        self._selected()
        self._tables[tab].refresh()

    @Slot()
    def _selected(self) -> None:
        found = self._budget()
        self.adjust_button.setEnabled(self._may and self.tab == BUDGETS and found is not None and found.id is not None)

    def _budget(self) -> BudgetRow | None:
        rows = self.budgets.selected_rows()
        return rows[0] if len(rows) == 1 else None

    def _category(self) -> CategoryRow | None:
        rows = self.categories.selected_rows()
        return rows[0] if len(rows) == 1 else None

    def open_target(self, target: Any) -> None:
        """A budget, or ``{"year": …, "category_id": …, "state": …, "tab": …}``."""
        if isinstance(target, Ref):
            self.query(find_budget, target.id, ok=self._found_budget)
        elif isinstance(target, dict):
            if target.get("year"):
                self._set_year(int(target["year"]))
            self.show_tab(target.get("tab", BUDGETS))
            self.budgets.set_filter("state", target.get("state"))
            self.reload()

    @Slot(object)
    def _found_budget(self, found: tuple[int, int] | None) -> None:
        if found is None:
            self.toast("这个预算已被删除", tone="warning")
            return
        self._set_year(found[0])
        self.show_tab(BUDGETS)
        self.reload()

    @Slot()
    def _only_three_publics(self) -> None:
        self.show_tab(BUDGETS)
        self.budgets.set_filter("state", "three_publics")

    # ------------------------------------------------------------------ budgets
    @Slot()
    def _first_step(self) -> None:
        if self._overview is not None and not self._overview.categories:
            self.take_categories()
        else:
            self.add()

    @Slot()
    def take_categories(self) -> None:
        """Add the usual categories."""
        if self._may:
            self.command(services.ensure_categories, ok=self._categories_taken)

    @Slot(object)
    def _categories_taken(self, count: int) -> None:
        self.toast(f"已加入 {count} 个科目" if count else "常用科目都已有了")

    @Slot()
    def add(self) -> None:
        """A new budget, or on the last tab a new category."""
        if not self._may:
            return
        if self.tab == CATEGORIES:
            CategoryDialog(self.runner, self).open()
        elif self.year:
            self.query(_free_categories, self.year, ok=self._add)

    @Slot(object)
    def _add(self, free: tuple[Any, ...]) -> None:
        if not free:
            self.toast(f"{self.year} 年每个在用的科目都已有预算，请登记调整或新增科目", tone="primary")
            return
        BudgetDialog(self.runner, self, self.year, free).open()

    @Slot()
    def _edit(self) -> None:
        if (found := self._budget()) is not None and found.id is not None:
            BudgetDialog(self.runner, self, found.left.year, row=found).open()

    @Slot()
    def adjust(self) -> None:
        """追加, 调减, 调剂 of the selected budget."""
        if (found := self._budget()) is not None and found.id is not None and self._may:
            self.query(_others, found, ok=self._adjust)

    @Slot(object)
    def _adjust(self, found: tuple[BudgetRow, tuple[BudgetRow, ...], date]) -> None:
        chosen, others, today = found
        AdjustDialog(self.runner, self, chosen, others, today).open()

    @Slot()
    def _delete(self) -> None:
        if (found := self._budget()) is not None and found.id is not None:
            messages.ask(
                self,
                f"删除 {found.left.year} 年“{found.code} {found.name}”的预算 {yuan(found.left.amount_fen)}？",
                done=self._delete_answered,
                title="删除预算",
                yes="删除",
                danger=True,
            )

    @Slot(bool)
    def _delete_answered(self, yes: bool) -> None:
        if yes and (found := self._budget()) is not None:
            self.command(services.delete_budget, found.id, found.version)

    @Slot()
    @Slot(object)
    def _open_budget(self, _found: object = None) -> None:
        if (found := self._budget()) is not None:
            dialog = BudgetDetailDialog(self.runner, self, found, may_change=self._may)
            dialog.claims_asked.connect(self._to_claims)
            dialog.adjust_asked.connect(self.adjust)
            dialog.open()

    @Slot()
    @Slot(object)
    def _to_claims(self, _found: object = None) -> None:
        """The claims behind the selected line."""
        if self.tab == SUBJECTS:
            for chosen in self.subjects.selected_rows()[:1]:
                self.desk.go("expenses.claims", year=self.year, search=chosen.text)
        elif (found := self._budget()) is not None:
            self.desk.go("expenses.claims", year=found.left.year, category_id=found.category_id)

    # ------------------------------------------------------------------ categories
    @Slot(object)
    def _open_category(self, found: CategoryRow) -> None:
        if self._may:
            CategoryDialog(self.runner, self, found).open()

    @Slot()
    def _edit_category(self) -> None:
        if (found := self._category()) is not None:
            self._open_category(found)

    @Slot()
    def _delete_category(self) -> None:
        if (found := self._category()) is not None:
            self.command(services.delete_category, found.id, found.version)

    # ------------------------------------------------------------------ files
    @Slot()
    def copy_year(self) -> None:
        """Start the year shown with another year's budgets."""
        if self._overview is not None:
            years = {*self._overview.years, self.year - 1}
            CopyDialog(self.runner, self, self.year, sorted(years, reverse=True)).open()

    # ------------------------------------------------------------------ paper
    @Slot()
    def print_execution(self) -> None:
        self.papers.show("预算执行表", "budget-execution", load_execution, self.year, draw=fund_pdf)

    @Slot()
    def save_execution(self) -> None:
        self.papers.save(f"{self.year}年预算执行表", fund_xlsx, load_execution, self.year)
