"""Campaigns that have been answered, put through the real ballot box, for tests of what comes out of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import Answers, FinishedPaper, new_paper_id
from dangxiao_houqin.modules.surveys.domain.campaigns import CampaignState
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, Question, QuestionKind
from dangxiao_houqin.modules.surveys.models import SurveyCampaign
from dangxiao_houqin.modules.surveys.services import close_campaign, count_so_far, reopen_campaign, submit_paper
from tests.modules.surveys.ballots import add_campaign


def put_in(ctx: Ctx, campaign: SurveyCampaign, papers: Sequence[Answers]) -> None:
    """Hand in ``papers`` today; a campaign that was closed is opened again for them."""
    if campaign.state == CampaignState.CLOSED.value:
        reopen_campaign(ctx, campaign.id, campaign.version)
        ctx.session.flush()
    for answers in papers:
        submit_paper(ctx, FinishedPaper(new_paper_id(), campaign.id, ctx.today(), answers))


def answer(ctx: Ctx, campaign: SurveyCampaign, papers: Sequence[Answers], *, close: bool = True) -> None:
    """Hand in ``papers`` and open the box: 收卷, or with ``close`` false 阶段收卷."""
    put_in(ctx, campaign, papers)
    if close:
        ctx.confirmed = frozenset({"surveys.few"})
        close_campaign(ctx, campaign.id, campaign.version)
    else:
        count_so_far(ctx, campaign.id, campaign.version)


def rated(value: int, number: int, questions: Sequence[int] = (1, 2, 3)) -> list[Answers]:
    """``number`` equal papers that give ``value`` to each of ``questions``."""
    return [Answers(dict.fromkeys(questions, value)) for _ in range(number)]


def lively(content: Content, number: int, *, seed: int = 1, few: Sequence[int] = ()) -> list[Answers]:
    """``number`` papers of a contented class; questions in ``few`` are answered by three of them only."""
    chance = random.Random(seed)
    return [_paper(content, chance, {question for question in few if place >= 3}) for place in range(number)]


def _paper(content: Content, chance: random.Random, blank: set[int]) -> Answers:
    ratings: dict[int, int] = {}
    choices: dict[int, tuple[int, ...]] = {}
    texts: dict[int, str] = {}
    for question in content.questions:
        if question.number in blank:
            continue
        if question.kind is QuestionKind.SCALE:
            ratings[question.number] = _rating(content, chance)
        elif question.kind is QuestionKind.TEXT:
            if chance.random() < 0.3:
                texts[question.number] = f"建议{chance.choice(_SAID)}。"
        else:
            choices[question.number] = _chosen(question, chance)
    return Answers(ratings, choices, texts)


_SAID = ("热水供应时间再长一些", "302房空调有异响，电话13900001234", "早餐增加本地小吃", "教室投影更换灯泡")


def _rating(content: Content, chance: random.Random) -> int:
    levels = list(range(content.top, 0, -1))
    weights = (56, 30, 9, 3, 1)[: content.top]
    return chance.choices((*levels, 0), (*weights, 4))[0]


def _chosen(question: Question, chance: random.Random) -> tuple[int, ...]:
    if question.kind is QuestionKind.YES_NO:
        return (1 if chance.random() < 0.92 else 2,)
    most = 1 if question.kind is QuestionKind.SINGLE else question.limit or 2
    return tuple(sorted(chance.sample(range(1, len(question.options) + 1), chance.randint(1, most))))


def answered_class(
    ctx: Ctx,
    number: int,
    papers: Sequence[Answers],
    *,
    name: str = "",
    content: Content | None = None,
    kind: str = "主体班",
    held_on: date | None = None,
) -> SurveyCampaign:
    """A class with one campaign, closed after ``papers``; an empty ``name`` is a numbered invented class."""
    title = name or f"第{number}期虚构班"
    campaign = add_campaign(
        ctx, content=content, title=f"{title}测评", subject=("training_class", number, title, kind), held_on=held_on
    )
    answer(ctx, campaign, papers)
    return campaign
