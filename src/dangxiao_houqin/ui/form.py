"""Fields lined up: label left, help and error under the input, nothing jumps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from dangxiao_houqin.core.errors import AppError

from . import settings
from .fields import Field
from .theme import TOKENS
from .widgets import label


class Form(QWidget):
    """A column of fields; ``values()`` is what the service gets, ``show_error`` marks the field it names."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, label_width: int = 100) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field[Any]] = {}
        self._label_width = label_width
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(6)
        self._rows = 0
        self._baseline: dict[str, Any] = {}
        self._draft_key = ""
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(1000)
        self._draft_timer.timeout.connect(self.keep_draft)

    # ------------------------------------------------------------------ building
    def add(self, *fields: Field[Any]) -> Field[Any]:
        """A line with one field, or with several side by side; returns the first."""
        for place, field in enumerate(fields):
            caption = _caption(field)
            caption.setFixedHeight(TOKENS.control)
            if place == 0:
                caption.setFixedWidth(self._label_width)
            else:
                caption.setContentsMargins(12, 0, 0, 0)
            self._grid.addWidget(caption, self._rows, place * 2, Qt.AlignmentFlag.AlignTop)
            span = 1 if len(fields) > 1 else -1
            self._grid.addWidget(field, self._rows, place * 2 + 1, 1, span)
            self._grid.setColumnStretch(place * 2 + 1, 1)
            self.fields[field.key] = field
            field.changed.connect(self._field_changed)
        self._rows += 1
        self._baseline = self._drafts()
        return fields[0]

    def add_section(self, title: str, hint: str = "") -> None:
        """A heading between fields."""
        head = label(title, "cardTitle")
        head.setContentsMargins(0, 8 if self._rows else 0, 0, 4)
        self._grid.addWidget(head, self._rows, 0, 1, -1)
        self._rows += 1
        if hint:
            self.add_widget(label(hint, "second", wrap=True))

    def add_widget(self, widget: QWidget) -> None:
        """Something of the screen's own, over the whole width."""
        self._grid.addWidget(widget, self._rows, 0, 1, -1)
        self._rows += 1

    def set_row_visible(self, key: str, visible: bool) -> None:
        """Show or hide a field with its label; a hidden field is not checked and not in ``values``."""
        field = self.fields[key]
        place = self._grid.indexOf(field)
        where = self._grid.getItemPosition(place)
        caption = self._grid.itemAtPosition(where[0], where[1] - 1)  # type: ignore[index]
        field.setVisible(visible)
        if caption is not None and caption.widget() is not None:
            caption.widget().setVisible(visible)

    def __getitem__(self, key: str) -> Field[Any]:
        return self.fields[key]

    # ------------------------------------------------------------------ values
    def values(self) -> dict[str, Any]:
        """Key to value of every field that is not hidden."""
        return {key: field.value() for key, field in self.fields.items() if not field.isHidden()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Fill in; unknown keys are ignored.  What is filled in counts as saved."""
        for key, value in values.items():
            if key in self.fields:
                self.fields[key].set_value(value)
        self.mark_clean()

    def check(self) -> bool:
        """Check every field, put the cursor into the first wrong one."""
        wrong = [field for field in self.fields.values() if not field.isHidden() and not field.check()]
        if wrong:
            wrong[0].setFocus(Qt.FocusReason.OtherFocusReason)
        return not wrong

    def show_error(self, error: Exception) -> bool:
        """Mark the field an error names; ``False`` when it names none of ours."""
        if isinstance(error, AppError) and error.field in self.fields:
            field = self.fields[error.field]
            field.touched = True
            field.set_error(str(error))
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def focus_first(self) -> None:
        """Cursor into the first field that is empty and required, else the first."""
        shown = [field for field in self.fields.values() if not field.isHidden()]
        empty = [field for field in shown if field.required and field.is_empty()]
        if shown:
            (empty or shown)[0].setFocus(Qt.FocusReason.OtherFocusReason)

    # ------------------------------------------------------------------ unsaved work
    @property
    def is_dirty(self) -> bool:
        """Whether something was entered since it was filled in or saved."""
        return self._drafts() != self._baseline

    def mark_clean(self) -> None:
        """What is shown is saved now."""
        self._baseline = self._drafts()
        self.forget_draft()

    def keep_drafts(self, key: str) -> bool:
        """Keep what is typed until it is saved, also over a crash; ``True`` when an older draft is waiting."""
        self._draft_key = f"drafts/{key}"
        waiting = settings.read(self._draft_key)
        return isinstance(waiting, dict) and bool(waiting)

    def restore_draft(self) -> None:
        """Fill in the draft that was waiting."""
        waiting = settings.read(self._draft_key) if self._draft_key else None
        if isinstance(waiting, dict):
            for key, draft in waiting.items():
                if key in self.fields:
                    self.fields[key].set_draft(draft)

    def forget_draft(self) -> None:
        self._draft_timer.stop()
        if self._draft_key:
            settings.write(self._draft_key, None)

    @Slot()
    def keep_draft(self) -> None:
        if self._draft_key and self.is_dirty:
            settings.write(self._draft_key, self._drafts())

    def _drafts(self) -> dict[str, Any]:
        return {key: field.draft() for key, field in self.fields.items()}

    @Slot()
    def _field_changed(self) -> None:
        if self._draft_key:
            self._draft_timer.start()
        self.changed.emit()


def _caption(field: Field[Any]) -> QLabel:
    caption = label(field.title)
    caption.setBuddy(field.input)
    if field.required:
        caption.setTextFormat(Qt.TextFormat.RichText)
        caption.setText(f'{field.title} <span style="color:{TOKENS.error}">*</span>')
    return caption
