"""The assignment for today takes rooms that are ready, and no bed that somebody still lives in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import planning, services
from dangxiao_houqin.modules.accommodation.domain import AllocationRules, AssignBed, DeskRules
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.housekeeping.domain import RoomCondition, SetConditions
from dangxiao_houqin.modules.housekeeping.services import mark_dirty, set_conditions
from dangxiao_houqin.modules.places.models import Bed
from tests.conftest import OpenUnit
from tests.support.school import START, make_class, make_people, make_rooms

pytestmark = pytest.mark.sqlite_only
DAY = timedelta(days=1)
WEEK_BEFORE = START - timedelta(days=5)


def rooms_of(ctx: Ctx, class_id: int) -> set[int]:
    """Rooms of the complete plan, checked by the independent checker."""
    plan = planning.quick_plan(planning.prepare(ctx, class_id))
    return {ctx.get(Bed, int(bed)).room_id for bed in plan.beds().values()}


def room_ids(ctx: Ctx, beds: list[int]) -> list[int]:
    return list(dict.fromkeys(ctx.get(Bed, bed).room_id for bed in beds))


@pytest.mark.parametrize("dirty", ((0, 1, 2, 3), (2, 3, 4, 5), (0, 2, 4, 5)))
def test_who_comes_today_gets_rooms_that_are_clean(unit: OpenUnit, dirty: tuple[int, ...]) -> None:
    with unit() as ctx:
        rooms = room_ids(ctx, make_rooms(ctx, floors=1, rooms=6))
        school = make_class(ctx)
        make_people(ctx, school.id, "男男男男", units=("甲", "乙", "丙", "丁"))
        mark_dirty(ctx, [rooms[n] for n in dirty], "退房")
        assert rooms_of(ctx, school.id) == {rooms[n] for n in range(6) if n not in dirty}


def test_who_comes_tomorrow_does_not_mind(unit: OpenUnit, clock: FixedClock) -> None:
    with unit() as ctx:
        rooms = room_ids(ctx, make_rooms(ctx, floors=1, rooms=2))
        school = make_class(ctx)
        make_people(ctx, school.id, "男男")
        before = rooms_of(ctx, school.id)
        mark_dirty(ctx, before, "退房")
        assert rooms_of(ctx, school.id) == set(rooms) - before
    clock.advance(-DAY)
    with unit() as ctx:
        assert rooms_of(ctx, school.id) == before


def test_inspected_before_merely_clean(unit: OpenUnit) -> None:
    with unit() as ctx:
        rooms = room_ids(ctx, make_rooms(ctx, floors=1, rooms=2))
        school = make_class(ctx)
        make_people(ctx, school.id, "男男")
        mark_dirty(ctx, rooms, "退房")
        set_conditions(ctx, SetConditions(tuple(rooms), RoomCondition.CLEAN))
        set_conditions(ctx, SetConditions((rooms[1],), RoomCondition.INSPECTED))
        assert rooms_of(ctx, school.id) == {rooms[1]}


def test_a_dirty_room_is_better_than_none_and_the_office_may_not_care(unit: OpenUnit) -> None:
    with unit() as ctx:
        rooms = room_ids(ctx, make_rooms(ctx, floors=1, rooms=2))
        school = make_class(ctx)
        make_people(ctx, school.id, "男男")
        mark_dirty(ctx, rooms, "退房")
        plan = planning.quick_plan(planning.prepare(ctx, school.id))
        assert len(plan.beds()) == 2
        (rule,) = (cost for cost in plan.costs if cost.key == "not_ready")
        assert (rule.title, rule.times, rule.cost) == ("房间还没有打扫好", 2, 16)
        save_settings(ctx.session, replace(AllocationRules(), not_ready=0))
        ctx.forget_settings()
        assert all(cost.key != "not_ready" for cost in planning.quick_plan(planning.prepare(ctx, school.id)).costs)


# ------------------------------------------------------------------------------------ the same bed on one day
class Guest:
    """Somebody of an earlier class in the only room, until the day the next class comes."""

    def __init__(self, ctx: Ctx, *, leave: date = START) -> None:
        self.beds = make_rooms(ctx, floors=1, rooms=1)
        earlier = make_class(ctx, "上一班", WEEK_BEFORE, leave)
        (person,) = make_people(ctx, earlier.id, "男")
        services.assign_bed(ctx, AssignBed(person.id, self.beds[0]))
        self.stay = ctx.session.query(Stay).one()
        self.stay.state, self.stay.arrived_at = "in_house", ctx.now()
        self.next = make_class(ctx)
        make_people(ctx, self.next.id, "男男")


def placed(ctx: Ctx, class_id: int) -> int:
    return len(planning.quick_plan(planning.prepare(ctx, class_id)).beds())


@pytest.mark.parametrize(
    ("checkout", "arrival", "beds"), ((12, 14, 2), (11, 15, 2), (13, 14, 1), (12, 13, 1), (18, 9, 1))
)
def test_a_bed_changes_hands_on_one_day_only_between_twelve_and_two(
    unit: OpenUnit, clock: FixedClock, checkout: int, arrival: int, beds: int
) -> None:
    clock.advance(timedelta(days=-10))
    with unit() as ctx:
        save_settings(ctx.session, replace(DeskRules(), checkout_hour=checkout, arrival_hour=arrival))
        guest = Guest(ctx)
        assert placed(ctx, guest.next.id) == beds


def test_who_has_left_leaves_his_bed(unit: OpenUnit) -> None:
    with unit() as ctx:
        save_settings(ctx.session, replace(DeskRules(), checkout_hour=13))
        guest = Guest(ctx)
        guest.stay.state, guest.stay.left_at = "left", ctx.now()
        assert placed(ctx, guest.next.id) == 2


def test_a_bed_somebody_should_have_left_is_not_given_out_tonight(unit: OpenUnit, clock: FixedClock) -> None:
    with unit() as ctx:
        guest = Guest(ctx, leave=START - DAY)
        assert placed(ctx, guest.next.id) == 1
        guest.stay.state, guest.stay.left_at = "left", ctx.now()
        assert placed(ctx, guest.next.id) == 2
    clock.advance(-2 * DAY)  # before the class comes nobody knows yet that he will stay too long
    with unit() as ctx:
        guest.stay = ctx.get(Stay, guest.stay.id)
        guest.stay.state, guest.stay.left_at = "in_house", None
        assert placed(ctx, guest.next.id) == 2


def test_people_who_already_have_the_bed_keep_it(unit: OpenUnit) -> None:
    with unit() as ctx:
        guest = Guest(ctx, leave=START - DAY)
        (first, _) = planning.prepare(ctx, guest.next.id).people
        services.assign_bed(ctx, AssignBed(first.enrollment_id, guest.beds[0]))
        plan = planning.quick_plan(planning.prepare(ctx, guest.next.id))
        assert plan.beds()[first.enrollment_id] == guest.beds[0]
        assert len(plan.beds()) == 2
