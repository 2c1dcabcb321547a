"""The formulas of occupancy against counting night by night."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangxiao_houqin.modules.accommodation.statistics import (
    FORMULAS,
    BedStock,
    Figures,
    Grouping,
    HeldNights,
    beside,
    merge_spans,
    occupancy,
    summarise,
    year_before,
)

DAY = timedelta(days=1)
FIRST = date(2023, 12, 12)  # over New Year and 29 February 2024
LENGTH = 90
BEDS = range(1, 9)  # two in a room, two rooms in a building

days = st.integers(0, LENGTH).map(lambda n: FIRST + n * DAY)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    start = draw(days)
    return start, start + draw(st.integers(1, 40)) * DAY


def held_nights(bed: int, start: date, end: date, person: int, came: bool, class_id: int) -> HeldNights:
    kind = "主体班" if class_id % 2 else "轮训班"
    return HeldNights(person, bed, (bed + 1) // 2, (bed + 3) // 4, class_id, kind, came, start, end)


@st.composite
def houses(draw: st.DrawFn) -> tuple[list[HeldNights], BedStock]:
    """Stays of which no two share a bed and a night, and beds that are closed for spans or never given out."""
    found: list[HeldNights] = []
    for number in range(draw(st.integers(0, 12))):
        bed = draw(st.sampled_from(BEDS))
        start, end = draw(spans())
        if any(one.bed_id == bed and one.start < end and start < one.end for one in found):
            continue
        person = draw(st.integers(1, 6)) * 100 + number if draw(st.booleans()) else draw(st.integers(1, 6))
        found.append(held_nights(bed, start, end, person, draw(st.booleans()), draw(st.integers(0, 3))))
    closed = draw(st.dictionaries(st.sampled_from(BEDS), st.lists(spans(), min_size=1, max_size=3), max_size=4))
    given_out = draw(st.sets(st.sampled_from(BEDS)))
    beds = {bed: (bed + 3) // 4 for bed in sorted(given_out)}
    return found, BedStock(beds, {bed: merge_spans(each) for bed, each in closed.items() if bed in beds})


def counted(
    held: Sequence[HeldNights],
    stock: BedStock,
    nights: Sequence[date],
    today: date,
    first: date | None,
    wanted: Callable[[HeldNights], bool],
    building: int | None,
    rated: bool,
) -> Figures:
    """Night by night, bed by bed."""
    slept = booked = unconfirmed = available = ahead = 0
    rooms, booked_rooms, people, booked_people = set(), set(), set(), set()
    for night in nights:
        here = [one for one in held if one.start <= night < one.end and wanted(one)]
        open_beds = {
            bed
            for bed, home in stock.beds.items()
            if building in (None, home) and not any(a <= night < b for a, b in stock.closed.get(bed, ()))
        }
        if night >= today:
            ahead += len(open_beds | {one.bed_id for one in here})
            booked += len(here)
            booked_rooms |= {(one.room_id, night) for one in here}
            booked_people |= {one.person for one in here}
            continue
        known = first is None or night >= first
        available += len((open_beds if known else set()) | {one.bed_id for one in here})
        came = [one for one in here if one.came]
        slept += len(came)
        unconfirmed += len(here) - len(came)
        rooms |= {(one.room_id, night) for one in came}
        people |= {one.person for one in came}
    return Figures(
        slept,
        len(rooms),
        len(people),
        available if rated else None,
        booked,
        len(booked_rooms),
        len(booked_people),
        ahead if rated else None,
        unconfirmed,
    )


def every_night(start: date, end: date) -> list[date]:
    return [start + n * DAY for n in range((end - start).days)]


def of_night(grouping: Grouping, night: date) -> str:
    if grouping is Grouping.MONTH:
        return night.strftime("%Y-%m")
    return night.strftime("%Y") if grouping is Grouping.YEAR else night.strftime("%G-W%V")


@given(houses(), spans(), days, st.sampled_from(Grouping), st.booleans())
def test_every_line_and_the_total_are_what_counting_gives(house, period, today, grouping, records) -> None:
    held, stock = house
    start, end = period
    first = min((one.start for one in held), default=None) if records else None
    titles = {"1": "明德楼", "2": "致远楼"} if grouping is Grouping.BUILDING else None
    found = summarise(held, stock, start, end, today, grouping, titles, first_night=first)
    nights = every_night(start, end)
    whole = counted(held, stock, nights, today, first, lambda _: True, None, True)
    assert found.total.figures == whole
    assert whole.slept <= (whole.available or 0)
    assert whole.booked <= (whole.ahead or 0)
    for line in found.lines:
        building = None
        theirs = nights
        if grouping.of_time:
            theirs = [night for night in nights if of_night(grouping, night) == line.key]
            assert (line.start, line.end) == (theirs[0], theirs[-1] + DAY)
            wanted = lambda _: True  # noqa: E731
        elif grouping is Grouping.BUILDING:
            building = int(line.key)
            wanted = lambda one: one.building_id == building  # noqa: B023, E731
        elif grouping is Grouping.CLASS:
            wanted = lambda one: str(one.class_id) == line.key  # noqa: B023, E731
        else:
            wanted = lambda one: one.kind == line.key  # noqa: B023, E731
        expected = counted(held, stock, theirs, today, first, wanted, building, grouping.has_beds)
        assert line.figures == expected, line.key
    sums = [sum(getattr(line.figures, name) for line in found.lines) for name in ("slept", "booked", "unconfirmed")]
    assert sums == [whole.slept, whole.booked, whole.unconfirmed]
    if grouping.of_time:
        assert [line.key for line in found.lines] == list(dict.fromkeys(of_night(grouping, n) for n in nights))


@given(st.lists(spans()))
def test_merged_spans_hold_the_same_nights_once(found) -> None:
    merged = merge_spans(found)
    assert {n for a, b in found for n in every_night(a, b)} == {n for a, b in merged for n in every_night(a, b)}
    assert all(before[1] < after[0] for before, after in pairwise(merged))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 800))
def test_the_year_before_loses_no_night_and_counts_none_twice(start, length) -> None:
    end = start + length * DAY
    before = year_before(start), year_before(end)
    assert before[0] <= before[1]
    assert year_before(start + DAY) >= before[0]
    leap_days = sum(n.month == 2 and n.day == 29 for n in every_night(start, end))
    older_leap_days = sum(n.month == 2 and n.day == 29 for n in every_night(*before))
    assert (before[1] - before[0]).days == length - leap_days + older_leap_days


def test_nothing_available_is_no_rate() -> None:
    assert occupancy(0, 0) is None
    assert occupancy(3, None) is None
    assert occupancy(1, 4) == 0.25
    assert Figures().rate is None
    assert Figures().average_stay is None
    assert Figures(slept=9, people=2).average_stay == 4.5
    assert Figures(slept=1, unconfirmed=1, booked=2, available=4, ahead=4).held_rate == 0.5
    assert Figures(slept=5).held_rate is None


def stays(year: int, nights: int, beds: int = 2) -> list[HeldNights]:
    return [
        held_nights(bed, date(year, 3, 1), date(year, 3, 1) + nights * DAY, year * 10 + bed, True, 1)
        for bed in range(1, beds + 1)
    ]


STOCK = BedStock({bed: (bed + 3) // 4 for bed in range(1, 5)})


def month_of(year: int, held: list[HeldNights], today: date, first: date):
    return summarise(held, STOCK, date(year, 3, 1), date(year, 4, 1), today, Grouping.MONTH, first_night=first)


def test_comparison_is_the_difference_in_points() -> None:
    today, first = date(2026, 6, 1), date(2025, 3, 1)
    now, before = month_of(2026, stays(2026, 31), today, first), month_of(2025, stays(2025, 31, 1), today, first)
    found = beside(now, before)
    assert found.total.change == pytest.approx(25.0)
    assert found.lines[0].change == pytest.approx(25.0)
    assert found.lines[0].before == before.lines[0].figures


def test_nothing_is_invented_for_a_year_without_records() -> None:
    today = date(2026, 6, 1)
    now = month_of(2026, stays(2026, 31), today, date(2026, 3, 1))
    assert beside(now, month_of(2025, [], today, date(2026, 3, 1))).total.change is None
    silent = [one._replace(came=False) for one in stays(2025, 31)]  # beds given out, nobody reported in
    assert beside(now, month_of(2025, silent, today, date(2025, 3, 1))).total.before is None
    empty = beside(now, month_of(2025, [], today, date(2024, 3, 1)))  # on record, and really empty
    assert empty.total.change == pytest.approx(50.0)


def test_a_class_is_compared_with_nothing() -> None:
    today, first = date(2026, 6, 1), date(2025, 3, 1)
    period = date(2026, 3, 1), date(2026, 4, 1)
    older = date(2025, 3, 1), date(2025, 4, 1)
    now = summarise(stays(2026, 5), STOCK, *period, today, Grouping.CLASS, {"1": "进修班"}, first_night=first)
    before = summarise(stays(2025, 5), STOCK, *older, today, Grouping.CLASS, {"1": "进修班"}, first_night=first)
    line = beside(now, before).lines[0]
    assert (line.title, line.before, line.change, line.figures.rate) == ("进修班", None, None, None)
    assert (line.start, line.end) == (date(2026, 3, 1), date(2026, 3, 6))
    assert now.share(line) == 1.0


def test_every_figure_has_its_sentence() -> None:
    titles = [formula.title for formula in FORMULAS]
    assert {"床晚", "房晚", "已住", "已订", "可用床晚", "入住率", "预订率", "平均住宿", "同比"} <= set(titles)
    assert all(formula.text.endswith("。") for formula in FORMULAS)
