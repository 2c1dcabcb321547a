"""待我签批: read, agree, sign with one password; what happens when others are faster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import select, text

from dangxiao_houqin.core.columns import show as shown
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState, SaveStandIn
from dangxiao_houqin.modules.expenses.models import DocumentOpened
from dangxiao_houqin.modules.expenses.queries.approval import list_marks
from dangxiao_houqin.modules.expenses.ui.signing_sheet import Notice
from dangxiao_houqin.modules.expenses.ui.waiting_page import SIGNED, BatchDialog, WaitingPage
from tests.support.screens import LEFT, click, is_open, opened, shortcut, type_into, unnamed

from .signing_school import PASSWORD, School, open_school
from .signing_screens import Desks, desks, show
from .waiting_desk import THINGS, hand_in, lay_out

__all__ = ["desks"]

ENTER = Qt.Key.Key_Return
CLAIM = DocumentKind.CLAIM
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def school(unit: object) -> School:
    return open_school(unit, "sun")  # type: ignore[arg-type]


@pytest.fixture
def three(school: School) -> list[int]:
    """Three claims wait for the leader in charge."""
    return lay_out(school, 3)


def at_desk(qtbot: QtBot, desks: Desks, login: str = "li") -> WaitingPage:
    return show(qtbot, WaitingPage(desks.of(login)))


def words(page: WaitingPage) -> str:
    """All that the sheet says."""
    return "\n".join(each.text() for each in page.sheet.widget().findChildren(QLabel))


def password(qtbot: QtBot, text_: str = PASSWORD) -> None:
    """Type the password into the dialog that is open and press Enter."""
    dialog = opened(BatchDialog)
    type_into(qtbot, dialog.password, text_)
    qtbot.keyClick(dialog.password.edit, ENTER)
    QApplication.processEvents()


def state_words(page: WaitingPage) -> list[str]:
    model = page.list.model()
    return [model.state_of(row) for row in page.list.rows]  # type: ignore[attr-defined]


def opinions(school: School, claim_id: int) -> list[tuple[str, str, str]]:
    """(step, who signed, opinion) of every signature given."""
    with school.unit("test.look", read_only=True) as ctx:
        return [(m.title, m.signer, m.opinion) for m in list_marks(ctx, CLAIM, claim_id) if m.signer]


# ------------------------------------------------------------------------------------------------ reading
def test_the_first_document_is_shown_and_noted_as_seen(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    title, _, fen, payee = THINGS[0]
    assert [row.title for row in page.list.rows] == [thing[0] for thing in THINGS[:3]]
    said = words(page)
    assert title in said
    assert payee in said
    assert shown(fen, "money") in said
    assert "捌佰陆拾肆元整" in said
    assert "30215" in said
    assert "王经办" in said
    assert any("预算" in notice.text for notice in page.sheet.findChildren(Notice))
    paper = page.viewer.current()
    assert paper is not None
    assert paper.title.startswith("发票1")
    assert state_words(page) == ["", "未看", "未看"]
    with desks.school.unit("test.look", read_only=True) as ctx:
        seen = ctx.session.scalars(select(DocumentOpened)).all()
        assert [(row.user_id, row.document_id) for row in seen] == [(desks.school.ids["li"], three[0])]
    assert page.opinion.edit.hasFocus()
    assert unnamed(page) == []


def test_arrow_keys_walk_and_what_was_begun_waits(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    type_into(qtbot, page.opinion, "请补合同")
    qtbot.keyClick(page.opinion.edit, Qt.Key.Key_Down)
    assert THINGS[1][0] in words(page)
    assert page.opinion.opinion == "同意"
    assert state_words(page) == ["", "", "未看"]
    qtbot.keyClick(page.opinion.edit, Qt.Key.Key_Up)
    assert THINGS[0][0] in words(page)
    assert page.opinion.opinion == "请补合同"
    click(qtbot, page, "下一张")
    click(qtbot, page, "下一张")
    assert not page.opinion.next.isEnabled()
    click(qtbot, page, "上一张")
    assert THINGS[1][0] in words(page)


def test_what_comes_again_is_seen_in_the_list(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    school = desks.school
    school.send_back(three[0], "li", "发票抬头不对")
    school.submit(three[0])
    page = at_desk(qtbot, desks)
    model = page.list.model()
    at = next(place for place, row in enumerate(page.list.rows) if row.id == three[0])
    told = [str(model.index(place, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for place in range(len(three))]
    assert ["第 2 次提交" in words_ for words_ in told] == [place == at for place in range(len(three))]
    assert "第 2 次提交" in str(model.index(at, 0).data(Qt.ItemDataRole.ToolTipRole))
    row_box = page.list.visualRect(model.index(at, 0))
    again = page.list.grab(row_box).toImage()
    model.rows = tuple(replace(row, round=1) for row in page.list.rows)  # type: ignore[attr-defined]
    assert page.list.grab(row_box).toImage() != again, "it is also drawn"


def test_a_document_is_found_by_its_reference(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    page.open_target(Ref("claim_to_sign", three[2]))
    assert THINGS[2][0] in words(page)
    page.open_target({"kind": "claim", "id": three[1]})
    assert THINGS[1][0] in words(page)


# ------------------------------------------------------------------------------------------------ signing
def test_everything_by_enter_and_one_password(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    for _ in three:
        qtbot.keyClick(page.opinion.edit, ENTER)
    assert state_words(page) == ["同意（待签字）"] * 3
    assert page.sign_button.hasFocus()
    assert page.sign_button.text() == "签字（3 张）"
    assert page.sum.text() == shown(sum(thing[2] for thing in THINGS[:3]), "money")
    assert [desks.school.state(claim) for claim in three] == [DocumentState.SUBMITTED] * 3
    qtbot.keyClick(page.sign_button, ENTER)
    password(qtbot)
    assert not is_open(BatchDialog)
    assert [desks.school.state(claim) for claim in three] == [DocumentState.SIGNING] * 3
    assert opinions(desks.school, three[1])[-1] == ("分管领导", "李分管", "同意")
    assert page.stack.currentWidget() is page.empty_pane
    assert page.list.decided == {}
    recent = [b.text() for b in page.empty_pane.recent.findChildren(type(page.sign_button)) if b.isVisible()]
    assert any(THINGS[0][0] in line for line in recent)
    went: list[Ref] = []
    page.desk.opened.connect(went.append)
    click(qtbot, page.empty_pane, next(line for line in recent if THINGS[0][0] in line))
    assert went == [Ref("expense_claim", three[0])]
    click(qtbot, page.empty_pane, "全部")
    assert page.signed.table.model.total == 3


def test_the_mouse_and_an_opinion_of_ones_own(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    type_into(qtbot, page.opinion, "同意，请尽快办理")
    click(qtbot, page, "同意并看下一张")
    assert THINGS[1][0] in words(page)
    assert page.opinion.edit.hasFocus(), "the keys go on after the mouse"
    click(qtbot, page, "签字（1 张）")
    password(qtbot)
    assert desks.school.state(three[0]) is DocumentState.SIGNING
    assert opinions(desks.school, three[0])[-1][2] == "同意，请尽快办理"
    assert len(page.list.rows) == 2
    assert "同意，请尽快办理" in page.opinion.phrases, "remembered for the next time"
    chip = page.opinion.phrases.index("同意，请尽快办理")
    shortcut(qtbot, page, Qt.Key(Qt.Key.Key_1.value + chip))
    assert page.opinion.opinion == "同意，请尽快办理"


def test_a_wrong_password_loses_nothing(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    qtbot.keyClick(page.opinion.edit, ENTER)
    page.sign_button.click()
    password(qtbot, "Wrong1234")
    dialog = opened(BatchDialog)
    assert "密码" in dialog.password.error
    assert state_words(page)[0] == "同意（待签字）"
    assert desks.school.state(three[0]) is DocumentState.SUBMITTED
    password(qtbot)
    assert not is_open(BatchDialog)
    assert desks.school.state(three[0]) is DocumentState.SIGNING


def test_an_agreement_can_be_taken_back(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    qtbot.keyClick(page.opinion.edit, ENTER)
    qtbot.keyClick(page.opinion.edit, Qt.Key.Key_Up)
    assert page.opinion.agree.text() == "已同意，看下一张"
    click(qtbot, page, "取消同意")
    assert page.list.decided == {}
    assert not page.sign_button.isEnabled()


def test_several_at_once_only_when_each_was_opened(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert page.opinion.agree.text() == "还有 2 张没打开看过"
    assert not page.opinion.agree.isEnabled()
    qtbot.keyClick(page.list, ENTER)
    assert page.list.decided == {}, "Enter does not go round the button"
    for place in (1, 2):
        where = page.list.visualRect(page.list.model().index(place, 0)).center()
        qtbot.mouseClick(page.list.viewport(), LEFT, pos=where)
    qtbot.keyClick(page.list, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    click(qtbot, page, "同意所选 3 张")
    assert len(page.list.decided) == 3
    page.sign()
    password(qtbot)
    assert [desks.school.state(claim) for claim in three] == [DocumentState.SIGNING] * 3


def test_the_last_signature_tells_that_it_is_approved(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    for claim in three[:2]:
        desks.school.sign(claim, "li")
    page = at_desk(qtbot, desks, "zhao")
    assert len(page.list.rows) == 2
    assert "李分管" in words(page)
    assert "轮到您" in words(page)
    for _ in range(3):
        qtbot.keyClick(page.opinion.edit, ENTER)
    password(qtbot)
    assert [desks.school.state(claim) for claim in three[:2]] == [DocumentState.APPROVED] * 2
    assert (desks.school.row(three[0]).number or "").startswith("BX-2026-")


# ------------------------------------------------------------------------------------------ sent back with a reason
def test_a_return_says_why(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    qtbot.keyClick(page.opinion.edit, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "原因" in page.opinion.note.text())
    assert not is_open(BatchDialog)
    assert page.opinion.opinion == ""
    type_into(qtbot, page.opinion, "缺验收单")
    assert page.opinion.note.text() == ""
    click(qtbot, page, "退回…")
    password(qtbot)
    assert desks.school.state(three[0]) is DocumentState.RETURNED
    assert desks.school.row(three[0]).returned_reason == "缺验收单"
    assert len(page.list.rows) == 2
    assert page.opinion.opinion == "同意"


# ------------------------------------------------------------------------------------------------ others are faster
def test_another_leader_was_faster(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    for _ in three:
        qtbot.keyClick(page.opinion.edit, ENTER)
    page.sign_button.click()
    desks.school.sign(three[1], "sun")
    password(qtbot)
    assert not is_open(BatchDialog)
    assert THINGS[1][0] in page.bar.text, "the sentence names the document"
    assert [desks.school.state(claim) for claim in three] == [
        DocumentState.SUBMITTED,
        DocumentState.SIGNING,
        DocumentState.SUBMITTED,
    ]
    assert [row.title for row in page.list.rows] == [THINGS[0][0], THINGS[2][0]]
    assert state_words(page) == ["同意（待签字）"] * 2
    page.sign()
    password(qtbot)
    assert desks.school.state(three[0]) is DocumentState.SIGNING


def test_a_claim_is_withdrawn_meanwhile(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    for _ in three:
        qtbot.keyClick(page.opinion.edit, ENTER)
    desks.school.withdraw(three[0])
    page.runner.data_changed.emit(frozenset({"expense_claim"}))
    assert THINGS[0][0] in page.bar.text
    assert len(page.list.decided) == 2
    assert page.sign_button.text() == "签字（2 张）"


def test_what_was_tampered_with_is_not_agreed_to(qtbot: QtBot, desks: Desks, db: Database, three: list[int]) -> None:
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE expense_claim SET total_fen = total_fen + 100 WHERE id = :id"), {"id": three[0]}
        )
    page = at_desk(qtbot, desks)
    assert "合计金额" in words(page)
    assert "请管理员核对" in page.opinion.note.text()
    assert not page.opinion.agree.isEnabled()
    qtbot.keyClick(page.opinion.edit, ENTER)
    assert page.list.decided == {}


# ------------------------------------------------------------------------------------------------ standing in
def test_a_stand_in_is_told_for_whom(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    school = desks.school
    school.add("he", "何副校", ("分管领导",))
    school.sign(three[0], "li")
    with school.unit("test.stand_in") as ctx:
        stand_in = SaveStandIn(school.ids["zhao"], school.ids["he"], date(2026, 3, 1), date(2026, 3, 9), None, "授权书")
        services.save_stand_in(ctx, stand_in)
    page = at_desk(qtbot, desks, "he")
    page.open_target(Ref("expense_claim", three[0]))
    assert "您代赵主要签" in words(page)
    qtbot.keyClick(page.opinion.edit, ENTER)
    page.sign()
    password(qtbot)
    assert school.state(three[0]) is DocumentState.APPROVED
    click(qtbot, page, "我签过的")
    page.signed.table.view.selectRow(0)
    QApplication.processEvents()
    said = "\n".join(each.text() for each in page.signed.sheet.widget().findChildren(QLabel))
    assert "何副校（代赵主要签）" in said


# ------------------------------------------------------------------------------------------------ around
def test_what_i_signed_is_there_to_look_up(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    desks.school.sign(three[0], "li", "同意，从公用经费列支")
    desks.school.send_back(three[1], "li", "请补发票")
    page = at_desk(qtbot, desks)
    page.open_target({"tab": SIGNED})
    table = page.signed.table
    rows = [table.model.row(place) for place in range(table.model.total)]
    assert [(row.title, row.opinion, row.state) for row in rows] == [
        (THINGS[1][0], "请补发票", DocumentState.RETURNED),
        (THINGS[0][0], "同意，从公用经费列支", DocumentState.SIGNING),
    ]
    table.set_search(THINGS[0][0][:3])
    assert table.model.total == 1
    table.view.selectRow(0)
    QApplication.processEvents()
    said = "\n".join(each.text() for each in page.signed.sheet.widget().findChildren(QLabel))
    assert "同意，从公用经费列支" in said
    went: list[Ref] = []
    page.desk.opened.connect(went.append)
    click(qtbot, page, "打开单据")
    assert went == [Ref("expense_claim", three[0])]
    table.set_search("")
    table.set_filter("action", "return")
    assert table.model.total == 1


def test_nobody_leaves_with_unsigned_agreements_unknowingly(qtbot: QtBot, desks: Desks, three: list[int]) -> None:
    page = at_desk(qtbot, desks)
    assert page.leave()
    qtbot.keyClick(page.opinion.edit, ENTER)
    assert not page.leave()
    assert "1 张还没有签字" in page.bar.text
    assert page.leave(), "the second time he knows"
    page.desk.set_actor(desks.school.actor("zhao"))
    assert page.list.decided == {}, "another person's agreements are not his"


def test_nothing_waits(qtbot: QtBot, desks: Desks) -> None:
    page = at_desk(qtbot, desks)
    assert page.stack.currentWidget() is page.empty_pane
    assert not page.empty_pane.recent.isVisible()
    assert unnamed(page) == []


def test_long_lists_can_be_searched_without_losing_agreements(qtbot: QtBot, desks: Desks) -> None:
    for number in range(12):
        hand_in(desks.school, number, title=f"{THINGS[number % 8][0]}之{number}")
    page = at_desk(qtbot, desks)
    assert page.search.isVisible()
    qtbot.keyClick(page.opinion.edit, ENTER)
    page.search.setText("之11")
    page.search.search_now()
    assert [row.title for row in page.list.rows] == [f"{THINGS[3][0]}之11"]
    assert len(page.list.decided) == 1
    page.search.setText("")
    page.search.search_now()
    assert len(page.list.rows) == 12
    assert state_words(page)[0] == "同意（待签字）"
