"""Finishes papers at a kiosk's link as fast as it can and says which were kept; killed by ``test_kiosk_kill``.

``python -m tests.reliability.voter DB QUEUE CAMPAIGN [drain]``: with ``drain`` it finishes none, sends what waits and
ends.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Slot

from dangxiao_houqin.app.kiosk.link import KioskLink
from dangxiao_houqin.app.kiosk.queue import AnswerQueue
from tests.modules.surveys.ballots import paper


class Voter(QObject):
    """One paper after another, each said when the link says that it is kept."""

    def __init__(self, link: KioskLink, campaign_id: int) -> None:
        super().__init__()
        self._link, self._campaign = link, campaign_id
        self._mine = ""

    @Slot()
    def vote(self) -> None:
        mine = paper(self._campaign, self._link.clock.today())
        self._mine = mine.paper_id
        self._link.finish(mine, self.kept, self.failed)

    @Slot()
    def kept(self) -> None:
        print(self._mine, flush=True)
        QTimer.singleShot(3, self.vote)

    @Slot(object)
    def failed(self, error: Exception) -> None:
        print(f"failed {error}", file=sys.stderr, flush=True)
        QCoreApplication.exit(1)


class Drain(QObject):
    """Ends when nothing waits any more."""

    def __init__(self, link: KioskLink) -> None:
        super().__init__()
        self._link = link
        self._timer = QTimer(self)
        self._timer.setInterval(50)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        if not self._link.waiting() and self._link.surveys():
            QCoreApplication.exit(0)


def run(target: str, queue: Path, campaign_id: int, *, drain: bool) -> int:
    app = QCoreApplication([])
    link = KioskLink(target, queue=AnswerQueue(queue))
    voter = Drain(link) if drain else Voter(link, campaign_id)
    QTimer.singleShot(0, link.start)
    if isinstance(voter, Voter):
        QTimer.singleShot(0, voter.vote)
    code = app.exec()
    link.stop()
    return code


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), drain=sys.argv[4:] == ["drain"]))
