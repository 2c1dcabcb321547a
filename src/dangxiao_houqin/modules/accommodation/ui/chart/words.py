"""What the room chart says of a bar, a bed and a night; pure text."""

from __future__ import annotations

import enum
from datetime import date
from html import escape

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation.domain import Bar, Outage, StayKind, StayState, UnassignedRow
from dangxiao_houqin.modules.places.api import BedPlace


class Look(enum.StrEnum):
    """How a bar is drawn: its state, and what is wrong with it today."""

    ASSIGNED = "assigned"
    OVERDUE = "overdue"
    IN_HOUSE = "in_house"
    OVERRUN = "overrun"
    LEFT = "left"
    MOVED = "moved"
    PARKED = "parked"

    @property
    def word(self) -> str:
        return _WORDS[self]


_WORDS = {
    Look.ASSIGNED: "已分配",
    Look.OVERDUE: "逾期未到",
    Look.IN_HOUSE: "在住",
    Look.OVERRUN: "超期未退",
    Look.LEFT: "已退房",
    Look.MOVED: "已换床",
    Look.PARKED: "暂存",
}


def look_of(bar: Bar, today: date) -> Look:
    """Overdue: should have come before today and said no later day. Overrun: should have left before today."""
    if bar.state is StayState.IN_HOUSE:
        if bar.moved_on and bar.leave <= today:
            return Look.MOVED
        return Look.OVERRUN if bar.leave < today else Look.IN_HOUSE
    if bar.state is StayState.LEFT:
        return Look.LEFT
    if bar.state is StayState.PARKED:
        return Look.PARKED
    late = bar.late_until is not None and bar.late_until >= today
    return Look.OVERDUE if bar.arrive < today and not late else Look.ASSIGNED


def whose(bar: Bar) -> str:
    """The class, or what kind of guest it is."""
    return bar.class_name or bar.kind.label


def bed_text(place: BedPlace) -> str:
    """明德楼305-1."""
    return f"{place.building_name}{place.room_number}-{place.bed_name}"


def day_text(day: date) -> str:
    """11月22日(周日)."""
    return chinese_date(day, weekday=True, year=False)


def nights_text(arrive: date, leave: date) -> str:
    """11月22日(周日)入住，11月25日(周三)离开，共3晚."""
    return f"{day_text(arrive)}入住，{day_text(leave)}离开，共{(leave - arrive).days}晚"


def _facts(person: Bar | UnassignedRow, today: date) -> list[str]:
    facts = []
    if isinstance(person, Bar):
        facts.append(f"{whose(person)} · {look_of(person, today).word}")
        if person.kind is not StayKind.TRAINEE and person.class_name:
            facts[0] += f" · {person.kind.label}"
    else:
        facts.append(f"{person.class_name} · 未分配")
    if person.unit_name:
        facts.append(person.unit_name)
    facts.append(nights_text(person.arrive, person.leave))
    if isinstance(person, Bar):
        if person.late_until is not None:
            facts.append(f"晚到：{day_text(person.late_until)}才到")
        if person.pinned:
            facts.append("已锁定：自动分房不会移动")
        if person.moved:
            facts.append("调房后住到这里")
    if person.needs:
        facts.append("需求：" + "、".join(person.needs))
    return facts


def tooltip(person: Bar | UnassignedRow, place: BedPlace | None, today: date) -> str:
    """Everything about somebody, as rich text of a few short lines."""
    head = f"<b>{escape(person.name)}</b>" + (f"（{escape(person.sex)}）" if person.sex else "")
    if place is not None:
        head += f" {escape(bed_text(place))}"
    lines = [head, *(escape(fact) for fact in _facts(person, today))]
    return "<p style='white-space:pre'>" + "<br>".join(lines) + "</p>"


def outage_words(outage: Outage) -> str:
    """停用：空调检修，到11月30日(周一)."""
    until = f"，到{day_text(outage.end)}" if outage.end is not None else "，恢复时间未定"
    return f"停用：{outage.reason}{until}"


def spoken(person: Bar | UnassignedRow, today: date) -> str:
    """Somebody in one line, for a screen reader and the status line."""
    sex = f"（{person.sex}）" if person.sex else ""
    return f"{person.name}{sex}，" + "，".join(_facts(person, today))


def cell_words(place: BedPlace, day: date, bar: Bar | None, outage: Outage | None, today: date) -> str:
    """What is in a bed in one night."""
    where = f"{bed_text(place)}，{day_text(day)}晚："
    if bar is not None:
        return where + spoken(bar, today)
    if outage is not None:
        return where + outage_words(outage)
    return where + ("空床" if place.assignable else "不可分配")
