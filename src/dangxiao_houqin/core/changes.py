"""What one desk changes, the other desks hear of: names of tables, never data.

On PostgreSQL every unit of work that changes something sends a notification inside its own transaction, so that it is
delivered if and when that commits; a :class:`ChangeFeed` listens on a connection of its own and comes back after a
lost one.  Where nothing can be heard (a connection pooler swallows notifications; SQLite has none, but the command
line may write the same file) it asks for new audit entries instead.
"""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .audit import AuditEntry
from .db import Base, Database

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

CHANNEL = "dangxiao_changes"
LONGEST_PAYLOAD = 7900
"""Bytes; PostgreSQL takes less than 8000."""

POLL_SECONDS = 1.5
"""Together with the asking itself less than the two seconds that are promised."""

BREATH = 0.25
"""Seconds between two looks at whether to stop."""

DEAF_AFTER = 2.0
"""Seconds after which one's own test notification counts as swallowed."""

FIRST_WAIT, LONGEST_WAIT = 0.3, 3.0
"""Seconds between attempts to come back to a server that is away."""

GAP_SECONDS = 600.0
"""An audit entry's number that has not turned up for so long belongs to a transaction that was given up."""

Tell = Callable[[frozenset[str]], object]


# ------------------------------------------------------------------------------------------------ the sender
def announce(session: Session, tables: Collection[str], desk: str) -> None:
    """Tell the other desks, when this transaction commits, that ``tables`` changed (PostgreSQL only)."""
    for payload in _payloads(tables, desk):
        session.execute(select(func.pg_notify(CHANNEL, payload)))


def _payloads(tables: Collection[str], desk: str) -> Iterator[str]:
    part: list[str] = []
    for table in sorted(tables):
        if part and len(desk) + 1 + sum(len(name.encode()) + 1 for name in (*part, table)) > LONGEST_PAYLOAD:
            yield f"{desk} {','.join(part)}"
            part = []
        part.append(table)
    if part:
        yield f"{desk} {','.join(part)}"


@dataclass(frozen=True)
class OwnWrite:
    """Audit entries of one unit of this desk: whose, and the moments of the first and the last."""

    actor_id: int | None
    actor_name: str
    first: datetime
    last: datetime


# ------------------------------------------------------------------------------------------------ the listener
class ChangeFeed:
    """Tells what other desks change on ``db`` until it is stopped; made for a thread of its own.

    ``derived`` names tables that are written without an audit entry whenever another one is (``stay`` ->
    ``bed_night``).  ``listen`` False asks for audit entries only.
    """

    def __init__(
        self,
        db: Database,
        *,
        derived: Mapping[str, Collection[str]] | None = None,
        listen: bool = True,
        every: float = POLL_SECONDS,
    ) -> None:
        self._db = db
        self._derived = dict(derived or {})
        self._listen = listen
        self._every = every
        self.mode = ""
        """``listen`` or ``poll`` while connected, else empty."""

    def run(self, tell: Tell, stopped: threading.Event) -> None:
        """Call ``tell`` with the names of changed tables until ``stopped``; a lost database is waited for.

        After an interruption all tables are told, because nobody knows what was missed.
        """
        once = self._one_sqlite_file if self._db.is_sqlite else self._one_connection
        away = _away(self._db)
        missed, wait = False, FIRST_WAIT
        while not stopped.is_set():
            began = time.monotonic()
            try:
                once(tell, stopped, missed)
            except away as error:
                log.info("no news of other desks for now: %s", error)
            self.mode = ""
            wait = FIRST_WAIT if time.monotonic() - began > LONGEST_WAIT else min(wait * 2, LONGEST_WAIT)
            missed = True
            stopped.wait(wait)

    # ------------------------------------------------------------------ PostgreSQL
    def _one_connection(self, tell: Tell, stopped: threading.Event, missed: bool) -> None:
        with self._connect() as connection:
            marker = _Marker(self._db, connection)
            if self._listen and self._start_listening(connection):
                if missed:
                    tell(self._everything())
                missed = False
                self._hear(connection, tell, stopped)
            if missed:
                tell(self._everything())
            self.mode = "poll"
            while not stopped.wait(self._every):
                self._pass_on(marker.fresh(), tell)

    @contextmanager
    def _connect(self) -> Iterator[psycopg.Connection[Any]]:
        import psycopg

        options: dict[str, Any] = dict(self._db.engine.dialect.create_connect_args(self._db.url)[1])
        options |= {"connect_timeout": 5, "application_name": "dangxiao-houqin changes"}
        # A pulled cable is noticed within half a minute.
        options |= {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
        with closing(psycopg.connect(**options, autocommit=True)) as connection:
            yield connection

    def _start_listening(self, connection: psycopg.Connection[Any]) -> bool:
        import psycopg

        try:
            connection.execute(f'LISTEN "{CHANNEL}"')
        except psycopg.OperationalError:
            raise
        except psycopg.Error as error:  # a standby, a pooler that forbids it
            log.info("the database does not let us listen: %s", error)
            return False
        return True

    def _hear(self, connection: psycopg.Connection[Any], tell: Tell, stopped: threading.Event) -> None:
        """Pass notifications on until ``stopped``, or until it is clear that none arrive."""
        test = f"{self._db.desk}?{secrets.token_hex(4)}"
        with self._connect() as other:  # not our own connection: a pooler would give that back to us
            other.execute("SELECT pg_notify(%s, %s)", (CHANNEL, test))
        patience = time.monotonic() + DEAF_AFTER
        while not stopped.is_set():
            for note in connection.notifies(timeout=BREATH):
                if note.payload == test:
                    self.mode = "listen"
                    continue
                desk, _, tables = note.payload.partition(" ")
                if tables and desk != self._db.desk:
                    self._pass_on(tables.split(","), tell)
            if not self.mode and time.monotonic() > patience:
                log.info("notifications do not arrive; asking every %s s instead", self._every)
                return

    # ------------------------------------------------------------------ SQLite
    def _one_sqlite_file(self, tell: Tell, stopped: threading.Event, missed: bool) -> None:
        path = self._db.path
        assert path is not None
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=1)) as connection:
            connection.execute("PRAGMA query_only=ON")
            marker, version = _Marker(self._db, connection), _data_version(connection)
            if missed:
                tell(self._everything())
            self.mode = "poll"
            while not stopped.wait(self._every):
                if (now := _data_version(connection)) != version:
                    version = now
                    self._pass_on(marker.fresh(), tell)

    # ------------------------------------------------------------------ both
    def _pass_on(self, tables: Iterable[str], tell: Tell) -> None:
        found = {table for table in tables if table}
        for table in tuple(found):
            found.update(self._derived.get(table, ()))
        if found:
            tell(frozenset(found | {AuditEntry.__tablename__}))

    def _everything(self) -> frozenset[str]:
        return frozenset(Base.metadata.tables)


def _away(db: Database) -> tuple[type[Exception], ...]:
    """Errors that mean: the database is away, locked or being replaced."""
    if db.is_sqlite:
        return (sqlite3.Error, OSError)
    import psycopg

    return (psycopg.Error, OSError)


def _data_version(connection: sqlite3.Connection) -> int:
    """Another number after every commit of another connection."""
    number: int = connection.execute("PRAGMA data_version").fetchone()[0]
    return number


@dataclass
class _Gap:
    """Audit numbers that were given out and not yet seen: their transaction is still open, or was rolled back."""

    first: int
    last: int
    since: float


@dataclass
class _Marker:
    """How far the audit log was read.

    Transactions commit in another order than their entries were numbered, so numbers passed over are looked for again.
    """

    db: Database
    connection: Any
    newest: int = 0
    gaps: list[_Gap] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.newest = self._last()

    def _last(self) -> int:
        number: int = self.connection.execute("SELECT COALESCE(MAX(id), 0) FROM audit_entry").fetchone()[0]
        return number

    def fresh(self) -> set[str]:
        """Tables of entries that other desks wrote since the last time; all of them when the log is another one."""
        now = time.monotonic()
        self.gaps = [gap for gap in self.gaps if now - gap.since < GAP_SECONDS]
        wanted = "".join(f" OR id BETWEEN {gap.first} AND {gap.last}" for gap in self.gaps)
        rows = self.connection.execute(
            f"SELECT id, entity, actor_id, actor_name, at FROM audit_entry WHERE id > {self.newest}{wanted} ORDER BY id"
        ).fetchall()
        if not rows:
            if (last := self._last()) < self.newest:  # a backup was restored meanwhile
                self.newest, self.gaps = last, []
                return set(Base.metadata.tables)
            return set()
        own = self.db.written.copy()
        found = {entity for _, entity, who, name, at in rows if not _is_own(own, who, name, at)}
        self._note([row[0] for row in rows], now)
        return found

    def _note(self, seen: list[int], now: float) -> None:
        spans = [(gap.first, gap.last, gap.since) for gap in self.gaps]
        if seen[-1] > self.newest:
            spans.append((self.newest + 1, seen[-1], now))
            self.newest = seen[-1]
        self.gaps = [
            _Gap(first, last, since)
            for start, end, since in spans
            for first, last in _holes(start, end, [number for number in seen if start <= number <= end])
        ]


def _holes(start: int, end: int, seen: list[int]) -> Iterator[tuple[int, int]]:
    """What of ``start``..``end`` is not among the sorted ``seen``, in stretches."""
    for number in (*seen, end + 1):
        if start < number:
            yield start, number - 1
        start = number + 1


def _is_own(own: Iterable[OwnWrite], who: int | None, name: str, at: datetime | str) -> bool:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at  # SQLite keeps UTC text
    return any(w.actor_id == who and w.actor_name == name and w.first <= moment <= w.last for w in own)
