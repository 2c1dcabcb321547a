"""客房保洁: conditions of the rooms, the day's tasks, and handing rooms over to a class."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QStackedWidget

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.domain import (
    WORK,
    CareFigures,
    FloorChoice,
    HousekeepingRules,
    RoomCondition,
)
from dangxiao_houqin.modules.housekeeping.printouts import load_cleaning
from dangxiao_houqin.modules.housekeeping.queries import LIVED_IN, count_care, list_floors, list_workers
from dangxiao_houqin.modules.housekeeping.reports import CleaningDay, cleaning_pdf, cleaning_xlsx
from dangxiao_houqin.modules.training.api import VIEW as SEE_CLASSES
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.date_field import CalendarPopup
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Segmented

from .counters import Counters
from .floor_dialog import FloorDialog
from .handover_pane import HandoverPane
from .rooms_pane import RoomsPane
from .tasks_pane import TasksPane

COMPARISON = "accommodation.discrepancies"
ROOMS, TASKS, HANDOVER = "rooms", "tasks", "handover"
_ICONS = {
    RoomCondition.DIRTY: "clock-alert",
    RoomCondition.CLEAN: "brush-cleaning",
    RoomCondition.INSPECTED: "clipboard-check",
    RoomCondition.READY: "badge-check",
}
Overview = tuple[CareFigures, tuple[FloorChoice, ...], tuple[str, ...], HousekeepingRules]


def _overview(ctx: Ctx) -> Overview:
    return count_care(ctx), list_floors(ctx), list_workers(ctx), ctx.settings(HousekeepingRules)


def _write(progress: Progress, path: Path, data: CleaningDay) -> Path:
    cleaning_xlsx(path, data, progress)
    return path


class CarePage(Page):
    """The numbers on top open what they count; below are rooms, tasks or the walk through a class's rooms."""

    title = "客房保洁"
    context = "待打扫 → 已打扫 → 已检查 → 可入住"
    watches = frozenset(
        {"room_care", "housekeeping_task", "handover_check", "room", "room_outage", "setting", "stay", "training_class"}
    )

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self.desk = desk
        self._figures: CareFigures | None = None
        self._floors: tuple[FloorChoice, ...] = ()
        self._sheet_path: Path | None = None
        self._sheet_day: date | None = None
        self.rooms = RoomsPane(self, desk)  # first: a page opens with the keys in its search
        self.rooms.narrowed.connect(self._narrowed)
        self.tasks = TasksPane(self, desk)
        self.tasks.narrowed.connect(self._narrowed)
        self.handover = HandoverPane(self, desk)
        self.lost_button = self.add_action("遗留物品", self.to_lost, icon="package")
        self.compare_button = self.add_action(
            "房态核对", self.to_comparison, icon="scale", tooltip="楼层报数与前台登记不一致的房间"
        )
        self.compare_button.setVisible(desk.reaches(COMPARISON))
        self.report_button = self.add_action(
            "楼层报数", self.report, icon="users", enabled=desk.can(WORK), tooltip="填写每间房实际住了几人"
        )
        self.print_button = QPushButton("任务单")
        self.print_button.setIcon(icons.icon("printer", TOKENS.text_second, 18, 4))
        self.print_button.setAutoDefault(False)
        self.print_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.print_button.setAccessibleName("打印清扫任务单")
        self.print_button.setMenu(self._sheet_menu())
        self.action_row.addWidget(self.print_button)
        self.counters = Counters(
            (
                *((c.value, c.label, c.pill.tone, _ICONS[c]) for c in RoomCondition),
                (LIVED_IN, "在住", "violet", "bed-double"),
                ("today", "今天的任务", "neutral", "list-checks"),
                ("late", "超期任务", "error", "circle-alert"),
            )
        )
        self.counters.chosen.connect(self._counted)
        self.tabs = Segmented(((ROOMS, "房间"), (TASKS, "清扫任务"), (HANDOVER, "交付检查")), name="保洁")
        self.tabs.changed.connect(self.show_tab)
        self._may_walk = desk.can(SEE_CLASSES)  # the walk goes through the rooms of a class
        self.tabs.set_part_enabled(
            HANDOVER, self._may_walk, "交付检查按班次进行，需要“查看班次和学员名单”的权限，请找管理员。"
        )
        self.action_row.insertWidget(0, self.tabs)
        self.stack = QStackedWidget()
        for pane in (self.rooms, self.tasks, self.handover):
            self.stack.addWidget(pane)
        self.body.setSpacing(12)
        self.body.addWidget(self.counters)
        self.body.addWidget(self.stack, 1)

    def _sheet_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, what in (
            ("打印今天的任务单", "today"),
            ("打印明天的任务单", "tomorrow"),
            ("打印其他日期…", "other"),
            ("今天的任务单存为 Excel…", "xlsx"),
        ):
            action = QAction(text, menu)
            action.setData(what)
            action.triggered.connect(self._sheet_asked)
            menu.addAction(action)
        return menu

    # ------------------------------------------------------------------ showing
    @property
    def tab(self) -> str:
        return str(self.tabs.value())

    def reload(self) -> None:
        self.query(_overview, ok=self._show)
        if self.tab == ROOMS:
            self.rooms.refresh()
        elif self.tab == TASKS:
            self.tasks.refresh()
        elif self._figures is not None:
            self.handover.refresh(self._figures.day)

    @Slot(object)
    def _show(self, found: Overview) -> None:
        first = self._figures is None
        self._figures, self._floors, workers, rules = found
        for condition in RoomCondition:
            self.counters.set_count(condition.value, self._figures.rooms[condition])
            used = condition in rules.conditions or bool(self._figures.rooms[condition])
            self.counters.tiles[condition.value].setVisible(used)
            self.rooms.offer(condition, used=used)
        self.counters.set_count(LIVED_IN, self._figures.lived_in)
        self.counters.set_count("today", self._figures.due + self._figures.late)
        self.counters.set_count("late", self._figures.late)
        self.rooms.workers = self.tasks.workers = workers
        self.rooms.show_floors(self._floors)
        self.tasks.show_floors(self._floors)
        self.rooms.show_figures(self._figures)
        self.set_context(" → ".join(c.label for c in RoomCondition if c in rules.conditions))
        self.report_button.setEnabled(self.desk.can(WORK) and bool(self._floors))
        if first and self.tab == HANDOVER:
            self.handover.refresh(self._figures.day)

    @Slot(object)
    def show_tab(self, tab: str) -> None:
        """Rooms, tasks, or the handover (where the rights do not reach, the rooms)."""
        if tab == HANDOVER and not self._may_walk:
            tab = ROOMS
        self.tabs.set_value(tab)
        self.stack.setCurrentIndex((ROOMS, TASKS, HANDOVER).index(tab))
        self.counters.setVisible(tab != HANDOVER)  # its own progress stands there
        self._narrowed()
        self.reload()

    @Slot(str)
    def _counted(self, key: str) -> None:
        """A number was pressed: show what it counts; pressed again, everything."""
        if key in ("today", "late"):
            self.show_tab(TASKS)
            self.tasks.table.set_filter("when", key)
        elif key:
            self.show_tab(ROOMS)
            self.rooms.table.set_filter("condition", key)
        elif self.tab == TASKS:
            self.tasks.table.set_filter("when", None)
        else:
            self.rooms.table.set_filter("condition", None)

    @Slot()
    @Slot(str)
    def _narrowed(self, _key: str = "") -> None:
        self.counters.check(self.tasks.when if self.tab == TASKS else self.rooms.condition)

    def open_target(self, target: Any) -> None:
        """``tab``, ``condition``, ``floor_id``, ``when``, ``class_id``: what to show."""
        if not isinstance(target, dict):
            return
        if target.get("class_id") and self._may_walk:
            self.show_tab(HANDOVER)
            self.handover.choose_class(target["class_id"])
        elif target.get("when") or target.get("tab") == TASKS:
            self.show_tab(TASKS)
            self.tasks.table.set_filter("when", target.get("when", "today"))
        elif target.get("tab") == HANDOVER:
            self.show_tab(HANDOVER)
        else:
            self.show_tab(ROOMS)
            self.rooms.table.set_filter("condition", target.get("condition"))
            if "floor_id" in target:
                self.rooms.table.set_filter("floor", target["floor_id"])

    # ------------------------------------------------------------------ neighbours
    @Slot()
    def to_lost(self) -> None:
        """What guests left behind."""
        self.desk.go("housekeeping.lost")

    @Slot()
    def to_comparison(self) -> None:
        """Rooms of which the desk and the floor say different things."""
        self.desk.go(COMPARISON)

    # ------------------------------------------------------------------ floor report
    @Slot()
    def report(self) -> None:
        """Type in what the floor staff counted."""
        if self._figures is not None and self._floors:
            FloorDialog(self.runner, self, self._floors, self._figures.day).open()

    # ------------------------------------------------------------------ task sheet
    @Slot()
    def _sheet_asked(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        if self._figures is None:
            return
        what, today = action.data(), self._figures.day
        if what == "other":
            popup = CalendarPopup(today, today, self)
            popup.picked.connect(self.print_sheet)
            popup.open_below(self.print_button, align_right=True)
        elif what == "xlsx":
            self._choose_file(today)
        else:
            self.print_sheet(today if what == "today" else date.fromordinal(today.toordinal() + 1))

    @Slot(object)
    def print_sheet(self, day: date) -> None:
        """Preview 客房清扫任务单 of ``day``."""
        self.query(load_cleaning, day, ok=self._have_sheet)

    @Slot(object)
    def _have_sheet(self, data: CleaningDay) -> None:
        preview(self.window(), "客房清扫任务单", partial(cleaning_pdf, data), self.runner, document="cleaning")

    def _choose_file(self, day: date) -> None:
        folder = settings.read("folders/export") or str(Path.home())
        suggestion = str(Path(folder) / f"客房清扫任务单{day}.xlsx")
        dialog = QFileDialog(self, "保存客房清扫任务单", suggestion, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._sheet_day = day
        dialog.fileSelected.connect(self.save_sheet)
        dialog.open()

    @Slot(str)
    def save_sheet(self, path: str) -> None:
        """Write the sheet of the day as a workbook."""
        settings.write("folders/export", str(Path(path).parent))
        self._sheet_path = Path(path)
        day = self._sheet_day or (self._figures.day if self._figures else None)
        if day is not None:
            self.query(load_cleaning, day, ok=self._have_rows)

    @Slot(object)
    def _have_rows(self, data: CleaningDay) -> None:
        self.runner.work(
            _write, self._sheet_path, data, ok=self._written, fail=self.command_failed, title="导出清扫任务单"
        )

    @Slot(object)
    def _written(self, path: Path) -> None:
        messages.toast(self, f"已保存 {path.name}")
