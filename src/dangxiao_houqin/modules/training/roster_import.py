"""Taking a read roster into a class: all of it or nothing, nobody taken or dropped silently.

Three steps: :func:`prepare_import` reads what the class already has, :func:`review` (pure, off the database) builds the
preview after every correction, :func:`apply_roster` writes it in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.pinyin import search_key, sort_key
from dangxiao_houqin.core.progress import Progress, no_progress
from dangxiao_houqin.core.uow import Ctx

from .domain import IMPORT, ClassRow, ClassRules, EnrollmentDatesChanged, EnrollmentRenamed
from .models import Enrollment, RosterMapping, TrainingClass
from .queries import get_class, list_overlapping_people, list_units_known
from .roster import (
    Book,
    EnrolledElsewhere,
    ExistingPerson,
    Field,
    RosterDiff,
    RosterOptions,
    RosterPreview,
    RosterRow,
    build_preview,
    diff,
    overlapping_classes,
)
from .services import ensure_units, withdraw

MOST_WITHDRAWN = 0.5
"""A file that leaves out more of the class than this is taken for a supplement until somebody says otherwise."""


@dataclass(frozen=True)
class ImportTask:
    """What the reader must know of a class; plain data."""

    school: ClassRow
    options: RosterOptions
    collect_id_numbers: bool
    existing: tuple[ExistingPerson, ...]
    elsewhere: tuple[EnrolledElsewhere, ...]
    remembered: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class ImportReview:
    """The file as it would be imported into this class; ``preview.problems`` includes overlaps with other classes."""

    preview: RosterPreview
    changes: RosterDiff
    all_good: RosterDiff
    """The changes when rows with errors are left out."""


@dataclass(frozen=True)
class Choices:
    """What the user chose on the preview page; keys are ``(sheet, row)`` as in the file."""

    sheets: Collection[str] | None = None
    fields: Mapping[str, Mapping[int, Field | None]] | None = None
    corrections: Mapping[tuple[str, int, Field], str] | None = None
    skip: Collection[tuple[str, int]] = ()
    keep: Collection[tuple[str, int]] = ()


@dataclass(frozen=True)
class ApplyRoster:
    """Write this preview. ``withdraw_missing`` None asks when somebody of the class is not in the file."""

    class_id: int
    preview: RosterPreview
    skip_bad_rows: bool = False
    withdraw_missing: bool | None = None
    remember: bool = True


@dataclass(frozen=True)
class ImportResult:
    """How many people were added, changed, left alone, taken off, and how many rows were left out."""

    people: int
    added: int
    changed: int
    unchanged: int
    withdrawn: int
    skipped: int


def prepare_import(ctx: Ctx, class_id: int) -> ImportTask:
    """Read the class, its people, people of overlapping classes, remembered layouts."""
    ctx.require(IMPORT)
    school = get_class(ctx, class_id)
    elsewhere = tuple(
        EnrolledElsewhere(p.name, p.id_number, p.phone, p.class_name, p.arrive_on, p.leave_on)
        for p in list_overlapping_people(ctx, class_id, school.arrive_on, school.leave_on)
    )
    mappings = ctx.session.execute(select(RosterMapping.fingerprint, RosterMapping.mapping))
    return ImportTask(
        school=school,
        options=RosterOptions(
            today=ctx.today(),
            arrive_on=school.arrive_on,
            leave_on=school.leave_on,
            known_units=frozenset(list_units_known(ctx)),
        ),
        collect_id_numbers=ctx.settings(ClassRules).collect_id_numbers,
        existing=_existing(ctx, class_id),
        elsewhere=elsewhere,
        remembered={fingerprint: mapping for fingerprint, mapping in mappings},  # noqa: C416 - Result has keys()
    )


def review(
    task: ImportTask, book: Book, choices: Choices | None = None, progress: Progress = no_progress
) -> ImportReview:
    """Build the preview and what it would change; pure, for the work lane."""
    chosen = choices or Choices()
    preview = build_preview(
        book,
        task.options,
        sheets=chosen.sheets,
        fields=chosen.fields,
        remembered=task.remembered.get,
        corrections=chosen.corrections,
        skip=chosen.skip,
        keep=chosen.keep,
        progress=progress,
    )
    doubled = overlapping_classes(preview.people, task.elsewhere, task.school.arrive_on, task.school.leave_on)
    preview = replace(preview, problems=(*preview.problems, *doubled))
    return ImportReview(
        preview,
        _changes(task.existing, preview, preview.people, keep_ids=task.collect_id_numbers),
        _changes(task.existing, preview, preview.good_people(), keep_ids=task.collect_id_numbers),
    )


def _changes(
    existing: tuple[ExistingPerson, ...], preview: RosterPreview, people: Collection[RosterRow], *, keep_ids: bool
) -> RosterDiff:
    if keep_ids:
        return diff(existing, preview, people)
    bare = {row.key: replace(row, id_number="") for row in preview.people}
    return diff(existing, replace(preview, people=tuple(bare.values())), tuple(bare[row.key] for row in people))


def _existing(ctx: Ctx, class_id: int) -> tuple[ExistingPerson, ...]:
    people = ctx.session.scalars(
        select(Enrollment)
        .where(Enrollment.class_id == class_id, Enrollment.status == "enrolled")
        .order_by(Enrollment.seq_no, Enrollment.id)
    )
    return tuple(
        ExistingPerson(p.id, {key: getattr(p, key) for key in RosterRow("", 0, 0, "").record()}) for p in people
    )


def apply_roster(ctx: Ctx, cmd: ApplyRoster) -> ImportResult:
    """Write a preview into its class.

    Raises :class:`InvalidInput` while a row has an error and ``skip_bad_rows`` is not set, and
    ``NeedsConfirmation`` (key ``withdraw_missing``) when people of the class are not in the file and the caller did not
    say what becomes of them. A row without sex is an error: no bed can be given without it.
    """
    ctx.require(IMPORT)
    school = ctx.get(TrainingClass, cmd.class_id, lock=True)
    errors = cmd.preview.errors
    if errors and not cmd.skip_bad_rows:
        raise InvalidInput(
            f"名单里有 {len(errors)} 处错误，例如第 {errors[0].row} 行“{errors[0].column}”：{errors[0].message}"
            "请改正后再导入，或选择跳过有错误的行。"
        )
    people = cmd.preview.good_people() if cmd.skip_bad_rows else cmd.preview.people
    if not people:
        raise InvalidInput("没有可以导入的人员，请检查所选的工作表和列的对应关系。")
    existing = _existing(ctx, school.id)
    keep_ids = ctx.settings(ClassRules).collect_id_numbers
    changes = _changes(existing, cmd.preview, people, keep_ids=keep_ids)
    leaving = changes.withdrawn if _withdraws(ctx, cmd, changes, len(existing)) else ()
    full_list = bool(leaving) or not changes.withdrawn
    progress_text = f"写入 {len(people)} 人"
    ctx.progress(0.1, progress_text)
    units = ensure_units(ctx, [row.unit_name for row in people])
    by_key = {p.id: p for p in ctx.session.scalars(select(Enrollment).where(Enrollment.class_id == school.id))}
    entity_of = {row.key: by_key[person.key] for person, row in changes.unchanged}
    moved: list[Enrollment] = []
    renamed: list[Enrollment] = []
    for change in changes.changed:
        person = entity_of[change.row.key] = by_key[change.existing.key]
        before, old_name = (person.sex, person.arrive_on, person.leave_on, person.lodging), person.name
        for item in change.changes:
            setattr(person, item.key, item.new)
        _finish(person, units)
        if before != (person.sex, person.arrive_on, person.leave_on, person.lodging):
            moved.append(person)
        if person.name != old_name:
            renamed.append(person)
    last = max((p.seq_no for p in by_key.values() if p.status == "enrolled"), default=0)
    for row in changes.added:
        last += 1
        person = Enrollment(class_id=school.id, seq_no=last, status="enrolled", extra=dict(row.extra), **row.record())
        if not keep_ids:
            person.id_number = ""
        _finish(person, units)
        ctx.session.add(person)
        entity_of[row.key] = person
    ctx.progress(0.6, progress_text)
    ctx.session.flush()
    if full_list:
        _order_as_in_file(people, entity_of)
    for gone in leaving:
        withdraw(ctx, by_key[gone.key])
    for person in renamed:
        ctx.publish(EnrollmentRenamed(person.id, school.id, person.name))
    for person in moved:
        ctx.publish(EnrollmentDatesChanged(person.id, school.id))
    if cmd.remember:
        _remember(ctx, cmd.preview)
    ctx.session.flush()
    return ImportResult(
        people=len(people),
        added=len(changes.added),
        changed=len(changes.changed),
        unchanged=len(changes.unchanged),
        withdrawn=len(leaving),
        skipped=len(cmd.preview.people) - len(people) + len(cmd.preview.not_taken),
    )


def _withdraws(ctx: Ctx, cmd: ApplyRoster, changes: RosterDiff, existing: int) -> bool:
    missing = changes.withdrawn
    if not missing or cmd.withdraw_missing is not None:
        return bool(missing and cmd.withdraw_missing)
    names = "、".join(str(p.record["name"]) for p in missing[:5]) + ("等" if len(missing) > 5 else "")
    ctx.confirm(
        "withdraw_missing",
        f"班里原有 {existing} 人，其中 {len(missing)} 人（{names}）不在这份名单里。要把他们移出名单并释放床位吗？"
        "如果这只是一份补充名单，请选择保留。",
    )
    return True


def _finish(person: Enrollment, units: Mapping[str, int]) -> None:
    person.search_key, person.sort_key = search_key(person.name), sort_key(person.name)
    person.unit_id = units.get(person.unit_name)


def _order_as_in_file(people: Collection[RosterRow], entity_of: Mapping[tuple[str, int], Enrollment]) -> None:
    """The roster order is political: it becomes the file's, with a place left for rows left out."""
    for row in people:
        if entity_of[row.key].seq_no != row.order:
            entity_of[row.key].seq_no = row.order


def _remember(ctx: Ctx, preview: RosterPreview) -> None:
    for mapping in preview.mapping:
        known = ctx.session.scalars(
            select(RosterMapping).where(RosterMapping.fingerprint == mapping.fingerprint)
        ).one_or_none()
        if known is None:
            ctx.session.add(RosterMapping(fingerprint=mapping.fingerprint, mapping=mapping.to_json()))
        elif known.mapping != mapping.to_json():
            known.mapping = mapping.to_json()
