"""From the room-level plan of the search to the answer: exact beds, cost per rule, reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .beds import fit
from .model import Model, allowed_by_rule
from .plan import Placement, Plan, RuleCost, Unassigned
from .problem import SEX_NAMES, AllocationError, Key, Person, Problem, Room
from .rules import MUST_WEIGHT, RULE_TITLES, room_costs


def evaluate(model: Model, room_of: Sequence[int]) -> tuple[RuleCost, ...]:
    """Cost of every soft rule, counted from scratch (the search's running total must equal the sum)."""
    times: Counter[str] = Counter()
    cost: Counter[str] = Counter()

    def add(key: str, amount: int) -> None:
        times[key] += 1
        cost[key] += amount

    weights = model.problem.weights
    inside: dict[int, list[int]] = {}
    for p, r in enumerate(room_of):
        if r < 0:
            continue
        inside.setdefault(r, []).append(p)
        for key, amount in room_costs(model.people[p], model.rooms[r], weights):
            add(key, amount)
    for r, people in inside.items():
        if model.open_cost[r]:
            reserve = weights.reserve_room if model.rooms[r].reserve else 0
            if model.open_cost[r] - reserve:
                add("room_opened", model.open_cost[r] - reserve)
            if reserve:
                add("reserve_room", reserve)
        for i, p in enumerate(people):
            for q in people[:i]:
                if not model.stay[p] & model.stay[q]:
                    continue
                one, two = model.people[p], model.people[q]
                if one.unit is not None and two.unit is not None:
                    if one.unit == two.unit and weights.unit_mixed:
                        add("unit_mixed", weights.unit_mixed)
                    if one.unit != two.unit and weights.unit_together:
                        add("unit_together", weights.unit_together)
                if one.snores != two.snores and weights.snorer:
                    add("snorer", weights.snorer)
                if q in model.avoid[p]:
                    add("apart", model.avoid[p][q])
    for key, weight, zones, tags, start in model.spreads:
        width = max(zones) + 1
        seen = {(tags[p], zones[r]) for p, r in enumerate(room_of) if r >= 0 and tags[p] >= 0}
        for tag, zone in seen:
            if not model.spread_start[start + tag * width + zone]:
                add(key, weight)
    for p, mates in enumerate(model.mates):
        for q, weight in mates:
            if p < q and (room_of[p] < 0 or room_of[p] != room_of[q]):
                add("must_together" if weight == MUST_WEIGHT else "wish", weight)
    return tuple(RuleCost(key, RULE_TITLES[key], times[key], cost[key]) for key in RULE_TITLES if times[key])


def beds_of(model: Model, room_of: Sequence[int], wanted: dict[Key, Key] | None = None) -> dict[int, Key]:
    """Exact bed per placed person. `wanted` (person id -> bed id) is kept where a whole room can keep it."""
    chosen: dict[int, Key] = {}
    inside: dict[int, list[int]] = {}
    for p, r in enumerate(room_of):
        if r < 0:
            continue
        bed = model.people[p].pinned_bed
        if bed is not None:
            chosen[p] = bed
        else:
            inside.setdefault(r, []).append(p)
    for r, people in inside.items():
        beds = model.rooms[r].beds
        people.sort()
        if wanted and (kept := _keep(model, r, people, wanted)):
            chosen.update(kept)
            continue
        slots = fit(model.busy[r], [model.stay[p] for p in people])
        if slots is None:
            raise AssertionError(f"search put more people into {model.rooms[r].title} than its beds can take")
        for p, slot in zip(people, slots, strict=True):
            chosen[p] = beds[slot]
    return chosen


def _keep(model: Model, r: int, people: list[int], wanted: dict[Key, Key]) -> dict[int, Key] | None:
    """The wanted beds of room `r`, newcomers in what is left; None when that does not work out."""
    busy = list(model.busy[r])
    slot_of = {bed: i for i, bed in enumerate(model.rooms[r].beds)}
    kept: dict[int, Key] = {}
    newcomers = []
    for p in people:
        bed = wanted.get(model.people[p].id)
        if bed is None or bed not in slot_of:
            newcomers.append(p)
            continue
        if busy[slot_of[bed]] & model.stay[p]:
            return None
        busy[slot_of[bed]] |= model.stay[p]
        kept[p] = bed
    slots = fit(busy, [model.stay[p] for p in newcomers])
    if slots is None:
        return None
    kept.update({p: model.rooms[r].beds[slot] for p, slot in zip(newcomers, slots, strict=True)})
    return kept


def make_plan(
    model: Model,
    room_of: Sequence[int],
    *,
    seconds: float = 0.0,
    iterations: int = 0,
    seed: int = 0,
    stopped: str = "greedy",
    wanted: dict[Key, Key] | None = None,
) -> Plan:
    """Complete answer for a room-level plan."""
    beds = beds_of(model, room_of, wanted)
    placements: dict[Key, Placement] = {}
    for p, person in enumerate(model.people):
        if room_of[p] >= 0:
            room = model.rooms[room_of[p]]
            placements[person.id] = Placement(person.id, room.id, beds[p], model.pinned[p] >= 0)
    costs = evaluate(model, room_of)
    opened = {r for r in room_of if r >= 0 and not model.rooms[r].guests}
    missing = [p for p, r in enumerate(room_of) if r < 0]
    return Plan(
        placements=placements,
        unassigned=tuple(
            Unassigned(model.people[p].id, reason_without_bed(model.problem, model.people[p], placements))
            for p in missing
        ),
        objective=sum(rule.cost for rule in costs),
        costs=costs,
        rooms_opened=len(opened),
        seconds=seconds,
        iterations=iterations,
        seed=seed,
        stopped=stopped,
    )


def reason_without_bed(problem: Problem, person: Person, placements: dict[Key, Placement]) -> str:
    """Why no bed was found for `person`, in one sentence a clerk understands."""
    span = problem.span_text(person.arrive, person.leave)
    sex = SEX_NAMES[person.sex]
    allowed = [room for room in problem.rooms if allowed_by_rule(person, room)]
    if not allowed:
        needs = _needs_text(person)
        return f"没有符合要求的房间（{needs}），请增加这类房间或放宽要求。"
    by_room: dict[Key, list[Person]] = {}
    people = {q.id: q for q in problem.people}
    bed_of = {}
    for placement in placements.values():
        by_room.setdefault(placement.room, []).append(people[placement.person])
        bed_of[placement.person] = placement.bed
    counts: Counter[str] = Counter()
    closed_example = ""
    for room in allowed:
        state, detail = _room_state(problem, person, room, by_room.get(room.id, []), bed_of)
        counts[state] += 1
        if state == "closed" and not closed_example:
            closed_example = detail
    parts = []
    if counts["full"]:
        parts.append(f"{counts['full']} 间已住满")
    if counts["other"]:
        parts.append(f"{counts['other']} 间有空床但住的是异性")
    if counts["closed"]:
        parts.append(f"{counts['closed']} 间那几天停用（如 {closed_example}）")
    if counts["split"]:
        parts.append(f"{counts['split']} 间每晚都有空床但没有一张床能整段住下")
    if counts["pair"]:
        parts.append(f"{counts['pair']} 间住着不得同住的人")
    if counts["free"]:
        parts.append(f"{counts['free']} 间还能住下，请手工安排或重新排房")
    needs = _needs_text(person)
    which = f"符合要求（{needs}）的" if needs else ""
    return f"{span}没有空的{sex}床位：{which}{len(allowed)} 间房中，{'，'.join(parts)}。"


def _needs_text(person: Person) -> str:
    needs = []
    if person.low_floor == "must":
        needs.append("低楼层")
    if person.accessible == "must":
        needs.append("无障碍")
    if person.allowed_rooms is not None:
        needs.append("限定房间")
    if person.forbidden_rooms:
        needs.append("排除了部分房间")
    return "、".join(needs)


def _room_state(
    problem: Problem, person: Person, room: Room, people: list[Person], bed_of: dict[Key, Key]
) -> tuple[str, str]:
    """Why `room` cannot take `person`: closed, other sex, full, split over beds, forbidden pair or free."""
    nights = range(person.arrive, person.leave)
    mates = [q for q in people if q.arrive < person.leave and person.arrive < q.leave]
    guests = [g for g in room.guests if g.arrive < person.leave and person.arrive < g.leave]
    closed_night = -1
    closed_bed: Key | None = None
    free_each_night = True
    for night in nights:
        free = 0
        closed = 0
        for bed in room.beds:
            shut = [c for c in room.closures if c.first <= night < c.end and c.bed in (None, bed)]
            if shut:
                closed += 1
                closed_bed = shut[0].bed
                continue
            used = any(g.bed == bed and g.arrive <= night < g.leave for g in guests)
            used = used or any(bed_of[q.id] == bed and q.arrive <= night < q.leave for q in mates)
            free += not used
        if not free:
            free_each_night = False
            if closed and closed_night < 0:
                closed_night = night
    opposite = any(q.sex != person.sex for q in mates) or any(g.sex != person.sex for g in guests)
    if free_each_night and opposite and room.sex_rule != "any":
        return "other", ""
    if closed_night >= 0:
        bed_text = "" if closed_bed is None else "有床位"
        return "closed", f"{room.title} 在{problem.night_text(closed_night)}{bed_text}停用"
    if not free_each_night:
        return "full", ""
    enemies = {
        w.a if w.b == person.id else w.b
        for w in problem.wishes
        if w.must and w.kind == "apart" and person.id in (w.a, w.b)
    }
    if any(q.id in enemies for q in mates):
        return "pair", ""
    for bed in room.beds:
        clash = any(c.first < person.leave and person.arrive < c.end and c.bed in (None, bed) for c in room.closures)
        clash = clash or any(g.bed == bed for g in guests) or any(bed_of[q.id] == bed for q in mates)
        if not clash:
            return "free", ""
    return "split", ""


def score(problem: Problem, beds: Mapping[Key, Key], *, reasons: bool = True) -> Plan:
    """Cost breakdown and reasons for a plan edited by hand (person id -> bed id).

    `reasons` False leaves out why people have no bed, which takes most of the time when many wait.

    Not checked: call `check` for that. Unknown people and beds raise `AllocationError`.
    """
    rooms = {bed: room for room in problem.rooms for bed in room.beds}
    known = {person.id for person in problem.people}
    for person_id, bed in beds.items():
        if bed not in rooms or person_id not in known:
            raise AllocationError("方案里有已不存在的人员或床位，请重新打开方案。")
    # Pins are what the plan says here, so that every hand-made plan, even an illegal one, can be priced.
    model = Model(replace(problem, people=tuple(replace(p, pinned_bed=None, pinned_room=None) for p in problem.people)))
    pinned = {p.id: p.pinned_bed is not None or p.pinned_room is not None for p in problem.people}
    occupied = {rooms[beds[p.id]].id for p in problem.people if pinned[p.id] and p.id in beds}
    for r, room in enumerate(model.rooms):
        if room.id in occupied:
            model.open_cost[r] = 0
    room_of = [model.room_index[rooms[beds[p.id]].id] if p.id in beds else -1 for p in problem.people]
    placements = {person: Placement(person, rooms[bed].id, bed, pinned[person]) for person, bed in beds.items()}
    costs = evaluate(model, room_of)
    return Plan(
        placements=placements,
        unassigned=tuple(
            Unassigned(p.id, reason_without_bed(problem, p, placements) if reasons else "")
            for p in problem.people
            if p.id not in beds
        ),
        objective=sum(rule.cost for rule in costs),
        costs=costs,
        rooms_opened=len({r for r in room_of if r >= 0 and not model.rooms[r].guests}),
        stopped="manual",
    )
