"""Answering a questionnaire by touch: mark, go on, go back, be told what is missing, hand in once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit
from pytestqt.qtbot import QtBot

from dangxiao_houqin.modules.surveys.domain.answers import Answers, check_answers
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.ui.answer_flow import AnswerFlow
from dangxiao_houqin.ui import theme

from .answer_screens import press, press_key, rest, seen, touchables, whole_content, widget
from .ballots import small_content

Flows = Callable[..., AnswerFlow]


@pytest.fixture
def flows(qtbot: QtBot, qapp: QApplication) -> Flows:
    theme.apply(qapp)

    def make(content: Any = None, size: tuple[int, int] = (1366, 768), **rules: Any) -> AnswerFlow:
        flow = AnswerFlow(content or whole_content(), KioskRules(**rules), "2026年秋季中青班", dpi=96)
        qtbot.addWidget(flow)
        flow.resize(*size)
        flow.show()
        QApplication.processEvents()
        return flow

    return make


def fill_small(flow: AnswerFlow) -> None:
    """All of :func:`small_content` but the remark, up to the page for handing in."""
    for name in ("level_1_5", "next", "level_2_0", "next", "level_3_4", "next", "option_4_1", "next"):
        press(flow, name)
    for name in ("option_5_3", "option_5_1", "next", "next"):
        press(flow, name)


def test_a_paper_from_the_first_card_to_handing_in(flows: Flows, qtbot: QtBot) -> None:
    flow = flows(small_content())
    finished: list[Answers] = []
    flow.finished.connect(finished.append)
    fill_small(flow)
    assert finished == []
    press(flow, "submit")
    assert finished == [Answers({1: 5, 2: 0, 3: 4}, {4: (1,), 5: (1, 3)}, {})]
    check_answers(flow.content, finished[0])


def test_marking_moves_nothing_and_can_be_changed_by_marking_another(flows: Flows) -> None:
    flow = flows(small_content())
    assert widget(flow, "next").text() == "先跳过"
    press(flow, "level_1_5")
    press(flow, "level_1_2")
    assert flow.place == 0
    assert flow.answers().ratings == {1: 2}
    assert [s for s in range(6) if widget(flow, f"level_1_{s}").isChecked()] == [2]
    assert widget(flow, "next").text() == "下一题"


def test_a_second_touch_of_a_trembling_finger_takes_no_mark_away(flows: Flows) -> None:
    flow = flows(small_content())
    press(flow, "level_1_5")
    press(flow, "level_1_5", calm=False)
    assert flow.answers().ratings == {1: 5}
    flow.show_page(4)
    press(flow, "option_5_2")
    press(flow, "option_5_2", calm=False)
    assert flow.answers().choices == {5: (2,)}
    QTest.qWait(450)
    press(flow, "option_5_2")
    assert flow.answers().choices == {}


def test_a_double_touch_of_next_turns_one_page(flows: Flows) -> None:
    flow = flows(small_content())
    press(flow, "level_1_5")
    press(flow, "next")
    press(flow, "next", calm=False)
    assert flow.place == 1
    press(flow, "level_2_3", calm=False)
    press(flow, "next", calm=False)  # whoever has marked something means it
    assert flow.place == 2


def test_going_back_keeps_the_answers(flows: Flows) -> None:
    flow = flows(small_content())
    fill_small(flow)
    for _ in range(6):
        press(flow, "previous")
    assert flow.place == 0
    assert not widget(flow, "previous").isEnabled()
    assert widget(flow, "level_1_5").isChecked()
    press(flow, "next")
    assert widget(flow, "level_2_0").isChecked()


def test_no_more_can_be_chosen_than_the_limit(flows: Flows) -> None:
    flow = flows()
    flow._go(12)
    for place in (1, 2, 3):
        press(flow, f"option_12_{place}")
    others = [w for w, _ in touchables(flow) if w.objectName().startswith("option_12_") and not w.isChecked()]
    assert others
    assert not any(other.isEnabled() for other in others)
    QTest.qWait(450)
    press(flow, "option_12_3")
    press(flow, "option_12_4")
    assert flow.answers().choices == {12: (1, 2, 4)}


def test_missing_required_questions_are_named_and_one_touch_away(flows: Flows) -> None:
    flow = flows(small_content())
    press(flow, "next")
    press(flow, "level_2_4")
    press(flow, "next")
    press(flow, "level_3_4")
    for _ in range(4):
        press(flow, "next")
    assert not seen(flow, "submit")
    assert [w.text() for w, _ in touchables(flow) if w.objectName().startswith("missing_")] == [
        "第 1 题　房间清洁程度",
        "第 4 题　是否愿意推荐",
        "第 5 题　最需改进",
    ]
    press(flow, "missing_4")
    press(flow, "option_4_2")
    assert widget(flow, "next").text() == "去交卷"
    press(flow, "next")
    press(flow, "missing_1")
    press(flow, "level_1_1")
    press(flow, "next")
    press(flow, "missing_5")
    press(flow, "option_5_1")
    press(flow, "next")
    assert widget(flow, "submit").isEnabled()


def test_a_paper_with_blanks_is_handed_in_all_the_same_after_one_question(flows: Flows) -> None:
    flow = flows(small_content())
    finished: list[Answers] = []
    flow.finished.connect(finished.append)
    press(flow, "level_1_5")
    flow.show_page(flow.page_count())
    assert widget(flow, "fill_in").text() == "去补答"
    press(flow, "hand_in_anyway")
    assert finished == []
    assert "就这样交卷吗？" in _words(flow)
    assert "还有 4 道必答题没有答，可以空着。交卷后不能再改。" in _words(flow)
    press(flow, "submit", calm=False)  # the second touch of a trembling finger
    assert finished == []
    press(flow, "fill_in")
    assert flow.place == 1
    assert widget(flow, "next").text() == "去交卷"
    press(flow, "next")
    press(flow, "hand_in_anyway")
    press(flow, "submit")
    assert finished == [Answers({1: 5}, {}, {})]
    check_answers(flow.content, finished[0])
    for name in ("submit", "fill_in", "previous", "home"):
        assert not widget(flow, name).isEnabled()
    flow.refuse("磁盘满了。")
    assert "磁盘满了。" in _words(flow)
    press(flow, "submit")
    assert finished[1] == finished[0]


def test_turning_back_takes_the_question_before_handing_in_away(flows: Flows) -> None:
    flow = flows(small_content())
    flow.show_page(flow.page_count())
    press(flow, "hand_in_anyway")
    press(flow, "previous")
    press(flow, "next")
    assert seen(flow, "hand_in_anyway")
    assert not seen(flow, "submit")


def test_handing_in_is_one_deliberate_touch_elsewhere_than_next(flows: Flows) -> None:
    flow = flows(small_content())
    finished: list[Answers] = []
    flow.finished.connect(finished.append)
    fill_small(flow)
    flow.show_page(flow.page_count() - 1)
    at = widget(flow, "next").mapTo(flow, widget(flow, "next").rect().center())
    press(flow, "next")
    assert not widget(flow, "submit").geometry().contains(widget(flow, "submit").parentWidget().mapFrom(flow, at))
    press(flow, "submit", calm=False)
    assert finished == []
    press(flow, "submit")
    assert len(finished) == 1
    assert widget(flow, "submit").text() == "正在保存…"
    for name in ("submit", "previous", "home"):
        assert not widget(flow, name).isEnabled()
        rest(flow)
        QTest.mouseClick(widget(flow, name), Qt.MouseButton.LeftButton)
    assert len(finished) == 1


def test_a_paper_that_could_not_be_kept_stays_and_says_why(flows: Flows) -> None:
    flow = flows(small_content())
    finished: list[Answers] = []
    flow.finished.connect(finished.append)
    fill_small(flow)
    press(flow, "submit")
    flow.refuse("磁盘满了。")
    assert "磁盘满了。" in _words(flow)
    press(flow, "submit")
    assert len(finished) == 2
    assert finished[0] == finished[1]


def test_leaving_asks_once_something_is_filled(flows: Flows) -> None:
    flow = flows(small_content())
    left: list[bool] = []
    flow.left.connect(lambda: left.append(True))
    press(flow, "level_1_5")
    press(flow, "home")
    assert left == []
    press(flow, "go_on")
    assert widget(flow, "level_1_5").isChecked()
    press(flow, "home")
    press(flow, "leave_now")
    assert left == [True]
    empty = flows(small_content())
    empty.left.connect(lambda: left.append(True))
    press(empty, "home")
    assert left == [True, True]


def test_the_countdown_is_said_and_can_be_stopped(flows: Flows) -> None:
    flow = flows(small_content())
    assert "60 秒无操作将自动返回首页，已填内容不保存" in _words(flow)
    assert not seen(flow, "still_here")
    flow.set_countdown(12)
    assert "还有 12 秒返回首页，已填内容不保存" in _words(flow)
    here: list[bool] = []
    flow.still_here.connect(lambda: here.append(True))
    press(flow, "still_here")
    assert here == [True]
    assert not seen(flow, "still_here")
    assert flow.place == 0


def test_the_countdown_is_seen_over_the_keyboard_too(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    press(flow, "text_13")
    flow.set_countdown(9)
    press(flow, "still_here_writing")
    assert not seen(flow, "still_here_writing")
    assert not seen(flow, "next")
    press(flow, "written")
    assert widget(flow, "next").isEnabled()


def test_words_are_typed_by_pinyin_and_taken_from_ready_sentences(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    press(flow, "type")
    press_key(flow, *"reshui", "热水", *"taishao")
    press_key(flow, "空格", "。", "数字符号", "2", "拼音")
    press(flow, "written")
    assert flow.answers().texts == {13: "热水太少。2"}
    press(flow, "phrase_4")
    assert flow.answers().texts == {13: "热水太少。2；口味偏咸"}


def test_words_stop_at_their_limit(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    flow.draft.texts[13] = "好" * 47
    press(flow, "text_13")
    press_key(flow, *"reshui", "热水", *"reshui", "热水")
    press(flow, "written")
    assert flow.answers().texts == {13: "好" * 47 + "热水热"}
    press(flow, "phrase_4")  # does not fit any more: nothing is cut in two
    assert flow.answers().texts == {13: "好" * 47 + "热水热"}


def test_deleting_takes_letters_first_and_then_characters(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    press(flow, "text_13")
    press_key(flow, *"reshui", "热水", "r", "e", "删除", "删除", "删除")
    assert flow.answers().texts == {13: "热"}
    press_key(flow, "清空")
    assert flow.answers().texts == {}


def test_letters_still_waiting_become_words_when_writing_ends(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    press(flow, "text_13")
    press_key(flow, *"kongtiao")
    press(flow, "written")
    assert flow.answers().texts == {13: "空调"}


def test_by_group_the_judgements_of_a_group_share_a_page_as_far_as_they_fit(flows: Flows) -> None:
    flow = flows(size=(1080, 1920), page="group")
    assert [sheet.questions[0].number for sheet in flow._sheets] == [1, 7, 10, 11, 12, 13]
    small = flows(size=(1366, 768), page="group", large_text=True)
    numbers = [[question.number for question in sheet.questions] for sheet in small._sheets]
    assert [n for page in numbers for n in page] == list(range(1, 14))
    assert max(map(len, numbers)) > 1
    for number in range(1, 4):
        press(flow, f"level_{number}_4")
    assert widget(flow, "next").text() == "先跳过"
    for number in range(4, 7):
        press(flow, f"level_{number}_0")
    assert widget(flow, "next").text() == "下一页"


def test_another_screen_size_keeps_answers_and_question(flows: Flows) -> None:
    flow = flows(page="group")
    press(flow, "level_1_5")
    flow._go(8)
    press(flow, "level_8_1")
    flow.resize(1080, 1920)
    QApplication.processEvents()
    QTest.qWait(20)
    assert widget(flow, "level_8_1").isChecked()
    assert flow.answers().ratings == {1: 5, 8: 1}


def test_there_is_no_text_field_in_it(flows: Flows) -> None:
    flow = flows()
    flow._go(13)
    press(flow, "text_13")
    for kind in (QLineEdit, QTextEdit, QPlainTextEdit):
        assert flow.findChildren(kind) == []


def _words(flow: AnswerFlow) -> list[str]:
    from dangxiao_houqin.modules.surveys.ui.answer_parts import Words

    return [words.text() for words in flow.findChildren(Words) if words.isVisible()]
