"""What one desk commits, another hears within two seconds; after an interruption, through a pooler, over one file."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.app.wiring import DERIVED
from dangxiao_houqin.core import changes
from dangxiao_houqin.core.changes import LONGEST_PAYLOAD, ChangeFeed
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Base, Database
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.models import Department
from dangxiao_houqin.modules.places.models import Site
from tests.support.postgres import PostgresServer, running_postgres

PROMISED = 2.0
LI_MIN = Actor(7, "李敏")


class Ear:
    """A feed at work in a thread, and when it told what."""

    def __init__(self, db: Database, **options: Any) -> None:
        self.feed = ChangeFeed(db, derived=DERIVED, **options)
        self.told: list[tuple[float, frozenset[str]]] = []
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.feed.run, args=(self._tell, self.stopped))
        self.thread.start()

    def _tell(self, tables: frozenset[str]) -> None:
        self.told.append((time.monotonic(), tables))

    def wait_for(self, table: str, seconds: float = PROMISED) -> float:
        """Seconds until ``table`` was told; forgets what was told."""
        began = time.monotonic()
        until(lambda: any(table in tables for _, tables in list(self.told)), seconds, f"{table} was not told")
        when = next(at for at, tables in self.told if table in tables)
        self.told.clear()
        return max(0.0, when - began)

    def stop(self) -> float:
        began = time.monotonic()
        self.stopped.set()
        self.thread.join(20)
        assert not self.thread.is_alive()
        return time.monotonic() - began


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    patience = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < patience, what
        time.sleep(0.01)


@contextmanager
def listening(db: Database, mode: str = "", **options: Any) -> Iterator[Ear]:
    ear = Ear(db, **options)
    try:
        until(lambda: bool(ear.feed.mode) and mode in (ear.feed.mode, ""), 15, f"never came to {mode or 'work'}")
        yield ear
    finally:
        ear.stop()


@contextmanager
def desk(url: str) -> Iterator[Database]:
    db = Database(url)
    yield db
    db.close()


def add(db: Database, name: str, actor: Actor = LI_MIN, model: Any = Department) -> None:
    with unit_of_work(db, actor, "test.add") as ctx:
        ctx.add(model(name=name))


def test_each_of_two_desks_hears_the_other_and_not_itself(db: Database, db_url: str) -> None:
    mode = "poll" if db.is_sqlite else "listen"
    with desk(db_url) as other, listening(db, mode) as here, listening(other, mode) as there:
        add(db, "后勤科")
        there.wait_for("department")
        add(other, "教务科", Actor(8, "王芳"), Site)
        here.wait_for("site")
        time.sleep(0.4 if mode == "listen" else 2)
        assert [tables for _, tables in here.told + there.told if {"department", "site"} & tables] == []


def test_what_is_rolled_back_is_not_told(db: Database, db_url: str) -> None:
    with desk(db_url) as other, listening(other) as there:
        with suppress(RuleViolation), unit_of_work(db, LI_MIN, "test.refused") as ctx:
            ctx.add(Department(name="后勤科"))
            raise RuleViolation("不行。")
        add(db, "校区", model=Site)
        until(lambda: bool(there.told), PROMISED, "nothing was told")
        assert there.told[0][1] == {"site", "audit_entry"}


def test_derived_tables_are_told_with_their_source(db: Database, db_url: str) -> None:
    with desk(db_url) as other, listening(other) as there:
        with unit_of_work(db, LI_MIN, "test.move") as ctx:
            ctx.touched("stay")
            ctx.record("test.move", entity="stay", entity_id=1)
        until(lambda: bool(there.told), PROMISED, "nothing was told")
        assert there.told[0][1] >= {"stay", "bed_night", "room_night"}


@pytest.mark.postgres_only
def test_a_bulk_change_of_many_tables_fits_into_notifications(db: Database, db_url: str) -> None:
    many = {f"{'很长的表名' * 5}{number}" for number in range(400)}
    assert all(len(part.encode()) < 8000 for part in changes._payloads(many, db.desk))
    assert sum(len(name.encode()) for name in many) > 3 * LONGEST_PAYLOAD
    with desk(db_url) as other, listening(other) as there:
        with unit_of_work(db, LI_MIN, "test.many") as ctx:
            ctx.touched(*many)
        until(lambda: many <= {t for _, tables in list(there.told) for t in tables}, PROMISED, "not all were told")


@pytest.mark.postgres_only
@pytest.mark.parametrize("listen", (True, False))
def test_after_the_server_comes_back_the_feed_goes_on(listen: bool) -> None:
    with running_postgres(synchronous_commit="on") as server:  # what was committed is there after the stop
        url = server.create_database("dx_back")
        with desk(url) as one, desk(url) as two:
            upgrade(one)
            with listening(two, listen=listen) as there:
                add(one, "后勤科")
                there.wait_for("department")
                server.stop()
                until(lambda: there.feed.mode == "", 5, "the feed did not notice")
                server.start()
                until(lambda: bool(there.told), 6, "the feed did not come back")
                assert there.told[0][1] == frozenset(Base.metadata.tables), "nobody knows what was missed"
                there.told.clear()
                one.engine.dispose()
                add(one, "教务科")
                there.wait_for("department")


@pytest.mark.postgres_only
def test_a_feed_stops_at_once_when_the_server_is_away() -> None:
    with running_postgres() as server:
        url = server.create_database("dx_gone")
        with desk(url) as one:
            upgrade(one)
            ear = Ear(one)
            until(lambda: ear.feed.mode == "listen", 10, "does not listen")
            server.stop()
            until(lambda: ear.feed.mode == "", 5, "the feed did not notice")
            assert ear.stop() < 1


# ------------------------------------------------------------------------------------------------ a pooler
class Pooler:
    """Passes everything through except notifications, as a transaction pooler does to somebody who listens."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.swallowed = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            upstream = socket.create_connection(("127.0.0.1", self._server.port))
            self._open += [client, upstream]
            for target, arguments in ((self._up, (client, upstream)), (self._down, (upstream, client))):
                self._threads.append(threading.Thread(target=target, args=arguments))
                self._threads[-1].start()

    def _up(self, client: socket.socket, upstream: socket.socket) -> None:
        try:
            while data := client.recv(65536):
                upstream.sendall(data)
            upstream.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _down(self, upstream: socket.socket, client: socket.socket) -> None:
        """Message by message: a letter, the length of what follows, the rest; ``A`` is a notification."""
        waiting = b""
        try:
            while data := upstream.recv(65536):
                waiting += data
                if waiting in (b"N", b"S"):  # the answer to "do you speak TLS?" is one letter alone
                    client.sendall(waiting)
                    waiting = b""
                while len(waiting) >= 5 and len(waiting) > (length := int.from_bytes(waiting[1:5], "big")):
                    message, waiting = waiting[: length + 1], waiting[length + 1 :]
                    if message[:1] == b"A":
                        self.swallowed += 1
                    else:
                        client.sendall(message)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        for end in (self._door, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join(5)


@pytest.mark.postgres_only
def test_behind_a_pooler_the_feed_asks_instead(db: Database, db_url: str, postgres: PostgresServer) -> None:
    pooler = Pooler(postgres)
    through = db_url.replace(f":{postgres.port}/", f":{pooler.port}/") + "?sslmode=disable"
    with desk(through) as other:
        with listening(other, "poll") as there:
            assert pooler.swallowed >= 1
            add(db, "后勤科")
            there.wait_for("department")
            add(other, "教务科", Actor(8, "王芳"), Site)
            time.sleep(2)
            assert there.told == [], "one's own change is no news"
    pooler.close()


@pytest.mark.postgres_only
def test_asking_misses_nothing_that_commits_late(db: Database, db_url: str) -> None:
    """Entry 1 is written first and committed last: by then the feed has seen entry 2."""
    with desk(db_url) as other, listening(other, "poll", listen=False) as there:
        with unit_of_work(db, LI_MIN, "test.slow") as slow:
            slow.add(Department(name="后勤科"))
            with desk(db_url) as third:
                add(third, "本部", Actor(8, "王芳"), Site)
            there.wait_for("site")
        there.wait_for("department")


@pytest.mark.parametrize(
    ("steps", "holes"),
    (
        (([1, 2, 3],), []),
        (([1, 4],), [(2, 3)]),
        (([1, 4], [3]), [(2, 2)]),
        (([1, 4], [2, 3, 7]), [(5, 6)]),
        (([5], [1], [3], [2, 4]), []),
    ),
)
def test_numbers_not_seen_yet_are_remembered(
    steps: tuple[list[int], ...], holes: list[tuple[int, int]], tmp_path: Path
) -> None:
    marker = changes._Marker.__new__(changes._Marker)
    marker.newest, marker.gaps = 0, []
    for seen in steps:
        marker._note(seen, 0.0)
    assert sorted((gap.first, gap.last) for gap in marker.gaps) == holes


@pytest.mark.sqlite_only
def test_the_command_line_writes_the_same_file(db: Database, db_url: str) -> None:
    """Another process is another connection; its changes are told, a change of one's own is not."""
    import subprocess
    import sys

    code = (
        "import sys\n"
        "from dangxiao_houqin.core.db import Database\n"
        "from dangxiao_houqin.core.permissions import Actor\n"
        "from dangxiao_houqin.core.uow import unit_of_work\n"
        "from dangxiao_houqin.modules.organization.models import Department\n"
        "with unit_of_work(Database(sys.argv[1]), Actor.system('命令行'), 'test.cli') as ctx:\n"
        "    ctx.add(Department(name='教务科'))\n"
    )
    with listening(db, "poll") as here:
        with unit_of_work(db, LI_MIN, "test.add", clock=FixedClock()) as ctx:
            ctx.add(Site(name="本部"))
        subprocess.run([sys.executable, "-c", code, db_url], check=True)
        here.wait_for("department")
        assert not any("site" in tables for _, tables in here.told)


def test_after_a_backup_was_restored_everything_is_told(db: Database, db_url: str) -> None:
    """The log is shorter than it was: what was seen says nothing any more, and the feed starts from there."""
    add(db, "后勤科")
    add(db, "教务科")
    with desk(db_url) as other, listening(other, "poll", listen=False) as there:
        with db.engine.begin() as connection:
            for statement in REPLACE_LOG[db.is_sqlite]:
                connection.exec_driver_sql(statement)
        until(lambda: bool(there.told), PROMISED + 0.5, "nothing was told")
        assert there.told[0][1] == frozenset(Base.metadata.tables)
        there.told.clear()
        add(db, "本部", Actor(9, "赵敏"), Site)
        there.wait_for("site")


REPLACE_LOG = {
    True: ("DROP TRIGGER audit_entry_no_delete", "DELETE FROM audit_entry"),
    False: ("ALTER TABLE audit_entry DISABLE TRIGGER USER", "TRUNCATE audit_entry RESTART IDENTITY"),
}
