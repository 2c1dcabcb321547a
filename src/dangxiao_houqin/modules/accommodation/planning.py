"""From the database to the bed engine's plain problem, and the page's view of it.

Night 0 is the first arrival of the class.  Stays of other people in these nights are guests; stays of this class that
are pinned, checked in or to be kept are pinned people, so that the soft rules see whom they share a room with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from dangxiao_houqin.core.errors import RuleViolation
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.housekeeping.api import RoomCondition, list_conditions
from dangxiao_houqin.modules.places.api import BedPlace, list_beds_for_assignment, list_outages
from dangxiao_houqin.modules.training.api import ClassRow, ClassStatus, EnrollmentRow, get_class, list_roster

from .allocation import (
    AllocationError,
    Closure,
    Guest,
    Person,
    Plan,
    Problem,
    Room,
    Weights,
    Wish,
    check,
    propose,
    solve,
)
from .allocation.problem import Key, Sex
from .domain import (
    ASSIGN,
    CURRENT,
    HOLDING,
    AllocationRules,
    BedOption,
    ConfirmPlan,
    DeskRules,
    PairKind,
    PlacementInput,
    StayState,
)
from .models import Stay
from .queries import bed_option, list_pairs
from .queries.stays import is_settled

SEX: dict[str, Sex] = {"男": "M", "女": "F"}

LATEST_TURNOVER_CHECKOUT, EARLIEST_TURNOVER_ARRIVAL = 12, 14
"""A bed changes hands on one day only with these hours or better (domain/2-rules, B.1.5 rule 15)."""


@dataclass(frozen=True)
class Candidate:
    """A person the proposal is about."""

    enrollment_id: int
    seq_no: int
    name: str
    sex: str
    unit_name: str
    position: str
    group_name: str
    needs: tuple[str, ...]
    note: str
    arrive: date
    leave: date
    sort_key: str
    kept_bed_id: int | None = None
    pinned: bool = False
    locked: bool = False
    """Checked in: not even by hand."""


@dataclass(frozen=True)
class BedGuest:
    """Somebody outside the proposal in one of the beds during its nights."""

    bed_id: int
    name: str
    sex: str
    arrive: date
    leave: date


@dataclass(frozen=True)
class PlanningTask:
    """All the proposal page and the engine need, read in one transaction; no ORM objects."""

    school: ClassRow
    rules: AllocationRules
    problem: Problem
    people: tuple[Candidate, ...]
    beds: tuple[BedOption, ...]
    replaced: tuple[tuple[int, int], ...]
    """Stays (id, version) that the plan may move."""
    guests: tuple[BedGuest, ...] = ()


def prepare(ctx: Ctx, class_id: int, keep_existing: bool = True) -> PlanningTask:
    """Read one class and the free stock for its nights.

    ``keep_existing``: people of the class who already have a bed keep it; otherwise only pinned and checked-in ones do.
    Raises :class:`RuleViolation` when there is nobody to lodge or the class does not lodge.
    """
    ctx.require(ASSIGN)
    school = get_class(ctx, class_id)
    if school.status is ClassStatus.CANCELLED:
        raise RuleViolation(f"班次“{school.name}”已取消，不能分配床位。")
    if not school.lodging:
        raise RuleViolation(f"班次“{school.name}”不安排住宿；如需住宿，请先在班次信息里改为“安排住宿”。")
    lodgers = [p for p in list_roster(ctx, class_id) if p.lodging and p.leave_on > p.arrive_on]
    if not lodgers:
        raise RuleViolation(f"班次“{school.name}”还没有需要住宿的学员，请先导入名单。")
    rules = ctx.settings(AllocationRules)
    start, end = min(p.arrive_on for p in lodgers), max(p.leave_on for p in lodgers)
    own: dict[int, list[Stay]] = {}
    others: list[Stay] = []
    wanted = {p.id for p in lodgers}
    query = select(Stay).where(Stay.state.in_(HOLDING), Stay.arrive < end, Stay.leave > start).order_by(Stay.id)
    for stay in ctx.session.scalars(query):
        if stay.enrollment_id in wanted:
            own.setdefault(stay.enrollment_id, []).append(stay)
        else:
            others.append(stay)
    settled = set(ctx.session.scalars(select(Stay.enrollment_id).where(Stay.class_id == class_id, is_settled())))
    people: list[Candidate] = []
    replaced: list[tuple[int, int]] = []
    for person in lodgers:
        stays = own.get(person.id, [])
        if not stays and person.id in settled:
            continue  # waits in the lane of the chart, did not come, or left: the desk decides
        if stays and not _is_one_whole_stay(stays, person):
            others.extend(stays)  # moved with a date, or extended by hand: those nights are settled
            continue
        kept: int | None = None
        pinned = locked = False
        if stays:
            stay = stays[0]
            locked = stay.state != StayState.ASSIGNED.value
            pinned = stay.pinned
            if locked or pinned or keep_existing:
                kept = stay.bed_id
            if not locked:
                replaced.append((stay.id, stay.version))
        people.append(_candidate(person, kept, pinned=pinned, locked=locked))
    places = list_beds_for_assignment(ctx)
    averse: dict[str, dict[Key, int]] = {
        sex: {p.room_id: rules.floor_sex for p in places if p.floor_preferred_sex not in ("", sex)} for sex in SEX
    }
    problem = Problem(
        nights=(end - start).days,
        rooms=_rooms(ctx, places, others, start, end, {p.kept_bed_id for p in people if p.kept_bed_id}, rules),
        people=tuple(_person(c, rules, school, start, p.birth, averse[c.sex]) for c, p in _pair_up(people, lodgers)),
        wishes=_wishes(ctx, class_id, people),
        weights=_weights(rules),
        first_night=start,
    )
    guests = tuple(BedGuest(s.bed_id, s.guest_name, s.sex, s.arrive, s.leave) for s in others)
    return PlanningTask(
        school, rules, problem, tuple(people), tuple(bed_option(p) for p in places), tuple(replaced), guests
    )


def _is_one_whole_stay(stays: list[Stay], person: EnrollmentRow) -> bool:
    return len(stays) == 1 and (stays[0].arrive, stays[0].leave) == (person.arrive_on, person.leave_on)


def _candidate(person: EnrollmentRow, kept: int | None, *, pinned: bool, locked: bool) -> Candidate:
    return Candidate(
        enrollment_id=person.id,
        seq_no=person.seq_no,
        name=person.name,
        sex=person.sex,
        unit_name=person.unit_name,
        position=person.position,
        group_name=person.group_name,
        needs=person.needs,
        note=person.note,
        arrive=person.arrive_on,
        leave=person.leave_on,
        sort_key=person.sort_key,
        kept_bed_id=kept,
        pinned=pinned,
        locked=locked,
    )


def _pair_up(people: list[Candidate], lodgers: list[EnrollmentRow]) -> list[tuple[Candidate, EnrollmentRow]]:
    by_id = {p.id: p for p in lodgers}
    return [(c, by_id[c.enrollment_id]) for c in people]


def _age(birth: str, on: date) -> int | None:
    """Age on a day from ``1968`` or ``1968-05`` (a missing month counts as December: never too old by mistake)."""
    parts = birth.replace(".", "-").split("-")
    if not parts[0].isdigit():
        return None
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 12
    return on.year - int(parts[0]) - (1 if on.month < month else 0)


def _person(
    found: Candidate, rules: AllocationRules, school: ClassRow, start: date, birth: str, averse: Mapping[Key, int]
) -> Person:
    age = _age(birth, school.start)
    old = bool(rules.low_floor_age) and age is not None and age >= rules.low_floor_age
    declared = "low_floor" in found.needs
    return Person(
        id=found.enrollment_id,
        arrive=(found.arrive - start).days,
        leave=(found.leave - start).days,
        sex=SEX[found.sex],
        class_id=school.id,
        group=found.group_name or None,
        unit=found.unit_name or None,
        low_floor=rules.low_floor_policy if declared else "wish" if old else "no",
        accessible="wish" if "accessible" in found.needs else "no",
        snores="snores" in found.needs,
        single_reason="名单备注要求单间" if "single_room" in found.needs else "",
        costs=averse if rules.floor_sex else {},
        pinned_bed=found.kept_bed_id,
        name=found.name,
    )


def _rooms(
    ctx: Ctx,
    places: tuple[BedPlace, ...],
    others: list[Stay],
    start: date,
    end: date,
    kept: set[int],
    rules: AllocationRules,
) -> tuple[Room, ...]:
    by_room: dict[int, list[BedPlace]] = {}
    for place in places:
        by_room.setdefault(place.room_id, []).append(place)
    guests: dict[int, list[Guest]] = {}
    length = (end - start).days
    for stay in others:
        first, last = max(0, (stay.arrive - start).days), min(length, (stay.leave - start).days)
        guests.setdefault(stay.room_id, []).append(Guest(stay.bed_id, first, last, SEX[stay.sex]))
    closures: dict[int, list[Closure]] = {}
    for outage in list_outages(ctx, start, end):
        first = max(0, (outage.start - start).days)
        last = length if outage.end is None else min(length, (outage.end - start).days)
        closures.setdefault(outage.room_id, []).append(Closure(first, last, outage.bed_id, outage.reason))
    for room_id, closure in _beds_not_left(ctx, start, end):
        closures.setdefault(room_id, []).append(closure)
    unready = _unready_rooms(ctx, rules.not_ready)
    tonight = (ctx.today() - start).days
    rooms = []
    for room_id, beds in by_room.items():
        one = beds[0]
        held = any(b.bed_id in kept for b in beds)
        closed = [
            Closure(0, length, b.bed_id, "不参与分配") for b in beds if not b.bed_assignable and b.bed_id not in kept
        ]
        if not held and not one.assignable and not any(b.assignable for b in beds):
            continue
        rooms.append(
            Room(
                id=room_id,
                beds=tuple(b.bed_id for b in beds),
                floor=one.floor_id,
                building=one.building_id,
                wing=one.building_id,
                level=one.floor_level,
                low=one.low_floor,
                accessible=one.accessible,
                reserve=one.reserve,
                guests=tuple(guests.get(room_id, ())),
                closures=(*closures.get(room_id, ()), *closed),
                unready=unready.get(room_id, 0),
                unready_before=max(tonight + 1, 0),
                label=f"{one.building_name}{one.room_number}",
            )
        )
    return tuple(rooms)


def _beds_not_left(ctx: Ctx, start: date, end: date) -> Iterator[tuple[int, Closure]]:
    """Beds that nobody can be given although their nights are free: (room id, the night).

    Somebody who should have gone still lives there tonight; or the office's hours leave no time between one guest and
    the next on the same day (domain/2-rules, B.1.5 rule 15: out by 12, in from 14).
    """
    desk = ctx.settings(DeskRules)
    same_day = desk.checkout_hour <= LATEST_TURNOVER_CHECKOUT and desk.arrival_hour >= EARLIEST_TURNOVER_ARRIVAL
    if not same_day:
        leaving = select(Stay).where(Stay.state.in_(CURRENT), Stay.leave >= start, Stay.leave < end)
        for stay in ctx.session.scalars(leaving.order_by(Stay.id)):
            night = (stay.leave - start).days
            yield stay.room_id, Closure(night, night + 1, stay.bed_id, "前一位住客当天才退房")
    today = ctx.today()
    if start <= today < end:
        overdue = select(Stay).where(Stay.state == StayState.IN_HOUSE.value, Stay.leave < today)
        for stay in ctx.session.scalars(overdue.order_by(Stay.id)):
            night = (today - start).days
            yield stay.room_id, Closure(night, night + 1, stay.bed_id, "前一位住客还没有退房")


def _unready_rooms(ctx: Ctx, weight: int) -> dict[int, int]:
    """What a room costs whoever comes today: dirty ones and those left only today all, uninspected ones half."""
    if not weight:
        return {}
    share = {RoomCondition.DIRTY: weight, RoomCondition.CLEAN: weight // 2}
    found = {room_id: share[condition] for room_id, condition in list_conditions(ctx).items() if condition in share}
    leaving = select(Stay.room_id).where(Stay.state == StayState.IN_HOUSE.value, Stay.leave <= ctx.today())
    found.update(dict.fromkeys(ctx.session.scalars(leaving), weight))
    return {room_id: cost for room_id, cost in found.items() if cost}


def _wishes(ctx: Ctx, class_id: int, people: Sequence[Candidate]) -> tuple[Wish, ...]:
    present = {p.enrollment_id for p in people}
    agreed = tuple(
        Wish(
            pair.first_id,
            pair.second_id,
            "together" if pair.kind is PairKind.TOGETHER else "apart",
            must=pair.kind is PairKind.FORBIDDEN,
        )
        for pair in list_pairs(ctx, class_id)
        if pair.first_id in present and pair.second_id in present
    )
    settled = {frozenset((w.a, w.b)) for w in agreed}
    return (*agreed, *(w for w in _wishes_in_remarks(people) if frozenset((w.a, w.b)) not in settled))


def _wishes_in_remarks(people: Sequence[Candidate]) -> Iterator[Wish]:
    """希望与张三同住 counts only when exactly one other person of the class, and of that sex, has this name."""
    for person in people:
        for code in person.needs:
            kind, _, name = code.partition(":")
            if kind not in ("with", "not_with"):
                continue
            named = [p for p in people if p.name == name and p.sex == person.sex and p is not person]
            if len(named) == 1:
                yield Wish(person.enrollment_id, named[0].enrollment_id, "together" if kind == "with" else "apart")


def _weights(rules: AllocationRules) -> Weights:
    return Weights(
        room_opened=rules.room_opened,
        reserve_room=rules.reserve_room,
        class_floor=rules.class_floor,
        class_building=rules.class_building,
        group_floor=rules.group_floor,
        women_zone=rules.women_zone,
        women_by=rules.women_by,
        unit_together=rules.unit_weight if rules.unit_policy == "together" else 0,
        unit_mixed=rules.unit_weight if rules.unit_policy == "mixed" else 0,
        low_floor=rules.low_floor,
        accessible=rules.accessible,
        wish=rules.wish,
        single_without_reason=rules.single_without_reason,
        reason_without_single=rules.reason_without_single,
        snorer=rules.snorer,
    )


def make_plan(
    task: PlanningTask,
    *,
    seed: int = 1,
    time_limit: float | None = None,
    progress: Progress = no_progress,
    start: Plan | None = None,
) -> Plan:
    """Run the engine (no database; seconds of work in its own processes); raises :class:`RuleViolation`.

    The plan is legal by the independent checker or refused.
    """
    try:
        limit = time_limit or task.rules.time_limit
        plan = solve(task.problem, seed=seed, time_limit=limit, progress=progress, start=start)
    except AllocationError as error:
        raise RuleViolation(str(error)) from error
    refuse_illegal(task, plan)
    return plan


def quick_plan(task: PlanningTask) -> Plan:
    """A complete plan at once, without search; raises :class:`RuleViolation`."""
    try:
        plan = propose(task.problem)
    except AllocationError as error:
        raise RuleViolation(str(error)) from error
    refuse_illegal(task, plan)
    return plan


def refuse_illegal(task: PlanningTask, plan: Plan) -> None:
    """Hold a plan against the independent checker; raises :class:`RuleViolation` naming the first broken rule."""
    if broken := check(task.problem, plan.beds()):
        raise RuleViolation(f"分房方案不合规定：{broken[0].message}请重新生成方案。")


def as_command(task: PlanningTask, plan: Plan, pinned: Collection[int] | None = None) -> ConfirmPlan:
    """The plan as the input of ``services.confirm_plan``.

    ``pinned`` people are never moved by a later run; None leaves pins as they are.
    """
    if pinned is None:
        pinned = {c.enrollment_id for c in task.people if c.pinned}
    people = {c.enrollment_id: c for c in task.people}
    placements = tuple(
        PlacementInput(int(key), int(bed), people[int(key)].arrive, people[int(key)].leave, int(key) in pinned)
        for key, bed in plan.beds().items()
    )
    return ConfirmPlan(task.school.id, placements, task.replaced)
