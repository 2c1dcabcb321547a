"""The rooms with their condition, and marking many of them at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.columns import CARE_COLUMNS
from dangxiao_houqin.modules.housekeeping.domain import (
    INSPECT,
    WORK,
    CareFigures,
    CareRow,
    CareStep,
    FloorChoice,
    RoomCondition,
    SetConditions,
)
from dangxiao_houqin.modules.housekeeping.queries import LIVED_IN, list_care
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, button, column, label, row

from .task_dialogs import AddTasksDialog, FailDialog, WhoDialog

_MARKS = (
    (RoomCondition.CLEAN, "已打扫", "brush-cleaning", "Ctrl+1", WORK),
    (RoomCondition.INSPECTED, "检查合格", "clipboard-check", "Ctrl+2", INSPECT),
    (RoomCondition.READY, "可入住", "badge-check", "Ctrl+3", INSPECT),
    (RoomCondition.DIRTY, "待打扫", "rotate-ccw", "Ctrl+4", WORK),
)


def _id(room: CareRow) -> int:
    return room.room_id


class RoomsPane(QWidget):
    """``page`` sends the commands and says what was done; ``narrowed`` tells when the filter of conditions changes."""

    narrowed = Signal(str)

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self.page, self.desk = page, desk
        self.workers: tuple[str, ...] = ()
        self._figures: CareFigures | None = None
        self._last: CareStep | None = None
        self._marked: tuple[RoomCondition | None, int] = (None, 0)
        self.table = ListTable(
            desk.runner,
            "housekeeping.rooms",
            CARE_COLUMNS,
            list_care,
            _id,
            title="客房状态",
            search="楼栋 / 房号 / 打扫人",
            filters=(
                Filter("condition", "状态", (*((c.value, c.label) for c in RoomCondition), (LIVED_IN, "在住"))),
                Filter("floor", "楼层", anchor=True),
                Filter("task", "任务", (("open", "今天有任务"), ("late", "有超期任务"))),
            ),
            unit="间",
            compact=True,
            empty=Empty("还没有客房", "先在“房间与床位”里建好楼栋和房间。", icon="bed-double"),
        )
        self.table.filters.changed.connect(self._filtered)
        self.table.selection_changed.connect(self._selected)
        self.table.menu_requested.connect(self._fill_menu)
        self.table.loaded.connect(self._selected)
        self.marks: dict[RoomCondition, QPushButton] = {}
        for condition, text, icon, shortcut, right in _MARKS:
            mark = button(text, self._mark, icon=icon, shortcut=shortcut, tooltip=f"所选房间标记为{condition.label}")
            mark.setProperty("condition", condition.value)
            if not desk.can(right):
                mark.hide()
            self.marks[condition] = mark
        self.fail_button = button("检查不合格…", self.fail, icon="circle-x", tooltip="退回待打扫，写明哪里不合格")
        self.task_button = button("新建任务…", self.add_tasks, icon="plus", shortcut="Ctrl+N")
        self.chosen = label("选择房间后登记（可多选）", "second")
        parts = [*self.marks.values(), self.fail_button, self.task_button]
        card = Card()
        card.body.addLayout(row(*parts, None, self.chosen, spacing=8))
        card.body.addWidget(self.table)
        self.setLayout(column(card))
        self._selected()

    # ------------------------------------------------------------------ showing
    def refresh(self) -> None:
        self.table.refresh()

    def show_floors(self, floors: tuple[FloorChoice, ...]) -> None:
        self.table.set_filter_choices("floor", [(f.floor_id, f.title) for f in floors])

    def show_figures(self, figures: CareFigures) -> None:
        self._figures = figures

    def offer(self, condition: RoomCondition, *, used: bool) -> None:
        """Offer to mark rooms so where the office takes this step and the user may."""
        may = any(self.desk.can(right) for each, _, _, _, right in _MARKS if each is condition)
        self.marks[condition].setVisible(used and may)

    @property
    def condition(self) -> str:
        """The condition the list is narrowed to, or nothing."""
        return str(self.table.filters.values().get("condition") or "")

    @Slot(dict)
    def _filtered(self, _values: dict[str, Any]) -> None:
        self.narrowed.emit(self.condition)

    @Slot()
    def _selected(self) -> None:
        rooms: list[CareRow] = self.table.selected_rows()
        for condition, mark in self.marks.items():
            mark.setEnabled(any(room.condition is not condition for room in rooms))
        self.fail_button.setEnabled(
            self.desk.can(INSPECT) and any(room.condition is not RoomCondition.DIRTY for room in rooms)
        )
        self.task_button.setEnabled(self.desk.can(WORK) and bool(rooms))
        self.chosen.setText(f"已选 {len(rooms)} 间" if rooms else "选择房间后登记（可多选）")

    # ------------------------------------------------------------------ marking
    def _rooms(self) -> tuple[tuple[int, ...], list[str]]:
        rooms: list[CareRow] = self.table.selected_rows()
        return tuple(room.room_id for room in rooms), [room.place for room in rooms]

    @Slot()
    def _mark(self) -> None:
        sender = self.sender()
        assert sender is not None
        self.mark(RoomCondition(sender.property("condition") or sender.data()))  # type: ignore[attr-defined]

    def mark(self, condition: RoomCondition, by: str = "") -> None:
        """The selected rooms are so now."""
        ids, _ = self._rooms()
        if not ids:
            return
        self._marked = (condition, len(ids))
        self.page.command(services.set_conditions, SetConditions(ids, condition, by), ok=self.stepped)

    @Slot(object)
    def stepped(self, step: CareStep) -> None:
        """Say what changed, and offer to take it back."""
        condition, _ = self._marked
        self._last = step
        moved = len(step.rooms)
        if not moved:
            word = condition.label if condition else "这样"
            self.page.toast(f"所选房间都已经是“{word}”或更进一步，没有改动", tone="primary")
            return
        rest = f"，另有 {step.unchanged} 间原来就是" if step.unchanged else ""
        word = condition.label if condition else "待打扫"
        self.page.toast(f"{moved} 间已标记为“{word}”{rest}", undo=self.take_back)

    @Slot()
    def take_back(self) -> None:
        """撤销 of the last step."""
        if self._last is not None:
            step, self._last = self._last, None
            self.page.command(services.take_back, step, ok=self._taken_back)

    @Slot(object)
    def _taken_back(self, _nothing: object) -> None:
        self.page.toast("已撤销", tone="primary")

    @Slot()
    def fail(self) -> None:
        ids, names = self._rooms()
        if ids:
            self._marked = (RoomCondition.DIRTY, len(ids))
            dialog = FailDialog(self.page.runner, self.page, ids, names)
            dialog.saved.connect(self.stepped)
            dialog.open()

    @Slot()
    def mark_as(self) -> None:
        """Mark with a name or a reason."""
        sender = self.sender()
        assert sender is not None
        condition = RoomCondition(sender.data())  # type: ignore[attr-defined]
        ids, names = self._rooms()
        self._marked = (condition, len(ids))
        dialog = WhoDialog(self.page.runner, self.page, ids, names, condition, self.workers)
        dialog.saved.connect(self.stepped)
        dialog.open()

    @Slot()
    def add_tasks(self) -> None:
        ids, names = self._rooms()
        if ids and self._figures is not None:
            dialog = AddTasksDialog(self.page.runner, self.page, ids, names, self._figures.day, self.workers)
            dialog.saved.connect(self._added)
            dialog.open()

    @Slot(object)
    def _added(self, count: int) -> None:
        self.page.toast(f"已新建 {count} 项清扫任务" if count else "这些房间当天已有同样的任务")

    @Slot(list, QMenu)
    def _fill_menu(self, rooms: list[CareRow], menu: QMenu) -> None:
        if not rooms:
            return
        for condition, text, icon, _, right in _MARKS:
            if self.desk.can(right) and any(room.condition is not condition for room in rooms):
                menu.addAction(icons.icon(icon), text, self._mark).setData(condition.value)
        if self.desk.can(INSPECT):
            menu.addAction(icons.icon("circle-x"), "检查不合格…", self.fail)
        menu.addSeparator()
        for condition, text, right in (
            (RoomCondition.CLEAN, "由他人打扫…", WORK),
            (RoomCondition.INSPECTED, "由他人检查…", INSPECT),
            (RoomCondition.DIRTY, "待打扫（写明原因）…", WORK),
        ):
            if self.desk.can(right):
                menu.addAction(text, self.mark_as).setData(condition.value)
        if self.desk.can(WORK):
            menu.addAction(icons.icon("plus"), "新建任务…", self.add_tasks)
