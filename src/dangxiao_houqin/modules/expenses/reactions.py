"""What expenses do when something happens elsewhere."""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import PasswordChanged, PasswordReset

from .services.keys import retire_lost_key, rewrap_key


def on_password_changed(ctx: Ctx, event: PasswordChanged) -> None:
    """The signing key is locked with the new password."""
    rewrap_key(ctx, event.user_id, event.old, event.new)


def on_password_reset(ctx: Ctx, event: PasswordReset) -> None:
    """The signing key went with the lost password."""
    retire_lost_key(ctx, event.user_id)
