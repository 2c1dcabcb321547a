"""Preview of a PDF, and its way to the printer or a file.

pdfium turns pages into pictures off the screen's thread, the visible ones first; the printer gets its own rendering
at its resolution, at most 300 dpi.  The printer used last is remembered per kind of document.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QRect, QRectF, QSizeF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPageLayout, QPageSize, QPainter, QPaintEvent
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QFileDialog, QScrollArea, QVBoxLayout, QWidget

from dangxiao_houqin.core.errors import InvalidInput, Unavailable
from dangxiao_houqin.core.progress import Progress

from . import messages, settings
from .background import PDFIUM_LOCK, Runner, Task
from .theme import TOKENS
from .widgets import button, label, row, tool_button

PT_PER_INCH = 72.0
SCREEN_DPI = 96.0
MAX_PRINT_DPI = 300
ZOOMS = (0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0, 3.0)
GAP = 16
KEPT_PAGES = 24


@dataclass(frozen=True)
class PdfInfo:
    """A PDF and the sizes of its pages in pt."""

    data: bytes
    sizes: tuple[tuple[float, float], ...]


def inspect_pdf(progress: Progress, make: Callable[[Progress], bytes]) -> PdfInfo:
    """Make the PDF and measure its pages; raises :class:`InvalidInput` when it is no PDF."""
    import pypdfium2

    data = make(progress)
    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            raise InvalidInput("这份文件不是完整的 PDF，无法预览，请重新生成。") from error
        try:
            sizes = tuple(document.get_page_size(number) for number in range(len(document)))
        finally:
            document.close()
    return PdfInfo(data, sizes)


def render_page(_progress: Progress, info: PdfInfo, number: int, scale: float) -> tuple[int, float, QImage]:
    """Page ``number`` as a picture; ``scale`` is px per pt."""
    import pypdfium2

    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(info.data)
        try:
            bitmap = document[number].render(scale=scale, prefer_bgrx=True)
            image = QImage(
                bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGB32
            ).copy()
        finally:
            document.close()
    return number, scale, image


class _Sheets(QWidget):
    """The pages one below the other; draws what is there and asks for what is missing."""

    wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.info: PdfInfo | None = None
        self.zoom = 1.0
        self.images: OrderedDict[int, tuple[float, QImage]] = OrderedDict()
        self._places: list[QRect] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("打印预览")

    def scale(self) -> float:
        """Device px per pt at the present zoom."""
        return self.zoom * SCREEN_DPI / PT_PER_INCH * self.devicePixelRatioF()

    def arrange(self) -> None:
        """Place the pages for the present zoom."""
        if self.info is None:
            return
        factor = self.zoom * SCREEN_DPI / PT_PER_INCH
        widest = max(width for width, _ in self.info.sizes) * factor
        total = max(round(widest) + 2 * GAP, below.width() if (below := self.parentWidget()) is not None else 0)
        top, self._places = GAP, []
        for width, height in self.info.sizes:
            w, h = round(width * factor), round(height * factor)
            self._places.append(QRect((total - w) // 2, top, w, h))
            top += h + GAP
        self.setMinimumSize(round(widest) + 2 * GAP, top)
        self.resize(total, top)
        self.update()

    def place(self, number: int) -> QRect:
        return self._places[number] if number < len(self._places) else QRect()

    def page_at(self, y: int) -> int:
        """The page whose area holds the vertical position ``y``."""
        for number, rect in enumerate(self._places):
            if y < rect.bottom() + GAP:
                return number
        return max(len(self._places) - 1, 0)

    def keep(self, number: int, scale: float, image: QImage) -> None:
        self.images[number] = (scale, image)
        self.images.move_to_end(number)
        while len(self.images) > KEPT_PAGES:
            self.images.popitem(last=False)
        self.update(self.place(number))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, rect in enumerate(self._places):
            if not rect.intersects(event.rect()):
                continue
            painter.fillRect(rect.adjusted(-1, -1, 1, 2), QColor(TOKENS.line_strong))
            painter.fillRect(rect, QColor("#FFFFFF"))
            held = self.images.get(number)
            if held is not None:
                painter.drawImage(rect, held[1])
            if held is None or held[0] != self.scale():
                self.wanted.emit(number)
            if held is None:
                painter.setPen(QColor(TOKENS.text_hint))
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"正在显示第 {number + 1} 页…")


class PreviewDialog(QDialog):
    """Pages, zoom, save and print.  ``make(progress) -> bytes`` runs in the background."""

    ready = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        title: str,
        make: Callable[[Progress], bytes],
        runner: Runner,
        *,
        document: str = "",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"打印预览 · {title}")
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.runner, self.title, self.document = runner, title, document or title
        self.info: PdfInfo | None = None
        self._rendering: dict[int, Task] = {}
        self._wishes: list[int] = []
        self._job: PrintJob | None = None
        self._fit = True
        self._build(title)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._render_wishes)
        if not settings.restore_geometry(self, "preview"):
            area = self.screen().availableGeometry()
            self.resize(min(980, area.width() - 60), min(860, area.height() - 60))
        self.runner.work(inspect_pdf, make, ok=self._made, fail=self._not_made, progress=self._progress)

    def _build(self, title: str) -> None:
        self.sheets = _Sheets()
        self.sheets.wanted.connect(self._want)
        self._scroll = QScrollArea()
        self._scroll.setStyleSheet(f"QScrollArea {{ background: {TOKENS.neutral_tint}; }}")
        self._scroll.setWidget(self.sheets)
        self._scroll.setWidgetResizable(False)
        # a bar that came with the pages would narrow the room they were measured for
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._scroll.verticalScrollBar().valueChanged.connect(self._moved)
        self._where = label("正在生成…", "second")
        self._percent = label("", "second")
        self._percent.setMinimumWidth(44)
        self._percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.save = button("另存为 PDF", self._ask_file, icon="save", shortcut="Ctrl+S")
        self.print_button = button("打印", self._ask_printer, icon="printer", kind="primary", shortcut="Ctrl+P")
        for part in (self.save, self.print_button):
            part.setEnabled(False)
        head = row(
            label(title, "cardTitle"),
            12,
            self._where,
            None,
            tool_button("zoom-out", "缩小", self.zoom_out, shortcut="Ctrl+-"),
            self._percent,
            tool_button("zoom-in", "放大", self.zoom_in, shortcut="Ctrl+="),
            tool_button("maximize", "适合窗口宽度", self.fit_width, shortcut="Ctrl+0"),
            8,
            self.save,
            self.print_button,
            spacing=8,
        )
        head.setContentsMargins(20, 12, 20, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)

    # ------------------------------------------------------------------ making
    @Slot(float, str)
    def _progress(self, _fraction: float, text: str) -> None:
        self._where.setText(text)

    @Slot(object)
    def _made(self, info: PdfInfo) -> None:
        self.info = self.sheets.info = info
        self.save.setEnabled(True)
        self.print_button.setEnabled(bool(info.sizes))
        self.fit_width()
        self._moved()
        self.sheets.setFocus()
        self.ready.emit()

    @Slot(object)
    def _not_made(self, error: Exception) -> None:
        self._where.setText("没有生成")
        box = messages.show(self, error)
        if box is not None:
            box.finished.connect(self.reject)

    # ------------------------------------------------------------------ seeing
    @property
    def page(self) -> int:
        """The page in view, from 0."""
        return self.sheets.page_at(self._scroll.verticalScrollBar().value() + self._scroll.viewport().height() // 3)

    @Slot()
    def _moved(self) -> None:
        if self.info is not None:
            self._where.setText(f"第 {self.page + 1} 页，共 {len(self.info.sizes)} 页")

    def show_page(self, number: int) -> None:
        """Scroll to a page."""
        if self.info is not None:
            number = max(0, min(number, len(self.info.sizes) - 1))
            self._scroll.verticalScrollBar().setValue(self.sheets.place(number).top() - GAP)

    def set_zoom(self, zoom: float) -> None:
        """1.0 is the size on paper at 96 dpi."""
        page = self.page
        self.sheets.zoom = max(ZOOMS[0], min(zoom, ZOOMS[-1]))
        self._percent.setText(f"{round(self.sheets.zoom * 100)}%")
        self.sheets.arrange()
        self.show_page(page)

    @Slot()
    def zoom_in(self) -> None:
        self._fit = False
        self.set_zoom(next((each for each in ZOOMS if each > self.sheets.zoom + 0.01), ZOOMS[-1]))

    @Slot()
    def zoom_out(self) -> None:
        self._fit = False
        self.set_zoom(next((each for each in reversed(ZOOMS) if each < self.sheets.zoom - 0.01), ZOOMS[0]))

    @Slot()
    def fit_width(self) -> None:
        self._fit = True
        if self.info is not None and self.info.sizes:
            widest = max(width for width, _ in self.info.sizes) * SCREEN_DPI / PT_PER_INCH
            self.set_zoom(min((self._scroll.viewport().width() - 2 * GAP - 4) / widest, 1.5))

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if self.info is not None:
            if self._fit:
                self.fit_width()
            else:
                self.sheets.arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        if event.key() in steps:
            self.show_page(self.page + steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Home:
            self.show_page(0)
        elif event.key() == Qt.Key.Key_End and self.info is not None:
            self.show_page(len(self.info.sizes))
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _want(self, number: int) -> None:
        if number in self._rendering:
            return
        if number in self._wishes:
            self._wishes.remove(number)
        self._wishes.append(number)
        del self._wishes[:-4]
        if not self._timer.isActive():
            self._timer.start(10)

    @Slot()
    def _render_wishes(self) -> None:
        while self._wishes and len(self._rendering) < 2 and self.info is not None:
            number = self._wishes.pop()
            if number not in self._rendering:
                task = self.runner.work(render_page, self.info, number, self.sheets.scale(), ok=self._rendered)
                if not task.done:
                    self._rendering[number] = task

    @Slot(object)
    def _rendered(self, result: tuple[int, float, QImage]) -> None:
        number, scale, image = result
        self._rendering.pop(number, None)
        self.sheets.keep(number, scale, image)
        if self._wishes:
            self._timer.start(0)

    # ------------------------------------------------------------------ keeping and printing
    @Slot()
    def _ask_file(self) -> None:
        folder = settings.read("folders/pdf") or str(Path.home())
        dialog = QFileDialog(self, "另存为 PDF", str(Path(folder) / f"{self.title}.pdf"), "PDF 文件 (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_to)
        dialog.open()

    @Slot(str)
    def save_to(self, path: str) -> None:
        """Write the PDF, whole or not at all."""
        assert self.info is not None
        settings.write("folders/pdf", str(Path(path).parent))
        self.runner.work(save_bytes, path, self.info.data, ok=self._saved)

    @Slot(object)
    def _saved(self, path: str) -> None:
        self._where.setText(f"已保存为 {Path(path).name}")

    @Slot()
    def _ask_printer(self) -> None:
        if not QPrinterInfo.availablePrinterNames():
            messages.show(
                self, Unavailable("这台电脑上没有安装打印机。", hint="可以先另存为 PDF，到有打印机的电脑上打印。")
            )
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        remembered = settings.read(f"printers/{self.document}")
        if isinstance(remembered, str) and remembered in QPrinterInfo.availablePrinterNames():
            printer.setPrinterName(remembered)
        self._set_paper(printer)
        self._printer = printer
        dialog = QPrintDialog(printer, self)
        dialog.setWindowTitle(f"打印 · {self.title}")
        assert self.info is not None
        dialog.setMinMax(1, len(self.info.sizes))
        if dialog.exec() == QDialog.DialogCode.Accepted:  # the system's own dialog knows no open()
            self._printer_chosen()

    @Slot()
    def _printer_chosen(self) -> None:
        settings.write(f"printers/{self.document}", self._printer.printerName())
        self.print_on(self._printer)

    def _set_paper(self, printer: QPrinter) -> None:
        assert self.info is not None
        width, height = self.info.sizes[0]
        size = QPageSize(QSizeF(min(width, height), max(width, height)), QPageSize.Unit.Point)
        landscape = QPageLayout.Orientation.Landscape if width > height else QPageLayout.Orientation.Portrait
        printer.setPageSize(size)
        printer.setPageOrientation(landscape)
        printer.setFullPage(True)
        printer.setDocName(self.title)

    def print_on(self, printer: QPrinter) -> PrintJob:
        """Send the pages to ``printer`` one by one."""
        assert self.info is not None
        first, last = printer.fromPage() or 1, printer.toPage() or len(self.info.sizes)
        self.print_button.setEnabled(False)
        self._job = PrintJob(self.runner, self.info, printer, first - 1, min(last, len(self.info.sizes)), self)
        self._job.moved.connect(self._where.setText)
        self._job.finished.connect(self._printed)
        self._job.start()
        return self._job

    @Slot(object)
    def _printed(self, error: object) -> None:
        self.print_button.setEnabled(True)
        if isinstance(error, Exception):
            messages.show(self, error)
        else:
            self._where.setText("已送到打印机")
            messages.toast(self, f"{self.title}已送到打印机")

    def done(self, result: int) -> None:
        settings.save_geometry(self, "preview")
        self.runner.drop(self)
        super().done(result)


class PrintJob(QObject):
    """Renders page after page in the background and paints each onto the printer."""

    moved = Signal(str)
    finished = Signal(object)

    def __init__(self, runner: Runner, info: PdfInfo, printer: QPrinter, first: int, end: int, parent: QObject) -> None:
        super().__init__(parent)
        self._runner, self._info, self._printer = runner, info, printer
        self._first, self._next, self._end = first, first, end
        self._painter: QPainter | None = None

    def start(self) -> None:
        self._painter = QPainter()
        if not self._painter.begin(self._printer):
            self._painter = None
            self.finished.emit(Unavailable("打印机没有响应，请检查电源、连接和纸张后重试。"))
            return
        self._render()

    def _render(self) -> None:
        scale = min(self._printer.resolution(), MAX_PRINT_DPI) / PT_PER_INCH
        self.moved.emit(f"正在打印第 {self._next - self._first + 1} 页，共 {self._end - self._first} 页")
        self._runner.work(render_page, self._info, self._next, scale, ok=self._paint, fail=self._stop)

    @Slot(object)
    def _paint(self, result: tuple[int, float, QImage]) -> None:
        number, _, image = result
        assert self._painter is not None
        width, height = self._info.sizes[number]
        dots = self._printer.resolution() / PT_PER_INCH
        self._painter.drawImage(QRectF(0, 0, width * dots, height * dots), image)
        self._next += 1
        if self._next < self._end:
            self._printer.newPage()
            self._render()
        else:
            self._stop(None)

    @Slot(object)
    def _stop(self, error: object) -> None:
        if self._painter is not None:
            if error is not None:
                self._printer.abort()
            self._painter.end()
            self._painter = None
        self.finished.emit(error)


def save_bytes(progress: Progress, path: str, data: bytes) -> str:
    """Write ``data`` under a temporary name and rename it; raises :class:`Unavailable` when the disk refuses."""
    progress(0.5, "正在保存")
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable(f"不能保存到“{target.name}”：{error.strerror or error}。请换一个文件夹再试。") from error
    return path


def preview(
    parent: QWidget | None,
    title: str,
    make: Callable[[Progress], bytes],
    runner: Runner,
    *,
    document: str = "",
) -> PreviewDialog:
    """Open the preview of ``make(progress) -> PDF bytes``; ``document`` names its kind for the printer's memory."""
    dialog = PreviewDialog(parent, title, make, runner, document=document)
    dialog.open()
    return dialog
