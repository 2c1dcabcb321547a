"""Random small houses with everything in them, and a brute-force answer that shares nothing with the engine."""

from __future__ import annotations

import random
from itertools import combinations

from dangxiao_houqin.modules.accommodation.allocation import Closure, Guest, Key, Person, Problem, Room, Weights, Wish


def random_problem(
    seed: int, *, people: int, rooms: int, nights: int = 6, pins: bool = True, weights: Weights | None = None
) -> Problem:
    """A house of `rooms` rooms on a few floors, partly occupied, for `people` people. Pins never contradict."""
    rng = random.Random(seed)
    house = []
    for r in range(rooms):
        size = rng.choice((1, 2, 2, 2, 3))
        beds = tuple(f"R{r}B{b}" for b in range(size))
        floor = r * 3 // max(1, rooms)
        guests = []
        closures = []
        if rng.random() < 0.3:
            sex = rng.choice("MF")
            for bed in beds[: rng.randint(1, size)]:
                first = rng.randrange(nights)
                guests.append(Guest(bed, first - 1, first + rng.randint(1, 3), sex))  # type: ignore[arg-type]
        if rng.random() < 0.2:
            first = rng.randrange(nights)
            closures.append(Closure(first, first + rng.randint(1, 2), rng.choice((None, beds[0])), "维修"))
        house.append(
            Room(
                id=f"R{r}",
                beds=beds,
                floor=f"F{floor}",
                building=f"B{floor // 2}",
                wing="东" if r % 2 else "西",
                level=floor + 1,
                low=floor == 0,
                accessible=rng.random() < 0.2,
                reserve=rng.random() < 0.1,
                sex_rule=rng.choice(("same",) * 9 + ("M", "F", "any")),  # type: ignore[arg-type]
                guests=tuple(guests),
                closures=tuple(closures),
            )
        )
    crowd = []
    for p in range(people):
        arrive = rng.randrange(nights - 1)
        leave = rng.randint(arrive + 1, nights) if rng.random() < 0.4 else nights
        arrive = arrive if rng.random() < 0.4 else 0
        crowd.append(
            Person(
                id=p,
                arrive=arrive,
                leave=max(leave, arrive + 1),
                sex=rng.choice("MMF"),  # type: ignore[arg-type]
                class_id=rng.randrange(2),
                group=rng.choice((None, 1, 2)),
                unit=rng.choice((None, "财政局", "税务局")),
                low_floor=rng.choice(("no",) * 8 + ("wish", "must")),  # type: ignore[arg-type]
                accessible=rng.choice(("no",) * 12 + ("wish", "must")),  # type: ignore[arg-type]
                snores=rng.random() < 0.15,
                single_reason="年长" if rng.random() < 0.1 else "",
                costs={f"R{rng.randrange(rooms)}": rng.randint(-3, 9)} if rng.random() < 0.3 else {},
                forbidden_rooms=frozenset({f"R{rng.randrange(rooms)}"} if rng.random() < 0.1 else ()),
            )
        )
    wishes = [
        Wish(a, b, rng.choice(("together", "together", "apart")), must=rng.random() < 0.3)  # type: ignore[arg-type]
        for a, b in combinations(range(people), 2)
        if rng.random() < 1.0 / people
    ]
    mixed = {"unit_together": 5} if rng.random() < 0.5 else {"unit_mixed": 5}
    problem = Problem(nights, tuple(house), tuple(crowd), tuple(wishes), weights or Weights(**mixed))
    if pins and rng.random() < 0.5:
        problem = _pin_some(problem, rng)
    return problem


def _pin_some(problem: Problem, rng: random.Random) -> Problem:
    """Pin one person where a legal plan would allow it."""
    from dataclasses import replace

    order = list(problem.people)
    rng.shuffle(order)
    for person in order:
        for room in problem.rooms:
            for bed in room.beds:
                if can_sleep(problem, person, room, bed, {}):
                    pinned = (
                        replace(person, pinned_bed=bed) if rng.random() < 0.7 else replace(person, pinned_room=room.id)
                    )
                    return replace(problem, people=tuple(pinned if p.id == person.id else p for p in problem.people))
    return problem


def can_sleep(problem: Problem, person: Person, room: Room, bed: Key, beds: dict[Key, Key]) -> bool:
    """Whether `person` may have `bed` of `room` for the whole stay when others have `beds`. Written from the rules."""
    if room.sex_rule in ("M", "F") and room.sex_rule != person.sex:
        return False
    if person.low_floor == "must" and not room.low:
        return False
    if person.accessible == "must" and not room.accessible:
        return False
    if room.id in person.forbidden_rooms:
        return False
    if person.allowed_rooms is not None and room.id not in person.allowed_rooms:
        return False
    enemies = {
        w.b if w.a == person.id else w.a
        for w in problem.wishes
        if w.must and w.kind == "apart" and person.id in (w.a, w.b)
    }
    mates = [q for q in problem.people if q.id in beds and beds[q.id] in room.beds and q.id != person.id]
    for night in range(person.arrive, person.leave):
        if any(c.first <= night < c.end and c.bed in (None, bed) for c in room.closures):
            return False
        here = [(g.bed, g.sex, None) for g in room.guests if g.arrive <= night < g.leave]
        here += [(beds[q.id], q.sex, q.id) for q in mates if q.arrive <= night < q.leave]
        for other_bed, sex, who in here:
            if other_bed == bed or who in enemies:
                return False
            if sex != person.sex and room.sex_rule != "any":
                return False
    return True


def cost_by_hand(problem: Problem, beds: dict[Key, Key]) -> int:
    """Soft cost of a plan, written plainly from the meaning of each weight."""
    w = problem.weights
    people = {p.id: p for p in problem.people}
    room_of_bed = {bed: room for room in problem.rooms for bed in room.beds}
    where = {p: room_of_bed[bed] for p, bed in beds.items()}
    total = 0
    for p, room in where.items():
        person = people[p]
        total += person.costs.get(room.id, 0)
        if person.low_floor == "wish" and not room.low:
            total += w.low_floor * max(1, room.level - 1)
        if person.accessible == "wish" and not room.accessible:
            total += w.accessible
        if len(room.beds) == 1:
            total += 0 if person.single_reason else w.single_without_reason
        elif person.single_reason:
            total += w.reason_without_single if person.shared_cost is None else person.shared_cost
    pinned_rooms = {where[p].id for p in where if people[p].pinned_bed or people[p].pinned_room}
    for room in {r.id: r for r in where.values()}.values():
        if not room.guests and room.id not in pinned_rooms:
            total += w.room_opened + (w.reserve_room if room.reserve else 0)
    total += w.class_floor * len({(people[p].class_id, r.floor) for p, r in where.items()})
    total += w.class_building * len({(people[p].class_id, r.building) for p, r in where.items()})
    total += w.group_floor * len(
        {(people[p].class_id, people[p].group, r.floor) for p, r in where.items() if people[p].group is not None}
    )
    zone = (lambda r: (r.floor, r.wing)) if w.women_by == "wing" else (lambda r: r.floor)
    female = {zone(r) for r in problem.rooms if any(g.sex == "F" and g.leave > 0 for g in r.guests)}
    total += w.women_zone * len({zone(r) for p, r in where.items() if people[p].sex == "F"} - female)
    for a, b in combinations(sorted(where), 2):
        one, two = people[a], people[b]
        if where[a].id != where[b].id or not (one.arrive < two.leave and two.arrive < one.leave):
            continue
        if one.unit and two.unit:
            total += w.unit_mixed if one.unit == two.unit else w.unit_together
        total += w.snorer if one.snores != two.snores else 0
    for wish in problem.wishes:
        a, b = where.get(wish.a), where.get(wish.b)
        one, two = people[wish.a], people[wish.b]
        weight = w.wish if wish.weight is None else wish.weight
        if wish.kind == "together":
            if a is None or b is None or a.id != b.id:
                total += 20_000 if wish.must else weight
        elif (
            not wish.must
            and a is not None
            and b is not None
            and a.id == b.id
            and (one.arrive < two.leave and two.arrive < one.leave)
        ):
            total += weight
    return total


def brute_force(problem: Problem) -> tuple[int, int]:
    """(fewest people without bed, least cost among such plans) by trying every bed for everybody."""
    best = [len(problem.people) + 1, 0]
    order = sorted(problem.people, key=lambda p: p.pinned_bed is None and p.pinned_room is None)

    def descend(i: int, beds: dict[Key, Key], missing: int) -> None:
        if missing > best[0]:
            return
        if i == len(order):
            cost = cost_by_hand(problem, beds)
            if missing < best[0] or cost < best[1]:
                best[:] = [missing, cost]
            return
        person = order[i]
        for room in problem.rooms:
            if person.pinned_room not in (None, room.id):
                continue
            seen = set()
            for bed in room.beds:
                if person.pinned_bed not in (None, bed):
                    continue
                calendar = (
                    tuple((g.arrive, g.leave) for g in room.guests if g.bed == bed),
                    tuple((c.first, c.end) for c in room.closures if c.bed in (None, bed)),
                    tuple(q for q, other in beds.items() if other == bed),
                )
                if calendar in seen:
                    continue
                if can_sleep(problem, person, room, bed, beds):
                    seen.add(calendar)
                    beds[person.id] = bed
                    descend(i + 1, beds, missing)
                    del beds[person.id]
        if person.pinned_bed is None and person.pinned_room is None:
            descend(i + 1, beds, missing + 1)

    descend(0, {}, 0)
    return best[0], best[1]
