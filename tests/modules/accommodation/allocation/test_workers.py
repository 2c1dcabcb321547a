"""Worker processes: same seed same plan, cancel at once, dead, hung and lying workers."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from dangxiao_houqin.modules.accommodation.allocation import (
    AllocationError,
    Person,
    Problem,
    Room,
    check,
    propose,
    solve,
    solve_in_process,
)
from tests.modules.accommodation.allocation.scenarios import random_problem

PROBLEM = random_problem(4, people=60, rooms=50, nights=8, pins=False)


class Stop(Exception):
    """What a cancelled progress raises."""


def test_same_seed_same_plan_in_processes_and_beside() -> None:
    one = solve(PROBLEM, seed=5, iterations=3000, bound_limit=20.0)
    two = solve(PROBLEM, seed=5, iterations=3000, bound=False)
    assert one.placements == two.placements
    assert one.objective == two.objective
    assert one.stopped == "iterations"
    assert check(PROBLEM, one.beds()) == ()
    assert one.bound is not None
    assert one.bound <= one.objective
    assert one.gap is not None
    single = solve(PROBLEM, seed=5, iterations=3000, workers=1, bound=False)
    assert single.placements == solve_in_process(PROBLEM, seed=5, iterations=3000).placements
    assert one.objective <= single.objective


def test_time_limit_is_kept() -> None:
    began = time.monotonic()
    plan = solve(PROBLEM, iterations=0, time_limit=0.5, bound=False)
    assert plan.stopped == "time"
    assert time.monotonic() - began < 15.0, "start-up included"
    assert check(PROBLEM, plan.beds()) == ()


def test_cancel_ends_the_work_at_once() -> None:
    said: list[str] = []
    cancelled_at = 0.0

    def progress(share: float, text: str) -> None:
        nonlocal cancelled_at
        said.append(text)
        if share > 0.05:
            cancelled_at = time.monotonic()
            raise Stop

    with pytest.raises(Stop):
        solve(PROBLEM, iterations=0, time_limit=20.0, progress=progress)
    assert time.monotonic() - cancelled_at < 0.5
    assert said[0] == "正在准备数据…"
    assert "已安排" in said[-1]


@pytest.mark.parametrize(("fault", "words"), (("die", "意外停止"), ("hang", "没有响应"), ("lie", "已拒绝")))
def test_no_worker_survives(fault: str, words: str) -> None:
    with pytest.raises(AllocationError, match=words) as caught:
        solve(PROBLEM, iterations=500, bound=False, faults=(fault, fault), silence_limit=3.0)
    assert "原来的安排没有改动" in str(caught.value)


def test_one_dead_worker_is_no_disaster() -> None:
    plan = solve(PROBLEM, iterations=500, bound=False, faults=("die",))
    assert "意外停止" in plan.note
    assert check(PROBLEM, plan.beds()) == ()


def test_starting_from_a_plan_keeps_what_is_pinned_and_legal() -> None:
    first = propose(PROBLEM)
    keep = list(first.placements.values())[:10]
    pinned = {p.person: p.bed for p in keep}
    problem = replace(PROBLEM, people=tuple(replace(p, pinned_bed=pinned.get(p.id)) for p in PROBLEM.people))
    plan = solve_in_process(problem, iterations=2000, start=first)
    assert all(plan.placements[p].bed == bed for p, bed in pinned.items())
    assert check(problem, plan.beds()) == ()
    assert plan.objective <= propose(problem).objective or plan.objective <= first.objective


@pytest.mark.parametrize(
    ("people", "words"),
    (
        ((Person(1, 0, 2, "M"), Person(1, 0, 2, "M")), "重复的人员"),
        ((Person(1, 0, 9, "M", name="甲"),), "甲 的入住和离开日期"),
        ((Person(1, 0, 2, "M", pinned_bed="x"),), "锁定的床位不存在"),
        ((Person(1, 0, 2, "M", pinned_bed="a"), Person(2, 1, 2, "M", pinned_bed="a")), "已有人"),
        ((Person(1, 0, 2, "M", pinned_bed="a"), Person(2, 1, 2, "F", pinned_bed="b")), "异性"),
    ),
)
def test_contradictory_input_is_refused_in_a_sentence(people: tuple[Person, ...], words: str) -> None:
    problem = Problem(3, (Room(1, ("a", "b"), label="101"),), people)
    with pytest.raises(AllocationError, match=words):
        propose(problem)


def test_empty_house_and_empty_list() -> None:
    assert propose(Problem(3, (), ())).placements == {}
    nobody = solve(Problem(3, (Room(1, ("a",)),), ()), bound=False)
    assert nobody.objective == 0
    homeless = solve_in_process(Problem(3, (), (Person(1, 0, 2, "F", name="甲"),)), iterations=100)
    assert "没有符合要求的房间" in homeless.unassigned[0].reason
