"""The rooms about to be made, floor above floor as in the building."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dangxiao_houqin.modules.places.domain import floor_name
from dangxiao_houqin.modules.places.room_planning import PlannedRoom
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.theme import TOKENS

_GAP = 6
_BOX = 26
_HEAD = 64
_PAD = 10


class RoomPreview(QWidget):
    """Boxes with numbers; one that exists already is red, hatched and struck out."""

    def __init__(self) -> None:
        super().__init__()
        self._floors: list[tuple[int, list[PlannedRoom]]] = []
        self._width = 52
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.show_rooms(())

    def show_rooms(self, rooms: Sequence[PlannedRoom]) -> None:
        """Show these rooms instead."""
        by_level = groupby(rooms, key=_level)
        self._floors = [(level, list(group)) for level, group in by_level]
        self._floors.reverse()
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(room.number) for room in rooms), default=30)
        self._width = widest + 18
        self.setAccessibleName(f"将新建 {len(rooms)} 间房" if rooms else "还没有要新建的房间")
        self.setAccessibleDescription("；".join(_words(level, group) for level, group in self._floors)[:2000])
        self._fit()
        self.update()

    def _per_line(self) -> int:
        return max(1, (self.width() - _HEAD - _PAD) // (self._width + _GAP))

    def _fit(self) -> None:
        lines = sum(-(-len(rooms) // self._per_line()) for _, rooms in self._floors)
        self.setFixedHeight(max(lines * (_BOX + _GAP) + len(self._floors) * _GAP + _PAD, _BOX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(320, _BOX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(TOKENS.px_second))
        top = _PAD
        for level, rooms in self._floors:
            painter.setPen(QColor(TOKENS.text_second))
            where = QRect(_PAD, top, _HEAD - _PAD, _BOX)
            painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), floor_name(level))
            for place, room in enumerate(rooms):
                line, column = divmod(place, self._per_line())
                left = _HEAD + column * (self._width + _GAP)
                self._draw(painter, QRect(left, top + line * (_BOX + _GAP), self._width, _BOX), room)
            top += -(-len(rooms) // self._per_line()) * (_BOX + _GAP) + _GAP

    def _draw(self, painter: QPainter, box: QRect, room: PlannedRoom) -> None:
        tone = theme.tone("error" if room.exists else "primary")
        painter.setPen(QPen(QColor(tone.foreground), 1))
        painter.setBrush(QColor(tone.background))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)
        if room.exists:
            painter.setPen(Qt.PenStyle.NoPen)
            hatch = QColor(tone.foreground)
            hatch.setAlpha(60)
            painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(box.adjusted(2, 2, -3, -3))
        painter.setPen(QColor(tone.foreground))
        font = theme.font(TOKENS.px_second)
        font.setStrikeOut(room.exists)
        painter.setFont(font)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), room.number)
        painter.setFont(theme.font(TOKENS.px_second))


def _level(room: PlannedRoom) -> int:
    return room.level


def _words(level: int, rooms: list[PlannedRoom]) -> str:
    return f"{floor_name(level)} " + "、".join(
        f"{room.number}（已存在）" if room.exists else room.number for room in rooms
    )
