"""What is shown of answers: figures with their n and formula, and never one that fewer than the smallest sample gave.

The atom is (campaign, round, question).  Every figure below is a sum of atoms that may be shown by themselves; what was
left out is said by :class:`LeftOut`.  Rates and means are fractions and scores as computed, rounded only when shown.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dangxiao_houqin.core.columns import Pill, percent_text

from .questionnaires import QuestionKind
from .rules import Formula

WHOLE_SCHOOL = "全校"
"""A campaign bound to no class."""

OVERALL = ""
"""Key of the column and of the series over all questions on the scale."""

ALL_QUESTIONS = "全部项目"
"""What that one is called everywhere; 总体 is a group of the standard questionnaire."""


class By(enum.StrEnum):
    """What results are set side by side by."""

    CAMPAIGN = "campaign"
    SUBJECT = "subject"
    KIND = "kind"
    TERM = "term"
    YEAR = "year"

    @property
    def label(self) -> str:
        return {"campaign": "测评", "subject": "班次", "kind": "班次类别", "term": "学期", "year": "年度"}[self.value]

    @property
    def unit(self) -> str:
        """What is counted when some are left out."""
        return {"campaign": "次测评", "subject": "个班", "kind": "个类别", "term": "个学期", "year": "个年度"}[
            self.value
        ]


@dataclass(frozen=True)
class ResultFilter:
    """Which campaigns are looked at; everything given must hold.

    ``subject_key`` comes from :class:`ScopeOptions` (one class, or the whole school); ``term`` is 春季 or 秋季.
    There is no filter by day, by round or by another answer, for each would cut an atom apart.
    """

    campaign_id: int | None = None
    subject_key: str | None = None
    class_kind: str | None = None
    year: int | None = None
    term: str = ""


EVERYTHING = ResultFilter()


@dataclass(frozen=True)
class CampaignOption:
    """A campaign whose box has been opened at least once (``counted``) or not yet."""

    id: int
    title: str
    subject: str
    subject_key: str
    class_kind: str
    held_on: date
    counted: bool


@dataclass(frozen=True)
class ScopeOptions:
    """What can be chosen: campaigns newest first, classes as (key, name), kinds of classes, years newest first."""

    campaigns: tuple[CampaignOption, ...]
    subjects: tuple[tuple[str, str], ...]
    kinds: tuple[str, ...]
    years: tuple[int, ...]


# ------------------------------------------------------------------------------------------------ figures
@dataclass(frozen=True)
class Interval:
    """A 95 % interval of a rate, as fractions."""

    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """What ``n`` ratings say; 未体验 and blanks are not among them.

    ``counts`` are the ratings by level, best first, and ``mean`` the mean score of ``top``; both are empty (``()``,
    None, 0) where scales of different length come together.  ``sample`` is the number of answers (a question) or
    papers (a group) the interval counts as independent; F3 has no interval.
    """

    n: int
    not_experienced: int
    counts: tuple[int, ...]
    rate: float
    mean: float | None
    top: int
    sample: int
    formula: Formula
    interval: Interval | None = None

    @property
    def shares(self) -> tuple[float, ...]:
        """``counts`` as fractions of ``n``."""
        return tuple(count / self.n for count in self.counts)

    @property
    def rate_text(self) -> str:
        return percent_text(self.rate)

    @property
    def mean_text(self) -> str:
        return "—" if self.mean is None else f"{self.mean:.2f}"

    @property
    def interval_text(self) -> str:
        return (
            "—" if self.interval is None else f"{percent_text(self.interval.low)}～{percent_text(self.interval.high)}"
        )


@dataclass(frozen=True)
class OptionCount:
    """One choice and how many of the ``n`` chose it."""

    text: str
    count: int
    share: float


@dataclass(frozen=True)
class ChoiceFigure:
    """What ``n`` papers chose; with multiple choice the shares add up to more than one."""

    n: int
    options: tuple[OptionCount, ...]


@dataclass(frozen=True)
class LeftOut:
    """What was too small to count, wholly or in part.

    ``campaigns`` of which nothing counted, of ``subjects`` classes (0 where one of them is of the whole school);
    ``parts`` are further rounds (of a question) or questions (of a group) of campaigns that did count.
    """

    campaigns: int = 0
    subjects: int = 0
    parts: int = 0
    minimum: int = 5

    def __bool__(self) -> bool:
        return bool(self.campaigns or self.parts)

    def sentence(self, *, shown: bool, part: str = "轮收卷") -> str:
        """In words, empty when nothing was left out; ``shown``: there is a figure all the same."""
        if not self:
            return ""
        if not shown:
            return f"有效评价不足 {self.minimum} 份，不显示"
        words = []
        if self.campaigns:
            words.append(f"{self.subjects} 个班" if self.subjects else f"{self.campaigns} 次测评")
        if self.parts:
            words.append(f"{self.parts} {part}")
        return f"另有 {'、'.join(words)}不足 {self.minimum} 份，未计入"


@dataclass(frozen=True)
class PaperCount:
    """Papers, not answers: these numbers are always shown.

    ``received`` counts what lies in sealed boxes too (``boxed``); of those nobody knows yet whether they are valid.
    """

    expected: int = 0
    received: int = 0
    valid: int = 0
    boxed: int = 0

    @property
    def counted(self) -> int:
        return self.received - self.boxed

    @property
    def response_rate(self) -> float | None:
        """回收率: received of expected."""
        return self.received / self.expected if self.expected else None

    @property
    def valid_rate(self) -> float | None:
        """有效率: valid of those received and counted."""
        return self.valid / self.counted if self.counted else None

    @property
    def sentence(self) -> str:
        """``应收 50 份，收回 48 份，有效 47 份，回收率 96.0%，有效率 97.9%``."""
        words = [f"应收 {self.expected} 份", f"收回 {self.received} 份", f"有效 {self.valid} 份"]
        if self.response_rate is not None:
            words.append(f"回收率 {percent_text(self.response_rate)}")
        if self.valid_rate is not None:
            words.append(f"有效率 {percent_text(self.valid_rate)}")
        if self.boxed:
            words.append(f"其中 {self.boxed} 份在票箱里尚未收卷")
        return "，".join(words)


# ---------------------------------------------------------------------------------------- one scope, whole
@dataclass(frozen=True)
class QuestionResult:
    """One question over the scope: ``figure`` for the scale, ``choice`` for 是否 and choices, neither when left out.

    ``number`` is its place in the newest version; ``remark`` says in words what was left out.
    """

    code: str
    number: int
    text: str
    kind: QuestionKind
    group_key: str
    figure: Figure | None = None
    choice: ChoiceFigure | None = None
    remark: str = ""

    @property
    def shown(self) -> bool:
        return self.figure is not None or self.choice is not None


@dataclass(frozen=True)
class GroupResult:
    """A group: all ratings of its questions pooled.  ``target`` is its line in percent; ``questions`` all kinds."""

    key: str
    title: str
    figure: Figure | None
    remark: str
    target: float | None
    questions: tuple[QuestionResult, ...]

    @property
    def pill(self) -> Pill | None:
        """Whether the target has been reached; None without target or figure."""
        if self.target is None or self.figure is None:
            return None
        reached = self.figure.rate * 100 >= self.target - 1e-9
        return Pill("达到目标", "success") if reached else Pill("未达目标", "warning")


@dataclass(frozen=True)
class Results:
    """Everything shown of a scope.

    ``levels`` are the words of the scale, best first (empty where scales differ); ``formula_text`` is the 计算口径
    that stands under every table and chart; ``notes`` are further sentences to show with it.
    """

    where: ResultFilter
    title: str
    held: tuple[date, date] | None
    campaigns: int
    formula: Formula
    formula_text: str
    minimum: int
    papers: PaperCount
    levels: tuple[str, ...]
    overall: Figure | None
    overall_remark: str
    groups: tuple[GroupResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing at all may be shown."""
        return not any(question.shown for group in self.groups for question in group.questions)


# ----------------------------------------------------------------------------------------- side by side
@dataclass(frozen=True)
class ComparedColumn:
    """``key`` is :data:`OVERALL`, ``g:<group key>`` or ``q:<question code>``; ``title`` of the newest version."""

    key: str
    title: str
    group_key: str = ""


@dataclass(frozen=True)
class ComparedCell:
    """One figure, or None with the ``remark`` that says why; both empty where it was not asked."""

    figure: Figure | None = None
    remark: str = ""

    @property
    def asked(self) -> bool:
        return self.figure is not None or bool(self.remark)


@dataclass(frozen=True)
class ComparedRow:
    """A class, kind, term or year; ``where`` opens it by itself."""

    key: str
    title: str
    where: ResultFilter
    papers: PaperCount
    campaigns: int
    cells: Mapping[str, ComparedCell]

    def cell(self, key: str) -> ComparedCell:
        return self.cells.get(key, _NOT_ASKED)


_NOT_ASKED = ComparedCell()


@dataclass(frozen=True)
class Comparison:
    """Rows side by side; ``total`` is over all of them.  ``best`` marks the highest own value of each column."""

    by: By
    where: ResultFilter
    title: str
    columns: tuple[ComparedColumn, ...]
    rows: tuple[ComparedRow, ...]
    total: ComparedRow | None
    formula: Formula
    formula_text: str
    minimum: int
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------- history
@dataclass(frozen=True)
class SaveHistoryFigure:
    """A figure from old papers (``own``), or published by another school; ``rate_bp`` in hundredths of a percent.

    ``term`` is empty for a whole year; ``formula`` is None where the paper does not say how it was computed.
    """

    year: int
    group_key: str
    group_title: str
    rate_bp: int
    own: bool = True
    term: str = ""
    source: str = ""
    answers: int | None = None
    formula: Formula | None = None
    note: str = ""
    figure_id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class HistoryFigureRow:
    """A typed figure as its list shows it; ``rate`` is a fraction."""

    id: int
    version: int
    year: int
    term: str
    group_key: str
    group_title: str
    own: bool
    source: str
    rate: float
    answers: int | None
    formula: Formula | None
    note: str

    @property
    def formula_text(self) -> str:
        return self.formula.label if self.formula is not None else "未注明"

    @property
    def pill(self) -> Pill:
        return Pill("本校", "primary") if self.own else Pill("他校公开值", "neutral")


@dataclass(frozen=True)
class HistoryPoint:
    """One value of a series.  ``measured`` ones come from campaigns here, the others were typed in.

    Both may exist for one period; then the measured one counts and the typed one is kept beside it (``shadowed``).
    ``top`` is the length of the scale, 0 where several came together, None where nobody says.
    """

    year: int
    term: str
    rate: float
    n: int | None
    formula: Formula | None
    measured: bool
    source: str = ""
    shadowed: bool = False
    top: int | None = None

    @property
    def period(self) -> str:
        return f"{self.year}年{self.term}"

    @property
    def n_text(self) -> str:
        return f"n＝{self.n}" if self.n is not None else "n 未注明"


@dataclass(frozen=True)
class Best:
    """▲历史最好 of a series: the period that bears it, or None, and in any case why."""

    period: str
    reason: str

    @property
    def marked(self) -> bool:
        return bool(self.period)


@dataclass(frozen=True)
class HistorySeries:
    """Own values of a group (or :data:`OVERALL`) by year, oldest first."""

    key: str
    title: str
    points: tuple[HistoryPoint, ...]
    best: Best
    target: float | None = None

    def at(self, period: str) -> HistoryPoint | None:
        """The value that counts in a period."""
        return next((point for point in self.points if point.period == period and not point.shadowed), None)


@dataclass(frozen=True)
class ReferenceLine:
    """What another school published: never compared, only drawn, and always with its label."""

    group_key: str
    group_title: str
    year: int
    rate: float
    label: str


PUBLISHED_ELSEWHERE = (
    ReferenceLine("lodging", "住宿", 2014, 0.96, "他校公开值（2014年）"),
    ReferenceLine("canteen", "餐饮", 2014, 0.91, "他校公开值（2014年）"),
)
"""96 % and 91 %: one school's published figures, without n, scale or formula (domain/1-sources.md row 418)."""


@dataclass(frozen=True)
class HistoryView:
    """Years (or terms) side by side; ``periods`` in order of time."""

    by: By
    periods: tuple[str, ...]
    series: tuple[HistorySeries, ...]
    references: tuple[ReferenceLine, ...]
    formula: Formula
    formula_text: str
    minimum: int
    notes: tuple[str, ...] = ()


# ------------------------------------------------------------------------------------------------ comments
@dataclass(frozen=True)
class CommentRow:
    """A remark in somebody's own words; of its paper, day and order nothing is known."""

    id: int
    campaign_id: int
    campaign: str
    question: str
    text: str
    category: str


@dataclass(frozen=True)
class CommentCategory:
    """意见归类: remarks filed under one heading and what became of the cases made of them."""

    category: str
    count: int
    typical: str = ""
    department: str = ""
    outcome: str = ""


# --------------------------------------------------------------------------------------- for other modules
@dataclass(frozen=True)
class Score:
    """A rate that another module may reckon with (awards, supervision), never without its n and formula."""

    key: str
    title: str
    rate: float
    mean: float | None
    top: int
    n: int


@dataclass(frozen=True)
class Scores:
    """Satisfaction with a class or a year: overall (None when too few answered) and by group."""

    overall: Score | None
    groups: tuple[Score, ...]
    formula: Formula
    formula_text: str
    papers: PaperCount = field(default_factory=PaperCount)
