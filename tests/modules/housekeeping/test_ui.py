"""The pages of housekeeping with mouse and keyboard on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.housekeeping import queries, services
from dangxiao_houqin.modules.housekeeping.domain import (
    LOST,
    VIEW,
    WORK,
    LostState,
    RaiseTask,
    RoomCondition,
    SaveLost,
    SetConditions,
    TaskKind,
)
from dangxiao_houqin.modules.housekeeping.ui.care_page import CarePage
from dangxiao_houqin.modules.housekeeping.ui.floor_dialog import FloorDialog
from dangxiao_houqin.modules.housekeeping.ui.lost_dialogs import DisposeDialog, LostDialog, ReturnDialog
from dangxiao_houqin.modules.housekeeping.ui.lost_page import LostPage
from dangxiao_houqin.modules.housekeeping.ui.task_dialogs import AddTasksDialog, AssignDialog, FailDialog
from dangxiao_houqin.modules.places.models import Room
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_rooms
from tests.support.screens import LEFT, button, click, is_open, opened, rows, shortcut, unnamed, write

pytestmark = pytest.mark.sqlite_only
TODAY = date(2026, 3, 2)
KEY = Qt.Key
DIRTY, CLEAN, INSPECTED, READY = RoomCondition


class School:
    """Six rooms: 101 and 102 dirty with tasks (101's is late), 103 clean, the rest ready; a class comes today."""

    def __init__(self, unit: OpenUnit) -> None:
        with unit() as ctx:
            make_rooms(ctx)
            self.rooms = list(ctx.session.scalars(select(Room.id).order_by(Room.sort_key)))
            self.class_id = make_class(ctx).id
            services.mark_dirty(ctx, self.rooms[:3], "退房")
            services.set_conditions(ctx, SetConditions((self.rooms[2],), CLEAN, "田秀英"))
            services.raise_tasks(
                ctx,
                [
                    RaiseTask(self.rooms[0], TaskKind.CHECKOUT, TODAY - timedelta(1), linen=True),
                    RaiseTask(self.rooms[1], TaskKind.CHECKOUT, TODAY),
                ],
            )


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


def shown(qtbot: QtBot, page: QWidget) -> None:
    qtbot.addWidget(page)
    page.resize(1154, 712)
    page.show()
    qtbot.waitExposed(page)
    QApplication.processEvents()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: School) -> Iterator[CarePage]:
    made = CarePage(desk)
    shown(qtbot, made)
    return made


def conditions(unit: OpenUnit, school: School) -> list[RoomCondition]:
    with unit(read_only=True) as ctx:
        known = queries.list_conditions(ctx)
        return [known.get(room, READY) for room in school.rooms]


def select_places(table: object, *places: int) -> None:
    table.view.clearSelection()  # type: ignore[attr-defined]
    model = table.view.selectionModel()  # type: ignore[attr-defined]
    flags = model.SelectionFlag
    for place in places:
        model.select(table.model.index(place, 0), flags.Select | flags.Rows)  # type: ignore[attr-defined]
    QApplication.processEvents()


def toast(page: QWidget) -> Toast:
    (found,) = [t for t in page.window().findChildren(Toast) if t.isVisible()]
    return found


def numbers(table: object) -> list[str]:
    return [row.number for row in rows(table)]


# ------------------------------------------------------------------------------------------------- rooms
def test_numbers_on_top_open_what_they_count(qtbot: QtBot, page: CarePage) -> None:
    tiles = page.counters.tiles
    counted = {key: tile.count for key, tile in tiles.items()}
    assert counted == {"dirty": 2, "clean": 1, "inspected": 0, "ready": 3, "lived_in": 0, "today": 2, "late": 1}
    qtbot.mouseClick(tiles["dirty"], LEFT)
    assert numbers(page.rooms.table) == ["101", "102"]
    qtbot.mouseClick(tiles["ready"], LEFT)
    assert numbers(page.rooms.table) == ["201", "202", "203"]
    assert [key for key, tile in tiles.items() if tile.isChecked()] == ["ready"]
    qtbot.mouseClick(tiles["ready"], LEFT)  # again: all rooms
    assert len(numbers(page.rooms.table)) == 6
    qtbot.mouseClick(tiles["late"], LEFT)
    assert page.tab == "tasks"
    assert numbers(page.tasks.table) == ["101"]
    qtbot.mouseClick(tiles["today"], LEFT)
    assert numbers(page.tasks.table) == ["101", "102"]
    qtbot.mouseClick(tiles["clean"], LEFT)
    assert page.tab == "rooms"
    assert numbers(page.rooms.table) == ["103"]
    page.rooms.table.set_filter("condition", "dirty")  # the other way: the list tells the numbers
    assert tiles["dirty"].isChecked()


def test_many_rooms_are_marked_and_it_is_taken_back(
    qtbot: QtBot, page: CarePage, unit: OpenUnit, school: School
) -> None:
    assert not page.rooms.marks[CLEAN].isEnabled()
    page.rooms.table.view.selectAll()
    QApplication.processEvents()
    click(qtbot, page, "已打扫")
    assert conditions(unit, school) == [CLEAN, CLEAN, CLEAN, READY, READY, READY]
    assert toast(page).text == "2 间已标记为“已打扫”，另有 4 间原来就是"
    assert page.counters.tiles["late"].count == 0  # their tasks are done with them
    click(qtbot, toast(page), "撤销")
    assert conditions(unit, school)[:3] == [DIRTY, DIRTY, CLEAN]
    assert page.counters.tiles["late"].count == 1


def test_marking_with_keys(qtbot: QtBot, page: CarePage, unit: OpenUnit, school: School) -> None:
    page.rooms.table.view.selectRow(2)
    shortcut(qtbot, page, KEY.Key_2)
    qtbot.waitUntil(lambda: conditions(unit, school)[2] is INSPECTED)


def test_steps_passed_over_are_asked_about(qtbot: QtBot, page: CarePage, unit: OpenUnit, school: School) -> None:
    select_places(page.rooms.table, 0)
    click(qtbot, page, "可入住")
    question = opened(QuestionDialog)
    assert "明德楼101还没有登记打扫或检查" in question.message
    qtbot.mouseClick(question.no, LEFT)
    assert conditions(unit, school)[0] is DIRTY
    click(qtbot, page, "可入住")
    qtbot.mouseClick(opened(QuestionDialog).yes, LEFT)
    assert conditions(unit, school)[0] is READY


def test_a_room_that_fails_goes_back(qtbot: QtBot, page: CarePage, unit: OpenUnit, school: School) -> None:
    select_places(page.rooms.table, 0)
    assert not page.rooms.fail_button.isEnabled()  # dirty anyway
    select_places(page.rooms.table, 2)
    click(qtbot, page, "检查不合格…")
    dialog = opened(FailDialog)
    write(qtbot, dialog.form["reason"].edit, "床单有污渍")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert conditions(unit, school)[2] is DIRTY
    assert rows(page.rooms.table)[2].reason == "检查未通过：床单有污渍"
    click(qtbot, toast(page), "撤销")
    assert conditions(unit, school)[2] is CLEAN


def test_the_row_menu_offers_the_same(page: CarePage, unit: OpenUnit, school: School) -> None:
    select_places(page.rooms.table, 1)
    menu = QMenu(page)
    page.rooms.table.menu_requested.emit(page.rooms.table.selected_rows(), menu)
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts[:3] == ["已打扫", "检查合格", "可入住"]
    assert "由他人打扫…" in texts
    menu.actions()[0].trigger()
    assert conditions(unit, school)[1] is CLEAN


def test_tasks_for_chosen_rooms(qtbot: QtBot, page: CarePage, unit: OpenUnit) -> None:
    select_places(page.rooms.table, 3, 4)
    click(qtbot, page, "新建任务…")
    dialog = opened(AddTasksDialog)
    dialog.form["kind"].set_value(TaskKind.ARRIVAL)
    write(qtbot, dialog.form["assignee"].edit, "蒲桂芳")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    with unit(read_only=True) as ctx:
        tasks = queries.list_tasks(ctx, ListQuery(filters={"assignee": "蒲桂芳"})).rows
        assert [(t.number, t.kind, t.due_on) for t in tasks] == [
            ("201", TaskKind.ARRIVAL, TODAY),
            ("202", TaskKind.ARRIVAL, TODAY),
        ]


# ------------------------------------------------------------------------------------------------- tasks
def test_tasks_are_given_out_and_done(qtbot: QtBot, page: CarePage, unit: OpenUnit, school: School) -> None:
    click(qtbot, page, "清扫任务")
    page.tasks.table.view.selectAll()
    QApplication.processEvents()
    click(qtbot, page, "分派…")
    dialog = opened(AssignDialog)
    write(qtbot, dialog.form["assignee"].edit, "唐月华")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert {row.assignee for row in rows(page.tasks.table)} == {"唐月华"}
    select_places(page.tasks.table, 0)
    click(qtbot, page, "完成")
    assert conditions(unit, school)[0] is CLEAN
    assert numbers(page.tasks.table) == ["102"]
    click(qtbot, toast(page), "撤销")
    assert conditions(unit, school)[0] is DIRTY
    select_places(page.tasks.table, 1)
    click(qtbot, page, "不用做")
    assert numbers(page.tasks.table) == ["101"]


def test_the_task_sheet_on_paper_and_as_a_workbook(qtbot: QtBot, page: CarePage, tmp_path: Path) -> None:
    page.print_button.menu().actions()[0].trigger()
    preview = opened(PreviewDialog)
    qtbot.waitUntil(lambda: preview.findChild(QWidget) is not None)
    preview.close()
    page.save_sheet(str(tmp_path / "任务单.xlsx"))
    assert (tmp_path / "任务单.xlsx").stat().st_size > 1000


# ---------------------------------------------------------------------------------------------- handover
@pytest.fixture
def walk(qtbot: QtBot, page: CarePage) -> CarePage:
    click(qtbot, page, "交付检查")
    page.handover.panel.setFocus()
    return page


def test_a_floor_is_walked_through_with_keys(qtbot: QtBot, walk: CarePage, unit: OpenUnit, school: School) -> None:
    pane = walk.handover
    with unit(confirmed=frozenset({"skip_steps"})) as ctx:
        services.set_conditions(ctx, SetConditions(tuple(school.rooms), INSPECTED))
    walk.reload()
    assert pane.panel.room is not None
    assert pane.panel.room.number == "101"
    qtbot.keyClick(pane.panel, KEY.Key_Return)  # all in order
    assert pane.panel.room.number == "102"
    qtbot.keyClick(pane.panel, KEY.Key_3)
    QApplication.processEvents()
    line = pane.panel.rows[2]
    assert (line.toggle.text(), line.note.isVisible()) == ("有问题", True)
    write(qtbot, line.note, "不制冷")
    qtbot.keyClick(line.note, KEY.Key_Return)  # out of the remark …
    assert pane.panel.room.number == "102"
    qtbot.keyClick(pane.panel, KEY.Key_Return)  # … and on
    assert pane.panel.room.number == "103"
    qtbot.keyClick(pane.panel, KEY.Key_PageDown)
    assert pane.panel.room.number == "201"
    qtbot.keyClick(pane.panel, KEY.Key_PageUp)
    for _ in range(4):
        qtbot.keyClick(pane.panel, KEY.Key_Return)
    assert conditions(unit, school) == [READY, INSPECTED, READY, READY, READY, READY]
    assert "已查完，还有 1 间不合格" in toast(walk).text
    assert "合格 5/6 间，不合格 1 间" in pane.figures.toolTip()
    texts = [pane.list.item(n).text() for n in range(pane.list.count())]
    assert texts[:4] == ["明德楼 1层", "101　合格", "102　不合格", "103　合格"]


def test_arrows_and_space(qtbot: QtBot, walk: CarePage) -> None:
    with qtbot.waitActive(walk):
        walk.activateWindow()
    panel = walk.handover.panel
    panel.setFocus()
    qtbot.keyClick(panel, KEY.Key_Down)
    qtbot.keyClick(panel, KEY.Key_Down)
    assert panel.rows[1].toggle.hasFocus()
    qtbot.keyClick(panel.rows[1].toggle, KEY.Key_Space)
    assert [item.ok for item in panel.items[:3]] == [True, False, True]
    qtbot.keyClick(panel, KEY.Key_2)  # in order after all
    assert all(item.ok for item in panel.items)
    qtbot.keyClick(panel, KEY.Key_0)
    assert not panel.items[9].ok


def test_a_dirty_room_is_refused_and_what_was_marked_stays(
    qtbot: QtBot, walk: CarePage, unit: OpenUnit, school: School
) -> None:
    pane = walk.handover
    qtbot.keyClick(pane.panel, KEY.Key_Return)
    question = opened(QuestionDialog)
    assert "明德楼101还是“待打扫”" in question.message
    question.close()
    assert pane.panel.room is not None
    assert pane.panel.room.number == "101"
    assert conditions(unit, school)[0] is DIRTY


def test_one_floor_only(qtbot: QtBot, walk: CarePage) -> None:
    pane = walk.handover
    index = pane.floors.findText("明德楼 2层")
    pane.floors.setCurrentIndex(index)
    pane.floors.activated.emit(index)
    assert [room.number for room in pane.rooms] == ["201", "202", "203"]
    pane.print_button.menu().actions()[1].trigger()
    assert is_open(PreviewDialog)


def test_a_class_from_elsewhere(page: CarePage, school: School) -> None:
    page.open_target({"class_id": school.class_id})
    assert page.tab == "handover"
    assert page.handover.picker.currentData() == school.class_id
    page.open_target({"condition": "dirty"})
    assert (page.tab, numbers(page.rooms.table)) == ("rooms", ["101", "102"])
    page.open_target({"tab": "tasks", "when": "late"})
    assert numbers(page.tasks.table) == ["101"]


# ------------------------------------------------------------------------------------------- floor report
def test_a_floor_is_typed_in_without_the_mouse(qtbot: QtBot, page: CarePage, unit: OpenUnit) -> None:
    click(qtbot, page, "楼层报数")
    dialog = opened(FloorDialog)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    assert dialog.edits[0].hasFocus()
    qtbot.keyClick(dialog.edits[0], KEY.Key_2)
    assert dialog.edits[1].hasFocus()  # on to the next room by itself
    qtbot.keyClick(dialog.edits[1], KEY.Key_0)
    assert dialog.figures.text() == "已填 2/3 间，有人 1 间，共 2 人"
    qtbot.keyClick(dialog.edits[2], KEY.Key_Up)
    assert dialog.edits[1].hasFocus()
    click(qtbot, dialog, "其余填 0")
    qtbot.keyClick(dialog, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert dialog.floor.value() is not None
    assert [edit.room.number for edit in dialog.edits] == ["201", "202", "203"]  # the next floor
    with unit(read_only=True) as ctx:
        assert [(r.number, r.people) for r in queries.list_floor_reports(ctx, TODAY)] == [
            ("101", 2),
            ("102", 0),
            ("103", 0),
        ]
    dialog.reject()
    assert not is_open(FloorDialog)


def test_typed_numbers_are_not_lost_by_accident(qtbot: QtBot, page: CarePage) -> None:
    click(qtbot, page, "楼层报数")
    dialog = opened(FloorDialog)
    qtbot.keyClicks(dialog.edits[0], "x")
    qtbot.keyClick(dialog, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "101的人数应是 0 到 20 的整数" in dialog.bar.text
    dialog.reject()
    question = opened(QuestionDialog)
    qtbot.mouseClick(question.no, LEFT)
    assert dialog.isVisible()
    dialog.reject()
    qtbot.mouseClick(opened(QuestionDialog).yes, LEFT)
    assert not is_open(FloorDialog)


# ------------------------------------------------------------------------------------------------ lost
@pytest.fixture
def lost_page(qtbot: QtBot, desk: Desk, school: School) -> LostPage:
    made = LostPage(desk)
    shown(qtbot, made)
    return made


def test_something_is_found_and_given_back(qtbot: QtBot, lost_page: LostPage, unit: OpenUnit, school: School) -> None:
    page = lost_page
    click(qtbot, page, "登记遗留物品")  # the empty list says what to do first
    dialog = opened(LostDialog)
    write(qtbot, dialog.form["item"].edit, "黑色保温杯")
    qtbot.mouseClick(dialog.primary, LEFT)
    assert dialog.isVisible()
    assert "请选择房间" in dialog.form["place"].message.text()
    write(qtbot, dialog.form["place"].edit, "大厅")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert "YW-2026-001已登记，保管到 2026-06-02" in toast(page).text
    assert not page.return_button.isEnabled()
    page.table.view.selectRow(0)
    click(qtbot, page, "归还失主…")
    give = opened(ReturnDialog)
    write(qtbot, give.form["note"].edit, "李明本人")
    qtbot.mouseClick(give.primary, LEFT)
    slip = opened(PreviewDialog)  # to sign
    slip.close()
    with unit(read_only=True) as ctx:
        assert queries.get_lost(ctx, 1).state is LostState.RETURNED
    click(qtbot, toast(page), "撤销")
    with unit(read_only=True) as ctx:
        assert queries.get_lost(ctx, 1).state is LostState.KEPT


def test_what_was_kept_too_long(qtbot: QtBot, lost_page: LostPage, unit: OpenUnit, school: School) -> None:
    with unit() as ctx:
        old = services.save_lost(ctx, SaveLost("雨伞", date(2025, 11, 1), school.rooms[0]))
        services.save_lost(ctx, SaveLost("眼镜", TODAY, school.rooms[0]))
    lost_page.reload()
    lost_page.open_target({"state": "expired"})
    (row,) = rows(lost_page.table)
    assert (row.id, row.pill.text) == (old, "已到期")
    lost_page.open_target(Ref("lost_property", old))
    lost_page.table.view.selectRow(0)
    click(qtbot, lost_page, "处置…")
    dialog = opened(DisposeDialog)
    write(qtbot, dialog.form["note"].edit, "上交公安机关")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    with unit(read_only=True) as ctx:
        assert queries.get_lost(ctx, old).closed_note == "上交公安机关"
    lost_page.print_register()
    assert is_open(PreviewDialog)


# ----------------------------------------------------------------------------------------------- everybody
def test_an_empty_school(qtbot: QtBot, desk: Desk) -> None:
    page = CarePage(desk)
    shown(qtbot, page)
    assert not page.report_button.isEnabled()
    page.show_tab("handover")
    with qtbot.waitSignal(desk.went) as gone:
        click(qtbot, page, "去新建班次")
    assert gone.args[0] == "training.classes"


@pytest.mark.parametrize("rights", ((VIEW,), (VIEW, WORK)), ids=("looks", "cleans"))
def test_who_may_not_is_offered_nothing(
    qtbot: QtBot, desk: Desk, school: School, db: Database, rights: tuple[object, ...]
) -> None:
    desk.actor = Actor(None, "田秀英", frozenset(right.key for right in rights))  # type: ignore[attr-defined]
    page = CarePage(desk)
    shown(qtbot, page)
    page.rooms.table.view.selectAll()
    QApplication.processEvents()
    offered = {c for c, mark in page.rooms.marks.items() if mark.isVisible() and mark.isEnabled()}
    assert offered == ({CLEAN, DIRTY} if WORK in rights else set())
    assert not page.rooms.fail_button.isEnabled()
    assert page.report_button.isEnabled() == (WORK in rights)
    lost = LostPage(desk)
    shown(qtbot, lost)
    assert lost.add_button.isEnabled() == (LOST in rights)


def test_the_cleaners_are_told_why_the_handover_is_not_theirs(qtbot: QtBot, desk: Desk, school: School) -> None:
    (role,) = (role for role in BUILTIN_ROLES if role.name == "客房服务")
    desk.actor = Actor(None, "田秀英", role.permissions)
    desk.reachable = lambda key: key != "accommodation.discrepancies"
    page = CarePage(desk)
    shown(qtbot, page)
    part = button(page, "交付检查")
    assert not part.isEnabled()
    assert "查看班次和学员名单" in part.toolTip()
    assert button(page, "清扫任务").isEnabled()
    page.open_target({"class_id": 1})
    page.open_target({"tab": "handover"})
    assert page.tab == "rooms"
    assert page.stack.currentWidget() is page.rooms
    assert page.compare_button.isHidden()


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, page: CarePage, lost_page: LostPage) -> None:
    for tab in ("rooms", "tasks", "handover"):
        page.show_tab(tab)
        QApplication.processEvents()
        assert unnamed(page) == []
        assert page.minimumSizeHint().width() <= 1154
    assert unnamed(lost_page) == []
    page.report()
    dialog = opened(FloorDialog)
    assert unnamed(dialog) == []
    assert button(dialog, "其余填 0").isEnabled()
