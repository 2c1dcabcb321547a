"""意见建议: what somebody said or a low score shows, who handles it, until when, and the answer."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dangxiao_houqin.core.columns import Pill

LONGEST_CONTENT = 1000
CATEGORIES = ("住宿", "餐饮", "教学保障", "环境与安全", "服务态度", "其他")
"""Offered; an office may write its own."""


class SuggestionSource(enum.StrEnum):
    """How it reached the office (domain/3-forms.md C.36)."""

    SURVEY = "survey"
    BOX = "box"
    PHONE = "phone"
    FACE = "face"
    ONLINE = "online"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "survey": "问卷",
            "box": "意见箱",
            "phone": "电话",
            "face": "当面",
            "online": "网络留言",
            "other": "其他",
        }[self.value]


class SuggestionState(enum.StrEnum):
    """Where a case stands; the moves allowed are in :data:`SUGGESTION_MOVES`."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    CLOSED = "closed"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return {
            "received": "待分办",
            "assigned": "办理中",
            "answered": "已答复",
            "closed": "已办结",
            "declined": "不予受理",
        }[self.value]

    @property
    def tone(self) -> str:
        return {
            "received": "warning",
            "assigned": "primary",
            "answered": "teal",
            "closed": "success",
            "declined": "neutral",
        }[self.value]


_S = SuggestionState
SUGGESTION_MOVES: dict[SuggestionState, frozenset[SuggestionState]] = {
    _S.RECEIVED: frozenset({_S.ASSIGNED, _S.DECLINED}),
    _S.ASSIGNED: frozenset({_S.ASSIGNED, _S.ANSWERED, _S.DECLINED}),
    _S.ANSWERED: frozenset({_S.ASSIGNED, _S.CLOSED}),
    _S.CLOSED: frozenset(),
    _S.DECLINED: frozenset({_S.RECEIVED}),
}

UNDER_WAY = (_S.RECEIVED, _S.ASSIGNED, _S.ANSWERED)
"""Not settled yet."""

UNANSWERED = (_S.RECEIVED, _S.ASSIGNED)
"""Can be late: the day it is due is the day of the answer."""


class Feedback(enum.StrEnum):
    """What he who raised it says of the answer, where he can be asked."""

    SATISFIED = "satisfied"
    MOSTLY = "mostly"
    DISSATISFIED = "dissatisfied"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"satisfied": "满意", "mostly": "基本满意", "dissatisfied": "不满意", "unknown": "无法回访（匿名）"}[
            self.value
        ]


# ------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveSuggestion:
    """Register a case (``suggestion_id`` None) or correct what was registered, until it is answered.

    ``from_whom`` and ``contact`` stay empty for an anonymous one.  Without a ``first_contact_id`` the person at the
    desk is the first contact (首问责任人).
    """

    source: SuggestionSource
    content: str
    received_on: date
    category: str = ""
    from_whom: str = ""
    contact: str = ""
    first_contact_id: int | None = None
    campaign_id: int | None = None
    suggestion_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class AssignSuggestion:
    """分办: the department that handles it, a person of it with a login, and until when.

    Without ``due_on`` the office's number of working days counts from today.
    """

    suggestion_id: int
    version: int
    department_id: int | None = None
    handler_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class AnswerSuggestion:
    """What was done about it, and answered; ``replied_on`` is the day the answer went out or up on the wall."""

    suggestion_id: int
    version: int
    result: str
    reply: str
    replied_on: date


@dataclass(frozen=True)
class CloseSuggestion:
    """办结, with what he who raised it says of the answer."""

    suggestion_id: int
    version: int
    feedback: Feedback


@dataclass(frozen=True)
class ReasonedMove:
    """退回重办 or 不予受理, or taking that back; ``reason`` says why."""

    suggestion_id: int
    version: int
    reason: str


# --------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True)
class SuggestionRow:
    """One case as the list, the register and the form show it.

    ``days_late`` counts from the day it is due to the answer, or to today while there is none.
    """

    id: int
    version: int
    number: str
    source: SuggestionSource
    campaign_id: int | None
    campaign: str
    question: int | None
    received_on: date
    first_contact: str
    from_whom: str
    contact: str
    category: str
    content: str
    department_id: int | None
    department: str
    handler_id: int | None
    handler: str
    due_on: date | None
    state: SuggestionState
    result: str
    reply: str
    replied_on: date | None
    feedback: Feedback | None
    closed_on: date | None
    days_late: int | None
    first_contact_id: int | None = None

    @property
    def pill(self) -> Pill:
        if self.is_late:
            return Pill(f"逾期 {self.days_late} 天", "error")
        return Pill(self.state.label, self.state.tone)  # type: ignore[arg-type]

    @property
    def is_late(self) -> bool:
        """Not answered, and its day is over."""
        return self.state in UNANSWERED and (self.days_late or 0) > 0

    @property
    def origin(self) -> str:
        """How it came, with the survey it came from."""
        which = f"第 {self.question} 题" if self.question is not None else ""
        return f"{self.source.label}：{self.campaign}{which}" if self.campaign else self.source.label

    @property
    def who(self) -> str:
        """Who raised it, in words."""
        return self.from_whom or "匿名"


@dataclass(frozen=True)
class SuggestionChoices:
    """What the dialogs offer: (id, name) of staff and departments, of logins that may look at cases, and the rest.

    ``homes`` says in which department a login's person works; ``due_on`` is when a case given away today is due.
    """

    staff: tuple[tuple[int, str], ...]
    departments: tuple[tuple[int, str], ...]
    handlers: tuple[tuple[int, str], ...]
    categories: tuple[str, ...]
    due_on: date
    due_note: str = ""
    homes: Mapping[int, int] = field(default_factory=dict)
