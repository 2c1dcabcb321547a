"""What the chart says when the pointer rests."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint

from .head_cells import holiday_name
from .scene import DAY_HEAD, FIRST_COLUMN, Scene
from .surface import ChartSurface
from .words import bed_text, day_text, outage_words, tooltip


def words_at(chart: ChartSurface, place: QPoint, *, editable: bool) -> str:
    """The tooltip under a point of the viewport; empty where there is nothing to say."""
    scene = chart.scene
    if not chart.has_data:
        return ""
    if place.y() < scene.head_height:
        return _head_words(scene, place)
    hit = chart.hit_at(place)
    if hit is None or hit.bed_id is None:
        return ""
    bed = scene.index.places[hit.bed_id]
    if hit.bar is not None:
        return tooltip(hit.bar, bed, scene.index.data.today)
    if place.x() < FIRST_COLUMN:
        return _room_words(scene, bed.room_id, editable=editable)
    outage = scene.index.closure_on(hit.bed_id, date.fromordinal(hit.day))
    return f"{bed_text(bed)}\n{outage_words(outage)}" if outage is not None else ""


def _head_words(scene: Scene, place: QPoint) -> str:
    if place.x() < FIRST_COLUMN:
        return "点击显示或隐藏各房型每晚空床" if place.y() >= DAY_HEAD else ""
    day = date.fromordinal(scene.axis.clamped(place.x() - scene.origin_x))
    mark = scene.index.data.marks.get(day)
    lines = [day_text(day) + (f" {mark.name}" if mark is not None and mark.name else "")]
    if mark is not None and holiday_name(mark):
        lines[0] += "（休）"
    lines.append(f"当晚空床 {scene.index.free_on(day) or 0} 张")
    lines += [f"{kind or '未注明房型'} {count} 张" for kind, count in scene.index.free_by_type(day).items()]
    return "\n".join(lines)


def _room_words(scene: Scene, room_id: int, *, editable: bool) -> str:
    index = scene.index
    first = index.rooms[room_id][0]
    condition = index.data.conditions.get(room_id, "")
    facts = [
        f"{first.building_name}{first.room_number} {first.room_type}",
        "无障碍房" if first.accessible else "",
        "机动房：最后才安排" if first.reserve else "",
        "" if first.assignable else "不可分配",
        f"房况：{condition}" if condition else "",
        f"{day_text(index.tonight)}晚空床 {index.free_in_room(room_id, index.tonight)} 张",
        "点击展开或收起；拖到另一间房上整间对调" if editable else "点击展开或收起",
    ]
    return "\n".join(fact for fact in facts if fact)
