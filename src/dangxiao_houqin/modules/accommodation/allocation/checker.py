"""Independent check of a proposal: every hard rule, read straight from the problem.

Shares no code with the engine (only the data it is given), walks bed by bed and night by night with plain
dictionaries, and is therefore slow and easy to believe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .problem import Key, Person, Problem, Room


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken hard rule: `rule` names it, `message` is one Chinese sentence."""

    rule: str
    message: str
    person: Key | None = None
    room: Key | None = None


def check(problem: Problem, beds: Mapping[Key, Key]) -> tuple[Violation, ...]:
    """List every broken hard rule of the plan `beds` (person id -> bed id). Empty = legal.

    People without an entry are unassigned, which is no violation unless they are pinned. A pin overrides the person's
    own needs, closures and forbidden pairs (somebody decided it, or it is so already), never bed and sex of others.
    """
    found: list[Violation] = []
    room_of_bed: dict[Key, Room] = {}
    for room in problem.rooms:
        for bed in room.beds:
            if bed in room_of_bed:
                found.append(Violation("bed_unique", f"床位 {bed} 在房间资料中出现了两次。", room=room.id))
            room_of_bed[bed] = room
    people: dict[Key, Person] = {}
    for person in problem.people:
        if person.id in people:
            found.append(Violation("person_unique", f"{person.title} 在名单中出现了两次。", person=person.id))
        people[person.id] = person

    sleeper: dict[tuple[Key, int], str] = {}
    sexes: dict[tuple[Key, int], set[str]] = {}
    for room in problem.rooms:
        for guest in room.guests:
            for night in range(max(0, guest.arrive), min(problem.nights, guest.leave)):
                sleeper[(guest.bed, night)] = "已入住的客人"
                sexes.setdefault((room.id, night), set()).add(guest.sex)

    placed_rooms: dict[Key, Room] = {}
    planned: set[tuple[Key, int]] = set()
    for person_id, bed in beds.items():
        who = people.get(person_id)
        if who is None:
            found.append(Violation("person_known", f"方案里的 {person_id} 不在名单中。", person=person_id))
            continue
        where = room_of_bed.get(bed)
        if where is None:
            found.append(Violation("bed_known", f"{who.title} 的床位 {bed} 不存在。", person=person_id))
            continue
        placed_rooms[person_id] = where
        for night in range(who.arrive, who.leave):
            day = problem.night_text(night)
            if (bed, night) in sleeper:
                found.append(
                    Violation(
                        "one_bed",
                        f"{where.title} 的一张床位在{day}同时安排了 {who.title} 和 {sleeper[(bed, night)]}。",
                        person_id,
                        where.id,
                    )
                )
            sleeper[(bed, night)] = who.title
            planned.add((where.id, night))
            sexes.setdefault((where.id, night), set()).add(who.sex)
        pinned = who.pinned_bed is not None or who.pinned_room is not None
        if pinned:
            continue  # somebody decided this by hand or the person already sleeps there
        for night in range(who.arrive, who.leave):
            for closure in where.closures:
                if closure.first <= night < closure.end and closure.bed in (None, bed):
                    day = problem.night_text(night)
                    found.append(
                        Violation(
                            "in_service", f"{where.title} 在{day}停用，不能安排 {who.title}。", person_id, where.id
                        )
                    )
        if where.sex_rule in ("M", "F") and where.sex_rule != who.sex:
            found.append(Violation("room_sex", f"{where.title} 不住 {who.title} 这个性别。", person_id, where.id))
        if who.allowed_rooms is not None and where.id not in who.allowed_rooms:
            found.append(Violation("allowed", f"{who.title} 不能住 {where.title}。", person_id, where.id))
        if where.id in who.forbidden_rooms:
            found.append(Violation("forbidden", f"{who.title} 不能住 {where.title}。", person_id, where.id))
        if who.low_floor == "must" and not where.low:
            found.append(Violation("low_floor", f"{who.title} 必须住低楼层，{where.title} 不是。", person_id, where.id))
        if who.accessible == "must" and not where.accessible:
            found.append(
                Violation("accessible", f"{who.title} 必须住无障碍房，{where.title} 不是。", person_id, where.id)
            )

    for (room_id, night), found_sexes in sexes.items():
        if len(found_sexes) > 1 and (room_id, night) in planned:
            room = next(r for r in problem.rooms if r.id == room_id)
            if room.sex_rule != "any":
                found.append(
                    Violation("one_sex", f"{room.title} 在{problem.night_text(night)}男女混住。", room=room_id)
                )

    for person in problem.people:
        if person.pinned_bed is not None and beds.get(person.id) != person.pinned_bed:
            found.append(Violation("pinned", f"{person.title} 的床位已锁定，不能移动。", person=person.id))
        elif person.pinned_room is not None:
            now = placed_rooms.get(person.id)
            if now is None or now.id != person.pinned_room:
                found.append(Violation("pinned", f"{person.title} 的房间已锁定，不能移动。", person=person.id))

    for wish in problem.wishes:
        if wish.kind != "apart" or not wish.must or wish.a not in placed_rooms or wish.b not in placed_rooms:
            continue
        one, two = people[wish.a], people[wish.b]
        if all(p.pinned_bed is not None or p.pinned_room is not None for p in (one, two)):
            continue
        same_room = placed_rooms[wish.a].id == placed_rooms[wish.b].id
        if same_room and set(range(one.arrive, one.leave)) & set(range(two.arrive, two.leave)):
            found.append(
                Violation(
                    "forbidden_pair",
                    f"{one.title} 与 {two.title} 不得同住，却同在 {placed_rooms[wish.a].title}。",
                    one.id,
                    placed_rooms[wish.a].id,
                )
            )
    return tuple(found)
