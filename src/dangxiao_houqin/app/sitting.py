"""Who sits at this desk, on which database; every use case passes through here and asks anew who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import Progress

from .wiring import REACTIONS

if TYPE_CHECKING:  # the window appears before SQLAlchemy is imported
    from dangxiao_houqin.core.db import Database
    from dangxiao_houqin.core.uow import Ctx

AT_THE_DOOR = Actor(None, "登录窗口")
"""Nobody yet: may do nothing but log in."""


class Sitting(QObject):
    """The open database and the actor.  ``open_unit`` is what the runner opens its units with."""

    rights_changed = Signal(object)
    """The actor as he or she is now; emitted from a worker thread, hence delivered queued."""

    def __init__(self, clock: Clock | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock: Clock = clock or SystemClock()
        self.db: Database | None = None
        self.actor = AT_THE_DOOR

    @contextmanager
    def open_unit(
        self, action: str, *, read_only: bool, confirmed: frozenset[str], progress: Progress
    ) -> Iterator[Ctx]:
        """A unit of work of whoever sits here, with the rights as they are at this moment.

        Raises :class:`PermissionDenied` when the account was disabled meanwhile.
        """
        from dangxiao_houqin.core.uow import unit_of_work
        from dangxiao_houqin.modules.organization.api import current_actor

        if self.db is None:
            raise Unavailable("数据库还没有打开，请稍候再试。")
        actor = self.actor
        with unit_of_work(
            self.db,
            actor,
            action,
            clock=self.clock,
            confirmed=confirmed,
            progress=progress,
            handlers=REACTIONS,
            read_only=read_only,
        ) as ctx:
            if actor.user_id is not None:
                now = current_actor(ctx, actor.user_id)
                ctx.actor = now
                if (now.permissions, now.all_permissions) != (actor.permissions, actor.all_permissions):
                    self.rights_changed.emit(now)
            yield ctx

    def close(self) -> None:
        """Leave the desk."""
        self.actor = AT_THE_DOOR
        if self.db is not None:
            self.db.close()
            self.db = None
