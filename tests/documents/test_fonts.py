"""Fonts: every name prints and copies, nothing is dropped, reportlab's two defects stay mended."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from dangxiao_houqin.core.paths import resource
from dangxiao_houqin.documents.embedding import mend_reportlab
from dangxiao_houqin.documents.fonts import ROLES, FontBook, Role, book, runs, text_width
from dangxiao_houqin.documents.painter import Painter
from tests.support.paper import RARE_NAMES, pdf_keywords, pdf_pages, squeezed

RARE = "𬱖㛃䶮𠅤𬭎𬬻䅟𫖯𬤇𪨰㐂㑇𫍯𡚸䂮𬸚𣲗"


def print_lines(lines: list[str], role: Role = "serif") -> bytes:
    painter = Painter("测试")
    painter.page(210, 297)
    for number, line in enumerate(lines):
        painter.text(20, 20 + 8 * number, line, 12, role)
    return painter.finish()


@pytest.mark.parametrize("role", ROLES)
def test_rare_characters_copy_as_themselves_in_every_role(role: Role) -> None:
    lines = [*RARE, *RARE_NAMES, "（公示版）2026年3月9日—27日：共19天；“备注”、100.5%", "ABC xyz 0123456789"]

    (text,) = pdf_pages(print_lines(lines, role))

    assert [line.strip() for line in text.splitlines()] == lines


@pytest.mark.parametrize("role", ROLES)
def test_bundled_faces_draw_every_rare_character(role: Role) -> None:
    bundled = FontBook(font_dirs=())

    assert bundled.missing(RARE + "".join(RARE_NAMES)) == ""
    assert "".join(run.text for run in bundled.runs(RARE, role)) == RARE


def test_fallback_thickens_in_bold_roles_only() -> None:
    assert [run.embolden for run in runs("赵𡚸", "sans_bold")] == [False, True]
    assert not any(run.embolden for run in runs("赵𡚸", "serif"))
    assert [run.text for run in runs("孙A𡚸𡚸b", "kai")] == ["孙A", "𡚸𡚸", "b"]


def test_a_character_no_face_has_is_named_and_still_copies() -> None:
    text = "张😀三"

    (read,) = pdf_pages(print_lines([text]))

    assert FontBook(font_dirs=()).missing(text) == "😀"
    assert read.strip() == text


def test_width_counts_each_character_with_its_own_face() -> None:
    assert text_width("赵𡚸", 10, "serif") == pytest.approx(20, abs=0.2)
    assert text_width("", 10) == 0


def test_same_content_gives_the_same_bytes() -> None:
    assert print_lines([RARE, "周启明"], "sans_bold") == print_lines([RARE, "周启明"], "sans_bold")


def test_each_face_is_embedded_once_however_many_characters() -> None:
    many = [chr(code) for code in range(0x4E00, 0x4E00 + 700)]

    data = print_lines(["".join(many[at : at + 30]) for at in range(0, len(many), 30)])

    assert squeezed(pdf_pages(data)[0]) == "".join(many)
    assert data.count(b"/FontFile2") == 1


def test_properties_say_which_faces_were_used() -> None:
    painter = Painter("测试")
    painter.page(210, 297)
    painter.text(20, 20, "正文", 12, "serif")
    painter.text(20, 30, "标题", 22, "serif_bold")

    keywords = pdf_keywords(painter.finish())

    assert "宋体=" in keywords
    assert "小标宋=" in keywords
    assert "楷体" not in keywords


def test_an_installed_licensed_face_is_preferred_and_named(tmp_path: Path) -> None:
    shutil.copy(resource("fonts/HouqinKai-Regular.ttf"), tmp_path / "仿宋_GB2312.ttf")

    found = FontBook(font_dirs=(tmp_path,))

    assert found.used_fonts(["fangsong", "kai"]) == "楷体=HouqinKai-Regular；仿宋=仿宋_GB2312(本机)"


def test_a_damaged_installed_face_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "楷体_GB2312.ttf").write_bytes(b"\x00\x01\x00\x00 not a font")

    assert FontBook(font_dirs=(tmp_path,)).primary("kai").path == resource("fonts/HouqinKai-Regular.ttf")


def test_bundled_files_are_those_of_the_build() -> None:
    manifest = json.loads(resource("fonts/manifest.json").read_text("utf-8"))

    for name, entry in manifest.items():
        assert hashlib.sha256(resource(f"fonts/{name}").read_bytes()).hexdigest() == entry["sha256"]
    assert {path.name for path in resource("fonts").glob("*.ttf")} == set(manifest)
    assert len(list(resource("fonts/LICENSES").iterdir())) >= 5


def test_reportlabs_own_fonts_copy_right_above_the_basic_plane() -> None:
    book()
    pdfmetrics.registerFont(ttfonts.TTFont("plain", str(resource("fonts/NotoSerifSC-Regular.ttf"))))
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setFont("plain", 12)
    canvas.drawString(72, 700, "孙𫖯郑𬱖赵䶮")
    canvas.save()

    assert pdf_pages(buffer.getvalue())[0].strip() == "孙𫖯郑𬱖赵䶮"


def test_reportlabs_paragraphs_do_not_begin_a_line_with_punctuation() -> None:
    book()
    style = ParagraphStyle("zh", fontName=book().primary("serif").fontName, fontSize=10, wordWrap="CJK")
    for mark in "，；：！？”’》〉…—～":
        paragraph = Paragraph("九个字九个字九个字" + mark + "后文", style)
        paragraph.wrap(90.5, 100)
        starts = ["".join(str(part) for part in line[1])[:1] for line in paragraph.blPara.lines]
        assert mark not in starts, mark


def test_the_mend_reaches_paragraphs_imported_before_and_after() -> None:
    code = """
import sys
if "before" in sys.argv: import reportlab.platypus.paragraph
from dangxiao_houqin.documents.embedding import mend_reportlab
mend_reportlab()
from reportlab.platypus.paragraph import ALL_CANNOT_START
from reportlab.lib import textsplit
assert "，" in ALL_CANNOT_START and "，" in textsplit.ALL_CANNOT_START
"""
    for order in ("before", "after"):
        subprocess.run([sys.executable, "-c", code, order], check=True)
    mend_reportlab()
    mend_reportlab()
    from reportlab.lib import textsplit

    assert textsplit.ALL_CANNOT_START.count("，") == 1
