"""Statements compiled for the database of one test serve the next one's.

SQLAlchemy keeps what it compiled for each engine and its dialect.  Every test has a database, so an engine, of its
own, and compiled its statements anew: a quarter of its time.  All our engines of a kind are configured alike.
"""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Engine, util
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from dangxiao_houqin.core import db

KEPT = 3000


def share_statements() -> None:
    """From now on every engine of a :class:`db.Database` finds what another one of its kind has compiled."""
    create = db.create_engine
    compiled: dict[str, Any] = {}

    @functools.wraps(create)
    def create_sharing(url: Any, **options: Any) -> Engine:
        kind = url.get_backend_name()
        if kind not in compiled:
            compiled[kind] = util.LRUCache(KEPT)
        return create(url, execution_options={"compiled_cache": compiled[kind]}, **options)

    db.create_engine = create_sharing
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):  # part of the key under which a statement is kept
        dialect.__eq__ = _same_kind  # type: ignore[method-assign]
        dialect.__hash__ = _hash_of_kind  # type: ignore[method-assign, assignment]


def _same_kind(mine: object, other: object) -> bool:
    return type(mine) is type(other)


def _hash_of_kind(mine: object) -> int:
    return hash(type(mine))
