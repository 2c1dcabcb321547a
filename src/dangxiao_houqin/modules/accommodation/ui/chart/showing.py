"""What a running drag lights up and what the note at the pointer says of it. Pure: no Qt."""

from __future__ import annotations

from typing import NamedTuple

from .carrying import Carrying, Pulling, RoomCarrying
from .index import ChartIndex
from .scene import Ghost, Overlay, Verdict
from .words import bed_text, nights_text


class Shown(NamedTuple):
    """An overlay with the words and the tone (a verdict's kind, or ``park``) of the note."""

    overlay: Overlay
    text: str
    tone: str


def pulled(pulling: Pulling) -> Shown:
    """A bar with its end on another day."""
    why, bar = pulling.why, pulling.bar
    verdict = Verdict("no", why) if why else Verdict("free" if pulling.changed else "same")
    begin, end = pulling.arrive.toordinal(), pulling.leave.toordinal()
    text = nights_text(pulling.arrive, pulling.leave) + (f"\n{why}" if why else "")
    ghost = Ghost(bar.bed_id, begin, end, bar.name, verdict)
    return Shown(Overlay(frozenset({bar.stay_id}), begin, end, ghosts=(ghost,)), text, verdict.kind)


def rooms_carried(rooms: RoomCarrying, index: ChartIndex, target: int | None) -> Shown:
    """A room over another one."""
    number = index.rooms[rooms.room_id][0].room_number
    verdict = Verdict("same")
    if target is None or target == rooms.room_id:
        text = f"{number}：拖到另一间房上整间对调"
    else:
        verdict = rooms.verdict(target)
        other = index.rooms[target][0].room_number
        text = verdict.why or f"{number} 与 {other} 整间对调（{rooms.day.month}月{rooms.day.day}日晚的住客）"
    bars = (index.bar_on(place.bed_id, rooms.day) for place in index.rooms[rooms.room_id])
    overlay = Overlay(
        lifted=frozenset(bar.stay_id for bar in bars if bar is not None),
        room_verdict=rooms.known,
        target_room=target,
        source_room=rooms.room_id,
    )
    return Shown(overlay, text, "swap" if verdict.kind == "free" else verdict.kind)


def parked(carrying: Carrying) -> Shown:
    """Somebody over the parking lane."""
    return Shown(_overlay(carrying, None, ()), f"{carrying.person.name} 放进暂存区，床位让出来", "park")


def carried(carrying: Carrying, index: ChartIndex, bed: int | None) -> Shown:
    """Somebody over a bed, or over nothing."""
    person = carrying.person
    if bed is None:
        return Shown(_overlay(carrying, None, ()), f"{person.name}：拖到床位上", "same")
    verdict = carrying.verdict(bed)
    ghosts: tuple[Ghost, ...] = ()
    if verdict.kind != "same":
        ghosts = (Ghost(bed, carrying.begin.toordinal(), carrying.end.toordinal(), person.name, verdict),)
    source, other = carrying.from_bed, verdict.other
    if verdict.kind == "swap" and other is not None and source is not None:
        back = Ghost(source.bed_id, other.arrive.toordinal(), other.leave.toordinal(), other.name, Verdict("swap"))
        ghosts += (back,)
    return Shown(_overlay(carrying, bed, ghosts), _words(carrying, index, bed, verdict), verdict.kind)


def _overlay(carrying: Carrying, bed: int | None, ghosts: tuple[Ghost, ...]) -> Overlay:
    source = carrying.from_bed
    return Overlay(
        lifted=frozenset() if source is None else frozenset({source.stay_id}),
        begin=carrying.begin.toordinal(),
        end=carrying.end.toordinal(),
        bed_verdict=carrying.known,
        target_bed=bed,
        ghosts=ghosts,
    )


def _words(carrying: Carrying, index: ChartIndex, bed: int, verdict: Verdict) -> str:
    where, name = bed_text(index.places[bed]), carrying.person.name
    if verdict.kind == "no":
        return f"{where}：{verdict.why}"
    if verdict.kind == "same":
        return f"{name} 现在就住 {where}"
    if verdict.kind == "swap" and verdict.other is not None:
        return f"{name} 与 {verdict.other.name} 对调床位"
    since = f"，从{carrying.from_night.month}月{carrying.from_night.day}日晚起" if carrying.from_night else ""
    return f"{name} → {where}{since}"
