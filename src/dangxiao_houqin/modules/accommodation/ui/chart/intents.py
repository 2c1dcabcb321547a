"""What somebody wants who has done something on the room chart; the page makes a command of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.modules.accommodation.domain import Bar, UnassignedRow

Person = Bar | UnassignedRow
"""Somebody who can be carried to a bed: with a stay, or still without one."""


@dataclass(frozen=True, slots=True)
class MoveTo:
    """``bar`` is to sleep in ``bed_id``; with ``from_night`` the nights before it stay where they are."""

    bar: Bar
    bed_id: int
    from_night: date | None = None


@dataclass(frozen=True, slots=True)
class Resize:
    """``bar`` is to have the nights ``[arrive, leave)`` of its bed."""

    bar: Bar
    arrive: date
    leave: date


@dataclass(frozen=True, slots=True)
class SwapBars:
    """``a`` was dropped on ``b``: each is to have the other's bed."""

    a: Bar
    b: Bar


@dataclass(frozen=True, slots=True)
class SwapRooms:
    """Everybody who holds the night ``day`` in one room is to have a bed of the other."""

    room_a: int
    room_b: int
    day: date


@dataclass(frozen=True, slots=True)
class Park:
    """``bar`` is to give up its bed and wait in the lane."""

    bar: Bar


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody of a lane is to have ``bed_id`` on his own nights."""

    person: Person
    bed_id: int


Intent = MoveTo | Resize | SwapBars | SwapRooms | Park | Place
