"""Exact step for problems whose rules price only person and room (no classes, wishes or roommates' costs).

Such a problem is hard only because of the sexes: once it is fixed which sex sleeps in which room on which night, the
cheapest assignment is a linear program that is almost always integral. So short annealing, which changes the sexes,
alternates with that program, which then moves everybody at once to the best places.
"""

from __future__ import annotations

import importlib
import math
import time
from typing import TYPE_CHECKING, Any

from .model import Model
from .state import State

if TYPE_CHECKING:
    from .search import Annealer, Found, Report

SMALLEST = 60
"""People below which annealing alone is enough."""

FIRST_STEPS, ROUND_STEPS = 80_000, 20_000
ROUND_HEAT = 0.5
REACH = 60
DRIFT = 0.01
"""How much worse than the best plan the current one may get before the search goes back to the best."""
LP_SECONDS = 10.0


class SeparableRefiner:
    """Annealing and linear programming in turn."""

    def __init__(self, annealer: Annealer, hot: float, cold: float) -> None:
        self.annealer = annealer
        self.model = annealer.model
        self.hot, self.cold = hot, cold

    @staticmethod
    def suits(model: Model) -> bool:
        """Whether the whole cost is a sum over people of a price per room."""
        return (
            len(model.movable) >= SMALLEST
            and not model.spreads
            and not any(model.mates)
            and not any(model.forbidden)
            and not model.has_share
            and not any(model.open_cost)
            and not model.complex_rooms
            and not any(model.mixed)
        )

    def run(self, iterations: int | None, until: float | None, report: Report | None) -> Found:
        """Rounds of annealing and exact steps until the budget or the time is used up."""
        from .search import Found

        annealer = self.annealer
        begin = time.monotonic()
        done, stopped, first, fraction = 0, "iterations", True, 0.0

        def tell(_: float) -> bool:
            return report is None or report(fraction, annealer.best_total)

        while True:
            steps = min(FIRST_STEPS, max(2_000, iterations // 5)) if first and iterations else ROUND_STEPS
            if first and not iterations:
                steps = FIRST_STEPS
            if iterations is not None:
                steps = min(steps, iterations - done)
            hot = self.hot if first else self.hot * ROUND_HEAT
            # A time limit must not be spent on one round: each round ends at its own step count.
            made, stopped = self._round(hot, steps, until, tell)
            done += made
            self._exact(first, until)
            first = False
            now = time.monotonic()
            fraction = done / iterations if iterations else 0.0
            if until is not None:
                fraction = max(fraction, (now - begin) / max(1e-9, until - begin))
            if stopped == "cancelled" or (report is not None and not report(min(1.0, fraction), annealer.best_total)):
                stopped = "cancelled"
                break
            if iterations is not None and done >= iterations:
                stopped = "iterations"
                break
            if until is not None and now >= until:
                stopped = "time"
                break
            if annealer.state.total > annealer.best_total + abs(annealer.best_total) * DRIFT:
                annealer.load(annealer.best)
        annealer.last_chance()
        return Found(tuple(annealer.best), annealer.best_total, done, stopped)

    def _round(self, hot: float, steps: int, until: float | None, tell: Any) -> tuple[int, str]:
        def watch(fraction: float) -> bool:
            return bool(tell(fraction)) and (until is None or time.monotonic() < until)

        made, stopped = self.annealer.anneal(hot, self.cold, steps, None, watch)
        if stopped == "cancelled" and until is not None and time.monotonic() >= until:
            stopped = "time"
        return made, stopped

    def _exact(self, everywhere: bool, until: float | None) -> None:
        """Best assignment for the sexes of the current plan; taken when better."""
        annealer = self.annealer
        state = annealer.state
        if any(state.room_of[p] < 0 for p in self.model.movable):
            return
        seconds = LP_SECONDS if until is None else min(LP_SECONDS, until - time.monotonic())
        if seconds <= 0.05:
            return
        rooms = cheapest_for_sexes(state, None if everywhere else REACH, seconds)
        if rooms is None:
            return
        before = list(state.room_of)
        total = state.total
        annealer.load(rooms)
        if state.total > total:
            annealer.load(before)
        if state.total < annealer.best_total:
            annealer.best_total = state.total
            annealer.best = list(state.room_of)


def cheapest_for_sexes(state: State, reach: int | None, seconds: float) -> list[int] | None:
    """Cheapest plan in which no room changes its sex on a night on which somebody sleeps there now.

    Rooms nobody uses on a night are open to both sexes. `reach` leaves out rooms that cost a person this much more
    than the present one. Returns the nearest integral plan (it may need repair), None when not solved in time.
    """
    import numpy as np

    highspy: Any = importlib.import_module("highspy")  # untyped, and late: 165 ms

    model = state.model
    horizon = model.horizon
    opens = list(model.open_nights)
    for p, r in enumerate(state.room_of):
        for night in model.nights[p]:
            opens[(1 - model.sex[p]) * horizon + night] &= ~(1 << r)
    pairs: list[tuple[int, int]] = []
    cost: list[float] = []
    start, index, value = [0], [], []
    sleepers: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    lower: list[float] = []
    upper: list[float] = []
    for p in model.movable:
        rooms = model.allowed[p]
        for night in model.nights[p]:
            rooms &= opens[model.sex[p] * horizon + night]
        row, now = model.cost[p], state.room_of[p]
        limit = None if reach is None else row[now] + reach
        while rooms:
            bit = rooms & -rooms
            rooms ^= bit
            r = bit.bit_length() - 1
            if limit is not None and row[r] > limit:
                continue
            for night in model.nights[p]:
                sleepers.setdefault((r, night), ([], []))[model.sex[p]].append(len(pairs))
            index.append(len(pairs))
            value.append(1.0)
            pairs.append((p, r))
            cost.append(float(row[r]))
        start.append(len(index))
        lower.append(1.0)
        upper.append(1.0)
    pinned: dict[tuple[int, int], int] = {}
    for p, r in enumerate(model.pinned):
        if r >= 0 and not model.bed_pinned[p]:
            for night in model.nights[p]:
                pinned[(r, night)] = pinned.get((r, night), 0) + 1
    for (r, night), (men, women) in sleepers.items():
        beds = float(model.capacity[r * horizon + night] - pinned.get((r, night), 0))
        if men and women:
            # Nobody sleeps here that night in the present plan: either sex may come, not both.
            chooser = len(cost)
            cost.append(0.0)
            for side, sign, most in ((men, -beds, 0.0), (women, beds, beds)):
                index.extend([*side, chooser])
                value.extend([*[1.0] * len(side), sign])
                start.append(len(index))
                lower.append(-math.inf)
                upper.append(most)
        elif len(men) + len(women) > beds:
            index.extend(men or women)
            value.extend([1.0] * (len(men) + len(women)))
            start.append(len(index))
            lower.append(-math.inf)
            upper.append(beds)
    program: Any = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(cost), len(lower)
    program.col_cost_ = np.array(cost, dtype=np.double)
    program.col_lower_, program.col_upper_ = np.zeros(len(cost)), np.ones(len(cost))
    program.row_lower_, program.row_upper_ = np.array(lower, dtype=np.double), np.array(upper, dtype=np.double)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(start, dtype=np.int32)
    program.a_matrix_.index_ = np.array(index, dtype=np.int32)
    program.a_matrix_.value_ = np.array(value, dtype=np.double)
    solver: Any = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", float(seconds))
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    shares = solver.getSolution().col_value
    plan = list(state.room_of)
    best = [0.0] * model.person_count
    for (p, r), share in zip(pairs, shares, strict=False):
        if share > best[p]:
            best[p], plan[p] = share, r
    return plan
