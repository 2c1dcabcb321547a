"""What has happened in the demo school's rooms: past classes came and went, the running one lives there.

Everything goes through the services on the day it would have happened, so that registers, statistics and the twelve
weeks of the dashboard show what an office would have entered (people and events are invented).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import gestures, services
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import (
    ArriveLate,
    AskMove,
    CheckIn,
    CheckOut,
    CheckOutClass,
    CompensationInput,
    CompensationKind,
    CountHeads,
    Rearrange,
    StayState,
)
from dangxiao_houqin.modules.accommodation.queries import list_class_stays, list_head_counts
from dangxiao_houqin.modules.accommodation.queries.chart import read_chart
from dangxiao_houqin.modules.housekeeping.domain import FinishTasks, RoomCondition, SetConditions
from dangxiao_houqin.modules.housekeeping.queries import list_tasks
from dangxiao_houqin.modules.housekeeping.services import finish_tasks, set_conditions
from dangxiao_houqin.modules.training.api import ClassRow


@contextmanager
def _at(ctx: Ctx, day: date, hour: int) -> Iterator[None]:
    """Do something as if it were then."""
    now = ctx.clock
    ctx.clock = FixedClock(datetime.combine(day, time(hour), CHINA))
    try:
        yield
    finally:
        ctx.clock = now


def live_through(ctx: Ctx, school: ClassRow) -> None:
    """Let a class that has begun report in, and leave where its last day is past; nothing where it has already."""
    stays = list_class_stays(ctx, school.id)
    if not stays or any(stay.state is not StayState.ASSIGNED for stay in stays):
        return
    absent = stays[-1]
    with _at(ctx, school.arrive_on, 15):
        services.check_in_class(ctx, school.id, without=(absent.id,))
    for stay in list_class_stays(ctx, school.id):
        still = stay.state is StayState.ASSIGNED and stay.id != absent.id
        if still and stay.arrive <= ctx.today():  # his unit had said that he comes later
            with _at(ctx, stay.arrive, 16):
                services.check_in(ctx, CheckIn(stay.id, stay.version))
    if school.leave_on <= ctx.today():
        with _at(ctx, school.arrive_on + timedelta(days=1), 18):
            services.mark_no_show(ctx, absent.id, absent.version, "单位来电：临时有任务（虚构）")
        _one_leaves_early(ctx, school)
        with _at(ctx, school.leave_on, 11):
            services.check_out_class(ctx, CheckOutClass(school.id, "正常结业"))
        with _at(ctx, school.leave_on, 17):
            _clean(ctx)
        return
    services.arrive_late(
        ctx, ArriveLate(absent.id, absent.version, ctx.today() + timedelta(days=1), "出差，明天上午到（虚构）")
    )
    _one_moves(ctx, school)
    _one_asks(ctx, school)
    _last_night(ctx, school)


def _clean(ctx: Ctx) -> None:
    """The chambermaids are done, the rooms inspected and ready for the next class."""
    tasks = list_tasks(ctx, ListQuery(filters={"when": "open"}).everything()).rows
    finish_tasks(ctx, FinishTasks(tuple(task.id for task in tasks), "田秀英"))
    rooms = tuple({task.room_id for task in tasks})
    for condition in (RoomCondition.INSPECTED, RoomCondition.READY):
        set_conditions(ctx, SetConditions(rooms, condition, "褚喆"))


def _one_leaves_early(ctx: Ctx, school: ClassRow) -> None:
    day = school.leave_on - timedelta(days=1)
    if day <= school.arrive_on:
        return
    first = list_class_stays(ctx, school.id)[0]
    card = CompensationInput(CompensationKind.CARD, "房卡", 2000, settled=True, receipt_no="0001（虚构）")
    with _at(ctx, day, 17):
        services.check_out(
            ctx, CheckOut(first.id, first.version, "请假离校", day, cards_back=False, compensation=(card,))
        )


def _one_moves(ctx: Ctx, school: ClassRow) -> None:
    """Somebody sleeps badly beside a snorer and gets another bed from a night on."""
    day = school.arrive_on + timedelta(days=2)
    if day >= ctx.today():
        return
    with _at(ctx, day, 20):
        rules = ChartRules(read_chart(ctx, day, school.leave_on))
        bar = next(bar for bar in rules.data.bars if bar.class_id == school.id and bar.arrived and not bar.pinned)
        for place in rules.data.beds:
            if place.room_id != bar.room_id and not rules.why_not(bar, place.bed_id, day, bar.leave):
                done = gestures.move(rules, bar, place.bed_id)
                services.rearrange(ctx, Rearrange(done.puts, done.title, "打鼾影响休息"))
                return


def _one_asks(ctx: Ctx, school: ClassRow) -> None:
    stay = next(stay for stay in list_class_stays(ctx, school.id)[4:] if stay.state is StayState.IN_HOUSE)
    services.ask_move(ctx, AskMove(stay.id, "身体原因", "想换到低楼层（虚构）"))


def _last_night(ctx: Ctx, school: ClassRow) -> None:
    """Last night's head-count of every floor where somebody sleeps."""
    night = ctx.today() - timedelta(days=1)
    if night < school.arrive_on:
        return
    with _at(ctx, night, 22):
        for row in list_head_counts(ctx, night):
            if row.expected:
                services.count_heads(ctx, CountHeads(row.floor_id, night))
