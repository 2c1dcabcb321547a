"""A questionnaire on paper and as a workbook, from its page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog

from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.reports.paper_form import PaperForm, paper_form_pdf
from dangxiao_houqin.modules.surveys.transfer.questionnaire_sheet import (
    QuestionnaireBook,
    read_questionnaire_book,
    write_questionnaire_book,
)
from dangxiao_houqin.ui import messages, settings
from dangxiao_houqin.ui.page import Page
from dangxiao_houqin.ui.printing import preview

from .questionnaire_dialogs import PaperFormDialog, QuestionnaireImportDialog

FILES = "问卷 (*.xlsx *.xls *.ods *.csv *.xlsm *.et);;所有文件 (*)"


class QuestionnairePapers(QObject):
    """Asks and does; ``read`` carries a :class:`QuestionnaireBook` that the user took over."""

    read = Signal(object)

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._content = Content("", ())
        self._edition = ""
        self.levels: tuple[str, ...] = ()

    # ------------------------------------------------------------------ paper
    def ask_print(self, content: Content, edition: str) -> None:
        """Ask for the class and the columns, then show the preview."""
        self._content, self._edition = content, edition
        dialog = PaperFormDialog(self._page.runner, self._page)
        dialog.chosen.connect(self.show_paper)
        dialog.open()

    @Slot(str, bool)
    def show_paper(self, subject: str, not_experienced: bool) -> None:
        """The preview of the paper form."""
        form = PaperForm(self._content, subject, not_experienced, self._edition)
        preview(
            self._page.window(),
            form.title,
            partial(paper_form_pdf, form),
            self._page.runner,
            document="surveys.paper_form",
        )

    # ------------------------------------------------------------------ workbook
    def ask_export(self, content: Content, name: str) -> None:
        """Ask where to, then write."""
        self._content = content
        folder = settings.read("folders/export") or str(Path.home())
        clean = "".join("_" if char in '\\/:*?"<>|' else char for char in name)
        dialog = QFileDialog(self._page, "导出问卷", str(Path(folder) / f"{clean}.xlsx"), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the questionnaire chosen last."""
        settings.write("folders/export", str(Path(path).parent))
        self._page.runner.work(
            write_questionnaire_book,
            Path(path),
            self._content,
            ok=self._exported,
            fail=self._page.command_failed,
            title="导出问卷",
        )

    @Slot(object)
    def _exported(self, path: Path) -> None:
        messages.toast(self._page, f"已保存 {path.name}")

    @Slot()
    def ask_import(self) -> None:
        """Ask for a workbook; every row of it is shown before anything is taken over."""
        folder = settings.read("folders/import") or str(Path.home())
        dialog = QFileDialog(self._page, "导入问卷", folder, FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    @Slot(str)
    def read_file(self, path: str) -> None:
        """Read a workbook and show what is in it."""
        settings.write("folders/import", str(Path(path).parent))
        self._page.runner.work(
            read_questionnaire_book,
            Path(path),
            self.levels,
            ok=self._have_book,
            fail=self._page.command_failed,
            title="读取问卷",
        )

    @Slot(object)
    def _have_book(self, book: QuestionnaireBook) -> None:
        dialog = QuestionnaireImportDialog(self._page.runner, self._page, book)
        dialog.taken.connect(self.read)
        dialog.open()
