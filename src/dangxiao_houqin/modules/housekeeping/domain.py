"""The words of housekeeping: conditions and their moves, tasks, checks, lost property, the office's rules."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from dangxiao_houqin.core.columns import Pill, Tone
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

VIEW = Permission("housekeeping.view", "查看客房保洁")
WORK = Permission("housekeeping.work", "登记打扫、清扫任务和楼层报数")
INSPECT = Permission("housekeeping.inspect", "检查客房、登记交付检查")
LOST = Permission("housekeeping.lost", "登记和处理遗留物品")
RULES = Permission("housekeeping.rules", "维护保洁规则")


# -------------------------------------------------------------------------------------------------- states
class RoomCondition(enum.StrEnum):
    """How far a room is on its way from the last guest to the next."""

    DIRTY = "dirty"
    CLEAN = "clean"
    INSPECTED = "inspected"
    READY = "ready"

    @property
    def label(self) -> str:
        return _CONDITION_WORDS[self][0]

    @property
    def pill(self) -> Pill:
        return Pill(*_CONDITION_WORDS[self])

    @property
    def step(self) -> int:
        """0 (待打扫) to 3 (可入住)."""
        return list(RoomCondition).index(self)


_CONDITION_WORDS: dict[RoomCondition, tuple[str, Tone]] = {
    RoomCondition.DIRTY: ("待打扫", "warning"),
    RoomCondition.CLEAN: ("已打扫", "primary"),
    RoomCondition.INSPECTED: ("已检查", "teal"),
    RoomCondition.READY: ("可入住", "success"),
}


def room_pill(condition: RoomCondition, people: int) -> Pill:
    """The condition of a room; a ready one with people in it is nobody else's to move into."""
    return Pill("在住", "violet") if people and condition is RoomCondition.READY else condition.pill


CONDITION_MOVES: dict[RoomCondition, frozenset[RoomCondition]] = {
    RoomCondition.DIRTY: frozenset({RoomCondition.CLEAN}),
    RoomCondition.CLEAN: frozenset({RoomCondition.INSPECTED, RoomCondition.DIRTY}),
    RoomCondition.INSPECTED: frozenset({RoomCondition.READY, RoomCondition.DIRTY}),
    RoomCondition.READY: frozenset({RoomCondition.DIRTY, RoomCondition.INSPECTED}),
}
"""The ordinary moves; READY → INSPECTED is a handover check that found something. Skipping a step asks first."""


class TaskKind(enum.StrEnum):
    """Why a room is cleaned."""

    CHECKOUT = "checkout"
    STAY = "stay"
    ARRIVAL = "arrival"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {"checkout": "退房清洁", "stay": "住中打扫", "arrival": "入住前准备", "other": "其他清扫"}[self.value]

    @property
    def cleans(self) -> bool:
        """Whether the room is clean when such a task is done."""
        return self is not TaskKind.OTHER


class TaskState(enum.StrEnum):
    """Where a task stands."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"open": "待做", "done": "已完成", "cancelled": "已取消"}[self.value]


class LostState(enum.StrEnum):
    """Where a found thing is."""

    KEPT = "kept"
    RETURNED = "returned"
    DISPOSED = "disposed"

    @property
    def label(self) -> str:
        return {"kept": "保管中", "returned": "已领回", "disposed": "已处置"}[self.value]


# ------------------------------------------------------------------------------------------------ settings
CHECKLIST = (
    "门锁与房卡",
    "照明灯具",
    "空调制冷/热",
    "热水与水压",
    "马桶/地漏排水",
    "床铺布草洁净无破损",
    "桌椅衣柜",
    "网络/电视",
    "窗户限位与纱窗",
    "疏散图与应急灯",
)
"""客房交付检查 (domain/5-demo-data, E.6): what is looked at in every room before a class."""


@dataclass(frozen=True)
class HousekeepingRules(Section):
    """How this office looks after its rooms (domain/6-configurable)."""

    section: ClassVar[str] = "housekeeping"
    title: ClassVar[str] = "客房保洁"
    edit_permission: ClassVar[Permission] = RULES

    inspect_needed: bool = setting(True, "打扫后须检查", "关闭后，打扫完的房间不再等待检查。")
    inspector_differs: bool = setting(False, "检查人须不是打扫人", "打开后，谁打扫的房间要由另一人检查。")
    handover_needed: bool = setting(True, "须交付才算可入住", "关闭后，检查合格的房间直接可入住。")
    clean_days: int = setting(1, "住中每几天打扫一次", "0 表示住中不安排打扫。", minimum=0, maximum=60)
    linen_days: int = setting(3, "住中每几天换布草", "0 表示住中不换布草。", minimum=0, maximum=60)
    before_arrival_days: int = setting(1, "入住前几天准备房间", "0 表示入住当天。", minimum=0, maximum=30)
    checklist: tuple[str, ...] = setting(CHECKLIST, "客房交付检查项目", "每行一项，最多 20 项；已登记的检查不变。")
    keep_months: int = setting(3, "遗留物品保管几个月", "从拾到之日算起，到期后方可处置。", minimum=1, maximum=60)
    role: str = setting("住宿管理员", "保洁待办交给哪个角色", "填角色名称；没有这个角色时交给系统管理员。")

    def rest(self, condition: RoomCondition) -> RoomCondition:
        """Where a room stops that reached ``condition``: steps this office does not use are passed over."""
        if condition is RoomCondition.CLEAN and not self.inspect_needed:
            condition = RoomCondition.INSPECTED
        if condition is RoomCondition.INSPECTED and not self.handover_needed:
            return RoomCondition.READY
        return condition

    @property
    def conditions(self) -> tuple[RoomCondition, ...]:
        """The conditions this office uses."""
        return tuple(c for c in RoomCondition if self.rest(c) is c)


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class RaiseTask:
    """Clean a room by ``due_on``.

    Raising the same kind for the same room and day again changes nothing but adds linen; ``again`` reopens a task
    that is already done (a second guest of the room left on the same day).
    """

    room_id: int
    kind: TaskKind
    due_on: date
    linen: bool = False
    note: str = ""
    again: bool = False


@dataclass(frozen=True)
class AddTasks:
    """One task of a kind for each of these rooms, by hand."""

    room_ids: tuple[int, ...]
    kind: TaskKind
    due_on: date
    linen: bool = False
    assignee: str = ""
    note: str = ""


@dataclass(frozen=True)
class AssignTasks:
    """Give these tasks to one person; a blank ``assignee`` takes them back."""

    task_ids: tuple[int, ...]
    assignee: str


@dataclass(frozen=True)
class FinishTasks:
    """These tasks are done; ``by`` blank: by whom each is assigned to, else by who says so."""

    task_ids: tuple[int, ...]
    by: str = ""


@dataclass(frozen=True)
class SetConditions:
    """Mark many rooms; ``by`` is who cleaned or inspected them (blank: who says so), ``reason`` goes with 待打扫."""

    room_ids: tuple[int, ...]
    condition: RoomCondition
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class FailInspection:
    """An inspection found something: clean again."""

    room_ids: tuple[int, ...]
    reason: str
    by: str = ""


@dataclass(frozen=True)
class CareBefore:
    """A room as it was before a step, and the version it had after it."""

    room_id: int
    version: int
    condition: RoomCondition
    reason: str
    cleaned_at: datetime | None
    cleaned_by: str
    inspected_at: datetime | None
    inspected_by: str
    linen_on: date | None


@dataclass(frozen=True)
class TaskBefore:
    """A task as it was before a step, and the version it had after it."""

    task_id: int
    version: int
    state: TaskState
    note: str
    done_at: datetime | None
    done_by: str


@dataclass(frozen=True)
class CareStep:
    """What a step changed: the input of ``take_back`` (撤销). ``rooms`` counts also those it found already so."""

    rooms: tuple[CareBefore, ...] = ()
    tasks: tuple[TaskBefore, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True)
class CheckItem:
    """One line of 客房交付检查."""

    item: str
    ok: bool
    note: str = ""


@dataclass(frozen=True)
class SaveHandover:
    """客房交付检查 of a room before a class; passed when every item is in order. ``version`` None: not checked yet."""

    class_id: int
    room_id: int
    items: tuple[CheckItem, ...]
    checker: str = ""
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class RoomPeople:
    """How many people the floor staff found living in a room; ``people`` None: not looked at."""

    room_id: int
    people: int | None
    note: str = ""


@dataclass(frozen=True)
class ReportFloor:
    """楼层报数: what was found in the rooms of a floor on ``day``."""

    day: date
    rooms: tuple[RoomPeople, ...]
    reporter: str = ""


@dataclass(frozen=True)
class SaveLost:
    """A thing found in a room or at a ``place``; ``id`` None registers a new one and gives it its tag."""

    item: str
    found_on: date
    room_id: int | None = None
    place: str = ""
    finder: str = ""
    owner: str = ""
    owner_phone: str = ""
    kept_at: str = ""
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class CloseLost:
    """The owner took it back (``note``: who, with what proof) or it was disposed of (``note``: how)."""

    id: int
    version: int
    note: str


# ---------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True, slots=True)
class CareRow:
    """A room with its condition and what is open in it; ``version`` 0: nobody ever wrote its condition."""

    room_id: int
    version: int
    building_id: int
    building_name: str
    floor_id: int
    floor_name: str
    number: str
    room_type: str
    condition: RoomCondition
    reason: str
    cleaned_at: datetime | None
    cleaned_by: str
    inspected_at: datetime | None
    inspected_by: str
    linen_on: date | None
    tasks: str
    overdue: bool
    outage: str
    people: int = 0
    """Who lives there now, as far as somebody above knows."""

    @property
    def pill(self) -> Pill:
        return Pill("停用", "error") if self.outage else room_pill(self.condition, self.people)

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.number}"


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task; ``late``: its day has passed and it is not done."""

    id: int
    version: int
    room_id: int
    building_name: str
    floor_id: int
    floor_name: str
    number: str
    kind: TaskKind
    due_on: date
    state: TaskState
    linen: bool
    assignee: str
    note: str
    done_at: datetime | None
    done_by: str
    condition: RoomCondition
    late: bool
    people: int = 0

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.number}"

    @property
    def room_pill(self) -> Pill:
        """The room's condition, as in the list of rooms."""
        return room_pill(self.condition, self.people)

    @property
    def pill(self) -> Pill:
        if self.state is TaskState.OPEN:
            return Pill("超期", "error") if self.late else Pill("待做", "warning")
        return Pill(self.state.label, "success" if self.state is TaskState.DONE else "neutral")


@dataclass(frozen=True)
class CareFigures:
    """Rooms per condition (ready: in service and nobody lives there), rooms people live in, open tasks of the day and
    from before."""

    day: date
    rooms: dict[RoomCondition, int]
    lived_in: int
    due: int
    late: int


@dataclass(frozen=True)
class HandoverRoom:
    """A room to hand over to a class, with its check if there is one (``version`` None: not yet)."""

    room_id: int
    building_id: int
    building_name: str
    floor_id: int
    floor_name: str
    number: str
    room_type: str
    condition: RoomCondition
    version: int | None
    passed: bool | None
    items: tuple[CheckItem, ...]
    checker: str
    checked_on: date | None
    note: str

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.number}"

    @property
    def faults(self) -> str:
        """空调制冷/热：不制冷；网络/电视."""
        words = [f"{i.item}：{i.note}" if i.note else i.item for i in self.items if not i.ok]
        return "；".join([*words, self.note] if self.note else words)

    @property
    def pill(self) -> Pill:
        if self.passed is None:
            return Pill("未检查", "neutral")
        return Pill("合格", "success") if self.passed else Pill("不合格", "error")


@dataclass(frozen=True)
class HandoverRound:
    """All rooms to hand over to a class; ``of_class`` False: its people have no beds yet, so these are all rooms."""

    class_id: int
    class_name: str
    arrive: date
    of_class: bool
    checklist: tuple[str, ...]
    rooms: tuple[HandoverRoom, ...]

    @property
    def passed(self) -> int:
        return sum(room.passed is True for room in self.rooms)


@dataclass(frozen=True, slots=True)
class FloorChoice:
    """A floor that has rooms."""

    building_id: int
    building_name: str
    floor_id: int
    floor_name: str
    rooms: int

    @property
    def title(self) -> str:
        return f"{self.building_name} {self.floor_name}"


@dataclass(frozen=True, slots=True)
class FloorRoom:
    """A room of a floor with what was reported on a day (``people`` None: nothing yet)."""

    room_id: int
    number: str
    beds: int
    people: int | None
    note: str


@dataclass(frozen=True, slots=True)
class FloorReportRow:
    """What the floor staff found in a room."""

    id: int
    version: int
    room_id: int
    building_name: str
    floor_id: int
    floor_name: str
    number: str
    on_day: date
    people: int
    reporter: str
    note: str
    resolved: bool
    resolution: str
    reported_at: datetime
    """When the number was last said (or the difference settled)."""

    @property
    def place(self) -> str:
        return f"{self.building_name}{self.number}"


@dataclass(frozen=True, slots=True)
class LostRow:
    """A found thing; ``days_left`` until it may be disposed of (negative: since so many days)."""

    id: int
    version: int
    tag: str
    item: str
    room_id: int | None
    room: str
    place: str
    found_on: date
    finder: str
    owner: str
    owner_phone: str
    kept_at: str
    keep_until: date
    state: LostState
    closed_on: date | None
    closed_note: str
    days_left: int

    @property
    def where(self) -> str:
        """明德楼305 走廊."""
        return " ".join(part for part in (self.room, self.place) if part)

    @property
    def pill(self) -> Pill:
        if self.state is not LostState.KEPT:
            return Pill(self.state.label, "success" if self.state is LostState.RETURNED else "neutral")
        return Pill("已到期", "error") if self.days_left < 0 else Pill("保管中", "primary")


# ------------------------------------------------------------------------------------------ asked of above
@dataclass(frozen=True)
class ClassRoomsAsked:
    """Which rooms does a class sleep in?  Who knows adds their ids to ``rooms``."""

    class_id: int
    rooms: set[int]


@dataclass(frozen=True)
class GuestsAsked:
    """How many people sleep in each room on the night of ``day``, and how many are in the house at this moment?

    Who knows fills ``guests`` and ``here`` (room id → people).
    """

    day: date
    guests: dict[int, int]
    here: dict[int, int] = field(default_factory=dict)
