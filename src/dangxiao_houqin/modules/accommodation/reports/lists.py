"""住宿安排表 by class (C.4 A) and the front desk's list in pinyin order (C.4 D)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.pinyin import sort_key
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, Head, Sheet, Table, TableColumn


@dataclass(frozen=True)
class LodgingRow:
    """One person's bed.  ``building`` and ``room`` as on the door.

    ``note`` is for the wall: facts of lodging such as ``3月10日入住``, never health, belief or diet.
    """

    building: str
    room: str
    bed: str
    name: str
    sex: str
    unit: str = ""
    note: str = ""
    class_name: str = ""


@dataclass(frozen=True)
class LodgingSheet:
    """The beds of one class, rows in building and room order; nights ``[arrive, leave)``.

    ``without_bed`` names the people of the class who lodge but have no bed yet.
    """

    class_name: str
    arrive: date
    leave: date
    rows: Sequence[LodgingRow]
    without_bed: tuple[str, ...] = ()
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True)
class DeskSheet:
    """Everybody who lodges, for looking a name up at the front desk."""

    title: str
    rows: Sequence[LodgingRow]
    school: str = ""
    day: date | None = None
    printed_at: datetime | None = None
    version: str = ""


def lodging_sheet(data: LodgingSheet) -> Sheet:
    """住宿安排表 of a class on A4 upright; the people of a room stand in one block."""
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("楼栋", 20, "center", merge=True),
        TableColumn("房号", 18, "center", merge=True, size=12),
        TableColumn("床位", 12, "center"),
        TableColumn("姓名", 24, "center"),
        TableColumn("性别", 12, "center"),
        TableColumn("单位", 46),
        TableColumn("备注", 23),
    )
    rows = [
        [number, row.building, row.room, row.bed, row.name, row.sex, row.unit, row.note]
        for number, row in enumerate(data.rows, 1)
    ]
    buildings = "、".join(dict.fromkeys(row.building for row in data.rows))
    rooms = len({(row.building, row.room) for row in data.rows})
    notes = [f"共 {len(data.rows)} 人，{rooms} 间。请核对姓名和房号，如有变动请联系后勤办公室。"]
    if data.without_bed:
        notes.append(f"尚未安排床位（{len(data.without_bed)} 人）：{'、'.join(data.without_bed)}")
    return Sheet(
        title=f"{data.class_name}住宿安排表",
        school=data.school,
        paper=A4,
        head=Head(
            f"入住：{chinese_date(data.arrive)}",
            f"退房：{chinese_date(data.leave)}",
            f"楼栋：{buildings}" if buildings else "",
        ),
        table=Table(columns, rows, empty_text="（尚未安排床位）"),
        notes=tuple(notes),
        signature=(f"制表人：{data.prepared_by}", "审核人："),
        printed_at=data.printed_at,
        version=data.version,
    )


def lodging_pdf(sheets: Sequence[LodgingSheet], *, progress: Progress = no_progress) -> bytes:
    """住宿安排表 of one or more classes, each beginning on its own page."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([lodging_sheet(data) for data in sheets], progress=progress)


def lodging_xlsx(path: Path, sheets: Sequence[LodgingSheet], *, progress: Progress = no_progress) -> None:
    """住宿安排表 as a workbook, a worksheet for each class."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [lodging_sheet(data) for data in sheets], progress=progress)


def desk_sheet(data: DeskSheet) -> Sheet:
    """Front desk's list in pinyin order, with the initial of the surname as an index."""
    columns = (
        TableColumn("拼音", 10, "center", merge=True, size=14),
        TableColumn("姓名", 27, "center"),
        TableColumn("性别", 10, "center"),
        TableColumn("楼栋", 22, "center"),
        TableColumn("房号", 18, "center"),
        TableColumn("床位", 12, "center"),
        TableColumn("班次", 36),
        TableColumn("单位", 30),
    )
    keyed = sorted(((sort_key(row.name), row) for row in data.rows), key=lambda pair: pair[0])
    rows = [
        [_initial(key), row.name, row.sex, row.building, row.room, row.bed, row.class_name, row.unit]
        for key, row in keyed
    ]
    return Sheet(
        title=data.title,
        school=data.school,
        paper=A4,
        head=Head("按姓名拼音排序", chinese_date(data.day) if data.day else "", f"共 {len(data.rows)} 人"),
        table=Table(columns, rows, row_height=7.0, header_height=8.5, empty_text="（无人住宿）"),
        printed_at=data.printed_at,
        version=data.version,
    )


def _initial(key: str) -> str:
    letter = key[:1].upper()
    return letter if letter.isascii() and letter.isalpha() else "#"


def desk_pdf(data: DeskSheet, *, progress: Progress = no_progress) -> bytes:
    """Front desk's list as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([desk_sheet(data)], progress=progress)


def desk_xlsx(path: Path, data: DeskSheet, *, progress: Progress = no_progress) -> None:
    """Front desk's list as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [desk_sheet(data)], progress=progress)
