"""The printouts of housekeeping: what the database gives to the pure functions in :mod:`.reports`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile

from .domain import VIEW, FloorChoice, GuestsAsked, HandoverRoom, LostRow, RoomCondition, TaskState
from .queries import get_handover, get_lost, list_care, list_floor_rooms, list_floors, list_lost, list_tasks
from .reports import (
    CleaningDay,
    CleaningFloor,
    CleaningLine,
    CountForm,
    HandoverFloor,
    HandoverForm,
    HandoverLine,
    LostLine,
    LostRegister,
    LostSlip,
    handover_pdf,
    handover_xlsx,
)


def load_cleaning(
    ctx: Ctx, day: date, floor_id: int | None = None, guests: Mapping[int, int] | None = None
) -> CleaningDay:
    """客房清扫任务单 of a day: its tasks, for today also what is late and dirty rooms nobody raised a task for.

    ``guests`` (room id → people) fills 在住; by default whoever knows the stays is asked who is here now, or will
    sleep here on another day.
    """
    ctx.require(VIEW)
    if guests is None:
        sleeping: dict[int, int] = {}
        here: dict[int, int] = {}
        ctx.publish(GuestsAsked(day, sleeping, here))
        guests = here if day == ctx.today() else sleeping
    lines: dict[int, dict[int, list[CleaningLine]]] = {}
    for task in list_tasks(ctx, ListQuery(limit=None, filters={"floor": floor_id, "sheet": day})).rows:
        late = task.due_on < day
        line = CleaningLine(
            room=task.number,
            task=task.kind.label + (f"（{task.due_on:%m-%d} 起）" if late else ""),
            linen=task.linen,
            people=guests.get(task.room_id, 0) if guests else None,
            worker=task.assignee or task.done_by,
            note=task.note,
            done=task.state is TaskState.DONE,
        )
        lines.setdefault(task.floor_id, {}).setdefault(task.room_id, []).append(line)
    order: dict[int, int] = {}
    for place, room in enumerate(list_care(ctx, ListQuery(limit=None, filters={"floor": floor_id})).rows):
        order[room.room_id] = place
        has = lines.get(room.floor_id, {}).get(room.room_id)
        if day == ctx.today() and room.condition is RoomCondition.DIRTY and not has:
            line = CleaningLine(
                room.number, "打扫", people=guests.get(room.room_id, 0) if guests else None, note=room.reason
            )
            lines.setdefault(room.floor_id, {})[room.room_id] = [line]
    floors = []
    for floor in list_floors(ctx):
        rooms = sorted(lines.get(floor.floor_id, {}).items(), key=lambda item: order.get(item[0], 0))
        if rooms:
            together = tuple(line for _, each in rooms for line in each)
            floors.append(CleaningFloor(floor.building_name, floor.floor_name, together))
    return CleaningDay(
        day=day,
        floors=tuple(floors),
        with_people=bool(guests),
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def load_handover(ctx: Ctx, class_id: int, floor_id: int | None = None, *, blank: bool = False) -> HandoverForm:
    """客房交付检查表 of a class, floor by floor; ``blank`` prints no results, to be filled by hand."""
    found = get_handover(ctx, class_id)
    floors: dict[tuple[str, str], list[HandoverRoom]] = {}
    for room in found.rooms:
        if floor_id is None or room.floor_id == floor_id:
            floors.setdefault((room.building_name, room.floor_name), []).append(room)
    return HandoverForm(
        class_name=found.class_name,
        arrive=found.arrive,
        items=found.checklist,
        floors=tuple(
            HandoverFloor(building, floor, tuple(_line(room, found.checklist, blank=blank) for room in rooms))
            for (building, floor), rooms in floors.items()
        ),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def _line(room: HandoverRoom, checklist: tuple[str, ...], *, blank: bool) -> HandoverLine:
    if blank or room.passed is None:
        return HandoverLine(room.number, ())
    known = {item.item: item.ok for item in room.items}
    return HandoverLine(room.number, tuple(known.get(item) for item in checklist), room.faults, room.checker)


def load_count_form(ctx: Ctx, day: date, floors: tuple[FloorChoice, ...]) -> CountForm:
    """楼层报数表 of these floors, to be filled by hand."""
    ctx.require(VIEW)
    return CountForm(
        day=day,
        floors=tuple(
            (f.title, tuple((room.number, room.beds) for room in list_floor_rooms(ctx, f.floor_id, day)))
            for f in floors
        ),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def _lost_line(row: LostRow) -> LostLine:
    return LostLine(
        tag=row.tag,
        item=row.item,
        where=row.where,
        found_on=row.found_on,
        finder=row.finder,
        owner=row.owner,
        owner_phone=row.owner_phone,
        kept_at=row.kept_at,
        keep_until=row.keep_until,
        state=row.pill.text,
        closed_on=row.closed_on,
        closed_note=row.closed_note,
    )


def load_register(ctx: Ctx, query: ListQuery) -> LostRegister:
    """遗留物品登记簿 of what the list shows, in the order of the tags."""
    rows = list_lost(ctx, ListQuery(query.search, query.filters, limit=None)).rows
    days = [row.found_on for row in rows]
    period = f"{min(days)} 至 {max(days)}" if days else ""
    return LostRegister(
        lines=tuple(_lost_line(row) for row in sorted(rows, key=lambda row: row.id)),
        period=period,
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def load_slip(ctx: Ctx, lost_id: int) -> LostSlip:
    """遗留物品领取单 of one thing; the receiver is known once it was given back."""
    row = get_lost(ctx, lost_id)
    return LostSlip(
        line=_lost_line(row),
        receiver=row.closed_note,
        school=ctx.settings(SchoolProfile).full_name,
        handler=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _handover_pdf(data: HandoverForm, progress: Progress) -> bytes:
    return handover_pdf(data, progress)


def _handover_xlsx(path: Path, data: HandoverForm, progress: Progress) -> None:
    handover_xlsx(path, data, progress)


DOCUMENTS = (DocumentSpec("handover", "客房交付检查表", load_handover, _handover_pdf, _handover_xlsx, VIEW),)
