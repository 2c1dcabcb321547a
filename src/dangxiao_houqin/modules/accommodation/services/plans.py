"""Taking a reviewed proposal: all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.allocation import check
from dangxiao_houqin.modules.accommodation.domain import ASSIGN, ConfirmPlan, ConfirmResult, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.planning import PlanningTask, prepare

from .nights import free_nights, lock_rooms, place_of, places_by_bed, take_nights
from .stays import refuse_forbidden_pairs


def confirm_plan(ctx: Ctx, plan: ConfirmPlan) -> ConfirmResult:
    """Write a proposal in one transaction.

    The task is read again under lock and the plan held against it by the independent checker, so that a plan made on
    old data cannot put two people into one bed. Raises :class:`Conflict` when people, nights or stays changed since,
    :class:`RuleViolation` when the plan itself breaks a rule.
    """
    ctx.require(ASSIGN)
    places = places_by_bed(ctx)
    seen = dict(plan.replaced)
    # stays before rooms, rooms all at once: the order of every other service, so that desks queue
    old = list(ctx.session.scalars(select(Stay).where(Stay.id.in_(seen)).order_by(Stay.id).with_for_update()))
    lock_rooms(ctx, {place_of(places, p.bed_id).room_id for p in plan.placements} | {s.room_id for s in old})
    for stay in old:
        if stay.version != seen[stay.id] or stay.state != StayState.ASSIGNED.value:
            raise ctx.conflict(stay)
    task = prepare(ctx, plan.class_id, keep_existing=False)
    by_person = {s.enrollment_id: s for s in old}
    _refuse_outdated(task, plan, {s.enrollment_id: s.bed_id for s in old if s.enrollment_id is not None})
    wanted = {p.enrollment_id: p for p in plan.placements}
    freed: list[Stay] = []
    new: list[Stay] = []
    unchanged = 0
    for person_id, placement in wanted.items():
        held = by_person.pop(person_id, None)
        if held is not None and held.bed_id == placement.bed_id:
            held.pinned = placement.pinned
            unchanged += 1
            continue
        candidate = next(c for c in task.people if c.enrollment_id == person_id)
        if candidate.locked:
            unchanged += 1
            continue
        if held is not None:
            freed.append(held)
        new.append(
            Stay(
                enrollment_id=person_id,
                class_id=plan.class_id,
                guest_name=candidate.name,
                sex=candidate.sex,
                room_id=places[placement.bed_id].room_id,
                bed_id=placement.bed_id,
                arrive=placement.arrive,
                leave=placement.leave,
                state=StayState.ASSIGNED.value,
                pinned=placement.pinned,
                moved_from_id=None,
            )
        )
    freed.extend(by_person.values())  # people whom the plan leaves without a bed
    ctx.progress(0.3, "释放原有床位")
    free_nights(ctx, [s.id for s in freed])
    for stay in freed:
        stay.state = StayState.CANCELLED.value
    ctx.progress(0.5, f"写入 {len(new)} 人的床位")
    ctx.session.add_all(new)
    ctx.session.flush()
    take_nights(ctx, new, places)
    refuse_forbidden_pairs(ctx, new)
    released = len({s.enrollment_id for s in freed} - set(wanted))
    return ConfirmResult(assigned=len(new), unchanged=unchanged, released=released)


def _refuse_outdated(task: PlanningTask, plan: ConfirmPlan, seen: Mapping[int, int]) -> None:
    """``seen``: the beds (by person) that the proposal saw and was allowed to change, pinned ones after unpinning."""
    people = {c.enrollment_id: c for c in task.people}
    for placement in plan.placements:
        person = people.get(placement.enrollment_id)
        if person is None:
            raise Conflict("名单在方案生成后有变化（有人移出、改为不住宿或已调房），请重新生成分房方案。")
        if (person.arrive, person.leave) != (placement.arrive, placement.leave):
            raise Conflict(f"{person.name}的住宿日期在方案生成后有变化，请重新生成分房方案。")
    beds = {p.enrollment_id: p.bed_id for p in plan.placements}
    settled = tuple(  # who keeps a bed given by hand may be an exception to a rule
        replace(p, pinned_bed=beds[int(p.id)] if beds.get(int(p.id), -1) == seen.get(int(p.id)) else p.pinned_bed)
        for p in task.problem.people
    )
    present = {p.id for p in settled}
    problem = replace(task.problem, people=settled)
    violations = [v for v in check(problem, {k: v for k, v in beds.items() if k in present}) if v.rule != "pinned"]
    for person in task.people:
        if person.enrollment_id in seen:
            continue
        if person.kept_bed_id is not None and beds.get(person.enrollment_id, person.kept_bed_id) != person.kept_bed_id:
            raise Conflict(f"{person.name}的床位刚被锁定或已入住，请重新生成分房方案。")
    if violations:
        raise RuleViolation(f"方案与现有住宿安排冲突：{violations[0].message}请重新生成分房方案。")
