"""The gestures of the room chart: any set of stays is put somewhere else, all of it or nothing, and can be taken back.

Move, extend, shorten, split, swap, swap rooms, park and assign are all the same change: stays get another bed, other
nights or another state. That is why there is one service for them and one way back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import (
    ASSIGN,
    CURRENT,
    HOLDING,
    DeskRules,
    Rearrange,
    StayPut,
    StayState,
    Step,
)
from dangxiao_houqin.modules.accommodation.models import BedMove, Stay
from dangxiao_houqin.modules.accommodation.queries.desk import guest_legs
from dangxiao_houqin.modules.places.api import BedPlace
from dangxiao_houqin.modules.training.api import ClassStatus, get_class, get_enrollment, nights

from .moves import record_move
from .nights import free_nights, lock_rooms, place_of, places_by_bed, take_nights
from .stays import refuse_forbidden_pairs

MOVABLE = (*CURRENT, StayState.PARKED.value, StayState.CANCELLED.value)


def rearrange(ctx: Ctx, cmd: Rearrange) -> Step:
    """Put all stays of ``cmd`` where it says; returns the step with which :func:`take_back` undoes it.

    Nights a person has already slept cannot be moved: a stay in the house is split at today by the caller.  Raises
    :class:`Conflict` for a stay changed meanwhile or a bed just taken (who, until when), :class:`RuleViolation` for the
    other sex, a closed bed, a forbidden pair or a wrong state, :class:`InvalidInput` (field ``reason``) where the
    setting asks for a reason.
    """
    ctx.require(ASSIGN)
    return _apply(ctx, cmd, back=False)


def take_back(ctx: Ctx, step: Step) -> Step:
    """Undo ``step``; undoing what this returns does it again."""
    ctx.require(ASSIGN)
    puts = tuple(
        replace(before, stay_id=after.stay_id, version=after.version)
        for before, after in zip(step.before, step.after, strict=True)
    )
    return _apply(ctx, Rearrange(puts, step.title, step.reason), back=True)


def _apply(ctx: Ctx, cmd: Rearrange, *, back: bool) -> Step:
    if not cmd.puts:
        raise InvalidInput("没有要调整的床位，请重新选择。")
    places = places_by_bed(ctx, *{put.bed_id for put in cmd.puts})
    stays = {
        put.stay_id: ctx.get(Stay, put.stay_id, version=put.version, lock=True)
        for put in sorted(cmd.puts, key=lambda put: put.stay_id or 0)
        if put.stay_id is not None
    }
    _refuse_wrong(ctx, cmd, stays, back=back)
    lock_rooms(ctx, [s.room_id for s in stays.values()] + [place_of(places, put.bed_id).room_id for put in cmd.puts])
    held = {stay.id: _nights_held(stay) for stay in stays.values()}
    before = {stay.id: snapshot(stay) for stay in stays.values()}
    pairs: list[tuple[StayPut, Stay]] = []
    for put in cmd.puts:
        stay = stays[put.stay_id] if put.stay_id is not None else _new_stay(ctx, put, places)
        pairs.append((put, stay))
    for put, stay in pairs:
        keep = _kept(stay, put, held.get(stay.id, frozenset()))
        _free_others(ctx, stay, held.get(stay.id, frozenset()), keep)
        held[stay.id] = keep
    for put, stay in pairs:
        moved = put.stay_id is None or put.bed_id != stay.bed_id
        if put.stay_id is not None:
            stay.bed_id, stay.room_id = put.bed_id, places[put.bed_id].room_id
            stay.arrive, stay.leave, stay.state, stay.pinned = put.arrive, put.leave, put.state.value, put.pinned
        if put.reason is not None:
            stay.reason = put.reason
        elif moved and cmd.reason.strip():
            stay.reason = cmd.reason.strip()
    ctx.session.flush()
    living = [stay for _, stay in pairs if stay.state in CURRENT]
    _refuse_twice(ctx, living, before)
    missing = {stay.id: sorted(set(nights(stay.arrive, stay.leave)) - held[stay.id]) for stay in living}
    if missing:
        take_nights(ctx, living, places, only=missing)
        refuse_forbidden_pairs(ctx, living)
    _note_moves(ctx, pairs, before, cmd.reason)
    ctx.session.flush()
    after = tuple(snapshot(stay) for _, stay in pairs)
    return Step(
        cmd.title,
        tuple(before.get(s.id) or replace(snapshot(s), state=StayState.CANCELLED) for _, s in pairs),
        after,
        cmd.reason,
    )


def snapshot(stay: Stay) -> StayPut:
    """How ``stay`` stands now."""
    return StayPut(
        stay_id=stay.id,
        version=stay.version,
        enrollment_id=stay.enrollment_id,
        bed_id=stay.bed_id,
        arrive=stay.arrive,
        leave=stay.leave,
        state=StayState(stay.state),
        pinned=stay.pinned,
        reason=stay.reason,
        moved_from_id=stay.moved_from_id,
    )


def _nights_held(stay: Stay) -> frozenset[date]:
    return frozenset(nights(stay.arrive, stay.leave)) if stay.state in CURRENT else frozenset()


def _kept(stay: Stay, put: StayPut, held: frozenset[date]) -> frozenset[date]:
    """Nights of the same bed that stay as they are; they are not asked for again (their room may be closing)."""
    if put.state.value not in CURRENT or put.bed_id != stay.bed_id:
        return frozenset()
    return held & frozenset(nights(put.arrive, put.leave))


def _free_others(ctx: Ctx, stay: Stay, held: frozenset[date], keep: frozenset[date]) -> None:
    if not keep:
        if held:
            free_nights(ctx, [stay.id])
        return
    if min(keep) > min(held):
        free_nights(ctx, [stay.id], until=min(keep))
    if max(keep) < max(held):
        free_nights(ctx, [stay.id], since=max(keep) + timedelta(days=1))


def _new_stay(ctx: Ctx, put: StayPut, places: dict[int, BedPlace]) -> Stay:
    """A stay for somebody who has none, or the later part of one that is split."""
    place = place_of(places, put.bed_id)
    if put.moved_from_id is not None:
        first = ctx.get(Stay, put.moved_from_id)
        stay = Stay(
            enrollment_id=first.enrollment_id,
            class_id=first.class_id,
            guest_name=first.guest_name,
            sex=first.sex,
            kind=first.kind,
            arrived_at=first.arrived_at,
            moved_from_id=first.id,
        )
    else:
        assert put.enrollment_id is not None
        person = get_enrollment(ctx, put.enrollment_id)
        stay = Stay(enrollment_id=person.id, class_id=person.class_id, guest_name=person.name, sex=person.sex)
    stay.room_id, stay.bed_id = place.room_id, place.bed_id
    stay.arrive, stay.leave, stay.state = put.arrive, put.leave, put.state.value
    stay.pinned = put.pinned
    return ctx.add(stay)


# ------------------------------------------------------------------------------------------------ what is refused
def _refuse_wrong(ctx: Ctx, cmd: Rearrange, stays: dict[int, Stay], *, back: bool) -> None:
    if not back:
        _refuse_without_reason(ctx, cmd, stays)
    for put in cmd.puts:
        if put.leave <= put.arrive:
            raise InvalidInput("离开日期必须晚于入住日期，请重新选择。", field="leave")
        stay = stays.get(put.stay_id) if put.stay_id is not None else None
        if stay is None:
            _refuse_new(ctx, put, stays)
            continue
        old = StayState(stay.state)
        if old.value not in MOVABLE or put.state.value not in MOVABLE:
            raise Conflict(f"{stay.guest_name}的住宿安排已是“{old.label}”，请刷新后再操作。")
        if old is not StayState.CANCELLED and put.state is not StayState.CANCELLED:
            _refuse_slept(ctx, stay, put, back=back)
        if put.state is StayState.CANCELLED and old is not StayState.CANCELLED:
            _refuse_cancel(ctx, stay, cmd, stays)
        if put.state.value in CURRENT and old not in (StayState.ASSIGNED, StayState.IN_HOUSE):
            if stay.enrollment_id is not None:
                _refuse_not_lodging(ctx, stay.enrollment_id, stay.sex if old is StayState.CANCELLED else None)
            if (put.state is StayState.IN_HOUSE) != (stay.arrived_at is not None):
                raise RuleViolation(f"{stay.guest_name}的入住状态已变化，请刷新后再操作。")
        elif old is StayState.ASSIGNED and put.state is StayState.IN_HOUSE:
            raise RuleViolation(f"{stay.guest_name}还没有报到，请在“报到退房”里办理入住。")
        elif old is StayState.IN_HOUSE and put.state is StayState.ASSIGNED:
            raise RuleViolation(f"{stay.guest_name}已入住，不能改回“已分配”；请在“报到退房”里撤销入住。")


def _refuse_without_reason(ctx: Ctx, cmd: Rearrange, stays: dict[int, Stay]) -> None:
    policy = ctx.settings(DeskRules).move_reason
    if policy == "never" or cmd.reason.strip():
        return
    for put in cmd.puts:
        stay = stays.get(put.stay_id if put.stay_id is not None else put.moved_from_id or 0)
        if stay is None or put.bed_id == stay.bed_id or put.state.value not in CURRENT:
            continue
        if policy == "always" or stay.arrived_at is not None:
            raise InvalidInput(f"给{stay.guest_name}换床位需要写明原因，请选择原因。", field="reason")


def _refuse_new(ctx: Ctx, put: StayPut, stays: dict[int, Stay]) -> None:
    if put.moved_from_id is not None:
        if put.moved_from_id not in stays:
            raise InvalidInput("分段调房要同时给出原来的住宿，请刷新后重新操作。")
        first = stays[put.moved_from_id]
        expected = StayState.IN_HOUSE if first.arrived_at is not None else StayState.ASSIGNED
        if put.state not in (expected, StayState.PARKED):
            raise RuleViolation(f"{first.guest_name}的入住状态已变化，请刷新后再操作。")
        return
    if put.enrollment_id is None:
        raise InvalidInput("没有指明是哪位学员，请重新选择。")
    if put.state is not StayState.ASSIGNED:
        raise InvalidInput("新安排的床位只能是“已分配”，请在“报到退房”里办理入住。")
    _refuse_not_lodging(ctx, put.enrollment_id)
    busy = ctx.session.scalars(
        select(Stay).where(
            Stay.enrollment_id == put.enrollment_id,
            Stay.state.in_((*CURRENT, StayState.PARKED.value)),
            Stay.arrive < put.leave,
            Stay.leave > put.arrive,
        )
    ).first()
    if busy is not None:
        raise Conflict(f"{busy.guest_name}刚刚已有床位或在暂存区，请刷新后再操作。")


def _refuse_not_lodging(ctx: Ctx, enrollment_id: int, sex: str | None = None) -> None:
    person = get_enrollment(ctx, enrollment_id)
    school = get_class(ctx, person.class_id)
    if school.status is ClassStatus.CANCELLED:
        raise RuleViolation(f"班次“{school.name}”已取消，不能安排{person.name}的床位。")
    if not (person.lodging and school.lodging):
        raise RuleViolation(f"{person.name}登记为不住宿；如需住宿，请先在名单里改为住宿。")
    if sex not in (None, person.sex):
        raise RuleViolation(f"{person.name}的性别在名单里已改为{person.sex}，请重新安排床位。")


def _refuse_twice(ctx: Ctx, living: Sequence[Stay], before: dict[int, StayPut]) -> None:
    """Nobody has two beds in one night: external guests, whom no key of the table tells, and who comes back."""
    for stay in living:
        was = before.get(stay.id)
        whose: ColumnElement[bool]
        if stay.enrollment_id is None:
            whose, states = Stay.id.in_(guest_legs(ctx, stay.id)), HOLDING
        elif was is not None and was.state is StayState.CANCELLED:
            whose, states = Stay.enrollment_id == stay.enrollment_id, (*CURRENT, StayState.PARKED.value)
        else:
            continue
        query = select(Stay).where(whose, Stay.id != stay.id, Stay.state.in_(states))
        if ctx.session.scalars(query.where(Stay.arrive < stay.leave, Stay.leave > stay.arrive)).first() is not None:
            raise Conflict(f"{stay.guest_name}在这几晚已有床位或在暂存区，请刷新后再操作。")


def _refuse_slept(ctx: Ctx, stay: Stay, put: StayPut, *, back: bool) -> None:
    """What was slept is history: the nights before today of a person in the house stay where they were."""
    if stay.arrived_at is None or stay.arrive >= ctx.today():
        return
    if stay.state == StayState.PARKED.value:
        if put.state is StayState.IN_HOUSE and put.bed_id != stay.bed_id and put.arrive < ctx.today():
            raise RuleViolation(f"{stay.guest_name}今天以前没有住在那张床位，只能从今天起安排，请刷新后重新安排。")
        return
    if put.arrive != stay.arrive and not (back and put.arrive < stay.arrive):
        raise RuleViolation(f"{stay.guest_name}已入住，入住日期不能再改。")
    if put.leave != stay.leave and put.leave < ctx.today():
        day = chinese_date(ctx.today(), year=False)
        raise RuleViolation(f"{stay.guest_name}已住到今天，离开日期不能早于{day}。")
    if put.bed_id != stay.bed_id or put.state is StayState.PARKED:
        raise RuleViolation(f"{stay.guest_name}今天以前已住在原床位，只能从今天起调房，请选择调房日期。")


def _refuse_cancel(ctx: Ctx, stay: Stay, cmd: Rearrange, stays: dict[int, Stay]) -> None:
    """Only a person who has not arrived loses his bed here; the later part of a split goes back to the earlier one.

    Not when he has slept in it: a move of yesterday is not undone but moved back from today on.
    """
    if stay.arrived_at is None:
        return
    first = next((put for put in cmd.puts if put.stay_id == stay.moved_from_id and put.stay_id in stays), None)
    if first is None or first.leave < stay.leave:
        raise RuleViolation(f"{stay.guest_name}已入住，请办理退房，不能直接取消床位。")
    if stay.state == StayState.IN_HOUSE.value and stay.arrive < ctx.today():
        raise RuleViolation(f"{stay.guest_name}换床后已住过夜，不能撤销；如要换回去，请从今天起调房。")


# ---------------------------------------------------------------------------------------------- register of moves
def _note_moves(ctx: Ctx, pairs: Sequence[tuple[StayPut, Stay]], before: dict[int, StayPut], reason: str) -> None:
    """Keep 调房登记 of people in the house; a move that is taken back is marked, done again it counts again."""
    for put, stay in pairs:
        if stay.arrived_at is None:
            continue
        was = before.get(stay.id)
        if was is None or was.state is StayState.CANCELLED:
            first = before.get(stay.moved_from_id or 0)
            source = first.bed_id if first is not None else None
        else:
            source = was.bed_id
        target = stay.bed_id if stay.state == StayState.IN_HOUSE.value else None
        if put.state is StayState.CANCELLED:
            _mark_undone(ctx, stay.id)
        elif source is not None and target is not None and source != target:
            _note_move(ctx, stay, source, target, reason)
        elif source is not None and target is None and source != stay.bed_id:  # back into the lane he came from
            _note_move(ctx, stay, source, stay.bed_id, reason)


def _mark_undone(ctx: Ctx, stay_id: int) -> None:
    for move in ctx.session.scalars(select(BedMove).where(BedMove.stay_id == stay_id, ~BedMove.undone)):
        move.undone = True


def _note_move(ctx: Ctx, stay: Stay, source: int, target: int, reason: str) -> None:
    lines = list(ctx.session.scalars(select(BedMove).where(BedMove.stay_id == stay.id).order_by(BedMove.id)))
    stands = max((number for number, line in enumerate(lines) if not line.undone), default=-1)
    if stands >= 0 and (lines[stands].from_bed_id, lines[stands].to_bed_id) == (target, source):
        lines[stands].undone = True
        return
    day = max(ctx.today(), stay.arrive)
    again = (source, target, day, reason.strip())
    for line in lines[stands + 1 :]:
        if (line.from_bed_id, line.to_bed_id, line.on_day, line.reason) == again:
            line.undone = False
            return
    record_move(ctx, stay, source, target, day, reason)
