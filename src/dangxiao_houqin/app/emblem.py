"""The program's emblem: a red tile with 党, drawn, so that it is sharp at every size."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS


def emblem(size: int, ratio: float = 1.0) -> QPixmap:
    """The tile, ``size`` px wide on a screen with ``ratio`` device pixels per px."""
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    shade = QLinearGradient(0, 0, 0, size)
    shade.setColorAt(0, QColor("#C5313A"))
    shade.setColorAt(1, QColor(TOKENS.party_red))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.19, size * 0.19)
    painter.setPen(QColor("#FFE9B0"))
    painter.setFont(theme.font(round(size * 0.56), bold=True))
    painter.drawText(QRectF(0, -size * 0.02, size, size), Qt.AlignmentFlag.AlignCenter, "党")
    painter.end()
    return pixmap


def window_icon() -> QIcon:
    """The emblem for task bar and title bar."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(emblem(size))
    return icon


class EmblemLabel(QLabel):
    """The emblem on a window."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPixmap(emblem(size, max(self.devicePixelRatioF(), 1.0)))
        self.setFixedSize(size, size)
        self.setAccessibleName("党校后勤")
