"""The kiosk's way to the database: as an actor who may submit papers and nothing else.

On PostgreSQL it is opened with a role that sees two views and may insert papers (:mod:`.role`), so nothing here asks
for the schema; the views carry a format number of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.core.clock import Clock
from dangxiao_houqin.core.db import Database, parse_target
from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys.api import SUBMIT, kiosk_settings, open_surveys

from .queue import Known

log = logging.getLogger(__name__)

KIOSK_ACTOR = Actor(None, "自助终端", frozenset({SUBMIT.key}))

# A pulled cable is noticed within seconds; without this a write waits for a quarter of an hour.
_NOTICE_SILENCE = {
    "tcp_user_timeout": "8000",
    "keepalives_idle": "5",
    "keepalives_interval": "3",
    "keepalives_count": "3",
}


class Door:
    """Opens units of work for the kiosk; a database that is away is asked for anew each time."""

    def __init__(self, target: str, clock: Clock) -> None:
        url = parse_target(target)
        if url.get_backend_name() == "postgresql":
            url = url.update_query_dict({key: value for key, value in _NOTICE_SILENCE.items() if key not in url.query})
            target = url.render_as_string(hide_password=False)
        self._db = Database(target)
        self._clock = clock

    def describe(self) -> str:
        """Where the data live, without a password."""
        return self._db.describe()

    @contextmanager
    def open_unit(
        self,
        action: str,
        *,
        read_only: bool,
        confirmed: frozenset[str] = frozenset(),
        progress: Progress = no_progress,
    ) -> Iterator[Ctx]:
        """A unit of work of the kiosk; raises :class:`Unavailable` when the database is away."""
        path = self._db.path
        if path is not None and not path.exists():  # opening would make an empty one
            raise Unavailable(f"没有找到数据库文件“{path}”，请核对路径。")
        with unit_of_work(
            self._db,
            KIOSK_ACTOR,
            action,
            clock=self._clock,
            confirmed=confirmed,
            progress=progress,
            read_only=read_only,
        ) as ctx:
            yield ctx

    def close(self) -> None:
        """Let go of all connections."""
        self._db.close()


def look(ctx: Ctx) -> Known:
    """What the database offers the kiosk now."""
    surveys = open_surveys(ctx)
    rules, pin = kiosk_settings(ctx)
    return Known(surveys, rules, pin.pin_hash)


def first_look(door: Door) -> Known:
    """The same before there is a window; raises :class:`Unavailable` also where the database does not let us look."""
    try:
        with door.open_unit("surveys.kiosk", read_only=True) as ctx:
            return look(ctx)
    except DBAPIError as error:
        log.info("the first look failed: %s", error.orig)
        raise Unavailable(
            "这个数据库还不能用于自助终端：可能没有升级，或没有给自助终端授权；请联系系统管理员运行一次 init。"
        ) from error
