"""Whatever the desk does in whatever order: nights and stays agree, and every step is taken back exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import (
    HOLDING,
    ArriveLate,
    AssignBed,
    CheckIn,
    CheckOut,
    CompensationInput,
    CompensationKind,
    DeskPerson,
    ExtendStay,
    MoveStay,
    ReplacePerson,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, Compensation, KeyCard, RoomNight, Stay
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions
from dangxiao_houqin.modules.training.api import enrollment, nights
from tests.support.school import END, START, make_class, make_people, make_rooms

DAY = timedelta(days=1)
YES = frozenset({"early_arrival", "dirty_room", "early_leave", "bed_gone", "card_elsewhere"})
PEOPLE = 5
BEDS = 10


class _Over(Exception):
    """Ends an example; what it wrote is rolled back."""


@dataclass(frozen=True)
class Act:
    """One thing the desk does with person ``who`` (and ``more``: a day, a bed, another person)."""

    name: str
    who: int
    more: int = 0
    back: bool = False


OFTEN = {"day": 3, "check_in": 4, "check_out": 6, "move": 3, "swap": 3, "extend": 2}
NAMES = (
    *(name for name, times in OFTEN.items() for _ in range(times)),
    *("no_show", "late", "lodging", "replace", "assign", "release"),
)
acts = st.builds(Act, st.sampled_from(NAMES), st.integers(0, PEOPLE - 1), st.integers(-1, BEDS - 1), st.booleans())


@pytest.fixture
def school(db: Database, clock: FixedClock) -> tuple[Database, FixedClock, list[int], list[int]]:
    """Five rooms for two; three men and two women of one class, a bed each; three of them have moved in."""
    with unit_of_work(db, Actor.system("测试员"), "test.school", clock=clock, handlers=REACTIONS) as ctx:
        beds = make_rooms(ctx, floors=1, rooms=5)
        people = make_people(ctx, make_class(ctx).id, "男男男女女")
        for person, bed in zip(people, [beds[0], beds[1], beds[2], beds[4], beds[5]], strict=True):
            row = services.assign_bed(ctx, AssignBed(person.id, bed))
            if person.seq_no % 2:
                services.check_in(ctx, CheckIn(row.id, row.version))
    return db, clock, [p.id for p in people], beds


class Desk:
    """Does acts in one transaction; people are named by their place in ``ids``, which follows replacements."""

    def __init__(self, ctx: Ctx, clock: FixedClock, ids: list[int], beds: list[int]) -> None:
        self.ctx, self.clock, self.ids, self.beds = ctx, clock, list(ids), beds

    def person(self, who: int) -> DeskPerson:
        return queries.get_desk_person(self.ctx, enrollment_id=self.ids[who])

    def do(self, act: Act) -> Callable[[], object] | None:
        """Do it; gives the way back where there is one. Raises :class:`AppError` where it is refused."""
        return getattr(self, act.name)(act)  # type: ignore[no-any-return]

    def day(self, act: Act) -> None:
        if self.ctx.today() < END + 3 * DAY:
            self.clock.advance(DAY)

    def check_in(self, act: Act) -> Callable[[], object]:
        p = self.person(act.who)
        done = services.check_in(self.ctx, CheckIn(_stay(p), p.version or 0, "", act.more % 4))
        return lambda: services.undo_check_in(self.ctx, _stay(done), done.version)

    def check_out(self, act: Act) -> Callable[[], object]:
        p = self.person(act.who)
        day = self.ctx.today() - DAY if act.more == 1 else None
        lines = (CompensationInput(CompensationKind.CARD, "房卡", 2000),) if act.more == 2 else ()
        done = services.check_out(
            self.ctx, CheckOut(_stay(p), p.version or 0, "", day, cards_back=act.more < 2, compensation=lines)
        )
        return lambda: services.undo_check_out(self.ctx, _stay(done), done.version)

    def no_show(self, act: Act) -> Callable[[], object]:
        p = self.person(act.who)
        done = services.mark_no_show(self.ctx, _stay(p), p.version)
        return lambda: services.undo_no_show(self.ctx, _stay(done), done.version)

    def late(self, act: Act) -> Callable[[], object]:
        p = self.person(act.who)
        until, note = p.late_until or p.arrive, p.late_note
        done = services.arrive_late(self.ctx, ArriveLate(_stay(p), p.version or 0, START + act.more * DAY, "晚"))
        return lambda: services.arrive_late(self.ctx, ArriveLate(_stay(done), done.version or 0, until, note))

    def extend(self, act: Act) -> Callable[[], object] | None:
        p = self.person(act.who)
        done = services.extend_stay(self.ctx, ExtendStay(_stay(p), p.version or 0, p.leave + act.more * DAY))
        if p.state is StayState.IN_HOUSE and p.leave is not None and p.leave < self.ctx.today():
            return None  # the nights he overstayed were slept
        return lambda: services.extend_stay(self.ctx, ExtendStay(done.id, done.version, p.leave))

    def lodging(self, act: Act) -> Callable[[], object] | None:
        p = self.person(act.who)
        if not p.lodging:
            services.lodge_again(self.ctx, self.ids[act.who])
            return None
        services.no_lodging(self.ctx, self.ids[act.who])
        return lambda: services.lodge_again(self.ctx, self.ids[act.who])

    def replace(self, act: Act) -> Callable[[], object]:
        old = self.ids[act.who]
        sex = "男" if act.more % 2 else "女"
        new = services.replace_person(self.ctx, ReplacePerson(old, f"新人{act.more}", sex))
        assert new.enrollment_id is not None
        self.ids[act.who] = new.enrollment_id

        def back() -> None:
            assert new.enrollment_id is not None
            services.undo_replace(self.ctx, new.enrollment_id)
            self.ids[act.who] = old

        return back

    def move(self, act: Act) -> None:
        p = self.person(act.who)
        services.move_stay(self.ctx, MoveStay(_stay(p), p.version or 0, self.beds[act.more], reason="学员申请"))

    def swap(self, act: Act) -> None:
        a, b = self.person(act.who), self.person(act.more % PEOPLE)
        if a.stay_id != b.stay_id:
            services.swap_stays(self.ctx, _stay(a), a.version or 0, _stay(b), b.version or 0)

    def assign(self, act: Act) -> None:
        services.assign_bed(self.ctx, AssignBed(self.ids[act.who], self.beds[act.more]))

    def release(self, act: Act) -> None:
        p = self.person(act.who)
        services.release_stay(self.ctx, _stay(p), p.version)


def _stay(person: DeskPerson) -> int:
    if person.stay_id is None:
        raise AppError("没有床位")
    return person.stay_id


def look(ctx: Ctx) -> dict[str, Any]:
    """Everything the desk changes, without what was merely cancelled."""
    stays = [
        (
            s.id,
            s.enrollment_id,
            s.bed_id,
            s.arrive,
            s.leave,
            s.state,
            s.arrived_at,
            s.left_at,
            s.late_until,
            s.late_note,
            s.end_reason,
            s.planned_arrive,
            s.planned_leave,
        )
        for s in ctx.session.scalars(select(Stay).order_by(Stay.id))
        if s.state != StayState.CANCELLED.value or s.left_at is not None
    ]
    return {
        "stays": stays,
        "beds": sorted(ctx.session.execute(select(BedNight.bed_id, BedNight.night, BedNight.stay_id)).all()),
        "rooms": sorted(ctx.session.execute(select(RoomNight.room_id, RoomNight.night, RoomNight.sex)).all()),
        "cards": [(c.id, c.state, c.closed_at) for c in ctx.session.scalars(select(KeyCard).order_by(KeyCard.id))],
        "charges": sorted(ctx.session.scalars(select(Compensation.id))),
        "dirty": {room for room, now in list_conditions(ctx).items() if now is not RoomCondition.READY},
        "roster": sorted(
            ctx.session.execute(
                select(enrollment.c.id, enrollment.c.seq_no, enrollment.c.lodging, enrollment.c.note).where(
                    enrollment.c.status == "enrolled"
                )
            ).all()
        ),
    }


def check(desk: Desk) -> None:
    """Nights and stays agree; everybody is on the list once; who is where says so."""
    ctx = desk.ctx
    ctx.session.flush()
    held: dict[int, list[tuple[date, int, int, str]]] = {}
    for row in ctx.session.scalars(select(BedNight)):
        held.setdefault(row.stay_id, []).append((row.night, row.bed_id, row.room_id, row.sex))
    slept = {(room, night, sex) for rows in held.values() for night, _, room, sex in rows}
    assert slept == set(ctx.session.execute(select(RoomNight.room_id, RoomNight.night, RoomNight.sex)).all())
    living: Counter[tuple[int | None, str]] = Counter()
    for stay in ctx.session.scalars(select(Stay)):
        expected = nights(stay.arrive, stay.leave) if stay.state in HOLDING else ()
        assert sorted(held.pop(stay.id, [])) == [(n, stay.bed_id, stay.room_id, stay.sex) for n in expected]
        assert stay.arrive < stay.leave
        if stay.state == StayState.IN_HOUSE.value:
            assert stay.arrived_at is not None
            assert stay.left_at is None
            assert stay.arrive <= ctx.today() or stay.moved_from_id is not None
        if stay.state == StayState.LEFT.value:
            assert stay.left_at is not None
            assert stay.leave <= ctx.today()
        if stay.state in (StayState.ASSIGNED.value, StayState.NO_SHOW.value):
            assert (stay.arrived_at, stay.left_at) == (None, None)
        living[(stay.enrollment_id, stay.state)] += 1
    assert held == {}
    states: dict[int | None, set[str]] = {}
    for who, state in living:
        if state in (StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.NO_SHOW.value):
            states.setdefault(who, set()).add(state)
    assert all(len(found) == 1 for found in states.values()), states
    shown = Counter(p.enrollment_id for p in queries.list_desk(ctx, ctx.today(), class_id=1))
    assert shown == Counter(desk.ids)
    cards = Counter(c.stay_id for c in ctx.session.scalars(select(KeyCard)) if c.state == "out")
    assert all(ctx.get(Stay, stay_id).arrived_at is not None for stay_id in cards)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking takes minutes and helps little here
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=st.lists(acts, min_size=1, max_size=14))
def test_any_sequence_leaves_nights_and_stays_in_agreement(
    school: tuple[Database, FixedClock, list[int], list[int]], plan: list[Act]
) -> None:
    db, clock, ids, beds = school
    start = clock.moment
    with (
        suppress(_Over),
        unit_of_work(db, Actor.system("测试员"), "test.desk", clock=clock, confirmed=YES, handlers=REACTIONS) as ctx,
    ):
        desk = Desk(ctx, clock, ids, beds)
        try:
            for act in plan:
                clock.advance(timedelta(seconds=1))
                before = look(ctx)
                try:
                    with ctx.session.begin_nested():
                        back = desk.do(act)
                except AppError:
                    assert look(ctx) == before, f"{act} was refused but changed something"
                    continue
                check(desk)
                if act.back and back is not None:
                    clock.advance(timedelta(seconds=1))
                    back()
                    check(desk)
                    assert look(ctx) == before, act
        finally:
            clock.moment = start
        raise _Over
