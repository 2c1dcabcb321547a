"""Rows of any table, whatever its revision, as JSON values and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

REVISION_TABLE = "alembic_version"
BATCH = 1000
HELD = 8 * 1024 * 1024
"""Bytes of attached files that a batch of rows may hold; a larger file is a batch of its own."""

_PLAIN, _DATE, _MOMENT, _TIME, _BOOL, JSON, _BYTES, _DECIMAL = (
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
    (sa.JSON, JSON),
    (sa.Boolean, _BOOL),
    (sa.DateTime, _MOMENT),
    (sa.Date, _DATE),
    (sa.Time, _TIME),
    (sa.LargeBinary, _BYTES),
    (sa.Float, _PLAIN),
    (sa.Numeric, _DECIMAL),
)


def kind_of(type_: Any) -> str:
    return next((kind for cls, kind in _KINDS if isinstance(type_, cls)), _PLAIN)


def encode(value: Any, kind: str) -> Any:
    if value is None or kind in (_PLAIN, JSON):
        return value
    if kind == _BOOL:
        return bool(value)
    if kind == _MOMENT:
        utc = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return utc.isoformat()
    if kind == _BYTES:
        return base64.b64encode(value).decode("ascii")
    return str(value) if kind == _DECIMAL else value.isoformat()


def decode(value: Any, kind: str, *, sqlite: bool) -> Any:
    if value is None or kind in (_PLAIN, JSON, _BOOL):
        return value
    if kind == _MOMENT:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=None) if sqlite else moment
    if kind == _BYTES:
        return base64.b64decode(value)
    return {_DATE: date.fromisoformat, _TIME: time.fromisoformat, _DECIMAL: Decimal}[kind](value)


def tables_of(connection: sa.Connection) -> list[sa.Table]:
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


def rows_of(connection: sa.Connection, table: sa.Table) -> Generator[list[Any], None, None]:
    """Every row as JSON values, in key order (text keys by code point on both engines)."""
    kinds = [kind_of(column.type) for column in table.columns]
    cells = [
        sa.cast(column, sa.Text) if kind == JSON else column for column, kind in zip(table.columns, kinds, strict=True)
    ]
    keys = [
        sa.collate(column, "C")
        if isinstance(column.type, sa.String) and connection.dialect.name == "postgresql"
        else column
        for column in (table.primary_key.columns or table.columns)
    ]
    query = sa.select(*cells).order_by(*keys).execution_options(yield_per=_batch_of(connection, table))
    with connection.execute(query) as result:
        for row in result:
            yield [encode(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _batch_of(connection: sa.Connection, table: sa.Table) -> int:
    """How many rows to fetch at once, so that a thousand large files are never in memory together."""
    files = [column for column in table.columns if kind_of(column.type) == _BYTES]
    if not files:
        return BATCH
    largest = connection.execute(sa.select(*(sa.func.max(sa.func.length(column)) for column in files))).one()
    return max(1, min(BATCH, HELD // max(1, sum(size or 0 for size in largest))))


def bytes_in(values: Mapping[str, Any]) -> int:
    """How many bytes of files a decoded row holds."""
    return sum(len(value) for value in values.values() if isinstance(value, bytes))


def line_of(row: list[Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def revision_of(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table(REVISION_TABLE):
        return None
    found = connection.exec_driver_sql(f"SELECT version_num FROM {REVISION_TABLE}").scalar()
    return None if found is None else str(found)
