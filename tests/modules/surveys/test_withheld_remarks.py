"""What may not be read may not become a case either."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
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
