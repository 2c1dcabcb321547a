"""A small chart on the screen, with its lanes, and hands to work it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.modules.accommodation.domain import Bar, ChartData, Outage, StayState
from dangxiao_houqin.modules.accommodation.ui.chart import ParkingLane, RoomChart, WaitingLane
from dangxiao_houqin.modules.accommodation.ui.chart.scene import FIRST_COLUMN
from tests.modules.accommodation.chart.made import TODAY, SimpleRules, bar, marks_of, place, waiting

START = TODAY - timedelta(days=3)
TOMORROW = TODAY + timedelta(days=1)


def small_house() -> ChartData:
    """Rooms 201 to 206 with two beds each (ids 2011, 2012 …), 207 with three.

    201-1 王甲 comes tomorrow for three nights, 202-1 李乙 is in the house, 203 holds the women 赵丙 and 钱丁,
    204 is closed, 205-1 孙戊 on 王甲's nights, 206-1 周己 has left, 207 and the others are free.
    """
    beds = [
        place(number * 10 + bed, number, str(number), str(bed), room_type="三人间" if number == 207 else "标准双人")
        for number in range(201, 208)
        for bed in range(1, 4 if number == 207 else 3)
    ]
    at = {bed.bed_id: bed for bed in beds}
    bars = (
        bar(1, at[2011], TOMORROW, 3, name="王甲"),
        bar(2, at[2021], TODAY - timedelta(days=2), 5, name="李乙"),
        bar(3, at[2031], TODAY, 6, name="赵丙", sex="女"),
        bar(4, at[2032], TODAY, 6, name="钱丁", sex="女"),
        bar(5, at[2051], TOMORROW, 3, name="孙戊"),
        bar(6, at[2061], TODAY - timedelta(days=3), 2, name="周己", state=StayState.LEFT),
    )
    parked = replace(bar(7, at[2062], TOMORROW, 2, name="吴庚"), state=StayState.PARKED)
    return ChartData(
        START,
        START + timedelta(days=40),
        TODAY,
        tuple(beds),
        bars,
        outages=(Outage(204, None, TODAY, TODAY + timedelta(days=9), "空调检修"),),
        parked=(parked,),
        waiting=tuple(waiting(number, sex="男") for number in range(3)),
        conditions={202: "待打扫"},
        marks=marks_of(START, START + timedelta(days=40)),
    )


class Bench:
    """The chart in a window of 1366 × 768 with its lanes; mouse events go to the widget under the point."""

    def __init__(self, qtbot: QtBot, data: ChartData) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.chart = RoomChart()
        self.waiting, self.parking = WaitingLane(self.chart), ParkingLane(self.chart)
        side = QVBoxLayout()
        side.addWidget(self.waiting)
        side.addWidget(self.parking)
        box = QHBoxLayout(self.window)
        box.addWidget(self.chart, 1)
        box.addLayout(side)
        self.intents: list[object] = []
        self.refusals: list[str] = []
        self.told: list[str] = []
        self.chart.intended.connect(self.intents.append)
        self.chart.refused.connect(self.refusals.append)
        self.chart.described.connect(self.told.append)
        self.show_data(data)
        self.window.resize(1366, 768)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.chart.setFocus()

    def show_data(self, data: ChartData) -> None:
        self.rules = SimpleRules(data)
        self.chart.set_rules(
            judge=self.rules.judge, judge_swap=self.rules.judge_swap, judge_rooms=self.rules.judge_rooms
        )
        self.chart.set_data(data)

    # ------------------------------------------------------------------ where things are
    def bar(self, stay_id: int) -> Bar:
        found = self.chart.index.bar(stay_id)
        assert found is not None
        return found

    def on_bar(self, stay_id: int, *, edge: str = "", day: date | None = None) -> QPoint:
        """A point of a bar in the viewport: its middle, an edge, or one of its nights."""
        scene = self.chart.scene
        box = scene.layout.bar_box(self.bar(stay_id), scene.axis)
        assert box is not None
        x, y, width, height = box
        across = {"": width // 2, "start": 2, "end": width - 3}[edge]
        if day is not None:
            across = scene.axis.x(day.toordinal()) + scene.axis.column // 2 - x
        return QPoint(scene.origin_x + x + across, scene.origin_y + y + height // 2)

    def on_bed(self, bed_id: int, day: date = TOMORROW) -> QPoint:
        """The middle of a night of a bed."""
        scene = self.chart.scene
        lane = scene.layout.lanes[bed_id]
        x = scene.origin_x + scene.axis.x(day.toordinal()) + scene.axis.column // 2
        return QPoint(x, scene.origin_y + lane.y + lane.height // 2)

    def on_room(self, room_id: int) -> QPoint:
        """A point of a room's cell in the first column."""
        scene = self.chart.scene
        row = scene.layout.room_rows[room_id]
        return QPoint(FIRST_COLUMN // 2, scene.origin_y + row.y + row.height // 2)

    # ------------------------------------------------------------------ hands
    def press(self, place: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.mousePress(self.chart.viewport(), Qt.MouseButton.LeftButton, modifiers, place)

    def move(self, place: QPoint) -> None:
        self.qtbot.mouseMove(self.chart.viewport(), place)

    def release(self, place: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.mouseRelease(self.chart.viewport(), Qt.MouseButton.LeftButton, modifiers, place)

    def click(self, place: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(place, modifiers)
        self.release(place, modifiers)

    def hold(self, start: QPoint, *ways: QPoint) -> None:
        """Press at ``start`` and move over ``ways`` without letting go."""
        self.press(start)
        self.move(start + QPoint(6, 6))
        self.move(start + QPoint(14, 14))
        for way in ways:
            self.move(way - QPoint(2, 1))
            self.move(way)

    def drag(self, start: QPoint, *ways: QPoint) -> None:
        self.hold(start, *ways)
        self.release(ways[-1])

    def key(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.qtbot.keyClick(self.chart, key, modifiers)


@pytest.fixture
def bench(look: None, qtbot: QtBot) -> Bench:
    return Bench(qtbot, small_house())
