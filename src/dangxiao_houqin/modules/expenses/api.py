"""Front door of expenses: what higher rooms may use, and why.

* ``draft_claim``: a repair, a class, a trip prepares a claim; its applicant completes and submits it;
* ``list_source_claims``, ``get_claim``: what became of the claims that came from something;
* ``ClaimSettled``: such a claim was paid or voided;
"""

from __future__ import annotations

from .domain.approval import DocumentRef, DocumentState
from .domain.claims import (
    CLAIM,
    VIEW,
    ClaimRow,
    ClaimSettled,
    ClaimView,
    DraftClaim,
    PaymentMethod,
    SaveLine,
)
from .domain.procurement import ProcurementKind
from .queries.budgets import list_category_choices
from .queries.claims import get_claim, list_source_claims
from .services import draft_claim

__all__ = [
    "CLAIM",
    "VIEW",
    "ClaimRow",
    "ClaimSettled",
    "ClaimView",
    "DocumentRef",
    "DocumentState",
    "DraftClaim",
    "PaymentMethod",
    "ProcurementKind",
    "SaveLine",
    "draft_claim",
    "get_claim",
    "list_category_choices",
    "list_source_claims",
]
