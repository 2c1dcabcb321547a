"""Budgets, and income as a line of its own (收支两条线)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from dangxiao_houqin.core.permissions import Permission
from dangxiao_houqin.core.settings import Section, setting

BUDGET = Permission("expenses.budget", "编制和调整预算、维护支出科目")
BUDGET_VIEW = Permission("expenses.budget_view", "查看预算执行")
INCOME = Permission("expenses.income", "登记收入和缴款")
INCOME_VIEW = Permission("expenses.income_view", "查看收入台账")


@dataclass(frozen=True)
class IncomeRules(Section):
    """How income is booked and remitted (财税〔2016〕33号)."""

    section: ClassVar[str] = "expenses.income"
    edit_permission: ClassVar[Permission] = INCOME
    title: ClassVar[str] = "收入与缴款"

    kinds: tuple[str, ...] = setting(("住宿费", "餐费", "其他收入"), "收入类别")
    receipt_kinds: tuple[str, ...] = setting(("非税收入统一票据", "资金往来结算票据", "税务发票"), "票据种类")
    remit_within_days: int = setting(10, "几天内缴款", "超过后在待办里提醒，账龄表标红。", minimum=1, maximum=180)
    role: str = setting("财务", "缴款提醒给哪个角色")
