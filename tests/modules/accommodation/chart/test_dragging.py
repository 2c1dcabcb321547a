"""Everything that is dragged on the chart, with real mouse events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.modules.accommodation.ui.chart import MoveTo, Park, Place, Resize, SwapBars, SwapRooms
from tests.modules.accommodation.chart.conftest import TOMORROW, Bench, small_house
from tests.modules.accommodation.chart.made import TODAY, full_house, house


def test_a_bar_dragged_to_a_free_bed_moves_there_with_its_dates(bench: Bench) -> None:
    bench.hold(bench.on_bar(1), bench.on_bed(2071, TOMORROW + timedelta(days=9)))
    assert bench.chart.bubble_text == "王甲 → 明德楼207-1"
    bench.release(bench.on_bed(2071, TOMORROW + timedelta(days=9)))
    assert bench.intents == [MoveTo(bench.bar(1), 2071)]
    assert bench.chart.bubble_text == ""
    assert bench.chart.scene.overlay is None


def test_legal_beds_light_up_and_others_do_not(bench: Bench, look: None) -> None:
    bench.hold(bench.on_bar(1), bench.on_bed(2071))

    def all_judged() -> bool:
        overlay = bench.chart.scene.overlay
        assert overlay is not None
        assert overlay.bed_verdict is not None
        return all(overlay.bed_verdict(bed) is not None for bed in bench.chart.scene.layout.beds)

    bench.qtbot.waitUntil(all_judged)
    overlay = bench.chart.scene.overlay
    assert overlay is not None
    assert overlay.bed_verdict is not None
    kinds = {bed: verdict.kind for bed in bench.chart.scene.layout.beds if (verdict := overlay.bed_verdict(bed))}
    assert kinds == {
        2011: "same", 2012: "free", 2021: "swap", 2022: "free", 2031: "no", 2032: "no", 2041: "no", 2042: "no",
        2051: "swap", 2052: "free", 2061: "free", 2062: "free", 2071: "free", 2072: "free", 2073: "free",
    }  # fmt: skip
    image = bench.chart.viewport().grab().toImage()
    lit, dark = image.pixelColor(bench.on_bed(2012)), image.pixelColor(bench.on_bed(2041, TODAY - timedelta(days=1)))
    assert lit.green() > lit.red() + 20
    assert abs(dark.green() - dark.red()) < 20
    asked = bench.rules.asked
    bench.move(bench.on_bed(2012))
    bench.move(bench.on_bed(2071))
    assert bench.rules.asked == asked, "each bed is judged once in a drag"


@pytest.mark.parametrize(
    ("bed", "why"),
    (
        (2031, "赵丙住到11月28日。"),
        (2032, "同屋住着女学员赵丙。"),
        (2041, "房间停用：空调检修。"),
    ),
)
def test_an_illegal_bed_says_why_before_and_after_the_drop(bench: Bench, bed: int, why: str) -> None:
    bench.hold(bench.on_bar(1), bench.on_bed(bed))
    assert why in bench.chart.bubble_text
    image = bench.chart.viewport().grab().toImage()
    box = bench.chart.scene.layout.lanes[bed]
    frame = QPoint(bench.on_bar(1, edge="start").x() + 30, bench.chart.scene.origin_y + box.y + 2)
    red = QColor(image.pixelColor(frame))
    assert red.red() > red.green() + 60, "the ghost has a red frame"
    bench.release(bench.on_bed(bed))
    assert bench.intents == []
    assert bench.refusals == [why]


def test_two_occupants_are_swapped(bench: Bench) -> None:
    bench.hold(bench.on_bar(1), bench.on_bar(5))
    assert bench.chart.bubble_text == "王甲 与 孙戊 对调床位"
    bench.release(bench.on_bar(5))
    assert bench.intents == [SwapBars(bench.bar(1), bench.bar(5))]


def test_somebody_in_the_house_moves_from_tonight_on(bench: Bench) -> None:
    bench.drag(bench.on_bar(2), bench.on_bed(2072))
    assert bench.intents == [MoveTo(bench.bar(2), 2072, TODAY)]


def test_with_control_only_the_later_nights_move(bench: Bench) -> None:
    start, day = bench.on_bar(1), TOMORROW + timedelta(days=2)
    bench.hold(start, bench.on_bed(2071, day))
    bench.qtbot.keyPress(bench.chart, Qt.Key.Key_Control)
    chart, place = bench.chart, bench.on_bed(2071, day)
    chart.gestures.move(place, Qt.KeyboardModifier.ControlModifier)
    assert chart.bubble_text == "王甲 → 明德楼207-1，从11月25日晚起"
    bench.release(place, Qt.KeyboardModifier.ControlModifier)
    bench.qtbot.keyRelease(bench.chart, Qt.Key.Key_Control)
    assert bench.intents == [MoveTo(bench.bar(1), 2071, day)]


@pytest.mark.parametrize(
    ("edge", "days", "expected"), (("end", 2, (0, 2)), ("end", -1, (0, -1)), ("start", -1, (-1, 0)))
)
def test_an_edge_is_pulled_by_days(bench: Bench, edge: str, days: int, expected: tuple[int, int]) -> None:
    bar, start = bench.bar(1), bench.on_bar(1, edge=edge)
    bench.hold(start, start + QPoint(days * bench.chart.scene.axis.column, 40))
    arrive, leave = (bar.arrive + timedelta(days=expected[0]), bar.leave + timedelta(days=expected[1]))
    assert f"共{(leave - arrive).days}晚" in bench.chart.bubble_text
    bench.release(start + QPoint(days * bench.chart.scene.axis.column, 40))
    assert bench.intents == [Resize(bar, arrive, leave)]


def test_an_edge_cannot_be_pulled_into_somebody_else(bench: Bench) -> None:
    data = small_house()
    behind = replace(data.bars[4], bed_id=2011, room_id=201, arrive=TOMORROW + timedelta(days=4))
    behind = replace(behind, leave=behind.arrive + timedelta(days=2), stay_id=50)
    bench.show_data(replace(data, bars=(*data.bars, behind)))
    start = bench.on_bar(1, edge="end")
    way = start + QPoint(2 * bench.chart.scene.axis.column, 0)
    bench.hold(start, way)
    assert "孙戊住到" in bench.chart.bubble_text
    bench.release(way)
    assert bench.intents == []
    assert bench.refusals == [f"孙戊住到{behind.leave.month}月{behind.leave.day}日。"]


def test_an_edge_leaves_at_least_one_night(bench: Bench) -> None:
    start = bench.on_bar(1, edge="end")
    bench.drag(start, start - QPoint(5 * bench.chart.scene.axis.column, 0))
    bar = bench.bar(1)
    assert bench.intents == [Resize(bar, bar.arrive, bar.arrive + timedelta(days=1))]


def test_who_has_arrived_keeps_his_first_night(bench: Bench) -> None:
    bench.chart.show_day(TODAY - timedelta(days=1))
    bench.move(QPoint(700, 500))  # the mouse may lie where it is to go, and then nothing moves
    bench.move(bench.on_bar(2, edge="start"))
    assert bench.chart.viewport().cursor().shape() is Qt.CursorShape.OpenHandCursor
    bench.move(bench.on_bar(2, edge="end"))
    assert bench.chart.viewport().cursor().shape() is Qt.CursorShape.SizeHorCursor


@pytest.mark.parametrize("turn", ("first", "second"))
def test_a_drag_left_in_the_air_ends_with_its_test(bench: Bench, turn: str) -> None:
    """Whichever comes second finds the hand empty."""
    assert QApplication.mouseButtons() == Qt.MouseButton.NoButton
    bench.hold(bench.on_bar(1), bench.on_bed(2071))
    assert QApplication.mouseButtons() == Qt.MouseButton.LeftButton


def test_who_has_left_stays_where_he_was(bench: Bench) -> None:
    bench.chart.show_day(TODAY - timedelta(days=2))
    bench.drag(bench.on_bar(6), bench.on_bed(2071))
    assert bench.intents == []
    assert bench.refusals == ["周己已退房，不能再调整床位。"]


def test_two_rooms_are_swapped_by_their_heads(bench: Bench) -> None:
    bench.hold(bench.on_room(202), bench.on_room(205))
    assert bench.chart.bubble_text == "202 与 205 整间对调（11月22日晚的住客）"
    bench.release(bench.on_room(205))
    assert bench.intents == [SwapRooms(202, 205, TODAY)]


def test_rooms_that_cannot_be_swapped_say_why(bench: Bench) -> None:
    bench.hold(bench.on_room(202), bench.on_room(207))
    assert bench.chart.bubble_text == "两间房的床位数不同，不能整间对调。"
    bench.release(bench.on_room(207))
    assert bench.intents == []
    assert bench.refusals == ["两间房的床位数不同，不能整间对调。"]


def from_lane(bench: Bench, lane: object, row: int, target: QPoint) -> None:
    """Drag the person of one line of a lane to a point of the chart's viewport."""
    people = lane.list  # type: ignore[attr-defined]
    port = people.viewport()
    start = people.visualItemRect(people.item(row)).center()
    end = port.mapFromGlobal(bench.chart.viewport().mapToGlobal(target))
    bench.qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for way in (start + QPoint(12, 4), start + QPoint(24, 8), end - QPoint(3, 3), end):
        bench.qtbot.mouseMove(port, way)
    bench.qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def test_somebody_without_a_bed_is_placed(bench: Bench) -> None:
    person = bench.waiting.shown[1]
    from_lane(bench, bench.waiting, 1, bench.on_bed(2072))
    assert bench.intents == [Place(person, 2072)]


def test_somebody_without_a_bed_is_refused(bench: Bench) -> None:
    from_lane(bench, bench.waiting, 0, bench.on_bed(2042))
    assert bench.intents == []
    assert bench.refusals == ["房间停用：空调检修。"]
    from_lane(bench, bench.waiting, 0, bench.on_bed(2051))
    assert bench.refusals[1:] == ["孙戊住到11月26日。"], "nobody without a bed can swap"


def test_somebody_parked_is_placed(bench: Bench) -> None:
    from_lane(bench, bench.parking, 0, bench.on_bed(2011, TODAY))
    assert bench.refusals == ["王甲住到11月26日。"]
    from_lane(bench, bench.parking, 0, bench.on_bed(2012))
    assert bench.intents == [Place(bench.chart.data.parked[0], 2012)]


def test_a_lane_drag_into_nothing_changes_nothing(bench: Bench) -> None:
    from_lane(bench, bench.waiting, 0, QPoint(400, 10))
    assert bench.intents == []
    assert bench.refusals == []
    assert not bench.chart.gestures.running


def test_a_bar_is_parked(bench: Bench) -> None:
    lane = bench.parking
    place = bench.chart.viewport().mapFromGlobal(lane.mapToGlobal(lane.rect().center()))
    bench.hold(bench.on_bar(2), place)
    assert bench.chart.bubble_text == "李乙 放进暂存区，床位让出来"
    assert "dashed" in lane.styleSheet()
    bench.release(place)
    assert bench.intents == [Park(bench.bar(2))]
    assert "dashed" not in lane.styleSheet()


def test_escape_cancels_every_drag(bench: Bench) -> None:
    for start, way in (
        (bench.on_bar(1), bench.on_bed(2071)),
        (bench.on_bar(1, edge="end"), bench.on_bed(2011, TOMORROW + timedelta(days=6))),
        (bench.on_room(202), bench.on_room(205)),
    ):
        bench.hold(start, way)
        assert bench.chart.gestures.running
        bench.key(Qt.Key.Key_Escape)
        assert not bench.chart.gestures.running
        assert bench.chart.bubble_text == ""
        bench.move(way)
        bench.release(way)
    assert bench.intents == []


def test_the_other_button_cancels_a_drag(bench: Bench) -> None:
    way = bench.on_bed(2071)
    bench.hold(bench.on_bar(1), way)
    bench.qtbot.mousePress(bench.chart.viewport(), Qt.MouseButton.RightButton, pos=way)
    assert not bench.chart.gestures.running
    bench.release(way)
    assert bench.intents == []


def test_the_chart_scrolls_when_a_drag_reaches_its_border(bench: Bench) -> None:
    data = full_house(house())
    bench.show_data(data)
    chart = bench.chart
    down = chart.verticalScrollBar()
    stay = next(b for b in data.bars if b.bed_id == 1 and b.leave > TODAY)
    start = bench.on_bar(stay.stay_id, day=max(stay.arrive, TODAY))
    bottom = QPoint(start.x(), chart.viewport().height() - 6)
    bench.hold(start, bottom)
    bench.qtbot.waitUntil(lambda: down.value() > 300)
    target = chart.scene.overlay
    assert target is not None
    assert target.target_bed == chart.scene.layout.lane_at(bottom.y() - chart.scene.origin_y).bed_id  # type: ignore[union-attr]
    bench.move(QPoint(start.x(), 300))
    stopped = down.value()
    bench.qtbot.wait(120)
    assert down.value() == stopped
    bench.move(QPoint(start.x(), chart.scene.head_height + 4))
    bench.qtbot.waitUntil(lambda: down.value() < stopped - 100)
    bench.key(Qt.Key.Key_Escape)


def test_an_edge_pulled_to_the_border_scrolls_the_days(bench: Bench) -> None:
    chart = bench.chart
    start = bench.on_bar(1, edge="end")
    border = QPoint(chart.viewport().width() - 4, start.y())
    bench.hold(start, border)
    bench.qtbot.waitUntil(lambda: chart.horizontalScrollBar().value() == chart.horizontalScrollBar().maximum())
    bench.release(border)
    bar = bench.bar(1)
    assert bench.intents == [Resize(bar, bar.arrive, chart.data.end)]


def test_a_drag_goes_on_when_other_stays_change(bench: Bench) -> None:
    bench.hold(bench.on_bar(1), bench.on_bed(2051))
    assert "对调" in bench.chart.bubble_text
    data = small_house()
    newer = replace(data.bars[0], version=2)
    bench.show_data(replace(data, bars=(newer, *(b for b in data.bars[1:] if b.stay_id != 5))))
    assert bench.chart.bubble_text == "王甲 → 明德楼205-1"
    bench.release(bench.on_bed(2051))
    assert bench.intents == [MoveTo(newer, 2051)]


def test_a_drag_ends_when_its_stay_vanishes(bench: Bench) -> None:
    bench.hold(bench.on_bar(1), bench.on_bed(2071))
    data = small_house()
    bench.show_data(replace(data, bars=data.bars[1:]))
    assert not bench.chart.gestures.running
    bench.release(bench.on_bed(2071))
    assert bench.intents == []


def test_who_may_only_look_drags_nothing(bench: Bench) -> None:
    bench.chart.set_editable(False)
    bench.drag(bench.on_bar(1), bench.on_bed(2071))
    bench.drag(bench.on_room(202), bench.on_room(205))
    from_lane(bench, bench.waiting, 0, bench.on_bed(2071))
    assert bench.intents == []
    assert bench.refusals == []
