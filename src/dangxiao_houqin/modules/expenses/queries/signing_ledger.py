"""Every link of the chain in a span of time, with what was signed as it then read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.check_codes import check_code
from dangxiao_houqin.modules.expenses.domain.approval import VERIFY, ChainHead, DocumentKind, SignAction
from dangxiao_houqin.modules.expenses.domain.claims import VIEW
from dangxiao_houqin.modules.expenses.models import SignatureRecord, SignedContent

from .approval import MODELS, read_message

_GIVEN = (SignAction.SIGN, SignAction.PAPER)
_PART = 500


@dataclass(frozen=True)
class LinkRow:
    """One link: ``number`` is the official one where the document has it by now, the draft's else.

    ``title``, ``total_fen`` are as signed. ``final`` marks the signature with which a document was approved; ``action``
    is ``None`` for a link that somebody made unreadable: the ledger must still open and name it.
    """

    seq: int
    at: datetime
    action: SignAction | None
    kind: DocumentKind | None
    document_id: int
    number: str
    title: str
    total_fen: int | None
    step: str
    signer: str
    on_behalf_of: str
    opinion: str
    check_code: str
    final: bool


def list_links(ctx: Ctx, start: datetime, end: datetime) -> tuple[LinkRow, ...]:
    """The links made in ``[start, end)`` (aware) in the order of the chain; needs the right to see or verify all."""
    _require(ctx)
    links = ctx.session.execute(
        select(
            SignatureRecord.seq,
            SignatureRecord.at,
            SignatureRecord.message,
            SignatureRecord.digest,
            SignatureRecord.content_digest,
            SignatureRecord.document_kind,
            SignatureRecord.document_id,
        )
        .where(SignatureRecord.at >= start, SignatureRecord.at < end)
        .order_by(SignatureRecord.seq)
    ).all()
    contents = _contents(ctx, {link.content_digest for link in links if link.content_digest})
    numbers, finals = _documents(ctx, {(link.document_kind, link.document_id) for link in links})
    return tuple(_row(link, contents.get(link.content_digest, {}), numbers, finals) for link in links)


def first_month(ctx: Ctx) -> date | None:
    """The first day of the month of the first signature; ``None`` while nobody has signed."""
    _require(ctx)
    at = ctx.session.scalar(select(SignatureRecord.at).order_by(SignatureRecord.seq).limit(1))
    return at.astimezone(CHINA).date().replace(day=1) if at is not None else None


def head_before(ctx: Ctx, moment: datetime) -> ChainHead | None:
    """The last link made before ``moment``, ``None`` when there was none."""
    _require(ctx)
    found = ctx.session.execute(
        select(SignatureRecord.seq, SignatureRecord.digest, SignatureRecord.at)
        .where(SignatureRecord.at < moment)
        .order_by(SignatureRecord.seq.desc())
        .limit(1)
    ).one_or_none()
    return ChainHead(found.seq, found.digest, check_code(found.digest), found.at) if found is not None else None


def _require(ctx: Ctx) -> None:
    if not ctx.can(VIEW):
        ctx.require(VERIFY)


def _contents(ctx: Ctx, digests: Iterable[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for part in _parts(sorted(digests)):
        query = select(SignedContent.digest, SignedContent.text).where(SignedContent.digest.in_(part))
        for digest, text in ctx.session.execute(query):
            found[digest] = _content(text)
    return found


def _content(text: str) -> dict[str, Any]:
    """What the ledger shows of a document; nothing of a text that somebody made unreadable."""
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    keys = ("draft_no", "title", "total_fen")
    return {key: content.get(key) for key in keys} if isinstance(content, dict) else {}


def _documents(ctx: Ctx, documents: Iterable[tuple[str, int]]) -> tuple[dict[tuple[str, int], str | None], set[int]]:
    """Official numbers by document, and the links with which those documents were approved."""
    wanted: dict[str, set[int]] = {}
    for kind, document_id in documents:
        wanted.setdefault(kind, set()).add(document_id)
    numbers: dict[tuple[str, int], str | None] = {}
    finals: set[int] = set()
    for kind, model in MODELS.items():
        for part in _parts(sorted(wanted.get(kind.value, ()))):
            approved = []
            for row in ctx.session.execute(select(model.id, model.number).where(model.id.in_(part))):
                numbers[kind.value, row.id] = row.number
                if row.number:
                    approved.append(row.id)
            last: dict[int, int] = {}
            query = select(SignatureRecord.document_id, SignatureRecord.seq).where(
                SignatureRecord.document_kind == kind.value,
                SignatureRecord.document_id.in_(approved),
                SignatureRecord.action.in_([action.value for action in _GIVEN]),
                SignatureRecord.position > 0,
            )
            for document_id, seq in ctx.session.execute(query):
                last[document_id] = max(seq, last.get(document_id, 0))
            finals.update(last.values())
    return numbers, finals


def _row(link: Any, content: dict[str, Any], numbers: dict[tuple[str, int], str | None], finals: set[int]) -> LinkRow:
    message = read_message(link.message)
    kind_text, document_id = link.document_kind, link.document_id
    kind = DocumentKind(kind_text) if kind_text in set(DocumentKind) else None
    signer = message.get("by") or message.get("signer") or (None, "")
    return LinkRow(
        seq=link.seq,
        at=link.at,
        action=SignAction(message["action"]) if message else None,
        kind=kind,
        document_id=document_id,
        number=(numbers.get((kind_text, document_id)) or content.get("draft_no") or "") if kind is not None else "",
        title=content.get("title") or "",
        total_fen=content.get("total_fen"),
        step=message.get("title", "签名记录已损坏"),
        signer=signer[1],
        on_behalf_of=(message.get("behalf") or (None, ""))[1],
        opinion=message.get("opinion") or "",
        check_code=check_code(link.digest),
        final=link.seq in finals,
    )


def _parts(ids: list[Any]) -> Iterable[list[Any]]:
    return (ids[start : start + _PART] for start in range(0, len(ids), _PART))
