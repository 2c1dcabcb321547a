"""Beds by hand and by plan, on both engines: what is allowed, what is refused, and what the database itself holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import Conflict, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.allocation import check
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    MoveStay,
    PairKind,
    SaveRoommateRule,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, RoomNight, Stay
from dangxiao_houqin.modules.accommodation.planning import as_command, make_plan, prepare, quick_plan
from dangxiao_houqin.modules.places.domain import SaveOutage
from dangxiao_houqin.modules.places.models import Bed, RoomOutage
from dangxiao_houqin.modules.places.services import save_outage
from dangxiao_houqin.modules.training.domain import ClassStatus, SaveClass, SaveEnrollment
from dangxiao_houqin.modules.training.services import (
    save_class,
    save_enrollment,
    set_class_status,
    withdraw_enrollment,
)
from tests.support.school import END, START, make_class, make_people, make_rooms


@pytest.fixture
def unit(db, actor, clock):
    """Open a unit of work as the composition root does, reactions included."""

    def opened(**more):
        return unit_of_work(db, more.pop("actor", actor), "test.step", clock=clock, handlers=REACTIONS, **more)

    return opened


def held_nights(ctx: Ctx) -> tuple[int, int]:
    beds = ctx.session.scalar(select(func.count()).select_from(BedNight)) or 0
    rooms = ctx.session.scalar(select(func.count()).select_from(RoomNight)) or 0
    return beds, rooms


def test_a_bed_is_given_for_all_nights_and_listed(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        row = services.assign_bed(ctx, AssignBed(person.id, beds[0]))
    assert (row.arrive, row.leave, row.nights, row.room_number, row.bed_name) == (START, END, 4, "101", "1")
    with unit(read_only=True) as ctx:
        assert held_nights(ctx) == (4, 4)
        assert [r.name for r in queries.list_stays(ctx, ListQuery()).rows] == ["学员1"]
        assert queries.list_unassigned(ctx, ListQuery()).total == 0


def test_a_taken_bed_is_refused_with_who_and_until_when(unit, clock: FixedClock) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        first, second = make_people(ctx, make_class(ctx).id, "男男")
        services.assign_bed(ctx, AssignBed(first.id, beds[0]))
    who = r"学员2的床位明德楼101-1在3月2日已安排给学员1（科级干部进修班），到3月6日离开"
    with pytest.raises(Conflict, match=who + "（测试员 08:00 安排），请另选床位。$"), unit() as ctx:
        services.assign_bed(ctx, AssignBed(second.id, beds[0]))
    clock.advance(timedelta(days=1))
    with unit() as ctx:  # a pin is no arrangement: it is still told who gave the bed
        stay = queries.list_stays(ctx, ListQuery()).rows[0]
        services.pin_stay(ctx, stay.id, stay.version, True)
    with pytest.raises(Conflict, match=who + "（测试员 3月2日 08:00 安排），请另选床位。$"), unit() as ctx:
        services.assign_bed(ctx, AssignBed(second.id, beds[0]))
    with unit(read_only=True) as ctx:
        assert held_nights(ctx) == (4, 4)


def test_the_other_sex_is_refused_in_the_same_room(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        man, woman = make_people(ctx, make_class(ctx).id, "男女")
        services.assign_bed(ctx, AssignBed(man.id, beds[0]))
    with (
        pytest.raises(RuleViolation, match="住的是男学员，不能安排女学员学员2（学员1由测试员 08:00 安排）"),
        unit() as ctx,
    ):
        services.assign_bed(ctx, AssignBed(woman.id, beds[1]))


def test_the_database_itself_holds_one_person_a_bed_and_one_sex_a_room(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        man, woman = make_people(ctx, make_class(ctx).id, "男女")
        row = services.assign_bed(ctx, AssignBed(man.id, beds[0]))
    base = {"room_id": row.room_id, "night": START, "stay_id": row.id, "enrollment_id": woman.id}
    with pytest.raises(Conflict, match="这张床位刚被其他人占用"), unit() as ctx:
        ctx.session.execute(insert(BedNight), [base | {"bed_id": beds[0], "sex": "男"}])
    with pytest.raises(IntegrityError), unit() as ctx:
        ctx.session.execute(insert(BedNight), [base | {"bed_id": beds[1], "sex": "女"}])


def test_releasing_opens_the_room_to_the_other_sex(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        man, woman = make_people(ctx, make_class(ctx).id, "男女")
        row = services.assign_bed(ctx, AssignBed(man.id, beds[0]))
        services.release_stay(ctx, row.id, row.version)
        assert held_nights(ctx) == (0, 0)
        services.assign_bed(ctx, AssignBed(woman.id, beds[1]))
        assert held_nights(ctx) == (4, 4)


def test_moving_with_a_date_keeps_the_earlier_nights(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        row = services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        moved = services.move_stay(
            ctx, MoveStay(row.id, row.version, beds[2], START + timedelta(days=2), reason="打鼾")
        )
        assert (moved.arrive, moved.leave, moved.room_number) == (START + timedelta(days=2), END, "102")
        nights = dict(ctx.session.execute(select(BedNight.night, BedNight.bed_id)).all())
    assert [nights[START + timedelta(days=i)] for i in range(4)] == [beds[0], beds[0], beds[2], beds[2]]


def test_two_people_swap_beds_even_across_sexes_of_whole_rooms(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        man, woman = make_people(ctx, make_class(ctx).id, "男女")
        a = services.assign_bed(ctx, AssignBed(man.id, beds[0]))
        b = services.assign_bed(ctx, AssignBed(woman.id, beds[2]))
        services.swap_stays(ctx, a.id, a.version, b.id, b.version)
        assert {queries.get_stay(ctx, a.id).bed_id, queries.get_stay(ctx, b.id).bed_id} == {beds[0], beds[2]}
        assert queries.get_stay(ctx, a.id).bed_id == beds[2]


def test_a_closed_room_is_refused_with_its_reason(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        room_id = ctx.get(Bed, beds[0]).room_id
        ctx.add(RoomOutage(room_id=room_id, start=START + timedelta(days=3), end=None, reason="卫生间漏水"))
    with pytest.raises(RuleViolation, match="从3月5日停用（卫生间漏水），不能安排学员1"), unit() as ctx:
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))


def test_a_form_that_was_overtaken_is_told_who_and_when(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        row = services.assign_bed(ctx, AssignBed(person.id, beds[0]))
    with unit() as ctx:
        services.pin_stay(ctx, row.id, row.version, True)
    with pytest.raises(Conflict, match="测试员已于 03-02 08:00 修改了这条记录"), unit() as ctx:
        services.move_stay(ctx, MoveStay(row.id, row.version, beds[1]))


def test_without_the_right_nothing_happens(unit, nobody) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
    with pytest.raises(PermissionDenied, match="分配和调整床位"), unit(actor=nobody) as ctx:
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))


def test_forbidden_pairs_never_share_a_room(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        one, two = make_people(ctx, school.id, "男男")
        services.save_pair(ctx, SaveRoommateRule(school.id, two.id, one.id, PairKind.FORBIDDEN, "有矛盾"))
        services.assign_bed(ctx, AssignBed(one.id, beds[0]))
    with pytest.raises(RuleViolation, match="学员1和学员2登记为不得同住（有矛盾）"), unit() as ctx:
        services.assign_bed(ctx, AssignBed(two.id, beds[1]))


def test_a_plan_is_confirmed_whole_and_can_be_confirmed_again(unit) -> None:
    with unit() as ctx:
        make_rooms(ctx, floors=2, rooms=4)
        school = make_class(ctx)
        make_people(ctx, school.id, "男男男女女女男", units=("县财政局", "县教育局"))
        task = prepare(ctx, school.id)
    plan = make_plan(task)
    assert not plan.unassigned
    assert not check(task.problem, plan.beds())
    with unit() as ctx:
        assert services.confirm_plan(ctx, as_command(task, plan)).assigned == 7
    with unit() as ctx:
        again = prepare(ctx, school.id)
        assert {p.enrollment_id: p.kept_bed_id for p in again.people} == plan.beds()
        result = services.confirm_plan(ctx, as_command(again, quick_plan(again)))
    assert (result.assigned, result.unchanged, result.released) == (0, 7, 0)
    with unit(read_only=True) as ctx:
        assert held_nights(ctx)[0] == 7 * 4


def test_a_plan_fails_cleanly_when_another_desk_took_a_bed(unit) -> None:
    with unit() as ctx:
        make_rooms(ctx)
        school, other = make_class(ctx), make_class(ctx, "乡村振兴专题研讨班")
        make_people(ctx, school.id, "男男女女")
        stranger = make_people(ctx, other.id, "女")[0]
        task = prepare(ctx, school.id)
    plan = make_plan(task)
    first = next(iter(plan.beds()))
    with unit() as ctx:
        services.assign_bed(ctx, AssignBed(stranger.id, int(plan.beds()[first])))
    with pytest.raises((Conflict, RuleViolation), match=r"方案与现有住宿安排冲突|已安排给"), unit() as ctx:
        services.confirm_plan(ctx, as_command(task, plan))
    with unit(read_only=True) as ctx:
        assert held_nights(ctx) == (4, 4), "all or nothing"


def test_a_plan_made_before_the_roster_changed_is_refused(unit) -> None:
    with unit() as ctx:
        make_rooms(ctx)
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男男")
        task = prepare(ctx, school.id)
    with unit(confirmed=frozenset({"withdraw"})) as ctx:
        withdraw_enrollment(ctx, people[0].id, people[0].version)
    with pytest.raises(Conflict, match="名单在方案生成后有变化"), unit() as ctx:
        services.confirm_plan(ctx, as_command(task, quick_plan(task)))


def test_two_overlapping_classes_share_the_stock(unit) -> None:
    with unit() as ctx:
        make_rooms(ctx, floors=1, rooms=2)
        first = make_class(ctx)
        second = make_class(ctx, "后备干部班", START + timedelta(days=2), END + timedelta(days=5))
        make_people(ctx, first.id, "男男")
        make_people(ctx, second.id, "女女男")
    for school in (first, second):
        with unit() as ctx:
            task = prepare(ctx, school.id)
        plan = make_plan(task)
        with unit() as ctx:
            services.confirm_plan(ctx, as_command(task, plan))
    assert [u.person for u in plan.unassigned], "a man finds no bed: one room is the women's, one is full until 6 March"
    assert len(plan.placements) == 2


def test_cancelling_a_class_frees_its_beds_after_asking(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        person = make_people(ctx, school.id, "男")[0]
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))
    with pytest.raises(NeedsConfirmation, match="释放全部 1 名学员的床位"), unit() as ctx:
        set_class_status(ctx, school.id, None, ClassStatus.CANCELLED)
    with unit(confirmed=frozenset({"cancel_class"})) as ctx:
        set_class_status(ctx, school.id, None, ClassStatus.CANCELLED)
        assert held_nights(ctx) == (0, 0)


def test_a_bed_follows_changed_class_dates(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        person = make_people(ctx, school.id, "男")[0]
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        save_class(
            ctx,
            SaveClass(
                school.name, school.kind, START, END + timedelta(days=3), class_id=school.id, version=school.version
            ),
        )
        assert held_nights(ctx) == (7, 7)


def test_a_person_who_no_longer_lodges_gives_up_the_bed(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        person = make_people(ctx, school.id, "男")[0]
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        save_enrollment(
            ctx,
            SaveEnrollment(
                school.id, person.name, "男", enrollment_id=person.id, version=person.version, lodging=False
            ),
        )
        assert held_nights(ctx) == (0, 0)


def test_somebody_in_the_house_cannot_be_withdrawn(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        person = make_people(ctx, school.id, "男")[0]
        row = services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        ctx.get(Stay, row.id).state = StayState.IN_HOUSE.value
    with pytest.raises(RuleViolation, match="请先办理退房"), unit(confirmed=frozenset({"withdraw"})) as ctx:
        withdraw_enrollment(ctx, person.id, None)


def test_night_figures_count_beds_closed_and_taken(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx, floors=1, rooms=2)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        room_id = ctx.get(Bed, beds[2]).room_id
        ctx.add(RoomOutage(room_id=room_id, start=date(2026, 3, 1), end=None, reason="空调待修"))
        figures = queries.night_figures(ctx, START, START + timedelta(days=1))[0]
    assert (figures.beds, figures.closed, figures.taken, figures.free) == (4, 2, 1, 1)


def test_closing_a_room_over_people_is_asked_with_their_names(unit) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        person = make_people(ctx, make_class(ctx).id, "男")[0]
        services.assign_bed(ctx, AssignBed(person.id, beds[0]))
        room_id = ctx.get(Bed, beds[0]).room_id
    outage = SaveOutage(room_id, START, None, "卫生间漏水")
    with pytest.raises(NeedsConfirmation, match="停用期间已有 1 人安排在这里（学员1）"), unit() as ctx:
        save_outage(ctx, outage)
    with unit(confirmed=frozenset({"outage_over_stays"})) as ctx:
        save_outage(ctx, outage)
        assert held_nights(ctx) == (4, 4), "the bed stays theirs until somebody moves them"
