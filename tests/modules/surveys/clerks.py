"""Two clerks with accounts, and what they do with a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.models import UserAccount
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.answers import Answers
from dangxiao_houqin.modules.surveys.domain.entry import BeginBatch, TypedSheet
from dangxiao_houqin.modules.surveys.domain.rules import ENTER

Unit = Callable[..., AbstractContextManager[Ctx]]
SECRET = "这句话不该留在日志里"


def clerk(unit: Unit, name: str) -> Actor:
    """Somebody who may enter paper answers and nothing else."""
    with unit() as ctx:
        account = ctx.add(
            UserAccount(login=name, display_name=name, password_hash="-", must_change_password=False, failed_logins=0)
        )
        return Actor(account.id, name, frozenset({ENTER.key}))


def sheet(score: int = 5, text: str = "", code: str = "") -> TypedSheet:
    """A sheet of :func:`~.ballots.small_content` with one score everywhere."""
    answers = Answers({1: score, 2: score, 3: score}, {4: (1,), 5: (2,)}, {6: text} if text else {})
    return TypedSheet(answers, code)


def begin(unit: Unit, who: Actor, campaign_id: int, sheets: int) -> int:
    with unit(actor=who) as ctx:
        return services.begin_batch(ctx, BeginBatch(campaign_id, sheets, ctx.today()))


def type_turn(unit: Unit, who: Actor, batch_id: int, turn: int, sheets: Mapping[int, TypedSheet]) -> int:
    """Type these sheets and end the turn; in how many places both differ."""
    if turn == 2:
        with unit(actor=who) as ctx:
            services.begin_turn(ctx, batch_id)
    for number, typed in sheets.items():
        with unit(actor=who) as ctx:
            services.save_sheet(ctx, batch_id, turn, number, typed)
    with unit(actor=who) as ctx:
        return services.finish_turn(ctx, batch_id, turn)
