"""Paper without a preview: a slip for somebody who stands at the desk goes straight to the printer used before."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QSizeF, Signal, Slot
from PySide6.QtGui import QPageLayout, QPageSize
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.progress import Progress

from . import settings
from .background import Runner
from .printing import PdfInfo, PrintJob, inspect_pdf


class DirectPrint(QObject):
    """Makes a PDF in the background and prints it; ``finished(error or None)`` comes once.

    The printer is the one chosen last in the preview of the same ``document``, else the system's own.
    """

    finished = Signal(object)

    def __init__(
        self, runner: Runner, title: str, make: Callable[[Progress], bytes], document: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._runner, self._title, self._make, self._document = runner, title, make, document
        self._job: PrintJob | None = None

    def start(self, printer: QPrinter | None = None) -> None:
        """Begin; ``printer`` overrides the remembered one."""
        self._printer = printer or _printer_for(self._document)
        if self._printer is None:
            self._end(
                Unavailable("这台电脑上没有安装打印机。", hint="请先安装打印机，或在系统设置里改为“显示房间条”。")
            )
            return
        self._runner.work(inspect_pdf, self._make, ok=self._made, fail=self._end)

    @Slot(object)
    def _made(self, info: PdfInfo) -> None:
        assert self._printer is not None
        width, height = info.sizes[0]
        size = QPageSize(QSizeF(min(width, height), max(width, height)), QPageSize.Unit.Point)
        landscape = QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait
        self._printer.setPageSize(size)
        self._printer.setPageOrientation(landscape)
        self._printer.setFullPage(True)
        self._printer.setDocName(self._title)
        self._job = PrintJob(self._runner, info, self._printer, 0, len(info.sizes), self)
        self._job.finished.connect(self._end)
        self._job.start()

    @Slot(object)
    def _end(self, error: object) -> None:
        self.finished.emit(error)
        self.deleteLater()


def _printer_for(document: str) -> QPrinter | None:
    known = QPrinterInfo.availablePrinterNames()
    if not known:
        return None
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    remembered = settings.read(f"printers/{document}")
    if isinstance(remembered, str) and remembered in known:
        printer.setPrinterName(remembered)
    elif not printer.isValid():
        printer.setPrinterName(known[0])
    return printer
