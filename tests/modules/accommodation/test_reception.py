"""报到退房 with real keys and clicks: found in two letters, received with one key, taken back with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    AssignBed,
    CardState,
    CheckIn,
    DeskRules,
    StayState,
)
from dangxiao_houqin.modules.accommodation.queries import get_desk_person, list_cards
from dangxiao_houqin.modules.accommodation.ui.reception_page import ReceptionPage
from dangxiao_houqin.modules.housekeeping.api import mark_dirty
from dangxiao_houqin.modules.training.domain import ClassRules, SaveEnrollment
from dangxiao_houqin.modules.training.services import save_enrollment
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_rooms
from tests.support.screens import LEFT, click, opened, unnamed, write

pytestmark = pytest.mark.sqlite_only
KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
ID_NUMBER = "110101199001011237"

PEOPLE = (
    ("张伟", "男", "县财政局", "13900001111"),
    ("张伟", "男", "县教育局", "13900002222"),
    ("王芳", "女", "城关镇", "13900003333"),
    ("阿卜杜热合曼·买买提明", "男", "石桥乡", "13900004444"),
    ("单雄", "男", "县审计局", "13900005555"),
    ("欧阳𬱖喆", "女", "县税务局", "13900006666"),
)


class School:
    """Six people of a class that arrives today; everybody but the last has a bed."""

    def __init__(self, unit: OpenUnit) -> None:
        self.unit = unit
        with unit() as ctx:
            save_settings(ctx.session, ClassRules(collect_id_numbers=True))
            self.beds = make_rooms(ctx)
            self.row = make_class(ctx)
            self.ids = [
                save_enrollment(
                    ctx,
                    SaveEnrollment(
                        self.row.id, name, sex, unit_name=place, phone=phone, id_number=ID_NUMBER if n == 4 else ""
                    ),
                ).id
                for n, (name, sex, place, phone) in enumerate(PEOPLE)
            ]
            for person, bed in zip(self.ids[:5], (0, 1, 4, 2, 3), strict=True):
                services.assign_bed(ctx, AssignBed(person, self.beds[bed]))

    def rules(self, **changes: Any) -> None:
        with self.unit() as ctx:
            save_settings(ctx.session, replace(ctx.settings(DeskRules), **changes))

    def person(self, number: int) -> Any:
        with self.unit(read_only=True) as ctx:
            return get_desk_person(ctx, enrollment_id=self.ids[number])

    def states(self) -> list[StayState | None]:
        return [self.person(number).state for number in range(len(PEOPLE))]


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


@pytest.fixture
def open_page(qtbot: QtBot, desk: Desk) -> Callable[[], ReceptionPage]:
    def make() -> ReceptionPage:
        page = ReceptionPage(desk)
        qtbot.addWidget(page)
        page.resize(1154, 712)
        with qtbot.waitActive(page):
            page.show()
        qtbot.waitUntil(page.field.hasFocus)
        return page

    return make


@pytest.fixture
def page(school: School, open_page: Callable[[], ReceptionPage]) -> ReceptionPage:
    return open_page()


def toast_text(page: ReceptionPage) -> str:
    QApplication.processEvents()
    return " ".join(t.text for t in page.window().findChildren(Toast) if t.isVisible())


def shown(page: ReceptionPage) -> list[str]:
    return [entry.person.name for entry in page.people.people.entries]


def say(qtbot: QtBot, page: ReceptionPage, text: str) -> None:
    """Type at the speed of fingers into whatever has the keyboard."""
    for character in text:
        if character.isascii():
            qtbot.keyClick(page.field, character, delay=60 if len(text) > 3 else -1)
        else:
            write(qtbot, page.field, character)
    QApplication.processEvents()


def press(qtbot: QtBot, page: ReceptionPage, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.keyClick(page.field, key, modifier or Qt.KeyboardModifier.NoModifier)
    QApplication.processEvents()


def figure(page: ReceptionPage, key: str) -> str:
    return page.counters.parts[key].accessibleName()


# ------------------------------------------------------------------------------------------------- finding
def test_two_letters_find_and_enter_receives(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    assert figure(page, "due") == "应到 6 人"
    say(qtbot, page, "wf")
    assert shown(page) == ["王芳"]
    assert page.person_card.person is not None
    assert page.person_card.person.place == "明德楼103-1"
    press(qtbot, page, KEY.Key_Return)
    assert school.person(2).state is StayState.IN_HOUSE
    assert page.field.text() == ""
    assert page.field.hasFocus()
    assert toast_text(page) == "王芳：已报到，明德楼103-1"
    assert (figure(page, "arrived"), figure(page, "waiting")) == ("已到 1 人", "未到 5 人")
    # the slip of the one just received stays until the next letter
    assert page.person_card.received is not None
    assert page.person_card.received.name == "王芳"
    with school.unit(read_only=True) as ctx:
        (card,) = list_cards(ctx, ListQuery()).rows
    assert (card.name, card.copies, card.state) == ("王芳", 1, CardState.OUT)


@pytest.mark.parametrize(
    ("text", "name"),
    (
        ("shanx", "单雄"),
        ("dx", "单雄"),
        ("单", "单雄"),
        ("abd", "阿卜杜热合曼·买买提明"),
        ("买买提", "阿卜杜热合曼·买买提明"),
        ("𬱖", "欧阳𬱖喆"),
        ("4444", "阿卜杜热合曼·买买提明"),
        ("13900005555", "单雄"),
        ("103", "王芳"),
        ("zw 县教育局", "张伟"),
    ),
)
def test_people_are_found_by_what_they_say(qtbot: QtBot, page: ReceptionPage, text: str, name: str) -> None:
    say(qtbot, page, text)
    assert page.person_card.person is not None
    assert page.person_card.person.name == name
    if text == "zw 县教育局":
        assert page.person_card.person.unit_name == "县教育局"


def test_nobody_found_is_said(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "qqq")
    assert page.empty.isVisible()
    press(qtbot, page, KEY.Key_Return)
    assert "没有找到这个人" in page.bar.text
    press(qtbot, page, KEY.Key_Escape)
    assert page.field.text() == ""
    assert len(shown(page)) == 6
    assert StayState.IN_HOUSE not in school.states()


def test_a_namesake_is_never_received_by_a_hasty_enter(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "zw")
    assert shown(page) == ["张伟", "张伟"]
    assert "还有 1 位同名" in page.person_card.same_name.text
    first = page.person_card.person
    assert first is not None
    press(qtbot, page, KEY.Key_Return)
    assert "有 2 位“张伟”" in page.bar.text
    assert first.unit_name in page.bar.text
    assert StayState.IN_HOUSE not in school.states()
    press(qtbot, page, KEY.Key_Down)
    second = page.person_card.person
    assert second is not None
    assert second.unit_name != first.unit_name
    press(qtbot, page, KEY.Key_Return)
    received = [school.person(n) for n in (0, 1)]
    assert {p.unit_name: p.state for p in received} == {
        first.unit_name: StayState.ASSIGNED,
        second.unit_name: StayState.IN_HOUSE,
    }
    # of two only one is left to come: now one Enter is enough
    say(qtbot, page, "zw")
    press(qtbot, page, KEY.Key_Return)
    assert all(school.person(n).state is StayState.IN_HOUSE for n in (0, 1))


def test_enter_twice_takes_the_namesake_proposed(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "zw")
    proposed = page.person_card.person
    assert proposed is not None
    press(qtbot, page, KEY.Key_Return)
    press(qtbot, page, KEY.Key_Return)
    assert proposed.enrollment_id is not None
    number = school.ids.index(proposed.enrollment_id)
    assert school.person(number).state is StayState.IN_HOUSE
    assert school.person(1 - number).state is StayState.ASSIGNED


# ------------------------------------------------------------------------------------- scanner and card reader
def burst(qtbot: QtBot, page: ReceptionPage, text: str) -> None:
    """What a scanner sends: everything at once and Enter."""
    for character in text:
        QTest.keyClick(page.field, character)
    QTest.keyClick(page.field, KEY.Key_Return)
    QApplication.processEvents()


def test_a_scanned_code_is_one_action(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    burst(qtbot, page, f"DXHQ:E{school.ids[1]}")
    assert school.person(1).state is StayState.IN_HOUSE
    assert school.person(0).state is StayState.ASSIGNED
    assert page.field.text() == ""


def test_a_scan_that_fits_several_decides_nothing(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    burst(qtbot, page, "6901")
    assert "没有找到" in page.bar.text
    burst(qtbot, page, "zhang")
    assert StayState.IN_HOUSE not in school.states()
    assert "2 位“张伟”" in page.bar.text


def test_an_id_card_receives_and_leaves_no_trace(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    said = []
    page.field.textChanged.connect(lambda text: said.append((text, page.field.echoMode())))
    burst(qtbot, page, ID_NUMBER)
    assert school.person(4).state is StayState.IN_HOUSE
    assert page.field.text() == ""
    readable = [text for text, mode in said if mode is QLineEdit.EchoMode.Normal]
    assert max(len(text) for text in readable) < 12
    press(qtbot, page, KEY.Key_Z, CTRL)  # takes the report back, not the number
    assert page.field.text() == ""
    assert school.person(4).state is StayState.ASSIGNED


def test_an_unknown_id_card_is_told_without_its_number(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    burst(qtbot, page, "11010119900101123X")
    assert "没有找到这张身份证" in page.bar.text
    assert "1101" not in page.bar.text
    assert page.field.text() == ""
    burst(qtbot, page, "1101011990010")
    assert "不完整" in page.bar.text
    assert page.field.text() == ""
    assert StayState.IN_HOUSE not in school.states()


def test_an_id_number_left_standing_goes_by_itself(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    for character in ID_NUMBER:
        QTest.keyClick(page.field, character)
    assert page.field.echoMode() is QLineEdit.EchoMode.Password
    qtbot.waitUntil(lambda: page.field.text() == "", timeout=4000)
    assert page.chosen is not None
    assert page.chosen.person.name == "单雄"
    assert school.person(4).state is StayState.ASSIGNED  # nobody pressed Enter


# --------------------------------------------------------------------------------------------- taking back
def test_ctrl_z_and_the_toast_take_a_report_back(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    press(qtbot, page, KEY.Key_Z, CTRL)
    assert school.person(2).state is StayState.ASSIGNED
    assert page.person_card.person is not None
    assert page.person_card.person.name == "王芳"
    with school.unit(read_only=True) as ctx:
        assert list_cards(ctx, ListQuery()).total == 0
    press(qtbot, page, KEY.Key_Return)
    assert school.person(2).state is StayState.IN_HOUSE
    (toast,) = [t for t in page.window().findChildren(Toast) if t.isVisible() and "已报到" in t.text]
    click(qtbot, toast, "撤销")
    assert school.person(2).state is StayState.ASSIGNED
    press(qtbot, page, KEY.Key_Z, CTRL)
    assert "没有可以撤销" in toast_text(page)


# ------------------------------------------------------------------------------------------------ refusals
def test_what_another_desk_did_is_told_in_one_sentence(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "wf")
    before = school.person(2)
    with school.unit() as ctx:
        services.check_in(ctx, CheckIn(before.stay_id, before.version))
    press(qtbot, page, KEY.Key_Return)
    assert "王芳" in page.bar.text
    assert page.roll.find(("E", school.ids[2])).person.state is StayState.IN_HOUSE  # type: ignore[union-attr]
    assert figure(page, "arrived") == "已到 1 人"


def test_a_room_not_cleaned_is_asked_about(qtbot: QtBot, school: School, open_page: Callable[[], Any]) -> None:
    room_id = school.person(2).room_id
    with school.unit() as ctx:
        mark_dirty(ctx, (room_id,), "退房")
    page = open_page()
    say(qtbot, page, "wf")
    assert "待打扫" in page.person_card.warning.text
    press(qtbot, page, KEY.Key_Return)
    question = opened(QuestionDialog)
    assert "还没有打扫" in question.message
    question.reject()
    QApplication.processEvents()
    assert school.person(2).state is StayState.ASSIGNED
    assert page.person_card.person is not None  # he still stands there
    press(qtbot, page, KEY.Key_Return)
    click(qtbot, opened(QuestionDialog), "继续")
    assert school.person(2).state is StayState.IN_HOUSE


def test_somebody_in_the_house_is_not_checked_out_by_enter(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    assert "不需要办理报到" in page.bar.text
    assert school.person(2).state is StayState.IN_HOUSE


# ---------------------------------------------------------------------------------------- cards, slip, views
def test_the_card_number_is_asked_where_the_office_wants_it(
    qtbot: QtBot, school: School, open_page: Callable[[], ReceptionPage]
) -> None:
    school.rules(ask_card_number=True, card_copies=2)
    page = open_page()
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    number = page.person_card.number
    assert number.hasFocus()
    assert school.person(2).state is StayState.ASSIGNED
    qtbot.keyClicks(number, "A1024")
    qtbot.keyClick(number, KEY.Key_Escape)
    assert page.field.hasFocus()
    press(qtbot, page, KEY.Key_Return)
    qtbot.keyClick(number, KEY.Key_Return)
    assert school.person(2).state is StayState.IN_HOUSE
    assert page.field.hasFocus()
    with school.unit(read_only=True) as ctx:
        (card,) = list_cards(ctx, ListQuery()).rows
    assert (card.number, card.copies) == ("A1024", 2)
    say(qtbot, page, "abd")  # the number of the one before is gone
    assert number.text() == ""


def test_the_slip_is_shown_and_printed(qtbot: QtBot, school: School, open_page: Callable[[], Any]) -> None:
    school.rules(slip_note="早餐 7:00—8:00")
    page = open_page()
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    assert page.person_card._slip_note.text() == "早餐 7:00—8:00"
    click(qtbot, page.person_card, "打印房间条")
    preview = opened(PreviewDialog)
    qtbot.waitUntil(lambda: preview.info is not None)
    assert len(preview.info.sizes) == 1
    preview.reject()
    school.rules(slip="none")
    page.reload()
    say(qtbot, page, "abd")
    press(qtbot, page, KEY.Key_Return)
    assert not page.person_card.print_slip.isVisible()


def test_the_slip_is_printed_at_once_where_the_office_wants_it(
    qtbot: QtBot, school: School, open_page: Callable[[], Any]
) -> None:
    school.rules(slip="print")
    page = open_page()
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    assert school.person(2).state is StayState.IN_HOUSE
    if not QPrinterInfo.availablePrinterNames():  # as on a machine that runs tests: told, and the report stands
        assert "没有安装打印机" in page.bar.text
    assert page.field.hasFocus()


def test_the_page_fits_the_smallest_window(qtbot: QtBot, page: ReceptionPage) -> None:
    say(qtbot, page, "zw")
    assert page.minimumSizeHint().width() <= 1280 - 212
    assert page.minimumSizeHint().height() <= 720 - 56


def test_numbers_filter_the_list(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "wf")
    press(qtbot, page, KEY.Key_Return)
    qtbot.mouseClick(page.counters.parts["arrived"], LEFT)
    assert shown(page) == ["王芳"]
    qtbot.mouseClick(page.counters.parts["waiting"], LEFT)
    assert "王芳" not in shown(page)
    assert len(shown(page)) == 5
    assert page.field.hasFocus()
    qtbot.mouseClick(page.counters.parts["leaving"], LEFT)
    assert shown(page) == []
    assert page.empty.isVisible()
    say(qtbot, page, "wf")  # a search looks at everybody
    assert shown(page) == ["王芳"]


def test_one_class_at_a_time(qtbot: QtBot, school: School, open_page: Callable[[], ReceptionPage]) -> None:
    with school.unit() as ctx:
        other = make_class(ctx, "后备干部班")
        save_enrollment(ctx, SaveEnrollment(other.id, "赵敏", "女"))
    page = open_page()
    assert figure(page, "due") == "应到 7 人"
    page.classes.set_value("class_id", other.id)
    assert shown(page) == ["赵敏"]
    assert figure(page, "due") == "应到 1 人"


def test_letters_typed_anywhere_reach_the_line(qtbot: QtBot, page: ReceptionPage) -> None:
    qtbot.mouseClick(page.people.viewport(), LEFT, pos=page.people.visualRect(page.people.model().index(1, 0)).center())
    assert page.person_card.person is not None
    assert page.field.hasFocus()
    page.counters.parts["due"].setFocus()
    QTest.keyClick(page.counters.parts["due"], KEY.Key_W)
    assert page.field.hasFocus()
    assert page.field.text() == "w"


def test_an_empty_day_says_so(qtbot: QtBot, school: School, clock: FixedClock, open_page: Callable[[], Any]) -> None:
    clock.advance(timedelta(days=60))
    page = open_page()
    assert page.empty.isVisible()
    assert figure(page, "due") == "应到 0 人"
    press(qtbot, page, KEY.Key_Return)
    assert page.bar.text == ""


def test_changes_of_others_appear_while_typing_goes_on(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    say(qtbot, page, "zw")
    press(qtbot, page, KEY.Key_Down)
    kept = page.chosen
    assert kept is not None
    with school.unit() as ctx:
        other = school.person(2)
        services.check_in(ctx, CheckIn(other.stay_id, other.version))
    page.runner.data_changed.emit(frozenset({"stay"}))
    assert page.field.text() == "zw"
    assert page.chosen is not None
    assert page.chosen.key == kept.key
    assert figure(page, "arrived") == "已到 1 人"


def test_a_link_opens_a_person_or_a_view(qtbot: QtBot, page: ReceptionPage, school: School) -> None:
    page.open_target({"enrollment_id": school.ids[3]})
    assert page.person_card.person is not None
    assert page.person_card.person.name.startswith("阿卜杜")
    page.open_target({"view": "waiting"})
    assert page.counters.value == "waiting"


def test_without_the_right_to_assign_beds_stay_where_they_are(
    qtbot: QtBot, desk: Desk, school: School, open_page: Callable[[], ReceptionPage]
) -> None:
    desk.actor = Actor(1, "前台", frozenset({"accommodation.desk", "accommodation.view"}))
    page = open_page()
    say(qtbot, page, "wf")
    assert not page.person_card.offered["move"].isEnabled()
    assert page.person_card.offered["check_in"].isEnabled()
    press(qtbot, page, KEY.Key_Escape)
    say(qtbot, page, "oy")
    assert not page.person_card.offered["find_bed"].isEnabled()


def test_everything_has_a_name(qtbot: QtBot, page: ReceptionPage) -> None:
    assert unnamed(page) == []
    say(qtbot, page, "zw")
    assert unnamed(page) == []


def test_an_error_of_the_database_does_not_quote_what_was_asked(unit: OpenUnit) -> None:
    """The log of a failed search for an ID number must not hold it."""
    with unit(read_only=True) as ctx:
        with pytest.raises(DatabaseError) as caught:
            ctx.session.execute(text("SELECT 1 FROM nowhere WHERE id_number = :number"), {"number": ID_NUMBER})
        ctx.session.rollback()
    assert ID_NUMBER not in str(caught.value)


def test_somebody_days_early_is_found_and_received(
    qtbot: QtBot, school: School, open_page: Callable[[], ReceptionPage]
) -> None:
    with school.unit() as ctx:
        later = make_class(
            ctx, "中青年干部培训班", school.row.start + timedelta(days=7), school.row.start + timedelta(days=9)
        )
        early = save_enrollment(ctx, SaveEnrollment(later.id, "来得早", "男", unit_name="县委办", phone="13900009999"))
        services.assign_bed(ctx, AssignBed(early.id, school.beds[8]))
    page = open_page()
    say(qtbot, page, "ldz")
    assert page.chosen is not None
    assert page.person_card._pill.text() == "未到日期"
    assert page.count.text() == "未到日期的 1 人（今明两天没有）"
    press(qtbot, page, KEY.Key_Return)
    question = opened(QuestionDialog)
    assert "今天入住要多住 7 晚" in question.message
    click(qtbot, question, "继续")
    with school.unit(read_only=True) as ctx:
        assert get_desk_person(ctx, enrollment_id=early.id).state is StayState.IN_HOUSE
    say(qtbot, page, "zzzz")
    assert page.count.text() == "找到 0 人"
