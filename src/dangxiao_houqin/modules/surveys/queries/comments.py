"""Remarks in people's own words: apart from figures, in random order, and only of rounds with enough valid papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import department
from dangxiao_houqin.modules.surveys.domain.results import EVERYTHING, CommentCategory, CommentRow, ResultFilter
from dangxiao_houqin.modules.surveys.domain.rules import COMMENTS, SUGGESTIONS_VIEW, VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import SuggestionState
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyCampaign, SurveyText

from .atoms import Scope, published_rounds, read_scope

_SCOPE = ("campaign_id", "subject_key", "class_kind", "year", "term")


def filter_of(filters: Mapping[str, Any]) -> ResultFilter:
    """The campaigns that the filters of a list speak of."""
    return replace(EVERYTHING, **{key: filters[key] for key in _SCOPE if filters.get(key) not in (None, "")})


def list_comments(ctx: Ctx, query: ListQuery) -> Listing[CommentRow]:
    """Remarks of the campaigns asked for, by their random numbers; any other order would tell who came first.

    Filters: those of :class:`ResultFilter`, ``category``, ``uncategorized`` and ``question`` (its code).
    """
    ctx.require(COMMENTS)
    scope = read_scope(ctx, filter_of(query.filters))
    names = {campaign.id: campaign for campaign in scope.campaigns}

    def row(found: Any) -> CommentRow:
        text: SurveyText = found[0]
        campaign = names[text.campaign_id]
        asked = scope.contents[campaign.version_id].by_number.get(text.question)
        return CommentRow(
            text.id, text.campaign_id, campaign.title, asked.text if asked else "", text.text, text.category
        )

    statement = select(SurveyText).join(SurveyCampaign, SurveyCampaign.id == SurveyText.campaign_id)
    rest = {key: value for key, value in query.filters.items() if key not in _SCOPE}
    return fetch_listing(
        ctx.session,
        statement.where(shown_texts(ctx, scope)),
        replace(query, filters=rest, sort=None),
        row,
        search=(SurveyText.text.expression,),
        filters={
            "category": lambda value: SurveyText.category == value,
            "uncategorized": lambda value: SurveyText.category == "" if value else SurveyText.category != "",
            "question": lambda value: _asks(scope, str(value)),
        },
        order=(SurveyText.id.expression,),
    )


def shown_texts(ctx: Ctx, scope: Scope) -> ColumnElement[bool]:
    """Remarks of rounds with enough valid papers."""
    rounds, _ = published_rounds(ctx, [campaign.id for campaign in scope.counted], scope.minimum)
    whole = [campaign.id for campaign in scope.counted if len(rounds.get(campaign.id, ())) == campaign.rounds]
    parts = [
        and_(SurveyText.campaign_id == campaign.id, SurveyText.round.in_(sorted(rounds[campaign.id])))
        for campaign in scope.counted
        if 0 < len(rounds.get(campaign.id, ())) < campaign.rounds
    ]
    return or_(false(), SurveyText.campaign_id.in_(whole), *parts)


def _asks(scope: Scope, code: str) -> ColumnElement[bool]:
    numbers = [
        and_(SurveyText.campaign_id == campaign.id, SurveyText.question == question.number)
        for campaign in scope.counted
        for question in scope.contents[campaign.version_id].questions
        if question.code == code
    ]
    return or_(false(), *numbers)


def comments_withheld(ctx: Ctx, where: ResultFilter) -> str:
    """What is not shown, in words; empty when nothing is withheld."""
    ctx.require(COMMENTS)
    return comments_withheld_words(ctx, read_scope(ctx, where))


def comments_withheld_words(ctx: Ctx, scope: Scope) -> str:
    """The same for a scope that has been read; it tells of papers only."""
    _, few = published_rounds(ctx, [campaign.id for campaign in scope.counted], scope.minimum)
    return f"另有 {few} 轮收卷的有效答卷不足 {scope.minimum} 份，意见原文不显示。" if few else ""


def comment_categories_known(ctx: Ctx) -> tuple[str, ...]:
    """Headings that remarks have been filed under."""
    ctx.require(COMMENTS)
    found = ctx.session.scalars(select(SurveyText.category).where(SurveyText.category != "").distinct())
    return tuple(sorted(found))


# ---------------------------------------------------------------------------------------------- 意见归类
def comment_summary(ctx: Ctx, where: ResultFilter) -> tuple[CommentCategory, ...]:
    """意见归类 of the summary (domain/3-forms.md C.17): how many remarks stand under each heading and what was done.

    A typical remark stands there only for who may read remarks, numbers in it blotted out; what became of the cases
    only for who may see them.
    """
    ctx.require(VIEW)
    scope = read_scope(ctx, where)
    counted = (
        select(SurveyText.category, func.count(), func.min(SurveyText.id))
        .where(shown_texts(ctx, scope))
        .group_by(SurveyText.category)
    )
    found = {category: (number, first) for category, number, first in ctx.session.execute(counted)}
    cases = _cases(ctx, scope) if ctx.can(SUGGESTIONS_VIEW) else {}
    firsts = select(SurveyText.id, SurveyText.text).where(SurveyText.id.in_([first for _, first in found.values()]))
    typical = {row.id: row.text for row in ctx.session.execute(firsts)} if ctx.can(COMMENTS) else {}
    rows = []
    for category in sorted({*found, *cases}, key=lambda name: (not name, -found.get(name, (0, 0))[0], name)):
        number, first = found.get(category, (0, 0))
        department, outcome = cases.get(category, ("", ""))
        rows.append(CommentCategory(category or "未归类", number, blotted(typical.get(first, "")), department, outcome))
    return tuple(rows)


def _cases(ctx: Ctx, scope: Scope) -> dict[str, tuple[str, str]]:
    """Departments and states of the 意见建议处理单 of these campaigns by category."""
    statement = (
        select(Suggestion.category, Suggestion.state, department.c.name)
        .outerjoin(department, department.c.id == Suggestion.department_id)
        .where(Suggestion.campaign_id.in_([campaign.id for campaign in scope.campaigns]))
        .order_by(Suggestion.number)
    )
    who: dict[str, dict[str, None]] = {}
    states: dict[str, dict[str, int]] = {}
    for category, state, name in ctx.session.execute(statement):
        if name:
            who.setdefault(category, {})[name] = None
        label = SuggestionState(state).label
        mine = states.setdefault(category, {})
        mine[label] = mine.get(label, 0) + 1
    return {
        category: (
            "、".join(who.get(category, ())),
            "，".join(f"{label} {number} 件" for label, number in mine.items()),
        )
        for category, mine in states.items()
    }


def blotted(text: str) -> str:
    """``text`` with every number of three digits and more blotted out: rooms and telephones tell who wrote."""
    return re.sub(r"\d{3,}", "×××", " ".join(text.split()))
