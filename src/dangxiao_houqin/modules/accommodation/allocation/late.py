"""A bed for a late arrival in a full house with as few people moved as possible."""

from __future__ import annotations

import time
from collections.abc import Mapping

from .finish import reason_without_bed
from .model import Model
from .plan import LateArrival, Move, Placement, Plan
from .problem import AllocationError, Key, Problem
from .state import State

SEARCH_SECONDS = 1.0
MOST_MOVED = 6
MOST_ANSWERS = 1_000
"""Equally short answers compared by cost."""


def insert_late(
    problem: Problem, plan: Plan | Mapping[Key, Key], person_id: Key, *, seconds: float = SEARCH_SECONDS
) -> LateArrival:
    """Find a bed for `person_id`; everybody else in `problem` keeps the bed of `plan` unless moving is unavoidable.

    `plan` is a plan or person id -> bed id. No move where a bed fits (the cheapest such bed is taken); otherwise the
    smallest number of moved people, by iterative deepening over exact beds: every bed is tried for the newcomer, the
    people in the way are taken out and must find a bed in turn, and so on. Pinned people never move. Of equally short
    answers the cheapest found is taken. `seconds` limits the search; then `proven` is False.

    Raises `AllocationError` when the person is unknown or pinned, or a bed of the plan is unknown.
    """
    if person_id not in {person.id for person in problem.people}:
        raise AllocationError("名单里没有这个人，请先把他加入名单。")
    if any(p.id == person_id and (p.pinned_bed, p.pinned_room) != (None, None) for p in problem.people):
        raise AllocationError("这个人的床位已锁定，不需要再安排。")
    beds = plan.beds() if isinstance(plan, Plan) else dict(plan)
    beds.pop(person_id, None)
    return _LateSearch(problem, beds, person_id, seconds).run()


class _LateSearch:
    """Beds as bits: `free[s, night]` is the set of beds that sex s could take that night as things stand."""

    def __init__(self, problem: Problem, beds: dict[Key, Key], person_id: Key, seconds: float) -> None:
        self.problem = problem
        self.model = model = Model(problem)
        self.late = model.person_index[person_id]
        self.deadline = time.monotonic() + seconds
        self.bed_ids: list[Key] = [bed for room in problem.rooms for bed in room.beds]
        bed_number = {bed: b for b, bed in enumerate(self.bed_ids)}
        self.room_of_bed = [r for r, room in enumerate(problem.rooms) for _ in room.beds]
        self.busy = [mask for room in model.busy for mask in room]
        self.room_beds = [0] * model.room_count
        for b, r in enumerate(self.room_of_bed):
            self.room_beds[r] |= 1 << b
        self.kind_of_room = [0] * model.room_count
        for k, mask in enumerate(model.kinds):
            for r in range(model.room_count):
                if mask >> r & 1:
                    self.kind_of_room[r] = k
        horizon = model.horizon
        self.base = [0] * (2 * horizon)
        for s in (0, 1):
            for night in range(horizon):
                rooms = model.open_nights[s * horizon + night]
                self.base[s * horizon + night] = sum(
                    1 << b for b, r in enumerate(self.room_of_bed) if rooms >> r & 1 and not self.busy[b] >> night & 1
                )
        self.free = list(self.base)
        self.sleepers = [0] * (2 * model.room_count * horizon)
        self.bed_of = [-1] * model.person_count
        self.inside: list[list[int]] = [[] for _ in range(model.room_count)]
        self.possible: dict[int, int] = {}
        self.answers: list[dict[int, int]] = []
        self.timeout = False
        for p, person in enumerate(model.people):
            if p == self.late or person.id not in beds:
                continue
            if beds[person.id] not in bed_number:
                raise AllocationError(f"{person.title} 的床位已不存在，请先重新安排。")
            self._occupy(p, bed_number[beds[person.id]])
        self.origin = list(self.bed_of)

    def run(self) -> LateArrival:
        for budget in range(MOST_MOVED + 1):
            self._descend((self.late,), budget, {})
            if self.answers:
                return self._cheapest()
            if self.timeout:
                break
        model = self.model
        placements = {
            model.people[p].id: Placement(model.people[p].id, model.rooms[self.room_of_bed[b]].id, self.bed_ids[b])
            for p, b in enumerate(self.origin)
            if b >= 0
        }
        return LateArrival((), False, reason_without_bed(self.problem, model.people[self.late], placements))

    def _occupy(self, p: int, b: int) -> None:
        model, r = self.model, self.room_of_bed[b]
        self.bed_of[p] = b
        self.inside[r].append(p)
        if model.bed_pinned[p]:
            return  # already in the calendar of the model
        horizon, s, bit, beds = model.horizon, model.sex[p], 1 << b, self.room_beds[r]
        for night in model.nights[p]:
            self.free[night] &= ~bit
            self.free[horizon + night] &= ~bit
            if not model.mixed[r]:
                self.sleepers[(r * 2 + s) * horizon + night] += 1
                self.free[(1 - s) * horizon + night] &= ~beds

    def _vacate(self, p: int) -> None:
        model, b = self.model, self.bed_of[p]
        r = self.room_of_bed[b]
        self.bed_of[p] = -1
        self.inside[r].remove(p)
        horizon, s = model.horizon, model.sex[p]
        for night in model.nights[p]:
            if not model.mixed[r]:
                self.sleepers[(r * 2 + s) * horizon + night] -= 1
            taken = 0
            for q in self.inside[r]:
                if model.stay[q] >> night & 1 and not model.bed_pinned[q]:
                    taken |= 1 << self.bed_of[q]
            for t in (0, 1):
                opposite = not model.mixed[r] and self.sleepers[(r * 2 + 1 - t) * horizon + night]
                row = t * horizon + night
                now_free = 0 if opposite else self.base[row] & self.room_beds[r] & ~taken
                self.free[row] = self.free[row] & ~self.room_beds[r] | now_free

    def _possible_beds(self, p: int) -> int:
        """Beds that could take `p` if all movable people were away."""
        if p not in self.possible:
            model = self.model
            bits = 0
            for r in range(model.room_count):
                if model.allowed[p] >> r & 1:
                    bits |= self.room_beds[r]
            for night in model.nights[p]:
                bits &= self.base[model.sex[p] * model.horizon + night]
            self.possible[p] = bits
        return self.possible[p]

    def _in_the_way(self, p: int, b: int, done: dict[int, int], most: int) -> list[int] | None:
        """People who must leave so that `p` can have bed `b`; None = impossible or more than `most`."""
        model = self.model
        r = self.room_of_bed[b]
        found: list[int] = []
        stay, sex, mixed, enemies = model.stay[p], model.sex[p], model.mixed[r], model.forbidden[p]
        for q in self.inside[r]:
            if model.stay[q] & stay and (self.bed_of[q] == b or (model.sex[q] != sex and not mixed) or q in enemies):
                if model.pinned[q] >= 0 or q in done or len(found) == most:
                    return None
                found.append(q)
        return found

    def _descend(self, pending: tuple[int, ...], budget: int, done: dict[int, int]) -> None:
        """Give every pending person a bed, taking out at most `budget` more people in all.

        Complete: in a shortest answer every moved person has a final bed, and whoever is in the way there is moved
        too. Empty interchangeable rooms are tried once, interchangeable beds of a room likewise.
        """
        if not pending:
            self.answers.append(dict(done))
            return
        if time.monotonic() > self.deadline:
            self.timeout = True
        p, rest = pending[-1], pending[:-1]
        beds = self._possible_beds(p)
        if not budget:
            for night in self.model.nights[p]:
                beds &= self.free[self.model.sex[p] * self.model.horizon + night]
        if self.origin[p] >= 0:
            beds &= ~(1 << self.origin[p])
        options: list[tuple[int, list[int]]] = []
        seen: set[tuple[object, ...]] = set()
        while beds:
            bit = beds & -beds
            beds ^= bit
            b = bit.bit_length() - 1
            r = self.room_of_bed[b]
            if not self.inside[r]:
                twin = (self.kind_of_room[r], self.busy[b])
                if twin in seen:
                    continue
                seen.add(twin)
            way = self._in_the_way(p, b, done, budget)
            if way is not None:
                options.append((b, way))
        options.sort(key=lambda option: len(option[1]))
        for b, way in options:
            if self.timeout or len(self.answers) >= MOST_ANSWERS:
                return
            before = [(q, self.bed_of[q]) for q in way]
            for q in way:
                self._vacate(q)
            self._occupy(p, b)
            done[p] = b
            self._descend((*rest, *way), budget - len(way), done)
            del done[p]
            self._vacate(p)
            for q, was in before:
                self._occupy(q, was)

    def _cheapest(self) -> LateArrival:
        model = self.model
        state = State(model)
        for p, b in enumerate(self.origin):
            if b >= 0 and state.room_of[p] < 0:
                state.place(p, self.room_of_bed[b])
        best, best_total = self.answers[0], -1
        for answer in self.answers:
            old = [(p, state.remove(p) if state.room_of[p] >= 0 else -1) for p in answer]
            for p, b in answer.items():
                state.place(p, self.room_of_bed[b])
            if best_total < 0 or state.total < best_total:
                best, best_total = answer, state.total
            for p in answer:
                state.remove(p)
            for p, r in old:
                if r >= 0:
                    state.place(p, r)
        moves = []
        for p, b in best.items():
            was = self.origin[p]
            moves.append(
                Move(
                    person=model.people[p].id,
                    from_room=None if was < 0 else model.rooms[self.room_of_bed[was]].id,
                    from_bed=None if was < 0 else self.bed_ids[was],
                    to_room=model.rooms[self.room_of_bed[b]].id,
                    to_bed=self.bed_ids[b],
                )
            )
        return LateArrival(tuple(moves), proven=True)
