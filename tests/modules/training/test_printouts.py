"""The three profiles of the roster from real rows, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.errors import PermissionDenied
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.modules.training.domain import VIEW, SaveEnrollment
from dangxiao_houqin.modules.training.printouts import DOCUMENTS
from dangxiao_houqin.modules.training.services import move_enrollment, save_enrollment
from tests.support.paper import RARE_NAMES, pdf_pages, squeezed
from tests.support.school import make_class

BY_KEY = {document.key: document for document in DOCUMENTS}
PHONE, PLATE, REMARK = "13977778888", "川A12345", "海鲜过敏"


@pytest.fixture
def school(unit):
    with unit() as ctx:
        row = make_class(ctx)
        for name in RARE_NAMES:
            save_enrollment(
                ctx,
                SaveEnrollment(
                    row.id,
                    name,
                    "男",
                    unit_name="县教育局",
                    position="科长",
                    phone=PHONE,
                    plate=PLATE,
                    note=REMARK,
                    needs=("diet:清真",),
                ),
            )
        return row


def texts(unit, key: str, class_id: int, path: Path) -> tuple[str, str]:
    """What stands on paper and in the workbook."""
    document = BY_KEY[key]
    with unit() as ctx:
        data = document.load(ctx, class_id)
    document.xlsx(path, data, no_progress)
    book = CalamineWorkbook.from_path(str(path))
    cells = [str(c) for name in book.sheet_names for line in book.get_sheet_by_name(name).to_python() for c in line]
    return squeezed("".join(pdf_pages(document.pdf(data, no_progress)))), squeezed("".join(cells))


def test_every_profile_has_everybody_in_roster_order(unit, school, tmp_path: Path) -> None:
    with unit() as ctx:
        first = save_enrollment(ctx, SaveEnrollment(school.id, "后来居上", "女"))
        move_enrollment(ctx, first.id, 1)
    for key in BY_KEY:
        for text in texts(unit, key, school.id, tmp_path / f"{key}.xlsx"):
            places = [text.find(squeezed(name)) for name in ("后来居上", *RARE_NAMES)]
            assert -1 not in places, key
            assert places == sorted(places), key


def test_only_the_internal_roster_holds_phones_and_remarks(unit, school, tmp_path: Path) -> None:
    for text in texts(unit, "roster", school.id, tmp_path / "a.xlsx"):
        assert PHONE in text
    for key in ("roster-notice", "roster-gate"):
        for text in texts(unit, key, school.id, tmp_path / f"{key}.xlsx"):
            for secret in (PHONE, "7777", REMARK, "清真"):
                assert secret not in text, (key, secret)


def test_the_gate_sees_number_plates(unit, school, tmp_path: Path) -> None:
    for text in texts(unit, "roster-gate", school.id, tmp_path / "a.xlsx"):
        assert PLATE in text
    for text in texts(unit, "roster-notice", school.id, tmp_path / "b.xlsx"):
        assert PLATE not in text


def test_the_internal_roster_needs_the_right_and_is_logged(unit, school) -> None:
    reader = Actor(None, "只看", frozenset({VIEW.key}))
    with pytest.raises(PermissionDenied), unit(actor=reader) as ctx:
        BY_KEY["roster"].load(ctx, school.id)
    with unit("print.roster") as ctx:
        BY_KEY["roster"].load(ctx, school.id)
    with unit(actor=reader, read_only=True) as ctx:
        assert BY_KEY["roster-notice"].load(ctx, school.id).people
        logged = ctx.session.scalars(
            select(AuditEntry.label).where(AuditEntry.action == "training.reveal_roster")
        ).all()
    assert logged == [f"科级干部进修班 学员花名册 {len(RARE_NAMES)}人"]
