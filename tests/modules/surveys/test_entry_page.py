"""录入纸质答卷 by keyboard: a class of 50 typed twice, differences settled, into the box; and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import func, select

from dangxiao_houqin.app.wiring import REACTIONS
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.campaigns import Anonymity
from dangxiao_houqin.modules.surveys.domain.entry import BatchState, TypedSheet
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content
from dangxiao_houqin.modules.surveys.models import (
    EntrySheet,
    QuestionnaireVersion,
    SurveyCampaign,
    SurveyPaper,
    SurveyRating,
)
from dangxiao_houqin.modules.surveys.queries.paper_entry import get_batch
from dangxiao_houqin.modules.surveys.ui.entry_page import BeginBatchDialog, EntryPage
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.messages import QuestionDialog
from tests.support.screens import choose, row_menu, unnamed

from .ballots import add_campaign, add_codes
from .clerks import begin, clerk, sheet, type_turn

Unit = Callable[..., AbstractContextManager[Ctx]]
pytestmark = pytest.mark.sqlite_only

_KEYS = {
    "\n": Qt.Key.Key_Return,
    "<": Qt.Key.Key_Backspace,
    "^": Qt.Key.Key_PageUp,
    "v": Qt.Key.Key_PageDown,
    "x": Qt.Key.Key_F8,
    "~": Qt.Key.Key_Escape,
}


def press(page: EntryPage, keys: str) -> None:
    """Keys where the cursor is: on the sheet, or in its line."""
    for key in keys:
        where = page.typing.line if page.typing.line.isVisible() else page.typing
        if key in _KEYS:
            QTest.keyClick(where, _KEYS[key])
        else:
            QTest.keyClicks(where, key)


def shown(kind: type[Any]) -> Any:
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]
    assert len(found) == 1, f"{kind.__name__}: {len(found)}"
    return found[0]


def answer(yes: bool = True) -> str:
    question = shown(QuestionDialog)
    said: str = question.message
    (question.yes if yes else question.no).click()
    return said


@pytest.fixture
def seat(look: None, db: Database, clock: FixedClock, qtbot: QtBot) -> Iterator[Callable[[Actor], EntryPage]]:
    """The page at the desk of a clerk."""
    runners: list[InstantRunner] = []
    pages: list[EntryPage] = []

    def sit_down(who: Actor) -> EntryPage:
        runner = InstantRunner(
            lambda action, **options: unit_of_work(db, who, action, clock=clock, handlers=REACTIONS, **options)
        )
        runners.append(runner)
        page = EntryPage(Desk(runner, who))
        qtbot.addWidget(page)
        pages.append(page)
        page.resize(1146, 690)
        page.show()
        return page

    yield sit_down
    for page in pages:
        page.hide()
    for runner in runners:
        runner.shutdown()


@pytest.fixture
def first(unit: Unit) -> Actor:
    return clerk(unit, "甲同志")


@pytest.fixture
def second(unit: Unit) -> Actor:
    return clerk(unit, "乙同志")


def row_of(page: EntryPage, place: int = 0) -> Any:
    return page.table.model.row(place)


def test_a_class_of_fifty_is_typed_twice_and_counted(
    unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor, second: Actor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, most=60).id
    mine = seat(first)
    mine.new_button.click()
    dialog: BeginBatchDialog = shown(BeginBatchDialog)
    assert dialog.form["campaign_id"].value() == campaign, "the only one"
    dialog.form.set_values({"sheets": 50})
    dialog.primary.click()
    scores = [str(1 + number % 5) for number in range(50)]
    for score in scores[:20]:
        press(mine, f"{score}{score}{score}112\n")
    assert mine.typing.sheet == 21
    press(mine, "55~")
    assert "第 21 份还没有存下" in answer()
    mine.hide()

    # the machine was restarted in between
    mine = seat(first)
    mine.open_row(row_of(mine))
    assert mine.typing.sheet == 21
    for score in scores[20:]:
        press(mine, f"{score}{score}{score}112\n")
    assert "50 份都录完了" in mine.typing.bar.text
    QTest.keyClick(mine.typing, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert row_of(mine).state is BatchState.WAITING

    other = seat(second)
    other.open_row(row_of(other))
    assert (other.typing.turn, other.typing.sheet) == (2, 1)
    assert other.typing.typing.is_blank, "nothing of the first turn is shown"
    for number, score in enumerate(scores):
        wrong = "5" if number == 0 else score
        press(other, f"{score}{wrong}{score}1" + ("13\n" if number == 9 else "12\n"))
    other.finish_button.click()
    assert [each.difference.sheet for each in other.check.rows] == [1, 10]
    assert other.check.rows[0].accessibleName() == "第 1 份 安静与安全管理：第一遍 非常不满意，第二遍 非常满意"
    assert not other.check.hand_in.isEnabled()
    QTest.keyClicks(other.check.rows[0], "1")
    QTest.keyClicks(other.check.rows[0], "2")
    assert other.check.rows == []
    other.check.hand_in.click()
    assert row_of(other).state is BatchState.DONE
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(SurveyPaper)) == 50
        assert ctx.session.scalar(select(func.count()).select_from(EntrySheet)) == 0
        done = services.close_campaign(ctx, campaign, ctx.get(SurveyCampaign, campaign).version)
        assert (done.papers, done.valid) == (50, 50)
        each = ctx.session.execute(
            select(SurveyRating.value, func.count()).where(SurveyRating.question == 2).group_by(SurveyRating.value)
        )
        assert {found[0]: found[1] for found in each} == dict.fromkeys(range(1, 6), 10)


def test_the_standard_questionnaire_is_typed_without_a_mouse(
    unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor
) -> None:
    """Every kind of question, text by the input method's way, on the sheet of the kit."""
    with unit() as ctx:
        version = services.ensure_questionnaire(ctx).version_id
        content = Content.from_plain(ctx.get(QuestionnaireVersion, version).content)
        campaign = add_campaign(ctx, content=content).id
    batch = begin(unit, first, campaign, 2)
    page = seat(first)
    page.open_batch(batch)
    scales = sum(1 for each in content.questions if each.kind.value == "scale")
    press(page, "5" * scales + "11" + "12\n")
    assert page.typing.line.isVisible()
    page.typing.line.setText("")
    press(page, "hot water")
    QTest.keyClick(page.typing.line, Qt.Key.Key_Return)
    with unit(actor=first) as ctx:
        stored = ctx.session.scalars(select(EntrySheet)).one()
        found = TypedSheet.load(stored.answers).answers
        assert set(found.ratings.values()) == {5}
        assert len(found.ratings) == scales
        assert list(found.texts.values()) == ["hot water"]
    press(page, "6")
    assert "请按 5–1" in page.typing.keys.text()
    assert unnamed(page) == []
    least = page.minimumSizeHint()
    assert least.width() <= 1146
    assert least.height() <= 690
    canvas = page.typing.canvas
    assert canvas.minimumSizeHint().height() <= page.typing._scroll.viewport().height(), "the whole sheet is visible"


def test_a_click_answers_too(unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor, qtbot: QtBot) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
    page = seat(first)
    page.open_batch(begin(unit, first, campaign, 1))
    canvas = page.typing.canvas
    line = next(each for each in canvas._lines if each.place == 2)
    boxes = dict(canvas._boxes(page.typing.typing.questions[2], canvas._rect(line)))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=boxes["2"].center().toPoint())
    assert page.typing.typing.ratings == {3: 2}
    assert page.typing.typing.position == 3
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas._rect(line).topLeft().toPoint())
    assert page.typing.typing.position == 2


def test_blank_left_out_and_extra_sheets(unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
    batch = begin(unit, first, campaign, 2)
    page = seat(first)
    page.open_batch(batch)
    press(page, "\n")
    assert "空白卷" in page.typing.keys.text()
    press(page, "\n")
    press(page, "x\n")
    assert "2 份都录完了" in page.typing.bar.text
    press(page, "v")
    assert page.typing.sheet == 3
    press(page, "555112\n")
    press(page, "^^")
    assert page.typing.sheet == 1
    press(page, "4")
    page.finish_button.click()
    assert "第 1 份改过还没有存下" in page.typing.bar.text
    press(page, "\n\n")
    page.finish_button.click()
    assert "登记的是 2 份，录了 3 份" in answer()
    with unit() as ctx:
        assert get_batch(ctx, batch).sheets == 3
        kept = {each.sheet: TypedSheet.load(each.answers) for each in ctx.session.scalars(select(EntrySheet))}
        assert kept[1].answers.ratings == {1: 4}
        assert kept[2].left_out


def test_a_code_that_is_refused_brings_its_sheet_back(
    unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx, anonymity=Anonymity.CODES).id
        one, two = add_codes(ctx, campaign, 2)
    page = seat(first)
    page.new_button.click()
    dialog: BeginBatchDialog = shown(BeginBatchDialog)
    assert "没有纸条的不计入" in dialog.bar.text
    dialog.form.set_values({"sheets": 2})
    dialog.primary.click()
    assert page.typing.question.text() == "一次性码"
    press(page, one[:8])
    assert page.typing.typing.position == -1
    press(page, one[8])
    press(page, "555112\n\n")
    assert page.typing.sheet == 2
    press(page, one)
    press(page, "444112\n\n")
    assert page.typing.sheet == 2
    assert "第 1 份已经用了这个一次性码" in page.typing.bar.text
    assert page.typing.typing.ratings == {1: 4, 2: 4, 3: 4}, "what was typed is still there"
    page.typing.line.clear()
    page.typing.typing.write_code("")
    press(page, two)
    press(page, "\n")
    assert "2 份都录完了" in page.typing.bar.text


def test_a_sheet_both_got_wrong_is_typed_anew(
    unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor, second: Actor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
    batch = begin(unit, first, campaign, 2)
    type_turn(unit, first, batch, 1, {1: sheet(5, "甲"), 2: sheet(5)})
    type_turn(unit, second, batch, 2, {1: sheet(4, "乙"), 2: sheet(5)})
    page = seat(first)
    page.open_row(row_of(page))
    assert len(page.check.rows) == 4
    page.check.rows[0].choose(1)
    QTest.keyClicks(page.check.rows[0], "3")
    assert page.stack.currentWidget() is page.typing
    press(page, "~")
    assert page.stack.currentWidget() is page.check
    assert page.check.rows[0].turn == 1, "what was chosen is still chosen"
    QTest.keyClicks(page.check.rows[1], "3")
    press(page, "333")
    press(page, "1")
    page.typing.typing.go(5)
    page.typing._show_step()
    press(page, "\n")
    assert page.stack.currentWidget() is page.check
    assert page.check.rows == []
    with unit() as ctx:
        stored = [TypedSheet.load(each.answers) for each in ctx.session.scalars(select(EntrySheet)) if each.sheet == 1]
        assert stored[0] == stored[1]
        assert stored[0].answers.ratings == {1: 3, 2: 3, 3: 3}
    page.back.click()
    assert page.stack.currentWidget() is page.list_card


def test_someone_else_puts_the_stack_into_the_box(
    unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor, second: Actor
) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
    batch = begin(unit, first, campaign, 1)
    type_turn(unit, first, batch, 1, {1: sheet()})
    type_turn(unit, second, batch, 2, {1: sheet()})
    page = seat(first)
    page.open_row(row_of(page))
    assert page.check.hand_in.isEnabled()
    with unit(actor=second) as ctx:
        services.hand_in(ctx, batch)
    page.reload_now()
    assert page.stack.currentWidget() is page.list_card
    assert page.bar.text == ""


def test_the_menu_offers_what_fits(unit: Unit, seat: Callable[[Actor], EntryPage], first: Actor, second: Actor) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx).id
    batch = begin(unit, first, campaign, 1)
    page, other = seat(first), seat(second)
    page.reload_now()
    page.table.view.selectRow(0)
    assert [each.text() for each in row_menu(page.table).actions()] == [
        "继续录入",
        "清掉这一遍重新录…",
        "作废这一摞…",
    ]
    other.table.view.selectRow(0)
    assert [each.text() for each in row_menu(other.table).actions()] == ["继续录入"]
    other.open_row(row_of(other))
    assert "甲同志在录" in other.bar.text
    type_turn(unit, first, batch, 1, {1: sheet()})
    page.reload_now()
    page.open_row(row_of(page))
    assert "两遍由同一个人录" in answer(yes=False)
    assert page.stack.currentWidget() is page.list_card
    page.table.view.selectRow(0)
    choose(row_menu(page.table), "作废这一摞")
    assert "这一摞 1 份" in answer()
    assert page.table.model.total == 0


def test_without_an_open_campaign_the_way_is_told(seat: Callable[[Actor], EntryPage], first: Actor) -> None:
    page = seat(first)
    page.new_button.click()
    assert "先在“满意度测评”里开始一次测评" in answer()
