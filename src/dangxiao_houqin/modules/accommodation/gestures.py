"""What each gesture on the chart means for the stays: pure, so that mouse, keyboard and menu do the same.

A person in the house whose first night is past is split at today: the nights he slept stay where they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import RuleViolation

from .chart_rules import ChartRules
from .domain import Bar, ChartData, Rearrange, StayKind, StayPut, StayState, UnassignedRow


def put_of(bar: Bar) -> StayPut:
    """How ``bar`` stands."""
    return StayPut(
        stay_id=bar.stay_id,
        version=bar.version,
        enrollment_id=bar.enrollment_id,
        bed_id=bar.bed_id,
        arrive=bar.arrive,
        leave=bar.leave,
        state=bar.state,
        pinned=bar.pinned,
    )


def move(rules: ChartRules, bar: Bar, bed_id: int, *, from_night: date | None = None) -> Rearrange:
    """Another bed for the same nights; from ``from_night`` on, the earlier nights stay where they are (调房)."""
    _allow(rules.why_fixed(bar))
    if bar.state is StayState.PARKED:  # he holds no bed that he could keep for some nights
        return place(rules, bar, bed_id)
    if bed_id == bar.bed_id:
        raise RuleViolation(f"{bar.name}已经在{rules.title(bed_id)}，请选择另一张床位。")
    if from_night is not None and not bar.arrive <= from_night < bar.leave:
        raise RuleViolation("调房日期要在入住和离开日期之间，请重新选择。")
    since = max(from_night or bar.arrive, rules.data.today if bar.arrived else bar.arrive)
    _allow(rules.why_not(bar, bed_id, since, bar.leave))
    when = f"（{chinese_date(since, year=False)}起）" if since > bar.arrive else ""
    puts = _put(bar, bed_id, since)
    return Rearrange(puts, f"{bar.name}调到{rules.title(bed_id)}{when}")


def resize(rules: ChartRules, bar: Bar, arrive: date, leave: date) -> Rearrange:
    """Other nights in the same bed: 续住, earlier leaving, another arrival before it has begun."""
    _allow(rules.why_fixed(bar))
    today = rules.data.today
    if bar.arrived and arrive != bar.arrive:
        raise RuleViolation(f"{bar.name}已入住，入住日期不能再改。")
    if bar.arrived and leave < today:
        raise RuleViolation(f"{bar.name}已住到今天，离开日期不能早于{chinese_date(today, year=False)}。")
    if bar.state is not StayState.PARKED:
        _allow(rules.why_not(bar, bar.bed_id, arrive, leave))
    days = (leave - bar.leave).days
    if arrive != bar.arrive:
        title = f"{bar.name}改为{chinese_date(arrive, year=False)}入住"
    elif days > 0:
        title = f"{bar.name}续住{days}晚，到{chinese_date(leave, year=False)}"
    else:
        title = f"{bar.name}提前到{chinese_date(leave, year=False)}离开"
    return Rearrange((replace(put_of(bar), arrive=arrive, leave=leave),), title)


def swap(rules: ChartRules, first: Bar, second: Bar) -> Rearrange:
    """Two people exchange their beds, each for his own nights from now on."""
    _allow(rules.why_no_swap(first, second))
    puts = (*_from_now(rules, first, second.bed_id), *_from_now(rules, second, first.bed_id))
    return Rearrange(puts, f"{first.name}与{second.name}对调床位")


def exchange(rules: ChartRules, room_a: int, room_b: int, night: date) -> tuple[tuple[Bar, int], ...]:
    """Who goes to which bed when two rooms change places: the people of ``night``, bed by bed in the rooms' order.

    Raises :class:`RuleViolation` when nobody sleeps there, or more people than the other room has beds.
    """
    moves: list[tuple[Bar, int]] = []
    for here, there in ((room_a, room_b), (room_b, room_a)):
        own = [place.bed_id for place in rules.data.beds if place.room_id == here]
        beds = [place.bed_id for place in rules.data.beds if place.room_id == there]
        people = sorted(
            (bar for bar in rules.by_room.get(here, ()) if bar.arrive <= night < bar.leave),
            key=lambda bar: own.index(bar.bed_id),
        )
        if len(people) > len(beds):
            raise RuleViolation(
                f"{_room(rules, here)}住{len(people)}人，{_room(rules, there)}只有{len(beds)}张床，不能整间对调。"
            )
        free = [bed for bed in beds if rules.places[bed].assignable]
        for number, bar in enumerate(people):
            place = own.index(bar.bed_id)
            wish = beds[place] if place < len(beds) and beds[place] in free else None
            target = wish if wish is not None else next((bed for bed in free), beds[number])
            if target in free:
                free.remove(target)
            moves.append((bar, target))
    if not moves:
        day = chinese_date(night, year=False)
        raise RuleViolation(f"{_room(rules, room_a)}和{_room(rules, room_b)}在{day}晚都没有住客。")
    return tuple(moves)


def swap_rooms(rules: ChartRules, room_a: int, room_b: int, night: date) -> Rearrange:
    """Everybody who sleeps in either room on ``night`` goes to the other, for his own nights from now on."""
    moves = exchange(rules, room_a, room_b, night)
    _allow(rules.why_no_exchange(moves))
    puts = tuple(put for bar, bed_id in moves for put in _from_now(rules, bar, bed_id))
    return Rearrange(puts, f"{_room(rules, room_a)}与{_room(rules, room_b)}整间对调（{len(moves)}人）")


def park(rules: ChartRules, bar: Bar) -> Rearrange:
    """Out of the bed into the lane; the nights from now on are free for others."""
    _allow(rules.why_fixed(bar))
    today = rules.data.today
    title = f"{bar.name}移到暂存区"
    if not (bar.arrived and bar.arrive < today):
        return Rearrange((replace(put_of(bar), state=StayState.PARKED),), title)
    _allow("" if today < bar.leave else f"{bar.name}的住宿已到期，请先续住。")
    first, rest = _split(bar, today)
    return Rearrange((first, replace(rest, state=StayState.PARKED)), title)


def place(rules: ChartRules, guest: Bar | UnassignedRow, bed_id: int) -> Rearrange:
    """A bed for somebody from the lanes: without one so far, or parked."""
    if isinstance(guest, UnassignedRow):
        _allow(rules.why_not(guest, bed_id, guest.arrive, guest.leave))
        put = StayPut(None, None, guest.enrollment_id, bed_id, guest.arrive, guest.leave, StayState.ASSIGNED)
        return Rearrange((put,), f"{guest.name}安排到{rules.title(bed_id)}")
    since = max(guest.arrive, rules.data.today) if guest.arrived else guest.arrive
    _allow("" if since < guest.leave else f"{guest.name}的住宿已到期，请先改离开日期，再安排床位。")
    _allow(rules.why_not(guest, bed_id, since, guest.leave))
    state = StayState.IN_HOUSE if guest.arrived else StayState.ASSIGNED
    put = replace(put_of(guest), bed_id=bed_id, arrive=since, state=state)
    return Rearrange((put,), f"{guest.name}安排到{rules.title(bed_id)}")


def release(bar: Bar) -> Rearrange:
    """Take the bed back from somebody who has not arrived; he is without a bed again."""
    if bar.arrived:
        raise RuleViolation(f"{bar.name}已入住，请办理退房，不能直接取消床位。")
    return Rearrange((replace(put_of(bar), state=StayState.CANCELLED),), f"取消{bar.name}的床位")


def pin(bar: Bar, pinned: bool) -> Rearrange:
    """Lock a stay in its bed, or unlock it."""
    return Rearrange((replace(put_of(bar), pinned=pinned),), f"{'锁定' if pinned else '解锁'}{bar.name}的床位")


def _from_now(rules: ChartRules, bar: Bar, bed_id: int) -> tuple[StayPut, ...]:
    since = max(bar.arrive, rules.data.today) if bar.arrived else bar.arrive
    _allow("" if since < bar.leave else f"{bar.name}的住宿已到期，请先续住。")
    return _put(bar, bed_id, since)


def _put(bar: Bar, bed_id: int, since: date) -> tuple[StayPut, ...]:
    if since <= bar.arrive:
        return (replace(put_of(bar), bed_id=bed_id),)
    first, rest = _split(bar, since)
    return (first, replace(rest, bed_id=bed_id))


def _split(bar: Bar, night: date) -> tuple[StayPut, StayPut]:
    """The stay until ``night``, and a new one for the rest."""
    first = replace(put_of(bar), leave=night)
    rest = replace(put_of(bar), stay_id=None, version=None, arrive=night, moved_from_id=bar.stay_id)
    return first, rest


def _room(rules: ChartRules, room_id: int) -> str:
    found = next(place for place in rules.data.beds if place.room_id == room_id)
    return f"{found.building_name}{found.room_number}"


def _allow(sentence: str) -> None:
    if sentence:
        raise RuleViolation(sentence)


def shown_after(data: ChartData, puts: Sequence[StayPut]) -> ChartData:
    """The chart as it looks once ``puts`` are done, before the database has been read again.

    A new stay without an id gets a negative one; a stay that comes back from cancelled is left to the next reading.
    """
    bars = {bar.stay_id: bar for bar in (*data.bars, *data.parked)}
    waiting = {row.enrollment_id: row for row in data.waiting}
    rooms = {place.bed_id: place.room_id for place in data.beds}
    for number, put in enumerate(puts, start=1):
        first = bars.get(put.moved_from_id or 0)
        known = bars.get(put.stay_id) if put.stay_id is not None else None
        if known is None and first is None and put.enrollment_id in waiting:
            person = waiting.pop(put.enrollment_id)
            known = _bar_of(person, put)
        source = known or first
        if source is None or put.bed_id not in rooms:
            continue
        stay_id = put.stay_id if put.stay_id is not None else -number
        bars[stay_id] = replace(
            source,
            stay_id=stay_id,
            version=put.version or 0,
            room_id=rooms[put.bed_id],
            bed_id=put.bed_id,
            arrive=put.arrive,
            leave=put.leave,
            state=put.state,
            pinned=put.pinned,
            moved=put.moved_from_id is not None,
        )
    continued = {put.moved_from_id for put in puts if put.state is not StayState.CANCELLED}
    ended = {put.moved_from_id for put in puts if put.state is StayState.CANCELLED}
    for stay_id in bars.keys() & (continued | ended):
        bars[stay_id] = replace(bars[stay_id], moved_on=stay_id in continued)
    living = [bar for bar in bars.values() if bar.state is not StayState.CANCELLED]
    return replace(
        data,
        bars=tuple(sorted((b for b in living if b.state is not StayState.PARKED), key=lambda b: (b.arrive, b.stay_id))),
        parked=tuple(bar for bar in living if bar.state is StayState.PARKED),
        waiting=tuple(waiting.values()),
    )


def _bar_of(person: UnassignedRow, put: StayPut) -> Bar:
    return Bar(
        stay_id=0,
        version=0,
        enrollment_id=person.enrollment_id,
        class_id=person.class_id,
        class_name=person.class_name,
        name=person.name,
        sex=person.sex,
        unit_name=person.unit_name,
        needs=person.needs,
        room_id=0,
        bed_id=put.bed_id,
        arrive=put.arrive,
        leave=put.leave,
        state=put.state,
        kind=StayKind.TRAINEE,
        pinned=put.pinned,
        late_until=None,
        arrived=False,
        moved=False,
    )


def asks_reason(rules: ChartRules, cmd: Rearrange, policy: str) -> bool:
    """Whether the office's setting (``never``, ``in_house``, ``always``) wants a reason for this change of bed."""
    if policy == "never":
        return False
    bars = {bar.stay_id: bar for bar in (*rules.data.bars, *rules.data.parked)}
    for put in cmd.puts:
        bar = bars.get(put.stay_id if put.stay_id is not None else put.moved_from_id or 0)
        if bar is None or put.bed_id == bar.bed_id or put.state not in (StayState.ASSIGNED, StayState.IN_HOUSE):
            continue
        if policy == "always" or bar.arrived:
            return True
    return False
