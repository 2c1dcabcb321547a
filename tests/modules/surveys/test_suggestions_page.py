"""意见建议 on screen: registered, given away, answered by the handler at his own desk, closed; and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton
from pytestqt.qtbot import QtBot

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.organization.models import Department, Role, StaffMember, UserAccount
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS_VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    AnswerSuggestion,
    AssignSuggestion,
    Feedback,
    ReasonedMove,
    SaveSuggestion,
    SuggestionRow,
    SuggestionSource,
    SuggestionState,
)
from dangxiao_houqin.modules.surveys.queries.suggestions import get_suggestion
from dangxiao_houqin.modules.surveys.ui.suggestion_dialogs import (
    AnswerDialog,
    AssignDialog,
    CloseDialog,
    DeclineDialog,
    ReturnDialog,
    SuggestionDialog,
)
from dangxiao_houqin.modules.surveys.ui.suggestions_page import SuggestionsPage
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.filters import ChoicePopup
from dangxiao_houqin.ui.messages import QuestionDialog
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.support.screens import LEFT, button, choose, click, is_open, opened, row_menu, shortcut, type_into, unnamed

from .ballots import add_campaign

Unit = Callable[..., AbstractContextManager[Ctx]]
pytestmark = pytest.mark.sqlite_only
NARROW = (1154, 712)
"""What a page has in a window of 1366×768."""
LONG = "建议在教学楼一层增加饮水机，冬天开水不够用；外出教学的大巴座位偏小，年纪大的同志坐两个小时受不了。" * 20


@dataclass(frozen=True)
class Office:
    """膳食科 with 钱某, who may look at cases, and 孙某, who may not."""

    department: int
    handler: int
    staff: int


@pytest.fixture
def office(unit: Unit) -> Office:
    with unit() as ctx:
        ctx.add(Role(name="后勤办主任", permissions=["surveys.suggestions"], builtin=True))
        role = ctx.add(Role(name="科室", permissions=[SUGGESTIONS_VIEW.key], builtin=False))
        department = ctx.add(Department(name="膳食科", sort_order=1))
        people = []
        for name in ("钱某", "孙某"):
            staff = ctx.add(
                StaffMember(name=name, search_key=name, department_id=department.id, employment_type="在编")
            )
            people.append(ctx.add(UserAccount(login=name, display_name=name, staff_id=staff.id, password_hash="x")))
        people[0].roles.append(role)
        return Office(department.id, people[0].id, people[0].staff_id or 0)


def _show(desk: Desk, qtbot: QtBot) -> Iterator[SuggestionsPage]:
    page = SuggestionsPage(desk)
    qtbot.addWidget(page)
    page.resize(*NARROW)
    with qtbot.waitActive(page):
        page.show()
    yield page
    page.hide()


@pytest.fixture
def page(office: Office, desk: Desk, qtbot: QtBot) -> Iterator[SuggestionsPage]:
    yield from _show(desk, qtbot)


@pytest.fixture
def his_page(office: Office, look: None, db: Database, clock: FixedClock, qtbot: QtBot) -> Iterator[SuggestionsPage]:
    """The page at 钱某's own desk."""
    actor = Actor(office.handler, "钱某", frozenset({SUGGESTIONS_VIEW.key}))

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=clock, handlers=REACTIONS, **options)

    yield from _show(Desk(InstantRunner(open_unit), actor), qtbot)


def register(unit: Unit, content: str = "热水在晚上十点后不热", **changes: Any) -> int:
    with unit() as ctx:
        values = {"source": SuggestionSource.BOX, "received_on": ctx.today(), **changes}
        return services.save_suggestion(ctx, SaveSuggestion(content=content, **values))


def case(unit: Unit, suggestion_id: int) -> SuggestionRow:
    with unit(read_only=True) as ctx:
        return get_suggestion(ctx, suggestion_id)


def assign(unit: Unit, office: Office, suggestion_id: int) -> None:
    with unit() as ctx:
        version = get_suggestion(ctx, suggestion_id).version
        services.assign_suggestion(ctx, AssignSuggestion(suggestion_id, version, office.department, office.handler))


def answer(unit: Unit, suggestion_id: int, words: str = "换了循环泵") -> None:
    with unit() as ctx:
        version = get_suggestion(ctx, suggestion_id).version
        services.answer_suggestion(ctx, AnswerSuggestion(suggestion_id, version, words, words, ctx.today()))


def select(page: SuggestionsPage, suggestion_id: int) -> None:
    page.reload_now()
    assert page.table.view.select_id(suggestion_id)


def said(page: SuggestionsPage) -> str:
    QApplication.processEvents()
    return "\n".join(each.text() for each in page.pane.findChildren(QLabel) if each.isVisible())


def steps(page: SuggestionsPage) -> list[str]:
    return [each.text() for each in page.pane.findChildren(QPushButton) if each.isVisible()]


def numbers(page: SuggestionsPage) -> list[str]:
    return [page.table.model.text(place, 0)[-4:] for place in range(page.table.model.total)]


def pick_filter(qtbot: QtBot, page: SuggestionsPage, shown: str, wanted: str) -> None:
    """Open the drop-down that shows ``shown`` and click a choice of it."""
    click(qtbot, page, shown)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, ChoicePopup)
    listed = popup.findChild(QListWidget)
    assert listed is not None
    (found,) = listed.findItems(wanted, Qt.MatchFlag.MatchExactly)
    qtbot.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(found).center())
    QApplication.processEvents()


def test_a_case_goes_its_whole_way_on_screen(page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot) -> None:
    assert steps(page) == []
    shortcut(qtbot, page, Qt.Key.Key_N)
    dialog = opened(SuggestionDialog)
    type_into(qtbot, dialog.form["content"], "食堂想要更多素菜")
    dialog.form["category"].set_value("餐饮")
    click(qtbot, dialog, "登记")
    assert not is_open(SuggestionDialog)
    assert [each.number[-4:] for each in page.table.selected_rows()] == ["0001"], "what was registered is selected"
    assert steps(page) == ["分办…"]
    assert "食堂想要更多素菜" in said(page)
    assert "待分办" in said(page)

    click(qtbot, page.pane, "分办…")
    assigned = opened(AssignDialog)
    handler = assigned.form["handler_id"]
    offered = [handler.box.itemText(place) for place in range(handler.box.count())]
    assert offered[1:] == ["钱某（膳食科）"], "who may not look cannot answer"
    handler.box.setCurrentIndex(1)
    assert assigned.form["department_id"].value() == office.department, "his department comes along"
    click(qtbot, assigned, "分办")
    found = case(unit, 1)
    assert (found.state, found.handler) == (SuggestionState.ASSIGNED, "钱某")
    assert found.due_on == date(2026, 3, 9), "five working days from 2026-03-02"
    assert steps(page) == ["答复…", "改派…"]

    click(qtbot, page.pane, "答复…")
    answered = opened(AnswerDialog)
    type_into(qtbot, answered.form["result"], "增加四种素菜")
    click(qtbot, answered, "保存答复")
    assert is_open(AnswerDialog), "the answer itself is missing"
    type_into(qtbot, answered.form["reply"], "已经增加，谢谢")
    click(qtbot, answered, "保存答复")
    assert steps(page) == ["办结…", "退回重办…"]
    assert "已经增加，谢谢" in said(page)

    click(qtbot, page.pane, "退回重办…")
    back = opened(ReturnDialog)
    type_into(qtbot, back.form["reason"], "还是只有两种")
    click(qtbot, back, "退回")
    assert case(unit, 1).state is SuggestionState.ASSIGNED
    click(qtbot, page.pane, "答复…")
    again = opened(AnswerDialog)
    assert again.form["result"].value() == "增加四种素菜", "what was written stays to be gone on with"
    click(qtbot, again, "保存答复")

    click(qtbot, page.pane, "办结…")
    closing = opened(CloseDialog)
    assert closing.form["feedback"].value() is Feedback.UNKNOWN, "nobody to ask"
    click(qtbot, closing, "办结")
    found = case(unit, 1)
    assert (found.state, found.feedback) == (SuggestionState.CLOSED, Feedback.UNKNOWN)
    assert steps(page) == []
    assert "无法回访（匿名）" in said(page)


def test_the_handler_sees_his_own_step_and_how_to_reach_somebody(
    his_page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot
) -> None:
    mine = register(unit, from_whom="李某", contact="0571-1234")
    other = register(unit, "停车场照明太暗", from_whom="周某", contact="0571-9999")
    assign(unit, office, mine)
    select(his_page, other)
    assert steps(his_page) == []
    assert "周某" in said(his_page)
    assert "0571-9999" not in said(his_page), "only for the office and the handler"
    assert not his_page.new_button.isEnabled()
    select(his_page, mine)
    assert "0571-1234" in said(his_page)
    assert steps(his_page) == ["答复…"]
    menu = row_menu(his_page.table)
    assert [each.text() for each in menu.actions() if each.text()] == ["答复…", "打印处理单"]
    click(qtbot, his_page.pane, "答复…")
    dialog = opened(AnswerDialog)
    type_into(qtbot, dialog.form["result"], "办了")
    type_into(qtbot, dialog.form["reply"], "好了")
    click(qtbot, dialog, "保存答复")
    assert case(unit, mine).state is SuggestionState.ANSWERED
    assert steps(his_page) == []


def test_declined_with_a_reason_and_taken_up_again(
    page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot
) -> None:
    made = register(unit)
    select(page, made)
    choose(row_menu(page.table), "不予受理…")
    dialog = opened(DeclineDialog)
    click(qtbot, dialog, "不予受理")
    assert is_open(DeclineDialog), "a reason is needed"
    type_into(qtbot, dialog.form["reason"], "内容不明确")
    click(qtbot, dialog, "不予受理")
    assert case(unit, made).state is SuggestionState.DECLINED
    assert steps(page) == ["重新受理…"]
    click(qtbot, page.pane, "重新受理…")
    question = opened(QuestionDialog)
    assert "内容不明确" in question.message
    click(qtbot, question, "重新受理")
    found = case(unit, made)
    assert (found.state, found.result) == (SuggestionState.RECEIVED, "")


def test_a_survey_names_nobody(page: SuggestionsPage, unit: Unit, qtbot: QtBot) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
        made = services.raise_from_score(ctx, campaign, 3, "菜品口味：满意率 62.0%")
    select(page, made)
    assert "问卷：中青班测评第 3 题" in said(page)
    choose(row_menu(page.table), "修改登记…")
    dialog = opened(SuggestionDialog)
    assert not dialog.form["from_whom"].isVisible()
    assert not dialog.form["contact"].isVisible()
    dialog.form["source"].box.setCurrentIndex(dialog.form["source"].box.findText("当面"))
    assert dialog.form["from_whom"].isVisible()
    dialog.form["from_whom"].set_value("李某")
    dialog.form["source"].box.setCurrentIndex(dialog.form["source"].box.findText("问卷"))
    type_into(qtbot, dialog.form["content"], "菜品口味要改进")
    click(qtbot, dialog, "保存")
    found = case(unit, made)
    assert (found.who, found.content) == ("匿名", "菜品口味要改进")
    assert (found.campaign_id, found.question) == (campaign, 3), "where it came from stays"


def test_correcting_a_case_keeps_its_first_contact(
    page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot
) -> None:
    made = register(unit, first_contact_id=office.staff)
    with unit() as ctx:  # he has left since
        ctx.get(StaffMember, office.staff).active = False
    select(page, made)
    choose(row_menu(page.table), "修改登记…")
    dialog = opened(SuggestionDialog)
    type_into(qtbot, dialog.form["category"], "住宿")
    click(qtbot, dialog, "保存")
    found = case(unit, made)
    assert (found.first_contact, found.first_contact_id, found.category) == ("钱某", office.staff, "住宿")


def test_wrong_input_stays_with_its_field(page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot) -> None:
    made = register(unit)
    select(page, made)
    click(qtbot, page.pane, "分办…")
    dialog = opened(AssignDialog)
    click(qtbot, dialog, "分办")
    assert "请选择承办部门或承办人" in dialog.form["department_id"].error
    dialog.form["department_id"].set_value(office.department)
    dialog.form["due_on"].set_value(date(2026, 3, 1))
    click(qtbot, dialog, "分办")
    assert "不能早于今天" in dialog.form["due_on"].error
    assert case(unit, made).state is SuggestionState.RECEIVED


def test_two_desks_on_one_case(page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot) -> None:
    """Somebody else corrected it while the dialog stood open: told, what was typed stays, and goes on top of that."""
    made = register(unit)
    assign(unit, office, made)
    select(page, made)
    click(qtbot, page.pane, "答复…")
    dialog = opened(AnswerDialog)
    type_into(qtbot, dialog.form["result"], "换了泵")
    type_into(qtbot, dialog.form["reply"], "修好了")
    with unit() as ctx:
        now = get_suggestion(ctx, made)
        form = SaveSuggestion(now.source, "热水不热，三号楼", now.received_on, suggestion_id=made, version=now.version)
        services.save_suggestion(ctx, form)
    click(qtbot, dialog, "保存答复")
    question = opened(QuestionDialog)
    assert "修改了这条记录" in question.message
    click(qtbot, question, "重新载入")
    told = "".join(each.text() for each in dialog.bar.findChildren(QLabel) if each.isVisible())
    assert "现在是“办理中”" in told
    click(qtbot, dialog, "保存答复")
    found = case(unit, made)
    assert (found.content, found.result, found.state) == ("热水不热，三号楼", "换了泵", SuggestionState.ANSWERED)


def test_a_move_made_elsewhere_is_not_made_twice(
    page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot
) -> None:
    made = register(unit)
    assign(unit, office, made)
    answer(unit, made)
    select(page, made)
    click(qtbot, page.pane, "退回重办…")
    dialog = opened(ReturnDialog)
    type_into(qtbot, dialog.form["reason"], "还没好")
    with unit() as ctx:
        services.return_suggestion(ctx, ReasonedMove(made, get_suggestion(ctx, made).version, "别处先退回了"))
    click(qtbot, dialog, "退回")
    click(qtbot, opened(QuestionDialog), "重新载入")
    click(qtbot, dialog, "退回")
    told = "".join(each.text() for each in dialog.bar.findChildren(QLabel) if each.isVisible())
    assert "还没有答复，不用退回" in told


def test_late_cases_are_found_and_said(page: SuggestionsPage, unit: Unit, office: Office, clock: FixedClock) -> None:
    late, done, fresh = (register(unit, words) for words in ("热水", "素菜", "停车场"))
    for each in (late, done):
        assign(unit, office, each)
    clock.moment += timedelta(days=9)
    answer(unit, done)
    page.open_target({"state": "late"})
    assert numbers(page) == ["0001"], "answered too late, but answered"
    select(page, late)
    assert "逾期 2 天" in said(page)
    assert "（已过 2 天）" in said(page)
    page.open_target({"state": "open"})
    assert len(numbers(page)) == 3
    page.open_target(Ref("suggestion", fresh))
    assert [each.id for each in page.table.selected_rows()] == [fresh]
    assert numbers(page) == ["0003"]


def test_every_state_can_be_asked_for(page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot) -> None:
    _, given, declined = (register(unit, words) for words in ("热水", "素菜", "停车场"))
    assign(unit, office, given)
    with unit() as ctx:
        version = get_suggestion(ctx, declined).version
        services.decline_suggestion(ctx, ReasonedMove(declined, version, "内容不明确"))
    page.reload_now()
    shown = "全部状态"
    for state, number in (("待分办", "0001"), ("办理中", "0002"), ("不予受理", "0003")):
        pick_filter(qtbot, page, shown, state)
        assert numbers(page) == [number]
        shown = state
    pick_filter(qtbot, page, shown, "全部状态")
    click(qtbot, page, "在办")
    assert sorted(numbers(page)) == ["0001", "0002"]
    assert button(page, "全部承办人").isVisible()
    assert page.minimumSizeHint().width() <= NARROW[0]
    page.open_target({"state": SuggestionState.RECEIVED.value})
    assert numbers(page) == ["0001"]


def test_paper_and_register(page: SuggestionsPage, unit: Unit, office: Office, qtbot: QtBot, tmp_path: Path) -> None:
    made = register(unit, LONG[:1000], from_whom="欧阳某")
    select(page, made)
    click(qtbot, page, "打印处理单")
    preview = opened(PreviewDialog)
    assert preview.windowTitle().endswith("意见建议处理单")
    preview.reject()
    choose(page.register.menu(), "打印台账")
    preview = opened(PreviewDialog)
    assert preview.windowTitle().endswith("意见建议台账")
    preview.reject()
    path = tmp_path / "台账.xlsx"
    page.export_register_to(str(path))
    sheet = load_workbook(path).active
    rows = list(sheet.iter_rows(values_only=True))
    cells = [str(cell) for row in rows for cell in row if cell is not None]
    assert {"编号", "来源", "首问责任人", "处理结果", "回复时间", "满意度"} <= set(cells)
    assert LONG[:1000] in cells, "a workbook has room for all of it"
    assert "欧阳某" in cells


def test_long_texts_keep_the_page_in_its_place_and_everything_has_a_name(
    page: SuggestionsPage, unit: Unit, office: Office
) -> None:
    made = register(unit, LONG[:1000], from_whom="长" * 40, category="类" * 40)
    assign(unit, office, made)
    answer(unit, made, LONG[:1000])
    select(page, made)
    QApplication.processEvents()
    assert page.width() == NARROW[0]
    assert page.minimumSizeHint().width() <= NARROW[0]
    assert page.minimumSizeHint().height() <= NARROW[1]
    assert page.pane._scroll.horizontalScrollBar().maximum() == 0
    assert page.pane._scroll.verticalScrollBar().maximum() > 0
    assert LONG[:1000] in said(page)
    assert [type(each).__name__ for each in unnamed(page)] == []
