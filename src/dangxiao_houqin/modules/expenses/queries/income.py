"""Reads of income and its remittance.  No table of spending is read here, and no sum of it (收支两条线)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SQLColumnExpression, and_, case, cast, extract, func, or_, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, contains, fetch_listing, narrowed
from dangxiao_houqin.core.subjects import Subject, SubjectAnswer, SubjectsAsked
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.funds import INCOME, INCOME_VIEW, IncomeRules
from dangxiao_houqin.modules.expenses.domain.income import (
    AGE_BANDS,
    AgeCell,
    Ageing,
    AgeLine,
    IncomeMethod,
    IncomeRow,
    IncomeState,
    IncomeSum,
    KindSum,
    RemittanceRow,
)
from dangxiao_houqin.modules.expenses.models import Income, Remittance

VALID = Income.void_reason == ""
HELD = and_(VALID, Income.remittance_id.is_(None))


def _fen(amount: SQLColumnExpression[Any]) -> SQLColumnExpression[int]:
    """An exact sum; PostgreSQL would otherwise give NUMERIC for it, and nothing is 0."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def require_view(ctx: Ctx) -> None:
    """Who registers income may see it; raises :class:`PermissionDenied`."""
    if not ctx.can(INCOME):
        ctx.require(INCOME_VIEW)


def _statement() -> AnySelect:
    return select(Income, Remittance.slip_no, Remittance.remitted_on).outerjoin(
        Remittance, Remittance.id == Income.remittance_id
    )


def _row(row: Any, today: date, within: int) -> IncomeRow:
    income: Income = row[0]
    days = (today - income.received_on).days
    if income.void_reason:
        state = IncomeState.VOID
    elif income.remittance_id is not None:
        state = IncomeState.REMITTED
    else:
        state = IncomeState.LATE if days > within else IncomeState.HELD
    return IncomeRow(
        id=income.id,
        version=income.version,
        number=income.number,
        received_on=income.received_on,
        kind=income.kind,
        text=income.text,
        payer=income.payer,
        amount_fen=income.amount_fen,
        method=IncomeMethod(income.method),
        receipt_kind=income.receipt_kind,
        receipt_no=income.receipt_no,
        subject_kind=income.subject_kind,
        subject_id=income.subject_id,
        subject_text=income.subject_text,
        remittance_id=income.remittance_id,
        slip_no=row.slip_no or "",
        remitted_on=row.remitted_on,
        void_reason=income.void_reason,
        note=income.note,
        state=state,
        days=days if state in (IncomeState.HELD, IncomeState.LATE) else None,
    )


def _state_is(value: str, today: date, within: int) -> ColumnElement[bool]:
    last_in_time = today - timedelta(days=within)
    return {
        "held": HELD,
        "late": and_(HELD, Income.received_on < last_in_time),
        "remitted": and_(VALID, Income.remittance_id.is_not(None)),
        "void": Income.void_reason != "",
        "valid": VALID,
    }[value]


def _age_is(band: int, today: date) -> ColumnElement[bool]:
    oldest, newest = AGE_BANDS[band].days(today)
    inside = [HELD, Income.received_on <= newest]
    if oldest is not None:
        inside.append(Income.received_on >= oldest)
    return and_(*inside)


SEARCHED: tuple[SQLColumnExpression[Any], ...] = (
    Income.search_key.expression,
    Income.number.expression,
    Income.receipt_no.expression,
    Income.text.expression,
    Income.subject_text.expression,
    func.coalesce(Remittance.slip_no, ""),
)


def _filters(ctx: Ctx) -> dict[str, Callable[[Any], ColumnElement[bool]]]:
    today, within = ctx.today(), ctx.settings(IncomeRules).remit_within_days
    return {
        "state": lambda value: _state_is(value, today, within),
        "kind": lambda value: Income.kind == value,
        "method": lambda value: Income.method == value,
        "receipt_kind": lambda value: Income.receipt_kind == value,
        "year": lambda value: Income.received_on.between(date(int(value), 1, 1), date(int(value), 12, 31)),
        "month": lambda value: extract("month", Income.received_on) == int(value),
        "period": lambda value: Income.received_on.between(*value),
        "remittance_id": lambda value: Income.remittance_id == value,
        "age": lambda value: _age_is(int(value), today),
        "subject": lambda value: and_(Income.subject_kind == value[0], Income.subject_id == value[1]),
        "ids": lambda value: Income.id.in_(tuple(value)),
    }


def list_income(ctx: Ctx, query: ListQuery) -> Listing[IncomeRow]:
    """收入台账, the latest first.

    Filters: ``state`` (held: not remitted, late ones too | late | remitted | void | valid: all but void), ``kind``,
    ``method``, ``receipt_kind``, ``year``, ``month`` (of ``year`` or of any), ``period`` ((first, last) day, both
    included), ``remittance_id``, ``age`` (index of :data:`AGE_BANDS`), ``subject`` ((kind, id)), ``ids``.
    """
    require_view(ctx)
    today, within = ctx.today(), ctx.settings(IncomeRules).remit_within_days
    return fetch_listing(
        ctx.session,
        _statement(),
        query,
        lambda row: _row(row, today, within),
        search=SEARCHED,
        filters=_filters(ctx),
        sorts={
            **{c.key: c for c in Income.__table__.columns},
            "amount": Income.amount_fen.expression,
            "payer": Income.search_key.expression,
            "subject": Income.subject_text.expression,
            "slip_no": Remittance.slip_no.expression,
            "remitted_on": Remittance.remitted_on.expression,
            "days": case((HELD, Income.received_on)),
            "state": case((Income.void_reason != "", 3), (Income.remittance_id.is_not(None), 2), else_=1),
        },
        order=(Income.received_on.desc(), Income.id.desc()),
    )


def sum_income(ctx: Ctx, query: ListQuery) -> IncomeSum:
    """Sums of what :func:`list_income` shows for ``query``, without void entries."""
    require_view(ctx)
    base: AnySelect = select(*_sums()).outerjoin(Remittance, Remittance.id == Income.remittance_id).where(VALID)
    row = ctx.session.execute(narrowed(base, query, search=SEARCHED, filters=_filters(ctx))).one()
    return IncomeSum(*row)


def _sums() -> tuple[SQLColumnExpression[int], ...]:
    remitted = Income.remittance_id.is_not(None)
    return (
        func.count(Income.id),
        _fen(Income.amount_fen),
        _fen(case((remitted, Income.amount_fen), else_=0)),
        _fen(case((remitted, 0), else_=Income.amount_fen)),
    )


def get_income(ctx: Ctx, income_id: int) -> IncomeRow:
    """One entry; raises :class:`NotFound`."""
    require_view(ctx)
    row = ctx.session.execute(_statement().where(Income.id == income_id)).one_or_none()
    if row is None:
        raise NotFound("这笔收入不存在，请刷新列表。")
    return _row(row, ctx.today(), ctx.settings(IncomeRules).remit_within_days)


def list_payers(ctx: Ctx, text: str, limit: int = 12) -> tuple[str, ...]:
    """Payers as written before whose name, pinyin or initials contain ``text``, the latest first."""
    require_view(ctx)
    last = func.max(Income.id)
    query = select(Income.payer).group_by(Income.payer).order_by(last.desc()).limit(limit)
    for word in text.lower().split():
        query = query.where(Income.search_key.contains(word, autoescape=True))
    return tuple(ctx.session.scalars(query))


def find_subjects(ctx: Ctx, text: str, limit: int = 12) -> tuple[SubjectAnswer, ...]:
    """Classes that match ``text``, then projects typed on earlier income."""
    require_view(ctx)
    answers: list[SubjectAnswer] = []
    ctx.publish(SubjectsAsked(text.strip(), limit, answers))
    del answers[limit:]
    query = select(Income.subject_text).where(Income.subject_id.is_(None), Income.subject_text != "")
    for word in text.split():
        query = query.where(contains(Income.subject_text, word))
    query = query.group_by(Income.subject_text).order_by(func.max(Income.id).desc()).limit(limit)
    answers += [SubjectAnswer(Subject(text=typed)) for typed in ctx.session.scalars(query)]
    return tuple(answers[:limit])


def list_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Kinds of income: those of the settings in their order, then those that old entries still have."""
    require_view(ctx)
    known = ctx.settings(IncomeRules).kinds
    used = ctx.session.scalars(select(Income.kind).distinct().order_by(Income.kind))
    return tuple(dict.fromkeys((*known, *used)))


# ------------------------------------------------------------------------------------------------- periods
def sum_by_kind(ctx: Ctx, first: date, last: date) -> tuple[KindSum, ...]:
    """Income received from ``first`` to ``last`` (both included) by kind; every kind of the settings has a line."""
    require_view(ctx)
    query: AnySelect = (
        select(Income.kind, *_sums()).where(VALID, Income.received_on.between(first, last)).group_by(Income.kind)
    )
    found = {row[0]: KindSum(*row) for row in ctx.session.execute(query)}
    return tuple(found.get(kind, KindSum(kind, 0, 0, 0, 0)) for kind in _kinds_with(ctx, found))


def _kinds_with(ctx: Ctx, found: dict[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ctx.settings(IncomeRules).kinds, *sorted(found))))


def sum_by_month(ctx: Ctx, year: int) -> tuple[KindSum, ...]:
    """Income of each month of ``year``, 1 to 12."""
    require_view(ctx)
    month = extract("month", Income.received_on)
    query: AnySelect = (
        select(cast(month, BigInteger), *_sums())
        .where(VALID, Income.received_on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(month)
    )
    found = {int(row[0]): KindSum(f"{int(row[0])}月", *row[1:]) for row in ctx.session.execute(query)}
    return tuple(found.get(each, KindSum(f"{each}月", 0, 0, 0, 0)) for each in range(1, 13))


# ---------------------------------------------------------------------------------------------- remittance
def list_remittances(ctx: Ctx, query: ListQuery) -> Listing[RemittanceRow]:
    """缴款书, the latest first; filters ``year``, ``period`` ((first, last) day of remitting, both included)."""
    require_view(ctx)
    entries = (
        select(
            Income.remittance_id.label("remittance_id"),
            func.count().label("entries"),
            func.min(Income.received_on).label("first_day"),
            func.max(Income.received_on).label("last_day"),
        )
        .where(VALID)
        .group_by(Income.remittance_id)
        .subquery("entries")
    )
    statement = select(Remittance, entries.c.entries, entries.c.first_day, entries.c.last_day).outerjoin(
        entries, entries.c.remittance_id == Remittance.id
    )
    return fetch_listing(
        ctx.session,
        statement,
        query,
        lambda row: RemittanceRow(
            id=row[0].id,
            version=row[0].version,
            slip_no=row[0].slip_no,
            remitted_on=row[0].remitted_on,
            account=row[0].account,
            total_fen=row[0].total_fen,
            entries=row.entries or 0,
            first_day=row.first_day,
            last_day=row.last_day,
            note=row[0].note,
        ),
        search=(Remittance.slip_no.expression, Remittance.account.expression, Remittance.note.expression),
        filters={
            "year": lambda value: Remittance.remitted_on.between(date(int(value), 1, 1), date(int(value), 12, 31)),
            "period": lambda value: Remittance.remitted_on.between(*value),
            "id": lambda value: Remittance.id == value,
        },
        sorts={
            **{c.key: c for c in Remittance.__table__.columns},
            "total": Remittance.total_fen.expression,
            "entries": entries.c.entries,
            "first_day": entries.c.first_day,
        },
        order=(Remittance.remitted_on.desc(), Remittance.id.desc()),
    )


def list_accounts(ctx: Ctx) -> tuple[str, ...]:
    """Accounts that money was remitted to before."""
    require_view(ctx)
    query = select(Remittance.account).where(Remittance.account != "").group_by(Remittance.account)
    return tuple(ctx.session.scalars(query.order_by(func.max(Remittance.id).desc()).limit(12)))


def read_ageing(ctx: Ctx, on: date | None = None) -> Ageing:
    """未缴账龄 as seen on a day (today): what was received by then and not remitted by then, by kind and age."""
    require_view(ctx)
    on = on or ctx.today()
    within = ctx.settings(IncomeRules).remit_within_days
    columns: list[SQLColumnExpression[int]] = []
    conditions = [
        and_(
            Income.received_on <= newest,
            *([] if oldest is None else [Income.received_on >= oldest]),
        )
        for oldest, newest in (band.days(on) for band in AGE_BANDS)
    ]
    conditions.append(Income.received_on < on - timedelta(days=within))  # late
    for inside in conditions:
        columns.append(_fen(case((inside, 1), else_=0)))
        columns.append(_fen(case((inside, Income.amount_fen), else_=0)))
    query: AnySelect = (
        select(Income.kind, *columns)
        .outerjoin(Remittance, Remittance.id == Income.remittance_id)
        .where(
            VALID,
            Income.received_on <= on,
            or_(Income.remittance_id.is_(None), Remittance.remitted_on > on),
        )
        .group_by(Income.kind)
    )
    found: dict[str, AgeLine] = {}
    for row in ctx.session.execute(query):
        cells = tuple(AgeCell(row[1 + 2 * i], row[2 + 2 * i]) for i in range(len(conditions)))
        found[row[0]] = AgeLine(row[0], cells[:-1], cells[-1])
    order = [kind for kind in _kinds_with(ctx, found) if kind in found]
    return Ageing(on, within, tuple(found[kind] for kind in order))
