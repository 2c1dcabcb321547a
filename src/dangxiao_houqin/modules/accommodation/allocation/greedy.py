"""First complete plan: everybody once, in a good order, each into the room that is cheapest at that moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from .model import Model
from .problem import Key
from .state import State


def greedy_order(model: Model) -> list[int]:
    """People who are hard to place first, then class by class, units together, wished mates one after the other."""
    class_size = Counter(person.class_id for person in model.people)
    few = sorted({model.allowed[p].bit_count() for p in model.movable})
    scarce = few[-1] // 2 if few else 0

    def rank(p: int) -> tuple[object, ...]:
        person = model.people[p]
        rooms = model.allowed[p].bit_count()
        return (
            rooms > scarce,
            -class_size[person.class_id],
            str(person.class_id),
            str(person.group),
            model.sex[p],
            str(person.unit),
            person.arrive - person.leave,
            p,
        )

    order: list[int] = []
    seen = set()
    for p in sorted(model.movable, key=rank):
        chain = [p]
        while chain:
            q = chain.pop()
            if q in seen or model.pinned[q] >= 0:
                continue
            seen.add(q)
            order.append(q)
            chain.extend(mate for mate, _ in model.mates[q] if mate not in seen)
    return order


def fill(state: State, people: list[int]) -> None:
    """Place `people` in this order, each into the cheapest possible room; those without any stay out."""
    for p in people:
        room, _ = state.best_choice(p)
        if room >= 0:
            state.place(p, room)


def rescue(state: State, tries: int = 60) -> None:
    """Get waiting people in by moving one other person out of the way.

    For each waiting person: take somebody out of an allowed room, see whether the place now suffices and whether the
    displaced one has another room. `tries` limits the displaced people looked at per waiting person and round.
    """
    model = state.model
    for p in state.waiting():
        if model.pinned[p] >= 0 or state.room_of[p] >= 0:
            continue
        room, _ = state.best_choice(p)
        if room >= 0:
            state.place(p, room)
            continue
        left = tries * 10
        rooms = model.allowed[p]
        done = False
        for r in range(model.room_count):
            if done or left <= 0:
                break
            if not rooms >> r & 1:
                continue
            for q in list(state.inside[r]):
                if model.pinned[q] >= 0 or not model.stay[q] & model.stay[p]:
                    continue
                left -= 1
                state.remove(q)
                if state.choices(p) >> r & 1:
                    state.place(p, r)
                    other, _ = state.best_choice(q)
                    if other >= 0:
                        state.place(q, other)
                        done = True
                        break
                    state.remove(p)
                state.place(q, r)


def greedy(model: Model, rooms: Mapping[Key, Key] | None = None) -> State:
    """A legal plan in a few hundredths of a second; deterministic.

    `rooms` (person id -> room id) is kept as far as it is legal.
    """
    state = State(model)
    order = greedy_order(model)
    if rooms:
        for p in order:
            r = model.room_index.get(rooms.get(model.people[p].id, ""), -1)
            if r >= 0 and state.choices(p) >> r & 1:
                state.place(p, r)
        order = [p for p in order if state.room_of[p] < 0]
    fill(state, order)
    if any(state.room_of[p] < 0 for p in model.movable):
        rescue(state)
    return state
