"""Which claims and purchase requests somebody may see: all, his own, those he must sign or signed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select

from dangxiao_houqin.core.errors import NotFound, PermissionDenied
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import REGISTER_PAPER, SIGN, VERIFY, DocumentKind, StepState
from dangxiao_houqin.modules.expenses.domain.claims import CLAIM, PAY, VIEW, VOID
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT, PURCHASE
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    ExpenseClaim,
    PurchaseRequest,
    SignatureRecord,
    StandIn,
)
from dangxiao_houqin.modules.organization.api import staff_member, user_account, user_role

SEE_ALL = (VIEW, PAY, VOID, REGISTER_PAPER, VERIFY)
"""Who pays, voids, registers or verifies any claim sees them all."""

SEE_ALL_REQUESTS = (VIEW, PROCUREMENT, VOID, REGISTER_PAPER, VERIFY)
"""Who registers, voids or verifies any request sees them all."""


def is_mine(ctx: Ctx, applicant_id: int | None) -> bool:
    """Whether the actor filled a document in; the system counts as the applicant of everything."""
    if ctx.actor.user_id is None:
        return ctx.actor.all_permissions
    return ctx.actor.user_id == applicant_id


def sees_all(ctx: Ctx) -> bool:
    """Whether the actor sees every claim."""
    return any(ctx.can(permission) for permission in SEE_ALL)


def require_any(ctx: Ctx) -> None:
    """Raise :class:`PermissionDenied` for somebody who has nothing to do with claims."""
    if not (sees_all(ctx) or ctx.can(SIGN)):
        ctx.require(CLAIM)


def visible_claims(ctx: Ctx) -> ColumnElement[bool] | None:
    """The condition on :class:`ExpenseClaim` under which the actor sees it; ``None`` when he sees all."""
    if sees_all(ctx):
        return None
    me = ctx.actor.user_id
    if me is None:
        return false()
    own = ExpenseClaim.applicant_id == me
    return or_(own, _to_sign(ctx, me, DocumentKind.CLAIM)) if ctx.can(SIGN) else own


def visible_requests(ctx: Ctx) -> ColumnElement[bool] | None:
    """The condition on :class:`PurchaseRequest` under which the actor sees it; ``None`` when he sees all.

    Raises :class:`PermissionDenied` for somebody who has nothing to do with them.
    """
    if any(ctx.can(permission) for permission in SEE_ALL_REQUESTS):
        return None
    if not ctx.can(SIGN):
        ctx.require(PURCHASE)
    me = ctx.actor.user_id
    if me is None:
        return false()
    own = PurchaseRequest.applicant_id == me
    return or_(own, _to_sign(ctx, me, DocumentKind.PURCHASE)) if ctx.can(SIGN) else own


def _to_sign(ctx: Ctx, me: int, kind: DocumentKind) -> ColumnElement[bool]:
    """Documents with a step of mine, or of somebody I stand in for today, and those that bear my signature."""
    today = ctx.today()
    principals = select(StandIn.principal_id).where(
        StandIn.deputy_id == me, StandIn.from_day <= today, StandIn.until_day >= today, StandIn.revoked_at.is_(None)
    )
    people = (me, *ctx.session.scalars(principals))
    roles = tuple(ctx.session.scalars(select(user_role.c.role_id).where(user_role.c.user_id.in_(people))))
    posts = tuple(
        ctx.session.scalars(
            select(staff_member.c.post)
            .join(user_account, user_account.c.staff_id == staff_member.c.id)
            .where(user_account.c.id.in_(people), staff_member.c.post != "")
        )
    )
    held = or_(
        ApprovalStep.user_id.in_(people),
        ApprovalStep.role_id.in_(roles),
        and_(ApprovalStep.post != "", ApprovalStep.post.in_(posts)),
    )
    steps = select(ApprovalStep.document_id).where(
        ApprovalStep.document_kind == kind.value, ApprovalStep.state != StepState.VOID.value, held
    )
    signed = select(SignatureRecord.document_id).where(
        SignatureRecord.user_id == me, SignatureRecord.document_kind == kind.value
    )
    document = ExpenseClaim.id if kind is DocumentKind.CLAIM else PurchaseRequest.id
    return or_(document.in_(steps), document.in_(signed))


def require_visible(ctx: Ctx, claim_id: int) -> None:
    """Raise :class:`NotFound` for a claim that is gone, :class:`PermissionDenied` for one that is not shown to him."""
    require_any(ctx)
    if ctx.session.get(ExpenseClaim, claim_id) is None:
        raise NotFound("这张报销单不存在或已被删除，请刷新列表。")
    condition = visible_claims(ctx)
    if condition is None:
        return
    if ctx.session.scalar(select(ExpenseClaim.id).where(ExpenseClaim.id == claim_id, condition)) is None:
        raise PermissionDenied("这张报销单不是您填报的，也不由您签批，不能查看。")


def require_request_visible(ctx: Ctx, request_id: int) -> None:
    """The same for a purchase request."""
    condition = visible_requests(ctx)
    if ctx.session.get(PurchaseRequest, request_id) is None:
        raise NotFound("这张采购申请不存在或已被删除，请刷新列表。")
    if condition is None:
        return
    allowed = select(PurchaseRequest.id).where(PurchaseRequest.id == request_id, condition)
    if ctx.session.scalar(allowed) is None:
        raise PermissionDenied("这张采购申请不是您填报的，也不由您签批，不能查看。")
