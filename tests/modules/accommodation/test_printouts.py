"""The printouts of accommodation from real rows, on both engines: who is on them, and what must never be."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.modules.accommodation import services
from dangxiao_houqin.modules.accommodation.domain import VIEW, AssignBed
from dangxiao_houqin.modules.accommodation.planning import as_command, prepare, quick_plan
from dangxiao_houqin.modules.accommodation.printouts import DOCUMENTS, load_sign_in
from dangxiao_houqin.modules.places.models import Bed, RoomOutage
from dangxiao_houqin.modules.training.domain import VIEW as VIEW_TRAINING
from dangxiao_houqin.modules.training.domain import SaveEnrollment
from dangxiao_houqin.modules.training.queries import list_roster
from dangxiao_houqin.modules.training.roster import read_book
from dangxiao_houqin.modules.training.roster_import import ApplyRoster, apply_roster, prepare_import, review
from dangxiao_houqin.modules.training.services import save_enrollment
from tests.support.paper import RARE_NAMES, pdf_pages, squeezed
from tests.support.school import END, START, make_class, make_rooms

ROSTERS = Path(__file__).parents[2] / "data" / "rosters"
BY_KEY = {document.key: document for document in DOCUMENTS}
WALL = ("lodging", "room-chart", "door-cards", "desk-list")
PHONE, REMARK = "13977778888", "腰椎手术后，需低楼层"


@pytest.fixture
def school(unit):
    """People with awkward names in their beds; the last comes a day late and has no bed."""
    with unit() as ctx:
        beds = make_rooms(ctx, floors=2, rooms=6)
        row = make_class(ctx)
        for number, name in enumerate(RARE_NAMES):
            person = save_enrollment(
                ctx,
                SaveEnrollment(
                    row.id,
                    name,
                    "女" if number % 4 > 1 else "男",
                    unit_name="县教育局",
                    phone=PHONE,
                    note=REMARK,
                    needs=("low_floor",),
                    arrive_on=START + timedelta(days=1) if number == 2 else None,
                ),
            )
            if number < len(RARE_NAMES) - 1:
                services.assign_bed(ctx, AssignBed(person.id, beds[number]))
        ctx.add(RoomOutage(room_id=ctx.get(Bed, beds[20]).room_id, start=START, end=None, reason="卫生间漏水"))
        return row


def text_of(document, data) -> str:
    return squeezed("".join(pdf_pages(document.pdf(data, no_progress))))


def sheet_text(document, data, path: Path) -> str:
    document.xlsx(path, data, no_progress)
    book = CalamineWorkbook.from_path(str(path))
    cells = [str(c) for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python() for c in line]
    return squeezed("".join(cells))


def test_what_hangs_on_a_wall_holds_names_and_no_secrets(unit, school, tmp_path: Path) -> None:
    """A wall list is read by whoever may look, and it shows neither phone nor ID nor remark nor need."""
    reader = Actor(None, "只看", frozenset({VIEW.key, VIEW_TRAINING.key}))
    for key in WALL:
        with unit(read_only=True, actor=reader) as ctx:
            data = BY_KEY[key].load(ctx, school.id)
        for text in (text_of(BY_KEY[key], data), sheet_text(BY_KEY[key], data, tmp_path / f"{key}.xlsx")):
            for number, name in enumerate(RARE_NAMES[:-1]):
                there = key != "room-chart" or number != 2  # the chart is of the first night
                assert (squeezed(name) in text) is there, (key, name)
            for secret in (PHONE, "7777", "****", REMARK, "腰椎", "低楼层"):
                assert secret not in text, (key, secret)


def test_the_lodging_list_names_late_arrivals_and_who_has_no_bed(unit, school) -> None:
    with unit(read_only=True) as ctx:
        text = text_of(BY_KEY["lodging"], BY_KEY["lodging"].load(ctx, school.id))
    assert "3月3日入住" in text
    assert squeezed(RARE_NAMES[-1]) in text  # named at the foot, so that nobody is forgotten
    assert "科级干部进修班" in text


def test_the_chart_shows_closed_rooms(unit, school) -> None:
    with unit(read_only=True) as ctx:
        text = text_of(BY_KEY["room-chart"], BY_KEY["room-chart"].load(ctx, school.id))
    assert "卫生间漏水" in text
    assert "205" in text


def test_the_sign_in_list_has_phones_and_rooms_and_is_logged(unit, school, tmp_path: Path) -> None:
    reader = Actor(None, "只看", frozenset({VIEW.key, VIEW_TRAINING.key}))
    with pytest.raises(PermissionDenied), unit(actor=reader) as ctx:
        load_sign_in(ctx, school.id)
    with unit() as ctx:
        data = BY_KEY["sign-in"].load(ctx, school.id)
    for text in (text_of(BY_KEY["sign-in"], data), sheet_text(BY_KEY["sign-in"], data, tmp_path / "签到.xlsx")):
        assert PHONE in text
        assert "明德楼101" in text
        assert REMARK not in text


def test_a_class_without_a_bed_has_its_papers_too(unit, tmp_path: Path) -> None:
    with unit() as ctx:
        empty = make_class(ctx)
    for key, document in BY_KEY.items():
        with unit() as ctx:
            data = document.load(ctx, empty.id)
        assert pdf_pages(document.pdf(data, no_progress)), key
        document.xlsx(tmp_path / f"{key}.xlsx", data, no_progress)


@pytest.mark.sqlite_only
def test_the_lodgers_of_300_people_once_each_in_room_order(unit, tmp_path: Path) -> None:
    with unit() as ctx:
        make_rooms(ctx, floors=6, rooms=28)
        row = make_class(ctx, "全区干部轮训班", START, END)
        preview = review(prepare_import(ctx, row.id), read_book(ROSTERS / "全区干部轮训花名册（300人）.xlsx")).preview
        apply_roster(ctx, ApplyRoster(row.id, preview))
        task = prepare(ctx, row.id)
        services.confirm_plan(ctx, as_command(task, quick_plan(task)))
    with unit(read_only=True) as ctx:
        names = sorted(p.name for p in list_roster(ctx, row.id) if p.lodging)
        lodging = BY_KEY["lodging"].load(ctx, row.id)
        desk = BY_KEY["desk-list"].load(ctx, row.id)
        cards = BY_KEY["door-cards"].load(ctx, row.id)
    assert sorted(line.name for line in lodging.rows) == names
    assert lodging.without_bed == ()
    rooms = [line.room for line in lodging.rows]
    assert rooms == sorted(rooms)
    pages = pdf_pages(BY_KEY["lodging"].pdf(lodging, no_progress))
    assert len(pages) > 3
    assert all(f"第{n}页" in squeezed(page) or f"{n}/" in squeezed(page) for n, page in enumerate(pages, start=1))
    whole = squeezed("".join(pages))
    assert [name for name in names if squeezed(name) not in whole] == []
    assert sorted(line.name for line in desk.rows) == names
    assert sorted(name for card in cards for name in card.names) == names
    found = sheet_text(BY_KEY["lodging"], lodging, tmp_path / "住宿.xlsx")
    assert [name for name in names if squeezed(name) not in found] == []
