"""The kiosk with somebody looking at it: run by ``test_kiosk_escape``, which attacks it from outside.

``python -m tests.stories.kiosk_watched STATUS DB``: ten times a second STATUS says, as JSON, which page is shown, where
its widgets with a name are, and whether the window is where it should be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from dangxiao_houqin.app.kiosk import running
from dangxiao_houqin.modules.surveys.ui.answer_parts import Words


class Watcher(QObject):
    """Writes down what it sees."""

    def __init__(self, status: Path, window: running.KioskWindow) -> None:
        super().__init__()
        self._status, self._window = status, window
        self._seen = 0
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        window, screen = self._window, QGuiApplication.primaryScreen()
        self._seen += 1
        found = {
            "seen": self._seen,
            "place": window.place,
            "active": window.isActiveWindow(),
            "shown": window.isVisible() and not window.isMinimized(),
            "fills": window.geometry() == screen.geometry(),
            "size": [window.width(), window.height()],
            "windows": sorted(type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()),
            "words": [each.text() for each in window.findChildren(Words) if each.isVisible()],
            "places": {
                each.objectName(): [middle.x(), middle.y()]
                for each in window.findChildren(QWidget)
                if each.objectName() and each.isVisible() and each.isEnabled()
                for middle in (each.mapToGlobal(each.rect().center()),)
            },
        }
        draft = self._status.with_suffix(".new")
        draft.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        draft.replace(self._status)


def run(status: Path, target: str) -> int:
    """Start the kiosk as the command does, with a watcher beside it."""
    keep: list[object] = []

    class Watched(running.KioskGuard):
        def begin(self) -> None:
            super().begin()
            window = self._window
            assert isinstance(window, running.KioskWindow)
            keep.append(Watcher(status, window))

        def end(self) -> None:
            keep.clear()
            super().end()

    running.KioskGuard = Watched  # type: ignore[misc]
    return running.run_kiosk(target)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2]))
