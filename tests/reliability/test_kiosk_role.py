"""R14: whoever takes the kiosk's address to a plain client can put papers into the box, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import psycopg
import pytest
from psycopg import errors, sql
from sqlalchemy.engine import make_url

from dangxiao_houqin.app.backup import backup, restore
from dangxiao_houqin.app.kiosk.door import Door, first_look
from dangxiao_houqin.app.kiosk.role import ensure_role, grant, role_name
from dangxiao_houqin.app.schema import load_metadata, migrating, upgrade_connection
from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity, CampaignState
from dangxiao_houqin.modules.surveys.services import submit_paper
from tests.modules.surveys.ballots import add_campaign, add_codes, paper
from tests.support.postgres import PostgresServer

pytestmark = pytest.mark.postgres_only

Unit = Callable[..., AbstractContextManager[Ctx]]
Client = psycopg.Connection[tuple[object, ...]]


@pytest.fixture
def role(db: Database, postgres: PostgresServer) -> Iterator[str]:
    """The name of the kiosk's role on the test's database, as ``init`` makes it."""
    made = ensure_role(db)
    assert made is not None
    assert made.created
    yield made.name
    db.close()
    postgres.drop_database(db.url.database or "")
    postgres.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(made.name)))


def connect(db: Database, role: str) -> Client:
    return psycopg.connect(
        host=db.url.host or "", port=db.url.port or 0, user=role, dbname=db.url.database, autocommit=True
    )


@pytest.fixture
def client(db: Database, role: str) -> Iterator[Client]:
    """A plain client with the kiosk's role."""
    with connect(db, role) as connection:
        yield connection


def insertion(campaign_id: int, *, paper_id: str = "a" * 32, answers: str | None = "{}") -> tuple[str, list[object]]:
    return (
        "INSERT INTO survey_paper (paper_id, campaign_id, day, answers) VALUES (%s, %s, '2026-03-02', %s)",
        [paper_id, campaign_id, answers],
    )


# -------------------------------------------------------------------------------------------- what it may do
def test_a_kiosk_works_with_nothing_but_this_role(unit: Unit, db: Database, role: str) -> None:
    """Also without a look at the schema, and with codes it cannot read."""
    with unit() as ctx:
        free = add_campaign(ctx)
        coded = add_campaign(ctx, anonymity=Anonymity.CODES)
        codes = add_codes(ctx, coded.id, 2)
    door = Door(db.url.set(username=role).render_as_string(hide_password=False), SystemClock())
    try:
        known = first_look(door)
        assert {survey.campaign_id for survey in known.surveys} == {free.id, coded.id}
        for each in (paper(free.id, free.held_on), paper(coded.id, free.held_on, code=codes[0])):
            with door.open_unit("surveys.submit", read_only=False) as ctx:
                assert submit_paper(ctx, each) == "stored"
            with door.open_unit("surveys.submit", read_only=False) as ctx:
                assert submit_paper(ctx, each) == "already"
    finally:
        door.close()


# ---------------------------------------------------------------------------------------- what it may not do
def test_no_table_can_be_read_or_changed(unit: Unit, client: Client) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    client.execute(*insertion(campaign.id))  # type: ignore[arg-type]
    tables = sorted(load_metadata().tables)
    assert len(tables) > 60
    for name in (*tables, "alembic_version"):
        table = sql.Identifier(name)
        attempts = [
            "SELECT * FROM {}",
            "SELECT count(*) FROM {}",
            "SELECT 1 FROM {} LIMIT 0",
            "DELETE FROM {}",
            "TRUNCATE {}",
            "TRUNCATE {} CASCADE",
            "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
            "COPY {} TO STDOUT",
            "DROP TABLE {} CASCADE",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD COLUMN more integer",
            "CREATE TABLE copied AS TABLE {}",
            "CREATE TRIGGER mine AFTER INSERT ON {} EXECUTE FUNCTION survey_paper_guard()",
            "CREATE RULE mine AS ON INSERT TO {} DO INSTEAD NOTHING",
            "CREATE POLICY mine ON {}",
        ]
        if name != "survey_paper":
            attempts += ["INSERT INTO {} DEFAULT VALUES", "COPY {} FROM STDIN"]
        for attempt in attempts:
            with pytest.raises((errors.InsufficientPrivilege, errors.WrongObjectType)):
                with client.transaction():
                    client.execute(sql.SQL(attempt).format(table))


def test_it_passes_no_right_on(db: Database, client: Client) -> None:
    """PostgreSQL only warns of a GRANT that grants nothing."""
    for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
        client.execute(f"GRANT {right} ON survey_paper, survey_open, survey_kiosk_setting TO PUBLIC")  # type: ignore[arg-type]
        with db.engine.connect() as connection:
            for name in ("survey_paper", "survey_open", "survey_kiosk_setting"):
                query = f"SELECT has_table_privilege('public', '{name}', '{right}')"
                assert connection.exec_driver_sql(query).scalar_one() is False


def test_no_column_can_be_changed(client: Client) -> None:
    for table in load_metadata().sorted_tables:
        for column in table.columns:
            with pytest.raises(errors.InsufficientPrivilege):
                client.execute(
                    sql.SQL("UPDATE {} SET {} = NULL").format(sql.Identifier(table.name), sql.Identifier(column.name))
                )


NOT_BACK = """
INSERT INTO survey_paper (paper_id, campaign_id, day, answers) VALUES (repeat('b', 32), {}, now(), '')
  RETURNING paper_id;
INSERT INTO survey_paper (paper_id, campaign_id, day, answers) VALUES (repeat('b', 32), {}, now(), '')
  ON CONFLICT (paper_id) DO UPDATE SET answers = excluded.answers;
INSERT INTO survey_paper SELECT * FROM survey_paper;
MERGE INTO survey_paper p USING survey_open o ON p.campaign_id = {} WHEN MATCHED THEN DELETE;
UPDATE survey_paper SET answers = '' WHERE paper_id = repeat('a', 32);
DELETE FROM survey_paper WHERE paper_id = repeat('a', 32);
SELECT answers FROM survey_paper WHERE paper_id = repeat('a', 32);
SELECT ctid, xmin FROM survey_paper
"""


def test_its_own_paper_can_neither_be_read_back_nor_changed(unit: Unit, client: Client) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    client.execute(*insertion(campaign.id))  # type: ignore[arg-type]
    for attempt in NOT_BACK.split(";"):
        with pytest.raises(errors.InsufficientPrivilege):
            client.execute(attempt.replace("{}", str(campaign.id)))  # type: ignore[arg-type]


REFUSED = (
    "UPDATE survey_open SET title = 'x'",
    "DELETE FROM survey_open",
    "INSERT INTO survey_kiosk_setting VALUES ('surveys.kiosk', '{}')",
    "UPDATE survey_kiosk_setting SET payload = '{}'",
    "SELECT * FROM survey_open FOR UPDATE",
    "ALTER VIEW survey_open RENAME TO other",
    "CREATE OR REPLACE VIEW survey_open AS SELECT 1",
    "SELECT survey_paper_guard()",
    "SELECT audit_entry_append_only()",
    "CREATE TABLE mine (id integer)",
    "CREATE TEMPORARY TABLE survey_campaign (id integer)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "CREATE SEQUENCE mine",
    "CREATE SCHEMA mine",
    "CREATE DATABASE mine",
    "CREATE ROLE mine",
    "CREATE EXTENSION file_fdw",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER DATABASE {database} SET work_mem = '1MB'",
    "COMMENT ON TABLE survey_paper IS 'mine'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT pg_stat_file('/etc/passwd')",
    "SELECT lo_create(0)",
    "SELECT lo_creat(-1)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('/etc/passwd')",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "COPY survey_paper FROM '/etc/passwd'",
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()",
    "SELECT pg_reload_conf()",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT nextval('setting_id_seq')",
    "SELECT setval('setting_id_seq', 1)",
    "ALTER SYSTEM SET fsync = off",
    "CALL mine()",
    "CHECKPOINT",
    "DO $$ BEGIN DELETE FROM setting; END $$",
    "WITH gone AS (DELETE FROM survey_paper RETURNING *) SELECT * FROM gone",
)
NO = (
    errors.InsufficientPrivilege,
    errors.UndefinedFunction,  # it could not even make the one it would call
    errors.ObjectNotInPrerequisiteState,  # a view that cannot be written through
)


def test_everything_else_is_refused(unit: Unit, db: Database, client: Client) -> None:
    with unit() as ctx:
        add_campaign(ctx)
    for attempt in REFUSED:
        with pytest.raises(NO):
            client.execute(attempt.replace("{database}", db.url.database or ""))  # type: ignore[arg-type]


CURIOUS = (
    "SELECT * FROM survey_kiosk_setting WHERE payload::text::integer = 1",
    "SELECT * FROM survey_open WHERE title::integer = 1",
    "SELECT * FROM survey_open WHERE content::text::integer = 1",
)


def test_a_condition_does_not_see_behind_the_view(unit: Unit, client: Client) -> None:
    """The error message of a condition would tell the rows that it was tried on."""
    from dangxiao_houqin.core.stored_settings import Setting

    with unit() as ctx:
        add_campaign(ctx, state=CampaignState.DRAFT, title="SECRET")
        ctx.add(Setting(section="organization.school", payload={"full_name": "SECRET"}))
    for question in CURIOUS:
        for seqscan in ("on", "off"):  # whatever plan the planner takes
            client.execute(f"SET enable_seqscan = {seqscan}")  # type: ignore[arg-type]
            assert client.execute(question).fetchall() == []  # type: ignore[arg-type]


def test_the_box_guards_itself_against_this_role(unit: Unit, client: Client) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, most=1)
        closed = add_campaign(ctx, state=CampaignState.CLOSED)
    with pytest.raises(errors.RaiseException, match="survey_empty"):
        client.execute(*insertion(campaign.id, answers=None))  # type: ignore[arg-type]
    with pytest.raises(errors.RaiseException, match="survey_closed"):
        client.execute(*insertion(closed.id))  # type: ignore[arg-type]
    with pytest.raises(errors.CheckViolation):
        client.execute(*insertion(campaign.id, paper_id="short"))  # type: ignore[arg-type]
    with pytest.raises(errors.CheckViolation):
        client.execute(*insertion(campaign.id, answers="x" * 30_001))  # type: ignore[arg-type]
    with pytest.raises(errors.InsufficientPrivilege):
        client.execute("SET session_replication_role = replica")  # would skip the guard
    client.execute(*insertion(campaign.id))  # type: ignore[arg-type]
    with pytest.raises(errors.RaiseException, match="survey_full"):
        client.execute(*insertion(campaign.id, paper_id="c" * 32))  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------- it stays that narrow
def test_rights_come_back_after_a_restore(
    unit: Unit, db: Database, role: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
    archive = tmp_path / "backup.zip"
    backup(db, archive)
    url = db.url.render_as_string(hide_password=False)
    db.close()
    restore(url, archive, force=True)
    with connect(db, role) as connection:
        assert connection.execute("SELECT campaign_id FROM survey_open").fetchall() == [(campaign.id,)]
        connection.execute(*insertion(campaign.id))  # type: ignore[arg-type]
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM survey_paper")


def test_rights_come_back_when_a_migration_makes_the_views_anew(unit: Unit, db: Database, role: str) -> None:
    with unit() as ctx:
        add_campaign(ctx)
    with migrating(db) as connection:
        made = connection.exec_driver_sql("SELECT pg_get_viewdef('survey_open')").scalar_one()
        connection.exec_driver_sql("DROP VIEW survey_open")
        connection.exec_driver_sql(f"CREATE VIEW survey_open AS {made}")
        upgrade_connection(connection)
    with connect(db, role) as client:
        assert client.execute("SELECT count(*) FROM survey_open").fetchone() == (1,)


def test_init_goes_on_where_it_may_not_make_roles_and_says_what_the_administrator_has_to_run(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    from dangxiao_houqin.app.cli import main

    owner, name = "dx_plain_owner", "dx_plain"
    postgres.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(owner)))
    postgres.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
    url = make_url(postgres.url(name)).set(username=owner).render_as_string(hide_password=False)
    try:
        with pytest.raises(SystemExit) as left:
            main(["init", "--db", url])
        said = capsys.readouterr().out
        assert left.value.code == 0
        assert "请让数据库管理员" in said
        script = said.partition("语句：\n")[2].partition("自助终端专用的数据库地址")[0]
        with psycopg.connect(postgres.conninfo(name), autocommit=True) as administrator:
            for statement in filter(str.strip, script.split(";\n")):
                administrator.execute(statement)  # type: ignore[arg-type]
        address = said.rstrip().rpartition("：")[2]
        assert make_url(address).username == role_name(name)
        with closing(Door(address, SystemClock())) as door:
            assert first_look(door).surveys == ()
        with pytest.raises(SystemExit):
            main(["init", "--db", url])
        again = capsys.readouterr().out
        assert "已经有了" in again
        assert "语句" not in again
    finally:
        postgres.drop_database(name)
        for each in (role_name(name), owner):
            postgres.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(each)))


def test_a_new_password_is_for_the_asking_and_none_is_kept(db: Database, role: str) -> None:
    first = ensure_role(db)
    assert first is not None
    assert (first.address, first.sql, first.created) == ("", "", False)
    second = ensure_role(db, new_password=True)
    assert second is not None
    password = make_url(second.address).password or ""
    assert len(password) >= 20
    with db.engine.connect() as connection:
        kept = connection.exec_driver_sql(f"SELECT rolpassword FROM pg_authid WHERE rolname = '{role}'").scalar_one()
    assert kept.startswith("SCRAM-SHA-256$")
    assert password not in kept


def test_a_database_without_the_role_is_left_alone(db: Database) -> None:
    with db.engine.begin() as connection:
        assert grant(connection) is False
        assert connection.exec_driver_sql(
            "SELECT has_database_privilege('public', current_database(), 'TEMPORARY')"
        ).scalar_one()


@pytest.mark.parametrize("name", ("houqin", "县委党校", "x" * 63, "Houqin", "a-b", "_"))
def test_role_names_fit_and_differ(name: str) -> None:
    made = role_name(name)
    assert len(made.encode()) <= 63
    assert made.startswith("dangxiao_kiosk_")
    assert made not in {role_name(other) for other in ("houqin2", "县委党校2", "x" * 62, "HOUQIN", "a_b", "__")}
