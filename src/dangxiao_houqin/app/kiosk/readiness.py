"""What must be true before a kiosk shows its window."""

from __future__ import annotations

from PySide6.QtCore import QLockFile

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.paths import data_dir

from .door import first_look
from .link import KioskLink

NO_PIN = "还没有设置自助终端的口令，打开后没有人能关掉它；请先在“系统设置 → 自助终端”里设置口令。"


def one_kiosk() -> QLockFile:
    """The lock that makes this the only kiosk of this computer; raises :class:`RuleViolation` when there is one."""
    lock = QLockFile(str(data_dir() / "kiosk.lock"))
    lock.setStaleLockTime(0)  # only a dead process makes it stale
    if not lock.tryLock(200):
        raise RuleViolation("本机已经打开了一个自助终端；两个同时开着会互相遮挡，请先关闭那一个。")
    return lock


def make_ready(link: KioskLink) -> None:
    """Whether this kiosk can ever be closed again: it needs a PIN, known from before or asked of the database now.

    Raises :class:`RuleViolation` without one, :class:`Unavailable` when it is the first start and nobody answers.
    """
    if link.pin_hash():
        return
    known = first_look(link.door)
    if not known.pin_hash:
        raise RuleViolation(NO_PIN)
    link.learn_at_once(known)
