"""夜间查寝记录: floor by floor who should sleep there, who did, and who was not in bed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A4, Cell, Head, Sheet, Table, TableColumn


@dataclass(frozen=True)
class CountLine:
    """One floor; ``present`` None: not counted.  The names carry room and remark: ``王丽（305，回家）``."""

    building: str
    floor: str
    expected: int
    present: int | None = None
    excused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    counted_at: datetime | None = None
    counter: str = ""
    note: str = ""


@dataclass(frozen=True)
class HeadCountSheet:
    """The floors that have guests on ``night``, also those that nobody counted."""

    night: date
    lines: Sequence[CountLine]
    school: str = ""
    printed_at: datetime | None = None


def _time(at: datetime | None) -> str:
    from dangxiao_houqin.core.clock import CHINA

    if at is None:
        return ""
    return f"{at.astimezone(CHINA) if at.tzinfo else at:%H:%M}"


def head_count_sheet(data: HeadCountSheet) -> Sheet:
    """The record on A4 upright; floors not counted stay blank for the pen."""
    columns = (
        TableColumn("楼栋", 18, "center", merge=True),
        TableColumn("楼层", 12, "center"),
        TableColumn("应在", 11, "center"),
        TableColumn("实在", 11, "center"),
        TableColumn("请假", 29),
        TableColumn("未归", 33),
        TableColumn("查寝时间", 14, "center"),
        TableColumn("查寝人", 17, "center"),
        TableColumn("备注", 20),
    )
    rows: list[list[object]] = [
        [
            line.building,
            line.floor,
            line.expected,
            line.present,
            "、".join(line.excused),
            "、".join(line.absent),
            _time(line.counted_at),
            line.counter,
            line.note,
        ]
        for line in data.lines
    ]
    counted = [line for line in data.lines if line.present is not None]
    present = sum(line.present or 0 for line in counted)
    expected = sum(line.expected for line in data.lines)
    missing = [line for line in data.lines if line.present is None and line.expected]
    if rows:
        rows.append(
            [
                Cell("合计", span=2, align="center", bold=True),
                Cell(expected, bold=True),
                Cell(present if counted else None, bold=True),
                f"{sum(len(line.excused) for line in counted)} 人" if counted else "",
                f"{sum(len(line.absent) for line in counted)} 人" if counted else "",
                "",
                "",
                "",
            ]
        )
    notes = []
    if missing and counted:
        notes.append("尚未查寝：" + "、".join(f"{line.building}{line.floor}" for line in missing) + "。")
    return Sheet(
        title="夜间查寝记录",
        school=data.school,
        paper=A4,
        head=Head(chinese_date(data.night, weekday=True), "", f"应在 {expected} 人"),
        table=Table(columns, rows, row_height=9.0, empty_text="（这一晚没有人住）"),
        notes=tuple(notes),
        signature=("值班人签字：", "带班领导签字："),
        printed_at=data.printed_at,
    )


def head_count_pdf(data: HeadCountSheet, *, progress: Progress = no_progress) -> bytes:
    """夜间查寝记录 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([head_count_sheet(data)], progress=progress)


def head_count_xlsx(path: Path, data: HeadCountSheet, *, progress: Progress = no_progress) -> None:
    """夜间查寝记录 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [head_count_sheet(data)], progress=progress)
