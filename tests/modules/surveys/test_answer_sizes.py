"""Nothing that can be touched is smaller than 15 mm, on any page, screen and setting; and every colour can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.ui.answer_flow import AnswerFlow
from dangxiao_houqin.modules.surveys.ui.answer_look import CONTRAST, USUAL, Colours, Look, sane_dpi
from dangxiao_houqin.ui import theme

from .answer_screens import measure, press, whole_content

SCREENS = (  # px, and the density of real screens of that size: a large one, the usual one, a tablet of 10 inches
    (1920, 1080, 96.0),
    (1920, 1080, 141.0),
    (1920, 1080, 218.0),
    (1366, 768, 96.0),
    (1366, 768, 112.0),
    (1366, 768, 156.0),
    (1080, 1920, 96.0),
    (1080, 1920, 102.0),
    (1080, 1920, 218.0),
)
RULES = (KioskRules(), KioskRules(page="group"), KioskRules(page="group", large_text=True, high_contrast=True))


def test_15_mm_are_counted_in_the_px_of_the_screen() -> None:
    assert Look.of(QSize(1920, 1080), 96, KioskRules()).target == 57  # 15 / 25.4 * 96 = 56.7
    assert Look.of(QSize(1920, 1080), 218, KioskRules()).target == 129
    assert Look.of(QSize(1920, 1080), 0, KioskRules()).target == 57


@pytest.mark.parametrize(("dpi", "taken"), ((0, 96), (-1, 96), (40, 96), (96, 96), (160, 160), (5000, 96)))
def test_a_screen_that_tells_nonsense_is_an_ordinary_one(dpi: float, taken: float) -> None:
    assert sane_dpi(dpi) == taken


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: "{}x{}@{:.0f}".format(*screen))
@pytest.mark.parametrize("rules", RULES, ids=("question", "group", "large"))
def test_every_page_can_be_touched(
    qtbot: QtBot, qapp: QApplication, screen: tuple[int, int, float], rules: KioskRules
) -> None:
    theme.apply(qapp)
    width, height, dpi = screen
    for large in {rules.large_text, True}:
        flow = AnswerFlow(whole_content(), replace(rules, large_text=large), "2026年秋季中青班", dpi=dpi)
        qtbot.addWidget(flow)
        flow.resize(width, height)
        flow.show()
        least = flow.look.target
        assert least >= 15 / 25.4 * dpi
        for place in range(flow.page_count() + 1):
            flow.show_page(place)
            flow.set_countdown(9 if place % 2 else None)
            QApplication.processEvents()
            assert measure(flow, least) == [], f"page {place}, large {large}"
        press(flow, "hand_in_anyway")
        assert measure(flow, least) == [], f"handing in with blanks, large {large}"
        flow._go(13)
        press(flow, "text_13")
        flow.set_countdown(9)
        QApplication.processEvents()
        assert measure(flow, least) == [], f"keyboard, large {large}"
        flow._writing.keyboard._change()  # type: ignore[union-attr]
        QApplication.processEvents()
        assert measure(flow, least) == [], f"signs, large {large}"
        flow._written("好")
        flow._ask_to_leave()
        QApplication.processEvents()
        assert measure(flow, least) == [], f"leaving, large {large}"
        flow.hide()


def test_the_ruler_finds_what_is_too_small(qtbot: QtBot, qapp: QApplication) -> None:
    flow = AnswerFlow(whole_content(), KioskRules(), dpi=96)
    qtbot.addWidget(flow)
    flow.resize(1366, 768)
    flow.show()
    QApplication.processEvents()
    assert measure(flow, 200) != []


@pytest.mark.parametrize("colours", (USUAL, CONTRAST), ids=("usual", "contrast"))
def test_every_colour_can_be_read(colours: Colours) -> None:
    c = colours
    pairs = [
        (c.text, c.ground),
        (c.text, c.card),
        (c.second, c.ground),
        (c.second, c.card),
        (c.on_accent, c.accent),
        (c.on_accent, c.accent_pressed),
        (c.on_accent_second, c.accent),
        (c.text, c.chosen_tint),
        (c.chosen, c.card),
        (c.warning, c.ground),
        (c.warning, c.warning_tint),
        (c.error, c.ground),
        (c.error, c.error_tint),
        *((mood, c.card) for mood, _ in c.moods),
        *c.moods,
    ]
    least = 7.0 if colours is CONTRAST else 4.5
    assert [(one, other) for one, other in pairs if theme.contrast(one, other) < least] == []


def test_sizes_of_the_design() -> None:
    look = Look.of(QSize(1920, 1080), 96, KioskRules())
    assert (look.text(48), look.button, look.px(320)) == (48, 96, 320)
    assert Look.of(QSize(1920, 1080), 96, KioskRules(large_text=True)).text(48) == 60
    small = Look.of(QSize(1366, 768), 96, KioskRules())
    assert small.text(20) == 18  # never smaller
    assert Look.of(QSize(1080, 1920), 96, KioskRules()).upright
