"""Home units in the fixed order in which they appear on every list."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.columns import UNIT_COLUMNS
from dangxiao_houqin.modules.training.domain import EDIT, UnitRow
from dangxiao_houqin.modules.training.queries import list_units
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField, TextField
from dangxiao_houqin.ui.table import Empty, TablePage


class UnitDialog(FormDialog):
    """Add a unit (``unit`` None), rename one, or put it at another place of the order."""

    def __init__(self, runner: Runner, parent: QWidget | None, unit: UnitRow | None = None) -> None:
        super().__init__(
            runner,
            "修改单位" if unit else "添加单位",
            parent,
            subtitle="单位按固定顺序出现在各种名单里；新单位排在最后。",
            done_text="已保存单位",
        )
        self._unit = unit
        self.form.add(TextField("name", "单位名称", required=True, max_length=100))
        if unit is not None:
            self.form.add(NumberField("place", "排在第几位", required=True, minimum=1))
            self.form.set_values({"name": unit.name, "place": unit.rank_order})
            self.form.mark_clean()

    def submit(self) -> None:
        values = self.form.values()
        if self._unit is None:
            self.run(_add, values["name"])
        else:
            self.run(_change, self._unit, values["name"], int(values["place"]))


def _add(ctx: Any, name: str) -> None:
    services.save_unit(ctx, name)


def _change(ctx: Any, unit: UnitRow, name: str, place: int) -> None:
    services.save_unit(ctx, name, unit_id=unit.id, version=unit.version)
    if place != unit.rank_order:
        services.move_unit(ctx, unit.id, place)


class UnitsPage(TablePage):
    """The order is the office's own; a new unit found in a roster comes last."""

    title = "单位排序"
    context = "名单按“单位”列排序时用这里的顺序；导入名单时遇到的新单位自动排在最后"
    watches = frozenset({"home_unit", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "training.units",
            UNIT_COLUMNS,
            list_units,
            _id,
            search="单位名称 / 拼音",
            unit="个单位",
            empty=Empty("还没有单位", "导入名单时会自动加入；也可以先按顺序添加。", "添加单位", "landmark"),
        )
        self._may_edit = desk.can(EDIT)
        self.add_action("添加单位", self.add_unit, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may_edit)

    @Slot()
    def add_unit(self) -> None:
        UnitDialog(self.runner, self).open()

    def first_step(self) -> None:
        if self._may_edit:
            self.add_unit()

    def open_row(self, row: UnitRow) -> None:
        if self._may_edit:
            UnitDialog(self.runner, self, row).open()

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1 or not self._may_edit:
            return
        menu.addAction(icons.icon("arrow-up"), "上移一位", self._up)
        menu.addAction(icons.icon("arrow-down"), "下移一位", self._down)
        menu.addAction(icons.icon("pencil"), "改名或改排序", self._edit)

    @Slot()
    def _up(self) -> None:
        self._shift(-1)

    @Slot()
    def _down(self) -> None:
        self._shift(1)

    def _shift(self, by: int) -> None:
        row: UnitRow = self.table.selected_rows()[0]
        self.command(services.move_unit, row.id, max(1, row.rank_order + by))

    @Slot()
    def _edit(self) -> None:
        self.open_row(self.table.selected_rows()[0])


def _id(row: UnitRow) -> int:
    return row.id
