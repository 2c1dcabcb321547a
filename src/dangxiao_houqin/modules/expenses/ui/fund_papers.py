"""Printing and saving the papers of money from a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from dangxiao_houqin.modules.expenses.reports.funds import Paper, fund_pdf, fund_xlsx
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview


class FundPapers(QObject):
    """Loads a paper with the page's runner, then shows its preview or writes its workbook."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._title = self._document = ""
        self._load: Callable[..., Paper] | None = None
        self._args: tuple[Any, ...] = ()
        self._path: Path | None = None

    def show(self, title: str, document: str, load: Callable[..., Paper], *args: Any) -> None:
        """Preview of a paper; ``document`` is what the printer settings are remembered under."""
        self._title, self._document = title, document
        self._page.query(load, *args, ok=self._loaded)

    @Slot(object)
    def _loaded(self, data: Paper) -> None:
        preview(self._page.window(), self._title, partial(fund_pdf, data), self._page.runner, document=self._document)

    def save(self, title: str, load: Callable[..., Paper], *args: Any) -> None:
        """Ask where to, then write the workbook twin."""
        self._title, self._load, self._args = title, load, args
        folder = settings.read("folders/export") or str(Path.home())
        dialog = QFileDialog(self._page, f"保存{title}", str(Path(folder) / f"{title}.xlsx"), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the paper chosen last to ``path``."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = Path(path)
        if self._load is not None:
            self._page.query(self._load, *self._args, ok=self._have_rows)

    @Slot(object)
    def _have_rows(self, data: Paper) -> None:
        self._page.runner.work(
            fund_xlsx, self._path, data, ok=self._written, fail=self._page.command_failed, title=f"导出{self._title}"
        )

    @Slot(object)
    def _written(self, path: Path) -> None:
        messages.toast(self._page, f"已保存 {path.name}")
