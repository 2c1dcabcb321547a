"""Campaigns: what is asked of whom, when, how anonymity is kept, and the one-time codes."""

from __future__ import annotations

import enum
import hashlib
import math
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.subjects import NO_SUBJECT, Subject

from .questionnaires import Content

CODE_DIGITS = 9
"""Digits of a one-time code, the last one a check digit: typed on a keypad of ten keys by anybody."""

MOST_CODES = 2000
LONGEST_TITLE = 100
ONCE_EACH_NEEDS_CODES = (
    "匿名填写时程序不知道是谁填的，自由填写挡不住一人填两份；要做到每人一份，请改用一次性码（每人从袋中抽一张）。"
)


class CampaignState(enum.StrEnum):
    """Where a campaign stands; the moves allowed are in :data:`CAMPAIGN_MOVES`."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return {"draft": "未开始", "open": "正在测评", "closed": "已收卷"}[self.value]


CAMPAIGN_MOVES: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.OPEN}),
    CampaignState.OPEN: frozenset({CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset({CampaignState.OPEN}),
}


class Anonymity(enum.StrEnum):
    """How double answers are kept out without knowing who answered."""

    FREE = "free"
    CODES = "codes"

    @property
    def label(self) -> str:
        return {"free": "自由填写，限总份数", "codes": "一次性码（从袋中抽取）"}[self.value]


@dataclass(frozen=True)
class SaveCampaign:
    """Plan a campaign (``campaign_id`` None) or change it; without a subject it is of the whole school.

    ``opens_at``/``closes_at`` are when the kiosk offers it; ``expected`` how many papers should come;
    ``once_each`` demands one paper a person, which only codes can hold without names.
    """

    title: str
    version_id: int
    opens_at: datetime
    closes_at: datetime
    expected: int
    subject: Subject = NO_SUBJECT
    anonymity: Anonymity = Anonymity.FREE
    once_each: bool = False
    limit: int | None = None
    held_on: date | None = None
    note: str = ""
    campaign_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Collected:
    """What came out of the ballot box: papers and how many of them count; ``round`` they went to.

    ``raised`` counts the low questions that became cases of 意见建议.
    """

    campaign_id: int
    round: int
    papers: int
    valid: int
    raised: int = 0


@dataclass(frozen=True)
class CampaignRow:
    """A campaign as lists show it; ``boxed`` papers lie in the box unread, ``collected`` have been counted.

    ``batches`` counts the stacks of paper answers that are not entered to the end; ``seen_at`` is when it was read.
    """

    id: int
    version: int
    title: str
    subject: Subject
    questionnaire: str
    version_id: int
    anonymity: Anonymity
    opens_at: datetime
    closes_at: datetime
    held_on: date
    expected: int
    limit: int | None
    boxed: int
    collected: int
    valid: int
    rounds: int
    state: CampaignState
    codes: int
    codes_used: int = 0
    batches: int = 0
    note: str = ""
    seen_at: datetime | None = None

    @property
    def received(self) -> int:
        return self.boxed + self.collected

    @property
    def rate(self) -> float | None:
        """Share of the expected papers that came (回收率)."""
        return self.received / self.expected if self.expected else None

    @property
    def pill(self) -> Pill:
        """Its state at the moment it was read."""
        return self.pill_at(self.seen_at or self.opens_at)

    def pill_at(self, now: datetime) -> Pill:
        """Its state in words; ``now`` tells an open one that may not be answered yet, or no longer."""
        if self.state is CampaignState.OPEN and now < self.opens_at:
            return Pill("待开始", "primary")
        if self.state is CampaignState.OPEN and now >= self.closes_at:
            return Pill("待收卷", "warning")
        tone = {"draft": "neutral", "open": "success", "closed": "neutral"}[self.state.value]
        return Pill(self.state.label, tone)  # type: ignore[arg-type]


@dataclass(frozen=True)
class DrawnCodes:
    """One-time codes just drawn, the only time they exist in clear; what else stands on their slips."""

    campaign_id: int
    title: str
    closes_at: datetime
    codes: tuple[str, ...]


@dataclass(frozen=True)
class VersionChoice:
    """A questionnaire that a campaign may ask; ``retired`` ones only where they are asked already."""

    id: int
    text: str


@dataclass(frozen=True)
class CampaignForm:
    """What the form of a campaign offers."""

    now: datetime
    versions: tuple[VersionChoice, ...]
    extra_percent: int
    anonymity: Anonymity = Anonymity.FREE


@dataclass(frozen=True)
class OpenSurvey:
    """What a kiosk knows of a campaign that may be answered."""

    campaign_id: int
    title: str
    subject: str
    anonymity: Anonymity
    opens_at: datetime
    closes_at: datetime
    content: Content
    full: bool

    def offered_at(self, now: datetime) -> bool:
        """Whether a paper may be begun now."""
        return self.opens_at <= now < self.closes_at and not self.full


# -------------------------------------------------------------------------------------------------- codes
def draw_codes(number: int) -> tuple[str, ...]:
    """``number`` different one-time codes in no order, each with its check digit."""
    drawn: set[str] = set()
    while len(drawn) < number:
        body = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS - 1))
        drawn.add(body + check_digit(body))
    return tuple(sorted(drawn, key=lambda _: secrets.randbits(64)))


def check_digit(body: str) -> str:
    """The digit that finds one wrong digit and most swapped neighbours (Luhn, ISO/IEC 7812-1 annex B)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_code(text: str) -> bool:
    """Whether ``text`` has the form of a code and its check digit is right; spaces do not count."""
    code = plain_code(text)
    return len(code) == CODE_DIGITS and code.isascii() and code.isdigit() and check_digit(code[:-1]) == code[-1]


def plain_code(text: str) -> str:
    """A code without the spaces it is printed and typed with."""
    return "".join(text.split())


def printed_code(code: str) -> str:
    """A code in groups of three, as it stands on the slip."""
    return " ".join(code[start : start + 3] for start in range(0, len(code), 3))


def code_hash(campaign_id: int, code: str) -> str:
    """What the database keeps of a code: SHA-256 over campaign and code.

    It keeps the numbers out of lists and copies, not from somebody with the whole database: there are only 10^8 codes.
    """
    return hashlib.sha256(f"{campaign_id}:{plain_code(code)}".encode()).hexdigest()


def default_title(subject: str) -> str:
    """``{class}后勤服务满意度测评``; of the whole school without the class."""
    ending = "后勤服务满意度测评"
    return f"{subject.strip()[: LONGEST_TITLE - len(ending)]}{ending}"


def count_limit(expected: int, extra_percent: int) -> int:
    """Most papers that a free campaign takes: the expected ones and a few more (domain/5-demo-data.md E.9)."""
    return expected + math.ceil(expected * extra_percent / 100)
