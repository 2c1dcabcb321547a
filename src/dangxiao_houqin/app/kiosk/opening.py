"""From the desk to the kiosk: the staff's PIN, and opening the kiosk in place of this program.

The kiosk is a process of its own, and the desk is logged out and gone before it starts: behind a kiosk there must be
no window of somebody with more rights.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QProcess, QProcessEnvironment, Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.app import machine
from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import PasswordField
from dangxiao_houqin.ui.widgets import button, column, label, row

ADDRESS_VARIABLE = "DANGXIAO_KIOSK_DB"
"""How the address reaches the kiosk: a command line can be read by everybody on the computer."""


def kiosk_target(desk_target: str, address: str) -> str:
    """What the kiosk opens: a SQLite file is the desk's own, on PostgreSQL the kiosk has an address of its own.

    Raises :class:`InvalidInput` for the field ``address``.
    """
    from dangxiao_houqin.core.db import parse_target

    desk = parse_target(desk_target)
    if desk.get_backend_name() == "sqlite":
        return desk_target
    if not address.strip():
        raise InvalidInput("请填写 init 给出的自助终端专用地址；不能用办公电脑的地址代替。", field="address")
    kiosk = parse_target(address)
    if kiosk.get_backend_name() != "postgresql" or kiosk.database != desk.database:
        raise InvalidInput(f"这个地址不是数据库“{desk.database}”的，请核对。", field="address")
    if kiosk.username == desk.username:
        raise InvalidInput("这是办公电脑自己的数据库用户，权限太大；请用自助终端专用的地址。", field="address")
    return address.strip()


def try_door(_progress: Progress, target: str) -> None:
    """Whether a kiosk could start on ``target`` now; raises :class:`AppError` with the sentence."""
    from .door import Door, first_look
    from .readiness import NO_PIN, one_kiosk

    one_kiosk().unlock()
    door = Door(target, SystemClock())
    try:
        if not first_look(door).pin_hash:
            raise RuleViolation(NO_PIN)
    finally:
        door.close()


def start_kiosk(target: str) -> bool:
    """Start the kiosk's process, which outlives this one."""
    process = QProcess()
    arguments = ["kiosk"] if getattr(sys, "frozen", False) else ["-m", "dangxiao_houqin", "kiosk"]
    process.setProgram(sys.executable)
    process.setArguments(arguments)
    environment = QProcessEnvironment.systemEnvironment()
    environment.insert(ADDRESS_VARIABLE, target)
    process.setProcessEnvironment(environment)
    started: bool | tuple[bool, int] = process.startDetached()
    return started[0] if isinstance(started, tuple) else started


class SetPinDialog(FormDialog):
    """A new PIN, twice; the old one need not be known: who may do this may also open the kiosk."""

    def __init__(self, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "自助终端口令",
            parent,
            subtitle="工作人员凭它退出自助终端；6 到 12 位数字。已经开着的终端联网后改用新口令。",
            width=480,
            done_text="自助终端口令已设置",
        )
        self.form.add(PasswordField("pin", "新口令", required=True))
        self.form.add(PasswordField("again", "再输一遍", required=True))

    def submit(self) -> None:
        from dangxiao_houqin.modules.surveys.api import set_pin

        values = self.form.values()
        if values["pin"] != values["again"]:
            self.form["again"].set_error("两次输入的口令不一样")
            return
        self.run(set_pin, values["pin"], action="surveys.set_pin")


class OpenKioskDialog(FormDialog):
    """Says what is about to happen, looks whether it can, and emits ``ready(target)``."""

    ready = Signal(str)

    def __init__(self, runner: Runner, desk_target: str, parent: QWidget | None = None) -> None:
        super().__init__(
            runner,
            "打开自助终端",
            parent,
            subtitle="本程序会退出登录并关闭，然后这台电脑变成自助终端，占满整个屏幕；凭口令才能退出。",
            primary="退出登录并打开",
            width=600,
            label_width=136,
        )
        from dangxiao_houqin.core.db import parse_target

        self._desk_target = desk_target
        self._target = ""
        self._own_address = parse_target(desk_target).get_backend_name() == "postgresql"
        if self._own_address:
            self.form.add(
                PasswordField("address", "专用数据库地址", required=True, help="init 给出的那一行；填一次，存在本机。")
            )
            self.form.set_values({"address": machine.stored_kiosk_database() or ""})
            self.form.mark_clean()
        self.body.addWidget(
            label(
                "Ctrl+Alt+Del 等按键程序拦不住，请按《管理员指南》设置好这台电脑。",
                "second",
                wrap=True,
            )
        )

    def submit(self) -> None:
        try:
            address = self.form.values()["address"] if self._own_address else ""
            self._target = kiosk_target(self._desk_target, address)
        except InvalidInput as error:
            self.take_error(error)
            return
        self.set_busy(True)
        self.runner.work(try_door, self._target, ok=self._can, fail=self.take_error)

    @Slot(object)
    def _can(self, _nothing: object) -> None:
        if self._own_address:
            machine.store_kiosk_database(self._target)
        self.set_busy(False)
        self.accept()
        self.ready.emit(self._target)


class KioskPanel(QWidget):
    """Below the kiosk's settings: is there a PIN, set one, open the kiosk."""

    open_asked = Signal()

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner
        self.state = label("…", wrap=True)
        self.set_pin = button("设置口令…", self._ask_pin, icon="key-round")
        self.open_kiosk = button("打开自助终端…", self.open_asked, icon="monitor")
        self.setLayout(column(12, self.state, row(self.set_pin, self.open_kiosk, None), spacing=8))

    @Slot()
    def reload(self) -> None:
        """Look again whether there is a PIN."""
        from dangxiao_houqin.modules.surveys.api import has_kiosk_pin

        self._runner.query(has_kiosk_pin, ok=self._show, fail=self._failed, action="surveys.kiosk")

    @Slot(object)
    def _show(self, there: bool) -> None:
        self.state.setText("退出口令：已设置。" if there else "退出口令：还没有设置，不设置打不开自助终端。")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.state.setText(str(error))

    @Slot()
    def _ask_pin(self) -> None:
        dialog = SetPinDialog(self._runner, self.window())
        dialog.saved.connect(self._saved)
        dialog.open()

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        messages.toast(self, "自助终端口令已设置")
        self.reload()
