"""Ten keys and what was typed on them: for the one-time code and for the staff's PIN."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from dangxiao_houqin.modules.surveys.ui.answer_look import Look
from dangxiao_houqin.modules.surveys.ui.answer_parts import CENTRE
from dangxiao_houqin.modules.surveys.ui.pinyin_keyboard import Key
from dangxiao_houqin.ui import theme


class DigitBoxes(QWidget):
    """The digits typed so far: in groups of three boxes, or as dots that tell only how many."""

    def __init__(self, look: Look, places: int, *, hidden: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self._places, self._hidden = look, places, hidden
        self._digits, self._wrong = "", False
        self.setFixedHeight(look.text(110))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._places * self.look.px(70), self.height())

    def show_digits(self, digits: str, *, wrong: bool = False) -> None:
        """Show these; ``wrong`` marks them."""
        self._digits, self._wrong = digits, wrong
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._hidden:
            self._paint_dots(painter)
        else:
            self._paint_boxes(painter)

    def _paint_boxes(self, painter: QPainter) -> None:
        look, c = self.look, self.look.colours
        gap, groups = look.px(10), (self._places - 1) // 3
        room = self.width() - 2 * look.px(5) - gap * (self._places - 1) - groups * gap * 3
        wide = min(look.text(76), room / self._places)
        total = wide * self._places + gap * (self._places - 1) + groups * gap * 3
        left = (self.width() - total) / 2
        painter.setFont(theme.font(max(12, int(wide * 0.66)), bold=True))
        for place in range(self._places):
            box = QRectF(left, look.border, wide, self.height() - 2 * look.border)
            here = place == len(self._digits)
            painter.setPen(c.error if self._wrong else c.accent if here else c.line)
            pen = painter.pen()
            pen.setWidth(look.px(5) if here or self._wrong else look.border)
            painter.setPen(pen)
            painter.setBrush(QColor(c.error_tint if self._wrong else c.card))
            painter.drawRoundedRect(box, look.px(12), look.px(12))
            if place < len(self._digits):
                painter.setPen(QColor(c.error if self._wrong else c.text))
                painter.drawText(box, int(CENTRE), self._digits[place])
            left += wide + gap + (gap * 3 if place % 3 == 2 else 0)

    def _paint_dots(self, painter: QPainter) -> None:
        look, c = self.look, self.look.colours
        box = QRectF(0, 0, min(self.width(), look.px(760)), self.height())
        box.moveCenter(QRectF(self.rect()).center())
        painter.setPen(QColor(c.error if self._wrong else c.line))
        painter.setBrush(QColor(c.card))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), look.px(12), look.px(12))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.text))
        size, gap = look.px(26), look.px(24)
        left = box.center().x() - (len(self._digits) * (size + gap) - gap) / 2
        for _ in self._digits:
            painter.drawEllipse(QRectF(left, box.center().y() - size / 2, size, size))
            left += size + gap


class Keypad(QWidget):
    """Digits 0-9, 退格 and 确定; keeps what was typed, up to ``longest`` digits."""

    changed = Signal(str)
    entered = Signal(str)

    def __init__(self, look: Look, longest: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self._longest, self._digits = look, longest, ""
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(look.px(14))
        for place, digit in enumerate("123456789"):
            grid.addWidget(self._digit(digit), place // 3, place % 3)
        back = Key("退格", look, self._erase, tone="strong")
        back.setObjectName("key_back")
        grid.addWidget(back, 3, 0)
        grid.addWidget(self._digit("0"), 3, 1)
        self.ok = Key("确定", look, self._enter, tone="primary")
        self.ok.setObjectName("key_ok")
        grid.addWidget(self.ok, 3, 2)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumSize(max(look.px(760), 3 * look.target + 4 * look.px(14)), max(look.px(620), 5 * look.target))

    def _digit(self, digit: str) -> Key:
        key = Key(digit, self.look, partial(self._press, digit))
        key.setObjectName(f"key_{digit}")
        return key

    @property
    def digits(self) -> str:
        """What has been typed."""
        return self._digits

    def wipe(self) -> None:
        """Start anew."""
        self._set("")

    def _press(self, digit: str, _checked: bool = False) -> None:
        if len(self._digits) < self._longest:
            self._set(self._digits + digit)

    @Slot()
    def _erase(self) -> None:
        self._set(self._digits[:-1])

    @Slot()
    def _enter(self) -> None:
        self.entered.emit(self._digits)

    def _set(self, digits: str) -> None:
        self._digits = digits
        self.changed.emit(digits)
