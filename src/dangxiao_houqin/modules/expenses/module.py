"""What expenses plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec

from .domain.approval import CHAINS, REGISTER_PAPER, SIGN, VERIFY, SigningRules
from .domain.claims import CLAIM, PAY, VIEW, VOID, ExpenseRules
from .domain.funds import BUDGET, BUDGET_VIEW, INCOME, INCOME_VIEW, IncomeRules
from .domain.procurement import OVERRIDE, PROCUREMENT, PROCUREMENT_RULES, PURCHASE, ProcurementRules


def _pages() -> tuple[PageSpec, ...]:
    return ()


MODULE = ModuleSpec(
    key="expenses",
    title="经费",
    permissions=(
        VIEW,
        CLAIM,
        SIGN,
        REGISTER_PAPER,
        PAY,
        VOID,
        PURCHASE,
        PROCUREMENT,
        PROCUREMENT_RULES,
        OVERRIDE,
        BUDGET,
        BUDGET_VIEW,
        INCOME,
        INCOME_VIEW,
        CHAINS,
        VERIFY,
    ),
    settings=(ExpenseRules, SigningRules, ProcurementRules, IncomeRules),
    pages=_pages,
)
