"""Inputs with a given set of answers: one of a few, several of a few, yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QSizePolicy, QWidget

from . import theme
from .field import Field
from .widgets import column, row


class ChoiceField(Field[Any]):
    """One of a few; ``choices`` are (value, text).  Not required: an empty first line."""

    def __init__(
        self, key: str, title: str, choices: Sequence[tuple[Any, str]] = (), *, empty_text: str = "", **options: Any
    ) -> None:
        self._choices = list(choices)
        self._empty_text = empty_text
        super().__init__(key, title, **options)
        self.set_choices(choices)

    def make_input(self) -> QComboBox:
        box = _Combo()
        box.setMaxVisibleItems(14)
        # One long choice must not push the form out of its dialog: the box takes its column, the list shows it whole.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        box.currentIndexChanged.connect(self._edited)
        return box

    @property
    def box(self) -> QComboBox:
        found = self.input
        assert isinstance(found, QComboBox)
        return found

    def set_choices(self, choices: Sequence[tuple[Any, str]]) -> None:
        """Other choices; the value stays when it still is one."""
        before = self.value()
        self._choices = list(choices)
        self.box.blockSignals(True)
        self.box.clear()
        if not self.required or self._empty_text or len(choices) != 1:
            self.box.addItem(self._empty_text or ("请选择" if self.required else "（不填）"))
            self._offset = 1
        else:
            self._offset = 0
        for _, text in choices:
            self.box.addItem(text)
        self.box.blockSignals(False)
        self._select(before)

    def value(self) -> Any:
        place = self.box.currentIndex() - getattr(self, "_offset", 0)
        return self._choices[place][0] if 0 <= place < len(self._choices) else None

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        self._select(value)
        self._show_message()

    def draft(self) -> Any:
        return self.box.currentText() if self.value() is not None else ""

    def set_draft(self, draft: Any) -> None:
        self.box.setCurrentIndex(max(self.box.findText(str(draft)), 0))

    def _select(self, value: Any) -> None:
        values = [each for each, _ in self._choices]
        self.box.setCurrentIndex(values.index(value) + self._offset if value in values else 0)

    def is_empty(self) -> bool:
        return self.value() is None

    def empty_sentence(self) -> str:
        return f"请选择{self.title}"


class _Combo(QComboBox):
    """A combo box that a turning wheel over a scrolled form does not change."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: Any) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class MultiChoiceField(Field[tuple[Any, ...]]):
    """Any number of a few, as check boxes in rows."""

    def __init__(
        self, key: str, title: str, choices: Sequence[tuple[Any, str]], *, per_row: int = 4, **options: Any
    ) -> None:
        self._choices = list(choices)
        self._per_row = per_row
        self._boxes: list[QCheckBox] = []
        super().__init__(key, title, **options)
        if self._boxes:
            self.setFocusProxy(self._boxes[0])

    def make_input(self) -> QWidget:
        frame = QFrame()
        lines = column(spacing=4)
        line = row(spacing=16)
        for place, (_, text) in enumerate(self._choices):
            if place and place % self._per_row == 0:
                line.addStretch(1)
                lines.addLayout(line)
                line = row(spacing=16)
            box = QCheckBox(text)
            box.setAccessibleName(f"{self.title}：{text}")
            box.toggled.connect(self._edited)
            self._boxes.append(box)
            line.addWidget(box)
        line.addStretch(1)
        lines.addLayout(line)
        lines.setContentsMargins(4, 6, 4, 4)
        frame.setLayout(lines)
        return frame

    def watched_parts(self) -> Iterable[QWidget]:
        return self._boxes

    def value(self) -> tuple[Any, ...]:
        return tuple(value for (value, _), box in zip(self._choices, self._boxes, strict=False) if box.isChecked())

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        wanted = set(value or ())
        for (each, _), box in zip(self._choices, self._boxes, strict=True):
            box.setChecked(each in wanted)

    def draft(self) -> Any:
        return [box.isChecked() for box in self._boxes]

    def set_draft(self, draft: Any) -> None:
        for box, on in zip(self._boxes, draft, strict=False):
            box.setChecked(bool(on))

    def framed_parts(self) -> Iterable[QWidget]:
        return (self.input,)

    def _show_message(self) -> None:
        super()._show_message()
        if not self.error and self.input.property("state") == "ok":
            self.input.setProperty("state", "")
            theme.restyle(self.input)

    def empty_sentence(self) -> str:
        return f"请至少选择一项{self.title}"


class CheckField(Field[bool]):
    """Yes or no; the words stand beside the box."""

    def __init__(self, key: str, title: str, text: str, **options: Any) -> None:
        self._text = text
        super().__init__(key, title, **options)

    def make_input(self) -> QCheckBox:
        box = QCheckBox(self._text)
        box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        box.setProperty("role", "field")
        box.toggled.connect(self._edited)
        return box

    @property
    def box(self) -> QCheckBox:
        found = self.input
        assert isinstance(found, QCheckBox)
        return found

    def value(self) -> bool:
        return self.box.isChecked()

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        self.box.setChecked(bool(value))

    def draft(self) -> Any:
        return self.box.isChecked()

    def set_draft(self, draft: Any) -> None:
        self.box.setChecked(bool(draft))

    def is_empty(self) -> bool:
        return self.required and not self.value()

    def empty_sentence(self) -> str:
        return f"请勾选“{self._text}”"

    def framed_parts(self) -> Iterable[QWidget]:
        return ()
