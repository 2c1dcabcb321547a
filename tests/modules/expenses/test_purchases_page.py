"""采购 on screen with mouse and keyboard: requests, records, and the rules they are judged by."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QListWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.approval import DocumentKind, DocumentState
from dangxiao_houqin.modules.expenses.domain.procurement import PROCUREMENT_RULES, PURCHASE, Route
from dangxiao_houqin.modules.expenses.domain.purchases import RequestAction, RequestView
from dangxiao_houqin.modules.expenses.queries.procurement import list_catalogue, list_records, list_thresholds
from dangxiao_houqin.modules.expenses.queries.purchases import get_request, list_requests
from dangxiao_houqin.modules.expenses.ui.catalogue_import_dialog import CatalogueImportDialog
from dangxiao_houqin.modules.expenses.ui.procurement_rule_dialogs import (
    CatalogueDialog,
    ThresholdDialog,
    ThresholdWizard,
)
from dangxiao_houqin.modules.expenses.ui.purchase_actions import VoidRequestDialog, WithdrawRequestDialog
from dangxiao_houqin.modules.expenses.ui.purchase_editor import PurchaseEditor
from dangxiao_houqin.modules.expenses.ui.purchases_page import PurchasesPage
from dangxiao_houqin.modules.expenses.ui.record_dialog import RecordDialog
from dangxiao_houqin.modules.expenses.ui.submit_request_dialog import SubmitRequestDialog
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from tests.conftest import OpenUnit
from tests.modules.expenses.purchase_school import (
    DOCUMENT,
    GOODS,
    PDF,
    category,
    item,
    make_request,
    quotes,
    record,
    set_rules,
)
from tests.modules.expenses.signing_school import PASSWORD, School, open_school
from tests.support.screens import (
    button,
    choose,
    click,
    double_click,
    is_open,
    opened,
    row_menu,
    rows,
    type_into,
    unnamed,
    write,
)

pytestmark = pytest.mark.sqlite_only
KIND = DocumentKind.PURCHASE
KEY = Qt.Key


class Office:
    """王经办 at his desk, with every right but his own name, and the page before him."""

    def __init__(self, school: School, db: Database, clock: FixedClock, qtbot: QtBot) -> None:
        self.school, self._db, self._clock, self._qtbot = school, db, clock, qtbot
        self._runners: list[InstantRunner] = []

    def page(self, login: str = "wang", *rights: Any) -> PurchasesPage:
        """The page of somebody with just ``rights``, or with all."""
        user = self.school.ids[login]
        keys = frozenset(right.key for right in rights)
        actor = Actor(user, "王经办", keys, all_permissions=not rights)

        def open_unit(action: str, **options: Any) -> Any:
            return unit_of_work(self._db, actor, action, clock=self._clock, handlers=REACTIONS, **options)

        runner = InstantRunner(open_unit)
        self._runners.append(runner)
        page = PurchasesPage(Desk(runner, actor))
        self._qtbot.addWidget(page)
        page.resize(1180, 720)
        with self._qtbot.waitActive(page):
            page.show()
        QApplication.processEvents()
        return page

    def view(self, request_id: int) -> RequestView:
        with self.school.unit("test.look", read_only=True) as ctx:
            return get_request(ctx, request_id)

    def close(self) -> None:
        for runner in self._runners:
            runner.shutdown()


@pytest.fixture
def office(look: None, unit: OpenUnit, db: Database, clock: FixedClock, qtbot: QtBot) -> Iterator[Office]:
    school = open_school(unit)
    with unit() as ctx:
        set_rules(ctx)
        category(ctx)
    made = Office(school, db, clock, qtbot)
    yield made
    made.close()


def toasts() -> list[str]:
    QApplication.processEvents()
    return [w.text for w in QApplication.allWidgets() if isinstance(w, Toast) and w.isVisible()]


def request_of(office: Office, *items: Any, **more: Any) -> int:
    with office.school.as_("wang") as ctx:
        return make_request(ctx, items, **more)


def approved(office: Office, *items: Any, **more: Any) -> int:
    request_id = request_of(office, *items, **more)
    office.school.submit(request_id, kind=KIND)
    for login in ("li", "zhao"):
        office.school.sign(request_id, login, kind=KIND)
    return request_id


def open_request(page: PurchasesPage, request_id: int) -> None:
    """Open it and let its buttons come."""
    page.open_request(request_id)
    QApplication.processEvents()


def rules_now(editor: PurchaseEditor) -> None:
    """Do not wait for the timer of the live rule."""
    editor._timer.stop()
    editor._ask_rules()


# ------------------------------------------------------------------------------------------------- the editor
def test_a_request_is_written_by_keyboard_with_live_amounts_and_rule(office: Office, qtbot: QtBot) -> None:
    page = office.page()
    click(qtbot, page.requests.table, "新建采购申请")
    editor = opened(PurchaseEditor)
    grid = editor.form.items
    first = grid.rows[0]
    for key, text in (("name", "办公电脑"), ("quantity", "12.5"), ("price_fen", "4800.10")):
        type_into(qtbot, first[key], text)
    assert first.extra["!amount"].text() == "60,001.25"
    assert grid.total.text() == "合计 ¥60,001.25"
    assert grid.capitals.accessibleName() == "人民币陆万零壹元贰角伍分"
    rules_now(editor)
    box = editor.form.suggestion
    assert box.isVisible()
    assert box.route is Route.SELF
    assert box.sentences == ("“办公电脑”可能属于集中采购目录“A02010105 台式计算机”，请核对是否选了品目。",)
    picker = first["catalogue_item_id"]
    picker.edit.setFocus()
    qtbot.keyClicks(picker.edit, "a0201")
    qtbot.keyClick(picker.edit, KEY.Key_Tab)
    assert picker.value() is not None
    rules_now(editor)
    assert (box.route, box.sentences) == (Route.E_STORE, ())
    type_into(qtbot, first["quantity"], "200")
    rules_now(editor)
    assert box.route is Route.INQUIRY
    assert "两项取严" in box.accessibleDescription()
    assert not editor.form["route_reason"].isVisible()
    editor.form.route.set_value(Route.SELF)
    assert editor.form["route_reason"].isVisible()
    editor.form.route.set_value(None)
    click(qtbot, editor, "保存草稿")
    (row,) = rows(page.requests.table)
    assert (row.title, row.total_fen, row.suggested_route) == ("采购办公电脑", 960_020_00, Route.INQUIRY)
    assert not editor.form.is_dirty
    assert unnamed(editor) == []
    editor.reject()


def test_what_is_wrong_in_a_row_is_told_there(office: Office, qtbot: QtBot) -> None:
    page = office.page()
    page.requests.first_step()
    editor = opened(PurchaseEditor)
    first = editor.form.items.rows[0]
    type_into(qtbot, first["name"], "床垫")
    type_into(qtbot, first["quantity"], "0")
    type_into(qtbot, first["price_fen"], "1")
    click(qtbot, editor, "保存草稿")
    assert editor.form.items.error.startswith("第 1 行：")
    assert "大于 0" in editor.form.items.error
    assert first["quantity"].edit.hasFocus()
    assert rows(page.requests.table) == []
    editor.form.mark_clean()
    editor.reject()


def test_handing_in_asks_the_password_and_goes_back_to_what_is_missing(office: Office, qtbot: QtBot) -> None:
    request_id = request_of(office, item("实训设备", "1", 600_000_00), quotes=quotes(3, 2, 1))
    page = office.page()
    open_request(page, request_id)
    click(qtbot, page, "修改")
    editor = opened(PurchaseEditor)
    click(qtbot, editor, "提交…")
    ask = opened(SubmitRequestDialog)
    type_into(qtbot, ask.password, PASSWORD)
    click(qtbot, ask, "签字提交")
    assert not is_open(SubmitRequestDialog)
    minutes = editor.form["minutes_no"]
    assert "须经校委会研究" in minutes.error
    type_into(qtbot, minutes, "纪要〔2026〕3号")
    click(qtbot, editor, "提交…")
    ask = opened(SubmitRequestDialog)
    type_into(qtbot, ask.password, "wrong")
    click(qtbot, ask, "签字提交")
    assert ask.password.error
    assert is_open(SubmitRequestDialog)
    type_into(qtbot, ask.password, PASSWORD)
    click(qtbot, ask, "签字提交")
    assert not is_open(PurchaseEditor)
    view = office.view(request_id)
    assert (view.state, view.route) == (DocumentState.SUBMITTED, Route.INQUIRY)
    assert any("校验码" in text for text in toasts())
    assert page.view.sheet.request is not None
    assert page.view.sheet.request.state is DocumentState.SUBMITTED
    assert any(part.text() == "撤回…" for part in page._offered)


def test_a_file_makes_a_draft_that_goes_when_nothing_is_saved(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = office.page()
    page.requests.first_step()
    editor = opened(PurchaseEditor)
    type_into(qtbot, editor.form.items.rows[0]["name"], "床垫")
    editor.add_files((("甲厂报价.pdf", PDF),))
    assert [paper.title for paper in editor.panel.evidence] == ["甲厂报价"]
    supplier = editor.form.quotes.rows[0]
    assert supplier["evidence_id"].box.findText("甲厂报价") > 0
    editor.reject()
    question = opened(QuestionDialog)
    click(qtbot, question, "放弃")
    QApplication.processEvents()
    assert not is_open(PurchaseEditor)
    with office.school.unit("test.look", read_only=True) as ctx:
        assert list_requests(ctx, ListQuery()).total == 0


def test_a_quote_points_to_its_paper(office: Office, qtbot: QtBot) -> None:
    request_id = request_of(office)
    page = office.page()
    page.actions_of_request.start(RequestAction.EDIT, request_id)
    editor = opened(PurchaseEditor)
    editor.add_files((("甲厂报价.pdf", PDF),))
    row = editor.form.quotes.rows[0]
    type_into(qtbot, row["supplier"], "甲厂（虚构）")
    type_into(qtbot, row["amount_fen"], "6500")
    row["evidence_id"].box.setCurrentText("甲厂报价")
    click(qtbot, editor, "保存草稿")
    view = office.view(request_id)
    assert [(q.supplier, q.amount_fen, q.evidence_id) for q in view.quotes] == [
        ("甲厂（虚构）", 6_500_00, view.evidence[0].id)
    ]
    editor.reject()


# -------------------------------------------------------------------------------------------------- the pages
def test_a_request_opens_in_full_and_escape_goes_back(office: Office, qtbot: QtBot) -> None:
    request_id = approved(office, item(), item("枕头", "20", 39_90), quotes=quotes(300_00, 200_00))
    page = office.page()
    double_click(qtbot, page.requests.table, 0)
    sheet = page.view.sheet
    assert sheet.isVisible()
    assert sheet.request is not None
    assert sheet.request.id == request_id
    assert sheet.notices == ("签名核对无误，共 3 个有效签字。",)
    assert not page.tabs.isVisible()
    assert unnamed(page) == []
    qtbot.keyClick(page, KEY.Key_Escape)
    assert page.tabs.isVisible()
    assert page.requests.table.isVisible()
    page.open_target(Ref("purchase_request", request_id))
    assert page.view.sheet.isVisible()
    page.open_target({"tab": "records"})
    assert page.records.isVisible()
    assert button(page, "登记采购记录").isVisible()


def offered(page: PurchasesPage, place: int = 0) -> set[str]:
    """What a right click on a row offers."""
    page.requests.table.view.selectRow(place)
    QApplication.processEvents()
    return {action.text() for action in row_menu(page.requests.table).actions()}


def test_a_row_offers_what_the_request_would(office: Office, qtbot: QtBot) -> None:
    request_id = request_of(office)
    page = office.page()
    assert "删除草稿" in offered(page)
    assert "作废…" not in offered(page)
    office.school.submit(request_id, kind=KIND)
    with office.school.as_("wang") as ctx:
        services.withdraw(ctx, office.school.ref(request_id, KIND), "数量写错")
    page.reload_now()
    assert {"修改", "提交…", "作废…"} <= offered(page), "handed in once: voided, not deleted"
    assert "删除草稿" not in offered(page)
    choose(row_menu(page.requests.table), "作废…")
    dialog = opened(VoidRequestDialog)
    dialog.form["reason"].set_value("不再需要")
    click(qtbot, dialog, "作废")
    assert office.view(request_id).state is DocumentState.VOIDED
    assert "作废…" not in offered(page)
    approved(office)
    page.reload_now()
    assert "登记已签…" not in offered(page), "one does not register paper for one's own"
    assert "登记已签…" in offered(office.page("qian"))


def test_withdrawing_copying_deleting_and_voiding(office: Office, qtbot: QtBot) -> None:
    request_id = request_of(office)
    office.school.submit(request_id, kind=KIND)
    page = office.page()
    open_request(page, request_id)
    click(qtbot, page, "撤回…")
    dialog = opened(WithdrawRequestDialog)
    write(qtbot, dialog.form["reason"].edit, "数量要改")
    click(qtbot, dialog, "撤回")
    assert office.view(request_id).state is DocumentState.WITHDRAWN
    page.actions_of_request.start(RequestAction.VOID, request_id)
    void = opened(VoidRequestDialog)
    click(qtbot, void, "作废")
    assert void.form["reason"].error
    write(qtbot, void.form["reason"].edit, "不买了")
    click(qtbot, void, "作废")
    assert office.view(request_id).state is DocumentState.VOIDED
    page.actions_of_request.start(RequestAction.COPY, request_id)
    editor = opened(PurchaseEditor)
    assert editor.form.items.rows[0]["name"].value() == "学员宿舍床垫"
    editor.reject()
    page.close_request()
    table = page.requests.table
    table.view.selectRow(0)
    choose(row_menu(table), "删除草稿")
    click(qtbot, opened(QuestionDialog), "删除")
    assert [row.id for row in rows(table)] == [request_id]


def test_who_may_only_keep_the_rules_sees_only_them(office: Office) -> None:
    page = office.page("qian", PROCUREMENT_RULES)
    assert page.tab == "catalogue"
    assert page.catalogue.add_button.isEnabled()
    assert [part.text() for part in page.tabs.findChildren(QAbstractButton) if part.isVisible()] == [
        "集中采购目录",
        "限额标准",
    ]
    clerk = office.page("wang", PURCHASE)
    assert clerk.requests.new_button.isEnabled()
    clerk.show_tab("records")
    assert not clerk.records.add_button.isEnabled()
    clerk.show_tab("thresholds")
    assert not clerk.thresholds.wizard_button.isEnabled()
    assert len(rows(clerk.thresholds.table)) == 3


# ---------------------------------------------------------------------------------------------------- records
def test_a_record_is_begun_from_the_request_and_questions_are_asked(
    office: Office, qtbot: QtBot, tmp_path: Path
) -> None:
    request_id = approved(
        office,
        item("实训设备", "1", 600_000_00),
        quotes=quotes(590_000_00, 580_000_00, 600_000_00),
        minutes_no="纪要1号",
    )
    page = office.page()
    open_request(page, request_id)
    click(qtbot, page, "登记采购记录…")
    dialog = opened(RecordDialog)
    values = dialog.form.values()
    assert (values["winner"], values["contract_fen"]) == ("阆苑商贸有限公司（虚构）", 580_000_00)
    assert (values["route"], values["minutes_no"], values["request_id"]) == (Route.INQUIRY, "纪要1号", request_id)
    type_into(qtbot, dialog.form["file_no"], "DX-CG-9")
    dialog.form["route"].set_value(Route.SELF)
    contract = tmp_path / "合同.pdf"
    contract.write_bytes(PDF)
    dialog.files.take_paths([str(contract)])
    assert dialog.files.findChild(QListWidget).item(0).text().startswith("合同　合同.pdf")
    click(qtbot, dialog, "登记")
    question = opened(QuestionDialog)
    assert any("应走询价" in part.text() for part in question.findChildren(QLabel))
    question.reject()
    assert is_open(RecordDialog)
    dialog.form["route"].set_value(Route.INQUIRY)
    click(qtbot, dialog, "登记")
    assert not is_open(RecordDialog)
    with office.school.unit("test.look", read_only=True) as ctx:
        (row,) = list_records(ctx, ListQuery()).rows
    assert (row.file_no, row.files, row.request) == ("DX-CG-9", 1, "CG-2026-00001")
    page.close_request()
    page.open_target(Ref("procurement_record", row.id))
    shown = opened(RecordDialog)
    assert shown.files.kept[0].title == "合同"
    shown.files.list.setCurrentRow(0)
    click(qtbot, shown, "移除")
    click(qtbot, shown, "保存")
    with office.school.unit("test.look", read_only=True) as ctx:
        assert list_records(ctx, ListQuery()).rows[0].files == 0


def test_a_record_is_deleted_after_a_question(office: Office, qtbot: QtBot) -> None:
    with office.school.unit("test.record") as ctx:
        services.save_record(ctx, record())
    page = office.page()
    page.show_tab("records")
    table = page.records.table
    table.view.selectRow(0)
    choose(row_menu(table), "删除")
    click(qtbot, opened(QuestionDialog), "删除")
    assert rows(table) == []


# ------------------------------------------------------------------------------------------------------ rules
def test_the_wizard_offers_figures_and_enters_none_unchecked(look: None, desk: Desk, qtbot: QtBot) -> None:
    page = PurchasesPage(desk)
    qtbot.addWidget(page)
    page.show()
    page.show_tab("thresholds")
    assert "货物、服务、工程还没有现行的限额标准" in page.bar.text
    click(qtbot, page.thresholds.table, "按文件设置…")
    wizard = opened(ThresholdWizard)
    assert [line.from_fen for line in wizard.grid.value()][:2] == [300_000_00, 2_000_000_00]
    type_into(qtbot, wizard.form["document"], DOCUMENT)
    click(qtbot, wizard, "启用这些标准")
    assert wizard.checked.error
    assert rows(page.thresholds.table) == []
    type_into(qtbot, wizard.grid.rows[0]["from_fen"], "3000000")
    wizard.findChild(QCheckBox).setChecked(True)
    click(qtbot, wizard, "启用这些标准")
    assert "却只要求" in wizard.grid.error
    type_into(qtbot, wizard.grid.rows[0]["from_fen"], "500000")
    click(qtbot, wizard, "启用这些标准")
    assert not is_open(ThresholdWizard)
    assert len(rows(page.thresholds.table)) == 6
    page.thresholds.reload()
    assert not page.bar.isVisible()


def test_a_threshold_is_changed_renewed_and_deleted(office: Office, qtbot: QtBot) -> None:
    page = office.page()
    page.show_tab("thresholds")
    table = page.thresholds.table
    double_click(qtbot, table, 0)
    dialog = opened(ThresholdDialog)
    type_into(qtbot, dialog.form["from_fen"], "600000")
    click(qtbot, dialog, "保存")
    assert rows(table)[0].from_fen == 600_000_00
    table.view.selectRow(0)
    choose(row_menu(table), "从新的日期起改")
    dialog = opened(ThresholdDialog)
    click(qtbot, dialog, "保存")
    assert dialog.form["document"].error
    type_into(qtbot, dialog.form["document"], DOCUMENT)
    type_into(qtbot, dialog.form["valid_from"], "2026-07-01")
    click(qtbot, dialog, "保存")
    with office.school.unit("test.look", read_only=True) as ctx:
        goods = [r for r in list_thresholds(ctx, ListQuery()).rows if r.kind is GOODS and r.route is Route.INQUIRY]
    assert [(r.valid_from, r.valid_until) for r in goods] == [
        (date(2026, 7, 1), None),
        (date(2026, 1, 1), date(2026, 7, 1)),
    ]
    table.view.selectRow(0)
    choose(row_menu(table), "删除")
    click(qtbot, opened(QuestionDialog), "删除")
    assert len(rows(table)) == 3


def test_the_catalogue_is_kept_exported_and_imported(office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    page = office.page()
    page.show_tab("catalogue")
    click(qtbot, page, "登记品目")
    dialog = opened(CatalogueDialog)
    type_into(qtbot, dialog.form["code"], "A05010301")
    write(qtbot, dialog.form["name"].edit, "床类")
    dialog.form["route"].set_value(Route.CENTRAL)
    click(qtbot, dialog, "保存")
    assert [row.code for row in rows(page.catalogue.table)] == ["A02010105", "A02020400", "A05010301"]
    path = tmp_path / "目录.xlsx"
    page.catalogue.export_to(str(path))
    assert path.exists()
    page.catalogue.import_from(str(path))
    same = opened(CatalogueImportDialog)
    assert not same.primary.isEnabled()
    assert "完全一致" in same.bar.text
    same.form.mark_clean()
    same.reject()
    bad = tmp_path / "新目录.csv"
    bad.write_text("品目编码,品目名称,采购方式,生效日期\nA1,甲,网购,2026-01-01\n", encoding="utf-8")
    page.catalogue.import_from(str(bad))
    wrong = opened(CatalogueImportDialog)
    assert "有 1 处错误" in wrong.bar.text
    assert "不认识采购方式“网购”" in rows(wrong.table)[0].words
    wrong.form.mark_clean()
    wrong.reject()
    bad.write_text("品目编码,品目名称\nA02010105,台式计算机\nB01,房屋修缮\n", encoding="utf-8")
    page.catalogue.import_from(str(bad))
    good = opened(CatalogueImportDialog)
    type_into(qtbot, good.form["valid_from"], "2026-04-01")
    qtbot.keyClick(good.form["valid_from"].edit, KEY.Key_Tab)
    assert [row.words for row in rows(good.table)] == ["原有一行到 2026-04-01 止", ""]
    click(qtbot, good, "导入")
    with office.school.unit("test.look", read_only=True) as ctx:
        found = list_catalogue(ctx, ListQuery(search="A02010105")).rows
    assert [(row.valid_from, row.valid_until) for row in found] == [
        (date(2026, 4, 1), None),
        (date(2026, 1, 1), date(2026, 4, 1)),
    ]
