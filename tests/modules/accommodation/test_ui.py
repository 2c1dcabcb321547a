"""The proposal page and the list of stays, with mouse, drag and keyboard on a real database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.accommodation import queries, services
from dangxiao_houqin.modules.accommodation.domain import VIEW, AssignBed, StayState
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.ui.move_dialog import MoveDialog
from dangxiao_houqin.modules.accommodation.ui.pairs_dialog import PairsDialog
from dangxiao_houqin.modules.accommodation.ui.proposal_page import ProposalPage
from dangxiao_houqin.modules.accommodation.ui.room_board import PERSON_MIME, RoomBoard
from dangxiao_houqin.modules.accommodation.ui.stays_page import StaysPage
from dangxiao_houqin.modules.training.domain import VIEW as VIEW_TRAINING
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.services import save_enrollment
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.conftest import OpenUnit
from tests.support.school import make_class, make_people, make_rooms
from tests.support.screens import (
    LEFT,
    button,
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
)

pytestmark = pytest.mark.sqlite_only
KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


class School:
    def __init__(self, unit: OpenUnit) -> None:
        with unit() as ctx:
            self.beds = make_rooms(ctx)
            self.row = make_class(ctx)
            self.people = [p.id for p in make_people(ctx, self.row.id, "男男男男女女")]
            other = make_class(ctx, "后备干部班")
            guest = save_enrollment(ctx, SaveEnrollment(other.id, "外班女学员", "女"))
            services.assign_bed(ctx, AssignBed(guest.id, self.beds[10]))


@pytest.fixture
def school(unit: OpenUnit) -> School:
    return School(unit)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: School, unit: OpenUnit) -> Iterator[ProposalPage]:
    """The proposal of the class: men in 101 and 102, women in 103, 201 and 202 empty, a guest in 203."""
    with unit() as ctx:
        for person, bed in zip(school.people, school.beds, strict=False):
            services.assign_bed(ctx, AssignBed(person, bed))
    made = ProposalPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 700)
    made.show()
    qtbot.waitExposed(made)
    made.open_target({"class_id": school.row.id})
    QApplication.processEvents()
    assert made.proposal is not None
    return made


def drag(board: RoomBoard, person: int, bed: int) -> bool:
    """Carry a person over a bed and let go, as the mouse would (QDrag.exec blocks without a window system)."""
    data = QMimeData()
    data.setData(PERSON_MIME, str(person).encode())
    place = board.bed_rect(bed).center()
    view, move = board.viewport(), Qt.DropAction.MoveAction
    enter = QDragEnterEvent(place, move, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    over = QDragMoveEvent(place, move, data, LEFT, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, over)
    allowed = over.isAccepted()
    if allowed:
        drop = QDropEvent(QPointF(place), move, data, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, drop)
    else:
        board.dragLeaveEvent(None)  # type: ignore[arg-type]
    QApplication.processEvents()
    return allowed


def bed_of(page: ProposalPage, person: int) -> str:
    assert page.proposal is not None
    bed = page.proposal.bed_of(person)
    return bed.text if bed else ""


def toast_text(page: ProposalPage | StaysPage) -> str:
    return " ".join(t.text for t in page.window().findChildren(Toast) if t.isVisible())


# ------------------------------------------------------------------------------------------- making a proposal
def test_a_class_is_chosen_and_gets_a_plan(qtbot: QtBot, desk: Desk, school: School, unit: OpenUnit) -> None:
    page = ProposalPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert page.empty.isVisible()
    assert not page._confirm.isEnabled()
    assert page.picker.count() == 2
    page.picker.setFocus()
    index = page.picker.findData(school.row.id)
    page.picker.setCurrentIndex(index)
    page.picker.activated.emit(index)
    assert "已安排 6 / 6 人" in page.figures.text()
    click(qtbot, page, "确认方案")
    assert "新安排 6 人" in toast_text(page)
    assert not page._confirm.isEnabled()  # all is written
    with unit(read_only=True) as ctx:
        assert len(queries.list_class_stays(ctx, school.row.id)) == 6
    click(qtbot, page, "打印")


def test_an_empty_school_says_what_to_do_first(qtbot: QtBot, desk: Desk) -> None:
    page = ProposalPage(desk)
    qtbot.addWidget(page)
    page.show()
    with qtbot.waitSignal(desk.went) as gone:
        click(qtbot, page, "去新建班次")
    assert gone.args[0] == "training.classes"


def test_a_class_without_people_is_told_so(qtbot: QtBot, desk: Desk, unit: OpenUnit) -> None:
    with unit() as ctx:
        make_rooms(ctx)
        empty = make_class(ctx)
    page = ProposalPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.open_target({"class_id": empty.id})
    assert "还没有需要住宿的学员，请先导入名单" in page.bar.text


# --------------------------------------------------------------------------------------------------- by mouse
def test_dragging_to_a_free_bed_and_undo(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    assert drag(page.board, school.people[0], school.beds[6])
    assert bed_of(page, school.people[0]) == "明德楼201-1"
    assert page._confirm.isEnabled()
    click(qtbot, page, "撤销")
    assert bed_of(page, school.people[0]) == "明德楼101-1"
    assert "学员1 → 明德楼201-1" in toast_text(page)
    click(qtbot, page, "重做")
    assert bed_of(page, school.people[0]) == "明德楼201-1"


def test_dragging_onto_somebody_swaps(page: ProposalPage, school: School) -> None:
    assert drag(page.board, school.people[0], school.beds[2])
    assert (bed_of(page, school.people[0]), bed_of(page, school.people[2])) == ("明德楼102-1", "明德楼101-1")


def test_a_forbidden_drop_is_refused_with_the_sentence(page: ProposalPage, school: School) -> None:
    assert not drag(page.board, school.people[0], school.beds[4])
    assert "男女" in page._refusal(school.people[0], school.beds[4])
    page.move_person(school.people[4], school.beds[10])  # as a paste would
    assert "明德楼203-1已安排给外班女学员" in toast_text(page)
    assert bed_of(page, school.people[0]) == "明德楼101-1"
    assert not page._undo.isEnabled()


def test_a_click_says_why_and_follows_a_move(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    where = page.board.bed_rect(school.beds[0]).center()
    qtbot.mouseClick(page.board.viewport(), LEFT, pos=where)
    assert page._who.text().startswith("学员1（男） 明德楼101-1\n县财政局")
    assert "与 学员2 同住" in page._why.text()
    drag(page.board, school.people[0], school.beds[6])
    assert page._who.text().startswith("学员1（男） 明德楼201-1")
    assert "学员2" not in page._why.text()


def test_the_context_menu_pins_and_takes_down(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    def menu_at(bed: int) -> QMenu:
        page.board.select_bed(bed)
        qtbot.keyClick(page.board, KEY.Key_Return)
        QApplication.processEvents()
        return next(m for m in page.findChildren(QMenu) if m.isVisible() and m.actions())

    menu = menu_at(school.beds[0])
    choose(menu, "锁定床位")
    menu.close()
    assert page.proposal is not None
    assert school.people[0] in page.proposal.step.pinned
    page.move_person(school.people[1], school.beds[0])
    assert "学员1的床位已锁定" in toast_text(page)
    menu = menu_at(school.beds[1])
    choose(menu, "移下床位")
    menu.close()
    assert page._waiting_title.text() == "待安排 1 人"
    assert page.waiting.item(0).text().startswith("学员2（男）")


# ------------------------------------------------------------------------------------------------ by keyboard
def test_cut_and_paste_moves_a_person(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    board = page.board
    board.setFocus()
    board.select_bed(school.beds[0])
    qtbot.keyClick(board, KEY.Key_X, CTRL)
    assert "放下学员1" in toast_text(page)
    qtbot.keyClick(board, KEY.Key_Down)
    assert board.current_bed() == school.beds[1]
    board.select_bed(school.beds[7])
    qtbot.keyClick(board, KEY.Key_V, CTRL)
    assert bed_of(page, school.people[0]) == "明德楼201-2"
    board.select_bed(school.beds[8])
    qtbot.keyClick(board, KEY.Key_V, CTRL)  # nobody is carried any more
    assert bed_of(page, school.people[0]) == "明德楼201-2"


def test_escape_puts_a_carried_person_back(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    page.board.select_bed(school.beds[0])
    qtbot.keyClick(page.board, KEY.Key_X, CTRL)
    qtbot.keyClick(page.board, KEY.Key_Escape)
    page.board.select_bed(school.beds[7])
    qtbot.keyClick(page.board, KEY.Key_V, CTRL)
    assert bed_of(page, school.people[0]) == "明德楼101-1"


def test_somebody_waiting_is_placed_by_keyboard(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    page._change(lambda proposal: proposal.remove(school.people[0]))
    page.waiting.setFocus()
    page.waiting.setCurrentRow(0)
    qtbot.keyClick(page.waiting, KEY.Key_X, CTRL)
    page.board.select_bed(school.beds[6])
    qtbot.keyClick(page.board, KEY.Key_V, CTRL)
    assert bed_of(page, school.people[0]) == "明德楼201-1"
    assert not page.waiting.isVisible()


def test_arrow_keys_reach_every_bed(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    board = page.board
    board.select_bed(school.beds[0])
    seen = {board.current_bed()}
    for _ in range(len(school.beds)):
        for key in (KEY.Key_Down, KEY.Key_Right):
            qtbot.keyClick(board, key)
            seen.add(board.current_bed())
    for _ in range(len(school.beds)):
        for key in (KEY.Key_Up, KEY.Key_Left):
            qtbot.keyClick(board, key)
            seen.add(board.current_bed())
    assert {school.beds[0], school.beds[-1]} <= seen


# -------------------------------------------------------------------------------------------------- by people
def test_the_list_of_people_shows_finds_and_pins(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    click(qtbot, page, "按人员")
    assert page.table.isVisible()
    assert [r[0].name for r in rows(page.table)] == [f"学员{n}" for n in range(1, 7)]
    page.table.set_search("103")
    assert [r[0].name for r in rows(page.table)] == ["学员5", "学员6"]
    page.table.view.selectRow(0)
    assert page._who.text().startswith("学员5（女）")
    choose(row_menu(page.table), "锁定床位")
    assert page.proposal is not None
    assert school.people[4] in page.proposal.step.pinned


# ---------------------------------------------------------------------------------------- leaving and confirming
def test_hand_work_is_not_lost_without_asking(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    drag(page.board, school.people[0], school.beds[6])
    page.open_target({"class_id": school.row.id})
    question = opened(QuestionDialog)
    assert "手工调整" in question.message
    click(qtbot, question, "保留方案")
    assert bed_of(page, school.people[0]) == "明德楼201-1"
    page.open_target({"class_id": school.row.id})
    click(qtbot, opened(QuestionDialog), "重新读取")
    assert bed_of(page, school.people[0]) == "明德楼101-1"


def test_confirming_with_people_left_over_asks(
    qtbot: QtBot, page: ProposalPage, school: School, unit: OpenUnit
) -> None:
    page._change(lambda proposal: proposal.remove(school.people[0]))
    click(qtbot, page, "确认方案")
    question = opened(QuestionDialog)
    assert "还有 1 名学员没有床位" in question.message
    click(qtbot, question, "确认方案")
    with unit(read_only=True) as ctx:
        assert len(queries.list_class_stays(ctx, school.row.id)) == 5


def test_a_bed_taken_meanwhile_is_said_and_nothing_is_written(
    qtbot: QtBot, page: ProposalPage, school: School, unit: OpenUnit
) -> None:
    drag(page.board, school.people[0], school.beds[6])
    with unit() as ctx:
        other = make_class(ctx, "另一个班")
        rival = save_enrollment(ctx, SaveEnrollment(other.id, "先到", "男"))
        services.assign_bed(ctx, AssignBed(rival.id, school.beds[6]))
    click(qtbot, page, "确认方案")
    assert "先到" in page.bar.text or "冲突" in page.bar.text
    with unit(read_only=True) as ctx:
        stays = {s.enrollment_id: s.bed_id for s in queries.list_class_stays(ctx, school.row.id)}
    assert stays[school.people[0]] == school.beds[0]


def test_starting_over_is_asked_when_everybody_has_a_bed(qtbot: QtBot, page: ProposalPage) -> None:
    click(qtbot, page, "重新分房")
    click(qtbot, opened(QuestionDialog), "重新分房")
    assert page.proposal is not None
    assert not page.proposal.unassigned()


def test_an_agreement_is_recorded_and_followed(qtbot: QtBot, page: ProposalPage, school: School) -> None:
    click(qtbot, page, "同住约定")
    dialog = opened(PairsDialog)
    for field, text in (("first_id", "xy1"), ("second_id", "xy3")):
        picker = dialog.form[field]
        picker.edit.setFocus()  # type: ignore[attr-defined]
        qtbot.keyClicks(picker.edit, text)  # type: ignore[attr-defined]
        qtbot.wait(300)
        qtbot.keyClick(picker.edit, KEY.Key_Return)  # type: ignore[attr-defined]
        assert picker.value() is not None, text
    dialog.form["kind"].set_value("forbidden")
    click(qtbot, dialog, "添加约定")
    assert [r.reason for r in rows(dialog.table)] == [""]
    click(qtbot, dialog, "关闭")
    assert "不得同住" in page._refusal(school.people[0], school.beds[3])


# ------------------------------------------------------------------------------------------------------- stays
@pytest.fixture
def stays(qtbot: QtBot, page: ProposalPage, desk: Desk) -> StaysPage:
    made = StaysPage(desk)
    qtbot.addWidget(made)
    made.resize(1154, 700)
    made.show()
    qtbot.waitExposed(made)
    QApplication.processEvents()
    return made


def names_and_beds(stays: StaysPage) -> dict[str, str]:
    stays.table.refresh()
    return {r.name: f"{r.room_number}-{r.bed_name}" for r in rows(stays.table)}


def test_a_double_click_moves_somebody_to_a_free_bed(qtbot: QtBot, stays: StaysPage) -> None:
    double_click(qtbot, stays.table, 0)
    dialog = opened(MoveDialog)
    picker = dialog.form["bed_id"]
    picker.edit.setFocus()  # type: ignore[attr-defined]
    qtbot.keyClicks(picker.edit, "202-2")  # type: ignore[attr-defined]
    qtbot.wait(300)
    qtbot.keyClick(picker.edit, KEY.Key_Return)  # type: ignore[attr-defined]
    type_into(qtbot, dialog.form["reason"], "打鼾")
    click(qtbot, dialog, "换床位")
    assert not is_open(MoveDialog)
    assert names_and_beds(stays)["学员1"] == "202-2"


def test_two_people_swap(qtbot: QtBot, stays: StaysPage) -> None:
    select_rows(stays.table, "学员1", "学员3")
    choose(row_menu(stays.table), "学员1和学员3互换床位")
    found = names_and_beds(stays)
    assert (found["学员1"], found["学员3"]) == ("102-1", "101-1")
    assert "已互换床位" in toast_text(stays)


def test_an_impossible_swap_is_said(qtbot: QtBot, stays: StaysPage) -> None:
    select_rows(stays.table, "学员1", "学员5")
    choose(row_menu(stays.table), "学员1和学员5互换床位")
    question = opened(QuestionDialog)
    assert "不能安排" in question.message
    assert names_and_beds(stays)["学员1"] == "101-1"


def test_pin_and_release(qtbot: QtBot, stays: StaysPage, unit: OpenUnit, school: School) -> None:
    select_rows(stays.table, "学员1")
    choose(row_menu(stays.table), "锁定")
    assert rows(stays.table)[0].pinned
    select_rows(stays.table, "学员1")
    choose(row_menu(stays.table), "取消床位")
    assert "学员1" not in names_and_beds(stays)


def test_somebody_in_the_house_is_not_released(qtbot: QtBot, stays: StaysPage, unit: OpenUnit) -> None:
    row = rows(stays.table)[0]
    with unit() as ctx:
        ctx.get(Stay, row.id).state = StayState.IN_HOUSE.value
    stays.table.refresh()
    select_rows(stays.table, "学员1")
    choose(row_menu(stays.table), "取消床位")
    assert "请办理退房" in opened(QuestionDialog).message


def test_a_stay_is_opened_from_elsewhere(stays: StaysPage) -> None:
    wanted = rows(stays.table)[3]
    stays.open_target(Ref("stay", wanted.id))
    assert [r.id for r in rows(stays.table)] == [wanted.id]


def test_search_by_initials_and_room(stays: StaysPage) -> None:
    stays.table.set_search("xy1")
    assert [r.name for r in rows(stays.table)] == ["学员1"]
    stays.table.set_search("103")
    assert [r.name for r in rows(stays.table)] == ["学员5", "学员6"]


def test_the_print_menu_shows_the_lodging_list(qtbot: QtBot, stays: StaysPage, school: School) -> None:
    assert not stays.documents.isEnabled()
    stays.open_target({"class_id": school.row.id})
    stays.documents._menu.aboutToShow.emit()
    choose(stays.documents._menu, "住宿安排表")
    preview = opened(PreviewDialog)
    assert preview.info is not None
    assert len(preview.info.sizes) == 1


def test_who_may_only_look_changes_nothing(qtbot: QtBot, desk: Desk, page: ProposalPage) -> None:
    reader = Desk(desk.runner, Actor(None, "只看", frozenset({VIEW.key, VIEW_TRAINING.key})))
    made = StaysPage(reader)
    qtbot.addWidget(made)
    made.show()
    select_rows(made.table, "学员1")
    assert row_menu(made.table).actions() == []
    assert not button(made, "自动分房").isEnabled()
    double_click(qtbot, made.table, 0)
    assert not is_open(MoveDialog)


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, page: ProposalPage, stays: StaysPage) -> None:
    page._change(lambda proposal: proposal.remove(next(iter(proposal.people))))
    assert unnamed(page) == []
    assert unnamed(stays) == []
    double_click(qtbot, stays.table, 0)
    assert unnamed(opened(MoveDialog)) == []


def test_pages_fit_the_smallest_window(page: ProposalPage, stays: StaysPage) -> None:
    for each in (page, stays):
        assert each.minimumSizeHint().width() <= 1280 - 212, type(each).__name__
        assert each.minimumSizeHint().height() <= 720 - 56, type(each).__name__
