"""Whoever changes signed data in the database itself is found, and what he changed is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.core.attachments import Attachment, AttachmentContent
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.numbering import Counter
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.expenses import check_codes, content, keys
from dangxiao_houqin.modules.expenses.content import FIELD_WORDS, PART_WORDS, contents_of
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState, StepState
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    ClaimLine,
    Evidence,
    ExpenseClaim,
    Invoice,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
    SignatureRecord,
    SignedContent,
    SigningKey,
)
from dangxiao_houqin.modules.expenses.queries.approval import chain_head, list_marks
from dangxiao_houqin.modules.expenses.verification import find_link, verify_all, verify_document

from .tampering import (
    LINK_WORDS,
    PDF,
    Ref,
    Victim,
    attachment_of,
    build,
    columns_of,
    disarm,
    drop,
    found,
    last_of,
    other,
    put,
)

CLAIM, PURCHASE = DocumentKind.CLAIM, DocumentKind.PURCHASE

_built: dict[str, Victim] = {}


@pytest.fixture(scope="module", autouse=True)
def _forget() -> Iterator[None]:
    yield
    for victim in _built.values():
        victim.db.close()
    _built.clear()


@pytest.fixture
def victim(engine_name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Victim:
    """Built once per engine: every attack is rolled back."""
    if engine_name not in _built:
        if engine_name == "sqlite":
            path = tmp_path_factory.mktemp("victim") / "victim.sqlite"
            path.write_bytes(request.getfixturevalue("_sqlite_template").read_bytes())
            url = str(path)
        else:
            server = request.getfixturevalue("postgres")
            url = server.create_database("dx_victim", request.getfixturevalue("_postgres_template"))
        _built[engine_name] = build(Database(url))
    return _built[engine_name]


def test_nothing_is_wrong_before(victim: Victim) -> None:
    with victim.attack() as ctx:
        everything, documents = victim.look(ctx)
        assert everything.flaws == ()
        assert everything.links == everything.head.seq > 20
        assert everything.documents == len(documents) == len(victim.ids)
        assert everything.files == 4
        assert set(documents.values()) == {()}


def test_guards_refuse_before_they_are_taken_off(victim: Victim) -> None:
    for statement in (
        "UPDATE signature_record SET round = 9",
        "DELETE FROM signature_record",
        "UPDATE signed_content SET text = ''",
        "DELETE FROM signed_content",
        "UPDATE attachment_content SET data = NULL",
    ):
        with victim.db.engine.begin() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement))


# ---------------------------------------------------------------------------------------------- what was signed
SIGNED: dict[str, tuple[Any, DocumentKind, tuple[Any, ...], Callable[[Ref], Any]]] = {
    "claim": (ExpenseClaim, CLAIM, content._CLAIM, lambda ref: ExpenseClaim.id == ref[1]),
    "line": (ClaimLine, CLAIM, content._LINE, lambda ref: last_of(ClaimLine, ClaimLine.claim_id, ref)),
    "invoice": (Invoice, CLAIM, content._INVOICE, lambda ref: last_of(Invoice, Invoice.claim_id, ref)),
    "evidence": (
        Evidence,
        CLAIM,
        tuple(c for c in content._EVIDENCE if c.class_ is Evidence),
        lambda ref: last_of(Evidence, Evidence.owner_id, ref),
    ),
    "file": (Attachment, CLAIM, tuple(c for c in content._EVIDENCE if c.class_ is Attachment), attachment_of),
    "step": (ApprovalStep, CLAIM, content.STEP, lambda ref: last_of(ApprovalStep, ApprovalStep.document_id, ref)),
    "request": (PurchaseRequest, PURCHASE, content._REQUEST, lambda ref: PurchaseRequest.id == ref[1]),
    "item": (PurchaseItem, PURCHASE, content._ITEM, lambda ref: last_of(PurchaseItem, PurchaseItem.request_id, ref)),
    "quote": (
        PurchaseQuote,
        PURCHASE,
        content._QUOTE,
        lambda ref: last_of(PurchaseQuote, PurchaseQuote.request_id, ref),
    ),
    "step of a request": (
        ApprovalStep,
        PURCHASE,
        content.STEP,
        lambda ref: last_of(ApprovalStep, ApprovalStep.document_id, ref),
    ),
}

CASES = [(part, column.key) for part, (_, _, columns, _) in SIGNED.items() for column in columns]


def test_every_tuple_of_signed_columns_is_attacked() -> None:
    tuples = {
        name: value
        for name, value in vars(content).items()
        if isinstance(value, tuple) and value and hasattr(value[0], "class_")
    }
    attacked = {(c.class_, c.key) for _, _, columns, _ in SIGNED.values() for c in columns}
    assert {(c.class_, c.key) for columns in tuples.values() for c in columns} <= attacked
    assert len(CASES) > 80


@pytest.mark.parametrize(("part", "key"), CASES)
def test_a_signed_field_is_changed(victim: Victim, part: str, key: str) -> None:
    model, kind, _, where = SIGNED[part]
    ref = victim.ref if kind is CLAIM else victim.request
    with victim.attack() as ctx:
        column = getattr(model, key)
        value = ctx.session.scalars(select(column).where(where(ref))).one()
        put(ctx, model, {key: other(column, value)}, where(ref))
        found(victim, ctx, ref, word_of(part, key), record="审批")


PARTS = {"line": "lines", "invoice": "invoices", "evidence": "evidence", "file": "evidence", "step": "steps"}


def word_of(part: str, key: str) -> str:
    """The words by which a field is named."""
    own = PART_WORDS.get((PARTS.get(part.partition(" ")[0], ""), key), FIELD_WORDS[key])
    return "提交次数" if key == "round" else own


@pytest.mark.parametrize("name", ("paper", "signing", "again", "stand_in"))
def test_a_claim_in_any_state_is_watched(victim: Victim, name: str) -> None:
    ref = (CLAIM, victim.ids[name])
    with victim.attack() as ctx:
        put(ctx, ClaimLine, {"amount_fen": ClaimLine.amount_fen + 100}, ClaimLine.claim_id == ref[1])
        (flaw,) = found(victim, ctx, ref, "明细第 1 行的金额", record="报销审批单")
        assert "¥" in flaw.sentence


def _lists(ref: Ref) -> list[tuple[Any, Any, str]]:
    if ref[0] is CLAIM:
        return [
            (ClaimLine, ClaimLine.claim_id == ref[1], "明细的行数"),
            (Invoice, Invoice.claim_id == ref[1], "发票的行数"),
            (Evidence, (Evidence.owner_kind == "claim") & (Evidence.owner_id == ref[1]), "附件的行数"),
        ]
    return [
        (PurchaseItem, PurchaseItem.request_id == ref[1], "采购明细的行数"),
        (PurchaseQuote, PurchaseQuote.request_id == ref[1], "比价的行数"),
        (Evidence, (Evidence.owner_kind == "purchase") & (Evidence.owner_id == ref[1]), "附件的行数"),
    ]


@pytest.mark.parametrize("number", (0, 1, 2))
@pytest.mark.parametrize("kind", (CLAIM, PURCHASE))
def test_a_row_is_added_or_taken_away(victim: Victim, kind: DocumentKind, number: int) -> None:
    ref = victim.ref if kind is CLAIM else victim.request
    model, mine, word = _lists(ref)[number]
    with victim.attack() as ctx:
        last = ctx.session.scalar(select(func.max(model.position)).where(mine))
        drop(ctx, model, mine, model.position == last)
        found(victim, ctx, ref, word)
    with victim.attack() as ctx:
        row = ctx.session.execute(select(model.__table__).where(mine).order_by(model.position.desc()).limit(1)).one()
        values = {**row._mapping, "id": 9999, "position": row.position + 1}
        if model is Invoice:
            values |= {"key": "another", "number": "26519999999999999999"}
        ctx.session.execute(insert(model.__table__).values(values))
        found(victim, ctx, ref, word)


def test_a_new_signed_column_must_have_a_word() -> None:
    assert [key for _, key in CASES if key not in FIELD_WORDS] == []


# -------------------------------------------------------------------------------------------------- evidence bytes
def _file_of(ctx: Ctx, ref: Ref) -> Any:
    return ctx.session.execute(select(Attachment.sha256, Attachment.name).where(attachment_of(ref))).one()


@pytest.mark.parametrize("name", ("approved", "paper", "request"))
def test_bytes_of_evidence_are_changed(victim: Victim, name: str) -> None:
    ref = (PURCHASE if name == "request" else CLAIM, victim.ids[name])
    with victim.attack() as ctx:
        file = _file_of(ctx, ref)
        put(ctx, AttachmentContent, {"data": PDF + b"0"}, AttachmentContent.sha256 == file.sha256)
        found(victim, ctx, ref, "文件内容", record=f"附件 {file.name}")
        assert any(f.field == "文件内容" for f in verify_all(ctx).flaws)
        assert verify_all(ctx, files=False).flaws == ()
    with victim.attack() as ctx:
        drop(ctx, AttachmentContent, AttachmentContent.sha256 == _file_of(ctx, ref).sha256)
        found(victim, ctx, ref, "文件内容", record="附件")


def test_evidence_is_replaced_with_its_hash(victim: Victim) -> None:
    forged = PDF + b"a larger sum"
    digest = hashlib.sha256(forged).hexdigest()
    with victim.attack() as ctx:
        ctx.session.execute(insert(AttachmentContent).values(sha256=digest, data=forged))
        put(ctx, Attachment, {"sha256": digest, "size": len(forged)}, attachment_of(victim.ref))
        found(victim, ctx, victim.ref, "附件第 2 行的文件")


def test_scan_of_the_signed_paper_is_taken_away_or_replaced(victim: Victim) -> None:
    ref = (CLAIM, victim.ids["paper"])
    mine = (Evidence.owner_kind == "claim") & (Evidence.owner_id == ref[1])
    with victim.attack() as ctx:
        drop(ctx, Evidence, mine)
        found(victim, ctx, ref, "已签字的纸质单")
    with victim.attack() as ctx:
        other_file = ctx.session.scalar(
            select(Evidence.attachment_id).where(Evidence.owner_id == victim.ids["approved"])
        )
        put(ctx, Evidence, {"attachment_id": other_file}, mine)
        found(victim, ctx, ref, "已签字的纸质单")
    with victim.attack() as ctx:
        put(ctx, Evidence, {"kind": "other"}, mine)
        found(victim, ctx, ref, "已签字的纸质单")
        found(victim, ctx, ref, "附件的行数")


def test_paper_that_nobody_registered(victim: Victim) -> None:
    with victim.attack() as ctx:
        put(ctx, ExpenseClaim, {"signed_paper_at": ctx.now()}, ExpenseClaim.id == victim.ids["approved"])
        found(victim, ctx, victim.ref, "已签字的纸质单")


# ----------------------------------------------------------------------------------------------- signature records
def _links(ctx: Ctx, ref: Ref) -> list[Any]:
    return list(
        ctx.session.execute(
            select(SignatureRecord.__table__)
            .where(SignatureRecord.document_kind == ref[0].value, SignatureRecord.document_id == ref[1])
            .order_by(SignatureRecord.seq)
        )
    )


@pytest.mark.parametrize("key", columns_of(SignatureRecord))
@pytest.mark.parametrize("which", (0, 1, 2))
def test_a_column_of_a_signature_is_changed(victim: Victim, key: str, which: int) -> None:
    with victim.attack() as ctx:
        link = _links(ctx, victim.ref)[which]
        value = 9999 if key == "seq" else other(getattr(SignatureRecord, key), getattr(link, key))
        put(ctx, SignatureRecord, {key: value}, SignatureRecord.seq == link.seq)
        moved = key in ("document_kind", "document_id", "seq")  # the link is no longer where its document looks
        named = found(victim, ctx, None, LINK_WORDS[key], record="签名记录")
        assert {value if key == "seq" else link.seq} <= {f.seq for f in named}
        flaws = verify_document(ctx, *victim.ref)
        assert flaws
        assert all(f.document == victim.ref for f in flaws)
        assert moved or any(LINK_WORDS[key] in f.field for f in flaws), flaws
        list_marks(ctx, *victim.ref)


def test_message_is_changed_with_its_digest(victim: Victim) -> None:
    with victim.attack() as ctx:
        link = _links(ctx, victim.ref)[2]
        message = json.loads(link.message) | {"opinion": "不同意"}
        changed = check_codes.canonical(message)
        values = {"message": changed, "digest": check_codes.digest_of(changed)}
        put(ctx, SignatureRecord, values, SignatureRecord.seq == link.seq)
        found(victim, ctx, victim.ref, "签名", record=f"第 {link.seq} 号")


@pytest.mark.parametrize("junk", ("", "{", "[]", "null"))
def test_message_is_made_unreadable(victim: Victim, junk: str) -> None:
    """Opening still works: what is there is shown, and the flaw beside it."""
    with victim.attack() as ctx:
        link = _links(ctx, victim.ref)[1]
        values = {"message": junk, "digest": check_codes.digest_of(junk)}
        put(ctx, SignatureRecord, values, SignatureRecord.seq == link.seq)
        found(victim, ctx, victim.ref, "签名", record=f"第 {link.seq} 号")


def test_a_forged_signature_with_a_key_of_his_own(victim: Victim) -> None:
    forged = keys.new_key()
    with victim.attack() as ctx:
        link = _links(ctx, victim.ref)[2]
        row = ctx.session.execute(select(SigningKey.__table__).where(SigningKey.id == link.key_id)).one()
        values = {**row._mapping, "id": 999, "public_key": keys.public_hex(forged)}
        ctx.session.execute(insert(SigningKey.__table__).values(values))
        message = json.loads(link.message) | {"opinion": "不同意", "key": keys.public_hex(forged)}
        text_ = check_codes.canonical(message)
        put(
            ctx,
            SignatureRecord,
            {
                "message": text_,
                "digest": check_codes.digest_of(text_),
                "signature": forged.sign(text_.encode()).hex(),
                "key_id": 999,
            },
            SignatureRecord.seq == link.seq,
        )
        found(victim, ctx, None, "签名密钥", record=f"第 {link.seq} 号")
        found(victim, ctx, None, "顺序", record=f"第 {link.seq + 1} 号")
        assert any("启用" in f.sentence for f in verify_document(ctx, *victim.ref))


def test_public_key_is_changed(victim: Victim) -> None:
    with victim.attack() as ctx:
        link = _links(ctx, victim.ref)[2]
        new = keys.public_hex(keys.new_key())
        put(ctx, SigningKey, {"public_key": new}, SigningKey.id == link.key_id)
        found(victim, ctx, victim.ref, "签名", record=f"第 {link.seq} 号")
    with victim.attack() as ctx:
        put(ctx, SigningKey, {"public_key": "x"}, SigningKey.id == link.key_id)
        found(victim, ctx, victim.ref, "签名密钥", record=f"第 {link.seq} 号")
    with victim.attack() as ctx:
        put(ctx, SigningKey, {"user_id": victim.school.ids["qian"]}, SigningKey.id == link.key_id)
        found(victim, ctx, victim.ref, "密钥所有人", record=f"第 {link.seq} 号")
    with victim.attack() as ctx:
        drop(ctx, SigningKey, SigningKey.id == link.key_id)
        found(victim, ctx, victim.ref, "签名密钥", record=f"第 {link.seq} 号")


def test_signed_content_is_changed_or_taken_away(victim: Victim) -> None:
    with victim.attack() as ctx:
        digest = _links(ctx, victim.ref)[0].content_digest
        put(ctx, SignedContent, {"text": "{}"}, SignedContent.digest == digest)
        found(victim, ctx, None, digest[:12], record="签字内容")
        assert any(f.record == "签字内容" for f in verify_document(ctx, *victim.ref))
    with victim.attack() as ctx:
        drop(ctx, SignedContent, SignedContent.digest == digest)
        found(victim, ctx, None, digest[:12], record="签字内容")
        assert any(f.record == "签字内容" for f in verify_document(ctx, *victim.ref))


# ------------------------------------------------------------------------------------------------------ the chain
def _renumber(ctx: Ctx, one: int, another: int) -> None:
    for a, b in ((one, -1), (another, one), (-1, another)):
        put(ctx, SignatureRecord, {"seq": b}, SignatureRecord.seq == a)


def test_two_signatures_are_swapped(victim: Victim) -> None:
    with victim.attack() as ctx:
        _, first, second = _links(ctx, victim.ref)
        _renumber(ctx, first.seq, second.seq)
        found(victim, ctx, victim.ref, "编号", record=f"第 {first.seq} 号")
        found(victim, ctx, victim.ref, "顺序", record=f"第 {second.seq} 号")
        for step, seq in ((1, second.seq), (2, first.seq)):
            mine = (ApprovalStep.document_id == victim.ref[1]) & (ApprovalStep.document_kind == "claim")
            put(ctx, ApprovalStep, {"signature_seq": seq}, mine, ApprovalStep.position == step)
        found(victim, ctx, victim.ref, "编号", record=f"第 {first.seq} 号")


def test_a_link_in_the_middle_is_deleted(victim: Victim) -> None:
    with victim.attack() as ctx:
        _, first, second = _links(ctx, victim.ref)
        drop(ctx, SignatureRecord, SignatureRecord.seq == first.seq)
        found(victim, ctx, None, "编号", record="签名链")
        assert any(f"第 {first.seq} 号" in f.sentence for f in verify_all(ctx).flaws)
        found(victim, ctx, victim.ref, "分管领导", record="报销审批单")
        assert find_link(ctx, second.seq, check_codes.check_code(second.digest)) is None


def test_a_link_is_deleted_and_the_gap_closed(victim: Victim) -> None:
    with victim.attack() as ctx:
        _, first, _ = _links(ctx, victim.ref)
        drop(ctx, SignatureRecord, SignatureRecord.seq == first.seq)
        for seq in range(first.seq + 1, chain_head(ctx).seq + 1):
            put(ctx, SignatureRecord, {"seq": seq - 1}, SignatureRecord.seq == seq)
        put(ctx, Counter, {"value": Counter.value - 1}, Counter.kind == check_codes.CHAIN)
        found(victim, ctx, None, "编号", record=f"第 {first.seq} 号")
        found(victim, ctx, None, "顺序", record=f"第 {first.seq} 号")


def _cut(ctx: Ctx, victim: Victim) -> Any:
    """Take the last signature away: the principal leader's on the request.  Returns it."""
    head = chain_head(ctx)
    link = _links(ctx, victim.request)[-1]
    assert link.seq == head.seq
    drop(ctx, SignatureRecord, SignatureRecord.seq == head.seq)
    return link


def test_the_end_is_cut_off(victim: Victim) -> None:
    with victim.attack() as ctx:
        link = _cut(ctx, victim)
        (flaw,) = found(victim, ctx, None, "编号", record="签名链")
        assert f"第 {link.seq} 号" in flaw.sentence
        assert "末尾" in flaw.sentence
        found(victim, ctx, victim.request, "主要领导", record="采购申请审批表")


def test_the_end_is_cut_off_and_everything_put_back(victim: Victim) -> None:
    """Nothing inside the database can tell: only the code on paper does."""
    with victim.attack() as ctx:
        link = _cut(ctx, victim)
        put(ctx, Counter, {"value": link.seq - 1}, Counter.kind == check_codes.CHAIN)
        put(
            ctx,
            PurchaseRequest,
            {"state": DocumentState.SIGNING.value, "number": None},
            PurchaseRequest.id == victim.request[1],
        )
        mine = (ApprovalStep.document_kind == "purchase") & (ApprovalStep.document_id == victim.request[1])
        values = {"state": StepState.WAITING.value, "signature_seq": None}
        put(ctx, ApprovalStep, values, mine, ApprovalStep.position == 2)
        everything, documents = victim.look(ctx)
        assert everything.flaws == ()
        assert set(documents.values()) == {()}
        flaw = find_link(ctx, link.seq, check_codes.check_code(link.digest))
        assert flaw is not None
        assert flaw.field == "编号"
        assert f"第 {link.seq} 号" in flaw.sentence


def test_counter_is_moved(victim: Victim) -> None:
    for step, words in ((1, "末尾"), (-1, "计数")):
        with victim.attack() as ctx:
            put(ctx, Counter, {"value": Counter.value + step}, Counter.kind == check_codes.CHAIN)
            (flaw,) = found(victim, ctx, None, "编号", record="签名链")
            assert words in flaw.sentence


def test_the_whole_chain_is_made_anew_with_new_keys(victim: Victim) -> None:
    """The best that somebody with the whole database can do; every check within it is content, the paper is not."""
    with victim.attack() as ctx:
        printed = chain_head(ctx)
        first = _links(ctx, victim.ref)[2]
        put(ctx, ClaimLine, {"amount_fen": 9_999_999}, ClaimLine.claim_id == victim.ref[1], ClaimLine.position == 1)
        rebuild(ctx, victim.ref)
        everything, documents = victim.look(ctx)
        assert everything.flaws == ()
        assert set(documents.values()) == {()}
        assert everything.head.seq == printed.seq
        for seq, code in ((printed.seq, printed.check_code), (first.seq, check_codes.check_code(first.digest))):
            flaw = find_link(ctx, seq, code)
            assert flaw is not None
            assert flaw.field == "校验码"
            assert check_codes.check_code(chain_head(ctx).digest) != printed.check_code


def rebuild(ctx: Ctx, ref: Ref) -> None:
    """Sign every link anew as if nothing had happened, with the present content of ``ref``."""
    said = check_codes.canonical(dict(contents_of(ctx, ref[0], (ref[1],)))[ref[1]])
    ctx.session.execute(insert(SignedContent).values(digest=check_codes.digest_of(said), text=said))
    own = {}
    for key_id in ctx.session.scalars(select(SigningKey.id)).all():
        own[key_id] = keys.new_key()
        put(ctx, SigningKey, {"public_key": keys.public_hex(own[key_id])}, SigningKey.id == key_id)
    previous = check_codes.GENESIS
    for link in ctx.session.execute(select(SignatureRecord.__table__).order_by(SignatureRecord.seq)).all():
        private = own[link.key_id]
        message = json.loads(link.message) | {"previous": previous, "key": keys.public_hex(private)}
        if (link.document_kind, link.document_id) == (ref[0].value, ref[1]):
            message["content"] = check_codes.digest_of(said)
        made = check_codes.canonical(message)
        values = {
            "message": made,
            "digest": check_codes.digest_of(made),
            "previous": previous,
            "content_digest": message["content"],
            "signature": private.sign(made.encode()).hex(),
        }
        put(ctx, SignatureRecord, values, SignatureRecord.seq == link.seq)
        previous = check_codes.digest_of(made)


# --------------------------------------------------------------------------------------------- documents and steps
@pytest.mark.parametrize("name", ("approved", "signing", "returned", "withdrawn", "request"))
def test_a_signed_document_is_deleted(victim: Victim, name: str) -> None:
    ref = (PURCHASE if name == "request" else CLAIM, victim.ids[name])
    model: Any = PurchaseRequest if name == "request" else ExpenseClaim
    with victim.attack() as ctx:
        for part, mine, _ in _lists(ref):
            if ctx.session.scalar(select(func.count()).select_from(part).where(mine)):
                drop(ctx, part, mine)
        drop(ctx, model, model.id == ref[1])
        (flaw,) = found(victim, ctx, ref, "整张单据")
        assert "被删除" in flaw.sentence
        drop(ctx, ApprovalStep, ApprovalStep.document_kind == ref[0].value, ApprovalStep.document_id == ref[1])
        found(victim, ctx, ref, "整张单据")


@pytest.mark.parametrize("number", ("BX-2026-00099", None))
def test_the_official_number_is_changed(victim: Victim, number: str | None) -> None:
    with victim.attack() as ctx:
        put(ctx, ExpenseClaim, {"number": number}, ExpenseClaim.id == victim.ref[1])
        found(victim, ctx, victim.ref, "单据编号")


STATES = list(DocumentState)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    "name", ("approved", "paper", "signing", "again", "returned", "withdrawn", "stand_in", "request", "draft")
)
def test_the_state_is_set_by_hand(victim: Victim, name: str, state: DocumentState) -> None:
    """Whatever cannot follow from the signatures is found; what stays open is a move that needs none."""
    ref = (PURCHASE if name == "request" else CLAIM, victim.ids[name])
    model: Any = PurchaseRequest if name == "request" else ExpenseClaim
    with victim.attack() as ctx:
        now = DocumentState(ctx.session.scalars(select(model.state).where(model.id == ref[1])).one())
        put(ctx, model, {"state": state.value}, model.id == ref[1])
        unsigned = {  # paying, voiding and withdrawing are no signatures; the audit log has them
            DocumentState.APPROVED: {DocumentState.PAID, DocumentState.VOIDED},
            DocumentState.SIGNING: {DocumentState.SUBMITTED, DocumentState.WITHDRAWN, DocumentState.VOIDED},
            DocumentState.RETURNED: {DocumentState.VOIDED, DocumentState.WITHDRAWN},
            DocumentState.WITHDRAWN: {DocumentState.VOIDED, DocumentState.SUBMITTED, DocumentState.SIGNING},
            DocumentState.DRAFT: {DocumentState.VOIDED},
        }
        flaws = verify_document(ctx, *ref)
        if state is now or state in unsigned[now]:
            return
        assert flaws, f"{now} -> {state} is not found"
        found(victim, ctx, ref, "状态")


def test_a_state_that_does_not_exist(victim: Victim) -> None:
    with victim.attack() as ctx:
        put(ctx, ExpenseClaim, {"state": "done"}, ExpenseClaim.id == victim.ref[1])
        found(victim, ctx, victim.ref, "状态")


@pytest.mark.parametrize("state", (DocumentState.WITHDRAWN, DocumentState.DRAFT, DocumentState.RETURNED))
def test_an_approved_claim_is_opened_for_editing(victim: Victim, state: DocumentState) -> None:
    """Back to a state without content check, the number taken off, so that it can be edited: found."""
    with victim.attack() as ctx:
        put(ctx, ExpenseClaim, {"state": state.value, "number": None}, ExpenseClaim.id == victim.ref[1])
        put(ctx, ClaimLine, {"amount_fen": 1}, ClaimLine.claim_id == victim.ref[1])
        found(victim, ctx, victim.ref, "状态")


def test_a_voided_claim_keeps_what_was_approved(victim: Victim) -> None:
    with victim.attack() as ctx:
        put(ctx, ExpenseClaim, {"state": "voided", "number": None, "title": "改"}, ExpenseClaim.id == victim.ref[1])
        found(victim, ctx, victim.ref, "事由")
        found(victim, ctx, victim.ref, "单据编号")


@pytest.mark.parametrize("step", (1, 2))
@pytest.mark.parametrize("state", [s for s in StepState if s is not StepState.SIGNED])
def test_a_signed_step_is_opened_again(victim: Victim, step: int, state: StepState) -> None:
    mine = (ApprovalStep.document_kind == "claim") & (ApprovalStep.document_id == victim.ref[1])
    for seq in ({}, {"signature_seq": None}):
        with victim.attack() as ctx:
            title = ctx.session.scalar(select(ApprovalStep.title).where(mine, ApprovalStep.position == step))
            put(ctx, ApprovalStep, {"state": state.value, **seq}, mine, ApprovalStep.position == step)
            found(victim, ctx, victim.ref, title)


def test_steps_that_nobody_signed_count_as_signed_or_skipped(victim: Victim) -> None:
    ref = (CLAIM, victim.ids["signing"])
    mine = (ApprovalStep.document_kind == "claim") & (ApprovalStep.document_id == ref[1])
    for values in ({"state": "signed"}, {"state": "skipped"}, {"state": "signed", "signature_seq": 2}):
        with victim.attack() as ctx:
            put(ctx, ApprovalStep, values, mine, ApprovalStep.position == 2)
            put(ctx, ExpenseClaim, {"state": "approved", "number": "BX-2026-00077"}, ExpenseClaim.id == ref[1])
            found(victim, ctx, ref, "主要领导")
    with victim.attack() as ctx:
        values = {"state": "skipped", "reason": "与“分管领导”为同一人，免签"}
        put(ctx, ApprovalStep, values, mine, ApprovalStep.position == 2)
        put(ctx, ExpenseClaim, {"state": "approved", "number": "BX-2026-00077"}, ExpenseClaim.id == ref[1])
        found(victim, ctx, ref, "理由")
        found(victim, ctx, ref, "单据编号")


@pytest.mark.parametrize("which", (1, 2, None))
def test_steps_are_deleted(victim: Victim, which: int | None) -> None:
    mine = (ApprovalStep.document_kind == "claim") & (ApprovalStep.document_id == victim.ref[1])
    with victim.attack() as ctx:
        if which is None:
            drop(ctx, ApprovalStep, mine)
        else:
            drop(ctx, ApprovalStep, mine, ApprovalStep.position == which)
        found(victim, ctx, victim.ref, "签批步骤")


def test_a_demanded_signature_is_struck_out_while_signing(victim: Victim) -> None:
    """The step of the principal leader is taken out of a claim on its way: it must not be approved without him."""
    ref = (CLAIM, victim.ids["signing"])
    mine = (ApprovalStep.document_kind == "claim") & (ApprovalStep.document_id == ref[1])
    with victim.attack() as ctx:
        drop(ctx, ApprovalStep, mine, ApprovalStep.position == 2)
        found(victim, ctx, ref, "签批步骤")


UNSIGNED_OF_A_STEP = {"id", "since", "version", "created_at", "created_by", "updated_at", "updated_by"}
"""``since`` only says how long somebody has been waited for."""


@pytest.mark.parametrize("key", sorted(set(columns_of(ApprovalStep)) - UNSIGNED_OF_A_STEP))
@pytest.mark.parametrize("name", ("approved", "again", "returned", "withdrawn"))
def test_every_column_of_a_step_also_of_earlier_submissions(victim: Victim, name: str, key: str) -> None:
    ref = (CLAIM, victim.ids[name])
    mine = (ApprovalStep.document_kind == "claim") & (ApprovalStep.document_id == ref[1]) & (ApprovalStep.round == 1)
    with victim.attack() as ctx:
        row = ctx.session.execute(select(ApprovalStep.__table__).where(mine, ApprovalStep.position == 1)).one()
        column = getattr(ApprovalStep, key)
        value = 9 if key in ("position", "round", "document_id") else other(column, getattr(row, key))
        put(ctx, ApprovalStep, {key: value}, ApprovalStep.id == row.id)
        everything = verify_all(ctx)
        assert any(f.document == ref for f in everything.flaws), everything.flaws
        assert any(f.document == ref for f in verify_document(ctx, *ref))
        if key in {c.key for c in content.STEP}:
            word = word_of("step", key)
            assert any(word in f.field for f in everything.flaws), (word, everything.flaws)


def test_the_round_is_turned_back(victim: Victim) -> None:
    ref = (CLAIM, victim.ids["again"])
    for turn in (0, 1, 3):
        with victim.attack() as ctx:
            put(ctx, ExpenseClaim, {"round": turn}, ExpenseClaim.id == ref[1])
            found(victim, ctx, ref, "提交次数")


def test_printed_code_is_found_in_any_spelling(victim: Victim) -> None:
    with victim.attack() as ctx:
        head = chain_head(ctx)
        for typed in (
            head.check_code,
            head.check_code.lower(),
            head.check_code.replace("-", " "),
            "　" + head.check_code,
        ):
            assert find_link(ctx, head.seq, typed) is None
        assert find_link(ctx, head.seq, "AAAA-AAAA-AAAA") is not None
        assert find_link(ctx, head.seq + 1, head.check_code) is not None


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("table", "column", "word"),
    (("expense_claim", "filled_on", "内容"), ("invoice", "issued_on", "内容"), ("claim_line", "amount_fen", "金额")),
)
def test_what_is_no_date_or_number_is_named_too(victim: Victim, table: str, column: str, word: str) -> None:
    """SQLite takes any text in any column; PostgreSQL does not."""
    mine = "id" if table == "expense_claim" else "claim_id"
    with victim.attack() as ctx:
        change = text(f"UPDATE {table} SET {column} = 'x' WHERE {mine} = :claim")
        assert ctx.session.execute(change, {"claim": victim.ref[1]}).rowcount
        found(victim, ctx, victim.ref, word, record="报销审批单 BX-2026-00001")
        others = {f.document for f in verify_all(ctx).flaws}
        assert others == {victim.ref}, "one document that cannot be read hides nothing and accuses nobody else"


@pytest.mark.sqlite_only
def test_text_in_place_of_bytes(victim: Victim) -> None:
    with victim.attack() as ctx:
        digest = _file_of(ctx, victim.ref).sha256
        ctx.session.execute(text("UPDATE attachment_content SET data = 'x' WHERE sha256 = :sha"), {"sha": digest})
        found(victim, ctx, victim.ref, "文件内容")


def test_disarming_is_undone(victim: Victim) -> None:
    """The attacks above leave nothing behind, or they would not prove anything."""
    with victim.attack() as ctx:
        disarm(ctx)
        drop(ctx, SignatureRecord, SignatureRecord.seq > 0)
    with unit_of_work(victim.db, Actor.system("核对"), "test.look", read_only=True) as ctx:
        assert verify_all(ctx).flaws == ()
    assert date(2026, 3, 2) < date.max
