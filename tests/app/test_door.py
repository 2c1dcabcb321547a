"""Log in, be refused, change the first password, lock, unlock, log out: with the real windows and threads."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.login import LoginWindow
from dangxiao_houqin.app.main import Office
from dangxiao_houqin.app.sitting import Sitting
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import allow_ui_thread, unit_of_work
from dangxiao_houqin.modules.housekeeping.queries.rooms import people_here
from dangxiao_houqin.modules.organization.domain import SaveRole
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.services import save_role
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.messages import QuestionDialog

from .conftest import PASSWORD, dialogs

Start = Callable[..., Office]


def type_in(qtbot: QtBot, window: LoginWindow, login: str, password: str) -> None:
    """Fill in the door with the keyboard and press Enter."""
    window.login.edit.clear()
    qtbot.keyClicks(window.login.edit, login)
    qtbot.keyClick(window.login.edit, Qt.Key.Key_Return)
    qtbot.keyClicks(window.password.edit, password)
    qtbot.keyClick(window.password.edit, Qt.Key.Key_Return)


def come_in(qtbot: QtBot, office: Office) -> None:
    type_in(qtbot, office.login, "admin", PASSWORD)
    qtbot.waitUntil(lambda: office.shell is not None and office.shell.current_key == "app.dashboard", timeout=15000)


def test_keyboard_alone_gets_in(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    come_in(qtbot, office)
    assert office.shell is not None
    assert office.shell.user_button.text().strip() == "周启明"
    assert office.shell.windowTitle().startswith("岚溪党校")
    assert office.login is None
    assert settings.read("login/last") == "admin"
    assert not office.shell.demo_mark.isVisible()


def test_wrong_password_is_said_in_one_sentence_and_the_field_is_empty_again(
    qtbot: QtBot, start: Start, school_db: str
) -> None:
    office = start(school_db)
    type_in(qtbot, office.login, "admin", "wrong")
    qtbot.waitUntil(lambda: bool(office.login.bar.text), timeout=15000)
    assert office.login.bar.text == "登录名或密码不对，请重新输入。"
    assert office.login.password.value() == ""
    assert office.shell is None


def test_lockout_is_told_with_the_time(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    for number in range(5):
        type_in(qtbot, office.login, "admin", f"wrong{number}")
        qtbot.waitUntil(lambda: office.login.submit.isEnabled() and bool(office.login.bar.text), timeout=15000)
    type_in(qtbot, office.login, "admin", PASSWORD)
    qtbot.waitUntil(lambda: office.login.submit.isEnabled() and "已锁定" in office.login.bar.text, timeout=15000)
    assert "之后再试" in office.login.bar.text
    assert office.shell is None


def test_first_password_is_changed_at_the_door(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    type_in(qtbot, office.login, "liting", PASSWORD)
    qtbot.waitUntil(lambda: office.login.stack.currentIndex() == 1, timeout=15000)
    assert office.shell is None
    door = office.login
    qtbot.keyClicks(door.new.edit, "Liting-2026")
    qtbot.keyClicks(door.again.edit, "Liting-2027")
    door.send_change()
    assert door.again.error == "两次输入的密码不一样"
    door.again.edit.setText("Liting-2026")
    door.send_change()
    qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=15000)
    assert office.shell is not None
    keys = office.shell.sidebar.keys
    assert "places.rooms" in keys
    assert "organization.users" not in keys
    assert "organization.audit" not in keys


def test_lock_hides_everything_until_the_password(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    come_in(qtbot, office)
    assert office.shell is not None
    office.idle.timer.timeout.emit()  # nobody touched anything for so long
    assert not office.shell.isVisible()
    door = office.lock_window
    assert door.login.edit.isReadOnly()
    qtbot.keyClicks(door.password.edit, "wrong")
    door.send()
    qtbot.waitUntil(lambda: bool(door.bar.text), timeout=15000)
    assert not office.shell.isVisible()
    qtbot.keyClicks(door.password.edit, PASSWORD)
    door.send()
    qtbot.waitUntil(lambda: office.lock_window is None, timeout=15000)
    assert office.shell.isVisible()


def test_idle_watch_starts_with_the_office_setting(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    come_in(qtbot, office)
    assert office.idle.timer.isActive()
    assert office.idle.timer.interval() == 15 * 60_000


def test_log_out_leads_back_to_the_door(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    come_in(qtbot, office)
    assert office.shell is not None
    office.shell.log_out_asked.emit()
    qtbot.waitUntil(lambda: office.login is not None, timeout=15000)
    assert office.shell is None
    assert office.sitting.actor.user_id is None
    come_in(qtbot, office)


def test_rights_taken_away_take_effect_while_logged_in(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    type_in(qtbot, office.login, "liting", PASSWORD)
    qtbot.waitUntil(lambda: office.login.stack.currentIndex() == 1, timeout=15000)
    office.login.new.edit.setText("Liting-2026")
    office.login.again.edit.setText("Liting-2026")
    office.login.send_change()
    qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=15000)
    shell = office.shell
    assert shell is not None
    shell.show_page("places.rooms")
    other_desk(school_db)
    shell.page("places.rooms").reload_now()
    qtbot.waitUntil(lambda: "places.rooms" not in shell.sidebar.keys, timeout=15000)
    assert shell.current_key != "places.rooms"


def other_desk(path: str) -> None:
    """An administrator elsewhere leaves 住宿管理员 only the look at classes."""
    allow_ui_thread()
    db = Database(path)
    with unit_of_work(db, Actor.system(), "organization.save_role") as ctx:
        role = ctx.session.query(Role).filter(Role.name == "住宿管理员").one()
        save_role(ctx, SaveRole(role.name, frozenset({"training.view"}), role.id, role.version))
    db.close()


def test_disabled_user_meets_a_sentence(qtbot: QtBot, start: Start, school_db: str) -> None:
    db = Database(school_db)
    with unit_of_work(db, Actor.system(), "test") as ctx:
        ctx.session.query(UserAccount).filter(UserAccount.login == "liting").one().active = False
    db.close()
    office = start(school_db)
    type_in(qtbot, office.login, "liting", PASSWORD)
    qtbot.waitUntil(lambda: bool(office.login.bar.text), timeout=15000)
    assert "已停用" in office.login.bar.text


def test_a_database_that_cannot_be_opened_is_told_at_the_door(qtbot: QtBot, start: Start, tmp_path: object) -> None:
    office = start(f"{tmp_path}/nowhere.db")
    qtbot.waitUntil(lambda: bool(office.login.bar.text), timeout=15000)
    assert "没有找到数据库文件" in office.login.bar.text
    assert not office.login.submit.isEnabled()
    assert office.login.where.isVisible()


def test_demo_opens_logged_in_and_says_so(qtbot: QtBot, start: Start) -> None:
    office = start(None, demo=True, fresh=True)
    assert office.shell is not None
    qtbot.waitUntil(lambda: bool(office.shell.current_key), timeout=180000)
    assert office.shell.demo_mark.isVisible()
    assert office.shell.user_button.text().strip() == "演示管理员"
    dashboard = office.shell.page("app.dashboard")
    qtbot.waitUntil(lambda: bool(dashboard.tiles), timeout=15000)
    assert not office.idle.timer.isActive()


def test_a_reading_page_may_ask_the_rooms_above(demo_db: Database, clock: FixedClock, actor: Actor) -> None:
    """客房保洁 asks who sleeps where while it only reads; the window once answered nothing, no room was lived in."""
    sitting = Sitting(clock)
    sitting.db, sitting.actor = demo_db, actor
    with sitting.open_unit("housekeeping.care", read_only=True, confirmed=frozenset(), progress=no_progress) as ctx:
        assert sum(people_here(ctx).values()) >= 37


def test_caps_lock_is_told(qtbot: QtBot, start: Start, school_db: str) -> None:
    office = start(school_db)
    qtbot.keyClick(office.login.password.edit, "A")
    assert "大写锁定" in office.login.caps.text()
    qtbot.keyClick(office.login.password.edit, Qt.Key.Key_A)
    assert office.login.caps.text() == ""


@pytest.mark.expect_log("damaged database")
def test_damage_deep_in_the_file_is_told_once_the_window_is_in_use(qtbot: QtBot, start: Start, school_db: str) -> None:
    path = Path(school_db)
    broken = bytearray(path.read_bytes())
    with sqlite3.connect(school_db) as connection:
        root, size = (
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'home_unit'").fetchone()[0],
            connection.execute("PRAGMA page_size").fetchone()[0],
        )
    broken[(root - 1) * size : (root - 1) * size + 16] = b"\xff" * 16
    path.write_bytes(bytes(broken))
    office = start(school_db)
    come_in(qtbot, office)
    qtbot.waitUntil(lambda: bool(dialogs(QuestionDialog)), timeout=20000)
    dialog = dialogs(QuestionDialog)[0]
    assert isinstance(dialog, QuestionDialog)
    assert "有损坏的地方" in dialog.message
    dialog.yes.click()
