"""Reads about invoices: where one is used, and whether its file says something else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.attachments import Attachment
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    EvidenceKind,
    EvidenceOwner,
    InvoiceKind,
    InvoiceUse,
    SaveInvoice,
)
from dangxiao_houqin.modules.expenses.invoice_keys import identify, plain
from dangxiao_houqin.modules.expenses.models import Evidence, ExpenseClaim, Invoice


def find_key_uses(ctx: Ctx, keys: Iterable[str], *, excluding_claim: int | None = None) -> dict[str, InvoiceUse]:
    """Which of these invoices other claims use; voided claims have let theirs go."""
    wanted = tuple(dict.fromkeys(keys))
    if not wanted:
        return {}
    query = (
        select(Invoice.key, Invoice.number, ExpenseClaim)
        .join(ExpenseClaim, ExpenseClaim.id == Invoice.claim_id)
        .where(Invoice.key.in_(wanted))
    )
    if excluding_claim is not None:
        query = query.where(Invoice.claim_id != excluding_claim)
    found = {}
    for key, number, claim in ctx.session.execute(query):
        state = DocumentState(claim.state)
        found[str(key)] = InvoiceUse(claim.id, claim.label, claim.applicant_name, state, number)
    return found


def find_invoice_use(ctx: Ctx, invoice: SaveInvoice, excluding_claim: int | None = None) -> InvoiceUse | None:
    """Where an invoice is used already, asked while it is being typed; nothing for a malformed one."""
    ctx.require(CLAIM)
    try:
        key = identify(invoice.kind, invoice.code, invoice.number, invoice.seller).key
    except InvalidInput:
        return None
    return find_key_uses(ctx, [key], excluding_claim=excluding_claim).get(key) if key else None


def use_of_facts(ctx: Ctx, facts: InvoiceFacts, excluding_claim: int | None = None) -> InvoiceUse | None:
    """The same for what was read from a file."""
    if not facts.number:
        return None
    kind = InvoiceKind(facts.kind) if facts.kind else InvoiceKind.OTHER
    try:
        key = identify(kind, facts.code, facts.number, facts.seller).key
    except InvalidInput:
        return None
    return find_key_uses(ctx, [key], excluding_claim=excluding_claim).get(key) if key else None


def list_echoes(ctx: Ctx, claim_id: int) -> tuple[str, ...]:
    """What signers must know of the invoices of a claim: where one with its number or its file stands besides.

    The key lets no invoice through twice, but a number can be written under another kind or another seller, and a
    voided claim has let its invoices go while its paper may still lie somewhere.
    """
    mine = ctx.session.execute(
        select(Invoice.position, Invoice.number, Invoice.amount_fen)
        .where(Invoice.claim_id == claim_id, Invoice.number != "")
        .order_by(Invoice.position)
    ).all()
    query = (
        select(Invoice.number, Invoice.amount_fen, ExpenseClaim)
        .join(ExpenseClaim, ExpenseClaim.id == Invoice.claim_id)
        .where(Invoice.claim_id != claim_id, Invoice.number.in_({row.number for row in mine}))
        .order_by(ExpenseClaim.id)
    )
    said: list[str] = []
    for number, amount_fen, claim in ctx.session.execute(query) if mine else ():
        for row in mine:
            if (row.number, row.amount_fen) != (number, amount_fen):
                continue
            if claim.state != DocumentState.VOIDED.value:
                said.append(
                    f"第 {row.position} 张发票的号码和金额与报销单 {claim.label}（经办人 {claim.applicant_name}）"
                    "登记的一张相同，请核对是否重复报销。"
                )
            elif claim.round:
                said.append(
                    f"第 {row.position} 张发票曾用于已作废的报销单 {claim.label}，请核对原纸质单据已收回、没有支付。"
                )
    return (*said, *_same_files(ctx, claim_id))


def _same_files(ctx: Ctx, claim_id: int) -> list[str]:
    """E-invoices whose very bytes lie beside another claim that counts."""
    own = (
        select(Attachment.sha256)
        .join(Evidence, Evidence.attachment_id == Attachment.id)
        .where(
            Evidence.owner_kind == EvidenceOwner.CLAIM.value,
            Evidence.owner_id == claim_id,
            Evidence.kind == EvidenceKind.INVOICE.value,
        )
    )
    query = (
        select(Evidence.title, ExpenseClaim)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .join(ExpenseClaim, ExpenseClaim.id == Evidence.owner_id)
        .where(
            Attachment.sha256.in_(own),
            Evidence.owner_kind == EvidenceOwner.CLAIM.value,
            Evidence.owner_id != claim_id,
            ExpenseClaim.state != DocumentState.VOIDED.value,
        )
        .order_by(Evidence.id)
    )
    return [
        f"发票文件“{title}”也附在报销单 {claim.label}（经办人 {claim.applicant_name}），请核对是否重复报销。"
        for title, claim in ctx.session.execute(query)
    ]


def difference(facts: InvoiceFacts, number: str, amount_fen: int, issued_on: date | None, seller: str) -> str:
    """What the file says otherwise than what was typed, in one sentence, or ``""``."""
    said = []
    if facts.number and plain(number) != facts.number:
        said.append(f"号码是 {facts.number}")
    if facts.amount_fen is not None and facts.amount_fen != amount_fen:
        said.append(f"价税合计是 {yuan(facts.amount_fen)}，填写的是 {yuan(amount_fen)}")
    if facts.issued_on and issued_on and facts.issued_on != issued_on:
        said.append(f"开票日期是 {facts.issued_on}")
    if facts.seller and seller and plain(facts.seller) != plain(seller):
        said.append(f"销售方是“{facts.seller}”")
    return f"文件上的{'，'.join(said)}，与填写的不一致，请核对。" if said else ""
