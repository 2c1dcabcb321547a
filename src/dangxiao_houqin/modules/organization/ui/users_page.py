"""用户与角色: who may come in, and what each role may do."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QTabWidget

from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.columns import ROLE_COLUMNS, USER_COLUMNS
from dangxiao_houqin.modules.organization.domain import RoleRow, UserRow
from dangxiao_houqin.ui import icons, messages
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card

from .role_dialog import RoleDialog
from .user_dialogs import ResetPasswordDialog, UserDialog


class UsersPage(Page):
    """Two lists: users and roles."""

    title = "用户与角色"
    context = "每人一个账号，权限由角色决定；修改后立即生效"
    watches = frozenset({"user_account", "role", "staff_member"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self.users = ListTable(
            desk.runner,
            "organization.users",
            USER_COLUMNS,
            queries.list_users,
            _row_id,
            title="用户",
            search="登录名 / 姓名 / 拼音",
            unit="个用户",
            filters=(Filter("active", "状态", ((True, "启用"), (False, "已停用")), initial=True),),
        )
        self.roles = ListTable(
            desk.runner,
            "organization.roles",
            ROLE_COLUMNS,
            queries.list_roles,
            _row_id,
            title="角色",
            search="角色名称",
            unit="个角色",
            empty=Empty("还没有角色"),
        )
        self.tabs = QTabWidget()
        self.tabs.addTab(self.users, "用户")
        self.tabs.addTab(self.roles, "角色与权限")
        self.tabs.setAccessibleName("用户与角色")
        for part in (self.users, self.roles):
            part.setContentsMargins(0, 12, 0, 0)
        card = Card()
        card.body.addWidget(self.tabs)
        self.body.addWidget(card, 1)
        self.new_role = self.add_action("新建角色", self.add_role, icon="shield")
        self.new_user = self.add_action("新建用户", self.add_user, icon="user-plus", primary=True, shortcut="Ctrl+N")
        self.users.opened.connect(self.open_user)
        self.users.menu_requested.connect(self._user_menu)
        self.roles.opened.connect(self.open_role)
        self.roles.menu_requested.connect(self._role_menu)
        self._chosen: Any = None

    def reload(self) -> None:
        self.users.refresh()
        self.roles.refresh()

    # ------------------------------------------------------------------ users
    @Slot()
    def add_user(self) -> None:
        """Open the form for a new login."""
        UserDialog(self.runner, None, self).open()

    @Slot(object)
    def open_user(self, row: UserRow) -> None:
        """Open the form of a login."""
        UserDialog(self.runner, row, self).open()

    def _user_menu(self, rows: list[UserRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "修改…", self._edit_chosen_user)
        menu.addAction(icons.icon("key-round"), "重置密码…", self._reset_chosen)
        if rows[0].locked_until is not None:
            menu.addAction(icons.icon("lock-open"), "解锁", self._unlock_chosen)
        if rows[0].last_login_at is None:
            menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete_user)

    @Slot()
    def _edit_chosen_user(self) -> None:
        self.open_user(self._chosen)

    @Slot()
    def _reset_chosen(self) -> None:
        ResetPasswordDialog(self.runner, self._chosen, self).open()

    @Slot()
    def _unlock_chosen(self) -> None:
        self.command(services.unlock_user, self._chosen.id, ok=self._unlocked)

    @Slot(object)
    def _unlocked(self, _nothing: object) -> None:
        self.toast("已解锁，可以再次登录")

    @Slot()
    def _ask_delete_user(self) -> None:
        messages.ask(
            self,
            f"删除用户“{self._chosen.display_name}”（{self._chosen.login}）？这个账号从未登录过，删除后不能恢复。",
            done=self._delete_user,
            title="删除用户",
            yes="删除用户",
            danger=True,
        )

    @Slot(bool)
    def _delete_user(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_user, self._chosen.id, self._chosen.version, ok=self._deleted)

    @Slot(object)
    def _deleted(self, _nothing: object) -> None:
        self.toast("已删除")

    # ------------------------------------------------------------------ roles
    @Slot()
    def add_role(self) -> None:
        """Open the form for a new role."""
        self.tabs.setCurrentWidget(self.roles)
        RoleDialog(self.runner, None, self.desk.permission_groups, self).open()

    @Slot(object)
    def open_role(self, row: RoleRow) -> None:
        """Open the form of a role."""
        RoleDialog(self.runner, row, self.desk.permission_groups, self).open()

    def _role_menu(self, rows: list[RoleRow], menu: QMenu) -> None:
        if len(rows) != 1:
            return
        self._chosen = rows[0]
        menu.addAction(icons.icon("pencil"), "查看和修改权限…", self._edit_chosen_role)
        if not rows[0].builtin:
            menu.addAction(icons.icon("trash-2"), "删除…", self._ask_delete_role)

    @Slot()
    def _edit_chosen_role(self) -> None:
        self.open_role(self._chosen)

    @Slot()
    def _ask_delete_role(self) -> None:
        messages.ask(
            self,
            f"删除角色“{self._chosen.name}”？",
            done=self._delete_role,
            title="删除角色",
            yes="删除角色",
            danger=True,
        )

    @Slot(bool)
    def _delete_role(self, yes: bool) -> None:
        if yes:
            self.command(services.delete_role, self._chosen.id, self._chosen.version, ok=self._deleted)


def _row_id(row: Any) -> int:
    found: int = row.id
    return found
