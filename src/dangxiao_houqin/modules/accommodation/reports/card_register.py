"""房卡（钥匙）领取、退房登记表 (C.5): filled from what the desk recorded, blank where people sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Head, Sheet, Table, TableColumn


@dataclass(frozen=True)
class CardLine:
    """One person and his cards; what is not recorded yet stays blank for the pen.

    ``found`` is what the inspection of the room found (damage, lost card), nothing where nobody wrote anything.
    """

    room: str
    name: str
    unit: str
    copies: int | None = None
    issued_at: datetime | None = None
    returned_at: datetime | None = None
    found: str = ""


@dataclass(frozen=True)
class CardRegister:
    """The cards of one class in room order; ``prices`` are (thing, amount in fen), 0 for what is agreed each time."""

    class_name: str
    arrive: date
    leave: date
    lines: Sequence[CardLine]
    prices: tuple[tuple[str, int], ...] = ()
    school: str = ""
    printed_at: datetime | None = None


def _moment(at: datetime | None) -> str:
    from dangxiao_houqin.core.clock import CHINA

    if at is None:
        return ""
    local = at.astimezone(CHINA) if at.tzinfo else at
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _price(item: str, amount: int) -> str:
    return f"{item}{yuan(amount).replace('¥', '').removesuffix('.00')}元" if amount else f"{item}按实际"


def card_register_sheet(data: CardRegister) -> Sheet:
    """The register on A4 across; the people of a room stand in one block."""
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("房号", 18, "center", merge=True, size=11),
        TableColumn("姓名", 24, "center"),
        TableColumn("单位", 48),
        TableColumn("领卡数", 14, "center"),
        TableColumn("领取时间", 30, "center"),
        TableColumn("领取人签字", 26),
        TableColumn("退还时间", 30, "center"),
        TableColumn("退还签字", 26),
        TableColumn("房间物品检查", 31),
    )
    rows = [
        [
            number,
            line.room,
            line.name,
            line.unit,
            line.copies,
            _moment(line.issued_at),
            "",
            _moment(line.returned_at),
            "",
            line.found,
        ]
        for number, line in enumerate(data.lines, 1)
    ]
    prices = "，".join(_price(item, amount) for item, amount in data.prices if item)
    standard = f"丢失、损坏赔付标准（按规定）：{prices}。" if prices else "丢失房卡赔付标准      元（按规定）。"
    return Sheet(
        title=f"{data.class_name}房卡（钥匙）领取、退房登记表",
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(f"入住：{chinese_date(data.arrive)}", f"退房：{chinese_date(data.leave)}", f"共 {len(rows)} 人"),
        table=Table(columns, rows, row_height=9.0, empty_text="（尚未安排床位）"),
        notes=(standard, "房间物品检查：完好的写“完好”，有损坏、缺少的写明物品。"),
        signature=("管理员签字：", "日期："),
        printed_at=data.printed_at,
    )


def card_register_pdf(data: CardRegister, *, progress: Progress = no_progress) -> bytes:
    """房卡（钥匙）领取、退房登记表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([card_register_sheet(data)], progress=progress)


def card_register_xlsx(path: Path, data: CardRegister, *, progress: Progress = no_progress) -> None:
    """房卡（钥匙）领取、退房登记表 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [card_register_sheet(data)], progress=progress)
