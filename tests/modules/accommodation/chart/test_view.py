"""The chart on the screen: clicks, keys, zoom, refreshes, words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.modules.accommodation.ui.chart import (
    ChartFilter,
    MoveTo,
    Park,
    Place,
    Resize,
    SwapBars,
    SwapRooms,
)
from dangxiao_houqin.modules.accommodation.ui.chart.inks import INKS, OUTAGE
from dangxiao_houqin.modules.accommodation.ui.chart.scene import DAY_HEAD, FIRST_COLUMN
from dangxiao_houqin.ui import theme
from tests.modules.accommodation.chart.conftest import TOMORROW, Bench, small_house
from tests.modules.accommodation.chart.made import TODAY, full_house, house

KEY = Qt.Key
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


# ------------------------------------------------------------------------------------------------ mouse
def test_a_click_selects_and_a_second_with_control_adds(bench: Bench) -> None:
    bench.click(bench.on_bar(1))
    assert [b.stay_id for b in bench.chart.selected] == [1]
    assert bench.chart.current == bench.bar(1)
    bench.click(bench.on_bar(5), CONTROL)
    assert [b.stay_id for b in bench.chart.selected] == [1, 5]
    bench.click(bench.on_bar(1), CONTROL)
    assert [b.stay_id for b in bench.chart.selected] == [5]
    bench.click(bench.on_bed(2071))
    assert bench.chart.selected == ()
    assert bench.chart.cursor_cell == (2071, TOMORROW)


def test_a_double_click_opens(bench: Bench) -> None:
    opened: list[object] = []
    bench.chart.opened.connect(opened.append)
    bench.qtbot.mouseDClick(bench.chart.viewport(), Qt.MouseButton.LeftButton, pos=bench.on_bar(1))
    assert opened == [bench.bar(1)]
    assert not bench.chart.gestures.running


def test_a_room_is_expanded_by_its_head_and_each_bed_gets_a_row(bench: Bench) -> None:
    chart = bench.chart
    before = chart.scene.layout.lanes[2011].height
    bench.click(bench.on_room(201))
    assert chart.expanded == frozenset({201})
    assert chart.scene.layout.lanes[2011].height > 1.5 * before
    bench.click(bench.on_room(201))
    assert chart.expanded == frozenset()
    assert chart.scene.layout.lanes[2011].height == before
    bench.click(QPoint(FIRST_COLUMN // 2, chart.scene.head_height + 5))
    assert chart.expanded == frozenset(range(201, 208)), "the floor's head opens all its rooms"


def test_the_head_opens_free_beds_of_each_type(bench: Bench) -> None:
    before = bench.chart.scene.head_height
    bench.click(QPoint(20, DAY_HEAD + 8))
    assert bench.chart.type_heads
    assert bench.chart.scene.head_height > before
    assert bench.chart.index.free_by_type(TODAY) == {"标准双人": 7, "三人间": 3}
    words = bench.chart.words_at(QPoint(bench.on_bed(2011, TODAY).x(), 20))
    assert words == "11月22日(周日)\n当晚空床 10 张\n标准双人 7 张\n三人间 3 张"


def test_tooltips_tell_everything(bench: Bench) -> None:
    words = bench.chart.words_at(bench.on_bar(1))
    for part in ("王甲", "明德楼201-1", "已分配", "11月23日(周一)入住，11月26日(周四)离开，共3晚"):
        assert part in words
    assert bench.chart.words_at(bench.on_bed(2041)) == "明德楼204-1\n停用：空调检修，到12月1日(周二)"
    assert "房况：待打扫" in bench.chart.words_at(bench.on_room(202))


# ------------------------------------------------------------------------------------------------ keyboard
def test_arrows_walk_over_beds_and_nights_and_say_where(bench: Bench) -> None:
    chart = bench.chart
    bench.key(KEY.Key_Down)
    assert chart.cursor_cell == (2011, TODAY)
    bench.key(KEY.Key_Right)
    assert chart.current == bench.bar(1)
    assert bench.told[-1].startswith("明德楼201-1，11月23日(周一)晚：王甲（男），")
    assert chart.accessibleDescription() == bench.told[-1]
    assert [b.stay_id for b in chart.selected] == [1]
    bench.key(KEY.Key_Down)
    assert chart.cursor_cell == (2012, TOMORROW)
    assert bench.told[-1] == "明德楼201-2，11月23日(周一)晚：空床"
    bench.key(KEY.Key_End)
    assert chart.cursor_cell == (2012, chart.data.end - timedelta(days=1))
    bench.key(KEY.Key_Home)
    assert chart.cursor_cell == (2012, chart.data.start)
    bench.key(KEY.Key_End, modifiers=CONTROL)
    assert chart.cursor_cell == (2073, chart.data.start)
    bench.key(KEY.Key_PageUp)
    assert chart.cursor_cell is not None
    assert chart.cursor_cell[0] < 2073


def test_control_and_arrows_jump_between_bars(bench: Bench) -> None:
    chart = bench.chart
    chart.set_cursor(2021, TODAY.toordinal() + 10)
    bench.key(KEY.Key_Left, modifiers=CONTROL)
    assert chart.current == bench.bar(2)
    chart.set_cursor(2011, TODAY.toordinal())
    bench.key(KEY.Key_Right, modifiers=CONTROL)
    assert chart.current == bench.bar(1)
    bench.key(KEY.Key_Down, modifiers=CONTROL)
    assert chart.current == bench.bar(2)
    bench.key(KEY.Key_Down, modifiers=CONTROL)
    assert chart.current == bench.bar(3)


def test_enter_space_and_menu(bench: Bench) -> None:
    chart = bench.chart
    opened: list[object] = []
    asked: list[tuple[object, ...]] = []
    chart.opened.connect(opened.append)
    chart.menu_asked.connect(lambda *values: asked.append(values))
    chart.show_bar(1)
    bench.key(KEY.Key_Return)
    assert opened == [bench.bar(1)]
    bench.key(KEY.Key_Menu)
    assert asked[0][:3] == (bench.bar(1), 2011, TOMORROW)
    bench.key(KEY.Key_Down, KEY.Key_Return)
    assert asked[1][:3] == (None, 2012, TOMORROW)
    bench.key(KEY.Key_Space)
    assert chart.expanded == frozenset({201})


def test_carrying_by_keys(bench: Bench) -> None:
    bench.chart.show_bar(1)
    bench.key(KEY.Key_M)
    assert bench.chart.bubble_text == "王甲 现在就住 明德楼201-1"
    bench.key(KEY.Key_Down, KEY.Key_Down, KEY.Key_Down, KEY.Key_Down)
    assert bench.chart.bubble_text == "明德楼203-1：赵丙住到11月28日。"
    assert bench.told[-1] == "明德楼203-1：赵丙住到11月28日。"
    bench.key(KEY.Key_Return)
    assert bench.intents == []
    assert bench.refusals == ["赵丙住到11月28日。"]
    assert bench.chart.gestures.running, "a refusal does not end the carry"
    bench.key(KEY.Key_Up)
    assert bench.chart.bubble_text == "王甲 → 明德楼202-2"
    bench.key(KEY.Key_Return)
    assert bench.intents == [MoveTo(bench.bar(1), 2022)]
    assert not bench.chart.gestures.running


def test_swapping_by_keys_and_escape(bench: Bench) -> None:
    bench.chart.show_bar(1)
    bench.key(KEY.Key_M)
    bench.key(*[KEY.Key_Down] * 8)
    assert bench.chart.bubble_text == "王甲 与 孙戊 对调床位"
    bench.key(KEY.Key_Escape)
    assert bench.chart.bubble_text == ""
    bench.key(KEY.Key_Return)  # opens, does not drop
    assert bench.intents == []
    bench.chart.show_bar(1)
    bench.key(KEY.Key_M, *[KEY.Key_Down] * 8)
    bench.key(KEY.Key_Return)
    assert bench.intents == [SwapBars(bench.bar(1), bench.bar(5))]


def test_parking_and_changing_the_end_by_keys(bench: Bench) -> None:
    bench.chart.show_bar(1)
    bar = bench.bar(1)
    day = timedelta(days=1)
    bench.key(KEY.Key_Right, modifiers=SHIFT)
    bench.key(KEY.Key_Left, modifiers=SHIFT)
    bench.key(KEY.Key_Left, modifiers=SHIFT | CONTROL)
    bench.key(KEY.Key_P)
    assert bench.intents == [
        Resize(bar, bar.arrive, bar.leave + day),
        Resize(bar, bar.arrive, bar.leave - day),
        Resize(bar, bar.arrive - day, bar.leave),
        Park(bar),
    ]
    bench.chart.show_bar(6)
    bench.key(KEY.Key_P)
    assert bench.refusals == ["周己已退房，不能再调整床位。"]
    assert bench.chart.bubble_text == "周己已退房，不能再调整床位。"
    assert len(bench.intents) == 4


def test_p_parks_whom_the_keys_carry(bench: Bench) -> None:
    bench.chart.show_bar(1)
    bench.key(KEY.Key_M, KEY.Key_Down, KEY.Key_P)
    assert bench.intents == [Park(bench.bar(1))]
    assert not bench.chart.gestures.running


def test_rooms_are_swapped_by_keys(bench: Bench) -> None:
    bench.chart.begin_room_carry(202)
    assert bench.told[-1] == "202：拖到另一间房上整间对调"
    bench.key(*[KEY.Key_Down] * 10)
    assert bench.chart.bubble_text == "两间房的床位数不同，不能整间对调。"
    bench.key(KEY.Key_Return)
    assert bench.intents == []
    bench.key(*[KEY.Key_Up] * 4, KEY.Key_Return)
    assert bench.intents == [SwapRooms(202, 205, TODAY)]
    bench.chart.show_bar(5)
    bench.key(KEY.Key_R, KEY.Key_Down, KEY.Key_Down, KEY.Key_Return)
    assert bench.intents[1:] == [SwapRooms(205, 206, TODAY)]


def test_a_menu_carries_from_a_night_on_and_the_mouse_drops(bench: Bench) -> None:
    night = TOMORROW + timedelta(days=1)
    bench.chart.begin_carry(bench.bar(1), night)
    bench.move(bench.on_bed(2041))
    assert bench.chart.bubble_text == "明德楼204-1：房间停用：空调检修。"
    bench.click(bench.on_bed(2041))
    assert bench.chart.gestures.running
    bench.move(bench.on_bed(2073))
    assert bench.chart.bubble_text == "王甲 → 明德楼207-3，从11月24日晚起"
    bench.click(bench.on_bed(2073))
    assert bench.intents == [MoveTo(bench.bar(1), 2073, night)]


def test_a_refusal_goes_away_by_itself(bench: Bench) -> None:
    bench.chart.gestures._fader.setInterval(50)
    bench.chart.show_bar(6)
    bench.key(KEY.Key_P)
    assert bench.chart.bubble_text == "周己已退房，不能再调整床位。"
    bench.qtbot.waitUntil(lambda: bench.chart.bubble_text == "")


def test_who_waits_is_carried_by_keys_too(bench: Bench) -> None:
    people = bench.waiting.list
    people.setFocus()
    people.setCurrentRow(2)
    bench.qtbot.keyClick(people, KEY.Key_Return)
    assert bench.chart.gestures.mode == "keys"
    bench.key(KEY.Key_Down)
    bench.key(KEY.Key_Return)
    assert bench.intents == [Place(bench.chart.data.waiting[2], 2012)]


# ------------------------------------------------------------------------------------------------ lanes
def test_lanes_are_searched_by_pinyin_and_count(bench: Bench) -> None:
    assert bench.waiting.count_text == "3 人"
    assert bench.parking.count_text == "1 人"
    bench.waiting.set_search("zhang")
    assert [p.name for p in bench.waiting.shown] == ["张小秀"]
    assert bench.waiting.count_text == "1/3 人"
    bench.waiting.set_search("")
    assert len(bench.waiting.shown) == 3
    bench.waiting.set_search("第1乡")
    assert [p.enrollment_id for p in bench.waiting.shown] == [100_001]


# ------------------------------------------------------------------------------------------------ zoom and scroll
def wheel(bench: Bench, delta: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    port = bench.chart.viewport()
    place = QPoint(600, 300)
    event = QWheelEvent(
        place, port.mapToGlobal(place), QPoint(), QPoint(0, delta), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(port, event)


def test_the_wheel_zooms_and_scrolls(bench: Bench) -> None:
    chart = bench.chart
    assert chart.zoom == 14
    wheel(bench, -120, CONTROL)
    assert chart.zoom == 30
    assert chart.scene.axis.column == chart.scene.body_width // 30
    wheel(bench, 120, CONTROL)
    wheel(bench, 120, CONTROL)
    assert chart.zoom == 7
    before = chart.horizontalScrollBar().value()
    wheel(bench, -120, SHIFT)
    assert chart.horizontalScrollBar().value() > before
    bench.show_data(full_house(house()))
    wheel(bench, -120)
    assert chart.verticalScrollBar().value() > 0


def test_zooming_keeps_the_night_under_the_pointer(bench: Bench) -> None:
    chart = bench.chart
    chart.horizontalScrollBar().setValue(300)
    under = chart.scene.axis.ordinal(600 - chart.scene.origin_x)
    wheel(bench, 120, CONTROL)
    assert chart.zoom == 7
    assert chart.scene.axis.ordinal(600 - chart.scene.origin_x) == under


def test_a_period_is_fitted_and_days_are_shown(bench: Bench) -> None:
    chart = bench.chart
    seen: list[tuple[object, object]] = []
    chart.seen_changed.connect(lambda first, end: seen.append((first, end)))
    begin, end = TODAY + timedelta(days=2), TODAY + timedelta(days=12)
    chart.fit(begin, end)
    assert chart.zoom == 0
    assert chart.seen[0] == begin
    assert end <= chart.seen[1] <= end + timedelta(days=1)
    assert seen[-1] == chart.seen
    chart.set_zoom(7)
    assert chart.seen[0] == begin, "the first day stays"
    chart.show_day(TODAY)
    assert chart.seen[0] == TODAY - timedelta(days=1)


def test_a_stay_is_shown_wherever_it_is(bench: Bench) -> None:
    data = full_house(house())
    bench.show_data(data)
    far = max(data.bars, key=lambda b: (b.bed_id, b.arrive))
    assert bench.chart.show_bar(far.stay_id)
    assert bench.chart.selected == (far,)
    place = bench.on_bar(far.stay_id, day=far.arrive)
    assert bench.chart.viewport().rect().contains(place)
    assert bench.chart.hit_at(place).bar == far  # type: ignore[union-attr]
    assert not bench.chart.show_bar(10**9)


def test_fresh_data_keeps_place_selection_and_expansion(bench: Bench) -> None:
    data = full_house(house())
    bench.show_data(data)
    chart = bench.chart
    chart.toggle(5, 30)
    chart.verticalScrollBar().setValue(700)
    chart.horizontalScrollBar().setValue(900)
    chart.select(data.bars[3].stay_id, data.bars[9].stay_id)
    seen, value = chart.seen, chart.verticalScrollBar().value()
    later = replace(data, start=data.start + timedelta(days=2), bars=data.bars[4:])
    changed: list[bool] = []
    chart.selection_changed.connect(lambda: changed.append(True))
    bench.show_data(later)
    assert chart.seen == seen
    assert chart.verticalScrollBar().value() == value
    assert chart.expanded == frozenset({5, 30})
    assert [b.stay_id for b in chart.selected] == [data.bars[9].stay_id]
    assert changed == [True]


def test_filters_hide_rooms_and_keep_the_drawn_ones(bench: Bench) -> None:
    chart = bench.chart
    chart.show_bar(1)
    chart.set_filter(ChartFilter(room_type="三人间"))
    assert (chart.rooms_shown, chart.beds_shown) == (1, 3)
    assert chart.cursor_cell is None
    chart.set_filter(ChartFilter(free=(TODAY, TODAY + timedelta(days=3))))
    assert 204 not in chart.scene.layout.room_rows
    chart.set_filter(ChartFilter(building_id=99))
    assert chart.rooms_shown == 0
    chart.viewport().grab()
    bench.key(KEY.Key_Down, KEY.Key_Return)
    chart.set_filter(ChartFilter())
    assert chart.rooms_shown == 7


# ------------------------------------------------------------------------------------------------ look
@pytest.mark.parametrize("ink", (*INKS.values(), OUTAGE))
def test_texts_of_bars_have_the_contrast_of_wcag_aa(ink: object) -> None:
    for text in (ink.text, ink.second):  # type: ignore[attr-defined]
        assert theme.contrast(text, ink.fill) >= 4.5  # type: ignore[attr-defined]


def test_states_differ_without_colour(bench: Bench) -> None:
    """In grey print each state has a pattern, an outline or an icon of its own."""
    signs = [(bool(i.outline), i.broken, bool(i.hatch), bool(i.dots), i.icon) for i in (*INKS.values(), OUTAGE)]
    assert len(set(signs)) == len(signs)


def test_a_view_without_data_is_drawn_and_takes_keys(bench: Bench) -> None:
    data = small_house()
    bench.show_data(replace(data, beds=(), bars=(), outages=(), parked=(), waiting=(), conditions={}))
    bench.chart.viewport().grab()
    bench.key(KEY.Key_Down, KEY.Key_M, KEY.Key_Return, KEY.Key_Space)
    bench.click(QPoint(400, 300))
    assert bench.intents == []
    assert bench.waiting.count_text == "0 人"
