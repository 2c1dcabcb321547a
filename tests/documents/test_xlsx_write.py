"""Workbooks: typed cells, text that stays text, whole files or none."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Column, Pill
from dangxiao_houqin.core.errors import Cancelled, InvalidInput, Unavailable
from dangxiao_houqin.documents import xlsx_write
from dangxiao_houqin.documents.paper import A4_LANDSCAPE, Cell, GroupRow, Head, Sheet, Table, TableColumn
from dangxiao_houqin.documents.saving import save_bytes
from dangxiao_houqin.documents.xlsx_write import sheet_name, write_form, write_list


@dataclass(frozen=True)
class Stay:
    name: str
    phone: str
    id_number: str
    arrive: date | None
    printed: datetime
    cost: int
    nights: int
    share: float
    state: Pill
    lodging: bool


COLUMNS: tuple[Column[Stay], ...] = (
    Column("name", "姓名", lambda row: row.name),
    Column("phone", "电话", lambda row: row.phone, "phone"),
    Column("id_number", "身份证号", lambda row: row.id_number, "id_number"),
    Column("arrive", "入住", lambda row: row.arrive, "date"),
    Column("printed", "登记时间", lambda row: row.printed, "datetime"),
    Column("cost", "费用", lambda row: row.cost, "money"),
    Column("nights", "晚数", lambda row: row.nights, "int"),
    Column("share", "入住率", lambda row: row.share, "percent"),
    Column("state", "状态", lambda row: row.state, "pill"),
    Column("lodging", "住宿", lambda row: row.lodging, "bool"),
)
STAY = Stay(
    "孙𫖯",
    "013900000001",
    "513433198503120018",
    date(2026, 3, 9),
    datetime(2026, 3, 9, 14, 30, tzinfo=CHINA),
    -123405,
    18,
    0.125,
    Pill("在住", "success"),
    True,
)
NAME = Column[str]("text", "内容", lambda row: row)


def calamine(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_cells_have_their_types(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", "住宿名单", COLUMNS, [STAY])

    title, header, row = calamine(tmp_path / "a.xlsx")

    assert title[0] == "住宿名单"
    assert header == [column.title for column in COLUMNS]
    assert row == [
        "孙𫖯",
        "013900000001",
        "513433198503120018",
        date(2026, 3, 9),
        datetime(2026, 3, 9, 14, 30),  # noqa: DTZ001 - a sheet has no time zones
        -1234.05,
        18,
        0.125,
        "在住",
        "是",
    ]


def test_the_sheet_is_ready_to_use_and_to_print(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", "住宿名单", COLUMNS, [STAY] * 3)

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active

    assert sheet.title == "住宿名单"
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == "A2:J5"
    assert sheet.print_title_rows == "$1:$2"
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (9, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert str(sheet.merged_cells) == "A1:J1"
    assert sheet["F3"].number_format == "#,##0.00"
    assert sheet["D3"].is_date
    assert sheet["E3"].value == datetime(2026, 3, 9, 14, 30)  # noqa: DTZ001
    assert sheet["B3"].number_format == "@"


@pytest.mark.parametrize("text", ("=1+1", "+8613900000001", "-5", "@SUM(A1)", '=HYPERLINK("x")'))
def test_a_text_that_looks_like_a_formula_stays_text(tmp_path: Path, text: str) -> None:
    write_list(tmp_path / "list.xlsx", "表", [NAME], [text])
    write_form(tmp_path / "form.xlsx", [Sheet("表", Table((TableColumn("内容", 50),), [[text]]))])

    for name, address in (("list.xlsx", "A3"), ("form.xlsx", "A3")):
        cell = openpyxl.load_workbook(tmp_path / name).active[address]
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30), max_size=5))
def test_any_text_is_read_back_as_written(tmp_path: Path, texts: list[str]) -> None:
    texts = [text for text in texts if not {"\ufffe", "\uffff"} & set(text)]
    write_list(tmp_path / "a.xlsx", "表", [NAME], texts)

    assert [row[0] for row in calamine(tmp_path / "a.xlsx")[2:]] == texts


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", "表", [NAME], ["周\x00启\x0b明\ud800", "一\n二\t三", " 空格 ", '<&>"'])

    read = [row[0] for row in calamine(tmp_path / "a.xlsx")[2:]]

    assert read == ["周启明\ufffd", "一\n二\t三", " 空格 ", '<&>"']


def test_a_text_longer_than_a_cell_is_cut_between_characters_and_says_so(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", "表", [NAME], ["𫖯" * 40_000])

    text = str(calamine(tmp_path / "a.xlsx")[2][0])

    assert text.endswith("（超长，已截断）")
    assert len(text.encode("utf-16-le")) // 2 <= 32_767
    assert set(text.split("…", maxsplit=1)[0]) == {"𫖯"}


def test_an_empty_list_is_a_header(tmp_path: Path) -> None:
    write_list(tmp_path / "a.xlsx", "表", COLUMNS, [])

    assert openpyxl.load_workbook(tmp_path / "a.xlsx").active.max_row == 2


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_write, "MAX_ROWS", 10)

    write_list(tmp_path / "a.xlsx", "表", [NAME], ["行"] * 8)
    with pytest.raises(InvalidInput, match="8 行"):
        write_list(tmp_path / "b.xlsx", "表", [NAME], ["行"] * 9)

    assert os.listdir(tmp_path) == ["a.xlsx"]  # noqa: PTH208 - the plain names


def test_cancel_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"old")

    def press_cancel(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write_list(path, "表", [NAME], ["行"] * 5000, progress=press_cancel)
    with pytest.raises(Cancelled):
        write_form(path, [Sheet("表", Table((TableColumn("内容", 50),), []))], progress=press_cancel)

    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.xlsx"]


def test_progress_goes_from_nothing_to_all(tmp_path: Path) -> None:
    seen: list[float] = []

    write_list(tmp_path / "a.xlsx", "表", [NAME], ["行"] * 5000, progress=lambda share, _text: seen.append(share))

    assert len(seen) > 5
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_place_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="文件夹不存在"):
        write_list(tmp_path / "none" / "a.xlsx", "表", [NAME], [])
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(Unavailable, match=r"无法保存文件“folder\.pdf”"):
        save_bytes(tmp_path / "folder.pdf", b"x")
    assert [file.name for file in tmp_path.iterdir()] == ["folder.pdf"]


def test_sheet_names_follow_excels_rules() -> None:
    assert sheet_name("名单[1]:*?/\\终") == "名单_1______终"
    assert len(sheet_name("长" * 40)) == 31
    assert sheet_name("表", ["表"]) == "表(2)"
    assert sheet_name("") == "Sheet"


def test_a_form_keeps_its_look(tmp_path: Path) -> None:
    columns = (TableColumn("房号", 18, "center", merge=True), TableColumn("姓名", 24), TableColumn("日期", 30))
    rows = [["201", "甲", date(2026, 3, 2)], ["201", "乙", None], GroupRow("二组"), [Cell("合计", span=2), 2]]
    sheet = Sheet("住宿安排表", Table(columns, rows), A4_LANDSCAPE, "党校", Head("左", "中"), ("注",), ("制表人：",))

    write_form(tmp_path / "a.xlsx", [sheet, sheet])

    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["住宿安排表", "住宿安排表(2)"]
    page = book.active
    merged = {str(area) for area in page.merged_cells}
    assert {"A1:C1", "A2:C2", "A3:C3", "A5:A6", "A7:C7", "A8:B8"} <= merged
    assert [page["A1"].value, page["A2"].value, page["A3"].value] == ["党校", "住宿安排表", "左　　中"]
    assert (page["C5"].number_format, page["C5"].is_date, page["C8"].value) == ("yyyy-mm-dd", True, 2)
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.print_title_rows == "$4:$4"
    assert [row[0] for row in calamine(tmp_path / "a.xlsx")][-2:] == ["注", "制表人："]
