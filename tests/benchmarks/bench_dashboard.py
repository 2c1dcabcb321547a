"""The dashboard of a school with ten years of nights: every figure, chart and line of the board."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

os.environ.setdefault("DANGXIAO_DATA_DIR", tempfile.mkdtemp(prefix="bench-dashboard-"))

from dangxiao_houqin.app.dashboard import read_board
from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from tests.benchmarks.bench_table_format import BenchRow
from tests.support.years import fill_years

YEARS, ROOMS_PER_FLOOR, BEDS_USED = 10, 30, 135
ROUNDS, LIMIT = 15, 0.15


def main() -> list[BenchRow]:
    """Fill a database, then read the board as the page does."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_database(Path(folder) / "years.db", create=True)
        try:
            nights = fill_years(db, YEARS, rooms=ROOMS_PER_FLOOR, used=BEDS_USED)
            clock, actor, times = FixedClock(), Actor.system("benchmark"), []
            for _ in range(ROUNDS):
                before = time.perf_counter()
                with unit_of_work(db, actor, "bench.board", clock=clock, read_only=True) as ctx:
                    board = read_board(ctx, MODULES)
                times.append(time.perf_counter() - before)
        finally:
            db.close()
    assert any(figure.value == str(BEDS_USED) for figure in board.figures)
    spent = statistics.median(times[2:])
    work = f"工作台的全部数字和图（十年数据，{nights / 10000:.0f} 万床晚）"
    return [
        BenchRow("P1b", work, f"{spent * 1000:.0f} ms", f"{LIMIT} s", spent / LIMIT, f"<= {LIMIT} s", spent <= LIMIT)
    ]


if __name__ == "__main__":
    for row in main():
        print(row)
