"""What was spent in a period, by category: the spending part of 收支分列报表.  No income is read here (收支两条线)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from datetime import time as clock_time

from sqlalchemy import BigInteger, and_, case, cast, func, or_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.selecting import AnySelect
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.budgets import CategorySpending
from dangxiao_houqin.modules.expenses.models import ClaimLine, EconomicCategory, ExpenseClaim

from .budgets import require_view


def sum_spending(ctx: Ctx, first: date, last: date) -> tuple[CategorySpending, ...]:
    """Claims of each category from ``first`` to ``last`` (both included): paid on these days, and approved on them
    but not paid yet; an amount is in one of the two, never in both."""
    require_view(ctx)
    start = datetime.combine(first, clock_time(), CHINA)
    end = datetime.combine(last + timedelta(days=1), clock_time(), CHINA)
    paid = and_(ExpenseClaim.state == DocumentState.PAID.value, ExpenseClaim.paid_on.between(first, last))
    waiting = and_(
        ExpenseClaim.state == DocumentState.APPROVED.value,
        ExpenseClaim.approved_at >= start,
        ExpenseClaim.approved_at < end,
    )
    query: AnySelect = (
        select(
            EconomicCategory.code,
            EconomicCategory.name,
            EconomicCategory.three_publics,
            func.count(case((paid, ExpenseClaim.id)).distinct()),
            cast(func.coalesce(func.sum(case((paid, ClaimLine.amount_fen), else_=0)), 0), BigInteger),
            cast(func.coalesce(func.sum(case((waiting, ClaimLine.amount_fen), else_=0)), 0), BigInteger),
        )
        .select_from(ClaimLine)
        .join(ExpenseClaim, ExpenseClaim.id == ClaimLine.claim_id)
        .join(EconomicCategory, EconomicCategory.id == ClaimLine.category_id)
        .where(or_(paid, waiting))
        .group_by(EconomicCategory.id, EconomicCategory.code, EconomicCategory.name, EconomicCategory.three_publics)
        .order_by(EconomicCategory.code)
    )
    return tuple(CategorySpending(*row) for row in ctx.session.execute(query))
