"""月度签批台账: of which month, on paper or as a workbook.  The copy in the file cabinet guards the chain."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.queries.signing_ledger import first_month
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.widgets import button

if TYPE_CHECKING:
    from dangxiao_houqin.modules.expenses.reports.signing_ledger import SigningLedger

TITLE = "月度签批台账"
LAST_MONTH_UNTIL = 10
"""Up to this day of a month the month before is what somebody wants to print."""

Months = tuple[tuple[date, ...], date]
"""First days of the months, this one first; and today."""


def list_months(ctx: Ctx) -> Months:
    """The months from now back to the first signature."""
    today = ctx.today()
    month, first = today.replace(day=1), first_month(ctx) or today.replace(day=1)
    months = []
    while month >= first:
        months.append(month)
        month = _before(month)
    return tuple(months) or (today.replace(day=1),), today


def _before(month: date) -> date:
    return month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)


def _words(month: date, today: date) -> str:
    so_far = "（到今天为止）" if month == today.replace(day=1) else ""
    return f"{month.year} 年 {month.month} 月{so_far}"


class LedgerDialog(FormDialog):
    """``chosen(first day of the month, as_file)`` once the user knows."""

    chosen = Signal(object, bool)

    def __init__(self, runner: Runner, parent: QWidget | None, months: Months) -> None:
        super().__init__(
            runner,
            TITLE,
            parent,
            subtitle="每月打印一份签字存档：以后签名记录被重做或截短，只有和纸上的序号、校验码比对才能发现。",
            primary="打印预览",
            width=460,
        )
        known, today = months
        self._as_file = False
        self.form.add(
            ChoiceField("month", "月份", choices=[(each, _words(each, today)) for each in known], required=True)
        )
        wanted = known[1] if today.day <= LAST_MONTH_UNTIL and len(known) > 1 else known[0]
        self.form.set_values({"month": wanted})
        self.form.mark_clean()
        self.buttons.insertWidget(1, button("存为 Excel…", self._save, icon="file-spreadsheet"))

    @Slot()
    def _save(self) -> None:
        self._as_file = True
        self._send()
        self._as_file = False

    def submit(self) -> None:
        month, as_file = self.form.values()["month"], self._as_file
        self.form.mark_clean()
        self.accept()
        self.chosen.emit(month, as_file)


def _write(progress: Progress, path: Path, data: SigningLedger) -> Path:
    from dangxiao_houqin.modules.expenses.reports.signing_ledger import signing_ledger_xlsx

    signing_ledger_xlsx(path, data, progress)
    return path


class LedgerPapers(QObject):
    """Asks for the month, then shows the preview or writes the workbook, with the page's runner."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._month = date.min
        self._path = Path()

    @Slot()
    def ask(self) -> None:
        """Which month?"""
        self._page.query(list_months, ok=self._have_months)

    @Slot(object)
    def _have_months(self, months: Months) -> None:
        dialog = LedgerDialog(self._page.runner, self._page, months)
        dialog.chosen.connect(self._chosen)
        dialog.open()

    @Slot(object, bool)
    def _chosen(self, month: date, as_file: bool) -> None:
        self._month = month
        if not as_file:
            self._load(self._show)
            return
        folder = Path(str(settings.read("folders/export") or Path.home()))
        name = str(folder / f"{month.year}年{month.month}月签批台账.xlsx")
        dialog = QFileDialog(self._page, f"保存{TITLE}", name, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the month chosen last to ``path``."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = Path(path)
        self._load(self._have_rows)

    def _load(self, ok: object) -> None:
        from dangxiao_houqin.modules.expenses.printouts import load_signing_ledger

        self._page.runner.query(
            load_signing_ledger,
            self._month,
            ok=ok,  # type: ignore[arg-type]
            fail=self._page.query_failed,
            action="print.signing-ledger",
            title=f"核对签名并排印{TITLE}",
        )

    @Slot(object)
    def _show(self, data: SigningLedger) -> None:
        from dangxiao_houqin.modules.expenses.reports.signing_ledger import signing_ledger_pdf

        make = partial(signing_ledger_pdf, data)
        preview(self._page.window(), TITLE, make, self._page.runner, document="signing-ledger")

    @Slot(object)
    def _have_rows(self, data: SigningLedger) -> None:
        self._page.runner.work(
            _write, self._path, data, ok=self._written, fail=self._page.command_failed, title=f"保存{TITLE}"
        )

    @Slot(object)
    def _written(self, path: Path) -> None:
        self._page.toast(f"已保存 {path.name}")
