"""Printing and saving papers from a page: data first, then paper or sheet without a database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog

from dangxiao_houqin.core.progress import Progress

from . import messages, settings
from .page import Page
from .printing import preview

Load = Callable[..., Any]
Write = Callable[[Progress, Path, Any], Any]


class PagePapers(QObject):
    """Loads with the page's runner, then shows a preview or writes a workbook."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self._title = self._document = self._action = ""
        self._draw: Callable[[Any, Progress], bytes] | None = None
        self._load: Load | None = None
        self._write: Write | None = None
        self._args: tuple[Any, ...] = ()
        self._path: Path | None = None

    def show(self, title: str, document: str, load: Load, *args: Any, draw: Callable[[Any, Progress], bytes]) -> None:
        """Preview of a paper; ``document`` is what the printer settings are remembered under."""
        self._title, self._document, self._draw = title, document, draw
        self._page.query(load, *args, ok=self._loaded)

    @Slot(object)
    def _loaded(self, data: Any) -> None:
        if self._draw is not None:
            make = partial(self._draw, data)
            preview(self._page.window(), self._title, make, self._page.runner, document=self._document)

    def save(self, title: str, write: Write, load: Load, *args: Any, action: str = "") -> None:
        """Ask where to, then write a workbook; ``action`` makes the reading a logged command."""
        self._title, self._write, self._load, self._args, self._action = title, write, load, args, action
        folder = settings.read("folders/export") or str(Path.home())
        name = "".join("－" if sign in '\\/:*?"<>|' else sign for sign in title)[:80]
        dialog = QFileDialog(self._page, f"保存{title}", str(Path(folder) / f"{name}.xlsx"), "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write what was chosen last to ``path``."""
        settings.write("folders/export", str(Path(path).parent))
        self._path = Path(path)
        if self._load is None:
            return
        if self._action:
            self._page.runner.command(
                self._load, *self._args, ok=self._have_rows, fail=self._page.command_failed, action=self._action
            )
        else:
            self._page.query(self._load, *self._args, ok=self._have_rows)

    @Slot(object)
    def _have_rows(self, data: Any) -> None:
        if self._write is not None:
            self._page.runner.work(
                _write_book,
                self._write,
                self._path,
                data,
                ok=self._written,
                fail=self._page.command_failed,
                title=f"导出{self._title}",
            )

    @Slot(object)
    def _written(self, path: Path) -> None:
        messages.toast(self._page, f"已保存 {path.name}")


def _write_book(progress: Progress, write: Write, path: Path, data: Any) -> Path:
    write(progress, path, data)
    return path
