"""What stands out on the chart for a while: selection, cursor, lit targets, ghosts of a drag."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from dangxiao_houqin.ui import icons, theme
from dangxiao_houqin.ui.theme import TOKENS

from .inks import FREE_TINT, NO_TINT, SWAP_TINT
from .layout import Lane, Row, span_box
from .scene import FIRST_COLUMN, Ghost, Scene

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
_TINTS = {"free": QColor(FREE_TINT), "swap": QColor(SWAP_TINT), "no": QColor(NO_TINT), "same": QColor(TOKENS.text_hint)}
_ICONS = {"free": "check", "swap": "arrow-left-right", "no": "ban", "same": "circle"}


class Highlights:
    """Paints them for a screen of ``ratio`` device px per px."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio

    def paint_lit(self, painter: QPainter, scene: Scene, body: QRect, rows: list[Row]) -> None:
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

    def paint_frames(self, painter: QPainter, scene: Scene) -> None:
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
            painter.fillRect(left, y + scene.origin_y + height - 4, right - left, 3, QColor(color))

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
            painter.setPen(QPen(QColor(color), width, style))
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
        mark = icons.pixmap(_ICONS[ghost.verdict.kind], 14, color.name(), self._ratio)
        at = max(left + 7, FIRST_COLUMN + 6)
        painter.drawPixmap(QPointF(at, y + scene.origin_y + (height - 14) / 2), mark)
        painter.setPen(color.darker(130))
        painter.setFont(theme.font(TOKENS.px_label, bold=True))
        words = QRectF(at + 18, y + scene.origin_y, right - at - 22, height)
        if words.width() > 8:
            painter.drawText(words, _LEFT, ghost.name)

    def paint_room(self, painter: QPainter, scene: Scene, row: Row, y: int) -> None:
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

    def paint_bed_marks(self, painter: QPainter, scene: Scene, row: Row) -> None:
        """A strip beside each bed that can be dropped on, also where its nights are out of sight."""
        overlay = scene.overlay
        if overlay is None or overlay.bed_verdict is None:
            return
        for lane in row.lanes:
            verdict = overlay.bed_verdict(lane.bed_id)
            if verdict is not None and verdict.kind in ("free", "swap"):
                tint = _TINTS[verdict.kind]
                painter.fillRect(FIRST_COLUMN - 5, scene.origin_y + lane.y + 1, 4, lane.height - 2, tint)
