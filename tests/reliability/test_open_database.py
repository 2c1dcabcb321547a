"""R6, R15, R19: what is damaged, foreign or newer is refused and untouched; what is older is backed up and upgraded."""

from __future__ import annotations

import hashlib
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text

from dangxiao_houqin.app import schema
from dangxiao_houqin.app.backup import backup
from dangxiao_houqin.app.database import FileState, known_revisions, look_at_file, open_database
from dangxiao_houqin.app.doctor import Finding, as_data, qt_trap, run_checks, worst
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import AppError, InvalidInput, NotFound, RuleViolation, Unavailable
from dangxiao_houqin.core.paths import backup_dir
from tests.support.every_table import fill, fill_older
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.usefixtures("data_folder")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def refused(path: Path) -> AppError:
    """Opening raises one Chinese sentence and leaves the folder as it was."""
    before = {p.name: digest(p) for p in path.parent.iterdir() if p.is_file()}
    with pytest.raises(AppError) as caught:
        open_database(path, create=True)
    assert {p.name: digest(p) for p in path.parent.iterdir() if p.is_file()} == before
    assert str(caught.value).endswith("。")
    assert "Traceback" not in str(caught.value)
    return caught.value


@pytest.fixture
def school_file(_sqlite_template: Path, tmp_path: Path) -> Path:
    """A SQLite database with rows in every table."""
    folder = tmp_path / "db"
    folder.mkdir()
    path = folder / "school.sqlite"
    shutil.copyfile(_sqlite_template, path)
    db = Database(path)
    fill(db)
    db.close()
    Path(f"{path}-journal").unlink(missing_ok=True)
    return path


def level(findings: tuple[Finding, ...], check: str) -> str:
    return next(f.level for f in findings if f.check == check)


# ---------------------------------------------------------------------------------------------- new, empty
def test_created_only_when_asked(empty_db_url: str) -> None:
    with pytest.raises(NotFound, match="init"):
        open_database(empty_db_url)
    open_database(empty_db_url, create=True).close()
    db = open_database(empty_db_url)
    assert schema.schema_state(db) is schema.SchemaState.CURRENT
    db.close()


@pytest.mark.sqlite_only
def test_missing_file_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="没有找到"):
        open_database(tmp_path / "no.sqlite")
    assert not (tmp_path / "no.sqlite").exists()


def test_revisions_are_alembics() -> None:
    script = ScriptDirectory.from_config(schema._config())
    assert list(known_revisions()) == [r.revision for r in reversed(list(script.walk_revisions()))]


# ---------------------------------------------------------------------------------------- damaged, foreign
def test_truncated_files_are_refused(school_file: Path) -> None:
    raw = school_file.read_bytes()
    for length in (1, 15, 16, 99, 100, 4096, len(raw) // 2, len(raw) - 4096, len(raw) - 1):
        school_file.write_bytes(raw[:length])
        refused(school_file)


def test_overwritten_pages_are_refused_or_harmless(school_file: Path) -> None:
    """Each page in turn is filled with noise; a page that no check objects to must be an unused one."""
    raw = school_file.read_bytes()
    rng, refusals = random.Random(3), 0
    pages = len(raw) // 4096
    for page in rng.sample(range(pages), min(20, pages)):
        school_file.write_bytes(raw[: page * 4096] + rng.randbytes(4096) + raw[page * 4096 + 4096 :])
        error = refused(school_file)
        assert "损坏" in str(error) or "不是数据库文件" in str(error)
        refusals += 1
    assert refusals == min(20, pages)


def test_damaged_file_names_the_backup_that_would_mend_it(school_file: Path, tmp_path: Path) -> None:
    db = Database(school_file)
    backup(db, tmp_path / "good.zip")
    db.close()
    school_file.write_bytes(school_file.read_bytes()[:9000])
    error = refused(school_file)
    assert str(tmp_path / "good.zip") in str(error)
    findings = run_checks(school_file)
    assert level(findings, "database") == "error"
    assert any("good.zip" in f.advice for f in findings)


@pytest.mark.parametrize("content", (b"hello", b"PK\x03\x04" + b"x" * 5000, "党校".encode() * 3000, b"\x00" * 8192))
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x" / "letter.docx"
    path.parent.mkdir()
    path.write_bytes(content)
    assert "不是数据库文件" in str(refused(path))


def test_other_programs_databases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x" / "browser.sqlite"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
        connection.commit()
    assert "别的程序" in str(refused(path))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE alembic_version (something TEXT)")
        connection.commit()
    assert "别的程序" in str(refused(path))


def test_folder_and_unreachable_places(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="文件夹"):
        open_database(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(AppError):
        open_database(tmp_path / "file" / "db.sqlite", create=True)


def test_newer_database_is_refused(db_url: str, engine_name: str) -> None:
    db = Database(db_url)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '20991231_later'"))
    db.close()
    before = digest(Path(db_url)) if engine_name == "sqlite" else ""
    with pytest.raises(RuleViolation, match="更新的版本"):
        open_database(db_url)
    if before:
        assert digest(Path(db_url)) == before


def test_half_written_commit_of_a_killed_program_is_undone(school_file: Path) -> None:
    """A hot rollback journal: the file holds half of a transaction, SQLite puts the old pages back."""
    before = digest(school_file)
    with closing(sqlite3.connect(school_file, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 2")  # forces pages of the open transaction into the file
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE enrollment SET note = hex(randomblob(400))")
        torn, journal = school_file.read_bytes(), Path(f"{school_file}-journal").read_bytes()
        connection.execute("ROLLBACK")
    school_file.write_bytes(torn)
    Path(f"{school_file}-journal").write_bytes(journal)
    assert digest(school_file) != before
    open_database(school_file).close()
    assert digest(school_file) == before


# ------------------------------------------------------------------------------------------------ upgrade
def _older(url: str) -> Database:
    db = Database(url)
    with tempfile.TemporaryDirectory() as folder:
        fill_older(db, known_revisions()[0], Path(folder) / "today.sqlite")
    return db


def test_older_database_is_backed_up_and_upgraded(empty_db_url: str) -> None:
    _older(empty_db_url).close()
    with pytest.raises(Unavailable, match="管理员"):
        open_database(empty_db_url, upgrade=False)
    db = open_database(empty_db_url)
    assert schema.schema_state(db) is schema.SchemaState.CURRENT
    names = sorted(path.suffix for path in backup_dir().glob("*升级前*"))
    assert names == ([".sqlite", ".zip"] if db.is_sqlite else [".zip"])
    db.close()
    if ".sqlite" in names:
        copy = next(backup_dir().glob("*.sqlite"))
        assert look_at_file(copy).state is FileState.OLDER


def test_interrupted_upgrade_leaves_the_old_state(empty_db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The upgrade's transaction dies after its statements, before its commit."""
    _older(empty_db_url).close()
    right = schema.upgrade_connection

    def die(*args: object) -> None:
        right(*args)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "upgrade_connection", die)
    with pytest.raises(KeyboardInterrupt):
        open_database(empty_db_url)
    monkeypatch.undo()
    db = Database(empty_db_url)
    assert schema.schema_state(db) is schema.SchemaState.OLDER
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM stay")).scalar_one() == 40
    db.close()
    open_database(empty_db_url).close()


def test_tables_can_be_rebuilt_without_losing_their_children(school_file: Path) -> None:
    """SQLite drops and remakes a table to change it; the rows that point at it must stay."""
    db = Database(school_file)
    with schema.migrating(db) as connection:
        before = connection.execute(text("SELECT count(*) FROM bed")).scalar_one()
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("room", recreate="always") as batch:
            batch.alter_column("note", type_=sa.String(300))
        assert connection.execute(text("SELECT count(*) FROM bed")).scalar_one() == before
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bed")).scalar_one() == before
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    db.close()


# --------------------------------------------------------------------------------------------- PostgreSQL
@pytest.mark.parametrize(
    ("address", "words"),
    (
        ("postgresql://postgres@127.0.0.1:1/x", "没有应答"),
        ("postgresql://postgres@no-such-host.invalid/x", "主机名"),
        ("mysql://root@localhost/x", "不支持"),
        ("postgresql://u@h:port/x", "格式"),
        ("", "没有指定"),
    ),
)
def test_wrong_addresses(address: str, words: str) -> None:
    with pytest.raises(AppError, match=words):
        open_database(address)


@pytest.mark.postgres_only
def test_server_without_the_database_or_the_user(postgres: PostgresServer, engine_name: str) -> None:
    with pytest.raises(Unavailable, match="没有这个数据库，"):
        open_database(postgres.url("no_such_database"))
    with pytest.raises(Unavailable, match="没有这个数据库用户"):
        open_database(postgres.url("postgres").replace("postgres@", "nobody_here@"))


@pytest.mark.postgres_only
def test_server_with_foreign_tables(empty_db_url: str) -> None:
    db = Database(empty_db_url)
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE erp (id int)"))
    db.close()
    with pytest.raises(RuleViolation, match="别的程序"):
        open_database(empty_db_url, create=True)


# ------------------------------------------------------------------------------------------------- doctor
def test_doctor_is_content_with_a_good_database(db: Database, db_url: str, tmp_path: Path) -> None:
    fill(db)
    backup(db, tmp_path / "b.zip")
    findings = run_checks(db_url)
    assert [f for f in findings if f.level == "error"] == []
    assert level(findings, "backup") == "ok"
    assert {f.check for f in findings} >= {"versions", "fonts", "folders", "database", "schema", "nights", "audit"}
    data = as_data(findings)
    assert data["level"] == worst(findings)
    assert set(data["findings"][0]) == {"check", "title", "level", "message", "advice"}


Break = Callable[[Database], None]


def _statement(sql: str) -> Break:
    def run(db: Database) -> None:
        with schema.migrating(db) as connection:
            connection.execute(text(sql))

    return run


@pytest.mark.parametrize(
    ("check", "sql"),
    (
        ("nights", "DELETE FROM bed_night WHERE stay_id = 3 AND night = '2026-03-03'"),
        ("nights", "UPDATE stay SET state = 'cancelled' WHERE id = 5"),
        ("nights", "INSERT INTO room_night (room_id, night, sex) VALUES (1, '2026-05-01', '男')"),
        ("nights", "UPDATE stay SET leave = '2026-03-09' WHERE id = 7"),
        ("audit", "DROP TRIGGER {trigger}"),
    ),
)
def test_doctor_finds_what_was_changed_by_sql(db: Database, db_url: str, check: str, sql: str) -> None:
    fill(db)
    trigger = "audit_entry_no_delete" if db.is_sqlite else "audit_entry_append_only ON audit_entry"
    assert level(run_checks(db_url), check) == "ok"
    _statement(sql.format(trigger=trigger))(db)
    assert level(run_checks(db_url), check) == "error"


_HARMLESS = "CREATE TRIGGER survey_paper_guard AFTER INSERT ON survey_paper BEGIN SELECT 1; END"
_EMPTIED = (
    "CREATE OR REPLACE FUNCTION survey_paper_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS "
    "$$ BEGIN RETURN NULL; END $$"
)


@pytest.mark.parametrize(
    ("named", "on_sqlite", "on_postgres"),
    (
        ("survey_paper_guard", "DROP TRIGGER survey_paper_guard", "DROP TRIGGER survey_paper_guard ON survey_paper"),
        ("survey_paper_guard", f"DROP TRIGGER survey_paper_guard;{_HARMLESS}", _EMPTIED),
        ("survey_paper_guard", "", "ALTER FUNCTION survey_paper_guard() SECURITY INVOKER"),
        ("survey_paper_guard", "", "ALTER TABLE survey_paper DISABLE TRIGGER survey_paper_guard"),
        (
            "questionnaire_version_frozen",
            "DROP TRIGGER questionnaire_version_frozen",
            "DROP TRIGGER questionnaire_version_frozen ON questionnaire_version",
        ),
        ("survey_open", "DROP VIEW survey_open", "DROP VIEW survey_open"),
        ("survey_kiosk_setting", "DROP VIEW survey_kiosk_setting", "DROP VIEW survey_kiosk_setting"),
    ),
)
def test_doctor_looks_at_the_guards_of_the_ballot_box(
    db: Database, db_url: str, named: str, on_sqlite: str, on_postgres: str
) -> None:
    statement = on_sqlite if db.is_sqlite else on_postgres
    if not statement:
        pytest.skip("only PostgreSQL has this")
    assert level(run_checks(db_url), "ballot_box") == "ok"
    for part in statement.split(";", 1) if db.is_sqlite else (statement,):
        _statement(part)(db)
    (found,) = [f for f in run_checks(db_url) if f.check == "ballot_box"]
    assert found.level == "error"
    assert f"（{named}）" in found.message
    assert found.advice


@pytest.mark.postgres_only
def test_doctor_finds_a_sequence_left_behind(db: Database, db_url: str) -> None:
    fill(db)
    assert level(run_checks(db_url), "sequences") == "ok"
    _statement("SELECT setval('stay_id_seq', 3)")(db)
    assert level(run_checks(db_url), "sequences") == "error"


@pytest.mark.sqlite_only
def test_doctor_finds_broken_references(db: Database, db_url: str) -> None:
    fill(db)
    db.close()
    with closing(sqlite3.connect(db_url)) as connection:
        connection.execute("DELETE FROM home_unit")
        connection.commit()
    assert level(run_checks(db_url), "references") == "error"


def test_doctor_knows_the_bad_qt() -> None:
    assert qt_trap((3, 11), "6.12.0")
    assert not qt_trap((3, 12), "6.12.0")
    assert not qt_trap((3, 11), "6.9.3")
