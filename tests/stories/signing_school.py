"""A school in which a leader finds a pile of claims on his desk; all people, firms and papers are invented."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from dangxiao_houqin.app.roles import BUILTIN_ROLES
from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import Clock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.organization.api import FirstRun, first_run
from tests.modules.expenses.signing_school import PASSWORD, School, open_school
from tests.modules.expenses.waiting_desk import hand_in

CLAIMS = 8
LONG_PAPER = 1
"""The number of the claim whose evidence has three pages."""

__all__ = ["CLAIMS", "LONG_PAPER", "PASSWORD", "make_school"]


def make_school(db: Database, clock: Clock) -> tuple[School, list[int]]:
    """Fill an empty migrated database; gives back the people and the claims that wait for 李分管 (``li``)."""
    system = Actor.system("测试")

    def unit(action: str = "test.step", **options: Any) -> AbstractContextManager[Ctx]:
        who = options.pop("actor", system)
        return unit_of_work(db, who, action, clock=clock, handlers=REACTIONS, **options)

    with unit("organization.first_run") as ctx:
        first_run(ctx, FirstRun("中共岚溪县委党校", "岚溪党校", "admin", "周启明", PASSWORD), BUILTIN_ROLES)
    school = open_school(unit)
    return school, [hand_in(school, number, pages=3 if number == LONG_PAPER else 1) for number in range(CLAIMS)]
