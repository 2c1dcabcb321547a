"""The line of numbers on top of the page: rooms per condition and tasks, each opening what it counts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from dangxiao_houqin.core.columns import Tone
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS
from dangxiao_houqin.ui.widgets import row

HEIGHT = 58


class CountTile(QAbstractButton):
    """An icon, a word and a number; checked while the list below shows just these."""

    def __init__(self, key: str, title: str, tone: Tone, icon: str) -> None:
        super().__init__()
        self.key, self.title, self.count = key, title, 0
        self._tone, self._icon = theme.tone(tone), icon
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        self.count = count
        self.setAccessibleName(f"{self.title} {count}")
        self.setToolTip(f"只看{self.title}（再按一次看全部）")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(132, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(112, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        ground = TOKENS.primary_tint if on else TOKENS.row_hover if self.underMouse() else TOKENS.card
        strong = on or self.hasFocus()
        painter.setPen(QPen(QColor(TOKENS.primary if strong else TOKENS.line), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, TOKENS.radius_card, TOKENS.radius_card)
        tile = QRectF(12, (HEIGHT - 34) / 2, 34, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._tone.background))
        painter.drawRoundedRect(tile, TOKENS.radius, TOKENS.radius)
        picture = icons.pixmap(self._icon, 18, self._tone.foreground, max(self.devicePixelRatioF(), 1.0))
        painter.drawPixmap(tile.center().toPoint().x() - 9, tile.center().toPoint().y() - 9, picture)
        painter.setPen(QColor(TOKENS.text_second))
        painter.setFont(theme.font(TOKENS.px_second))
        painter.drawText(QRectF(56, 7, self.width() - 60, 20), Qt.AlignmentFlag.AlignVCenter, self.title)
        painter.setPen(QColor(TOKENS.text if self.count else TOKENS.text_hint))
        painter.setFont(theme.font(20, bold=True))
        painter.drawText(QRectF(56, 25, self.width() - 60, 28), Qt.AlignmentFlag.AlignVCenter, f"{self.count:,}")


class Counters(QWidget):
    """Tiles of which at most one is on; ``chosen`` tells its key, or "" for all."""

    chosen = Signal(str)

    def __init__(self, tiles: Sequence[tuple[str, str, Tone, str]]) -> None:
        super().__init__()
        self.tiles = {key: CountTile(key, title, tone, icon) for key, title, tone, icon in tiles}
        for tile in self.tiles.values():
            tile.clicked.connect(self._clicked)
        self.setLayout(row(*self.tiles.values(), spacing=10))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, key: str, count: int) -> None:
        self.tiles[key].set_count(count)

    def check(self, key: str) -> None:
        """Show which number the list below is about, without telling."""
        for each, tile in self.tiles.items():
            tile.setChecked(each == key)

    @Slot()
    def _clicked(self) -> None:
        tile = self.sender()
        assert isinstance(tile, CountTile)
        key = tile.key if tile.isChecked() else ""
        self.check(key)
        self.chosen.emit(key)
