"""A clerk writes a claim with the keyboard: lines, invoices, files, submission; drafts, duplicates, refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.subjects import Subject
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentState
from dangxiao_houqin.modules.expenses.domain.budgets import SaveBudget
from dangxiao_houqin.modules.expenses.domain.claims import (
    ClaimView,
    InvoiceKind,
    PaymentMethod,
    SaveClaim,
    SaveInvoice,
)
from dangxiao_houqin.modules.expenses.domain.procurement import ProcurementKind
from dangxiao_houqin.modules.expenses.models import ExpenseClaim
from dangxiao_houqin.modules.expenses.queries.claims import get_claim
from dangxiao_houqin.modules.expenses.ui.choice_pickers import KnownPicker
from dangxiao_houqin.modules.expenses.ui.claim_editor import ClaimEditor
from dangxiao_houqin.modules.expenses.ui.claim_form import load_editor
from dangxiao_houqin.modules.expenses.ui.claim_invoices import kind_of
from dangxiao_houqin.modules.expenses.ui.claim_lines import short_money
from dangxiao_houqin.modules.expenses.ui.sign_password_dialog import SignPasswordDialog
from dangxiao_houqin.ui.background import Runner
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.support.einvoices import Sample, digital_pdf, digital_xml

from .purchase_school import set_rules
from .signing_school import PASSWORD, School, open_school
from .signing_screens import Desks, desks
from .waiting_desk import category, paper

__all__ = ["desks"]

ENTER = Qt.Key.Key_Return
pytestmark = pytest.mark.sqlite_only  # screens; the services behind them have tests on both engines


@pytest.fixture
def school(unit: Any) -> School:
    return open_school(unit)


class Clerk:
    """Opens editors at the desk of the handler and types."""

    def __init__(self, desks: Desks, qtbot: QtBot) -> None:
        self.school, self.desk, self.qtbot = desks.school, desks.of("wang"), qtbot
        category(self.school, "30201")
        self.editor: ClaimEditor

    def open(self, claim_id: int | None = None) -> ClaimEditor:
        with self.school.as_("wang", read_only=True) as ctx:
            data = load_editor(ctx, claim_id)
        self.editor = ClaimEditor(self.desk.runner, None, data)
        self.editor.resize(1334, 736)
        with self.qtbot.waitActive(self.editor):
            self.editor.show()
        return self.editor

    def type(self, *texts: str) -> None:
        """Each text into the field that has the keyboard, then Enter."""
        for text in texts:
            at = QApplication.focusWidget()
            assert at is not None
            self.say(text)
            self.qtbot.keyClick(QApplication.focusWidget(), ENTER)

    def say(self, text: str) -> None:
        """Keys for letters and digits; what an input method commits for all else."""
        at = QApplication.focusWidget()
        assert at is not None
        if text.isascii():
            self.qtbot.keyClicks(at, text)
        else:
            event = QInputMethodEvent()
            event.setCommitString(text)
            QApplication.sendEvent(at, event)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        at = QApplication.focusWidget()
        assert at is not None
        self.qtbot.keyClick(at, key, modifier)

    def click(self, part: QWidget) -> None:
        self.qtbot.mouseClick(part, Qt.MouseButton.LeftButton)

    def claims(self) -> list[ExpenseClaim]:
        with self.school.unit("test.look", read_only=True) as ctx:
            return list(ctx.session.query(ExpenseClaim).order_by(ExpenseClaim.id))

    def claim(self) -> ClaimView:
        """The only one."""
        with self.school.as_("wang", read_only=True) as ctx:
            (found,) = self.claims()
            return get_claim(ctx, found.id)


@pytest.fixture
def clerk(desks: Desks, qtbot: QtBot) -> Clerk:
    return Clerk(desks, qtbot)


def _dialog(kind: type[Any]) -> Any:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert len(found) == 1, [type(w).__name__ for w in QApplication.topLevelWidgets() if w.isVisible()]
    return found[0]


def _drop(widget: QWidget, mime: QMimeData) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(50, 50), copy, mime, left, none))


def _files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


# ------------------------------------------------------------------------------------------------- keyboard
def test_a_claim_from_the_first_key_to_the_password(clerk: Clerk, qtbot: QtBot, tmp_path: Path) -> None:
    editor = clerk.open()
    clerk.type("春季主体班教学用品", "", "", "", "虚构文具店", "虚构银行某某县支行", "6222 0202 0011 2233")
    lines = (
        ("打印纸", "30201", "", "1,234.50", "2"),
        ("签字笔", "bgf", "科级干部进修班", "99.9", "1"),
        ("灯具更换", "wxhf", "", "12680.05", "1"),
        ("耗材", "30202", "", "0.01", ""),
        ("报刊", "办公费", "㙍塘镇轮训", "1000000", "12"),
    )
    for line in lines:
        clerk.type(*line)
    assert editor.form.lines.total.text() == "合计 ¥1,014,014.46"
    assert editor.form.lines.capitals.toolTip() == "人民币壹佰零壹万肆仟零壹拾肆元肆角陆分"
    clerk.type("")  # Enter on the empty sixth row: on to the invoices
    assert QApplication.focusWidget() is editor.form.invoices.rows[0]["number"].edit
    clerk.type("26442000000012345678", "", "", "2.27", "虚构文具店", "1,000,000")
    clerk.type("12345678", "044002100111", "", "0226", "虚构电器行", "12680.05")
    clerk.type("NB2026001", "", "", "", "虚构杂货", "1334.41")
    assert editor.form.invoices.total.text() == "发票合计 ¥1,014,014.46"
    scans = [tmp_path / f"附件{n}.pdf" for n in range(4)]
    for number, scan in enumerate(scans):
        scan.write_bytes(paper(f"scan {number}", 100 + number))
    _drop(editor.panel, _files(*scans))
    assert len(editor.panel.evidence) == 4
    editor.form["minutes_no"].setFocus()
    clerk.type("会〔2026〕1号")
    clerk.key(ENTER, Qt.KeyboardModifier.ControlModifier)
    assert [(key, field.error) for key, field in editor.form.fields.items() if field.error] == []
    assert editor.bar.text == ""
    ask = _dialog(SignPasswordDialog)
    clerk.click(ask.primary)
    assert ask.password.error, "an empty password is told"
    qtbot.keyClicks(ask.password.edit, "wrong")
    clerk.click(ask.primary)
    assert ask.isVisible()
    assert ask.password.error
    with qtbot.waitSignal(editor.submitted):
        qtbot.keyClicks(ask.password.edit, PASSWORD)
        clerk.click(ask.primary)
        _dialog(QuestionDialog).accept()  # categories without a budget: asked
    claim = clerk.claim()
    assert claim.state is DocumentState.SUBMITTED
    assert claim.total_fen == 101_401_446
    assert [line.text for line in claim.lines] == [line[0] for line in lines]
    assert [line.category[:5] for line in claim.lines] == ["30201", "30201", "30213", "30202", "30201"]
    assert [line.vouchers for line in claim.lines] == [2, 1, 1, 0, 12]
    assert claim.lines[4].subject == Subject(text="㙍塘镇轮训")
    assert [invoice.kind for invoice in claim.invoices] == [
        InvoiceKind.DIGITAL,
        InvoiceKind.VAT_ORDINARY,
        InvoiceKind.OTHER,
    ]
    assert claim.invoices[0].issued_on == date(2026, 2, 27)
    assert (claim.payee, claim.payee_bank) == ("虚构文具店", "虚构银行某某县支行")
    assert not editor.isVisible()


def test_enter_needs_no_popup_and_the_popup_takes_enter(clerk: Clerk, qtbot: QtBot) -> None:
    editor = clerk.open()
    row = editor.form.lines.rows[0]
    row["category_id"].setFocus()
    clerk.say("会")
    qtbot.waitUntil(lambda: row["category_id"].popup.isVisible())
    shown = [row["category_id"].list.item(at).text() for at in range(row["category_id"].list.count())]
    assert any("30215 会议费" in text for text in shown)
    clerk.key(ENTER)
    assert row["category_id"].value() is not None
    assert QApplication.focusWidget() is row["subject"].edit


def test_tab_goes_through_rows_added_later(clerk: Clerk) -> None:
    editor = clerk.open()
    lines = editor.form.lines
    lines.add_row()
    lines.rows[0]["vouchers"].setFocus()
    clerk.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is lines.rows[1]["text"].edit
    lines.rows[1]["vouchers"].setFocus()
    clerk.key(Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is lines.add_button


def test_the_row_being_written_is_in_view(clerk: Clerk, qtbot: QtBot) -> None:
    editor = clerk.open()
    editor.form.lines.rows[0]["text"].setFocus()
    for number in range(12):
        clerk.type(f"line {number}", "30201", "", "1", "")
    cell = editor.form.lines.rows[12]["text"].edit
    assert QApplication.focusWidget() is cell
    view = editor._scroll.viewport()
    qtbot.waitUntil(lambda: view.rect().contains(cell.mapTo(view, cell.rect().center())))


def test_control_delete_takes_a_row_away(clerk: Clerk) -> None:
    editor = clerk.open()
    editor.form.lines.rows[0]["text"].setFocus()
    clerk.type("一", "30201", "", "10", "1")
    clerk.type("二", "30201", "", "20", "1")
    editor.form.lines.rows[0]["amount_fen"].setFocus()
    clerk.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert [line.text for line in editor.form.lines.value()] == ["二"]
    assert editor.form.lines.total.text() == "合计 ¥20.00"
    for _ in range(2):
        editor.form.lines.rows[0]["text"].setFocus()
        clerk.key(Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert len(editor.form.lines.rows) == 1
    assert editor.form.lines.is_empty()


# --------------------------------------------------------------------------------------------------- budget
def test_budget_left_stands_beside_the_category(clerk: Clerk, school: School) -> None:
    category_id = category(school, "30201")
    with school.unit("test.budget") as ctx:
        services.save_budget(ctx, SaveBudget(2026, category_id, 100_000))
    editor = clerk.open()
    editor.form.lines.rows[0]["text"].setFocus()
    clerk.type("打印纸", "30201", "", "400", "")
    clerk.type("墨盒", "30201", "", "700", "")
    clerk.type("差旅", "30211", "", "1", "")
    said = [row.extra["!left"].text() for row in editor.form.lines.rows[:3]]
    assert said == ["超 100.00", "超 100.00", "无预算"]
    assert editor.form.lines.rows[0].extra["!left"].property("role") == "error"
    editor.form.lines.rows[1]["amount_fen"].set_value(50_000)
    assert editor.form.lines.rows[0].extra["!left"].text() == "100.00"
    assert (
        editor.form.lines.rows[0].extra["!left"].toolTip() == "报销前余 ¥1,000.00，这张单用 ¥900.00，报销后余 ¥100.00"
    )


@pytest.mark.parametrize(
    ("fen", "text"),
    (
        (0, "0.00"),
        (9_999_999_999, "99,999,999.99"),
        (10_000_000_000, "1.0000 亿"),
        (12_345_678_901_99, "123.4567 亿"),
        (99_999_999_999_99, "999.9999 亿"),
    ),
)
def test_large_amounts_are_cut_and_not_rounded(fen: int, text: str) -> None:
    assert short_money(fen) == text


# ------------------------------------------------------------------------------------------------- invoices
def test_used_invoice_is_told_when_its_number_is_left(clerk: Clerk, school: School) -> None:
    school.claim(invoices=(SaveInvoice(InvoiceKind.DIGITAL, "26442000000012345678", 123_450),), title="旧的一张")
    editor = clerk.open()
    editor.form.invoices.rows[0]["number"].setFocus()
    clerk.type("2644 2000 0000 1234 5678")
    assert "已用于报销单 草2026-00001 旧的一张" in editor.form.invoices.error
    assert "王经办" in editor.form.invoices.error
    assert editor.form.invoices.rows[0]["number"].edit.property("state") == "error"
    clerk.click(editor.save)
    assert len(clerk.claims()) == 1, "a claim with a used invoice is not saved"
    editor.form.invoices.rows[0]["number"].edit.setText("26442000000099999999")
    editor.form.invoices.rows[0]["number"].setFocus()
    clerk.type("")
    assert "已用于" not in editor.form.invoices.error
    assert editor.form.invoices.rows[0]["number"].edit.property("state") == "ok"


def test_same_invoice_twice_in_one_claim(clerk: Clerk) -> None:
    editor = clerk.open()
    editor.form.invoices.rows[0]["number"].setFocus()
    clerk.type("12345678", "044002100111", "", "", "", "10")
    clerk.type("12345678", "044002100111")
    assert editor.form.invoices.error == "第 2 行：这张发票在第 1 行已经填了，请删去一行。"


@pytest.mark.parametrize(
    ("number", "code", "kind"),
    (
        ("26442000000012345678", "", InvoiceKind.DIGITAL),
        ("12345678", "044002100111", InvoiceKind.VAT_ORDINARY),
        ("A-7", "", InvoiceKind.OTHER),
    ),
)
def test_kind_by_the_form_of_the_number(number: str, code: str, kind: InvoiceKind) -> None:
    assert kind_of(number, code) is kind


def test_invoice_fills_itself_from_its_file(clerk: Clerk, tmp_path: Path) -> None:
    sample = Sample()
    (tmp_path / "发票.xml").write_bytes(digital_xml(sample))
    (tmp_path / "发票.pdf").write_bytes(digital_pdf(sample))
    editor = clerk.open()
    _drop(editor.panel, _files(tmp_path / "发票.xml"))
    (row,) = editor.form.invoices.filled_rows()
    assert row["number"].value() == sample.number
    assert row["seller"].value() == sample.seller
    assert row["amount_fen"].value() == round(float(sample.amount) * 100)
    assert row["issued_on"].value() == sample.issued_on
    assert row["kind"].value() is InvoiceKind.DIGITAL
    facts = editor.panel.viewer.facts.table
    assert (facts.item(1, 0).text(), facts.item(1, 1).text()) == ("发票号码", sample.number)
    _drop(editor, _files(tmp_path / "发票.pdf"))  # anywhere on the dialog
    assert len(editor.form.invoices.filled_rows()) == 1, "the PDF of the same invoice is no second one"
    clerk.click(editor.save)
    claim = clerk.claim()
    assert claim.invoices[0].evidence_id in {each.id for each in claim.evidence}


# ------------------------------------------------------------------------------------------------ what shows
def test_cash_asks_for_its_reason(clerk: Clerk) -> None:
    editor = clerk.open()
    assert editor.form["cash_reason"].isHidden()
    editor.form.method.box.setCurrentText("现金")
    assert not editor.form["cash_reason"].isHidden()
    clerk.click(editor.save)
    assert editor.form["cash_reason"].error == "请填写现金理由"
    assert clerk.claims() == []
    editor.form["cash_reason"].setFocus()
    clerk.type("农户没有账户")
    clerk.click(editor.save)
    assert (clerk.claim().payment_method, clerk.claim().cash_reason) == (PaymentMethod.CASH, "农户没有账户")


def test_purchase_shows_what_belongs_to_it(clerk: Clerk) -> None:
    editor = clerk.open()
    assert editor.form["route"].isHidden()
    assert editor.form.lines.rows[0]["catalogue_item_id"].isHidden()
    editor.form.kind.box.setCurrentText("货物")
    assert not editor.form["route"].isHidden()
    assert not editor.form.lines.rows[0]["catalogue_item_id"].isHidden()
    assert not editor.form.lines.add_row()["catalogue_item_id"].isHidden()
    clerk.click(editor.save)
    assert clerk.claim().procurement_kind is ProcurementKind.GOODS


def _fill_line(clerk: Clerk) -> None:
    """What the first line needs besides the item of the catalogue."""
    first = clerk.editor.form.lines.rows[0]
    for key, text in (("text", "办公电脑"), ("category_id", "30201"), ("amount_fen", "4800")):
        first[key].setFocus()
        clerk.say(text)
    first["vouchers"].setFocus()


def test_item_of_the_catalogue_is_picked_and_kept(clerk: Clerk, school: School, qtbot: QtBot) -> None:
    with school.unit("test.rules") as ctx:
        computers = set_rules(ctx)
    editor = clerk.open()
    editor.form.kind.box.setCurrentText("货物")
    _fill_line(clerk)
    picker = editor.form.lines.rows[0]["catalogue_item_id"]
    assert isinstance(picker, KnownPicker)
    picker.edit.setFocus()
    for typed in ("tsj", "电脑", "a0201"):  # initials of 台式计算机, its other name, its code
        picker.edit.clear()
        clerk.say(typed)
        qtbot.waitUntil(picker.popup.isVisible)
        offered = [picker.list.item(at).text() for at in range(picker.list.count())]
        assert len(offered) == 1, typed
        assert "台式计算机" in offered[0]
    clerk.key(ENTER)
    assert picker.value() == computers
    assert not picker.popup.isVisible()
    clerk.click(editor.save)
    assert [line.catalogue_item_id for line in clerk.claim().lines] == [computers]
    shown = clerk.open(clerk.claim().id).form.lines.rows[0]["catalogue_item_id"]
    assert isinstance(shown, KnownPicker)
    assert "台式计算机" in shown.edit.text()


def test_item_outside_the_catalogue_is_told(clerk: Clerk, school: School) -> None:
    with school.unit("test.rules") as ctx:
        set_rules(ctx)
    editor = clerk.open()
    editor.form.kind.box.setCurrentText("货物")
    picker = editor.form.lines.rows[0]["catalogue_item_id"]
    assert isinstance(picker, KnownPicker)
    picker.edit.setFocus()
    clerk.say("nothing like it")
    _fill_line(clerk)
    assert picker.error == "请从列表中选择采购品目"
    clerk.click(editor.save)
    assert "请从列表中选择采购品目" in editor.form.lines.error
    assert clerk.claims() == []


def test_payee_of_before_brings_bank_and_account(clerk: Clerk, school: School, qtbot: QtBot) -> None:
    school.claim(
        payee="虚构印刷厂",
        payee_bank="虚构银行城关支行",
        payee_account="6222000011112222",
        payment_method=PaymentMethod.TRANSFER,
    )
    editor = clerk.open()
    editor.form.payee.setFocus()
    clerk.say("印刷")
    qtbot.waitUntil(editor.form.payee.popup.isVisible)
    clerk.key(Qt.Key.Key_Down)
    clerk.key(ENTER)
    assert editor.form.payee.value() == "虚构印刷厂"
    assert editor.form.bank.value() == "虚构银行城关支行"
    assert editor.form.account.value() == "6222000011112222"


def test_half_a_row_says_what_is_missing(clerk: Clerk) -> None:
    editor = clerk.open()
    editor.form.lines.rows[0]["text"].setFocus()
    clerk.type("打印纸", "没有这一科目")
    clerk.click(editor.save)
    assert editor.form.lines.error == "第 1 行：请从列表中选择经济分类"
    assert clerk.claims() == []


def test_what_forbids_submission_is_said_at_the_field(clerk: Clerk) -> None:
    editor = clerk.open()
    clerk.type("空的一张")
    clerk.click(editor.primary)
    assert editor.check_box.sentences
    assert "明细" in editor.form.lines.error + editor.bar.text
    assert clerk.claim().state is DocumentState.DRAFT


# -------------------------------------------------------------------------------------------------- evidence
def test_picture_is_pasted(clerk: Clerk) -> None:
    editor = clerk.open()
    picture = QImage(200, 100, QImage.Format.Format_RGB32)
    picture.fill(QColor("red"))
    QApplication.clipboard().setImage(picture)
    clerk.click(editor.panel.paste)
    (evidence,) = editor.panel.evidence
    assert evidence.media_type == "image/png"
    assert evidence.title.startswith("粘贴的图片")
    QApplication.clipboard().clear()


def test_refused_file_is_one_sentence_and_the_others_stay(clerk: Clerk, tmp_path: Path) -> None:
    good, bad = tmp_path / "好.pdf", tmp_path / "坏.pdf"
    good.write_bytes(paper("good", 1))
    bad.write_bytes(b"not a pdf")
    editor = clerk.open()
    _drop(editor.panel, _files(bad, good))
    assert "坏.pdf" in editor.bar.text
    assert [each.name for each in editor.panel.evidence] == ["好.pdf"]


def test_evidence_is_renamed_and_removed(clerk: Clerk, tmp_path: Path) -> None:
    scan = tmp_path / "IMG_0001.pdf"
    scan.write_bytes(paper("x", 1))
    editor = clerk.open()
    _drop(editor.panel, _files(scan))
    (evidence,) = editor.panel.evidence
    editor.panel.change_asked.emit(evidence, "验收单", evidence.kind)
    assert [each.title for each in editor.panel.evidence] == ["验收单"]
    editor.panel._remove()
    question = _dialog(QuestionDialog)
    question.accept()
    assert editor.panel.evidence == ()


# ------------------------------------------------------------------------------------------- leaving, drafts
def test_files_of_a_claim_given_up_leave_nothing(clerk: Clerk, tmp_path: Path) -> None:
    scan = tmp_path / "a.pdf"
    scan.write_bytes(paper("x", 1))
    editor = clerk.open()
    _drop(editor.panel, _files(scan))
    assert len(clerk.claims()) == 1
    editor.reject()
    question = _dialog(QuestionDialog)
    question.accept()
    assert not editor.isVisible()
    assert clerk.claims() == []


def test_saved_draft_stays_and_closes_without_a_question(clerk: Clerk, qtbot: QtBot) -> None:
    editor = clerk.open()
    clerk.type("留着的一张")
    clerk.key(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(clerk.claims()) == 1)
    assert clerk.claim().title == "留着的一张"
    assert "提交前还要补齐" in editor.bar.text
    assert "明细" in "".join(editor.check_box.sentences)
    assert not editor.form.is_dirty
    editor.reject()
    assert not editor.isVisible()
    assert len(clerk.claims()) == 1


def test_what_was_typed_survives_a_crash(clerk: Clerk, tmp_path: Path) -> None:
    scan = tmp_path / "a.pdf"
    scan.write_bytes(paper("x", 1))
    editor = clerk.open()
    clerk.type("断电之前")
    editor.form.lines.rows[0]["text"].setFocus()
    clerk.type("打印纸", "30201", "某班", "12.34", "3")
    editor.form.invoices.rows[0]["number"].setFocus()
    clerk.type("26442000000012345678", "", "", "2.27")
    _drop(editor.panel, _files(scan))
    editor.form.keep_draft()
    editor.hide()  # no closing, no saving: the power went off
    editor = clerk.open()
    assert "还留着" in editor.bar.text
    editor.bar.triggered.emit()
    assert editor.form.title.value() == "断电之前"
    (line,) = editor.form.lines.value()
    assert (line.text, line.amount_fen, line.vouchers, line.subject) == ("打印纸", 1234, 3, Subject(text="某班"))
    assert editor.form.invoices.rows[0]["number"].value() == "26442000000012345678"
    assert editor.form.invoices.rows[0]["issued_on"].value() == date(2026, 2, 27)
    assert len(editor.panel.evidence) == 1
    editor.form.invoices.rows[0]["amount_fen"].set_value(1234)
    clerk.click(editor.save)
    assert clerk.claim().total_fen == 1234


def test_claim_of_before_is_shown_as_it_was_saved(clerk: Clerk, school: School) -> None:
    claim_id = school.claim(
        fen=12_345_678_901_23,
        note="一行\n两行",
        procurement_kind=ProcurementKind.SERVICES,
        payee="𬭎鑫公司",
        invoices=(SaveInvoice(InvoiceKind.VAT_SPECIAL, "87654321", 5, code="044002100112", seller="㙍塘"),),
    )
    editor = clerk.open(claim_id)
    assert not editor.form.is_dirty
    with school.as_("wang", read_only=True) as ctx:
        before = get_claim(ctx, claim_id)
    clerk.click(editor.save)
    after = clerk.claim()
    same = ("title", "total_fen", "payee", "note", "procurement_kind", "filled_on", "department_id", "minutes_no")
    assert [getattr(after, key) for key in same] == [getattr(before, key) for key in same]
    assert [(i.kind, i.number, i.code, i.amount_fen) for i in after.invoices] == [
        (i.kind, i.number, i.code, i.amount_fen) for i in before.invoices
    ]
    assert after.lines[0].subject == before.lines[0].subject


def test_claim_changed_meanwhile_is_told(clerk: Clerk, school: School) -> None:
    claim_id = school.claim()
    editor = clerk.open(claim_id)
    with school.as_("wang") as ctx:
        now = ctx.get(ExpenseClaim, claim_id)
        services.save_claim(ctx, SaveClaim(title="别处改的", claim_id=claim_id, version=now.version))
    editor.form.title.edit.setText("这里改的")
    clerk.click(editor.save)
    question = _dialog(QuestionDialog)
    question.accept()
    assert editor.form.title.value() == "别处改的"


# -------------------------------------------------------------------------------------------------- for real
def test_with_threads_nothing_is_lost(school: School, db: Database, look: None, qtbot: QtBot, tmp_path: Path) -> None:
    """The runner of the program: files dropped on an unsaved claim, typing on meanwhile, then handed in."""
    category(school, "30201")
    actor = school.actor("wang")

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=FixedClock(), handlers=REACTIONS, **options)

    runner = Runner(open_unit)
    try:
        with school.as_("wang", read_only=True) as ctx:
            editor = ClaimEditor(runner, None, load_editor(ctx, None))
        with qtbot.waitActive(editor):
            editor.show()
        scans = [tmp_path / f"{n}.pdf" for n in range(3)]
        for scan in scans:
            scan.write_bytes(paper(scan.name, 1))
        _drop(editor.panel, _files(*scans))
        editor.form.title.edit.setText("多线程")
        row = editor.form.lines.rows[0]
        row["text"].edit.setText("打印纸")
        row["category_id"].setFocus()
        qtbot.keyClicks(row["category_id"].edit, "30201")
        row["amount_fen"].setFocus()
        qtbot.keyClicks(row["amount_fen"].edit, "88.8")
        editor.form["payee"].set_value("虚构店")
        qtbot.mouseClick(editor.save, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: len(editor.panel.evidence) == 3 and not editor.form.is_dirty, timeout=20_000)
        qtbot.mouseClick(editor.primary, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(_open(SignPasswordDialog)), timeout=20_000)
        (ask,) = _open(SignPasswordDialog)
        qtbot.keyClicks(ask.password.edit, PASSWORD)
        qtbot.mouseClick(ask.primary, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bool(_open(QuestionDialog)), timeout=20_000)
        with qtbot.waitSignal(editor.submitted, timeout=20_000):
            _open(QuestionDialog)[0].accept()
        qtbot.waitUntil(lambda: not runner.tasks(), timeout=20_000)
    finally:
        runner.shutdown()
        runner.deleteLater()
    with school.as_("wang", read_only=True) as ctx:
        (row_of_claim,) = ctx.session.query(ExpenseClaim).all()
        claim = get_claim(ctx, row_of_claim.id)
    assert (claim.title, claim.total_fen, len(claim.evidence)) == ("多线程", 8880, 3)
    assert claim.state is DocumentState.SUBMITTED


def _open(kind: type[Any]) -> list[Any]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
