"""Reads about categories and budgets.  Every sum is made by the database, in fen, and is exact.

What is spent comes from the lines of claims whose state binds the budget, by the claim's budget year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import BigInteger, SQLColumnExpression, Subquery, and_, case, cast, func, literal, or_, select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import BINDING, WAITING
from dangxiao_houqin.modules.expenses.domain.budgets import (
    AdjustmentRow,
    BudgetLeft,
    BudgetOverview,
    BudgetRow,
    BudgetTotals,
    CategoryChoice,
    CategoryRow,
    SubjectRow,
)
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET, BUDGET_VIEW
from dangxiao_houqin.modules.expenses.models import (
    Budget,
    BudgetAdjustment,
    ClaimLine,
    EconomicCategory,
    ExpenseClaim,
)

EXECUTED = tuple(sorted(state.value for state in BINDING - WAITING))
IN_FLIGHT = tuple(sorted(state.value for state in WAITING))


def _fen(amount: SQLColumnExpression[Any]) -> SQLColumnExpression[int]:
    """An exact sum; PostgreSQL would otherwise give NUMERIC for it, and nothing is 0."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def _fen_in(states: Iterable[str]) -> SQLColumnExpression[int]:
    return _fen(case((ExpenseClaim.state.in_(tuple(states)), ClaimLine.amount_fen), else_=0))


def require_view(ctx: Ctx) -> None:
    """Who makes budgets may see them; raises :class:`PermissionDenied`."""
    if not ctx.can(BUDGET):
        ctx.require(BUDGET_VIEW)


# ---------------------------------------------------------------------------------------------- categories
def list_category_choices(
    ctx: Ctx,
    *,
    all: bool = False,  # noqa: A002
) -> tuple[CategoryChoice, ...]:
    """Active categories (or ``all``) in the order of their codes; everybody who fills a claim chooses one."""
    query = select(EconomicCategory).order_by(EconomicCategory.code)
    if not all:
        query = query.where(EconomicCategory.active)
    return tuple(
        CategoryChoice(row.id, row.code, row.name, row.three_publics, row.active) for row in ctx.session.scalars(query)
    )


def list_categories(ctx: Ctx, query: ListQuery) -> Listing[CategoryRow]:
    """Categories by code; filters ``active``, ``three_publics``."""
    require_view(ctx)
    lines = select(func.count()).where(ClaimLine.category_id == EconomicCategory.id).correlate(EconomicCategory)
    budgets = select(func.count()).where(Budget.category_id == EconomicCategory.id).correlate(EconomicCategory)
    uses = (lines.scalar_subquery() + budgets.scalar_subquery()).label("uses")
    return fetch_listing(
        ctx.session,
        select(EconomicCategory, uses),
        query,
        lambda row: CategoryRow(
            row[0].id, row[0].version, row[0].code, row[0].name, row[0].three_publics, row[0].active, row.uses
        ),
        search=(EconomicCategory.code.expression, EconomicCategory.name.expression),
        filters={
            "active": lambda value: EconomicCategory.active.is_(bool(value)),
            "three_publics": lambda value: EconomicCategory.three_publics.is_(bool(value)),
        },
        sorts={**{c.key: c for c in EconomicCategory.__table__.columns}, "uses": uses},
        order=(EconomicCategory.code.expression, EconomicCategory.id.expression),
    )


# ---------------------------------------------------------------------------------------- what is left of it
def _spent(year: int, *, category_ids: tuple[int, ...] | None = None, excluding_claim: int | None = None) -> Subquery:
    """Per category: fen executed and in flight of claims of a budget year."""
    query: AnySelect = (
        select(
            ClaimLine.category_id.label("category_id"),
            _fen_in(EXECUTED).label("executed"),
            _fen_in(IN_FLIGHT).label("in_flight"),
        )
        .join(ExpenseClaim, ExpenseClaim.id == ClaimLine.claim_id)
        .where(ExpenseClaim.budget_year == year, ExpenseClaim.state.in_((*EXECUTED, *IN_FLIGHT)))
        .group_by(ClaimLine.category_id)
    )
    if category_ids is not None:
        query = query.where(ClaimLine.category_id.in_(category_ids))
    if excluding_claim is not None:
        query = query.where(ExpenseClaim.id != excluding_claim)
    return query.subquery("spent")


def _adjusted() -> Subquery:
    return (
        select(
            BudgetAdjustment.budget_id.label("budget_id"),
            _fen(BudgetAdjustment.amount_fen).label("adjusted"),
            func.count().label("adjustments"),
        )
        .group_by(BudgetAdjustment.budget_id)
        .subquery("adjusted")
    )


def lock_budgets(ctx: Ctx, year: int, category_ids: Iterable[int]) -> None:
    """Hold these budgets until the end of the transaction, so that two claims cannot both take the last of one."""
    query = select(Budget.id).where(Budget.year == year, Budget.category_id.in_(tuple(set(category_ids))))
    ctx.session.execute(query.order_by(Budget.id).with_for_update(key_share=True)).all()


def left_of(
    ctx: Ctx, year: int, category_ids: Iterable[int], *, excluding_claim: int | None = None
) -> dict[int, BudgetLeft]:
    """What is left of each of these categories; an unknown id gets a row of zeros without budget.

    Asks for no right: it stands on every claim.  ``excluding_claim`` is the claim that asks, so that it does not
    count itself.
    """
    wanted = tuple(dict.fromkeys(category_ids))
    spent, adjusted = _spent(year, category_ids=wanted, excluding_claim=excluding_claim), _adjusted()
    query: AnySelect = (
        select(
            EconomicCategory.id,
            Budget.id.label("budget_id"),
            func.coalesce(Budget.amount_fen, 0).label("amount"),
            func.coalesce(adjusted.c.adjusted, 0).label("adjusted"),
            func.coalesce(spent.c.executed, 0).label("executed"),
            func.coalesce(spent.c.in_flight, 0).label("in_flight"),
        )
        .outerjoin(Budget, and_(Budget.category_id == EconomicCategory.id, Budget.year == year))
        .outerjoin(adjusted, adjusted.c.budget_id == Budget.id)
        .outerjoin(spent, spent.c.category_id == EconomicCategory.id)
        .where(EconomicCategory.id.in_(wanted))
    )
    found = {row.id: _left(year, row.id, row) for row in ctx.session.execute(query)}
    return {each: found.get(each, BudgetLeft(year, each, False, 0, 0, 0, 0)) for each in wanted}


def left(ctx: Ctx, year: int, category_id: int, *, excluding_claim: int | None = None) -> BudgetLeft:
    """What is left of one category; see :func:`left_of`."""
    return left_of(ctx, year, (category_id,), excluding_claim=excluding_claim)[category_id]


def _left(year: int, category_id: int, row: Any) -> BudgetLeft:
    return BudgetLeft(
        year=year,
        category_id=category_id,
        has_budget=row.budget_id is not None,
        amount_fen=row.amount,
        adjusted_fen=row.adjusted,
        executed_fen=row.executed,
        in_flight_fen=row.in_flight,
    )


# ----------------------------------------------------------------------------------------------- execution
def _execution(year: int) -> tuple[AnySelect, Mapping[str, SQLColumnExpression[Any]]]:
    """Categories with a budget in ``year`` or with money spent, and the expressions of their numbers."""
    spent, adjusted = _spent(year), _adjusted()
    numbers: dict[str, SQLColumnExpression[Any]] = {
        "amount": func.coalesce(Budget.amount_fen, 0),
        "adjusted": func.coalesce(adjusted.c.adjusted, 0),
        "executed": func.coalesce(spent.c.executed, 0),
        "in_flight": func.coalesce(spent.c.in_flight, 0),
    }
    numbers["total"] = numbers["amount"] + numbers["adjusted"]
    numbers["left"] = numbers["total"] - numbers["executed"] - numbers["in_flight"]
    query: AnySelect = (
        select(
            EconomicCategory.id.label("category_id"),
            EconomicCategory.code.label("code"),
            EconomicCategory.name.label("name"),
            EconomicCategory.three_publics.label("three_publics"),
            Budget.id.label("budget_id"),
            Budget.version.label("version"),
            func.coalesce(Budget.note, "").label("note"),
            func.coalesce(adjusted.c.adjustments, 0).label("adjustments"),
            *(expression.label(name) for name, expression in numbers.items()),
        )
        .outerjoin(Budget, and_(Budget.category_id == EconomicCategory.id, Budget.year == year))
        .outerjoin(adjusted, adjusted.c.budget_id == Budget.id)
        .outerjoin(spent, spent.c.category_id == EconomicCategory.id)
        .where(or_(Budget.id.is_not(None), spent.c.category_id.is_not(None)))
    )
    return query, numbers


def _budget_row(year: int, row: Any) -> BudgetRow:
    return BudgetRow(
        id=row.budget_id,
        version=row.version,
        category_id=row.category_id,
        code=row.code,
        name=row.name,
        three_publics=row.three_publics,
        note=row.note,
        adjustments=row.adjustments,
        left=_left(year, row.category_id, row),
    )


def list_budgets(ctx: Ctx, query: ListQuery) -> Listing[BudgetRow]:
    """预算执行 of a year by category code.

    Filters: ``year`` (the current one when absent), ``three_publics``, ``category_id``, ``budget_id``, ``state``
    (over: more taken than there is | tight: nine tenths taken | none: spent without a budget | three_publics).
    """
    require_view(ctx)
    year = int(query.filters.get("year") or ctx.today().year)
    statement, number = _execution(year)
    taken = number["executed"] + number["in_flight"]
    states = {
        "over": and_(Budget.id.is_not(None), number["left"] < 0),
        "tight": and_(Budget.id.is_not(None), number["left"] >= 0, number["total"] > 0, _tight(taken, number["total"])),
        "none": Budget.id.is_(None),
        "three_publics": EconomicCategory.three_publics.is_(True),
    }
    rate = case((number["total"] != 0, 1.0 * number["executed"] / func.nullif(number["total"], 0)))
    return fetch_listing(
        ctx.session,
        statement,
        query,
        lambda row: _budget_row(year, row),
        search=(EconomicCategory.code.expression, EconomicCategory.name.expression, func.coalesce(Budget.note, "")),
        filters={
            "year": lambda _value: literal(True).is_(True),  # already in the statement
            "three_publics": lambda value: EconomicCategory.three_publics.is_(bool(value)),
            "category_id": lambda value: EconomicCategory.id == value,
            "budget_id": lambda value: Budget.id == value,
            "state": lambda value: states[value],
        },
        sorts={
            **number,
            "code": EconomicCategory.code.expression,
            "name": EconomicCategory.name.expression,
            "three_publics": EconomicCategory.three_publics.expression,
            "rate": rate,
            "state": number["left"],
            "note": func.coalesce(Budget.note, ""),
        },
        order=(EconomicCategory.code.expression, EconomicCategory.id.expression),
    )


def _tight(taken: SQLColumnExpression[Any], total: SQLColumnExpression[Any]) -> SQLColumnExpression[bool]:
    return taken * 10 >= total * 9  # nine tenths (TIGHT), in whole fen


def read_overview(ctx: Ctx, year: int) -> BudgetOverview:
    """The sums above the table of a year, 三公经费 apart."""
    require_view(ctx)
    statement, _ = _execution(year)
    rows = statement.subquery("execution")
    taken = rows.c.executed + rows.c.in_flight
    has = rows.c.budget_id.is_not(None)

    def sums(where: SQLColumnExpression[bool] | None) -> AnySelect:
        query: AnySelect = select(
            *(_fen(rows.c[key]).label(key) for key in ("amount", "adjusted", "executed", "in_flight", "left")),
            _fen(case((and_(has, rows.c.left < 0), 1), else_=0)).label("over"),
            _fen(case((and_(has, rows.c.left >= 0, rows.c.total > 0, _tight(taken, rows.c.total)), 1), else_=0)).label(
                "tight"
            ),
        )
        return query if where is None else query.where(where)

    everything = ctx.session.execute(sums(None)).one()
    publics = ctx.session.execute(sums(rows.c.three_publics.is_(True))).one()
    return BudgetOverview(
        year=year,
        years=list_years(ctx),
        totals=BudgetTotals(*everything[:5]),
        three_publics=BudgetTotals(*publics[:5]),
        over=everything.over,
        tight=everything.tight,
        categories=ctx.session.scalar(select(func.count()).where(EconomicCategory.active)) or 0,
    )


def list_years(ctx: Ctx) -> tuple[int, ...]:
    """Years with a budget or with claims, and this one, the latest first."""
    require_view(ctx)
    known = set(ctx.session.scalars(select(Budget.year).distinct()))
    known |= set(ctx.session.scalars(select(ExpenseClaim.budget_year).distinct()))
    return tuple(sorted(known | {ctx.today().year}, reverse=True))


def list_adjustments(ctx: Ctx, budget_id: int) -> tuple[AdjustmentRow, ...]:
    """Adjustments of one budget in the order of their days."""
    require_view(ctx)
    who = (
        select(AuditEntry.actor_name)
        .where(
            AuditEntry.entity == "budget_adjustment",
            AuditEntry.entity_id == BudgetAdjustment.id,
            AuditEntry.kind == "insert",
        )
        .correlate(BudgetAdjustment)
        .limit(1)
        .scalar_subquery()
    )
    query: AnySelect = (
        select(BudgetAdjustment, EconomicCategory.code, EconomicCategory.name, func.coalesce(who, "").label("by"))
        .join(Budget, Budget.id == BudgetAdjustment.budget_id)
        .join(EconomicCategory, EconomicCategory.id == Budget.category_id)
        .where(Budget.id == budget_id)
        .order_by(BudgetAdjustment.on_day, BudgetAdjustment.id)
    )
    return tuple(
        AdjustmentRow(a.id, a.on_day, code, name, a.amount_fen, a.document, a.reason, by)
        for a, code, name, by in ctx.session.execute(query)
    )


def list_subject_spending(ctx: Ctx, query: ListQuery) -> Listing[SubjectRow]:
    """Spending of a ``year`` by class or project, the largest first; lines without one are a row of their own."""
    require_view(ctx)
    year = int(query.filters.get("year") or ctx.today().year)
    text = func.max(ClaimLine.subject_text)
    # a project that is no record of ours is known by its words alone
    own = case((ClaimLine.subject_id.is_(None), ClaimLine.subject_text), else_="")
    executed, in_flight = _fen_in(EXECUTED), _fen_in(IN_FLIGHT)
    grouped = (
        select(
            ClaimLine.subject_kind.label("kind"),
            ClaimLine.subject_id.label("subject_id"),
            text.label("text"),
            func.count(ExpenseClaim.id.distinct()).label("claims"),
            executed.label("executed"),
            in_flight.label("in_flight"),
        )
        .join(ExpenseClaim, ExpenseClaim.id == ClaimLine.claim_id)
        .where(ExpenseClaim.budget_year == year, ExpenseClaim.state.in_((*EXECUTED, *IN_FLIGHT)))
        .group_by(ClaimLine.subject_kind, ClaimLine.subject_id, own)
        .subquery("by_subject")
    )
    columns = grouped.c
    return fetch_listing(
        ctx.session,
        select(grouped),
        query,
        lambda row: SubjectRow(
            key=f"{row.kind}:{row.subject_id or row.text}",
            kind=row.kind,
            subject_id=row.subject_id,
            text=row.text,
            claims=row.claims,
            executed_fen=row.executed,
            in_flight_fen=row.in_flight,
        ),
        search=(columns.text,),
        filters={"year": lambda _value: literal(True).is_(True)},
        sorts={
            "text": columns.text,
            "claims": columns.claims,
            "executed": columns.executed,
            "in_flight": columns.in_flight,
            "taken": columns.executed + columns.in_flight,
        },
        order=(columns.executed.desc(), columns.in_flight.desc(), columns.text, columns.kind, columns.subject_id),
    )


def find_budget(ctx: Ctx, budget_id: int) -> tuple[int, int] | None:
    """(year, category id) of a budget: what a link to it shows."""
    require_view(ctx)
    row = ctx.session.execute(select(Budget.year, Budget.category_id).where(Budget.id == budget_id)).one_or_none()
    return None if row is None else (row.year, row.category_id)
