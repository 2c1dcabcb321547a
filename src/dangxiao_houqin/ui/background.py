"""Background work: the only place of the program that knows threads.

Screens hand functions to a :class:`Runner` and get results back on the main thread::

    self.runner.command(services.check_in, data, ok=self._saved, fail=self.form_failed)

* ``command`` changes data: one thread, so changes happen one after another; afterwards ``data_changed`` names the
  tables.  ``query`` reads: two threads.  ``work`` makes PDFs and sheets without a database: two threads.
* A worker never holds a QObject: it knows the function, its plain arguments and a letter box.  Callbacks are bound
  methods of QObjects, held weakly; when the dialog is gone the result is dropped.
* After ``shutdown`` nothing runs any more: a window's timer may still fire then, and what it asks for is dropped.
* A :class:`Listener` hears of other desks' changes for as long as the program runs.
* Python's cyclic collector would destroy widgets on whichever thread it happens to run; while a runner with threads
  lives, it runs on the main thread only (:class:`MainThreadCollector`).
"""

from __future__ import annotations

import functools
import gc
import inspect
import itertools
import logging
import threading
import traceback
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from dangxiao_houqin.core.errors import AppError, Cancelled, NeedsConfirmation, again_when_busy
from dangxiao_houqin.core.log import log_bug
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.documents import pdfium_lock

log = logging.getLogger(__name__)

PDFIUM_LOCK = pdfium_lock.PDFIUM_LOCK
"""pdfium must be entered by one thread at a time."""

Lane = Literal["command", "query", "work"]
_LANES: dict[Lane, int] = {"command": 1, "query": 2, "work": 2}
SLOW_AFTER_MS = 300


class OpenUnit(Protocol):
    """How a runner opens a unit of work; the shell binds database, actor and clock."""

    def __call__(
        self, action: str, *, read_only: bool, confirmed: frozenset[str], progress: Progress
    ) -> AbstractContextManager[Any]: ...


class UnexpectedError(Exception):
    """A bug met in the background: ``bug_id`` is in the log, ``report`` is what may be copied to us."""

    def __init__(self, bug_id: str, report: str) -> None:
        super().__init__(f"程序遇到意外错误（编号 {bug_id}）。")
        self.bug_id = bug_id
        self.report = report


def unexpected(error: BaseException) -> UnexpectedError:
    """Log a bug and wrap it for showing."""
    bug_id = log_bug(error)
    return UnexpectedError(bug_id, "".join(traceback.format_exception(error)))


class _Callback:
    """A bound method of a QObject, held weakly."""

    def __init__(self, method: Callable[..., object]) -> None:
        receiver = getattr(method, "__self__", None)
        if not isinstance(receiver, QObject):
            raise TypeError(f"callback {method!r} must be a bound method of a QObject")
        self._receiver = weakref.ref(receiver)
        self._method = weakref.WeakMethod(method) if inspect.ismethod(method) else None
        self._name = method.__name__

    def receiver(self) -> QObject | None:
        """The receiver, unless Python or Qt has destroyed it."""
        found = self._receiver()
        return found if found is not None and shiboken6.isValid(found) else None

    def __call__(self, *args: object) -> bool:
        receiver = self.receiver()
        if receiver is None:
            return False
        method = self._method() if self._method is not None else getattr(receiver, self._name)
        if method is None:
            return False
        method(*args)
        return True


@dataclass
class _Job:
    """What a worker thread may see."""

    number: int
    lane: Lane
    func: Callable[..., Any]
    args: tuple[Any, ...]
    action: str
    confirmed: frozenset[str] = frozenset()
    cancelled: threading.Event = field(default_factory=threading.Event)
    latest: tuple[float, str] | None = None


@dataclass
class _Outcome:
    number: int
    result: Any = None
    error: Exception | None = None
    changed: frozenset[str] = frozenset()
    progress: bool = False


class Task(QObject):
    """Handle of one piece of background work; lives on the main thread."""

    progressed = Signal(float, str)
    slow = Signal()
    ended = Signal()

    def __init__(self, runner: Runner, job: _Job, title: str) -> None:
        # No parent: a dying child that holds the last Python reference to its parent would be deleted twice.
        super().__init__()
        self._runner = runner
        self.job = job
        self.title = title
        self.fraction = 0.0
        self.text = ""
        self.done = False
        self.is_slow = False
        self.on_ok: _Callback | None = None
        self.on_fail: _Callback | None = None
        self.on_progress: _Callback | None = None
        self.future: Future[None] | None = None
        self.pending_key = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SLOW_AFTER_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def lane(self) -> Lane:
        return self.job.lane

    @property
    def number(self) -> int:
        return self.job.number

    @property
    def cancelling(self) -> bool:
        """Cancel was asked for and the worker has not yet stopped."""
        return self.job.cancelled.is_set() and not self.done

    @Slot()
    def cancel(self) -> None:
        """Ask the work to stop.  Reads not yet begun never run; a running command is rolled back when it next
        reports progress; ``fail`` then receives :class:`Cancelled`.  A query cancelled by its page is just dropped."""
        self.job.cancelled.set()
        if self.future is not None and self.future.cancel():
            self._runner.post_cancelled(self)

    @Slot()
    def drop(self) -> None:
        """Forget the callbacks; a change under way is still saved."""
        self.on_ok = self.on_fail = self.on_progress = None

    def belongs_to(self, owner: QObject) -> bool:
        return any(cb is not None and cb.receiver() is owner for cb in (self.on_ok, self.on_fail))

    def parent_widget(self) -> QWidget | None:
        """The window in front of which questions about this task are asked."""
        for callback in (self.on_ok, self.on_fail):
            receiver = callback.receiver() if callback else None
            while receiver is not None and not isinstance(receiver, QWidget):
                receiver = receiver.parent()
            if isinstance(receiver, QWidget):
                return receiver
        return QApplication.activeWindow()

    def watch(self) -> None:
        """Become ``slow`` unless done in time."""
        self._timer.start()

    @Slot()
    def _tick(self) -> None:
        if not self.done:
            self.is_slow = True
            self.slow.emit()
            self._runner.update_busy()

    @Slot(bool)
    def take_answer(self, yes: bool) -> None:
        self._runner.answered(self, yes)


class MainThreadCollector(QObject):
    """Runs Python's cyclic garbage collector on the main thread only."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    @Slot()
    def collect_if_due(self) -> None:
        first, second, third = gc.get_count()
        limit_first, limit_second, limit_third = gc.get_threshold()
        if first > limit_first:
            gc.collect(0)
            if second > limit_second:
                gc.collect(1)
                if third > limit_third:
                    gc.collect(2)

    def stop(self) -> None:
        self._timer.stop()
        if self._was_enabled:
            gc.enable()


class Runner(QObject):
    """Runs commands, queries and paper work in the background and delivers on the main thread."""

    data_changed = Signal(frozenset)
    busy_changed = Signal(bool)
    task_started = Signal(object)
    task_ended = Signal(object)
    _mail = Signal()

    def __init__(self, open_unit: OpenUnit | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open_unit = open_unit
        self._home = threading.get_ident()
        self._numbers = itertools.count(1)
        self._tasks: dict[int, Task] = {}
        self._letters: deque[_Outcome] = deque()
        self._busy = False
        self._closed = False
        self._mail.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._pools: dict[Lane, ThreadPoolExecutor] = {}
        self._collector: MainThreadCollector | None = None
        self._start_threads()

    # ------------------------------------------------------------------ asking
    def command(
        self,
        func: Callable[..., Any],
        *args: Any,
        ok: Callable[..., object] | None = None,
        fail: Callable[..., object] | None = None,
        progress: Callable[..., object] | None = None,
        action: str = "",
        confirmed: frozenset[str] = frozenset(),
        title: str = "",
    ) -> Task:
        """Run the service ``func(ctx, *args)`` in its own transaction.

        ``ok(result)``, ``fail(error)`` and ``progress(fraction, text)`` are bound methods of QObjects.  Without
        ``fail`` the error is shown by :func:`messages.show`.  ``NeedsConfirmation`` is asked here and the command
        re-run with its key confirmed; a "no" arrives as ``Cancelled``.  ``title`` names it in the task tray.
        """
        job = self._job("command", func, args, action, confirmed)
        return self._start(job, ok, fail, progress, title)

    def query(
        self,
        func: Callable[..., Any],
        *args: Any,
        ok: Callable[..., object] | None = None,
        fail: Callable[..., object] | None = None,
        progress: Callable[..., object] | None = None,
        action: str = "",
        title: str = "",
    ) -> Task:
        """Run the read ``func(ctx, *args)`` in a read-only transaction; see :meth:`command`."""
        return self._start(self._job("query", func, args, action), ok, fail, progress, title)

    def work(
        self,
        func: Callable[..., Any],
        *args: Any,
        ok: Callable[..., object] | None = None,
        fail: Callable[..., object] | None = None,
        progress: Callable[..., object] | None = None,
        title: str = "",
    ) -> Task:
        """Run ``func(progress, *args)`` without a database (paper, sheets, pictures); see :meth:`command`."""
        return self._start(self._job("work", func, args, ""), ok, fail, progress, title)

    # ------------------------------------------------------------------ state
    def tasks(self, *lanes: Lane) -> tuple[Task, ...]:
        """Work not yet finished, oldest first; all lanes when none is named."""
        return tuple(task for task in self._tasks.values() if not lanes or task.lane in lanes)

    def drop(self, owner: QObject) -> None:
        """``owner`` is closing: its results are dropped and its reads cancelled; changes are still saved."""
        for task in self.tasks():
            if task.belongs_to(owner):
                task.drop()
                if task.lane != "command":
                    task.cancel()

    def update_busy(self) -> None:
        busy = any(task.is_slow for task in self._tasks.values())
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)

    def shutdown(self) -> None:
        """Cancel reads and paper work, wait for changes under way, stop the threads.

        Windows live a little longer than their runner.  What their timers ask for from now on is answered with a
        task that is done, and calls nobody back.
        """
        self._closed = True
        for task in self.tasks():
            task.drop()
            if task.lane != "command":
                task.cancel()
        for pool in self._pools.values():
            pool.shutdown(wait=True)
        self._pools.clear()
        # Nothing may be left in the queue for a runner that is about to die: deliver it now.
        QCoreApplication.removePostedEvents(self)
        self._deliver()
        if self._collector is not None:
            self._collector.stop()
            self._collector = None

    # ------------------------------------------------------------------ inside
    def _start_threads(self) -> None:
        self._collector = MainThreadCollector(self)
        for lane, count in _LANES.items():
            self._pools[lane] = ThreadPoolExecutor(count, thread_name_prefix=lane)

    def _job(
        self,
        lane: Lane,
        func: Callable[..., Any],
        args: tuple[Any, ...],
        action: str,
        confirmed: frozenset[str] = frozenset(),
    ) -> _Job:
        return _Job(next(self._numbers), lane, func, args, action or action_of(func), confirmed)

    def _start(
        self,
        job: _Job,
        ok: Callable[..., object] | None,
        fail: Callable[..., object] | None,
        progress: Callable[..., object] | None,
        title: str,
    ) -> Task:
        # Not QObject.thread(): PySide makes the main thread's wrapper a child of whoever asks, and the garbage
        # collector then destroys the main QThread together with a dead runner.
        if threading.get_ident() != self._home:
            raise RuntimeError("the runner is used from the main thread only")
        task = Task(self, job, title)
        if self._closed:
            log.info("%s was asked for after the end and did not run", job.action)
            task.done = True
            return task
        task.on_ok = _Callback(ok) if ok else None
        task.on_fail = _Callback(fail) if fail else None
        task.on_progress = _Callback(progress) if progress else None
        self._tasks[job.number] = task
        self.task_started.emit(task)
        if job.lane != "query" or title:
            task.watch()
        self._submit(task)
        return task

    def _submit(self, task: Task) -> None:
        task.future = self._pools[task.lane].submit(_run, task.job, self._open_unit, self._post)

    def _post(self, outcome: _Outcome) -> None:
        """Called by worker threads."""
        self._letters.append(outcome)
        self._mail.emit()

    def post_cancelled(self, task: Task) -> None:
        """A task that never started was cancelled."""
        self._post(_Outcome(task.number, error=Cancelled()))

    @Slot()
    def _deliver(self) -> None:
        while self._letters:
            letter = self._letters.popleft()
            task = self._tasks.get(letter.number)
            if task is None:
                continue
            if letter.progress:
                self._deliver_progress(task)
            else:
                self._deliver_outcome(task, letter)

    def _deliver_progress(self, task: Task) -> None:
        latest, task.job.latest = task.job.latest, None
        if latest is not None:
            task.fraction, task.text = latest
            task.progressed.emit(*latest)
            if task.on_progress is not None:
                task.on_progress(*latest)

    def _deliver_outcome(self, task: Task, letter: _Outcome) -> None:
        if isinstance(letter.error, NeedsConfirmation) and task.lane == "command" and not self._closed:
            task.is_slow = False
            self.update_busy()
            self._ask(task, letter.error)
            return
        self._finish(task)
        if letter.changed:
            self.data_changed.emit(letter.changed)
        if letter.error is None:
            if task.on_ok is not None:
                task.on_ok(letter.result)
        else:
            self._deliver_error(task, letter.error)

    def _deliver_error(self, task: Task, error: Exception) -> None:
        if task.on_fail is not None:
            task.on_fail(error)
        elif task.on_ok is None or task.on_ok.receiver() is not None:
            from . import messages

            messages.show(task.parent_widget(), error)

    def _finish(self, task: Task) -> None:
        task.done = True
        task.is_slow = False
        del self._tasks[task.number]
        task.ended.emit()
        self.task_ended.emit(task)
        self.update_busy()

    def _ask(self, task: Task, error: NeedsConfirmation) -> None:
        from . import messages

        task.pending_key = error.key
        messages.ask(task.parent_widget(), error.message, detail=error.hint, title=error.title, done=task.take_answer)

    def answered(self, task: Task, yes: bool) -> None:
        """The user answered a ``NeedsConfirmation``."""
        if yes and not self._closed:
            old = task.job
            task.job = _Job(old.number, old.lane, old.func, old.args, old.action, old.confirmed | {task.pending_key})
            task.watch()
            self._submit(task)
        else:
            self._post(_Outcome(task.number, error=Cancelled()))


class InstantRunner(Runner):
    """Runs everything at once on the calling thread: for tests of screens and for headless demonstrations.

    ``answer`` replies to every confirmation; ``None`` opens the real dialog.
    """

    def __init__(
        self, open_unit: OpenUnit | None = None, parent: QObject | None = None, *, answer: bool | None = None
    ) -> None:
        super().__init__(open_unit, parent)
        self.answer = answer

    def _start_threads(self) -> None:
        """No threads."""

    def _submit(self, task: Task) -> None:
        _run(task.job, self._open_unit, self._post)

    def _post(self, outcome: _Outcome) -> None:
        self._letters.append(outcome)
        self._deliver()

    def _ask(self, task: Task, error: NeedsConfirmation) -> None:
        if self.answer is None:
            super()._ask(task, error)
            return
        task.pending_key = error.key
        self.answered(task, self.answer)


class _LetterBox:
    """Where a listening thread leaves what it heard; the main thread takes the wake-up away before it goes."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._lock = threading.Lock()
        self._wake: Callable[[], object] | None = wake
        self._letters: deque[Any] = deque()

    def put(self, letter: Any) -> None:
        with self._lock:
            if self._wake is not None:
                self._letters.append(letter)
                if len(self._letters) == 1:  # one wake-up for all that lies there: a talkative feed floods nobody
                    self._wake()

    def take(self) -> list[Any]:
        with self._lock:
            found = list(self._letters)
            self._letters.clear()
            return found

    def close(self) -> None:
        with self._lock:
            self._wake = None
            self._letters.clear()


class Listener(QObject):
    """Runs ``listen(tell, stopped)`` on a thread of its own until :meth:`stop`; what it tells arrives as ``heard``.

    Not a lane of the :class:`Runner`, because it never ends of itself: a lane is waited for when the program closes,
    a listener is not.  It holds no QObject either, only the letter box, so that a thread that is stuck in a lost
    network neither delays the end nor reaches a window that is gone.
    """

    heard = Signal(object)
    _mail = Signal()

    def __init__(
        self, listen: Callable[[Callable[[Any], object], threading.Event], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._box = _LetterBox(self._mail.emit)
        self._stopped = threading.Event()
        self._mail.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(
            target=_listen, args=(listen, self._box.put, self._stopped), name="listener", daemon=True
        )
        self._thread.start()

    @Slot()
    def _deliver(self) -> None:
        for letter in self._box.take():
            self.heard.emit(letter)

    def stop(self, patience: float = 0.6) -> None:
        """Hear nothing more from now on; waits ``patience`` seconds at most for the thread to put its things away."""
        self._box.close()
        self._stopped.set()
        self._thread.join(patience)


def _listen(
    listen: Callable[[Callable[[Any], object], threading.Event], object],
    tell: Callable[[Any], object],
    stopped: threading.Event,
) -> None:
    try:
        listen(tell, stopped)
    except Exception as error:  # noqa: BLE001 - nobody waits for this thread: at least the log must know
        log_bug(error)


def action_of(func: Callable[..., Any]) -> str:
    """``module.verb`` of a service: ``…modules.places.services.rooms.add_room`` -> ``places.add_room``."""
    while isinstance(func, functools.partial):
        func = func.func
    parts = getattr(func, "__module__", "").split(".")
    name = getattr(func, "__name__", type(func).__name__)
    if "modules" in parts and parts.index("modules") + 1 < len(parts):
        return f"{parts[parts.index('modules') + 1]}.{name}"
    return f"{parts[-1] or 'app'}.{name}"


def _run_unit(job: _Job, open_unit: OpenUnit, progress: Progress, outcome: _Outcome) -> None:
    """One unit of work; a command that the database sent back because two stood in each other's way goes again."""

    def once() -> None:
        unit = open_unit(job.action, read_only=job.lane == "query", confirmed=job.confirmed, progress=progress)
        with unit as ctx:
            outcome.result = job.func(ctx, *job.args)
        if job.lane == "command":
            outcome.changed = frozenset(ctx.changed)

    again_when_busy(once)


def _run(job: _Job, open_unit: OpenUnit | None, post: Callable[[_Outcome], None]) -> None:
    """The worker's side."""

    def progress(fraction: float, text: str) -> None:
        if job.cancelled.is_set():
            raise Cancelled
        first, job.latest = job.latest is None, (min(max(fraction, 0.0), 1.0), text)
        if first:
            post(_Outcome(job.number, progress=True))

    outcome = _Outcome(job.number)
    try:
        if job.cancelled.is_set():
            raise Cancelled
        if job.lane == "work":
            outcome.result = job.func(progress, *job.args)
        else:
            if open_unit is None:
                raise RuntimeError("this runner has no database")
            _run_unit(job, open_unit, progress, outcome)
    except AppError as error:
        outcome.error = error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - the floor under every screen: anything else is a bug to be reported
        outcome.error = unexpected(error)
    post(outcome)
