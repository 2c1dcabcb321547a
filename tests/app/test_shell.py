"""The main window: pages by right, search for anything, links, asking before it closes, memory of its place."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.account import AboutDialog, ChangePasswordDialog
from dangxiao_houqin.app.crash import CrashCatcher, CrashDialog
from dangxiao_houqin.app.main import Office
from dangxiao_houqin.app.manual import CHAPTERS, ManualWindow
from dangxiao_houqin.app.modules import MODULES, all_permissions
from dangxiao_houqin.app.navigation import in_navigation, page_for, pages_of, visible_to
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.single_instance import SingleInstance
from dangxiao_houqin.core.paths import manual_path
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.organization.domain import EVERYTHING
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.icons import pixmap

from .conftest import dialogs

Start = Callable[..., Office]


@pytest.fixture
def office(qtbot: QtBot, start: Start) -> Office:
    """The demo school, logged in."""
    running = start(None, demo=True)
    qtbot.waitUntil(lambda: running.shell is not None and bool(running.shell.current_key), timeout=60000)
    assert running.shell is not None
    running.shell.activateWindow()
    qtbot.waitUntil(running.shell.isActiveWindow, timeout=5000)
    return running


def test_every_page_has_an_icon_that_exists() -> None:
    for page in pages_of(MODULES):
        assert not pixmap(page.icon, 20, "#000000", 1.0).isNull(), page.key


def test_builtin_roles_name_rights_that_exist() -> None:
    known = {permission.key for _, permissions in all_permissions() for permission in permissions} | {EVERYTHING}
    for role in BUILTIN_ROLES:
        assert role.permissions <= known, role.name


def test_a_look_only_actor_sees_few_pages() -> None:
    leader = Actor(1, "领导", BUILTIN_ROLES[-1].permissions)
    keys = {page.key for page in visible_to(pages_of(MODULES), leader)}
    assert "places.rooms" in keys
    assert keys.isdisjoint({"organization.users", "organization.audit"})


def test_every_kind_that_is_opened_has_its_page() -> None:
    pages = pages_of(MODULES)
    for page in pages:
        for kind in page.opens:
            assert page_for(Ref(kind, 1), pages, MODULES) is page
    assert page_for(Ref("nothing", 1), pages, MODULES) is None


def test_alt_number_and_navigation_change_the_page(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.sidebar.button("organization.audit").click()
    assert shell.current_key == "organization.audit"
    shell.activateWindow()
    qtbot.keyClick(shell, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: shell.current_key == "app.dashboard")
    assert shell.sidebar.button("app.dashboard").isChecked()


def test_what_waits_to_be_signed_stands_on_the_navigation(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    entry = shell.sidebar.button("expenses.waiting")
    qtbot.waitUntil(lambda: entry.badge > 0, timeout=15000)
    assert entry.accessibleName() == f"待我签批，{entry.badge} 件"
    shell.sidebar.fold("经费", True)
    assert shell.sidebar.heading("经费").badge == entry.badge
    shell.do_command("page:expenses.waiting")  # as Ctrl+K does
    assert shell.current_key == "expenses.waiting"
    assert entry.isVisible()
    assert shell.sidebar.heading("经费").badge == 0
    assert settings.read(f"navigation/folded/{shell.desk.actor.user_id}") == ["经费"]


def test_lesser_pages_lie_under_their_neighbours(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    lesser = {
        "accommodation.discrepancies": ("housekeeping.rooms", "房态核对"),
        "housekeeping.lost": ("housekeeping.rooms", "遗留物品"),
        "accommodation.forecast": ("accommodation.statistics", "床位预测"),
        "training.units": ("training.classes", "单位排序"),
        "expenses.verify": ("expenses.signing", "核对签名"),
    }
    assert not set(lesser) & set(shell.sidebar.keys)
    for key, (above, word) in lesser.items():
        assert shell.show_page(above)
        (link,) = (b for b in shell.page(above).findChildren(QPushButton) if b.text() == word)
        link.click()
        assert shell.current_key == key
        assert shell.sidebar.button(above).isChecked()
        shell.show_page("app.dashboard")
        shell.do_command(f"page:{key}")  # as Ctrl+K does
        assert shell.current_key == key
    shell.show_page("app.dashboard")
    shell.open_ref(Ref("lost_property", 999))
    assert shell.current_key == "housekeeping.lost"


def test_f1_opens_the_manual_at_the_chapter_of_the_page(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.show_page("housekeeping.rooms")
    qtbot.keyClick(shell, Qt.Key.Key_F1)
    manual = shell.manual
    assert manual is not None
    qtbot.waitExposed(manual)
    assert manual.list.currentItem().text() == "客房保洁"

    def at_top() -> str:
        cursor = manual.browser.cursorForPosition(QPoint(40, 30))
        return cursor.block().text()

    assert at_top() == "客房保洁"
    manual.search.setText("收据号")
    manual.search.search_now()
    assert [manual.list.item(n).text() for n in range(manual.list.count())] == ["房卡和赔偿"]
    assert at_top() == "房卡和赔偿"
    assert len(manual.browser.extraSelections()) >= 1
    manual.search.setText("cq")  # 查寝 by its initials
    manual.search.search_now()
    assert "查寝" in [manual.list.item(n).text() for n in range(manual.list.count())]
    manual.search.setText("没有这种事")
    manual.search.search_now()
    assert manual.nothing.isVisible()
    manual.browser.anchorClicked.emit(QUrl("#校历"))
    assert manual.list.currentItem().text() == "校历"
    manual.close()
    assert shell.manual is None
    shell.do_command("manual")
    assert shell.manual is not None
    shell.manual.close()


def test_every_page_of_the_manual_is_there(qtbot: QtBot) -> None:
    manual = ManualWindow()
    qtbot.addWidget(manual)
    pages = {page.key for page in pages_of(MODULES)} | {"app.dashboard"}
    assert set(CHAPTERS) <= pages
    money = {page.key for page in pages_of(MODULES) if page.group == "经费"}
    assert money - set(CHAPTERS) == set(), "F1 must help where money is at stake"
    for heading in set(CHAPTERS.values()):
        assert manual.show_chapter(heading), heading
    text = manual_path().read_text(encoding="utf-8")
    titles = {chapter.title for chapter in manual.chapters}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= titles


def test_a_page_whose_neighbour_is_closed_stands_alone() -> None:
    watcher = Actor(1, "值班", frozenset({"accommodation.view"}))
    keys = {page.key for page in in_navigation(visible_to(pages_of(MODULES), watcher))}
    assert "accommodation.discrepancies" in keys  # 客房保洁 is not his
    assert "accommodation.forecast" not in keys  # under 住宿统计, which he has


def test_search_for_anything_opens_what_it_found(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    qtbot.keyClick(shell, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(shell.finder.hasFocus)
    qtbot.keyClicks(shell.finder, "sjrz")
    qtbot.waitUntil(shell.finder.hits.isVisible, timeout=15000)
    titles = [shell.finder.hits.list.item(n).text() for n in range(shell.finder.hits.list.count())]
    assert titles == ["审计日志"]
    qtbot.keyClick(shell.finder, Qt.Key.Key_Return)
    assert shell.current_key == "organization.audit"
    assert not shell.finder.hits.isVisible()
    assert shell.finder.text() == ""


def test_search_finds_a_person_by_initials(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.finder.setFocus()
    shell.finder.setText("褚喆")
    qtbot.waitUntil(shell.finder.hits.isVisible, timeout=15000)
    shell.finder.setText("没有这个人")
    qtbot.waitUntil(shell.finder.hits.empty.isVisible, timeout=15000)
    qtbot.keyClick(shell.finder, Qt.Key.Key_Escape)
    assert not shell.finder.hits.isVisible()


def test_a_page_without_the_right_is_not_opened(office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.desk.set_actor(Actor(None, "领导", BUILTIN_ROLES[-1].permissions))
    shell.desk.go("organization.users")
    assert shell.current_key == "app.dashboard"


def test_closing_asks_while_something_runs(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    gate = threading.Event()

    def long_work(_progress: Any) -> None:
        gate.wait(10)

    office.runner.work(long_work, title="导出学员名单")
    shell.close()
    assert shell.isVisible()
    question = next(w for w in QApplication.topLevelWidgets() if w.windowTitle() == "退出程序？")
    assert "导出学员名单" in question.message  # type: ignore[attr-defined]
    question.no.click()  # type: ignore[attr-defined]
    assert shell.isVisible()
    gate.set()
    qtbot.waitUntil(lambda: not office.runner.tasks("work"), timeout=10000)


def test_the_window_remembers_its_place(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.closing.disconnect(office.quit)
    shell.showNormal()
    shell.resize(1300, 760)
    shell.leave_for_good()
    assert settings.read("geometry/shell")


def test_dialogs_of_the_user_menu(qtbot: QtBot, office: Office) -> None:
    shell = office.shell
    assert shell is not None
    shell.password_asked.emit()
    password = dialogs(ChangePasswordDialog)[0]
    assert isinstance(password, ChangePasswordDialog)
    password.form["old"].edit.setText("nicht das richtige")  # type: ignore[attr-defined]
    password.form["new"].edit.setText("Neues-2026")  # type: ignore[attr-defined]
    password.form["again"].edit.setText("Neues-2026")  # type: ignore[attr-defined]
    password.primary.click()
    qtbot.waitUntil(lambda: bool(password.form["old"].error), timeout=15000)
    assert password.form["old"].error == "原密码不对，请重新输入。"
    password.form.mark_clean()
    password.reject()
    shell.about_asked.emit()
    assert dialogs(AboutDialog)


# ------------------------------------------------------------------------------------------- one window, crashes
def test_a_second_start_raises_the_first_window(qtbot: QtBot) -> None:
    first, second, other = SingleInstance("a"), SingleInstance("a"), SingleInstance("b")
    assert first.acquire()
    first.listen()
    with qtbot.waitSignal(first.raised, timeout=5000):
        assert not second.acquire()
    assert other.acquire(), "another database is another window"
    first.release()
    assert second.acquire()
    second.release()
    other.release()


@pytest.fixture
def catcher(qapp: QApplication) -> Iterator[CrashCatcher]:
    made = CrashCatcher()
    yield made
    made.uninstall()


@pytest.mark.expect_log("bug [0-9A-F]{6}")
@pytest.mark.parametrize("where", ("main", "thread"))
def test_a_bug_shows_its_log_id_and_can_be_copied(qtbot: QtBot, catcher: CrashCatcher, where: str) -> None:
    catcher.install()  # here, because pytest-qt sets its own hooks when the test begins

    def fail() -> None:
        raise ZeroDivisionError("ein Fehler")

    if where == "thread":
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    else:
        try:
            fail()
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: bool(dialogs(CrashDialog)), timeout=5000)
    dialog = dialogs(CrashDialog)[0]
    assert isinstance(dialog, CrashDialog)
    assert "错误编号" in dialog.message
    dialog.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "ZeroDivisionError: ein Fehler" in copied
    assert "党校后勤" in copied
    assert "Qt 6" in copied
    dialog.accept()


class _Flashes(QObject):
    """Notes widgets that appear as a window of their own though they belong into another one."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            meant = watched.windowType() in (Qt.WindowType.Popup, Qt.WindowType.ToolTip)
            if not meant and not isinstance(watched, QMainWindow | QDialog):
                inside = ", ".join(type(child).__name__ for child in watched.findChildren(QWidget)[:4])
                self.seen.append(f"{type(watched).__name__} {watched.accessibleName()} [{inside}]")
        return False


def test_no_part_of_a_page_flashes_as_a_window(qtbot: QtBot, start: Start, qapp: QApplication) -> None:
    flashes = _Flashes()
    qapp.installEventFilter(flashes)
    office = start(None, demo=True)
    qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=60000)
    shell = office.shell
    assert shell is not None
    for key in shell.sidebar.keys:
        shell.show_page(key)
        qtbot.waitUntil(lambda: not office.runner.tasks("query"), timeout=30000)
    qapp.removeEventFilter(flashes)
    assert flashes.seen == []
