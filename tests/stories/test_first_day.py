"""A new user with mouse and keyboard: from the first start to the accommodation list of 300 people on paper."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.queries import list_class_stays
from dangxiao_houqin.modules.training.queries import find_class, list_roster
from tests.support.paper import pdf_pages, squeezed

ROOT = Path(__file__).parents[2]
ROSTER = ROOT / "tests" / "data" / "rosters" / "全区干部轮训花名册（300人）.xlsx"
MINUTES = 5


@pytest.mark.story
@pytest.mark.slow
def test_from_first_start_to_the_printed_list(play: Callable[..., Any], tmp_path: Path) -> None:
    pictures = Path(os.environ.get("DANGXIAO_STORY_PICTURES") or tmp_path / "story")
    roster = tmp_path / ROSTER.name
    shutil.copyfile(ROSTER, roster)
    data = tmp_path / "data"
    begun = time.monotonic()
    play("tests.stories.first_day", data, pictures, roster, minutes=MINUTES)
    assert time.monotonic() - begun < MINUTES * 60

    db = Database(data / "houqin.db")
    try:
        with unit_of_work(db, Actor.system("测试员"), "test.look", read_only=True) as ctx:
            school = find_class(ctx, "全区干部轮训班")
            roster_rows = list_roster(ctx, school.id)
            stays = list_class_stays(ctx, school.id)
    finally:
        db.close()
    names = [row.name for row in roster_rows if row.lodging]
    assert (len(roster_rows), len(names), len(stays)) == (300, 268, 268)
    assert len({stay.bed_id for stay in stays}) == 268
    sexes: dict[int, set[str]] = {}
    for stay in stays:
        sexes.setdefault(stay.room_id, set()).add(stay.sex)
    assert all(len(each) == 1 for each in sexes.values())
    text = squeezed("".join(pdf_pages((pictures / "住宿安排表.pdf").read_bytes())))
    assert [name for name in names if squeezed(name) not in text] == []
    assert "中共岚溪县委党校" in text
