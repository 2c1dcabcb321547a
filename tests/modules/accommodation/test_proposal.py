"""The proposal under review: what a hand may move, what is refused in which words, and that undo is exact."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Conflict, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.allocation import check
from dangxiao_houqin.modules.accommodation.domain import (
    AllocationRules,
    AssignBed,
    PairKind,
    SaveRoommateRule,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.planning import PlanningTask, make_plan, prepare, quick_plan
from dangxiao_houqin.modules.accommodation.proposal import Proposal
from dangxiao_houqin.modules.places.models import Bed, RoomOutage
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.services import save_enrollment
from tests.conftest import OpenUnit
from tests.support.school import END, START, make_class, make_people, make_rooms

pytestmark = pytest.mark.sqlite_only
DAY = timedelta(days=1)


class School:
    """Two floors of three twin rooms; the class has four men and two women, another class one woman in 203-1."""

    def __init__(self, unit: OpenUnit, sexes: str = "男男男男女女") -> None:
        self.unit = unit
        with unit() as ctx:
            self.beds = make_rooms(ctx)
            self.row = make_class(ctx)
            self.people = [p.id for p in make_people(ctx, self.row.id, sexes)]
            other = make_class(ctx, "后备干部班")
            self.guest = save_enrollment(ctx, SaveEnrollment(other.id, "外班女学员", "女"))
            services.assign_bed(ctx, AssignBed(self.guest.id, self.beds[10]))

    def proposal(self, *, keep: bool = True) -> Proposal:
        with self.unit(read_only=True) as ctx:
            task = prepare(ctx, self.row.id, keep)
        return Proposal(task, quick_plan(task))

    def arranged(self) -> Proposal:
        """Men in 101 and 102, women in 103, the second floor empty but for the guest."""
        made = self.proposal()
        for person in self.people:
            if person in made.step.beds:
                made.remove(person)
        for person, bed in zip(self.people, self.beds, strict=False):
            made.move(person, bed)
        return made


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


def refused(make: Callable[[], object]) -> str:
    with pytest.raises(RuleViolation) as caught:
        make()
    return caught.value.message


# ---------------------------------------------------------------------------------------------- moving people
def test_a_move_to_a_free_bed(school: School) -> None:
    made = school.arranged()
    made.move(school.people[0], school.beds[6])
    assert made.bed_of(school.people[0]).text == "明德楼201-1"
    assert made.step.what == "学员1 → 明德楼201-1"
    assert made.sleepers(school.beds[0]) == ()


def test_a_move_to_a_taken_bed_swaps(school: School) -> None:
    made = school.arranged()
    made.move(school.people[0], school.beds[2])
    assert made.step.beds[school.people[0]] == school.beds[2]
    assert made.step.beds[school.people[2]] == school.beds[0]


def test_somebody_waiting_takes_the_bed_and_the_other_waits(school: School) -> None:
    made = school.arranged()
    made.remove(school.people[3])
    made.move(school.people[3], school.beds[0])
    assert [c.name for c, _ in made.unassigned()] == ["学员1"]
    assert made.unassigned()[0][1]


def test_refusals_say_why_without_numbers_of_the_database(school: School) -> None:
    man, woman = school.people[0], school.people[4]
    with school.unit() as ctx:
        room = ctx.get(Bed, school.beds[8]).room_id
        ctx.add(RoomOutage(room_id=room, start=START + 2 * DAY, end=None, reason="卫生间漏水"))
        services.save_pair(ctx, SaveRoommateRule(school.row.id, man, school.people[2], PairKind.FORBIDDEN, ""))
    made = school.arranged()
    before = made.step
    sentences = {
        "one sex": refused(lambda: made.move(man, school.beds[5])),
        "guest": refused(lambda: made.move(woman, school.beds[10])),
        "beside a guest of the other sex": refused(lambda: made.move(man, school.beds[11])),
        "out of service": refused(lambda: made.move(man, school.beds[8])),
        "forbidden pair": refused(lambda: made.move(man, school.beds[3])),
    }
    assert re.search(r"明德楼10[13].*男女", sentences["one sex"])
    assert "外班女学员" in sentences["guest"]
    assert "明德楼203-1" in sentences["guest"]
    assert "明德楼203" in sentences["beside a guest of the other sex"]
    assert "明德楼202" in sentences["out of service"]
    assert "卫生间漏水" in sentences["out of service"]
    assert re.search("学员1.*学员3.*不得同住", sentences["forbidden pair"])
    for sentence in sentences.values():
        assert sentence.endswith("。")
        assert not re.search(r"床位 ?\d", sentence), sentence  # never the key of a table
    assert made.step is before
    assert made.refusal(man, school.beds[5]) == sentences["one sex"]
    assert made.refusal(man, school.beds[6]) == ""


def test_a_guest_who_leaves_early_makes_room(school: School) -> None:
    with school.unit() as ctx:
        school_id = make_class(ctx, "专题班", START, START + 2 * DAY).id
        early = save_enrollment(ctx, SaveEnrollment(school_id, "先走", "男"))
        services.assign_bed(ctx, AssignBed(early.id, school.beds[6]))
        late = save_enrollment(ctx, SaveEnrollment(school.row.id, "后到", "男", arrive_on=START + 2 * DAY))
    made = school.arranged()
    assert "先走" in made.refusal(school.people[0], school.beds[6])
    made.move(late.id, school.beds[6])
    assert made.bed_of(late.id).text == "明德楼201-1"


def test_two_people_one_after_the_other_in_one_bed(school: School) -> None:
    with school.unit() as ctx:
        first = save_enrollment(ctx, SaveEnrollment(school.row.id, "前半", "男", leave_on=START + 2 * DAY))
        second = save_enrollment(ctx, SaveEnrollment(school.row.id, "后半", "男", arrive_on=START + 2 * DAY))
    made = school.arranged()
    made.move(first.id, school.beds[6])
    made.move(second.id, school.beds[6])
    assert [c.name for c in made.sleepers(school.beds[6])] == ["前半", "后半"]


# ------------------------------------------------------------------------------------------------------ pins
def test_pinned_people_stay_in_a_new_search_and_are_not_pushed_out(school: School) -> None:
    made = school.arranged()
    made.move(school.people[0], school.beds[6])
    made.pin(school.people[0], pinned=True)
    assert "已锁定" in refused(lambda: made.move(school.people[1], school.beds[6]))
    task = replace(made.task, problem=made.problem)
    made.accept_plan(make_plan(task, time_limit=1))
    assert made.step.beds[school.people[0]] == school.beds[6]
    assert made.step.what == "重新分房"
    made.undo()
    assert made.step.beds[school.people[5]] == school.beds[5]
    made.redo()
    made.pin(school.people[0], pinned=False)
    assert school.people[0] not in made.step.pinned


def test_nobody_without_a_bed_is_pinned(school: School) -> None:
    made = school.arranged()
    made.remove(school.people[0])
    assert refused(lambda: made.pin(school.people[0], pinned=True)) == "学员1还没有床位，不能锁定。"


def test_somebody_in_the_house_is_not_touched(school: School) -> None:
    with school.unit() as ctx:
        row = services.assign_bed(ctx, AssignBed(school.people[0], school.beds[7]))
        ctx.get(Stay, row.id).state = StayState.IN_HOUSE.value
    made = school.proposal(keep=False)
    assert made.step.beds[school.people[0]] == school.beds[7]
    for step in (
        lambda: made.move(school.people[0], school.beds[6]),
        lambda: made.remove(school.people[0]),
        lambda: made.pin(school.people[0], pinned=False),
    ):
        assert "学员1已入住" in refused(step)
    assert "已入住" in made.refusal(school.people[1], school.beds[7])


def test_an_old_exception_does_not_block_every_other_move(school: School) -> None:
    """Somebody with a strict need was once put upstairs by hand: the others may still be moved, and confirmed."""
    with school.unit() as ctx:
        save_settings(ctx.session, AllocationRules(low_floor_policy="must"))
        needy = save_enrollment(ctx, SaveEnrollment(school.row.id, "腿伤", "男", needs=("low_floor",)))
        services.assign_bed(ctx, AssignBed(needy.id, school.beds[6]))
    made = school.proposal()
    assert made.step.beds[needy.id] == school.beds[6]
    free = next(b for b in school.beds if not made.sleepers(b) and not made.refusal(school.people[0], b))
    made.move(school.people[0], free)
    assert "必须住低楼层" in made.refusal(needy.id, school.beds[8])
    with school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())


# ------------------------------------------------------------------------------------------------ confirming
def test_what_is_shown_is_what_is_written(school: School) -> None:
    made = school.arranged()
    made.move(school.people[0], school.beds[6])
    made.pin(school.people[0], pinned=True)
    with school.unit() as ctx:
        assert services.confirm_plan(ctx, made.as_command()).assigned == 6
        stays = {s.enrollment_id: s for s in queries.list_class_stays(ctx, school.row.id)}
    assert {p: s.bed_id for p, s in stays.items()} == dict(made.step.beds)
    assert [p for p, s in stays.items() if s.pinned] == [school.people[0]]


def test_a_pin_lifted_here_lets_the_person_move(school: School) -> None:
    with school.unit() as ctx:
        services.assign_bed(ctx, AssignBed(school.people[0], school.beds[6], pinned=True))
    made = school.proposal()
    made.pin(school.people[0], pinned=False)
    made.move(school.people[0], school.beds[7])
    with school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())
        stay = next(s for s in queries.list_class_stays(ctx, school.row.id) if s.enrollment_id == school.people[0])
    assert (stay.bed_id, stay.pinned) == (school.beds[7], False)


def test_a_pin_set_elsewhere_meanwhile_is_respected(school: School) -> None:
    with school.unit() as ctx:
        row = services.assign_bed(ctx, AssignBed(school.people[0], school.beds[6]))
    made = school.proposal()
    made.move(school.people[0], school.beds[7])
    with school.unit() as ctx:
        services.pin_stay(ctx, row.id, row.version, True)
    with pytest.raises(Conflict, match="修改了这条记录"), school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())


def test_a_bed_given_and_pinned_elsewhere_meanwhile_is_respected(school: School) -> None:
    made = school.arranged()
    with school.unit() as ctx:
        services.assign_bed(ctx, AssignBed(school.people[0], school.beds[9], pinned=True))
    with pytest.raises(Conflict, match="学员1的床位刚被锁定"), school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())


def test_taking_somebody_down_frees_the_bed(school: School) -> None:
    made = school.arranged()
    with school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())
    again = school.proposal()
    again.remove(school.people[5])
    with school.unit() as ctx:
        assert services.confirm_plan(ctx, again.as_command()).released == 1
        waiting = queries.list_unassigned(ctx, ListQuery(filters={"class_id": school.row.id})).rows
    assert [row.name for row in waiting] == ["学员6"]


def test_the_page_knows_whether_anything_is_to_be_confirmed(school: School) -> None:
    made = school.arranged()
    assert made.is_changed
    with school.unit() as ctx:
        services.confirm_plan(ctx, made.as_command())
    again = school.proposal()
    assert not again.is_changed
    again.pin(school.people[0], pinned=True)
    assert again.is_changed
    again.undo()
    assert not again.is_changed
    again.move(school.people[0], school.beds[6])
    assert again.is_changed


# --------------------------------------------------------------------------------------------- late and waiting
def test_a_late_arrival_is_fitted_in_and_can_be_undone(school: School) -> None:
    made = school.arranged()
    made.remove(school.people[1])
    before = dict(made.step.beds)
    made.fit_in(school.people[1])
    assert school.people[1] in made.step.beds
    assert "学员2" in made.undo()
    assert dict(made.step.beds) == before


def test_every_person_can_say_why(school: School) -> None:
    made = school.proposal()
    for person in school.people:
        assert made.why(person)
        assert all(line.endswith("。") for line in made.why(person))
    made.remove(school.people[0])
    assert made.why(school.people[0]) == ("已从床位上移下，等待安排。",)


def test_undo_and_redo_have_ends(school: School) -> None:
    made = school.proposal()
    assert not made.can_undo
    assert refused(made.undo) == "没有可以撤销的步骤。"
    assert refused(made.redo) == "没有可以重做的步骤。"
    made.remove(school.people[0])
    made.undo()
    assert made.can_redo
    made.remove(school.people[1])
    assert not made.can_redo  # a new step forgets what was undone


# ------------------------------------------------------------------------------------------- any sequence at all
@pytest.fixture(scope="module")
def busy_task(_sqlite_template, tmp_path_factory: pytest.TempPathFactory) -> PlanningTask:
    """Nine people with different nights in a tight house with a guest, a closure, a pin and somebody checked in."""
    import shutil

    path = tmp_path_factory.mktemp("busy") / "busy.sqlite"
    shutil.copyfile(_sqlite_template, path)
    db = Database(path)
    clock = FixedClock()
    with unit_of_work(db, Actor.system("测试员"), "test.step", clock=clock) as ctx:
        beds = make_rooms(ctx)
        row = make_class(ctx)
        people = [p.id for p in make_people(ctx, row.id, "男男男女女男女")]
        for name, sex, arrive, leave in (("早走", "男", START, START + DAY), ("晚到", "男", START + DAY, END)):
            save_enrollment(ctx, SaveEnrollment(row.id, name, sex, arrive_on=arrive, leave_on=leave))
        other = make_class(ctx, "别的班", START - DAY, date(2026, 3, 4))
        guest = save_enrollment(ctx, SaveEnrollment(other.id, "客人", "女"))
        services.assign_bed(ctx, AssignBed(guest.id, beds[0]))
        ctx.add(RoomOutage(room_id=ctx.get(Bed, beds[2]).room_id, start=START, end=START + DAY, reason="粉刷"))
        services.save_pair(ctx, SaveRoommateRule(row.id, people[0], people[1], PairKind.FORBIDDEN, ""))
        services.assign_bed(ctx, AssignBed(people[2], beds[4], pinned=True))
        housed = services.assign_bed(ctx, AssignBed(people[3], beds[6]))
        ctx.get(Stay, housed.id).state = StayState.IN_HOUSE.value
    with unit_of_work(db, Actor.system("测试员"), "test.step", clock=clock, read_only=True) as ctx:
        task = prepare(ctx, row.id)
    db.close()
    return task


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("move", "move", "move", "remove", "pin", "unpin", "fit_in", "undo", "redo")),
        st.integers(0, 8),
        st.integers(0, 11),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_steps_stays_legal_and_undo_is_exact(
    busy_task: PlanningTask, steps: list[tuple[str, int, int]]
) -> None:
    made = Proposal(busy_task, quick_plan(busy_task))
    people = [c.enrollment_id for c in busy_task.people]
    beds = [b.bed_id for b in busy_task.beds]
    locked = {c.enrollment_id: c.kept_bed_id for c in busy_task.people if c.locked}
    history = [(dict(made.step.beds), made.step.pinned)]
    at = 0
    for kind, who, where in steps:
        person = people[who]
        try:
            if kind == "move":
                made.move(person, beds[where])
            elif kind == "remove":
                made.remove(person)
            elif kind in ("pin", "unpin"):
                made.pin(person, pinned=kind == "pin")
            elif kind == "fit_in" and person not in made.step.beds:
                made.fit_in(person)
            elif kind == "undo":
                made.undo()
                at -= 1
                assert (dict(made.step.beds), made.step.pinned) == history[at]
                continue
            elif kind == "redo":
                made.redo()
                at += 1
                assert (dict(made.step.beds), made.step.pinned) == history[at]
                continue
            else:
                continue
        except RuleViolation:
            assert (dict(made.step.beds), made.step.pinned) == history[at]  # a refusal changes nothing
            continue
        del history[at + 1 :]
        history.append((dict(made.step.beds), made.step.pinned))
        at += 1
        assert not check(made.problem, dict(made.step.beds))
        assert {p: made.step.beds.get(p) for p in locked} == locked
    while made.can_undo:
        made.undo()
        at -= 1
        assert (dict(made.step.beds), made.step.pinned) == history[at]
    assert at == 0
