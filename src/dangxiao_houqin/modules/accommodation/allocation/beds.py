"""Exact beds inside one room: everybody keeps one bed for the whole stay.

Stays are intervals. Where all beds of a room have the same calendar, "never more people than beds" is enough (an
interval graph needs as many colours as its largest overlap). Where some beds are taken or out of service on some
nights only, it is not: the last free bed may change from night to night. Then `fit` decides by exact search.
"""

from __future__ import annotations

from collections.abc import Sequence


def fit(busy: Sequence[int], stays: Sequence[int]) -> list[int] | None:
    """Give each stay (bit mask of nights, contiguous) a bed index so that nothing overlaps; None = impossible.

    `busy` is one mask per bed of the nights on which it is not available. Exact: depth-first over the stays in order
    of arrival; beds with the same calendar so far are tried once; positions known to fail are not tried again.
    """
    order = sorted(range(len(stays)), key=lambda i: (stays[i] & -stays[i], -stays[i]))
    used = list(busy)
    chosen = [-1] * len(stays)
    failed: set[tuple[int, tuple[int, ...]]] = set()

    def place(position: int) -> bool:
        if position == len(order):
            return True
        stay = stays[order[position]]
        low = stay & -stay
        # Nights before this arrival no longer matter, so equal futures are the same position.
        key = (position, tuple(sorted(mask & -low for mask in used)))
        if key in failed:
            return False
        tried: set[int] = set()
        for bed, mask in sorted(enumerate(used), key=lambda item: (-item[1].bit_count(), item[0])):
            future = mask & -low
            if mask & stay or future in tried:
                continue
            tried.add(future)
            used[bed] = mask | stay
            chosen[order[position]] = bed
            if place(position + 1):
                return True
            used[bed] = mask
        failed.add(key)
        return False

    return chosen if place(0) else None
