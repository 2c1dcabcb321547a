"""What expenses do when something happens elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx

from .models import ApprovalStep, ChainStep, ExpenseClaim, PurchaseRequest, StandIn

if TYPE_CHECKING:
    from dangxiao_houqin.modules.organization.api import (
        DepartmentDeleted,
        PasswordChanged,
        PasswordReset,
        RoleDeleted,
        UserDeleted,
    )


def on_password_changed(ctx: Ctx, event: PasswordChanged) -> None:
    """The signing key is locked with the new password."""
    from .services.keys import rewrap_key

    rewrap_key(ctx, event.user_id, event.old, event.new)


def on_password_reset(ctx: Ctx, event: PasswordReset) -> None:
    """The signing key went with the lost password."""
    from .services.keys import retire_lost_key

    retire_lost_key(ctx, event.user_id)


def on_user_deleted(ctx: Ctx, event: UserDeleted) -> None:
    """Somebody who is named in a chain, stands in, or has documents is switched off instead.

    Raises :class:`RuleViolation`.
    """
    named = (
        select(ChainStep.id).where(ChainStep.user_id == event.user_id),
        select(ApprovalStep.id).where(ApprovalStep.user_id == event.user_id),
        select(StandIn.id).where(or_(StandIn.principal_id == event.user_id, StandIn.deputy_id == event.user_id)),
        select(ExpenseClaim.id).where(ExpenseClaim.applicant_id == event.user_id),
        select(PurchaseRequest.id).where(PurchaseRequest.applicant_id == event.user_id),
    )
    if any(ctx.session.scalar(query.limit(1)) is not None for query in named):
        raise RuleViolation(f"“{event.name}”在签批链、授权代签或单据里用到，不能删除；请改为停用。")


def on_role_deleted(ctx: Ctx, event: RoleDeleted) -> None:
    """A role that signs, or signed, stays.  Raises :class:`RuleViolation`."""
    named = (
        select(ChainStep.id).where(ChainStep.role_id == event.role_id),
        select(ApprovalStep.id).where(ApprovalStep.role_id == event.role_id),
    )
    if any(ctx.session.scalar(query.limit(1)) is not None for query in named):
        raise RuleViolation(f"“{event.name}”在签批链里用到，不能删除；请先修改签批链，已签的单据仍需要它。")


def on_department_deleted(ctx: Ctx, event: DepartmentDeleted) -> None:
    """A department that a document was written for stays.  Raises :class:`RuleViolation`."""
    named = (
        select(ExpenseClaim.id).where(ExpenseClaim.department_id == event.department_id),
        select(PurchaseRequest.id).where(PurchaseRequest.department_id == event.department_id),
    )
    if any(ctx.session.scalar(query.limit(1)) is not None for query in named):
        raise RuleViolation(f"“{event.name}”有报销单或采购申请，不能删除；不再使用的话，可以改名注明已撤销。")
