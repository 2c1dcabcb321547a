"""测评结果 on screen: nothing before 收卷, n beside every figure, suppression in words, cases from low scores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication, QListWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from dangxiao_houqin.core.audit import AuditEntry
from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import unit_of_work
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.day_board import figures
from dangxiao_houqin.modules.surveys.domain.results import ResultFilter
from dangxiao_houqin.modules.surveys.domain.rules import VIEW
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyCampaign, SurveyText
from dangxiao_houqin.modules.surveys.ui.results_comments import FileCommentsDialog
from dangxiao_houqin.modules.surveys.ui.results_compare import cell_words
from dangxiao_houqin.modules.surveys.ui.results_page import COMPARE, QUESTIONS, TEXTS, ResultsPage
from dangxiao_houqin.ui.filters import ChoicePopup
from dangxiao_houqin.ui.messages import QuestionDialog, Toast
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.modules.surveys.ballots import small_content
from tests.modules.surveys.result_screens import (
    LONG,
    NARROW,
    OpenUnit,
    campaign,
    cells,
    click_row,
    close,
    counted,
    desk_of,
    double_click_row,
    hand_in,
    results_page,
    said,
)
from tests.support.screens import LEFT, button, click, opened, pick, type_into, unnamed

__all__ = ["results_page"]
pytestmark = pytest.mark.sqlite_only


def choose_chip(qtbot: QtBot, page: ResultsPage, key: str, text: str) -> None:
    """Open a chip of the scope with the mouse and click one of its choices."""
    bar = page.compare.scope if page.tab == COMPARE else page.scope
    qtbot.mouseClick(bar.chips._parts[key].button, LEFT)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, ChoicePopup)
    listed = popup.findChild(QListWidget)
    assert listed is not None
    found = [listed.item(n) for n in range(listed.count()) if listed.item(n).text().startswith(text)]
    assert found, [listed.item(n).text() for n in range(listed.count())]
    qtbot.mouseClick(listed.viewport(), LEFT, pos=listed.visualItemRect(found[0]).center())
    QApplication.processEvents()


def answer(qtbot: QtBot, text: str) -> QuestionDialog:
    dialog = opened(QuestionDialog)
    click(qtbot, dialog, text)
    return dialog


# ------------------------------------------------------------------------------------------ before counting
def test_an_open_campaign_shows_how_many_papers_and_nothing_else(
    unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot
) -> None:
    assert "还没有测评" in said(results_page)
    made = campaign(unit, expected=50)
    hand_in(unit, made, [{1: 5, 2: 4, 3: 1}] * 7, ["有人写了意见"])
    results_page.reload_now()
    words = said(results_page)
    assert "“中青班测评”收卷以后才有结果" in words
    assert "目前收到 7 份答卷，应收 50 份" in words
    assert "%" not in words, "no figure of any kind"
    assert not any(cells(results_page.questions.table, "rate"))
    click(qtbot, results_page, "意见原文")
    assert "有人写了意见" not in said(results_page)
    assert "收卷以后才有结果" in said(results_page)
    went: list[Any] = []
    results_page.desk.opened.connect(went.append)
    click(qtbot, results_page, "去收卷")
    assert went == [Ref("survey_campaign", made)]
    close(unit, made)
    click(qtbot, results_page, "各题结果")
    results_page.reload_now()
    assert "100.0%" in cells(results_page.questions.table, "rate")


def test_scopes_without_results_say_so(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    counted(unit)
    campaign(unit, "轮训班测评", subject=("training_class", 2, "轮训班", "轮训班"))
    results_page.reload_now()
    choose_chip(qtbot, results_page, "class_kind", "轮训班")
    assert "还没有收到答卷" in said(results_page)
    choose_chip(qtbot, results_page, "term", "秋季")
    assert "没有这样的测评" in said(results_page)
    choose_chip(qtbot, results_page, "term", "全年")
    choose_chip(qtbot, results_page, "class_kind", "全部")
    assert "95.0%" in cells(results_page.questions.table, "rate")


def test_papers_that_came_after_counting_are_told_and_not_counted(unit: OpenUnit, results_page: ResultsPage) -> None:
    made = counted(unit)
    with unit() as ctx:
        services.reopen_campaign(ctx, made, ctx.get(SurveyCampaign, made).version)
    hand_in(unit, made, [{1: 1, 2: 1, 3: 1}] * 3)
    results_page.reload_now()
    assert "还有 3 份答卷在票箱里没有收卷" in results_page.bar.text
    assert cells(results_page.questions.table, "answers") == ["20", "10", "10", "10", "10", "10", "10"]


# ------------------------------------------------------------------------------------------ figures
def test_every_figure_stands_with_its_n_interval_and_mean(unit: OpenUnit, results_page: ResultsPage) -> None:
    counted(unit)
    results_page.reload_now()
    table = results_page.questions.table
    assert cells(table, "name") == [
        "住宿",
        "1. 房间清洁程度",
        "2. 安静与安全管理",
        "餐饮",
        "3. 菜品口味",
        "4. 是否愿意推荐",
        "5. 最需改进",
    ]
    assert cells(table, "answers") == ["20", "10", "10", "10", "10", "10", "10"]
    assert cells(table, "rate") == ["95.0%", "90.0%", "100.0%", "60.0%", "60.0%", "", ""]
    assert cells(table, "spread")[4] == (
        "非常满意 6（60.0%），满意 0（0.0%），基本满意 0（0.0%），不满意 4（40.0%），非常不满意 0（0.0%）"
    )
    assert cells(table, "spread")[5] == "是 10（100.0%），否 0（0.0%）"
    assert cells(table, "interval")[4] == "31.3%～83.2%"
    assert cells(table, "mean")[4] == "3.80"
    assert cells(table, "state")[0] == "达到目标 95%"
    assert cells(table, "state")[3:5] == ["未达目标 90%", "低于 80%"]
    words = said(results_page)
    assert "计算口径（F1）" in words
    assert "n＝30" in words
    assert "应收 50 份，收回 10 份，有效 10 份" in words


def test_suppressed_figures_are_said_in_words(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    papers = [{1: 5, 2: 4, 3: 1 if n < 4 else 0} for n in range(10)]
    counted(unit, papers=papers)
    results_page.reload_now()
    table = results_page.questions.table
    assert cells(table, "rate")[3:5] == ["", ""]
    assert cells(table, "spread")[4] == "有效评价不足 5 份，不显示"
    click_row(qtbot, table, "3. 菜品口味")
    detail = said(results_page.questions.detail)
    assert "有效评价不足 5 份，不显示" in detail
    assert "%" not in detail
    assert not results_page.questions.detail.ask.isVisible()
    few = counted(unit, "四个人的班", papers=[{1: 1, 2: 1, 3: 1}] * 4)
    results_page.open_target(Ref("survey_campaign", few))
    assert "还没有可以显示的结果" in said(results_page) or set(cells(table, "rate")) == {""}
    assert "0.0%" not in said(results_page.questions.detail)


def test_rows_are_walked_with_keys_and_sorted_by_their_heads(
    unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot
) -> None:
    counted(unit)
    results_page.reload_now()
    pane = results_page.questions
    click_row(qtbot, pane.table, "1. 房间清洁程度")
    assert pane.detail.heading.text() == "房间清洁程度"
    assert "有效评价 n＝10" in pane.detail.facts.text()
    qtbot.keyClick(pane.table.view, Qt.Key.Key_Down)
    assert pane.detail.heading.text() == "安静与安全管理"
    qtbot.keyClick(pane.table.view, Qt.Key.Key_Down)
    assert pane.detail.heading.text() == "餐饮"
    click(qtbot, pane.detail, "返回总览")
    assert pane.detail.heading.text() == "全部项目满意率"
    qtbot.mouseClick(pane.detail.bars, LEFT, pos=pane.detail.bars.rect().topLeft() + QPointF(30, 40).toPoint())
    assert pane.detail.heading.text() == "餐饮", "the second bar is the second group"
    qtbot.mouseClick(pane.low, LEFT)
    assert cells(pane.table, "name")[0] == "3. 菜品口味", "groups stay out when sorted"
    assert "住宿" not in cells(pane.table, "name")
    assert pane.detail.heading.text() == "菜品口味"


def test_scales_of_different_length_are_not_mixed(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    counted(unit)
    short = replace(small_content(), levels=("非常满意", "满意", "基本满意", "不满意"))
    papers = [{1: 4, 2: 3, 3: 4}] * 8
    subject = ("training_class", 2, "四级量表的班", "主体班")
    made = counted(unit, "四级测评", papers=papers, content=short, subject=subject)
    results_page.open_target({"campaign_id": made})
    table = results_page.questions.table
    assert cells(table, "spread")[1] == "非常满意 8（100.0%），满意 0（0.0%），基本满意 0（0.0%），不满意 0（0.0%）"
    assert cells(table, "mean")[1] == "4.00"
    results_page.open_target({"class_kind": "主体班"})
    assert cells(table, "answers")[1] == "18"
    assert cells(table, "spread")[1] == "各次测评的量表不同，不画分布"
    assert cells(table, "mean")[1] == "—"
    click_row(qtbot, table, "1. 房间清洁程度")
    assert "各次测评的量表不同" in said(results_page.questions.detail)


# ------------------------------------------------------------------------------------------ cases
def test_a_low_question_becomes_a_case_once(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    made = counted(unit)
    with unit() as ctx:  # closing may have raised it already: this is about doing it by hand
        for each in ctx.session.scalars(select(Suggestion)):
            ctx.session.delete(each)
    results_page.reload_now()
    pane = results_page.questions
    click_row(qtbot, pane.table, "1. 房间清洁程度")
    assert not pane.detail.ask.isVisible(), "90 % is not low"
    click_row(qtbot, pane.table, "3. 菜品口味")
    click(qtbot, pane.detail, "生成意见建议处理单")
    answer(qtbot, "取消")
    click(qtbot, pane.detail, "生成意见建议处理单")
    asked = answer(qtbot, "生成")
    assert "菜品口味：满意率 60.0%（F1，有效评价 10 份），低于低分线 80%" in asked.message
    with unit(read_only=True) as ctx:
        (case,) = ctx.session.scalars(select(Suggestion)).all()
        assert (case.campaign_id, case.question) == (made, 3)
        assert "有效评价 10 份" in case.content
    went: list[Any] = []
    results_page.desk.opened.connect(went.append)
    toast = results_page.window().findChildren(Toast)[-1]
    click(qtbot, toast, "打开")
    assert went == [Ref("suggestion", case.id)]
    went.clear()
    assert "已有意见建议处理单" in pane.detail.hint.text()
    click(qtbot, pane.detail, f"打开处理单 {case.number}")
    assert went == [Ref("suggestion", case.id)], "there is one already: it is opened"
    with unit(read_only=True) as ctx:
        assert len(ctx.session.scalars(select(Suggestion)).all()) == 1


def test_over_many_campaigns_a_low_question_is_not_offered(
    unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot
) -> None:
    counted(unit)
    counted(unit, "科级班测评", subject=("training_class", 2, "科级干部班", "主体班"))
    results_page.reload_now()
    choose_chip(qtbot, results_page, "class_kind", "主体班")
    assert results_page.where == ResultFilter(class_kind="主体班")
    assert cells(results_page.questions.table, "answers")[1] == "20"
    click_row(qtbot, results_page.questions.table, "3. 菜品口味")
    detail = results_page.questions.detail
    assert not detail.ask.isVisible()
    assert "选定一次测评后" in detail.hint.text()
    choose_chip(qtbot, results_page, "campaign_id", "科级班测评")
    assert results_page.scope.chips.values() == {"campaign_id": results_page.where.campaign_id}
    click_row(qtbot, results_page.questions.table, "3. 菜品口味")
    assert detail.ask.isVisible()


# ------------------------------------------------------------------------------------------ remarks
def test_remarks_are_read_filed_and_made_cases(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    counted(unit, texts=("热水太晚", LONG[:200], "网络不好"))
    results_page.reload_now()
    click(qtbot, results_page, "意见原文")
    pane = results_page.comments
    assert pane is not None
    assert sorted(cells(pane.table, "text")) == sorted(["热水太晚", LONG[:200], "网络不好"])
    place = [each.key for each in pane.table.model.columns].index("text")
    for number in range(3):
        where = pane.table.view.visualRect(pane.table.model.index(number, place)).center()
        qtbot.mouseClick(pane.table.view.viewport(), LEFT, pos=where)
        assert pane.text.text() == pane.table.model.row(number).text, "the whole text, however long"
    assert button(pane, "全部归类").isVisible()
    assert pane.table.view.horizontalScrollBar().maximum() == 0
    click(qtbot, pane, "归类…")
    dialog = opened(FileCommentsDialog)
    type_into(qtbot, dialog.form["category"], "设施")
    qtbot.keyClick(dialog.form["category"].edit, Qt.Key.Key_Return)
    with unit(read_only=True) as ctx:
        assert sorted(ctx.session.scalars(select(SurveyText.category))) == ["", "", "设施"]
    click_text = pane.text.text()
    click(qtbot, pane, "生成意见建议处理单")
    answer(qtbot, "生成")
    with unit(read_only=True) as ctx:
        assert click_text in [each.content for each in ctx.session.scalars(select(Suggestion))]


def test_remarks_of_few_papers_are_not_shown(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    counted(unit, papers=[{1: 5, 2: 4, 3: 5}] * 3, texts=("一眼认得出的话",))
    results_page.reload_now()
    click(qtbot, results_page, "意见原文")
    assert results_page.comments is not None
    assert results_page.comments.table.model.total == 0
    assert "原文不显示" in results_page.comments.bar.text
    assert "一眼认得出" not in said(results_page)


def test_a_leader_sees_figures_only(look: None, unit: OpenUnit, db: Database, clock: FixedClock, qtbot: QtBot) -> None:
    counted(unit, texts=("不给领导看的话",))
    desk = desk_of(db, clock, VIEW)
    page = ResultsPage(desk)
    qtbot.addWidget(page)
    page.resize(*NARROW)
    page.show()
    assert cells(page.questions.table, "rate")[0] == "95.0%"
    assert page.comments is None
    texts = [each.text() for each in page.findChildren(type(button(page, "对比")))]
    assert "意见原文" not in texts
    click_row(qtbot, page.questions.table, "3. 菜品口味")
    assert not page.questions.detail.ask.isVisible()
    assert [each.text() for each in page.export_button.menu().actions() if each.text()] == [
        "结果数字存为 Excel…",
        "对比表存为 Excel…",
    ]
    assert "不给领导看的话" not in said(page)
    page.open_target({"tab": TEXTS})
    assert page.tab == QUESTIONS
    page.hide()
    desk.runner.shutdown()


# ------------------------------------------------------------------------------------------ side by side
def test_classes_stand_side_by_side_with_n_under_each_rate(
    unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot
) -> None:
    first = counted(unit)
    counted(
        unit,
        "科级班测评",
        papers=[{1: 5, 2: 5, 3: 5}] * 8,
        subject=("training_class", 2, "科级干部进修班（第一期）", "主体班"),
        held_on=date(2025, 11, 20),
    )
    counted(unit, "四人班", papers=[{1: 1, 2: 1, 3: 1}] * 4, subject=("training_class", 3, "四个人的班", "专题班"))
    results_page.reload_now()
    click(qtbot, results_page, "对比")
    pane = results_page.compare
    assert pane.table is not None
    rows = {pane.table.model.row(n).title: pane.table.model.row(n) for n in range(pane.table.model.total)}
    assert set(rows) == {"2026年秋季中青班", "科级干部进修班（第一期）", "四个人的班", "合计"}
    assert "n＝10" in cell_words(rows["2026年秋季中青班"], "g:canteen")
    assert cell_words(rows["四个人的班"], "g:canteen") == "有效评价不足 5 份，不显示"
    assert "另有 1 个班不足 5 份，未计入" in cell_words(rows["合计"], "g:canteen")
    description = pane.columns.accessibleDescription()
    assert "餐饮 100%" in description
    assert "四个人的班" not in description, "no bar without a figure"
    assert "只画其中 2 个，表中是全部 3 个" in pane.chart_card.title.text()
    click(qtbot, results_page, "年度")
    assert pane.lines.isVisible()
    assert "2025年" in pane.lines.accessibleDescription()
    assert pane.lines.words_at(pane.lines.width() * 0.3).splitlines()[0].startswith("2025")
    choose_chip(qtbot, results_page, "class_kind", "专题班")
    assert pane.comparison is not None
    assert pane.comparison.where == ResultFilter(class_kind="专题班")
    choose_chip(qtbot, results_page, "class_kind", "全部")
    click(qtbot, results_page, "班次")
    double_click_row(qtbot, pane.table, "2026年秋季中青班")
    assert results_page.tab == QUESTIONS
    assert results_page.results is not None
    assert results_page.results.overall is not None
    assert results_page.results.overall.n == 30
    assert first


def test_a_bar_opens_what_it_stands_for(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    counted(unit)
    results_page.reload_now()
    click(qtbot, results_page, "对比")
    chart = results_page.compare.columns
    qtbot.mouseClick(chart, LEFT, pos=chart.rect().center())
    assert results_page.tab == QUESTIONS
    assert results_page.where.subject_key


# ------------------------------------------------------------------------------------------ papers and look
def test_results_are_printed_and_saved(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot, tmp_path: Path) -> None:
    counted(unit, texts=("热水太晚",))
    results_page.reload_now()
    for entry in ("打印测评结果汇总表", "打印对比表"):
        pick(qtbot, results_page, "打印", entry)
        opened(PreviewDialog).close()
        QApplication.processEvents()
    for number, save in enumerate((results_page.save_results, results_page.save_comparison, results_page.save_answers)):
        save()
        path = tmp_path / f"{number}.xlsx"
        results_page.papers.save_to(str(path))
        words = [str(cell) for line in load_workbook(path).worksheets[0].values for cell in line]
        if number == 0:
            assert "全部项目" in words
    with unit(read_only=True) as ctx:
        actions = list(ctx.session.scalars(select(AuditEntry.action)))
    assert "surveys.export_answers" in actions, "who took the answers is logged"


def test_everything_on_the_page_is_named_and_fits(unit: OpenUnit, results_page: ResultsPage, qtbot: QtBot) -> None:
    name = "2026年秋季全区科级干部任职培训班暨年轻干部能力提升专题研讨班（第二期）"
    subject = ("training_class", 1, name, "主体班")
    counted(unit, f"{name}后勤服务满意度测评", subject=subject, texts=(LONG[:200],))
    results_page.reload_now()
    for tab in (QUESTIONS, COMPARE, TEXTS):
        results_page.show_tab(tab)
        QApplication.processEvents()
        assert unnamed(results_page) == []
        assert results_page.minimumSizeHint().width() <= NARROW[0], tab
        assert results_page.width() == NARROW[0]


def test_a_chip_is_as_wide_as_its_words_at_once(unit: OpenUnit, results_page: ResultsPage) -> None:
    counted(unit, "2026年秋季中青班后勤服务满意度测评")
    results_page.reload_now()
    chip = results_page.scope.chips._parts["campaign_id"].button
    assert chip.text().startswith("2026年秋季中青班后勤")
    assert chip.width() >= chip.sizeHint().width(), "not only after the next picture"


def test_the_newest_class_stands_on_the_dashboard(unit: OpenUnit, db: Database, clock: FixedClock) -> None:
    with unit(read_only=True) as ctx:
        assert figures(ctx) == ()
    made = counted(unit)
    campaign(unit, "还在测评", held_on=date(2026, 12, 1))
    with unit(read_only=True) as ctx:
        (tile,) = figures(ctx)
    assert (tile.value, tile.unit) == ("83.3", "%")
    assert (tile.page, dict(tile.args)) == ("surveys.results", {"campaign_id": made})
    assert "n＝30" in tile.note
    nobody = Actor(None, "无权限的人")
    with unit_of_work(db, nobody, "test", clock=clock, read_only=True) as ctx:
        assert figures(ctx) == ()
