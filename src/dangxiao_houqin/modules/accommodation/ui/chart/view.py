"""The room chart: rooms × nights as one painted scroll area, worked by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from dangxiao_houqin.modules.accommodation.domain import Bar, ChartData

from .carrying import Rules
from .gestures import Gestures
from .intents import Person
from .keys import Keyboard
from .layout import Hit, span_box
from .scene import DAY_HEAD, FIRST_COLUMN
from .surface import ChartSurface
from .tips import words_at
from .words import cell_words


class RoomChart(ChartSurface):
    """Shows :class:`ChartData` and says by :attr:`intended` what somebody wants changed; changes nothing itself."""

    intended = Signal(object)
    opened = Signal(object)
    menu_asked = Signal(object, int, object, QPoint)
    selection_changed = Signal()
    refused = Signal(str)
    described = Signal(str)
    lanes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roomChart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("房态图：方向键移动，回车打开，M 搬动，R 整间对调，P 暂存，空格展开房间")
        self._told = ""
        self._parking: list[Callable[[QPoint], bool]] = []
        self._parking_lit: list[Callable[[bool], None]] = []
        self.editable = True
        self.gestures = Gestures(self)
        self.keyboard = Keyboard(self)
        for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
            bar.valueChanged.connect(self.gestures.hide_note)

    def set_data(self, data: ChartData) -> None:
        """Show ``data``; scroll, selection, expansion, cursor and a running drag stay."""
        self.take_data(data)
        kept = frozenset(s for s in self.scene.selected if self.index.bar(s) is not None)
        lost = kept != self.scene.selected
        self.scene.selected = kept
        self.gestures.refresh()
        self.lanes_changed.emit()
        self.viewport().update()
        if lost:
            self.selection_changed.emit()

    def set_rules(
        self,
        *,
        judge: Callable[[Person, int, date, date], str],
        judge_swap: Callable[[Bar, Bar], str],
        judge_rooms: Callable[[int, int, date], str],
    ) -> None:
        """How targets are judged: each answers with an empty text, or with one sentence why not."""
        self.gestures.rules = Rules(judge, judge_swap, judge_rooms)

    def set_editable(self, editable: bool) -> None:
        """Whether anything may be dragged or carried."""
        self.editable = editable
        if not editable:
            self.cancel()

    def show_bar(self, stay_id: int) -> bool:
        """Scroll to a stay, select it and put the cursor there; ``False`` when it is not shown."""
        bar = self.index.bar(stay_id)
        if bar is None or bar.bed_id not in self.scene.layout.lanes:
            return False
        night = min(max(bar.arrive.toordinal(), self.index.first), self.index.end - 1)
        self.select(stay_id)
        self.set_cursor(bar.bed_id, night)
        return True

    # ------------------------------------------------------------------ selection and cursor
    @property
    def selected(self) -> tuple[Bar, ...]:
        found = (self.index.bar(stay_id) for stay_id in sorted(self.scene.selected))
        return tuple(bar for bar in found if bar is not None)

    def select(self, *stay_ids: int) -> None:
        """Select just these stays."""
        if frozenset(stay_ids) != self.scene.selected:
            self.scene.selected = frozenset(stay_ids)
            self.viewport().update()
            self.selection_changed.emit()

    @property
    def cursor_cell(self) -> tuple[int, date] | None:
        """Bed and night of the keyboard's cursor."""
        cursor = self.scene.cursor
        return (cursor[0], date.fromordinal(cursor[1])) if cursor is not None else None

    @property
    def current(self) -> Bar | None:
        """Who lies under the cursor."""
        cell = self.cursor_cell
        return self.index.bar_on(*cell) if cell is not None else None

    def set_cursor(self, bed_id: int, ordinal: int, *, scroll: bool = True) -> None:
        """Put the cursor on a night of a bed and say what is there."""
        ordinal = min(max(ordinal, self.index.first), self.index.end - 1)
        self.scene.cursor = (bed_id, ordinal)
        if scroll:
            self.reveal(bed_id, ordinal)
        place, day = self.index.places[bed_id], date.fromordinal(ordinal)
        bar, outage = self.index.bar_on(bed_id, day), self.index.closure_on(bed_id, day)
        self.tell(cell_words(place, day, bar, outage, self.data.today))
        self.viewport().update()

    def tell(self, text: str) -> None:
        """Say ``text`` to the status line and to a screen reader."""
        if text != self._told:
            self._told = text
            self.setAccessibleDescription(text)
            self.described.emit(text)

    # ------------------------------------------------------------------ dragging
    def begin_carry(self, person: Person, from_night: date | None = None) -> None:
        """Let the arrow keys or a click choose a bed for somebody, for the nights from ``from_night`` on (搬到…)."""
        self.keyboard.carry(person, from_night)

    def begin_room_carry(self, room_id: int) -> None:
        """Let the arrow keys or a click choose the room to change with (整间对调…)."""
        row = self.scene.layout.room_rows.get(room_id)
        if row is not None:
            self.set_cursor(row.lanes[0].bed_id, self.index.tonight.toordinal())
            self.keyboard.carry_room()

    def cancel(self) -> None:
        """End a drag or carry without a change."""
        self.gestures.cancel()

    @property
    def bubble_text(self) -> str:
        """What the note at the pointer says now."""
        return self.gestures.bubble_text

    def add_parking(self, contains: Callable[[QPoint], bool], light: Callable[[bool], None]) -> None:
        """A widget that takes parked bars: whether a global point lies on it, and how it is lit."""
        self._parking.append(contains)
        self._parking_lit.append(light)

    def parking_at(self, place: QPoint) -> bool:
        return any(contains(place) for contains in self._parking)

    def show_parking_target(self, lit: bool) -> None:
        for light in self._parking_lit:
            light(lit)

    def below_bed(self, bed_id: int) -> QPoint:
        """A global point below the cursor's cell, where a note can stand."""
        scene, lane = self.scene, self.scene.layout.lanes[bed_id]
        ordinal = scene.cursor[1] if scene.cursor is not None else scene.seen[0]
        x, y, _, height = span_box(lane, scene.axis, ordinal, ordinal + 1)
        x = min(max(x + scene.origin_x, FIRST_COLUMN), scene.width - 40)
        return self.viewport().mapToGlobal(QPoint(x, y + scene.origin_y + height - 14))

    # ------------------------------------------------------------------ events
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self.gestures.running:
            if event.button() is not Qt.MouseButton.LeftButton:
                self.cancel()
            elif self.gestures.mode == "keys":
                hit = self.hit_at(place)
                if hit is not None and hit.bed_id is not None:
                    self.set_cursor(hit.bed_id, hit.day, scroll=False)
                    self.gestures.aim()
                    self.gestures.drop_by_keys()
            return
        if event.button() is not Qt.MouseButton.LeftButton or not self._has_data:
            return
        QToolTip.hideText()
        self.gestures.hide_note()
        hit = self.hit_at(place)
        if hit is not None and hit.bed_id is not None and place.x() >= FIRST_COLUMN:
            self.set_cursor(hit.bed_id, hit.day, scroll=False)
            self._select_by_click(hit, event.modifiers())
        self.gestures.press(place, hit)

    def _select_by_click(self, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        more = bool(modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        if hit.bar is None:
            if not more:
                self.select()
        elif more:
            self.select(*(self.scene.selected ^ {hit.bar.stay_id}))
        else:
            self.select(hit.bar.stay_id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton and self.gestures.mode != "keys":
            self.gestures.move(place, event.modifiers())
        elif not self.gestures.running:
            self._shape_pointer(place)
        elif self.gestures.mode == "keys":
            self._aim_by_mouse(place)
        else:  # the button was let go where nobody told us
            self.cancel()

    def _aim_by_mouse(self, place: QPoint) -> None:
        """While somebody is carried after a menu, the pointer aims too and a click drops."""
        hit = self.hit_at(place)
        if (
            hit is not None
            and hit.bed_id is not None
            and (self.scene.cursor is None or hit.bed_id != self.scene.cursor[0])
        ):
            self.set_cursor(hit.bed_id, hit.day, scroll=False)
            self.gestures.aim()

    def _shape_pointer(self, place: QPoint) -> None:
        hit, shape = self.hit_at(place), Qt.CursorShape.ArrowCursor
        if hit is not None and place.x() < FIRST_COLUMN:
            shape = Qt.CursorShape.PointingHandCursor
        elif hit is not None and hit.bar is not None and self.editable:
            arrived = hit.edge == "start" and hit.bar.arrived
            shape = Qt.CursorShape.SizeHorCursor if hit.edge and not arrived else Qt.CursorShape.OpenHandCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self.gestures.mode in ("", "keys"):
            return
        if self.gestures.release():
            return
        place = event.position().toPoint()
        if place.x() < FIRST_COLUMN:
            self._click_first_column(place)

    def _click_first_column(self, place: QPoint) -> None:
        hit = self.hit_at(place)
        if hit is None:
            if place.y() >= DAY_HEAD and len(self.index.types) > 1:
                self.set_type_heads(not self.type_heads)
        elif hit.room_id is not None:
            self.toggle(hit.room_id)
        elif hit.row is not None:
            rows = self.scene.layout.room_rows.values()
            self.toggle(*(r.room_id for r in rows if r.floor_id == hit.row.floor_id and r.room_id is not None))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        hit = self.hit_at(place)
        self.gestures.cancel()
        if event.button() is Qt.MouseButton.LeftButton and hit is not None and hit.bar is not None:
            self.opened.emit(hit.bar)
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self.keyboard.ask_menu()
            return
        place = event.pos()
        hit = self.hit_at(place)
        if hit is None or hit.bed_id is None or self.gestures.running or place.x() < FIRST_COLUMN:
            return
        self.set_cursor(hit.bed_id, hit.day, scroll=False)
        if hit.bar is None:
            self.select()
        elif hit.bar.stay_id not in self.scene.selected:
            self.select(hit.bar.stay_id)
        self.menu_asked.emit(hit.bar, hit.bed_id, date.fromordinal(hit.day), event.globalPos())

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        modifiers = event.modifiers()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            if delta:
                keep = max(0, int(event.position().x()) - FIRST_COLUMN)
                self.zoom_in(keep_x=keep) if delta > 0 else self.zoom_out(keep_x=keep)
            event.accept()
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - delta * max(self.scene.axis.column, 60) // 120)
            event.accept()
        else:
            pixels, angle = event.pixelDelta(), event.angleDelta()
            across, down = self.horizontalScrollBar(), self.verticalScrollBar()
            step = pixels if not pixels.isNull() else QPoint(angle.x() * 72 // 120, angle.y() * 72 // 120)
            across.setValue(across.value() - step.x())
            down.setValue(down.value() - step.y())
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.keyboard.press(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.scene.focused = True
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.scene.focused = False
        self.viewport().update()

    def hideEvent(self, event: QHideEvent) -> None:
        self.cancel()
        super().hideEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = "" if self.gestures.running else self.words_at(event.pos())
            if text:
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def words_at(self, place: QPoint) -> str:
        """The tooltip under a point of the viewport."""
        return words_at(self, place, editable=self.editable)
