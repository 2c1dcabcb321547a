"""预算执行 on screen: what is typed is saved, what is refused is asked or marked, links lead where they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses.queries import budgets
from dangxiao_houqin.modules.expenses.ui.budget_detail_dialog import BudgetDetailDialog
from dangxiao_houqin.modules.expenses.ui.budget_dialogs import AdjustDialog, BudgetDialog, CategoryDialog, CopyDialog
from dangxiao_houqin.modules.expenses.ui.budget_import_dialog import BudgetImportDialog
from dangxiao_houqin.modules.expenses.ui.budgets_page import BUDGETS, CATEGORIES, SUBJECTS, BudgetsPage
from dangxiao_houqin.ui.desk import Desk
from tests.modules.expenses.fund_screens import (
    OpenUnit,
    budgets_page,
    category_of,
    dialog,
    fill,
    go_to,
    money,
    texts,
)

__all__ = ["budgets_page", "money"]
pytestmark = pytest.mark.sqlite_only


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
    budgets_page._open_budget()
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
