"""Writing a backup."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin import __version__
from dangxiao_houqin.core.clock import Clock, SystemClock
from dangxiao_houqin.core.db import Database, as_app_error
from dangxiao_houqin.core.errors import NotFound, Unavailable
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.saving import saving

from .archive import FORMAT, FORMAT_VERSION, BackupInfo, info_of
from .ids import last_ids
from .known import remember
from .rows import BATCH, line_of, revision_of, rows_of, tables_of


def backup(db: Database, path: Path, *, clock: Clock | None = None, progress: Progress = no_progress) -> BackupInfo:
    """Write all data of ``db`` to ``path`` (a zip), as one moment saw it; others go on working meanwhile.

    Raises :class:`Unavailable` (database away, disk full), :class:`InvalidInput` (bad place), :class:`Cancelled`; then
    an existing ``path`` is as it was.
    """
    created = (clock or SystemClock()).now()
    if db.path is not None and not db.path.exists():
        raise NotFound(f"没有找到数据库文件“{db.path}”，请核对路径。")
    with saving(path) as part:
        try:
            if db.path is None:
                manifest = _write(db, part, created, progress)
            else:
                # A long read would make everybody wait who wants to save: read from a quick copy of the file instead.
                with tempfile.TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
                    copy_sqlite(db.path, Path(folder) / "snapshot.sqlite")
                    snapshot = Database(Path(folder) / "snapshot.sqlite")
                    try:
                        manifest = _write(snapshot, part, created, progress)
                    finally:
                        snapshot.close()
        except DBAPIError as error:
            sentence = "读取数据库时出错，没有写成备份；请运行“自检”查看数据库。"
            raise as_app_error(error) or Unavailable(sentence) from error
    info = info_of(path, manifest)
    remember(db, info)
    return info


def _write(db: Database, part: Path, created: datetime, progress: Progress) -> dict[str, Any]:
    """Write the zip from one snapshot of ``db``; returns its manifest."""
    options: dict[str, Any] = {"read_only": True}
    if not db.is_sqlite:
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        revision = revision_of(connection)
        if revision is None:
            raise NotFound("这个数据库里还没有本程序的数据，没有可以备份的内容；请先运行 init。")
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
    return manifest


def _dump(connection: sa.Connection, archive: zipfile.ZipFile, progress: Progress) -> dict[str, Any]:
    tables = tables_of(connection)
    counts = {t.name: connection.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}
    total, done = sum(counts.values()) or 1, 0
    entries: dict[str, Any] = {}
    highest = last_ids(connection, tables)
    for number, table in enumerate(tables, 1):
        text = f"正在备份第 {number}/{len(tables)} 张数据表"
        digest, rows = hashlib.sha256(), 0
        with (
            archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member,
            closing(rows_of(connection, table)) as found,
        ):
            for row in found:
                if rows % BATCH == 0:
                    progress(min(done / total, 1.0), text)
                line = line_of(row)
                digest.update(line)
                member.write(line)
                rows += 1
                done += 1
        entries[table.name] = {
            "columns": list(table.columns.keys()),
            "rows": rows,
            "last_id": highest.get(table.name, 0),
            "sha256": digest.hexdigest(),
        }
    progress(1.0, "备份数据已写完")
    return entries


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
