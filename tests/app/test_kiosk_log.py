"""A paper that the database cannot take leaves nothing of what it says in the log."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from dangxiao_houqin.app.kiosk.door import Door
from dangxiao_houqin.app.kiosk.link import OTHER, deliver
from dangxiao_houqin.app.kiosk.queue import UNREADABLE, AnswerQueue
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.models import SurveyPaper
from tests.modules.surveys.ballots import add_campaign, paper

Unit = Callable[..., AbstractContextManager[Ctx]]


@pytest.mark.expect_log("a paper is refused")
def test_a_refused_paper_is_not_quoted_in_the_log(
    unit: Unit, db_url: str, clock: FixedClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        huge = paper(campaign.id, ctx.today(), {1: 1, 2: 5, 3: 2})
    huge = replace(huge, answers=replace(huge.answers, texts={6: "被褥潮湿" * 8000}))
    queue = AnswerQueue(tmp_path / "kiosk_queue.db")
    queue.put(huge)
    door = Door(db_url, clock)
    try:
        with caplog.at_level(logging.DEBUG, logger="dangxiao_houqin"):
            logging.getLogger("dangxiao_houqin.core.uow").setLevel(logging.WARNING)  # as the kiosk does
            assert deliver(no_progress, queue, door).state.refused == {OTHER: 1}
    finally:
        logging.getLogger("dangxiao_houqin.core.uow").setLevel(logging.NOTSET)
        door.close()
        queue.close()
    assert "refused" in caplog.text
    for told in ("ratings", "被褥", huge.paper_id):
        assert told not in caplog.text


@pytest.mark.expect_log("cannot be read")
@pytest.mark.sqlite_only
def test_a_row_that_nobody_can_read_does_not_keep_the_others_from_the_box(
    unit: Unit, db_url: str, clock: FixedClock, tmp_path: Path
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        good = paper(campaign.id, ctx.today())
    queue = AnswerQueue(tmp_path / "kiosk_queue.db")
    queue.put(good)
    with closing(sqlite3.connect(queue.path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO paper VALUES (?, ?, '2026-03-02', '[]', '', '')", ("f" * 32, campaign.id))
    door = Door(db_url, clock)
    try:
        delivered = deliver(no_progress, queue, door)
    finally:
        door.close()
        queue.close()
    assert (delivered.state.waiting, delivered.state.refused) == (0, {UNREADABLE: 1})
    with unit() as ctx:
        assert list(ctx.session.scalars(select(SurveyPaper.paper_id))) == [good.paper_id]
