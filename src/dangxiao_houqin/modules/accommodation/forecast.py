"""床位预测: how many beds the planned classes want on each night, and on which nights there are too few.

Pure functions over plain data; nights are half-open spans.  Beds are counted whatever the sexes will be: one sex a room
may leave beds empty, which :attr:`Forecast.half_rooms` names and nobody can compute before the roster is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dangxiao_houqin.core.columns import chinese_date

from .statistics import BedStock, HeldNights

DAY = timedelta(days=1)
_RANGES_IN_SENTENCE = 3
_CLASSES_IN_SENTENCE = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """``people`` want a bed each for the nights ``[start, end)`` and hold none yet; ``known``: their sex is."""

    class_id: int
    start: date
    end: date
    people: int
    known: bool


@dataclass(frozen=True)
class NightDemand:
    """One night: ``beds`` in service (``reserve`` of them 机动), ``closed`` out of service, ``demand`` people, of whom
    ``guests`` belong to no class and ``unknown`` are not on a roster yet."""

    night: date
    beds: int
    closed: int
    reserve: int
    demand: int
    guests: int
    unknown: int

    @property
    def short(self) -> int:
        """Beds missing, reserve rooms included."""
        return max(0, self.demand - self.beds)

    @property
    def free(self) -> int:
        return max(0, self.beds - self.demand)

    @property
    def into_reserve(self) -> int:
        """Beds of reserve rooms that would be needed."""
        return min(self.reserve, max(0, self.demand - (self.beds - self.reserve)))


@dataclass(frozen=True)
class ClassDemand:
    """What one class wants within the period: its own dates, its most people on a night, the nights counted."""

    class_id: int
    name: str
    start: date
    end: date
    people: int
    bed_nights: int
    unknown: int
    """People expected who are not on the roster yet."""


@dataclass(frozen=True)
class Shortage:
    """Nights ``[start, end)`` in a row with too few beds: ``short`` at the worst, ``demand`` and ``beds`` then."""

    start: date
    end: date
    short: int
    demand: int
    beds: int
    classes: tuple[str, ...]

    @property
    def nights(self) -> int:
        return (self.end - self.start).days

    @property
    def words(self) -> str:
        """``11月24日至27日``: the nights, first and last."""
        return night_words(self.start, self.end)


@dataclass(frozen=True)
class Forecast:
    """Demand and beds night by night; nights before ``today`` show what was held.

    ``largest_room`` is the largest number of beds in one room that can be given out.
    """

    start: date
    end: date
    today: date
    nights: tuple[NightDemand, ...]
    classes: tuple[ClassDemand, ...]
    shortages: tuple[Shortage, ...]
    largest_room: int = 0

    @property
    def peak(self) -> NightDemand | None:
        """The night to come with the most people; the earliest of equals."""
        coming = [night for night in self.nights if night.night >= self.today and night.demand]
        return max(coming, key=lambda night: night.demand, default=None)

    @property
    def half_rooms(self) -> int:
        """Beds that can stay empty at the worst because a room takes one sex only."""
        return max(0, self.largest_room - 1)

    @property
    def beds_known(self) -> bool:
        """Whether the school has entered beds at all."""
        return self.largest_room > 0

    @property
    def short_nights(self) -> int:
        return sum(each.nights for each in self.shortages)


def night_words(start: date, end: date) -> str:
    """The nights ``[start, end)`` as people name them: ``11月24日``, ``11月24日至27日``, ``12月30日至2027年1月2日``."""
    last = end - DAY
    first = chinese_date(start, year=False)
    if last <= start:
        return first
    if last.year != start.year:
        return f"{first}至{chinese_date(last)}"
    return f"{first}至{last.day}日" if last.month == start.month else f"{first}至{chinese_date(last, year=False)}"


def shortage_sentence(shortages: Sequence[Shortage]) -> str:
    """``11月24日至27日缺 12 张床（需 216 张，可用 204 张）；…``"""
    parts = []
    for each in shortages[:_RANGES_IN_SENTENCE]:
        most = "最多" if each.nights > 1 else ""
        parts.append(f"{each.words}{most}缺 {each.short} 张床（需 {each.demand} 张，可用 {each.beds} 张）")
    more = f"；另有 {len(shortages) - _RANGES_IN_SENTENCE} 段日期也不够" if len(shortages) > _RANGES_IN_SENTENCE else ""
    return "；".join(parts) + more


def names_sentence(names: Sequence[str]) -> str:
    """A few names, the rest counted."""
    shown = "、".join(f"“{name}”" for name in names[:_CLASSES_IN_SENTENCE])
    return shown + (f"等 {len(names)} 个班次" if len(names) > _CLASSES_IN_SENTENCE else "")


def foresee(
    start: date,
    end: date,
    today: date,
    held: Iterable[HeldNights],
    wishes: Iterable[Wish],
    stock: BedStock,
    reserve: frozenset[int],
    schools: Mapping[int, tuple[str, date, date]],
    *,
    largest_room: int = 0,
) -> Forecast:
    """Add up beds and demand of the nights ``[start, end)``.

    ``held`` are nights already given to somebody, ``wishes`` those of people without a bed (only nights from ``today``
    on count: what is past is past); ``reserve`` are the beds of reserve rooms; ``schools`` has name, arrival and
    departure of each class.  A bed in use counts as in service.
    """
    length = max(0, (end - start).days)
    demand, guests, unknown = [0] * length, [0] * length, [0] * length
    of_class: dict[int, list[int]] = {}
    unknown_of_class: dict[int, int] = {}
    shut_in_use = [0] * length

    def note(class_id: int, a: date, b: date, people: int) -> range:
        days = range(max(0, (a - start).days), min(length, (b - start).days))
        for day in days:
            demand[day] += people
        if days and class_id:
            nights = of_class.setdefault(class_id, [0] * length)
            for day in days:
                nights[day] += people
        return days

    for one in held:
        days = note(one.class_id, one.start, one.end, 1)
        if not one.class_id:
            for day in days:
                guests[day] += 1
        if one.bed_id not in stock.beds or one.bed_id in stock.closed:
            for day in days:
                night = start + day * DAY
                shut_in_use[day] += stock.shut_nights(one.bed_id, night, night + DAY)
    for wish in wishes:
        days = note(wish.class_id, max(wish.start, today), wish.end, wish.people)
        if days and not wish.known:
            unknown_of_class[wish.class_id] = unknown_of_class.get(wish.class_id, 0) + wish.people
            for day in days:
                unknown[day] += wish.people

    closed, reserve_closed = [0] * length, [0] * length
    for bed_id, spans in stock.closed.items():
        for a, b in spans:
            for day in range(max(0, (a - start).days), min(length, (b - start).days)):
                closed[day] += 1
                reserve_closed[day] += bed_id in reserve
    whole, spare = len(stock.beds), sum(bed_id in reserve for bed_id in stock.beds)
    nights = tuple(
        NightDemand(
            start + day * DAY,
            whole - closed[day] + shut_in_use[day],
            closed[day],
            spare - reserve_closed[day],
            demand[day],
            guests[day],
            unknown[day],
        )
        for day in range(length)
    )
    classes = tuple(
        sorted(
            (
                ClassDemand(
                    class_id,
                    *schools[class_id],
                    people=max(of),
                    bed_nights=sum(of),
                    unknown=unknown_of_class.get(class_id, 0),
                )
                for class_id, of in of_class.items()
            ),
            key=lambda each: (each.start, each.end, each.class_id),
        )
    )
    return Forecast(start, end, today, nights, classes, _shortages(nights, today, of_class, classes), largest_room)


def _shortages(
    nights: Sequence[NightDemand], today: date, of_class: Mapping[int, Sequence[int]], classes: Sequence[ClassDemand]
) -> tuple[Shortage, ...]:
    found = []
    at = 0
    while at < len(nights):
        if not nights[at].short or nights[at].night < today:
            at += 1
            continue
        last = at
        while last + 1 < len(nights) and nights[last + 1].short:
            last += 1
        worst = max(nights[at : last + 1], key=lambda night: night.short)
        names = tuple(each.name for each in classes if any(of_class[each.class_id][at : last + 1]))
        found.append(Shortage(nights[at].night, nights[last].night + DAY, worst.short, worst.demand, worst.beds, names))
        at = last + 1
    return tuple(found)
