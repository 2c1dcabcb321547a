"""房间条: what a guest takes along to his room — where, with whom, how long, and the office's own line."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dangxiao_houqin.core.columns import chinese_date, show
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A6
from dangxiao_houqin.documents.wrapping import wrap

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter

ROLL_WIDTH = 80.0
"""mm; of them 72 are printed on by usual receipt printers."""


class SlipPaper(enum.StrEnum):
    """What the slip is printed on."""

    A6 = "a6"
    ROLL = "roll"


@dataclass(frozen=True)
class RoomSlip:
    """One guest's slip; ``place`` is building and room, ``leave`` the day he goes. No phone, no ID: it gets lost."""

    name: str
    class_name: str
    place: str
    bed: str
    floor: str
    roommates: tuple[str, ...]
    arrive: date
    leave: date
    cards: int = 0
    note: str = ""
    school: str = ""
    checkout_hour: int = 12
    printed_at: datetime | None = None
    code: str = ""
    """What the QR code says; empty for guests who are on no roster."""


def room_slip_pdf(
    slips: Sequence[RoomSlip], paper: SlipPaper = SlipPaper.A6, *, progress: Progress = no_progress
) -> bytes:
    """One page per slip; a roll is as long as its text, A6 keeps its size."""
    from dangxiao_houqin.documents.painter import Painter

    painter = Painter("房间条")
    for at, slip in enumerate(slips):
        progress(at / max(len(slips), 1), f"正在排版：{slip.name}")
        if paper is SlipPaper.A6:
            _draw(painter, slip, A6.width, A6.height, 10.0)
        else:
            _draw(painter, slip, ROLL_WIDTH, None, 4.0)
    if not slips:
        painter.page(A6.width, A6.height)
        painter.text(A6.width / 2, A6.height / 2, "（没有需要打印的房间条）", 12, "fangsong", "center")
    progress(1.0, "正在写入文件")
    return painter.finish()


def _facts(slip: RoomSlip) -> list[tuple[str, str]]:
    nights = (slip.leave - slip.arrive).days
    facts = [
        ("班次", slip.class_name),
        ("入住", chinese_date(slip.arrive, weekday=True, year=False)),
        (
            "离开",
            f"{chinese_date(slip.leave, weekday=True, year=False)} {slip.checkout_hour}点前退房，共{nights}晚",
        ),
    ]
    if slip.roommates:
        facts.append(("同住", "、".join(slip.roommates)))
    if slip.cards:
        facts.append(("房卡", f"{slip.cards}张，退房时交还"))
    return [(head, text) for head, text in facts if text]


def _draw(painter: Painter, slip: RoomSlip, width: float, height: float | None, inset: float) -> None:
    from dangxiao_houqin.documents.painter import PT
    from dangxiao_houqin.documents.sheet_layout import fit

    scale = 1.0 if height is not None else 0.82
    inner = width - 2 * inset
    small, body = 10.5 * scale, 12.5 * scale
    school = fit(slip.school, inner, 12 * scale, "serif", painter)
    name = fit(slip.name, inner, 24 * scale, "sans_bold", painter, 13 * scale)
    building = fit(slip.place, inner, 40 * scale, "sans_bold", painter, 18 * scale)
    bed = fit("　".join(part for part in (slip.floor, f"{slip.bed}号床" if slip.bed else "") if part), inner,
              16 * scale, "sans", painter, 10 * scale)  # fmt: skip
    head_width = 13.0 * scale
    facts = [(head, wrap(text, (inner - head_width) * PT, body, "serif")) for head, text in _facts(slip)]
    notes = wrap(slip.note.strip(), inner * PT, small, "serif") if slip.note.strip() else []
    step, note_step = body * 1.45 / PT, small * 1.4 / PT
    needed = inset + (7.0 * scale if school.lines else 0.0)
    needed += sum(len(each.lines) * each.size * 1.3 / PT for each in (name, building, bed)) + 11 * scale
    needed += sum(len(lines) * step for _, lines in facts) + (len(notes) * note_step + 5 * scale if notes else 0) + 12
    code = 26.0 * scale if slip.code else 0.0
    needed += code
    page = height if height is not None and height >= needed else needed
    painter.page(width, page)
    y = inset
    middle = width / 2
    if school.lines:
        for line in school.lines:
            y += school.size * 1.2 / PT
            painter.text(middle, y, line, school.size, "serif", "center")
        y += 2.5 * scale
        painter.line(inset, y, width - inset, y, 0.6)
        y += 2.0 * scale
    for each, role in ((name, "sans_bold"), (building, "sans_bold"), (bed, "sans")):
        for line in each.lines:
            y += each.size * 1.22 / PT
            painter.text(middle, y, line, each.size, role, "center")  # type: ignore[arg-type]
        y += 1.6 * scale
    y += 1.5 * scale
    painter.line(inset, y, width - inset, y, 0.4, "3 2")
    y += 2.0 * scale
    for head, lines in facts:
        for at, line in enumerate(lines):
            y += step
            if at == 0:
                painter.text(inset, y, head, body, "sans")
            painter.text(inset + head_width, y, line, body, "serif")
    if notes:
        y += 3.0 * scale
        painter.line(inset, y, width - inset, y, 0.4, "3 2")
        y += 1.5 * scale
        for line in notes:
            y += note_step
            painter.text(inset, y, line, small, "serif")
    if code:
        from dangxiao_houqin.documents.qr import draw_qr

        top = page - code - 2.5
        draw_qr(painter, inset - 2, top, code, slip.code)
        painter.text(inset + code, top + code / 2, "退房、领卡时出示，", small, "serif")
        painter.text(inset + code, top + code / 2 + note_step, "前台扫码就能办理", small, "serif")
    if slip.printed_at is not None:
        painter.text(width - inset, page - 4.0, f"打印 {show(slip.printed_at)}", 7.5, "serif", "right", 0.4)
