"""The migrations build exactly what the models say, on both engines."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint, UniqueConstraint, inspect

from dangxiao_houqin.app.schema import load_metadata
from dangxiao_houqin.core.db import Database
from tests.house.source import PACKAGE, package_files

OWN_BY_ALEMBIC = {"alembic_version"}


def _names(connection: Connection, table: str) -> dict[str, set[str]]:
    look = inspect(connection)
    return {
        "check": {str(found["name"]) for found in look.get_check_constraints(table)},
        "unique": {str(found["name"]) for found in look.get_unique_constraints(table)},
        "foreign key": {str(found["name"]) for found in look.get_foreign_keys(table)},
        "index": {str(found["name"]) for found in look.get_indexes(table) if not found.get("duplicates_constraint")},
    }


def test_migrated_schema_equals_the_models(db: Database) -> None:
    metadata = load_metadata()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_constraint_has_the_name_the_models_give_it(db: Database) -> None:
    """Alembic compares no CHECKs, and errors find their sentence by a constraint's name."""
    metadata = load_metadata()
    with db.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) - OWN_BY_ALEMBIC == set(metadata.tables)
        for name, table in metadata.tables.items():
            kinds = {"check": CheckConstraint, "unique": UniqueConstraint, "foreign key": ForeignKeyConstraint}
            wanted = {
                word: {str(c.name) for c in table.constraints if isinstance(c, kind)} for word, kind in kinds.items()
            }
            wanted["index"] = {str(index.name) for index in table.indexes}
            assert _names(connection, name) == wanted, name


def test_migrations_import_no_live_code() -> None:
    """A migration must still do tomorrow what it did when it was written."""
    found = [
        file.name
        for file in package_files(PACKAGE / "migrations" / "versions")
        if "dangxiao_houqin" in file.text or "from ." in file.text
    ]
    assert found == []
