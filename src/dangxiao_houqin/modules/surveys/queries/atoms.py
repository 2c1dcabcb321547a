"""Published atoms: the only way by which answers leave the result tables.

The atom is (campaign, round, question).  One with fewer valid answers than the smallest sample is dropped here, before
anything is added up, so every figure of every view is a sum of atoms that may be shown by themselves, and the
difference of two views is a sum of such atoms too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, extract, func, literal_column, or_, select, true

from dangxiao_houqin.core.terms import SPRING, SPRING_ENDS
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import EVERYTHING, WHOLE_SCHOOL, PaperCount, ResultFilter
from dangxiao_houqin.modules.surveys.domain.rules import SMALLEST_SAMPLE, Formula, SurveyRules
from dangxiao_houqin.modules.surveys.models import (
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyChoice,
    SurveyPaper,
    SurveyRating,
    SurveyResponse,
)

_MANY = 500
"""More campaigns than this are not named one by one in SQL."""


class CampaignFacts(NamedTuple):
    """What results need to know of a campaign."""

    id: int
    title: str
    version_id: int
    subject_key: str
    subject: str
    class_kind: str
    held_on: date
    expected: int
    rounds: int


@dataclass(frozen=True)
class Scope:
    """The campaigns that are looked at, newest first, with what they ask and the office's rules."""

    campaigns: tuple[CampaignFacts, ...]
    contents: Mapping[int, Content]
    minimum: int
    formula: Formula
    rules: SurveyRules
    everything: bool = False
    """Whether no campaign that has been counted is missing."""

    places: dict[int, tuple[dict[int, tuple[str, str]], dict[str, int]]] = field(default_factory=dict)
    """By version: column keys of each number on the scale, and how many questions stand behind each key."""

    @property
    def counted(self) -> tuple[CampaignFacts, ...]:
        """Those whose box has been opened."""
        return tuple(campaign for campaign in self.campaigns if campaign.rounds)

    def asked(self) -> list[tuple[QuestionGroup, Question, int]]:
        """Every question asked with its group and its place, one for each code and kind, as the newest puts them."""
        found: dict[tuple[str, QuestionKind], tuple[QuestionGroup, Question, int]] = {}
        for content in self.contents.values():
            place = 0
            for group in content.groups:
                for question in group.questions:
                    place += 1
                    found.setdefault((question.code, question.kind), (group, question, place))
        return list(found.values())

    def groups(self) -> dict[str, str]:
        """Titles of the groups by key, as the newest calls them."""
        found: dict[str, str] = {}
        for content in self.contents.values():
            for group in content.groups:
                found.setdefault(group.key, group.title)
        return found


def smallest_sample(rules: SurveyRules) -> int:
    """The smallest sample that may be shown; a setting can raise it and never lower it."""
    return max(rules.minimum, SMALLEST_SAMPLE)


def subject_key(kind: str, number: int | None, text: str) -> str:
    """One name for the class of a campaign: its link, its words where it is not linked, empty for the whole school."""
    if kind and number is not None:
        return f"{kind}:{number}"
    return f"text:{text}" if text else ""


def conditions(where: ResultFilter) -> list[ColumnElement[bool]]:
    """A filter as conditions on campaigns; it never reaches into one."""
    found: list[ColumnElement[bool]] = []
    if where.campaign_id is not None:
        found.append(SurveyCampaign.id == where.campaign_id)
    if where.subject_key is not None:
        found.append(_is_subject(where.subject_key))
    if where.class_kind is not None:
        found.append(SurveyCampaign.class_kind == where.class_kind)
    if where.year is not None:
        found.append(SurveyCampaign.held_on.between(date(where.year, 1, 1), date(where.year, 12, 31)))
    if where.term:
        month = extract("month", SurveyCampaign.held_on)
        found.append(month <= SPRING_ENDS if where.term == SPRING else month > SPRING_ENDS)
    return found


def _is_subject(key: str) -> ColumnElement[bool]:
    kind, _, name = key.partition(":")
    if not kind:
        return and_(SurveyCampaign.subject_kind == "", SurveyCampaign.subject_text == "")
    if kind == "text":
        unlinked = or_(SurveyCampaign.subject_kind == "", SurveyCampaign.subject_id.is_(None))
        return and_(unlinked, SurveyCampaign.subject_text == name)
    return and_(SurveyCampaign.subject_kind == kind, SurveyCampaign.subject_id == int(name or 0))


def read_scope(ctx: Ctx, where: ResultFilter) -> Scope:
    """The campaigns of ``where`` that have begun, and the versions they ask."""
    statement = (
        select(
            SurveyCampaign.id,
            SurveyCampaign.title,
            SurveyCampaign.version_id,
            SurveyCampaign.subject_kind,
            SurveyCampaign.subject_id,
            SurveyCampaign.subject_text,
            SurveyCampaign.class_kind,
            SurveyCampaign.held_on,
            SurveyCampaign.expected,
            SurveyCampaign.rounds,
        )
        .where(SurveyCampaign.state != "draft", *conditions(where))
        .order_by(SurveyCampaign.held_on.desc(), SurveyCampaign.id.desc())
    )
    campaigns = tuple(
        CampaignFacts(
            row.id,
            row.title,
            row.version_id,
            subject_key(row.subject_kind, row.subject_id, row.subject_text),
            row.subject_text or WHOLE_SCHOOL,
            row.class_kind,
            row.held_on,
            row.expected,
            row.rounds,
        )
        for row in ctx.session.execute(statement)
    )
    wanted = dict.fromkeys(campaign.version_id for campaign in campaigns)
    stored = {
        row.id: row.content
        for row in ctx.session.execute(
            select(QuestionnaireVersion.id, QuestionnaireVersion.content).where(QuestionnaireVersion.id.in_(wanted))
        )
    }
    contents = {version: Content.from_plain(stored[version]) for version in wanted}
    rules = ctx.settings(SurveyRules)
    return Scope(
        campaigns, contents, smallest_sample(rules), Formula(rules.formula), rules, everything=where == EVERYTHING
    )


def read_papers(ctx: Ctx, scope: Scope) -> dict[int, PaperCount]:
    """Papers by campaign: counted ones, and how many still lie in the box.  What they say is not read."""
    papers = {row.id: [row.expected, 0, 0, 0] for row in scope.campaigns}
    if not papers:
        return {}
    valid = func.count().filter(SurveyResponse.valid)
    counted = select(SurveyResponse.campaign_id, func.count(), valid).group_by(SurveyResponse.campaign_id)
    for campaign, number, good in ctx.session.execute(_within(counted, SurveyResponse.campaign_id, papers)):
        if campaign in papers:
            papers[campaign][1] += number
            papers[campaign][2] += good
    lying = (
        select(SurveyPaper.campaign_id, func.count())
        .where(SurveyPaper.answers.is_not(None))
        .group_by(SurveyPaper.campaign_id)
    )
    for campaign, number in ctx.session.execute(_within(lying, SurveyPaper.campaign_id, papers)):
        if campaign in papers:
            papers[campaign][1] += number
            papers[campaign][3] += number
    return {campaign: PaperCount(*numbers) for campaign, numbers in papers.items()}


def _within(statement: Any, column: Any, campaigns: Iterable[int]) -> Any:
    """``statement`` for these campaigns; where there are very many it reads all, and the caller leaves the rest."""
    wanted = list(campaigns)
    return statement.where(column.in_(wanted)) if len(wanted) <= _MANY else statement


# ------------------------------------------------------------------------------------------------- atoms
class RatingAtom(NamedTuple):
    """A published atom on the scale: ``n`` judgements, ``counts`` by value with 未体验 first."""

    campaign: int
    round: int
    question: int
    n: int
    counts: tuple[int, ...]


class ChoiceAtom(NamedTuple):
    """A published atom of a choice: ``n`` papers, and how many of them chose each position from 1."""

    campaign: int
    round: int
    question: int
    n: int
    chosen: Mapping[int, int]


def read_ratings(ctx: Ctx, scope: Scope) -> list[RatingAtom]:
    """Atoms of ratings with at least the smallest sample.

    Grouped along the table's key where campaigns have one round only, which spares the database sorting a million rows;
    the others are grouped by round too.
    """
    tops = {campaign.id: scope.contents[campaign.version_id].top for campaign in scope.counted}
    once = [campaign.id for campaign in scope.counted if campaign.rounds == 1]
    often = [campaign.id for campaign in scope.counted if campaign.rounds > 1]
    campaign_id = SurveyRating.campaign_id
    readings: list[tuple[ColumnElement[bool], bool]] = []
    if once:  # naming every campaign there is would only slow the database down
        rest = campaign_id.not_in(often) if often else true()
        readings.append((rest if scope.everything else campaign_id.in_(once), False))
    if often:
        readings.append((campaign_id.in_(often), True))
    atoms: list[RatingAtom] = []
    for mine, by_round in readings:
        for campaign, number, at, papers, *judged in ctx.session.execute(_ratings_of(mine, by_round=by_round)):
            n, top = sum(judged), tops.get(campaign)
            if top is not None and n >= scope.minimum:
                atoms.append(RatingAtom(campaign, at, number, n, (papers - n, *judged[:top])))
    return atoms


def _ratings_of(mine: ColumnElement[bool], *, by_round: bool) -> Any:
    """Campaign, question, round, all ratings, and the ratings of each value from 1 to 5."""
    keys = [SurveyRating.campaign_id, SurveyRating.question]
    value = SurveyRating.value  # compared with constants, not parameters: a million rows notice
    by_value = [func.count().filter(value == literal_column(str(number))) for number in range(1, 6)]
    return (
        select(*keys, SurveyRating.round if by_round else literal_column("1"), func.count(), *by_value)
        .where(SurveyRating.counted, mine)
        .group_by(*keys, *([SurveyRating.round] if by_round else []))
    )


def read_choices(ctx: Ctx, scope: Scope) -> list[ChoiceAtom]:
    """Atoms of choices with at least the smallest sample; ``n`` counts papers, not crosses."""
    wanted = [campaign.id for campaign in scope.counted]
    if not wanted:
        return []
    keys = SurveyChoice.campaign_id, SurveyChoice.question, SurveyChoice.round
    mine = SurveyChoice.counted, SurveyChoice.campaign_id.in_(wanted)
    papers = select(*keys, func.count(SurveyChoice.response_id.distinct())).where(*mine).group_by(*keys)
    published = {
        (campaign, question, number): n
        for campaign, question, number, n in ctx.session.execute(papers)
        if n >= scope.minimum
    }
    chosen: dict[tuple[int, int, int], dict[int, int]] = {key: {} for key in published}
    options = select(*keys, SurveyChoice.option, func.count()).where(*mine).group_by(*keys, SurveyChoice.option)
    for campaign, question, number, option, count in ctx.session.execute(options):
        if (campaign, question, number) in chosen:
            chosen[campaign, question, number][option] = count
    return [ChoiceAtom(key[0], key[2], key[1], n, chosen[key]) for key, n in published.items()]


def published_rounds(ctx: Ctx, campaigns: Sequence[int], minimum: int) -> tuple[dict[int, set[int]], int]:
    """Rounds with at least ``minimum`` valid papers by campaign, and how many rounds have fewer."""
    valid = func.count().filter(SurveyResponse.valid)
    keys = SurveyResponse.campaign_id, SurveyResponse.round
    statement = select(*keys, valid).where(SurveyResponse.campaign_id.in_(campaigns)).group_by(*keys)
    found: dict[int, set[int]] = {}
    few = 0
    for campaign, number, good in ctx.session.execute(statement):
        if good >= minimum:
            found.setdefault(campaign, set()).add(number)
        else:
            few += 1
    return found, few
