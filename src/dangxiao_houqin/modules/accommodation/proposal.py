"""A proposal under review: hand moves, pins, undo and redo; plain data, neither database nor window.

Every step is held against the independent checker before it is taken, so that what is confirmed later is legal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import RuleViolation

from .allocation import Plan, Problem, Room, Violation, check, insert_late, score, why
from .allocation.problem import Key
from .domain import BedOption, ConfirmPlan
from .planning import Candidate, PlanningTask, as_command

FIRST, AGAIN = "自动分房", "重新分房"


@dataclass(frozen=True)
class Step:
    """One state of the proposal: who sleeps in which bed, who must not be moved, and what led here."""

    beds: Mapping[int, int]
    pinned: frozenset[int]
    what: str


class Proposal:
    """The proposal page's model; raises :class:`RuleViolation` for a step that no rule allows."""

    def __init__(self, task: PlanningTask, plan: Plan) -> None:
        self.task = task
        self.people: dict[int, Candidate] = {c.enrollment_id: c for c in task.people}
        self.options: dict[int, BedOption] = {b.bed_id: b for b in task.beds}
        pinned = frozenset(c.enrollment_id for c in task.people if c.pinned or c.locked)
        self._steps = [Step(_beds(plan), pinned, FIRST)]
        self._at = 0
        self.plan = plan
        self._bound = plan.bound
        self._score = plan
        self._scored_at: Step | None = None
        self._room_of = {int(bed): room for room in task.problem.rooms for bed in room.beds}
        self._loose = {int(p.id): replace(p, pinned_bed=None) for p in task.problem.people}

    # ------------------------------------------------------------------ looking
    @property
    def step(self) -> Step:
        return self._steps[self._at]

    @property
    def can_undo(self) -> bool:
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        return self._at + 1 < len(self._steps)

    @property
    def is_changed(self) -> bool:
        """Whether confirming would change anything."""
        kept = {c.enrollment_id: c.kept_bed_id for c in self.task.people if c.kept_bed_id is not None}
        pinned = {c.enrollment_id for c in self.task.people if c.pinned or c.locked}
        return dict(self.step.beds) != kept or self.step.pinned != pinned

    @property
    def moved_by_hand(self) -> bool:
        """Whether the state shown holds hand work that only this object knows."""
        by_hand = any(step.what not in (FIRST, AGAIN) for step in self._steps[: self._at + 1])
        return by_hand and self.is_changed

    def bed_of(self, person: int) -> BedOption | None:
        bed = self.step.beds.get(person)
        return None if bed is None else self.options[bed]

    def sleepers(self, bed: int) -> tuple[Candidate, ...]:
        """The people of this class in a bed (one after the other when their nights do not overlap)."""
        found = [self.people[p] for p, b in self.step.beds.items() if b == bed]
        return tuple(sorted(found, key=lambda c: c.arrive))

    def unassigned(self) -> tuple[tuple[Candidate, str], ...]:
        """People without a bed, in roster order, with the engine's reason."""
        reasons = {int(u.person): u.reason for u in self.plan.unassigned}
        waiting = [c for c in self.task.people if c.enrollment_id not in self.step.beds]
        return tuple((c, reasons.get(c.enrollment_id, "已从床位上移下，等待安排。")) for c in waiting)

    def why(self, person: int) -> tuple[str, ...]:
        """Why this bed: the engine's sentences for the state shown."""
        if person not in self.step.beds:
            return tuple(reason for c, reason in self.unassigned() if c.enrollment_id == person)
        return tuple(why(self.problem, self._scored(), person))

    @property
    def problem(self) -> Problem:
        """The task with the pins of this state (and without the ones that the user has lifted)."""
        beds = self.step.beds
        kept = {
            c.enrollment_id for c in self.task.people if c.kept_bed_id and beds.get(c.enrollment_id) == c.kept_bed_id
        }
        fixed = self.step.pinned | kept
        people = tuple(
            replace(p, pinned_bed=beds.get(int(p.id)) if p.id in fixed else None) for p in self.task.problem.people
        )
        return replace(self.task.problem, people=people)

    def _scored(self) -> Plan:
        if self._scored_at is not self.step:
            self._score = score(self.problem, _keys(self.step.beds), reasons=False)
            self._scored_at = self.step
        return self._score

    def refresh_costs(self) -> Plan:
        """Objective and costs of the state shown, with the reasons and the bound of the last search."""
        scored = self._scored()
        self.plan = replace(scored, unassigned=self.plan.unassigned, bound=self._bound)
        return self.plan

    # ------------------------------------------------------------------ changing
    def refusal(self, person: int, bed: int) -> str:
        """Why ``person`` cannot have ``bed`` (swapping with who sleeps there), or empty."""
        try:
            self._moved(person, bed)
        except RuleViolation as error:
            return error.message
        return ""

    def move(self, person: int, bed: int) -> None:
        """Put a person into a bed; who sleeps there in the same nights gets the person's old bed, or none."""
        beds = self._moved(person, bed)
        self._take(beds, self.step.pinned, f"{self.people[person].name} → {self.options[bed].text}")

    def fit_in(self, person: int) -> None:
        """A bed for somebody who has none, moving as few others as possible (a late arrival)."""
        found = insert_late(self.problem, _keys(self.step.beds), person)
        if not found.moves:
            raise RuleViolation(found.reason)
        beds = dict(self.step.beds)
        for change in found.moves:
            beds[int(change.person)] = int(change.to_bed)
        others = f"，另有 {found.moved} 人换床" if found.moved else ""
        self._take(beds, self.step.pinned, f"补排 {self.people[person].name}{others}")

    def remove(self, person: int) -> None:
        """Take a person out of his bed."""
        self._refuse_locked(person)
        beds = {p: b for p, b in self.step.beds.items() if p != person}
        self._take(beds, self.step.pinned - {person}, f"移下 {self.people[person].name}")

    def pin(self, person: int, pinned: bool) -> None:
        """A pinned person keeps his bed when the plan is made anew."""
        self._refuse_locked(person)
        if person not in self.step.beds:
            raise RuleViolation(f"{self.people[person].name}还没有床位，不能锁定。")
        pins = self.step.pinned | {person} if pinned else self.step.pinned - {person}
        self._take(self.step.beds, pins, ("锁定 " if pinned else "解锁 ") + self.people[person].name)

    def accept_plan(self, plan: Plan) -> None:
        """A new search around the pins; undo brings the old state back."""
        self.plan, self._bound = plan, plan.bound
        self._take(_beds(plan), self.step.pinned, AGAIN)

    def undo(self) -> str:
        """One step back; returns what was undone."""
        if not self.can_undo:
            raise RuleViolation("没有可以撤销的步骤。")
        what = self.step.what
        self._at -= 1
        return what

    def redo(self) -> str:
        """One step forward again; returns what was redone."""
        if not self.can_redo:
            raise RuleViolation("没有可以重做的步骤。")
        self._at += 1
        return self.step.what

    def as_command(self) -> ConfirmPlan:
        """What ``services.confirm_plan`` takes."""
        return as_command(self.task, self._scored(), self.step.pinned)

    def _take(self, beds: Mapping[int, int], pinned: frozenset[int], what: str) -> None:
        del self._steps[self._at + 1 :]
        self._steps.append(Step(dict(beds), frozenset(pinned), what))
        self._at += 1

    def _refuse_locked(self, person: int) -> None:
        if self.people[person].locked:
            raise RuleViolation(f"{self.people[person].name}已入住，不能在方案里移动，请用“调房”。")

    def _moved(self, person: int, bed: int) -> dict[int, int]:
        self._refuse_locked(person)
        mover = self.people[person]
        beds = dict(self.step.beds)
        old = beds.pop(person, None)
        for other in self.sleepers(bed):
            if other.enrollment_id != person and other.arrive < mover.leave and mover.arrive < other.leave:
                self._refuse_locked(other.enrollment_id)
                if other.enrollment_id in self.step.pinned:
                    raise RuleViolation(f"{other.name}的床位已锁定，请先解锁。")
                del beds[other.enrollment_id]
                if old is not None:
                    beds[other.enrollment_id] = old
        beds[person] = bed
        if bed not in self._room_of:
            raise RuleViolation(f"{self.options[bed].text}不参与分配，请另选床位。")
        rooms = {self._room_of[b].id: self._room_of[b] for b in (bed, old) if b is not None}
        # what an earlier exception by hand breaks already is no reason against moving somebody else
        known = self._check_rooms(rooms, self.step.beds)
        broken = [v for v in self._check_rooms(rooms, beds) if v not in known]
        if broken:
            raise RuleViolation(self._sentence(broken[0], beds))
        return beds

    def _check_rooms(self, rooms: Mapping[Key, Room], beds: Mapping[int, int]) -> tuple[Violation, ...]:
        """The independent checker on the rooms that a step touches: no rule reaches beyond a room."""
        there = {p: b for p, b in beds.items() if self._room_of[b].id in rooms}
        part = replace(
            self.task.problem,
            rooms=tuple(rooms.values()),
            people=tuple(self._loose[p] for p in there),
        )
        return check(part, _keys(there))

    def _sentence(self, broken: Violation, beds: Mapping[int, int]) -> str:
        """A violation in the page's words: beds by their names, guests by theirs, closures with their reason."""
        person = self.people.get(int(broken.person)) if broken.person is not None else None
        if person is None:
            return broken.message
        option = self.options[beds[person.enrollment_id]]
        if broken.rule == "one_bed":
            mates = [self.people[p] for p, b in beds.items() if b == option.bed_id]
            others = [(g.name, g.arrive, g.leave) for g in self.task.guests if g.bed_id == option.bed_id]
            others += [(m.name, m.arrive, m.leave) for m in mates if m is not person]
            for name, arrive, leave in others:
                if arrive < person.leave and person.arrive < leave:
                    until = chinese_date(leave, year=False)
                    return f"{option.text}已安排给{name}（{until}离开），不能再安排{person.name}。"
        if broken.rule == "in_service":
            room = next(r for r in self.task.problem.rooms if r.id == broken.room)
            reasons = {c.reason for c in room.closures if c.bed in (None, option.bed_id) and c.reason}
            if reasons:
                return f"{broken.message[:-1]}（{'、'.join(sorted(reasons))}）。"
        return broken.message


def _beds(plan: Plan) -> dict[int, int]:
    return {int(person): int(bed) for person, bed in plan.beds().items()}


def _keys(beds: Mapping[int, int]) -> dict[Key, Key]:
    """The same, in the engine's wider key type."""
    return dict(beds.items())
