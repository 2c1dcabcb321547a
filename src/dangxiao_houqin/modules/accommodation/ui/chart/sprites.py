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
TALL = 34
"""From this height on a bar has two lines."""
ELLIPSIS = 12
_KEPT_TEXTS = 3000
_LONGEST_TEXT = 460


class Text(NamedTuple):
    """A drawn text, logical px, at ``left`` and ``top`` of the bar; cut at one of ``cuts`` no character is halved."""

    picture: QPixmap
    width: int
    height: int
    cuts: tuple[int, ...]
    top: int = 0
    left: int = 0


Marks = tuple[tuple[str, str], ...]
"""Icons beside a name with their colours."""


class Sprites:
    """Caches for one screen resolution."""

    def __init__(self, ratio: float, width: int) -> None:
        self.ratio = ratio
        self.width = width
        self._bodies: dict[tuple[Ink, int], QPixmap] = {}
        self._bars: OrderedDict[tuple[int, int], tuple[Bar, Look, tuple[Text, ...]]] = OrderedDict()
        self._pieces: OrderedDict[Hashable, Text] = OrderedDict()
        self._advances: dict[tuple[bool, bool], dict[str, float]] = {
            (True, False): {},
            (False, True): {},
            (False, False): {},
        }
        self._dots: dict[tuple[Ink, int], QPixmap] = {}
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

    def bar_texts(self, bar: Bar, look: Look, height: int) -> tuple[Text, ...]:
        """Name, marks, class and state; in one line, or in two where there is room."""
        key = (bar.stay_id, height)
        kept = self._bars.get(key)
        if kept is not None and (kept[0] is bar or kept[0] == bar) and kept[1] is look:
            return kept[2]
        ink = INKS[look]
        texts = self._lines(ink, height, bar.name, _marks(bar, ink), f"{whose(bar)} · {look.word}")
        self._bars[key] = (bar, look, texts)
        if len(self._bars) > _KEPT_TEXTS:
            self._bars.popitem(last=False)
        return texts

    def outage_texts(self, reason: str, height: int) -> tuple[Text, ...]:
        """停用 and why."""
        return self._lines(OUTAGE, height, "停用", (), reason)

    def _lines(self, ink: Ink, height: int, name: str, marks: Marks, second: str) -> tuple[Text, ...]:
        if height < TALL:
            first = self._name_piece(ink, height, name, marks, large=False)
            return first, self._second_piece(ink, height, second)._replace(left=first.width + 5)
        half = height // 2
        first = self._name_piece(ink, half, name, marks, large=True)
        return first._replace(top=2), self._second_piece(ink, height - half, second)._replace(top=half - 1)

    def _name_piece(self, ink: Ink, height: int, name: str, marks: Marks, *, large: bool) -> Text:
        """Icon of the state, name in bold, marks."""
        key = (ink, height, name, marks, large)
        found = self._pieces.get(key)
        if found is not None:
            return found
        font, side = (self._name, 13) if large else (self._small_name, 12)
        x = side + 3 if ink.icon else 0
        cuts = self._cuts(font, name, x)
        name_at, x = x, (cuts[-1] if cuts else x) + 4
        marks_at = [x + place * (side + 2) for place in range(len(marks))]
        cuts += [at + side for at in marks_at]
        width = (cuts[-1] if cuts else x) + 2
        picture, painter = self._plate(ink, width, height)
        middle = (height - side) / 2
        if ink.icon:
            self._icon(painter, ink.icon, ink.edge, 0, middle, side)
        _write(painter, font, ink.text, name_at, 0, height, name)
        for at, (icon, color) in zip(marks_at, marks, strict=True):
            self._icon(painter, icon, color, at, middle, side)
        painter.end()
        return self._keep(key, Text(picture, width, height, tuple(cuts)))

    def _second_piece(self, ink: Ink, height: int, words: str) -> Text:
        """Class and state, the same picture for everybody of a class."""
        key = (ink, height, words)
        found = self._pieces.get(key)
        if found is not None:
            return found
        cuts = self._cuts(self._second, words, 0)
        width = min((cuts[-1] if cuts else 0) + 2, _LONGEST_TEXT)
        picture, painter = self._plate(ink, width, height)
        _write(painter, self._second, ink.second, 0, 0, height, words)
        painter.end()
        return self._keep(key, Text(picture, width, height, tuple(cut for cut in cuts if cut <= width)))

    def _plate(self, ink: Ink, width: int, height: int) -> tuple[QPixmap, QPainter]:
        """A canvas; over a pattern with a ground that keeps the text legible."""
        picture, painter = self.canvas(width, height)
        if ink.hatch or ink.dots:
            plate = QColor(ink.fill)
            plate.setAlpha(225)
            painter.fillRect(QRectF(0, 2, width, height - 4), plate)
        return picture, painter

    def _cuts(self, font: QFont, text: str, x: int) -> list[int]:
        """Where each character of ``text`` ends when it begins at ``x``; measuring each character once."""
        advances = self._advances[font is self._second, font is self._small_name]
        cuts, at = [], float(x)
        for character in text:
            advance = advances.get(character)
            if advance is None:
                advance = advances[character] = QFontMetricsF(font).horizontalAdvance(character)
            at += advance
            cuts.append(int(at + 0.999))
        return cuts

    def _keep(self, key: Hashable, text: Text) -> Text:
        self._pieces[key] = text
        if len(self._pieces) > _KEPT_TEXTS:
            self._pieces.popitem(last=False)
        return text

    def _icon(self, painter: QPainter, name: str, color: str, x: float, y: float, side: int) -> None:
        painter.drawPixmap(QPointF(round(x), round(y)), icons.pixmap(name, side, color, self.ratio))

    def ellipsis(self, ink: Ink, height: int) -> QPixmap:
        """What is drawn where a text of that height is cut."""
        found = self._dots.get((ink, height))
        if found is None:
            found, painter = self.canvas(ELLIPSIS, height)
            _write(painter, self._second, ink.text, 0, 0, height, "…")
            painter.end()
            self._dots[ink, height] = found
        return found

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


def _marks(bar: Bar, ink: Ink) -> Marks:
    marks: list[tuple[str, str]] = []
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
    return tuple(marks)


def _write(painter: QPainter, font: QFont, color: str, x: float, y: float, height: float, text: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(color))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(QRectF(x, y, 2000, height), int(flags), text)
