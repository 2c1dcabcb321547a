"""Preview, file and printer: pages as they are, seen lazily, printed whole."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from pytestqt.qtbot import QtBot
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.ui import messages
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.printing import PreviewDialog, inspect_pdf, preview, render_page


class Paper:
    """Makes a PDF of ``pages`` pages, each with a black square whose place tells its number."""

    def __init__(self, pages: int, *, wide: bool = False) -> None:
        self.pages, self.wide = pages, wide

    def __call__(self, progress: Progress) -> bytes:
        out = io.BytesIO()
        canvas = Canvas(out, pagesize=landscape(A4) if self.wide else A4)
        for number in range(self.pages):
            progress(number / self.pages, "正在排版")
            canvas.rect(50, 750 - 20 * number if not self.wide else 300, 100, 10, fill=1)
            canvas.showPage()
        canvas.save()
        return out.getvalue()


def broken(_progress: Progress) -> bytes:
    return b"%PDF-1.7 and then nothing"


def refused(_progress: Progress) -> bytes:
    raise Unavailable("字体文件不见了，请重新安装程序。")


@pytest.fixture
def dialog(qtbot: QtBot, runner: Runner) -> PreviewDialog:
    made = preview(None, "住宿安排表", Paper(30), runner, document="stay.list")
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.ready):
        pass
    return made


def test_only_pages_in_view_are_drawn(qtbot: QtBot, dialog: PreviewDialog) -> None:
    qtbot.waitUntil(lambda: 0 in dialog.sheets.images)
    assert dialog._where.text() == "第 1 页，共 30 页"
    assert 20 not in dialog.sheets.images
    qtbot.keyClick(dialog, Qt.Key.Key_End)
    qtbot.waitUntil(lambda: 29 in dialog.sheets.images)
    assert dialog._where.text() == "第 30 页，共 30 页"
    assert 15 not in dialog.sheets.images
    qtbot.keyClick(dialog, Qt.Key.Key_Home)
    qtbot.keyClick(dialog, Qt.Key.Key_PageDown)
    assert dialog.page == 1


def test_zooming_draws_anew_and_keeps_the_page(qtbot: QtBot, dialog: PreviewDialog) -> None:
    dialog.show_page(7)
    qtbot.waitUntil(lambda: 7 in dialog.sheets.images)
    before = dialog.sheets.zoom
    dialog.zoom_in()
    assert dialog.sheets.zoom > before
    assert dialog.page == 7
    qtbot.waitUntil(lambda: dialog.sheets.images[7][0] == dialog.sheets.scale())
    assert dialog.sheets.images[7][1].width() == pytest.approx(dialog.sheets.place(7).width(), abs=2)


def test_the_picture_is_the_page() -> None:
    info = inspect_pdf(lambda _f, _t: None, Paper(2))
    number, scale, image = render_page(lambda _f, _t: None, info, 1, 2.0)
    assert (number, scale, len(info.sizes)) == (1, 2.0, 2)
    assert (image.width(), image.height()) == (1191, 1684)
    assert image.pixelColor(200, round(2 * (841.89 - 735))).lightness() < 20
    assert image.pixelColor(200, round(2 * (841.89 - 755))).lightness() > 240


def test_saving_writes_the_same_bytes(qtbot: QtBot, dialog: PreviewDialog, tmp_path: Path) -> None:
    path = tmp_path / "住宿安排表.pdf"
    dialog.save_to(str(path))
    qtbot.waitUntil(path.exists)
    assert dialog.info is not None
    qtbot.waitUntil(lambda: "已保存" in dialog._where.text())
    assert path.read_bytes() == dialog.info.data
    assert list(tmp_path.glob("*.part")) == []


def test_a_folder_that_refuses_is_told(qtbot: QtBot, dialog: PreviewDialog, tmp_path: Path) -> None:
    dialog.save_to(str(tmp_path / "no" / "such" / "folder.pdf"))
    qtbot.waitUntil(lambda: dialog.findChild(messages.QuestionDialog) is not None)
    box = dialog.findChild(messages.QuestionDialog)
    assert box is not None
    assert "不能保存到“folder.pdf”" in box.message
    box.accept()


@pytest.mark.parametrize("wide", (False, True))
def test_every_page_reaches_the_printer_in_its_place(qtbot: QtBot, runner: Runner, tmp_path: Path, wide: bool) -> None:
    made = preview(None, "门卡", Paper(3, wide=wide), runner)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.ready):
        pass
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    printer.setResolution(150)
    made._set_paper(printer)
    job = made.print_on(printer)
    with qtbot.waitSignal(job.finished, timeout=20_000) as done:
        pass
    assert done.args == [None]
    printed = pypdfium2.PdfDocument(tmp_path / "printed.pdf")
    try:
        assert len(printed) == 3
        width, height = printed[0].get_size()
        assert (width > height) == wide
        image = printed[1].render(scale=1.0).to_pil().convert("L")
        y = round(height) - (735 if not wide else 305)
        assert image.getpixel((100, y)) < 60
        assert image.getpixel((300, y)) > 240
    finally:
        printed.close()
    assert made.print_button.isEnabled()


@pytest.mark.parametrize(("make", "sentence"), ((broken, "不是完整的 PDF"), (refused, "字体文件不见了")))
def test_what_cannot_be_made_is_told_and_the_preview_closes(
    qtbot: QtBot, runner: Runner, make: object, sentence: str
) -> None:
    dialog = preview(None, "通知", make, runner)  # type: ignore[arg-type]
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.findChild(messages.QuestionDialog) is not None)
    box = dialog.findChild(messages.QuestionDialog)
    assert box is not None
    assert sentence in box.message
    qtbot.mouseClick(box.yes, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()


def test_without_a_printer_the_file_is_offered(qtbot: QtBot, dialog: PreviewDialog) -> None:
    from PySide6.QtPrintSupport import QPrinterInfo

    if QPrinterInfo.availablePrinterNames():
        pytest.skip("this machine has a printer")
    qtbot.mouseClick(dialog.print_button, Qt.MouseButton.LeftButton)
    box = dialog.findChild(messages.QuestionDialog)
    assert box is not None
    assert "没有安装打印机" in box.message
    box.accept()


def test_a_preview_closed_while_pages_are_drawn_leaves_nothing_behind(qtbot: QtBot, runner: Runner) -> None:
    for _ in range(10):
        dialog = preview(None, "表", Paper(10), runner)
        with qtbot.waitSignal(dialog.ready):
            pass
        dialog.show_page(5)
        dialog.sheets.repaint()
        dialog.close()
    qtbot.waitUntil(lambda: not runner.tasks())
    assert runner.tasks() == ()
