"""A time of day that is typed: ``8``, ``830``, ``8:30`` or ``17：30``."""

from __future__ import annotations

import re
import unicodedata
from datetime import time
from typing import Any

from dangxiao_houqin.ui.fields import TextField

_TYPED = re.compile(r"(\d{1,2})(?:[:.点时](\d{1,2})?分?|(\d{2}))?")


def parse_time(text: str) -> time | None:
    """The time that ``text`` means, ``None`` when it means none."""
    found = _TYPED.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class TimeField(TextField):
    """``value()`` is a ``time`` or ``None``; shown as 08:30 after leaving."""

    def __init__(self, key: str, title: str, **options: Any) -> None:
        options.setdefault("placeholder", "如 8:30、830")
        super().__init__(key, title, **options)

    def value(self) -> time | None:  # type: ignore[override]
        return parse_time(self.edit.text())

    def set_value(self, value: Any) -> None:
        super().set_value("" if value is None else f"{value:%H:%M}")

    def is_empty(self) -> bool:
        return not self.edit.text().strip()

    def problem(self) -> str | None:
        if not self.is_empty() and self.value() is None:
            return "认不出这个时间，请写成 8:30 或 17:00"
        return None

    def normalise(self) -> None:
        at = self.value()
        if at is not None:
            self.edit.setText(f"{at:%H:%M}")
