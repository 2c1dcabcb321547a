"""Pictures that are drawn once and copied into every frame: bodies and texts of bars, cells of the heads.

A frame of the chart is a few hundred copies; drawing text or rounded corners each time would take ten times as long.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from dangxiao_houqin.modules.accommodation.domain import Bar
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .inks import INKS, OUTAGE, Ink
from .words import Look, whose

PERIOD = 8
"""Patterns repeat after so many px."""
CAP = 8
"""Width of a body's right end."""
_KEPT_TEXTS = 3000
_LONGEST_TEXT = 460


class Text(NamedTuple):
    """A drawn text and its width in logical px."""

    picture: QPixmap
    width: int


class Sprites:
    """Caches for one screen resolution."""

    def __init__(self, ratio: float, width: int) -> None:
        self.ratio = ratio
        self.width = width
        self._bodies: dict[tuple[Ink, int], QPixmap] = {}
        self._bars: OrderedDict[tuple[int, int], tuple[Bar, Look, Text]] = OrderedDict()
        self._texts: OrderedDict[Hashable, Text] = OrderedDict()
        self._cells: dict[Hashable, QPixmap] = {}
        self._name = theme.font(TOKENS.px_second, bold=True)
        self._small_name = theme.font(TOKENS.px_label, bold=True)
        self._second = theme.font(TOKENS.px_label)

    def canvas(self, width: float, height: float) -> tuple[QPixmap, QPainter]:
        """An empty picture of that logical size and a painter on it; the caller ends the painter."""
        picture = QPixmap(max(1, round(width * self.ratio)), max(1, round(height * self.ratio)))
        picture.setDevicePixelRatio(self.ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        return picture, painter

    # ------------------------------------------------------------------ bars
    def body(self, ink: Ink, height: int) -> QPixmap:
        """A bar of ``self.width`` px; its middle repeats every :data:`PERIOD` px."""
        found = self._bodies.get((ink, height))
        if found is None:
            found = self._bodies[ink, height] = self._drawn_body(ink, height)
        return found

    def _drawn_body(self, ink: Ink, height: int) -> QPixmap:
        picture, painter = self.canvas(self.width, height)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(0, 0, self.width, height), 4, 4)
        painter.fillPath(shape, QColor(ink.fill))
        painter.setClipPath(shape)
        if ink.hatch:
            painter.setPen(QPen(QColor(ink.hatch), 1.3))
            for x in range(-height - PERIOD, self.width, PERIOD):
                painter.drawLine(QPointF(x, height), QPointF(x + height, 0))
        if ink.dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ink.dots))
            for x in range(0, self.width, PERIOD):
                for row, y in enumerate(range(3, height, 6)):
                    painter.drawEllipse(QPointF(x + (2 if row % 2 else 6), y), 0.8, 0.8)
        painter.fillRect(QRectF(0, 0, 4, height), QColor(ink.edge))
        painter.setClipping(False)
        if ink.outline:
            pen = QPen(QColor(ink.outline), 1)
            if ink.broken:
                pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(0.5, 0.5, self.width - 1, height - 1), 4, 4)
        painter.end()
        return picture

    def bar_text(self, bar: Bar, look: Look, height: int) -> Text:
        """Name, marks, class and state; in one line, or in two where there is room."""
        key = (bar.stay_id, height)
        kept = self._bars.get(key)
        if kept is not None and (kept[0] is bar or kept[0] == bar) and kept[1] is look:
            return kept[2]
        text = self._drawn_bar_text(bar, look, height)
        self._bars[key] = (bar, look, text)
        self._bars.move_to_end(key)
        if len(self._bars) > _KEPT_TEXTS:
            self._bars.popitem(last=False)
        return text

    def _drawn_bar_text(self, bar: Bar, look: Look, height: int) -> Text:
        ink = INKS[look]
        tall = height >= 34
        name = self._name if tall else self._small_name
        side = 13 if tall else 12
        marks = _marks(bar, ink)
        second = f"{whose(bar)} · {look.word}"
        name_width = QFontMetricsF(name).horizontalAdvance(bar.name)
        head_width = name_width + (4 + side + 2) * len(marks[:1]) + (side + 2) * max(len(marks) - 1, 0)
        lead = side + 3 if ink.icon else 0
        second_width = QFontMetricsF(self._second).horizontalAdvance(second)
        width = max(head_width + lead, second_width) if tall else lead + head_width + 8 + second_width
        width = min(int(width) + 2, _LONGEST_TEXT)
        picture, painter = self.canvas(width, height)
        if ink.hatch or ink.dots:
            painter.setPen(Qt.PenStyle.NoPen)
            plate = QColor(ink.fill)
            plate.setAlpha(225)
            painter.setBrush(plate)
            painter.drawRoundedRect(QRectF(0, 2, width, height - 4), 3, 3)
        line = height / 2 if tall else float(height)
        top = 2.0 if tall else 0.0
        x = 0.0
        if ink.icon:
            self._icon(painter, ink.icon, ink.edge, x, top + (line - side) / 2, side)
            x += lead
        _write(painter, name, ink.text, x, top, line, bar.name)
        x += name_width + 4
        for icon, color in marks:
            self._icon(painter, icon, color, x, top + (line - side) / 2, side)
            x += side + 2
        if tall:
            _write(painter, self._second, ink.second, 0, line - 2, line, second)
        else:
            _write(painter, self._second, ink.second, lead + head_width + 8, 0, line, second)
        painter.end()
        return Text(picture, width)

    def _icon(self, painter: QPainter, name: str, color: str, x: float, y: float, side: int) -> None:
        painter.drawPixmap(QPointF(round(x), round(y)), icons.pixmap(name, side, color, self.ratio))

    def outage_text(self, reason: str, height: int) -> Text:
        """维修停用 and why."""
        key = ("outage", reason, height)
        found = self._texts.get(key)
        if found is None:
            tall, side = height >= 34, 13
            metrics = QFontMetricsF(self._second), QFontMetricsF(self._small_name)
            first = metrics[1].horizontalAdvance("停用") + side + 3
            rest = metrics[0].horizontalAdvance(reason)
            width = min(int(max(first, rest) if tall else first + 8 + rest) + 4, _LONGEST_TEXT)
            picture, painter = self.canvas(width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(252, 233, 231, 225))
            painter.drawRoundedRect(QRectF(0, 2, width, height - 4), 3, 3)
            line = height / 2 if tall else float(height)
            self._icon(painter, OUTAGE.icon, OUTAGE.edge, 0, (2 if tall else 0) + (line - side) / 2, side)
            _write(painter, self._small_name, OUTAGE.text, side + 3, 2 if tall else 0, line, "停用")
            where = (0.0, line - 2) if tall else (first + 8, 0.0)
            _write(painter, self._second, OUTAGE.second, *where, line, reason)
            painter.end()
            found = self._keep(key, Text(picture, width))
        return found

    def ellipsis(self, ink: Ink, height: int) -> Text:
        """What is drawn where a text is cut."""
        key = ("ellipsis", ink, height)
        found = self._texts.get(key)
        if found is None:
            picture, painter = self.canvas(12, height)
            painter.fillRect(QRectF(0, 3, 12, height - 6), QColor(ink.fill))
            line = height / 2 if height >= 34 else float(height)
            _write(painter, self._small_name, ink.text, 0, 2 if height >= 34 else 0, line, "…")
            painter.end()
            found = self._keep(key, Text(picture, 12))
        return found

    def _keep(self, key: Hashable, text: Text) -> Text:
        self._texts[key] = text
        if len(self._texts) > _KEPT_TEXTS:
            self._texts.popitem(last=False)
        return text

    # ------------------------------------------------------------------ cells of the heads
    def cell(self, key: Hashable) -> QPixmap | None:
        """A cell drawn before under this key."""
        return self._cells.get(key)

    def keep_cell(self, key: Hashable, picture: QPixmap) -> QPixmap:
        self._cells[key] = picture
        return picture

    def forget_cells(self) -> None:
        """The days or rooms have changed; texts of bars look after themselves."""
        self._cells.clear()


def _marks(bar: Bar, ink: Ink) -> list[tuple[str, str]]:
    marks = []
    if bar.sex:
        marks.append(("mars", TOKENS.primary) if bar.sex == "男" else ("venus", TOKENS.violet))
    if bar.pinned:
        marks.append(("pin", ink.text))
    if bar.late_until is not None:
        marks.append(("clock", ink.text))
    if "无障碍房" in bar.needs:
        marks.append(("accessibility", ink.text))
    if any(need != "无障碍房" for need in bar.needs):
        marks.append(("flag", ink.text))
    if bar.moved:
        marks.append(("arrow-left-right", ink.text))
    return marks


def _write(painter: QPainter, font: QFont, color: str, x: float, y: float, height: float, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(QRectF(x, y, 2000, height), int(flags), text)
