"""Signing keys: opened by their owner's password, made at the first signature, retired when the password is lost."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import keys
from dangxiao_houqin.modules.expenses.domain.approval import CHAINS, SignAction, SignRefused
from dangxiao_houqin.modules.expenses.models import SigningKey
from dangxiao_houqin.modules.organization.api import STANDARD, Hashing, confirm_password

from .links import append_link


@dataclass(frozen=True)
class OpenKey:
    """A key whose owner has just proved who he is; lives as long as the use case."""

    row: SigningKey
    private: Ed25519PrivateKey


def open_key(ctx: Ctx, password: str, hashing: Hashing = STANDARD) -> OpenKey | SignRefused:
    """The actor's key, made and entered in the chain when he has none; a wrong password is a refusal.

    Documents are locked before, for a new key holds the chain; see :func:`.links.hold_chain`.
    """
    if (refused := confirm_password(ctx, password, hashing=hashing)) is not None:
        return SignRefused(refused.reason)
    assert ctx.actor.user_id is not None
    row = active_key(ctx, ctx.actor.user_id)
    private = keys.unwrap(row.wrapped, password, row.public_key) if row is not None else None
    if row is None:
        return _issue(ctx, password, hashing)
    if private is None:
        raise RuleViolation("您的签名密钥打不开，请系统管理员在“签批设置 › 签名密钥”里作废，再签时会启用新的密钥。")
    return OpenKey(row, private)


def active_key(ctx: Ctx, user_id: int) -> SigningKey | None:
    """The key a user signs with now."""
    wanted = select(SigningKey).where(SigningKey.user_id == user_id, SigningKey.retired_at.is_(None))
    return ctx.session.scalars(wanted.order_by(SigningKey.id.desc()).limit(1)).one_or_none()


def retire_key(ctx: Ctx, key_id: int, version: int, reason: str) -> None:
    """Administrator: this key signs no more; the owner gets a new one with his next signature.

    What it signed stays verifiable.  Raises :class:`RuleViolation` for one that is retired already.
    """
    ctx.require(CHAINS)
    row = ctx.get(SigningKey, key_id, version=version, lock=True)
    if row.retired_at is not None:
        raise RuleViolation("这个签名密钥已经作废，请刷新列表。")
    if not reason.strip():
        raise InvalidInput("请填写作废的理由。", field="reason")
    _retire(ctx, row, reason.strip())


def rewrap_key(ctx: Ctx, user_id: int, old: str, new: str, hashing: Hashing = STANDARD) -> None:
    """The owner changed his password: lock the key with the new one."""
    row = active_key(ctx, user_id)
    if row is None:
        return
    private = keys.unwrap(row.wrapped, old, row.public_key)
    if private is None:
        _retire(ctx, row, "原密码打不开")
        return
    row.wrapped = keys.wrap(private, new, hashing)


def retire_lost_key(ctx: Ctx, user_id: int) -> None:
    """An administrator reset the password: nobody can open the key any more."""
    wanted = select(SigningKey).where(SigningKey.user_id == user_id, SigningKey.retired_at.is_(None))
    for row in ctx.session.scalars(wanted):
        _retire(ctx, row, f"{ctx.actor.name}重置了登录密码")


def _retire(ctx: Ctx, row: SigningKey, reason: str) -> None:
    row.retired_at, row.retired_reason, row.wrapped = ctx.now(), reason[:200], ""


def _issue(ctx: Ctx, password: str, hashing: Hashing) -> OpenKey:
    assert ctx.actor.user_id is not None
    private = keys.new_key()
    row = ctx.add(
        SigningKey(
            user_id=ctx.actor.user_id,
            user_name=ctx.actor.name[:60],
            public_key=keys.public_hex(private),
            wrapped=keys.wrap(private, password, hashing),
        )
    )
    append_link(ctx, private, row, SignAction.KEY)
    return OpenKey(row, private)
