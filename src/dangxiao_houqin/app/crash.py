"""Bugs that nobody caught: an id in the log, a dialog that can copy the report and start the program anew."""

from __future__ import annotations

import logging
import platform
import sys
import threading
from types import TracebackType
from typing import Any

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    QProcess,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtWidgets import QApplication

from dangxiao_houqin import __version__
from dangxiao_houqin.ui.background import UnexpectedError, unexpected
from dangxiao_houqin.ui.messages import BugDialog
from dangxiao_houqin.ui.widgets import button, row

log = logging.getLogger(__name__)

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashDialog(BugDialog):
    """The bug dialog with a way to start anew."""

    def __init__(self, error: UnexpectedError) -> None:
        versions = (
            f"党校后勤 {__version__} · Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}"
        )
        about = f"{error.report}\n{versions}"
        super().__init__(QApplication.activeWindow(), UnexpectedError(error.bug_id, about))
        self.restart = button("重新启动程序", self._restart, icon="rotate-ccw")
        self.extra.addLayout(row(self.restart, None))

    @Slot()
    def _restart(self) -> None:
        self.accept()
        restart()


def restart() -> None:
    """End this program as if its window had been closed and start it again."""
    app = QApplication.instance()
    assert app is not None
    app.setProperty("restart", True)
    QApplication.closeAllWindows()
    app.quit()


def start_again() -> None:
    """What :func:`restart` asked for; called by ``main`` after everything is closed."""
    if getattr(sys, "frozen", False):
        QProcess.startDetached(sys.executable, sys.argv[1:])
    else:
        QProcess.startDetached(sys.executable, ["-m", "dangxiao_houqin", *sys.argv[1:]])


class CrashCatcher(QObject):
    """Receives what nobody caught, on any thread, and shows one dialog at a time."""

    _caught = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dialog: CrashDialog | None = None
        self._before: tuple[Any, Any, Any] | None = None
        self._caught.connect(self._show)

    def install(self) -> None:
        """From now on nothing ends in a bare traceback."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        sys.unraisablehook = self._on_unraisable
        qInstallMessageHandler(_qt_message)

    def uninstall(self) -> None:
        """Back to how it was (tests, end of the program)."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            qInstallMessageHandler(None)
            self._before = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        self._caught.emit(unexpected(error.with_traceback(trace)))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            self._caught.emit(unexpected(args.exc_value))

    def _on_unraisable(self, args: Any) -> None:
        log.error("unraisable in %r: %r", args.object, args.exc_value)

    @Slot(object)
    def _show(self, error: UnexpectedError) -> None:
        if self.dialog is not None:
            return  # the log has it; a second dialog helps nobody
        self.dialog = CrashDialog(error)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None


_HARMLESS = ("does not support propagateSizeHints",)
"""What platform plugins say of every window."""


def _qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if any(part in text for part in _HARMLESS):
        return
    log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
