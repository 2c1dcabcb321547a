"""床位预测: the beds the year's classes want, night by night, and where there are too few."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.columns import Column, chinese_date, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.forecast import ClassDemand, Forecast, Shortage
from dangxiao_houqin.modules.accommodation.queries.forecast import read_forecast
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, FigureTile, label, row

from .forecast_chart import ForecastChart
from .period_bar import PeriodBar

SHORTAGE_COLUMNS: tuple[Column[Shortage], ...] = (
    Column("words", "夜晚", lambda r: r.words, width=150, sortable=False),
    Column("nights", "晚数", lambda r: r.nights, "int", width=56),
    Column("short", "最多缺", lambda r: r.short, "int", width=72),
    Column("demand", "需 / 可用", lambda r: f"{r.demand} / {r.beds}", width=96, align="right", sortable=False),
    Column("classes", "班次", lambda r: "、".join(r.classes), width=150, sortable=False),
)

CLASS_COLUMNS: tuple[Column[ClassDemand], ...] = (
    Column("name", "班次", lambda r: r.name, width=176),
    Column("start", "报到", lambda r: r.start, "date", width=100),
    Column("end", "离校", lambda r: r.end, "date", width=100),
    Column("people", "每晚(人)", lambda r: r.people, "int", width=76),
    Column("unknown", "名单未到", lambda r: r.unknown or None, "int", width=80),
    Column("bed_nights", "床晚", lambda r: r.bed_nights, "int", width=70, hidden=True),
)


class _Rows:
    """What a table shows, from the forecast at hand."""

    def __init__(self, columns: tuple[Column[Shortage], ...] | tuple[Column[ClassDemand], ...]) -> None:
        self.columns = columns
        self.rows: tuple[object, ...] = ()

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[object]:
        return list_in_memory(self.rows, self.columns, query)  # type: ignore[arg-type]


def _today(ctx: Ctx) -> date:
    return ctx.today()


class ForecastPage(Page):
    """The nights of a year with their demand, the ranges that lack beds, and the classes that want them."""

    title = "床位预测"
    context = "按班次的计划人数和名单推算每晚要住多少人；新建班次保存前也按它核对床位"
    watches = frozenset({"stay", "bed_night", "room", "bed", "room_outage", "training_class", "enrollment"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self.forecast: Forecast | None = None
        self.period = PeriodBar(SystemClock().today(), own_days=False)  # the program's own day comes with reload
        self.period.changed.connect(self._period_changed)
        self._known_day = False
        self.worst = FigureTile("缺床", "triangle-alert", "error", "张")
        self.short = FigureTile("缺床的夜晚", "moon", "warning", "晚")
        self.peak = FigureTile("人最多的一晚", "users", "primary", "人")
        self.beds = FigureTile("可用床位", "bed-double", "success", "张")
        tiles = row(spacing=12)
        for tile in (self.worst, self.short, self.peak, self.beds):
            tile.layout().setContentsMargins(16, 8, 16, 8)  # type: ignore[union-attr]
            tiles.addWidget(tile, 1)
        chart_card = Card()
        chart_card.layout().setContentsMargins(16, 8, 16, 6)  # type: ignore[union-attr]
        self.chart = ForecastChart()
        self.chart.picked.connect(self._night_picked)
        chart_card.body.addWidget(self.chart, 1)
        self._shortage_rows, self._class_rows = _Rows(SHORTAGE_COLUMNS), _Rows(CLASS_COLUMNS)
        self.shortages = ListTable(
            self.runner,
            "accommodation.shortages",
            SHORTAGE_COLUMNS,
            self._shortage_rows,
            _shortage_id,
            title="缺床的日期",
            search=None,
            unit="段",
            compact=True,
            empty=Empty("没有缺床的夜晚", "按现在的班次和床位，每晚都住得下。", icon="circle-check"),
        )
        self.classes = ListTable(
            self.runner,
            "accommodation.class_demand",
            CLASS_COLUMNS,
            self._class_rows,
            _class_id,
            title="要住宿的班次",
            search=None,
            unit="个班次",
            compact=True,
            empty=Empty("这段时间没有要住宿的班次", "在“培训班次”里新建班次后，这里就会推算。", icon="graduation-cap"),
        )
        self.shortages.opened.connect(self._open_shortage)
        self.classes.opened.connect(self._open_class)
        below = row(spacing=16)
        below.addWidget(_titled(self.shortages), 1)
        below.addWidget(_titled(self.classes), 1)
        self.note = label("", "hint", wrap=True)
        self.action_row.addWidget(self.period)
        self.body.setSpacing(12)
        self.body.addLayout(tiles)
        self.body.addWidget(chart_card, 5)
        self.body.addLayout(below, 4)
        self.body.addWidget(self.note)

    # ------------------------------------------------------------------ asking
    def reload(self) -> None:
        if not self._known_day:
            self.query(_today, ok=self._have_today)
        else:
            self._ask()

    @Slot(object)
    def _have_today(self, today: date) -> None:
        if not self._known_day:
            self._known_day = True
            self.period.set_today(today)
        self._ask()

    def _ask(self) -> None:
        self.query(read_forecast, self.period.start, self.period.end, ok=self._show)

    @Slot(date, date)
    def _period_changed(self, _start: date, _end: date) -> None:
        self._ask()

    # ------------------------------------------------------------------ showing
    @Slot(object)
    def _show(self, forecast: Forecast) -> None:
        if forecast.start != self.period.start or forecast.end != self.period.end:
            return  # an answer to an earlier question
        self.forecast = forecast
        self.chart.set_forecast(forecast)
        worst = max(forecast.shortages, key=lambda each: each.short, default=None)
        if worst is None:
            self.worst.set_figure("0", "每晚都住得下" if forecast.beds_known else "还没有录入床位")
        else:
            self.worst.set_figure(
                str(worst.short), f"{worst.words}：需 {worst.demand}，可用 {worst.beds}", note_icon="warning"
            )
        several = f"分 {len(forecast.shortages)} 段" if forecast.shortages else ""
        self.short.set_figure(str(forecast.short_nights), several)
        if (peak := forecast.peak) is None:
            self.peak.set_figure("0", "今后没有要住宿的班次")
        else:
            into = f"，动用机动 {peak.into_reserve} 张" if peak.into_reserve else ""
            self.peak.set_figure(str(peak.demand), f"{chinese_date(peak.night)}{into}")
        coming = [night for night in forecast.nights if night.night >= forecast.today] or list(forecast.nights)
        first = coming[0]
        self.beds.set_figure(str(first.beds), f"其中机动 {first.reserve} 张，停用 {first.closed} 张")
        self._shortage_rows.rows, self._class_rows.rows = forecast.shortages, forecast.classes
        self.shortages.refresh()
        self.classes.refresh()
        self.note.setText(_note(forecast))

    # ------------------------------------------------------------------ opening
    @Slot(object)
    def _open_class(self, row_: ClassDemand) -> None:
        self._desk.open(Ref("training_class", row_.class_id))

    @Slot(object)
    def _open_shortage(self, row_: Shortage) -> None:
        """The month of a shortage, large."""
        month = row_.start.replace(day=1)
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        self.period.set_period(month, following)
        self._ask()

    @Slot(date)
    def _night_picked(self, night: date) -> None:
        """Who sleeps here that night."""
        self._desk.go("accommodation.stays", when=("on", night))


def _note(forecast: Forecast) -> str:
    """What the numbers do not know."""
    parts = ["要住的人 = 名单上住宿的人；名单未到齐的班次按计划人数。今天以前是实际占用的床位。"]
    if any(night.unknown for night in forecast.nights):
        parts.append("没有名单的班次男女未定：同房须同性别")
        if forecast.half_rooms:
            parts[-1] += f"，最不利时一晚还会少 {forecast.half_rooms} 张床"
        parts[-1] += "。"
    return "".join(parts)


def _titled(table: ListTable) -> QWidget:
    table.tools.insertWidget(0, label(table.title, "cardTitle"))
    table.chooser_button.hide()
    table.setMinimumHeight(204)
    return table


def _shortage_id(row_: Shortage) -> date:
    return row_.start


def _class_id(row_: ClassDemand) -> int:
    return row_.class_id
