"""One shape for every list: what is asked for and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True)
class ListQuery:
    """What a list screen wants to see; search, filter, sort and paging happen in SQL.

    ``sort`` is a column key; ``limit`` ``None`` means everything (exports).
    """

    search: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    sort: str | None = None
    descending: bool = False
    offset: int = 0
    limit: int | None = 256

    def everything(self) -> ListQuery:
        """The same list without paging."""
        return replace(self, offset=0, limit=None)


@dataclass(frozen=True)
class Listing(Generic[R]):
    """One page of rows and how many there are in all."""

    rows: tuple[R, ...]
    total: int
