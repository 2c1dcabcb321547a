"""R12: ``kill -9`` of a kiosk at any moment of keeping and sending: what was acknowledged is stored, once.

``DANGXIAO_KILLS=50`` makes it 50 kills per engine; the default run does few.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from tests.modules.surveys.ballots import add_campaign

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("DANGXIAO_KILLS", "3"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of POSIX")]


def test_acknowledged_papers_survive_kills_and_are_stored_once(db: Database, db_url: str, tmp_path: Path) -> None:
    with unit_of_work(db, Actor.system("测试员"), "test.prepare") as ctx:
        campaign = add_campaign(ctx)
    command = [sys.executable, "-m", "tests.reliability.voter", db_url, str(tmp_path / "queue.db"), str(campaign.id)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))}
    said: set[str] = set()
    for _ in range(KILLS):
        child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert child.stdout is not None
        said.add(child.stdout.readline().strip())
        time.sleep(random.uniform(0, 0.5))
        child.send_signal(signal.SIGKILL)
        said.update(line.strip() for line in child.stdout if line.endswith("\n"))
        child.stdout.close()
        child.wait()
    said.discard("")
    assert len(said) >= KILLS
    drained = subprocess.run([*command, "drain"], env=environment, cwd=ROOT, timeout=60, check=False)
    assert drained.returncode == 0
    with db.engine.connect() as connection:
        stored = connection.execute(text("SELECT paper_id FROM survey_paper")).scalars().all()
    assert said <= set(stored)
    assert len(stored) == len(set(stored)) <= len(said) + KILLS  # at most the one in hand at each kill is unsaid
