"""The faces of the scale in a few strokes: sharp at every size, told apart by the mouth, not by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

_FOUR = (0, 1, 2, 3)


def mood_of(place: int, levels: int) -> int:
    """Which of the five faces (0 best to 4 worst) stands for level ``place`` (0 best) of a scale of ``levels``."""
    if levels == 4:
        return _FOUR[place]
    return round(place * 4 / max(1, levels - 1))


def draw_face(painter: QPainter, box: QRectF, mood: int | None, colour: str) -> None:
    """One face in ``box``: ``mood`` 0 laughs, 4 is angry; ``None`` is 未体验, an empty dashed ring."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    unit = min(box.width(), box.height()) / 24
    painter.translate(box.center())
    painter.scale(unit, unit)
    pen = QPen(QColor(colour), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mood is None:
        dashed = QPen(pen)
        dashed.setDashPattern([2.0, 2.2])
        painter.setPen(dashed)
        painter.drawEllipse(QPointF(0, 0), 10.5, 10.5)
        painter.setPen(pen)
        painter.drawLine(QPointF(-4, 0), QPointF(4, 0))
    else:
        painter.setPen(pen)
        painter.drawEllipse(QPointF(0, 0), 10.5, 10.5)
        _eyes(painter, mood, colour)
        _mouth(painter, mood, colour)
    painter.restore()


def _eyes(painter: QPainter, mood: int, colour: str) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for x in (-3.6, 3.6):
        painter.drawRoundedRect(
            QRectF(x - 1.05, -3.4 if mood == 4 else -4.6, 2.1, 2.8 if mood == 4 else 3.2), 1.05, 1.05
        )
    if mood == 4:
        painter.setPen(QPen(QColor(colour), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(-5.2, -6.1), QPointF(-2.0, -4.9))
        painter.drawLine(QPointF(5.2, -6.1), QPointF(2.0, -4.9))


def _mouth(painter: QPainter, mood: int, colour: str) -> None:
    path = QPainterPath(QPointF(-5.0, 3.6))
    if mood == 0:
        path = QPainterPath(QPointF(-5.6, 1.6))
        path.lineTo(5.6, 1.6)
        path.cubicTo(5.0, 8.4, -5.0, 8.4, -5.6, 1.6)
        path.closeSubpath()
        painter.setBrush(QColor(colour))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        end, bend = {1: (3.0, 8.0), 2: (4.2, 4.2), 3: (5.6, 1.4), 4: (6.4, 0.2)}[mood]
        path = QPainterPath(QPointF(-4.8, end))
        path.quadTo(0, bend, 4.8, end)
    painter.setPen(QPen(QColor(colour), 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPath(path)
