"""One person in several stays at the desk: nights in the lane, moves with a date, and reporting in taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.modules.accommodation import gestures, services
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    Bar,
    CheckIn,
    CheckOut,
    CheckOutClass,
    DeskPerson,
    ExtendStay,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedMove, BedNight, KeyCard, Stay
from dangxiao_houqin.modules.accommodation.queries.chart import read_chart
from dangxiao_houqin.modules.accommodation.services.moves import record_move
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)
MIDDLE = START + 2 * DAY
EARLY = frozenset({"early_arrival"})
NAME = "学员1"


@pytest.fixture
def house(unit: Any) -> dict[str, Any]:
    """Six rooms of two beds; three men of one class in the first beds, nobody has come."""
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男男男")
        stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, beds, strict=False)]
    return {"beds": beds, "class": school.id, "stays": stays}


def gesture(unit: Any, make: Any, *, arrive: date | None = None) -> None:
    """Do what ``make`` says about the bar of the man, the one beginning on ``arrive`` or his only one."""
    with unit(read_only=True) as ctx:
        data = read_chart(ctx, START - 10 * DAY, END + 20 * DAY)
    (one,) = [b for b in (*data.bars, *data.parked) if b.name == NAME and arrive in (None, b.arrive)]
    with unit() as ctx:
        services.rearrange(ctx, replace(make(ChartRules(data), one), reason="其他"))


def moved(unit: Any, bed_id: int, since: date = MIDDLE) -> None:
    gesture(unit, lambda rules, one: gestures.move(rules, one, bed_id, from_night=since))


def moved_and_parked(unit: Any, bed_id: int, since: date = MIDDLE) -> None:
    """A move with a date, its later part in the lane."""
    moved(unit, bed_id, since)
    gesture(unit, gestures.park, arrive=since)


def resized(unit: Any, leave: date) -> None:
    gesture(unit, lambda rules, one: gestures.resize(rules, one, one.arrive, leave))


def comes(unit: Any, stay_id: int, confirmed: frozenset[str] = frozenset()) -> DeskPerson:
    with unit(confirmed=confirmed) as ctx:
        return services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))


def comes_not(unit: Any, stay_id: int) -> DeskPerson:
    with unit() as ctx:
        return services.undo_check_in(ctx, stay_id, ctx.get(Stay, stay_id).version)


def extends(unit: Any, stay_id: int, leave: date) -> None:
    with unit() as ctx:
        services.extend_stay(ctx, ExtendStay(stay_id, ctx.get(Stay, stay_id).version, leave))


def legs(unit: Any, first: int) -> list[tuple[date, date, str, bool]]:
    """His stays that were not cancelled, and whether he is in the house."""
    with unit(read_only=True) as ctx:
        whose = Stay.enrollment_id == ctx.get(Stay, first).enrollment_id
        found = ctx.session.scalars(select(Stay).where(whose, Stay.state != "cancelled").order_by(Stay.arrive)).all()
        for stay in ctx.session.scalars(select(Stay).where(whose)):
            held = select(BedNight.night).where(BedNight.stay_id == stay.id).order_by(BedNight.night)
            count = (stay.leave - stay.arrive).days if stay.state in ("assigned", "in_house", "left") else 0
            assert list(ctx.session.scalars(held)) == [stay.arrive + n * DAY for n in range(count)]
        return [(s.arrive, s.leave, s.state, s.arrived_at is not None) for s in found]


def placed(unit: Any, bed_id: int) -> None:
    """The part in the lane gets a bed."""

    def place(rules: ChartRules, _: Bar) -> Any:
        (waiting,) = rules.data.parked
        return gestures.place(rules, waiting, bed_id)

    gesture(unit, place, arrive=MIDDLE)


# ------------------------------------------------------------------------------------- reporting in with parked nights
def test_who_reports_in_is_in_the_house_for_his_parked_nights_too(unit: Any, house: dict[str, Any]) -> None:
    first = house["stays"][0]
    moved_and_parked(unit, house["beds"][8])
    comes(unit, first)
    assert legs(unit, first) == [(START, MIDDLE, "in_house", True), (MIDDLE, END, "parked", True)]
    placed(unit, house["beds"][9])
    assert legs(unit, first) == [(START, MIDDLE, "in_house", True), (MIDDLE, END, "in_house", True)]


def test_a_class_reports_in_with_parked_nights(unit: Any, house: dict[str, Any]) -> None:
    first = house["stays"][0]
    moved_and_parked(unit, house["beds"][8])
    with unit(confirmed=frozenset({"check_in_class"})) as ctx:
        assert services.check_in_class(ctx, house["class"]) == 3
    assert legs(unit, first) == [(START, MIDDLE, "in_house", True), (MIDDLE, END, "parked", True)]
    placed(unit, house["beds"][9])
    assert [state for _, _, state, _ in legs(unit, first)] == ["in_house", "in_house"]


def test_not_earlier_into_nights_that_are_parked(unit: Any, house: dict[str, Any]) -> None:
    """The earlier part waits for a bed: the later bed is not taken for the same nights."""
    first = house["stays"][0]
    moved(unit, house["beds"][8])
    gesture(unit, gestures.park, arrive=START)
    with unit(read_only=True) as ctx:
        later = ctx.session.scalars(select(Stay.id).where(Stay.guest_name == NAME, Stay.arrive == MIDDLE)).one()
    with pytest.raises(RuleViolation, match="学员1从3月2日到3月4日的住宿在暂存区，请先在房态图放到一张床上"):
        comes(unit, later, EARLY)
    assert legs(unit, first) == [(START, MIDDLE, "parked", False), (MIDDLE, END, "assigned", False)]


# ------------------------------------------------------------------------------------------ reporting in taken back
def test_taken_back_also_for_the_parked_nights(unit: Any, house: dict[str, Any]) -> None:
    first = house["stays"][0]
    moved_and_parked(unit, house["beds"][8])
    before = legs(unit, first)
    comes(unit, first)
    comes_not(unit, first)
    assert legs(unit, first) == before
    placed(unit, house["beds"][9])
    assert legs(unit, first) == [(START, MIDDLE, "assigned", False), (MIDDLE, END, "assigned", False)]


def test_taken_back_when_the_rest_was_parked_after_he_came(unit: Any, house: dict[str, Any]) -> None:
    first = house["stays"][0]
    comes(unit, first)
    moved_and_parked(unit, house["beds"][8])
    comes_not(unit, first)
    assert legs(unit, first) == [(START, MIDDLE, "assigned", False), (MIDDLE, END, "parked", False)]


def test_taken_back_strikes_his_lines_in_the_register(unit: Any, house: dict[str, Any]) -> None:
    """Who was never in the house was not moved; lines of others stand."""
    first, second, _ = house["stays"]
    comes(unit, first)
    comes(unit, second)
    moved(unit, house["beds"][8])
    with unit() as ctx:
        one = ctx.session.scalars(select(Stay).where(Stay.id == second)).one()
        record_move(ctx, one, house["beds"][1], house["beds"][9], START, "其他")
    comes_not(unit, first)
    with unit(read_only=True) as ctx:
        lines = {line.guest_name: line.undone for line in ctx.session.scalars(select(BedMove))}
    assert lines == {NAME: True, "学员2": False}


def test_early_and_moved_on_his_own_day_taken_back(unit: Any, house: dict[str, Any], clock: Any) -> None:
    """The stay he came early into lies wholly before his day: it goes, the rest begins on his day."""
    clock.advance(-2 * DAY)
    first = house["stays"][0]
    comes(unit, first, EARLY)
    moved(unit, house["beds"][8], START)
    person = comes_not(unit, first)
    assert legs(unit, first) == [(START, END, "assigned", False)]
    assert (person.state, person.arrive, person.cards_out) == (StayState.ASSIGNED, START, 0)
    with unit(read_only=True) as ctx:
        assert ctx.session.scalars(select(KeyCard)).all() == []


def test_early_and_moved_before_his_day_taken_back(unit: Any, house: dict[str, Any], clock: Any) -> None:
    clock.advance(-2 * DAY)
    first = house["stays"][0]
    comes(unit, first, EARLY)
    moved_and_parked(unit, house["beds"][8], START - DAY)
    comes_not(unit, first)
    assert legs(unit, first) == [(START, END, "parked", False)]


def test_early_and_shortened_to_nothing_says_what_to_do(unit: Any, house: dict[str, Any], clock: Any) -> None:
    clock.advance(-2 * DAY)
    first = house["stays"][0]
    comes(unit, first, EARLY)
    resized(unit, START)
    with pytest.raises(RuleViolation, match=r"原定3月2日入住，现在只住到3月2日.*请先续住到3月2日以后，再撤销报到"):
        comes_not(unit, first)
    extends(unit, first, END)
    comes_not(unit, first)
    assert legs(unit, first) == [(START, END, "assigned", False)]


# -------------------------------------------------------------------------------------------------- staying longer
@pytest.mark.parametrize("here", (False, True))
def test_no_longer_stay_into_nights_that_are_parked(unit: Any, house: dict[str, Any], here: bool) -> None:
    first = house["stays"][0]
    moved_and_parked(unit, house["beds"][8])
    if here:
        comes(unit, first)
    before = legs(unit, first)
    with pytest.raises(RuleViolation, match="学员1从3月4日到3月6日的住宿在暂存区，请先在房态图放到一张床上") as refused:
        extends(unit, first, MIDDLE + DAY)
    assert ("或取消这一段" in refused.value.message) is not here  # who is in the house has no such way
    assert legs(unit, first) == before
    placed(unit, house["beds"][9])
    with unit(read_only=True) as ctx:
        last = ctx.session.scalars(select(Stay.id).where(Stay.guest_name == NAME, Stay.arrive == MIDDLE)).one()
    extends(unit, last, END + DAY)
    assert legs(unit, first)[-1][1] == END + DAY


def test_slept_nights_are_not_freed_by_another_day(unit: Any, house: dict[str, Any], clock: Any) -> None:
    first = house["stays"][0]
    comes(unit, first)
    clock.advance(3 * DAY)
    before = legs(unit, first)
    with pytest.raises(InvalidInput, match="已住到今天，离开日期不能早于3月5日"):
        extends(unit, first, MIDDLE)
    assert legs(unit, first) == before
    extends(unit, first, START + 3 * DAY)
    assert legs(unit, first) == [(START, START + 3 * DAY, "in_house", True)]


# -------------------------------------------------------------------------------------------------------- locking
def test_stays_are_locked_in_one_order_everywhere(unit: Any, house: dict[str, Any], db: Any) -> None:
    """The chart locks by id; a desk that locked by the days would wait for it while it waits for the desk."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("the file engine has one writer and no row locks")
    first = house["stays"][0]
    asked: list[str] = []

    def note(*args: Any) -> None:
        text = " ".join(args[2].split())
        if "FROM stay" in text and "FOR UPDATE" in text and "ORDER BY" in text:
            asked.append(text.partition("ORDER BY ")[2].partition(" FOR")[0])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        comes(unit, first)
        with unit(confirmed=frozenset({"check_in_class"})) as ctx:
            services.check_in_class(ctx, house["class"])
        with unit(confirmed=frozenset({"early_leave"})) as ctx:
            services.check_out(ctx, CheckOut(first, ctx.get(Stay, first).version))
        with unit(confirmed=frozenset({"check_out_class"})) as ctx:
            services.check_out_class(ctx, CheckOutClass(house["class"]))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) >= 4
    assert set(asked) == {"stay.id"}
