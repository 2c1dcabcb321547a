"""The navigation: headings in order, folding remembered for each user, the open page always in sight."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.app.navigation import in_navigation, pages_of
from dangxiao_houqin.app.sidebar import Sidebar
from dangxiao_houqin.core.module_spec import PageSpec


def _page(key: str, order: int, group: str = "", bottom: bool = False) -> PageSpec:
    return PageSpec(key, f"页{key}", "list", lambda _desk: None, order=order, group=group, bottom=bottom)


TWENTY = (
    _page("desk", 0),
    *(_page(f"a{n}", 100 + n, "培训住宿") for n in range(10)),
    *(_page(f"b{n}", 200 + n, "经费") for n in range(5)),
    *(_page(f"c{n}", 700 + n, "系统") for n in range(3)),
    _page("foot", 900, bottom=True),
)


@pytest.fixture
def bar(qtbot: QtBot) -> Sidebar:
    """Twenty pages on a screen of 768 with a task bar."""
    made = Sidebar()
    qtbot.addWidget(made)
    made.set_pages(TWENTY, "7")
    made.resize(made.width(), 690)
    made.show()
    made.mark("desk")
    qtbot.waitExposed(made)
    return made


def in_sight(bar: Sidebar, key: str) -> bool:
    item = bar.button(key)
    top = item.mapTo(bar, QPoint(0, 0)).y()
    lowest = bar.button("foot").mapTo(bar, QPoint(0, 0)).y()
    return item.isVisible() and not item.visibleRegion().isEmpty() and top > 40 and top + item.height() <= lowest


def test_every_page_of_the_program_stands_under_a_heading() -> None:
    pages = in_navigation(pages_of(MODULES))
    groups = {page.group for page in pages if page.key != "inbox.items"}
    assert groups == {"培训住宿", "经费", "满意度", "系统"}
    orders = [page.order for page in pages]
    assert orders == sorted(orders)
    seen = [page.group for page in pages]
    assert list(dict.fromkeys(seen)) == [g for n, g in enumerate(seen) if n == 0 or seen[n - 1] != g], "split group"


def test_no_page_is_lost_and_a_scattered_group_is_gathered(qtbot: QtBot) -> None:
    bar = Sidebar()
    qtbot.addWidget(bar)
    bar.set_pages(
        (_page("x", 1, "甲"), _page("y", 2, "乙"), _page("z", 3, "甲"), _page("w", 4), _page("v", 5, bottom=True))
    )
    assert bar.keys == ("w", "x", "z", "y", "v")
    assert bar.headings == ("甲", "乙")
    assert bar.button("y").toolTip() == "页y（Alt+4）"


@pytest.mark.parametrize("key", [page.key for page in TWENTY])
def test_the_open_page_is_in_sight_on_a_low_screen(qtbot: QtBot, bar: Sidebar, key: str) -> None:
    bar.mark(key)
    if key == "foot":
        assert bar.button(key).isVisible()
        return
    qtbot.waitUntil(lambda: in_sight(bar, key), timeout=2000)


def test_a_folded_heading_hides_all_but_the_open_page(qtbot: QtBot, bar: Sidebar) -> None:
    bar.mark("b2")
    qtbot.mouseClick(bar.heading("经费"), Qt.MouseButton.LeftButton)
    shown = {key for key in bar.keys if bar.button(key).isVisible()}
    assert {key for key in shown if key.startswith("b")} == {"b2"}
    qtbot.waitUntil(lambda: in_sight(bar, "b2"), timeout=2000)
    bar.mark("desk")
    assert not bar.button("b2").isVisible()
    bar.mark("b4")  # as a link or Ctrl+K opens it
    qtbot.waitUntil(lambda: in_sight(bar, "b4"), timeout=2000)
    bar.heading("经费").click()
    assert all(bar.button(f"b{n}").isVisible() for n in range(5))


def test_folding_is_remembered_for_each_user(bar: Sidebar) -> None:
    bar.fold("经费", True)
    bar.set_pages(TWENTY, "8")
    assert bar.heading("经费").open
    bar.set_pages(TWENTY, "7")
    assert not bar.heading("经费").open
    bar.fold("经费", False)
    bar.set_pages(TWENTY, "7")
    assert bar.heading("经费").open


def test_what_waits_behind_a_folded_heading_is_counted_on_it(bar: Sidebar) -> None:
    bar.set_badge("b0", 3)
    bar.set_badge("b1", 4)
    heading = bar.heading("经费")
    assert (heading.badge, heading.accessibleName()) == (0, "经费，已展开")
    bar.fold("经费", True)
    assert (heading.badge, heading.accessibleName()) == (7, "经费，已收起，7 件")
    bar.mark("b1")
    assert heading.badge == 3
    bar.set_badge("b0", 0)
    assert heading.accessibleName() == "经费，已收起"


def test_the_keyboard_walks_headings_and_folds(qtbot: QtBot, bar: Sidebar) -> None:
    with qtbot.waitActive(bar):
        bar.activateWindow()
    bar.button("a9").setFocus()
    qtbot.keyClick(bar.button("a9"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is bar.heading("经费")
    qtbot.keyClick(bar.heading("经费"), Qt.Key.Key_Left)
    qtbot.keyClick(bar.heading("经费"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is bar.heading("系统")
    qtbot.keyClick(bar.heading("系统"), Qt.Key.Key_Up)
    qtbot.keyClick(bar.heading("经费"), Qt.Key.Key_Right)
    qtbot.keyClick(bar.heading("经费"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is bar.button("b0")
    qtbot.keyClick(bar.button("b0"), Qt.Key.Key_Left)
    assert QApplication.focusWidget() is bar.heading("经费")
    assert not bar.button("b0").isVisible()
    qtbot.keyClick(bar.heading("经费"), Qt.Key.Key_Space)
    assert bar.button("b0").isVisible()
    bar.button("foot").setFocus()
    qtbot.keyClick(bar.button("foot"), Qt.Key.Key_Down)
    assert QApplication.focusWidget() is bar.button("desk")
