"""The front desk on both engines: who comes, who goes, what it does to nights and cards, and every way back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, NeedsConfirmation, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    ArriveLate,
    AssignBed,
    CardState,
    CheckIn,
    CheckOut,
    CheckOutClass,
    CompensationInput,
    CompensationKind,
    DeskPerson,
    ExtendStay,
    MoveStay,
    ReplacePerson,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, Compensation, KeyCard, Stay
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions, mark_dirty
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask
from dangxiao_houqin.modules.training.api import get_enrollment
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)


@pytest.fixture
def lodged(unit):
    """Four men in two rooms, two women in one; nobody has come yet. (class id, beds, stay ids by number)"""
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男男男男女女")
        stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]
    return school.id, beds, stays


def nights_of(ctx: Ctx, stay_id: int) -> list[date]:
    return list(ctx.session.scalars(select(BedNight.night).where(BedNight.stay_id == stay_id).order_by(BedNight.night)))


def version(ctx: Ctx, stay_id: int) -> int:
    return ctx.get(Stay, stay_id).version


def comes(unit, stay_id: int, **more) -> DeskPerson:
    with unit(confirmed=more.pop("confirmed", frozenset())) as ctx:
        return services.check_in(ctx, CheckIn(stay_id, version(ctx, stay_id), **more))


def goes(unit, stay_id: int, **more) -> DeskPerson:
    with unit(confirmed=more.pop("confirmed", frozenset())) as ctx:
        return services.check_out(ctx, CheckOut(stay_id, version(ctx, stay_id), **more))


# ---------------------------------------------------------------------------------------------- reporting in
def test_somebody_moves_in_and_gets_his_card(unit, lodged, clock) -> None:
    _, _, stays = lodged
    person = comes(unit, stays[0], card_number="1011")
    assert (person.state, person.cards_out, person.place) == (StayState.IN_HOUSE, 1, "明德楼101-1")
    assert person.arrived_at == clock.now()
    assert person.roommates == ("学员2",)
    with unit() as ctx:
        assert [(c.number, c.copies, c.state) for c in ctx.session.scalars(select(KeyCard))] == [("1011", 1, "out")]
        assert nights_of(ctx, stays[0]) == [START + DAY * n for n in range(4)]


def test_moving_in_twice_is_told(unit, lodged) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    with pytest.raises(Conflict, match="学员1现在是“在住”"):
        comes(unit, stays[0])


def test_taken_back_he_stands_as_before(unit, lodged) -> None:
    _, _, stays = lodged
    with unit() as ctx:
        before = queries.get_desk_person(ctx, stay_id=stays[0])
    after = comes(unit, stays[0])
    with unit() as ctx:
        again = services.undo_check_in(ctx, stays[0], after.version)
        assert ctx.session.scalars(select(KeyCard)).all() == []
    assert (again.state, again.arrived_at, again.cards_out) == (before.state, before.arrived_at, before.cards_out)
    assert (again.arrive, again.leave, again.place) == (before.arrive, before.leave, before.place)


def test_only_todays_arrival_is_taken_back(unit, lodged, clock) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    clock.advance(DAY)
    with pytest.raises(RuleViolation, match="不是今天报到的"), unit() as ctx:
        services.undo_check_in(ctx, stays[0], None)


def test_coming_a_day_early_adds_the_night_and_asks_first(unit, lodged, clock) -> None:
    _, _, stays = lodged
    clock.advance(-DAY)
    with pytest.raises(NeedsConfirmation, match="今天入住要多住 1 晚"):
        comes(unit, stays[0])
    person = comes(unit, stays[0], confirmed=frozenset({"early_arrival"}))
    assert person.arrive == START - DAY
    with unit() as ctx:
        assert nights_of(ctx, stays[0])[0] == START - DAY
        again = services.undo_check_in(ctx, stays[0], person.version)
        assert again.arrive == START
        assert nights_of(ctx, stays[0]) == [START + DAY * n for n in range(4)]


def test_early_into_a_taken_bed_is_refused_with_who(unit, lodged, clock) -> None:
    _, beds, stays = lodged
    clock.advance(-DAY)
    with unit() as ctx:
        earlier = make_class(ctx, "上一班", START - 3 * DAY, START)
        guest = make_people(ctx, earlier.id, "男")[0]
        services.assign_bed(ctx, AssignBed(guest.id, beds[0]))
    with pytest.raises(Conflict, match="上一班"):
        comes(unit, stays[0], confirmed=frozenset({"early_arrival"}))


def test_a_dirty_room_is_asked_about(unit, lodged) -> None:
    _, _, stays = lodged
    with unit() as ctx:
        mark_dirty(ctx, [ctx.get(Stay, stays[0]).room_id], "退房")
        assert queries.get_desk_person(ctx, stay_id=stays[0]).condition == "待打扫"
    with pytest.raises(NeedsConfirmation, match="还没有打扫"):
        comes(unit, stays[0])
    assert comes(unit, stays[0], confirmed=frozenset({"dirty_room"})).state is StayState.IN_HOUSE


def test_leaving_early_frees_the_nights_and_comes_back(unit, lodged, clock) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    clock.advance(2 * DAY)
    with pytest.raises(NeedsConfirmation, match="空出 2 晚"):
        goes(unit, stays[0])
    gone = goes(unit, stays[0], confirmed=frozenset({"early_leave"}), reason="单位召回")
    assert (gone.state, gone.leave, gone.end_reason, gone.cards_out) == (
        StayState.LEFT,
        START + 2 * DAY,
        "单位召回",
        0,
    )
    with unit() as ctx:
        assert nights_of(ctx, stays[0]) == [START, START + DAY]
        back = services.undo_check_out(ctx, stays[0], gone.version)
        assert (back.state, back.leave, back.cards_out, back.left_at) == (StayState.IN_HOUSE, END, 1, None)
        assert len(nights_of(ctx, stays[0])) == 4


def test_gone_on_the_day_he_came_he_slept_on_no_night(unit, lodged) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    gone = goes(unit, stays[0], leave_on=START)
    assert (gone.state, gone.arrive, gone.leave) == (StayState.LEFT, START, START)
    with unit() as ctx:
        assert nights_of(ctx, stays[0]) == []
        assert queries.list_unassigned(ctx, ListQuery()).total == 0  # nobody looks for a bed for him
        back = services.undo_check_out(ctx, stays[0], gone.version)
        assert (back.state, back.arrive, back.leave) == (StayState.IN_HOUSE, START, END)
        assert len(nights_of(ctx, stays[0])) == 4


def test_who_stayed_longer_has_slept_there(unit, lodged, clock) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    clock.advance(6 * DAY)
    with unit() as ctx:
        assert [p.name for p in queries.list_overdue(ctx) if p.state is StayState.IN_HOUSE] == ["学员1"]
    gone = goes(unit, stays[0])
    assert gone.leave == START + 6 * DAY
    with unit() as ctx:
        assert len(nights_of(ctx, stays[0])) == 6
        back = services.undo_check_out(ctx, stays[0], gone.version)
        assert back.leave == END
        assert len(nights_of(ctx, stays[0])) == 4


def test_who_stayed_longer_in_a_bed_given_to_another_was_elsewhere(unit, lodged, clock) -> None:
    _, beds, stays = lodged
    comes(unit, stays[0])
    with unit() as ctx:
        later = make_class(ctx, "下一班", END, END + 3 * DAY)
        services.assign_bed(ctx, AssignBed(make_people(ctx, later.id, "男")[0].id, beds[0]))
    clock.advance(6 * DAY)
    gone = goes(unit, stays[0])
    assert (gone.state, gone.leave) == (StayState.LEFT, END)


def test_the_day_of_leaving_lies_in_his_stay(unit, lodged) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    for day in (START - DAY, START + DAY):
        with pytest.raises(InvalidInput, match="离开日期要在这天到"):
            goes(unit, stays[0], leave_on=day)


def test_an_undo_does_not_take_a_bed_from_somebody_else(unit, lodged, clock) -> None:
    _, beds, stays = lodged
    comes(unit, stays[0])
    clock.advance(2 * DAY)
    gone = goes(unit, stays[0], leave_on=clock.today())
    with unit() as ctx:
        other = make_class(ctx, "另一班", clock.today(), END + DAY)
        services.assign_bed(ctx, AssignBed(make_people(ctx, other.id, "男")[0].id, beds[0]))
    with pytest.raises(Conflict, match="另一班"), unit() as ctx:
        services.undo_check_out(ctx, stays[0], gone.version)
    with unit() as ctx:
        assert queries.get_desk_person(ctx, stay_id=stays[0]).state is StayState.LEFT


def test_cards_damage_and_the_cleaning_follow_the_last_one_out(unit, lodged, clock) -> None:
    _, _, stays = lodged
    for stay_id in stays[:2]:
        comes(unit, stay_id)
    clock.advance(4 * DAY)
    with unit() as ctx:
        room_id = ctx.get(Stay, stays[0]).room_id
    lost = CompensationInput(CompensationKind.CARD, "房卡", 2000)
    towel = CompensationInput(CompensationKind.DAMAGE, "毛巾浴巾", 3000, settled=True, receipt_no="0012")
    first = goes(unit, stays[0], cards_back=False, compensation=(lost, towel))
    with unit() as ctx:
        assert list_conditions(ctx).get(room_id) is None  # the other one is still in the room
        assert [(c.state, c.stay_id) for c in ctx.session.scalars(select(KeyCard).order_by(KeyCard.id))] == [
            (CardState.LOST, stays[0]),
            (CardState.OUT, stays[1]),
        ]
        found = queries.list_compensations(ctx, ListQuery(sort="amount")).rows
        assert [(c.item, c.amount, c.settled, c.place) for c in found] == [
            ("房卡", 2000, False, "明德楼101"),
            ("毛巾浴巾", 3000, True, "明德楼101"),
        ]
    goes(unit, stays[1])
    with unit() as ctx:
        assert list_conditions(ctx)[room_id] is RoomCondition.DIRTY
        (task,) = ctx.session.scalars(select(HousekeepingTask))
        assert (task.room_id, task.kind, task.due_on, task.linen) == (room_id, "checkout", END, True)
        services.undo_check_out(ctx, stays[0], first.version)
        assert list_conditions(ctx)[room_id] is RoomCondition.DIRTY  # the second one has gone
        assert [c.item for c in ctx.session.scalars(select(Compensation))] == ["毛巾浴巾"]  # paid is paid


def test_the_undo_of_the_last_one_takes_the_cleaning_back(unit, lodged, clock) -> None:
    _, _, stays = lodged
    comes(unit, stays[0])
    clock.advance(4 * DAY)
    gone = goes(unit, stays[0])
    with unit() as ctx:
        services.undo_check_out(ctx, stays[0], gone.version)
        room_id = ctx.get(Stay, stays[0]).room_id
        assert list_conditions(ctx)[room_id] is RoomCondition.READY
        assert [task.state for task in ctx.session.scalars(select(HousekeepingTask))] == ["cancelled"]


def test_a_midnight_arrival_is_of_its_own_day(unit, lodged, clock) -> None:
    """00:30 in China is the day before in UTC, which is what the database holds."""
    _, _, stays = lodged
    clock.advance(timedelta(hours=16, minutes=30))
    person = comes(unit, stays[0])
    clock.advance(timedelta(hours=1))
    with unit() as ctx:
        assert services.undo_check_in(ctx, stays[0], person.version).state is StayState.ASSIGNED


# ------------------------------------------------------------------------------------------------ whole classes
def test_a_class_comes_and_goes(unit, lodged, clock) -> None:
    class_id, _, stays = lodged
    with unit() as ctx:
        services.arrive_late(ctx, ArriveLate(stays[5], version(ctx, stays[5]), START + DAY, "火车晚点"))
    with pytest.raises(NeedsConfirmation, match="4 人"), unit() as ctx:
        services.check_in_class(ctx, class_id, without=(stays[0],))
    with unit(confirmed=frozenset({"check_in_class"})) as ctx:
        assert services.check_in_class(ctx, class_id, without=(stays[0],)) == 4
        assert queries.list_cards(ctx, ListQuery(filters={"state": "out"})).total == 4
    states = {p.stay_id: p.state for p in desk_list(unit, class_id)}
    assert [states[s] for s in stays] == [StayState.ASSIGNED, *[StayState.IN_HOUSE] * 4, StayState.ASSIGNED]
    clock.advance(4 * DAY)
    with unit(confirmed=frozenset({"check_out_class"})) as ctx:
        assert services.check_out_class(ctx, CheckOutClass(class_id, cards_back=False, without=(stays[1],))) == 3
    with unit() as ctx:
        assert queries.list_cards(ctx, ListQuery(filters={"late": True})).total == 3
        assert [p.state for p in queries.list_desk(ctx, END) if p.stay_id == stays[1]] == [StayState.IN_HOUSE]
        gone = queries.get_desk_person(ctx, stay_id=stays[2])
        assert (gone.end_reason, gone.leave) == ("正常结业", END)
    with pytest.raises(RuleViolation, match="没有等待报到的人"), unit() as ctx:
        services.check_in_class(ctx, make_class(ctx, "空班").id)


def desk_list(unit, class_id: int | None = None, day: date = START) -> tuple[DeskPerson, ...]:
    with unit(read_only=True) as ctx:
        return queries.list_desk(ctx, day, class_id=class_id)


# -------------------------------------------------------------------------------------- late, not at all, longer
def test_said_to_come_later_nobody_asks_after_him(unit, lodged, clock) -> None:
    _, _, stays = lodged
    with unit() as ctx:
        person = services.arrive_late(ctx, ArriveLate(stays[0], version(ctx, stays[0]), START + 2 * DAY, "出差"))
    assert (person.late_until, person.late_note) == (START + 2 * DAY, "出差")
    clock.advance(DAY)
    with unit() as ctx:
        assert "学员1" not in [p.name for p in queries.list_overdue(ctx)]
        with pytest.raises(InvalidInput, match="要在这之间"):
            services.arrive_late(ctx, ArriveLate(stays[0], person.version, END))
        person = services.arrive_late(ctx, ArriveLate(stays[0], person.version, START))
        assert (person.late_until, person.late_note) == (None, "")
        assert "学员1" in [p.name for p in queries.list_overdue(ctx)]


def test_who_does_not_come_gives_his_bed_up_and_gets_it_back(unit, lodged) -> None:
    _, _, stays = lodged
    with unit() as ctx:
        person = services.mark_no_show(ctx, stays[0], version(ctx, stays[0]), "请假")
        assert (person.state, person.end_reason, nights_of(ctx, stays[0])) == (StayState.NO_SHOW, "请假", [])
        assert queries.list_unassigned(ctx, ListQuery()).total == 0
    with pytest.raises(RuleViolation, match="请先撤销未报到"):
        comes(unit, stays[0])
    with unit() as ctx:
        person = services.undo_no_show(ctx, stays[0], person.version)
        assert (person.state, person.end_reason, len(nights_of(ctx, stays[0]))) == (StayState.ASSIGNED, "", 4)


def test_he_comes_after_all_to_a_bed_slept_in_meanwhile(unit, lodged, clock) -> None:
    _, beds, stays = lodged
    with unit() as ctx:
        person = services.mark_no_show(ctx, stays[0], version(ctx, stays[0]))
        other = make_class(ctx, "一晚班", START, START + DAY)
        services.assign_bed(ctx, AssignBed(make_people(ctx, other.id, "男")[0].id, beds[0]))
    clock.advance(DAY)
    with unit() as ctx:
        person = services.undo_no_show(ctx, stays[0], person.version)
        assert (person.state, person.arrive, person.leave) == (StayState.ASSIGNED, START + DAY, END)
        assert len(nights_of(ctx, stays[0])) == 3


def test_he_comes_after_all_and_the_bed_is_gone(unit, lodged) -> None:
    _, beds, stays = lodged
    with unit() as ctx:
        person = services.mark_no_show(ctx, stays[0], version(ctx, stays[0]))
        other = make_class(ctx, "另一班")
        services.assign_bed(ctx, AssignBed(make_people(ctx, other.id, "男")[0].id, beds[0]))
    with pytest.raises(NeedsConfirmation, match=r"另一班.*要另外分配床位"), unit() as ctx:
        services.undo_no_show(ctx, stays[0], person.version)
    with unit(confirmed=frozenset({"bed_gone"})) as ctx:
        person = services.undo_no_show(ctx, stays[0], person.version)
        assert (person.stay_id, person.state, person.place) == (None, None, "")
        assert [r.name for r in queries.list_unassigned(ctx, ListQuery()).rows] == ["学员1"]
        again = services.assign_bed(ctx, AssignBed(person.enrollment_id, beds[6]))
        assert again.place == "明德楼201-1"


def test_staying_longer_is_refused_with_who_has_the_bed(unit, lodged) -> None:
    _, beds, stays = lodged
    with unit() as ctx:
        row = services.extend_stay(ctx, ExtendStay(stays[0], version(ctx, stays[0]), END + 2 * DAY))
        assert row.leave == END + 2 * DAY
        assert len(nights_of(ctx, stays[0])) == 6
        row = services.extend_stay(ctx, ExtendStay(stays[0], row.version, END))
        assert len(nights_of(ctx, stays[0])) == 4
        later = make_class(ctx, "下一班", END, END + 3 * DAY)
        services.assign_bed(ctx, AssignBed(make_people(ctx, later.id, "男")[0].id, beds[0]))
    with pytest.raises(Conflict, match=r"下一班.*到3月9日离开"), unit() as ctx:
        services.extend_stay(ctx, ExtendStay(stays[0], row.version, END + DAY))


# -------------------------------------------------------------------------------------------- somebody else comes
def test_somebody_else_takes_over_place_and_bed(unit, lodged) -> None:
    class_id, _, _ = lodged
    old = desk_list(unit, class_id)[1]
    with unit() as ctx:
        new = services.replace_person(ctx, ReplacePerson(old.enrollment_id, "新来的", "男", position="科员"))
    assert (new.name, new.seq_no, new.unit_name, new.place) == ("新来的", old.seq_no, old.unit_name, old.place)
    assert [p.name for p in desk_list(unit, class_id)][:3] == ["学员1", "新来的", "学员3"]
    with unit() as ctx:
        assert get_enrollment(ctx, new.enrollment_id).note == "接替学员2"
        back = services.undo_replace(ctx, new.enrollment_id)
        assert (back.name, back.place, back.note) == ("学员2", old.place, "")
    assert [p.name for p in desk_list(unit, class_id)][:3] == ["学员1", "学员2", "学员3"]


def test_a_woman_in_a_mans_place_waits_for_a_bed(unit, lodged) -> None:
    class_id, _, _ = lodged
    old = desk_list(unit, class_id)[0]
    with unit() as ctx:
        new = services.replace_person(ctx, ReplacePerson(old.enrollment_id, "新来的", "女"))
        assert (new.stay_id, new.place) == (None, "")
        assert [r.name for r in queries.list_unassigned(ctx, ListQuery()).rows] == ["新来的"]
        assert services.undo_replace(ctx, new.enrollment_id).place == old.place


def test_who_has_moved_in_is_not_replaced(unit, lodged) -> None:
    _, _, stays = lodged
    person = comes(unit, stays[0])
    with pytest.raises(RuleViolation, match="学员1已报到，不能换人"), unit() as ctx:
        services.replace_person(ctx, ReplacePerson(person.enrollment_id, "新来的", "男"))


def test_he_needs_no_bed_and_then_he_does(unit, lodged) -> None:
    class_id, _, _ = lodged
    old = desk_list(unit, class_id)[0]
    with unit() as ctx:
        person = services.no_lodging(ctx, old.enrollment_id)
        assert (person.lodging, person.stay_id) == (False, None)
        assert nights_of(ctx, old.stay_id) == []
        person = services.lodge_again(ctx, old.enrollment_id)
        assert (person.lodging, person.place, person.state) == (True, old.place, StayState.ASSIGNED)


# ---------------------------------------------------------------------------------------------- more than one bed
def test_two_beds_one_after_another_are_one_person(unit, lodged, clock) -> None:
    _, beds, stays = lodged
    comes(unit, stays[0])
    clock.advance(2 * DAY)
    with pytest.raises(InvalidInput, match="写明原因"), unit() as ctx:
        services.move_stay(ctx, MoveStay(stays[0], version(ctx, stays[0]), beds[6]))
    with unit() as ctx:
        moved = services.move_stay(ctx, MoveStay(stays[0], version(ctx, stays[0]), beds[6], reason="打鼾影响休息"))
        assert (moved.arrive, moved.leave) == (START + 2 * DAY, END)  # what he slept stays where it was
        (line,) = queries.list_bed_moves(ctx, ListQuery()).rows
        assert (line.name, line.from_place, line.to_place, line.reason, line.on_day) == (
            "学员1",
            "明德楼101-1",
            "明德楼201-1",
            "打鼾影响休息",
            clock.today(),
        )
        assert list_conditions(ctx)[ctx.get(Stay, stays[0]).room_id] is RoomCondition.DIRTY
    for day, place in ((START, "明德楼101-1"), (clock.today(), "明德楼201-1")):
        (person,) = [p for p in desk_list(unit, None, day) if p.name == "学员1"]
        assert (person.place, person.arrive, person.leave, person.cards_out) == (place, START, END, 1)
    gone = goes(unit, stays[0], leave_on=clock.today())  # any of his stays stands for him
    assert (gone.state, gone.place, gone.leave) == (StayState.LEFT, "明德楼101-1", clock.today())
    with unit() as ctx:
        back = services.undo_check_out(ctx, moved.id, None)
        assert (back.place, back.arrive, back.leave, back.state) == ("明德楼201-1", START, END, StayState.IN_HOUSE)
        assert len(nights_of(ctx, stays[0])) + len(nights_of(ctx, moved.id)) == 4


def test_two_in_the_house_change_places_from_today_on(unit, lodged, clock) -> None:
    _, _, stays = lodged
    for stay_id in (stays[0], stays[2]):
        comes(unit, stay_id)
    clock.advance(DAY)
    with unit() as ctx:
        services.swap_stays(ctx, stays[0], version(ctx, stays[0]), stays[2], version(ctx, stays[2]))
        assert nights_of(ctx, stays[0]) == [START]
        assert queries.get_desk_person(ctx, stay_id=stays[0]).place == "明德楼102-1"
        assert queries.get_desk_person(ctx, stay_id=stays[2]).place == "明德楼101-1"
        assert queries.list_bed_moves(ctx, ListQuery()).total == 2


# ------------------------------------------------------------------------------------------------------- the list
def test_the_days_list_shows_who_matters_today(unit, lodged) -> None:
    _, beds, _ = lodged
    with unit() as ctx:
        past = make_class(ctx, "去年的班", date(2025, 3, 3), date(2025, 3, 7))
        services.assign_bed(ctx, AssignBed(make_people(ctx, past.id, "男")[0].id, beds[0]))
        tomorrow = make_class(ctx, "明天的班", START + DAY, END)
        make_people(ctx, tomorrow.id, "男")
        make_class(ctx, "下周的班", END + 3 * DAY, END + 6 * DAY)
    people = desk_list(unit)
    assert [p.class_name for p in people] == ["科级干部进修班"] * 6 + ["明天的班"]
    assert (people[6].stay_id, people[6].state) == (None, None)
    assert [p.phone_tail for p in people[:2]] == ["0001", "0002"]
    assert all("101" in p.search_key for p in people[:2])
    with unit(read_only=True) as ctx:
        assert [p.name for p in queries.list_desk(ctx, START, class_id=past.id)] == ["学员1"]
        assert len(queries.list_desk(ctx, START, ahead=0)) == 6


def test_the_desk_asks_for_its_right(unit, lodged, nobody) -> None:
    _, _, stays = lodged
    with unit(actor=nobody) as ctx:
        for call in (
            lambda: queries.list_desk(ctx, START),
            lambda: services.check_in(ctx, CheckIn(stays[0], 1)),
            lambda: services.check_out(ctx, CheckOut(stays[0], 1)),
            lambda: services.issue_card(ctx, stays[0]),
        ):
            with pytest.raises(PermissionDenied):
                call()


@pytest.mark.postgres_only
def test_two_desks_receive_the_same_person(unit, lodged) -> None:
    """One of them does it, the other one is told who did; nothing is done twice."""
    _, _, stays = lodged
    with unit(read_only=True) as ctx:
        seen = version(ctx, stays[0])
    together = Barrier(2)

    def receive(_: int) -> str:
        together.wait()
        try:
            with unit("accommodation.check_in") as ctx:
                services.check_in(ctx, CheckIn(stays[0], seen))
        except Conflict as lost:
            return lost.message
        return ""

    with ThreadPoolExecutor(2) as desks:
        told = sorted(desks.map(receive, range(2)))
    assert told[0] == ""
    assert "测试员" in told[1]
    with unit(read_only=True) as ctx:
        assert len(ctx.session.scalars(select(KeyCard)).all()) == 1
