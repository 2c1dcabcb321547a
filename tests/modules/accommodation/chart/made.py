"""Invented houses and stays for the chart's tests, pictures and benchmark."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from dangxiao_houqin.modules.accommodation.domain import (
    Bar,
    ChartData,
    DayMark,
    Outage,
    StayKind,
    StayState,
    UnassignedRow,
)
from dangxiao_houqin.modules.places.api import BedPlace

TODAY = date(2026, 11, 22)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "建国秀英志强丽娟海燕伟东晓梅国庆文静宏斌雪峰玉兰德明"
CLASSES = ("中青年干部培训班", "科级干部任职班", "妇女干部班", "乡镇书记班")


def place(bed_id: int, room_id: int, number: str, bed_name: str = "1", **more: object) -> BedPlace:
    """A bed with everything ordinary."""
    given: dict[str, object] = {
        "bed_id": bed_id,
        "bed_name": bed_name,
        "bed_assignable": True,
        "room_id": room_id,
        "room_number": number,
        "room_sort": number,
        "room_type": "标准双人",
        "floor_id": 2,
        "floor_level": 2,
        "floor_name": "2层",
        "floor_preferred_sex": "",
        "building_id": 1,
        "building_name": "明德楼",
        "building_code": "1",
        "building_sort": 0,
        "has_lift": True,
        "accessible": False,
        "near_lift": False,
        "low_floor": True,
        "assignable": True,
        "reserve": False,
    }
    return BedPlace(**(given | more))  # type: ignore[arg-type]


def bar(stay_id: int, bed: BedPlace, arrive: date, nights: int, **more: object) -> Bar:
    """A stay of an invented trainee, who is in the house when it began before today."""
    leave = arrive + timedelta(days=nights)
    state = StayState.ASSIGNED
    if arrive < TODAY:
        state = StayState.IN_HOUSE if leave > TODAY else StayState.LEFT
    given: dict[str, object] = {
        "stay_id": stay_id,
        "version": 1,
        "enrollment_id": stay_id,
        "class_id": 1 + stay_id % len(CLASSES),
        "class_name": CLASSES[stay_id % len(CLASSES)],
        "name": SURNAMES[stay_id % len(SURNAMES)] + GIVEN[2 * stay_id % 24 : 2 * stay_id % 24 + 1 + stay_id % 2],
        "sex": "男",
        "unit_name": f"第{stay_id % 40}乡人民政府",
        "needs": (),
        "room_id": bed.room_id,
        "bed_id": bed.bed_id,
        "arrive": arrive,
        "leave": leave,
        "state": state,
        "kind": StayKind.TRAINEE,
        "pinned": False,
        "late_until": None,
        "arrived": state is StayState.IN_HOUSE,
        "moved": False,
    }
    return Bar(**(given | more))  # type: ignore[arg-type]


def waiting(number: int, arrive: date = TODAY + timedelta(days=1), nights: int = 3, **more: object) -> UnassignedRow:
    """Somebody who has no bed."""
    given: dict[str, object] = {
        "enrollment_id": 100_000 + number,
        "class_id": 1,
        "class_name": CLASSES[0],
        "seq_no": number,
        "name": SURNAMES[number % len(SURNAMES)] + "小" + GIVEN[number % len(GIVEN)],
        "sex": "女" if number % 3 == 0 else "男",
        "unit_name": f"第{number % 40}乡人民政府",
        "needs": (),
        "arrive": arrive,
        "leave": arrive + timedelta(days=nights),
    }
    return UnassignedRow(**(given | more))  # type: ignore[arg-type]


def house(rooms: int = 120, floors: int = 5) -> tuple[BedPlace, ...]:
    """Double rooms mostly, a single and a triple now and then, in two buildings."""
    beds: list[BedPlace] = []
    for room in range(rooms):
        floor = room * floors // rooms
        building = 1 if floor < floors - 2 or floors < 3 else 2
        count = 1 if room % 12 == 3 else 3 if room % 12 == 7 else 2
        kind = {1: "单人间", 2: "标准双人", 3: "三人间"}[count]
        for bed in range(count):
            beds.append(
                place(
                    len(beds) + 1,
                    room + 1,
                    f"{floor + 1}{room % (rooms // floors) + 1:02d}",
                    str(bed + 1),
                    room_type="无障碍" if room % 12 == 5 else kind,
                    accessible=room % 12 == 5,
                    floor_id=floor + 1,
                    floor_level=floor + 1,
                    floor_name=f"{floor + 1}层",
                    building_id=building,
                    building_name="明德楼" if building == 1 else "致远楼",
                    reserve=room % 40 == 39,
                )
            )
    return tuple(beds)


def marks_of(start: date, end: date) -> dict[date, DayMark]:
    """Weekends, one invented holiday and the worked weekend for it."""
    marks = {}
    for ordinal in range(start.toordinal(), end.toordinal()):
        day = date.fromordinal(ordinal)
        if day.weekday() >= 5:
            marks[day] = DayMark(rest=True)
    for offset in (8, 9, 10):
        marks[TODAY + timedelta(days=offset)] = DayMark(rest=True, name="校庆")
    marks[TODAY + timedelta(days=6)] = DayMark(rest=False, name="调休上班")
    return marks


def full_house(
    beds: Iterable[BedPlace],
    *,
    start: date = TODAY - timedelta(days=10),
    days: int = 60,
    stays: int | None = None,
    seed: int = 1,
) -> ChartData:
    """Each bed filled with stays one after the other; ``stays`` bounds how many there are."""
    beds = tuple(beds)
    chance = random.Random(seed)
    end = start + timedelta(days=days)
    bars: list[Bar] = []
    per_bed = None if stays is None else stays / len(beds)
    for bed in beds:
        day = start - timedelta(days=chance.randrange(6))
        while day < end:
            mean = 6 if per_bed is None else max(2, round(0.75 * days / per_bed))
            nights = chance.randint(max(1, mean - 3), mean + 3)
            if stays is None or len(bars) < stays:
                bars.append(_varied(bar(len(bars) + 1, bed, day, nights), chance))
            day += timedelta(days=nights + chance.choice((0, 0, 1, 3) if per_bed is None else (0, 0, 1)))
    outages = tuple(
        Outage(bed.room_id, None, TODAY + timedelta(days=2), TODAY + timedelta(days=6), "空调检修")
        for bed in beds[20::60]
    )
    blocked = {bed.bed_id for bed in beds if any(o.room_id == bed.room_id for o in outages)}
    bars = [b for b in bars if b.bed_id not in blocked or b.leave <= TODAY or b.arrive >= TODAY + timedelta(days=6)]
    return ChartData(
        start=start,
        end=end,
        today=TODAY,
        beds=beds,
        bars=tuple(bars),
        outages=outages,
        waiting=tuple(waiting(number) for number in range(8)),
        conditions={beds[4].room_id: "待打扫", beds[-1].room_id: "待打扫"} if len(beds) > 4 else {},
        marks=marks_of(start, end),
    )


def _varied(made: Bar, chance: random.Random) -> Bar:
    sex = "女" if made.room_id % 3 == 0 else "男"
    made = replace(made, sex=sex, pinned=chance.random() < 0.06)
    if chance.random() < 0.05:
        made = replace(made, needs=("无障碍房",))
    if made.state is StayState.ASSIGNED and chance.random() < 0.06:
        made = replace(made, late_until=made.arrive + timedelta(days=1))
    if made.state is StayState.IN_HOUSE and chance.random() < 0.06:
        made = replace(made, state=StayState.ASSIGNED, arrived=False)
    if made.state is StayState.LEFT and chance.random() < 0.04 and made.leave > TODAY - timedelta(days=5):
        made = replace(made, state=StayState.IN_HOUSE, arrived=True)
    if chance.random() < 0.03:
        made = replace(made, kind=StayKind.LECTURER, class_id=None, class_name="", moved=True)
    return made


class SimpleRules:
    """Taken, closed, other sex: enough to see that the view asks and shows."""

    def __init__(self, data: ChartData) -> None:
        self.data = data
        self.places = {bed.bed_id: bed for bed in data.beds}
        self.asked = 0

    def judge(self, person: Bar | UnassignedRow, bed_id: int, arrive: date, leave: date) -> str:
        self.asked += 1
        own = person.stay_id if isinstance(person, Bar) else None
        room = self.places[bed_id].room_id
        for outage in self.data.outages:
            ends = outage.end or date.max
            if outage.room_id == room and outage.bed_id in (None, bed_id) and outage.start < leave and ends > arrive:
                return f"房间停用：{outage.reason}。"
        for other in self.data.bars:
            if other.room_id != room or other.stay_id == own or other.arrive >= leave or other.leave <= arrive:
                continue
            if other.bed_id == bed_id:
                return f"{other.name}住到{other.leave.month}月{other.leave.day}日。"
            if other.sex != person.sex:
                return f"同屋住着{other.sex}学员{other.name}。"
        return ""

    def judge_swap(self, a: Bar, b: Bar) -> str:
        return "" if a.sex == b.sex else "性别不同，不能对调。"

    def judge_rooms(self, room_a: int, room_b: int, _day: date) -> str:
        sizes = {room: sum(bed.room_id == room for bed in self.data.beds) for room in (room_a, room_b)}
        return "" if sizes[room_a] == sizes[room_b] else "两间房的床位数不同，不能整间对调。"
