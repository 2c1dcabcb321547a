"""What a spreadsheet is once it is read: sheets of plain values at their original places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

MAX_AREA = 3_000_000
"""Cells of the rectangle that one sheet may take; beyond it the file is refused."""

CellValue = str | float | int | bool | date | datetime | time | timedelta
"""A cell as stored; an empty cell is ``""``."""


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Merged cells, 1-based, both ends included; only the top left cell has a value."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``rows[r - 1][c - 1]`` is row ``r``, column ``c`` as the spreadsheet program counts them.

    ``unresolved`` holds formulas stored without a result and error values (``#N/A``) by (row, column); the same text
    stands in the cell, so that nothing disappears silently. ``hidden_rows`` (xlsx only): hidden by filter or by hand.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    merged: tuple[MergedRange, ...] = ()
    hidden: bool = False
    unresolved: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()

    @property
    def height(self) -> int:
        return len(self.rows)

    def value(self, row: int, column: int) -> CellValue:
        """The cell at 1-based (row, column); ``""`` outside the used range."""
        if 1 <= row <= len(self.rows) and 1 <= column <= len(self.rows[row - 1]):
            return self.rows[row - 1][column - 1]
        return ""


@dataclass(frozen=True, slots=True)
class Book:
    """A file that was read; ``kind`` is xlsx, xls, ods or csv, ``name`` the file name without its folder."""

    name: str
    kind: str
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet:
        """The sheet of that name; KeyError when there is none."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)


def column_letters(column: int) -> str:
    """``1`` -> ``A``, ``27`` -> ``AA``."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """The address of a 1-based (row, column), such as ``F7``."""
    return f"{column_letters(column)}{row}"


def cell_text(value: CellValue) -> str:
    """The text a person would read in the cell; whole numbers without ``.0``, dates as 2026-03-02."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        return repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M") if value.hour or value.minute else value.strftime("%Y-%m-%d")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)
