"""Two units that stand in each other's way: one is sent back with a sentence, or goes again and succeeds."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.errors import Busy, Conflict, again_when_busy
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.organization.models import Department

ACTOR = Actor.system("测试员")


def crosswise(db: Database, retry: bool) -> list[BaseException | str]:
    """Two threads with connections of their own lock the same two rows in opposite order, at the same moment."""
    with unit_of_work(db, ACTOR, "test.add") as ctx:
        ids = [ctx.add(Department(name=name)).id for name in ("后勤科", "教务科")]
    both_hold_one = threading.Barrier(2)
    met = threading.Event()
    answers: list[BaseException | str] = []

    def change(order: list[int]) -> None:
        with unit_of_work(db, ACTOR, "test.cross") as ctx:
            for number, key in enumerate(order):
                found = ctx.get(Department, key, lock=True)
                found.sort_order += 1
                ctx.session.flush()
                if number == 0 and not met.is_set():
                    both_hold_one.wait(10)
                    met.set()

    def run(order: list[int]) -> None:
        unit: Callable[[], None] = lambda: change(order)  # noqa: E731
        try:
            again_when_busy(unit) if retry else unit()
            answers.append("done")
        except Exception as error:  # noqa: BLE001 - looked at below
            answers.append(error)

    threads = [threading.Thread(target=run, args=(order,)) for order in (ids, ids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return answers


@pytest.mark.postgres_only
def test_a_deadlock_sends_one_back_with_a_sentence(db: Database) -> None:
    answers = crosswise(db, retry=False)
    assert answers.count("done") == 1
    (loser,) = [answer for answer in answers if answer != "done"]
    assert isinstance(loser, Busy)
    assert str(loser) == "有其他人正在修改同样的数据，请稍候再试一次。"


@pytest.mark.postgres_only
def test_tried_again_both_succeed(db: Database) -> None:
    assert crosswise(db, retry=True) == ["done", "done"]
    with unit_of_work(db, ACTOR, "test.look", read_only=True) as ctx:
        assert [d.sort_order for d in ctx.session.query(Department)] == [2, 2]


def test_who_is_always_sent_back_hears_of_it_in_the_end() -> None:
    tries: list[int] = []

    def never() -> None:
        tries.append(1)
        raise Busy("有其他人正在修改同样的数据，请稍候再试一次。")

    with pytest.raises(Busy):
        again_when_busy(never, times=3)
    assert len(tries) == 3


def test_another_conflict_is_told_at_once() -> None:
    tries: list[int] = []

    def lost() -> None:
        tries.append(1)
        raise Conflict("这张床位刚被其他人占用，请重新选择床位。")

    with pytest.raises(Conflict):
        again_when_busy(lost)
    assert tries == [1]
