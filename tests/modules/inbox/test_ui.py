"""The inbox with mouse and keyboard, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.inbox.api import assign
from dangxiao_houqin.modules.inbox.ui.inbox_page import InboxPage
from dangxiao_houqin.modules.inbox.ui.item_dialogs import FinishDialog, ReassignDialog
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import Toast
from tests.conftest import OpenUnit
from tests.support.screens import click, double_click, is_open, opened, row_menu, rows, type_into, unnamed

from .test_services import DAY, LATE, TODAY, Office, office, replace

__all__ = ["office"]
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def items(unit: OpenUnit, office: Office) -> None:
    with unit() as ctx:
        assign(ctx, LATE)
        assign(ctx, replace(LATE, key="b:1", kind="查房", text="302 退房待查房", ref=None, due_on=TODAY))
        assign(ctx, replace(LATE, key="b:2", kind="查房", text="保洁的事", role="保洁员", due_on=TODAY + DAY))


def desk_of(db: Database, clock: FixedClock, actor: Actor) -> Desk:
    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=clock, handlers=REACTIONS, **options)

    return Desk(InstantRunner(open_unit), actor)


@pytest.fixture
def show(qtbot: QtBot, look: None, db: Database, clock: FixedClock, office: Office) -> Iterator[Any]:
    """``show(name)`` gives the page of one of the three people, and what it opened."""
    runners = []

    def make(name: str) -> tuple[InboxPage, list[Any]]:
        desk = desk_of(db, clock, office.actor(name))
        runners.append(desk.runner)
        went: list[Any] = []
        desk.opened.connect(went.append)
        page = InboxPage(desk)
        qtbot.addWidget(page)
        page.resize(1154, 712)
        with qtbot.waitActive(page):
            page.show()
        return page, went

    yield make
    for runner in runners:
        runner.shutdown()
        runner.deleteLater()


def texts(page: InboxPage) -> list[str]:
    return [row.text for row in rows(page.table)]


@pytest.mark.usefixtures("items")
def test_a_double_click_opens_the_thing_itself(qtbot: QtBot, show: Any) -> None:
    page, went = show("李婷")
    assert texts(page) == [LATE.text, "302 退房待查房"]
    assert unnamed(page) == []
    double_click(qtbot, page.table, 0)
    assert went == [Ref("stay", 7)]
    double_click(qtbot, page.table, 1)  # nothing to open: it is ticked off here
    dialog = opened(FinishDialog)
    assert len(went) == 1
    dialog.reject()


@pytest.mark.usefixtures("items")
def test_several_are_ticked_off_with_one_note_and_taken_back(qtbot: QtBot, show: Any) -> None:
    page, _ = show("李婷")
    assert not page.finish_button.isEnabled()
    page.table.view.selectAll()
    click(qtbot, page, "办结")
    dialog = opened(FinishDialog)
    type_into(qtbot, dialog.form["note"], "都办好了")
    click(qtbot, dialog, "办结")
    assert not is_open(FinishDialog)
    assert page.table.model.total == 0
    (toast,) = [w for w in QApplication.allWidgets() if isinstance(w, Toast) and w.isVisible()]
    assert toast.text == "已办结 2 件"
    click(qtbot, toast, "撤销")
    assert len(texts(page)) == 2


@pytest.mark.usefixtures("items")
def test_done_ones_are_listed_and_come_back_by_menu(qtbot: QtBot, show: Any) -> None:
    page, _ = show("李婷")
    page.table.view.selectRow(1)
    click(qtbot, page, "办结")
    qtbot.keyClick(opened(FinishDialog).form["note"].edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    if is_open(FinishDialog):
        click(qtbot, opened(FinishDialog), "办结")
    click(qtbot, page, "已办")
    assert texts(page) == ["302 退房待查房"]
    assert rows(page.table)[0].closed_by == "李婷"
    page.table.view.selectRow(0)
    assert not page.finish_button.isEnabled()
    action = next(a for a in row_menu(page.table).actions() if a.text() == "恢复为待办")
    action.trigger()
    assert page.table.model.total == 0
    click(qtbot, page, "我的")
    assert len(texts(page)) == 2


@pytest.mark.usefixtures("items")
def test_who_manages_sees_all_and_hands_on(qtbot: QtBot, show: Any) -> None:
    page, _ = show("李婷")
    assert not page.hand_on.isVisible()
    page, _ = show("周启明")
    assert texts(page) == []
    click(qtbot, page, "全部")
    assert texts(page) == [LATE.text, "302 退房待查房", "保洁的事"]
    page.table.set_filter("kind", "查房")
    page.table.view.selectRow(1)
    click(qtbot, page, "转交")
    dialog = opened(ReassignDialog)
    field = dialog.form["to"]
    field.edit.setFocus()
    qtbot.keyClicks(field.edit, "lt")
    qtbot.waitUntil(lambda: field.list.count() == 1, timeout=5000)
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    click(qtbot, dialog, "转交")
    assert not is_open(ReassignDialog)
    assert [row.assignee for row in rows(page.table)] == ["住宿管理员", "李婷"]


@pytest.mark.usefixtures("items")
def test_links_arrive(show: Any) -> None:
    page, _ = show("李婷")
    page.open_target({"scope": "done"})
    assert texts(page) == []
    page.open_target({"scope": "mine", "late": True})
    assert texts(page) == [LATE.text]
    page.open_target({"scope": "mine"})
    assert len(texts(page)) == 2
    page.open_target(Ref("inbox_item", rows(page.table)[1].id))
    opened(FinishDialog).reject()


def test_nothing_to_do_is_said(show: Any) -> None:
    page, _ = show("李婷")
    assert page.table._empty_state._title.text() == "没有待办"
    page.open_target({"scope": "done"})
    assert page.table._empty_state._title.text() == "还没有办结的事"
