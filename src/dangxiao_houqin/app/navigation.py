"""Which page opens what: pages of the modules, in order, and the page for a :class:`Ref`."""

from __future__ import annotations

from collections.abc import Sequence

from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref


def pages_of(modules: Sequence[ModuleSpec]) -> tuple[PageSpec, ...]:
    """All pages in the order of the navigation; those of the foot last."""
    pages = [page for module in modules for page in module.pages()]
    return tuple(sorted(pages, key=lambda page: (page.bottom, page.order)))


def visible_to(pages: Sequence[PageSpec], actor: Actor) -> tuple[PageSpec, ...]:
    """The pages ``actor`` may open."""
    return tuple(page for page in pages if page.open_to(actor))


def in_navigation(pages: Sequence[PageSpec]) -> tuple[PageSpec, ...]:
    """Those with an entry of their own; the others are reached from the page they lie under, if that is among them."""
    keys = {page.key for page in pages}
    return tuple(page for page in pages if page.under not in keys)


def page_for(ref: Ref, pages: Sequence[PageSpec], modules: Sequence[ModuleSpec]) -> PageSpec | None:
    """The page that shows ``ref``: one that says so itself, else the first page of a module that opens its kind."""
    for page in pages:
        if ref.kind in page.opens:
            return page
    for module in modules:
        if ref.kind in module.opens:
            keys = {page.key for page in module.pages()}
            for page in pages:
                if page.key in keys:
                    return page
    return None
