"""Two programs on one PostgreSQL: what one desk saves stands on the other's page; logged out, it hears nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.main import Office
from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.api import FirstRun, SaveStaff, first_run, save_staff

from .conftest import PASSWORD, QUICK
from .test_door import come_in

Start = Callable[..., Office]
PROMISED_MS = 2000


@pytest.fixture
def shared_db(db: Database, db_url: str) -> str:
    """A shared database after its first run."""
    with unit_of_work(db, Actor.system(), "organization.first_run") as ctx:
        first_run(
            ctx, FirstRun("中共岚溪县委党校", "岚溪党校", "admin", "周启明", PASSWORD), BUILTIN_ROLES, hashing=QUICK
        )
    return db_url


def sit_down(qtbot: QtBot, start: Start, url: str) -> Office:
    office = start(url)
    come_in(qtbot, office)
    qtbot.waitUntil(lambda: office.live.running and not office.runner.tasks(), timeout=15_000)
    return office


def staff_page(qtbot: QtBot, office: Office) -> Any:
    assert office.shell is not None
    office.shell.desk.go("organization.staff")
    qtbot.waitUntil(lambda: office.shell.current_key == "organization.staff" and not office.runner.tasks())
    return office.shell.page("organization.staff")


def shown(page: Any) -> list[str]:
    return [page.table.model.row(n).name for n in range(page.table.model.total) if page.table.model.row(n) is not None]


@pytest.mark.postgres_only
def test_what_one_desk_saves_stands_on_the_other(qtbot: QtBot, start: Start, shared_db: str) -> None:
    one, two = sit_down(qtbot, start, shared_db), sit_down(qtbot, start, shared_db)
    here, there = staff_page(qtbot, one), staff_page(qtbot, two)
    one.runner.command(save_staff, SaveStaff("褚喆"))
    qtbot.waitUntil(lambda: shown(there) == ["褚喆"], timeout=PROMISED_MS)
    two.runner.command(save_staff, SaveStaff("单雄信"))
    qtbot.waitUntil(lambda: sorted(shown(here)) == ["单雄信", "褚喆"], timeout=PROMISED_MS)
    two.log_out()
    qtbot.waitUntil(lambda: two.login is not None, timeout=10_000)
    assert not two.live.running
    began = time.monotonic()
    one.close()
    assert time.monotonic() - began < 2, "closing waits for nobody"
