"""The inputs of a form: texts, numbers, money, passwords; choices are re-exported, dates and pickers have own files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCompleter, QLineEdit, QPlainTextEdit

from . import icons
from .choice_fields import CheckField, ChoiceField, MultiChoiceField
from .field import Check, Field
from .theme import TOKENS

__all__ = [
    "Check",
    "CheckField",
    "ChoiceField",
    "Field",
    "LongTextField",
    "MoneyField",
    "MultiChoiceField",
    "NumberField",
    "PasswordField",
    "TextField",
    "password_strength",
]


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
