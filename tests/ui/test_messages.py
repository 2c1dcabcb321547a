"""What the program says, and what it remembers of its windows."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import (
    AppError,
    Cancelled,
    Conflict,
    InvalidInput,
    NotFound,
    PermissionDenied,
    RuleViolation,
    Unavailable,
)
from dangxiao_houqin.ui import input_method, messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.task_tray import TaskTray
from dangxiao_houqin.ui.widgets import (
    Avatar,
    Card,
    ElidedLabel,
    FigureTile,
    PillLabel,
    SearchBox,
    Segmented,
    button,
    clear,
    label,
    row,
    tool_button,
)

from .test_background import Receiver


class Answer(QObject):
    """Counts how often it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    @Slot()
    def again(self) -> None:
        self.calls.append("again")

    @Slot(bool)
    def answered(self, yes: bool) -> None:
        self.calls.append(yes)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(700, 600)
    qtbot.addWidget(made)
    made.show()
    return made


# ------------------------------------------------------------------------------------------------ messages
@pytest.mark.parametrize(
    ("error", "tone"),
    (
        (InvalidInput("房间号不能为空，请填写。"), "warning"),
        (RuleViolation("五楼正在装修，不能安排。"), "warning"),
        (PermissionDenied("您没有“办理入住”的权限，请联系系统管理员授权。"), "warning"),
        (NotFound("这条记录已被删除，请刷新列表。"), "error"),
        (Unavailable("数据库连不上，请稍后再试。", hint="网络是否断开？"), "error"),
    ),
)
def test_every_kind_of_error_is_shown_with_its_sentence(window: QWidget, error: AppError, tone: str) -> None:
    box = messages.show(window, error)
    assert isinstance(box, messages.QuestionDialog)
    assert box.windowTitle() == error.title
    assert (box.message, box.detail) == (error.message, error.hint)
    assert messages.tone_of(error) == tone
    box.accept()


def test_cancelled_is_silent(window: QWidget) -> None:
    assert messages.show(window, Cancelled()) is None
    assert window.findChildren(messages.QuestionDialog) == []


def test_a_conflict_reloads_and_an_outage_retries(qtbot: QtBot, window: QWidget) -> None:
    answer = Answer()
    for error, word in ((Conflict("已被修改。"), "重新载入"), (Unavailable("连不上。"), "重试")):
        box = messages.show(window, error, reload=answer.again, retry=answer.again)
        assert isinstance(box, messages.QuestionDialog)
        assert box.yes.text() == word
        qtbot.mouseClick(box.yes, Qt.MouseButton.LeftButton)
    assert answer.calls == ["again", "again"]


@pytest.mark.expect_log("bug [0-9A-F]{6}")
def test_a_bug_shows_its_number_and_can_be_copied(qtbot: QtBot, window: QWidget) -> None:
    box = messages.show(window, KeyError("floor"))
    assert isinstance(box, messages.BugDialog)
    assert "错误编号" in box.message
    qtbot.mouseClick(box.copy, Qt.MouseButton.LeftButton)
    assert "KeyError: 'floor'" in QApplication.clipboard().text()
    box.accept()


def test_a_destructive_question_names_what_happens_and_defaults_to_no(qtbot: QtBot, window: QWidget) -> None:
    answer = Answer()
    box = messages.ask(
        window,
        "将删除 3 间房：301、302、303。",
        done=answer.answered,
        title="删除房间",
        detail="在住的 2 人需要先换房。",
        yes="删除 3 间房",
        danger=True,
    )
    assert box.no.isDefault()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert answer.calls == [False]
    again = messages.ask(window, "将删除 3 间房。", done=answer.answered, yes="删除 3 间房", danger=True)
    qtbot.mouseClick(again.yes, Qt.MouseButton.LeftButton)
    assert answer.calls == [False, True]


def test_a_question_without_a_window_waits_for_its_answer(qtbot: QtBot) -> None:
    import gc

    answer = Answer()
    messages.ask(None, "继续吗？", done=answer.answered)
    gc.collect()
    box = next(w for w in QApplication.topLevelWidgets() if isinstance(w, messages.QuestionDialog) and w.isVisible())
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert answer.calls == [False]


def test_a_toast_goes_by_itself_and_can_undo(qtbot: QtBot, window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "TOAST_MS", 150)
    first = messages.toast(window, "已保存")
    assert first is not None
    assert first.isVisible()
    qtbot.waitUntil(lambda: window.findChildren(messages.Toast) == [])
    answer = Answer()
    second = messages.toast(window, "已退房 3 人", undo=answer.again)
    assert second is not None
    undo = second.findChild(QPushButton)
    assert undo is not None
    assert undo.text() == "撤销"
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert answer.calls == ["again"]
    qtbot.waitUntil(lambda: window.findChildren(messages.Toast) == [])


def test_a_toast_stays_inside_its_window(window: QWidget) -> None:
    toast = messages.toast(window, "已保存，王建国已安排到 304 房")
    assert toast is not None
    window.resize(500, 400)
    QApplication.processEvents()
    assert window.rect().contains(toast.geometry())
    assert messages.toast(None, "没有窗口") is None or QApplication.activeWindow() is not None


def test_the_bar_says_what_stays_wrong(qtbot: QtBot, window: QWidget) -> None:
    bar = messages.MessageBar(window)
    assert bar.text == ""
    bar.say("3 名学员没有登记性别。", "warning", action="去补充")
    assert bar.text == "3 名学员没有登记性别。"
    with qtbot.waitSignal(bar.triggered):
        qtbot.mouseClick(bar._action, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar._close, Qt.MouseButton.LeftButton)
    assert bar.text == ""


# ------------------------------------------------------------------------------------------------- widgets
def test_shortcuts_are_told_in_tooltips_and_icons_have_names(qtbot: QtBot, window: QWidget) -> None:
    pressed = button("登记学员", icon="plus", kind="primary", shortcut="Ctrl+N", parent=window)
    assert pressed.toolTip() == "登记学员（Ctrl+N）"
    bell = tool_button("bell", "通知", parent=window)
    assert bell.accessibleName() == bell.toolTip() == "通知"


def test_segments_tell_once_and_only_what_the_user_did(qtbot: QtBot, window: QWidget) -> None:
    part = Segmented([(7, "7 天"), (14, "14 天"), (30, "30 天")], window, name="天数")
    told: list[object] = []
    part.changed.connect(told.append)
    part.set_value(14)
    assert (part.value(), told) == (14, [])
    qtbot.mouseClick(part.findChildren(QPushButton)[2], Qt.MouseButton.LeftButton)
    assert (part.value(), told) == (30, [30])


def test_a_tile_opens_by_mouse_and_keys(qtbot: QtBot, window: QWidget) -> None:
    tile = FigureTile("今日在住", "bed-double", unit="人")
    tile.setParent(window)
    tile.set_figure("186", "入住率 84.5%", note_icon="up")
    tile.set_clickable("打开住宿")
    told = Answer()
    tile.clicked.connect(told.again)
    tile.show()
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    qtbot.keyClick(tile, Qt.Key.Key_Space)
    assert told.calls == ["again", "again"]
    assert tile.accessibleDescription() == "186人 入住率 84.5%"


def test_small_pieces(qtbot: QtBot, window: QWidget) -> None:
    assert Avatar("赵敏", parent=window).text() == "赵"
    pill = PillLabel(Pill("在住", "success"), window)
    assert pill.text() == "在住"
    elided = ElidedLabel("一段很长很长的说明文字", window)
    assert elided.toolTip() == "一段很长很长的说明文字"
    card = Card("我的待办", window)
    card.body.addLayout(row(label("一"), label("二")))
    clear(card.body)
    assert card.body.count() == 0


def test_the_search_box_waits_for_a_pause(qtbot: QtBot, window: QWidget) -> None:
    box = SearchBox("姓名", window)
    told: list[str] = []
    box.searched.connect(told.append)
    qtbot.keyClicks(box, " wjg ")
    assert told == []
    qtbot.waitUntil(lambda: told == ["wjg"])
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told == ["wjg"]  # the same question is not asked twice


# --------------------------------------------------------------------------------------------- page, tray
def wait(progress: Any) -> None:
    for step in range(400):
        progress(step / 400, f"第 {step} 页")
        time.sleep(0.005)


def test_the_tray_shows_slow_work_and_stops_it(qtbot: QtBot, runner: Runner, window: QWidget) -> None:
    tray = TaskTray(runner, window)
    receiver = Receiver()
    runner.work(wait, fail=receiver.fail, title="导出住宿名单")
    assert tray.isHidden()
    qtbot.waitUntil(lambda: tray.isVisible() and "导出住宿名单：第" in tray._text.text())
    assert tray._bar.value() > 0
    qtbot.mouseClick(tray._stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(tray.isHidden)
    assert isinstance(receiver.errors[0], Cancelled)


def test_a_page_has_one_line_of_context_and_its_actions(qtbot: QtBot, runner: Runner) -> None:
    class Rooms(Page):
        title = "房间"
        context = "明德楼 · 96 间"
        count = 0

        def reload(self) -> None:
            self.count += 1

    page = Rooms(runner)
    qtbot.addWidget(page)
    action = page.add_action("登记房间", page.reload, primary=True, shortcut="Ctrl+N")
    with qtbot.waitActive(page):
        page.show()
    assert page.count == 1
    qtbot.mouseClick(action, Qt.MouseButton.LeftButton)
    page.poll()
    assert page.count == 3
    page.command_failed(Cancelled())
    page.set_context("")
    assert page._context.isHidden()
    assert page.leave()


# ------------------------------------------------------------------------------------ machine's memory, input
def test_settings_lie_in_the_data_folder_and_survive_rubbish(qtbot: QtBot, data_folder: Path) -> None:
    settings.write("tables/x", [["名称", 120, True]])
    assert settings.read("tables/x") == [["名称", 120, True]]
    assert list(data_folder.glob("*.ini"))
    settings.store().setValue("tables/x", "{not json")
    settings.store().sync()
    assert settings.read("tables/x", "default") == "default"
    settings.write("tables/x", None)
    assert settings.read("tables/x") is None


def test_a_window_comes_back_where_it_was(qtbot: QtBot, window: QWidget) -> None:
    settings.save_geometry(window, "main")
    other = QWidget()
    qtbot.addWidget(other)
    assert settings.restore_geometry(other, "main")
    assert other.size() == window.size()
    settings.write("geometry/main", "zz")
    assert not settings.restore_geometry(other, "main")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="input methods of Linux")
@pytest.mark.parametrize(
    ("module", "bus", "used", "problem"),
    (
        ("fcitx", True, "ibus", False),
        ("fcitx5", False, "fcitx5", True),
        ("ibus", True, "ibus", False),
        ("", False, "system", False),
    ),
)
def test_input_methods(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str, bus: bool, used: str, problem: bool
) -> None:
    monkeypatch.setenv("QT_IM_MODULE", module)
    monkeypatch.delenv("IBUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if bus:
        folder = tmp_path / "ibus" / "bus"
        folder.mkdir(parents=True)
        (folder / "machine-unix-0").write_text("IBUS_ADDRESS=unix:path=x")
    state = input_method.prepare()
    assert state.module == used
    assert bool(state.problem) == problem
    assert os.environ["QT_IM_MODULE"] == ("ibus" if used == "ibus" else module)
