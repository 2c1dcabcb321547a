"""R7: a backup is one moment of the data; restoring gives the same data on either engine; a bad backup is found."""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dangxiao_houqin.app import schema
from dangxiao_houqin.app.backup import (
    backup,
    check_backup,
    latest_good_backup,
    restore,
    verify_backup,
)
from dangxiao_houqin.app.backup.rows import rows_of, tables_of
from dangxiao_houqin.app.database import known_revisions
from dangxiao_houqin.core.attachments import Attachment, AttachmentContent, attach, read_attachment
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError, Cancelled, InvalidInput, NotFound, RuleViolation
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.training.models import HomeUnit
from tests.support.every_expense import FILES
from tests.support.every_table import fill, fill_older
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.usefixtures("data_folder")


APPEND_ONLY = (
    "DELETE FROM audit_entry",
    "UPDATE audit_entry SET label = 'x'",
    "DELETE FROM signature_record",
    "UPDATE signature_record SET user_id = 2",
    "DELETE FROM signed_content",
    "UPDATE signed_content SET text = 'x'",
    "UPDATE attachment_content SET data = data",
)


def contents(target: str | Path | Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    db = target if isinstance(target, Database) else Database(target)
    try:
        with db.engine.connect() as connection:
            return {
                table.name: [dict(zip(table.columns.keys(), row, strict=True)) for row in rows_of(connection, table)]
                for table in tables_of(connection)
            }
    finally:
        if db is not target:
            db.close()


@pytest.fixture
def filled(db: Database) -> Database:
    fill(db)
    return db


@pytest.fixture
def other_url(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Addresses of further empty databases: ``other_url("postgres")``."""
    made: list[str] = []

    def make(engine: str) -> str:
        if engine == "sqlite":
            made.append("")
            return str(tmp_path / f"other{len(made)}.sqlite")
        server: PostgresServer = request.getfixturevalue("postgres")
        name = f"dx_other_{os.getpid()}_{random.randrange(10**9)}"
        made.append(name)
        return server.create_database(name)

    yield make
    for name in filter(None, made):
        request.getfixturevalue("postgres").drop_database(name)


@pytest.mark.parametrize("engine_to", ("sqlite", "postgres"))
def test_restored_data_equals_the_backed_up(
    filled: Database, engine_to: str, other_url: Callable[[str], str], tmp_path: Path
) -> None:
    with unit_of_work(filled, Actor.system(), "test.gone") as ctx:
        deleted = ctx.add(HomeUnit(name="又删掉的单位"))
        gone = deleted.id
        ctx.session.delete(deleted)
    before = contents(filled)
    assert all(before.values()), [name for name, rows in before.items() if not rows]  # no table goes untested
    info = backup(filled, tmp_path / "b.zip")
    assert dict(info.rows) == {name: len(rows) for name, rows in before.items()}
    target = other_url(engine_to)
    restore(target, tmp_path / "b.zip")
    assert contents(target) == before
    restored = Database(target)
    with unit_of_work(restored, Actor.system(), "test.after") as ctx:  # new rows get new ids, types are live
        assert ctx.add(HomeUnit(name="新单位")).id > gone > max(row["id"] for row in before["home_unit"])
        assert ctx.session.get_one(Stay, before["stay"][0]["id"]).nights == 4
    for sentence in APPEND_ONLY:
        with restored.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="append-only"):
            connection.execute(sa.text(sentence))
    with unit_of_work(restored, Actor.system(), "test.after", read_only=True) as ctx:  # bytes come back as bytes
        files = {file.name: read_attachment(ctx, file.id).data for file in ctx.session.scalars(sa.select(Attachment))}
    assert files == {name: data for name, _, data in FILES}
    restored.close()


MEGABYTE = 1024 * 1024


def test_large_attachments_do_not_eat_the_memory(db: Database, tmp_path: Path) -> None:
    """Twelve scans of 4 MB: neither backing up nor restoring may hold more than a few of them at once."""
    sizes = 4 * MEGABYTE
    with unit_of_work(db, Actor.system(), "test.scans") as ctx:
        for _ in range(12):
            attach(ctx, "扫描.pdf", b"%PDF-" + random.randbytes(sizes))
            ctx.session.flush()
            ctx.session.expunge_all()
    before = digests(db)
    tracemalloc.start()
    try:
        backup(db, tmp_path / "b.zip")
        wrote = tracemalloc.get_traced_memory()[1]
        tracemalloc.reset_peak()
        restore(str(tmp_path / "again.sqlite"), tmp_path / "b.zip")
        read = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (wrote < 40 * MEGABYTE, read < 40 * MEGABYTE) == (True, True), (wrote // MEGABYTE, read // MEGABYTE)
    again = Database(tmp_path / "again.sqlite")
    assert digests(again) == before
    again.close()


def digests(db: Database) -> set[tuple[str, str]]:
    """(name of the content, SHA-256 of its bytes) of every attachment."""
    with db.engine.connect() as connection:
        found = connection.execution_options(yield_per=1).execute(sa.select(AttachmentContent.__table__))
        return {(row.sha256, hashlib.sha256(row.data).hexdigest()) for row in found}


def test_backup_shows_one_moment_while_others_work(filled: Database, tmp_path: Path) -> None:
    """Every unit of work adds two units; no backup may hold an odd number."""
    stop = threading.Event()
    made = []

    def work() -> None:
        number = 0
        while not stop.is_set():
            with unit_of_work(filled, Actor.system(), "test.pair") as ctx:
                ctx.add(HomeUnit(name=f"甲{number}"))
                ctx.add(HomeUnit(name=f"乙{number}"))
            made.append(number)
            number += 1
            stop.wait(0.005)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        counts = []
        for number in range(4):
            info = backup(filled, tmp_path / f"{number}.zip")
            counts.append(info.rows["home_unit"] - 1)
            verify_backup(info.path)
    finally:
        stop.set()
        worker.join()
    assert made
    assert [count % 2 for count in counts] == [0] * 4


@pytest.mark.sqlite_only
def test_backup_of_an_older_schema_is_upgraded_on_the_way_in(db: Database, tmp_path: Path) -> None:
    oldest, newest = known_revisions()[0], known_revisions()[-1]
    old = Database(tmp_path / "old.sqlite")
    fill_older(old, oldest, tmp_path / "today.sqlite")
    before = contents(old)
    assert backup(old, tmp_path / "old.zip").revision == oldest
    old.close()
    assert restore(tmp_path / "new.sqlite", tmp_path / "old.zip").info.revision == oldest
    new = Database(tmp_path / "new.sqlite")
    with new.engine.connect() as connection:
        assert schema.current_revision(connection) == newest
    after = contents(new)
    for name, rows in before.items():
        added = len(after[name]) - len(rows) if name == "role" else 0  # what the program brings along by now
        kept = after[name][: len(after[name]) - added]
        assert [{key: row[key] for key in old_row} for row, old_row in zip(kept, rows, strict=True)] == rows
    new.close()


@pytest.mark.sqlite_only
def test_flipped_bytes_are_found(filled: Database, tmp_path: Path) -> None:
    """A byte flipped anywhere is noticed, or the restored rows are the same (zip has bytes that mean nothing)."""
    good = tmp_path / "good.zip"
    backup(filled, good)
    before = contents(filled)
    raw = good.read_bytes()
    rng, noticed, flips = random.Random(7), 0, 24
    for _ in range(flips):
        bad = bytearray(raw)
        bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        path = tmp_path / "bad.zip"
        path.write_bytes(bad)
        try:
            restore(tmp_path / "never.sqlite", path)
        except AppError:
            noticed += 1
            assert not (tmp_path / "never.sqlite").exists()
        else:
            assert contents(tmp_path / "never.sqlite") == before
            (tmp_path / "never.sqlite").unlink()
            (tmp_path / "never.sqlite-journal").unlink(missing_ok=True)
    assert noticed > flips * 0.7  # every table has bytes in the zip that mean nothing
    for length in (0, 10, len(raw) // 2, len(raw) - 1):
        path.write_bytes(raw[:length])
        with pytest.raises(AppError):
            verify_backup(path)


@pytest.mark.sqlite_only
def test_rewritten_backup_is_found(filled: Database, tmp_path: Path) -> None:
    """A whole zip whose rows do not match its own manifest, or whose rows the database refuses."""
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup(filled, good)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as copy:
        for name in source.namelist():
            text = source.read(name)
            copy.writestr(name, text.replace("双人间".encode(), "三人间".encode()) if "/room." in name else text)
    with pytest.raises(InvalidInput, match="校验值不符"):
        check_backup(bad)
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as copy:
        for name in source.namelist():
            text = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(text)
                manifest["schema"] = "20991231_later"
                text = json.dumps(manifest).encode()
            copy.writestr(name, text)
    with pytest.raises(InvalidInput, match="更新的版本"):
        restore(tmp_path / "x.sqlite", bad)


@pytest.mark.sqlite_only
def test_what_was_there_is_set_aside(filled: Database, db_url: str, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.zip")
    before = contents(filled)
    with unit_of_work(filled, Actor.system(), "test.later") as ctx:
        ctx.add(HomeUnit(name="备份之后"))
    later = contents(filled)
    filled.close()
    done = restore(db_url, tmp_path / "b.zip")
    assert contents(db_url) == before
    assert done.set_aside is not None
    assert contents(done.set_aside) == later


@pytest.mark.sqlite_only
def test_journal_of_a_killed_program_is_not_replayed_into_the_restored_file(
    filled: Database, db_url: str, tmp_path: Path
) -> None:
    backup(filled, tmp_path / "b.zip")
    before = contents(filled)
    filled.close()
    Path(db_url).write_bytes(Path(db_url).read_bytes()[:5000] + b"rubbish" * 999)
    Path(f"{db_url}-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" + b"\x00" * 2000)
    restore(db_url, tmp_path / "b.zip")
    assert contents(db_url) == before


@pytest.mark.sqlite_only
def test_other_peoples_files_are_not_overwritten(filled: Database, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.zip")
    letter = tmp_path / "通知.docx"
    letter.write_bytes(b"PK not a database" * 100)
    with pytest.raises(RuleViolation, match="不是数据库文件"):
        restore(letter, tmp_path / "b.zip")
    assert letter.read_bytes() == b"PK not a database" * 100
    done = restore(letter, tmp_path / "b.zip", force=True)
    assert done.set_aside is not None
    assert done.set_aside.read_bytes() == b"PK not a database" * 100


@pytest.mark.postgres_only
def test_postgres_with_data_is_replaced_only_by_force(filled: Database, db_url: str, tmp_path: Path) -> None:
    backup(filled, tmp_path / "b.zip")
    before = contents(filled)
    with unit_of_work(filled, Actor.system(), "test.later") as ctx:
        ctx.add(HomeUnit(name="备份之后"))
    later = contents(filled)
    filled.close()
    with pytest.raises(RuleViolation, match="--force"):
        restore(db_url, tmp_path / "b.zip")
    assert contents(db_url) == later
    done = restore(db_url, tmp_path / "b.zip", force=True)
    assert contents(db_url) == before
    assert done.set_aside is not None
    restore(tmp_path / "aside.sqlite", done.set_aside)
    assert contents(tmp_path / "aside.sqlite") == later


def test_a_restore_that_fails_leaves_the_target_as_it_was(
    filled: Database, db_url: str, other_url: Callable[[str], str], tmp_path: Path
) -> None:
    """Rows that break a foreign key pass every checksum and are refused by the database."""
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    backup(filled, good)
    before = contents(filled)
    filled.close()
    import hashlib

    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as copy:
        manifest = json.loads(source.read("manifest.json"))
        manifest["tables"]["home_unit"] |= {"rows": 0, "sha256": hashlib.sha256(b"").hexdigest()}
        for name in source.namelist():
            text = b"" if "home_unit" in name else source.read(name)
            copy.writestr(name, json.dumps(manifest) if name == "manifest.json" else text)
    with pytest.raises(AppError):
        restore(db_url, bad, force=True)
    assert contents(db_url) == before
    with pytest.raises(AppError):
        verify_backup(bad)


def test_cancelled_backup_leaves_the_old_file(filled: Database, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(b"old")

    def cancel(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        backup(filled, path, progress=cancel)
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.glob(".*.part")] == []


def test_latest_good_backup_passes_over_damaged_ones(filled: Database, tmp_path: Path) -> None:
    assert latest_good_backup(filled) is None
    first = backup(filled, tmp_path / "1.zip")
    second = backup(filled, tmp_path / "2.zip")
    found = latest_good_backup(filled)
    assert found is not None
    assert found.path == second.path
    second.path.write_bytes(second.path.read_bytes()[:-100])
    found = latest_good_backup(filled)
    assert found is not None
    assert found.path == first.path


def test_nothing_to_back_up(empty_db_url: str, tmp_path: Path) -> None:
    db = Database(empty_db_url)
    with pytest.raises(NotFound):
        backup(db, tmp_path / "b.zip")
    db.close()
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []
