"""Of which month, quarter or year a report is wanted, on paper or as a workbook."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from dangxiao_houqin.modules.expenses.fund_printouts import Period, month_of, year_of
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.fields import NumberField
from dangxiao_houqin.ui.widgets import button

WHOLE_YEAR, QUARTER = 0, 100


def period_of(year: int, part: int) -> Period:
    """``part`` 0 is the whole year, 1 to 12 a month, 101 to 104 a quarter."""
    if part == WHOLE_YEAR:
        return year_of(year)
    if part > QUARTER:
        last = (part - QUARTER) * 3
        return date(year, last - 2, 1), month_of(year, last)[1]
    return month_of(year, part)


class PeriodDialog(FormDialog):
    """``chosen(period, as_file)`` once the user knows."""

    chosen = Signal(object, bool)

    def __init__(self, runner: Runner, parent: QWidget | None, year: int, today: date) -> None:
        super().__init__(
            runner,
            "收支分列报表",
            parent,
            subtitle="收入按类别、支出按科目各列一页，分别合计，不相互抵减。",
            primary="打印预览",
            width=460,
        )
        self._as_file = False
        self.form.add(NumberField("year", "年度", required=True, minimum=2000, maximum=2099))
        self.form.add(
            ChoiceField(
                "part",
                "期间",
                choices=[
                    (WHOLE_YEAR, "全年"),
                    *((QUARTER + each, f"第 {each} 季度") for each in range(1, 5)),
                    *((month, f"{month} 月") for month in range(1, 13)),
                ],
                required=True,
            )
        )
        self.form.set_values({"year": year, "part": today.month if year == today.year else WHOLE_YEAR})
        self.form.mark_clean()
        self.buttons.insertWidget(1, button("存为 Excel…", self._save, icon="file-spreadsheet"))

    @Slot()
    def _save(self) -> None:
        self._as_file = True
        self._send()
        self._as_file = False

    def submit(self) -> None:
        values = self.form.values()
        period, as_file = period_of(int(values["year"]), values["part"]), self._as_file
        self.form.mark_clean()
        self.accept()
        self.chosen.emit(period, as_file)
