"""Putting a finished paper into the sealed ballot box.

The database itself decides (triggers and keys of migration ninth_ballot_box), because a kiosk's role may neither read
papers nor codes.  Plain SQL, nothing audited: the audit log knows the minute.
"""

from __future__ import annotations

import enum
from dataclasses import replace

from sqlalchemy import ForeignKeyConstraint, Insert, PrimaryKeyConstraint, UniqueConstraint, insert
from sqlalchemy.exc import DBAPIError, IntegrityError

from dangxiao_houqin.core.db import violated_constraint
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.answers import Answers, FinishedPaper, new_paper_id
from dangxiao_houqin.modules.surveys.domain.campaigns import code_hash
from dangxiao_houqin.modules.surveys.domain.rules import SUBMIT
from dangxiao_houqin.modules.surveys.models import SurveyPaper


class Receipt(enum.StrEnum):
    """What became of a paper: taken now, or it had been taken before."""

    STORED = "stored"
    ALREADY = "already"


class Refusal(enum.StrEnum):
    """Why the ballot box does not take a paper."""

    CLOSED = "survey_closed"
    FULL = "survey_full"
    CODE_MISSING = "survey_code_missing"
    CODE_UNKNOWN = "survey_code_unknown"
    CODE_USED = "survey_code_used"

    @property
    def sentence(self) -> str:
        return {
            "survey_closed": "这次测评已经收卷，不能再交卷。",
            "survey_full": "这次测评的份数已满，不能再交卷；请联系工作人员。",
            "survey_code_missing": "请输入一次性码。",
            "survey_code_unknown": "没有这个一次性码，请核对纸条上的数字。",
            "survey_code_used": "这个一次性码已经用过，请另抽一张。",
        }[self.value]


class PaperRefused(RuleViolation):
    """The ballot box does not take this paper, and will not take it later either; ``refusal`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


def submit_paper(ctx: Ctx, paper: FinishedPaper) -> Receipt:
    """Take a finished paper, once: the same ``paper_id`` again changes nothing and says so.

    What its answers are worth is looked at when the box is opened.  Raises :class:`PaperRefused`.
    """
    ctx.require(SUBMIT)
    return put_in_box(ctx, paper)


def put_in_box(ctx: Ctx, paper: FinishedPaper) -> Receipt:
    """What :func:`submit_paper` does, for a service that asked for a right of its own."""
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(_insertion(paper))
    except DBAPIError as error:
        if _is_there_already(error) or (paper.code and _is_known_by_name(ctx, paper)):
            return Receipt.ALREADY
        raise _refused(error, paper) from error
    ctx.touched("survey_paper")
    return Receipt.STORED


def try_code(ctx: Ctx, campaign_id: int, code: str) -> None:
    """Whether a paper with ``code`` would be taken: one is put in and taken out again at once.

    Raises :class:`PaperRefused`.
    """
    ctx.require(SUBMIT)
    paper = FinishedPaper(new_paper_id(), campaign_id, ctx.today(), Answers(), code)
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(_insertion(paper))
            raise _TakenOut
    except _TakenOut:
        return
    except DBAPIError as error:
        raise _refused(error, paper) from error


class _TakenOut(Exception):
    """The paper that only tried a code leaves the box again."""


def _insertion(paper: FinishedPaper) -> Insert:
    return insert(SurveyPaper).values(
        paper_id=paper.paper_id,
        campaign_id=paper.campaign_id,
        day=paper.day,
        answers=paper.answers.dump(),
        code_hash=code_hash(paper.campaign_id, paper.code) if paper.code else None,
    )


def _is_there_already(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) and isinstance(violated_constraint(error), PrimaryKeyConstraint)


def _is_known_by_name(ctx: Ctx, paper: FinishedPaper) -> bool:
    """Whether this very paper lies in the box: SQLite complains of its code before it looks at its name.

    Asked by putting it in without a code, for a kiosk may not read; the box takes no such paper.
    """
    try:
        with ctx.session.begin_nested():
            ctx.session.execute(_insertion(replace(paper, code="")))
            raise _TakenOut
    except _TakenOut:
        return False
    except DBAPIError as error:
        return _is_there_already(error)


def _refused(error: DBAPIError, paper: FinishedPaper) -> Exception:
    """The refusal that the database spoke of, or the error itself."""
    said = str(error.orig)
    for refusal in Refusal:
        if refusal.value in said:
            return PaperRefused(refusal)
    broken = violated_constraint(error) if isinstance(error, IntegrityError) else None
    if isinstance(broken, UniqueConstraint):
        return PaperRefused(Refusal.CODE_USED)
    if isinstance(broken, ForeignKeyConstraint) or "foreign key" in said.lower():  # SQLite does not name it
        return PaperRefused(Refusal.CODE_UNKNOWN if paper.code else Refusal.CLOSED)
    return error
