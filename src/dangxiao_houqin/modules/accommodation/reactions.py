"""What accommodation does when the roster below changes (paired in ``app/wiring.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dangxiao_houqin.core.uow import Ctx

from .domain import CURRENT, HOLDING, StayState
from .models import BedNight, Stay

if TYPE_CHECKING:  # what only some events need is imported when they happen: the first page asks for guests
    from dangxiao_houqin.modules.housekeeping.api import ClassRoomsAsked, GuestsAsked
    from dangxiao_houqin.modules.places.api import OutageSaved
    from dangxiao_houqin.modules.training.api import (
        ClassCancelled,
        ClassPlanned,
        EnrollmentDatesChanged,
        EnrollmentRenamed,
        EnrollmentWithdrawn,
    )


def on_enrollment_withdrawn(ctx: Ctx, event: EnrollmentWithdrawn) -> None:
    """The person needs no bed any more."""
    from .services.stays import let_go

    let_go(ctx, event.enrollment_id)


def on_enrollment_dates_changed(ctx: Ctx, event: EnrollmentDatesChanged) -> None:
    """Nights, sex or lodging changed: the bed follows where it can."""
    from .services.stays import follow_roster

    follow_roster(ctx, event.enrollment_id)


def on_enrollment_renamed(ctx: Ctx, event: EnrollmentRenamed) -> None:
    """His stays show the name of the roster."""
    from .services.stays import follow_name

    follow_name(ctx, event.enrollment_id, event.name)


def on_outage_saved(ctx: Ctx, event: OutageSaved) -> None:
    """A room goes out of service while people hold its nights: ask, with their names; the beds stay theirs."""
    held = (
        select(Stay.guest_name)
        .join(BedNight, BedNight.stay_id == Stay.id)
        .where(BedNight.room_id == event.room_id, BedNight.night >= event.start)
        .distinct()
    )
    if event.bed_id is not None:
        held = held.where(BedNight.bed_id == event.bed_id)
    if event.end is not None:
        held = held.where(BedNight.night < event.end)
    names = ctx.session.scalars(held).all()
    if names:
        shown = "、".join(names[:6]) + ("等" if len(names) > 6 else "")
        ctx.confirm(
            "outage_over_stays",
            f"停用期间已有 {len(names)} 人安排在这里（{shown}）。登记停用后他们的床位不会自动换，要继续吗？",
        )


def on_class_planned(ctx: Ctx, event: ClassPlanned) -> None:
    """容量核对: a class wants more beds than there are on some of its nights to come; ask before it is accepted.

    A school that has not entered its beds yet is not asked.
    """
    from .forecast import names_sentence, shortage_sentence
    from .queries.forecast import foresee_nights

    start = max(event.arrive_on, ctx.today())
    if not event.people or start >= event.leave_on:
        return
    forecast = foresee_nights(ctx, start, event.leave_on)
    if not forecast.shortages or not forecast.beds_known:
        return
    others = [each.name for each in forecast.classes if each.class_id != event.class_id]
    beside = f"同期还有{names_sentence(others)}。" if others else ""
    ctx.confirm(
        "capacity",
        f"床位不够：{shortage_sentence(forecast.shortages)}。{beside}仍要保存吗？",
        hint="可以改日期、减少计划人数，或让部分学员走读。",
    )


def on_class_cancelled(ctx: Ctx, event: ClassCancelled) -> None:
    """Nobody of the class needs a bed."""
    from .services.stays import let_go

    living = (*CURRENT, StayState.PARKED.value)
    query = select(Stay.enrollment_id).where(Stay.class_id == event.class_id, Stay.state.in_(living)).distinct()
    for enrollment_id in ctx.session.scalars(query).all():
        if enrollment_id is not None:
            let_go(ctx, enrollment_id)


def on_class_rooms_asked(ctx: Ctx, event: ClassRoomsAsked) -> None:
    """Housekeeping hands over the rooms of a class."""
    rooms = select(Stay.room_id).where(Stay.class_id == event.class_id, Stay.state.in_(HOLDING)).distinct()
    event.rooms.update(ctx.session.scalars(rooms))


def on_guests_asked(ctx: Ctx, event: GuestsAsked) -> None:
    """Housekeeping asks who sleeps where on a night, and who is in the house now."""
    counted = select(BedNight.room_id, func.count()).where(BedNight.night == event.day).group_by(BedNight.room_id)
    for room_id, people in ctx.session.execute(counted):
        event.guests[room_id] = event.guests.get(room_id, 0) + people
    present = select(Stay.room_id, func.count()).where(Stay.state == StayState.IN_HOUSE.value).group_by(Stay.room_id)
    for room_id, people in ctx.session.execute(present):
        event.here[room_id] = event.here.get(room_id, 0) + people
