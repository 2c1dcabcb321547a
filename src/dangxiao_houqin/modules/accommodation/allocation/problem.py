"""What the bed engine is given: people, rooms, rules. Plain frozen data without database or window.

Nights are integers 0 … `Problem.nights` - 1 and every span is half-open `[arrive, leave)`: a person who arrives on
night 2 and leaves on 5 sleeps in the nights 2, 3, 4. Costs are integers without unit; only their ratios matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

Key = int | str
Sex = Literal["M", "F"]
Need = Literal["no", "wish", "must"]
SexRule = Literal["same", "M", "F", "any"]

SEX_NAMES: Mapping[str, str] = {"M": "男", "F": "女"}


class AllocationError(ValueError):
    """The engine cannot work; the message is one Chinese sentence for the clerk."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody outside this problem who already holds a bed (another class, a confirmed stay)."""

    bed: Key
    arrive: int
    leave: int
    sex: Sex


@dataclass(frozen=True, slots=True)
class Closure:
    """Nights `[first, end)` on which a bed (or, without `bed`, the whole room) is out of service."""

    first: int
    end: int
    bed: Key | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A room with its beds and its calendar.

    `floor`, `wing` and `building` are opaque keys, unique over the whole site ("东楼3层", not 3); `level` is the
    storey, 1 = ground. `low` says that the room meets a low-floor need, `accessible` an accessibility need.
    `sex_rule`: "same" = one sex per night, "M"/"F" = only this sex, "any" = mixing allowed. `reserve` rooms are kept
    free unless needed. `open_cost` replaces the weight for opening a room. `unready` is what each person costs who
    arrives before night `unready_before`, because the room will hardly be clean by then.
    """

    id: Key
    beds: tuple[Key, ...]
    floor: Key = ""
    building: Key = ""
    wing: Key = ""
    level: int = 1
    low: bool = False
    accessible: bool = False
    reserve: bool = False
    sex_rule: SexRule = "same"
    guests: tuple[Guest, ...] = ()
    closures: tuple[Closure, ...] = ()
    open_cost: int | None = None
    unready: int = 0
    unready_before: int = 0
    label: str = ""

    @property
    def title(self) -> str:
        """Room number for sentences."""
        return self.label or str(self.id)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who needs one bed for the whole stay `[arrive, leave)`.

    `single_reason`: the recorded reason for a single room; without one a single room costs
    `Weights.single_without_reason`, with one a shared room costs `shared_cost` (default
    `Weights.reason_without_single`). `costs` are extra costs per room id. `pinned_room`/`pinned_bed` never move.
    """

    id: Key
    arrive: int
    leave: int
    sex: Sex
    class_id: Key | None = None
    group: Key | None = None
    unit: Key | None = None
    low_floor: Need = "no"
    accessible: Need = "no"
    snores: bool = False
    single_reason: str = ""
    shared_cost: int | None = None
    costs: Mapping[Key, int] = field(default_factory=dict)
    allowed_rooms: frozenset[Key] | None = None
    forbidden_rooms: frozenset[Key] = frozenset()
    pinned_room: Key | None = None
    pinned_bed: Key | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """Name for sentences."""
        return self.name or str(self.id)


@dataclass(frozen=True, slots=True)
class Wish:
    """Two people who want to share a room ("together") or not ("apart").

    `weight` None means `Weights.wish`. `must` with "apart" is a hard forbidden pair (no common night in one room);
    `must` with "together" is the strongest soft rule, because two people of different sex or without a common free
    room must not make the whole plan impossible: it is broken only when nothing else is possible, and then said.
    """

    a: Key
    b: Key
    kind: Literal["together", "apart"] = "together"
    weight: int | None = None
    must: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """Cost of each soft rule once broken; 0 switches a rule off."""

    room_opened: int = 10  # per room in which nobody else sleeps yet
    reserve_room: int = 40  # on top of room_opened, per reserve room opened
    class_floor: int = 15  # per floor on which a class has somebody
    class_building: int = 30  # per building in which a class has somebody
    group_floor: int = 4  # per floor on which a group of a class has somebody
    women_zone: int = 8  # per floor (or wing) with women that had none before
    unit_together: int = 0  # per pair of roommates from different units
    unit_mixed: int = 0  # per pair of roommates from the same unit
    low_floor: int = 6  # per storey above the ground for a person who wishes a low floor
    accessible: int = 20  # an accessible room wished and not given
    wish: int = 8  # a wish without weight of its own
    single_without_reason: int = 25  # a single room without recorded reason
    reason_without_single: int = 12  # a shared room although a reason for a single one is recorded
    snorer: int = 12  # per pair of roommates of whom exactly one snores
    women_by: Literal["floor", "wing"] = "floor"


@dataclass(frozen=True, slots=True)
class Problem:
    """The whole task. `first_night` (the date of night 0) is used in sentences only."""

    nights: int
    rooms: tuple[Room, ...]
    people: tuple[Person, ...]
    wishes: tuple[Wish, ...] = ()
    weights: Weights = Weights()
    first_night: date | None = None

    def night_text(self, night: int) -> str:
        """The night as a clerk says it: 3月2日, or 第3晚 when no date is known."""
        if self.first_night is None:
            return f"第{night + 1}晚"
        day = self.first_night + timedelta(days=night)
        return f"{day.month}月{day.day}日"

    def span_text(self, arrive: int, leave: int) -> str:
        """The stay `[arrive, leave)` as "3月2日至3月5日离开" (or "第3晚至第5晚")."""
        if self.first_night is None:
            return f"第{arrive + 1}晚" if leave - arrive == 1 else f"第{arrive + 1}晚至第{leave}晚"
        return f"{self.night_text(arrive)}至{self.night_text(leave)}"
