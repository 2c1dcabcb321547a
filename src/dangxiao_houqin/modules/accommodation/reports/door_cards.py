"""门牌: a card for each room's door, eight to an A4 sheet with cut marks, or one to an A6 sheet (C.4 C)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, A6_LANDSCAPE, Sheet, Table, TableColumn

if TYPE_CHECKING:
    from dangxiao_houqin.documents.painter import Painter


class CardSize(enum.StrEnum):
    """How large a door card is printed."""

    EIGHTH = "eighth"
    A6 = "a6"

    @property
    def label(self) -> str:
        return {"eighth": "A4 八张（裁开）", "a6": "A6 单张"}[self.value]


@dataclass(frozen=True)
class DoorCard:
    """One room's door: who sleeps there, for which class; ``note`` is a last line such as ``3月9日—27日``."""

    building: str
    room: str
    names: tuple[str, ...]
    class_name: str = ""
    note: str = ""


def door_cards_pdf(
    cards: Sequence[DoorCard], size: CardSize = CardSize.EIGHTH, *, progress: Progress = no_progress
) -> bytes:
    """Door cards in the order given.  Without any card a page says so."""
    from dangxiao_houqin.documents.painter import Painter

    painter = Painter("房间门牌")
    if size is CardSize.A6:
        across, down, width, height = 1, 1, A6_LANDSCAPE.width, A6_LANDSCAPE.height
    else:
        across, down, width, height = 2, 4, A4.width / 2, A4.height / 4
    per_page = across * down
    for start in range(0, max(len(cards), 1), per_page):
        progress(start / max(len(cards), 1), f"正在排版：第 {start // per_page + 1} 页")
        painter.page(width * across, height * down)
        for at, card in enumerate(cards[start : start + per_page]):
            _draw_card(painter, at % across * width, at // across * height, width, height, card)
        if per_page > 1:
            _draw_cut_marks(painter, across, down, width, height)
    if not cards:
        painter.text(width * across / 2, height * down / 2, "（没有需要打印的房间）", 14, "fangsong", "center")
    progress(1.0, "正在写入文件")
    return painter.finish()


def _draw_card(painter: Painter, left: float, top: float, width: float, height: float, card: DoorCard) -> None:
    from dangxiao_houqin.documents.painter import PT
    from dangxiao_houqin.documents.sheet_layout import fit

    scale = height / 74.25
    inset = 6.0 * scale
    inner = width - 2 * inset
    middle = left + width / 2
    painter.rect(left + inset * 0.75, top + inset * 0.75, width - inset * 1.5, height - inset * 1.5, 1.0)
    number = fit(card.room, inner * 0.6, 40 * scale, "sans_bold", painter, 16 * scale)
    building = fit(card.building, inner * 0.36, 18 * scale, "serif_bold", painter, 9 * scale)
    number_width = painter.width(number.lines[0], number.size, "sans_bold") if number.lines else 0.0
    building_width = painter.width(building.lines[0], building.size, "serif_bold") if building.lines else 0.0
    gap = 4.0 * scale if building_width and number_width else 0.0
    x = middle - (building_width + gap + number_width) / 2
    baseline = top + inset + 13.5 * scale
    if building.lines:
        painter.text(x, baseline, building.lines[0], building.size, "serif_bold")
    if number.lines:
        painter.text(x + building_width + gap, baseline, number.lines[0], number.size, "sans_bold")
    rule = top + inset + 17.0 * scale
    painter.line(left + inset * 1.5, rule, left + width - inset * 1.5, rule, 0.8)

    foot_lines = [
        (line, fitted.size)
        for text in (card.class_name, card.note)
        for fitted in (fit(text, inner - 4 * scale, 12 * scale, "fangsong", painter),)
        for line in fitted.lines
    ]
    foot_height = (len(foot_lines) * 5.6 + 1.5) * scale
    room = top + height - inset - foot_height - rule
    columns = 2 if len(card.names) > 3 else 1
    rows = max(-(-len(card.names) // columns), 1)
    step = room / rows
    for at, name in enumerate(card.names):
        text = f"{name[0]}　{name[1]}" if len(name) == 2 and columns == 1 else name
        size = min(34 * scale, step * 0.62 * PT)
        fitted = fit(text, inner / columns - 4 * scale, size, "sans_bold", painter, min(9 * scale, size))
        column = at % columns
        x = left + inset + inner * (column + 0.5) / columns
        y = rule + step * (at // columns)
        painter.lines(
            x - inner / columns / 2, y, inner / columns, step, fitted.lines, fitted.size, "sans_bold", "center"
        )
    y = top + height - inset - foot_height + 4.4 * scale
    for line, size in foot_lines:
        painter.text(middle, y, line, size, "fangsong", "center")
        y += 5.6 * scale


def _draw_cut_marks(painter: Painter, across: int, down: int, width: float, height: float) -> None:
    """Ticks at the sheet's edges and small crosses where the cuts meet."""
    for column in range(across + 1):
        for row in range(down + 1):
            x, y = column * width, row * height
            inside_x, inside_y = 0 < column < across, 0 < row < down
            if inside_x:
                painter.line(x, max(y - 4, 0), x, min(y + 4, down * height), 0.4)
            if inside_y:
                painter.line(max(x - 4, 0), y, min(x + 4, across * width), y, 0.4)
            if inside_x and not inside_y:  # printers leave the outermost millimetres blank
                painter.line(x, 8 if row == 0 else y - 8, x, 4 if row == 0 else y - 4, 0.4)
            if inside_y and not inside_x:
                painter.line(8 if column == 0 else x - 8, y, 4 if column == 0 else x - 4, y, 0.4)


def door_cards_xlsx(path: Path, cards: Sequence[DoorCard], *, progress: Progress = no_progress) -> None:
    """The text of the door cards as a list, for a sign maker or a mail merge."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("楼栋", 25, "center"),
        TableColumn("房号", 20, "center"),
        TableColumn("姓名", 50),
        TableColumn("班次", 40),
        TableColumn("备注", 20),
    )
    rows = [
        [number, card.building, card.room, "、".join(card.names), card.class_name, card.note]
        for number, card in enumerate(cards, 1)
    ]
    write_form(path, [Sheet("房间门牌", Table(columns, rows, empty_text="（没有房间）"))], progress=progress)
