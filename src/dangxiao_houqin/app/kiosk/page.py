"""What every page of the kiosk but the questions themselves is built on: head, body, foot, and the emblem."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.app.emblem import emblem
from dangxiao_houqin.modules.surveys.ui.answer_look import Look
from dangxiao_houqin.modules.surveys.ui.answer_parts import CENTRE, BigButton, Head, Touchable, Words

TAPS = 5
TAP_SECONDS = 3.0


class Emblem(Touchable):
    """The emblem in the head.  Five taps within three seconds ask for the staff's PIN; that is all it does."""

    asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__("", look, parent)
        self.setObjectName("emblem")
        self.setAccessibleName("党校后勤")
        side = max(look.px(72), look.target)
        self.setFixedSize(side, side)
        self._taps: list[float] = []
        self.clicked.connect(self._tapped)

    @Slot()
    def _tapped(self) -> None:
        now = time.monotonic()
        self._taps = [tap for tap in self._taps if now - tap <= TAP_SECONDS] + [now]
        if len(self._taps) >= TAPS:
            self._taps = []
            self.asked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, rim = min(self.look.px(68), self.width() - 4), self.look.px(3)
        top = (self.height() - size) // 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#FFE9B0"))
        painter.drawRoundedRect(0, top - rim, size + 2 * rim, size + 2 * rim, size * 0.22, size * 0.22)
        painter.drawPixmap(rim, top, emblem(size, max(self.devicePixelRatioF(), 1.0)))


class KioskPage(QWidget):
    """A page: ``body`` is filled by whoever derives from it, the foot tells of the countdown.

    ``home`` is the slot of the button 返回首页, or ``None`` on pages that have no other place to go back to.
    """

    still_here = Signal()
    staff_asked = Signal()

    def __init__(
        self,
        title: str,
        note: str,
        look: Look,
        *,
        home: Callable[[], object] | None = None,
        home_text: str = "返回首页",
        with_emblem: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        mark = None
        if with_emblem:
            mark = Emblem(look)
            mark.asked.connect(self.staff_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Head(title, note, look, before=mark))
        inner = QVBoxLayout()
        inner.setContentsMargins(look.margin, look.px(32), look.margin, look.px(36))
        inner.setSpacing(look.px(20))
        column.addLayout(inner, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(look.px(24))
        inner.addLayout(self.body, 1)
        self._build_foot(inner, home, home_text)

    def _build_foot(self, inner: QVBoxLayout, home: Callable[[], object] | None, home_text: str) -> None:
        look = self.look
        self._quiet = ""
        self._hint = Words("", 26, look, colour=look.colours.second, align=CENTRE)
        self._hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hint.setFixedHeight(look.button)
        self._here = BigButton("我还在", look, self.still_here.emit, kind="warning")
        self._here.setObjectName("still_here")
        self._here.setFixedSize(max(look.px(240), look.target, look.text(32) * 5), look.button)
        self._here.hide()
        self.home = BigButton(home_text, look, home)
        self.home.setObjectName("home")
        self.home.setFixedSize(max(look.px(300), look.target, look.text(32) * 6), look.button)
        self.home.setVisible(home is not None)
        row = QHBoxLayout()
        row.setSpacing(look.px(20))
        if look.upright:
            inner.addWidget(self._hint)
            row.addWidget(self.home)
            row.addStretch(1)
            row.addWidget(self._here)
        else:
            row.addWidget(self.home)
            row.addWidget(self._hint, 1)
            row.addWidget(self._here)
        inner.addLayout(row)

    def set_hint(self, words: str) -> None:
        """What the foot says while there is no countdown."""
        self._quiet = words
        self.set_countdown(None)

    def set_countdown(self, seconds: int | None) -> None:
        """Say that the page goes back to the first one in ``seconds``; ``None`` takes it away."""
        colours = self.look.colours
        self._hint.bold = seconds is not None
        if seconds is None:
            self._hint.say(self._quiet, colours.second)
        else:
            self._hint.say(f"还有 {seconds} 秒返回首页", colours.warning)
        self._here.setVisible(seconds is not None)

    def say_big(self, text: str, px: float = 48, *, bold: bool = True, colour: str = "") -> Words:
        """A line in the middle of the body."""
        words = Words(text, px, self.look, bold=bold, colour=colour, align=CENTRE)
        self.body.addWidget(words)
        return words

    def big_button(self, text: str, slot: Callable[..., object], name: str, *, kind: str = "primary") -> BigButton:
        """A large button in the middle of the body."""
        button = BigButton(text, self.look, slot, kind=kind)
        button.setObjectName(name)
        button.px_text = 40 if kind == "primary" else 34
        wide = max(self.look.px(520), self.look.target, self.look.text(40) * (len(text) + 2))
        wide = min(wide, self.look.size.width() - 2 * self.look.margin)
        button.setFixedSize(wide, max(self.look.px(130), self.look.target))
        self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        return button

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.look.colours.ground))
