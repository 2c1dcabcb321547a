"""The invoices of a claim: each once in the whole database, each beside its file."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, EvidenceOwner, SaveInvoice
from dangxiao_houqin.modules.expenses.invoice_keys import InvoiceIdentity, first_repeated, identify
from dangxiao_houqin.modules.expenses.models import Evidence, ExpenseClaim, Invoice
from dangxiao_houqin.modules.expenses.queries.invoices import difference, find_key_uses

from .wording import one_line

MAX_INVOICES = 200


def check_invoices(ctx: Ctx, invoices: Sequence[SaveInvoice], claim_id: int | None) -> list[InvoiceIdentity]:
    """Code, number and key of each.

    Raises :class:`InvalidInput` for a malformed or repeated one, :class:`RuleViolation` for one of another claim.
    """
    if len(invoices) > MAX_INVOICES:
        raise InvalidInput(f"一张报销单最多 {MAX_INVOICES} 张发票，请分成几张填报。", field="invoices")
    found = []
    for index, invoice in enumerate(invoices, start=1):
        where = f"第 {index} 张发票"
        seller = one_line(invoice.seller, f"{where}的销售方", "invoices", 100)
        found.append(identify(invoice.kind, invoice.code, invoice.number, seller, where=where))
        if not 0 < invoice.amount_fen <= MAX_FEN:
            raise InvalidInput(f"{where}的价税合计要大于 0。", field="invoices")
        if invoice.issued_on is not None and invoice.issued_on > ctx.today():
            raise InvalidInput(f"{where}的开票日期不能晚于今天。", field="invoices")
    keys = [identity.key for identity in found]
    twice = first_repeated(keys)
    if twice is not None:
        raise InvalidInput(
            f"第 {twice[0] + 1} 张和第 {twice[1] + 1} 张是同一张发票（{found[twice[0]].number}），请删去一张。",
            field="invoices",
        )
    uses = find_key_uses(ctx, [key for key in keys if key], excluding_claim=claim_id)
    for key in keys:
        if key in uses:
            raise RuleViolation(uses[key].sentence, hint="如果那一张不再报销，请先删除或作废它。", field="invoices")
    return found


def put_invoices(
    ctx: Ctx, claim: ExpenseClaim, invoices: Sequence[SaveInvoice], identities: Sequence[InvoiceIdentity]
) -> tuple[str, ...]:
    """Write the invoices in their order; what their files say otherwise comes back in sentences."""
    query = select(Invoice).where(Invoice.claim_id == claim.id).order_by(Invoice.position)
    stored = {row.position: row for row in ctx.session.scalars(query)}
    papers = _invoice_papers(ctx, claim.id)
    for position, row in list(stored.items()):
        if position > len(invoices):
            ctx.session.delete(stored.pop(position))
        elif row.key != identities[position - 1].key:
            row.key = None  # another row of this claim may be about to take this key
    ctx.session.flush()
    notices = []
    for position, (invoice, identity) in enumerate(zip(invoices, identities, strict=True), start=1):
        row = stored.get(position) or Invoice(claim_id=claim.id, position=position)
        row.kind, row.code, row.number, row.key = invoice.kind.value, identity.code, identity.number, identity.key
        row.issued_on, row.amount_fen = invoice.issued_on, invoice.amount_fen
        row.seller = one_line(invoice.seller, f"第 {position} 张发票的销售方", "invoices", 100)
        row.evidence_id = _paper_of(invoice, identity, papers, position)
        ctx.session.add(row)
        facts = papers.get(row.evidence_id or 0)
        says = facts and difference(facts, row.number, row.amount_fen, row.issued_on, row.seller)
        if says:
            notices.append(f"第 {position} 张发票：{says}")
    total = sum(invoice.amount_fen for invoice in invoices)
    if invoices and total < claim.total_fen:
        notices.append(
            f"发票合计 {yuan(total)}，比报销金额 {yuan(claim.total_fen)} 少 {yuan(claim.total_fen - total)}。"
        )
    return tuple(notices)


def _invoice_papers(ctx: Ctx, claim_id: int) -> dict[int, InvoiceFacts | None]:
    query = select(Evidence.id, Evidence.facts).where(
        Evidence.owner_kind == EvidenceOwner.CLAIM.value, Evidence.owner_id == claim_id
    )
    return {row.id: InvoiceFacts.from_json(row.facts) for row in ctx.session.execute(query.order_by(Evidence.position))}


def _paper_of(
    invoice: SaveInvoice, identity: InvoiceIdentity, papers: dict[int, InvoiceFacts | None], position: int
) -> int | None:
    """The file named by the form, else the one that says this number."""
    if invoice.evidence_id is not None:
        if invoice.evidence_id not in papers:
            raise InvalidInput(f"第 {position} 张发票的附件已被移除，请重新选择。", field="invoices")
        return invoice.evidence_id
    return next((key for key, facts in papers.items() if facts and facts.number == identity.number), None)
