"""One frame of the room chart, from a :class:`Scene`. Only what shows is touched; nothing big is made in a frame."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .head_cells import WIDE, HeadCells, is_rest
from .index import ChartIndex
from .inks import FREE_TINT, GRID, INKS, NO_TINT, OUTAGE, REST_TINT, ROW_LINE, SWAP_TINT, TODAY_TINT, Ink
from .layout import Lane, Row, span_box
from .scene import DAY_HEAD, FIRST_COLUMN, FREE_HEAD, Ghost, Scene
from .sprites import CAP, ELLIPSIS, PERIOD, Sprites, Text
from .words import Look, look_of

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_TINTS = {"free": QColor(FREE_TINT), "swap": QColor(SWAP_TINT), "no": QColor(NO_TINT), "same": QColor(TOKENS.text_hint)}
_ICONS = {"free": "check", "swap": "arrow-left-right", "no": "ban", "same": "circle"}


class ChartPainter:
    """Paints scenes of one screen resolution."""

    def __init__(self, ratio: float, width: int) -> None:
        self.sprites = Sprites(ratio, max(2048, width + 128))
        self._cells: HeadCells | None = None
        self._index: ChartIndex | None = None
        self._colors: dict[str, QColor] = {}

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
            self._paint_lit(painter, scene, body, rows)
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
        self._paint_frames(painter, scene)
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

    # ------------------------------------------------------------------ what a drag lights up
    def _paint_lit(self, painter: QPainter, scene: Scene, body: QRect, rows: list[Row]) -> None:
        overlay = scene.overlay
        assert overlay is not None
        for row in rows:
            if overlay.room_verdict is not None and row.room_id is not None:
                verdict = overlay.room_verdict(row.room_id)
                if verdict is not None and verdict.kind == "free":
                    tint = QColor(FREE_TINT)
                    tint.setAlpha(80 if row.room_id == overlay.target_room else 36)
                    painter.fillRect(body.left(), scene.origin_y + row.y, body.width(), row.height - 1, tint)
            if overlay.bed_verdict is None:
                continue
            for lane in row.lanes:
                verdict = overlay.bed_verdict(lane.bed_id)
                if verdict is not None and verdict.kind == "free":
                    self._light_lane(painter, scene, body, lane, overlay.begin, overlay.end)

    def _light_lane(self, painter: QPainter, scene: Scene, body: QRect, lane: Lane, begin: int, end: int) -> None:
        x, y, width, height = span_box(lane, scene.axis, begin, end)
        tint = QColor(FREE_TINT)
        tint.setAlpha(22)
        painter.fillRect(body.left(), scene.origin_y + lane.y, body.width(), lane.height - 1, tint)
        tint.setAlpha(56)
        painter.fillRect(x + scene.origin_x, y + scene.origin_y, width, height, tint)
        tint.setAlpha(200)
        painter.setPen(QPen(tint, 1, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        left = max(x + scene.origin_x, body.left() - 2)
        right = min(x + width + scene.origin_x, body.right() + 2)
        painter.drawRect(left, y + scene.origin_y, right - left - 1, height - 1)

    def _paint_exchanges(self, painter: QPainter, scene: Scene) -> None:
        """Whom the carried person could change beds with."""
        overlay, layout = scene.overlay, scene.layout
        if overlay is None or overlay.bed_verdict is None:
            return
        for row in layout.rows_between(scene.scroll_y, scene.scroll_y + scene.body_height):
            for lane in row.lanes:
                verdict = overlay.bed_verdict(lane.bed_id)
                if verdict is not None and verdict.kind == "swap" and verdict.other is not None:
                    box = layout.bar_box(verdict.other, scene.axis)
                    if box is not None:
                        self._frame(painter, scene, box, SWAP_TINT, 1, Qt.PenStyle.DashLine)

    def _paint_frames(self, painter: QPainter, scene: Scene) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stay_id in scene.selected:
            bar = scene.index.bar(stay_id)
            box = scene.layout.bar_box(bar, scene.axis) if bar is not None else None
            if box is not None:
                self._frame(painter, scene, box, TOKENS.primary_pressed, 2)
        if scene.cursor is not None:
            lane = scene.layout.lanes.get(scene.cursor[0])
            if lane is not None:
                self._paint_cursor(painter, scene, lane, scene.cursor[1])
        self._paint_exchanges(painter, scene)
        if scene.overlay is not None:
            for ghost in scene.overlay.ghosts:
                self._paint_ghost(painter, scene, ghost)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_cursor(self, painter: QPainter, scene: Scene, lane: Lane, night: int) -> None:
        """A frame around a free cell; under a bar only a stroke, which leaves its text alone."""
        x, y, width, height = span_box(lane, scene.axis, night, night + 1)
        color = TOKENS.primary if scene.focused else TOKENS.text_hint
        if not scene.index.spans_between(lane.bed_id, night, night + 1):
            self._frame(painter, scene, (x, y, width, height), color, 2 if scene.focused else 1)
        elif x + width + scene.origin_x > FIRST_COLUMN:
            left = max(x + scene.origin_x, FIRST_COLUMN)
            right = x + width + scene.origin_x
            painter.fillRect(left, y + scene.origin_y + height - 4, right - left, 3, self._color(color))

    def _frame(
        self,
        painter: QPainter,
        scene: Scene,
        box: tuple[int, int, int, int],
        color: str,
        width: int,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        x, y, wide, high = box
        left = max(x + scene.origin_x, FIRST_COLUMN - 4)
        right = min(x + wide + scene.origin_x, scene.width + 4)
        if left < right:
            painter.setPen(QPen(self._color(color), width, style))
            half = width / 2
            painter.drawRoundedRect(
                QRectF(left + half, y + scene.origin_y + half, right - left - width, high - width), 4, 4
            )

    def _paint_ghost(self, painter: QPainter, scene: Scene, ghost: Ghost) -> None:
        lane = scene.layout.lanes.get(ghost.bed_id)
        if lane is None:
            return
        x, y, width, height = span_box(lane, scene.axis, ghost.begin, ghost.end)
        left = max(x + scene.origin_x, FIRST_COLUMN - 4)
        right = min(x + width + scene.origin_x, scene.width + 4)
        if right <= left:
            return
        box = QRectF(left + 1, y + scene.origin_y + 1, right - left - 2, height - 2)
        color = _TINTS[ghost.verdict.kind]
        fill = QColor(TOKENS.card)
        fill.setAlpha(235)
        painter.setPen(QPen(color, 2))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 4, 4)
        if ghost.verdict.kind == "no":
            hatch = QColor(color)
            hatch.setAlpha(70)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        mark = icons.pixmap(_ICONS[ghost.verdict.kind], 14, color.name(), self.sprites.ratio)
        at = max(left + 7, FIRST_COLUMN + 6)
        painter.drawPixmap(QPointF(at, y + scene.origin_y + (height - 14) / 2), mark)
        painter.setPen(color.darker(130))
        painter.setFont(theme.font(TOKENS.px_label, bold=True))
        words = QRectF(at + 18, y + scene.origin_y, right - at - 22, height)
        if words.width() > 8:
            painter.drawText(words, _LEFT, ghost.name)

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
                for lane in row.lanes:
                    verdict = overlay.bed_verdict(lane.bed_id)
                    if verdict is not None and verdict.kind in ("free", "swap"):
                        painter.fillRect(
                            FIRST_COLUMN - 5, scene.origin_y + lane.y + 1, 4, lane.height - 2, _TINTS[verdict.kind]
                        )
            if overlay.room_verdict is not None:
                self._paint_room_verdict(painter, scene, row, y)
        painter.fillRect(FIRST_COLUMN - 1, clip.top(), 1, clip.height() + 1, self._color(TOKENS.line_strong))

    def _paint_room_verdict(self, painter: QPainter, scene: Scene, row: Row, y: int) -> None:
        overlay = scene.overlay
        assert overlay is not None
        assert overlay.room_verdict is not None
        assert row.room_id is not None
        verdict = overlay.room_verdict(row.room_id)
        if verdict is None:
            return
        hovered = row.room_id == overlay.target_room
        if verdict.kind == "no" and not hovered:
            return
        color = QColor(_TINTS[verdict.kind])
        color.setAlpha(60 if hovered else 28)
        painter.fillRect(0, y, FIRST_COLUMN - 1, row.height - 1, color)
        if hovered or row.room_id == overlay.source_room:
            painter.setPen(QPen(_TINTS[verdict.kind], 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(1, y + 1, FIRST_COLUMN - 4, row.height - 4)

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
