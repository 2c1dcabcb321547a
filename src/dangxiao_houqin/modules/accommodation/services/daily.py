"""What accommodation looks after by itself every morning; run twice it is the same, run late it catches up.

States that move by themselves: who did not come (settings) gives his bed up. Everything else is put before people as an
item of their inbox, one a class or person, and taken out of it when it is settled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import and_, case, func, select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    HOLDING,
    DeskPerson,
    DeskRules,
    RequestState,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import MoveRequest, Stay
from dangxiao_houqin.modules.accommodation.queries.desk import list_desk
from dangxiao_houqin.modules.housekeeping.api import (
    HousekeepingRules,
    RaiseTask,
    TaskKind,
    list_linen,
    raise_tasks,
)
from dangxiao_houqin.modules.inbox.api import close_prefix

from .desk_arrival import give_up
from .desk_legs import lock_person
from .reminders import class_ref, put, some_of, tell_awaited, tell_cards, tell_overruns
from .requests import remind_of

DAY = timedelta(days=1)


def look_after(ctx: Ctx) -> None:
    """Everything as of today, in one transaction."""
    ctx.require(DESK)
    people = list_desk(ctx, ctx.today(), ahead=0)
    if _mark_no_shows(ctx, people):
        people = list_desk(ctx, ctx.today(), ahead=0)
    _tell_no_shows(ctx, people)
    tell_awaited(ctx)
    tell_overruns(ctx, people)
    tell_cards(ctx)
    _tell_requests(ctx)
    _raise_cleaning(ctx)
    _raise_preparing(ctx)


# --------------------------------------------------------------------------------------------------- arrivals
def _mark_no_shows(ctx: Ctx, people: Sequence[DeskPerson]) -> int:
    """Give up the beds of those who did not come; only in classes where most people have reported in.

    A desk that does not register arrivals (or forgot a class) must not find its beds given away in the morning.
    """
    days = ctx.settings(DeskRules).no_show_days
    if not days:
        return 0
    today, marked = ctx.today(), 0
    reported = _reported_classes(ctx, {p.class_id for p in people if p.class_id is not None})
    for person in people:
        due = person.late_until or person.arrive
        if person.state is not StayState.ASSIGNED or person.stay_id is None or due + days * DAY > today:
            continue
        if person.class_id is not None and person.class_id not in reported:
            continue
        stay, legs = lock_person(ctx, person.stay_id, None)
        if stay.state == StayState.ASSIGNED.value and (stay.late_until or legs[0].arrive) + days * DAY <= today:
            give_up(ctx, legs, f"{chinese_date(due, year=False)}未报到")
            marked += 1
    return marked


def _reported_classes(ctx: Ctx, class_ids: Iterable[int]) -> set[int]:
    """Classes of whose people more than half have been seen at the desk."""
    came = func.sum(case((Stay.arrived_at.is_not(None), 1), else_=0))
    statement = (
        select(Stay.class_id)
        .where(Stay.class_id.in_(set(class_ids)), Stay.state.in_(HOLDING), Stay.moved_from_id.is_(None))
        .group_by(Stay.class_id)
        .having(came * 2 > func.count())
    )
    return {class_id for class_id in ctx.session.scalars(statement) if class_id is not None}


def _tell_no_shows(ctx: Ctx, people: Sequence[DeskPerson]) -> None:
    today = ctx.today()
    missing = [p for p in people if p.state is StayState.NO_SHOW and p.leave > today]
    keys = []
    for name, class_id, some in _by_class(missing):
        key = f"accommodation.no_show:{class_id}:{max(p.arrive for p in some)}"
        text = f"{name}有 {len(some)} 人未报到（{some_of([p.name for p in some])}），床位已释放，请与班主任核对。"
        keys.append(put(ctx, key, "未报到", text, class_ref(class_id), today))
    close_prefix(ctx, "accommodation.no_show:", keep=keys, note="已结束")


# ----------------------------------------------------------------------------------------------------- wishes
def _tell_requests(ctx: Ctx) -> None:
    """Wishes for another room nobody answered; those of people who left are closed."""
    statement = (
        select(MoveRequest, Stay)
        .join(Stay, Stay.id == MoveRequest.stay_id)
        .where(MoveRequest.state == RequestState.OPEN.value)
        .order_by(MoveRequest.id)
    )
    keys = []
    for found, stay in ctx.session.execute(statement).all():
        if stay.left_at is not None or stay.state in (StayState.NO_SHOW.value, StayState.CANCELLED.value):
            found.state, found.answer, found.closed_on = RequestState.REFUSED.value, "住客已离开", ctx.today()
        else:
            keys.append(remind_of(ctx, found, stay))
    ctx.session.flush()
    close_prefix(ctx, "accommodation.request:", keep=keys, note="已处理")


# ----------------------------------------------------------------------------------------------------- cleaning
def _raise_cleaning(ctx: Ctx) -> None:
    """Rooms with guests are cleaned every few days, the linen changed every few days (settings of housekeeping).

    The days count from the first guest's first night, or for linen from the last change. Whose guests all go today is
    cleaned when they have gone.
    """
    rules, today = ctx.settings(HousekeepingRules), ctx.today()
    statement = (
        select(Stay.room_id, func.min(Stay.arrive))
        .where(Stay.state == StayState.IN_HOUSE.value, Stay.arrive <= today, Stay.leave > today)
        .group_by(Stay.room_id)
    )
    linen_of = list_linen(ctx)
    tasks = []
    for room_id, since in ctx.session.execute(statement):
        days = (today - since).days
        fresh = (today - max(since, linen_of.get(room_id, since))).days
        linen = bool(rules.linen_days) and fresh >= rules.linen_days
        clean = bool(rules.clean_days) and days > 0 and days % rules.clean_days == 0
        if clean or linen:
            tasks.append(RaiseTask(room_id, TaskKind.STAY, today, linen=linen))
    raise_tasks(ctx, tasks)


def _raise_preparing(ctx: Ctx) -> None:
    """Rooms are made ready some days before guests come (settings of housekeeping)."""
    before, today = ctx.settings(HousekeepingRules).before_arrival_days, ctx.today()
    statement = (
        select(Stay.room_id, Stay.arrive)
        .where(
            and_(Stay.state == StayState.ASSIGNED.value, Stay.moved_from_id.is_(None)),
            Stay.arrive >= today,
            Stay.arrive <= today + before * DAY,
        )
        .distinct()
    )
    raise_tasks(
        ctx,
        [
            RaiseTask(room_id, TaskKind.ARRIVAL, arrive - before * DAY)
            for room_id, arrive in ctx.session.execute(statement.order_by(Stay.room_id, Stay.arrive))
        ],
    )


# -------------------------------------------------------------------------------------------------------- words
def _by_class(people: Iterable[DeskPerson]) -> list[tuple[str, int, list[DeskPerson]]]:
    """(class name, class id or 0, people) in the order of the list."""
    found: dict[int, list[DeskPerson]] = {}
    for person in people:
        found.setdefault(person.class_id or 0, []).append(person)
    return [(some[0].class_name or "临时住客", class_id, some) for class_id, some in found.items()]
