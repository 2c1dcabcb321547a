"""The papers of money: what the database gives to the pure functions in :mod:`.reports.funds`.

Each ``load_…`` reads; ``fund_pdf(data)`` and ``fund_xlsx(progress, path, data)`` draw without a database.
"""

from __future__ import annotations

import calendar
from datetime import date

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .queries.budgets import list_budgets, read_overview
from .queries.budgets import require_view as may_see_budgets
from .queries.income import list_income, list_remittances, sum_by_kind, sum_income
from .queries.income import require_view as may_see_income
from .queries.spending import sum_spending
from .reports.funds import BudgetExecution, Imprint, IncomeLedger, RemittanceLedger, TwoLines

Period = tuple[date, date]
"""First and last day, both included."""


def month_of(year: int, month: int) -> Period:
    """A month of a year."""
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def year_of(year: int) -> Period:
    """A whole year."""
    return date(year, 1, 1), date(year, 12, 31)


def period_words(period: Period) -> str:
    """``2026年``, ``2026年3月``, or both days."""
    first, last = period
    if period == year_of(first.year):
        return f"{first.year}年"
    if period == month_of(first.year, first.month):
        return f"{first.year}年{first.month}月"
    return f"{first} 至 {last}"


def _imprint(ctx: Ctx) -> Imprint:
    return Imprint(ctx.settings(SchoolProfile).full_name, ctx.actor.name, ctx.now())


def load_execution(ctx: Ctx, year: int) -> BudgetExecution:
    """预算执行表 of a year, as it stands today."""
    overview = read_overview(ctx, year)
    rows = list_budgets(ctx, ListQuery(filters={"year": year}, limit=None)).rows
    return BudgetExecution(overview, rows, ctx.today(), _imprint(ctx))


def load_income_ledger(ctx: Ctx, query: ListQuery, period: str = "") -> IncomeLedger:
    """收入台账 of what ``query`` shows, in the order of the numbers."""
    wanted = ListQuery(query.search, query.filters, sort="number", limit=None)
    rows = list_income(ctx, wanted).rows
    days = [row.received_on for row in rows]
    shown = period or (period_words((min(days), max(days))) if days else "")
    return IncomeLedger(rows, sum_income(ctx, wanted), shown, _imprint(ctx))


def load_remittances(ctx: Ctx, period: Period) -> RemittanceLedger:
    """缴款明细 of the slips of a period, in the order of their days."""
    found = list_remittances(ctx, ListQuery(filters={"period": period}, limit=None)).rows
    slips = tuple(reversed(found))  # the list shows the latest first
    entries = {
        slip.id: list_income(ctx, ListQuery(filters={"remittance_id": slip.id}, sort="number", limit=None)).rows
        for slip in slips
    }
    return RemittanceLedger([(slip, entries[slip.id]) for slip in slips], period_words(period), _imprint(ctx))


def load_two_lines(ctx: Ctx, period: Period) -> TwoLines:
    """收支分列报表 of a period; who may see one of the two parts only may not see the paper."""
    may_see_income(ctx)
    may_see_budgets(ctx)
    return TwoLines(period_words(period), sum_by_kind(ctx, *period), sum_spending(ctx, *period), _imprint(ctx))
