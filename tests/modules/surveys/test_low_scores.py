"""收卷 turns low questions into cases: once each, only what may be shown, and not at all when switched off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Role
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import Collected
from dangxiao_houqin.modules.surveys.domain.rules import RUN, SurveyRules
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyCampaign

from .ballots import add_campaign, paper

Unit = Callable[..., AbstractContextManager[Ctx]]
RUNNER = Actor(None, "组织测评的人", frozenset({RUN.key}))
"""Has no right over cases: closing raises them all the same."""


def _campaign(unit: Unit, low_percent: float = 80.0) -> int:
    with unit() as ctx:
        ctx.add(Role(name="后勤办主任", permissions=["surveys.suggestions"], builtin=True))
        save_settings(ctx.session, SurveyRules(low_percent=low_percent))
        return add_campaign(ctx).id


def _hand_in(unit: Unit, campaign: int, taste: Sequence[int], clean: Sequence[int] = ()) -> None:
    """Papers with these values for 菜品口味 (3) and 房间清洁 (1); 安静 (2) is always 非常满意."""
    with unit() as ctx:
        for number, value in enumerate(taste):
            ratings = {1: clean[number] if clean else 5, 2: 5, 3: value}
            services.submit_paper(ctx, paper(campaign, ctx.today(), ratings))


def _close(unit: Unit, campaign: int) -> Collected:
    with unit(actor=RUNNER, confirmed=frozenset({"surveys.few"})) as ctx:
        return services.close_campaign(ctx, campaign, ctx.get(SurveyCampaign, campaign).version)


def _reopen(unit: Unit, campaign: int) -> None:
    with unit() as ctx:
        services.reopen_campaign(ctx, campaign, ctx.get(SurveyCampaign, campaign).version)


def _cases(unit: Unit) -> list[tuple[int | None, str]]:
    with unit(read_only=True) as ctx:
        found = ctx.session.execute(select(Suggestion.question, Suggestion.content).order_by(Suggestion.id))
        return [(row.question, row.content) for row in found]


def test_what_is_below_the_line_becomes_a_case_and_the_office_is_told(unit: Unit) -> None:
    campaign = _campaign(unit)
    # 菜品口味 3 of 5 satisfied; 房间清洁 exactly on the line: 4 of 5
    _hand_in(unit, campaign, [5, 4, 4, 2, 1], clean=[5, 5, 5, 4, 3])
    assert _close(unit, campaign).raised == 1
    assert _cases(unit) == [(3, "菜品口味：满意率 60.0%（F1，有效评价 5 份），低于低分线 80%。")]
    with unit(read_only=True) as ctx:
        (item,) = ctx.session.scalars(select(InboxItem)).all()
        assert (item.kind, item.state) == ("意见建议待分办", "open")


def test_closing_again_raises_nothing_twice(unit: Unit) -> None:
    campaign = _campaign(unit)
    _hand_in(unit, campaign, [1] * 5)
    assert _close(unit, campaign).raised == 1
    _reopen(unit, campaign)
    _hand_in(unit, campaign, [1] * 6, clean=[1] * 6)
    assert _close(unit, campaign).raised == 1, "房间清洁 is new, 菜品口味 is not"
    assert [question for question, _ in _cases(unit)] == [3, 1]
    assert "有效评价 11 份" in _cases(unit)[1][1]


def test_of_too_few_answers_nothing_is_said(unit: Unit) -> None:
    """Neither of a campaign of four, nor of a second round of four beside a good first one."""
    campaign = _campaign(unit)
    _hand_in(unit, campaign, [5] * 6)
    assert _close(unit, campaign).raised == 0
    _reopen(unit, campaign)
    _hand_in(unit, campaign, [1] * 4)
    assert _close(unit, campaign).raised == 0, "6 good ones are all that may be shown"
    with unit() as ctx:
        other = add_campaign(ctx, title="小班测评").id
    _hand_in(unit, other, [1] * 4)
    assert _close(unit, other).raised == 0
    assert _cases(unit) == []


@pytest.mark.parametrize(("low_percent", "raised"), ((0.0, 0), (60.0, 0), (60.1, 1)))
def test_the_line_is_the_office_s(unit: Unit, low_percent: float, raised: int) -> None:
    campaign = _campaign(unit, low_percent)
    _hand_in(unit, campaign, [5, 4, 4, 2, 1])
    assert _close(unit, campaign).raised == raised
    assert len(_cases(unit)) == raised


def test_a_stage_that_goes_on_raises_nothing_yet(unit: Unit) -> None:
    campaign = _campaign(unit)
    _hand_in(unit, campaign, [1] * 5)
    with unit() as ctx:
        services.count_so_far(ctx, campaign, ctx.get(SurveyCampaign, campaign).version)
    assert _cases(unit) == []
