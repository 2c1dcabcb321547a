"""R12: a class answers at the kiosk while the kiosk is killed and the database restarted: each paper in, and once.

Six people by default; ``DANGXIAO_KIOSK_PEOPLE=50`` is the whole class of the promise, with more kills and restarts.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import text

from dangxiao_houqin.app.kiosk.role import ensure_role
from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.services import set_pin
from tests.modules.surveys.ballots import add_campaign, add_codes
from tests.support.postgres import NoServer, PostgresServer, running_postgres

from .conftest import ROOT, surroundings

PEOPLE = int(os.environ.get("DANGXIAO_KIOSK_PEOPLE", "6"))
KILLS = 1 + PEOPLE // 20
RESTARTS = 1 + PEOPLE // 25
PIN = "482915"
QUICK = Hashing(memory_kib=64, passes=1, lanes=1)

pytestmark = [pytest.mark.story, pytest.mark.slow]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A durable PostgreSQL of this test's own, to be cut off and started again."""
    try:
        with running_postgres(fsync="on", synchronous_commit="on", full_page_writes="on") as found:
            yield found
    except NoServer as error:
        if os.environ.get("DANGXIAO_REQUIRE_POSTGRES") == "1":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


class Kiosk:
    """The kiosk's process, as often as it takes."""

    def __init__(self, display: str, folder: Path, target: str, codes: Path) -> None:
        self.folder = folder
        self.log = folder / "kiosk.log"
        self._command = [sys.executable, "-m", "tests.stories.kiosk_visitors", str(folder), target, str(codes)]
        self._environment = surroundings(display, folder, folder / "data")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text(errors="replace")[-3000:]
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def thanked(self) -> int:
        """How many people are through."""
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text(errors="replace")[-3000:]
        file = self.folder / "thanked"
        return len(file.read_text().split()) if file.exists() else 0


def test_a_class_answers_through_kills_and_restarts(display: str, server: PostgresServer, tmp_path: Path) -> None:
    owner = Database(server.create_database("dx_kiosk"))
    upgrade(owner)
    with unit_of_work(owner, Actor.system("测试员"), "test.prepare") as ctx:
        set_pin(ctx, PIN, QUICK)
        save_settings(ctx.session, KioskRules(thanks_seconds=2))
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES, expected=PEOPLE)
        codes = add_codes(ctx, campaign.id, PEOPLE)
    role = ensure_role(owner)
    assert role is not None
    folder = tmp_path / "kiosk"
    folder.mkdir()
    slips = folder / "codes"
    slips.write_text("\n".join(codes))
    kiosk = Kiosk(display, folder, role.address, slips)
    began = time.monotonic()
    kiosk.start()
    events = ["kill"] * KILLS + ["restart"] * RESTARTS
    random.shuffle(events)
    moments = sorted(random.sample(range(1, PEOPLE - 1), len(events)))
    for moment, what in zip(moments, events, strict=True):
        _wait(lambda moment=moment: kiosk.thanked() >= moment, PEOPLE * 25)  # type: ignore[misc]
        time.sleep(random.uniform(0, 4))  # at any moment of somebody's visit
        if what == "kill":
            kiosk.kill()
            kiosk.start()
        else:
            owner.close()
            server.stop()
            time.sleep(random.uniform(1, 4))
            server.start()
    _wait((folder / "everybody").exists, PEOPLE * 25)
    _wait(lambda: _stored(owner) >= PEOPLE, 90)
    seconds = time.monotonic() - began
    time.sleep(2)  # if anything were sent twice, it would be now
    kiosk.kill()
    print(f"{PEOPLE} people, {KILLS} kills, {RESTARTS} restarts: {seconds:.0f} s")
    assert kiosk.folder.joinpath("thanked").read_text().split() == list(codes)
    with owner.engine.connect() as connection:
        papers = connection.execute(text("SELECT count(*), count(DISTINCT code_hash) FROM survey_paper")).one()
    assert tuple(papers) == (PEOPLE, PEOPLE)
    owner.close()
    server.drop_database("dx_kiosk")
    server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role.name)))


def _stored(db: Database) -> int:
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM survey_paper")).scalar_one()


def _wait(ready: object, seconds: float) -> None:
    patience = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < patience, "nothing happened for too long"
        time.sleep(0.2)
