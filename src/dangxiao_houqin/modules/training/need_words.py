"""Words for what a remark asks of lodging and canteen: ``low_floor`` -> 低楼层, ``diet:清真`` -> 清真.

Apart from the roster reader, so that lists and papers can show needs without loading it.
"""

from __future__ import annotations

NEED_TITLES: dict[str, str] = {
    "diet": "",
    "allergy": "",
    "low_floor": "低楼层",
    "accessible": "无障碍房",
    "near_lift": "靠近电梯",
    "snores": "打鼾",
    "quiet": "需安静",
    "single_room": "希望单间",
    "pregnant": "孕期",
    "no_lodging": "不住宿",
    "lodging": "住宿",
    "late": "晚到",
    "early": "提前离开",
    "with": "希望同住：",
    "not_with": "不宜同住：",
}


def need_label(code: str) -> str:
    """The Chinese label of a stored need code."""
    kind, _, value = code.partition(":")
    if kind in {"late", "early"} and value:
        verb = "到" if kind == "late" else "离开"
        if value[0] in "+-":
            return f"{NEED_TITLES[kind].removesuffix('离开')} {value[1:]} 天{'离开' if kind == 'early' else ''}"
        month, _, day = value.rpartition("-")
        return f"{month}月{day}日{verb}" if month else f"{day}日{verb}"
    return f"{NEED_TITLES.get(kind, kind)}{value}"
