"""What every test stands on: real databases, a fixed clock, an isolated machine folder, and quiet guards.

Fixtures: ``db`` (a migrated database, once on SQLite and once on PostgreSQL), ``db_url``, ``empty_db_url``,
``demo_db`` (the demo school, SQLite), ``postgres`` (the server), ``actor``, ``clock``,
``unit`` (opens a unit of work), ``data_folder``.
Guards: a log record of WARNING or above, a modal dialog nobody asked for, the user's own folders, and what a test
leaves on the screen or in the hand.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import sqlite3
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, allow_ui_thread, unit_of_work
from tests.support.memory import memory_folder
from tests.support.postgres import NoServer, PostgresServer, running_postgres
from tests.support.statements import share_statements

if memory := memory_folder():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # where ``tmp_path`` is made

share_statements()

MUST_HAVE_POSTGRES = os.environ.get("DANGXIAO_REQUIRE_POSTGRES") == "1"


# ----------------------------------------------------------------------------------------------- databases
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a database once per engine, unless its mark names one."""
    if "engine_name" not in metafunc.fixturenames:
        return
    marks = {mark.name for mark in metafunc.definition.iter_markers()}
    names = ["sqlite", "postgres"]
    if "sqlite_only" in marks:
        names = ["sqlite"]
    if "postgres_only" in marks:
        names = ["postgres"]
    metafunc.parametrize("engine_name", names, indirect=True)


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """``"sqlite"`` or ``"postgres"``."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL, one per test process."""
    try:
        with running_postgres() as server:
            yield server
    except NoServer as error:
        if MUST_HAVE_POSTGRES:
            pytest.fail(f"PostgreSQL is required here: {error}", pytrace=False)
        pytest.skip(f"no PostgreSQL: {error}")


def _upgrade(target: str | Path) -> None:
    from dangxiao_houqin.app.schema import upgrade

    database = Database(target)
    upgrade(database)
    database.close()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    _upgrade(path)
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres: PostgresServer) -> str:
    _upgrade(postgres.create_database("dx_template"))
    return "dx_template"


@pytest.fixture
def empty_db_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without a single table (of a SQLite file that does not exist yet)."""
    if engine_name == "sqlite":
        yield str(tmp_path / "empty.sqlite")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"dx_{uuid.uuid4().hex[:12]}"
    yield server.create_database(name)
    server.drop_database(name)


@pytest.fixture
def db_url(engine_name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address (as ``--db`` takes it) of a migrated database of the test's own."""
    if engine_name == "sqlite":
        path = tmp_path / "test.sqlite"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), path)
        yield str(path)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"dx_{uuid.uuid4().hex[:12]}"
    yield server.create_database(name, request.getfixturevalue("_postgres_template"))
    server.drop_database(name)


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    """A migrated, empty database of the test's own."""
    database = Database(db_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def _demo_template(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from dangxiao_houqin.app.demo_data import load_demo

    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    shutil.copyfile(_sqlite_template, path)
    database = Database(path)
    load_demo(database, FixedClock())
    database.close()
    return path


@pytest.fixture
def demo_db(_demo_template: Path, tmp_path: Path) -> Iterator[Database]:
    """The demo school in a SQLite file of the test's own, loaded on the morning of ``clock``."""
    path = tmp_path / "demo.sqlite"
    shutil.copyfile(_demo_template, path)
    database = Database(path)
    yield database
    database.close()


# ------------------------------------------------------------------------------------------ who, when, where
@pytest.fixture
def clock() -> FixedClock:
    """2026-03-02 08:00 in China, until the test moves it."""
    return FixedClock()


@pytest.fixture
def fixed_clock(clock: FixedClock) -> FixedClock:
    """Another name of ``clock``."""
    return clock


@pytest.fixture
def actor() -> Actor:
    """Somebody who may do everything."""
    return Actor.system("测试员")


@pytest.fixture
def nobody() -> Actor:
    """Somebody who may do nothing."""
    return Actor(None, "无权限的人")


OpenUnit = Callable[..., AbstractContextManager[Ctx]]


@pytest.fixture
def unit(db: Database, actor: Actor, clock: FixedClock) -> OpenUnit:
    """``with unit("module.verb", read_only=..., actor=..., confirmed=...) as ctx:`` on the test's database."""

    def open_unit(action: str = "test.step", **options: Any) -> AbstractContextManager[Ctx]:
        who = options.pop("actor", actor)
        options.setdefault("clock", clock)
        options.setdefault("handlers", REACTIONS)  # the modules as they are wired in the program
        return unit_of_work(db, who, action, **options)

    return open_unit


@pytest.fixture
def ctx_factory(unit: OpenUnit) -> OpenUnit:
    """Another name of ``unit``."""
    return unit


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The machine's data folder; never the developer's own."""
    folder = tmp_path / "machine"
    monkeypatch.setenv("DANGXIAO_DATA_DIR", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    qt = sys.modules.get("PySide6.QtCore")
    if qt is not None:
        settings = qt.QSettings
        for kind in (settings.Format.NativeFormat, settings.Format.IniFormat):
            settings.setPath(kind, settings.Scope.UserScope, str(tmp_path / "config"))
    yield folder
    allow_ui_thread()  # a test that started the shell must not forbid the next one its units


# -------------------------------------------------------------------------------------------------- guards
class _Loud(logging.Handler):
    """Keeps what was logged at WARNING or above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Fail a test during which the program logged a warning or an error that the test did not announce."""
    expected = [re.compile(mark.args[0]) for mark in item.iter_markers("expect_log")]
    loud = _Loud()
    root = logging.getLogger()
    root.addHandler(loud)
    try:
        result = yield
    finally:
        root.removeHandler(loud)
    texts = [f"{record.levelname} {record.name}: {record.getMessage()}" for record in loud.records]
    surprises = [text for text in texts if not any(pattern.search(text) for pattern in expected)]
    if surprises:
        pytest.fail("unexpected log records:\n  " + "\n  ".join(surprises), pytrace=False)
    for pattern in expected:
        if not any(pattern.search(text) for text in texts):
            pytest.fail(f"announced log record never came: {pattern.pattern}", pytrace=False)
    return result


_STATIC_DIALOGS = {
    "QMessageBox": ("about", "critical", "information", "question", "warning"),
    "QFileDialog": ("getExistingDirectory", "getOpenFileName", "getOpenFileNames", "getSaveFileName"),
    "QInputDialog": ("getDouble", "getInt", "getItem", "getMultiLineText", "getText"),
}


@pytest.fixture(autouse=True)
def _no_unasked_dialog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A modal dialog would hang the test for ever: fail instead (mark ``allow_modal`` to answer it yourself)."""
    uses_qt = {"qtbot", "qapp"} & set(request.fixturenames)
    if not uses_qt or request.node.get_closest_marker("allow_modal"):
        return
    from PySide6 import QtWidgets

    def refuse(name: str) -> Callable[..., object]:
        def refused(*args: object, **_options: object) -> object:
            texts = [argument for argument in args if isinstance(argument, str)]
            raise AssertionError(f"unasked modal dialog: {name} {texts or args[:1]}")

        return refused

    for owner in ("QDialog", "QMessageBox", "QFileDialog", "QInputDialog", "QMenu"):
        monkeypatch.setattr(getattr(QtWidgets, owner), "exec", refuse(owner))
    for owner, names in _STATIC_DIALOGS.items():
        for name in names:
            monkeypatch.setattr(getattr(QtWidgets, owner), name, staticmethod(refuse(f"{owner}.{name}")))


@pytest.fixture(autouse=True)
def _no_window_outlives_its_test(_no_unasked_dialog: None) -> Iterator[None]:
    """A page that is left over would poll a database that is gone, in the middle of somebody else's test."""
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or widgets.QApplication.instance() is None:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    for window in widgets.QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()
    # processEvents() leaves deferred deletions to an event loop, and between tests there is none.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def _no_mouse_button_stays_pressed() -> Iterator[None]:
    """A drag that a test leaves in the air would turn the next test's hovering into dragging."""
    yield
    widgets = sys.modules.get("PySide6.QtWidgets")
    if widgets is None or not widgets.QApplication.mouseButtons():
        return
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    nowhere = widgets.QWidget()
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton):
        if widgets.QApplication.mouseButtons() & button:
            QTest.mouseRelease(nowhere, button)


@pytest.hookimpl(trylast=True)
def pytest_report_header() -> list[str]:
    """Say which engines these tests speak to."""
    from tests.support.postgres import find_binaries

    try:
        server = str(find_binaries())
    except NoServer as error:
        server = f"none ({error})"
    return [f"databases: SQLite {sqlite3.sqlite_version}, PostgreSQL from {server}"]
