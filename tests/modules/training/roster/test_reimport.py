"""The same roster again, the file sent back, the same people in another class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dangxiao_houqin.core.errors import Unavailable
from dangxiao_houqin.documents.sheets import Book, CellValue, Sheet
from dangxiao_houqin.modules.training.roster import (
    EnrolledElsewhere,
    ExistingPerson,
    RosterPreview,
    build_preview,
    diff,
    overlapping_classes,
    read_book,
    read_roster,
    save_problems,
)
from tests.modules.training.roster.test_layouts import OPTIONS, A, B, C, sheet
from tests.modules.training.roster.test_samples import ROSTERS

HEAD = ["姓名", "性别", "单位", "手机", "身份证号", "备注"]
PEOPLE: list[list[CellValue]] = [
    ["王刚", "男", "县委办", "19900000001", A, ""],
    ["李强", "男", "县府办", "19900000002", "", "清真"],
    ["赵明", "男", "县财政局", "", "", ""],
]


def preview(rows: Sequence[Sequence[CellValue]], head: Sequence[str] = HEAD) -> RosterPreview:
    return build_preview(Book("a.xlsx", "xlsx", (sheet([head, *rows]),)), OPTIONS)


def existing(found: RosterPreview) -> list[ExistingPerson]:
    return [ExistingPerson(100 + row.order, row.record()) for row in found.people]


def test_same_file_again_changes_nothing() -> None:
    for path in ROSTERS.glob("*"):
        if path.name != "有错误的名单.xlsx":
            found = read_roster(path, OPTIONS)
            result = diff(existing(found), found)
            assert result.empty, path.name
            assert len(result.unchanged) == len(found.people)


def test_added_changed_withdrawn() -> None:
    before = existing(preview(PEOPLE))
    rows = [
        ["王钢", "男", "县委办", "19900000009", A, "打鼾"],  # same number: a corrected name, phone and remark
        ["李强", "男", "县交通局", "19900000002", B, "清真"],  # same name and phone: a new unit and a number
        ["孙英", "女", "县民政局", "19900000004", "", ""],
    ]
    result = diff(before, preview(rows))
    assert [r.name for r in result.added] == ["孙英"]
    assert [p.record["name"] for p in result.withdrawn] == ["赵明"]
    changes = {c.existing.key: {(x.title, str(x.old), str(x.new)) for x in c.changes} for c in result.changed}
    assert changes == {
        101: {
            ("姓名", "王刚", "王钢"),
            ("联系电话", "19900000001", "19900000009"),
            ("需求", "[]", "['snores']"),
            ("备注", "", "打鼾"),
        },
        102: {("单位", "县府办", "县交通局"), ("身份证号", "", B), ("出生年月", "", "1983-04-04")},
    }
    assert not result.empty


def test_matched_by_name_and_unit_only_when_one_fits() -> None:
    before = existing(preview(PEOPLE))
    result = diff(before, preview([["赵明", "男", "县财政局", "19900000007", C, ""]]))
    assert [c.existing.key for c in result.changed] == [103]
    twins = [["赵明", "男", "县财政局", "", "", ""], ["赵明", "男", "县财政局", "19900000008", "", ""]]
    result = diff(before, preview(twins))
    assert len(result.added) == 2
    assert 103 in {p.key for p in result.withdrawn}


def test_contradicting_numbers_are_two_people() -> None:
    before = existing(preview(PEOPLE))
    result = diff(before, preview([["王刚", "男", "县委办", "19900000001", B, ""]]))
    assert [r.name for r in result.added] == ["王刚"]
    assert len(result.withdrawn) == 3


def test_columns_that_the_file_lacks_are_not_wiped() -> None:
    before = existing(preview(PEOPLE))
    result = diff(before, preview([[p[0], p[1], p[3], p[2]] for p in PEOPLE], ["姓名", "性别", "手机", "单位"]))
    assert result.changed == ()
    assert len(result.unchanged) == 3


def test_a_new_order_is_told() -> None:
    before = existing(preview(PEOPLE))
    result = diff(before, preview([PEOPLE[1], PEOPLE[0], PEOPLE[2]]))
    assert result.changed == ()
    assert result.moved
    assert not result.empty


def test_only_good_rows() -> None:
    found = preview([*PEOPLE, ["", "女", "县民政局", "", "", ""]])
    assert len(diff((), found, found.good_people()).added) == 3


def test_overlapping_classes() -> None:
    found = preview(PEOPLE)
    others = [
        EnrolledElsewhere("王刚", A, "", "科级班", date(2026, 3, 10), date(2026, 3, 25)),
        EnrolledElsewhere("李强", "", "19900000002", "调训班", date(2026, 3, 20), date(2026, 3, 25)),
        EnrolledElsewhere("赵明", "", "", "调训班", date(2026, 3, 2), date(2026, 3, 25)),
    ]
    problems = overlapping_classes(found.people, others, date(2026, 3, 2), date(2026, 3, 20))
    assert [(p.row, p.severity) for p in problems] == [(2, "warning")]  # nights are half-open; a bare name is no proof
    assert "科级班" in problems[0].message


# ----------------------------------------------------------------------------------------- sent back


def test_file_with_problem_column(tmp_path: Path) -> None:
    book = read_book(ROSTERS / "有错误的名单.xlsx")
    found = build_preview(book, OPTIONS)
    path = save_problems(tmp_path / "退回.xlsx", book, found)
    back = openpyxl.load_workbook(path).active
    assert back["G1"].value == "问题说明"
    assert "性别填“女”" in back["G4"].value
    assert back["D9"].value == "5.00199E+17"
    assert back["B4"].fill.fgColor.rgb == "FFFFC7CE"
    assert back["B3"].fill.fill_type is None
    # What comes back can be imported again: the problem column means nothing.
    again = read_roster(path, OPTIONS)
    assert [(p.address, p.message) for p in again.problems] == [(p.address, p.message) for p in found.problems]


def test_messy_file_keeps_merges_dates_and_says_who_was_left_out(tmp_path: Path) -> None:
    book = read_book(next(ROSTERS.glob("乡科级*")))
    found = build_preview(book, OPTIONS)
    back = openpyxl.load_workbook(save_problems(tmp_path / "a.xlsx", book, found))["Sheet1"]
    assert "B7:B10" in {str(m) for m in back.merged_cells.ranges}
    assert back["E6"].value.date() == date(1974, 9, 3)
    assert "同一个人" in back["L70"].value
    assert back["L72"].value == "未计入名单：合计行"
    assert back["L7"].value is None
    again = read_roster(tmp_path / "a.xlsx", OPTIONS)
    assert [row.record() for row in again.people] == [row.record() for row in found.people]


def test_texts_never_become_formulas(tmp_path: Path) -> None:
    evil = ['=HYPERLINK("http://x","点")', "+1", "@SUM(A1)", "-2+3|cmd", "正常\x00\x0b字"]
    book = Book("a.csv", "csv", (Sheet("名/单", [["姓名", "性别"], *[[text, "男"] for text in evil]]),))
    path = save_problems(tmp_path / "a.xlsx", book, build_preview(book, OPTIONS))
    back = openpyxl.load_workbook(path).active
    assert back.title == "名_单"
    assert [back.cell(r, 1).data_type for r in range(2, 7)] == ["s"] * 5
    assert [back.cell(r, 1).value for r in range(2, 6)] == evil[:4]
    assert [cell for row in read_book(path).sheets[0].rows for cell in row].count(evil[0]) == 1


def test_unwritable_place_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    book = read_book(ROSTERS / "有错误的名单.xlsx")
    found = build_preview(book, OPTIONS)
    with pytest.raises(Unavailable, match="无法保存"):
        save_problems(tmp_path / "没有" / "a.xlsx", book, found)
    taken = tmp_path / "a.xlsx"
    taken.mkdir()
    with pytest.raises(Unavailable, match="无法保存"):
        save_problems(taken, book, found)
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_record_names_what_is_stored() -> None:
    row = preview(PEOPLE).people[1]
    record = row.record()
    assert record["needs"] == ["diet:清真"]
    assert record["lodging"] is True
    assert replace(row, lodging=False).record()["lodging"] is False
