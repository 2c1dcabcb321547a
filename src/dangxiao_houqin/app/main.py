"""The window's way from start to end: settings of this computer, database, who it is, main window, and out again."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.modules.surveys.domain.rules import KIOSK, KioskRules
from dangxiao_houqin.ui import input_method, messages, settings, theme, zh
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.live import Live

from . import machine
from .crash import CrashCatcher, start_again
from .demo_people import DEMO_LOGIN, DEMO_NAME, DEMO_PASSWORD
from .jobs import Scheduler
from .navigation import pages_of
from .shell import Shell
from .single_instance import SingleInstance
from .sitting import AT_THE_DOOR, Sitting

if TYPE_CHECKING:
    from dangxiao_houqin.core.db import Database

log = logging.getLogger(__name__)

LAST_SCHOOL = "login/school"
KIOSK_TARGET = "kioskTarget"
"""Property of the application: which database's kiosk is to start when this program has ended."""


@dataclass(frozen=True)
class Opened:
    """An open database: has it users, what is the school called, who logs in by itself (demo)."""

    db: Database
    users: int
    full_name: str
    short_name: str
    office: str
    banner: bool
    actor: Actor | None = None


def open_target(progress: Progress, target: str, demo: bool, clock: Clock) -> Opened:
    """Open (for the demo: create and fill) a database; runs in the background."""
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.organization.api import count_users, current_actor, find_login, get_school

    from .database import open_database

    db = open_database(target, create=demo, thorough=False, progress=progress)
    try:
        actor = None
        if demo:
            _ensure_demo(db, clock, progress)
        with unit_of_work(db, AT_THE_DOOR, "app.open", clock=clock, read_only=True) as ctx:
            school, users = get_school(ctx), count_users(ctx)
            if demo and (user_id := find_login(ctx, DEMO_LOGIN)) is not None:
                actor = current_actor(ctx, user_id)
    except BaseException:
        db.close()
        raise
    return Opened(db, users, school.full_name, school.short_name, school.office_name, school.unclassified_banner, actor)


def _ensure_demo(db: Database, clock: Clock, progress: Progress) -> None:
    """The demo school with its people, unless it is there already; an interrupted load goes on."""
    from dangxiao_houqin.core.uow import unit_of_work
    from dangxiao_houqin.modules.organization.api import count_users

    from .demo_mark import DemoMark

    with unit_of_work(db, AT_THE_DOOR, "app.open", clock=clock, read_only=True) as ctx:
        mark, users = ctx.settings(DemoMark), count_users(ctx)
    if not mark.complete and (mark.loaded_on is not None or not users):
        from .demo_data import load_demo

        load_demo(db, clock, progress)


def read_idle_minutes(ctx: Any) -> int:
    """After how many minutes without a key or click the window locks itself; 0 never."""
    from dangxiao_houqin.modules.organization.api import SecurityRules

    minutes: int = ctx.settings(SecurityRules).idle_lock_minutes
    return minutes


class IdleWatch(QObject):
    """Notices that nobody has touched keyboard or mouse for a while."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)

    def start(self, minutes: int) -> None:
        """Watch for so many minutes; 0 stops watching."""
        app = QApplication.instance()
        assert app is not None
        app.removeEventFilter(self)
        self.timer.stop()
        if minutes > 0:
            self.timer.setInterval(minutes * 60_000)
            self.timer.start()
            app.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self.timer.start()
        return False


_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


class Office(QObject):
    """The running program: opens the database, asks who it is, shows the main window, locks and logs out."""

    def __init__(
        self,
        target: str | None,
        *,
        demo: bool = False,
        clock: Clock | None = None,
        runner: Runner | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``runner`` is given by tests; ``target`` ``None`` asks this computer's settings or the first run."""
        super().__init__(parent)
        from .modules import MODULES

        self.clock = clock or SystemClock()
        self.demo = demo
        self.target = target
        self.modules: tuple[ModuleSpec, ...] = MODULES
        self.sitting = Sitting(self.clock, self)
        self.runner = runner or Runner(self.sitting.open_unit, self)
        if runner is not None:
            runner._open_unit = self.sitting.open_unit  # noqa: SLF001 - a test's runner works at this desk
        self.shell: Shell | None = None
        self.login: Any = None
        self.first_run: Any = None
        self.lock_window: Any = None
        self._hidden: list[QWidget] = []
        self._login_name = ""
        self._checked = False
        self._opened: Opened | None = None
        self.live = Live(self.runner, self)
        self.scheduler = Scheduler(self.runner, self.modules, self.clock, self)
        self.idle = IdleWatch(self)
        self.idle.timer.timeout.connect(self.lock)
        self.sitting.rights_changed.connect(self._rights_changed)
        self.runner.data_changed.connect(self._data_changed)

    # ------------------------------------------------------------------ start
    def start(self) -> None:
        """Show the first window at once and open the database behind it."""
        try:
            if self.target is None:
                self.target = str(machine.demo_database()) if self.demo else machine.stored_database()
        except AppError as error:
            self._show_login()
            self.login.show_open_error(error)
            return
        if self.target is None:
            self._show_first_run()
            return
        if self.demo:
            self._show_shell(Actor(None, DEMO_NAME))
        else:
            self._show_login()
        self._open()

    def _open(self) -> None:
        self.runner.work(
            open_target,
            self.target,
            self.demo,
            self.clock,
            ok=self._database_open,
            fail=self._open_failed,
            progress=self._open_progress,
            title="打开数据库",
        )

    @Slot(float, str)
    def _open_progress(self, fraction: float, text: str) -> None:
        if self.login is not None:
            self.login.show_progress(fraction, text)

    @Slot(object)
    def _database_open(self, opened: Opened) -> None:
        from dangxiao_houqin.core.uow import forbid_ui_thread

        forbid_ui_thread()
        self._opened = opened
        self.sitting.db = opened.db
        if opened.users == 0 and not self.demo:
            self._close_login()
            opened.db.close()
            self.sitting.db = None
            self._show_first_run()
            return
        settings.write(LAST_SCHOOL, opened.full_name)
        if opened.actor is not None:
            self._login_name = DEMO_LOGIN
            self._sit_down(opened.actor, idle_minutes=0)
            return
        if self.login is not None:
            self.login.set_school(opened.full_name, banner=opened.banner)
            self.login.set_ready()

    @Slot(object)
    def _open_failed(self, error: Exception) -> None:
        if self.login is None:
            self._close_shell()
            self._show_login()
        self.login.show_open_error(error)

    # ------------------------------------------------------------------ windows
    def _show_first_run(self) -> None:
        from .first_run import FirstRunWindow

        self._close_login()
        self.first_run = FirstRunWindow(self.runner)
        self.first_run.finished.connect(self._first_run_done)
        self.first_run.left.connect(self.quit)
        _bring_up(self.first_run)

    @Slot(object)
    def _first_run_done(self, answers: Any) -> None:
        machine.store_database(answers.target)
        self.target = answers.target
        window, self.first_run = self.first_run, None
        self._show_login()
        window.close()
        window.deleteLater()
        if answers.login:
            self.login.login.set_value(answers.login)
            self.login.password.set_value(answers.password)
            self._open()
            self.login.send()
        else:
            self._open()

    def _show_login(self) -> None:
        from .login import LoginWindow

        self.login = LoginWindow(self.runner)
        self.login.set_school(settings.read(LAST_SCHOOL, ""))
        self.login.entered.connect(self._entered)
        self.login.left.connect(self.quit)
        self.login.other_database.connect(self._other_database)
        _bring_up(self.login)

    def _close_login(self) -> None:
        if self.login is not None:
            self.login.close_quietly()
            self.login.deleteLater()
            self.login = None

    @Slot()
    def _other_database(self) -> None:
        self.live.stop()
        self.scheduler.stop()
        if self.sitting.db is not None:
            self.sitting.close()
        self._show_first_run()

    @Slot(object)
    def _entered(self, entered: Any) -> None:
        self._login_name = entered.login
        self._show_shell(entered.actor)
        self._close_login()
        self._sit_down(entered.actor, idle_minutes=entered.idle_lock_minutes)

    def _show_shell(self, actor: Actor) -> None:
        from .modules import all_documents, all_permissions

        def words() -> Any:
            from .audit_words import audit_words

            return audit_words()

        desk = Desk(
            self.runner,
            actor,
            permission_groups=all_permissions(),
            audit_words=words,
            documents=all_documents,
            demo=self.demo,
        )
        self.shell = Shell(desk, self.pages(), self.modules)
        self.shell.lock_asked.connect(self.lock)
        self.shell.log_out_asked.connect(self.log_out)
        self.shell.password_asked.connect(self._change_password)
        self.shell.about_asked.connect(self._about)
        self.shell.kiosk_asked.connect(self._ask_kiosk)
        self.shell.closing.connect(self.quit)
        _bring_up(self.shell)

    def _sit_down(self, actor: Actor, *, idle_minutes: int) -> None:
        assert self.shell is not None
        self.sitting.actor = actor
        self.shell.desk.set_actor(actor)
        if self._opened is not None:
            self.shell.set_names(self._opened.short_name, self._opened.office)
        self.shell.ready()
        self.idle.start(0 if self.demo else idle_minutes)
        self._listen()
        if self.sitting.db is not None:
            self.scheduler.start(self.sitting.db)
        QTimer.singleShot(300, self._dress_lists)
        QTimer.singleShot(3000, self._look_for_damage)

    def _listen(self) -> None:
        """From now on the pages show what other desks change."""
        from dangxiao_houqin.core.changes import ChangeFeed

        from .wiring import DERIVED

        assert self.sitting.db is not None
        self.live.start(ChangeFeed(self.sitting.db, derived=DERIVED).run)

    @Slot()
    def _dress_lists(self) -> None:
        """Printed lists get the school's name as their head; after the first paint, because paper loads slowly."""
        from dangxiao_houqin.ui.table import ListTable

        ListTable.head_of = staticmethod(_list_head)

    @Slot()
    def _look_for_damage(self) -> None:
        """Every page of the file is read once a session, after the window is in use: it takes a while."""
        from .database import check_file

        here = self.shell is not None and self.sitting.db is not None  # the timer may outlive the window
        if here and self.target is not None and not self._checked:
            self._checked = True
            self.runner.work(check_file, self.target, ok=self._looked)

    @Slot(object)
    def _looked(self, sentence: str | None) -> None:
        if sentence is not None and self.shell is not None:
            messages.tell(self.shell, "数据库文件已损坏", sentence, tone="error")

    def pages(self) -> tuple[PageSpec, ...]:
        """All pages of the program: the dashboard, those of the modules, the settings."""
        own = ModuleSpec(
            "app",
            "程序",
            pages=lambda: (
                PageSpec("app.dashboard", "工作台", "layout-dashboard", self._dashboard, order=0),
                PageSpec("app.settings", "系统设置", "settings", self._settings, order=900, bottom=True),
            ),
        )
        return pages_of((own, *self.modules))

    def _dashboard(self, desk: Desk) -> QWidget:
        from .dashboard import DashboardPage
        from .navigation import visible_to

        return DashboardPage(desk, self.modules, lambda: visible_to(self.pages(), desk.actor))

    def _settings(self, desk: Desk) -> QWidget:
        from dangxiao_houqin.modules.organization.api import permission_for
        from dangxiao_houqin.modules.organization.domain import SETTINGS

        from .data_panel import DataPanel
        from .settings_page import SettingsPage

        data = None
        if self.sitting.db is not None and self.target is not None:
            may = desk.can(SETTINGS)
            data = DataPanel(self.runner, self.target, self.sitting.db.describe(), may_back_up=may)
        page = SettingsPage(desk, self.modules, permission_for, data)
        if desk.can(KIOSK):
            from .kiosk.opening import KioskPanel

            panel = KioskPanel(self.runner)
            panel.open_asked.connect(self._ask_kiosk)
            page.add_below(KioskRules.section, panel)
        return page

    # ------------------------------------------------------------------ changes of rights and names
    @Slot(object)
    def _rights_changed(self, actor: Actor) -> None:
        if self.shell is not None and actor.user_id == self.sitting.actor.user_id:
            self.sitting.actor = actor
            self.shell.desk.set_actor(actor)
            messages.toast(self.shell, "您的权限刚被管理员调整。", tone="primary")

    @Slot(frozenset)
    def _data_changed(self, tables: frozenset[str]) -> None:
        if "setting" in tables and self.shell is not None:
            self.runner.query(_read_names, ok=self._names_read, action="app.names")

    @Slot(object)
    def _names_read(self, found: tuple[str, str, int]) -> None:
        if self.shell is not None:
            self.shell.set_names(found[0], found[1])
            if not self.demo:
                self.idle.start(found[2])

    # ------------------------------------------------------------------ lock, log out, password, about
    @Slot()
    def lock(self) -> None:
        """Hide everything until the password is given."""
        if self.shell is None or self.lock_window is not None or self.sitting.actor.user_id is None:
            return
        from .login import LoginWindow

        self.idle.start(0)
        self._hidden = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow()]
        self.lock_window = LoginWindow(self.runner)
        if self._opened is not None:
            self.lock_window.set_school(self._opened.full_name, banner=self._opened.banner)
        self.lock_window.ask_unlock(self._login_name, self.sitting.actor.name)
        if self.demo:
            self.lock_window.hint(f"演示账号的密码是 {DEMO_PASSWORD}")
        self.lock_window.entered.connect(self._unlocked)
        self.lock_window.switched.connect(self._switch_user)
        self.lock_window.left.connect(self._lock_closed)
        _bring_up(self.lock_window)
        for window in self._hidden:
            window.hide()

    @Slot(object)
    def _unlocked(self, entered: Any) -> None:
        self._end_lock()
        self.sitting.actor = entered.actor
        if self.shell is not None:
            self.shell.desk.set_actor(entered.actor)
        for window in self._hidden:
            _bring_up(window)
        self._hidden = []
        self.idle.start(0 if self.demo else entered.idle_lock_minutes)

    @Slot()
    def _switch_user(self) -> None:
        self._hidden = []
        self.log_out()
        self._end_lock()

    @Slot()
    def _lock_closed(self) -> None:
        """The lock window's cross ends the program: nobody gets in without a password."""
        self._end_lock()
        self.quit()

    def _end_lock(self) -> None:
        if self.lock_window is not None:
            self.lock_window.close_quietly()
            self.lock_window.deleteLater()
            self.lock_window = None

    @Slot()
    def log_out(self) -> None:
        """Back to the door; the database stays open."""
        if self.shell is None or (self.lock_window is None and not self.shell.may_leave()):
            return
        from dangxiao_houqin.modules.organization.api import log_out

        self.idle.start(0)
        self.runner.command(log_out, ok=self._logged_out, fail=self._logged_out, action="organization.log_out")

    @Slot(object)
    def _logged_out(self, _result: object) -> None:
        self.live.stop()
        self.scheduler.stop()
        self.sitting.actor = AT_THE_DOOR
        self._show_login()
        self._close_shell()
        if self._opened is not None:
            self.login.set_school(self._opened.full_name, banner=self._opened.banner)
        if self.demo:
            self.login.login.set_value(DEMO_LOGIN)
            self.login.hint(f"演示账号 {DEMO_LOGIN}，密码 {DEMO_PASSWORD}")
        self.login.set_ready()

    def _close_shell(self) -> None:
        if self.shell is not None:
            shell, self.shell = self.shell, None
            shell.closing.disconnect(self.quit)
            shell.leave_for_good()
            shell.deleteLater()

    @Slot()
    def _change_password(self) -> None:
        from .account import ChangePasswordDialog

        ChangePasswordDialog(self.runner, self.shell).open()

    @Slot()
    def _about(self) -> None:
        from .account import AboutDialog

        where = self.sitting.db.describe() if self.sitting.db is not None else "尚未打开"
        AboutDialog(where, self.shell, demo=self.demo).open()

    # ------------------------------------------------------------------ this computer becomes a kiosk
    @Slot()
    def _ask_kiosk(self) -> None:
        from .kiosk.opening import OpenKioskDialog

        if self.shell is not None and self.target is not None:
            dialog = OpenKioskDialog(self.runner, self.target, self.shell)
            dialog.ready.connect(self._become_kiosk)
            dialog.open()

    @Slot(str)
    def _become_kiosk(self, target: str) -> None:
        """Log out, close everything, and start the kiosk when nothing of us is left."""
        from dangxiao_houqin.modules.organization.api import log_out

        if self.shell is None or not self.shell.may_leave():
            return
        app = QApplication.instance()
        assert app is not None
        app.setProperty(KIOSK_TARGET, target)
        self.idle.start(0)
        self.runner.command(log_out, ok=self._logged_out_for_good, fail=self._logged_out_for_good)

    @Slot(object)
    def _logged_out_for_good(self, _result: object) -> None:
        self._close_shell()
        self.quit()

    # ------------------------------------------------------------------ end
    @Slot()
    def raise_window(self) -> None:
        """Another start asked for us: come to the front."""
        for window in (self.lock_window, self.shell, self.login, self.first_run):
            if window is not None:
                window.showNormal() if window.isMinimized() else window.show()
                window.raise_()
                window.activateWindow()
                return

    @Slot()
    def quit(self) -> None:
        """End the program."""
        QApplication.quit()

    def close(self) -> None:
        """Stop the background, close the database."""
        from dangxiao_houqin.core.uow import allow_ui_thread

        allow_ui_thread()
        if self.shell is not None:
            self.shell.finder.stop()
        self.idle.start(0)
        self.live.stop()
        self.scheduler.stop()
        self.runner.shutdown()
        self.sitting.close()


def _bring_up(window: QWidget) -> None:
    """Show a window with the keyboard in it, also where no window manager does that (kiosk, Xvfb)."""
    window.show()
    window.activateWindow()


def _read_names(ctx: Any) -> tuple[str, str, int]:
    from dangxiao_houqin.modules.organization.api import get_school

    school = get_school(ctx)
    return school.short_name, school.office_name, read_idle_minutes(ctx)


def _list_head(ctx: Any) -> Any:
    from dangxiao_houqin.core.columns import chinese_date
    from dangxiao_houqin.documents.paper import Head
    from dangxiao_houqin.modules.organization.api import get_school

    school = get_school(ctx)
    return Head(f"{school.full_name}{school.office_name}", "", f"制表日期：{chinese_date(ctx.today())}")


def make_application(arguments: list[str]) -> QApplication:
    """The dressed QApplication: input method, Chinese, theme, icon."""
    from .emblem import window_icon

    problem = input_method.prepare().problem
    if problem:
        log.info("input method: %s", problem)
    app = QApplication(arguments)
    app.setApplicationName("dangxiao-houqin")
    app.setApplicationDisplayName("党校后勤")
    app.setDesktopFileName("dangxiao-houqin")
    app.setQuitOnLastWindowClosed(False)
    zh.install(app)
    theme.apply(app)
    app.setWindowIcon(window_icon())
    return app


def run_window(db: str | None, demo: bool = False) -> int:
    """Open the program's window on ``db`` (``None``: the place chosen at the first start); returns the exit code."""
    from dangxiao_houqin.core.log import start_logging

    start_logging()
    app = make_application(sys.argv[:1])
    catcher = CrashCatcher(app)
    catcher.install()
    instance = SingleInstance(db or ("demo" if demo else "own"), app)
    if not instance.acquire():
        return 0
    office = Office(db, demo=demo, parent=app)
    instance.raised.connect(office.raise_window)
    QTimer.singleShot(0, office.start)
    QTimer.singleShot(600, instance.listen)
    try:
        code = app.exec()
    finally:
        office.close()
        instance.release()
        catcher.uninstall()
    if app.property("restart"):
        start_again()
    if target := app.property(KIOSK_TARGET):
        from .kiosk.opening import start_kiosk

        start_kiosk(target)
    return code
