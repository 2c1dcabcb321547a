"""Campaigns that have been answered and counted, the pages of results over them, and what tests do with those."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.db import Database
from dangxiao_houqin.core.permissions import Actor, Permission
from dangxiao_houqin.core.uow import Ctx, unit_of_work
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.models import SurveyCampaign
from dangxiao_houqin.modules.surveys.ui.history_page import HistoryPage
from dangxiao_houqin.modules.surveys.ui.results_page import ResultsPage
from dangxiao_houqin.ui.background import InstantRunner
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.table import ListTable
from tests.modules.surveys.ballots import add_campaign, paper
from tests.support.screens import LEFT

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
NARROW = (1154, 712)
"""What a page has in a window of 1366×768."""

LONG = "建议在教学楼一层增加饮水机，冬天开水不够用；外出教学的大巴座位偏小，年纪大的同志坐两个小时受不了，" * 4


def campaign(unit: OpenUnit, title: str = "中青班测评", **options: Any) -> int:
    """An open campaign of :func:`ballots.small_content`."""
    with unit() as ctx:
        return add_campaign(ctx, title=title, **options).id


def hand_in(unit: OpenUnit, campaign_id: int, papers: Sequence[Mapping[int, int]], texts: Sequence[str] = ()) -> None:
    """Put papers with these ratings into the box; the first ones carry ``texts``."""
    with unit() as ctx:
        for number, ratings in enumerate(papers):
            text = texts[number] if number < len(texts) else ""
            services.submit_paper(ctx, paper(campaign_id, ctx.today(), ratings, text=text))


def close(unit: OpenUnit, campaign_id: int) -> None:
    """收卷, however few came."""
    with unit(confirmed=frozenset({"surveys.few"})) as ctx:
        services.close_campaign(ctx, campaign_id, ctx.get(SurveyCampaign, campaign_id).version)


def counted(
    unit: OpenUnit,
    title: str = "中青班测评",
    *,
    papers: Sequence[Mapping[int, int]] = (),
    texts: Sequence[str] = (),
    **options: Any,
) -> int:
    """A campaign that was answered and closed: 10 papers, 房间清洁 90 %, 安静 100 %, 菜品口味 60 %."""
    made = campaign(unit, title, **options)
    usual = [{1: 5 if n else 2, 2: 4, 3: 5 if n < 6 else 2} for n in range(10)]
    hand_in(unit, made, papers or usual, texts)
    close(unit, made)
    return made


@pytest.fixture
def results_page(desk: Desk, qtbot: QtBot) -> Iterator[ResultsPage]:
    yield from _page(ResultsPage(desk), qtbot)


@pytest.fixture
def history_page(desk: Desk, qtbot: QtBot) -> Iterator[HistoryPage]:
    yield from _page(HistoryPage(desk), qtbot)


def _page(page: Any, qtbot: QtBot) -> Iterator[Any]:
    qtbot.addWidget(page)
    page.resize(*NARROW)
    with qtbot.waitActive(page):
        page.show()
    yield page
    page.hide()


def desk_of(db: Database, clock: FixedClock, *rights: Permission) -> Desk:
    """The desk of somebody who has only these rights."""
    actor = Actor(None, "只看", frozenset(right.key for right in rights))

    def open_unit(action: str, **options: Any) -> Any:
        return unit_of_work(db, actor, action, clock=clock, **options)

    return Desk(InstantRunner(open_unit), actor)


def said(where: QWidget) -> str:
    """Every word that stands on the visible labels, and in their charts' descriptions."""
    QApplication.processEvents()
    labels = [each.text() for each in where.findChildren(QLabel) if each.isVisible()]
    elided = [each.accessibleName() for each in where.findChildren(QLabel) if each.isVisible()]
    charts = [each.accessibleDescription() for each in where.findChildren(QWidget) if each.isVisible()]
    return "\n".join((*labels, *elided, *charts))


def cells(table: ListTable, column: str) -> list[str]:
    place = [each.key for each in table.model.columns].index(column)
    return [table.model.text(row, place) for row in range(table.model.total)]


def click_row(qtbot: QtBot, table: ListTable, text: str, column: int = 0) -> None:
    """Click the row whose first cell says ``text``."""
    found = [n for n in range(table.model.total) if table.model.text(n, 0) == text]
    assert found, [table.model.text(n, 0) for n in range(table.model.total)]
    index = table.model.index(found[0], column)
    table.view.scrollTo(index)
    qtbot.mouseClick(table.view.viewport(), LEFT, pos=table.view.visualRect(index).center() - QPoint(0, 2))
    QApplication.processEvents()


def double_click_row(qtbot: QtBot, table: ListTable, text: str) -> None:
    """Double click the row whose first cell says ``text``."""
    click_row(qtbot, table, text)
    where = table.view.visualRect(table.view.currentIndex()).center()
    qtbot.mouseDClick(table.view.viewport(), LEFT, pos=where)
    QApplication.processEvents()


DAY = date(2026, 3, 2)
