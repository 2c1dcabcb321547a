"""Lists of any length: pages, search, sort, selection, columns, keys, sheet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import InstantRunner, Runner
from dangxiao_houqin.ui.column_chooser import ColumnChooser
from dangxiao_houqin.ui.filters import ChoicePopup, Filter
from dangxiao_houqin.ui.table import Empty, ListTable, TablePage
from dangxiao_houqin.ui.table_model import KEPT_PAGES, PAGE, PILL_ROLE, PagingModel


@dataclass(frozen=True)
class Bed:
    id: int
    name: str
    room: int
    phone: str
    fee: int
    state: Pill


STATES = (Pill("在住", "success"), Pill("空床", "neutral"), Pill("维修", "error"))
COLUMNS: tuple[Column[Bed], ...] = (
    Column("name", "姓名", lambda b: b.name, width=120),
    Column("room", "房间", lambda b: b.room, kind="int", width=80),
    Column("phone", "电话", lambda b: b.phone, kind="phone", width=130),
    Column("fee", "押金", lambda b: b.fee, kind="money", width=100),
    Column("state", "状态", lambda b: b.state, kind="pill", width=90, sortable=False),
    Column("id", "编号", lambda b: b.id, kind="int", width=80, hidden=True),
)


class Source:
    """A list in memory that answers like a query function and keeps what it was asked."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.asked: list[ListQuery] = []
        self.error: Exception | None = None
        self.gone: set[int] = set()

    def bed(self, number: int) -> Bed:
        return Bed(
            number,
            f"学员{number:07d}",
            100 + number % 50,
            f"1390000{number % 10000:04d}",
            number * 100,
            STATES[number % 3],
        )

    def fetch(self, _ctx: Any, query: ListQuery) -> Listing[Bed]:
        self.asked.append(query)
        if self.error is not None:
            raise self.error
        plain = not query.search and not query.filters and not self.gone
        numbers: Any = range(self.size)
        if not plain:
            numbers = [
                n
                for n in numbers
                if n not in self.gone
                and query.search in f"学员{n:07d}"
                and query.filters.get("state", STATES[n % 3].text) == STATES[n % 3].text
            ]
        if query.descending:
            numbers = numbers[::-1]
        end = None if query.limit is None else query.offset + query.limit
        return Listing(tuple(self.bed(n) for n in numbers[query.offset : end]), len(numbers))


def make(runner: Runner, source: Source, **options: Any) -> ListTable:
    options.setdefault("filters", (Filter("state", "状态", [(p.text, p.text) for p in STATES]),))
    return ListTable(runner, "beds", COLUMNS, source.fetch, lambda b: b.id, title="床位", unit="床", **options)


@pytest.fixture
def source() -> Source:
    return Source(1000)


@pytest.fixture
def table(qtbot: QtBot, instant: InstantRunner, source: Source) -> ListTable:
    made = make(instant, source)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made.model.ready)
    return made


def texts(table: ListTable, row: int) -> list[str]:
    return [table.model.index(row, column).data() for column in range(table.model.columnCount())]


def reach(qtbot: QtBot, table: ListTable, row: int) -> None:
    table.view.scrollTo(table.model.index(row, 0))
    qtbot.waitUntil(lambda: table.model.row(row) is not None)


# ------------------------------------------------------------------------------------------------ model
def test_the_model_keeps_qts_rules(qtbot: QtBot, instant: InstantRunner, qtmodeltester: ModelTester) -> None:
    source = Source(700)
    model = PagingModel(instant, source.fetch, COLUMNS, lambda b: b.id)
    model.refresh()
    qtmodeltester.check(model, force_py=True)  # stays connected and watches what follows
    assert model.rowCount() == 700
    model.set_query(search="00001")
    source.gone = {10, 11}
    model.refresh()
    model.set_query(search="nobody")
    assert model.rowCount() == 0
    model.close()


def test_cells_are_shown_as_people_read_them(table: ListTable) -> None:
    assert texts(table, 1) == ["学员0000001", "101", "139****0001", "¥1.00", "空床", "1"]
    assert table.model.index(1, 4).data(PILL_ROLE) == Pill("空床", "neutral")
    assert table.model.index(1, 0).data(PILL_ROLE) is None
    table.set_reveal(True)
    assert texts(table, 1)[2] == "13900000001"


def test_only_pages_looked_at_are_fetched_and_few_are_kept(qtbot: QtBot, instant: InstantRunner) -> None:
    source = Source(1_000_000)
    table = make(instant, source)
    qtbot.addWidget(table)
    table.resize(1000, 600)
    table.show()
    table.refresh()
    assert [query.offset for query in source.asked] == [0]
    assert table.model.rowCount() == 1_000_000
    reach(qtbot, table, 999_999)
    assert texts(table, 999_999)[0] == "学员0999999"
    assert len(source.asked) <= 3
    for page in range(0, 3900, 40):
        reach(qtbot, table, page * PAGE)
    assert len(table.model.held_rows()) <= KEPT_PAGES * PAGE


def test_a_dragged_scroll_bar_does_not_queue_every_page_passed(qtbot: QtBot, runner: Runner) -> None:
    source = Source(200_000)
    table = make(runner, source)
    qtbot.addWidget(table)
    table.resize(1000, 600)
    table.show()
    table.refresh()
    qtbot.waitUntil(lambda: table.model.ready)
    bar = table.view.verticalScrollBar()
    for step in range(1, 101):
        bar.setValue(bar.maximum() * step // 100)
        table.view.viewport().repaint()
    qtbot.waitUntil(lambda: table.model.row(199_999) is not None)
    assert len(source.asked) < 40


def test_a_late_answer_to_an_old_question_is_not_shown(qtbot: QtBot, runner: Runner) -> None:
    import time

    class Slow(Source):
        def fetch(self, ctx: Any, query: ListQuery) -> Listing[Bed]:
            if not query.search:
                time.sleep(0.3)
            return super().fetch(ctx, query)

    source = Slow(1000)
    table = make(runner, source)
    qtbot.addWidget(table)
    table.refresh()
    table.set_search("0000777")
    qtbot.waitUntil(lambda: table.model.ready)
    assert table.model.rowCount() == 1
    qtbot.wait(500)
    assert table.model.rowCount() == 1
    assert table.count.text() == "共 1 床"


# ------------------------------------------------------------------------------------------- search, sort
def test_typing_searches_after_a_pause(qtbot: QtBot, table: ListTable, source: Source) -> None:
    asked = len(source.asked)
    qtbot.keyClicks(table.search, "0000012")
    qtbot.waitUntil(lambda: table.model.rowCount() == 1)
    assert len(source.asked) == asked + 1  # not once a key
    qtbot.keyClick(table.search, Qt.Key.Key_Escape)
    assert table.model.rowCount() == 1000
    assert table.search.text() == ""


def test_a_key_on_the_table_goes_to_the_search_box(qtbot: QtBot, table: ListTable) -> None:
    table.view.setFocus()
    qtbot.keyClick(table.view, "9")
    assert table.search.text() == "9"
    assert table.search.hasFocus()
    qtbot.keyClick(table.search, Qt.Key.Key_Down)
    assert table.view.hasFocus()
    assert table.current_row() is not None


def test_clicking_the_head_sorts_up_down_and_not_at_all(qtbot: QtBot, table: ListTable) -> None:
    head = table.view.horizontalHeader()

    def click(column: int) -> None:
        where = QPoint(head.sectionViewportPosition(column) + 20, head.height() // 2)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=where)

    click(0)
    assert (table.query.sort, table.query.descending) == ("name", False)
    assert head.sortIndicatorSection() == 0
    click(0)
    assert (table.query.sort, table.query.descending) == ("name", True)
    assert texts(table, 0)[0] == "学员0000999"
    click(0)
    assert table.query.sort is None
    assert head.sortIndicatorSection() == -1
    click(4)  # 状态 cannot be sorted
    assert table.query.sort is None


def test_filters_narrow_and_the_empty_state_clears_them(qtbot: QtBot, table: ListTable) -> None:
    table.set_filter("state", "维修")
    assert table.model.rowCount() == 333
    assert table.count.text() == "共 333 床"
    table.set_search("没有这个人")
    qtbot.waitUntil(lambda: table.model.rowCount() == 0)
    button = table._empty_state.button
    assert button.isVisible()
    assert button.text() == "清除条件"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert table.model.rowCount() == 1000
    assert table.view.isVisible()


def test_a_drop_down_filter_is_used_with_keys(qtbot: QtBot, table: ListTable) -> None:
    drop = table.filters._parts["state"]
    qtbot.mouseClick(drop.button, Qt.MouseButton.LeftButton)  # type: ignore[union-attr]
    popup = next(w for w in table.findChildren(ChoicePopup))
    qtbot.keyClick(popup._list, Qt.Key.Key_Down)
    qtbot.keyClick(popup._list, Qt.Key.Key_Return)
    assert table.query.filters == {"state": "在住"}
    qtbot.mouseClick(drop.button, Qt.MouseButton.LeftButton)  # type: ignore[union-attr]
    popup = next(w for w in table.findChildren(ChoicePopup) if w.isVisible())
    qtbot.keyClick(popup._list, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert table.query.filters == {"state": "在住"}


def test_an_empty_list_says_what_to_do_first(qtbot: QtBot, instant: InstantRunner) -> None:
    table = make(instant, Source(0), empty=Empty("还没有床位", "先登记房间和床位。", "登记房间"))
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    with qtbot.waitSignal(table.empty_action):
        qtbot.mouseClick(table._empty_state.button, Qt.MouseButton.LeftButton)
    assert not table.export_button.isEnabled()


# --------------------------------------------------------------------------------------------- selection
def test_the_selection_survives_a_refresh_by_row_id(table: ListTable, source: Source) -> None:
    table.view.selectRow(5)
    source.gone = {0, 1}
    table.refresh()
    assert [bed.id for bed in table.selected_rows()] == [5]
    assert table.view.currentIndex().row() == 3
    source.gone = {0, 1, 5}
    table.refresh()
    assert table.selected_rows() == []


def test_a_refresh_keeps_the_place(qtbot: QtBot, table: ListTable, source: Source) -> None:
    reach(qtbot, table, 800)
    top = table.view.first_visible_row()
    assert top > 700
    source.asked.clear()
    table.refresh()
    assert table.view.first_visible_row() == top
    assert source.asked[0].offset == top // PAGE * PAGE


def test_several_selected_rows_are_counted_and_copied(qtbot: QtBot, table: ListTable) -> None:
    table.view.selectRow(0)
    qtbot.keyClick(table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.count.text() == "已选 2 床 · 共 1,000 床"
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert lines[0] == "姓名\t房间\t电话\t押金\t状态"
    assert lines[2] == "学员0000001\t101\t139****0001\t¥1.00\t空床"


def test_select_all_refuses_what_was_never_seen(qtbot: QtBot, instant: InstantRunner, table: ListTable) -> None:
    qtbot.keyClick(table.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_rows() == []
    table.set_filter("state", "维修")
    reach(qtbot, table, 332)
    qtbot.keyClick(table.view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(table.selected_rows()) == 333


def test_double_click_and_enter_open(qtbot: QtBot, table: ListTable) -> None:
    opened: list[Bed] = []
    table.opened.connect(opened.append)
    where = table.view.visualRect(table.model.index(2, 0)).center()
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.mouseDClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.keyClick(table.view, Qt.Key.Key_Down)
    qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert [bed.id for bed in opened] == [2, 3]


def test_the_row_menu_gets_the_rows(qtbot: QtBot, table: ListTable) -> None:
    seen: list[int] = []

    class Page(QWidget):
        def fill(self, rows: list[Bed], menu: QMenu) -> None:
            seen.extend(bed.id for bed in rows)
            menu.addAction("换房")

    page = Page()
    qtbot.addWidget(page)
    table.menu_requested.connect(page.fill)
    table.view.selectRow(7)
    table.view.menu_asked.emit(QPoint(10, 10))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["换房", "", "复制所选行"]
    menu.close()
    assert seen == [7]


# ----------------------------------------------------------------------------------------------- columns
def test_columns_are_remembered(qtbot: QtBot, instant: InstantRunner, table: ListTable) -> None:
    view = table.view
    assert [c.key for c in view.visible_columns()] == ["name", "room", "phone", "fee", "state"]
    chooser = ColumnChooser(view, table)
    qtbot.addWidget(chooser)
    chooser.list.item(2).setCheckState(Qt.CheckState.Unchecked)
    view.horizontalHeader().moveSection(4, 0)
    view.horizontalHeader().resizeSection(0, 333)
    qtbot.wait(600)
    again = make(instant, Source(5))
    qtbot.addWidget(again)
    assert [c.key for c in again.view.visible_columns()] == ["state", "name", "room", "fee"]
    assert again.view.columnWidth(0) == 333
    again.view.default_columns()
    assert [c.key for c in again.view.visible_columns()] == ["name", "room", "phone", "fee", "state"]


def test_the_last_column_cannot_be_hidden(qtbot: QtBot, table: ListTable) -> None:
    chooser = ColumnChooser(table.view, table)
    qtbot.addWidget(chooser)
    for place in range(chooser.list.count()):
        chooser.list.item(place).setCheckState(Qt.CheckState.Unchecked)
    assert len(table.view.visible_columns()) == 1


def test_remembered_columns_of_another_version_do_no_harm(table: ListTable) -> None:
    table.view.set_column_state([["gone", 100, True], ["fee", 99_999, True], "nonsense", ["room", -5, False]])
    assert table.view.visible_columns()[0].key == "fee"
    assert table.view.columnWidth(3) == 1200


def test_columns_fill_the_width(qtbot: QtBot, table: ListTable) -> None:
    view = table.view
    shown = [column for column in range(view.model().columnCount()) if not view.isColumnHidden(column)]
    assert sum(view.columnWidth(column) for column in shown) == view.viewport().width()


def test_rows_are_as_high_as_the_design_says(table: ListTable) -> None:
    assert table.view.rowHeight(0) == 42
    table.view.set_compact(True)
    assert table.view.rowHeight(0) == 32


# ------------------------------------------------------------------------------------- sheet, page, errors
def test_the_sheet_holds_exactly_what_is_shown(qtbot: QtBot, table: ListTable, tmp_path: Path) -> None:
    import openpyxl

    table.set_filter("state", "维修")
    table.set_sort("name", True)
    table.view.setColumnHidden(1, True)
    path = tmp_path / "床位.xlsx"
    table.export_to(str(path))
    sheet = openpyxl.load_workbook(path).active
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    head = next(row for row in rows if "姓名" in row)
    assert head == ["姓名", "电话", "押金", "状态"]
    body = rows[rows.index(head) + 1 :]
    assert len(body) == 333
    assert body[0] == ["学员0000998", "139****0998", 998, "维修"]


def test_a_page_shows_reloads_and_says_what_stays_wrong(qtbot: QtBot, instant: InstantRunner) -> None:
    source = Source(10)

    class Beds(TablePage):
        title = "床位"
        watches = frozenset({"bed"})

        def __init__(self) -> None:
            super().__init__(instant, "beds", COLUMNS, source.fetch, lambda b: b.id, unit="床")

    page = Beds()
    qtbot.addWidget(page)
    instant.data_changed.emit(frozenset({"bed"}))
    assert source.asked == []  # hidden pages ask nothing
    with qtbot.waitActive(page):
        page.show()
    assert len(source.asked) == 1
    instant.data_changed.emit(frozenset({"bed", "room"}))
    instant.data_changed.emit(frozenset({"person"}))
    assert len(source.asked) == 2
    qtbot.keyClick(page, Qt.Key.Key_F5)
    assert len(source.asked) == 3
    source.error = Unavailable("数据库连不上，请检查网络后按 F5 重试。")
    page.reload_now()
    assert page.bar.text == "数据库连不上，请检查网络后按 F5 重试。"
    source.error = None
    qtbot.keyClick(page, Qt.Key.Key_F5)
    assert page.bar.text == ""


def test_a_failing_list_without_a_page_offers_to_try_again(qtbot: QtBot, instant: InstantRunner) -> None:
    source = Source(10)
    source.error = Unavailable("数据库连不上，请稍后再试。")
    table = make(instant, source)
    qtbot.addWidget(table)
    table.show()
    table.refresh()
    box = table.findChild(messages.QuestionDialog)
    assert box is not None
    source.error = None
    qtbot.mouseClick(box.yes, Qt.MouseButton.LeftButton)
    assert table.model.rowCount() == 10


def test_everything_that_takes_focus_has_a_name(table: ListTable) -> None:
    for widget in table.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible():
            text = getattr(widget, "text", lambda: "")()
            own = type(widget).__module__.startswith("dangxiao") or widget.accessibleName() or text
            assert own, widget


def test_no_row_is_current_after_a_new_question(table: ListTable) -> None:
    table.view.selectRow(3)
    table.set_search("0000001")
    assert table.view.currentIndex() == QModelIndex()
    assert table.selected_rows() == []


def test_filters_move_to_their_own_line_where_there_is_no_room(qtbot: QtBot, instant: InstantRunner) -> None:
    choices = [(1, "2026年秋季中青年干部培训班")]
    filters = [Filter(str(n), f"条件{n}", choices, initial=1) for n in range(4)]
    table = make(instant, Source(5), filters=filters)
    qtbot.addWidget(table)
    table.resize(1000, 500)
    table.show()
    QApplication.processEvents()
    assert table.width() == 1000  # did not push the window wider
    assert table.filters.y() > table.search.y()
    table.resize(1900, 500)
    QApplication.processEvents()
    assert abs(table.filters.y() - table.search.y()) < 10
