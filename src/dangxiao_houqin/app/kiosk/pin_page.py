"""For the staff: the PIN, and after it the page with what waits on this device and the way out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.ui.answer_look import Look

from .code_page import KeypadPage
from .page import KioskPage

SHORTEST, LONGEST = 6, 12
NO_PIN = "还没有设置口令，请在“系统设置 → 自助终端”里设置。"


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
    """Numbers and reasons only: papers that wait, papers that were refused, troubles; and the way out."""

    resend = Signal()
    leave = Signal()
    back = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("工作人员", "自助终端", look, home=self._back, parent=parent)
        self.home.setObjectName("back_to_start")
        c = look.colours
        self.body.addStretch(1)
        self._waiting = self.say_big("", 44)
        self._refused = self.say_big("", 30, bold=False)
        self._troubles = self.say_big("", 28, bold=False, colour=c.error)
        self.body.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(look.px(40))
        self._buttons(row)
        self.body.addLayout(row)
        self.body.addStretch(2)

    def _buttons(self, row: QHBoxLayout) -> None:
        again = self.big_button("再次交送", self.resend.emit, "resend", kind="plain")
        out = self.big_button("退出自助终端", self.leave.emit, "leave")
        wide = (self.look.size.width() - 2 * self.look.margin - row.spacing()) // 2
        row.addStretch(1)
        for button in (again, out):
            self.body.removeWidget(button)
            button.setFixedWidth(min(button.width(), wide))
            row.addWidget(button)
        row.addStretch(1)
        self._again = again

    def show_state(
        self, waiting: int, refused: Sequence[tuple[str, int]], troubles: Sequence[str], *, offline: bool
    ) -> None:
        """What the link tells."""
        away = "（现在连不上数据库）" if offline else ""
        self._waiting.say(f"还有 {waiting} 份答卷没有交送{away}" if waiting else f"没有等待交送的答卷{away}")
        self._refused.say("\n".join(f"未收下 {number} 份：{reason}" for reason, number in refused))
        self._troubles.say("\n".join(troubles))
        self._again.setEnabled(bool(refused) or bool(waiting))

    def _back(self) -> None:
        self.back.emit()
