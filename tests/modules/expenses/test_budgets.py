"""Categories and budgets: what is left is exact, adjustments keep their rules, nothing used is deleted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget, SaveBudget, SaveCategory
from dangxiao_houqin.modules.expenses.queries import budgets
from tests.modules.expenses.fund_school import budget, category, spend

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
YI = 10_000_000_000
"""1 亿 yuan in fen."""


# ---------------------------------------------------------------------------------------------- categories
def test_the_usual_categories_are_added_once_and_kept_as_the_office_changed_them(unit: OpenUnit) -> None:
    with unit() as ctx:
        assert services.ensure_categories(ctx) == 24
        rows = budgets.list_categories(ctx, ListQuery()).rows
        assert [row.code for row in rows if row.three_publics] == ["30217", "30231"]
        office = rows[0]
        services.save_category(
            ctx, SaveCategory("30201", "办公费（含耗材）", category_id=office.id, version=office.version)
        )
    with unit() as ctx:
        assert services.ensure_categories(ctx) == 0
        assert budgets.list_category_choices(ctx)[0].label == "30201 办公费（含耗材）"


@pytest.mark.parametrize(
    ("code", "name", "field"), (("30 201", "x", "code"), ("办公", "x", "code"), ("30299", " ", "name"))
)
def test_a_category_needs_a_code_of_digits_and_a_name(unit: OpenUnit, code: str, name: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        services.save_category(ctx, SaveCategory(code, name))
    assert caught.value.field == field


def test_a_used_category_is_deactivated_not_deleted_and_a_signed_name_stays(unit: OpenUnit) -> None:
    with unit() as ctx:
        used, free = category(ctx, "30216"), category(ctx, "30214")
        spend(ctx, [("30216", 100)], "submitted")
        rows = {row.id: row for row in budgets.list_categories(ctx, ListQuery()).rows}
    with unit() as ctx:
        services.delete_category(ctx, free, rows[free].version)
        with pytest.raises(RuleViolation, match="1 行支出，不能删除"):
            services.delete_category(ctx, used, rows[used].version)
        with pytest.raises(RuleViolation, match="已写在提交过的报销单上"):
            services.save_category(ctx, SaveCategory("30216", "培训", category_id=used, version=rows[used].version))
        services.save_category(
            ctx, SaveCategory("30216", "培训费", active=False, category_id=used, version=rows[used].version)
        )
        assert used not in {choice.id for choice in budgets.list_category_choices(ctx)}
        assert used in {choice.id for choice in budgets.list_category_choices(ctx, all=True)}
        with pytest.raises(RuleViolation, match="已停用"):
            services.save_budget(ctx, SaveBudget(2026, used, 100))


def test_who_may_not_is_refused(db: Database) -> None:
    nobody = Actor(None, "无权限的人")
    for service in (services.ensure_categories,):
        with pytest.raises(PermissionDenied), unit_of_work(db, nobody, "test.step") as ctx:
            service(ctx)
    with pytest.raises(PermissionDenied), unit_of_work(db, nobody, "test.step") as ctx:
        budgets.list_budgets(ctx, ListQuery())


# ------------------------------------------------------------------------------------------------- budgets
def test_what_is_left_counts_every_state_as_it_should(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = budget(ctx, "30216", 100_000_00)
        services.adjust_budget(ctx, AdjustBudget(key, date(2026, 2, 1), -20_000_00, "县财〔2026〕3号", "压减"))
        for fen, state in enumerate(DocumentState, 1):
            spend(ctx, [("30216", 10**fen)], state.value)
        spend(ctx, [("30216", 7)], "paid", year=2025)
        last = spend(ctx, [("30216", 3), ("30201", 5), ("30216", 4)], "signing")
        found = budgets.left(ctx, 2026, category(ctx, "30216"))
        order = {state: 10**n for n, state in enumerate(DocumentState, 1)}
        executed = order[DocumentState.APPROVED] + order[DocumentState.PAID]
        in_flight = order[DocumentState.SUBMITTED] + order[DocumentState.SIGNING]
        assert (found.amount_fen, found.adjusted_fen, found.total_fen) == (100_000_00, -20_000_00, 80_000_00)
        assert (found.executed_fen, found.in_flight_fen) == (executed, in_flight + 7)
        assert found.left_fen == 80_000_00 - executed - in_flight - 7
        without = budgets.left(ctx, 2026, category(ctx, "30216"), excluding_claim=last)
        assert without.in_flight_fen == in_flight
        none = budgets.left(ctx, 2026, category(ctx, "30201"))
        assert (none.has_budget, none.left_fen) == (False, -5)
        assert budgets.left(ctx, 2026, 999_999).has_budget is False


def test_a_year_of_an_amount_of_yi_is_exact(unit: OpenUnit) -> None:
    with unit() as ctx:
        budget(ctx, "31006", 900 * YI + 1)
        for _ in range(9):
            spend(ctx, [("31006", 99 * YI + 99)], "paid")
        found = budgets.left(ctx, 2026, category(ctx, "31006"))
        assert found.left_fen == 900 * YI + 1 - 9 * (99 * YI + 99)
        assert budgets.read_overview(ctx, 2026).totals.left_fen == found.left_fen


def test_below_what_is_used_is_asked_first(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = budget(ctx, "30216", 1000_00)
        spend(ctx, [("30216", 900_00)], "submitted")
    less = AdjustBudget(key, date(2026, 3, 1), -200_00, "校委会纪要3号", "压减")
    with pytest.raises(NeedsConfirmation, match=r"已用 ¥900\.00.*改为 ¥800\.00 后超支 ¥100\.00"), unit() as ctx:
        services.adjust_budget(ctx, less)
    with unit(confirmed=frozenset({"below_used"})) as ctx:
        services.adjust_budget(ctx, less)
        assert budgets.left(ctx, 2026, category(ctx, "30216")).left_fen == -100_00
        assert [row.pill.text for row in budgets.list_budgets(ctx, ListQuery()).rows] == ["超预算"]
    with pytest.raises(NeedsConfirmation), unit() as ctx:
        services.save_budget(ctx, SaveBudget(2026, category(ctx, "30216"), 500_00, budget_id=key, version=1))
    with pytest.raises(RuleViolation, match="会小于 0"), unit(confirmed=frozenset({"below_used"})) as ctx:
        services.adjust_budget(ctx, AdjustBudget(key, date(2026, 3, 1), -800_01, "纪要", "压减"))


def test_money_moves_between_categories_in_one_step(unit: OpenUnit) -> None:
    with unit() as ctx:
        to, source = budget(ctx, "30216", 100), budget(ctx, "30217", 500)
        services.adjust_budget(ctx, AdjustBudget(to, date(2026, 3, 1), 200, "纪要5号", "办班增加", source))
        rows = {row.code: row for row in budgets.list_budgets(ctx, ListQuery()).rows}
        assert (rows["30216"].left.total_fen, rows["30217"].left.total_fen) == (300, 300)
        assert [a.amount_fen for a in budgets.list_adjustments(ctx, source)] == [-200]
        assert budgets.list_adjustments(ctx, to)[0].by == "测试员"
        assert budgets.read_overview(ctx, 2026).totals.total_fen == 600
        for wrong in (to, budget(ctx, "30216", 1, 2025)):
            with pytest.raises(InvalidInput) as caught:
                services.adjust_budget(ctx, AdjustBudget(to, date(2026, 3, 1), 1, "纪要", "错", wrong))
            assert caught.value.field == "counter_budget_id"


@pytest.mark.parametrize(
    ("change", "field"),
    (
        ({"amount_fen": 0}, "amount_fen"),
        ({"reason": " "}, "reason"),
        ({"document": ""}, "document"),
        ({"on_day": date(2026, 3, 3)}, "on_day"),
        ({"on_day": date(2025, 12, 31)}, "on_day"),
    ),
)
def test_an_adjustment_says_how_much_when_why_and_by_what(
    unit: OpenUnit, change: dict[str, object], field: str
) -> None:
    with unit() as ctx:
        key = budget(ctx, "30216", 100)
    values: dict[str, object] = {"on_day": date(2026, 3, 1), "amount_fen": 1, "document": "纪要", "reason": "因"}
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        services.adjust_budget(ctx, AdjustBudget(key, **{**values, **change}))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_next_year_starts_with_what_this_year_became(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = budget(ctx, "30216", 100, note="办班")
        budget(ctx, "30201", 30)
        services.adjust_budget(ctx, AdjustBudget(key, date(2026, 3, 1), 11, "纪要", "追加"))
        budget(ctx, "30201", 40, 2027)
        assert services.copy_budgets(ctx, 2026, 2027) == 1
        rows = {row.code: row for row in budgets.list_budgets(ctx, ListQuery(filters={"year": 2027})).rows}
        assert rows["30216"].left.amount_fen == 111
        assert (rows["30216"].note, rows["30201"].left.amount_fen) == ("办班", 40)
        with pytest.raises(RuleViolation, match="没有可复制的"):
            services.copy_budgets(ctx, 2026, 2027)
        with pytest.raises(RuleViolation, match="2024 年没有预算"):
            services.copy_budgets(ctx, 2024, 2027)


def test_only_a_budget_nobody_touched_is_deleted(unit: OpenUnit) -> None:
    with unit() as ctx:
        used, adjusted, free = budget(ctx, "30216", 100), budget(ctx, "30201", 100), budget(ctx, "30202", 100)
        spend(ctx, [("30216", 1)], "signing")
        services.adjust_budget(ctx, AdjustBudget(adjusted, date(2026, 3, 1), 1, "纪要", "追加"))
        for key in (used, adjusted):
            with pytest.raises(RuleViolation, match="不能删除"):
                services.delete_budget(ctx, key, 1)
        services.delete_budget(ctx, free, 1)
        with pytest.raises(RuleViolation, match="已有预算"):
            budget(ctx, "30216", 5)


# ----------------------------------------------------------------------------------------------- execution
def test_the_table_lists_spending_without_a_budget_and_marks_each_state(unit: OpenUnit) -> None:
    with unit() as ctx:
        budget(ctx, "30216", 1000)
        budget(ctx, "30217", 1000)
        budget(ctx, "30231", 1000)
        budget(ctx, "30202", 0)
        spend(ctx, [("30217", 900), ("30231", 1001), ("30201", 5), ("30216", 10)], "paid")
        rows = {row.code: row for row in budgets.list_budgets(ctx, ListQuery()).rows}
        words = {code: row.pill.text for code, row in rows.items()}
        assert words == {"30201": "无预算", "30202": "正常", "30216": "正常", "30217": "将用完", "30231": "超预算"}
        assert rows["30217"].rate == pytest.approx(0.9)
        for state, codes in (("over", ["30231"]), ("tight", ["30217"]), ("none", ["30201"])):
            shown = budgets.list_budgets(ctx, ListQuery(filters={"year": 2026, "state": state}))
            assert [row.code for row in shown.rows] == codes
            assert shown.total == 1
        for key in ("code", "name", "amount", "adjusted", "total", "executed", "in_flight", "left", "rate", "state"):
            assert budgets.list_budgets(ctx, ListQuery(sort=key, descending=True)).total == 5
        by_left = budgets.list_budgets(ctx, ListQuery(sort="left")).rows
        assert [row.code for row in by_left][:2] == ["30201", "30231"]
        overview = budgets.read_overview(ctx, 2026)
        assert (overview.totals.amount_fen, overview.totals.executed_fen) == (3000, 1916)
        assert (overview.three_publics.amount_fen, overview.three_publics.executed_fen) == (2000, 1901)
        assert (overview.over, overview.tight) == (1, 1)
        assert budgets.read_overview(ctx, 2030).totals.total_fen == 0
        assert [row.code for row in budgets.list_budgets(ctx, ListQuery("公务接待")).rows] == ["30217"]


def test_spending_follows_its_class_or_project(unit: OpenUnit) -> None:
    with unit() as ctx:
        for name in ("中青班", "中青班（改名后）"):
            spend(ctx, [("30216", 100), ("30217", 10)], "paid", subject=("training_class", 7, name))
        spend(ctx, [("30216", 1)], "signing", subject=("training_class", 7, "中青班（改名后）"))
        spend(ctx, [("30213", 55)], "approved", subject=("", None, "屋面维修"))
        spend(ctx, [("30213", 44)], "approved", subject=("", None, "锅炉维修"))
        spend(ctx, [("30201", 3)], "approved")
        spend(ctx, [("30201", 1000)], "draft")
        found = budgets.list_subject_spending(ctx, ListQuery(filters={"year": 2026}))
        lines = [(row.title, row.claims, row.executed_fen, row.in_flight_fen) for row in found.rows]
        assert lines == [
            ("中青班（改名后）", 3, 220, 1),
            ("屋面维修", 1, 55, 0),
            ("锅炉维修", 1, 44, 0),
            ("（未注明班次或项目）", 1, 3, 0),
        ]
        assert len({row.key for row in found.rows}) == 4
        assert sum(row.taken_fen for row in found.rows) == sum(
            row.left.taken_fen for row in budgets.list_budgets(ctx, ListQuery()).rows
        )
        assert budgets.list_subject_spending(ctx, ListQuery("锅炉", sort="taken")).total == 1


CODES = ("30201", "30216", "30217", "30231")


@pytest.mark.sqlite_only
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    amounts=st.dictionaries(st.sampled_from(CODES), st.integers(0, 10**14), max_size=4),
    claims=st.lists(
        st.tuples(
            st.sampled_from([state.value for state in DocumentState]),
            st.sampled_from((2025, 2026)),
            st.lists(st.tuples(st.sampled_from(CODES), st.integers(1, 10**13)), min_size=1, max_size=4),
        ),
        max_size=8,
    ),
)
def test_sums_are_those_of_whole_numbers(
    unit: OpenUnit,
    amounts: dict[str, int],
    claims: list[tuple[str, int, list[tuple[str, int]]]],
) -> None:
    with pytest.raises(_Undo), unit() as ctx:  # the database is the test's, not the example's
        _compare(ctx, amounts, claims)


class _Undo(Exception):
    pass


def _compare(ctx: Ctx, amounts: dict[str, int], claims: list[tuple[str, int, list[tuple[str, int]]]]) -> None:
    executed: dict[str, int] = defaultdict(int)
    in_flight: dict[str, int] = defaultdict(int)
    for code, fen in amounts.items():
        budget(ctx, code, fen)
    for state, year, lines in claims:
        spend(ctx, lines, state, year=year)
        for code, fen in lines if year == 2026 else ():
            if state in ("approved", "paid"):
                executed[code] += fen
            elif state in ("submitted", "signing"):
                in_flight[code] += fen
    rows = {row.code: row.left for row in budgets.list_budgets(ctx, ListQuery()).rows}
    assert set(rows) == set(amounts) | set(executed) | set(in_flight)
    for code, row in rows.items():
        assert row.executed_fen == executed[code]
        assert row.in_flight_fen == in_flight[code]
        assert row.left_fen == amounts.get(code, 0) - executed[code] - in_flight[code]
        assert row == budgets.left(ctx, 2026, category(ctx, code))
    overview = budgets.read_overview(ctx, 2026)
    assert overview.totals.executed_fen == sum(executed.values())
    assert overview.totals.left_fen == sum(amounts.values()) - sum(executed.values()) - sum(in_flight.values())
    assert overview.three_publics.executed_fen == sum(executed[code] for code in ("30217", "30231"))
    raise _Undo
