"""Words of the room chart: what is drawn, and the one kind of change that all its gestures make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dangxiao_houqin.modules.places.api import BedPlace

from .stays import StayKind, StayState, UnassignedRow


@dataclass(frozen=True, slots=True)
class Bar:
    """One stay as the chart draws it: the nights ``[arrive, leave)`` of one bed."""

    stay_id: int
    version: int
    enrollment_id: int | None
    class_id: int | None
    class_name: str
    name: str
    sex: str
    unit_name: str
    needs: tuple[str, ...]
    room_id: int
    bed_id: int
    arrive: date
    leave: date
    state: StayState
    kind: StayKind
    pinned: bool
    late_until: date | None
    arrived: bool
    moved: bool
    """It continues an earlier stay of the same person in another bed."""
    moved_on: bool = False
    """The person went on to another bed when this stay ended."""
    visit: int | None = None
    """An external guest's first stay that was read: who is on no roster is known by it."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A room (or one bed of it) out of service for the nights ``[start, end)``; ``end`` None: until further notice."""

    room_id: int
    bed_id: int | None
    start: date
    end: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day that is not an ordinary working day: ``name`` is a holiday's or 调休上班; ``rest`` False: worked."""

    rest: bool
    name: str = ""


@dataclass(frozen=True)
class ChartData:
    """Everything the chart shows of the nights ``[start, end)``: pure data, safe to hand to the painter.

    ``beds`` are in the order of the rows. ``parked`` wait in the lane, ``waiting`` have no bed yet. ``forbidden`` are
    pairs of enrollment ids (smaller first) that must not share a room. ``conditions`` names the rooms that are not
    ready (待打扫 …). ``marks`` are weekends, holidays and working weekends.
    """

    start: date
    end: date
    today: date
    beds: tuple[BedPlace, ...]
    bars: tuple[Bar, ...]
    outages: tuple[Outage, ...] = ()
    parked: tuple[Bar, ...] = ()
    waiting: tuple[UnassignedRow, ...] = ()
    forbidden: frozenset[tuple[int, int]] = frozenset()
    conditions: Mapping[int, str] = field(default_factory=dict)
    marks: Mapping[date, DayMark] = field(default_factory=dict)


@dataclass(frozen=True)
class StayPut:
    """How one stay is to stand, or how it stood.

    ``stay_id`` None makes a new stay for ``enrollment_id``; the service gives it back with its id. ``version`` is what
    the caller saw; a different one in the database raises Conflict with who and when. ``reason`` None keeps the one
    that stands.
    """

    stay_id: int | None
    version: int | None
    enrollment_id: int | None
    bed_id: int
    arrive: date
    leave: date
    state: StayState
    pinned: bool = False
    reason: str | None = None
    moved_from_id: int | None = None


@dataclass(frozen=True)
class Rearrange:
    """One gesture on the chart: all of ``puts`` or nothing. ``title`` is what undo offers: 张三 调到 明德楼305-1."""

    puts: tuple[StayPut, ...]
    title: str
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """A gesture that was done: ``before`` and ``after`` hold the same stays in the same order.

    ``before`` of a stay that the gesture made is that stay cancelled.
    """

    title: str
    before: tuple[StayPut, ...]
    after: tuple[StayPut, ...]
    reason: str = ""
