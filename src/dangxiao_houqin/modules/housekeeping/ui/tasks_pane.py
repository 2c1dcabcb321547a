"""清扫任务: what is to be done today, what is late, who does it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.columns import TASK_COLUMNS
from dangxiao_houqin.modules.housekeeping.domain import (
    WORK,
    CareStep,
    FinishTasks,
    FloorChoice,
    TaskKind,
    TaskRow,
    TaskState,
)
from dangxiao_houqin.modules.housekeeping.queries import list_tasks
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import Filter
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, button, column, label, row

from .task_dialogs import AssignDialog, FinishDialog

_WHEN = (("today", "今天要做"), ("late", "超期"), ("coming", "以后"), ("done", "已完成"))


def _id(task: TaskRow) -> int:
    return task.id


class TasksPane(QWidget):
    """``page`` sends the commands and says what was done; ``narrowed`` tells when the filter of days changes."""

    narrowed = Signal(str)

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self.page, self.desk = page, desk
        self.workers: tuple[str, ...] = ()
        self._may = desk.can(WORK)
        self._last: CareStep | None = None
        self._done_word = ""
        self.table = ListTable(
            desk.runner,
            "housekeeping.tasks",
            TASK_COLUMNS,
            list_tasks,
            _id,
            title="清扫任务",
            search="楼栋 / 房号 / 打扫人",
            filters=(
                Filter("when", "时间", _WHEN, initial="today", all_text="全部日期", anchor=True),
                Filter("floor", "楼层"),
                Filter("kind", "任务", tuple((kind.value, kind.label) for kind in TaskKind)),
            ),
            unit="项",
            compact=True,
            empty=Empty(
                "没有要做的清扫任务",
                "退房、住中打扫和入住前准备会自动产生任务，也可以在“房间”里新建。",
                icon="list-checks",
            ),
        )
        self.table.filters.changed.connect(self._filtered)
        self.table.selection_changed.connect(self._selected)
        self.table.loaded.connect(self._selected)
        self.table.menu_requested.connect(self._fill_menu)
        self.finish_button = button(
            "完成", self.finish, icon="check", shortcut="Ctrl+Return", tooltip="所选任务已完成，按分派的人登记"
        )
        self.assign_button = button("分派…", self.assign, icon="user-check", tooltip="把所选任务交给一个人")
        self.cancel_button = button("不用做", self.cancel, icon="ban", tooltip="所选任务取消（例如请勿打扰）")
        self.chosen = label("选择任务后登记（可多选）", "second")
        card = Card()
        card.body.addLayout(
            row(self.finish_button, self.assign_button, self.cancel_button, None, self.chosen, spacing=8)
        )
        card.body.addWidget(self.table)
        self.setLayout(column(card))
        self._selected()

    def refresh(self) -> None:
        self.table.refresh()

    def show_floors(self, floors: tuple[FloorChoice, ...]) -> None:
        self.table.set_filter_choices("floor", [(f.floor_id, f.title) for f in floors])

    @property
    def when(self) -> str:
        return str(self.table.filters.values().get("when") or "")

    @Slot(dict)
    def _filtered(self, _values: dict[str, Any]) -> None:
        self.narrowed.emit(self.when)

    def _open(self) -> list[TaskRow]:
        return [task for task in self.table.selected_rows() if task.state is TaskState.OPEN]

    @Slot()
    def _selected(self) -> None:
        tasks = self._open()
        for part in (self.finish_button, self.assign_button, self.cancel_button):
            part.setEnabled(self._may and bool(tasks))
        self.chosen.setText(f"已选 {len(tasks)} 项待做的任务" if tasks else "选择任务后登记（可多选）")

    @Slot()
    def finish(self) -> None:
        if tasks := self._open():
            self._done_word = "已完成"
            self.page.command(services.finish_tasks, FinishTasks(tuple(t.id for t in tasks)), ok=self.stepped)

    @Slot()
    def finish_by(self) -> None:
        if tasks := self._open():
            self._done_word = "已完成"
            names = [task.place for task in tasks]
            dialog = FinishDialog(self.page.runner, self.page, tuple(t.id for t in tasks), names, self.workers)
            dialog.saved.connect(self.stepped)
            dialog.open()

    @Slot()
    def cancel(self) -> None:
        if tasks := self._open():
            self._done_word = "已取消"
            self.page.command(services.cancel_tasks, tuple(t.id for t in tasks), ok=self.stepped)

    @Slot(object)
    def stepped(self, step: CareStep) -> None:
        self._last = step
        self.page.toast(f"{len(step.tasks)} 项任务{self._done_word}", undo=self.take_back)

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
    def assign(self) -> None:
        if tasks := self._open():
            names = [task.place for task in tasks]
            dialog = AssignDialog(self.page.runner, self.page, tuple(t.id for t in tasks), names, self.workers)
            dialog.saved.connect(self._assigned)
            dialog.open()

    @Slot(object)
    def _assigned(self, count: int) -> None:
        self.page.toast(f"已分派 {count} 项任务")

    @Slot(list, QMenu)
    def _fill_menu(self, _tasks: list[TaskRow], menu: QMenu) -> None:
        if self._may and self._open():
            menu.addAction(icons.icon("check"), "完成", self.finish)
            menu.addAction("由他人完成…", self.finish_by)
            menu.addAction(icons.icon("user-check"), "分派…", self.assign)
            menu.addAction(icons.icon("ban"), "不用做", self.cancel)
