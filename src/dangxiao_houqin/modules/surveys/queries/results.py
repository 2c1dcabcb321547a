"""Results of surveys: one scope whole, or classes, kinds, terms and years side by side.

Everything is added up from published atoms (:mod:`.atoms`); nothing here sees an answer that is not in one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sqlalchemy import select

from dangxiao_houqin.core.terms import SPRING, term_of
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.questionnaires import Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import (
    ALL_QUESTIONS,
    EVERYTHING,
    OVERALL,
    WHOLE_SCHOOL,
    By,
    CampaignOption,
    ChoiceFigure,
    ComparedCell,
    ComparedColumn,
    ComparedRow,
    Comparison,
    Figure,
    GroupResult,
    LeftOut,
    OptionCount,
    PaperCount,
    QuestionResult,
    ResultFilter,
    Results,
    ScopeOptions,
)
from dangxiao_houqin.modules.surveys.domain.rules import VIEW
from dangxiao_houqin.modules.surveys.models import SurveyCampaign
from dangxiao_houqin.modules.surveys.statistics import Pool, figure_of, formula_text

from .atoms import (
    CampaignFacts,
    ChoiceAtom,
    RatingAtom,
    Scope,
    read_choices,
    read_papers,
    read_ratings,
    read_scope,
    subject_key,
)

NOT_OPENED = "尚未收卷，暂无结果"
NO_TITLE = "全部测评"
NO_KIND = "未分类班次"

_Key = tuple[str, QuestionKind]


def scope_options(ctx: Ctx) -> ScopeOptions:
    """What the choosers offer; campaigns that have not begun are not among it."""
    ctx.require(VIEW)
    statement = (
        select(SurveyCampaign)
        .where(SurveyCampaign.state != "draft")
        .order_by(SurveyCampaign.held_on.desc(), SurveyCampaign.id.desc())
    )
    campaigns = tuple(
        CampaignOption(
            found.id,
            found.title,
            found.subject_text or WHOLE_SCHOOL,
            subject_key(found.subject_kind, found.subject_id, found.subject_text),
            found.class_kind,
            found.held_on,
            found.rounds > 0,
        )
        for found in ctx.session.scalars(statement)
    )
    subjects: dict[str, str] = {}
    for campaign in campaigns:
        subjects.setdefault(campaign.subject_key, campaign.subject)
    kinds = sorted({campaign.class_kind for campaign in campaigns if campaign.class_kind})
    years = sorted({campaign.held_on.year for campaign in campaigns}, reverse=True)
    return ScopeOptions(campaigns, tuple(subjects.items()), tuple(kinds), tuple(years))


# ------------------------------------------------------------------------------------------ adding up
@dataclass
class _Sum:
    """What is being added up for one cell."""

    pool: Pool = field(default_factory=Pool)
    campaigns: int = 0
    subjects: set[str] = field(default_factory=set)
    parts: int = 0

    def miss(self, campaign: CampaignFacts, found: int, expected: int) -> None:
        """Of ``expected`` atoms of a campaign only ``found`` are published."""
        if not found:
            self.campaigns += 1
            self.subjects.add(campaign.subject_key)
        else:
            self.parts += expected - found

    def left_out(self, minimum: int) -> LeftOut:
        subjects = 0 if "" in self.subjects else len(self.subjects)
        return LeftOut(self.campaigns, subjects, self.parts, minimum)


class _Part(NamedTuple):
    """What one campaign gives to a cell: ratings by value, how many are independent, atoms published and asked."""

    counts: tuple[int, ...]
    sample: int
    found: int
    expected: int


_Parts = Mapping[int, Mapping[str, _Part]]
"""By campaign and column key."""


def _parts(scope: Scope, atoms: Iterable[RatingAtom], *, questions: bool) -> _Parts:
    """What every campaign gives to overall, to ``g:`` groups and with ``questions`` also to ``q:`` questions."""
    by_campaign: defaultdict[int, list[RatingAtom]] = defaultdict(list)
    for atom in atoms:
        by_campaign[atom.campaign].append(atom)
    return {
        campaign.id: _parts_of(scope, campaign, by_campaign[campaign.id], questions=questions)
        for campaign in scope.counted
    }


def _parts_of(
    scope: Scope, campaign: CampaignFacts, atoms: Iterable[RatingAtom], *, questions: bool
) -> dict[str, _Part]:
    places, expected = _places(scope, campaign.version_id)
    mine: dict[str, list[RatingAtom]] = {key: [] for key in expected if questions or not key.startswith("q:")}
    for atom in atoms:
        if place := places.get(atom.question):
            question, group = place
            if questions:
                mine[question].append(atom)
            mine[group].append(atom)
            mine[OVERALL].append(atom)
    parts = {}
    for key, found in mine.items():
        counts = tuple(map(sum, zip(*[atom.counts for atom in found], strict=True))) if found else ()
        largest: dict[int, int] = {}
        for atom in found:
            largest[atom.round] = max(largest.get(atom.round, 0), atom.n)
        parts[key] = _Part(counts, sum(largest.values()), len(found), expected[key] * campaign.rounds)
    return parts


def _add_up(parts: _Parts, campaigns: Iterable[CampaignFacts]) -> dict[str, _Sum]:
    """Sums by column key over ``campaigns``."""
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    for campaign in campaigns:
        for key, part in parts[campaign.id].items():
            total = sums[key]
            if part.found:
                total.pool.add(part.counts, part.sample)
            if part.found < part.expected:
                total.miss(campaign, part.found, part.expected)
    return sums


def _places(scope: Scope, version: int) -> tuple[dict[int, tuple[str, str]], dict[str, int]]:
    """Column keys of each number on the scale, and how many questions stand behind each key."""
    known = scope.places.get(version)
    if known is None:
        places: dict[int, tuple[str, str]] = {}
        expected: dict[str, int] = {}
        for group in scope.contents[version].groups:
            for question in group.questions:
                if question.kind is QuestionKind.SCALE:
                    keys = f"q:{question.code}", f"g:{group.key}"
                    places[question.number] = keys
                    for key in (*keys, OVERALL):
                        expected[key] = expected.get(key, 0) + 1
        known = scope.places[version] = (places, expected)
    return known


def _told(total: _Sum, scope: Scope, key: str) -> tuple[Figure | None, str]:
    """The figure of a cell and the words for what is not in it."""
    figure = total.pool.figure(scope.formula)
    part = "轮收卷" if key.startswith("q:") else "题次"
    return figure, total.left_out(scope.minimum).sentence(shown=figure is not None, part=part)


# ------------------------------------------------------------------------------------- one scope, whole
def get_results(ctx: Ctx, where: ResultFilter) -> Results:
    """Everything that may be shown of the campaigns of ``where``."""
    ctx.require(VIEW)
    scope = read_scope(ctx, where)
    papers = read_papers(ctx, scope)
    sums = _add_up(_parts(scope, read_ratings(ctx, scope), questions=True), scope.counted)
    choices = _choices(scope, read_choices(ctx, scope))
    asked: dict[str, list[QuestionResult]] = {}
    for group, question, place in scope.asked():
        if question.kind is not QuestionKind.TEXT:
            asked.setdefault(group.key, []).append(_question(scope, group, question, place, sums, choices))
    targets = {target.group: target.percent for target in scope.rules.targets}
    groups = []
    for key, title in scope.groups().items():
        if questions := asked.get(key):
            figure, remark = _told(sums.get(f"g:{key}", _Sum()), scope, f"g:{key}")
            on_scale = any(question.kind is QuestionKind.SCALE for question in questions)
            if not scope.counted and on_scale:
                remark = NOT_OPENED
            groups.append(GroupResult(key, title, figure, remark, targets.get(title), tuple(questions)))
    overall, overall_remark = _told(sums.get(OVERALL, _Sum()), scope, OVERALL)
    days = [campaign.held_on for campaign in scope.campaigns]
    levels = shown_levels(scope)
    return Results(
        where=where,
        title=scope_title(scope, where),
        held=(min(days), max(days)) if days else None,
        campaigns=len(scope.campaigns),
        formula=scope.formula,
        formula_text=formula_text(scope.formula, levels, scope.minimum),
        minimum=scope.minimum,
        papers=total_papers(papers.values()),
        levels=levels,
        overall=overall,
        overall_remark=overall_remark if scope.counted else NOT_OPENED,
        groups=tuple(groups),
        notes=tuple(notes_of(scope)),
    )


def _question(
    scope: Scope,
    group: QuestionGroup,
    question: Question,
    place: int,
    sums: Mapping[str, _Sum],
    choices: Mapping[_Key, tuple[ChoiceFigure | None, LeftOut]],
) -> QuestionResult:
    figure: Figure | None = None
    choice: ChoiceFigure | None = None
    if question.kind is QuestionKind.SCALE:
        figure, remark = _told(sums.get(f"q:{question.code}", _Sum()), scope, f"q:{question.code}")
    else:
        choice, left = choices.get((question.code, question.kind), (None, LeftOut(minimum=scope.minimum)))
        remark = left.sentence(shown=choice is not None)
    return QuestionResult(
        question.code,
        place,
        question.text,
        question.kind,
        group.key,
        figure,
        choice,
        remark if scope.counted else NOT_OPENED,
    )


def _choices(scope: Scope, atoms: Iterable[ChoiceAtom]) -> dict[_Key, tuple[ChoiceFigure | None, LeftOut]]:
    """Choices by question; options of several versions are put together by their words."""
    by_place: dict[tuple[int, int], list[ChoiceAtom]] = {}
    for atom in atoms:
        by_place.setdefault((atom.campaign, atom.question), []).append(atom)
    sums: defaultdict[_Key, _Sum] = defaultdict(_Sum)
    counts: dict[_Key, dict[str, int]] = {}
    papers: defaultdict[_Key, int] = defaultdict(int)
    for campaign in scope.counted:
        for question in scope.contents[campaign.version_id].questions:
            if not question.choices:
                continue
            key = question.code, question.kind
            mine = by_place.get((campaign.id, question.number), [])
            words = counts.setdefault(key, {})
            for text in question.choices:
                words.setdefault(text, 0)
            for atom in mine:
                papers[key] += atom.n
                for position, number in atom.chosen.items():
                    words[question.choices[position - 1]] += number
            if len(mine) < campaign.rounds:
                sums[key].miss(campaign, len(mine), campaign.rounds)
    return {
        key: (_choice_figure(papers[key], words), sums[key].left_out(scope.minimum)) for key, words in counts.items()
    }


def _choice_figure(n: int, words: Mapping[str, int]) -> ChoiceFigure | None:
    if not n:
        return None
    return ChoiceFigure(n, tuple(OptionCount(text, count, count / n) for text, count in words.items()))


def total_papers(papers: Iterable[PaperCount]) -> PaperCount:
    """Papers of several campaigns together."""
    found = list(papers)
    return PaperCount(
        sum(one.expected for one in found),
        sum(one.received for one in found),
        sum(one.valid for one in found),
        sum(one.boxed for one in found),
    )


def shown_levels(scope: Scope) -> tuple[str, ...]:
    """The words of the scale, those of the newest version; none where scales of different length come together."""
    campaigns = scope.counted or scope.campaigns
    contents = [scope.contents[campaign.version_id] for campaign in campaigns]
    return contents[0].levels if len({content.top for content in contents}) == 1 else ()


def notes_of(scope: Scope) -> list[str]:
    """What a reader must know beside the formula."""
    notes = []
    waiting = len(scope.campaigns) - len(scope.counted)
    if waiting and scope.counted:
        notes.append(f"另有 {waiting} 次测评尚未收卷，没有计入。")
    if len({scope.contents[campaign.version_id].top for campaign in scope.counted}) > 1:
        notes.append("四级和五级量表合并时，满意率各按自己的量表计算，不合并平均分和各级人数。")
    return notes


def scope_title(scope: Scope, where: ResultFilter) -> str:
    """What is looked at, in words: ``2026年秋季 主体班``."""
    if where.campaign_id is not None:
        return scope.campaigns[0].title if scope.campaigns else "测评"
    words = []
    if where.year is not None:
        words.append(f"{where.year}年{where.term}")
    elif where.term:
        words.append(f"历年{where.term}")
    if where.subject_key is not None:
        words.append(scope.campaigns[0].subject if scope.campaigns else "班次")
    elif where.class_kind is not None:
        words.append(where.class_kind or NO_KIND)
    return " ".join(words) or NO_TITLE


# ------------------------------------------------------------------------------------------ side by side
def compare(ctx: Ctx, by: By, where: ResultFilter = EVERYTHING, *, questions: bool = False) -> Comparison:
    """The campaigns of ``where`` put together by ``by``; rows newest first, years and terms oldest first.

    Columns are all questions together, the groups, and with ``questions`` every question on the scale.
    """
    ctx.require(VIEW)
    scope = read_scope(ctx, where)
    papers = read_papers(ctx, scope)
    parts = _parts(scope, read_ratings(ctx, scope), questions=questions)
    campaigns = scope.counted
    rows: dict[str, list[CampaignFacts]] = {}
    for campaign in campaigns:
        rows.setdefault(_row_key(by, campaign), []).append(campaign)
    keys = sorted(rows) if by in (By.TERM, By.YEAR) else list(rows)
    levels = shown_levels(scope)

    def together(found: Sequence[CampaignFacts], key: str, title: str, at: ResultFilter) -> ComparedRow:
        if len(found) == 1:
            cells = {column: _own_cell(scope, found[0], column, part) for column, part in parts[found[0].id].items()}
        else:
            sums = _add_up(parts, found)
            cells = {column: ComparedCell(*_told(total, scope, column)) for column, total in sums.items()}
        counts = total_papers(papers[campaign.id] for campaign in found)
        return ComparedRow(key, title, at, counts, len(found), cells)

    return Comparison(
        by=by,
        where=where,
        title=scope_title(scope, where),
        columns=_columns(scope, questions=questions),
        rows=tuple(together(rows[key], key, *_named(by, rows[key], where)) for key in keys),
        total=together(campaigns, "", "合计", where) if len(rows) > 1 else None,
        formula=scope.formula,
        formula_text=formula_text(scope.formula, levels, scope.minimum),
        minimum=scope.minimum,
        notes=tuple(notes_of(scope)),
    )


def _own_cell(scope: Scope, campaign: CampaignFacts, column: str, part: _Part) -> ComparedCell:
    """A cell of one campaign alone, which is most of a long table."""
    if part.found == part.expected:
        return ComparedCell(figure_of(part.counts, part.sample, scope.formula))
    alone = _Sum()
    if part.found:
        alone.pool.add(part.counts, part.sample)
    alone.miss(campaign, part.found, part.expected)
    return ComparedCell(*_told(alone, scope, column))


def _row_key(by: By, campaign: CampaignFacts) -> str:
    day = campaign.held_on
    if by is By.CAMPAIGN:
        return str(campaign.id)
    if by is By.SUBJECT:
        return campaign.subject_key
    if by is By.KIND:
        return campaign.class_kind
    return str(day.year) if by is By.YEAR else f"{day.year}{'a' if term_of(day) == SPRING else 'b'}"


def _named(by: By, found: Sequence[CampaignFacts], where: ResultFilter) -> tuple[str, ResultFilter]:
    """A row in words, and the filter that opens it."""
    campaign = found[0]
    day, term = campaign.held_on, term_of(campaign.held_on)
    if by is By.CAMPAIGN:
        return campaign.title, replace(where, campaign_id=campaign.id)
    if by is By.SUBJECT:
        return campaign.subject, replace(where, subject_key=campaign.subject_key)
    if by is By.KIND:
        unbound = {one.subject_key == "" for one in found}
        title = campaign.class_kind or (f"{WHOLE_SCHOOL}、{NO_KIND}" if len(unbound) > 1 else _unsorted(campaign))
        return title, replace(where, class_kind=campaign.class_kind)
    if by is By.TERM:
        return f"{day.year}年{term}", replace(where, year=day.year, term=term)
    return f"{day.year}年", replace(where, year=day.year)


def _unsorted(campaign: CampaignFacts) -> str:
    return NO_KIND if campaign.subject_key else WHOLE_SCHOOL


def _columns(scope: Scope, *, questions: bool) -> tuple[ComparedColumn, ...]:
    """Overall first, then each group followed by its questions."""
    columns = [ComparedColumn(OVERALL, ALL_QUESTIONS)]
    on_scale: dict[str, list[Question]] = {}
    for group, question, _ in scope.asked():
        if question.kind is QuestionKind.SCALE:
            on_scale.setdefault(group.key, []).append(question)
    for key, title in scope.groups().items():
        if key in on_scale:
            columns.append(ComparedColumn(f"g:{key}", title, key))
            if questions:
                columns += [ComparedColumn(f"q:{one.code}", one.text, key) for one in on_scale[key]]
    return tuple(columns)
