"""The staff's PIN: checked off the main thread, with a lock that grows and that no restart opens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from dangxiao_houqin.core.errors import InvalidInput, Unavailable
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.modules.organization.api import is_right_password
from dangxiao_houqin.modules.surveys.api import KioskRules

from .link import KioskLink, Reply
from .queue import AnswerQueue, LockState

log = logging.getLogger(__name__)

LONGEST_LOCK = 3600.0


def lock_seconds(rules: KioskRules, failures: int) -> float:
    """How long no PIN is taken after so many wrong ones: nothing, then doubled with each, an hour at most."""
    if failures < rules.pin_attempts:
        return 0.0
    return min(rules.pin_lock_seconds * 2.0 ** min(failures - rules.pin_attempts, 20), LONGEST_LOCK)


def left_of(state: LockState, rules: KioskRules, now: float) -> float:
    """Seconds until a PIN is taken again; a clock that was set back cannot make it longer than it was."""
    return max(0.0, min(state.until - now, lock_seconds(rules, state.failures)))


def check_pin(_progress: Progress, queue: AnswerQueue, rules: KioskRules, pin_hash: str, pin: str) -> LockState:
    """Check ``pin``; the attempt is counted on disk before it is looked at, so that pulling the plug gains nothing.

    Raises :class:`InvalidInput` for a wrong one and while it is locked.
    """
    before = queue.lock_state()
    if (left := left_of(before, rules, time.time())) > 0:
        raise InvalidInput(f"口令输错次数太多，请 {round(left) or 1} 秒后再试。")
    failures = before.failures + 1
    queue.set_lock_state(LockState(failures, time.time() + lock_seconds(rules, failures)))
    if not pin_hash or not is_right_password(pin_hash, pin):
        log.info("wrong kiosk PIN, attempt %d", failures)
        if locked := lock_seconds(rules, failures):
            raise InvalidInput(f"口令不对；输错次数太多，请 {round(locked)} 秒后再试。")
        raise InvalidInput(f"口令不对，还可以再试 {rules.pin_attempts - failures} 次。")
    queue.set_lock_state(LockState())
    return LockState()


class KioskLock(QObject):
    """What the PIN page asks."""

    def __init__(self, link: KioskLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._link = link
        self._state = link.queue.lock_state()
        self._trying = False

    def has_pin(self) -> bool:
        """Whether there is a PIN at all; without one nobody gets out."""
        return bool(self._link.pin_hash())

    def locked_seconds(self) -> int:
        """Seconds until a PIN is taken again; 0 now."""
        left = left_of(self._state, self._link.rules(), time.time())
        return int(left) + (left > int(left))

    def try_pin(self, pin: str, ok: Callable[..., object], fail: Callable[..., object]) -> None:
        """``ok()`` for the right PIN, else ``fail(error)``; one at a time."""
        reply = Reply(ok, fail, self)
        if self._trying:
            reply.bad(Unavailable("正在核对口令，请稍候。"))
            return
        self._trying = True
        reply.passing.connect(self._right)
        reply.failing.connect(self._wrong)
        self._link.runner.work(
            check_pin,
            self._link.queue,
            self._link.rules(),
            self._link.pin_hash(),
            pin,
            ok=reply.good,
            fail=reply.bad,
        )

    @Slot(object)
    def _right(self, state: LockState) -> None:
        self._trying = False
        self._state = state

    @Slot()
    def _wrong(self) -> None:
        self._trying = False
        self._state = self._link.queue.lock_state()
