"""What runs inside the worker processes. Imports nothing of Qt, the database or the rest of the application."""

from __future__ import annotations

import os
import time
from multiprocessing.connection import Connection

from .model import Model
from .problem import Problem
from .search import search
from .state import State

Start = tuple[int, ...]
"""Room index per person, -1 = none."""


def run_search(
    channel: Connection,
    problem: Problem,
    start: Start,
    seed: int,
    iterations: int | None,
    seconds: float | None,
    warm: bool = False,
    fault: str = "",
) -> None:
    """Search and report over `channel`: ("at", fraction, best total) now and then, then ("done", ...).

    `fault` is for the tests of what happens when a worker dies, hangs or lies.
    """
    if fault == "die":
        os._exit(3)
    if fault == "hang":
        time.sleep(3600)
    try:
        model = Model(problem)
        state = State(model)
        for p, r in enumerate(start):
            if r >= 0 and state.room_of[p] < 0:
                state.place(p, r)

        def report(fraction: float, best: int) -> bool:
            channel.send(("at", fraction, best))
            return True

        channel.send(("at", 0.0, state.total))
        found = search(model, state, seed, iterations, seconds, report, warm=warm)
        rooms = list(found.room_of)
        if fault == "lie" and rooms:
            rooms = [next((r for r in rooms if r >= 0), -1)] * len(rooms)
        channel.send(("done", rooms, found.total, found.iterations, found.stopped))
    except (BrokenPipeError, EOFError, OSError):
        return  # the parent has gone or has given up on us
    except Exception as error:  # noqa: BLE001 - the parent turns it into a sentence
        channel.send(("error", f"{type(error).__name__}: {error}"))
    finally:
        channel.close()


def run_bound(channel: Connection, problem: Problem, seconds: float) -> None:
    """Compute the lower bound and send ("bound", value or None)."""
    try:
        from .bound import lower_bound

        channel.send(("bound", lower_bound(problem, seconds)))
    except (BrokenPipeError, EOFError, OSError):
        return
    except Exception as error:  # noqa: BLE001 - the parent turns it into a sentence
        channel.send(("error", f"{type(error).__name__}: {error}"))
    finally:
        channel.close()
