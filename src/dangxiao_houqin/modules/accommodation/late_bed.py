"""A bed for somebody of a class who has none: the best free one, and why that one."""

from __future__ import annotations

from dataclasses import dataclass

from dangxiao_houqin.core.uow import Ctx

from .allocation import AllocationError, insert_late
from .allocation.problem import Key
from .domain import ASSIGN, BedOption
from .planning import PlanningTask, prepare


@dataclass(frozen=True)
class BedSuggestion:
    """What speaks for ``option``; None: no bed fits without moving others, and ``why`` says so in a sentence."""

    option: BedOption | None
    why: str


def suggest_bed(ctx: Ctx, class_id: int, enrollment_id: int) -> BedSuggestion:
    """The cheapest bed by the rules of allocation with nobody moved (everybody else's bed counts as settled)."""
    ctx.require(ASSIGN)
    task = prepare(ctx, class_id)
    if not any(c.enrollment_id == enrollment_id for c in task.people):
        return BedSuggestion(None, "他的住宿日期或住宿登记需要先核对，请到“自动分房”里安排。")
    beds: dict[Key, Key] = {c.enrollment_id: c.kept_bed_id for c in task.people if c.kept_bed_id is not None}
    try:
        found = insert_late(task.problem, beds, enrollment_id, seconds=0.5)
    except AllocationError as error:
        return BedSuggestion(None, str(error))
    if not found.moves:
        return BedSuggestion(None, found.reason)
    if found.moved:
        return BedSuggestion(None, f"没有现成的空床；要让 {found.moved} 人换床才能安排，请到“自动分房”里办理。")
    bed_id = found.moves[0].to_bed
    option = next(each for each in task.beds if each.bed_id == bed_id)
    return BedSuggestion(option, _reasons(task, enrollment_id, option))


def _reasons(task: PlanningTask, enrollment_id: int, option: BedOption) -> str:
    """What a clerk can check: who is in the room, which floor the class is on, whether a need is met."""
    me = next(c for c in task.people if c.enrollment_id == enrollment_id)
    room_of = {each.bed_id: each for each in task.beds}
    mates = [c for c in task.people if c.kept_bed_id and room_of[c.kept_bed_id].room_id == option.room_id]
    reasons = []
    if mates:
        same = [c.name for c in mates if c.unit_name and c.unit_name == me.unit_name]
        reasons.append(
            f"与同单位的{'、'.join(same)}同住" if same else f"与同班的{'、'.join(c.name for c in mates)}同住"
        )
    else:
        reasons.append("整间空着")
    floor = [c for c in task.people if c.kept_bed_id and room_of[c.kept_bed_id].floor_id == option.floor_id]
    if floor and not mates:
        reasons.append(f"本班在这一层有 {len(floor)} 人")
    if "low_floor" in me.needs:
        room = next(r for r in task.problem.rooms if r.id == option.room_id)
        reasons.append("低楼层，合他的要求" if room.low else "低楼层已满")
    return "；".join(reasons)
