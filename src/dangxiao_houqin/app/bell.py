"""The bell at the top: how many things wait for whoever sits here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton

from dangxiao_houqin.core.module_spec import ModuleSpec
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import POLL_MS
from dangxiao_houqin.ui.theme import TOKENS

from .sidebar import paint_badge

INBOX_PAGE = "inbox.items"
_TABLES = frozenset({"inbox_item", "role", "user_account"})


@dataclass(frozen=True)
class Counts:
    """What waits for the actor: as the inbox counts it, and behind the entries of the navigation."""

    open: int
    late: int
    badges: Mapping[str, int]


def read_waiting(ctx: Any, modules: Sequence[ModuleSpec]) -> Counts:
    """Ask the inbox and every module with badges."""
    from dangxiao_houqin.modules.inbox.api import count_mine

    inbox = count_mine(ctx)
    badges = {INBOX_PAGE: inbox.open}
    for module in modules:
        for source in module.badges:
            badges.update(source(ctx))
    return Counts(inbox.open, inbox.late, badges)


class InboxWatch(QObject):
    """Counts when something changes that is counted, and once a minute; ``counted`` tells the :class:`Counts`."""

    counted = Signal(object)

    def __init__(self, desk: Desk, modules: Sequence[ModuleSpec], parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._modules = tuple(modules)
        self._tables = _TABLES.union(*(module.badge_tables for module in modules))
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look)
        desk.runner.data_changed.connect(self._data_changed)

    def start(self) -> None:
        """The database is open and somebody sits here."""
        self._timer.start()
        self.look()

    @Slot()
    def look(self) -> None:
        """Count now; a failure is no news here, the open page tells it."""
        self._desk.runner.query(
            read_waiting, self._modules, ok=self._read, fail=self._failed, action="inbox.count_mine"
        )

    @Slot(object)
    def _read(self, waiting: Any) -> None:
        self.counted.emit(waiting)

    @Slot(object)
    def _failed(self, _error: Exception) -> None:
        """The number stays as it was."""

    @Slot(frozenset)
    def _data_changed(self, tables: frozenset[str]) -> None:
        if self._timer.isActive() and tables & self._tables:
            self.look()


class BellButton(QToolButton):
    """Opens the inbox; the number of what waits sits on its shoulder."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = 0
        self.setIcon(icons.icon("bell", TOKENS.text_second, 20))
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(TOKENS.control + 10, TOKENS.control)
        self.setFocusPolicy(theme.focus_policy_for_tools())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.set_waiting(0, 0)

    def set_waiting(self, count: int, late: int) -> None:
        """How many items wait and how many of them are late."""
        self.waiting = count
        words = f"待办 {count} 件" + (f"，其中 {late} 件已逾期" if late else "") if count else "没有待办"
        self.setToolTip(words)
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.waiting:
            paint_badge(QPainter(self), self.width() - 1, 10, self.waiting)
