"""Line breaking: nothing lost, no line too wide, no forbidden beginnings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dangxiao_houqin.documents.embedding import CANNOT_END_LINE, CANNOT_START_LINE
from dangxiao_houqin.documents.fonts import text_width
from dangxiao_houqin.documents.wrapping import clean, wrap

OFFICE_TEXT = st.text(st.sampled_from("县委办公室科员，。：（）“”《》—…·ABCab019 -/\n孙𫖯赵䶮é"), max_size=60)


@settings(max_examples=300, deadline=None)
@given(text=OFFICE_TEXT | st.text(max_size=40).map(clean), width=st.floats(8, 200))
def test_no_character_is_lost(text: str, width: float) -> None:
    assert "".join(wrap(text, width, 10.5)) == text.replace("\n", "")


def has_a_good_place(line: str) -> bool:
    """Whether ``line`` could have been broken earlier without breaking a rule."""
    return any(
        after not in CANNOT_START_LINE and before not in CANNOT_END_LINE and max(before, after) >= "⺀"
        for before, after in itertools.pairwise(line)
    )


@settings(max_examples=300, deadline=None)
@given(text=OFFICE_TEXT, width=st.floats(30, 200))
@example(text="䶮·—0·", width=30.0)
def test_lines_fit_and_begin_and_end_well(text: str, width: float) -> None:
    for line in wrap(text, width, 10.5):
        assert text_width(line.rstrip(" "), 10.5) <= width + 0.01
    joined = wrap(text.replace("\n", ""), width, 10.5)
    for before, after in itertools.pairwise(joined):
        if has_a_good_place(before):  # else the cell is too narrow for any rule
            assert after[0] not in CANNOT_START_LINE
            assert before[-1] not in CANNOT_END_LINE


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    (
        ("", 50, [""]),
        ("一二三四五六", 50, ["一二三四五", "六"]),
        ("一二三四五。", 50, ["一二三四", "五。"]),
        ("一二三四（五）", 50, ["一二三四", "（五）"]),
        ("一\n二", 50, ["一", "二"]),
        ("阿依古丽·买买提", 60, ["阿依古丽·", "买买提"]),
        ("Hello world", 50, ["Hello ", "world"]),
        ("A" * 14, 50, ["AAAAAA", "AAAAAA", "AA"]),
        ("䶮—0/·", 30, ["䶮—0", "/·"]),
    ),
)
def test_breaks(text: str, width: float, lines: list[str]) -> None:
    assert wrap(text, width, 10) == lines


def test_a_column_narrower_than_a_character_still_ends() -> None:
    assert wrap("一二三", 2, 10) == ["一", "二", "三"]


def test_combining_marks_stay_with_their_letter() -> None:
    assert all(not line.startswith("\u0301") for line in wrap("e\u0301" * 30, 31, 10))


def test_clean_keeps_text_and_drops_what_shows_nothing() -> None:
    assert clean("周\u0000启\u202e明\u200b\ufe0f\t一\r\n二") == "周启明 一\n二"
    assert clean("\ud83d") == "\ufffd"
    assert clean("王　丽") == "王　丽"
