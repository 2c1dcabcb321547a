"""Terms of a school year by the calendar."""

from __future__ import annotations

from datetime import date

SPRING_ENDS = 7
"""The spring term of a county school runs to July."""

SPRING, AUTUMN = "春季", "秋季"


def term_of(day: date) -> str:
    """Whether ``day`` falls into the spring or the autumn term of its calendar year."""
    return SPRING if day.month <= SPRING_ENDS else AUTUMN
