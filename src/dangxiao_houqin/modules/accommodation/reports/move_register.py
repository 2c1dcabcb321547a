"""调房登记表: who changed beds, when, why and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, Head, Sheet, Table, TableColumn


@dataclass(frozen=True)
class MoveLine:
    """One change of bed; ``whose`` is the class (of a period's register) or the unit (of a class's)."""

    day: date
    name: str
    whose: str
    from_room: str
    to_room: str
    reason: str = ""
    handler: str = ""


@dataclass(frozen=True)
class MoveRegister:
    """Changes in the order of their days; ``period`` is told in the head line."""

    title: str
    period: str
    lines: Sequence[MoveLine]
    whose: str = "单位"
    school: str = ""
    printed_at: datetime | None = None


def move_register_sheet(data: MoveRegister) -> Sheet:
    """The register on A4 upright."""
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("日期", 19, "center"),
        TableColumn("姓名", 20, "center"),
        TableColumn(data.whose, 33),
        TableColumn("原房号", 17, "center"),
        TableColumn("新房号", 17, "center"),
        TableColumn("原因", 19),
        TableColumn("申请人签字", 17),
        TableColumn("经办人", 13, "center"),
    )
    rows = [
        [
            number,
            f"{line.day.month}月{line.day.day}日",
            line.name,
            line.whose,
            line.from_room,
            line.to_room,
            line.reason,
            "",
            line.handler,
        ]
        for number, line in enumerate(data.lines, 1)
    ]
    return Sheet(
        title=data.title,
        school=data.school,
        paper=A4,
        head=Head(data.period, "", f"共 {len(rows)} 次"),
        table=Table(columns, rows, row_height=9.0, empty_text="（没有调房）"),
        notes=("已撤销的调整不列入。",),
        signature=("管理员签字：", "日期："),
        printed_at=data.printed_at,
    )


def move_register_pdf(data: MoveRegister, *, progress: Progress = no_progress) -> bytes:
    """调房登记表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([move_register_sheet(data)], progress=progress)


def move_register_xlsx(path: Path, data: MoveRegister, *, progress: Progress = no_progress) -> None:
    """调房登记表 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [move_register_sheet(data)], progress=progress)
