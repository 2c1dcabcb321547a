"""部门与职工: the office's departments in their order, and the people who work here."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.columns import STAFF_COLUMNS
from dangxiao_houqin.modules.organization.domain import STAFF_EDIT, DepartmentRow, EmploymentType, StaffRow
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.table import Empty, TablePage
from dangxiao_houqin.ui.widgets import tool_button

from .staff_dialogs import DepartmentsDialog, StaffDialog


class StaffPage(TablePage):
    """The list of staff; departments are kept in a dialog."""

    title = "部门与职工"
    context = "后勤和教务人员名单，可按拼音查找；电话默认隐藏中间四位"
    watches = frozenset({"staff_member", "department"})

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(
            desk.runner,
            "organization.staff",
            STAFF_COLUMNS,
            queries.list_staff,
            _row_id,
            unit="人",
            filters=(
                Filter("department_id", "部门"),
                Filter("employment_type", "编制", tuple((kind.value, kind.value) for kind in EmploymentType)),
                Filter("active", "状态", ((True, "在岗"), (False, "已离岗")), initial=True),
            ),
            empty=Empty(
                "还没有职工",
                "先建部门，再登记职工；班主任和用户账号可以从这里选人。",
                "登记职工" if desk.can(STAFF_EDIT) else "",
                icon="id-card",
            ),
        )
        may_edit = desk.can(STAFF_EDIT)
        self.departments_button = self.add_action("部门…", self.open_departments, icon="building-2")
        self.new = self.add_action("登记职工", self.add, icon="user-plus", primary=True, shortcut="Ctrl+N")
        self.new.setVisible(may_edit)
        self.departments_button.setVisible(may_edit)
        self.eye = tool_button("eye", "显示完整电话（会记入日志）", self._reveal)
        self.eye.setCheckable(True)
        if not desk.can(REVEAL_PERSONAL):
            self.eye.hide()
        self.table.add_tool(self.eye)
        self._chosen: Any = None
        self._departments: tuple[DepartmentRow, ...] = ()

    def reload(self) -> None:
        super().reload()
        self.query(queries.list_departments, ListQuery(limit=None), ok=self._departments_read)

    @Slot(object)
    def _departments_read(self, found: Listing[DepartmentRow]) -> None:
        self._departments = found.rows
        self.table.set_filter_choices("department_id", [(row.id, row.name) for row in found.rows])

    # ------------------------------------------------------------------ actions
    @Slot()
    def add(self) -> None:
        """Open the form for a new person."""
        StaffDialog(self.runner, None, self._departments, self).open()

    def first_step(self) -> None:
        self.add()

    def open_row(self, row: StaffRow) -> None:
        if self.desk.can(STAFF_EDIT):
            self.runner.command(_read_for_edit, row.id, ok=self._edit, action="organization.edit_staff")

    @Slot(object)
    def _edit(self, row: StaffRow) -> None:
        StaffDialog(self.runner, row, self._departments, self).open()

    @Slot()
    def open_departments(self) -> None:
        """Open the list of departments."""
        DepartmentsDialog(self.runner, self).open()

    def fill_menu(self, rows: list[StaffRow], menu: QMenu) -> None:
        if len(rows) != 1 or not self.desk.can(STAFF_EDIT):
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "修改…", self._edit_chosen)
        menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete)

    @Slot()
    def _edit_chosen(self) -> None:
        self.open_row(self._chosen)

    @Slot()
    def _ask_delete(self) -> None:
        messages.ask(
            self,
            f"删除职工“{self._chosen.name}”？离开单位的人请改为“已离岗”，这里只用于删除登记错的人。",
            done=self._delete,
            title="删除职工",
            yes="删除职工",
            danger=True,
        )

    @Slot(bool)
    def _delete(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_staff, self._chosen.id, self._chosen.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.toast(f"已删除{self._chosen.name}")

    # ------------------------------------------------------------------ personal data
    @Slot()
    def _reveal(self) -> None:
        if not self.eye.isChecked():
            self.table.set_reveal(False)
            return
        self.command(services.record_reveal, "职工名单的联系电话", "staff_member", ok=self._revealed)

    @Slot(object)
    def _revealed(self, _nothing: object) -> None:
        self.table.set_reveal(True)


def _read_for_edit(ctx: Any, staff_id: int) -> StaffRow:
    """The person as the form shows it; a phone shown in full is noted."""
    row = queries.get_staff(ctx, staff_id)
    if row.phone and ctx.can(REVEAL_PERSONAL):
        services.record_reveal(ctx, f"{row.name}的联系电话", "staff_member", staff_id)
    return row


def _row_id(row: StaffRow) -> int:
    return row.id
