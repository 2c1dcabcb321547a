"""Occupancy figures: the one home of their formulas, pure functions over plain data.

Nights are half-open spans ``[start, end)``.  A night before ``today`` is *slept* when its guest reported in (in house
or left), else *unconfirmed*; tonight and later nights are *booked*.  No-show, cancelled and parked stays hold no night
and never reach these functions.  Beds are those of today: the office keeps no history of its stock.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
YEAR_DAYS = 366
_ROOM = 10_000_000  # above any ordinal of a day: room and night make one number


class Grouping(enum.StrEnum):
    """What a line of the table stands for."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    BUILDING = "building"
    CLASS = "class"
    KIND = "kind"

    @property
    def label(self) -> str:
        return _GROUPING_WORDS[self]

    @property
    def of_time(self) -> bool:
        """Whether a line is a piece of the calendar."""
        return self in (Grouping.WEEK, Grouping.MONTH, Grouping.YEAR)

    @property
    def has_beds(self) -> bool:
        """Whether a line has beds of its own, so that a rate can be told; a class has none."""
        return self.of_time or self is Grouping.BUILDING


_GROUPING_WORDS = {
    Grouping.WEEK: "周",
    Grouping.MONTH: "月份",
    Grouping.YEAR: "年份",
    Grouping.BUILDING: "楼栋",
    Grouping.CLASS: "班次",
    Grouping.KIND: "班次类别",
}


@dataclass(frozen=True)
class Formula:
    """How a figure is counted, in a sentence that is printed beside it."""

    title: str
    text: str


FORMULAS: tuple[Formula, ...] = (
    Formula("床晚", "一张床一晚住一人计 1 床晚（一人一床，床晚即人晚）；入住当晚计，离开当天不计。"),
    Formula("房晚", "一间房一晚有人住计 1 房晚，住几人都计 1。"),
    Formula("已住", "今天以前的夜晚，且已办理入住（在住、已退房）；未报到、已取消的不计。"),
    Formula("已订", "今晚及以后已安排床位的夜晚，单列，不计入入住率。"),
    Formula(
        "可用床晚",
        "可分配床位 × 晚数 − 停用（维修）床晚；停用或不可分配的床位上确有人住的照计。"
        "床位按现有数计，从有住宿记录之日起计。",
    ),
    Formula("入住率", "已住床晚 ÷ 今天以前的可用床晚 × 100%。"),
    Formula("预订率", "已订床晚 ÷ 今晚及以后的可用床晚 × 100%。"),
    Formula("平均住宿", "已住床晚 ÷ 已住人次；一人参加一个班次计 1 人次，只计本期内的夜晚。"),
    Formula("同比", "本期入住率 − 上年同期入住率（百分点）；只比已过的夜晚，上年同期没有住宿记录的不比较。"),
)


def occupancy(taken: int, available: int | None) -> float | None:
    """入住率 = occupied bed-nights / available bed-nights, 0…1; ``None`` where nothing was available."""
    return taken / available if available else None


class HeldNights(NamedTuple):
    """The nights ``[start, end)`` that one person holds one bed; ``came``: he reported in.

    ``class_id`` 0 and ``kind`` 临时住客 (or 授课教师) for guests of no class.
    """

    person: int
    bed_id: int
    room_id: int
    building_id: int
    class_id: int
    kind: str
    came: bool
    start: date
    end: date


@dataclass(frozen=True)
class BedStock:
    """Beds that can be given out (bed -> building) and when each is out of service: disjoint spans in order."""

    beds: Mapping[int, int]
    closed: Mapping[int, tuple[tuple[date, date], ...]] = field(default_factory=dict)

    def nights(self, start: date, end: date, building_id: int | None = None) -> int:
        """Bed-nights of ``[start, end)`` that could be given out."""
        beds = [bed for bed, home in self.beds.items() if building_id in (None, home)]
        whole = len(beds) * max(0, (end - start).days)
        down = self.closed.keys() & set(beds)
        return whole - sum(overlap(span, start, end) for bed in down for span in self.closed[bed])

    def shut_nights(self, bed_id: int, start: date, end: date) -> int:
        """Nights of ``[start, end)`` on which the bed could not be given out."""
        if bed_id not in self.beds:
            return max(0, (end - start).days)
        spans = self.closed.get(bed_id)
        return sum(overlap(span, start, end) for span in spans) if spans else 0


def merge_spans(spans: Iterable[tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """The same nights as disjoint spans in order."""
    merged: list[tuple[date, date]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def overlap(span: tuple[date, date], start: date, end: date) -> int:
    """Nights that ``span`` has in common with ``[start, end)``."""
    return max(0, (min(span[1], end) - max(span[0], start)).days)


@dataclass(frozen=True)
class Figures:
    """Counts of one line: bed-nights, room-nights and people; ``available``/``ahead`` are bed-nights that could be
    slept in before today and from tonight on, ``None`` where the line has no beds of its own."""

    slept: int = 0
    slept_rooms: int = 0
    people: int = 0
    available: int | None = None
    booked: int = 0
    booked_rooms: int = 0
    booked_people: int = 0
    ahead: int | None = None
    unconfirmed: int = 0

    @property
    def rate(self) -> float | None:
        """入住率 of the nights gone by."""
        return occupancy(self.slept, self.available)

    @property
    def booked_rate(self) -> float | None:
        """预订率 of the nights to come."""
        return occupancy(self.booked, self.ahead)

    @property
    def held(self) -> int:
        """All bed-nights held: slept, booked and unconfirmed."""
        return self.slept + self.booked + self.unconfirmed

    @property
    def held_rate(self) -> float | None:
        """Share of all beds held, whether or not the guests reported in."""
        if self.available is None and self.ahead is None:
            return None
        return occupancy(self.held, (self.available or 0) + (self.ahead or 0))

    @property
    def average_stay(self) -> float | None:
        """平均住宿 in nights a person."""
        return self.slept / self.people if self.people else None


@dataclass(frozen=True)
class Line:
    """One line: ``key`` is ``2026-03``, ``2026``, ``2026-W10``, a building's or class's id or a kind; ``[start, end)``
    are the nights it covers, of a class those it holds; ``before`` is the same line a year earlier, ``None`` where
    nothing is recorded."""

    key: str
    title: str
    start: date
    end: date
    figures: Figures
    before: Figures | None = None

    @property
    def change(self) -> float | None:
        """同比 in percentage points."""
        if self.before is None or self.figures.rate is None or self.before.rate is None:
            return None
        return (self.figures.rate - self.before.rate) * 100


@dataclass(frozen=True)
class Summary:
    """The figures of ``[start, end)`` line by line; ``first_night`` is the first night on record."""

    start: date
    end: date
    today: date
    grouping: Grouping
    lines: tuple[Line, ...]
    total: Line
    first_night: date | None = None

    @property
    def compared_until(self) -> date:
        """Nights from this day on are not compared: they are still to come."""
        return min(self.end, self.today)

    def share(self, line: Line) -> float | None:
        """占比: a line's bed-nights of all bed-nights, slept ones, or those held where none were slept yet."""
        whole = self.total.figures
        return occupancy(line.figures.slept, whole.slept) if whole.slept else occupancy(line.figures.held, whole.held)


@dataclass
class _Tally:
    slept: int = 0
    booked: int = 0
    unconfirmed: int = 0
    extra: int = 0
    extra_ahead: int = 0
    people: set[int] = field(default_factory=set)
    booked_people: set[int] = field(default_factory=set)
    rooms: set[int] = field(default_factory=set)
    booked_rooms: set[int] = field(default_factory=set)
    first: date = date.max
    end: date = date.min

    def add(self, held: HeldNights, start: date, end: date, today: date, stock: BedStock) -> None:
        """Count the nights ``[start, end)`` of ``held``."""
        middle = min(max(today, start), end)
        self.first, self.end = min(self.first, start), max(self.end, end)
        base = held.room_id * _ROOM
        if past := (middle - start).days:
            if held.came:
                self.slept += past
                self.people.add(held.person)
                self.rooms.update(range(base + start.toordinal(), base + middle.toordinal()))
            else:
                self.unconfirmed += past
            self.extra += stock.shut_nights(held.bed_id, start, middle)
        if coming := (end - middle).days:
            self.booked += coming
            self.booked_people.add(held.person)
            self.booked_rooms.update(range(base + middle.toordinal(), base + end.toordinal()))
            self.extra_ahead += stock.shut_nights(held.bed_id, middle, end)

    def take(self, other: _Tally) -> None:
        """Add what another group counted; a room or a person of both counts once."""
        self.slept += other.slept
        self.booked += other.booked
        self.unconfirmed += other.unconfirmed
        self.extra += other.extra
        self.extra_ahead += other.extra_ahead
        self.people |= other.people
        self.booked_people |= other.booked_people
        self.rooms |= other.rooms
        self.booked_rooms |= other.booked_rooms

    def figures(self, available: int | None, ahead: int | None) -> Figures:
        return Figures(
            slept=self.slept,
            slept_rooms=len(self.rooms),
            people=len(self.people),
            available=None if available is None else available + self.extra,
            booked=self.booked,
            booked_rooms=len(self.booked_rooms),
            booked_people=len(self.booked_people),
            ahead=None if ahead is None else ahead + self.extra_ahead,
            unconfirmed=self.unconfirmed,
        )


def summarise(
    held: Sequence[HeldNights],
    stock: BedStock,
    start: date,
    end: date,
    today: date,
    grouping: Grouping,
    titles: Mapping[str, str] | None = None,
    *,
    first_night: date | None = None,
) -> Summary:
    """Count the nights of ``[start, end)`` by ``grouping``.

    Before ``first_night``, the first on record, nothing is known: these nights are no empty beds and count nowhere.

    ``titles`` names the buildings or classes by their ids as text; every building of it has a line, a class or a kind
    only where it holds a night.  ``held`` may reach beyond the period.
    """
    tallies: dict[str, _Tally] = {}
    pieces = list(_calendar(grouping, start, end))
    spans = {key: (title, a, b) for key, title, a, b in pieces}
    names = dict(titles or {})
    if grouping is Grouping.BUILDING:
        tallies = {key: _Tally() for key in names}
    first = {key: n for n, key in enumerate(spans)}
    for one in held:
        a, b = max(one.start, start), min(one.end, end)
        if a >= b:
            continue
        if grouping.of_time:
            for at in range(first[_key_of_day(grouping, a)], len(pieces)):
                key, _, piece_start, piece_end = pieces[at]
                if piece_start >= b:
                    break
                tally = tallies.setdefault(key, _Tally())
                tally.add(one, max(a, piece_start), min(b, piece_end), today, stock)
        else:
            tallies.setdefault(_key(one, grouping), _Tally()).add(one, a, b, today, stock)
    whole = _Tally()
    for tally in tallies.values():
        whole.take(tally)
    middle = min(max(today, start), end)
    since = max(start, first_night or start)
    lines = []
    for key in spans or tallies:
        title, a, b = spans[key] if spans else (names.get(key, key), start, end)
        if grouping is Grouping.CLASS:
            a, b = tallies[key].first, tallies[key].end
        beds: tuple[int | None, int | None] = (None, None)
        if grouping.has_beds:
            home = int(key) if grouping is Grouping.BUILDING else None
            split = min(max(middle, a), b)
            beds = stock.nights(max(a, since), split, home), stock.nights(split, b, home)
        lines.append(Line(key, title, a, b, tallies.get(key, _Tally()).figures(*beds)))
    if grouping is Grouping.KIND:
        lines.sort(key=lambda line: (-line.figures.held, line.title))
    total = whole.figures(stock.nights(since, middle), stock.nights(middle, end))
    return Summary(start, end, today, grouping, tuple(lines), Line("", "合计", start, end, total), first_night)


def _key(held: HeldNights, grouping: Grouping) -> str:
    if grouping is Grouping.BUILDING:
        return str(held.building_id)
    return str(held.class_id) if grouping is Grouping.CLASS else held.kind


def _key_of_day(grouping: Grouping, day: date) -> str:
    if grouping is Grouping.YEAR:
        return f"{day.year:04d}"
    if grouping is Grouping.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def _calendar(grouping: Grouping, start: date, end: date) -> Iterator[tuple[str, str, date, date]]:
    """The weeks, months or years of ``[start, end)``: key, title and nights, cut at both ends."""
    if not grouping.of_time:
        return
    several_years = (end - DAY).year > start.year
    day = start
    while day < end:
        key = _key_of_day(grouping, day)
        if grouping is Grouping.YEAR:
            following, title = date(day.year + 1, 1, 1), f"{day.year}年"
        elif grouping is Grouping.MONTH:
            following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            title = f"{day.year}年{day.month}月" if several_years else f"{day.month}月"
        else:
            following, title = day + (7 - day.weekday()) * DAY, f"{day.isocalendar().week}周"
        yield key, title, day, min(following, end)
        day = following


def year_before(day: date) -> date:
    """The same day a year earlier; 29 February becomes 1 March, so that half-open spans lose no night."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)


def beside(now: Summary, before: Summary) -> Summary:
    """``now`` with the lines of the year before beside its own.

    ``before`` covers the same nights a year earlier, as far as they are past.  A line is compared with nothing where
    nobody was reported in then though beds were given out (the office did not use the desk yet), and where the first
    night on record is later; a class is never compared, nor is the total of more than a year.
    """
    known = {line.key: line.figures for line in before.lines}
    lines = []
    for line in now.lines:
        found: Figures | None = None
        if now.grouping is Grouping.MONTH:
            found = known.get(f"{line.start.year - 1:04d}-{line.start.month:02d}")
        elif now.grouping is Grouping.YEAR:
            found = known.get(f"{line.start.year - 1:04d}")
        elif now.grouping in (Grouping.BUILDING, Grouping.KIND):
            found = known.get(line.key)
        lines.append(replace(line, before=_recorded(found)))
    longer = (now.end - now.start).days > YEAR_DAYS
    total = now.total if longer else replace(now.total, before=_recorded(before.total.figures))
    return replace(now, lines=tuple(lines), total=total)


def _recorded(figures: Figures | None) -> Figures | None:
    """The figures, unless they tell nothing about who slept."""
    if figures is None or (not figures.slept and (figures.unconfirmed or not figures.available)):
        return None
    return figures
