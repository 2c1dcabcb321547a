"""The source tree as the house rules read it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "dangxiao_houqin"
MODULES = PACKAGE / "modules"


@dataclass(frozen=True)
class SourceFile:
    """One Python file with its text and its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Path from the root of the checkout, for messages."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def said(self, node: ast.stmt | ast.expr, words: str) -> bool:
        """Whether ``words`` stands in the lines of ``node`` or in the line above it."""
        last = node.end_lineno or node.lineno
        return any(words in line for line in self.lines[max(0, node.lineno - 2) : last])


@cache
def read(path: Path) -> SourceFile:
    text = path.read_text(encoding="utf-8")
    return SourceFile(path, text, ast.parse(text, str(path)))


def package_files(folder: Path = PACKAGE) -> list[SourceFile]:
    """Every hand-written Python file below ``folder``."""
    return [read(path) for path in sorted(folder.rglob("*.py")) if "_forms" not in path.parts]


def service_files() -> Iterator[SourceFile]:
    """``services.py`` and ``services/*.py`` of every module."""
    for file in package_files(MODULES):
        if file.path.name == "services.py" or file.path.parent.name == "services":
            yield file


def module_names() -> list[str]:
    """The business modules there are."""
    return sorted(path.parent.name for path in MODULES.glob("*/__init__.py"))


NOT_OURS = {".venv", "out", "build", "dist", "wheelhouse", "__pycache__"}


def _ours(parts: tuple[str, ...]) -> bool:
    hidden = any(part.startswith(".") and part != ".ci" for part in parts[:-1])
    return not hidden and not NOT_OURS & set(parts)


@cache
def tracked_files() -> tuple[Path, ...]:
    """What a clone of the project contains (plus what is about to be added)."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
        paths = [ROOT / name for name in answer.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive on a machine without git
        paths = [path for path in ROOT.rglob("*") if _ours(path.relative_to(ROOT).parts)]
    return tuple(path for path in paths if path.is_file())
