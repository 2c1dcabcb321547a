"""The generator of many claims writes what the services write, or what is measured with it means nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text, update

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind
from dangxiao_houqin.modules.expenses.models import ClaimLine, ExpenseClaim, SignatureRecord, SignedContent
from dangxiao_houqin.modules.expenses.queries.approval import list_marks
from dangxiao_houqin.modules.expenses.verification import Verification, verify_all, verify_document
from tests.support.claims import fill_claims


def _verified(db: Database) -> Verification:
    with unit_of_work(db, Actor.system(), "test.verify", read_only=True) as ctx:
        return verify_all(ctx)


def test_generated_claims_verify_and_the_services_go_on(db: Database) -> None:
    filled = fill_claims(db, 60, waiting=5)
    found = _verified(db)
    assert found.flaws == ()
    assert found.head.seq == filled.head_seq == found.links
    assert len(set(filled.ids)) == 65

    claim = filled.school.approved()
    assert filled.school.sign(filled.waiting[0], "li")
    assert filled.school.sign(filled.waiting[0], "zhao")
    numbers = [filled.school.row(i).number for i in (claim, filled.waiting[0])]
    assert len({*numbers, *(filled.school.row(i).number for i in filled.paid)}) == 2 + len(filled.paid)
    found = _verified(db)
    assert found.flaws == ()
    assert found.head.seq == filled.head_seq + 5
    with unit_of_work(db, Actor.system(), "test.verify", read_only=True) as ctx:
        assert verify_document(ctx, DocumentKind.CLAIM, filled.paid[-1]) == ()
        marks = list_marks(ctx, DocumentKind.CLAIM, filled.paid[-1])
    assert [mark.title for mark in marks] == ["经办人", "分管领导", "主要领导"]


def _shape(value: Any) -> Any:
    """Names and types of a canonical text, without its values."""
    if isinstance(value, dict):
        return {key: _shape(entry) for key, entry in value.items()}
    return [_shape(entry) for entry in value] if isinstance(value, list) else type(value).__name__


def test_generated_texts_have_the_shape_of_real_ones(db: Database) -> None:
    filled = fill_claims(db, 12)
    real = filled.paid[0] - 12  # the claims before it went through the services
    shapes = []
    for claim in (real, filled.paid[0]):
        with unit_of_work(db, Actor.system(), "test.look", read_only=True) as ctx:
            mine = (SignatureRecord.document_kind == "claim") & (SignatureRecord.document_id == claim)
            links = ctx.session.scalars(select(SignatureRecord).where(mine).order_by(SignatureRecord.seq)).all()
            text = ctx.session.scalar(select(SignedContent.text).where(SignedContent.digest == links[0].content_digest))
            row = ctx.session.get_one(ExpenseClaim, claim)
            assert text is not None
            shapes.append(
                (
                    [_shape(json.loads(link.message)) for link in links],
                    _shape(json.loads(text)),
                    {c.key: type(getattr(row, c.key)).__name__ for c in ExpenseClaim.__table__.columns},
                )
            )
    assert shapes[0] == shapes[1]


def test_a_tampered_one_among_many_is_named(db: Database) -> None:
    filled = fill_claims(db, 30)
    victim = filled.paid[17]
    with unit_of_work(db, Actor.system(), "test.attack") as ctx:
        mine = (ClaimLine.claim_id == victim) & (ClaimLine.position == 2)
        ctx.session.execute(update(ClaimLine).where(mine).values(amount_fen=1))
    (flaw,) = _verified(db).flaws
    assert flaw.field == "明细第 2 行的金额"
    assert flaw.document == (DocumentKind.CLAIM, victim)
    assert filled.school.row(victim).number in flaw.record


@pytest.mark.sqlite_only
def test_bytes_where_text_was_are_named_and_the_check_goes_on(db: Database) -> None:
    """SQLite keeps bytes in a column of text; they once ended the whole check."""
    filled = fill_claims(db, 6)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE expense_claim SET payee = x'ff00' WHERE id = :id"), {"id": filled.paid[2]})
    found = _verified(db)
    assert {flaw.document for flaw in found.flaws} == {(DocumentKind.CLAIM, filled.paid[2])}
    assert found.documents >= 6
