"""What this machine remembers of the windows: geometry, columns, printers.  Never office data."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.paths import data_dir


def store() -> QSettings:
    """The ini file beside this machine's data, so that tests and portable installations stay apart."""
    return QSettings(str(data_dir() / "window.ini"), QSettings.Format.IniFormat)


def read(key: str, default: Any = None) -> Any:
    """A value written by :func:`write`; ``default`` when absent or unreadable."""
    raw = store().value(key)
    if raw is None:
        return default
    try:
        return json.loads(str(raw))
    except ValueError:
        return default


def write(key: str, value: Any) -> None:
    """Remember a JSON-able value; ``None`` forgets it."""
    settings = store()
    if value is None:
        settings.remove(key)
    else:
        settings.setValue(key, json.dumps(value, ensure_ascii=True))
    settings.sync()


def save_geometry(widget: QWidget, key: str) -> None:
    """Remember where a window was."""
    write(f"geometry/{key}", bytes(widget.saveGeometry().data()).hex())


def restore_geometry(widget: QWidget, key: str) -> bool:
    """Put a window where it was; ``False`` when nothing usable is remembered."""
    raw = read(f"geometry/{key}")
    if not isinstance(raw, str):
        return False
    try:
        data = bytes.fromhex(raw)
    except ValueError:
        return False
    return widget.restoreGeometry(QByteArray(data))
