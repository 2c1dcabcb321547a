"""Expected, here, still to come, leaving, in the house: each number filters the list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from dangxiao_houqin.modules.accommodation.domain import DeskPerson, StayState
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import label, row

from .reception_search import Entry, has_arrived, is_due, is_leaving, is_waiting


def _in_house(person: DeskPerson, _day: date) -> bool:
    return person.state is StayState.IN_HOUSE


VIEWS: dict[str, tuple[str, str, Callable[[DeskPerson, date], bool]]] = {
    "due": ("应到", "primary", is_due),
    "arrived": ("已到", "success", has_arrived),
    "waiting": ("未到", "warning", is_waiting),
    "leaving": ("今日离开", "teal", is_leaving),
    "in_house": ("在住", "neutral", _in_house),
}
"""Key to (word, tone, who belongs)."""


class Counter(QPushButton):
    """One number with its word; pressed it stays on."""

    def __init__(self, word: str, tone: str) -> None:
        super().__init__()
        self.word = word
        colors = theme.tone(tone)
        self._figure = label("—")
        self._figure.setStyleSheet(f"font-size: 24px; font-weight: 600; color: {colors.foreground};")
        self._word = label(word, "second")
        for part in (self._figure, self._word):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner = row(self._figure, self._word, None, spacing=8)
        inner.setContentsMargins(14, 0, 10, 0)
        self.setLayout(inner)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(52)
        self.setStyleSheet(
            f"QPushButton {{ min-height: 50px; max-height: 50px; padding: 0; border-radius: {TOKENS.radius_card}px; }}"
            f"QPushButton:focus {{ min-height: 48px; max-height: 48px; padding: 0; }}"
            f"QPushButton:checked {{ background: {colors.background}; border: 1px solid {colors.foreground}; }}"
        )
        self.setToolTip(f"只看{word}的人")
        self.set_figure(0)

    def set_figure(self, figure: int) -> None:
        self._figure.setText(str(figure))
        self.setAccessibleName(f"{self.word} {figure} 人")


class Counters(QWidget):
    """The row of numbers; ``changed`` tells the view chosen."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.value = "due"
        self.parts: dict[str, Counter] = {}
        line = row(spacing=10)
        for key, (word, tone, _) in VIEWS.items():
            part = Counter(word, tone)
            part.setProperty("view", key)
            part.clicked.connect(self._clicked)
            self.parts[key] = part
            line.addWidget(part, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(line)
        self.set_value("due")

    def set_value(self, key: str) -> None:
        """Mark a view without telling."""
        self.value = key
        for each, part in self.parts.items():
            part.setChecked(each == key)

    def count(self, entries: list[Entry], day: date) -> None:
        """Show the numbers of ``entries``."""
        for key, (_, _, belongs) in VIEWS.items():
            self.parts[key].set_figure(sum(belongs(entry.person, day) for entry in entries))

    @Slot()
    def _clicked(self) -> None:
        self.set_value(self.sender().property("view"))
        self.changed.emit(self.value)
