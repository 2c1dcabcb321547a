"""The bed engine: from people, rooms and rules to a legal proposal that says what it costs and how good it can be.

Pure functions over plain data; knows neither the database nor the window. Front door:

* `propose(problem)`: complete plan at once (greedy), in this process.
* `solve(problem, ...)`: greedy improved by local search in worker processes, with progress, cancel and time limit.
* `check(problem, beds)`: independent list of broken hard rules; empty = legal.
* `insert_late(problem, plan, person_id)`: a bed for a late arrival with as few moves as possible.
* `why(problem, plan, person_id)`: why this person got this bed.
"""

from .checker import Violation, check
from .explain import why
from .finish import score
from .late import insert_late
from .plan import LateArrival, Move, Placement, Plan, RuleCost, Unassigned
from .problem import AllocationError, Closure, Guest, Key, Person, Problem, Room, Weights, Wish
from .solver import propose, solve, solve_in_process

__all__ = [
    "AllocationError",
    "Closure",
    "Guest",
    "Key",
    "LateArrival",
    "Move",
    "Person",
    "Placement",
    "Plan",
    "Problem",
    "Room",
    "RuleCost",
    "Unassigned",
    "Violation",
    "Weights",
    "Wish",
    "check",
    "insert_late",
    "propose",
    "score",
    "solve",
    "solve_in_process",
    "why",
]
