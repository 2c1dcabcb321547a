"""Every sample roster imports as a careful clerk would take it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from dangxiao_houqin.modules.training.roster import Field, RosterOptions, RosterPreview, RosterRow, read_roster

ROSTERS = Path(__file__).parents[3] / "data" / "rosters"
OPTIONS = RosterOptions(date(2026, 3, 2), date(2026, 3, 1), date(2026, 3, 20))
MESSY = "乡科级进修班第2期参训人员名单（各单位报送汇总）.xlsx"


def preview_of(name: str) -> RosterPreview:
    return read_roster(ROSTERS / name, OPTIONS)


def person(preview: RosterPreview, name: str) -> RosterRow:
    return next(row for row in preview.people if row.name == name)


def assert_every_row_once(preview: RosterPreview) -> None:
    places = [row.key for row in preview.people] + [(s.sheet, s.row) for s in preview.skipped_rows]
    expected = [(info.name, row) for info in preview.sheets if info.taken for row in range(1, info.rows + 1)]
    assert sorted(places) == sorted(expected)
    assert [row.order for row in preview.people] == list(range(1, len(preview.people) + 1))


@pytest.mark.parametrize(
    ("name", "people", "lodging", "men"),
    (
        ("科级干部进修班花名册.xlsx", 56, 52, 36),
        ("中青年干部培训班花名册.xlsx", 42, 37, 28),
        ("专题研讨班名单.xls", 38, 35, 24),
        ("调训班名单.csv", 45, 45, 27),
    ),
)
def test_clean_files_are_taken_fully(name: str, people: int, lodging: int, men: int) -> None:
    preview = preview_of(name)
    assert_every_row_once(preview)
    assert len(preview.people) == people
    assert preview.problems == ()
    assert sum(row.lodging is not False for row in preview.people) == lodging
    assert sum(row.sex == "男" for row in preview.people) == men
    assert all(row.unit_name and row.id_number and row.phone for row in preview.people)


def test_three_hundred() -> None:
    preview = preview_of("全区干部轮训花名册（300人）.xlsx")
    assert_every_row_once(preview)
    assert len(preview.people) == 300
    assert preview.errors == ()
    # Seven telephone numbers stand with two people each: asked, not refused.
    assert {p.column for p in preview.warnings} == {"联系电话"}
    assert len(preview.warnings) == 7


def test_messy_file_has_63_people() -> None:
    preview = preview_of(MESSY)
    assert_every_row_once(preview)
    assert len(preview.people) == 63
    assert preview.errors == ()
    kinds = {s.row: s.kind for s in preview.skipped_rows}
    assert kinds == {
        1: "title",
        2: "title",
        3: "title",
        4: "header",
        5: "header",
        69: "blank",
        70: "repeat",
        71: "blank",
        72: "total",
        73: "signature",
    }
    repeated = [p for p in preview.problems if p.row == 70]
    assert [(p.severity, p.address) for p in repeated] == [("warning", "F70")]
    assert "第 9 行" in repeated[0].message
    assert "补报" in repeated[0].message
    assert any("63 人的性别按身份证号填写" in note for note in preview.notes)
    assert any("合计行写的是 64 人，名单实有 63 人" in note for note in preview.notes)
    assert [s.taken for s in preview.sheets] == [True, False]


def test_messy_file_is_normalised_without_loss() -> None:
    preview = preview_of(MESSY)
    names = {row.name for row in preview.people}
    assert {"余强", "胡静", "李𬭎", "司马𠅤", "许建𬱖", "许㻎", "程䶮", "欧阳婷婷"} <= names
    assert not any(" " in name or "　" in name for name in names)
    assert all(len(row.phone) == 11 for row in preview.people)
    assert all(len(row.id_number) == 18 for row in preview.people)
    assert {row.ethnicity for row in preview.people} == {"汉族", "苗族", "土家族", "回族", "藏族"}
    assert {row.political_status for row in preview.people} == {"中共党员", "民建会员", "群众"}
    assert all(row.sex in {"男", "女"} and row.sex_from_id for row in preview.people)
    first = person(preview, "余强")
    assert (first.unit_name, first.position, first.rank) == ("凤凰镇人民政府", "副科长", "副科级")
    assert first.texts[Field.PHONE] == "１９９００００３２６９"
    assert first.texts[Field.NAME] == "余  强"
    assert first.texts[Field.POSITION_AND_RANK] == "副科长（副科级）"
    # The unit is merged down over several people.
    assert person(preview, "高玉兰").unit_name == "区交通局"
    assert person(preview, "李𬭎").unit_name == "区人大常委会办公室"
    # 1988.07 and 1985年5月 and a real date cell
    assert person(preview, "谢平").birth == "1988-07"
    assert person(preview, "魏娜").birth == "1985-05"
    assert person(preview, "余强").birth == "1974-09-03"


def test_messy_remarks_become_needs() -> None:
    preview = preview_of(MESSY)
    row = person(preview, "宋洋")
    assert row.note == "素食，腰部有疾，请安排低楼层，不住宿"
    assert row.lodging is False
    assert [need.code for need in row.needs] == ["diet:素食", "low_floor"]
    assert person(preview, "何芳").arrive_on == date(2026, 3, 2)
    assert [need.label for need in person(preview, "刘家林").needs] == ["海鲜过敏"]
    lodging = Counter(row.lodging for row in preview.people)
    assert lodging[False] == sum("不住宿" in row.note for row in preview.people) == 4


def test_every_fault_is_named_at_its_cell() -> None:
    preview = preview_of("有错误的名单.xlsx")
    assert_every_row_once(preview)
    assert [(p.address, p.column, p.severity) for p in preview.problems] == [
        ("A2", "姓名", "error"),
        ("D3", "身份证号", "error"),
        ("B4", "性别", "error"),
        ("B5", "性别", "error"),
        ("C6", "单位", "error"),
        ("E7", "联系电话", "error"),
        ("F8", "是否住宿", "error"),
        ("D9", "身份证号", "error"),
        ("A10", "姓名", "error"),
    ]
    assert all(p.message.endswith("。") for p in preview.problems)
    assert "科学计数法" in preview.problems[7].message
    assert "大概住" in preview.problems[6].message
    assert preview.good_people() == ()
    assert person(preview, "唐莉").id_number == ""


def test_combined_unit_and_position_is_divided() -> None:
    rows = {row.name: (row.unit_name, row.position) for row in preview_of("专题研讨班名单.xls").people}
    assert rows["杜正文"] == ("白水镇人民政府", "镇长")
    assert rows["于春花"] == ("区农业农村委员会", "办公室主任")
    assert rows["任雪梅"] == ("石桥镇人民政府", "办公室主任")
    assert rows["曾家林"] == ("区委办公室", "四级主任科员")
    assert rows["韩春花"] == ("区委宣传部", "组织委员")
    assert rows["陈涛"] == ("区纪委监委机关", "科长")
    assert rows["程永红"] == ("区委党校", "镇长")
    preview = preview_of("专题研讨班名单.xls")
    assert person(preview, "杜正文").texts[Field.UNIT_AND_POSITION] == "白水镇人民政府镇长"


def test_namesakes_are_mentioned_but_not_merged() -> None:
    preview = preview_of("专题研讨班名单.xls")
    assert sum(row.name == "程燕" for row in preview.people) == 2
    assert any("程燕" in note and "不同的人" in note for note in preview.notes)
