"""Remarks in people's own words: apart from figures, in random order, and only of rounds with enough valid papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import EVERYTHING, CommentRow, ResultFilter
from dangxiao_houqin.modules.surveys.domain.rules import COMMENTS
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyText

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
    scope = read_scope(ctx, where)
    _, few = published_rounds(ctx, [campaign.id for campaign in scope.counted], scope.minimum)
    return f"另有 {few} 轮收卷的有效答卷不足 {scope.minimum} 份，意见原文不显示。" if few else ""


def comment_categories_known(ctx: Ctx) -> tuple[str, ...]:
    """Headings that remarks have been filed under."""
    ctx.require(COMMENTS)
    found = ctx.session.scalars(select(SurveyText.category).where(SurveyText.category != "").distinct())
    return tuple(sorted(found))
