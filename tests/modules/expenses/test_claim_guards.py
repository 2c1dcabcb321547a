"""Ways round the checks of a claim that somebody would try: no kind, old dates, another's invoice, any record."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    DocumentState,
    PaperSignature,
    SigningRules,
    Submit,
)
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    EvidenceKind,
    EvidenceOwner,
    ExpenseRules,
    InvoiceKind,
    LinkRecord,
    PayClaim,
    PaymentMethod,
    SaveInvoice,
    SaveLine,
    VoidClaim,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route, SaveThreshold
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, SaveRequest
from dangxiao_houqin.modules.expenses.domain.records import SaveRecord
from dangxiao_houqin.modules.expenses.queries.claims import check_claim, list_payees
from dangxiao_houqin.modules.expenses.queries.evidence import list_evidence
from dangxiao_houqin.modules.expenses.queries.purchases import get_request
from dangxiao_houqin.modules.expenses.queries.signing_desk import load_sheet
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from tests.modules.expenses.fund_school import category
from tests.modules.expenses.signing_school import PASSWORD, QUICK, SCAN, School, Unit, open_school
from tests.support.einvoices import Sample, digital_xml

DIGITAL = "26442000000000000001"


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def _limit(school: School, fen: int = 10_000_00, valid_from: date = date(2020, 1, 1)) -> None:
    with school.unit("test.limit") as ctx:
        services.save_threshold(
            ctx, SaveThreshold(ProcurementKind.GOODS, fen, Route.INQUIRY, valid_from, document="虚构〔2026〕1号")
        )


def _said(school: School, claim: int, login: str = "wang") -> str:
    with school.as_(login, read_only=True) as ctx:
        return "\n".join(check_claim(ctx, claim).notices)


def _hand_in(school: School, claim: int, *confirmed: str) -> None:
    with school.as_("wang", confirmed=frozenset({"no_budget", *confirmed})) as ctx:
        services.submit(ctx, Submit(school.ref(claim), PASSWORD), hashing=QUICK)


def _invoice(number: str, fen: int, **more: object) -> SaveInvoice:
    values: dict[str, object] = {
        "kind": InvoiceKind.DIGITAL,
        "number": number,
        "amount_fen": fen,
        "seller": "虚构文具店",
    }
    return SaveInvoice(**{**values, **more})  # type: ignore[arg-type]


# -------------------------------------------------------------------------------------------------- procurement
def test_much_money_without_a_kind_is_asked_about_and_printed(school: School) -> None:
    _limit(school)
    below, over = school.claim(fen=10_000_00 - 1), school.claim(fen=10_000_00, payee="别的虚构公司")
    _hand_in(school, below)
    with pytest.raises(NeedsConfirmation, match="没有选择采购类别") as asked:
        _hand_in(school, over)
    assert asked.value.key == "no_purchase"
    assert school.state(over) is DocumentState.DRAFT
    _hand_in(school, over, "no_purchase")
    assert any("没有选择采购类别" in notice and "¥10,000.00" in notice for notice in school.row(over).notices)


def test_small_claims_without_a_kind_add_up_with_those_that_have_one(school: School) -> None:
    _limit(school)
    first = school.claim(fen=6_000_00)
    _hand_in(school, first)
    assert "化整为零" in _said(school, school.claim(fen=6_000_00))
    assert "化整为零" in _said(school, school.claim(fen=6_000_00, procurement_kind=ProcurementKind.GOODS))
    assert "化整为零" not in _said(school, school.claim(fen=6_000_00, payee="别的虚构公司"))


def test_an_old_date_does_not_lead_round_a_rule_made_since(school: School, clock: FixedClock) -> None:
    today = clock.today()
    _limit(school, valid_from=today - timedelta(days=10))
    old = today - timedelta(days=100)
    claim = school.claim(fen=20_000_00, filled_on=old, procurement_kind=ProcurementKind.GOODS)
    said = _said(school, claim)
    assert "支付前须关联采购记录" in said
    assert f"填报日期 {old} 比提交日期早 100 天" in said
    with pytest.raises(NeedsConfirmation, match="没有选择采购类别"):
        _hand_in(school, school.claim(fen=20_000_00, filled_on=old))
    _hand_in(school, claim)
    clock.advance(timedelta(days=400))  # what was demanded when it was handed in is demanded when it is paid
    for login in ("li", "zhao"):
        school.sign(claim, login)
    school.paper(claim)
    with pytest.raises(RuleViolation, match="采购记录"), school.as_("qian") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))


def test_a_request_with_an_old_date_is_judged_by_todays_rules_too(school: School, clock: FixedClock) -> None:
    _limit(school, valid_from=clock.today() - timedelta(days=10))
    old = clock.today() - timedelta(days=100)
    with school.as_("wang") as ctx:
        items = (ItemInput("虚构的电脑", Decimal(1), 20_000_00),)
        saved = services.save_request(ctx, SaveRequest(ProcurementKind.GOODS, items=items, filled_on=old, reason="旧"))
    with pytest.raises(InvalidInput, match="询价至少要有 3 家"):
        school.submit(saved.id, kind=DocumentKind.PURCHASE)


def test_a_record_that_does_not_fit_is_asked_about_at_payment(school: School, clock: FixedClock) -> None:
    """After the last signature any record could be linked: who pays is told that it is somebody else's."""
    _limit(school)
    claim = school.approved(fen=20_000_00, procurement_kind=ProcurementKind.GOODS)
    school.paper(claim)
    with school.as_("qian") as ctx:
        record = services.save_record(
            ctx,
            SaveRecord(
                "CG-虚构-1", "别的采购", ProcurementKind.GOODS, Route.INQUIRY, "别的公司", clock.today(), 15_000_00,
                minutes_no="纪要1号",
            ),
        )  # fmt: skip
    with school.as_("wang") as ctx:
        services.link_record(ctx, LinkRecord(school.ref(claim), record))
    with pytest.raises(NeedsConfirmation) as asked, school.as_("qian") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))
    assert asked.value.key == "record_misfits"
    assert "别的公司" in str(asked.value)
    assert "超出 ¥5,000.00" in str(asked.value)
    assert school.state(claim) is DocumentState.APPROVED
    with school.as_("qian", confirmed=frozenset({"record_misfits"})) as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))
    assert school.state(claim) is DocumentState.PAID


def test_papers_of_a_record_stay_once_a_claim_was_paid_by_it(school: School, clock: FixedClock) -> None:
    _limit(school)
    claim = school.approved(fen=20_000_00, procurement_kind=ProcurementKind.GOODS)
    school.paper(claim)
    with school.as_("qian") as ctx:
        record = services.save_record(
            ctx,
            SaveRecord("CG-虚构-2", "纸", ProcurementKind.GOODS, Route.INQUIRY, "虚构文具店", clock.today(), 20_000_00,
                       minutes_no="纪要1号"),
        )  # fmt: skip
        paper = services.add_evidence(ctx, AddEvidence(EvidenceOwner.RECORD, record, "成交通知书.pdf", SCAN))
        services.link_record(ctx, LinkRecord(school.ref(claim), record))
    with school.as_("qian") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))
    with pytest.raises(RuleViolation, match="不能再移除"), school.as_("qian") as ctx:
        services.remove_evidence(ctx, paper.id)


# --------------------------------------------------------------------------------------------------------- budget
def test_another_years_budget_is_named_to_the_signers(school: School, clock: FixedClock) -> None:
    year = clock.today().year
    assert f"列入 {year - 1} 年预算" in _said(school, school.claim(budget_year=year - 1))
    assert "年预算，不是" not in _said(school, school.claim(budget_year=year))


def test_one_question_names_every_category_without_budget(school: School) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, ExpenseRules(no_budget="warn"))
        services.ensure_categories(ctx)
        first, second = category(ctx, "30201"), category(ctx, "30202")
    lines = (SaveLine("纸", first, 1_00), SaveLine("印刷", second, 2_00))
    claim = school.claim(lines=lines)
    with pytest.raises(NeedsConfirmation) as asked, school.as_("wang") as ctx:
        services.submit(ctx, Submit(school.ref(claim), PASSWORD), hashing=QUICK)
    assert "30201" in str(asked.value)
    assert "30202" in str(asked.value)
    assert str(asked.value).count("仍要提交吗") == 1


# ------------------------------------------------------------------------------------------------------- invoices
def test_a_digital_invoice_is_one_whatever_kind_and_code_are_typed(school: School) -> None:
    school.claim(invoices=(_invoice(DIGITAL, 123_450),))
    for kind, code in ((InvoiceKind.OTHER, "X1"), (InvoiceKind.OTHER, ""), (InvoiceKind.FISCAL, "123")):
        spelled = f" {DIGITAL[:10]} {DIGITAL[10:]} "
        with pytest.raises(RuleViolation, match=DIGITAL):
            school.claim(invoices=(_invoice(spelled, 123_450, kind=kind, code=code),))


def test_number_and_amount_seen_before_are_told_to_the_signers(school: School) -> None:
    """A paper invoice under another kind has another key; the same number with the same amount is still named."""
    old = _invoice("12345678", 123_450, kind=InvoiceKind.VAT_ORDINARY, code="4400201130")
    first = school.claim(invoices=(old,))
    again = school.claim(invoices=(_invoice("12345678", 123_450, kind=InvoiceKind.OTHER),))
    assert "号码和金额与报销单" in _said(school, again)
    other = school.claim(invoices=(_invoice("12345678", 99_00, kind=InvoiceKind.OTHER, seller="别的店"),))
    assert "号码和金额" not in _said(school, other)
    assert school.row(first).draft_no in _said(school, again)


def test_an_invoice_of_a_voided_claim_is_named_when_it_comes_again(school: School) -> None:
    claim = school.approved(invoices=(_invoice(DIGITAL, 123_450),))
    number = school.row(claim).number
    with school.as_("qian") as ctx:
        services.void_claim(ctx, VoidClaim(school.ref(claim), "填错收款人"))
    again = school.claim(invoices=(_invoice(DIGITAL, 123_450),))
    assert f"曾用于已作废的报销单 {number}" in _said(school, again)


def test_an_e_invoice_beside_two_claims_or_not_entered_is_told(school: School) -> None:
    data = digital_xml()
    number = Sample().number
    first, second = school.claim(), school.claim()
    for claim in (first, second):
        with school.as_("wang") as ctx:
            cmd = AddEvidence(EvidenceOwner.CLAIM, claim, "发票.xml", data, EvidenceKind.INVOICE)
            services.add_evidence(ctx, cmd)
    said = _said(school, second)
    assert f"附件里的发票 {number} 没有登记" in said
    assert f"也附在报销单 {school.row(first).draft_no}" in said


# ---------------------------------------------------------------------------------------------------- whose it is
def _only_signs(school: School) -> None:
    school.add("stranger", "郑旁人", ("领导（只看）",))
    with school.unit("test.role") as ctx:
        role = ctx.add(Role(name="只签", permissions=["expenses.sign"], builtin=False))
        ctx.session.get_one(UserAccount, school.ids["stranger"]).roles = [role]


def test_the_right_to_sign_shows_only_what_is_to_be_signed(school: School) -> None:
    _only_signs(school)
    claim = school.claim()
    school.submit(claim)
    with pytest.raises(PermissionDenied), school.as_("stranger", read_only=True) as ctx:
        load_sheet(ctx, DocumentKind.CLAIM, claim)
    with school.as_("li", read_only=True) as ctx:
        assert load_sheet(ctx, DocumentKind.CLAIM, claim).total_fen == 123_450


def test_a_request_of_somebody_else_is_neither_read_nor_copied(school: School) -> None:
    _only_signs(school)
    school.add("clerk", "吴文员", ("经办人",))
    with school.as_("wang") as ctx:
        saved = services.save_request(ctx, SaveRequest(ProcurementKind.GOODS, title="保密的采购"))
        services.add_evidence(ctx, AddEvidence(EvidenceOwner.PURCHASE, saved.id, "方案.pdf", SCAN))
    for login in ("clerk", "stranger"):
        for read in (
            lambda ctx: get_request(ctx, saved.id),
            lambda ctx: list_evidence(ctx, EvidenceOwner.PURCHASE, saved.id),
            lambda ctx: load_sheet(ctx, DocumentKind.PURCHASE, saved.id),
        ):
            with pytest.raises(PermissionDenied), school.as_(login, read_only=True) as ctx:
                read(ctx)
    with pytest.raises(PermissionDenied), school.as_("clerk") as ctx:
        services.copy_request(ctx, saved.id)


def test_a_persons_bank_account_is_offered_to_who_filled_it_in(school: School) -> None:
    school.add("clerk", "吴文员", ("经办人",))
    for payee, account in (("讲课人", "62000001"), ("虚构建材公司", "62000002")):
        school.claim(payment_method=PaymentMethod.TRANSFER, payee=payee, payee_bank="虚构银行", payee_account=account)
    with school.as_("wang", read_only=True) as ctx:
        assert {row.account for row in list_payees(ctx)} == {"62000001", "62000002"}
    with school.as_("clerk", read_only=True) as ctx:
        assert {row.account for row in list_payees(ctx)} == {"62000002"}


def test_separation_holds_at_payment(school: School, clock: FixedClock) -> None:
    """Who filled a claim in does not pay it, also with the right to pay."""
    with school.unit("test.role") as ctx:
        save_settings(ctx.session, SigningRules(wet_signature="off"))
        school.give(ctx, "wang", "财务")
    claim = school.approved()
    with pytest.raises(PermissionDenied, match="经办人"), school.as_("wang") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))


def test_who_signed_on_paper_does_not_pay(school: School, clock: FixedClock) -> None:
    with school.unit("test.role") as ctx:
        school.give(ctx, "zhao", "财务")
    claim = school.claim()
    school.submit(claim)
    school.paper(claim, *(PaperSignature(n, school.ids[who], clock.today()) for n, who in ((1, "li"), (2, "zhao"))))
    with pytest.raises(PermissionDenied, match="签批过"), school.as_("zhao") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))
    with school.as_("qian") as ctx:  # he registered it and signed nothing
        services.pay_claim(ctx, PayClaim(school.ref(claim), clock.today()))


def test_a_name_that_only_looks_like_another_is_kept_as_it_is_read(school: School) -> None:
    claim = school.claim()
    with school.as_("wang") as ctx:
        services.add_evidence(ctx, AddEvidence(EvidenceOwner.CLAIM, claim, "..\\..\\发\u202efdp\n票𡉃.pdf", SCAN))
    with school.as_("wang", read_only=True) as ctx:
        (paper,) = list_evidence(ctx, EvidenceOwner.CLAIM, claim)
    assert paper.name == "发fdp票𡉃.pdf"
