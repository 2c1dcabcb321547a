"""The morning a large class arrives, one person after the other: run by ``test_arrival_day`` under an X server.

``python -m tests.stories.arrival_day FOLDER DATABASE SECONDS_PER_PERSON``
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from dangxiao_houqin.app import main
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.modules.accommodation.domain import DeskPerson, StayState
from dangxiao_houqin.modules.accommodation.ui.reception_page import ReceptionPage
from dangxiao_houqin.modules.accommodation.ui.reception_search import Entry
from tests.stories.arrival_school import PASSWORD
from tests.stories.clerk import Clerk, Work


@dataclass
class Watch:
    """How long each person stood at the desk, in seconds from the first key to the answer of the database."""

    seconds: list[float] = field(default_factory=list)
    behind: float = 0.0
    """How far the desk fell behind its own pace at the worst."""
    messages: list[str] = field(default_factory=list)


class Desk:
    """The reception page in front of the clerk, and what he does there."""

    def __init__(self, clerk: Clerk, page: ReceptionPage) -> None:
        self.clerk, self.page = clerk, page

    def now(self, key: tuple[str, int]) -> DeskPerson:
        return next(entry.person for entry in self.page.roll.entries if entry.key == key)

    def find(self, text: str, key: tuple[str, int]) -> Work:
        """Type, look who is proposed, go down the list to the right one."""
        yield from self.clerk.type(text)
        yield lambda: self.page.field.text().strip() == text
        for _ in range(20):
            chosen = self.page.chosen
            if chosen is not None and chosen.key == key:
                return
            yield from self.clerk.keys("Down")
        raise AssertionError(f"{text!r} does not lead to {self.now(key).name}")

    def receive(self, entry: Entry, number: int) -> Work:
        """One person: by initials, by name, by the phone's last digits, by a scanned code."""
        person, key = entry.person, entry.key
        way = number % 4
        if way == 3:
            yield from scan(self.clerk, f"DXHQ:E{person.enrollment_id}")
        else:
            text = (initials(person.name), person.name, person.phone_tail)[way]
            yield from self.find(text, key)
            yield from self.clerk.keys("Return")
        begun = time.monotonic()
        while self.now(key).state is not StayState.IN_HOUSE:
            said = self.page.bar.text
            if "同名" in said or "位“" in said:  # a namesake: the page wants to hear it twice
                yield from self.clerk.keys("Return")
                yield lambda: self.now(key).state is StayState.IN_HOUSE
                return
            assert not said, said
            assert time.monotonic() - begun < 10, f"{person.name} is not received"
            yield lambda: True


def initials(name: str) -> str:
    """What a clerk types: the first letters."""
    return next(token for token in search_key(name).split()[1:] if len(token) <= len(name))


def scan(clerk: Clerk, text: str) -> Work:
    """A scanner: the code and Enter in one burst."""
    yield from clerk._tool("type", "--delay", "4", "--args", "1", text, "key", "Return")


def story(clerk: Clerk, folder: Path, pace: float) -> Work:
    yield from clerk.fill("登录名", "admin")
    yield from clerk.fill("密码", PASSWORD)
    yield from clerk.keys("Return")
    yield from clerk.go("报到退房")
    yield lambda: clerk.windows(ReceptionPage)
    (page,) = clerk.windows(ReceptionPage)
    yield lambda: page.desk_day is not None and page.roll.entries and page.field.hasFocus()
    clerk.done("the desk is open")
    desk, watch = Desk(clerk, page), Watch()
    everybody = list(page.roll.entries)
    # people do not come in the order of the list
    arriving = sorted(everybody, key=lambda entry: (entry.key[1] * 7919) % 1009)
    start = time.monotonic()
    for number, entry in enumerate(arriving):
        due = start + number * pace
        while time.monotonic() < due:
            yield lambda: True
        watch.behind = max(watch.behind, time.monotonic() - due) if pace else 0.0
        begun = time.monotonic()
        yield from desk.receive(entry, number)
        watch.seconds.append(round(time.monotonic() - begun, 3))
        assert page.field.text() == ""
        if number in (0, len(arriving) // 2):
            clerk.done(f"{number + 1} received")
            yield from taken_back(clerk, desk, entry)
    yield lambda: page.counters.parts["waiting"].accessibleName() == "未到 0 人"
    assert page.counters.parts["arrived"].accessibleName() == f"已到 {len(everybody)} 人"
    clerk.done("everybody is here")
    told = {
        "people": len(arriving),
        "all_seconds": round(time.monotonic() - start, 1),
        "slowest": max(watch.seconds),
        "mean": round(sum(watch.seconds) / len(watch.seconds), 3),
        "behind": round(watch.behind, 2),
    }
    (folder / "arrivals.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    yield from clerk.keys("alt+F4")


def taken_back(clerk: Clerk, desk: Desk, entry: Entry) -> Work:
    """The wrong person: Ctrl+Z, and he is received again."""
    yield from clerk.keys("ctrl+z")
    yield lambda: desk.now(entry.key).state is StayState.ASSIGNED
    yield lambda: desk.page.chosen is not None and desk.page.chosen.key == entry.key
    yield from clerk.keys("Return")
    yield lambda: desk.now(entry.key).state is StayState.IN_HOUSE
    yield desk.page.field.hasFocus


def run(folder: Path, database: Path, pace: float) -> int:
    """Start the program on ``database`` with a clerk in front of it."""
    clerks: list[Clerk] = []
    make = main.make_application

    def with_clerk(arguments: list[str]) -> object:
        app = make(arguments)
        clerks.append(Clerk(folder, lambda clerk: story(clerk, folder, pace)))
        return app

    main.make_application = with_clerk  # type: ignore[assignment]
    code = main.run_window(str(database))
    for clerk in clerks:
        clerk.closed()
    clerks.clear()
    return code


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])))
