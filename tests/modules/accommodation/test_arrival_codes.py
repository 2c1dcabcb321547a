"""The code that the desk's search understands is printed where a guest has it in his hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import AssignBed
from dangxiao_houqin.modules.accommodation.printouts import DOCUMENTS
from dangxiao_houqin.modules.accommodation.reports import ArrivalCode, ArrivalCodes, arrival_codes_pdf, scan_text
from dangxiao_houqin.modules.accommodation.reports.room_slip import RoomSlip, SlipPaper, room_slip_pdf
from dangxiao_houqin.modules.accommodation.slips import load_room_slip
from dangxiao_houqin.modules.accommodation.ui.reception_search import CARD_CODE, find, load_day
from tests.conftest import OpenUnit
from tests.support.paper import pdf_pages, pdf_sizes, squeezed
from tests.support.qr_reading import DOTS, page_pixels, read_qr
from tests.support.school import START, make_class, make_people, make_rooms

SLIP = RoomSlip(
    "张伟", "科级干部进修班", "明德楼305", "1", "3层", ("李强",), date(2026, 3, 2), date(2026, 3, 6), 1, "",
    "中共岚溪县委党校", 12, datetime(2026, 3, 2, 14, 3, tzinfo=CHINA), "DXHQ:E77",
)  # fmt: skip


@pytest.mark.parametrize("number", (1, 4711, 123456789))
def test_any_scanner_reads_the_labels(number: int) -> None:
    people = tuple(ArrivalCode(number + at, f"学员{at}", "县档案馆", at + 1) for at in range(25))
    data = arrival_codes_pdf(ArrivalCodes("科级干部进修班", "3月2日", people))
    assert pdf_sizes(data) == [(210, 297)] * 2
    pixels = page_pixels(data)
    for at in (0, 2, 23):  # three across, eight down
        left, top = at % 3 * 70, at // 3 * 297 / 8
        text = read_qr(pixels, left + 2, top + 4, 29)
        assert text == scan_text(number + at)
        assert CARD_CODE.fullmatch(text)
    assert "学员24" in squeezed(pdf_pages(data)[1])
    for part in ("学员0", "县档案馆", "科级干部进修班", "3月2日报到"):
        assert squeezed(part) in squeezed(pdf_pages(data)[0]), part


def test_the_slip_carries_the_code_below_everything_else() -> None:
    long = replace(SLIP, note="请妥善保管房卡，遗失照价赔偿。" * 12)
    for paper, left, size in ((SlipPaper.A6, 8.0, 26.0), (SlipPaper.ROLL, 2.0, 21.32)):
        for slip in (SLIP, long):
            pixels = page_pixels(room_slip_pdf([slip], paper))
            foot = pixels.shape[0] / DOTS
            assert read_qr(pixels, left, foot - 2.5 - size, size) == "DXHQ:E77"
    guest = room_slip_pdf([replace(SLIP, code="")])
    assert "扫码" not in squeezed(pdf_pages(guest)[0])


@pytest.mark.sqlite_only
def test_the_desk_finds_who_is_scanned(unit: OpenUnit, tmp_path: Path) -> None:
    with unit() as ctx:
        beds = make_rooms(ctx)
        school = make_class(ctx)
        people = make_people(ctx, school.id, "男女男")
        stay = services.assign_bed(ctx, AssignBed(people[0].id, beds[0]))
    (spec,) = (each for each in DOCUMENTS if each.key == "arrival-codes")
    with unit(read_only=True) as ctx:
        codes = spec.load(ctx, school.id)
        slip = load_room_slip(ctx, stay.id).slip
        entries = load_day(ctx, START).entries
    assert [person.name for person in codes.people] == ["学员1", "学员2", "学员3"]
    assert slip.code == scan_text(people[0].id)
    scanned = read_qr(page_pixels(spec.pdf(codes, no_progress)), 72, 4, 29)
    assert [entry.person.name for entry in find(entries, scanned, START)] == ["学员2"]
    path = tmp_path / "codes.xlsx"
    spec.xlsx(path, codes, no_progress)
    cells = [str(cell) for line in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() for cell in line]
    assert scanned in cells
