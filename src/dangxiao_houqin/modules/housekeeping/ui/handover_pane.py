"""客房交付检查: the rooms of a class on the left, the list of the current room on the right."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QBrush, QColor
from PySide6.QtWidgets import (
    QComboBox,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedLayout,
    QWidget,
)

from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.domain import INSPECT, HandoverRoom, HandoverRound, SaveHandover
from dangxiao_houqin.modules.housekeeping.printouts import load_handover
from dangxiao_houqin.modules.housekeeping.queries import get_handover
from dangxiao_houqin.modules.housekeeping.reports import HandoverForm, handover_pdf
from dangxiao_houqin.modules.training.api import ClassRow, list_class_choices
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import Card, ElidedLabel, EmptyState, column, row

from .check_panel import CheckPanel

_ROOM = int(Qt.ItemDataRole.UserRole)
_MARKS = {None: ("circle", TOKENS.text_hint), True: ("circle-check", TOKENS.success), False: ("circle-x", TOKENS.error)}


class HandoverPane(QWidget):
    """``page`` sends the commands; ``class_chosen`` is for the page's own memory."""

    class_chosen = Signal(int)

    def __init__(self, page: Page, desk: Desk) -> None:
        super().__init__(page)
        self.page, self.desk = page, desk
        self.round: HandoverRound | None = None
        self._may = desk.can(INSPECT)
        self._today: date | None = None
        self._wanted: int | None = None
        self._saved: HandoverRoom | None = None
        self.picker = QComboBox()
        self.picker.setAccessibleName("班次")
        self.picker.setPlaceholderText("选择班次")
        self.picker.setMinimumWidth(300)
        self.picker.setMaximumWidth(360)
        self.picker.activated.connect(self._picked)
        self.floors = QComboBox()
        self.floors.setAccessibleName("楼层")
        self.floors.setMinimumWidth(140)
        self.floors.activated.connect(self._floor_picked)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(150, 8)
        self.progress.setAccessibleName("合格的房间")
        self.figures = ElidedLabel()
        self.figures.setProperty("role", "strong")
        self.print_button = QPushButton("打印检查表")
        self.print_button.setIcon(icons.icon("printer", TOKENS.text_second, 18, 4))
        self.print_button.setAutoDefault(False)
        menu = QMenu(self.print_button)
        for text, blank in (("已填写的检查表", False), ("空白检查表（手工填写）", True)):
            action = QAction(text, menu)
            action.setData(blank)
            action.triggered.connect(self._print)
            menu.addAction(action)
        self.print_button.setMenu(menu)
        self.list = QListWidget()
        self.list.setAccessibleName("要交付的房间")
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.setObjectName("plain")
        self.list.currentItemChanged.connect(self._moved)
        self.list.itemActivated.connect(self._enter)
        self.panel = CheckPanel()
        self.panel.kept.connect(self.keep)
        self.panel.moved.connect(self._step)
        self.empty = EmptyState()
        self.empty.show_state(
            "选择要交付房间的班次", "入住前逐间检查，合格的房间变为“可入住”。", icon="clipboard-check"
        )
        self.empty.triggered.connect(self._to_classes)
        self._build()

    def _build(self) -> None:
        head = row(self.picker, self.floors, self.progress, self.figures, self.print_button, spacing=12)
        head.setStretch(3, 1)
        rooms = Card(padding=12)
        rooms.body.addWidget(self.list)
        rooms.setFixedWidth(250)
        check = Card(padding=16)
        check.body.addWidget(self.panel)
        both = QWidget()
        both.setLayout(row(rooms, check, spacing=14))
        nothing = Card(parent=self)  # with a parent: QStackedLayout shows its first widget at once
        nothing.body.addWidget(self.empty)
        self._stack = QStackedLayout()
        self._stack.addWidget(nothing)
        self._stack.addWidget(both)
        self.setLayout(column(head, self._stack, spacing=12))

    # ------------------------------------------------------------------ showing
    def refresh(self, today: date | None = None) -> None:
        self._today = today or self._today
        self.page.query(list_class_choices, ok=self._have_classes)

    def choose_class(self, class_id: int) -> None:
        """Show this class (opened from elsewhere)."""
        self._wanted = class_id
        self.refresh()

    @Slot(object)
    def _have_classes(self, classes: tuple[ClassRow, ...]) -> None:
        lodging = [school for school in classes if school.lodging]
        current = self._wanted if self._wanted is not None else self.picker.currentData()
        self.picker.clear()
        for school in lodging:
            self.picker.addItem(f"{school.arrive_on:%m-%d} 入住　{school.name}", school.id)
        if current is None and self._today is not None:  # the class that arrives next
            coming = [school for school in lodging if school.arrive_on >= self._today]
            current = coming[-1].id if coming else lodging[0].id if lodging else None
        self.picker.setCurrentIndex(self.picker.findData(current) if current is not None else -1)
        self._wanted = None
        if self.picker.currentIndex() >= 0:
            self._ask()
        else:
            self.round = None
            self._offer(False)
            if not lodging:
                self.empty.show_state(
                    "还没有安排住宿的班次", "先新建班次，再逐间检查它的房间。", "去新建班次", icon="graduation-cap"
                )

    @Slot()
    def _to_classes(self) -> None:
        self.desk.go("training.classes")

    def _ask(self) -> None:
        self.page.query(get_handover, self.picker.currentData(), ok=self._show)

    @Slot(int)
    def _picked(self, _index: int) -> None:
        self.panel.is_dirty = False
        self.floors.clear()
        self.class_chosen.emit(self.picker.currentData())
        self._ask()

    @Slot(object)
    def _show(self, found: HandoverRound) -> None:
        if found.class_id != self.picker.currentData():
            return
        self.round = found
        floors = list(dict.fromkeys((r.floor_id, f"{r.building_name} {r.floor_name}") for r in found.rooms))
        floor = self.floors.currentData()
        self.floors.clear()
        self.floors.addItem("全部楼层", None)
        for floor_id, title in floors:
            self.floors.addItem(title, floor_id)
        self.floors.setCurrentIndex(max(self.floors.findData(floor), 0))
        passed = found.passed
        self.progress.setRange(0, max(len(found.rooms), 1))
        self.progress.setValue(passed)
        bad = sum(room.passed is False for room in found.rooms)
        whose = "" if found.of_class else "（未分房，列出全部）"
        text = f"合格 {passed}/{len(found.rooms)} 间" + (f"，不合格 {bad} 间" if bad else "") + whose
        self.figures.set_text(text)
        self._offer(bool(found.rooms))
        if not found.rooms:
            self.empty.show_state("没有要交付的房间", "先在“房间与床位”里建好房间。", icon="bed-double")
        self._fill()

    def _offer(self, there: bool) -> None:
        """The walk, or what to do first."""
        self._stack.setCurrentIndex(1 if there else 0)
        for part in (self.floors, self.progress, self.figures, self.print_button):
            part.setVisible(there)

    @property
    def rooms(self) -> list[HandoverRoom]:
        """The rooms of the chosen floor (or all)."""
        floor = self.floors.currentData()
        return [room for room in (self.round.rooms if self.round else ()) if floor in (None, room.floor_id)]

    def _fill(self) -> None:
        before = self.panel.room
        self.list.blockSignals(True)
        self.list.clear()
        place = ""
        for room in self.rooms:
            if f"{room.building_name} {room.floor_name}" != place:
                place = f"{room.building_name} {room.floor_name}"
                head = QListWidgetItem(place)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                head.setForeground(QBrush(QColor(TOKENS.text_second)))
                head.setFont(theme.font(TOKENS.px_second, bold=True))
                self.list.addItem(head)
            words = "" if room.passed is None else f"　{room.pill.text}"
            dirty = "　待打扫" if room.condition.step == 0 else ""
            item = QListWidgetItem(icons.icon(*_MARKS[room.passed], 16), f"{room.number}{words}{dirty}")
            item.setData(_ROOM, room)
            item.setToolTip(room.faults)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if self.panel.is_dirty and before is not None:
            self._select(before.room_id)  # somebody else's change must not take away what is being filled in
            return
        if before is None or not self._select(before.room_id):
            first = next((r for r in self.rooms if r.passed is not True), self.rooms[0] if self.rooms else None)
            if first is not None:
                self._select(first.room_id)

    def _select(self, room_id: int) -> bool:
        for n in range(self.list.count()):
            room = self.list.item(n).data(_ROOM)
            if room is not None and room.room_id == room_id:
                if self.list.currentRow() == n:
                    self._moved(self.list.item(n))
                else:
                    self.list.setCurrentRow(n)
                return True
        return False

    @Slot(QListWidgetItem)
    def _moved(self, item: QListWidgetItem | None, _before: Any = None) -> None:
        room = item.data(_ROOM) if item is not None else None
        if room is None or self.round is None:
            return
        same = self.panel.room is not None and self.panel.room.room_id == room.room_id
        if same and self.panel.is_dirty:
            return
        self.panel.show_room(room, self.round.checklist, may=self._may)

    @Slot(int)
    def _floor_picked(self, _index: int) -> None:
        self.panel.is_dirty = False
        self._fill()

    @Slot(QListWidgetItem)
    def _enter(self, _item: QListWidgetItem) -> None:
        self.panel.setFocus()

    # ------------------------------------------------------------------ walking
    @Slot(int)
    def _step(self, step: int) -> None:
        """To the next or the previous room without keeping anything."""
        rooms, here = self.rooms, self.panel.room
        if here is None or not rooms:
            return
        at = next((n for n, room in enumerate(rooms) if room.room_id == here.room_id), -step)
        self.panel.is_dirty = False
        self._select(rooms[(at + step) % len(rooms)].room_id)
        self.panel.setFocus()

    @Slot()
    def keep(self) -> None:
        """Save the room as marked, then go on."""
        room = self.panel.room
        if room is None or self.round is None:
            return
        self._saved = room
        command = SaveHandover(
            self.round.class_id, room.room_id, self.panel.items, note=self.panel.note.text(), version=room.version
        )
        self.page.command(services.save_handover, command, ok=self._kept)

    @Slot(object)
    def _kept(self, passed: bool) -> None:
        room, self._saved = self._saved, None
        self.panel.is_dirty = False
        if room is None:
            return
        word = "合格" if passed else "不合格，已记录问题"
        rooms = self.rooms
        at = next((n for n, r in enumerate(rooms) if r.room_id == room.room_id), -1)
        order = [*rooms[at + 1 :], *rooms[: max(at, 0)]]
        following = next((r for r in order if r.passed is None), None)
        if following is None:
            left = sum(r.passed is False for r in order) + (not passed)
            where = self.floors.currentText()
            told = f"，还有 {left} 间不合格" if left else "，全部合格"
            self.page.toast(f"{room.place}{word}；{where}已查完{told}", tone="warning" if left else "success")
        else:  # the mark in the list says enough: a toast would cover the progress at every room
            self._select(following.room_id)
        self.panel.setFocus()

    # ------------------------------------------------------------------ paper
    @Slot()
    def _print(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        if self.round is not None:
            floor, blank = self.floors.currentData(), bool(action.data())
            self.page.query(load_form, self.round.class_id, floor, blank, ok=self._have_form)

    @Slot(object)
    def _have_form(self, form: HandoverForm) -> None:
        preview(
            self.page.window(), "客房交付检查表", partial(handover_pdf, form), self.page.runner, document="handover"
        )


def load_form(ctx: Any, class_id: int, floor_id: int | None, blank: bool) -> HandoverForm:
    """The form of a class or one floor of it; positional, as the runner calls."""
    return load_handover(ctx, class_id, floor_id, blank=blank)
