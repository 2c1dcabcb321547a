"""Lists of places, on both engines."""

from __future__ import annotations

from datetime import date

import pytest

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places import api, queries, services
from dangxiao_houqin.modules.places.columns import ROOM_COLUMNS
from dangxiao_houqin.modules.places.domain import BedInput, BulkRooms, SaveBuilding, SaveFloor, SaveOutage, SaveRoom
from tests.conftest import OpenUnit

DAY = date(2026, 3, 2)


@pytest.fixture
def school(unit: OpenUnit) -> None:
    """Two buildings; the second one comes first in the office's order."""
    with unit() as ctx:
        old = services.save_building(ctx, SaveBuilding("致远楼", "B", sort_order=2))
        new = services.save_building(ctx, SaveBuilding("明德楼", "A", has_lift=True, sort_order=1))
        services.create_rooms(ctx, BulkRooms(old, (1, 2), 3, "101", "三人间", 3))
        services.create_rooms(ctx, BulkRooms(new, (10,), 2, "1001", "双人间", 2, reserve=True))
        third = services.save_floor(ctx, SaveFloor(new, 3, preferred_sex="女"))
        for number in ("302", "301甲", "301", "3-10", "3-2"):
            services.save_room(
                ctx, SaveRoom(third, number, "双人间", (BedInput("1"), BedInput("2", False)), near_lift=True)
            )
        broken = queries.find_room(ctx, new, "302")
        assert broken is not None
        services.save_outage(ctx, SaveOutage(broken, DAY, date(2026, 3, 4), "卫生间漏水 100%"))


def numbers(ctx: Ctx, query: ListQuery) -> list[str]:
    return [room.number for room in queries.list_rooms(ctx, query).rows]


@pytest.mark.usefixtures("school")
def test_rooms_come_in_the_order_of_the_house(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        assert numbers(ctx, ListQuery()) == [
            *("3-2", "3-10", "301", "301甲", "302"),
            *("1001", "1002"),
            *("101", "102", "103", "201", "202", "203"),
        ]


@pytest.mark.usefixtures("school")
def test_pages_cover_the_list_without_overlap(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        whole = numbers(ctx, ListQuery(sort="room_type", descending=True))
        parts = [
            n for o in (0, 5, 10) for n in numbers(ctx, ListQuery(sort="room_type", offset=o, limit=5, descending=True))
        ]
        assert parts == whole
        assert len(set(parts)) == 13
        assert queries.list_rooms(ctx, ListQuery(limit=5)).total == 13


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    ("search", "filters", "found"),
    (
        ("301", {}, ["301", "301甲"]),
        ("致远 20", {}, ["201", "202", "203"]),
        ("%", {}, []),
        ("", {"reserve": True}, ["1001", "1002"]),
        ("", {"out_of_service": True}, ["302"]),
        ("", {"out_of_service": True, "on": date(2026, 3, 4)}, []),
        ("", {"feature": "low_floor", "room_type": "三人间"}, ["101", "102", "103", "201", "202", "203"]),
        ("", {"feature": "accessible"}, []),
        ("", {"assignable": False}, []),
    ),
)
def test_search_and_filters(unit: OpenUnit, search: str, filters: dict[str, object], found: list[str]) -> None:
    with unit(read_only=True) as ctx:
        assert numbers(ctx, ListQuery(search, filters)) == found


@pytest.mark.usefixtures("school")
def test_every_sortable_column_is_understood_and_shown(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        for column in ROOM_COLUMNS:
            up = queries.list_rooms(ctx, ListQuery(sort=column.key)).rows
            down = queries.list_rooms(ctx, ListQuery(sort=column.key, descending=True)).rows
            assert all(isinstance(column.display(row), str) for row in up)
            if column.sortable and column.key != "note":  # all notes are blank here
                assert up != down, column.key


@pytest.mark.usefixtures("school")
def test_stock_is_counted_on_a_day(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        stock = queries.count_beds(ctx)
        assert (stock.buildings, stock.rooms, stock.beds) == (2, 13, 32)
        assert (stock.assignable, stock.reserve, stock.out_of_service) == (27, 4, 2)
        assert queries.count_beds(ctx, date(2026, 3, 4)).out_of_service == 0


@pytest.mark.usefixtures("school")
def test_front_door_tells_the_assignment_everything(unit: OpenUnit) -> None:
    with unit(read_only=True) as ctx:
        beds = api.list_beds_for_assignment(ctx)
        assert len(beds) == 32
        first = beds[0]
        assert (first.building_name, first.building_sort, first.room_number, first.bed_name) == (
            "明德楼",
            0,
            "3-2",
            "1",
        )
        assert (first.floor_preferred_sex, first.near_lift, first.has_lift, first.low_floor) == (
            "女",
            True,
            True,
            False,
        )
        assert [bed.assignable for bed in beds[:2]] == [True, False]
        assert beds[-1].building_sort == 1
        (outage,) = api.list_outages(ctx, date(2026, 3, 3), date(2026, 3, 4))
        assert (outage.room_number, outage.bed_id, outage.end) == ("302", None, date(2026, 3, 4))
        assert api.list_outages(ctx, date(2026, 3, 4), date(2026, 3, 9)) == ()
