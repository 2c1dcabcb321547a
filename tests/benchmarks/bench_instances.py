"""Readers of the benchmark instances: our dormitory files and the published patient-admission files."""

from __future__ import annotations

import json
from pathlib import Path

from dangxiao_houqin.modules.accommodation.allocation import Guest, Person, Problem, Room, Weights, Wish

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
