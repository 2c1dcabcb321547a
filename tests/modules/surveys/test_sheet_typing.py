"""Typing a sheet with a few keys, and what counts as a difference between two clerks."""

from __future__ import annotations

import pytest

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.campaigns import draw_codes
from dangxiao_houqin.modules.surveys.domain.entry import CODE, LEFT_OUT, TypedSheet, differences, take
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.domain.sheet_typing import AT_CODE, SheetTyping, Step

from .ballots import LEVELS, small_content


def typed(keys: str, typing: SheetTyping | None = None) -> SheetTyping:
    """A sheet of :func:`small_content` on which these keys were pressed; ``\\n`` is Enter."""
    typing = typing or SheetTyping(small_content())
    for key in keys:
        if key == "\n":
            typing.enter()
        elif key == " ":
            typing.skip()
        elif key == "<":
            typing.back()
        else:
            typing.press(key)
    return typing


def test_digits_answer_and_move_on_to_the_end() -> None:
    typing = typed("540112")
    assert typing.current is not None
    assert typing.current.kind is QuestionKind.TEXT, "two of at most two were chosen"
    typing.write("饭菜偏咸")
    assert typing.enter() is Step.FINISHED
    assert typing.typed() == TypedSheet(Answers({1: 5, 2: 4, 3: 0}, {4: (1,), 5: (1, 2)}, {6: "饭菜偏咸"}))


def test_going_back_and_typing_over() -> None:
    typing = typed("54<")
    assert typing.position == 1
    typed("1", typing)
    assert typing.ratings == {1: 5, 2: 1}
    typed("<", typing)
    typing.clear()
    assert typing.ratings == {1: 5}
    typed("<<<<<", typing)
    assert typing.position == 0


@pytest.mark.parametrize(("keys", "words"), (("6", "请按 5–1"), ("a", "请按 5–1"), ("5543", "只有 2 个选项")))
def test_keys_that_mean_nothing_say_so_and_change_nothing(keys: str, words: str) -> None:
    typing = typed(keys[:-1])
    before, place = typing.typed(), typing.position
    assert typing.press(keys[-1]) is Step.REFUSED
    assert words in typing.said
    assert (typing.typed(), typing.position) == (before, place)


def test_four_levels_and_no_way_out() -> None:
    question = Question(1, "clean", "房间清洁程度", not_experienced=False)
    typing = SheetTyping(Content("测评表", LEVELS[:4], (QuestionGroup("lodging", "住宿", (question,)),)))
    assert [key for key, _ in typing.keys_of(question)] == ["4", "3", "2", "1"]
    assert typing.press("5") is Step.REFUSED
    assert typing.press("0") is Step.REFUSED
    assert "没有“未体验”" in typing.said
    assert typing.press("4") is Step.DONE
    assert typing.at_end


def test_more_than_nine_choices_go_on_with_letters() -> None:
    options = tuple(f"选项{number}" for number in range(1, 13))
    question = Question(1, "best", "最满意的一项", QuestionKind.SINGLE, options=options)
    typing = SheetTyping(Content("测评表", LEVELS, (QuestionGroup("all", "总体", (question,)),)))
    assert typing.keys_of(question)[-1] == ("c", "选项12")
    typing.press("C")
    assert typing.answers().choices == {1: (12,)}


def test_too_many_choices_are_refused_until_one_is_taken_back() -> None:
    typing = typed("554112")
    typed("<", typing)
    assert typing.press("3") is Step.REFUSED
    assert "最多选 2 项" in typing.said
    typing.press("1")
    typing.press("3")
    assert typing.answers().choices[5] == (2, 3)


def test_a_sheet_with_blanks_is_asked_about_once() -> None:
    typing = typed("5 ")
    assert typing.enter() is Step.ASKED
    assert "还有 4 题没有填（第 2、3、4、5 题）" in typing.said
    assert typing.enter() is Step.FINISHED
    assert typing.typed().answers == Answers({1: 5})
    again = typed("5")
    assert again.enter() is Step.ASKED
    again.press("4")
    assert again.enter() is Step.ASKED, "a key in between asks anew"


def test_a_blank_sheet_is_kept_as_such() -> None:
    typing = SheetTyping(small_content())
    assert typing.enter() is Step.ASKED
    assert "空白卷" in typing.said
    assert typing.enter() is Step.FINISHED
    assert typing.typed() == TypedSheet()


def test_a_code_comes_first_and_moves_on_when_it_is_right() -> None:
    (code,) = draw_codes(1)
    typing = SheetTyping(small_content(), asks_code=True)
    assert typing.position == AT_CODE
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert typing.write_code(wrong) is Step.REFUSED
    assert typing.finish() is Step.REFUSED
    assert "按 F8 不计入" in typing.said
    typing.write_code(f"{code[:3]} {code[3:6]} {code[6:]}")
    assert typing.position == 0
    assert typing.typed().code == code


def test_a_sheet_left_out_needs_no_code_and_keeps_no_answers() -> None:
    typing = SheetTyping(small_content(), asks_code=True)
    typing.go(0)
    typing.press("5")
    typing.leave_out()
    assert typing.enter() is Step.FINISHED
    assert typing.typed() == TypedSheet(left_out=True)
    typing.leave_out()
    assert typing.typed().answers.ratings == {1: 5}


def test_sheets_survive_being_stored() -> None:
    sheet = TypedSheet(Answers({1: 0}, {5: (1, 2)}, {6: "“引号”，换行\n也行"}), "123456782")
    assert TypedSheet.load(sheet.dump()) == sheet
    for text in ("", "{}", "[]", '{"answers":5,"code":"","left_out":false}'):
        with pytest.raises(InvalidInput):
            TypedSheet.load(text)


def test_differences_are_told_in_the_words_of_the_questionnaire() -> None:
    first = {
        1: TypedSheet(Answers({1: 5, 2: 0}, {4: (1,), 5: (1, 2)}, {6: "热水 不够。"}), "111"),
        2: TypedSheet(),
        3: TypedSheet(left_out=True),
    }
    second = {
        1: TypedSheet(Answers({1: 4}, {4: (1,), 5: (1, 3)}, {6: "热水不够"}), "112"),
        2: TypedSheet(left_out=True),
    }
    found = differences(small_content(), first, second, asks_code=True)
    assert [(each.sheet, each.number, each.first, each.second) for each in found] == [
        (1, CODE, "111", "112"),
        (1, 1, "非常满意", "满意"),
        (1, 2, "未体验", "（空）"),
        (1, 5, "住宿、餐饮", "住宿、教学"),
        (2, LEFT_OUT, "计入", "不计入"),
        (3, LEFT_OUT, "不计入", "没有录"),
    ]
    assert not [each for each in differences(small_content(), first, second, asks_code=False) if each.number == CODE]
    assert differences(small_content(), first, dict(first), asks_code=True) == ()


def test_taking_the_other_answer_ends_the_difference() -> None:
    first = TypedSheet(Answers({1: 5, 2: 0}, {5: (1, 2)}, {6: "甲"}), "111")
    second = TypedSheet(Answers({1: 4}, {5: (1, 3)}, {6: "乙"}), "112")
    merged = first
    for difference in differences(small_content(), {1: first}, {1: second}, asks_code=True):
        merged = take(merged, second, difference.number)
    assert merged == second
    assert take(first, TypedSheet(left_out=True), LEFT_OUT).left_out
