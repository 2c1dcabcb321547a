"""Time as a thing that is passed in, so that tests can set it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "CST")
"""China standard time; the country has one zone and no daylight saving since 1992."""


class Clock(Protocol):
    """Gives the present moment."""

    def now(self) -> datetime:
        """The moment as an aware datetime in China standard time."""
        ...

    def today(self) -> date:
        """The calendar day in China."""
        ...


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(CHINA)

    def today(self) -> date:
        return self.now().date()


@dataclass
class FixedClock:
    """A clock that stands still until told otherwise."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 8, 0, tzinfo=CHINA))

    def now(self) -> datetime:
        return self.moment.astimezone(CHINA)

    def today(self) -> date:
        return self.now().date()

    def advance(self, by: timedelta) -> None:
        """Move the hands by ``by`` (may be negative)."""
        self.moment += by
