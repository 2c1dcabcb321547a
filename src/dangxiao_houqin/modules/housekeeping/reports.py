"""Printouts of housekeeping: 客房清扫任务单, 客房交付检查表, 楼层报数表, 遗留物品登记簿 and 遗留物品领取单.

Pure functions over the dataclasses below: the caller's query fills them, nothing here reads the database or the clock.
Each printout exists as ``xxx_sheets`` (the layout as data), ``xxx_pdf`` (bytes) and ``xxx_xlsx`` (a file).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import (
    A4,
    A4_LANDSCAPE,
    A5_LANDSCAPE,
    Cell,
    Head,
    Sheet,
    Table,
    TableColumn,
)

BOX = "□"
DATE_BLANK = "日期：　　　年　　月　　日"


# -------------------------------------------------------------------------------------------- task sheet
@dataclass(frozen=True)
class CleaningLine:
    """A room to clean; ``people`` None: nobody said how many live there now."""

    room: str
    task: str
    linen: bool = False
    people: int | None = None
    worker: str = ""
    note: str = ""
    done: bool = False


@dataclass(frozen=True)
class CleaningFloor:
    """The rooms to clean on one floor, in their order."""

    building: str
    floor: str
    lines: Sequence[CleaningLine]


@dataclass(frozen=True)
class CleaningDay:
    """客房清扫任务单 of a day; ``with_people`` prints how many live in each room."""

    day: date
    floors: Sequence[CleaningFloor]
    with_people: bool = False
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


def cleaning_sheets(data: CleaningDay) -> list[Sheet]:
    """客房清扫任务单, A4 upright, every floor on its own sheet so that each worker takes his own."""
    return [_cleaning_sheet(data, floor) for floor in data.floors or (CleaningFloor("", "", ()),)]


def _cleaning_sheet(data: CleaningDay, floor: CleaningFloor) -> Sheet:
    columns = [
        TableColumn("序号", 11, "center"),
        TableColumn("房号", 16, "center", size=12),
        TableColumn("任务", 34),
        TableColumn("换布草", 15, "center"),
        *([TableColumn("在住", 12, "center")] if data.with_people else []),
        TableColumn("打扫人", 19, "center"),
        TableColumn("完成", 12, "center"),
        TableColumn("签名", 19, "center"),
        TableColumn("备注", 27 if data.with_people else 39),
    ]
    rows = []
    for number, line in enumerate(floor.lines, 1):
        people = ["" if line.people is None else line.people] if data.with_people else []
        done = "√" if line.done else BOX
        linen = "换" if line.linen else ""
        rows.append([number, line.room, line.task, linen, *people, line.worker, done, "", line.note])
    rooms_to_do = len({line.room for line in floor.lines})
    changed = sum(line.linen for line in floor.lines)
    return Sheet(
        title="客房清扫任务单",
        school=data.school,
        paper=A4,
        head=Head(f"{floor.building}{floor.floor}", chinese_date(data.day, weekday=True), f"共 {rooms_to_do} 间"),
        table=Table(tuple(columns), rows, row_height=9.0, empty_text="（这一天没有清扫任务）"),
        notes=(
            f"其中换布草 {changed} 间。完成后在“完成”栏打√并签名；发现损坏、遗留物品请写在备注并当天报告。",
            f"布草领取：床单____条　被套____个　枕套____个　毛巾____条　制单：{data.prepared_by}",
        ),
        signature=("打扫人签字：", "检查人签字：", DATE_BLANK),
        printed_at=data.printed_at,
    )


def cleaning_pdf(data: CleaningDay, progress: Progress = no_progress) -> bytes:
    """客房清扫任务单 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(cleaning_sheets(data), progress=progress)


def cleaning_xlsx(path: Path, data: CleaningDay, progress: Progress = no_progress) -> None:
    """客房清扫任务单 as a workbook, a worksheet for each floor."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, cleaning_sheets(data), progress=progress)


# ---------------------------------------------------------------------------------------------- handover
@dataclass(frozen=True)
class HandoverLine:
    """A room; ``results`` in the order of the list, None: not looked at (the form is filled by hand)."""

    room: str
    results: Sequence[bool | None]
    faults: str = ""
    checker: str = ""


@dataclass(frozen=True)
class HandoverFloor:
    """The rooms of one floor."""

    building: str
    floor: str
    lines: Sequence[HandoverLine]


@dataclass(frozen=True)
class HandoverForm:
    """客房交付检查表 of a class: ``items`` are the columns."""

    class_name: str
    arrive: date
    items: Sequence[str]
    floors: Sequence[HandoverFloor]
    school: str = ""
    printed_at: datetime | None = None


def handover_sheets(data: HandoverForm) -> list[Sheet]:
    """客房交付检查表, A4 across, every floor on its own sheet; blank where nobody looked yet."""
    return [_handover_sheet(data, floor) for floor in data.floors or (HandoverFloor("", "", ()),)]


def _handover_sheet(data: HandoverForm, floor: HandoverFloor) -> Sheet:
    items = data.items or ("检查结果",)
    each = max(168 / len(items), 8.0)
    columns = (
        TableColumn("房号", 18, "center", size=12),
        *(TableColumn(item, each, "center", size=12) for item in items),
        TableColumn("问题说明", 48),
        TableColumn("检查人", 22, "center"),
    )
    marks = {True: "√", False: "×", None: ""}
    rows = []
    for line in floor.lines:
        results = [*line.results, *[None] * len(items)][: len(items)]
        rows.append([line.room, *(marks[r] for r in results), line.faults, line.checker])
    looked_at = [line for line in floor.lines if line.results]
    passed = f" {sum(all(r is True for r in line.results) for line in looked_at)} " if looked_at else "____"
    return Sheet(
        title="客房交付检查表",
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(
            f"班次：{data.class_name}",
            f"{floor.building}{floor.floor}",
            f"入住日期：{chinese_date(data.arrive, weekday=True)}",
        ),
        table=Table(columns, rows, row_height=9.0, empty_text="（没有要交付的房间）"),
        notes=(f"√ 正常　× 有问题，并写明情况。共 {len(floor.lines)} 间，合格{passed}间。全部正常方可交付。",),
        signature=("检查人签字：", "复核人签字：", DATE_BLANK),
        printed_at=data.printed_at,
    )


def handover_pdf(data: HandoverForm, progress: Progress = no_progress) -> bytes:
    """客房交付检查表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(handover_sheets(data), progress=progress)


def handover_xlsx(path: Path, data: HandoverForm, progress: Progress = no_progress) -> None:
    """客房交付检查表 as a workbook, a worksheet for each floor."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, handover_sheets(data), progress=progress)


# ------------------------------------------------------------------------------------------ floor report
@dataclass(frozen=True)
class CountForm:
    """楼层报数表, to be filled by hand: (room, beds) of each floor."""

    day: date
    floors: Sequence[tuple[str, Sequence[tuple[str, int]]]]
    school: str = ""
    printed_at: datetime | None = None


def count_sheets(data: CountForm) -> list[Sheet]:
    """楼层报数表, A4 upright, two rooms side by side."""
    columns = tuple(
        TableColumn(title, width, "center", size=size)
        for _ in range(2)
        for title, width, size in (("房号", 18, 12.0), ("床位", 13, None), ("实住", 16, None), ("备注", 35, None))
    )
    sheets = []
    for place, rooms in data.floors:
        half = (len(rooms) + 1) // 2
        rows = []
        for index in range(half):
            right = [rooms[half + index][0], rooms[half + index][1]] if half + index < len(rooms) else ["", ""]
            rows.append([rooms[index][0], rooms[index][1], "", "", *right, "", ""])
        sheets.append(
            Sheet(
                title="楼层报数表",
                school=data.school,
                paper=A4,
                head=Head(place, "", chinese_date(data.day, weekday=True)),
                table=Table(columns, rows, row_height=10.0, empty_text="（这一层没有房间）"),
                notes=("空房填 0，没有查看的房间不填；与前台不一致的由前台核实。",),
                signature=("报数人签字：", "前台核对："),
                printed_at=data.printed_at,
            )
        )
    return sheets


def count_pdf(data: CountForm, progress: Progress = no_progress) -> bytes:
    """楼层报数表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf(count_sheets(data), progress=progress)


# ---------------------------------------------------------------------------------------- lost property
@dataclass(frozen=True)
class LostLine:
    """A found thing as the register and the slip show it."""

    tag: str
    item: str
    where: str
    found_on: date
    finder: str
    owner: str
    owner_phone: str
    kept_at: str
    keep_until: date
    state: str
    closed_on: date | None
    closed_note: str


@dataclass(frozen=True)
class LostRegister:
    """遗留物品登记簿."""

    lines: Sequence[LostLine]
    period: str = ""
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None


@dataclass(frozen=True)
class LostSlip:
    """遗留物品领取单: what the owner signs."""

    line: LostLine
    receiver: str = ""
    school: str = ""
    handler: str = ""
    printed_at: datetime | None = None


def register_sheet(data: LostRegister) -> Sheet:
    """遗留物品登记簿, A4 across."""
    columns = (
        TableColumn("编号", 27, "center"),
        TableColumn("拾到日期", 23, "center"),
        TableColumn("物品", 50),
        TableColumn("地点", 32),
        TableColumn("拾物人", 19, "center"),
        TableColumn("失主", 20, "center"),
        TableColumn("存放处", 20, "center"),
        TableColumn("保管到", 23, "center"),
        TableColumn("状态", 17, "center"),
        TableColumn("去向", 26),
    )
    rows = [
        [
            line.tag,
            line.found_on,
            line.item,
            line.where,
            line.finder,
            line.owner,
            line.kept_at,
            line.keep_until,
            line.state,
            "　".join(part for part in (f"{line.closed_on}" if line.closed_on else "", line.closed_note) if part),
        ]
        for line in data.lines
    ]
    kept = sum(line.closed_on is None for line in data.lines)
    return Sheet(
        title="遗留物品登记簿",
        school=data.school,
        paper=A4_LANDSCAPE,
        head=Head(data.period, "", f"共 {len(data.lines)} 件，保管中 {kept} 件"),
        table=Table(columns, rows, empty_text="（没有遗留物品）"),
        signature=(f"制表人：{data.prepared_by}", "审核人：", DATE_BLANK),
        printed_at=data.printed_at,
    )


def register_pdf(data: LostRegister, progress: Progress = no_progress) -> bytes:
    """遗留物品登记簿 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([register_sheet(data)], progress=progress)


def register_xlsx(path: Path, data: LostRegister, progress: Progress = no_progress) -> None:
    """遗留物品登记簿 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [register_sheet(data)], progress=progress)


def slip_sheet(data: LostSlip) -> Sheet:
    """遗留物品领取单, A5 across: the thing, who takes it, and two signatures."""
    line = data.line
    columns = (  # the first line of the form is its header
        TableColumn("编号", 26, "center"),
        TableColumn(line.tag, 67),
        TableColumn("拾到日期", 26, "center"),
        TableColumn(chinese_date(line.found_on), 67),
    )

    def pair(title: str, value: object, other: str, second: object) -> list[object]:
        return [Cell(title, bold=True), value, Cell(other, bold=True), second]

    rows: list[list[object]] = [
        [Cell("物品", bold=True), Cell(line.item, span=3)],
        pair("拾到地点", line.where, "拾物人", line.finder),
        pair("失主", line.owner, "联系电话", line.owner_phone),
        pair("存放处", line.kept_at, "保管到", chinese_date(line.keep_until)),
        pair("领取人", data.receiver, "有效证件", ""),
        [Cell("领取说明", bold=True), Cell("以上物品已核对无误，本人领回。", span=3)],
    ]
    return Sheet(
        title="遗留物品领取单",
        school=data.school,
        paper=A5_LANDSCAPE,
        table=Table(columns, rows, row_height=9.5, size=11.0),
        signature=("领取人签字：", f"经办人：{data.handler}", DATE_BLANK),
        printed_at=data.printed_at,
    )


def slip_pdf(data: LostSlip, progress: Progress = no_progress) -> bytes:
    """遗留物品领取单 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([slip_sheet(data)], progress=progress)
