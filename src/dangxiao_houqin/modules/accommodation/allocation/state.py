"""The changing part of the search: who is where, what it costs, and which rooms can still take whom."""

from __future__ import annotations

from .beds import fit
from .model import Model
from .problem import AllocationError
from .rules import UNASSIGNED_WEIGHT


class State:
    """A partial room-level plan that is legal at every moment.

    `room_of[p]` is a room index or -1. `total` is the exact cost of the soft rules plus `UNASSIGNED_WEIGHT` per
    person without room, kept up to date by `place` and `remove`.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.room_of = [-1] * model.person_count
        self.inside: list[list[int]] = [[] for _ in model.rooms]
        self.count = [0] * (model.room_count * model.horizon)
        self.open = list(model.open_nights)
        self.zones = list(model.spread_start)
        self.empty = (1 << model.room_count) - 1
        self.total = UNASSIGNED_WEIGHT * model.person_count + sum(
            weight for p, mates in enumerate(model.mates) for q, weight in mates if p < q
        )
        self._fits: dict[tuple[int, tuple[int, ...]], bool] = {}
        for p, room in enumerate(model.pinned):
            if room >= 0:
                self._pin(p, room)

    def _pin(self, p: int, r: int) -> None:
        model = self.model
        self.total += self.cost_in(p, r) - UNASSIGNED_WEIGHT
        if not model.bed_pinned[p]:
            horizon, s = model.horizon, model.sex[p]
            for night in model.nights[p]:
                if self.count[r * horizon + night] >= model.capacity[r * horizon + night] or (
                    not self.open[s * horizon + night] >> r & 1
                ):
                    raise AllocationError(
                        f"{model.people[p].title} 锁定在 {model.rooms[r].title}，但该房那几天已住满、停用或住的是异性。"
                    )
            if not self.bed_fits(p, r):
                raise AllocationError(
                    f"{model.people[p].title} 锁定在 {model.rooms[r].title}，但没有一张床能整段住下。"
                )
        self._enter(p, r, counted=not model.bed_pinned[p])

    def _enter(self, p: int, r: int, counted: bool = True) -> None:
        model = self.model
        self.room_of[p] = r
        self.inside[r].append(p)
        self.empty &= ~(1 << r)
        for offset, zone, _ in model.person_spreads[p]:
            self.zones[offset + zone[r]] += 1
        if counted:
            horizon, s, bit = model.horizon, model.sex[p], 1 << r
            mine, other, base = s * horizon, (1 - s) * horizon, r * horizon
            mixed = model.mixed[r]
            for night in model.nights[p]:
                now = self.count[base + night] + 1
                self.count[base + night] = now
                if now == 1 and not mixed:
                    self.open[other + night] &= ~bit
                if now == model.capacity[base + night]:
                    self.open[mine + night] &= ~bit
                    if mixed:
                        self.open[other + night] &= ~bit

    def place(self, p: int, r: int) -> None:
        """Put person `p` (without room) into room `r`, which must be in `choices(p)`."""
        self.total += self.cost_in(p, r) - UNASSIGNED_WEIGHT
        self._enter(p, r)

    def remove(self, p: int) -> int:
        """Take person `p` out and return the room."""
        model = self.model
        r = self.room_of[p]
        self.room_of[p] = -1
        self.inside[r].remove(p)
        if not self.inside[r]:
            self.empty |= 1 << r
        for offset, zone, _ in model.person_spreads[p]:
            self.zones[offset + zone[r]] -= 1
        horizon, s, bit = model.horizon, model.sex[p], 1 << r
        mine, other, base = s * horizon, (1 - s) * horizon, r * horizon
        mixed = model.mixed[r]
        for night in model.nights[p]:
            was = self.count[base + night]
            self.count[base + night] = was - 1
            if was == model.capacity[base + night]:
                self.open[mine + night] |= model.open_nights[mine + night] & bit
                if mixed:
                    self.open[other + night] |= model.open_nights[other + night] & bit
            if was == 1 and not mixed:
                self.open[other + night] |= model.open_nights[other + night] & bit
        self.total += UNASSIGNED_WEIGHT - self.cost_in(p, r)
        return r

    def cost_in(self, p: int, r: int) -> int:
        """What placing `p` (now without room) into `r` would add to the soft cost."""
        model = self.model
        cost = model.cost[p][r]
        inside = self.inside[r]
        if inside:
            if model.has_share:
                stay, avoid = model.stay[p], model.avoid[p]
                row = model.share[model.share_type[p]]
                for q in inside:
                    if model.stay[q] & stay:
                        cost += row[model.share_type[q]]
                        if q in avoid:
                            cost += avoid[q]
        else:
            cost += model.open_cost[r]
        zones = self.zones
        for offset, zone, weight in model.person_spreads[p]:
            if not zones[offset + zone[r]]:
                cost += weight
        for q, weight in model.mates[p]:
            if self.room_of[q] == r:
                cost -= weight
        return cost

    def choices(self, p: int) -> int:
        """Set of rooms (bit mask) that can take `p`, now without room, for the whole stay."""
        model = self.model
        rooms = model.allowed[p]
        base = model.sex[p] * model.horizon
        for night in model.nights[p]:
            rooms &= self.open[base + night]
        for q in model.forbidden[p]:
            if self.room_of[q] >= 0:
                rooms &= ~(1 << self.room_of[q])
        hard = rooms & model.complex_rooms
        while hard:
            bit = hard & -hard
            hard ^= bit
            if not self.bed_fits(p, bit.bit_length() - 1):
                rooms ^= bit
        return rooms

    def share_with(self, p: int, r: int, without: int) -> int:
        """What `p` and the people in `r` (leaving out `without` and `p`) cost each other as roommates."""
        model = self.model
        stay, avoid = model.stay[p], model.avoid[p]
        row = model.share[model.share_type[p]]
        cost = 0
        for q in self.inside[r]:
            if q not in (p, without) and model.stay[q] & stay:
                cost += row[model.share_type[q]]
                if q in avoid:
                    cost += avoid[q]
        return cost

    def bed_fits(self, p: int, r: int, without: int = -1) -> bool:
        """Whether one bed of `r` can serve `p` for the whole stay, roommates changing beds freely (memorised)."""
        model = self.model
        if not model.complex_rooms >> r & 1:
            return True
        stays = [model.stay[q] for q in self.inside[r] if q != without and not model.bed_pinned[q]]
        stays.append(model.stay[p])
        key = (r, tuple(sorted(stays)))
        known = self._fits.get(key)
        if known is None:
            known = self._fits[key] = fit(model.busy[r], stays) is not None
        return known

    def best_choice(self, p: int) -> tuple[int, int]:
        """Cheapest room for `p` (now without room) and its cost; (-1, 0) when no room can take `p`."""
        rooms = self.choices(p)
        best, best_cost = -1, 0
        fresh = rooms & self.empty
        used = rooms ^ fresh
        kind_of = self.model.kind_of
        while fresh:
            bit = fresh & -fresh
            used |= bit
            fresh &= ~kind_of[bit.bit_length() - 1]
        while used:
            bit = used & -used
            used ^= bit
            r = bit.bit_length() - 1
            cost = self.cost_in(p, r)
            if best < 0 or cost < best_cost:
                best, best_cost = r, cost
        return best, best_cost

    def waiting(self) -> list[int]:
        """People without room."""
        return [p for p, r in enumerate(self.room_of) if r < 0]
