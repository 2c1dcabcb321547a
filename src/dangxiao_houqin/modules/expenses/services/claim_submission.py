"""What a claim must satisfy before it is submitted, and what its paper will say about budget and procurement."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.claim_checks import examine
from dangxiao_houqin.modules.expenses.models import ClaimLine, ExpenseClaim
from dangxiao_houqin.modules.expenses.queries.budgets import lock_budgets


def prepare_claim(ctx: Ctx, claim: ExpenseClaim) -> None:
    """Check ``claim`` and note on it what signers and paper must see (``budget_left_fen``, ``notices``, ``route``).

    Called under lock by the submission.  Raises :class:`InvalidInput` or :class:`RuleViolation`, and
    :class:`NeedsConfirmation` for a budget that is overdrawn where the rules only warn.
    """
    categories = ctx.session.scalars(select(ClaimLine.category_id).where(ClaimLine.claim_id == claim.id).distinct())
    lock_budgets(ctx, claim.budget_year, categories)  # two claims must not both take the last of a budget
    found = examine(ctx, claim)
    if found.problems:
        raise found.problems[0]
    for key, question in found.questions:
        ctx.confirm(key, question)
    claim.notices = list(found.notices)
    claim.budget_left_fen = found.budget_left_fen
    claim.route = found.route.value if found.route else ""
    claim.route_rule = found.route_rule
