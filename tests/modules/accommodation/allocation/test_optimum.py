"""Against brute force on houses small enough to try every plan."""

from __future__ import annotations

import pytest

from dangxiao_houqin.modules.accommodation.allocation import propose, solve_in_process
from dangxiao_houqin.modules.accommodation.allocation.bound import lower_bound
from tests.modules.accommodation.allocation.scenarios import brute_force, random_problem


def test_small_houses_are_solved_to_the_optimum() -> None:
    solved = 0
    for seed in range(40):
        problem = random_problem(seed + 70_000, people=3 + seed % 4, rooms=3 + seed % 2, nights=4)
        best = brute_force(problem)
        plan = solve_in_process(problem, seed=1, iterations=6000)
        found = (len(plan.unassigned), plan.objective)
        assert found >= best, f"house {seed}: brute force or the price is wrong"
        assert (len(propose(problem).unassigned), propose(problem).objective) >= best
        solved += found == best
    assert solved >= 39


@pytest.mark.parametrize("block", range(8))
def test_no_plan_is_cheaper_than_the_bound(block: int) -> None:
    said = 0
    for seed in range(block * 5, block * 5 + 5):
        problem = random_problem(seed + 80_000, people=3 + seed % 3, rooms=4, nights=4)
        missing, cost = brute_force(problem)
        bound = lower_bound(problem, 10.0)
        if bound is not None and not missing:
            said += 1
            assert bound <= cost, f"house {seed}"
            assert bound >= 0 or cost < 0
    assert said >= 2
