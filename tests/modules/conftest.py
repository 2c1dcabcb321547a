"""A desk over the test's database, without threads, with the printouts of all modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.app.modules import all_documents
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.ui import theme, zh
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk


@pytest.fixture(scope="session")
def look(qapp: QApplication) -> None:
    """Style sheet and Chinese Qt texts."""
    zh.install(qapp)
    theme.apply(qapp)


@pytest.fixture(autouse=True)
def _no_windows_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A dialog of one test must not be met by the next."""
    yield
    if "qapp" in request.fixturenames:
        for window in QApplication.topLevelWidgets():
            window.hide()
            window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def desk(look: None, db: Database, clock: FixedClock, actor: Actor) -> Iterator[Desk]:
    """Somebody who may do everything, working on ``db``; questions are asked with real dialogs."""

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=clock, handlers=REACTIONS, **options)

    runner = InstantRunner(open_unit)
    yield Desk(runner, actor, documents=all_documents)
    runner.shutdown()
    runner.deleteLater()
