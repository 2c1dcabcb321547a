"""Create, check and upgrade the schema of a database."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.core import attachments, audit, jobs, numbering, stored_settings  # noqa: F401 - their tables
from dangxiao_houqin.core.db import Base, Database, as_app_error
from dangxiao_houqin.core.errors import Unavailable

MODULES_WITH_TABLES = (
    "organization",
    "places",
    "inbox",
    "expenses",
    "surveys",
    "training",
    "housekeeping",
    "accommodation",
)
ADVISORY_LOCK = 7_420_001


class SchemaState(enum.Enum):
    """What a database looks like to this version of the program."""

    EMPTY = "empty"
    CURRENT = "current"
    OLDER = "older"
    NEWER = "newer"
    FOREIGN = "foreign"


def load_metadata() -> MetaData:
    """All tables of the house."""
    for name in MODULES_WITH_TABLES:
        import_module(f"dangxiao_houqin.modules.{name}.models")
    return Base.metadata


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s")
    config.attributes["connection"] = connection
    return config


def head_revision() -> str:
    """The schema this program writes."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def schema_state(db: Database) -> SchemaState:
    """Look at a database without changing it; raises :class:`Unavailable` when it cannot be read."""
    try:
        with db.engine.connect().execution_options(read_only=True) as connection:
            revision = current_revision(connection)
            if revision is None:
                return SchemaState.FOREIGN if inspect(connection).get_table_names() else SchemaState.EMPTY
    except DBAPIError as error:
        raise as_app_error(error) or Unavailable("数据库打不开，请检查地址是否正确。") from error
    script = ScriptDirectory.from_config(_config())
    if revision == script.get_current_head():
        return SchemaState.CURRENT
    known = {r.revision for r in script.walk_revisions()}
    return SchemaState.OLDER if revision in known else SchemaState.NEWER


@contextmanager
def migrating(db: Database) -> Iterator[Connection]:
    """One transaction in which the schema may change: all of it or nothing; on PostgreSQL one client at a time.

    SQLite rebuilds a table by dropping it, which with foreign keys on would delete the rows of its children: they are
    off meanwhile and checked before the commit.
    """
    with db.engine.connect() as connection:
        if db.is_sqlite:
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                if not db.is_sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
                yield connection
                if db.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise Unavailable(f"数据表“{broken[0]}”里有指向不存在记录的数据，没有改动数据库；请运行“自检”。")
        finally:
            if db.is_sqlite and not connection.invalidated:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: str) -> None:
    cursor = connection.connection.cursor()  # not through SQLAlchemy: this pragma does nothing inside a transaction
    cursor.execute(f"PRAGMA foreign_keys={state}")
    cursor.close()


def upgrade_connection(connection: Connection, revision: str = "head") -> None:
    """Bring the schema to ``revision`` within the transaction that :func:`migrating` opened.

    What is made anew has no rights for anybody: the kiosk's role gets its own again.
    """
    from .kiosk.role import grant

    command.upgrade(_config(connection), revision)
    grant(connection)


def upgrade(db: Database, revision: str = "head") -> None:
    """Bring the schema to ``revision``; on PostgreSQL one client at a time."""
    with migrating(db) as connection:
        upgrade_connection(connection, revision)


def make_revision(db: Database, message: str, rev_id: str) -> None:
    """Write the next migration by comparing models and ``db`` (for developers)."""
    with db.engine.begin() as connection:
        command.revision(_config(connection), message, autogenerate=True, rev_id=rev_id)
