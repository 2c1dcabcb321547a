"""Exact beds inside a room."""

from __future__ import annotations

import random
from itertools import product

from dangxiao_houqin.modules.accommodation.allocation import Guest, Person, Problem, Room, propose
from dangxiao_houqin.modules.accommodation.allocation.beds import fit


def test_fit_against_every_colouring() -> None:
    rng = random.Random(7)
    impossible = 0
    for _ in range(1500):
        nights, beds = 7, rng.randint(1, 4)
        busy = [rng.getrandbits(nights) if rng.random() < 0.4 else 0 for _ in range(beds)]
        stays = []
        for _ in range(rng.randint(1, 5)):
            first = rng.randrange(nights)
            stays.append((1 << rng.randint(first + 1, nights)) - (1 << first))

        def legal(choice: tuple[int, ...], busy: list[int] = busy, stays: list[int] = stays) -> bool:
            used = list(busy)
            for bed, stay in zip(choice, stays, strict=True):
                if used[bed] & stay:
                    return False
                used[bed] |= stay
            return True

        expected = any(legal(choice) for choice in product(range(beds), repeat=len(stays)))
        found = fit(busy, stays)
        assert (found is not None) == expected
        if found is not None:
            assert legal(tuple(found))
        impossible += not expected
    assert 100 < impossible < 1400


def test_free_on_every_night_but_never_the_same_bed() -> None:
    room = Room("1", ("a", "b"), guests=(Guest("a", 0, 2, "M"), Guest("b", 2, 4, "M")), label="101")
    plan = propose(Problem(4, (room,), (Person(1, 0, 4, "M", name="甲"),)))
    assert not plan.placements
    assert "没有一张床能整段住下" in plan.unassigned[0].reason


def test_reasons_name_what_is_in_the_way() -> None:
    full = Room("1", ("a",), guests=(Guest("a", 0, 4, "M"),), label="101")
    women = Room("2", ("b", "c"), guests=(Guest("b", 1, 2, "F"),), label="102")
    reason = propose(Problem(4, (full, women), (Person(1, 0, 4, "M"),))).unassigned[0].reason
    assert "1 间已住满" in reason
    assert "1 间有空床但住的是异性" in reason
