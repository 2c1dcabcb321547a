"""A school with categories, budgets, spending and income, for the tests of money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses import services
from dangxiao_houqin.modules.expenses.domain.budgets import SaveBudget
from dangxiao_houqin.modules.expenses.domain.income import IncomeMethod, SaveIncome
from dangxiao_houqin.modules.expenses.models import ClaimLine, EconomicCategory, ExpenseClaim


def category(ctx: Ctx, code: str) -> int:
    """The id of a category, with the usual ones there."""
    services.ensure_categories(ctx)
    return ctx.session.scalars(select(EconomicCategory.id).where(EconomicCategory.code == code)).one()


def budget(ctx: Ctx, code: str, fen: int, year: int = 2026, **more: Any) -> int:
    return services.save_budget(ctx, SaveBudget(year, category(ctx, code), fen, **more))


def spend(
    ctx: Ctx,
    lines: Sequence[tuple[str, int]],
    state: str = "approved",
    *,
    year: int = 2026,
    subject: tuple[str, int | None, str] = ("", None, ""),
    class_kind: str = "",
    paid_on: date | None = None,
) -> int:
    """A claim as it stands after its way through the approval, straight into the tables."""
    number = ctx.next_number("test.claim")
    claim = ctx.add(
        ExpenseClaim(
            draft_no=f"草{year}-{number:05d}",
            number=f"BX-{year}-{number:05d}" if state in ("approved", "paid") else None,
            state=state,
            round=0 if state == "draft" else 1,
            applicant_name="虚构经办",
            filled_on=date(year, 3, 1),
            budget_year=year,
            title=f"虚构支出{number}",
            total_fen=sum(fen for _, fen in lines),
            payment_method="card",
            payee="虚构商店",
            approved_at=ctx.now() if state in ("approved", "paid") else None,
            paid_on=(paid_on or date(year, 3, 2)) if state == "paid" else None,
        )
    )
    for position, (code, fen) in enumerate(lines, 1):
        ctx.add(
            ClaimLine(
                claim_id=claim.id,
                position=position,
                text="虚构用途",
                category_id=category(ctx, code),
                category_text=code,
                subject_kind=subject[0],
                subject_id=subject[1],
                subject_text=subject[2],
                class_kind=class_kind,
                amount_fen=fen,
            )
        )
    return claim.id


def receive(ctx: Ctx, fen: int, day: date = date(2026, 3, 1), **more: Any) -> int:
    """Money received with a receipt of its own."""
    number = ctx.next_number("test.receipt")
    values: dict[str, Any] = {
        "received_on": day,
        "kind": "住宿费",
        "payer": "虚构单位",
        "amount_fen": fen,
        "method": IncomeMethod.TRANSFER,
        "receipt_kind": "非税收入统一票据",
        "receipt_no": f"{number:08d}",
    }
    return services.save_income(ctx, SaveIncome(**{**values, **more}))
