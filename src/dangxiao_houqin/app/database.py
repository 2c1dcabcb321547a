"""Open the database: look first without writing, then create, upgrade, or refuse with one sentence."""

from __future__ import annotations

import enum
import logging
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from dangxiao_houqin import __version__
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.db import Database, as_app_error
from dangxiao_houqin.core.errors import AppError, InvalidInput, NotFound, RuleViolation, Unavailable
from dangxiao_houqin.core.paths import backup_dir
from dangxiao_houqin.core.progress import Progress, no_progress

log = logging.getLogger(__name__)

SQLITE_MAGIC = b"SQLite format 3\x00"
_REVISION = re.compile(r'^revision(?:: str)? = "([^"]+)"', re.MULTILINE)
_DOWN_REVISION = re.compile(r'^down_revision(?:: [^=]+)? = "([^"]+)"', re.MULTILINE)


class FileState(enum.Enum):
    """What a database looks like before it is opened for work."""

    MISSING = "missing"
    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"
    DAMAGED = "damaged"
    NOT_A_DATABASE = "not a database"


@dataclass(frozen=True)
class Look:
    """Outcome of looking at a database: its state, its schema revision, and what is wrong in words for the log."""

    state: FileState
    revision: str | None = None
    detail: str = ""


@cache
def known_revisions() -> tuple[str, ...]:
    """Schema revisions of this program, oldest first.

    Read from the text of the migrations, so that a start does not wait for Alembic (0.3 s to import); a test holds
    this against Alembic's own answer.
    """
    after: dict[str | None, str] = {}
    for path in (Path(__file__).parents[1] / "migrations" / "versions").glob("[0-9]*.py"):
        source = path.read_text(encoding="utf-8")
        found, before = _REVISION.search(source), _DOWN_REVISION.search(source)
        if found is not None:
            after[before[1] if before is not None else None] = found[1]
    line: list[str] = []
    while (following := after.get(line[-1] if line else None)) is not None:
        line.append(following)
    return tuple(line)


def _state_of(revision: str | None, has_tables: bool) -> FileState:
    if revision is None:
        return FileState.FOREIGN if has_tables else FileState.EMPTY
    known = known_revisions()
    if revision == known[-1]:
        return FileState.CURRENT
    return FileState.OLDER if revision in known else FileState.NEWER


# ------------------------------------------------------------------------------------------------- SQLite
def look_at_file(path: Path, *, thorough: bool = True) -> Look:
    """Look at a SQLite file without writing to it.

    ``thorough`` reads every page (SQLite's quick_check).  A file with a journal left by a killed program is first put
    right by SQLite itself, which is the one case in which looking writes.  Raises :class:`Unavailable` when the file
    cannot be read at all.
    """
    try:
        if not path.exists():
            return Look(FileState.MISSING)
        if path.is_dir():
            raise InvalidInput(f"“{path}”是一个文件夹，请给出数据库文件的名字。", field="db")
        size = path.stat().st_size
        with path.open("rb") as handle:
            header = handle.read(100)
    except OSError as error:
        raise Unavailable(f"数据库文件“{path}”读不出来（{error.strerror or error}），请检查权限和磁盘。") from error
    if size == 0:
        return Look(FileState.EMPTY)
    if header[:16] != SQLITE_MAGIC:
        return Look(FileState.NOT_A_DATABASE, detail="header")
    journal = any(Path(f"{path}{suffix}").exists() for suffix in ("-wal",)) or _has_content(Path(f"{path}-journal"))
    if not journal and (missing := _missing_bytes(header, size)):
        return Look(FileState.DAMAGED, detail=f"truncated by {missing} bytes")
    try:
        with closing(sqlite3.connect(_uri(path, writable=journal), uri=True, timeout=30)) as connection:
            names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if thorough and (verdict := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                return Look(FileState.DAMAGED, detail=str(verdict))
            row = (
                connection.execute("SELECT version_num FROM alembic_version").fetchone()
                if "alembic_version" in names
                else None
            )
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Unavailable("数据库正在被另一个程序占用，请稍候再试。") from error
        if "no such column" in str(error):
            return Look(FileState.FOREIGN, detail=str(error))
        if "unable to open" in str(error) or "readonly" in str(error):
            raise Unavailable(f"数据库文件“{path}”打不开，请检查对文件和所在文件夹是否有读写权限。") from error
        return Look(FileState.DAMAGED, detail=str(error))
    except sqlite3.DatabaseError as error:
        return Look(FileState.DAMAGED, detail=str(error))
    revision = str(row[0]) if row else None
    return Look(_state_of(revision, bool(names - {"alembic_version"})), revision)


def _has_content(path: Path) -> bool:
    with suppress(OSError):
        return path.stat().st_size > 0
    return False


def _missing_bytes(header: bytes, size: int) -> int:
    """How many bytes the file is shorter than its own header says (0 when the header does not know)."""
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    if header[24:28] != header[92:96]:  # the size was written by a version that does not keep it
        return 0
    return max(0, int.from_bytes(header[28:32], "big") * page - size)


def _uri(path: Path, *, writable: bool) -> str:
    return f"{path.absolute().as_uri()}?mode={'rw' if writable else 'ro'}"


# --------------------------------------------------------------------------------------------- PostgreSQL
def look_at_server(db: Database) -> Look:
    """Look at a PostgreSQL database; raises :class:`Unavailable` or :class:`InvalidInput` when it does not answer."""
    try:
        with db.engine.connect().execution_options(read_only=True, postgresql_readonly=True) as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
            if encoding != "UTF8":
                raise InvalidInput(
                    f"PostgreSQL 数据库的字符编码是 {encoding}，放不下全部汉字；请用 UTF8 编码新建一个数据库。",
                    field="db",
                )
            if connection.exec_driver_sql("SELECT current_schema()").scalar() is None:
                raise Unavailable("这个 PostgreSQL 用户在库里没有可用的模式（schema），请让数据库管理员授权。")
            names = set(
                connection.exec_driver_sql(
                    "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
                ).scalars()
            )
            revision = (
                connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
                if "alembic_version" in names
                else None
            )
    except DBAPIError as error:
        raise _server_error(db, error) from error
    return Look(_state_of(revision, bool(names - {"alembic_version"})), revision)


_SERVER_SENTENCES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("password authentication failed", "no password supplied", "28p01"), "用户名或密码不对，请核对数据库地址。"),
    (("no pg_hba.conf entry",), "服务器不允许本机连接，请让数据库管理员在 pg_hba.conf 中放行。"),
    (("role", "does not exist"), "没有这个数据库用户，请核对地址或先建立用户。"),
    (("database", "does not exist"), "服务器上没有这个数据库，请先建立它（createdb）或核对库名。"),
    (("permission denied",), "这个数据库用户的权限不够，请让数据库管理员授权。"),
    (("too many clients",), "数据库服务器的连接数已满，请稍候再试。"),
    (("could not translate host name",), "找不到服务器的主机名，请核对地址。"),
    (("failed to resolve host",), "找不到服务器的主机名，请核对地址。"),
    (("connection refused",), "服务器没有应答，请检查服务器是否已启动、端口是否正确。"),
    (("timeout",), "连接服务器超时，请检查网络和防火墙。"),
    (("starting up",), "数据库服务器正在启动，请稍候再试。"),
)


def _server_error(db: Database, error: DBAPIError) -> AppError:
    text = str(error.orig).lower()
    for marks, sentence in _SERVER_SENTENCES:
        if all(mark in text for mark in marks[:2]) or (len(marks) > 2 and any(mark in text for mark in marks)):
            return Unavailable(f"连不上数据库 {db.describe()}：{sentence}")
    return as_app_error(error) or Unavailable(f"连不上数据库 {db.describe()}，请核对地址后再试。")


# --------------------------------------------------------------------------------------------------- open
def open_database(
    target: str | Path,
    *,
    create: bool = False,
    upgrade: bool = True,
    thorough: bool = True,
    clock: Clock | None = None,
    progress: Progress = no_progress,
) -> Database:
    """The database at ``target`` (file path or URL), at this program's schema and ready for work.

    Nothing is written to a database that is refused.  An empty or missing one is set up when ``create``; an older one
    is backed up (for a SQLite file also copied) into the backup folder and then upgraded in one transaction, or
    refused where ``upgrade`` is False.  Raises :class:`AppError` with the sentence for everything else: newer, foreign,
    damaged, not a database, server away, and names the latest good backup where there is one.  Without ``thorough``
    only the head of a SQLite file is read (the window looks at the rest with :func:`check_file` once it is in use).
    """
    db = Database(target)
    try:
        look = look_at_file(db.path, thorough=thorough) if db.path is not None else look_at_server(db)
        _settle(db, look, create=create, upgrade=upgrade, clock=clock or SystemClock(), progress=progress)
    except BaseException:
        db.close()
        raise
    return db


def check_file(_progress: Progress, target: str | Path) -> str | None:
    """Read every page of a SQLite file in use; the sentence when it is damaged, ``None`` when all is well."""
    db = Database(target)
    try:
        if db.path is None:
            return None
        look = look_at_file(db.path)
        if look.state is not FileState.DAMAGED:
            return None
        log.error("damaged database %s: %s", db.path, look.detail)
        return f"“{db.path}”有损坏的地方，请不要再录入，先记下今天的修改；{_offer(db)}"
    finally:
        db.close()


def _settle(db: Database, look: Look, *, create: bool, upgrade: bool, clock: Clock, progress: Progress) -> None:
    where = f"{db.describe()} "
    if look.state is FileState.CURRENT:
        return
    if look.state in (FileState.MISSING, FileState.EMPTY):
        if create:
            progress(0.0, "正在建立数据库")
            _create(db)
            return
        if look.state is FileState.MISSING:
            raise NotFound(f"没有找到数据库文件“{db.path}”，请核对路径；要新建数据库请用 init。")
        raise NotFound(f"{where}里还没有数据表，请先用 init 建立。")
    if look.state is FileState.FOREIGN:
        raise RuleViolation(f"{where}里是别的程序的数据，没有改动它；请换一个文件或新建一个数据库。")
    if look.state is FileState.NEWER:
        raise RuleViolation(
            f"{where}由更新的版本写成（数据结构 {look.revision}），本程序（{__version__}）不能打开，没有改动它；"
            "请安装新版本的程序。"
        )
    if look.state in (FileState.DAMAGED, FileState.NOT_A_DATABASE):
        log.info("refused %s: %s %s", db.path, look.state.value, look.detail)
        what = "已损坏" if look.state is FileState.DAMAGED else "不是数据库文件"
        raise Unavailable(f"“{db.path}”{what}，没有打开也没有改动它；{_offer(db)}")
    if not upgrade:
        raise Unavailable(f"{where}要先升级才能使用，请联系系统管理员在管理员的电脑上升级后再打开。")
    _upgrade(db, look, clock, progress)


def _offer(db: Database) -> str:
    from .backup import latest_good_backup

    found = latest_good_backup(db)
    if found is None:
        return "本机没有找到它的备份，请用别处保存的备份恢复（restore）。"
    return f"请用最近的完好备份恢复（restore）：{found.created:%Y-%m-%d %H:%M} 的“{found.path}”。"


def _create(db: Database) -> None:
    from . import schema

    if db.path is not None:
        try:
            db.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Unavailable(
                f"文件夹“{db.path.parent}”建立不了（{error.strerror or error}），请换一个位置或检查权限。"
            ) from error
    try:
        schema.upgrade(db)
    except DBAPIError as error:
        raise (as_app_error(error) if db.is_sqlite else None) or _server_error(db, error) from error


def _upgrade(db: Database, look: Look, clock: Clock, progress: Progress) -> None:
    from . import schema
    from .backup import automatic_backup_path, backup, copy_sqlite

    now = clock.now()
    progress(0.0, "升级前先备份数据")
    archive = automatic_backup_path(db, now, "升级前")
    backup(db, archive, clock=clock, progress=lambda fraction, text: progress(fraction * 0.6, text))
    if db.path is not None:
        copy_sqlite(db.path, backup_dir() / f"{archive.stem}.sqlite")
    progress(0.7, "正在升级数据库")
    try:
        schema.upgrade(db)
    except DBAPIError as error:
        known = as_app_error(error) if db.is_sqlite else _server_error(db, error)
        raise known or Unavailable(
            f"数据库升级没有成功，数据仍是升级前的样子（备份在“{archive}”）；请联系技术支持。"
        ) from error
    log.info("upgraded %s from %s to %s, backup %s", db.describe(), look.revision, known_revisions()[-1], archive)
    progress(1.0, "升级完成")
