"""R12: people try to get out of the kiosk, with keys, pointer and another window; the PIN is the only way.

What is tried here is the list in the administrator's guide (docs/管理员指南.md, 自助终端).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.services import set_pin
from tests.modules.surveys.ballots import add_campaign

from .conftest import ROOT, surroundings

pytestmark = [pytest.mark.story, pytest.mark.slow]

PIN = "482915"
QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
WIDTH, HEIGHT = 1366, 768

KEYS = """
Escape alt+F4 ctrl+F4 ctrl+q ctrl+w ctrl+c ctrl+v ctrl+p ctrl+s ctrl+o ctrl+n ctrl+Escape ctrl+shift+Escape
alt+Tab alt+shift+Tab alt+Escape alt+space ctrl+alt+Tab ctrl+alt+Left ctrl+alt+Right ctrl+alt+Up ctrl+alt+t
ctrl+alt+d super Super_L Super_R super+d super+e super+r super+l super+Tab super+F1 super+F4 Menu shift+F10
Print alt+Print F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 alt+F1 alt+F2 alt+F5 alt+F9 alt+F10 Home End Prior Next
Insert Pause XF86HomePage XF86Mail XF86Calculator XF86Search XF86AudioMute Help Tab shift+Tab Return space
BackSpace Delete
"""

SWIPES = (((0, 380), (400, 380)), ((680, 0), (680, 400)), ((1365, 380), (900, 380)), ((680, 767), (680, 300)))

OTHER = """
import sys
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget
class Other(QWidget):
    def event(self, event):
        if event.type() in (QEvent.Type.WindowActivate, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress):
            with open(sys.argv[1], "a") as file:
                file.write(event.type().name + " ")
        return super().event(event)
app = QApplication([])
window = Other()
window.setWindowTitle("other window")
window.resize(1200, 700)
window.show()
window.activateWindow()
sys.exit(app.exec())
"""


@pytest.fixture
def hands(display: str, tmp_path: Path) -> Callable[..., str]:
    """``hands("key", "Escape")``: what a person at that screen does (xdotool); returns what it says."""
    environment = surroundings(display, tmp_path, tmp_path / "data")

    def do(*arguments: object, tool: str = "xdotool") -> str:
        done = subprocess.run(
            [tool, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=20, check=False
        )
        return done.stdout.strip()

    return do


class Kiosk:
    """The running kiosk, and what it looks like now."""

    def __init__(self, display: str, home: Path) -> None:
        self.status = home / "status.json"
        self.target = home / "school.db"
        self.environment = surroundings(display, home, home / "data")
        self.log = home / "kiosk.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, watched: bool = True) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.stories.kiosk_watched", str(self.status), str(self.target)]
        if not watched:
            command = [sys.executable, "-m", "dangxiao_houqin", "kiosk", "--db", str(self.target)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log)

    def restart(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.status.unlink(missing_ok=True)
        self.process = self.start()
        self.until(lambda now: now["place"] == "start" and now["active"] and now["fills"], 40)

    def now(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.poll() is None, "the kiosk is gone: " + self.log.read_text(errors="replace")[-2000:]
        if not self.status.exists():
            return {"seen": 0, "place": "", "active": False, "fills": False, "shown": False, "places": {}, "words": []}
        found: dict[str, Any] = json.loads(self.status.read_text(encoding="utf-8"))
        return found

    def until(self, wanted: Callable[[dict[str, Any]], object], seconds: float = 8) -> dict[str, Any]:
        """What it looks like as soon as ``wanted``."""
        patience = time.monotonic() + seconds
        while True:
            now = self.now()
            if now["seen"] and wanted(now):
                return now
            assert time.monotonic() < patience, {k: now[k] for k in now if k != "places"}
            time.sleep(0.05)

    def later(self) -> dict[str, Any]:
        """What it looks like after it has had time to react."""
        seen = self.now()["seen"]
        return self.until(lambda now: now["seen"] >= seen + 3)


@pytest.fixture
def kiosk(display: str, tmp_path: Path) -> Iterator[Kiosk]:
    found = Kiosk(display, tmp_path)
    db = Database(found.target)
    upgrade(db)
    with unit_of_work(db, Actor.system("测试员"), "test.prepare") as ctx:
        set_pin(ctx, PIN, QUICK)
        save_settings(ctx.session, KioskRules(pin_attempts=3, pin_lock_seconds=60))
        add_campaign(ctx)
    db.close()
    found.restart()
    yield found
    if found.process is not None and found.process.poll() is None:
        found.process.kill()
        found.process.wait(10)


def holds(now: dict[str, Any]) -> bool:
    """In front, whole, alone, and at a page of respondents."""
    return bool(
        now["active"]
        and now["shown"]
        and now["fills"]
        and now["windows"] == ["KioskWindow"]
        and now["place"] in ("start", "begin", "answer")
    )


def wait_for(ready: Callable[[], object]) -> None:
    patience = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < patience
        time.sleep(0.05)


def test_nobody_gets_out(kiosk: Kiosk, hands: Callable[..., str], tmp_path: Path) -> None:
    heard = tmp_path / "heard"

    def come() -> subprocess.Popen[bytes]:
        """Another program's window."""
        program = subprocess.Popen([sys.executable, "-c", OTHER, str(heard)], env=kiosk.environment)
        assert hands("search", "--sync", "--name", "other window")
        return program

    # ---- it can be done: these keys close another program's window on this desktop
    assert kiosk.process is not None
    kiosk.process.kill()
    kiosk.process.wait(10)
    victim = come()
    wait_for(heard.exists)
    hands("key", "alt+F4")
    assert victim.wait(10) == 0
    victim = come()  # and one stays behind the kiosk
    kiosk.restart()
    time.sleep(1)
    before = heard.read_text()

    # ---- keys
    for keys in KEYS.split():
        hands("key", keys)
    assert holds(kiosk.later())

    # ---- pointer: other buttons, edges and corners, long presses, swipes in from the edges, double clicks
    for button in (2, 3, 8, 9, 4, 5):
        for x, y in ((WIDTH // 2, HEIGHT // 2), (3, 3), (WIDTH - 3, HEIGHT - 3)):
            hands("mousemove", x, y, "click", "--repeat", 2, button)
    for x, y in ((0, 0), (WIDTH - 1, 0), (0, HEIGHT - 1), (WIDTH - 1, HEIGHT - 1)):
        hands("mousemove", x, y, "sleep", 0.2, "click", 1, "mousedown", 1, "sleep", 0.3, "mouseup", 1)
    for start, end in (
        ((0, 380), (400, 380)),
        ((680, 0), (680, 400)),
        ((1365, 380), (900, 380)),
        ((680, 767), (680, 300)),
    ):
        hands("mousemove", *start, "mousedown", 1, "mousemove", *end, "mouseup", 1)
        hands("keydown", "alt", "mousemove", *start, "mousedown", 1, "mousemove", *end, "mouseup", 1, "keyup", "alt")
        hands("keydown", "alt", "mousemove", *start, "mousedown", 3, "mousemove", *end, "mouseup", 3, "keyup", "alt")
    assert kiosk.later()["windows"] == ["KioskWindow"]
    kiosk.until(holds)
    assert victim.poll() is None
    assert heard.read_text() == before  # neither key nor pointer ever reached the desktop behind
    victim.kill()
    victim.wait(10)

    # ---- the window manager is asked to close, hide, shrink and move it
    name = hands("getactivewindow", "getwindowname")
    assert name.startswith("满意度测评")
    own = hands("getactivewindow")
    if shutil.which("wmctrl"):
        hands("-c", name, tool="wmctrl")
        hands("-r", name, "-b", "remove,fullscreen", tool="wmctrl")
        hands("-r", name, "-b", "add,hidden", tool="wmctrl")
        hands("-r", name, "-e", "0,100,100,300,200", tool="wmctrl")
        hands("-k", "on", tool="wmctrl")  # show the desktop
        kiosk.until(holds)
    hands("windowminimize", own)
    kiosk.until(holds)
    hands("windowquit", own)
    kiosk.until(holds)

    # ---- another program comes up and takes the keyboard
    victim = come()
    try:
        other = hands("search", "--sync", "--name", "other window").split()[-1]
        came = time.monotonic()
        hands("windowactivate", other)
        hands("windowraise", other)
        kiosk.until(holds)
        assert time.monotonic() - came < 5
        time.sleep(1)
        assert holds(kiosk.now())
        assert hands("getactivewindow") == own
    finally:
        victim.kill()
        victim.wait(10)

    # ---- a second kiosk
    second = kiosk.start(watched=False)
    assert second.wait(30) == 1
    assert "本机已经打开了一个自助终端" in kiosk.log.read_text(encoding="utf-8")
    kiosk.until(holds)


def test_only_the_pin_lets_out_and_a_restart_does_not_open_its_lock(kiosk: Kiosk, hands: Callable[..., str]) -> None:
    def tap(name: str) -> None:
        x, y = kiosk.until(lambda now: name in now["places"])["places"][name]
        hands("mousemove", x, y, "sleep", 0.05, "click", 1)

    def ask_for_the_pin() -> None:
        x, y = kiosk.until(lambda now: now["place"] == "start")["places"]["emblem"]
        hands("mousemove", x, y, "click", "--repeat", 5, "--delay", 120, 1)
        kiosk.until(lambda now: now["place"] == "pin")

    def enter(pin: str) -> None:
        for digit in pin:
            tap(f"key_{digit}")
        tap("key_ok")

    ask_for_the_pin()
    for number, wrong in enumerate(("000000", "111111", "999999"), start=1):
        enter(wrong)
        sign = "秒后再试" if number == 3 else f"还可以再试 {3 - number} 次"
        kiosk.until(lambda now, sign=sign: any(sign in words for words in now["words"]))  # type: ignore[misc]
    kiosk.until(lambda now: "key_1" not in now["places"])  # the keypad is off while it is locked
    kiosk.restart()
    ask_for_the_pin()
    kiosk.until(lambda now: any("秒后再试" in words for words in now["words"]))
    assert "key_1" not in kiosk.later()["places"]

    # the minute is over (not waited for: the file is told that it is)
    assert kiosk.process is not None
    kiosk.process.kill()
    kiosk.process.wait(10)
    with sqlite3.connect(kiosk.target.parent / "data" / "kiosk_queue.db") as queue:
        queue.execute("UPDATE note SET value = '{\"failures\": 3, \"until\": 0}' WHERE key = 'lock'")
    queue.close()
    kiosk.restart()
    ask_for_the_pin()
    enter(PIN)
    kiosk.until(lambda now: now["place"] == "staff")
    hands("key", "alt+F4")
    hands("key", "Escape")
    assert kiosk.later()["place"] == "staff"
    tap("leave")
    assert kiosk.process.wait(15) == 0
