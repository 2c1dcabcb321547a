"""The base of every input of a form: label words, value, rule, help and error line.

A field checks itself when it is left and when the form is sent; the line below always has its room, so nothing jumps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dangxiao_houqin.core.errors import AppError

from . import theme
from .widgets import label

T = TypeVar("T")
Check = Callable[[Any], "str | None"]
"""Gets the value, returns a sentence when it is wrong (or raises :class:`AppError`)."""


class Field(QWidget, Generic[T]):
    """Label, input, help and error line of one value.

    ``value()`` is ``None`` (texts: ``""``) when empty; ``check`` is asked only about values that are present and
    well-formed.  ``changed`` is emitted by every edit of the user and by ``set_value``.
    """

    changed = Signal()
    left = Signal()

    def __init__(
        self,
        key: str,
        title: str,
        *,
        required: bool = False,
        help: str = "",  # noqa: A002 - the word of the design
        check: Check | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key, self.title, self.required, self.help = key, title, required, help
        self._check = check
        self.touched = False
        self.error = ""
        self.input = self.make_input()
        self.setFocusProxy(self.input)
        self.message = label("", "hint")
        self.message.setMinimumHeight(20)
        self.message.setContentsMargins(2, 0, 0, 0)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self.input)
        self._layout.addWidget(self.message)
        self.input.setAccessibleName(f"{title}（必填）" if required else title)
        self.input.setAccessibleDescription(help)
        for part in self.watched_parts():
            part.installEventFilter(self)
        self._show_message()

    # ------------------------------------------------------------------ for subclasses
    def make_input(self) -> QWidget:
        """The input widget."""
        raise NotImplementedError

    def value(self) -> T:
        """The value as the service wants it; only meaningful after :meth:`check`."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value; clears the error."""
        raise NotImplementedError

    def problem(self) -> str | None:
        """A sentence when the input is malformed (not when it is empty)."""
        return None

    def is_empty(self) -> bool:
        return self.value() in (None, "", (), [])

    def watched_parts(self) -> Iterable[QWidget]:
        """Widgets whose loss of focus means the field is left."""
        return (self.input,)

    def normalise(self) -> None:
        """Show the value in its usual form after leaving (a date with its weekday)."""

    def empty_sentence(self) -> str:
        return f"请填写{self.title}"

    # ------------------------------------------------------------------ checking
    def check(self) -> bool:
        """Check now and show the result."""
        self.touched = True
        self.set_error(self.find_problem() or "")
        return not self.error

    def find_problem(self) -> str | None:
        """What is wrong, without showing it."""
        problem = self.problem()
        if problem:
            return problem
        if self.is_empty():
            return self.empty_sentence() if self.required else None
        if self._check is not None:
            try:
                return self._check(self.value())
            except AppError as error:
                return str(error)
        return None

    def set_error(self, sentence: str) -> None:
        """Mark the field with a sentence; ``""`` takes the mark away."""
        self.error = sentence
        self._show_message()

    def set_help(self, text: str) -> None:
        self.help = text
        self.input.setAccessibleDescription(text)
        self._show_message()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting edit."""
        self.input.setEnabled(not read_only)

    def draft(self) -> Any:
        """What was entered, well-formed or not, as JSON; ``None`` for what must not be kept."""
        return None

    def set_draft(self, draft: Any) -> None:
        """Show what :meth:`draft` gave."""

    def _show_message(self) -> None:
        self.message.setText(self.error or self.help)
        self.message.setToolTip(self.error)
        self.message.setProperty("role", "error" if self.error else "hint")
        theme.restyle(self.message)
        good = self.touched and not self.is_empty() and not self.error
        state = "error" if self.error else "ok" if good and self.input.isEnabled() else ""
        for part in self.framed_parts():
            if part.property("state") != state:
                part.setProperty("state", state)
                theme.restyle(part)

    def framed_parts(self) -> Iterable[QWidget]:
        """Widgets whose frame shows the state."""
        return (self.input,)

    @Slot()
    def _edited(self) -> None:
        if self.error:
            self.error = self.find_problem() or ""
        self._show_message()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            stays = event.reason() in (
                Qt.FocusReason.PopupFocusReason,
                Qt.FocusReason.ActiveWindowFocusReason,
                Qt.FocusReason.MenuBarFocusReason,
            )
            if not stays:
                self._leave()
        return super().eventFilter(watched, event)

    def _leave(self) -> None:
        if not self.problem() and not self.is_empty():
            self.normalise()
        if self.touched or not self.is_empty():
            self.check()
        self.left.emit()
