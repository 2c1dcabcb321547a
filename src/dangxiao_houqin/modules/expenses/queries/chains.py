"""Lists of the signing settings: chains with their steps, stand-ins, keys."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import (
    CHAINS,
    ChainRow,
    DocumentKind,
    KeyRow,
    SaveChain,
    SaveChainStep,
    StandInRow,
)
from dangxiao_houqin.modules.expenses.models import (
    ChainStep,
    SignatureRecord,
    SigningChain,
    SigningKey,
    StandIn,
)
from dangxiao_houqin.modules.organization.api import user_account

from .signers import step_of


def list_chains(ctx: Ctx, query: ListQuery) -> Listing[ChainRow]:
    """The dated chains, latest first; ``filters``: ``kind``."""
    ctx.require(CHAINS)
    wanted = select(SigningChain).order_by(SigningChain.document_kind, SigningChain.valid_from.desc())
    if query.filters.get("kind"):
        wanted = wanted.where(SigningChain.document_kind == query.filters["kind"])
    chains = ctx.session.scalars(wanted).all()
    steps: dict[int, list[SaveChainStep]] = {}
    for step in ctx.session.scalars(select(ChainStep).order_by(ChainStep.chain_id, ChainStep.position)):
        steps.setdefault(step.chain_id, []).append(step_of(step))
    today = ctx.today()
    rows = [
        ChainRow(
            id=chain.id,
            version=chain.version,
            kind=DocumentKind(chain.document_kind),
            name=chain.name,
            valid_from=chain.valid_from,
            valid_until=chain.valid_until,
            steps=" → ".join(_step_words(step) for step in steps.get(chain.id, ()) if step.active),
            note=chain.note,
            current=chain.valid_from <= today and (chain.valid_until is None or chain.valid_until > today),
        )
        for chain in chains
    ]
    text = query.search.strip().lower()
    rows = [row for row in rows if text in f"{row.name} {row.steps}".lower()]
    end = None if query.limit is None else query.offset + query.limit
    return Listing(tuple(rows[query.offset : end]), len(rows))


def get_chain(ctx: Ctx, chain_id: int) -> SaveChain:
    """A chain with its steps as the form takes it; raises :class:`NotFound`."""
    ctx.require(CHAINS)
    chain = ctx.session.get(SigningChain, chain_id)
    if chain is None:
        raise NotFound("这条签批链已被删除，请刷新列表。")
    steps = ctx.session.scalars(select(ChainStep).where(ChainStep.chain_id == chain_id).order_by(ChainStep.position))
    return SaveChain(
        document_kind=DocumentKind(chain.document_kind),
        name=chain.name,
        valid_from=chain.valid_from,
        valid_until=chain.valid_until,
        steps=tuple(step_of(step) for step in steps),
        note=chain.note,
        chain_id=chain.id,
        version=chain.version,
    )


def list_stand_ins(ctx: Ctx, query: ListQuery) -> Listing[StandInRow]:
    """授权代签, latest first."""
    ctx.require(CHAINS)
    principal, deputy = aliased(user_account), aliased(user_account)
    found = ctx.session.execute(
        select(StandIn, principal.c.display_name.label("principal"), deputy.c.display_name.label("deputy"))
        .join(principal, principal.c.id == StandIn.principal_id)
        .join(deputy, deputy.c.id == StandIn.deputy_id)
        .order_by(StandIn.from_day.desc(), StandIn.id.desc())
    )
    today = ctx.today()
    rows = []
    for row, principal_name, deputy_name in found:
        state = Pill("有效", "success")
        if row.revoked_at is not None:
            state = Pill("已撤销", "neutral")
        elif row.until_day < today:
            state = Pill("已过期", "neutral")
        elif row.from_day > today:
            state = Pill("未开始", "primary")
        rows.append(
            StandInRow(
                row.id,
                row.version,
                row.principal_id,
                principal_name,
                row.deputy_id,
                deputy_name,
                row.from_day,
                row.until_day,
                row.limit_fen,
                row.document,
                state,
                row.revoked_reason,
            )
        )
    text = query.search.strip().lower()
    rows = [row for row in rows if text in f"{row.principal} {row.deputy} {row.document}".lower()]
    end = None if query.limit is None else query.offset + query.limit
    return Listing(tuple(rows[query.offset : end]), len(rows))


def list_keys(ctx: Ctx, query: ListQuery) -> Listing[KeyRow]:
    """Signing keys, those in use first, with how many links each signed."""
    ctx.require(CHAINS)
    counts = select(SignatureRecord.key_id, func.count().label("links")).group_by(SignatureRecord.key_id).subquery()
    found = ctx.session.execute(
        select(SigningKey, counts.c.links)
        .outerjoin(counts, counts.c.key_id == SigningKey.id)
        .order_by(SigningKey.retired_at.is_not(None), SigningKey.id.desc())
    )
    rows = [
        KeyRow(
            key.id,
            key.version,
            key.user_name,
            key.public_key[:16],
            key.created_at,
            key.retired_at,
            key.retired_reason,
            links or 0,
        )
        for key, links in found
    ]
    text = query.search.strip().lower()
    rows = [row for row in rows if text in f"{row.user} {row.fingerprint}".lower()]
    end = None if query.limit is None else query.offset + query.limit
    return Listing(tuple(rows[query.offset : end]), len(rows))


def _step_words(step: SaveChainStep) -> str:
    limits = []
    if step.min_fen is not None:
        limits.append(f"{yuan(step.min_fen)}起")
    if step.below_fen is not None:
        limits.append(f"{yuan(step.below_fen)}以下")
    return step.title + (f"（{'、'.join(limits)}）" if limits else "")
