"""Desks that fight for the last beds: ``fighter.py DB DESKS SECONDS SEED``; one process a desk, each with its own
connections.  Prints one JSON line per desk: what it did, what it was refused, with which sentences, how long it took.

Whatever is not an :class:`AppError` ends the desk with its traceback under ``bug``.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import event

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError, Busy, again_when_busy
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    CheckIn,
    CheckOut,
    MoveStay,
    Rearrange,
    StayPut,
    StayState,
    Step,
)
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.services.rearranging import rearrange, snapshot, take_back
from dangxiao_houqin.modules.places.models import Bed
from dangxiao_houqin.modules.training.models import Enrollment

NETWORK = 0.004
"""Seconds a statement is on its way at most."""

CONFIRMED = frozenset({"early_arrival", "dirty_room", "early_leave", "cards_out"})
LIVING = (StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.PARKED.value)
SENTENCE = re.compile(r"[\u4e00-\u9fff].*[。？！]$", re.DOTALL)


class DeskAtWar:
    """One clerk: looks now and then, acts on what he saw, which by then is often no longer so."""

    def __init__(self, url: str, number: int, seed: int) -> None:
        self.db = Database(url)
        if not self.db.is_sqlite:  # a network between desk and server: transactions overlap also on few processors
            event.listen(self.db.engine, "after_cursor_execute", lambda *_: time.sleep(random.uniform(0, NETWORK)))
        self.actor = Actor.system(f"{number}号窗口")
        self.rng = random.Random(seed * 1000 + number)
        self.clock = FixedClock()
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.sent_back = 0
        self.sentences: dict[str, str] = {}
        self.slowest = 0.0
        self.steps: list[Step] = []
        self.look()

    def unit(self, action: str, **options: Any) -> Any:
        return unit_of_work(
            self.db, self.actor, action, clock=self.clock, handlers=REACTIONS, confirmed=CONFIRMED, **options
        )

    def look(self) -> None:
        with self.unit("test.look", read_only=True) as ctx:
            self.beds = [bed.id for bed in ctx.session.query(Bed).order_by(Bed.id)]
            self.people = [person.id for person in ctx.session.query(Enrollment).order_by(Enrollment.id)]
            self.stays = [snapshot(s) for s in ctx.session.query(Stay).filter(Stay.state.in_(LIVING))]

    def a_stay(self) -> StayPut | None:
        return self.rng.choice(self.stays) if self.stays else None

    # ------------------------------------------------------------------ what a clerk does
    def assign(self, ctx: Ctx) -> None:
        services.assign_bed(ctx, AssignBed(self.rng.choice(self.people), self.rng.choice(self.beds)))

    def move(self, ctx: Ctx) -> None:
        if (stay := self.a_stay()) is not None:
            later = stay.arrive + timedelta(self.rng.randrange(4)) if self.rng.random() < 0.4 else None
            services.move_stay(ctx, MoveStay(stay.stay_id, stay.version, self.rng.choice(self.beds), later, "换房"))

    def swap(self, ctx: Ctx) -> None:
        if len(self.stays) > 1:
            one, two = self.rng.sample(self.stays, 2)
            services.swap_stays(ctx, one.stay_id, one.version, two.stay_id, two.version)

    def release(self, ctx: Ctx) -> None:
        if (stay := self.a_stay()) is not None:
            services.release_stay(ctx, stay.stay_id, stay.version)

    def check_in(self, ctx: Ctx) -> None:
        if (stay := self.a_stay()) is not None:
            services.check_in(ctx, CheckIn(stay.stay_id, stay.version, copies=self.rng.randrange(2)))

    def undo_check_in(self, ctx: Ctx) -> None:
        if (stay := self.a_stay()) is not None:
            services.undo_check_in(ctx, stay.stay_id, stay.version)

    def check_out(self, ctx: Ctx) -> None:
        if (stay := self.a_stay()) is not None:
            services.check_out(ctx, CheckOut(stay.stay_id, stay.version, "有事"))

    def drag(self, ctx: Ctx) -> None:
        """One to three bars of the chart at once: to other beds, other nights, into the lane, against each other."""
        puts = []
        for stay in self.rng.sample(self.stays, min(len(self.stays), self.rng.randint(1, 3))):
            kind = self.rng.random()
            change = dict(stay.__dict__) | {"bed_id": self.rng.choice(self.beds), "reason": None}
            if kind < 0.2 and stay.state is not StayState.PARKED:
                change |= {"bed_id": stay.bed_id, "state": StayState.PARKED}
            elif kind < 0.4:
                change |= {"bed_id": stay.bed_id, "leave": stay.leave + timedelta(self.rng.choice((-1, 1)))}
            elif stay.state is StayState.PARKED:
                change |= {"state": StayState.ASSIGNED}
            puts.append(StayPut(**change))
        if len(puts) == 2 and self.rng.random() < 0.5:
            one, two = (StayPut(**dict(put.__dict__)) for put in puts)
            beds = {one.stay_id: two.bed_id, two.stay_id: one.bed_id}
            puts = [StayPut(**(dict(put.__dict__) | {"bed_id": beds[put.stay_id]})) for put in puts]
        if puts:
            self.steps.append(rearrange(ctx, Rearrange(tuple(puts), "拖动", "换房")))

    def undo(self, ctx: Ctx) -> None:
        if self.steps:
            take_back(ctx, self.steps.pop())

    def act(self) -> None:
        """One thing, as the program does it: again when the database sends it back, else done or told why not."""
        weights: dict[Callable[[Ctx], None], int] = {
            self.assign: 8, self.move: 5, self.swap: 3, self.release: 3, self.check_in: 2, self.undo_check_in: 1,
            self.check_out: 1, self.drag: 5, self.undo: 2,
        }  # fmt: skip
        (what,) = self.rng.choices(list(weights), list(weights.values()))
        name = what.__name__
        state = self.rng.getstate()

        def once() -> None:
            self.rng.setstate(state)
            kept = list(self.steps)
            try:
                with self.unit(f"test.{name}") as ctx:
                    what(ctx)
            except BaseException as error:
                self.steps = kept
                self.sent_back += isinstance(error, Busy)
                raise

        began = time.monotonic()
        try:
            again_when_busy(once)
            self.done[name] += 1
        except AppError as error:
            if not SENTENCE.search(error.message):
                raise
            kind = type(error).__name__
            self.refused[kind] += 1
            if kind not in self.sentences or "安排）" in error.message:
                self.sentences[kind] = error.message
        self.slowest = max(self.slowest, time.monotonic() - began)

    def fight(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        number = 0
        while time.monotonic() < end:
            if number % 5 == 0:
                self.look()
            self.act()
            number += 1

    def report(self) -> dict[str, Any]:
        return {
            "done": dict(self.done),
            "refused": dict(self.refused),
            "sent_back": self.sent_back,
            "slowest": self.slowest,
            "sentences": self.sentences,
        }


def run(url: str, number: int, seconds: float, seed: int, start: Any, results: Any) -> None:
    try:
        desk = DeskAtWar(url, number, seed)
        start.wait()
        desk.fight(seconds)
        results.put(desk.report())
        desk.db.close()
    except BaseException:  # noqa: BLE001 - the test wants to see whatever it is
        start.abort()
        results.put({"bug": traceback.format_exc()})


def main(url: str, desks: int, seconds: float, seed: int) -> None:
    ways = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("fork" if "fork" in ways else "spawn")
    results = context.Queue()
    start = context.Barrier(desks, timeout=120)
    children = [
        context.Process(target=run, args=(url, number, seconds, seed, start, results)) for number in range(1, desks + 1)
    ]
    for child in children:
        child.start()
    for _ in children:
        print(json.dumps(results.get(timeout=seconds + 240), ensure_ascii=False), flush=True)
    for child in children:
        child.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
