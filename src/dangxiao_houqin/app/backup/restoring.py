"""Restoring a backup: all of it, compared row by row, or nothing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.app.database import SQLITE_MAGIC, FileState, known_revisions, look_at_file, look_at_server
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.db import Database, as_app_error
from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation, Unavailable
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.saving import saving

from .archive import BackupInfo, check_backup, damaged, info_of, lines_of, open_archive
from .ids import continue_ids
from .known import automatic_backup_path, remember
from .rows import BATCH, HELD, JSON, bytes_in, decode, kind_of, line_of, rows_of, tables_of
from .writing import backup


@dataclass(frozen=True)
class Restored:
    """Outcome of :func:`restore`; ``set_aside`` is the copy of what was there before, if anything was."""

    info: BackupInfo
    set_aside: Path | None


def verify_backup(path: Path, *, progress: Progress = no_progress) -> BackupInfo:
    """Prove that ``path`` can be restored: do it into a temporary SQLite database and compare every row.

    Raises :class:`AppError` when it cannot.
    """
    with tempfile.TemporaryDirectory(prefix="dangxiao-check-") as folder:
        return _restore_file(Path(folder) / "check.sqlite", path, progress)


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
    from dangxiao_houqin.app.schema import current_revision, migrating, upgrade_connection

    archive, manifest = open_archive(path)
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
    return info_of(path, manifest)


def _load(
    connection: sa.Connection, archive: zipfile.ZipFile, manifest: Mapping[str, Any], path: Path, progress: Progress
) -> None:
    tables = {table.name: table for table in tables_of(connection)}
    entries: Mapping[str, Any] = manifest["tables"]
    if set(entries) != set(tables):
        raise damaged(path, "数据表与版本不符")
    sqlite = connection.dialect.name == "sqlite"
    foreign_keys = [] if sqlite else _defer_foreign_keys(connection)
    total, done = sum(int(e["rows"]) for e in entries.values()) or 1, 0
    for number, (name, entry) in enumerate(entries.items(), 1):
        table, columns = tables[name], list(entry["columns"])
        if set(columns) != set(table.columns.keys()):
            raise damaged(path, f"数据表 {name} 的列与版本不符")
        if connection.scalar(sa.select(sa.func.count()).select_from(table)):
            connection.execute(sa.delete(table))  # rows that a migration brought along; the backup has its own
        kinds = [kind_of(table.c[column].type) for column in columns]
        cells = {c: _parameter(table.c[c], k, sqlite=sqlite) for c, k in zip(columns, kinds, strict=True)}
        statement = sa.insert(table).values(cells)
        batch: list[dict[str, Any]] = []
        held = 0
        for line in lines_of(archive, path, name, entry):
            row = json.loads(line)
            batch.append({f"p_{c}": decode(v, k, sqlite=sqlite) for c, v, k in zip(columns, row, kinds, strict=True)})
            held += bytes_in(batch[-1])
            if len(batch) == BATCH or held > HELD:
                done += len(batch)
                progress(0.2 + 0.6 * done / total, f"正在恢复第 {number}/{len(entries)} 张数据表")
                connection.execute(statement, batch)
                batch, held = [], 0
        if batch:
            done += len(batch)
            progress(0.2 + 0.6 * done / total, f"正在恢复第 {number}/{len(entries)} 张数据表")
            connection.execute(statement, batch)
    if not sqlite:
        _restore_foreign_keys(connection, foreign_keys)
    continue_ids(connection, tables, entries)
    _compare(connection, tables, entries, path, progress)


def _parameter(column: sa.Column[Any], kind: str, *, sqlite: bool) -> Any:
    """JSON goes in as the text it was, not through a parser (to SQLite, a cast to JSON means a number)."""
    if kind == JSON:
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
        with closing(rows_of(connection, table)) as found:
            for count, row in enumerate(found):
                if count % BATCH == 0:
                    progress(0.8 + 0.15 * number / len(entries), "正在核对恢复的数据")
                digest.update(line_of([row[i] for i in order]))
        if digest.hexdigest() != entry["sha256"]:
            raise damaged(path, f"数据表 {name} 恢复后与备份不一致")


# ---------------------------------------------------------------------------------------- restore: SQLite
def _restore_file(file: Path, path: Path, progress: Progress) -> BackupInfo:
    """Build a new SQLite database at ``file``, which does not exist."""
    db = Database(file)
    try:
        info = _load_all(db, path, progress)
        with db.engine.connect().execution_options(read_only=True) as connection:
            if (verdict := connection.exec_driver_sql("PRAGMA quick_check").scalar()) != "ok":
                raise damaged(path, f"恢复后的数据库没有通过完整性检查：{verdict}")
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
    remember(db, info)
    return Restored(info, aside)


def _check_replaceable(file: Path, force: bool) -> None:

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
