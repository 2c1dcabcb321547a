"""People before the kiosk, one after another, with a finger of X11: run by ``test_kiosk`` and killed by it.

``python -m tests.stories.kiosk_visitors FOLDER DB CODES``: whoever holds a code of the file CODES that is not yet in
``FOLDER/thanked`` comes, answers and goes.  A paper that is already in (its visitor was cut off before the thanks)
counts as done when the kiosk says so.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from dangxiao_houqin.app.kiosk import running
from dangxiao_houqin.modules.surveys.ui.answer_parts import Words
from tests.stories.clerk import Clerk, Work

SURE = 0.6
"""Seconds after which a press that changed nothing is repeated."""


class Visitors(Clerk):
    """Answers with one code after another; what was done is written down at once, for the process may be killed."""

    def __init__(self, folder: Path, codes: list[str], window: running.KioskWindow) -> None:
        self._codes = codes
        self._thanked = folder / "thanked"
        self._window = window
        super().__init__(folder, lambda _clerk: self._story())

    @property
    def place(self) -> str:
        return self._window.place

    # ------------------------------------------------------------------ eyes and hands
    def seen(self, wanted: Callable[[str], bool]) -> QWidget | None:
        """A widget with such a name that a finger can reach now."""
        return self._reachable(w for w in self.windows(QWidget) if wanted(w.objectName()))

    def tap(self, name: str) -> Work:
        """Press what has this name, as soon as it can be reached."""
        yield lambda: self.seen(name.__eq__)
        found = self.seen(name.__eq__)
        assert found is not None
        yield from self._click_at(self._middle(found))

    def tap_until(self, wanted: Callable[[str], bool], done: Callable[[], object]) -> Work:
        """Press again and again until it has worked, as people do."""
        while not done():
            yield lambda: done() or self.seen(wanted)
            if done():
                return
            found = self.seen(wanted)
            assert found is not None
            yield from self._click_at(self._middle(found))
            pressed = time.monotonic()
            yield lambda pressed=pressed: done() or time.monotonic() - pressed > SURE  # type: ignore[misc]

    # ------------------------------------------------------------------ the story
    def _story(self) -> Work:
        done = set(self._thanked.read_text().split()) if self._thanked.exists() else set()
        for number, code in enumerate(self._codes):
            if code not in done:
                yield from self._visit(code, number)
        (self.folder / "everybody").touch()
        yield lambda: False  # until the test takes the kiosk away

    def _visit(self, code: str, number: int) -> Work:
        yield lambda: self.place == "start"
        yield from self.tap_until(_begins, lambda: self.place == "code")
        for digit in code:
            yield from self.tap(f"key_{digit}")
        yield from self.tap("key_ok")
        yield lambda: self.place == "answer" or self._has_been_in()
        if self._has_been_in():
            self._is_through(code)
            yield from self.tap_until("home".__eq__, lambda: self.place == "start")
            return
        yield from self._answer(number)
        yield lambda: self.place == "thanks"
        self._is_through(code)
        yield from self.tap_until("again".__eq__, lambda: self.place == "start")

    def _is_through(self, code: str) -> None:
        with self._thanked.open("a") as file:
            file.write(f"{code}\n")

    def _has_been_in(self) -> bool:
        return self.place == "code" and any("已经用过" in each.text() for each in self.windows(Words))

    def _answer(self, number: int) -> Work:
        while self.place == "answer" and not self.seen("submit".__eq__):
            yield lambda: self.seen("next".__eq__) or self.seen("submit".__eq__)
            shown = self._question()
            for wanted in (f"level_{shown}_{1 + (number + shown) % 5}", f"option_{shown}_1"):
                if self.seen(wanted.__eq__):
                    yield from self.tap(wanted)
            yield from self.tap_until("next".__eq__, lambda shown=shown: self._question() != shown)  # type: ignore[misc]
        yield from self.tap_until("submit".__eq__, lambda: self.place != "answer")

    def _question(self) -> int:
        """The number of the first question in sight; 0 on the last page."""
        names = [w.objectName() for w in self.windows(QWidget)]
        numbers = [int(n.split("_")[1]) for n in names if n.startswith(("level_", "option_", "text_"))]
        return min(numbers, default=0)


def _begins(name: str) -> bool:
    return name == "begin" or name.startswith("survey_")


def run(folder: Path, target: str, codes: list[str]) -> int:
    """Start the kiosk as the command does, with people in front of it."""
    keep: list[object] = []

    class Watched(running.KioskGuard):
        def begin(self) -> None:
            super().begin()
            window = self._window
            assert isinstance(window, running.KioskWindow)
            keep.append(Visitors(folder, codes, window))

    running.KioskGuard = Watched  # type: ignore[misc]
    (folder / "pid").write_text(str(os.getpid()))
    return running.run_kiosk(target)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]).read_text().split()))
