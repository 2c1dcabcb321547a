"""Every action of the desk through its dialog, with real keys and clicks; its refusals; its way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    CardState,
    CheckIn,
    DeskPerson,
    RequestState,
    StayState,
)
from dangxiao_houqin.modules.accommodation.queries import (
    get_desk_person,
    list_cards,
    list_compensations,
    list_desk,
    list_requests,
)
from dangxiao_houqin.modules.accommodation.ui.checkout_dialog import CheckOutDialog
from dangxiao_houqin.modules.accommodation.ui.desk_card_dialogs import CardDialog
from dangxiao_houqin.modules.accommodation.ui.desk_class_dialogs import ClassCheckInDialog, ClassCheckOutDialog
from dangxiao_houqin.modules.accommodation.ui.desk_request_dialogs import AskMoveDialog
from dangxiao_houqin.modules.accommodation.ui.move_dialog import MoveDialog
from dangxiao_houqin.modules.accommodation.ui.reception_dialogs import (
    ExtendDialog,
    FindBedDialog,
    LateDialog,
    NoShowDialog,
    ReplaceDialog,
)
from dangxiao_houqin.modules.accommodation.ui.reception_page import ReceptionPage
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.queries import list_roster
from dangxiao_houqin.modules.training.services import save_enrollment
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from tests.conftest import OpenUnit
from tests.support.school import END, START, make_class, make_people, make_rooms
from tests.support.screens import LEFT, click, is_open, opened, type_into, unnamed, write

pytestmark = pytest.mark.sqlite_only
KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class School:
    """学员1…4 (men) in 101 and 102, 学员5 (woman) in 103, 学员6 (man) without a bed; 201 to 203 are empty."""

    def __init__(self, unit: OpenUnit) -> None:
        self.unit = unit
        with unit() as ctx:
            self.beds = make_rooms(ctx)
            self.row = make_class(ctx)
            self.ids = [p.id for p in make_people(ctx, self.row.id, "男男男男女男", units=("县财政局", "县教育局"))]
            for person, bed in zip(self.ids[:5], self.beds, strict=False):
                services.assign_bed(ctx, AssignBed(person, bed))

    def person(self, number: int) -> DeskPerson:
        """学员``number``."""
        with self.unit(read_only=True) as ctx:
            return get_desk_person(ctx, enrollment_id=self.ids[number - 1])

    def arrive(self, *numbers: int) -> None:
        for number in numbers:
            with self.unit() as ctx:
                found = self.person(number)
                assert found.stay_id is not None
                assert found.version is not None
                services.check_in(ctx, CheckIn(found.stay_id, found.version))

    def read(self, query: Callable[..., Any]) -> Any:
        with self.unit(read_only=True) as ctx:
            return query(ctx, ListQuery()).rows


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: School) -> ReceptionPage:
    made = ReceptionPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 712)
    with qtbot.waitActive(made):
        made.show()
    return made


def at_desk(qtbot: QtBot, page: ReceptionPage, number: int) -> None:
    """学员``number`` says his name."""
    page.reload()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.to_field()
    QTest.keyClick(page.field, KEY.Key_Escape)
    write(qtbot, page.field, f"学员{number}")
    QApplication.processEvents()
    assert page.person_card.person is not None
    assert page.person_card.person.name == f"学员{number}"


def key(page: ReceptionPage, which: Qt.Key) -> None:
    """A function key; the shortcut answers like a button."""
    QTest.keyClick(page.field, which)
    QApplication.processEvents()


def send(qtbot: QtBot, dialog: FormDialog) -> None:
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()


def toasts(page: ReceptionPage) -> list[str]:
    QApplication.processEvents()
    return [t.text for t in page.window().findChildren(Toast) if t.isVisible()]


def undo(qtbot: QtBot, page: ReceptionPage) -> None:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.to_field()
    page.field.empty()
    QTest.keyClick(page.field, KEY.Key_Z, CTRL)
    QApplication.processEvents()
    assert any("已撤销" in text for text in toasts(page)), toasts(page)


# ------------------------------------------------------------------------------------------- before arrival
def test_late_with_a_note_and_back(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F3)
    dialog = opened(LateDialog)
    assert unnamed(dialog) == []
    type_into(qtbot, dialog.form["until"], "2026-03-04")
    type_into(qtbot, dialog.form["note"], "开完会来")
    send(qtbot, dialog)
    assert not is_open(LateDialog)
    found = school.person(1)
    assert (found.late_until, found.late_note) == (date(2026, 3, 4), "开完会来")
    assert toasts(page) == ["学员1：已登记晚到，3月4日前保留"]
    assert page.window().focusWidget() is page.field
    assert page.person_card.person is not None
    assert "开完会来" in page.person_card._cards.text()
    undo(qtbot, page)
    assert school.person(1).late_until is None


def test_later_than_the_stay_is_refused_in_the_field(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F3)
    dialog = opened(LateDialog)
    type_into(qtbot, dialog.form["until"], "2026-03-20")
    send(qtbot, dialog)
    assert "不能晚于" in dialog.form["until"].error
    assert school.person(1).late_until is None


def test_no_show_frees_the_bed_and_gives_it_back(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 2)
    key(page, KEY.Key_F4)
    dialog = opened(NoShowDialog)
    type_into(qtbot, dialog.form["note"], "请病假")
    send(qtbot, dialog)
    assert school.person(2).state is StayState.NO_SHOW
    assert set(page.person_card.offered) == {"undo_no_show", "replace"}
    undo(qtbot, page)
    assert school.person(2).state is StayState.ASSIGNED
    assert school.person(2).place == "明德楼101-2"


def test_no_show_comes_after_all_to_a_bed_taken(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 2)
    key(page, KEY.Key_F4)
    send(qtbot, opened(NoShowDialog))
    with school.unit() as ctx:
        services.assign_bed(ctx, AssignBed(school.ids[5], school.beds[1]))
    at_desk(qtbot, page, 2)
    qtbot.mouseClick(page.person_card.primary, LEFT)
    QApplication.processEvents()
    question = opened(QuestionDialog)
    assert "学员2" in question.message
    click(qtbot, question, "继续")
    assert school.person(2).stay_id is None
    assert "find_bed" in page.person_card.offered


def test_somebody_else_comes(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F2)
    dialog = opened(ReplaceDialog)
    assert unnamed(dialog) == []
    send(qtbot, dialog)
    assert dialog.form["name"].error == "请填写姓名"
    type_into(qtbot, dialog.form["name"], "郑新民")
    type_into(qtbot, dialog.form["phone"], "13911112222")
    send(qtbot, dialog)
    assert not is_open(ReplaceDialog)
    assert page.person_card.person is not None
    came = page.person_card.person
    assert (came.name, came.place, came.state) == ("郑新民", "明德楼101-1", StayState.ASSIGNED)
    with school.unit(read_only=True) as ctx:
        names = [row.name for row in list_roster(ctx, school.row.id)]
    assert "郑新民" in names
    assert "学员1" not in names
    undo(qtbot, page)
    assert school.person(1).place == "明德楼101-1"
    assert page.person_card.person is not None
    assert page.person_card.person.name == "学员1"
    assert "郑新民" not in [entry.person.name for entry in page.roll.entries]


def test_not_lodging_and_lodging_again(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 3)
    key(page, KEY.Key_F11)
    assert school.person(3).lodging is False
    assert school.person(3).stay_id is None
    assert page.person_card._place.text() == "不住宿"
    undo(qtbot, page)
    assert school.person(3).place == "明德楼102-1"
    at_desk(qtbot, page, 3)
    key(page, KEY.Key_F11)
    qtbot.mouseClick(page.person_card.primary, LEFT)
    assert school.person(3).place == "明德楼102-1"


def test_the_best_free_bed_is_offered_with_its_reason(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 6)
    assert page.person_card._place.text() == "暂无床位"
    QTest.keyClick(page.field, KEY.Key_Return)
    dialog = opened(FindBedDialog)
    place = dialog._place.text()
    assert place.startswith("明德楼")
    assert place != "明德楼103-2"  # a woman sleeps there
    assert dialog._why.text()
    QTest.keyClick(dialog, KEY.Key_Return)
    QApplication.processEvents()
    assert school.person(6).place == place
    undo(qtbot, page)
    assert school.person(6).stay_id is None


def test_a_full_house_says_so(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    with school.unit() as ctx:
        other = make_class(ctx, "后备干部班")
        for n, bed in enumerate([school.beds[5], *school.beds[6:]]):
            person = save_enrollment(ctx, SaveEnrollment(other.id, f"外班{n}", "女"))
            services.assign_bed(ctx, AssignBed(person.id, bed))
    at_desk(qtbot, page, 6)
    QTest.keyClick(page.field, KEY.Key_Return)
    dialog = opened(FindBedDialog)
    assert dialog._place.text() == "没有合适的空床"
    assert dialog._notice.text
    assert not dialog.primary.isEnabled()
    dialog.reject()
    assert school.person(6).stay_id is None


def test_another_bed_and_back(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F7)
    dialog = opened(MoveDialog)
    field: Any = dialog.form["bed_id"]
    field.edit.setFocus()
    write(qtbot, field.edit, "201-1")
    qtbot.waitUntil(field.popup.isVisible)
    QTest.keyClick(field.edit, KEY.Key_Return)
    send(qtbot, dialog)
    assert school.person(1).place == "明德楼201-1"
    undo(qtbot, page)
    assert school.person(1).place == "明德楼101-1"


# ----------------------------------------------------------------------------------------------- in the house
def test_somebody_in_the_house_moves_for_a_reason(
    qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock
) -> None:
    school.arrive(1)
    clock.advance(timedelta(days=1))
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F7)
    dialog = opened(MoveDialog)
    assert any("从今晚起换" in each.text() for each in dialog.findChildren(QLabel))  # not all his nights
    field: Any = dialog.form["bed_id"]
    field.edit.setFocus()
    write(qtbot, field.edit, "201-1")
    qtbot.waitUntil(field.popup.isVisible)
    QTest.keyClick(field.edit, KEY.Key_Return)
    send(qtbot, dialog)
    assert "原因" in dialog.form["reason"].error
    click(qtbot, dialog, "打鼾影响休息")
    send(qtbot, dialog)
    assert not is_open(MoveDialog)
    assert school.person(1).place == "明德楼201-1"
    undo(qtbot, page)
    assert school.person(1).place == "明德楼101-1"


def test_staying_longer_and_back(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    school.arrive(1)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F9)
    dialog = opened(ExtendDialog)
    type_into(qtbot, dialog.form["leave"], "2026-03-08")
    send(qtbot, dialog)
    assert school.person(1).leave == date(2026, 3, 8)
    undo(qtbot, page)
    assert school.person(1).leave == END


def test_a_bed_promised_to_others_is_not_extended(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    with school.unit() as ctx:
        after = make_class(ctx, "后备干部班", END, END + timedelta(days=3))
        person = save_enrollment(ctx, SaveEnrollment(after.id, "后来者", "男"))
        services.assign_bed(ctx, AssignBed(person.id, school.beds[0]))
    school.arrive(1)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F9)
    dialog = opened(ExtendDialog)
    send(qtbot, dialog)
    assert "后来者" in dialog.bar.text or "占用" in dialog.bar.text
    assert school.person(1).leave == END


def test_leaving_early_with_everything_in_order(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    school.arrive(1)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F8)
    dialog = opened(CheckOutDialog)
    assert unnamed(dialog) == []
    assert dialog.form["reason"].value() == "提前离校"
    QTest.keyClick(dialog.primary, KEY.Key_Return)
    QApplication.processEvents()
    found = school.person(1)
    assert found.state is StayState.LEFT
    assert [card.state for card in school.read(list_cards)] == [CardState.RETURNED]
    assert page.window().focusWidget() is page.field
    assert page.chosen is None
    undo(qtbot, page)
    assert school.person(1).state is StayState.IN_HOUSE
    assert school.person(1).leave == END
    assert [card.state for card in school.read(list_cards)] == [CardState.OUT]


def test_leaving_with_a_lost_card_and_something_broken(
    qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock
) -> None:
    school.arrive(1)
    clock.advance(timedelta(days=4))
    at_desk(qtbot, page, 1)
    assert page.person_card._pill.text() == "今日离开"
    QTest.keyClick(page.field, KEY.Key_Return)  # on his last day Enter is the check-out
    dialog = opened(CheckOutDialog)
    assert dialog.form["reason"].value() == "正常结业"
    dialog.form["cards_back"].set_value(False)
    assert "丢失" in dialog.bar.text
    click(qtbot, dialog, "加一项赔偿")
    click(qtbot, dialog, "加一项赔偿")
    (_, _, _, _), (_, choice, amount, note) = dialog.lines._lines
    choice.setCurrentIndex(choice.findText("遥控器"))
    assert amount.value() == 5000
    type_into(qtbot, amount, "abc")
    send(qtbot, dialog)
    assert is_open(CheckOutDialog)
    type_into(qtbot, amount, "38.50")
    write(qtbot, note, "摔坏")
    assert dialog.lines.total.text() == "合计 ¥58.50"
    assert dialog.form["settled"].value() is False  # nobody has said that the money is in
    dialog.form["settled"].set_value(True)
    type_into(qtbot, dialog.form["receipt_no"], "0001234")
    send(qtbot, dialog)
    assert school.person(1).state is StayState.LEFT
    lines = {row.item: row for row in school.read(list_compensations)}
    assert (lines["房卡"].amount, lines["房卡"].settled) == (2000, True)
    assert (lines["遥控器"].amount, lines["遥控器"].note, lines["遥控器"].receipt_no) == (3850, "摔坏", "0001234")
    assert [card.state for card in school.read(list_cards)] == [CardState.LOST]
    undo(qtbot, page)
    assert school.person(1).state is StayState.IN_HOUSE
    assert len(school.read(list_compensations)) == 2  # money taken is not given back by an undo, and it is said
    assert "遥控器 ¥38.50" in page.bar.text
    assert "没有跟着撤销" in page.bar.text


def test_another_card_and_a_lost_one(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    school.arrive(1)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F12)
    dialog = opened(CardDialog)
    assert unnamed(dialog) == []
    type_into(qtbot, dialog.form["number"], "B77")
    send(qtbot, dialog)
    assert school.person(1).cards_out == 2
    undo(qtbot, page)
    assert school.person(1).cards_out == 1
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F12)
    dialog = opened(CardDialog)
    type_into(qtbot, dialog.form["number"], "B78")
    send(qtbot, dialog)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F12)
    dialog = opened(CardDialog)
    dialog.form["what"].set_value("lose")
    send(qtbot, dialog)
    assert dialog.form["card_id"].error
    card = next(row for row in school.read(list_cards) if row.number == "B78")
    dialog.form["card_id"].set_value(card.id)
    send(qtbot, dialog)
    assert school.person(1).cards_out == 1
    (line,) = school.read(list_compensations)
    assert (line.item, line.amount, line.settled) == ("房卡 B78", 2000, False)


def test_a_wish_for_another_room(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    school.arrive(1, 3)
    at_desk(qtbot, page, 1)
    key(page, KEY.Key_F10)
    dialog = opened(AskMoveDialog)
    send(qtbot, dialog)
    assert dialog.form["reason"].error
    dialog.form["reason"].set_value("打鼾影响休息")
    field: Any = dialog.form["with_stay_id"]
    field.edit.setFocus()
    write(qtbot, field.edit, "学员3")
    qtbot.waitUntil(field.popup.isVisible)
    QTest.keyClick(field.edit, KEY.Key_Return)
    send(qtbot, dialog)
    (request,) = school.read(list_requests)
    assert (request.name, request.reason, request.with_name) == ("学员1", "打鼾影响休息", "学员3")
    assert request.state is RequestState.OPEN


def test_an_overrun_is_shown_in_red(qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock) -> None:
    school.arrive(1)
    clock.advance(timedelta(days=6))
    at_desk(qtbot, page, 1)
    assert page.person_card._pill.text() == "超期未退"
    assert "应于3月6日离开" in page.person_card.warning.text
    assert page.counters.parts["leaving"].accessibleName() == "今日离开 1 人"


def test_undo_of_an_old_report_is_refused_in_a_sentence(
    qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock
) -> None:
    school.arrive(1)
    clock.advance(timedelta(days=1))
    at_desk(qtbot, page, 1)
    click(qtbot, page.person_card, "撤销报到")
    assert "不是今天报到的" in page.bar.text
    assert school.person(1).state is StayState.IN_HOUSE


# ---------------------------------------------------------------------------------------------- whole classes
def test_a_class_reports_in_with_exceptions(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    school.arrive(1)
    page.reload()
    click(qtbot, page, "整班报到")
    dialog = opened(ClassCheckInDialog)
    assert unnamed(dialog) == []
    assert dialog.primary.text() == "整班报到 4 人"
    assert "学员6（暂无床位）" in dialog.others.text()
    listed = dialog.list.list
    listed.setFocus()
    listed.setCurrentRow(0)
    QTest.keyClick(listed, KEY.Key_Space)
    assert dialog.primary.text() == "整班报到 3 人"
    qtbot.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(listed.item(1)).center())
    assert dialog.primary.text() == "整班报到 2 人"
    send(qtbot, dialog)
    assert [school.person(n).state for n in range(1, 6)] == [
        StayState.IN_HOUSE,
        StayState.ASSIGNED,
        StayState.ASSIGNED,
        StayState.IN_HOUSE,
        StayState.IN_HOUSE,
    ]
    assert "已为 2 人办理入住" in toasts(page)
    assert page.counters.parts["arrived"].accessibleName() == "已到 3 人"


def test_a_class_leaves(qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock) -> None:
    school.arrive(1, 2, 3)
    page.reload()
    click(qtbot, page, "整班退房")
    dialog = opened(ClassCheckOutDialog)
    assert "3 人还没到离开日期" in dialog.warning.text
    dialog.reject()
    clock.advance(timedelta(days=4))
    page.reload()
    click(qtbot, page, "整班退房")
    dialog = opened(ClassCheckOutDialog)
    assert dialog.warning.text == "名下共有 3 张房卡。"
    dialog.list.search.setFocus()
    write(qtbot, dialog.list.search, "学员2")
    qtbot.waitUntil(dialog.list.list.item(0).isHidden)
    click(qtbot, dialog, "全不选")  # only those in sight
    assert dialog.primary.text() == "整班退房 2 人"
    send(qtbot, dialog)
    with school.unit(read_only=True) as ctx:
        here = [p.name for p in list_desk(ctx, ctx.today()) if p.state is StayState.IN_HOUSE]
    assert here == ["学员2"]
    assert sorted(card.state for card in school.read(list_cards)) == [
        CardState.OUT,
        CardState.RETURNED,
        CardState.RETURNED,
    ]


def test_no_class_is_waiting(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    click(qtbot, page, "整班退房")
    dialog = opened(ClassCheckOutDialog)
    assert "没有在住的班次" in dialog.bar.text
    assert not dialog.primary.isEnabled()


def test_nights_are_as_the_school_planned_them(school: School) -> None:
    """What the other tests count on."""
    assert (school.person(1).arrive, school.person(1).leave) == (START, END)


def test_the_tick_of_the_cards_follows_a_lost_card(
    qtbot: QtBot, page: ReceptionPage, school: School, clock: FixedClock
) -> None:
    school.arrive(1)
    clock.advance(timedelta(days=4))
    at_desk(qtbot, page, 1)
    QTest.keyClick(page.field, KEY.Key_Return)
    dialog = opened(CheckOutDialog)
    tick = dialog.form["cards_back"]
    assert tick.value() is True
    click(qtbot, dialog, "加一项赔偿")
    assert (tick.value(), tick.isEnabled()) == (False, False)
    ((_, choice, _, _),) = dialog.lines._lines
    choice.setCurrentIndex(choice.findText("遥控器"))
    assert (tick.value(), tick.isEnabled()) == (True, True)
    choice.setCurrentIndex(choice.findText("房卡"))
    send(qtbot, dialog)
    assert [card.state for card in school.read(list_cards)] == [CardState.LOST]
