"""Conditions, tasks, handover checks, floor reports and lost property on both engines."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import (
    Conflict,
    InvalidInput,
    NeedsConfirmation,
    NotFound,
    PermissionDenied,
    RuleViolation,
)
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.housekeeping import queries, services
from dangxiao_houqin.modules.housekeeping.domain import (
    CHECKLIST,
    CONDITION_MOVES,
    INSPECT,
    WORK,
    AddTasks,
    AssignTasks,
    CheckItem,
    CloseLost,
    FailInspection,
    FinishTasks,
    HousekeepingRules,
    LostState,
    RaiseTask,
    ReportFloor,
    RoomCondition,
    RoomPeople,
    SaveHandover,
    SaveLost,
    SetConditions,
    TaskKind,
)
from dangxiao_houqin.modules.housekeeping.jobs import remind_expired
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask, RoomCare
from dangxiao_houqin.modules.housekeeping.services.lost import months_later
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role
from dangxiao_houqin.modules.places.models import Room
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_rooms

DIRTY, CLEAN, INSPECTED, READY = RoomCondition
TODAY = date(2026, 3, 2)
CHECKOUT = TaskKind.CHECKOUT


@pytest.fixture
def rooms(unit: OpenUnit) -> list[int]:
    """Six rooms of 明德楼: 101 102 103 201 202 203."""
    with unit() as ctx:
        make_rooms(ctx)
        return list(ctx.session.scalars(select(Room.id).order_by(Room.sort_key)))


def conditions(ctx: Ctx, rooms: list[int]) -> list[RoomCondition]:
    known = queries.list_conditions(ctx)
    return [known.get(room, READY) for room in rooms]


def all_tasks(ctx: Ctx) -> list[HousekeepingTask]:
    return list(ctx.session.scalars(select(HousekeepingTask).order_by(HousekeepingTask.id)))


def rules(ctx: Ctx, **changes: object) -> None:
    save_settings(ctx.session, replace(HousekeepingRules(), **changes))  # type: ignore[arg-type]
    ctx.forget_settings()


# -------------------------------------------------------------------------------------------- the way of a room
def test_from_checkout_to_ready_with_everybodys_name(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:2], "退房")
        task = services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, TODAY, linen=True))
        assert conditions(ctx, rooms) == [DIRTY, DIRTY, READY, READY, READY, READY]
    with unit() as ctx:
        services.finish_tasks(ctx, FinishTasks((task,), "田秀英"))
        assert conditions(ctx, rooms)[:2] == [CLEAN, DIRTY]
    with unit() as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED, "褚喆"))
        services.set_conditions(ctx, SetConditions((rooms[0],), READY))
        row = queries.list_care(ctx, ListQuery(search="101")).rows[0]
        assert (row.condition, row.cleaned_by, row.inspected_by, row.linen_on) == (READY, "田秀英", "褚喆", TODAY)
        assert row.cleaned_at == ctx.now()
        done = all_tasks(ctx)[0]
        assert (done.state, done.done_by) == ("done", "田秀英")
    with unit() as ctx:  # the next guests leave
        services.mark_dirty(ctx, rooms[:1], "退房")
        row = queries.list_care(ctx, ListQuery(search="101")).rows[0]
        assert (row.condition, row.reason, row.cleaned_by, row.inspected_by) == (DIRTY, "退房", "", "")


@pytest.mark.parametrize(
    ("inspect", "handover", "after_cleaning", "after_inspection"),
    (
        (True, True, CLEAN, INSPECTED),
        (True, False, CLEAN, READY),
        (False, True, INSPECTED, INSPECTED),
        (False, False, READY, READY),
    ),
)
def test_offices_that_use_fewer_steps(
    unit: OpenUnit,
    rooms: list[int],
    inspect: bool,
    handover: bool,
    after_cleaning: RoomCondition,
    after_inspection: RoomCondition,
) -> None:
    with unit() as ctx:
        rules(ctx, inspect_needed=inspect, handover_needed=handover)
        services.mark_dirty(ctx, rooms[:1], "退房")
        services.set_conditions(ctx, SetConditions((rooms[0],), CLEAN))
        assert conditions(ctx, rooms)[0] is after_cleaning
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED))
        assert conditions(ctx, rooms)[0] is after_inspection
        used = ctx.settings(HousekeepingRules).conditions
        assert (CLEAN in used, INSPECTED in used) == (inspect, handover)


def test_every_condition_can_be_reached_and_left() -> None:
    seen, waiting = {DIRTY}, [DIRTY]
    while waiting:
        for following in CONDITION_MOVES[waiting.pop()] - seen:
            seen.add(following)
            waiting.append(following)
    assert seen == set(RoomCondition)
    assert all(DIRTY in CONDITION_MOVES[c] for c in RoomCondition if c is not DIRTY)


def test_many_rooms_at_once_and_back(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:4], "结业")
        services.raise_tasks(ctx, [RaiseTask(r, CHECKOUT, TODAY) for r in rooms[:3]])
        services.assign_tasks(ctx, AssignTasks(tuple(t.id for t in all_tasks(ctx)), "蒲桂芳"))
    with unit() as ctx:
        step = services.set_conditions(ctx, SetConditions(tuple(rooms), CLEAN))
        assert (len(step.rooms), len(step.tasks), step.unchanged) == (4, 3, 2)
        assert conditions(ctx, rooms) == [CLEAN, CLEAN, CLEAN, CLEAN, READY, READY]
        assert {t.done_by for t in all_tasks(ctx)} == {"蒲桂芳"}
    with unit() as ctx:
        names = {row.number: row.cleaned_by for row in queries.list_care(ctx, ListQuery()).rows}
        assert (names["101"], names["201"]) == ("蒲桂芳", "测试员")  # whose task it was, else who says so
        services.take_back(ctx, step)
    with unit() as ctx:
        assert conditions(ctx, rooms) == [DIRTY, DIRTY, DIRTY, DIRTY, READY, READY]
        assert {t.state for t in all_tasks(ctx)} == {"open"}
        assert {row.reason for row in queries.list_care(ctx, ListQuery()).rows[:4]} == {"结业"}


def test_what_went_on_meanwhile_is_not_taken_back(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:1], "退房")
    with unit() as ctx:
        step = services.set_conditions(ctx, SetConditions((rooms[0],), CLEAN))
    with unit() as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED))
    with pytest.raises(Conflict, match="明德楼101之后又有改动"), unit() as ctx:
        services.take_back(ctx, step)
    with unit() as ctx:
        assert conditions(ctx, rooms)[0] is INSPECTED


def test_steps_passed_over_are_asked_about(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:2], "退房")
    command = SetConditions(tuple(rooms[:3]), READY)
    with pytest.raises(NeedsConfirmation, match="明德楼101、明德楼102还没有登记打扫或检查"), unit() as ctx:
        services.set_conditions(ctx, command)
    with unit(confirmed=frozenset({"skip_steps"})) as ctx:
        step = services.set_conditions(ctx, command)
        assert (len(step.rooms), step.unchanged) == (2, 1)
        assert set(conditions(ctx, rooms)) == {READY}


def test_the_cleaner_does_not_inspect_where_the_office_says_so(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        rules(ctx, inspector_differs=True)
        services.mark_dirty(ctx, rooms[:1], "退房")
        services.set_conditions(ctx, SetConditions((rooms[0],), CLEAN, "田秀英"))
    with pytest.raises(RuleViolation, match="明德楼101是田秀英打扫的"), unit() as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED, "田秀英"))
    with unit() as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED, "褚喆"))
        assert conditions(ctx, rooms)[0] is INSPECTED


def test_a_failed_inspection_reopens_the_task_with_the_reason(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:2], "退房")
        task = services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, TODAY))
        services.finish_tasks(ctx, FinishTasks((task,), "田秀英"))
        services.set_conditions(ctx, SetConditions((rooms[1],), CLEAN))
    with pytest.raises(InvalidInput, match="请写明哪里不合格"), unit() as ctx:
        services.fail_inspection(ctx, FailInspection((rooms[0],), " "))
    with unit() as ctx:
        step = services.fail_inspection(ctx, FailInspection(tuple(rooms[:2]), "地漏有积水"))
        first, second = all_tasks(ctx)
        assert (first.state, first.note, first.done_by) == ("open", "检查未通过：地漏有积水", "")
        assert (second.room_id, second.state) == (rooms[1], "open")  # there was none to reopen
        row = queries.list_care(ctx, ListQuery(search="101")).rows[0]
        assert (row.condition, row.reason, row.tasks) == (DIRTY, "检查未通过：地漏有积水", "退房清洁")
    with unit() as ctx:
        services.take_back(ctx, step)
    with unit() as ctx:
        assert [t.state for t in all_tasks(ctx)] == ["done", "cancelled"]
        assert conditions(ctx, rooms)[:2] == [CLEAN, CLEAN]


def test_guests_who_come_back_before_the_cleaner(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, rooms[:2], "退房")
        services.raise_tasks(ctx, [RaiseTask(r, CHECKOUT, TODAY) for r in rooms[:2]])
        services.set_conditions(ctx, SetConditions((rooms[1],), CLEAN))
        step = services.clear_dirty(ctx, rooms[:2])
        assert (len(step.rooms), step.unchanged) == (1, 1)
        assert services.withdraw_tasks(ctx, rooms[:2], CHECKOUT, TODAY) == 1
        assert conditions(ctx, rooms)[:2] == [READY, CLEAN]
        assert [t.state for t in all_tasks(ctx)] == ["cancelled", "done"]


# ------------------------------------------------------------------------------------------------------ tasks
def test_a_task_is_raised_once(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        first = services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, TODAY))
    with unit() as ctx:
        assert services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, TODAY, linen=True)) == first
        assert services.raise_task(ctx, RaiseTask(rooms[0], TaskKind.STAY, TODAY)) != first
        assert services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, TODAY + timedelta(1))) != first
        assert [t.linen for t in all_tasks(ctx)] == [True, False, False]


def test_a_done_task_opens_again_only_when_asked(unit: OpenUnit, rooms: list[int]) -> None:
    command = RaiseTask(rooms[0], CHECKOUT, TODAY)
    with unit() as ctx:
        task = services.raise_task(ctx, command)
        services.finish_tasks(ctx, FinishTasks((task,)))
    with unit() as ctx:
        services.raise_task(ctx, command)  # the daily job runs again
        assert all_tasks(ctx)[0].state == "done"
        services.raise_task(ctx, replace(command, again=True))  # the second guest of the room leaves
        assert (all_tasks(ctx)[0].state, all_tasks(ctx)[0].done_by) == ("open", "")


@pytest.mark.parametrize("round_", range(3))
def test_two_desks_raise_the_same_tasks(
    db: Database, unit: OpenUnit, rooms: list[int], clock: FixedClock, actor: Actor, round_: int
) -> None:
    """Both ask for all rooms, one of them from the other end: no error, no deadlock, one task a room."""
    start = threading.Barrier(2)
    errors: list[Exception] = []

    def desk(order: list[int]) -> None:
        try:
            start.wait(10)
            with unit_of_work(db, actor, "test.desk", clock=clock, handlers=REACTIONS) as ctx:
                services.mark_dirty(ctx, order, "退房")
                services.raise_tasks(ctx, [RaiseTask(r, CHECKOUT, TODAY, again=True) for r in order])
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            errors.append(error)

    desks = [threading.Thread(target=desk, args=(order,)) for order in (rooms, rooms[::-1])]
    for each in desks:
        each.start()
    for each in desks:
        each.join(30)
    assert errors == []
    with unit(read_only=True) as ctx:
        assert ctx.session.scalar(select(func.count(HousekeepingTask.id))) == len(rooms)
        assert ctx.session.scalar(select(func.count(RoomCare.id))) == len(rooms)


def test_tasks_by_hand(unit: OpenUnit, rooms: list[int]) -> None:
    command = AddTasks(tuple(rooms[:3]), TaskKind.OTHER, TODAY, assignee="唐月华", note="擦窗")
    with unit() as ctx:
        assert services.add_tasks(ctx, command) == 3
        assert services.add_tasks(ctx, command) == 0
        assert {(t.assignee, t.note) for t in all_tasks(ctx)} == {("唐月华", "擦窗")}
        services.mark_dirty(ctx, rooms[:1], "退房")
        services.finish_tasks(ctx, FinishTasks((all_tasks(ctx)[0].id,)))
        assert conditions(ctx, rooms)[0] is DIRTY  # a wiped window is no clean room
    with pytest.raises(InvalidInput, match="请先选择"), unit() as ctx:
        services.add_tasks(ctx, replace(command, room_ids=()))


def test_done_tasks_are_left_alone(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        ids = services.raise_tasks(ctx, [RaiseTask(r, TaskKind.STAY, TODAY) for r in rooms[:2]])
        services.finish_tasks(ctx, FinishTasks(ids[:1], "甲"))
    with unit() as ctx:
        step = services.finish_tasks(ctx, FinishTasks(ids, "乙"))
        assert (len(step.tasks), step.unchanged) == (1, 1)
        assert [t.done_by for t in all_tasks(ctx)] == ["甲", "乙"]
        assert services.assign_tasks(ctx, AssignTasks(ids, "丙")) == 0
    with unit() as ctx:
        assert services.cancel_tasks(ctx, ids).unchanged == 2
    with pytest.raises(NotFound), unit() as ctx:
        services.finish_tasks(ctx, FinishTasks((999_999,)))


def test_nobody_cleans_up_after_guests_of_tomorrow(unit: OpenUnit, rooms: list[int]) -> None:
    tomorrow = TODAY + timedelta(1)
    with unit() as ctx:
        leaving = services.raise_task(ctx, RaiseTask(rooms[0], CHECKOUT, tomorrow))
        coming = services.raise_task(ctx, RaiseTask(rooms[1], TaskKind.ARRIVAL, tomorrow))
    with pytest.raises(RuleViolation, match="还没到日期"), unit() as ctx:
        services.finish_tasks(ctx, FinishTasks((leaving,)))
    with unit() as ctx:
        services.finish_tasks(ctx, FinishTasks((coming,)))
        assert [t.state for t in all_tasks(ctx)] == ["open", "done"]


# ------------------------------------------------------------------------------------------------------ rights
def test_who_may_what(unit: OpenUnit, rooms: list[int]) -> None:
    cleaner = Actor(None, "田秀英", frozenset({WORK.key}))
    inspector = Actor(None, "褚喆", frozenset({INSPECT.key}))
    with unit() as ctx:
        services.mark_dirty(ctx, rooms, "退房")
    with unit(actor=cleaner) as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), CLEAN))
    with pytest.raises(PermissionDenied), unit(actor=cleaner) as ctx:
        services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED))
    with pytest.raises(PermissionDenied), unit(actor=cleaner) as ctx:
        services.fail_inspection(ctx, FailInspection((rooms[0],), "灰"))
    with pytest.raises(PermissionDenied), unit(actor=inspector) as ctx:
        services.set_conditions(ctx, SetConditions((rooms[1],), CLEAN))
    with unit(actor=inspector) as ctx:
        step = services.set_conditions(ctx, SetConditions((rooms[0],), INSPECTED))
    with unit(actor=inspector) as ctx:
        services.take_back(ctx, step)
        assert conditions(ctx, rooms)[0] is CLEAN


# --------------------------------------------------------------------------------------------------- handover
def checked(*faults: str) -> tuple[CheckItem, ...]:
    return tuple(CheckItem(item, item not in faults, "坏了" if item in faults else "") for item in CHECKLIST)


def test_a_room_is_handed_over_when_all_is_in_order(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        services.mark_dirty(ctx, rooms[:2], "退房")
        services.set_conditions(ctx, SetConditions((rooms[0],), CLEAN))
        assert services.save_handover(ctx, SaveHandover(school.id, rooms[0], checked(), "褚喆"))
        row = queries.list_care(ctx, ListQuery(search="101")).rows[0]
        assert (row.condition, row.inspected_by) == (READY, "褚喆")
        found = queries.get_handover(ctx, school.id)
        assert (len(found.rooms), found.passed, found.of_class) == (6, 1, False)
        assert [room.passed for room in found.rooms[:2]] == [True, None]
    with pytest.raises(RuleViolation, match="明德楼102还是“待打扫”"), unit() as ctx:
        services.save_handover(ctx, SaveHandover(school.id, rooms[1], checked()))


def test_a_fault_holds_a_room_back_until_it_is_mended(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        assert not services.save_handover(ctx, SaveHandover(school.id, rooms[3], checked("空调制冷/热")))
        assert conditions(ctx, rooms)[3] is INSPECTED
    with unit() as ctx:
        (room,) = (r for r in queries.get_handover(ctx, school.id).rooms if r.room_id == rooms[3])
        assert (room.passed, room.faults, room.version) == (False, "空调制冷/热：坏了", 1)
        care = queries.list_care(ctx, ListQuery(search="201")).rows[0]
        assert care.reason == "交付检查：空调制冷/热"
    with pytest.raises(Conflict, match="刚检查过明德楼201"), unit() as ctx:
        services.save_handover(ctx, SaveHandover(school.id, rooms[3], checked()))  # has not seen the first check
    with unit() as ctx:
        services.save_handover(ctx, SaveHandover(school.id, rooms[3], checked(), version=1))
        assert conditions(ctx, rooms)[3] is READY
        assert queries.get_handover(ctx, school.id).passed == 1


def test_two_classes_have_their_own_checks(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        one, two = make_class(ctx, "甲班"), make_class(ctx, "乙班")
        services.save_handover(ctx, SaveHandover(one.id, rooms[0], checked()))
        assert (queries.get_handover(ctx, one.id).passed, queries.get_handover(ctx, two.id).passed) == (1, 0)
    with pytest.raises(InvalidInput, match="检查项目是空的"), unit() as ctx:
        services.save_handover(ctx, SaveHandover(one.id, rooms[1], ()))


# ----------------------------------------------------------------------------------------------- floor reports
def test_what_the_floor_staff_counted(unit: OpenUnit, rooms: list[int], clock: FixedClock) -> None:
    numbers = (RoomPeople(rooms[0], 2), RoomPeople(rooms[1], 0, "门锁着"), RoomPeople(rooms[2], None))
    with unit() as ctx:
        assert services.report_floor(ctx, ReportFloor(TODAY, numbers, "田秀英")) == 2
    with unit() as ctx:
        reports = queries.list_floor_reports(ctx, TODAY)
        assert [(r.number, r.people, r.note, r.reporter) for r in reports] == [
            ("101", 2, "", "田秀英"),
            ("102", 0, "门锁着", "田秀英"),
        ]
        services.resolve_report(ctx, reports[0].id, reports[0].version, "已补办报到")
    clock.advance(timedelta(hours=3))
    with unit() as ctx:  # the same number again: still settled, but said now
        services.report_floor(ctx, ReportFloor(TODAY, numbers))
        again = queries.list_floor_reports(ctx, TODAY)[0]
        assert (again.resolved, again.reported_at) == (True, ctx.now())
        services.report_floor(ctx, ReportFloor(TODAY, (RoomPeople(rooms[0], 3),)))
        assert queries.list_floor_reports(ctx, TODAY)[0].resolved is False
        assert [room.people for room in queries.list_floor_rooms(ctx, 1, TODAY)] == [3, 0, None]


@pytest.mark.parametrize(
    ("day", "people", "sentence"),
    (
        (TODAY + timedelta(1), 1, "不能预先报将来的人数"),
        (TODAY, None, "还没有填任何房间的人数"),
        (TODAY, 21, "明德楼101的人数应在 0 到 20 之间"),
        (TODAY, -1, "明德楼101的人数应在 0 到 20 之间"),
    ),
)
def test_numbers_that_cannot_be(unit: OpenUnit, rooms: list[int], day: date, people: int | None, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence), unit() as ctx:
        services.report_floor(ctx, ReportFloor(day, (RoomPeople(rooms[0], people),)))


# ---------------------------------------------------------------------------------------------- lost property
def test_found_kept_and_given_back(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        lost = services.save_lost(ctx, SaveLost("保温杯", TODAY, rooms[0], "床头", finder="田秀英"))
        services.save_lost(ctx, SaveLost("雨伞", date(2025, 12, 30), place="大厅"))
        rows = queries.list_lost(ctx, ListQuery()).rows
        assert [(r.tag, r.where, r.keep_until) for r in rows] == [
            ("YW-2026-001", "明德楼101 床头", date(2026, 6, 2)),
            ("YW-2025-001", "大厅", date(2026, 3, 30)),
        ]
        assert rows[0].days_left == 92
    with unit() as ctx:
        services.save_lost(ctx, SaveLost("黑色保温杯", TODAY, rooms[0], owner="李明", id=lost, version=1))
        services.return_lost(ctx, CloseLost(lost, 2, "李明本人"))
    with pytest.raises(RuleViolation, match="已领回，不能再改"), unit() as ctx:
        services.dispose_lost(ctx, CloseLost(lost, 3, "销毁"))
    with unit() as ctx:
        services.reopen_lost(ctx, lost)
        row = queries.get_lost(ctx, lost)
        assert (row.state, row.closed_on, row.closed_note, row.item) == (LostState.KEPT, None, "", "黑色保温杯")


def test_nothing_is_thrown_away_early_without_a_question(unit: OpenUnit, rooms: list[int], clock: FixedClock) -> None:
    with unit() as ctx:
        lost = services.save_lost(ctx, SaveLost("水果一袋", TODAY, rooms[0]))
    command = CloseLost(lost, 1, "食品当日丢弃")
    with pytest.raises(NeedsConfirmation, match="保管期还有 92 天"), unit() as ctx:
        services.dispose_lost(ctx, command)
    clock.advance(timedelta(days=93))
    with unit() as ctx:
        services.dispose_lost(ctx, command)
        assert queries.get_lost(ctx, lost).state is LostState.DISPOSED


@pytest.mark.parametrize(
    ("command", "sentence"),
    (
        (SaveLost("", TODAY, place="大厅"), "请写明是什么物品"),
        (SaveLost("伞", TODAY), "请选择房间，或写明在哪里拾到的"),
        (SaveLost("伞", TODAY + timedelta(1), place="大厅"), "拾到日期不能晚于今天"),
        (SaveLost("伞" * 201, TODAY, place="大厅"), "物品最多 200 个字"),
    ),
)
def test_an_entry_says_what_and_where(unit: OpenUnit, command: SaveLost, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence), unit() as ctx:
        services.save_lost(ctx, command)


@pytest.mark.parametrize(
    ("day", "months", "until"),
    (
        (date(2026, 3, 2), 3, date(2026, 6, 2)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ),
)
def test_months(day: date, months: int, until: date) -> None:
    assert months_later(day, months) == until


def test_expired_things_come_to_the_inbox_once_and_leave_it(
    unit: OpenUnit, rooms: list[int], clock: FixedClock
) -> None:
    with unit() as ctx:
        ctx.add(Role(name="住宿管理员", permissions=["housekeeping.lost"]))
        ctx.add(Role(name="系统管理员", permissions=["*"]))
        lost = services.save_lost(ctx, SaveLost("雨伞", date(2025, 11, 22), rooms[0]))
        services.save_lost(ctx, SaveLost("保温杯", TODAY, rooms[0]))
    for _ in range(2):
        with unit(actor=Actor.system("自动任务")) as ctx:
            assert remind_expired(ctx) == 1
    with unit() as ctx:
        (item,) = ctx.session.scalars(select(InboxItem)).all()
        assert (item.state, item.ref_kind, item.ref_id) == ("open", "lost_property", lost)
        assert "YW-2025-001“雨伞”保管期已过" in item.text
        services.dispose_lost(ctx, CloseLost(lost, 1, "上交公安机关"))
    with unit() as ctx:
        assert ctx.session.scalars(select(InboxItem.state)).all() == ["closed"]
        assert remind_expired(ctx) == 0
    clock.advance(timedelta(days=120))
    with unit() as ctx:
        assert remind_expired(ctx) == 1  # the other one
