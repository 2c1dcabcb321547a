"""Whether a gesture on the chart is allowed, judged on what the chart already holds: no database, no waiting.

The service judges again when it is dropped (another desk may have been quicker); both say the same sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.places.api import BedPlace

from .domain import Bar, ChartData, Outage, StayState, UnassignedRow

Guest = Bar | UnassignedRow


class ChartRules:
    """The house of one :class:`ChartData`, indexed for questions while the mouse moves."""

    def __init__(self, data: ChartData) -> None:
        self.data = data
        self.places: dict[int, BedPlace] = {place.bed_id: place for place in data.beds}
        self.by_bed: dict[int, list[Bar]] = defaultdict(list)
        self.by_room: dict[int, list[Bar]] = defaultdict(list)
        self.by_person: dict[int, list[Bar]] = defaultdict(list)
        for bar in data.bars:
            self.by_bed[bar.bed_id].append(bar)
            if key := _person(bar):
                self.by_person[key].append(bar)
            if bar.state is not StayState.LEFT:
                self.by_room[bar.room_id].append(bar)
        self.outages: dict[int, list[Outage]] = defaultdict(list)
        for outage in data.outages:
            self.outages[outage.room_id].append(outage)

    def title(self, bed_id: int) -> str:
        """明德楼305-1."""
        place = self.places[bed_id]
        return f"{place.building_name}{place.room_number}-{place.bed_name}"

    # ------------------------------------------------------------------ one person
    def why_not(self, guest: Guest, bed_id: int, arrive: date, leave: date, *, aside: Collection[int] = ()) -> str:
        """Why ``guest`` cannot sleep in this bed in ``[arrive, leave)``; nothing when he can.

        ``aside`` are stays that go elsewhere in the same gesture; the guest's own stay is always aside. A person in the
        house is judged from today on: what was slept stays where it was.
        """
        place = self.places.get(bed_id)
        if place is None:
            return "所选床位已不存在，请刷新后重新选择。"
        if leave <= arrive:
            return "离开日期必须晚于入住日期。"
        since = self._first_night(guest, bed_id, arrive)
        if since >= leave:
            return f"{guest.name}的住宿已到期，请先续住。"
        own = {guest.stay_id} if isinstance(guest, Bar) else set()
        away = own | set(aside)
        if not place.assignable:
            return f"{self.title(bed_id)}标为“不参与分配”，请另选床位。"
        if sentence := self._closed(place, since, leave, self._held(guest, bed_id)):
            return sentence
        for bar in self.by_person.get(_person(guest), ()):
            if bar.stay_id not in away and bar.arrive < leave and bar.leave > since:
                night = chinese_date(max(since, bar.arrive), year=False)
                return f"{guest.name}在{night}晚已有床位{self.title(bar.bed_id)}。"
        for bar in self.by_bed.get(bed_id, ()):
            if bar.state is not StayState.LEFT and self._there(bar, since, leave, own, away):
                until = chinese_date(bar.leave, year=False)
                where = f"（{bar.class_name}）" if bar.class_name else ""
                return f"{self.title(bed_id)}已安排给{bar.name}{where}，到{until}离开。"
        for bar in self.by_room.get(place.room_id, ()):
            if not self._there(bar, since, leave, own, away):
                continue
            if bar.sex != guest.sex:
                room, until = f"{place.building_name}{place.room_number}", chinese_date(bar.leave, year=False)
                return f"{room}住着{bar.sex}学员{bar.name}，到{until}，不能安排{guest.sex}学员。"
            if self._forbidden(guest, bar):
                return f"{guest.name}和{bar.name}登记为不得同住，请另选房间。"
        return ""

    def _there(self, bar: Bar, since: date, leave: date, own: Collection[int], away: Collection[int]) -> bool:
        """Whether ``bar`` holds a night of ``[since, leave)``; who goes away still keeps the nights he has slept."""
        if bar.stay_id in own:
            return False
        end = bar.leave
        if bar.stay_id in away:
            if not bar.arrived:
                return False
            end = min(end, self.data.today)
        return bar.arrive < leave and end > since

    def _first_night(self, guest: Guest, bed_id: int, arrive: date) -> date:
        if not isinstance(guest, Bar) or not guest.arrived:
            return arrive
        comes_new = guest.bed_id != bed_id or guest.state is StayState.PARKED
        return max(arrive, self.data.today) if comes_new else arrive

    def _held(self, guest: Guest, bed_id: int) -> tuple[date, date] | None:
        """Nights of this bed the guest already has: a room closing over them does not drive him out of them."""
        mine = isinstance(guest, Bar) and guest.bed_id == bed_id and guest.state is not StayState.PARKED
        return (guest.arrive, guest.leave) if mine else None

    def _closed(self, place: BedPlace, arrive: date, leave: date, held: tuple[date, date] | None) -> str:
        for outage in self.outages.get(place.room_id, ()):
            if outage.bed_id not in (None, place.bed_id):
                continue
            first, last = max(arrive, outage.start), min(leave, outage.end or leave)
            nights = {first + timedelta(days=n) for n in range((last - first).days)}
            if held is not None:
                nights = {night for night in nights if not held[0] <= night < held[1]}
            if nights:
                start = chinese_date(outage.start, year=False)
                until = f"到{chinese_date(outage.end, year=False)}" if outage.end else "起"
                return f"{self.title(place.bed_id)}从{start}{until}停用（{outage.reason}）。"
        return ""

    def _forbidden(self, first: Guest, second: Guest) -> bool:
        if first.enrollment_id is None or second.enrollment_id is None:
            return False
        low, high = sorted((first.enrollment_id, second.enrollment_id))
        return (low, high) in self.data.forbidden

    # ------------------------------------------------------------------ two people, two rooms
    def why_no_swap(self, first: Bar, second: Bar) -> str:
        """Why two people cannot exchange their beds."""
        if first.stay_id == second.stay_id:
            return "请选择两位不同的住客。"
        if fixed := next((bar for bar in (first, second) if not self.movable(bar)), None):
            return f"{fixed.name}{self._fixed(fixed)}"
        pair = (first.stay_id, second.stay_id)
        same_room = first.room_id == second.room_id
        return (
            self.why_not(first, second.bed_id, first.arrive, first.leave, aside=pair)
            or self.why_not(second, first.bed_id, second.arrive, second.leave, aside=pair)
            or ("" if same_room else self._meet([(first, second.bed_id), (second, first.bed_id)]))
        )

    def why_no_exchange(self, moves: Iterable[tuple[Bar, int]]) -> str:
        """Why these people cannot all go to these beds at once (two whole rooms)."""
        wanted = list(moves)
        away = tuple(bar.stay_id for bar, _ in wanted)
        for bar, bed_id in wanted:
            if not self.movable(bar):
                return f"{bar.name}{self._fixed(bar)}"
            if sentence := self.why_not(bar, bed_id, bar.arrive, bar.leave, aside=away):
                return sentence
        return self._meet(wanted)

    def _meet(self, wanted: list[tuple[Bar, int]]) -> str:
        """Two of the movers in one bed, or of both sexes in one room, in the same night."""
        for number, (bar, bed_id) in enumerate(wanted):
            since = self._first_night(bar, bed_id, bar.arrive)
            for other, other_bed in wanted[number + 1 :]:
                begin = max(since, self._first_night(other, other_bed, other.arrive))
                if begin >= min(bar.leave, other.leave):
                    continue
                if bed_id == other_bed:
                    return f"{bar.name}和{other.name}不能同时住{self.title(bed_id)}。"
                if self.places[bed_id].room_id != self.places[other_bed].room_id:
                    continue
                if bar.sex != other.sex:
                    return f"{bar.name}和{other.name}性别不同，不能同住一间。"
                if self._forbidden(bar, other):
                    return f"{bar.name}和{other.name}登记为不得同住，请另选房间。"
        return ""

    def movable(self, bar: Bar) -> bool:
        """Whether this stay can be moved at all: not ended, not pinned, not left for another bed."""
        living = bar.state in (StayState.ASSIGNED, StayState.IN_HOUSE, StayState.PARKED)
        return living and not bar.pinned and not self._behind(bar)

    def _behind(self, bar: Bar) -> bool:
        return bar.arrived and bar.moved_on and bar.leave <= self.data.today

    def _fixed(self, bar: Bar) -> str:
        if self._behind(bar):
            return "已从这里换到别的床位，请在现在的床位上调整。"
        return "已锁定，请先解锁。" if bar.pinned else f"的住宿已是“{bar.state.label}”，不能再调整。"

    def why_fixed(self, bar: Bar) -> str:
        """Why a stay cannot be moved at all; nothing when it can."""
        return "" if self.movable(bar) else f"{bar.name}{self._fixed(bar)}"


def _person(guest: Guest) -> int:
    """One key for all stays of a person: trainees by their place on the roster, external guests by their visit."""
    if guest.enrollment_id is not None:
        return guest.enrollment_id
    return -(guest.visit or guest.stay_id) if isinstance(guest, Bar) else 0
