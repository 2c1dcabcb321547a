"""What the table of results shows: groups with their questions, or the questions alone when sorted by a figure."""

from __future__ import annotations

from dataclasses import dataclass

from dangxiao_houqin.core.columns import Column, Pill, list_in_memory, percent_text
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.questionnaires import QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import (
    ChoiceFigure,
    Figure,
    GroupResult,
    QuestionResult,
    Results,
)
from dangxiao_houqin.ui.distribution_chart import share_words

MIXED_SCALES = "各次测评的量表不同，不画分布"


@dataclass(frozen=True)
class ResultLine:
    """A group or one of its questions, ready to be shown; ``low`` is set for a rate under ``low_percent``."""

    key: str
    title: str
    group_title: str
    number: int
    figure: Figure | None
    choice: ChoiceFigure | None
    remark: str
    levels: tuple[str, ...]
    is_group: bool = False
    target: float | None = None
    pill: Pill | None = None
    low_percent: float = 0.0

    @property
    def low(self) -> bool:
        return not self.is_group and self.figure is not None and self.figure.rate * 100 < self.low_percent - 1e-9

    @property
    def level_words(self) -> tuple[str, ...]:
        """A word for each count; places where this question's own scale is not that of the whole."""
        counts = self.figure.counts if self.figure is not None else ()
        if len(counts) == len(self.levels):
            return self.levels
        return tuple(f"第 {place} 级" for place in range(1, len(counts) + 1))

    @property
    def name(self) -> str:
        """The title with the number of the question."""
        return self.title if self.is_group else f"{self.number}. {self.title}"

    @property
    def answers(self) -> int | None:
        """n of whatever is shown."""
        if self.figure is not None:
            return self.figure.n
        return self.choice.n if self.choice is not None else None

    @property
    def spread(self) -> str:
        """How the answers spread, in words; why not, where there is nothing to show."""
        if self.figure is not None:
            return share_words(self.level_words, self.figure.counts) if self.figure.counts else MIXED_SCALES
        if self.choice is not None:
            options = sorted(self.choice.options, key=lambda each: -each.count)
            return "，".join(f"{each.text} {each.count}（{percent_text(each.share)}）" for each in options)
        return self.remark

    @property
    def state(self) -> object:
        """Target and low score as a pill, else what was left out."""
        if self.is_group and self.pill is not None and self.target is not None:
            return Pill(f"{self.pill.text} {self.target:g}%", self.pill.tone)
        if self.low:
            return Pill(f"低于 {self.low_percent:g}%", "error")
        return self.remark if self.answers is not None else ""


def lines_of(results: Results, low_percent: float) -> tuple[ResultLine, ...]:
    """Groups in order, each followed by its questions; texts are not here (意见原文 shows them)."""
    lines: list[ResultLine] = []
    for group in results.groups:
        asked = [question for question in group.questions if question.kind is not QuestionKind.TEXT]
        if not asked:
            continue
        if any(question.kind is QuestionKind.SCALE for question in asked):
            lines.append(_group_line(group, results.levels))
        lines.extend(_question_line(question, group, results.levels, low_percent) for question in asked)
    return tuple(lines)


def _group_line(group: GroupResult, levels: tuple[str, ...]) -> ResultLine:
    return ResultLine(
        f"g:{group.key}",
        group.title,
        group.title,
        0,
        group.figure,
        None,
        group.remark,
        levels,
        is_group=True,
        target=group.target,
        pill=group.pill,
    )


def _question_line(
    question: QuestionResult, group: GroupResult, levels: tuple[str, ...], low_percent: float
) -> ResultLine:
    return ResultLine(
        f"q:{question.code}",
        question.text,
        group.title,
        question.number,
        question.figure,
        question.choice,
        question.remark,
        levels,
        low_percent=low_percent,
    )


def line_key(line: ResultLine) -> str:
    """What a line is selected by."""
    return line.key


def _rate(line: ResultLine) -> float | None:
    return line.figure.rate if line.figure is not None else None


def _interval(line: ResultLine) -> str:
    return line.figure.interval_text if line.figure is not None else ""


def _mean(line: ResultLine) -> str:
    return line.figure.mean_text if line.figure is not None else ""


RESULT_COLUMNS: tuple[Column[ResultLine], ...] = (
    Column("name", "项目", lambda r: r.name, width=164, sortable=False),
    Column("answers", "有效 n", lambda r: r.answers, "int", width=66, sortable=False),
    Column("spread", "各级分布", lambda r: r.spread, width=148, sortable=False),
    Column("rate", "满意率", _rate, "percent", width=84),
    Column("interval", "95% 区间", _interval, width=126, align="center", sortable=False),
    Column("mean", "平均分", _mean, width=66, align="right", sortable=False),
    Column("state", "目标与说明", lambda r: r.state, "pill", width=118, align="left", sortable=False),
)


class ResultLines:
    """Feeds the table with the results at hand; sorted by a figure, the groups' own lines stay out."""

    def __init__(self) -> None:
        self.results: Results | None = None
        self.low_percent = 0.0

    @property
    def all(self) -> tuple[ResultLine, ...]:
        """Every line in the order of the questionnaire."""
        return () if self.results is None else lines_of(self.results, self.low_percent)

    @property
    def low(self) -> tuple[ResultLine, ...]:
        return tuple(line for line in self.all if line.low)

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[ResultLine]:
        lines = self.all
        if query.sort:
            lines = tuple(line for line in lines if not line.is_group)
        return list_in_memory(lines, RESULT_COLUMNS, query)
