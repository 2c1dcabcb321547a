"""The dashboard: figures that are right, each opening the list it counts; quick with many nights."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.bell import INBOX_PAGE
from dangxiao_houqin.app.dashboard import FIRST_TILES, DashboardPage, DayBoard, read_board
from dangxiao_houqin.app.modules import MODULES, all_documents
from dangxiao_houqin.app.navigation import pages_of, visible_to
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.shell import Shell
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import ColumnsSpec, Figure, PageSpec, RingSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import AssignBed, MoveStay, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.queries.statistics import read_summary
from dangxiao_houqin.modules.accommodation.statistics import Grouping
from dangxiao_houqin.modules.inbox.api import Assign, assign
from dangxiao_houqin.modules.organization.models import Role, UserAccount
from dangxiao_houqin.modules.organization.queries import current_actor
from dangxiao_houqin.modules.places.models import Bed, RoomOutage
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.table import ListTable
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_people, make_rooms
from tests.support.years import fill_years

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)


@pytest.fixture
def me(unit: OpenUnit) -> Actor:
    """An administrator who sits here; the school has its roles."""
    with unit() as ctx:
        roles = [ctx.add(Role(name=r.name, permissions=sorted(r.permissions), builtin=True)) for r in BUILTIN_ROLES]
        user = ctx.add(
            UserAccount(
                login="admin",
                display_name="周启明",
                password_hash="x",
                must_change_password=False,
                roles=[roles[0]],
            )
        )
        return current_actor(ctx, user.id)


@pytest.fixture
def busy(unit: OpenUnit, me: Actor) -> None:
    """16 beds: of 6 people who came last week 1 left early, 2 leave today, 1 changes beds today; 4 of 6 come today."""
    with unit() as ctx:
        beds = make_rooms(ctx, floors=2, rooms=4)
        old = make_class(ctx, "上周开班的班", TODAY - 7 * DAY, TODAY + DAY)
        for number, person in enumerate(make_people(ctx, old.id, "男男男男女女")):
            services.assign_bed(ctx, AssignBed(person.id, beds[number]))
        stays = ctx.session.query(Stay).order_by(Stay.id).all()
        for stay in stays:
            stay.state, stay.arrived_at = StayState.IN_HOUSE.value, ctx.now() - 7 * DAY
        ctx.session.flush()
        services.move_stay(ctx, MoveStay(stays[0].id, stays[0].version, beds[6], TODAY, "打鼾"))
        new = make_class(ctx, "今天报到的班", TODAY, TODAY + 4 * DAY)
        for number, person in enumerate(make_people(ctx, new.id, "女女男男男女")[:4]):
            services.assign_bed(ctx, AssignBed(person.id, beds[8 + number]))
        first = ctx.session.query(Stay).filter(Stay.class_id == new.id).order_by(Stay.id).first()
        assert first is not None
        first.state, first.arrived_at = StayState.IN_HOUSE.value, ctx.now()
        room = ctx.get(Bed, beds[14]).room_id
        ctx.add(RoomOutage(room_id=room, start=TODAY, end=None, reason="漏水"))
        part = ctx.get(Bed, beds[12])
        ctx.add(RoomOutage(room_id=part.room_id, bed_id=part.id, start=TODAY, end=TODAY + DAY, reason="床板坏"))
        for number in range(9):
            late = TODAY + (number - 4) * DAY
            assign(ctx, Assign(f"t:{number}", "查房", f"第 {number} 件", Ref("room", room), "系统管理员", due_on=late))
        assign(ctx, Assign("t:x", "查房", "别人的", None, "住宿管理员"))


def board(unit: OpenUnit, me: Actor) -> DayBoard:
    with unit(read_only=True, actor=me) as ctx:
        return read_board(ctx, MODULES)


def named(found: DayBoard) -> dict[str, Figure]:
    return {figure.title: figure for figure in found.figures}


@pytest.mark.usefixtures("busy")
def test_the_figures_of_the_day(unit: OpenUnit, me: Actor) -> None:
    found = named(board(unit, me))
    values = {title: figure.value for title, figure in found.items()}
    assert {
        "今晚住宿": "10",
        "今日报到": "4",
        "今日离校": "0",
        "待分配床位": "2",
        "今晚空床": "3",  # 16 beds, 10 slept in, a room of two and a single bed out of service
        "停用房间": "2",
        "我的待办": "9",
    }.items() <= values.items()
    assert found["今日报到"].note == "已到 1 人，未到 3 人"
    assert found["今晚住宿"].unit == "人 / 13 床"
    assert "入住率 76.9%" in found["今晚住宿"].note  # 10 / 13: beds out of service are not in the denominator
    assert (found["七天内最少空床"].value, found["七天内最少空床"].args["night"]) == ("3", TODAY)
    assert found["我的待办"].note == "其中 4 件已逾期"


@pytest.mark.usefixtures("busy")
def test_tomorrow(unit: OpenUnit, me: Actor, clock: FixedClock) -> None:
    clock.advance(DAY)
    found = named(board(unit, me))
    values = {title: figure.value for title, figure in found.items()}
    assert {
        "今日报到": "0",
        "今日离校": "6",
        "今晚住宿": "4",
        "今晚空床": "10",
        "停用房间": "1",
    }.items() <= values.items()
    assert found["今日离校"].note == "已退房 0 人，未退 6 人", "who only changed beds goes once, from the second one"


@pytest.mark.usefixtures("busy")
def test_somebody_sleeping_in_a_closed_room_is_no_free_bed(unit: OpenUnit) -> None:
    with unit() as ctx:
        taken = ctx.session.query(Stay).order_by(Stay.id.desc()).first()
        assert taken is not None
        ctx.add(RoomOutage(room_id=taken.room_id, start=TODAY, end=TODAY + DAY, reason="空调坏"))
    with unit(read_only=True) as ctx:
        tonight = queries.night_figures(ctx, TODAY, TODAY + DAY)[0]
        assert (tonight.beds, tonight.closed, tonight.taken, tonight.astray) == (16, 5, 10, 2)
        assert (tonight.available, tonight.free) == (13, 3)
        assert queries.list_free_beds_on(ctx, ListQuery()).total == 3


@pytest.mark.usefixtures("busy")
def test_free_beds_of_every_night_agree_with_their_list(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        for night in queries.night_figures(ctx, TODAY - 9 * DAY, TODAY + 12 * DAY):
            listed = queries.list_free_beds_on(ctx, ListQuery(filters={"night": night.night}, limit=None))
            assert listed.total == len(listed.rows) == night.free, night.night
        rows = queries.list_free_beds_on(ctx, ListQuery(limit=None)).rows
        assert {(row.room_number, row.bed_name, row.sex, row.until) for row in rows} == {
            ("104", "2", "男", None),
            ("203", "2", "", None),
        } | {(row.room_number, row.bed_name, row.sex, row.until) for row in rows if row.room_number == "101"}
        men = queries.list_free_beds_on(ctx, ListQuery(filters={"sex": "男"})).total
        women = queries.list_free_beds_on(ctx, ListQuery(filters={"sex": "女"})).total
        assert (men, women) == (3, 1)


@pytest.mark.usefixtures("busy")
def test_the_weeks_say_what_the_statistics_say(unit: OpenUnit, me: Actor) -> None:
    (chart,) = [c for c in board(unit, me).charts if isinstance(c, ColumnsSpec)]
    with unit(read_only=True) as ctx:
        summary = read_summary(ctx, TODAY - 77 * DAY, TODAY + 7 * DAY, Grouping.WEEK, compare=False)
    told = [None if (r := line.figures.held_rate) is None else round(r * 100, 1) for line in summary.lines]
    assert list(chart.series[0][1]) == told
    assert told[-2:] != [None, None]
    assert [args["start"] for args in chart.args] == [line.start for line in summary.lines]
    assert chart.labels[-1] == "10周"


def test_a_look_only_actor_is_shown_no_inbox_of_others(unit: OpenUnit, busy: None, nobody: Actor) -> None:
    assert board(unit, nobody) == DayBoard((), (), (), "2026年3月2日(周一)", "县委党校", "后勤办公室")


# ------------------------------------------------------------------------------------------------ on screen
@pytest.fixture
def shell(qtbot: QtBot, db: Database, clock: FixedClock, me: Actor) -> Iterator[Shell]:
    """The main window with all pages, without threads."""

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, me, action, clock=clock, handlers=REACTIONS, **options)

    runner = InstantRunner(open_unit)
    desk = Desk(runner, me, documents=all_documents)
    pages = pages_of(MODULES)

    def dashboard(the_desk: Desk) -> QWidget:
        return DashboardPage(the_desk, MODULES, lambda: visible_to(pages, me))

    own = PageSpec("app.dashboard", "工作台", "layout-dashboard", dashboard, order=0)
    window = Shell(desk, (own, *pages), MODULES)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    with qtbot.waitActive(window):
        window.show()
    window.ready()
    yield window
    window.leave_for_good()
    runner.shutdown()
    runner.deleteLater()
    settings.write("geometry/shell", None)


def total(shell: Shell, key: str) -> int:
    """Rows of the list that stands open."""
    assert shell.current_key == key
    (table,) = shell.page(key).findChildren(ListTable)[:1]
    return table.model.total


LISTS = {
    "在训班次": "training.classes",
    "今晚住宿": "accommodation.stays",
    "今日报到": "accommodation.stays",
    "今日离校": "accommodation.stays",
    "待分配床位": "accommodation.unassigned",
    "今晚空床": "accommodation.free_beds",
    "七天内最少空床": "accommodation.free_beds",
    "停用房间": "places.rooms",
    "我的待办": INBOX_PAGE,
}


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("busy")
def test_every_number_opens_the_list_it_counts(qtbot: QtBot, shell: Shell, clock: FixedClock) -> None:
    for _ in range(2):
        shell.show_page("app.dashboard")
        page = shell.page("app.dashboard")
        assert isinstance(page, DashboardPage)
        page.reload_now()
        numbers = {tile.accessibleName(): tile for tile in page.tiles}
        assert set(LISTS) <= set(numbers)
        for title, key in LISTS.items():
            shell.show_page("app.dashboard")
            tile = numbers[title]
            shown = int(tile._figure.text())
            qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
            assert total(shell, key) == shown, title
            entry = shell.sidebar.marked
            assert entry is not None
            assert not key.startswith("accommodation.") or entry.accessibleName() == "学员住宿"
        clock.advance(DAY)


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("busy")
def test_parts_of_the_ring_and_weeks_open_their_lists(qtbot: QtBot, shell: Shell) -> None:
    page = shell.page("app.dashboard")
    assert isinstance(page, DashboardPage)
    (weeks, ring) = page.charts
    spec = next(c for c in _board_of(shell).charts if isinstance(c, RingSpec))
    assert [share.value for share in spec.shares] == [7, 3, 3, 3]
    for number, share in enumerate(spec.shares):
        shell.show_page("app.dashboard")
        where = ring._lines()[number].center().toPoint()
        qtbot.mouseMove(ring, where)
        qtbot.mouseClick(ring, Qt.MouseButton.LeftButton, pos=where)
        if share.page != "places.rooms":  # rooms, of which one has a bed left
            assert total(shell, share.page) == share.value, share.title
        else:
            assert total(shell, share.page) == 2
    shell.show_page("app.dashboard")
    weeks.setFocus()
    qtbot.keyClick(weeks, Qt.Key.Key_Left)  # from the first to the last
    qtbot.keyClick(weeks, Qt.Key.Key_Return)
    assert shell.current_key == "accommodation.statistics"
    shell.show_page("app.dashboard")
    qtbot.mouseClick(ring, Qt.MouseButton.LeftButton, pos=QPoint(40, 4))  # beside the legend leads nowhere
    assert shell.current_key == "app.dashboard"


def _board_of(shell: Shell) -> DayBoard:
    runner = shell.desk.runner
    found: list[DayBoard] = []

    with runner._open_unit("test.look", read_only=True, confirmed=frozenset(), progress=lambda *_: None) as ctx:  # type: ignore[misc]
        found.append(read_board(ctx, MODULES))
    return found[0]


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("busy")
def test_bell_and_navigation_count_what_waits(qtbot: QtBot, shell: Shell, unit: OpenUnit) -> None:
    assert (shell.bell.waiting, shell.sidebar.button(INBOX_PAGE).badge) == (9, 9)
    assert shell.bell.toolTip() == "待办 9 件，其中 4 件已逾期"
    with unit() as ctx:
        assign(ctx, Assign("t:new", "查房", "新来的", None, "系统管理员"))
    shell.desk.runner.data_changed.emit(frozenset({"inbox_item"}))
    assert (shell.bell.waiting, shell.sidebar.button(INBOX_PAGE).badge) == (10, 10)
    assert shell.sidebar.button(INBOX_PAGE).accessibleName() == "待办，10 件"
    qtbot.mouseClick(shell.bell, Qt.MouseButton.LeftButton)
    assert total(shell, INBOX_PAGE) == 10
    shell.desk.set_actor(Actor(99, "没有权限的人"))
    assert not shell.bell.isVisible()


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("busy")
def test_lines_open_what_they_are_about(qtbot: QtBot, shell: Shell) -> None:
    page = shell.page("app.dashboard")
    assert isinstance(page, DashboardPage)
    went: list[Ref] = []
    shell.desk.opened.disconnect()
    shell.desk.opened.connect(went.append)
    lines = [page._lines.itemAt(n).widget() for n in range(0, page._lines.count(), 2)]
    links = [link for line in lines for link in line.findChildren(QWidget) if link.property("ref")]
    assert len(links) >= 7, "six of mine and a class that waits for beds"
    for link in links:
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert {ref.kind for ref in went} >= {"room", "training_class"}


@pytest.mark.sqlite_only
def test_a_school_at_its_beginning_is_shown_the_way(shell: Shell, unit: OpenUnit) -> None:
    page = shell.page("app.dashboard")
    assert isinstance(page, DashboardPage)
    assert page.begin.isVisible()
    assert not page._grid.isVisible()
    assert page.charts == []
    with unit() as ctx:
        make_rooms(ctx)
    page.reload_now()
    assert page.begin.isVisible()
    assert page._grid.isVisible()


@pytest.mark.sqlite_only
def test_in_november_a_new_school_is_shown_the_way_too(shell: Shell, clock: FixedClock) -> None:
    """Then a line says that next year's holidays are not entered."""
    clock.moment = clock.moment.replace(year=2036, month=11)
    page = shell.page("app.dashboard")
    assert isinstance(page, DashboardPage)
    page.reload_now()
    assert page._lines.count() >= 1
    assert page.begin.isVisible()
    assert not page._grid.isVisible()


@pytest.mark.sqlite_only
@pytest.mark.usefixtures("busy")
def test_tiles_stand_in_rows_of_equal_length(qtbot: QtBot, shell: Shell) -> None:
    page = shell.page("app.dashboard")
    assert isinstance(page, DashboardPage)
    first, further = page.tiles[:FIRST_TILES], page.tiles[FIRST_TILES:]
    assert further
    assert page._more.y() > page.today.y() > page._grid.y()  # what is to be done stays in sight
    for width in (1280, 1366, 1920):
        shell.resize(width, 768)
        for tiles, grid in ((first, page._grid), (further, page._more)):
            tops: dict[int, int] = {}
            for tile in tiles:
                tops[tile.y()] = tops.get(tile.y(), 0) + 1
                assert tile.geometry().right() < grid.width()
            lengths = list(tops.values())
            assert sum(lengths) == len(tiles)
            assert grid is page._more or max(lengths) - min(lengths) <= max(lengths) // 2, (width, lengths)
        qtbot.waitUntil(lambda: abs(further[0].width() - first[0].width()) <= 2, timeout=2000)


@pytest.mark.sqlite_only
def test_years_of_nights_do_not_slow_the_board_down(unit: OpenUnit, me: Actor, db: Database) -> None:
    """Two years here; ``tests/benchmarks/bench_dashboard.py`` measures ten. The bound is for a busy machine."""
    fill_years(db, years=2)
    with unit(read_only=True, actor=me) as ctx:
        read_board(ctx, MODULES)
        before = time.process_time()
        read_board(ctx, MODULES)
        spent = time.process_time() - before
    assert spent < 0.4, spent
