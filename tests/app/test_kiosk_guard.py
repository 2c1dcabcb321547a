"""The guard of the kiosk's window, event by event; what a desktop does with it is told in tests/stories."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QDropEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.kiosk.guard import KioskGuard

ROOT = Path(__file__).parents[2]


class Window(QWidget):
    """Something to guard, with a button and a line that hear everything."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        self.line = QLineEdit()
        self.button = QPushButton("button")
        self.button.clicked.connect(lambda: self.heard.append("clicked"))
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.button)
        self.line.setFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ContextMenu, QEvent.Type.Drop, QEvent.Type.Close):
            self.heard.append(event.type().name)
        return super().event(event)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    found = Window()
    qtbot.addWidget(found)
    return found


@pytest.fixture
def guard(qtbot: QtBot, window: Window) -> Iterator[KioskGuard]:
    found = KioskGuard(window)
    with qtbot.waitActive(window, timeout=5000):
        found.begin()
    yield found
    found.end()


def press(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.line, key, modifiers)


def test_few_keys_pass(guard: KioskGuard, window: Window) -> None:
    fired: list[str] = []
    for keys in ("Ctrl+Q", "Alt+F4", "F1", "Escape", "Ctrl+V"):
        shortcut = QShortcut(QKeySequence(keys), window)
        shortcut.activated.connect(lambda keys=keys: fired.append(keys))
    control, alt, meta = (
        Qt.KeyboardModifier.ControlModifier,
        Qt.KeyboardModifier.AltModifier,
        Qt.KeyboardModifier.MetaModifier,
    )
    QApplication.clipboard().setText("pasted")
    press(window, Qt.Key.Key_1)
    press(window, Qt.Key.Key_A)
    for key, modifiers in (
        (Qt.Key.Key_Q, control),
        (Qt.Key.Key_V, control),
        (Qt.Key.Key_Z, control),
        (Qt.Key.Key_F4, alt),
        (Qt.Key.Key_5, meta),
        (Qt.Key.Key_B, alt),
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
    ):
        press(window, key, modifiers)
    press(window, Qt.Key.Key_2)
    assert window.line.text() == "1a2"
    assert fired == []
    guard.end()
    press(window, Qt.Key.Key_F1)
    assert fired == ["F1"]  # so the shortcuts were real


def test_only_the_left_button_presses(guard: KioskGuard, window: Window) -> None:
    for button in (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.BackButton):
        QTest.mouseClick(window.button, button)
    assert window.heard == []
    QTest.mouseClick(window.button, Qt.MouseButton.LeftButton)
    assert window.heard == ["clicked"]


def test_no_menus_and_nothing_dropped(guard: KioskGuard, window: Window) -> None:
    where = QPoint(5, 5)
    QApplication.sendEvent(window, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, where))
    files = QMimeData()
    files.setText("file")
    drop = QDropEvent(
        QPointF(where), Qt.DropAction.CopyAction, files, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(window, drop)
    assert window.heard == []


def test_it_does_not_close(guard: KioskGuard, window: Window) -> None:
    assert not window.close()
    event = QCloseEvent()
    QApplication.sendEvent(window.windowHandle(), event)
    assert not event.isAccepted()
    QApplication.sendEvent(QApplication.instance() or QObject(), QEvent(QEvent.Type.Quit))
    assert window.isVisible()
    guard.end()
    assert window.close()


def test_no_other_window_stays(qtbot: QtBot, guard: KioskGuard, window: Window) -> None:
    dialog, menu = QDialog(window), QMenu(window)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=2000)
    menu.addAction("way out")
    menu.popup(QPoint(10, 10))
    qtbot.waitUntil(lambda: not menu.isVisible(), timeout=2000)
    assert window.isVisible()


def test_it_comes_back(qtbot: QtBot, guard: KioskGuard, window: Window) -> None:
    screen = QApplication.primaryScreen().geometry()
    for away in (window.hide, window.showMinimized, window.showNormal, lambda: window.setGeometry(30, 30, 200, 100)):
        away()
        qtbot.waitUntil(
            lambda: window.isVisible() and window.isFullScreen() and window.geometry() == screen, timeout=3000
        )


def test_after_the_end_nothing_is_left_of_it(qtbot: QtBot, guard: KioskGuard, window: Window) -> None:
    guard.end()
    guard.end()
    assert QApplication.overrideCursor() is None
    window.hide()
    qtbot.wait(900)
    assert not window.isVisible()
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, event)


_TWO_SCREENS = """
import json
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from dangxiao_houqin.app.kiosk.guard import KioskGuard
app = QApplication([])
window = QWidget()
guard = KioskGuard(window)
guard.begin()
def look():
    shown = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
    rects = sorted([list(w.geometry().getRect()) for w in shown])
    guard.end()
    app.processEvents()
    left = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
    print(json.dumps([len(QGuiApplication.screens()), rects, list(window.geometry().getRect()), len(left)]))
    app.exit(0)
QTimer.singleShot(800, look)
app.exec()
"""


def test_a_second_screen_shows_nothing_of_the_desktop(tmp_path: Path) -> None:
    same = {"y": 0, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    screens = [
        {"name": "one", "x": 0, "width": 1080, "height": 1920, **same},
        {"name": "two", "x": 1080, "width": 1366, "height": 768, **same},
    ]
    config = tmp_path / "screens.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": True, "screens": screens}))
    done = subprocess.run(
        [sys.executable, "-c", _TWO_SCREENS],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}", "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    count, rects, main, left = json.loads(done.stdout)
    assert count == 2
    assert main == [0, 0, 1080, 1920]
    assert rects == [[0, 0, 1080, 1920], [1080, 0, 1366, 768]]
    assert left == 0
