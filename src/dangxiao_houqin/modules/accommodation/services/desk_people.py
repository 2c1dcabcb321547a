"""Who stands there is not who was expected: somebody else comes, or needs no bed. The roster and the bed follow."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import CURRENT, DESK, DeskPerson, ReplacePerson, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.queries.desk import get_desk_person
from dangxiao_houqin.modules.training.api import (
    ReplaceEnrollment,
    get_enrollment,
    replace_enrollment,
    set_lodging,
    undo_replacement,
)

from .desk_legs import try_nights
from .nights import lock_rooms, places_by_bed
from .reminders import settle

REPLACED = "换人"
NOT_LODGING = "不住宿"
"""Why a bed was given up at the desk; with these words it is found again when the step is taken back."""


def replace_person(ctx: Ctx, cmd: ReplacePerson) -> DeskPerson:
    """换人: the new one takes the place on the roster and the bed.

    Where he is of the other sex and somebody sleeps there, or the bed is closed, he appears without a bed (the result
    has no place). Raises :class:`RuleViolation` when the first one has already moved in.
    """
    ctx.require(DESK)
    beds = _free_to_change(ctx, cmd.enrollment_id, "换人")
    new = replace_enrollment(
        ctx,
        ReplaceEnrollment(cmd.enrollment_id, cmd.name, cmd.sex, cmd.unit_name, cmd.position, cmd.phone, cmd.note),
    )
    for stay in beds:
        if stay.state == StayState.CANCELLED.value:
            stay.end_reason = REPLACED
    ctx.session.flush()
    _take_over(ctx, beds, new.id, new.name, new.sex)
    settle(ctx, beds)
    return get_desk_person(ctx, enrollment_id=new.id)


def undo_replace(ctx: Ctx, enrollment_id: int) -> DeskPerson:
    """Take 换人 back; ``enrollment_id`` is the one who came instead, the first one is given back with his bed."""
    ctx.require(DESK)
    _free_to_change(ctx, enrollment_id, "撤销换人")
    old = undo_replacement(ctx, enrollment_id)
    _bed_again(ctx, old.id, REPLACED)
    return get_desk_person(ctx, enrollment_id=old.id)


def no_lodging(ctx: Ctx, enrollment_id: int) -> DeskPerson:
    """He does not stay overnight: his bed is free, he remains on the roster."""
    ctx.require(DESK)
    beds = _free_to_change(ctx, enrollment_id, "登记不住宿")
    set_lodging(ctx, enrollment_id, False)
    for stay in beds:
        if stay.state != StayState.NO_SHOW.value:
            stay.state, stay.end_reason = StayState.CANCELLED.value, NOT_LODGING
    settle(ctx, beds)
    return get_desk_person(ctx, enrollment_id=enrollment_id)


def lodge_again(ctx: Ctx, enrollment_id: int) -> DeskPerson:
    """He needs a bed after all: the one he gave up at the desk if it is still free, otherwise he waits for one."""
    ctx.require(DESK)
    person = get_enrollment(ctx, enrollment_id)
    if not person.lodging:
        set_lodging(ctx, enrollment_id, True)
        _bed_again(ctx, enrollment_id, NOT_LODGING)
    return get_desk_person(ctx, enrollment_id=enrollment_id)


def _free_to_change(ctx: Ctx, enrollment_id: int, doing: str) -> list[Stay]:
    """His beds, or those he gave up by not coming, locked.

    Raises :class:`RuleViolation` for somebody who has moved in or left.
    """
    statement = select(Stay).where(Stay.enrollment_id == enrollment_id).order_by(Stay.arrive, Stay.id)
    stays = list(ctx.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))
    for stay in stays:
        if stay.arrived_at is not None:
            what = "已退房" if stay.left_at is not None else "已报到"
            raise RuleViolation(f"{stay.guest_name}{what}，不能{doing}；如登记有误，请先撤销。")
    beds = [stay for stay in stays if stay.state in CURRENT]
    beds = beds or [stay for stay in stays if stay.state == StayState.NO_SHOW.value and stay.leave > ctx.today()]
    lock_rooms(ctx, {stay.room_id for stay in beds})
    return beds


def _take_over(ctx: Ctx, beds: Sequence[Stay], enrollment_id: int, name: str, sex: str) -> None:
    taken: list[Stay] = []
    for old in beds:
        stay = Stay(
            enrollment_id=enrollment_id,
            class_id=old.class_id,
            guest_name=name,
            sex=sex,
            room_id=old.room_id,
            bed_id=old.bed_id,
            arrive=max(old.arrive, ctx.today()) if old.state == StayState.NO_SHOW.value else old.arrive,
            leave=old.leave,
            state=StayState.ASSIGNED.value,
            pinned=old.pinned,
            reason=f"接替{old.guest_name}",
            moved_from_id=taken[-1].id if taken else None,
        )
        taken.append(ctx.add(stay))
    if taken and try_nights(ctx, taken, places_by_bed(ctx)) is not None:
        for stay in taken:
            stay.state = StayState.CANCELLED.value
        ctx.session.flush()


def _bed_again(ctx: Ctx, enrollment_id: int, why: str) -> None:
    """The beds given up with the words ``why``, if they are still free for their nights."""
    given_up = select(Stay).where(
        Stay.enrollment_id == enrollment_id, Stay.state == StayState.CANCELLED.value, Stay.end_reason == why
    )
    beds = list(ctx.session.scalars(given_up.order_by(Stay.arrive, Stay.id)))
    if not beds:
        return
    lock_rooms(ctx, {stay.room_id for stay in beds})
    refusal = try_nights(ctx, beds, places_by_bed(ctx))
    for stay in beds:
        stay.end_reason = ""
        if refusal is None:
            stay.state = StayState.ASSIGNED.value
    ctx.session.flush()
