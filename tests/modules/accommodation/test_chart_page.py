"""The room chart at work: real mouse and keys on the page, and what the database says afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from dangxiao_houqin.modules.accommodation import gestures, services
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import AssignBed, Bar, StayState
from dangxiao_houqin.modules.accommodation.models import BedMove, BedNight, Stay
from dangxiao_houqin.modules.accommodation.services.rearranging import rearrange
from dangxiao_houqin.modules.accommodation.ui.chart_dialogs import BedDialog, LeaveDialog, ReasonDialog
from dangxiao_houqin.modules.accommodation.ui.chart_page import ChartPage
from dangxiao_houqin.modules.places.models import RoomOutage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.modules.accommodation.chart.conftest import Bench
from tests.modules.accommodation.chart.test_dragging import from_lane
from tests.support.school import END, START, make_class, make_people, make_rooms

pytestmark = pytest.mark.sqlite_only  # the services behind are tested on both engines

NIGHT = START + timedelta(1)


class PageBench(Bench):
    """The chart page at a desk, in a window of 1366 × 768."""

    def __init__(self, qtbot: QtBot, desk: Desk, unit: Any) -> None:
        self.qtbot, self.unit = qtbot, unit
        self.page = ChartPage(desk)
        self.window = self.page
        qtbot.addWidget(self.page)
        self.chart, self.waiting, self.parking = self.page.chart, self.page.waiting, self.page.parking
        self.page.resize(1154, 712)
        with qtbot.waitActive(self.page):
            self.page.show()
        self.chart.setFocus()

    def who(self, name: str) -> int:
        """The living stay of somebody on the chart (the last of several)."""
        data = self.chart.data
        return max(b.stay_id for b in data.bars if b.name == name and b.state is not StayState.LEFT)

    def nights(self, name: str) -> list[tuple[int, date]]:
        """What the database says where somebody sleeps when."""
        with self.unit(read_only=True) as ctx:
            query = select(BedNight.bed_id, BedNight.night).join(Stay, Stay.id == BedNight.stay_id)
            found = ctx.session.execute(query.where(Stay.guest_name == name).order_by(BedNight.night))
            return [(bed, night) for bed, night in found]

    def dialog(self, kind: type[Any]) -> Any:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
        assert found, f"no {kind.__name__} on the screen"
        return found[-1]


@pytest.fixture
def beds(unit: Any) -> list[int]:
    """明德楼101–103, 201–203; men 1 and 2 in 101, women 3 in 102-1 and 4 in 103-1; 5 (man) and 6 (woman) wait."""
    with unit() as ctx:
        made = make_rooms(ctx)
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男男女女男女")
        for person, bed in zip(people[:4], (made[0], made[1], made[2], made[4]), strict=True):
            services.assign_bed(ctx, AssignBed(person.id, bed))
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, unit: Any, beds: list[int]) -> PageBench:
    return PageBench(qtbot, desk, unit)


def span(bed: int, start: date = START, end: date = END) -> list[tuple[int, date]]:
    return [(bed, start + timedelta(n)) for n in range((end - start).days)]


# ------------------------------------------------------------------------------------------------------------ mouse
def test_drag_moves_and_undo_brings_back(page: PageBench, beds: list[int]) -> None:
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    assert page.nights("学员1") == span(beds[8])
    assert page.page.undo_button.toolTip() == "撤销：学员1调到明德楼202-1（Ctrl+Z）"
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员1") == span(beds[0])
    page.key(Qt.Key.Key_Y, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员1") == span(beds[8])
    page.qtbot.mouseClick(page.page.undo_button, Qt.MouseButton.LeftButton)
    assert page.nights("学员1") == span(beds[0])


def test_every_step_can_be_undone_in_turn(page: PageBench, beds: list[int]) -> None:
    """Three gestures on the same person, three times back, three times again."""
    seen = [page.nights("学员1")]
    column = page.chart.scene.axis.column
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    seen.append(page.nights("学员1"))
    edge = page.on_bar(page.who("学员1"), edge="end")
    page.drag(edge, edge + QPoint(2 * column, 0))
    seen.append(page.nights("学员1"))
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[10], NIGHT))
    seen.append(page.nights("学员1"))
    assert seen[2] == span(beds[8], end=END + timedelta(2))
    for expected in (*reversed(seen[:-1]),):
        page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
        assert page.nights("学员1") == expected
    for expected in seen[1:]:
        page.key(Qt.Key.Key_Y, modifiers=Qt.KeyboardModifier.ControlModifier)
        assert page.nights("学员1") == expected


def test_shorten_by_the_edge(page: PageBench, beds: list[int]) -> None:
    edge = page.on_bar(page.who("学员3"), edge="end")
    page.drag(edge, edge - QPoint(2 * page.chart.scene.axis.column, 0))
    assert page.nights("学员3") == span(beds[2], end=END - timedelta(2))


def test_illegal_targets_say_why_and_change_nothing(page: PageBench, beds: list[int], unit: Any) -> None:
    with unit() as ctx:
        room = page.bar(page.who("学员4")).room_id
        ctx.add(RoomOutage(room_id=room + 1, start=START, end=END, reason="换空调"))
    page.page.reload_now()
    before = page.nights("学员1")
    for bed, why in ((beds[3], "住着女学员学员3，到3月6日"), (beds[6], "停用（换空调）")):
        page.hold(page.on_bar(page.who("学员1")), page.on_bed(bed, NIGHT))
        assert why in page.chart.bubble_text
        page.release(page.on_bed(bed, NIGHT))
    assert page.nights("学员1") == before
    assert page.page.history.next_undo is None


def test_swap_by_dropping_on_each_other(page: PageBench, beds: list[int]) -> None:
    page.drag(page.on_bar(page.who("学员3")), page.on_bar(page.who("学员4")))
    assert (page.nights("学员3"), page.nights("学员4")) == (span(beds[4]), span(beds[2]))
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert (page.nights("学员3"), page.nights("学员4")) == (span(beds[2]), span(beds[4]))


def test_swap_whole_rooms(page: PageBench, beds: list[int]) -> None:
    """Men and women change rooms in one drag: never both sexes in one room in between."""
    data = page.chart.data
    rooms = {b.name: b.room_id for b in data.bars}
    page.drag(page.on_room(rooms["学员1"]), page.on_room(rooms["学员3"]))
    assert page.nights("学员1") == span(beds[2])
    assert page.nights("学员2") == span(beds[3])
    assert page.nights("学员3") == span(beds[0])
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员3") == span(beds[2])


def test_parking_survives_a_restart(page: PageBench, beds: list[int], qtbot: QtBot, desk: Desk, unit: Any) -> None:
    lane = page.chart.viewport().mapFromGlobal(page.parking.mapToGlobal(page.parking.rect().center()))
    page.drag(page.on_bar(page.who("学员1")), lane)
    assert page.nights("学员1") == []
    assert [b.name for b in page.chart.data.parked] == ["学员1"]
    page.page.close()
    again = PageBench(qtbot, desk, unit)
    assert [b.name for b in again.chart.data.parked] == ["学员1"]
    assert [w.name for w in again.chart.data.waiting] == ["学员5", "学员6"]
    from_lane(again, again.parking, 0, again.on_bed(beds[10], NIGHT))
    assert again.nights("学员1") == span(beds[10])


def test_from_the_waiting_lane_onto_a_bed(page: PageBench, beds: list[int]) -> None:
    from_lane(page, page.waiting, 1, page.on_bed(beds[3], NIGHT))
    assert page.nights("学员6") == span(beds[3])
    assert [w.name for w in page.chart.data.waiting] == ["学员5"]
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员6") == []
    assert [w.name for w in page.chart.data.waiting] == ["学员5", "学员6"]


# ------------------------------------------------------------------------------------------------------- in the house
def _arrived(unit: Any, name: str) -> None:
    with unit() as ctx:
        stay = ctx.session.scalars(select(Stay).where(Stay.guest_name == name)).one()
        stay.state, stay.arrived_at = "in_house", ctx.now()


def test_moving_somebody_in_the_house_asks_for_the_reason(
    page: PageBench, beds: list[int], unit: Any, clock: Any
) -> None:
    _arrived(unit, "学员1")
    clock.advance(timedelta(days=2))
    page.page.reload_now()
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], START + timedelta(2)))
    dialog: ReasonDialog = page.dialog(ReasonDialog)
    assert page.nights("学员1") == span(beds[0])  # nothing yet
    dialog.form["reason"].set_value("打鼾影响休息")
    page.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    today = START + timedelta(2)
    assert page.nights("学员1") == span(beds[0], end=today) + span(beds[8], today)
    with unit(read_only=True) as ctx:
        assert ctx.session.scalars(select(BedMove)).one().reason == "打鼾影响休息"
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员1") == span(beds[0])


def test_reason_dialog_left_with_escape_moves_nobody(page: PageBench, beds: list[int], unit: Any) -> None:
    _arrived(unit, "学员1")
    page.page.reload_now()
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    page.qtbot.keyClick(page.dialog(ReasonDialog), Qt.Key.Key_Escape)
    assert page.nights("学员1") == span(beds[0])
    assert page.bar(page.who("学员1")).bed_id == beds[0]


# --------------------------------------------------------------------------------------------------------- two desks
def _elsewhere(page: PageBench, unit: Any, step: Callable[[ChartRules], Any]) -> None:
    """Another desk does something; this page has not heard of it yet."""
    with unit() as ctx:
        rearrange(ctx, step(ChartRules(page.chart.data)))


def test_lost_race_is_told_and_shown(page: PageBench, beds: list[int], unit: Any) -> None:
    two = page.bar(page.who("学员2"))
    _elsewhere(page, unit, lambda rules: gestures.move(rules, two, beds[8]))
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    question: QDialog = page.dialog(QuestionDialog)
    assert "学员1的床位明德楼202-1在3月2日已安排给学员2" in question.accessibleName() + "".join(
        label.text() for label in question.findChildren(QWidget) if hasattr(label, "text")
    )
    question.reject()
    assert page.nights("学员1") == span(beds[0])
    assert page.bar(page.who("学员2")).bed_id == beds[8], "the chart shows what the other desk did"


def test_undo_of_something_changed_elsewhere_is_refused(page: PageBench, beds: list[int], unit: Any) -> None:
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    one = page.bar(page.who("学员1"))
    _elsewhere(page, unit, lambda rules: gestures.move(rules, one, beds[9]))
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    page.dialog(QuestionDialog).reject()
    assert page.nights("学员1") == span(beds[9])
    assert page.page.history.next_undo is None


def test_a_step_that_cannot_be_undone_does_not_bar_the_ones_before(page: PageBench, beds: list[int], unit: Any) -> None:
    page.drag(page.on_bar(page.who("学员3")), page.on_bed(beds[5], NIGHT))
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    with unit() as ctx:
        room = ctx.session.get(Stay, page.who("学员2")).room_id
        ctx.add(RoomOutage(room_id=room, start=START, end=END, reason="换锁"))
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    page.dialog(QuestionDialog).reject()
    assert page.nights("学员1") == span(beds[8])
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员3") == span(beds[2])


def test_opened_from_the_desk_at_one_person(page: PageBench) -> None:
    stay = page.who("学员4")
    page.page.open_target({"stay_id": stay})
    assert [b.stay_id for b in page.chart.selected] == [stay]


# ----------------------------------------------------------------------------------------------- keyboard and menus
def test_by_keyboard_alone(page: PageBench, beds: list[int]) -> None:
    stay = page.who("学员1")
    assert page.chart.show_bar(stay)
    page.key(Qt.Key.Key_P)
    assert page.nights("学员1") == []
    page.key(Qt.Key.Key_Z, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert page.nights("学员1") == span(beds[0])
    assert page.chart.show_bar(stay)
    page.key(Qt.Key.Key_M)
    _down_to(page, beds[8])
    page.key(Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[8])


def _down_to(page: PageBench, bed: int) -> None:
    """Arrow down until the cursor stands on this bed."""
    for _ in range(12):
        if page.chart.cursor_cell is not None and page.chart.cursor_cell[0] == bed:
            return
        page.key(Qt.Key.Key_Down)
    raise AssertionError("never came there")


def _menu(page: PageBench, bar: Bar | None, bed: int) -> QMenu:
    page.page._menu(bar, bed, NIGHT, page.page.mapToGlobal(QPoint(300, 300)))
    return next(m for m in page.page.findChildren(QMenu) if m.isVisible())


def _choose(menu: QMenu, text: str) -> None:
    action = next(a for a in menu.actions() if a.text().startswith(text))
    assert action.isEnabled(), action.toolTip()
    action.trigger()
    menu.close()


def test_menu_of_a_bar(page: PageBench, beds: list[int]) -> None:
    def bar() -> Bar:
        return page.bar(page.who("学员1"))

    _choose(_menu(page, bar(), beds[0]), "续住一晚")
    assert page.nights("学员1") == span(beds[0], end=END + timedelta(1))
    _choose(_menu(page, bar(), beds[0]), "锁定床位")
    assert bar().pinned
    menu = _menu(page, bar(), beds[0])
    moving = next(a for a in menu.actions() if a.text().startswith("移到暂存区"))
    assert not moving.isEnabled()
    assert moving.toolTip() == "学员1已锁定，请先解锁。"
    menu.close()
    _choose(_menu(page, bar(), beds[0]), "解锁")
    _choose(_menu(page, bar(), beds[0]), "取消床位")
    question: QuestionDialog = page.dialog(QuestionDialog)
    page.qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert page.nights("学员1") != []
    _choose(_menu(page, bar(), beds[0]), "取消床位")
    page.dialog(QuestionDialog).accept()
    assert page.nights("学员1") == []
    assert "学员1" in [w.name for w in page.chart.data.waiting]
    page.page.undo()
    assert page.nights("学员1") != []


def test_menu_from_a_night_on(page: PageBench, beds: list[int]) -> None:
    """调房 with a date, without the mouse: the earlier night stays where it was."""
    _choose(_menu(page, page.bar(page.who("学员1")), beds[0]), "从3月3日晚起换床")
    _down_to(page, beds[8])
    page.key(Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[0], end=NIGHT) + span(beds[8], NIGHT)


def test_menu_swaps_rooms(page: PageBench, beds: list[int]) -> None:
    _choose(_menu(page, page.bar(page.who("学员1")), beds[0]), "整间对调")
    _down_to(page, beds[2])
    page.key(Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[2])
    assert page.nights("学员3") == span(beds[0])


def test_menu_of_an_empty_bed_offers_who_may_have_it(page: PageBench, beds: list[int]) -> None:
    menu = _menu(page, None, beds[3])
    assert [a.text() for a in menu.actions() if a.text().startswith("安排")] == ["安排 学员6（县财政局）"]
    _choose(menu, "安排 学员6")
    assert page.nights("学员6") == span(beds[3])


def test_move_by_typing_the_room(page: PageBench, beds: list[int]) -> None:
    page.page.ask_bed(page.bar(page.who("学员1")))
    dialog: BedDialog = page.dialog(BedDialog)
    options = dialog.form["bed_id"]._search(None, "202")
    assert [o.text for o in options] == ["明德楼202-1", "明德楼202-2"]
    dialog.form["bed_id"].set_value(options[1])
    dialog.form["from_night"].set_value(NIGHT)
    page.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[0], end=NIGHT) + span(beds[9], NIGHT)


def test_another_day_of_departure(page: PageBench, beds: list[int], unit: Any) -> None:
    page.page.ask_leave(page.bar(page.who("学员1")))
    dialog: LeaveDialog = page.dialog(LeaveDialog)
    dialog.form["leave"].set_value(END + timedelta(3))
    page.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[0], end=END + timedelta(3))


def test_parked_gets_days_and_a_bed_without_the_mouse(page: PageBench, beds: list[int]) -> None:
    """Also his own bed again; a night to begin with is not asked, he holds none."""
    page.page.park(page.bar(page.who("学员1")))
    where = page.page.mapToGlobal(QPoint(300, 300))
    page.page._lane_menu(page.chart.data.parked[0], where)
    _choose(next(m for m in page.page.findChildren(QMenu) if m.isVisible()), "改离开日期")
    leaving: LeaveDialog = page.dialog(LeaveDialog)
    leaving.form["leave"].set_value(END + timedelta(1))
    page.qtbot.keyClick(leaving, Qt.Key.Key_Return)
    assert [b.leave for b in page.chart.data.parked] == [END + timedelta(1)]
    page.page.ask_bed(page.chart.data.parked[0])
    dialog: BedDialog = page.dialog(BedDialog)
    assert "from_night" not in dialog.form.values()
    options = dialog.form["bed_id"]._search(None, "101")
    assert [o.text for o in options] == ["明德楼101-1"]
    dialog.form["bed_id"].set_value(options[0])
    page.qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert page.nights("学员1") == span(beds[0], end=END + timedelta(1))


# --------------------------------------------------------------------------------------------------- looking around
def test_filters_and_free_beds(page: PageBench, beds: list[int]) -> None:
    tools = page.page.tools
    assert page.chart.rooms_shown == 6
    tools.filters.set_value("free", "tonight")
    assert page.chart.rooms_shown == 5  # 101 is full
    tools.filters.set_value("free", None)
    floor = next(p.floor_id for p in page.chart.data.beds if p.bed_id == beds[6])
    tools.filters.set_value("floor_id", floor)
    assert page.chart.rooms_shown == 3
    tools.filters.reset()
    tools.filters.set_value("class_id", page.chart.data.bars[0].class_id)
    assert page.chart.zoom == 0
    assert page.chart.seen[0] == START


def test_a_day_far_away_is_read_first(page: PageBench) -> None:
    far = START + timedelta(days=900)
    page.page.open_target({"day": far})
    assert page.chart.data.start <= far < page.chart.data.end
    assert page.chart.seen[0] <= far < page.chart.seen[1]


def test_who_may_only_look_cannot_drag(qtbot: QtBot, desk: Desk, unit: Any, beds: list[int], actor: Any) -> None:
    looker = replace(actor, all_permissions=False, permissions=frozenset({"accommodation.view", "training.view"}))
    desk.set_actor(looker)
    page = PageBench(qtbot, desk, unit)
    page.drag(page.on_bar(page.who("学员1")), page.on_bed(beds[8], NIGHT))
    assert page.nights("学员1") == span(beds[0])
    menu = _menu(page, page.bar(page.who("学员1")), beds[0])
    assert [a.text() for a in menu.actions()] == ["查看住宿记录"]
    menu.close()


def test_empty_school_says_what_to_do(qtbot: QtBot, desk: Desk, unit: Any) -> None:
    page = PageBench(qtbot, desk, unit)
    assert page.chart.rooms_shown == 0
    assert not page.page.grab().isNull()
