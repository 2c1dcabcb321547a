"""Answering in words: a box that shows them, ready sentences, and the page with the on-screen keyboard.

The words are a plain string of the page.  There is no text field, hence no clipboard, no undo and no completer.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from .answer_look import Look
from .answer_parts import BigButton, Touchable, Words
from .pinyin_keyboard import PinyinKeyboard

_ENDS = "，。！？、：；—… "


def joined(text: str, sentence: str) -> str:
    """``sentence`` after ``text``, with a semicolon between where there is no sign."""
    return text + ("；" if text and text[-1] not in _ENDS else "") + sentence


class TextBox(Touchable):
    """Shows what has been written, its end always in sight, and how much more may be."""

    def __init__(self, look: Look, limit: int, hint: str, parent: QWidget | None = None) -> None:
        super().__init__("", look, parent)
        self.limit, self.hint = limit, hint
        self._written, self._letters = "", ""
        self._writing = False
        self.setAccessibleName("已写的内容")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_words(self, written: str, letters: str = "", *, writing: bool = False) -> None:
        """Show ``written`` and, underlined, the ``letters`` that wait for their characters."""
        self._written, self._letters, self._writing = written, letters, writing
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.look.px(600), self.look.px(220))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.look.px(300), max(self.look.target, self.look.text(32) * 2 + self.look.px(20)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = self.look.colours
        box = self.frame(painter, c.card, c.chosen if self._writing else c.line, self.look.border + 1)
        count = f"{len(self._written)} / {self.limit} 字"
        painter.setFont(self.look.font(24))
        painter.setPen(QColor(c.error if len(self._written) >= self.limit else c.second))
        wide = painter.fontMetrics().horizontalAdvance(count) + self.look.px(8)
        inner = box.adjusted(self.look.px(24), self.look.px(10), -self.look.px(20), -self.look.px(10))
        room = QRectF(inner.right() - wide, inner.top(), wide, inner.height())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), count)
        inner.setRight(inner.right() - wide - self.look.px(16))
        painter.setClipRect(inner)
        if not self._written and not self._letters and not self._writing:
            painter.setFont(self.look.font(32))
            painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.hint)
            return
        self._draw_words(painter, inner, self.look.font(34))

    def _draw_words(self, painter: QPainter, inner: QRectF, font: QFont) -> None:
        layout = QTextLayout(self._written + self._letters, font)
        layout.setTextOption(_wrapping())
        mark = QTextLayout.FormatRange()
        mark.start = len(self._written)  # type: ignore[attr-defined]
        mark.length = len(self._letters)  # type: ignore[attr-defined]
        shape = QTextCharFormat()
        shape.setForeground(QColor(self.look.colours.chosen))
        shape.setFontUnderline(True)
        mark.format = shape  # type: ignore[attr-defined]
        layout.setFormats([mark])
        layout.beginLayout()
        top = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(inner.width() - 4)
            line.setPosition(QPointF(0, top))
            top += line.height() * 1.15
        layout.endLayout()
        painter.setPen(QColor(self.look.colours.text))
        corner = QPointF(inner.left(), inner.top() + min(0.0, inner.height() - top))
        layout.draw(painter, corner)
        if self._writing:
            layout.drawCursor(painter, corner, len(self._written + self._letters), self.look.px(3))


def _wrapping() -> QTextOption:
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


class WritingPage(QWidget):
    """The keyboard with what is written above it; ``done`` carries the words."""

    done = Signal(str)
    changed = Signal(str)
    still_here = Signal()

    def __init__(
        self, question: str, written: str, limit: int, look: Look, width: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look, self._written, self._limit = look, written, limit
        self.keyboard = PinyinKeyboard(look, width - 2 * look.px(24), self)
        self.box = TextBox(look, limit, "", self)
        self._clear = BigButton("清空", look, self._wipe, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(24), look.px(12), look.px(24), look.px(16))
        column.setSpacing(look.px(10))
        self._question = question
        self._title = Words(question, 30, look, bold=True)
        self._title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title.setFixedHeight(look.text(30) * 3 // 2)
        column.addWidget(self._title)
        top = QHBoxLayout()
        top.setSpacing(look.px(12))
        top.addWidget(self.box, 1)
        self._clear.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        top.addWidget(self._clear, 0, Qt.AlignmentFlag.AlignBottom)
        self._here = BigButton("我还在填", look, self.still_here.emit, kind="warning", parent=self)
        self._here.setObjectName("still_here_writing")
        self._here.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._here.hide()
        top.addWidget(self._here, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(top, 2 if not look.upright else 4)
        column.addWidget(self.keyboard, 5)
        self.keyboard.typed.connect(self._typed)
        self.keyboard.sentence.connect(self._sentence)
        self.keyboard.erased.connect(self._erased)
        self.keyboard.composing_changed.connect(self._show)
        self.keyboard.done.connect(self._done)
        self._show("")

    @property
    def written(self) -> str:
        """What has been written so far."""
        return self._written

    def warn(self, words: str) -> None:
        """Say above the box that time runs out, and offer 我还在填; empty words take it away."""
        colours = self.look.colours
        self._title.say(words or self._question, colours.warning if words else colours.text)
        self._here.setVisible(bool(words))
        self._clear.setVisible(not words)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._set((self._written + text)[: self._limit])

    @Slot(str)
    def _sentence(self, sentence: str) -> None:
        longer = joined(self._written, sentence)
        if len(longer) <= self._limit:
            self._set(longer)

    @Slot()
    def _erased(self) -> None:
        self._set(self._written[:-1])

    @Slot()
    def _wipe(self) -> None:
        self._set("")

    @Slot()
    def _done(self) -> None:
        self.done.emit(self._written)

    def _set(self, text: str) -> None:
        self._written = text
        self.changed.emit(text)
        self._show(self.keyboard.composing)

    @Slot(str)
    def _show(self, letters: str) -> None:
        self.box.show_words(self._written, letters, writing=True)
        self._clear.setEnabled(bool(self._written))
