"""What a business module plugs into the house."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .columns import Column, Tone
from .listing import Listing, ListQuery
from .permissions import Actor, Permission
from .progress import Progress
from .refs import Ref

if TYPE_CHECKING:  # the window appears before SQLAlchemy is imported
    from .jobs import Job
    from .uow import Ctx

NO_ARGS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class PageSpec:
    """An entry of the navigation: ``create(shell)`` builds the page, importing its ui late."""

    key: str
    title: str
    icon: str
    create: Callable[[Any], Any]
    permission: Permission | None = None
    order: int = 100
    bottom: bool = False
    opens: tuple[str, ...] = ()
    """Kinds of :class:`~dangxiao_houqin.core.refs.Ref` that this page's ``open_target`` shows."""
    under: str = ""
    """Not in the navigation: reached by links; the entry of the page named here is marked while it is shown."""
    group: str = ""
    """Heading of the navigation under which the entry stands; without one it stands above all headings."""
    also_for: tuple[Permission, ...] = ()
    """Rights of which each one opens the page too, beside ``permission``."""

    def open_to(self, actor: Actor) -> bool:
        """Whether ``actor`` may come here."""
        wanted = (self.permission, *self.also_for)
        return self.permission is None or any(actor.can(right) for right in wanted if right is not None)


@dataclass(frozen=True)
class DocumentSpec:
    """A printout of a class, in two steps so that nothing is drawn while the database waits.

    ``load(ctx, class_id)`` reads the data (a ``personal`` document runs as a command, because who took phones is
    logged); ``pdf(data, progress)`` gives the bytes; ``xlsx(path, data, progress)`` writes the workbook twin.
    """

    key: str
    title: str
    load: Callable[[Ctx, int], Any]
    pdf: Callable[[Any, Progress], bytes]
    xlsx: Callable[[Path, Any, Progress], None]
    permission: Permission
    personal: bool = False


@dataclass(frozen=True)
class ListSpec:
    """A list that can be exported: ``fetch(ctx, query)`` with its columns; ``by_class`` adds the class filter."""

    key: str
    title: str
    columns: Sequence[Column[Any]]
    fetch: Callable[[Ctx, ListQuery], Listing[Any]]
    by_class: bool = False


@dataclass(frozen=True)
class Found:
    """One hit of the search for anything (Ctrl+K): ``ref`` is what opens, ``subtitle`` tells namesakes apart."""

    title: str
    subtitle: str
    ref: Ref
    icon: str = "search"


@dataclass(frozen=True)
class Figure:
    """One number of the dashboard; ``note`` is the line below the number.

    A click opens ``page`` with ``args``: the list that the number counts.
    """

    title: str
    value: str
    unit: str = ""
    note: str = ""
    icon: str = "chart-column"
    tone: Tone = "primary"
    page: str = ""
    note_icon: str = ""
    order: int = 100
    args: Mapping[str, Any] = field(default_factory=lambda: NO_ARGS)


@dataclass(frozen=True)
class ColumnsSpec:
    """A column chart of the dashboard; every group of columns opens ``page`` with its own ``args``.

    ``series`` are (title, one value per label; ``None`` where nothing is known); ``top`` is the end of the axis.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str = ""
    top: float | None = None
    note: str = ""
    page: str = ""
    args: tuple[Mapping[str, Any], ...] = ()
    order: int = 100


@dataclass(frozen=True)
class ShareSpec:
    """One part of a ring; opens ``page`` with ``args``."""

    title: str
    value: int
    tone: Tone
    page: str = ""
    args: Mapping[str, Any] = field(default_factory=lambda: NO_ARGS)


@dataclass(frozen=True)
class RingSpec:
    """A ring chart of the dashboard: parts of one whole, with ``figure`` in its middle and ``caption`` below that."""

    title: str
    shares: tuple[ShareSpec, ...]
    figure: str
    caption: str = ""
    order: int = 100


ChartSpec = ColumnsSpec | RingSpec


@dataclass(frozen=True)
class TodayRow:
    """One line under 今日 on the dashboard: what, whom it concerns, a state, and what opens."""

    what: str
    text: str
    state: str = ""
    tone: Tone = "neutral"
    when: str = ""
    ref: Ref | None = None


@dataclass(frozen=True)
class ModuleSpec:
    """One room of the house, as the composition root sees it."""

    key: str
    title: str
    permissions: tuple[Permission, ...] = ()
    settings: tuple[type[Any], ...] = ()
    pages: Callable[[], tuple[PageSpec, ...]] = field(default=tuple)
    documents: Callable[[], tuple[DocumentSpec, ...]] = field(default=tuple)
    lists: tuple[ListSpec, ...] = ()
    opens: tuple[str, ...] = ()
    """Kinds of :class:`~dangxiao_houqin.core.refs.Ref` this module's pages can open."""
    search: tuple[Callable[[Ctx, str, int], Sequence[Found]], ...] = ()
    """Each gives at most so many hits for a text; they ask for no right the actor lacks but give nothing then."""
    figures: tuple[Callable[[Ctx], Sequence[Figure]], ...] = ()
    """Numbers for the dashboard; nothing where the actor may not look."""
    charts: tuple[Callable[[Ctx], Sequence[ChartSpec]], ...] = ()
    """Charts for the dashboard; nothing where the actor may not look."""
    today: tuple[Callable[[Ctx], Sequence[TodayRow]], ...] = ()
    """Lines for the dashboard's list of what happens today."""
    badges: tuple[Callable[[Ctx], Mapping[str, int]], ...] = ()
    """Page key -> how much waits behind its entry of the navigation; asked each minute and after changes."""
    badge_tables: frozenset[str] = frozenset()
    """Tables whose changes may change a badge."""
    jobs: Callable[[], tuple[Job, ...]] = field(default=tuple)
    """What the program does by itself while it is open; imported when the first look at the clock is due."""
