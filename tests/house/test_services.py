"""What every service function owes: a permission first, and no change behind the audit log's back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.house.source import MODULES, SourceFile, package_files, read, service_files

OPEN = "# house: open"  # on the def line or above it, with the reason why no permission is asked here
BULK = "# house: bulk"  # on the statement, with the reason why versions and audit may be bypassed


def _offered(file: SourceFile) -> set[str] | None:
    """What a services *package* lets out; ``None`` for a single file, whose public functions all count."""
    if file.path.parent.name != "services":
        return None
    door = read(file.path.parent / "__init__.py")
    return {
        alias.asname or alias.name
        for node in door.tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def _takers(file: SourceFile) -> Iterator[ast.FunctionDef]:
    """Public functions that work in a unit of work."""
    for node in file.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            arguments = node.args.posonlyargs + node.args.args
            if arguments and arguments[0].arg == "ctx":
                yield node


def _use_cases(file: SourceFile) -> list[ast.FunctionDef]:
    offered = _offered(file)
    return [function for function in _takers(file) if offered is None or function.name in offered]


def _asks_first(function: ast.FunctionDef) -> bool:
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    first = body[0] if body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Call)
        and isinstance(first.value.func, ast.Attribute)
        and first.value.func.attr == "require"
        and isinstance(first.value.func.value, ast.Name)
        and first.value.func.value.id == "ctx"
    )


def test_every_service_asks_for_a_permission_first() -> None:
    careless = []
    seen = 0
    for file in service_files():
        for function in _use_cases(file):
            seen += 1
            head = "\n".join(file.lines[max(0, function.lineno - 2) : function.body[0].lineno])
            if not _asks_first(function) and OPEN not in head:
                careless.append(f"{file.name}:{function.lineno} {function.name}")
    assert careless == []
    assert seen > 0


def test_parts_of_a_services_package_are_its_own_affair() -> None:
    """Only what the package offers is checked above, so only that may be used elsewhere (reactions have no actor)."""
    found = []
    for file in package_files(MODULES):
        if file.path.parent.name == "services" or file.path.name == "reactions.py":
            continue
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.ImportFrom) or "services." not in (node.module or ""):
                continue
            part = file.path.parent / "services" / f"{str(node.module).rpartition('.')[2]}.py"
            changes = {function.name for function in _takers(read(part))} if part.exists() else set()
            taken = {alias.name for alias in node.names}
            found += [f"{file.name}:{node.lineno} {name}" for name in sorted(taken & changes)]
    assert found == []


def test_no_bulk_change_in_services() -> None:
    """``update()``/``delete()`` statements skip versions, audit and refresh, so each one must say why it may."""
    bulk = []
    for file in service_files():
        imported = {
            alias.asname or alias.name
            for node in ast.walk(file.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
            for alias in node.names
            if alias.name in {"update", "delete", "text"}
        }
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Call):
                continue
            direct = isinstance(node.func, ast.Name) and node.func.id in imported
            of_table = isinstance(node.func, ast.Attribute) and node.func.attr in {"update", "delete"}
            of_table = of_table and "__table__" in ast.unparse(node.func)
            if (direct or of_table) and not file.said(node, BULK):
                bulk.append(f"{file.name}:{node.lineno} {ast.unparse(node)[:60]}")
    assert bulk == []


def test_services_never_commit() -> None:
    """The unit of work commits; a service that does would split its use case in two."""
    found = [
        f"{file.name}:{node.lineno}"
        for file in service_files()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback", "begin"}
    ]
    assert found == []
