"""Scheduled work: what is due, and the lease that lets only one desk run it on a shared database.

A job runs when the program is open and its time has come; what was missed is caught up at the next start.  Every job
is idempotent: should it run twice, the second run changes nothing.  A run is two transactions: :func:`take` writes who
runs it until when, :func:`carry_out` does the work and ends the lease.  On PostgreSQL the second one holds the row
itself, so that a lease whose time is over is taken over from the dead only, never from the slow.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from .clock import CHINA
from .db import Base
from .errors import AppError, Cancelled, Conflict, again_when_busy
from .log import log_bug

if TYPE_CHECKING:
    from .uow import Ctx

log = logging.getLogger(__name__)

LONGEST_RUN = timedelta(minutes=10)
"""After so long a holder who did not come back counts as dead."""

RETRY_AFTER = timedelta(minutes=15)
"""A job that failed is tried again after this time (or at its own interval, if that is shorter)."""

DAYS_KEPT = 30
"""How many days a daily job remembers to have run for: more than any correction of a clock goes back and forth."""

_ERROR_LENGTH = 500


class JobLease(Base):
    """Who runs a job now (``holder`` until ``until``), how its last run ended, and the days a daily job ran for."""

    __tablename__ = "job_lease"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120), default="")
    until: Mapped[datetime | None]
    last_started_at: Mapped[datetime | None]
    last_ended_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(500), default="")
    served: Mapped[list[str]] = mapped_column(JSON, default=list)


@dataclass(frozen=True)
class Job:
    """Work named ``module.verb`` that the program does by itself; exactly one of ``every`` and ``at`` is given.

    ``run(ctx)`` is one unit of work of the actor 自动任务 and must be idempotent.  ``at`` is China standard time.
    """

    name: str
    title: str
    run: Callable[[Ctx], object]
    every: timedelta | None = None
    at: time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.at is None):
            raise ValueError(f"job {self.name}: give either every or at")
        if self.every is not None and self.every <= timedelta(0):
            raise ValueError(f"job {self.name}: every must be positive")

    @property
    def rhythm(self) -> str:
        """每天 06:00 or 每 30 分钟."""
        if self.at is not None:
            return f"每天 {self.at:%H:%M}"
        assert self.every is not None
        minutes = int(self.every.total_seconds()) // 60
        return f"每 {minutes // 60} 小时" if minutes % 60 == 0 else f"每 {minutes} 分钟"

    def day(self, now: datetime) -> date | None:
        """The day a daily job should have run for by ``now``: today from ``at`` on, else yesterday."""
        if self.at is None:
            return None
        local = now.astimezone(CHINA)
        return local.date() if local.time() >= self.at else local.date() - timedelta(days=1)


@dataclass(frozen=True)
class Lease:
    """A job's row as plain data."""

    name: str
    holder: str = ""
    until: datetime | None = None
    last_started_at: datetime | None = None
    last_ended_at: datetime | None = None
    last_error: str = ""
    served: tuple[str, ...] = ()

    def held(self, now: datetime) -> bool:
        """Somebody runs the job at this moment, as far as ``now`` can tell.

        An end further ahead than any run lasts was written under a wrong clock and holds nobody off.
        """
        return bool(self.holder) and self.until is not None and now < self.until <= now + 2 * LONGEST_RUN


def due(jobs: Sequence[Job], leases: Mapping[str, Lease], now: datetime) -> tuple[Job, ...]:
    """The jobs to run at ``now``, in order.

    A daily job runs once for each day, whatever the clock did in between: the day is among those served or it is not.
    Only the latest missed day is caught up.  A job with an interval waits that long from its last start, in either
    direction, so that a clock set back neither starts it again at once nor stops it for good.
    """
    return tuple(job for job in jobs if _is_due(job, leases.get(job.name), now))


def _is_due(job: Job, lease: Lease | None, now: datetime) -> bool:
    if lease is None:
        return True
    if lease.held(now):
        return False
    if lease.last_error and lease.last_ended_at is not None and abs(now - lease.last_ended_at) < _retry_after(job):
        return False
    if job.every is None:
        return str(job.day(now)) not in lease.served
    if lease.last_error or lease.last_started_at is None:
        return True
    return abs(now - lease.last_started_at) >= job.every


def _retry_after(job: Job) -> timedelta:
    return RETRY_AFTER if job.every is None else min(RETRY_AFTER, job.every)


# ------------------------------------------------------------------------------------------------ the lease
def list_leases(ctx: Ctx) -> dict[str, Lease]:
    """The rows of all jobs that ever ran, by name."""
    return {row.name: _plain(row) for row in ctx.session.scalars(select(JobLease))}


def _plain(row: JobLease) -> Lease:
    return Lease(
        row.name,
        row.holder,
        row.until,
        row.last_started_at,
        row.last_ended_at,
        row.last_error,
        tuple(row.served),
    )


def take(ctx: Ctx, job: Job, holder: str, *, force: bool = False) -> bool:
    """Become the one who runs ``job`` until the lease ends; ``False`` when another desk has it or it is not due.

    ``force`` runs it although it is not due, but never beside somebody who runs it.  The end of this unit of work
    makes it known; :func:`carry_out` comes next.
    """
    row = _lock_or_make(ctx, job)
    if row is None:
        return False
    now, lease = ctx.now(), _plain(row)
    if lease.held(now) or not (force or due((job,), {job.name: lease}, now)):
        return False
    row.holder, row.until, row.last_started_at = holder[:120], now + LONGEST_RUN, now
    return True


def carry_out(ctx: Ctx, job: Job, holder: str) -> None:
    """Run ``job`` and end the lease, both or neither; raises :class:`Conflict` when another desk took it over."""
    row = _lock(ctx, job, wait=True)
    if row is None or row.holder != holder[:120]:
        raise Conflict(f"“{job.title}”已由另一台电脑接手。")
    started = row.last_started_at or ctx.now()
    job.run(ctx)
    row.holder, row.until = "", None
    row.last_ended_at, row.last_error = ctx.now(), ""
    day = job.day(started)
    if day is not None:
        row.served = [*(kept for kept in row.served if kept != str(day)), str(day)][-DAYS_KEPT:]


def note_failure(ctx: Ctx, job: Job, holder: str, sentence: str) -> bool:
    """Keep why a run failed and end its lease; ``True`` when this is news, ``False`` when it said so before."""
    row = _lock(ctx, job, wait=True)
    if row is None or row.holder != holder[:120]:
        return False
    sentence = sentence[:_ERROR_LENGTH]
    news = row.last_error != sentence
    row.holder, row.until = "", None
    row.last_ended_at, row.last_error = ctx.now(), sentence
    return news


def give_back(ctx: Ctx, job: Job, holder: str) -> None:
    """End the lease as if the job had not been taken."""
    row = _lock(ctx, job, wait=True)
    if row is not None and row.holder == holder[:120]:
        row.holder, row.until, row.last_started_at = "", None, None


def _lock(ctx: Ctx, job: Job, *, wait: bool) -> JobLease | None:
    """The row of ``job``, locked; ``wait`` for whoever has it, else ``None``."""
    wanted = select(JobLease).where(JobLease.name == job.name).with_for_update(skip_locked=not wait)
    return ctx.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _lock_or_make(ctx: Ctx, job: Job) -> JobLease | None:
    """The row of ``job``, made if need be and locked; ``None`` while another transaction has it."""
    row = _lock(ctx, job, wait=False)
    if row is not None:
        return row
    try:
        with ctx.session.begin_nested():
            row = JobLease(name=job.name, holder="", last_error="", served=[])
            ctx.session.add(row)
    except IntegrityError:  # it exists: somebody has it locked, or has just made it
        return None
    return row


# ------------------------------------------------------------------------------------------------ running
OpenUnit = Callable[[str], AbstractContextManager[Any]]
"""Opens a writing unit of work of the actor 自动任务 for an action."""


@dataclass(frozen=True)
class Run:
    """What became of one run: ``error`` is blank when it went well; ``news`` unless it failed the same way before."""

    job: Job
    error: str = ""
    news: bool = False
    changed: frozenset[str] = frozenset()


def run_job(open_unit: OpenUnit, job: Job, holder: str, *, force: bool = False) -> Run | None:
    """Run one job if it is due and nobody else runs it; ``None`` when there was nothing to do.

    A failure is kept in the lease and given back, never raised, except when the database itself is away.
    """
    with open_unit("jobs.take") as ctx:
        if not take(ctx, job, holder, force=force):
            return None

    def work() -> frozenset[str]:
        with open_unit(job.name) as ctx:
            carry_out(ctx, job, holder)
        return frozenset(ctx.changed - {JobLease.__tablename__})

    try:
        return Run(job, changed=again_when_busy(work))
    except Cancelled:  # the program closes: the work is rolled back and waits for the next start
        with open_unit("jobs.give_back") as ctx:
            give_back(ctx, job, holder)
        return None
    except Exception as error:  # noqa: BLE001 - one job's mistake must not stop the others
        problem = error
    sentence = problem.message if isinstance(problem, AppError) else f"程序内部出错（{problem!r}），详见日志。"
    with open_unit("jobs.fail") as ctx:
        news = note_failure(ctx, job, holder, sentence)
    if news and not isinstance(problem, AppError):
        log_bug(problem)
    return Run(job, sentence, news)


def run_due(
    open_unit: OpenUnit, jobs: Sequence[Job], leases: Mapping[str, Lease], now: datetime, holder: str
) -> tuple[Run, ...]:
    """Run everything that is due, one after another; a failure is logged the first time it fails so."""
    runs = []
    for job in due(jobs, leases, now):
        run = run_job(open_unit, job, holder)
        if run is None:
            continue
        runs.append(run)
        if run.error:
            log.log(logging.WARNING if run.news else logging.INFO, "job %s: %s", job.name, run.error)
    return tuple(runs)
