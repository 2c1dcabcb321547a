"""Reads of paper entry: the stacks, one's own sheets, and the differences once both have typed.

Nobody reads a turn that another clerk types or has typed before both are there to be compared.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from dangxiao_houqin.core.errors import NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import user_account
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.domain.entry import (
    BatchState,
    CheckView,
    EntryBatchRow,
    EntryView,
    TypedSheet,
    differences,
)
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.domain.rules import ENTER
from dangxiao_houqin.modules.surveys.models import EntryBatch, EntrySheet, QuestionnaireVersion, SurveyCampaign

_FIRST, _SECOND = user_account.alias("first_clerk"), user_account.alias("second_clerk")
_TURNS = {BatchState.FIRST: 1, BatchState.SECOND: 2}


def _batches() -> AnySelect:
    turn = case((EntryBatch.state == BatchState.SECOND.value, 2), else_=1)
    typed = (
        select(func.count())
        .select_from(EntrySheet)
        .where(EntrySheet.batch_id == EntryBatch.id, EntrySheet.turn == turn)
        .correlate(EntryBatch)
        .scalar_subquery()
    )
    return (
        select(
            EntryBatch,
            SurveyCampaign.title.label("campaign"),
            _FIRST.c.display_name.label("first"),
            _SECOND.c.display_name.label("second"),
            typed.label("typed"),
        )
        .join(SurveyCampaign, SurveyCampaign.id == EntryBatch.campaign_id)
        .outerjoin(_FIRST, _FIRST.c.id == EntryBatch.first_id)
        .outerjoin(_SECOND, _SECOND.c.id == EntryBatch.second_id)
    )


def list_batches(ctx: Ctx, query: ListQuery) -> Listing[EntryBatchRow]:
    """Stacks of paper answers, those still to be worked on first.

    Searched: campaign (also by pinyin), clerks, note.  Filters: ``state`` (a state, or ``open``: not in the box),
    ``campaign_id``, ``id``.
    """
    ctx.require(ENTER)
    done = EntryBatch.state == BatchState.DONE.value
    return fetch_listing(
        ctx.session,
        _batches(),
        query,
        _row,
        search=(
            SurveyCampaign.title.expression,
            SurveyCampaign.search_key.expression,
            EntryBatch.note.expression,
            func.coalesce(_FIRST.c.display_name, ""),
            func.coalesce(_SECOND.c.display_name, ""),
        ),
        filters={
            "state": lambda value: ~done if value == "open" else EntryBatch.state == str(value),
            "campaign_id": lambda value: EntryBatch.campaign_id == int(value),
            "id": lambda value: EntryBatch.id == int(value),
        },
        sorts={
            "campaign": SurveyCampaign.title.expression,
            "sheets": EntryBatch.sheets.expression,
            "day": EntryBatch.day.expression,
            "state": EntryBatch.state.expression,
        },
        order=(case((done, 1), else_=0), EntryBatch.id.desc()),
    )


def _row(found: Any) -> EntryBatchRow:
    batch: EntryBatch = found[0]
    return EntryBatchRow(
        id=batch.id,
        version=batch.version,
        campaign_id=batch.campaign_id,
        campaign=found.campaign,
        sheets=batch.sheets,
        day=batch.day,
        state=BatchState(batch.state),
        typed=found.typed,
        first_id=batch.first_id,
        first=found.first or "",
        second_id=batch.second_id,
        second=found.second or "",
        note=batch.note,
    )


def get_batch(ctx: Ctx, batch_id: int) -> EntryBatchRow:
    """One stack; raises :class:`NotFound`."""
    ctx.require(ENTER)
    found = ctx.session.execute(_batches().where(EntryBatch.id == batch_id)).one_or_none()
    if found is None:
        raise NotFound("这一摞答卷不存在或已作废，请刷新列表。")
    return _row(found)


def get_entry(ctx: Ctx, batch_id: int) -> EntryView:
    """The turn under way with what its clerk typed so far, for that clerk only.

    Raises :class:`RuleViolation` when none is under way and :class:`PermissionDenied` for anybody else.
    """
    ctx.require(ENTER)
    row = get_batch(ctx, batch_id)
    turn = _TURNS.get(row.state)
    if turn is None:
        raise RuleViolation(f"这一摞答卷{row.state.pill.text}，现在没有要录的；请刷新列表。")
    if (row.first_id if turn == 1 else row.second_id) != ctx.actor.user_id:
        who = (row.first if turn == 1 else row.second) or "另一个人"
        raise PermissionDenied(f"这一遍由{who}在录；录完以前别人看不到，两遍才各录各的。")
    content, asks_code = _asked(ctx, row.campaign_id)
    return EntryView(row, content, asks_code, turn, _sheets(ctx, batch_id, turn))


def get_check(ctx: Ctx, batch_id: int) -> CheckView:
    """Both turns of a stack typed twice, and where they differ; raises :class:`RuleViolation` before."""
    ctx.require(ENTER)
    row = get_batch(ctx, batch_id)
    if row.state is not BatchState.CHECK:
        raise RuleViolation(f"这一摞答卷{row.state.pill.text}，两遍都录完才能核对；请刷新列表。")
    content, asks_code = _asked(ctx, row.campaign_id)
    first, second = _sheets(ctx, batch_id, 1), _sheets(ctx, batch_id, 2)
    return CheckView(row, content, asks_code, first, second, differences(content, first, second, asks_code=asks_code))


def list_open_campaigns(ctx: Ctx) -> tuple[tuple[int, str, bool], ...]:
    """(id, title, whether it asks for codes) of the campaigns that take papers now, the latest first."""
    ctx.require(ENTER)
    query = (
        select(SurveyCampaign.id, SurveyCampaign.title, SurveyCampaign.anonymity)
        .where(SurveyCampaign.state == CampaignState.OPEN.value)
        .order_by(SurveyCampaign.opens_at.desc(), SurveyCampaign.id.desc())
    )
    return tuple(
        (found.id, found.title, found.anonymity == Anonymity.CODES.value) for found in ctx.session.execute(query)
    )


def _asked(ctx: Ctx, campaign_id: int) -> tuple[Content, bool]:
    campaign = ctx.get(SurveyCampaign, campaign_id)
    version = ctx.get(QuestionnaireVersion, campaign.version_id)
    return Content.from_plain(version.content), campaign.anonymity == Anonymity.CODES.value


def _sheets(ctx: Ctx, batch_id: int, turn: int) -> dict[int, TypedSheet]:
    query = select(EntrySheet).where(EntrySheet.batch_id == batch_id, EntrySheet.turn == turn)
    return {row.sheet: TypedSheet.load(row.answers) for row in ctx.session.scalars(query)}
