"""Words of the dashboard: the day's counts, and the beds that are free on a night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.core.columns import Pill, chinese_date


@dataclass(frozen=True)
class DayCounts:
    """One day in numbers of people.

    ``arriving`` are due on the day, ``arrived`` of them are here (or gone again); ``leaving`` are due to go and
    ``left`` of them have gone; who only changes beds is in neither.  ``in_house`` and ``expected`` (not yet reported)
    hold a bed on the night of the day; ``in_house`` has also those still here after their last night (``overstaying``).
    ``parked`` are in the house and have no bed at the moment.
    """

    arriving: int = 0
    arrived: int = 0
    leaving: int = 0
    left: int = 0
    in_house: int = 0
    expected: int = 0
    overstaying: int = 0
    parked: int = 0

    @property
    def sleeping(self) -> int:
        return self.in_house + self.expected + self.parked


@dataclass(frozen=True)
class Overstayer:
    """Somebody who has not left his bed; ``leave`` is the day he should have."""

    stay_id: int
    name: str
    bed_id: int
    place: str
    leave: date

    @property
    def sentence(self) -> str:
        """张三应于3月5日离开，尚未退房."""
        return f"{self.name}应于{chinese_date(self.leave, year=False)}离开，尚未退房"


@dataclass(frozen=True)
class WaitingClass:
    """A class with people who need a bed and hold none."""

    class_id: int
    class_name: str
    people: int


@dataclass(frozen=True)
class FreeBedRow:
    """A bed that somebody could sleep in on the night asked about.

    ``sex`` is that of those who sleep in the room ("" for an empty room); ``until`` the next night on which the bed is
    taken or closed, ``None`` when nothing is planned.
    """

    bed_id: int
    bed_name: str
    room_id: int
    room_number: str
    room_type: str
    building_name: str
    floor_name: str
    reserve: bool
    sex: str
    night: date
    until: date | None

    @property
    def pill(self) -> Pill:
        if self.reserve:
            return Pill("机动房", "violet")
        return (
            Pill(f"只能住{self.sex}", "teal" if self.sex == "男" else "warning")
            if self.sex
            else Pill("空房", "success")
        )

    @property
    def nights(self) -> int | None:
        """Nights free in a row, ``None`` without end."""
        return (self.until - self.night).days if self.until is not None else None
