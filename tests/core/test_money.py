"""Amounts in figures and in capitals: the vectors of the rules, known traps of other programs, and a way back."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.money import CAPITAL_LIMIT, CapitalStyle, capitals, yuan

STYLES: tuple[CapitalStyle, ...] = get_args(CapitalStyle)
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = {"拾": 10, "佰": 100, "仟": 1000}

FEN = st.one_of(
    st.integers(0, CAPITAL_LIMIT - 1),
    # numbers full of zeros are where programs go wrong
    st.lists(st.sampled_from("0000123"), min_size=1, max_size=14).map(lambda digits: int("".join(digits))),
)


def _section(text: str) -> int:
    """``柒仟零伍`` -> 7005; written from the rule, not from the program."""
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS.index(char)
        else:
            assert digit, f"a unit without its digit in {text}"  # 拾 alone is not allowed: 10 is 壹拾
            total += digit * PLACES[char]
            digit = 0
    return total + digit


def read_back(text: str) -> int:
    """Fen of an amount in capitals."""
    found = re.fullmatch(r"人民币(?:(?:(.*)亿)?(?:(.*)万)?(.*)元)?(?:零?(.)角)?(?:零?(.)分)?整?", text)
    assert found is not None, text
    yi, wan, rest, jiao, fen = (part or "" for part in found.groups())
    whole = (_section(yi) * 10_000 + _section(wan)) * 10_000 + _section(rest)
    return whole * 100 + _section(jiao) * 10 + _section(fen)


VECTORS = [
    (5, "伍分"),
    (50, "伍角整"),
    (10_00, "壹拾元整"),
    (100_01, "壹佰元零壹分"),
    (325_04, "叁佰贰拾伍元零肆分"),
    (1_409_50, "壹仟肆佰零玖元伍角整"),
    (1_680_32, "壹仟陆佰捌拾元叁角贰分"),
    (6_007_14, "陆仟零柒元壹角肆分"),
    (16_409_02, "壹万陆仟肆佰零玖元零贰分"),
    (20_000_00, "贰万元整"),
    (107_000_53, "壹拾万柒仟元伍角叁分"),
    (10_203_040_50, "壹仟零贰拾万叁仟零肆拾元伍角整"),
    (100_000_001_00, "壹亿零壹元整"),
]
"""支付结算办法 annex 1 and the rules of the domain."""

TRAPS = [
    (0, "零元整"),
    (1, "壹分"),
    (10, "壹角整"),
    (15, "壹角伍分"),
    (22_42, "贰拾贰元肆角贰分"),  # a binary fraction makes 肆角壹分 of it
    (12_000_01, "壹万贰仟元零壹分"),
    (100_000_00, "壹拾万元整"),
    (103_453_00, "壹拾万叁仟肆佰伍拾叁元整"),
    (309_825_00, "叁拾万玖仟捌佰贰拾伍元整"),
    (200_000_000_00, "贰亿元整"),
    (1_010_000_000_00, "壹拾亿零壹仟万元整"),  # the freedom to leave 零 out is 万's and 元's alone
    (100_001_000_00, "壹亿零壹仟元整"),
    (100_010_000_00, "壹亿零壹万元整"),
    (1_000_000_000_05, "壹拾亿元零伍分"),
    (999_999_999_999_99, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
]


@pytest.mark.parametrize(("fen", "expected"), VECTORS + TRAPS)
def test_plain_capitals(fen: int, expected: str) -> None:
    assert capitals(fen) == "人民币" + expected


@pytest.mark.parametrize(
    ("style", "fen", "expected"),
    (
        ("yuan", 1_680_32, "壹仟陆佰捌拾元零叁角贰分"),
        ("wan", 1_680_32, "壹仟陆佰捌拾元叁角贰分"),
        ("yuan", 107_000_53, "壹拾万柒仟元零伍角叁分"),
        ("wan", 107_000_53, "壹拾万零柒仟元伍角叁分"),
        ("both", 107_000_53, "壹拾万零柒仟元零伍角叁分"),
        ("wan", 103_453_00, "壹拾万零叁仟肆佰伍拾叁元整"),
        ("both", 10_203_040_50, "壹仟零贰拾万零叁仟零肆拾元零伍角整"),
        ("both", 50, "伍角整"),
        ("both", 16_409_02, "壹万陆仟肆佰零玖元零贰分"),
        ("both", 13_000_00, "壹万叁仟元整"),  # no zero in the figures, none in the words
    ),
)
def test_where_the_optional_zero_stands(style: CapitalStyle, fen: int, expected: str) -> None:
    assert capitals(fen, style) == "人民币" + expected


@given(FEN, st.sampled_from(STYLES))
@example(CAPITAL_LIMIT - 1, "both")
def test_capitals_say_the_very_amount(fen: int, style: CapitalStyle) -> None:
    assert read_back(capitals(fen, style)) == fen


@given(FEN, st.sampled_from(STYLES))
def test_capitals_are_written_as_the_rule_wants(fen: int, style: CapitalStyle) -> None:
    text = capitals(fen, style)
    assert text.startswith("人民币")
    assert set(text) <= set("人民币零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")
    assert "零零" not in text
    assert not re.search(r"零[拾佰仟万亿角分]|亿万", text)
    assert text.endswith("整") == (fen % 10 == 0)


@given(FEN)
def test_styles_differ_in_zeros_only(fen: int) -> None:
    bare = {capitals(fen, style).replace("零", "") for style in STYLES}
    assert len(bare) == 1
    plain, both = capitals(fen), capitals(fen, "both")
    assert len(plain) <= len(capitals(fen, "yuan")) <= len(both)
    assert len(plain) <= len(capitals(fen, "wan")) <= len(both)


def test_every_amount_has_words_of_its_own() -> None:
    for style in STYLES:
        assert len({capitals(fen, style) for fen in range(0, 3_000_000, 101)}) == len(range(0, 3_000_000, 101))


@pytest.mark.parametrize(("fen", "word"), ((-1, "小于 0"), (-(10**15), "小于 0"), (CAPITAL_LIMIT, "一万亿元")))
def test_amounts_without_capitals_are_refused(fen: int, word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        capitals(fen)


@pytest.mark.parametrize(
    ("fen", "expected"),
    (
        (0, "¥0.00"),
        (5, "¥0.05"),
        (1_234_50, "¥1,234.50"),
        (123_456_789_012_34, "¥123,456,789,012.34"),
        (-1, "-¥0.01"),
        (-1_000_00, "-¥1,000.00"),
    ),
)
def test_figures(fen: int, expected: str) -> None:
    assert yuan(fen) == expected


@given(st.integers(-(10**15), 10**15))
def test_figures_say_the_very_amount(fen: int) -> None:
    text = yuan(fen)
    assert int(text.replace("¥", "").replace(",", "").replace(".", "")) == fen
    assert re.fullmatch(r"-?¥\d{1,3}(,\d{3})*\.\d\d", text)
