"""遗留物品: registered with a tag, given back, or disposed of when its time is over."""

from __future__ import annotations

import calendar
from datetime import date

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import LOST, CloseLost, HousekeepingRules, LostState, SaveLost
from dangxiao_houqin.modules.housekeeping.models import LostProperty
from dangxiao_houqin.modules.inbox import api as inbox

from .rooms import lock_rooms, short


def inbox_key(lost_id: int) -> str:
    """The key of the 待办 about a thing whose time is over."""
    return f"housekeeping.lost:{lost_id}"


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one (30 November + 3 months is 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def save_lost(ctx: Ctx, cmd: SaveLost) -> int:
    """Register a found thing under the next tag of its year (YW-2026-001), or correct one that is still kept."""
    ctx.require(LOST)
    item = short(cmd.item, "物品", "item", 200)
    if not item:
        raise InvalidInput("请写明是什么物品，例如“黑色保温杯，贴有姓名条”。", field="item")
    place = short(cmd.place, "地点", "place", 100)
    if cmd.room_id is None and not place:
        raise InvalidInput("请选择房间，或写明在哪里拾到的。", field="place")
    if cmd.found_on > ctx.today():
        raise InvalidInput("拾到日期不能晚于今天。", field="found_on")
    if cmd.room_id is not None:
        lock_rooms(ctx, (cmd.room_id,))
    if cmd.id is None:
        number = ctx.next_number("lost_property", str(cmd.found_on.year))
        lost = LostProperty(tag=f"YW-{cmd.found_on.year}-{number:03d}", state=LostState.KEPT.value)
    else:
        lost = ctx.get(LostProperty, cmd.id, version=cmd.version, lock=True)
        _refuse_closed(lost)
    lost.item, lost.room_id, lost.place, lost.found_on = item, cmd.room_id, place, cmd.found_on
    lost.finder = short(cmd.finder, "拾物人", "finder", 60)
    lost.owner = short(cmd.owner, "失主", "owner", 80)
    lost.owner_phone = short(cmd.owner_phone, "联系电话", "owner_phone", 40)
    lost.kept_at = short(cmd.kept_at, "存放处", "kept_at", 60)
    lost.keep_until = months_later(cmd.found_on, ctx.settings(HousekeepingRules).keep_months)
    return ctx.add(lost).id


def _refuse_closed(lost: LostProperty) -> None:
    if lost.state != LostState.KEPT.value:
        state = LostState(lost.state).label
        raise RuleViolation(f"{lost.tag}“{lost.item}”{state}，不能再改；登记错了请先撤回。")


def _close(ctx: Ctx, cmd: CloseLost, state: LostState, what: str) -> LostProperty:
    lost = ctx.get(LostProperty, cmd.id, version=cmd.version, lock=True)
    _refuse_closed(lost)
    note = short(cmd.note, what, "note", 200)
    if not note:
        raise InvalidInput(f"请填写{what}。", field="note")
    lost.state, lost.closed_on, lost.closed_note = state.value, ctx.today(), note
    inbox.close(ctx, inbox_key(lost.id), f"{state.label}：{note}")
    return lost


def return_lost(ctx: Ctx, cmd: CloseLost) -> int:
    """The owner, or somebody for him, took the thing back; ``note`` names who."""
    ctx.require(LOST)
    return _close(ctx, cmd, LostState.RETURNED, "领取人").id


def dispose_lost(ctx: Ctx, cmd: CloseLost) -> int:
    """Nobody came for it; before its time is over this is asked about (food spoils)."""
    ctx.require(LOST)
    lost = _close(ctx, cmd, LostState.DISPOSED, "处置方式")
    if ctx.today() <= lost.keep_until:
        left = (lost.keep_until - ctx.today()).days
        ctx.confirm(
            "dispose_early", f"{lost.tag}“{lost.item}”的保管期还有 {left} 天（到 {lost.keep_until}），现在就处置吗？"
        )
    return lost.id


def reopen_lost(ctx: Ctx, lost_id: int) -> None:
    """撤回: the thing is kept on."""
    ctx.require(LOST)
    lost = ctx.get(LostProperty, lost_id, lock=True)
    lost.state, lost.closed_on, lost.closed_note = LostState.KEPT.value, None, ""
