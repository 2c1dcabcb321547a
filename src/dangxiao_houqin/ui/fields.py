"""The inputs of a form.  Each knows its key, title, value, rule and error line; a form lines them up.

A field checks itself when it is left and when the form is sent; the line below always has its room, so nothing jumps.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QCompleter,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from dangxiao_houqin.core.errors import AppError

from . import icons, theme
from .theme import TOKENS
from .widgets import column, label, row

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


class TextField(Field[str]):
    """One line of text; ``value()`` is trimmed.  ``max_length`` counts characters, whole ones, as people do."""

    def __init__(
        self,
        key: str,
        title: str,
        *,
        max_length: int = 200,
        placeholder: str = "",
        suggestions: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.max_length = max_length
        self._placeholder = placeholder
        super().__init__(key, title, **options)
        if suggestions:
            self.set_suggestions(suggestions)

    def make_input(self) -> QLineEdit:
        edit = QLineEdit()
        edit.setPlaceholderText(self._placeholder)
        edit.textChanged.connect(self._edited)
        return edit

    @property
    def edit(self) -> QLineEdit:
        """The line edit inside."""
        found = self.input
        assert isinstance(found, QLineEdit)
        return found

    def set_suggestions(self, suggestions: Sequence[str]) -> None:
        completer = QCompleter(list(suggestions), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.edit.setCompleter(completer)

    def value(self) -> str:
        return self.edit.text().strip()

    def draft(self) -> Any:
        return self.edit.text()

    def set_draft(self, draft: Any) -> None:
        self.edit.setText(str(draft))

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        self.edit.setText("" if value is None else str(value))
        self.edit.setCursorPosition(0)

    def problem(self) -> str | None:
        text = self.edit.text()
        if len(text.strip()) > self.max_length:
            return f"{self.title}最多 {self.max_length} 个字，现在有 {len(text.strip())} 个"
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c != "\t" for c in text):
            return f"{self.title}里有看不见的控制字符，请删去后重新输入"
        return None

    def set_read_only(self, read_only: bool) -> None:
        self.edit.setReadOnly(read_only)


class PasswordField(TextField):
    """A password with an eye; ``strength`` tells while typing how good it is.  Not trimmed."""

    def __init__(self, key: str, title: str, *, strength: bool = False, **options: Any) -> None:
        self._strength = strength
        options.setdefault("max_length", 128)
        super().__init__(key, title, **options)

    def make_input(self) -> QLineEdit:
        edit = super().make_input()
        edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = QAction(icons.icon("eye", TOKENS.text_second, 18), "显示密码", self)
        self._eye.setCheckable(True)
        self._eye.toggled.connect(self._toggle)
        edit.addAction(self._eye, QLineEdit.ActionPosition.TrailingPosition)
        return edit

    @Slot(bool)
    def _toggle(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icons.icon("eye-off" if shown else "eye", TOKENS.text_second, 18))

    def value(self) -> str:
        return self.edit.text()

    def draft(self) -> Any:
        return None if not self.edit.text() else len(self.edit.text())

    def set_draft(self, draft: Any) -> None:
        """Passwords are never kept."""

    @Slot()
    def _edited(self) -> None:
        if self._strength and self.edit.text():
            self.help = f"强度：{password_strength(self.edit.text())[1]}"
        super()._edited()


def password_strength(password: str) -> tuple[int, str]:
    """0 weak, 1 fair, 2 good, with the word; length counts most."""
    kinds = sum(bool(re.search(p, password)) for p in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]"))
    points = len(password) + 2 * kinds - (4 if len(set(password)) < 5 else 0)
    if points < 12 or len(password) < 8:
        return 0, "弱，建议至少 8 位并混用字母和数字"
    return (1, "中") if points < 17 else (2, "强")


class NumberField(TextField):
    """A whole number, or with ``decimals`` a Decimal; ``unit`` stands in the help line."""

    def __init__(
        self,
        key: str,
        title: str,
        *,
        minimum: int | None = None,
        maximum: int | None = None,
        decimals: int = 0,
        **options: Any,
    ) -> None:
        self.minimum, self.maximum, self.decimals = minimum, maximum, decimals
        super().__init__(key, title, **options)

    def _number(self) -> Decimal | None:
        text = unicodedata.normalize("NFKC", self.edit.text()).strip().replace(",", "").removeprefix("¥").strip()
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            return Decimal("NaN")
        return number if number.is_finite() else Decimal("NaN")

    def value(self) -> Any:
        number = self._number()
        if number is None or number.is_nan():
            return None
        return number if self.decimals else int(number)

    def set_value(self, value: Any) -> None:
        super().set_value("" if value is None else value)

    def is_empty(self) -> bool:
        return not self.edit.text().strip()

    def problem(self) -> str | None:
        number = self._number()
        if number is None:
            return None
        if number.is_nan():
            return f"{self.title}请填数字"
        exponent = number.as_tuple().exponent
        places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if places > self.decimals and number != number.quantize(Decimal(1).scaleb(-self.decimals)):
            return f"{self.title}请填整数" if not self.decimals else f"{self.title}最多 {self.decimals} 位小数"
        if self.minimum is not None and number < self.minimum:
            return f"{self.title}不能小于 {self.minimum}"
        if self.maximum is not None and number > self.maximum:
            return f"{self.title}不能大于 {self.maximum}"
        return None


class MoneyField(NumberField):
    """Yuan as typed, ``value()`` in fen; shown as 1,234.50 after leaving."""

    def __init__(self, key: str, title: str, **options: Any) -> None:
        options.setdefault("minimum", 0)
        options.setdefault("placeholder", "元")
        options.setdefault("maximum", 999_999_999)
        super().__init__(key, title, decimals=2, **options)

    def value(self) -> Any:
        """Fen, ``None`` when empty."""
        number = self._number()
        return None if number is None or number.is_nan() else int(number * 100)

    def set_value(self, value: Any) -> None:
        TextField.set_value(self, "" if value is None else f"{value / 100:,.2f}")

    def normalise(self) -> None:
        fen = self.value()
        if fen is not None:
            self.edit.setText(f"{fen // 100:,}.{fen % 100:02d}" if fen >= 0 else self.edit.text())


class LongTextField(Field[str]):
    """Several lines of text."""

    def __init__(self, key: str, title: str, *, lines: int = 3, max_length: int = 2000, **options: Any) -> None:
        self._lines = lines
        self.max_length = max_length
        super().__init__(key, title, **options)

    def make_input(self) -> QPlainTextEdit:
        edit = QPlainTextEdit()
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(self._lines * 22 + 18)
        edit.textChanged.connect(self._edited)
        return edit

    @property
    def edit(self) -> QPlainTextEdit:
        found = self.input
        assert isinstance(found, QPlainTextEdit)
        return found

    def value(self) -> str:
        return self.edit.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        self.error, self.touched = "", False
        self.edit.setPlainText("" if value is None else str(value))

    def draft(self) -> Any:
        return self.edit.toPlainText()

    def set_draft(self, draft: Any) -> None:
        self.edit.setPlainText(str(draft))

    def problem(self) -> str | None:
        length = len(self.value())
        if length > self.max_length:
            return f"{self.title}最多 {self.max_length} 个字，现在有 {length} 个"
        return None

    def set_read_only(self, read_only: bool) -> None:
        self.edit.setReadOnly(read_only)


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
