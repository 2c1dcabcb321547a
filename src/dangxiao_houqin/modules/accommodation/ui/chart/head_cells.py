"""Cells of the chart's sticky heads: days above, rooms at the left. Each is drawn once and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap

from dangxiao_houqin.modules.accommodation.domain import DayMark
from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .index import ChartIndex
from .inks import TODAY_TINT
from .layout import Row
from .scene import DAY_HEAD, FIRST_COLUMN, FREE_HEAD
from .sprites import Sprites

_WEEK = "一二三四五六日"
WIDE = 46
"""From this column width on a day's head has date and weekday in words."""
_REST = TOKENS.error
_LABEL_STRIP = 26

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine


def is_rest(ordinal: int, mark: DayMark | None) -> bool:
    """Whether nobody works that day: the calendar knows, else the weekend."""
    return mark.rest if mark is not None else date.fromordinal(ordinal).weekday() >= 5


def day_badge(mark: DayMark | None) -> str:
    """休 for a statutory holiday, 班 for a weekend that is worked, nothing for ordinary days."""
    if mark is None or not mark.name:
        return ""
    return "休" if mark.rest else "班"


def holiday_name(mark: DayMark | None) -> str:
    """国庆节; nothing for ordinary weekends and worked days."""
    return mark.name if mark is not None and mark.rest and not mark.name.startswith(("周", "星期")) else ""


class HeadCells:
    """Draws the cells that one :class:`ChartIndex` needs."""

    def __init__(self, sprites: Sprites, index: ChartIndex) -> None:
        self._sprites = sprites
        self._index = index

    @contextmanager
    def _drawing(self, width: int, height: int) -> Iterator[tuple[QPixmap, QPainter]]:
        picture, painter = self._sprites.canvas(width, height)
        yield picture, painter
        painter.end()

    def _write(
        self, painter: QPainter, box: QRectF, text: str, color: str, px: int, *, bold: bool = False, flags: int = 0
    ) -> None:
        painter.setFont(theme.font(px, bold=bold))
        painter.setPen(QColor(color))
        painter.drawText(box, int(flags or _MIDDLE), text)

    # ------------------------------------------------------------------ days
    def day(self, ordinal: int, column: int) -> QPixmap:
        """Date, weekday and what kind of day it is."""
        key = ("day", ordinal, column)
        return self._sprites.cell(key) or self._sprites.keep_cell(key, self._drawn_day(ordinal, column))

    def _drawn_day(self, ordinal: int, column: int) -> QPixmap:
        day = date.fromordinal(ordinal)
        mark = self._index.data.marks.get(day)
        rest, today = is_rest(ordinal, mark), day == self._index.data.today
        color = TOKENS.primary if today else _REST if rest else TOKENS.text
        weekday = "周" + _WEEK[day.weekday()]
        badge, name = day_badge(mark), holiday_name(mark)
        with self._drawing(column, DAY_HEAD) as (picture, painter):
            painter.fillRect(0, 0, column, DAY_HEAD, QColor(TODAY_TINT if today else TOKENS.head))
            if column >= WIDE:
                self._write(painter, QRectF(0, 5, column, 22), f"{day:%m-%d}", color, TOKENS.px_body, bold=True)
                words = f"今天 {weekday}" if today and column >= 76 else "今天" if today else name or weekday
                second = TOKENS.primary if today else _REST if rest else TOKENS.text_second
                self._second_line(painter, column, (words, weekday), badge, second)
            else:
                self._write(painter, QRectF(0, 15, column, 17), str(day.day), color, TOKENS.px_second, bold=True)
                if badge:
                    self._badge(painter, QRectF(max(0.0, column / 2 - 7), 31, 14, 14), badge)
                elif column >= 20:
                    self._write(painter, QRectF(0, 31, column, 14), weekday[1], color, 11)
            if today:
                painter.fillRect(0, DAY_HEAD - 3, column, 3, QColor(TOKENS.primary))
        return picture

    def _second_line(self, painter: QPainter, column: int, choices: tuple[str, ...], badge: str, color: str) -> None:
        """The first of ``choices`` that fits beside the badge."""
        painter.setFont(theme.font(TOKENS.px_label))
        beside = 18 if badge else 0
        measured = [(words, painter.fontMetrics().horizontalAdvance(words)) for words in choices]
        words, width = next(((w, wide) for w, wide in measured if wide + beside <= column - 2), measured[-1])
        left = (column - width - beside) / 2
        if badge:
            self._badge(painter, QRectF(left, 28, 15, 15), badge)
        self._write(painter, QRectF(left + beside, 26, width + 2, 18), words, color, TOKENS.px_label, flags=int(_LEFT))

    def _badge(self, painter: QPainter, box: QRectF, badge: str) -> None:
        tone = theme.tone("error" if badge == "休" else "neutral")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone.background))
        painter.drawRoundedRect(box, 3, 3)
        self._write(painter, box, badge, tone.foreground, 11, bold=True)

    def free(self, ordinal: int, column: int, kind: str | None) -> QPixmap:
        """Free beds of a night, of one type or of all."""
        day = date.fromordinal(ordinal)
        count = self._index.free_on(day) if kind is None else self._index.free_by_type(day).get(kind)
        today = day == self._index.data.today
        key = ("free", count, column, today, kind is None)
        return self._sprites.cell(key) or self._sprites.keep_cell(key, self._drawn_free(count, column, today, kind))

    def _drawn_free(self, count: int | None, column: int, today: bool, kind: str | None) -> QPixmap:
        with self._drawing(column, FREE_HEAD) as (picture, painter):
            painter.fillRect(0, 0, column, FREE_HEAD, QColor(TODAY_TINT if today else TOKENS.head))
            if count is not None and self._index.rooms:
                text = f"空 {count}" if column >= WIDE and kind is None else str(count)
                if count == 0:
                    text = "满"
                color = TOKENS.error if count == 0 else TOKENS.success if kind is None else TOKENS.text_second
                px = TOKENS.px_label if column >= 26 else 10
                self._write(painter, QRectF(0, 0, column, FREE_HEAD), text, color, px, bold=kind is None)
        return picture

    def free_title(self, kind: str | None) -> QPixmap:
        """The word in the first column beside a line of free beds."""
        key = ("free title", kind)
        found = self._sprites.cell(key)
        if found is not None:
            return found
        with self._drawing(FIRST_COLUMN, FREE_HEAD) as (picture, painter):
            painter.fillRect(0, 0, FIRST_COLUMN, FREE_HEAD, QColor(TOKENS.head))
            box = QRectF(24, 0, FIRST_COLUMN - 32, FREE_HEAD)
            text = "每晚空床" if kind is None else kind or "未注明房型"
            color = TOKENS.text if kind is None else TOKENS.text_second
            self._write(painter, box, text, color, TOKENS.px_label, bold=kind is None, flags=int(_LEFT))
        return self._sprites.keep_cell(key, picture)

    # ------------------------------------------------------------------ rooms
    def room(self, row: Row) -> QPixmap:
        """Number, type, what is wrong, free beds tonight and the names of the beds."""
        assert row.room_id is not None
        key = ("room", row.room_id, row.expanded)
        return self._sprites.cell(key) or self._sprites.keep_cell(key, self._drawn_room(row, row.room_id))

    def _drawn_room(self, row: Row, room_id: int) -> QPixmap:
        place = self._index.rooms[room_id][0]
        condition = self._index.data.conditions.get(room_id, "")
        with self._drawing(FIRST_COLUMN, row.height) as (picture, painter):
            painter.fillRect(0, 0, FIRST_COLUMN, row.height, QColor(TOKENS.card))
            ratio = self._sprites.ratio
            top, two = (0, True) if row.height >= 40 else (0, False)
            line = 22 if two else row.height
            if two:
                top = max(1, (min(row.height, 48) - 38) // 2)
            arrow = icons.pixmap("chevron-down" if row.expanded else "chevron-right", 14, TOKENS.text_hint, ratio)
            painter.drawPixmap(QPointF(6, top + (line - 14) // 2), arrow)
            number = theme.font(TOKENS.px_navigation, bold=True)
            painter.setFont(number)
            width = painter.fontMetrics().horizontalAdvance(place.room_number)
            x = 24
            room_for_number = FIRST_COLUMN - _LABEL_STRIP - 40 - x
            shown = painter.fontMetrics().elidedText(place.room_number, Qt.TextElideMode.ElideRight, room_for_number)
            width = min(width, room_for_number)
            self._write(
                painter, QRectF(x, top, room_for_number, line), shown, TOKENS.text, TOKENS.px_navigation, bold=True,
                flags=int(_LEFT),
            )  # fmt: skip
            x += width + 6
            for icon, there in (("accessibility", place.accessible), ("brush-cleaning", bool(condition))):
                if there and x + 14 < FIRST_COLUMN - _LABEL_STRIP - 34:
                    color = TOKENS.warning if icon == "brush-cleaning" else TOKENS.teal
                    painter.drawPixmap(QPointF(x, top + (line - 14) // 2), icons.pixmap(icon, 14, color, ratio))
                    x += 17
            self._free_tonight(painter, room_id, top, line)
            words = [condition, place.room_type, "机动" if place.reserve else "", "" if place.assignable else "不排"]
            box = QRectF(24, top + 20, FIRST_COLUMN - _LABEL_STRIP - 30, 18)
            if not two:
                box = QRectF(x, 0, FIRST_COLUMN - _LABEL_STRIP - 36 - x, row.height)
            painter.setFont(theme.font(TOKENS.px_label))
            text = " · ".join(word for word in words if word)
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
            color = TOKENS.warning if condition else TOKENS.text_second
            self._write(painter, box, text, color, TOKENS.px_label, flags=int(_LEFT))
            self._beds(painter, row)
        return picture

    def _free_tonight(self, painter: QPainter, room_id: int, top: int, line: int) -> None:
        free = self._index.free_in_room(room_id, self._index.tonight)
        text, color = (f"空{free}", TOKENS.success) if free else ("满", TOKENS.text_hint)
        if not any(place.assignable for place in self._index.rooms[room_id]):
            text, color = "", TOKENS.text_hint
        box = QRectF(FIRST_COLUMN - _LABEL_STRIP - 36, top, 32, line)
        self._write(painter, box, text, color, TOKENS.px_label, bold=bool(free), flags=int(_RIGHT))

    def _beds(self, painter: QPainter, row: Row) -> None:
        left = FIRST_COLUMN - _LABEL_STRIP
        painter.fillRect(left, 0, _LABEL_STRIP, row.height, QColor(TOKENS.head))
        for lane in row.lanes:
            box = QRectF(left, lane.y - row.y, _LABEL_STRIP - 1, lane.height)
            name = self._index.places[lane.bed_id].bed_name
            px = 11 if len(name) <= 3 else 9
            self._write(painter, box, name[:5], TOKENS.text_second, px)
            if lane is not row.lanes[0]:
                painter.fillRect(left, lane.y - row.y, _LABEL_STRIP, 1, QColor(TOKENS.line))
