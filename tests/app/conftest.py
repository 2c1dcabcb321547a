"""A program with its windows on a real database: one administrator 周启明 (admin / Lanxi2026)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from dangxiao_houqin.app import machine
from dangxiao_houqin.app.database import open_database
from dangxiao_houqin.app.demo_data import load_demo
from dangxiao_houqin.app.main import Office
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.api import FirstRun, SaveUser, first_run, save_user
from dangxiao_houqin.modules.organization.models import Role
from dangxiao_houqin.modules.organization.passwords import Hashing
from dangxiao_houqin.ui import theme, zh

QUICK = Hashing(memory_kib=64, passes=1, lanes=1)
PASSWORD = "Lanxi2026"


@pytest.fixture(scope="session", autouse=True)
def _look(qapp: QApplication) -> None:
    zh.install(qapp)
    theme.apply(qapp)
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture(autouse=True)
def _no_windows_left(qapp: QApplication) -> Iterator[None]:
    yield
    for window in QApplication.topLevelWidgets():
        window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def school_db(tmp_path: Path) -> str:
    """A database after its first run; 李婷 (liting, same password) is 住宿管理员 and must change the password."""
    path = tmp_path / "school.db"
    db = open_database(path, create=True)
    with unit_of_work(db, Actor.system(), "organization.first_run") as ctx:
        first = FirstRun("中共岚溪县委党校", "岚溪党校", "admin", "周启明", PASSWORD)
        first_run(ctx, first, BUILTIN_ROLES, hashing=QUICK)
        clerk = ctx.session.query(Role).filter(Role.name == "住宿管理员").one()
        save_user(ctx, SaveUser("liting", "李婷", (clerk.id,), password=PASSWORD), hashing=QUICK)
    db.close()
    return str(path)


@pytest.fixture(scope="session")
def demo_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo school as loaded today, for copying: loading it anew for every test would take minutes."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    db = open_database(path, create=True)
    load_demo(db, SystemClock())
    db.close()
    return path


@pytest.fixture
def start(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Callable[..., Office]]:
    """``start(target, demo=False)`` starts the program; it is closed at the end.

    The demo of this computer is there already, unless ``fresh`` says that it is to be loaded.
    """
    running: list[Office] = []

    def begin(target: str | None, *, fresh: bool = False, **options: bool) -> Office:
        if options.get("demo") and target is None and not fresh:
            machine.demo_database().parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(request.getfixturevalue("demo_school"), machine.demo_database())
        office = Office(target, **options)
        running.append(office)
        office.start()
        return office

    yield begin
    for office in running:
        for window in (office.shell, office.login, office.lock_window, office.first_run):
            if window is not None:
                window.blockSignals(True)
        office.close()
        qapp.processEvents()
        office.deleteLater()
    qapp.processEvents()


def dialogs(kind: type[QDialog]) -> list[QWidget]:
    """Dialogs of a class that are open now."""
    return [window for window in QApplication.topLevelWidgets() if isinstance(window, kind) and window.isVisible()]
