"""Fixtures of the kit's tests: the look applied once, a runner with threads, a runner without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import theme, zh
from dangxiao_houqin.ui.background import InstantRunner, Runner


@dataclass
class Unit:
    """What a service of these tests gets for a context: the kit needs no more than this of the real one."""

    action: str
    read_only: bool
    confirmed: frozenset[str]
    progress: Progress
    changed: set[str] = field(default_factory=set)


@contextmanager
def _unit(action: str, *, read_only: bool, confirmed: frozenset[str], progress: Progress) -> Iterator[Unit]:
    yield Unit(action, read_only, confirmed, progress)


def open_unit(action: str, **options: Any) -> AbstractContextManager[Unit]:
    return _unit(action, **options)


@pytest.fixture(scope="session", autouse=True)
def _look(qapp: QApplication) -> None:
    zh.install(qapp)
    theme.apply(qapp)


@pytest.fixture
def runner(qapp: QApplication) -> Iterator[Runner]:
    """A runner with real threads."""
    made = Runner(open_unit)
    yield made
    made.shutdown()
    qapp.processEvents()
    made.deleteLater()


@pytest.fixture
def instant(qapp: QApplication) -> Iterator[InstantRunner]:
    """A runner that does everything at once and asks its questions with real dialogs."""
    made = InstantRunner(open_unit)
    yield made
    made.shutdown()
    made.deleteLater()
