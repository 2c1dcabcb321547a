"""The evidence viewer with real files: PDF, pictures of a phone, electronic invoices, damaged ones."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from dangxiao_houqin.core.attachments import MEDIA_TYPES, attach, read_attachment
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.modules.expenses.ui import evidence_reading
from dangxiao_houqin.modules.expenses.ui.evidence_viewer import EvidenceViewer, Paper, size_text
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.desk import Desk

XML = (
    '<?xml version="1.0" encoding="UTF-8"?><EInvoice>'
    "<Number>26442000000012345678</Number><Sum>107000.53</Sum></EInvoice>"
)


def pdf(pages: int = 3) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 420))
    for number in range(pages):
        canvas.setFont("Helvetica", 60)
        canvas.drawString(60, 200, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def photo(width: int = 400, height: int = 200, *, orientation: int = 1, fmt: str = "JPEG") -> bytes:
    """Left half red, right half blue."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, fmt, **({"exif": exif} if fmt == "JPEG" else {}))
    return out.getvalue()


def paper(name: str, data: bytes, **more: Any) -> Paper:
    return Paper(name, "发票", MEDIA_TYPES[Path(name).suffix], len(data), data=data, name=name, **more)


@pytest.fixture
def viewer(desk: Desk, qtbot: QtBot) -> EvidenceViewer:
    widget = EvidenceViewer(desk.runner)
    qtbot.addWidget(widget)
    widget.resize(640, 720)
    with qtbot.waitActive(widget):
        widget.show()
    return widget


def test_pages_of_a_pdf_by_keys(viewer: EvidenceViewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.canvas.painted):
        viewer.set_papers([paper("住宿费发票.pdf", pdf())])
    assert viewer.page_text.text() == "第 1 页，共 3 页"
    sheets = viewer.canvas.sheets
    sheets.setFocus()
    qtbot.keyClick(sheets, Qt.Key.Key_PageDown)
    assert viewer.page_text.text() == "第 2 页，共 3 页"
    qtbot.keyClick(sheets, Qt.Key.Key_End)
    assert viewer.page_text.text() == "第 3 页，共 3 页"
    qtbot.keyClick(sheets, Qt.Key.Key_PageUp)
    assert viewer.page_text.text() == "第 2 页，共 3 页"
    before = viewer.canvas.zoom
    qtbot.keyClick(sheets, Qt.Key.Key_Equal, Qt.KeyboardModifier.ControlModifier)
    assert viewer.canvas.zoom > before
    assert viewer.page_text.text() == "第 2 页，共 3 页", "zooming stays on the page"
    qtbot.keyClick(sheets, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert viewer.percent.text() == "100%"


def test_strip_shows_small_what_was_seen_large(viewer: EvidenceViewer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(viewer.canvas.painted):
        viewer.set_papers([paper("小票.jpg", photo()), paper("二.pdf", pdf(1))])
    small = viewer.strip.item(0).icon().pixmap(32).toImage()
    assert small.pixelColor(small.width() // 4, small.height() // 2).red() > 200
    assert small.pixelColor(small.width() * 3 // 4, small.height() // 2).blue() > 200


def test_turning_swaps_width_and_height(viewer: EvidenceViewer, qtbot: QtBot) -> None:
    viewer.set_papers([paper("发票.pdf", pdf(1))])
    wide = viewer.canvas.sheets.place(0).size()
    qtbot.mouseClick(viewer.turn, Qt.MouseButton.LeftButton)
    tall = viewer.canvas.sheets.place(0).size()
    assert wide.width() > wide.height()
    assert tall.height() > tall.width()
    assert abs(wide.width() - tall.width()) <= 1, "both fill the width"
    for _ in range(3):
        qtbot.keyClick(viewer.canvas.sheets, Qt.Key.Key_R)
    assert viewer.canvas.turn == 0


@pytest.mark.parametrize(
    ("orientation", "corner"),
    ((1, "red"), (3, "blue"), (6, "red")),
    ids=("as it lies", "upside down", "on its side"),
)
def test_photo_is_shown_upright(viewer: EvidenceViewer, qtbot: QtBot, orientation: int, corner: str) -> None:
    with qtbot.waitSignal(viewer.canvas.painted):
        viewer.set_papers([paper("小票.jpg", photo(orientation=orientation))])
    place = viewer.canvas.sheets.place(0)
    assert (place.height() > place.width()) == (orientation == 6)
    seen = viewer.canvas.sheets.grab().toImage().pixelColor(place.topLeft() + QPoint(15, 15))
    assert (seen.red() > 200, seen.blue() > 200) == (corner == "red", corner == "blue")


def test_every_kind_of_picture_opens(viewer: EvidenceViewer) -> None:
    for suffix, fmt in ((".png", "PNG"), (".bmp", "BMP"), (".webp", "WEBP"), (".tif", "TIFF"), (".jpeg", "JPEG")):
        viewer.set_papers([paper(f"扫描{suffix}", photo(fmt=fmt))])
        assert viewer.opened is not None, suffix
        assert len(viewer.opened.pictures) == 1


def test_huge_picture_is_read_smaller(viewer: EvidenceViewer) -> None:
    viewer.set_papers([paper("全景.jpg", photo(9000, 300))])
    assert viewer.opened is not None
    picture = viewer.opened.pictures[0]
    assert (picture.width(), picture.height()) == (evidence_reading.LONGEST_SIDE_PX, 166)


def test_scan_of_several_sheets(viewer: EvidenceViewer) -> None:
    sheets = [Image.new("L", (300, 420), 255 - 40 * n) for n in range(3)]
    out = io.BytesIO()
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:])
    viewer.set_papers([paper("合同扫描.tif", out.getvalue())])
    assert viewer.page_text.text() == "第 1 页，共 3 页"


def test_xml_shows_its_facts_and_its_text(viewer: EvidenceViewer) -> None:
    facts = (("发票号码", "26442000000012345678"), ("价税合计", "¥107,000.53"))
    viewer.set_papers([paper("数电票.xml", XML.encode(), facts=facts)])
    table = viewer.facts.table
    shown = [(table.item(at, 0).text(), table.item(at, 1).text()) for at in range(table.rowCount())]
    assert tuple(shown) == facts
    assert "<Sum>107000.53</Sum>" in viewer.facts.text.toPlainText().splitlines()[3]
    assert not viewer.zoom_in.isEnabled()


def test_xml_in_the_encoding_it_names(viewer: EvidenceViewer) -> None:
    text = '<?xml version="1.0" encoding="GB2312"?><票><销售方>㙍塘宾馆</销售方></票>'
    viewer.set_papers([paper("旧票.xml", text.encode("gb18030"))])
    assert "㙍塘宾馆" in viewer.facts.text.toPlainText()


@pytest.mark.qt_log_ignore("JPEG datastream", extend=True)
@pytest.mark.parametrize(
    ("name", "data", "word"),
    (
        ("发票.pdf", b"%PDF-1.7 cut off", "“发票.pdf”已损坏"),
        ("小票.jpg", b"\xff\xd8\xff\xe0nothing", "图片“小票.jpg”已损坏"),
        ("票.ofd", b"PK\x03\x04 not a zip", "“票.ofd”已损坏"),
        ("票.xml", b"<\xff\xfe\x00>", "编码不对"),
    ),
)
def test_damaged_file_is_one_sentence(viewer: EvidenceViewer, qtbot: QtBot, name: str, data: bytes, word: str) -> None:
    with qtbot.waitSignal(viewer.failed) as told:
        viewer.set_papers([paper(name, data)])
    assert word in told.args[0]
    assert told.args[0].count("。") == 1
    assert viewer.stage.currentWidget() is viewer.empty
    assert viewer.save.isEnabled(), "a damaged file may still be saved"


def test_arrow_keys_go_from_file_to_file(viewer: EvidenceViewer, qtbot: QtBot) -> None:
    papers = [paper("一.pdf", pdf(1)), paper("二.jpg", photo()), paper("三.xml", XML.encode())]
    viewer.set_papers(papers)
    viewer.strip.setFocus()
    qtbot.keyClick(viewer.strip, Qt.Key.Key_Right)
    assert viewer.current() == papers[1]
    assert viewer.opened is not None
    assert viewer.opened.name == "二.jpg"
    viewer.set_papers([papers[2], papers[1]])
    assert viewer.current() == papers[1], "the file in view stays"
    assert viewer.strip.currentRow() == 1
    assert not viewer.next_paper()
    viewer.set_papers([])
    assert viewer.current() is None
    assert viewer.opened is None


def test_stored_file_is_read_when_shown_and_not_before(desk: Desk, db: Database, unit: Any, qtbot: QtBot) -> None:
    with unit() as ctx:
        row = attach(ctx, "发票.pdf", pdf(2))
        ctx.session.flush()
        stored = row.id
    asked: list[int] = []

    def read(ctx: Any, attachment_id: int) -> Any:
        asked.append(attachment_id)
        return read_attachment(ctx, attachment_id)

    widget = EvidenceViewer(desk.runner, read=read)
    qtbot.addWidget(widget)
    widget.set_papers([Paper("发票", "发票", "application/pdf", 100, stored)])
    assert asked == [], "hidden: nothing is read"
    widget.show()
    assert asked == [stored]
    assert widget.page_text.text() == "第 1 页，共 2 页"
    widget.set_papers([Paper("没有了", "发票", "application/pdf", 100, stored + 99)])
    assert widget.stage.currentWidget() is widget.empty


def test_save_and_open_outside(
    viewer: EvidenceViewer, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = photo()
    viewer.set_papers([paper('a:b*"?.jpg', data)])
    viewer.save_to(str(tmp_path / "小票.jpg"))
    assert (tmp_path / "小票.jpg").read_bytes() == data
    opened: list[str] = []
    monkeypatch.setattr(
        "dangxiao_houqin.modules.expenses.ui.evidence_viewer.QDesktopServices.openUrl",
        lambda url: opened.append(url.toLocalFile()) or True,
    )
    qtbot.mouseClick(viewer.outside, Qt.MouseButton.LeftButton)
    assert Path(opened[0]).name == "a_b___.jpg"
    assert Path(opened[0]).read_bytes() == data


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    (
        ("发票.PDF", "application/pdf", "发票.PDF"),
        ("发票.exe", "application/pdf", "发票.exe.pdf"),
        ("..\\..\\x.png", "image/png", "_.._x.png"),
        ("", "image/png", "附件.png"),
        ("长" * 300 + ".xml", "application/xml", "长" * 100 + ".xml"),
    ),
)
def test_names_outside_the_program(name: str, media_type: str, expected: str) -> None:
    assert evidence_reading.safe_name(name, media_type) == expected


def test_sizes_as_people_say_them() -> None:
    assert [size_text(n) for n in (0, 1, 36_000, 1_300_000)] == ["", "1 KB", "35 KB", "1.2 MB"]


def test_window_that_closes_meanwhile_hurts_nobody(qapp: QApplication, qtbot: QtBot, look: None) -> None:
    runner = Runner()
    widget = EvidenceViewer(runner)
    widget.show()
    widget.set_papers([paper("发票.pdf", pdf(30))])
    widget.close()
    widget.deleteLater()
    qtbot.waitUntil(lambda: not runner.tasks(), timeout=10_000)
    runner.shutdown()


def test_pages_wished_for_while_the_program_closes_hurt_nobody(qtbot: QtBot, look: None) -> None:
    runner = Runner()
    widget = EvidenceViewer(runner)
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    with qtbot.waitSignal(widget.canvas.painted):
        widget.set_papers([paper("发票.pdf", pdf(30))])
    with qtbot.waitSignal(widget.canvas.sheets.wanted):
        widget.canvas.show_page(20)
    assert widget.canvas._timer.isActive()
    runner.shutdown()
    qtbot.waitUntil(lambda: not widget.canvas._timer.isActive())


def test_page_like_a_till_roll_is_drawn_no_larger_than_the_memory_allows() -> None:
    kept = io.BytesIO()
    canvas = Canvas(kept, pagesize=(100, 14_000))
    canvas.drawString(10, 13_900, "roll")
    canvas.save()
    opened = evidence_reading.open_file(no_progress, "小票.pdf", "application/pdf", kept.getvalue(), ())
    image = evidence_reading.render_sheet(no_progress, opened, 0, 12.0)[3]
    assert image.width() * image.height() <= evidence_reading.MOST_PIXELS * 1.01
    assert image.height() / image.width() == pytest.approx(140, rel=0.05)
