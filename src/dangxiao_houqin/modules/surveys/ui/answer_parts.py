"""What the respondent's pages are put together from: words, buttons, cards, progress, and a grid with big arrows.

Everything is painted from a :class:`Look`, takes no keyboard and holds no text that could be edited, copied or undone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dangxiao_houqin.ui import icons, theme

from .answer_face import draw_face
from .answer_look import Look

WRAPPED = Qt.TextFlag.TextWordWrap  # Chinese breaks anywhere but before 、 and 。
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def words_size(text: str, px: int, width: int, *, bold: bool = False) -> QSize:
    """What ``text`` wrapped into ``width`` px takes."""
    metrics = QFontMetrics(theme.font(px, bold=bold))
    return metrics.boundingRect(QRect(0, 0, max(1, width), 100_000), int(WRAPPED), text).size()


def fitting(text: str, px: int, room: QSize, *, bold: bool = False, least: float = 0.55) -> int:
    """The largest type not above ``px`` in which wrapped ``text`` fits into ``room``, down to ``least`` of it."""
    smallest = max(12, round(px * least))
    for size in range(px, smallest, -1):
        taken = words_size(text, size, room.width(), bold=bold)
        if taken.height() <= room.height() and taken.width() <= room.width():
            return size
    return smallest


class Words(QWidget):
    """Text that wraps and, where room is short, shrinks rather than being cut."""

    def __init__(
        self,
        text: str,
        px: float,
        look: Look,
        *,
        bold: bool = False,
        colour: str = "",
        align: Qt.AlignmentFlag = LEFT,
        tallest: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look, self.bold, self.align = look, bold, align
        self._tallest = tallest or 100_000
        self._px = look.text(px)
        self._colour = colour or look.colours.text
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.say(text)

    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, colour: str = "") -> None:
        """Say something else."""
        self._text = text
        self._colour = colour or self._colour
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return min(self._tallest, words_size(self._text, self._px, width, bold=self.bold).height() + 2)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(theme.font(self._px, bold=self.bold))
        return QSize(metrics.horizontalAdvance(self._text) + 4, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px * 2, QFontMetrics(theme.font(round(self._px * 0.6))).height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        px = fitting(self._text, self._px, self.size(), bold=self.bold)
        painter.setFont(theme.font(px, bold=self.bold))
        painter.setPen(QColor(self._colour))
        painter.drawText(self.rect(), int(self.align) | int(WRAPPED), self._text)


class Touchable(QAbstractButton):
    """Anything that can be pressed: at least 15 mm each way, no keyboard focus."""

    def __init__(self, text: str, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(look.target, look.target)

    def frame(self, painter: QPainter, fill: str, line: str, width: float, radius: float = 16) -> QRectF:
        """Draw the rounded box; returns it."""
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(line), width) if width else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(box, self.look.px(radius), self.look.px(radius))
        return box

    def words(self, painter: QPainter, box: QRectF, px: float, colour: str, *, bold: bool, align: int) -> None:
        """Write the text into ``box``, smaller where it must be."""
        room = box.toRect()
        size = fitting(self.text(), self.look.text(px), room.size(), bold=bold)
        painter.setFont(theme.font(size, bold=bold))
        painter.setPen(QColor(colour))
        painter.drawText(room, align | int(WRAPPED), self.text())


class BigButton(Touchable):
    """A button of 96 px: ``kind`` is primary (one a page), plain, quiet (no frame), or on_red (in the head)."""

    def __init__(
        self,
        text: str,
        look: Look,
        slot: Callable[..., object] | None = None,
        *,
        kind: str = "plain",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, look, parent)
        self.kind, self.icon_name = kind, icon
        self.px_text = 34 if kind == "primary" else 32
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if slot is not None:
            self.clicked.connect(slot)

    def set_kind(self, kind: str) -> None:
        """Look otherwise from now on."""
        self.kind = kind
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.look.font(self.px_text, bold=True))
        icon = self.look.text(40) + self.look.px(12) if self.icon_name else 0
        wide = metrics.horizontalAdvance(self.text()) + icon + self.look.px(72)
        return QSize(max(wide, self.look.px(200), self.look.target), self.look.button)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.look.target, self.look.target)

    def _colours(self) -> tuple[str, str, str]:
        c = self.look.colours
        if not self.isEnabled():
            return (c.accent if self.kind == "on_red" else c.ground), c.line, c.disabled
        if self.kind == "primary":
            return (c.accent_pressed if self.isDown() else c.accent), "", c.on_accent
        if self.kind == "on_red":
            return (c.accent_pressed if self.isDown() else c.accent), c.on_accent, c.on_accent
        if self.kind == "warning":
            return c.warning_tint, c.warning, c.warning
        return (c.chosen_tint if self.isDown() else c.card), c.line, c.text

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, line, colour = self._colours()
        box = self.frame(painter, fill, line or fill, self.look.border)
        inner = box.adjusted(self.look.px(16), self.look.px(6), -self.look.px(16), -self.look.px(6))
        if self.icon_name:
            inner = self._icon(painter, inner, colour)
        if self.text():
            bold = self.kind in ("primary", "warning")
            self.words(painter, inner, self.px_text, colour, bold=bold, align=int(CENTRE))

    def _icon(self, painter: QPainter, inner: QRectF, colour: str) -> QRectF:
        size = min(self.look.text(40), int(inner.height()))
        if not self.text():
            spot = QRectF(0, 0, size, size)
            spot.moveCenter(inner.center())
            icons.renderer(self.icon_name, colour).render(painter, spot)
            return inner
        width = QFontMetrics(self.look.font(self.px_text, bold=True)).horizontalAdvance(self.text())
        gap = self.look.px(12)
        start = max(inner.left(), inner.center().x() - (width + size + gap) / 2)
        spot = QRectF(start, inner.center().y() - size / 2, size, size)
        icons.renderer(self.icon_name, colour).render(painter, spot)
        left = start + size + gap
        return QRectF(left, inner.top(), min(width + gap, inner.right() - left), inner.height())


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


class Segments(QWidget):
    """How far one has come: one bar a page, filled up to the present one."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = look
        self._count, self._here = 1, 0
        self.setFixedHeight(look.px(10))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_place(self, here: int, count: int) -> None:
        """Page ``here`` (0 the first) of ``count``."""
        self._here, self._count = here, max(1, count)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = self.look.px(10 if self._count <= 30 else 4)
        wide = (self.width() - gap * (self._count - 1)) / self._count
        for place in range(self._count):
            painter.setBrush(QColor(self.look.colours.accent if place <= self._here else self.look.colours.track))
            bar = QRectF(place * (wide + gap), 0, wide, self.height())
            painter.drawRoundedRect(bar, self.height() / 2, self.height() / 2)


class Head(QWidget):
    """The red head: title to the left, for whom to the right, and what the page puts at the ends."""

    def __init__(
        self,
        title: str,
        note: str,
        look: Look,
        *,
        before: QWidget | None = None,
        after: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look = look
        c = look.colours
        tall = max([look.px(108)] + [w.minimumHeight() + look.px(16) for w in (before, after) if w is not None])
        self.setFixedHeight(tall)
        row = QHBoxLayout(self)
        row.setContentsMargins(look.margin, 0, look.margin, 0)
        row.setSpacing(look.px(24))
        if before is not None:
            row.addWidget(before)
        words = Words(title, 36, look, bold=True, colour=c.on_accent)
        side = Words(
            note, 26, look, colour=c.on_accent_second, align=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        for part, share in ((words, 5), (side, 5)):
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            row.addWidget(part, share)
        if after is not None:
            row.addWidget(after)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.look.colours.accent))


class PagedGrid(QWidget):
    """Equal tiles in rows; what does not fit is reached by two big arrows, never by scrolling.

    ``widest`` is the most columns, ``tall`` the wished and ``least`` the smallest height of a tile in px.
    """

    turned = Signal(int)

    def __init__(
        self,
        tiles: Sequence[QWidget],
        look: Look,
        *,
        columns: int,
        tall: int,
        least: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.look, self._tiles = look, list(tiles)
        self._columns, self._tall, self._least = max(1, columns), tall, max(least, look.target)
        self._page = 0
        self._per_page = max(1, len(self._tiles))
        self._gap = look.px(20)
        for tile in self._tiles:
            tile.setParent(self)
        self._back = BigButton("", look, self._previous, icon="chevron-left", parent=self)
        self._on = BigButton("", look, self._next, icon="chevron-right", parent=self)
        self._back.setAccessibleName("上一屏")
        self._on.setAccessibleName("下一屏")
        self._where = Words("", 26, look, colour=look.colours.second, align=CENTRE, parent=self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def tiles(self) -> list[QWidget]:
        """Every tile, also those on other pages."""
        return list(self._tiles)

    def pages(self) -> int:
        return -(-len(self._tiles) // self._per_page)

    def sizeHint(self) -> QSize:
        rows = -(-len(self._tiles) // self._columns)
        return QSize(self._columns * self.look.px(320), rows * self._tall + (rows - 1) * self._gap)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._columns * (self.look.target + self._gap) + 2 * self.look.button, self._least)

    def show_tile(self, place: int) -> None:
        """Turn to the page with tile ``place``."""
        self._page = place // self._per_page
        self._place()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._place()

    def _previous(self) -> None:
        self._page = max(0, self._page - 1)
        self._place()
        self.turned.emit(self._page)

    def _next(self) -> None:
        self._page = min(self.pages() - 1, self._page + 1)
        self._place()
        self.turned.emit(self._page)

    def _rows_in(self, height: int) -> int:
        return (height + self._gap) // (self._least + self._gap)

    def _place(self) -> None:
        """Put the tiles of this page in their places and hide the others.

        Arrows stand below the tiles, or beside them where there is no room for another row.
        """
        count, room = len(self._tiles), self.rect()
        columns = min(self._columns, max(1, count))
        needed = -(-count // columns)
        several = self._rows_in(room.height()) < needed
        below = self._rows_in(room.height() - self.look.button - self._gap)
        beside = several and (
            below < 1 or (below < 2 and not self.look.upright and self._rows_in(room.height()) > below)
        )
        if beside:
            margin = self.look.button + self._gap
            room = room.adjusted(margin, 0, -margin, 0)
        elif several:
            room = room.adjusted(0, 0, 0, -self.look.button - self._gap)
        rows = max(1, min(needed, self._rows_in(room.height())))
        self._per_page = rows * columns
        self._page = min(self._page, max(0, self.pages() - 1))
        height = min(self._tall, (room.height() - (rows - 1) * self._gap) // rows)
        width = (room.width() - (columns - 1) * self._gap) // columns
        first = self._page * self._per_page
        for place, tile in enumerate(self._tiles):
            row, column = divmod(max(0, place - first), columns)
            left, top = room.left() + column * (width + self._gap), row * (height + self._gap)
            tile.setGeometry(left, top, width, max(height, self._least))
            tile.setVisible(0 <= place - first < self._per_page)
        self._place_arrows(several=several, beside=beside)

    def _place_arrows(self, *, several: bool, beside: bool) -> None:
        size, wide, tall = self.look.button, self.width(), self.height()
        self._back.setVisible(several)
        self._on.setVisible(several)
        self._where.setVisible(several and not beside)
        self._back.setEnabled(self._page > 0)
        self._on.setEnabled(self._page < self.pages() - 1)
        self._where.say(f"第 {self._page + 1} 屏，共 {self.pages()} 屏")
        if beside:
            self._back.setGeometry(0, 0, size, size)
            self._on.setGeometry(wide - size, 0, size, size)
            return
        arrow, middle = max(self.look.px(220), self.look.target), self.look.px(320)
        start, top = (wide - 2 * arrow - middle) // 2, tall - size
        self._back.setGeometry(start, top, arrow, size)
        self._where.setGeometry(start + arrow, top, middle, size)
        self._on.setGeometry(start + arrow + middle, top, arrow, size)


def column(
    *items: QWidget | int | None, spacing: int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """A vertical layout; an ``int`` is a gap, ``None`` takes what is left."""
    layout = QVBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(*margins)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        else:
            layout.addWidget(item)
    return layout
