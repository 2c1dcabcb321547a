"""P12 and P13: giving somebody a bed, alone and with twenty desks at once, against the bare statements.

The baseline writes the same rows (stay, its nights, the room's nights, the audit entry) with the driver alone and the
same care: it locks the room and looks whether bed and room are free.  Both run on copies of one database, in turn.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation.domain import AssignBed
from dangxiao_houqin.modules.accommodation.services import assign_bed
from dangxiao_houqin.modules.places.models import Bed
from dangxiao_houqin.modules.training.models import Enrollment, TrainingClass
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.school import make_rooms

SECONDS = float(os.environ.get("DANGXIAO_BENCH_SECONDS", "60"))
DESKS, WEEKS, NIGHTS = 20, 60, 4
CLERK = Actor.system("测速")
SINGLE = 150


@dataclass(frozen=True)
class Booking:
    """One person (invented) and the bed he is to get."""

    person: int
    school: int
    name: str
    sex: str
    bed: int
    room: int
    arrive: date
    leave: date


def furnish(db: Database) -> None:
    """240 beds, and for each of ``WEEKS`` weeks a class that fills them: men and women by room."""
    upgrade(db)
    with unit_of_work(db, CLERK, "bench.fill") as ctx:
        make_rooms(ctx, floors=6, rooms=20)
        beds = list(ctx.session.query(Bed.id, Bed.room_id).order_by(Bed.id))
        for week in range(WEEKS):
            start = date(2026, 1, 5) + timedelta(7 * week)
            _a_class(ctx, week, start, beds)


def _a_class(ctx: Ctx, week: int, start: date, beds: list[Any]) -> None:
    end = start + timedelta(NIGHTS)
    school = TrainingClass(
        code=f"B-{week:03d}",
        name=f"第{week + 1}期虚构班",
        kind="主体班",
        status="planned",
        start=start,
        end=end,
        arrive_on=start,
        leave_on=end,
    )
    ctx.add(school)
    ctx.session.add_all(
        Enrollment(class_id=school.id, seq_no=n, name=f"学员{n}", sex="男" if room % 2 else "女", needs=[], extra={})
        for n, (_bed, room) in enumerate(beds, start=1)
    )
    ctx.session.flush()


def read_bookings(db: Database) -> list[Booking]:
    with unit_of_work(db, CLERK, "bench.read", read_only=True) as ctx:
        beds = list(ctx.session.query(Bed.id, Bed.room_id).order_by(Bed.id))
        classes = {c.id: c for c in ctx.session.query(TrainingClass)}
        people = ctx.session.query(Enrollment).order_by(Enrollment.class_id, Enrollment.seq_no)
        found = []
        for person in people:
            school = classes[person.class_id]
            bed, room = beds[person.seq_no - 1]
            found.append(Booking(person.id, school.id, person.name, person.sex, bed, room, school.start, school.end))
    random.Random(7).shuffle(found)
    return found


# ------------------------------------------------------------------------------------------------ the two ways
def our_way(db: Database) -> Callable[[Booking], None]:
    def book(wanted: Booking) -> None:
        with unit_of_work(db, CLERK, "accommodation.assign_bed", handlers=REACTIONS) as ctx:
            assign_bed(ctx, AssignBed(wanted.person, wanted.bed))

    return book


_STAY = (
    "INSERT INTO stay (enrollment_id, class_id, guest_name, sex, room_id, bed_id, arrive, leave, state, kind, pinned,"
    " reason, late_note, end_reason, version, created_at, updated_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'assigned', 'trainee', ?, '', '', '', 1, ?, ?) RETURNING id"
)
_AUDIT = (
    "INSERT INTO audit_entry (at, actor_id, actor_name, action, kind, entity, entity_id, label, changes)"
    " VALUES (?, NULL, '测速', 'accommodation.assign_bed', 'insert', 'stay', ?, ?, ?)"
)


def bare_way(execute: Callable[..., Any], many: Callable[..., Any], lock: str) -> Callable[[Booking], None]:
    """Without any of our code; ``execute`` and ``many`` are the driver's."""

    def book(wanted: Booking) -> None:
        nights = [wanted.arrive + timedelta(n) for n in range(NIGHTS)]
        span = (wanted.room, wanted.arrive, wanted.leave)
        execute(f"SELECT id FROM room WHERE id = ?{lock}", (wanted.room,)).fetchall()
        taken = execute("SELECT bed_id FROM bed_night WHERE room_id = ? AND night >= ? AND night < ?", span).fetchall()
        sexes = execute("SELECT sex FROM room_night WHERE room_id = ? AND night >= ? AND night < ?", span).fetchall()
        if (wanted.bed,) in {tuple(row) for row in taken} or any(row[0] != wanted.sex for row in sexes):
            raise RuntimeError("taken")
        now = datetime.now(UTC)
        row = (wanted.person, wanted.school, wanted.name, wanted.sex, wanted.room, wanted.bed)
        values = (*row, wanted.arrive, wanted.leave, False, now, now)
        (stay_id,) = execute(_STAY, values).fetchone()
        if not sexes:
            many("INSERT INTO room_night VALUES (?, ?, ?)", [(wanted.room, night, wanted.sex) for night in nights])
        many(
            "INSERT INTO bed_night (bed_id, night, room_id, sex, stay_id, enrollment_id) VALUES (?, ?, ?, ?, ?, ?)",
            [(wanted.bed, night, wanted.room, wanted.sex, stay_id, wanted.person) for night in nights],
        )
        changes = json.dumps({"bed_id": [None, wanted.bed], "guest_name": [None, wanted.name]})
        execute(_AUDIT, (now, stay_id, wanted.name, changes))

    return book


def bare_postgres(url: str) -> tuple[Callable[[Booking], None], Callable[[], None]]:
    connection = psycopg.connect(url)
    cursor = connection.cursor()

    def execute(statement: str, values: Any) -> Any:
        return cursor.execute(statement.replace("?", "%s"), values)

    def many(statement: str, rows: Any) -> None:
        cursor.executemany(statement.replace("?", "%s"), rows)

    inner = bare_way(execute, many, " FOR UPDATE")

    def book(wanted: Booking) -> None:
        with connection.transaction():
            inner(wanted)

    return book, connection.close


def bare_sqlite(path: str) -> tuple[Callable[[Booking], None], Callable[[], None]]:
    sqlite3.register_adapter(date, date.isoformat)
    sqlite3.register_adapter(datetime, lambda moment: moment.isoformat(" "))
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", "journal_mode=TRUNCATE", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    inner = bare_way(connection.execute, connection.executemany, "")

    def book(wanted: Booking) -> None:
        connection.execute("BEGIN IMMEDIATE")
        inner(wanted)
        connection.execute("COMMIT")

    return book, connection.close


# ------------------------------------------------------------------------------------------------ P12: one desk
def one_desk(first: Callable[[Booking], None], second: Callable[[Booking], None], bookings: list[Booking]) -> Any:
    """Seconds of each way, taken in turn on its own database."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, wanted in enumerate(bookings[: SINGLE + 20]):
        for way, kept in zip((first, second), times, strict=True):
            began = time.perf_counter()
            way(wanted)
            if number >= 20:  # warm
                kept.append(time.perf_counter() - began)
    return times


def p12(name: str, letter: str, times: tuple[list[float], list[float]]) -> BenchRow:
    own, bare = (statistics.median(part) for part in times)
    worst = statistics.quantiles(times[0], n=20)[-1]
    return BenchRow(
        f"P12{letter}",
        f"分配一张床位，从点击到存好（{name}，95% 在 {1000 * worst:.0f} ms 以内）",
        f"{1000 * own:.1f} ms",
        f"{1000 * bare:.1f} ms (只写同样几行)",
        own / bare,
        "<= 3 x，95% <= 50 ms",
        own <= 3 * bare and worst <= 0.05,
    )


# ------------------------------------------------------------------------------------------------ P13: twenty desks
def work(kind: str, url: str, mine: list[Booking], seconds: float, start: Any, results: Any) -> None:
    if kind == "own":
        db = Database(url)
        book, close = our_way(db), db.close
    else:
        book, close = bare_postgres(url)
    start.wait()
    end = time.monotonic() + seconds
    done = 0
    for wanted in mine:
        if time.monotonic() > end:
            break
        book(wanted)
        done += 1
    results.put((done, time.monotonic() - end + seconds))
    close()


def many_desks(kind: str, url: str, bookings: list[Booking], seconds: float) -> tuple[float, int]:
    """Bookings a second of all desks together, and how many there were."""
    context: Any = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    results, start = context.Queue(), context.Barrier(DESKS + 1)
    desks = [
        context.Process(target=work, args=(kind, url, bookings[number::DESKS], seconds, start, results))
        for number in range(DESKS)
    ]
    for desk in desks:
        desk.start()
    start.wait()
    found = [results.get() for _ in desks]
    for desk in desks:
        desk.join()
    return sum(done / took for done, took in found), sum(done for done, _ in found)


def counted(server: PostgresServer, name: str) -> tuple[int, int, int]:
    with psycopg.connect(server.conninfo(name)) as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM stay), (SELECT count(*) FROM bed_night),"
            " (SELECT count(DISTINCT (bed_id, night)) FROM bed_night)"
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


@contextmanager
def copies(server: PostgresServer) -> Iterator[Callable[[str], str]]:
    yield lambda name: server.create_database(name, "bench_full")


def main() -> list[BenchRow]:
    folder = Path(tempfile.mkdtemp(prefix="bench-desks-"))
    rows = []
    path = folder / "own.sqlite"
    db = Database(path)
    furnish(db)
    bookings = read_bookings(db)
    db.close()
    shutil.copyfile(path, folder / "bare.sqlite")
    own = Database(path)
    bare, close = bare_sqlite(str(folder / "bare.sqlite"))
    rows.append(p12("SQLite", "a", one_desk(our_way(own), bare, bookings)))
    own.close()
    close()
    with running_postgres(fsync="on", synchronous_commit="on", full_page_writes="on") as server:
        full = Database(server.create_database("bench_full"))
        furnish(full)
        bookings = read_bookings(full)
        full.close()
        with copies(server) as copy:
            own = Database(copy("own_single"))
            bare, close = bare_postgres(copy("bare_single"))
            rows.append(p12("PostgreSQL", "b", one_desk(our_way(own), bare, bookings)))
            own.close()
            close()
            speeds = {}
            for kind in ("bare", "own"):
                url = copy(f"{kind}_many")
                speeds[kind], done = many_desks(kind, url, bookings, SECONDS)
                stays, nights, distinct = counted(server, f"{kind}_many")
                right = (stays, nights, distinct) == (done, done * NIGHTS, done * NIGHTS)
    rows.append(
        BenchRow(
            "P13",
            f"{DESKS} 个窗口同时分配床位 {SECONDS:.0f} 秒（PostgreSQL）：每秒完成，{done} 次无一出错"
            if right
            else f"{DESKS} 个窗口同时分配床位：结果有误",
            f"{speeds['own']:.0f} 次",
            f"{speeds['bare']:.0f} 次 (只用 psycopg 写同样几行)",
            speeds["own"] / speeds["bare"],
            ">= 0.5 x，无一出错",
            right and speeds["own"] >= 0.5 * speeds["bare"],
        )
    )
    shutil.rmtree(folder, ignore_errors=True)
    return rows


if __name__ == "__main__":
    for row in main():
        ratio = f"{row.ratio:.2f} x" if row.ratio is not None else ""
        print(row.id, row.work, row.figure, row.baseline, ratio, row.target, row.met)
