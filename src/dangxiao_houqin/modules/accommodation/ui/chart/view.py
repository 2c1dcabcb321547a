"""The room chart: rooms × nights as one painted scroll area."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from dangxiao_houqin.modules.accommodation.domain import Bar, ChartData

from .carrying import Rules
from .gestures import Gestures
from .head_cells import holiday_name
from .index import ChartIndex
from .intents import Person
from .keys import Keyboard
from .layout import ChartFilter, ChartLayout, DayAxis, Hit, Row, span_box
from .painting import ChartPainter
from .scene import DAY_HEAD, FIRST_COLUMN, FREE_HEAD, Overlay, Scene
from .words import bed_text, cell_words, day_text, outage_words, tooltip

ZOOMS = (7, 14, 30)


class RoomChart(QAbstractScrollArea):
    """Shows :class:`ChartData` and says by :attr:`intended` what somebody wants changed; changes nothing itself."""

    intended = Signal(object)
    opened = Signal(object)
    menu_asked = Signal(object, int, object, QPoint)
    selection_changed = Signal()
    zoom_changed = Signal(int)
    filter_changed = Signal()
    seen_changed = Signal(object, object)
    refused = Signal(str)
    described = Signal(str)
    lanes_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("roomChart")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("房态图：方向键移动，回车打开，M 搬动，R 整间对调，P 暂存，空格展开房间")
        viewport = self.viewport()
        viewport.setMouseTracking(True)
        viewport.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(FIRST_COLUMN + 200, DAY_HEAD + FREE_HEAD + 80)
        nothing = date(2000, 1, 1)
        index = ChartIndex(ChartData(nothing, nothing, nothing, (), ()))
        self._has_data = False
        self._zoom = 14
        self._fitted: tuple[date, date] | None = None
        self._filter = ChartFilter()
        self._expanded: frozenset[int] = frozenset()
        self._told = ""
        self._seen: tuple[int, int] = (0, 0)
        self._show_first: date | None = None
        self._painter: ChartPainter | None = None
        self._parking: list[Callable[[QPoint], bool]] = []
        self._parking_lit: list[Callable[[bool], None]] = []
        self.editable = True
        self.scene = Scene(index, ChartLayout(index, self._filter, self._expanded), DayAxis(index.first, 0, 60))
        self.gestures = Gestures(self)
        self.keyboard = Keyboard(self)
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # ------------------------------------------------------------------ data
    def set_data(self, data: ChartData) -> None:
        """Show ``data``; scroll, selection, expansion, cursor and a running drag stay."""
        first_time = not self._has_data
        self._has_data = True
        seen_day = date.fromordinal(self.scene.seen[0]) if not first_time else None
        within = self.scene.scroll_x % self.scene.axis.column
        self.scene.index = ChartIndex(data)
        kept = frozenset(s for s in self.scene.selected if self.index.bar(s) is not None)
        lost = kept != self.scene.selected
        self.scene.selected = kept
        self.scene.axis = DayAxis(self.index.first, self.index.end - self.index.first, self.scene.axis.column)
        self._lay_out()
        if first_time:
            self._show_first = data.today
            self._apply_zoom()
        elif seen_day is not None:
            self.horizontalScrollBar().setValue(self.scene.axis.x(seen_day.toordinal()) + within)
        cursor = self.scene.cursor
        if cursor is not None and cursor[0] not in self.scene.layout.lanes:
            self.scene.cursor = None
        self.gestures.refresh()
        self.lanes_changed.emit()
        self.viewport().update()
        if lost:
            self.selection_changed.emit()

    @property
    def has_data(self) -> bool:
        return self._has_data

    @property
    def index(self) -> ChartIndex:
        """Look-ups over what is shown."""
        return self.scene.index

    @property
    def data(self) -> ChartData:
        return self.scene.index.data

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

    # ------------------------------------------------------------------ rows
    @property
    def filter(self) -> ChartFilter:
        return self._filter

    def set_filter(self, chosen: ChartFilter) -> None:
        """Show only rooms that pass."""
        if chosen != self._filter:
            self._filter = chosen
            self.scene.class_id = chosen.class_id
            self._lay_out()
            if self.scene.cursor is not None and self.scene.cursor[0] not in self.scene.layout.lanes:
                self.scene.cursor = None
            self.filter_changed.emit()

    @property
    def rooms_shown(self) -> int:
        return len(self.scene.layout.room_rows)

    @property
    def beds_shown(self) -> int:
        return len(self.scene.layout.beds)

    @property
    def expanded(self) -> frozenset[int]:
        """Rooms with a full row for each bed."""
        return self._expanded

    def set_expanded(self, rooms: frozenset[int]) -> None:
        self._expanded = rooms
        self._lay_out()

    def toggle(self, *room_ids: int) -> None:
        """Expand rooms, or collapse them when all are expanded."""
        rooms = frozenset(room_ids)
        self.set_expanded(self._expanded - rooms if rooms <= self._expanded else self._expanded | rooms)

    def expand_all(self) -> None:
        self.set_expanded(frozenset(self.index.rooms))

    def collapse_all(self) -> None:
        self.set_expanded(frozenset())

    @property
    def type_heads(self) -> bool:
        return self.scene.type_heads

    def set_type_heads(self, shown: bool) -> None:
        """Whether the head tells free beds of each type too."""
        self.scene.type_heads = shown
        self._lay_out()

    def _lay_out(self) -> None:
        anchor = self.scene.layout.row_at(self.scene.scroll_y)
        within = self.scene.scroll_y - anchor.y if anchor is not None else 0
        self.scene.layout = ChartLayout(self.index, self._filter, self._expanded)
        self._set_ranges()
        if anchor is not None and anchor.room_id is not None:
            row = self.scene.layout.room_rows.get(anchor.room_id)
            if row is not None:
                self.verticalScrollBar().setValue(row.y + min(within, row.height - 1))
        self.viewport().update()

    def rows_in_sight(self) -> list[Row]:
        """Rows of which something shows."""
        top = self.scene.scroll_y
        return self.scene.layout.rows_between(top, top + self.scene.body_height)

    # ------------------------------------------------------------------ days and zoom
    @property
    def zoom(self) -> int:
        """Nights that fill the width: 7, 14, 30; 0 when a period was fitted."""
        return 0 if self._fitted is not None else self._zoom

    def set_zoom(self, nights: int, *, keep_x: int = 0) -> None:
        """Let 7, 14 or 30 nights fill the width; the night ``keep_x`` px right of the first column stays there."""
        self._fitted = None
        self._zoom = nights
        self._apply_zoom(keep_x=keep_x)
        self.zoom_changed.emit(self.zoom)

    def fit(self, start: date, end: date) -> None:
        """Let the nights ``[start, end)`` fill the width."""
        self._fitted = (start, end)
        self._apply_zoom()
        self.horizontalScrollBar().setValue(self.scene.axis.x(start.toordinal()))
        self.zoom_changed.emit(0)

    def zoom_in(self, *, keep_x: int = 0) -> None:
        """Fewer nights, each wider."""
        smaller = [z for z in ZOOMS if z < self._nights_wanted()]
        if smaller:
            self.set_zoom(smaller[-1], keep_x=keep_x)

    def zoom_out(self, *, keep_x: int = 0) -> None:
        """More nights, each narrower."""
        larger = [z for z in ZOOMS if z > self._nights_wanted()]
        if larger:
            self.set_zoom(larger[0], keep_x=keep_x)

    def _nights_wanted(self) -> int:
        return (self._fitted[1] - self._fitted[0]).days if self._fitted is not None else self._zoom

    def _apply_zoom(self, *, keep_x: int = 0) -> None:
        """Set the column width; the night ``keep_x`` px right of the first column stays there."""
        scene = self.scene
        axis = scene.axis
        under, within = divmod(scene.scroll_x + keep_x, axis.column)
        column = DayAxis.column_for(scene.body_width, self._nights_wanted())
        if column != axis.column:
            within = within * column // axis.column
            scene.axis = replace(axis, column=column)
        self._set_ranges()
        if self._show_first is not None and scene.body_width > 0:
            self.show_day(self._show_first)
        elif column != axis.column:
            self.horizontalScrollBar().setValue(under * column + within - keep_x)
        self.viewport().update()

    def show_day(self, day: date) -> None:
        """Scroll so that ``day`` is the second column."""
        self._show_first = day if self.scene.body_width <= 0 or not self.isVisible() else None
        self.horizontalScrollBar().setValue(self.scene.axis.x(day.toordinal() - 1))

    def show_bar(self, stay_id: int) -> bool:
        """Scroll to a stay, select it and put the cursor there; ``False`` when it is not shown."""
        bar = self.index.bar(stay_id)
        if bar is None or bar.bed_id not in self.scene.layout.lanes:
            return False
        night = min(max(bar.arrive.toordinal(), self.index.first), self.index.end - 1)
        self.select(stay_id)
        self.set_cursor(bar.bed_id, night)
        return True

    @property
    def seen(self) -> tuple[date, date]:
        """Nights ``[first, end)`` that show."""
        first, end = self.scene.seen
        return date.fromordinal(first), date.fromordinal(max(end, first))

    def _set_ranges(self) -> None:
        scene = self.scene
        scene.width, scene.height = self.viewport().width(), self.viewport().height()
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(0, scene.axis.width - scene.body_width))
        across.setPageStep(max(1, scene.body_width))
        across.setSingleStep(scene.axis.column)
        down.setRange(0, max(0, scene.layout.height - scene.body_height))
        down.setPageStep(max(1, scene.body_height))
        down.setSingleStep(24)
        self._read_scroll()

    def _scrolled(self, _value: int) -> None:
        self._read_scroll()
        self.gestures.hide_note()
        self.viewport().update()

    def _read_scroll(self) -> None:
        scene = self.scene
        scene.scroll_x, scene.scroll_y = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        if scene.seen != self._seen:
            self._seen = scene.seen
            self.seen_changed.emit(*self.seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_ranges()
        self._apply_zoom()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Everything is painted anew: heads and texts do not move with the rows."""

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

    def reveal(self, bed_id: int, ordinal: int) -> None:
        """Scroll as little as needed to show a cell."""
        scene, lane = self.scene, self.scene.layout.lanes.get(bed_id)
        if lane is None:
            return
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        if lane.y < scene.scroll_y:
            down.setValue(lane.y - (32 if scene.layout.beds[0] != bed_id else lane.y))
        elif lane.y + lane.height > scene.scroll_y + scene.body_height:
            down.setValue(lane.y + lane.height + 4 - scene.body_height)
        x = scene.axis.x(ordinal)
        if x < scene.scroll_x:
            across.setValue(x)
        elif x + scene.axis.column > scene.scroll_x + scene.body_width:
            across.setValue(x + scene.axis.column - scene.body_width)

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

    def show_overlay(self, overlay: Overlay | None) -> None:
        self.scene.overlay = overlay
        self.viewport().update()

    def stays_on(self, room_id: int, day: date) -> frozenset[int]:
        """Stays that hold the night ``day`` in a room."""
        bars = (self.index.bar_on(place.bed_id, day) for place in self.index.rooms.get(room_id, ()))
        return frozenset(bar.stay_id for bar in bars if bar is not None)

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
    def hit_at(self, place: QPoint) -> Hit | None:
        """What lies under a point of the viewport; ``None`` on the heads."""
        scene = self.scene
        if place.y() < scene.head_height:
            return None
        hit = scene.layout.hit(place.x() - scene.origin_x, place.y() - scene.origin_y, scene.axis)
        return replace(hit, bar=None, edge="") if place.x() < FIRST_COLUMN else hit

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
        if not self._has_data:
            return ""
        if place.y() < self.scene.head_height:
            return self._head_words(place)
        hit = self.hit_at(place)
        if hit is None or hit.bed_id is None:
            return ""
        bed = self.index.places[hit.bed_id]
        if hit.bar is not None:
            return tooltip(hit.bar, bed, self.data.today)
        if place.x() < FIRST_COLUMN:
            return self._room_words(bed.room_id)
        outage = self.index.closure_on(hit.bed_id, date.fromordinal(hit.day))
        return f"{bed_text(bed)}\n{outage_words(outage)}" if outage is not None else ""

    def _head_words(self, place: QPoint) -> str:
        if place.x() < FIRST_COLUMN:
            return "点击显示或隐藏各房型每晚空床" if place.y() >= DAY_HEAD else ""
        day = date.fromordinal(self.scene.axis.clamped(place.x() - self.scene.origin_x))
        mark = self.data.marks.get(day)
        lines = [day_text(day) + (f" {mark.name}" if mark is not None and mark.name else "")]
        if mark is not None and holiday_name(mark):
            lines[0] += "（休）"
        lines.append(f"当晚空床 {self.index.free_on(day) or 0} 张")
        lines += [f"{kind or '未注明房型'} {count} 张" for kind, count in self.index.free_by_type(day).items()]
        return "\n".join(lines)

    def _room_words(self, room_id: int) -> str:
        first = self.index.rooms[room_id][0]
        condition = self.data.conditions.get(room_id, "")
        facts = [
            f"{first.building_name}{first.room_number} {first.room_type}",
            "无障碍房" if first.accessible else "",
            "机动房：最后才安排" if first.reserve else "",
            "" if first.assignable else "不可分配",
            f"房况：{condition}" if condition else "",
            f"{day_text(self.index.tonight)}晚空床 {self.index.free_in_room(room_id, self.index.tonight)} 张",
            "点击展开或收起；拖到另一间房上整间对调" if self.editable else "点击展开或收起",
        ]
        return "\n".join(fact for fact in facts if fact)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio, width = self.devicePixelRatioF(), self.viewport().width()
        if self._painter is None or not self._painter.fits(ratio, width):
            self._painter = ChartPainter(ratio, width)
        painter = QPainter(self.viewport())
        self._painter.paint(painter, self.scene, event.rect())
        painter.end()
