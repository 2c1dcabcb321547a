"""Values as JSON holds them, for the audit log and the settings."""

from __future__ import annotations

import enum
from datetime import date, datetime, time
from typing import Any


def plain(value: Any) -> Any:
    """A JSON value that a person can read."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, str | int | float | bool | None):
        return value
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    return str(value)
