"""What the program does by itself: the modules' jobs, looked at once a minute while the window is open.

The look and the work both happen off the screen's thread, as the actor 自动任务.  Failures bother nobody: they stand in
the lease, in the log and in ``doctor``.
"""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Slot

from dangxiao_houqin.core.clock import Clock
from dangxiao_houqin.core.errors import AppError
from dangxiao_houqin.core.module_spec import ModuleSpec
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.ui.background import Runner, Task

if TYPE_CHECKING:  # the window appears before SQLAlchemy is imported
    from dangxiao_houqin.core.db import Database
    from dangxiao_houqin.core.jobs import Job, Run
    from dangxiao_houqin.core.uow import Ctx

log = logging.getLogger(__name__)

ACTOR_NAME = "自动任务"
FIRST_LOOK_MS, LOOK_MS = 5_000, 60_000


def all_jobs(modules: Sequence[ModuleSpec]) -> tuple[Job, ...]:
    """The jobs of every module, in the order of the house."""
    return tuple(job for module in modules for job in module.jobs())


def this_desk() -> str:
    """Who holds a lease taken here."""
    return f"{platform.node() or '本机'}:{os.getpid()}"


def unit_opener(db: Database, clock: Clock, progress: Progress = no_progress) -> Callable[[str], Any]:
    """How :func:`core.jobs.run_job` opens its units: the actor 自动任务, all reactions wired."""

    @contextmanager
    def open_unit(action: str) -> Iterator[Ctx]:
        from dangxiao_houqin.core.permissions import Actor
        from dangxiao_houqin.core.uow import unit_of_work

        from .wiring import REACTIONS

        with unit_of_work(
            db, Actor.system(ACTOR_NAME), action, clock=clock, handlers=REACTIONS, progress=progress
        ) as ctx:
            yield ctx

    return open_unit


def run_what_is_due(
    progress: Progress, db: Database, clock: Clock, modules: Sequence[ModuleSpec], holder: str
) -> tuple[Run, ...]:
    """Look at the leases and run what is due; raises :class:`AppError` when the database is away."""
    from dangxiao_houqin.core.jobs import list_leases, run_due
    from dangxiao_houqin.core.permissions import Actor
    from dangxiao_houqin.core.uow import unit_of_work

    with unit_of_work(db, Actor.system(ACTOR_NAME), "jobs.look", clock=clock, read_only=True) as ctx:
        leases = list_leases(ctx)
    return run_due(unit_opener(db, clock, progress), all_jobs(modules), leases, clock.now(), holder)


class Scheduler(QObject):
    """Looks a few seconds after somebody sat down and then each minute; never two looks at a time."""

    def __init__(self, runner: Runner, modules: Sequence[ModuleSpec], clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._runner = runner
        self._modules = tuple(modules)
        self._clock = clock
        self._db: Database | None = None
        self._task: Task | None = None
        self._holder = this_desk()
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.look)

    def start(self, db: Database) -> None:
        """Somebody sat down at this database."""
        self._db = db
        self.timer.start(FIRST_LOOK_MS)

    def stop(self) -> None:
        """Nobody is here any more; work under way is finished."""
        self.timer.stop()
        self._db = None

    @Slot()
    def look(self) -> None:
        """Run what is due, in the background."""
        self.timer.setInterval(LOOK_MS)
        if self._db is None or (self._task is not None and not self._task.done):
            return
        self._task = self._runner.work(
            run_what_is_due, self._db, self._clock, self._modules, self._holder, ok=self._ran, fail=self._failed
        )

    @Slot(object)
    def _ran(self, runs: tuple[Run, ...]) -> None:
        changed = frozenset(table for run in runs for table in run.changed)
        if changed:
            self._runner.data_changed.emit(changed)

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        """Nobody asked for this, so nobody is told; a bug has its entry in the log already."""
        if isinstance(error, AppError):
            log.info("jobs: %s", error.message)
