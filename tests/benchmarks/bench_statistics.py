"""Statistics and forecast of a school with ten years of nights."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

os.environ.setdefault("DANGXIAO_DATA_DIR", tempfile.mkdtemp(prefix="bench-statistics-"))

from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation.queries.forecast import read_forecast
from dangxiao_houqin.modules.accommodation.queries.statistics import read_summary
from dangxiao_houqin.modules.accommodation.statistics import Grouping
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.years import fill_years

YEARS, ROOMS_PER_FLOOR, BEDS_USED = 10, 30, 135
ROUNDS = 7


def spent_on(db: Database, read: Callable[[Ctx], object]) -> float:
    """Median seconds of one reading, the first left out."""
    times = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        with unit_of_work(db, Actor.system("bench"), "bench.statistics", clock=FixedClock(), read_only=True) as ctx:
            read(ctx)
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def main() -> list[BenchRow]:
    """Fill a database, then read what the two pages show."""
    year = date(2025, 1, 1), date(2026, 1, 1)
    tasks: tuple[tuple[str, float, Callable[[Ctx], object]], ...] = (
        ("住宿统计：一年按月，连同上年同期", 0.3, lambda ctx: read_summary(ctx, *year, Grouping.MONTH)),
        ("住宿统计：一年按班次", 0.3, lambda ctx: read_summary(ctx, *year, Grouping.CLASS)),
        ("住宿统计：十年按年", 2.0, lambda ctx: read_summary(ctx, date(2016, 1, 1), date(2026, 1, 1), Grouping.YEAR)),
        ("床位预测：一年逐晚", 0.3, lambda ctx: read_forecast(ctx, date(2026, 1, 1), date(2027, 1, 1))),
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "years.db", create=True)
        try:
            nights = fill_years(db, YEARS, rooms=ROOMS_PER_FLOOR, used=BEDS_USED)
            for words, limit, read in tasks:
                spent = spent_on(db, read)
                work = f"{words}（共 {nights / 10000:.0f} 万床晚）"
                rows.append(
                    BenchRow(
                        "P1c", work, f"{spent:.2f} s", f"{limit} s", spent / limit, f"<= {limit} s", spent <= limit
                    )
                )
        finally:
            db.close()
    return rows


if __name__ == "__main__":
    for row in main():
        print(row)
