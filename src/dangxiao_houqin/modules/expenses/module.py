"""What expenses plug into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Figure, Found, ListSpec, ModuleSpec, PageSpec, TodayRow
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref

from .columns.budgets import BUDGET_COLUMNS
from .columns.claims import CLAIM_COLUMNS
from .columns.income import INCOME_COLUMNS, REMITTANCE_COLUMNS
from .columns.procurement import CATALOGUE_COLUMNS, RECORD_COLUMNS, REQUEST_COLUMNS
from .domain.approval import CHAINS, REGISTER_PAPER, SIGN, VERIFY, SigningRules
from .domain.budgets import BudgetRow
from .domain.claims import CLAIM, PAY, VIEW, VOID, ClaimRow, ExpenseRules
from .domain.funds import BUDGET, BUDGET_VIEW, INCOME, INCOME_VIEW, IncomeRules
from .domain.income import IncomeRow, RemittanceRow
from .domain.procurement import OVERRIDE, PROCUREMENT, PROCUREMENT_RULES, PURCHASE, CatalogueRow, ProcurementRules
from .domain.purchases import RequestRow
from .domain.records import RecordRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.jobs import Job
    from dangxiao_houqin.core.uow import Ctx


def _waiting_page(desk: Any) -> Any:
    from .ui.waiting_page import WaitingPage

    return WaitingPage(desk)


def _purchases_page(desk: Any) -> Any:
    from .ui.purchases_page import PurchasesPage

    return PurchasesPage(desk)


def _claims_page(desk: Any) -> Any:
    from .ui.claims_page import ClaimsPage

    return ClaimsPage(desk)


def _budgets_page(desk: Any) -> Any:
    from .ui.budgets_page import BudgetsPage

    return BudgetsPage(desk)


def _income_page(desk: Any) -> Any:
    from .ui.income_page import IncomePage

    return IncomePage(desk)


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
        PageSpec(
            "expenses.purchases",
            "采购",
            "shopping-cart",
            _purchases_page,
            PURCHASE,
            order=230,
            group="经费",
            opens=("purchase_request", "procurement_record"),
            also_for=(VIEW, PROCUREMENT, PROCUREMENT_RULES),
        ),
        PageSpec(
            "expenses.claims",
            "报销审批",
            "receipt-text",
            _claims_page,
            CLAIM,
            order=220,
            group="经费",
            opens=("expense_claim",),
            also_for=(VIEW, PAY, VOID, REGISTER_PAPER),
        ),
        PageSpec(
            "expenses.budgets",
            "预算执行",
            "chart-column",
            _budgets_page,
            BUDGET_VIEW,
            order=240,
            group="经费",
            opens=("budget",),
            also_for=(BUDGET,),
        ),
        PageSpec(
            "expenses.income",
            "收入台账",
            "landmark",
            _income_page,
            INCOME_VIEW,
            order=250,
            group="经费",
            opens=("income", "remittance"),
            also_for=(INCOME,),
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


def _list_budgets(ctx: Ctx, query: ListQuery) -> Listing[BudgetRow]:
    from .queries.budgets import list_budgets

    return list_budgets(ctx, query)


def _list_income(ctx: Ctx, query: ListQuery) -> Listing[IncomeRow]:
    from .queries.income import list_income

    return list_income(ctx, query)


def _list_remittances(ctx: Ctx, query: ListQuery) -> Listing[RemittanceRow]:
    from .queries.income import list_remittances

    return list_remittances(ctx, query)


def _find_income(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Income by number, payer or receipt for the search for anything."""
    if not (ctx.can(INCOME) or ctx.can(INCOME_VIEW)):
        return ()
    rows = _list_income(ctx, ListQuery(search=text, limit=limit)).rows
    return [
        Found(
            f"{row.number} {row.payer}",
            f"{row.kind} {yuan(row.amount_fen)} · {row.state.label}",
            Ref("income", row.id),
            "landmark",
        )
        for row in rows
    ]


def _list_claims(ctx: Ctx, query: ListQuery) -> Listing[ClaimRow]:
    from .queries.claims import list_claims

    return list_claims(ctx, query)


def _find_claims(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.claims import find_claims

    return find_claims(ctx, text, limit)


def _list_requests(ctx: Ctx, query: ListQuery) -> Listing[RequestRow]:
    from .queries.purchases import list_requests

    return list_requests(ctx, query)


def _list_records(ctx: Ctx, query: ListQuery) -> Listing[RecordRow]:
    from .queries.procurement import list_records

    return list_records(ctx, query)


def _list_catalogue(ctx: Ctx, query: ListQuery) -> Listing[CatalogueRow]:
    from .queries.procurement import list_catalogue

    return list_catalogue(ctx, query)


def _find_purchases(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.purchases import find_requests

    return find_requests(ctx, text, limit)


def _find_records(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    from .queries.procurement import find_records

    return find_records(ctx, text, limit)


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .day_board import figures

    return figures(ctx)


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    from .day_board import today_lines

    return today_lines(ctx)


def _badges(ctx: Ctx) -> Mapping[str, int]:
    from .day_board import badges

    return badges(ctx)


def _jobs() -> tuple[Job, ...]:
    from dangxiao_houqin.core.jobs import Job

    from .jobs import remind_remittances, remind_signers, remind_stand_ins

    return (
        Job("expenses.remind_signers", "签批提醒", remind_signers, at=time(7, 0)),
        Job("expenses.remind_stand_ins", "授权代签到期提醒", remind_stand_ins, at=time(7, 0)),
        Job("expenses.remind_remittances", "缴款提醒", remind_remittances, at=time(7, 0)),
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
    lists=(
        ListSpec("claims", "报销单", CLAIM_COLUMNS, _list_claims),
        ListSpec("purchases", "采购申请", REQUEST_COLUMNS, _list_requests),
        ListSpec("procurement-records", "采购记录", RECORD_COLUMNS, _list_records),
        ListSpec("procurement-catalogue", "集中采购目录", CATALOGUE_COLUMNS, _list_catalogue),
        ListSpec("budgets", "预算执行", BUDGET_COLUMNS, _list_budgets),
        ListSpec("income", "收入台账", INCOME_COLUMNS, _list_income),
        ListSpec("remittances", "缴款", REMITTANCE_COLUMNS, _list_remittances),
    ),
    search=(_find_claims, _find_purchases, _find_records, _find_income),
    figures=(_figures,),
    today=(_today,),
    badges=(_badges,),
    badge_tables=frozenset({"approval_step", "stand_in", "expense_claim", "purchase_request"}),
    jobs=_jobs,
)
