"""Setting who signs: dated chains, and who stands in for whom."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import (
    CHAINS,
    DocumentKind,
    SaveChain,
    SaveChainStep,
    SaveStandIn,
    Who,
)
from dangxiao_houqin.modules.expenses.models import ChainStep, SigningChain, StandIn
from dangxiao_houqin.modules.organization.api import user_account


def save_chain(ctx: Ctx, cmd: SaveChain) -> int:
    """Create or change a chain with all its steps; returns its id. Documents on their way keep their own steps.

    Raises :class:`InvalidInput` (no signer after the applicant, a step without holder, amounts the wrong way round)
    and :class:`RuleViolation` when its days overlap another chain of the kind.
    """
    ctx.require(CHAINS)
    name = cmd.name.strip()
    if not name:
        raise InvalidInput("请填写签批链的名称。", field="name")
    if cmd.valid_until is not None and cmd.valid_until <= cmd.valid_from:
        raise InvalidInput("失效日期要晚于生效日期。", field="valid_until")
    _check_steps(ctx, cmd.steps)
    _no_overlap(ctx, cmd)
    if cmd.chain_id is None:
        chain = SigningChain(document_kind=cmd.document_kind.value)
    else:
        chain = ctx.get(SigningChain, cmd.chain_id, version=cmd.version, lock=True)
    chain.name, chain.note = name, cmd.note.strip()
    chain.valid_from, chain.valid_until = cmd.valid_from, cmd.valid_until
    ctx.add(chain)
    for old in ctx.session.scalars(select(ChainStep).where(ChainStep.chain_id == chain.id)):
        ctx.session.delete(old)
    ctx.session.flush()
    for position, step in enumerate(cmd.steps):
        ctx.add(
            ChainStep(
                chain_id=chain.id,
                position=position,
                title=step.title.strip(),
                who=step.who.value,
                role_id=step.role_id if step.who is Who.ROLE else None,
                post=step.post.strip() if step.who is Who.POST else "",
                user_id=step.user_id if step.who is Who.PERSON else None,
                min_fen=step.min_fen,
                below_fen=step.below_fen,
                categories=list(step.categories),
                class_kinds=list(step.class_kinds),
                active=step.active,
            )
        )
    return chain.id


def delete_chain(ctx: Ctx, chain_id: int, version: int) -> None:
    """Forget a chain that never counted or should not have; documents on their way keep their own steps."""
    ctx.require(CHAINS)
    chain = ctx.get(SigningChain, chain_id, version=version, lock=True)
    for step in ctx.session.scalars(select(ChainStep).where(ChainStep.chain_id == chain.id)):
        ctx.session.delete(step)
    ctx.session.flush()
    ctx.session.delete(chain)


def save_stand_in(ctx: Ctx, cmd: SaveStandIn) -> int:
    """登记授权代签; returns its id. Raises :class:`InvalidInput`, :class:`RuleViolation`."""
    ctx.require(CHAINS)
    if cmd.principal_id == cmd.deputy_id:
        raise InvalidInput("代签人不能是本人。", field="deputy_id")
    if cmd.until_day < cmd.from_day:
        raise InvalidInput("结束日期不能早于开始日期。", field="until_day")
    if cmd.limit_fen is not None and cmd.limit_fen <= 0:
        raise InvalidInput("代签的限额要大于 0；不限金额请留空。", field="limit_fen")
    active = set(
        ctx.session.scalars(
            select(user_account.c.id).where(
                user_account.c.id.in_([cmd.principal_id, cmd.deputy_id]), user_account.c.active
            )
        )
    )
    if cmd.principal_id not in active:
        raise InvalidInput("授权人已停用，请重新选择。", field="principal_id")
    if cmd.deputy_id not in active:
        raise InvalidInput("代签人已停用，请重新选择。", field="deputy_id")
    if cmd.stand_in_id is None:
        row = StandIn()
    else:
        row = ctx.get(StandIn, cmd.stand_in_id, version=cmd.version, lock=True)
        if row.revoked_at is not None:
            raise RuleViolation("这条授权已撤销，不能再改，请另登记一条。")
    row.principal_id, row.deputy_id = cmd.principal_id, cmd.deputy_id
    row.from_day, row.until_day = cmd.from_day, cmd.until_day
    row.limit_fen, row.document = cmd.limit_fen, cmd.document.strip()
    return ctx.add(row).id


def revoke_stand_in(ctx: Ctx, stand_in_id: int, version: int, reason: str) -> None:
    """End a stand-in at once; what was signed under it stays."""
    ctx.require(CHAINS)
    row = ctx.get(StandIn, stand_in_id, version=version, lock=True)
    if row.revoked_at is not None:
        raise RuleViolation("这条授权已经撤销，请刷新列表。")
    if not reason.strip():
        raise InvalidInput("请填写撤销的理由。", field="reason")
    row.revoked_at, row.revoked_reason = ctx.now(), reason.strip()


def _check_steps(ctx: Ctx, steps: tuple[SaveChainStep, ...]) -> None:
    del ctx
    if not steps or steps[0].who is not Who.APPLICANT:
        raise InvalidInput("签批链的第一步必须是经办人本人。", field="steps")
    if not any(step.active for step in steps[1:]):
        raise InvalidInput("经办人之后至少要有一步启用的签批。", field="steps")
    for number, step in enumerate(steps, start=1):
        if not step.title.strip():
            raise InvalidInput(f"第 {number} 步没有名称，请填写，如“分管领导”。", field="steps")
        if number > 1 and step.who is Who.APPLICANT:
            raise InvalidInput(f"第 {number} 步不能再由经办人本人签批。", field="steps")
        missing = {
            Who.ROLE: step.role_id is None,
            Who.POST: not step.post.strip(),
            Who.PERSON: step.user_id is None,
            Who.APPLICANT: False,
        }
        if missing[step.who]:
            raise InvalidInput(f"第 {number} 步“{step.title}”没有指定由谁签批。", field="steps")
        if step.min_fen is not None and step.below_fen is not None and step.below_fen <= step.min_fen:
            raise InvalidInput(f"第 {number} 步“{step.title}”的金额上限要大于下限。", field="steps")


def _no_overlap(ctx: Ctx, cmd: SaveChain) -> None:
    kind = DocumentKind(cmd.document_kind).value
    for other in ctx.session.scalars(select(SigningChain).where(SigningChain.document_kind == kind)):
        if other.id == cmd.chain_id:
            continue
        starts_before_end = cmd.valid_until is None or other.valid_from < cmd.valid_until
        ends_after_start = other.valid_until is None or other.valid_until > cmd.valid_from
        if starts_before_end and ends_after_start:
            until = f"{other.valid_until}" if other.valid_until is not None else "今后"
            raise RuleViolation(
                f"生效期与“{other.name}”（{other.valid_from} 至 {until}）重叠，请先改那一条的失效日期。",
                field="valid_from",
            )
