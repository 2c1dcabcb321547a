"""The page of rooms and beds, with mouse and keyboard on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.places import queries, services
from dangxiao_houqin.modules.places.domain import VIEW, BulkRooms, RoomRow, SaveBuilding, SaveOutage
from dangxiao_houqin.modules.places.ui.building_dialogs import BuildingDialog, FloorDialog
from dangxiao_houqin.modules.places.ui.bulk_dialog import BulkRoomsDialog
from dangxiao_houqin.modules.places.ui.import_dialog import RoomImportDialog
from dangxiao_houqin.modules.places.ui.outage_dialog import OutageDialog
from dangxiao_houqin.modules.places.ui.room_dialog import RoomDialog
from dangxiao_houqin.modules.places.ui.rooms_page import RoomsPage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.fields import TextField
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.conftest import OpenUnit

pytestmark = pytest.mark.sqlite_only

LEFT = Qt.MouseButton.LeftButton
D = TypeVar("D", bound=QDialog)


@pytest.fixture
def school(unit: OpenUnit) -> None:
    """One building with two floors of four twin rooms; 102 is out of service."""
    with unit() as ctx:
        building = services.save_building(ctx, SaveBuilding("明德楼", "A"))
        services.create_rooms(ctx, BulkRooms(building, (1, 2), 4, "101", "双人间", 2))
        room = queries.find_room(ctx, building, "102")
        assert room is not None
        services.save_outage(ctx, SaveOutage(room, date(2026, 3, 1), None, "漏水"))


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> Iterator[RoomsPage]:
    made = RoomsPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 712)
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    return made


def click(qtbot: QtBot, where: QWidget, text: str) -> None:
    """Press the button that says ``text`` (or whose tooltip does)."""
    buttons = [b for b in where.findChildren(QAbstractButton) if b.isVisible() and text in (b.text(), b.toolTip())]
    assert buttons, f"no button {text}"
    qtbot.mouseClick(buttons[0], LEFT)
    QApplication.processEvents()


def opened(page: RoomsPage, kind: type[D]) -> D:
    """The dialog of this kind that is open now."""
    QApplication.processEvents()
    (found,) = [dialog for dialog in page.findChildren(kind) if dialog.isVisible()]
    return found


def type_into(qtbot: QtBot, dialog: Any, key: str, text: str) -> None:
    """Replace what a field says by keyboard."""
    field = dialog.form[key]
    assert isinstance(field, TextField)
    field.edit.setFocus()
    field.edit.selectAll()
    qtbot.keyClick(field.edit, Qt.Key.Key_Delete)
    write(qtbot, field.edit, text)


def write(qtbot: QtBot, where: QWidget, text: str) -> None:
    """Keys for what is on a keyboard, an input method for the rest."""
    if text.isascii():
        qtbot.keyClicks(where, text)
        return
    committed = QInputMethodEvent()
    committed.setCommitString(text)
    QApplication.sendEvent(where, committed)


def menu_of(page: RoomsPage) -> QMenu:
    """The row menu of the selected rooms, as a right click would fill it."""
    menu = QMenu(page)
    page.table.menu_requested.emit(page.table.selected_rows(), menu)
    return menu


def choose(menu: QMenu, text: str) -> None:
    """Trigger the entry that starts with ``text``, also in a submenu."""
    for action in menu.actions():
        inner = action.menu()
        found = [action] if inner is None else inner.actions()
        for each in found:
            if each.text().startswith(text):
                each.trigger()
                QApplication.processEvents()
                return
    raise AssertionError(f"no entry {text}")


def select_room(page: RoomsPage, *numbers: str) -> None:
    page.table.view.clearSelection()
    model = page.table.view.selectionModel()
    for place in range(page.table.model.total):
        row: RoomRow | None = page.table.model.row(place)
        if row is not None and row.number in numbers:
            index = page.table.model.index(place, 0)
            model.select(index, model.SelectionFlag.Select | model.SelectionFlag.Rows)
    assert len(page.table.selected_rows()) == len(numbers)


def rooms(unit: OpenUnit, **filters: Any) -> dict[str, RoomRow]:
    with unit(read_only=True) as ctx:
        return {row.number: row for row in queries.list_rooms(ctx, ListQuery(filters=filters)).rows}


# ------------------------------------------------------------------------------------------------ from nothing
def test_from_an_empty_school_to_42_rooms(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    click(qtbot, page.table, "新建楼栋")
    building = opened(page, BuildingDialog)
    type_into(qtbot, building, "name", "和园")
    click(qtbot, building, "保存")
    bulk = opened(page, BulkRoomsDialog)  # a new building asks for its rooms at once
    assert bulk.form["building_id"].value() is not None
    type_into(qtbot, bulk, "first_level", "3")
    assert bulk.form["first_number"].value() == "301"
    type_into(qtbot, bulk, "last_level", "5")
    type_into(qtbot, bulk, "per_floor", "14")
    type_into(qtbot, bulk, "skip_digits", "4")
    bulk.show_plan()
    assert "将新建 42 间，共 84 张床" in bulk._summary.text()
    assert "305" in bulk._preview.accessibleDescription()
    assert "304" not in bulk._preview.accessibleDescription()
    click(qtbot, bulk, "新建")
    assert len(rooms(unit)) == 42
    assert page.tree.place.name == "和园"
    assert "42 间 · 84 床" in page._context.text()
    assert page.table.model.total == 42


@pytest.mark.usefixtures("school")
def test_bulk_preview_shows_clashes_and_keeps_what_was_typed(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    click(qtbot, page, "批量新建")
    dialog = opened(page, BulkRoomsDialog)
    type_into(qtbot, dialog, "first_number", "103")
    dialog.show_plan()
    assert dialog._summary.text().startswith("有 2 个房号已存在")
    click(qtbot, dialog, "新建")
    assert dialog.isVisible()
    assert "已有房号 103、104" in dialog.bar.text
    type_into(qtbot, dialog, "skip_numbers", "103、104")
    click(qtbot, dialog, "新建")
    assert not [each for each in page.findChildren(BulkRoomsDialog) if each.isVisible()]
    assert {"105", "114"} <= set(rooms(unit))


# -------------------------------------------------------------------------------------------------- the tree
@pytest.mark.usefixtures("school")
def test_the_tree_narrows_the_list(qtbot: QtBot, page: RoomsPage) -> None:
    assert page.table.model.total == 8
    root = page.tree.topLevelItem(1)
    assert root is not None
    second = root.child(1)
    qtbot.mouseClick(page.tree.viewport(), LEFT, pos=page.tree.visualItemRect(second).center())
    assert page.tree.place.name == "明德楼 2层"
    assert page.table.model.total == 4
    page.table.set_search("203")
    assert page.table.model.total == 1
    qtbot.mouseClick(page.tree.viewport(), LEFT, pos=QPoint(40, 10))
    assert page.tree.place.kind == "all"


@pytest.mark.usefixtures("school")
def test_floor_is_made_changed_and_removed(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    building = page._buildings[0]
    page.tree.choose("building", building.id)
    menu = QMenu(page)
    page.tree.menu_requested.emit(page.tree.place, menu)
    choose(menu, "新建楼层")
    dialog = opened(page, FloorDialog)
    assert dialog.form["level"].value() == 3
    dialog.form["preferred_sex"].box.setCurrentText("女学员")  # type: ignore[attr-defined]
    click(qtbot, dialog, "保存")
    third = page._buildings[0].floors[2]
    assert (third.name, third.preferred_sex) == ("3层", "女")
    page.tree.choose("floor", third.id)
    menu = QMenu(page)
    page.tree.menu_requested.emit(page.tree.place, menu)
    choose(menu, "删除楼层")
    click(qtbot, opened(page, QuestionDialog), "删除明德楼 3层")
    assert len(page._buildings[0].floors) == 2


# --------------------------------------------------------------------------------------------------- a room
@pytest.mark.usefixtures("school")
def test_double_click_opens_a_room_and_changes_its_beds(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    view = page.table.view
    where = view.visualRect(page.table.model.index(0, 2)).center()
    qtbot.mouseClick(view.viewport(), LEFT, pos=where)
    qtbot.mouseDClick(view.viewport(), LEFT, pos=where)
    dialog = opened(page, RoomDialog)
    click(qtbot, dialog, "添加床位")
    write(qtbot, QApplication.focusWidget() or dialog, "加床")
    type_into(qtbot, dialog, "note", "临时加床")
    click(qtbot, dialog, "保存")
    room = rooms(unit)["101"]
    assert (room.beds, room.bed_names, room.note) == (3, "1、2、加床", "临时加床")


@pytest.mark.usefixtures("school")
def test_a_taken_number_is_said_in_the_dialog(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    page.tree.choose("floor", page._buildings[0].floors[0].id)
    click(qtbot, page, "新建房间")
    dialog = opened(page, RoomDialog)
    assert len(dialog.form["beds"].value()) == 2
    assert dialog.form["low_floor"].value() is True
    type_into(qtbot, dialog, "number", "101")
    click(qtbot, dialog, "保存")
    assert dialog.isVisible()
    assert len(rooms(unit)) == 8
    question = [d for d in dialog.findChildren(QuestionDialog) if d.isVisible()]
    assert "已有这个房号" in (question[0].message if question else dialog.bar.text)


@pytest.mark.usefixtures("school")
def test_a_room_type_brings_its_beds_until_they_are_touched(qtbot: QtBot, page: RoomsPage) -> None:
    click(qtbot, page, "新建房间")
    dialog = opened(page, RoomDialog)
    dialog.form["room_type"].set_value("三人间")
    dialog._type_changed()
    QApplication.processEvents()
    assert len(dialog.form["beds"].value()) == 3
    click(qtbot, dialog, "删除这张床")
    dialog.form["room_type"].set_value("单人间")
    dialog._type_changed()
    QApplication.processEvents()
    assert [bed.name for bed in dialog.form["beds"].value()] == ["2", "3"]


@pytest.mark.usefixtures("school")
def test_overtaken_form_offers_to_reload(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    select_room(page, "101")
    choose(menu_of(page), "修改房间")
    dialog = opened(page, RoomDialog)
    with unit("places.save_room") as ctx:
        detail = queries.get_room(ctx, rooms(unit)["101"].id)
        services.save_room(ctx, replace(detail.form, note="别的桌子先改了"))
    type_into(qtbot, dialog, "note", "我也改")
    click(qtbot, dialog, "保存")
    click(qtbot, opened(page, QuestionDialog), "重新载入")
    assert dialog.form["note"].value() == "别的桌子先改了"


# ------------------------------------------------------------------------------------------------ many rooms
@pytest.mark.usefixtures("school")
def test_outage_of_two_rooms_and_back(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    select_room(page, "201", "202")
    choose(menu_of(page), "登记停用")
    dialog = opened(page, OutageDialog)
    type_into(qtbot, dialog, "start", "2026-03-01")
    type_into(qtbot, dialog, "reason", "墙面粉刷")
    click(qtbot, dialog, "停用")
    assert set(rooms(unit, state="out")) == {"102", "201", "202"}
    assert "今天停用 6 床" in page._context.text()
    select_room(page, "102", "201", "202")
    choose(menu_of(page), "恢复使用")
    assert rooms(unit, state="out") == {}


@pytest.mark.usefixtures("school")
def test_outage_of_one_bed(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    select_room(page, "201")
    choose(menu_of(page), "登记停用")
    dialog = opened(page, OutageDialog)
    dialog.form["bed_id"].box.setCurrentIndex(2)  # type: ignore[attr-defined]
    type_into(qtbot, dialog, "start", "2026-03-01")
    type_into(qtbot, dialog, "reason", "床架松动")
    click(qtbot, dialog, "停用")
    assert set(rooms(unit, state="out")) == {"102"}  # the room itself stays usable
    with unit(read_only=True) as ctx:
        assert queries.count_beds(ctx).out_of_service == 3


@pytest.mark.usefixtures("school")
def test_marking_several_rooms(page: RoomsPage, unit: OpenUnit) -> None:
    select_room(page, "103", "104")
    choose(menu_of(page), "不参与分配")
    assert set(rooms(unit, state="closed")) == {"103", "104"}


@pytest.mark.usefixtures("school")
def test_deleting_names_what_goes(qtbot: QtBot, page: RoomsPage, unit: OpenUnit) -> None:
    select_room(page, "103", "104")
    choose(menu_of(page), "删除 2 间房")
    question = opened(page, QuestionDialog)
    assert "明德楼103、明德楼104" in question.message
    assert "4 张床位" in question.message
    click(qtbot, question, "取消")
    assert len(rooms(unit)) == 8
    choose(menu_of(page), "删除 2 间房")
    click(qtbot, opened(page, QuestionDialog), "删除 2 间房")
    assert len(rooms(unit)) == 6


# --------------------------------------------------------------------------------------------------- workbook
@pytest.mark.usefixtures("school")
def test_export_change_import(qtbot: QtBot, page: RoomsPage, unit: OpenUnit, tmp_path: Path) -> None:
    file = tmp_path / "房间.xlsx"
    page.book.export_to(str(file))
    book = load_workbook(file)
    sheet = book.active
    number = next(cell.column for cell in sheet[2] if cell.value == "房号")
    note = next(cell.column for cell in sheet[2] if cell.value == "备注")
    sheet.cell(3, note, "朝南")
    sheet.cell(4, number, "102甲")
    book.save(file)
    page.book.import_from(str(file))
    dialog = opened(page, RoomImportDialog)
    assert dialog.primary.text() == "导入 2 间"
    click(qtbot, dialog, "导入 2 间")
    found = rooms(unit)
    assert (found["101"].note, len(found)) == ("朝南", 9)


@pytest.mark.usefixtures("school")
def test_import_with_an_error_cannot_be_sent(page: RoomsPage, unit: OpenUnit, tmp_path: Path) -> None:
    file = tmp_path / "房间.xlsx"
    page.book.export_to(str(file))
    book = load_workbook(file)
    level = next(cell.column for cell in book.active[2] if cell.value == "层号")
    book.active.cell(3, level, "顶楼")
    book.save(file)
    page.book.import_from(str(file))
    dialog = opened(page, RoomImportDialog)
    assert not dialog.primary.isEnabled()
    assert "1 处错误" in dialog.bar.text
    assert "看不懂层号“顶楼”" in dialog.table.model.row(0).words


# ----------------------------------------------------------------------------------------------- everybody else
@pytest.mark.usefixtures("school")
def test_search_for_anything_opens_the_room(page: RoomsPage, unit: OpenUnit) -> None:
    page.open_target(Ref("room", rooms(unit)["203"].id))
    assert opened(page, RoomDialog).form["number"].value() == "203"


@pytest.mark.usefixtures("school")
def test_who_may_only_look_can_change_nothing(qtbot: QtBot, db: Database, desk: Desk, unit: OpenUnit) -> None:
    reader = Desk(desk.runner, Actor(None, "只看", frozenset({VIEW.key})))
    page = RoomsPage(reader)
    qtbot.addWidget(page)
    page.show()
    names = {b.text() for b in page.findChildren(QPushButton) if b.isVisible() and b.isEnabled()}
    assert names.isdisjoint({"导入", "新建房间", "批量新建"})
    select_room(page, "101")
    assert menu_of(page).actions() == []
    page.open_room(rooms(unit)["101"])
    dialog = opened(page, RoomDialog)
    assert not dialog.form.isEnabled()
    assert not dialog.primary.isVisible()


@pytest.mark.usefixtures("school")
def test_everything_that_takes_focus_has_a_name(page: RoomsPage, qtbot: QtBot) -> None:
    click(qtbot, page, "批量新建")
    bulk = opened(page, BulkRoomsDialog)
    page.open_room(page.table.model.row(0))
    room = opened(page, RoomDialog)
    for top in (page, bulk, room):
        for widget in top.findChildren(QWidget):
            takes = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
            if takes and type(widget).__module__.startswith("PySide6") and not widget.focusProxy():
                assert widget.accessibleName() or getattr(widget, "text", str)(), widget
