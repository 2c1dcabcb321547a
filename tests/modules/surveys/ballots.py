"""A small open campaign and papers for it, for tests of the ballot box and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import Answers, FinishedPaper, new_paper_id
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState, code_hash, draw_codes
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionGroup, QuestionKind
from dangxiao_houqin.modules.surveys.models import Questionnaire, QuestionnaireVersion, SurveyCampaign, SurveyCode

LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")


def small_content() -> Content:
    """Two groups: three ratings, a yes/no, a multiple choice and a text."""
    lodging = (Question(1, "clean", "房间清洁程度"), Question(2, "quiet", "安静与安全管理"))
    meals = (
        Question(3, "taste", "菜品口味"),
        Question(4, "recommend", "是否愿意推荐", QuestionKind.YES_NO),
        Question(5, "improve", "最需改进", QuestionKind.MULTIPLE, options=("住宿", "餐饮", "教学"), limit=2),
        Question(6, "remarks", "意见建议", QuestionKind.TEXT, required=False),
    )
    return Content(
        "后勤服务满意度测评表",
        LEVELS,
        (QuestionGroup("lodging", "住宿", lodging), QuestionGroup("canteen", "餐饮", meals)),
    )


def add_campaign(
    ctx: Ctx,
    *,
    content: Content | None = None,
    anonymity: Anonymity = Anonymity.FREE,
    most: int | None = None,
    expected: int = 50,
    state: CampaignState = CampaignState.OPEN,
    title: str = "中青班测评",
    subject: tuple[str, int | None, str, str] = ("training_class", 1, "2026年秋季中青班", "主体班"),
    held_on: date | None = None,
) -> SurveyCampaign:
    """A campaign of today, written straight into the tables."""
    questionnaire = ctx.add(Questionnaire(name=f"问卷{new_paper_id()[:6]}"))
    plain = (content or small_content()).to_plain()
    version = ctx.add(QuestionnaireVersion(questionnaire_id=questionnaire.id, number=1, content=plain, frozen=True))
    now: datetime = ctx.now()
    kind, number, text, class_kind = subject
    return ctx.add(
        SurveyCampaign(
            title=title,
            version_id=version.id,
            subject_kind=kind,
            subject_id=number,
            subject_text=text,
            class_kind=class_kind,
            anonymity=anonymity.value,
            opens_at=now - timedelta(hours=1),
            closes_at=now + timedelta(hours=3),
            held_on=held_on or ctx.today(),
            expected=expected,
            most=most,
            state=state.value,
        )
    )


def add_codes(ctx: Ctx, campaign_id: int, number: int) -> tuple[str, ...]:
    """One-time codes of a campaign."""
    codes = draw_codes(number)
    ctx.session.add_all(SurveyCode(campaign_id=campaign_id, code_hash=code_hash(campaign_id, code)) for code in codes)
    ctx.session.flush()
    return codes


def paper(
    campaign_id: int,
    day: date,
    ratings: Mapping[int, int] | None = None,
    *,
    code: str = "",
    text: str = "",
    paper_id: str = "",
) -> FinishedPaper:
    """A paper of :func:`small_content`; by default everything is 满意."""
    answers = Answers(
        dict(ratings) if ratings is not None else {1: 4, 2: 4, 3: 4},
        {4: (1,), 5: (1, 2)},
        {6: text} if text else {},
    )
    return FinishedPaper(paper_id or new_paper_id(), campaign_id, day, answers, code)
