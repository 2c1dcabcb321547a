"""What stands between an approved claim and its payment, and what may still be added after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, SigningRules
from dangxiao_houqin.modules.expenses.models import ExpenseClaim


def paper_missing(rules: SigningRules, state: DocumentState, signed_paper_at: datetime | None) -> bool:
    """Whether an approved claim waits for its signed paper: it is not paid before that is registered."""
    return state is DocumentState.APPROVED and rules.wet_signature == "required" and signed_paper_at is None


def voucher_corrected(ctx: Ctx, claim_id: int) -> bool:
    """Whether a number of the bookkeeping was replaced by another already; adding the first one does not count."""
    changes = ctx.session.scalars(
        select(AuditEntry.changes).where(
            AuditEntry.entity == ExpenseClaim.__tablename__,
            AuditEntry.entity_id == claim_id,
            AuditEntry.kind == "update",
        )
    )
    return any((each.get("paid_voucher") or [""])[0] for each in changes)
