"""The list of one room of 客房交付检查: number keys mark a fault, Enter keeps it and goes to the next room."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.modules.housekeeping.domain import CheckItem, HandoverRoom
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import PillLabel, button, clear, column, label, row

NUMBER_KEYS = {
    **{Qt.Key(Qt.Key.Key_1.value + n): n for n in range(9)},
    Qt.Key.Key_0: 9,
}


class NoteEdit(QLineEdit):
    """A remark: Enter and Esc leave it and go no further (Enter on the list keeps the whole room)."""

    done = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.accept()
            self.done.emit()
        else:
            super().keyPressEvent(event)


class CheckRow(QFrame):
    """One item: in order or not, and what is wrong with it."""

    edited = Signal()
    note_left = Signal()

    def __init__(self, number: int, item: CheckItem) -> None:
        super().__init__()
        self.item = item.item
        key = str((number + 1) % 10) if number < 10 else ""
        self.toggle = QPushButton()
        self.toggle.setCheckable(True)
        self.toggle.setAutoDefault(False)
        self.toggle.setFixedSize(92, 30)
        self.toggle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggle.setCursor(Qt.CursorShape.PointingHandCursor)
        self.toggle.toggled.connect(self._toggled)
        self.note = NoteEdit(item.note)
        self.note.setPlaceholderText("写明问题，Enter 返回")
        self.note.setAccessibleName(f"{item.item}的问题")
        self.note.setMaxLength(100)
        self.note.done.connect(self.note_left)
        self.note.textEdited.connect(self.edited)
        number_label = label(key, "hint")
        number_label.setFixedWidth(14)
        title = label(item.item)
        title.setMinimumWidth(168)
        layout = row(number_label, self.toggle, title, self.note, spacing=10)
        layout.setStretch(3, 1)
        self.setLayout(layout)
        self.setFixedHeight(36)
        self.toggle.setChecked(not item.ok)
        self._show()

    @property
    def result(self) -> CheckItem:
        ok = not self.toggle.isChecked()
        return CheckItem(self.item, ok, "" if ok else self.note.text().strip())

    def set_read_only(self) -> None:
        self.toggle.setEnabled(False)
        self.note.setReadOnly(True)

    @Slot(bool)
    def _toggled(self, _bad: bool) -> None:
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        bad = self.toggle.isChecked()
        colors = theme.tone("error" if bad else "success")
        self.toggle.setText("有问题" if bad else "正常")
        self.toggle.setIcon(icons.icon("circle-x" if bad else "circle-check", colors.foreground, 16, 4))
        self.toggle.setAccessibleName(f"{self.item}：{self.toggle.text()}")
        self.toggle.setStyleSheet(
            f"QPushButton {{ background: {colors.background}; color: {colors.foreground}; border: 1px solid"
            f" {colors.background}; border-radius: 6px; padding: 0 6px; min-height: 28px; max-height: 28px; }}"
            f"QPushButton:focus {{ border: 2px solid {TOKENS.primary}; }}"
        )
        self.note.setVisible(bad)


class CheckPanel(QWidget):
    """Shows one room; ``kept`` when the user is done with it, ``moved(±1)`` to look at another without keeping."""

    kept = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("交付检查项目")
        self.room: HandoverRoom | None = None
        self.rows: list[CheckRow] = []
        self.is_dirty = False
        self._title = label("", "cardTitle")
        self._condition = PillLabel()
        self._result = PillLabel()
        self._who = label("", "second")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(2)
        holder = QWidget()
        holder.setObjectName("dialogCard")
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._list)
        outer.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(holder)
        self.note = NoteEdit()
        self.note.setPlaceholderText("其他情况（可不填）")
        self.note.setAccessibleName("其他情况")
        self.note.setMaxLength(200)
        self.note.textEdited.connect(self._edited)
        self.note.done.connect(self.focus_list)
        self.keep_button = button("保存，下一间", self.kept, kind="primary", tooltip="Enter")
        self.next_button = button("跳过", self._skip, tooltip="Page Down")
        head = row(self._title, self._condition, self._result, None, self._who, spacing=10)
        hint = label("数字键或空格改为有问题，↑↓ 移动，Enter 保存并到下一间", "hint")
        foot = row(hint, None, self.next_button, self.keep_button, spacing=8)
        self.setLayout(column(head, self._scroll, self.note, foot, spacing=8))

    def show_room(self, room: HandoverRoom, checklist: Sequence[str], *, may: bool) -> None:
        """Fill with what was found, or with everything in order where nobody looked yet."""
        self.room = room
        self._title.setText(f"{room.place}　{room.room_type}")
        self._condition.set_pill(room.condition.pill)
        self._result.set_pill(room.pill if room.passed is not None else Pill(""))
        self._who.setText(f"{room.checker} {room.checked_on:%m-%d}" if room.checked_on else "")
        known = {item.item: item for item in room.items}
        clear(self._list)
        self.rows = []
        for number, item in enumerate(checklist):
            line = CheckRow(number, known.get(item, CheckItem(item, True)))
            line.edited.connect(self._edited)
            line.note_left.connect(self.focus_list)
            if not may:
                line.set_read_only()
            self.rows.append(line)
            self._list.addWidget(line)
        self.note.setText(room.note)
        self.note.setReadOnly(not may)
        self.keep_button.setEnabled(may)
        self.is_dirty = False

    @property
    def items(self) -> tuple[CheckItem, ...]:
        return tuple(line.result for line in self.rows)

    @Slot()
    def _edited(self) -> None:
        self.is_dirty = True

    @Slot()
    def focus_list(self) -> None:
        """Back from a note to the keys."""
        self.setFocus()

    @Slot()
    def _skip(self) -> None:
        self.moved.emit(1)

    def toggle(self, number: int) -> None:
        """The item is wrong, or in order after all; a wrong one asks what is wrong."""
        if number >= len(self.rows) or not self.rows[number].toggle.isEnabled():
            return
        line = self.rows[number]
        line.toggle.toggle()
        self._scroll.ensureWidgetVisible(line)
        if line.toggle.isChecked():
            line.note.setFocus()
        else:
            self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in NUMBER_KEYS:
            self.toggle(NUMBER_KEYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.keep_button.isEnabled():
                self.kept.emit()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self.moved.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.rows:
            at = next((n for n, line in enumerate(self.rows) if line.toggle.hasFocus()), None)
            step = 1 if key == Qt.Key.Key_Down else -1
            place = (0 if step > 0 else len(self.rows) - 1) if at is None else (at + step) % len(self.rows)
            self.rows[place].toggle.setFocus()
            self._scroll.ensureWidgetVisible(self.rows[place])
        else:
            super().keyPressEvent(event)
