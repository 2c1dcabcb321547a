"""The printouts of housekeeping: what stands on the paper, whole floors, rare characters, long texts."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.modules.housekeeping.domain import CHECKLIST
from dangxiao_houqin.modules.housekeeping.reports import (
    CleaningDay,
    CleaningFloor,
    CleaningLine,
    CountForm,
    HandoverFloor,
    HandoverForm,
    HandoverLine,
    LostLine,
    LostRegister,
    LostSlip,
    cleaning_pdf,
    cleaning_xlsx,
    count_pdf,
    handover_pdf,
    handover_sheets,
    handover_xlsx,
    register_pdf,
    register_xlsx,
    slip_pdf,
)
from tests.support.paper import pdf_pages

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=CHINA)


def floor(lines: int, name: str = "3层") -> CleaningFloor:
    return CleaningFloor(
        "明德楼",
        name,
        tuple(
            CleaningLine(f"3{n:02d}", "退房清洁", linen=n % 2 == 0, people=2, worker="王𬱖", note="请先敲门")
            for n in range(1, lines + 1)
        ),
    )


def day(*floors: CleaningFloor, with_people: bool = True) -> CleaningDay:
    return CleaningDay(DAY, floors, with_people, "中共岚溪县委党校", "褚喆", NOW)


# --------------------------------------------------------------------------------------------- task sheet
def test_every_floor_has_its_own_sheet() -> None:
    pages = pdf_pages(cleaning_pdf(day(floor(4), floor(6, "4层"))))
    assert len(pages) == 2
    assert all(word in pages[0] for word in ("客房清扫任务单", "明德楼3层", "2026年3月2日(周一)", "共 4 间"))
    assert all(word in pages[0] for word in ("301", "退房清洁", "王𬱖", "请先敲门", "□", "其中换布草 2 间"))
    assert "在住" in pages[0]
    assert "打扫人签字" in pages[1]
    assert "共 6 间" in pages[1]


def test_the_signature_never_stands_alone() -> None:
    for lines in range(18, 60):
        pages = pdf_pages(cleaning_pdf(day(floor(lines))))
        assert f"3{lines:02d}" in pages[-1], lines  # the last room is with the signature
        assert "打扫人签字" in pages[-1]
        assert sum(page.count("退房清洁") for page in pages) == lines


def test_people_are_left_out_when_nobody_knows() -> None:
    assert "在住" not in pdf_pages(cleaning_pdf(day(floor(2), with_people=False)))[0]


def test_one_room_with_two_tasks_counts_once() -> None:
    twice = CleaningFloor("明德楼", "3层", (CleaningLine("301", "退房清洁"), CleaningLine("301", "入住前准备")))
    assert "共 1 间" in pdf_pages(cleaning_pdf(day(twice)))[0]


def test_a_day_without_tasks_is_a_sheet_that_says_so() -> None:
    (page,) = pdf_pages(cleaning_pdf(day()))
    assert "这一天没有清扫任务" in page


def test_the_workbook_twin(tmp_path: Path) -> None:
    path = tmp_path / "任务单.xlsx"
    cleaning_xlsx(path, day(floor(4), floor(6, "4层")))
    book = CalamineWorkbook.from_path(str(path))
    assert len(book.sheet_names) == 2
    cells = [str(cell) for row in book.get_sheet_by_index(1).to_python() for cell in row]
    assert any(cell.startswith("明德楼4层") for cell in cells)
    assert cells.count("退房清洁") == 6
    assert "王𬱖" in cells


# ----------------------------------------------------------------------------------------------- handover
def form(*lines: HandoverLine, items: tuple[str, ...] = CHECKLIST) -> HandoverForm:
    return HandoverForm("2026年科级干部进修班", DAY, items, (HandoverFloor("明德楼", "3层", lines),), "党校", NOW)


def test_checks_filled_and_blank() -> None:
    good = HandoverLine("301", (True,) * 10, "", "褚喆")
    bad = HandoverLine("302", (True, False, *(True,) * 8), "照明灯具：床头灯不亮", "褚喆")
    (page,) = pdf_pages(handover_pdf(form(good, bad, HandoverLine("303", ()))))
    assert page.count("√") == 19 + 1  # and once in the legend
    assert page.count("×") == 1 + 1
    assert "床头灯不亮" in page.replace("\r\n", "")
    assert "合格 1 间" in page
    (blank,) = pdf_pages(handover_pdf(form(HandoverLine("301", ()), HandoverLine("302", ()))))
    assert (blank.count("√"), blank.count("×")) == (1, 1)
    assert "合格____间" in blank


@pytest.mark.parametrize("count", (1, 10, 20))
def test_a_list_of_any_length_fits_across_the_page(count: int) -> None:
    items = tuple(f"第{n}项检查内容" for n in range(count))
    (sheet,) = handover_sheets(form(HandoverLine("301", (True,) * count), items=items))
    assert sheet.table.width <= sheet.paper.usable_width + 1
    (page,) = pdf_pages(handover_pdf(form(HandoverLine("301", (True,) * count), items=items)))
    assert page.count("√") == count + 1


def test_a_list_that_grew_since_the_check() -> None:
    (page,) = pdf_pages(handover_pdf(form(HandoverLine("301", (True, True)), items=("门锁", "灯具", "新项目"))))
    assert page.count("√") == 3


def test_handover_workbook(tmp_path: Path) -> None:
    path = tmp_path / "交付.xlsx"
    handover_xlsx(path, form(HandoverLine("301", (True,) * 10)))
    cells = [str(c) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python() for c in row]
    assert "床铺布草洁净无破损" in cells
    assert cells.count("√") == 10


# ------------------------------------------------------------------------------------------------- others
def test_floor_count_form() -> None:
    rooms = tuple((f"2{n:02d}", 2) for n in range(1, 16))
    pages = pdf_pages(count_pdf(CountForm(DAY, (("明德楼 2层", rooms), ("明德楼 3层", rooms[:1])), "党校", NOW)))
    assert len(pages) == 2
    assert all(number in pages[0] for number, _ in rooms)
    assert "空房填 0" in pages[1]


def line(**changes: object) -> LostLine:
    values: dict[str, object] = {
        "tag": "YW-2026-001",
        "item": "黑色保温杯，杯底贴“𬱖”字",
        "where": "明德楼212 床头柜",
        "found_on": DAY,
        "finder": "田秀英",
        "owner": "李明",
        "owner_phone": "13900000001",
        "kept_at": "前台失物柜",
        "keep_until": date(2026, 6, 2),
        "state": "保管中",
        "closed_on": None,
        "closed_note": "",
    }
    return LostLine(**(values | changes))  # type: ignore[arg-type]


def test_register_and_its_twin(tmp_path: Path) -> None:
    closed = line(tag="YW-2026-002", state="已领回", closed_on=date(2026, 3, 5), closed_note="李明本人")
    data = LostRegister((line(), closed), "2026-03-02 至 2026-03-02", "党校", "褚喆", NOW)
    (page,) = pdf_pages(register_pdf(data))
    flat = page.replace("\r\n", "")
    assert all(word in flat for word in ("YW-2026-001", "杯底贴“𬱖”字", "已领回", "李明本人", "共 2 件，保管中 1 件"))
    register_xlsx(tmp_path / "登记簿.xlsx", data)
    (page,) = pdf_pages(register_pdf(LostRegister(())))
    assert "没有遗留物品" in page


def test_slip_is_one_page_whatever_was_lost() -> None:
    for item in ("伞", "黑色双肩包，内有笔记本电脑一台、充电器一个、笔记本两本、雨伞一把" * 5):
        (page,) = pdf_pages(slip_pdf(LostSlip(line(item=item), "李明", "党校", "褚喆", NOW)))
        assert all(word in page for word in ("遗留物品领取单", "YW-2026-001", "领取人签字", "经办人：褚喆", "李明"))
