"""支出经济分类科目: the categories that budgets are made for and claims are booked to."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.budgets import SEED_CATEGORIES, SaveCategory
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET
from dangxiao_houqin.modules.expenses.models import Budget, ClaimLine, EconomicCategory, ExpenseClaim

CODE = re.compile(r"\d{3,12}")


def ensure_categories(ctx: Ctx) -> int:
    """Add the usual categories that are missing and leave the others alone; returns how many were added."""
    ctx.require(BUDGET)
    present = set(ctx.session.scalars(select(EconomicCategory.code)))
    missing = [seed for seed in SEED_CATEGORIES if seed.code not in present]
    for seed in missing:
        ctx.session.add(
            EconomicCategory(
                code=seed.code, name=seed.name, three_publics=seed.three_publics, sort_order=int(seed.code)
            )
        )
    ctx.session.flush()
    return len(missing)


def save_category(ctx: Ctx, cmd: SaveCategory) -> int:
    """Add a category or change one.

    Code and name of a category on papers that were handed in stay as they are: they are part of what was signed.
    """
    ctx.require(BUDGET)
    code, name = cmd.code.strip(), cmd.name.strip()
    if CODE.fullmatch(code) is None:
        raise InvalidInput("科目代码应为 3 到 12 位数字，例如 30201。", field="code")
    if not name:
        raise InvalidInput("请填写科目名称。", field="name")
    if cmd.category_id is None:
        category = EconomicCategory()
    else:
        category = ctx.get(EconomicCategory, cmd.category_id, version=cmd.version, lock=True)
        if (code, name) != (category.code, category.name) and _handed_in(ctx, category.id):
            raise RuleViolation(
                f"“{category.label}”已写在提交过的报销单上，代码和名称不能再改；请停用它，另外新增一个科目。"
            )
    category.code, category.name, category.sort_order = code, name, int(code)
    category.three_publics, category.active = cmd.three_publics, cmd.active
    return ctx.add(category).id


def delete_category(ctx: Ctx, category_id: int, version: int) -> None:
    """Remove a category that nothing was ever booked to or planned for; others are deactivated."""
    ctx.require(BUDGET)
    category = ctx.get(EconomicCategory, category_id, version=version, lock=True)
    lines = ctx.session.scalar(select(func.count()).where(ClaimLine.category_id == category.id)) or 0
    budgets = ctx.session.scalar(select(func.count()).where(Budget.category_id == category.id)) or 0
    if lines or budgets:
        where = "、".join(
            part for part in (f"{budgets} 个年度的预算" if budgets else "", f"{lines} 行支出" if lines else "") if part
        )
        raise RuleViolation(f"“{category.label}”已有{where}，不能删除；不再使用时请停用。")
    ctx.session.delete(category)


def _handed_in(ctx: Ctx, category_id: int) -> bool:
    query = (
        select(ClaimLine.id)
        .join(ExpenseClaim, ExpenseClaim.id == ClaimLine.claim_id)
        .where(ClaimLine.category_id == category_id, ExpenseClaim.round > 0)
        .limit(1)
    )
    return ctx.session.scalar(query) is not None
