"""The highest id ever given in each table goes along, so that no new row gets the id of a deleted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa


def _sequences(connection: sa.Connection, tables: Iterable[sa.Table]) -> dict[str, str]:
    """Table -> what counts its ids: a PostgreSQL sequence, on SQLite the table itself (AUTOINCREMENT)."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        counted = set(connection.exec_driver_sql(query).scalars())
        return {table.name: table.name for table in tables if table.name in counted}
    found = {}
    for table in tables:
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and isinstance(keys[0].type, sa.Integer):
            question = sa.text("SELECT pg_get_serial_sequence(quote_ident(:table), :column)")
            sequence = connection.scalar(question, {"table": table.name, "column": keys[0].name})
            if sequence is not None:
                found[table.name] = str(sequence)
    return found


def last_ids(connection: sa.Connection, tables: Iterable[sa.Table]) -> dict[str, int]:
    """The highest id ever given in a table, also when its row is gone: audit entries may still speak of it."""
    sequences = _sequences(connection, tables)
    if connection.dialect.name == "sqlite":
        if not sequences:
            return {}
        rows = connection.exec_driver_sql("SELECT name, seq FROM sqlite_sequence").all()
        return {str(name): int(seq) for name, seq in rows if name in sequences}
    found = {}
    for name, sequence in sequences.items():
        last, called = connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one()
        found[name] = int(last) if called else 0
    return found


def continue_ids(connection: sa.Connection, tables: Mapping[str, sa.Table], entries: Mapping[str, Any]) -> None:
    """New rows get ids that no row ever had."""
    for name, sequence in _sequences(connection, tables.values()).items():
        (key,) = tables[name].primary_key.columns
        highest = connection.execute(sa.select(sa.func.max(key))).scalar()
        last = max(int(entries[name].get("last_id", 0)), int(highest or 0))
        if connection.dialect.name != "sqlite":
            query = sa.text("SELECT setval(CAST(:sequence AS regclass), :value, :used)")
            connection.execute(query, {"sequence": sequence, "value": last or 1, "used": last > 0})
        elif last:
            connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            connection.execute(
                sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {"name": name, "seq": last}
            )
