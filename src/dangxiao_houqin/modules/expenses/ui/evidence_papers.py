"""Evidence as the viewer shows it."""

from __future__ import annotations

from collections.abc import Sequence

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.claims import EvidenceRow, InvoiceKind

from .claim_lines import money
from .evidence_viewer import Paper


def papers_of(evidence: Sequence[EvidenceRow]) -> tuple[Paper, ...]:
    """The papers of a document in their order."""
    return tuple(
        Paper(
            title=each.title,
            kind=each.kind.label,
            media_type=each.media_type,
            size=each.size,
            evidence_id=each.id,
            name=each.name,
            facts=fact_rows(each.facts) if each.facts is not None else (),
        )
        for each in evidence
    )


def fact_rows(facts: InvoiceFacts) -> tuple[tuple[str, str], ...]:
    """What an invoice says, as (title, text); what was not found is left out."""
    kind = InvoiceKind(facts.kind).label if facts.kind else ""
    day = chinese_date(facts.issued_on) if facts.issued_on is not None else ""
    amount = f"¥{money(facts.amount_fen)}" if facts.amount_fen is not None else ""
    rows = (
        ("种类", kind),
        ("发票号码", facts.number),
        ("发票代码", facts.code),
        ("开票日期", day),
        ("销售方", facts.seller),
        ("购买方", facts.buyer),
        ("购买方税号", facts.buyer_tax_no),
        ("价税合计", amount),
    )
    return tuple((title, text) for title, text in rows if text)
