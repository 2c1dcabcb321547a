"""P7: a list page of 100, 100,000 and 1,000,000 rows - open, scroll, jump to the end, type a filter.

The baseline is a bare QTableView on a static model of 100 rows with the same columns, in the same style.  Rows are made
from their number, so that only the page is measured; the filter is a real LIKE over 100,000 rows in SQLite.
"""

from __future__ import annotations

import gc
import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("DANGXIAO_DATA_DIR", tempfile.mkdtemp(prefix="bench-table-"))

from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QEvent, QEventLoop, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.ui import theme, zh
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.table import ListTable
from tests.benchmarks.bench_table_format import BenchRow

ROUNDS = 15
SCROLLS = 40
SIZES = (100, 100_000, 1_000_000)


class Row(NamedTuple):
    id: int
    name: str
    unit: str
    room: str
    phone: str
    state: Pill


STATES = (Pill("在住", "success"), Pill("未报到", "error"), Pill("已退房", "neutral"))
COLUMNS: tuple[Column[Row], ...] = (
    Column("name", "姓名", lambda r: r.name, width=120),
    Column("unit", "单位", lambda r: r.unit, width=220),
    Column("room", "房间", lambda r: r.room, width=90),
    Column("phone", "电话", lambda r: r.phone, kind="phone", width=150),
    Column("state", "状态", lambda r: r.state, kind="pill", width=110),
)


def made_row(number: int) -> Row:
    return Row(
        number,
        f"学员{number:07d}",
        f"第{number % 60}乡人民政府",
        str(200 + number % 300),
        f"1390000{number % 10_000:04d}",
        STATES[number % 3],
    )


class Ctx:
    """All that the page's queries get here."""

    def __init__(self) -> None:
        self.changed: set[str] = set()


@contextmanager
def open_unit(_action: str, **_options: Any) -> Iterator[Ctx]:
    yield Ctx()


def numbered(size: int) -> Callable[[Any, ListQuery], Listing[Row]]:
    """A list of ``size`` rows without a database."""

    def fetch(_ctx: Any, query: ListQuery) -> Listing[Row]:
        end = size if query.limit is None else min(query.offset + query.limit, size)
        return Listing(tuple(made_row(number) for number in range(query.offset, end)), size)

    return fetch


class Static(QAbstractTableModel):
    """The baseline's model: 100 rows of ready-made texts."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = [[column.display(made_row(number)) for column in COLUMNS] for number in range(100)]

    def rowCount(self, _parent: object = None) -> int:  # noqa: N802
        return len(self._texts)

    def columnCount(self, _parent: object = None) -> int:  # noqa: N802
        return len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return self._texts[index.row()][index.column()] if role == Qt.ItemDataRole.DisplayRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section].title
        return None


def spin(done: Callable[[], bool]) -> None:
    """Run the event loop until ``done``; waits inside Qt, so that the worker threads get the interpreter."""
    tick = QTimer()
    tick.start(1)
    deadline = time.perf_counter() + 20
    while not done():
        if time.perf_counter() > deadline:
            raise TimeoutError
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Plain:
    """The bare table."""

    def __init__(self) -> None:
        self.view = QTableView()

    def open(self) -> None:
        self.view = QTableView()
        self.model = Static()
        self.view.setModel(self.model)
        self.view.verticalHeader().hide()
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.verticalHeader().setDefaultSectionSize(theme.TOKENS.row)
        self.view.resize(1100, 760)
        self.view.show()
        self.view.grab()

    def close(self) -> None:
        self.view.close()


class Own:
    """The list of the program."""

    def __init__(self, runner: Runner, size: int) -> None:
        self.runner, self.size = runner, size
        self.fetch = numbered(size)

    def open(self) -> None:
        self.table = ListTable(self.runner, "bench", COLUMNS, self.fetch, lambda r: r.id, export=True)
        self.view = self.table.view
        self.table.resize(1100, 820)
        self.table.show()
        self.table.refresh()
        spin(lambda: self.table.model.ready)
        self.table.grab()

    def jump(self) -> None:
        """To the last row, until it is really there and painted."""
        bar = self.view.verticalScrollBar()
        bar.setValue(bar.maximum())
        self.view.viewport().repaint()
        spin(lambda: self.table.model.row(self.size - 1) is not None)
        self.view.viewport().repaint()

    def close(self) -> None:
        self.table.model.close()
        self.table.close()
        self.table.deleteLater()


def scroll(view: QTableView) -> float:
    """Seconds a frame while scrolling through two thousand px of rows already seen."""
    bar = view.verticalScrollBar()
    for step in range(SCROLLS):
        bar.setValue(step * 50)
        view.viewport().grab()
    start = time.perf_counter()
    for step in range(SCROLLS):
        bar.setValue(step * 50)
        view.viewport().grab()
    return (time.perf_counter() - start) / SCROLLS


def typed_filter(runner: Runner) -> tuple[float, float]:
    """Median seconds from asking to rows painted at 100,000 rows in SQLite, and of the bare SQL."""
    path = Path(tempfile.mkdtemp(prefix="bench-table-")) / "rows.sqlite"
    database = sqlite3.connect(path, check_same_thread=False)
    database.execute("create table trainee (id integer primary key, name text, search text)")
    database.executemany(
        "insert into trainee values (?, ?, ?)",
        ((n, f"学员{n:07d}", f"学员{n:07d} xueyuan{n:07d} xy{n:07d}") for n in range(100_000)),
    )
    database.commit()

    def fetch(_ctx: Any, query: ListQuery) -> Listing[Row]:
        like = f"%{query.search}%"
        total = database.execute("select count(*) from trainee where search like ?", (like,)).fetchone()[0]
        sql = "select id from trainee where search like ? order by id limit ? offset ?"
        found = database.execute(sql, (like, query.limit, query.offset))
        return Listing(tuple(made_row(number) for (number,) in found), total)

    table = ListTable(runner, "bench-filter", COLUMNS, fetch, lambda r: r.id)
    table.resize(1100, 820)
    table.show()
    table.refresh()
    spin(lambda: table.model.ready)
    times, bare = [], []
    for number in range(ROUNDS):
        text = f"xy00{number}77"

        def ask(text: str = text) -> None:
            table.set_search(text)
            spin(lambda: not table.model.loading and table.query.search == text)
            table.grab()

        times.append(timed(ask))
        bare.append(timed(lambda text=text: fetch(None, ListQuery(search=text))))  # type: ignore[misc]
    table.model.close()
    table.close()
    return statistics.median(times), statistics.median(bare)


def main() -> list[BenchRow]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    zh.install(app)
    theme.apply(app)
    runner = Runner(open_unit)
    owns = {size: Own(runner, size) for size in SIZES}
    plain = Plain()
    opening: dict[object, list[float]] = {key: [] for key in ("plain", *SIZES)}
    scrolling: dict[object, list[float]] = {key: [] for key in ("plain", *SIZES)}
    jumping: dict[int, list[float]] = {size: [] for size in SIZES}
    for turn in range(ROUNDS + 1):
        subjects: list[tuple[object, Plain | Own]] = [("plain", plain), *owns.items()]
        random.Random(turn).shuffle(subjects)  # what the one before leaves behind hits all alike
        for key, subject in subjects:
            gc.collect()
            once = timed(subject.open)
            frame = scroll(subject.view)
            if turn:  # the first turn warms up
                opening[key].append(once)
                scrolling[key].append(frame)
            if isinstance(subject, Own):
                leap = timed(subject.jump)
                if turn:
                    jumping[subject.size].append(leap)
            subject.close()
            app.processEvents()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    answer, bare_sql = typed_filter(runner)
    runner.shutdown()
    rows = []
    middle = statistics.median
    small = SIZES[0]
    for size in SIZES[1:]:
        for letter, what, values in (("a", "打开", opening), ("b", "滚动一帧", scrolling)):
            own, base, same = middle(values[size]), middle(values["plain"]), middle(values[small])
            rows.append(
                BenchRow(
                    f"P7{letter}-{size}",
                    f"{size:,} 行的列表：{what}（100 行空白表格 {1000 * base:.1f} ms）",
                    f"{1000 * own:.1f} ms",
                    f"{1000 * same:.1f} ms (同一页面 100 行)",
                    own / same,
                    "<= 1.2 x",
                    own <= 1.2 * same,
                )
            )
        leap, base = middle(jumping[size]), middle(opening[size])
        rows.append(
            BenchRow(
                f"P7c-{size}",
                f"{size:,} 行的列表：跳到最后一行",
                f"{1000 * leap:.1f} ms",
                f"{1000 * middle(jumping[small]):.1f} ms (同一页面 100 行)",
                None,
                "<= 50 ms",
                leap <= 0.05,
            )
        )
    frame, base = middle(scrolling[SIZES[-1]]), middle(scrolling["plain"])
    rows.append(
        BenchRow(
            "P7d",
            "滚动 1,000,000 行时的一帧，对照空白表格",
            f"{1000 * frame:.2f} ms",
            f"{1000 * base:.2f} ms (空白 QTableView，100 行)",
            frame / base,
            "<= 1.2 x",
            frame <= 1.2 * base,
        )
    )
    rows.append(
        BenchRow(
            "P7e",
            "在 SQLite 的 100,000 行里打字筛选",
            f"{answer:.3f} s",
            f"{bare_sql:.3f} s (只跑那条 SQL)",
            answer / bare_sql,
            "<= 0.2 s",
            answer <= 0.2,
        )
    )
    return rows


if __name__ == "__main__":
    for row in main():
        ratio = f"{row.ratio:.2f} x" if row.ratio is not None else ""
        print(row.id, row.work, row.figure, row.baseline, ratio, row.target, row.met)
