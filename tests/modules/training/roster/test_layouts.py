"""Rosters as they really arrive: where the table is, what each row is, whose cell is in question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dangxiao_houqin.core.errors import Cancelled, InvalidInput
from dangxiao_houqin.documents.sheets import Book, CellValue, MergedRange, Sheet
from dangxiao_houqin.modules.training.roster import Field, RosterOptions, RosterPreview, build_preview
from tests.modules.training.roster.test_samples import assert_every_row_once
from tests.modules.training.roster.test_values import identity_number

OPTIONS = RosterOptions(date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 20))
A, B, C = (identity_number(f"500199198304{day:02d}111") for day in (3, 4, 5))
"""Three men; the numbers are invented (no such region)."""


def sheet(
    rows: Sequence[Sequence[CellValue]], merged: tuple[MergedRange, ...] = (), name: str = "名单", **more: Any
) -> Sheet:
    width = max(map(len, rows), default=0)
    return Sheet(name, [[*row, *[""] * (width - len(row))] for row in rows], merged, **more)


def preview(*sheets: Sheet, **more: Any) -> RosterPreview:
    found = build_preview(Book("名单.xlsx", "xlsx", sheets), OPTIONS, **more)
    assert_every_row_once(found)
    return found


def kinds(found: RosterPreview) -> dict[int, str]:
    return {s.row: s.kind for s in found.skipped_rows}


HEADER = ["序号", "姓名", "性别", "单位", "手机", "备注"]


def test_titles_notes_blank_columns_totals_and_signatures() -> None:
    found = preview(
        sheet(
            [
                ["附件2"],
                ["", "某某班名单"],
                [],
                ["", *HEADER[:3], "", *HEADER[3:]],
                ["", 1.0, "王丽", "女", "", "县委办", "19900000001"],
                [],
                ["", 2.0, "李强", "男", "", "县府办", "19900000002"],
                ["", 3.0],
                ["", "合计", "", "2人"],
                ["", "注：请于3月1日前报送"],
                ["", "制表：张三", "", "", "", "审核：李四"],
                ["", "联系人", "赵六", "", "", "电话：19900000009"],
                ["单位（盖章）", "", "", "", "", "2026年3月1日"],
            ]
        )
    )
    assert [row.name for row in found.people] == ["王丽", "李强"]
    assert kinds(found) == {
        1: "title",
        2: "title",
        3: "title" if found.skipped_rows[2].text else "blank",
        4: "header",
        6: "blank",
        8: "blank",
        9: "total",
        10: "note",
        11: "signature",
        12: "signature",
        13: "signature",
    }
    assert found.problems == ()


@pytest.mark.parametrize(
    "last",
    (
        ["合计", "2人"],
        ["", "共计2人"],
        ["总计：", "", "", "", "", "2"],
        ["合  计", "", "男1人", "女1人"],
        ["", "合计", "", "", "", ""],
        ["", "小计", "", "2"],
    ),
)
def test_totals_are_nobody(last: list[CellValue]) -> None:
    found = preview(sheet([HEADER, [1.0, "王丽", "女", "县委办", "19900000001"], last]))
    assert len(found.people) == 1
    assert kinds(found)[3] == "total"


@pytest.mark.parametrize(
    "last",
    (
        ["制表人：", "张三", "", "审核人：", "李四"],
        ["制表：张三"],
        ["", "审核人：王五", "", "", "", ""],
        ["负责人（签字）：", "", "", "经办人："],
        ["", "", "", "", "填表日期：2026年3月1日", "审核：李四"],
        ["（盖章）"],
    ),
)
def test_signatures_are_nobody(last: list[CellValue]) -> None:
    found = preview(sheet([HEADER, [1.0, "王丽", "女", "县委办", "19900000001"], last]))
    assert len(found.people) == 1
    assert kinds(found)[3] == "signature"


def test_people_with_unlucky_names_are_people() -> None:
    """陈合计 and 单注 exist; a 审核科 is a unit."""
    rows = [[1.0, "陈合计", "男", "县委办", "19900000001"], [2.0, "单注", "女", "审核科", "19900000002"]]
    rows.append([3.0, "共和平", "男", "县委办", "19900000003"])
    assert [row.name for row in preview(sheet([HEADER, *rows])).people] == ["陈合计", "单注", "共和平"]


def test_two_header_rows_without_merges() -> None:
    found = preview(
        sheet(
            [
                ["名单"],
                ["序号", "单位", "基本情况", "", "", "联系方式", ""],
                ["", "", "姓 名", "性别", "民族", "手机", "办公电话"],
                [1.0, "县委办", "王　丽", "女", "汉", "19900000001", "61234567"],
            ]
        )
    )
    row = found.people[0]
    assert (row.name, row.sex, row.ethnicity, row.phone, row.office_phone) == (
        "王丽",
        "女",
        "汉族",
        "19900000001",
        "61234567",
    )
    assert found.mapping[0].header_rows == (2, 3)


def test_name_in_the_upper_header_row() -> None:
    found = preview(
        sheet(
            [
                ["姓名", "性别", "住宿", ""],
                ["", "", "是否住宿", "备注"],
                ["王丽", "女", "否", "打鼾"],
            ],
            (MergedRange(1, 1, 2, 1), MergedRange(1, 2, 2, 2), MergedRange(1, 3, 1, 4)),
        )
    )
    assert found.people[0].lodging is False
    assert [n.code for n in found.people[0].needs] == ["snores"]
    assert kinds(found) == {1: "header", 2: "header"}


def test_merged_unit_and_group_run_down_but_names_do_not() -> None:
    merged = (MergedRange(2, 3, 4, 3), MergedRange(2, 4, 3, 4), MergedRange(2, 1, 3, 1))
    rows = [
        ["姓名", "性别", "单位", "组别"],
        ["王丽", "女", "县委办", "一组"],
        ["", "男", "", ""],
        ["李强", "男", "", "二组"],
    ]
    found = preview(sheet(rows, merged))
    assert [(r.name, r.unit_name, r.group_name) for r in found.people] == [
        ("王丽", "县委办", "一组"),
        ("", "县委办", "一组"),
        ("李强", "县委办", "二组"),
    ]
    assert [p.address for p in found.errors] == ["A3"]


def test_ditto_marks() -> None:
    rows = [HEADER, [1.0, "王丽", "女", "县委办", "19900000001"], [2.0, "李强", "男", "同上", "19900000002"]]
    rows.append([3.0, "赵敏", "女", "〃", "19900000003"])
    assert {row.unit_name for row in preview(sheet(rows)).people} == {"县委办"}


def test_sheets_pasted_together_with_repeated_and_different_headers() -> None:
    found = preview(
        sheet(
            [
                ["凤凰镇人民政府参训名单"],
                ["序号", "姓名", "性别", "单位", "手机"],
                [1.0, "王丽", "女", "凤凰镇人民政府", "19900000001"],
                [],
                ["县交通局参训人员名单"],
                ["序号", "单位", "姓名", "性别", "联系电话", "备注"],
                [1.0, "县交通局", "李强", "男", "19900000002", "清真"],
                ["序号", "单位", "姓名", "性别", "联系电话", "备注"],
                [1.0, "县民政局", "赵敏", "女", "19900000003", ""],
            ]
        )
    )
    assert [(r.name, r.sex, r.unit_name, r.phone) for r in found.people] == [
        ("王丽", "女", "凤凰镇人民政府", "19900000001"),
        ("李强", "男", "县交通局", "19900000002"),
        ("赵敏", "女", "县民政局", "19900000003"),
    ]
    assert len(found.mapping) == 2
    assert kinds(found) == {1: "title", 2: "header", 4: "blank", 5: "note", 6: "header", 8: "header"}


def test_second_table_with_two_header_rows_and_a_merge_into_the_people_above() -> None:
    rows = [["姓名", "性别"], ["王丽", "女"], ["性别", "联系方式"], ["", "手机", "姓名"], ["男", "19900000001", "李强"]]
    found = preview(sheet(rows, (MergedRange(2, 2, 4, 2),)))
    assert [(r.name, r.sex) for r in found.people] == [("王丽", "女"), ("李强", "男")]
    rows = [
        ["姓名", "性别"],
        ["王丽", "女"],
        ["性别", "联系方式", ""],
        ["", "手机", "姓名"],
        ["男", "19900000001", "李强"],
    ]
    found = preview(sheet(rows))
    assert [(r.name, r.sex, r.phone) for r in found.people] == [("王丽", "女", ""), ("李强", "男", "19900000001")]
    assert kinds(found) == {1: "header", 3: "header", 4: "header"}


def test_unit_and_group_headings_between_rows() -> None:
    found = preview(
        sheet(
            [
                ["姓名", "性别"],
                ["第一组（2人）"],
                ["王丽", "女"],
                ["一、县交通局（1人）"],
                ["李强", "男"],
            ]
        )
    )
    assert [(r.name, r.group_name, r.unit_name) for r in found.people] == [
        ("王丽", "第一组", ""),
        ("李强", "第一组", "县交通局"),
    ]
    assert kinds(found) == {1: "header", 2: "heading", 4: "heading"}


def test_several_sheets_are_joined_and_repeats_across_them_left_out() -> None:
    one = sheet([["姓名", "性别", "身份证号"], ["王丽", "", A]], name="甲")
    two = sheet([["姓名", "身份证号"], ["王丽", A], ["李强", B]], name="乙")
    other = sheet([["说明"], ["本表由各单位填写"]], name="填表说明")
    old = sheet([["姓名"], ["旧人"]], name="旧", hidden=True)
    found = preview(one, two, other, old, sheet([], name="空"))
    assert [(r.sheet, r.name) for r in found.people] == [("甲", "王丽"), ("乙", "李强")]
    assert {s.name: s.reason for s in found.sheets} == {
        "甲": "",
        "乙": "",
        "填表说明": "没有找到“姓名”一列",
        "旧": "已隐藏的工作表",
        "空": "空表",
    }
    assert "工作表“甲”第 2 行" in next(p.message for p in found.problems if p.sheet == "乙")
    only = preview(one, two, sheets=["乙"])
    assert [r.name for r in only.people] == ["王丽", "李强"]


def test_no_table_and_no_people_are_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="没有找到“姓名”一列"):
        preview(sheet([["编号", "部门"], [1.0, "县委办"]]))
    with pytest.raises(InvalidInput, match="没有找到“姓名”一列"):
        preview(sheet([["会议纪要"], ["参会人员姓名见附件，请各单位报送"]]))
    empty = build_preview(Book("x", "csv", (sheet([HEADER]),)), OPTIONS)
    assert empty.people == ()


def test_rows_without_a_name_but_with_a_person_are_errors_not_dropped() -> None:
    found = preview(sheet([HEADER, [1.0, "", "女", "县委办", "19900000001"], [2.0, "", "", "", "19900000002"]]))
    assert len(found.people) == 2 or kinds(found).get(3) == "note"
    assert found.people[0].has_error
    assert found.errors[0].address == "B2"


def test_override_and_remembered_mapping() -> None:
    table = sheet([["姓名", "甲", "乙"], ["王丽", "女", "县委办"]])
    first = preview(table)
    assert [h.field for h in first.mapping[0].headers] == [Field.NAME, None, None]
    assert first.people[0].extra == {"甲": "女", "乙": "县委办"}
    corrected = preview(table, fields={"名单": {2: Field.SEX, 3: Field.UNIT}})
    assert (corrected.people[0].sex, corrected.people[0].unit_name) == ("女", "县委办")
    store = {corrected.mapping[0].fingerprint: corrected.mapping[0].to_json()}
    again = preview(table, remembered=store.get)
    assert (again.people[0].sex, again.mapping[0].remembered) == ("女", True)
    other = preview(sheet([["姓名", "乙", "甲"], ["王丽", "女", "县委办"]]), remembered=store.get)
    assert other.people[0].sex == ""


def test_corrections_skip_and_keep() -> None:
    rows = [
        ["姓名", "身份证号", "单位"],
        ["王丽", "123", "县委办"],
        ["李强", A, "县委办"],
        ["李强", A, "县委办"],
        ["", "", "县府办"],
    ]
    table = sheet(rows)
    found = preview(table)
    assert [r.name for r in found.people] == ["王丽", "李强"]
    assert kinds(found)[4] == "repeat"
    fixed = preview(table, corrections={("名单", 2, Field.ID_NUMBER): B, ("名单", 2, Field.SEX): "男"})
    assert (fixed.people[0].id_number, fixed.people[0].sex, fixed.errors) == (B, "男", ())
    assert fixed.people[0].texts[Field.ID_NUMBER] == "123"
    kept = preview(table, keep={("名单", 4)})
    assert [r.name for r in kept.people] == ["王丽", "李强", "李强"]
    left = preview(table, skip={("名单", 2)})
    assert [r.name for r in left.people] == ["李强"]
    assert kinds(left)[2] == "chosen"
    assert [s.row for s in left.not_taken] == [2, 4]


def test_two_people_with_one_number_are_both_in_error() -> None:
    found = preview(sheet([["姓名", "身份证号"], ["王刚", A], ["李强", A]]))
    assert [(p.row, p.severity) for p in found.errors] == [(2, "error"), (3, "error")]
    assert all(row.has_error for row in found.people)


def test_repeats_without_numbers_and_namesakes() -> None:
    rows = [
        ["姓名", "性别", "单位", "手机"],
        ["王丽", "女", "县委办", "19900000001"],
        ["王丽", "女", "县府办", "19900000001"],
    ]
    rows.append(["王丽", "女", "县财政局", "19900000003"])
    found = preview(sheet(rows))
    assert [r.row for r in found.people] == [2, 4]
    assert "单位" in next(p.message for p in found.problems if p.row == 3)
    assert any(p.row == 4 and p.field is Field.NAME and p.severity == "warning" for p in found.problems)


def test_sex_and_birth_against_the_number() -> None:
    head = ["姓名", "性别", "出生年月", "身份证号"]
    found = preview(sheet([head, ["王刚", "女", "1983.04", A], ["李强", "", "1984.04", B], ["赵明", "男", 1983.1, C]]))
    by_cell = {p.address: p for p in found.problems}
    assert (by_cell["B2"].severity, by_cell["B3"].severity, by_cell["C3"].severity) == ("error", "warning", "warning")
    assert by_cell["C4"].severity == "warning"
    assert found.people[1].sex == "男"
    assert found.people[1].sex_from_id


def test_reply_slip_with_everything() -> None:
    """The 回执 of a real notice: brackets behind names, two numbers in a cell, plates, days of arrival."""
    head = [
        "姓名",
        "性别",
        "民族",
        "单位",
        "职务",
        "手机",
        "是否住宿",
        "是否清真/忌口",
        "预计到达时间",
        "车牌号",
        "备注",
    ]
    first = [
        "李婷(女)",
        "",
        "汉",
        "县教育局",
        "主任",
        "138 0000 0001",
        "是",
        "否",
        "3月2日下午3点",
        "川A·12345",
        "孕期，请安排一楼",
    ]
    second = [
        "阿依古丽•买买提",
        "女",
        "维吾尔",
        "松坪镇",
        "副镇长",
        "13800000002/0891-6321234",
        "否（走读）",
        "是",
        "3月4日",
        "无",
        "",
    ]
    found = preview(sheet([["回执"], head, first, second]))
    one, two = found.people
    assert (one.name, one.sex, one.ethnicity, one.phone, one.plate) == ("李婷", "女", "汉族", "13800000001", "川A12345")
    assert [n.kind for n in one.needs] == ["pregnant", "low_floor"]
    assert (one.arrive_on, one.lodging) == (None, True)
    assert (two.name, two.ethnicity, two.phone, two.plate) == ("阿依古丽·买买提", "维吾尔族", "13800000002", "")
    assert (two.arrive_on, two.lodging, [n.code for n in two.needs]) == (date(2026, 3, 4), False, ["diet:清真"])
    assert found.problems == ()


def test_contradiction_between_column_and_remark_is_asked() -> None:
    found = preview(sheet([["姓名", "性别", "是否住宿", "备注"], ["王丽", "女", "是", "走读"]]))
    assert found.people[0].lodging is True
    assert "走读" in found.problems[0].message


def test_late_arrival_outside_the_class_is_asked() -> None:
    found = preview(sheet([["姓名", "性别", "报到时间"], ["王丽", "女", "3月3日"], ["李强", "男", "5月1日"]]))
    assert [r.arrive_on for r in found.people] == [date(2026, 3, 3), None]
    assert [p.row for p in found.problems] == [3]


def test_progress_reports_and_cancels() -> None:
    rows = [["姓名", "性别"], *[[f"王{chr(0x4E00 + n)}", "女"] for n in range(1200)]]
    seen: list[float] = []
    preview(sheet(rows), progress=lambda fraction, _text: seen.append(fraction))
    assert seen == sorted(seen)
    assert len(seen) > 5

    def cancel(fraction: float, _text: str) -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        preview(sheet(rows), progress=cancel)


def test_unit_in_the_title_when_the_table_has_no_column_for_it() -> None:
    rows = [
        ["填报单位（盖章）：县财政局 填报时间：3月1日"],
        ["姓名", "性别"],
        ["王丽", "女"],
        ["填报单位：县交通局"],
        ["姓名", "性别"],
        ["李强", "男"],
    ]
    assert [r.unit_name for r in preview(sheet(rows)).people] == ["县财政局", "县交通局"]


def test_two_name_columns_side_by_side_are_refused() -> None:
    found = preview(sheet([["姓名", "性别", "姓名", "性别"], ["王丽", "女", "李强", "男"]]))
    assert [p.address for p in found.errors] == ["C1"]
    assert found.good_people() == ()
    named = preview(sheet([["姓名", "性别", "紧急联系人/姓名"], ["王丽", "女", "李强"]]))
    assert named.problems == ()


def test_a_registration_form_is_no_roster() -> None:
    found = preview(sheet([["姓名", "王丽", "性别", "女"], ["民族", "汉族", "单位", "县委办"]]))
    assert found.good_people() == ()
    assert "像表头" in found.errors[0].message


def test_formulas_without_result_are_questioned_until_corrected() -> None:
    table = sheet(
        [HEADER, [1.0, "王丽", "女", "=B9", "19900000001", "#N/A"]], unresolved={(2, 4): "=B9", (2, 6): "#N/A"}
    )
    assert [p.address for p in preview(table).errors] == ["D2"]
    assert preview(table, corrections={("名单", 2, Field.UNIT): "县委办"}).errors == ()


def test_hidden_rows_are_taken_with_a_question() -> None:
    found = preview(sheet([["姓名", "性别"], ["王丽", "女"], ["李强", "男"]], hidden_rows=frozenset({3})))
    assert len(found.people) == 2
    assert [(p.row, p.severity) for p in found.problems] == [(3, "warning")]


def test_texts_too_long_for_the_database_are_refused() -> None:
    rows = [["姓名", "性别", "单位", "备注", "身份证号"], ["王丽", "女", "字" * 100_000, "好" * 100_000, "9" * 100_000]]
    found = preview(sheet(rows))
    assert {p.column for p in found.errors} == {"单位", "备注", "身份证号"}
    assert all(len(p.message) < 200 for p in found.problems)


def test_heading_of_three_characters_and_names_alone() -> None:
    rows = [["姓名", "性别", "身份证号"], ["白鹤乡"], ["王刚", "", A], ["阿依古丽·买买提"]]
    found = preview(sheet(rows))
    assert [(r.name, r.unit_name) for r in found.people] == [("王刚", "白鹤乡"), ("阿依古丽·买买提", "白鹤乡")]
    assert kinds(found) == {1: "header", 2: "heading"}


CELLS = st.one_of(
    st.just(""),
    st.sampled_from(
        (
            "姓名",
            "性别",
            "王丽",
            "男",
            "合计",
            "备注",
            "制表：",
            "单位",
            "县委办",
            "清真",
            "序号",
            A,
            "1985.3",
            "第一组",
            "同上",
            "注：x",
        )
    ),
    st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
)


@given(st.lists(st.lists(CELLS, max_size=6), max_size=12), st.integers(0, 12))
@settings(max_examples=200, deadline=None)
def test_every_row_is_accounted_for_whatever_it_holds(rows: list[list[CellValue]], header_at: int) -> None:
    rows.insert(min(header_at, len(rows)), HEADER)
    found = preview(sheet(rows))
    for problem in found.problems:
        assert problem.message.endswith("。")
        assert problem.severity in {"error", "warning"}
    errors = {(p.sheet, p.row) for p in found.errors}
    bad = {row.key for row in found.people if row.has_error}
    in_headers = errors & {(s.sheet, s.row) for s in found.skipped_rows if s.kind == "header"}
    assert errors - in_headers <= bad
    assert bad == errors - in_headers or in_headers  # two columns 姓名 put everybody in doubt
