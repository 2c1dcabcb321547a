"""Local search: simulated annealing over legal room-level plans.

Every proposal is legal by construction (`State.choices` gives the set of rooms that can take a person at once), so no
step is wasted on infeasible rooms. Moves: relocate, join a wished mate, swap two people, exchange two rooms, a class
leaves a floor, a few people at once, and putting a person into a full room whose occupants then go elsewhere (the last
three are undone as soon as they are seen to be too dear). Where the rules price only person and room, annealing
alternates with an exact step (`refine`).
"""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from .model import Model
from .moves import Moves
from .state import State

Report = Callable[[float, int], bool]
"""Called about ten times a second with (fraction done, best total); False = stop."""

REPORT_SECONDS = 0.1
STEPS_BETWEEN_CHECKS = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Outcome of one search."""

    room_of: tuple[int, ...]
    total: int
    iterations: int
    stopped: str


class Annealer(Moves):
    """Anneals `state`; the best plan seen is in `best`. Deterministic for the same model, start, seed and steps."""

    def anneal(
        self,
        hot: float,
        cold: float,
        steps: int | None,
        until: float | None = None,
        report: Callable[[float], bool] | None = None,
    ) -> tuple[int, str]:
        """Cool from `hot` to `cold` over `steps` proposals or until `time.monotonic()` reaches `until`.

        With both, the clock has no influence as long as the steps will be done in time, so that the result does not
        depend on the machine; once it is seen that they will not, cooling goes by the time that is left.
        Returns (steps done, "iterations" | "time" | "cancelled").
        """
        model, state = self.model, self.state
        movable = model.movable
        rand, exp = self.random.random, math.exp
        people_count, room_count = len(movable), model.room_count
        room_of, inside, zones, opens = state.room_of, state.inside, state.zones, state.open
        stay, allowed, cost = model.stay, model.allowed, model.cost
        open_cost, spreads, mates, forbidden = model.open_cost, model.person_spreads, model.mates, model.forbidden
        share_type, share, avoid, has_share = model.share_type, model.share, model.avoid, model.has_share
        complex_rooms, site = model.complex_rooms, model.site
        site_rooms, night_rows, levels = self.site_rooms, self.night_rows, self.levels
        comrades, wishers = self.comrades, self.wishers
        place, remove = state.place, state.remove
        mix = self.mix
        eject_below = mix.eject
        shuffle_below = eject_below + mix.shuffle
        leave_below = shuffle_below + mix.leave_zone
        exchange_below = leave_below + mix.exchange
        swap_below = exchange_below + mix.swap
        join_below = swap_below + mix.join
        ratio = cold / hot
        begin = time.monotonic()
        next_report = begin + REPORT_SECONDS
        switch: tuple[float, float] | None = None
        patience = 0.0 if until is None else min(0.25, 0.1 * (until - begin))
        stopped, step, heat, reach = "iterations", 0, hot, 4.0 * hot
        while True:
            if not step % STEPS_BETWEEN_CHECKS:
                fraction = step / steps if steps else 0.0
                if until is not None or report is not None:
                    now = time.monotonic()
                    if until is not None:
                        if switch is None and (not steps or now - begin > max(patience, fraction * (until - begin))):
                            switch = (fraction, now)
                            stopped = "time"
                        if switch is not None:
                            at, since = switch
                            fraction = at + (1.0 - at) * (now - since) / max(1e-9, until - since)
                    if report is not None and now > next_report:
                        next_report = now + REPORT_SECONDS
                        if not report(min(1.0, fraction)):
                            return step, "cancelled"
                if fraction >= 1.0:
                    return step, stopped
                heat = hot * ratio**fraction
                reach = 4.0 * heat
            step += 1
            kind = rand()
            if kind >= join_below:  # relocate somebody to a room that can take him
                p = movable[int(rand() * people_count)]
                r = room_of[p]
                rooms = allowed[p]
                for i in night_rows[p]:
                    rooms &= opens[i]
                if r >= 0:
                    rooms &= ~(1 << r)
                    if not rooms:
                        continue
                    comrade = comrades[p]
                    where = rand()
                    if comrade and where < 0.8:
                        near = room_of[comrade[int(rand() * len(comrade))]]
                        if near < 0:
                            continue
                        rooms &= site_rooms[site[near]]
                        if where < 0.5:
                            rooms &= ~state.empty
                    else:
                        costs, cheaper, _ = levels[p]
                        rooms &= cheaper[bisect_right(costs, cost[p][r] + reach) - 1]
                if not rooms:
                    continue
                start = int(rand() * room_count)
                later = rooms >> start
                r2 = start + (later & -later).bit_length() - 1 if later else (rooms & -rooms).bit_length() - 1
            elif kind >= swap_below:  # join a wished mate
                p = wishers[int(rand() * len(wishers))]
                wished = mates[p]
                q = wished[int(rand() * len(wished))][0]
                r, r2 = room_of[p], room_of[q]
                if r == r2 or r2 < 0 or r < 0:
                    continue
                fits = allowed[p] >> r2 & 1
                for i in night_rows[p]:
                    fits &= opens[i] >> r2
                if not fits:
                    others = [x for x in inside[r2] if x != q and model.pinned[x] < 0 and stay[x] & stay[p]]
                    if others:
                        self._swap(p, others[int(rand() * len(others))], heat)
                        if state.total < self.best_total:
                            self._remember()
                    continue
            else:
                p = movable[int(rand() * people_count)]
                if kind >= exchange_below:
                    group = comrades[p] if comrades[p] and rand() < 0.5 else movable
                    self._swap(p, group[int(rand() * len(group))], heat)
                elif kind >= leave_below:
                    self._exchange(room_of[p], int(rand() * room_count), heat)
                elif kind >= shuffle_below:
                    self._leave_zone(heat)
                elif kind >= eject_below:
                    self._shuffle(p, heat)
                else:
                    self._push_in(p, heat)
                if state.total < self.best_total:
                    self._remember()
                continue
            # p from r to r2
            if forbidden[p] and any(room_of[q] == r2 for q in forbidden[p]):
                continue
            if complex_rooms >> r2 & 1 and not state.bed_fits(p, r2):
                continue
            if r < 0:
                place(p, r2)
                if state.total < self.best_total:
                    self._remember()
                continue
            row = cost[p]
            delta = row[r2] - row[r]
            there, here = inside[r2], inside[r]
            if not there:
                delta += open_cost[r2]
            if len(here) == 1:
                delta -= open_cost[r]
            if has_share:
                prices, mine, shun = share[share_type[p]], stay[p], avoid[p]
                for q in there:
                    if stay[q] & mine:
                        delta += prices[share_type[q]]
                        if q in shun:
                            delta += shun[q]
                for q in here:
                    if q != p and stay[q] & mine:
                        delta -= prices[share_type[q]]
                        if q in shun:
                            delta -= shun[q]
            if site[r] != site[r2]:
                for offset, zone, weight in spreads[p]:
                    old, new = zone[r], zone[r2]
                    if old != new:
                        if zones[offset + old] == 1:
                            delta -= weight
                        if not zones[offset + new]:
                            delta += weight
            for q, weight in mates[p]:
                other = room_of[q]
                if other == r:
                    delta += weight
                elif other == r2:
                    delta -= weight
            if delta <= 0 or rand() < exp(-delta / heat):
                remove(p)
                place(p, r2)
                if state.total < self.best_total:
                    self._remember()


def default_iterations(model: Model) -> int:
    """Step budget that takes a few seconds: grows with the number of people."""
    return min(1_500_000, max(20_000, 700 * len(model.movable)))


HOT, COLD = 0.25, 0.0125
"""Start and end temperature as shares of the usual cost change (tried on the benchmark instances)."""

WARM = 0.3
"""Share of the start temperature when the search begins from somebody's plan instead of the greedy one."""


SMALL, SMALL_ROUNDS, SMALL_HEAT = 40, 6, 4.0
"""So few people are annealed in several rounds, every other one hotter: in a full little house the way to the best
plan may need three people to change at once."""


def small_rounds(
    annealer: Annealer,
    hot: float,
    cold: float,
    iterations: int | None,
    until: float | None,
    tell: Callable[[float], bool],
) -> tuple[int, str]:
    """Several shorter runs from the best plan so far."""
    done = 0
    stopped = "iterations"
    begin = time.monotonic()
    for number in range(SMALL_ROUNDS):
        steps = None if iterations is None else iterations * (number + 1) // SMALL_ROUNDS - done
        if steps is not None and steps <= 0:
            continue
        end = None if until is None else begin + (until - begin) * (number + 1) / SMALL_ROUNDS
        made, stopped = annealer.anneal(hot * (SMALL_HEAT if number % 2 else 1.0), cold, steps, end, tell)
        done += made
        if stopped == "cancelled":
            break
        if number % 2:
            annealer.load(annealer.best)
    return done, stopped


def search(
    model: Model,
    state: State,
    seed: int,
    iterations: int | None,
    seconds: float | None,
    report: Report | None = None,
    *,
    warm: bool = False,
) -> Found:
    """Improve `state` until the step budget or the time is used up; the best plan seen is returned.

    `warm` starts cooler, to improve a given plan rather than to forget it.
    """
    from .refine import SeparableRefiner

    annealer = Annealer(model, state, seed)
    if not model.movable:
        return Found(tuple(state.room_of), state.total, 0, "iterations")
    until = None if seconds is None else time.monotonic() + seconds
    usual = annealer.usual_change()
    hot, cold = HOT * usual * (WARM if warm else 1.0), COLD * usual
    if SeparableRefiner.suits(model):
        return SeparableRefiner(annealer, hot, cold).run(iterations, until, report)

    def tell(fraction: float) -> bool:
        return report is None or report(fraction, annealer.best_total)

    if len(model.movable) <= SMALL and not warm:
        steps, stopped = small_rounds(annealer, hot, cold, iterations, until, tell)
    else:
        steps, stopped = annealer.anneal(hot, cold, iterations, until, tell)
    annealer.last_chance()
    return Found(tuple(annealer.best), annealer.best_total, steps, stopped)
