"""Tables of the expenses module."""

from __future__ import annotations

from .claims import Budget, BudgetAdjustment, ClaimLine, EconomicCategory, Evidence, ExpenseClaim, Invoice
from .income import Income, Remittance
from .procurement import (
    CatalogueItem,
    ProcurementRecord,
    ProcurementThreshold,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
)
from .signing import (
    ApprovalStep,
    ChainStep,
    DocumentOpened,
    OpinionPhrase,
    SignatureRecord,
    SignedContent,
    SigningChain,
    SigningKey,
    StandIn,
)

__all__ = [
    "ApprovalStep",
    "Budget",
    "BudgetAdjustment",
    "CatalogueItem",
    "ChainStep",
    "ClaimLine",
    "DocumentOpened",
    "EconomicCategory",
    "Evidence",
    "ExpenseClaim",
    "Income",
    "Invoice",
    "OpinionPhrase",
    "ProcurementRecord",
    "ProcurementThreshold",
    "PurchaseItem",
    "PurchaseQuote",
    "PurchaseRequest",
    "Remittance",
    "SignatureRecord",
    "SignedContent",
    "SigningChain",
    "SigningKey",
    "StandIn",
]
