"""The people of a class: import, add, order, print, and on to the beds."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training import services
from dangxiao_houqin.modules.training.columns import ENROLLMENT_COLUMNS
from dangxiao_houqin.modules.training.domain import EDIT, IMPORT, ClassRow, EnrollmentRow
from dangxiao_houqin.modules.training.queries import get_enrollment, list_class_choices, list_enrollments
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.document_menu import DocumentMenu
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage

from .class_dialog import ClassDialog
from .enrollment_dialog import EnrollmentDialog
from .import_dialog import ImportDialog
from .order_dialog import OrderDialog


def _class_of(ctx: Ctx, enrollment_id: int) -> EnrollmentRow:
    return get_enrollment(ctx, enrollment_id)


class RosterPage(TablePage):
    """One class at a time (or everybody); phones masked."""

    title = "学员名单"
    watches = frozenset({"training_class", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk.runner,
            "training.roster",
            ENROLLMENT_COLUMNS,
            list_enrollments,
            _id,
            filters=(
                Filter("class_id", "班次", all_text="全部班次", anchor=True),
                Filter("sex", "性别", (("男", "男"), ("女", "女")), inline=True),
            ),
            unit="人",
            empty=Empty("这个班还没有学员", "把各单位报来的 Excel 名单直接导入即可。", "导入名单", "users"),
        )
        self._desk = desk
        self._classes: dict[int, ClassRow] = {}
        self._wanted: int | None = None
        self._find: str = ""
        may_edit = desk.can(EDIT)
        self.documents = DocumentMenu(desk)
        self.action_row.addWidget(self.documents)
        self._add = self.add_action("添加学员", self.add_person, icon="user-plus", enabled=may_edit)
        self._beds = self.add_action("自动分房", self.assign_beds, icon="wand-sparkles")
        self._import = self.add_action(
            "导入名单", self.import_roster, icon="file-spreadsheet", primary=True, shortcut="Ctrl+I"
        )
        self._import.setEnabled(desk.can(IMPORT))
        self.table.filters.changed.connect(self._class_changed)
        self._show_class()

    # ------------------------------------------------------------------ which class
    def reload(self) -> None:
        self.query(list_class_choices, ok=self._have_classes)
        super().reload()

    @Slot(object)
    def _have_classes(self, classes: tuple[ClassRow, ...]) -> None:
        self._classes = {row.id: row for row in classes}
        self.table.set_filter_choices("class_id", [(row.id, f"{row.code} {row.name}") for row in classes])
        if self._wanted is not None and self._wanted in self._classes:
            wanted, self._wanted = self._wanted, None
            self.table.set_filter("class_id", wanted)
        self._show_class()

    def open_target(self, target: Any) -> None:
        """A class, a person (shown among his class), or ``{"class_id": …}`` from another page."""
        if isinstance(target, Ref) and target.kind == "enrollment":
            self.query(_class_of, target.id, ok=self._open_person)
        else:
            self.show_class(target.id if isinstance(target, Ref) else target["class_id"])

    @Slot(object)
    def _open_person(self, row: EnrollmentRow) -> None:
        self.show_class(row.class_id)
        self.table.set_search(row.name)

    def show_class(self, class_id: int) -> None:
        """Show one class; its name is known when the list of classes has arrived."""
        self._wanted = class_id
        if self.table.query.search:
            self.table.set_search("")
        self.query(list_class_choices, ok=self._have_classes)

    @property
    def school(self) -> ClassRow | None:
        """The class shown, None for all."""
        return self._classes.get(self.table.filters.values().get("class_id", -1))

    @Slot(dict)
    def _class_changed(self, _values: dict[str, Any]) -> None:
        self._show_class()

    def _show_class(self) -> None:
        school = self.school
        self.documents.set_class(school.id if school else None, school.name if school else "")
        self._add.setEnabled(school is not None and self._desk.can(EDIT))
        self._beds.setEnabled(school is not None and school.lodging)
        self._import.setEnabled(self._desk.can(IMPORT) and school is not None)
        if school is None:
            self.set_context("选择一个班次，再导入名单、分房和打印；电话默认隐去中间四位")
        else:
            men = f"住宿 {school.lodgers} 人" if school.lodging else "不安排住宿"
            self.set_context(
                f"{school.kind} · {school.start:%Y-%m-%d} 至 {school.end:%m-%d} · {school.enrolled} 人，{men}"
            )

    # ------------------------------------------------------------------ actions
    @Slot()
    def import_roster(self) -> None:
        if self.school is not None:
            ImportDialog(self._desk, self, self.school).open()

    def first_step(self) -> None:
        if self.school is not None:
            self.import_roster()
        else:
            self._desk.go("training.classes")

    @Slot()
    def add_person(self) -> None:
        if self.school is not None:
            EnrollmentDialog(self._desk, self, self.school.id).open()

    @Slot()
    def assign_beds(self) -> None:
        if self.school is not None:
            self._desk.go("accommodation.proposal", class_id=self.school.id)

    def open_row(self, row: EnrollmentRow) -> None:
        if self._desk.can(EDIT):
            EnrollmentDialog(self._desk, self, row.class_id, row.id).open()

    def fill_menu(self, rows: list[Any], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        may_edit = self._desk.can(EDIT)
        menu.addAction(icons.icon("pencil"), "修改学员", self._edit_current).setEnabled(may_edit)
        menu.addAction(icons.icon("eye"), "显示完整电话", self._reveal).setEnabled(self._desk.can(REVEAL_PERSONAL))
        menu.addAction(icons.icon("list"), "调整名单顺序", self._order).setEnabled(may_edit)
        menu.addAction(icons.icon("settings"), "修改班次", self._edit_class).setEnabled(may_edit)
        menu.addSeparator()
        menu.addAction(icons.icon("user-x"), "移出名单", self._withdraw).setEnabled(may_edit)

    @Slot()
    def _edit_current(self) -> None:
        self.open_row(self.table.selected_rows()[0])

    @Slot()
    def _edit_class(self) -> None:
        school = self._classes.get(self.table.selected_rows()[0].class_id)
        if school is not None:
            ClassDialog(self.runner, self, school).open()

    @Slot()
    def _order(self) -> None:
        OrderDialog(self.runner, self, self.table.selected_rows()[0]).open()

    @Slot()
    def _reveal(self) -> None:
        self.command(services.reveal_enrollment, self.table.selected_rows()[0].id, ok=self._revealed)

    @Slot(object)
    def _revealed(self, row: EnrollmentRow) -> None:
        self.toast(f"{row.name}：{row.phone or '没有登记电话'}（查看已记录）", tone="primary")

    @Slot()
    def _withdraw(self) -> None:
        row: EnrollmentRow = self.table.selected_rows()[0]
        self.command(services.withdraw_enrollment, row.id, row.version, ok=self._withdrawn)

    @Slot(object)
    def _withdrawn(self, _nothing: object) -> None:
        self.toast("已移出名单")


def _id(row: EnrollmentRow) -> int:
    return row.id
