"""P8: 300 door cards and a 2,000-row list, against bare reportlab drawing the very same strokes and characters."""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.documents import pdf
from dangxiao_houqin.documents.fonts import ROLES, book, runs
from dangxiao_houqin.documents.painter import PT, Painter
from dangxiao_houqin.documents.paper import Head
from dangxiao_houqin.modules.accommodation.reports import DoorCard, door_cards_pdf
from tests.benchmarks.bench_table_format import BenchRow

ROUNDS = 7
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰䶮𫖯"

Call = tuple[Any, ...]


def name(number: int) -> str:
    return SURNAMES[number % 20] + GIVEN[number * 7 % 26] + (GIVEN[number * 11 % 26] if number % 3 else "")


def door_cards() -> bytes:
    cards = [
        DoorCard("明德楼", f"{201 + n}", (name(2 * n), name(2 * n + 1)), "2026年第1期科级干部进修班", "3月9日—27日")
        for n in range(300)
    ]
    return door_cards_pdf(cards)


def long_list() -> bytes:
    columns = (
        Column[int]("name", "姓名", name, paper_mm=24),
        Column[int]("unit", "单位", lambda n: f"第{n % 60}乡人民政府办公室", paper_mm=50),
        Column[int]("place", "房间", lambda n: f"明德楼{201 + n % 300}", paper_mm=25),
        Column[int]("day", "入住", lambda n: date(2026, 3, 1 + n % 28), "date", paper_mm=24),
        Column[int]("cost", "费用", lambda n: 9000 * (n % 18), "money", paper_mm=24),
    )
    return pdf.list_pdf("住宿名单", Head("单位：元"), columns, range(2000))


def strokes(work: Callable[[], bytes]) -> list[Call]:
    """Everything ``work`` draws: pages, texts with face, size and left end in points, lines, boxes."""
    calls: list[Call] = []
    kept = {key: getattr(Painter, key) for key in ("page", "text", "line", "rect")}

    def page(self: Painter, width: float, height: float) -> None:
        calls.append(("page", width * PT, height * PT))

    def text(
        self: Painter, x: float, y: float, s: str, size: float, role: Any = "serif", align: str = "left", **_: Any
    ) -> None:
        left = x * PT - book().text_width(s, size, role) * {"left": 0, "center": 0.5, "right": 1}[align]
        for run in runs(s, role):
            calls.append(("text", left, y * PT, run.font, size, run.text))
            left += book().text_width(run.text, size, role)

    def line(self: Painter, x1: float, y1: float, x2: float, y2: float, width: float = 0.5, dash: str = "") -> None:
        calls.append(("line", x1 * PT, y1 * PT, x2 * PT, y2 * PT, width))

    def rect(self: Painter, x: float, y: float, w: float, h: float, line: float = 0.5, fill: Any = None) -> None:
        calls.append(("rect", x * PT, y * PT, w * PT, h * PT, line))

    try:
        for key, replacement in {"page": page, "text": text, "line": line, "rect": rect}.items():
            setattr(Painter, key, replacement)
        work()
    finally:
        for key, original in kept.items():
            setattr(Painter, key, original)
    return calls


def bare(calls: list[Call]) -> bytes:
    """The same strokes with reportlab's canvas and its own fonts."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    height, started = 0.0, False
    for kind, *a in calls:
        if kind == "text":
            canvas.setFont("bare-" + a[2], a[3])
            canvas.drawString(a[0], height - a[1], a[4])
        elif kind == "line":
            canvas.setLineWidth(a[4])
            canvas.line(a[0], height - a[1], a[2], height - a[3])
        elif kind == "rect":
            canvas.setLineWidth(a[4])
            canvas.rect(a[0], height - a[1] - a[3], a[2], a[3])
        else:
            if started:
                canvas.showPage()
            started, height = True, a[1]
            canvas.setPageSize((a[0], a[1]))
    canvas.save()
    return buffer.getvalue()


def medians(*works: Callable[[], object]) -> list[float]:
    """Medians after a warm-up; the works take turns."""
    times: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS + 1):
        for work, found in zip(works, times, strict=True):
            gc.collect()
            start = time.perf_counter()
            work()
            if number:
                found.append(time.perf_counter() - start)
    return [statistics.median(found) for found in times]


def main() -> list[BenchRow]:
    rows = []
    for role in ROLES:
        book().primary(role)
    for key, title, work in (("P8", "300 张门牌", door_cards), ("P8b", "2,000 行清单", long_list)):
        calls = strokes(work)
        for font in {call[3] for call in calls if call[0] == "text"}:
            pdfmetrics.registerFont(ttfonts.TTFont("bare-" + font, str(pdfmetrics.getFont(font).path)))
        own, plain = medians(work, lambda calls=calls: bare(calls))  # type: ignore[misc]
        rows.append(
            BenchRow(
                key,
                f"{title} as PDF",
                f"{own:.3f} s",
                f"{plain:.3f} s (直接用 reportlab)",
                own / plain,
                "<= 1.3 x",
                own <= 1.3 * plain,
            )
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print(row.id, row.work, row.figure, row.baseline, f"{row.ratio:.2f} x", row.target, row.met)
