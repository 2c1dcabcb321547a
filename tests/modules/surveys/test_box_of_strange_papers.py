"""The box can always be opened, whatever a foreign client put in; and resending stays harmless with codes too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import LONGEST_PAPER, Answers, check_answers
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
    check_content,
)
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyPaper, SurveyText
from dangxiao_houqin.modules.surveys.services import Receipt

from .ballots import LEVELS, add_campaign, add_codes, paper

Unit = Callable[..., AbstractContextManager[Ctx]]

GOOD = '"ratings":{"1":4,"2":4,"3":4},"choices":{}'


@pytest.mark.parametrize("said", (r"\u0000", r"\ud800", r"被褥\u0000潮湿\udfff", r"好\u202e\u0007"))
def test_a_text_that_no_database_stores_does_not_keep_the_box_shut(unit: Unit, said: str) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        for _ in range(5):
            services.submit_paper(ctx, paper(campaign.id, ctx.today(), text="热水很好"))
        bad = SurveyPaper(
            paper_id="f" * 32,
            campaign_id=campaign.id,
            day=ctx.today(),
            answers=f'{{{GOOD},"texts":{{"6":"{said}"}}}}',
        )
        ctx.session.add(bad)
        ctx.session.flush()
    with unit() as ctx:
        done = services.close_campaign(ctx, campaign.id, campaign.version)
        assert done.papers == 6
        texts = list(ctx.session.scalars(select(SurveyText.text)))
        assert texts.count("热水很好") == 5
        assert not any(not char.isprintable() for text in texts for char in text)


def test_a_paper_with_a_code_sent_again_is_taken_once_before_and_after_counting(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES)
        codes = add_codes(ctx, campaign.id, 6)
    sent = []
    for code in codes:
        with unit() as ctx:
            mine = paper(campaign.id, ctx.today(), code=code)
            sent.append(mine)
            assert services.submit_paper(ctx, mine) is Receipt.STORED
        with unit() as ctx:
            assert services.submit_paper(ctx, mine) is Receipt.ALREADY
    with unit() as ctx:
        assert services.count_so_far(ctx, campaign.id, campaign.version).papers == 6
    for mine in sent:
        with unit() as ctx:
            assert services.submit_paper(ctx, mine) is Receipt.ALREADY


def test_closing_asks_when_what_is_new_is_too_little_to_show(unit: Unit) -> None:
    """Papers counted long ago do not make the few new ones enough."""
    with unit() as ctx:
        campaign = add_campaign(ctx)
        for _ in range(8):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit() as ctx:
        services.count_so_far(ctx, campaign.id, campaign.version)
    with unit() as ctx:
        services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with pytest.raises(NeedsConfirmation, match="1 份"), unit() as ctx:
        services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
    with unit() as ctx:
        for _ in range(4):
            services.submit_paper(ctx, paper(campaign.id, ctx.today()))
    with unit() as ctx:
        done = services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
        assert (done.papers, done.round) == (5, 2)


def test_a_questionnaire_that_would_not_fit_into_the_box_is_refused_before_anybody_writes() -> None:
    def asking(number: int) -> Content:
        questions = tuple(Question(n, f"t{n}", f"第{n}题", QuestionKind.TEXT, length=500) for n in range(1, number + 1))
        return Content("问卷", LEVELS, (QuestionGroup("all", "全部", questions),))

    with pytest.raises(InvalidInput, match="合计最多"):
        check_content(asking(25))
    most = asking(24)
    check_content(most)
    full = Answers(texts={question.number: '"\\' * 250 for question in most.questions})
    check_answers(most, full)
    assert len(full.dump()) <= LONGEST_PAPER


def test_a_row_that_breaks_a_rule_is_not_quoted_in_the_log(unit: Unit, caplog: pytest.LogCaptureFixture) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    with caplog.at_level("INFO"), pytest.raises(RuleViolation, match="太长"), unit("surveys.hand_in") as ctx:
        services.submit_paper(ctx, paper(campaign.id, ctx.today(), {1: 1, 2: 5}, text="长" * 30_000))
    assert "surveys.hand_in" in caplog.text
    assert "ck_survey_paper_size" in caplog.text or "CHECK constraint failed" in caplog.text
    assert "ratings" not in caplog.text
