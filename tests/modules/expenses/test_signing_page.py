"""签批设置: chains with their steps, stand-ins, keys."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, SaveChain, SaveChainStep, SaveStandIn, Who
from dangxiao_houqin.modules.expenses.domain.signing_desk import TryChain
from dangxiao_houqin.modules.expenses.queries.chains import get_chain, list_chains, list_keys, list_stand_ins
from dangxiao_houqin.modules.expenses.queries.signers import default_steps
from dangxiao_houqin.modules.expenses.queries.signing_desk import try_chain
from dangxiao_houqin.modules.expenses.ui.chain_dialog import ChainDialog
from dangxiao_houqin.modules.expenses.ui.chain_steps import StepDialog, split_words, whole
from dangxiao_houqin.modules.expenses.ui.signing_dialogs import ReasonDialog, StandInDialog
from dangxiao_houqin.modules.expenses.ui.signing_page import KEYS_TAB, STAND_INS_TAB, SigningPage
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.support.screens import choose, click, is_open, opened, row_menu, rows, type_into, unnamed

from .signing_school import School, open_school
from .signing_screens import Desks, desks, show

__all__ = ["desks"]

CLAIM = DocumentKind.CLAIM
pytestmark = pytest.mark.sqlite_only


@pytest.fixture
def school(unit: object) -> School:
    school = open_school(unit, "sun")  # type: ignore[arg-type]
    school.add("zhou", "周管理", ("系统管理员",))
    with school.unit("test.categories") as ctx:
        services.ensure_categories(ctx)
    return school


@pytest.fixture
def page(qtbot: QtBot, desks: Desks) -> SigningPage:
    return show(qtbot, SigningPage(desks.of("zhou")))


def chains(school: School) -> list[SaveChain]:
    with school.as_("zhou", read_only=True) as ctx:
        return [get_chain(ctx, row.id) for row in list_chains(ctx, ListQuery()).rows]


def titles(dialog: ChainDialog) -> list[str]:
    return [step.title for step in dialog.steps.steps]


def choose_in(dialog: Any, key: str, text: str) -> None:
    """Pick from a combo box by its words."""
    box = dialog.form[key].box
    place = next(n for n in range(box.count()) if text in box.itemText(n))
    box.setCurrentIndex(place)


def test_words() -> None:
    assert whole(300_000) == "3,000 元"
    assert whole(300_050) == "3,000.50 元"
    assert split_words("30201，30215、30216 30215") == ("30201", "30215", "30216")


# ------------------------------------------------------------------------------------------ who would sign
def test_the_default_chain_is_told_and_tried(page: SigningPage, school: School) -> None:
    assert not rows(page.chains)
    assert page._trial is not None
    assert page._trial.question.text() == "3,000 元的支出由谁签："
    assert page._trial.result.text() == "经办人 → 分管领导：李分管、孙代签 → 主要领导：赵主要"
    assert unnamed(page) == []


def test_a_trial_asks_what_the_submission_asks(school: School) -> None:
    """The answer for an amount just below and just at a limit, for the applicant himself, and for nobody."""
    with school.as_("zhou", read_only=True) as ctx:
        applicant, leader, principal = default_steps(ctx)
        big = SaveChainStep("校委会", Who.PERSON, user_id=school.ids["zhao"], min_fen=500_000)
        meals = SaveChainStep("财务审核", Who.PERSON, user_id=school.ids["qian"], categories=("30217",))
        steps = (applicant, meals, leader, principal, big)

        def asked(fen: int, **more: Any) -> list[tuple[str, tuple[str, ...]]]:
            return [(s.title, s.names) for s in try_chain(ctx, TryChain(CLAIM, fen, steps, **more)).steps]

        assert [title for title, _ in asked(499_999)] == ["分管领导", "主要领导"]
        assert [title for title, _ in asked(500_000)] == ["分管领导", "主要领导", "校委会"]
        own = try_chain(ctx, TryChain(CLAIM, 100, steps, applicant_id=school.ids["li"]))
        assert own.steps[0].names == ("孙代签",), "the applicant never approves his own"
        nobody = try_chain(
            ctx, TryChain(CLAIM, 100, (applicant, SaveChainStep("证明人", Who.POST, post="没有这个岗位")))
        )
        assert "证明人" in nobody.problem
        assert nobody.steps == ()


# ------------------------------------------------------------------------------------------ the editor of chains
def test_a_chain_is_made_step_by_step(qtbot: QtBot, page: SigningPage, school: School) -> None:
    click(qtbot, page, "新建签批链")
    dialog = opened(ChainDialog)
    assert titles(dialog) == ["经办人", "分管领导", "主要领导"]
    type_into(qtbot, dialog.form["name"], "2026年经费审批")
    click(qtbot, dialog, "财务审核")
    step = opened(StepDialog)
    assert step.form["title"].value() == "财务审核"
    click(qtbot, step, "确定")
    assert step.form["role_id"].error, "somebody must be named"
    choose_in(step, "role_id", "财务")
    type_into(qtbot, step.form["min_fen"], "5000")
    type_into(qtbot, step.form["below_fen"], "5000")
    click(qtbot, step, "确定")
    assert step.form["below_fen"].error == "要大于起点金额"
    type_into(qtbot, step.form["below_fen"], "")
    type_into(qtbot, step.form["categories"], "30201,99999")
    click(qtbot, step, "确定")
    assert "99999" in step.form["categories"].error
    type_into(qtbot, step.form["categories"], "30201")
    click(qtbot, step, "确定")
    assert titles(dialog) == ["经办人", "分管领导", "主要领导", "财务审核"]
    for _ in range(2):
        last = dialog.steps.rows[titles(dialog).index("财务审核")]
        qtbot.mouseClick(last.up, Qt.MouseButton.LeftButton)
    assert titles(dialog) == ["经办人", "财务审核", "分管领导", "主要领导"]
    assert not dialog.steps.rows[1].up.isEnabled(), "nobody goes above the applicant"
    dialog.steps.rows[1].up.setFocus()
    qtbot.keyClick(dialog.steps.rows[1], Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert titles(dialog) == ["经办人", "分管领导", "财务审核", "主要领导"]
    type_into(qtbot, dialog.trial.amount, "6000")
    choose_in_trial = dialog.trial.category.box
    choose_in_trial.setCurrentIndex(
        next(n for n in range(choose_in_trial.count()) if "30201" in choose_in_trial.itemText(n))
    )
    dialog.trial.ask()
    assert dialog.trial.question.text() == "6,000 元的办公费由谁签："
    assert "没有人能签" in dialog.trial.result.text(), (
        "finance has no right to sign: the editor says it before anybody submits"
    )
    assert unnamed(dialog) == []
    click(qtbot, dialog, "保存")
    assert not is_open(ChainDialog)
    (saved,) = chains(school)
    assert saved.name == "2026年经费审批"
    assert [(s.title, s.min_fen, s.below_fen, s.categories) for s in saved.steps][2] == (
        "财务审核",
        500_000,
        None,
        ("30201",),
    )
    assert len(rows(page.chains)) == 1


def test_a_chain_needs_a_signer_and_days_of_its_own(qtbot: QtBot, page: SigningPage, school: School) -> None:
    click(qtbot, page, "新建签批链")
    dialog = opened(ChainDialog)
    for _ in range(2):
        qtbot.mouseClick(dialog.steps.rows[1].remove, Qt.MouseButton.LeftButton)
    assert titles(dialog) == ["经办人"]
    assert "还没有领导签批" in dialog.steps.hint.text()
    click(qtbot, dialog, "保存")
    assert "至少要有一步" in dialog.bar.text
    dialog.steps.set_steps([SaveChainStep("主要领导", Who.PERSON, user_id=school.ids["zhao"])])
    click(qtbot, dialog, "保存")
    click(qtbot, page, "新建签批链")
    second = opened(ChainDialog)
    click(qtbot, second, "保存")
    assert "重叠" in second.form["valid_from"].error
    second.form.mark_clean()
    second.reject()


def test_a_chain_is_changed_copied_and_deleted(qtbot: QtBot, page: SigningPage, school: School) -> None:
    with school.as_("zhou") as ctx:
        services.save_chain(ctx, SaveChain(CLAIM, "旧办法", date(2026, 1, 1), date(2027, 1, 1), default_steps(ctx)))
    page.reload()
    page.chains.view.selectRow(0)
    choose(row_menu(page.chains), "修改")
    dialog = opened(ChainDialog)
    assert dialog.form["document_kind"].box.isEnabled() is False
    type_into(qtbot, dialog.form["name"], "现行办法")
    click(qtbot, dialog, "保存")
    assert [chain.name for chain in chains(school)] == ["现行办法"]
    page.chains.view.selectRow(0)
    choose(row_menu(page.chains), "照此新建")
    copy = opened(ChainDialog)
    choose_in(copy, "document_kind", "采购")
    click(qtbot, copy, "保存")
    assert sorted(chain.document_kind for chain in chains(school)) == ["claim", "purchase"]
    page.chains.set_filter("kind", "claim")
    page.chains.view.selectRow(0)
    choose(row_menu(page.chains), "删除")
    question = opened(QuestionDialog)
    click(qtbot, question, "删除")
    assert [chain.document_kind for chain in chains(school)] == ["purchase"]


# ------------------------------------------------------------------------------------------ standing in
def test_somebody_stands_in_until_it_is_revoked(qtbot: QtBot, page: SigningPage, school: School) -> None:
    page.open_target({"tab": STAND_INS_TAB})
    click(qtbot, page, "登记授权代签")
    dialog = opened(StandInDialog)
    choose_in(dialog, "principal_id", "赵主要")
    choose_in(dialog, "deputy_id", "赵主要")
    type_into(qtbot, dialog.form["until_day"], "2026-03-09")
    type_into(qtbot, dialog.form["limit_fen"], "50000")
    type_into(qtbot, dialog.form["document"], "授权书")
    click(qtbot, dialog, "保存")
    assert "不能是本人" in dialog.form["deputy_id"].error
    choose_in(dialog, "deputy_id", "李分管")
    assert unnamed(dialog) == []
    click(qtbot, dialog, "保存")
    (row,) = rows(page.stand_ins)
    assert (row.principal, row.deputy, row.limit_fen, row.state.text) == ("赵主要", "李分管", 5_000_000, "有效")
    page.stand_ins.view.selectRow(0)
    QApplication.processEvents()
    click(qtbot, page, "撤销授权…")
    reason = opened(ReasonDialog)
    click(qtbot, reason, "撤销授权")
    assert reason.form["reason"].error
    type_into(qtbot, reason.form["reason"], "已返岗")
    click(qtbot, reason, "撤销授权")
    (row,) = rows(page.stand_ins)
    assert (row.state.text, row.revoked_reason) == ("已撤销", "已返岗")
    assert not page.revoke_button.isEnabled()


def test_a_stand_in_is_prolonged(qtbot: QtBot, page: SigningPage, school: School) -> None:
    with school.as_("zhou") as ctx:
        ids = school.ids
        services.save_stand_in(ctx, SaveStandIn(ids["zhao"], ids["li"], date(2026, 3, 2), date(2026, 3, 4)))
    page.open_target({"tab": STAND_INS_TAB})
    page.stand_ins.view.selectRow(0)
    choose(row_menu(page.stand_ins), "修改")
    dialog = opened(StandInDialog)
    type_into(qtbot, dialog.form["until_day"], "2026-03-20")
    click(qtbot, dialog, "保存")
    with school.as_("zhou", read_only=True) as ctx:
        (row,) = list_stand_ins(ctx, ListQuery()).rows
    assert row.until_day == date(2026, 3, 20)


# ------------------------------------------------------------------------------------------ keys
def test_a_key_is_retired_and_the_next_signature_makes_a_new_one(
    qtbot: QtBot, page: SigningPage, school: School
) -> None:
    claim = school.claim()
    school.submit(claim)
    page.open_target({"tab": KEYS_TAB})
    assert not page.new_button.isVisible()
    assert [(row.user, row.signatures, row.retired_at) for row in rows(page.keys)] == [("王经办", 2, None)]
    page.keys.view.selectRow(0)
    QApplication.processEvents()
    click(qtbot, page, "作废密钥…")
    dialog = opened(ReasonDialog)
    assert "王经办" in dialog.windowTitle()
    type_into(qtbot, dialog.form["reason"], "疑似密码泄露")
    click(qtbot, dialog, "作废密钥")
    (row,) = rows(page.keys)
    assert row.retired_reason == "疑似密码泄露"
    page.keys.view.selectRow(0)
    assert not page.retire_button.isEnabled()
    second = school.claim()
    school.submit(second)
    with school.as_("zhou", read_only=True) as ctx:
        assert [bool(row.retired_at) for row in list_keys(ctx, ListQuery()).rows] == [False, True]


def test_who_may_only_look_finds_no_buttons_to_press(qtbot: QtBot, desks: Desks) -> None:
    page = show(qtbot, SigningPage(desks.of("li")))
    assert not page.new_button.isEnabled()
    page.first_step()
    assert not is_open(ChainDialog)
