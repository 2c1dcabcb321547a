"""Days on which the school's calendar differs from the ordinary week or the bundled holidays."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.domain import SETTINGS, NoticeDay, SaveCalendarDay
from dangxiao_houqin.modules.organization.models import CalendarDay


def save_calendar_day(ctx: Ctx, cmd: SaveCalendarDay) -> int:
    """Enter a day off or a worked day, or change it; returns its id."""
    ctx.require(SETTINGS)
    name = cmd.name.strip()
    if not cmd.workday and not name:
        raise InvalidInput("请填写放假的名称，如“春节”。", field="name")
    entry = CalendarDay()
    if cmd.day_id is not None:
        entry = ctx.get(CalendarDay, cmd.day_id, version=cmd.version, lock=True)
    other = ctx.session.scalar(select(CalendarDay.id).where(CalendarDay.day == cmd.day))
    if other is not None and other != cmd.day_id:
        raise InvalidInput(f"{chinese_date(cmd.day, weekday=True)}已经登记过，请修改原有的一行。", field="day")
    entry.day, entry.workday, entry.name = cmd.day, cmd.workday, name
    return ctx.add(entry).id


def delete_calendar_day(ctx: Ctx, day_id: int, version: int) -> None:
    """Take an entry back: the day is again what the bundled data or the ordinary week say."""
    ctx.require(SETTINGS)
    ctx.session.delete(ctx.get(CalendarDay, day_id, version=version, lock=True))


def import_notice(ctx: Ctx, days: Sequence[NoticeDay]) -> int:
    """Enter the days of a notice over what was entered before; returns how many days it changed."""
    ctx.require(SETTINGS)
    wanted = {entry.day: entry for entry in days}
    query = select(CalendarDay).where(CalendarDay.day.in_(wanted)).order_by(CalendarDay.day).with_for_update()
    known = {entry.day: entry for entry in ctx.session.scalars(query)}
    changed = 0
    for day, new in sorted(wanted.items()):
        entry = known.get(day) or CalendarDay(day=day)
        if (entry.workday, entry.name) != (new.workday, new.name):
            entry.workday, entry.name = new.workday, new.name
            ctx.session.add(entry)
            changed += 1
    ctx.session.flush()
    return changed
