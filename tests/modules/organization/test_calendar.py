"""The school's calendar: bundled holidays, entered days over them, a pasted notice, working days."""

from __future__ import annotations

from datetime import date

import pytest
from chinese_calendar.constants import holidays, workdays

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import Conflict, InvalidInput, PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.modules.organization import queries, services
from dangxiao_houqin.modules.organization.api import (
    add_workdays,
    day_marks,
    is_workday,
    missing_years,
    missing_years_note,
)
from dangxiao_houqin.modules.organization.domain import NoticeDay, SaveCalendarDay
from dangxiao_houqin.modules.organization.transfer import read_notice
from tests.conftest import OpenUnit

LAST_BUNDLED = max(holidays).year

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
　　经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作。
2025年11月4日"""


def test_marks_of_the_national_day_weeks(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        marks = day_marks(ctx, date(2026, 9, 19), date(2026, 10, 11))
    assert marks[date(2026, 9, 19)] == (True, "")
    assert marks[date(2026, 9, 20)] == (False, "调休上班")
    assert marks[date(2026, 9, 25)] == (True, "中秋节")
    assert marks[date(2026, 10, 1)] == (True, "国庆节")
    assert marks[date(2026, 10, 10)] == (False, "调休上班")
    assert date(2026, 9, 21) not in marks
    assert date(2026, 10, 11) not in marks, "the end is not included"


def test_what_the_office_enters_stands_over_what_is_bundled(unit: OpenUnit) -> None:
    ordinary, bundled, saturday = date(2026, 9, 10), date(2026, 10, 7), date(2026, 3, 14)
    with unit() as ctx:
        services.save_calendar_day(ctx, SaveCalendarDay(ordinary, False, "校庆"))
        day_id = services.save_calendar_day(ctx, SaveCalendarDay(bundled, True))
        services.save_calendar_day(ctx, SaveCalendarDay(saturday, True))
        marks = day_marks(ctx, date(2026, 1, 1), date(2027, 1, 1))
        assert marks[ordinary] == (True, "校庆")
        assert bundled not in marks, "an ordinary working Wednesday now"
        assert marks[saturday] == (False, "调休上班")
        assert is_workday(ctx, bundled)
        services.delete_calendar_day(ctx, day_id, 1)
        assert not is_workday(ctx, bundled)


def test_working_days_are_counted_over_holidays(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        assert add_workdays(ctx, date(2026, 9, 30), 1) == date(2026, 10, 8)
        assert add_workdays(ctx, date(2026, 10, 8), 2) == date(2026, 10, 10), "a worked Saturday"
        assert add_workdays(ctx, date(2026, 10, 8), -1) == date(2026, 9, 30)
        assert add_workdays(ctx, date(2026, 10, 1), 0) == date(2026, 10, 8)
        assert add_workdays(ctx, date(2026, 10, 8), 0) == date(2026, 10, 8)
        far = add_workdays(ctx, date(2026, 1, 1), 200)
        between = [date.fromordinal(n) for n in range(date(2026, 1, 2).toordinal(), far.toordinal() + 1)]
        assert sum(is_workday(ctx, day) for day in between) == 200
        assert is_workday(ctx, far)


def test_a_year_nobody_knows_has_weekends_and_is_announced(unit: OpenUnit) -> None:
    year = LAST_BUNDLED + 1
    span = (date(LAST_BUNDLED, 6, 1), date(year + 1, 1, 1))
    with unit() as ctx:
        assert missing_years(ctx, *span) == (year,)
        assert str(year) in missing_years_note(ctx, *span)
        assert missing_years_note(ctx, date(LAST_BUNDLED, 1, 1), date(year, 1, 1)) == ""
        marks = day_marks(ctx, date(year, 1, 1), date(year + 1, 1, 1))
        assert set(marks.values()) == {(True, "")}
        assert all(day.weekday() >= 5 for day in marks)
        services.save_calendar_day(ctx, SaveCalendarDay(date(year, 9, 10), False, "校庆"))
        assert missing_years(ctx, *span) == (year,), "one day of one's own is not the year's notice"
        services.import_notice(ctx, [NoticeDay(date(year, 2, 6), False, "春节")])
        assert missing_years(ctx, *span) == ()


def test_who_keeps_the_calendar_is_reminded_from_november(unit: OpenUnit, clock: FixedClock, nobody: Actor) -> None:
    def reminded(month: int, **options: Actor) -> list[int]:
        clock.moment = clock.moment.replace(year=LAST_BUNDLED, month=month, day=3)
        with unit(read_only=True, **options) as ctx:
            return [line.ref.id for line in queries.today_lines(ctx) if line.ref is not None]

    assert reminded(10) == []
    assert reminded(11) == [LAST_BUNDLED + 1]
    assert reminded(11, actor=nobody) == []
    with unit() as ctx:
        services.import_notice(ctx, [NoticeDay(date(LAST_BUNDLED + 1, 2, 6), False, "春节")])
    assert reminded(12) == []


def test_a_day_is_entered_once_and_named(unit: OpenUnit, nobody: Actor) -> None:
    day = date(2026, 7, 1)
    with unit() as ctx:
        day_id = services.save_calendar_day(ctx, SaveCalendarDay(day, False, "校庆"))
        with pytest.raises(InvalidInput, match="已经登记过") as caught:
            services.save_calendar_day(ctx, SaveCalendarDay(day, True))
        assert caught.value.field == "day"
        with pytest.raises(InvalidInput, match="名称"):
            services.save_calendar_day(ctx, SaveCalendarDay(date(2026, 7, 2), False, " "))
        services.save_calendar_day(ctx, SaveCalendarDay(day, False, "建校纪念日", day_id, 1))
        with pytest.raises(Conflict):
            services.save_calendar_day(ctx, SaveCalendarDay(day, False, "校庆", day_id, 1))
    for change in (
        lambda ctx: services.save_calendar_day(ctx, SaveCalendarDay(day, True)),
        lambda ctx: services.delete_calendar_day(ctx, day_id, 2),
        lambda ctx: services.import_notice(ctx, []),
    ):
        with unit(actor=nobody) as ctx, pytest.raises(PermissionDenied):
            change(ctx)


def test_the_list_shows_where_a_day_comes_from(unit: OpenUnit, clock: FixedClock) -> None:
    with unit() as ctx:
        services.save_calendar_day(ctx, SaveCalendarDay(date(2026, 10, 7), True, "提前开学"))
        services.save_calendar_day(ctx, SaveCalendarDay(date(2026, 7, 1), False, "校庆"))
        found = {row.day: row for row in queries.list_calendar(ctx, ListQuery(filters={"year": 2026})).rows}
        worked = queries.list_calendar(ctx, ListQuery(filters={"year": 2026, "rest": False}))
        named = queries.list_calendar(ctx, ListQuery(search="校庆"))
        years = queries.calendar_years(ctx)
    assert found[date(2026, 10, 1)].source.text == "国家安排"
    assert found[date(2026, 10, 7)].source.text == "本校改动"
    assert (found[date(2026, 7, 1)].source.text, found[date(2026, 7, 1)].weekday) == ("本校登记", "周三")
    assert {row.day for row in worked.rows} == {d for d in workdays if d.year == 2026} | {date(2026, 10, 7)}
    assert [row.day for row in named.rows] == [date(2026, 7, 1)]
    assert years[0] == clock.today().year + 2


def test_the_state_councils_text_gives_the_bundled_year() -> None:
    """The real notice, read without help, is day for day what the package holds of that year."""
    reading = read_notice(NOTICE_2026, 2030)
    assert reading.problems == ()
    assert {d.day for d in reading.days if not d.workday} == {day for day in holidays if day.year == 2026}
    assert {d.day for d in reading.days if d.workday} == {day for day in workdays if day.year == 2026}
    assert next(d.name for d in reading.days if d.day == date(2026, 2, 17)) == "春节"
    assert reading.summary == "放假 33 天，调休上班 6 天"


@pytest.mark.parametrize(
    ("line", "first", "last", "workday", "name"),
    (
        ("2027-02-06 至 2027-02-12 春节 放假", "2027-02-06", "2027-02-12", False, "春节"),
        ("2027-02-14 上班", "2027-02-14", "2027-02-14", True, ""),
        ("2027/2/14\t上班", "2027-02-14", "2027-02-14", True, ""),
        ("2027.2.6-2.12 春节", "2027-02-06", "2027-02-12", False, "春节"),
        ("5月1日—5日 五一放假", "2027-05-01", "2027-05-05", False, "劳动节"),
        ("九、教师节 9月10日 放假1天", "2027-09-10", "2027-09-10", False, "教师节"),
        ("１２月３１日至１月２日 元旦放假", "2027-12-31", "2028-01-02", False, "元旦"),
        (
            "国庆节、中秋节：10月1日（周五）至8日（周五）放假调休，共8天。",
            "2027-10-01",
            "2027-10-08",
            False,
            "国庆节、中秋节",
        ),
    ),
)
def test_lines_are_read_tolerantly(line: str, first: str, last: str, workday: bool, name: str) -> None:
    reading = read_notice(line, 2027)
    assert reading.problems == ()
    assert (reading.days[0].day.isoformat(), reading.days[-1].day.isoformat()) == (first, last)
    assert {(d.workday, d.name) for d in reading.days} == {(workday, name)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    (
        ("2月30日放假", "第 1 行：“2月30日”不是有效的日期，请改正。"),
        ("\n2月14日（周六）上班", "第 2 行：2月14日写的是周六，2027年这一天是周日，请核对年份和日期。"),
        ("7月1日", "第 1 行：没有写明是放假还是上班，请补上。"),
        ("5日放假", "第 1 行：“5日”前面没有月份，请写成“2月5日”。"),
        ("2月14日放假\n2月14日上班", "第 2 行：2月14日一处写放假、一处写上班，请改正。"),
        ("2027-05-05至2027-05-01放假", "起止日期不对"),
        ("2027-01-05至2027-08-01放假", "起止日期不对"),
    ),
)
def test_what_cannot_be_read_is_said_in_one_sentence(text: str, sentence: str) -> None:
    problems = read_notice(text, 2027).problems
    assert len(problems) == 1
    assert sentence in problems[0]


def test_a_notice_is_entered_once(unit: OpenUnit) -> None:
    days = read_notice("2027-02-06 至 2027-02-12 春节 放假\n2027-02-14 上班", 2027).days
    with unit() as ctx:
        assert services.import_notice(ctx, days) == 8
    with unit() as ctx:
        assert services.import_notice(ctx, days) == 0
        assert services.import_notice(ctx, [NoticeDay(date(2027, 2, 14), False, "春节")]) == 1
        assert day_marks(ctx, date(2027, 2, 14), date(2027, 2, 15)) == {date(2027, 2, 14): (True, "春节")}
