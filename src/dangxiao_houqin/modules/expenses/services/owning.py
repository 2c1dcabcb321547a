"""Whose document it is, and whether he may still change it."""

from __future__ import annotations

from dangxiao_houqin.core.errors import PermissionDenied, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.models import ExpenseClaim, PurchaseRequest
from dangxiao_houqin.modules.expenses.queries.visibility import is_mine

Owned = ExpenseClaim | PurchaseRequest


def require_mine(ctx: Ctx, document: Owned) -> None:
    """Raise :class:`PermissionDenied` unless the actor filled it in."""
    if not is_mine(ctx, document.applicant_id):
        raise PermissionDenied(f"{document.label}由{document.applicant_name}填报，只有本人可以修改或提交。")


def require_editable(document: Owned) -> None:
    """Raise :class:`RuleViolation` once it was handed in."""
    state = DocumentState(document.state)
    if not state.editable:
        way = "请先撤回或请签批人退回" if state.waiting else "需要更正请作废后重新填报"
        if state is DocumentState.PAID:
            way = "更正请另填一张"
        elif state is DocumentState.VOIDED:
            way = "可以复制成一张新的"
        raise RuleViolation(f"{document.label}{state.label}，内容不能再改；{way}。")
