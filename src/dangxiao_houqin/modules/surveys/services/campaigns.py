"""Planning and opening campaigns, and their one-time codes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select

from dangxiao_houqin.core.columns import show
from dangxiao_houqin.core.errors import InvalidInput, NotFound, RuleViolation
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.campaigns import (
    LONGEST_TITLE,
    MOST_CODES,
    ONCE_EACH_NEEDS_CODES,
    Anonymity,
    CampaignState,
    DrawnCodes,
    SaveCampaign,
    code_hash,
    count_limit,
    default_title,
    draw_codes,
)
from dangxiao_houqin.modules.surveys.domain.questionnaires import check_content
from dangxiao_houqin.modules.surveys.domain.rules import RUN, SurveyRules
from dangxiao_houqin.modules.surveys.models import (
    Questionnaire,
    QuestionnaireVersion,
    Suggestion,
    SurveyCampaign,
    SurveyCode,
    SurveyPaper,
)

from .questionnaires import freeze_version

MOST_EXPECTED = 20_000
LONGEST_RUN = timedelta(days=400)


def save_campaign(ctx: Ctx, cmd: SaveCampaign) -> int:
    """Plan a campaign or change it; returns its id.

    Questionnaire and anonymity are fixed once it has been opened, the class once papers came.  Raises
    :class:`InvalidInput` naming the field, :class:`RuleViolation`, and :class:`Conflict` when it was changed meanwhile.
    """
    ctx.require(RUN)
    title = _checked_title(cmd)
    _check_times_and_numbers(cmd)
    if cmd.campaign_id is None:
        campaign = SurveyCampaign(state=CampaignState.DRAFT.value, rounds=0)
        taken = 0
    else:
        campaign = ctx.get(SurveyCampaign, cmd.campaign_id, version=cmd.version, lock=True)
        taken = papers_taken(ctx, campaign.id)
        _check_fixed(campaign, cmd, taken)
    if campaign.version_id != cmd.version_id:
        _check_version(ctx, cmd.version_id)
        campaign.version_id = cmd.version_id
    campaign.title = title
    _set_subject(campaign, cmd.subject)
    campaign.anonymity = cmd.anonymity.value
    campaign.opens_at, campaign.closes_at = cmd.opens_at, cmd.closes_at
    campaign.held_on = cmd.held_on or cmd.opens_at.date()
    campaign.expected = cmd.expected
    campaign.most = _limit(ctx, cmd, taken)
    campaign.note = cmd.note.strip()
    own = search_key(title[:40])[:250]
    campaign.search_key = own if cmd.subject.text in title else f"{own} {search_key(cmd.subject.text[:20])[:149]}"
    if cmd.campaign_id is None:
        ctx.add(campaign)
    return campaign.id


def open_campaign(ctx: Ctx, campaign_id: int, version: int) -> None:
    """开始测评: the questionnaire is fixed and papers are taken.

    Asks first (``surveys.few_codes``) when there are fewer codes than people.  Raises :class:`RuleViolation` without
    codes where they are asked for, and when the time to answer is over.
    """
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, version=version, lock=True)
    state = CampaignState(campaign.state)
    if state is not CampaignState.DRAFT:
        raise RuleViolation(f"“{campaign.title}”{state.label}，不用再开始；请刷新列表。")
    if campaign.closes_at <= ctx.now():
        raise RuleViolation(f"结束时间 {show(campaign.closes_at)} 已经过了，请先修改测评的结束时间。")
    if campaign.anonymity == Anonymity.CODES.value:
        drawn = ctx.session.scalar(select(func.count()).where(SurveyCode.campaign_id == campaign_id)) or 0
        if not drawn:
            raise RuleViolation(
                "这次测评要凭一次性码填写，还没有抽取一次性码；请先点“抽取一次性码”，打印纸条放进袋里，再开始测评。"
            )
        if drawn < campaign.expected:
            ctx.confirm(
                "surveys.few_codes",
                f"应收 {campaign.expected} 份，只抽取了 {drawn} 个一次性码，没有码的人不能填写。仍要开始吗？",
                hint="开始以后也可以再抽取。",
            )
    check_content(freeze_version(ctx, campaign.version_id))
    campaign.state = CampaignState.OPEN.value


def draw_campaign_codes(ctx: Ctx, campaign_id: int, number: int) -> DrawnCodes:
    """Draw ``number`` more one-time codes; only their hashes are kept, so this is the one time they can be printed.

    Raises :class:`InvalidInput` and :class:`RuleViolation`.
    """
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, lock=True)
    if campaign.anonymity != Anonymity.CODES.value:
        raise RuleViolation(f"“{campaign.title}”是自由填写，不用一次性码；要用码请先把匿名方式改成一次性码。")
    if campaign.state == CampaignState.CLOSED.value:
        raise RuleViolation(f"“{campaign.title}”已收卷，不能再抽取一次性码；要继续测评请先重新开放。")
    known = set(ctx.session.scalars(select(SurveyCode.code_hash).where(SurveyCode.campaign_id == campaign_id)))
    if number < 1:
        raise InvalidInput("要抽取的个数至少是 1。", field="number")
    if len(known) + number > MOST_CODES:
        raise InvalidInput(f"一次测评最多 {MOST_CODES} 个一次性码，已有 {len(known)} 个，请减少个数。", field="number")
    fresh: list[str] = []
    while len(fresh) < number:
        for code in draw_codes(number - len(fresh)):
            hashed = code_hash(campaign_id, code)
            if hashed not in known:
                known.add(hashed)
                fresh.append(code)
    rows = [{"campaign_id": campaign_id, "code_hash": code_hash(campaign_id, code), "used": False} for code in fresh]
    ctx.session.execute(insert(SurveyCode), sorted(rows, key=lambda row: str(row["code_hash"])))
    ctx.touched("survey_code")
    ctx.record(
        "surveys.draw_campaign_codes",
        entity="survey_campaign",
        entity_id=campaign_id,
        label=f"{campaign.title}：{number} 个",
    )
    return DrawnCodes(campaign_id, campaign.title, campaign.closes_at, tuple(fresh))


def void_codes(ctx: Ctx, campaign_id: int, codes: tuple[str, ...] | None = None) -> int:
    """Make codes useless that nobody has used: ``codes`` (whose slips were lost), or all; returns how many.

    Used ones stay, or their papers could be sent again.  Raises :class:`NotFound`.
    """
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, lock=True)
    answered = select(SurveyPaper.code_hash).where(
        SurveyPaper.campaign_id == campaign_id, SurveyPaper.code_hash.is_not(None)
    )
    unused: Any = (
        SurveyCode.campaign_id == campaign_id,
        SurveyCode.used.is_(False),
        SurveyCode.code_hash.not_in(answered),
    )
    known = set(ctx.session.scalars(select(SurveyCode.code_hash).where(*unused)))
    wanted = known if codes is None else known & {code_hash(campaign_id, code) for code in codes}
    if not wanted:
        raise NotFound(f"“{campaign.title}”没有可以作废的一次性码，用过的码不能作废。")
    ordered = sorted(wanted)
    for start in range(0, len(ordered), 500):
        # house: bulk - codes are not audited, and only their hashes are there
        gone = delete(SurveyCode).where(*unused, SurveyCode.code_hash.in_(ordered[start : start + 500]))
        ctx.session.execute(gone.execution_options(synchronize_session=False))
    ctx.touched("survey_code")
    ctx.record(
        "surveys.void_codes",
        entity="survey_campaign",
        entity_id=campaign_id,
        label=f"{campaign.title}：{len(ordered)} 个",
    )
    return len(ordered)


def delete_campaign(ctx: Ctx, campaign_id: int, version: int) -> None:
    """Delete a campaign that was never opened, with its codes.  Raises :class:`RuleViolation`."""
    ctx.require(RUN)
    campaign = ctx.get(SurveyCampaign, campaign_id, version=version, lock=True)
    if campaign.state != CampaignState.DRAFT.value:
        raise RuleViolation(f"“{campaign.title}”已经开始过，不能删除；不再需要的请收卷。")
    case = ctx.session.scalars(select(Suggestion.number).where(Suggestion.campaign_id == campaign_id)).first()
    if case is not None:
        raise RuleViolation(f"意见建议处理单 {case} 来自“{campaign.title}”，这次测评不能删除。")
    ctx.session.delete(campaign)
    ctx.touched("survey_code")


def papers_taken(ctx: Ctx, campaign_id: int) -> int:
    """Papers that came so far, in the box and counted."""
    return ctx.session.scalar(select(func.count()).where(SurveyPaper.campaign_id == campaign_id)) or 0


# -------------------------------------------------------------------------------------------------- checks
def _checked_title(cmd: SaveCampaign) -> str:
    title = cmd.title.strip() or default_title(cmd.subject.text)
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(f"标题最多 {LONGEST_TITLE} 个字，现在有 {len(title)} 个。", field="title")
    return title


def _check_times_and_numbers(cmd: SaveCampaign) -> None:
    if cmd.closes_at <= cmd.opens_at:
        raise InvalidInput("结束时间要晚于开始时间，请改正。", field="closes_on")
    if cmd.closes_at - cmd.opens_at > LONGEST_RUN:
        raise InvalidInput("一次测评最长一年多一点（400 天），请改早结束时间。", field="closes_on")
    if not 1 <= cmd.expected <= MOST_EXPECTED:
        raise InvalidInput(f"应收份数要在 1 到 {MOST_EXPECTED} 之间，它是回收率的分母。", field="expected")
    if cmd.once_each and cmd.anonymity is Anonymity.FREE:
        raise RuleViolation(ONCE_EACH_NEEDS_CODES, field="anonymity")


def _check_version(ctx: Ctx, version_id: int) -> None:
    version = ctx.session.get(QuestionnaireVersion, version_id)
    if version is None:
        raise InvalidInput("选的问卷已被删除，请重新选择。", field="version_id")
    questionnaire = ctx.get(Questionnaire, version.questionnaire_id)
    if questionnaire.retired:
        raise RuleViolation(f"问卷“{questionnaire.name}”已停用，请选别的问卷，或先恢复使用。", field="version_id")


def _check_fixed(campaign: SurveyCampaign, cmd: SaveCampaign, taken: int) -> None:
    if campaign.state != CampaignState.DRAFT.value:
        if campaign.version_id != cmd.version_id:
            raise RuleViolation("测评已经开始，不能换问卷；要换请收卷后另建一次测评。", field="version_id")
        if campaign.anonymity != cmd.anonymity.value:
            raise RuleViolation("测评已经开始，不能改匿名方式；要改请收卷后另建一次测评。", field="anonymity")
    before = (campaign.subject_kind, campaign.subject_id, campaign.subject_text)
    if taken and before != (cmd.subject.kind, cmd.subject.id, cmd.subject.text):
        raise RuleViolation(f"已收到 {taken} 份答卷，不能改成另一个班次；填错了请收卷后另建一次测评。", field="subject")


def _set_subject(campaign: SurveyCampaign, subject: Subject) -> None:
    campaign.subject_kind, campaign.subject_id = subject.kind, subject.id
    campaign.subject_text, campaign.class_kind = subject.text[:120], subject.class_kind[:40]


def _limit(ctx: Ctx, cmd: SaveCampaign, taken: int) -> int | None:
    """Most papers of a free campaign; with codes each code is its own limit."""
    if cmd.anonymity is Anonymity.CODES:
        return None
    limit = cmd.limit
    if limit is None:
        limit = max(count_limit(cmd.expected, ctx.settings(SurveyRules).extra_percent), taken)
    if limit < taken:
        raise RuleViolation(f"已收到 {taken} 份答卷，份数上限不能比它小。", field="limit")
    if limit < 1:
        raise InvalidInput("份数上限至少是 1；留空则按应收份数自动算。", field="limit")
    return limit
