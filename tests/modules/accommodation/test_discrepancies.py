"""Desk says empty, floor says occupied, and the other way round: the list, and its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import AssignBed, Discrepancy
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.queries.discrepancies import list_discrepancies
from dangxiao_houqin.modules.accommodation.ui.discrepancies_page import DiscrepanciesPage, ResolveDialog
from dangxiao_houqin.modules.housekeeping.domain import ReportFloor, RoomPeople
from dangxiao_houqin.modules.housekeeping.services import report_floor, resolve_report
from dangxiao_houqin.modules.places.models import Bed
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import Toast
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_people, make_rooms
from tests.support.screens import button, opened, rows, write

TODAY = date(2026, 3, 2)


class School:
    """101: 学员1 and 学员2 in the house; 102: 学员3 assigned, not here; 103: 学员4 left; 201 empty."""

    def __init__(self, unit: OpenUnit) -> None:
        with unit() as ctx:
            beds = make_rooms(ctx)
            school = make_class(ctx)
            people = [p.id for p in make_people(ctx, school.id, "男男男男")]
            for person, bed in zip(people, (beds[0], beds[1], beds[2], beds[4]), strict=True):
                services.assign_bed(ctx, AssignBed(person, bed))
            self.rooms = [ctx.get(Bed, bed).room_id for bed in beds[::2]]
            stays = list(ctx.session.query(Stay).order_by(Stay.id))
            for stay in (stays[0], stays[1], stays[3]):
                stay.state, stay.arrived_at = "in_house", ctx.now() - timedelta(hours=2)
            self.stays = [stay.id for stay in stays]

    def leave(self, ctx: Ctx, number: int) -> None:
        stay = ctx.get(Stay, self.stays[number])
        stay.state, stay.left_at = "left", ctx.now()


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


def report(unit: OpenUnit, school: School, *people: int | None, day: date = TODAY) -> None:
    counted = tuple(RoomPeople(room, n) for room, n in zip(school.rooms, people, strict=False))
    with unit() as ctx:
        report_floor(ctx, ReportFloor(day, counted, "田秀英"))


def found(unit: OpenUnit, day: date = TODAY) -> list[Discrepancy]:
    with unit(read_only=True) as ctx:
        return list(list_discrepancies(ctx, day))


def test_what_agrees_is_no_difference(unit: OpenUnit, school: School) -> None:
    assert found(unit) == []
    report(unit, school, 2, 0, 1, 0, None, 0)
    assert found(unit) == []


def test_each_difference_says_who_and_what_to_do(unit: OpenUnit, school: School) -> None:
    report(unit, school, 0, 1, 2, 2)
    told = [(d.place, d.pill.text, d.desk_says, d.advice) for d in found(unit)]
    assert told == [
        ("明德楼101", "在住房无人住", "2 人：学员1、学员2", "核实外宿、请假还是已离校，已离校的补办退房"),
        ("明德楼102", "前台空房有人住", "空房", "核对是否学员3已到，补办报到"),
        ("明德楼103", "人数多了", "1 人：学员4", "到房间核实身份，补登记或请其离开"),
        ("明德楼201", "前台空房有人住", "空房", "到房间核实身份，补登记或请其离开"),
    ]
    report(unit, school, 1)
    assert found(unit)[0].pill.text == "人数少了"


def test_a_morning_report_is_compared_with_the_morning(unit: OpenUnit, school: School, clock: FixedClock) -> None:
    report(unit, school, 2, 0, 1)
    clock.advance(timedelta(hours=4))
    with unit() as ctx:
        school.leave(ctx, 3)
    assert found(unit) == []  # he was there when they looked
    report(unit, school, 2, 0, 1)  # and in the evening somebody still is
    assert [(d.place, d.pill.text) for d in found(unit)] == [("明德楼103", "前台空房有人住")]
    clock.advance(timedelta(days=1))
    assert [d.place for d in found(unit)] == ["明德楼103"]  # yesterday's list stays as it was
    assert found(unit, TODAY + timedelta(days=1)) == []


def test_a_report_for_yesterday_is_about_yesterday(unit: OpenUnit, school: School, clock: FixedClock) -> None:
    with unit() as ctx:
        school.leave(ctx, 3)
    clock.advance(timedelta(days=1))
    report(unit, school, None, None, 1, day=TODAY)
    assert [(d.place, d.here) for d in found(unit)] == [("明德楼103", ())]


def test_guests_who_stay_too_long_are_still_in_the_house(unit: OpenUnit, school: School, clock: FixedClock) -> None:
    clock.advance(timedelta(days=7))
    report(unit, school, 0, day=TODAY + timedelta(days=7))
    assert [d.here for d in found(unit, TODAY + timedelta(days=7))] == [("学员1", "学员2")]


def test_settled_differences_say_how(unit: OpenUnit, school: School) -> None:
    report(unit, school, 1)
    (one,) = found(unit)
    with unit() as ctx:
        resolve_report(ctx, one.report_id, one.version, "学员2请假离校")
    (one,) = found(unit)
    assert (one.resolved, one.pill.text, one.advice) == (True, "已核实", "学员2请假离校")


def test_names_are_for_those_who_may_see_them(unit: OpenUnit, school: School, nobody: Actor) -> None:
    with pytest.raises(PermissionDenied), unit(actor=nobody, read_only=True) as ctx:
        list_discrepancies(ctx, TODAY)


# --------------------------------------------------------------------------------------------------- the page
@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: School, unit: OpenUnit) -> Iterator[DiscrepanciesPage]:
    report(unit, school, 0, 1)
    made = DiscrepanciesPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.mark.sqlite_only
def test_a_difference_is_settled_with_a_note_and_taken_back(qtbot: QtBot, page: DiscrepanciesPage) -> None:
    assert [row.place for row in rows(page.table)] == ["明德楼101", "明德楼102"]
    assert not page.resolve_button.isEnabled()
    page.table.view.selectRow(0)
    qtbot.mouseClick(page.resolve_button, Qt.MouseButton.LeftButton)
    dialog = opened(ResolveDialog)
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()  # a note is wanted
    write(qtbot, dialog.form["note"].edit, "学员外宿，已登记")
    qtbot.mouseClick(dialog.primary, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert [row.place for row in rows(page.table)] == ["明德楼102"]
    page.table.set_filter("all", True)
    assert rows(page.table)[0].advice == "学员外宿，已登记"
    (toast,) = [t for t in page.window().findChildren(Toast) if t.isVisible()]
    qtbot.mouseClick(button(toast, "撤销"), Qt.MouseButton.LeftButton)
    page.table.set_filter("all", None)
    assert len(rows(page.table)) == 2


@pytest.mark.sqlite_only
def test_another_day_is_empty_and_leads_to_the_report(qtbot: QtBot, page: DiscrepanciesPage, desk: Desk) -> None:
    page.open_target({"day": TODAY - timedelta(days=1)})
    assert rows(page.table) == []
    with qtbot.waitSignal(desk.went) as gone:
        page.first_step()
    assert gone.args[0] == "housekeeping.rooms"
