"""Versions that are known to hurt are kept out (R19), and what is locked is what pyproject.toml allows."""

from __future__ import annotations

import re
import sqlite3
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from sqlalchemy import text

from dangxiao_houqin.app.doctor import run_checks
from dangxiao_houqin.core.db import Database
from tests.house.source import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCKED = re.compile(r"^([\w.-]+)==([^\s;]+)(?: ; (.+?))?(?: \\)?$", re.MULTILINE)


def _environment(python: str, machine: str = "x86_64") -> dict[str, str]:
    return {"python_version": python, "python_full_version": python + ".0", "platform_machine": machine}


@pytest.mark.parametrize(
    ("python", "machine", "good", "bad"),
    (
        ("3.11", "x86_64", "6.9.3", "6.12.0"),  # 6.12.0 aborts on CPython 3.11
        ("3.13", "x86_64", "6.9.3", "6.10.0"),  # 6.10 needs a glibc that domestic desktops lack
        ("3.11", "aarch64", "6.8.0.2", "6.8.1"),  # so does 6.8.1 on arm64
        ("3.14", "x86_64", "6.11.3", "6.12.0"),
    ),
)
def test_pyside_pins(python: str, machine: str, good: str, bad: str) -> None:
    requirements = [Requirement(line) for line in PROJECT["dependencies"] if line.startswith("PySide6")]
    here = [r for r in requirements if r.marker is None or r.marker.evaluate(_environment(python, machine))]
    assert len(here) == 1
    assert here[0].specifier.contains(Version(good))
    assert not here[0].specifier.contains(Version(bad))


@pytest.mark.parametrize(
    ("python", "qt", "level"),
    (((3, 11, 7), "6.12.0", "error"), ((3, 11, 7), "6.9.3", "ok"), ((3, 12, 1), "6.12.0", "ok")),
)
def test_doctor_names_the_qt_that_aborts(
    python: tuple[int, int, int], qt: str, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The versions are faked, the check is the real one."""
    monkeypatch.setattr(sys, "version_info", python)
    monkeypatch.setattr(metadata, "version", lambda _name: qt)
    versions = next(finding for finding in run_checks(None) if finding.check == "versions")
    assert versions.level == level
    assert qt in versions.message
    assert (level == "error") == bool(versions.advice)


def _locked(path: Path, python: str, machine: str = "x86_64") -> dict[str, str]:
    found = {}
    for name, version, marker in LOCKED.findall(path.read_text(encoding="utf-8")):
        if not marker or Requirement(f"x ; {marker}").marker.evaluate(_environment(python, machine)):  # type: ignore[union-attr]
            assert name not in found, f"{name} twice for Python {python}"
            found[name] = version
    return found


@pytest.mark.parametrize("machine", ("x86_64", "aarch64"))
@pytest.mark.parametrize("python", ("3.11", "3.12", "3.13", "3.14"))
def test_lock_satisfies_the_project(python: str, machine: str) -> None:
    for file, extras in (("requirements.lock", ("editable",)), ("requirements-dev.lock", ("editable", "dev"))):
        locked = _locked(ROOT / file, python, machine)
        wanted = list(PROJECT["dependencies"])
        for extra in extras:
            wanted += PROJECT["optional-dependencies"][extra]
        for requirement in map(Requirement, wanted):
            if requirement.marker and not requirement.marker.evaluate(_environment(python, machine)):
                continue
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert requirement.specifier.contains(locked[name]), f"{file}: {name} {locked[name]}"


def test_tests_run_on_what_users_run_on() -> None:
    run, dev = (_locked(ROOT / name, "3.11") for name in ("requirements.lock", "requirements-dev.lock"))
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize("name", ("requirements.lock", "requirements-dev.lock"))
def test_lock_is_hashed_and_names_no_index(name: str) -> None:
    content = (ROOT / name).read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[\w.-]+==)", content)[1:]
    assert len(packages) > 30
    assert [part.splitlines()[0] for part in packages if "--hash=sha256:" not in part] == []
    assert not re.search(r"://|--(extra-)?index-url|--find-links", content)


@pytest.mark.parametrize(("version", "mode"), (((3, 40, 1), "truncate"), ((3, 51, 2), "truncate"), ((3, 51, 3), "wal")))
def test_wal_only_where_sqlite_is_mended(
    version: tuple[int, int, int], mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite 3.7.0 to 3.51.2 can corrupt a WAL database (the version is faked, the journal mode is real)."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    database = Database(tmp_path / "x.sqlite")
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == mode
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
    database.close()
