"""What a claim must satisfy before it is submitted, and what its paper will say about budget and procurement."""

from __future__ import annotations

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.models import ExpenseClaim


def prepare_claim(ctx: Ctx, claim: ExpenseClaim) -> None:
    """Check ``claim`` and note on it what signers and paper must see (``budget_left_fen``, ``notices``, ``route``).

    Called under lock by the submission.  Raises :class:`InvalidInput` or :class:`RuleViolation`.
    """
    if claim.total_fen <= 0:
        raise InvalidInput("报销单还没有明细，请先填写支出内容和金额。", field="lines")
    claim.notices = []
