"""The chart's data ordered for drawing: who lies in a bed on which nights, and how many beds are free."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date, timedelta

from dangxiao_houqin.modules.accommodation.domain import HOLDING, Bar, ChartData, Outage, UnassignedRow
from dangxiao_houqin.modules.places.api import BedPlace

Span = tuple[int, int, Bar]
"""A bar with its nights ``[first, end)`` as ordinals of :meth:`date.toordinal`."""

Closure = tuple[int, int, Outage]
"""An outage with its nights within the chart's window."""

_HOLDING = frozenset(HOLDING)


class ChartIndex:
    """Look-ups over :class:`ChartData`; nothing changes after it is made. Days are ordinals inside."""

    def __init__(self, data: ChartData) -> None:
        self.data = data
        self.first = data.start.toordinal()
        self.end = data.end.toordinal()
        self.places: dict[int, BedPlace] = {place.bed_id: place for place in data.beds}
        self.rooms: dict[int, tuple[BedPlace, ...]] = _rooms(data.beds)
        self.spans: dict[int, list[Span]] = {place.bed_id: [] for place in data.beds}
        self.closures: dict[int, list[Closure]] = {place.bed_id: [] for place in data.beds}
        self._by_id: dict[int, Bar] = {}
        self._longest: dict[int, int] = {}
        self._floors: dict[int, tuple[int, int, int]] = {}
        self._read_bars()
        self._read_outages()
        self._blocked = {bed: self._merged(bed) for bed in self.places}
        self.types = tuple(dict.fromkeys(place.room_type for place in data.beds))
        self._free, self._free_by_type = self._count_free()

    def _read_bars(self) -> None:
        for bar in self.data.bars:
            if bar.bed_id in self.spans and bar.state.value in _HOLDING:
                self.spans[bar.bed_id].append((bar.arrive.toordinal(), bar.leave.toordinal(), bar))
                self._by_id[bar.stay_id] = bar
        for bed, spans in self.spans.items():
            spans.sort(key=lambda span: (span[0], span[2].stay_id))
            self._longest[bed] = max((end - begin for begin, end, _ in spans), default=0)

    def _read_outages(self) -> None:
        for outage in self.data.outages:
            begin = max(outage.start.toordinal(), self.first)
            end = self.end if outage.end is None else min(outage.end.toordinal(), self.end)
            if begin >= end:
                continue
            if outage.bed_id is not None:
                beds: Iterable[int] = (outage.bed_id,)
            else:
                beds = (place.bed_id for place in self.rooms.get(outage.room_id, ()))
            for bed in beds:
                if bed in self.closures:
                    self.closures[bed].append((begin, end, outage))

    def _merged(self, bed: int) -> list[tuple[int, int]]:
        """Nights of ``bed`` that are taken or closed, as intervals that do not touch."""
        pieces = sorted(
            [(begin, end) for begin, end, _ in self.spans[bed]] + [(begin, end) for begin, end, _ in self.closures[bed]]
        )
        merged: list[tuple[int, int]] = []
        for begin, end in pieces:
            if merged and begin <= merged[-1][1]:
                if end > merged[-1][1]:
                    merged[-1] = (merged[-1][0], end)
            else:
                merged.append((begin, end))
        return merged

    def _count_free(self) -> tuple[list[int], dict[str, list[int]]]:
        nights = self.end - self.first
        steps = {kind: [0] * (nights + 1) for kind in self.types}
        for bed, place in self.places.items():
            if not place.assignable:
                continue
            change = steps[place.room_type]
            change[0] += 1
            for begin, end in self._blocked[bed]:
                begin, end = max(begin, self.first) - self.first, min(end, self.end) - self.first
                if begin < end:
                    change[begin] -= 1
                    change[end] += 1
        by_type: dict[str, list[int]] = {}
        for kind, change in steps.items():
            count, counts = 0, []
            for step in change[:nights]:
                count += step
                counts.append(count)
            by_type[kind] = counts
        total = [sum(values) for values in zip(*by_type.values(), strict=True)] if by_type else [0] * nights
        return total, by_type

    # ------------------------------------------------------------------ looking up
    def bar(self, stay_id: int) -> Bar | None:
        """The drawn bar of a stay."""
        return self._by_id.get(stay_id)

    def person(self, person: Bar | UnassignedRow) -> Bar | UnassignedRow | None:
        """The same person in this data, wherever he is now; ``None`` when he is gone."""
        if isinstance(person, UnassignedRow):
            return next((w for w in self.data.waiting if w.enrollment_id == person.enrollment_id), None)
        found = self._by_id.get(person.stay_id)
        return found or next((p for p in self.data.parked if p.stay_id == person.stay_id), None)

    def spans_between(self, bed_id: int, begin: int, end: int) -> list[Span]:
        """Bars of ``bed_id`` that hold a night of ``[begin, end)``; cost grows with what is found."""
        spans = self.spans.get(bed_id, [])
        low = bisect_left(spans, begin - self._longest.get(bed_id, 0), key=_begin)
        high = bisect_left(spans, end, lo=low, key=_begin)
        return [span for span in spans[low:high] if span[1] > begin]

    def bar_on(self, bed_id: int, day: date) -> Bar | None:
        """Who lies in ``bed_id`` in the night of ``day``."""
        night = day.toordinal()
        found = self.spans_between(bed_id, night, night + 1)
        return found[0][2] if found else None

    def closure_on(self, bed_id: int, day: date) -> Outage | None:
        """Why ``bed_id`` is closed in the night of ``day``."""
        night = day.toordinal()
        return next((o for begin, end, o in self.closures.get(bed_id, ()) if begin <= night < end), None)

    def room_of(self, bed_id: int) -> int:
        """The room of a bed; raises ``KeyError`` for an unknown bed."""
        return self.places[bed_id].room_id

    def is_free(self, bed_id: int, begin: int, end: int) -> bool:
        """Whether the bed can be given out on every night of ``[begin, end)``."""
        if not self.places[bed_id].assignable:
            return False
        return not any(b < end and e > begin for b, e in self._blocked[bed_id])

    def free_on(self, day: date) -> int | None:
        """Beds that can still be given out for the night of ``day``; ``None`` outside the window."""
        place = day.toordinal() - self.first
        return self._free[place] if 0 <= place < len(self._free) else None

    def free_by_type(self, day: date) -> dict[str, int]:
        """The same for each type of room."""
        place = day.toordinal() - self.first
        return {kind: counts[place] for kind, counts in self._free_by_type.items() if 0 <= place < len(counts)}

    def free_in_room(self, room_id: int, day: date) -> int:
        """Free beds of one room in the night of ``day``."""
        night = day.toordinal()
        return sum(self.is_free(place.bed_id, night, night + 1) for place in self.rooms.get(room_id, ()))

    def floor_figures(self, floor_id: int) -> tuple[int, int, int]:
        """Rooms and beds of a floor, and its beds free tonight."""
        if not self._floors:
            night = self.tonight.toordinal()
            for room in self.rooms.values():
                rooms, beds, free = self._floors.get(room[0].floor_id, (0, 0, 0))
                free += sum(self.is_free(place.bed_id, night, night + 1) for place in room)
                self._floors[room[0].floor_id] = (rooms + 1, beds + len(room), free)
        return self._floors.get(floor_id, (0, 0, 0))

    @property
    def tonight(self) -> date:
        """Today, or the first night of the window when today lies outside."""
        today = self.data.today
        return today if self.data.start <= today < self.data.end else self.data.start

    def next_change(self, bed_id: int, day: date, step: int) -> date | None:
        """The first night of the next bar of ``bed_id`` after ``day`` (``step`` 1) or of the one before (-1)."""
        night = day.toordinal()
        begins = [max(begin, self.first) for begin, _, _ in self.spans.get(bed_id, ())]
        found = [b for b in begins if b > night] if step > 0 else [b for b in reversed(begins) if b < night]
        return date.fromordinal(found[0]) if found else None

    def last_night(self) -> date:
        """The last night of the window."""
        return self.data.end - timedelta(days=1)


def _begin(span: Span) -> int:
    return span[0]


def _rooms(beds: tuple[BedPlace, ...]) -> dict[int, tuple[BedPlace, ...]]:
    rooms: dict[int, list[BedPlace]] = {}
    for place in beds:
        rooms.setdefault(place.room_id, []).append(place)
    return {room_id: tuple(places) for room_id, places in rooms.items()}
