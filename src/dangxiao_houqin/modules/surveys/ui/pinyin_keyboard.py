"""The on-screen keyboard: pinyin to characters, ready sentences, digits and signs.

It keeps the letters not yet converted and nothing else; what is typed goes out by :attr:`PinyinKeyboard.typed`.
Where ten keys of 15 mm do not fit side by side, the letters stand in the order of the alphabet, seven a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.ui import icons

from .answer_look import Look
from .answer_parts import CENTRE, Touchable
from .pinyin_input import LONGEST_INPUT, Candidate, ready_sentences, words

QWERTY = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
ALPHABET = ("abcdefg", "hijklmn", "opqrstu", "vwxyz")
SIGNS = ("1234567890", "，。！？、：；—", "（）“”《》%℃")
SIGNS_NARROW = ("1234567", "890，。！？", "、：；—（）", "“”《》%℃")


class Key(Touchable):
    """One key; ``strong`` ones are tinted, ``primary`` is red."""

    def __init__(
        self, text: str, look: Look, slot: Callable[..., object], *, tone: str = "", icon: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, look, parent)
        self.tone, self.icon_name = tone, icon
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clicked.connect(slot)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = self.look.colours
        fill = {"": c.card, "strong": c.track, "primary": c.accent}[self.tone]
        if self.look.contrast and self.tone == "strong":
            fill = c.card
        if self.isDown():
            fill = c.accent_pressed if self.tone == "primary" else c.chosen_tint
        colour = c.on_accent if self.tone == "primary" else c.text
        if not self.isEnabled():
            fill, colour = c.ground, c.disabled
        box = self.frame(painter, fill, c.line, self.look.border, 12)
        if self.icon_name:
            size = min(self.look.text(40), int(box.height() * 0.5))
            spot = QRectF(0, 0, size, size)
            spot.moveCenter(box.center())
            icons.renderer(self.icon_name, colour).render(painter, spot)
            return
        inner = box.adjusted(4, 4, -4, -4)
        px = 38 if len(self.text()) == 1 else 28
        self.words(painter, inner, px, colour, bold=self.tone == "primary", align=int(CENTRE))


class Offer(Touchable):
    """One candidate or ready sentence in the strip."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = self.look.colours
        box = self.frame(painter, c.chosen_tint if self.isDown() else c.card, c.line, self.look.border, 12)
        self.words(painter, box.adjusted(6, 4, -6, -4), 34, c.text, bold=False, align=int(CENTRE))


class Strip(QWidget):
    """What may be taken, in one row with an arrow at each end."""

    taken = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._texts: tuple[str, ...] = ()
        self._starts = [0]
        self._shown: list[Offer] = []
        self._back = Key("", look, self._previous, icon="chevron-left", parent=self)
        self._on = Key("", look, self._next, icon="chevron-right", parent=self)
        self._back.setAccessibleName("前面的词")
        self._on.setAccessibleName("后面的词")
        self._gap = look.px(10)
        self.setFixedHeight(max(look.px(84), look.target))

    def offer(self, texts: Sequence[str]) -> None:
        """Show these from the first on."""
        self._texts = tuple(texts)
        self._starts = [0]
        self._place()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._starts = [0]
        self._place()

    @Slot()
    def _previous(self) -> None:
        if len(self._starts) > 1:
            self._starts.pop()
        self._place()

    @Slot()
    def _next(self) -> None:
        self._starts.append(self._starts[-1] + len(self._shown))
        self._place()

    def _choose(self, place: int, _checked: bool = False) -> None:
        self.taken.emit(place)

    def _place(self) -> None:
        for old in self._shown:
            old.hide()
            old.deleteLater()
        self._shown = []
        arrow, tall = max(self.look.px(84), self.look.target), self.height()
        self._back.setGeometry(0, 0, arrow, tall)
        self._on.setGeometry(self.width() - arrow, 0, arrow, tall)
        metrics = QFontMetrics(self.look.font(34))
        left, end = arrow + self._gap, self.width() - arrow - self._gap
        place = self._starts[-1]
        while place < len(self._texts) and left < end:
            wide = max(metrics.horizontalAdvance(self._texts[place]) + self.look.px(44), self.look.target)
            if left + wide > end:
                if self._shown:
                    break
                wide = end - left
            offer = Offer(self._texts[place], self.look, self)
            offer.setGeometry(left, 0, wide, tall)
            offer.clicked.connect(partial(self._choose, place))
            offer.show()
            self._shown.append(offer)
            left += wide + self._gap
            place += 1
        self._back.setEnabled(len(self._starts) > 1)
        self._on.setEnabled(place < len(self._texts))


class PinyinKeyboard(QWidget):
    """Keys and strip.  ``composing_changed`` tells the letters that still wait for their characters."""

    typed = Signal(str)
    sentence = Signal(str)
    composing_changed = Signal(str)
    erased = Signal()
    done = Signal()

    def __init__(self, look: Look, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._letters = ""
        self._signs = False
        self._found: tuple[Candidate, ...] = ()
        self._gap = look.px(10)
        self._wide = width >= 10 * look.target + 9 * self._gap
        self.strip = Strip(look, self)
        self.strip.taken.connect(self._take)
        self._panel: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(self._gap)
        self._layout.addWidget(self.strip)
        self._build()
        self._offer()

    @property
    def composing(self) -> str:
        """Letters not yet converted."""
        return self._letters

    def rows(self) -> int:
        """Rows of keys, that of the functions included."""
        return 1 + len(self._key_rows())

    def _key_rows(self) -> tuple[str, ...]:
        if self._signs:
            return SIGNS if self._wide else SIGNS_NARROW
        return QWERTY if self._wide else ALPHABET

    def _build(self) -> None:
        if self._panel is not None:
            self._panel.hide()
            self._panel.deleteLater()
        panel = self._panel = QWidget(self)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._gap)
        longest = max(len(row) for row in self._key_rows())
        for place, letters in enumerate(self._key_rows()):
            row = self._row(column)
            missing = longest - len(letters)
            if missing and self._wide:
                row.addStretch(missing)
            for letter in letters:
                shown = "v ü" if letter == "v" else letter
                row.addWidget(Key(shown, self.look, partial(self._press, letter), parent=panel), 2)
            if place == len(self._key_rows()) - 1 and not self._wide:
                row.addWidget(self._eraser(panel), 2 * missing)
            elif missing and self._wide:
                row.addStretch(missing)
        self._function_row(column, panel)
        self._layout.addWidget(panel, 1)

    def _row(self, column: QVBoxLayout) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._gap)
        column.addLayout(row, 1)
        return row

    def _eraser(self, panel: QWidget) -> Key:
        key = Key("删除", self.look, self._erase, tone="strong", parent=panel)
        key.setAutoRepeat(True)
        key.setAutoRepeatDelay(600)
        key.setAutoRepeatInterval(120)
        return key

    def _function_row(self, column: QVBoxLayout, panel: QWidget) -> None:
        row = self._row(column)
        other = "拼音" if self._signs else "数字符号" if self._wide else "123，"
        row.addWidget(Key(other, self.look, self._change, tone="strong", parent=panel), 4)
        row.addWidget(Key("，", self.look, partial(self._press, "，"), parent=panel), 2)
        row.addWidget(Key("空格", self.look, self._space, parent=panel), 4)
        row.addWidget(Key("。", self.look, partial(self._press, "。"), parent=panel), 2)
        if self._wide:
            row.addWidget(self._eraser(panel), 4)
        done = Key("写好了", self.look, self._finish, tone="primary", parent=panel)
        done.setObjectName("written")
        row.addWidget(done, 4)

    # ------------------------------------------------------------------------------------------ keys
    def _press(self, sign: str, _checked: bool = False) -> None:
        if sign.isascii() and sign.isalpha():
            if len(self._letters) < LONGEST_INPUT:
                self._set_letters(self._letters + sign)
            return
        self._flush()
        self.typed.emit(sign)

    @Slot()
    def _space(self) -> None:
        if self._letters:
            self._take(0)
        else:
            self.typed.emit(" ")

    @Slot()
    def _erase(self) -> None:
        if self._letters:
            self._set_letters(self._letters[:-1])
        else:
            self.erased.emit()

    @Slot()
    def _change(self) -> None:
        self._flush()
        self._signs = not self._signs
        self._build()

    @Slot()
    def _finish(self) -> None:
        self._flush()
        self.done.emit()

    def _flush(self) -> None:
        """Letters that wait become their likeliest characters before anything else is typed."""
        for _ in range(LONGEST_INPUT):
            if not self._letters:
                return
            if self._found:
                self._take(0)
            else:
                self._set_letters("")

    @Slot(int)
    def _take(self, place: int) -> None:
        if not self._letters:
            sentences = ready_sentences()
            if place < len(sentences):
                self.sentence.emit(sentences[place])
            return
        if place >= len(self._found):
            return
        chosen = self._found[place]
        rest = self._letters[chosen.letters :]
        self._set_letters(rest)
        self.typed.emit(chosen.text)

    def _set_letters(self, letters: str) -> None:
        self._letters = letters
        self._offer()
        self.composing_changed.emit(letters)

    def _offer(self) -> None:
        self._found = words().candidates(self._letters)
        self.strip.offer([found.text for found in self._found] if self._letters else ready_sentences())

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.look.colours.ground))
