"""Agreements about sharing a room."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, PairKind, SaveRoommateRule
from dangxiao_houqin.modules.accommodation.models import RoommateRule
from dangxiao_houqin.modules.training.api import get_enrollment


def save_pair(ctx: Ctx, cmd: SaveRoommateRule) -> int:
    """Set what two people of one class agreed; a second agreement replaces the first. Returns its id."""
    ctx.require(ASSIGN)
    if cmd.first_id == cmd.second_id:
        raise InvalidInput("请选择两位不同的学员。", field="second_id")
    first, second = get_enrollment(ctx, cmd.first_id), get_enrollment(ctx, cmd.second_id)
    if {first.class_id, second.class_id} != {cmd.class_id}:
        raise InvalidInput("两位学员必须在同一个班次，请重新选择。", field="second_id")
    if cmd.kind is PairKind.TOGETHER and first.sex != second.sex:
        raise InvalidInput(f"{first.name}和{second.name}性别不同，不能同住一间。", field="second_id")
    low, high = sorted((cmd.first_id, cmd.second_id))
    found = ctx.session.scalars(
        select(RoommateRule).where(RoommateRule.first_id == low, RoommateRule.second_id == high)
    ).one_or_none()
    if found is None:
        found = RoommateRule(class_id=cmd.class_id, first_id=low, second_id=high)
    found.kind, found.reason = cmd.kind.value, cmd.reason.strip()
    return ctx.add(found).id


def delete_pair(ctx: Ctx, pair_id: int, version: int | None) -> None:
    """Forget an agreement."""
    ctx.require(ASSIGN)
    ctx.session.delete(ctx.get(RoommateRule, pair_id, version=version, lock=True))
    ctx.session.flush()
