"""The kiosk's login role on PostgreSQL: it may see two views and put papers into the box, and nothing else.

``init`` makes it; every upgrade and restore renews its rights in the same transaction, because they go with the tables.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.core.db import Database

PREFIX = "dangxiao_kiosk_"
LONGEST_NAME = 63
"""Bytes of an identifier."""

VIEWS = ("survey_open", "survey_kiosk_setting")
BOX = "survey_paper"

# Whoever may connect may also write large objects; only a superuser can take that away.
_LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")


@dataclass(frozen=True)
class KioskRole:
    """What ``init`` has to say about the role.

    ``password`` is known only at the moment it was drawn; ``sql`` is what the database administrator has to run when
    we may not make roles ourselves.
    """

    name: str
    address: str = ""
    created: bool = False
    sql: str = ""


def role_name(database: str) -> str:
    """The role of the kiosks of this database; roles belong to the whole server, so it carries the database's name."""
    plain = PREFIX + re.sub(r"[^a-z0-9_]", "_", database.lower())
    if plain == PREFIX + database and len(plain) <= LONGEST_NAME:
        return plain
    return f"{plain[: LONGEST_NAME - 9].rstrip('_')}_{hashlib.sha256(database.encode()).hexdigest()[:8]}"


def ensure_role(db: Database, *, new_password: bool = False) -> KioskRole | None:
    """Make the role if it is missing and give it its rights; ``None`` on SQLite, which has no roles.

    ``new_password`` gives an existing role a new one.  Nothing is raised when we may not: then ``sql`` says what the
    administrator has to run.
    """
    from dangxiao_houqin.app.schema import ADVISORY_LOCK

    if db.is_sqlite:
        return None
    name = role_name(db.url.database or "")
    password = secrets.token_urlsafe(18)
    with db.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        exists = _exists(connection, name)
        fresh = new_password or not exists
        login = [_login(name, _scram(connection, name, password), exists=exists)] if fresh else []
        made = all(_tried(connection, statement) for statement in login)
        narrow = made and grant(connection) and _is_narrow(connection, name)
        script = "" if narrow else _script([*login, *_rights(connection, name, superuser=True)])
    address = _address(db, name, password) if fresh else ""
    return KioskRole(name, address=address, created=made and not exists, sql=script)


def grant(connection: Connection) -> bool:
    """Give the role its rights again, if it is there; part of every upgrade and restore.  Returns whether it is there.

    Also takes from PUBLIC what PostgreSQL gives to everybody and would let a kiosk write: temporary tables (which could
    stand in front of ours inside the guard), new tables, our functions.
    """
    if connection.dialect.name != "postgresql":
        return False
    name = role_name(str(connection.scalar(text("SELECT current_database()"))))
    query = text(
        "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(:n)"
    )
    there = connection.scalar(query, {"n": [*VIEWS, BOX]})
    if there != len(VIEWS) + 1 or not _exists(connection, name):  # else: a schema older than the ballot box
        return False
    for statement in _rights(connection, name):
        _tried(connection, statement)
    return True


def _rights(connection: Connection, role: str, *, superuser: bool = False) -> list[str]:
    """The statements that give the role what it needs and take from everybody what it must not have.

    ``superuser``: one will run them, even if we are none.
    """
    quote = connection.dialect.identifier_preparer.quote_identifier
    facts = "SELECT current_database(), current_schema(), rolname, rolsuper FROM pg_roles WHERE rolname = current_user"
    database, schema, ours, we_are = connection.execute(text(facts)).one()
    base, space, who, us = quote(database), quote(schema), quote(role), quote(ours)
    functions = connection.scalars(
        text(
            "SELECT DISTINCT t.tgfoid::regprocedure::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        )
    ).all()
    return [
        f"GRANT TEMPORARY ON DATABASE {base} TO {us}",
        f"GRANT USAGE, CREATE ON SCHEMA {space} TO {us}",
        f"REVOKE TEMPORARY ON DATABASE {base} FROM PUBLIC",
        f"REVOKE CREATE ON SCHEMA {space} FROM PUBLIC",
        *(f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC" for function in functions),
        *(
            f"REVOKE EXECUTE ON FUNCTION pg_catalog.{each} FROM PUBLIC"
            for each in _LARGE_OBJECTS
            if superuser or we_are
        ),
        # Otherwise a condition in a query is tried on rows that the view hides, and its error message tells them.
        *(f"ALTER VIEW {space}.{view} SET (security_barrier = true)" for view in VIEWS),
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {space} FROM {who}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {space} FROM {who}",
        f"GRANT CONNECT ON DATABASE {base} TO {who}",
        f"GRANT USAGE ON SCHEMA {space} TO {who}",
        *(f"GRANT SELECT ON {space}.{view} TO {who}" for view in VIEWS),
        f"GRANT INSERT ON {space}.{BOX} TO {who}",
    ]


def _is_narrow(connection: Connection, name: str) -> bool:
    """Whether the role can do its work and what everybody may is gone; a REVOKE by the wrong user only warns."""
    query = text(
        "SELECT has_table_privilege(:role, :box, 'INSERT')"
        " AND NOT has_schema_privilege(:role, current_schema(), 'CREATE')"
        " AND NOT has_database_privilege(:role, current_database(), 'TEMPORARY')"
    )
    return bool(connection.scalar(query, {"role": name, "box": BOX}))


def _exists(connection: Connection, name: str) -> bool:
    return connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}) is not None


def _login(name: str, secret: str, *, exists: bool) -> str:
    verb = "ALTER" if exists else "CREATE"
    return (
        f'{verb} ROLE "{name}" WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION '
        f"NOBYPASSRLS CONNECTION LIMIT 50 PASSWORD '{secret}'"
    )


def _scram(connection: Connection, name: str, password: str) -> str:
    """What the server keeps of ``password``; the server's log and statistics never see the word itself."""
    driver = connection.connection.driver_connection
    assert driver is not None
    made: bytes = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    return made.decode()


def _tried(connection: Connection, statement: str) -> bool:
    """Run ``statement`` where we may; ``False`` where we may not."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(statement)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != "42501":  # insufficient privilege
            raise
        return False
    return True


def _address(db: Database, name: str, password: str) -> str:
    url = db.url.set(drivername="postgresql", username=name, password=password)
    return url.render_as_string(hide_password=False)


def _script(statements: list[str]) -> str:
    return "".join(f"{statement};\n" for statement in statements)
