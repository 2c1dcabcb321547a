"""Local search: simulated annealing over legal room-level plans.

Every proposal is legal by construction (`State.choices` gives the set of rooms that can take a person at once), so no
step is wasted on infeasible rooms. Moves: relocate, join a wished mate, swap two people, exchange two rooms, a class
leaves a floor (ruin and recreate).
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from .model import Model
from .rules import UNASSIGNED_WEIGHT
from .state import State

Report = Callable[[float, int, int], bool]
"""Called now and then with (fraction done, best total, iterations); False = stop."""


class Search:
    """One annealing run. Deterministic for the same model, start, seed and iteration budget."""

    def __init__(self, model: Model, state: State, seed: int) -> None:
        self.model = model
        self.state = state
        self.random = random.Random(seed)
        self.best = list(state.room_of)
        self.best_total = state.total
        self.iterations = 0
        self.stats = {}

    def run(
        self, iterations: int | None, deadline: float | None, report: Report | None = None, hot=0.5, cold=0.05, mix=None
    ) -> str:
        """Search until `iterations` steps are done or `time.monotonic()` passes `deadline`; best plan in `best`."""
        model, state, rng = self.model, self.state, self.random
        movable = model.movable
        if not movable:
            return "iterations"
        rand = rng.random
        exp = math.exp
        horizon = model.horizon
        n = len(movable)
        room_of, inside, zones = state.room_of, state.inside, state.zones
        opens = state.open
        sex, stay, allowed, cost = model.sex, model.stay, model.allowed, model.cost
        open_cost, spreads, mates = model.open_cost, model.person_spreads, model.mates
        forbidden = model.forbidden
        self.zone_masks = []
        for spread in model.spreads:
            masks = [0] * (max(spread[2]) + 1)
            for r, zone in enumerate(spread[2]):
                masks[zone] |= 1 << r
            self.zone_masks.append(masks)
        share_type, share, avoid, has_share = model.share_type, model.share, model.avoid, model.has_share
        complex_rooms = model.complex_rooms
        night_rows = [tuple(sex[p] * horizon + night for night in model.nights[p]) for p in range(model.person_count)]
        place, remove = state.place, state.remove
        site = model.site
        site_rooms = [0] * (max(site, default=0) + 1)
        for r, s in enumerate(site):
            site_rooms[s] |= 1 << r
        members: dict[tuple[int, int], list[int]] = {}
        comrades: list[list[int]] = [[] for _ in range(model.person_count)]
        tag_lists = []
        for k, spread in enumerate(model.spreads):
            tags = spread[3]
            for p in movable:
                if tags[p] >= 0:
                    members.setdefault((k, tags[p]), []).append(p)
        tag_lists = [(key, people) for key, people in members.items()]
        for (k, _), people in tag_lists:
            for p in people:
                if len(people) > len(comrades[p]) and not comrades[p]:
                    comrades[p] = people
        wishers = [p for p in movable if mates[p]]
        full = (1 << model.room_count) - 1

        # temperature: from the size of ordinary changes
        temperature0 = self._scale() * hot
        temperature1 = temperature0 * cold
        T = temperature0
        block = 64
        step = 0
        accepted = 0
        start = time.monotonic()
        next_report = start + 0.1
        ratio = temperature1 / temperature0
        p_block, p_swap, p_join, p_room = mix or (0.04, 0.2, 0.15, 0.01)
        b1 = p_block
        b2 = b1 + p_room
        b3 = b2 + p_swap
        b4 = b3 + (p_join if wishers else 0)
        stopped = "iterations"
        while True:
            # ---- schedule
            if not step % block:
                fraction = step / iterations if iterations else 0.0
                if deadline is not None or report is not None:
                    now = time.monotonic()
                    if deadline is not None:
                        timed = (now - start) / max(1e-9, deadline - start)
                        if timed > fraction:
                            fraction = timed
                            stopped = "time"
                    if report is not None and now > next_report:
                        next_report = now + 0.1
                        if not report(fraction, self.best_total, step):
                            stopped = "cancelled"
                            break
                if fraction >= 1.0:
                    break
                T = temperature0 * ratio**fraction
            step += 1
            u = rand()
            if u >= b4:
                # ---- relocate
                p = movable[int(rand() * n)]
                r = room_of[p]
                f = allowed[p]
                for i in night_rows[p]:
                    f &= opens[i]
                if r < 0:
                    bits = f
                    if not bits:
                        continue
                else:
                    f &= ~(1 << r)
                    if not f:
                        continue
                    v = rand()
                    if v < 0.8 and comrades[p]:
                        c = comrades[p]
                        q = c[int(rand() * len(c))]
                        rq = room_of[q]
                        if rq < 0:
                            continue
                        bits = f & site_rooms[site[rq]]
                        if v < 0.5:
                            bits &= ~state.empty
                        if not bits:
                            continue
                    else:
                        bits = f
                k = int(rand() * model.room_count)
                x = bits >> k
                if x:
                    r2 = k + (x & -x).bit_length() - 1
                else:
                    r2 = (bits & -bits).bit_length() - 1
            elif u >= b3:
                # ---- join a mate
                p = wishers[int(rand() * len(wishers))]
                m = mates[p]
                q = m[int(rand() * len(m))][0] if len(m) > 1 else m[0][0]
                r = room_of[p]
                r2 = room_of[q]
                if r == r2 or r2 < 0 or r < 0:
                    continue
                f = allowed[p] & (1 << r2)
                for i in night_rows[p]:
                    f &= opens[i]
                if not f:
                    # swap with somebody inside
                    others = [x for x in inside[r2] if x != q and model.pinned[x] < 0 and stay[x] & stay[p]]
                    if not others:
                        continue
                    x = others[int(rand() * len(others))]
                    if self._swap(p, x, T):
                        accepted += 1
                        if state.total < self.best_total:
                            self.best_total = state.total
                            self.best = list(room_of)
                    continue
            elif u >= b2:
                p = movable[int(rand() * n)]
                c = comrades[p] if rand() < 0.5 and comrades[p] else movable
                q = c[int(rand() * len(c))]
                if self._swap(p, q, T):
                    accepted += 1
                    if state.total < self.best_total:
                        self.best_total = state.total
                        self.best = list(room_of)
                continue
            elif u >= b1:
                p = movable[int(rand() * n)]
                r = room_of[p]
                r2 = int(rand() * model.room_count)
                if r < 0 or r == r2:
                    continue
                if self._exchange(r, r2, T):
                    accepted += 1
                    if state.total < self.best_total:
                        self.best_total = state.total
                        self.best = list(room_of)
                continue
            else:
                if self._leave_zone(tag_lists, T):
                    accepted += 1
                    if state.total < self.best_total:
                        self.best_total = state.total
                        self.best = list(room_of)
                continue
            # ---- relocate p from r to r2: delta
            if forbidden[p]:
                bad = False
                for q in forbidden[p]:
                    if room_of[q] == r2:
                        bad = True
                if bad:
                    continue
            if complex_rooms >> r2 & 1 and not state.bed_fits(p, r2):
                continue
            if r < 0:
                place(p, r2)
                continue
            row = cost[p]
            delta = row[r2] - row[r]
            there, here = inside[r2], inside[r]
            if not there:
                delta += open_cost[r2]
            if len(here) == 1:
                delta -= open_cost[r]
            if has_share:
                st = share[share_type[p]]
                mine = stay[p]
                av = avoid[p]
                for q in there:
                    if stay[q] & mine:
                        delta += st[share_type[q]]
                        if q in av:
                            delta += av[q]
                for q in here:
                    if q != p and stay[q] & mine:
                        delta -= st[share_type[q]]
                        if q in av:
                            delta -= av[q]
            if site[r] != site[r2]:
                for offset, zone, weight in spreads[p]:
                    z, z2 = zone[r], zone[r2]
                    if z != z2:
                        if zones[offset + z] == 1:
                            delta -= weight
                        if not zones[offset + z2]:
                            delta += weight
            for q, weight in mates[p]:
                rq = room_of[q]
                if rq == r:
                    delta += weight
                elif rq == r2:
                    delta -= weight
            if delta <= 0 or rand() < exp(-delta / T):
                remove(p)
                place(p, r2)
                accepted += 1
                if state.total < self.best_total:
                    self.best_total = state.total
                    self.best = list(room_of)
        self.iterations = step
        self.accepted = accepted
        return stopped

    def _scale(self) -> float:
        return 10.0

    def _accept(self, delta: int, T: float) -> bool:
        return delta <= 0 or self.random.random() < math.exp(-delta / T)

    def _swap(self, p: int, q: int, T: float) -> bool:
        state, model = self.state, self.model
        room_of = state.room_of
        rp, rq = room_of[p], room_of[q]
        if rp == rq or rp < 0 or rq < 0:
            return False
        if not (model.allowed[p] >> rq & 1 and model.allowed[q] >> rp & 1):
            return False
        stay_p, stay_q = model.stay[p], model.stay[q]
        same_sex = model.sex[p] == model.sex[q]
        if stay_p != stay_q or not same_sex:
            horizon = model.horizon
            opens, count, base_open = state.open, state.count, model.open_nights
            for one, other_stay, room in ((p, stay_q, rq), (q, stay_p, rp)):
                mine = model.sex[one] * horizon
                for night in model.nights[one]:
                    if not other_stay >> night & 1:
                        if not opens[mine + night] >> room & 1:
                            return False
                    elif not same_sex and (
                        (count[room * horizon + night] != 1 and not model.mixed[room])
                        or not base_open[mine + night] >> room & 1
                    ):
                        return False
            if model.complex_rooms >> rq & 1 and not state.bed_fits(p, rq, q):
                return False
            if model.complex_rooms >> rp & 1 and not state.bed_fits(q, rp, p):
                return False
        for one, other, room in ((p, q, rq), (q, p, rp)):
            for enemy in model.forbidden[one]:
                if enemy != other and room_of[enemy] == room:
                    return False
        row_p, row_q = model.cost[p], model.cost[q]
        delta = row_p[rq] - row_p[rp] + row_q[rp] - row_q[rq]
        for m, weight in model.mates[p]:
            r = room_of[m]
            if r == rp:
                delta += weight
            elif r == rq and m != q:
                delta -= weight
        for m, weight in model.mates[q]:
            r = room_of[m]
            if r == rq:
                delta += weight
            elif r == rp and m != p:
                delta -= weight
        if model.site[rp] != model.site[rq]:
            zones = state.zones
            spreads_p, spreads_q = model.person_spreads[p], model.person_spreads[q]
            for mine, theirs, here, there in ((spreads_p, spreads_q, rp, rq), (spreads_q, spreads_p, rq, rp)):
                for offset, zone, weight in mine:
                    z, z2 = zone[here], zone[there]
                    if z == z2 or any(offset == entry[0] for entry in theirs):
                        continue
                    if zones[offset + z] == 1:
                        delta -= weight
                    if not zones[offset + z2]:
                        delta += weight
        if model.has_share:
            delta += state.share_with(p, rq, q) - state.share_with(p, rp, p)
            delta += state.share_with(q, rp, p) - state.share_with(q, rq, q)
        if delta > 0 and self.random.random() >= math.exp(-delta / T):
            return False
        state.remove(p)
        state.remove(q)
        state.place(p, rq)
        state.place(q, rp)
        return True

    def _exchange(self, r: int, r2: int, T: float) -> bool:
        state, model = self.state, self.model
        one = [p for p in state.inside[r] if model.pinned[p] < 0]
        two = [p for p in state.inside[r2] if model.pinned[p] < 0]
        for p in one:
            if not model.allowed[p] >> r2 & 1:
                return False
        for p in two:
            if not model.allowed[p] >> r & 1:
                return False
        before = state.total
        old = [(p, r) for p in one] + [(p, r2) for p in two]
        for p, _ in old:
            state.remove(p)
        ok = True
        for p, was in old:
            to = r2 if was == r else r
            if not state.choices(p) >> to & 1:
                ok = False
                break
            state.place(p, to)
        if ok and self._accept(state.total - before, T):
            return True
        for p, _ in old:
            if state.room_of[p] >= 0:
                state.remove(p)
        for p, was in old:
            state.place(p, was)
        return False

    def _leave_zone(self, tag_lists, T: float) -> bool:
        """Everybody of one class (or group ...) on one floor goes elsewhere."""
        if not tag_lists:
            return False
        state, model, rng = self.state, self.model, self.random
        (k, tag), people = tag_lists[int(rng.random() * len(tag_lists))]
        zone_of = model.spreads[k][2]
        by_zone: dict[int, list[int]] = {}
        for q in people:
            if state.room_of[q] >= 0:
                by_zone.setdefault(zone_of[state.room_of[q]], []).append(q)
        if not by_zone:
            return False
        groups = list(by_zone.items())
        zone, group = groups[int(rng.random() * len(groups))]
        if len(group) > 8 and rng.random() * len(group) > 8:
            return False
        return self._rebuild(group, ~self.zone_masks[k][zone], T)

    def _rebuild(self, group: list[int], mask: int, T: float) -> bool:
        """Take `group` out and put it back one by one into the cheapest rooms of `mask`."""
        state, rng = self.state, self.random
        rng.shuffle(group)
        before = state.total
        threshold = before + (-T * math.log(1.0 - rng.random()))
        wish_left = sum(weight for q in group for _, weight in self.model.mates[q])
        left = len(group)
        old = [(q, state.remove(q)) for q in group]
        done = 0
        for q in group:
            r = self._best(q, mask)
            if r < 0:
                break
            state.place(q, r)
            done += 1
            left -= 1
            for _, weight in self.model.mates[q]:
                wish_left -= weight
            if state.total - left * UNASSIGNED_WEIGHT - wish_left > threshold:
                break
        if not left and state.total <= threshold:
            return True
        for q in group[:done]:
            state.remove(q)
        for q, r in old:
            state.place(q, r)
        return False

    def _best(self, p: int, mask: int) -> int:
        state = self.state
        rooms = state.choices(p) & mask
        best, best_cost = -1, 0.0
        fresh = rooms & state.empty
        used = rooms ^ fresh
        if fresh:
            for kind in self.model.kinds:
                same = fresh & kind
                if same:
                    used |= same & -same
        while used:
            bit = used & -used
            used ^= bit
            r = bit.bit_length() - 1
            cost = state.cost_in(p, r) + self.random.random()
            if best < 0 or cost < best_cost:
                best, best_cost = r, cost
        return best


@dataclass(frozen=True, slots=True)
class Found:
    """Outcome of one search."""

    room_of: tuple[int, ...]
    total: int
    iterations: int
    stopped: str


def default_iterations(model: Model) -> int:
    """Step budget that takes a few seconds: grows with the number of people."""
    return min(1_500_000, max(20_000, 1_000 * len(model.movable)))


def search(
    model: Model,
    state: State,
    seed: int,
    iterations: int | None,
    seconds: float | None,
    report: Report | None = None,
) -> Found:
    """Improve `state` until the budget or the time is used up; the best plan seen is returned."""
    run = Search(model, state, seed)
    deadline = None if seconds is None else time.monotonic() + seconds
    stopped = run.run(iterations, deadline, report)
    return Found(tuple(run.best), run.best_total, run.iterations, stopped)
