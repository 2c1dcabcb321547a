"""Reads of training."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, SQLColumnExpression, and_, func, or_, select

from dangxiao_houqin.core.columns import mask_id, mask_phone
from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.terms import term_of
from dangxiao_houqin.core.uow import Ctx

from .domain import VIEW, ClassRow, ClassRules, ClassStatus, EnrollmentRow, UnitRow, training_days
from .models import Enrollment, HomeUnit, TrainingClass

ARRIVE = func.coalesce(Enrollment.arrive_on, TrainingClass.arrive_on)
LEAVE = func.coalesce(Enrollment.leave_on, TrainingClass.leave_on)


def _class_statement() -> AnySelect:
    """Classes with the number of people on their rosters, counted for those that are shown and no others."""
    enrolled = (
        select(func.count())
        .where(Enrollment.class_id == TrainingClass.id, Enrollment.status == "enrolled")
        .correlate(TrainingClass)
    )
    return select(
        TrainingClass,
        enrolled.scalar_subquery().label("enrolled"),
        enrolled.where(Enrollment.lodging).scalar_subquery().label("lodgers"),
    )


def _class_row(ctx: Ctx, row: Row[Any]) -> ClassRow:
    found: TrainingClass = row[0]
    return ClassRow(
        id=found.id,
        version=found.version,
        code=found.code,
        name=found.name,
        kind=found.kind,
        status=ClassStatus(found.status),
        start=found.start,
        end=found.end,
        arrive_on=found.arrive_on,
        leave_on=found.leave_on,
        lodging=found.lodging,
        expected_count=found.expected_count,
        enrolled=row.enrolled,
        lodgers=row.lodgers,
        organizer_unit=found.organizer_unit,
        class_teacher=found.class_teacher,
        note=found.note,
        days=training_days(found.start, found.end, ctx.settings(ClassRules)),
    )


def list_classes(ctx: Ctx, query: ListQuery) -> Listing[ClassRow]:
    """Classes, newest first; filters ``status``, ``kind``, ``year``, ``on`` (a day within the class)."""
    ctx.require(VIEW)
    statement = _class_statement()
    counts = statement.selected_columns
    return fetch_listing(
        ctx.session,
        statement,
        query,
        lambda row: _class_row(ctx, row),
        search=(TrainingClass.search_key, TrainingClass.code),
        filters={
            "status": lambda v: TrainingClass.status == v,
            "kind": lambda v: TrainingClass.kind == v,
            "year": lambda v: TrainingClass.start.between(date(int(v), 1, 1), date(int(v), 12, 31)),
            "on": lambda v: and_(TrainingClass.start <= v, TrainingClass.end >= v),
        },
        sorts={
            **{c.key: c for c in TrainingClass.__table__.columns},
            "enrolled": counts.enrolled,
            "lodgers": counts.lodgers,
        },
        order=(TrainingClass.start.desc(), TrainingClass.id.desc()),
    )


def get_class(ctx: Ctx, class_id: int) -> ClassRow:
    """One class; raises :class:`NotFound`."""
    ctx.require(VIEW)
    row = ctx.session.execute(_class_statement().where(TrainingClass.id == class_id)).one_or_none()
    if row is None:
        raise NotFound("这个班次不存在或已被删除，请刷新列表。")
    return _class_row(ctx, row)


def find_class(ctx: Ctx, code_or_name: str) -> ClassRow:
    """A class by its code or its exact name; raises :class:`NotFound` with what to do."""
    ctx.require(VIEW)
    text = code_or_name.strip()
    wanted = or_(TrainingClass.code == text, TrainingClass.name == text)
    rows = ctx.session.execute(_class_statement().where(wanted).order_by(TrainingClass.id)).all()
    if not rows:
        raise NotFound(f"找不到编号或名称为“{text}”的班次，请先新建班次或核对编号。")
    return _class_row(ctx, rows[0])


def list_class_choices(ctx: Ctx) -> tuple[ClassRow, ...]:
    """Classes not cancelled, newest first: what a class picker offers."""
    ctx.require(VIEW)
    statement = _class_statement().where(TrainingClass.status != ClassStatus.CANCELLED.value)
    rows = ctx.session.execute(statement.order_by(TrainingClass.start.desc(), TrainingClass.id.desc()))
    return tuple(_class_row(ctx, row) for row in rows)


def _enrollment_statement() -> AnySelect:
    return (
        select(
            Enrollment,
            TrainingClass.code.label("class_code"),
            TrainingClass.name.label("class_name"),
            ARRIVE.label("arrive"),
            LEAVE.label("leave"),
            HomeUnit.rank_order.label("unit_rank"),
        )
        .join(TrainingClass, TrainingClass.id == Enrollment.class_id)
        .outerjoin(HomeUnit, HomeUnit.id == Enrollment.unit_id)
        .where(Enrollment.status == "enrolled")
    )


def _enrollment_row(row: Row[Any], *, reveal: bool) -> EnrollmentRow:
    found: Enrollment = row[0]
    return EnrollmentRow(
        id=found.id,
        version=found.version,
        class_id=found.class_id,
        class_code=row.class_code,
        class_name=row.class_name,
        seq_no=found.seq_no,
        group_name=found.group_name,
        name=found.name,
        sex=found.sex,
        ethnicity=found.ethnicity,
        birth=found.birth,
        political_status=found.political_status,
        education=found.education,
        unit_name=found.unit_name,
        unit_rank=row.unit_rank,
        position=found.position,
        rank=found.rank,
        phone=found.phone if reveal else mask_phone(found.phone),
        id_number=found.id_number if reveal else mask_id(found.id_number),
        plate=found.plate,
        lodging=found.lodging,
        arrive_on=row.arrive,
        leave_on=row.leave,
        needs=tuple(found.needs),
        note=found.note,
        sort_key=found.sort_key,
    )


def list_enrollments(ctx: Ctx, query: ListQuery) -> Listing[EnrollmentRow]:
    """People on rosters in roster order, phones and IDs masked.

    Filters: ``class_id``, ``class_code``, ``group_name``, ``sex``, ``lodging``, ``unit_id``.
    """
    ctx.require(VIEW)
    return fetch_listing(
        ctx.session,
        _enrollment_statement(),
        query,
        lambda row: _enrollment_row(row, reveal=False),
        search=(Enrollment.search_key, Enrollment.unit_name, Enrollment.position),
        filters={
            "class_id": lambda v: Enrollment.class_id == v,
            "class_code": lambda v: TrainingClass.code == v,
            "group_name": lambda v: Enrollment.group_name == v,
            "sex": lambda v: Enrollment.sex == v,
            "lodging": lambda v: Enrollment.lodging == v,
            "unit_id": lambda v: Enrollment.unit_id == v,
        },
        sorts={
            **{c.key: c for c in Enrollment.__table__.columns},
            "name": Enrollment.sort_key,
            "class_name": TrainingClass.name,
            "arrive_on": ARRIVE,
            "leave_on": LEAVE,
            "unit_name": func.coalesce(HomeUnit.rank_order, 1_000_000),
        },
        order=(TrainingClass.start.desc(), Enrollment.class_id, Enrollment.seq_no, Enrollment.id),
    )


def list_roster(ctx: Ctx, class_id: int, *, reveal: bool = False) -> tuple[EnrollmentRow, ...]:
    """The whole roster of a class in its own order; ``reveal`` needs the right to see personal data."""
    ctx.require(VIEW)
    if reveal:
        ctx.require(REVEAL_PERSONAL)
    statement = _enrollment_statement().where(Enrollment.class_id == class_id)
    rows = ctx.session.execute(statement.order_by(Enrollment.seq_no, Enrollment.id))
    return tuple(_enrollment_row(row, reveal=reveal) for row in rows)


def get_enrollment(ctx: Ctx, enrollment_id: int, *, reveal: bool = False) -> EnrollmentRow:
    """One person; raises :class:`NotFound`. ``reveal`` needs the right to see personal data."""
    ctx.require(VIEW)
    if reveal:
        ctx.require(REVEAL_PERSONAL)
    row = ctx.session.execute(_enrollment_statement().where(Enrollment.id == enrollment_id)).one_or_none()
    if row is None:
        raise NotFound("这位学员已不在名单中，请刷新列表。")
    return _enrollment_row(row, reveal=reveal)


def list_overlapping_people(ctx: Ctx, class_id: int, arrive: date, leave: date) -> tuple[EnrollmentRow, ...]:
    """People of other classes, not cancelled, whose days overlap ``[arrive, leave]``: possible double enrolments."""
    statement = _enrollment_statement().where(
        Enrollment.class_id != class_id,
        TrainingClass.status != ClassStatus.CANCELLED.value,
        TrainingClass.start <= leave,
        TrainingClass.end >= arrive,
    )
    return tuple(_enrollment_row(row, reveal=True) for row in ctx.session.execute(statement))


def list_groups(ctx: Ctx, class_id: int) -> tuple[str, ...]:
    """Group names of a class in roster order."""
    ctx.require(VIEW)
    statement = (
        select(Enrollment.group_name)
        .where(Enrollment.class_id == class_id, Enrollment.status == "enrolled", Enrollment.group_name != "")
        .group_by(Enrollment.group_name)
        .order_by(func.min(Enrollment.seq_no))
    )
    return tuple(ctx.session.scalars(statement))


def list_units(ctx: Ctx, query: ListQuery) -> Listing[UnitRow]:
    """Home units in their fixed order."""
    ctx.require(VIEW)
    people = (
        select(func.count()).where(Enrollment.unit_id == HomeUnit.id, Enrollment.status == "enrolled").scalar_subquery()
    )
    statement = select(HomeUnit.id, HomeUnit.version, HomeUnit.name, HomeUnit.rank_order, people.label("people"))
    sorts: dict[str, SQLColumnExpression[Any]] = {
        "name": HomeUnit.name,
        "rank_order": HomeUnit.rank_order,
        "people": people,
    }
    return fetch_listing(
        ctx.session,
        statement,
        query,
        lambda row: UnitRow(*row),
        search=(HomeUnit.search_key,),
        sorts=sorts,
        order=(HomeUnit.rank_order, HomeUnit.id),
    )


def count_classes_on(ctx: Ctx, day: date) -> int:
    """Classes in session on ``day``."""
    ctx.require(VIEW)
    wanted = and_(
        TrainingClass.status != ClassStatus.CANCELLED.value, TrainingClass.start <= day, TrainingClass.end >= day
    )
    return ctx.session.scalar(select(func.count()).select_from(TrainingClass).where(wanted)) or 0


def unit_ids(ctx: Ctx, names: Sequence[str]) -> dict[str, int]:
    """Known units by exact name."""
    rows = ctx.session.execute(select(HomeUnit.name, HomeUnit.id).where(HomeUnit.name.in_(set(names))))
    return {name: key for name, key in rows}  # noqa: C416 - a Result has keys() and is no pairs


def list_units_known(ctx: Ctx) -> tuple[str, ...]:
    """Names of all home units in their fixed order."""
    return tuple(ctx.session.scalars(select(HomeUnit.name).order_by(HomeUnit.rank_order, HomeUnit.id)))


def suggest_names(ctx: Ctx, day: date) -> tuple[str, ...]:
    """Names for a class beginning on ``day`` after the office's patterns; a number is the first not yet used."""
    ctx.require(VIEW)
    used = set(ctx.session.scalars(select(TrainingClass.name)))
    season = term_of(day)
    names = []
    for pattern in ctx.settings(ClassRules).name_patterns:
        for number in range(1, 100):
            name = pattern.replace("{year}", str(day.year)).replace("{season}", season)
            name = name.replace("{number}", str(number))
            if name not in used:
                names.append(name)
                break
            if "{number}" not in pattern:
                break
    return tuple(names)
