"""Lines and stacked bars: in proportion, told in words, chosen with mouse and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from dangxiao_houqin.ui.distribution_chart import (
    LevelLegend,
    level_colors,
    paint_distribution,
    share_words,
)
from dangxiao_houqin.ui.line_chart import Line, LineChart, Point, Reference, span_around
from dangxiao_houqin.ui.theme import TOKENS

LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")


def pixels(image: QImage, color: str) -> int:
    wanted = QColor(color).rgb()
    return sum(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_points_stand_as_high_as_their_values(qtbot: QtBot) -> None:
    chart = LineChart(unit="%")
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    chart.set_data(["2024", "2025", "2026"], [Line("住宿", [Point(90), Point(95), Point(100)])], ceiling=100)
    low, middle, high = (chart.point_at(0, place) for place in range(3))
    assert low is not None
    assert middle is not None
    assert high is not None
    assert middle.y() == pytest.approx((low.y() + high.y()) / 2)
    assert high.y() == pytest.approx(34), "nothing is above 100 %"
    image = chart.grab().toImage()
    assert image.pixelColor(round(middle.x()), round(middle.y())) == QColor(TOKENS.primary)


def test_a_line_says_its_best_its_gaps_and_where_typed_points_come_from(qtbot: QtBot) -> None:
    chart = LineChart(unit="%")
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    points = [Point(91.2, hollow=True, note="录入"), Point(None), Point(95.5, best=True)]
    chart.set_data(["2024", "2025", "2026"], [Line("住宿", points)], references=[Reference("他校公开值", 96)])
    assert chart.words_at(260) == "2025\n住宿 —"
    said = chart.accessibleDescription()
    assert said == "2024，住宿 91.2%（录入）；2025，住宿 —；2026，住宿 95.5%（▲历史最好）；参考线 他校公开值 96%"
    assert chart.words_at(2) == ""
    hollow = chart.point_at(0, 0)
    assert hollow is not None
    image = chart.grab().toImage()
    assert image.pixelColor(round(hollow.x()), round(hollow.y())) == QColor(TOKENS.card)


def test_what_cannot_be_compared_is_not_joined(qtbot: QtBot) -> None:
    chart = LineChart()
    qtbot.addWidget(chart)
    chart.resize(500, 300)
    image = []
    for joined in (True, False):
        chart.set_data(["一", "二"], [Line("住宿", [Point(90), Point(90, joined=joined)])])
        picture = chart.grab().toImage()
        between = chart.point_at(0, 0)
        assert between is not None
        image.append(picture.pixelColor(chart.width() // 2, round(between.y())))
    assert image[0] == QColor(TOKENS.primary)
    assert image[1] != QColor(TOKENS.primary)


def test_many_years_and_nothing_at_all_are_drawn(qtbot: QtBot) -> None:
    chart = LineChart()
    qtbot.addWidget(chart)
    chart.resize(320, 200)
    chart.set_data([], [], empty="还没有历年数据")
    assert not chart.grab().isNull()
    years = [str(year) for year in range(1990, 2030)]
    lines = [Line("很长的分组名称" * 4, [Point(90 + n % 7) for n in range(40)]) for _ in range(7)]
    chart.set_data(years, lines, references=[Reference("目标", 95), Reference("他校", 95.1), Reference("另一校", 95.2)])
    assert not chart.grab().isNull()


def test_years_are_chosen_with_mouse_and_keys(qtbot: QtBot) -> None:
    chart = LineChart()
    qtbot.addWidget(chart)
    chart.resize(464, 300)  # plot: 48 .. 448
    chart.set_data(["1", "2", "3", "4"], [Line("住宿", [Point(n) for n in range(4)])])
    chosen: list[int] = []
    chart.clicked.connect(chosen.append)
    chart.set_clickable([True, False, True, True])
    with qtbot.waitActive(chart):
        chart.show()
    for x in (60, 200, 300):
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(x, 100))
    assert chosen == [0, 2]
    chart.clearFocus()
    chart.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Return):
        qtbot.keyClick(chart, key)
    assert chosen[2:] == [0, 2, 3], "the second leads nowhere and is stepped over"


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_every_value_is_within_the_axis(values: list[float]) -> None:
    low, high = span_around(values, 100)
    assert low <= min(values)
    assert max(values) <= high <= 100
    assert high > low


def test_a_bar_is_divided_as_the_answers_are(qtbot: QtBot) -> None:
    image = QImage(420, 24, QImage.Format.Format_RGB32)
    image.fill(QColor(TOKENS.card))
    painter = QPainter(image)
    paint_distribution(painter, QRectF(10, 0, 400, 12), (6, 2, 0, 1, 1))
    painter.end()
    one, two, _, four, five = (pixels(image, color) for color in level_colors(5))
    assert one / two == pytest.approx(3, rel=0.05)
    assert four == pytest.approx(five, rel=0.1)
    assert two / four == pytest.approx(2, rel=0.05)
    assert share_words(("好", "坏"), (3, 1)) == "好 3（75.0%），坏 1（25.0%）"
    assert share_words(("好", "坏"), (4499, 1)) == "好 4499（99.9%），坏 1（0.1%）", "100% only when it is whole"
    assert share_words(("好", "坏"), (0, 0)) == ""
    assert [len(level_colors(n)) for n in range(7)] == list(range(7))
    assert all(len(set(level_colors(n))) == n for n in range(2, 6))


def test_the_legend_names_every_level(qtbot: QtBot) -> None:
    legend = LevelLegend()
    qtbot.addWidget(legend)
    legend.set_levels(LEVELS)
    legend.resize(legend.sizeHint())
    assert legend.accessibleName() == "非常满意，满意，基本满意，不满意，非常不满意"
    image = legend.grab().toImage()
    assert all(pixels(image, color) > 40 for color in level_colors(5))
