"""The printouts of approval: what the database gives to the pure functions in :mod:`.reports`.

Each is a pair: ``load_xxx(ctx, …)`` reads (and verifies the signatures), ``xxx_pdf(data, progress)`` draws without a
database, so that nothing is drawn while the database waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .domain.approval import DocumentKind, DocumentState, Flaw, SignAction, SignatureMark
from .domain.claims import ClaimView, ExpenseRules
from .domain.procurement import ProcurementRules
from .queries.approval import chain_head
from .queries.claim_view import get_claim
from .queries.purchases import get_request
from .queries.signing_ledger import LinkRow, head_before, list_links
from .reports.claim_slip import ClaimSlip, SlipLine, claim_slip_pdf, claim_slips_pdf
from .reports.purchase_form import FormItem, FormQuote, PurchaseForm, purchase_form_pdf
from .reports.signature_cells import PrintedChain, SignatureCell, current_marks, signature_cells
from .reports.signing_ledger import (
    LedgerLine,
    LedgerSum,
    SigningLedger,
    signing_ledger_pdf,
    signing_ledger_xlsx,
)
from .reports.voucher_sheet import VoucherSheet, voucher_sheet_pdf
from .verification import verify_all

__all__ = [
    "claim_slip_pdf",
    "claim_slips_pdf",
    "load_claim_slip",
    "load_claim_slips",
    "load_purchase_form",
    "load_signing_ledger",
    "load_voucher_sheet",
    "purchase_form_pdf",
    "signing_ledger_pdf",
    "signing_ledger_xlsx",
    "voucher_sheet_pdf",
]

_STAMPS = {
    DocumentState.DRAFT: "草稿",
    DocumentState.RETURNED: "已退回",
    DocumentState.WITHDRAWN: "已撤回",
    DocumentState.VOIDED: "作废",
}


def load_claim_slip(ctx: Ctx, claim_id: int) -> ClaimSlip:
    """经费支出报销审批单 of a claim, its signatures verified now.

    Raises :class:`NotFound`, and :class:`PermissionDenied` for a claim that is not shown to the actor.
    """
    claim = get_claim(ctx, claim_id)
    rules, school = ctx.settings(ExpenseRules), ctx.settings(SchoolProfile)
    return ClaimSlip(
        number=claim.number or claim.draft_no,
        department=claim.department,
        filled_on=claim.filled_on,
        vouchers=claim.voucher_count,
        lines=tuple(SlipLine(line.text, line.category, line.subject.text, line.amount_fen) for line in claim.lines),
        total_fen=claim.total_fen,
        payment=claim.payment_method,
        cells=_cells(ctx, claim.marks, witness=rules.witness_cell),
        cash_reason=claim.cash_reason,
        cash_allowed=rules.cash_allowed,
        payee=claim.payee,
        bank=claim.payee_bank,
        account=claim.payee_account,
        bank_shown=rules.bank_shown,
        route=claim.route.label if claim.route is not None else "",
        record=claim.record,
        contract_no=claim.contract_no,
        minutes_no=claim.minutes_no,
        budget_left_fen=claim.budget_left_fen,
        notices=_claim_notices(claim),
        minutes_from_fen=rules.minutes_from_fen,
        chain=_chain(ctx, claim.marks),
        flaws=_sentences(claim.flaws),
        stamp=_STAMPS.get(claim.state, ""),
        size=rules.slip_size,
        style=rules.capital_style,
        school=school.full_name,
        printed_at=ctx.now(),
    )


def load_claim_slips(ctx: Ctx, claim_ids: Iterable[int]) -> tuple[ClaimSlip, ...]:
    """Several slips for one printing, in the order given."""
    slips: list[ClaimSlip] = []
    for claim_id in claim_ids:
        ctx.progress(0.0, f"正在核对第 {len(slips) + 1} 张")
        slips.append(load_claim_slip(ctx, claim_id))
    return tuple(slips)


def load_voucher_sheet(ctx: Ctx, claim_id: int) -> VoucherSheet:
    """原始凭证粘贴单 of a claim; raises as :func:`load_claim_slip`."""
    claim = get_claim(ctx, claim_id, verify=False)
    return VoucherSheet(
        number=claim.number or claim.draft_no,
        department=claim.department,
        filled_on=claim.filled_on,
        vouchers=claim.voucher_count,
        total_fen=claim.total_fen,
        applicant=claim.applicant,
        title=claim.title,
        style=ctx.settings(ExpenseRules).capital_style,
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def load_purchase_form(ctx: Ctx, request_id: int) -> PurchaseForm:
    """采购申请审批表 of a request, its signatures verified now; raises as :func:`load_claim_slip`."""
    request = get_request(ctx, request_id)
    ruling = request.ruling
    suggested = request.suggested_route or (ruling.route if ruling is not None else None)
    return PurchaseForm(
        number=request.number or request.draft_no,
        department=request.department,
        filled_on=request.filled_on,
        title=request.title,
        kind=request.kind,
        items=tuple(
            FormItem(item.name, item.spec, item.unit, item.quantity, item.price_fen, item.amount_fen, item.purpose)
            for item in request.items
        ),
        total_fen=request.total_fen,
        cells=_cells(ctx, request.marks, witness=False, purchase=True),
        fund_source=request.fund_source,
        category=request.category,
        budget_fen=request.budget_fen,
        route=request.route.label if request.route is not None else "",
        suggested_route=suggested.label if suggested is not None else "",
        route_rule=request.route_rule or (ruling.rule if ruling is not None else ""),
        route_reason=request.route_reason,
        quotes=tuple(FormQuote(quote.supplier, quote.amount_fen, quote.note) for quote in request.quotes),
        quotes_wanted=ctx.settings(ProcurementRules).quotes_needed,
        reason=request.reason,
        minutes_no=request.minutes_no,
        notices=request.notices,
        chain=_chain(ctx, request.marks),
        flaws=_sentences(request.flaws),
        stamp=_STAMPS.get(request.state, ""),
        style=ctx.settings(ExpenseRules).capital_style,
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def load_signing_ledger(ctx: Ctx, month: date) -> SigningLedger:
    """月度签批台账 of the month that holds ``month``; the whole chain is verified. Needs the right to see all."""
    start = datetime(month.year, month.month, 1, tzinfo=CHINA)
    end = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=CHINA)
    links = list_links(ctx, start, end)
    return SigningLedger(
        month=start.date(),
        lines=tuple(_ledger_line(link) for link in links),
        sums=tuple(total for kind in DocumentKind if (total := _ledger_sum(links, kind)) is not None),
        head=chain_head(ctx),
        head_before=head_before(ctx, start),
        flaws=_sentences(verify_all(ctx, files=False).flaws),
        style=ctx.settings(ExpenseRules).capital_style,
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _ledger_line(link: LinkRow) -> LedgerLine:
    about = link.title
    if link.action is SignAction.RETURN and link.opinion:
        about = f"{about}（退回意见：{link.opinion}）"
    return LedgerLine(
        seq=link.seq,
        at=link.at,
        kind=link.kind.label if link.kind is not None else "",
        number=link.number,
        about=about,
        amount_fen=link.total_fen,
        step=link.step,
        signer=link.signer,
        on_behalf_of=link.on_behalf_of,
        action=link.action.label if link.action is not None else "",
        check_code=link.check_code,
    )


def _ledger_sum(links: Sequence[LinkRow], kind: DocumentKind) -> LedgerSum | None:
    """The month of one kind; a document signed by several counts once."""
    mine = [link for link in links if link.kind is kind]
    if not mine:
        return None
    approved = {link.document_id: link.total_fen or 0 for link in mine if link.final}
    return LedgerSum(
        kind=kind.label,
        documents=len({link.document_id for link in mine}),
        signatures=sum(link.action is not SignAction.RETURN for link in mine),
        returns=sum(link.action is SignAction.RETURN for link in mine),
        approved=len(approved),
        approved_fen=sum(approved.values()),
    )


def _cells(
    ctx: Ctx, marks: Sequence[SignatureMark], *, witness: bool, purchase: bool = False
) -> tuple[SignatureCell, ...]:
    """The three levels that every document needs, and the cells switched on in the rules (C.13, C.14)."""
    rules, school = ctx.settings(ExpenseRules), ctx.settings(SchoolProfile)
    standard = [("经办人", True)]
    if witness:
        standard.append(("证明人（验收人）", False))
    if rules.department_cell:
        standard.append(("部门负责人", False))
    if rules.finance_cell:
        standard.append(("财务（预算）审核" if purchase else "财务审核", False))
    standard += [(school.leader_in_charge_label, True), (school.principal_leader_label, True)]
    return signature_cells(marks, standard, names=rules.print_names)


def _chain(ctx: Ctx, marks: Sequence[SignatureMark]) -> PrintedChain | None:
    """The document's last signature that counts, and the head of the chain now."""
    last = max(
        (mark for mark in current_marks(marks) if mark.seq is not None), key=lambda mark: mark.seq or 0, default=None
    )
    if last is None or last.seq is None:
        return None
    head = chain_head(ctx)
    return PrintedChain(last.seq, last.check_code, head.seq, head.check_code)


def _sentences(flaws: Iterable[Flaw]) -> tuple[str, ...]:
    return tuple(flaw.sentence for flaw in flaws)


def _claim_notices(claim: ClaimView) -> tuple[str, ...]:
    """What signers must see: warnings, the rule quoted, and what the applicant adds."""
    notices = list(claim.notices)
    if claim.route_rule:
        notices.append(f"采购依据：{claim.route_rule}")
    if claim.override_reason:
        notices.append(f"无采购记录放行：{claim.override_reason}（{claim.override_by}）")
    if claim.source_text:
        notices.append(f"来源：{claim.source_text}")
    if claim.note:
        notices.append(f"备注：{claim.note}")
    return tuple(notices)
