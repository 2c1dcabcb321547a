"""What a purchase request asks for and what suppliers ask for it: rows filled by keyboard, amounts as one types."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QWidget

from dangxiao_houqin.core.money import capitals
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN
from dangxiao_houqin.modules.expenses.domain.purchases import (
    MAX_QUOTES,
    ItemInput,
    ItemRow,
    QuoteInput,
    QuoteRow,
    amount_of,
)
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.fields import ChoiceField, MoneyField, NumberField, TextField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import ElidedLabel, label

from .choice_pickers import Known, KnownPicker
from .claim_lines import money
from .editing_grid import EditingGrid, GridColumn, GridRow

UNITS = ("台", "套", "个", "件", "张", "把", "箱", "包", "盒", "本", "米", "平方米", "千克", "人次", "月", "年", "项")


def plain(quantity: Decimal) -> str:
    """``12``, ``2.5``: no zeros at the end, no exponent."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class ItemsGrid(EditingGrid):
    """采购明细; ``value()`` is a tuple of :class:`ItemInput`."""

    columns = (
        GridColumn("品名", 110, 4),
        GridColumn("规格、技术要求", 90, 3),
        GridColumn("单位", 58),
        GridColumn("数量", 86, right=True),
        GridColumn("参考单价（元）", 108, right=True),
        GridColumn("金额（元）", 118, right=True),
        GridColumn("用途", 60, 2),
        GridColumn("集中采购目录品目", 96, 3),
    )
    add_text = "添加一行"
    most_rows = 200
    totalled = Signal(object)
    """The sum in fen, however large."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._items: tuple[Known, ...] = ()
        super().__init__("items", "采购明细")
        self.total = label("", "strong")
        self.total.setAccessibleName("合计")
        self.capitals = ElidedLabel()
        self.capitals.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.foot.takeAt(self.foot.count() - 1)
        self.foot.addWidget(self.capitals, 1)
        self.foot.addWidget(self.total)
        self.foot.addSpacing(TOKENS.control + 12)
        self._sum_up()

    def make_cells(self) -> Sequence[QWidget]:
        amount = label("", "strong")
        amount.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        amount.setContentsMargins(0, 0, 8, 0)
        quantity = NumberField("quantity", "数量", required=True, maximum=999_999_999, decimals=3, check=_positive)
        price = MoneyField("price_fen", "参考单价", required=True, maximum=MAX_FEN // 100)
        for cell in (quantity, price):
            cell.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return (
            TextField("name", "品名", required=True, max_length=80),
            TextField("spec", "规格", max_length=200),
            TextField("unit", "单位", max_length=10, suggestions=UNITS),
            quantity,
            price,
            amount,
            TextField("purpose", "用途", max_length=80),
            KnownPicker("catalogue_item_id", "目录品目", self._runner, self._items, placeholder="不在目录内"),
        )

    def row_added(self, grid_row: GridRow) -> None:
        grid_row.extra["!amount"] = next(
            part for part in grid_row.findChildren(QLabel) if part.property("role") == "strong"
        )
        grid_row["quantity"].changed.connect(self._sum_up)
        grid_row["price_fen"].changed.connect(self._sum_up)

    def entry(self, grid_row: GridRow) -> ItemInput:
        return ItemInput(**{key: cell.value() for key, cell in grid_row.by_key.items()})

    def set_items(self, items: Sequence[ItemRow]) -> None:
        """Show the items of a saved request."""
        self._loading = True
        self.clear_rows()
        for each in items:
            grid_row = self.add_row()
            for key in ("name", "spec", "unit", "price_fen", "purpose"):
                grid_row[key].set_value(getattr(each, key))
            grid_row["quantity"].set_value(plain(each.quantity))
            picker = grid_row["catalogue_item_id"]
            assert isinstance(picker, KnownPicker)
            picker.choose(each.catalogue_item_id)
        if not self.rows:
            self.add_row()
        self._loading = False
        self._sum_up()

    def set_catalogue(self, known: Sequence[Known]) -> None:
        """The items that can be picked: those of the kind of the request."""
        self._items = tuple(known)
        for grid_row in self.rows:
            picker = grid_row["catalogue_item_id"]
            assert isinstance(picker, KnownPicker)
            picker.set_known(self._items)

    def set_draft(self, draft: Any) -> None:
        super().set_draft(draft)
        self._sum_up()

    def remove_row(self, grid_row: GridRow) -> None:
        super().remove_row(grid_row)
        self._sum_up()

    @property
    def total_fen(self) -> int:
        return sum(_amount(grid_row) or 0 for grid_row in self.rows)

    @Slot()
    def _sum_up(self) -> None:
        for grid_row in self.rows:
            fen = _amount(grid_row)
            grid_row.extra["!amount"].setText("" if fen is None else money(fen))
        total = self.total_fen
        self.total.setText(f"合计 ¥{money(total)}")
        self.capitals.set_text(capitals(total) if 0 < total <= MAX_FEN else "")
        self.totalled.emit(total)


def _amount(grid_row: GridRow) -> int | None:
    """Quantity times price while both are in order."""
    quantity, price = grid_row["quantity"], grid_row["price_fen"]
    if quantity.find_problem() or price.find_problem():
        return None
    return amount_of(quantity.value(), price.value())


def _positive(number: Decimal) -> str | None:
    return None if number > 0 else "数量要大于 0"


class QuotesGrid(EditingGrid):
    """比价; ``value()`` is a tuple of :class:`QuoteInput`."""

    columns = (
        GridColumn("供应商", 180, 4),
        GridColumn("报价（元）", 128, right=True),
        GridColumn("报价单附件", 130, 2),
        GridColumn("备注", 100, 3),
    )
    add_text = "添加一家"
    most_rows = MAX_QUOTES

    def __init__(self) -> None:
        self._files: tuple[tuple[int, str], ...] = ()
        super().__init__("quotes", "比价")

    def make_cells(self) -> Sequence[QWidget]:
        price = MoneyField("amount_fen", "报价", required=True, maximum=MAX_FEN // 100, check=_some)
        price.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return (
            TextField("supplier", "供应商", required=True, max_length=100),
            price,
            ChoiceField("evidence_id", "报价单附件", self._files, empty_text="无"),
            TextField("note", "备注", max_length=200),
        )

    def entry(self, grid_row: GridRow) -> QuoteInput:
        return QuoteInput(**{key: cell.value() for key, cell in grid_row.by_key.items()})

    def set_files(self, files: Sequence[tuple[int, str]]) -> None:
        """Papers of the request that a quote may point to."""
        self._files = tuple(files)
        for grid_row in self.rows:
            choice = grid_row["evidence_id"]
            assert isinstance(choice, ChoiceField)
            choice.set_choices(self._files)

    def set_quotes(self, quotes: Sequence[QuoteRow]) -> None:
        """Show the quotes of a saved request."""
        self._loading = True
        self.clear_rows()
        for each in quotes:
            grid_row = self.add_row()
            for key in ("supplier", "amount_fen", "evidence_id", "note"):
                grid_row[key].set_value(getattr(each, key))
        if not self.rows:
            self.add_row()
        self._loading = False
        self._cell_changed()


def _some(fen: int) -> str | None:
    return None if fen > 0 else "报价要大于 0"
