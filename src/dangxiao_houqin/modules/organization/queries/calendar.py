"""The school's calendar: the bundled statutory holidays, overridden by what the office has entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache

from sqlalchemy import select

from dangxiao_houqin.core.columns import list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import TodayRow
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.columns import CALENDAR_COLUMNS
from dangxiao_houqin.modules.organization.domain import SETTINGS, SPRING_FESTIVAL, WORKED, CalendarRow, DayMark
from dangxiao_houqin.modules.organization.models import CalendarDay

_SATURDAY = 5
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": SPRING_FESTIVAL,
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@cache
def _bundled() -> Mapping[date, DayMark]:
    """Statutory holidays and worked weekends as the State Council announced them (package chinesecalendar)."""
    from chinese_calendar.constants import holidays, workdays

    off = {day: DayMark(True, _NAMES.get(name, "放假")) for day, name in holidays.items()}
    return {**off, **{day: DayMark(False, WORKED) for day in workdays}}


@cache
def _bundled_years() -> frozenset[int]:
    return frozenset(day.year for day in _bundled())


def _entered(ctx: Ctx, start: date, end: date) -> dict[date, CalendarDay]:
    query = select(CalendarDay).where(CalendarDay.day >= start, CalendarDay.day < end)
    return {entry.day: entry for entry in ctx.session.scalars(query)}


def _mark(day: date, entry: CalendarDay | None) -> DayMark | None:
    weekend = day.weekday() >= _SATURDAY
    if entry is None:
        return _bundled().get(day) or (DayMark(True, "") if weekend else None)
    if not entry.workday:
        return DayMark(True, entry.name or "放假")
    if weekend:
        return DayMark(False, entry.name or WORKED)
    return DayMark(False, entry.name) if entry.name else None


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(n) for n in range((end - start).days))


def day_marks(ctx: Ctx, start: date, end: date) -> dict[date, DayMark]:
    """Days of ``[start, end)`` that are not ordinary working days: weekends (no name), holidays, 调休上班.

    A year that neither the bundled data nor the office knows has its weekends only; see :func:`missing_years`.
    """
    entered = _entered(ctx, start, end)
    marks = ((day, _mark(day, entered.get(day))) for day in _days(start, end))
    return {day: mark for day, mark in marks if mark is not None}


def is_workday(ctx: Ctx, day: date) -> bool:
    """Whether the school works on ``day``."""
    mark = day_marks(ctx, day, day + timedelta(1)).get(day)
    return mark is None or not mark.rest


def add_workdays(ctx: Ctx, day: date, number: int) -> date:
    """The ``number``-th working day after ``day`` (before it when negative); ``day`` itself is not counted.

    0 gives ``day``, or the next working day when it is a day off.
    """
    step = timedelta(-1 if number < 0 else 1)
    if number == 0:
        day, number = day - step, 1
    left = abs(number)
    while left:
        first = day + step  # a window at a time: seven working days never need more than a month
        window = sorted((first, first + step * (left * 2 + 30)))
        marks = day_marks(ctx, window[0], window[1] + timedelta(1))
        for _ in range(left * 2 + 30):
            day += step
            mark = marks.get(day)
            left -= mark is None or not mark.rest
            if not left:
                break
    return day


def missing_years(ctx: Ctx, start: date, end: date) -> tuple[int, ...]:
    """Years of ``[start, end)`` whose holidays are not known yet: neither bundled nor entered.

    A year counts as entered when it has a Spring Festival, which every notice names.
    """
    wanted = [year for year in range(start.year, (end - timedelta(1)).year + 1) if year not in _bundled_years()]
    if not wanted:
        return ()
    found = _entered(ctx, date(wanted[0], 1, 1), date(wanted[-1] + 1, 1, 1)).values()
    known = {entry.day.year for entry in found if not entry.workday and SPRING_FESTIVAL in entry.name}
    return tuple(year for year in wanted if year not in known)


def missing_years_note(ctx: Ctx, start: date, end: date) -> str:
    """One sentence about :func:`missing_years`, or ``""``."""
    years = "、".join(str(year) for year in missing_years(ctx, start, end))
    return f"{years}年的放假安排还没有登记，暂按周六、周日休息计算；通知发布后，请在“校历”里粘贴。" if years else ""


def years_to_enter(ctx: Ctx) -> tuple[int, ...]:
    """Years whose notice is out and not yet entered: this one, and from November on the next."""
    today = ctx.today()
    return missing_years(ctx, date(today.year, 1, 1), date(today.year + (2 if today.month >= 11 else 1), 1, 1))


def today_lines(ctx: Ctx) -> tuple[TodayRow, ...]:
    """For the dashboard of who keeps the calendar: the notice still to be pasted."""
    years = years_to_enter(ctx) if ctx.can(SETTINGS) else ()
    text = "暂按周六、周日休息计算，请粘贴放假通知"
    return tuple(
        TodayRow("校历", f"{y}年放假安排：{text}", "待登记", "warning", ref=Ref("calendar_year", y)) for y in years
    )


def calendar_years(ctx: Ctx) -> tuple[int, ...]:
    """Years the calendar can be shown for, newest first: bundled, entered, this one and the next two."""
    entered = ctx.session.scalars(select(CalendarDay.day))
    now = ctx.today().year
    return tuple(sorted({*_bundled_years(), *(day.year for day in entered), now, now + 1, now + 2}, reverse=True))


def list_calendar(ctx: Ctx, query: ListQuery) -> Listing[CalendarRow]:
    """Holidays and worked weekends day by day; filters ``year``, ``rest`` (bool) and ``own`` (entered here)."""
    filters = query.filters
    years = calendar_years(ctx)
    first, last = (filters["year"],) * 2 if filters.get("year") else (years[-1], years[0])
    start, end = date(first, 1, 1), date(last + 1, 1, 1)
    entered = _entered(ctx, start, end)
    bundled = {day for day in _bundled() if start <= day < end}
    rows = []
    for day in sorted(bundled | entered.keys()):
        entry = entered.get(day)
        mark = _mark(day, entry) or DayMark(False, "")
        row = CalendarRow(
            day,
            mark.rest,
            mark.name,
            entry.id if entry is not None else None,
            entry.version if entry is not None else None,
            bundled=day in bundled,
        )
        if filters.get("rest") in (None, row.rest) and filters.get("own") in (None, row.own):
            rows.append(row)
    plain = ListQuery(query.search, {}, query.sort, query.descending, query.offset, query.limit)
    return list_in_memory(rows, CALENDAR_COLUMNS, plain)
