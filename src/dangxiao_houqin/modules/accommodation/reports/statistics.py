"""住宿统计表: bed-nights and rates of a period by month, building, class …, with chart and formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, Cell, Drawing, Head, Sheet, Table, TableColumn
from dangxiao_houqin.modules.accommodation.statistics import FORMULAS, Figures, Grouping, Line, Summary

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter

_CHART_HEIGHT, _CHART_FOOT, _CHART_HEAD, _CHART_LEFT = 44.0, 6.0, 7.0, 12.0
_MOST_BARS = 40
_DARK = 0.35
_HALF = 50.0
_SHORT_TITLE = 3


@dataclass(frozen=True)
class StatisticsSheet:
    """The figures of a period as the office files them."""

    summary: Summary
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


def period_words(start: date, end: date) -> str:
    """``2026年``, ``2026年3月`` or the first and the last night of ``[start, end)``."""
    last = end - timedelta(days=1)
    if (start.day, end.day) == (1, 1):
        if (start.month, end.month) == (1, 1):
            return f"{start.year}年" if last.year == start.year else f"{start.year}年至{last.year}年"
        if (start.year, start.month) == (last.year, last.month):
            return f"{start.year}年{start.month}月"
    return f"{chinese_date(start)}至{chinese_date(last)}"


def percent(share: float | None) -> str:
    """``45.2%``, or a dash where there is nothing to compute from."""
    return "—" if share is None else f"{share:.1%}"


def nights(average: float | None) -> str:
    """``4.6`` nights, or a dash."""
    return "—" if average is None else f"{average:.1f}"


def points(change: float | None) -> str:
    """``+3.1``, ``−0.4`` percentage points, or a dash."""
    return "—" if change is None else f"{change:+.1f}".replace("-", "−")


def warnings(summary: Summary) -> tuple[str, ...]:
    """What whoever reads the figures must know about these data."""
    found = []
    if unknown := summary.total.figures.unconfirmed:
        found.append(f"有 {unknown:,} 床晚已过但没有办理入住登记，未计入已住，请到“报到退房”核实。")
    first = summary.first_night
    if first is not None and summary.start < first < summary.compared_until:
        found.append(f"住宿记录从{chinese_date(first)}开始，此前的夜晚不计。")
    return tuple(found)


def statistics_sheet(data: StatisticsSheet, *, with_chart: bool = True) -> Sheet:
    """住宿统计表 on A4 upright: a line a group, the total, a chart of the rates, and how each figure is counted."""
    summary = data.summary
    places = _places(summary)
    title_width = _title_width(summary)
    width = (A4.usable_width - 10 - title_width) / len(places)
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn(summary.grouping.label, title_width, "left" if summary.grouping is Grouping.CLASS else "center"),
        *(TableColumn(name, width, "right") for name, _ in places),
    )
    rows: list[list[object]] = [
        [number, line.title, *(value(line) for _, value in places)] for number, line in enumerate(summary.lines, 1)
    ]
    if rows:
        total = [Cell(value(summary.total), bold=True) for _, value in places]
        rows.append([Cell("合计", span=2, align="center", bold=True), *total])
    until = f"已住算到{chinese_date(summary.today - timedelta(days=1))}" if summary.end > summary.today else ""
    notes = (*warnings(summary), *(f"{formula.title}：{formula.text}" for formula in FORMULAS))
    return Sheet(
        title=f"{period_words(summary.start, summary.end)}住宿统计表",
        school=data.school,
        paper=A4,
        head=Head(f"按{summary.grouping.label}统计", until, "单位：床晚、房晚、人次"),
        table=Table(columns, rows, row_height=6.5, header_height=11.0, empty_text="（这段时间没有住宿记录）"),
        notes=notes,
        signature=(f"制表人：{data.prepared_by}", "审核人：", "制表日期："),
        printed_at=data.printed_at,
        drawing=Drawing(_CHART_HEIGHT, partial(_draw_chart, summary)) if with_chart and rows else None,
    )


def _title_width(summary: Summary) -> float:
    if summary.grouping is Grouping.CLASS:
        return 52.0
    return 15.0 if all(len(line.title) <= _SHORT_TITLE for line in summary.lines) else 24.0


def _places(summary: Summary) -> list[tuple[str, Callable[[Line], object]]]:
    """Columns beside the name: head and value.  What is nothing in every line is left out."""
    places: list[tuple[str, Callable[[Line], object]]] = [
        ("已住\n床晚", lambda line: line.figures.slept),
        ("已住\n房晚", lambda line: line.figures.slept_rooms),
        ("已住\n人次", lambda line: line.figures.people),
        ("平均\n住宿", lambda line: nights(line.figures.average_stay)),
    ]
    if summary.grouping.has_beds:
        places += [
            ("可用\n床晚", lambda line: line.figures.available),
            ("入住率", lambda line: percent(line.figures.rate)),
        ]
        if any(line.before is not None for line in (*summary.lines, summary.total)):
            places += [
                ("上年\n同期", lambda line: percent(line.before.rate if line.before else None)),
                ("同比\n(点)", lambda line: points(line.change)),
            ]
    else:
        places.append(("占比", lambda line: percent(summary.share(line))))
    if summary.total.figures.booked:
        places.append(("已订\n床晚", lambda line: line.figures.booked))
        if summary.grouping.has_beds:
            places.append(("预订率", lambda line: percent(line.figures.booked_rate)))
    if summary.total.figures.unconfirmed:
        places.append(("未登记\n床晚", lambda line: line.figures.unconfirmed))
    return places


@dataclass(frozen=True)
class Bars:
    """One series of a chart; ``None`` leaves a gap."""

    title: str
    values: Sequence[float | None]


def chart_series(summary: Summary) -> tuple[str, tuple[Bars, ...]]:
    """Unit and series of the chart of a summary, on paper and on the screen: rates in %, bed-nights of classes."""
    if not summary.grouping.has_beds:
        found: list[Figures] = [line.figures for line in summary.lines]
        return "床晚", (Bars("已住", [f.slept for f in found]), Bars("已订", [f.booked for f in found]))

    def rate(value: float | None) -> float | None:
        return None if value is None else round(value * 100, 1)

    series = [Bars("入住率", [rate(line.figures.rate) for line in summary.lines])]
    if summary.total.figures.booked:
        series.append(Bars("预订率", [rate(line.figures.booked_rate) for line in summary.lines]))
    if any(line.before is not None for line in summary.lines):
        series.append(Bars("上年同期", [rate(line.before.rate) if line.before else None for line in summary.lines]))
    return "%", tuple(series)


def _draw_chart(summary: Summary, painter: Painter, x: float, y: float, width: float) -> None:
    """Columns side by side that survive a photocopier: filled, outlined, hatched; labels are names or 序号."""
    unit, series = chart_series(summary)
    lines = summary.lines[:_MOST_BARS]
    named = summary.grouping is not Grouping.CLASS
    labels = [line.title if named else str(number) for number, line in enumerate(lines, 1)]
    highest = max((value or 0.0 for bars in series for value in bars.values[:_MOST_BARS]), default=0.0)
    top = _round_above(highest) if unit != "%" else 100.0 if highest > _HALF else _HALF
    left, right = x + _CHART_LEFT, x + width
    head, bottom = y + _CHART_HEAD, y + _CHART_HEIGHT - _CHART_FOOT
    painter.text(
        x, y + 4.4, f"{summary.grouping.label}{'比较' if named else '比较（横轴为序号）'}（{unit}）", 10.5, "sans_bold"
    )
    for step in range(5):
        at = bottom - (bottom - head) * step / 4
        painter.line(left, at, right, at, 0.6 if step == 0 else 0.3, "" if step == 0 else "1.5 2")
        painter.text(left - 1.5, at + 1.2, f"{top * step / 4:,.10g}", 8, "serif", "right")
    slot = (right - left) / len(lines)
    bar = min(slot * 0.72 / len(series), 9.0)
    wide = max((painter.width(label, 8.5) for label in labels), default=1.0) + 1.5
    every = max(1, int(-(-wide // slot)))
    for place, label in enumerate(labels):
        start = left + slot * place + (slot - bar * len(series)) / 2
        for number, bars in enumerate(series):
            value = bars.values[place]
            if value:
                height = min(value / top, 1.0) * (bottom - head)
                _draw_bar(painter, start + bar * number, bottom - height, bar * 0.9, height, bars.title)
        if place % every == 0:
            painter.text(left + slot * (place + 0.5), bottom + 3.8, label, 8.5, "serif", "center")
    at = right
    for bars in reversed(series):
        at -= painter.width(bars.title, 9.5, "fangsong")
        painter.text(at, y + 4.4, bars.title, 9.5, "fangsong")
        at -= 7.0
        _draw_bar(painter, at, y + 1.4, 5.5, 3.4, bars.title)
        at -= 4.0


def _draw_bar(painter: Painter, x: float, y: float, width: float, height: float, title: str) -> None:
    if title == "上年同期":
        painter.pattern(x, y, width, height, "hatch")
        painter.rect(x, y, width, height, 0.4)
    else:
        painter.rect(x, y, width, height, 0.4, 1.0 if title in ("预订率", "已订") else _DARK)


def _round_above(value: float) -> float:
    power = 10.0 ** max(len(str(int(value))) - 1, 0)
    return next((top for step in (1, 2, 4, 5, 8, 10) if (top := power * step) >= value), 4.0) if value > 0 else 4.0


def statistics_pdf(data: StatisticsSheet, *, progress: Progress = no_progress) -> bytes:
    """住宿统计表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([statistics_sheet(data)], progress=progress)


def statistics_xlsx(path: Path, data: StatisticsSheet, *, progress: Progress = no_progress) -> None:
    """住宿统计表 as a workbook, numbers as numbers, with the text of each formula."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [statistics_sheet(data, with_chart=False)], progress=progress)
