"""From a :class:`ListQuery` to SQL: search, filter, sort and page of every list, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from .listing import Listing, ListQuery
from .pinyin import normalise_query

R = TypeVar("R")

AnySelect = Select[*tuple[Any, ...]]
"""A statement of any shape; the reader of its rows knows the columns."""


def contains(column: SQLColumnExpression[str], text: str) -> ColumnElement[bool]:
    """Case-insensitive "contains" in which ``%`` and ``_`` mean themselves."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.lower(column).like(f"%{escaped}%", escape="\\")


def narrowed(
    statement: AnySelect,
    query: ListQuery,
    *,
    search: Sequence[SQLColumnExpression[Any]] = (),
    filters: Mapping[str, Callable[[Any], ColumnElement[bool]]] | None = None,
) -> AnySelect:
    """``statement`` with the search and the filters of ``query``, as :func:`fetch_listing` takes them."""
    for word in query.search.split():
        spellings = dict.fromkeys((word.lower(), normalise_query(word)))  # a name's middle dot is in no search key
        matches = [contains(column, text) for text in spellings if text for column in search]
        if matches:
            statement = statement.where(matches[0] if len(matches) == 1 else _any(matches))
    for key, value in query.filters.items():
        if value is not None and value != "":
            statement = statement.where((filters or {})[key](value))
    return statement


def fetch_listing(
    session: Session,
    statement: AnySelect,
    query: ListQuery,
    to_row: Callable[[Any], R],
    *,
    search: Sequence[SQLColumnExpression[Any]] = (),
    filters: Mapping[str, Callable[[Any], ColumnElement[bool]]] | None = None,
    sorts: Mapping[str, SQLColumnExpression[Any]] | None = None,
    order: Sequence[SQLColumnExpression[Any]] = (),
) -> Listing[R]:
    """One page of ``statement``.

    Every word of the search text must be found in one of ``search``; ``filters`` maps a filter key to its condition
    (absent and ``None`` values do not filter); ``sorts`` maps column keys to expressions; ``order`` is the default
    order and the tie-breaker, and must be total or pages overlap.
    """
    statement = narrowed(statement, query, search=search, filters=filters)
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    ordering = list(order)
    if query.sort and sorts and query.sort in sorts:
        expression = sorts[query.sort]
        ordering.insert(0, expression.desc().nulls_last() if query.descending else expression.asc().nulls_last())
    statement = statement.order_by(*ordering).offset(query.offset)
    if query.limit is not None:
        statement = statement.limit(query.limit)
    return Listing(tuple(to_row(row) for row in session.execute(statement)), total)


def _any(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    combined = conditions[0]
    for condition in conditions[1:]:
        combined = combined | condition
    return combined
