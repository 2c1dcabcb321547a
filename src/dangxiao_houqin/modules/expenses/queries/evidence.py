"""Reads about the papers beside documents."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.attachments import Attachment, StoredFile, read_attachment
from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.documents.invoice_facts import InvoiceFacts
from dangxiao_houqin.modules.expenses.domain.approval import SIGN
from dangxiao_houqin.modules.expenses.domain.claims import CLAIM, PAY, VIEW, EvidenceKind, EvidenceOwner, EvidenceRow
from dangxiao_houqin.modules.expenses.domain.funds import INCOME, INCOME_VIEW
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, PURCHASE
from dangxiao_houqin.modules.expenses.models import Evidence

from .visibility import require_request_visible, require_visible


def list_evidence(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> tuple[EvidenceRow, ...]:
    """The papers of a document in their order; raises as :func:`read_evidence`."""
    _require_owner_visible(ctx, owner, owner_id)
    return evidence_of(ctx, owner, owner_id)


def evidence_of(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> tuple[EvidenceRow, ...]:
    """The same for a caller who has asked for the right to see the document."""
    query = (
        select(Evidence, Attachment)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .where(Evidence.owner_kind == owner.value, Evidence.owner_id == owner_id)
        .order_by(Evidence.position, Evidence.id)
    )
    return tuple(
        EvidenceRow(
            id=paper.id,
            version=paper.version,
            position=paper.position,
            kind=EvidenceKind(paper.kind),
            title=paper.title,
            attachment_id=stored.id,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            sha256=stored.sha256,
            facts=InvoiceFacts.from_json(paper.facts),
        )
        for paper, stored in ctx.session.execute(query)
    )


def read_evidence(ctx: Ctx, evidence_id: int) -> StoredFile:
    """The bytes of a paper.

    Raises :class:`NotFound`, :class:`PermissionDenied` when its document is not shown to the actor, and
    :class:`Unavailable` when the bytes are not those that were stored.
    """
    found = ctx.session.execute(
        select(Evidence.owner_kind, Evidence.owner_id, Evidence.attachment_id).where(Evidence.id == evidence_id)
    ).one_or_none()
    if found is None:
        raise NotFound("这份附件已被移除，请刷新。")
    _require_owner_visible(ctx, EvidenceOwner(found.owner_kind), found.owner_id)
    return read_attachment(ctx, found.attachment_id)


def _require_owner_visible(ctx: Ctx, owner: EvidenceOwner, owner_id: int) -> None:
    if owner is EvidenceOwner.CLAIM:
        require_visible(ctx, owner_id)
        return
    if owner is EvidenceOwner.PURCHASE:
        require_request_visible(ctx, owner_id)
        return
    enough = {
        EvidenceOwner.RECORD: (PROCUREMENT, VIEW, CLAIM, SIGN, PAY, PURCHASE),
        EvidenceOwner.REMITTANCE: (INCOME, INCOME_VIEW),
    }[owner]
    if not any(ctx.can(permission) for permission in enough):
        ctx.require(enough[0])
