"""Columns of satisfaction rates on paper: from zero, with the rate and its n at each, readable after photocopying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dangxiao_houqin.core.columns import percent_text
from dangxiao_houqin.documents.painter import Painter

HEIGHT: Final = 67.0

_LEFT, _HEAD, _FOOT = 10.0, 12.5, 13.5
_GAP = 0.9
"""Empty slots between clusters."""

_WIDEST_BAR = 13.0
_SMALLEST = 5.5
_STRONG, _PLAIN = 0.4, 0.8


@dataclass(frozen=True)
class Bar:
    """One column: ``rate`` None leaves its place empty with —; ``strong`` ones (a subtotal) are darker."""

    label: str
    rate: float | None
    n: int | None = None
    strong: bool = False
    marked: bool = False


@dataclass(frozen=True)
class Guide:
    """A thin line across a cluster: another school's published figure, with its label."""

    rate: float
    label: str


@dataclass(frozen=True)
class Cluster:
    """Columns that belong together, with the line they are to reach (a fraction)."""

    title: str
    bars: Sequence[Bar]
    target: float | None = None
    guides: Sequence[Guide] = ()


def draw_rates(
    painter: Painter,
    x: float,
    y: float,
    width: float,
    title: str,
    clusters: Sequence[Cluster],
) -> None:
    """Fill ``HEIGHT`` mm below ``y``."""
    left, right = x + _LEFT, x + width
    head, bottom = y + _HEAD, y + HEIGHT - _FOOT
    painter.text(x, y + 4.4, title, 10.5, "sans_bold")
    targets = any(cluster.target is not None for cluster in clusters)
    if targets:
        painter.line(right - 22, y + 3.0, right - 13, y + 3.0, 0.9, "4 2")
        painter.text(right - 12, y + 4.2, "目标线", 9, "fangsong")

    def level(rate: float) -> float:
        return bottom - (bottom - head) * rate

    for step in range(6):
        painter.line(
            left, level(step / 5), right, level(step / 5), 0.6 if step == 0 else 0.25, "" if not step else "1 2"
        )
        painter.text(left - 1.2, level(step / 5) + 1.1, f"{step * 20}%", 7.5, "serif", "right")
    slots = sum(len(cluster.bars) for cluster in clusters) + _GAP * (len(clusters) + 1)
    slot = (right - left) / slots if slots else 0.0
    bars = [bar for cluster in clusters for bar in cluster.bars]
    with_n = all(painter.width(_n(bar), _SMALLEST) <= slot for bar in bars)  # else they stand in the table only
    at = left + slot * _GAP
    for cluster in clusters:
        span = slot * len(cluster.bars)
        begin, end = at - slot * 0.3, at + span + slot * 0.3
        if cluster.target is not None:  # under the columns, whose numbers must be readable
            painter.line(begin, level(cluster.target), end, level(cluster.target), 0.9, "4 2")
        for guide in cluster.guides:
            painter.line(begin, level(guide.rate), end, level(guide.rate), 0.6, "1.2 1.2")
            _fitted(painter, at + span / 2, y + 8.2, guide.label, 7.5, span + slot * _GAP * 0.9)
        for number, bar in enumerate(cluster.bars):
            _draw_bar(painter, at + slot * number, slot, bottom, level, bar)
            if with_n:
                _fitted(painter, at + slot * (number + 0.5), bottom + 6.9, _n(bar), 6.5, slot)
        _fitted(painter, at + span / 2, bottom + 11.6, cluster.title, 9.0, span + slot * _GAP * 0.9)
        at += span + slot * _GAP


def _n(bar: Bar) -> str:
    return "" if bar.n is None else f"n={bar.n}"


def _draw_bar(
    painter: Painter, x: float, slot: float, bottom: float, level: Callable[[float], float], bar: Bar
) -> None:
    middle = x + slot / 2
    thick = min(slot * 0.74, _WIDEST_BAR)
    if bar.rate is None:
        painter.text(middle, bottom - 1.2, "—", 8, "serif", "center")
    else:
        top = level(bar.rate)
        if bottom - top > 0.05:
            painter.rect(middle - thick / 2, top, thick, bottom - top, 0.4, _STRONG if bar.strong else _PLAIN)
        words = percent_text(bar.rate).removesuffix("%")
        size = 7.5 if slot >= 7.0 else 6.5
        painter.rect(
            middle - painter.width(words, size) / 2 - 0.2, top - 3.2, painter.width(words, size) + 0.4, 2.9, 0, 1.0
        )
        painter.text(middle, top - 0.8, words, size, "sans_bold" if bar.strong else "serif", "center")
        if bar.marked:
            painter.text(middle, top - 3.8, "▲", 7.5, "serif", "center")
    _fitted(painter, middle, bottom + 3.6, bar.label, 8.0, slot * 0.98)


def _fitted(painter: Painter, middle: float, baseline: float, text: str, size: float, room: float) -> None:
    """One line within ``room`` mm: a little smaller, else cut short."""
    while size > _SMALLEST and painter.width(text, size) > room:
        size -= 0.5
    while len(text) > 1 and painter.width(text, size) > room:
        text = text[:-2] + "…"
    painter.text(middle, baseline, text, size, "serif", "center")
