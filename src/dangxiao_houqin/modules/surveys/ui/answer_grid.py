"""Equal tiles in rows, with big arrows instead of scrolling."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .answer_look import Look
from .answer_parts import CENTRE, BigButton, Words


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
