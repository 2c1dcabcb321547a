"""Lower bound."""

from .problem import Problem


def lower_bound(problem: Problem, seconds: float) -> int | None:
    return None
