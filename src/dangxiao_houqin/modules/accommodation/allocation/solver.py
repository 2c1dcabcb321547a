"""Proposals: at once by the greedy start, or improved by the search in worker processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from dangxiao_houqin.core.progress import Progress, no_progress

from .checker import check
from .finish import make_plan
from .greedy import greedy
from .model import Model
from .plan import Plan
from .problem import AllocationError, Key, Problem
from .search import default_iterations, search
from .state import State
from .worker import run_bound, run_search

SILENCE_LIMIT = 10.0
"""Seconds without a sign of life after which a worker counts as hung (it reports every tenth of a second)."""

START_LIMIT = 30.0
"""Seconds a worker may need to start: a cold disk with a virus scanner is slow."""

POLL = 0.05


def propose(problem: Problem) -> Plan:
    """Complete legal plan in well under 0.2 s for 300 people, in this process; deterministic.

    Raises `AllocationError` when the problem contradicts itself (repeated ids, pinned people in conflict).
    """
    started = time.perf_counter()
    model = Model(problem)
    state = greedy(model)
    return make_plan(model, state.room_of, seconds=time.perf_counter() - started)


def solve_in_process(
    problem: Problem,
    *,
    seed: int = 1,
    iterations: int | None = None,
    time_limit: float | None = None,
    start: Plan | Mapping[Key, Key] | None = None,
    bound: bool = False,
    progress: Progress = no_progress,
) -> Plan:
    """Like `solve` with one worker, but in this process (tests, scripts). `progress` may raise to cancel."""
    began = time.perf_counter()
    model = Model(problem)
    state, wanted = _start_state(model, start)
    iterations = _budget(model, iterations, time_limit)

    def report(fraction: float, best: int) -> bool:
        progress(min(1.0, fraction), _progress_text(model, best))
        return True

    found = search(model, state, seed, iterations, time_limit, report, warm=start is not None)
    plan = make_plan(
        model,
        found.room_of,
        seconds=time.perf_counter() - began,
        iterations=found.iterations,
        seed=seed,
        stopped=found.stopped,
        wanted=wanted,
    )
    if bound:
        from .bound import lower_bound

        plan = replace(plan, bound=lower_bound(problem, 60.0))
    return plan


@dataclass
class _Worker:
    process: BaseProcess
    channel: Connection
    kind: str
    last_sign: float
    started: bool = False
    fraction: float = 0.0
    best: int | None = None
    result: tuple[list[int], int, int, str] | None = None
    finished: bool = False
    trouble: str = ""

    def kill(self) -> None:
        if self.process.is_alive():
            self.process.kill()
        self.process.join(2.0)
        self.channel.close()
        self.finished = True


def solve(
    problem: Problem,
    *,
    seed: int = 1,
    iterations: int | None = None,
    time_limit: float | None = None,
    workers: int = 2,
    progress: Progress = no_progress,
    start: Plan | Mapping[Key, Key] | None = None,
    bound: bool = True,
    bound_limit: float = 8.0,
    silence_limit: float = SILENCE_LIMIT,
    faults: tuple[str, ...] = (),
) -> Plan:
    """Best plan found by `workers` independent searches in processes of their own.

    Same problem, seed, iteration budget (steps per worker; None = by problem size, some seconds), start and number of
    workers give the same plan. `time_limit` (seconds for the search) cuts a budget short; only once it is seen that
    the budget will not be done in time does the plan depend on the machine. `iterations=0` searches until the time
    limit. `start`: a plan, or person id -> room id, to begin from (as far as it is
    still legal); without it the greedy plan. `progress(share, sentence)` is called about 20 times a second from the
    calling thread; whatever it raises kills the workers within a tenth of a second and is passed on.

    The bound is computed beside the search; when it is not ready `bound_limit` seconds after the start (or at the end
    of the search, whichever is later) the plan says none.

    Raises `AllocationError` with one Chinese sentence when the problem contradicts itself, or when every worker died,
    hung or returned an illegal plan. Nothing outside is changed in any case.
    """
    began = time.perf_counter()
    progress(0.0, "正在准备数据…")
    model = Model(problem)
    state, wanted = _start_state(model, start)
    first = tuple(state.room_of)
    if not model.movable:
        return make_plan(model, first, seconds=time.perf_counter() - began, seed=seed, wanted=wanted)
    iterations = _budget(model, iterations, time_limit)
    progress(0.02, _progress_text(model, state.total))
    context = multiprocessing.get_context("spawn")
    team: list[_Worker] = []

    def launch(kind: str, target: Callable[..., None], *arguments: object) -> None:
        mine, theirs = context.Pipe(duplex=False)
        process = context.Process(target=target, args=(theirs, problem, *arguments), daemon=True)
        process.start()
        theirs.close()
        team.append(_Worker(process, mine, kind, time.monotonic()))

    try:
        for number in range(max(1, workers)):
            fault = faults[number] if number < len(faults) else ""
            launch("search", run_search, first, seed + number * 7919, iterations, time_limit, start is not None, fault)
        if bound:
            launch("bound", run_bound, max(bound_limit, 1.0))
        searchers = [w for w in team if w.kind == "search"]
        proven: int | None = None
        while not all(w.finished for w in searchers):
            proven = _listen(team, silence_limit, proven)
            share = sum(w.fraction for w in searchers) / len(searchers)
            best = min((w.best for w in searchers if w.best is not None), default=state.total)
            progress(min(0.97, 0.02 + 0.95 * share), _progress_text(model, best))
        while bound and any(not w.finished for w in team) and time.perf_counter() - began < bound_limit:
            proven = _listen(team, silence_limit, proven)
            progress(0.98, "正在核算方案离理论最优还有多远…")
    finally:
        for worker in team:
            worker.kill()

    notes = []
    best_plan: tuple[int, int, list[int], str] | None = None
    for worker in searchers:
        if worker.result is None:
            notes.append(worker.trouble or "意外停止")
            continue
        rooms, total, steps, stopped = worker.result
        legal = _legal(model, rooms)
        if not legal:
            notes.append("返回了不合规则的方案，已拒绝")
            continue
        if best_plan is None or total < best_plan[0]:
            best_plan = (total, steps, rooms, stopped)
    if best_plan is None:
        raise AllocationError(
            f"自动排房没有完成：计算进程{notes[0]}。原来的安排没有改动，请重试；若仍不行，请先手工安排。"
        )
    _, steps, rooms, stopped = best_plan
    plan = make_plan(
        model,
        rooms,
        seconds=time.perf_counter() - began,
        iterations=steps,
        seed=seed,
        stopped=stopped,
        wanted=wanted,
    )
    note = f"有一个计算进程{notes[0]}，采用了其余进程的方案。" if notes else ""
    progress(1.0, "排房方案已算好")
    return replace(plan, bound=proven, note=note)


def _budget(model: Model, iterations: int | None, time_limit: float | None) -> int | None:
    """Steps per worker: as asked, by size when not asked, None (until the time is up) for 0."""
    if iterations is None or (iterations == 0 and time_limit is None):
        return default_iterations(model)
    return iterations or None


def _listen(team: Iterable[_Worker], silence_limit: float, proven: int | None) -> int | None:
    """Read what the workers say for at most one poll; mark the dead and kill the hung."""
    active = [w for w in team if not w.finished]
    ready = wait([w.channel for w in active], timeout=POLL)
    now = time.monotonic()
    for worker in active:
        if worker.channel in ready:
            try:
                message = worker.channel.recv()
            except (EOFError, OSError):
                worker.trouble = worker.trouble or "意外停止"
                worker.kill()
                continue
            worker.last_sign, worker.started = now, True
            if message[0] == "at":
                _, worker.fraction, worker.best = message
            elif message[0] == "done":
                worker.result = message[1:]
                worker.fraction, worker.finished = 1.0, True
            elif message[0] == "bound":
                proven, worker.finished = message[1], True
            else:
                worker.trouble = f"出错（{message[1]}）"
                worker.kill()
        elif worker.kind == "search":
            limit = silence_limit if worker.started else max(silence_limit, START_LIMIT)
            if silence_limit < SILENCE_LIMIT:
                limit = silence_limit
            if now - worker.last_sign > limit:
                worker.trouble = "长时间没有响应，已停止"
                worker.kill()
    return proven


def _legal(model: Model, rooms: list[int]) -> bool:
    """Let the independent checker judge a worker's plan."""
    if len(rooms) != model.person_count:
        return False
    try:
        plan = make_plan(model, rooms)
    except (AssertionError, IndexError, TypeError):
        return False
    return not check(model.problem, plan.beds())


def _start_state(model: Model, start: Plan | Mapping[Key, Key] | None) -> tuple[State, dict[Key, Key] | None]:
    """Greedy plan, or what is still legal of `start` with the others filled in; and the beds worth keeping."""
    if start is None:
        return greedy(model), None
    wanted: dict[Key, Key] | None = None
    if isinstance(start, Plan):
        wanted = start.beds()
        rooms: Mapping[Key, Key] = {p.person: p.room for p in start.placements.values()}
    else:
        rooms = start
    return greedy(model, rooms), wanted


def _progress_text(model: Model, total: int) -> str:
    from .rules import UNASSIGNED_WEIGHT

    waiting, cost = divmod(total, UNASSIGNED_WEIGHT)
    placed = model.person_count - waiting
    return f"已安排 {placed}/{model.person_count} 人，当前方案扣分 {cost}"
