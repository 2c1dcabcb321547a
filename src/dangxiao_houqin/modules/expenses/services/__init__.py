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
from .payments import link_record, pay_claim, set_override, set_payment_voucher
from .procurement import delete_record, save_record
from .procurement_rules import (
    delete_catalogue_item,
    delete_threshold,
    save_catalogue_item,
    save_threshold,
    set_up_thresholds,
)
from .purchases import copy_request, delete_request, save_request, void_request

__all__ = [
    "add_evidence",
    "adjust_budget",
    "copy_budgets",
    "copy_claim",
    "copy_request",
    "delete_budget",
    "delete_catalogue_item",
    "delete_category",
    "delete_chain",
    "delete_claim",
    "delete_record",
    "delete_request",
    "delete_threshold",
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
    "save_catalogue_item",
    "save_category",
    "save_chain",
    "save_claim",
    "save_income",
    "save_record",
    "save_request",
    "save_stand_in",
    "save_threshold",
    "set_override",
    "set_payment_voucher",
    "set_up_thresholds",
    "sign",
    "submit",
    "undo_remittance",
    "void_claim",
    "void_income",
    "void_request",
    "withdraw",
]
