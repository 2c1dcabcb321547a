"""What is carried on the chart and what the page's rules say of each target. Pure: no Qt.

Answers are kept per target, so that a drag over 240 beds asks each rule once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dangxiao_houqin.modules.accommodation.domain import CURRENT, Bar, StayState

from .index import ChartIndex
from .intents import Intent, MoveTo, Person, Place, Resize, SwapBars, SwapRooms
from .scene import Verdict


def _allow(*_: object) -> str:
    return ""


def _refuse_swap(*_: object) -> str:
    return "不能对调。"


@dataclass(frozen=True)
class Rules:
    """The page's rules: an empty text allows, else one sentence says why not."""

    judge: Callable[[Person, int, date, date], str] = _allow
    judge_swap: Callable[[Bar, Bar], str] = _refuse_swap
    judge_rooms: Callable[[int, int, date], str] = _refuse_swap


def is_current(bar: Bar) -> bool:
    """Whether the bar may be moved at all: the person has the bed now or will have it."""
    return bar.state.value in CURRENT


def why_fixed(bar: Bar) -> str:
    """Why a bar cannot be touched; empty when it can."""
    if is_current(bar) or bar.state is StayState.PARKED:
        return ""
    return f"{bar.name}{bar.state.label}，不能再调整床位。"


class Carrying:
    """Somebody on the way to another bed.

    Nights that were slept stay where they were: somebody in the house is carried from today on.
    """

    def __init__(self, person: Person, index: ChartIndex, rules: Rules) -> None:
        self.person = person
        self._index = index
        self._rules = rules
        self._verdicts: dict[int, Verdict] = {}
        self.from_night: date | None = self._earliest_split()

    def _earliest_split(self) -> date | None:
        person, today = self.person, self._index.data.today
        if isinstance(person, Bar) and person.state is StayState.IN_HOUSE and person.arrive < today < person.leave:
            return today
        return None

    @property
    def begin(self) -> date:
        return self.from_night or self.person.arrive

    @property
    def end(self) -> date:
        return self.person.leave

    @property
    def from_bed(self) -> Bar | None:
        """The bar whose bed would be given up; ``None`` for somebody of a lane."""
        person = self.person
        return person if isinstance(person, Bar) and person.state is not StayState.PARKED else None

    def split_at(self, day: date | None) -> None:
        """Carry only the nights from ``day`` on; ``None`` carries all that can be carried."""
        bar, least = self.from_bed, self._earliest_split()
        if bar is None:
            return
        wanted = least
        if day is not None and (bar.leave - bar.arrive).days > 1:
            wanted = min(max(day, least or bar.arrive + timedelta(days=1)), bar.leave - timedelta(days=1))
        if wanted != self.from_night:
            self.from_night = wanted
            self._verdicts.clear()

    def refresh(self, person: Person, index: ChartIndex, rules: Rules) -> None:
        """The data was read again."""
        self.person, self._index, self._rules = person, index, rules
        self.from_night = self._earliest_split()
        self._verdicts.clear()

    def known(self, bed_id: int) -> Verdict | None:
        """The answer for a bed when it was asked for before."""
        return self._verdicts.get(bed_id)

    def verdict(self, bed_id: int) -> Verdict:
        """Whether the person may lie in ``bed_id``, alone or in exchange."""
        found = self._verdicts.get(bed_id)
        if found is None:
            found = self._verdicts[bed_id] = self._judged(bed_id)
        return found

    def _judged(self, bed_id: int) -> Verdict:
        bar = self.from_bed
        if bar is not None and bar.bed_id == bed_id:
            return Verdict("same")
        why = self._rules.judge(self.person, bed_id, self.begin, self.end)
        if not why:
            return Verdict("free")
        if bar is not None:
            others = self._index.spans_between(bed_id, self.begin.toordinal(), self.end.toordinal())
            if len(others) == 1 and is_current(others[0][2]) and not self._rules.judge_swap(bar, others[0][2]):
                return Verdict("swap", other=others[0][2])
        return Verdict("no", why)

    def intent(self, bed_id: int) -> Intent | None:
        """What dropping on ``bed_id`` means; ``None`` where nothing would change or it is refused."""
        verdict, bar = self.verdict(bed_id), self.from_bed
        if verdict.kind == "swap" and bar is not None and verdict.other is not None:
            return SwapBars(bar, verdict.other)
        if verdict.kind != "free":
            return None
        return Place(self.person, bed_id) if bar is None else MoveTo(bar, bed_id, self.from_night)


class Pulling:
    """One end of a bar on its way to another day."""

    def __init__(self, bar: Bar, edge: Literal["start", "end"], rules: Rules) -> None:
        self.bar = bar
        self.edge = edge
        self._rules = rules
        self.arrive, self.leave = bar.arrive, bar.leave
        self._whys: dict[tuple[date, date], str] = {}

    def pull_to(self, night: date) -> None:
        """The end follows ``night``: the first or the last night of the bar; at least one night is left."""
        if self.edge == "start":
            self.arrive = min(night, self.leave - timedelta(days=1))
        else:
            self.leave = max(night, self.arrive) + timedelta(days=1)

    @property
    def changed(self) -> bool:
        return (self.arrive, self.leave) != (self.bar.arrive, self.bar.leave)

    @property
    def why(self) -> str:
        """Why these nights are refused."""
        key = (self.arrive, self.leave)
        if not self.changed:
            return ""
        if key not in self._whys:
            self._whys[key] = self._rules.judge(self.bar, self.bar.bed_id, self.arrive, self.leave)
        return self._whys[key]

    def refresh(self, bar: Bar, rules: Rules) -> None:
        """The data was read again; the end that is not pulled follows it."""
        self._rules = rules
        if self.edge == "start":
            self.leave = bar.leave
            self.arrive = min(self.arrive, self.leave - timedelta(days=1))
        else:
            self.arrive = bar.arrive
            self.leave = max(self.leave, self.arrive + timedelta(days=1))
        self.bar = bar
        self._whys.clear()

    def intent(self) -> Intent | None:
        if not self.changed or self.why:
            return None
        return Resize(self.bar, self.arrive, self.leave)


class RoomCarrying:
    """A whole room on its way to another, as it stands in the night of ``day``."""

    def __init__(self, room_id: int, day: date, rules: Rules) -> None:
        self.room_id = room_id
        self.day = day
        self._rules = rules
        self._verdicts: dict[int, Verdict] = {}

    def known(self, room_id: int) -> Verdict | None:
        return self._verdicts.get(room_id)

    def verdict(self, room_id: int) -> Verdict:
        found = self._verdicts.get(room_id)
        if found is None:
            if room_id == self.room_id:
                found = Verdict("same")
            else:
                why = self._rules.judge_rooms(self.room_id, room_id, self.day)
                found = Verdict("no", why) if why else Verdict("free")
            self._verdicts[room_id] = found
        return found

    def refresh(self, rules: Rules) -> None:
        """The data was read again."""
        self._rules = rules
        self._verdicts.clear()

    def intent(self, room_id: int) -> Intent | None:
        if self.verdict(room_id).kind != "free":
            return None
        return SwapRooms(self.room_id, room_id, self.day)
