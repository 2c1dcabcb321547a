"""Every amount that can be read off rows, figures, charts, screens and paper, and which of them mix two lines.

In the school of this test every amount of income is a multiple of one prime and every amount of spending (and every
budget) a multiple of another.  So is every honest sum.  A number that takes one from the other, or adds them, is a
multiple of neither, whatever its grouping - by kind, class, month or year.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.module_spec import ChartSpec, ColumnsSpec, Figure, RingSpec
from dangxiao_houqin.documents.paper import Amount, Cell, GroupRow, Sheet
from dangxiao_houqin.ui.charts import ClickableChart
from dangxiao_houqin.ui.table import ListTable
from dangxiao_houqin.ui.widgets import FigureTile

INCOME = 1_299_709
"""Fen; a prime. Every amount of income is a multiple of it."""
SPENDING = 1_618_033
"""Fen; another prime. Every amount of spending and every budget is a multiple of it."""

_UNITS = {"万元": 1_000_000, "亿元": 10_000_000_000, "元": 100, "": 100}
_MONEY = re.compile(r"(-?)(¥?)(-?\d[\d,]*\.\d\d)(?![\d%])\s*(万元|亿元)?")


@dataclass(frozen=True)
class Read:
    """An amount and where it was read; ``spread`` is how far off it may be because it was rounded to show."""

    where: str
    fen: int
    spread: int = 0

    @property
    def honest(self) -> bool:
        """Made of income alone or of spending alone."""
        return any(
            self.fen % line <= self.spread or line - self.fen % line <= self.spread for line in (INCOME, SPENDING)
        )


def mixed(found: Iterable[Read]) -> list[Read]:
    """What is neither income nor spending."""
    return [each for each in found if not each.honest]


# ---------------------------------------------------------------------------------------------------- words
def in_text(where: str, text: str) -> Iterator[Read]:
    """Amounts in a sentence: ¥1,234.50, 1,234.50 or 12.35 万元; percentages and counts are none.

    A bare number borrows the unit of the next one (``已批 1.80，预算 6.57 万元``).
    """
    unit = ""
    for sign, yuan, number, own in reversed(_MONEY.findall(text)):
        unit = own or ("" if yuan else unit)
        value = Decimal(number.replace(",", "")) * (-1 if sign else 1)
        yield _scaled(f"{where}：{text.strip()[:80]}", value, unit)


def _scaled(where: str, value: Decimal, unit: str) -> Read:
    scale = _UNITS[unit]
    exact = scale == 100
    return Read(where, int(value * scale), 0 if exact else scale // 200 + 1)


def in_figure(where: str, figure: str, unit: str) -> Iterator[Read]:
    """The number on a tile, when it is money."""
    number = figure.replace(",", "")
    if unit in ("元", "万元", "亿元") and re.fullmatch(r"-?\d+(\.\d+)?", number):
        yield _scaled(f"{where}：{figure} {unit}", Decimal(number), unit)


# ----------------------------------------------------------------------------------------------------- data
def in_rows(where: str, columns: Sequence[Column[Any]], rows: Iterable[Any]) -> Iterator[Read]:
    """Money columns as numbers, other columns as text."""
    for row in rows:
        yield from in_data(where, row)
        for column in columns:
            value = column.value(row)
            if column.kind == "money" and isinstance(value, int):
                yield Read(f"{where}.{column.key}", value)
            else:
                yield from in_text(f"{where}.{column.key}", column.display(row))


def in_data(where: str, value: Any) -> Iterator[Read]:
    """Everything named ``…_fen`` in dataclasses and properties, however deep."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for name in _names(value):
            part = getattr(value, name)
            if name.endswith("_fen") and isinstance(part, int):
                yield Read(f"{where}.{type(value).__name__}.{name}", part)
            else:
                yield from in_data(where, part)
    elif isinstance(value, str):
        yield from in_text(where, value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from in_data(where, part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from in_data(where, part)


def _names(value: Any) -> list[str]:
    fields = [field.name for field in dataclasses.fields(value)]
    computed = [
        name
        for cls in type(value).__mro__
        for name, part in vars(cls).items()
        if isinstance(part, property) and name.endswith("_fen")
    ]
    return [*fields, *computed]


def in_figures(figures: Iterable[Figure]) -> Iterator[Read]:
    """Tiles of the dashboard."""
    for figure in figures:
        yield from in_figure(f"工作台 {figure.title}", figure.value, figure.unit)
        yield from in_text(f"工作台 {figure.title}", figure.note)


def in_charts(charts: Iterable[ChartSpec]) -> Iterator[Read]:
    """Charts of the dashboard whose unit is money."""
    for chart in charts:
        if isinstance(chart, ColumnsSpec) and chart.unit in _UNITS:
            for title, values in chart.series:
                for value in values:
                    if value is not None:
                        yield _scaled(f"{chart.title} {title}", Decimal(str(value)), chart.unit)
        elif isinstance(chart, RingSpec):
            yield from in_text(chart.title, f"{chart.figure}{chart.caption}")


# ---------------------------------------------------------------------------------------------------- paper
def in_sheets(sheets: Iterable[Sheet]) -> Iterator[Read]:
    """Cells, head, notes and signature line of printed sheets."""
    for sheet in sheets:
        for text in (*sheet.head.parts, *sheet.notes, *sheet.signature):
            yield from in_text(sheet.title, text)
        for row in sheet.table.rows:
            cells = [row.text] if isinstance(row, GroupRow) else row
            for cell in cells:
                value = cell.value if isinstance(cell, Cell) else cell
                if isinstance(value, Amount):
                    yield Read(sheet.title, value.fen)
                elif isinstance(value, str):
                    yield from in_text(sheet.title, value)


# --------------------------------------------------------------------------------------------------- screen
def on_screen(page: QWidget, where: str) -> Iterator[Read]:
    """All texts of a page with their tips, all rows of its lists, its tiles and its charts."""
    for widget in (page, *page.findChildren(QWidget)):
        texts = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, FigureTile):
            figure, unit = widget._figure.text(), widget._unit.text()
            yield from in_figure(f"{where} {widget.caption.text()}", figure, unit)
            texts = [widget.toolTip()]
        elif isinstance(widget, QLabel | QAbstractButton | QLineEdit) and not _on_tile(widget):
            texts.append(widget.text())
        elif isinstance(widget, QPlainTextEdit):
            texts.append(widget.toPlainText())
        elif isinstance(widget, ListTable):
            yield from _in_list(widget, where)
        elif isinstance(widget, ClickableChart):
            texts.append(widget.accessibleDescription())
        for text in texts:
            yield from in_text(f"{where} {type(widget).__name__}", text)


def _on_tile(widget: QWidget) -> bool:
    """The figure of a tile means nothing without the unit beside it; the note says yuan itself."""
    parent = widget.parentWidget()
    return isinstance(parent, FigureTile) and widget in (parent._figure, parent._unit)


def _in_list(table: ListTable, where: str) -> Iterator[Read]:
    model = table.model
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            text = str(model.index(row, column).data(Qt.ItemDataRole.DisplayRole) or "")
            yield from in_text(f"{where} {table.title}", text)
