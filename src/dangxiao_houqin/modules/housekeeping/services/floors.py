"""楼层报数: how many people the floor staff found in each room, and what came of differences."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import WORK, ReportFloor
from dangxiao_houqin.modules.housekeeping.models import FloorReport

from .rooms import lock_rooms, short

MOST_PEOPLE = 20


def report_floor(ctx: Ctx, cmd: ReportFloor) -> int:
    """Write down what was found; a room reported again takes the new number.  Returns how many rooms were looked at.

    A difference that was settled is open again when another number is reported.
    """
    ctx.require(WORK)
    if cmd.day > ctx.today():
        raise InvalidInput("不能预先报将来的人数，请改日期。", field="day")
    seen = [room for room in cmd.rooms if room.people is not None]
    if not seen:
        raise InvalidInput("还没有填任何房间的人数；空房请填 0。", field="rooms")
    reporter = short(cmd.reporter, "报数人", "reporter", 60) or ctx.actor.name
    names = lock_rooms(ctx, (room.room_id for room in seen))
    query = select(FloorReport).where(FloorReport.room_id.in_(names), FloorReport.on_day == cmd.day)
    present = {report.room_id: report for report in ctx.session.scalars(query)}
    for room in seen:
        assert room.people is not None
        if not 0 <= room.people <= MOST_PEOPLE:
            raise InvalidInput(f"{names[room.room_id]}的人数应在 0 到 {MOST_PEOPLE} 之间。", field="rooms")
        report = present.get(room.room_id)
        if report is None:
            report = FloorReport(room_id=room.room_id, on_day=cmd.day, people=room.people)
            ctx.session.add(report)
        elif report.people != room.people:
            report.people, report.resolved, report.resolution = room.people, False, ""
        else:
            flag_modified(report, "people")  # said again now: the desk is compared with this moment
        report.reporter = reporter
        report.note = short(room.note, "备注", "note", 200)
    return len(seen)


def resolve_report(ctx: Ctx, report_id: int, version: int, note: str) -> None:
    """A difference between floor and desk is settled; ``note`` says how."""
    ctx.require(WORK)
    note = short(note, "处理结果", "note", 200)
    if not note:
        raise InvalidInput("请写明核实的结果，例如“学员外宿，已登记”。", field="note")
    report = ctx.get(FloorReport, report_id, version=version, lock=True)
    report.resolved, report.resolution = True, note


def reopen_report(ctx: Ctx, report_id: int) -> None:
    """撤销: the difference is open again."""
    ctx.require(WORK)
    report = ctx.get(FloorReport, report_id, lock=True)
    report.resolved, report.resolution = False, ""
