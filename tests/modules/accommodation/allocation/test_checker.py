"""The checker names each kind of broken rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dangxiao_houqin.modules.accommodation.allocation import Closure, Guest, Person, Problem, Room, Wish, check

HOUSE = Problem(
    nights=4,
    rooms=(
        Room("101", ("101-1", "101-2"), floor="1", low=True, accessible=True, label="101"),
        Room("201", ("201-1", "201-2"), floor="2", guests=(Guest("201-1", 0, 2, "F"),), label="201"),
        Room("301", ("301-1",), floor="3", closures=(Closure(1, 2, None, "漏水"),), label="301"),
        Room("302", ("302-1", "302-2"), floor="3", sex_rule="F", label="302"),
    ),
    people=(
        Person(1, 0, 4, "M", name="甲"),
        Person(2, 0, 4, "M", name="乙"),
        Person(3, 0, 4, "F", name="丙"),
        Person(4, 2, 4, "M", low_floor="must", accessible="must", name="丁"),
    ),
)
LEGAL = {1: "101-1", 3: "201-2", 4: "101-2"}


def rules(problem: Problem, beds: dict[object, object]) -> set[str]:
    found = check(problem, beds)  # type: ignore[arg-type]
    assert all(v.message.endswith("。") for v in found)
    return {v.rule for v in found}


def test_a_legal_plan_has_no_violation() -> None:
    assert rules(HOUSE, LEGAL) == set()


@pytest.mark.parametrize(
    ("change", "rule"),
    (
        ({2: "101-1"}, "one_bed"),
        ({3: "201-1"}, "one_bed"),
        ({3: "101-2", 4: "101-1", 1: "302-1"}, "one_sex"),
        ({2: "201-2", 3: "302-1"}, "one_sex"),
        ({2: "301-1"}, "in_service"),
        ({2: "302-1"}, "room_sex"),
        ({4: "301-1"}, "low_floor"),
        ({4: "301-1"}, "accessible"),
        ({9: "301-1"}, "person_known"),
        ({2: "999-1"}, "bed_known"),
    ),
)
def test_each_broken_rule_is_named(change: dict[object, object], rule: str) -> None:
    assert rule in rules(HOUSE, {**LEGAL, **change})


def test_pins_and_pairs_and_rooms() -> None:
    pinned = replace(HOUSE, people=(replace(HOUSE.people[0], pinned_bed="101-2"), *HOUSE.people[1:]))
    assert "pinned" in rules(pinned, LEGAL)
    assert "pinned" in rules(pinned, {3: "201-2"})
    by_room = replace(HOUSE, people=(replace(HOUSE.people[0], pinned_room="301"), *HOUSE.people[1:]))
    assert "pinned" in rules(by_room, LEGAL)
    enemies = replace(HOUSE, wishes=(Wish(1, 4, "apart", must=True),))
    assert "forbidden_pair" in rules(enemies, LEGAL)
    picky = replace(HOUSE, people=(replace(HOUSE.people[0], allowed_rooms=frozenset({"301"})), *HOUSE.people[1:]))
    assert "allowed" in rules(picky, LEGAL)
    barred = replace(HOUSE, people=(replace(HOUSE.people[0], forbidden_rooms=frozenset({"101"})), *HOUSE.people[1:]))
    assert "forbidden" in rules(barred, LEGAL)


def test_a_bed_is_free_again_on_the_day_of_departure() -> None:
    problem = replace(HOUSE, people=(Person(1, 0, 2, "M"), Person(2, 2, 4, "M")))
    assert rules(problem, {1: "101-1", 2: "101-1"}) == set()
