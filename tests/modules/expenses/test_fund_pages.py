"""预算执行 and 收入台账 on screen: what is typed is saved, what is refused is marked, links lead where they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET_VIEW, INCOME_VIEW
from dangxiao_houqin.modules.expenses.domain.income import MakeRemittance
from dangxiao_houqin.modules.expenses.queries import budgets, income
from dangxiao_houqin.modules.expenses.ui.budget_cells import large, percent
from dangxiao_houqin.modules.expenses.ui.budget_detail_dialog import BudgetDetailDialog
from dangxiao_houqin.modules.expenses.ui.budget_dialogs import AdjustDialog, BudgetDialog, CategoryDialog, CopyDialog
from dangxiao_houqin.modules.expenses.ui.budget_import_dialog import BudgetImportDialog
from dangxiao_houqin.modules.expenses.ui.budgets_page import BUDGETS, CATEGORIES, SUBJECTS, BudgetsPage
from dangxiao_houqin.modules.expenses.ui.income_dialogs import (
    IncomeDialog,
    RemitDialog,
    UndoRemittanceDialog,
    VoidIncomeDialog,
)
from dangxiao_houqin.modules.expenses.ui.income_page import AGEING, ENTRIES, SLIPS, IncomePage
from dangxiao_houqin.modules.expenses.ui.period_dialog import PeriodDialog, period_of
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.printing import PreviewDialog
from dangxiao_houqin.ui.table import ListTable
from tests.modules.expenses.fund_school import budget, receive, spend

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def money(unit: OpenUnit) -> None:
    """A year's budget half used, and income of different ages."""
    with unit() as ctx:
        key = budget(ctx, "30216", 1_000_000)
        budget(ctx, "30217", 300_000)
        budget(ctx, "30201", 500_000)
        services.adjust_budget(ctx, AdjustBudget(key, date(2026, 2, 1), 50_000, "岚财〔2026〕3号", "追加"))
        spend(ctx, [("30216", 700_000), ("30217", 290_000)], "paid", subject=("training_class", 5, "中青班"))
        spend(ctx, [("30216", 100_000), ("30202", 40_000)], "signing")
        for days, fen in ((0, 10_000), (11, 20_000), (45, 40_000), (100, 80_000)):
            receive(ctx, fen, TODAY - timedelta(days=days))


@pytest.fixture
def budgets_page(desk: Desk, qtbot: QtBot) -> Iterator[BudgetsPage]:
    page = BudgetsPage(desk)
    qtbot.addWidget(page)
    page.resize(1146, 690)
    page.show()
    yield page
    page.hide()


@pytest.fixture
def income_page(desk: Desk, qtbot: QtBot) -> Iterator[IncomePage]:
    page = IncomePage(desk)
    qtbot.addWidget(page)
    page.resize(1146, 690)
    page.show()
    yield page
    page.hide()


def dialog(kind: type[QDialog]) -> Any:
    """The dialog of that kind that is open."""
    found = [each for each in QApplication.topLevelWidgets() if type(each) is kind and each.isVisible()]
    assert len(found) == 1, [type(each).__name__ for each in QApplication.topLevelWidgets() if each.isVisible()]
    return found[0]


def fill(form: FormDialog, **values: Any) -> None:
    form.form.set_values(values)
    form.primary.click()


def texts(table: ListTable, column: str) -> list[str]:
    place = [each.key for each in table.model.columns].index(column)
    return [table.model.text(row, place) for row in range(table.model.total)]


def go_to(desk: Desk) -> list[tuple[str, Any]]:
    went: list[tuple[str, Any]] = []
    desk.went.connect(lambda key, args: went.append((key, args)))
    return went


# ------------------------------------------------------------------------------------------------- budgets
def test_an_empty_school_takes_the_usual_categories_then_makes_a_budget(
    budgets_page: BudgetsPage, unit: OpenUnit
) -> None:
    budgets_page.budgets._empty_state.triggered.emit()
    with unit(read_only=True) as ctx:
        assert len(budgets.list_category_choices(ctx)) == 24
        reception = category_of(ctx, "30217")
    budgets_page.budgets._empty_state.triggered.emit()
    fill(dialog(BudgetDialog), category_id=reception, amount_fen=123_456, note="接待")
    assert texts(budgets_page.budgets, "code") == ["30217"]
    assert texts(budgets_page.budgets, "total") == ["¥1,234.56"]
    assert budgets_page.tiles.total._figure.text() == "0.12"


def test_the_page_shows_the_year_and_moves_between_years(money: None, budgets_page: BudgetsPage) -> None:
    assert budgets_page.year == 2026
    assert texts(budgets_page.budgets, "code") == ["30201", "30202", "30216", "30217"]
    assert texts(budgets_page.budgets, "state") == ["正常", "无预算", "正常", "将用完"]
    assert texts(budgets_page.budgets, "rate") == ["0.0%", "", "66.7%", "96.7%"]
    tiles = budgets_page.tiles
    assert (tiles.executed._figure.text(), tiles.three_publics._figure.text()) == ("0.99", "0.29")
    assert "1 个将用完" in tiles.left.accessibleDescription()
    budgets_page.years.forth.click()
    assert budgets_page.year == 2027
    assert budgets_page.budgets.model.total == 0
    budgets_page.years.back.click()
    assert budgets_page.budgets.model.total == 4
    budgets_page.tiles.three_publics.clicked.emit()
    assert texts(budgets_page.budgets, "code") == ["30217"]
    budgets_page.grab()


def test_budgets_are_adjusted_and_going_below_what_is_used_is_asked(
    money: None, desk: Desk, unit: OpenUnit, qtbot: QtBot
) -> None:
    desk.runner.answer = False  # type: ignore[attr-defined]
    page = BudgetsPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.budgets.view.selectRow(2)
    assert page.adjust_button.isEnabled()
    page.adjust_button.click()
    opened = dialog(AdjustDialog)
    assert "已用 ¥8,000.00（含签批中）" in opened._subtitle.text()
    fill(opened, kind="cut", amount_fen=300_000, document="纪要1号", reason="压减")
    with unit(read_only=True) as ctx:
        assert budgets.left(ctx, 2026, category_of(ctx, "30216")).total_fen == 1_050_000
    desk.runner.answer = True  # type: ignore[attr-defined]
    opened.primary.click()
    with unit(read_only=True) as ctx:
        assert budgets.left(ctx, 2026, category_of(ctx, "30216")).total_fen == 750_000
    assert texts(page.budgets, "state")[2] == "超预算"
    page.hide()


def category_of(ctx: Ctx, code: str) -> int:
    return next(choice.id for choice in budgets.list_category_choices(ctx, all=True) if choice.code == code)


def test_moving_between_categories_names_the_other_one(money: None, budgets_page: BudgetsPage, unit: OpenUnit) -> None:
    budgets_page.budgets.view.selectRow(2)
    budgets_page.adjust_button.click()
    opened: AdjustDialog = dialog(AdjustDialog)
    assert not opened.counter.isVisible()
    fill(opened, kind="move", amount_fen=1_000, document="纪要2号", reason="办班")
    assert opened.isVisible(), "which category gives the money must be said"
    assert opened.counter.isVisible()
    other = next(key for key, row in opened._known.items() if row.code == "30201")
    fill(opened, counter_budget_id=other)
    with unit(read_only=True) as ctx:
        assert budgets.left(ctx, 2026, category_of(ctx, "30201")).total_fen == 499_000
        assert budgets.left(ctx, 2026, category_of(ctx, "30216")).total_fen == 1_051_000


def test_a_budget_opens_with_its_adjustments_and_leads_to_its_claims(
    money: None, budgets_page: BudgetsPage, desk: Desk
) -> None:
    went = go_to(desk)
    budgets_page.budgets.view.selectRow(2)
    budgets_page._open_selected()
    opened: BudgetDetailDialog = dialog(BudgetDetailDialog)
    assert texts(opened.table, "amount") == ["¥500.00"]
    assert texts(opened.table, "by") == ["测试员"]
    opened.claims_asked.emit()
    assert went[0][0] == "expenses.claims"
    assert went[0][1]["year"] == 2026
    opened.adjust.click()
    assert dialog(AdjustDialog).isVisible()
    budgets_page.show_tab(SUBJECTS)
    assert texts(budgets_page.subjects, "text") == ["中青班", "（未注明班次或项目）"]
    budgets_page.subjects.view.selectRow(0)
    budgets_page.subjects.opened.emit(budgets_page.subjects.selected_rows()[0])
    assert went[-1] == ("expenses.claims", {"year": 2026, "search": "中青班"})


def test_categories_are_added_changed_and_refused_at_the_field(money: None, budgets_page: BudgetsPage) -> None:
    budgets_page.show_tab(CATEGORIES)
    assert budgets_page.add_button.text() == "新增科目"
    budgets_page.add_button.click()
    opened: CategoryDialog = dialog(CategoryDialog)
    fill(opened, code="30201", name="办公用品费")
    assert opened.isVisible(), "this code is there already"
    fill(opened, code="30229", name="福利费")
    assert "30229" in texts(budgets_page.categories, "code")
    budgets_page.categories.view.selectRow(texts(budgets_page.categories, "code").index("30229"))
    budgets_page._delete_category()
    assert "30229" not in texts(budgets_page.categories, "code")


def test_a_workbook_is_previewed_and_imported(
    money: None, budgets_page: BudgetsPage, tmp_path: Path, unit: OpenUnit
) -> None:
    path = tmp_path / "2026预算.xlsx"
    book = Workbook()
    for line in (("科目代码", "科目名称", "预算金额（元）"), ("30202", "印刷费", 900), ("30201", "办公费", 5000)):
        book.active.append(line)
    book.save(path)
    budgets_page.files.read_file(str(path))
    opened: BudgetImportDialog = dialog(BudgetImportDialog)
    assert "新增 1 项，修改 0 项，不变 1 项" in opened._subtitle.text()
    opened.primary.click()
    assert texts(budgets_page.budgets, "total")[1] == "¥900.00"
    book.active["C2"] = "大概九百"
    book.save(path)
    budgets_page.files.read_file(str(path))
    opened = dialog(BudgetImportDialog)
    assert not opened.primary.isEnabled()
    assert texts(opened.table, "words")[0].startswith("C2 预算金额：看不懂金额")
    opened.reject()
    sample = tmp_path / "样表.xlsx"
    budgets_page.files.save_template_to(str(sample))
    assert load_workbook(sample).active.max_row == 26


def test_a_year_starts_from_another_one(money: None, budgets_page: BudgetsPage) -> None:
    budgets_page.show_year(2027)
    budgets_page.copy_year()
    opened: CopyDialog = dialog(CopyDialog)
    assert opened.form.values() == {"from_year": 2026}
    opened.primary.click()
    assert texts(budgets_page.budgets, "amount") == ["¥5,000.00", "¥10,500.00", "¥3,000.00"]


def test_links_open_a_budget_and_arguments_a_year(money: None, budgets_page: BudgetsPage) -> None:
    budgets_page.show_tab(CATEGORIES)
    budgets_page.open_target(Ref("budget", 1))
    assert budgets_page.tab == BUDGETS
    budgets_page.open_target(Ref("budget", 99))
    budgets_page.open_target({"year": 2026, "state": "tight"})
    assert texts(budgets_page.budgets, "code") == ["30217"]


# -------------------------------------------------------------------------------------------------- income
def test_income_is_registered_and_a_used_receipt_marked(income_page: IncomePage) -> None:
    income_page.add_button.click()
    opened: IncomeDialog = dialog(IncomeDialog)
    values = {"payer": "县委组织部", "amount_fen": 128_00, "receipt_no": "0001", "received_on": TODAY}
    opened.subject.edit.setText("消防改造")
    fill(opened, **values)
    assert texts(income_page.entries, "number") == ["SR-2026-00001"]
    assert texts(income_page.entries, "subject") == ["消防改造"]
    income_page.add_button.click()
    again: IncomeDialog = dialog(IncomeDialog)
    fill(again, **values)
    assert again.isVisible()
    assert "已登记在 SR-2026-00001" in again.form["receipt_no"].error


def test_held_money_is_remitted_with_one_slip_and_undone(money: None, income_page: IncomePage, unit: OpenUnit) -> None:
    assert not income_page.remit_button.isEnabled()
    income_page.tiles.held.clicked.emit()
    assert income_page.entries.model.total == 4, "money of last year is to be remitted too"
    income_page.entries.view.selectAll()
    assert income_page.remit_button.isEnabled()
    income_page.remit_button.click()
    opened: RemitDialog = dialog(RemitDialog)
    assert opened.total_fen == 150_000
    fill(opened, slip_no="51370001", account="县财政专户", remitted_on=TODAY)
    assert income_page.entries.model.total == 0
    income_page.show_tab(SLIPS)
    assert texts(income_page.slips, "total") == ["¥1,500.00"]
    income_page.slips.view.selectRow(0)
    income_page._undo()
    fill(dialog(UndoRemittanceDialog), reason="号码输错")
    assert income_page.slips.model.total == 0
    with unit(read_only=True) as ctx:
        assert income.read_ageing(ctx).total.total.amount_fen == 150_000


def test_a_void_entry_stays_and_counts_nowhere(money: None, income_page: IncomePage) -> None:
    income_page.entries.view.selectRow(0)
    income_page._void()
    fill(dialog(VoidIncomeDialog), reason="开错票")
    assert texts(income_page.entries, "state")[0] == "已作废"
    assert "2 笔" in income_page.tiles.received.accessibleDescription()
    income_page.entries.view.selectRow(0)
    assert not income_page.remit_button.isEnabled()


def test_ageing_leads_to_the_entries_behind_it(money: None, income_page: IncomePage) -> None:
    income_page.show_tab(AGEING)
    pane = income_page.ageing
    assert not income_page.tiles.isVisible()
    assert texts(pane.table, "kind") == ["住宿费", "合计"]
    assert [texts(pane.table, f"band{i}")[1] for i in range(4)] == ["¥100.00", "¥200.00", "¥400.00", "¥800.00"]
    assert texts(pane.table, "late")[1] == "3 笔逾期"
    assert "3 笔、¥1,400.00 已超过期限" in pane.words.text()
    pane.chart.clicked.emit(3)
    assert income_page.tab == ENTRIES
    assert texts(income_page.entries, "amount") == ["¥800.00"]
    income_page.show_tab(AGEING)
    pane.table.opened.emit(pane.table.model.row(0))
    assert income_page.entries.model.total == 4


def test_links_open_an_entry_and_a_state(money: None, income_page: IncomePage) -> None:
    with_state = {"state": "late"}
    income_page.open_target(with_state)
    assert income_page.entries.model.total == 3
    income_page.open_target(Ref("income", 1))
    assert texts(income_page.entries, "number") == ["SR-2026-00001"]
    income_page.open_target({"tab": "ageing"})
    assert income_page.tab == AGEING
    income_page.open_target(Ref("remittance", 1))
    assert income_page.tab == SLIPS


# ------------------------------------------------------------------------------------------ paper and rights
def test_papers_are_previewed_and_saved(
    money: None, budgets_page: BudgetsPage, income_page: IncomePage, tmp_path: Path, unit: OpenUnit, qtbot: QtBot
) -> None:
    with unit() as ctx:
        services.make_remittance(ctx, MakeRemittance((1,), "JK-1", TODAY))
    for show in (
        budgets_page.print_execution,
        income_page.print_ledger,
        income_page.print_remittances,
    ):
        show()
        preview = dialog(PreviewDialog)
        preview.close()
    income_page.ask_period()
    asked: PeriodDialog = dialog(PeriodDialog)
    asked.primary.click()
    dialog(PreviewDialog).close()
    for page, save, sheets in (
        (budgets_page, budgets_page.save_execution, 1),
        (income_page, income_page.save_ledger, 1),
        (income_page, income_page.save_remittances, 1),
    ):
        save()
        path = tmp_path / f"{sheets}{save.__name__}.xlsx"
        page.papers.save_to(str(path))
        assert len(load_workbook(path).sheetnames) == sheets
    income_page._have_period(period_of(2026, 101), True)
    path = tmp_path / "two.xlsx"
    income_page.papers.save_to(str(path))
    assert load_workbook(path).sheetnames == ["收支分列报表（收入）", "收支分列报表（支出）"]


def test_who_may_only_look_can_change_nothing(money: None, db: Database, look: None, qtbot: QtBot) -> None:
    watcher = Actor(None, "只看", frozenset({BUDGET_VIEW.key, INCOME_VIEW.key}))
    runner = InstantRunner(lambda action, **options: unit_of_work(db, watcher, action, **options))
    desk = Desk(runner, watcher)
    pages: list[QWidget] = []
    for kind in (BudgetsPage, IncomePage):
        page = kind(desk)
        qtbot.addWidget(page)
        page.show()
        pages.append(page)
        assert not page.add_button.isEnabled()
    first, second = pages
    assert isinstance(first, BudgetsPage)
    assert isinstance(second, IncomePage)
    first.budgets.view.selectRow(0)
    assert not first.adjust_button.isEnabled()
    assert not first.import_button.isEnabled()
    second.entries.view.selectRow(0)
    assert not second.remit_button.isEnabled()
    for page in pages:
        page.hide()
    runner.shutdown()


def test_keys_go_to_the_search_when_a_page_opens(money: None, desk: Desk, qtbot: QtBot) -> None:
    for kind in (BudgetsPage, IncomePage):
        page = kind(desk)
        qtbot.addWidget(page)
        with qtbot.waitActive(page):
            page.show()
        table = page.budgets if isinstance(page, BudgetsPage) else page.entries
        assert table.isAncestorOf(QApplication.focusWidget())
        page.hide()


@pytest.mark.parametrize(
    ("fen", "shown"),
    (
        (0, ("0.00", "万元")),
        (123_456_789, ("123.46", "万元")),
        (-5_000, ("-0.01", "万元")),
        (9_900_000_000_00, ("99.00", "亿元")),
    ),
)
def test_large_sums_are_short(fen: int, shown: tuple[str, str]) -> None:
    assert large(fen) == shown


def test_a_rate_beyond_sense_is_only_said_to_be_so() -> None:
    assert [percent(rate) for rate in (None, 0.5, 9.99, 12345.6)] == ["", "50.0%", "999.0%", "＞999%"]


def test_narrow_screens_hold_both_pages(money: None, budgets_page: BudgetsPage, income_page: IncomePage) -> None:
    for page in (budgets_page, income_page):
        least = page.minimumSizeHint()
        assert least.width() <= 1146
        assert least.height() <= 690
        assert page.testAttribute(Qt.WidgetAttribute.WA_StyledBackground)
