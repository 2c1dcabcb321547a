"""Reporting in: one person, a class, late, not at all; each step can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    DESK,
    ArriveLate,
    CardState,
    CheckIn,
    DeskPerson,
    DeskRules,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedMove, KeyCard, Stay
from dangxiao_houqin.modules.accommodation.queries.desk import get_desk_person
from dangxiao_houqin.modules.accommodation.queries.overstays import still_in_bed
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions
from dangxiao_houqin.modules.training.api import get_class

from .cards import MOST_COPIES, hand_out, new_card
from .desk_legs import (
    add_nights,
    alike,
    in_order,
    leg_of,
    lock_all,
    lock_person,
    parked_of,
    refuse_unless,
    short_day,
    try_nights,
)
from .nights import free_nights, lock_rooms, places_by_bed, title
from .reminders import settle, settle_class

MOST_NAMED = 5
"""So many people are named in a question; the others are counted."""


def check_in(ctx: Ctx, cmd: CheckIn) -> DeskPerson:
    """Somebody moves in now and takes his card.

    Coming before his day adds the nights; a bed that its last guest has not left and a room that is not cleaned are
    asked about. Nights of his that are parked are of somebody in the house from now on. Raises :class:`Conflict` when
    the bed is not free that early or the stay was changed, :class:`RuleViolation` when he has no bed to move into.
    """
    ctx.require(DESK)
    stay, every = lock_all(ctx, cmd.stay_id, cmd.version)
    legs, parked = alike(stay, every), parked_of(every)
    refuse_unless(stay, StayState.ASSIGNED, "办理报到")
    today, first = ctx.today(), legs[0]
    if legs[-1].leave <= today:
        raise RuleViolation(
            f"{stay.guest_name}的床位只安排到{short_day(legs[-1].leave)}，请先续住或重新分配床位，再办理报到。"
        )
    if first.arrive > today:
        _refuse_over_parked(stay, parked, today, first.arrive)
        count = (first.arrive - today).days
        ctx.confirm(
            "early_arrival",
            f"{stay.guest_name}的入住日期是{short_day(first.arrive)}，今天入住要多住 {count} 晚。要现在办理入住吗？",
        )
        lock_rooms(ctx, {first.room_id})
        first.planned_arrive, first.arrive = first.arrive, today
        ctx.session.flush()
        add_nights(ctx, first, today, first.planned_arrive, places_by_bed(ctx, first.bed_id))
    current = leg_of(legs, today)
    _ask_about_last_guest(ctx, stay, legs, current)
    if list_conditions(ctx).get(current.room_id) is RoomCondition.DIRTY:
        place = title(places_by_bed(ctx, current.bed_id)[current.bed_id])
        ctx.confirm("dirty_room", f"{place}的房间还没有打扫，要让{stay.guest_name}现在入住吗？")
    _move_in(ctx, legs, parked)
    if cmd.copies > 0:
        hand_out(ctx, current, cmd.card_number, cmd.copies)
    settle(ctx, [*legs, *parked])
    return get_desk_person(ctx, stay_id=stay.id)


def _move_in(ctx: Ctx, legs: Collection[Stay], parked: Collection[Stay]) -> None:
    """One person is in the house, also for the nights whose bed is still to be found."""
    for leg in legs:
        leg.state = StayState.IN_HOUSE.value
    for leg in (*legs, *parked):
        leg.arrived_at = ctx.now()


def _refuse_over_parked(stay: Stay, parked: Collection[Stay], start: date, end: date) -> None:
    """The nights ``[start, end)`` would be his in a bed and in the lane: he could not be placed any more."""
    for leg in parked:
        if leg.arrive < end and leg.leave > start:
            raise RuleViolation(
                f"{stay.guest_name}从{short_day(leg.arrive)}到{short_day(leg.leave)}的住宿在暂存区，"
                f"请先在房态图放到一张床上，或取消这一段，再办理报到。"
            )


def _ask_about_last_guest(ctx: Ctx, stay: Stay, legs: Collection[Stay], current: Stay) -> None:
    found = still_in_bed(ctx, [current.bed_id], without=[leg.id for leg in legs]).get(current.bed_id)
    if found is not None:
        ctx.confirm(
            "bed_occupied",
            f"{found.sentence}，还登记在{found.place}。请先给{found.name}办理退房，或给{stay.guest_name}另找床位。"
            f"床上确实没有人了，仍要让{stay.guest_name}入住吗？",
            hint="同意以后，原来的人仍是“在住”，要记得给他补办退房。",
        )


def undo_check_in(ctx: Ctx, stay_id: int, version: int | None) -> DeskPerson:
    """He did not report in after all: as it was before, the card taken back; on the same day only.

    What was moved since then stays in its bed, its lines of 调房登记 are struck: nobody in the house was moved. Raises
    :class:`RuleViolation` when nothing would be left of the nights he was to have.
    """
    ctx.require(DESK)
    stay, every = lock_all(ctx, stay_id, version)
    legs = alike(stay, every)
    refuse_unless(stay, StayState.IN_HOUSE, "撤销报到")
    arrived = min((leg.arrived_at for leg in legs if leg.arrived_at is not None), default=None)
    if arrived is None or arrived.date() != ctx.today():
        raise RuleViolation(f"{stay.guest_name}不是今天报到的，不能撤销；如要离开，请办理退房。")
    parked = [leg for leg in parked_of(every) if leg.arrived_at is not None]
    for leg in legs:
        leg.state = StayState.ASSIGNED.value
    _back_to_plan(ctx, stay, legs, parked)
    mine = [*legs, *parked]
    for leg in mine:
        leg.arrived_at = None
    _strike(ctx, [leg.id for leg in mine], arrived)
    settle(ctx, mine)
    return get_desk_person(ctx, stay_id=stay.id)


def _back_to_plan(ctx: Ctx, stay: Stay, legs: Collection[Stay], parked: Collection[Stay]) -> None:
    """Give up the nights before the day he was to come, whatever stays they are spread over by now."""
    planned = next((leg.planned_arrive for leg in (*legs, *parked) if leg.planned_arrive is not None), None)
    if planned is None:
        return
    leave = max(leg.leave for leg in (*legs, *parked))
    if leave <= planned:
        raise RuleViolation(
            f"{stay.guest_name}原定{short_day(planned)}入住，现在只住到{short_day(leave)}，撤销报到后没有住宿了；"
            f"请先续住到{short_day(planned)}以后，再撤销报到，或办理退房。"
        )
    lock_rooms(ctx, {leg.room_id for leg in legs})
    free_nights(ctx, [leg.id for leg in legs], until=planned)
    for leg in (*legs, *parked):
        leg.planned_arrive = None
        if leg.leave <= planned:
            leg.state = StayState.CANCELLED.value
        else:
            leg.arrive = max(leg.arrive, planned)


def _strike(ctx: Ctx, stay_ids: Collection[int], arrived: datetime) -> None:
    """Take his cards and the lines of 调房登记 since he ``arrived`` out of the registers."""
    given = select(KeyCard).where(KeyCard.stay_id.in_(stay_ids), KeyCard.state != CardState.LOST.value)
    for card in ctx.session.scalars(given):
        ctx.session.delete(card)  # it never was in his hands; the register does not show it
    moved = select(BedMove).where(BedMove.stay_id.in_(stay_ids), BedMove.created_at >= arrived, ~BedMove.undone)
    for line in ctx.session.scalars(moved):
        line.undone = True
    ctx.session.flush()


def check_in_class(ctx: Ctx, class_id: int, *, without: Collection[int] = (), copies: int | None = None) -> int:
    """Everybody of a class who is due and has not moved in yet, except the stays ``without``; returns how many.

    Who said he comes later is left out, and so is everybody whose bed its last guest has not left; the question names
    them. ``copies`` of cards each, default as the office does it.
    """
    ctx.require(DESK)
    today = ctx.today()
    rules = ctx.settings(DeskRules)
    waiting = (StayState.ASSIGNED.value, StayState.PARKED.value)
    statement = select(Stay).where(Stay.class_id == class_id, Stay.state.in_(waiting))
    people: dict[int, list[Stay]] = {}
    parked: dict[int, list[Stay]] = {}
    for leg in in_order(ctx.session.scalars(statement.order_by(Stay.id).with_for_update())):
        where = parked if leg.state == StayState.PARKED.value else people
        where.setdefault(leg.enrollment_id or -leg.id, []).append(leg)
    due = [
        legs
        for legs in people.values()
        if legs[0].arrive <= today < legs[-1].leave
        and not {leg.id for leg in legs} & set(without)
        and (legs[0].late_until is None or legs[0].late_until <= today)
    ]
    if not due:
        raise RuleViolation(f"“{get_class(ctx, class_id).name}”今天没有等待报到的人。")
    due, occupied = _beds_left(ctx, due)
    if not due:
        raise RuleViolation(f"{occupied}请先办理退房，或另找床位，再办理报到。")
    states = list_conditions(ctx)
    dirty = {leg_of(legs, today).room_id for legs in due}
    dirty = {room_id for room_id in dirty if states.get(room_id) is RoomCondition.DIRTY}
    more = f"其中 {len(dirty)} 个房间还没有打扫。" if dirty else ""
    name = get_class(ctx, class_id).name
    ctx.confirm("check_in_class", f"将为“{name}”的 {len(due)} 人办理入住。{more}{occupied}要办理吗？")
    each = rules.card_copies if copies is None else copies
    for legs in due:
        _move_in(ctx, legs, parked.get(legs[0].enrollment_id or 0, ()))
        if each > 0:
            ctx.session.add(new_card(ctx, leg_of(legs, today), "", min(each, MOST_COPIES)))
    settle_class(ctx, class_id)
    return len(due)


def _beds_left(ctx: Ctx, due: Sequence[list[Stay]]) -> tuple[list[list[Stay]], str]:
    """Those whose beds are empty, and a sentence about the others."""
    today = ctx.today()
    mine = [leg.id for legs in due for leg in legs]
    still = still_in_bed(ctx, {leg_of(legs, today).bed_id for legs in due}, without=mine)
    if not still:
        return list(due), ""
    free = [legs for legs in due if leg_of(legs, today).bed_id not in still]
    waiting = [(legs[0].guest_name, still[bed]) for legs in due if (bed := leg_of(legs, today).bed_id) in still]
    named = "；".join(f"{name}的床位{found.place}：{found.sentence}" for name, found in waiting[:MOST_NAMED])
    more = f"；等 {len(waiting)} 人" if len(waiting) > MOST_NAMED else ""
    return free, f"另有 {len(waiting)} 人的床位原住客还没有退房，这次不办理（{named}{more}）。"


def arrive_late(ctx: Ctx, cmd: ArriveLate) -> DeskPerson:
    """Somebody said that he comes on ``until``; his bed is kept. His own day again takes it back."""
    ctx.require(DESK)
    stay, legs = lock_person(ctx, cmd.stay_id, cmd.version)
    refuse_unless(stay, StayState.ASSIGNED, "登记晚到")
    arrive, leave = legs[0].arrive, legs[-1].leave
    if not arrive <= cmd.until < leave:
        raise InvalidInput(
            f"{stay.guest_name}的床位是{short_day(arrive)}至{short_day(leave)}，晚到的日期要在这之间。", field="until"
        )
    for leg in legs:
        leg.late_until = cmd.until if cmd.until > arrive else None
        leg.late_note = cmd.note.strip()
    settle(ctx, legs)
    return get_desk_person(ctx, stay_id=stay.id)


def mark_no_show(ctx: Ctx, stay_id: int, version: int | None, note: str = "") -> DeskPerson:
    """Somebody does not come: his bed is free again. Raises :class:`RuleViolation` before his day."""
    ctx.require(DESK)
    stay, legs = lock_person(ctx, stay_id, version)
    refuse_unless(stay, StayState.ASSIGNED, "登记未报到")
    if legs[0].arrive > ctx.today():
        raise RuleViolation(f"{stay.guest_name}的入住日期是{short_day(legs[0].arrive)}，还不能登记未报到。")
    give_up(ctx, legs, note)
    settle(ctx, legs)
    return get_desk_person(ctx, stay_id=stay.id)


# house: open - the desk and the daily job ask for the right
def give_up(ctx: Ctx, legs: Collection[Stay], note: str = "") -> None:
    """Mark the stays of one person as not taken up and free their nights."""
    lock_rooms(ctx, {leg.room_id for leg in legs})
    free_nights(ctx, [leg.id for leg in legs])
    for leg in legs:
        leg.state, leg.end_reason = StayState.NO_SHOW.value, note.strip()
    ctx.session.flush()


def undo_no_show(ctx: Ctx, stay_id: int, version: int | None) -> DeskPerson:
    """He comes after all: his bed again for all his nights, or from today on where others slept in it meanwhile.

    Where the bed is gone it is asked whether he is to wait for another one.
    """
    ctx.require(DESK)
    stay, legs = lock_person(ctx, stay_id, version)
    refuse_unless(stay, StayState.NO_SHOW, "撤销未报到")
    today = ctx.today()
    places = places_by_bed(ctx)
    lock_rooms(ctx, {leg.room_id for leg in legs})
    refusal = try_nights(ctx, legs, places)
    gone: list[Stay] = []
    if refusal is not None and legs[0].arrive < today:
        gone = [leg for leg in legs if leg.leave <= today]
        legs = [leg for leg in legs if leg.leave > today]
        for leg in legs:
            leg.arrive = max(leg.arrive, today)
        ctx.session.flush()
        refusal = try_nights(ctx, legs, places) if legs else refusal
    if refusal is not None:
        ctx.confirm("bed_gone", f"{refusal.message}撤销未报到后，{stay.guest_name}要另外分配床位，要继续吗？")
        gone, legs = [*gone, *legs], []
    for leg in gone:
        leg.state = StayState.CANCELLED.value
    for leg in legs:
        leg.state, leg.end_reason = StayState.ASSIGNED.value, ""
    ctx.session.flush()
    return get_desk_person(ctx, stay_id=stay.id, enrollment_id=stay.enrollment_id)
