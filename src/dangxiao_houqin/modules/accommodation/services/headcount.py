"""夜间查寝: who should sleep on a floor tonight and who was not there."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DESK, CountHeads
from dangxiao_houqin.modules.accommodation.models import HeadCount, HeadCountAbsence
from dangxiao_houqin.modules.accommodation.queries.floors import sleepers
from dangxiao_houqin.modules.places.api import floor, room

from .desk_legs import short_day


def count_heads(ctx: Ctx, cmd: CountHeads) -> int:
    """Write the count of one floor and night; saved again it replaces the one of that ``version``. Returns its id.

    Everybody of :func:`~dangxiao_houqin.modules.accommodation.queries.floors.sleepers` is expected. Raises
    :class:`InvalidInput` for somebody who sleeps elsewhere, :class:`RuleViolation` for a night to come,
    :class:`Conflict` when somebody else counted meanwhile.
    """
    ctx.require(DESK)
    if cmd.night > ctx.today():
        raise RuleViolation(f"{short_day(cmd.night)}还没到，不能登记查寝。")
    # The floor is locked, so that two people who count it for the first time queue.
    ctx.session.execute(select(floor.c.id).where(floor.c.id == cmd.floor_id).with_for_update())
    here = sleepers(ctx, cmd.night).subquery()
    expected = set(
        ctx.session.scalars(
            select(here.c.stay_id).join(room, room.c.id == here.c.room_id).where(room.c.floor_id == cmd.floor_id)
        )
    )
    missing = {absence.stay_id: absence for absence in cmd.absences}
    if not set(missing) <= expected:
        raise InvalidInput("名单里有人当晚不住这一层，请刷新后重新登记。", field="absences")
    found = ctx.session.scalars(
        select(HeadCount)
        .where(HeadCount.floor_id == cmd.floor_id, HeadCount.night == cmd.night)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        found = HeadCount(floor_id=cmd.floor_id, night=cmd.night)
    elif found.version != cmd.version:
        raise ctx.conflict(found)
    found.expected, found.present = len(expected), len(expected) - len(missing)
    found.counted_at, found.counter, found.note = ctx.now(), ctx.actor.name[:60], cmd.note.strip()
    ctx.add(found)
    noted = select(HeadCountAbsence).where(HeadCountAbsence.head_count_id == found.id)
    for row in ctx.session.scalars(noted).all():
        absence = missing.pop(row.stay_id, None)
        if absence is None:
            ctx.session.delete(row)
        else:
            row.kind, row.note = "leave" if absence.leave else "absent", absence.note.strip()
    for absence in missing.values():
        kind = "leave" if absence.leave else "absent"
        ctx.session.add(
            HeadCountAbsence(head_count_id=found.id, stay_id=absence.stay_id, kind=kind, note=absence.note.strip())
        )
    ctx.session.flush()
    return found.id
