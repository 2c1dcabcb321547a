"""What the bars of the room chart mean, drawn with the chart's own inks."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS

from .chart.inks import INKS, OUTAGE, Ink
from .chart.words import Look

_ENTRIES: tuple[tuple[Ink, str], ...] = (
    (INKS[Look.IN_HOUSE], "在住"),
    (INKS[Look.ASSIGNED], "已分配"),
    (INKS[Look.OVERDUE], "未到"),
    (INKS[Look.OVERRUN], "超期"),
    (INKS[Look.LEFT], "已退房"),
    (OUTAGE, "停用"),
)
_SWATCH, _GAP = 18.0, 14.0


class Legend(QWidget):
    """One line of swatches with their words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("图例：" + "、".join(text for _, text in _ENTRIES))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(_SWATCH + 6 + metrics.horizontalAdvance(text) + _GAP for _, text in _ENTRIES) - _GAP
        return QSize(int(width) + 2, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(TOKENS.px_label))
        x = 1.0
        for ink, text in _ENTRIES:
            box = QRectF(x, self.height() / 2 - 7, _SWATCH, 14)
            painter.setPen(QPen(QColor(ink.outline or ink.edge), 1, Qt.PenStyle.SolidLine))
            painter.setBrush(QColor(ink.fill))
            painter.drawRoundedRect(box, 3, 3)
            if ink.hatch or ink.dots:
                pattern = Qt.BrushStyle.BDiagPattern if ink.hatch else Qt.BrushStyle.Dense6Pattern
                painter.setBrush(QBrush(QColor(ink.hatch or ink.dots), pattern))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawRoundedRect(box, 3, 3)
            painter.fillRect(QRectF(x, box.top() + 1, 3, 12), QColor(ink.edge))
            painter.setPen(QColor(TOKENS.text_second))
            painter.drawText(QRectF(x + _SWATCH + 6, 0, 200, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            x += _SWATCH + 6 + painter.fontMetrics().horizontalAdvance(text) + _GAP
        painter.end()
