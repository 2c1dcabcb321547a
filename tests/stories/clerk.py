"""A clerk at a real screen: looks with Qt where something is, and works with the mouse and the keys of X11 only.

Runs inside the program's own process (started by a story's script), because only there one can see where a button is;
everything that is *done* goes through ``xdotool``, the window manager and the X server, as a hand would do it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QLineEdit, QMenu, QWidget

W = TypeVar("W", bound=QWidget)
Work = Generator[Callable[[], object], None, None]
"""Yields what it waits for."""

LOOK_MS = 30
PATIENCE = 40.0


class Clerk(QObject):
    """Plays ``story(clerk)``; writes ``story.json`` (steps with seconds, outcome) and pictures into ``folder``."""

    def __init__(self, folder: Path, story: Callable[[Clerk], Work]) -> None:
        super().__init__()
        self.folder = folder
        self.steps: list[dict[str, Any]] = []
        self.failure = ""
        self._work = story(self)
        self._wait: Callable[[], object] | None = None
        self._since = self._begun = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    # ------------------------------------------------------------------ the clock of the story
    @Slot()
    def _look(self) -> None:
        try:
            if self._wait is not None and not self._wait():
                if time.monotonic() - self._since > PATIENCE:
                    raise TimeoutError(f"still waiting after {PATIENCE:.0f} s in step {len(self.steps) + 1}")
                return
            self._wait = next(self._work)
            self._since = time.monotonic()
        except StopIteration:
            self._end()
        except Exception:  # noqa: BLE001 - told to the test, with a picture
            self.failure = traceback.format_exc()
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        if self.failure:
            self.picture("failure")
        seconds = round(time.monotonic() - self._begun, 1)
        told: dict[str, Any] = {"seconds": seconds, "steps": self.steps, "failure": self.failure}
        if self.failure:
            told["lines"] = [(e.accessibleName(), e.text(), e.isEnabled()) for e in self.windows(QLineEdit)]
            told["buttons"] = [(b.text(), b.isEnabled()) for b in self.windows(QAbstractButton) if b.text()]
        (self.folder / "story.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        if self.failure:
            print(self.failure, file=sys.stderr)
            QGuiApplication.exit(3)

    def closed(self) -> None:
        """The program has ended; only a story that had come to its last step may end it."""
        if self._timer.isActive():
            if self._work.gi_frame is not None and next(self._work, None) is not None:
                self.failure = f"the program ended in step {len(self.steps) + 1}"
            self._end()

    def done(self, what: str) -> None:
        """One step of the story is over."""
        now = time.monotonic()
        self.steps.append({"step": what, "at": round(now - self._begun, 1)})
        self.picture(f"{len(self.steps):02d}")

    def picture(self, name: str) -> None:
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            screen.grabWindow(0).save(str(self.folder / f"{name}.png"))

    # ------------------------------------------------------------------ eyes
    def windows(self, kind: type[W]) -> list[W]:
        return [w for w in QApplication.allWidgets() if isinstance(w, kind) and w.isVisible()]

    def words(self) -> list[str]:
        """What the labels on the screen say."""
        return [each.text() for each in self.windows(QLabel)]

    def button(self, text: str) -> QAbstractButton | None:
        """A button that says ``text`` and can be hit with the mouse now."""
        return self._reachable(b for b in self.windows(QAbstractButton) if b.text() == text)

    def line(self, name: str) -> QLineEdit | None:
        """An input line by its accessible name."""
        return self._reachable(e for e in self.windows(QLineEdit) if e.accessibleName().startswith(name))

    def _reachable(self, found: Iterable[W]) -> W | None:
        for widget in found:
            if widget.isEnabled():
                at = QApplication.widgetAt(self._middle(widget))
                if at is widget or (at is not None and widget.isAncestorOf(at)):
                    return widget
        return None

    def _middle(self, widget: QWidget) -> QPoint:
        return widget.mapToGlobal(widget.rect().center())

    # ------------------------------------------------------------------ hands
    def _tool(self, *arguments: str) -> Work:
        hand = subprocess.Popen(["xdotool", *arguments])
        yield lambda: hand.poll() is not None

    def _press(self, widget: QWidget) -> Work:
        """Click a widget; the window manager may still be framing its window, and then we aim again."""
        aimed: QPoint | None = None
        while aimed != self._middle(widget):
            aimed = self._middle(widget)
            yield from self._tool("mousemove", str(aimed.x()), str(aimed.y()), "sleep", "0.15")
        yield from self._tool("click", "1")

    def _click_at(self, place: QPoint) -> Work:
        yield from self._tool("mousemove", str(place.x()), str(place.y()), "sleep", "0.08", "click", "1")

    def drag(self, start: QPoint, end: QPoint) -> Work:
        """Carry something from one place of the screen to another with the left button held."""
        middle = (start + end) / 2
        steps = [start, start + QPoint(6, 4), start + QPoint(14, 8), middle, end - QPoint(3, 2), end]
        yield from self._tool("mousemove", str(start.x()), str(start.y()), "sleep", "0.08", "mousedown", "1")
        for place in steps:
            yield from self._tool("mousemove", str(place.x()), str(place.y()), "sleep", "0.08")
        yield from self._tool("sleep", "0.1", "mouseup", "1")

    def click(self, text: str) -> Work:
        """Press a button as soon as it can be hit."""
        yield lambda: self.button(text)
        found = self.button(text)
        assert found is not None
        yield from self._press(found)

    def go(self, page: str) -> Work:
        """Press a page's name in the navigation (whose texts are indented)."""
        yield from self.click(f"  {page}")

    def menu(self, button: str, entry: str) -> Work:
        """Open a button's menu and choose."""
        yield from self.click(button)

        def shown() -> tuple[QMenu, Any] | None:
            for menu in self.windows(QMenu):
                for action in menu.actions():
                    if action.text() == entry:
                        return menu, action
            return None

        yield shown
        found = shown()
        assert found is not None
        menu, action = found
        yield from self._click_at(menu.mapToGlobal(menu.actionGeometry(action).center()))

    def keys(self, *names: str) -> Work:
        yield from self._tool("key", "--delay", "40", *names)

    def type(self, text: str) -> Work:
        """ASCII with the keys; Chinese from the clipboard, for an input method is not part of the story."""
        if text.isascii():
            yield from self._tool("type", "--delay", "12", text)
        else:
            QGuiApplication.clipboard().setText(text)
            yield from self.keys("ctrl+v")

    def fill(self, name: str, text: str) -> Work:
        """Click into a line, replace what it says."""
        yield lambda: self.line(name)
        found = self.line(name)
        assert found is not None
        yield from self._press(found)
        yield found.hasFocus
        yield from self.keys("ctrl+a")
        yield from self.type(text)
        yield lambda: found.text() == text

    def choose_file(self, path: Path) -> Work:
        """Answer the file dialog that is open."""

        def line() -> QLineEdit | None:
            for dialog in self.windows(QFileDialog):
                for edit in dialog.findChildren(QLineEdit, "fileNameEdit"):
                    return edit if dialog.isActiveWindow() else None
            return None

        yield line
        edit = line()
        assert edit is not None
        yield from self._press(edit)
        yield from self.keys("ctrl+a")
        yield from self.type(str(path))
        yield lambda: edit.text() == str(path)
        yield from self.keys("Return")
        yield lambda: not self.windows(QFileDialog)
