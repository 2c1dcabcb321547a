"""Use cases of expenses: everything that changes data."""

from __future__ import annotations

from .approval import open_document, register_paper, return_document, sign, submit, withdraw
from .budgets import adjust_budget, copy_budgets, delete_budget, save_budget
from .categories import delete_category, ensure_categories, save_category
from .chains import delete_chain, revoke_stand_in, save_chain, save_stand_in
from .claims import copy_claim, delete_claim, draft_claim, save_claim, void_claim
from .evidence import add_evidence, edit_evidence, order_evidence, remove_evidence
from .income import make_remittance, remind_remittances, save_income, undo_remittance, void_income
from .keys import retire_key
from .payments import link_record, pay_claim, set_override

__all__ = [
    "add_evidence",
    "adjust_budget",
    "copy_budgets",
    "copy_claim",
    "delete_budget",
    "delete_category",
    "delete_chain",
    "delete_claim",
    "draft_claim",
    "edit_evidence",
    "ensure_categories",
    "link_record",
    "make_remittance",
    "open_document",
    "order_evidence",
    "pay_claim",
    "register_paper",
    "remind_remittances",
    "remove_evidence",
    "retire_key",
    "return_document",
    "revoke_stand_in",
    "save_budget",
    "save_category",
    "save_chain",
    "save_claim",
    "save_income",
    "save_stand_in",
    "set_override",
    "sign",
    "submit",
    "undo_remittance",
    "void_claim",
    "void_income",
    "withdraw",
]
