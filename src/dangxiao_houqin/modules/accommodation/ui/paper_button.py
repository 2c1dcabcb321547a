"""A button that prints a register of the page it stands on, or saves it as a workbook."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import icons, messages, settings
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.printing import preview
from dangxiao_houqin.ui.theme import TOKENS


def _make(pdf: Callable[..., bytes], data: Any, progress: Progress) -> bytes:
    return pdf(data, progress=progress)


def _write(progress: Progress, xlsx: Callable[..., None], path: Path, data: Any) -> Path:
    xlsx(path, data, progress=progress)
    return path


class PaperButton(QPushButton):
    """``load(ctx, *arguments())`` reads the data; ``pdf(data, progress=…)`` and ``xlsx(path, data, progress=…)`` make
    the paper.  ``arguments`` is asked each time, so that the paper shows what the page shows."""

    def __init__(
        self,
        runner: Runner,
        title: str,
        load: Callable[..., Any],
        arguments: Callable[[], tuple[Any, ...]],
        pdf: Callable[..., bytes],
        xlsx: Callable[..., None],
        document: str,
    ) -> None:
        super().__init__(title)
        self._runner, self._title, self._load, self._arguments = runner, title, load, arguments
        self._pdf, self._xlsx, self._document = pdf, xlsx, document
        self._path: Path | None = None
        self.setIcon(icons.icon("printer", TOKENS.text_second, 18, 4))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAccessibleName(f"打印{title}")
        menu = QMenu(self)
        menu.addAction(icons.icon("printer"), "打印", self.print_paper)
        menu.addAction(icons.icon("file-spreadsheet"), "存为 Excel", self.save)
        self.setMenu(menu)

    @Slot()
    def print_paper(self) -> None:
        """Open the preview."""
        self._runner.query(self._load, *self._arguments(), ok=self._print, fail=self._failed)

    @Slot(object)
    def _print(self, data: Any) -> None:
        preview(self.window(), self._title, partial(_make, self._pdf, data), self._runner, document=self._document)

    @Slot()
    def save(self) -> None:
        """Ask for a file name."""
        folder = settings.read("folders/export") or str(Path.home())
        suggestion = str(Path(folder) / f"{self._title}.xlsx")
        dialog = QFileDialog(self, f"保存{self._title}", suggestion, "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the workbook."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = Path(path)
        self._runner.query(self._load, *self._arguments(), ok=self._save, fail=self._failed)

    @Slot(object)
    def _save(self, data: Any) -> None:
        self._runner.work(
            _write, self._xlsx, self._path, data, ok=self._saved, fail=self._failed, title=f"导出{self._title}"
        )

    @Slot(object)
    def _saved(self, path: Path) -> None:
        messages.toast(self, f"已保存 {path.name}")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        messages.show(self, error)
