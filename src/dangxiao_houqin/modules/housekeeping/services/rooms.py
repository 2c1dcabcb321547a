"""What every step on a room does first: lock it, find its care row, remember how it was, and move it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    CareBefore,
    CareStep,
    HousekeepingRules,
    RoomCondition,
    TaskBefore,
    TaskState,
)
from dangxiao_houqin.modules.housekeeping.models import HousekeepingTask, RoomCare
from dangxiao_houqin.modules.places.api import building, room


def lock_rooms(ctx: Ctx, room_ids: Iterable[int]) -> dict[int, str]:
    """Hold these rooms until the end of the transaction; id → 明德楼305, in the order of the lists.

    They are locked by id as for nights, so that desk and housekeeping queue instead of deadlocking.
    Raises :class:`NotFound` when one was deleted meanwhile.
    """
    wanted = sorted(set(room_ids))
    ctx.session.execute(select(room.c.id).where(room.c.id.in_(wanted)).order_by(room.c.id).with_for_update())
    names = (
        select(room.c.id, building.c.name + room.c.number)
        .join(building, building.c.id == room.c.building_id)
        .where(room.c.id.in_(wanted))
        .order_by(building.c.sort_order, building.c.id, room.c.sort_key, room.c.id)
    )
    found: dict[int, str] = dict(ctx.session.execute(names).all())
    if len(found) < len(wanted):
        raise NotFound("所选房间中有的已被删除，请刷新列表。")
    return found


def some(names: Iterable[str], most: int = 4) -> str:
    """明德楼201、明德楼202 等 12 间."""
    known = list(names)
    return "、".join(known[:most]) + (f" 等 {len(known)} 间" if len(known) > most else "")


def short(text: str, title: str, field: str, longest: int) -> str:
    """``text`` without blanks around it; raises :class:`InvalidInput` when it is too long."""
    text = text.strip()
    if len(text) > longest:
        raise InvalidInput(f"{title}最多 {longest} 个字，现在是 {len(text)} 个。", field=field)
    return text


class Steps:
    """The rooms and tasks of one step: how they were before, and what becomes of them."""

    def __init__(self, ctx: Ctx, room_ids: Iterable[int]) -> None:
        self.ctx = ctx
        self.rules = ctx.settings(HousekeepingRules)
        self.names = lock_rooms(ctx, room_ids)
        query = select(RoomCare).where(RoomCare.room_id.in_(self.names)).execution_options(populate_existing=True)
        self.cares = {care.room_id: care for care in ctx.session.scalars(query)}
        for room_id in self.names:
            if room_id not in self.cares:
                self.cares[room_id] = RoomCare(
                    room_id=room_id,
                    condition=RoomCondition.READY.value,
                    reason="",
                    cleaned_by="",
                    inspected_by="",
                )
        self._rooms: dict[int, CareBefore] = {}
        self._tasks: dict[int, tuple[HousekeepingTask, TaskBefore]] = {}
        self.unchanged = 0

    def condition(self, room_id: int) -> RoomCondition:
        return RoomCondition(self.cares[room_id].condition)

    def _remember(self, room_id: int) -> RoomCare:
        care = self.cares[room_id]
        if room_id not in self._rooms:
            self._rooms[room_id] = CareBefore(
                room_id,
                0,
                RoomCondition(care.condition),
                care.reason,
                care.cleaned_at,
                care.cleaned_by,
                care.inspected_at,
                care.inspected_by,
                care.linen_on,
            )
            self.ctx.session.add(care)
        return care

    def dirty(self, room_id: int, reason: str) -> None:
        """待打扫: whoever cleaned and inspected it did so for guests that are gone."""
        care = self._remember(room_id)
        care.condition, care.reason = RoomCondition.DIRTY.value, reason
        care.cleaned_at = care.inspected_at = None
        care.cleaned_by = care.inspected_by = ""

    def cleaned(self, room_id: int, by: str) -> None:
        """已打扫, or what the office goes on to from there."""
        care = self._remember(room_id)
        care.condition, care.reason = self.rules.rest(RoomCondition.CLEAN).value, ""
        care.cleaned_at, care.cleaned_by = self.ctx.now(), by

    def inspected(self, room_id: int, by: str) -> None:
        """已检查; raises :class:`RuleViolation` when the cleaner inspects and the office forbids that."""
        care = self._remember(room_id)
        if self.rules.inspector_differs and care.cleaned_by == by:
            raise RuleViolation(f"{self.names[room_id]}是{by}打扫的，按规定要由另一人检查。", field="by")
        care.condition, care.reason = self.rules.rest(RoomCondition.INSPECTED).value, ""
        care.inspected_at, care.inspected_by = self.ctx.now(), by

    def ready(self, room_id: int) -> None:
        """可入住."""
        care = self._remember(room_id)
        care.condition, care.reason = RoomCondition.READY.value, ""

    def held_back(self, room_id: int, reason: str) -> None:
        """A room that was ready is not: the handover check found something."""
        care = self._remember(room_id)
        care.condition, care.reason = RoomCondition.INSPECTED.value, reason

    def new_linen(self, room_id: int) -> None:
        self._remember(room_id).linen_on = self.ctx.today()

    def keep(self, task: HousekeepingTask, *, new: bool = False) -> HousekeepingTask:
        """Remember a task before it changes; taking back a new one cancels it."""
        if task.id not in self._tasks:
            state = TaskState.CANCELLED if new else TaskState(task.state)
            self._tasks[task.id] = (
                task,
                TaskBefore(task.id, 0, state, task.note, task.done_at, task.done_by),
            )
        return task

    def finish(self, task: HousekeepingTask, by: str) -> str:
        """The task is done; who did it."""
        self.keep(task)
        who = by or task.assignee or self.ctx.actor.name
        task.state, task.done_at, task.done_by = TaskState.DONE.value, self.ctx.now(), who
        return who

    def done(self) -> CareStep:
        """Write, and give what :func:`take_back` needs."""
        self.ctx.session.flush()
        rooms = tuple(replace(before, version=self.cares[before.room_id].version) for before in self._rooms.values())
        tasks = tuple(replace(before, version=task.version) for task, before in self._tasks.values())
        return CareStep(rooms, tasks, self.unchanged)


def restore(ctx: Ctx, step: CareStep) -> None:
    """Put rooms and tasks back as they were; raises :class:`Conflict` when somebody went on meanwhile."""
    names = lock_rooms(ctx, [before.room_id for before in step.rooms])
    wanted = {before.room_id: before for before in step.rooms}
    for care in ctx.session.scalars(select(RoomCare).where(RoomCare.room_id.in_(wanted))):
        before = wanted.pop(care.room_id)
        if care.version != before.version:
            raise Conflict(f"{names[care.room_id]}之后又有改动，不能撤销，请直接修改它的状态。")
        care.condition, care.reason = before.condition.value, before.reason
        care.cleaned_at, care.cleaned_by = before.cleaned_at, before.cleaned_by
        care.inspected_at, care.inspected_by = before.inspected_at, before.inspected_by
        care.linen_on = before.linen_on
    for old in step.tasks:
        task = ctx.get(HousekeepingTask, old.task_id, lock=True)
        if task.version != old.version:
            raise Conflict("清扫任务之后又有改动，不能撤销，请刷新后再看。")
        task.state, task.note = old.state.value, old.note
        task.done_at, task.done_by = old.done_at, old.done_by


def tasks_of(ctx: Ctx, task_ids: Sequence[int]) -> list[HousekeepingTask]:
    """These tasks in the order of their rooms; raises :class:`NotFound`."""
    query = select(HousekeepingTask).where(HousekeepingTask.id.in_(task_ids)).order_by(HousekeepingTask.room_id)
    found = list(ctx.session.scalars(query.execution_options(populate_existing=True)))
    if len(found) < len(set(task_ids)):
        raise NotFound("所选任务中有的已被删除，请刷新列表。")
    return found
