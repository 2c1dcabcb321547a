"""‹ 2026 年 ›: the year a page of money is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.budgets import FIRST_YEAR, LAST_YEAR
from dangxiao_houqin.ui.widgets import label, row, tool_button


class OfYear:
    """Feeds a list with what a query finds in ``year``; 0 is left to the query, which takes the current one."""

    def __init__(self, fetch: Callable[[Ctx, ListQuery], Listing[Any]]) -> None:
        self._fetch = fetch
        self.year = 0

    def __call__(self, ctx: Ctx, query: ListQuery) -> Listing[Any]:
        year = self.year or ctx.today().year
        return self._fetch(ctx, replace(query, filters={**query.filters, "year": year}))


class YearSwitch(QWidget):
    """One year with a step back and forth; ``changed(year)`` when the user moved it."""

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._year = 0
        self.back = tool_button("chevron-left", "上一年", self._back)
        self.forth = tool_button("chevron-right", "下一年", self._forth)
        self.text = label("", "cardTitle")
        self.setLayout(row(self.back, self.text, self.forth, spacing=4))
        self.setAccessibleName("年度")

    @property
    def year(self) -> int:
        """0 until it was set for the first time."""
        return self._year

    def set_year(self, year: int) -> None:
        """Show a year without telling."""
        self._year = min(max(year, FIRST_YEAR), LAST_YEAR)
        self.text.setText(f"{self._year} 年")
        self.back.setEnabled(self._year > FIRST_YEAR)
        self.forth.setEnabled(self._year < LAST_YEAR)

    def _step(self, by: int) -> None:
        if self._year:
            self.set_year(self._year + by)
            self.changed.emit(self._year)

    @Slot()
    def _back(self) -> None:
        self._step(-1)

    @Slot()
    def _forth(self) -> None:
        self._step(1)
