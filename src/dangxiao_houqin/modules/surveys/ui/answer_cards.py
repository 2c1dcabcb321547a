"""What is chosen by touch: the cards of the scale and the tiles of choices."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from .answer_face import draw_face
from .answer_look import Look
from .answer_parts import CENTRE, LEFT, Touchable


class LevelCard(Touchable):
    """One level of the scale as a card with its face; ``mood`` None is 未体验.  ``flat`` puts the face to the left."""

    def __init__(
        self, text: str, mood: int | None, look: Look, *, flat: bool = False, small: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(text, look, parent)
        self.mood, self.flat, self.small = mood, flat, small
        self.longest = text
        """The longest word of its row: where that needs it, all cards of the row put the face above the word."""
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        tall = self.look.button if self.small or (self.flat and self.mood is None) else self.look.px(160)
        if not self.flat:
            tall = self.look.px(320)
        return QSize(self.look.px(200), max(tall, self.look.target))

    def minimumSizeHint(self) -> QSize:
        tall = self.look.target if self.flat or self.small else max(self.look.target, self.look.px(190))
        return QSize(self.look.target, tall)

    def nextCheckState(self) -> None:
        """A mark once made stays: a trembling second touch must not take it away."""
        self.setChecked(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = self.look.colours
        colour, tint = (c.second, c.ground) if self.mood is None else c.moods[self.mood]
        if self.look.contrast:
            tint = c.chosen_tint
        on = self.isChecked()
        width = self.look.px(6) if on else self.look.border
        line = colour if on or self.isDown() else c.line
        box = self.frame(painter, tint if on or self.isDown() else c.card, line, width, 20 if not self.small else 14)
        if self.flat or self.small:
            self._paint_flat(painter, box, colour)
        else:
            self._paint_tall(painter, box, colour)
        if on:
            self._tick(painter, box, colour)

    def _paint_tall(self, painter: QPainter, box: QRectF, colour: str) -> None:
        text = QFontMetrics(self.look.font(34, bold=True)).height()
        gap = min(self.look.px(32), box.height() * 0.08)
        face = min(self.look.px(118), box.height() * 0.9 - text - gap, box.width() * 0.6)
        top = box.center().y() - (face + gap + text) / 2
        draw_face(painter, QRectF(box.center().x() - face / 2, top, face, face), self.mood, colour)
        room = QRectF(box.left() + self.look.px(12), top + face + gap, box.width() - self.look.px(24), text)
        self.words(painter, room, 34, colour, bold=True, align=int(CENTRE))

    def _paint_flat(self, painter: QPainter, box: QRectF, colour: str) -> None:
        inset = self.look.px(10 if self.small else 28)
        px = 26 if self.small else 34
        metrics = QFontMetrics(self.look.font(px, bold=True))
        if self.small and box.width() < metrics.horizontalAdvance(self.longest) + self.look.px(86):
            self._paint_stacked(painter, box, colour, px)
            return
        face = min(box.height() - self.look.px(28), self.look.px(44 if self.small else 92))
        gap = self.look.px(12 if self.small else 28)
        wide = metrics.horizontalAdvance(self.text())
        start = box.left() + inset
        if self.small or self.mood is None:
            start = max(start, box.center().x() - (face + gap + wide) / 2)
        draw_face(painter, QRectF(start, box.center().y() - face / 2, face, face), self.mood, colour)
        left = start + face + gap
        room = QRectF(left, box.top(), box.right() - left - self.look.px(8), box.height())
        self.words(painter, room, px, colour, bold=True, align=int(LEFT))

    def _paint_stacked(self, painter: QPainter, box: QRectF, colour: str, px: float) -> None:
        """A narrow small card: the face above its word."""
        text = min(QFontMetrics(self.look.font(px, bold=True)).height() * 1.1, box.height() * 0.5)
        face = max(self.look.px(20), min(box.height() - text - self.look.px(16), self.look.px(52)))
        top = box.center().y() - (face + text) / 2
        draw_face(painter, QRectF(box.center().x() - face / 2, top, face, face), self.mood, colour)
        room = QRectF(box.left() + self.look.px(4), top + face, box.width() - self.look.px(8), text)
        self.words(painter, room, px, colour, bold=True, align=int(CENTRE))

    def _tick(self, painter: QPainter, box: QRectF, colour: str) -> None:
        size = self.look.px(24 if self.small else 44)
        spot = QRectF(box.right() - size - self.look.px(10), box.top() + self.look.px(10), size, size)
        if self.small:
            spot = QRectF(box.right() - size * 0.8, box.top() - size * 0.2 + self.look.border, size, size)
            spot.moveTopRight(QPointF(box.right(), box.top()))
        draw_tick(painter, spot, colour, self.look.colours.card)


def draw_tick(painter: QPainter, spot: QRectF, ground: str, stroke: str) -> None:
    """A filled ring with a tick."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground))
    painter.drawEllipse(spot)
    unit = spot.width()
    path = QPainterPath(spot.topLeft() + QPointF(unit * 0.28, unit * 0.52))
    path.lineTo(spot.topLeft() + QPointF(unit * 0.44, unit * 0.68))
    path.lineTo(spot.topLeft() + QPointF(unit * 0.73, unit * 0.34))
    pen = QPen(QColor(stroke), unit * 0.1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(path)


class OptionTile(Touchable):
    """A choice with a ring (``many`` False) or a box before its words."""

    def __init__(self, text: str, look: Look, *, many: bool, parent: QWidget | None = None) -> None:
        super().__init__(text, look, parent)
        self.many = many
        self.setCheckable(True)

    def nextCheckState(self) -> None:
        self.setChecked(not self.isChecked() if self.many else True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        c = self.look.colours
        on = self.isChecked()
        enabled = self.isEnabled()
        fill = c.chosen_tint if on or self.isDown() else c.card if enabled else c.ground
        box = self.frame(painter, fill, c.chosen if on else c.line, self.look.px(6) if on else self.look.border)
        size = min(self.look.px(44), box.height() * 0.5)
        mark = QRectF(box.left() + self.look.px(24), box.center().y() - size / 2, size, size)
        self._mark(painter, mark, on=on)
        left = mark.right() + self.look.px(20)
        room = QRectF(
            left, box.top() + self.look.px(4), box.right() - left - self.look.px(16), box.height() - self.look.px(8)
        )
        colour = c.text if enabled else c.disabled
        self.words(painter, room, 32, colour, bold=on, align=int(LEFT))

    def _mark(self, painter: QPainter, mark: QRectF, *, on: bool) -> None:
        c = self.look.colours
        if on and not self.many:
            draw_tick(painter, mark, c.chosen, c.card)
            return
        painter.setPen(QPen(QColor(c.chosen if on else c.second if self.isEnabled() else c.line), self.look.px(3)))
        painter.setBrush(QColor(c.chosen) if on else Qt.BrushStyle.NoBrush)
        if not self.many:
            painter.drawEllipse(mark)
            return
        painter.drawRoundedRect(mark, self.look.px(8), self.look.px(8))
        if on:
            draw_tick(painter, mark.adjusted(1, 1, -1, -1), c.chosen, c.card)
