"""Figures from the database, on both engines, against counting the rows of a school with a past."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import AssignBed, CheckIn, CheckOut, CheckOutClass, MoveStay
from dangxiao_houqin.modules.accommodation.models import BedNight, Stay
from dangxiao_houqin.modules.accommodation.queries.statistics import read_summary
from dangxiao_houqin.modules.accommodation.statistics import Grouping
from dangxiao_houqin.modules.places.models import Bed, Room, RoomOutage
from dangxiao_houqin.modules.training.models import TrainingClass
from tests.support.school import make_class, make_people, make_rooms

DAY = timedelta(days=1)
CLASSES = (  # name, first night, nights: 29 February, two New Years, now, and still to come
    ("一期", date(2024, 2, 26), 6),
    ("二期", date(2024, 12, 28), 9),
    ("三期", date(2025, 2, 24), 7),
    ("四期", date(2025, 12, 29), 8),
    ("五期", date(2026, 2, 27), 6),
    ("六期", date(2026, 3, 9), 4),
)
TODAY = date(2026, 3, 2)


@pytest.fixture
def school(unit, clock):
    """Six classes over three years: somebody moves to the other house, leaves early, never comes, is not noted down."""
    rnd = random.Random(7)
    with unit() as ctx:
        beds = [*make_rooms(ctx, floors=2, rooms=2), *make_rooms(ctx, floors=1, rooms=3, name="致远楼")]
        ctx.get(Room, ctx.get(Bed, beds[-1]).room_id).assignable = False
        ctx.get(Bed, beds[1]).assignable = False
        rooms = {bed: ctx.get(Bed, bed).room_id for bed in beds}
        for room, start, end in (
            (rooms[beds[6]], date(2024, 2, 20), date(2024, 3, 10)),
            (rooms[beds[8]], date(2024, 12, 30), date(2025, 1, 3)),
            (rooms[beds[6]], date(2025, 12, 1), date(2026, 1, 2)),
            (rooms[beds[10]], date(2026, 3, 10), None),
        ):
            ctx.add(RoomOutage(room_id=room, start=start, end=end, reason="维修"))
        ctx.add(
            RoomOutage(
                room_id=rooms[beds[8]], bed_id=beds[8], start=date(2025, 1, 1), end=date(2025, 1, 9), reason="床坏"
            )
        )
    usable = [beds[0], beds[2], beds[3], beds[4], beds[5], beds[10]]
    for number, (name, start, nights) in enumerate(CLASSES):
        clock.moment = datetime(start.year, start.month, start.day, 9, tzinfo=CHINA)
        with unit() as ctx:
            row = make_class(ctx, name, start, start + nights * DAY)
            ctx.get(TrainingClass, row.id).kind = "轮训班" if number % 2 else "主体班"
            people = make_people(ctx, row.id, "男男男男男")
            stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people, usable, strict=False)]
        if start > TODAY:
            continue
        with unit(confirmed=frozenset({"dirty_room"})) as ctx:
            for stay_id in stays[:3]:  # the fourth is not noted down, the last does not come
                services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))
            services.mark_no_show(ctx, stays[4], ctx.get(Stay, stays[4]).version)
            moved = ctx.get(Stay, stays[0])
            services.move_stay(
                ctx, MoveStay(moved.id, moved.version, usable[5], start + rnd.randint(1, 3) * DAY, "打鼾影响休息")
            )
        clock.moment += timedelta(days=4)
        if clock.today() <= TODAY:
            with unit(confirmed=frozenset({"early_leave"})) as ctx:
                services.check_out(ctx, CheckOut(stays[1], ctx.get(Stay, stays[1]).version, "提前离校"))
        clock.moment = datetime(start.year, start.month, start.day, 9, tzinfo=CHINA) + nights * DAY
        if clock.today() <= TODAY:
            with unit(confirmed=frozenset({"check_out_class"})) as ctx:
                services.check_out_class(ctx, CheckOutClass(row.id))
    with unit() as ctx:  # a room goes out of service over its guests: they sleep there all the same
        ctx.add(RoomOutage(room_id=rooms[beds[2]], start=date(2025, 12, 31), end=date(2026, 1, 2), reason="漏水"))
    clock.moment = datetime(2026, 3, 2, 8, tzinfo=CHINA)
    return SimpleNamespace(beds=beds, rooms=rooms)


def facts(ctx):
    """All rows as they stand, read one table at a time."""
    kinds = dict(ctx.session.execute(select(TrainingClass.id, TrainingClass.kind)).all())
    stays = {stay.id: stay for stay in ctx.session.scalars(select(Stay))}
    home = dict(ctx.session.execute(select(Room.id, Room.building_id)).all())
    open_rooms = dict(ctx.session.execute(select(Room.id, Room.assignable)).all())
    beds = {bed.id: bed for bed in ctx.session.scalars(select(Bed))}
    outages = list(ctx.session.scalars(select(RoomOutage)))
    nights = list(ctx.session.scalars(select(BedNight)))
    return SimpleNamespace(
        kinds=kinds, stays=stays, home=home, open_rooms=open_rooms, beds=beds, outages=outages, nights=nights
    )


def open_beds(f, night: date, building: int | None = None) -> set[int]:
    found = set()
    for bed in f.beds.values():
        down = any(
            o.room_id == bed.room_id
            and o.bed_id in (None, bed.id)
            and o.start <= night
            and (o.end is None or night < o.end)
            for o in f.outages
        )
        if bed.assignable and f.open_rooms[bed.room_id] and not down and building in (None, f.home[bed.room_id]):
            found.add(bed.id)
    return found


def brute(f, start: date, end: date, key, building: int | None = None):
    """(slept, room-nights, people, available, booked, unconfirmed) by ``key`` of a bed-night row."""
    slept, booked, unconfirmed = Counter(), Counter(), Counter()
    rooms, people = {}, {}
    for row in f.nights:
        if not start <= row.night < end:
            continue
        group = key(f, row)
        stay = f.stays[row.stay_id]
        if row.night >= TODAY:
            booked[group] += 1
        elif stay.state in ("in_house", "left"):
            slept[group] += 1
            rooms.setdefault(group, set()).add((row.room_id, row.night))
            people.setdefault(group, set()).add(row.enrollment_id)
        else:
            unconfirmed[group] += 1
    first = min(row.night for row in f.nights)
    available = 0
    for n in range((end - start).days):
        night = start + n * DAY
        if first <= night < TODAY:
            used = {r.bed_id for r in f.nights if r.night == night and building in (None, f.home[r.room_id])}
            available += len(open_beds(f, night, building) | used)
    return slept, rooms, people, available, booked, unconfirmed


KEYS = {
    Grouping.MONTH: lambda _, row: f"{row.night:%Y-%m}",
    Grouping.YEAR: lambda _, row: f"{row.night:%Y}",
    Grouping.BUILDING: lambda f, row: str(f.home[row.room_id]),
    Grouping.CLASS: lambda f, row: str(f.stays[row.stay_id].class_id),
    Grouping.KIND: lambda f, row: f.kinds[f.stays[row.stay_id].class_id],
}


@pytest.mark.parametrize(
    ("start", "end"), ((date(2024, 1, 1), date(2027, 1, 1)), (date(2025, 12, 15), date(2026, 3, 11)))
)
def test_figures_are_what_counting_the_rows_gives(unit, school, start, end) -> None:
    with unit(read_only=True) as ctx:
        f = facts(ctx)
        assert {stay.state for stay in f.stays.values()} >= {"assigned", "in_house", "left", "no_show"}
        for grouping, key in KEYS.items():
            found = read_summary(ctx, start, end, grouping)
            slept, rooms, people, _, booked, unconfirmed = brute(f, start, end, key)
            lines = {line.key: line for line in found.lines}
            assert set(slept) | set(booked) | set(unconfirmed) <= set(lines), grouping
            for name, line in lines.items():
                got = line.figures
                assert (got.slept, got.slept_rooms, got.people, got.booked, got.unconfirmed) == (
                    slept[name],
                    len(rooms.get(name, ())),
                    len(people.get(name, ())),
                    booked[name],
                    unconfirmed[name],
                ), (grouping, line.title)
                if grouping is Grouping.BUILDING:
                    assert got.available == brute(f, start, end, key, int(name))[3], line.title
                elif grouping.of_time:
                    assert got.available == brute(f, line.start, line.end, key)[3], line.title
                else:
                    assert got.available is None
            total = brute(f, start, end, lambda *_: "all")
            assert found.total.figures.slept == total[0]["all"] > 0
            assert found.total.figures.available == total[3]
            assert found.total.figures.rate == pytest.approx(total[0]["all"] / total[3])
            assert found.first_night == date(2024, 2, 26)


def test_a_year_stands_beside_the_same_nights_of_the_year_before(unit, school) -> None:
    with unit(read_only=True) as ctx:
        f = facts(ctx)
        found = read_summary(ctx, date(2026, 1, 1), date(2027, 1, 1), Grouping.MONTH)
        before = brute(f, date(2025, 1, 1), date(2025, 3, 2), lambda *_: "all")
        lines = {line.key: line for line in found.lines}
        assert found.total.before.slept == before[0]["all"]
        assert found.total.before.available == before[3]
        now = found.total.figures
        assert found.total.change == pytest.approx((now.slept / now.available - before[0]["all"] / before[3]) * 100)
        assert (
            lines["2026-01"].before.slept
            == brute(f, date(2025, 1, 1), date(2025, 2, 1), KEYS[Grouping.YEAR])[0]["2025"]
        )
        assert lines["2026-03"].before.available == brute(f, date(2025, 3, 1), date(2025, 3, 2), KEYS[Grouping.YEAR])[3]
        assert lines["2026-04"].change is None  # still to come
        assert read_summary(ctx, date(2026, 1, 1), date(2027, 1, 1), Grouping.MONTH, compare=False).total.before is None


def test_before_the_first_record_nothing_is_told(unit, school) -> None:
    with unit(read_only=True) as ctx:
        found = read_summary(ctx, date(2024, 1, 1), date(2024, 12, 1), Grouping.MONTH)
        lines = {line.key: line.figures for line in found.lines}
        assert lines["2024-01"].rate is None
        assert (
            lines["2024-02"].available == brute(facts(ctx), date(2024, 2, 26), date(2024, 3, 1), KEYS[Grouping.YEAR])[3]
        )
        assert found.total.before is None
        assert found.total.change is None
        assert read_summary(ctx, date(2020, 1, 1), date(2021, 1, 1), Grouping.YEAR).total.figures.rate is None


def test_names_of_the_lines(unit, school) -> None:
    with unit(read_only=True) as ctx:
        period = date(2024, 1, 1), date(2027, 1, 1)
        names = [line.title for line in read_summary(ctx, *period, Grouping.CLASS).lines]
        assert names == [name for name, _, _ in CLASSES]
        assert [line.title for line in read_summary(ctx, *period, Grouping.BUILDING).lines] == ["明德楼", "致远楼"]
        assert {line.title for line in read_summary(ctx, *period, Grouping.KIND).lines} == {"主体班", "轮训班"}


def test_only_those_who_may_look_see_figures(unit, nobody) -> None:
    with pytest.raises(PermissionDenied), unit(read_only=True, actor=nobody) as ctx:
        read_summary(ctx, date(2026, 1, 1), date(2027, 1, 1), Grouping.MONTH)


def test_an_empty_house_has_no_rate(unit) -> None:
    with unit(read_only=True) as ctx:
        found = read_summary(ctx, date(2026, 1, 1), date(2027, 1, 1), Grouping.MONTH)
    assert found.total.figures.rate is None
    assert len(found.lines) == 12
