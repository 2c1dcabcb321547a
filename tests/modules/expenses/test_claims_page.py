"""The list of claims and one claim in full, worked with mouse and keys by the handler, finance and a leader."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QMenu
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState, SigningRules, StepState
from dangxiao_houqin.modules.expenses.domain.claims import (
    AddEvidence,
    ClaimAction,
    EvidenceKind,
    EvidenceOwner,
    PayClaim,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind, Route, SaveThreshold
from dangxiao_houqin.modules.expenses.ui.claim_dialogs import (
    LinkRecordDialog,
    OverrideDialog,
    PayDialog,
    VoidDialog,
    VoucherDialog,
    WithdrawDialog,
)
from dangxiao_houqin.modules.expenses.ui.claim_editor import ClaimEditor
from dangxiao_houqin.modules.expenses.ui.claims_page import ClaimsPage
from dangxiao_houqin.modules.expenses.ui.register_paper_dialog import RegisterPaperDialog
from dangxiao_houqin.modules.expenses.ui.sign_password_dialog import SignPasswordDialog
from dangxiao_houqin.modules.expenses.ui.signature_list import details
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.support.screens import button, click, is_open, opened, pick, row_menu, type_into, unnamed, write

from .purchase_school import record
from .signing_school import PASSWORD, School, open_school
from .signing_screens import Desks, desks, show
from .waiting_desk import category, paper

__all__ = ["desks"]

pytestmark = pytest.mark.sqlite_only  # screens; the services behind them have tests on both engines


@pytest.fixture
def school(unit: Any) -> School:
    return open_school(unit, "sun")


def at(qtbot: QtBot, desks: Desks, login: str = "wang") -> ClaimsPage:
    category(desks.school, "30201")
    return show(qtbot, ClaimsPage(desks.of(login)))


def shown(page: ClaimsPage) -> list[str]:
    """Numbers in the list."""
    rows = [page.table.model.row(at) for at in range(page.table.model.total)]
    return [row.code for row in rows if row is not None]


def words(page: ClaimsPage) -> set[str]:
    """The actions on offer at the top."""
    return {b.text() for b in page.findChildren(QAbstractButton) if b.isVisible() and b.parent() is page and b.text()}


def choose(page: ClaimsPage, code: str) -> None:
    page.table.view.selectRow(shown(page).index(code))
    QApplication.processEvents()


def toasts(page: ClaimsPage) -> list[str]:
    return [toast.text for toast in page.window().findChildren(Toast)]


# ------------------------------------------------------------------------------------------------------ list
def test_empty_list_says_what_to_do_and_does_it(qtbot: QtBot, desks: Desks) -> None:
    page = at(qtbot, desks)
    click(qtbot, page, "新建报销单")
    editor = opened(ClaimEditor)
    assert editor.form.filled_on.value() == date(2026, 3, 2)


def test_chips_and_filters_narrow_the_list(qtbot: QtBot, desks: Desks, school: School) -> None:
    draft, waiting = school.claim(title="草稿一张"), school.claim(title="签批一张")
    school.submit(waiting)
    approved = school.approved(title="批准一张")
    school.claim("sun", title="别人的一张")
    page = at(qtbot, desks, "qian")  # finance sees all
    assert len(shown(page)) == 4
    click(qtbot, page, "签批中")
    assert shown(page) == [school.row(waiting).draft_no]
    click(qtbot, page, "待支付")
    assert shown(page) == [school.row(approved).number]
    click(qtbot, page, "全部")
    page.table.set_search("cgyz")
    assert shown(page) == [school.row(draft).draft_no]
    page.table.set_search("")
    page.table.set_filter("mine", True)
    assert shown(page) == []
    handler = at(qtbot, desks)
    assert len(shown(handler)) == 3, "who only fills in sees his own"


def test_buttons_follow_the_selected_claim(qtbot: QtBot, desks: Desks, school: School) -> None:
    draft, approved = school.claim(), school.approved()
    page = at(qtbot, desks, "wang")
    submit = page.row_buttons[ClaimAction.SUBMIT]
    choose(page, school.row(draft).draft_no)
    assert submit.isEnabled()
    choose(page, school.row(approved).number or "")
    assert not submit.isEnabled()
    assert ClaimAction.PAY not in page.row_buttons, "paying is not offered to who may not"
    finance = at(qtbot, desks, "qian")
    choose(finance, school.row(approved).number or "")
    assert finance.row_buttons[ClaimAction.PAY].isEnabled()
    assert not finance.new_button.isEnabled()


def test_menu_of_a_row(qtbot: QtBot, desks: Desks, school: School) -> None:
    draft = school.claim()
    page = at(qtbot, desks)
    choose(page, school.row(draft).draft_no)
    offered = [action.text() for action in row_menu(page.table).actions() if action.text()]
    assert offered == ["打开", "修改", "提交…", "删除草稿", "作废…", "复制为新单", "打印粘贴单", "打印审批单"]


# ------------------------------------------------------------------------------------------------- one claim
def test_enter_opens_a_claim_and_escape_goes_back(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.approved(title="开会用水")
    number = school.row(claim_id).number or ""
    page = at(qtbot, desks)
    choose(page, number)
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert page.pane.claim is not None
    assert page.pane.claim.title == "开会用水"
    assert page.pane.sheet.notices[0] == "签名核对无误，共 3 个有效签字。"
    marks = page.pane.sheet.signatures.marks
    assert [mark.signer for mark in marks] == ["王经办", "李分管", "赵主要"]
    assert all(any(mark.check_code in line for line in details(mark)) for mark in marks)
    assert "返回列表" in words(page)
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.stack.currentWidget() is page.card
    assert "新建报销单" in words(page)


def test_ref_from_elsewhere_opens_the_claim(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim(title="从待办来")
    page = at(qtbot, desks)
    page.open_target(Ref("expense_claim", claim_id))
    assert page.pane.claim is not None
    assert page.pane.claim.title == "从待办来"
    page.open_target({"state": "open"})
    assert page.stack.currentWidget() is page.card


def test_changed_amount_is_named_in_red(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.approved()
    with school.unit("test.tamper") as ctx:
        ctx.session.execute(
            text("UPDATE claim_line SET amount_fen = amount_fen + 1 WHERE claim_id = :id"), {"id": claim_id}
        )
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    first = page.pane.sheet.notices[0]
    assert first.startswith("签名核对不符：")
    assert "金额" in first
    assert not any("无误" in notice for notice in page.pane.sheet.notices)


def test_earlier_round_is_grey_and_the_reason_stands_on_top(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    school.submit(claim_id)
    school.sign(claim_id, "li")
    school.send_back(claim_id, "zhao", "发票抬头不对")
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    assert "退回原因：发票抬头不对" in "".join(page.pane.sheet.notices)
    assert {"提交…", "修改"} <= words(page)
    school.submit(claim_id)
    page.reload_now()
    rounds = [(mark.round, mark.void) for mark in page.pane.sheet.signatures.marks]
    assert (1, True) in rounds
    assert {turn for turn, void in rounds if not void} == {2}


def test_evidence_beside_the_claim(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    with school.as_("wang") as ctx:
        for number in (1, 2):
            data = paper(f"n{number}", number, number)
            file = AddEvidence(EvidenceOwner.CLAIM, claim_id, f"小票{number}.pdf", data, EvidenceKind.OTHER)
            services.add_evidence(ctx, file)
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    assert page.pane.viewer.page_text.text() == "第 1 页，共 1 页"
    page.pane.viewer.strip.setFocus()
    qtbot.keyClick(page.pane.viewer.strip, Qt.Key.Key_Right)
    assert page.pane.viewer.page_text.text() == "第 1 页，共 2 页"
    page.reload_now()
    assert page.pane.viewer.strip.currentRow() == 1, "a refresh leaves the file in view"


# --------------------------------------------------------------------------------------------------- actions
def test_handing_in_from_the_list(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    page = at(qtbot, desks)
    choose(page, school.row(claim_id).draft_no)
    qtbot.mouseClick(page.row_buttons[ClaimAction.SUBMIT], Qt.MouseButton.LeftButton)
    dialog = opened(SignPasswordDialog)
    assert "¥1,234.50" in dialog._subtitle.text()
    type_into(qtbot, dialog.password, PASSWORD)
    click(qtbot, dialog, "签字提交")
    opened(QuestionDialog).accept()  # no budget: asked
    assert school.state(claim_id) is DocumentState.SUBMITTED
    assert any("校验码" in said for said in toasts(page))


def test_what_is_missing_is_said_before_the_password(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim(lines=(), payee="")
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    click(qtbot, page, "提交…")
    assert not is_open(SignPasswordDialog)
    question = opened(QuestionDialog)
    click(qtbot, question, "去修改")
    assert opened(ClaimEditor).windowTitle().startswith("修改报销单")


def test_withdrawing_names_whose_signatures_lapse(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    school.submit(claim_id)
    school.sign(claim_id, "li")
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    click(qtbot, page, "撤回…")
    dialog = opened(WithdrawDialog)
    assert "李分管" in dialog.bar.text
    click(qtbot, dialog, "撤回")
    assert dialog.form["reason"].error == "请填写撤回原因"
    dialog.form["reason"].set_value("金额写错")
    click(qtbot, dialog, "撤回")
    assert school.state(claim_id) is DocumentState.WITHDRAWN
    assert page.pane.claim is not None
    assert page.pane.claim.state is DocumentState.WITHDRAWN, "the page shows it at once"


def test_paying_and_voiding(qtbot: QtBot, desks: Desks, school: School) -> None:
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(wet_signature="optional"))
    paid, voided = school.approved(), school.approved()
    page = at(qtbot, desks, "qian")
    page.open_claim(paid)
    click(qtbot, page, "登记支付…")
    dialog = opened(PayDialog)
    assert dialog.form["paid_on"].value() == date(2026, 3, 2)
    type_into(qtbot, dialog.form["voucher"], "记-2026-03-0012")
    click(qtbot, dialog, "登记支付")
    assert school.state(paid) is DocumentState.PAID
    assert any("记-2026-03-0012" in notice for notice in page.pane.sheet.notices)
    page.open_claim(voided)
    start_from_more(page, "作废…")
    dialog_void = opened(VoidDialog)
    assert "2026 年度预算退回 ¥1,234.50" in dialog_void.bar.text
    dialog_void.form["reason"].set_value("重复报销")
    click(qtbot, dialog_void, "作废")
    assert school.state(voided) is DocumentState.VOIDED
    assert "作废原因：重复报销" in page.pane.sheet.notices


def start_from_more(page: ClaimsPage, what: str) -> None:
    menu = page.more.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == what).trigger()


def test_paper_signatures_with_the_scan(qtbot: QtBot, desks: Desks, school: School, tmp_path: Path) -> None:
    claim_id = school.claim()
    school.submit(claim_id)
    scan = tmp_path / "已签.pdf"
    scan.write_bytes(paper("signed", 1))
    page = at(qtbot, desks, "qian")
    page.open_claim(claim_id)
    click(qtbot, page, "登记已签…")
    dialog = opened(RegisterPaperDialog)
    assert not dialog.form["signed2"].input.isEnabled(), "steps are signed in order"
    tick(qtbot, dialog, 1)
    first, second = (dialog.form[key].input for key in ("who1", "who2"))
    assert isinstance(first, QComboBox)
    assert isinstance(second, QComboBox)
    assert first.currentText() == "请选择", "two may have signed it"
    first.setCurrentText("李分管")
    type_into(qtbot, dialog.form["day1"], "2026-03-02")
    tick(qtbot, dialog, 2)
    assert second.currentText() == "赵主要", "the only one of the role is suggested"
    type_into(qtbot, dialog.form["day2"], "2026-03-02")
    dialog.scan.take_path(str(scan))
    type_into(qtbot, dialog.password, PASSWORD)
    click(qtbot, dialog, "登记")
    assert school.state(claim_id) is DocumentState.APPROVED
    assert page.pane.claim is not None
    signed = [mark for mark in page.pane.claim.marks if mark.state is StepState.SIGNED]
    assert [mark.paper for mark in signed] == [False, True, True]
    assert any("由钱财务登记" in line for line in details(signed[1]))
    assert "已签字的报销审批单" in [each.title for each in page.pane.viewer.papers]


def test_deleting_a_draft_closes_it(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    start_from_more(page, "删除草稿")
    question = opened(QuestionDialog)
    question.accept()
    assert page.stack.currentWidget() is page.card
    assert shown(page) == []


def test_action_that_came_too_late_is_explained(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.claim()
    school.submit(claim_id)
    page = at(qtbot, desks)
    page.open_claim(claim_id)
    school.sign(claim_id, "li")
    school.sign(claim_id, "zhao")
    withdraw = next(b for b in page.findChildren(QAbstractButton) if b.text() == "撤回…" and b.isVisible())
    qtbot.mouseClick(withdraw, Qt.MouseButton.LeftButton)
    assert not is_open(WithdrawDialog)
    told = opened(QuestionDialog)
    assert "已批准" in " ".join(part.text() for part in told.findChildren(type(page._title)))
    told.accept()


def kinds(page: ClaimsPage) -> dict[str, str]:
    """Which of the actions after the approval is the blue one."""
    found = {b.text(): str(b.property("kind") or "") for b in page.findChildren(QAbstractButton) if b.isVisible()}
    return {text: kind for text, kind in found.items() if text in ("登记已签…", "登记支付…", "新建报销单")}


def test_the_blue_action_is_the_one_that_is_not_refused(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.approved()
    page = at(qtbot, desks, "qian")
    choose(page, school.row(claim_id).number or "")
    assert kinds(page) == {"登记已签…": "primary", "登记支付…": "", "新建报销单": ""}
    page.open_claim(claim_id)
    assert kinds(page) == {"登记已签…": "primary", "登记支付…": ""}
    school.paper(claim_id)
    page.reload_now()
    assert kinds(page) == {"登记已签…": "", "登记支付…": "primary"}
    page.close_claim()
    choose(page, school.row(claim_id).number or "")
    assert kinds(page) == {"登记已签…": "", "登记支付…": "primary", "新建报销单": ""}
    page.table.view.clearSelection()
    assert kinds(page)["新建报销单"] == "primary"
    with school.unit("test.rules") as ctx:
        save_settings(ctx.session, SigningRules(wet_signature="optional"))
    page.open_claim(school.approved())
    assert kinds(page) == {"登记已签…": "", "登记支付…": "primary"}, "without the rule nothing stands before payment"


def at_claim(qtbot: QtBot, desks: Desks, login: str, claim_id: int) -> ClaimsPage:
    """Somebody's page with a claim open."""
    page = at(qtbot, desks, login)
    page.open_claim(claim_id)
    QApplication.processEvents()
    return page


def test_voucher_number_is_added_and_corrected_once(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id = school.approved()
    school.paper(claim_id)
    with school.as_("qian") as ctx:
        services.pay_claim(ctx, PayClaim(school.ref(claim_id), date(2026, 3, 2)))
    assert "补记凭证号…" not in words(at_claim(qtbot, desks, "wang", claim_id)), "who may not pay adds nothing"
    page = at_claim(qtbot, desks, "qian", claim_id)
    click(qtbot, page, "补记凭证号…")
    dialog = opened(VoucherDialog)
    click(qtbot, dialog, "保存")
    assert dialog.form["voucher"].error == "请填写记账凭证号"
    type_into(qtbot, dialog.form["voucher"], "J-21")
    click(qtbot, dialog, "保存")
    assert any("记账凭证 J-21" in notice for notice in page.pane.sheet.notices)
    click(qtbot, page, "补记凭证号…")
    dialog = opened(VoucherDialog)
    assert "只能更正一次" in dialog.bar.text
    type_into(qtbot, dialog.form["voucher"], "J-12")
    click(qtbot, dialog, "保存")
    assert school.row(claim_id).paid_voucher == "J-12"
    assert "补记凭证号…" not in words(page)
    page.close_claim()
    choose(page, school.row(claim_id).number or "")
    next(a for a in row_menu(page.table).actions() if a.text() == "补记凭证号…").trigger()
    told = opened(QuestionDialog)
    assert "已更正过一次" in " ".join(part.text() for part in told.findChildren(type(page._title)))
    told.accept()


def test_one_enter_registers_nothing(qtbot: QtBot, desks: Desks, school: School, tmp_path: Path) -> None:
    claim_id = school.claim()
    school.submit(claim_id)
    scan = tmp_path / "已签.pdf"
    scan.write_bytes(paper("signed", 1))
    page = at_claim(qtbot, desks, "qian", claim_id)
    click(qtbot, page, "登记已签…")
    dialog = opened(RegisterPaperDialog)
    assert not any(dialog.form[key].isVisible() for key in ("who1", "day1", "opinion1", "who2", "day2", "opinion2"))
    dialog.scan.take_path(str(scan))
    type_into(qtbot, dialog.password, PASSWORD)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form["signed1"].error == "请勾选“纸上已签”"
    tick(qtbot, dialog, 1)
    assert dialog.form["day1"].value() is None, "the day is read off the paper"
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.form["day1"].error == "请填写签字日期"
    assert school.state(claim_id) is DocumentState.SUBMITTED
    tick(qtbot, dialog, 1)
    assert not dialog.form["who1"].isVisible()
    dialog.form.mark_clean()
    dialog.reject()


def tick(qtbot: QtBot, dialog: RegisterPaperDialog, step: int) -> None:
    """Click the box of a step."""
    box = dialog.form[f"signed{step}"].input
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    QApplication.processEvents()


def needing_a_record(school: School) -> tuple[int, int]:
    """A claim that needs a procurement record and has none, and a record for it."""
    rule = SaveThreshold(ProcurementKind.GOODS, 100_000, Route.INQUIRY, date(2026, 1, 1), document="示财〔2026〕1号")
    with school.unit("test.limits") as ctx:
        services.save_threshold(ctx, rule)
        found = record(winner="虚构文具店", contract_fen=200_000, route=Route.INQUIRY, minutes_no="虚构〔2026〕3号")
        record_id = services.save_record(ctx, found)
    claim_id = school.approved(procurement_kind=ProcurementKind.GOODS)
    school.paper(claim_id)
    return claim_id, record_id


def test_linking_a_record_and_taking_it_off(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id, record_id = needing_a_record(school)
    page = at_claim(qtbot, desks, "qian", claim_id)
    assert any("须先关联采购记录" in notice for notice in page.pane.sheet.notices)
    pick(qtbot, page, "更多", "关联采购记录…")
    dialog = opened(LinkRecordDialog)
    assert "示财〔2026〕1号" in dialog.bar.text
    type_into(qtbot, dialog.record, "cg-2026")
    qtbot.waitUntil(dialog.record.popup.isVisible)
    qtbot.keyClick(dialog.record.edit, Qt.Key.Key_Return)
    click(qtbot, dialog, "保存")
    assert school.row(claim_id).record_id == record_id
    assert not any("须先关联采购记录" in notice for notice in page.pane.sheet.notices)
    pick(qtbot, page, "更多", "关联采购记录…")
    again = opened(LinkRecordDialog)
    assert "DX-CG-2026-001" in again.record.edit.text()
    type_into(qtbot, again.record, "no such record")
    click(qtbot, again, "保存")
    assert again.record.error == "请从列表中选择采购记录", "what was only typed is no record"
    again.record.edit.selectAll()
    qtbot.keyClick(again.record.edit, Qt.Key.Key_Delete)
    click(qtbot, again, "保存")
    assert school.row(claim_id).record_id is None


def test_letting_pass_without_a_record_and_taking_it_back(qtbot: QtBot, desks: Desks, school: School) -> None:
    claim_id, _ = needing_a_record(school)
    assert "没有采购记录也放行…" not in more(at_claim(qtbot, desks, "qian", claim_id)), (
        "finance does not let itself pass"
    )
    page = at_claim(qtbot, desks, "zhao", claim_id)
    pick(qtbot, page, "更多", "没有采购记录也放行…")
    dialog = opened(OverrideDialog)
    assert "示财〔2026〕1号" in dialog.bar.text
    click(qtbot, dialog, "放行")
    assert dialog.form["reason"].error == "请填写放行理由"
    write_reason(qtbot, dialog, "抢险急用，事后补办（虚构）")
    click(qtbot, dialog, "放行")
    assert school.row(claim_id).override_by == "赵主要"
    assert any("赵主要放行：抢险急用" in notice for notice in page.pane.sheet.notices)
    pick(qtbot, page, "更多", "没有采购记录也放行…")
    again = opened(OverrideDialog)
    assert again.form["reason"].value() == "抢险急用，事后补办（虚构）"
    write_reason(qtbot, again, "")
    click(qtbot, again, "放行")
    assert school.row(claim_id).override_reason == ""
    assert any("须先关联采购记录" in notice for notice in page.pane.sheet.notices)


def write_reason(qtbot: QtBot, dialog: OverrideDialog, words_of_it: str) -> None:
    """Replace the reason by keyboard."""
    edit: Any = dialog.form["reason"].input
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    write(qtbot, edit, words_of_it)


def more(page: ClaimsPage) -> list[str]:
    """What 更多 offers now."""
    menu = page.more.menu()
    assert isinstance(menu, QMenu)
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions()]


def test_slip_is_printed_from_the_list(qtbot: QtBot, desks: Desks, school: School) -> None:
    claims = [school.approved(), school.claim()]
    page = at(qtbot, desks)
    page.table.view.selectAll()
    QApplication.processEvents()
    pick(qtbot, page, "打印", "审批单（2 张）")
    preview = opened(PreviewDialog)
    qtbot.waitUntil(lambda: preview.info is not None)
    assert preview.info is not None
    assert len(preview.info.sizes) == len(claims)
    assert not page.print_sheet.isEnabled(), "one claim's papers at a time"


def test_both_papers_are_printed_from_the_claim(qtbot: QtBot, desks: Desks, school: School) -> None:
    page = at_claim(qtbot, desks, "wang", school.approved())
    for entry, title in (("审批单", "经费支出报销审批单"), ("粘贴单", "原始凭证粘贴单")):
        pick(qtbot, page, "打印", entry)
        preview = opened(PreviewDialog)
        assert title in preview.windowTitle()
        preview.reject()
        QApplication.processEvents()
    assert "打印粘贴单" not in more(page), "under 打印 only"


def test_everything_that_takes_focus_has_a_name(qtbot: QtBot, desks: Desks, school: School) -> None:
    page = at(qtbot, desks)
    assert unnamed(page) == []
    page.open_claim(school.claim())
    assert unnamed(page) == []
    page.actions_of_claim.new()
    assert unnamed(opened(ClaimEditor)) == []
    assert button(page, "返回列表")
