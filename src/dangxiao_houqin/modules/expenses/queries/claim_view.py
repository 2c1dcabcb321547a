"""One claim with everything on it, and what submitting it would say now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.claim_checks import budgets_of, examine, record_needed, ruling_of
from dangxiao_houqin.modules.expenses.domain.approval import (
    REGISTER_PAPER,
    DocumentKind,
    DocumentState,
    SigningRules,
)
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    PAY,
    VOID,
    ClaimAction,
    ClaimCheck,
    ClaimLineRow,
    ClaimView,
    EvidenceOwner,
    EvidenceRow,
    InvoiceKind,
    InvoiceRow,
    PaymentMethod,
)
from dangxiao_houqin.modules.expenses.domain.procurement import OVERRIDE, PROCUREMENT, ProcurementKind, Route, Ruling
from dangxiao_houqin.modules.expenses.models import ClaimLine, ExpenseClaim, Invoice, ProcurementRecord
from dangxiao_houqin.modules.expenses.verification import verify_document

from .approval import list_marks
from .evidence import evidence_of
from .invoices import difference
from .payments import paper_missing, voucher_corrected
from .visibility import is_mine, require_visible


def get_claim(ctx: Ctx, claim_id: int, *, verify: bool = True) -> ClaimView:
    """Everything one claim shows; its signatures are verified anew unless the caller wants only its words.

    Raises :class:`NotFound`, and :class:`PermissionDenied` for a claim that is not shown to the actor.
    """
    require_visible(ctx, claim_id)
    claim = ctx.session.get(ExpenseClaim, claim_id)
    if claim is None:
        raise NotFound("这张报销单不存在或已被删除，请刷新列表。")
    lines = tuple(
        ctx.session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(ClaimLine.position))
    )
    evidence = evidence_of(ctx, EvidenceOwner.CLAIM, claim_id)
    state = DocumentState(claim.state)
    ruling = ruling_of(ctx, claim, lines)
    needed = record_needed(claim, ruling)
    record = ctx.session.get(ProcurementRecord, claim.record_id) if claim.record_id is not None else None
    return ClaimView(
        id=claim.id,
        version=claim.version,
        number=claim.number or "",
        draft_no=claim.draft_no,
        state=state,
        round=claim.round,
        department_id=claim.department_id,
        department=claim.department_name,
        applicant_id=claim.applicant_id,
        applicant=claim.applicant_name,
        filled_on=claim.filled_on,
        budget_year=claim.budget_year,
        title=claim.title,
        total_fen=claim.total_fen,
        voucher_count=claim.voucher_count,
        payment_method=PaymentMethod(claim.payment_method),
        cash_reason=claim.cash_reason,
        payee=claim.payee,
        payee_bank=claim.payee_bank,
        payee_account=claim.payee_account,
        contract_no=claim.contract_no,
        minutes_no=claim.minutes_no,
        note=claim.note,
        source=Ref(claim.source_kind, claim.source_id) if claim.source_id is not None else None,
        source_text=claim.source_text,
        procurement_kind=ProcurementKind(claim.procurement_kind) if claim.procurement_kind else None,
        route=_route(claim, state, ruling),
        route_rule=claim.route_rule,
        record_needed=needed,
        record_id=claim.record_id,
        record=record.label if record is not None else "",
        override_reason=claim.override_reason,
        override_by=claim.override_by,
        budget_left_fen=claim.budget_left_fen,
        notices=tuple(claim.notices),
        submitted_at=claim.submitted_at,
        approved_at=claim.approved_at,
        returned_reason=claim.returned_reason,
        signed_paper_at=claim.signed_paper_at,
        paper_missing=paper_missing(ctx.settings(SigningRules), state, claim.signed_paper_at),
        paid_on=claim.paid_on,
        paid_by=claim.paid_by,
        paid_voucher=claim.paid_voucher,
        void_reason=claim.void_reason,
        lines=tuple(_line(line) for line in lines),
        invoices=_invoices(ctx, claim_id, evidence),
        evidence=evidence,
        budgets=budgets_of(ctx, claim, lines),
        marks=list_marks(ctx, DocumentKind.CLAIM, claim_id),
        flaws=verify_document(ctx, DocumentKind.CLAIM, claim_id) if verify and claim.round else (),
        actions=frozenset(_actions(ctx, claim, state, needed)),
    )


def _route(claim: ExpenseClaim, state: DocumentState, ruling: Ruling | None) -> Route | None:
    """The route; one that only repeats the rules is not the applicant's choice while he can still change the amount."""
    if not claim.route:
        return None
    route = Route(claim.route)
    return None if state.editable and ruling is not None and ruling.route is route else route


def _line(line: ClaimLine) -> ClaimLineRow:
    return ClaimLineRow(
        id=line.id,
        position=line.position,
        text=line.text,
        category_id=line.category_id,
        category=line.category_text,
        subject=Subject(line.subject_kind, line.subject_id, line.subject_text, line.class_kind),
        catalogue_item_id=line.catalogue_item_id,
        amount_fen=line.amount_fen,
        vouchers=line.vouchers,
    )


def _invoices(ctx: Ctx, claim_id: int, evidence: Iterable[EvidenceRow]) -> tuple[InvoiceRow, ...]:
    facts = {paper.id: paper.facts for paper in evidence if paper.facts is not None}
    rows = ctx.session.scalars(select(Invoice).where(Invoice.claim_id == claim_id).order_by(Invoice.position))
    found = []
    for row in rows:
        said = facts.get(row.evidence_id or 0)
        found.append(
            InvoiceRow(
                id=row.id,
                position=row.position,
                kind=InvoiceKind(row.kind),
                code=row.code,
                number=row.number,
                issued_on=row.issued_on,
                seller=row.seller,
                amount_fen=row.amount_fen,
                evidence_id=row.evidence_id,
                differs=difference(said, row.number, row.amount_fen, row.issued_on, row.seller) if said else "",
            )
        )
    return tuple(found)


def _actions(ctx: Ctx, claim: ExpenseClaim, state: DocumentState, needed: bool) -> Iterable[ClaimAction]:
    """What the services would let the actor do; they ask again."""
    may_fill = ctx.can(CLAIM)
    mine = may_fill and is_mine(ctx, claim.applicant_id)
    approved = state is DocumentState.APPROVED
    if may_fill:
        yield ClaimAction.COPY
    if mine and state.editable:
        yield ClaimAction.EDIT
        yield ClaimAction.SUBMIT
        if state is DocumentState.DRAFT and not claim.round:
            yield ClaimAction.DELETE
    if mine and state.waiting:
        yield ClaimAction.WITHDRAW
    if (state.editable and (mine or ctx.can(VOID))) or (approved and ctx.can(VOID)):
        yield ClaimAction.VOID
    paper = ctx.settings(SigningRules).wet_signature != "off"
    if paper and ctx.can(REGISTER_PAPER) and (state.waiting or approved) and not is_mine(ctx, claim.applicant_id):
        yield ClaimAction.REGISTER_PAPER
    if approved and ctx.can(PAY):
        yield ClaimAction.PAY
    if state is DocumentState.PAID and ctx.can(PAY) and not (claim.paid_voucher and voucher_corrected(ctx, claim.id)):
        yield ClaimAction.SET_VOUCHER
    if (mine and state.editable) or (approved and (mine or ctx.can(PROCUREMENT) or ctx.can(PAY))):
        yield ClaimAction.LINK_RECORD
    missing = needed and claim.record_id is None
    if approved and ctx.can(OVERRIDE) and (missing or claim.override_reason):
        yield ClaimAction.OVERRIDE


def check_claim(ctx: Ctx, claim_id: int) -> ClaimCheck:
    """What submission would say now: what forbids it, what is asked, what signers will read."""
    require_visible(ctx, claim_id)
    found = examine(ctx, ctx.get(ExpenseClaim, claim_id))
    return ClaimCheck(
        problems=tuple((problem.field or "", str(problem)) for problem in found.problems),
        questions=tuple(text for _, text in found.questions),
        notices=found.notices,
        route=found.route,
        route_rule=found.route_rule,
        budgets=found.budgets,
    )
