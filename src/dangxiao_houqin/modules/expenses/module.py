"""What expenses plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from typing import Any

from dangxiao_houqin.core.module_spec import ModuleSpec, PageSpec

from .domain.approval import CHAINS, REGISTER_PAPER, SIGN, VERIFY, SigningRules
from .domain.claims import CLAIM, PAY, VIEW, VOID, ExpenseRules
from .domain.funds import BUDGET, BUDGET_VIEW, INCOME, INCOME_VIEW, IncomeRules
from .domain.procurement import OVERRIDE, PROCUREMENT, PROCUREMENT_RULES, PURCHASE, ProcurementRules


def _waiting_page(desk: Any) -> Any:
    from .ui.waiting_page import WaitingPage

    return WaitingPage(desk)


def _signing_page(desk: Any) -> Any:
    from .ui.signing_page import SigningPage

    return SigningPage(desk)


def _verify_page(desk: Any) -> Any:
    from .ui.verify_page import VerifyPage

    return VerifyPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec(
            "expenses.waiting",
            "待我签批",
            "signature",
            _waiting_page,
            SIGN,
            order=210,
            group="经费",
            opens=("claim_to_sign", "purchase_to_sign"),
        ),
        PageSpec("expenses.signing", "签批设置", "git-branch", _signing_page, CHAINS, order=260, group="经费"),
        PageSpec(
            "expenses.verify",
            "核对签名",
            "shield-check",
            _verify_page,
            VERIFY,
            order=265,
            group="经费",
            under="expenses.signing",
        ),
    )


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
