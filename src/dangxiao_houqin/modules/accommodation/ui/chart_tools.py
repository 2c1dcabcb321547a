"""The line above the room chart: what to see of the house, and which days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation.domain import ChartData
from dangxiao_houqin.modules.training.api import ClassRow
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.date_field import CalendarPopup
from dangxiao_houqin.ui.filters import Filter, FilterBar
from dangxiao_houqin.ui.widgets import Card, Segmented, button, row, tool_button

from .chart import ChartFilter, RoomChart

ZOOM_KEY = "accommodation/chart_zoom"


class ChartTools(Card):
    """Filters and zoom of one chart; ``days``, which goes forward and back, stands in the page's head."""

    day_wanted = Signal(object)
    """The chart is to begin at this day, whose nights may have to be read first."""
    lanes_toggled = Signal()

    def __init__(self, chart: RoomChart) -> None:
        super().__init__(padding=8)
        self._chart = chart
        self._data: ChartData | None = None
        self._choices: tuple[Any, ...] = ()
        self._classes: Mapping[int, ClassRow] = {}
        self.filters = FilterBar(
            (
                Filter("building_id", "楼栋", all_text="全部楼栋"),
                Filter("floor_id", "楼层", all_text="全部楼层"),
                Filter("room_type", "房型", all_text="全部房型"),
                Filter("class_id", "班次", all_text="全部班次"),
                Filter("free", "空床", (("tonight", "今晚有空床"), ("week", "一周都有空床")), all_text="不限空床"),
            )
        )
        self.filters.changed.connect(self._filtered)
        self.zoom = Segmented(((7, "7 天"), (14, "14 天"), (30, "30 天"), (0, "按班次")), name="时间范围")
        self.zoom.changed.connect(self._zoom)
        self.month = button("", self._pick_day, tooltip="选择日期")
        self.month.setMinimumWidth(172)
        self.lanes_button = tool_button("inbox", "显示或隐藏未分配和暂存区", self.lanes_toggled)
        self.types_button = tool_button("layers", "表头按房型显示空床", self._toggle_types)
        self.expand_button = tool_button("list-filter", "展开或收起全部房间", self._toggle_rooms)
        self.body.addLayout(
            row(self.filters, None, self.zoom, self.types_button, self.expand_button, self.lanes_button, spacing=6)
        )
        self.days = QWidget()
        self.days.setObjectName("plain")
        self.days.setLayout(
            row(
                tool_button("chevron-left", "向前（Alt+←）", self._earlier, shortcut="Alt+Left"),
                self.month,
                tool_button("chevron-right", "向后（Alt+→）", self._later, shortcut="Alt+Right"),
                button("今天", self._today, tooltip="回到今天"),
                spacing=4,
            )
        )
        chart.seen_changed.connect(self._seen)
        chart.zoom_changed.connect(self.zoom.set_value)
        start = int(settings.read(ZOOM_KEY, "14"))
        if start in (7, 14, 30):
            self.zoom.set_value(start)
            chart.set_zoom(start)

    # ------------------------------------------------------------------ choices
    def set_classes(self, classes: Mapping[int, ClassRow]) -> None:
        """The classes to choose from."""
        self._classes = classes
        self.filters.set_choices("class_id", [(c.id, f"{c.code} {c.name}") for c in classes.values() if c.lodging])

    def set_data(self, data: ChartData) -> None:
        """Buildings, floors and types as the house has them."""
        self._data = data
        self._fill_choices()
        self._seen(*self._chart.seen)

    def _fill_choices(self) -> None:
        data = self._data
        if data is None:
            return
        buildings = {p.building_id: p.building_name for p in data.beds}
        chosen = self.filters.values().get("building_id")
        several = len(buildings) > 1 and chosen is None
        floors = {
            p.floor_id: f"{p.building_name}{p.floor_name}" if several else p.floor_name
            for p in data.beds
            if chosen in (None, p.building_id)
        }
        types = sorted({p.room_type for p in data.beds})
        choices = (tuple(buildings.items()), tuple(floors.items()), tuple(types))
        if choices == self._choices:
            return
        self._choices = choices
        self.filters.set_choices("building_id", list(buildings.items()))
        self.filters.set_choices("floor_id", list(floors.items()))
        self.filters.set_choices("room_type", [(t, t) for t in types])

    # ------------------------------------------------------------------ looking around
    @Slot(object, object)
    def _seen(self, first: date, end: date) -> None:
        last = end - timedelta(days=1)
        this_year = self._data is not None and first.year == last.year == self._data.today.year
        self.month.setText(f"{chinese_date(first, year=not this_year)} – {chinese_date(last, year=not this_year)}")

    @Slot(dict)
    def _filtered(self, values: dict[str, Any]) -> None:
        today = self._data.today if self._data is not None else None
        free = None
        if values.get("free") and today is not None:
            free = (today, today + timedelta(days=1 if values["free"] == "tonight" else 7))
        before = self._chart.filter.class_id
        self._chart.set_filter(
            ChartFilter(
                building_id=values.get("building_id"),
                floor_id=values.get("floor_id"),
                room_type=values.get("room_type"),
                class_id=values.get("class_id"),
                free=free,
            )
        )
        if self._data is not None:
            self._fill_choices()
        if values.get("class_id") not in (None, before):
            self.fit_class(values["class_id"])

    def fit_class(self, class_id: int) -> None:
        school = self._classes.get(class_id)
        if school is None:
            return
        self.day_wanted.emit(school.arrive_on)
        self._chart.fit(school.arrive_on, school.leave_on + timedelta(days=1))

    @Slot(object)
    def _zoom(self, days: int) -> None:
        if days:
            self._chart.set_zoom(days)
            settings.write(ZOOM_KEY, str(days))
            return
        chosen = self.filters.values().get("class_id") or self._class_of_selection()
        if chosen is None:
            messages.toast(self, "请先在左边选择一个班次，或点一下该班学员的色块。", tone="primary")
            self.zoom.set_value(self._chart.zoom)
        else:
            self.fit_class(chosen)

    def _class_of_selection(self) -> int | None:
        return next((bar.class_id for bar in self._chart.selected if bar.class_id is not None), None)

    @Slot()
    def _earlier(self) -> None:
        first, end = self._chart.seen
        self.day_wanted.emit(first - timedelta(days=max(1, (end - first).days // 2)))

    @Slot()
    def _later(self) -> None:
        first, end = self._chart.seen
        self.day_wanted.emit(first + timedelta(days=max(1, (end - first).days // 2)))

    @Slot()
    def _today(self) -> None:
        if self._data is not None:
            self.day_wanted.emit(self._data.today)

    @Slot()
    def _pick_day(self) -> None:
        if self._data is not None:
            popup = CalendarPopup(self._chart.seen[0], self._data.today, self.month)
            popup.picked.connect(self._picked)
            popup.open_below(self.month)

    @Slot(object)
    def _picked(self, day: date) -> None:
        self.day_wanted.emit(day)

    @Slot()
    def _toggle_types(self) -> None:
        self._chart.set_type_heads(not self._chart.type_heads)

    @Slot()
    def _toggle_rooms(self) -> None:
        if self._chart.expanded:
            self._chart.collapse_all()
        else:
            self._chart.expand_all()
