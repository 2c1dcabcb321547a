"""What a business module plugs into the house."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .columns import Column
from .listing import Listing, ListQuery
from .permissions import Permission
from .uow import Ctx


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


@dataclass(frozen=True)
class DocumentSpec:
    """A printout of a class: ``make(ctx, class_code) -> PDF bytes``; ``sheet`` gives the xlsx twin."""

    key: str
    title: str
    make: Callable[[Ctx, str], bytes]
    sheet: Callable[[Ctx, str], bytes] | None = None


@dataclass(frozen=True)
class ListSpec:
    """A list that can be exported: ``fetch(ctx, query)`` with its columns; ``by_class`` adds the class filter."""

    key: str
    title: str
    columns: Sequence[Column[Any]]
    fetch: Callable[[Ctx, ListQuery], Listing[Any]]
    by_class: bool = False


@dataclass(frozen=True)
class ModuleSpec:
    """One room of the house, as the composition root sees it."""

    key: str
    title: str
    permissions: tuple[Permission, ...] = ()
    settings: tuple[type[Any], ...] = ()
    pages: Callable[[], tuple[PageSpec, ...]] = field(default=tuple)
    documents: tuple[DocumentSpec, ...] = ()
    lists: tuple[ListSpec, ...] = ()
    opens: tuple[str, ...] = ()
    """Kinds of :class:`~dangxiao_houqin.core.refs.Ref` this module's pages can open."""
