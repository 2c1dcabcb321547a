"""P6: the room chart - opening, a frame while scrolling, a frame while dragging; 30, 60, 120 and 240 beds × 365 days.

Everything is painted offscreen by the raster engine, synchronously, as a widget of a full-size window (1920 × 1080).
The baseline is an empty QGraphicsView of the same size in the same run. The rules asked during the drag are the
program's own.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("DANGXIAO_DATA_DIR", tempfile.mkdtemp(prefix="bench-chart-"))

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView, QWidget

from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import ChartData
from dangxiao_houqin.modules.accommodation.ui.chart import RoomChart
from dangxiao_houqin.ui import theme, zh
from tests.benchmarks.bench_table_format import BenchRow
from tests.modules.accommodation.chart.made import TODAY, full_house, house

SIZES = ((15, 1000), (30, 2000), (60, 4000), (120, 8000))
"""Double rooms (beds are twice as many) and stays."""
DAYS = 365
WIDTH, HEIGHT = 1920, 1080
ROUNDS = 5
FRAMES = 120


def made(rooms: int, stays: int) -> ChartData:
    """A house of ``rooms`` rooms and about twice as many beds, full for a year."""
    beds = house(rooms=rooms, floors=5)
    data = full_house(beds, start=TODAY - timedelta(days=180), days=DAYS, stays=stays, seed=rooms)
    return replace(data, bars=data.bars[:stays])


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def shown(widget: QWidget) -> None:
    """Show a window and wait until its first frame has been painted."""
    widget.show()
    handle = widget.windowHandle()
    while not handle.isExposed():
        QApplication.processEvents()
    QApplication.processEvents()


def settle() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class Counted(RoomChart):
    """A chart that counts how often it is painted."""

    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        self.painted += 1


class Frames:
    """Seconds of each frame; a frame is whatever changes what is seen, and painting it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def frame(self, view: QWidget, change: Callable[[], None]) -> None:
        def once() -> None:
            change()
            view.repaint()

        self.seconds.append(timed(once))


class Rounds:
    """The same walk taken several times, each with a new chart whose caches are cold."""

    def __init__(self) -> None:
        self.rounds: list[list[float]] = []

    @property
    def middle(self) -> float:
        """The median frame."""
        return statistics.median(second for seconds in self.rounds for second in seconds)

    @property
    def worst(self) -> float:
        """The slowest frame of the walk, each frame being its median over the rounds: other programs strike anywhere,
        a frame that is really slow is slow each time."""
        return max(statistics.median(frame) for frame in zip(*self.rounds, strict=True))


def opened(data: ChartData) -> tuple[Counted, float]:
    """A new chart with its data, from making it to the first frame painted."""
    gc.collect()
    start = time.perf_counter()
    chart = Counted()
    chart.resize(WIDTH, HEIGHT)
    rules = ChartRules(data)
    chart.set_rules(judge=rules.why_not, judge_swap=rules.why_no_swap, judge_rooms=lambda *_: "")
    chart.set_data(data)
    shown(chart)
    return chart, time.perf_counter() - start


def scroll(chart: RoomChart, frames: Frames) -> None:
    """Down and along the whole year, at each zoom; the first frame of each zoom counts too."""
    port, down, across = chart.viewport(), chart.verticalScrollBar(), chart.horizontalScrollBar()
    for zoom in (14, 30):
        frames.frame(port, lambda zoom=zoom: chart.set_zoom(zoom))  # type: ignore[misc]
        for step in range(FRAMES // 4):
            frames.frame(port, lambda step=step: down.setValue(step * 40))  # type: ignore[misc]
        for step in range(FRAMES // 4):
            far = step * across.maximum() // (FRAMES // 4)
            frames.frame(port, lambda far=far: across.setValue(far))  # type: ignore[misc]
    down.setValue(0)
    chart.set_zoom(14)
    chart.show_day(TODAY)
    port.repaint()


def mouse(widget: QWidget, kind: QEvent.Type, place: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind is QEvent.Type.MouseMove else left
    held = none if kind is QEvent.Type.MouseButtonRelease else left
    where = QPointF(place)
    event = QMouseEvent(kind, where, widget.mapToGlobal(where), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def drag(chart: Counted, data: ChartData, frames: Frames) -> None:
    """A bar carried over all rows in sight, judged and lit as it goes."""
    port, scene = chart.viewport(), chart.scene
    lanes = [lane for row in chart.rows_in_sight() for lane in row.lanes]
    bar = next(
        b
        for lane in lanes
        for _, _, b in scene.index.spans_between(lane.bed_id, TODAY.toordinal() + 1, TODAY.toordinal() + 2)
        if b.arrive >= TODAY
    )
    box = scene.layout.bar_box(bar, scene.axis)
    assert box is not None
    start = QPoint(box[0] + scene.origin_x + box[2] // 2, box[1] + scene.origin_y + box[3] // 2)
    mouse(port, QEvent.Type.MouseButtonPress, start)
    mouse(port, QEvent.Type.MouseMove, start + QPoint(0, 12))
    low, high = scene.head_height + 40, min(scene.height, scene.layout.height + scene.head_height) - 40
    for step in range(FRAMES):
        y = low + step * (high - low) // FRAMES
        place = QPoint(start.x() + step % 40, y)

        def follow(place: QPoint = place) -> None:
            before = chart.painted
            mouse(port, QEvent.Type.MouseMove, place)
            while chart.painted == before:  # the judging timer and the note at the pointer belong to the frame
                QApplication.processEvents()

        frames.seconds.append(timed(follow))
    assert chart.gestures.running
    chart.cancel()


def empty_view() -> tuple[float, float]:
    """Opening and a frame of an empty QGraphicsView of the same size."""
    gc.collect()
    start = time.perf_counter()
    view = QGraphicsView(QGraphicsScene(0, 0, 40_000, 20_000))
    view.resize(WIDTH, HEIGHT)
    shown(view)
    opening = time.perf_counter() - start
    frames = Frames()
    for step in range(FRAMES):
        frames.frame(view.viewport(), lambda step=step: view.verticalScrollBar().setValue(step * 40))  # type: ignore[misc]
    view.close()
    view.deleteLater()
    settle()
    return opening, statistics.median(frames.seconds)


def main() -> list[BenchRow]:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    zh.install(app)
    theme.apply(app)
    houses = {size: made(*size) for size in SIZES}
    openings: dict[object, list[float]] = {size: [] for size in SIZES}
    scrolls, drags = {size: Rounds() for size in SIZES}, {size: Rounds() for size in SIZES}
    plain: list[tuple[float, float]] = []
    for turn in range(ROUNDS + 1):
        plain.append(empty_view())
        for size, data in houses.items():
            chart, seconds = opened(data)
            scrolled, dragged = Frames(), Frames()
            scroll(chart, scrolled)
            drag(chart, data, dragged)
            if turn:  # the first turn warms up
                openings[size].append(seconds)
                scrolls[size].rounds.append(scrolled.seconds)
                drags[size].rounds.append(dragged.seconds)
            chart.close()
            chart.deleteLater()
            settle()
    opening, frame = (statistics.median(values[1:]) for values in zip(*plain, strict=True))
    rows = []
    for size, data in houses.items():
        rooms, _ = size
        what = f"房态图 {len(data.beds)} 床 × {DAYS} 天，{len(data.bars):,} 人次"
        for letter, verb, frames in (("a", "滚动", scrolls[size]), ("b", "拖动", drags[size])):
            rows.append(
                BenchRow(
                    f"P6{letter}-{2 * rooms}",
                    f"{what}：{verb}一帧（中位 / 最慢）",
                    f"{1000 * frames.middle:.1f} / {1000 * frames.worst:.1f} ms",
                    f"{1000 * frame:.2f} ms (空白 QGraphicsView)",
                    frames.middle / frame,
                    "<= 16 / 50 ms",
                    frames.middle <= 0.016 and frames.worst <= 0.05,
                )
            )
        once = statistics.median(openings[size])
        rows.append(
            BenchRow(
                f"P6c-{2 * rooms}",
                f"{what}：打开到画出",
                f"{once:.3f} s",
                f"{opening:.3f} s (空白 QGraphicsView)",
                once / opening,
                "<= 0.3 s",
                once <= 0.3,
            )
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row.id, row.work, row.figure, "|", row.baseline, "|", row.target, row.met)
