"""What the respondent's pages are put together from: words, buttons, cards, progress, and a grid with big arrows.

Everything is painted from a :class:`Look`, takes no keyboard and holds no text that could be edited, copied or undone.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from dangxiao_houqin.ui import icons, theme

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
        for part in (words, side):  # each gets what its words need
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            row.addWidget(part, max(1, part.sizeHint().width()))
        if after is not None:
            row.addWidget(after)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.look.colours.accent))
