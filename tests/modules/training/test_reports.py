"""Roster and arrival register on paper and as workbooks."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.modules.training.reports import (
    RosterOption,
    RosterPerson,
    RosterProfile,
    RosterSheet,
    SignInPerson,
    SignInSheet,
    allowed_options,
    roster_pdf,
    roster_sheet,
    roster_xlsx,
    sign_in_pdf,
    sign_in_sheet,
    sign_in_xlsx,
)
from tests.support.paper import RARE_NAMES, pdf_pages, pdf_sizes, squeezed

NOW = datetime(2026, 3, 8, 14, 30, tzinfo=CHINA)
CLASS = "2026年第1期科级干部进修班"


def person(number: int, name: str = "") -> RosterPerson:
    return RosterPerson(
        name=name or f"学员{number}",
        sex="女" if number % 3 == 0 else "男",
        unit=f"县委办公室{number}" if number % 7 else "岚溪县生态环境保护综合行政执法大队第三中队",
        position="副主任",
        rank="四级调研员",
        group="第1组",
        ethnicity="维吾尔族",
        birth="1985-03",
        political_status="中共党员",
        phone=f"1390000{number:04d}",
        lodging=number % 2 == 0,
        note="清真",
        id_number=f"51343319850312{number:04d}",
        plate=f"川W{number:05d}",
        education="大学本科",
        work_start="2008-07",
        diet="素食",
        room="明德楼203",
    )


def roster(count: int) -> RosterSheet:
    people = [
        person(number, RARE_NAMES[number - 1] if number <= len(RARE_NAMES) else "") for number in range(1, count + 1)
    ]
    return RosterSheet(
        CLASS,
        date(2026, 3, 9),
        date(2026, 3, 27),
        19,
        people,
        organizer="中共岚溪县委组织部",
        school="中共岚溪县委党校",
        printed_at=NOW,
        version="第2版",
    )


@pytest.mark.parametrize("count", (0, 1, 45, 300))
@pytest.mark.parametrize("profile", RosterProfile)
def test_everybody_stands_on_the_roster_once_in_order(count: int, profile: RosterProfile) -> None:
    pages = pdf_pages(roster_pdf(roster(count), profile))

    whole = squeezed("".join(pages))
    at = -1
    for number, one in enumerate(roster(count).people, 1):
        following = {"gate": one.unit, "notice": "第1组", "internal": "第1组"}[profile]
        pattern = f"{number}{one.name}{following}" if profile is RosterProfile.GATE else f"{number}第1组{one.name}"
        found = whole.find(squeezed(pattern))
        assert found > at, (number, one.name)
        at = found
    assert f"{CLASS}学员花名册" in squeezed(pages[0])
    assert "制表人" in pages[-1]


def test_head_and_foot_say_what_the_office_expects() -> None:
    pages = pdf_pages(roster_pdf(roster(45)))

    for text in (
        "中共岚溪县委党校",
        "主办单位：中共岚溪县委组织部",
        "培训时间：2026年3月9日—27日（共19天）",
        "人数：45人（男30 女15）",
        "内部版",
        "第2版",
        "打印时间：2026-03-08 14:30",
    ):
        assert squeezed(text) in squeezed(pages[0])
    assert "请勿外传" in squeezed(pages[-1])
    assert set(pdf_sizes(roster_pdf(roster(45)))) == {(297, 210)}


@pytest.mark.parametrize(
    ("profile", "shown", "hidden"),
    (
        (RosterProfile.INTERNAL, ("13900000001", "1985-03", "清真", "中共党员"), ("513433", "川W", "素食")),
        (
            RosterProfile.NOTICE,
            ("中共党员", "副主任"),
            ("1390000", "1985", "清真", "513433", "川W", "素食", "请勿外传"),
        ),
        (RosterProfile.GATE, ("川W00001",), ("1390000", "1985", "清真", "513433", "中共党员", "维吾尔", "副主任")),
    ),
)
def test_each_profile_tells_only_what_its_readers_may_know(
    profile: RosterProfile, shown: tuple[str, ...], hidden: tuple[str, ...], tmp_path: Path
) -> None:
    data = roster(20)
    roster_xlsx(tmp_path / "a.xlsx", data, profile)
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()

    for text in (squeezed("".join(pdf_pages(roster_pdf(data, profile)))), squeezed(str(rows))):
        assert all(part in text for part in shown)
        assert not [part for part in hidden if part in text]


def test_optional_columns_are_refused_where_they_do_not_belong() -> None:
    with pytest.raises(InvalidInput, match="公示版花名册不能印“身份证号”"):
        roster_sheet(roster(1), RosterProfile.NOTICE, [RosterOption.ID_NUMBER])
    with pytest.raises(InvalidInput, match="门岗版"):
        roster_sheet(roster(1), RosterProfile.GATE, [RosterOption.DIET])
    for profile in RosterProfile:
        roster_sheet(roster(1), profile, allowed_options(profile))


def test_optional_columns_appear_when_asked_for() -> None:
    for option in RosterOption:
        sheet = roster_sheet(roster(3), options=[option])
        titles = [column.title for column in sheet.table.columns]
        assert option.label in titles
        assert titles[-1] == "备注"
        assert sheet.table.width == pytest.approx(sheet.paper.usable_width)
    everything = "".join(pdf_pages(roster_pdf(roster(45), RosterProfile.INTERNAL, list(RosterOption))))
    for text in ("513433198503120001", "川W00045", "大学本科", "2008-07", "素食", "明德楼203"):
        assert text in squeezed(everything)


def test_the_usual_columns_have_the_offices_widths() -> None:
    columns = roster_sheet(roster(1)).table.columns

    assert [(column.title, column.width) for column in columns] == [
        ("序号", 10),
        ("组别", 12),
        ("姓名", 24),
        ("性别", 10),
        ("民族", 14),
        ("出生年月", 20),
        ("政治面貌", 20),
        ("工作单位", 52),
        ("职务（职级）", 35),
        ("联系电话", 30),
        ("住宿", 12),
        ("备注", 18),
    ]


@pytest.mark.parametrize("count", (0, 45, 300))
def test_arrival_register(count: int, tmp_path: Path) -> None:
    people = [SignInPerson(one.name, one.unit, one.position, one.phone, "明德203") for one in roster(count).people]
    data = SignInSheet(CLASS, date(2026, 3, 9), "明德楼一楼大厅", people, printed_at=NOW)

    pages = pdf_pages(sign_in_pdf(data))
    sign_in_xlsx(tmp_path / "a.xlsx", data)

    whole = squeezed("".join(pages))
    for one in people:
        assert squeezed(one.name) in whole
    assert squeezed(f"应到 {count} 人") in squeezed(pages[-1])
    assert "班主任签字" in pages[-1]
    assert "报到日期：2026年3月9日(周一)" in squeezed(pages[0])
    assert sum(column.width for column in sign_in_sheet(data).table.columns) == 165
    rows = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert sum(row[3] in {one.phone for one in people} for row in rows if row[3]) == count
