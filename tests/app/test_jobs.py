"""Scheduled work in the program: off the screen's thread, quiet, the same at the command line and in doctor."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import MetaData, select

from dangxiao_houqin.app.cli import _run
from dangxiao_houqin.app.doctor import run_checks
from dangxiao_houqin.app.jobs import ACTOR_NAME, Scheduler, all_jobs, run_what_is_due, this_desk, unit_opener
from dangxiao_houqin.app.main import Office
from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.jobs import Job, run_job
from dangxiao_houqin.core.module_spec import ModuleSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.organization.api import ensure_builtin_roles
from dangxiao_houqin.modules.organization.models import Department
from dangxiao_houqin.ui.background import Runner

from .conftest import PASSWORD

pytestmark = pytest.mark.sqlite_only


def module(run: Callable[[Ctx], object]) -> tuple[ModuleSpec, ...]:
    """A house with one room that has one job."""
    return (ModuleSpec("test", "测试", jobs=lambda: (Job("test.daily", "每天的事", run, at=time(6)),)),)


@pytest.fixture
def runner(qapp: object) -> Iterator[Runner]:
    running = Runner()
    yield running
    running.shutdown()
    running.deleteLater()


def test_the_work_is_done_in_the_background_and_pages_hear_of_it(
    qtbot: QtBot, runner: Runner, db: Database, clock: FixedClock
) -> None:
    threads: list[int] = []

    def work(ctx: Ctx) -> None:
        threads.append(threading.get_ident())
        ctx.add(Department(name=f"第{len(threads)}科"))

    home = QObject()
    scheduler = Scheduler(runner, module(work), clock, home)
    scheduler.start(db)
    with qtbot.waitSignal(runner.data_changed, timeout=10000) as changed:
        scheduler.look()
    assert changed.args == [frozenset({"department"})]
    assert threads != [threading.get_ident()]
    with unit_of_work(db, Actor.system(), "test.look", read_only=True) as ctx:
        (entry,) = ctx.session.scalars(select(AuditEntry).where(AuditEntry.entity == "department"))
        assert (entry.actor_name, entry.action) == (ACTOR_NAME, "test.daily")
    scheduler.look()
    qtbot.waitUntil(lambda: not runner.tasks(), timeout=10000)
    assert len(threads) == 1
    scheduler.stop()
    clock.moment = clock.moment.replace(day=9)
    scheduler.look()
    assert not runner.tasks(), "nobody sits here any more"


def test_never_two_looks_at_a_time(qtbot: QtBot, runner: Runner, db: Database, clock: FixedClock) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(_ctx: Ctx) -> None:
        inside.set()
        assert go_on.wait(20)

    home = QObject()
    scheduler = Scheduler(runner, module(slow), clock, home)
    scheduler.start(db)
    scheduler.look()
    assert inside.wait(10)
    scheduler.look()
    assert len(runner.tasks()) == 1
    go_on.set()
    qtbot.waitUntil(lambda: not runner.tasks(), timeout=10000)


@pytest.mark.expect_log("job test.daily")
def test_a_failure_bothers_nobody_and_doctor_tells(
    qtbot: QtBot, runner: Runner, db: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_ctx: Ctx) -> None:
        raise RuleViolation("还没有登记明年的校历。")

    home = QObject()
    modules = module(fails)
    scheduler = Scheduler(runner, modules, clock, home)
    scheduler.start(db)
    scheduler.look()
    qtbot.waitUntil(lambda: not runner.tasks(), timeout=10000)
    monkeypatch.setattr("dangxiao_houqin.app.modules.MODULES", modules)
    assert db.path is not None
    (finding,) = [f for f in run_checks(db.path, clock=clock) if f.check == "jobs"]
    assert finding.level == "warning"
    assert finding.message == "“每天的事”（03-02 08:00）没有做成：还没有登记明年的校历。"
    monkeypatch.undo()
    (finding,) = [f for f in run_checks(db.path, clock=clock) if f.check == "jobs"]
    assert finding.level == "ok"


def test_a_database_that_is_away_bothers_nobody(
    qtbot: QtBot, runner: Runner, tmp_path: Path, clock: FixedClock
) -> None:
    away = Database(tmp_path / "no folder" / "gone.db")
    home = QObject()
    scheduler = Scheduler(runner, module(lambda _ctx: None), clock, home)
    scheduler.start(away)
    scheduler.look()
    qtbot.waitUntil(lambda: not runner.tasks(), timeout=10000)


def test_it_starts_when_somebody_sits_down_and_stops_when_he_leaves(
    qtbot: QtBot, start: Callable[..., Office], school_db: str
) -> None:
    office = start(school_db)
    assert not office.scheduler.timer.isActive()
    office.login.login.set_value("admin")
    qtbot.keyClicks(office.login.password.edit, PASSWORD)
    qtbot.keyClick(office.login.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: office.shell is not None and bool(office.shell.current_key), timeout=20000)
    assert office.scheduler.timer.isActive()
    office.log_out()
    qtbot.waitUntil(lambda: not office.scheduler.timer.isActive(), timeout=20000)


# ------------------------------------------------------------------------------------ the jobs of the house
def contents(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that jobs may change."""
    meta = MetaData()
    with db.engine.connect().execution_options(read_only=True) as connection:
        meta.reflect(connection)
        tables = [t for name, t in meta.tables.items() if name not in ("audit_entry", "job_lease", "alembic_version")]
        return {t.name: sorted(map(tuple, connection.execute(select(t))), key=repr) for t in tables}


@pytest.fixture
def demo_with_roles(demo_db: Database, clock: FixedClock) -> Database:
    with unit_of_work(demo_db, Actor.system(), "organization.ensure_builtin_roles", clock=clock) as ctx:
        ensure_builtin_roles(ctx, BUILTIN_ROLES)
    return demo_db


def test_every_job_is_idempotent_on_the_demo_school(demo_with_roles: Database, clock: FixedClock) -> None:
    db = demo_with_roles
    jobs = all_jobs(MODULES)
    assert jobs
    assert len({job.name for job in jobs}) == len(jobs)
    for _day in range(3):
        runs = run_what_is_due(no_progress, db, clock, MODULES, this_desk())
        assert [run.error for run in runs] == [""] * len(jobs)
        before = contents(db)
        for job in jobs:
            again = run_job(unit_opener(db, clock), job, this_desk(), force=True)
            assert again is not None
            assert again.error == ""
            assert contents(db) == before, job.name
        assert run_what_is_due(no_progress, db, clock, MODULES, this_desk()) == ()
        clock.moment = clock.moment.replace(day=clock.moment.day + 1)


def test_every_job_has_a_name_of_its_room_and_words_for_the_audit() -> None:
    from dangxiao_houqin.app.audit_words import audit_words

    for room in MODULES:
        for job in room.jobs():
            assert job.name.startswith(f"{room.key}.")
            assert audit_words().action(job.name) != job.name, job.name


# ------------------------------------------------------------------------------------------ command line
def test_jobs_at_the_command_line(school_db: str, capsys: pytest.CaptureFixture[str]) -> None:
    names = [job.name for job in all_jobs(MODULES)]
    assert _run(["jobs", "--db", school_db]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == names
    assert all("还没有做过" in line and "到期待做" in line for line in lines)
    assert _run(["jobs", "--db", school_db, "run"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(names)
    assert _run(["jobs", "--db", school_db, "run"]) == 0
    assert capsys.readouterr().out == "没有到期的自动任务。\n"
    assert _run(["jobs", "--db", school_db, "run", names[0], "--json"]) == 0
    (done,) = json.loads(capsys.readouterr().out)
    assert (done["name"], done["error"]) == (names[0], "")
    assert _run(["jobs", "--db", school_db, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [entry["due"] for entry in told] == [False] * len(names)
    assert all(entry["last_ended_at"] and not entry["last_error"] for entry in told)
    assert _run(["jobs", "--db", school_db, "run", "没有这个"]) == 1
    assert f"没有名为“没有这个”的自动任务，可用的有：{'、'.join(names)}。" in capsys.readouterr().err
    assert _run(["jobs", "--db", school_db, "stop"]) == 64
    assert "参数“[run]”不对" in capsys.readouterr().err


@pytest.mark.expect_log("bug ")
def test_a_failed_job_is_a_failed_command(
    school_db: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_ctx: Ctx) -> None:
        raise ValueError("不该有的值")

    monkeypatch.setattr("dangxiao_houqin.app.modules.MODULES", module(fails))
    assert _run(["jobs", "--db", school_db, "run", "test.daily"]) == 1
    assert "每天的事：没有做成：程序内部出错" in capsys.readouterr().out
    assert _run(["jobs", "--db", school_db]) == 0
    assert "没有做成：程序内部出错" in capsys.readouterr().out
