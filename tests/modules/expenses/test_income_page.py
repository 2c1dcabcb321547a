"""收入台账 on screen, and what both pages of money share: papers, rights, keys and narrow screens."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET_VIEW, INCOME_VIEW
from dangxiao_houqin.modules.expenses.domain.income import MakeRemittance
from dangxiao_houqin.modules.expenses.fund_printouts import load_remittances, year_of
from dangxiao_houqin.modules.expenses.queries import income
from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence
from dangxiao_houqin.modules.expenses.reports.funds import RemittanceLedger, fund_pdf
from dangxiao_houqin.modules.expenses.ui.budget_cells import large, percent
from dangxiao_houqin.modules.expenses.ui.budgets_page import BudgetsPage
from dangxiao_houqin.modules.expenses.ui.income_dialogs import (
    IncomeDialog,
    RemitDialog,
    UndoRemittanceDialog,
    VoidIncomeDialog,
)
from dangxiao_houqin.modules.expenses.ui.income_page import AGEING, ENTRIES, SLIPS, IncomePage
from dangxiao_houqin.modules.expenses.ui.period_dialog import PeriodDialog, period_of
from dangxiao_houqin.modules.expenses.ui.register_paper_dialog import ScanField
from dangxiao_houqin.modules.expenses.ui.slip_dialog import SlipDialog
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.modules.expenses.fund_screens import (
    TODAY,
    OpenUnit,
    budgets_page,
    dialog,
    fill,
    income_page,
    money,
    texts,
)

__all__ = ["budgets_page", "income_page", "money"]
pytestmark = pytest.mark.sqlite_only


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


def test_a_slip_shows_its_income_and_keeps_its_scan(
    money: None, income_page: IncomePage, unit: OpenUnit, tmp_path: Path, qtbot: QtBot
) -> None:
    with unit() as ctx:
        slip = services.make_remittance(ctx, MakeRemittance((2, 3), "51370002", TODAY, "县财政专户"))
    income_page.show_tab(SLIPS)
    income_page.slips.opened.emit(income_page.slips.model.row(0))
    opened: SlipDialog = dialog(SlipDialog)
    assert sorted(texts(opened.table, "amount")) == ["¥200.00", "¥400.00"]
    scan = tmp_path / "缴款书扫描.pdf"
    scan.write_bytes(fund_pdf(_slips(unit)))
    opened.panel.take_paths([str(scan)])
    with unit(read_only=True) as ctx:
        kept = list_evidence(ctx, EvidenceOwner.REMITTANCE, slip)
    assert [each.title for each in kept] == ["缴款书扫描"]
    opened.panel.remove_asked.emit(kept[0])
    with unit(read_only=True) as ctx:
        assert list_evidence(ctx, EvidenceOwner.REMITTANCE, slip) == ()


def test_a_slip_is_registered_together_with_its_scan(
    money: None, income_page: IncomePage, unit: OpenUnit, tmp_path: Path
) -> None:
    income_page.tiles.held.clicked.emit()
    income_page.entries.view.selectAll()
    income_page.remit_button.click()
    opened: RemitDialog = dialog(RemitDialog)
    scan = opened.form["file"]
    assert isinstance(scan, ScanField)
    useless = tmp_path / "缴款书.pdf"
    useless.write_bytes(b"MZ" + bytes(200))
    scan.take_path(str(useless))
    fill(opened, slip_no="51370003", remitted_on=TODAY)
    assert "内容和它的文件类型不符" in scan.error
    with unit(read_only=True) as ctx:
        assert income.list_remittances(ctx, ListQuery()).total == 0, "neither slip nor scan is kept"
    good = tmp_path / "缴款书扫描.pdf"
    good.write_bytes(fund_pdf(_slips(unit)))
    scan.take_path(str(good))
    opened.primary.click()
    with unit(read_only=True) as ctx:
        (slip,) = income.list_remittances(ctx, ListQuery()).rows
        assert [each.title for each in list_evidence(ctx, EvidenceOwner.REMITTANCE, slip.id)] == ["缴款书扫描"]


def _slips(unit: OpenUnit) -> RemittanceLedger:
    with unit(read_only=True) as ctx:
        return load_remittances(ctx, year_of(2026))


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
