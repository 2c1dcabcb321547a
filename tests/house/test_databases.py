"""The test house itself: both engines are real, and each test has its own database."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from dangxiao_houqin.core.db import Database


def test_database_is_migrated_and_empty(db: Database, engine_name: str) -> None:
    assert db.is_sqlite == (engine_name == "sqlite")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one() == 0


@pytest.mark.postgres_only
def test_postgres_is_the_real_one(db: Database) -> None:
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT version()")).scalar_one().startswith("PostgreSQL 1")


@pytest.mark.expect_log("WARNING.*provoked")
def test_announced_warning_is_let_through() -> None:
    logging.getLogger("dangxiao_houqin").warning("provoked")
