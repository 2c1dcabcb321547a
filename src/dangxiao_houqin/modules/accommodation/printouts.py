"""The printouts of accommodation: what the database gives to the pure functions in :mod:`.reports`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec
from dangxiao_houqin.core.permissions import REVEAL_PERSONAL
from dangxiao_houqin.core.progress import Progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import SchoolProfile
from dangxiao_houqin.modules.places.api import BedPlace, list_beds_for_assignment, list_outages
from dangxiao_houqin.modules.training.api import (
    ClassRow,
    SignInPerson,
    SignInSheet,
    get_class,
    list_roster,
    reveal_roster,
    sign_in_pdf,
    sign_in_xlsx,
)

from .domain import VIEW, DeskRules, StayRow
from .queries import list_class_stays, list_stays_between, list_unassigned
from .queries.papers import list_card_register, list_head_count_lines, list_move_register
from .queries.statistics import read_summary
from .reports import (
    ArrivalCode,
    ArrivalCodes,
    BuildingChart,
    CardLine,
    CardRegister,
    CountLine,
    DeskSheet,
    DoorCard,
    FloorRooms,
    HeadCountSheet,
    LodgingRow,
    LodgingSheet,
    MoveLine,
    MoveRegister,
    RoomBox,
    RoomChart,
    StatisticsSheet,
    arrival_codes_pdf,
    arrival_codes_xlsx,
    card_register_pdf,
    card_register_xlsx,
    desk_pdf,
    desk_xlsx,
    door_cards_pdf,
    door_cards_xlsx,
    lodging_pdf,
    lodging_xlsx,
    move_register_pdf,
    move_register_xlsx,
    room_chart_pdf,
    room_chart_xlsx,
)
from .statistics import Grouping


def _line(row: StayRow, school: ClassRow) -> LodgingRow:
    """A line of a list that may hang on a wall: of the remarks only nights that differ from the class's."""
    notes = []
    if row.arrive != school.arrive_on:
        notes.append(f"{chinese_date(row.arrive, year=False)}入住")
    if row.leave != school.leave_on:
        notes.append(f"{chinese_date(row.leave, year=False)}离开")
    return LodgingRow(
        building=row.building_name,
        room=row.room_number,
        bed=row.bed_name,
        name=row.name,
        sex=row.sex,
        unit=row.unit_name,
        note="、".join(notes),
        class_name=row.class_name,
    )


def load_lodging(ctx: Ctx, class_id: int) -> LodgingSheet:
    """住宿安排表 of a class, in room order, with those still without a bed named at the foot."""
    school = get_class(ctx, class_id)
    missing = list_unassigned(ctx, ListQuery(filters={"class_id": class_id}, limit=None)).rows
    return LodgingSheet(
        class_name=school.name,
        arrive=school.arrive_on,
        leave=school.leave_on,
        rows=tuple(_line(row, school) for row in list_class_stays(ctx, class_id)),
        without_bed=tuple(row.name for row in missing),
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def load_desk(ctx: Ctx, class_id: int) -> DeskSheet:
    """The front desk's list of a class in the order of the surnames' readings."""
    school = get_class(ctx, class_id)
    return DeskSheet(
        title=f"{school.name}住宿查询表",
        rows=tuple(_line(row, school) for row in list_class_stays(ctx, class_id)),
        school=ctx.settings(SchoolProfile).full_name,
        day=school.arrive_on,
        printed_at=ctx.now(),
    )


def load_door_cards(ctx: Ctx, class_id: int) -> tuple[DoorCard, ...]:
    """One card per room of a class, in room order."""
    rooms: dict[int, list[StayRow]] = {}
    for row in list_class_stays(ctx, class_id):
        rooms.setdefault(row.room_id, []).append(row)
    return tuple(
        DoorCard(
            rows[0].building_name,
            rows[0].room_number,
            tuple(dict.fromkeys(r.name for r in rows)),
            rows[0].class_name,
        )
        for rows in rooms.values()
    )


def load_room_chart(ctx: Ctx, class_id: int) -> RoomChart:
    """房态图 of the night on which the class arrives."""
    return room_chart_on(ctx, get_class(ctx, class_id).arrive_on)


def room_chart_on(ctx: Ctx, night: date) -> RoomChart:
    """All buildings on one night: who sleeps where, what is closed, what is not given out."""
    sleepers: dict[int, list[str]] = {}
    for row in list_stays_between(ctx, night, _next(night)):
        sleepers.setdefault(row.room_id, []).append(row.name)
    closed = {o.room_id: o.reason for o in list_outages(ctx, night, _next(night)) if o.bed_id is None}
    buildings: dict[str, dict[str, dict[int, list[BedPlace]]]] = {}
    for place in list_beds_for_assignment(ctx):
        floors = buildings.setdefault(place.building_name, {})
        floors.setdefault(place.floor_name, {}).setdefault(place.room_id, []).append(place)
    return RoomChart(
        buildings=tuple(
            BuildingChart(
                name,
                tuple(
                    FloorRooms(floor, tuple(_box(beds, sleepers, closed) for beds in rooms.values()))
                    for floor, rooms in floors.items()
                ),
            )
            for name, floors in buildings.items()
        ),
        day=night,
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def _next(night: date) -> date:
    return date.fromordinal(night.toordinal() + 1)


def _box(beds: Sequence[BedPlace], sleepers: dict[int, list[str]], closed: dict[int, str]) -> RoomBox:
    one = beds[0]
    return RoomBox(
        number=one.room_number,
        room_type=one.room_type,
        beds=len(beds),
        names=tuple(sleepers.get(one.room_id, ())),
        locked=closed.get(one.room_id, ""),
        staff=not any(bed.assignable for bed in beds),
    )


def load_sign_in(ctx: Ctx, class_id: int) -> SignInSheet:
    """学员报到签到表 with phones and rooms; who takes it is logged."""
    school = get_class(ctx, class_id)
    rooms = {r.enrollment_id: f"{r.building_name}{r.room_number}" for r in list_class_stays(ctx, class_id)}
    return SignInSheet(
        class_name=school.name,
        day=school.arrive_on,
        place=ctx.settings(SchoolProfile).place,
        people=tuple(
            SignInPerson(row.name, row.unit_name, row.position, row.phone, rooms.get(row.id, ""))
            for row in reveal_roster(ctx, class_id, "学员报到签到表")
        ),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def load_arrival_codes(ctx: Ctx, class_id: int) -> ArrivalCodes:
    """学员报到码 of everybody on the roster."""
    ctx.require(VIEW)
    school = get_class(ctx, class_id)
    return ArrivalCodes(
        class_name=school.name,
        arrive=chinese_date(school.arrive_on, year=False),
        people=tuple(ArrivalCode(row.id, row.name, row.unit_name, row.seq_no) for row in list_roster(ctx, class_id)),
    )


def load_card_register(ctx: Ctx, class_id: int) -> CardRegister:
    """房卡（钥匙）领取、退房登记表 of a class, with what the desk recorded so far."""
    school = get_class(ctx, class_id)
    rows = list_card_register(ctx, class_id)
    several = len({row.building for row in rows}) > 1
    return CardRegister(
        class_name=school.name,
        arrive=school.arrive_on,
        leave=school.leave_on,
        lines=tuple(
            CardLine(
                f"{row.building}{row.room}" if several else row.room,
                row.name,
                row.unit,
                row.copies,
                row.issued_at,
                row.returned_at,
                row.found,
            )
            for row in rows
        ),
        prices=tuple((item.item, item.amount) for item in ctx.settings(DeskRules).compensation),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def load_move_register(ctx: Ctx, class_id: int) -> MoveRegister:
    """调房登记表 of a class."""
    school = get_class(ctx, class_id)
    return MoveRegister(
        title=f"{school.name}调房登记表",
        period=f"{chinese_date(school.arrive_on)}至{chinese_date(school.leave_on)}",
        lines=tuple(
            MoveLine(row.day, row.name, row.unit, row.from_place, row.to_place, row.reason, row.handler)
            for row in list_move_register(ctx, class_id=class_id)
        ),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def moves_between(ctx: Ctx, start: date, end: date) -> MoveRegister:
    """调房登记表 of all classes and guests for the days ``[start, end)``."""
    last = date.fromordinal(end.toordinal() - 1)
    return MoveRegister(
        title="调房登记表",
        period=chinese_date(start) if last <= start else f"{chinese_date(start)}至{chinese_date(last)}",
        lines=tuple(
            MoveLine(
                row.day, row.name, row.class_name or row.unit, row.from_place, row.to_place, row.reason, row.handler
            )
            for row in list_move_register(ctx, start=start, end=end)
        ),
        whose="班次/单位",
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def moves_paper(ctx: Ctx, class_id: int | None, day: date | None) -> MoveRegister:
    """What a page shows: the moves of the class chosen, else those of the month of ``day``."""
    if class_id is not None:
        return load_move_register(ctx, class_id)
    first = (day or ctx.today()).replace(day=1)
    return moves_between(ctx, first, date(first.year + first.month // 12, first.month % 12 + 1, 1))


def head_count_on(ctx: Ctx, night: date) -> HeadCountSheet:
    """夜间查寝记录 of a night, floors not counted yet included."""
    return HeadCountSheet(
        night=night,
        lines=tuple(
            CountLine(
                building=row.building,
                floor=row.floor,
                expected=row.expected,
                present=row.present,
                excused=row.excused,
                absent=row.absent,
                counted_at=row.counted_at,
                counter=row.counter,
                note=row.note,
            )
            for row in list_head_count_lines(ctx, night)
        ),
        school=ctx.settings(SchoolProfile).full_name,
        printed_at=ctx.now(),
    )


def statistics_of(ctx: Ctx, start: date, end: date, grouping: Grouping) -> StatisticsSheet:
    """住宿统计表 of the nights ``[start, end)``."""
    return StatisticsSheet(
        summary=read_summary(ctx, start, end, grouping),
        school=ctx.settings(SchoolProfile).full_name,
        prepared_by=ctx.actor.name,
        printed_at=ctx.now(),
    )


def _lodging_pdf(data: LodgingSheet, progress: Progress) -> bytes:
    return lodging_pdf([data], progress=progress)


def _lodging_xlsx(path: Path, data: LodgingSheet, progress: Progress) -> None:
    lodging_xlsx(path, [data], progress=progress)


def _desk_pdf(data: DeskSheet, progress: Progress) -> bytes:
    return desk_pdf(data, progress=progress)


def _desk_xlsx(path: Path, data: DeskSheet, progress: Progress) -> None:
    desk_xlsx(path, data, progress=progress)


def _cards_pdf(data: tuple[DoorCard, ...], progress: Progress) -> bytes:
    return door_cards_pdf(data, progress=progress)


def _cards_xlsx(path: Path, data: tuple[DoorCard, ...], progress: Progress) -> None:
    door_cards_xlsx(path, data, progress=progress)


def _chart_pdf(data: RoomChart, progress: Progress) -> bytes:
    return room_chart_pdf(data, progress=progress)


def _chart_xlsx(path: Path, data: RoomChart, progress: Progress) -> None:
    room_chart_xlsx(path, data, progress=progress)


def _sign_in_pdf(data: SignInSheet, progress: Progress) -> bytes:
    return sign_in_pdf(data, progress=progress)


def _sign_in_xlsx(path: Path, data: SignInSheet, progress: Progress) -> None:
    sign_in_xlsx(path, data, progress=progress)


def _codes_pdf(data: ArrivalCodes, progress: Progress) -> bytes:
    return arrival_codes_pdf(data, progress=progress)


def _codes_xlsx(path: Path, data: ArrivalCodes, progress: Progress) -> None:
    arrival_codes_xlsx(path, data, progress=progress)


def _card_register_pdf(data: CardRegister, progress: Progress) -> bytes:
    return card_register_pdf(data, progress=progress)


def _card_register_xlsx(path: Path, data: CardRegister, progress: Progress) -> None:
    card_register_xlsx(path, data, progress=progress)


def _move_register_pdf(data: MoveRegister, progress: Progress) -> bytes:
    return move_register_pdf(data, progress=progress)


def _move_register_xlsx(path: Path, data: MoveRegister, progress: Progress) -> None:
    move_register_xlsx(path, data, progress=progress)


DOCUMENTS = (
    DocumentSpec(
        "sign-in", "学员报到签到表", load_sign_in, _sign_in_pdf, _sign_in_xlsx, REVEAL_PERSONAL, personal=True
    ),
    DocumentSpec("arrival-codes", "学员报到码", load_arrival_codes, _codes_pdf, _codes_xlsx, VIEW),
    DocumentSpec("lodging", "住宿安排表", load_lodging, _lodging_pdf, _lodging_xlsx, VIEW),
    DocumentSpec("room-chart", "房态图", load_room_chart, _chart_pdf, _chart_xlsx, VIEW),
    DocumentSpec("door-cards", "门牌", load_door_cards, _cards_pdf, _cards_xlsx, VIEW),
    DocumentSpec("desk-list", "前台住宿查询表", load_desk, _desk_pdf, _desk_xlsx, VIEW),
    DocumentSpec(
        "card-register",
        "房卡（钥匙）领取、退房登记表",
        load_card_register,
        _card_register_pdf,
        _card_register_xlsx,
        VIEW,
    ),
    DocumentSpec("move-register", "调房登记表", load_move_register, _move_register_pdf, _move_register_xlsx, VIEW),
)
