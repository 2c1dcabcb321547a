"""Charts: heights and angles in proportion, values also in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from dangxiao_houqin.ui.charts import ColumnChart, RingChart, Series, Share, round_above
from dangxiao_houqin.ui.theme import TOKENS


def count(image: QImage, color: str, x_from: int, x_to: int) -> int:
    wanted = QColor(color).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(x_from, x_to) for y in range(image.height()))


def test_columns_are_as_high_as_their_values(qtbot: QtBot) -> None:
    chart = ColumnChart(unit="%")
    qtbot.addWidget(chart)
    chart.resize(448, 260)  # plot: 44 .. 444
    chart.set_data(["33周", "34周"], [Series("床位", [50, 100])], top=100)
    image = chart.grab().toImage()
    half, full = count(image, TOKENS.primary, 60, 230), count(image, TOKENS.primary, 250, 400)
    assert full > 2000
    assert half / full == pytest.approx(0.5, abs=0.03)
    assert chart.words_at(100) == "33周\n床位 50%"
    assert chart.words_at(2) == ""
    assert chart.accessibleDescription() == "33周：床位 50%；34周：床位 100%"


def test_gaps_and_nothing_at_all_are_drawn(qtbot: QtBot) -> None:
    chart = ColumnChart()
    qtbot.addWidget(chart)
    chart.resize(400, 240)
    assert not chart.grab().isNull()
    chart.set_data(["一", "二"], [Series("份数", [None, 3])])
    chart.grab()
    assert "一：份数 —" in chart.accessibleDescription()


def test_the_ring_shares_the_circle(qtbot: QtBot) -> None:
    chart = RingChart(caption="床位占用")
    qtbot.addWidget(chart)
    chart.resize(320, 170)
    chart.set_data([Share("在住", 75), Share("维修", 25, "error")], "75%")
    image = chart.grab().toImage()
    blue, red = count(image, TOKENS.primary, 0, 158), count(image, TOKENS.error, 0, 158)
    assert blue / (blue + red) == pytest.approx(0.75, abs=0.03)
    chart.set_data([], "—")
    assert not chart.grab().isNull()


def test_columns_are_chosen_with_mouse_and_keys(qtbot: QtBot) -> None:
    chart = ColumnChart(unit="%")
    qtbot.addWidget(chart)
    chart.resize(448, 260)  # plot: 44 .. 444, four columns of 100
    chart.set_data(["1", "2", "3", "4"], [Series("床位", [50, 100, 20, 10])], top=100)
    chosen: list[int] = []
    chart.clicked.connect(chosen.append)
    with qtbot.waitActive(chart):
        chart.show()
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))
    assert chosen == [], "a picture leads nowhere"
    plain = chart.grab().toImage()
    chart.set_clickable([True, True, False, True])
    for x in (60, 200, 300, 400, 10):
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(x, 100))
    qtbot.mouseClick(chart, Qt.MouseButton.RightButton, pos=QPoint(60, 100))
    assert chosen == [0, 1, 3]
    chosen.clear()
    chart.setFocus()
    assert count(chart.grab().toImage(), TOKENS.primary_tint, 44, 144) > count(plain, TOKENS.primary_tint, 44, 144)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Enter):
        qtbot.keyClick(chart, key)
    assert chosen == [0, 1, 3], "the third leads nowhere and is stepped over"
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chosen[-1] == 0, "round and round"


def test_lines_of_the_ring_are_chosen(qtbot: QtBot) -> None:
    chart = RingChart(caption="床位占用")
    qtbot.addWidget(chart)
    chart.resize(320, 170)
    chart.set_data([Share("在住", 75), Share("空床", 20, "neutral"), Share("维修", 5, "error")], "75%")
    chart.set_clickable([True, False, True])
    chosen: list[int] = []
    chart.clicked.connect(chosen.append)
    for y in (51, 85, 119):  # three lines of 34 around the middle
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(250, y))
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(80, 85))
    assert chosen == [0, 2]


@given(value=st.floats(0.001, 1e9))
def test_the_upper_line_is_round_and_not_far_above(value: float) -> None:
    top = round_above(value)
    assert value <= top <= value * 2.0001
