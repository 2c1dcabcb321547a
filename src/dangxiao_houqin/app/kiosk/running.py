"""The kiosk as a process of its own: what must be true before it shows a window, and its way to the end."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QLockFile, QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.app.crash import CrashCatcher
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import RuleViolation, Unavailable
from dangxiao_houqin.core.paths import data_dir
from dangxiao_houqin.ui import theme, zh
from dangxiao_houqin.ui.background import UnexpectedError

from .door import look
from .guard import KioskGuard
from .link import KioskLink
from .lock import KioskLock
from .window import KioskWindow

log = logging.getLogger(__name__)

NO_PIN = "还没有设置自助终端的口令，打开后没有人能关掉它；请先在“系统设置 → 自助终端”里设置口令。"


class QuietCatcher(CrashCatcher):
    """A bug goes to the log; a dialog in front of strangers would be a way out."""

    @Slot(object)
    def _show(self, error: UnexpectedError) -> None:
        log.error("bug %s in the kiosk", error.bug_id)


class Leaving(QObject):
    """The staff gave the PIN: the guard goes first, then the window, then the program."""

    def __init__(self, window: KioskWindow, guard: KioskGuard, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._guard = window, guard

    @Slot()
    def leave(self) -> None:
        self._guard.end()
        self._window.close_for_good()
        QApplication.exit(0)


def one_kiosk() -> QLockFile:
    """The lock that makes this the only kiosk of this computer; raises :class:`RuleViolation` when there is one."""
    lock = QLockFile(str(data_dir() / "kiosk.lock"))
    lock.setStaleLockTime(0)  # only a dead process makes it stale
    if not lock.tryLock(200):
        raise RuleViolation("本机已经打开了一个自助终端；两个同时开着会互相遮挡，请先关闭那一个。")
    return lock


def make_ready(link: KioskLink) -> None:
    """Whether this kiosk can ever be closed again: it needs a PIN, known from before or asked of the database now.

    Raises :class:`RuleViolation` without one, :class:`Unavailable` when it is the first start and nobody answers.
    """
    from sqlalchemy.exc import DBAPIError

    if link.pin_hash():
        return
    try:
        with link.door.open_unit("surveys.kiosk", read_only=True) as ctx:
            known = look(ctx)
    except DBAPIError as error:
        log.info("the first look failed: %s", error.orig)
        raise Unavailable(
            "这个数据库还不能用于自助终端：可能没有升级，或没有给自助终端授权；请联系系统管理员运行一次 init。"
        ) from error
    if not known.pin_hash:
        raise RuleViolation(NO_PIN)
    link.learn_at_once(known)


def run_kiosk(
    target: str,
    *,
    campaign: int | None = None,
    windowed: bool = False,
    moved: bool = False,
    clock: Clock | None = None,
) -> int:
    """Open the kiosk on ``target`` and stay until the staff leaves; returns the exit code.

    ``campaign`` offers this one only, ``moved`` says that the same data have a new address, ``windowed`` is for tests.
    Raises :class:`AppError` before anything is shown.
    """
    from dangxiao_houqin.app.emblem import window_icon
    from dangxiao_houqin.core.log import start_logging
    from dangxiao_houqin.core.uow import allow_ui_thread, forbid_ui_thread

    start_logging()
    logging.getLogger("dangxiao_houqin.core.uow").setLevel(logging.WARNING)  # its minutes are those of papers
    app = QApplication(sys.argv[:1])
    app.setApplicationName("dangxiao-houqin")
    app.setApplicationDisplayName("党校后勤自助终端")
    app.setQuitOnLastWindowClosed(False)
    zh.install(app)
    theme.apply(app)
    app.setWindowIcon(window_icon())
    alone = one_kiosk()
    clock = clock or SystemClock()
    link = KioskLink(target, clock=clock, campaign=campaign)
    catcher = QuietCatcher(app)
    try:
        link.queue.belong_to(link.door.describe(), moved=moved)
        link.recall()
        make_ready(link)
        catcher.install()
        window = KioskWindow(link, KioskLock(link, link), clock=clock)
        guard = KioskGuard(window, windowed=windowed)
        leaving = Leaving(window, guard, app)
        window.leaving.connect(leaving.leave)
        forbid_ui_thread()
        guard.begin()
        QTimer.singleShot(0, link.start)
        code = app.exec()
        guard.end()
    finally:
        allow_ui_thread()
        link.stop()
        catcher.uninstall()
        alone.unlock()
    return code
