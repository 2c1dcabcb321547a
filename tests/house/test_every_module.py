"""Free tests for every module: permissions, events, lists, printouts and pages that it plugs into the house."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.app.modules import MODULES
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec, ListSpec, ModuleSpec
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.api import EVERYTHING
from dangxiao_houqin.modules.training.queries import list_classes
from tests.house.source import MODULES as MODULE_FOLDER
from tests.house.source import SourceFile, module_names, package_files
from tests.support.paper import pdf_pages

BY_KEY = {module.key: module for module in MODULES}
UNUSED_YET = "# unused yet"


# --------------------------------------------------------------------------------------------- permissions
def _defined() -> Iterator[tuple[SourceFile, str, str]]:
    """(file, constant, key) of every permission in the source."""
    for file in package_files():
        for node in file.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                call = node.value
                if isinstance(call.func, ast.Name) and call.func.id == "Permission" and call.args:
                    (target,) = node.targets
                    assert isinstance(target, ast.Name)
                    yield file, target.id, ast.literal_eval(call.args[0])


def test_every_folder_is_a_module_and_the_other_way_round() -> None:
    assert sorted(BY_KEY) == module_names()


def test_every_permission_is_offered_to_roles() -> None:
    offered = [permission.key for module in MODULES for permission in module.permissions]
    assert sorted(key for _, _, key in _defined()) == sorted(offered)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", key) for key in offered)


def test_every_permission_guards_something() -> None:
    """A right that nothing asks for is a promise to the administrator that nobody keeps."""
    idle = []
    for home, constant, key in _defined():
        inside = MODULE_FOLDER in home.path.parents
        room = MODULE_FOLDER / home.path.relative_to(MODULE_FOLDER).parts[0] if inside else None
        near = [file for file in package_files() if room is None or room in file.path.parents]
        use = re.compile(rf"(?:require|can)\((?:\w+\.)*{constant}\b|permission(?:_for)?\b.*\b{constant}\b")
        if not any(use.search(file.text) for file in near):
            idle.append(key)
    assert idle == []


def test_roles_hold_rights_that_exist() -> None:
    known = {permission.key for module in MODULES for permission in module.permissions} | {EVERYTHING}
    assert {key for role in BUILTIN_ROLES for key in role.permissions} <= known


# -------------------------------------------------------------------------------------------------- events
def test_every_event_is_wired() -> None:
    """Publishing into nowhere is either a mistake or says ``# unused yet``."""
    wired = {event.__name__ for event in REACTIONS}
    loose = []
    published = set()
    for file in package_files(MODULE_FOLDER):
        for node in ast.walk(file.tree):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish"
            ):
                continue
            event = node.args[0]
            assert isinstance(event, ast.Call), f"{file.name}:{node.lineno} publishes something unnamed"
            name = ast.unparse(event.func).rpartition(".")[2]
            published.add(name)
            if name not in wired and not file.said(node, UNUSED_YET):
                loose.append(f"{file.name}:{node.lineno} {name}")
    assert loose == []
    assert wired <= published


def test_every_reaction_takes_its_event() -> None:
    """Names in the wiring are only text: the class and the function must exist and fit each other."""
    unfit = [
        f"{event.__name__} -> {handler.__qualname__}"
        for event, handlers in REACTIONS.items()
        for handler in handlers
        if handler.__annotations__["event"] != event.__name__
    ]
    assert unfit == []
    assert all(REACTIONS.values())


# --------------------------------------------------------------------------------------- lists and printouts
LISTS = [(module, spec) for module in MODULES for spec in module.lists]
DOCUMENTS = [(module, spec) for module in MODULES for spec in module.documents()]


def test_short_names_are_unique() -> None:
    for specs in (LISTS, DOCUMENTS):
        keys = [spec.key for _, spec in specs]
        assert len(keys) == len(set(keys))
    columns = [column.key for _, spec in LISTS for column in spec.columns]
    assert [key for key in columns if not re.fullmatch(r"[a-z][a-z0-9_]*", key)] == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("module", "spec"), LISTS, ids=lambda value: value.key)
def test_list_works_on_the_demo_school(
    module: ModuleSpec, spec: ListSpec, demo_db: Database, actor: Actor, clock: FixedClock
) -> None:
    """Every column speaks for every row, every sortable column sorts both ways, and searching does not break."""
    with unit_of_work(demo_db, actor, "test.list", clock=clock, read_only=True) as ctx:
        first = spec.fetch(ctx, ListQuery(limit=50))
        for row in first.rows:
            for column in spec.columns:
                assert isinstance(column.display(row), str)
        for column in spec.columns:
            if column.sortable:
                for descending in (False, True):
                    again = spec.fetch(ctx, ListQuery(limit=50, sort=column.key, descending=descending))
                    assert again.total == first.total, column.key
        for text in ("张", "zhang", "zs", "%", "_", "'", "𬱖"):
            assert spec.fetch(ctx, ListQuery(search=text, limit=5)).total <= first.total
        assert len(spec.fetch(ctx, ListQuery(offset=max(0, first.total - 1), limit=5)).rows) == min(1, first.total)


@pytest.mark.sqlite_only
@pytest.mark.parametrize(("module", "spec"), DOCUMENTS, ids=lambda value: value.key)
def test_document_comes_out_for_a_class(
    module: ModuleSpec, spec: DocumentSpec, demo_db: Database, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    """Each printout of a class of the demo school is a PDF with Chinese text in it, its twin a workbook with rows."""
    with unit_of_work(demo_db, actor, "test.document", clock=clock) as ctx:
        by_size = sorted((row.enrolled, row.id) for row in list_classes(ctx, ListQuery(limit=50)).rows)
        data = {class_id: spec.load(ctx, class_id) for _, class_id in (by_size[0], by_size[-1])}
    for class_id, found in data.items():  # an empty class has a printout too
        paper = spec.pdf(found, no_progress)
        assert paper.startswith(b"%PDF-")
        text = "".join(pdf_pages(paper))
        assert re.search(r"[\u4e00-\u9fff]{2}", text)
        sheet = tmp_path / f"{class_id}.xlsx"
        spec.xlsx(sheet, found, no_progress)
        rows = CalamineWorkbook.from_path(str(sheet)).get_sheet_by_index(0).to_python()
        assert len(rows) > 1


def test_pages_name_existing_rights() -> None:
    for module in MODULES:
        for page in module.pages():
            assert page.key.startswith(module.key + "."), page.key
            assert page.permission is None or page.permission in module.permissions, page.key
