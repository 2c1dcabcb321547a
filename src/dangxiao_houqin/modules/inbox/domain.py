"""Words of the inbox: permissions, states, inputs, rows."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.refs import Ref

VIEW = Permission("inbox.view", "查看和办结自己的待办")
MANAGE = Permission("inbox.manage", "查看全部待办，转交他人")


class ItemState(enum.StrEnum):
    """An item waits or is done; it is never deleted."""

    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"open": "待办", "closed": "已办"}[self.value]


class Scope(enum.StrEnum):
    """What the list shows."""

    MINE = "mine"
    ALL = "all"
    DONE = "done"

    @property
    def label(self) -> str:
        return {"mine": "我的待办", "all": "全部待办", "done": "已办"}[self.value]


# ------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class Assign:
    """Something a person must do.

    ``key`` names it for ever (``accommodation.overrun:17``, with the day in it where it may come again); ``kind`` is
    its short Chinese heading (超期未退房), ``text`` the sentence, ``ref`` what a click opens.  ``role`` is the name of
    a role; without a ``user_id`` and with a role that does not exist it goes to the administrators.
    """

    key: str
    kind: str
    text: str
    ref: Ref | None = None
    role: str | None = None
    user_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class FinishItems:
    """Done, by whoever presses the button; ``items`` are (id, version), ``note`` says how."""

    items: tuple[tuple[int, int], ...]
    note: str = ""


@dataclass(frozen=True)
class Reassign:
    """Hand an item to a role or a user: exactly one of the two ids."""

    item_id: int
    version: int
    role_id: int | None = None
    user_id: int | None = None


# --------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True)
class ItemRow:
    """One item of the list; ``days_late`` counts from the day it is due (negative: still to come)."""

    id: int
    version: int
    kind: str
    text: str
    ref: Ref | None
    assignee: str
    for_role: bool
    due_on: date | None
    days_late: int | None
    state: ItemState
    created_at: datetime
    closed_at: datetime | None
    closed_by: str
    note: str

    @property
    def pill(self) -> Pill:
        if self.state is ItemState.CLOSED:
            return Pill("已办结", "success")
        if self.days_late is not None and self.days_late > 0:
            return Pill(f"逾期 {self.days_late} 天", "error")
        if self.days_late == 0:
            return Pill("今天到期", "warning")
        return Pill("待办", "primary")


@dataclass(frozen=True)
class Waiting:
    """How much waits for somebody: ``late`` of the ``open`` ones were due before today."""

    open: int = 0
    late: int = 0
