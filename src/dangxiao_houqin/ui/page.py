"""The base of every page: title, one line of context, actions, a bar for what stays wrong, content."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from . import messages
from .background import Runner, Task
from .messages import MessageBar
from .widgets import button, column, label, row

POLL_MS = 60_000


class Page(QWidget):
    """A page of the main window.

    Subclasses set ``title`` and ``watches`` (table names), build their content into ``self.body`` and override
    :meth:`reload`, which asks its queries anew; it runs when the page is shown, on F5, after a change to a watched
    table and once a minute while visible.  Nothing is asked while the page is hidden.
    """

    title: str = ""
    context: str = ""
    watches: frozenset[str] = frozenset()

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runner = runner
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("ground")
        self.setAccessibleName(self.title)
        self._stale = True
        self._title = label(self.title, "pageTitle")
        self._context = label(self.context, "second")
        self.action_row: QHBoxLayout = row(spacing=12)
        texts = column(self._title, self._context, spacing=2)
        head = row(texts, None)
        head.addLayout(self.action_row)
        self.bar = MessageBar()
        self.body: QVBoxLayout = QVBoxLayout()
        self.body.setSpacing(16)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.setSpacing(14)
        outer.addLayout(head)
        outer.addWidget(self.bar)
        outer.addLayout(self.body, 1)
        refresh = QShortcut(QKeySequence("F5"), self)
        refresh.setContext(Qt.ShortcutContext.WindowShortcut)  # hidden pages do not hear it
        refresh.activated.connect(self.reload_now)
        runner.data_changed.connect(self._data_changed)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.poll)
        self._poll.start()

    # ------------------------------------------------------------------ for subclasses
    def reload(self) -> None:
        """Ask this page's queries; override."""

    def leave(self) -> bool:
        """Whether the page may be left now; override to ask about unsaved work."""
        return True

    def open_target(self, target: Any) -> None:
        """Show one thing (the shell opens a ``Ref`` or passes navigation arguments); override where it applies."""

    def set_title(self, text: str) -> None:
        self._title.setText(text)
        self.setAccessibleName(text)

    def set_context(self, text: str) -> None:
        """The one line under the title."""
        self._context.setText(text)
        self._context.setVisible(bool(text))

    def add_action(
        self,
        text: str,
        slot: Callable[..., object],
        *,
        icon: str = "",
        primary: bool = False,
        shortcut: str = "",
        tooltip: str = "",
        enabled: bool = True,
    ) -> QPushButton:
        """A button at the top right; at most one is ``primary`` and stands last."""
        result = button(text, slot, icon=icon, kind="primary" if primary else "", shortcut=shortcut, tooltip=tooltip)
        result.setEnabled(enabled)
        self.action_row.addWidget(result)
        return result

    def query(self, func: Callable[..., Any], *args: Any, ok: Callable[..., object]) -> Task:
        """A read whose failure is told on this page's bar with a retry."""
        return self.runner.query(func, *args, ok=ok, fail=self.query_failed)

    def command(
        self, func: Callable[..., Any], *args: Any, ok: Callable[..., object] | None = None, title: str = ""
    ) -> Task:
        """A change; its errors are shown in front of this page, ``Conflict`` with a reload."""
        return self.runner.command(func, *args, ok=ok, fail=self.command_failed, title=title)

    @Slot(object)
    def query_failed(self, error: Exception) -> None:
        messages.show_in_bar(self.bar, error)

    @Slot(object)
    def command_failed(self, error: Exception) -> None:
        messages.show(self, error, reload=self.reload_now)

    def toast(self, text: str, *, undo: Callable[..., object] | None = None, tone: str = "success") -> None:
        messages.toast(self, text, undo=undo, tone=tone)

    # ------------------------------------------------------------------ refreshing
    @Slot()
    def reload_now(self) -> None:
        """Reload, forgetting what the bar said about the last attempt."""
        self._stale = False
        self.bar.clear()
        self.reload()

    @Slot()
    def poll(self) -> None:
        """Other people's changes: a visible page asks again once a minute."""
        if self.isVisible() and self.window().isActiveWindow():
            self.reload()

    @Slot(frozenset)
    def _data_changed(self, tables: frozenset[str]) -> None:
        if tables & self.watches:
            if self.isVisible():
                self.reload()
            else:
                self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.reload_now()
