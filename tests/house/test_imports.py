"""The floors, the order of the rooms and their front doors."""

from __future__ import annotations

import subprocess
import sys

import grimp
import pytest

from tests.house.source import ROOT, module_names

PREFIX = "dangxiao_houqin.modules."


def test_import_contracts_are_kept() -> None:
    """The contracts of pyproject.toml, by import-linter."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-2000:]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("dangxiao_houqin", cache_dir=None)


def test_rooms_are_entered_by_the_front_door(graph: grimp.ImportGraph) -> None:
    """Another module is used through its ``api`` only."""
    trespasses = []
    for importer in sorted(graph.modules):
        if not importer.startswith(PREFIX):
            continue
        own = importer.removeprefix(PREFIX).split(".")[0]
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if not imported.startswith(PREFIX):
                continue
            room, _, inside = imported.removeprefix(PREFIX).partition(".")
            if room != own and inside != "api":
                trespasses.append(f"{importer} -> {imported}")
    assert trespasses == []


def test_graph_sees_the_modules(graph: grimp.ImportGraph) -> None:
    """The rule above would pass on an empty graph; it is not empty."""
    assert {PREFIX + name for name in module_names()} <= graph.modules
    assert len(module_names()) >= 4
