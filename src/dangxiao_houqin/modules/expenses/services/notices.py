"""Telling people through the inbox: whose turn it is, what came back, what is to be paid."""

from __future__ import annotations

from collections.abc import Collection

from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import SigningRules, Who
from dangxiao_houqin.modules.expenses.models import ApprovalStep, ExpenseClaim, PurchaseRequest
from dangxiao_houqin.modules.inbox.api import Assign, assign, close_prefix

Document = ExpenseClaim | PurchaseRequest


def sign_key(document: Document) -> str:
    """The start of the keys of items that ask for a signature on ``document``."""
    return f"expenses.sign:{document.kind_of_document.value}:{document.id}:"


def to_sign(
    ctx: Ctx, document: Document, step: ApprovalStep, holders: Collection[int], deputies: Collection[int]
) -> None:
    """It is the turn of ``step``: tell its role or its people, and who stands in for them."""
    prefix = sign_key(document)
    key = f"{prefix}{document.round}:{step.position}"
    close_prefix(ctx, prefix, note="已签批")
    kind = document.kind_of_document
    text = f"{kind.label}“{document.title}”{yuan(document.total_fen)}，{document.applicant_name}提交，请签批。"
    ref = Ref(kind.sign_ref_kind, document.id)
    if step.who == Who.ROLE and len(holders) != 1:
        assign(ctx, Assign(key, f"待签批：{step.title}", text, ref, role=step.who_text))
    else:
        for user_id in sorted(holders):
            assign(ctx, Assign(f"{key}:{user_id}", f"待签批：{step.title}", text, ref, user_id=user_id))
    for user_id in sorted(set(deputies) - set(holders)):
        item = Assign(f"{key}:{user_id}", "待代签", f"代签{step.title}：{text}", ref, user_id=user_id)
        assign(ctx, item)


def returned(ctx: Ctx, document: Document, text: str) -> None:
    """It came back: tell the applicant."""
    close_prefix(ctx, sign_key(document), note="已退回")
    kind = document.kind_of_document
    key = f"expenses.returned:{kind.value}:{document.id}:{document.round}"
    words = f"{kind.label}“{document.title}”{yuan(document.total_fen)}：{text}"
    ref = Ref(kind.ref_kind, document.id)
    assign(ctx, Assign(key, "单据被退回", words, ref, user_id=document.applicant_id))


def approved(ctx: Ctx, document: Document) -> None:
    """The last signature fell: a claim is to be paid, a request may be bought."""
    close_prefix(ctx, sign_key(document), note="已签批")
    kind = document.kind_of_document
    key = f"expenses.approved:{kind.value}:{document.id}"
    text = f"{document.number}“{document.title}”{yuan(document.total_fen)}"
    ref = Ref(kind.ref_kind, document.id)
    if isinstance(document, ExpenseClaim):
        role = ctx.settings(SigningRules).pay_role
        assign(ctx, Assign(key, "待支付", f"{text}已批准，请支付并登记。", ref, role=role))
    else:
        assign(ctx, Assign(key, "采购已批准", f"{text}已批准，可以采购。", ref, user_id=document.applicant_id))


def settled(ctx: Ctx, document: Document) -> None:
    """What was asked about an earlier state of the document is done (submitted again, withdrawn, paid, voided)."""
    kind = document.kind_of_document.value
    if document.state not in ("submitted", "signing"):
        close_prefix(ctx, sign_key(document), note="不再需要")
    close_prefix(ctx, f"expenses.returned:{kind}:{document.id}:", note="已处理")
    close_prefix(ctx, f"expenses.approved:{kind}:{document.id}", note="已处理")
