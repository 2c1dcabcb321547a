"""A whole class arrives while one clerk works with real keys; ``DANGXIAO_LONG=1`` is 300 people, one every 2 s."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dangxiao_houqin.app.schema import upgrade
from dangxiao_houqin.core.clock import SystemClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.domain import StayState
from dangxiao_houqin.modules.accommodation.queries import list_class_stays
from tests.stories.arrival_school import make_school

LONG = os.environ.get("DANGXIAO_LONG") == "1"
PEOPLE, PACE = (300, 2.0) if LONG else (40, 0.0)


@pytest.mark.story
@pytest.mark.slow
def test_a_class_is_received_without_an_error(play: Callable[..., Any], tmp_path: Path) -> None:
    pictures = Path(os.environ.get("DANGXIAO_STORY_PICTURES") or tmp_path / "story")
    data = tmp_path / "data"
    data.mkdir()
    path = data / "houqin.db"
    db = Database(path)
    upgrade(db)
    class_id = make_school(db, SystemClock(), PEOPLE)
    db.close()

    play("tests.stories.arrival_day", data, pictures, path, PACE, minutes=15 if LONG else 5)

    told = json.loads((pictures / "arrivals.json").read_text(encoding="utf-8"))
    print(told)
    assert told["people"] == PEOPLE
    if LONG:  # one person every two seconds: the queue never grew, and it was gone with the last one
        assert told["mean"] < PACE / 2, told
        assert told["behind"] < PACE, told
        assert told["all_seconds"] < PEOPLE * PACE + 3 * PACE, told

    db = Database(path)
    try:
        with unit_of_work(db, Actor.system("测试员"), "test.look", read_only=True) as ctx:
            stays = list_class_stays(ctx, class_id)
    finally:
        db.close()
    assert len(stays) == PEOPLE
    assert {stay.state for stay in stays} == {StayState.IN_HOUSE}
    for log in (data / "logs").glob("dangxiao-houqin.log*"):
        said = log.read_text(encoding="utf-8")
        assert " ERROR " not in said, said[said.index(" ERROR ") :][:3000]
