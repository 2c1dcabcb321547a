"""Budgets by category and year: what was approved, its adjustments, and next year's from this year's."""

from __future__ import annotations

from sqlalchemy import BigInteger, cast, func, select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.budgets import (
    FIRST_YEAR,
    LARGEST_FEN,
    LAST_YEAR,
    AdjustBudget,
    SaveBudget,
)
from dangxiao_houqin.modules.expenses.domain.funds import BUDGET
from dangxiao_houqin.modules.expenses.models import Budget, BudgetAdjustment, EconomicCategory
from dangxiao_houqin.modules.expenses.queries.budgets import left, lock_budgets

BELOW_USED = "below_used"


def save_budget(ctx: Ctx, cmd: SaveBudget) -> int:
    """Set the approved amount of a category for a year; confirms ``below_used`` when more is already taken."""
    ctx.require(BUDGET)
    if not FIRST_YEAR <= cmd.year <= LAST_YEAR:
        raise InvalidInput(f"预算年度应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。", field="year")
    if not 0 <= cmd.amount_fen < LARGEST_FEN:
        raise InvalidInput("预算金额不能小于 0，也不能超过十万亿元，请核对。", field="amount_fen")
    category = ctx.get(EconomicCategory, cmd.category_id, lock=True)
    if cmd.budget_id is None:
        lock_budgets(ctx, cmd.year, (category.id,))
        if left(ctx, cmd.year, category.id).has_budget:
            raise RuleViolation(f"{cmd.year} 年“{category.label}”已有预算，请修改原来的一行，或登记调整。")
        if not category.active:
            raise RuleViolation(f"“{category.label}”已停用，请先启用再编预算。")
        budget = Budget(year=cmd.year, category_id=category.id)
    else:
        budget = ctx.get(Budget, cmd.budget_id, version=cmd.version, lock=True)
        if (budget.year, budget.category_id) != (cmd.year, cmd.category_id):
            raise RuleViolation("预算的年度和科目不能改；请删除这一行，另外登记。")
    _keep_above_used(ctx, cmd.year, category, _adjusted(ctx, cmd.budget_id) + cmd.amount_fen)
    budget.amount_fen, budget.note = cmd.amount_fen, cmd.note.strip()
    return ctx.add(budget).id


def adjust_budget(ctx: Ctx, cmd: AdjustBudget) -> int:
    """Register 追加, 调减 or, with a counter budget, 调剂; both budgets of one stay at 0 or above.

    Confirms ``below_used`` when a budget falls below what is already taken from it.
    """
    ctx.require(BUDGET)
    if not cmd.amount_fen:
        raise InvalidInput("请填写调整金额，不能是 0。", field="amount_fen")
    if abs(cmd.amount_fen) >= LARGEST_FEN:
        raise InvalidInput("调整金额不能超过十万亿元，请核对。", field="amount_fen")
    if not cmd.reason.strip():
        raise InvalidInput("请填写调整原因。", field="reason")
    if not cmd.document.strip():
        raise InvalidInput("请填写批准调整的文号或会议纪要。", field="document")
    if cmd.on_day > ctx.today():
        raise InvalidInput("调整日期不能晚于今天。", field="on_day")
    wanted = sorted({cmd.budget_id, cmd.counter_budget_id} - {None}, key=int)  # type: ignore[arg-type]
    held = {key: ctx.get(Budget, key, lock=True) for key in wanted if key is not None}  # in one order: no deadlock
    budget = held[cmd.budget_id]
    counter = None if cmd.counter_budget_id is None else held[cmd.counter_budget_id]
    if counter is budget:
        raise InvalidInput("调剂的对方科目不能是它自己。", field="counter_budget_id")
    if counter is not None and counter.year != budget.year:
        raise InvalidInput("只能在同一年度的科目之间调剂。", field="counter_budget_id")
    if cmd.on_day.year != budget.year:
        raise InvalidInput(f"调整日期要在 {budget.year} 年之内。", field="on_day")
    adjustment = _adjust(ctx, budget, cmd, cmd.amount_fen)
    if counter is not None:
        _adjust(ctx, counter, cmd, -cmd.amount_fen)
    return adjustment


def _adjust(ctx: Ctx, budget: Budget, cmd: AdjustBudget, amount: int) -> int:
    category = ctx.get(EconomicCategory, budget.category_id)
    present = budget.amount_fen + _adjusted(ctx, budget.id)
    if present + amount < 0:
        raise RuleViolation(
            f"“{category.label}”现有预算 {yuan(present)}，调减 {yuan(-amount)} 后会小于 0，请核对金额。"
        )
    if amount < 0:
        _keep_above_used(ctx, budget.year, category, present + amount)
    adjustment = BudgetAdjustment(
        budget_id=budget.id,
        on_day=cmd.on_day,
        amount_fen=amount,
        document=cmd.document.strip(),
        reason=cmd.reason.strip(),
    )
    return ctx.add(adjustment).id


def delete_budget(ctx: Ctx, budget_id: int, version: int) -> None:
    """Remove a budget that was neither adjusted nor used."""
    ctx.require(BUDGET)
    budget = ctx.get(Budget, budget_id, version=version, lock=True)
    category = ctx.get(EconomicCategory, budget.category_id)
    if ctx.session.scalar(select(func.count()).where(BudgetAdjustment.budget_id == budget.id)):
        raise RuleViolation(f"“{category.label}”已有调整记录，不能删除；请用调整把它调减。")
    taken = left(ctx, budget.year, category.id).taken_fen
    if taken:
        raise RuleViolation(f"“{category.label}”已用 {yuan(taken)}，不能删除；请用调整把它调减。")
    ctx.session.delete(budget)


def copy_budgets(ctx: Ctx, from_year: int, to_year: int) -> int:
    """Start a year with the adjusted budgets of another one; what the new year already has stays.

    Returns how many were copied; raises :class:`RuleViolation` when there is nothing to copy.
    """
    ctx.require(BUDGET)
    if not FIRST_YEAR <= to_year <= LAST_YEAR:
        raise InvalidInput(f"预算年度应在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。", field="year")
    if from_year == to_year:
        raise InvalidInput("请选择另一个年度。", field="from_year")
    query = select(Budget, EconomicCategory).join(EconomicCategory, EconomicCategory.id == Budget.category_id)
    source = ctx.session.execute(query.where(Budget.year == from_year).order_by(EconomicCategory.code)).all()
    if not source:
        raise RuleViolation(f"{from_year} 年没有预算，无法复制；请选择另一个年度，或从表格导入。")
    present = set(ctx.session.scalars(select(Budget.category_id).where(Budget.year == to_year)))
    copied = 0
    for budget, category in source:
        if category.id in present or not category.active:
            continue
        ctx.session.add(
            Budget(
                year=to_year,
                category_id=category.id,
                amount_fen=budget.amount_fen + _adjusted(ctx, budget.id),
                note=budget.note,
            )
        )
        copied += 1
    if not copied:
        raise RuleViolation(f"{from_year} 年的科目在 {to_year} 年都已有预算，没有可复制的。")
    ctx.session.flush()
    return copied


def _adjusted(ctx: Ctx, budget_id: int | None) -> int:
    if budget_id is None:  # a new one
        return 0
    total = cast(func.coalesce(func.sum(BudgetAdjustment.amount_fen), 0), BigInteger)
    return ctx.session.scalar(select(total).where(BudgetAdjustment.budget_id == budget_id)) or 0


def _keep_above_used(ctx: Ctx, year: int, category: EconomicCategory, total: int) -> None:
    taken = left(ctx, year, category.id).taken_fen
    if total < taken:
        ctx.confirm(
            BELOW_USED,
            f"{year} 年“{category.label}”已用 {yuan(taken)}（含签批中），改为 {yuan(total)} 后超支 "
            f"{yuan(taken - total)}，仍要保存吗？",
        )
