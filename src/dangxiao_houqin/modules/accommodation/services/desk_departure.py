"""Leaving: early, in time, late, the whole class; staying longer. The plan is kept, so that it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    CardState,
    CheckOut,
    CheckOutClass,
    CompensationKind,
    DeskPerson,
    DeskRules,
    ExtendStay,
    StayRow,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import Compensation, KeyCard, Stay
from dangxiao_houqin.modules.accommodation.queries import get_stay
from dangxiao_houqin.modules.accommodation.queries.desk import get_desk_person
from dangxiao_houqin.modules.places.api import BedPlace
from dangxiao_houqin.modules.training.api import get_class, nights

from .cleaning import clean_after_leaving, forget_leaving
from .compensation import charge
from .desk_legs import (
    add_nights,
    alike,
    in_order,
    leg_of,
    lock_all,
    parked_of,
    refuse_unless,
    short_day,
    try_nights,
)
from .nights import free_nights, lock_rooms, places_by_bed, take_nights
from .reminders import settle
from .stays import refuse_forbidden_pairs


def check_out(ctx: Ctx, cmd: CheckOut) -> DeskPerson:
    """Somebody leaves on ``leave_on`` (today when None).

    Nights from that day on are free again; who is still here after his last night gets the nights since then, where
    the bed was free. Whose bed is parked holds nothing that could be freed. A charge for a card makes his cards lost,
    whatever ``cards_back`` says. Raises :class:`InvalidInput` for a day before he came or after today.
    """
    ctx.require(DESK)
    stay, every = lock_all(ctx, cmd.stay_id, cmd.version)
    legs = [leg for leg in every if _in_house(leg)]
    if stay not in legs:
        refuse_unless(stay, StayState.IN_HOUSE, "办理退房")
    today, planned = ctx.today(), legs[-1].leave
    parked = legs[-1].state == StayState.PARKED.value
    day = cmd.leave_on or today
    if not legs[0].arrive <= day <= today:
        raise InvalidInput(
            f"{stay.guest_name}于{short_day(legs[0].arrive)}入住，离开日期要在这天到{short_day(today)}之间。",
            field="leave_on",
        )
    if cmd.leave_on is None and today < planned and not parked:
        ctx.confirm(
            "early_leave",
            f"{stay.guest_name}的离开日期是{short_day(planned)}，今天退房将空出 {(planned - today).days} 晚的床位。"
            f"要现在退房吗？",
        )
    lock_rooms(ctx, {leg.room_id for leg in legs})
    current = leg_of(legs, today)
    _end(ctx, legs, day, cmd.reason, places_by_bed(ctx) if day > planned and not parked else {})
    lost = any(line.kind is CompensationKind.CARD for line in cmd.compensation)
    _collect_cards(ctx, legs, CardState.LOST if lost else CardState.RETURNED if cmd.cards_back else CardState.OUT)
    for line in cmd.compensation:
        charge(ctx, current, line)
    clean_after_leaving(ctx, [current.room_id], note="" if cmd.room_ok else "退房检查有问题，请核对")
    settle(ctx, legs)
    return get_desk_person(ctx, stay_id=stay.id)


def check_out_class(ctx: Ctx, cmd: CheckOutClass) -> int:
    """Everybody of a class who is in the house leaves today, except the stays ``without``; returns how many."""
    ctx.require(DESK)
    today = ctx.today()
    here = (StayState.IN_HOUSE.value, StayState.PARKED.value)
    statement = select(Stay).where(Stay.class_id == cmd.class_id, Stay.state.in_(here), Stay.arrived_at.is_not(None))
    people: dict[int, list[Stay]] = {}
    for leg in in_order(ctx.session.scalars(statement.order_by(Stay.id).with_for_update())):
        people.setdefault(leg.enrollment_id or -leg.id, []).append(leg)
    leaving = [legs for legs in people.values() if not {leg.id for leg in legs} & set(cmd.without)]
    name = get_class(ctx, cmd.class_id).name
    if not leaving:
        raise RuleViolation(f"“{name}”没有在住的人可以退房。")
    early = sum(legs[-1].leave > today for legs in leaving)
    more = f"其中 {early} 人还没到离开日期，余下的床位将空出。" if early else ""
    ctx.confirm("check_out_class", f"将为“{name}”的 {len(leaving)} 人办理退房。{more}要办理吗？")
    lock_rooms(ctx, {leg.room_id for legs in leaving for leg in legs})
    places = places_by_bed(ctx)
    current = [leg_of(legs, today) for legs in leaving]
    for number, legs in enumerate(leaving):
        if number % 20 == 0:
            ctx.progress(number / len(leaving), f"退房 {number}/{len(leaving)} 人")
        _end(ctx, legs, today, cmd.reason, places)
    every = [leg for legs in leaving for leg in legs]
    _collect_cards(ctx, every, CardState.RETURNED if cmd.cards_back else CardState.OUT)
    clean_after_leaving(ctx, [leg.room_id for leg in current])
    settle(ctx, every)
    return len(leaving)


def undo_check_out(ctx: Ctx, stay_id: int, version: int | None) -> DeskPerson:
    """He is still here: nights, cards and charges as they were before he was checked out; on the same day only.

    Raises :class:`Conflict` when his bed was given to somebody else meanwhile. Charges already settled stay.
    """
    ctx.require(DESK)
    stay, every = lock_all(ctx, stay_id, version)
    left_at = stay.left_at
    if left_at is None:
        refuse_unless(stay, StayState.LEFT, "撤销退房")
        raise RuleViolation(f"{stay.guest_name}没有退房时间，不能撤销；如要再住，请重新分配床位。")
    legs = [leg for leg in every if leg.left_at == left_at]
    if left_at.date() != ctx.today():
        raise RuleViolation(f"{stay.guest_name}不是今天退的房，不能撤销；如要再住，请重新分配床位。")
    lock_rooms(ctx, {leg.room_id for leg in legs})
    places = places_by_bed(ctx)
    only = {}
    for leg in legs:
        if leg.state == StayState.CANCELLED.value and leg.planned_leave is not None:  # he waits in the lane again
            leg.state, leg.planned_leave, leg.left_at, leg.end_reason = StayState.PARKED.value, None, None, ""
            continue
        held = nights(leg.arrive, leg.leave) if leg.state == StayState.LEFT.value else ()
        if leg.planned_leave is not None:
            if leg.planned_leave < leg.leave:
                free_nights(ctx, [leg.id], since=leg.planned_leave)
            leg.leave, leg.planned_leave = leg.planned_leave, None
        only[leg.id] = set(nights(leg.arrive, leg.leave)) - set(held)
        leg.state, leg.left_at, leg.end_reason = StayState.IN_HOUSE.value, None, ""
    ctx.session.flush()
    housed = [leg for leg in legs if leg.id in only]
    take_nights(ctx, housed, places, only=only)
    refuse_forbidden_pairs(ctx, housed)
    _give_back(ctx, legs, left_at)
    forget_leaving(ctx, [leg_of(legs, ctx.today()).room_id], left_at)
    settle(ctx, legs)
    return get_desk_person(ctx, stay_id=stay.id)


def extend_stay(ctx: Ctx, cmd: ExtendStay) -> StayRow:
    """续住: sleep until ``leave`` in the same bed; an earlier day takes an extension back.

    Raises :class:`Conflict` with who has the bed and until when, :class:`RuleViolation` while the nights that follow
    are parked, :class:`InvalidInput` for a day before he could have left.
    """
    ctx.require(DESK)
    stay, every = lock_all(ctx, cmd.stay_id, cmd.version)
    legs = alike(stay, every)
    if stay.state != StayState.ASSIGNED.value:
        refuse_unless(stay, StayState.IN_HOUSE, "续住")
    last = legs[-1]
    if cmd.leave == last.leave:
        raise InvalidInput(f"{stay.guest_name}本来就住到{short_day(last.leave)}，请选择另一天。", field="leave")
    if cmd.leave <= last.arrive:
        raise InvalidInput(f"离开日期要晚于{short_day(last.arrive)}，提前离开请办理退房。", field="leave")
    if stay.state == StayState.IN_HOUSE.value and cmd.leave < ctx.today():
        raise InvalidInput(
            f"{stay.guest_name}已住到今天，离开日期不能早于{short_day(ctx.today())}；如早已离开，请办理退房。",
            field="leave",
        )
    _refuse_into_parked(stay, last, parked_of(every), cmd.leave)
    lock_rooms(ctx, {last.room_id})
    old, last.leave = last.leave, cmd.leave
    ctx.session.flush()
    if cmd.leave > old:
        add_nights(ctx, last, old, cmd.leave, places_by_bed(ctx))
    else:
        free_nights(ctx, [last.id], since=cmd.leave)
    settle(ctx, legs)
    return get_stay(ctx, last.id)


def _refuse_into_parked(stay: Stay, last: Stay, parked: Sequence[Stay], leave: date) -> None:
    """Nights in a bed and the same nights in the lane: he could not be placed any more."""
    for leg in parked:
        if leg.arrive < leave and leg.leave > last.leave:
            cancel = "" if leg.arrived_at is not None else "，或取消这一段"
            raise RuleViolation(
                f"{stay.guest_name}从{short_day(leg.arrive)}到{short_day(leg.leave)}的住宿在暂存区，"
                f"请先在房态图放到一张床上{cancel}，再续住。"
            )


def _in_house(leg: Stay) -> bool:
    """He has moved in and not left; his bed may be parked."""
    parked = leg.state == StayState.PARKED.value and leg.arrived_at is not None
    return parked or leg.state == StayState.IN_HOUSE.value


def _end(ctx: Ctx, legs: Sequence[Stay], day: date, reason: str, places: dict[int, BedPlace]) -> None:
    """Write the end of one person's stays: ``day`` is the first night he does not sleep here; rooms are locked."""
    now = ctx.now()
    reason = reason.strip() or next(iter(ctx.settings(DeskRules).end_reasons), "")
    last = legs[-1]
    for leg in legs:
        parked = leg.state == StayState.PARKED.value
        leg.state, leg.left_at, leg.end_reason = StayState.LEFT.value, now, reason
        if parked:  # it holds no nights; ``planned_leave`` tells it from nights that were given up
            leg.state, leg.planned_leave = StayState.CANCELLED.value, leg.leave
        elif leg.arrive >= day:  # he never slept in it; the nights stand in the row should he come back
            free_nights(ctx, [leg.id])
            leg.state = StayState.CANCELLED.value
        elif leg.leave > day:
            free_nights(ctx, [leg.id], since=day)
            leg.planned_leave, leg.leave = leg.leave, day
    if day > last.leave and last.state == StayState.LEFT.value:
        planned, last.leave = last.leave, day
        ctx.session.flush()
        if try_nights(ctx, [last], places, {last.id: nights(planned, day)}) is None:
            last.planned_leave = planned
        else:  # somebody else slept there: he was elsewhere
            last.leave = planned
    ctx.session.flush()


def _collect_cards(ctx: Ctx, legs: Sequence[Stay], state: CardState) -> None:
    if state is CardState.OUT:
        return
    out = select(KeyCard).where(KeyCard.stay_id.in_([leg.id for leg in legs]), KeyCard.state == CardState.OUT.value)
    for card in ctx.session.scalars(out):
        card.state, card.closed_at = state.value, ctx.now()
    ctx.session.flush()


def _give_back(ctx: Ctx, legs: Sequence[Stay], left_at: datetime) -> None:
    """Cards closed and charges noted since he was checked out."""
    mine = [leg.id for leg in legs]
    for card in ctx.session.scalars(select(KeyCard).where(KeyCard.stay_id.in_(mine), KeyCard.closed_at >= left_at)):
        card.state, card.closed_at = CardState.OUT.value, None
    noted = select(Compensation).where(
        Compensation.stay_id.in_(mine), Compensation.created_at >= left_at, ~Compensation.settled
    )
    for line in ctx.session.scalars(noted):
        ctx.session.delete(line)
    ctx.session.flush()
