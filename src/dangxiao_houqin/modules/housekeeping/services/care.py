"""Conditions of rooms: cleaned, inspected, ready, dirty again; every step can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    INSPECT,
    WORK,
    CareStep,
    FailInspection,
    HousekeepingRules,
    RaiseTask,
    RoomCondition,
    SetConditions,
    TaskKind,
    TaskState,
)
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask

from .rooms import Steps, restore, short, some
from .tasks import raise_with

_CLEANING = tuple(kind.value for kind in TaskKind if kind.cleans)
_UNSAID = {RoomCondition.CLEAN: "打扫", RoomCondition.INSPECTED: "检查"}


def right_for(condition: RoomCondition) -> Permission:
    """Who may mark a room so: inspectors say 已检查 and 可入住, whoever works says the rest."""
    return INSPECT if condition in (RoomCondition.INSPECTED, RoomCondition.READY) else WORK


def set_conditions(ctx: Ctx, cmd: SetConditions) -> CareStep:
    """Mark many rooms at once; those already so far are left alone.

    A room that becomes clean has its open tasks done.  Steps passed over (可入住 for a room nobody cleaned) are asked
    about first.  Raises :class:`RuleViolation` when somebody inspects what he cleaned and the office forbids that.
    """
    ctx.require(right_for(cmd.condition))
    by = short(cmd.by, "姓名", "by", 60) or ctx.actor.name
    reason = short(cmd.reason, "原因", "reason", 100)
    steps = Steps(ctx, cmd.room_ids)
    target = cmd.condition
    if target is RoomCondition.DIRTY:
        for room_id in steps.names:
            if steps.condition(room_id) is RoomCondition.DIRTY:
                steps.unchanged += 1
            else:
                steps.dirty(room_id, reason)
        return steps.done()
    moving = [room_id for room_id in steps.names if steps.condition(room_id).step < target.step]
    steps.unchanged = len(steps.names) - len(moving)
    _ask_about_gaps(ctx, steps, moving, target)
    for room_id in moving:
        _forward(steps, room_id, target, by, named=bool(cmd.by.strip()))
    return steps.done()


def _gap(rules: HousekeepingRules, now: RoomCondition, target: RoomCondition) -> tuple[RoomCondition, ...]:
    """Steps between the two that this office takes."""
    return tuple(
        c
        for c in (RoomCondition.CLEAN, RoomCondition.INSPECTED)
        if now.step < c.step < target.step and (c is RoomCondition.CLEAN or rules.inspect_needed)
    )


def _ask_about_gaps(ctx: Ctx, steps: Steps, moving: list[int], target: RoomCondition) -> None:
    gaps = {room_id: _gap(steps.rules, steps.condition(room_id), target) for room_id in moving}
    if skipped := [room_id for room_id, gap in gaps.items() if gap]:
        words = "或".join(word for c, word in _UNSAID.items() if any(c in gap for gap in gaps.values()))
        rooms = some(steps.names[room_id] for room_id in skipped)
        ctx.confirm("skip_steps", f"{rooms}还没有登记{words}，要直接标记为“{target.label}”吗？")


def _forward(steps: Steps, room_id: int, target: RoomCondition, by: str, *, named: bool) -> None:
    if steps.condition(room_id) is RoomCondition.DIRTY:
        cleaner = ""
        for task in _open_tasks(steps.ctx, room_id):
            cleaner = steps.finish(task, by if named and target is RoomCondition.CLEAN else "")
            if task.linen:
                steps.new_linen(room_id)
        steps.cleaned(room_id, by if target is RoomCondition.CLEAN and (named or not cleaner) else cleaner or by)
    if steps.condition(room_id).step >= target.step:
        return  # the office does not use the steps in between
    if target is RoomCondition.INSPECTED:
        steps.inspected(room_id, by)
    elif target is RoomCondition.READY:
        steps.ready(room_id)


def _open_tasks(ctx: Ctx, room_id: int) -> list[HousekeepingTask]:
    query = select(HousekeepingTask).where(
        HousekeepingTask.room_id == room_id,
        HousekeepingTask.state == TaskState.OPEN.value,
        HousekeepingTask.kind.in_(_CLEANING),
        HousekeepingTask.due_on <= ctx.today(),
    )
    return list(ctx.session.scalars(query.order_by(HousekeepingTask.id)))


def fail_inspection(ctx: Ctx, cmd: FailInspection) -> CareStep:
    """The inspection found something: the rooms are to be cleaned again and their last task is open again."""
    ctx.require(INSPECT)
    reason = short(cmd.reason, "不合格的原因", "reason", 80)
    if not reason:
        raise InvalidInput("请写明哪里不合格，打扫的人才知道要做什么。", field="reason")
    text = f"检查未通过：{reason}"
    steps = Steps(ctx, cmd.room_ids)
    for room_id in steps.names:
        if steps.condition(room_id) is RoomCondition.DIRTY:
            steps.unchanged += 1
            continue
        task = _last_done(ctx, steps, room_id)
        if task is None:
            raise_with(steps, RaiseTask(room_id, TaskKind.CHECKOUT, ctx.today(), note=text, again=True))
        else:
            steps.keep(task)
            task.state, task.done_at, task.done_by = TaskState.OPEN.value, None, ""
            task.note = "；".join(part for part in (task.note, text) if part)[:200]
        steps.dirty(room_id, text)
    return steps.done()


def _last_done(ctx: Ctx, steps: Steps, room_id: int) -> HousekeepingTask | None:
    """The task that made the room clean this time, if it was one."""
    cleaned_at = steps.cares[room_id].cleaned_at
    if cleaned_at is None:
        return None
    query = select(HousekeepingTask).where(
        HousekeepingTask.room_id == room_id,
        HousekeepingTask.state == TaskState.DONE.value,
        HousekeepingTask.kind.in_(_CLEANING),
        HousekeepingTask.done_at >= cleaned_at,
    )
    return ctx.session.scalars(query.order_by(HousekeepingTask.done_at.desc(), HousekeepingTask.id.desc())).first()


def take_back(ctx: Ctx, step: CareStep) -> None:
    """撤销: rooms and tasks as they were before ``step``; raises :class:`Conflict` when somebody went on meanwhile."""
    ctx.require(WORK if ctx.can(WORK) else INSPECT)
    restore(ctx, step)


# house: open - check-out and other services above call it under their own right
def mark_dirty(ctx: Ctx, room_ids: Iterable[int], reason: str) -> CareStep:
    """The guests of these rooms left (``reason``: 退房, 换房 …); a dirty room keeps its first reason."""
    steps = Steps(ctx, room_ids)
    for room_id in steps.names:
        if steps.condition(room_id) is RoomCondition.DIRTY:
            steps.unchanged += 1
        else:
            steps.dirty(room_id, reason[:100])
    return steps.done()


# house: open - undoing a check-out calls it under its own right
def clear_dirty(ctx: Ctx, room_ids: Iterable[int], *, since: datetime | None = None) -> CareStep:
    """The guests are back before anybody cleaned: rooms that are still dirty count as ready again.

    With ``since`` only those that became dirty then or later: what was dirty before they left is so still.
    """
    steps = Steps(ctx, room_ids)
    for room_id in steps.names:
        dirty = steps.condition(room_id) is RoomCondition.DIRTY
        if dirty and (since is None or steps.cares[room_id].updated_at >= since):
            steps.ready(room_id)
        else:
            steps.unchanged += 1
    return steps.done()
