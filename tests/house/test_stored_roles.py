"""A school that is set up before a release keeps its roles; what the release brings is added to the program's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from dangxiao_houqin.app.roles import BUILTIN_ROLES, INCOMPATIBLE
from dangxiao_houqin.app.schema import load_metadata, upgrade
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.api import ADMIN_ROLE
from dangxiao_houqin.modules.organization.models import Role
from tests.support.every_table import fill_older

_OLD_LOOK = ["places.view", "training.view", "accommodation.view", "organization.staff_view"]
OLD = {
    "后勤办主任": [
        *_OLD_LOOK, "places.edit", "training.edit", "training.import", "accommodation.assign", "accommodation.rules",
        "organization.settings", "organization.staff_edit", "organization.audit", "core.reveal_personal",
    ],
    "住宿管理员": [*_OLD_LOOK, "places.edit", "training.import", "accommodation.assign", "core.reveal_personal"],
    "班主任": [*_OLD_LOOK, "training.edit", "training.import", "core.reveal_personal"],
    "领导（只看）": _OLD_LOOK,
}  # fmt: skip
"""The roles as the release before wrote them."""


STEPS = ("fourth_rights", "seventh_rights", "tenth_rights")


def _wanted() -> dict[str, list[str]]:
    return {each.name: sorted(each.permissions) for each in BUILTIN_ROLES}


def _step(name: str) -> Any:
    return import_module(f"dangxiao_houqin.migrations.versions.20261122_{name}")


def _old_school(db: Database, tmp_path: Path, roles: list[tuple[str, list[str], bool]]) -> None:
    """A database of the first release with these roles (name, rights, builtin) and nobody who has one."""
    fill_older(db, "20261122_second", tmp_path / "scratch.sqlite")
    with db.engine.begin() as connection:
        for table in ("user_role", "role"):
            connection.execute(text(f"DELETE FROM {table}"))
        stamp = {"created_at": "2026-01-05 08:00:00.000000", "updated_at": "2026-01-05 08:00:00.000000"}
        for number, (name, keys, builtin) in enumerate(roles, 1):
            values = {"id": number, "name": name, "builtin": builtin, "version": 1, **stamp}
            row = text(
                "INSERT INTO role (id, name, permissions, builtin, version, created_at, updated_at) "
                "VALUES (:id, :name, json(:keys), :builtin, :version, :created_at, :updated_at)"
            )
            connection.execute(row, {**values, "keys": str(keys).replace("'", '"')})


@pytest.mark.sqlite_only
def test_the_programs_roles_get_the_new_rights_and_others_stay(tmp_path: Path) -> None:
    role = load_metadata().tables["role"]
    db = Database(tmp_path / "old.sqlite")
    roles = [
        (name, keys, name not in ("班主任", "领导（只看）")) for name, keys in OLD.items() if name != "领导（只看）"
    ]
    own = [("夜班", ["places.view"], False), ("财务", ["places.view"], False), ("系统管理员", ["*"], True)]
    _old_school(db, tmp_path, [*roles, *own])
    upgrade(db)
    wanted = _wanted()
    with db.engine.connect() as connection:
        found = {row.name: row for row in connection.execute(select(role))}
    for name in ("后勤办主任", "住宿管理员"):
        assert found[name].permissions == wanted[name], name
        assert found[name].version == 1 + len(STEPS)
    assert found["夜班"].permissions == ["places.view"]
    assert found["班主任"].permissions == OLD["班主任"]  # made by hand, same name
    assert found["财务"].permissions == ["places.view"]  # made by hand, same name
    assert not found["财务"].builtin
    assert found["系统管理员"].permissions == ["*"]
    db.close()


@pytest.mark.sqlite_only
def test_roles_an_upgraded_school_never_got_are_created(tmp_path: Path) -> None:
    db = Database(tmp_path / "old.sqlite")
    _old_school(db, tmp_path, [(name, keys, True) for name, keys in OLD.items()])
    upgrade(db)
    with unit_of_work(db, Actor.system(), "test.roles", read_only=True) as ctx:
        found = {row.name: row for row in ctx.session.scalars(select(Role))}
    wanted = {name: keys for name, keys in _wanted().items() if keys != ["*"]}  # the school had no administrators' row
    assert {name: row.permissions for name, row in found.items()} == wanted
    assert all(row.builtin for row in found.values())
    new = found["客房服务"]
    assert (new.version, new.created_by) == (1, None)
    assert new.created_at <= datetime.now(UTC)
    assert len({row.id for row in found.values()}) == len(found)
    db.close()


@pytest.mark.sqlite_only
def test_an_empty_database_gets_no_roles(tmp_path: Path) -> None:
    db = Database(tmp_path / "new.sqlite")
    upgrade(db)
    with db.engine.connect() as connection:
        assert connection.execute(select(load_metadata().tables["role"])).all() == []
    db.close()


def test_roles_are_created_on_every_engine(db: Database) -> None:
    """The step run again by itself over a school without the new roles: PostgreSQL gives ids and moments too."""
    with unit_of_work(db, Actor.system(), "test.roles") as ctx:
        ctx.add(Role(name="夜班", permissions=["places.view"], builtin=False))
    with db.engine.begin() as connection, Operations.context(MigrationContext.configure(connection)):
        _step("seventh_rights").upgrade()
    with unit_of_work(db, Actor.system(), "test.roles", read_only=True) as ctx:
        found = {row.name: row for row in ctx.session.scalars(select(Role))}
    assert set(found) == {"夜班", *_step("seventh_rights").CREATED}
    assert abs(datetime.now(UTC) - found["财务"].created_at) < timedelta(minutes=5)


def test_every_role_comes_out_as_a_new_school_has_it() -> None:
    wanted = {each.name: each.permissions for each in BUILTIN_ROLES if each.name != ADMIN_ROLE}
    upgraded = {name: set(keys) for name, keys in OLD.items()}
    for step in map(_step, STEPS):
        for name, keys in getattr(step, "CREATED", {}).items():
            upgraded.setdefault(name, set()).update(keys)
        for name, keys in step.NEW.items():
            upgraded[name].update(keys)
    assert upgraded == wanted


def test_no_role_holds_what_must_lie_in_two_hands() -> None:
    for role in BUILTIN_ROLES:
        for pair in INCOMPATIBLE:
            assert not set(pair) <= role.permissions, (role.name, pair)


def test_only_administrators_change_chains_and_keys() -> None:
    assert [role.name for role in BUILTIN_ROLES if "expenses.chains" in role.permissions] == []
