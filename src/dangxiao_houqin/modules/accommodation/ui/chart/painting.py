"""One frame of the room chart, from a :class:`Scene`. Only what shows is touched; nothing big is made in a frame."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .head_cells import WIDE, HeadCells, is_rest
from .highlights import Highlights
from .index import ChartIndex
from .inks import GRID, INKS, OUTAGE, REST_TINT, ROW_LINE, TODAY_TINT, Ink
from .layout import Lane, Row, span_box
from .scene import DAY_HEAD, FIRST_COLUMN, FREE_HEAD, Scene
from .sprites import CAP, ELLIPSIS, PERIOD, Sprites, Text
from .words import Look, look_of

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)


class ChartPainter:
    """Paints scenes of one screen resolution."""

    def __init__(self, ratio: float, width: int) -> None:
        self.sprites = Sprites(ratio, max(2048, width + 128))
        self._cells: HeadCells | None = None
        self._index: ChartIndex | None = None
        self._colors: dict[str, QColor] = {}
        self._highlights = Highlights(ratio)

    def fits(self, ratio: float, width: int) -> bool:
        """Whether its pictures are right for that screen and wide enough."""
        return ratio == self.sprites.ratio and width + 64 <= self.sprites.width

    def _color(self, name: str) -> QColor:
        found = self._colors.get(name)
        if found is None:
            found = self._colors[name] = QColor(name)
        return found

    def paint(self, painter: QPainter, scene: Scene, clip: QRect) -> None:
        """Draw what of ``scene`` lies in ``clip``, viewport px."""
        if scene.index is not self._index or self._cells is None:
            self._index = scene.index
            self.sprites.forget_cells()
            self._cells = HeadCells(self.sprites, scene.index)
        body = clip.intersected(QRect(FIRST_COLUMN, scene.head_height, scene.body_width, scene.body_height))
        if not body.isEmpty():
            painter.save()
            painter.setClipRect(body)
            self._paint_body(painter, scene, body)
            painter.restore()
        if clip.left() < FIRST_COLUMN and clip.bottom() >= scene.head_height:
            painter.save()
            painter.setClipRect(clip.intersected(QRect(0, scene.head_height, FIRST_COLUMN, scene.body_height)))
            self._paint_rooms(painter, scene, clip, self._cells)
            painter.restore()
        if clip.top() < scene.head_height:
            self._paint_heads(painter, scene, clip, self._cells)

    # ------------------------------------------------------------------ body
    def _paint_body(self, painter: QPainter, scene: Scene, body: QRect) -> None:
        painter.fillRect(body, self._color(TOKENS.card))
        self._paint_days(painter, scene, body)
        rows = scene.layout.rows_between(body.top() - scene.origin_y, body.bottom() + 1 - scene.origin_y)
        self._paint_row_lines(painter, scene, body, rows)
        self._paint_today_line(painter, scene, body)
        if scene.overlay is not None:
            self._highlights.paint_lit(painter, scene, body, rows)
        if not scene.layout.rows:
            self._paint_nothing(painter, scene)
        window_end = scene.origin_x + scene.axis.width
        if window_end <= body.right():
            painter.setClipRect(body.adjusted(0, 0, window_end - body.right() - 1, 0))
        begin = scene.axis.ordinal(body.left() - scene.origin_x)
        end = scene.axis.ordinal(body.right() - scene.origin_x) + 1
        for row in rows:
            for lane in row.lanes:
                self._paint_lane(painter, scene, lane, begin, end)
        self._highlights.paint_frames(painter, scene)
        painter.setClipRect(body)
        for row in rows:
            if row.room_id is None:
                self._paint_group(painter, scene, row)

    def _paint_nothing(self, painter: QPainter, scene: Scene) -> None:
        """Why there is no row."""
        text = "没有符合条件的房间，请放宽筛选" if scene.index.rooms else "还没有房间，请先在“房间与床位”里登记"
        painter.setFont(theme.font(TOKENS.px_body))
        painter.setPen(self._color(TOKENS.text_hint))
        box = QRectF(FIRST_COLUMN, scene.head_height, scene.body_width, scene.body_height)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_days(self, painter: QPainter, scene: Scene, body: QRect) -> None:
        axis, marks = scene.axis, scene.index.data.marks
        today = scene.index.data.today.toordinal()
        first, end = scene.seen
        from_ordinal = type(scene.index.data.today).fromordinal
        top, height = body.top(), body.height()
        grid = self._color(GRID)
        for ordinal in range(first, end):
            x = scene.origin_x + axis.x(ordinal)
            if ordinal == today:
                painter.fillRect(x, top, axis.column, height, self._color(TODAY_TINT))
            elif is_rest(ordinal, marks.get(from_ordinal(ordinal))):
                painter.fillRect(x, top, axis.column, height, self._color(REST_TINT))
            painter.fillRect(x + axis.column - 1, top, 1, height, grid)
        right = scene.origin_x + axis.width
        if right < body.right():
            painter.fillRect(right, top, body.right() - right + 1, height, self._color(TOKENS.ground))

    def _paint_row_lines(self, painter: QPainter, scene: Scene, body: QRect, rows: list[Row]) -> None:
        line, faint = self._color(ROW_LINE), self._color(GRID)
        for row in rows:
            painter.fillRect(body.left(), scene.origin_y + row.bottom - 1, body.width(), 1, line)
            if row.expanded:
                for lane in row.lanes[1:]:
                    painter.fillRect(body.left(), scene.origin_y + lane.y - 1, body.width(), 1, faint)
        below = scene.origin_y + scene.layout.height
        if below < body.bottom():
            painter.fillRect(body.left(), below, body.width(), body.bottom() - below + 1, self._color(TOKENS.ground))

    def _paint_group(self, painter: QPainter, scene: Scene, row: Row) -> None:
        """The head of a floor hides whatever lies below it and runs under the sticky column."""
        y = scene.origin_y + row.y
        painter.fillRect(FIRST_COLUMN, y, scene.body_width, row.height - 1, self._color(TOKENS.neutral_tint))
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(self._color(TOKENS.text_second))
        rooms, beds, free = scene.index.floor_figures(row.floor_id)
        when = "今晚" if scene.index.tonight == scene.index.data.today else "首晚"
        text = f"{rooms} 间 {beds} 床，{when}空 {free} 床"
        painter.drawText(QRectF(FIRST_COLUMN + 10, y, scene.body_width - 20, row.height - 1), _LEFT, text)

    def _paint_lane(self, painter: QPainter, scene: Scene, lane: Lane, begin: int, end: int) -> None:
        index = scene.index
        for first, last, outage in index.closures[lane.bed_id]:
            if first < end and last > begin:
                x, y, width, height = span_box(lane, scene.axis, first, last)
                text = self.sprites.outage_texts(outage.reason, height)
                self._paint_bar(painter, scene, (x, y, width, height), OUTAGE, text)
        today, lifted = index.data.today, scene.overlay.lifted if scene.overlay is not None else frozenset()
        for first, last, bar in index.spans_between(lane.bed_id, begin, end):
            box = span_box(lane, scene.axis, first, last)
            look = look_of(bar, today)
            faded = bar.stay_id in lifted
            dimmed = scene.class_id is not None and bar.class_id != scene.class_id
            if faded or dimmed:
                painter.setOpacity(0.35)
            self._paint_bar(painter, scene, box, INKS[look], self.sprites.bar_texts(bar, look, box[3]))
            if faded or dimmed:
                painter.setOpacity(1.0)
            if look is Look.OVERRUN:
                self._paint_tail(painter, scene, lane, last)

    def _paint_tail(self, painter: QPainter, scene: Scene, lane: Lane, leave: int) -> None:
        """The nights somebody has stayed on without being booked."""
        today = scene.index.data.today.toordinal()
        x, y, width, height = span_box(lane, scene.axis, leave, today)
        painter.setPen(QPen(self._color(TOKENS.error), 1, Qt.PenStyle.DashLine))
        painter.drawLine(x + scene.origin_x, y + scene.origin_y + height - 1,
                         x + scene.origin_x + width, y + scene.origin_y + height - 1)  # fmt: skip

    def _paint_bar(
        self, painter: QPainter, scene: Scene, box: tuple[int, int, int, int], ink: Ink, texts: tuple[Text, ...]
    ) -> None:
        x, y, width, height = box
        x, y = x + scene.origin_x, y + scene.origin_y
        self._copy_body(painter, scene, self.sprites.body(ink, height), x, y, width, height)
        left = max(x + (7 if scene.axis.column < 40 else 10), FIRST_COLUMN + 6)
        room = x + width - left - 2
        if room < 8:
            return
        for text in texts:
            self._paint_text(painter, ink, text, left + text.left, y + text.top, room - text.left)

    def _paint_text(self, painter: QPainter, ink: Ink, text: Text, x: int, y: int, room: int) -> None:
        """As much of a text as ``room`` holds, cut after a whole character."""
        if text.width <= room:
            painter.drawPixmap(x, y, text.picture)
            return
        keep = bisect_right(text.cuts, room - ELLIPSIS) - 1
        if keep >= 0:
            painter.drawPixmap(x + text.cuts[keep], y, self.sprites.ellipsis(ink, text.height))
            self._copy(painter, text.picture, x, y, text.cuts[keep], text.height, 0)
        elif text.left == 0 and text.cuts:  # no room for dots: as much of the first character as there is
            self._copy(painter, text.picture, x, y, min(text.cuts[0], room), text.height, 0)

    def _copy_body(
        self, painter: QPainter, scene: Scene, body: QPixmap, x: int, y: int, width: int, height: int
    ) -> None:
        right = x + width
        low, high = max(x, FIRST_COLUMN - PERIOD), min(right, scene.width + PERIOD)
        if low >= high:
            return
        begin = low - x
        if begin > 2 * CAP:
            begin = 2 * CAP + begin % PERIOD
        if high == right:
            cap = min(CAP, width - 5)
            if right - cap > low:
                self._copy(painter, body, low, y, right - cap - low, height, begin)
            self._copy(painter, body, right - cap, y, cap, height, self.sprites.width - cap)
        else:
            self._copy(painter, body, low, y, high - low, height, begin)

    def _copy(self, painter: QPainter, source: QPixmap, x: int, y: int, width: int, height: int, from_x: int) -> None:
        ratio = self.sprites.ratio
        if ratio == 1.0:
            painter.drawPixmap(x, y, source, from_x, 0, width, height)
        else:
            where = QRectF(from_x * ratio, 0, width * ratio, height * ratio)
            painter.drawPixmap(QRectF(x, y, width, height), source, where)

    def _paint_today_line(self, painter: QPainter, scene: Scene, body: QRect) -> None:
        today = scene.index.data.today.toordinal()
        first, end = scene.seen
        if first <= today < end:
            x = scene.origin_x + scene.axis.x(today)
            painter.fillRect(x - 1, body.top(), 1, body.height(), self._color(TOKENS.primary))

    # ------------------------------------------------------------------ sticky heads
    def _paint_rooms(self, painter: QPainter, scene: Scene, clip: QRect, cells: HeadCells) -> None:
        painter.fillRect(0, clip.top(), FIRST_COLUMN, clip.height() + 1, self._color(TOKENS.ground))
        overlay = scene.overlay
        for row in scene.layout.rows_between(clip.top() - scene.origin_y, clip.bottom() + 1 - scene.origin_y):
            y = scene.origin_y + row.y
            if row.room_id is None:
                self._paint_group_title(painter, row, y)
                continue
            painter.drawPixmap(0, y, cells.room(row))
            painter.fillRect(0, y + row.height - 1, FIRST_COLUMN, 1, self._color(ROW_LINE))
            if overlay is None:
                continue
            if overlay.bed_verdict is not None:
                self._highlights.paint_bed_marks(painter, scene, row)
            if overlay.room_verdict is not None:
                self._highlights.paint_room(painter, scene, row, y)
        painter.fillRect(FIRST_COLUMN - 1, clip.top(), 1, clip.height() + 1, self._color(TOKENS.line_strong))

    def _paint_group_title(self, painter: QPainter, row: Row, y: int) -> None:
        painter.fillRect(0, y, FIRST_COLUMN, row.height - 1, self._color(TOKENS.neutral_tint))
        painter.setFont(theme.font(TOKENS.px_second, bold=True))
        painter.setPen(self._color(TOKENS.text))
        title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, FIRST_COLUMN - 18)
        painter.drawText(QRectF(10, y, FIRST_COLUMN - 14, row.height - 1), _LEFT, title)

    def _paint_heads(self, painter: QPainter, scene: Scene, clip: QRect, cells: HeadCells) -> None:
        height = scene.head_height
        painter.fillRect(0, 0, scene.width, height, self._color(TOKENS.head))
        painter.save()
        painter.setClipRect(QRect(FIRST_COLUMN, 0, scene.body_width, height).intersected(clip))
        first, end = scene.seen
        column = scene.axis.column
        kinds: list[str | None] = [None, *(scene.index.types if scene.type_heads else ())]
        grid = self._color(ROW_LINE)
        for ordinal in range(first, end):
            x = scene.origin_x + scene.axis.x(ordinal)
            painter.drawPixmap(x, 0, cells.day(ordinal, column))
            for place, kind in enumerate(kinds):
                painter.drawPixmap(x, DAY_HEAD + place * FREE_HEAD, cells.free(ordinal, column, kind))
            painter.fillRect(x + column - 1, 0, 1, height, grid)
        if column < WIDE:
            self._paint_months(painter, scene, first, end)
        painter.restore()
        self._paint_corner(painter, scene, cells, kinds)
        for place in range(len(kinds) + 1):
            y = DAY_HEAD + place * FREE_HEAD - 1
            strong = place == len(kinds)
            painter.fillRect(0, y, scene.width, 1, self._color(TOKENS.line_strong if strong else ROW_LINE))

    def _paint_corner(self, painter: QPainter, scene: Scene, cells: HeadCells, kinds: list[str | None]) -> None:
        painter.setFont(theme.font(TOKENS.px_second))
        painter.setPen(self._color(TOKENS.text_second))
        painter.drawText(QRectF(24, 0, FIRST_COLUMN - 30, DAY_HEAD), _LEFT, "房间 / 日期")
        for place, kind in enumerate(kinds):
            painter.drawPixmap(0, DAY_HEAD + place * FREE_HEAD, cells.free_title(kind))
        if len(scene.index.types) > 1:
            name = "chevron-down" if scene.type_heads else "chevron-right"
            mark = icons.pixmap(name, 14, TOKENS.text_hint, self.sprites.ratio)
            painter.drawPixmap(QPointF(6, DAY_HEAD + 4), mark)
        painter.fillRect(FIRST_COLUMN - 1, 0, 1, scene.head_height, self._color(TOKENS.line_strong))

    def _paint_months(self, painter: QPainter, scene: Scene, first: int, end: int) -> None:
        """In narrow columns the month stands once above its days and stays in sight."""
        day_of = type(scene.index.data.today).fromordinal
        painter.setFont(theme.font(11, bold=True))
        painter.setPen(self._color(TOKENS.text_second))
        ordinal = first
        while ordinal < end:
            day = day_of(ordinal)
            until = ordinal
            while until < end and (day_of(until).year, day_of(until).month) == (day.year, day.month):
                until += 1
            left = max(scene.origin_x + scene.axis.x(ordinal), FIRST_COLUMN) + 4
            right = scene.origin_x + scene.axis.x(until) - 4
            text = f"{day.year}年{day.month}月" if right - left > 70 else f"{day.month}月"
            if right - left > 24:
                painter.drawText(QRectF(left, 0, right - left, 16), _LEFT, text)
            ordinal = until
