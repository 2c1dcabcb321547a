"""Bulk creation: the numbers that a dialog previews and the service makes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.modules.places.domain import BulkRooms
from dangxiao_houqin.modules.places.room_planning import plan_rooms

ONE_FLOOR = BulkRooms(1, (3,), 14, "301", "双人间", 2)


def numbers(bulk: BulkRooms, *existing: str) -> list[str]:
    return [room.number for room in plan_rooms(bulk, existing)]


def test_the_sentence_of_the_office() -> None:
    """3 层, 每层 14 间双人间, 房号 301 起, 缺 4."""
    planned = plan_rooms(replace(ONE_FLOOR, levels=(3, 4, 5), skip_digits="4"))
    assert len(planned) == 42
    third, fourth = [r.number for r in planned if r.level == 3], [r.number for r in planned if r.level == 4]
    assert third[:5] == ["301", "302", "303", "305", "306"]
    assert third[-1] == "316"
    assert fourth[0] == "401"  # the level itself may be a 4
    assert "404" not in fourth


@pytest.mark.parametrize(
    ("first", "levels", "expected"),
    (
        ("301", (3, 4), ["301", "302", "401", "402"]),
        ("1001", (10, 11), ["1001", "1002", "1101", "1102"]),
        ("8-1", (8, 9), ["8-1", "8-2", "9-1", "9-2"]),
        ("A0301", (3,), ["A0301", "A0302"]),
        ("301甲", (3, 4), ["301甲", "302甲", "401甲", "402甲"]),
        ("107", (2,), ["107", "108"]),
        ("５０９", (5,), ["509", "510"]),
        ("3-9", (3,), ["3-9", "3-10"]),
    ),
)
def test_first_number_gives_the_pattern(first: str, levels: tuple[int, ...], expected: list[str]) -> None:
    assert numbers(replace(ONE_FLOOR, levels=levels, per_floor=2, first_number=first)) == expected


def test_skips_whole_numbers_and_running_parts() -> None:
    bulk = replace(ONE_FLOOR, levels=(3, 4), per_floor=3, skip_numbers=("302", "4"))
    assert numbers(bulk) == ["301", "303", "305", "401", "402", "403"]


def test_marks_rooms_that_exist() -> None:
    planned = plan_rooms(replace(ONE_FLOOR, per_floor=3), {"302", "999"})
    assert [(room.number, room.exists) for room in planned] == [("301", False), ("302", True), ("303", False)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    (
        (replace(ONE_FLOOR, levels=()), "levels"),
        (replace(ONE_FLOOR, per_floor=0), "per_floor"),
        (replace(ONE_FLOOR, per_floor=5000), "per_floor"),
        (replace(ONE_FLOOR, first_number="甲"), "first_number"),
        (replace(ONE_FLOOR, levels=(3, 4), first_number="201"), "first_number"),
        (replace(ONE_FLOOR, skip_digits="四"), "skip_digits"),
        (replace(ONE_FLOOR, skip_digits="0123456789"), "skip_digits"),
        (replace(ONE_FLOOR, beds=99), "beds"),
    ),
)
def test_refuses_with_a_sentence_at_the_field(wrong: BulkRooms, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        plan_rooms(wrong)
    assert refused.value.field == field


@given(
    levels=st.sets(st.integers(1, 40), min_size=1, max_size=6),
    per_floor=st.integers(1, 40),
    skip=st.sets(st.sampled_from("12345"), max_size=3),
)
def test_always_the_asked_number_of_different_rooms(levels: set[int], per_floor: int, skip: set[str]) -> None:
    bulk = replace(
        ONE_FLOOR,
        levels=tuple(levels),
        per_floor=per_floor,
        first_number=f"{min(levels)}01",
        skip_digits="".join(skip),
    )
    planned = plan_rooms(bulk)
    assert len(planned) == len(levels) * per_floor
    assert len({room.number for room in planned}) == len(planned)
    for room in planned:
        assert room.number.startswith(str(room.level))
        assert not skip & set(room.number.removeprefix(str(room.level)))
