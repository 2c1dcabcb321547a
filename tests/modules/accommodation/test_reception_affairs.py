"""前台事务 with real keys and clicks: cards, money, wishes, the night, guests; and the room slip."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    AskMove,
    AssignBed,
    CardState,
    CheckIn,
    CheckOut,
    CompensationInput,
    CompensationKind,
    DeskPerson,
    DeskRules,
    RequestState,
    StayKind,
)
from dangxiao_houqin.modules.accommodation.queries import (
    get_desk_person,
    list_bed_moves,
    list_cards,
    list_compensations,
    list_floor_people,
    list_guests,
    list_head_counts,
    list_requests,
)
from dangxiao_houqin.modules.accommodation.reports.room_slip import RoomSlip, SlipPaper, room_slip_pdf
from dangxiao_houqin.modules.accommodation.slips import SlipJob
from dangxiao_houqin.modules.accommodation.ui.charge_dialog import ChargeDialog
from dangxiao_houqin.modules.accommodation.ui.desk_affairs_page import DeskAffairsPage
from dangxiao_houqin.modules.accommodation.ui.desk_card_dialogs import LoseCardDialog
from dangxiao_houqin.modules.accommodation.ui.desk_guest_dialog import GuestDialog
from dangxiao_houqin.modules.accommodation.ui.desk_headcount_dialog import HeadCountDialog
from dangxiao_houqin.modules.accommodation.ui.desk_request_dialogs import AnswerMoveDialog
from dangxiao_houqin.modules.accommodation.ui.desk_settle_dialog import SettleDialog
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.direct_print import DirectPrint
from dangxiao_houqin.ui.messages import Toast
from tests.conftest import OpenUnit
from tests.support.paper import pdf_pages, squeezed
from tests.support.school import START, make_class, make_people, make_rooms
from tests.support.screens import (
    LEFT,
    choose,
    click,
    double_click,
    is_open,
    opened,
    row_menu,
    rows,
    select_rows,
    type_into,
    unnamed,
    write,
)

KEY = Qt.Key


class School:
    """学员1…4 (men) have moved into 101 and 102, each with a card; 103 and the second floor are empty."""

    def __init__(self, unit: OpenUnit) -> None:
        self.unit = unit
        with unit() as ctx:
            self.beds = make_rooms(ctx)
            self.row = make_class(ctx)
            self.ids = [p.id for p in make_people(ctx, self.row.id, "男男男男")]
            for person, bed in zip(self.ids, self.beds, strict=False):
                stay = services.assign_bed(ctx, AssignBed(person, bed))
                services.check_in(ctx, CheckIn(stay.id, stay.version, f"K{person}"))

    def person(self, number: int) -> DeskPerson:
        with self.unit(read_only=True) as ctx:
            return get_desk_person(ctx, enrollment_id=self.ids[number - 1])

    def read(self, query: Any) -> Any:
        with self.unit(read_only=True) as ctx:
            return query(ctx, ListQuery()).rows

    def rules(self, **changes: Any) -> None:
        with self.unit() as ctx:
            save_settings(ctx.session, replace(ctx.settings(DeskRules), **changes))


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: School) -> DeskAffairsPage:
    made = DeskAffairsPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 712)
    with qtbot.waitActive(made):
        made.show()
    return made


def toasts(page: DeskAffairsPage) -> list[Toast]:
    QApplication.processEvents()
    return [t for t in page.window().findChildren(Toast) if t.isVisible()]


def tab(qtbot: QtBot, page: DeskAffairsPage, word: str) -> Any:
    click(qtbot, page.tabs, word)
    return page.tables.get(page.tabs.value())


# ---------------------------------------------------------------------------------------------------- cards
@pytest.mark.sqlite_only
def test_a_card_comes_back_and_out_again(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    table = page.tables["cards"]
    assert unnamed(page) == []
    assert len(rows(table)) == 4
    place = [row.name for row in rows(table)].index("学员2")
    double_click(qtbot, table, place)
    assert sorted(row.name for row in rows(table)) == ["学员1", "学员3", "学员4"]
    (toast,) = toasts(page)
    assert toast.text == "学员2的房卡已归还"
    click(qtbot, toast, "撤销")
    assert len(rows(table)) == 4
    assert {card.state for card in school.read(list_cards)} == {CardState.OUT}


@pytest.mark.sqlite_only
def test_a_card_is_lost_and_paid_for(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    table = page.tables["cards"]
    select_rows(table, "学员1")
    choose(row_menu(table), "丢失")
    dialog = opened(LoseCardDialog)
    assert unnamed(dialog) == []
    assert dialog.form["amount"].value() == 2000
    type_into(qtbot, dialog.form["amount"], "15")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    money = tab(qtbot, page, "赔偿")
    (line,) = rows(money)
    assert (line.name, line.amount, line.settled) == ("学员1", 1500, False)
    double_click(qtbot, money, 0)
    settle = opened(SettleDialog)
    type_into(qtbot, settle.form["receipt_no"], "778")
    QTest.keyClick(settle.form["receipt_no"].edit, KEY.Key_Return)
    QApplication.processEvents()
    (line,) = school.read(list_compensations)
    assert (line.settled, line.receipt_no) == (True, "778")
    double_click(qtbot, money, 0)  # nothing more to take
    assert not is_open(SettleDialog)


@pytest.mark.sqlite_only
def test_a_line_noted_by_mistake_is_struck_out(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    with school.unit() as ctx:
        line = CompensationInput(CompensationKind.DAMAGE, "遥控器", 5000)
        services.add_compensation(ctx, school.person(1).stay_id, line)
    money = tab(qtbot, page, "赔偿")
    select_rows(money, "学员1")
    choose(row_menu(money), "删除")
    assert school.read(list_compensations) == ()
    assert toasts(page)[0].text == "学员1的“遥控器”赔偿已删除"


@pytest.mark.sqlite_only
def test_a_line_paid_by_mistake_is_opened_again(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    with school.unit() as ctx:
        line = CompensationInput(CompensationKind.DAMAGE, "遥控器", 5000, settled=True, receipt_no="9")
        services.add_compensation(ctx, school.person(1).stay_id, line)
    money = tab(qtbot, page, "赔偿")
    select_rows(money, "学员1")
    choose(row_menu(money), "改回未结清")
    (found,) = school.read(list_compensations)
    assert (found.settled, found.receipt_no) == (False, "")
    assert toasts(page)[0].text == "学员1的“遥控器”赔偿已改回未结清"


@pytest.mark.sqlite_only
def test_damage_found_after_he_left(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    person = school.person(2)
    with school.unit() as ctx:
        services.check_out(ctx, CheckOut(person.stay_id, person.version, leave_on=START))
    money = tab(qtbot, page, "赔偿")
    click(qtbot, page, "登记赔偿")
    dialog = opened(ChargeDialog)
    assert unnamed(dialog) == []
    qtbot.mouseClick(dialog.primary, LEFT)
    assert dialog.form["stay_id"].error
    field: Any = dialog.form["stay_id"]
    write(qtbot, field.edit, "xy2")
    field.edit.setFocus()
    qtbot.waitUntil(field.popup.isVisible)
    QTest.keyClick(field.edit, KEY.Key_Return)
    dialog.form["item"].set_value("毛巾浴巾")
    assert dialog.form["amount"].value() == 3000
    assert dialog.form["settled"].value() is False
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    (line,) = rows(money)
    assert (line.name, line.item, line.amount, line.settled) == ("学员2", "毛巾浴巾", 3000, False)


# --------------------------------------------------------------------------------------------------- wishes
@pytest.mark.sqlite_only
def test_a_wish_is_granted_with_another_bed(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    with school.unit() as ctx:
        services.ask_move(ctx, AskMove(school.person(1).stay_id, "打鼾影响休息", "安静一些"))
    table = tab(qtbot, page, "调房申请")
    double_click(qtbot, table, 0)
    dialog = opened(AnswerMoveDialog)
    qtbot.mouseClick(dialog.primary, LEFT)
    assert dialog.form["bed_id"].error
    field: Any = dialog.form["bed_id"]
    write(qtbot, field.edit, "202-1")
    field.edit.setFocus()
    qtbot.waitUntil(field.popup.isVisible)
    QTest.keyClick(field.edit, KEY.Key_Return)
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert school.person(1).place == "明德楼202-1"
    (request,) = school.read(list_requests)
    assert request.state is RequestState.DONE
    moves = tab(qtbot, page, "调房记录")
    (move,) = rows(moves)
    assert (move.name, move.to_place) == ("学员1", "明德楼202-1")
    assert len(school.read(list_bed_moves)) == 1


@pytest.mark.sqlite_only
def test_two_change_places_and_another_is_refused(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    with school.unit() as ctx:
        first, third, fourth = (school.person(n).stay_id for n in (1, 3, 4))
        services.ask_move(ctx, AskMove(first, "打鼾影响休息", with_stay_id=third))
        services.ask_move(ctx, AskMove(fourth, "其他"))
    table = tab(qtbot, page, "调房申请")
    names = [row.name for row in rows(table)]
    double_click(qtbot, table, names.index("学员4"))
    dialog = opened(AnswerMoveDialog)
    dialog.form["way"].set_value("refuse")
    type_into(qtbot, dialog.form["answer"], "没有空房")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    double_click(qtbot, table, 0)
    dialog = opened(AnswerMoveDialog)
    assert dialog.form["way"].value() == "swap"
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert (school.person(1).place, school.person(3).place) == ("明德楼102-1", "明德楼101-1")
    assert {r.name: r.state for r in school.read(list_requests)} == {
        "学员1": RequestState.DONE,
        "学员4": RequestState.REFUSED,
    }


# ---------------------------------------------------------------------------------------------------- night
@pytest.mark.sqlite_only
def test_a_floor_is_counted_with_keys(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    tab(qtbot, page, "夜间查寝")
    table = page.nights.table
    first = rows(table)[0]
    assert (first.expected, first.present, first.pill.text) == (4, None, "未查")
    double_click(qtbot, table, 0)
    dialog = opened(HeadCountDialog)
    assert unnamed(dialog) == []
    people = dialog.list.list
    assert dialog.told.text() == "在寝 4 人，请假 0 人，未归 0 人"
    for which in (KEY.Key_Space, KEY.Key_Down, KEY.Key_Space, KEY.Key_L):
        QTest.keyClick(people, which)
    assert dialog.told.text() == "在寝 2 人，请假 1 人，未归 1 人"
    dialog.reason.edit.setFocus()
    write(qtbot, dialog.reason.edit, "回家")
    people.setFocus()
    QTest.keyClick(people, KEY.Key_Return)  # Enter belongs to the dialog
    QApplication.processEvents()
    assert not is_open(HeadCountDialog)
    with school.unit(read_only=True) as ctx:
        count = list_head_counts(ctx, START)[0]
        people_then = {p.name: (p.absent, p.note) for p in list_floor_people(ctx, START, count.floor_id)}
    assert (count.present, count.on_leave, count.absent) == (2, 1, 1)
    assert people_then["学员1"] == ("absent", "")
    assert people_then["学员2"] == ("leave", "回家")
    # counted again: it begins where it was left
    double_click(qtbot, table, 0)
    dialog = opened(HeadCountDialog)
    assert dialog.told.text() == "在寝 2 人，请假 1 人，未归 1 人"
    click(qtbot, dialog, "都在寝")
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    with school.unit(read_only=True) as ctx:
        assert list_head_counts(ctx, START)[0].present == 4


@pytest.mark.sqlite_only
def test_the_night_before_can_be_seen(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    tab(qtbot, page, "夜间查寝")
    assert not page.nights.forward.isEnabled()
    qtbot.mouseClick(page.nights.back, LEFT)
    assert "2026-03-01" in page.nights.night_label.text()
    assert rows(page.nights.table) == []  # nobody slept here
    qtbot.mouseClick(page.nights.forward, LEFT)
    assert "今晚" in page.nights.night_label.text()


# --------------------------------------------------------------------------------------------------- guests
@pytest.mark.sqlite_only
def test_guests_are_received_only_where_the_office_does(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    words = [b.text() for b in page.tabs._group.buttons() if b.isVisible()]
    assert "临时住客" not in words
    school.rules(guests=True)
    page.reload_now()
    tab(qtbot, page, "临时住客")
    assert page.register.isVisible()
    click(qtbot, page, "登记临时住客")
    dialog = opened(GuestDialog)
    assert "id_number" not in dialog.form.fields
    dialog.reject()
    school.rules(guest_ids=True)
    page.reload_now()
    click(qtbot, page, "登记临时住客")
    dialog = opened(GuestDialog)
    assert unnamed(dialog) == []
    type_into(qtbot, dialog.form["name"], "周雅琴")
    dialog.form["sex"].set_value("女")
    type_into(qtbot, dialog.form["arrive"], "2026-03-02")
    type_into(qtbot, dialog.form["leave"], "2026-03-04")
    dialog.form["id_kind"].set_value("居民身份证")
    type_into(qtbot, dialog.form["id_number"], "110101199001011237")
    type_into(qtbot, dialog.form["price"], "120")
    field: Any = dialog.form["bed_id"]
    field.edit.setFocus()
    write(qtbot, field.edit, "明德楼101")  # men sleep there
    qtbot.waitUntil(field.popup.isVisible)
    assert field.list.count() == 0
    type_into(qtbot, field, "201-1")
    qtbot.waitUntil(lambda: field.list.count() == 1)
    QTest.keyClick(field.edit, KEY.Key_Return)
    qtbot.mouseClick(dialog.primary, LEFT)
    QApplication.processEvents()
    assert not is_open(GuestDialog)
    (guest,) = rows(page.tables["guests"])
    assert (guest.name, guest.kind, guest.place, guest.amount) == ("周雅琴", StayKind.LECTURER, "明德楼201-1", 24000)
    assert "19900101" not in guest.id_number
    assert len(school.read(list_guests)) == 1
    select_rows(page.tables["guests"], "周雅琴")
    choose(row_menu(page.tables["guests"]), "显示完整证件号")
    assert any("110101199001011237" in toast.text for toast in toasts(page))
    with school.unit(read_only=True) as ctx:
        seen = ctx.session.scalars(select(AuditEntry).where(AuditEntry.action == "accommodation.reveal_guest")).all()
        assert [entry.label for entry in seen] == ["周雅琴"]


@pytest.mark.sqlite_only
def test_other_dates_let_the_chosen_bed_go(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    school.rules(guests=True)
    page.reload_now()
    page.show_tab("guests")
    click(qtbot, page, "登记临时住客")
    dialog = opened(GuestDialog)
    dialog.form["sex"].set_value("男")
    field: Any = dialog.form["bed_id"]
    field.edit.setFocus()
    write(qtbot, field.edit, "103-1")
    qtbot.waitUntil(lambda: field.list.count() == 1)
    QTest.keyClick(field.edit, KEY.Key_Return)
    assert field.value() is not None
    type_into(qtbot, dialog.form["leave"], "2026-03-09")
    assert field.value() is None


@pytest.mark.sqlite_only
def test_a_link_opens_a_tab_with_its_filter(qtbot: QtBot, page: DeskAffairsPage, school: School) -> None:
    page.open_target({"tab": "cards", "state": "returned"})
    assert rows(page.tables["cards"]) == []
    page.open_target({"tab": "cards", "state": "out", "search": "学员3"})
    assert [row.name for row in rows(page.tables["cards"])] == ["学员3"]
    page.open_target({"tab": "nights"})
    assert page.tabs.value() == "nights"


# ----------------------------------------------------------------------------------------------------- slip
SLIP = RoomSlip(
    "欧阳𬱖喆",
    "全区党政机关年轻干部政治能力提升专题研讨班",
    "明德楼305",
    "1",
    "3层",
    ("阿卜杜热合曼·买买提明",),
    date(2026, 3, 2),
    date(2026, 3, 6),
    2,
    "早餐 7:00—8:00\n晚归请联系值班室",
    "中共岚溪县委党校",
    12,
    datetime(2026, 3, 2, 14, 3, tzinfo=CHINA),
)


@pytest.mark.parametrize("paper", list(SlipPaper))
def test_the_slip_says_where_and_how_long(paper: SlipPaper) -> None:
    (text,) = pdf_pages(room_slip_pdf([SLIP], paper))
    words = squeezed(text)
    for part in ("欧阳𬱖喆", "明德楼305", "1号床", "阿卜杜热合曼·买买提明", "3月6日(周五)12点前退房", "共4晚"):
        assert squeezed(part) in words, part
    assert squeezed("2张，退房时交还") in words
    assert squeezed("晚归请联系值班室") in words


def test_a_long_slip_grows_and_nothing_is_lost() -> None:
    long = replace(SLIP, note="请妥善保管房卡，遗失照价赔偿。" * 20, roommates=("王五", "赵六", "孙七", "周八"))
    for paper in SlipPaper:
        pages = pdf_pages(room_slip_pdf([long, SLIP], paper))
        assert len(pages) == 2
        assert squeezed(pages[0]).count("遗失照价赔偿") == 20
    assert len(pdf_pages(room_slip_pdf([]))) == 1


def test_the_slip_goes_straight_to_the_printer(qtbot: QtBot, desk_runner: Any, tmp_path: Path) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "slip.pdf"))
    job = SlipJob(SLIP, SlipPaper.A6)
    printing = DirectPrint(desk_runner, "房间条", job, "room-slip", desk_runner)
    answers: list[object] = []
    printing.finished.connect(answers.append)
    printing.start(printer)
    qtbot.waitUntil(lambda: answers == [None])
    assert (tmp_path / "slip.pdf").read_bytes().startswith(b"%PDF")
    nobody = DirectPrint(desk_runner, "房间条", job, "room-slip", desk_runner)
    nobody.finished.connect(answers.append)
    nobody.start()
    qtbot.waitUntil(lambda: len(answers) == 2)
    if not QPrinterInfo.availablePrinterNames():  # as on a machine that runs tests
        assert isinstance(answers[1], Unavailable)


@pytest.fixture
def desk_runner(qtbot: QtBot) -> Any:
    """A runner without a database: paper needs none."""
    from dangxiao_houqin.ui.background import InstantRunner

    return InstantRunner()
