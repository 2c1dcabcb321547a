"""Taking and freeing nights: the one place that writes ``bed_night`` and ``room_night``.

Rooms are locked in order of their id before anything is looked at, so that two desks queue instead of deadlocking; the
keys of the two tables catch whatever slips past (another program, a bug).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.errors import Conflict, NotFound, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.accommodation.models import BedNight, RoomNight, Stay
from dangxiao_houqin.modules.places.api import BedPlace, list_beds_for_assignment, list_outages, room
from dangxiao_houqin.modules.training.api import nights, training_class


def places_by_bed(ctx: Ctx, *bed_ids: int) -> dict[int, BedPlace]:
    """Every bed of the school, or these, with where it stands."""
    return {place.bed_id: place for place in list_beds_for_assignment(ctx, bed_ids or None)}


def place_of(places: dict[int, BedPlace], bed_id: int) -> BedPlace:
    """One bed; raises :class:`NotFound` when it was deleted meanwhile."""
    try:
        return places[bed_id]
    except KeyError:
        raise NotFound("所选床位已不存在，请刷新后重新选择。") from None


def title(place: BedPlace) -> str:
    """明德楼305-1."""
    return f"{place.building_name}{place.room_number}-{place.bed_name}"


def lock_rooms(ctx: Ctx, room_ids: Iterable[int]) -> None:
    """Hold these rooms until the end of the transaction."""
    wanted = sorted(set(room_ids))
    if wanted:
        ctx.session.execute(select(room.c.id).where(room.c.id.in_(wanted)).order_by(room.c.id).with_for_update())


def free_nights(ctx: Ctx, stay_ids: Collection[int], *, since: date | None = None, until: date | None = None) -> None:
    """Give up the nights ``[since, until)`` of these stays; rooms left empty are open to both sexes again."""
    if not stay_ids:
        return
    wanted = and_(
        BedNight.stay_id.in_(stay_ids), BedNight.night >= (since or date.min), BedNight.night < (until or date.max)
    )
    spans = ctx.session.execute(select(BedNight.room_id, BedNight.night).where(wanted)).all()
    ctx.session.execute(delete(BedNight).where(wanted))  # house: bulk - derived from stay, which is audited
    ctx.touched("bed_night", "room_night")
    if spans:
        rooms, days = {r for r, _ in spans}, {n for _, n in spans}
        still_slept = (
            select(BedNight.bed_id)
            .where(BedNight.room_id == RoomNight.room_id, BedNight.night == RoomNight.night)
            .exists()
        )
        ctx.session.execute(  # house: bulk - derived from stay, which is audited
            delete(RoomNight).where(RoomNight.room_id.in_(rooms), RoomNight.night.in_(days), ~still_slept)
        )


def take_nights(
    ctx: Ctx,
    stays: Sequence[Stay],
    places: dict[int, BedPlace],
    *,
    only: Mapping[int, Collection[date]] | None = None,
) -> None:
    """Take the nights of ``stays`` (flushed, rooms locked); ``only`` names some of them by stay id, default all.

    Raises :class:`RuleViolation` for a closed bed or the other sex in the room, :class:`Conflict` for a taken bed; the
    sentence says who, where and until when, and which clerk gave it to him at what time.
    """
    wanted = [(s, tuple(sorted(only[s.id])) if only else nights(s.arrive, s.leave)) for s in stays]
    wanted = [(stay, some) for stay, some in wanted if some]
    if not wanted:
        return
    start = min(some[0] for _, some in wanted)
    end = max(some[-1] for _, some in wanted) + timedelta(days=1)
    _refuse_closed(ctx, wanted, places, start, end)
    rooms = {s.room_id for s, _ in wanted}
    held = {
        (bed_id, night): (stay_id, name, school, leave)
        for bed_id, night, stay_id, name, school, leave in ctx.session.execute(
            select(BedNight.bed_id, BedNight.night, Stay.id, Stay.guest_name, training_class.c.name, Stay.leave)
            .join(Stay, Stay.id == BedNight.stay_id)
            .outerjoin(training_class, training_class.c.id == Stay.class_id)
            .where(BedNight.room_id.in_(rooms), BedNight.night >= start, BedNight.night < end)
        )
    }
    sexes = {
        (room_id, night): sex
        for room_id, night, sex in ctx.session.execute(
            select(RoomNight.room_id, RoomNight.night, RoomNight.sex).where(
                RoomNight.room_id.in_(rooms), RoomNight.night >= start, RoomNight.night < end
            )
        )
    }
    new_rooms: list[dict[str, Any]] = []
    new_beds: list[dict[str, Any]] = []
    for stay, some in wanted:
        place = places[stay.bed_id]
        for night in some:
            if (taken := held.get((stay.bed_id, night))) is not None:
                stay_id, name, school, leave = taken
                until = f"，到{chinese_date(leave, year=False)}离开" if leave else ""
                raise Conflict(
                    f"{stay.guest_name}的床位{title(place)}在{chinese_date(night, year=False)}已安排给"
                    f"{name}{f'（{school}）' if school else ''}{until}{_by_whom(ctx, stay_id)}，请另选床位。"
                )
            there = sexes.get((stay.room_id, night))
            if there is not None and there != stay.sex:
                raise RuleViolation(
                    f"{place.building_name}{place.room_number}在{chinese_date(night, year=False)}住的是{there}学员，"
                    f"不能安排{stay.sex}学员{stay.guest_name}{_who_sleeps(ctx, stay.room_id, night)}，请另选房间。"
                )
            if there is None:
                sexes[(stay.room_id, night)] = stay.sex
                new_rooms.append({"room_id": stay.room_id, "night": night, "sex": stay.sex})
            held[(stay.bed_id, night)] = (None, stay.guest_name, "", stay.leave)
            new_beds.append(
                {
                    "bed_id": stay.bed_id,
                    "night": night,
                    "room_id": stay.room_id,
                    "sex": stay.sex,
                    "stay_id": stay.id,
                    "enrollment_id": stay.enrollment_id,
                }
            )
    if new_rooms:
        ctx.session.execute(insert(RoomNight), new_rooms)  # house: bulk - derived from stay, which is audited
    ctx.session.execute(insert(BedNight), new_beds)  # house: bulk - derived from stay, which is audited
    ctx.touched("bed_night", "room_night")


_PLACED = {"room_id", "bed_id", "arrive", "leave", "state"}
"""Columns of a stay whose change gives or takes nights."""


def _by_whom(ctx: Ctx, stay_id: int | None) -> str:
    """（李敏 10:32 安排）: who gave this stay its nights last, and when; empty for one of this very unit."""
    if stay_id is None:
        return ""
    entries = ctx.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.entity == Stay.__tablename__, AuditEntry.entity_id == stay_id)
        .order_by(AuditEntry.id.desc())
        .limit(20)
    )
    entry = next((e for e in entries if e.kind == "insert" or _PLACED & e.changes.keys()), None)
    if entry is None:
        return ""
    day = "" if entry.at.date() == ctx.today() else chinese_date(entry.at.date(), year=False) + " "
    return f"（{entry.actor_name} {day}{entry.at:%H:%M} 安排）"


def _who_sleeps(ctx: Ctx, room_id: int, night: date) -> str:
    """（王芳由李敏 10:32 安排）: one of those who make the room what it is."""
    query = (
        select(Stay.id, Stay.guest_name)
        .join(BedNight, BedNight.stay_id == Stay.id)
        .where(BedNight.room_id == room_id, BedNight.night == night)
        .order_by(Stay.id.desc())
    )
    found = ctx.session.execute(query).first()
    return "" if found is None else _by_whom(ctx, found[0]).replace("（", f"（{found[1]}由", 1)


def _refuse_closed(
    ctx: Ctx, wanted: Sequence[tuple[Stay, Sequence[date]]], places: dict[int, BedPlace], start: date, end: date
) -> None:
    outages = list_outages(ctx, start, end)
    for stay, some in wanted:
        place = places[stay.bed_id]
        if not place.assignable:
            raise RuleViolation(f"{title(place)}标为“不参与分配”，不能安排{stay.guest_name}，请另选床位。")
        for outage in outages:
            hits = outage.room_id == stay.room_id and outage.bed_id in (None, stay.bed_id)
            if hits and any(outage.start <= night and (outage.end is None or night < outage.end) for night in some):
                until = f"到{chinese_date(outage.end, year=False)}" if outage.end else ""
                raise RuleViolation(
                    f"{title(place)}从{chinese_date(outage.start, year=False)}{until}停用（{outage.reason}），"
                    f"不能安排{stay.guest_name}，请另选床位。"
                )
