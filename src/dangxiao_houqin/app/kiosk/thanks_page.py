"""After 交卷: thanks, and a few seconds later the first page again."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.surveys.ui.answer_cards import draw_tick
from dangxiao_houqin.modules.surveys.ui.answer_look import Look

from .page import KioskPage


class ThanksPage(KioskPage):
    """Says that the paper was taken; ``again`` ends it before its time."""

    again = Signal()

    def __init__(self, title: str, thanks: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(title, "匿名填写", look, parent=parent)
        self.setObjectName("thanksPage")
        self.body.addStretch(2)
        self.body.addWidget(_Tick(look), 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addSpacing(look.px(12))
        self.say_big("交卷成功", 60)
        self.say_big(thanks.strip() or "感谢您的评价！", 40, bold=False)
        self.body.addSpacing(look.px(24))
        self.button = self.big_button("返回首页", self.again.emit, "again", kind="plain")
        self.body.addStretch(3)

    def set_countdown(self, seconds: int | None) -> None:
        """Seconds until the first page comes back by itself."""
        if seconds is not None:
            self._hint.say(f"{seconds} 秒后自动返回首页")


class _Tick(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.setFixedSize(look.px(180), look.px(180))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_tick(painter, QRectF(self.rect()), self.look.colours.success, self.look.colours.card)
