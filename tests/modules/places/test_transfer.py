"""The room workbook: out and in again changes nothing; a hand-made one is understood or refused at the cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.places import queries, services
from dangxiao_houqin.modules.places.domain import (
    BedInput,
    BulkRooms,
    SaveBuilding,
    SaveFloor,
    SaveOutage,
    SaveRoom,
    SaveSite,
)
from dangxiao_houqin.modules.places.transfer import (
    RoomBook,
    import_rooms,
    list_room_lines,
    preview_rooms,
    read_room_book,
    write_room_book,
)
from tests.conftest import OpenUnit

HEAD = ("楼栋", "层号", "房号", "房型", "床位数")


def sheet(path: Path, *rows: tuple[Any, ...], head: tuple[str, ...] = HEAD) -> RoomBook:
    """A hand-made workbook, read."""
    book = Workbook()
    book.active.append(["宿舍登记表"])
    for row in (head, *rows):
        book.active.append(row)
    book.save(path / "房间.xlsx")
    return read_room_book(no_progress, path / "房间.xlsx")


def make_school(ctx: Ctx) -> None:
    """Two sites, odd numbers, a bed that is never given out, a basement, an outage."""
    main = services.save_site(ctx, SaveSite("本部"))
    branch = services.save_site(ctx, SaveSite("东校区", 1))
    first = services.save_building(ctx, SaveBuilding("明德楼", "A", True, 1, "=1+1 不是公式", main))
    second = services.save_building(ctx, SaveBuilding("明德楼", "C", False, 2, "", branch))
    services.create_rooms(ctx, BulkRooms(first, (3, 4), 3, "301", "双人间", 2, skip_digits="2"))
    floor = services.save_floor(ctx, SaveFloor(second, -1, preferred_sex="女", note="半地下"))
    beds = (BedInput("靠窗"), BedInput("加床", assignable=False))
    services.save_room(ctx, SaveRoom(floor, "8-10", "双人间", beds, near_lift=True, reserve=True, note="有窗"))
    services.save_room(ctx, SaveRoom(floor, "201甲", "值班房", (), accessible=True, assignable=False))


def test_export_and_import_again_changes_nothing(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_school(ctx)
    with unit(read_only=True) as ctx:
        lines = list_room_lines(ctx)
    book = read_room_book(no_progress, write_room_book(no_progress, tmp_path / "房间.xlsx", lines))
    assert book.problems == ()
    with unit() as ctx:
        preview = preview_rooms(ctx, book)
        assert [change.kind for change in preview.changes] == ["unchanged"] * 8
        assert (preview.untouched, preview.beds_removed, preview.new_buildings) == (0, 0, ())
        result = import_rooms(ctx, book)
        assert (result.added, result.changed, result.unchanged) == (0, 0, 8)
        assert ctx.changed == set()


def test_export_into_an_empty_database_gives_the_same_school(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_school(ctx)
        lines = list_room_lines(ctx)
    path = write_room_book(no_progress, tmp_path / "房间.xlsx", lines)
    with unit() as ctx:
        for room in queries.list_rooms(ctx, ListQuery()).rows:
            services.delete_room(ctx, room.id)
        for building in queries.list_buildings(ctx):
            services.delete_building(ctx, building.id)
    with unit() as ctx:
        result = import_rooms(ctx, read_room_book(no_progress, path))
        assert result.added == 8
    with unit(read_only=True) as ctx:
        assert list_room_lines(ctx) == lines


def test_exported_text_is_text_and_not_a_formula(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_school(ctx)
        path = write_room_book(no_progress, tmp_path / "房间.xlsx", list_room_lines(ctx))
    cells = [cell for row in load_workbook(path).active.iter_rows() for cell in row]
    assert any(cell.value == "=1+1 不是公式" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_hand_made_sheet_is_understood(unit: OpenUnit, tmp_path: Path) -> None:
    head = ("序号", "宿舍楼", "楼层", "房间号", "房间类型", "床位（张）", "无障碍", "备注")
    book = sheet(
        tmp_path,
        (1, "和园", "1层", 101, "双人间", 2, "√", None),
        (2, "和园", "２", "２０１ 甲", "单人间", None, None, "朝南"),
        (3, "和园", "地下1层", "B01", None, "3床", "否", None),
        ("合计", None, None, None, None, 6, None, None),
        head=head,
    )
    assert book.problems == ()
    with unit() as ctx:
        assert import_rooms(ctx, book).added == 3
    with unit(read_only=True) as ctx:
        rooms = {room.number: room for room in queries.list_rooms(ctx, ListQuery()).rows}
        assert set(rooms) == {"101", "201甲", "B01"}
        assert (rooms["101"].accessible, rooms["101"].low_floor, rooms["101"].beds) == (True, True, 2)
        assert (rooms["201甲"].beds, rooms["201甲"].note) == (1, "朝南")
        assert (rooms["B01"].level, rooms["B01"].room_type) == (-1, "三人间")


def test_what_the_sheet_does_not_say_stays(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_school(ctx)
    book = sheet(tmp_path, ("明德楼", 3, "301", "三人间", 3))
    with unit() as ctx:
        preview = preview_rooms(ctx, book)
        assert [(c.kind, c.what) for c in preview.changes] == [("changed", "房型、床位")]
        assert preview.untouched == 7
        before = {
            bed.name: bed.id for form in queries.list_room_forms(ctx) if form.number == "301" for bed in form.beds
        }
        import_rooms(ctx, book)
        (after,) = (form for form in queries.list_room_forms(ctx) if form.number == "301")
        assert after.beds[:2] == (BedInput("1", True, before["1"]), BedInput("2", True, before["2"]))
        assert len(after.beds) == 3
        assert queries.count_beds(ctx).rooms == 8


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("row", "cell", "says"),
    (
        ((None, 3, "301", "双人间", 2), "A3", "请填写楼栋"),
        (("和园", "三", "301", "双人间", 2), "B3", "看不懂层号“三”"),
        (("和园", 0, "301", "双人间", 2), "B3", "看不懂层号“0”"),
        (("和园", 3, None, "双人间", 2), "C3", "请填写房号"),
        (("和园", 3, "3" * 21, "双人间", 2), "C3", "最多 20 个字"),
        (("和园", 3, "301", "双人间", "两"), "E3", "要填数字"),
        (("和园", 3, "301", "双人间", 40), "E3", "最多 12 张床"),
    ),
)
def test_wrong_cell_is_named(tmp_path: Path, row: tuple[Any, ...], cell: str, says: str) -> None:
    book = sheet(tmp_path, row, ("和园", 3, "302", "双人间", 2))
    (problem,) = book.problems
    assert (problem.row, problem.cell) == (3, cell)
    assert says in problem.message
    assert [line.number for line in book.lines] == ["302"]


@pytest.mark.sqlite_only
def test_lines_that_contradict_each_other_are_named(tmp_path: Path) -> None:
    head = ("楼栋", "电梯", "层号", "房号", "床位数", "床号")
    book = sheet(
        tmp_path,
        ("和园", "有", 1, "101", 2, "1、2"),
        ("和园", "无", 1, "102", 2, "1、2"),
        ("和园", "有", 1, "101", 2, "1、2"),
        ("和园", "有", 1, "103", 3, "1、2"),
        ("和园", "大概", 1, "104", 2, "1、1"),
        head=head,
    )
    assert {(problem.cell, problem.message[:5]) for problem in book.problems} == {
        ("B4", "与第 3 "),
        ("D5", "与第 3 "),
        ("E6", "床位数是 "),
        ("B7", "只能填“是"),
        ("F7", "床号有重复"),
    }


def test_nothing_is_written_while_there_is_an_error(unit: OpenUnit, tmp_path: Path) -> None:
    book = sheet(tmp_path, ("和园", 1, "101", "双人间", 2), ("和园", "?", "102", "双人间", 2))
    with pytest.raises(RuleViolation, match="1 处错误"), unit() as ctx:
        import_rooms(ctx, book)
    unknown = sheet(tmp_path, ("和园", 1, "101", "蜂巢", None))
    with unit() as ctx:
        (problem,) = preview_rooms(ctx, unknown).problems
        assert "要填床位数" in problem.message
    with unit(read_only=True) as ctx:
        assert queries.list_buildings(ctx) == ()


def test_rooms_with_outages_survive_an_import(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_school(ctx)
        room = next(r for r in queries.list_rooms(ctx, ListQuery()).rows if r.number == "301")
        services.save_outage(ctx, SaveOutage(room.id, date(2026, 3, 1), None, "漏水"))
        import_rooms(ctx, sheet(tmp_path, ("明德楼", 3, "301", "单人间", 1)))
        after = queries.get_room(ctx, room.id)
        assert (after.row.beds, after.row.outage) == (1, "漏水")


@pytest.mark.sqlite_only
def test_a_file_without_the_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="“楼栋”“层号”“房号”"):
        sheet(tmp_path, ("甲", "乙"), head=("姓名", "单位"))
    with pytest.raises(InvalidInput, match="没有房间"):
        sheet(tmp_path)


def test_import_needs_the_permission(unit: OpenUnit, nobody: object, tmp_path: Path) -> None:
    book = sheet(tmp_path, ("和园", 1, "101", "双人间", 2))
    with unit(actor=nobody) as ctx, pytest.raises(PermissionDenied):
        import_rooms(ctx, book)
