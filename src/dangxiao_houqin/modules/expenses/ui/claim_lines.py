"""The lines of a claim: what, under which category, for which class, how much; with the budget beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from dangxiao_houqin.core.money import CapitalStyle, capitals
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN, ClaimLineRow, SaveLine
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.fields import MoneyField, NumberField, TextField
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import ElidedLabel, label

from .choice_pickers import Known, KnownPicker, SubjectField
from .editing_grid import EditingGrid, GridColumn, GridRow

CATALOGUE = 4
ROOM = 15
"""So many characters fit into the cell of an amount."""


def money(fen: int) -> str:
    """1,234.50 without the sign of the currency."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def short_money(fen: int) -> str:
    """Amounts of a hundred million yuan and more in 亿, cut and not rounded, so that never too much is promised."""
    if abs(fen) < 10_000_000_000:
        return money(fen)
    return f"{fen // 1_000_000 / 10_000:,.4f} 亿"


class AmountField(MoneyField):
    """Right-aligned, and smaller where it would not fit: half an amount is a wrong one."""

    def make_input(self) -> QLineEdit:
        edit = super().make_input()
        edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return edit

    def _edited(self) -> None:
        px = TOKENS.px_body if len(self.edit.text()) < ROOM else TOKENS.px_label - 1
        if self.edit.property("px") != px:
            self.edit.setProperty("px", px)
            self.edit.setStyleSheet("" if px == TOKENS.px_body else f"font-size: {px}px;")
        super()._edited()


class LinesGrid(EditingGrid):
    """明细; ``value()`` is a tuple of :class:`SaveLine`."""

    columns = (
        GridColumn("支出内容", 130, 4),
        GridColumn("经济分类", 116, 3),
        GridColumn("预算余额", 104, right=True),
        GridColumn("班次/项目", 96, 3),
        GridColumn("采购品目", 96, 2),
        GridColumn("金额（元）", 124, right=True),
        GridColumn("单据", 44, right=True),
    )
    add_text = "添加一行"
    categories_changed = Signal()
    totalled = Signal(object)
    """The total in fen; as an object, for a C int ends at 21 million yuan."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._categories: tuple[Known, ...] = ()
        self._items: tuple[Known, ...] = ()
        self._left: Mapping[int, int | None] = {}
        self._style: CapitalStyle = "plain"
        self._purchase = False
        self._seen: tuple[int, ...] = ()
        super().__init__("lines", "明细")
        self.total = label("", "strong")
        self.total.setAccessibleName("合计")
        self.capitals = ElidedLabel()
        self.capitals.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.foot.takeAt(self.foot.count() - 1)
        self.foot.addWidget(self.capitals, 1)
        self.foot.addWidget(self.total)
        self.foot.addSpacing(TOKENS.control + 60)
        self.set_purchase(shown=False)
        self._sum_up()

    # ------------------------------------------------------------------ rows
    def make_cells(self) -> Sequence[QWidget]:
        left = label("", "second")
        left.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        left.setContentsMargins(0, 0, 8, 0)
        amount = AmountField("amount_fen", "金额", required=True, maximum=MAX_FEN // 100, check=_positive)
        vouchers = NumberField("vouchers", "单据张数", minimum=0, maximum=999)
        vouchers.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return (
            TextField("text", "支出内容", required=True, max_length=120),
            KnownPicker(
                "category_id", "经济分类", self._runner, self._categories, required=True, placeholder="代码或拼音"
            ),
            left,
            SubjectField("subject", "班次/项目", self._runner),
            KnownPicker("catalogue_item_id", "采购品目", self._runner, self._items, placeholder="不在目录内"),
            amount,
            vouchers,
        )

    def row_added(self, grid_row: GridRow) -> None:
        left = next(part for part in grid_row.findChildren(QLabel) if part.property("role") == "second")
        grid_row.extra["!left"] = left
        grid_row["category_id"].changed.connect(self._category_changed)
        grid_row["amount_fen"].changed.connect(self._sum_up)
        grid_row["catalogue_item_id"].setVisible(self._purchase)

    def entry(self, grid_row: GridRow) -> SaveLine:
        values = {key: cell.value() for key, cell in grid_row.by_key.items()}
        values["vouchers"] = values["vouchers"] or 0
        if not self._purchase:
            values["catalogue_item_id"] = None
        return SaveLine(**values)

    def set_lines(self, lines: Sequence[ClaimLineRow]) -> None:
        """Show the lines of a saved claim."""
        self._loading = True
        self.clear_rows()
        for each in lines:
            grid_row = self.add_row()
            grid_row["text"].set_value(each.text)
            picker = grid_row["category_id"]
            assert isinstance(picker, KnownPicker)
            picker.choose(each.category_id)
            subject = grid_row["subject"]
            assert isinstance(subject, SubjectField)
            subject.set_subject(each.subject)
            item = grid_row["catalogue_item_id"]
            assert isinstance(item, KnownPicker)
            item.choose(each.catalogue_item_id)
            grid_row["amount_fen"].set_value(each.amount_fen)
            grid_row["vouchers"].set_value(each.vouchers or None)
        if not self.rows:
            self.add_row()
        self._loading = False
        self._sum_up()
        self._category_changed()

    def set_draft(self, draft: Any) -> None:
        super().set_draft(draft)
        self._sum_up()
        self._category_changed()

    def remove_row(self, grid_row: GridRow) -> None:
        super().remove_row(grid_row)
        self._sum_up()

    # ------------------------------------------------------------------ what it offers
    def set_categories(self, known: Sequence[Known]) -> None:
        self._categories = tuple(known)
        self._offer("category_id", self._categories)

    def set_catalogue(self, known: Sequence[Known]) -> None:
        self._items = tuple(known)
        self._offer("catalogue_item_id", self._items)

    def _offer(self, key: str, known: tuple[Known, ...]) -> None:
        for grid_row in self.rows:
            picker = grid_row[key]
            assert isinstance(picker, KnownPicker)
            picker.set_known(known)

    def set_purchase(self, *, shown: bool) -> None:
        """Whether lines name the item of the procurement catalogue."""
        self._purchase = shown
        self.head_labels[CATALOGUE].setVisible(shown)
        for grid_row in self.rows:
            grid_row["catalogue_item_id"].setVisible(shown)

    def set_style(self, style: CapitalStyle) -> None:
        """How the total is written in capitals."""
        self._style = style
        self._sum_up()

    # ------------------------------------------------------------------ sums and budget
    def category_ids(self) -> tuple[int, ...]:
        """Categories picked so far, each once."""
        found = (grid_row["category_id"].value() for grid_row in self.rows)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    @property
    def total_fen(self) -> int:
        return sum(grid_row["amount_fen"].value() or 0 for grid_row in self.rows)

    def set_left(self, left: Mapping[int, int | None]) -> None:
        """What each category has left without this claim; ``None``: no budget."""
        self._left = left
        self._show_left()

    @Slot()
    def _category_changed(self) -> None:
        now = self.category_ids()
        if now != self._seen:
            self._seen = now
            self.categories_changed.emit()
        self._show_left()

    @Slot()
    def _sum_up(self) -> None:
        total = self.total_fen
        self.total.setText(f"合计 ¥{money(total)}")
        self.capitals.set_text(capitals(total, self._style) if 0 < total <= MAX_FEN else "")
        self._show_left()
        self.totalled.emit(total)

    def _show_left(self) -> None:
        taken: dict[int, int] = {}
        for grid_row in self.rows:
            category = grid_row["category_id"].value()
            if category is not None:
                taken[category] = taken.get(category, 0) + (grid_row["amount_fen"].value() or 0)
        for grid_row in self.rows:
            show_left(grid_row.extra["!left"], grid_row["category_id"].value(), self._left, taken)


def show_left(part: QLabel, category: int | None, left: Mapping[int, int | None], taken: Mapping[int, int]) -> None:
    """What is left of the budget after this claim, in red and in words where it is too little."""
    text, tip, role = "", "", "second"
    if category is not None and category in left:
        before = left[category]
        if before is None:
            text, tip, role = "无预算", "这个科目今年没有编预算", "hint"
        else:
            after = before - taken.get(category, 0)
            state = "余" if after >= 0 else "超"
            used = money(taken.get(category, 0))
            tip = f"报销前余 ¥{money(before)}，这张单用 ¥{used}，报销后{state} ¥{money(abs(after))}"
            text = short_money(after) if after >= 0 else f"超 {short_money(-after)}"
            role = "second" if after >= 0 else "error"
    part.setText(text)
    part.setToolTip(tip)
    if part.property("role") != role:
        part.setProperty("role", role)
        theme.restyle(part)


def _positive(fen: int) -> str | None:
    return None if fen > 0 else "金额要大于 0"
