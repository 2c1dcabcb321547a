"""A lower bound: no complete plan can cost less. Linear relaxation, aggregated over interchangeable rooms, by HiGHS.

Why it is valid. Take any complete legal plan and read off, for every set K of interchangeable rooms:

* x[p,K] = 1 where p's room is in K, else 0; y[s,K,n] = rooms of K in which sex s sleeps on night n;
  u[K] = rooms of K used at all; v[t,z] = 1 where tag t (class, group, women) has somebody in zone z;
  m[w,K] = 1 where both people of wish w share a room of K.

These numbers satisfy every row below:

1. sum over K of x[p,K] = 1: everybody has one room; x is 0 where the person's needs or the calendar forbid K.
2. sum of x[p,K] over people of sex s sleeping on night n <= beds(K,n) * y[s,K,n]: a room takes at most its free beds;
   y[M] + y[F] <= rooms(K) and <= u[K]: one sex per room and night. (Mixed rooms: one row for both sexes.)
   x[p,K] <= u[K]: who sleeps in K uses a room of K.
3. v[t,z] >= sum over K in z of x[p,K] for p in t; and per night the people of t in z <= beds(z,n) * v[t,z].
4. m[w,K] <= x[a,K] and <= x[b,K], and 0 where two people cannot share a room of K.

Its linear cost is: room costs (exact), open_cost * u (exact), weight * v (exact, zones already used are free),
weight * (1 - sum of m) (exact). Costs between roommates (units, snoring, apart) are left out; they are never
negative. So each plan is a point of the relaxation with at most its own cost, and the minimum of the relaxation,
rounded up because costs are integers, bounds all plans from below.
"""

from __future__ import annotations

import importlib
import math
from typing import Any

from .model import Model
from .problem import Problem


class Relaxation:
    """The linear program in row form, before it goes to the solver."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.cost: list[float] = []
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.constant = 0.0
        self.row_lower: list[float] = []
        self.row_upper: list[float] = []
        self.row_start: list[int] = [0]
        self.columns: list[int] = []
        self.values: list[float] = []
        self.kinds = self._split_kinds()
        self.x: list[dict[int, int]] = []
        self._build()

    def column(self, cost: float, upper: float) -> int:
        self.cost.append(cost)
        self.lower.append(0.0)
        self.upper.append(upper)
        return len(self.cost) - 1

    def row(self, low: float, high: float, entries: list[tuple[int, float]]) -> None:
        self.row_lower.append(low)
        self.row_upper.append(high)
        for column, value in entries:
            self.columns.append(column)
            self.values.append(value)
        self.row_start.append(len(self.columns))

    def _split_kinds(self) -> list[list[int]]:
        """Sets of interchangeable rooms; rooms with pinned people stand alone."""
        model = self.model
        alone = {r for r in model.pinned if r >= 0}
        kinds: list[list[int]] = [[r] for r in sorted(alone)]
        for mask in model.kinds:
            rooms = [r for r in range(model.room_count) if mask >> r & 1 and r not in alone]
            if rooms:
                kinds.append(rooms)
        return kinds

    def _build(self) -> None:
        model = self.model
        horizon = model.horizon
        infinity = math.inf
        room_kind = {r: k for k, rooms in enumerate(self.kinds) for r in rooms}
        # 1. everybody somewhere
        for p in range(model.person_count):
            mine: dict[int, int] = {}
            if model.pinned[p] >= 0:
                r = model.pinned[p]
                mine[room_kind[r]] = self.column(model.cost[p][r], 1.0)
            else:
                open_rooms = model.allowed[p]
                for night in model.nights[p]:
                    open_rooms &= model.open_nights[model.sex[p] * horizon + night]
                for k, rooms in enumerate(self.kinds):
                    if open_rooms >> rooms[0] & 1:
                        mine[k] = self.column(model.cost[p][rooms[0]], 1.0)
            self.row(1.0, 1.0, [(column, 1.0) for column in mine.values()])
            self.x.append(mine)
        sleepers: dict[tuple[int, int, int], list[int]] = {}
        for p, mine in enumerate(self.x):
            if model.bed_pinned[p]:
                continue
            for k, column in mine.items():
                for night in model.nights[p]:
                    sleepers.setdefault((k, night, model.sex[p]), []).append(column)
        # 2. beds, sexes, opened rooms
        for k, rooms in enumerate(self.kinds):
            r, size = rooms[0], float(len(rooms))
            opened = self.column(model.open_cost[r], size) if model.open_cost[r] else -1
            nights = sorted(
                {night for night in range(horizon) if (k, night, 0) in sleepers or (k, night, 1) in sleepers}
            )
            previous: tuple[object, ...] | None = None
            for night in nights:
                sides = [sleepers.get((k, night, s), []) for s in (0, 1)]
                beds = float(model.capacity[r * horizon + night])
                signature = (beds, tuple(sides[0]), tuple(sides[1]))
                if signature == previous:
                    continue
                previous = signature
                if model.mixed[r]:
                    self.row(-infinity, beds * size, [(c, 1.0) for side in sides for c in side])
                    if opened >= 0:
                        self.row(-infinity, 0.0, [(c, 1.0) for side in sides for c in side] + [(opened, -beds)])
                    continue
                used: list[tuple[int, float]] = []
                for side in sides:
                    if side:
                        y = self.column(0.0, size)
                        self.row(-infinity, 0.0, [(c, 1.0) for c in side] + [(y, -beds)])
                        used.append((y, 1.0))
                if opened >= 0:
                    self.row(-infinity, 0.0, [*used, (opened, -1.0)])
                elif len(used) > 1:
                    self.row(-infinity, size, used)
        self._spreads()
        self._wishes()

    def _spreads(self) -> None:
        """3. zones used by classes, groups, women."""
        model = self.model
        infinity, horizon = math.inf, model.horizon
        for _, weight, zones, tags, start in model.spreads:
            width = max(zones) + 1
            kind_zone = [zones[rooms[0]] for rooms in self.kinds]
            members: dict[int, list[int]] = {}
            for p, tag in enumerate(tags):
                if tag >= 0:
                    members.setdefault(tag, []).append(p)
            zone_beds = [[0] * horizon for _ in range(width)]
            for r in range(model.room_count):
                for night in range(horizon):
                    zone_beds[zones[r]][night] += model.capacity[r * horizon + night]
            for tag, people in members.items():
                v = [
                    -1 if model.spread_start[start + tag * width + zone] else self.column(weight, 1.0)
                    for zone in range(width)
                ]
                per_night: dict[tuple[int, int], list[int]] = {}
                done: set[tuple[int, ...]] = set()
                for p in people:
                    by_zone: dict[int, list[int]] = {}
                    for k, column in self.x[p].items():
                        if v[kind_zone[k]] >= 0:
                            by_zone.setdefault(kind_zone[k], []).append(column)
                    for zone, columns in by_zone.items():
                        self.row(-infinity, 0.0, [(c, 1.0) for c in columns] + [(v[zone], -1.0)])
                        if not model.bed_pinned[p]:
                            for night in model.nights[p]:
                                per_night.setdefault((zone, night), []).extend(columns)
                for (zone, night), columns in per_night.items():
                    key = (zone, *columns)
                    beds = zone_beds[zone][night]
                    if key not in done and len(columns) > beds:
                        done.add(key)
                        self.row(-infinity, 0.0, [(c, 1.0) for c in columns] + [(v[zone], -float(beds))])

    def _wishes(self) -> None:
        """4. wishes met inside one set of rooms."""
        model = self.model
        infinity = math.inf
        for a, mates in enumerate(model.mates):
            for b, weight in mates:
                if b < a:
                    continue
                self.constant += weight
                together = bool(model.stay[a] & model.stay[b])
                for k, column in self.x[a].items():
                    r = self.kinds[k][0]
                    if k not in self.x[b] or (together and len(model.rooms[r].beds) < 2):
                        continue
                    if together and model.sex[a] != model.sex[b] and not model.mixed[r]:
                        continue
                    met = self.column(-weight, 1.0)
                    self.row(-infinity, 0.0, [(met, 1.0), (column, -1.0)])
                    self.row(-infinity, 0.0, [(met, 1.0), (self.x[b][k], -1.0)])


def lower_bound(problem: Problem, seconds: float) -> int | None:
    """Cost below which no complete plan for `problem` can lie; None when it is not proven within `seconds`.

    Also None when no complete plan exists at all.
    """
    model = Model(problem)
    solved = solve_relaxation(Relaxation(model), seconds)
    if solved is None:
        return None
    value = solved[0]
    # HiGHS works to a tolerance of 1e-7 per row; a hundredth is a generous allowance before rounding up.
    return math.ceil(value - 0.01)


def solve_relaxation(relaxation: Relaxation, seconds: float) -> tuple[float, list[float]] | None:
    """Optimal value and columns of the relaxation, or None (not solved in time, or infeasible)."""
    import numpy as np

    highspy: Any = importlib.import_module("highspy")  # untyped, and late: 165 ms

    program: Any = highspy.HighsLp()
    program.num_col_ = len(relaxation.cost)
    program.num_row_ = len(relaxation.row_lower)
    program.col_cost_ = np.array(relaxation.cost, dtype=np.double)
    program.col_lower_ = np.array(relaxation.lower, dtype=np.double)
    program.col_upper_ = np.array(relaxation.upper, dtype=np.double)
    program.row_lower_ = np.array(relaxation.row_lower, dtype=np.double)
    program.row_upper_ = np.array(relaxation.row_upper, dtype=np.double)
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_ = np.array(relaxation.row_start, dtype=np.int32)
    program.a_matrix_.index_ = np.array(relaxation.columns, dtype=np.int32)
    program.a_matrix_.value_ = np.array(relaxation.values, dtype=np.double)
    solver: Any = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("time_limit", float(seconds))
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return solver.getInfo().objective_function_value + relaxation.constant, list(solver.getSolution().col_value)
