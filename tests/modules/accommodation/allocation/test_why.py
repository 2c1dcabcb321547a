"""Why this bed?"""

from __future__ import annotations

from datetime import date

from dangxiao_houqin.modules.accommodation.allocation import (
    Closure,
    Person,
    Problem,
    Room,
    Wish,
    propose,
    solve_in_process,
    why,
)
from tests.modules.accommodation.allocation.scenarios import random_problem

ROOMS = (
    Room("101", ("101-1", "101-2"), floor="1", level=1, low=True, label="101"),
    Room("201", ("201-1", "201-2"), floor="2", level=2, label="201"),
    Room("301", ("301-1",), floor="3", level=3, closures=(Closure(1, 2, None, "漏水"),), label="301"),
)


def test_reasons_price_and_next_best() -> None:
    people = (
        Person(1, 0, 3, "M", class_id="A", unit="财政局", low_floor="wish", name="甲"),
        Person(2, 0, 3, "M", class_id="A", unit="财政局", name="乙"),
        Person(3, 0, 3, "F", class_id="A", name="丙"),
    )
    problem = Problem(3, ROOMS, people, (Wish(1, 2),))
    plan = solve_in_process(problem, iterations=2000)
    text = "".join(why(problem, plan, 1))
    assert "与 乙 同住（满足同住意愿、同单位、同班）" in text
    assert "该房在低楼层" in text
    assert "其他房间那几晚都没有可以整段住下的床位" in text
    alone = "".join(why(problem, plan, 3))
    assert "该房没有其他人" in alone
    assert why(problem, plan, 99) == ["此人不在这个方案里。"]


def test_dates_in_the_reason_when_known() -> None:
    problem = Problem(3, ROOMS[2:], (Person(1, 0, 3, "F", name="甲"),), first_night=date(2026, 3, 2))
    plan = propose(problem)
    assert why(problem, plan, 1) == [plan.unassigned[0].reason]
    assert plan.unassigned[0].reason == (
        "3月2日至3月5日没有空的女床位：1 间房中，1 间那几天停用（如 301 在3月3日停用）。"
    )


def test_everybody_gets_an_answer() -> None:
    for seed in range(20):
        problem = random_problem(seed + 40_000, people=20, rooms=9)
        plan = propose(problem)
        for person in problem.people:
            answer = why(problem, plan, person.id)
            assert answer
            assert all(sentence.endswith("。") for sentence in answer)
