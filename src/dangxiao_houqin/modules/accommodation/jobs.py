"""Work that accommodation does by itself."""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx

from .services import look_after


def daily(ctx: Ctx) -> None:
    """Who did not come, who did not leave, cards that are out, wishes, cleaning; as of today."""
    look_after(ctx)
