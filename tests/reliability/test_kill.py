"""R1: ``kill -9`` at any moment of an import or of confirming beds leaves all of it or nothing.

``DANGXIAO_KILLS=200`` makes it 200 kills per use case and engine (the figure of the promise); the default run does few.
The moments are spread evenly over the measured duration of the transaction, commit included, and shifted at random.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.app.doctor import run_checks
from dangxiao_houqin.core.db import Database
from tests.reliability import writer
from tests.support.school import make_rooms

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("DANGXIAO_KILLS", "5"))
ROSTER = ROOT / "tests" / "data" / "rosters" / "全区干部轮训花名册（300人）.xlsx"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kill -9 is a thing of POSIX")]

STATE = {
    "import": ("enrollment", "home_unit", "roster_mapping", "audit_entry"),
    "confirm": ("stay", "bed_night", "room_night", "audit_entry"),
}


def counts(db: Database, what: str) -> tuple[int, ...]:
    with db.engine.connect() as connection:
        return tuple(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in STATE[what])


@pytest.fixture(params=("import", "confirm"))
def prepared(request: pytest.FixtureRequest, db: Database) -> str:
    """A database with beds and a class, before the import or before the confirming; says which."""
    what: str = request.param
    with writer.unit(db, "places.create_rooms") as ctx:
        make_rooms(ctx, floors=8, rooms=20)
    writer.make_class(db)
    if what == "confirm":
        writer.import_roster(db, str(ROSTER), say=False)
    return what


def _start(what: str, url: str) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "reliability" / "writer.py"), what, url, str(ROSTER)],
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def _end(child: subprocess.Popen[str]) -> bool:
    """Whether the child had said that the commit came back."""
    child.kill()
    assert child.stdout is not None
    rest = child.stdout.read()
    child.wait()
    child.stdout.close()
    return rest == "done\n"


def test_killed_writer_leaves_all_or_nothing(
    prepared: str, db: Database, db_url: str, reset: Callable[[], None]
) -> None:
    before = counts(db, prepared)
    db.close()
    child = _start(prepared, db_url)
    began = time.monotonic()
    assert child.stdout is not None
    assert child.stdout.readline() == "done\n"
    length = time.monotonic() - began
    _end(child)
    after = counts(db, prepared)
    assert after[0] > before[0] + 100
    rng = random.Random()
    outcomes = []
    for number in range(KILLS):
        db.close()
        reset()
        child = _start(prepared, db_url)
        time.sleep(length * 1.1 * (number + rng.random()) / KILLS)
        finished = _end(child)
        open_database(db_url).close()  # the next start
        now = counts(db, prepared)
        assert now in (before, after), f"kill {number} at {length:.3f} s left {now}: {before} or {after} wanted"
        if finished:
            assert now == after, "a commit that was reported is gone"
        outcomes.append(now == after)
    assert not all(outcomes), "no kill came before the commit"
    assert [f for f in run_checks(db_url) if f.level == "error"] == []


@pytest.fixture
def reset(prepared: str, db: Database, db_url: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """Put the database back to what it was after ``prepared``."""
    db.close()
    if db.is_sqlite:
        original = Path(db_url).read_bytes()

        def copy_back() -> None:
            Path(f"{db_url}-journal").unlink(missing_ok=True)
            Path(db_url).write_bytes(original)

        yield copy_back
        return
    server = request.getfixturevalue("postgres")
    name = db_url.rpartition("/")[2]
    template = f"{name}_before"
    server.create_database(template, name)

    def create_again() -> None:
        server.drop_database(name)
        server.create_database(name, template)

    yield create_again
    server.drop_database(template)
