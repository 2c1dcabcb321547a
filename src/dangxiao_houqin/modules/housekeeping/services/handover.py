"""客房交付检查: room by room before a class, by the office's list."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import INSPECT, CheckItem, RoomCondition, SaveHandover
from dangxiao_houqin.modules.housekeeping.models import HandoverCheck
from dangxiao_houqin.modules.training.api import get_class

from .rooms import Steps, short

MOST_ITEMS = 20


def save_handover(ctx: Ctx, cmd: SaveHandover) -> bool:
    """Keep what was found; a room where all is in order is ready, one with a fault is held back.  Returns passed.

    A dirty room cannot pass (:class:`RuleViolation`); somebody else's check of the same room meanwhile is a
    :class:`Conflict`.
    """
    ctx.require(INSPECT)
    if not cmd.items:
        raise InvalidInput("检查项目是空的，请先在系统设置里填写客房交付检查项目。", field="items")
    items = [_kept(item) for item in cmd.items[:MOST_ITEMS]]
    passed = all(item.ok for item in cmd.items)
    checker = short(cmd.checker, "检查人", "checker", 60) or ctx.actor.name
    note = short(cmd.note, "备注", "note", 200)
    get_class(ctx, cmd.class_id)
    steps = Steps(ctx, (cmd.room_id,))
    name = steps.names[cmd.room_id]
    query = select(HandoverCheck).where(HandoverCheck.class_id == cmd.class_id, HandoverCheck.room_id == cmd.room_id)
    check = ctx.session.scalars(query).one_or_none()
    if check is None:
        check = HandoverCheck(class_id=cmd.class_id, room_id=cmd.room_id)
        ctx.session.add(check)
    elif check.version != cmd.version:
        raise Conflict(f"{check.checker}刚检查过{name}，请重新载入后再看。")
    condition = steps.condition(cmd.room_id)
    if passed and condition is RoomCondition.DIRTY:
        raise RuleViolation(f"{name}还是“待打扫”，请先登记打扫再交付。")
    check.checked_on, check.checker, check.passed = ctx.today(), checker, passed
    check.items, check.note = items, note
    if passed:
        if condition is RoomCondition.CLEAN:
            steps.inspected(cmd.room_id, checker)
        if steps.condition(cmd.room_id) is not RoomCondition.READY:
            steps.ready(cmd.room_id)
    elif condition is RoomCondition.READY:
        faults = "、".join(item.item for item in cmd.items if not item.ok)
        steps.held_back(cmd.room_id, f"交付检查：{faults}"[:100])
    steps.done()
    return passed


def _kept(item: CheckItem) -> dict[str, object]:
    return {
        "item": short(item.item, "检查项目", "items", 60),
        "ok": item.ok,
        "note": short(item.note, f"“{item.item}”的说明", "items", 100),
    }
