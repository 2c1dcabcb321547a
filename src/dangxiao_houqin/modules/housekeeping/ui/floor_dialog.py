"""楼层报数: how many people the floor staff found in each room, typed in one go."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from dangxiao_houqin.modules.housekeeping import services
from dangxiao_houqin.modules.housekeeping.domain import FloorChoice, FloorRoom, ReportFloor, RoomPeople
from dangxiao_houqin.modules.housekeeping.printouts import load_count_form
from dangxiao_houqin.modules.housekeeping.queries import list_floor_rooms
from dangxiao_houqin.modules.housekeeping.reports import CountForm, count_pdf
from dangxiao_houqin.ui import messages, theme
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import ChoiceField, TextField
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.widgets import button, clear, label, row

COLUMNS = 2
MOST_PEOPLE = 20


class PeopleEdit(QLineEdit):
    """One number; a digit goes on to the next room, ↑↓ and Enter move, Backspace on an empty one goes back."""

    typed = Signal(int)
    asked = Signal(int)

    def __init__(self, place: int, room: FloorRoom) -> None:
        super().__init__()
        self.place, self.room = place, room
        self.setFixedWidth(56)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName(f"{room.number}实住人数")
        self.setText("" if room.people is None else str(room.people))
        self.textEdited.connect(self._edited)

    @property
    def people(self) -> int | None:
        text = self.text().strip()
        return int(text) if text.isdecimal() else None

    def is_wrong(self) -> bool:
        text = self.text().strip()
        return bool(text) and (not text.isdecimal() or int(text) > MOST_PEOPLE)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.setProperty("state", "error" if self.is_wrong() else "")
        theme.restyle(self)
        self.typed.emit(self.place)
        if len(text) == 1 and text.isdecimal() and self.room.beds < 10:
            self.asked.emit(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1}
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() in steps and not control:
            self.asked.emit(steps[Qt.Key(event.key())])
            return
        if event.key() == Qt.Key.Key_Backspace and not self.text():
            self.asked.emit(-1)
            return
        super().keyPressEvent(event)


class FloorDialog(FormDialog):
    """All rooms of one floor; what was reported before on the day is shown and can be corrected."""

    def __init__(
        self,
        runner: Runner,
        parent: QWidget | None,
        floors: tuple[FloorChoice, ...],
        today: date,
        floor_id: int | None = None,
    ) -> None:
        super().__init__(
            runner,
            "楼层报数",
            parent,
            subtitle="填写每间房实际住了几人；空房填 0，没有查看的不填。与前台不一致的会列入“房态核对”。",
            primary="保存本层",
            width=760,
            label_width=72,
        )
        self._floors = floors
        self._today = today
        self.edits: list[PeopleEdit] = []
        self.notes: list[QLineEdit] = []
        self._touched = False
        self.floor = ChoiceField("floor", "楼层", [(f.floor_id, f.title) for f in floors], required=True)
        self.day = DateField("day", "日期", required=True)
        self.form.add(self.floor, self.day, TextField("reporter", "报数人", max_length=60, help="空着表示本人"))
        chosen = floor_id if floor_id is not None else floors[0].floor_id if floors else None
        self.form.set_values({"floor": chosen, "day": today})
        self.form.mark_clean()
        self.floor.changed.connect(self._ask)
        self.day.changed.connect(self._ask)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(6)
        self.body.addLayout(self.grid)
        self.figures = label("", "second")
        self.zero_button = button("其余填 0", self.fill_zero, tooltip="没有填的房间都是空房")
        self.print_button = button("打印空白表", self.print_form, icon="printer", tooltip="打印全部楼层的报数表")
        self.body.addLayout(row(self.figures, None, self.print_button, self.zero_button, spacing=8))
        self._ask()

    # ------------------------------------------------------------------ rooms
    @Slot()
    def _ask(self) -> None:
        floor, day = self.floor.value(), self.day.value()
        if floor is not None and day is not None:
            self.runner.query(list_floor_rooms, floor, day, ok=self._show, fail=self.take_error)

    @Slot(object)
    def _show(self, rooms: tuple[FloorRoom, ...]) -> None:
        clear(self.grid)
        self.edits, self.notes, self._touched = [], [], False
        per_column = (len(rooms) + COLUMNS - 1) // COLUMNS
        for place, room in enumerate(rooms):
            at, line = divmod(place, max(per_column, 1))
            number = QLabel(f"{room.number}")
            number.setFont(theme.font(14, bold=True))
            beds = label(f"{room.beds} 床", "hint")
            edit = PeopleEdit(place, room)
            edit.typed.connect(self._typed)
            edit.asked.connect(self._go)
            note = QLineEdit(room.note)
            note.setPlaceholderText("备注")
            note.setAccessibleName(f"{room.number}备注")
            note.setMaxLength(200)
            note.installEventFilter(self)
            self.edits.append(edit)
            self.notes.append(note)
            for offset, part in enumerate((number, beds, edit, note)):
                self.grid.addWidget(part, line, at * 5 + offset)
        for at in range(COLUMNS):
            self.grid.setColumnStretch(at * 5 + 3, 1)
            self.grid.setColumnMinimumWidth(at * 5 + 4, 14)
        self._count()
        if self.isVisible():
            self._grow()
            self._first()

    def _first(self) -> None:
        following = next((edit for edit in self.edits if edit.people is None), None)
        if following is not None:
            following.setFocus()
            following.selectAll()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._first()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a remark goes to the next room instead of sending the dialog."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched in self.notes:
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
                assert isinstance(watched, QLineEdit)
                self._focus(self.notes.index(watched) + 1)
                return True
        return super().eventFilter(watched, event)

    @Slot(int)
    def _typed(self, _place: int) -> None:
        self._touched = True
        self._count()

    def _count(self) -> None:
        seen = [edit.people for edit in self.edits if edit.people is not None]
        lived = sum(1 for people in seen if people)
        self.figures.setText(f"已填 {len(seen)}/{len(self.edits)} 间，有人 {lived} 间，共 {sum(seen)} 人")

    @Slot(int)
    def _go(self, step: int) -> None:
        sender = self.sender()
        assert isinstance(sender, PeopleEdit)
        self._focus(sender.place + step)

    def _focus(self, place: int) -> None:
        if 0 <= place < len(self.edits):
            self.edits[place].setFocus()
            self.edits[place].selectAll()
        elif place >= len(self.edits):
            self.primary.setFocus()

    @Slot()
    def fill_zero(self) -> None:
        """Rooms without a number are empty."""
        for edit in self.edits:
            if edit.people is None:
                edit.setText("0")
        self._touched = True
        self._count()
        self.primary.setFocus()

    # ------------------------------------------------------------------ sending
    def submit(self) -> None:
        if wrong := next((edit for edit in self.edits if edit.is_wrong()), None):
            self.bar.say(f"{wrong.room.number}的人数应是 0 到 {MOST_PEOPLE} 的整数。", "warning")
            wrong.setFocus()
            return
        values = self.form.values()
        rooms = tuple(
            RoomPeople(edit.room.room_id, edit.people, note.text())
            for edit, note in zip(self.edits, self.notes, strict=True)
        )
        self.run(services.report_floor, ReportFloor(values["day"], rooms, values["reporter"]))

    def take_result(self, result: object) -> None:
        """Saved: on to the next floor, or done with the last one."""
        self._touched = False
        place = next((n for n, f in enumerate(self._floors) if f.floor_id == self.floor.value()), -1)
        messages.toast(self, f"{self._floors[place].title}已报 {result} 间")
        self.saved.emit(result)
        self.set_busy(False)
        if place + 1 < len(self._floors):
            self.floor.set_value(self._floors[place + 1].floor_id)
            self.form.mark_clean()
            self._ask()
        else:
            self.form.mark_clean()
            self.accept()

    def reject(self) -> None:
        """Numbers that were typed and not saved are asked about, like everything in a form."""
        if self._touched and not self._discarding:
            messages.ask(
                self,
                "已填写的人数还没有保存，关闭后将丢失。",
                done=self._discard_answered,
                title="放弃填写？",
                yes="放弃",
                no="继续填写",
                danger=True,
            )
            return
        self._discarding = True
        super().reject()

    # ------------------------------------------------------------------ paper
    @Slot()
    def print_form(self) -> None:
        day = self.day.value() or self._today
        self.runner.query(load_count_form, day, self._floors, ok=self._have_form, fail=self.take_error)

    @Slot(object)
    def _have_form(self, form: CountForm) -> None:
        preview(self, "楼层报数表", partial(count_pdf, form), self.runner, document="floor-count")
