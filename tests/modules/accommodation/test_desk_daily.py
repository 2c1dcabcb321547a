"""The morning's work on both engines: who is missing, who is still there, cards, wishes, cleaning; twice is once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.core.jobs import run_job
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    ArriveLate,
    AskMove,
    AssignBed,
    CheckIn,
    CheckOut,
    DeskRules,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, MoveRequest, Stay
from dangxiao_houqin.modules.accommodation.module import MODULE
from dangxiao_houqin.modules.housekeeping.domain import HousekeepingRules
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)


@pytest.fixture
def stays(unit) -> list[int]:
    """Four men and two women with beds; a role that is told things."""
    with unit() as ctx:
        ctx.add(Role(name="住宿管理员", permissions=["inbox.view"]))
        beds = make_rooms(ctx)
        people = make_people(ctx, make_class(ctx).id, "男男男男女女")
        return [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]


@pytest.fixture
def morning(unit):
    def run() -> None:
        with unit("accommodation.daily") as ctx:
            services.look_after(ctx)

    return run


def items(unit) -> dict[str, tuple[str, str]]:
    """Open items: kind → (key, text)."""
    with unit(read_only=True) as ctx:
        found = ctx.session.scalars(select(InboxItem).where(InboxItem.state == "open"))
        return {item.kind: (item.key, item.text) for item in found}


def come(unit, *stay_ids: int) -> None:
    with unit() as ctx:
        for stay_id in stay_ids:
            services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))


def counts(unit) -> tuple[int, ...]:
    with unit(read_only=True) as ctx:
        tables = (Stay, BedNight, InboxItem, HousekeepingTask)
        versions = ctx.session.scalar(select(func.sum(Stay.version)))
        return (*(ctx.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables), versions or 0)


def test_who_does_not_come_gives_his_bed_up_where_most_have_come(unit, stays, morning, clock) -> None:
    come(unit, *stays[:4])
    clock.advance(DAY)
    morning()
    with unit(read_only=True) as ctx:
        states = [ctx.get(Stay, s).state for s in stays]
        assert states == ["in_house"] * 4 + ["no_show"] * 2
        assert ctx.session.scalar(select(func.count()).where(BedNight.stay_id.in_(stays[4:]))) == 0
    key, text = items(unit)["未报到"]
    assert key == f"accommodation.no_show:1:{START}"
    assert "2 人未报到（学员5、学员6）" in text
    before = counts(unit)
    morning()
    assert counts(unit) == before


def test_a_class_the_desk_forgot_keeps_its_beds_and_is_asked_about(unit, stays, morning, clock) -> None:
    come(unit, stays[0])
    clock.advance(DAY)
    morning()
    with unit(read_only=True) as ctx:
        assert [ctx.get(Stay, s).state for s in stays] == ["in_house"] + ["assigned"] * 5
    assert "5 人到期未报到" in items(unit)["逾期未到"][1]
    come(unit, *stays[1:])
    morning()
    assert "逾期未到" not in items(unit)


def test_who_said_he_comes_later_is_not_missed(unit, stays, morning, clock) -> None:
    come(unit, *stays[:5])
    with unit() as ctx:
        services.arrive_late(ctx, ArriveLate(stays[5], ctx.get(Stay, stays[5]).version, START + DAY))
    clock.advance(DAY)
    morning()
    with unit(read_only=True) as ctx:
        assert ctx.get(Stay, stays[5]).state == "assigned"
    assert items(unit).keys() & {"未报到", "逾期未到"} == set()
    clock.advance(DAY)
    morning()
    with unit(read_only=True) as ctx:
        assert ctx.get(Stay, stays[5]).state == "no_show"


def test_the_office_may_leave_it_to_people(unit, stays, morning, clock) -> None:
    with unit() as ctx:
        save_settings(ctx.session, DeskRules(no_show_days=0))
    come(unit, *stays[:5])
    clock.advance(DAY)
    morning()
    assert "1 人到期未报到（学员6）" in items(unit)["逾期未到"][1]


def test_who_is_still_there_and_whose_card_is_out(unit, stays, morning, clock) -> None:
    come(unit, *stays)
    clock.advance(4 * DAY)
    with unit() as ctx:
        for stay_id in stays[1:]:
            version = ctx.get(Stay, stay_id).version
            services.check_out(ctx, CheckOut(stay_id, version, cards_back=stay_id != stays[1]))
    clock.advance(DAY)
    morning()
    found = items(unit)
    assert found["超期未退房"][1] == "学员1（县财政局）住明德楼101-1，应于3月6日退房，还没有办理，请退房或续住。"
    assert "还有 1 张房卡未还（学员2）" in found["房卡未还"][1]
    with unit() as ctx:
        services.check_out(ctx, CheckOut(stays[0], ctx.get(Stay, stays[0]).version))
        (card,) = queries.list_cards(ctx, queries_late()).rows
        services.return_card(ctx, card.id, card.version)
    morning()
    assert items(unit).keys() & {"超期未退房", "房卡未还"} == set()


def queries_late() -> ListQuery:
    return ListQuery(filters={"late": True})


def test_a_wish_waits_until_it_is_answered_or_he_has_gone(unit, stays, morning, clock) -> None:
    come(unit, *stays)
    with unit() as ctx:
        services.ask_move(ctx, AskMove(stays[0], "打鼾影响休息", "想住三楼"))
    assert items(unit)["调房申请"][1] == "学员1申请调房：打鼾影响休息，想住三楼。"
    morning()
    assert "调房申请" in items(unit)
    clock.advance(4 * DAY)
    with unit() as ctx:
        services.check_out(ctx, CheckOut(stays[0], ctx.get(Stay, stays[0]).version))
    morning()
    assert "调房申请" not in items(unit)
    with unit(read_only=True) as ctx:
        assert [(r.state, r.answer) for r in ctx.session.scalars(select(MoveRequest))] == [("refused", "住客已离开")]


def test_rooms_are_made_ready_and_cleaned_while_people_stay(unit, stays, morning, clock) -> None:
    with unit() as ctx:
        save_settings(ctx.session, HousekeepingRules(clean_days=2, linen_days=3, before_arrival_days=1))
    rooms = rooms_of(unit, stays)
    clock.advance(-DAY)
    morning()
    assert tasks(unit) == {(room, "arrival", START - DAY, False) for room in rooms}
    clock.advance(DAY)
    morning()
    assert tasks(unit) == {(room, "arrival", START - DAY, False) for room in rooms}
    come(unit, *stays)
    done = tasks(unit)
    for day, linen in ((2, False), (3, True)):
        clock.advance(DAY if day == 3 else 2 * DAY)
        morning()
        morning()
        assert tasks(unit) - done == {(room, "stay", START + day * DAY, linen) for room in rooms}
        done = tasks(unit)
    clock.advance(DAY)
    morning()
    assert tasks(unit) == done  # the day they leave: the room is cleaned when they have gone


def rooms_of(unit, stays: list[int]) -> set[int]:
    with unit(read_only=True) as ctx:
        return {ctx.get(Stay, s).room_id for s in stays}


def tasks(unit) -> set[tuple[object, ...]]:
    with unit(read_only=True) as ctx:
        return {(t.room_id, t.kind, t.due_on, t.linen) for t in ctx.session.scalars(select(HousekeepingTask))}


def test_it_is_the_programs_own_work(unit, stays, clock) -> None:
    (job,) = [job for job in MODULE.jobs() if job.name == "accommodation.daily"]
    clock.advance(DAY)
    run_job(unit, job, "desk", force=True)
    assert "逾期未到" in items(unit)
    with unit(read_only=True) as ctx:
        assert {p.state for p in queries.list_desk(ctx, START + DAY)} == {StayState.ASSIGNED}


def test_the_last_day_counts_from_the_hour_of_leaving(unit, stays, clock) -> None:
    come(unit, stays[0])
    clock.advance(4 * DAY)
    with unit(read_only=True) as ctx:
        assert "学员1" not in [p.name for p in queries.list_overdue(ctx)]
    clock.advance(timedelta(hours=5))
    with unit(read_only=True) as ctx:
        assert [p.name for p in queries.list_overdue(ctx) if p.state is StayState.IN_HOUSE] == ["学员1"]
    assert clock.today() == END
