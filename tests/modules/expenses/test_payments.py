"""What is checked when a claim is handed in, and before it is paid: budget, procurement, paper, duties, signatures."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, SigningRules, Submit
from dangxiao_houqin.modules.expenses.domain.claims import (
    ClaimAction,
    ExpenseRules,
    InvoiceKind,
    LinkRecord,
    OverrideRecord,
    PayClaim,
    PaymentMethod,
    SaveClaim,
    SaveInvoice,
    SaveLine,
    SetVoucher,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route, SaveThreshold
from dangxiao_houqin.modules.expenses.domain.records import SaveRecord
from dangxiao_houqin.modules.expenses.models import ExpenseClaim
from dangxiao_houqin.modules.expenses.queries.claims import check_claim, get_claim
from tests.modules.expenses.fund_school import budget, category
from tests.modules.expenses.signing_school import PASSWORD, QUICK, School, Unit, open_school

DAY = date(2026, 3, 2)


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _rules(school: School, rules: object) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, rules)  # type: ignore[type-var]


def _hand_in(school: School, claim: int, *confirmed: str) -> None:
    with school.as_("wang", confirmed=frozenset(confirmed)) as ctx:
        services.submit(ctx, Submit(school.ref(claim), PASSWORD), hashing=QUICK)


def _pay(school: School, claim: int, login: str = "qian", paid_on: date = DAY, voucher: str = "记-12") -> None:
    with school.as_(login) as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), paid_on, voucher))


def _ready(school: School, **more: object) -> int:
    """Approved, with the signed paper registered."""
    claim = school.approved(**more)
    school.paper(claim)
    return claim


# ------------------------------------------------------------------------------------------------ handing in
def test_over_budget_is_blocked_with_category_and_rest(school: School) -> None:
    with school.unit("test.budget") as ctx:
        budget(ctx, "30201", 200_000)
    school.approved(fen=60_000)
    school.submit(school.claim(fen=40_000))
    school.claim(fen=77_777)  # a draft takes nothing
    claim = school.claim(fen=100_001)
    with pytest.raises(RuleViolation) as caught:
        _hand_in(school, claim, "over_budget")
    assert caught.value.message == ("2026 年“30201 办公费”的预算余额 ¥1,000.00，本次报销 ¥1,000.01，超出 ¥0.01。")
    exact = school.claim(fen=100_000)
    _hand_in(school, exact)
    assert school.row(exact).budget_left_fen == 100_000
    with school.as_("wang", read_only=True) as ctx:
        assert get_claim(ctx, exact).budgets[0].after_fen == 0


def test_over_budget_may_only_warn(school: School) -> None:
    _rules(school, ExpenseRules(over_budget="warn"))
    with school.unit("test.budget") as ctx:
        budget(ctx, "30201", 50)
    claim = school.claim(fen=100)
    with pytest.raises(NeedsConfirmation, match=r"超出 ¥0[.]50。仍要提交吗"):
        _hand_in(school, claim)
    _hand_in(school, claim, "over_budget")
    assert any("超出 ¥0.50" in notice for notice in school.row(claim).notices)


@pytest.mark.parametrize("rule", ("warn", "block"))
def test_a_category_without_budget(school: School, rule: str) -> None:
    _rules(school, ExpenseRules(no_budget=rule))  # type: ignore[arg-type]
    claim = school.claim()
    with pytest.raises(NeedsConfirmation if rule == "warn" else RuleViolation, match="没有预算"):
        _hand_in(school, claim)
    assert school.row(claim).budget_left_fen is None
    if rule == "warn":
        _hand_in(school, claim, "no_budget")
        assert school.state(claim) is DocumentState.SUBMITTED


def test_two_categories_are_judged_each(school: School) -> None:
    with school.unit("test.budget") as ctx:
        budget(ctx, "30201", 1_000)
        budget(ctx, "30211", 100)
        lines = (
            SaveLine("虚构纸", category(ctx, "30201"), 500),
            SaveLine("虚构差旅", category(ctx, "30211"), 60),
            SaveLine("虚构差旅二", category(ctx, "30211"), 41),
        )
    claim = school.claim(lines=lines)
    with pytest.raises(RuleViolation, match=r"“30211 差旅费”的预算余额 ¥1[.]00，本次报销 ¥1[.]01"):
        _hand_in(school, claim)


def test_what_is_missing_is_named_by_field(school: School) -> None:
    claim = school.claim(
        fen=5_000_000, payee="", minutes_no="", payment_method=PaymentMethod.TRANSFER, payee_account=""
    )
    with school.as_("wang", read_only=True) as ctx:
        check = check_claim(ctx, claim)
    assert [field for field, _ in check.problems] == ["payee", "payee_account", "minutes_no"]
    assert check.questions == ("2026 年“30201 办公费”没有预算，本次报销 ¥50,000.00。仍要提交吗？",)
    with pytest.raises(InvalidInput) as caught:
        _hand_in(school, claim, "no_budget")
    assert caught.value.field == "payee"
    below = school.claim(fen=4_999_999, minutes_no="")
    _hand_in(school, below, "no_budget")


def test_a_closed_category_is_refused(school: School) -> None:
    from dangxiao_houqin.modules.expenses.models import EconomicCategory

    claim = school.claim()
    with school.unit("test.close") as ctx:
        ctx.session.get_one(EconomicCategory, category(ctx, "30201")).active = False
    with pytest.raises(InvalidInput, match="第 1 行的经济分类“30201 办公费”已停用"):
        _hand_in(school, claim, "no_budget")


def test_signers_read_what_is_odd(school: School) -> None:
    old = SaveInvoice(
        InvoiceKind.DIGITAL, "25530000000000012345", 100_000, issued_on=date(2025, 12, 30), seller="另一家（虚构）"
    )
    transfer = {"payment_method": PaymentMethod.TRANSFER, "payee_account": "6200", "payee_bank": "虚构银行"}
    claim = school.claim(invoices=(old,), voucher_count=0, **transfer)
    _hand_in(school, claim, "no_budget")
    assert school.row(claim).notices == [
        "没有附单据，也没有附件。",
        "发票合计 ¥1,000.00，比报销金额 ¥1,234.50 少 ¥234.50。",
        "有 1 张发票开于 2025 年，属于跨年报销。",
        "收款单位“虚构文具店”与发票的销售方不一致。",
        "2026 年“30201 办公费”没有预算，本次报销 ¥1,234.50。",
    ]


# ------------------------------------------------------------------------------------------------ procurement
def _threshold(school: School, fen: int = 100_000) -> None:
    with school.unit("test.threshold") as ctx:
        services.save_threshold(
            ctx,
            SaveThreshold(ProcurementKind.GOODS, fen, Route.INQUIRY, date(2026, 1, 1), document="虚构财〔2026〕1号"),
        )


def _record(school: School, winner: str = "虚构文具店", fen: int = 200_000) -> int:
    with school.unit("test.record") as ctx:
        return services.save_record(
            ctx,
            SaveRecord(
                file_no=f"虚购〔2026〕{ctx.next_number('test.record')}号",
                title="虚构的打印纸采购",
                kind=ProcurementKind.GOODS,
                route=Route.INQUIRY,
                winner=winner,
                decided_on=date(2026, 2, 20),
                contract_fen=fen,
                minutes_no="虚构会〔2026〕3号",
            ),
        )


def test_over_the_limit_it_is_not_paid_without_a_record(school: School) -> None:
    _threshold(school)
    claim = _ready(school, procurement_kind=ProcurementKind.GOODS)
    row = school.row(claim)
    assert row.route == Route.INQUIRY.value
    assert "虚构财〔2026〕1号" in row.route_rule
    assert any("支付前须关联采购记录" in notice for notice in row.notices)
    with pytest.raises(RuleViolation, match="须先有采购记录"):
        _pay(school, claim)
    with school.as_("zhao", read_only=True) as ctx:
        view = get_claim(ctx, claim)
    assert view.record_needed
    assert ClaimAction.OVERRIDE in view.actions
    with school.as_("wang") as ctx:
        services.link_record(ctx, LinkRecord(school.ref(claim), _record(school)))
    _pay(school, claim)
    assert school.state(claim) is DocumentState.PAID


def test_below_the_limit_none_is_asked(school: School) -> None:
    _threshold(school, 123_451)
    claim = _ready(school, procurement_kind=ProcurementKind.GOODS)
    assert school.row(claim).route == Route.SELF.value
    _pay(school, claim)


def test_an_override_needs_right_reason_and_another_person(school: School) -> None:
    _threshold(school)
    claim = _ready(school, procurement_kind=ProcurementKind.GOODS)

    def override(login: str, reason: str) -> None:
        with school.as_(login, "expenses.set_override") as ctx:
            services.set_override(ctx, OverrideRecord(school.ref(claim), reason))

    with pytest.raises(PermissionDenied):
        override("qian", "急用")
    with pytest.raises(InvalidInput, match="理由"):
        override("zhao", " ")
    override("zhao", "抢险急用，事后补办（虚构）")
    row = school.row(claim)
    assert (row.override_reason, row.override_by) == ("抢险急用，事后补办（虚构）", "赵主要")
    override("zhao", "")
    with pytest.raises(RuleViolation, match="采购记录"):
        _pay(school, claim)
    override("zhao", "抢险急用，事后补办（虚构）")
    _pay(school, claim)
    own = school.approved("wang", procurement_kind=ProcurementKind.GOODS)
    with school.unit("test.role") as ctx:
        school.give(ctx, "wang", "主要领导")
    with pytest.raises(PermissionDenied, match="自己填报"), school.as_("wang") as ctx:
        services.set_override(ctx, OverrideRecord(school.ref(own), "自己放行"))


def test_a_record_that_does_not_fit_is_said(school: School) -> None:
    _threshold(school)
    record = _record(school, winner="另一家（虚构）", fen=200_000)
    first = school.claim(procurement_kind=ProcurementKind.GOODS, record_id=record)
    school.submit(first)
    second = school.claim(procurement_kind=ProcurementKind.GOODS, record_id=record)
    school.submit(second)
    notices = school.row(second).notices
    assert any("不是采购记录" in n and "另一家（虚构）" in n for n in notices)
    assert any("超出 ¥469.00" in n for n in notices)
    assert not any("超出 ¥469.00" in n for n in school.row(first).notices)
    with pytest.raises(RuleViolation, match="请等签批完成"), school.as_("wang") as ctx:
        services.link_record(ctx, LinkRecord(school.ref(second), None))


def test_a_milder_route_than_the_rules_is_said(school: School) -> None:
    _threshold(school)
    claim = school.claim(procurement_kind=ProcurementKind.GOODS, route=Route.SELF)
    school.submit(claim)
    assert school.row(claim).route == Route.SELF.value
    assert any("按规则应走询价，填报的是自行采购" in n for n in school.row(claim).notices)
    with school.as_("wang", read_only=True) as ctx:
        assert get_claim(ctx, claim).record_needed


# ---------------------------------------------------------------------------------------------------- payment
def test_payment_is_registered(school: School) -> None:
    claim = _ready(school)
    _pay(school, claim)
    row = school.row(claim)
    assert (row.state, row.paid_on, row.paid_by, row.paid_voucher) == ("paid", DAY, "钱财务", "记-12")
    with pytest.raises(RuleViolation, match="已支付，只有已批准的报销单才能登记支付"):
        _pay(school, claim)


def test_nothing_is_paid_before_its_last_signature(school: School) -> None:
    claim = school.claim()
    with pytest.raises(RuleViolation, match="草稿，只有已批准"):
        _pay(school, claim)
    school.submit(claim)
    school.sign(claim, "li")
    with pytest.raises(RuleViolation, match="签批中，只有已批准"):
        _pay(school, claim)


def test_the_signed_paper_comes_first_unless_the_rules_say_otherwise(school: School) -> None:
    claim = school.approved()
    with pytest.raises(RuleViolation, match="打印、签字、扫描登记"):
        _pay(school, claim)
    _rules(school, SigningRules(wet_signature="optional"))
    _pay(school, claim)


@pytest.mark.parametrize(
    ("paid_on", "sentence"), ((date(2026, 3, 3), "不能晚于今天"), (date(2026, 3, 1), "不能早于填报日期"))
)
def test_the_day_of_payment(school: School, paid_on: date, sentence: str) -> None:
    claim = _ready(school)
    with pytest.raises(InvalidInput, match=sentence) as caught:
        _pay(school, claim, paid_on=paid_on)
    assert caught.value.field == "paid_on"


def test_who_filled_or_signed_does_not_pay(school: School) -> None:
    claim = _ready(school)
    with school.unit("test.roles") as ctx:
        school.give(ctx, "wang", "财务")
        school.give(ctx, "li", "财务")
    with pytest.raises(PermissionDenied, match="您是这张报销单的经办人"):
        _pay(school, claim, "wang")
    with pytest.raises(PermissionDenied, match="您签批过"):
        _pay(school, claim, "li")
    with pytest.raises(PermissionDenied, match="权限"):
        _pay(school, claim, "zhao")
    _rules(school, SigningRules(separate_duties=False))
    _pay(school, claim, "wang")


def _number(school: School, claim: int, voucher: str, login: str = "qian") -> None:
    with school.as_(login, "expenses.set_payment_voucher") as ctx:
        services.set_payment_voucher(ctx, SetVoucher(school.ref(claim), voucher))


def test_a_voucher_number_is_added_then_corrected_once(school: School, db: Database) -> None:
    claim = _ready(school)
    with pytest.raises(RuleViolation, match="已批准，只有已支付"):
        _number(school, claim, "记-12")
    _pay(school, claim, voucher="")
    with pytest.raises(InvalidInput, match="请填写"):
        _number(school, claim, " ")
    _number(school, claim, "记-21")
    with pytest.raises(InvalidInput, match="已经是 记-21"):
        _number(school, claim, "记-21")
    _number(school, claim, "记-12")
    with pytest.raises(RuleViolation, match="已更正过一次，现在是 记-12"):
        _number(school, claim, "记-13")
    with school.as_("qian", read_only=True) as ctx:
        view = get_claim(ctx, claim)
    assert (view.paid_voucher, view.flaws) == ("记-12", ()), "the number is not part of what was signed"
    with db.engine.begin() as connection:
        query = text("SELECT count(*) FROM audit_entry WHERE action = 'expenses.set_payment_voucher'")
        assert connection.execute(query).scalar() == 2


def test_a_number_given_at_payment_is_corrected_once(school: School) -> None:
    claim = _ready(school)
    _pay(school, claim, voucher="记-12")
    _number(school, claim, "记-13")
    with pytest.raises(RuleViolation, match="已更正过一次"):
        _number(school, claim, "记-12")
    with school.as_("qian", read_only=True) as ctx:
        assert ClaimAction.SET_VOUCHER not in get_claim(ctx, claim).actions


def test_who_may_not_pay_sets_no_voucher_number(school: School) -> None:
    claim = _ready(school)
    _pay(school, claim)
    with pytest.raises(PermissionDenied, match="权限"):
        _number(school, claim, "记-13", "zhao")
    with school.unit("test.roles") as ctx:
        school.give(ctx, "wang", "财务")
    with pytest.raises(PermissionDenied, match="您是这张报销单的经办人"):
        _number(school, claim, "记-13", "wang")


def test_a_claim_that_was_tampered_with_is_not_paid(school: School, db: Database) -> None:
    claim = _ready(school)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE expense_claim SET payee_account = '6299'"))
    with pytest.raises(RuleViolation, match=r"签名核对不通过，不能支付：.*账号"):
        _pay(school, claim)
    with school.as_("qian", read_only=True) as ctx:
        assert get_claim(ctx, claim).flaws


def test_the_room_it_came_from_is_told(school: School, unit: Unit) -> None:
    from dangxiao_houqin.modules.expenses.domain.claims import ClaimSettled

    heard: list[ClaimSettled] = []
    claim = _ready(school)
    with unit("test.source") as ctx:
        row = ctx.session.get_one(ExpenseClaim, claim)
        row.source_kind, row.source_id = "repair_ticket", 12
    handlers = {ClaimSettled: (lambda _, event: heard.append(event),)}
    _rules(school, SigningRules(separate_duties=False))
    with school.unit("test.void", handlers=handlers) as ctx:
        from dangxiao_houqin.modules.expenses.domain.claims import VoidClaim

        services.void_claim(ctx, VoidClaim(school.ref(claim), "虚构的理由"))
    assert [(e.source, e.state, e.amount_fen) for e in heard] == [
        (Ref("repair_ticket", 12), DocumentState.VOIDED, 123_450)
    ]


def test_a_route_of_the_rules_follows_the_amount(school: School) -> None:
    """Who chose no way of buying is not held to the one that a larger amount would have asked for."""
    _threshold(school)
    claim = school.claim(procurement_kind=ProcurementKind.GOODS)
    school.submit(claim)
    assert school.row(claim).route == Route.INQUIRY.value
    with school.as_("li", read_only=True) as ctx:
        assert get_claim(ctx, claim).route is Route.INQUIRY
    school.send_back(claim, "li")
    with school.as_("wang", read_only=True) as ctx:
        view = get_claim(ctx, claim)
    assert view.route is None
    smaller = SaveLine("虚构的打印纸", view.lines[0].category_id, 99_999)
    with school.as_("wang") as ctx:
        services.save_claim(
            ctx,
            SaveClaim(
                lines=(smaller,),
                payee=view.payee,
                procurement_kind=view.procurement_kind,
                route=view.route,
                claim_id=claim,
                version=view.version,
            ),
        )
    school.submit(claim)
    assert school.row(claim).route == Route.SELF.value
    with school.as_("li", read_only=True) as ctx:
        assert not get_claim(ctx, claim).record_needed
