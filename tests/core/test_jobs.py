"""Scheduled work: once a day whatever the clock does, on one desk only, quiet failures kept and tried again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Cancelled, Conflict, RuleViolation
from dangxiao_houqin.core.jobs import (
    LONGEST_RUN,
    Job,
    Lease,
    carry_out,
    due,
    list_leases,
    run_due,
    run_job,
    take,
)
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.organization.models import Department

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def nothing(_ctx: Ctx) -> None:
    """A job that does nothing."""


DAILY = Job("test.daily", "每天的事", nothing, at=time(6, 0))
HOURLY = Job("test.hourly", "每小时的事", nothing, every=HOUR)


def is_due(job: Job, lease: Lease | None, now: datetime) -> bool:
    return due((job,), {job.name: lease} if lease is not None else {}, now) == (job,)


# ------------------------------------------------------------------------------------------------ what is due
def test_exactly_one_rhythm() -> None:
    with pytest.raises(ValueError, match="either every or at"):
        Job("test.none", "", nothing)
    with pytest.raises(ValueError, match="either every or at"):
        Job("test.both", "", nothing, every=HOUR, at=time(6))
    with pytest.raises(ValueError, match="positive"):
        Job("test.never", "", nothing, every=timedelta(0))
    assert (DAILY.rhythm, HOURLY.rhythm) == ("每天 06:00", "每 1 小时")
    assert replace(HOURLY, every=30 * MINUTE).rhythm == "每 30 分钟"


def test_what_never_ran_is_due_and_in_order() -> None:
    assert due((HOURLY, DAILY), {}, NINE) == (HOURLY, DAILY)


def test_a_daily_job_runs_once_for_its_day_and_catches_up_the_latest_one() -> None:
    done = Lease(DAILY.name, last_ended_at=NINE, served=("2026-03-02",))
    assert not is_due(DAILY, done, NINE)
    assert not is_due(DAILY, done, NINE + 20 * HOUR)  # 05:00: its time has not come
    assert is_due(DAILY, done, NINE + 21 * HOUR)  # 06:00
    holidays = NINE + 30 * DAY
    assert is_due(DAILY, done, holidays)
    assert DAILY.day(holidays) == holidays.date()
    assert str(DAILY.day(NINE.replace(hour=5))) == "2026-03-01"  # opened at five: yesterday's is caught up


@given(st.lists(st.integers(-60 * 24 * 40, 60 * 24 * 400), max_size=40))
def test_whatever_the_clock_does_no_day_is_served_twice_and_none_that_is_seen_is_missed(moves: list[int]) -> None:
    """R10: set back or forward, over the year's end and 29 February."""
    now, lease, served = datetime(2027, 12, 20, 9, 0, tzinfo=CHINA), Lease(DAILY.name), []
    for minutes in moves:
        now += timedelta(minutes=minutes)
        day = str(DAILY.day(now))
        if is_due(DAILY, lease, now):
            served.append(day)
            kept = (*(d for d in lease.served if d != day), day)
            lease = Lease(DAILY.name, last_started_at=now, last_ended_at=now, served=kept[-30:])
        assert day in served
    assert len(served[-30:]) == len(set(served[-30:]))


def test_an_interval_counts_in_both_directions() -> None:
    ran = Lease(HOURLY.name, last_started_at=NINE, last_ended_at=NINE)
    assert not is_due(HOURLY, ran, NINE + 59 * MINUTE)
    assert is_due(HOURLY, ran, NINE + 60 * MINUTE)
    assert not is_due(HOURLY, ran, NINE - 59 * MINUTE), "a clock set back must not start it again at once"
    assert is_due(HOURLY, ran, NINE - 400 * DAY), "nor stop it for good"


def test_nobody_else_runs_what_somebody_runs() -> None:
    held = Lease(DAILY.name, "前台:1", until=NINE + LONGEST_RUN)
    assert not is_due(DAILY, held, NINE)
    assert is_due(DAILY, held, NINE + LONGEST_RUN), "the holder died"
    wrong_clock = replace(held, until=NINE + 3 * DAY)
    assert is_due(DAILY, wrong_clock, NINE), "no run lasts three days: written under a wrong clock"


def test_a_failure_is_tried_again_after_a_while() -> None:
    for job, wait in ((DAILY, 15), (HOURLY, 15), (replace(HOURLY, every=5 * MINUTE), 5)):
        failed = Lease(job.name, last_started_at=NINE, last_ended_at=NINE, last_error="打印机没开")
        assert not is_due(job, failed, NINE + (wait - 1) * MINUTE)
        assert is_due(job, failed, NINE + wait * MINUTE)


# ------------------------------------------------------------------------------------------- on a database
Opener = Callable[[str], Any]


@pytest.fixture
def opener(db: Database, clock: FixedClock) -> Opener:
    clock.moment = NINE

    @contextmanager
    def open_unit(action: str) -> Iterator[Ctx]:
        with unit_of_work(db, Actor.system("自动任务"), action, clock=clock) as ctx:
            yield ctx

    return open_unit


def leases(opener: Opener) -> dict[str, Lease]:
    with opener("test.look") as ctx:
        return list_leases(ctx)


def departments(opener: Opener) -> int:
    with opener("test.look") as ctx:
        return ctx.session.query(Department).count()


def found_one(ctx: Ctx) -> None:
    """Work that leaves a trace."""
    count = ctx.session.query(Department).count()
    ctx.add(Department(name=f"第{count + 1}科"))


WORKING = replace(DAILY, run=found_one)


def test_a_run_is_done_once_and_its_lease_ends(opener: Opener, clock: FixedClock) -> None:
    run = run_job(opener, WORKING, "前台:1")
    assert run is not None
    assert (run.error, run.changed) == ("", {"department"})
    assert run_job(opener, WORKING, "后台:2") is None
    lease = leases(opener)[WORKING.name]
    assert (lease.holder, lease.until, lease.last_ended_at) == ("", None, NINE)
    assert lease.served == ("2026-03-02",)
    clock.advance(DAY)
    assert run_job(opener, WORKING, "后台:2") is not None
    assert leases(opener)[WORKING.name].served == ("2026-03-02", "2026-03-03")
    assert departments(opener) == 2


def test_a_job_asked_for_by_name_runs_though_not_due(opener: Opener) -> None:
    assert run_job(opener, WORKING, "前台:1") is not None
    assert run_job(opener, WORKING, "前台:1", force=True) is not None
    assert departments(opener) == 2
    assert leases(opener)[WORKING.name].served == ("2026-03-02",)


@pytest.mark.expect_log("job test.daily")
def test_a_failure_is_kept_rolled_back_and_news_only_once(
    opener: Opener, clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    def half_done(ctx: Ctx) -> None:
        found_one(ctx)
        raise RuleViolation("还没有设置校历。")

    failing = replace(WORKING, run=half_done)
    caplog.set_level("INFO")
    first = run_due(opener, (failing,), {}, clock.now(), "前台:1")
    assert [(run.error, run.news) for run in first] == [("还没有设置校历。", True)]
    assert departments(opener) == 0
    lease = leases(opener)[failing.name]
    assert (lease.holder, lease.last_error, lease.served) == ("", "还没有设置校历。", ())
    assert run_due(opener, (failing,), leases(opener), clock.now() + 5 * MINUTE, "前台:1") == ()
    clock.advance(20 * MINUTE)
    again = run_due(opener, (failing,), leases(opener), clock.now(), "前台:1")
    assert [run.news for run in again] == [False]
    levels = [record.levelname for record in caplog.records if record.name.endswith("core.jobs")]
    assert levels == ["WARNING", "INFO"], "what is known already is no news"
    clock.advance(20 * MINUTE)
    assert run_job(opener, WORKING, "前台:1") is not None
    assert leases(opener)[WORKING.name].last_error == ""


@pytest.mark.expect_log("bug ")
@pytest.mark.expect_log("job test.broken")
def test_a_bug_in_one_job_does_not_stop_the_next(opener: Opener, clock: FixedClock) -> None:
    def broken(_ctx: Ctx) -> None:
        raise KeyError("没有这个键")

    faulty = Job("test.broken", "有错的", broken, every=HOUR)
    runs = run_due(opener, (faulty, WORKING), {}, clock.now(), "前台:1")
    assert [run.job.name for run in runs] == ["test.broken", "test.daily"]
    assert "程序内部出错" in runs[0].error
    assert departments(opener) == 1


def test_closing_the_program_gives_the_job_back(opener: Opener) -> None:
    def stopped(ctx: Ctx) -> None:
        found_one(ctx)
        raise Cancelled

    assert run_job(opener, replace(WORKING, run=stopped), "前台:1") is None
    assert departments(opener) == 0
    assert run_job(opener, WORKING, "后台:2") is not None, "the next desk need not wait for the lease to end"


def test_a_dead_desks_job_is_taken_over_and_its_ghost_changes_nothing(opener: Opener, clock: FixedClock) -> None:
    with opener("jobs.take") as ctx:
        assert take(ctx, WORKING, "前台:1")
    assert run_job(opener, WORKING, "后台:2") is None
    assert run_job(opener, WORKING, "后台:2", force=True) is None, "not beside somebody who runs it, even by name"
    clock.advance(LONGEST_RUN + MINUTE)
    assert run_job(opener, WORKING, "后台:2") is not None
    with pytest.raises(Conflict, match="另一台电脑"), opener(WORKING.name) as ctx:
        carry_out(ctx, WORKING, "前台:1")
    assert departments(opener) == 1


def test_eight_desks_at_the_same_moment_run_it_once(opener: Opener) -> None:
    start, runs, errors = threading.Barrier(8), [], []

    def desk(number: int) -> None:
        start.wait()
        try:
            runs.append(run_job(opener, WORKING, f"桌:{number}"))
        except Exception as error:  # noqa: BLE001 - a thread's error would be lost
            errors.append(error)

    threads = [threading.Thread(target=desk, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len([run for run in runs if run is not None]) == 1
    assert departments(opener) == 1


@pytest.mark.postgres_only
def test_a_slow_run_is_not_taken_over_while_it_lives(opener: Opener, clock: FixedClock) -> None:
    """The lease is over, but the transaction that does the work still holds the row."""
    inside, go_on = threading.Event(), threading.Event()

    def slow(ctx: Ctx) -> None:
        found_one(ctx)
        inside.set()
        assert go_on.wait(30)

    runs: list[Any] = []
    thread = threading.Thread(target=lambda: runs.append(run_job(opener, replace(WORKING, run=slow), "慢:1")))
    thread.start()
    assert inside.wait(30)
    clock.advance(LONGEST_RUN + HOUR)
    assert run_job(opener, WORKING, "快:2") is None
    go_on.set()
    thread.join(30)
    assert runs[0] is not None
    assert runs[0].error == ""
    assert departments(opener) == 1
