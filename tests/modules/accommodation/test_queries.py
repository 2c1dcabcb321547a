"""Reads of accommodation on both engines: who sleeps where, who waits, figures of a night, free beds."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from dangxiao_houqin.core.errors import NotFound, PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    VIEW,
    AssignBed,
    MoveStay,
    PairKind,
    SaveRoommateRule,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.places.models import Bed, RoomOutage
from dangxiao_houqin.modules.training.domain import ClassStatus, SaveEnrollment
from dangxiao_houqin.modules.training.services import save_enrollment, set_class_status, withdraw_enrollment
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)


@pytest.fixture
def school(unit):
    """单雄信 and 仇和 in 101, 李㛃 in 102, 晚到 (a day late) in 103 of 明德楼; 王𬱖 has no bed; 和园 is empty."""
    with unit() as ctx:
        beds = make_rooms(ctx)
        other_house = make_rooms(ctx, floors=1, rooms=2, name="和园")
        row = make_class(ctx)
        people = {}
        for name, sex, unit_name, late in (
            ("单雄信", "男", "县水利局", 0),
            ("仇和", "男", "县委办公室", 0),
            ("李㛃", "女", "县教育局", 0),
            ("晚到", "男", "县教育局", 1),
            ("王𬱖", "女", "县水利局", 0),
        ):
            people[name] = save_enrollment(
                ctx,
                SaveEnrollment(
                    row.id,
                    name,
                    sex,
                    unit_name=unit_name,
                    arrive_on=START + late * DAY,
                    needs=("low_floor",) if name == "王𬱖" else (),
                ),
            )
        for name, bed in (("仇和", 1), ("单雄信", 0), ("李㛃", 2), ("晚到", 4)):
            services.assign_bed(ctx, AssignBed(people[name].id, beds[bed]))
        return SimpleNamespace(row=row, beds=beds, other=other_house, people={n: p.id for n, p in people.items()})


def listed(ctx, search: str = "", **filters) -> list[str]:
    return [row.name for row in queries.list_stays(ctx, ListQuery(search=search, filters=filters)).rows]


def test_stays_come_in_room_order_and_are_found(unit, school) -> None:
    with unit(read_only=True) as ctx:
        assert listed(ctx) == ["单雄信", "仇和", "李㛃", "晚到"]
        for text, names in (
            ("shan", ["单雄信"]),
            ("qiu", ["仇和"]),
            ("县教育局", ["李㛃", "晚到"]),
            ("101", ["单雄信", "仇和"]),
            ("101 qiu", ["仇和"]),
            ("%", []),
        ):
            assert listed(ctx, text) == names, text
        row = queries.list_stays(ctx, ListQuery(search="qiu")).rows[0]
    assert (row.place, row.nights, row.class_code, row.unit_name) == ("明德楼101-2", 4, "PX-2026-01", "县委办公室")


def test_stays_are_filtered(unit, school) -> None:
    with unit() as ctx:
        first = queries.list_stays(ctx, ListQuery()).rows[0]
        ctx.get(Stay, first.id).state = StayState.IN_HOUSE.value
        ctx.session.flush()
        assert listed(ctx, class_id=school.row.id, sex="女") == ["李㛃"]
        assert listed(ctx, class_code="PX-2026-01") == ["单雄信", "仇和", "李㛃", "晚到"]
        assert listed(ctx, state="in_house") == ["单雄信"]
        assert listed(ctx, state="current") == ["单雄信", "仇和", "李㛃", "晚到"]
        assert listed(ctx, room_id=first.room_id) == ["单雄信", "仇和"]
        assert listed(ctx, on=START) == ["单雄信", "仇和", "李㛃"]
        assert listed(ctx, on=END) == []  # the day of departure is no night
        ctx.get(Stay, first.id).state = StayState.CANCELLED.value
        ctx.session.flush()
        assert "单雄信" not in listed(ctx)


def test_every_sort_is_stable_over_pages(unit, school) -> None:
    with unit(read_only=True) as ctx:
        for sort in ("name", "sex", "unit_name", "class_name", "building_name", "room_number", "arrive", "state"):
            ids = [
                row.id
                for at in range(4)
                for row in queries.list_stays(ctx, ListQuery(sort=sort, offset=at, limit=1)).rows
            ]
            assert len(set(ids)) == 4, sort
        names = [r.name for r in queries.list_stays(ctx, ListQuery(sort="name")).rows]
    assert names.index("仇和") < names.index("单雄信")  # qiu before shan


def test_who_waits_and_who_does_not(unit, school) -> None:
    with unit(confirmed=frozenset({"withdraw", "cancel_class"})) as ctx:
        rows = queries.list_unassigned(ctx, ListQuery()).rows
        assert [(r.name, r.arrive, r.leave, r.needs) for r in rows] == [("王𬱖", START, END, ("低楼层",))]
        assert queries.list_unassigned(ctx, ListQuery(filters={"from_day": END})).total == 0
        save_enrollment(ctx, SaveEnrollment(school.row.id, "走读", "男", lodging=False))
        save_enrollment(ctx, SaveEnrollment(school.row.id, "当天走", "男", arrive_on=END, leave_on=END))
        other = make_class(ctx, "后备干部班")
        make_people(ctx, other.id, "男女")
        assert queries.list_unassigned(ctx, ListQuery(filters={"class_id": school.row.id})).total == 1
        assert queries.list_unassigned(ctx, ListQuery()).total == 3
        set_class_status(ctx, other.id, None, ClassStatus.CANCELLED)
        withdraw_enrollment(ctx, school.people["王𬱖"], None)
        assert queries.list_unassigned(ctx, ListQuery()).total == 0


def test_figures_of_a_night(unit, school) -> None:
    with unit() as ctx:
        room = ctx.get(Bed, school.beds[6]).room_id
        ctx.add(RoomOutage(room_id=room, start=START + DAY, end=START + 2 * DAY, reason="粉刷"))
        nights = queries.night_figures(ctx, START, START + 3 * DAY)
        moving = [queries.count_day(ctx, day) for day in (START, START + DAY, END)]
    assert [(n.beds, n.closed, n.taken) for n in nights] == [(16, 0, 3), (16, 2, 4), (16, 0, 4)]
    assert [(d.arriving, d.leaving, d.sleeping) for d in moving] == [(3, 0, 3), (1, 0, 4), (0, 4, 0)]


def test_stays_of_a_class_and_of_a_span(unit, school) -> None:
    with unit() as ctx:
        stay = next(s for s in queries.list_class_stays(ctx, school.row.id) if s.name == "李㛃")
        services.move_stay(ctx, MoveStay(stay.id, stay.version, school.beds[8], START + 2 * DAY))
        of_class = [(s.name, s.place) for s in queries.list_class_stays(ctx, school.row.id)]
        first_night = [s.name for s in queries.list_stays_between(ctx, START, START + DAY)]
        last_night = {s.name: s.place for s in queries.list_stays_between(ctx, END - DAY, END)}
    assert ("李㛃", "明德楼102-1") in of_class
    assert ("李㛃", "明德楼202-1") in of_class
    assert first_night == ["单雄信", "仇和", "李㛃"]
    assert last_night["李㛃"] == "明德楼202-1"


def test_free_beds_for_somebody(unit, school) -> None:
    with unit() as ctx:
        stay = next(s for s in queries.list_class_stays(ctx, school.row.id) if s.name == "单雄信")
        closed = ctx.get(Bed, school.beds[6]).room_id
        ctx.add(RoomOutage(room_id=closed, start=START + DAY, end=None, reason="漏水"))
        places = [b.text for b in queries.list_free_beds(ctx, stay.id, "", limit=50)]
        garden = [b.text for b in queries.list_free_beds(ctx, stay.id, "和园", limit=50)]
        few = queries.list_free_beds(ctx, stay.id, "", limit=2)
    assert "明德楼103-2" in places  # beside another man
    assert not {"明德楼101-1", "明德楼101-2"} & set(places)  # his own, and taken
    assert "明德楼102-2" not in places  # beside a woman
    assert "明德楼201-1" not in places  # closed on the second night
    assert garden == ["和园101-1", "和园101-2", "和园102-1", "和园102-2"]
    assert len(few) == 2


def test_agreements_are_read_with_names(unit, school) -> None:
    with unit() as ctx:
        first, second = school.people["单雄信"], school.people["仇和"]
        services.save_pair(ctx, SaveRoommateRule(school.row.id, second, first, PairKind.APART, "打鼾"))
        (pair,) = queries.list_pairs(ctx, school.row.id)
    assert ({pair.first_name, pair.second_name}, pair.kind, pair.reason) == (
        {"单雄信", "仇和"},
        PairKind.APART,
        "打鼾",
    )
    reader = Actor(None, "只看", frozenset({VIEW.key}))
    with unit(read_only=True, actor=reader) as ctx, pytest.raises(PermissionDenied, match="分配和调整床位"):
        queries.list_pairs(ctx, school.row.id)  # who must not share a room is nobody else's business


def test_what_is_not_there_is_said(unit, school) -> None:
    with unit(read_only=True) as ctx, pytest.raises(NotFound, match="住宿记录不存在"):
        queries.get_stay(ctx, 999)


def test_reading_needs_the_right(unit, school, nobody) -> None:
    with unit(read_only=True, actor=nobody) as ctx:
        for read in (
            lambda: queries.list_stays(ctx, ListQuery()),
            lambda: queries.list_class_stays(ctx, school.row.id),
            lambda: queries.list_stays_between(ctx, START, END),
            lambda: queries.list_unassigned(ctx, ListQuery()),
            lambda: queries.night_figures(ctx, START, END),
            lambda: queries.count_day(ctx, START),
            lambda: queries.get_stay(ctx, 1),
        ):
            with pytest.raises(PermissionDenied):
                read()
