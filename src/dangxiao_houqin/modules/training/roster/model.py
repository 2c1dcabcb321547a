"""The words of a roster import: fields, rows, problems, mapping, preview. Plain data, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from dangxiao_houqin.documents.sheets import a1
from dangxiao_houqin.modules.training.need_words import need_label


class Field(StrEnum):
    """What a column can mean. The values are the names used in storage and in JSON."""

    SEQUENCE = "seq_no"
    NAME = "name"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    BIRTH = "birth"
    POLITICAL = "political_status"
    EDUCATION = "education"
    UNIT = "unit_name"
    UNIT_AND_POSITION = "unit_and_position"
    POSITION = "position"
    POSITION_AND_RANK = "position_and_rank"
    RANK = "rank"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    OFFICE_PHONE = "office_phone"
    GROUP = "group_name"
    LODGING = "lodging"
    MEALS = "meals"
    DIET = "diet"
    PLATE = "plate"
    ARRIVAL = "arrive_on"
    DEPARTURE = "leave_on"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The Chinese name shown when the file has no header of its own for it."""
        return FIELD_TITLES[self]


FIELD_TITLES: dict[Field, str] = {
    Field.SEQUENCE: "序号",
    Field.NAME: "姓名",
    Field.SEX: "性别",
    Field.ETHNICITY: "民族",
    Field.BIRTH: "出生年月",
    Field.POLITICAL: "政治面貌",
    Field.EDUCATION: "学历",
    Field.UNIT: "单位",
    Field.UNIT_AND_POSITION: "单位及职务",
    Field.POSITION: "职务",
    Field.POSITION_AND_RANK: "职务（职级）",
    Field.RANK: "职级",
    Field.ID_NUMBER: "身份证号",
    Field.PHONE: "联系电话",
    Field.OFFICE_PHONE: "办公电话",
    Field.GROUP: "组别",
    Field.LODGING: "是否住宿",
    Field.MEALS: "是否用餐",
    Field.DIET: "饮食要求",
    Field.PLATE: "车牌号",
    Field.ARRIVAL: "报到时间",
    Field.DEPARTURE: "离开时间",
    Field.NOTE: "备注",
}

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell in question. ``row`` is 1-based as in the file, ``column`` the header (or the field's own title)."""

    row: int
    column: str
    severity: Severity
    message: str
    sheet: str
    field: Field | None = None
    address: str = ""
    """A1 address of the cell; empty when the file has no such column."""


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that is nobody, and why.

    ``kind``: blank, title, header, heading, total, signature, note; or a person not taken: repeat, chosen.
    """

    sheet: str
    row: int
    kind: str
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """A wish found in a remark. ``kind`` see :data:`NEED_TITLES`; ``quote`` is the passage it was read from."""

    kind: str
    value: str
    quote: str

    @property
    def code(self) -> str:
        """Text for storage: ``low_floor``, ``diet:清真``, ``with:张三``."""
        return f"{self.kind}:{self.value}" if self.value else self.kind

    @property
    def label(self) -> str:
        """Chinese text for people: 清真, 低楼层, 希望与张三同住."""
        return need_label(self.code)


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person as the file says, normalised; ``texts`` keeps what stood in each cell.

    ``birth`` is ``1985``, ``1985-03`` or ``1985-03-12``; ``sex`` 男, 女 or empty; ``lodging`` None means "not said".
    ``arrive_on``/``leave_on`` are set only when they differ from the class. ``sex_from_id`` tells that the file did not
    give the sex. ``extra`` holds the columns that mean nothing to the program, by header.
    """

    sheet: str
    row: int
    order: int
    name: str
    sex: str = ""
    ethnicity: str = ""
    birth: str = ""
    political_status: str = ""
    education: str = ""
    unit_name: str = ""
    position: str = ""
    rank: str = ""
    id_number: str = ""
    phone: str = ""
    office_phone: str = ""
    group_name: str = ""
    plate: str = ""
    lodging: bool | None = None
    meals: bool | None = None
    arrive_on: date | None = None
    leave_on: date | None = None
    needs: tuple[Need, ...] = ()
    note: str = ""
    sex_from_id: bool = False
    has_error: bool = False
    texts: Mapping[Field, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        """(sheet, row): how corrections and choices name this row."""
        return self.sheet, self.row

    def record(self) -> dict[str, Any]:
        """The values to store, under the names of the enrolment's columns; ``needs`` as codes."""
        return {
            "name": self.name,
            "sex": self.sex,
            "ethnicity": self.ethnicity,
            "birth": self.birth,
            "political_status": self.political_status,
            "education": self.education,
            "unit_name": self.unit_name,
            "position": self.position,
            "rank": self.rank,
            "id_number": self.id_number,
            "phone": self.phone,
            "group_name": self.group_name,
            "plate": self.plate,
            "lodging": self.lodging is not False,
            "arrive_on": self.arrive_on,
            "leave_on": self.leave_on,
            "needs": [need.code for need in self.needs],
            "note": self.note,
        }


LEVELS = " / "
"""Between the levels of a header of several rows; a header's own text has no blanks."""


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """One column of the table: its header as written (levels joined by `` / ``) and what it was taken for."""

    column: int
    title: str
    field: Field | None
    sure: bool = True

    @property
    def short_title(self) -> str:
        return self.title.rsplit(LEVELS, 1)[-1]


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How one table of one sheet is read. ``fingerprint`` names the layout, whoever sends it again."""

    sheet: str
    header_rows: tuple[int, ...]
    headers: tuple[HeaderCell, ...]
    fingerprint: str
    remembered: bool = False

    def column(self, wanted: Field) -> int | None:
        """1-based column of a field, None when the table has none."""
        return next((h.column for h in self.headers if h.field is wanted), None)

    def header(self, wanted: Field) -> str:
        return next((h.short_title for h in self.headers if h.field is wanted), wanted.label)

    def with_fields(self, fields: Mapping[int, Field | None]) -> TableMapping:
        """The same table with some columns taken for something else; each field but 备注 is used once."""
        taken = {f for f in fields.values() if f is not None and f is not Field.NOTE}
        headers = tuple(
            HeaderCell(h.column, h.title, fields[h.column])
            if h.column in fields
            else HeaderCell(h.column, h.title, None if h.field in taken else h.field, h.sure)
            for h in self.headers
        )
        return TableMapping(self.sheet, self.header_rows, headers, self.fingerprint, self.remembered)

    def to_json(self) -> dict[str, Any]:
        """What the service stores under ``fingerprint``; give it back through ``remembered``."""
        return {"columns": [[h.title, h.field.value if h.field else None] for h in self.headers]}


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """One sheet of the file: taken or not, and why not."""

    name: str
    rows: int
    taken: bool
    people: int = 0
    hidden: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RosterPreview:
    """The file as it would be imported. Every row of a taken sheet is either in ``people`` or in ``skipped_rows``.

    ``mapping`` has one entry for each table (usually one); ``notes`` are sentences for the whole file that ask nothing.
    """

    file_name: str
    people: tuple[RosterRow, ...]
    problems: tuple[Problem, ...]
    mapping: tuple[TableMapping, ...]
    sheets: tuple[SheetInfo, ...]
    skipped_rows: tuple[SkippedRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "warning")

    @property
    def source_rows(self) -> int:
        """Rows of the taken sheets, blank and title rows included: ``len(people) + len(skipped_rows)``."""
        return sum(sheet.rows for sheet in self.sheets if sheet.taken)

    @property
    def not_taken(self) -> tuple[SkippedRow, ...]:
        """Skipped rows that hold a person: repeated, or left out by choice."""
        return tuple(row for row in self.skipped_rows if row.kind in {"repeat", "chosen"})

    def good_people(self) -> tuple[RosterRow, ...]:
        """The people without an error, for "skip bad rows"."""
        return tuple(row for row in self.people if not row.has_error)

    def problems_of(self, row: RosterRow | SkippedRow) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.sheet == row.sheet and p.row == row.row)


@dataclass(frozen=True, slots=True)
class RosterOptions:
    """What the program knows beforehand. ``today`` decides two-digit years and plausible ages.

    ``arrive_on``/``leave_on`` are the class's own, so that 晚到一天 becomes a date. ``known_units`` help to split
    单位及职务.
    """

    today: date
    arrive_on: date | None = None
    leave_on: date | None = None
    known_units: frozenset[str] = frozenset()


def problem_at(mapping: TableMapping, row: int, about: Field, severity: Severity, message: str) -> Problem:
    """A problem in the cell of ``about`` in this row."""
    column = mapping.column(about)
    return Problem(
        row, mapping.header(about), severity, message, mapping.sheet, about, a1(row, column) if column else ""
    )
