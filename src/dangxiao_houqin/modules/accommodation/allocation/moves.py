"""The moves of the local search other than the plain relocation: each changes several people at once or not at all.

A move that takes people out draws its annealing lottery beforehand and is undone as soon as it must end too dear.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, replace

from .greedy import fill, rescue
from .model import Model
from .rules import UNASSIGNED_WEIGHT
from .state import State

MANY_ROOMS = 40
"""With more possible rooms than this, mostly only floors where the class already is are looked at."""

CLOSE_SHARE = 0.5
"""Share of the group moves that empty one room instead of taking out people from anywhere."""

EJECT_LIMIT = 5
"""Most people put out of a room for one newcomer."""


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of the kinds of moves; the rest are relocations."""

    eject: float
    shuffle: float
    leave_zone: float
    exchange: float
    join: float
    swap: float


class Moves:
    """The current state, the best plan seen, tables for choosing moves, and the moves themselves."""

    def __init__(self, model: Model, state: State, seed: int) -> None:
        self.model = model
        self.state = state
        self.random = random.Random(seed)
        self.best = list(state.room_of)
        self.best_total = state.total
        self.night_rows = [
            tuple(model.sex[p] * model.horizon + night for night in model.nights[p]) for p in range(model.person_count)
        ]
        self.site_rooms = [0] * (max(model.site, default=0) + 1)
        for r, site in enumerate(model.site):
            self.site_rooms[site] |= 1 << r
        self.levels = cost_levels(model)
        self.zone_rooms: list[list[int]] = []
        self.rooms_of_zones: dict[int, list[int]] = {}
        self.tags: list[tuple[int, list[int]]] = []
        self.comrades: list[list[int]] = [[] for _ in range(model.person_count)]
        for k, (_, _, zones, tags, _) in enumerate(model.spreads):
            rooms = [0] * (max(zones) + 1)
            for r, zone in enumerate(zones):
                rooms[zone] |= 1 << r
            self.zone_rooms.append(rooms)
            self.rooms_of_zones[id(zones)] = rooms
            members: dict[int, list[int]] = {}
            for p in model.movable:
                if tags[p] >= 0:
                    members.setdefault(tags[p], []).append(p)
            for people in members.values():
                self.tags.append((k, people))
                for p in people:
                    if not self.comrades[p]:
                        self.comrades[p] = people
        self.wishers = [p for p in model.movable if model.mates[p]]
        if model.spreads or self.wishers:
            self.mix = Mix(0.03, 0.08, 0.03 if self.tags else 0.0, 0.01, 0.15 if self.wishers else 0.0, 0.2)
        else:
            self.mix = Mix(0.5, 0.02, 0.0, 0.01, 0.0, 0.2)
        if state.total >= UNASSIGNED_WEIGHT:
            self.mix = replace(self.mix, eject=max(self.mix.eject, 0.15))

    def usual_change(self, samples: int = 300) -> float:
        """Mean size of the cost change of a random legal relocation: the scale for temperatures."""
        state, model, rng = self.state, self.model, self.random
        sizes = []
        for _ in range(samples):
            p = model.movable[int(rng.random() * len(model.movable))]
            r = state.room_of[p]
            if r < 0:  # who waits must be able to take somebody's place although that costs more
                r2 = self.pick(model.allowed[p])
                if r2 >= 0:
                    sizes.append(abs(state.cost_in(p, r2)))
                continue
            r2 = self.pick(state.choices(p) & ~(1 << r))
            if r2 < 0:
                continue
            state.remove(p)
            sizes.append(abs(state.cost_in(p, r2) - state.cost_in(p, r)))
            state.place(p, r)
        return max(1.0, sum(sizes) / len(sizes)) if sizes else 1.0

    def pick(self, rooms: int) -> int:
        """Some room of the set, -1 when empty."""
        if not rooms:
            return -1
        start = int(self.random.random() * self.model.room_count)
        later = rooms >> start
        if later:
            return start + (later & -later).bit_length() - 1
        return (rooms & -rooms).bit_length() - 1

    def load(self, rooms: list[int]) -> None:
        """Make `rooms` the current plan, as far as it is legal; the rest goes to the cheapest rooms."""
        state = self.state
        for p in self.model.movable:
            if state.room_of[p] >= 0:
                state.remove(p)
        for p in self.model.movable:
            if rooms[p] >= 0 and state.choices(p) >> rooms[p] & 1:
                state.place(p, rooms[p])
        fill(state, state.waiting())

    def last_chance(self) -> None:
        """Where the best plan leaves somebody out, make sure that no room can take him, also with one other moved."""
        if any(self.best[p] < 0 for p in self.model.movable):
            self.load(self.best)
            rescue(self.state)
            if self.state.total < self.best_total:
                self._remember()

    def _remember(self) -> None:
        self.best_total = self.state.total
        self.best = list(self.state.room_of)

    def _swap(self, p: int, q: int, heat: float) -> None:
        """Two people change rooms, if that is legal and accepted; the change is priced before it is made."""
        state, model = self.state, self.model
        room_of = state.room_of
        rp, rq = room_of[p], room_of[q]
        if rp == rq or rp < 0 or rq < 0 or not (model.allowed[p] >> rq & 1 and model.allowed[q] >> rp & 1):
            return
        if not self._swap_is_legal(p, q, rp, rq):
            return
        row_p, row_q = model.cost[p], model.cost[q]
        delta = row_p[rq] - row_p[rp] + row_q[rp] - row_q[rq]
        for one, two, here, there in ((p, q, rp, rq), (q, p, rq, rp)):
            for mate, weight in model.mates[one]:
                r = room_of[mate]
                if r == here:
                    delta += weight
                elif r == there and mate != two:
                    delta -= weight
        if model.site[rp] != model.site[rq]:
            zones = state.zones
            spreads_p, spreads_q = model.person_spreads[p], model.person_spreads[q]
            for mine, theirs, here, there in ((spreads_p, spreads_q, rp, rq), (spreads_q, spreads_p, rq, rp)):
                for offset, zone, weight in mine:
                    old, new = zone[here], zone[there]
                    if old == new or any(offset == entry[0] for entry in theirs):
                        continue  # the other one takes the place for the same class or group
                    if zones[offset + old] == 1:
                        delta -= weight
                    if not zones[offset + new]:
                        delta += weight
        if model.has_share:
            delta += state.share_with(p, rq, q) - state.share_with(p, rp, p)
            delta += state.share_with(q, rp, p) - state.share_with(q, rq, q)
        if delta > 0 and self.random.random() >= math.exp(-delta / heat):
            return
        state.remove(p)
        state.remove(q)
        state.place(p, rq)
        state.place(q, rp)

    def _swap_is_legal(self, p: int, q: int, rp: int, rq: int) -> bool:
        state, model = self.state, self.model
        stay_p, stay_q = model.stay[p], model.stay[q]
        same_sex = model.sex[p] == model.sex[q]
        for one, other, room in ((p, q, rq), (q, p, rp)):
            for enemy in model.forbidden[one]:
                if enemy != other and state.room_of[enemy] == room:
                    return False
        if stay_p == stay_q and same_sex:
            return True
        horizon = model.horizon
        opens, count, base_open = state.open, state.count, model.open_nights
        for one, other_stay, room in ((p, stay_q, rq), (q, stay_p, rp)):
            mine = model.sex[one] * horizon
            for night in model.nights[one]:
                if not other_stay >> night & 1:
                    if not opens[mine + night] >> room & 1:
                        return False
                elif not same_sex:
                    # The bed becomes free that night; the room changes sex only if nobody else sleeps there.
                    alone = model.mixed[room] or count[room * horizon + night] == 1
                    if not alone or not base_open[mine + night] >> room & 1:
                        return False
        return state.bed_fits(p, rq, q) and state.bed_fits(q, rp, p)

    def _accept(self, delta: int, heat: float) -> bool:
        return delta <= 0 or self.random.random() < math.exp(-delta / heat)

    def _limit(self, heat: float) -> float:
        """Highest total that this step may end with: the annealing lottery drawn beforehand."""
        return self.state.total - heat * math.log(1.0 - self.random.random())

    def _restore(self, old: list[tuple[int, int]]) -> None:
        """Put people back where they were; they may be anywhere now."""
        state = self.state
        for p, _ in old:
            if state.room_of[p] >= 0:
                state.remove(p)
        for p, r in old:
            if r >= 0:
                state.place(p, r)

    def _exchange(self, r: int, r2: int, heat: float) -> None:
        """All people of two rooms change places."""
        state, model = self.state, self.model
        if r < 0 or r == r2:
            return
        old = [(p, r) for p in state.inside[r] if model.pinned[p] < 0]
        old += [(p, r2) for p in state.inside[r2] if model.pinned[p] < 0]
        for p, was in old:
            if not model.allowed[p] >> (r2 if was == r else r) & 1:
                return
        before = state.total
        for p, _ in old:
            state.remove(p)
        for p, was in old:
            to = r2 if was == r else r
            if not state.choices(p) >> to & 1:
                break
            state.place(p, to)
        else:
            if self._accept(state.total - before, heat):
                return
        self._restore(old)

    def _leave_zone(self, heat: float) -> None:
        """Everybody of one class (group, sex) on one floor goes elsewhere; small groups more often."""
        state, rng = self.state, self.random
        k, people = self.tags[int(rng.random() * len(self.tags))]
        zone_of = self.model.spreads[k][2]
        by_zone: dict[int, list[int]] = {}
        for p in people:
            if state.room_of[p] >= 0:
                by_zone.setdefault(zone_of[state.room_of[p]], []).append(p)
        if not by_zone:
            return
        groups = list(by_zone.items())
        zone, group = groups[int(rng.random() * len(groups))]
        if rng.random() * len(group) > 8.0:
            return
        rng.shuffle(group)
        limit = self._limit(heat)
        old = [(p, state.remove(p)) for p in group]
        if not self._settle(group, ~self.zone_rooms[k][zone], limit):
            self._restore(old)

    def _shuffle(self, p: int, heat: float) -> None:
        """A few people of one sex, or all of one room, go out and come back one by one where it is cheapest."""
        state, model, rng = self.state, self.model, self.random
        people = self.comrades[p] if self.comrades[p] and rng.random() < 0.5 else model.movable
        room = state.room_of[p]
        mask = -1
        if room >= 0 and rng.random() < CLOSE_SHARE:
            group = {q for q in state.inside[room] if model.pinned[q] < 0}
            mask = ~(1 << room)
        else:
            group = {p}
            for _ in range(2 + int(rng.random() * 3)):
                q = people[int(rng.random() * len(people))]
                if model.sex[q] == model.sex[p]:
                    group.add(q)
        order = [q for q in sorted(group) if state.room_of[q] >= 0]
        if not order:
            return
        rng.shuffle(order)
        limit = self._limit(heat)
        old = [(q, state.remove(q)) for q in order]
        if not self._settle(order, mask, limit):
            self._restore(old)

    def _settle(self, group: list[int], mask: int, limit: float, may_wait: int = 0) -> bool:
        """Place `group` one by one into the cheapest rooms of `mask`; False once it must end above `limit`.

        `may_wait` of them may stay without room.
        """
        state, mates = self.state, self.model.mates
        hope = sum(weight for p in group for _, weight in mates[p])  # wishes may still be met
        left = len(group)
        for p in group:
            if state.total - left * UNASSIGNED_WEIGHT - hope > limit:
                return False
            r = self._cheapest(p, mask)
            if r >= 0:
                state.place(p, r)
            elif may_wait:
                may_wait -= 1
            else:
                return False
            left -= 1
            for _, weight in mates[p]:
                hope -= weight
        return state.total <= limit

    def _push_in(self, p: int, heat: float) -> None:
        """Put `p` into a better room that may be full; whoever is in the way goes to the cheapest other room."""
        state, model, rng = self.state, self.model, self.random
        if state.total >= UNASSIGNED_WEIGHT and rng.random() < 0.5:
            waiting = [q for q in model.movable if state.room_of[q] < 0]
            p = waiting[int(rng.random() * len(waiting))] if waiting else p
        old_room = state.room_of[p]
        _, cheaper, position = self.levels[p]
        if old_room >= 0 and position[model.cost[p][old_room]] > 0 and rng.random() < 0.8:
            rooms = cheaper[position[model.cost[p][old_room]] - 1]
        elif old_room >= 0 and self.comrades[p] and rng.random() < 0.8:
            near = state.room_of[self.comrades[p][int(rng.random() * len(self.comrades[p]))]]
            if near < 0:
                return
            rooms = model.allowed[p] & self.site_rooms[model.site[near]]
        else:
            rooms = model.allowed[p]
        if old_room >= 0:
            rooms &= ~(1 << old_room)
        r = self.pick(rooms)
        if r < 0:
            return
        stay, sex, horizon = model.stay[p], model.sex[p], model.horizon
        if any(not model.open_nights[sex * horizon + night] >> r & 1 for night in model.nights[p]):
            return
        way: list[int] = []
        others: list[int] = []
        for q in state.inside[r]:
            if not model.stay[q] & stay:
                continue
            if (model.sex[q] != sex and not model.mixed[r]) or q in model.forbidden[p]:
                if model.pinned[q] >= 0:
                    return
                way.append(q)
            elif model.pinned[q] < 0:
                others.append(q)
        if len(way) > EJECT_LIMIT:
            return
        limit = self._limit(heat)
        old = [(p, old_room)]
        if old_room >= 0:
            state.remove(p)
        for q in way:
            old.append((q, state.remove(q)))
        while not state.choices(p) >> r & 1:
            if not others or len(way) >= EJECT_LIMIT:
                self._restore(old)
                return
            full = 0
            for night in model.nights[p]:
                if state.count[r * horizon + night] >= model.capacity[r * horizon + night]:
                    full |= 1 << night
            useful = [q for q in others if model.stay[q] & full] or others
            q = useful[int(rng.random() * len(useful))]
            others.remove(q)
            way.append(q)
            old.append((q, state.remove(q)))
        state.place(p, r)
        if not self._settle(way, -1, limit, may_wait=int(old_room < 0)):
            self._restore(old)

    def _cheapest(self, p: int, mask: int) -> int:
        """Cheapest room of `mask` for `p`, ties broken at random; -1 when there is none."""
        state, rand = self.state, self.random.random
        rooms = state.choices(p) & mask
        spreads = self.model.person_spreads[p]
        if spreads and rooms.bit_count() > MANY_ROOMS and rand() < 0.9:
            near = 0  # where the class already is; elsewhere would cost at least one more floor
            offset, zone_of, _ = spreads[0]
            rooms_of_zone = self.rooms_of_zones[id(zone_of)]
            for zone, inside in enumerate(rooms_of_zone):
                if state.zones[offset + zone]:
                    near |= inside
            rooms = rooms & near or rooms
        best, best_cost = -1, 0.0
        fresh = rooms & state.empty
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
            cost = state.cost_in(p, r) + rand()
            if best < 0 or cost < best_cost:
                best, best_cost = r, cost
        return best


def cost_levels(model: Model) -> list[tuple[list[int], list[int], dict[int, int]]]:
    """Per person: distinct room costs ascending, the allowed rooms up to each, and the position of each cost."""
    known: dict[tuple[int, int], tuple[list[int], list[int], dict[int, int]]] = {}
    found = []
    for p in range(model.person_count):
        key = (id(model.cost[p]), model.allowed[p])
        if key not in known:
            masks: dict[int, int] = {}
            for r, cost in enumerate(model.cost[p]):
                masks[cost] = masks.get(cost, 0) | (model.allowed[p] & 1 << r)
            costs = sorted(masks)
            cheaper = []
            rooms = 0
            for cost in costs:
                rooms |= masks[cost]
                cheaper.append(rooms)
            known[key] = (costs, cheaper, {cost: i for i, cost in enumerate(costs)})
        found.append(known[key])
    return found
