"""The runner over the real unit of work: threads, noted tables, confirmation, conflicts, the screen locked out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx, forbid_ui_thread
from dangxiao_houqin.modules.places.models import Site
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner

from .test_background import Receiver

OpenUnit = Callable[..., AbstractContextManager[Ctx]]


def add_site(ctx: Ctx, name: str) -> int:
    return ctx.add(Site(name=name)).id


def rename(ctx: Ctx, key: int, name: str, version: int) -> None:
    ctx.get(Site, key, version=version).name = name


def add_if_sure(ctx: Ctx, name: str) -> int:
    key = add_site(ctx, name)
    ctx.confirm("sure", f"确实要新增“{name}”吗？")
    return key


def add_and_fail(ctx: Ctx, name: str) -> None:
    add_site(ctx, name)
    raise RuleViolation("不能再增加校区。")


def names(ctx: Ctx) -> list[str]:
    return list(ctx.session.scalars(select(Site.name).order_by(Site.id)))


def count(ctx: Ctx) -> int:
    return ctx.session.scalar(select(func.count()).select_from(Site)) or 0


@pytest.fixture
def office(qapp: QApplication, unit: OpenUnit) -> Iterator[Runner]:
    """A runner on the test's database, with the screen's thread locked out of it."""
    runner = Runner(unit)
    forbid_ui_thread()
    yield runner
    runner.shutdown()
    qapp.processEvents()


def ask(qtbot: QtBot, runner: Runner, func: Callable[..., Any], *args: Any) -> Receiver:
    receiver = Receiver()
    runner.command(func, *args, ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.results or receiver.errors))
    return receiver


def read(qtbot: QtBot, runner: Runner, func: Callable[..., Any]) -> Any:
    receiver = Receiver()
    runner.query(func, ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.results or receiver.errors))
    assert receiver.errors == []
    return receiver.results[0]


def test_a_command_saves_and_names_its_tables(qtbot: QtBot, office: Runner) -> None:
    changed: list[frozenset[str]] = []
    office.data_changed.connect(changed.append)
    assert ask(qtbot, office, add_site, "东校区").results == [1]
    assert changed == [frozenset({"site"})]
    assert read(qtbot, office, names) == ["东校区"]
    assert len(changed) == 1


def test_what_fails_leaves_nothing(qtbot: QtBot, office: Runner) -> None:
    changed: list[frozenset[str]] = []
    office.data_changed.connect(changed.append)
    receiver = ask(qtbot, office, add_and_fail, "西校区")
    assert isinstance(receiver.errors[0], RuleViolation)
    assert read(qtbot, office, count) == 0
    assert changed == []


def test_constraints_and_overtaken_forms_come_back_as_sentences(qtbot: QtBot, office: Runner) -> None:
    ask(qtbot, office, add_site, "东校区")
    twice = ask(qtbot, office, add_site, "东校区").errors[0]
    assert isinstance(twice, InvalidInput | RuleViolation | Conflict)
    assert "已有同名的校区" in str(twice)
    late = ask(qtbot, office, rename, 1, "南校区", 7).errors[0]
    assert isinstance(late, Conflict)


@pytest.mark.parametrize("yes", (True, False))
def test_a_confirmation_runs_the_whole_command_again(qtbot: QtBot, office: Runner, yes: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    receiver = Receiver()
    receiver.setParent(window)
    office.command(add_if_sure, "北校区", ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: window.findChild(messages.QuestionDialog) is not None)
    assert read(qtbot, office, count) == 0  # rolled back while the question stands
    box = window.findChild(messages.QuestionDialog)
    assert box is not None
    (box.yes if yes else box.no).click()
    qtbot.waitUntil(lambda: bool(receiver.results or receiver.errors))
    assert read(qtbot, office, count) == int(yes)


@pytest.mark.expect_log("bug [0-9A-F]{6}")
def test_the_screen_may_not_open_a_unit_itself(qtbot: QtBot, office: Runner, unit: OpenUnit) -> None:
    with pytest.raises(RuntimeError, match="UI thread"), unit("test.screen"):
        pass
    receiver = Receiver()
    office.query(_fail_inside, ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors))


def _fail_inside(_ctx: Ctx) -> None:
    raise LookupError("a bug of ours")
