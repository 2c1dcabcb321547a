"""What the room board shows of a proposal."""

from __future__ import annotations

from datetime import timedelta

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.modules.accommodation.domain import BedOption
from dangxiao_houqin.modules.accommodation.planning import BedGuest
from dangxiao_houqin.modules.accommodation.proposal import Proposal

from .room_board import BoardBed, BoardPerson, BoardRoom


def board_rooms(proposal: Proposal) -> list[BoardRoom]:
    """Rooms that can be given out (or hold somebody), in natural order."""
    first = proposal.task.problem.first_night
    assert first is not None
    guests: dict[int, list[BedGuest]] = {}
    for guest in proposal.task.guests:
        guests.setdefault(guest.bed_id, []).append(guest)
    closed: dict[int, str] = {}
    for room in proposal.task.problem.rooms:
        for closure in room.closures:
            for bed in room.beds if closure.bed is None else (closure.bed,):
                until = chinese_date(first + timedelta(days=closure.end), year=False)
                whole = closure.first == 0 and closure.end == proposal.task.problem.nights
                closed[int(bed)] = f"停用 {closure.reason}" + ("" if whole else f"（到{until}）")
    known = {int(bed) for room in proposal.task.problem.rooms for bed in room.beds}
    rooms: dict[int, list[BedOption]] = {}
    for option in proposal.task.beds:
        if option.bed_id in known:
            rooms.setdefault(option.room_id, []).append(option)
    return [
        BoardRoom(
            f"{beds[0].building_name} {beds[0].floor_name}",
            beds[0].room_number,
            beds[0].room_type,
            tuple(
                BoardBed(
                    b.bed_id,
                    b.bed_name,
                    (*_own(proposal, b.bed_id), *(_guest(g) for g in guests.get(b.bed_id, ()))),
                    closed.get(b.bed_id, ""),
                )
                for b in beds
            ),
        )
        for beds in rooms.values()
    ]


def _own(proposal: Proposal, bed_id: int) -> tuple[BoardPerson, ...]:
    return tuple(
        BoardPerson(
            c.enrollment_id,
            c.name,
            c.sex,
            c.unit_name,
            pinned=c.enrollment_id in proposal.step.pinned,
            locked=c.locked,
        )
        for c in proposal.sleepers(bed_id)
    )


def _guest(guest: BedGuest) -> BoardPerson:
    return BoardPerson(None, guest.name, guest.sex, f"住到{guest.leave.month}.{guest.leave.day}")
