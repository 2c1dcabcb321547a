"""The sealed box: each paper once, no more than allowed, and nothing readable before it is opened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import func, select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import NeedsConfirmation, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState, is_code
from dangxiao_houqin.modules.surveys.models import (
    SurveyCampaign,
    SurveyChoice,
    SurveyCode,
    SurveyPaper,
    SurveyRating,
    SurveyResponse,
    SurveyText,
)
from dangxiao_houqin.modules.surveys.queries.kiosk import open_surveys
from dangxiao_houqin.modules.surveys.services import PaperRefused, Receipt, Refusal

from .ballots import add_campaign, add_codes, paper

Unit = Callable[..., AbstractContextManager[Ctx]]


def _count(ctx: Ctx, model: Any) -> int:
    return ctx.session.scalar(select(func.count()).select_from(model)) or 0


def test_the_same_paper_is_taken_once(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    mine = None
    for expected in (Receipt.STORED, Receipt.ALREADY, Receipt.ALREADY):
        with unit() as ctx:
            mine = mine or paper(campaign.id, ctx.today())
            assert services.submit_paper(ctx, mine) is expected
    with unit() as ctx:
        assert _count(ctx, SurveyPaper) == 1


def test_a_paper_sent_again_after_counting_is_not_counted_twice(unit: Unit) -> None:
    """Also when the campaign was closed in between and opened again."""
    with unit() as ctx:
        campaign = add_campaign(ctx)
        papers = [paper(campaign.id, ctx.today()) for _ in range(6)]
        for each in papers:
            services.submit_paper(ctx, each)
    with unit() as ctx:
        done = services.close_campaign(ctx, campaign.id, campaign.version)
        assert (done.papers, done.valid, done.round) == (6, 6, 1)
    with unit() as ctx:
        assert services.submit_paper(ctx, papers[0]) is Receipt.ALREADY
    with unit() as ctx:
        services.reopen_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
    with unit() as ctx:
        assert services.submit_paper(ctx, papers[1]) is Receipt.ALREADY
        assert services.submit_paper(ctx, paper(campaign.id, ctx.today())) is Receipt.STORED
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        again = services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
        assert (again.papers, again.round) == (1, 2)
        assert _count(ctx, SurveyResponse) == 7


@pytest.mark.parametrize("state", (CampaignState.DRAFT, CampaignState.CLOSED))
def test_a_campaign_that_is_not_open_takes_nothing(unit: Unit, state: CampaignState) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, state=state)
    with pytest.raises(PaperRefused) as caught:
        with unit() as ctx:
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    assert caught.value.refusal is Refusal.CLOSED
    with unit() as ctx:
        assert open_surveys(ctx) == ()


def test_a_free_campaign_is_full_at_its_limit(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, most=2)
    with unit() as ctx:
        assert [survey.full for survey in open_surveys(ctx)] == [False]
        for _ in range(2):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
        assert [survey.full for survey in open_surveys(ctx)] == [True]
    with pytest.raises(PaperRefused) as caught:
        with unit() as ctx:
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    assert caught.value.refusal is Refusal.FULL


def test_codes_are_known_and_good_for_one_paper(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        first, second, third = add_codes(ctx, campaign.id, 3)
    wrong = str(int(first[0]) ^ 1) + first[1:]
    assert is_code(first)
    assert not is_code(wrong)
    for code, refusal in ((wrong, Refusal.CODE_UNKNOWN), ("", Refusal.CODE_MISSING)):
        for attempt in (lambda ctx, c: services.try_code(ctx, campaign.id, c), _submit(campaign.id)):
            with pytest.raises(PaperRefused) as caught:
                with unit() as ctx:
                    attempt(ctx, code)
            assert caught.value.refusal is refusal
    with unit() as ctx:
        services.try_code(ctx, campaign.id, first)
        services.try_code(ctx, campaign.id, first)  # trying does not use it up
    with unit() as ctx:
        _submit(campaign.id)(ctx, first)
        assert _count(ctx, SurveyPaper) == 1
    for attempt in (lambda ctx, c: services.try_code(ctx, campaign.id, c), _submit(campaign.id)):
        with pytest.raises(PaperRefused) as caught:
            with unit() as ctx:
                attempt(ctx, first)
        assert caught.value.refusal is Refusal.CODE_USED
    # after counting and opening again, the code is still used though no paper bears it any more
    with unit() as ctx:
        _submit(campaign.id)(ctx, second)
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
    with unit() as ctx:
        services.reopen_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
    with pytest.raises(PaperRefused) as caught:
        with unit() as ctx:
            _submit(campaign.id)(ctx, first)
    assert caught.value.refusal is Refusal.CODE_USED
    with unit() as ctx:
        _submit(campaign.id)(ctx, third)
        assert sorted(ctx.session.scalars(select(SurveyCode.used))) == [False, True, True]


def _submit(campaign_id: int) -> Callable[[Ctx, str], object]:
    return lambda ctx, code: services.submit_paper(ctx, paper(campaign_id, ctx.today(), code=code))


def test_opening_the_box_leaves_nothing_that_ties_answers_to_papers(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        codes = add_codes(ctx, campaign.id, 8)
    sent = []
    for number, code in enumerate(codes):
        with unit() as ctx:
            mine = paper(campaign.id, ctx.today(), {1: 5, 2: 1 + number % 5, 3: 0}, code=code, text=f"意见{number}")
            sent.append(mine.paper_id)
            services.submit_paper(ctx, mine)
    with unit() as ctx:
        services.close_campaign(ctx, campaign.id, campaign.version)
    with unit() as ctx:
        papers = list(ctx.session.scalars(select(SurveyPaper)))
        assert {(each.answers, each.code_hash) for each in papers} == {(None, None)}
        assert sorted(each.paper_id for each in papers) == sorted(sent)
        assert _count(ctx, SurveyRating) == 24
        assert _count(ctx, SurveyChoice) == 24
        assert sorted(ctx.session.scalars(select(SurveyText.text))) == [f"意见{number}" for number in range(8)]
        ids = {f"{value:x}" for value in ctx.session.scalars(select(SurveyResponse.id))}
        assert not any(number in name for number in ids for name in sent)


def test_a_submission_leaves_no_trace_in_the_audit_log(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        before = _count(ctx, AuditEntry)
    with unit() as ctx:
        services.submit_paper(ctx, paper(campaign.id, ctx.today(), text="有话要说"))
    with unit() as ctx:
        assert _count(ctx, AuditEntry) == before


def test_a_stage_needs_enough_papers_and_few_are_asked_about(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        for _ in range(4):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with pytest.raises(RuleViolation, match="只有 4 份"), unit() as ctx:
        services.count_so_far(ctx, campaign.id, campaign.version)
    with pytest.raises(NeedsConfirmation, match="只收到 4 份"), unit() as ctx:
        services.close_campaign(ctx, campaign.id, campaign.version)
    with unit() as ctx:
        services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit() as ctx:
        assert services.count_so_far(ctx, campaign.id, campaign.version).papers == 5
        assert ctx.get(SurveyCampaign, campaign.id).state == "open"


def test_a_round_too_small_to_show_waits_for_more(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        assert services.close_campaign(ctx, campaign.id, campaign.version).round == 1
    with unit() as ctx:
        services.reopen_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
        for _ in range(5):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit() as ctx:
        assert services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version).round == 1
        assert set(ctx.session.scalars(select(SurveyResponse.round))) == {1}


def test_what_a_foreign_client_put_in_counts_as_an_invalid_paper(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        for number, text in enumerate(("", "[]", "{", '{"ratings":{"1":9},"choices":{},"texts":{}}', '{"ratings":5}')):
            ctx.session.add(
                SurveyPaper(paper_id=f"{number:032x}", campaign_id=campaign.id, day=ctx.today(), answers=text)
            )
        ctx.session.flush()
    with unit() as ctx:
        done = services.close_campaign(ctx, campaign.id, campaign.version)
        assert (done.papers, done.valid) == (5, 0)
