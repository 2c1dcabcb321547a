"""What the lists of housekeeping show, on both engines."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services as accommodation
from dangxiao_houqin.modules.accommodation.domain import AssignBed
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.housekeeping import printouts, queries, services
from dangxiao_houqin.modules.housekeeping.columns import CARE_COLUMNS, LOST_COLUMNS, TASK_COLUMNS
from dangxiao_houqin.modules.housekeeping.domain import (
    AssignTasks,
    FinishTasks,
    RaiseTask,
    RoomCondition,
    SaveLost,
    SetConditions,
    TaskKind,
)
from dangxiao_houqin.modules.places.domain import MarkRooms, SaveOutage
from dangxiao_houqin.modules.places.models import Room
from dangxiao_houqin.modules.places.services import mark_rooms, save_outage
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_people, make_rooms

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
DIRTY, CLEAN, INSPECTED, READY = RoomCondition


@pytest.fixture
def rooms(unit: OpenUnit) -> list[int]:
    """101 dirty with a late task, 102 clean, 103 a duty room, 201 out of service, 202 with tasks today and later."""
    with unit(confirmed=frozenset({"skip_steps"})) as ctx:
        make_rooms(ctx)
        ids = list(ctx.session.scalars(select(Room.id).order_by(Room.sort_key)))
        mark_rooms(ctx, MarkRooms((ids[2],), "assignable", False))
        save_outage(ctx, SaveOutage(ids[3], TODAY, None, "卫生间漏水"))
        services.mark_dirty(ctx, ids[:2], "退房")
        services.set_conditions(ctx, SetConditions((ids[1],), CLEAN, "田秀英"))
        services.raise_tasks(
            ctx,
            [
                RaiseTask(ids[0], TaskKind.CHECKOUT, TODAY - DAY, linen=True),
                RaiseTask(ids[4], TaskKind.STAY, TODAY),
                RaiseTask(ids[4], TaskKind.STAY, TODAY + DAY),
            ],
        )
        return ids


def numbers(ctx: Ctx, query: ListQuery) -> list[str]:
    return [row.number for row in queries.list_care(ctx, query).rows]


def test_rooms_with_their_condition(unit: OpenUnit, rooms: list[int]) -> None:
    with unit(read_only=True) as ctx:
        rows = queries.list_care(ctx, ListQuery()).rows
        assert [(r.number, r.condition, r.tasks, r.overdue) for r in rows] == [
            ("101", DIRTY, "退房清洁", True),
            ("102", CLEAN, "", False),
            ("201", READY, "", False),
            ("202", READY, "住中打扫", False),
            ("203", READY, "", False),
        ]  # the duty room is nobody's to clean
        assert (rows[2].outage, rows[2].pill.text) == ("卫生间漏水", "停用")
        assert CARE_COLUMNS[-1].display(rows[2]) == "停用：卫生间漏水"
        assert numbers(ctx, ListQuery(filters={"condition": "ready"})) == ["202", "203"]  # 201 is out of service
        assert numbers(ctx, ListQuery(filters={"task": "open"})) == ["101", "202"]
        assert numbers(ctx, ListQuery(filters={"task": "late"})) == ["101"]
        assert numbers(ctx, ListQuery(filters={"floor": 2})) == ["201", "202", "203"]
        assert numbers(ctx, ListQuery(search="田秀英")) == ["102"]
        assert numbers(ctx, ListQuery(sort="condition"))[:2] == ["101", "102"]
        assert numbers(ctx, ListQuery(sort="condition", descending=True))[-1] == "101"


def test_counts_agree_with_the_list(unit: OpenUnit, rooms: list[int]) -> None:
    with unit(read_only=True) as ctx:
        found = queries.count_care(ctx)
        for condition in RoomCondition:
            listed = queries.list_care(ctx, ListQuery(filters={"condition": condition.value}, limit=0)).total
            assert found.rooms[condition] == listed
        assert (found.day, found.due, found.late) == (TODAY, 1, 1)


def test_a_duty_room_somebody_marked_is_shown(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, (rooms[2],), "临时使用")
        assert numbers(ctx, ListQuery(filters={"condition": "dirty"})) == ["101", "103"]


def test_tasks(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        task = queries.list_tasks(ctx, ListQuery()).rows[0]
        services.assign_tasks(ctx, AssignTasks((task.id,), "蒲桂芳"))

    def listed(ctx: Ctx, **filters: object) -> list[tuple[str, str]]:
        rows = queries.list_tasks(ctx, ListQuery(filters=filters)).rows
        return [(row.number, row.pill.text) for row in rows]

    with unit() as ctx:
        assert listed(ctx) == [("101", "超期"), ("202", "待做"), ("202", "待做")]
        assert listed(ctx, when="today") == [("101", "超期"), ("202", "待做")]
        assert listed(ctx, when="late") == [("101", "超期")]
        assert listed(ctx, when="coming") == [("202", "待做")]
        assert listed(ctx, assignee="蒲桂芳") == [("101", "超期")]
        assert len(listed(ctx, assignee="-")) == 2
        assert listed(ctx, linen=True) == [("101", "超期")]
        assert listed(ctx, sheet=TODAY + DAY) == [("202", "待做")]
        services.finish_tasks(ctx, FinishTasks((task.id,)))
        assert listed(ctx, when="done") == [("101", "已完成")]
        assert listed(ctx, sheet=TODAY) == [("202", "待做")]
        assert queries.list_workers(ctx) == ("蒲桂芳",)
        for column in TASK_COLUMNS:
            if column.sortable:
                assert queries.list_tasks(ctx, ListQuery(sort=column.key, descending=True)).total == 3


def test_floors_with_rooms(unit: OpenUnit, rooms: list[int]) -> None:
    with unit(read_only=True) as ctx:
        floors = queries.list_floors(ctx)
        assert [(f.title, f.rooms) for f in floors] == [("明德楼 1层", 2), ("明德楼 2层", 3)]


def test_what_belongs_on_the_sheet_of_the_day(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.mark_dirty(ctx, (rooms[5],), "换房")
        sheet = printouts.load_cleaning(ctx, TODAY)
        assert [(f.floor, [(x.room, x.task, x.linen, x.note) for x in f.lines]) for f in sheet.floors] == [
            ("1层", [("101", "退房清洁（03-01 起）", True, "")]),
            ("2层", [("202", "住中打扫", False, ""), ("203", "打扫", False, "换房")]),
        ]
        assert not sheet.with_people
        tomorrow = printouts.load_cleaning(ctx, TODAY + DAY)
        assert [line.room for floor in tomorrow.floors for line in floor.lines] == ["202"]
        given = printouts.load_cleaning(ctx, TODAY, guests={rooms[0]: 2})
        assert [line.people for floor in given.floors for line in floor.lines] == [2, 0, 0]


def test_those_who_know_the_stays_answer(unit: OpenUnit, rooms: list[int]) -> None:
    """The rooms of a class and how many live in them come from the module above, through the wiring."""
    with unit() as ctx:
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男男")
        for person, bed in zip(people, (9, 10), strict=True):  # both beds of 202
            accommodation.assign_bed(ctx, AssignBed(person.id, bed))
        found = queries.get_handover(ctx, school.id)
        assert (found.of_class, [room.number for room in found.rooms]) == (True, ["202"])
        tomorrow = printouts.load_cleaning(ctx, TODAY + DAY)  # who will sleep there
        assert [(x.room, x.people) for f in tomorrow.floors for x in f.lines] == [("202", 2)]
        assert not printouts.load_cleaning(ctx, TODAY).with_people  # nobody has come yet


def test_rooms_people_live_in_are_nobody_elses_to_move_into(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        school = make_class(ctx)
        (person,) = make_people(ctx, school.id, "男")
        accommodation.assign_bed(ctx, AssignBed(person.id, 9))
        ctx.session.query(Stay).one().state = "in_house"
        (row,) = queries.list_care(ctx, ListQuery(filters={"condition": "lived_in"})).rows
        assert (row.number, row.people, row.pill.text, row.condition) == ("202", 1, "在住", READY)
        assert numbers(ctx, ListQuery(filters={"condition": "ready"})) == ["203"]
        figures = queries.count_care(ctx)
        assert (figures.rooms[READY], figures.lived_in) == (1, 1)
        sheet = printouts.load_cleaning(ctx, TODAY)
        assert [(x.room, x.people) for f in sheet.floors for x in f.lines] == [("101", 0), ("202", 1)]
        services.mark_dirty(ctx, (rooms[4],), "一人退房")
        (row,) = queries.list_care(ctx, ListQuery(filters={"condition": "lived_in"})).rows
        assert (row.pill.text, queries.count_care(ctx).rooms[DIRTY]) == ("待打扫", 2)


def test_lost_things(unit: OpenUnit, rooms: list[int]) -> None:
    with unit() as ctx:
        services.save_lost(ctx, SaveLost("保温杯_蓝", TODAY, rooms[0], owner="李明", owner_phone="13900000001"))
        services.save_lost(ctx, SaveLost("雨伞", date(2025, 11, 1), place="大厅"))

        def tags(query: ListQuery) -> list[str]:
            return [row.tag for row in queries.list_lost(ctx, query).rows]

        assert tags(ListQuery()) == ["YW-2026-001", "YW-2025-001"]
        assert tags(ListQuery(filters={"state": "expired"})) == ["YW-2025-001"]
        assert tags(ListQuery(filters={"year": 2026})) == ["YW-2026-001"]
        assert tags(ListQuery(search="明德楼101")) == ["YW-2026-001"]
        assert tags(ListQuery(search="_")) == ["YW-2026-001"]
        assert tags(ListQuery(sort="days_left")) == ["YW-2025-001", "YW-2026-001"]
        assert [row.pill.text for row in queries.list_lost(ctx, ListQuery()).rows] == ["保管中", "已到期"]
        assert queries.list_rooms_to_choose(ctx, "明德 2")[0][1] == "明德楼102"
        register = printouts.load_register(ctx, ListQuery(filters={"state": "kept"}))
        assert [line.tag for line in register.lines] == ["YW-2026-001", "YW-2025-001"]
        for column in LOST_COLUMNS:
            if column.sortable:
                assert queries.list_lost(ctx, ListQuery(sort=column.key)).total == 2


def test_lists_are_for_those_who_may_look(unit: OpenUnit, nobody: Actor) -> None:
    with unit(actor=nobody, read_only=True) as ctx:
        for fetch in (queries.list_care, queries.list_tasks, queries.list_lost):
            with pytest.raises(PermissionDenied):
                fetch(ctx, ListQuery())
        with pytest.raises(PermissionDenied):
            printouts.load_cleaning(ctx, TODAY)
