"""A paper that the database cannot take leaves nothing of what it says in the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from dangxiao_houqin.app.kiosk.door import Door
from dangxiao_houqin.app.kiosk.link import OTHER, deliver
from dangxiao_houqin.app.kiosk.queue import AnswerQueue
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.progress import no_progress
from dangxiao_houqin.core.uow import Ctx
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
