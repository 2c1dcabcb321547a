"""The headless main job: everything it promises lies in the folder and says what it should."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

ROOT = Path(__file__).parents[2]


def text_of(path: Path) -> str:
    """All text of a PDF, as a reader would copy it out."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = []
        for index in range(len(document)):
            page = document[index]
            text_page = page.get_textpage()
            pages.append(text_page.get_text_bounded())
            text_page.close()
            page.close()
        return "\n".join(pages)
    finally:
        document.close()


@pytest.mark.slow
def test_demo_does_the_main_job(tmp_path: Path, data_folder: Path) -> None:
    out = tmp_path / "out"
    environment = {
        **{key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}},
        "DANGXIAO_DATA_DIR": str(data_folder),
        "PYTHONPATH": str(ROOT / "src"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "dangxiao_houqin", "demo", "--out", str(out)],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=900,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "Traceback" not in said
    assert "[" in done.stderr  # progress
    assert "%" in done.stderr
    assert (out / "说明.txt").read_text(encoding="utf-8").strip() == done.stdout.strip()
    figures = re.search(
        r"导入 (\d+) 人，分配 (\d+) 张床位，PDF (\d+) 份（(\d+) 页），Excel (\d+) 份，界面截图 (\d+) 张", done.stdout
    )
    assert figures, done.stdout
    people, beds, pdfs, pages, sheets, screens = map(int, figures.groups())
    assert people > 600
    assert beds > 400
    assert len(list((out / "打印PDF").glob("*.pdf"))) == pdfs >= 16
    assert len(list((out / "打印图片").glob("*.png"))) == pages
    assert len(list((out / "表格").glob("*.xlsx"))) == sheets
    pictures = list((out / "界面").glob("*.png"))
    assert len(pictures) == screens >= 10
    assert all(path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 10_000 for path in pictures)
    assert list(data_folder.rglob("*.db")) == []  # this computer's own data is left alone

    lists = {path.stem.partition("_")[2]: text_of(path) for path in (out / "打印PDF").glob("*住宿安排表.pdf")}
    assert lists
    book = openpyxl.load_workbook(out / "表格" / "清单_住宿名单.xlsx")
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    book.close()
    header, stays = rows[0], rows[1:]
    place = [header.index(title) for title in ("楼栋", "房号", "床位", "入住日期")]
    assert len({tuple(row[i] for i in place) for row in stays}) == len(stays)

    everything = "\n".join(text_of(path) for path in (out / "打印PDF").glob("*花名册（内部版）.pdf"))
    for char in "𬱖㛃䶮":
        assert char in everything
    assert "阿依古丽·买买提" in re.sub(r"\s", "", everything)  # may take two lines of its cell
    assert "努尔买买提江" in re.sub(r"\s", "", everything)
