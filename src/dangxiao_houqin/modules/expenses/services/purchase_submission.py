"""What a purchase request must satisfy before it is submitted."""

from __future__ import annotations

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.models import PurchaseRequest


def prepare_request(ctx: Ctx, request: PurchaseRequest) -> None:
    """Check ``request`` and note the rule and the warnings its paper shows.

    Called under lock by the submission.  Raises :class:`InvalidInput` or :class:`RuleViolation`.
    """
    if request.total_fen <= 0:
        raise InvalidInput("采购申请还没有明细，请先填写要买的东西、数量和单价。", field="items")
