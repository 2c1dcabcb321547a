"""What one frame of the chart shows: the painter reads it, the view and the gestures write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from dangxiao_houqin.modules.accommodation.domain import Bar

from .index import ChartIndex
from .layout import ChartLayout, DayAxis

FIRST_COLUMN = 172
DAY_HEAD = 48
FREE_HEAD = 22


class Verdict(NamedTuple):
    """What the rules say of a target. ``same``: where he is already; ``swap``: with ``other``; ``no``: ``why`` not."""

    kind: Literal["free", "swap", "no", "same"]
    why: str = ""
    other: Bar | None = None


class Ghost(NamedTuple):
    """A bar as it would lie: nights ``[begin, end)`` as ordinals."""

    bed_id: int
    begin: int
    end: int
    name: str
    verdict: Verdict


@dataclass
class Overlay:
    """What a running drag or carry lights up. The look-ups answer ``None`` for what was not judged yet."""

    lifted: frozenset[int] = frozenset()
    begin: int = 0
    end: int = 0
    bed_verdict: Callable[[int], Verdict | None] | None = None
    room_verdict: Callable[[int], Verdict | None] | None = None
    target_bed: int | None = None
    target_room: int | None = None
    source_room: int | None = None
    ghosts: tuple[Ghost, ...] = ()


@dataclass
class Scene:
    """Everything the painter needs; sizes in logical px, days as ordinals."""

    index: ChartIndex
    layout: ChartLayout
    axis: DayAxis
    width: int = 0
    height: int = 0
    scroll_x: int = 0
    scroll_y: int = 0
    type_heads: bool = False
    class_id: int | None = None
    selected: frozenset[int] = frozenset()
    cursor: tuple[int, int] | None = None
    focused: bool = False
    overlay: Overlay | None = field(default=None)

    @property
    def head_height(self) -> int:
        rows = 1 + (len(self.index.types) if self.type_heads else 0)
        return DAY_HEAD + FREE_HEAD * rows

    @property
    def body_width(self) -> int:
        return max(0, self.width - FIRST_COLUMN)

    @property
    def body_height(self) -> int:
        return max(0, self.height - self.head_height)

    @property
    def origin_x(self) -> int:
        """Where in the viewport the first night begins."""
        return FIRST_COLUMN - self.scroll_x

    @property
    def origin_y(self) -> int:
        """Where in the viewport the first row begins."""
        return self.head_height - self.scroll_y

    @property
    def seen(self) -> tuple[int, int]:
        """Ordinals ``[first, end)`` of the nights that show, partly shown ones too."""
        first = self.axis.first + self.scroll_x // self.axis.column
        end = self.axis.first + -(-(self.scroll_x + self.body_width) // self.axis.column)
        return first, min(end, self.axis.first + self.axis.nights)
