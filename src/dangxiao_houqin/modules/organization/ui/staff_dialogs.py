"""Dialogs for a person who works here and for the departments."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.domain import (
    DepartmentRow,
    EmploymentType,
    SaveDepartment,
    SaveStaff,
    StaffRow,
)
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, TextField
from dangxiao_houqin.ui.messages import MessageBar
from dangxiao_houqin.ui.widgets import button, column, label, row


class StaffDialog(FormDialog):
    """Create or change a person."""

    def __init__(
        self,
        runner: Runner,
        staff: StaffRow | None,
        departments: Sequence[DepartmentRow],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            runner,
            "登记职工" if staff is None else "修改职工",
            parent,
            draft="" if staff is not None else "organization.staff.new",
            done_text="职工已保存",
        )
        self._staff = staff
        self.form.add(TextField("name", "姓名", required=True, max_length=60))
        self.form.add(ChoiceField("department_id", "部门", [(d.id, d.name) for d in departments]))
        kinds = [(kind, kind.value) for kind in EmploymentType]
        self.form.add(ChoiceField("employment_type", "编制类型", kinds, required=True))
        self.form.add(TextField("post", "岗位", max_length=60, placeholder="如 公寓管理员"))
        self.phone = TextField("phone", "联系电话", max_length=30)
        self.form.add(self.phone)
        self.form.add(CheckField("active", "状态", "在岗（离岗后不再出现在选择名单里）"))
        if staff is None:
            self.form.set_values({"active": True, "employment_type": EmploymentType.PERMANENT})
            return
        self.form.set_values(
            {
                "name": staff.name,
                "department_id": staff.department_id,
                "employment_type": EmploymentType(staff.employment_type),
                "post": staff.post,
                "phone": staff.phone,
                "active": staff.active,
            }
        )
        if "*" in staff.phone:
            self.phone.set_read_only(True)
            self.phone.set_help("您没有查看完整电话的权限，保存时保持不变。")

    def submit(self) -> None:
        values = self.form.values()
        staff = self._staff
        if staff is not None and "*" in staff.phone:
            values["phone"] = None
        cmd = SaveStaff(staff_id=staff.id if staff else None, version=staff.version if staff else None, **values)
        self.run(services.save_staff, cmd)


class DepartmentsDialog(QDialog):
    """All departments: add, rename, delete, drag into the office's order."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runner = runner
        self.setWindowTitle("部门")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(480, 520)
        self.bar = MessageBar()
        self.list = QListWidget()
        self.list.setAccessibleName("部门，按顺序")
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.name = TextField("name", "部门名称", max_length=60, placeholder="新部门的名称，按 Enter 增加")
        self.add = button("增加", self._add, icon="plus", kind="primary")
        self.up = button("上移", self._up, icon="arrow-up", shortcut="Alt+Up")
        self.down = button("下移", self._down, icon="arrow-down", shortcut="Alt+Down")
        self.delete = button("删除", self._delete, icon="trash-2")
        close = button("完成", self.accept)
        self.name.edit.returnPressed.connect(self._add)
        top = row(self.name, self.add, spacing=8)
        top.setStretch(0, 1)
        top.setAlignment(self.add, Qt.AlignmentFlag.AlignTop)
        layout = column(
            label("部门", "pageTitle"),
            label("拖动或用 Alt+↑↓ 调整顺序；双击改名。表格和单子按这个顺序排列。", "second", wrap=True),
            top,
            self.list,
            self.bar,
            row(self.up, self.down, self.delete, None, close, spacing=8),
            spacing=10,
        )
        layout.setContentsMargins(28, 24, 28, 20)
        self.setLayout(layout)
        self._rows: dict[int, DepartmentRow] = {}
        self._filling = False
        self._keep: int | None = None
        self.list.itemChanged.connect(self._renamed)
        self.list.model().rowsMoved.connect(self._moved)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the departments anew."""
        self.runner.query(queries.list_departments, ListQuery(limit=None), ok=self._show, fail=self._failed)

    @Slot(object)
    def _show(self, found: Listing[DepartmentRow]) -> None:
        self._filling = True
        self._rows = {entry.id: entry for entry in found.rows}
        self.list.clear()
        for entry in found.rows:
            item = QListWidgetItem(entry.name)
            item.setData(Qt.ItemDataRole.UserRole, entry.id)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            item.setToolTip(f"在岗 {entry.people} 人")
            self.list.addItem(item)
            if entry.id == self._keep:
                self.list.setCurrentItem(item)
        self._filling = False

    @Slot()
    def _add(self) -> None:
        if self.name.value():
            cmd = SaveDepartment(self.name.value())
            self.runner.command(services.save_department, cmd, ok=self._added, fail=self._failed)

    @Slot(object)
    def _added(self, department_id: int) -> None:
        self._keep = department_id
        self.name.set_value("")
        self._done(None)

    @Slot(QListWidgetItem)
    def _renamed(self, item: QListWidgetItem) -> None:
        if self._filling:
            return
        old = self._rows[item.data(Qt.ItemDataRole.UserRole)]
        if item.text().strip() == old.name:
            return
        self._keep = old.id
        cmd = SaveDepartment(item.text(), old.id, old.version)
        self.runner.command(services.save_department, cmd, ok=self._done, fail=self._failed)

    @Slot()
    def _moved(self) -> None:
        if not self._filling:
            ids = [self.list.item(place).data(Qt.ItemDataRole.UserRole) for place in range(self.list.count())]
            self.runner.command(services.reorder_departments, ids, ok=self._done, fail=self._failed)

    @Slot()
    def _up(self) -> None:
        self._shift(-1)

    @Slot()
    def _down(self) -> None:
        self._shift(1)

    def _shift(self, step: int) -> None:
        place = self.list.currentRow()
        target = place + step
        if place < 0 or not 0 <= target < self.list.count():
            return
        ids = [self.list.item(number).data(Qt.ItemDataRole.UserRole) for number in range(self.list.count())]
        self._keep = ids[place]
        ids[place], ids[target] = ids[target], ids[place]
        self.runner.command(services.reorder_departments, ids, ok=self._done, fail=self._failed)

    @Slot()
    def _delete(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            entry = self._rows[item.data(Qt.ItemDataRole.UserRole)]
            self.runner.command(services.delete_department, entry.id, entry.version, ok=self._done, fail=self._failed)

    @Slot(object)
    def _done(self, _result: object) -> None:
        self.bar.clear()
        self.reload()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        if isinstance(error, AppError):
            self.bar.say(str(error), messages.tone_of(error))
            self._show(Listing(tuple(self._rows.values()), len(self._rows)))
        else:
            messages.show(self, error)

    def done(self, result: int) -> None:
        self.runner.drop(self)
        super().done(result)
