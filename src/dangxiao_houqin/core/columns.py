"""Columns as data: one tuple drives the table on screen, the xlsx sheet and the printed list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Generic, Literal, TypeVar

from .clock import CHINA
from .listing import Listing, ListQuery
from .money import yuan

R = TypeVar("R")

Kind = Literal["text", "int", "number", "money", "date", "datetime", "percent", "pill", "bool", "phone", "id_number"]
Tone = Literal["neutral", "primary", "success", "warning", "error", "violet", "teal"]
Align = Literal["left", "center", "right"]

_RIGHT = {"int", "number", "money", "percent"}
_CENTER = {"date", "datetime", "bool", "pill"}


@dataclass(frozen=True, slots=True)
class Pill:
    """A state shown as a coloured word; the word alone must say everything."""

    text: str
    tone: Tone = "neutral"

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a list.

    ``value`` takes a row; ``width`` is in px on screen, ``paper_mm`` on paper (0 = share what is left);
    ``hidden`` columns can be switched on by the user; ``sortable`` ones are understood by the list's query.
    """

    key: str
    title: str
    value: Callable[[R], object]
    kind: Kind = "text"
    width: int = 120
    paper_mm: float = 0
    align: Align | None = None
    hidden: bool = False
    sortable: bool = True

    @property
    def alignment(self) -> Align:
        """The column's own alignment, or the usual one of its kind."""
        if self.align is not None:
            return self.align
        if self.kind in _RIGHT:
            return "right"
        return "center" if self.kind in _CENTER else "left"

    def display(self, row: R) -> str:
        """The cell's text as a person reads it; an absent value is blank, never ``0`` or ``None``."""
        return show(self.value(row), self.kind)


def show(value: object, kind: Kind = "text") -> str:
    """Chinese text of one value (money in fen, percent as a fraction)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo else value
        return local.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if kind == "money" and isinstance(value, int):
        return yuan(value)
    if kind == "percent" and isinstance(value, int | float):
        return percent_text(value)
    if isinstance(value, float):
        return f"{value:,.10g}"
    return str(value)


def percent_text(share: float) -> str:
    """A fraction as ``96.4%``; only a whole one reads 100.0% and only nothing 0.0%, whatever rounding makes of it."""
    if 0 < 1 - share < 0.0005 and 1 - share > _DUST:
        return "99.9%"
    return "0.1%" if _DUST < share < 0.0005 else f"{share:.1%}"


_DUST = 1e-12
"""What adding fractions leaves behind."""

_WEEKDAYS = "一二三四五六日"


def chinese_date(day: date, *, weekday: bool = False, year: bool = True) -> str:
    """``2026年3月2日`` or with ``weekday`` ``2026年3月2日(周一)``."""
    text = f"{day.month}月{day.day}日"
    if year:
        text = f"{day.year}年{text}"
    return f"{text}(周{_WEEKDAYS[day.weekday()]})" if weekday else text


def mask_phone(text: str) -> str:
    """``13900001234`` -> ``139****1234``; shorter numbers keep the last two digits only."""
    if len(text) >= 9:
        return f"{text[:3]}****{text[-4:]}"
    return "*" * max(len(text) - 2, 0) + text[-2:]


def mask_id(text: str) -> str:
    """Keep the first three and last two characters of an ID number."""
    return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}" if len(text) > 6 else "*" * len(text)


def list_in_memory(rows: Sequence[R], columns: Sequence[Column[R]], query: ListQuery) -> Listing[R]:
    """What a list query would give for rows that are in no database (a file's preview, a proposal).

    Every word of the search must stand in some column's text; sorting is by the column's value, blanks last.
    """
    found = list(rows)
    for word in query.search.lower().split():
        found = [row for row in found if any(word in column.display(row).lower() for column in columns)]
    wanted = next((column for column in columns if column.key == query.sort), None)
    if wanted is not None:
        by = wanted
        filled = [row for row in found if by.display(row)]
        filled.sort(key=lambda row: _sort_value(by.value(row)), reverse=query.descending)
        found = filled + [row for row in found if not by.display(row)]
    end = None if query.limit is None else query.offset + query.limit
    return Listing(tuple(found[query.offset : end]), len(found))


def _sort_value(value: object) -> tuple[int, Any]:
    return (0, value) if isinstance(value, int | float | date) and not isinstance(value, datetime) else (1, str(value))
