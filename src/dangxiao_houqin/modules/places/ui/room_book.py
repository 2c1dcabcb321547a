"""The room workbook at the page: choose a file, write it; choose a file, preview it, take it in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from dangxiao_houqin.modules.places.transfer import (
    ImportPreview,
    RoomBook,
    RoomLine,
    list_room_lines,
    preview_rooms,
    read_room_book,
    write_room_book,
)
from dangxiao_houqin.ui import settings
from dangxiao_houqin.ui.page import Page

from .import_dialog import RoomImportDialog


class RoomBookDesk(QObject):
    """Export and import for ``page``; reading and writing files happens in the background."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._path = Path()
        self._book: RoomBook | None = None

    @Slot()
    def choose_export(self) -> None:
        """Ask where to."""
        folder = Path(settings.read("folders/export") or Path.home())
        suggested = str(folder / "房间与床位一览表.xlsx")
        dialog = QFileDialog(self._page, "导出房间总表", suggested, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    @Slot(str)
    def export_to(self, path: str) -> None:
        """Write the whole stock to ``path``."""
        self._path = Path(path)
        settings.write("folders/export", str(self._path.parent))
        self._page.query(list_room_lines, ok=self._write)

    @Slot(object)
    def _write(self, lines: tuple[RoomLine, ...]) -> None:
        self._page.runner.work(write_room_book, self._path, lines, ok=self._written, title="导出房间总表")

    @Slot(object)
    def _written(self, path: Path) -> None:
        self._page.toast(f"已导出到 {path.name}")

    @Slot()
    def choose_import(self) -> None:
        """Ask which file."""
        folder = settings.read("folders/import") or str(Path.home())
        dialog = QFileDialog(self._page, "选择房间表", folder, "表格 (*.xlsx *.xls *.ods *.csv)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_from)
        dialog.open()

    @Slot(str)
    def import_from(self, path: str) -> None:
        """Read ``path`` and show what it would change."""
        settings.write("folders/import", str(Path(path).parent))
        self._page.runner.work(read_room_book, Path(path), ok=self._preview, title="读取房间表")

    @Slot(object)
    def _preview(self, book: RoomBook) -> None:
        self._book = book
        self._page.query(preview_rooms, book, ok=self._show)

    @Slot(object)
    def _show(self, preview: ImportPreview) -> None:
        assert self._book is not None
        RoomImportDialog(self._page.runner, self._page, self._book, preview).open()
