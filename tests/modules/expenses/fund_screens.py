"""The pages of money over a school with some, and what tests do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import AdjustBudget
from dangxiao_houqin.modules.expenses.queries import budgets
from dangxiao_houqin.modules.expenses.ui.budgets_page import BudgetsPage
from dangxiao_houqin.modules.expenses.ui.income_page import IncomePage
from dangxiao_houqin.ui.desk import Desk
from dangxiao_houqin.ui.dialogs import FormDialog
from dangxiao_houqin.ui.table import ListTable
from tests.modules.expenses.fund_school import budget, receive, spend

OpenUnit = Callable[..., AbstractContextManager[Ctx]]
TODAY = date(2026, 3, 2)


@pytest.fixture
def money(unit: OpenUnit) -> None:
    """A year's budget half used, and income of different ages."""
    with unit() as ctx:
        key = budget(ctx, "30216", 1_000_000)
        budget(ctx, "30217", 300_000)
        budget(ctx, "30201", 500_000)
        services.adjust_budget(ctx, AdjustBudget(key, date(2026, 2, 1), 50_000, "岚财〔2026〕3号", "追加"))
        spend(ctx, [("30216", 700_000), ("30217", 290_000)], "paid", subject=("training_class", 5, "中青班"))
        spend(ctx, [("30216", 100_000), ("30202", 40_000)], "signing")
        for days, fen in ((0, 10_000), (11, 20_000), (45, 40_000), (100, 80_000)):
            receive(ctx, fen, TODAY - timedelta(days=days))


@pytest.fixture
def budgets_page(desk: Desk, qtbot: QtBot) -> Iterator[BudgetsPage]:
    page = BudgetsPage(desk)
    qtbot.addWidget(page)
    page.resize(1146, 690)
    page.show()
    yield page
    page.hide()


@pytest.fixture
def income_page(desk: Desk, qtbot: QtBot) -> Iterator[IncomePage]:
    page = IncomePage(desk)
    qtbot.addWidget(page)
    page.resize(1146, 690)
    page.show()
    yield page
    page.hide()


def dialog(kind: type[QDialog]) -> Any:
    """The dialog of that kind that is open."""
    found = [each for each in QApplication.topLevelWidgets() if type(each) is kind and each.isVisible()]
    assert len(found) == 1, [type(each).__name__ for each in QApplication.topLevelWidgets() if each.isVisible()]
    return found[0]


def fill(form: FormDialog, **values: Any) -> None:
    form.form.set_values(values)
    form.primary.click()


def texts(table: ListTable, column: str) -> list[str]:
    place = [each.key for each in table.model.columns].index(column)
    return [table.model.text(row, place) for row in range(table.model.total)]


def go_to(desk: Desk) -> list[tuple[str, Any]]:
    went: list[tuple[str, Any]] = []
    desk.went.connect(lambda key, args: went.append((key, args)))
    return went


def category_of(ctx: Ctx, code: str) -> int:
    return next(choice.id for choice in budgets.list_category_choices(ctx, all=True) if choice.code == code)
