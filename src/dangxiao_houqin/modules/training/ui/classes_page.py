"""All classes; a double click opens the roster."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.columns import CLASS_COLUMNS
from dangxiao_houqin.modules.training.domain import CLASS_MOVES, EDIT, ClassRow, ClassStatus
from dangxiao_houqin.modules.training.queries import list_classes
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

from .class_dialog import ClassDialog

MOVE_WORDS = {
    ClassStatus.PLANNED: ("恢复为计划中", "rotate-ccw"),
    ClassStatus.RUNNING: ("开班", "play"),
    ClassStatus.FINISHED: ("结业", "flag"),
    ClassStatus.CANCELLED: ("取消班次", "ban"),
}


class ClassesPage(TablePage):
    """The year's classes with their numbers."""

    title = "培训班次"
    context = "双击班次查看名单；自动分房、打印都从名单页开始"
    watches = frozenset({"training_class", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "training.classes",
            CLASS_COLUMNS,
            list_classes,
            _id,
            search="班次名称 / 拼音 / 编号",
            filters=(
                Filter("status", "状态", tuple((s.value, s.label) for s in ClassStatus), all_text="全部状态"),
                Filter("on", "日期", all_text="不限日期"),
            ),
            unit="个班次",
            empty=Empty("还没有班次", "先新建一个班次，再导入学员名单。", "新建班次", "graduation-cap"),
        )
        self._desk = desk
        self._may_edit = desk.can(EDIT)
        self.add_action("单位排序", self.to_units, icon="list", tooltip="各种名单里单位的先后顺序")
        self.add_action(
            "新建班次", self.new_class, icon="plus", primary=True, shortcut="Ctrl+N", enabled=self._may_edit
        )

    def reload(self) -> None:
        self.query(_today, ok=self._have_today)
        super().reload()

    @Slot(object)
    def _have_today(self, today: date) -> None:
        self._offer_days(today, self.table.filters.values().get("on"))

    def _offer_days(self, *days: date | None) -> None:
        offered = dict.fromkeys(day for day in days if day is not None)
        self.table.set_filter_choices("on", [(day, f"{day:%m-%d} 在训") for day in offered])

    @Slot()
    def to_units(self) -> None:
        """The order of the home units."""
        self._desk.go("training.units")

    def open_target(self, target: Any) -> None:
        """``{"on": date}``: the classes in session on that day."""
        if isinstance(target, dict):
            self.table.set_search("")
            self.table.set_filter("status", None)
            self._offer_days(target.get("on"))
            self.table.set_filter("on", target.get("on"))

    @Slot()
    def new_class(self) -> None:
        dialog = ClassDialog(self.runner, self)
        dialog.saved.connect(self._created)
        dialog.open()

    @Slot(object)
    def _created(self, school: ClassRow) -> None:
        self._desk.open(Ref("training_class", school.id))

    def first_step(self) -> None:
        if self._may_edit:
            self.new_class()

    def open_row(self, row: ClassRow) -> None:
        self._desk.open(Ref("training_class", row.id))

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        row: ClassRow = rows[0]
        menu.addAction(icons.icon("users"), "查看名单", self._open_current)
        edit = menu.addAction(icons.icon("pencil"), "修改班次", self._edit_current)
        edit.setEnabled(self._may_edit)
        menu.addSeparator()
        for status in sorted(CLASS_MOVES[row.status]):
            text, icon = MOVE_WORDS[status]
            if row.status is ClassStatus.FINISHED:
                text, icon = "恢复为培训中", "rotate-ccw"
            action = menu.addAction(icons.icon(icon), text, self._move_current)
            action.setData((row.id, row.version, status))
            action.setEnabled(self._may_edit)

    @Slot()
    def _open_current(self) -> None:
        self.open_row(self.table.selected_rows()[0])

    @Slot()
    def _edit_current(self) -> None:
        ClassDialog(self.runner, self, self.table.selected_rows()[0]).open()

    @Slot()
    def _move_current(self) -> None:
        class_id, version, status = self.sender().data()  # type: ignore[attr-defined]
        self.command(services.set_class_status, class_id, version, status, ok=self._moved)

    @Slot(object)
    def _moved(self, row: ClassRow) -> None:
        self.toast(f"{row.name}：{row.status.label}")


def _today(ctx: Ctx) -> date:
    return ctx.today()


def _id(row: ClassRow) -> int:
    return row.id
