"""The kiosk's link to the database: what may be answered now, and papers on their way.

Papers go to the :class:`~.queue.AnswerQueue` first and from there to the database, in random order, as often as it
takes.  Nothing is logged per paper, and while the database is away a finished paper starts no attempt: the log would
know its minute.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from sqlalchemy.exc import DBAPIError, IntegrityError

from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import AppError, Cancelled, Conflict, InvalidInput, NotFound, Unavailable
from dangxiao_houqin.core.paths import data_dir
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.modules.surveys.api import (
    FinishedPaper,
    KioskRules,
    OpenSurvey,
    PaperRefused,
    Refusal,
    code_hash,
    is_code,
    submit_paper,
    try_code,
)
from dangxiao_houqin.ui.background import Runner

from .door import Door, look
from .queue import FILE_NAME, AnswerQueue, Known, QueueState

log = logging.getLogger(__name__)

LOOK_MS = 15_000
"""How often the database is asked what is open."""

FIRST_WAIT_MS, LONGEST_WAIT_MS = 1_000, 30_000
"""Waiting for a database that is away: doubled each time."""

CLOCK_MS = 2_000
"""How often it is looked whether a campaign began or ended."""

CODE_PATIENCE_MS = 4_000
"""After so long a code is taken for as good as its check digit; the box decides later."""

OTHER = "other"
"""Reason of a paper that the database refuses for a cause without a name."""

_OTHER_SENTENCE = "数据库没有收下，原因在日志里；请联系系统管理员。"
_COMES_BACK = frozenset({Refusal.CLOSED.value, Refusal.FULL.value})
"""Refusals that end by themselves once the campaign takes papers again."""

Answer = Callable[..., object]


@dataclass(frozen=True)
class Delivered:
    """How one round of sending went; ``trouble`` is the sentence of what ended it early."""

    state: QueueState
    trouble: str = ""


# ------------------------------------------------------------------------------- what runs in the background
def deliver(progress: Progress, queue: AnswerQueue, door: Door) -> Delivered:
    """Send what waits, each once; a database that is away ends the round, a refused paper does not."""
    for paper in queue.waiting():
        progress(0.0, "")
        try:
            with door.open_unit("surveys.submit", read_only=False) as ctx:
                submit_paper(ctx, paper)
        except PaperRefused as refused:
            queue.hold(paper.paper_id, refused.refusal.value)
        except Cancelled:
            raise
        except (Unavailable, Conflict, NotFound) as away:
            return Delivered(queue.state(), str(away))
        except (AppError, IntegrityError) as error:
            log.error("a paper is refused by the database: %s", _cause(error))
            queue.hold(paper.paper_id, OTHER)
        except DBAPIError as error:  # no table, no right: the database is being restored or not yet granted
            log.info("the database takes no papers: %s", error.orig)
            return Delivered(queue.state(), "数据库现在不收答卷，可能正在恢复或升级；本机会继续尝试。")
        else:
            queue.remove(paper.paper_id)
    return Delivered(queue.state())


def _cause(error: AppError | IntegrityError) -> str:
    """Why, without a word of the paper: PostgreSQL's message and the traceback quote the row that it did not take."""
    if isinstance(error, AppError):
        return error.message
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or type(error.orig).__name__


def keep(_progress: Progress, queue: AnswerQueue, paper: FinishedPaper) -> QueueState:
    """Write a finished paper down."""
    queue.put(paper)
    return queue.state()


def learn(_progress: Progress, queue: AnswerQueue, known: Known) -> QueueState:
    """Keep what the database said, and let go of refused papers whose campaign takes papers again."""
    if queue.known() != known:
        queue.remember(known)
    queue.release(_COMES_BACK, [survey.campaign_id for survey in known.surveys if not survey.full])
    return queue.state()


def release(_progress: Progress, queue: AnswerQueue) -> QueueState:
    """Let go of all refused papers."""
    queue.release()
    return queue.state()


def discard(_progress: Progress, queue: AnswerQueue) -> QueueState:
    """Throw all refused papers away; the log keeps how many."""
    log.info("refused papers thrown away by the staff: %d", queue.discard())
    return queue.state()


# ------------------------------------------------------------------------------------------------- the link
class KioskLink(QObject):
    """What the pages of the kiosk ask; lives on the main thread, never makes it wait."""

    changed = Signal()

    def __init__(
        self,
        target: str,
        runner: Runner | None = None,
        *,
        clock: Clock | None = None,
        queue: AnswerQueue | None = None,
        campaign: int | None = None,
        parent: QObject | None = None,
    ) -> None:
        """``target`` as ``--db``; ``campaign`` shows this one only; ``runner`` is given by tests."""
        super().__init__(parent)
        self.clock: Clock = clock or SystemClock()
        self.queue = queue or AnswerQueue(data_dir() / FILE_NAME)
        self.door = Door(target, self.clock)
        self.runner = runner or Runner(self.door.open_unit, self)
        if runner is not None:
            runner._open_unit = self.door.open_unit  # noqa: SLF001 - a test's runner works at this door
        self._campaign = campaign
        self._state = self.queue.state()
        self._known = self.queue.known()
        self._offered = self._now_offered()
        self._offline = False
        self._trouble = ""
        self._looking = self._sending = self._send_once_more = False
        self._wait_ms = FIRST_WAIT_MS
        self._running = False
        self._pulse = QTimer(self)
        self._pulse.setSingleShot(True)
        self._pulse.timeout.connect(self._look)
        self._hands = QTimer(self)
        self._hands.setInterval(CLOCK_MS)
        self._hands.timeout.connect(self._look_at_the_clock)

    # ------------------------------------------------------------------ for the pages
    def surveys(self) -> tuple[OpenSurvey, ...]:
        """Campaigns as last heard of, also those that have not begun, are over or full."""
        return tuple(s for s in self._known.surveys if self._campaign in (None, s.campaign_id))

    def rules(self) -> KioskRules:
        return self._known.rules

    def pin_hash(self) -> str:
        """The hash of the staff's PIN; empty while none is set."""
        return self._known.pin_hash

    def waiting(self) -> int:
        """Papers on this disk that the database does not have yet."""
        return self._state.waiting

    def refused(self) -> tuple[tuple[str, int], ...]:
        """Why the database refused how many papers; for the staff."""
        return tuple((_sentence(reason), number) for reason, number in sorted(self._state.refused.items()))

    def troubles(self) -> tuple[str, ...]:
        """What the staff should know, in sentences."""
        aside = tuple(
            f"本机的答卷文件损坏过，原文件保留为“{path}”；里面可能还有没有交送的答卷，请联系系统管理员。"
            for path in self._state.set_aside
        )
        return (*aside, self._trouble) if self._trouble else aside

    def offline(self) -> bool:
        """Whether the database is away at the moment."""
        return self._offline

    def finish(self, paper: FinishedPaper, ok: Answer, fail: Answer) -> None:
        """Write a finished paper down; ``ok()`` when the disk has it, else ``fail(error)``."""
        done = Reply(ok, fail, self)
        done.passing.connect(self._kept)
        self.runner.work(keep, self.queue, paper, ok=done.good, fail=done.bad)

    def try_code(self, campaign_id: int, code: str, ok: Answer, fail: Answer) -> None:
        """Whether a paper with ``code`` would be taken: ``ok()`` or ``fail(error)``.

        Without the database: a code with a right check digit that was not used on this device.
        """
        done = Reply(ok, fail, self)
        if not is_code(code):
            done.bad(InvalidInput("一次性码是 9 位数字，请对照纸条再输一遍。"))
        elif (campaign_id, code_hash(campaign_id, code)) in self._state.codes:
            done.bad(PaperRefused(Refusal.CODE_USED))
        elif self._offline:
            done.good(None)
        else:
            done.soften(CODE_PATIENCE_MS)
            self.runner.command(
                try_code, campaign_id, code, ok=done.good, fail=done.refused_only, action="surveys.try_code"
            )

    @Slot()
    def send_again(self) -> None:
        """Refused papers are tried once more."""
        self.runner.work(release, self.queue, ok=self._released, fail=self._disk_trouble)

    @Slot()
    def clear_refused(self) -> None:
        """Refused papers are thrown away."""
        self.runner.work(discard, self.queue, ok=self._cleared, fail=self._disk_trouble)

    # ------------------------------------------------------------------ life
    def start(self) -> None:
        """Begin to look and to send."""
        self._running = True
        self._hands.start()
        self._look()

    def stop(self) -> None:
        """End; what is being written is written first."""
        self._running = False
        self._pulse.stop()
        self._hands.stop()
        self.runner.shutdown()
        self.door.close()
        self.queue.close()

    def recall(self) -> None:
        """Read the file again: it may have been made another database's before the window came up."""
        self._state, self._known = self.queue.state(), self.queue.known()
        self._offered = self._now_offered()

    def learn_at_once(self, known: Known) -> None:
        """Take what was asked before the window came up."""
        self.queue.remember(known)
        self.recall()

    # ------------------------------------------------------------------ looking
    @Slot()
    def _look(self) -> None:
        if self._running and not self._looking:
            self._looking = True
            self.runner.query(look, ok=self._heard, fail=self._away, action="surveys.kiosk")

    @Slot(object)
    def _heard(self, known: Known) -> None:
        self._looking = False
        if not known.pin_hash:  # a PIN that is taken away leaves the kiosk locked as it was
            known = Known(known.surveys, known.rules, self._known.pin_hash)
        news = known != self._known or self._offline
        self._known, self._offline, self._trouble, self._wait_ms = known, False, "", FIRST_WAIT_MS
        self._offered = self._now_offered()
        self.runner.work(learn, self.queue, known, ok=self._learnt, fail=self._disk_trouble)
        if news:
            self.changed.emit()
        self._pulse.start(LOOK_MS)

    @Slot(object)
    def _away(self, error: Exception) -> None:
        self._looking = False
        if not isinstance(error, AppError):
            log.info("the kiosk cannot look: %s", error)
        self._lost(str(error) if isinstance(error, AppError) else "数据库现在读不出测评，可能正在恢复或升级。")

    def _lost(self, trouble: str) -> None:
        news = not self._offline or trouble != self._trouble
        self._offline, self._trouble = True, trouble
        if self._running:
            self._pulse.start(round(self._wait_ms * random.uniform(0.7, 1.3)))
        self._wait_ms = min(self._wait_ms * 2, LONGEST_WAIT_MS)
        if news:
            self.changed.emit()

    @Slot()
    def _look_at_the_clock(self) -> None:
        if (now := self._now_offered()) != self._offered:
            self._offered = now
            self.changed.emit()

    def _now_offered(self) -> frozenset[int]:
        now = self.clock.now()
        return frozenset(survey.campaign_id for survey in self.surveys() if survey.offered_at(now))

    # ------------------------------------------------------------------ sending
    @Slot(object)
    def _kept(self, state: QueueState) -> None:
        self._take(state)
        if not self._offline:
            self._send()

    @Slot(object)
    def _learnt(self, state: QueueState) -> None:
        self._take(state)
        self._send()

    @Slot(object)
    def _cleared(self, state: QueueState) -> None:
        self._take(state)

    @Slot(object)
    def _released(self, state: QueueState) -> None:
        self._take(state)
        self._look()  # and then send

    def _send(self) -> None:
        if self._sending:
            self._send_once_more = True
        elif self._state.waiting and self._running:
            self._sending, self._send_once_more = True, False
            self.runner.work(deliver, self.queue, self.door, ok=self._sent, fail=self._not_sent)

    @Slot(object)
    def _sent(self, delivered: Delivered) -> None:
        self._sending = False
        self._take(delivered.state)
        if delivered.trouble:
            self._lost(delivered.trouble)
        elif self._send_once_more:
            self._send()

    @Slot(object)
    def _not_sent(self, error: Exception) -> None:
        """The disk, or a bug: the papers are where they were."""
        self._sending = False
        self._lost(str(error) if isinstance(error, AppError) else _OTHER_SENTENCE)

    @Slot(object)
    def _disk_trouble(self, error: Exception) -> None:
        self._trouble = str(error)
        self.changed.emit()

    def _take(self, state: QueueState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit()


class Reply(QObject):
    """Answers one question of a page once: well, badly, or well after some patience."""

    passing = Signal(object)
    """The result, before the page hears of it."""

    failing = Signal()
    """There is no result; also before the page hears of it."""

    def __init__(self, ok: Answer, fail: Answer, parent: QObject) -> None:
        super().__init__(parent)
        self._ok, self._fail = ok, fail
        self._done = False

    def soften(self, patience_ms: int) -> None:
        """No answer in time is a good answer."""
        QTimer.singleShot(patience_ms, self, self._in_time)

    @Slot()
    def _in_time(self) -> None:
        self.good(None)

    @Slot(object)
    def good(self, result: object) -> None:
        if not self._done:
            self._done = True
            self.passing.emit(result)
            _say(self._ok)
        self.deleteLater()

    @Slot(object)
    def bad(self, error: Exception) -> None:
        if not self._done:
            self._done = True
            self.failing.emit()
            _say(self._fail, error)
        self.deleteLater()

    @Slot(object)
    def refused_only(self, error: Exception) -> None:
        """Only the ballot box may say no; a database that is away may not."""
        if isinstance(error, PaperRefused):
            self.bad(error)
        else:
            self.good(None)


def _say(answer: Answer, *what: object) -> None:
    receiver: Any = getattr(answer, "__self__", None)
    if not isinstance(receiver, QObject) or shiboken6.isValid(receiver):
        answer(*what)


def _sentence(reason: str) -> str:
    known: Mapping[str, str] = {refusal.value: refusal.sentence for refusal in Refusal}
    return known.get(reason, _OTHER_SENTENCE)
