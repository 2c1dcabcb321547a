"""A late arrival: no move where a bed fits, otherwise the fewest moves there are."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import combinations

import pytest

from dangxiao_houqin.modules.accommodation.allocation import (
    AllocationError,
    Key,
    Person,
    Problem,
    Room,
    check,
    insert_late,
    propose,
)
from tests.modules.accommodation.allocation.scenarios import can_sleep, random_problem


def fewest_moves(problem: Problem, beds: dict[Key, Key], late: int, most: int) -> int | None:
    """Smallest number of others who must move, by trying every set of them and every bed."""
    people = {p.id: p for p in problem.people}
    free = [p for p in beds if people[p].pinned_bed is None and people[p].pinned_room is None]

    def settle(waiting: list[Key], now: dict[Key, Key]) -> bool:
        if not waiting:
            return True
        person = people[waiting[0]]
        for room in problem.rooms:
            for bed in room.beds:
                if can_sleep(problem, person, room, bed, now):
                    now[person.id] = bed
                    if settle(waiting[1:], now):
                        return True
                    del now[person.id]
        return False

    for count in range(most + 1):
        for movers in combinations(free, count):
            rest = {p: bed for p, bed in beds.items() if p not in movers}
            if settle([late, *movers], rest):
                return count
    return None


@pytest.mark.parametrize("block", range(8))
def test_fewest_moves_against_brute_force(block: int) -> None:
    counts: dict[int | None, int] = {}
    for seed in range(block * 25, block * 25 + 25):
        problem = random_problem(seed + 20_000, people=7, rooms=4, nights=5)
        plan = propose(problem)
        late = random.Random(seed).choice(problem.people)
        if late.pinned_bed is not None or late.pinned_room is not None:
            continue
        beds = {p: bed for p, bed in plan.beds().items() if p != late.id}
        # A second late person makes the house fuller than the plan wanted it.
        expected = fewest_moves(problem, beds, late.id, 2)  # type: ignore[arg-type]
        answer = insert_late(problem, beds, late.id)
        counts[expected] = counts.get(expected, 0) + 1
        if expected is None:
            assert not answer.moves or answer.moved > 2
            continue
        assert answer.moved == expected, f"house {seed}"
        assert answer.proven
        assert answer.moves[0].person == late.id
        for move in answer.moves:
            assert beds.get(move.person) == move.from_bed
            beds[move.person] = move.to_bed
        assert check(problem, beds) == ()
    assert counts.get(0, 0) >= 5


def test_somebody_moves_when_the_only_suitable_room_is_taken() -> None:
    rooms = (
        Room("101", ("101-1",), low=True, label="101"),
        Room("201", ("201-1",), label="201"),
        Room("301", ("301-1",), label="301"),
    )
    people = (
        Person(1, 0, 3, "M", name="甲"),
        Person(2, 0, 3, "F", name="乙"),
        Person(3, 0, 3, "M", low_floor="must", name="丙"),
    )
    problem = Problem(3, rooms, people)
    answer = insert_late(problem, {1: "101-1", 2: "201-1"}, 3)
    assert [(m.person, m.from_bed, m.to_bed) for m in answer.moves] == [(3, None, "101-1"), (1, "101-1", "301-1")]
    pinned = replace(problem, people=(replace(people[0], pinned_bed="101-1"), *people[1:]))
    refused = insert_late(pinned, {1: "101-1", 2: "201-1"}, 3)
    assert refused.moves == ()
    assert "低楼层" in refused.reason
    with pytest.raises(AllocationError):
        insert_late(problem, {1: "101-1"}, 99)
    with pytest.raises(AllocationError):
        insert_late(pinned, {}, 1)


def test_chain_of_two_moves() -> None:
    """丁 needs 101, its guest may only go to 201, whose guest may only go to 301."""
    rooms = tuple(Room(r, (f"{r}-1",), low=r == "101") for r in ("101", "201", "301"))
    people = (
        Person(1, 0, 3, "M", forbidden_rooms=frozenset({"301"})),
        Person(2, 0, 3, "M", forbidden_rooms=frozenset({"101"})),
        Person(3, 0, 3, "F", low_floor="must"),
    )
    answer = insert_late(Problem(3, rooms, people), {1: "101-1", 2: "201-1"}, 3)
    assert answer.moved == 2
    assert answer.proven
    assert check(Problem(3, rooms, people), {m.person: m.to_bed for m in answer.moves}) == ()


def test_a_crowded_house_answers_quickly() -> None:
    problem = random_problem(11, people=150, rooms=80, nights=8, pins=False)
    plan = propose(problem)
    slowest = 0.0
    for person in problem.people[:40]:
        began = time.perf_counter()
        insert_late(problem, plan, person.id)
        slowest = max(slowest, time.perf_counter() - began)
    assert slowest < 5.0, "a sanity limit, not the benchmark"
