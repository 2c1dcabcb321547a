"""Work in the background: results arrive on the main thread, or not at all when nobody waits any more."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, QThread, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.errors import Busy, Cancelled, NeedsConfirmation, RuleViolation
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import InstantRunner, Runner, UnexpectedError, action_of

from .conftest import Unit


class Receiver(QObject):
    """Keeps what it is told and on which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Any] = []
        self.errors: list[Exception] = []
        self.progress: list[tuple[float, str]] = []
        self.threads: set[QThread] = set()

    @Slot(object)
    def ok(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(QThread.currentThread())

    @Slot(object)
    def fail(self, error: Exception) -> None:
        self.errors.append(error)

    @Slot(float, str)
    def moved(self, fraction: float, text: str) -> None:
        self.progress.append((fraction, text))


def add_room(ctx: Unit, number: int) -> str:
    ctx.changed |= {"room", "bed"}
    return f"{number} {ctx.action} {ctx.read_only} {threading.current_thread() is threading.main_thread()}"


def count_rooms(ctx: Unit) -> bool:
    return ctx.read_only


def paint(progress: Any, text: str) -> str:
    progress(0.5, "正在排版")
    return text * 2


def refuse(_ctx: Unit) -> None:
    raise RuleViolation("这间房已住满，请另选一间。")


def stumble(_ctx: Unit) -> None:
    raise ZeroDivisionError("oops")


def put_in(ctx: Unit, name: str) -> str:
    if "mixed" not in ctx.confirmed:
        raise NeedsConfirmation("mixed", f"{name}与同屋性别不同，仍要安排吗？", hint="安排后请告知班主任。")
    ctx.changed.add("stay")
    return name


def slowly(ctx: Unit, started: threading.Event) -> str:
    started.set()
    for step in range(2000):
        ctx.progress(step / 2000, f"第 {step} 步")
        time.sleep(0.005)
    return "finished"


def test_a_command_runs_elsewhere_and_answers_here(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    changes: list[frozenset[str]] = []
    runner.data_changed.connect(changes.append)
    runner.command(add_room, 304, ok=receiver.ok)
    qtbot.waitUntil(lambda: bool(receiver.results))
    assert receiver.results == ["304 test_background.add_room False False"]
    assert receiver.threads == {QThread.currentThread()}
    assert changes == [frozenset({"room", "bed"})]
    assert runner.tasks() == ()


def test_queries_are_read_only_and_change_nothing(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    changes: list[frozenset[str]] = []
    runner.data_changed.connect(changes.append)
    runner.query(count_rooms, ok=receiver.ok)
    runner.work(paint, "页", ok=receiver.ok, progress=receiver.moved)
    qtbot.waitUntil(lambda: len(receiver.results) == 2)
    assert set(receiver.results) == {True, "页页"}
    assert receiver.progress == [(0.5, "正在排版")]
    assert changes == []


def test_commands_run_in_the_order_given(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    for number in range(20):
        runner.command(add_room, number, ok=receiver.ok)
    qtbot.waitUntil(lambda: len(receiver.results) == 20)
    assert [int(result.split()[0]) for result in receiver.results] == list(range(20))


def give_way_once(ctx: Unit, tries: list[int]) -> str:
    tries.append(1)
    if len(tries) == 1:
        raise Busy("有其他人正在修改同样的数据，请稍候再试一次。")
    ctx.changed.add("stay")
    return "第二次"


def test_a_command_that_was_sent_back_goes_again(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    tries: list[int] = []
    changes: list[frozenset[str]] = []
    runner.data_changed.connect(changes.append)
    runner.command(give_way_once, tries, ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.results))
    assert (receiver.results, receiver.errors, len(tries)) == (["第二次"], [], 2)
    assert changes == [frozenset({"stay"})]


def test_callbacks_must_be_methods_of_qobjects(runner: Runner) -> None:
    for bad in (lambda _result: None, partial(print, "x"), print, "x".upper):
        with pytest.raises(TypeError, match="bound method of a QObject"):
            runner.command(add_room, 1, ok=bad)
    assert runner.tasks() == ()


def test_errors_reach_fail_and_bugs_are_logged(qtbot: QtBot, runner: Runner, caplog: pytest.LogCaptureFixture) -> None:
    receiver = Receiver()
    runner.command(refuse, ok=receiver.ok, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors))
    assert isinstance(receiver.errors[0], RuleViolation)
    assert receiver.results == []


@pytest.mark.expect_log("bug [0-9A-F]{6}")
def test_a_bug_arrives_with_its_log_id(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    runner.command(stumble, fail=receiver.fail)
    qtbot.waitUntil(lambda: bool(receiver.errors))
    bug = receiver.errors[0]
    assert isinstance(bug, UnexpectedError)
    assert "ZeroDivisionError: oops" in bug.report
    assert bug.bug_id in str(bug)


def test_a_closed_dialog_drops_the_result_and_the_change_is_kept(qtbot: QtBot, runner: Runner) -> None:
    """Two hundred dialogs, closed and collected while their command runs."""

    class Asking(QDialog):
        told = 0

        def __init__(self) -> None:
            super().__init__()
            self.me = self  # a cycle: only the collector can take it
            runner.command(add_room, 1, ok=self.done_with, fail=self.done_with)

        @Slot(object)
        def done_with(self, _result: object) -> None:
            Asking.told += 1

    changes: list[frozenset[str]] = []
    runner.data_changed.connect(changes.append)
    gc.collect()
    gc.freeze()  # the test runner's own objects need not be looked at two hundred times
    for number in range(200):
        dialog = Asking()
        if number % 2:
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.show()
            dialog.close()
            QApplication.sendPostedEvents(dialog, 52)  # QEvent::DeferredDelete
        del dialog
        gc.collect()
    qtbot.waitUntil(lambda: len(changes) == 200)
    gc.unfreeze()
    assert runner.tasks() == ()
    assert Asking.told < 200


def test_drop_forgets_a_closing_owner(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    changes: list[frozenset[str]] = []
    runner.data_changed.connect(changes.append)
    runner.command(add_room, 1, ok=receiver.ok)
    runner.query(count_rooms, ok=receiver.ok)
    runner.drop(receiver)
    qtbot.waitUntil(lambda: not runner.tasks())
    assert receiver.results == []
    assert changes


def test_cancel_stops_work_under_way(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    started = threading.Event()
    task = runner.command(slowly, started, ok=receiver.ok, fail=receiver.fail, progress=receiver.moved, title="慢")
    qtbot.waitUntil(started.is_set)
    qtbot.waitUntil(lambda: len(receiver.progress) > 2)
    with qtbot.waitSignal(task.ended):
        task.cancel()
        assert task.cancelling
    assert isinstance(receiver.errors[0], Cancelled)
    assert receiver.results == []


def test_cancel_before_the_start_never_runs(qtbot: QtBot, runner: Runner) -> None:
    receiver = Receiver()
    started = threading.Event()
    first = runner.command(slowly, started, fail=receiver.fail)
    second = runner.command(add_room, 2, ok=receiver.ok, fail=receiver.fail)
    second.cancel()
    qtbot.waitUntil(lambda: len(receiver.errors) == 1)
    first.cancel()
    qtbot.waitUntil(lambda: not runner.tasks())
    assert receiver.results == []
    assert len(receiver.errors) == 2


def test_busy_is_told_after_a_while_only(qtbot: QtBot, runner: Runner) -> None:
    busy: list[bool] = []
    runner.busy_changed.connect(busy.append)
    receiver = Receiver()
    runner.command(add_room, 1, ok=receiver.ok)
    qtbot.waitUntil(lambda: bool(receiver.results))
    assert busy == []
    task = runner.command(slowly, threading.Event(), fail=receiver.fail)
    qtbot.waitUntil(lambda: busy == [True])
    task.cancel()
    qtbot.waitUntil(lambda: busy == [True, False])


@pytest.mark.parametrize("yes", (True, False))
def test_a_confirmation_is_asked_and_the_command_run_again(qtbot: QtBot, runner: Runner, yes: bool) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    receiver = Receiver()
    receiver.setParent(window)
    runner.command(put_in, "李婕", ok=receiver.ok, fail=receiver.fail)

    def dialog() -> messages.QuestionDialog:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, messages.QuestionDialog)]
        assert found
        return found[0]

    qtbot.waitUntil(lambda: bool(dialog()))
    asked = dialog()
    assert asked.message == "李婕与同屋性别不同，仍要安排吗？"
    assert asked.detail == "安排后请告知班主任。"
    qtbot.mouseClick(asked.yes if yes else asked.no, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not runner.tasks())
    assert receiver.results == (["李婕"] if yes else [])
    assert [type(error) for error in receiver.errors] == ([] if yes else [Cancelled])


def test_shutdown_waits_for_a_change_under_way(qtbot: QtBot) -> None:
    from .conftest import open_unit

    runner = Runner(open_unit)
    saved: list[int] = []
    runner.command(_save_late, saved)
    runner.shutdown()
    assert saved == [1]
    assert gc.isenabled()


@pytest.mark.parametrize("kind", (Runner, InstantRunner))
def test_what_is_asked_after_the_end_is_dropped(qtbot: QtBot, kind: type[Runner]) -> None:
    from .conftest import open_unit

    runner, receiver, seen = kind(open_unit), Receiver(), list[object]()
    runner.task_started.connect(seen.append)
    runner.task_ended.connect(seen.append)
    runner.data_changed.connect(seen.append)
    runner.shutdown()
    tasks = (
        runner.command(add_room, 304, ok=receiver.ok, fail=receiver.fail),
        runner.query(count_rooms, ok=receiver.ok, fail=receiver.fail),
        runner.query(stumble),  # without ``fail`` an error is shown in a dialog
        runner.work(paint, "页", ok=receiver.ok, progress=receiver.moved, title="排版"),
    )
    for task in tasks:
        assert task.done
        assert not task.cancelling
        task.drop()  # as a page does with the question before
        task.cancel()
        assert not task.cancelling
    qtbot.wait(20)
    assert not runner.tasks()
    assert (seen, receiver.results, receiver.errors, receiver.progress) == ([], [], [], [])


def _save_late(_ctx: Unit, saved: list[int]) -> None:
    time.sleep(0.2)
    saved.append(1)


def test_the_instant_runner_does_it_at_once(instant: InstantRunner) -> None:
    receiver = Receiver()
    instant.command(add_room, 5, ok=receiver.ok)
    assert receiver.results == ["5 test_background.add_room False True"]
    instant.answer = False
    instant.command(put_in, "王建国", ok=receiver.ok, fail=receiver.fail)
    assert isinstance(receiver.errors[0], Cancelled)
    instant.answer = True
    instant.command(put_in, "王建国", ok=receiver.ok, fail=receiver.fail)
    assert receiver.results[-1] == "王建国"


def test_actions_are_named_for_module_and_verb() -> None:
    def check_in() -> None: ...

    check_in.__module__ = "dangxiao_houqin.modules.accommodation.services.stays"
    assert action_of(check_in) == "accommodation.check_in"
    assert action_of(partial(check_in)) == "accommodation.check_in"


def test_none_is_not_lost(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to None at every call that returns nothing."""
    import sys

    from PySide6.QtWidgets import QLabel

    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)
    for _ in range(20_000):
        label.setText("床")
    assert abs(sys.getrefcount(None) - before) < 5_000


_DEAD_RUNNERS = """
import gc
from PySide6.QtCore import QCoreApplication, QThread
from dangxiao_houqin.ui.background import InstantRunner

app = QCoreApplication([])
gc.disable()
runners = []
for _ in range(2):
    runner = InstantRunner()
    runner.work(lambda progress: None)
    runner.cycle = runner
    runners.append(runner)
del runner, runners
gc.collect()
assert isinstance(QThread.currentThread(), QThread), "the main QThread is gone"
"""


def test_dead_runners_do_not_take_the_main_thread_with_them() -> None:
    """PySide hands the main QThread to whoever calls ``QObject.thread()``; collecting those objects destroyed it."""
    done = subprocess.run([sys.executable, "-c", _DEAD_RUNNERS], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
