"""The kiosk's link: durable first, sent once each, patient with a database that is away; the PIN's lock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Slot
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select, text

from dangxiao_houqin.app.kiosk.link import KioskLink
from dangxiao_houqin.app.kiosk.lock import KioskLock, left_of, lock_seconds
from dangxiao_houqin.app.kiosk.queue import AnswerQueue, LockState
from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyPaper
from dangxiao_houqin.modules.surveys.services import set_pin
from tests.modules.surveys.ballots import add_campaign, add_codes, paper
from tests.support.postgres import NoServer, PostgresServer, running_postgres

Unit = Callable[..., AbstractContextManager[Ctx]]
PIN = "482915"
QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
SOON = 15_000


class Visitor(QObject):
    """Hears what became of a question."""

    def __init__(self) -> None:
        super().__init__()
        self.good = 0
        self.bad: list[str] = []

    @Slot()
    def ok(self) -> None:
        self.good += 1

    @Slot(object)
    def fail(self, error: Exception) -> None:
        self.bad.append(str(error))


@pytest.fixture
def visitor(qapp: Any) -> Visitor:
    return Visitor()


@pytest.fixture
def open_link(qapp: Any, tmp_path: Path, clock: FixedClock) -> Iterator[Callable[..., KioskLink]]:
    """``open_link(target)``: a link with this machine's queue file, ended with the test."""
    running: list[KioskLink] = []

    def begin(target: str, **options: Any) -> KioskLink:
        link = KioskLink(target, clock=clock, queue=AnswerQueue(tmp_path / "kiosk_queue.db"), **options)
        running.append(link)
        return link

    yield begin
    for link in running:
        link.stop()


def stored(unit: Unit) -> int:
    with unit(read_only=True) as ctx:
        return ctx.session.scalar(select(func.count()).select_from(SurveyPaper)) or 0


# -------------------------------------------------------------------------------------------------- sending
def test_finished_papers_reach_the_database_and_leave_the_disk(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        before = ctx.session.scalar(select(func.count()).select_from(AuditEntry))
    link = open_link(db_url)
    link.start()
    qtbot.waitUntil(lambda: [s.campaign_id for s in link.surveys()] == [campaign.id], timeout=SOON)
    papers = [paper(campaign.id, campaign.held_on) for _ in range(6)]
    for each in (*papers, *papers[:3]):  # some press twice
        link.finish(each, visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.good == 9, timeout=SOON)
    qtbot.waitUntil(lambda: stored(unit) == 6 and link.waiting() == 0, timeout=SOON)
    assert link.queue.waiting() == ()
    assert visitor.bad == []
    with unit(read_only=True) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(AuditEntry)) == before


@pytest.mark.sqlite_only
def test_without_the_database_papers_wait_on_disk_and_the_kiosk_goes_on(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor
) -> None:
    """Also over a restart; nothing is tried at the moment of finishing, for a log would know it."""
    with unit() as ctx:
        campaign = add_campaign(ctx)
        set_pin(ctx, PIN, QUICK)
    first = open_link(db_url)
    first.start()
    qtbot.waitUntil(lambda: bool(first.surveys()), timeout=SOON)
    qtbot.waitUntil(lambda: first.queue.known().surveys == first.surveys(), timeout=SOON)
    first.stop()
    away = Path(f"{db_url}.away")
    Path(db_url).rename(away)
    second = open_link(db_url)
    second.start()
    assert [s.campaign_id for s in second.surveys()] == [campaign.id]
    assert second.pin_hash()
    qtbot.waitUntil(second.offline, timeout=SOON)
    assert "没有找到数据库文件" in second.troubles()[0]
    for _ in range(3):
        second.finish(paper(campaign.id, campaign.held_on), visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.good == 3, timeout=SOON)
    assert second.waiting() == 3
    assert not Path(db_url).exists()  # nobody made an empty one
    away.rename(db_url)
    qtbot.waitUntil(lambda: stored(unit) == 3 and not second.offline() and second.waiting() == 0, timeout=40_000)


def test_a_refused_paper_is_held_and_goes_when_the_campaign_is_open_again(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        other = add_campaign(ctx)
    link = open_link(db_url)
    link.start()
    qtbot.waitUntil(lambda: len(link.surveys()) == 2, timeout=SOON)
    with unit() as ctx:
        ctx.get(SurveyCampaign, campaign.id).state = CampaignState.CLOSED.value
    for which in (campaign, other):
        link.finish(paper(which.id, campaign.held_on), visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: link.refused() == (("这次测评已经收卷，不能再交卷。", 1),), timeout=SOON)
    qtbot.waitUntil(lambda: stored(unit) == 1, timeout=SOON)  # the other one was not held up
    assert visitor.good == 2
    link.send_again()  # in vain
    qtbot.wait(300)
    qtbot.waitUntil(lambda: link.waiting() == 0 and len(link.refused()) == 1, timeout=SOON)
    with unit() as ctx:
        ctx.get(SurveyCampaign, campaign.id).state = CampaignState.OPEN.value
    link._look()
    qtbot.waitUntil(lambda: stored(unit) == 2 and link.refused() == () and link.waiting() == 0, timeout=SOON)


@pytest.mark.sqlite_only
def test_only_the_chosen_campaign_is_offered(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit
) -> None:
    with unit() as ctx:
        add_campaign(ctx)
        chosen = add_campaign(ctx)
    link = open_link(db_url, campaign=chosen.id)
    link.start()
    qtbot.waitUntil(lambda: [s.campaign_id for s in link.surveys()] == [chosen.id], timeout=SOON)


@pytest.mark.sqlite_only
def test_it_is_told_when_a_campaign_begins_or_ends_by_the_clock(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, clock: FixedClock
) -> None:
    from datetime import timedelta

    with unit() as ctx:
        add_campaign(ctx)
    link = open_link(db_url)
    link.start()
    qtbot.waitUntil(lambda: bool(link.surveys()), timeout=SOON)
    with qtbot.waitSignal(link.changed, timeout=SOON):
        clock.advance(timedelta(hours=5))


@pytest.mark.expect_log("a paper is refused")
@pytest.mark.sqlite_only
def test_a_paper_the_database_can_never_take_does_not_hold_up_the_others(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    link = open_link(db_url)
    for each in (paper(campaign.id, campaign.held_on, text="长" * 30_000), paper(campaign.id, campaign.held_on)):
        link.queue.put(each)
    link.recall()
    link.start()
    qtbot.waitUntil(lambda: stored(unit) == 1 and link.waiting() == 0, timeout=SOON)
    assert [number for _, number in link.refused()] == [1]


# -------------------------------------------------------------------------------------------------- codes
def test_codes_are_asked_of_the_database(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        first, second = add_codes(ctx, campaign.id, 2)
    link = open_link(db_url)
    link.start()
    qtbot.waitUntil(lambda: bool(link.surveys()), timeout=SOON)

    def ask(code: str) -> str:
        good, bad = visitor.good, len(visitor.bad)
        link.try_code(campaign.id, code, visitor.ok, visitor.fail)
        qtbot.waitUntil(lambda: visitor.good > good or len(visitor.bad) > bad, timeout=SOON)
        return "" if visitor.good > good else visitor.bad[-1]

    assert ask(first) == ""
    assert ask(first) == ""  # trying does not use it up
    assert ask(first[:-1] + str((int(first[-1]) + 1) % 10)).startswith("一次性码是 9 位数字")
    assert ask(first[:-1]).startswith("一次性码是 9 位数字")
    assert ask("000000000").startswith("没有这个一次性码")
    link.finish(paper(campaign.id, campaign.held_on, code=first), visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: stored(unit) == 1 and link.waiting() == 0, timeout=SOON)
    assert ask(first).startswith("这个一次性码已经用过")
    assert ask(second) == ""


@pytest.mark.sqlite_only
def test_without_the_database_a_code_is_good_by_its_check_digit_and_once_on_this_device(
    qtbot: QtBot, open_link: Callable[..., KioskLink], db_url: str, unit: Unit, visitor: Visitor, tmp_path: Path
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        (code,) = add_codes(ctx, campaign.id, 1)
    link = open_link(str(tmp_path / "away.db"))
    link.start()
    qtbot.waitUntil(link.offline, timeout=SOON)
    link.try_code(campaign.id, code, visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.good == 1, timeout=SOON)
    link.finish(paper(campaign.id, campaign.held_on, code=code), visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.good == 2, timeout=SOON)
    link.try_code(campaign.id, code, visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.bad == ["这个一次性码已经用过，请另抽一张。"], timeout=SOON)
    again = KioskLink(str(tmp_path / "away.db"), queue=AnswerQueue(tmp_path / "kiosk_queue.db"))
    again.try_code(campaign.id, code, visitor.ok, visitor.fail)  # nor after a restart
    assert len(visitor.bad) == 2
    again.stop()


# ---------------------------------------------------------------------------------------- a server cut off
@pytest.fixture
def server() -> Iterator[PostgresServer]:
    try:
        with running_postgres(synchronous_commit="on", full_page_writes="on") as found:  # it remembers what it said
            yield found
    except NoServer as error:
        if os.environ.get("DANGXIAO_REQUIRE_POSTGRES") == "1":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


def test_it_comes_back_after_the_server_was_cut_off(
    qtbot: QtBot, open_link: Callable[..., KioskLink], server: PostgresServer, visitor: Visitor, clock: FixedClock
) -> None:
    from dangxiao_houqin.app.schema import upgrade
    from dangxiao_houqin.core.uow import unit_of_work

    owner = Database(server.create_database("dx_cut"))
    upgrade(owner)
    with unit_of_work(owner, Actor.system("测试员"), "test.prepare", clock=clock) as ctx:
        campaign = add_campaign(ctx)
    link = open_link(server.url("dx_cut"))
    link.start()
    qtbot.waitUntil(lambda: bool(link.surveys()), timeout=SOON)
    owner.close()
    server.stop()
    for _ in range(3):
        link.finish(paper(campaign.id, campaign.held_on), visitor.ok, visitor.fail)
    qtbot.waitUntil(lambda: visitor.good == 3 and link.offline(), timeout=SOON)
    assert link.waiting() == 3
    server.start()
    qtbot.waitUntil(lambda: link.waiting() == 0 and not link.offline(), timeout=40_000)
    with owner.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM survey_paper")).scalar_one() == 3
    owner.close()


# -------------------------------------------------------------------------------------------------- the PIN
@pytest.mark.parametrize("bad", ("12345", "1234567890123", "12345a", "", "111111", "121212", "123456", "987654"))
@pytest.mark.sqlite_only
def test_weak_pins_are_refused(unit: Unit, bad: str) -> None:
    with pytest.raises(InvalidInput), unit() as ctx:
        set_pin(ctx, bad, QUICK)


@pytest.mark.sqlite_only
def test_setting_the_pin_needs_the_right_and_leaves_no_hash_in_the_audit_log(unit: Unit, nobody: Actor) -> None:
    with pytest.raises(PermissionDenied), unit(actor=nobody) as ctx:
        set_pin(ctx, PIN, QUICK)
    for pin in (PIN, "７３０２５１"):
        with unit("surveys.set_pin") as ctx:
            set_pin(ctx, pin, QUICK)
    with unit(read_only=True) as ctx:
        entries = ctx.session.scalars(select(AuditEntry).where(AuditEntry.entity == "setting")).all()
        assert len(entries) == 2
        assert not any("argon2" in str(each.changes) for each in entries)


def test_the_lock_grows_and_ends() -> None:
    rules = KioskRules(pin_attempts=3, pin_lock_seconds=60)
    assert [lock_seconds(rules, n) for n in (0, 2, 3, 4, 5, 20, 999)] == [0, 0, 60, 120, 240, 3600, 3600]
    assert left_of(LockState(3, 1060.0), rules, 1000.0) == 60
    assert left_of(LockState(3, 1060.0), rules, 1061.0) == 0
    assert left_of(LockState(3, 1060.0), rules, 10.0) == 60  # the clock was set back


@pytest.mark.sqlite_only
def test_a_wrong_pin_locks_and_no_restart_opens_it(
    qtbot: QtBot,
    open_link: Callable[..., KioskLink],
    db_url: str,
    unit: Unit,
    visitor: Visitor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unit() as ctx:
        set_pin(ctx, PIN, QUICK)
        save_settings(ctx.session, KioskRules(pin_attempts=3, pin_lock_seconds=60))
    link = open_link(db_url)
    link.start()
    qtbot.waitUntil(lambda: bool(link.pin_hash()), timeout=SOON)

    def attempt(lock: KioskLock, pin: str) -> str:
        good, bad = visitor.good, len(visitor.bad)
        lock.try_pin(pin, visitor.ok, visitor.fail)
        qtbot.waitUntil(lambda: visitor.good > good or len(visitor.bad) > bad, timeout=SOON)
        return "" if visitor.good > good else visitor.bad[-1]

    lock = KioskLock(link)
    assert lock.has_pin()
    assert attempt(lock, "000001") == "口令不对，还可以再试 2 次。"
    assert attempt(lock, PIN) == ""
    assert attempt(lock, "000001") == "口令不对，还可以再试 2 次。"  # the right one wiped the slate
    assert attempt(lock, "000002") == "口令不对，还可以再试 1 次。"
    assert "请 60 秒后再试" in attempt(lock, "000003")
    assert 55 <= lock.locked_seconds() <= 60
    assert "秒后再试" in attempt(lock, PIN)  # not even the right one
    link.stop()
    again = open_link(db_url)
    again.start()
    qtbot.waitUntil(lambda: bool(again.pin_hash()), timeout=SOON)
    lock = KioskLock(again)
    assert lock.locked_seconds() > 50
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 61)
    assert lock.locked_seconds() == 0
    assert "请 120 秒后再试" in attempt(lock, "000004")
    monkeypatch.setattr(time, "time", lambda: now + 300)
    assert attempt(lock, PIN) == ""
    assert lock.locked_seconds() == 0
