"""What the bed engine gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .problem import Key


@dataclass(frozen=True, slots=True)
class Placement:
    """One person's bed for the whole stay."""

    person: Key
    room: Key
    bed: Key
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A person without a bed and the reason in one Chinese sentence."""

    person: Key
    reason: str


@dataclass(frozen=True, slots=True)
class RuleCost:
    """What one soft rule costs in a plan: `times` it is broken, `cost` altogether."""

    key: str
    title: str
    times: int
    cost: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A legal proposal.

    `objective` is the sum of `costs` (people without bed are not in it). `bound`: no plan for the same people can cost
    less; None = not computed in time. `stopped`: "iterations", "time", "greedy". `note`: a Chinese sentence when
    something went wrong on the way (a worker died and the other one's plan is used).
    """

    placements: Mapping[Key, Placement]
    unassigned: tuple[Unassigned, ...]
    objective: int
    costs: tuple[RuleCost, ...]
    rooms_opened: int
    bound: int | None = None
    seconds: float = 0.0
    iterations: int = 0
    seed: int = 0
    stopped: str = "greedy"
    note: str = ""

    @property
    def gap(self) -> float | None:
        """How far the plan can be from the best possible one, as a share of the bound (0.05 = 5 %)."""
        if self.bound is None or self.unassigned:
            return None
        if self.objective <= self.bound:
            return 0.0
        return (self.objective - self.bound) / self.bound if self.bound > 0 else None

    def beds(self) -> dict[Key, Key]:
        """Person id -> bed id."""
        return {p.person: p.bed for p in self.placements.values()}


@dataclass(frozen=True, slots=True)
class Move:
    """One person's change of bed; `from_bed` None = had no bed yet."""

    person: Key
    from_room: Key | None
    from_bed: Key | None
    to_room: Key
    to_bed: Key


@dataclass(frozen=True, slots=True)
class LateArrival:
    """How a late person gets in: `moves[0]` is the person's own bed, the others are people who have to move.

    `moves` empty = impossible or not found, then `reason` is a Chinese sentence. `proven` = no plan with fewer moves.
    """

    moves: tuple[Move, ...]
    proven: bool
    reason: str = ""

    @property
    def moved(self) -> int:
        """How many people who already had a bed must change it."""
        return max(0, len(self.moves) - 1)
