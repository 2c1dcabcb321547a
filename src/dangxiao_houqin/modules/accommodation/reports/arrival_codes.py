"""学员报到码: a label for everybody of a class, handed out beforehand and scanned at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, Sheet, Table, TableColumn

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter

ACROSS, DOWN = 3, 8
_CODE = 29.0
"""mm of the square with its quiet zone: modules of one millimetre, which every hand scanner reads."""


@dataclass(frozen=True)
class ArrivalCode:
    """One person's label. No phone, no ID number: it may be lost."""

    enrollment_id: int
    name: str
    unit: str
    seq_no: int | None = None


@dataclass(frozen=True)
class ArrivalCodes:
    """The labels of a class in the order of its roster; ``arrive`` as it is to be read, e.g. ``3月2日``."""

    class_name: str
    arrive: str
    people: tuple[ArrivalCode, ...]


def scan_text(enrollment_id: int) -> str:
    """What a scanner types for somebody on a roster; the search of 报到退房 understands it."""
    return f"DXHQ:E{enrollment_id}"


def arrival_codes_pdf(data: ArrivalCodes, *, progress: Progress = no_progress) -> bytes:
    """Three by eight labels to an A4 sheet, with lines to cut along."""
    from dangxiao_houqin.documents.painter import Painter

    painter = Painter(f"{data.class_name}学员报到码")
    per_page, width, height = ACROSS * DOWN, A4.width / ACROSS, A4.height / DOWN
    for start in range(0, max(len(data.people), 1), per_page):
        progress(start / max(len(data.people), 1), f"正在排版：第 {start // per_page + 1} 页")
        painter.page(A4.width, A4.height)
        for at, person in enumerate(data.people[start : start + per_page]):
            _draw(painter, at % ACROSS * width, at // ACROSS * height, width, height, person, data)
        for at in range(1, ACROSS):
            painter.line(at * width, 5, at * width, A4.height - 5, 0.3, "2 3")
        for at in range(1, DOWN):
            painter.line(5, at * height, A4.width - 5, at * height, 0.3, "2 3")
    if not data.people:
        painter.text(A4.width / 2, A4.height / 2 - 8, "（名单上还没有学员）", 14, "fangsong", "center")
    progress(1.0, "正在写入文件")
    return painter.finish()


def _draw(
    painter: Painter, left: float, top: float, width: float, height: float, person: ArrivalCode, data: ArrivalCodes
) -> None:
    from dangxiao_houqin.documents.painter import PT
    from dangxiao_houqin.documents.qr import draw_qr
    from dangxiao_houqin.documents.sheet_layout import fit

    inset = 4.0
    draw_qr(painter, left + inset - 2, top + (height - _CODE) / 2, _CODE, scan_text(person.enrollment_id))
    x = left + inset - 2 + _CODE
    inner = left + width - inset - x
    name = fit(person.name, inner, 14, "sans_bold", painter, 7)
    unit = fit(person.unit, inner, 9, "serif", painter, 6.5)
    about = fit(data.class_name, inner, 7.5, "serif", painter, 6)
    blocks = [(name, "sans_bold", 1.2), (unit, "serif", 1.0), (about, "serif", 0.0)]
    number = f"{person.seq_no}号　" if person.seq_no is not None else ""
    foot = fit(f"{number}{data.arrive}报到", inner, 7.5, "serif", painter, 6)
    blocks.append((foot, "serif", 0.0))
    tall = sum(len(each.lines) * each.size * 1.25 / PT + after for each, _, after in blocks)
    y = top + max((height - tall) / 2, 1.0)
    for each, role, after in blocks:
        for line in each.lines:
            y += each.size * 1.25 / PT
            painter.text(x, y - each.size * 0.28 / PT, line, each.size, role)  # type: ignore[arg-type]
        y += after


def arrival_codes_xlsx(path: Path, data: ArrivalCodes, *, progress: Progress = no_progress) -> None:
    """What the codes say as a list, for a label printer that draws its own."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    columns = (
        TableColumn("序号", 12, "center"),
        TableColumn("姓名", 28, "center"),
        TableColumn("单位", 70),
        TableColumn("报到码内容", 40),
    )
    rows: Sequence[list[object]] = [
        [person.seq_no, person.name, person.unit, scan_text(person.enrollment_id)] for person in data.people
    ]
    table = Table(columns, rows, empty_text="（名单上还没有学员）")
    write_form(path, [Sheet(f"{data.class_name}学员报到码", table)], progress=progress)
