"""Figures, badges and lines of expenses on the dashboard: each for who may see it, spending apart from income."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import Figure, TodayRow
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.day_board import badges, figures, today_lines
from dangxiao_houqin.modules.expenses.domain.approval import SaveStandIn
from dangxiao_houqin.modules.expenses.domain.budgets import SaveBudget
from dangxiao_houqin.modules.expenses.domain.income import IncomeMethod, SaveIncome
from dangxiao_houqin.modules.expenses.queries.budgets import list_category_choices
from dangxiao_houqin.modules.expenses.queries.claims import list_claims
from tests.modules.expenses.signing_school import School, Unit, open_school


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def seen(school: School, login: str) -> dict[str, Figure]:
    with school.as_(login, read_only=True) as ctx:
        return {figure.title: figure for figure in figures(ctx)}


def lines(school: School, login: str) -> list[TodayRow]:
    with school.as_(login, read_only=True) as ctx:
        return list(today_lines(ctx))


def give_budget(school: School, code: str, fen: int) -> None:
    with school.unit("test.budget") as ctx:
        services.ensure_categories(ctx)
        category = next(c.id for c in list_category_choices(ctx) if c.code == code)
        services.save_budget(ctx, SaveBudget(ctx.today().year, category, fen))


def take_in(school: School, fen: int, day: date) -> None:
    with school.unit("test.income") as ctx:
        receipt = f"№{day}{fen}"
        services.save_income(
            ctx, SaveIncome(day, "住宿费", "王某（虚构）", fen, IncomeMethod.CASH, "税务发票", receipt)
        )


def test_everybody_sees_his_own_figures(school: School) -> None:
    give_budget(school, "30201", 1_000_000)
    assert seen(school, "wang") == {}
    assert list(seen(school, "li")) == ["待我签批", "本月支出已批", "2026 年预算执行率"]
    assert list(seen(school, "qian")) == ["本月支出已批", "2026 年预算执行率"]


def test_what_waits_is_counted_with_its_sum(school: School) -> None:
    assert (seen(school, "li")["待我签批"].value, seen(school, "li")["待我签批"].note) == ("0", "没有等您签批的单据")
    for fen in (100_000, 23_450):
        school.submit(school.claim(fen=fen))
    figure = seen(school, "li")["待我签批"]
    assert (figure.value, figure.note, figure.page) == ("2", "合计 ¥1,234.50", "expenses.waiting")
    assert seen(school, "zhao")["待我签批"].value == "0"
    with school.as_("li", read_only=True) as ctx:
        assert badges(ctx) == {"expenses.waiting": 2}
    with school.as_("wang", read_only=True) as ctx:
        assert badges(ctx) == {"expenses.waiting": 0}


def test_spending_and_income_are_figures_apart(school: School, clock: FixedClock) -> None:
    """No figure shows their difference: each stays as it is when the other one changes."""
    give_budget(school, "30201", 1_000_000)
    school.approved(fen=250_000)
    before = seen(school, "zhao")
    assert (before["本月支出已批"].value, before["本月支出已批"].unit, before["本月支出已批"].note) == (
        "2,500",
        "元",
        "1 笔",
    )
    assert before["2026 年预算执行率"].value == "25.0"
    assert before["2026 年预算执行率"].note == "已批 0.25，预算 1 万元"
    assert "收入待缴款" not in before
    take_in(school, 99_900, clock.today())
    take_in(school, 10_001, clock.today() - timedelta(30))
    after = seen(school, "zhao")
    held = after.pop("收入待缴款")
    assert (held.value, held.unit, held.note, held.tone) == ("1,099.01", "元", "1 笔逾期未缴", "warning")
    assert after == before


def test_only_this_month_counts_and_large_sums_stay_short(school: School, clock: FixedClock) -> None:
    give_budget(school, "30201", 10**13)
    clock.moment = datetime.combine(date(2026, 2, 27), time(9), CHINA)
    school.approved(fen=100)
    clock.moment = datetime.combine(date(2026, 3, 2), time(9), CHINA)
    assert seen(school, "li")["本月支出已批"].value == "0"
    school.approved(fen=12_345_678_90)
    figure = seen(school, "li")["本月支出已批"]
    assert (figure.value, figure.unit) == ("1,234.57", "万元")
    school.approved(fen=2_000_000_000_00)
    figure = seen(school, "li")["本月支出已批"]
    assert (figure.value, figure.unit, figure.note) == ("20.12", "亿元", "2 笔")
    with school.as_("li", read_only=True) as ctx:  # the list that the number opens
        assert figure.page == "expenses.claims"
        counted = list_claims(ctx, ListQuery(filters=dict(figure.args)))
        everything = list_claims(ctx, ListQuery(filters={"approved": False}))
    assert (counted.total, everything.total) == (2, 1)
    assert sum(row.total_fen for row in counted.rows) == 12_345_678_90 + 2_000_000_000_00


def test_one_sees_where_ones_own_documents_are(school: School, clock: FixedClock) -> None:
    claim = school.claim()
    assert lines(school, "wang") == []
    school.submit(claim)
    (line,) = lines(school, "wang")
    assert (line.what, line.text, line.state) == ("我的单据", "购买打印纸（虚构） ¥1,234.50", "待分管领导签批")
    assert (line.when, line.ref is not None and line.ref.kind) == ("08:00", "expense_claim")
    clock.advance(timedelta(days=1))
    assert lines(school, "wang")[0].when == "3月2日"
    school.sign(claim, "li")
    assert lines(school, "wang")[0].state == "待主要领导签批"
    school.sign(claim, "zhao")
    assert lines(school, "wang") == []


def test_stand_ins_are_shown_to_both_while_they_last(school: School, clock: FixedClock) -> None:
    school.add("sun")
    with school.unit("test.stand_in") as ctx:
        today = ctx.today()
        cmd = SaveStandIn(school.ids["zhao"], school.ids["sun"], today, today + timedelta(3), 500_000)
        services.save_stand_in(ctx, cmd)
    assert [(row.text, row.when) for row in lines(school, "sun")] == [
        ("您代赵主要签批，单笔 ¥5,000.00 以内", "到3月5日")
    ]
    assert [row.text for row in lines(school, "zhao")] == ["孙代签代您签批，单笔 ¥5,000.00 以内"]
    clock.advance(timedelta(days=4))
    assert lines(school, "sun") == lines(school, "zhao") == []
