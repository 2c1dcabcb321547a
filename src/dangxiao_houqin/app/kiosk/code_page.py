"""The one-time code from the slip, on ten keys; a wrong digit is found before anybody is asked."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dangxiao_houqin.modules.surveys.api import OpenSurvey, is_code
from dangxiao_houqin.modules.surveys.domain.campaigns import CODE_DIGITS
from dangxiao_houqin.modules.surveys.ui.answer_look import Look
from dangxiao_houqin.modules.surveys.ui.answer_parts import CENTRE, Words

from .keypad import DigitBoxes, Keypad
from .page import KioskPage
from .start_page import whom

ASK = f"请输入纸条上的 {CODE_DIGITS} 位数字"
WRONG = "这个号码不对，请对照纸条再看一遍，用“退格”改正。"


class KeypadPage(KioskPage):
    """A question in words, the digits, and the keypad; beside each other, or below each other on an upright screen."""

    def __init__(
        self, title: str, note: str, ask: str, places: int, look: Look, *, hidden: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, note, look, home=self._leave, parent=parent)
        c = look.colours
        self.keypad = Keypad(look, places)
        self.boxes = DigitBoxes(look, places, hidden=hidden)
        self.ask = Words(ask, 44, look, bold=True, align=CENTRE)
        self.hint = Words("", 30, look, colour=c.second, align=CENTRE)
        self.hint.setMinimumHeight(look.text(30) * 3)
        words = QVBoxLayout()
        words.setSpacing(look.px(24))
        words.addStretch(1)
        for part in (self.ask, self.boxes, self.hint):
            words.addWidget(part)
        words.addStretch(1)
        if look.upright:
            self.body.addLayout(words, 2)
            row = QHBoxLayout()
            row.addStretch(1)
            row.addWidget(self.keypad, 20)
            row.addStretch(1)
            self.body.addLayout(row, 3)
        else:
            row = QHBoxLayout()
            row.setSpacing(look.px(60))
            row.addLayout(words, 5)
            row.addWidget(self.keypad, 4)
            self.body.addLayout(row, 1)
        self.keypad.changed.connect(self._changed)
        self.keypad.entered.connect(self._entered)

    back = Signal()

    def _leave(self) -> None:
        self.back.emit()

    def say(self, words: str, *, wrong: bool = False) -> None:
        """A hint below the digits."""
        colours = self.look.colours
        self.hint.say(words, colours.error if wrong else colours.second)

    @Slot(str)
    def _changed(self, digits: str) -> None:
        raise NotImplementedError

    @Slot(str)
    def _entered(self, digits: str) -> None:
        raise NotImplementedError


class CodePage(KeypadPage):
    """``entered`` carries a code whose check digit is right; :meth:`refuse` says what the ballot box has against it."""

    entered = Signal(str)

    def __init__(self, survey: OpenSurvey, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(survey.content.title, whom(survey), ASK, CODE_DIGITS, look, hidden=False, parent=parent)
        self.setObjectName("codePage")
        self.keypad.ok.setEnabled(False)
        self._busy = False
        self.say("一张纸条只能用一次，不记是谁用的。")

    @Slot(str)
    def _changed(self, digits: str) -> None:
        whole = len(digits) == CODE_DIGITS
        wrong = whole and not is_code(digits)
        self.boxes.show_digits(digits, wrong=wrong)
        self.keypad.ok.setEnabled(whole and not wrong)
        left = CODE_DIGITS - len(digits)
        self.say(WRONG if wrong else "请按“确定”" if whole else f"还差 {left} 位", wrong=wrong)

    @Slot(str)
    def _entered(self, digits: str) -> None:
        if not self._busy and is_code(digits):
            self._set_busy(True)
            self.say("正在核对…")
            self.entered.emit(digits)

    def refuse(self, sentence: str) -> None:
        """Say why, and let another code be typed."""
        self._set_busy(False)
        self.keypad.wipe()
        self.say(sentence, wrong=True)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.keypad.setEnabled(not busy)
        self.home.setEnabled(not busy)
