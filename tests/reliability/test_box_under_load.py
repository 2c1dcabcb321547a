"""Papers that come while the box is opened: each is counted once, by this opening or by the next."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import Conflict, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import FinishedPaper
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity
from dangxiao_houqin.modules.surveys.models import SurveyCampaign, SurveyCode, SurveyPaper, SurveyResponse, SurveyText
from dangxiao_houqin.modules.surveys.services import PaperRefused
from tests.modules.surveys.ballots import add_campaign, add_codes, paper

Unit = Callable[..., AbstractContextManager[Ctx]]

KIOSKS, EACH = 4, 12


def test_papers_sent_while_the_box_is_opened_are_counted_once_each(unit: Unit) -> None:
    """Four kiosks send every paper twice; meanwhile two clerks open the box again and again."""
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES, expected=KIOSKS * EACH)
        codes = add_codes(ctx, campaign.id, KIOSKS * EACH)
        papers = [paper(campaign.id, ctx.today(), code=code, text=f"意见{n}") for n, code in enumerate(codes)]
    taken: Counter[str] = Counter()
    troubles: list[Exception] = []
    over = threading.Event()

    def send(mine: list[FinishedPaper]) -> None:
        try:
            for each in mine:
                for _ in range(2):
                    with unit("surveys.submit") as ctx:
                        receipt = services.submit_paper(ctx, each)
                    taken[receipt.value] += 1
        except Exception as error:  # noqa: BLE001 - any of them fails the test
            troubles.append(error)

    def collect() -> None:
        try:
            while not over.is_set():
                with suppress(RuleViolation, Conflict), unit("surveys.count_so_far") as ctx:
                    services.count_so_far(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
                over.wait(0.02)
        except Exception as error:  # noqa: BLE001 - any of them fails the test
            troubles.append(error)

    senders = [threading.Thread(target=send, args=(papers[n::KIOSKS],)) for n in range(KIOSKS)]
    clerks = [threading.Thread(target=collect) for _ in range(2)]
    for thread in (*senders, *clerks):
        thread.start()
    for thread in senders:
        thread.join(60)
    over.set()
    for thread in clerks:
        thread.join(60)
    assert troubles == []
    assert taken == {"stored": len(papers), "already": len(papers)}
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version)
    with unit() as ctx:
        said = sorted(ctx.session.scalars(select(SurveyText.text)))
        assert said == sorted(f"意见{n}" for n in range(len(papers)))
        assert ctx.session.scalar(select(func.count()).select_from(SurveyResponse)) == len(papers)
        assert ctx.session.scalar(select(func.count()).select_from(SurveyPaper)) == len(papers)
        assert set(ctx.session.scalars(select(SurveyCode.used))) == {True}


def test_a_limit_holds_and_a_closed_box_takes_nothing_while_many_send(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, most=10)
        papers = [paper(campaign.id, ctx.today()) for _ in range(24)]
    kept: list[str] = []
    refused: list[str] = []

    def send(mine: list[FinishedPaper]) -> None:
        for each in mine:
            try:
                with unit("surveys.submit") as ctx:
                    services.submit_paper(ctx, each)
                kept.append(each.paper_id)
            except PaperRefused as error:
                refused.append(error.refusal.value)

    threads = [threading.Thread(target=send, args=(papers[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(kept), Counter(refused)) == (10, {"survey_full": 14})
    with unit() as ctx:
        assert services.close_campaign(ctx, campaign.id, ctx.get(SurveyCampaign, campaign.id).version).papers == 10
