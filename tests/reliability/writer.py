"""A child process that writes until it is killed: ``writer.py import|confirm DB FILE``.

It says ``ready`` when the transaction is about to begin and ``done`` when the commit came back.
"""

from __future__ import annotations

import sys
from datetime import date

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.accommodation.planning import as_command, prepare, quick_plan
from dangxiao_houqin.modules.accommodation.services import confirm_plan
from dangxiao_houqin.modules.training.domain import SaveClass
from dangxiao_houqin.modules.training.queries import find_class
from dangxiao_houqin.modules.training.roster import read_book
from dangxiao_houqin.modules.training.roster_import import ApplyRoster, apply_roster, prepare_import, review
from dangxiao_houqin.modules.training.services import save_class

NAME = "轮训班（虚构）"


def unit(db: Database, action: str, *, read_only: bool = False):
    return unit_of_work(db, Actor.system("写入者"), action, clock=FixedClock(), handlers=REACTIONS, read_only=read_only)


def make_class(db: Database) -> int:
    """The class that is imported into and given beds."""
    with unit(db, "training.save_class") as ctx:
        return save_class(ctx, SaveClass(NAME, "轮训班", date(2031, 3, 3), date(2031, 3, 7))).id


def import_roster(db: Database, file: str, say: bool = True) -> None:
    with unit(db, "training.prepare_import", read_only=True) as ctx:
        task = prepare_import(ctx, find_class(ctx, NAME).id)
    preview = review(task, read_book(file)).preview
    _say("ready", say)
    with unit(db, "training.apply_roster") as ctx:
        apply_roster(ctx, ApplyRoster(task.school.id, preview, skip_bad_rows=True, withdraw_missing=True))
    _say("done", say)


def confirm(db: Database, say: bool = True) -> None:
    with unit(db, "accommodation.prepare", read_only=True) as ctx:
        task = prepare(ctx, find_class(ctx, NAME).id)
    plan = quick_plan(task)
    _say("ready", say)
    with unit(db, "accommodation.confirm_plan") as ctx:
        confirm_plan(ctx, as_command(task, plan))
    _say("done", say)


def _say(word: str, really: bool) -> None:
    if really:
        print(word, flush=True)


if __name__ == "__main__":
    what, target, roster = sys.argv[1:]
    database = Database(target)
    import_roster(database, roster) if what == "import" else confirm(database)
