"""The mark in a database that holds the demo school; apart from what loads it, which is heavy to import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from dangxiao_houqin.core.settings import Section


@dataclass(frozen=True)
class DemoMark(Section):
    """Remembers that this database holds the demo school, the day its dates are counted from, and whether all came."""

    section: ClassVar[str] = "demo"
    title: ClassVar[str] = "演示数据"

    loaded_on: date | None = None
    complete: bool = False
