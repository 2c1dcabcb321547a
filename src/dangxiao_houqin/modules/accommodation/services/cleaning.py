"""What housekeeping has to do because somebody left a room."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time

from sqlalchemy import or_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import DeskRules, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.housekeeping.api import (
    RaiseTask,
    TaskKind,
    clear_dirty,
    mark_dirty,
    raise_tasks,
    withdraw_tasks,
)


# house: open - the services of the desk call it under their own right
def clean_after_leaving(ctx: Ctx, room_ids: Collection[int], *, reason: str = "退房", note: str = "") -> None:
    """Rooms somebody has just left (already written) are to be cleaned today, all of them or those now empty."""
    ctx.session.flush()
    rooms = set(room_ids)
    if ctx.settings(DeskRules).clean_after == "empty":
        rooms -= occupied_rooms(ctx, rooms)
    if rooms:
        mark_dirty(ctx, sorted(rooms), reason)
        raise_tasks(
            ctx,
            [
                RaiseTask(room_id, TaskKind.CHECKOUT, ctx.today(), linen=True, note=note, again=True)
                for room_id in sorted(rooms)
            ],
        )


# house: open - the services of the desk call it under their own right
def forget_leaving(ctx: Ctx, room_ids: Collection[int], left_at: datetime) -> None:
    """He did not leave at ``left_at``: what was asked for because of it is withdrawn.

    Unless another guest left the room today, or it was dirty before.
    """
    midnight = datetime.combine(ctx.today(), time(), CHINA)
    left = select(Stay.room_id).where(Stay.room_id.in_(room_ids), Stay.left_at >= midnight)
    rooms = sorted(set(room_ids) - set(ctx.session.scalars(left)))
    if rooms:
        withdraw_tasks(ctx, rooms, TaskKind.CHECKOUT, ctx.today())
        clear_dirty(ctx, rooms, since=left_at)


def occupied_rooms(ctx: Ctx, room_ids: Collection[int]) -> set[int]:
    """Those of the rooms in which somebody who has moved in is now; who has moved on to another bed does not count."""
    today = ctx.today()
    here = list(
        ctx.session.execute(
            select(Stay.id, Stay.room_id).where(
                Stay.room_id.in_(room_ids), Stay.state == StayState.IN_HOUSE.value, Stay.arrive <= today
            )
        )
    )
    moved_on = set(
        ctx.session.scalars(
            select(Stay.moved_from_id).where(
                Stay.moved_from_id.in_([row.id for row in here]),
                or_(Stay.state == StayState.IN_HOUSE.value, Stay.state == StayState.PARKED.value),
                Stay.arrive <= today,
            )
        )
    )
    return {row.room_id for row in here if row.id not in moved_on}
