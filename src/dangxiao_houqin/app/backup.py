"""Backup and restore, the same file for both engines.

A backup is a zip: ``manifest.json`` (format, schema revision, when, and per table its columns, row count, sha256) and
``tables/<name>.jsonl``, one JSON array per row in key order.  All tables are read in one snapshot.  Dates are ISO text,
moments UTC, JSON columns their exact text, so that a restored database gives the same bytes back: every restore is
compared with the manifest before it counts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin import __version__
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.db import Database, as_app_error
from dangxiao_houqin.core.errors import AppError, Conflict, InvalidInput, NotFound, RuleViolation, Unavailable
from dangxiao_houqin.core.paths import backup_dir
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.saving import save_bytes, saving

FORMAT = "dangxiao-houqin-backup"
FORMAT_VERSION = 1
REVISION_TABLE = "alembic_version"
_BATCH = 1000


@dataclass(frozen=True)
class BackupInfo:
    """What a backup file says about itself; ``rows`` per table."""

    path: Path
    revision: str
    created: datetime
    program: str
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@dataclass(frozen=True)
class Restored:
    """Outcome of :func:`restore`; ``set_aside`` is the copy of what was there before, if anything was."""

    info: BackupInfo
    set_aside: Path | None


# ------------------------------------------------------------------------------------------- rows as text
_PLAIN, _DATE, _MOMENT, _TIME, _BOOL, _JSON, _BYTES, _DECIMAL = (
    "plain",
    "date",
    "datetime",
    "time",
    "bool",
    "json",
    "bytes",
    "decimal",
)
_KINDS: tuple[tuple[type[Any], str], ...] = (  # order matters: Float is a Numeric, Boolean may be an Integer
    (sa.JSON, _JSON),
    (sa.Boolean, _BOOL),
    (sa.DateTime, _MOMENT),
    (sa.Date, _DATE),
    (sa.Time, _TIME),
    (sa.LargeBinary, _BYTES),
    (sa.Float, _PLAIN),
    (sa.Numeric, _DECIMAL),
)


def _kind(type_: Any) -> str:
    return next((kind for cls, kind in _KINDS if isinstance(type_, cls)), _PLAIN)


def _encode(value: Any, kind: str) -> Any:
    if value is None or kind in (_PLAIN, _JSON):
        return value
    if kind == _BOOL:
        return bool(value)
    if kind == _MOMENT:
        utc = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return utc.isoformat()
    if kind == _BYTES:
        return base64.b64encode(value).decode("ascii")
    return str(value) if kind == _DECIMAL else value.isoformat()


def _decode(value: Any, kind: str, *, sqlite: bool) -> Any:
    if value is None or kind in (_PLAIN, _JSON, _BOOL):
        return value
    if kind == _MOMENT:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=None) if sqlite else moment
    if kind == _BYTES:
        return base64.b64decode(value)
    return {_DATE: date.fromisoformat, _TIME: time.fromisoformat, _DECIMAL: Decimal}[kind](value)


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables as they are now, whatever the revision, without Alembic's own."""
    inspector = sa.inspect(connection)
    metadata = sa.MetaData()
    found = []
    for name in sorted(inspector.get_table_names()):
        if name == REVISION_TABLE:
            continue
        keys = inspector.get_pk_constraint(name)["constrained_columns"]
        columns = [sa.Column(c["name"], c["type"], primary_key=c["name"] in keys) for c in inspector.get_columns(name)]
        found.append(sa.Table(name, metadata, *columns))
    return found


def _rows(connection: sa.Connection, table: sa.Table) -> Generator[list[Any], None, None]:
    """Every row as JSON values, in key order (text keys by code point on both engines)."""
    kinds = [_kind(column.type) for column in table.columns]
    cells = [
        sa.cast(column, sa.Text) if kind == _JSON else column for column, kind in zip(table.columns, kinds, strict=True)
    ]
    keys = [
        sa.collate(column, "C")
        if isinstance(column.type, sa.String) and connection.dialect.name == "postgresql"
        else column
        for column in (table.primary_key.columns or table.columns)
    ]
    query = sa.select(*cells).order_by(*keys).execution_options(yield_per=_BATCH)
    with connection.execute(query) as result:
        for row in result:
            yield [_encode(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _line(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(REVISION_TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {REVISION_TABLE}").scalar()
    return None if found is None else str(found)


# ------------------------------------------------------------------------------------------------- backup
def backup(db: Database, path: Path, *, clock: Clock | None = None, progress: Progress = no_progress) -> BackupInfo:
    """Write all data of ``db`` to ``path`` (a zip), as one moment saw it; others go on working meanwhile.

    Raises :class:`Unavailable` (database away, disk full), :class:`InvalidInput` (bad place), :class:`Cancelled`; then
    an existing ``path`` is as it was.
    """
    created = (clock or SystemClock()).now()
    options: dict[str, Any] = {"read_only": True}
    if not db.is_sqlite:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with (
            saving(path) as part,
            db.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            revision = _revision(connection)
            if revision is None:
                raise NotFound(f"{db.describe()} 还不是本程序的数据库，没有可以备份的数据；请先运行 init。")
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                manifest = {
                    "format": FORMAT,
                    "format_version": FORMAT_VERSION,
                    "program": __version__,
                    "schema": revision,
                    "created": created.isoformat(),
                    "source": db.engine.dialect.name,
                    "tables": _dump(connection, archive, progress),
                }
                archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    except DBAPIError as error:
        raise as_app_error(error) or Unavailable("读取数据库时出错，没有写成备份；请运行“自检”查看数据库。") from error
    info = _info(path, manifest)
    _remember(db, info)
    return info


def _dump(connection: sa.Connection, archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    tables = _tables(connection)
    counts = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}
    total, done = sum(counts.values()) or 1, 0
    entries: dict[str, Any] = {}
    for number, table in enumerate(tables, 1):
        text = f"正在备份第 {number}/{len(tables)} 张数据表"
        digest, rows = hashlib.sha256(), 0
        with (
            archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member,
            closing(_rows(connection, table)) as found,
        ):
            for row in found:
                if rows % _BATCH == 0:
                    progress(min(done / total, 1.0), text)
                line = _line(row)
                digest.update(line)
                member.write(line)
                rows += 1
                done += 1
        entries[table.name] = {"columns": list(table.columns.keys()), "rows": rows, "sha256": digest.hexdigest()}
    progress(1.0, "备份数据已写完")
    return entries


# ------------------------------------------------------------------------------------------ reading a backup
def _damaged(path: Path, what: str) -> InvalidInput:
    return InvalidInput(f"备份文件“{path.name}”已损坏（{what}），不能用来恢复；请换一个备份文件。")


def _info(path: Path, manifest: Mapping[str, Any]) -> BackupInfo:
    rows = {name: int(entry["rows"]) for name, entry in manifest["tables"].items()}
    created = datetime.fromisoformat(manifest["created"])
    return BackupInfo(path, str(manifest["schema"]), created, str(manifest["program"]), rows)


def _open(path: Path) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    """The archive and its manifest; the caller closes it.  Raises :class:`AppError`."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError as error:
        raise NotFound(f"没有找到备份文件“{path}”，请检查路径。") from error
    except OSError as error:
        raise Unavailable(f"备份文件“{path}”读不出来（{error.strerror or error}），请检查权限和磁盘。") from error
    except zipfile.BadZipFile as error:
        raise InvalidInput(f"“{path.name}”不是备份文件，或已损坏、没有拷贝完整；请换一个备份文件。") from error
    try:
        manifest = json.loads(archive.read("manifest.json"))
        if manifest["format"] != FORMAT:
            raise KeyError("format")
        version = int(manifest["format_version"])
        _info(path, manifest)
        for name in manifest["tables"]:
            archive.getinfo(f"tables/{name}.jsonl")
    except KeyError as error:
        archive.close()
        raise InvalidInput(f"“{path.name}”不是本程序的备份文件，请换一个备份文件。") from error
    except Exception as error:  # zlib, zipfile and json each have their own
        archive.close()
        raise _damaged(path, "目录读不出来") from error
    if version > FORMAT_VERSION:
        archive.close()
        raise InvalidInput(f"备份文件“{path.name}”由更新的版本写成，请先安装新版本的程序再恢复。")
    return archive, manifest


def _lines(archive: zipfile.ZipFile, path: Path, name: str, entry: Mapping[str, Any]) -> Iterator[bytes]:
    """The lines of one table; raises at the end when count or hash is not what the manifest says."""
    digest, rows = hashlib.sha256(), 0
    member: IO[bytes]
    try:
        with archive.open(f"tables/{name}.jsonl") as member:
            for line in member:
                digest.update(line)
                rows += 1
                yield line
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _damaged(path, f"数据表 {name} 读不出来") from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise _damaged(path, f"数据表 {name} 解压失败") from error
    if rows != entry["rows"] or digest.hexdigest() != entry["sha256"]:
        raise _damaged(path, f"数据表 {name} 的内容与校验值不符")


def check_backup(path: Path, *, progress: Progress = no_progress) -> BackupInfo:
    """Read every byte of a backup against its checksums, without restoring it; raises :class:`AppError`."""
    archive, manifest = _open(path)
    with archive:
        tables = manifest["tables"]
        for number, (name, entry) in enumerate(tables.items()):
            progress(number / len(tables), "正在校验备份文件")
            for _ in _lines(archive, path, name, entry):
                pass
    return _info(path, manifest)


def verify_backup(path: Path, *, progress: Progress = no_progress) -> BackupInfo:
    """Prove that ``path`` can be restored: do it into a temporary SQLite database and compare every row.

    Raises :class:`AppError` when it cannot.
    """
    with tempfile.TemporaryDirectory(prefix="dangxiao-check-") as folder:
        return _restore_file(Path(folder) / "check.sqlite", path, progress)


# ------------------------------------------------------------------------------------------------ restore
def restore(
    target: str | Path,
    path: Path,
    *,
    force: bool = False,
    clock: Clock | None = None,
    progress: Progress = no_progress,
) -> Restored:
    """Make ``target`` hold what the backup ``path`` holds, upgraded to this program's schema.

    The backup is checked wholly before anything is touched.  A SQLite file that is there is set aside beside itself;
    a PostgreSQL database with data is refused unless ``force``, then saved to the backup folder and replaced in one
    transaction.  Raises :class:`AppError`; then the target is as it was.
    """
    check_backup(path, progress=lambda f, t: progress(f * 0.2, t))
    db = Database(target)
    now = (clock or SystemClock()).now()
    try:
        if db.path is not None:
            return _restore_sqlite(db, db.path, path, force, now, progress)
        return _restore_postgres(db, path, force, now, progress)
    finally:
        db.close()


def _load_all(db: Database, path: Path, progress: Progress, *, replace: bool = False) -> BackupInfo:
    """Schema at the backup's revision, rows, comparison, upgrade: one transaction."""
    from .database import known_revisions
    from .schema import current_revision, migrating, upgrade_connection

    archive, manifest = _open(path)
    with archive:
        revision = str(manifest["schema"])
        if revision not in known_revisions():
            raise InvalidInput(
                f"备份文件“{path.name}”由更新的版本（数据结构 {revision}）写成，请先安装新版本的程序再恢复。"
            )
        try:
            with migrating(db) as connection:
                if replace:
                    _drop_everything(connection)
                elif current_revision(connection) is not None:
                    raise Conflict("数据库里刚被写入了数据，没有恢复；请确认后再试。")
                upgrade_connection(connection, revision)
                _load(connection, archive, manifest, path, progress)
                progress(0.97, "正在升级数据结构")
                upgrade_connection(connection)
        except DBAPIError as error:
            if (known := as_app_error(error)) is not None:
                raise known from error
            raise InvalidInput(f"备份文件“{path.name}”里的数据放不进数据库，没有恢复；请换一个备份文件。") from error
    return _info(path, manifest)


def _load(
    connection: sa.Connection, archive: zipfile.ZipFile, manifest: Mapping[str, Any], path: Path, progress: Progress
) -> None:
    tables = {table.name: table for table in _tables(connection)}
    entries: Mapping[str, Any] = manifest["tables"]
    if set(entries) != set(tables):
        raise _damaged(path, "数据表与版本不符")
    sqlite = connection.dialect.name == "sqlite"
    foreign_keys = [] if sqlite else _defer_foreign_keys(connection)
    total, done = sum(int(e["rows"]) for e in entries.values()) or 1, 0
    for number, (name, entry) in enumerate(entries.items(), 1):
        table, columns = tables[name], list(entry["columns"])
        if set(columns) != set(table.columns.keys()):
            raise _damaged(path, f"数据表 {name} 的列与版本不符")
        if connection.scalar(sa.select(sa.func.count()).select_from(table)):
            connection.execute(sa.delete(table))  # rows that a migration brought along; the backup has its own
        kinds = [_kind(table.c[column].type) for column in columns]
        cells = {c: _parameter(table.c[c], k, sqlite=sqlite) for c, k in zip(columns, kinds, strict=True)}
        statement = sa.insert(table).values(cells)
        batch: list[dict[str, Any]] = []
        for line in _lines(archive, path, name, entry):
            row = json.loads(line)
            batch.append({f"p_{c}": _decode(v, k, sqlite=sqlite) for c, v, k in zip(columns, row, kinds, strict=True)})
            if len(batch) == _BATCH:
                done += len(batch)
                progress(0.2 + 0.6 * done / total, f"正在恢复第 {number}/{len(entries)} 张数据表")
                connection.execute(statement, batch)
                batch = []
        if batch:
            done += len(batch)
            progress(0.2 + 0.6 * done / total, f"正在恢复第 {number}/{len(entries)} 张数据表")
            connection.execute(statement, batch)
    if not sqlite:
        _restore_foreign_keys(connection, foreign_keys)
        _reset_sequences(connection, tables.values())
    _compare(connection, tables, entries, path, progress)


def _parameter(column: sa.Column[Any], kind: str, *, sqlite: bool) -> Any:
    """JSON goes in as the text it was, not through a parser (to SQLite, a cast to JSON means a number)."""
    if kind == _JSON:
        text = sa.bindparam(f"p_{column.name}", type_=sa.Text())
        return text if sqlite else sa.cast(text, column.type)
    return sa.bindparam(f"p_{column.name}", type_=column.type)


def _compare(
    connection: sa.Connection,
    tables: Mapping[str, sa.Table],
    entries: Mapping[str, Any],
    path: Path,
    progress: Progress,
) -> None:
    """Read back what was written: it must have the hash of the backup."""
    for number, (name, entry) in enumerate(entries.items(), 1):
        digest = hashlib.sha256()
        table = tables[name]
        order = [list(table.columns.keys()).index(column) for column in entry["columns"]]
        with closing(_rows(connection, table)) as found:
            for count, row in enumerate(found):
                if count % _BATCH == 0:
                    progress(0.8 + 0.15 * number / len(entries), "正在核对恢复的数据")
                digest.update(_line([row[i] for i in order]))
        if digest.hexdigest() != entry["sha256"]:
            raise _damaged(path, f"数据表 {name} 恢复后与备份不一致")


# ---------------------------------------------------------------------------------------- restore: SQLite
def _restore_file(file: Path, path: Path, progress: Progress) -> BackupInfo:
    """Build a new SQLite database at ``file``, which does not exist."""
    db = Database(file)
    try:
        info = _load_all(db, path, progress)
        with db.engine.connect().execution_options(read_only=True) as connection:
            if (verdict := connection.exec_driver_sql("PRAGMA quick_check").scalar()) != "ok":
                raise _damaged(path, f"恢复后的数据库没有通过完整性检查：{verdict}")
    finally:
        db.close()
    return info


def _restore_sqlite(db: Database, file: Path, path: Path, force: bool, now: datetime, progress: Progress) -> Restored:
    _check_replaceable(file, force)
    file.parent.mkdir(parents=True, exist_ok=True)
    aside: Path | None = None
    try:
        with saving(file) as part:
            try:
                info = _restore_file(part, path, progress)
            finally:
                for suffix in ("-journal", "-wal", "-shm"):
                    Path(f"{part}{suffix}").unlink(missing_ok=True)
            if file.exists() and file.stat().st_size:
                _settle(file)
                aside = _set_aside(file, now)
    except DBAPIError as error:
        raise as_app_error(error) or Unavailable("恢复时数据库出错，原来的数据没有改动。") from error
    except BaseException:
        if aside is not None:  # the old file is still under its own name
            aside.unlink(missing_ok=True)
        raise
    _remember(db, info)
    return Restored(info, aside)


def _check_replaceable(file: Path, force: bool) -> None:
    from .database import SQLITE_MAGIC, FileState, look_at_file

    if not file.exists() or file.stat().st_size == 0:
        return
    if file.read_bytes()[:16] != SQLITE_MAGIC:
        if not force:
            raise RuleViolation(
                f"“{file}”不是数据库文件，没有覆盖它；如果确实是损坏的数据库，请加 --force 再恢复（原文件会改名保留）。"
            )
        return
    if look_at_file(file).state is FileState.FOREIGN:
        raise RuleViolation(f"“{file}”是别的程序的数据库，没有覆盖它；请换一个文件名。")


def _settle(file: Path) -> None:
    """Finish what a killed program left in the side files, so that they cannot be replayed into the new file."""
    try:
        with closing(sqlite3.connect(file, timeout=2, isolation_level=None)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Conflict("数据库正在被使用，请先关闭程序窗口，再恢复。") from error
    except sqlite3.DatabaseError:
        pass  # it is damaged, which is why somebody restores; it is kept as it is


def _set_aside(file: Path, now: datetime) -> Path:
    """Keep ``file`` under a second name beside it; its side files lose their name."""
    aside = file.with_name(f"{file.stem}-恢复前-{now:%Y%m%d-%H%M%S}{file.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = file.with_name(f"{file.stem}-恢复前-{now:%Y%m%d-%H%M%S}-{number}{file.suffix}")
    with saving(aside) as part, file.open("rb") as source, part.open("wb") as copy:
        while chunk := source.read(1 << 20):
            copy.write(chunk)
    for suffix in ("-journal", "-wal", "-shm"):
        side = Path(f"{file}{suffix}")
        if side.exists():
            side.replace(f"{aside}{suffix}")
    return aside


# ------------------------------------------------------------------------------------ restore: PostgreSQL
def _restore_postgres(db: Database, path: Path, force: bool, now: datetime, progress: Progress) -> Restored:
    from .database import FileState, look_at_server

    look = look_at_server(db)
    if look.state is FileState.FOREIGN:
        raise RuleViolation(f"{db.describe()} 里有别的程序的数据表，没有恢复；请新建一个空的数据库。")
    if look.state is FileState.NEWER:
        raise RuleViolation(f"{db.describe()} 由更新的版本写成，没有覆盖；请安装新版本的程序。")
    aside: Path | None = None
    if look.state is not FileState.EMPTY:
        if not force:
            raise RuleViolation(
                f"{db.describe()} 里已有数据，没有恢复；确实要用备份替换它，请加 --force（现有数据会先另存一份备份）。"
            )
        aside = automatic_backup_path(db, now, "恢复前")
        backup(db, aside)
    return Restored(_load_all(db, path, progress, replace=aside is not None), aside)


def _defer_foreign_keys(connection: sa.Connection) -> list[tuple[str, str]]:
    """Let rows come in any order; the keys are checked by :func:`_restore_foreign_keys`."""
    query = (
        "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    )
    found = [(str(table), str(name)) for table, name in connection.exec_driver_sql(query)]
    for table, name in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED")
    return found


def _restore_foreign_keys(connection: sa.Connection, found: list[tuple[str, str]]) -> None:
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table, name in found:
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")


def _reset_sequences(connection: sa.Connection, tables: Any) -> None:
    for table in tables:
        for column in table.primary_key.columns:
            if not isinstance(column.type, sa.Integer):
                continue
            query = sa.text("SELECT pg_get_serial_sequence(quote_ident(:table), :column)")
            sequence = connection.scalar(query, {"table": table.name, "column": column.name})
            if sequence is not None:
                last = connection.scalar(sa.select(sa.func.max(column)))
                setval = sa.text("SELECT setval(CAST(:sequence AS regclass), :value, :used)")
                connection.execute(setval, {"sequence": sequence, "value": last or 1, "used": last is not None})


def _drop_everything(connection: sa.Connection) -> None:
    """Remove our tables and the functions of their triggers, within the transaction that brings the new ones."""
    functions = connection.exec_driver_sql(
        "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ).scalars()
    names = list(functions)
    quote = connection.dialect.identifier_preparer.quote
    for table in sa.inspect(connection).get_table_names():
        connection.exec_driver_sql(f"DROP TABLE {quote(table)} CASCADE")
    for name in names:
        connection.exec_driver_sql(f"DROP FUNCTION {name}")


# ------------------------------------------------------------------------------------ which backups there are
def _key(db: Database) -> str:
    """One short name per database, for the machine's list of its backups."""
    return hashlib.sha256(db.url.set(username=None, password=None).render_as_string().encode()).hexdigest()[:16]


def automatic_backup_path(db: Database, now: datetime, why: str = "自动") -> Path:
    """Where the program itself puts a backup of ``db``."""
    name = db.path.stem if db.path is not None else str(db.url.database)
    return backup_dir() / f"{name}-{_key(db)[:4]}-{why}-{now:%Y%m%d-%H%M%S}.zip"


def _history_file() -> Path:
    return backup_dir() / "history.json"


def _history() -> dict[str, list[dict[str, str]]]:
    try:
        found = json.loads(_history_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(db: Database, info: BackupInfo) -> None:
    """Note on this machine where the last backups of ``db`` went; a note that fails does not fail the backup."""
    with suppress(AppError, OSError):
        history = _history()
        entry = {"path": str(info.path.absolute()), "created": info.created.isoformat()}
        others = [e for e in history.get(_key(db), []) if e.get("path") != entry["path"]]
        history[_key(db)] = [entry, *others][:20]
        save_bytes(_history_file(), json.dumps(history, ensure_ascii=False, indent=1).encode("utf-8"))


def latest_good_backup(db: Database) -> BackupInfo | None:
    """The newest backup of ``db`` known to this machine whose checksums are right."""
    known = [Path(e["path"]) for e in _history().get(_key(db), []) if "path" in e]
    with suppress(OSError):
        known += list(backup_dir().glob(f"*-{_key(db)[:4]}-*.zip"))
    infos = []
    for path in dict.fromkeys(known):
        with suppress(AppError):
            archive, manifest = _open(path)
            archive.close()
            infos.append(_info(path, manifest))
    for info in sorted(infos, key=lambda found: found.created, reverse=True):
        with suppress(AppError):
            return check_backup(info.path)
    return None


def copy_sqlite(source: Path, copy: Path) -> None:
    """A consistent byte copy of a live SQLite database; raises :class:`AppError`."""
    with saving(copy) as part:
        try:
            with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(part)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            if "full" in str(error):
                raise Unavailable(f"磁盘已满，“{copy}”没有写成；请清理磁盘空间后再试。") from error
            raise Unavailable(f"数据库“{source}”复制时出错（{error}），请检查磁盘后再试。") from error
