"""Claims and purchase requests as the approval engine sees them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import MOVES, DocumentKind, DocumentState, Move
from dangxiao_houqin.modules.expenses.domain.claims import CLAIM
from dangxiao_houqin.modules.expenses.domain.procurement import PURCHASE
from dangxiao_houqin.modules.expenses.models import ClaimLine, EconomicCategory, ExpenseClaim, PurchaseRequest

from .claim_submission import prepare_claim
from .purchase_submission import prepare_request

Document = ExpenseClaim | PurchaseRequest


def load(ctx: Ctx, kind: DocumentKind, document_id: int, *, lock: bool = True) -> Document:
    """The document, held for change; raises :class:`NotFound`."""
    if kind is DocumentKind.CLAIM:
        return ctx.get(ExpenseClaim, document_id, lock=lock)
    return ctx.get(PurchaseRequest, document_id, lock=lock)


def fill_permission(kind: DocumentKind) -> Permission:
    """The right to fill in and submit documents of a kind."""
    return CLAIM if kind is DocumentKind.CLAIM else PURCHASE


def state_of(document: Document) -> DocumentState:
    return DocumentState(document.state)


def move(document: Document, move_: Move) -> DocumentState:
    """The only way a state changes: by the table; raises :class:`RuleViolation` for a move that is not in it."""
    state = state_of(document)
    target = MOVES.get((state, move_))
    if target is None:
        raise RuleViolation(f"“{document.label}”现在是“{state.label}”，不能{move_.label}，请刷新列表。")
    document.state = target.value
    touch(document)
    return target


def touch(document: Document) -> None:
    """Whoever has it open must look again: another signature is a change, also where the state stays 签批中."""
    flag_modified(document, "updated_at")


def prepare(ctx: Ctx, document: Document) -> None:
    """What must hold before submission, and what the paper will say about budget and procurement."""
    if isinstance(document, ExpenseClaim):
        prepare_claim(ctx, document)
    else:
        prepare_request(ctx, document)


def categories_of(ctx: Ctx, document: Document) -> frozenset[str]:
    """The codes of the categories it spends from, for the conditions of the chain."""
    if isinstance(document, ExpenseClaim):
        query = (
            select(EconomicCategory.code)
            .join(ClaimLine, ClaimLine.category_id == EconomicCategory.id)
            .where(ClaimLine.claim_id == document.id)
        )
    else:
        query = select(EconomicCategory.code).where(EconomicCategory.id == document.category_id)
    return frozenset(ctx.session.scalars(query))


def class_kinds_of(ctx: Ctx, document: Document) -> frozenset[str]:
    """The kinds of class it is booked to, for the conditions of the chain."""
    if not isinstance(document, ExpenseClaim):
        return frozenset()
    query = select(ClaimLine.class_kind).where(ClaimLine.claim_id == document.id, ClaimLine.class_kind != "")
    return frozenset(ctx.session.scalars(query))
