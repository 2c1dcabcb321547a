"""One use case, one transaction.

Services receive a :class:`Ctx` and never commit; the block that opened the unit commits when it ends well and rolls
back otherwise.  ORM objects never leave the block.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import event as sa_event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from . import audit
from .changes import OwnWrite, announce
from .clock import Clock, SystemClock
from .db import Database, Entity, as_app_error, check_texts
from .errors import Conflict, NeedsConfirmation, NotFound
from .events import NO_HANDLERS, Handlers
from .numbering import next_number
from .permissions import Actor, Permission
from .progress import Progress, no_progress
from .stored_settings import load_settings

log = logging.getLogger(__name__)

E = TypeVar("E", bound=Entity)
S = TypeVar("S")

_forbidden_thread: int | None = None


def forbid_ui_thread() -> None:
    """From now on a unit opened on the calling (main) thread is a bug: the screen must never wait for data."""
    global _forbidden_thread  # noqa: PLW0603 - one process-wide guard
    _forbidden_thread = threading.get_ident()


def allow_ui_thread() -> None:
    """Undo :func:`forbid_ui_thread` (the shell is gone)."""
    global _forbidden_thread  # noqa: PLW0603
    _forbidden_thread = None


class Ctx:
    """What a use case may touch: session, actor, clock, settings, events, progress."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        action: str,
        clock: Clock,
        confirmed: frozenset[str],
        progress: Progress,
        handlers: Handlers,
    ) -> None:
        self.session = session
        self.actor = actor
        self.action = action
        self.clock = clock
        self.confirmed = confirmed
        self.progress = progress
        self.changed: set[str] = set()
        self.audited: tuple[datetime, datetime] | None = None
        """Moments of the first and the last audit entry of this unit."""
        self._handlers = handlers
        self._settings: dict[type[Any], Any] = {}

    def now(self) -> datetime:
        return self.clock.now()

    def today(self) -> date:
        return self.clock.today()

    def can(self, permission: Permission) -> bool:
        return self.actor.can(permission)

    def require(self, permission: Permission) -> None:
        """First statement of every service; raises :class:`PermissionDenied`."""
        self.actor.require(permission)

    def settings(self, cls: type[S]) -> S:
        """The section ``cls`` as stored, read once per unit."""
        if cls not in self._settings:
            self._settings[cls] = load_settings(self.session, cls)
        found: S = self._settings[cls]
        return found

    def forget_settings(self) -> None:
        """Settings were just saved; read them again when asked."""
        self._settings.clear()

    def get(self, model: type[E], key: int, *, version: int | None = None, lock: bool = False) -> E:
        """Load one entity.

        ``version`` is what the form showed; a different one in the database raises :class:`Conflict`.
        ``lock`` takes the row until the end of the transaction.  Raises :class:`NotFound`.
        """
        # Weaker than a deletion's lock: rows that point here can be written meanwhile, which prevents deadlocks.
        how = {"key_share": True} if lock else None
        found = self.session.get(model, key, with_for_update=how, populate_existing=lock)
        if found is None:
            raise NotFound("这条记录已被删除，请刷新列表。")
        if version is not None and found.version != version:
            raise self.conflict(found)
        return found

    def conflict(self, entity: Entity) -> Conflict:
        """The sentence for a form that was overtaken, with who and when."""
        from sqlalchemy import select

        entry = audit.AuditEntry
        query = select(entry.actor_name).where(entry.entity == entity.__tablename__, entry.entity_id == entity.id)
        name = self.session.scalars(query.order_by(entry.id.desc()).limit(1)).first() or "其他人"
        return Conflict(f"{name}已于 {entity.updated_at:%m-%d %H:%M} 修改了这条记录，请重新载入后再改。")

    def add(self, entity: E) -> E:
        """Add and flush, so that the entity has its id."""
        self.session.add(entity)
        self.session.flush()
        return entity

    def publish(self, event: object) -> None:
        """Run the handlers of ``event`` now, in this transaction."""
        for handler in self._handlers.get(type(event), ()):
            handler(self, event)

    def confirm(self, key: str, message: str, *, hint: str = "") -> None:
        """Go on only when the user agreed; raises :class:`NeedsConfirmation` the first time."""
        if key not in self.confirmed:
            raise NeedsConfirmation(key, message, hint=hint)

    def next_number(self, kind: str, period: str = "") -> int:
        """The next number of a document kind within a period."""
        return next_number(self.session, kind, period)

    def touched(self, *tables: str) -> None:
        """Name tables changed by a bulk statement, so that open pages re-query."""
        self.changed.update(tables)

    def record(
        self,
        action: str,
        *,
        entity: str = "",
        entity_id: int | None = None,
        label: str = "",
        changes: dict[str, list[Any]] | None = None,
    ) -> None:
        """Log an event that changes no row (reveal, export, print, login), or a link table in ``changes``."""
        audit.write(self.session, [self._audit_row(action, "event", entity, entity_id, label, changes or {})])

    def _audit_row(
        self,
        action: str,
        kind: str,
        entity: str,
        entity_id: int | None,
        label: str,
        changes: dict[str, list[Any]],
    ) -> dict[str, Any]:
        return {
            "at": self._moment(),
            "actor_id": self.actor.user_id,
            "actor_name": self.actor.name[:80],
            "action": action,
            "kind": kind,
            "entity": entity,
            "entity_id": entity_id,
            "label": label[:200],
            "changes": changes,
        }

    def _moment(self) -> datetime:
        now = self.now()
        self.audited = (min(self.audited[0], now), max(self.audited[1], now)) if self.audited else (now, now)
        return now

    def before_flush(self, session: Session, *_: object) -> None:
        now, who = self.now(), self.actor.user_id
        for entity in session.new:
            if isinstance(entity, Entity):
                entity.created_at = entity.updated_at = now
                entity.created_by = entity.updated_by = who
        for member in (*session.new, *session.dirty):
            check_texts(member)
        for entity in session.dirty:
            if isinstance(entity, Entity) and session.is_modified(entity):
                entity.updated_at = now
                entity.updated_by = who
        self._pending = audit.collect(session)
        for member in (*session.new, *session.dirty, *session.deleted):
            self.changed.add(member.__tablename__)

    def after_flush(self, session: Session, *_: object) -> None:
        rows = [
            self._audit_row(
                self.action,
                kind,
                entity.__tablename__,
                entity.id,
                str(getattr(entity, "label", "") or ""),
                changes,
            )
            for entity, kind, changes in self._pending
        ]
        self._pending = []
        audit.write(session, rows)


def _publish_changes(db: Database, ctx: Ctx) -> None:
    """The last thing before the commit: the other desks will hear of it, this one knows it for its own."""
    if ctx.audited is not None:
        db.written.append(OwnWrite(ctx.actor.user_id, ctx.actor.name[:80], *ctx.audited))
    if ctx.changed and not db.is_sqlite:
        announce(ctx.session, ctx.changed, db.desk)


@contextmanager
def unit_of_work(
    db: Database,
    actor: Actor,
    action: str,
    *,
    clock: Clock | None = None,
    confirmed: frozenset[str] = frozenset(),
    progress: Progress = no_progress,
    handlers: Handlers = NO_HANDLERS,
    read_only: bool = False,
) -> Iterator[Ctx]:
    """Open a transaction for one use case named ``action`` (``module.verb``, kept in the audit log).

    Database errors leave as :class:`AppError`; an error without a sentence is a bug and leaves as it is.
    """
    if _forbidden_thread is not None and threading.get_ident() == _forbidden_thread:
        raise RuntimeError(f"unit of work {action!r} opened on the UI thread")
    options: dict[str, Any] = {"read_only": read_only}
    if read_only and not db.is_sqlite:  # one moment for all reads, as SQLite gives it: sums fit their rows
        options |= {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
    try:
        with (
            db.engine.connect().execution_options(**options) as connection,
            Session(connection, expire_on_commit=False, autoflush=True) as session,
        ):
            ctx = Ctx(session, actor, action, clock or SystemClock(), confirmed, progress, handlers)
            if not read_only:
                sa_event.listen(session, "before_flush", ctx.before_flush)
                sa_event.listen(session, "after_flush", ctx.after_flush)
            with session.begin():
                yield ctx
                if not read_only:
                    session.flush()
                    _publish_changes(db, ctx)
    except StaleDataError as error:
        raise Conflict("这条记录刚被其他人修改，请重新载入后再改。") from error
    except (DBAPIError, PoolTimeout) as error:
        known = as_app_error(error)
        if known is None:
            raise
        log.info("%s: %s", action, str(error).partition("\n")[0])  # the second line quotes the row, and persons
        raise known from error
