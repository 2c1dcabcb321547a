"""Lodging list, front desk list, room chart and door cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.documents.paper import A3_LANDSCAPE
from dangxiao_houqin.modules.accommodation.reports import (
    BuildingChart,
    CardSize,
    DeskSheet,
    DoorCard,
    FloorRooms,
    LodgingRow,
    LodgingSheet,
    RoomBox,
    RoomChart,
    RoomMark,
    desk_pdf,
    desk_sheet,
    desk_xlsx,
    door_cards_pdf,
    door_cards_xlsx,
    lodging_pdf,
    lodging_sheet,
    lodging_xlsx,
    room_chart_pdf,
    room_chart_xlsx,
)
from tests.support.paper import RARE_NAMES, pdf_pages, pdf_sizes, squeezed

NOW = datetime(2026, 3, 8, 14, 30, tzinfo=CHINA)
CLASS = "2026年第1期科级干部进修班"


def lodgers(count: int) -> list[LodgingRow]:
    return [
        LodgingRow(
            building="明德楼" if number < 200 else "致远楼",
            room=f"{201 + number // 2}",
            bed=str(number % 2 + 1),
            name=RARE_NAMES[number] if number < len(RARE_NAMES) else f"学员{number}",
            sex="男",
            unit="县委办公室" if number % 5 else "岚溪县生态环境保护综合行政执法大队第三中队",
            class_name=CLASS,
        )
        for number in range(count)
    ]


def lodging(rows: Sequence[LodgingRow], without_bed: tuple[str, ...] = ()) -> LodgingSheet:
    return LodgingSheet(
        CLASS,
        date(2026, 3, 9),
        date(2026, 3, 27),
        rows,
        without_bed,
        "中共岚溪县委党校",
        printed_at=NOW,
        version="第3版",
    )


def sheet_rows(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("count", (0, 1, 45, 300))
def test_lodging_list(count: int, tmp_path: Path) -> None:
    rows = lodgers(count)

    pages = pdf_pages(lodging_pdf([lodging(rows, ("吴𣲗",))]))
    lodging_xlsx(tmp_path / "a.xlsx", [lodging(rows)])

    whole = squeezed("".join(pages))
    for row in rows:
        assert whole.count(squeezed(row.name)) >= 1
    for row in rows[::2]:  # a room's cell is printed once for its two people
        assert whole.count(f"楼{row.room}") == 1
    assert "尚未安排床位（1人）：吴𣲗" in whole
    assert "第3版" in pages[0]
    assert "制表人" in pages[-1]
    assert "审核人" in pages[-1]
    assert sum(column.width for column in lodging_sheet(lodging(rows)).table.columns) == 165
    names = [row[4] for row in sheet_rows(tmp_path / "a.xlsx")]
    assert [name for name in names if name in {row.name for row in rows}] == [row.name for row in rows]


def test_rooms_of_the_same_number_in_two_buildings_stay_apart() -> None:
    rows = [LodgingRow("明德楼", "101", "1", "甲", "男"), LodgingRow("致远楼", "101", "1", "乙", "男")]

    (page,) = pdf_pages(lodging_pdf([lodging(rows)]))

    assert squeezed(page).count("楼101") == 2


def test_each_class_begins_on_its_own_page() -> None:
    pages = pdf_pages(lodging_pdf([lodging(lodgers(3)), lodging(lodgers(2))]))

    assert ["第1页 共1页" in page for page in pages] == [True, True]


def test_wall_lists_have_no_place_for_phone_or_id_numbers() -> None:
    for words in (LodgingRow, DoorCard, RoomBox):
        assert not {"phone", "id_number", "birth"} & {field.name for field in fields(words)}


def test_front_desk_list_is_in_pinyin_order_with_surnames_read_right(tmp_path: Path) -> None:
    names = ("周启明", "单雄", "仇英", "曾国", "阿依古丽·买买提", "郑𬱖", "孙𫖯", "Bob")
    rows = [LodgingRow("明德楼", "201", "1", name, "男") for name in names]
    data = DeskSheet("住宿人员索引", rows, day=date(2026, 3, 9))

    wanted = ["阿依古丽·买买提", "Bob", "仇英", "单雄", "孙𫖯", "曾国", "郑𬱖", "周启明"]
    assert [row[1] for row in desk_sheet(data).table.rows if isinstance(row, list)] == wanted
    assert [row[0] for row in desk_sheet(data).table.rows if isinstance(row, list)] == list("ABQSSZZZ")
    page = squeezed(pdf_pages(desk_pdf(data))[0])
    assert sorted(wanted, key=page.index) == wanted
    desk_xlsx(tmp_path / "a.xlsx", data)
    assert [row[1] for row in sheet_rows(tmp_path / "a.xlsx")][-8:] == wanted


def test_front_desk_list_of_300() -> None:
    rows = lodgers(300)

    pages = pdf_pages(desk_pdf(DeskSheet("住宿人员索引", rows, printed_at=NOW)))

    whole = squeezed("".join(pages))
    assert all(squeezed(f"{row.name}男{row.building}{row.room}{row.bed}") in whole for row in rows)
    assert len(pages) <= 14
    assert "（无人住宿）" in pdf_pages(desk_pdf(DeskSheet("住宿人员索引", [])))[0]


def chart() -> RoomChart:
    floors = tuple(
        FloorRooms(
            f"{level}层",
            tuple(
                RoomBox(f"{level}{number:02d}", "双人间", 2, (f"甲{level}{number:02d}", f"乙{level}{number:02d}"))
                for number in range(1, 15)
            ),
        )
        for level in range(2, 7)
    )
    first = FloorRooms(
        "1层",
        (
            RoomBox("101", "双人间", 2),
            RoomBox("102", "双人间", 2, ("孙𫖯",)),
            RoomBox("103", "三人间", 3, ("郑𬱖", "阿依古丽·买买提", "赵䶮")),
            RoomBox("104", "双人间", 2, locked="卫生间漏水"),
            RoomBox("105", "值班室", 1, ("李师傅",), staff=True),
            RoomBox("106", "八人间", 8, tuple(f"学员{number}" for number in range(8))),
        ),
    )
    return RoomChart(
        date(2026, 3, 9), (BuildingChart("明德楼", (first, *floors)), BuildingChart("致远楼", ())), printed_at=NOW
    )


def test_room_chart_shows_every_room_and_every_name(tmp_path: Path) -> None:
    pages = pdf_pages(room_chart_pdf(chart()))

    whole = squeezed("".join(pages))
    for room in chart().buildings[0].rooms:
        assert room.number in whole
        assert all(squeezed(name) in whole for name in room.names)
    for text in ("空1床", "卫生间漏水", "空房", "停用/维修", "教师/值班", "2026年3月9日(周一)"):
        assert text in whole
    assert squeezed("总床位 157　已住 152　空 3　维修 2") in whole
    assert "（本楼没有房间）" in squeezed(pages[-1])
    assert set(pdf_sizes(room_chart_pdf(chart()))) == {(297, 210)}
    assert set(pdf_sizes(room_chart_pdf(chart(), paper=A3_LANDSCAPE))) == {(420, 297)}
    room_chart_xlsx(tmp_path / "a.xlsx", chart())
    assert "郑𬱖" in str(sheet_rows(tmp_path / "a.xlsx"))


def test_a_rooms_mark_follows_from_its_state() -> None:
    assert RoomBox("1", "", 2).mark is RoomMark.FREE
    assert RoomBox("1", "", 2, ("甲",)).mark is RoomMark.OCCUPIED
    assert RoomBox("1", "", 2, ("甲",), locked="漏水").mark is RoomMark.LOCKED
    assert RoomBox("1", "", 2, ("甲",), locked="漏水").free_beds == 0
    assert RoomBox("1", "", 1, ("甲", "乙")).free_beds == 0


def test_no_building_gives_a_page_all_the_same() -> None:
    assert "没有房间" in squeezed(pdf_pages(room_chart_pdf(RoomChart(date(2026, 3, 9), ())))[0])


@pytest.mark.parametrize(
    ("size", "per_page", "paper"), ((CardSize.EIGHTH, 8, (210, 297)), (CardSize.A6, 1, (148, 105)))
)
@pytest.mark.parametrize("count", (0, 1, 8, 9, 23))
def test_door_cards(size: CardSize, per_page: int, paper: tuple[int, int], count: int) -> None:
    cards = [
        DoorCard("明德楼", f"{200 + number}", (f"张甲{number}", f"李乙{number}"), CLASS) for number in range(count)
    ]

    data = door_cards_pdf(cards, size)

    pages = pdf_pages(data)
    assert len(pages) == max(-(-count // per_page), 1)
    assert set(pdf_sizes(data)) == {paper}
    for number, card in enumerate(cards):
        text = squeezed(pages[number // per_page])
        assert card.room in text
        assert all(name in text for name in card.names)
    if not cards:
        assert "没有需要打印的房间" in pages[0]


@pytest.mark.parametrize("size", CardSize)
def test_a_door_card_shortens_nothing(size: CardSize) -> None:
    long_name = "岚溪县2026年春季学期中青年干部培训班暨后备干部能力提升专题研讨班"
    card = DoorCard("致远楼", "A-201甲", RARE_NAMES[:6], long_name, "3月9日—27日")

    (page,) = pdf_pages(door_cards_pdf([card], size))

    for text in (card.building, card.room, long_name, card.note, *card.names):
        assert squeezed(text) in squeezed(page)


def test_door_cards_as_a_list(tmp_path: Path) -> None:
    door_cards_xlsx(tmp_path / "a.xlsx", [DoorCard("明德楼", "0201", ("孙𫖯", "赵䶮"), CLASS)])

    assert sheet_rows(tmp_path / "a.xlsx")[-1] == [1.0, "明德楼", "0201", "孙𫖯、赵䶮", CLASS, ""]
