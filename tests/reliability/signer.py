"""The principal leader signs a batch: ``signer.py DB``; says ``ready`` before and ``done`` after the commit."""

from __future__ import annotations

import sys
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentRef, SignBatch, Signed, SignItem
from dangxiao_houqin.modules.expenses.models import ExpenseClaim
from dangxiao_houqin.modules.organization.models import UserAccount
from tests.modules.expenses.signing_school import PASSWORD, QUICK, School


def enter(db: Database) -> School:
    """The school of :func:`~tests.modules.expenses.signing_school.open_school` from another desk."""

    def unit(action: str = "test.step", **options: Any) -> Any:
        who = options.pop("actor", Actor.system("另一台电脑"))
        options.setdefault("clock", FixedClock())
        return unit_of_work(db, who, action, handlers=REACTIONS, **options)

    with unit("test.look", read_only=True) as ctx:
        people = dict(ctx.session.execute(select(UserAccount.login, UserAccount.id)).all())
    return School(unit, people)


def open_all(school: School) -> tuple[SignItem, ...]:
    """Everything that waits for the principal leader, opened."""
    with school.as_("zhao") as ctx:
        rows = ctx.session.execute(select(ExpenseClaim.id, ExpenseClaim.version).where(ExpenseClaim.state == "signing"))
        refs = [DocumentRef(DocumentKind.CLAIM, *row) for row in rows]
        for ref in refs:
            services.open_document(ctx, ref)
    return tuple(SignItem(ref) for ref in refs)


def main(url: str) -> None:
    db = Database(url)
    school = enter(db)
    items = open_all(school)
    print("ready", flush=True)
    with school.as_("zhao") as ctx:
        signed = services.sign(ctx, SignBatch(items, PASSWORD), hashing=QUICK)
    assert isinstance(signed, Signed)
    print("done", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
