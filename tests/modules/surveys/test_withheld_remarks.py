"""What may not be read may not become a case either; what a case names stays."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import NotFound, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import CampaignState
from dangxiao_houqin.modules.surveys.domain.suggestions import SaveSuggestion, SuggestionSource
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyText
from dangxiao_houqin.modules.surveys.queries.comments import list_comments

from .ballots import add_campaign, paper

Unit = Callable[..., AbstractContextManager[Ctx]]


def test_a_remark_of_too_small_a_round_cannot_be_made_a_case_by_its_number(unit: Unit) -> None:
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        campaign = add_campaign(ctx)
        for _ in range(4):
            services.submit_paper(ctx, paper(campaign.id, ctx.today(), text="班主任张某态度差"))
        services.close_campaign(ctx, campaign.id, campaign.version)
    with unit() as ctx:
        number = ctx.session.scalars(select(SurveyText.id)).first()
        assert number is not None
        assert list_comments(ctx, ListQuery()).total == 0
        assert services.file_comments(ctx, [number], "服务") == 0
    with pytest.raises(RuleViolation, match="不在"), unit() as ctx:
        services.raise_from_comment(ctx, number)
    with unit() as ctx:
        assert list(ctx.session.scalars(select(Suggestion.id))) == []


def test_a_campaign_that_a_case_names_is_not_deleted_under_it(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, state=CampaignState.DRAFT)
        case = SaveSuggestion(SuggestionSource.PHONE, "没有热水", ctx.today(), campaign_id=campaign.id)
        services.save_suggestion(ctx, case)
    with pytest.raises(RuleViolation, match="处理单 YJ-"), unit() as ctx:
        services.delete_campaign(ctx, campaign.id, campaign.version)
    with pytest.raises(NotFound), unit() as ctx:
        services.save_suggestion(ctx, replace(case, campaign_id=4711))
