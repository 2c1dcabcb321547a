"""The painted surface of the room chart: data, rows, zoom, scrolling and painting, but no hands yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from dangxiao_houqin.modules.accommodation.domain import ChartData

from .index import ChartIndex
from .layout import ChartFilter, ChartLayout, DayAxis, Hit, Row
from .painting import ChartPainter
from .scene import DAY_HEAD, FIRST_COLUMN, FREE_HEAD, Overlay, Scene

ZOOMS = (7, 14, 30)


class ChartSurface(QAbstractScrollArea):
    """Shows :class:`ChartData`; what of it and how large is chosen here."""

    zoom_changed = Signal(int)
    filter_changed = Signal()
    seen_changed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
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
        self._seen: tuple[int, int] = (0, 0)
        self._show_first: date | None = None
        self._painter: ChartPainter | None = None
        self.scene = Scene(index, ChartLayout(index, self._filter, self._expanded), DayAxis(index.first, 0, 60))
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)

    # ------------------------------------------------------------------ data
    def take_data(self, data: ChartData) -> None:
        """Show ``data`` where the chart is scrolled to; the first time, at today."""
        first_time = not self._has_data
        self._has_data = True
        seen_day = date.fromordinal(self.scene.seen[0]) if not first_time else None
        within = self.scene.scroll_x % self.scene.axis.column
        self.scene.index = ChartIndex(data)
        self.scene.axis = DayAxis(self.index.first, self.index.end - self.index.first, self.scene.axis.column)
        self._lay_out()
        if first_time:
            self._show_first = data.today
            self._apply_zoom()
        elif seen_day is not None:
            self.horizontalScrollBar().setValue(self.scene.axis.x(seen_day.toordinal()) + within)

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
        if self.scene.cursor is not None and self.scene.cursor[0] not in self.scene.layout.lanes:
            self.scene.cursor = None
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

    def hit_at(self, place: QPoint) -> Hit | None:
        """What lies under a point of the viewport; ``None`` on the heads."""
        scene = self.scene
        if place.y() < scene.head_height:
            return None
        hit = scene.layout.hit(place.x() - scene.origin_x, place.y() - scene.origin_y, scene.axis)
        return replace(hit, bar=None, edge="") if place.x() < FIRST_COLUMN else hit

    def show_overlay(self, overlay: Overlay | None) -> None:
        """Light up what a drag lights up."""
        self.scene.overlay = overlay
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio, width = self.devicePixelRatioF(), self.viewport().width()
        if self._painter is None or not self._painter.fits(ratio, width):
            self._painter = ChartPainter(ratio, width)
        painter = QPainter(self.viewport())
        self._painter.paint(painter, self.scene, event.rect())
        painter.end()
