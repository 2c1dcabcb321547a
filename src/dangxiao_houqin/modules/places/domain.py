"""The words of places: inputs, rows, errors, permissions and the office's rules about rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from dangxiao_houqin.core.columns import Pill
from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

VIEW = Permission("places.view", "查看楼栋、房间和床位")
EDIT = Permission("places.edit", "维护楼栋、房间和床位")

SEXES = ("", "男", "女")
"""What a floor may prefer; blank means both."""

HIGHEST_LEVEL = 60
LOWEST_LEVEL = -5
MAX_BEDS = 12
MAX_BULK_ROOMS = 2000


# ------------------------------------------------------------------------------------------------ settings
@dataclass(frozen=True)
class RoomType:
    """A kind of room with what a new one of it starts with; ``price`` is fen per bed and night."""

    name: str = setting("双人间", "房型名称")
    beds: int = setting(2, "床位数", minimum=1, maximum=MAX_BEDS)
    price: int = setting(0, "每床每晚价格（分）", minimum=0)
    accessible: bool = setting(False, "无障碍")


@dataclass(frozen=True)
class PlaceRules(Section):
    """What an office decides once about its rooms (domain/6, questions 19, 20 and 25)."""

    section: ClassVar[str] = "places"
    title: ClassVar[str] = "房间与床位"
    edit_permission: ClassVar[Permission] = EDIT
    choices: ClassVar[dict[str, str]] = {"number": "1、2、3", "window": "靠窗、靠门（双人间），其余用数字"}

    room_types: tuple[RoomType, ...] = setting(
        (
            RoomType("双人间", 2, 9000),
            RoomType("单人间", 1, 16000),
            RoomType("三人间", 3, 6000),
            RoomType("专家房", 1, 16000),
            RoomType("无障碍双人间", 2, 9000, accessible=True),
        ),
        "房型",
        "每行一种：名称，床位数，每床每晚价格（分），是否无障碍。新建房间时按房型带出床位。",
    )
    bed_style: Literal["number", "window"] = setting("number", "床位编号方式", "新建床位时的叫法，已有床位不变。")
    low_floor_with_lift: int = setting(
        1, "有电梯的楼：几层及以下算低楼层", "年长或行动不便的学员优先住低楼层。", minimum=0, maximum=30
    )
    low_floor_without_lift: int = setting(2, "无电梯的楼：几层及以下算低楼层", minimum=0, maximum=30)

    def type_named(self, name: str) -> RoomType | None:
        """The room type called ``name``, or ``None`` for one the office no longer lists."""
        return next((t for t in self.room_types if t.name == name), None)

    def is_low(self, level: int, *, has_lift: bool) -> bool:
        """Whether a floor counts as low for people who should not climb stairs."""
        return level <= (self.low_floor_with_lift if has_lift else self.low_floor_without_lift)


def level_exists(level: int) -> bool:
    """Whether a building can have this floor; there is no floor 0, the one below the first is -1."""
    return level != 0 and LOWEST_LEVEL <= level <= HIGHEST_LEVEL


def floor_name(level: int) -> str:
    """``3层``, or ``地下1层`` for level -1."""
    return f"{level}层" if level > 0 else f"地下{-level}层"


def bed_names(count: int, style: Literal["number", "window"] = "number") -> tuple[str, ...]:
    """Names for the beds of a new room: ``1 2 3``, or ``靠窗 靠门`` where there are two."""
    if style == "window" and count == 2:
        return ("靠窗", "靠门")
    return tuple(str(n) for n in range(1, count + 1))


# -------------------------------------------------------------------------------------------------- inputs
@dataclass(frozen=True)
class SaveSite:
    """A site (校区); ``id`` ``None`` makes a new one."""

    name: str
    sort_order: int = 0
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveBuilding:
    """A building; ``site_id`` ``None`` means the school's only (or first) site."""

    name: str
    code: str = ""
    has_lift: bool = False
    sort_order: int = 0
    note: str = ""
    site_id: int | None = None
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class SaveFloor:
    """A floor; a blank ``name`` becomes ``3层``; ``preferred_sex`` is a wish of the office, not a law."""

    building_id: int
    level: int
    name: str = ""
    preferred_sex: str = ""
    note: str = ""
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class BedInput:
    """One bed of :class:`SaveRoom`; ``id`` ``None`` adds a bed."""

    name: str
    assignable: bool = True
    id: int | None = None


@dataclass(frozen=True)
class SaveRoom:
    """A room with all its beds; a bed missing from ``beds`` is removed."""

    floor_id: int
    number: str
    room_type: str
    beds: tuple[BedInput, ...]
    accessible: bool = False
    near_lift: bool = False
    low_floor: bool = False
    assignable: bool = True
    reserve: bool = False
    note: str = ""
    id: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class BulkRooms:
    """Many rooms of one kind at once: 3 层, 每层 14 间双人间, 房号 301 起, 缺 4.

    ``levels`` are the floors to fill; on each, ``per_floor`` rooms are numbered after ``first_number``, which starts
    with the lowest level (``301`` on level 4 becomes ``401``).  The running part skips every number that contains a
    digit of ``skip_digits`` or is listed in ``skip_numbers`` (whole numbers or running parts); the next one takes its
    turn, so there are always ``per_floor`` rooms.
    """

    building_id: int
    levels: tuple[int, ...]
    per_floor: int
    first_number: str
    room_type: str
    beds: int
    skip_digits: str = ""
    skip_numbers: tuple[str, ...] = ()
    accessible: bool = False
    assignable: bool = True
    reserve: bool = False


RoomFlag = Literal["assignable", "reserve", "near_lift", "low_floor", "accessible"]


@dataclass(frozen=True)
class MarkRooms:
    """Set one property of many rooms at once."""

    room_ids: tuple[int, ...]
    flag: RoomFlag
    value: bool


@dataclass(frozen=True)
class SaveOutage:
    """A room, or one bed of it, is out of service for the nights ``[start, end)``; ``end`` ``None``: until further
    notice."""

    room_id: int
    start: date
    end: date | None
    reason: str
    bed_id: int | None = None
    id: int | None = None
    version: int | None = None


# ---------------------------------------------------------------------------------------------------- rows
@dataclass(frozen=True, slots=True)
class SiteRow:
    """A site as lists show it."""

    id: int
    version: int
    name: str
    sort_order: int


@dataclass(frozen=True, slots=True)
class FloorRow:
    """A floor with its stock."""

    id: int
    version: int
    building_id: int
    level: int
    name: str
    preferred_sex: str
    note: str
    rooms: int
    beds: int


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """A building with its floors (bottom up) and its stock."""

    id: int
    version: int
    site_id: int
    site_name: str
    name: str
    code: str
    has_lift: bool
    sort_order: int
    note: str
    rooms: int
    beds: int
    floors: tuple[FloorRow, ...]


@dataclass(frozen=True, slots=True)
class BedRow:
    """A bed inside :class:`RoomDetail`."""

    id: int
    name: str
    assignable: bool


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room of the list; ``outage`` is the reason why it is out of service on the day asked for."""

    id: int
    version: int
    building_id: int
    building_name: str
    floor_id: int
    floor_name: str
    level: int
    number: str
    room_type: str
    beds: int
    bed_names: str
    accessible: bool
    near_lift: bool
    low_floor: bool
    assignable: bool
    reserve: bool
    note: str
    outage: str

    @property
    def state(self) -> Pill:
        """What the room can be used for today, in one word."""
        if self.outage:
            return Pill("停用", "error")
        if not self.assignable:
            return Pill("不参与分配", "neutral")
        return Pill("机动", "violet") if self.reserve else Pill("可分配", "success")

    @property
    def features(self) -> str:
        """无障碍 近电梯 低楼层 as far as they apply."""
        words = (("无障碍", self.accessible), ("近电梯", self.near_lift), ("低楼层", self.low_floor))
        return " ".join(word for word, applies in words if applies)

    @property
    def remark(self) -> str:
        """Why it is out of service, then the office's own note."""
        return "；".join(text for text in (self.outage, self.note) if text)


@dataclass(frozen=True, slots=True)
class OutageRow:
    """Out of service: the nights ``[start, end)`` of a room, or of one bed of it."""

    id: int
    version: int
    room_id: int
    bed_id: int | None
    building_name: str
    room_number: str
    bed_name: str
    start: date
    end: date | None
    reason: str


@dataclass(frozen=True)
class RoomDetail:
    """All of one room, for its form."""

    row: RoomRow
    beds: tuple[BedRow, ...]
    outages: tuple[OutageRow, ...] = ()

    @property
    def form(self) -> SaveRoom:
        """The input that would save the room as it is."""
        row = self.row
        return SaveRoom(
            floor_id=row.floor_id,
            number=row.number,
            room_type=row.room_type,
            beds=tuple(BedInput(bed.name, bed.assignable, bed.id) for bed in self.beds),
            accessible=row.accessible,
            near_lift=row.near_lift,
            low_floor=row.low_floor,
            assignable=row.assignable,
            reserve=row.reserve,
            note=row.note,
            id=row.id,
            version=row.version,
        )


@dataclass(frozen=True, slots=True)
class BedCount:
    """Stock of (a part of) the school: ``assignable`` beds can be given out, ``out_of_service`` ones not on the day."""

    buildings: int
    rooms: int
    beds: int
    assignable: int
    reserve: int
    out_of_service: int


@dataclass(frozen=True, slots=True)
class BedPlace:
    """A bed with everything the assignment wants to know about where it stands.

    ``assignable`` holds for room and bed together; ``reserve`` rooms are given out last; ``building_sort`` is the
    building's position in the office's order (0, 1, 2 …).
    """

    bed_id: int
    bed_name: str
    bed_assignable: bool
    room_id: int
    room_number: str
    room_sort: str
    room_type: str
    floor_id: int
    floor_level: int
    floor_name: str
    floor_preferred_sex: str
    building_id: int
    building_name: str
    building_code: str
    building_sort: int
    has_lift: bool
    accessible: bool
    near_lift: bool
    low_floor: bool
    assignable: bool
    reserve: bool


# ---------------------------------------------------------------------------------------------- what happened
@dataclass(frozen=True, slots=True)
class OutageSaved:
    """A room (or one bed of it) went out of service for the nights ``[start, end)``, or this changed."""

    outage_id: int
    room_id: int
    bed_id: int | None
    start: date
    end: date | None


# -------------------------------------------------------------------------------------------------- errors
class RoomInUse(RuleViolation):
    """A room or bed that people were given cannot disappear."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}已有住宿安排或住宿记录，不能删除；不再使用时请改为“不参与分配”或登记停用。")
