"""What we hand over is complete: a wheel brings its resources and migrations, and finds them once installed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT


@pytest.mark.slow
def test_wheel_is_complete(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    answer = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    resources = {
        "dangxiao_houqin/_resources/" + path.relative_to(ROOT / "resources").as_posix()
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(resources) > 3
    assert resources <= names
    assert "dangxiao_houqin/_resources/用户手册.md" in names
    migrations = {path.relative_to(PACKAGE.parent).as_posix() for path in (PACKAGE / "migrations").rglob("*.py*")}
    assert {name for name in migrations if "__pycache__" not in name} <= names
    assert any(name.endswith("entry_points.txt") for name in names)
    assert any("LICENSE" in name for name in names)

    # The installed copy, away from the checkout: it must find its own resources and migrate a database.
    program = (
        "from dangxiao_houqin.core.paths import manual_path, resource\n"
        "from dangxiao_houqin.core.db import Database\n"
        "from dangxiao_houqin.app.schema import SchemaState, schema_state, upgrade\n"
        "assert '_resources' in resource('fonts').parts, resource('fonts')\n"
        "assert '_resources' in manual_path().parts, manual_path()\n"
        "assert manual_path().read_text(encoding='utf-8').startswith('# 用户手册')\n"
        "db = Database('installed.sqlite'); upgrade(db)\n"
        "assert schema_state(db) is SchemaState.CURRENT\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    command = [sys.executable, "-c", program]
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
