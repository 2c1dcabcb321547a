"""From the file an office sends to the people of a class, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.errors import InvalidInput, NeedsConfirmation
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.training.domain import ClassRules
from dangxiao_houqin.modules.training.models import Enrollment, HomeUnit
from dangxiao_houqin.modules.training.queries import list_roster
from dangxiao_houqin.modules.training.roster import read_book
from dangxiao_houqin.modules.training.roster_import import (
    ApplyRoster,
    Choices,
    ImportReview,
    apply_roster,
    prepare_import,
    review,
)
from tests.support.school import make_class

ROSTERS = Path(__file__).parents[2] / "data" / "rosters"
CLEAN = ROSTERS / "科级干部进修班花名册.xlsx"
FAULTY = ROSTERS / "有错误的名单.xlsx"
BIG = ROSTERS / "全区干部轮训花名册（300人）.xlsx"


def reviewed(unit, class_id: int, path: Path, choices: Choices | None = None) -> ImportReview:
    with unit(read_only=True) as ctx:
        task = prepare_import(ctx, class_id)
    return review(task, read_book(path), choices)


@pytest.fixture
def school(unit):
    with unit() as ctx:
        return make_class(ctx)


def test_a_clean_roster_comes_in_whole_and_in_its_own_order(unit, school) -> None:
    found = reviewed(unit, school.id, CLEAN)
    with unit() as ctx:
        result = apply_roster(ctx, ApplyRoster(school.id, found.preview))
    assert (result.added, result.changed, result.withdrawn, result.skipped) == (len(found.preview.people), 0, 0, 0)
    with unit(read_only=True) as ctx:
        roster = list_roster(ctx, school.id, reveal=True)
    assert [r.name for r in roster] == [p.name for p in found.preview.people]
    assert [r.seq_no for r in roster] == list(range(1, len(roster) + 1))
    assert all(r.phone for r in roster)


def test_the_same_roster_again_changes_nothing(unit, school) -> None:
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, reviewed_in(ctx, school.id, CLEAN)))
    again = reviewed(unit, school.id, CLEAN)
    with unit() as ctx:
        result = apply_roster(ctx, ApplyRoster(school.id, again.preview))
    assert (result.added, result.changed, result.withdrawn) == (0, 0, 0)
    assert result.unchanged == result.people > 40


def reviewed_in(ctx, class_id: int, path: Path):
    return review(prepare_import(ctx, class_id), read_book(path)).preview


def test_a_faulty_roster_is_refused_and_nothing_is_written(unit, school) -> None:
    found = reviewed(unit, school.id, FAULTY)
    assert found.preview.errors
    with pytest.raises(InvalidInput, match=r"名单里有 \d+ 处错误"), unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, found.preview))
    with unit(read_only=True) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(Enrollment)) == 0
        assert ctx.session.scalar(select(func.count()).select_from(HomeUnit)) == 0


def test_faulty_rows_can_be_left_out_and_are_counted(unit, school, tmp_path: Path) -> None:
    book = Workbook()
    for row in (
        ("姓名", "性别", "单位"),
        ("周启明", "男", "县财政局"),
        ("陈晓岚", "", "县教育局"),
        ("卫玥", "女", "县民政局"),
    ):
        book.active.append(row)
    book.save(tmp_path / "名单.xlsx")
    found = reviewed(unit, school.id, tmp_path / "名单.xlsx")
    assert [(p.row, p.column) for p in found.preview.errors] == [(3, "性别")]
    with unit() as ctx:
        result = apply_roster(ctx, ApplyRoster(school.id, found.preview, skip_bad_rows=True))
    assert (result.people, result.added, result.skipped) == (2, 2, 1)


def test_a_file_of_nothing_but_faulty_rows_is_refused_even_when_they_may_be_left_out(unit, school) -> None:
    found = reviewed(unit, school.id, FAULTY)
    with pytest.raises(InvalidInput, match="没有可以导入的人员"), unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, found.preview, skip_bad_rows=True))


def test_people_missing_from_the_file_are_asked_about(unit, school) -> None:
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, reviewed_in(ctx, school.id, CLEAN)))
    full = reviewed(unit, school.id, CLEAN).preview
    gone = full.people[3]
    shorter = reviewed(unit, school.id, CLEAN, Choices(skip=(gone.key,))).preview
    with pytest.raises(NeedsConfirmation, match=f"其中 1 人（{gone.name}）不在这份名单里"), unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, shorter))
    with unit() as ctx:
        kept = apply_roster(ctx, ApplyRoster(school.id, shorter, withdraw_missing=False))
    assert kept.withdrawn == 0
    with unit(handlers=REACTIONS) as ctx:
        result = apply_roster(ctx, ApplyRoster(school.id, shorter, withdraw_missing=True))
    assert result.withdrawn == 1
    with unit(read_only=True) as ctx:
        names = [r.name for r in list_roster(ctx, school.id)]
    assert names == [p.name for p in shorter.people]


@pytest.mark.parametrize("keep", (True, False))
def test_id_numbers_are_stored_only_when_the_office_wants_them(unit, school, keep: bool) -> None:
    with unit() as ctx:
        save_settings(ctx.session, ClassRules(collect_id_numbers=keep))
    found = reviewed(unit, school.id, BIG)
    assert any(p.id_number for p in found.preview.people), "the sample has ID numbers"
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, found.preview, skip_bad_rows=True))
        stored = ctx.session.scalar(select(func.count()).where(Enrollment.id_number != ""))
    assert bool(stored) is keep


def test_the_same_people_in_an_overlapping_class_are_warned_about(unit, school) -> None:
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, reviewed_in(ctx, school.id, CLEAN)))
        other = make_class(ctx, "中青年干部培训班")
    found = reviewed(unit, other.id, CLEAN)
    doubled = [p for p in found.preview.warnings if school.name in p.message]
    assert len(doubled) == len(found.preview.people)


def test_phones_are_masked_for_those_who_may_not_see_them(unit, school, nobody) -> None:
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, reviewed_in(ctx, school.id, CLEAN)))
    with unit(read_only=True) as ctx:
        assert all("****" in r.phone for r in list_roster(ctx, school.id) if r.phone)


def test_somebody_on_a_row_with_an_error_is_not_taken_for_missing(unit, school, tmp_path: Path) -> None:
    head, people = "姓名,性别,单位,联系电话\n", ["周启明,男,县财政局,13900000001", "陈晓岚,女,县教育局,13900000002"]
    file = tmp_path / "名单.csv"
    file.write_text(head + "\n".join(people), encoding="utf-8")
    with unit() as ctx:
        apply_roster(ctx, ApplyRoster(school.id, reviewed_in(ctx, school.id, file)))
    file.write_text(head + "\n".join([people[0], people[1].replace("13900000002", "139")]), encoding="utf-8")
    found = reviewed(unit, school.id, file)
    assert len(found.preview.errors) == 1
    with unit() as ctx:
        result = apply_roster(ctx, ApplyRoster(school.id, found.preview, skip_bad_rows=True))
    assert (result.unchanged, result.withdrawn, result.skipped) == (1, 0, 1)
