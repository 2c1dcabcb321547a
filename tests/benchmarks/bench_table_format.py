"""The row of a benchmark table; imports nothing, so that measuring a start measures only the start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BenchRow:
    """One measured promise of the quality table.

    ``figure`` and ``baseline`` carry their unit ("0.84 s", "312 MB"); ``ratio`` is figure / baseline where that makes
    sense, else ``None``; ``target`` is the words of the promise ("<= 2.0 x"); ``met`` says whether it was kept.
    """

    id: str
    work: str
    figure: str
    baseline: str
    ratio: float | None
    target: str
    met: bool | None = None
