"""Opening the ballot box: papers become answers in random order, and what could tie them to a moment is gone.

Figures exist only from here on, so nobody can watch them change with each paper.  Each opening is a round; a round of
fewer than the smallest sample waits for the next one to join it, because nothing of it has been shown.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select, update

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import Answers, check_answers, is_valid, readable
from dangxiao_houqin.modules.surveys.domain.campaigns import CAMPAIGN_MOVES, CampaignState, Collected
from dangxiao_houqin.modules.surveys.domain.entry import BatchState
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import RUN, SMALLEST_SAMPLE, SurveyRules
from dangxiao_houqin.modules.surveys.models import (
    EntryBatch,
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyChoice,
    SurveyCode,
    SurveyPaper,
    SurveyRating,
    SurveyResponse,
    SurveyText,
)
from dangxiao_houqin.modules.surveys.queries.low_scores import low_questions

from .suggestions import raise_low_scores

_PART = 1000


def count_so_far(ctx: Ctx, campaign_id: int, version: int) -> Collected:
    """Open the box of a campaign that goes on (a survey that runs all year).

    Raises :class:`RuleViolation` while fewer papers lie in it than may be shown.
    """
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, version=version, lock=True)
    if campaign.state != CampaignState.OPEN.value:
        raise RuleViolation(f"“{campaign.title}”没有在测评，不能统计；请刷新列表。")
    least = ctx.settings(SurveyRules).minimum
    lying = ctx.session.scalar(select(func.count()).where(*_in_the_box(campaign_id))) or 0
    if lying < least:
        raise RuleViolation(f"票箱里只有 {lying} 份答卷，至少要有 {least} 份才能阶段收卷，以免认出是谁填的。")
    return _open_box(ctx, campaign)


def close_campaign(ctx: Ctx, campaign_id: int, version: int) -> Collected:
    """收卷: no paper is taken any more, and the box is opened.

    Asks first (``surveys.few``) when the new papers are fewer than may be shown, and (``surveys.stacks_left``) while
    paper answers are not entered to the end.  Questions below the office's line become cases of 意见建议, each once.
    Raises :class:`RuleViolation`.
    """
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, version=version, lock=True)
    _move(campaign, CampaignState.CLOSED)
    least = ctx.settings(SurveyRules).minimum
    lying = ctx.session.scalar(select(func.count()).where(*_in_the_box(campaign_id))) or 0
    waiting = _left_over(ctx, campaign)
    if lying + waiting < least and (lying or not campaign.rounds):
        came = f"上次收卷以后只收到 {lying} 份答卷" if campaign.rounds else f"只收到 {lying} 份答卷"
        ctx.confirm(
            "surveys.few",
            f"“{campaign.title}”{came}，不足 {least} 份，收卷后{'这几份的' if campaign.rounds else ''}结果不会显示。"
            "仍要收卷吗？",
            hint="测评还可以继续，等人数够了再收卷。",
        )
    unfinished = EntryBatch.campaign_id == campaign_id, EntryBatch.state != BatchState.DONE.value
    left = ctx.session.scalar(select(func.count()).where(*unfinished)) or 0
    if left:
        ctx.confirm(
            "surveys.stacks_left",
            f"还有 {left} 摞纸质答卷没有录完，收卷后它们不能再投入票箱，也不计入结果。仍要收卷吗？",
            hint="请先到“录入纸质答卷”把它们录完或作废。",
        )
    collected = _open_box(ctx, campaign)
    raised = raise_low_scores(ctx, campaign_id, low_questions(ctx, campaign_id))
    return replace(collected, raised=len(raised))


def reopen_campaign(ctx: Ctx, campaign_id: int, version: int) -> None:
    """Take papers again, for instance those that a kiosk could not send in time.  Raises :class:`RuleViolation`."""
    ctx.require(RUN)
    _move(ctx.get(SurveyCampaign, campaign_id, version=version, lock=True), CampaignState.OPEN)


def _move(campaign: SurveyCampaign, target: CampaignState) -> None:
    now = CampaignState(campaign.state)
    if target not in CAMPAIGN_MOVES[now]:
        raise RuleViolation(f"“{campaign.title}”{now.label}，不能这样操作；请刷新列表。")
    campaign.state = target.value


def _in_the_box(campaign_id: int) -> tuple[Any, ...]:
    return SurveyPaper.campaign_id == campaign_id, SurveyPaper.answers.is_not(None)


def _open_box(ctx: Ctx, campaign: SurveyCampaign) -> Collected:
    version = ctx.get(QuestionnaireVersion, campaign.version_id)
    content, percent = Content.from_plain(version.content), ctx.settings(SurveyRules).valid_percent
    lying = list(ctx.session.execute(select(SurveyPaper.day, SurveyPaper.answers).where(*_in_the_box(campaign.id))))
    secrets.SystemRandom().shuffle(lying)
    number = _round(ctx, campaign)
    rows = _Rows(campaign.id, number)
    for day, text in lying:
        rows.add(content, str(text), day, percent)
    rows.write(ctx)
    used = select(SurveyPaper.code_hash).where(*_in_the_box(campaign.id), SurveyPaper.code_hash.is_not(None))
    ctx.session.execute(
        update(SurveyCode)  # house: bulk - not audited, so that no code is tied to a moment
        .where(SurveyCode.campaign_id == campaign.id, SurveyCode.code_hash.in_(used))
        .values(used=True)
        .execution_options(synchronize_session=False)
    )
    ctx.session.execute(
        update(SurveyPaper)  # house: bulk - not audited, so that no paper is tied to a moment
        .where(*_in_the_box(campaign.id))
        .values(answers=None, code_hash=None)
        .execution_options(synchronize_session=False)
    )
    campaign.rounds = number
    ctx.session.flush()
    ctx.touched("survey_paper", "survey_response", "survey_rating", "survey_choice", "survey_text", "survey_code")
    return Collected(campaign.id, number, len(lying), sum(1 for row in rows.responses if row["valid"]))


def _round(ctx: Ctx, campaign: SurveyCampaign) -> int:
    """The round for what is in the box: a new one, or the last while it is too small for anything to be shown."""
    return (
        campaign.rounds if campaign.rounds and _in_last_round(ctx, campaign) < SMALLEST_SAMPLE else campaign.rounds + 1
    )


def _in_last_round(ctx: Ctx, campaign: SurveyCampaign) -> int:
    mine = SurveyResponse.campaign_id == campaign.id, SurveyResponse.round == campaign.rounds
    return ctx.session.scalar(select(func.count()).where(*mine)) or 0


def _left_over(ctx: Ctx, campaign: SurveyCampaign) -> int:
    """Papers of a last round too small to be shown, which the next opening joins."""
    counted = _in_last_round(ctx, campaign)
    return counted if counted < SMALLEST_SAMPLE else 0


class _Rows:
    """The rows of one opening, each with a number drawn at random."""

    def __init__(self, campaign_id: int, number: int) -> None:
        self.campaign_id = campaign_id
        self.round = number
        self.responses: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.choices: list[dict[str, Any]] = []
        self.texts: list[dict[str, Any]] = []

    def add(self, content: Content, text: str, day: object, percent: int) -> None:
        """One paper; what a foreign client may have put in and nobody can read counts as an invalid paper."""
        try:
            answers = Answers.load(text)
            check_answers(content, answers)
            valid = is_valid(content, answers, percent)
        except InvalidInput:
            answers, valid = Answers(), False
        response = secrets.randbits(63)
        here = {"campaign_id": self.campaign_id, "round": self.round}
        self.responses.append({**here, "id": response, "day": day, "valid": valid})
        mine = {**here, "response_id": response, "counted": valid}
        self.ratings += [{**mine, "question": number, "value": score} for number, score in answers.ratings.items()]
        self.choices += [
            {**mine, "question": number, "option": option}
            for number, chosen in answers.choices.items()
            for option in chosen
        ]
        self.texts += [
            {**here, "id": secrets.randbits(63), "question": number, "text": words}
            for number, words in ((number, readable(said)) for number, said in answers.texts.items())
            if words
        ]

    def write(self, ctx: Ctx) -> None:
        """Responses first, then what hangs on them; texts in an order of their own."""
        secrets.SystemRandom().shuffle(self.texts)
        for model, rows in (
            (SurveyResponse, self.responses),
            (SurveyRating, self.ratings),
            (SurveyChoice, self.choices),
            (SurveyText, self.texts),
        ):
            for start in range(0, len(rows), _PART):
                ctx.session.execute(insert(model), rows[start : start + _PART])
