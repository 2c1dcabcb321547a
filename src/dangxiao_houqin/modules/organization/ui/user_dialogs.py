"""Dialogs for one login: its data and roles, and a new first password."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.domain import SaveUser, UserRow
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import CheckField, ChoiceField, MultiChoiceField, PasswordField, TextField


def _choices(ctx: Any) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """Roles and staff to choose from."""
    roles = queries.list_roles(ctx, ListQuery(limit=None)).rows
    return tuple((role.id, role.name) for role in roles), queries.staff_choices(ctx)


class UserDialog(FormDialog):
    """Create or change a login; the roles come from the database before the form can be filled in."""

    def __init__(self, runner: Runner, row: UserRow | None, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "新建用户" if row is None else "修改用户",
            parent,
            subtitle="首次登录时必须修改密码" if row is None else f"登录名 {row.login}",
            done_text="用户已保存",
        )
        self._row = row
        self._parent = parent
        self.primary.setEnabled(False)
        runner.query(_choices, ok=self._fill, fail=self.take_error)

    @Slot(object)
    def _fill(self, found: Any) -> None:
        roles, staff = found
        form, row = self.form, self._row
        form.add(TextField("display_name", "姓名", required=True, max_length=60))
        form.add(TextField("login", "登录名", required=True, max_length=40))
        if row is None:
            form.add(PasswordField("password", "初始密码", required=True, strength=True))
        form.add(MultiChoiceField("role_ids", "角色", roles, per_row=3, required=True))
        form.add(ChoiceField("staff_id", "对应职工", staff, help="可以不填；填了便于知道是谁。"))
        form.add(CheckField("active", "状态", "启用（停用后不能登录，记录保留）"))
        form.set_values(
            {"active": True}
            if row is None
            else {
                "display_name": row.display_name,
                "login": row.login,
                "role_ids": row.role_ids,
                "staff_id": row.staff_id,
                "active": row.active,
            }
        )
        self.primary.setEnabled(True)
        QTimer.singleShot(0, self._settle)

    @Slot()
    def _settle(self) -> None:
        """The fields came after the dialog was shown: make room for them."""
        self._grow()
        self.form.focus_first()

    def submit(self) -> None:
        values = self.form.values()
        row = self._row
        cmd = SaveUser(user_id=row.id if row else None, version=row.version if row else None, **values)
        self.run(services.save_user, cmd)


class ResetPasswordDialog(FormDialog):
    """A new first password for somebody who forgot the old one."""

    def __init__(self, runner: Runner, row: UserRow, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "重置密码",
            parent,
            subtitle=f"{row.display_name}（{row.login}）下次登录时必须改成自己的密码",
            primary="重置",
            width=480,
        )
        self._row = row
        self.form.add(PasswordField("password", "临时密码", required=True, strength=True))

    def submit(self) -> None:
        values = self.form.values()
        self.run(services.reset_password, self._row.id, self._row.version, values["password"])

    @Slot(object)
    def take_result(self, result: object) -> None:
        messages.toast(self, f"已重置，请把临时密码告诉{self._row.display_name}")
        super().take_result(result)
