"""Cleaning tasks: raised once, given to somebody, done or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    WORK,
    AddTasks,
    AssignTasks,
    CareStep,
    FinishTasks,
    RaiseTask,
    RoomCondition,
    TaskKind,
    TaskState,
)
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask

from .rooms import Steps, lock_rooms, short, tasks_of


# house: open - check-out and the daily job above call it under their own right
def raise_task(ctx: Ctx, cmd: RaiseTask) -> int:
    """Clean this room by that day; asked for twice it is one task.  Returns its id."""
    return raise_tasks(ctx, (cmd,))[0]


# house: open - check-out and the daily job above call it under their own right
def raise_tasks(ctx: Ctx, commands: Sequence[RaiseTask]) -> tuple[int, ...]:
    """Several tasks at once (one look at the database for all); returns their ids in the order asked."""
    if not commands:
        return ()
    lock_rooms(ctx, (cmd.room_id for cmd in commands))  # two desks queue here, so that neither raises it twice
    present = _present(ctx, commands)
    made = [_raise(ctx, cmd, present)[0] for cmd in commands]
    ctx.session.flush()
    return tuple(task.id for task in made)


def raise_with(steps: Steps, cmd: RaiseTask) -> None:
    """A task raised as part of a step that can be taken back; the step holds the room."""
    found = _present(steps.ctx, (cmd,)).get((cmd.room_id, cmd.kind.value, cmd.due_on))
    if found is not None:
        steps.keep(found)
    task, new = _raise(steps.ctx, cmd, {} if found is None else {(found.room_id, found.kind, found.due_on): found})
    if new:
        steps.ctx.session.flush()
        steps.keep(task, new=True)


Key = tuple[int, str, date]


def _present(ctx: Ctx, commands: Sequence[RaiseTask]) -> dict[Key, HousekeepingTask]:
    query = select(HousekeepingTask).where(
        HousekeepingTask.room_id.in_({cmd.room_id for cmd in commands}),
        HousekeepingTask.due_on.in_({cmd.due_on for cmd in commands}),
    )
    found = ctx.session.scalars(query.execution_options(populate_existing=True))
    return {(task.room_id, task.kind, task.due_on): task for task in found}


def _raise(ctx: Ctx, cmd: RaiseTask, present: dict[Key, HousekeepingTask]) -> tuple[HousekeepingTask, bool]:
    key = (cmd.room_id, cmd.kind.value, cmd.due_on)
    task = present.get(key)
    note = short(cmd.note, "备注", "note", 200)
    if task is None:
        task = HousekeepingTask(
            room_id=cmd.room_id, kind=cmd.kind.value, due_on=cmd.due_on, linen=cmd.linen, note=note, state="open"
        )
        ctx.session.add(task)
        present[key] = task
        return task, True
    if cmd.again and task.state != TaskState.OPEN.value:
        task.state, task.done_at, task.done_by = TaskState.OPEN.value, None, ""
        task.note = note or task.note
    if cmd.linen and task.state == TaskState.OPEN.value:
        task.linen = True
    return task, False


# house: open - undoing a check-out and other services above call it under their own right
def withdraw_tasks(ctx: Ctx, room_ids: Iterable[int], kind: TaskKind, due_on: date) -> int:
    """What asked for these tasks did not happen: open ones are cancelled; returns how many."""
    names = lock_rooms(ctx, room_ids)
    query = select(HousekeepingTask).where(
        HousekeepingTask.room_id.in_(names),
        HousekeepingTask.kind == kind.value,
        HousekeepingTask.due_on == due_on,
        HousekeepingTask.state == TaskState.OPEN.value,
    )
    tasks = ctx.session.scalars(query).all()
    for task in tasks:
        task.state = TaskState.CANCELLED.value
    return len(tasks)


def add_tasks(ctx: Ctx, cmd: AddTasks) -> int:
    """Tasks by hand for many rooms; returns how many of them were not there yet."""
    ctx.require(WORK)
    if not cmd.room_ids:
        raise InvalidInput("请先选择要打扫的房间。", field="room_ids")
    assignee = short(cmd.assignee, "打扫人", "assignee", 60)
    commands = [RaiseTask(r, cmd.kind, cmd.due_on, cmd.linen, cmd.note, again=True) for r in cmd.room_ids]
    lock_rooms(ctx, cmd.room_ids)
    present = _present(ctx, commands)
    added = 0
    for each in commands:
        task, new = _raise(ctx, each, present)
        added += new
        task.assignee = assignee or task.assignee
    return added


def assign_tasks(ctx: Ctx, cmd: AssignTasks) -> int:
    """Give open tasks to somebody (blank: to nobody); returns how many changed hands."""
    ctx.require(WORK)
    assignee = short(cmd.assignee, "打扫人", "assignee", 60)
    changed = 0
    for task in tasks_of(ctx, cmd.task_ids):
        if task.state == TaskState.OPEN.value and task.assignee != assignee:
            task.assignee = assignee
            changed += 1
    return changed


def finish_tasks(ctx: Ctx, cmd: FinishTasks) -> CareStep:
    """These tasks are done: a dirty room is clean now, new linen is noted.  Tasks done before are left alone."""
    ctx.require(WORK)
    by = short(cmd.by, "打扫人", "by", 60)
    rooms = [task.room_id for task in tasks_of(ctx, cmd.task_ids)]
    steps = Steps(ctx, rooms)
    for task in tasks_of(ctx, cmd.task_ids):
        if task.state != TaskState.OPEN.value:
            steps.unchanged += 1
            continue
        kind = TaskKind(task.kind)
        if task.due_on > ctx.today() and kind in (TaskKind.CHECKOUT, TaskKind.STAY):
            raise RuleViolation(f"{steps.names[task.room_id]}的{kind.label}还没到日期，请到当天再登记完成。")
        who = steps.finish(task, by)
        if kind.cleans and steps.condition(task.room_id) is RoomCondition.DIRTY:
            steps.cleaned(task.room_id, who)
        if task.linen:
            steps.new_linen(task.room_id)
    return steps.done()


def cancel_tasks(ctx: Ctx, task_ids: Sequence[int]) -> CareStep:
    """These open tasks need not be done (请勿打扰 …)."""
    ctx.require(WORK)
    steps = Steps(ctx, [task.room_id for task in tasks_of(ctx, task_ids)])
    for task in tasks_of(ctx, task_ids):
        if task.state == TaskState.OPEN.value:
            steps.keep(task).state = TaskState.CANCELLED.value
        else:
            steps.unchanged += 1
    return steps.done()
