"""The room slip of one guest: what the database gives to :mod:`.reports.room_slip`."""

from __future__ import annotations

from dataclasses import dataclass

from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .domain import DESK, DeskRules
from .queries import get_desk_person
from .reports import scan_text
from .reports.room_slip import RoomSlip, SlipPaper, room_slip_pdf


@dataclass(frozen=True)
class SlipJob:
    """A slip ready to be drawn; calling it makes the PDF without a database."""

    slip: RoomSlip
    paper: SlipPaper

    def __call__(self, progress: Progress) -> bytes:
        return room_slip_pdf([self.slip], self.paper, progress=progress)


def load_room_slip(ctx: Ctx, stay_id: int) -> SlipJob:
    """The slip of the guest of a stay; raises :class:`NotFound`."""
    ctx.require(DESK)
    person = get_desk_person(ctx, stay_id=stay_id)
    rules, school = ctx.settings(DeskRules), ctx.settings(SchoolProfile)
    slip = RoomSlip(
        name=person.name,
        class_name=person.class_name or person.kind.label,
        place=f"{person.building_name}{person.room_number}",
        bed=person.bed_name,
        floor=person.floor_name,
        roommates=person.roommates,
        arrive=person.arrive,
        leave=person.leave,
        cards=person.cards_out,
        note=rules.slip_note,
        school=school.full_name,
        checkout_hour=rules.checkout_hour,
        printed_at=ctx.now(),
        code=scan_text(person.enrollment_id) if person.enrollment_id is not None else "",
    )
    return SlipJob(slip, SlipPaper(rules.slip_paper))
