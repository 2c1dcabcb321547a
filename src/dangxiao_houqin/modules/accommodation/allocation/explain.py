"""Why this bed? The answer in sentences for the person's row."""

from __future__ import annotations

from collections import Counter

from .finish import evaluate
from .model import Model
from .plan import Plan
from .problem import Key, Problem
from .rules import RULE_TITLES, room_costs
from .state import State


def why(problem: Problem, plan: Plan, person_id: Key) -> list[str]:
    """Explain in Chinese sentences why `person_id` has the bed of `plan` (or none).

    What speaks for the room, what it costs by the rules, and the next best room with what would be worse there, all
    others staying where they are.
    """
    for missing in plan.unassigned:
        if missing.person == person_id:
            return [missing.reason]
    placement = plan.placements.get(person_id)
    if placement is None:
        return ["此人不在这个方案里。"]
    model = Model(problem)
    p = model.person_index[person_id]
    person = model.people[p]
    room_of = [model.room_index[plan.placements[q.id].room] if q.id in plan.placements else -1 for q in model.people]
    r = room_of[p]
    room = model.rooms[r]
    sentences: list[str] = []
    if placement.pinned:
        sentences.append(f"{person.title} 锁定在 {room.title}，重新排房时不移动。")
    sentences.extend(_reasons_for(model, room_of, p))
    broken = [RULE_TITLES[key] + f"（{cost} 分）" for key, cost in room_costs(person, room, problem.weights)]
    unmet = sum(1 for q, _ in model.mates[p] if room_of[q] != r)
    if unmet:
        broken.append(f"有 {unmet} 个同住意愿没有满足")
    if broken:
        sentences.append(f"代价：{'，'.join(broken)}。")
    if not placement.pinned:
        sentences.append(_next_best(model, room_of, p))
    return sentences


def _reasons_for(model: Model, room_of: list[int], p: int) -> list[str]:
    problem, person = model.problem, model.people[p]
    r = room_of[p]
    room = model.rooms[r]
    found: list[str] = []
    mates = [q for q, there in enumerate(room_of) if there == r and q != p and model.stay[q] & model.stay[p]]
    if mates:
        names = "、".join(model.people[q].title for q in mates)
        notes = []
        wished = {q for q, _ in model.mates[p]}
        if wished & set(mates):
            notes.append("满足同住意愿")
        if person.unit is not None and any(model.people[q].unit == person.unit for q in mates):
            notes.append("同单位")
        if person.class_id is not None and all(model.people[q].class_id == person.class_id for q in mates):
            notes.append("同班")
        found.append(f"与 {names} 同住{'（' + '、'.join(notes) + '）' if notes else ''}。")
    elif len(room.beds) == 1:
        found.append(f"住单间{'，理由：' + person.single_reason if person.single_reason else ''}。")
    else:
        found.append("那几晚该房没有其他人。")
    if person.low_floor != "no" and room.low:
        found.append("需要低楼层，该房在低楼层。")
    if person.accessible != "no" and room.accessible:
        found.append("需要无障碍房，该房是无障碍房。")
    if person.class_id is not None:
        here = sum(
            1
            for q, there in enumerate(room_of)
            if there >= 0
            and q != p
            and model.people[q].class_id == person.class_id
            and model.rooms[there].floor == room.floor
        )
        if here:
            found.append(f"同班另有 {here} 人住在这一层。")
    if problem.weights.room_opened and not model.open_cost[r]:
        found.append("该房本来就有人住，不必另开新房。")
    return found


def _next_best(model: Model, room_of: list[int], p: int) -> str:
    state = State(model)
    r = room_of[p]
    for q, there in enumerate(room_of):
        if there >= 0 and q != p and model.pinned[q] < 0:
            state.place(q, there)
    own = state.cost_in(p, r)
    rooms = state.choices(p) & ~(1 << r)
    best, best_cost = -1, 0
    while rooms:
        bit = rooms & -rooms
        rooms ^= bit
        other = bit.bit_length() - 1
        cost = state.cost_in(p, other)
        if best < 0 or cost < best_cost:
            best, best_cost = other, cost
    if best < 0:
        return "其他房间那几晚都没有可以整段住下的床位。"
    trial = list(room_of)
    trial[p] = best
    change: Counter[str] = Counter()
    for rule in evaluate(model, trial):
        change[rule.title] += rule.cost
    for rule in evaluate(model, room_of):
        change[rule.title] -= rule.cost
    worse = [f"{title} +{cost}" for title, cost in change.items() if cost > 0]
    better = [f"{title} {cost}" for title, cost in change.items() if cost < 0]
    title = model.rooms[best].title
    if best_cost == own:
        return f"换到 {title} 按规则一样好（{'，'.join(worse + better) or '各项不变'}）。"
    if best_cost < own:
        return f"单独换到 {title} 会少扣 {own - best_cost} 分（{'，'.join(better + worse)}）。"
    return f"其次是 {title}，要多扣 {best_cost - own} 分（{'，'.join(worse + better)}）。"
