"""Readers of the benchmark instances: our dormitory files and the published patient-admission files."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from dangxiao_houqin.modules.accommodation.allocation import Guest, Person, Problem, Room, Weights, Wish
from dangxiao_houqin.modules.accommodation.allocation.problem import Key

DATA = Path(__file__).with_name("data")
DORM_BEST = {1: 1603, 2: 1319, 3: 1442}


def dorm(path: Path) -> Problem:
    """Dormitory instance: 10 a room newly opened, 15 a class on a floor, 8 an unmet wish, seniors and singles."""
    data = json.loads(path.read_text(encoding="utf-8"))
    nights = data["days"]
    weights = data["weights"]
    rooms = []
    for room in data["rooms"]:
        guests = []
        for bed in range(room["cap"]):
            taken = [count > bed for count in room["existing_beds"]]
            night = 0
            while night < nights:
                if not taken[night]:
                    night += 1
                    continue
                first = night
                sex = room["existing_gender"][first]
                while night < nights and taken[night] and room["existing_gender"][night] == sex:
                    night += 1
                guests.append(Guest(f"{room['id']}-{bed}", first, night, "M" if sex == 1 else "F"))
        rooms.append(
            Room(
                id=room["id"],
                beds=tuple(f"{room['id']}-{bed}" for bed in range(room["cap"])),
                floor=room["floor"],
                level=room["floor"] + 1,
                low=room["floor"] <= 1,
                guests=tuple(guests),
            )
        )
    people = [
        Person(
            id=t["id"],
            arrive=t["arrive"],
            leave=t["depart"],
            sex="M" if t["male"] == 1 else "F",
            class_id=t["cls"],
            unit=t["unit"],
            low_floor="must" if t["low_floor"] else "no",
            single_reason="级别" if t["rank"] >= 2 else "",
            shared_cost={2: weights["rank2_in_twin"], 3: weights["rank3_in_twin"]}.get(t["rank"]),
        )
        for t in data["trainees"]
    ]
    return Problem(
        nights=nights,
        rooms=tuple(rooms),
        people=tuple(people),
        wishes=tuple(Wish(a, b, weight=weights["wish"]) for a, b in data["wishes"]),
        weights=Weights(
            room_opened=weights["room"],
            class_floor=weights["class_floor"],
            single_without_reason=weights["single_for_junior"],
            reserve_room=0,
            class_building=0,
            group_floor=0,
            women_zone=0,
            snorer=0,
        ),
    )


@dataclass(frozen=True)
class _PasRoom:
    capacity: int
    department: int
    policy: str
    priorities: dict[int, int]
    properties: tuple[int, ...]


def pas(path: Path) -> Problem:
    """Published patient-admission instance, static variant: one room a stay, sex and capacity hard.

    Integer costs are ten times the published ones, per night: 8 for a room larger than wished, 20 per preferred
    property missing, specialism not offered by the department 10, not by the room 20, offered with lower priority
    10 a step. A missing required property and the age limits of the department are hard.
    """
    sections: dict[str, list[str]] = {}
    head: dict[str, int] = {}
    current = ""
    for line in path.read_text(encoding="latin-1").splitlines():
        text = line.strip()
        name, _, rest = text.partition(":")
        if rest.strip().isdigit() and not current:
            head[name] = int(rest)
        elif text.endswith(":"):
            current = text[:-1]
            sections[current] = []
        elif text and text != "END." and current:
            sections[current].append(text)
    horizon = head["Planning horizon"]

    def pairs(text: str) -> dict[int, int]:
        numbers = [int(x) for x in text.split()]
        return {numbers[i + 1]: numbers[i] for i in range(0, len(numbers), 2)}

    departments = {}
    for line in sections["DEPARTMENTS"]:
        left, right = line.split("|")
        department, _, low, high = left.split()
        departments[int(department)] = (int(low), int(high), pairs(right))
    rooms = []
    raw_rooms = []
    for line in sections["ROOMS"]:
        parts = [part.strip() for part in line.split("|")]
        number = parts[0].split()[0]
        raw = _PasRoom(int(parts[1]), int(parts[2]), parts[3], pairs(parts[4]), tuple(int(x) for x in parts[5].split()))
        raw_rooms.append(raw)
        rooms.append(
            Room(
                id=number,
                beds=tuple(f"{number}-{bed}" for bed in range(raw.capacity)),
                floor=raw.department,
                sex_rule={"D": "same", "M": "M", "F": "F", "N": "any"}[raw.policy],  # type: ignore[arg-type]
            )
        )
    people = []
    for line in sections["PATIENTS"]:
        parts = [part.strip() for part in line.split("|")]
        patient, _, age_text, sex = parts[0].split()
        arrive, leave = [int(x) for x in parts[1].split()]
        leave = min(leave, horizon)
        if leave <= arrive:
            continue
        numbers = [int(x) for x in parts[2].split()]
        spans = [(numbers[i], numbers[i + 1]) for i in range(1, len(numbers), 2)]
        wished = int(parts[3]) if parts[3] else 0
        required = [int(x) for x in parts[4].split()]
        preferred = [int(x) for x in parts[5].split()]
        nights = leave - arrive
        age = int(age_text)
        costs: dict[Key, int] = {}
        allowed = []
        for where, raw in zip(rooms, raw_rooms, strict=True):
            youngest, oldest, offered = departments[raw.department]
            if (youngest and age < youngest) or (oldest and age > oldest):
                continue
            if any(need and not have for need, have in zip(required, raw.properties, strict=True)):
                continue
            allowed.append(where.id)
            cost = 0
            if wished and raw.capacity > wished:
                cost += 8 * nights
            cost += 20 * nights * sum(want and not have for want, have in zip(preferred, raw.properties, strict=True))
            rest_of_stay = nights
            for specialism, length in spans:
                length = min(length, rest_of_stay)
                rest_of_stay -= length
                if specialism not in offered:
                    cost += 10 * length
                if specialism not in raw.priorities:
                    cost += 20 * length
                else:
                    cost += 10 * (raw.priorities[specialism] - 1) * length
            if cost:
                costs[where.id] = cost
        people.append(
            Person(id=patient, arrive=arrive, leave=leave, sex=sex, costs=costs, allowed_rooms=frozenset(allowed))  # type: ignore[arg-type]
        )
    off = Weights(
        room_opened=0, reserve_room=0, class_floor=0, class_building=0, group_floor=0, women_zone=0,
        low_floor=0, accessible=0, wish=0, single_without_reason=0, reason_without_single=0, snorer=0,
    )  # fmt: skip
    return Problem(nights=horizon, rooms=tuple(rooms), people=tuple(people), weights=off)


def big_dorm(people: int, seed: int) -> Problem:
    """Dormitory of the same make as the stored ones, for any number of people (180 rooms per 300 people)."""
    rng = random.Random(seed)
    nights = 10
    floors = max(1, round(people / 100))
    while people / floors > 110 and floors < 20:
        floors += 1
    per_floor = round(people * 0.6 / floors)
    rooms = []
    for floor in range(floors):
        for number in range(per_floor):
            size = 2 if number < per_floor * 2 // 3 else 1
            ident = f"{floor + 1}{number + 1:03d}"
            guests = []
            if rng.random() < 0.2:
                first = rng.randrange(nights)
                end = min(nights, first + rng.randint(2, 6))
                sex = "M" if rng.random() < 0.65 else "F"
                for bed in range(rng.randint(1, size)):
                    guests.append(Guest(f"{ident}-{bed}", first, end, sex))  # type: ignore[arg-type]
            rooms.append(
                Room(
                    id=ident,
                    beds=tuple(f"{ident}-{bed}" for bed in range(size)),
                    floor=floor,
                    level=floor + 1,
                    low=floor < max(1, floors // 3),
                    guests=tuple(guests),
                )
            )
    spans = ((0, 5), (0, 7), (0, 4), (6, 10), (3, 9), (2, 6), (5, 10), (4, 8))
    classes = [spans[number % len(spans)] for number in range(max(1, people * 8 // 300))]
    crowd = []
    for p in range(people):
        number = rng.randrange(len(classes))
        arrive, leave = classes[number]
        if rng.random() < 0.08:
            arrive, leave = max(0, arrive - 1), min(nights, leave + rng.randint(0, 1))
        rank = 3 if rng.random() < 0.03 else 2 if rng.random() < 0.12 else 0
        crowd.append(
            Person(
                id=p,
                arrive=arrive,
                leave=leave,
                sex="M" if rng.random() < 0.65 else "F",
                class_id=number,
                low_floor="must" if rng.random() < 0.08 else "no",
                single_reason="级别" if rank else "",
                shared_cost={3: 30, 2: 12}.get(rank),
            )
        )
    wishes = []
    for _ in range(people * 86 // 300):
        a, b = rng.sample(range(people), 2)
        one = crowd[a]
        mates = [q for q in range(people) if crowd[q].class_id == one.class_id and crowd[q].sex == one.sex and q != a]
        wishes.append(Wish(a, rng.choice(mates) if mates else b, weight=8))
    off = Weights(
        room_opened=10, class_floor=15, single_without_reason=3, wish=8, reserve_room=0, class_building=0,
        group_floor=0, women_zone=0, low_floor=0, accessible=0, reason_without_single=0, snorer=0,
    )  # fmt: skip
    return Problem(nights, tuple(rooms), tuple(crowd), tuple(wishes), off)
