"""房态核对: the floor staff's numbers against the desk's, room by room."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import or_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.domain import VIEW, Discrepancy, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.housekeeping.api import FloorReportRow, list_floor_reports

_CAME = (StayState.IN_HOUSE.value, StayState.PARKED.value, StayState.LEFT.value)


def list_discrepancies(ctx: Ctx, day: date) -> tuple[Discrepancy, ...]:
    """Rooms of which floor and desk say different things about ``day``, in the order of the rooms; settled ones too.

    The desk's people are those in the house at the moment the number was reported, so that a morning's report does not
    look wrong after the noon's check-out.
    """
    ctx.require(VIEW)
    reports = list_floor_reports(ctx, day)
    stays: dict[int, list[Stay]] = {}
    query = (
        select(Stay)
        .where(
            Stay.room_id.in_([report.room_id for report in reports]),
            Stay.arrive <= day,
            or_(Stay.leave >= day, Stay.state == StayState.IN_HOUSE.value),
            Stay.state.in_((*_CAME, StayState.ASSIGNED.value)),
        )
        .order_by(Stay.arrive, Stay.id)
    )
    for stay in ctx.session.scalars(query):
        stays.setdefault(stay.room_id, []).append(stay)
    found = (_compare(report, stays.get(report.room_id, [])) for report in reports)
    return tuple(each for each in found if each.resolved or len(each.here) != each.found)


def _compare(report: FloorReportRow, stays: list[Stay]) -> Discrepancy:
    here = tuple(stay.guest_name for stay in stays if _was_here(stay, report))
    waiting = (s for s in stays if s.state == StayState.ASSIGNED.value and s.leave > report.on_day)
    return Discrepancy(
        report_id=report.id,
        version=report.version,
        room_id=report.room_id,
        building_name=report.building_name,
        floor_name=report.floor_name,
        number=report.number,
        day=report.on_day,
        here=here,
        expected=tuple(stay.guest_name for stay in waiting),
        found=report.people,
        reporter=report.reporter,
        note=report.note,
        resolved=report.resolved,
        resolution=report.resolution,
    )


def _was_here(stay: Stay, report: FloorReportRow) -> bool:
    """In the house when the floor was looked at; a report for an earlier day is about that day's end."""
    if stay.state not in _CAME:
        return False
    moment = min(report.reported_at, datetime.combine(report.on_day, time.max, CHINA))
    came = stay.arrived_at or datetime.combine(stay.arrive, time.min, CHINA)
    if came > moment:
        return False
    if stay.state == StayState.LEFT.value:
        return (stay.left_at or datetime.combine(stay.leave, time(12), CHINA)) > moment
    return stay.state == StayState.IN_HOUSE.value
