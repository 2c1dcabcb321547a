"""Papers beside a document: added while it is open, never changed after it was handed in."""

from __future__ import annotations

from pathlib import PurePath

from sqlalchemy import func, select

from dangxiao_houqin.core.attachments import Attachment, attach
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.documents.invoice_reading import read_invoice
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    AddedEvidence,
    AddEvidence,
    EditEvidence,
    EvidenceKind,
    EvidenceOwner,
)
from dangxiao_houqin.modules.expenses.domain.funds import INCOME
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, PURCHASE
from dangxiao_houqin.modules.expenses.models import (
    Evidence,
    ExpenseClaim,
    Invoice,
    ProcurementRecord,
    PurchaseRequest,
    Remittance,
)
from dangxiao_houqin.modules.expenses.queries.invoices import use_of_facts

from .owning import require_editable, require_mine
from .wording import one_line

MAX_FILES = 100

_KIND_WORDS: tuple[tuple[str, EvidenceKind], ...] = (
    ("发票", EvidenceKind.INVOICE),
    ("合同", EvidenceKind.CONTRACT),
    ("协议", EvidenceKind.CONTRACT),
    ("纪要", EvidenceKind.MINUTES),
    ("验收", EvidenceKind.ACCEPTANCE),
    ("报价", EvidenceKind.QUOTE),
    ("询价", EvidenceKind.QUOTE),
    ("清单", EvidenceKind.LIST),
    ("明细", EvidenceKind.LIST),
    ("签到", EvidenceKind.LIST),
    ("批复", EvidenceKind.APPROVAL),
    ("通知", EvidenceKind.APPROVAL),
    ("请示", EvidenceKind.APPROVAL),
    ("公务卡", EvidenceKind.CARD_SLIP),
    ("小票", EvidenceKind.CARD_SLIP),
    ("刷卡", EvidenceKind.CARD_SLIP),
)


def guess_kind(name: str, media_type: str, facts: InvoiceFacts | None) -> EvidenceKind:
    """What a file probably is: an e-invoice, else by words in its name, else a photo or something else."""
    if facts is not None:
        return EvidenceKind.INVOICE
    for word, kind in _KIND_WORDS:
        if word in name:
            return kind
    photo = media_type.startswith("image/") and name.lower().startswith(("img", "dsc", "wx", "mmexport", "照片"))
    return EvidenceKind.PHOTO if photo else EvidenceKind.OTHER


def add_evidence(ctx: Ctx, cmd: AddEvidence) -> AddedEvidence:  # house: open - the right is that of its owner
    """Keep a file beside a document and read what an e-invoice says.

    Raises :class:`InvalidInput` for a file that cannot be taken, :class:`RuleViolation` for a document handed in.
    """
    _require_open(ctx, cmd.owner, cmd.owner_id)
    if cmd.kind is EvidenceKind.SIGNED_PAPER:
        raise RuleViolation("已签字的纸质单请用“登记已签”添加。")
    if _count(ctx, cmd.owner, cmd.owner_id) >= MAX_FILES:
        raise InvalidInput(f"一张单据最多 {MAX_FILES} 个附件，请合并成一个 PDF 再添加。", field="file")
    row = keep_evidence(ctx, cmd.owner, cmd.owner_id, cmd.name, cmd.data, cmd.kind, cmd.title)
    facts = InvoiceFacts.from_json(row.facts)
    return AddedEvidence(row.id, EvidenceKind(row.kind), row.title, facts, _notices(ctx, row, facts))


def keep_evidence(
    ctx: Ctx,
    owner: EvidenceOwner,
    owner_id: int,
    name: str,
    data: bytes,
    kind: EvidenceKind | None = None,
    title: str = "",
) -> Evidence:
    """Store a file beside a document whose right and state the caller has checked."""
    stored = attach(ctx, name, data)
    facts = read_invoice(stored.media_type, data) if kind in (None, EvidenceKind.INVOICE) else None
    if kind is None:
        kind = guess_kind(stored.name, stored.media_type, facts)
    last = select(func.max(Evidence.position)).where(Evidence.owner_kind == owner.value, Evidence.owner_id == owner_id)
    return ctx.add(
        Evidence(
            owner_kind=owner.value,
            owner_id=owner_id,
            position=(ctx.session.scalar(last) or 0) + 1,
            kind=kind.value,
            title=one_line(title, "附件名称", "title", 200) or _title(stored.name),
            attachment_id=stored.id,
            facts=facts.as_json() if facts else {},
        )
    )


def _title(name: str) -> str:
    return one_line(PurePath(name).stem, "附件名称", "title", 200) or name


def _notices(ctx: Ctx, row: Evidence, facts: InvoiceFacts | None) -> tuple[str, ...]:
    notices = []
    claim_id = row.owner_id if row.owner_kind == EvidenceOwner.CLAIM.value else None
    use = use_of_facts(ctx, facts, claim_id) if facts else None
    if use is not None:
        notices.append(use.sentence)
    twin = _same_file(ctx, row)
    if twin:
        notices.append(twin)
    if facts is not None and (facts.amount_fen is None or not facts.number):
        notices.append(f"“{row.title}”上的号码或金额没有读出来，请照原件填写。")
    return tuple(notices)


def _same_file(ctx: Ctx, row: Evidence) -> str:
    """Whether the very same bytes lie beside this or another claim that still counts."""
    digest = select(Attachment.sha256).where(Attachment.id == row.attachment_id).scalar_subquery()
    query = (
        select(Evidence.title, Evidence.owner_id, ExpenseClaim)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .join(ExpenseClaim, ExpenseClaim.id == Evidence.owner_id)
        .where(
            Attachment.sha256 == digest,
            Evidence.id != row.id,
            Evidence.owner_kind == EvidenceOwner.CLAIM.value,
            ExpenseClaim.state != DocumentState.VOIDED.value,
        )
        .order_by(Evidence.id)
        .limit(1)
    )
    found = ctx.session.execute(query).one_or_none()
    if found is None:
        return ""
    if row.owner_kind == EvidenceOwner.CLAIM.value and found.owner_id == row.owner_id:
        return f"这份文件已经以“{found.title}”附在本单上，请核对是否重复。"
    return f"这份文件已附在报销单 {found[2].label}（经办人 {found[2].applicant_name}），请核对是否重复。"


def edit_evidence(ctx: Ctx, cmd: EditEvidence) -> None:  # house: open - the right is that of its owner
    """Another title or kind."""
    row = ctx.get(Evidence, cmd.evidence_id, version=cmd.version)
    _require_open(ctx, EvidenceOwner(row.owner_kind), row.owner_id)
    _refuse_signed(row)
    if cmd.kind is EvidenceKind.SIGNED_PAPER:
        raise RuleViolation("已签字的纸质单请用“登记已签”添加。")
    title = one_line(cmd.title, "附件名称", "title", 200)
    if not title:
        raise InvalidInput("请填写附件名称。", field="title")
    row.title, row.kind = title, cmd.kind.value
    ctx.session.flush()


def remove_evidence(ctx: Ctx, evidence_id: int) -> None:  # house: open - the right is that of its owner
    """Take a paper off a document that is still open; invoices read from it stay as they were typed."""
    row = ctx.get(Evidence, evidence_id)
    _require_open(ctx, EvidenceOwner(row.owner_kind), row.owner_id)
    _refuse_signed(row)
    _refuse_relied_on(ctx, row)
    for invoice in ctx.session.scalars(select(Invoice).where(Invoice.evidence_id == row.id)):
        invoice.evidence_id = None
    ctx.session.flush()
    _drop(ctx, row)


def order_evidence(  # house: open - the right is that of its owner
    ctx: Ctx, owner: EvidenceOwner, owner_id: int, ids: tuple[int, ...]
) -> None:
    """Put the papers into this order; those not named follow in the order they had."""
    _require_open(ctx, owner, owner_id)
    query = select(Evidence).where(Evidence.owner_kind == owner.value, Evidence.owner_id == owner_id)
    place = {evidence_id: index for index, evidence_id in enumerate(ids)}
    rows = sorted(ctx.session.scalars(query), key=lambda e: (place.get(e.id, len(ids)), e.position, e.id))
    for position, row in enumerate(rows, start=1):
        row.position = position
    ctx.session.flush()


def drop_evidence(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> None:
    """All papers of something that is being deleted; the caller has checked that it may be."""
    query = select(Evidence).where(Evidence.owner_kind == owner.value, Evidence.owner_id == owner_id)
    for row in list(ctx.session.scalars(query)):
        _drop(ctx, row)


def _drop(ctx: Ctx, row: Evidence) -> None:
    stored = ctx.session.get(Attachment, row.attachment_id)
    others = select(func.count()).where(Evidence.attachment_id == row.attachment_id, Evidence.id != row.id)
    ctx.session.delete(row)
    ctx.session.flush()
    if stored is not None and not ctx.session.scalar(others):
        ctx.session.delete(stored)
        ctx.session.flush()


def _refuse_signed(row: Evidence) -> None:
    if row.kind == EvidenceKind.SIGNED_PAPER.value:
        raise RuleViolation("这是登记过的已签字纸质单，不能移除或改名。")


def _refuse_relied_on(ctx: Ctx, row: Evidence) -> None:
    """The papers of a purchase stay once a claim was paid by them."""
    if row.owner_kind != EvidenceOwner.RECORD.value:
        return
    paid = select(ExpenseClaim).where(
        ExpenseClaim.record_id == row.owner_id, ExpenseClaim.state == DocumentState.PAID.value
    )
    claim = ctx.session.scalar(paid.limit(1))
    if claim is not None:
        raise RuleViolation(f"{claim.label}已按这条采购记录支付，附件不能再移除。")


def _count(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> int:
    query = select(func.count()).where(Evidence.owner_kind == owner.value, Evidence.owner_id == owner_id)
    return ctx.session.scalar(query) or 0


def _require_open(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> None:
    """Whether the actor may change the papers of this document now; it is held until the end of the unit."""
    if owner is EvidenceOwner.CLAIM:
        ctx.require(CLAIM)
        claim = ctx.get(ExpenseClaim, owner_id, lock=True)
        require_mine(ctx, claim)
        require_editable(claim)
    elif owner is EvidenceOwner.PURCHASE:
        ctx.require(PURCHASE)
        request = ctx.get(PurchaseRequest, owner_id, lock=True)
        require_mine(ctx, request)
        require_editable(request)
    elif owner is EvidenceOwner.RECORD:
        ctx.require(PROCUREMENT)
        ctx.get(ProcurementRecord, owner_id, lock=True)
    else:
        ctx.require(INCOME)
        ctx.get(Remittance, owner_id, lock=True)
