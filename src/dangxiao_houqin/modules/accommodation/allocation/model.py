"""The problem turned into indices, integers and bit masks for the search.

Rooms and people become positions 0 … n-1. A set of rooms is one Python integer (bit r = room r), so "rooms that can
take this person" is the AND of one integer per night: a few hundred nanoseconds whatever the number of rooms.
"""

from __future__ import annotations

from collections.abc import Sequence

from .problem import AllocationError, Key, Person, Problem, Room, Wish
from .rules import MUST_WEIGHT, room_costs

SEXES = ("M", "F")


class Model:
    """Read-only compiled form of a `Problem`.

    Raises `AllocationError` when ids are repeated or pinned people contradict each other or the calendar.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.rooms = problem.rooms
        self.people = problem.people
        self.horizon = problem.nights
        self.room_count = len(problem.rooms)
        self.person_count = len(problem.people)
        self.room_index: dict[Key, int] = {room.id: r for r, room in enumerate(problem.rooms)}
        self.person_index: dict[Key, int] = {person.id: p for p, person in enumerate(problem.people)}
        self.bed_room: dict[Key, int] = {bed: r for r, room in enumerate(problem.rooms) for bed in room.beds}
        self._check_ids()
        self.sex = [SEXES.index(person.sex) for person in problem.people]
        self.nights = [tuple(range(person.arrive, person.leave)) for person in problem.people]
        self.stay = [(1 << person.leave) - (1 << person.arrive) for person in problem.people]
        self.pinned = [self._pinned_room(person) for person in problem.people]
        self.bed_pinned = [person.pinned_bed is not None for person in problem.people]
        self.movable = [p for p in range(self.person_count) if self.pinned[p] < 0]
        self._calendar()
        self._person_costs()
        self._spreads()
        self._pairs(problem.wishes)
        self._kinds()

    def _check_ids(self) -> None:
        if len(self.room_index) != self.room_count:
            raise AllocationError("房间资料中有重复的房间，请先核对房间。")
        if len(self.bed_room) != sum(len(room.beds) for room in self.rooms):
            raise AllocationError("房间资料中有重复的床位，请先核对床位。")
        if len(self.person_index) != self.person_count:
            raise AllocationError("名单中有重复的人员，请先核对名单。")
        for person in self.people:
            if not 0 <= person.arrive < person.leave <= self.horizon:
                raise AllocationError(f"{person.title} 的入住和离开日期不对，请先改正。")

    def _pinned_room(self, person: Person) -> int:
        if person.pinned_bed is not None:
            room = self.bed_room.get(person.pinned_bed, -1)
            if room < 0:
                raise AllocationError(f"{person.title} 锁定的床位不存在，请先解除锁定。")
            return room
        if person.pinned_room is not None:
            if person.pinned_room not in self.room_index:
                raise AllocationError(f"{person.title} 锁定的房间不存在，请先解除锁定。")
            return self.room_index[person.pinned_room]
        return -1

    def _calendar(self) -> None:
        """Busy nights of every bed, free beds per room and night, rooms open to each sex per night."""
        horizon, everything = self.horizon, (1 << self.horizon) - 1
        self.busy: list[list[int]] = []
        taken: list[tuple[int, int]] = []  # nights with men, nights with women (guests and people pinned to beds)
        bed_slot: dict[Key, tuple[int, int]] = {}
        for r, room in enumerate(self.rooms):
            busy = [0] * len(room.beds)
            sexes = [0, 0]
            slot = {bed: i for i, bed in enumerate(room.beds)}
            for bed, i in slot.items():
                bed_slot[bed] = (r, i)
            for guest in room.guests:
                mask = span_mask(guest.arrive, guest.leave) & everything
                sexes[SEXES.index(guest.sex)] |= mask
                if guest.bed in slot:
                    busy[slot[guest.bed]] |= mask
            self.busy.append(busy)
            taken.append((sexes[0], sexes[1]))
        self.guest_sexes = list(taken)
        for p, person in enumerate(self.people):
            if person.pinned_bed is None:
                continue
            r, i = bed_slot[person.pinned_bed]
            if self.busy[r][i] & self.stay[p]:
                raise AllocationError(
                    f"{person.title} 锁定在 {self.rooms[r].title}，但该床位那几天已有人，请先解除锁定。"
                )
            self.busy[r][i] |= self.stay[p]
            men, women = taken[r]
            mine = self.stay[p]
            if (women if self.sex[p] == 0 else men) & mine and self.rooms[r].sex_rule != "any":
                raise AllocationError(f"{person.title} 锁定在 {self.rooms[r].title}，但该房那几天住的是异性。")
            taken[r] = (men | mine, women) if self.sex[p] == 0 else (men, women | mine)
        for r, room in enumerate(self.rooms):
            for closure in room.closures:
                mask = span_mask(closure.first, closure.end) & everything
                for i, bed in enumerate(room.beds):
                    if closure.bed is None or closure.bed == bed:
                        self.busy[r][i] |= mask
        self.taken = taken
        self.mixed = [room.sex_rule == "any" for room in self.rooms]
        self.capacity = [0] * (self.room_count * horizon)
        self.open_nights = [0] * (2 * horizon)
        for r, room in enumerate(self.rooms):
            busy, bit = self.busy[r], 1 << r
            closed = [room.sex_rule in SEXES and room.sex_rule != SEXES[s] for s in (0, 1)]
            for night in range(horizon):
                free = sum(1 for mask in busy if not mask >> night & 1)
                self.capacity[r * horizon + night] = free
                if not free:
                    continue
                for s in (0, 1):
                    other = taken[r][1 - s] >> night & 1
                    if not closed[s] and (self.mixed[r] or not other):
                        self.open_nights[s * horizon + night] |= bit
        self.complex_rooms = 0
        for r, busy in enumerate(self.busy):
            if len(set(busy)) > 1:
                self.complex_rooms |= 1 << r

    def _person_costs(self) -> None:
        """Cost row and allowed rooms of each person; equal rows are one object."""
        weights = self.problem.weights
        rows: dict[object, list[int]] = {}
        masks: dict[object, int] = {}
        self.cost: list[list[int]] = []
        self.allowed: list[int] = []
        unready = any(room.unready for room in self.rooms)
        for person in self.people:
            key: object = (person.low_floor, person.accessible, bool(person.single_reason), person.shared_cost)
            if person.costs:
                key = (key, tuple(sorted(person.costs.items(), key=repr)))
            if unready:
                key = (key, person.arrive)
            if key not in rows:
                rows[key] = [sum(c for _, c in room_costs(person, room, weights)) for room in self.rooms]
            self.cost.append(rows[key])
            allowed_key = (person.sex, person.low_floor == "must", person.accessible == "must", person.allowed_rooms)
            key = (allowed_key, person.forbidden_rooms)
            if key not in masks:
                masks[key] = sum(1 << r for r, room in enumerate(self.rooms) if allowed_by_rule(person, room))
            self.allowed.append(masks[key])
        self.open_cost = [0] * self.room_count
        occupied = {r for r in self.pinned if r >= 0}
        for r, room in enumerate(self.rooms):
            if room.guests or r in occupied:
                continue
            self.open_cost[r] = weights.room_opened if room.open_cost is None else room.open_cost
            if room.reserve:
                self.open_cost[r] += weights.reserve_room

    def _spreads(self) -> None:
        """ "As few zones as possible": (rule, weight, zone per room, tag per person); counters lie in one list."""
        weights = self.problem.weights
        floors = numbered([room.floor for room in self.rooms])
        buildings = numbered([room.building for room in self.rooms])
        wings = numbered([(room.floor, room.wing) for room in self.rooms])
        classes = numbered_or_none([person.class_id for person in self.people])
        groups = numbered_or_none(
            [None if person.group is None else (person.class_id, person.group) for person in self.people]
        )
        women = [0 if s == 1 else -1 for s in self.sex]
        self.spreads: list[tuple[str, int, list[int], list[int], int]] = []
        self.person_spreads: list[list[tuple[int, list[int], int]]] = [[] for _ in self.people]
        self.spread_start: list[int] = []
        for key, weight, zones, tags in (
            ("class_floor", weights.class_floor, floors, classes),
            ("class_building", weights.class_building, buildings, classes),
            ("group_floor", weights.group_floor, floors, groups),
            ("women_zone", weights.women_zone, wings if weights.women_by == "wing" else floors, women),
        ):
            zone_count = max(zones, default=-1) + 1
            tag_count = max(tags, default=-1) + 1
            if not weight or not tag_count or not zone_count:
                continue
            start = len(self.spread_start)
            self.spreads.append((key, weight, zones, tags, start))
            counts = [0] * (zone_count * tag_count)
            if key == "women_zone":
                for r in range(self.room_count):
                    if self.guest_sexes[r][1]:
                        counts[zones[r]] += 1
            self.spread_start.extend(counts)
            for p, tag in enumerate(tags):
                if tag >= 0:
                    self.person_spreads[p].append((start + tag * zone_count, zones, weight))
        self.site = numbered([tuple(spread[2][r] for spread in self.spreads) for r in range(self.room_count)])

    def _pairs(self, wishes: tuple[Wish, ...]) -> None:
        """Wishes, forbidden pairs, and what two roommates cost each other."""
        weights = self.problem.weights
        people = range(self.person_count)
        self.mates: list[list[tuple[int, int]]] = [[] for _ in people]
        self.avoid: list[dict[int, int]] = [{} for _ in people]
        self.forbidden: list[tuple[int, ...]] = [() for _ in people]
        for wish in wishes:
            if wish.a not in self.person_index or wish.b not in self.person_index or wish.a == wish.b:
                continue
            a, b = self.person_index[wish.a], self.person_index[wish.b]
            weight = weights.wish if wish.weight is None else wish.weight
            if wish.kind == "together":
                weight = MUST_WEIGHT if wish.must else weight
                if weight:
                    self.mates[a].append((b, weight))
                    self.mates[b].append((a, weight))
            elif not self.stay[a] & self.stay[b]:
                continue
            elif wish.must:
                if not (self.pinned[a] >= 0 and self.pinned[b] >= 0):
                    self.forbidden[a] += (b,)
                    self.forbidden[b] += (a,)
            elif weight:
                self.avoid[a][b] = self.avoid[a].get(b, 0) + weight
                self.avoid[b][a] = self.avoid[b].get(a, 0) + weight
        # Two roommates' mutual cost depends only on unit and snoring, so it is a small table over "share types".
        units = numbered_or_none(
            [person.unit for person in self.people]
            if weights.unit_together or weights.unit_mixed
            else [None] * self.person_count
        )
        snores = [1 if person.snores and weights.snorer else 0 for person in self.people]
        types = [(units[p], snores[p]) for p in people]
        self.share_type = numbered(types)
        distinct: list[tuple[int, int]] = list(dict.fromkeys(types))
        self.share: list[list[int]] = []
        for unit, snore in distinct:
            row = []
            for other_unit, other_snore in distinct:
                cost = weights.snorer if snore != other_snore else 0
                if unit >= 0 and other_unit >= 0:
                    cost += weights.unit_mixed if unit == other_unit else weights.unit_together
                row.append(cost)
            self.share.append(row)
        self.has_share = any(any(row) for row in self.share) or any(self.avoid)

    def _kinds(self) -> None:
        """Interchangeable rooms: an empty one of them stands for all in the search."""
        rows = {id(row): row for row in self.cost}.values()
        masks = set(self.allowed)
        kinds: dict[object, int] = {}
        for r in range(self.room_count):
            calendar = tuple(self.capacity[r * self.horizon : (r + 1) * self.horizon])
            key = (
                calendar,
                tuple(sorted(self.busy[r])),
                self.taken[r],
                self.rooms[r].sex_rule,
                self.open_cost[r],
                self.site[r],
                tuple(row[r] for row in rows),
                tuple(mask >> r & 1 for mask in masks),
            )
            kinds[key] = kinds.get(key, 0) | 1 << r
        self.kinds = list(kinds.values())
        self.kind_of = [0] * self.room_count
        for mask in self.kinds:
            for r in range(self.room_count):
                if mask >> r & 1:
                    self.kind_of[r] = mask


def allowed_by_rule(person: Person, room: Room) -> bool:
    """Whether the person's own hard needs admit the room, whatever its calendar says."""
    return (
        (person.low_floor != "must" or room.low)
        and (person.accessible != "must" or room.accessible)
        and (person.allowed_rooms is None or room.id in person.allowed_rooms)
        and room.id not in person.forbidden_rooms
        and (room.sex_rule not in SEXES or room.sex_rule == person.sex)
    )


def span_mask(first: int, end: int) -> int:
    """Bits of the nights [first, end), negative nights cut off."""
    first, end = max(0, first), max(0, end)
    return (1 << end) - (1 << first) if end > first else 0


def numbered(values: Sequence[object]) -> list[int]:
    """Replace each value by the order of its first appearance."""
    index: dict[object, int] = {}
    return [index.setdefault(value, len(index)) for value in values]


def numbered_or_none(values: Sequence[object]) -> list[int]:
    """Like `numbered`; None becomes -1."""
    index: dict[object, int] = {}
    return [-1 if value is None else index.setdefault(value, len(index)) for value in values]
