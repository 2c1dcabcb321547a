"""Printouts of training: 学员花名册 (C.1) and 学员报到签到表 (C.3).

Pure functions over the dataclasses below: the caller's query fills them, nothing here reads the database or the clock.
Each printout exists as ``xxx_sheet`` (the layout as data), ``xxx_pdf`` (bytes) and ``xxx_xlsx`` (a file).
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.documents.paper import A3_LANDSCAPE, A4, A4_LANDSCAPE, Head, Paper, Sheet, Table, TableColumn


class RosterProfile(enum.StrEnum):
    """Who will read the roster decides what it may say."""

    INTERNAL = "internal"
    NOTICE = "notice"
    GATE = "gate"

    @property
    def label(self) -> str:
        return {"internal": "内部版", "notice": "公示版", "gate": "门岗版"}[self.value]


class RosterOption(enum.StrEnum):
    """Columns of the roster that are switched on when wanted."""

    ID_NUMBER = "id_number"
    EDUCATION = "education"
    WORK_START = "work_start"
    PLATE = "plate"
    DIET = "diet"
    ROOM = "room"

    @property
    def label(self) -> str:
        return _OPTIONS[self][0]


_OPTIONS: dict[RosterOption, tuple[str, float]] = {
    RosterOption.ID_NUMBER: ("身份证号", 45),
    RosterOption.EDUCATION: ("学历", 18),
    RosterOption.WORK_START: ("参加工作时间", 24),
    RosterOption.PLATE: ("车牌号", 24),
    RosterOption.DIET: ("饮食需求", 20),
    RosterOption.ROOM: ("房号", 22),
}

# What a roster on a wall or at the gate may show beyond its own columns (no phone, no ID, no habits).
_ALLOWED: dict[RosterProfile, frozenset[RosterOption]] = {
    RosterProfile.INTERNAL: frozenset(RosterOption),
    RosterProfile.NOTICE: frozenset({RosterOption.EDUCATION}),
    RosterProfile.GATE: frozenset({RosterOption.PLATE}),
}


def allowed_options(profile: RosterProfile) -> frozenset[RosterOption]:
    """The optional columns that ``profile`` may show."""
    return _ALLOWED[profile]


@dataclass(frozen=True)
class RosterPerson:
    """One line of the roster, in the office's unit order; texts as they shall be printed, blank = unknown.

    ``birth`` is the year and month (``1985-03``); ``lodging`` becomes 是/否; ``room`` is the room's full name.
    """

    name: str
    sex: str
    unit: str
    position: str = ""
    rank: str = ""
    group: str = ""
    ethnicity: str = ""
    birth: str = ""
    political_status: str = ""
    phone: str = ""
    lodging: bool | None = None
    note: str = ""
    id_number: str = ""
    education: str = ""
    work_start: str = ""
    plate: str = ""
    diet: str = ""
    room: str = ""

    @property
    def post(self) -> str:
        """职务(职级) in one cell."""
        return f"{self.position}（{self.rank}）" if self.position and self.rank else self.position or self.rank


@dataclass(frozen=True)
class RosterSheet:
    """A class and its people.  ``start`` and ``end`` are lesson days (both included), ``days`` as the office counts."""

    class_name: str
    start: date
    end: date
    days: float
    people: Sequence[RosterPerson]
    organizer: str = ""
    school: str = ""
    prepared_by: str = ""
    printed_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True)
class SignInPerson:
    """One line of the arrival register."""

    name: str
    unit: str
    post: str = ""
    phone: str = ""
    room: str = ""


@dataclass(frozen=True)
class SignInSheet:
    """A class on its arrival day."""

    class_name: str
    day: date
    place: str
    people: Sequence[SignInPerson]
    school: str = ""
    printed_at: datetime | None = None
    version: str = ""


def roster_sheet(
    data: RosterSheet, profile: RosterProfile = RosterProfile.INTERNAL, options: Iterable[RosterOption] = ()
) -> Sheet:
    """学员花名册 on A4 across (门岗版 upright; A3 where many optional columns are wanted).

    Raises ``InvalidInput`` for an optional column the profile may not show.
    """
    chosen = [option for option in RosterOption if option in set(options)]
    for option in chosen:
        if option not in _ALLOWED[profile]:
            raise InvalidInput(f"{profile.label}花名册不能印“{option.label}”，请去掉这一列或改用内部版。")
    if profile is RosterProfile.GATE and RosterOption.PLATE not in chosen:
        chosen.append(RosterOption.PLATE)
    columns = [*_profile_columns(profile), *(_option_column(option) for option in chosen)]
    paper = A4 if profile is RosterProfile.GATE else A4_LANDSCAPE
    if _elastic_factor(columns, paper) < _SMALLEST_FACTOR:
        paper = A3_LANDSCAPE  # more columns than A4 can show in readable type
    columns = _fill_page(columns, paper)
    if profile is RosterProfile.INTERNAL:  # 备注 stays last
        columns.append(columns.pop(next(i for i, column in enumerate(columns) if column.title == "备注")))
    titles = [column.title for column in columns]
    rows = []
    for number, person in enumerate(data.people, 1):
        cells = _roster_cells(number, person)
        rows.append([cells[title] for title in titles])
    men = sum(person.sex == "男" for person in data.people)
    women = sum(person.sex == "女" for person in data.people)
    days = f"{data.days:g}"
    notes = "注：1.排名以单位排序为准。2.个人信息仅限班级管理使用，请勿外传。"
    if profile is not RosterProfile.INTERNAL:
        notes = "注：排名以单位排序为准。"
    return Sheet(
        title=f"{data.class_name}学员花名册",
        school=data.school,
        paper=paper,
        head=Head(
            f"主办单位：{data.organizer}" if data.organizer else "",
            f"培训时间：{_period(data.start, data.end)}（共{days}天）",
            f"人数：{len(data.people)}人（男{men} 女{women}）",
        ),
        table=Table(tuple(columns), rows, empty_text="（本班暂无学员）"),
        notes=(notes,),
        signature=(f"制表人：{data.prepared_by}", "审核人：", "制表日期：　　　年　　月　　日"),
        printed_at=data.printed_at,
        version="　".join(part for part in (profile.label, data.version) if part),
    )


def _profile_columns(profile: RosterProfile) -> list[TableColumn]:
    if profile is RosterProfile.GATE:
        return [
            TableColumn("序号", 12, "center"),
            TableColumn("姓名", 34, "center"),
            TableColumn("工作单位", 95),
        ]
    columns = [
        TableColumn("序号", 10, "center"),
        TableColumn("组别", 12, "center"),
        TableColumn("姓名", 24, "center"),
        TableColumn("性别", 10, "center"),
        TableColumn("民族", 14, "center"),
        TableColumn("出生年月", 20, "center"),
        TableColumn("政治面貌", 20, "center"),
        TableColumn("工作单位", 52),
        TableColumn("职务（职级）", 35),
        TableColumn("联系电话", 30, "center"),
        TableColumn("住宿", 12, "center"),
        TableColumn("备注", 18),
    ]
    if profile is RosterProfile.NOTICE:
        hidden = {"出生年月", "联系电话", "住宿", "备注"}
        columns = [column for column in columns if column.title not in hidden]
    return columns


def _option_column(option: RosterOption) -> TableColumn:
    title, width = _OPTIONS[option]
    return TableColumn(title, width, "center")


_ELASTIC = frozenset({"工作单位", "职务（职级）", "备注"})
_SMALLEST_FACTOR = 0.6


def _elastic_factor(columns: list[TableColumn], paper: Paper) -> float:
    """How much wider or narrower unit, post and remark become so that the grid fills the page."""
    fixed = sum(column.width for column in columns if column.title not in _ELASTIC)
    return (paper.usable_width - fixed) / sum(column.width for column in columns if column.title in _ELASTIC)


def _fill_page(columns: list[TableColumn], paper: Paper) -> list[TableColumn]:
    factor = _elastic_factor(columns, paper)
    return [
        TableColumn(column.title, column.width * factor, column.align) if column.title in _ELASTIC else column
        for column in columns
    ]


def _roster_cells(number: int, person: RosterPerson) -> dict[str, object]:
    return {
        "序号": number,
        "组别": person.group,
        "姓名": person.name,
        "性别": person.sex,
        "民族": person.ethnicity,
        "出生年月": person.birth,
        "政治面貌": person.political_status,
        "工作单位": person.unit,
        "职务（职级）": person.post,
        "联系电话": person.phone,
        "住宿": None if person.lodging is None else person.lodging,
        "备注": person.note,
        "身份证号": person.id_number,
        "学历": person.education,
        "参加工作时间": person.work_start,
        "车牌号": person.plate,
        "饮食需求": person.diet,
        "房号": person.room,
    }


def _period(start: date, end: date) -> str:
    """``2026年3月9日—27日``: what repeats is left out."""
    if start == end:
        return chinese_date(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{chinese_date(start)}—{end.day}日"
    return f"{chinese_date(start)}—{chinese_date(end, year=start.year != end.year)}"


def roster_pdf(
    data: RosterSheet,
    profile: RosterProfile = RosterProfile.INTERNAL,
    options: Iterable[RosterOption] = (),
    *,
    progress: Progress = no_progress,
) -> bytes:
    """学员花名册 as PDF; errors as :func:`roster_sheet`."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([roster_sheet(data, profile, options)], progress=progress)


def roster_xlsx(
    path: Path,
    data: RosterSheet,
    profile: RosterProfile = RosterProfile.INTERNAL,
    options: Iterable[RosterOption] = (),
    *,
    progress: Progress = no_progress,
) -> None:
    """学员花名册 as a workbook; errors as :func:`roster_sheet` and ``write_form``."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [roster_sheet(data, profile, options)], progress=progress)


def sign_in_sheet(data: SignInSheet) -> Sheet:
    """学员报到签到表 on A4 upright; signature and time are written by hand."""
    columns = (
        TableColumn("序号", 10, "center"),
        TableColumn("姓名", 20, "center"),
        TableColumn("单位及职务", 52),
        TableColumn("联系电话", 28, "center"),
        TableColumn("房号", 15, "center"),
        TableColumn("报到时间", 18, "center"),
        TableColumn("本人签名", 22, "center"),
    )
    rows = [
        [number, person.name, f"{person.unit}{person.post}", person.phone, person.room, "", ""]
        for number, person in enumerate(data.people, 1)
    ]
    return Sheet(
        title=f"{data.class_name}学员报到签到表",
        school=data.school,
        paper=A4,
        head=Head(
            f"报到日期：{chinese_date(data.day, weekday=True)}",
            "",
            f"地点：{data.place}" if data.place else "地点：________________",
        ),
        table=Table(columns, rows, row_height=9.0, empty_text="（本班暂无学员）"),
        notes=(
            f"应到 {len(data.people)} 人　　实到______人　　请假______人　　未到______人",
            "未到人员姓名：" + "_" * 68,
        ),
        signature=("班主任签字：", "后勤经办："),
        printed_at=data.printed_at,
        version=data.version,
    )


def sign_in_pdf(data: SignInSheet, *, progress: Progress = no_progress) -> bytes:
    """学员报到签到表 as PDF."""
    from dangxiao_houqin.documents.pdf import sheets_pdf

    return sheets_pdf([sign_in_sheet(data)], progress=progress)


def sign_in_xlsx(path: Path, data: SignInSheet, *, progress: Progress = no_progress) -> None:
    """学员报到签到表 as a workbook."""
    from dangxiao_houqin.documents.xlsx_write import write_form

    write_form(path, [sign_in_sheet(data)], progress=progress)
