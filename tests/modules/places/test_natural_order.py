"""Room numbers sort as people count, in every database collation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.modules.places.models import Room
from dangxiao_houqin.modules.places.natural_order import natural_key, normal_number


@pytest.mark.parametrize(
    ("numbers"),
    (
        ("201", "201甲", "202", "1001"),
        ("8-1", "8-2", "8-10", "9-1"),
        ("101甲", "101乙", "101丙", "101丁"),
        ("A2", "A10", "B1"),
        ("一号", "二号", "三号", "十号"),
        ("99", "0101", "102"),
    ),
)
def test_sorts_as_people_count(numbers: tuple[str, ...]) -> None:
    assert sorted(numbers, key=natural_key) == list(numbers)


@pytest.mark.parametrize(
    ("typed", "kept"),
    (("３０１", "301"), (" 8 － 1 ", "8-1"), ("a301", "A301"), ("201 甲", "201甲"), ("8—10", "8-10")),
)
def test_normal_number_loses_only_what_means_nothing(typed: str, kept: str) -> None:
    assert normal_number(typed) == kept


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_plain_numbers_sort_by_value(first: int, second: int) -> None:
    assert (natural_key(str(first)) < natural_key(str(second))) == (first < second)


@given(st.text(max_size=20), st.text(max_size=20))
def test_different_numbers_never_share_a_key(first: str, second: str) -> None:
    same_key = natural_key(first) == natural_key(second)
    if normal_number(first) == normal_number(second):
        assert same_key
    elif same_key:  # only leading zeros at different places may tie
        assert re.search(r"(?<![0-9])0+", normal_number(first) + "|" + normal_number(second))


@given(st.text(max_size=20).filter(lambda text: len(normal_number(text)) <= 20))
def test_key_is_digits_only_and_fits_its_column(number: str) -> None:
    key = natural_key(number)
    assert not key or key.isascii()
    assert not key or key.isdigit()
    assert len(key) <= Room.__table__.c.sort_key.type.length  # type: ignore[attr-defined]
