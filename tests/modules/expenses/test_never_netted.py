"""收支两条线: no number anywhere in the program takes spending from income or income from spending.

Everything that shows numbers is asked: every list, search, figure, chart, screen and paper of expenses and the whole
dashboard; see :mod:`.money_reading` for how a mixture is told from an honest sum.  And no statement that goes to the
database reads both lines.  Each of the ways to find one is shown to find one.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import event, func, select

from dangxiao_houqin.app.dashboard import DashboardPage, read_board
from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import Figure
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.paper import Amount
from dangxiao_houqin.modules import expenses
from dangxiao_houqin.modules.expenses import fund_printouts, printouts, services
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget
from dangxiao_houqin.modules.expenses.domain.income import MakeRemittance, VoidIncome
from dangxiao_houqin.modules.expenses.models import ClaimLine, Income
from dangxiao_houqin.modules.expenses.module import MODULE
from dangxiao_houqin.modules.expenses.queries import budgets, income, spending
from dangxiao_houqin.modules.expenses.reports.funds import fund_pdf, fund_sheets
from dangxiao_houqin.modules.expenses.services import evidence
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.widgets import Segmented, label
from tests.modules.expenses.fund_school import budget, receive, spend
from tests.modules.expenses.money_reading import (
    INCOME,
    SPENDING,
    Read,
    in_charts,
    in_data,
    in_figures,
    in_rows,
    in_sheets,
    in_text,
    mixed,
    on_screen,
)
from tests.support.paper import pdf_pages

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
CLASSES = (("training_class", 1, "中青班"), ("training_class", 2, "科干班"), ("", None, "屋面维修"))
KINDS = ("住宿费", "餐费", "其他收入")
DAYS = (date(2025, 12, 20), date(2026, 1, 15), date(2026, 2, 10), date(2026, 3, 1))
CODES = ("30201", "30216", "30217", "30231")
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@pytest.fixture
def both_lines(unit: OpenUnit) -> None:
    """Income and spending of every kind, class, month and state, each a different multiple of its prime."""
    with unit() as ctx:
        entries = []
        for number, (kind, day) in enumerate((kind, day) for kind in KINDS for day in DAYS):
            subject = CLASSES[number % 3]
            fen = INCOME * (3 + number)
            more = {"subject_kind": subject[0], "subject_id": subject[1], "subject_text": subject[2]}
            entries.append(receive(ctx, fen, day, kind=kind, **more))
        services.make_remittance(ctx, MakeRemittance(tuple(entries[:4]), "JK-1", date(2026, 3, 2), "财政专户"))
        services.make_remittance(ctx, MakeRemittance(tuple(entries[5:7]), "JK-2", date(2026, 3, 2), "财政专户"))
        services.void_income(ctx, VoidIncome(entries[8], 1, "退款"))
        keys = [budget(ctx, code, SPENDING * (90 + 7 * n)) for n, code in enumerate(CODES)]
        services.adjust_budget(ctx, AdjustBudget(keys[0], date(2026, 2, 1), SPENDING * 4, "纪要", "追加"))
        services.adjust_budget(ctx, AdjustBudget(keys[1], date(2026, 2, 1), SPENDING * 2, "纪要", "调剂", keys[2]))
        states = ("draft", "submitted", "signing", "approved", "paid", "paid", "returned", "voided")
        for number, state in enumerate(states * 3):
            lines = [(CODES[number % 4], SPENDING * (2 + number)), (CODES[(number + 1) % 4], SPENDING)]
            year = 2025 if number % 7 == 0 else 2026
            day = date(year, 1 + number % 3, 1 + number % 2)
            spend(ctx, lines, state, year=year, subject=CLASSES[number % 3], class_kind="主体班", paid_on=day)


# -------------------------------------------------------------------------------------------------- reading
def read_queries(ctx: Ctx) -> Iterator[Read]:
    """The sums that pages and papers are made of."""
    for year in (2025, 2026):
        yield from in_data("预算", budgets.read_overview(ctx, year))
        yield from in_data("收入", income.sum_income(ctx, ListQuery(filters={"year": year})))
        yield from in_data("收入", income.sum_by_month(ctx, year))
        for first, last in (fund_printouts.year_of(year), *(fund_printouts.month_of(year, m) for m in (1, 2, 3))):
            yield from in_data("收入", income.sum_by_kind(ctx, first, last))
            yield from in_data("支出", spending.sum_spending(ctx, first, last))
        subjects = budgets.list_subject_spending(ctx, ListQuery(filters={"year": year}, limit=None))
        yield from in_data("班次", subjects.rows)
    yield from in_data("账龄", income.read_ageing(ctx))
    codes = [choice.id for choice in budgets.list_category_choices(ctx, all=True)]
    yield from in_data("余额", budgets.left_of(ctx, 2026, codes))


def read_lists(ctx: Ctx, specs: Sequence[Any] = MODULE.lists) -> Iterator[Read]:
    """Every list that can be exported, and what the search for anything says."""
    for spec in specs:
        yield from in_rows(spec.key, spec.columns, spec.fetch(ctx, ListQuery(limit=None)).rows)
    for find in MODULE.search:
        for text in ("虚构", "SR-2026", "BX-2026"):
            yield from in_data("搜索", list(find(ctx, text, 50)))


def read_dashboard(ctx: Ctx, modules: Sequence[Any] = MODULES) -> Iterator[Read]:
    board = read_board(ctx, modules)
    yield from in_figures(board.figures)
    yield from in_charts(board.charts)
    yield from in_data("今日", board.lines)


FUND_PAPERS: dict[str, Callable[[Ctx], Any]] = {
    "load_execution": lambda ctx: fund_printouts.load_execution(ctx, 2026),
    "load_income_ledger": lambda ctx: fund_printouts.load_income_ledger(ctx, ListQuery()),
    "load_remittances": lambda ctx: fund_printouts.load_remittances(ctx, (FIRST, LAST)),
    "load_two_lines": lambda ctx: fund_printouts.load_two_lines(ctx, (FIRST, LAST)),
}
CLAIM_PAPERS: dict[str, Callable[[Ctx, int], Any]] = {
    "load_claim_slip": lambda ctx, key: printouts.load_claim_slip(ctx, key),
    "load_claim_slips": lambda ctx, key: printouts.load_claim_slips(ctx, (key,)),
    "load_voucher_sheet": lambda ctx, key: printouts.load_voucher_sheet(ctx, key),
    "load_signing_ledger": lambda ctx, _key: printouts.load_signing_ledger(ctx, date(2026, 3, 1)),
}
NO_MONEY_OF_BOTH = {"load_purchase_form"}
"""A purchase request knows neither claims nor income."""


def read_papers(ctx: Ctx) -> Iterator[Read]:
    for load in FUND_PAPERS.values():
        paper = load(ctx)
        yield from in_data("报表", paper)
        yield from in_sheets(fund_sheets(paper))
        for text in pdf_pages(fund_pdf(paper)):
            for line in text.splitlines():
                yield from in_text("PDF", line)
    with_words = ctx.session.scalars(select(ClaimLine.claim_id).distinct().order_by(ClaimLine.claim_id))
    for key in list(with_words)[:8]:
        for read in CLAIM_PAPERS.values():
            yield from in_data("单据", read(ctx, key))


def read_pages(desk: Desk, *, only: str = "") -> Iterator[Read]:
    """Every page of expenses with each of its views, and the dashboard."""
    pages = [(spec.title, spec.create(desk)) for spec in MODULE.pages() if only in spec.key]
    if not only:
        pages.append(("工作台", DashboardPage(desk, MODULES, tuple)))
    for title, page in pages:
        page.resize(1200, 800)
        page.show()
        QApplication.processEvents()
        yield from on_screen(page, title)
        for tabs in page.findChildren(Segmented):
            for value in list(tabs._values):
                tabs.set_value(value)
                tabs.changed.emit(value)
                QApplication.processEvents()
                yield from on_screen(page, f"{title}/{value}")
        page.hide()


ALLOWED = {5_000_000}
"""会议纪要起点: a limit of the rules that the editor quotes."""


def read_everything(ctx: Ctx) -> list[Read]:
    found = [*read_queries(ctx), *read_lists(ctx), *read_dashboard(ctx), *read_papers(ctx)]
    return [each for each in found if each.fen not in ALLOWED]


# ---------------------------------------------------------------------------------------------- the promise
def test_no_number_of_lists_figures_and_papers_mixes_the_two_lines(unit: OpenUnit, both_lines: None) -> None:
    with unit(read_only=True) as ctx:
        found = read_everything(ctx)
    assert mixed(found) == []
    assert {each.fen for each in found if each.fen and each.fen % INCOME == 0} >= {INCOME * 3, INCOME * 5}
    assert {each.fen for each in found if each.fen and each.fen % SPENDING == 0} >= {SPENDING * 3, SPENDING * 94}
    wheres = {each.where.split(".")[0].split("：")[0] for each in found if each.fen}
    for title in ("2026年预算执行表", "收入台账", "缴款明细表", "收支分列报表（收入）", "收支分列报表（支出）", "PDF"):
        assert title in wheres
    assert len(found) > 800


@pytest.mark.sqlite_only
def test_no_number_on_any_screen_mixes_the_two_lines(desk: Desk, request: pytest.FixtureRequest) -> None:
    limits = {each.fen for each in read_pages(desk, only="expenses.signing")}  # amounts that rules name, without money
    request.getfixturevalue("both_lines")
    found = [each for each in read_pages(desk) if each.fen not in ALLOWED | limits]
    assert mixed(found) == []
    seen = {each.where.split("/")[0].split(" ")[0].split("：")[0] for each in found if each.fen}
    assert seen >= {"预算执行", "收入台账", "报销审批", "工作台"}


def test_every_paper_is_read() -> None:
    for module, known in ((fund_printouts, set(FUND_PAPERS)), (printouts, set(CLAIM_PAPERS) | NO_MONEY_OF_BOTH)):
        loads = {
            name
            for name, part in inspect.getmembers(module, inspect.isfunction)
            if name.startswith("load_") and part.__module__ == module.__name__
        }
        assert loads == known


# ------------------------------------------------------------------------------------- the proof of the proof
def _net(ctx: Ctx) -> int:
    """结余, as it must never be: by kind, class or month it would be another number of the same sort."""
    received = income.sum_income(ctx, ListQuery(filters={"year": 2026})).amount_fen
    spent = budgets.read_overview(ctx, 2026).totals.executed_fen
    return received - spent


def test_a_netting_figure_list_or_paper_would_be_found(unit: OpenUnit, both_lines: None) -> None:
    with unit(read_only=True) as ctx:
        assert mixed(read_everything(ctx)) == []
        net = _net(ctx)
        assert net
        shown = f"{net / 1_000_000:,.2f}"
        assert mixed(in_figures([Figure("结余", shown, "万元")]))
        assert mixed(in_figures([Figure("本月", "1", "件", f"结余 {yuan(net)}")]))
        column: Column[Any] = Column("net", "结余", lambda _row: net, kind="money")
        assert mixed(in_rows("planted", [column], [object()]))
        paper = fund_printouts.load_two_lines(ctx, (FIRST, LAST))
        sheet = fund_sheets(paper)[1]
        sheet.table.rows.append(["", "收支结余", "", Amount(net), ""])  # type: ignore[attr-defined]
        assert [each.fen for each in mixed(in_sheets([sheet]))] == [net]
        by_kind = income.sum_by_kind(ctx, FIRST, LAST)
        by_code = spending.sum_spending(ctx, FIRST, LAST)
        pairs = [(kind.amount_fen, code.paid_fen) for kind in by_kind for code in by_code if code.paid_fen]
        assert pairs
        for received, spent in pairs:
            assert mixed(in_text("", yuan(received - spent)))
            assert mixed(in_text("", yuan(received + spent)))
        rounded = [f"{(received - spent) / 1_000_000:,.2f} 万元" for received, spent in pairs]
        assert sum(bool(mixed(in_text("", each))) for each in rounded) > len(rounded) * 0.9  # rounding hides a few


@pytest.mark.sqlite_only
def test_a_netting_screen_would_be_found(desk: Desk, unit: OpenUnit, both_lines: None) -> None:
    with unit(read_only=True) as ctx:
        net = _net(ctx)
    spec = next(spec for spec in MODULE.pages() if spec.key == "expenses.income")
    page = spec.create(desk)
    page.body.addWidget(label(f"收支结余 {yuan(net)}"))
    page.show()
    assert [each.fen for each in mixed(on_screen(page, "planted"))] == [net]
    page.hide()


# ------------------------------------------------------------------------------------------------ statements
OF_INCOME = re.compile(r"\b(income|remittance)\b")
OF_SPENDING = re.compile(r"\b(expense_claim|claim_line|budget|budget_adjustment|invoice|purchase_request)\b")


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """Everything said to the database meanwhile."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def _of_both(said: Sequence[str]) -> list[str]:
    return [each for each in said if OF_INCOME.search(each) and OF_SPENDING.search(each)]


@pytest.mark.sqlite_only
def test_no_statement_reads_both_lines(db: Database, unit: OpenUnit, desk: Desk, both_lines: None) -> None:
    with statements(db) as said:
        with unit(read_only=True) as ctx:
            read_everything(ctx)
            services_said = len(said)
        list(read_pages(desk))
        with unit() as ctx:
            services.remind_remittances(ctx)
    assert services_said > 50
    assert len(said) > services_said
    assert sum(bool(OF_INCOME.search(each)) for each in said) > 10
    assert sum(bool(OF_SPENDING.search(each)) for each in said) > 10
    assert _of_both(said) == []


@pytest.mark.sqlite_only
def test_a_joined_statement_would_be_found(db: Database, unit: OpenUnit, both_lines: None) -> None:
    with statements(db) as said, unit(read_only=True) as ctx:
        query = select(func.sum(Income.amount_fen) - func.sum(ClaimLine.amount_fen)).join_from(
            Income, ClaimLine, Income.subject_id == ClaimLine.subject_id
        )
        assert ctx.session.scalar(query) is not None
    assert len(_of_both(said)) == 1


# --------------------------------------------------------------------------------------------------- source
ROOT = Path(expenses.__file__).parent
INCOME_NAMES = {"Income", "Remittance"}
SPENDING_NAMES = {"ExpenseClaim", "ClaimLine", "Budget", "BudgetAdjustment", "PurchaseRequest"}
READS_INCOME = {"sum_income", "sum_by_kind", "sum_by_month", "list_income", "list_remittances", "read_ageing"}
READS_SPENDING = {"sum_spending", "read_overview", "list_budgets", "list_subject_spending", "left_of", "list_claims"}
SIDE_BY_SIDE = {("fund_printouts.py", "load_two_lines"), ("evidence.py", "_require_open")}
"""收支分列报表 has both parts, one after the other; a paper belongs to a claim or to a slip. Neither computes."""


def functions_of_both(source: str) -> list[str]:
    """Functions that touch tables of both lines, or ask for sums of both."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            tables = names & INCOME_NAMES and names & SPENDING_NAMES
            sums = names & READS_INCOME and names & READS_SPENDING
            if tables or sums:
                found.append(node.name)
    return found


def test_no_function_works_with_both_lines() -> None:
    files = sorted(ROOT.rglob("*.py"))
    found = [(file.name, name) for file in files for name in functions_of_both(file.read_text(encoding="utf-8"))]
    assert set(found) == SIDE_BY_SIDE
    for function in (fund_printouts.load_two_lines, evidence._require_open):
        parts = ast.walk(ast.parse(inspect.getsource(function)))
        assert not [part for part in parts if isinstance(part, ast.BinOp | ast.AugAssign)]


def test_a_function_of_both_lines_would_be_found() -> None:
    assert functions_of_both(inspect.getsource(_net)) == []  # it hides behind modules: that is what the numbers are for
    joined = "def net(ctx):\n    return select(Income.amount_fen - ClaimLine.amount_fen)\n"
    summed = "def net(ctx):\n    return sum_income(ctx).amount_fen - read_overview(ctx, 2026).totals.executed_fen\n"
    assert functions_of_both(joined) == functions_of_both(summed) == ["net"]
