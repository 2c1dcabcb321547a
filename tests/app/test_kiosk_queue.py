"""The kiosk's own file: what was thanked for is there, in no order, whatever happens to the file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from dangxiao_houqin.app.kiosk.queue import AnswerQueue, Known, LockState
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.errors import RuleViolation, Unavailable
from dangxiao_houqin.modules.surveys.api import Anonymity, KioskRules, OpenSurvey, code_hash
from tests.modules.surveys.ballots import paper, small_content

DAY = date(2026, 3, 2)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[AnswerQueue]:
    found = AnswerQueue(tmp_path / "kiosk_queue.db")
    yield found
    found.close()


def survey(campaign_id: int = 1) -> OpenSurvey:
    now = FixedClock().now()
    return OpenSurvey(
        campaign_id, "测评", "中青班", Anonymity.FREE, now, now + timedelta(hours=1), small_content(), False
    )


# -------------------------------------------------------------------------------------------------- papers
def test_a_paper_stays_until_it_is_removed_and_is_there_once(queue: AnswerQueue) -> None:
    papers = [paper(1, DAY, text=f"意见{number}", code="123456782") for number in range(5)]
    for each in (*papers, *papers):
        queue.put(each)
    queue.close()  # a restart
    assert {each.paper_id: each for each in queue.waiting()} == {each.paper_id: each for each in papers}
    for each in papers[:4]:
        queue.remove(each.paper_id)
    assert queue.waiting() == (papers[4],)
    assert queue.state().waiting == 1


def test_refused_papers_wait_for_the_staff(queue: AnswerQueue) -> None:
    first, second, third = (paper(number, DAY) for number in (1, 1, 2))
    for each in (first, second, third):
        queue.put(each)
        queue.hold(each.paper_id, "survey_closed" if each is not second else "survey_code_used")
    assert queue.waiting() == ()
    assert queue.state().refused == {"survey_closed": 2, "survey_code_used": 1}
    assert queue.release(["survey_closed"], [2]) == 1
    assert queue.waiting() == (third,)
    assert queue.release() == 2
    assert queue.state().waiting == 3


def test_refused_papers_can_be_thrown_away_and_only_those(queue: AnswerQueue) -> None:
    queue.belong_to("PostgreSQL a/houqin")
    closed, used, waits = (paper(1, DAY, text=f"意见{n}", code=f"12345678{n}") for n in range(3))
    for each in (closed, used, waits):
        queue.put(each)
    queue.hold(closed.paper_id, "survey_closed")
    queue.hold(used.paper_id, "survey_code_used")
    assert queue.discard() == 2
    assert queue.waiting() == (waits,)
    assert queue.state().refused == {}
    assert queue.state().codes == {(1, code_hash(1, used.code)), (1, code_hash(1, waits.code))}, (
        "whose paper was thrown away unread may use his code again"
    )
    left = b"".join(file.read_bytes() for file in queue.path.parent.glob("kiosk_queue*"))
    for trace in ("意见0".encode(), "意见1".encode(), used.paper_id.encode()):
        assert trace not in left
    assert queue.discard() == 0
    with pytest.raises(RuleViolation, match="还有 1 份答卷"):
        queue.belong_to("PostgreSQL b/houqin")
    queue.remove(waits.paper_id)
    queue.belong_to("PostgreSQL b/houqin")


def test_nothing_in_the_file_tells_an_order_or_a_time(queue: AnswerQueue) -> None:
    for number in range(40):
        queue.put(paper(1, DAY, text=f"意见{number:02}"))
    with closing(sqlite3.connect(queue.path)) as connection:
        for (statement,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'table'"):
            assert "WITHOUT ROWID" in statement
        columns = [row[1] for row in connection.execute("PRAGMA table_info(paper)")]
        names = [name for (name,) in connection.execute("SELECT paper_id FROM paper")]
    assert columns == ["paper_id", "campaign_id", "day", "answers", "code", "refusal"]
    assert names == sorted(names)  # kept by its random name
    orders = {tuple(each.paper_id for each in queue.waiting()) for _ in range(4)}
    assert len(orders) == 4  # and sent in another order each time


def test_what_was_sent_is_wiped_from_the_file(queue: AnswerQueue) -> None:
    mine = paper(1, DAY, text="食堂的汤太咸了", code="123456782")
    queue.put(mine)
    assert "食堂的汤太咸了".encode() in queue.path.read_bytes()
    queue.remove(mine.paper_id)
    left = b"".join(file.read_bytes() for file in queue.path.parent.glob("kiosk_queue*"))
    for trace in ("食堂的汤太咸了".encode(), mine.paper_id.encode(), b"123456782"):
        assert trace not in left


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps it in the user's own folder")
def test_the_file_is_for_its_owner_only(queue: AnswerQueue) -> None:
    queue.put(paper(1, DAY))
    assert queue.path.stat().st_mode & 0o777 == 0o600
    queue.close()
    queue.path.chmod(0o644)  # somebody copied it about
    queue.put(paper(1, DAY))
    assert queue.path.stat().st_mode & 0o777 == 0o600


# --------------------------------------------------------------------------------------------- what is known
def test_what_the_database_said_last_is_known_after_a_restart(queue: AnswerQueue) -> None:
    assert queue.known() == Known()
    known = Known((survey(1), survey(2)), KioskRules(idle_seconds=30, large_text=True), "hash")
    queue.remember(known)
    queue.close()
    assert queue.known() == known


def test_what_another_version_wrote_is_forgotten_not_guessed(queue: AnswerQueue) -> None:
    queue.remember(Known((survey(),), KioskRules(), "hash"))
    queue.close()
    with closing(sqlite3.connect(queue.path)) as connection:
        odd = json.dumps({"surveys": [], "rules": {"unknown": 1}, "pin_hash": "x"})
        connection.execute("UPDATE note SET value = ? WHERE key = 'known'", (odd,))
        connection.commit()
    assert queue.known() == Known()


def test_used_codes_are_remembered_while_their_campaign_lasts(queue: AnswerQueue) -> None:
    queue.remember(Known((survey(1),)))
    mine = paper(1, DAY, code="123456782")
    queue.put(mine)
    queue.remove(mine.paper_id)
    assert queue.state().codes == {(1, code_hash(1, "123456782"))}
    queue.remember(Known((survey(2),)))
    assert queue.state().codes == frozenset()


def test_papers_go_to_the_database_they_were_written_for(queue: AnswerQueue) -> None:
    queue.belong_to("PostgreSQL a/houqin")
    queue.remember(Known((survey(),), KioskRules(), "hash"))
    mine = paper(1, DAY)
    queue.put(mine)
    with pytest.raises(RuleViolation, match="还有 1 份答卷要交到“PostgreSQL a/houqin”"):
        queue.belong_to("PostgreSQL b/houqin")
    queue.belong_to("PostgreSQL b/houqin", moved=True)
    assert queue.waiting() == (mine,)
    assert queue.known().surveys
    queue.remove(mine.paper_id)
    queue.belong_to("PostgreSQL c/houqin")
    assert queue.known() == Known()  # campaign 1 is another one there


# ---------------------------------------------------------------------------------------------- what breaks
@pytest.mark.expect_log("damaged kiosk queue set aside")
def test_a_damaged_file_is_set_aside_and_what_can_be_read_goes_on(queue: AnswerQueue) -> None:
    papers = [paper(1, DAY, text="长" * 300) for _ in range(200)]
    for each in papers[:150]:
        queue.put(each)
    queue.set_lock_state(LockState(3, 0.0))
    queue.close()
    pages = queue.path.read_bytes()
    starts = range(len(pages) // 2 // 4096 * 4096, len(pages), 4096)
    leaf = next(start for start in starts if pages[start] == 0x0A)  # a page above others would take them all along
    with queue.path.open("r+b") as file:  # a bad block in the middle
        file.seek(leaf)
        file.write(b"\xff" * 4096)
    damaged = queue.path.read_bytes()
    queue.put(papers[160])
    assert papers[160] in queue.waiting()
    (aside,) = queue.state().set_aside
    assert Path(aside).read_bytes() == damaged
    queue.put(papers[161])
    found = queue.waiting()
    assert all(each in papers for each in found)
    assert len(found) > 140  # all but those that lay in the bad block


@pytest.mark.expect_log("damaged kiosk queue set aside")
def test_a_file_that_is_no_database_is_kept_too(queue: AnswerQueue) -> None:
    queue.path.write_bytes(b"this is not a database" * 100)
    mine = paper(1, DAY)
    queue.put(mine)
    queue.close()
    assert queue.waiting() == (mine,)
    queue.close()
    queue.path.write_bytes(b"again")  # and once more
    assert queue.waiting() == ()
    assert len(list(queue.path.parent.glob("kiosk_queue-损坏*"))) == 2
    assert len(queue.state().set_aside) == 1  # the new file knows of the last


def _fill(queue: AnswerQueue) -> None:
    for _ in range(100):
        queue.put(paper(1, DAY, text="长" * 500))


def test_a_full_disk_is_said_before_anybody_is_thanked(tmp_path: Path) -> None:
    queue = AnswerQueue(tmp_path / "kiosk_queue.db")
    queue.put(paper(1, DAY))
    connection = queue._open()
    connection.execute(f"PRAGMA max_page_count={connection.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(Unavailable, match="磁盘已满"):
        _fill(queue)
    queue.close()
    assert queue.state().waiting >= 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        AnswerQueue(tmp_path / "file" / "kiosk_queue.db").put(paper(1, DAY))


def test_known_differs_when_a_campaign_does(queue: AnswerQueue) -> None:
    known = Known((survey(),))
    queue.remember(known)
    assert queue.known() != replace(known, surveys=(replace(survey(), full=True),))
