"""Changes of classes, people and units; the roster import is in :mod:`.roster_import`."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import InvalidInput, NotFound, RuleViolation
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.pinyin import search_key, sort_key
from dangxiao_houqin.core.uow import Ctx

from . import queries
from .domain import (
    CLASS_MOVES,
    DESK,
    EDIT,
    ClassCancelled,
    ClassPlanned,
    ClassRow,
    ClassRules,
    ClassStatus,
    EnrollmentDatesChanged,
    EnrollmentRenamed,
    EnrollmentRow,
    EnrollmentWithdrawn,
    ReplaceEnrollment,
    SaveClass,
    SaveEnrollment,
)
from .models import Enrollment, HomeUnit, TrainingClass

LONGEST_CLASS_DAYS = 400
"""A mistyped year must not become a class of ten years; the longest county class is a term."""

NOTE_LENGTH = 1000
"""As long as the column of the remark."""

FARTHEST_ARRIVAL_DAYS = 31
"""People arrive the day before, perhaps a week before a holiday; more is a mistyped month or year."""


def save_class(ctx: Ctx, cmd: SaveClass) -> ClassRow:
    """Create or change a class; a new one without a code gets the next number of its year."""
    ctx.require(EDIT)
    name = _required(cmd.name, "班次名称", "name", 120)
    rules = ctx.settings(ClassRules)
    arrive, leave = _class_dates(cmd)
    if cmd.kind not in rules.kinds:
        raise InvalidInput(
            f"没有“{cmd.kind}”这个班次类别，可选：{'、'.join(rules.kinds)}；可在系统设置里增加。", field="kind"
        )
    if cmd.expected_count < 0:
        raise InvalidInput("计划人数不能是负数。", field="expected_count")
    if cmd.class_id is None:
        found = TrainingClass(code=cmd.code.strip() or _next_code(ctx, rules, cmd.start.year), status="planned")
    else:
        found = ctx.get(TrainingClass, cmd.class_id, version=cmd.version, lock=True)
        found.code = cmd.code.strip() or found.code
    old_dates = (found.arrive_on, found.leave_on, found.lodging)
    old_count = found.expected_count
    found.name, found.kind = name, cmd.kind
    found.search_key = search_key(name)
    found.start, found.end, found.arrive_on, found.leave_on = cmd.start, cmd.end, arrive, leave
    found.lodging, found.expected_count = cmd.lodging, cmd.expected_count
    found.organizer_unit, found.class_teacher = cmd.organizer_unit.strip(), cmd.class_teacher.strip()
    found.note = cmd.note.strip()
    ctx.add(found)
    if cmd.class_id is not None and old_dates != (arrive, leave, cmd.lodging):
        for enrollment_id in ctx.session.scalars(
            select(Enrollment.id).where(Enrollment.class_id == found.id, Enrollment.status == "enrolled")
        ).all():
            ctx.publish(EnrollmentDatesChanged(enrollment_id, found.id))
    row = queries.get_class(ctx, found.id)
    if (old_count, *old_dates) != (cmd.expected_count, arrive, leave, cmd.lodging):
        _announce(ctx, row)
    return row


def _announce(ctx: Ctx, row: ClassRow) -> None:
    """Tell those above that a class still to come, or in session, wants beds."""
    if row.lodging and row.status in (ClassStatus.PLANNED, ClassStatus.RUNNING):
        people = row.lodgers + max(0, row.expected_count - row.enrolled)
        ctx.publish(ClassPlanned(row.id, row.arrive_on, row.leave_on, people))


def _class_dates(cmd: SaveClass) -> tuple[date, date]:
    if cmd.end < cmd.start:
        raise InvalidInput("结业日期不能早于开班日期，请核对日期。", field="end")
    if (cmd.end - cmd.start).days > LONGEST_CLASS_DAYS:
        raise InvalidInput(f"培训时间超过 {LONGEST_CLASS_DAYS} 天，请核对开班和结业日期的年份。", field="end")
    arrive, leave = cmd.arrive_on or cmd.start, cmd.leave_on or cmd.end
    if cmd.lodging and leave < arrive:
        raise InvalidInput("离校日期不能早于报到日期，请核对日期。", field="leave_on")
    for day, lesson, field in ((arrive, cmd.start, "arrive_on"), (leave, cmd.end, "leave_on")):
        if abs((day - lesson).days) > FARTHEST_ARRIVAL_DAYS:
            raise InvalidInput(
                f"报到或离校与上课日期相差超过 {FARTHEST_ARRIVAL_DAYS} 天，请核对报到和离校日期。", field=field
            )
    return arrive, max(leave, arrive)


def _next_code(ctx: Ctx, rules: ClassRules, year: int) -> str:
    try:
        fields = {name for _, name, _, _ in string.Formatter().parse(rules.code_pattern) if name is not None}
        if not fields <= {"year", "number"} or "number" not in fields:
            raise ValueError(rules.code_pattern)
        rules.code_pattern.format(year=year, number=1)
    except ValueError as error:
        raise InvalidInput("班次编号规则不对，必须含 {number}，请在系统设置里改正。", field="code_pattern") from error
    while True:
        code = rules.code_pattern.format(year=year, number=ctx.next_number("training_class", str(year)))
        if ctx.session.scalar(select(TrainingClass.id).where(TrainingClass.code == code)) is None:
            return code


def set_class_status(ctx: Ctx, class_id: int, version: int | None, status: ClassStatus) -> ClassRow:
    """Move a class along :data:`CLASS_MOVES`; cancelling frees its beds and meals."""
    ctx.require(EDIT)
    found = ctx.get(TrainingClass, class_id, version=version, lock=True)
    now = ClassStatus(found.status)
    if status not in CLASS_MOVES[now]:
        raise RuleViolation(f"班次“{found.name}”现在是“{now.label}”，不能改为“{status.label}”。")
    if status is ClassStatus.CANCELLED:
        count = ctx.session.scalar(
            select(func.count()).where(Enrollment.class_id == class_id, Enrollment.status == "enrolled")
        )
        ctx.confirm(
            "cancel_class", f"取消班次“{found.name}”将释放全部 {count} 名学员的床位安排，名单保留。要取消这个班次吗？"
        )
    found.status = status.value
    if status is ClassStatus.CANCELLED:
        ctx.publish(ClassCancelled(class_id))
    row = queries.get_class(ctx, class_id)
    if now is ClassStatus.CANCELLED:
        _announce(ctx, row)
    return row


def save_enrollment(ctx: Ctx, cmd: SaveEnrollment) -> EnrollmentRow:
    """Add one person at the end of a roster, or change one in place."""
    ctx.require(EDIT)
    name = _required(cmd.name, "姓名", "name", 80)
    if cmd.sex not in ("男", "女"):
        raise InvalidInput("请选择性别：男或女。", field="sex")
    school = ctx.get(TrainingClass, cmd.class_id, lock=cmd.enrollment_id is None)
    arrive, leave = cmd.arrive_on or school.arrive_on, cmd.leave_on or school.leave_on
    if leave < arrive:
        raise InvalidInput("离开日期不能早于入住日期，请核对日期。", field="leave_on")
    if cmd.enrollment_id is None:
        last = ctx.session.scalar(select(func.max(Enrollment.seq_no)).where(Enrollment.class_id == school.id))
        found = Enrollment(class_id=school.id, seq_no=(last or 0) + 1, status="enrolled", extra={})
    else:
        found = _enrolled(ctx, cmd.enrollment_id, cmd.version)
    old_name = found.name if cmd.enrollment_id is not None else name
    before = (found.sex, found.arrive_on, found.leave_on, found.lodging)
    found.name, found.sex = name, cmd.sex
    found.search_key, found.sort_key = search_key(name), sort_key(name)
    for key in (
        "group_name",
        "ethnicity",
        "birth",
        "political_status",
        "education",
        "unit_name",
        "position",
        "rank",
        "phone",
        "plate",
        "note",
    ):
        setattr(found, key, getattr(cmd, key).strip())
    if ctx.settings(ClassRules).collect_id_numbers:
        found.id_number = cmd.id_number.strip().upper()
    found.unit_id = ensure_units(ctx, [found.unit_name]).get(found.unit_name)
    found.lodging = cmd.lodging
    found.arrive_on = cmd.arrive_on if cmd.arrive_on != school.arrive_on else None
    found.leave_on = cmd.leave_on if cmd.leave_on != school.leave_on else None
    found.needs = list(dict.fromkeys(cmd.needs))
    ctx.add(found)
    if name != old_name:
        ctx.publish(EnrollmentRenamed(found.id, found.class_id, name))
    if cmd.enrollment_id is not None and before != (found.sex, found.arrive_on, found.leave_on, found.lodging):
        ctx.publish(EnrollmentDatesChanged(found.id, found.class_id))
    return queries.get_enrollment(ctx, found.id)


def withdraw_enrollment(ctx: Ctx, enrollment_id: int, version: int | None) -> None:
    """Take a person off the roster; the record stays, bed and meals are let go."""
    ctx.require(EDIT)
    found = _enrolled(ctx, enrollment_id, version)
    of_unit = f"（{found.unit_name}）" if found.unit_name else ""
    ctx.confirm("withdraw", f"将“{found.name}”{of_unit}移出名单，并释放其床位。要移出吗？")
    withdraw(ctx, found)


def _enrolled(ctx: Ctx, enrollment_id: int, version: int | None = None) -> Enrollment:
    """Somebody still on a roster, locked; raises :class:`NotFound` and :class:`Conflict`."""
    found = ctx.get(Enrollment, enrollment_id, version=version, lock=True)
    if found.status != "enrolled":
        raise NotFound("这位学员已不在名单中，请刷新列表。")
    return found


# house: open - the caller has asked for the right
def withdraw(ctx: Ctx, found: Enrollment) -> None:
    """Mark as withdrawn and tell those above; the caller has checked the right and the user's wish."""
    found.status = "withdrawn"
    ctx.session.flush()
    ctx.publish(EnrollmentWithdrawn(found.id, found.class_id))


def replace_enrollment(ctx: Ctx, cmd: ReplaceEnrollment) -> EnrollmentRow:
    """Somebody else comes: he takes the place on the roster, the group and the nights of the one who does not.

    The other one is withdrawn with a remark that names him; what he needed (diet, low floor) does not pass on.
    """
    ctx.require(DESK)
    name = _required(cmd.name, "姓名", "name", 80)
    if cmd.sex not in ("男", "女"):
        raise InvalidInput("请选择性别：男或女。", field="sex")
    old = _enrolled(ctx, cmd.enrollment_id)
    unit = cmd.unit_name.strip() or old.unit_name
    new = Enrollment(
        class_id=old.class_id,
        seq_no=old.seq_no,
        group_name=old.group_name,
        name=name,
        search_key=search_key(name),
        sort_key=sort_key(name),
        sex=cmd.sex,
        unit_id=ensure_units(ctx, [unit]).get(unit),
        unit_name=unit,
        position=cmd.position.strip(),
        phone=cmd.phone.strip(),
        lodging=old.lodging,
        arrive_on=old.arrive_on,
        leave_on=old.leave_on,
        note="，".join(filter(None, (cmd.note.strip(), f"接替{old.name}"))),
        status="enrolled",
        needs=[],
        extra={},
    )
    remark = _replaced_by(name)
    old.note = "，".join(filter(None, (old.note[: NOTE_LENGTH - len(remark) - 1], remark)))
    withdraw(ctx, old)
    return queries.get_enrollment(ctx, ctx.add(new).id)


def undo_replacement(ctx: Ctx, enrollment_id: int) -> EnrollmentRow:
    """Take :func:`replace_enrollment` back; ``enrollment_id`` is the one who came instead. Gives the first one."""
    ctx.require(DESK)
    new = _enrolled(ctx, enrollment_id)
    remark = _replaced_by(new.name)
    gone = ctx.session.scalars(
        select(Enrollment)
        .where(
            Enrollment.class_id == new.class_id,
            Enrollment.seq_no == new.seq_no,
            Enrollment.status == "withdrawn",
            Enrollment.note.endswith(remark, autoescape=True),
        )
        .order_by(Enrollment.updated_at.desc(), Enrollment.id.desc())
        .with_for_update()
    ).first()
    if gone is None:
        raise NotFound(f"{new.name}不是接替别人来的，没有可以撤销的换人。")
    withdraw(ctx, new)
    gone.status = "enrolled"
    gone.note = gone.note.removesuffix(remark).removesuffix("，")
    ctx.session.flush()
    return queries.get_enrollment(ctx, gone.id)


def _replaced_by(name: str) -> str:
    return f"由{name}接替"


def set_lodging(ctx: Ctx, enrollment_id: int, lodging: bool) -> EnrollmentRow:
    """Somebody does not need a bed after all, or needs one; his bed follows."""
    ctx.require(DESK)
    found = _enrolled(ctx, enrollment_id)
    if found.lodging != lodging:
        found.lodging = lodging
        ctx.session.flush()
        ctx.publish(EnrollmentDatesChanged(found.id, found.class_id))
    return queries.get_enrollment(ctx, found.id)


def move_enrollment(ctx: Ctx, enrollment_id: int, new_seq_no: int) -> None:
    """Put a person at place ``new_seq_no`` (from 1) of the roster; the others close up."""
    ctx.require(EDIT)
    moved = _enrolled(ctx, enrollment_id)
    ctx.get(TrainingClass, moved.class_id, lock=True)
    people = list(
        ctx.session.scalars(
            select(Enrollment)
            .where(Enrollment.class_id == moved.class_id, Enrollment.status == "enrolled")
            .order_by(Enrollment.seq_no, Enrollment.id)
        )
    )
    people.remove(moved)
    people.insert(max(0, min(new_seq_no - 1, len(people))), moved)
    for number, person in enumerate(people, start=1):
        if person.seq_no != number:
            person.seq_no = number
    ctx.session.flush()


def reveal_enrollment(ctx: Ctx, enrollment_id: int) -> EnrollmentRow:
    """One person with full phone and ID number; who looked is logged."""
    ctx.require(REVEAL_PERSONAL)
    found = queries.get_enrollment(ctx, enrollment_id, reveal=True)
    ctx.record("training.reveal", entity="enrollment", entity_id=enrollment_id, label=found.name)
    return found


def reveal_roster(ctx: Ctx, class_id: int, purpose: str) -> tuple[EnrollmentRow, ...]:
    """The roster with full phones for ``purpose`` (a printout, an export); who took it is logged."""
    ctx.require(REVEAL_PERSONAL)
    found = queries.list_roster(ctx, class_id, reveal=True)
    name = ctx.get(TrainingClass, class_id).name
    ctx.record(
        "training.reveal_roster", entity="training_class", entity_id=class_id, label=f"{name} {purpose} {len(found)}人"
    )
    return found


# house: open - the caller has asked for the right
def ensure_units(ctx: Ctx, names: Sequence[str]) -> dict[str, int]:
    """Ids of the units by name; unknown ones are appended at the end of the fixed order."""
    wanted = [name for name in dict.fromkeys(n.strip() for n in names) if name and len(name) <= 100]
    known = queries.unit_ids(ctx, wanted)
    missing = [name for name in wanted if name not in known]
    if missing:
        last = ctx.session.scalar(select(func.max(HomeUnit.rank_order))) or 0
        added = [
            HomeUnit(name=name, search_key=search_key(name), rank_order=last + number)
            for number, name in enumerate(missing, start=1)
        ]
        ctx.session.add_all(added)
        ctx.session.flush()
        known |= {unit.name: unit.id for unit in added}
    return known


def save_unit(ctx: Ctx, name: str, *, unit_id: int | None = None, version: int | None = None) -> int:
    """Add a unit at the end of the order, or rename one; returns its id."""
    ctx.require(EDIT)
    text = _required(name, "单位名称", "name", 100)
    if unit_id is None:
        if text in queries.unit_ids(ctx, [text]):
            raise InvalidInput(f"已有单位“{text}”，请勿重复添加。", field="name")
        return ensure_units(ctx, [text])[text]
    unit = ctx.get(HomeUnit, unit_id, version=version, lock=True)
    unit.name, unit.search_key = text, search_key(text)
    ctx.session.flush()
    return unit.id


def order_units(ctx: Ctx, names: Sequence[str]) -> None:
    """Set the fixed order: the named units first, as listed; unknown names are added, the others follow as before."""
    ctx.require(EDIT)
    ensure_units(ctx, names)
    units = {u.name: u for u in ctx.session.scalars(select(HomeUnit).order_by(HomeUnit.rank_order, HomeUnit.id))}
    first = [units.pop(name.strip()) for name in dict.fromkeys(names) if name.strip() in units]
    for number, unit in enumerate([*first, *units.values()], start=1):
        if unit.rank_order != number:
            unit.rank_order = number
    ctx.session.flush()


def move_unit(ctx: Ctx, unit_id: int, new_place: int) -> None:
    """Put a unit at place ``new_place`` (from 1) of the fixed order."""
    ctx.require(EDIT)
    names = list(ctx.session.scalars(select(HomeUnit.name).order_by(HomeUnit.rank_order, HomeUnit.id)))
    moved = ctx.get(HomeUnit, unit_id).name
    names.remove(moved)
    names.insert(max(0, min(new_place - 1, len(names))), moved)
    order_units(ctx, names)


def _required(value: str, title: str, field: str, longest: int) -> str:
    text = re.sub(r"[\x00-\x1f\x7f]", "", value).strip()
    if not text:
        raise InvalidInput(f"请填写{title}。", field=field)
    if len(text) > longest:
        raise InvalidInput(f"{title}最多 {longest} 个字，现在有 {len(text)} 个，请缩短。", field=field)
    return text
