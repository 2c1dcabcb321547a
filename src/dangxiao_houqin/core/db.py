"""The database: one MetaData, one base entity, engines for SQLite and PostgreSQL.

SQLite is one local file used by one PC; sharing between desks means PostgreSQL.  Writing transactions on SQLite start
with ``BEGIN IMMEDIATE`` so that two writers queue instead of failing with "database is locked".
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import sys
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Connection,
    Constraint,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from .clock import CHINA
from .errors import AppError, Busy, Conflict, InvalidInput, RuleViolation, Unavailable

if TYPE_CHECKING:
    from .changes import OwnWrite

WAL_SAFE_SQLITE = (3, 51, 3)
"""First SQLite release without the WAL-reset corruption bug of 3.7.0-3.51.2."""

NETWORK_FILESYSTEMS = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "ceph", "glusterfs", "afs"}
)


class AwareDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both engines and given back in China standard time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(CHINA)


class Base(DeclarativeBase):
    """Root of all tables; the naming convention lets errors and migrations name a constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: AwareDateTime}  # noqa: RUF012 - SQLAlchemy's own form


Fen = Annotated[int, mapped_column(BigInteger)]
"""A column of money: PostgreSQL's plain integer ends at 21 million yuan."""


class Entity(Base):
    """A row with identity, optimistic lock and who touched it last; its changes are audited.

    Of columns marked ``info={"secret": True}``, and of those in ``secret_keys`` of this row, only that they changed.
    """

    __abstract__ = True
    audited = True

    @property
    def secret_keys(self) -> frozenset[str]:
        return frozenset()

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    version: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(sort_order=91)
    created_by: Mapped[int | None] = mapped_column(sort_order=92)
    updated_at: Mapped[datetime] = mapped_column(sort_order=93)
    updated_by: Mapped[int | None] = mapped_column(sort_order=94)

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        if "__table__" in cls.__dict__:  # SQLite would give a deleted row's id, and its audit entries, to a new one
            cast("Table", cls.__table__).kwargs["sqlite_autoincrement"] = True

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a declared_attr is a class method
        return {"version_id_col": cls.__table__.c.version} if hasattr(cls, "__table__") else {}


def check_texts(entity: Any) -> None:
    """Refuse text that a column cannot hold on every engine: too long, NUL, half a surrogate pair.

    SQLite would take all of it silently. Raises :class:`InvalidInput` with the column's key as field.
    """
    for attribute in inspect(entity).mapper.column_attrs:
        value = getattr(entity, attribute.key)
        if not isinstance(value, str):
            continue
        limit = getattr(attribute.columns[0].type, "length", None)
        if limit is not None and len(value) > limit:
            raise InvalidInput(
                f"“{value[:12]}…”太长：这一项最多 {limit} 个字，现在有 {len(value)} 个，请缩短。", field=attribute.key
            )
        try:
            storable = b"\x00" not in value.encode()
        except UnicodeEncodeError:
            storable = False
        if not storable:
            raise InvalidInput(f"“{value[:12]}”里有不能保存的特殊字符，请删掉后重新输入。", field=attribute.key)


def insert_absent(session: Session, model: type[Base], **values: Any) -> bool:
    """Insert a row unless its key is there already, also when another desk is inserting it at this moment.

    Returns whether it was inserted.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    key = list(model.__table__.primary_key)
    fresh = insert(model).values(**values).on_conflict_do_nothing().returning(*key)
    return session.execute(fresh).first() is not None


class Database:
    """One open database; hands out connections, never sessions."""

    def __init__(self, target: str | Path) -> None:
        """``target`` is a file path or a SQLAlchemy URL.

        Raises :class:`InvalidInput` for an address that cannot be used (unknown kind, network drive).
        """
        self.url = parse_target(target)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine: Engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self.desk = secrets.token_hex(6)
        """Who we are among those who work on the same data; our own changes are no news to us."""
        self.written: deque[OwnWrite] = deque(maxlen=500)
        """Our latest units, for a feed that has only the audit log to go by."""

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database, else ``None``."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    def describe(self) -> str:
        """Where the data lives, in words and without a password."""
        if self.is_sqlite:
            return f"本机文件 {self.url.database}"
        return f"PostgreSQL {self.url.host or '本机'}:{self.url.port or 5432}/{self.url.database}"

    def close(self) -> None:
        self.engine.dispose()


def parse_target(target: str | Path) -> URL:
    """Turn a path or URL into a URL; see :class:`Database` for what is refused."""
    text = str(target).strip()
    if not text:
        raise InvalidInput("没有指定数据库，请给出文件路径或 postgresql:// 开头的地址。", field="db")
    if "://" not in text:
        path = Path(text).expanduser().absolute()
        if (reason := network_drive(path)) is not None:
            raise InvalidInput(
                f"数据库文件不能放在网络盘上（{reason}），多台电脑同时写会损坏数据；"
                "请改放到本机硬盘，或改用 PostgreSQL 共享数据库。",
                field="db",
            )
        return URL.create("sqlite", database=str(path))
    try:
        url = make_url(text)
    except Exception as error:
        raise InvalidInput("数据库地址的格式不对，应形如 postgresql://用户:密码@主机/库名。", field="db") from error
    backend = url.get_backend_name()
    if backend == "sqlite":
        return parse_target(url.database or "")
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    raise InvalidInput(f"不支持“{backend}”数据库，只支持 SQLite 文件和 PostgreSQL。", field="db")


def network_drive(path: Path) -> str | None:
    """Why ``path`` counts as a network drive, or ``None`` for a local disk."""
    text = str(path)
    if text.startswith(("\\\\", "//")):
        return "网络共享路径"
    if sys.platform == "win32":
        import ctypes

        remote = 4
        return "映射的网络驱动器" if ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == remote else None
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return None
    best = ("", "")
    for line in mounts.read_text(errors="replace").splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = parts[1].replace("\\040", " ")
        if (text == point or text.startswith(point.rstrip("/") + "/")) and len(point) > len(best[0]):
            best = (point, parts[2])
    return f"{best[1]} 文件系统" if best[1] in NETWORK_FILESYSTEMS else None


def _sqlite_engine(url: URL) -> Engine:
    # hide_parameters: an error goes to the log, and what was asked for may be somebody's ID number
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False})
    wal = sqlite3.sqlite_version_info >= WAL_SAFE_SQLITE

    @event.listens_for(engine, "connect")
    def on_connect(dbapi: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves
        cursor = dbapi.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA journal_mode={'WAL' if wal else 'TRUNCATE'}")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=15,
        connect_args={"connect_timeout": 8, "options": "-c TimeZone=UTC -c lock_timeout=15000"},
    )


_SQLITE_UNIQUE = re.compile(r"UNIQUE constraint failed: (.+)$")
_SQLITE_CHECK = re.compile(r"CHECK constraint failed: (\S+)")


def violated_constraint(error: IntegrityError) -> Constraint | None:
    """The constraint of our MetaData that ``error`` is about, on either engine."""
    original = error.orig
    name = getattr(getattr(original, "diag", None), "constraint_name", None)
    text = str(original)
    if name is None and (found := _SQLITE_CHECK.search(text)):
        name = found[1]
    if name is None and (found := _SQLITE_UNIQUE.search(text)):
        columns = [part.strip().rpartition(".") for part in found[1].split(",")]
        table = Base.metadata.tables.get(columns[0][0])
        wanted = {column for _, _, column in columns}
        for constraint in table.constraints if table is not None else ():
            if isinstance(constraint, UniqueConstraint) and {c.name for c in constraint.columns} == wanted:
                return constraint
        return table.primary_key if table is not None and {c.name for c in table.primary_key} == wanted else None
    if name is not None:
        for table in Base.metadata.tables.values():
            for constraint in table.constraints:
                if constraint.name == name or str(constraint.name or "").endswith(str(name)):
                    return constraint
    return None


def as_app_error(error: DBAPIError | PoolTimeout) -> AppError | None:
    """The sentence for a database error, or ``None`` when it is a bug of ours.

    A constraint speaks through its ``info={"sentence": ...}``; one without a sentence is a rule that the services
    should have caught first, hence a bug.
    """
    if isinstance(error, IntegrityError):
        constraint = violated_constraint(error)
        sentence = constraint.info.get("sentence") if constraint is not None else None
        if not sentence:
            return None
        if isinstance(constraint, CheckConstraint):
            return RuleViolation(sentence)
        return Conflict(sentence)
    text = str(getattr(error, "orig", error)).lower()
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state in {"40P01", "40001"}:  # a deadlock, a serialization failure: at once again, and it works
        return Busy("有其他人正在修改同样的数据，请稍候再试一次。")
    if state == "55P03" or "database is locked" in text:
        return Conflict("有其他人正在修改同样的数据，请稍候再试一次。")
    if "disk is full" in text or "disk full" in text or state == "53100":
        return Unavailable("磁盘已满，没有保存；请清理磁盘空间后再试。")
    if "readonly database" in text or "unable to open database" in text:
        return Unavailable("数据库文件打不开或不能写入，请检查文件是否存在、是否有写入权限。")
    if "malformed" in text or "not a database" in text:
        return Unavailable("数据库文件已损坏或不是本程序的数据库，请用备份恢复（见《管理员指南》的“备份与恢复”）。")
    if isinstance(error, OperationalError | PoolTimeout) or getattr(error, "connection_invalidated", False):
        return Unavailable("连不上数据库，请检查网络和数据库服务器，然后再试一次；已填写的内容不会丢失。")
    return None
