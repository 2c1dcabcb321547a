"""Use cases of expenses: everything that changes data."""

from __future__ import annotations

from .approval import open_document, register_paper, return_document, sign, submit, withdraw
from .budgets import adjust_budget, copy_budgets, delete_budget, save_budget
from .categories import delete_category, ensure_categories, save_category
from .chains import delete_chain, revoke_stand_in, save_chain, save_stand_in
from .income import make_remittance, remind_remittances, save_income, undo_remittance, void_income
from .keys import retire_key

__all__ = [
    "adjust_budget",
    "copy_budgets",
    "delete_budget",
    "delete_category",
    "delete_chain",
    "ensure_categories",
    "make_remittance",
    "open_document",
    "register_paper",
    "remind_remittances",
    "retire_key",
    "return_document",
    "revoke_stand_in",
    "save_budget",
    "save_category",
    "save_chain",
    "save_income",
    "save_stand_in",
    "sign",
    "submit",
    "undo_remittance",
    "void_income",
    "withdraw",
]
