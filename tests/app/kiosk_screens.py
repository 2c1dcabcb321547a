"""A kiosk's window on a real database, without the process around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.kiosk.link import KioskLink
from dangxiao_houqin.app.kiosk.lock import KioskLock
from dangxiao_houqin.app.kiosk.window import KioskWindow
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.modules.surveys.domain.rules import KioskRules
from dangxiao_houqin.modules.surveys.services.kiosk_settings import set_pin

QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
PIN = "274913"


@dataclass
class Kiosk:
    """The window with what stands behind it; :meth:`hear` lets the link ask the database now."""

    qtbot: QtBot
    link: KioskLink
    window: KioskWindow
    left: list[bool] = field(default_factory=list)

    @property
    def place(self) -> str:
        return self.window.place

    def hear(self) -> None:
        """Ask the database what is open, and wait for the answer."""
        self.link._look()
        self.qtbot.waitUntil(lambda: not self.link._looking, timeout=10_000)
        settle()

    def wait_for(self, place: str) -> None:
        self.qtbot.waitUntil(lambda: self.window.place == place, timeout=10_000)
        settle()

    def leave_alone(self, seconds: float) -> None:
        """Nobody touches anything for so long."""
        self.window._touched -= seconds
        self.window._tick()
        settle()


@contextmanager
def kiosk_on(
    qtbot: QtBot,
    unit: Callable[..., Any],
    url: str,
    clock: FixedClock,
    *,
    size: tuple[int, int] = (1366, 768),
    dpi: float = 96,
    **rules: Any,
) -> Iterator[Kiosk]:
    """A kiosk with :data:`PIN` and these rules on the database at ``url``."""
    with unit("surveys.kiosk_settings") as ctx:
        save_settings(ctx.session, KioskRules(**rules))
        set_pin(ctx, PIN, QUICK)
    link = KioskLink(url, clock=clock)
    window = KioskWindow(link, KioskLock(link, link), clock=clock, dpi=dpi)
    window.resize(*size)
    kiosk = Kiosk(qtbot, link, window)
    window.leaving.connect(lambda: kiosk.left.append(True))
    window.show()
    link.start()
    qtbot.waitUntil(lambda: bool(link.pin_hash()) and not link._looking, timeout=10_000)
    settle()
    try:
        yield kiosk
    finally:
        window.close_for_good()
        link.stop()
        window.deleteLater()
        settle()


def settle() -> None:
    """Everything that waits is done, also what is to be deleted."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()
