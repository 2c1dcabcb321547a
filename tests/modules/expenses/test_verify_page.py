"""核对签名: everything looked at, what is wrong named, and a code from paper compared."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses.queries.approval import chain_head
from dangxiao_houqin.modules.expenses.ui.verify_page import VerifyPage
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.desk import Desk
from tests.support.screens import click, double_click, rows, type_into, unnamed

from .signing_school import School, open_school
from .signing_screens import Desks, desks, show

__all__ = ["desks"]

pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def school(unit: object) -> School:
    school = open_school(unit)  # type: ignore[arg-type]
    school.add("zhou", "周管理", ("系统管理员",))
    return school


@pytest.fixture
def page(qtbot: QtBot, desks: Desks) -> VerifyPage:
    return show(qtbot, VerifyPage(desks.of("zhou")))


def head(school: School) -> tuple[int, str]:
    with school.unit("test.look", read_only=True) as ctx:
        found = chain_head(ctx)
        return found.seq, found.check_code


def test_everything_is_as_it_was_signed(qtbot: QtBot, page: VerifyPage, school: School) -> None:
    assert page.stack.currentWidget() is page.waiting
    assert page.head_text.text() == "还没有人签过字"
    school.approved()
    page.reload()
    seq, code = head(school)
    assert f"第 {seq} 号，校验码 {code}" in page.head_text.text()
    click(qtbot, page, "开始核对")
    assert page.stack.currentWidget() is page.good
    assert f"{seq} 个签名、1 张单据" in page.good_text.text()
    assert code in page.good_text.text()
    assert page.start_button.text() == "重新核对"
    assert unnamed(page) == []


def test_what_was_changed_is_named_and_opened(qtbot: QtBot, page: VerifyPage, school: School, db: Database) -> None:
    claim, other = school.approved(), school.approved()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE expense_claim SET payee = '别的商店' WHERE id = :id"), {"id": other})
        connection.execute(text("UPDATE claim_line SET amount_fen = 99 WHERE claim_id = :id"), {"id": claim})
    click(qtbot, page, "开始核对")
    assert page.stack.currentWidget() is page.bad
    assert page.verdict.text() == f"{page.table.model.total} 处不符"
    found = rows(page.table)
    assert {flaw.document for flaw in found} == {("claim", claim), ("claim", other)}
    payee = next(place for place, flaw in enumerate(found) if "收款" in flaw.field)
    assert "别的商店" in found[payee].sentence
    went: list[Ref] = []
    page.desk.opened.connect(went.append)
    double_click(qtbot, page.table, payee)
    assert went == [Ref("expense_claim", other)]
    page.table.set_search("收款")
    assert page.table.model.total == 1


def test_a_code_from_paper(qtbot: QtBot, page: VerifyPage, school: School, db: Database) -> None:
    school.approved()
    seq, code = head(school)
    click(qtbot, page, "比对")
    assert page.seq.error
    assert page.code.error
    type_into(qtbot, page.seq, str(seq))
    type_into(qtbot, page.code, code.lower().replace("-", " "))
    qtbot.keyClick(page.code.edit, Qt.Key.Key_Return)
    assert "与纸上一致" in page.paper_result.text()
    page.open_target({"seq": seq + 5, "code": code})
    assert "截短" in page.paper_result.text()
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    page.open_target({"seq": seq, "code": wrong})
    assert code in page.paper_result.text()
    assert "不同" in page.paper_result.text()


def test_it_runs_beside_the_screen_and_can_be_stopped(
    qtbot: QtBot, look: None, school: School, db: Database, clock: FixedClock
) -> None:
    """With real threads, both of which are kept busy so that the check waits long enough to be stopped."""
    school.approved()
    actor = school.actor("zhou")

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=clock, handlers=REACTIONS, **options)

    release = threading.Event()

    def linger(_ctx: Any) -> bool:
        return release.wait(30)

    runner = Runner(open_unit)
    page = show(qtbot, VerifyPage(Desk(runner, actor)))
    try:
        qtbot.waitUntil(lambda: not runner.tasks())
        for _ in range(2):
            runner.query(linger, action="test.linger")
        click(qtbot, page, "开始核对")
        assert page.stack.currentWidget() is page.running
        assert not page.start_button.isEnabled()
        click(qtbot, page, "停止")
        assert not page.stop_button.isEnabled()
        release.set()
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.waiting)
        assert page.start_button.isEnabled()
        click(qtbot, page, "重新核对")
        qtbot.waitUntil(lambda: page.stack.currentWidget() is page.good)
        assert page.progress.value() > 0, "it told how far it was"
    finally:
        release.set()
        runner.shutdown()
        runner.deleteLater()
