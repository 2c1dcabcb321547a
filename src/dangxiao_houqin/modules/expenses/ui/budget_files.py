"""The budget of a year in and out as a workbook, from the page of budgets."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.transfer.budgets import (
    BudgetBook,
    BudgetPreview,
    TemplateLine,
    list_template,
    preview_budgets,
    read_budget_book,
    write_budget_book,
)
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.page import Page

from .budget_import_dialog import BudgetImportDialog
from .year_switch import YearSwitch

FILES = "预算表 (*.xlsx *.xls *.ods *.csv *.xlsm *.et);;所有文件 (*)"


def _preview(ctx: Ctx, book: BudgetBook, year: int) -> tuple[BudgetBook, BudgetPreview]:
    return book, preview_budgets(ctx, book, year)


class BudgetFiles(QObject):
    """Import with a preview, and the workbook to fill in, for the year the switch shows."""

    def __init__(self, page: Page, years: YearSwitch) -> None:
        super().__init__(page)
        self._page, self._years = page, years
        self._template_path = Path()

    @property
    def year(self) -> int:
        return self._years.year

    @Slot()
    def import_file(self) -> None:
        """Choose a workbook; its preview opens when it is read."""
        folder = settings.read("folders/import") or str(Path.home())
        dialog = QFileDialog(self._page, f"导入 {self.year} 年预算", folder, FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    @Slot(str)
    def read_file(self, path: str) -> None:
        """Read the workbook, then show what it would do."""
        settings.write("folders/import", str(Path(path).parent))
        self._page.runner.work(
            read_budget_book, Path(path), ok=self._read, fail=self._page.command_failed, title="读取预算表"
        )

    @Slot(object)
    def _read(self, book: BudgetBook) -> None:
        self._page.query(_preview, book, self.year, ok=self._previewed)

    @Slot(object)
    def _previewed(self, found: tuple[BudgetBook, BudgetPreview]) -> None:
        BudgetImportDialog(self._page.runner, self._page, *found).open()

    @Slot()
    def save_template(self) -> None:
        """A workbook with every category, to be filled in and imported."""
        folder = settings.read("folders/export") or str(Path.home())
        name = str(Path(folder) / f"{self.year}年预算表.xlsx")
        dialog = QFileDialog(self._page, "保存预算样表", name, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_template_to)
        dialog.open()

    @Slot(str)
    def save_template_to(self, path: str) -> None:
        settings.write("folders/export", str(Path(path).parent))
        self._template_path = Path(path)
        self._page.query(list_template, self.year, ok=self._have_template)

    @Slot(object)
    def _have_template(self, lines: tuple[TemplateLine, ...]) -> None:
        self._page.runner.work(
            write_budget_book,
            self._template_path,
            self.year,
            lines,
            ok=self._template_written,
            fail=self._page.command_failed,
            title="保存预算样表",
        )

    @Slot(object)
    def _template_written(self, path: Path) -> None:
        self._page.toast(f"已保存 {path.name}，填好金额后再导入")
