"""历年对比 on screen: years measured and years typed in, ▲ only where it is true, other schools as lines only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.results import By, SaveHistoryFigure
from dangxiao_houqin.modules.surveys.domain.rules import VIEW, Formula, SurveyRules
from dangxiao_houqin.modules.surveys.ui.history_dialogs import HistoryFigureDialog
from dangxiao_houqin.modules.surveys.ui.history_page import CHART, TYPED, HistoryPage
from dangxiao_houqin.ui.messages import QuestionDialog
from dangxiao_houqin.ui.printing import PreviewDialog
from tests.modules.surveys.result_screens import (
    NARROW,
    OpenUnit,
    cells,
    click_row,
    counted,
    desk_of,
    double_click_row,
    history_page,
    said,
)
from tests.support.screens import LEFT, choose, click, opened, row_menu, shortcut, type_into, unnamed

__all__ = ["history_page"]
pytestmark = pytest.mark.sqlite_only


def typed(unit: OpenUnit, year: int, rate_bp: int, **options: Any) -> int:
    """A figure of 住宿 from old papers."""
    values = {"group_key": "lodging", "group_title": "住宿", "formula": Formula.F1, "answers": 200} | options
    with unit() as ctx:
        return services.save_history_figure(ctx, SaveHistoryFigure(year=year, rate_bp=rate_bp, **values))


def best_words(page: HistoryPage) -> str:
    return said(page.best_card)


def test_a_year_is_typed_in_with_the_keyboard_and_drawn(history_page: HistoryPage, qtbot: QtBot) -> None:
    assert "还没有历年数据" in said(history_page)
    shortcut(qtbot, history_page, Qt.Key.Key_N)
    dialog = opened(HistoryFigureDialog)
    form = dialog.form
    form["group_key"].set_value("")
    type_into(qtbot, form["year"], "2024")
    type_into(qtbot, form["rate"], "196.4")
    qtbot.keyClick(form["rate"].edit, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "100" in form["rate"].error
    type_into(qtbot, form["rate"], "96.4")
    type_into(qtbot, form["source"], "2024年度满意度测评汇总表")
    qtbot.keyClick(form["source"].edit, Qt.Key.Key_Return)
    QApplication.processEvents()
    view = history_page.view
    assert view is not None
    assert [one.title for one in view.series if one.points]
    assert "2024年" in history_page.chart.accessibleDescription()
    assert "96.4%" in history_page.chart.accessibleDescription()
    assert "n 未注明 录入，2024年度满意度测评汇总表" in history_page.chart.accessibleDescription()
    assert history_page.table is not None
    assert cells(history_page.table, "period") == ["2024年"]


def test_the_best_is_marked_only_when_it_is(unit: OpenUnit, history_page: HistoryPage, qtbot: QtBot) -> None:
    counted(unit, held_on=date(2026, 2, 20))
    typed(unit, 2024, 9120)
    latest = typed(unit, 2025, 9300)
    history_page.reload_now()
    assert "住宿　▲ 2026年 95.0%" in best_words(history_page)
    assert "2026年，" in history_page.chart.accessibleDescription()
    assert "住宿 95%（▲历史最好）" in history_page.chart.accessibleDescription()
    with unit() as ctx:
        services.delete_history_figure(ctx, latest, 1)
    typed(unit, 2025, 9500)
    history_page.reload_now()
    assert "▲ 2026年" not in best_words(history_page)
    assert "并列最高" in best_words(history_page)
    typed(unit, 2023, 8800, formula=None)
    history_page.reload_now()
    assert "没有注明计算公式" in best_words(history_page)
    click(qtbot, history_page, "餐饮")
    assert "住宿" not in history_page.chart.accessibleDescription()
    assert "目标 90%" in history_page.chart.accessibleDescription()
    click(qtbot, history_page, "按学期")
    assert history_page.view is not None
    assert history_page.view.by is By.TERM
    assert "2026年春季" in history_page.chart.accessibleDescription()


def test_another_school_is_a_line_and_never_compared(unit: OpenUnit, history_page: HistoryPage) -> None:
    counted(unit, held_on=date(2026, 2, 20))
    typed(unit, 2025, 9000)
    typed(unit, 2014, 9600, own=False, source="某市委党校", formula=None)
    history_page.reload_now()
    assert "参考线" not in history_page.chart.accessibleDescription(), "off until switched on"
    with unit() as ctx:
        save_settings(ctx.session, SurveyRules(show_reference=True))
    history_page.reload_now()
    assert "参考线" in history_page.chart.accessibleDescription()
    assert "96%" in history_page.chart.accessibleDescription()
    assert "▲ 2026年 95.0%" in best_words(history_page), "96 % elsewhere takes nothing from our best"


def test_typed_figures_are_corrected_and_deleted(unit: OpenUnit, history_page: HistoryPage, qtbot: QtBot) -> None:
    typed(unit, 2024, 9120, source="旧表")
    click(qtbot, history_page, "录入的数据")
    table = history_page.figures
    assert table.model.total == 1
    double_click_row(qtbot, table, table.model.text(0, 0))
    dialog = opened(HistoryFigureDialog)
    assert str(dialog.form["rate"].edit.text()) in ("91.2", "91.20")
    type_into(qtbot, dialog.form["rate"], "91.35")
    click(qtbot, dialog, "保存")
    with unit(read_only=True) as ctx:
        from dangxiao_houqin.modules.surveys.models import HistoryFigure

        assert ctx.session.get(HistoryFigure, 1).rate_bp == 9135  # type: ignore[union-attr]
    history_page.add()
    again = opened(HistoryFigureDialog)
    again.form.set_values({"group_key": "lodging", "year": 2024, "rate": "90", "source": "旧表"})
    click(qtbot, again, "保存")
    assert again.isVisible(), "the year stands there already"
    again.form.mark_clean()
    again.reject()
    click_row(qtbot, table, table.model.text(0, 0))
    choose(row_menu(table), "删除")
    asked = opened(QuestionDialog)
    assert "2024年 住宿 91.35%" in asked.message
    click(qtbot, asked, "删除")
    assert table.model.total == 0
    assert "还没有录入历年数据" in said(history_page)


def test_a_year_leads_to_its_results(unit: OpenUnit, history_page: HistoryPage, qtbot: QtBot) -> None:
    counted(unit, held_on=date(2026, 2, 20))
    typed(unit, 2024, 9120)
    history_page.reload_now()
    went: list[Any] = []
    history_page.desk.went.connect(lambda key, args: went.append((key, args)))
    chart = history_page.chart
    spot = chart.point_at(0, 1)
    assert spot is not None
    qtbot.mouseClick(chart, LEFT, pos=spot.toPoint())
    assert went == [("surveys.results", {"year": 2026, "term": ""})]
    assert history_page.table is not None
    double_click_row(qtbot, history_page.table, "2024年")
    assert history_page.tabs.value() == TYPED


def test_a_leader_reads_and_prints_but_types_nothing(
    look: None, unit: OpenUnit, db: Database, clock: FixedClock, qtbot: QtBot
) -> None:
    counted(unit)
    typed(unit, 2024, 9120)
    desk = desk_of(db, clock, VIEW)
    page = HistoryPage(desk)
    qtbot.addWidget(page)
    page.resize(*NARROW)
    page.show()
    assert not page.add_button.isVisible()
    page.show_tab(TYPED)
    page.figures.view.selectRow(0)
    assert row_menu(page.figures).actions() == []
    page.edit(page.figures.model.row(0))
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, HistoryFigureDialog) and w.isVisible()]
    page.show_tab(CHART)
    click(qtbot, page, "打印")
    opened(PreviewDialog).close()
    page.hide()
    desk.runner.shutdown()


def test_the_page_is_named_and_fits(unit: OpenUnit, history_page: HistoryPage) -> None:
    counted(unit, held_on=date(2026, 2, 20))
    for year in range(2000, 2026):
        typed(unit, year, 9000 + year % 100, source="很长的出处" * 10)
    history_page.reload_now()
    for tab in (CHART, TYPED):
        history_page.show_tab(tab)
        QApplication.processEvents()
        assert unnamed(history_page) == []
        assert history_page.minimumSizeHint().width() <= NARROW[0]
