"""Rows in every table of surveys, some of them awkward, written straight through the models (all invented)."""

from __future__ import annotations

from datetime import date, timedelta

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.campaigns import code_hash, draw_codes
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.models import (
    EntryBatch,
    EntrySheet,
    HistoryFigure,
    Questionnaire,
    QuestionnaireVersion,
    Suggestion,
    SurveyCampaign,
    SurveyChoice,
    SurveyCode,
    SurveyPaper,
    SurveyRating,
    SurveyResponse,
    SurveyText,
)

DAY = date(2026, 3, 6)
LARGEST_ID = 2**63 - 1
"""Numbers of responses are drawn from 63 bits."""


def fill_surveys(ctx: Ctx, *, department_id: int, user_id: int, other_id: int, class_id: int) -> None:
    """A frozen version asked in two campaigns: one counted, one open with papers in its box; a batch; a case."""
    questions = (
        Question(1, "clean", "房间清洁程度（含𬱖字）"),
        Question(2, "more", "最需改进", QuestionKind.MULTIPLE, options=("住宿", "餐饮"), limit=2),
        Question(3, "remarks", "意见建议", QuestionKind.TEXT, required=False),
    )
    levels = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
    content = Content("满意度'测评\"表", levels, (QuestionGroup("lodging", "住宿", questions),))
    questionnaire = ctx.add(Questionnaire(name="后勤服务满意度", note="一行\n两行"))
    version = ctx.add(
        QuestionnaireVersion(questionnaire_id=questionnaire.id, number=1, frozen=True, content=content.to_plain())
    )
    counted = _campaign(ctx, version.id, class_id, "closed")
    _results(ctx, counted.id)
    opened = _campaign(ctx, version.id, class_id, "open", anonymity="codes")
    codes = draw_codes(3)
    hashes = [code_hash(opened.id, code) for code in codes]
    ctx.session.add_all(SurveyCode(campaign_id=opened.id, code_hash=each, used=each == hashes[2]) for each in hashes)
    ctx.session.flush()
    answers = Answers({1: 5}, {2: (1, 2)}, {3: "钱㛃说：“好”🙂\n第二行"}).dump()
    for number, (text, hashed) in enumerate(((answers, hashes[0]), (None, None))):  # in the box; a receipt
        ctx.session.add(
            SurveyPaper(paper_id=f"{number:032x}", campaign_id=opened.id, day=DAY, answers=text, code_hash=hashed)
        )
    batch = ctx.add(
        EntryBatch(campaign_id=opened.id, sheets=2, day=DAY, state="first", first_id=user_id, second_id=other_id)
    )
    ctx.session.add(EntrySheet(batch_id=batch.id, sheet=1, turn=1, answers=answers))
    ctx.add(
        HistoryFigure(
            year=2014, group_key="lodging", group_title="住宿", own=False, source="他校公开值", rate_bp=9600, note="𬱖"
        )
    )
    ctx.add(
        Suggestion(
            number="YJ-2026-0001",
            source="survey",
            campaign_id=counted.id,
            question=1,
            received_on=DAY,
            first_contact="欧阳 娜娜",
            content="热水'不\"稳定\n",
            department_id=department_id,
            handler_id=user_id,
            due_on=DAY + timedelta(5),
            state="assigned",
        )
    )


def _campaign(ctx: Ctx, version_id: int, class_id: int, state: str, *, anonymity: str = "free") -> SurveyCampaign:
    return ctx.add(
        SurveyCampaign(
            title=f"王𬱖班满意度{state}",
            version_id=version_id,
            subject_kind="training_class",
            subject_id=class_id,
            subject_text="王𬱖班",
            class_kind="主体班",
            anonymity=anonymity,
            opens_at=ctx.now() - timedelta(hours=1),
            closes_at=ctx.now() + timedelta(hours=2),
            held_on=DAY,
            expected=40,
            state=state,
            rounds=1 if state == "closed" else 0,
        )
    )


def _results(ctx: Ctx, campaign_id: int) -> None:
    for number in (LARGEST_ID, 7):
        ctx.session.add(
            SurveyResponse(id=number, campaign_id=campaign_id, round=1, day=DAY, valid=number == LARGEST_ID)
        )
    ctx.session.flush()
    mine = {"campaign_id": campaign_id, "response_id": LARGEST_ID, "round": 1, "counted": True}
    ctx.session.add_all(
        (
            SurveyRating(**mine, question=1, value=0),
            SurveyChoice(**mine, question=2, option=2),
            SurveyText(id=LARGEST_ID, campaign_id=campaign_id, question=3, round=1, text="床𬱖\n软", category="住宿"),
        )
    )
    ctx.session.flush()
