"""住宿统计: how full the house was, by month, building, class, kind and year, beside the year before."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QStackedLayout, QWidget

from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.columns import Column, list_in_memory
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.printouts import statistics_of
from dangxiao_houqin.modules.accommodation.queries.statistics import read_summary
from dangxiao_houqin.modules.accommodation.reports import StatisticsSheet, statistics_pdf, statistics_xlsx
from dangxiao_houqin.modules.accommodation.reports.statistics import chart_series, nights, percent, period_words, points
from dangxiao_houqin.modules.accommodation.reports.statistics import warnings as warnings_of
from dangxiao_houqin.modules.accommodation.statistics import FORMULAS, YEAR_DAYS, Figures, Grouping, Line, Summary
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.charts import ColumnChart, Series
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import TextDialog
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.table import Empty, ListTable
from dangxiao_houqin.ui.widgets import Card, FigureTile, Segmented, button, label, row

from .period_bar import PeriodBar

GROUPINGS = (
    (Grouping.MONTH, "月"),
    (Grouping.BUILDING, "楼栋"),
    (Grouping.CLASS, "班次"),
    (Grouping.KIND, "类别"),
    (Grouping.YEAR, "年"),
)
_MOST_BARS = 24
_LONGEST_LABEL = 7


def _before(line: Line) -> float | None:
    return line.before.rate if line.before is not None else None


_NAME = Column[Line]("title", "名称", lambda r: r.title, width=120, sortable=False)
_SLEPT = (
    Column[Line]("slept", "已住床晚", lambda r: r.figures.slept, "int", width=86),
    Column[Line]("slept_rooms", "已住房晚", lambda r: r.figures.slept_rooms, "int", width=86),
    Column[Line]("people", "已住人次", lambda r: r.figures.people, "int", width=86),
    Column[Line](
        "average", "平均住宿", lambda r: nights(r.figures.average_stay), width=86, align="right", sortable=False
    ),
)
RATED_COLUMNS: tuple[Column[Line], ...] = (
    _NAME,
    *_SLEPT,
    Column("available", "可用床晚", lambda r: r.figures.available, "int", width=90),
    Column("rate", "入住率", lambda r: r.figures.rate, "percent", width=76),
    Column("before", "上年同期", _before, "percent", width=86),
    Column("change", "同比(点)", lambda r: points(r.change), width=86, align="right", sortable=False),
    Column("booked", "已订床晚", lambda r: r.figures.booked, "int", width=86),
    Column("booked_rate", "预订率", lambda r: r.figures.booked_rate, "percent", width=76),
    Column("unconfirmed", "未登记床晚", lambda r: r.figures.unconfirmed, "int", width=96),
)


class _Lines:
    """What the tables show: the lines of the summary at hand, sorted in memory; asked from the query lane."""

    def __init__(self) -> None:
        self.summary: Summary | None = None

    def share(self, line: Line) -> float | None:
        return self.summary.share(line) if self.summary is not None else None

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[Line]:
        summary = self.summary
        empty = summary is None or not summary.total.figures.held
        return list_in_memory(() if empty else summary.lines, self.columns(), query)  # type: ignore[union-attr]

    def columns(self) -> tuple[Column[Line], ...]:
        rated = self.summary is None or self.summary.grouping.has_beds
        return RATED_COLUMNS if rated else self.plain_columns()

    def plain_columns(self) -> tuple[Column[Line], ...]:
        """Columns of lines that have no beds of their own."""
        return (
            Column("title", "名称", lambda r: r.title, width=380, sortable=False),
            *_SLEPT,
            Column("share", "占比", self.share, "percent", width=76),
            Column("booked", "已订床晚", lambda r: r.figures.booked, "int", width=86),
            Column("unconfirmed", "未登记床晚", lambda r: r.figures.unconfirmed, "int", width=96),
        )


def _today(ctx: Ctx) -> date:
    return ctx.today()


def _make_pdf(data: StatisticsSheet, progress: Progress) -> bytes:
    return statistics_pdf(data, progress=progress)


def _write(progress: Progress, path: Path, data: StatisticsSheet) -> Path:
    statistics_xlsx(path, data, progress=progress)
    return path


class StatisticsPage(Page):
    """A period, how it is divided, the figures with their formulas, a chart and a table."""

    title = "住宿统计"
    context = "只计真正住过的夜晚；今晚及以后已订的单列"
    watches = frozenset({"stay", "bed_night", "room", "bed", "room_outage", "training_class"})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.runner)
        self._desk = desk
        self._lines = _Lines()
        self._path: Path | None = None
        self.period = PeriodBar(SystemClock().today())  # the program's own day comes with reload
        self.period.changed.connect(self._period_changed)
        self._known_day = False
        self.grouping = Segmented(GROUPINGS, name="统计方式")
        self.grouping.changed.connect(self._grouping_changed)
        self.add_action("床位预测", self.to_forecast, icon="chart-line", tooltip="以后每晚够不够住")
        self.add_action("导出 Excel", self.export, icon="download")
        self.add_action("打印", self.print_sheet, icon="printer", shortcut="Ctrl+P")
        self.rate = FigureTile("入住率", "bed-double", "primary")
        self.change = FigureTile("与上年同期比", "trending-up", "teal", "百分点")
        self.stay = FigureTile("平均住宿", "moon", "violet", "晚")
        self.booked = FigureTile("已订床晚", "calendar-check", "warning", "床晚")
        drills = ((self.rate, self._open_slept), (self.stay, self._open_slept), (self.booked, self._open_booked))
        for tile, slot in drills:
            tile.set_clickable("打开所计的住宿名单")
            tile.clicked.connect(slot)
        tiles = QGridLayout()
        tiles.setSpacing(12)
        for number, tile in enumerate((self.rate, self.change, self.stay, self.booked)):
            tile.layout().setContentsMargins(16, 12, 16, 12)  # type: ignore[union-attr]
            tiles.addWidget(tile, number // 2, number % 2)
        self.chart_card = Card("统计图")
        self.chart_card.layout().setContentsMargins(16, 12, 16, 8)  # type: ignore[union-attr]
        self.chart = ColumnChart(unit="%")
        self.chart.setMinimumHeight(170)
        self.chart_card.body.addWidget(self.chart, 1)
        upper = row(spacing=16)
        upper.addWidget(self.chart_card, 5)
        upper.addLayout(tiles, 4)
        self.rated = self._make_table("accommodation.statistics.rated", RATED_COLUMNS)
        self.plain = self._make_table("accommodation.statistics.plain", self._lines.plain_columns())
        tables = QWidget()
        self._tables = QStackedLayout(tables)
        self._tables.addWidget(self.rated)
        self._tables.addWidget(self.plain)
        self.formula = label("", "hint", wrap=True)
        self.body.setSpacing(12)
        self.body.addLayout(row(self.period, None, self.grouping))
        self.body.addLayout(upper, 4)
        self.body.addWidget(tables, 5)
        foot = row(spacing=12)
        foot.addWidget(self.formula, 1)
        foot.addWidget(button("全部口径", self.show_formulas, kind="link"))
        self.body.addLayout(foot)

    def _make_table(self, name: str, columns: tuple[Column[Line], ...]) -> ListTable:
        table = ListTable(
            self.runner,
            name,
            columns,
            self._lines,
            _key,
            title="住宿统计",
            search=None,
            unit="行",
            compact=True,
            export=False,
            empty=Empty("这段时间没有住宿记录", "换一段时间，或先给班次安排床位。", icon="chart-column"),
        )
        table.setMinimumHeight(170)
        table.count.hide()
        table.chooser_button.hide()
        table.opened.connect(self.open_line)
        return table

    @property
    def summary(self) -> Summary | None:
        """What is shown now."""
        return self._lines.summary

    @Slot()
    def to_forecast(self) -> None:
        """The nights to come."""
        self._desk.go("accommodation.forecast")

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
        self.query(read_summary, self.period.start, self.period.end, self.grouping.value(), ok=self._show)

    def open_target(self, target: Any) -> None:
        """``{"start": …, "end": …, "grouping": …}``, each of them optional."""
        if target.get("start") and target.get("end"):
            self._known_day = True
            self.period.set_period(target["start"], target["end"])
        if target.get("grouping"):
            self.grouping.set_value(Grouping(target["grouping"]))
        self.reload()

    @Slot(date, date)
    def _period_changed(self, start: date, end: date) -> None:
        if self.grouping.value() is Grouping.MONTH and (end - start).days > 366 * 3:
            self.grouping.set_value(Grouping.YEAR)
        self._ask()

    @Slot(object)
    def _grouping_changed(self, grouping: Grouping) -> None:
        whole_years = (self.period.start.month, self.period.start.day) == (1, 1) and self.period.kind.value() == "year"
        if grouping is Grouping.YEAR and whole_years:  # one year alone compares with nothing: show ten
            end = self.period.end
            self.period.set_period(date(end.year - 10, 1, 1), end)
        elif grouping is not Grouping.YEAR and (self.period.end - self.period.start).days > 366 * 3:
            end = self.period.end
            self.period.set_period(date((end - timedelta(days=1)).year, 1, 1), end)
        self._ask()

    # ------------------------------------------------------------------ showing
    @Slot(object)
    def _show(self, summary: Summary) -> None:
        if summary.grouping is not self.grouping.value() or summary.start != self.period.start:
            return  # an answer to an earlier question
        self._lines.summary = summary
        self._show_tiles(summary)
        self._show_chart(summary)
        table = self.rated if summary.grouping.has_beds else self.plain
        self._tables.setCurrentWidget(table)
        table.refresh()
        used = ("床晚", "可用床晚", "入住率") if summary.grouping.has_beds else ("床晚", "平均住宿")
        sentences = [f"{each.title}：{each.text}" for each in FORMULAS if each.title in used]
        self.formula.setText("".join((*warnings_of(summary), *sentences)))

    def _show_tiles(self, summary: Summary) -> None:
        figures = summary.total.figures
        until = "" if summary.end <= summary.today else "（算到昨天）"
        self.set_context(f"只计真正住过的夜晚{until}；今晚及以后已订的单列")
        self.rate.set_figure(percent(figures.rate), f"已住 {figures.slept:,} ÷ 可用 {figures.available or 0:,} 床晚")
        before, change = summary.total.before, summary.total.change
        if before is None or change is None:
            longer = (summary.end - summary.start).days > YEAR_DAYS
            self.change.set_figure("—", "超过一年，见表中各行" if longer else "上年同期没有住宿记录", unit="")
            self.change.setToolTip("")
        else:
            note = f"上年同期 {percent(before.rate)}"
            self.change.setToolTip(f"上年同期已住 {before.slept:,} ÷ 可用 {before.available or 0:,} 床晚")
            icon = "up" if change > 0 else "down" if change < 0 else ""
            self.change.set_figure(points(change), note, unit="百分点", note_icon=icon)
        average = figures.average_stay
        note = f"已住 {figures.slept:,} 床晚 ÷ {figures.people:,} 人次"
        self.stay.set_figure("—" if average is None else f"{average:.1f}", note)
        self.booked.set_figure(f"{figures.booked:,}", _booked_note(figures))

    def _show_chart(self, summary: Summary) -> None:
        unit, series = chart_series(summary)
        lines = summary.lines if summary.total.figures.held else ()
        # Many lines: the largest of classes, the latest of months.
        shown = range(len(lines))
        if len(lines) > _MOST_BARS:
            if summary.grouping.of_time:
                shown = range(len(lines) - _MOST_BARS, len(lines))
            else:
                biggest = sorted(shown, key=lambda at: -lines[at].figures.held)[:_MOST_BARS]
                shown = sorted(biggest)  # type: ignore[assignment]
        highest = max((v or 0 for bars in series for v in bars.values), default=0)
        self.chart.set_data(
            [_short(summary, lines[at]) for at in shown],
            [Series(bars.title, [bars.values[at] for at in shown]) for bars in series],
            names=[lines[at].title for at in shown],
            top=None if unit != "%" else 100.0 if highest > 50 else 50.0,
            unit=unit,
        )
        note = (
            ""
            if len(shown) == len(lines)
            else f"（{'最近' if summary.grouping.of_time else '最多的'} {len(shown)} 个）"
        )
        self.chart_card.title.setText(
            f"{period_words(summary.start, summary.end)}按{summary.grouping.label}（{unit}）{note}"
        )

    @Slot(object)
    def open_line(self, line: Line) -> None:
        """The stays that a line counts."""
        summary = self._lines.summary
        if summary is None:
            return
        span = ("nights", (line.start, line.end))
        if summary.grouping is Grouping.CLASS:
            if line.key != "0":
                self._desk.go("accommodation.stays", class_id=int(line.key))
        elif summary.grouping is Grouping.BUILDING:
            self._desk.go("accommodation.stays", building_id=int(line.key), when=span)
        elif summary.grouping.of_time:
            self._desk.go("accommodation.stays", when=span)

    @Slot()
    def _open_slept(self) -> None:
        summary = self._lines.summary
        if summary is not None and summary.start < summary.compared_until:
            self._desk.go("accommodation.stays", when=("nights", (summary.start, summary.compared_until)))

    @Slot()
    def _open_booked(self) -> None:
        summary = self._lines.summary
        if summary is not None and summary.compared_until < summary.end:
            since = max(summary.start, summary.today)
            self._desk.go("accommodation.stays", when=("nights", (since, summary.end)))

    @Slot()
    def show_formulas(self) -> None:
        text = "\n\n".join(f"{each.title}\n{each.text}" for each in FORMULAS)
        TextDialog("计算口径", text, self, subtitle="打印和导出时，这些口径印在表下。").open()

    # ------------------------------------------------------------------ paper and sheet
    def _load(self, ok: Any) -> None:
        self.query(statistics_of, self.period.start, self.period.end, self.grouping.value(), ok=ok)

    @Slot()
    def print_sheet(self) -> None:
        self._load(self._print_ready)

    @Slot(object)
    def _print_ready(self, data: StatisticsSheet) -> None:
        preview(self.window(), "住宿统计表", partial(_make_pdf, data), self.runner, document="statistics")

    @Slot()
    def export(self) -> None:
        folder = settings.read("folders/export") or str(Path.home())
        name = f"{period_words(self.period.start, self.period.end)}住宿统计表（按{self.grouping.value().label}）.xlsx"
        dialog = QFileDialog(self, "导出住宿统计表", str(Path(folder) / name), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the figures shown to a workbook."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = Path(path)
        self._load(self._export_ready)

    @Slot(object)
    def _export_ready(self, data: StatisticsSheet) -> None:
        self.runner.work(_write, self._path, data, ok=self._written, fail=self.command_failed, title="导出住宿统计表")

    @Slot(object)
    def _written(self, path: Path) -> None:
        messages.toast(self, f"已保存 {path.name}")


def _booked_note(figures: Figures) -> str:
    if not figures.booked:
        return "今晚及以后没有已订的床位"
    return f"占可用 {figures.ahead or 0:,} 床晚的 {percent(figures.booked_rate)}"


def _short(summary: Summary, line: Line) -> str:
    """What fits under a column: a class by its first night."""
    if summary.grouping is Grouping.CLASS:
        return f"{line.start.month}-{line.start.day:02d}"
    return line.title if len(line.title) <= _LONGEST_LABEL else f"{line.title[: _LONGEST_LABEL - 1]}…"


def _key(line: Line) -> str:
    return line.key
