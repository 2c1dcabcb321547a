"""Errors a user is meant to read.

Every class carries one Chinese sentence saying what is wrong, where, and what to do.  Anything that is not an
:class:`AppError` is a bug: it is logged with an id and shown by the crash dialog.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class AppError(Exception):
    """Base of all expected errors.

    ``message`` is the sentence shown, ``hint`` an optional second line, ``field`` the name of the input to mark.
    """

    title = "无法完成操作"

    def __init__(self, message: str, *, hint: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def __str__(self) -> str:
        return f"{self.message}{self.hint}" if self.hint else self.message


class InvalidInput(AppError):
    """One value is missing or malformed; ``field`` says which."""

    title = "填写有误"


class RuleViolation(AppError):
    """The values are well-formed, but a rule of the office forbids the change."""

    title = "不符合规定"


class NeedsConfirmation(AppError):
    """The user must agree first; the caller re-runs the use case with ``key`` in ``confirmed``."""

    title = "请确认"

    def __init__(self, key: str, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.key = key


class Conflict(AppError):
    """Somebody else changed the same thing first; reload and look again."""

    title = "数据已被他人修改"


class Busy(Conflict):
    """The database sent one of two units that stood in each other's way back; nothing was wrong with it.

    :func:`again_when_busy` tries such a unit again before anybody reads this.
    """


class NotFound(AppError):
    """The thing asked for does not exist (any more)."""

    title = "找不到数据"


class PermissionDenied(AppError):
    """The actor lacks a permission."""

    title = "没有权限"


class Unavailable(AppError):
    """Database, disk or printer cannot be used at the moment; trying again may help."""

    title = "暂时无法使用"


class Cancelled(AppError):
    """The user pressed cancel; shown to nobody."""

    title = "已取消"

    def __init__(self, message: str = "操作已取消。") -> None:
        super().__init__(message)


def again_when_busy(unit: Callable[[], T], *, times: int = 5) -> T:
    """Do a whole unit of work; when the database sends it back with :class:`Busy`, do it again, ``times`` in all."""
    for attempt in range(1, times):
        try:
            return unit()
        except Busy:
            time.sleep(random.uniform(0.01, 0.04) * 2**attempt)
    return unit()
