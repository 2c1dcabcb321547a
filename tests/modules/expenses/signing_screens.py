"""A desk for each person of the school, without threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.modules import all_documents
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk

from .signing_school import School

P = TypeVar("P", bound=QWidget)


class Desks:
    """Sits people of ``school`` down, each with a runner of his own."""

    def __init__(self, school: School, db: Database, clock: FixedClock) -> None:
        self.school, self._db, self._clock = school, db, clock
        self._runners: list[InstantRunner] = []

    def of(self, login: str) -> Desk:
        actor = self.school.actor(login)

        def open_unit(action: str, **options: Any) -> Any:
            return unit_of_work(self._db, actor, action, clock=self._clock, handlers=REACTIONS, **options)

        runner = InstantRunner(open_unit)
        self._runners.append(runner)
        return Desk(runner, actor, documents=all_documents)

    def close(self) -> None:
        for runner in self._runners:
            runner.shutdown()
            runner.deleteLater()


def show(qtbot: QtBot, page: P) -> P:
    """A page on the screen, with the keys."""
    page.resize(1154, 712)
    qtbot.addWidget(page)
    with qtbot.waitActive(page):
        page.show()
    QApplication.processEvents()
    return page


@pytest.fixture
def desks(look: None, school: School, db: Database, clock: FixedClock) -> Iterator[Desks]:
    """Everybody's desk; the module says who is in ``school``."""
    found = Desks(school, db, clock)
    yield found
    found.close()
