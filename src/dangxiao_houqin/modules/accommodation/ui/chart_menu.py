"""Context menus of the room chart: the same gestures as with the mouse, for the hand that prefers words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Protocol

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation.chart_rules import ChartRules
from dangxiao_houqin.modules.accommodation.domain import Bar, StayState, UnassignedRow
from dangxiao_houqin.ui import icons

MOST_OFFERED = 12


class Hands(Protocol):
    """What the page does for a menu."""

    may_assign: bool
    may_desk: bool

    def carry(self, person: UnassignedRow | Bar) -> None: ...
    def carry_from(self, bar: Bar, night: date) -> None: ...
    def carry_room(self, room_id: int) -> None: ...
    def ask_bed(self, bar: Bar) -> None: ...
    def ask_leave(self, bar: Bar) -> None: ...
    def extend(self, bar: Bar) -> None: ...
    def park(self, bar: Bar) -> None: ...
    def pin(self, bar: Bar) -> None: ...
    def release(self, bar: Bar) -> None: ...
    def to_desk(self, bar: Bar) -> None: ...
    def open_person(self, bar: Bar) -> None: ...
    def place(self, person: UnassignedRow | Bar, bed_id: int) -> None: ...
    def open_room(self, room_id: int) -> None: ...


def fill_bar_menu(menu: QMenu, hands: Hands, bar: Bar, rules: ChartRules, day: date | None = None) -> None:
    """What can be done with one stay; what cannot be done says why in its tooltip."""
    menu.setToolTipsVisible(True)
    _add(menu, "user", "查看住宿记录", partial(hands.open_person, bar))
    if hands.may_desk and bar.state in (StayState.ASSIGNED, StayState.IN_HOUSE):
        text = "办理报到" if bar.state is StayState.ASSIGNED else "办理退房"
        _add(menu, "log-in" if bar.state is StayState.ASSIGNED else "log-out", text, partial(hands.to_desk, bar))
    if not hands.may_assign or bar.state is StayState.LEFT:
        return
    why = rules.why_fixed(bar)
    menu.addSeparator()
    _add(menu, "move", "换床：在图上选（M）", partial(hands.carry, bar), why)
    if day is not None and max(bar.arrive, rules.data.today if bar.arrived else bar.arrive) < day < bar.leave:
        text = f"从{chinese_date(day, year=False)}晚起换床：在图上选"
        _add(menu, "calendar-clock", text, partial(hands.carry_from, bar, day), why)
    _add(menu, "search", "换床：输入房号…", partial(hands.ask_bed, bar), why)
    if bar.state is not StayState.PARKED:
        _add(menu, "arrow-left-right", "整间对调：在图上选另一间（R）", partial(hands.carry_room, bar.room_id))
        _add(menu, "calendar-check", "续住一晚", partial(hands.extend, bar), why)
        _add(menu, "calendar-days", "改离开日期…", partial(hands.ask_leave, bar), why)
        _add(menu, "square-parking", "移到暂存区（P）", partial(hands.park, bar), why)
    else:
        _add(menu, "calendar-days", "改离开日期…", partial(hands.ask_leave, bar), why)
    menu.addSeparator()
    _add(menu, "lock-open" if bar.pinned else "lock", "解锁" if bar.pinned else "锁定床位", partial(hands.pin, bar))
    _add(
        menu,
        "user-x",
        "取消床位",
        partial(hands.release, bar),
        "已入住，请办理退房" if bar.arrived else why,
    )


def fill_cell_menu(menu: QMenu, hands: Hands, bed_id: int, day: date, rules: ChartRules) -> None:
    """What can be done with an empty bed: who of the lanes may have it, and the room."""
    place = rules.places[bed_id]
    if hands.may_assign:
        lanes: list[UnassignedRow | Bar] = [*rules.data.parked, *rules.data.waiting]
        people = [p for p in lanes if p.arrive <= day < p.leave and not _why(rules, p, bed_id)]
        for person in people[:MOST_OFFERED]:
            text = f"安排 {person.name}（{person.unit_name or person.class_name}）"
            _add(menu, "user-plus", text, partial(hands.place, person, bed_id))
        if len(people) > MOST_OFFERED:
            menu.addAction(f"还有 {len(people) - MOST_OFFERED} 人，请从右侧拖入").setEnabled(False)
        if not people:
            menu.addAction(f"{chinese_date(day, year=False)}没有可安排到这里的人").setEnabled(False)
        menu.addSeparator()
    name = f"{place.building_name}{place.room_number}"
    _add(menu, "door-open", f"{name} 房间信息与停用…", partial(hands.open_room, place.room_id))


def fill_waiting_menu(menu: QMenu, hands: Hands, person: UnassignedRow) -> None:
    """What can be done with somebody who has no bed."""
    if hands.may_assign:
        _add(menu, "move", "在图上选床位（M）", partial(hands.carry, person))


def _why(rules: ChartRules, person: UnassignedRow | Bar, bed_id: int) -> str:
    return rules.why_not(person, bed_id, person.arrive, person.leave)


def _add(menu: QMenu, icon: str, text: str, slot: Callable[[], object], why: str = "") -> QAction:
    action = menu.addAction(icons.icon(icon), text)
    action.triggered.connect(lambda _checked=False: slot())
    if why:
        action.setEnabled(False)
        action.setToolTip(why)
    return action
