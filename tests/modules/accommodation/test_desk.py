"""The front desk on both engines: who comes, who goes, what it does to nights and cards, and every way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, NeedsConfirmation, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    CheckIn,
    CheckOut,
    DeskPerson,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, KeyCard, Stay
from dangxiao_houqin.modules.housekeeping.api import mark_dirty
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
    with unit() as ctx, pytest.raises(RuleViolation, match="不是今天报到的"):
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
