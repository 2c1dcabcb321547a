"""A bed for a late arrival in a full house with as few people moved as possible."""

from __future__ import annotations

import time
from collections.abc import Mapping

from .finish import evaluate, reason_without_bed
from .model import Model
from .plan import LateArrival, Move, Placement, Plan
from .problem import AllocationError, Key, Problem

SEARCH_SECONDS = 1.0
MAX_MOVES = 6


def insert_late(
    problem: Problem, plan: Plan | Mapping[Key, Key], person_id: Key, *, seconds: float = SEARCH_SECONDS
) -> LateArrival:
    """Find a bed for `person_id`; everybody else in `problem` keeps the bed of `plan` unless moving is unavoidable.

    `plan` is a plan or person id -> bed id. No move where a bed fits (the cheapest such bed is taken); otherwise the
    smallest number of moved people, by iterative deepening over exact beds: every bed is tried for the newcomer, the
    people in the way are taken out and must find a bed in turn, and so on. Pinned people never move. Of equally short
    answers the cheapest found is taken. `seconds` limits the search; then `proven` is False.
    """
    if person_id not in {person.id for person in problem.people}:
        raise AllocationError("名单里没有这个人，请先把他加入名单。")
    search = _LateSearch(problem, plan.beds() if isinstance(plan, Plan) else dict(plan), person_id, seconds)
    return search.run()


class _LateSearch:
    def __init__(self, problem: Problem, beds: dict[Key, Key], person_id: Key, seconds: float) -> None:
        self.problem = problem
        self.model = model = Model(problem)
        self.late = model.person_index[person_id]
        self.given = beds
        beds.pop(person_id, None)
        self.deadline = time.monotonic() + seconds
        self.bed_ids: list[Key] = [bed for room in problem.rooms for bed in room.beds]
        self.bed_number = {bed: b for b, bed in enumerate(self.bed_ids)}
        self.room_of_bed = [r for r, room in enumerate(problem.rooms) for _ in room.beds]
        self.busy = [mask for room in model.busy for mask in room]
        room_beds = [0] * model.room_count
        for b, r in enumerate(self.room_of_bed):
            room_beds[r] |= 1 << b
        self.room_beds = room_beds
        horizon = model.horizon
        # Beds free of guests, closures and bed-pinned people whose room is open to each sex, per night.
        self.base = [0] * (2 * horizon)
        for s in (0, 1):
            for night in range(horizon):
                rooms = model.open_nights[s * horizon + night]
                bits = 0
                for b, r in enumerate(self.room_of_bed):
                    if rooms >> r & 1 and not self.busy[b] >> night & 1:
                        bits |= 1 << b
                self.base[s * horizon + night] = bits
        self.bed_of = [-1] * model.person_count
        self.inside: list[list[int]] = [[] for _ in range(model.room_count)]
        self.fixed = [model.pinned[p] >= 0 for p in range(model.person_count)]
        for p, person in enumerate(model.people):
            bed = beds.get(person.id)
            if bed is None:
                continue
            if bed not in self.bed_number:
                raise AllocationError(f"{person.title} 的床位已不存在，请先重新安排。")
            self.bed_of[p] = self.bed_number[bed]
            self.inside[self.room_of_bed[self.bed_of[p]]].append(p)
        self.allowed_beds: dict[int, int] = {}
        self.solutions: list[dict[int, int]] = []
        self.timeout = False

    def run(self) -> LateArrival:
        proven = True
        for budget in range(MAX_MOVES + 1):
            self._descend([self.late], budget, {})
            if self.solutions:
                return self._answer(proven)
            if self.timeout:
                proven = False
                break
        placements = {
            self.model.people[p].id: Placement(
                self.model.people[p].id, self.problem.rooms[self.room_of_bed[b]].id, self.bed_ids[b]
            )
            for p, b in enumerate(self.bed_of)
            if b >= 0
        }
        reason = reason_without_bed(self.problem, self.model.people[self.late], placements)
        return LateArrival((), proven, reason)

    def _beds_for(self, p: int) -> int:
        """Beds that could take `p` if all movable people were away."""
        if p not in self.allowed_beds:
            model = self.model
            bits = 0
            for r in range(model.room_count):
                if model.allowed[p] >> r & 1:
                    bits |= self.room_beds[r]
            for night in model.nights[p]:
                bits &= self.base[model.sex[p] * model.horizon + night]
            self.allowed_beds[p] = bits
        return self.allowed_beds[p]

    def _in_the_way(self, p: int, b: int, done: dict[int, int], limit: int) -> list[int] | None:
        """People who must leave so that `p` can have bed `b`; None = impossible or more than `limit`."""
        model = self.model
        r = self.room_of_bed[b]
        found: list[int] = []
        stay, sex, mixed = model.stay[p], model.sex[p], model.mixed[r]
        enemies = model.forbidden[p]
        for q in self.inside[r]:
            if not model.stay[q] & stay:
                continue
            if self.bed_of[q] == b or (model.sex[q] != sex and not mixed) or q in enemies:
                if self.fixed[q] or q in done or len(found) == limit:
                    return None
                found.append(q)
        return found

    def _descend(self, pending: list[int], budget: int, done: dict[int, int]) -> None:
        """Give every pending person a bed, taking out at most `budget` more people in all."""
        if self.timeout or len(self.solutions) >= 200:
            return
        if time.monotonic() > self.deadline:
            self.timeout = True
            return
        if not pending:
            self.solutions.append(dict(done))
            return
        p = pending[-1]
        rest = pending[:-1]
        old_bed = -1 if p == self.late else self.origin[p]
        beds = self._beds_for(p)
        options: list[tuple[int, list[int]]] = []
        while beds:
            bit = beds & -beds
            beds ^= bit
            b = bit.bit_length() - 1
            if b == old_bed:
                continue
            way = self._in_the_way(p, b, done, budget)
            if way is not None:
                options.append((b, way))
        options.sort(key=lambda option: len(option[1]))
        seen_empty: set[object] = set()
        for b, way in options:
            r = self.room_of_bed[b]
            if not way and not self.inside[r] and rest == [] and len(options) > 400:
                kind = self.model.site[r]
                if kind in seen_empty:
                    continue
                seen_empty.add(kind)
            for q in way:
                self.inside[r].remove(q)
                self.origin[q] = self.bed_of[q]
                self.bed_of[q] = -1
            self.bed_of[p] = b
            self.inside[r].append(p)
            done[p] = b
            self._descend(rest + way, budget - len(way), done)
            del done[p]
            self.inside[r].remove(p)
            self.bed_of[p] = -1
            for q in way:
                self.bed_of[q] = self.origin.pop(q)
                self.inside[r].append(q)
            if self.timeout or len(self.solutions) >= 200:
                return

    @property
    def origin(self) -> dict[int, int]:
        """Bed from which each taken-out person came."""
        if not hasattr(self, "_origin"):
            self._origin: dict[int, int] = {}
        return self._origin

    def _answer(self, proven: bool) -> LateArrival:
        model = self.model
        best: tuple[int, int] | None = None
        rooms = [-1 if b < 0 else self.room_of_bed[b] for b in self.bed_of]
        for number, solution in enumerate(self.solutions):
            trial = list(rooms)
            for p, b in solution.items():
                trial[p] = self.room_of_bed[b]
            cost = sum(rule.cost for rule in evaluate(model, trial))
            if best is None or cost < best[0]:
                best = (cost, number)
            if time.monotonic() > self.deadline:
                break
        assert best is not None
        solution = self.solutions[best[1]]
        moves = []
        for p, b in solution.items():
            person = model.people[p]
            bed = self.given.get(person.id)
            from_room = None if bed is None else self.problem.rooms[self.room_of_bed[self.bed_number[bed]]].id
            moves.append(Move(person.id, from_room, bed, self.problem.rooms[self.room_of_bed[b]].id, self.bed_ids[b]))
        return LateArrival(tuple(moves), proven)
