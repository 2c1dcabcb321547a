"""A school that is set up before a release keeps its roles; what the release brings is added to the program's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.schema import load_metadata, upgrade
from dangxiao_houqin.core.db import Database
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


@pytest.mark.sqlite_only
def test_the_programs_roles_get_the_new_rights_and_others_stay(tmp_path: Path) -> None:
    load_metadata()
    db = Database(tmp_path / "old.sqlite")
    fill_older(db, "20261122_second", tmp_path / "scratch.sqlite")
    role = load_metadata().tables["role"]
    with db.engine.begin() as connection:
        for table in ("user_role", "role"):
            connection.execute(text(f"DELETE FROM {table}"))
        stamp = {"created_at": "2026-01-05 08:00:00.000000", "updated_at": "2026-01-05 08:00:00.000000"}
        for number, (name, keys) in enumerate([*OLD.items(), ("夜班", ["places.view"])], 1):
            values = {"id": number, "name": name, "builtin": name in OLD, "version": 1, **stamp}
            row = text(
                "INSERT INTO role (id, name, permissions, builtin, version, created_at, updated_at) "
                "VALUES (:id, :name, json(:keys), :builtin, :version, :created_at, :updated_at)"
            )
            connection.execute(row, {**values, "keys": str(keys).replace("'", '"')})
        row = text("UPDATE role SET name = '系统管理员', permissions = '[\"*\"]' WHERE name = '领导（只看）'")
        connection.execute(row)
        connection.execute(text("UPDATE role SET builtin = 0 WHERE name = '班主任'"))  # made by hand, same name
    upgrade(db)
    with db.engine.connect() as connection:
        found = {row.name: row for row in connection.execute(select(role))}
    wanted = {each.name: sorted(each.permissions) for each in BUILTIN_ROLES}
    for name in ("后勤办主任", "住宿管理员"):
        assert found[name].permissions == wanted[name], name
        assert found[name].version == 2
    assert found["夜班"].permissions == ["places.view"]
    assert found["班主任"].permissions == OLD["班主任"]
    assert found["系统管理员"].permissions == ["*"]
    db.close()


@pytest.mark.sqlite_only
def test_every_old_role_comes_out_as_a_new_school_has_it(tmp_path: Path) -> None:
    from importlib import import_module

    step = import_module("dangxiao_houqin.migrations.versions.20261122_fourth_rights")
    wanted = {each.name: each.permissions for each in BUILTIN_ROLES}
    for name, keys in OLD.items():
        assert {*keys, *step.NEW[name]} == wanted[name], name
