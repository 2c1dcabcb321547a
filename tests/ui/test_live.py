"""A page shows what another desk changed, without being asked; closing never waits for the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from PySide6.QtCore import Slot
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.changes import ChangeFeed
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.organization.models import Department
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.live import Live
from dangxiao_houqin.ui.page import Page

PROMISED_MS = 2000


def names(ctx: Ctx) -> list[str]:
    return [entry.name for entry in ctx.session.query(Department).order_by(Department.id)]


def add(ctx: Ctx, name: str) -> None:
    ctx.add(Department(name=name))


class DepartmentsPage(Page):
    """A page as others are: it watches a table and asks anew when it hears of it."""

    title = "部门"
    watches = frozenset({"department"})

    def __init__(self, runner: Runner) -> None:
        super().__init__(runner)
        self.names: list[str] = []
        self.reloads = 0

    def reload(self) -> None:
        self.reloads += 1
        self.query(names, ok=self.show_names)

    @Slot(object)
    def show_names(self, found: list[str]) -> None:
        self.names = found


class DeskOnDatabase:
    """One computer: its own connections, threads, feed and a page on the screen."""

    def __init__(self, qtbot: QtBot, url: str, name: str) -> None:
        self.db = Database(url)
        actor = Actor.system(name)

        def open_unit(action: str, **options: Any) -> AbstractContextManager[Ctx]:
            return unit_of_work(self.db, actor, action, **options)

        self.runner = Runner(open_unit)
        self.live = Live(self.runner)
        self.feed = ChangeFeed(self.db)
        self.live.start(self.feed.run)
        self.page = DepartmentsPage(self.runner)
        qtbot.addWidget(self.page)
        self.page.show()
        qtbot.waitUntil(lambda: bool(self.feed.mode) and not self.runner.tasks(), timeout=15_000)

    def close(self) -> None:
        self.live.stop()
        self.runner.shutdown()
        self.db.close()


@pytest.fixture
def desks(qtbot: QtBot, db_url: str) -> Iterator[Callable[[str], DeskOnDatabase]]:
    made: list[DeskOnDatabase] = []

    def make(name: str) -> DeskOnDatabase:
        made.append(DeskOnDatabase(qtbot, db_url, name))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.mark.postgres_only
def test_two_desks_see_each_others_changes(qtbot: QtBot, desks: Callable[[str], DeskOnDatabase]) -> None:
    one, two = desks("李敏"), desks("王芳")
    one.runner.command(add, "后勤科")
    qtbot.waitUntil(lambda: two.page.names == ["后勤科"], timeout=PROMISED_MS)
    two.runner.command(add, "教务科")
    qtbot.waitUntil(lambda: one.page.names == ["后勤科", "教务科"], timeout=PROMISED_MS)
    reloads = one.page.reloads
    qtbot.wait(600)
    assert one.page.reloads == reloads, "one's own change comes back from the runner once, not from the feed again"


@pytest.mark.postgres_only
def test_many_changes_make_a_page_ask_a_few_times(qtbot: QtBot, desks: Callable[[str], DeskOnDatabase]) -> None:
    one, two = desks("李敏"), desks("王芳")
    before = two.page.reloads
    for number in range(40):
        one.runner.command(add, f"{number}科")
    qtbot.waitUntil(lambda: len(two.page.names) == 40, timeout=10_000)
    assert two.page.reloads - before < 30


@pytest.mark.postgres_only
def test_a_hidden_page_asks_when_it_is_shown(qtbot: QtBot, desks: Callable[[str], DeskOnDatabase]) -> None:
    one, two = desks("李敏"), desks("王芳")
    two.page.hide()
    before = two.page.reloads
    heard: list[frozenset[str]] = []
    two.runner.data_changed.connect(heard.append)
    one.runner.command(add, "后勤科")
    qtbot.waitUntil(lambda: any("department" in tables for tables in heard), timeout=PROMISED_MS)
    assert two.page.reloads == before
    two.page.show()
    qtbot.waitUntil(lambda: two.page.names == ["后勤科"])


def deaf(_tell: Callable[[frozenset[str]], object], _stopped: threading.Event) -> None:
    """A thread that hangs in a lost network."""
    time.sleep(1.5)


def chatty(tell: Callable[[frozenset[str]], object], stopped: threading.Event) -> None:
    while not stopped.is_set():
        tell(frozenset({"department"}))
        time.sleep(0.0005)


def test_closing_does_not_wait_for_a_lost_network(qtbot: QtBot) -> None:
    runner = Runner()
    live = Live(runner)
    live.start(deaf)
    began = time.monotonic()
    live.stop()
    runner.shutdown()
    assert time.monotonic() - began < 1
    assert not live.running


def test_nothing_arrives_after_the_end(qtbot: QtBot) -> None:
    """A feed that tells without pause, stopped and started thirty times: no call reaches what is gone."""
    for _ in range(30):
        runner = Runner()
        heard: list[frozenset[str]] = []
        runner.data_changed.connect(heard.append)
        live = Live(runner)
        live.start(chatty)
        qtbot.wait(5)
        live.stop()
        count = len(heard)
        qtbot.wait(2)
        assert len(heard) == count
        runner.shutdown()
        live.deleteLater()
        runner.deleteLater()


def test_starting_anew_leaves_the_old_feed(qtbot: QtBot) -> None:
    runner = Runner()
    heard: list[frozenset[str]] = []
    runner.data_changed.connect(heard.append)
    live = Live(runner)
    live.start(chatty)
    live.start(_once)
    qtbot.waitUntil(lambda: frozenset({"room"}) in heard)
    heard.clear()
    qtbot.wait(400)
    assert heard == []
    live.stop()
    runner.shutdown()


def _once(tell: Callable[[frozenset[str]], object], stopped: threading.Event) -> None:
    tell(frozenset({"room"}))
    stopped.wait(10)


@pytest.mark.expect_log("bug [0-9A-F]{6}")
def test_a_bug_in_the_feed_is_in_the_log(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    runner = Runner()
    live = Live(runner)
    live.start(_stumble)
    qtbot.waitUntil(lambda: "bug" in caplog.text)
    live.stop()
    runner.shutdown()


def _stumble(_tell: Callable[[frozenset[str]], object], _stopped: threading.Event) -> None:
    raise ZeroDivisionError("oops")
