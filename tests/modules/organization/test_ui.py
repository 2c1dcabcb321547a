"""Pages of the organization: the right command with the right input, refusals at the field, reveals on record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.audit_words import audit_words
from dangxiao_houqin.app.modules import all_permissions
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.domain import FirstRun, SaveDepartment, SaveStaff
from dangxiao_houqin.modules.organization.models import UserAccount
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.organization.ui.audit_page import AuditDialog, AuditPage
from dangxiao_houqin.modules.organization.ui.role_dialog import RoleDialog
from dangxiao_houqin.modules.organization.ui.staff_dialogs import DepartmentsDialog, StaffDialog
from dangxiao_houqin.modules.organization.ui.staff_page import StaffPage
from dangxiao_houqin.modules.organization.ui.user_dialogs import UserDialog
from dangxiao_houqin.modules.organization.ui.users_page import UsersPage
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk

pytestmark = pytest.mark.sqlite_only
QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
BOSS = Actor.system("周启明")


@pytest.fixture
def desk(qapp: QApplication, db: Database) -> Iterator[Desk]:
    theme.apply(qapp)
    with unit_of_work(db, BOSS, "organization.first_run") as ctx:
        services.first_run(
            ctx, FirstRun("中共岚溪县委党校", "", "admin", "周启明", "Lanxi2026"), BUILTIN_ROLES, hashing=QUICK
        )
        office = services.save_department(ctx, SaveDepartment("后勤科"))
        services.save_staff(ctx, SaveStaff("褚喆", office, post="公寓管理员", phone="13900001234"))

    def open_unit(action: str, **options: Any) -> AbstractContextManager[Any]:
        return unit_of_work(db, BOSS, action, **options)

    runner = InstantRunner(open_unit, answer=True)
    yield Desk(runner, BOSS, permission_groups=all_permissions(), audit_words=audit_words)
    runner.shutdown()


def opened(kind: type[Any]) -> Any:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def rows(db: Database, query: Any) -> Any:
    with unit_of_work(db, BOSS, "test", read_only=True) as ctx:
        return query(ctx, ListQuery()).rows


def test_new_user_through_the_form(qtbot: QtBot, desk: Desk, db: Database) -> None:
    page = UsersPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.add_user()
    form = opened(UserDialog).form
    form["display_name"].set_value("李婷")
    form["login"].set_value("ADMIN")
    form["password"].set_value("Liting2026")
    opened(UserDialog).primary.click()
    assert "请至少选择一项" in form["role_ids"].error
    clerk = next(role.id for role in rows(db, queries.list_roles) if role.name == "住宿管理员")
    form["role_ids"].set_value((clerk,))
    opened(UserDialog).primary.click()
    assert form["login"].error == "这个登录名已被使用，请换一个。"
    form["login"].set_value("liting")
    opened(UserDialog).primary.click()
    saved = next(row for row in rows(db, queries.list_users) if row.login == "liting")
    assert (saved.display_name, saved.roles, saved.must_change_password) == ("李婷", "住宿管理员", True)
    assert page.users.model.total == 2, "the list shows the new user"


def test_menu_of_a_user_offers_what_is_possible(qtbot: QtBot, desk: Desk, db: Database) -> None:
    page = UsersPage(desk)
    qtbot.addWidget(page)
    page.show()
    menu = QMenu()
    qtbot.addWidget(menu)
    page._user_menu(list(rows(db, queries.list_users)), menu)
    assert [a.text() for a in menu.actions()] == ["修改…", "重置密码…", "删除…"]
    with unit_of_work(db, BOSS, "test") as ctx:
        ctx.session.query(UserAccount).one().last_login_at = ctx.now()
    menu.clear()
    page._user_menu(list(rows(db, queries.list_users)), menu)
    assert [a.text() for a in menu.actions()] == ["修改…", "重置密码…"]


def test_role_dialog_gives_and_takes_rights(qtbot: QtBot, desk: Desk, db: Database) -> None:
    page = UsersPage(desk)
    qtbot.addWidget(page)
    page.show()
    teacher = next(role for role in rows(db, queries.list_roles) if role.name == "班主任")
    page.open_role(teacher)
    dialog = opened(RoleDialog)
    group = next(key for key, field in dialog.form.fields.items() if field.title == "组织")
    dialog.form[group].set_value(("organization.audit",))
    dialog.primary.click()
    after = next(role for role in rows(db, queries.list_roles) if role.name == "班主任")
    assert "organization.audit" in after.permissions
    assert "organization.staff_view" not in after.permissions
    assert "training.edit" in after.permissions
    page.open_role(next(role for role in rows(db, queries.list_roles) if role.unlimited))
    assert not opened(RoleDialog).primary.isVisible()


def test_departments_are_added_renamed_moved_and_refused(qtbot: QtBot, desk: Desk, db: Database) -> None:
    dialog = DepartmentsDialog(desk.runner)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.name.edit.setText("教务科")
    qtbot.keyClick(dialog.name.edit, Qt.Key.Key_Return)
    assert [row.name for row in rows(db, queries.list_departments)] == ["后勤科", "教务科"]
    dialog.up.click()
    assert [row.name for row in rows(db, queries.list_departments)] == ["教务科", "后勤科"]
    dialog.list.item(0).setText("教学科")
    assert rows(db, queries.list_departments)[0].name == "教学科"
    dialog.list.setCurrentRow(1)
    dialog.delete.click()
    assert "还有 1 名职工" in dialog.bar.text
    dialog.list.setCurrentRow(0)
    dialog.delete.click()
    assert [row.name for row in rows(db, queries.list_departments)] == ["后勤科"]


def test_new_staff_through_the_form(qtbot: QtBot, desk: Desk, db: Database) -> None:
    page = StaffPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.new.click()
    dialog = opened(StaffDialog)
    dialog.primary.click()
    assert dialog.form["name"].error == "请填写姓名"
    dialog.form["name"].set_value("单雪松")
    dialog.primary.click()
    page.table.set_search("sxs")
    assert page.table.model.total == 1


def test_showing_phones_is_on_record(qtbot: QtBot, desk: Desk, db: Database) -> None:
    page = StaffPage(desk)
    qtbot.addWidget(page)
    page.show()
    column = [c.key for c in page.table.model.columns].index("phone")
    index = page.table.model.index(0, column)
    assert index.data() == "139****1234"
    page.eye.click()
    assert page.table.model.index(0, column).data() == "13900001234"
    with unit_of_work(db, BOSS, "test", read_only=True) as ctx:
        entry = ctx.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
        assert entry is not None
        assert (entry.action, entry.label) == ("core.reveal_personal", "职工名单的联系电话")
    page.eye.click()
    assert page.table.model.index(0, column).data() == "139****1234"


def test_audit_page_lists_filters_and_opens_an_entry(qtbot: QtBot, desk: Desk) -> None:
    page = AuditPage(desk)
    qtbot.addWidget(page)
    page.show()
    everything = page.table.model.total
    page.open_target({"of": Ref("staff_member", 1)})
    assert page.table.model.total == 1 < everything
    page.open_row(page.table.model.row(0))
    assert opened(AuditDialog)
    page.first.set_value(None)
