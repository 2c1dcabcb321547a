"""Finding what is not as it was signed: links, order, content, files, states.  Reads only.

What this proves: whoever changes signed rows without the keys is found here; whoever rebuilds the whole chain with new
keys, or cuts its end together with the counter, is found against a check code on paper (:func:`find_link`).
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import ColumnElement, and_, null, select

from dangxiao_houqin.core.attachments import Attachment, AttachmentContent
from dangxiao_houqin.core.numbering import Counter
from dangxiao_houqin.core.uow import Ctx

from . import check_codes, keys
from .content import Ids, Step, read_documents, rows_of, steps_of
from .document_checks import Facts, Findings, check_state
from .domain.approval import ChainHead, DocumentKind, Flaw, SignAction
from .domain.claims import EvidenceKind
from .models import (
    Evidence,
    ExpenseClaim,
    PurchaseRequest,
    SignatureRecord,
    SignedContent,
    SigningKey,
)

LINKS_A_REPORT = 2000
"""How often progress is told."""

_read_json = json.JSONDecoder().raw_decode
"""Without the checks of ``json.loads`` around it: what is read has just been verified byte for byte."""

_KINDS = {kind.value: kind for kind in DocumentKind}

Messages = dict[int, list[dict[str, Any]]]
"""What was signed about each document of a kind."""


@dataclass(frozen=True)
class Verification:
    """What was looked at and what is wrong, the earliest record first."""

    links: int
    documents: int
    files: int
    head: ChainHead
    flaws: tuple[Flaw, ...]


class _Link(NamedTuple):
    """A link as its row says it is: a tuple whose cells are at hand by name for less than those of a row."""

    seq: int
    at: datetime
    action: str
    document_kind: str
    document_id: int
    round: int
    position: int
    user_id: int
    key_id: int
    content_digest: str
    previous: str
    message: str
    digest: str
    signature: str

    @property
    def document(self) -> tuple[DocumentKind, int] | None:
        kind = _KINDS.get(self.document_kind)
        return (kind, self.document_id) if kind is not None else None


@dataclass(frozen=True)
class _Key:
    user_id: int
    public: str
    key: Ed25519PublicKey | None


def verify_document(ctx: Ctx, kind: DocumentKind, document_id: int) -> tuple[Flaw, ...]:
    """What is wrong with one document: its signatures, content, steps and files.  Empty when all is as signed."""
    found = Findings()
    mine = and_(SignatureRecord.document_kind == kind.value, SignatureRecord.document_id == document_id)
    links = list(_links(ctx, mine))
    public = _keys(ctx, {link.key_id for link in links})
    _introduced(ctx, public, found)
    before = {link.seq - 1 for link in links}
    digests = dict(
        ctx.session.execute(
            select(SignatureRecord.seq, SignatureRecord.digest).where(SignatureRecord.seq.in_(before))
        ).all()
    )
    messages: list[dict[str, Any]] = []
    for link in links:
        message = _check_link(link, public, found)
        if link.previous != (check_codes.GENESIS if link.seq == 1 else digests.get(link.seq - 1)):
            _out_of_order(link.seq, found, (kind, document_id))
        if message is not None:
            messages.append(message)
    _check_texts(ctx, {link.content_digest for link in links}, found, (kind, document_id))
    if not _check_documents(ctx, kind, (document_id,), {document_id: messages}, found):
        if links:
            _gone(kind, document_id, found)
        return tuple(found.flaws)
    _check_files(ctx, found, and_(Evidence.owner_kind == kind.value, Evidence.owner_id == document_id))
    return tuple(found.flaws)


def verify_all(ctx: Ctx, *, files: bool = True) -> Verification:
    """Look at every link, every signed content, every document and (with ``files``) every attached byte.

    Reports progress; raises :class:`Cancelled`.
    """
    with _no_collector():
        return _verify_all(ctx, files=files)


@contextmanager
def _no_collector() -> Iterator[None]:
    """A sweep makes a million small objects and no cycles: looking for some would take a fifth of its time."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _verify_all(ctx: Ctx, *, files: bool) -> Verification:
    found = Findings()
    public = _keys(ctx, None)
    signed: defaultdict[str, Messages] = defaultdict(lambda: defaultdict(list))
    contents: set[str] = set()
    introduced: set[int] = set()
    last, previous, total = 0, check_codes.GENESIS, 0
    counter = (
        ctx.session.scalar(select(Counter.value).where(Counter.kind == check_codes.CHAIN, Counter.period == "")) or 0
    )
    for link in _links(ctx):
        total += 1
        if total % LINKS_A_REPORT == 1:
            ctx.progress(0.6 * total / max(counter, total), f"核对签名 {total} / {max(counter, total)}")
        if link.seq != last + 1:
            _missing(last + 1, link.seq - 1, found)
        elif link.previous != previous:
            _out_of_order(link.seq, found, link.document)
        last, previous = link.seq, link.digest
        contents.add(link.content_digest)
        if link.action == SignAction.KEY:
            introduced.add(link.key_id)
        elif link.key_id not in introduced:
            found.add(
                f"签名记录 第 {link.seq} 号", "签名密钥", f"第 {link.seq} 号签名用的密钥没有在签名链里启用过。",
                document=link.document, seq=link.seq,
            )  # fmt: skip
        message = _check_link(link, public, found)
        if message is not None and link.action != SignAction.KEY:
            signed[link.document_kind][link.document_id].append(message)
    if counter > last:
        _missing(last + 1, counter, found, tail=True)
    elif counter < last:
        found.add("签名链", "编号", f"签名链的计数是 {counter}，却有第 {last} 号签名：计数被改动。", seq=last)
    _check_texts(ctx, contents, found)
    documents = 0
    for kind in DocumentKind:
        ctx.progress(0.7, f"核对{kind.label}")
        documents += _check_documents(ctx, kind, None, signed[kind.value], found)
        for document_id in sorted(signed[kind.value]):
            _gone(kind, document_id, found)
    checked = _check_files(ctx, found) if files else 0
    from .queries.approval import chain_head

    found.flaws.sort(key=lambda flaw: flaw.seq if flaw.seq is not None else last + 1)
    return Verification(total, documents, checked, chain_head(ctx), tuple(found.flaws))


def find_link(ctx: Ctx, seq: int, code: str) -> Flaw | None:
    """Whether the database still has the link that a paper shows; a flaw says what is not so.

    ``code`` is the check code as read off the paper, in any spelling.
    """
    digest = ctx.session.scalar(select(SignatureRecord.digest).where(SignatureRecord.seq == seq))
    record = f"签名记录 第 {seq} 号"
    if digest is None:
        sentence = f"纸上有第 {seq} 号签名，数据库里没有：签名链被截短，或用旧备份恢复过。"
        return Flaw(record, "编号", sentence, seq=seq)
    if check_codes.check_code(digest) != check_codes.clean_code(code):
        sentence = (
            f"第 {seq} 号签名的校验码是 {check_codes.check_code(digest)}，与纸上的不同：签名链被重新做过，或抄错了。"
        )
        return Flaw(record, "校验码", sentence, seq=seq)
    return None


# ------------------------------------------------------------------------------------------------------- reading
def _links(ctx: Ctx, *where: ColumnElement[bool]) -> Iterator[_Link]:
    """Links in their order: some of them, or all, then streamed."""
    columns = (getattr(SignatureRecord, name) for name in _Link._fields)
    query = select(*columns).where(*where).order_by(SignatureRecord.seq)
    for row in rows_of(ctx, query.execution_options(stream_results=not where)):
        yield _Link(*row)


def _keys(ctx: Ctx, ids: set[int] | None) -> dict[int, _Key]:
    query = select(SigningKey.id, SigningKey.user_id, SigningKey.public_key)
    if ids is not None:
        query = query.where(SigningKey.id.in_(ids))
    return {
        row.id: _Key(row.user_id, row.public_key, keys.public_key(row.public_key)) for row in ctx.session.execute(query)
    }


def _introduced(ctx: Ctx, public: Mapping[int, _Key], found: Findings) -> None:
    """Every key must have entered the chain by its own link."""
    # by document, whose "kind" of a key is empty: one key may have signed thousands
    mine = and_(SignatureRecord.document_kind == "", SignatureRecord.document_id.in_(list(public)))
    known = set()
    for link in _links(ctx, mine):
        if _check_link(link, public, found) is not None:
            known.add(link.key_id)
    for key_id in set(public) - known:
        found.add("签名密钥", "启用记录", f"{key_id} 号签名密钥没有在签名链里启用过。")


def _documents(
    ctx: Ctx, kind: DocumentKind, ids: Ids, found: Findings
) -> Iterator[tuple[Facts, str | None, Sequence[Step]]]:
    """The documents with what they say now and their steps."""
    unread = {facts.id: facts for facts in _facts(ctx, kind, ids)}
    try:
        for document_id, content, steps in read_documents(ctx, kind, ids):
            yield unread.pop(document_id), content, steps
    except (ValueError, TypeError):
        for facts in unread.values():
            yield facts, *_read_alone(ctx, facts, found)


def _read_alone(ctx: Ctx, facts: Facts, found: Findings) -> tuple[str | None, Sequence[Step]]:
    """One document: no content, but a flaw, when something stands in it that is no text, number or date."""
    kind, ids = facts.kind, (facts.id,)
    try:
        ((_, content, steps),) = read_documents(ctx, kind, ids)
        return content, steps
    except (ValueError, TypeError):
        found.add(facts.label, "内容", f"{facts.label}：有读不出来的数据，被改动或已损坏。", document=facts.ref)
        return None, steps_of(ctx, kind, ids)(facts.id)


def _facts(ctx: Ctx, kind: DocumentKind, ids: Ids) -> Iterator[Facts]:
    model: type[ExpenseClaim] | type[PurchaseRequest] = ExpenseClaim if kind is DocumentKind.CLAIM else PurchaseRequest
    paper_at = ExpenseClaim.signed_paper_at if kind is DocumentKind.CLAIM else null()
    query = select(model.id, model.draft_no, model.number, model.state, model.round, model.applicant_id, paper_at)
    if ids is not None:
        query = query.where(model.id.in_(ids))
    for row in rows_of(ctx, query):
        yield Facts(kind, *row)


def _scans(ctx: Ctx, kind: DocumentKind, ids: Sequence[int] | None) -> dict[int, set[str]]:
    """The SHA-256 of the scans of signed paper by document."""
    query = (
        select(Evidence.owner_id, Attachment.sha256)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .where(Evidence.owner_kind == kind.value, Evidence.kind == EvidenceKind.SIGNED_PAPER.value)
    )
    if ids is not None:
        query = query.where(Evidence.owner_id.in_(ids))
    found: dict[int, set[str]] = {}
    for owner, sha256 in ctx.session.execute(query):
        found.setdefault(owner, set()).add(sha256)
    return found


# ------------------------------------------------------------------------------------------------------- checking
def _check_documents(ctx: Ctx, kind: DocumentKind, ids: Ids, signed: Messages, found: Findings) -> int:
    """Compare documents with what was ``signed``, which is used up, and return how many there are."""
    scans = _scans(ctx, kind, ids)
    count = 0
    for facts, content, steps in _documents(ctx, kind, ids, found):
        count += 1
        check_state(ctx, facts, signed.pop(facts.id, []), steps, content, scans.get(facts.id, set()), found)
    return count


def _check_link(link: _Link, public: Mapping[int, _Key], found: Findings) -> dict[str, Any] | None:
    """The signed message of a link that is whole; else a flaw and ``None``."""

    def wrong(what: str, sentence: str) -> None:
        found.add(f"签名记录 第 {link.seq} 号", what, sentence, document=link.document, seq=link.seq)

    key = public.get(link.key_id)
    if key is None or key.key is None:
        wrong("签名密钥", f"第 {link.seq} 号签名的密钥不见了或已损坏，不能核对。")
        return None
    if check_codes.digest_of(link.message) != link.digest:
        wrong("摘要", f"第 {link.seq} 号签名记录的内容或摘要被改动。")
        return None
    if not keys.is_signed(key.key, link.signature, link.message):
        wrong("签名", f"第 {link.seq} 号签名不是由登记的密钥签出的：签名、内容或密钥被改动。")
        return None
    message: dict[str, Any] = _read_json(link.message)[0]
    signer = message["signer"][0]
    if (
        message["seq"] == link.seq
        and message["previous"] == link.previous
        and message["action"] == link.action
        and message["document"] == [link.document_kind, link.document_id]
        and message["round"] == link.round
        and message["position"] == link.position
        and message["content"] == link.content_digest
        and message["key"] == key.public
        and signer == link.user_id == key.user_id
        and datetime.fromisoformat(message["at"]) == link.at
    ):
        return message
    columns = {
        "编号": (message["seq"], link.seq),
        "前一条": (message["previous"], link.previous),
        "时间": (message["at"], link.at.astimezone(UTC).isoformat()),
        "动作": (message["action"], link.action),
        "单据": (message["document"], [link.document_kind, link.document_id]),
        "提交次数": (message["round"], link.round),
        "步骤": (message["position"], link.position),
        "签名人": (signer, link.user_id),
        "内容摘要": (message["content"], link.content_digest),
        "密钥": (message["key"], key.public),
        "密钥所有人": (signer, key.user_id),
    }
    what, signed, stored = next((name, old, new) for name, (old, new) in columns.items() if old != new)
    wrong(what, f"第 {link.seq} 号签名记录的“{what}”被改动：签字时是“{signed}”，现在是“{stored}”。")
    return None


def _out_of_order(seq: int, found: Findings, document: tuple[DocumentKind, int] | None) -> None:
    sentence = f"第 {seq} 号签名接的不是第 {seq - 1} 号：签名的顺序或前一条被改动。"
    found.add(f"签名记录 第 {seq} 号", "顺序", sentence, document=document, seq=seq)


def _missing(first: int, last: int, found: Findings, *, tail: bool = False) -> None:
    which = f"第 {first} 号" if first == last else f"第 {first} 至 {last} 号"
    where = "签名链的末尾被截掉" if tail else "签名链中间缺少"
    found.add("签名链", "编号", f"{where}：{which}签名记录不见了。", seq=first)


def _gone(kind: DocumentKind, document_id: int, found: Findings) -> None:
    sentence = f"签过字的{kind.label}（内部编号 {document_id}）被删除了。"
    found.add(f"{kind.label} #{document_id}", "整张单据", sentence, document=(kind, document_id))


def _check_texts(ctx: Ctx, named: set[str], found: Findings, document: tuple[DocumentKind, int] | None = None) -> None:
    """What was signed must still be there, byte for byte: that of one document, or all there is."""
    query = select(SignedContent.digest, SignedContent.text)
    if document is not None:
        query = query.where(SignedContent.digest.in_(named))
    missing = named - {""}  # the link of a key signs no content
    for digest, text in rows_of(ctx, query.execution_options(stream_results=document is None)):
        missing.discard(digest)
        if check_codes.digest_of(text) != digest:
            found.add("签字内容", digest[:12], f"签字时的内容（摘要 {digest[:12]}…）被改动。", document=document)
    for digest in sorted(missing):
        found.add("签字内容", digest[:12], f"签字时的内容（摘要 {digest[:12]}…）不见了。", document=document)


def _check_files(ctx: Ctx, found: Findings, *where: ColumnElement[bool]) -> int:
    """Whether the bytes of evidence are those that were attached; returns how many files were read."""
    query = (
        select(Evidence.owner_kind, Evidence.owner_id, Attachment.name, Attachment.sha256, AttachmentContent.data)
        .join(Attachment, Attachment.id == Evidence.attachment_id)
        .outerjoin(AttachmentContent, AttachmentContent.sha256 == Attachment.sha256)
        .where(*where)
        .order_by(Evidence.id)
    )
    count = 0
    for row in rows_of(ctx, query.execution_options(stream_results=True, max_row_buffer=8), 8):
        count += 1
        if isinstance(row.data, bytes) and hashlib.sha256(row.data).hexdigest() == row.sha256:
            continue
        ref = (DocumentKind(row.owner_kind), row.owner_id) if row.owner_kind in set(DocumentKind) else None
        what = "不见了" if row.data is None else "被改动或损坏"
        found.add(f"附件 {row.name}", "文件内容", f"附件“{row.name}”的文件内容{what}。", document=ref)
    return count
