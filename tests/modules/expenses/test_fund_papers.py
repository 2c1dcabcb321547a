"""预算执行表, 收入台账, 缴款明细 and 收支分列报表: what the paper says, how it breaks, and its workbook twin."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET_VIEW, INCOME_VIEW
from dangxiao_houqin.modules.expenses.domain.income import MakeRemittance, VoidIncome
from dangxiao_houqin.modules.expenses.fund_printouts import (
    load_execution,
    load_income_ledger,
    load_remittances,
    load_two_lines,
    month_of,
    period_words,
    year_of,
)
from dangxiao_houqin.modules.expenses.models import ExpenseClaim
from dangxiao_houqin.modules.expenses.queries.spending import sum_spending
from dangxiao_houqin.modules.expenses.reports.funds import fund_pdf, fund_xlsx
from tests.modules.expenses.fund_school import budget, receive, spend
from tests.support.paper import pdf_pages, pdf_sizes, squeezed

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
TODAY = date(2026, 3, 2)
UPRIGHT, ACROSS = (210, 297), (297, 210)


def test_the_execution_table_sums_up_and_names_three_publics(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = budget(ctx, "30216", 99_999_999_999)
        budget(ctx, "30217", 5_000_00)
        services.adjust_budget(ctx, AdjustBudget(key, TODAY, -1_00, "纪要", "压减"))
        spend(ctx, [("30216", 12_345_678_901), ("30217", 1_200_50), ("30202", 7_00)], "paid")
        spend(ctx, [("30216", 3_00)], "signing")
        data = load_execution(ctx, 2026)
    pages = [squeezed(page) for page in pdf_pages(fund_pdf(data))]
    assert pdf_sizes(fund_pdf(data)) == [ACROSS]
    text = pages[0]
    for words in (
        "2026年预算执行表",
        "截至2026-03-02",
        "单位：元",
        "999,999,999.99",
        "-1.00",
        "123,456,789.01",
        "24.0%",
        "公务接待费（三公）",
        "印刷费（无预算）",
        "合计",
        "123,457,996.51",
        "其中：三公经费",
        "制表人：测试员",
        "负责人：",
        "第1页共1页",
    ):
        assert words in text, words
    assert "24.0%" in text


def test_a_long_ledger_breaks_cleanly_and_keeps_its_signatures_with_rows(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        for number in range(300):
            payer = "岚江县青年干部成长促进会（筹备组）暨志愿服务联合会" if number % 7 == 0 else "县财政局"
            receive(ctx, 100 + number, TODAY - timedelta(days=number % 50), payer=payer)
        services.void_income(ctx, VoidIncome(5, 1, "开错票"))
        services.make_remittance(ctx, MakeRemittance(tuple(range(10, 40)), "JK-7", TODAY, "财政专户"))
        data = load_income_ledger(ctx, ListQuery(), "2026年第1季度")
        slips = load_remittances(ctx, year_of(2026))
    assert [row.number for row in data.rows] == sorted(row.number for row in data.rows)
    total = sum(row.amount_fen for row in data.rows if row.counts)
    assert (data.sums.entries, data.sums.amount_fen) == (299, total)
    pdf = fund_pdf(data)
    pages = [squeezed(page) for page in pdf_pages(pdf)]
    assert set(pdf_sizes(pdf)) == {ACROSS}
    assert len(pages) > 10
    assert all("票据" in page and "收款日期" in page for page in pages), "the head is repeated"
    last = pages[-1]
    assert "合计299笔" in last
    assert f"{total / 100:,.2f}" in last
    assert "作废1笔，不计入合计" in last
    assert "审核人：" in last
    assert "SR-2026" in last, "a signature never stands alone"
    assert f"第{len(pages)}页共{len(pages)}页" in last
    assert any("作废：开错票" in page for page in pages)
    path = fund_xlsx(no_progress, tmp_path / "台账.xlsx", data)
    sheet = load_workbook(path).active
    numbers = [cell.value for row in sheet.iter_rows() for cell in row if cell.number_format == "#,##0.00"]
    assert round(sum(numbers[:-1]) * 100) == sum(row.amount_fen for row in data.rows)
    assert round(numbers[-1] * 100) == total
    paper = "".join(squeezed(page) for page in pdf_pages(fund_pdf(slips)))
    assert "缴款书JK-72026-03-02财政专户30笔" in paper
    assert "缴款书1份收入30笔" in paper
    assert set(pdf_sizes(fund_pdf(slips))) == {UPRIGHT}


def test_income_and_spending_stand_on_sheets_of_their_own(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        receive(ctx, 300_00, date(2026, 2, 3))
        receive(ctx, 50_00, date(2026, 2, 28), kind="餐费")
        receive(ctx, 9_99, date(2026, 3, 1))
        spend(ctx, [("30217", 80_00), ("30216", 20_00)], "paid", paid_on=date(2026, 2, 1))
        spend(ctx, [("30216", 4_00)], "paid", paid_on=date(2026, 3, 1))
        data = load_two_lines(ctx, month_of(2026, 2))
    pages = [squeezed(page) for page in pdf_pages(fund_pdf(data))]
    assert len(pages) == 2
    assert pdf_sizes(fund_pdf(data)) == [UPRIGHT, UPRIGHT]
    received, spent = pages
    assert "收支分列报表（收入）" in received
    assert "收入合计2350.00" in received
    assert "支出" not in received.replace("收入、支出分别列示", "")
    assert "收支分列报表（支出）" in spent
    assert "支出合计100.00" in spent
    assert "其中：三公经费80.00" in spent
    for page in pages:
        assert "2026年2月" in page
        assert "不相互抵减" in page
        assert "制表人：测试员" in page
        assert "250.00" not in page.replace("2350.00", ""), "350.00 − 100.00"
    book = load_workbook(fund_xlsx(no_progress, tmp_path / "分列.xlsx", data))
    values = [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in book]
    assert 350 in values[0]
    assert 100 in values[1]
    assert 350 not in values[1]


def test_spending_of_a_period_counts_a_claim_when_it_is_paid(unit: OpenUnit) -> None:
    with unit() as ctx:
        late = spend(ctx, [("30216", 5)], "approved")
        ctx.get(ExpenseClaim, late).approved_at = datetime(2026, 2, 28, 23, 59, tzinfo=CHINA)
        early = spend(ctx, [("30216", 7)], "approved")
        ctx.get(ExpenseClaim, early).approved_at = datetime(2026, 3, 1, 0, 0, tzinfo=CHINA)
        paid = spend(ctx, [("30216", 11), ("30216", 13)], "paid", paid_on=date(2026, 3, 31))
        ctx.get(ExpenseClaim, paid).approved_at = datetime(2026, 2, 10, 9, 0, tzinfo=CHINA)
        spend(ctx, [("30216", 17)], "signing")
        ctx.session.flush()
        february = sum_spending(ctx, *month_of(2026, 2))
        march = sum_spending(ctx, *month_of(2026, 3))
    assert [(line.claims, line.paid_fen, line.approved_fen) for line in february] == [(0, 0, 5)]
    assert [(line.claims, line.paid_fen, line.approved_fen) for line in march] == [(1, 24, 7)]


def test_empty_papers_say_so(unit: OpenUnit) -> None:
    with unit() as ctx:
        papers = (
            (load_execution(ctx, 2031), "（这一年还没有预算）"),
            (load_income_ledger(ctx, ListQuery()), "（没有收入）"),
            (load_remittances(ctx, year_of(2026)), "（没有缴款）"),
        )
        for data, words in papers:
            assert words in squeezed(pdf_pages(fund_pdf(data))[0])


def test_who_sees_one_line_only_does_not_get_the_paper_of_both(db: Database, unit: OpenUnit) -> None:
    for right in (BUDGET_VIEW, INCOME_VIEW):
        watcher = Actor(None, "只看一边", frozenset({right.key}))
        with pytest.raises(PermissionDenied), unit_of_work(db, watcher, "test.print") as ctx:
            load_two_lines(ctx, year_of(2026))


@pytest.mark.parametrize(
    ("period", "words"),
    (
        (year_of(2026), "2026年"),
        (month_of(2028, 2), "2028年2月"),
        ((date(2026, 1, 1), date(2026, 3, 31)), "2026-01-01 至 2026-03-31"),
    ),
)
def test_a_period_is_named(period: tuple[date, date], words: str) -> None:
    assert period_words(period) == words
