"""What other desks change reaches this one's pages: a feed of table names becomes the runner's ``data_changed``."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from .background import Listener, Runner

GATHER_MS = 150
"""Changes that come close together make the pages ask once."""

Feed = Callable[[Callable[[frozenset[str]], object], threading.Event], object]
"""``ChangeFeed.run`` of :mod:`dangxiao_houqin.core.changes`."""


class Live(QObject):
    """Emits ``runner.data_changed`` for what others changed, from :meth:`start` to :meth:`stop`.

    Neither call waits for the database.
    """

    def __init__(self, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._listener: Listener | None = None
        self._tables: set[str] = set()
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(GATHER_MS)
        self._gather.timeout.connect(self._pass_on)

    @property
    def running(self) -> bool:
        return self._listener is not None

    def start(self, feed: Feed) -> None:
        """Listen to ``feed``, and to no other any more."""
        self.stop()
        self._listener = Listener(feed, self)
        self._listener.heard.connect(self._heard)

    def stop(self) -> None:
        """Nothing is emitted after this."""
        if self._listener is not None:
            listener, self._listener = self._listener, None
            listener.stop()
            listener.deleteLater()
        self._gather.stop()
        self._tables.clear()

    @Slot(object)
    def _heard(self, tables: frozenset[str]) -> None:
        if self._listener is not None:
            self._tables |= tables
            if not self._gather.isActive():
                self._gather.start()

    @Slot()
    def _pass_on(self) -> None:
        tables, self._tables = frozenset(self._tables), set()
        self._runner.data_changed.emit(tables)
