"""Sheets on paper: page breaks, repeated headers, merged cells, signatures that never stand alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import Column
from dangxiao_houqin.core.errors import Cancelled
from dangxiao_houqin.documents.painter import Painter
from dangxiao_houqin.documents.paper import (
    A3_LANDSCAPE,
    A4,
    A4_LANDSCAPE,
    A5,
    A5_LANDSCAPE,
    A6,
    Cell,
    GroupRow,
    Head,
    Paper,
    Sheet,
    Table,
    TableColumn,
)
from dangxiao_houqin.documents.pdf import list_pdf, sheets_pdf
from dangxiao_houqin.documents.sheet_layout import MIN_SIZE, fit
from tests.support.paper import RARE_NAMES, pdf_pages, pdf_sizes, squeezed

COLUMNS = (TableColumn("序号", 15, "center"), TableColumn("姓名", 40), TableColumn("单位", 110))


def sheet(
    count: int, *, paper: Paper = A4, text: str = "县委办公室", notes: tuple[str, ...] = ("注：一句说明。",)
) -> Sheet:
    rows = [[f"№{number}", f"学员{number}", text] for number in range(1, count + 1)]
    return Sheet("测试表", Table(COLUMNS, rows), paper=paper, notes=notes, signature=("制表人：", "审核人："))


@pytest.mark.parametrize("paper", (A4, A4_LANDSCAPE, A5, A5_LANDSCAPE, A6, A3_LANDSCAPE))
def test_every_row_is_printed_once_under_a_header_on_every_page(paper: Paper) -> None:
    data = sheets_pdf([sheet(61, paper=paper)])

    pages = pdf_pages(data)
    whole = squeezed("".join(pages))
    for number in range(1, 62):
        assert whole.count(f"№{number}学员{number}县") == 1
    for number, page in enumerate(pages, 1):
        assert "姓名" in page
        assert f"第{number}页 共{len(pages)}页" in page
        assert ("测试表（续）" in page) == (number > 1)
    assert set(pdf_sizes(data)) == {(round(paper.width), round(paper.height))}


@pytest.mark.parametrize("count", range(62))
def test_the_signature_stays_with_rows_of_its_table(count: int) -> None:
    pages = pdf_pages(sheets_pdf([sheet(count)]))

    assert [("制表人" in page and "一句说明" in page) for page in pages] == [False] * (len(pages) - 1) + [True]
    rows_on_last = pages[-1].count("№")
    assert rows_on_last >= min(count, 3)
    for page in pages[:-1]:
        assert page.count("№") > 0


def test_signature_and_notes_taller_than_what_is_left_take_rows_along() -> None:
    notes = tuple(f"第{number}条说明。" for number in range(20))
    pages = pdf_pages(sheets_pdf([sheet(24, notes=notes)]))

    assert len(pages) == 2
    assert pages[-1].count("№") == 3


def test_a_cell_taller_than_a_page_goes_on_on_the_next() -> None:
    story = "".join(chr(0x4E00 + number) for number in range(6000))
    pages = pdf_pages(sheets_pdf([sheet(1, text=story)]))

    whole = squeezed("".join(pages))
    assert len(pages) > 1
    assert all(char in whole for char in story)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(st.sampled_from("县委办公室（）、，ABC 12孙𫖯"), max_size=200), min_size=1, max_size=12))
def test_no_character_of_any_cell_is_lost(texts: list[str]) -> None:
    columns = (TableColumn("序号", 15), TableColumn("内容", 30), TableColumn("备注", 120))
    rows = [[number, text, text[:20]] for number, text in enumerate(texts)]
    whole = squeezed("".join(pdf_pages(sheets_pdf([Sheet("表", Table(columns, rows))]))))

    for char in "县委办公室（）、孙𫖯":
        expected = sum(text.count(char) + text[:20].count(char) for text in texts)
        assert whole.count(char) == expected


def test_text_is_never_smaller_than_nine_points() -> None:
    painter = Painter("测试")
    for length in range(1, 60):
        fitted = fit("岚" * length, 30, 10.5, "serif", painter)
        assert MIN_SIZE <= fitted.size <= 10.5
        assert "".join(fitted.lines) == "岚" * length
        assert all(painter.width(line, fitted.size) <= 30.01 for line in fitted.lines)


def test_rows_that_agree_in_all_merge_columns_share_one_cell() -> None:
    columns = (TableColumn("楼栋", 30, merge=True), TableColumn("房号", 30, merge=True), TableColumn("姓名", 60))
    rows = [["明德楼", "201", "甲"], ["明德楼", "201", "乙"], ["致远楼", "201", "丙"], ["", "", "丁"], ["", "", "戊"]]

    (page,) = pdf_pages(sheets_pdf([Sheet("表", Table(columns, rows))]))

    assert page.count("明德楼") == 1
    assert page.count("201") == 2
    assert [char for char in page if char in "甲乙丙丁戊"] == list("甲乙丙丁戊")


def test_a_room_is_not_divided_between_pages() -> None:
    columns = (TableColumn("房号", 30, merge=True), TableColumn("姓名", 60))
    rows = [[f"R{number // 3:03d}", f"№{number}"] for number in range(90)]

    pages = pdf_pages(sheets_pdf([Sheet("表", Table(columns, rows))]))

    assert len(pages) > 2
    assert all(page.count("№") % 3 == 0 for page in pages)
    assert sum(page.count("R0") for page in pages) == 30


def test_a_group_line_is_not_left_at_the_foot_of_a_page() -> None:
    for before in range(20, 30):
        rows: list[object] = [[number, "甲", "乙"] for number in range(before)]
        rows += [GroupRow("第二组"), [99, "№丙", "丁"]]
        pages = pdf_pages(sheets_pdf([Sheet("表", Table(COLUMNS, rows))]))  # type: ignore[arg-type]
        (page,) = [page for page in pages if "第二组" in page]
        assert "№丙" in page


def test_spanned_cells_dates_numbers_and_blanks() -> None:
    rows = [
        [Cell("合计", span=2, align="center", bold=True), 3],
        [None, date(2026, 3, 2), datetime(2026, 3, 2, 14, 30, tzinfo=CHINA)],
    ]

    (page,) = pdf_pages(sheets_pdf([Sheet("表", Table(COLUMNS, rows))]))

    assert "合计" in page
    assert "2026-03-02 14:30" in page
    assert "None" not in page


def test_an_empty_table_says_so() -> None:
    (page,) = pdf_pages(sheets_pdf([Sheet("表", Table(COLUMNS, [], empty_text="（本班暂无学员）"))]))

    assert "（本班暂无学员）" in page


def test_head_parts_that_do_not_fit_are_still_printed_whole() -> None:
    head = Head("主办单位：" + "中共岚溪县委组织部" * 6, "培训时间：" + "2026年" * 12, "人数：45人（男30 女15）")

    (page,) = pdf_pages(sheets_pdf([Sheet("表", Table(COLUMNS, []), head=head)]))

    for part in head.parts:
        assert squeezed(part) in squeezed(page)


def test_several_sheets_are_numbered_each_on_their_own() -> None:
    pages = pdf_pages(sheets_pdf([sheet(40), sheet(3, paper=A4_LANDSCAPE)]))

    assert ["第1页 共2页" in pages[0], "第2页 共2页" in pages[1], "第1页 共1页" in pages[2]] == [True] * 3


def test_print_time_and_version_stand_on_every_page() -> None:
    base = sheet(40)
    data = sheets_pdf(
        [Sheet(base.title, base.table, printed_at=datetime(2026, 3, 8, 14, 30, tzinfo=CHINA), version="第3版")]
    )

    for page in pdf_pages(data):
        assert squeezed("第3版打印时间：2026-03-08 14:30") in squeezed(page)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert sheets_pdf([sheet(40)]) == sheets_pdf([sheet(40)])


def test_two_threads_may_print_at_once() -> None:
    alone = [sheets_pdf([sheet(40, text=text)]) for text in RARE_NAMES]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: sheets_pdf([sheet(40, text=text)]), RARE_NAMES * 3))

    assert together == alone * 3


def test_cancel_stops_the_printing() -> None:
    def press_cancel(fraction: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sheets_pdf([sheet(3)], progress=press_cancel)


@dataclass(frozen=True)
class Ticket:
    number: str
    place: str
    cost: int
    day: date


def test_any_list_prints_with_its_own_columns() -> None:
    columns = (
        Column[Ticket]("number", "单号", lambda row: row.number, paper_mm=30),
        Column[Ticket]("place", "地点", lambda row: row.place, width=300),
        Column[Ticket]("cost", "费用", lambda row: row.cost, "money", width=100),
        Column[Ticket]("day", "日期", lambda row: row.day, "date", width=100),
    )
    rows = [Ticket(f"WX-{number}", "明德楼203", 123450 + number, date(2026, 3, 2)) for number in range(60)]

    data = list_pdf("维修台账", Head("单位：元"), columns, rows)

    pages = pdf_pages(data)
    assert set(pdf_sizes(data)) == {(210, 297)}
    for page in pages:
        for title in ("序号", "单号", "地点", "费用", "日期"):
            assert title in page
    whole = squeezed("".join(pages))
    for number, row in enumerate(rows, 1):
        cost = columns[2].display(row).removeprefix("¥")
        assert squeezed(f"{number}{row.number}明德楼203{cost}2026-03-02") in whole


def test_a_wide_list_turns_the_page() -> None:
    columns = tuple(Column[int](f"c{i}", f"列{i}", str, width=140) for i in range(9))

    assert pdf_sizes(list_pdf("宽表", Head(), columns, [1, 2])) == [(297, 210)]
