"""Reads about campaigns: the list with what came in, one, and what the form offers.

Of papers in the box only their number is read, here and everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.subjects import Subject, SubjectAnswer, SubjectsAsked
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.campaigns import (
    Anonymity,
    CampaignForm,
    CampaignRow,
    CampaignState,
    VersionChoice,
)
from dangxiao_houqin.modules.surveys.domain.entry import BatchState
from dangxiao_houqin.modules.surveys.domain.rules import EDIT, ENTER, KIOSK, RUN, VIEW, SurveyRules
from dangxiao_houqin.modules.surveys.models import (
    EntryBatch,
    Questionnaire,
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyCode,
    SurveyPaper,
    SurveyResponse,
)

from .questionnaires import find_versions

SEE = (RUN, ENTER, VIEW, EDIT, KIOSK)
"""Rights of which each one shows the list of campaigns."""


def _require(ctx: Ctx) -> None:
    if not any(ctx.can(permission) for permission in SEE):
        ctx.require(SEE[0])


def _count(model: Any, *conditions: Any) -> Any:
    return (
        select(func.count())
        .select_from(model)
        .where(model.campaign_id == SurveyCampaign.id, *conditions)
        .correlate(SurveyCampaign)
        .scalar_subquery()
    )


def _campaigns() -> AnySelect:
    answered = (
        select(SurveyPaper.paper_id)
        .where(SurveyPaper.campaign_id == SurveyCode.campaign_id, SurveyPaper.code_hash == SurveyCode.code_hash)
        .exists()
    )
    return (
        select(
            SurveyCampaign,
            Questionnaire.name.label("questionnaire"),
            QuestionnaireVersion.number.label("number"),
            _count(SurveyPaper, SurveyPaper.answers.is_not(None)).label("boxed"),
            _count(SurveyResponse).label("collected"),
            _count(SurveyResponse, SurveyResponse.valid.is_(True)).label("valid"),
            _count(SurveyCode).label("codes"),
            _count(SurveyCode, SurveyCode.used.is_(True) | answered).label("codes_used"),
            _count(EntryBatch, EntryBatch.state != BatchState.DONE.value).label("batches"),
        )
        .join(QuestionnaireVersion, QuestionnaireVersion.id == SurveyCampaign.version_id)
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
    )


def list_campaigns(ctx: Ctx, query: ListQuery) -> Listing[CampaignRow]:
    """Campaigns, those still running first, then the latest.

    Searched: title and class (also by pinyin), questionnaire, note.  Filters: ``state`` (draft | open | closed |
    late: open beyond its time), ``anonymity``, ``year``, ``subject`` (``class`` or ``school``), ``id``.
    """
    _require(ctx)
    received = _count(SurveyPaper)
    running = case((SurveyCampaign.state == CampaignState.CLOSED.value, 1), else_=0)
    return fetch_listing(
        ctx.session,
        _campaigns(),
        query,
        lambda found: _row(ctx, found),
        search=(
            SurveyCampaign.search_key.expression,
            SurveyCampaign.title.expression,
            SurveyCampaign.subject_text.expression,
            SurveyCampaign.note.expression,
            Questionnaire.name.expression,
        ),
        filters={
            "state": lambda value: _state_filter(ctx, value),
            "anonymity": lambda value: SurveyCampaign.anonymity == str(value),
            "year": lambda value: SurveyCampaign.held_on.between(date(int(value), 1, 1), date(int(value), 12, 31)),
            "subject": lambda value: (
                SurveyCampaign.subject_text != "" if value == "class" else SurveyCampaign.subject_text == ""
            ),
            "id": lambda value: SurveyCampaign.id == int(value),
        },
        sorts={
            "title": SurveyCampaign.title.expression,
            "subject": SurveyCampaign.subject_text.expression,
            "questionnaire": Questionnaire.name.expression,
            "state": SurveyCampaign.state.expression,
            "anonymity": SurveyCampaign.anonymity.expression,
            "held_on": SurveyCampaign.held_on.expression,
            "opens_at": SurveyCampaign.opens_at.expression,
            "closes_at": SurveyCampaign.closes_at.expression,
            "expected": SurveyCampaign.expected.expression,
            "received": received,
            "rate": received * 1.0 / func.nullif(SurveyCampaign.expected, 0),
        },
        order=(running, SurveyCampaign.opens_at.desc(), SurveyCampaign.id.desc()),
    )


def _state_filter(ctx: Ctx, value: object) -> ColumnElement[bool]:
    if value == "late":
        return (SurveyCampaign.state == CampaignState.OPEN.value) & (SurveyCampaign.closes_at <= ctx.now())
    return SurveyCampaign.state == str(value)


def get_campaign(ctx: Ctx, campaign_id: int) -> CampaignRow:
    """One campaign; raises :class:`NotFound`."""
    _require(ctx)
    found = ctx.session.execute(_campaigns().where(SurveyCampaign.id == campaign_id)).one_or_none()
    if found is None:
        raise NotFound("这次测评不存在或已被删除，请刷新列表。")
    return _row(ctx, found)


def _row(ctx: Ctx, found: Any) -> CampaignRow:
    campaign: SurveyCampaign = found[0]
    return CampaignRow(
        id=campaign.id,
        version=campaign.version,
        title=campaign.title,
        subject=Subject(campaign.subject_kind, campaign.subject_id, campaign.subject_text, campaign.class_kind),
        questionnaire=f"{found.questionnaire}（第 {found.number} 版）",
        version_id=campaign.version_id,
        anonymity=Anonymity(campaign.anonymity),
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        held_on=campaign.held_on,
        expected=campaign.expected,
        limit=campaign.most,
        boxed=found.boxed,
        collected=found.collected,
        valid=found.valid,
        rounds=campaign.rounds,
        state=CampaignState(campaign.state),
        codes=found.codes,
        codes_used=found.codes_used,
        batches=found.batches,
        note=campaign.note,
        seen_at=ctx.now(),
    )


def campaign_form(ctx: Ctx, campaign_id: int | None = None) -> CampaignForm:
    """What the form of a campaign offers; the version it asks already is among the choices whatever became of it."""
    ctx.require(RUN)
    choices = [VersionChoice(row.id, f"{row.name}（第 {row.number} 版）") for row in find_versions(ctx, limit=200)]
    if campaign_id is not None:
        own = get_campaign(ctx, campaign_id)
        if own.version_id not in {choice.id for choice in choices}:
            choices.insert(0, VersionChoice(own.version_id, own.questionnaire))
    return CampaignForm(ctx.now(), tuple(choices), ctx.settings(SurveyRules).extra_percent)


def find_classes(ctx: Ctx, text: str, limit: int = 20) -> tuple[SubjectAnswer, ...]:
    """Classes that match ``text``, the latest first."""
    ctx.require(RUN)
    answers: list[SubjectAnswer] = []
    ctx.publish(SubjectsAsked(text.strip(), limit, answers))
    return tuple(answers[:limit])


def find_campaigns(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Campaigns by title or class for the search for anything."""
    if not any(ctx.can(permission) for permission in SEE):
        return ()
    return [
        Found(
            row.title,
            f"满意度测评 · {row.pill.text} · 收到 {row.received} / 应收 {row.expected}",
            Ref("survey_campaign", row.id),
            "clipboard-check",
        )
        for row in list_campaigns(ctx, ListQuery(search=text, limit=limit)).rows
    ]
