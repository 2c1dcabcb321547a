"""The small dark note that follows the pointer during a drag and says where to or why not."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

_WIDEST = 380
_MARGIN = 10
_ICON = 16
_ICONS = {
    "free": ("check", "#7FD3A2"),
    "swap": ("arrow-left-right", "#C3B4F0"),
    "no": ("ban", "#FFB1AB"),
    "same": ("move", "#B9C6D8"),
    "park": ("square-parking", "#C3B4F0"),
}


class Bubble(QWidget):
    """A child of the window it floats in, so that it can leave the chart; takes no mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFont(theme.font(TOKENS.px_second))
        self.text = ""
        self._tone = "same"
        self.hide()

    def say(self, text: str, tone: str, place: QPoint, window: QWidget) -> None:
        """Show ``text`` beside the global ``place``, inside ``window``."""
        if self.parentWidget() is not window:
            self.setParent(window)
        if (text, tone) != (self.text, self._tone):
            self.text, self._tone = text, tone
            self.setAccessibleDescription(text)
            self.resize(self.sizeHint())
            self.update()
        spot = window.mapFromGlobal(place) + QPoint(16, 20)
        if spot.y() + self.height() > window.height():
            spot.setY(spot.y() - 32 - self.height())
        spot.setX(max(4, min(spot.x(), window.width() - self.width() - 4)))
        self.move(spot.x(), max(4, spot.y()))
        if self.isHidden():
            self.show()
        self.raise_()

    def clear(self) -> None:
        self.text = ""
        self.hide()

    def sizeHint(self) -> QSize:
        inner = _WIDEST - 2 * _MARGIN - _ICON - 6
        flags = int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere)
        box = self.fontMetrics().boundingRect(0, 0, inner, 2000, flags, self.text)
        return QSize(box.width() + 2 * _MARGIN + _ICON + 8, box.height() + 2 * 7)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#7A1C16" if self._tone == "no" else TOKENS.navigation))
        painter.drawRoundedRect(self.rect(), TOKENS.radius, TOKENS.radius)
        name, color = _ICONS[self._tone]
        painter.drawPixmap(_MARGIN, 9, icons.pixmap(name, _ICON, color, self.devicePixelRatioF()))
        painter.setPen(QColor("#FFFFFF"))
        box = self.rect().adjusted(_MARGIN + _ICON + 6, 7, -_MARGIN + 4, -6)
        painter.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.TextFlag.TextWrapAnywhere), self.text)
