"""Choosing a period: a year, a month, or any days."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.accommodation.reports.statistics import period_words
from dangxiao_houqin.ui.date_field import DateField
from dangxiao_houqin.ui.widgets import Segmented, label, row, tool_button

DAY = timedelta(days=1)
LONGEST_DAYS = 366 * 20


class PeriodBar(QWidget):
    """Year, month or own days with a step back and forth; ``changed`` tells the nights ``[start, end)``."""

    changed = Signal(date, date)

    def __init__(self, today: date, *, own_days: bool = True, months: bool = True) -> None:
        super().__init__()
        choices = [("year", "年"), *([("month", "月")] if months else []), *([("days", "自选")] if own_days else [])]
        self.kind = Segmented(choices, name="统计期间")
        self.kind.changed.connect(self._kind_changed)
        if len(choices) == 1:
            self.kind.hide()
        self.back = tool_button("chevron-left", "上一期", self._back)
        self.forth = tool_button("chevron-right", "下一期", self._forth)
        self.words = label("", "strong")
        self.words.setMinimumWidth(96)
        self.first = DateField("first", "从", placeholder="从哪天")
        self.last = DateField("last", "到", placeholder="到哪天（含）")
        self._today = today
        self.start, self.end = date(today.year, 1, 1), date(today.year + 1, 1, 1)
        for field in (self.first, self.last):
            field.message.hide()
            field.setFixedWidth(168)
            field.left.connect(self._days_left)
        self._until = label("至", "second")
        self._own = (self.first, self._until, self.last)
        self.setLayout(row(self.kind, self.back, self.words, self.forth, *self._own, spacing=8))
        self._show()

    def set_today(self, today: date) -> None:
        """The day the program goes by: its year is shown first."""
        self._today = today
        self.set_period(date(today.year, 1, 1), date(today.year + 1, 1, 1))

    def set_period(self, start: date, end: date) -> None:
        """Show the nights ``[start, end)`` without telling."""
        self.start, self.end = start, end
        whole_year = (start.month, start.day, end.month, end.day) == (1, 1, 1, 1) and end.year == start.year + 1
        whole_month = start.day == 1 and end == _next_month(start)
        self.kind.set_value("year" if whole_year else "month" if whole_month else "days")
        self._show()

    def _show(self) -> None:
        own = self.kind.value() == "days"
        for shown, parts in ((own, self._own), (not own, (self.back, self.words, self.forth))):
            for part in parts:
                part.setVisible(shown)
        self.words.setText(period_words(self.start, self.end))
        self.first.set_value(self.start)
        self.last.set_value(self.end - DAY)

    def _tell(self, start: date, end: date) -> None:
        if (start, end) != (self.start, self.end):
            self.start, self.end = start, end
            self._show()
            self.changed.emit(start, end)

    @Slot(object)
    def _kind_changed(self, kind: str) -> None:
        inside = self._today if self.start <= self._today < self.end else self.start
        if kind == "year":
            self._tell(date(inside.year, 1, 1), date(inside.year + 1, 1, 1))
        elif kind == "month":
            self._tell(inside.replace(day=1), _next_month(inside))
        self._show()

    @Slot()
    def _back(self) -> None:
        self._step(-1)

    @Slot()
    def _forth(self) -> None:
        self._step(1)

    def _step(self, by: int) -> None:
        if self.kind.value() == "year":
            year = min(max(self.start.year + by, 2000), 2100)
            self._tell(date(year, 1, 1), date(year + 1, 1, 1))
        else:
            start = _next_month(self.start) if by > 0 else (self.start - DAY).replace(day=1)
            self._tell(start, _next_month(start))

    @Slot()
    def _days_left(self) -> None:
        first, last = self.first.value(), self.last.value()
        if first is None or last is None:
            return
        if last < first or (last - first).days > LONGEST_DAYS:
            self.last.set_error("结束日期不能早于开始日期" if last < first else "期间太长，最多二十年")
            self.last.message.show()
            return
        self.last.message.hide()
        self._tell(first, last + DAY)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
