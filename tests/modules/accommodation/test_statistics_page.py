"""The page of statistics, worked with the mouse."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA, FixedClock
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import AssignBed, CheckIn, CheckOutClass
from dangxiao_houqin.modules.accommodation.models import Stay
from dangxiao_houqin.modules.accommodation.statistics import Grouping
from dangxiao_houqin.modules.accommodation.ui.statistics_page import StatisticsPage
from dangxiao_houqin.modules.accommodation.ui.stays_page import StaysPage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import TextDialog
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.conftest import OpenUnit
from tests.support.paper import pdf_pages, squeezed
from tests.support.school import END, START, make_class, make_people, make_rooms
from tests.support.screens import LEFT, click, double_click, opened, type_into, unnamed

pytestmark = pytest.mark.sqlite_only
DAY = timedelta(days=1)


@pytest.fixture
def school(unit: OpenUnit, clock: FixedClock) -> int:
    """Three of six beds slept in for four nights, a year ago two; today is the day after."""
    class_id = 0
    with unit() as ctx:
        beds = make_rooms(ctx, floors=1, rooms=3)
        make_rooms(ctx, floors=1, rooms=1, name="致远楼")
    for start, sexes in ((date(2025, 3, 3), "男男"), (START, "男男男")):
        clock.moment = datetime(start.year, start.month, start.day, 9, tzinfo=CHINA)
        with unit(confirmed=frozenset({"dirty_room"})) as ctx:
            row = make_class(ctx, f"{start.year}年进修班", start, start + 4 * DAY)
            for person, bed in zip(make_people(ctx, row.id, sexes), beds, strict=False):
                stay = services.assign_bed(ctx, AssignBed(person.id, bed))
                services.check_in(ctx, CheckIn(stay.id, ctx.get(Stay, stay.id).version))
            class_id = row.id
        clock.moment += 4 * DAY
        with unit(confirmed=frozenset({"check_out_class"})) as ctx:
            services.check_out_class(ctx, CheckOutClass(class_id))
    clock.moment = datetime(2026, 3, 6, 8, tzinfo=CHINA)
    return class_id


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, school: int) -> StatisticsPage:
    made = StatisticsPage(desk)
    qtbot.addWidget(made)
    made.resize(1158, 708)
    made.show()
    QApplication.processEvents()
    return made


def shown(page: StatisticsPage) -> list[str]:
    table = page.rated if page.grouping.value().has_beds else page.plain
    return [table.model.row(n).title for n in range(table.model.total)]


def test_the_year_by_month_with_its_formula_under_each_figure(page: StatisticsPage) -> None:
    assert page.period.words.text() == "2026年"
    assert shown(page) == [f"{n}月" for n in range(1, 13)]
    assert "已住 12 ÷ 可用 512 床晚" in page.rate.accessibleDescription()  # 64 nights of 8 beds
    assert page.rate.accessibleDescription().startswith("2.3%")
    assert "12 床晚 ÷ 3 人次" in page.stay.accessibleDescription()
    assert page.change.accessibleDescription().startswith("−")
    assert "上年同期" in page.change.accessibleDescription()
    assert "入住率：已住床晚 ÷ 今天以前的可用床晚" in page.formula.text()
    assert page.chart.accessibleDescription().startswith("1月：入住率")
    assert unnamed(page) == []


def test_another_grouping_and_another_period(qtbot: QtBot, page: StatisticsPage) -> None:
    click(qtbot, page, "班次")
    assert shown(page) == ["2026年进修班"]
    click(qtbot, page, "楼栋")
    assert shown(page) == ["明德楼", "致远楼"]
    click(qtbot, page, "类别")
    assert shown(page) == ["主体班"]
    click(qtbot, page.grouping, "年")
    assert shown(page) == [f"{year}年" for year in range(2017, 2027)]
    lines = {line.title: line for line in page.summary.lines}
    assert lines["2025年"].before is None  # nothing on record a year earlier
    assert lines["2026年"].before is not None
    click(qtbot, page.grouping, "月")
    assert page.period.words.text() == "2026年"
    click(qtbot, page, "上一期")
    assert page.period.words.text() == "2025年"
    assert page.summary.total.figures.slept == 8
    click(qtbot, page.period, "月")
    assert page.period.words.text() == "2025年1月"
    for _ in range(2):
        click(qtbot, page, "下一期")
    assert page.summary.total.figures.slept == 8
    assert "上年同期没有住宿记录" in page.change.accessibleDescription()


def test_days_of_ones_own(qtbot: QtBot, page: StatisticsPage) -> None:
    click(qtbot, page, "自选")
    type_into(qtbot, page.period.first, "2026-3-3")
    type_into(qtbot, page.period.last, "2026-3-1")
    page.period.first.edit.setFocus()
    assert "不能早于" in page.period.last.error
    type_into(qtbot, page.period.last, "2026-3-4")
    page.period.first.edit.setFocus()
    assert (page.period.start, page.period.end) == (date(2026, 3, 3), date(2026, 3, 5))
    assert page.summary.total.figures.slept == 6


def test_an_empty_period_says_so(qtbot: QtBot, page: StatisticsPage) -> None:
    click(qtbot, page, "下一期")
    assert shown(page) == []
    assert "—" in page.rate.accessibleDescription()
    assert page.chart.accessibleDescription() == ""


def test_a_line_opens_the_stays_it_counts(qtbot: QtBot, desk: Desk, page: StatisticsPage, school: int) -> None:
    with qtbot.waitSignal(desk.went) as gone:
        double_click(qtbot, page.rated, 2)
    key, target = gone.args
    stays = StaysPage(desk)
    qtbot.addWidget(stays)
    stays.show()
    stays.open_target(target)
    assert key == "accommodation.stays"
    assert {stays.table.model.row(n).class_name for n in range(stays.table.model.total)} == {"2026年进修班"}
    click(qtbot, page, "班次")
    with qtbot.waitSignal(desk.went) as gone:
        double_click(qtbot, page.plain, 0)
    assert gone.args[1] == {"class_id": school}
    click(qtbot, page, "楼栋")
    with qtbot.waitSignal(desk.went) as gone:
        double_click(qtbot, page.rated, 1)
    stays.open_target(gone.args[1])
    assert stays.table.model.total == 0  # nobody slept in the other house


def test_a_tile_opens_the_stays_it_counts(qtbot: QtBot, desk: Desk, page: StatisticsPage) -> None:
    with qtbot.waitSignal(desk.went) as gone:
        qtbot.mouseClick(page.rate, LEFT)
    assert gone.args == ["accommodation.stays", {"when": ("nights", (date(2026, 1, 1), date(2026, 3, 6)))}]
    with qtbot.waitSignal(desk.went) as gone:
        qtbot.mouseClick(page.booked, LEFT)
    assert gone.args == ["accommodation.stays", {"when": ("nights", (date(2026, 3, 6), date(2027, 1, 1)))}]


def test_paper_and_workbook_carry_the_formulas(qtbot: QtBot, page: StatisticsPage, tmp_path: Path) -> None:
    click(qtbot, page, "打印")
    preview = opened(PreviewDialog)
    assert preview.info is not None
    assert len(preview.info.sizes) == 1
    preview.save_to(str(tmp_path / "统计.pdf"))
    text = squeezed("".join(pdf_pages((tmp_path / "统计.pdf").read_bytes())))
    for words in ("2026年住宿统计表", "入住率：已住床晚÷今天以前的可用床晚×100%。", "合计"):
        assert squeezed(words) in text
    preview.close()
    click(qtbot, page, "导出 Excel")
    (dialog,) = [d for d in page.findChildren(QDialog) if d.isVisible()]
    dialog.close()
    page.export_to(str(tmp_path / "统计.xlsx"))
    book = CalamineWorkbook.from_path(str(tmp_path / "统计.xlsx"))
    cells = [cell for line in book.get_sheet_by_index(0).to_python() for cell in line]
    assert 12.0 in cells  # a number, not a text
    assert any("已住床晚 ÷ 今天以前的可用床晚" in str(cell) for cell in cells)


def test_all_formulas_can_be_read(qtbot: QtBot, page: StatisticsPage) -> None:
    click(qtbot, page, "全部口径")
    assert "可用床晚" in opened(TextDialog)._view.toPlainText()


def test_another_page_can_ask_for_a_period(page: StatisticsPage) -> None:
    page.open_target({"start": date(2025, 3, 1), "end": date(2025, 4, 1), "grouping": "building"})
    assert page.summary.grouping is Grouping.BUILDING
    assert page.summary.total.figures.slept == 8
    assert (page.summary.start, page.summary.end) == (date(2025, 3, 1), date(2025, 4, 1))
    assert END > START
