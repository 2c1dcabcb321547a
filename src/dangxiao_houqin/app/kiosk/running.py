"""The kiosk as a process of its own: what must be true before it shows a window, and its way to the end."""

from __future__ import annotations

import logging
import sys

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.app.crash import CrashCatcher
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.ui import theme, zh
from dangxiao_houqin.ui.background import UnexpectedError

from .guard import KioskGuard
from .link import KioskLink
from .lock import KioskLock
from .readiness import make_ready, one_kiosk
from .window import KioskWindow

log = logging.getLogger(__name__)


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
