"""The table below the chart of years: a line for each year or term, a column for each group, n under every rate."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from dangxiao_houqin.core.columns import Column, list_in_memory, percent_text
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import HistoryPoint, HistorySeries, HistoryView
from dangxiao_houqin.ui import theme
from dangxiao_houqin.ui.delegates import PADDING, CellDelegate
from dangxiao_houqin.ui.table_view import TableView
from dangxiao_houqin.ui.theme import TOKENS


@dataclass(frozen=True)
class PeriodRow:
    """A year or term with the value of each series that has one; ``best`` are the series it is the best of."""

    period: str
    points: dict[str, HistoryPoint]
    best: frozenset[str]


def period_rows(view: HistoryView) -> tuple[PeriodRow, ...]:
    """The newest first."""
    rows = []
    for period in reversed(view.periods):
        points = {one.key: found for one in view.series if (found := one.at(period)) is not None}
        best = frozenset(one.key for one in view.series if one.best.period == period)
        rows.append(PeriodRow(period, points, best))
    return tuple(rows)


class _Rate:
    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, found: PeriodRow) -> float | None:
        point = found.points.get(self._key)
        return None if point is None else point.rate


def _period(found: PeriodRow) -> str:
    return found.period


def period_key(found: PeriodRow) -> str:
    """What a line is selected by."""
    return found.period


def history_columns(series: tuple[HistorySeries, ...], title: str = "年度") -> tuple[Column[PeriodRow], ...]:
    """A column for each series after that of the years or terms."""
    return (
        Column("period", title, _period, width=100),
        *(Column[PeriodRow](one.key or "overall", one.title, _Rate(one.key), "percent", width=124) for one in series),
    )


class PeriodRows:
    """Feeds the table with the history at hand."""

    def __init__(self) -> None:
        self.view: HistoryView | None = None

    def __call__(self, _ctx: Ctx, query: ListQuery) -> Listing[PeriodRow]:
        if self.view is None:
            return Listing((), 0)
        return list_in_memory(period_rows(self.view), history_columns(self.view.series), query)


class HistoryCells(CellDelegate):
    """The rate with ▲ where it is the best ever; below it n and formula, and whether it was typed in."""

    def __init__(self, view: TableView, series: tuple[HistorySeries, ...]) -> None:
        super().__init__(view, TOKENS.row)
        self._series = ("", *(one.key for one in series))

    def paint_content(self, painter: QPainter, rect: QRect, row: int, column: int) -> None:
        found = self._model.row(row)
        if not isinstance(found, PeriodRow) or column == 0:
            super().paint_content(painter, rect, row, column)
            return
        key = self._series[column]
        point = found.points.get(key)
        room = rect.adjusted(PADDING, 0, -PADDING, 0)
        right = Qt.AlignmentFlag.AlignRight
        if point is None:
            painter.setPen(QColor(TOKENS.text_hint))
            painter.drawText(room, right | Qt.AlignmentFlag.AlignVCenter, "—")
            return
        best = key in found.best
        painter.setFont(theme.font(bold=best))
        painter.setPen(QColor(TOKENS.success if best else TOKENS.text))
        rate = percent_text(point.rate)
        said = f"▲ {rate}" if best else rate
        painter.drawText(room.adjusted(0, 4, 0, 0), right | Qt.AlignmentFlag.AlignTop, said)
        painter.setFont(theme.font(TOKENS.px_label))
        painter.setPen(QColor(TOKENS.text_second))
        origin = painter.fontMetrics().elidedText(origin_of(point), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room.adjusted(0, 0, 0, -4), right | Qt.AlignmentFlag.AlignBottom, origin)
        painter.setFont(self._font)


def origin_of(point: HistoryPoint) -> str:
    """``n＝46 F1`` or ``n 未注明 录入``."""
    number = f"n＝{point.n:,}" if point.n is not None else point.n_text
    formula = (point.formula.value,) if point.formula is not None else ()
    return " ".join((number, *formula, *(() if point.measured else ("录入",))))
