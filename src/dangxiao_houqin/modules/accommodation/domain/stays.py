"""Words of accommodation: states, rules, inputs, rows, events."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill, Tone
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

VIEW = Permission("accommodation.view", "查看住宿安排")
ASSIGN = Permission("accommodation.assign", "分配和调整床位")
RULES = Permission("accommodation.rules", "维护分房规则")
DESK = Permission("accommodation.desk", "办理报到、退房、房卡和临时住客")


class StayState(enum.StrEnum):
    """Where a stay stands. Cancelled, no-show and parked stays hold no nights.

    A parked stay waits in the lane of the room chart for a new bed; it still names the bed it was taken from.
    """

    ASSIGNED = "assigned"
    IN_HOUSE = "in_house"
    LEFT = "left"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    PARKED = "parked"

    @property
    def label(self) -> str:
        return _STATE_WORDS[self][0]

    @property
    def pill(self) -> Pill:
        return Pill(*_STATE_WORDS[self])


_STATE_WORDS: dict[StayState, tuple[str, Tone]] = {
    StayState.ASSIGNED: ("已分配", "primary"),
    StayState.IN_HOUSE: ("在住", "success"),
    StayState.LEFT: ("已退房", "neutral"),
    StayState.NO_SHOW: ("未报到", "error"),
    StayState.CANCELLED: ("已取消", "neutral"),
    StayState.PARKED: ("暂存", "violet"),
}

STAY_MOVES: dict[StayState, frozenset[StayState]] = {
    StayState.ASSIGNED: frozenset({StayState.IN_HOUSE, StayState.NO_SHOW, StayState.CANCELLED, StayState.PARKED}),
    StayState.IN_HOUSE: frozenset({StayState.LEFT, StayState.PARKED}),
    StayState.PARKED: frozenset({StayState.ASSIGNED, StayState.IN_HOUSE, StayState.CANCELLED}),
    StayState.LEFT: frozenset(),
    StayState.NO_SHOW: frozenset(),
    StayState.CANCELLED: frozenset(),
}
"""The ordinary moves; taking a step back (撤销) goes the same way in the other direction."""

HOLDING = (StayState.ASSIGNED.value, StayState.IN_HOUSE.value, StayState.LEFT.value)
"""States whose nights stand in ``bed_night``."""

CURRENT = (StayState.ASSIGNED.value, StayState.IN_HOUSE.value)
"""States of people who have a bed now or will have one."""


class StayKind(enum.StrEnum):
    """Who stays: a trainee of a class, or somebody from outside who is no trainee."""

    TRAINEE = "trainee"
    LECTURER = "lecturer"
    GUEST = "guest"

    @property
    def label(self) -> str:
        return {"trainee": "学员", "lecturer": "授课教师", "guest": "临时住客"}[self.value]


class PairKind(enum.StrEnum):
    """What two people agreed (or the office decided) about sharing a room."""

    TOGETHER = "together"
    APART = "apart"
    FORBIDDEN = "forbidden"

    @property
    def label(self) -> str:
        return {"together": "希望同住", "apart": "尽量分开", "forbidden": "不得同住"}[self.value]


@dataclass(frozen=True)
class AllocationRules(Section):
    """How beds are given out: each soft rule has a weight, 0 switches it off; higher weighs more.

    Defaults after the office's practice: same unit together, groups by floor, no singles by rank.
    """

    section: ClassVar[str] = "accommodation.allocation"
    title: ClassVar[str] = "分房规则"
    edit_permission: ClassVar[Permission] = RULES
    choices: ClassVar[dict[str, str]] = {
        "together": "同单位尽量同住",
        "mixed": "同单位尽量分开（混编）",
        "none": "不考虑单位",
        "must": "必须满足",
        "wish": "尽量满足",
        "floor": "按楼层",
        "wing": "按楼栋侧翼",
    }

    unit_policy: Literal["together", "mixed", "none"] = setting(
        "together", "同单位学员", "各校习惯不同：有的照顾同单位同住，有的要求混编。"
    )
    unit_weight: int = setting(6, "同单位规则的权重", minimum=0, maximum=1000)
    group_floor: int = setting(4, "同小组住同一层的权重", minimum=0, maximum=1000)
    class_floor: int = setting(15, "同班少占楼层的权重", minimum=0, maximum=1000)
    class_building: int = setting(30, "同班少占楼栋的权重", minimum=0, maximum=1000)
    women_zone: int = setting(8, "女学员集中的权重", minimum=0, maximum=1000)
    women_by: Literal["floor", "wing"] = setting("floor", "女学员集中方式")
    floor_sex: int = setting(
        12, "遵守楼层男女偏好的权重", "楼层在“房间与床位”里标了男或女时使用。", minimum=0, maximum=1000
    )
    low_floor_policy: Literal["must", "wish"] = setting("wish", "低楼层需求")
    low_floor_age: int = setting(
        55, "几岁及以上照顾低楼层", "按班次开班时的年龄计算；0 表示不按年龄。", minimum=0, maximum=100
    )
    low_floor: int = setting(6, "低楼层需求的权重（每高一层）", minimum=0, maximum=1000)
    accessible: int = setting(20, "无障碍房需求的权重", minimum=0, maximum=1000)
    wish: int = setting(8, "同住意愿的权重", minimum=0, maximum=1000)
    snorer: int = setting(12, "打鼾者分开的权重", minimum=0, maximum=1000)
    room_opened: int = setting(10, "少开房间的权重", minimum=0, maximum=1000)
    reserve_room: int = setting(40, "保留机动房的权重", minimum=0, maximum=1000)
    not_ready: int = setting(
        8,
        "今天入住不用没打扫好的房间的权重",
        "待打扫的房间按全部、已打扫未检查的按一半计分；只影响今天入住的人。",
        minimum=0,
        maximum=1000,
    )
    single_without_reason: int = setting(
        25,
        "没有理由不住单间的权重",
        "“普通学员”要求：单间须有登记的理由（年长、身体原因等）。",
        minimum=0,
        maximum=1000,
    )
    reason_without_single: int = setting(12, "有单间理由应住单间的权重", minimum=0, maximum=1000)
    time_limit: int = setting(8, "自动分房最长用时（秒）", minimum=1, maximum=600)


@dataclass(frozen=True)
class BedOption:
    """A bed as the proposal page shows it; ``taken_by`` names the guests of other classes in these nights."""

    bed_id: int
    bed_name: str
    room_id: int
    room_number: str
    floor_id: int
    floor_name: str
    building_id: int
    building_name: str
    room_type: str

    @property
    def text(self) -> str:
        return f"{self.building_name}{self.room_number}-{self.bed_name}"


@dataclass(frozen=True)
class PlacementInput:
    """Give a person this bed for the nights ``[arrive, leave)`` that the proposal was made for."""

    enrollment_id: int
    bed_id: int
    arrive: date
    leave: date
    pinned: bool = False


@dataclass(frozen=True)
class ConfirmPlan:
    """A reviewed proposal. ``replaced`` are the stays it was allowed to move, with the versions it saw."""

    class_id: int
    placements: tuple[PlacementInput, ...]
    replaced: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class ConfirmResult:
    """What confirming did: ``assigned`` new or moved stays, ``unchanged`` kept as they were, ``released`` freed."""

    assigned: int
    unchanged: int
    released: int


@dataclass(frozen=True)
class AssignBed:
    """Put one person into one bed by hand."""

    enrollment_id: int
    bed_id: int
    pinned: bool = False
    reason: str = ""


@dataclass(frozen=True)
class MoveStay:
    """Move a stay to another bed; with ``from_night`` the earlier nights stay where they were."""

    stay_id: int
    version: int
    bed_id: int
    from_night: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class SaveRoommateRule:
    """Say whether two people of a class share a room."""

    class_id: int
    first_id: int
    second_id: int
    kind: PairKind
    reason: str = ""


@dataclass(frozen=True)
class StayRow:
    """A stay as lists show it; no phone, no ID: the list may hang on a wall."""

    id: int
    version: int
    enrollment_id: int | None
    class_id: int | None
    class_code: str
    class_name: str
    seq_no: int | None
    name: str
    sex: str
    unit_name: str
    position: str
    group_name: str
    note: str
    building_name: str
    floor_name: str
    room_id: int
    room_number: str
    room_type: str
    bed_id: int
    bed_name: str
    arrive: date
    leave: date
    state: StayState
    pinned: bool
    sort_key: str

    @property
    def nights(self) -> int:
        return (self.leave - self.arrive).days

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.room_number}-{self.bed_name}"


@dataclass(frozen=True)
class UnassignedRow:
    """Somebody who needs a bed and has none for his nights."""

    enrollment_id: int
    class_id: int
    class_name: str
    seq_no: int
    name: str
    sex: str
    unit_name: str
    needs: tuple[str, ...]
    arrive: date
    leave: date


@dataclass(frozen=True)
class PairRow:
    """An agreement between two people."""

    id: int
    version: int
    class_id: int
    first_id: int
    first_name: str
    second_id: int
    second_name: str
    kind: PairKind
    reason: str


@dataclass(frozen=True)
class NightFigures:
    """Beds of one night: ``beds`` can be given out, ``closed`` of them are out of service, ``taken`` are slept in.

    ``astray`` of those taken are closed or cannot be given out at all, and yet somebody sleeps there.  ``overstayed``
    are held by nobody tonight, but their last guest has not left; they are not free and count in no rate.
    """

    night: date
    beds: int
    closed: int
    taken: int
    astray: int = 0
    overstayed: int = 0

    @property
    def available(self) -> int:
        """What occupancy is measured against: beds out of service count only where somebody sleeps in them."""
        return self.beds - self.closed + self.astray

    @property
    def free(self) -> int:
        return max(0, self.available - self.taken - self.overstayed)
