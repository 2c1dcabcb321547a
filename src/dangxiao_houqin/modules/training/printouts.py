"""The printouts of training: what the database gives to the pure functions in :mod:`.reports`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from dangxiao_houqin.core.module_spec import DocumentSpec
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .domain import VIEW, EnrollmentRow
from .queries import get_class, list_roster
from .reports import RosterOption, RosterPerson, RosterProfile, RosterSheet, roster_pdf, roster_xlsx
from .services import reveal_roster


def _person(row: EnrollmentRow) -> RosterPerson:
    return RosterPerson(
        name=row.name,
        sex=row.sex,
        unit=row.unit_name,
        position=row.position,
        rank=row.rank,
        group=row.group_name,
        ethnicity=row.ethnicity,
        birth=row.birth,
        political_status=row.political_status,
        phone=row.phone,
        lodging=row.lodging,
        note=row.note,
        id_number=row.id_number,
        education=row.education,
        plate=row.plate,
        diet="、".join(code.partition(":")[2] for code in row.needs if code.startswith("diet:")),
    )


def load_roster(ctx: Ctx, class_id: int, profile: RosterProfile = RosterProfile.INTERNAL) -> RosterSheet:
    """The roster in its own order; the internal version holds full phones, and who takes it is logged."""
    school = get_class(ctx, class_id)
    internal = profile is RosterProfile.INTERNAL
    people = reveal_roster(ctx, class_id, "学员花名册") if internal else list_roster(ctx, class_id)
    return RosterSheet(
        class_name=school.name,
        start=school.start,
        end=school.end,
        days=school.days,
        people=tuple(_person(row) for row in people),
        organizer=school.organizer_unit,
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _pdf(profile: RosterProfile, options: tuple[RosterOption, ...], data: RosterSheet, progress: Progress) -> bytes:
    return roster_pdf(data, profile, options, progress=progress)


def _xlsx(
    profile: RosterProfile, options: tuple[RosterOption, ...], path: Path, data: RosterSheet, progress: Progress
) -> None:
    roster_xlsx(path, data, profile, options, progress=progress)


def _document(key: str, profile: RosterProfile, *options: RosterOption) -> DocumentSpec:
    internal = profile is RosterProfile.INTERNAL
    return DocumentSpec(
        key,
        f"学员花名册（{profile.label}）",
        partial(load_roster, profile=profile),
        partial(_pdf, profile, options),
        partial(_xlsx, profile, options),
        REVEAL_PERSONAL if internal else VIEW,
        personal=internal,
    )


DOCUMENTS = (
    _document("roster", RosterProfile.INTERNAL),
    _document("roster-notice", RosterProfile.NOTICE),
    _document("roster-gate", RosterProfile.GATE),
)
