"""Keeps whoever stands before the kiosk inside it, as far as a program can; the administrator's guide says the rest.

One event filter over the whole application eats what does not belong to answering: keys but a few, context menus,
dropped files, native gestures, closing.  Twice a second the window is brought back: in front, full screen, with the
keyboard.  What the desktop itself does before any program hears of it (Ctrl+Alt+Del, consoles) cannot be kept here.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QInputDevice, QKeyEvent, QMouseEvent, QScreen, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

log = logging.getLogger(__name__)

TAKE_BACK_MS = 400

KEYS = frozenset(
    {
        *range(Qt.Key.Key_0, Qt.Key.Key_9 + 1),
        *range(Qt.Key.Key_A, Qt.Key.Key_Z + 1),
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Space,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
    }
)
"""Keys that the pages may hear of, alone or with Shift."""

_HARMLESS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier

_KEYS = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut})
_MOUSE = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick})
_NEVER = frozenset(
    {
        QEvent.Type.ContextMenu,
        QEvent.Type.DragEnter,
        QEvent.Type.DragMove,
        QEvent.Type.Drop,
        QEvent.Type.NativeGesture,
        QEvent.Type.Gesture,
        QEvent.Type.ToolTip,
        QEvent.Type.WhatsThis,
        QEvent.Type.EnterWhatsThisMode,
        QEvent.Type.Quit,
    }
)
_GONE = frozenset(
    {
        QEvent.Type.WindowDeactivate,
        QEvent.Type.ApplicationDeactivate,
        QEvent.Type.WindowStateChange,
        QEvent.Type.Hide,
    }
)


class KioskGuard(QObject):
    """Guards ``window`` from :meth:`begin` to :meth:`end`; ``windowed`` (tests) leaves screen and keyboard alone."""

    def __init__(self, window: QWidget, *, windowed: bool = False, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self._windowed = windowed
        self._on = False
        self._covers: list[QWidget] = []
        self._awake = _Awake(self)
        self._timer = QTimer(self)
        self._timer.setInterval(TAKE_BACK_MS)
        self._timer.timeout.connect(self.take_back)

    # ------------------------------------------------------------------ on and off
    def begin(self) -> None:
        """Show the window over everything and let nobody out."""
        app = _app()
        self._on = True
        app.installEventFilter(self)
        if self._windowed:
            self._window.show()
            return
        top = Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        self._window.setWindowFlags(top)
        app.screenAdded.connect(self._screen_added)
        app.screenRemoved.connect(self._screens_changed)
        app.primaryScreenChanged.connect(self._screens_changed)
        for screen in app.screens():
            screen.geometryChanged.connect(self._screens_changed)
        self._awake.begin()
        if any(device.type() == QInputDevice.DeviceType.TouchScreen for device in QInputDevice.devices()):
            self._show_cursor(False)
        self._screens_changed()
        self._timer.start()

    def end(self) -> None:
        """Give everything back: the staff is leaving."""
        if not self._on:
            return
        self._on = False
        self._timer.stop()
        app = _app()
        app.removeEventFilter(self)
        self._show_cursor(True)
        if self._windowed:
            return
        app.screenAdded.disconnect(self._screen_added)
        app.screenRemoved.disconnect(self._screens_changed)
        app.primaryScreenChanged.disconnect(self._screens_changed)
        self._awake.end()
        self._grab_keyboard(False)
        self._uncover()

    # ------------------------------------------------------------------ the filter
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _KEYS:
            return self._eats_key(event)
        if kind in _MOUSE:
            return isinstance(event, QMouseEvent) and event.button() != Qt.MouseButton.LeftButton
        if kind == QEvent.Type.Wheel:
            return isinstance(event, QWheelEvent) and event.modifiers() != Qt.KeyboardModifier.NoModifier
        if kind in _NEVER or (kind == QEvent.Type.Close and self._is_ours(watched)):
            event.ignore()
            return True
        if kind == QEvent.Type.Show:
            self._send_away(watched)
        elif kind in _GONE and not self._windowed:
            QTimer.singleShot(0, self.take_back)
        elif kind == QEvent.Type.TouchBegin:
            self._show_cursor(False)
        elif kind == QEvent.Type.MouseMove and _is_real_mouse(event):
            self._show_cursor(True)
        return False

    @staticmethod
    def _eats_key(event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent):
            return True  # a shortcut
        if event.key() in KEYS and not event.modifiers() & ~_HARMLESS:
            return False
        event.accept()  # an accepted override keeps shortcuts from being tried
        return True

    def _is_ours(self, watched: QObject) -> bool:
        return watched is self._window or watched is self._window.windowHandle() or watched in self._covers

    def _send_away(self, watched: QObject) -> None:
        """No window but ours: a dialog, a menu or a tip would have a way out of its own."""
        if isinstance(watched, QWidget) and watched.isWindow() and not self._is_ours(watched):
            log.info("closed a window of class %s", type(watched).__name__)
            QTimer.singleShot(0, watched, watched.hide)

    # ------------------------------------------------------------------ in front, full screen, with the keyboard
    @Slot()
    def take_back(self) -> None:
        """Come back to the front if anything else got there."""
        if not self._on or self._windowed or not shiboken6.isValid(self._window):
            return
        window, screen = self._window, QGuiApplication.primaryScreen()
        if screen is None:  # being plugged in again
            return
        state = window.windowState()
        if (
            not window.isVisible()
            or state & Qt.WindowState.WindowMinimized
            or not state & Qt.WindowState.WindowFullScreen
        ):
            window.showFullScreen()
        if window.geometry() != screen.geometry():
            self._fit(screen)
        if not window.isActiveWindow():
            window.raise_()
            window.activateWindow()
        self._grab_keyboard(True)

    def _fit(self, screen: QScreen) -> None:
        self._window.setScreen(screen)
        self._window.setGeometry(screen.geometry())

    def _grab_keyboard(self, wanted: bool) -> None:
        """Let no window manager see a key (X11 only; elsewhere the desktop has to be told)."""
        handle = self._window.windowHandle()
        if handle is not None and QGuiApplication.platformName() == "xcb" and (self._window.isVisible() or not wanted):
            handle.setKeyboardGrabEnabled(wanted)

    @Slot(object)
    def _screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._screens_changed)
        self._screens_changed()

    @Slot()
    def _screens_changed(self) -> None:
        """Fill the main screen, and darken the others: behind them would be the desktop."""
        primary = QGuiApplication.primaryScreen()
        if not self._on or primary is None:
            return
        self._fit(primary)
        self._window.showFullScreen()
        self._uncover()
        for screen in _app().screens():
            if screen is not primary and not screen.geometry().intersects(primary.geometry()):
                self._cover(screen)
        self.take_back()

    def _cover(self, screen: QScreen) -> None:
        cover = QWidget(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        cover.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        cover.setStyleSheet("background: black;")
        cover.setScreen(screen)
        cover.setGeometry(screen.geometry())
        self._covers.append(cover)
        cover.showFullScreen()

    def _uncover(self) -> None:
        covers, self._covers = self._covers, []
        for cover in covers:
            cover.hide()
            cover.deleteLater()

    @staticmethod
    def _show_cursor(shown: bool) -> None:
        hidden = QApplication.overrideCursor() is not None
        if shown and hidden:
            QApplication.restoreOverrideCursor()
        elif not shown and not hidden:
            QApplication.setOverrideCursor(Qt.CursorShape.BlankCursor)


def _app() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _is_real_mouse(event: QEvent) -> bool:
    """A hand at a mouse, not what the system makes of a finger."""
    return (
        isinstance(event, QMouseEvent)
        and event.device() is not None
        and event.device().type() in (QInputDevice.DeviceType.Mouse, QInputDevice.DeviceType.TouchPad)
        and event.source() == Qt.MouseEventSource.MouseEventNotSynthesized
    )


class _Awake(QObject):
    """Asks the system not to darken the screen, where it can be asked."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._interface: Any = None

    def begin(self) -> None:
        if sys.platform == "win32":
            import ctypes

            continuous, display = 0x80000000, 0x00000002
            ctypes.windll.kernel32.SetThreadExecutionState(continuous | display)
            return
        try:
            from PySide6.QtDBus import QDBusConnection, QDBusInterface
        except ImportError:
            return
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        name = "org.freedesktop.ScreenSaver"
        self._interface = QDBusInterface(name, "/org/freedesktop/ScreenSaver", name, bus, self)
        self._interface.asyncCall("Inhibit", "dangxiao-houqin", "自助终端")  # ends with our connection to the bus

    def end(self) -> None:
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.kernel32.SetThreadExecutionState(0x80000000)
        if self._interface is not None:
            self._interface.deleteLater()
            self._interface = None
