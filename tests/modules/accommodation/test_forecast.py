"""床位预测: beds wanted against beds there, and the question that a class too large is met with."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import NeedsConfirmation, PermissionDenied
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import AssignBed, CheckIn, CheckOut
from dangxiao_houqin.modules.accommodation.forecast import (
    Shortage,
    Wish,
    foresee,
    night_words,
    shortage_sentence,
)
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.queries.forecast import read_forecast
from dangxiao_houqin.modules.accommodation.statistics import BedStock, HeldNights, merge_spans
from dangxiao_houqin.modules.accommodation.ui.forecast_page import ForecastPage
from dangxiao_houqin.modules.places.models import Bed, Room, RoomOutage
from dangxiao_houqin.modules.training.domain import EDIT, VIEW, ClassStatus, SaveClass
from dangxiao_houqin.modules.training.queries import list_classes
from dangxiao_houqin.modules.training.services import save_class, set_class_status
from dangxiao_houqin.modules.training.ui.class_dialog import ClassDialog
from dangxiao_houqin.modules.training.ui.classes_page import ClassesPage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.conftest import OpenUnit
from tests.support.school import END, START, make_class, make_people, make_rooms
from tests.support.screens import LEFT, click, double_click, is_open, opened, type_into, unnamed

DAY = timedelta(days=1)
FIRST = date(2023, 12, 20)
LENGTH = 80
days = st.integers(0, LENGTH).map(lambda n: FIRST + n * DAY)


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date]:
    start = draw(days)
    return start, start + draw(st.integers(1, 20)) * DAY


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    start, end = draw(spans())
    return Wish(draw(st.integers(1, 3)), start, end, draw(st.integers(1, 5)), draw(st.booleans()))


@given(
    st.lists(wishes(), max_size=6),
    st.lists(st.tuples(st.integers(1, 6), spans(), st.integers(0, 3)), max_size=6),
    st.dictionaries(st.integers(1, 5), st.lists(spans(), min_size=1, max_size=2), max_size=3),
    spans(),
    days,
)
def test_every_night_is_what_counting_gives(wished, sleepers, closed, period, today) -> None:
    held: list[HeldNights] = []
    for person, (bed, (start, end), class_id) in enumerate(sleepers):
        if not any(one.bed_id == bed and one.start < end and start < one.end for one in held):
            held.append(HeldNights(person, bed, bed, 1, class_id, "主体班", True, start, end))
    stock = BedStock(dict.fromkeys(range(1, 6), 1), {bed: merge_spans(found) for bed, found in closed.items()})
    schools = {n: (f"{n}班", FIRST, FIRST + DAY) for n in range(1, 4)}
    reserve = frozenset({5})
    found = foresee(*period, today, held, wished, stock, reserve, schools, largest_room=2)
    for n, night in enumerate(found.nights):
        assert night.night == period[0] + n * DAY
        here = [one for one in held if one.start <= night.night < one.end]
        coming = [w for w in wished if w.start <= night.night < w.end and night.night >= today]
        shut = {bed for bed, some in stock.closed.items() if any(a <= night.night < b for a, b in some)}
        beds = (set(stock.beds) - shut) | {one.bed_id for one in here}
        assert night.demand == len(here) + sum(w.people for w in coming)
        assert night.beds == len(beds)
        assert night.closed == len(shut)
        assert night.reserve == len(reserve - shut)
        assert night.guests == sum(not one.class_id for one in here)
        assert night.unknown == sum(w.people for w in coming if not w.known)
        assert night.short == max(0, night.demand - night.beds)
        inside = any(each.start <= night.night < each.end for each in found.shortages)
        assert inside == (night.short > 0 and night.night >= today)
    for each in found.shortages:
        nights = [night for night in found.nights if each.start <= night.night < each.end]
        assert each.short == max(night.short for night in nights)
        wanting = {w.class_id for w in wished if max(w.start, today) < each.end and w.end > each.start}
        sleeping = {one.class_id for one in held if one.start < each.end and one.end > each.start} - {0}
        assert set(each.classes) == {f"{n}班" for n in wanting | sleeping}
    assert all(before.end < after.start for before, after in zip(found.shortages, found.shortages[1:], strict=False))
    for row in found.classes:
        total = sum(
            w.people * len([n for n in found.nights if max(w.start, today) <= n.night < w.end])
            for w in wished
            if w.class_id == row.class_id
        ) + sum(
            len([n for n in found.nights if o.start <= n.night < o.end]) for o in held if o.class_id == row.class_id
        )
        assert row.bed_nights == total


@pytest.mark.parametrize(
    ("start", "end", "words"),
    (
        (date(2026, 11, 24), date(2026, 11, 25), "11月24日"),
        (date(2026, 11, 24), date(2026, 11, 28), "11月24日至27日"),
        (date(2026, 11, 28), date(2026, 12, 3), "11月28日至12月2日"),
        (date(2026, 12, 30), date(2027, 1, 3), "12月30日至2027年1月2日"),
    ),
)
def test_nights_in_words(start: date, end: date, words: str) -> None:
    assert night_words(start, end) == words


def test_the_sentence_names_nights_and_beds() -> None:
    one = Shortage(date(2026, 11, 24), date(2026, 11, 28), 12, 216, 204, ("甲班",))
    assert shortage_sentence([one]) == "11月24日至27日最多缺 12 张床（需 216 张，可用 204 张）"
    assert shortage_sentence([one] * 5).endswith("；另有 2 段日期也不够")


# -------------------------------------------------------------------------------------------- from the database
@pytest.fixture
def house(unit) -> list[int]:
    """Three rooms of two beds, one of them a reserve."""
    with unit() as ctx:
        beds = make_rooms(ctx, floors=1, rooms=3)
        ctx.get(Room, ctx.get(Bed, beds[4]).room_id).reserve = True
    return beds


def plan(ctx, name: str, start: date, end: date, expected: int = 0, **more):
    return save_class(ctx, SaveClass(name, "主体班", start, end, expected_count=expected, **more))


def demand_of(unit, start: date = START, end: date = END) -> list[int]:
    with unit(read_only=True) as ctx:
        return [night.demand for night in read_forecast(ctx, start, end).nights]


def test_a_class_wants_beds_for_its_roster_and_those_still_expected(unit, house) -> None:
    with unit() as ctx:
        row = plan(ctx, "进修班", START, END, 4)
    assert demand_of(unit) == [4, 4, 4, 4]
    with unit() as ctx:
        people = make_people(ctx, row.id, "男女男")
        services.assign_bed(ctx, AssignBed(people[0].id, house[0]))
    with unit(read_only=True) as ctx:
        found = read_forecast(ctx, START - DAY, END + DAY)
    assert [night.demand for night in found.nights] == [0, 4, 4, 4, 4, 0]  # one in bed, two on the roster, one to come
    assert [night.unknown for night in found.nights] == [0, 1, 1, 1, 1, 0]
    assert [(night.beds, night.reserve) for night in found.nights] == [(6, 2)] * 6
    assert found.largest_room == 2
    assert found.half_rooms == 1
    (demand,) = found.classes
    assert (demand.name, demand.people, demand.bed_nights, demand.unknown) == ("进修班", 4, 16, 1)
    assert (demand.start, demand.end) == (START, END)
    assert found.peak.night == START


def test_who_left_or_never_came_wants_no_bed(unit, house, clock) -> None:
    with unit() as ctx:
        row = plan(ctx, "进修班", START, END, 4)
        people = make_people(ctx, row.id, "男男男男")
        stays = [services.assign_bed(ctx, AssignBed(p.id, b)).id for p, b in zip(people[:3], house, strict=False)]
        for stay_id in stays[:2]:
            services.check_in(ctx, CheckIn(stay_id, ctx.get(Stay, stay_id).version))
        services.mark_no_show(ctx, stays[2], ctx.get(Stay, stays[2]).version)
    assert demand_of(unit) == [3, 3, 3, 3]  # two here, the fourth still without a bed, the third does not come
    clock.moment = datetime(2026, 3, 4, 8, tzinfo=CHINA)
    with unit(confirmed=frozenset({"early_leave"})) as ctx:
        services.check_out(ctx, CheckOut(stays[0], ctx.get(Stay, stays[0]).version))
    assert demand_of(unit) == [2, 2, 2, 2]  # past nights as held, then one here and one without a bed
    assert demand_of(unit, START, START + 2 * DAY) == [2, 2]


def test_who_goes_home_and_what_is_cancelled_wants_nothing(unit, house) -> None:
    with unit(confirmed=frozenset({"cancel_class"})) as ctx:
        plan(ctx, "走读班", START, END, 30, lodging=False)
        row = plan(ctx, "停办的班", START, END, 6)
        set_class_status(ctx, row.id, None, ClassStatus.CANCELLED)
    assert demand_of(unit) == [0, 0, 0, 0]


def test_only_those_who_may_look_see_the_forecast(unit, nobody) -> None:
    with pytest.raises(PermissionDenied), unit(read_only=True, actor=nobody) as ctx:
        read_forecast(ctx, START, END)


# ------------------------------------------------------------------------------------ before a class is accepted
def test_a_class_too_large_is_asked_about(unit, house) -> None:
    with unit() as ctx:
        plan(ctx, "在先的班", START, START + 2 * DAY, 4)
        ctx.add(RoomOutage(room_id=ctx.get(Bed, house[0]).room_id, start=START, end=START + DAY, reason="漏水"))
    wanted = "床位不够：3月2日至3日最多缺 4 张床（需 8 张，可用 4 张）。同期还有“在先的班”。仍要保存吗？"
    with pytest.raises(NeedsConfirmation) as asked, unit() as ctx:
        plan(ctx, "后来的班", START, END, 4)
    assert asked.value.key == "capacity"
    assert asked.value.message == wanted
    with unit(confirmed=frozenset({"capacity"})) as ctx:
        row = plan(ctx, "后来的班", START, END, 4)
    with unit() as ctx:  # nothing about beds changed: nothing is asked
        again = save_class(
            ctx,
            SaveClass("后来的班", "主体班", START, END, row.id, row.version, expected_count=4, class_teacher="石静文"),
        )
    with pytest.raises(NeedsConfirmation), unit() as ctx:
        save_class(ctx, SaveClass("后来的班", "主体班", START, END, row.id, again.version, expected_count=9))
    with unit() as ctx:  # a smaller class, on other days, fits
        save_class(ctx, SaveClass("后来的班", "主体班", END, END + 4 * DAY, row.id, again.version, expected_count=6))


def test_nothing_is_asked_where_beds_are_enough_or_not_entered(unit) -> None:
    with unit() as ctx:
        plan(ctx, "没有床位的学校", START, END, 300)
        make_rooms(ctx, floors=1, rooms=1)
        plan(ctx, "正好住下", END, END + DAY, 2)
        plan(ctx, "走读", START, END, 300, lodging=False)
        plan(ctx, "去年的班", START - 300 * DAY, END - 300 * DAY, 300)
        plan(ctx, "还不知道几个人", START, END)


def test_a_class_planned_again_is_checked_too(unit, house) -> None:
    with unit(confirmed=frozenset({"cancel_class"})) as ctx:
        row = plan(ctx, "进修班", START, END, 6)
        set_class_status(ctx, row.id, None, ClassStatus.CANCELLED)
        plan(ctx, "顶上的班", START, END, 1)
    with pytest.raises(NeedsConfirmation, match="最多缺 1 张床"), unit() as ctx:
        set_class_status(ctx, row.id, None, ClassStatus.PLANNED)


def test_who_plans_classes_needs_no_right_to_the_beds(unit, house) -> None:
    planner = Actor(None, "教务", frozenset({EDIT.key, VIEW.key}))
    with pytest.raises(NeedsConfirmation, match="缺 1 张床"), unit(actor=planner) as ctx:
        plan(ctx, "进修班", START, START + DAY, 7)


@pytest.mark.sqlite_only
def test_the_class_dialog_asks_before_it_saves(qtbot: QtBot, desk: Desk, unit: OpenUnit, house) -> None:
    page = ClassesPage(desk)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    page.show()
    click(qtbot, page, "新建班次")
    dialog = opened(ClassDialog)
    for key, text in (("name", "全县干部轮训班"), ("start", "2026-3-2"), ("end", "2026-3-6"), ("expected_count", "9")):
        type_into(qtbot, dialog.form[key], text)
    click(qtbot, dialog, "保存")
    question = opened(QuestionDialog)
    assert "3月2日至5日最多缺 3 张床（需 9 张，可用 6 张）" in question.message
    click(qtbot, question, "取消")
    assert dialog.isVisible()  # all that was typed is still there
    with unit(read_only=True) as ctx:
        assert list_classes(ctx, ListQuery()).total == 0
    click(qtbot, dialog, "保存")
    click(qtbot, opened(QuestionDialog), "继续")
    assert not is_open(ClassDialog)
    with unit(read_only=True) as ctx:
        assert [row.name for row in list_classes(ctx, ListQuery()).rows] == ["全县干部轮训班"]


# --------------------------------------------------------------------------------------------------- the page
@pytest.mark.sqlite_only
def test_the_page_shows_the_nights_that_lack_beds(qtbot: QtBot, desk: Desk, unit: OpenUnit, house) -> None:
    with unit(confirmed=frozenset({"capacity"})) as ctx:
        big = plan(ctx, "轮训班", date(2026, 7, 6), date(2026, 7, 10), 9)
        small = make_class(ctx)
        make_people(ctx, small.id, "男女")
    page = ForecastPage(desk)
    qtbot.addWidget(page)
    page.resize(1158, 708)
    page.show()
    QApplication.processEvents()
    assert page.size().height() == 708  # it fits a small screen
    assert page.worst.accessibleDescription().startswith("3张 7月6日至9日")
    assert "分 1 段" in page.short.accessibleDescription()
    assert page.shortages.model.total == 1
    assert [page.classes.model.row(n).name for n in range(page.classes.model.total)] == ["科级干部进修班", "轮训班"]
    assert "男女未定" in page.note.text()
    assert page.chart.accessibleDescription() == "7月6日至9日缺3张"
    assert "缺 3 张床" in page.chart.words_at(page.chart.x_of(date(2026, 7, 7)))
    assert "空 4 张床" in page.chart.words_at(page.chart.x_of(START))
    with qtbot.waitSignal(desk.opened) as gone:
        double_click(qtbot, page.classes, 1)
    assert gone.args == [Ref("training_class", big.id)]
    with qtbot.waitSignal(desk.went) as went:
        QTest.mouseClick(page.chart, LEFT, pos=QPoint(round(page.chart.x_of(date(2026, 7, 7))), 90))
    assert went.args == ["accommodation.stays", {"when": ("on", date(2026, 7, 7))}]
    double_click(qtbot, page.shortages, 0)  # the month of the shortage
    assert (page.period.start, page.period.end) == (date(2026, 7, 1), date(2026, 8, 1))
    assert page.forecast is not None
    assert len(page.forecast.nights) == 31
    click(qtbot, page, "下一期")
    assert page.shortages.model.total == 0
    click(qtbot, page, "年")
    assert page.shortages.model.total == 1
    assert unnamed(page) == []
