"""For the staff: the PIN, and after it the page with what waits on this device and the way out."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.ui.answer_flow import SETTLE
from dangxiao_houqin.modules.surveys.ui.answer_look import Look
from dangxiao_houqin.modules.surveys.ui.answer_parts import BigButton

from .code_page import KeypadPage
from .page import KioskPage

SHORTEST, LONGEST = 6, 12
NO_PIN = "还没有设置口令，请在“系统设置 → 自助终端”里设置。"

GONE = "清除后找不回来。已经收卷、份数已满的，重新开放或调高上限以后本来还能交上。"


class PinPage(KeypadPage):
    """``entered`` carries what was typed; the lock decides."""

    entered = Signal(str)

    def __init__(self, look: Look, *, has_pin: bool, parent: QWidget | None = None) -> None:
        super().__init__("工作人员", "", "请输入口令", LONGEST, look, hidden=True, parent=parent)
        self.setObjectName("pinPage")
        self._has_pin, self._busy, self._locked = has_pin, False, 0
        self._said = "" if has_pin else NO_PIN
        self._changed("")

    def set_locked(self, seconds: int) -> None:
        """No PIN is taken for so many seconds."""
        if seconds != self._locked:
            if self._locked and not seconds:
                self._said = ""
            self._locked = seconds
            self._changed(self.keypad.digits)

    @Slot(str)
    def _changed(self, digits: str) -> None:
        self.boxes.show_digits(digits)
        may = self._has_pin and not self._busy and not self._locked
        self.keypad.setEnabled(may)
        self.keypad.ok.setEnabled(may and len(digits) >= SHORTEST)
        if digits:
            self._said = ""
        words = f"输错次数太多，请 {self._locked} 秒后再试" if self._locked else self._said
        self.say(words, wrong=bool(words))

    @Slot(str)
    def _entered(self, digits: str) -> None:
        if not self._busy and len(digits) >= SHORTEST:
            self._busy = True
            self._changed(digits)
            self.say("正在核对…")
            self.entered.emit(digits)

    def refuse(self, sentence: str) -> None:
        """Say why, and wipe what was typed."""
        self._busy = False
        self.keypad.wipe()
        self._said = sentence
        self._changed("")


class StaffPage(KioskPage):
    """Numbers and reasons only: papers that wait, papers that were refused, troubles; and the way out.

    Refused papers are thrown away after one question, asked in the same place.
    """

    resend = Signal()
    clear = Signal()
    leave = Signal()
    back = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("工作人员", "自助终端", look, home=self._back, parent=parent)
        self.home.setObjectName("back_to_start")
        self._state: tuple[int, tuple[tuple[str, int], ...], tuple[str, ...], bool] = (0, (), (), False)
        self._asking = False
        self._turned = 0.0
        c = look.colours
        self.body.addStretch(1)
        self._waiting = self.say_big("", 44)
        self._refused = self.say_big("", 30, bold=False)
        self._troubles = self.say_big("", 28, bold=False, colour=c.error)
        self.body.addStretch(1)
        self._again = self.big_button("再次交送", self.resend.emit, "resend", kind="plain")
        self._out = self.big_button("退出自助终端", self.leave.emit, "leave")
        self._keep = self.big_button("不清除", self._do_not_clear, "keep")
        self._clear_now = self.big_button("清除", self._clear, "clear_now", kind="plain")
        self._side_by_side(self._again, self._out)
        self._side_by_side(self._keep, self._clear_now)
        self._ask = self.big_button("清除未收下的答卷…", self._ask_to_clear, "clear", kind="plain")
        self.body.addStretch(2)
        self._show()

    def _side_by_side(self, *buttons: BigButton) -> None:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(40))
        wide = (self.look.size.width() - 2 * self.look.margin - row.spacing()) // 2
        row.addStretch(1)
        for button in buttons:
            self.body.removeWidget(button)
            button.setFixedWidth(min(button.width(), wide))
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)

    def show_state(
        self, waiting: int, refused: Sequence[tuple[str, int]], troubles: Sequence[str], *, offline: bool
    ) -> None:
        """What the link tells."""
        self._state = (waiting, tuple(refused), tuple(troubles), offline)
        self._asking = self._asking and bool(refused)
        self._show()

    def _show(self) -> None:
        waiting, refused, troubles, offline = self._state
        away = "（现在连不上数据库）" if offline else ""
        state = f"还有 {waiting} 份答卷没有交送{away}" if waiting else f"没有等待交送的答卷{away}"
        number = sum(number for _, number in refused)
        self._waiting.say(f"清除 {number} 份未收下的答卷吗？" if self._asking else state)
        reasons = [f"未收下 {number} 份：{reason}" for reason, number in refused]
        self._refused.say("\n".join((*reasons, GONE) if self._asking else reasons))
        self._troubles.say("\n".join(troubles))
        self._again.setEnabled(bool(refused) or bool(waiting))
        for button in (self._again, self._out):
            button.setVisible(not self._asking)
        for button in (self._keep, self._clear_now):
            button.setVisible(self._asking)
        self._ask.setVisible(bool(refused) and not self._asking)

    @Slot()
    def _ask_to_clear(self) -> None:
        self._turn(asking=True)

    @Slot()
    def _do_not_clear(self) -> None:
        self._turn(asking=False)

    def _turn(self, *, asking: bool) -> None:
        self._asking, self._turned = asking, time.monotonic()
        self._show()

    @Slot()
    def _clear(self) -> None:
        if time.monotonic() - self._turned >= SETTLE:
            self._turn(asking=False)
            self.clear.emit()

    def _back(self) -> None:
        self.back.emit()
