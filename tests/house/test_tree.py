"""What may lie in the tree at all."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT, package_files, read, tracked_files

HARD_LIMIT = 700  # lines; about 400 is the aim, beyond it a file should become a package
NAMES_THAT_SAY_NOTHING = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "manager.py"}
TEXT = {".py", ".md", ".toml", ".txt", ".lock", ".ui", ".cmd", ".sh", ".spec", ".iss", ".json", ".svg", ".mako", ""}

# Addresses that may be written down: licences, standards, XML namespaces, examples. No machine is called by them.
KNOWN_HOSTS = re.compile(
    r"^(license\.coscl\.org\.cn|www\.w3\.org|schemas\.(openxmlformats|microsoft)\.(org|com)|purl\.org|"
    r"(scripts\.sil|openfontlicense|www\.gnu|creativecommons|www\.unicode|spdx)\.org|(www\.)?openoffice\.org|"
    r"localhost|127\.0\.0\.1|.*\.example|.*\.invalid|example\.(com|org|net)|.*\.test|github\.com)$"
)
ADDRESS = re.compile(r"(?:https?|ftp)://(?:[^/@\s]*@)?([\w-]+(?:\.[\w-]+)+)")
# Folders that exist on the machine of one developer and nowhere else.
HOME = re.compile(r"(?<![\w.~$}>-])/(?:home|root|work|Users|mnt|opt)/[\w.-]+")


def _texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked_files():
        if path.suffix in TEXT and "data" not in path.relative_to(ROOT).parts[:-1]:
            try:
                found.append((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")))
            except UnicodeDecodeError:
                continue
    return found


def test_nothing_points_at_one_machine() -> None:
    assert [f"{name}: {found}" for name, text in _texts() for found in sorted(set(HOME.findall(text)))] == []


def test_every_address_is_known() -> None:
    """Nothing here is fetched from a named place; package indexes are each machine's own affair."""
    unknown = {
        f"{name}: {host}"
        for name, text in _texts()
        for host in ADDRESS.findall(text)
        if not KNOWN_HOSTS.match(host) and not name.startswith(("resources/fonts/", "LICENSE"))
    }
    assert sorted(unknown) == []


def test_the_rules_above_can_fail() -> None:
    assert HOME.findall("open('/" + "work/x/roster.xlsx')")
    assert not HOME.findall("see src/work/x and ${ROOT}/" + "home/x")
    assert [h for h in ADDRESS.findall("https:" + "//packages.somewhere/simple") if not KNOWN_HOSTS.match(h)]


def test_files_are_named_for_what_they_hold() -> None:
    assert [file.name for file in package_files() if file.path.name in NAMES_THAT_SAY_NOTHING] == []


def test_files_can_be_read_in_one_sitting() -> None:
    """Migrations aside: tables come out of Alembic as they are, once, and nobody edits them."""
    written = [file for file in package_files() if "/migrations/versions/" not in file.name]
    assert [f"{file.name}: {len(file.lines)}" for file in written if len(file.lines) > HARD_LIMIT] == []


def test_every_package_and_file_says_what_it_is_for() -> None:
    silent = [file.name for file in package_files() if file.text.strip() and not ast.get_docstring(file.tree)]
    assert silent == []


THREADS_LIVE_HERE = {"ui/background.py"}
WAYS_TO_START_ONE = {"Thread", "ThreadPoolExecutor", "QThread", "QThreadPool", "QRunnable", "asyncio", "qasync"}


def test_threads_are_started_in_one_place() -> None:
    """Threads sprinkled over screens crash on closed windows; processes of the solver are its own affair."""
    found = set()
    for file in package_files():
        names: set[str] = set()
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
        if names & WAYS_TO_START_ONE:
            found.add(file.path.relative_to(PACKAGE).as_posix())
    assert found == THREADS_LIVE_HERE


@pytest.mark.parametrize("version", ((3, 7), (3, 11)))
def test_bootstrap_needs_nothing_but_python(version: tuple[int, int]) -> None:
    """It runs before anything is installed, and must be readable by a Python that is too old to run the rest."""
    file = read(ROOT / "scripts" / "bootstrap.py")
    ast.parse(file.text, feature_version=version)
    imported = {alias.name for node in ast.walk(file.tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(file.tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def test_generated_forms_are_fresh() -> None:
    """``_forms`` is what ``installer/uic.py`` makes of ``forms`` today."""
    forms: list[Path] = sorted((ROOT / "forms").rglob("*.ui"))
    generated = sorted((PACKAGE / "_forms").rglob("ui_*.py"))
    if not forms:
        assert generated == [], "generated forms without their source"
        return
    from installer import uic

    assert uic.stale() == []
