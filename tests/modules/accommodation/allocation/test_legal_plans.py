"""Whatever the house looks like, the plan is legal, priced right, and every missing bed is explained truly."""

from __future__ import annotations

import pytest

from dangxiao_houqin.modules.accommodation.allocation import (
    Person,
    Problem,
    Room,
    check,
    propose,
    score,
    solve_in_process,
)
from tests.modules.accommodation.allocation.scenarios import can_sleep, cost_by_hand, random_problem


@pytest.mark.parametrize("block", range(20))
def test_a_thousand_random_houses_without_violation(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        crowd = 4 + seed % 23
        problem = random_problem(seed, people=crowd, rooms=3 + seed % 11)
        for plan in (propose(problem), solve_in_process(problem, seed=seed, iterations=200)):
            beds = plan.beds()
            assert check(problem, beds) == (), f"house {seed}"
            assert len(beds) + len(plan.unassigned) == crowd
            assert plan.objective == cost_by_hand(problem, beds), f"house {seed}"
            assert score(problem, beds).objective == plan.objective
            for missing in plan.unassigned:
                assert len(missing.reason) > 10
                assert missing.reason.endswith("。")
        assert plan.stopped == "iterations"


@pytest.mark.parametrize("block", range(5))
def test_nobody_is_left_out_who_fits_somewhere(block: int) -> None:
    unassigned = 0
    for seed in range(block * 20, block * 20 + 20):
        problem = random_problem(seed + 5000, people=24, rooms=8)
        plan = solve_in_process(problem, seed=1, iterations=600)
        people = {p.id: p for p in problem.people}
        for missing in plan.unassigned:
            unassigned += 1
            assert "还能住下" not in missing.reason
            for room in problem.rooms:
                for bed in room.beds:
                    assert not can_sleep(problem, people[missing.person], room, bed, plan.beds())
    assert unassigned > 20, "the houses must be too small for this test to mean anything"


def test_search_improves_on_the_greedy_plan_and_never_worsens_it() -> None:
    better = 0
    for seed in range(30):
        problem = random_problem(seed + 9000, people=20, rooms=14)
        first = propose(problem)
        found = solve_in_process(problem, seed=3, iterations=4000)
        assert (len(found.unassigned), found.objective) <= (len(first.unassigned), first.objective)
        better += found.objective < first.objective
    assert better >= 15


def test_two_who_fit_take_the_place_of_one_who_came_first() -> None:
    """One room is left; the greedy plan gave it to the man, but both women could sleep there."""
    room = Room(1, (1, 2), floor=1)
    people = (Person(1, 0, 5, "F", name="甲"), Person(2, 0, 5, "F", name="乙"), Person(3, 0, 5, "M", name="丙"))
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        problem = Problem(5, (room,), tuple(people[i] for i in order))
        for seed in range(3):
            assert set(solve_in_process(problem, seed=seed, iterations=3000).beds()) == {1, 2}
