"""Words of training: states, inputs, rows, permissions, settings."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

from .need_words import need_label

VIEW = Permission("training.view", "查看班次和学员名单")
EDIT = Permission("training.edit", "维护班次、学员和单位")
IMPORT = Permission("training.import", "导入学员名单")
DESK = Permission("training.desk", "报到时换人、登记不住宿")


class ClassStatus(enum.StrEnum):
    """Where a class stands; the moves allowed are in :data:`CLASS_MOVES`."""

    PLANNED = "planned"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"planned": "计划中", "running": "培训中", "finished": "已结业", "cancelled": "已取消"}[self.value]


CLASS_MOVES: dict[ClassStatus, frozenset[ClassStatus]] = {
    ClassStatus.PLANNED: frozenset({ClassStatus.RUNNING, ClassStatus.CANCELLED}),
    ClassStatus.RUNNING: frozenset({ClassStatus.FINISHED, ClassStatus.CANCELLED}),
    ClassStatus.FINISHED: frozenset({ClassStatus.RUNNING}),
    ClassStatus.CANCELLED: frozenset({ClassStatus.PLANNED}),
}


NEED_CHOICES = (
    "diet:清真",
    "diet:素食",
    "low_floor",
    "accessible",
    "near_lift",
    "snores",
    "quiet",
    "single_room",
)
"""Needs offered on the form; a roster's remark may hold more kinds (:data:`.need_words.NEED_TITLES`)."""


@dataclass(frozen=True)
class ClassRules(Section):
    """How this school names and counts its classes."""

    section: ClassVar[str] = "training.classes"
    title: ClassVar[str] = "班次规则"

    code_pattern: str = setting("PX-{year}-{number:02d}", "班次编号规则", "可用 {year} 年份、{number:02d} 两位顺序号。")
    kinds: tuple[str, ...] = setting(
        ("主体班", "专题研讨班", "调训班", "委托培训班", "初任培训班", "轮训班", "党员发展培训班"),
        "班次类别",
        "每行一个；新建班次时从中选择。",
    )
    name_patterns: tuple[str, ...] = setting(
        (
            "{year}年第{number}期科级干部进修班",
            "{year}年{season}学期中青年干部培训班",
            "{year}年第{number}期村（社区）党组织书记轮训班",
            "{year}年新录用公务员初任培训班",
            "{year}年第{number}期专题研讨班",
        ),
        "班次名称样式",
        "每行一个；新建班次时供选择。{year} 年份、{season} 春季或秋季、{number} 本年第几期。",
    )
    arrival_day: float = setting(
        1.0, "报到日计天数", "计算培训天数时报到当天算几天：0、0.5 或 1。", minimum=0, maximum=1
    )
    departure_day: float = setting(
        1.0, "离校日计天数", "计算培训天数时离校当天算几天：0、0.5 或 1。", minimum=0, maximum=1
    )
    collect_id_numbers: bool = setting(
        False, "保存身份证号", "关闭时，导入名单只用身份证号核对性别和出生年月，不存入数据库。"
    )


@dataclass(frozen=True)
class SaveClass:
    """Create (``class_id`` None) or change a class.

    ``arrive_on``/``leave_on`` are the lodging nights ``[arrive_on, leave_on)``; None means first and last lesson day.
    """

    name: str
    kind: str
    start: date
    end: date
    class_id: int | None = None
    version: int | None = None
    code: str = ""
    arrive_on: date | None = None
    leave_on: date | None = None
    lodging: bool = True
    expected_count: int = 0
    organizer_unit: str = ""
    class_teacher: str = ""
    note: str = ""


@dataclass(frozen=True)
class SaveEnrollment:
    """Add (``enrollment_id`` None) or change one person on a roster."""

    class_id: int
    name: str
    sex: str
    enrollment_id: int | None = None
    version: int | None = None
    group_name: str = ""
    ethnicity: str = ""
    birth: str = ""
    political_status: str = ""
    education: str = ""
    unit_name: str = ""
    position: str = ""
    rank: str = ""
    phone: str = ""
    id_number: str = ""
    plate: str = ""
    lodging: bool = True
    arrive_on: date | None = None
    leave_on: date | None = None
    needs: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class ReplaceEnrollment:
    """换人: another person comes in somebody's place. An empty unit is the unit of the one who does not come."""

    enrollment_id: int
    name: str
    sex: str
    unit_name: str = ""
    position: str = ""
    phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class EnrollmentWithdrawn:
    """A person is no longer on the roster; whoever keeps a bed or a meal for him lets go."""

    enrollment_id: int
    class_id: int


@dataclass(frozen=True)
class EnrollmentDatesChanged:
    """The nights or the sex of a person changed, or he no longer lodges."""

    enrollment_id: int
    class_id: int


@dataclass(frozen=True)
class EnrollmentRenamed:
    """The name of a person was corrected to ``name``; whoever keeps a copy of it follows."""

    enrollment_id: int
    class_id: int
    name: str


@dataclass(frozen=True)
class ClassCancelled:
    """A class does not take place."""

    class_id: int


@dataclass(frozen=True)
class ClassPlanned:
    """``people`` of a class want beds for the nights ``[arrive_on, leave_on)``: new, or its dates or number changed."""

    class_id: int
    arrive_on: date
    leave_on: date
    people: int


@dataclass(frozen=True)
class ClassRow:
    """A class as lists show it; ``days`` after the office's counting rule."""

    id: int
    version: int
    code: str
    name: str
    kind: str
    status: ClassStatus
    start: date
    end: date
    arrive_on: date
    leave_on: date
    lodging: bool
    expected_count: int
    enrolled: int
    lodgers: int
    organizer_unit: str
    class_teacher: str
    note: str
    days: float

    @property
    def pill(self) -> Pill:
        tone = {"planned": "primary", "running": "success", "finished": "neutral", "cancelled": "error"}
        return Pill(self.status.label, tone[self.status.value])  # type: ignore[arg-type]


@dataclass(frozen=True)
class EnrollmentRow:
    """A person on a roster; ``phone``/``id_number`` are masked for actors without the right to see them."""

    id: int
    version: int
    class_id: int
    class_code: str
    class_name: str
    seq_no: int
    group_name: str
    name: str
    sex: str
    ethnicity: str
    birth: str
    political_status: str
    education: str
    unit_name: str
    unit_rank: int | None
    position: str
    rank: str
    phone: str
    id_number: str
    plate: str
    lodging: bool
    arrive_on: date
    leave_on: date
    needs: tuple[str, ...]
    note: str
    sort_key: str = field(repr=False, default="")

    @property
    def needs_text(self) -> str:
        return "、".join(need_label(code) for code in self.needs)

    @property
    def unit_and_position(self) -> str:
        return f"{self.unit_name} {self.position}".strip()


@dataclass(frozen=True)
class UnitRow:
    """A home unit in its fixed order."""

    id: int
    version: int
    name: str
    rank_order: int
    people: int


def training_days(start: date, end: date, rules: ClassRules) -> float:
    """Days of training counted by the office's rule (财行〔2016〕540号: arrival and departure at most one each)."""
    inner = (end - start).days - 1
    if inner < 0:
        return max(rules.arrival_day, rules.departure_day)
    return inner + rules.arrival_day + rules.departure_day


def nights(arrive: date, leave: date) -> tuple[date, ...]:
    """The nights of ``[arrive, leave)``."""
    return tuple(arrive + timedelta(days=i) for i in range((leave - arrive).days))
