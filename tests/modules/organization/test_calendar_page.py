"""The page 校历: a day entered, a notice pasted, a change taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.organization.ui.calendar_dialogs import CalendarDayDialog, NoticeDialog
from dangxiao_houqin.modules.organization.ui.calendar_page import CalendarPage
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.desk import Desk
from tests.support.screens import choose, click, opened, rows

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, clock: FixedClock) -> CalendarPage:
    clock.moment = clock.moment.replace(year=2026, month=11, day=22)
    made = CalendarPage(desk)
    qtbot.addWidget(made)
    made.resize(1100, 760)
    made.show()
    return made


def day(page: CalendarPage, wanted: date) -> Any:
    return next(row for row in rows(page.table) if row.day == wanted)


def test_the_page_opens_on_this_year_and_says_what_is_missing(page: CalendarPage) -> None:
    assert {row.day.year for row in rows(page.table)} == {2026}
    assert "2027年的放假安排还没有登记" in page.bar.text


def test_a_reminder_opens_its_year(page: CalendarPage) -> None:
    page.open_target(Ref("calendar_year", 2025))
    assert {row.day.year for row in rows(page.table)} == {2025}


def test_a_pasted_notice_is_previewed_refused_and_entered(qtbot: QtBot, page: CalendarPage) -> None:
    click(qtbot, page.bar, "粘贴放假通知")
    dialog = opened(NoticeDialog)
    assert dialog.year.value() == 2027
    dialog.text.set_value("2月30日 放假\n2月6日至12日 春节 放假")
    assert not dialog.primary.isEnabled()
    assert dialog.bar.text == "第 1 行：“2月30日”不是有效的日期，请改正。"
    dialog.text.set_value("没有日期")
    assert "没有找到" in dialog.bar.text
    dialog.text.set_value("2月6日至12日 春节 放假\n2月14日（周日）上班")
    assert "放假 7 天，调休上班 1 天" in dialog.understood.text()
    click(qtbot, dialog, "登记")
    assert next(row.day.isoformat() for row in rows(page.table)) == "2027-02-06"
    assert len(rows(page.table)) == 8
    assert page.bar.text == ""


def test_a_day_is_entered_changed_and_taken_back(qtbot: QtBot, page: CalendarPage) -> None:
    click(qtbot, page, "登记一天")
    form = opened(CalendarDayDialog).form
    form.set_values({"day": date(2026, 7, 1), "workday": False, "name": ""})
    opened(CalendarDayDialog).primary.click()
    assert "请填写放假的名称" in form["name"].error
    form["name"].set_value("校庆")
    opened(CalendarDayDialog).primary.click()
    assert day(page, date(2026, 7, 1)).name == "校庆"

    page.open_row(day(page, date(2026, 10, 7)))
    dialog = opened(CalendarDayDialog)
    dialog.form["workday"].set_value(True)
    dialog.form["name"].set_value("提前开学")
    dialog.primary.click()
    changed = day(page, date(2026, 10, 7))
    assert (changed.rest, changed.source.text) == (False, "本校改动")

    menu = QMenu(page)
    page.fill_menu([changed], menu)
    choose(menu, "恢复国家安排")
    click(qtbot, opened(messages.QuestionDialog), "取消登记")
    assert day(page, date(2026, 10, 7)).source.text == "国家安排"


def test_who_may_not_change_sees_only(qtbot: QtBot, desk: Desk, nobody: Actor) -> None:
    desk.set_actor(nobody)
    page = CalendarPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert not page.new.isVisible()
    assert not page.paste.isVisible()
    menu = QMenu(page)
    page.fill_menu(rows(page.table)[:1], menu)
    assert menu.isEmpty()
