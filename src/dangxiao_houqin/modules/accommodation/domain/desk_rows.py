"""What the lists of the front desk show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from dangxiao_houqin.core.columns import Pill

from .desk import CardState, CompensationKind, RequestState
from .stays import StayKind, StayState


@dataclass(frozen=True)
class DeskPerson:
    """One person of the desk's list on a day: who, where he sleeps, what may be done with him.

    ``stay_id`` None: on the roster, without a bed. Somebody who changes beds (调房 with a date) is one
    person: ``stay_id`` and the place are those of the day, ``[arrive, leave)`` are all his nights, and every
    service of the desk takes this stay for the person. ``phone_tail`` are the last four digits, enough to ask for.
    """

    enrollment_id: int | None
    stay_id: int | None
    version: int | None
    class_id: int | None
    class_name: str
    seq_no: int | None
    name: str
    sex: str
    unit_name: str
    position: str
    group_name: str
    phone_tail: str
    needs: tuple[str, ...]
    note: str
    building_name: str
    floor_name: str
    room_id: int | None
    room_number: str
    bed_id: int | None
    bed_name: str
    roommates: tuple[str, ...]
    arrive: date
    leave: date
    state: StayState | None
    kind: StayKind
    lodging: bool
    arrived_at: datetime | None
    left_at: datetime | None
    end_reason: str
    late_until: date | None
    late_note: str
    cards_out: int
    condition: str
    """待打扫 … of the room; empty when it is ready for a guest."""
    search_key: str = field(repr=False, default="")
    sort_key: str = field(repr=False, default="")

    @property
    def place(self) -> str:
        """明德楼305-1, or nothing without a bed."""
        return f"{self.building_name}{self.room_number}-{self.bed_name}" if self.stay_id is not None else ""

    def overrun(self, today: date) -> bool:
        """Whether he should have left before ``today`` and is still here."""
        return self.state is StayState.IN_HOUSE and self.leave < today

    def awaited(self, today: date) -> bool:
        """Whether he should have come before ``today`` and nobody said he comes later."""
        due = self.late_until or self.arrive
        return self.state is StayState.ASSIGNED and due < today


@dataclass(frozen=True)
class CardRow:
    """Cards handed to one guest; a line of 房卡（钥匙）领取、退房登记表."""

    id: int
    version: int
    stay_id: int
    class_id: int | None
    class_name: str
    name: str
    sex: str
    unit_name: str
    place: str
    number: str
    copies: int
    state: CardState
    issued_at: datetime
    closed_at: datetime | None
    left_at: datetime | None
    note: str

    @property
    def pill(self) -> Pill:
        return Pill(self.state.label, {"out": "warning", "returned": "success", "lost": "error"}[self.state.value])  # type: ignore[arg-type]


@dataclass(frozen=True)
class CompensationRow:
    """Something a guest pays for; ``amount`` in fen."""

    id: int
    version: int
    stay_id: int
    class_name: str
    name: str
    place: str
    kind: CompensationKind
    item: str
    amount: int
    on_day: date
    settled: bool
    receipt_no: str
    note: str

    @property
    def pill(self) -> Pill:
        return Pill("已结清", "success") if self.settled else Pill("未结清", "warning")


@dataclass(frozen=True)
class RecentGuest:
    """Somebody who is or was in the house lately; ``left_on`` None while he is still there."""

    stay_id: int
    name: str
    unit_name: str
    place: str
    left_on: date | None


@dataclass(frozen=True)
class RequestRow:
    """A wish for another room; ``with_name`` is the person he would change places with."""

    id: int
    version: int
    stay_id: int
    stay_version: int
    class_name: str
    name: str
    sex: str
    place: str
    reason: str
    wish: str
    with_stay_id: int | None
    with_name: str
    with_place: str
    state: RequestState
    answer: str
    asked_on: date
    closed_on: date | None


@dataclass(frozen=True)
class GuestRow:
    """An external guest; phone and ID number are masked."""

    stay_id: int
    version: int
    kind: StayKind
    name: str
    sex: str
    unit_name: str
    phone: str
    id_kind: str
    id_number: str
    plate: str
    host: str
    purpose: str
    price: int
    place: str
    arrive: date
    leave: date
    state: StayState
    arrived_at: datetime | None
    left_at: datetime | None

    @property
    def nights(self) -> int:
        return (self.leave - self.arrive).days

    @property
    def amount(self) -> int:
        """What all nights cost, in fen."""
        return self.price * self.nights


@dataclass(frozen=True)
class HeadCountRow:
    """夜间查寝 of one floor on one night; ``counted_at`` None: nobody has counted yet, ``present`` is not known."""

    floor_id: int
    building_name: str
    floor_name: str
    night: date
    id: int | None
    version: int | None
    expected: int
    present: int | None
    on_leave: int
    absent: int
    counted_at: datetime | None
    counter: str
    note: str

    @property
    def pill(self) -> Pill:
        return Pill("已查", "success") if self.counted_at is not None else Pill("未查", "warning")


@dataclass(frozen=True)
class FloorPerson:
    """Somebody who sleeps on a floor on a night; ``absent`` is ``"leave"`` (请假) or ``"absent"`` (未归) if noted.

    ``remark`` says of somebody who holds no bed that night why he is in the list.
    """

    stay_id: int
    name: str
    sex: str
    class_name: str
    unit_name: str
    room_number: str
    bed_name: str
    place: str
    state: StayState
    absent: str | None
    note: str
    remark: str = ""

    @property
    def absent_label(self) -> str:
        return {"leave": "请假", "absent": "未归"}.get(self.absent or "", "")


@dataclass(frozen=True)
class BedMoveRow:
    """A line of 调房登记表; moves that were taken back are marked, not hidden."""

    id: int
    stay_id: int
    class_id: int | None
    class_name: str
    name: str
    sex: str
    unit_name: str
    from_place: str
    to_place: str
    on_day: date
    reason: str
    handler: str
    undone: bool
