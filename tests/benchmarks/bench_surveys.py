"""P10: satisfaction by question and class over a million ratings, beside the bare SQL on the same database.

The program groups the same rows, drops what too few answered, and adds groups, totals, intervals, papers and words.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DANGXIAO_DATA_DIR", tempfile.mkdtemp(prefix="bench-surveys-"))

from sqlalchemy import text

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys.domain.results import By
from dangxiao_houqin.modules.surveys.queries.results import compare
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.postgres import NoServer, running_postgres
from tests.support.survey_millions import fill_ratings

SIZES = (125_000, 250_000, 500_000, 1_000_000)
ROUNDS = 5
LIMIT = 1.3
GROWTH_LIMIT = 1.25
"""Eight times the ratings may cost at most ten times as much."""

BARE = """
SELECT c.subject_id, r.question, count(*), sum(CASE WHEN r.value >= 4 THEN 1 ELSE 0 END)
FROM survey_rating r JOIN survey_campaign c ON c.id = r.campaign_id
WHERE r.counted AND r.value > 0
GROUP BY c.subject_id, r.question
HAVING count(*) >= 5
"""

Read = Callable[[Ctx], object]


def seconds(db: Database, *reads: Read) -> list[float]:
    """Medians of several readings that take turns, the first of each left out."""
    times: list[list[float]] = [[] for _ in reads]
    for number in range(ROUNDS + 1):
        for read, found in zip(reads, times, strict=True):
            with unit_of_work(db, Actor.system(), "bench.read", clock=FixedClock(), read_only=True) as ctx:
                began = time.perf_counter()
                read(ctx)
                spent = time.perf_counter() - began
            if number:
                found.append(spent)
    return [statistics.median(found) for found in times]


def own(ctx: Ctx) -> object:
    """Every question of every class as the results page asks for it."""
    return compare(ctx, By.SUBJECT, questions=True)


def bare(ctx: Ctx) -> Any:
    """The least that could answer it."""
    return ctx.session.connection().execute(text(BARE)).all()


@contextmanager
def filled(url: str | Path, ratings: int) -> Iterator[Database]:
    """A database of its own with so many ratings."""
    db = Database(url)
    try:
        upgrade(db)
        fill_ratings(db, ratings)
        yield db
    finally:
        db.close()


def measure(key: str, engine: str, targets: Callable[[int], str | Path]) -> list[BenchRow]:
    """The four sizes on one engine; the largest has the promise, and the growth."""
    taken: list[tuple[int, float, float]] = []
    for size in SIZES:
        with filled(targets(size), size) as db:
            mine, plain = seconds(db, own, bare)
            taken.append((size, mine, plain))
    size, mine, plain = taken[-1]
    first = taken[0]
    growth = (mine / first[1]) / (size / first[0])
    steps = "、".join(f"{count // 1000:,} 千 {spent * 1000:.0f} ms" for count, spent, _ in taken)
    return [
        BenchRow(
            key,
            f"{engine}：{size:,} 个评分，按题目和班次统计满意率",
            f"{mine * 1000:.0f} ms",
            f"{plain * 1000:.0f} ms (直接用 SQL)",
            mine / plain,
            f"<= {LIMIT} x",
            mine <= plain * LIMIT,
        ),
        BenchRow(
            f"{key}g",
            f"{engine}：评分增加时耗时的增长（{steps}）",
            f"{mine / first[1]:.1f} x",
            f"{size / first[0]:.0f} x (评分数)",
            growth,
            f"<= {GROWTH_LIMIT} x",
            growth <= GROWTH_LIMIT,
        ),
    ]


def main() -> list[BenchRow]:
    """SQLite, then PostgreSQL where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure("P10a", "SQLite", lambda size: Path(folder) / f"surveys_{size}.sqlite")
    try:
        with running_postgres() as server:
            rows += measure("P10b", "PostgreSQL", lambda size: server.create_database(f"surveys_{size}"))
    except NoServer as error:
        print(error)
    return rows


if __name__ == "__main__":
    for row in main():
        print(row.id, row.work, row.figure, row.baseline, f"{row.ratio:.2f} x", row.met)
