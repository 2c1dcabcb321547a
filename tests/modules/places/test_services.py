"""The rules of places, on both engines."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places import queries, services
from dangxiao_houqin.modules.places.domain import (
    BedInput,
    BulkRooms,
    PlaceRules,
    RoomInUse,
    SaveBuilding,
    SaveFloor,
    SaveOutage,
    SaveRoom,
)
from dangxiao_houqin.modules.places.models import Room
from tests.conftest import OpenUnit

TWO = (BedInput("1"), BedInput("2"))


def make_building(ctx: Ctx, *, lift: bool = False) -> tuple[int, int]:
    """A building with one floor, the second."""
    building = services.save_building(ctx, SaveBuilding("明德楼", "A", lift))
    return building, services.save_floor(ctx, SaveFloor(building, 2))


def make_room(ctx: Ctx, floor: int, number: str = "201") -> int:
    return services.save_room(ctx, SaveRoom(floor, number, "双人间", TWO))


def test_first_building_brings_its_site(unit: OpenUnit) -> None:
    with unit() as ctx:
        make_building(ctx)
        assert [site.name for site in queries.list_sites(ctx)] == ["本部"]
        (building,) = queries.list_buildings(ctx)
        assert (building.name, building.code, building.site_name) == ("明德楼", "A", "本部")
        assert [floor.name for floor in building.floors] == ["2层"]


def test_bulk_creation_makes_floors_rooms_and_beds(unit: OpenUnit) -> None:
    with unit() as ctx:
        building, _ = make_building(ctx)
        made = services.create_rooms(ctx, BulkRooms(building, (1, 2, 3), 14, "101", "双人间", 2, skip_digits="4"))
    with unit(read_only=True) as ctx:
        assert made == 42
        (row,) = queries.list_buildings(ctx)
        assert (row.rooms, row.beds, len(row.floors)) == (42, 84, 3)
        rooms = queries.list_rooms(ctx, ListQuery()).rows
        assert [room.number for room in rooms[:4]] == ["101", "102", "103", "105"]
        # no lift: the office counts the first two floors as low
        assert {room.level for room in rooms if room.low_floor} == {1, 2}


def test_bulk_creation_is_all_or_nothing(unit: OpenUnit) -> None:
    with unit() as ctx:
        building, floor = make_building(ctx)
        make_room(ctx, floor, "203")
    with pytest.raises(RuleViolation, match="203"), unit() as ctx:
        services.create_rooms(ctx, BulkRooms(building, (2,), 5, "201", "双人间", 2))
    with unit(read_only=True) as ctx:
        assert queries.list_room_numbers(ctx, building) == {"203"}


def test_bed_style_of_the_office(unit: OpenUnit) -> None:
    with unit() as ctx:
        save_settings(ctx.session, PlaceRules(bed_style="window"))
        building, _ = make_building(ctx)
        services.create_rooms(ctx, BulkRooms(building, (2,), 1, "201", "双人间", 2))
        services.create_rooms(ctx, BulkRooms(building, (2,), 1, "202", "三人间", 3))
        assert [room.bed_names for room in queries.list_rooms(ctx, ListQuery()).rows] == ["靠窗、靠门", "1、2、3"]


def test_room_number_is_kept_in_one_spelling_and_once(unit: OpenUnit) -> None:
    with unit() as ctx:
        building, floor = make_building(ctx)
        room = make_room(ctx, floor, " ２０１ 甲")
        assert queries.find_room(ctx, building, "201甲") == room
    with pytest.raises(Conflict, match="已有这个房号"), unit() as ctx:
        make_room(ctx, floor, "201甲")


@pytest.mark.parametrize(
    ("number", "beds", "field"),
    (
        ("", TWO, "number"),
        ("2" * 21, TWO, "number"),
        ("201", (BedInput("1"), BedInput(" 1 ")), "beds"),
        ("201", (BedInput(""),), "beds"),
        ("201", tuple(BedInput(str(n)) for n in range(13)), "beds"),
    ),
)
def test_room_form_is_checked(unit: OpenUnit, number: str, beds: tuple[BedInput, ...], field: str) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        with pytest.raises(InvalidInput) as refused:
            services.save_room(ctx, SaveRoom(floor, number, "双人间", beds))
        assert refused.value.field == field


def test_beds_are_added_renamed_and_removed(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room = make_room(ctx, floor)
    with unit() as ctx:
        detail = queries.get_room(ctx, room)
        first, _ = detail.beds
        wanted = (BedInput("靠窗", id=first.id), BedInput("2"), BedInput("加床", assignable=False))
        services.save_room(ctx, SaveRoom(floor, "201", "双人间", wanted, id=room, version=detail.row.version))
    with unit(read_only=True) as ctx:
        after = queries.get_room(ctx, room)
        assert {(bed.name, bed.assignable) for bed in after.beds} == {("靠窗", True), ("2", True), ("加床", False)}
        assert first.id in {bed.id for bed in after.beds}
        assert after.row.beds == 3


def test_renaming_only_a_bed_still_counts_as_a_change_of_the_room(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room = make_room(ctx, floor)
        before = queries.get_room(ctx, room)
    beds = (BedInput("甲", id=before.beds[0].id), BedInput("2", id=before.beds[1].id))
    cmd = SaveRoom(floor, "201", "双人间", beds, id=room, version=before.row.version)
    with unit() as ctx:
        services.save_room(ctx, cmd)
    with pytest.raises(Conflict, match="修改"), unit() as ctx:
        services.save_room(ctx, cmd)  # the form of a second desk, opened before


def test_bed_of_another_room_is_refused(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room, other = make_room(ctx, floor), make_room(ctx, floor, "202")
        stolen = queries.get_room(ctx, other).beds[0].id
        with pytest.raises(InvalidInput, match="201"):
            services.save_room(ctx, SaveRoom(floor, "201", "双人间", (BedInput("1", id=stolen),), id=room))


def _somebody_slept_here(ctx: Ctx, room: int, bed: int) -> None:
    """What a higher module keeps; places only knows that somebody refers to its bed."""
    from dangxiao_houqin.app.schema import load_metadata

    stay = load_metadata().tables["stay"]
    values = {"guest_name": "罗文涛", "sex": "男", "room_id": room, "bed_id": bed, "state": "assigned"}
    times = {"arrive": date(2026, 3, 2), "leave": date(2026, 3, 4), "created_at": ctx.now(), "updated_at": ctx.now()}
    ctx.session.execute(stay.insert().values(**values, **times, version=1, pinned=False, reason=""))


def test_a_used_bed_or_room_cannot_disappear(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room = make_room(ctx, floor)
        first, second = queries.get_room(ctx, room).beds
        _somebody_slept_here(ctx, room, second.id)
    with pytest.raises(RoomInUse, match="床位 2 已有住宿"), unit() as ctx:
        services.save_room(ctx, SaveRoom(floor, "201", "单人间", (BedInput("1", id=first.id),), id=room))
    with pytest.raises(RoomInUse, match="201"), unit() as ctx:
        services.delete_room(ctx, room)
    with unit(read_only=True) as ctx:
        assert queries.get_room(ctx, room).row.beds == 2


def test_unused_room_goes_with_its_beds_and_outages(unit: OpenUnit) -> None:
    with unit() as ctx:
        building, floor = make_building(ctx)
        room = make_room(ctx, floor)
        services.save_outage(ctx, SaveOutage(room, date(2026, 3, 2), None, "漏水"))
    with pytest.raises(RuleViolation, match="1 间房"), unit() as ctx:
        services.delete_building(ctx, building)
    with pytest.raises(RuleViolation, match="1 间房"), unit() as ctx:
        services.delete_floor(ctx, floor)
    with unit() as ctx:
        services.delete_room(ctx, room)
        services.delete_building(ctx, building)
    with unit(read_only=True) as ctx:
        assert queries.list_buildings(ctx) == ()
        assert queries.count_beds(ctx).beds == 0
        with pytest.raises(NotFound):
            queries.get_room(ctx, room)


def test_outages_of_a_room_never_overlap(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room = make_room(ctx, floor)
        bed = queries.get_room(ctx, room).beds[0].id
        services.save_outage(ctx, SaveOutage(room, date(2026, 3, 2), date(2026, 3, 5), "漏水"))
        services.save_outage(ctx, SaveOutage(room, date(2026, 3, 5), date(2026, 3, 6), "复查"))  # half-open: touches
        with pytest.raises(RuleViolation, match="漏水"):
            services.save_outage(ctx, SaveOutage(room, date(2026, 3, 4), None, "油漆"))
        with pytest.raises(RuleViolation, match="漏水"):
            services.save_outage(ctx, SaveOutage(room, date(2026, 3, 1), date(2026, 3, 3), "床架", bed_id=bed))
        with pytest.raises(InvalidInput):
            services.save_outage(ctx, SaveOutage(room, date(2026, 4, 2), date(2026, 4, 2), "一天也没有"))


def test_ending_an_outage(unit: OpenUnit) -> None:
    with unit() as ctx:
        _, floor = make_building(ctx)
        room, other = make_room(ctx, floor), make_room(ctx, floor, "202")
        begun = services.save_outage(ctx, SaveOutage(room, date(2026, 2, 20), None, "漏水"))
        planned = services.save_outage(ctx, SaveOutage(other, date(2026, 3, 20), None, "刷墙"))
        services.end_outage(ctx, begun)
        services.end_outage(ctx, planned)
    with unit(read_only=True) as ctx:
        assert queries.count_beds(ctx).out_of_service == 0
        (kept,) = queries.list_outages(ctx, date(2026, 1, 1), date(2027, 1, 1))
        assert (kept.room_number, kept.end) == ("201", date(2026, 3, 2))


def test_every_change_needs_the_permission(unit: OpenUnit, nobody: object) -> None:
    with unit(actor=nobody) as ctx:
        for call in (
            lambda: services.save_building(ctx, SaveBuilding("明德楼")),
            lambda: services.create_rooms(ctx, BulkRooms(1, (1,), 1, "101", "双人间", 2)),
            lambda: services.delete_room(ctx, 1),
            lambda: services.end_outage(ctx, 1),
            lambda: queries.list_rooms(ctx, ListQuery()),
        ):
            with pytest.raises(PermissionDenied, match="楼栋、房间和床位"):
                call()
        assert ctx.session.scalars(select(Room.id)).all() == []
