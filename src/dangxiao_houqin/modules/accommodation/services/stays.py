"""Single stays, by hand: assign, move, swap, pin, release."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    ASSIGN,
    CURRENT,
    HOLDING,
    AssignBed,
    MoveStay,
    PairKind,
    StayRow,
    StayState,
)
from dangxiao_houqin.modules.accommodation.models import BedNight, RoommateRule, Stay
from dangxiao_houqin.modules.accommodation.queries import get_stay
from dangxiao_houqin.modules.training.api import ClassStatus, EnrollmentRow, get_class, get_enrollment

from .moves import ask_for_reason, record_move
from .nights import free_nights, lock_rooms, place_of, places_by_bed, take_nights, title

_LIVING = (*CURRENT, StayState.PARKED.value)
"""States of people who are to sleep here, or do."""


def assign_bed(ctx: Ctx, cmd: AssignBed) -> StayRow:
    """Give one person a bed for all his nights; a bed held before is given up.

    Somebody who left comes back for the nights that are still ahead; somebody who did not come comes after all.
    """
    ctx.require(ASSIGN)
    person = get_enrollment(ctx, cmd.enrollment_id)
    school = get_class(ctx, person.class_id)
    if school.status is ClassStatus.CANCELLED:
        raise RuleViolation(f"班次“{school.name}”已取消，不能分配床位。")
    if not (person.lodging and school.lodging):
        raise RuleViolation(f"{person.name}登记为不住宿；如需住宿，请先在名单里改为住宿。")
    if person.leave_on <= person.arrive_on:
        raise RuleViolation(f"{person.name}当天到当天走，不需要床位；如需住宿，请先改离开日期。")
    places = places_by_bed(ctx, cmd.bed_id)
    place = place_of(places, cmd.bed_id)
    every = _stays_of(ctx, person.id)
    old = [s for s in every if s.state in (*_LIVING, StayState.NO_SHOW.value)]
    lock_rooms(ctx, {place.room_id, *(s.room_id for s in old)})
    if any(s.arrived_at is not None or s.state == StayState.IN_HOUSE.value for s in old):
        raise RuleViolation(f"{person.name}已入住，请用“调房”更换床位。")
    arrive = _first_night(ctx, person, [s for s in every if s.left_at is not None])
    _cancel(ctx, old)
    stay = ctx.add(
        Stay(
            enrollment_id=person.id,
            class_id=person.class_id,
            guest_name=person.name,
            sex=person.sex,
            room_id=place.room_id,
            bed_id=place.bed_id,
            arrive=arrive,
            leave=person.leave_on,
            state=StayState.ASSIGNED.value,
            pinned=cmd.pinned,
            reason=cmd.reason.strip(),
        )
    )
    take_nights(ctx, [stay], places)
    refuse_forbidden_pairs(ctx, [stay])
    return get_stay(ctx, stay.id)


def _first_night(ctx: Ctx, person: EnrollmentRow, left: Sequence[Stay]) -> date:
    """His own first night, or for somebody who has already slept here and left, today."""
    if not left:
        return person.arrive_on
    again = max(person.arrive_on, ctx.today(), *(s.leave for s in left if s.state == StayState.LEFT.value))
    if again >= person.leave_on:
        raise RuleViolation(f"{person.name}已退房，登记的离开日期已到；如需再住，请先在名单里改离开日期。")
    return again


def move_stay(ctx: Ctx, cmd: MoveStay) -> StayRow:
    """Move a stay to another bed, wholly or from a night on (调房 with a date).

    Somebody in the house is moved from today on: what he slept stays where it was. Raises :class:`InvalidInput` (field
    ``reason``) where the office wants to know why.
    """
    ctx.require(ASSIGN)
    stay = ctx.get(Stay, cmd.stay_id, version=cmd.version, lock=True)
    _refuse_ended(stay)
    ask_for_reason(ctx, stay, cmd.reason)
    places = places_by_bed(ctx, cmd.bed_id)
    place = place_of(places, cmd.bed_id)
    if place.bed_id == stay.bed_id:
        raise InvalidInput(f"{stay.guest_name}已经在{title(place)}，请选择另一张床位。", field="bed_id")
    lock_rooms(ctx, {place.room_id, stay.room_id})
    since = cmd.from_night
    if since is None and stay.state == StayState.IN_HOUSE.value and stay.arrive < ctx.today():
        since = ctx.today()
        if since >= stay.leave:
            raise RuleViolation(f"{stay.guest_name}已到离开日期，请先续住，再调房。")
    if since is not None and not stay.arrive <= since < stay.leave:
        raise InvalidInput("调房日期要在入住和离开日期之间，请重新选择。", field="from_night")
    if since is not None and stay.arrived_at is not None and since < ctx.today():
        day = chinese_date(ctx.today(), year=False)
        raise InvalidInput(
            f"{stay.guest_name}已住过的夜晚留在原床位，调房日期不能早于{day}，请重新选择。", field="from_night"
        )
    old_bed = stay.bed_id
    free_nights(ctx, [stay.id], since=since)
    moved = _from_night_on(ctx, stay, since)
    moved.room_id, moved.bed_id, moved.reason = place.room_id, place.bed_id, cmd.reason.strip()
    ctx.session.flush()
    take_nights(ctx, [moved], places)
    refuse_forbidden_pairs(ctx, [moved])
    if moved.arrived_at is not None:
        record_move(ctx, moved, old_bed, moved.bed_id, max(ctx.today(), moved.arrive), cmd.reason)
    return get_stay(ctx, moved.id)


def _from_night_on(ctx: Ctx, stay: Stay, since: date | None) -> Stay:
    """The part of ``stay`` from ``since`` on as a stay of its own; the stay itself when that is all of it."""
    if since is None or since == stay.arrive:
        return stay
    later = Stay(
        enrollment_id=stay.enrollment_id,
        class_id=stay.class_id,
        guest_name=stay.guest_name,
        sex=stay.sex,
        kind=stay.kind,
        room_id=stay.room_id,
        bed_id=stay.bed_id,
        arrive=since,
        leave=stay.leave,
        state=stay.state,
        pinned=stay.pinned,
        reason=stay.reason,
        moved_from_id=stay.id,
        arrived_at=stay.arrived_at,
        late_until=stay.late_until,
        late_note=stay.late_note,
    )
    stay.leave = since
    return ctx.add(later)


def swap_stays(ctx: Ctx, first_id: int, first_version: int, second_id: int, second_version: int) -> None:
    """Two people exchange their beds; both keep their own nights. Those in the house do so from today on."""
    ctx.require(ASSIGN)
    versions = {first_id: first_version, second_id: second_version}
    # in the order of their ids, so that two desks that swap the same two queue
    stays = {stay_id: ctx.get(Stay, stay_id, version=versions[stay_id], lock=True) for stay_id in sorted(versions)}
    first, second = stays[first_id], stays[second_id]
    for stay in (first, second):
        _refuse_ended(stay)
    exchange(ctx, first, second, "")


# house: open - the caller has asked for the right
def exchange(ctx: Ctx, first: Stay, second: Stay, reason: str) -> tuple[Stay, Stay]:
    """Change the places of two locked stays; gives the stays that now stand for them."""
    for stay in (first, second):
        if stay.arrived_at is not None and stay.leave <= ctx.today():
            raise RuleViolation(f"{stay.guest_name}已到离开日期，请先续住，再对调。")
    places = places_by_bed(ctx, first.bed_id, second.bed_id)
    lock_rooms(ctx, {first.room_id, second.room_id})
    beds = first.bed_id, second.bed_id
    parts = []
    for stay in (first, second):
        slept = stay.arrived_at is not None and stay.arrive < ctx.today()
        free_nights(ctx, [stay.id], since=ctx.today() if slept else None)
        parts.append(_from_night_on(ctx, stay, ctx.today() if slept else None))
    one, two = parts
    one.room_id, two.room_id = two.room_id, one.room_id
    one.bed_id, two.bed_id = two.bed_id, one.bed_id
    ctx.session.flush()
    take_nights(ctx, parts, places)
    refuse_forbidden_pairs(ctx, parts)
    for stay, old_bed in zip(parts, beds, strict=True):
        if stay.arrived_at is not None:
            record_move(ctx, stay, old_bed, stay.bed_id, max(ctx.today(), stay.arrive), reason or "两人对调")
    return one, two


def pin_stay(ctx: Ctx, stay_id: int, version: int, pinned: bool) -> StayRow:
    """Pinned stays are never moved by the automatic assignment."""
    ctx.require(ASSIGN)
    stay = ctx.get(Stay, stay_id, version=version, lock=True)
    stay.pinned = pinned
    ctx.session.flush()
    return get_stay(ctx, stay_id)


def release_stay(ctx: Ctx, stay_id: int, version: int | None) -> None:
    """Take a bed back from somebody who has not arrived yet."""
    ctx.require(ASSIGN)
    stay = ctx.get(Stay, stay_id, version=version, lock=True)
    if stay.state == StayState.IN_HOUSE.value:
        raise RuleViolation(f"{stay.guest_name}已入住，请办理退房，不能直接取消床位。")
    _refuse_ended(stay)
    lock_rooms(ctx, {stay.room_id})
    _cancel(ctx, [stay])


def release_class(ctx: Ctx, class_id: int) -> int:
    """Take back all beds of a class that nobody has moved into, except pinned ones; returns how many."""
    ctx.require(ASSIGN)
    stays = list(
        ctx.session.scalars(
            select(Stay)
            .where(Stay.class_id == class_id, Stay.state == StayState.ASSIGNED.value, ~Stay.pinned)
            .order_by(Stay.id)
            .with_for_update()
        )
    )
    if stays:
        ctx.confirm("release_class", f"将取消 {len(stays)} 名学员的床位安排（已锁定和已入住的不动）。要取消吗？")
    lock_rooms(ctx, {s.room_id for s in stays})
    _cancel(ctx, stays)
    return len(stays)


def _stays_of(ctx: Ctx, enrollment_id: int) -> list[Stay]:
    query = select(Stay).where(Stay.enrollment_id == enrollment_id).order_by(Stay.id)  # stays are locked by id, always
    found = ctx.session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return sorted(found, key=lambda stay: (stay.arrive, stay.id))


def _living_stays(ctx: Ctx, enrollment_id: int) -> list[Stay]:
    return [stay for stay in _stays_of(ctx, enrollment_id) if stay.state in _LIVING]


def _cancel(ctx: Ctx, stays: Sequence[Stay]) -> None:
    free_nights(ctx, [s.id for s in stays])
    for stay in stays:
        stay.state = StayState.CANCELLED.value
    ctx.session.flush()


def _refuse_ended(stay: Stay) -> None:
    if stay.state not in CURRENT:
        raise Conflict(f"{stay.guest_name}的住宿安排已是“{StayState(stay.state).label}”，请刷新后再操作。")


def refuse_forbidden_pairs(ctx: Ctx, stays: Sequence[Stay]) -> None:
    """Raise :class:`RuleViolation` when one of ``stays`` now shares a room and a night with a forbidden person."""
    ids = [s.enrollment_id for s in stays if s.enrollment_id is not None]
    pairs = ctx.session.scalars(
        select(RoommateRule).where(
            RoommateRule.kind == PairKind.FORBIDDEN.value,
            RoommateRule.first_id.in_(ids) | RoommateRule.second_id.in_(ids),
        )
    ).all()
    for pair in pairs:
        shared: set[tuple[int, date]] | None = None
        for person in (pair.first_id, pair.second_id):
            query = select(BedNight.room_id, BedNight.night).where(BedNight.enrollment_id == person)
            mine = {(room_id, night) for room_id, night in ctx.session.execute(query)}
            shared = mine if shared is None else shared & mine
        if shared:
            names = dict(
                ctx.session.execute(
                    select(Stay.enrollment_id, Stay.guest_name).where(
                        Stay.enrollment_id.in_((pair.first_id, pair.second_id)), Stay.state.in_(HOLDING)
                    )
                ).all()
            )
            reason = f"（{pair.reason}）" if pair.reason else ""
            raise RuleViolation(f"{names[pair.first_id]}和{names[pair.second_id]}登记为不得同住{reason}，请另选房间。")


def follow_roster(ctx: Ctx, enrollment_id: int) -> None:
    """Adapt the bed of a person whose nights, sex or lodging changed on the roster.

    The same bed is kept where it is free for the new nights; otherwise the bed is given up and the person appears among
    the unassigned; one who waits in the lane of the chart goes on waiting, for the new nights. Somebody already checked
    in keeps his bed: the desk decides.
    """
    person = get_enrollment(ctx, enrollment_id)
    school = get_class(ctx, person.class_id)
    stays = _living_stays(ctx, enrollment_id)
    if not stays or any(s.arrived_at is not None or s.state == StayState.IN_HOUSE.value for s in stays):
        return
    lock_rooms(ctx, {s.room_id for s in stays})
    fits = len(stays) == 1 and person.lodging and school.lodging and person.leave_on > person.arrive_on
    if not fits:
        _cancel(ctx, stays)
        return
    stay = stays[0]
    free_nights(ctx, [stay.id])
    stay.arrive, stay.leave, stay.sex, stay.guest_name = person.arrive_on, person.leave_on, person.sex, person.name
    if stay.late_until is not None and not stay.arrive < stay.late_until < stay.leave:
        stay.late_until = None
    ctx.session.flush()
    if stay.state == StayState.PARKED.value:
        return
    try:
        with ctx.session.begin_nested():
            take_nights(ctx, [stay], places_by_bed(ctx))
            refuse_forbidden_pairs(ctx, [stay])
    except (Conflict, RuleViolation):
        _cancel(ctx, [stay])


def follow_name(ctx: Ctx, enrollment_id: int, name: str) -> None:
    """The roster has another name for somebody: all his stays show it; the register of moves keeps what it said."""
    for stay in _stays_of(ctx, enrollment_id):
        stay.guest_name = name
    ctx.session.flush()


def let_go(ctx: Ctx, enrollment_id: int) -> None:
    """Free the bed of somebody who is off the roster; raises :class:`RuleViolation` when he is in the house."""
    stays = _living_stays(ctx, enrollment_id)
    for stay in stays:
        if stay.arrived_at is not None or stay.state == StayState.IN_HOUSE.value:
            raise RuleViolation(f"{stay.guest_name}已入住，请先办理退房，再移出名单。")
    lock_rooms(ctx, {s.room_id for s in stays})
    _cancel(ctx, stays)
