"""Use cases of expenses: everything that changes data."""

from __future__ import annotations

from .budgets import adjust_budget, copy_budgets, delete_budget, save_budget
from .categories import delete_category, ensure_categories, save_category
from .income import make_remittance, remind_remittances, save_income, undo_remittance, void_income

__all__ = [
    "adjust_budget",
    "copy_budgets",
    "delete_budget",
    "delete_category",
    "ensure_categories",
    "make_remittance",
    "remind_remittances",
    "save_budget",
    "save_category",
    "save_income",
    "undo_remittance",
    "void_income",
]
