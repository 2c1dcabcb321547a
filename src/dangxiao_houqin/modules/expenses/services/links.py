"""Adding a link to the chain over all signatures; the only place that writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.numbering import hold_counter
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.check_codes import CHAIN, GENESIS, canonical, digest_of
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, SignAction
from dangxiao_houqin.modules.expenses.models import SignatureRecord, SignedContent, SigningKey


def hold_chain(ctx: Ctx) -> None:
    """One signer at a time from here on.

    Taken after all documents and before budgets and numbers, so that no two wait for each other.
    """
    hold_counter(ctx.session, CHAIN)


def append_link(
    ctx: Ctx,
    private: Ed25519PrivateKey,
    key: SigningKey,
    action: SignAction,
    *,
    document: tuple[DocumentKind, int] | None = None,
    turn: int = 0,
    position: int = 0,
    title: str = "",
    content: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> SignatureRecord:
    """Sign with ``private`` and append; ``content`` is the document, ``facts`` what else this signature attests.

    Raises :class:`RuleViolation` when the chain's last link is missing: nothing may be hung on a broken chain.
    """
    seq = ctx.next_number(CHAIN)
    previous = GENESIS
    if seq > 1:
        found = ctx.session.scalar(select(SignatureRecord.digest).where(SignatureRecord.seq == seq - 1))
        if found is None:
            raise RuleViolation("签名链的最后一条记录不见了，不能继续签批；请系统管理员运行“核对签名”并查看备份。")
        previous = found
    text = canonical(content) if content is not None else ""
    now = ctx.now()
    kind, document_id = document if document is not None else ("", key.id)
    message = canonical(
        {
            "v": 1,
            "seq": seq,
            "previous": previous,
            "at": now.astimezone(UTC).isoformat(),
            "action": action.value,
            "document": [str(kind), document_id],
            "round": turn,
            "position": position,
            "title": title,
            "content": digest_of(text) if text else "",
            "signer": [ctx.actor.user_id, ctx.actor.name],
            "key": key.public_key,
            **(facts or {}),
        }
    )
    if text and ctx.session.get(SignedContent, digest_of(text)) is None:
        ctx.session.add(SignedContent(digest=digest_of(text), text=text))
    link = SignatureRecord(
        seq=seq,
        at=now,
        action=action.value,
        document_kind=str(kind),
        document_id=document_id,
        round=turn,
        position=position,
        user_id=ctx.actor.user_id,
        key_id=key.id,
        content_digest=digest_of(text) if text else "",
        previous=previous,
        message=message,
        digest=digest_of(message),
        signature=private.sign(message.encode()).hex(),
    )
    ctx.session.add(link)
    ctx.session.flush()
    return link
