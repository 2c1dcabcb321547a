"""Where everything of the room chart lies: rows, lanes of beds, columns of nights, and what is under a point.

Pure: no Qt. All lengths in logical px; ``y`` counts from the top of the first row, ``x`` from the first night's left.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dangxiao_houqin.modules.accommodation.domain import Bar
from dangxiao_houqin.modules.places.api import BedPlace

from .index import ChartIndex

GROUP_HEIGHT = 28
LANE = 21
"""Height of one bed in a room that is not expanded."""
ROW_LEAST = 36
BED_HEIGHT = 44
"""Height of one bed in an expanded room: two lines of text."""
PAD = 2
"""Between the edge of a room's row and its lanes."""
GRIP = 6
"""Width of a bar's edge that can be pulled."""
MIN_COLUMN, MAX_COLUMN = 14, 200


@dataclass(frozen=True)
class ChartFilter:
    """What the chart shows; ``None`` is everything. ``free`` ``[first, end)``: a bed of the room is free throughout."""

    building_id: int | None = None
    floor_id: int | None = None
    room_type: str | None = None
    class_id: int | None = None
    free: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """The strip of one bed."""

    bed_id: int
    room_id: int
    y: int
    height: int
    expanded: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the chart: the head of a floor (``lanes`` empty) or a room with its beds' lanes."""

    y: int
    height: int
    room_id: int | None
    floor_id: int
    title: str
    lanes: tuple[Lane, ...] = ()
    expanded: bool = False

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class DayAxis:
    """Nights as columns: ``first`` is the ordinal of the first, ``column`` their width."""

    first: int
    nights: int
    column: int

    @property
    def width(self) -> int:
        return self.nights * self.column

    def x(self, ordinal: int) -> int:
        """Left of the column of that night, also outside the window."""
        return (ordinal - self.first) * self.column

    def ordinal(self, x: int) -> int:
        """The night under ``x``, also outside the window."""
        return self.first + x // self.column

    def clamped(self, x: int) -> int:
        """The night under ``x``, the nearest one of the window outside it."""
        return min(max(self.ordinal(x), self.first), self.first + self.nights - 1)

    @staticmethod
    def column_for(width: int, nights: int) -> int:
        """The column width that shows ``nights`` in ``width`` px."""
        return min(max(width // max(nights, 1), MIN_COLUMN), MAX_COLUMN)


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under a point; ``day`` is the night's ordinal; ``edge`` which end of ``bar`` can be pulled there."""

    row: Row | None
    room_id: int | None
    bed_id: int | None
    day: int
    bar: Bar | None = None
    edge: Literal["", "start", "end"] = ""


class ChartLayout:
    """Rows of the rooms that pass the filter."""

    def __init__(self, index: ChartIndex, chosen: ChartFilter, expanded: Set[int]) -> None:
        self.index = index
        self.rows: list[Row] = []
        self.lanes: dict[int, Lane] = {}
        self.room_rows: dict[int, Row] = {}
        self.beds: list[int] = []
        self.height = 0
        self._build(chosen, expanded)
        self._tops = [row.y for row in self.rows]

    def _build(self, chosen: ChartFilter, expanded: Set[int]) -> None:
        y, floor = 0, None
        for room_id, beds in self.index.rooms.items():
            if not self._shown(beds, chosen):
                continue
            if beds[0].floor_id != floor:
                floor = beds[0].floor_id
                title = f"{beds[0].building_name} {beds[0].floor_name}".strip()
                self.rows.append(Row(y, GROUP_HEIGHT, None, floor, title))
                y += GROUP_HEIGHT
            row = _room_row(y, room_id, beds, room_id in expanded)
            self.rows.append(row)
            self.room_rows[room_id] = row
            for lane in row.lanes:
                self.lanes[lane.bed_id] = lane
                self.beds.append(lane.bed_id)
            y += row.height
        self.height = y

    def _shown(self, beds: tuple[BedPlace, ...], chosen: ChartFilter) -> bool:
        first = beds[0]
        if chosen.building_id is not None and first.building_id != chosen.building_id:
            return False
        if chosen.floor_id is not None and first.floor_id != chosen.floor_id:
            return False
        if chosen.room_type is not None and first.room_type != chosen.room_type:
            return False
        if chosen.class_id is not None and not any(
            bar.class_id == chosen.class_id for bed in beds for _, _, bar in self.index.spans[bed.bed_id]
        ):
            return False
        if chosen.free is not None:
            begin, end = chosen.free[0].toordinal(), chosen.free[1].toordinal()
            return any(self.index.is_free(bed.bed_id, begin, end) for bed in beds)
        return True

    # ------------------------------------------------------------------ looking up
    def row_at(self, y: int) -> Row | None:
        """The row under ``y``."""
        place = bisect_right(self._tops, y) - 1
        return self.rows[place] if place >= 0 and y < self.rows[place].bottom else None

    def rows_between(self, top: int, bottom: int) -> list[Row]:
        """Rows that show between two heights."""
        low = max(bisect_right(self._tops, top) - 1, 0)
        high = bisect_right(self._tops, bottom)
        return [row for row in self.rows[low:high] if row.bottom > top]

    def lane_at(self, y: int) -> Lane | None:
        """The bed under ``y``; the padding of a room belongs to its nearest bed."""
        row = self.row_at(y)
        if row is None or not row.lanes:
            return None
        return next((lane for lane in row.lanes if y < lane.y + lane.height), row.lanes[-1])

    def bar_box(self, bar: Bar, axis: DayAxis) -> tuple[int, int, int, int] | None:
        """``x, y, width, height`` of a bar; ``None`` when its bed is not shown."""
        lane = self.lanes.get(bar.bed_id)
        if lane is None:
            return None
        return span_box(lane, axis, bar.arrive.toordinal(), bar.leave.toordinal())

    def hit(self, x: int, y: int, axis: DayAxis) -> Hit:
        """What is under the point of the body."""
        row, lane, day = self.row_at(y), self.lane_at(y), axis.clamped(x)
        if lane is None:
            return Hit(row, row.room_id if row else None, None, day)
        night = axis.ordinal(x)
        for begin, end, bar in self.index.spans_between(lane.bed_id, night, night + 1):
            left, width = axis.x(begin), axis.x(end) - axis.x(begin)
            grip = min(GRIP, width // 4)
            edge: Literal["", "start", "end"] = ""
            if x - left < grip:
                edge = "start"
            elif left + width - x <= grip:
                edge = "end"
            return Hit(row, lane.room_id, lane.bed_id, day, bar, edge)
        return Hit(row, lane.room_id, lane.bed_id, day)


def span_box(lane: Lane, axis: DayAxis, begin: int, end: int) -> tuple[int, int, int, int]:
    """``x, y, width, height`` of the nights ``[begin, end)`` in a lane, a px of air around."""
    air = 3 if lane.expanded else 1
    return axis.x(begin) + 1, lane.y + air, (end - begin) * axis.column - 2, lane.height - 2 * air


def _room_row(y: int, room_id: int, beds: tuple[BedPlace, ...], expanded: bool) -> Row:
    if expanded:
        each, padding = BED_HEIGHT, 0
    else:
        each, padding = LANE, PAD
        if len(beds) == 1:
            each = ROW_LEAST - 2 * PAD
    lanes = tuple(
        Lane(bed.bed_id, room_id, y + padding + place * each, each, expanded) for place, bed in enumerate(beds)
    )
    height = len(beds) * each + 2 * padding
    return Row(y, height, room_id, beds[0].floor_id, beds[0].room_number, lanes, expanded)
