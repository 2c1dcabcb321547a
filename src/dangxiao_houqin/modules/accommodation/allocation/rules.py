"""The soft rules: their Chinese names and what one person costs in one room."""

from __future__ import annotations

from .problem import Person, Room, Weights

RULE_TITLES: dict[str, str] = {
    "room_opened": "新开房间",
    "reserve_room": "动用机动房",
    "class_floor": "班次分散楼层",
    "class_building": "班次分散楼栋",
    "group_floor": "小组分散楼层",
    "women_zone": "女学员分散楼层",
    "unit_together": "同单位未同住",
    "unit_mixed": "同单位同住",
    "low_floor": "低楼层需要",
    "accessible": "无障碍需要",
    "wish": "同住意愿未满足",
    "apart": "应分开的人同住",
    "must_together": "必须同住未满足",
    "single_without_reason": "无理由住单间",
    "reason_without_single": "有单间理由未住单间",
    "snorer": "打鼾者与他人同住",
    "not_ready": "房间还没有打扫好",
    "own": "个人对房间的要求",
}

MUST_WEIGHT = 20_000
"""Cost of a broken must-together wish: above every ordinary rule, below leaving somebody without a bed."""

UNASSIGNED_WEIGHT = 1_000_000
"""Cost of a person without bed during the search: a bed for everybody comes first."""


def room_costs(person: Person, room: Room, weights: Weights) -> tuple[tuple[str, int], ...]:
    """What `person` costs in `room` whoever else sleeps there: (rule key, cost) for each broken rule."""
    found: list[tuple[str, int]] = []
    if person.low_floor == "wish" and weights.low_floor and not room.low:
        found.append(("low_floor", weights.low_floor * max(1, room.level - 1)))
    if person.accessible == "wish" and weights.accessible and not room.accessible:
        found.append(("accessible", weights.accessible))
    if len(room.beds) == 1:
        if not person.single_reason and weights.single_without_reason:
            found.append(("single_without_reason", weights.single_without_reason))
    elif person.single_reason:
        shared = person.shared_cost if person.shared_cost is not None else weights.reason_without_single
        if shared:
            found.append(("reason_without_single", shared))
    if room.unready and person.arrive < room.unready_before:
        found.append(("not_ready", room.unready))
    own = person.costs.get(room.id, 0)
    if own:
        found.append(("own", own))
    return tuple(found)
