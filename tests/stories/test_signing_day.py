"""A leader of 55 empties his list of eight claims in two minutes at a real screen; ``DANGXIAO_LONG=1``: he reads."""

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
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.queries.signing_desk import list_signed
from dangxiao_houqin.modules.expenses.verification import verify_all
from tests.stories.signing_school import CLAIMS, make_school

READING_SECONDS = 10.0 if os.environ.get("DANGXIAO_LONG") == "1" else 0.0
"""How long he looks at each claim."""


@pytest.mark.story
@pytest.mark.slow
def test_a_leader_empties_his_list(play: Callable[..., Any], tmp_path: Path) -> None:
    pictures = Path(os.environ.get("DANGXIAO_STORY_PICTURES") or tmp_path / "story")
    data = tmp_path / "data"
    data.mkdir()
    path = data / "houqin.db"
    db = Database(path)
    upgrade(db)
    school, claims = make_school(db, SystemClock())
    db.close()

    play("tests.stories.signing_day", data, pictures, path, READING_SECONDS, minutes=4)

    told = json.loads((pictures / "signing.json").read_text(encoding="utf-8"))
    print(told)
    assert told["seconds"] < 120, told
    try:
        with school.as_("li", read_only=True) as ctx:
            signed = list_signed(ctx, ListQuery()).rows
            checked = verify_all(ctx)
    finally:
        db.close()
    assert sorted(row.document_id for row in signed) == claims
    assert {row.state for row in signed} == {DocumentState.SIGNING}
    opinions = [row.opinion for row in signed]
    assert sorted(opinions) == sorted(["同意"] * (CLAIMS - 1) + ["同意，请附验收单"])
    assert checked.flaws == ()
    for log in (data / "logs").glob("dangxiao-houqin.log*"):
        said = log.read_text(encoding="utf-8")
        assert " ERROR " not in said, said[said.index(" ERROR ") :][:3000]
