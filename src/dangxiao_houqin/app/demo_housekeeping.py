"""What the chambermaids of the demo school are at on the day it is loaded (people and things are invented)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping import queries, services
from dangxiao_houqin.modules.housekeeping.domain import (
    CareRow,
    FailInspection,
    FinishTasks,
    GuestsAsked,
    RaiseTask,
    RoomCondition,
    SaveLost,
    SetConditions,
    TaskKind,
)

_WORKERS = ("田秀英", "蒲桂芳", "吉克阿牛", "唐月华")
_LOST = (
    ("黑色保温杯，杯底贴“李”字（虚构）", 0, "床头柜", "田秀英", "前台失物柜"),
    ("老花镜一副，棕色眼镜盒（虚构）", 12, "写字台", "蒲桂芳", "前台失物柜"),
    ("深蓝色雨伞（虚构）", 100, "", "唐月华", "布草间"),
)
"""Thing, days ago, where in the room, finder, kept where; the last one has been kept too long."""


def load_housekeeping(ctx: Ctx, _data: Any) -> None:
    """Some rooms to clean, some done, one sent back, three things left behind; nothing where there is any already."""
    everything = ListQuery().everything()
    if queries.list_lost(ctx, everything).total:
        return
    guests: dict[int, int] = {}
    ctx.publish(GuestsAsked(ctx.today(), guests))
    rooms = [room for room in queries.list_care(ctx, everything).rows if not room.outage]
    free = [room for room in rooms if room.room_id not in guests]
    lived_in = [room for room in rooms if room.room_id in guests]
    _turn_over(ctx, free[-18:])
    _day_work(ctx, lived_in)
    for number, (item, days, place, finder, kept_at) in enumerate(_LOST):
        found = ctx.today() - timedelta(days=days)
        services.save_lost(ctx, SaveLost(item, found, free[number * 2].room_id, place, finder=finder, kept_at=kept_at))


def _turn_over(ctx: Ctx, rooms: list[CareRow]) -> None:
    """A class left: the last rooms of the school are on their way through the four conditions."""
    today, ids = ctx.today(), [room.room_id for room in rooms]
    services.mark_dirty(ctx, ids, "退房")
    late = today - timedelta(days=1)
    tasks = services.raise_tasks(
        ctx, [RaiseTask(room_id, TaskKind.CHECKOUT, late if n < 2 else today, True) for n, room_id in enumerate(ids)]
    )
    for worker, mine in zip(_WORKERS[:3], (tasks[2:6], tasks[6:11], tasks[11:]), strict=True):
        if mine[2:]:
            services.finish_tasks(ctx, FinishTasks(tuple(mine[2:]), worker))
    clean = [room.room_id for room in queries.list_care(ctx, ListQuery(filters={"condition": "clean"})).rows]
    services.set_conditions(ctx, SetConditions(tuple(clean[3:]), RoomCondition.INSPECTED, "褚喆"))
    services.set_conditions(ctx, SetConditions(tuple(clean[6:]), RoomCondition.READY, "褚喆"))
    services.fail_inspection(ctx, FailInspection((clean[0],), "卫生间地漏有积水", "褚喆"))


def _day_work(ctx: Ctx, rooms: list[CareRow]) -> None:
    """Rooms people live in are cleaned every day, every third one gets new linen today."""
    today = ctx.today()
    services.raise_tasks(
        ctx, [RaiseTask(room.room_id, TaskKind.STAY, today, n % 3 == 0) for n, room in enumerate(rooms)]
    )
