"""What the desk may do with a person, by his state: names, keys, icons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dangxiao_houqin.modules.accommodation.domain import DeskPerson, StayState


@dataclass(frozen=True)
class Offer:
    """One action as a button: its words, its key, what it does in a sentence."""

    key: str
    text: str
    icon: str
    shortcut: str
    tooltip: str


OFFERS: dict[str, Offer] = {
    offer.key: offer
    for offer in (
        Offer("check_in", "办理入住", "log-in", "Enter", "登记已到，领房卡"),
        Offer("find_bed", "安排床位", "bed-double", "F7", "找一张最合适的空床"),
        Offer("replace", "换人", "arrow-left-right", "F2", "单位换了别人来，接过名额和床位"),
        Offer("late", "晚到", "clock", "F3", "说好晚些到，保留床位"),
        Offer("no_show", "未报到", "user-x", "F4", "不来了，床位空出来"),
        Offer("move", "换床", "move", "F7", "换到另一张空床"),
        Offer("check_out", "退房", "log-out", "F8", "收房卡、查房、登记赔偿"),
        Offer("extend", "续住", "calendar-clock", "F9", "同一张床再住几晚"),
        Offer("request", "调房申请", "message-square", "F10", "记下他想换房，晚上再安排"),
        Offer("no_lodging", "不住宿", "ban", "F11", "来上课但不住，床位空出来"),
        Offer("card", "房卡", "id-card", "F12", "补一张房卡，或登记丢失"),
        Offer("undo_check_in", "撤销报到", "undo-2", "", "报错人了，改回待报到"),
        Offer("undo_check_out", "撤销退房", "undo-2", "", "改回在住"),
        Offer("undo_no_show", "恢复待报到", "undo-2", "", "他还是来了"),
        Offer("lodge_again", "改为住宿", "bed-double", "F11", "又要住了"),
        Offer("chart", "到房态图安排", "columns-3", "", "他的床位暂存着，到房态图里放到一张床上"),
    )
}


def offers_for(person: DeskPerson) -> tuple[str, tuple[str, ...]]:
    """(what Enter does, what else may be done) with somebody as he stands."""
    trainee = person.enrollment_id is not None
    if not person.lodging:
        return ("lodge_again", ("replace",)) if trainee else ("", ())
    if person.state is StayState.IN_HOUSE:
        return "check_out", ("move", "extend", "card", "request", "undo_check_in")
    if person.state is StayState.LEFT:
        return "undo_check_out", ()
    if person.state is StayState.NO_SHOW:
        return "undo_no_show", ("replace",) if trainee else ()
    if person.state is StayState.PARKED:
        if person.arrived_at is not None:  # he is in the house and may leave from where he waits
            return "chart", ("check_out",)
        return "chart", ("no_lodging",) if trainee else ()
    if person.stay_id is None:
        return ("find_bed", ("replace", "no_lodging")) if trainee else ("", ())
    if trainee:
        return "check_in", ("replace", "late", "no_show", "no_lodging", "move", "extend")
    return "check_in", ("late", "no_show", "move", "extend")


def enter_does(person: DeskPerson, day: date) -> str:
    """What Enter in the search line does: never something that a hasty key should not start."""
    primary, _ = offers_for(person)
    if primary == "check_out" and person.leave > day:
        return ""
    return primary if primary in ("check_in", "find_bed", "check_out") else ""
