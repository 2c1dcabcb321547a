"""The 打印 button of a class: every printout of every module, previewed or saved as a workbook."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from dangxiao_houqin.core.module_spec import DocumentSpec
from dangxiao_houqin.core.progress import Progress

from . import icons, messages, settings
from .desk import Desk
from .printing import preview
from .theme import TOKENS


def _write(progress: Progress, document: DocumentSpec, path: Path, data: Any) -> Path:
    document.xlsx(path, data, progress)
    return path


class _Printing(QObject):
    """One printout on its way: data first, then paper or sheet; lives until it is shown."""

    def __init__(self, desk: Desk, document: DocumentSpec, class_id: int, parent: QWidget, path: Path | None) -> None:
        super().__init__(parent)
        self._desk, self._document, self._widget, self._path = desk, document, parent, path
        start = desk.runner.command if document.personal else desk.runner.query
        start(document.load, class_id, ok=self._loaded, fail=self._failed, action=f"print.{document.key}")

    @Slot(object)
    def _loaded(self, data: Any) -> None:
        title = self._document.title
        if self._path is None:
            make = partial(self._document.pdf, data)
            preview(self._widget, title, make, self._desk.runner, document=self._document.key)
            self.deleteLater()
        else:
            self._desk.runner.work(
                _write, self._document, self._path, data, ok=self._written, fail=self._failed, title=f"导出{title}"
            )

    @Slot(object)
    def _written(self, path: Path) -> None:
        messages.toast(self._widget, f"已保存 {path.name}")
        self.deleteLater()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        messages.show(self._widget, error)
        self.deleteLater()


class DocumentMenu(QPushButton):
    """A button whose menu prints documents of the class set by :meth:`set_class`."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("打印", parent)
        self._desk = desk
        self._class: tuple[int, str] | None = None
        self.setIcon(icons.icon("printer", TOKENS.text_second, 18, 4))
        self.setIconSize(QSize(22, 18))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName("打印班次的各类表格")
        self.setEnabled(False)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def set_class(self, class_id: int | None, name: str = "") -> None:
        """What the menu prints from now on; ``None`` greys it."""
        self._class = None if class_id is None else (class_id, name)
        self.setEnabled(self._class is not None)

    @Slot()
    def _fill(self) -> None:
        self._menu.clear()
        allowed = [d for d in self._desk.documents() if self._desk.can(d.permission)]
        sheets = QMenu("存为 Excel", self._menu)
        sheets.setIcon(icons.icon("file-spreadsheet"))
        for document in allowed:
            for menu, slot in ((self._menu, self._print), (sheets, self._save)):
                action = QAction(document.title, menu)
                action.setData(document)
                action.triggered.connect(slot)
                menu.addAction(action)
        self._menu.addSeparator()
        self._menu.addMenu(sheets)

    def _chosen(self) -> DocumentSpec:
        action = self.sender()
        assert isinstance(action, QAction)
        document: DocumentSpec = action.data()
        return document

    @Slot()
    def _print(self) -> None:
        self.print_document(self._chosen())

    def print_document(self, document: DocumentSpec) -> None:
        """Open the preview of ``document`` for the current class."""
        if self._class is not None:
            _Printing(self._desk, document, self._class[0], self.window(), None)

    @Slot()
    def _save(self) -> None:
        document = self._chosen()
        if self._class is None:
            return
        folder = settings.read("folders/export") or str(Path.home())
        suggestion = str(Path(folder) / f"{self._class[1]}{document.title}.xlsx")
        dialog = QFileDialog(self, f"保存{document.title}", suggestion, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setProperty("document", document)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    @Slot(str)
    def _file_chosen(self, path: str) -> None:
        dialog = self.sender()
        assert dialog is not None
        self.save_document(dialog.property("document"), Path(path))

    def save_document(self, document: DocumentSpec, path: Path) -> None:
        """Write ``document`` of the current class to a workbook."""
        settings.write("folders/export", str(path.parent))
        if self._class is not None:
            _Printing(self._desk, document, self._class[0], self.window(), path)
