"""核对签名: everything looked at, what is wrong named, and a code from paper compared."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses.queries.approval import chain_head
from dangxiao_houqin.modules.expenses.ui.signing_ledger import TITLE, LedgerDialog
from dangxiao_houqin.modules.expenses.ui.verify_page import VerifyPage
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.choice_fields import ChoiceField
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.support.paper import pdf_pages, squeezed
from tests.support.screens import click, double_click, opened, rows, type_into, unnamed

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


def months(dialog: LedgerDialog) -> list[str]:
    field = dialog.form["month"]
    assert isinstance(field, ChoiceField)
    texts = [field.box.itemText(n) for n in range(field.box.count())]
    return [text for text in texts if text != "请选择"]


def test_the_ledger_of_a_month_on_paper(qtbot: QtBot, page: VerifyPage, school: School, clock: FixedClock) -> None:
    """What is printed every month guards the chain: the button is where signatures are checked."""
    click(qtbot, page, f"{TITLE}…")
    dialog = opened(LedgerDialog)
    assert months(dialog) == ["2026 年 3 月（到今天为止）"]
    dialog.reject()
    school.approved()
    clock.advance(timedelta(days=62))
    school.approved()
    click(qtbot, page, f"{TITLE}…")
    dialog = opened(LedgerDialog)
    assert months(dialog) == ["2026 年 5 月（到今天为止）", "2026 年 4 月", "2026 年 3 月"]
    assert dialog.form.values()["month"] == date(2026, 4, 1), "early in May it is April's that is wanted"
    dialog.form.set_values({"month": date(2026, 3, 1)})
    click(qtbot, dialog, "打印预览")
    shown = opened(PreviewDialog)
    assert shown.title == TITLE
    assert shown.info is not None
    text = squeezed("".join(pdf_pages(shown.info.data)))
    assert "2026年3月签批台账" in text
    seq, code = head(school)
    assert f"打印时最后一号：第{seq}号" in text
    assert code in text
    shown.close()


def test_the_ledger_as_a_workbook(qtbot: QtBot, page: VerifyPage, school: School, tmp_path: Path) -> None:
    school.approved()
    click(qtbot, page, f"{TITLE}…")
    click(qtbot, opened(LedgerDialog), "存为 Excel…")
    asked = opened(QFileDialog)
    assert "2026年3月签批台账" in asked.selectedFiles()[0]
    asked.close()
    path = tmp_path / "台账.xlsx"
    page.ledger.save_to(str(path))
    sheet = load_workbook(path).active
    assert sheet is not None
    seq, code = head(school)
    text = "\n".join(str(cell) for line in sheet.iter_rows(values_only=True) for cell in line if cell is not None)
    assert f"打印时最后一号：第 {seq} 号" in text
    assert code in text


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
