"""The desk's registers on paper: C.5 to the millimetre, moves, the night's head-count, from the services on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import (
    Absence,
    AssignBed,
    CheckIn,
    CheckOut,
    CompensationInput,
    CompensationKind,
    CountHeads,
    MoveStay,
)
from dangxiao_houqin.modules.accommodation.models import KeyCard, Stay
from dangxiao_houqin.modules.accommodation.printouts import DOCUMENTS, head_count_on, moves_between, statistics_of
from dangxiao_houqin.modules.accommodation.reports import (
    CardLine,
    CardRegister,
    CountLine,
    HeadCountSheet,
    MoveLine,
    MoveRegister,
    StatisticsSheet,
    card_register_pdf,
    card_register_sheet,
    card_register_xlsx,
    head_count_pdf,
    head_count_sheet,
    head_count_xlsx,
    move_register_pdf,
    move_register_sheet,
    move_register_xlsx,
    statistics_pdf,
    statistics_xlsx,
)
from dangxiao_houqin.modules.accommodation.reports.statistics import period_words, points
from dangxiao_houqin.modules.accommodation.statistics import (
    FORMULAS,
    BedStock,
    Grouping,
    HeldNights,
    beside,
    summarise,
)
from dangxiao_houqin.modules.accommodation.ui.desk_affairs_page import DeskAffairsPage
from dangxiao_houqin.modules.accommodation.ui.paper_button import PaperButton
from dangxiao_houqin.modules.places.models import Floor
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.services import save_enrollment
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.support.paper import RARE_NAMES, pdf_pages, pdf_sizes, squeezed
from tests.support.school import END, START, make_class, make_rooms
from tests.support.screens import choose, click, opened

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=CHINA)
DAY = timedelta(days=1)
BY_KEY = {document.key: document for document in DOCUMENTS}
LINES = [
    CardLine(
        f"{201 + n // 2}",
        RARE_NAMES[n % 8] if n < 40 else f"学员{n}",
        "县农业农村和水利局下属第二事业单位" if n % 3 else "县财政局",
        1 if n % 4 else None,
        NOW if n % 4 else None,
        NOW + 4 * DAY if n % 8 == 1 else None,
        "遥控器赔50元" if n == 5 else "",
    )
    for n in range(300)
]


def register(lines=LINES, prices=(("房卡", 2000), ("遥控器", 5050), ("其他物品", 0))) -> CardRegister:
    return CardRegister("2026年第1期科级干部进修班", START, END, lines, prices, "中共岚山县委党校", NOW)


def cells(path: Path) -> list[object]:
    book = CalamineWorkbook.from_path(str(path))
    return [c for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python() for c in line]


def lines_across(data: bytes, page: int, width: float) -> list[float]:
    """Heights in mm, from the top, of the horizontal rules that go over the whole grid."""
    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page]
        height = sheet.get_height()
        found = []
        for item in sheet.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_PATH,)):
            left, bottom, right, top = item.get_bounds()
            if right - left > width * 72 / 25.4 - 4 and top - bottom < 4:
                found.append((height - top) / 72 * 25.4)
        return found
    finally:
        document.close()


# ------------------------------------------------------------------------------------------------ card register
def test_columns_of_the_card_register_are_those_of_the_form() -> None:
    table = card_register_sheet(register()).table
    assert [(c.title, c.width) for c in table.columns] == [
        ("序号", 10),
        ("房号", 18),
        ("姓名", 24),
        ("单位", 48),
        ("领卡数", 14),
        ("领取时间", 30),
        ("领取人签字", 26),
        ("退还时间", 30),
        ("退还签字", 26),
        ("房间物品检查", 31),
    ]
    assert table.width == 257


def test_300_people_over_pages_with_the_head_on_each(tmp_path: Path) -> None:
    data = card_register_pdf(register())
    pages = pdf_pages(data)
    assert set(pdf_sizes(data)) == {(297, 210)}
    assert len(pages) > 10
    for number, page in enumerate(pages, start=1):
        text = squeezed(page)
        assert f"第{number}页共{len(pages)}页" in text
        assert "领取人签字" in text
        assert "退还时间" in text
    whole = squeezed("".join(pages))
    for name in (*RARE_NAMES, "学员299"):
        assert squeezed(name) in whole
    assert "3月2日14:30" in whole
    assert "3月6日14:30" in whole
    card_register_xlsx(tmp_path / "房卡.xlsx", register())
    written = cells(tmp_path / "房卡.xlsx")
    assert all(name in written for name in RARE_NAMES)
    assert "遥控器赔50元" in written


@pytest.mark.parametrize("count", range(1, 40))
def test_the_signatures_are_never_torn_from_the_table(count: int) -> None:
    data = card_register_pdf(register(LINES[:count]))
    pages = pdf_pages(data)
    last = squeezed(pages[-1])
    assert "管理员签字" in last
    assert "赔付标准" in last
    assert f"{count}20" in last or squeezed(LINES[count - 1].name) in last  # with somebody's row above them
    assert all("管理员签字" not in squeezed(page) for page in pages[:-1])


def test_what_a_lost_thing_costs_stands_at_the_foot() -> None:
    text = squeezed("".join(pdf_pages(card_register_pdf(register(LINES[:3])))))
    assert "丢失、损坏赔付标准（按规定）：房卡20元，遥控器50.50元，其他物品按实际。" in text
    assert "丢失房卡赔付标准元（按规定）。" in squeezed("".join(pdf_pages(card_register_pdf(register([], ())))))


@pytest.fixture
def school(unit, clock):
    """Eight people with awkward names in 明德楼; the last comes without a card."""
    with unit() as ctx:
        beds = make_rooms(ctx, floors=2, rooms=3)
        row = make_class(ctx)
        stays = []
        for number, name in enumerate(RARE_NAMES):
            person = save_enrollment(
                ctx,
                SaveEnrollment(row.id, name, "女" if number > 3 else "男", unit_name="县教育局", phone="13977778888"),
            )
            stays.append(services.assign_bed(ctx, AssignBed(person.id, beds[number])).id)
    return row, beds, stays


def version(ctx, stay_id: int) -> int:
    return ctx.get(Stay, stay_id).version


def test_the_register_holds_what_the_desk_did(unit, clock, school, tmp_path: Path) -> None:
    row, beds, stays = school
    with unit() as ctx:
        for number, stay_id in enumerate(stays[:7]):
            services.check_in(ctx, CheckIn(stay_id, version(ctx, stay_id), str(1010 + number), 1))
        services.issue_card(ctx, stays[0], "", 2)
        card = next(c for c in ctx.session.query(KeyCard) if c.stay_id == stays[2])
        services.lose_card(ctx, card.id, card.version, 2000)
        services.move_stay(ctx, MoveStay(stays[3], version(ctx, stays[3]), beds[11], START + DAY, "打鼾影响休息"))
    clock.moment = datetime(2026, 3, 6, 11, 5, tzinfo=CHINA)
    with unit() as ctx:
        broken = CompensationInput(CompensationKind.DAMAGE, "遥控器", 5000)
        services.check_out(ctx, CheckOut(stays[1], version(ctx, stays[1]), compensation=(broken,)))
    document = BY_KEY["card-register"]
    with unit(read_only=True) as ctx:
        data = document.load(ctx, row.id)
    by_name = {}
    for line in data.lines:
        by_name.setdefault(line.name, []).append(line)
    assert set(by_name) == set(RARE_NAMES)
    first, second = by_name[RARE_NAMES[0]]
    assert sorted((first.copies, second.copies)) == [1, 2]
    (left,) = by_name[RARE_NAMES[1]]
    assert (left.returned_at.hour, left.returned_at.minute) == (11, 5)
    assert left.found == "遥控器赔50元"
    (lost,) = by_name[RARE_NAMES[2]]
    assert lost.returned_at is None
    assert "丢失" in lost.found
    assert "20元" in lost.found
    (moved,) = by_name[RARE_NAMES[3]]
    assert moved.room == "203"  # where he sleeps last
    (waiting,) = by_name[RARE_NAMES[7]]
    assert (waiting.copies, waiting.issued_at, waiting.found) == (None, None, "")
    assert data.prices[0] == ("房卡", 2000)
    text = squeezed("".join(pdf_pages(document.pdf(data, no_progress))))
    assert "3月2日08:00" in text
    assert "7777" not in text
    document.xlsx(tmp_path / "房卡.xlsx", data, no_progress)
    assert all(name in cells(tmp_path / "房卡.xlsx") for name in RARE_NAMES)


# ------------------------------------------------------------------------------------------------------- moves
def test_moves_of_a_class_and_of_a_period(unit, school, tmp_path: Path) -> None:
    row, beds, stays = school
    with unit() as ctx:
        for stay_id in (stays[0], stays[4]):  # who has not come yet is not moved, he is given another bed
            services.check_in(ctx, CheckIn(stay_id, version(ctx, stay_id)))
        services.move_stay(ctx, MoveStay(stays[5], version(ctx, stays[5]), beds[9]))
        services.move_stay(ctx, MoveStay(stays[0], version(ctx, stays[0]), beds[10], None, "身体原因"))
        services.move_stay(ctx, MoveStay(stays[4], version(ctx, stays[4]), beds[8], START + DAY, "打鼾影响休息"))
    document = BY_KEY["move-register"]
    with unit(read_only=True) as ctx:
        data = document.load(ctx, row.id)
        found = [(line.name, line.from_room, line.to_room, line.reason, line.handler) for line in data.lines]
        some = moves_between(ctx, START + DAY, START + 2 * DAY)
        none = moves_between(ctx, START + 5 * DAY, START + 6 * DAY)
    assert found == [
        (RARE_NAMES[0], "明德楼101-1", "明德楼203-1", "身体原因", "测试员"),
        (RARE_NAMES[4], "明德楼103-1", "明德楼202-1", "打鼾影响休息", "测试员"),
    ]
    assert [(line.name, line.whose, line.day) for line in some.lines] == [(RARE_NAMES[4], row.name, START + DAY)]
    assert none.lines == ()
    text = squeezed("".join(pdf_pages(document.pdf(data, no_progress))))
    for words in (f"{row.name}调房登记表", "申请人签字", "经办人", squeezed(RARE_NAMES[4]), "打鼾影响休息", "3月3日"):
        assert words in text
    assert "（没有调房）" in squeezed("".join(pdf_pages(move_register_pdf(none))))
    document.xlsx(tmp_path / "调房.xlsx", data, no_progress)
    assert "明德楼202-1" in cells(tmp_path / "调房.xlsx")


def test_a_long_register_of_moves(tmp_path: Path) -> None:
    lines = [
        MoveLine(START, RARE_NAMES[n % 8], "县财政局", "明德楼201-1", "致远楼301-靠窗", "打鼾影响休息", "赵敏")
        for n in range(300)
    ]
    data = MoveRegister("调房登记表", "2026年", lines, school="中共岚山县委党校", printed_at=NOW)
    assert move_register_sheet(data).table.width == 165
    pages = pdf_pages(move_register_pdf(data))
    assert set(pdf_sizes(move_register_pdf(data))) == {(210, 297)}
    assert all("原房号" in squeezed(page) for page in pages)
    assert [f"第{n}页共{len(pages)}页" in squeezed(page) for n, page in enumerate(pages, start=1)] == [True] * len(
        pages
    )
    assert [("管理员签字" in page) for page in pages] == [False] * (len(pages) - 1) + [True]
    move_register_xlsx(tmp_path / "调房.xlsx", data)
    assert cells(tmp_path / "调房.xlsx").count("打鼾影响休息") == 300


# -------------------------------------------------------------------------------------------------- head-count
def test_a_night_with_a_floor_counted_and_one_not(unit, clock, school, tmp_path: Path) -> None:
    _, _, stays = school
    with unit() as ctx:
        for stay_id in stays:
            services.check_in(ctx, CheckIn(stay_id, version(ctx, stay_id)))
    clock.moment = datetime(2026, 3, 2, 22, 40, tzinfo=CHINA)
    with unit() as ctx:
        ground = ctx.session.query(Floor).filter_by(level=1).one()
        services.count_heads(
            ctx, CountHeads(ground.id, START, (Absence(stays[0], True, "回家"), Absence(stays[1], False)), "其余都在")
        )
    with unit(read_only=True) as ctx:
        data = head_count_on(ctx, START)
        later = head_count_on(ctx, START + DAY)
    first, second = data.lines
    assert (first.floor, first.expected, first.present) == ("1层", 6, 4)
    assert first.excused == (f"{RARE_NAMES[0]}（101，回家）",)
    assert first.absent == (f"{RARE_NAMES[1]}（101）",)
    assert (second.expected, second.present) == (2, None)
    assert [line.present for line in later.lines] == [None, None]
    assert [line.expected for line in later.lines] == [6, 2]
    text = squeezed("".join(pdf_pages(head_count_pdf(data))))
    for words in (
        "2026年3月2日(周一)",
        "应在8人",
        "尚未查寝：明德楼2层。",
        "值班人签字",
        "22:40",
        squeezed(RARE_NAMES[1]),
    ):
        assert words in text
    head_count_xlsx(tmp_path / "查寝.xlsx", data)
    assert f"{RARE_NAMES[1]}（101）" in cells(tmp_path / "查寝.xlsx")


def test_a_school_of_sixty_floors_over_pages() -> None:
    lines = [
        CountLine(f"{n // 6 + 1}号楼", f"{n % 6 + 1}层", 40, 38, (), ("阿卜杜热合曼（406）",) * 3, NOW, "赵敏")
        for n in range(60)
    ]
    data = HeadCountSheet(START, lines, "中共岚山县委党校", NOW)
    assert head_count_sheet(data).table.width == 165
    pages = pdf_pages(head_count_pdf(data))
    assert len(pages) > 2
    assert all("实在" in squeezed(page) for page in pages)
    assert "24002280" in squeezed(pages[-1])  # the totals: expected, present
    assert "（这一晚没有人住）" in squeezed("".join(pdf_pages(head_count_pdf(HeadCountSheet(START, [])))))


# -------------------------------------------------------------------------------------------------- statistics
def year_of_figures(grouping: Grouping, classes: int = 24):
    stock = BedStock({bed: 1 if bed <= 100 else 2 for bed in range(1, 201)})
    today, first = date(2026, 11, 22), date(2025, 1, 1)

    def held(year: int) -> list[HeldNights]:
        return [
            HeldNights(
                year * 100_000 + number * 1000 + bed,
                bed,
                (bed + 1) // 2,
                stock.beds[bed],
                number + 1,
                ("主体班", "轮训班", "专题研讨班")[number % 3],
                bed % 50 > 0,
                start := date(year, number % 12 + 1, 1 + number // 12 * 14 % 28),
                start + 5 * DAY,
            )
            for number in range(classes)
            for bed in range(1, 20 + number * 3 % 100)
        ]

    titles = None
    if grouping is Grouping.CLASS:
        titles = {str(n): f"2026年第{n}期科级干部进修班（县委组织部委托）" for n in range(1, classes + 1)}
    elif grouping is Grouping.BUILDING:
        titles = {"1": "明德楼", "2": "致远楼"}
    now = summarise(held(2026), stock, date(2026, 1, 1), date(2027, 1, 1), today, grouping, titles, first_night=first)
    before = summarise(
        held(2025), stock, date(2025, 1, 1), date(2025, 11, 22), today, grouping, titles, first_night=first
    )
    return StatisticsSheet(beside(now, before), "中共岚山县委党校", "赵敏", NOW)


@pytest.mark.parametrize("grouping", [g for g in Grouping if g is not Grouping.WEEK])
def test_the_figures_on_paper_with_their_formulas(grouping: Grouping, tmp_path: Path) -> None:
    data = year_of_figures(grouping)
    pdf = statistics_pdf(data)
    assert pdf == statistics_pdf(data)  # the same figures give the same file
    pages = pdf_pages(pdf)
    assert set(pdf_sizes(pdf)) == {(210, 297)}
    assert len(pages) == (2 if grouping is Grouping.CLASS else 1)
    text = squeezed("".join(pages))
    assert "2026年住宿统计表" in text
    assert "已住算到2026年11月21日" in text
    for formula in FORMULAS:
        assert squeezed(f"{formula.title}：{formula.text}") in text
    figures = data.summary.total.figures
    assert f"合计{figures.slept}{figures.slept_rooms}{figures.people}" in text
    if grouping.has_beds:
        assert f"{figures.rate:.1%}" in text
        assert points(data.summary.total.change) in text
    for line in data.summary.lines:
        assert squeezed(line.title) in text
    assert "没有办理入住登记" in text  # every fiftieth was not noted down
    statistics_xlsx(tmp_path / "统计.xlsx", data)
    written = cells(tmp_path / "统计.xlsx")
    assert float(figures.slept) in written
    assert any(FORMULAS[0].text in str(cell) for cell in written)


def test_a_hundred_classes_over_pages() -> None:
    pages = pdf_pages(statistics_pdf(year_of_figures(Grouping.CLASS, 120)))
    assert len(pages) > 3
    assert all("占比" in squeezed(page) for page in pages)
    assert squeezed(f"{FORMULAS[0].title}：{FORMULAS[0].text}") in squeezed(pages[-1])
    assert "制表人" in pages[-1]


def test_the_chart_stands_between_the_table_and_the_formulas() -> None:
    data = year_of_figures(Grouping.MONTH)
    rules = lines_across(statistics_pdf(data), 0, 150)
    assert rules, "no rule goes over the grid"
    document = pypdfium2.PdfDocument(statistics_pdf(data))
    page = document[0]
    text = page.get_textpage()
    places = {}
    for words in ("合计", "月份比较", "床晚：", "制表人"):
        found = text.search(words).get_next()
        assert found is not None, words
        places[words] = page.get_height() - text.get_charbox(found[0])[3]
    document.close()
    assert places["合计"] < places["月份比较"] < places["床晚："] < places["制表人"]
    assert (places["床晚："] - places["月份比较"]) / 72 * 25.4 > 40  # the chart has its room
    assert places["制表人"] / 72 * 25.4 < 297 - 20


def test_an_empty_period_is_printed_without_a_chart(unit) -> None:
    with unit(read_only=True) as ctx:
        data = statistics_of(ctx, date(2026, 1, 1), date(2027, 1, 1), Grouping.CLASS)
    text = squeezed("".join(pdf_pages(statistics_pdf(data))))
    assert "（这段时间没有住宿记录）" in text
    assert "比较（" not in text


def test_only_those_who_may_look_get_the_papers(unit, school, nobody) -> None:
    row = school[0]
    for key in ("card-register", "move-register"):
        with pytest.raises(PermissionDenied), unit(read_only=True, actor=nobody) as ctx:
            BY_KEY[key].load(ctx, row.id)
    with pytest.raises(PermissionDenied), unit(read_only=True, actor=nobody) as ctx:
        head_count_on(ctx, START)


def test_periods_in_words() -> None:
    assert period_words(date(2026, 1, 1), date(2027, 1, 1)) == "2026年"
    assert period_words(date(2017, 1, 1), date(2027, 1, 1)) == "2017年至2026年"
    assert period_words(date(2026, 2, 1), date(2026, 3, 1)) == "2026年2月"
    assert period_words(date(2026, 2, 1), date(2026, 2, 2)) == "2026年2月1日至2026年2月1日"


# ------------------------------------------------------------------------------------------- from the desk's page
@pytest.mark.sqlite_only
def test_the_registers_are_printed_where_the_desk_works(qtbot: QtBot, desk: Desk, unit, school, tmp_path: Path) -> None:
    row, beds, stays = school
    with unit() as ctx:
        services.check_in(ctx, CheckIn(stays[0], version(ctx, stays[0])))
        services.move_stay(ctx, MoveStay(stays[0], version(ctx, stays[0]), beds[10], None, "身体原因"))
    page = DeskAffairsPage(desk)
    qtbot.addWidget(page)
    page.show()
    click(qtbot, page, "调房记录")
    moves = next(b for b in page.tables["moves"].findChildren(PaperButton))
    choose(moves.menu(), "打印")
    preview = opened(PreviewDialog)
    preview.save_to(str(tmp_path / "调房.pdf"))
    text = squeezed("".join(pdf_pages((tmp_path / "调房.pdf").read_bytes())))
    assert squeezed(RARE_NAMES[0]) in text
    assert "2026年3月1日至2026年3月31日" in text  # no class chosen: the month
    preview.close()
    page.tables["moves"].set_filter("class_id", row.id)
    moves.save_to(str(tmp_path / "调房.xlsx"))
    assert f"{row.name}调房登记表" in cells(tmp_path / "调房.xlsx")
    click(qtbot, page, "夜间查寝")
    page.nights.paper.save_to(str(tmp_path / "查寝.xlsx"))
    assert "夜间查寝记录" in cells(tmp_path / "查寝.xlsx")
    choose(page.nights.paper.menu(), "打印")
    assert opened(PreviewDialog).info is not None
