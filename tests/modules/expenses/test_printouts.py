"""Printouts from the database: signed documents come out with their signatures, changed ones never as valid."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text, update

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import NotFound, PermissionDenied
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import (
    DocumentKind,
    PaperSignature,
    SaveStandIn,
    SigningRules,
)
from dangxiao_houqin.modules.expenses.domain.claims import ExpenseRules, PaymentMethod, SaveLine, VoidClaim
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, QuoteInput, SaveRequest
from dangxiao_houqin.modules.expenses.models import ClaimLine, EconomicCategory, ExpenseClaim, PurchaseItem
from dangxiao_houqin.modules.expenses.printouts import (
    claim_slip_pdf,
    claim_slips_pdf,
    load_claim_slip,
    load_claim_slips,
    load_purchase_form,
    load_signing_ledger,
    load_voucher_sheet,
    purchase_form_pdf,
    signing_ledger_pdf,
    voucher_sheet_pdf,
)
from dangxiao_houqin.modules.expenses.queries.approval import chain_head
from dangxiao_houqin.modules.expenses.reports.claim_slip import ClaimSlip
from dangxiao_houqin.modules.expenses.reports.signing_ledger import SigningLedger
from dangxiao_houqin.modules.expenses.verification import find_link
from tests.support.paper import pdf_pages, pdf_sizes, squeezed

from .signing_school import School, open_school

Unit = Callable[..., AbstractContextManager[Ctx]]


@pytest.fixture
def school(unit: Unit) -> School:
    return open_school(unit)


def slip(school: School, claim_id: int, login: str = "qian") -> ClaimSlip:
    with school.as_(login, "test.print", read_only=True) as ctx:
        return load_claim_slip(ctx, claim_id)


def ledger(school: School, month: date = date(2026, 3, 31)) -> SigningLedger:
    with school.as_("zhao", "test.print", read_only=True) as ctx:
        return load_signing_ledger(ctx, month)


def rules(school: School, **values: object) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, ExpenseRules(**values))  # type: ignore[arg-type]


def page(data: ClaimSlip) -> str:
    return squeezed(pdf_pages(claim_slip_pdf(data))[0])


# -------------------------------------------------------------------------------------------------- the slip
def test_an_approved_claim_prints_its_signatures_and_the_chain(school: School) -> None:
    claim = school.approved(
        fen=107_000_53, payment_method=PaymentMethod.TRANSFER, payee_bank="农行", payee_account="6228"
    )
    data = slip(school, claim)
    assert data.flaws == ()
    assert [cell.name for cell in data.cells] == ["王经办", "李分管", "赵主要"]
    assert data.chain is not None
    with school.unit("test.look", read_only=True) as ctx:
        head = chain_head(ctx)
        assert find_link(ctx, data.chain.head_seq, data.chain.head_code) is None
        assert find_link(ctx, data.chain.seq, data.chain.check_code) is None
    assert (data.chain.seq, data.chain.head_seq, data.chain.head_code) == (head.seq, head.seq, head.check_code)
    shown = page(data)
    for words in ("BX-2026-00001", "虚构文具店", "壹拾万柒仟元伍角叁分", "李分管", "2026年3月2日", head.check_code):
        assert words in shown, words
    assert "√" in shown


def test_the_head_moves_on_with_later_signatures(school: School) -> None:
    first = school.approved()
    school.approved()
    data = slip(school, first)
    assert data.chain is not None
    assert data.chain.head_seq > data.chain.seq


def test_a_draft_and_a_void_claim_are_stamped(school: School) -> None:
    claim = school.claim()
    data = slip(school, claim)
    assert (data.stamp, data.chain, data.flaws) == ("草稿", None, ())
    assert data.number.startswith("草")
    assert "草稿" in page(data)
    with school.as_("wang") as ctx:
        services.void_claim(ctx, VoidClaim(school.ref(claim), "填错"))
    assert slip(school, claim).stamp == "作废"


def test_a_returned_claim_shows_no_signature_until_it_is_signed_again(school: School) -> None:
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "li", "一审意见")
    school.send_back(claim, "zhao", "请补发票")
    data = slip(school, claim)
    assert [cell.name for cell in data.cells] == ["", "", ""]
    assert (data.stamp, data.chain) == ("已退回", None)
    school.submit(claim)
    shown = page(slip(school, claim))
    assert "王经办" in shown
    assert "一审意见" not in shown
    assert "请补发票" not in shown


@pytest.mark.parametrize("what", ("line", "payee", "seal"))
def test_what_was_changed_in_the_database_is_printed_as_not_valid(school: School, what: str) -> None:
    claim = school.approved()
    with school.unit("test.tamper") as ctx:
        if what == "line":
            ctx.session.execute(update(ClaimLine).where(ClaimLine.claim_id == claim).values(amount_fen=999_999_00))
        elif what == "payee":
            ctx.session.execute(update(ExpenseClaim).where(ExpenseClaim.id == claim).values(payee="别家商行"))
        else:
            ctx.session.execute(text("UPDATE approval_step SET signature_seq = NULL WHERE position = 2"))
    data = slip(school, claim)
    assert data.flaws
    shown = page(data)
    assert "签名核对不符" in shown
    assert squeezed(data.flaws[0])[:20] in shown
    assert "李分管" not in shown
    assert data.chain is not None
    assert data.chain.check_code not in shown


def test_the_rules_choose_paper_cells_style_and_bank(school: School) -> None:
    claim = school.approved(fen=107_000_53)
    rules(
        school,
        slip_size="c240",
        witness_cell=True,
        department_cell=True,
        finance_cell=True,
        capital_style="wan",
        bank_shown=False,
        print_names=False,
        minutes_from_fen=0,
    )
    data = slip(school, claim)
    pdf = claim_slip_pdf(data)
    assert pdf_sizes(pdf) == [(240, 140)]
    assert [cell.title for cell in data.cells] == [
        "经办人",
        "证明人（验收人）",
        "部门负责人",
        "财务审核",
        "分管领导",
        "主要领导",
    ]
    shown = squeezed(pdf_pages(pdf)[0])
    assert "壹拾万零柒仟元伍角叁分" in shown
    assert "开户行" not in shown
    assert "李分管" not in shown
    assert "会议纪要；" not in shown


def test_stand_in_and_paper_signatures_are_told(school: School) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(wet_signature="optional"))
        services.save_stand_in(
            ctx,
            SaveStandIn(school.ids["li"], school.ids["zhao"], date(2026, 3, 1), date(2026, 3, 31), document="授权书"),
        )
    claim = school.claim()
    school.submit(claim)
    school.sign(claim, "zhao")
    school.paper(claim, PaperSignature(2, school.ids["zhao"], date(2026, 3, 2)))
    data = slip(school, claim)
    assert data.flaws == ()
    shown = page(data)
    assert [cell.name for cell in data.cells] == ["王经办", "赵主要", "赵主要"]
    assert "授权代签（代李分管）" in shown
    assert "纸质签字（钱财务登记）" in shown


def test_several_slips_and_the_sheet_for_gluing(school: School) -> None:
    ids = [school.approved(), school.claim()]
    with school.as_("qian", "test.print", read_only=True) as ctx:
        slips = load_claim_slips(ctx, ids)
        sheet = load_voucher_sheet(ctx, ids[0])
    assert [each.stamp for each in slips] == ["", "草稿"]
    assert len(pdf_pages(claim_slips_pdf(slips))) == 2
    shown = squeezed(pdf_pages(voucher_sheet_pdf(sheet))[0])
    assert "附单据1张" in shown
    assert "¥1,234.50（人民币壹仟贰佰叁拾肆元伍角整）" in shown


def test_a_claim_is_printed_for_those_who_may_see_it(school: School) -> None:
    claim = school.approved()
    school.add("outsider", "外人", ("经办人",))
    assert slip(school, claim, "wang").number == "BX-2026-00001"
    with pytest.raises(PermissionDenied):
        slip(school, claim, "outsider")
    with pytest.raises(NotFound):
        slip(school, 999_999)


def test_twelve_lines_from_the_database(school: School) -> None:
    with school.unit("test.categories") as ctx:
        services.ensure_categories(ctx)
        category = next(iter(ctx.session.query(EconomicCategory.id).limit(1)))[0]
    lines = tuple(SaveLine(f"第{n}项材料", category, n * 1_11) for n in range(1, 13))
    claim = school.approved(lines=lines)
    data = slip(school, claim)
    assert sum(line.amount_fen for line in data.lines) == data.total_fen == 78 * 1_11
    assert len(pdf_pages(claim_slip_pdf(data))) == 3


# ------------------------------------------------------------------------------------------------ purchases
def _request(school: School) -> int:
    with school.as_("wang") as ctx:
        return services.save_request(
            ctx,
            SaveRequest(
                title="购买床上用品（虚构）",
                kind=ProcurementKind.GOODS,
                filled_on=date(2026, 3, 2),
                items=(ItemInput("床上用品", Decimal(30), 298_00, "纯棉", "套", "公寓"),),
                quotes=(
                    QuoteInput("虚构商行", 8_940_00),
                    QuoteInput("虚构百货", 9_000_00),
                    QuoteInput("虚构商店", 9_100_00),
                ),
                fund_source="公用经费",
                budget_fen=10_000_00,
                reason="旧了",
            ),
        ).id


def test_a_purchase_prints_its_signatures_and_its_flaws(school: School) -> None:
    request = _request(school)
    kind = DocumentKind.PURCHASE
    with school.as_("wang", "test.print", read_only=True) as ctx:
        assert load_purchase_form(ctx, request).stamp == "草稿"
    school.submit(request, kind=kind)
    school.sign(request, "li", kind=kind)
    school.sign(request, "zhao", kind=kind)
    with school.as_("wang", "test.print", read_only=True) as ctx:
        form = load_purchase_form(ctx, request)
    assert (form.number, form.flaws, form.stamp) == ("CG-2026-00001", (), "")
    shown = squeezed(pdf_pages(purchase_form_pdf(form))[0])
    for words in ("捌仟玖佰肆拾元整", "李分管", "赵主要", "3.虚构商店", "CG-2026-00001", "尚未设置"):
        assert words in shown, words
    with school.unit("test.tamper") as ctx:
        ctx.session.execute(update(PurchaseItem).where(PurchaseItem.request_id == request).values(price_fen=1_00))
    with school.as_("wang", "test.print", read_only=True) as ctx:
        form = load_purchase_form(ctx, request)
    assert form.flaws
    assert "签名核对不符" in squeezed(pdf_pages(purchase_form_pdf(form))[0])


# ------------------------------------------------------------------------------------------------ the ledger
def test_the_ledger_has_every_link_of_the_month(school: School, clock: FixedClock) -> None:
    first = school.approved(fen=1_000_00)
    returned = school.claim(fen=50_00)
    school.submit(returned)
    school.send_back(returned, "li", "请补发票")
    request = _request(school)
    for step in (
        school.submit,
        lambda i, kind: school.sign(i, "li", kind=kind),
        lambda i, kind: school.sign(i, "zhao", kind=kind),
    ):
        step(request, kind=DocumentKind.PURCHASE)  # type: ignore[operator]
    clock.advance(timedelta(days=30))  # the first of April
    later = school.approved(fen=7_00)
    march, april, may = ledger(school), ledger(school, date(2026, 4, 2)), ledger(school, date(2026, 5, 1))
    assert [line.seq for line in march.lines] == list(range(1, len(march.lines) + 1))
    assert [line.seq for line in april.lines] == list(range(len(march.lines) + 1, april.head.seq + 1))
    assert may.lines == ()
    assert may.head_before is not None
    assert may.head_before.seq == may.head.seq == april.head.seq
    assert march.head_before is None
    assert april.head_before is not None
    assert april.head_before.seq == len(march.lines)
    assert [
        (each.kind, each.documents, each.signatures, each.returns, each.approved, each.approved_fen)
        for each in march.sums
    ] == [
        ("报销审批单", 2, 4, 1, 1, 1_000_00),
        ("采购申请审批表", 1, 3, 0, 1, 8_940_00),
    ]
    assert [each.approved_fen for each in april.sums] == [7_00]
    actions = [(line.number, line.action, line.signer) for line in march.lines]
    assert ("BX-2026-00001", "同意", "赵主要") in actions
    assert ("", "启用签名密钥", "王经办") in actions
    assert any("退回意见：请补发票" in line.about for line in march.lines)
    assert march.flaws == ()
    shown = squeezed("".join(pdf_pages(signing_ledger_pdf(march))))
    assert march.head.digest in shown
    with school.unit("test.look", read_only=True) as ctx:
        assert find_link(ctx, march.head.seq, march.head.check_code) is None
        assert all(find_link(ctx, line.seq, line.check_code) is None for line in march.lines)
    assert slip(school, first).flaws == slip(school, later).flaws == ()


def test_the_ledger_tells_what_was_signed_not_what_stands_there_now(school: School) -> None:
    claim = school.approved(fen=1_000_00)
    with school.unit("test.tamper") as ctx:
        ctx.session.execute(update(ExpenseClaim).where(ExpenseClaim.id == claim).values(total_fen=9_000_00))
    data = ledger(school)
    assert {line.amount_fen for line in data.lines if line.number} == {1_000_00}
    assert data.flaws
    assert "签名核对不符" in squeezed("".join(pdf_pages(signing_ledger_pdf(data))))


def test_the_ledger_needs_the_right_to_see_all(school: School) -> None:
    with pytest.raises(PermissionDenied), school.as_("wang", "test.print", read_only=True) as ctx:
        load_signing_ledger(ctx, date(2026, 3, 1))
