"""Campaigns: planned, refused with the reason, opened once, and codes nobody can print again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import Conflict, InvalidInput, NeedsConfirmation, NotFound, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.columns.campaigns import CAMPAIGN_COLUMNS
from dangxiao_houqin.modules.surveys.domain.campaigns import (
    Anonymity,
    CampaignRow,
    CampaignState,
    SaveCampaign,
    code_hash,
)
from dangxiao_houqin.modules.surveys.domain.rules import ENTER, RUN
from dangxiao_houqin.modules.surveys.models import (
    Questionnaire,
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyCode,
    SurveyPaper,
)
from dangxiao_houqin.modules.surveys.queries.campaigns import (
    campaign_form,
    find_campaigns,
    get_campaign,
    list_campaigns,
)
from dangxiao_houqin.modules.surveys.queries.kiosk import open_surveys

from .ballots import add_campaign, add_codes, paper, small_content

Unit = Callable[..., AbstractContextManager[Ctx]]
CLASS = Subject("training_class", 7, "2026年春季科级干部进修班", "主体班")
OPENS = datetime(2026, 3, 2, 7, 0, tzinfo=CHINA)


def version(ctx: Ctx, *, frozen: bool = False) -> int:
    """A questionnaire that campaigns may ask."""
    questionnaire = ctx.add(Questionnaire(name="后勤服务满意度问卷"))
    plain = small_content().to_plain()
    made = QuestionnaireVersion(questionnaire_id=questionnaire.id, number=1, content=plain, frozen=frozen)
    return ctx.add(made).id


def plan(ctx: Ctx, version_id: int, **options: object) -> SaveCampaign:
    """A campaign of one class on one day."""
    values: dict[str, object] = {
        "title": "",
        "version_id": version_id,
        "opens_at": OPENS,
        "closes_at": OPENS + timedelta(hours=10),
        "expected": 45,
        "subject": CLASS,
        **options,
    }
    return SaveCampaign(**values)  # type: ignore[arg-type]


def draft(unit: Unit, **options: object) -> int:
    with unit() as ctx:
        return services.save_campaign(ctx, plan(ctx, version(ctx), **options))


def row(unit: Unit, campaign_id: int) -> CampaignRow:
    with unit(read_only=True) as ctx:
        return get_campaign(ctx, campaign_id)


def open_it(unit: Unit, campaign_id: int, **options: object) -> None:
    with unit(**options) as ctx:
        services.open_campaign(ctx, campaign_id, ctx.get(SurveyCampaign, campaign_id).version)


# ------------------------------------------------------------------------------------------------- planning
def test_a_campaign_of_a_class_gets_its_title_limit_and_day(unit: Unit) -> None:
    found = row(unit, draft(unit))
    assert found.title == "2026年春季科级干部进修班后勤服务满意度测评"
    assert found.limit == 48, "45 and five percent, rounded up"
    assert found.held_on == date(2026, 3, 2)
    assert (found.state, found.pill.text) == (CampaignState.DRAFT, "未开始")
    assert row(unit, draft_of_school(unit)).title == "后勤服务满意度测评"


def draft_of_school(unit: Unit) -> int:
    with unit() as ctx:
        used = ctx.session.scalars(select(QuestionnaireVersion.id)).first()
        assert used is not None
        return services.save_campaign(ctx, plan(ctx, used, subject=Subject()))


@pytest.mark.parametrize(
    ("options", "field", "words"),
    (
        ({"closes_at": OPENS}, "closes_on", "晚于开始时间"),
        ({"closes_at": OPENS + timedelta(days=500)}, "closes_on", "400 天"),
        ({"expected": 0}, "expected", "应收份数"),
        ({"limit": 0}, "limit", "至少是 1"),
        ({"title": "测" * 101}, "title", "最多 100 个字"),
        ({"once_each": True}, "anonymity", "改用一次性码"),
        ({"version_id": 999}, "version_id", "重新选择"),
    ),
)
def test_what_cannot_be_is_refused_at_its_field(unit: Unit, options: dict[str, object], field: str, words: str) -> None:
    with pytest.raises((InvalidInput, RuleViolation), match=words) as caught, unit() as ctx:
        services.save_campaign(ctx, replace(plan(ctx, version(ctx)), **options))  # type: ignore[arg-type]
    assert caught.value.field == field


def test_one_paper_each_is_possible_with_codes_only(unit: Unit) -> None:
    """Anonymous and once each contradict one another without a bag of codes."""
    found = row(unit, draft(unit, once_each=True, anonymity=Anonymity.CODES))
    assert found.anonymity is Anonymity.CODES
    assert found.limit is None, "each code is its own limit"


def test_a_retired_questionnaire_is_not_asked_anew(unit: Unit) -> None:
    with unit() as ctx:
        wanted = version(ctx)
        ctx.get(Questionnaire, ctx.get(QuestionnaireVersion, wanted).questionnaire_id).retired = True
    with pytest.raises(RuleViolation, match="已停用"), unit() as ctx:
        services.save_campaign(ctx, plan(ctx, wanted))


def test_what_has_begun_keeps_questionnaire_anonymity_and_class(unit: Unit) -> None:
    campaign_id = draft(unit)
    with unit() as ctx:
        other = version_of_another_name(ctx)
        campaign = ctx.get(SurveyCampaign, campaign_id)
        changed = plan(ctx, other, campaign_id=campaign_id, version=campaign.version)
        services.save_campaign(ctx, changed)
    open_it(unit, campaign_id)
    with unit(read_only=True) as ctx:
        found = ctx.get(SurveyCampaign, campaign_id)
        same = plan(ctx, found.version_id, campaign_id=campaign_id, version=found.version)
    for wrong, words in (
        (replace(same, version_id=other - 1), "不能换问卷"),
        (replace(same, anonymity=Anonymity.CODES), "不能改匿名方式"),
    ):
        with pytest.raises(RuleViolation, match=words), unit() as ctx:
            services.save_campaign(ctx, wrong)
    with unit() as ctx:
        for _ in range(3):
            services.submit_paper(ctx, paper(campaign_id, ctx.today()))
    for wrong, words in (
        (replace(same, subject=Subject("training_class", 8, "别的班", "专题班")), "已收到 3 份"),
        (replace(same, limit=2), "上限不能比它小"),
    ):
        with pytest.raises(RuleViolation, match=words), unit() as ctx:
            services.save_campaign(ctx, wrong)
    with unit() as ctx:
        services.save_campaign(ctx, replace(same, limit=3, closes_at=same.closes_at + timedelta(days=1)))
    assert row(unit, campaign_id).limit == 3
    with pytest.raises(Conflict), unit() as ctx:
        services.save_campaign(ctx, same)


def version_of_another_name(ctx: Ctx) -> int:
    questionnaire = ctx.add(Questionnaire(name="简短问卷"))
    plain = small_content().to_plain()
    return ctx.add(QuestionnaireVersion(questionnaire_id=questionnaire.id, number=1, content=plain, frozen=False)).id


# -------------------------------------------------------------------------------------------------- opening
def test_opening_fixes_the_questionnaire_and_the_kiosk_offers_it(unit: Unit) -> None:
    campaign_id = draft(unit)
    open_it(unit, campaign_id)
    with unit(read_only=True) as ctx:
        campaign = ctx.get(SurveyCampaign, campaign_id)
        assert ctx.get(QuestionnaireVersion, campaign.version_id).frozen
        (offered,) = open_surveys(ctx)
        assert offered.offered_at(ctx.now())
        assert offered.subject == CLASS.text
    with pytest.raises(RuleViolation, match="不用再开始"):
        open_it(unit, campaign_id)


def test_a_campaign_whose_time_is_over_is_not_opened(unit: Unit) -> None:
    campaign_id = draft(unit, opens_at=OPENS - timedelta(days=2), closes_at=OPENS - timedelta(days=1))
    with pytest.raises(RuleViolation, match="已经过了"):
        open_it(unit, campaign_id)


def test_without_codes_a_campaign_of_codes_says_what_to_do(unit: Unit) -> None:
    campaign_id = draft(unit, anonymity=Anonymity.CODES)
    with pytest.raises(RuleViolation, match="请先点“抽取一次性码”"):
        open_it(unit, campaign_id)
    with unit() as ctx:
        services.draw_campaign_codes(ctx, campaign_id, 10)
    with pytest.raises(NeedsConfirmation, match="只抽取了 10 个"):
        open_it(unit, campaign_id)
    open_it(unit, campaign_id, confirmed=frozenset({"surveys.few_codes"}))
    assert row(unit, campaign_id).state is CampaignState.OPEN


def test_only_a_draft_is_deleted(unit: Unit) -> None:
    campaign_id = draft(unit, anonymity=Anonymity.CODES)
    with unit() as ctx:
        services.draw_campaign_codes(ctx, campaign_id, 5)
    with unit() as ctx:
        services.delete_campaign(ctx, campaign_id, ctx.get(SurveyCampaign, campaign_id).version)
    with pytest.raises(NotFound):
        row(unit, campaign_id)
    with unit() as ctx:
        assert ctx.session.scalars(select(SurveyCode)).all() == []
        begun = add_campaign(ctx)
    with pytest.raises(RuleViolation, match="不能删除"), unit() as ctx:
        services.delete_campaign(ctx, begun.id, begun.version)


# ---------------------------------------------------------------------------------------------------- codes
def test_codes_are_drawn_again_and_again_and_only_hashes_stay(unit: Unit) -> None:
    campaign_id = draft(unit, anonymity=Anonymity.CODES)
    with unit() as ctx:
        first = services.draw_campaign_codes(ctx, campaign_id, 30)
    with unit() as ctx:
        second = services.draw_campaign_codes(ctx, campaign_id, 20)
    codes = first.codes + second.codes
    assert len(set(codes)) == 50
    assert list(first.codes) != sorted(first.codes), "in no order"
    with unit(read_only=True) as ctx:
        stored = set(ctx.session.scalars(select(SurveyCode.code_hash)))
        assert stored == {code_hash(campaign_id, code) for code in codes}
        kept = "".join(str(entry.changes) + entry.label for entry in ctx.session.scalars(select(AuditEntry)))
        assert not any(code in kept for code in codes)
        assert "20 个" in kept
    for number, words in ((0, "至少是 1"), (1951, "最多 2000 个")):
        with pytest.raises(InvalidInput, match=words), unit() as ctx:
            services.draw_campaign_codes(ctx, campaign_id, number)


def test_slips_that_were_never_printed_are_voided_and_used_codes_stay(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        counted, boxed, *_rest = add_codes(ctx, campaign.id, 6)
        services.submit_paper(ctx, paper(campaign.id, ctx.today(), code=counted))
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        services.close_campaign(ctx, campaign.id, campaign.version)
    with unit() as ctx:
        services.reopen_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
        services.submit_paper(ctx, paper(campaign.id, ctx.today(), code=boxed))
        lost = services.draw_campaign_codes(ctx, campaign.id, 4)
    assert (row(unit, campaign.id).codes, row(unit, campaign.id).codes_used) == (10, 2)
    with unit() as ctx:
        assert services.void_codes(ctx, campaign.id, (*lost.codes, boxed)) == 4, "the used one stays"
    with unit() as ctx:
        assert services.void_codes(ctx, campaign.id) == 4
        kept = set(ctx.session.scalars(select(SurveyCode.code_hash)))
        assert kept == {code_hash(campaign.id, code) for code in (counted, boxed)}
        assert len(ctx.session.scalars(select(SurveyPaper)).all()) == 2
    with pytest.raises(NotFound, match="没有可以作废"), unit() as ctx:
        services.void_codes(ctx, campaign.id)


def test_codes_are_for_campaigns_of_codes_that_still_run(unit: Unit) -> None:
    free = draft(unit)
    with unit() as ctx:
        closed = add_campaign(ctx, anonymity=Anonymity.CODES, state=CampaignState.CLOSED)
    for campaign_id, words in ((free, "自由填写"), (closed.id, "重新开放")):
        with pytest.raises(RuleViolation, match=words), unit() as ctx:
            services.draw_campaign_codes(ctx, campaign_id, 5)


# ----------------------------------------------------------------------------------------------------- list
def test_the_list_counts_papers_and_tells_the_state_by_the_clock(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, expected=10, title="中青班测评")
        add_campaign(ctx, title="去年的测评", state=CampaignState.CLOSED, held_on=date(2025, 5, 1))
        for _ in range(6):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
        services.count_so_far(ctx, campaign.id, campaign.version)
        services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit(read_only=True) as ctx:
        found = list_campaigns(ctx, ListQuery()).rows
        assert [each.title for each in found] == ["中青班测评", "去年的测评"], "running ones first"
        mine = found[0]
        assert (mine.received, mine.boxed, mine.collected, mine.valid) == (7, 1, 6, 6)
        assert mine.rate == 0.7
        assert mine.pill_at(mine.closes_at).text == "待收卷"
        assert mine.pill_at(mine.opens_at - timedelta(minutes=1)).text == "待开始"
        texts = {column.key: column.display(mine) for column in CAMPAIGN_COLUMNS}
        assert texts["rate"] == "70.0%"
        assert texts["opens_at"] == "2026-03-02 07:00 – 11:00"
        assert texts["codes"] == ""


@pytest.mark.parametrize(
    ("query", "titles"),
    (
        (ListQuery(search="zhongqing"), ["中青班测评"]),
        (ListQuery(search="jxb 后勤"), ["2026年春季科级干部进修班后勤服务满意度测评"]),
        (ListQuery(filters={"state": "draft"}), ["2026年春季科级干部进修班后勤服务满意度测评"]),
        (ListQuery(filters={"state": "open"}), ["中青班测评"]),
        (ListQuery(filters={"state": "late"}), []),
        (ListQuery(filters={"year": 2025}), []),
        (ListQuery(filters={"anonymity": "free", "subject": "class"}, sort="rate"), None),
        (ListQuery(search="%"), []),
    ),
)
def test_campaigns_are_found(unit: Unit, query: ListQuery, titles: list[str] | None) -> None:
    draft(unit)
    with unit() as ctx:
        services.save_campaign(
            ctx, plan(ctx, version_of_another_name(ctx), title="中青班测评", subject=Subject(text="中青班"))
        )
        (mine,) = ctx.session.scalars(select(SurveyCampaign).where(SurveyCampaign.title == "中青班测评"))
        mine.state = CampaignState.OPEN.value
    with unit(read_only=True) as ctx:
        found = list_campaigns(ctx, query)
        assert found.total == len(found.rows)
        if titles is not None:
            assert [each.title for each in found.rows] == titles
        for column in CAMPAIGN_COLUMNS:
            if column.sortable:
                assert list_campaigns(ctx, replace(query, sort=column.key)).total == found.total


def test_every_column_sorts_as_it_says(unit: Unit) -> None:
    with unit() as ctx:
        add_campaign(ctx, title="甲", expected=10)
        add_campaign(ctx, title="乙", expected=90)
    with unit(read_only=True) as ctx:
        found = list_campaigns(ctx, ListQuery(sort="expected", descending=True)).rows
        assert [each.title for each in found] == ["乙", "甲"]


def test_the_form_offers_questionnaires_in_use_and_the_one_asked(unit: Unit) -> None:
    campaign_id = draft(unit)
    with unit() as ctx:
        campaign = ctx.get(SurveyCampaign, campaign_id)
        ctx.get(Questionnaire, ctx.get(QuestionnaireVersion, campaign.version_id).questionnaire_id).retired = True
    with unit(read_only=True) as ctx:
        assert campaign_form(ctx).versions == ()
        (own,) = campaign_form(ctx, campaign_id).versions
        assert own.id == campaign.version_id


def test_rights(unit: Unit, nobody: Actor) -> None:
    campaign_id = draft(unit)
    clerk = Actor(None, "录入员", frozenset({ENTER.key}))
    with unit(actor=clerk, read_only=True) as ctx:
        assert list_campaigns(ctx, ListQuery()).total == 1
        assert len(find_campaigns(ctx, "进修", 5)) == 1
    with unit(actor=nobody, read_only=True) as ctx:
        assert find_campaigns(ctx, "进修", 5) == ()
    for actor in (clerk, nobody):
        for call in (
            lambda ctx: services.open_campaign(ctx, campaign_id, 1),
            lambda ctx: services.draw_campaign_codes(ctx, campaign_id, 1),
            lambda ctx: services.void_codes(ctx, campaign_id),
            lambda ctx: services.delete_campaign(ctx, campaign_id, 1),
        ):
            with pytest.raises(Exception, match=RUN.title), unit(actor=actor) as ctx:
                call(ctx)
