"""Many desks fight for the last beds: one wins, the others are told in a sentence, and the nights stay right.

``DANGXIAO_LONG=1`` makes it a minute with twenty desks, as promised; the default run is short.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dangxiao_houqin.core.db import Database
from tests.conftest import OpenUnit
from tests.support.school import END, START, make_class, make_people, make_rooms

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("DANGXIAO_LONG") == "1"
PEOPLE = 40

pytestmark = pytest.mark.slow


def fight(url: str, desks: int, seconds: float) -> list[dict[str, Any]]:
    """Let the desks loose; gives what each of them reports."""
    seed = random.randrange(10_000)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "reliability" / "fighter.py"), url, str(desks), str(seconds), str(seed)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        encoding="utf-8",
        timeout=seconds + 300,
        check=False,
    )
    reports = [json.loads(line) for line in done.stdout.splitlines()]
    bugs = [report["bug"] for report in reports if "bug" in report]
    assert bugs == [], f"seed {seed}\n" + "\n".join(bugs[:3])
    assert done.returncode == 0, done.stderr[-3000:]
    assert len(reports) == desks
    return reports


def total(reports: list[dict[str, Any]], key: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for report in reports:
        found.update(report[key])
    return found


def day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def check_the_nights(db: Database) -> int:
    """Everything that must be true of the tables, by plain SQL and counting; returns how many nights are slept."""
    with db.engine.connect() as connection:
        stays = connection.execute(
            text("SELECT id, enrollment_id, room_id, bed_id, sex, arrive, leave, state FROM stay")
        ).all()
        bed_nights = connection.execute(
            text("SELECT bed_id, night, room_id, sex, stay_id, enrollment_id FROM bed_night")
        ).all()
        room_nights = connection.execute(text("SELECT room_id, night, sex FROM room_night")).all()
        rooms = dict(connection.execute(text("SELECT id, room_id FROM bed")).all())
    slept = {
        (bed_id, day(arrive) + timedelta(n), room_id, sex, stay_id, person)
        for stay_id, person, room_id, bed_id, sex, arrive, leave, state in stays
        for n in range((day(leave) - day(arrive)).days)
        if state in ("assigned", "in_house", "left")
    }
    for what, keys in (
        ("two people in one bed", Counter((bed, night) for bed, night, *_ in slept)),
        ("one person in two beds", Counter((person, night) for _, night, _, _, _, person in slept)),
    ):
        assert [key for key, count in keys.items() if count > 1] == [], what
    sexes = defaultdict(set)
    for _, night, room_id, sex, _, _ in slept:
        sexes[(room_id, night)].add(sex)
    assert [key for key, found in sexes.items() if len(found) > 1] == [], "two sexes in one room"
    assert {(bed, day(night), *rest) for bed, night, *rest in bed_nights} == slept, "stays and nights disagree"
    assert len(bed_nights) == len(slept)
    assert {(room, day(night), sex) for room, night, sex in room_nights} == {
        (room, night, *found) for (room, night), found in sexes.items()
    }
    assert all(rooms[bed] == room for bed, _, room, *_ in slept)
    return len(slept)


@pytest.fixture
def short_of_beds(unit: OpenUnit) -> None:
    """Twelve beds in four rooms, and forty people of each of two classes that overlap."""
    with unit() as ctx:
        make_rooms(ctx, floors=2, rooms=2, beds=3)
        for name, start in (("科级干部进修班", START), ("中青年干部培训班", START - timedelta(1))):
            school = make_class(ctx, name, start, END)
            make_people(ctx, school.id, "男女" * (PEOPLE // 2))


def deadlocks(db: Database) -> int:
    if db.is_sqlite:
        return 0
    with db.engine.connect() as connection:
        counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        return int(connection.execute(text(counted)).scalar_one())


def test_desks_fight_for_the_last_beds(short_of_beds: None, db: Database, db_url: str) -> None:
    desks = 6 if db.is_sqlite else 20
    seconds = 60 if LONG else 10
    db.close()
    reports = fight(db_url, desks, seconds)
    nights = check_the_nights(db)
    done, refused = total(reports, "done"), total(reports, "refused")
    sentences = {words: kind for report in reports for kind, words in report["sentences"].items()}
    slowest = max(report["slowest"] for report in reports)
    print(
        f"\n{desks} desks, {seconds} s: {sum(done.values())} done {dict(done)}, refused {dict(refused)}, sent back "
        f"{sum(r['sent_back'] for r in reports)}, deadlocks {deadlocks(db)}, slowest {slowest:.2f} s, {nights} nights"
    )
    for words, kind in sorted(sentences.items(), key=lambda item: item[1]):
        print(f"  {kind}: {words}")
    assert min(sum(r["done"].values()) for r in reports) > 0, "a desk never got its turn"
    kinds = {"assign", "move", "swap", "release", "check_in", "undo_check_in", "check_out", "drag", "undo"}
    assert set(done) == kinds if LONG else len(done) > 3, "not everything was fought over"
    assert refused["Conflict"] > 0, "nobody lost: that was no fight"
    assert set(refused) <= {"Conflict", "RuleViolation", "InvalidInput", "NotFound"}
    assert any("号窗口" in words for words in sentences), "no loser was told who"
    assert slowest < 15
