"""收入台账: every receipt once, remitted exactly, and money that is held too long is named."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Conflict, InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.funds import IncomeRules
from dangxiao_houqin.modules.expenses.domain.income import (
    AGE_BANDS,
    IncomeMethod,
    IncomeState,
    MakeRemittance,
    SaveIncome,
    UndoRemittance,
    VoidIncome,
)
from dangxiao_houqin.modules.expenses.queries import income
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role
from tests.modules.expenses.fund_school import receive

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
TODAY = date(2026, 3, 2)
YI = 10_000_000_000


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def remit(ctx: Ctx, *keys: int, slip: str = "2026-0001", day: date = TODAY) -> int:
    return services.make_remittance(ctx, MakeRemittance(keys, slip, day, "县财政专户"))


# ------------------------------------------------------------------------------------------------ register
def test_entries_are_numbered_by_year_without_gaps(unit: OpenUnit) -> None:
    with unit() as ctx:
        receive(ctx, 1, date(2025, 12, 31))
        receive(ctx, 2)
    with pytest.raises(InvalidInput), unit() as ctx:
        receive(ctx, 0)
    with unit() as ctx:
        receive(ctx, 3)
        numbers = [row.number for row in income.list_income(ctx, ListQuery(sort="number")).rows]
    assert numbers == ["SR-2025-00001", "SR-2026-00001", "SR-2026-00002"]


@pytest.mark.parametrize(
    ("change", "field"),
    (
        ({"amount_fen": 0}, "amount_fen"),
        ({"amount_fen": -1}, "amount_fen"),
        ({"amount_fen": 10**15}, "amount_fen"),
        ({"received_on": date(2026, 3, 3)}, "received_on"),
        ({"payer": " "}, "payer"),
        ({"receipt_no": " "}, "receipt_no"),
        ({"kind": "停车费"}, "kind"),
        ({"receipt_kind": "白条"}, "receipt_kind"),
    ),
)
def test_what_is_wrong_is_named_at_its_field(unit: OpenUnit, change: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        receive(ctx, 100, **{"day": date(2026, 3, 1), **change})  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_receipt_is_registered_once_however_it_is_written(unit: OpenUnit) -> None:
    with unit() as ctx:
        first = receive(ctx, 120_00, receipt_no="Ab 0012", payer="县农业农村局")
        for again in ("Ab 0012", "AB0012", "ａｂ００１２"):
            with pytest.raises(RuleViolation, match=r"SR-2026-00001（2026-03-01 县农业农村局，¥120\.00）") as caught:
                receive(ctx, 5, receipt_no=again)
            assert caught.value.field == "receipt_no"
        receive(ctx, 5, receipt_no="Ab 0012", receipt_kind="税务发票")
        row = income.get_income(ctx, first)
        services.void_income(ctx, VoidIncome(first, row.version, "开错票，已收回三联"))
        receive(ctx, 6, receipt_no="AB0012")
        assert income.get_income(ctx, first).state is IncomeState.VOID


def test_a_correction_keeps_the_number_and_is_seen_by_the_other_desk(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = receive(ctx, 100, receipt_no="1")
        row = income.get_income(ctx, key)
    change = SaveIncome(
        row.received_on,
        "餐费",
        "县委组织部",
        250,
        IncomeMethod.SCAN,
        row.receipt_kind,
        "1",
        income_id=key,
        version=row.version,
    )
    with unit() as ctx:
        services.save_income(ctx, change)
        now = income.get_income(ctx, key)
        assert (now.number, now.kind, now.amount_fen, now.method) == (row.number, "餐费", 250, IncomeMethod.SCAN)
        assert [r.id for r in income.list_income(ctx, ListQuery("xwzzb")).rows] == [key]
    with pytest.raises(Conflict), unit() as ctx:
        services.save_income(ctx, change)


def test_kinds_that_the_office_dropped_stay_on_old_entries(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = receive(ctx, 100, kind="餐费")
        save_settings(ctx.session, IncomeRules(kinds=("住宿费",)))
        ctx.forget_settings()
        row = income.get_income(ctx, key)
        same = SaveIncome(
            row.received_on,
            row.kind,
            "改名",
            1,
            row.method,
            row.receipt_kind,
            row.receipt_no,
            income_id=key,
            version=row.version,
        )
        services.save_income(ctx, same)
        assert income.list_kinds(ctx) == ("住宿费", "餐费")
        with pytest.raises(InvalidInput):
            receive(ctx, 1, kind="餐费")


def test_who_may_not_sees_and_changes_nothing(db: Database) -> None:
    nobody = Actor(None, "无权限的人")
    for ask in (income.list_kinds, income.read_ageing, services.remind_remittances):
        with pytest.raises(PermissionDenied), unit_of_work(db, nobody, "test.step") as ctx:
            ask(ctx)


# ---------------------------------------------------------------------------------------------- remittance
def test_a_slip_is_the_exact_sum_of_its_entries_and_closes_them(unit: OpenUnit) -> None:
    with unit() as ctx:
        keys = [receive(ctx, fen) for fen in (99 * YI + 1, 10, 7)]
        other = receive(ctx, 3)
        slip = remit(ctx, *keys)
        found = income.list_remittances(ctx, ListQuery(filters={"year": 2026})).rows[0]
        assert (found.total_fen, found.entries, found.id) == (99 * YI + 18, 3, slip)
        row = income.get_income(ctx, keys[0])
        assert (row.state, row.slip_no, row.remitted_on) == (IncomeState.REMITTED, "2026-0001", TODAY)
        with pytest.raises(RuleViolation, match="已随缴款书 2026-0001 缴款，不能再改"):
            services.void_income(ctx, VoidIncome(keys[0], row.version, "错"))
        with pytest.raises(RuleViolation, match="已随缴款书"):
            remit(ctx, other, keys[0], slip="2026-0002")
        with pytest.raises(RuleViolation, match="已登记过") as caught:
            remit(ctx, other)
        assert caught.value.field == "slip_no"
        assert income.sum_income(ctx, ListQuery()).held_fen == 3
        shown = income.list_income(ctx, ListQuery(filters={"remittance_id": slip}))
        assert sum(each.amount_fen for each in shown.rows) == found.total_fen


@pytest.mark.parametrize(
    ("slip", "day", "field"),
    ((" ", TODAY, "slip_no"), ("1", ago(-1), "remitted_on"), ("1", date(2026, 2, 28), "remitted_on")),
)
def test_a_slip_has_a_number_and_a_day_between_receipt_and_today(
    unit: OpenUnit, slip: str, day: date, field: str
) -> None:
    with unit() as ctx:
        key = receive(ctx, 5)
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        remit(ctx, key, slip=slip, day=day)
    assert caught.value.field == field


def test_a_slip_needs_entries_and_they_must_not_be_void(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = receive(ctx, 5)
        services.void_income(ctx, VoidIncome(key, 1, "退款"))
        with pytest.raises(RuleViolation, match="已作废"):
            remit(ctx, key)
        with pytest.raises(InvalidInput):
            remit(ctx)


def test_an_undone_slip_opens_its_entries_and_the_log_keeps_why(unit: OpenUnit) -> None:
    with unit() as ctx:
        key = receive(ctx, 5)
        slip = remit(ctx, key)
        with pytest.raises(InvalidInput):
            services.undo_remittance(ctx, UndoRemittance(slip, 1, " "))
        services.undo_remittance(ctx, UndoRemittance(slip, 1, "号码输错"))
        assert income.get_income(ctx, key).state is IncomeState.HELD
        assert income.list_remittances(ctx, ListQuery()).total == 0
        remit(ctx, key)
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.action == "expenses.undo_remittance")).one()
        assert entry.changes == {"reason": [None, "号码输错"]}


# --------------------------------------------------------------------------------------- lists and ageing
def test_lists_filter_sort_and_sum_without_void_entries(unit: OpenUnit) -> None:
    with unit() as ctx:
        held = receive(ctx, 100, ago(3))
        late = receive(
            ctx, 200, ago(11), kind="餐费", method=IncomeMethod.CASH, subject_kind="training_class", subject_id=4
        )
        edge = receive(ctx, 400, ago(10))
        gone, void = receive(ctx, 800, ago(40)), receive(ctx, 1600, ago(40))
        remit(ctx, gone)
        services.void_income(ctx, VoidIncome(void, 1, "退款"))

        def ids(**filters: object) -> set[int]:
            rows = income.list_income(ctx, ListQuery(filters=filters)).rows
            assert income.sum_income(ctx, ListQuery(filters=filters)).amount_fen == sum(
                row.amount_fen for row in rows if row.counts
            )
            return {row.id for row in rows}

        assert ids(state="held") == {held, late, edge}
        assert ids(state="late") == {late}
        assert ids(state="remitted") == {gone}
        assert ids(state="void") == {void}
        assert ids(state="valid") == {held, late, edge, gone}
        assert ids(kind="餐费") == ids(method="cash") == ids(subject=("training_class", 4)) == {late}
        assert ids(age=0) == {held, edge}
        assert ids(age=1) == {late}
        assert ids(year=2026, month=1) == {gone, void}
        assert ids(period=(ago(11), ago(10))) == {late, edge}
        assert ids(year=2025) == set()
        assert income.sum_income(ctx, ListQuery()).held_fen == 700
        states = {row.id: (row.state, row.days) for row in income.list_income(ctx, ListQuery()).rows}
        assert states[edge] == (IncomeState.HELD, 10)
        assert states[late] == (IncomeState.LATE, 11)
        assert states[gone] == (IncomeState.REMITTED, None)
        for key in (
            "number",
            "received_on",
            "kind",
            "payer",
            "amount",
            "method",
            "days",
            "state",
            "slip_no",
            "subject",
        ):
            assert income.list_income(ctx, ListQuery(sort=key, descending=True)).total == 5
        for key in ("slip_no", "remitted_on", "total", "entries", "first_day", "account"):
            assert income.list_remittances(ctx, ListQuery(sort=key)).total == 1
        kinds = {line.title: line for line in income.sum_by_kind(ctx, date(2026, 1, 1), date(2026, 12, 31))}
        assert kinds["住宿费"].amount_fen == 1300
        assert (kinds["住宿费"].remitted_fen, kinds["餐费"].held_fen, kinds["其他收入"].entries) == (800, 200, 0)
        months = income.sum_by_month(ctx, 2026)
        assert [line.amount_fen for line in months][:3] == [800, 700, 0]
        assert months[0].title == "1月"


def test_ageing_looks_back_from_any_day(unit: OpenUnit) -> None:
    with unit() as ctx:
        gone = receive(ctx, 5, ago(60))
        receive(ctx, 7, ago(20))
        remit(ctx, gone, day=ago(5))
        then = income.read_ageing(ctx, ago(6))
        assert [cell.amount_fen for cell in then.total.cells] == [0, 7, 5, 0]
        assert [cell.amount_fen for cell in income.read_ageing(ctx).total.cells] == [0, 7, 0, 0]
        assert income.read_ageing(ctx, ago(30)).total.total.amount_fen == 5


class _Undo(Exception):
    pass


@pytest.mark.sqlite_only
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.lists(
        st.tuples(
            st.integers(0, 400) | st.sampled_from((0, 10, 11, 30, 31, 90, 91)),
            st.integers(1, 10**14),
            st.sampled_from(("住宿费", "餐费")),
            st.sampled_from(("held", "remitted", "void")),
        ),
        max_size=12,
    ),
    within=st.integers(1, 120),
)
def test_every_fen_that_is_held_is_in_exactly_one_band(
    unit: OpenUnit, entries: list[tuple[int, int, str, str]], within: int
) -> None:
    with pytest.raises(_Undo), unit() as ctx:
        _compare(ctx, entries, within)


def _compare(ctx: Ctx, entries: list[tuple[int, int, str, str]], within: int) -> None:
    save_settings(ctx.session, IncomeRules(remit_within_days=within))
    ctx.forget_settings()
    held = []
    for number, (days, fen, kind, state) in enumerate(entries):
        key = receive(ctx, fen, ago(days), kind=kind)
        if state == "remitted":
            remit(ctx, key, slip=str(number))
        elif state == "void":
            services.void_income(ctx, VoidIncome(key, 1, "退款"))
        else:
            held.append((days, fen, kind))
    ageing = income.read_ageing(ctx)
    assert ageing.total.total.amount_fen == sum(fen for _, fen, _ in held)
    assert ageing.total.total.entries == len(held)
    for index, band in enumerate(AGE_BANDS):
        inside = [e for e in held if band.first <= e[0] and (band.last is None or e[0] <= band.last)]
        assert ageing.total.cells[index].amount_fen == sum(fen for _, fen, _ in inside)
        assert income.list_income(ctx, ListQuery(filters={"age": index})).total == len(inside)
    for line in ageing.lines:
        late = [e for e in held if e[2] == line.kind and e[0] > within]
        assert (line.late.entries, line.late.amount_fen) == (len(late), sum(fen for _, fen, _ in late))
    assert income.list_income(ctx, ListQuery(filters={"state": "late"})).total == ageing.total.late.entries
    raise _Undo


# --------------------------------------------------------------------------------------------- reminding
def _open_items(ctx: Ctx) -> list[str]:
    query = select(InboxItem.text).where(InboxItem.state == "open", InboxItem.key.startswith("expenses.remit:"))
    return list(ctx.session.scalars(query))


def test_late_money_is_one_task_until_it_is_remitted(unit: OpenUnit, clock: FixedClock) -> None:
    with unit() as ctx:
        ctx.add(Role(name="财务", permissions=[], builtin=True))
        first, second = receive(ctx, 100_00, ago(11), payer="县财政局"), receive(ctx, 5_00, ago(10))
        assert services.remind_remittances(ctx) == 1
        assert services.remind_remittances(ctx) == 1
        assert len(_open_items(ctx)) == 1
        assert (
            "1 笔收入共 ¥100.00 超过 10 天未缴，最早的是 2026-02-19 的 SR-2026-00001（县财政局）" in _open_items(ctx)[0]
        )
    clock.moment += timedelta(days=1)
    with unit() as ctx:
        assert services.remind_remittances(ctx) == 2
        assert len(_open_items(ctx)) == 1
        assert "2 笔收入共 ¥105.00" in _open_items(ctx)[0]
        slip = remit(ctx, first, second)
        assert _open_items(ctx) == []
        services.undo_remittance(ctx, UndoRemittance(slip, 1, "错"))
        assert services.remind_remittances(ctx) == 2
        assert len(_open_items(ctx)) == 1
