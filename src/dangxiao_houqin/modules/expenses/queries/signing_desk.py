"""Reads for who signs: one document in full, what he signed before, and who may be put into a chain."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import NotFound, RuleViolation
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import capitals, yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import verification
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState, SignAction, SigningRules
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceKind, InvoiceKind, PaymentMethod
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route
from dangxiao_houqin.modules.expenses.domain.signing_desk import (
    ChainAnswer,
    PersonChoice,
    SheetLine,
    SheetPaper,
    SignedRow,
    SignerChoices,
    SigningSheet,
    StepAnswer,
    TryChain,
)
from dangxiao_houqin.modules.expenses.models import (
    ChainStep,
    ClaimLine,
    EconomicCategory,
    Evidence,
    ExpenseClaim,
    Invoice,
    ProcurementRecord,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
    SignatureRecord,
)
from dangxiao_houqin.modules.expenses.signing_plan import plan
from dangxiao_houqin.modules.organization.api import role, staff_member, user_account, user_role

from .approval import list_marks
from .signers import demands_of, list_demands, list_deputies, list_signers
from .visibility import require_request_visible, require_visible

Facts = tuple[tuple[str, str], ...]

_MINE = (SignAction.SIGN.value, SignAction.RETURN.value, SignAction.PAPER.value, SignAction.SUBMIT.value)


# ------------------------------------------------------------------------------------------------ one document
def load_sheet(ctx: Ctx, kind: DocumentKind, document_id: int) -> SigningSheet:
    """A document with its lines, papers and signatures, the signatures verified.

    Raises :class:`NotFound`; ``PermissionDenied`` unless the actor signs it, sees all documents, or filled it in.
    """
    document = _document(ctx, kind, document_id)
    (require_visible if kind is DocumentKind.CLAIM else require_request_visible)(ctx, document_id)
    quotes: tuple[tuple[str, int], ...] = ()
    if isinstance(document, ExpenseClaim):
        lines = _claim_lines(ctx, document)
        facts, budget, notices = _claim_facts(ctx, document), document.budget_left_fen, tuple(document.notices)
    else:
        lines, quotes = _request_lines(ctx, document), _quotes(ctx, document)
        facts, budget, notices = _request_facts(document), None, tuple(document.notices.splitlines())
    return SigningSheet(
        kind=kind,
        id=document.id,
        version=document.version,
        number=document.number or document.draft_no,
        title=document.title,
        state=DocumentState(document.state),
        round=document.round,
        applicant=document.applicant_name,
        department=document.department_name,
        total_fen=document.total_fen,
        capitals=capitals(document.total_fen),
        facts=facts,
        lines=lines,
        quotes=quotes,
        budget_left_fen=budget,
        rule=_rule(document),
        notices=notices,
        marks=list_marks(ctx, kind, document.id),
        papers=_papers(ctx, kind, document.id),
        flaws=verification.verify_document(ctx, kind, document.id),
    )


def _document(ctx: Ctx, kind: DocumentKind, document_id: int) -> ExpenseClaim | PurchaseRequest:
    model = ExpenseClaim if kind is DocumentKind.CLAIM else PurchaseRequest
    found = ctx.session.get(model, document_id)
    if not isinstance(found, ExpenseClaim | PurchaseRequest):
        raise NotFound(f"这张{kind.label}已被删除，请刷新列表。")
    return found


def _claim_facts(ctx: Ctx, claim: ExpenseClaim) -> Facts:
    method = PaymentMethod(claim.payment_method).label if claim.payment_method else ""
    if claim.cash_reason:
        method = f"{method}（{claim.cash_reason}）"
    account = " ".join(part for part in (claim.payee_bank, claim.payee_account) if part)
    record = ctx.session.get(ProcurementRecord, claim.record_id) if claim.record_id else None
    override = f"{claim.override_reason}（{claim.override_by}批准放行）" if claim.override_reason else ""
    facts = (
        ("部门", claim.department_name),
        ("经办人", claim.applicant_name),
        ("填报日期", chinese_date(claim.filled_on)),
        ("单据张数", f"{claim.voucher_count} 张" if claim.voucher_count else ""),
        ("收款人", claim.payee),
        ("账户", account),
        ("支付方式", method),
        ("合同编号", claim.contract_no),
        ("会议纪要", claim.minutes_no),
        ("采购记录", record.label if record is not None else override),
        ("来源", claim.source_text),
        ("说明", claim.note),
    )
    return tuple((title, text) for title, text in facts if text)


def _request_facts(request: PurchaseRequest) -> Facts:
    facts = (
        ("部门", request.department_name),
        ("经办人", request.applicant_name),
        ("申请日期", chinese_date(request.filled_on)),
        ("类别", ProcurementKind(request.kind).label if request.kind else ""),
        ("支出科目", request.category_text),
        ("资金来源", request.fund_source),
        ("预算金额", yuan(request.budget_fen) if request.budget_fen else ""),
        ("会议纪要", request.minutes_no),
        ("采购理由", request.reason),
        ("方式说明", request.route_reason),
    )
    return tuple((title, text) for title, text in facts if text)


def _rule(document: ExpenseClaim | PurchaseRequest) -> str:
    """The way it is bought and the rule that says so, in one sentence."""
    if not document.route and not document.route_rule:
        return ""
    way = f"采购方式：{Route(document.route).label}" if document.route else ""
    return "。".join(part.rstrip("。") for part in (way, document.route_rule) if part) + "。"


def _claim_lines(ctx: Ctx, claim: ExpenseClaim) -> tuple[SheetLine, ...]:
    found = ctx.session.execute(
        select(ClaimLine, EconomicCategory.code, EconomicCategory.name)
        .outerjoin(EconomicCategory, EconomicCategory.id == ClaimLine.category_id)
        .where(ClaimLine.claim_id == claim.id)
        .order_by(ClaimLine.position)
    )
    return tuple(
        SheetLine(
            line.text, line.category_text or f"{code or ''} {name or ''}".strip(), line.subject_text, line.amount_fen
        )
        for line, code, name in found
    )


def _request_lines(ctx: Ctx, request: PurchaseRequest) -> tuple[SheetLine, ...]:
    found = ctx.session.scalars(
        select(PurchaseItem).where(PurchaseItem.request_id == request.id).order_by(PurchaseItem.position)
    )
    return tuple(
        SheetLine(
            item.name,
            item.spec,
            f"{_plain(item.quantity)}{item.unit} × {yuan(item.price_fen)}"
            + (f" · {item.purpose}" if item.purpose else ""),
            item.amount_fen,
        )
        for item in found
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _quotes(ctx: Ctx, request: PurchaseRequest) -> tuple[tuple[str, int], ...]:
    found = ctx.session.execute(
        select(PurchaseQuote.supplier, PurchaseQuote.amount_fen)
        .where(PurchaseQuote.request_id == request.id)
        .order_by(PurchaseQuote.position)
    )
    return tuple((supplier, fen) for supplier, fen in found)


def _papers(ctx: Ctx, kind: DocumentKind, document_id: int) -> tuple[SheetPaper, ...]:
    rows = ctx.session.execute(
        select(Evidence, Attachment)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .where(Evidence.owner_kind == kind.value, Evidence.owner_id == document_id)
        .order_by(Evidence.position, Evidence.id)
    ).all()
    invoices: dict[int, Invoice] = {}
    if kind is DocumentKind.CLAIM:
        found = ctx.session.scalars(select(Invoice).where(Invoice.claim_id == document_id))
        invoices = {invoice.evidence_id: invoice for invoice in found if invoice.evidence_id is not None}
    return tuple(
        SheetPaper(
            evidence.title,
            EvidenceKind(evidence.kind).label,
            evidence.id,
            attachment.name,
            attachment.media_type,
            attachment.size,
            _invoice_facts(invoices[evidence.id]) if evidence.id in invoices else (),
        )
        for evidence, attachment in rows
    )


def _invoice_facts(invoice: Invoice) -> Facts:
    facts = (
        ("票种", InvoiceKind(invoice.kind).label),
        ("发票号码", " ".join(part for part in (invoice.code, invoice.number) if part)),
        ("开票日期", chinese_date(invoice.issued_on) if invoice.issued_on else ""),
        ("销售方", invoice.seller),
        ("金额", yuan(invoice.amount_fen)),
    )
    return tuple((title, text) for title, text in facts if text)


# ---------------------------------------------------------------------------------------------- what I signed
_SORTS: dict[str, ColumnElement[Any]] = {
    "at": SignatureRecord.seq.expression,
    "seq": SignatureRecord.seq.expression,
    "title": func.coalesce(ExpenseClaim.title, PurchaseRequest.title),
    "total": func.coalesce(ExpenseClaim.total_fen, PurchaseRequest.total_fen),
    "applicant": func.coalesce(ExpenseClaim.applicant_name, PurchaseRequest.applicant_name),
    "number": func.coalesce(
        ExpenseClaim.number, ExpenseClaim.draft_no, PurchaseRequest.number, PurchaseRequest.draft_no
    ),
    "action": SignatureRecord.action.expression,
    "kind": SignatureRecord.document_kind.expression,
}


def list_signed(ctx: Ctx, query: ListQuery) -> Listing[SignedRow]:
    """What the actor signed, returned or registered himself, newest first; filters ``kind`` and ``action``."""
    conditions: list[ColumnElement[bool]] = [
        SignatureRecord.user_id == (ctx.actor.user_id or 0),
        SignatureRecord.action.in_(_MINE),
        or_(ExpenseClaim.id.is_not(None), PurchaseRequest.id.is_not(None)),
    ]
    for word in query.search.lower().split():
        like = f"%{word.replace('%', '').replace('_', '')}%"
        conditions.append(or_(ExpenseClaim.search_key.like(like), PurchaseRequest.search_key.like(like)))
    if query.filters.get("kind"):
        conditions.append(SignatureRecord.document_kind == query.filters["kind"])
    if query.filters.get("action"):
        conditions.append(SignatureRecord.action == query.filters["action"])
    total = ctx.session.scalar(_with_documents(select(func.count(SignatureRecord.seq))).where(*conditions)) or 0
    order = _SORTS.get(query.sort or "at", _SORTS["at"])
    descending = query.descending if query.sort else True
    statement = (
        _with_documents(
            select(
                SignatureRecord.seq,
                SignatureRecord.at,
                SignatureRecord.action,
                SignatureRecord.document_kind,
                SignatureRecord.document_id,
                SignatureRecord.message,
                _SORTS["number"],
                _SORTS["title"],
                _SORTS["applicant"],
                _SORTS["total"],
                func.coalesce(ExpenseClaim.state, PurchaseRequest.state),
            )
        )
        .where(*conditions)
        .order_by(order.desc() if descending else order, SignatureRecord.seq.desc())
        .offset(query.offset)
        .limit(query.limit)
    )
    rows = tuple(_signed_row(tuple(found)) for found in ctx.session.execute(statement))
    return Listing(rows, total)


def _with_documents(statement: Select[Any]) -> Select[Any]:
    return (
        statement.select_from(SignatureRecord)
        .outerjoin(
            ExpenseClaim,
            and_(
                SignatureRecord.document_kind == DocumentKind.CLAIM.value,
                ExpenseClaim.id == SignatureRecord.document_id,
            ),
        )
        .outerjoin(
            PurchaseRequest,
            and_(
                SignatureRecord.document_kind == DocumentKind.PURCHASE.value,
                PurchaseRequest.id == SignatureRecord.document_id,
            ),
        )
    )


def _signed_row(found: tuple[Any, ...]) -> SignedRow:
    seq, at, action, kind, document_id, message, number, title, applicant, total, state = found
    said = _said(message)
    return SignedRow(
        seq=seq,
        at=at,
        action=SignAction(action),
        kind=DocumentKind(kind),
        document_id=document_id,
        number=number,
        title=title,
        applicant=applicant,
        total_fen=total,
        opinion=str(said.get("opinion") or ""),
        on_behalf_of=_name(said.get("behalf")),
        state=DocumentState(state),
    )


def _said(message: str) -> dict[str, Any]:
    """What was signed; a message that somebody tampered with must not take the whole list away."""
    try:
        said = json.loads(message)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _name(pair: Any) -> str:
    """The name of an ``[id, name]`` in a signed message."""
    return str(pair[1]) if isinstance(pair, list) and len(pair) == 2 else ""


# ---------------------------------------------------------------------------------------------- who may sign
def signer_choices(ctx: Ctx) -> SignerChoices:
    """People, roles, posts, categories and kinds of classes for the editor of a chain."""
    found = ctx.session.execute(
        select(user_account.c.id, user_account.c.display_name, func.coalesce(staff_member.c.post, ""))
        .select_from(user_account.outerjoin(staff_member, staff_member.c.id == user_account.c.staff_id))
        .where(user_account.c.active.is_(True))
        .order_by(user_account.c.display_name, user_account.c.id)
    ).all()
    held: dict[int, list[str]] = {}
    for user_id, name in ctx.session.execute(
        select(user_role.c.user_id, role.c.name)
        .select_from(user_role.join(role, role.c.id == user_role.c.role_id))
        .order_by(role.c.id)
    ):
        held.setdefault(user_id, []).append(name)
    people = tuple(PersonChoice(id_, name, post, tuple(held.get(id_, ()))) for id_, name, post in found)
    posts = ctx.session.scalars(
        select(staff_member.c.post)
        .where(staff_member.c.active.is_(True), staff_member.c.post != "")
        .distinct()
        .order_by(staff_member.c.post)
    )
    return SignerChoices(
        people=people,
        roles=tuple(
            (id_, name) for id_, name in ctx.session.execute(select(role.c.id, role.c.name).order_by(role.c.id))
        ),
        posts=tuple(posts),
        categories=tuple(
            (code, f"{code} {name}")
            for code, name in ctx.session.execute(
                select(EconomicCategory.code, EconomicCategory.name)
                .where(EconomicCategory.active.is_(True))
                .order_by(case((EconomicCategory.sort_order == 0, 1), else_=0), EconomicCategory.code)
            )
        ),
        class_kinds=_class_kinds(ctx),
    )


def _class_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Kinds of classes that documents or chains name already."""
    kinds = set(ctx.session.scalars(select(ClaimLine.class_kind).where(ClaimLine.class_kind != "").distinct()))
    for listed in ctx.session.scalars(select(ChainStep.class_kinds)):
        kinds.update(listed)
    return tuple(sorted(kinds))


def try_chain(ctx: Ctx, cmd: TryChain) -> ChainAnswer:
    """Who would sign such a document now, asked of the resolver that the submission uses."""
    categories = frozenset({cmd.category} if cmd.category else ())
    class_kinds = frozenset({cmd.class_kind} if cmd.class_kind else ())
    if cmd.steps is None:
        day = cmd.day or ctx.today()
        demands = list_demands(ctx, cmd.kind, day, cmd.total_fen, categories, class_kinds)
    else:
        demands = demands_of(ctx, cmd.steps, cmd.total_fen, categories, class_kinds)
    signers = list_signers(ctx)
    deputies = list_deputies(ctx, cmd.day or ctx.today())
    same_person = ctx.settings(SigningRules).same_person
    try:
        planned = plan(demands, signers, deputies, cmd.applicant_id, cmd.total_fen, same_person)
    except RuleViolation as refusal:
        return ChainAnswer((), str(refusal))
    return ChainAnswer(
        tuple(
            StepAnswer(
                step.demand.title,
                step.demand.who_text,
                tuple(
                    signer.name
                    for signer in step.demand.holders(signers).values()
                    if signer.user_id != cmd.applicant_id
                ),
                step.skipped,
                step.reason,
            )
            for step in planned
        )
    )
