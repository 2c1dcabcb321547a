"""The people of a proposal who have no bed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from dangxiao_houqin.modules.accommodation.planning import Candidate
from dangxiao_houqin.ui import icons
from dangxiao_houqin.ui.theme import TOKENS

from .room_board import start_person_drag


class WaitingList(QListWidget):
    """People without a bed; each can be dragged onto one, or cut and pasted; Enter asks what to do."""

    cut = Signal(int)
    asked = Signal(QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("待安排的学员：拖到床位上，或按 Ctrl+X 再到床位上按 Ctrl+V")
        self.setWordWrap(True)
        self.setSpacing(3)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or (event.position().toPoint() - self._pressed).manhattanLength() < 8:
            return
        item = self.itemAt(self._pressed)
        self._pressed = None
        if item is not None:
            picture = self.viewport().grab(self.visualItemRect(item))
            start_person_drag(self, item.data(Qt.ItemDataRole.UserRole), picture)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if item is not None and event.matches(QKeySequence.StandardKey.Cut):
            self.cut.emit(item.data(Qt.ItemDataRole.UserRole))
        elif item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit(self.visualItemRect(item).center())
        else:
            super().keyPressEvent(event)

    def show_people(self, waiting: Iterable[tuple[Candidate, str]]) -> None:
        """List people with the reason why each has no bed."""
        self.clear()
        for person, reason in waiting:
            item = QListWidgetItem(f"{person.name}（{person.sex}）{person.unit_name}\n{reason}")
            item.setData(Qt.ItemDataRole.UserRole, person.enrollment_id)
            item.setIcon(icons.icon("user", TOKENS.primary if person.sex == "男" else TOKENS.violet, 18))
            self.addItem(item)
