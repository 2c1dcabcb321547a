"""What expenses show on the dashboard.  Spending and income are figures apart; nothing adds one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import BigInteger, cast, func, or_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import Figure, TodayRow
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import user_account

from .domain.approval import SIGN
from .domain.claims import CLAIM, VIEW
from .domain.funds import BUDGET_VIEW, INCOME_VIEW
from .domain.procurement import PURCHASE
from .models import ExpenseClaim, StandIn
from .queries.approval import count_waiting, list_waiting
from .queries.budgets import read_overview
from .queries.claims import approved_this_month
from .queries.income import list_remittances, read_ageing
from .queries.turns import list_turns

MOST_LINES = 3
"""So many of one's own documents on their way stand under 今日."""

_TEN_THOUSAND = 10_000 * 100


def figures(ctx: Ctx) -> Sequence[Figure]:
    """What waits for the actor, what was approved this month, how far the budget is spent, what is not remitted."""
    found: list[Figure] = []
    if ctx.can(SIGN):
        found.append(_waiting(ctx))
    if ctx.can(VIEW):
        found.append(_approved(ctx))
    if ctx.can(BUDGET_VIEW) and (rate := _execution(ctx)) is not None:
        found.append(rate)
    if ctx.can(INCOME_VIEW) and (held := _held(ctx)) is not None:
        found.append(held)
    return found


def badges(ctx: Ctx) -> dict[str, int]:
    """How much waits behind the entries of the navigation."""
    return {"expenses.waiting": count_waiting(ctx)}


def _waiting(ctx: Ctx) -> Figure:
    found = list_waiting(ctx, ListQuery(limit=None))
    note = f"合计 {yuan(sum(row.total_fen for row in found.rows))}" if found.rows else "没有等您签批的单据"
    return Figure("待我签批", str(found.total), "件", note, "signature", "violet", page="expenses.waiting", order=60)


def _approved(ctx: Ctx) -> Figure:
    query = select(func.count(), cast(func.coalesce(func.sum(ExpenseClaim.total_fen), 0), BigInteger)).where(
        approved_this_month(ctx)
    )
    count, total = ctx.session.execute(query).one()
    value, unit = _short(total)
    note = f"{count} 笔" if count else "本月还没有批准的支出"
    args = {"approved": True}
    return Figure(
        "本月支出已批", value, unit, note, "receipt-text", "teal", page="expenses.claims", order=62, args=args
    )


def _execution(ctx: Ctx) -> Figure | None:
    totals = read_overview(ctx, ctx.today().year).totals
    if totals.rate is None:
        return None
    parts = (totals.executed_fen, totals.total_fen)
    note = "已批 {:,.2f}，预算 {:,.2f} 万元".format(*(fen / _TEN_THOUSAND for fen in parts)).replace(".00", "")
    tone, mark = ("error", "warning") if totals.executed_fen > totals.total_fen else ("primary", "")
    return Figure(
        f"{ctx.today().year} 年预算执行率",
        f"{totals.rate * 100:.1f}",
        "%",
        note,
        "chart-pie",
        tone,  # type: ignore[arg-type]
        page="expenses.budgets",
        note_icon=mark,
        order=64,
    )


def _held(ctx: Ctx) -> Figure | None:
    """Received and not yet remitted; no tile for a school that registers no income."""
    held = read_ageing(ctx).total
    if not held.total.entries and not list_remittances(ctx, ListQuery(limit=1)).total:
        return None
    value, unit = _short(held.total.amount_fen)
    late = held.late.entries
    note = f"{late} 笔逾期未缴" if late else "没有逾期"
    return Figure(
        "收入待缴款",
        value,
        unit,
        note,
        "landmark",
        "warning" if late else "success",
        page="expenses.income",
        note_icon="warning" if late else "",
        order=400,
        args={"tab": "ageing"},
    )


def _short(fen: int) -> tuple[str, str]:
    """(figure, unit): whole yuan below a million, then 万元, then 亿元; nothing is 0."""
    if abs(fen) < 100 * _TEN_THOUSAND:
        return (f"{fen / 100:,.2f}".removesuffix(".00") if fen else "0"), "元"
    if abs(fen) < 10_000 * _TEN_THOUSAND:
        return f"{fen / _TEN_THOUSAND:,.2f}", "万元"
    return f"{fen / _TEN_THOUSAND / 10_000:,.2f}", "亿元"


# ------------------------------------------------------------------------------------------------------- today
def today_lines(ctx: Ctx) -> Sequence[TodayRow]:
    """One's own documents on their way, and for whom one stands in; what others ask is in the inbox already."""
    return (*_own(ctx), *_stand_ins(ctx))


def _own(ctx: Ctx) -> list[TodayRow]:
    if ctx.actor.user_id is None or not (ctx.can(CLAIM) or ctx.can(PURCHASE)):
        return []
    return [
        TodayRow(
            "我的单据",
            f"{turn.document.title} {yuan(turn.document.total_fen)}",
            f"待{turn.step.title}签批",
            "violet",
            _since(turn.since, ctx.today()),
            Ref(turn.kind.ref_kind, turn.document.id),
        )
        for turn in list_turns(ctx, applicant_id=ctx.actor.user_id)[:MOST_LINES]
    ]


def _since(moment: datetime, today: date) -> str:
    local = moment.astimezone(CHINA)
    return f"{local:%H:%M}" if local.date() == today else chinese_date(local.date(), year=local.year != today.year)


def _stand_ins(ctx: Ctx) -> list[TodayRow]:
    me = ctx.actor.user_id
    if me is None:
        return []
    query = select(StandIn).where(
        or_(StandIn.principal_id == me, StandIn.deputy_id == me),
        StandIn.revoked_at.is_(None),
        StandIn.from_day <= ctx.today(),
        StandIn.until_day >= ctx.today(),
    )
    rows = list(ctx.session.scalars(query.order_by(StandIn.until_day, StandIn.id)))
    others = {row.deputy_id if row.principal_id == me else row.principal_id for row in rows}
    wanted = select(user_account.c.id, user_account.c.display_name).where(user_account.c.id.in_(others))
    names = {found.id: found.display_name for found in ctx.session.execute(wanted)} if others else {}
    lines = []
    for row in rows:
        mine = row.deputy_id == me
        name = names.get(row.principal_id if mine else row.deputy_id, "")
        limit = f"，单笔 {yuan(row.limit_fen)} 以内" if row.limit_fen is not None else ""
        text = f"您代{name}签批{limit}" if mine else f"{name}代您签批{limit}"
        lines.append(TodayRow("授权代签", text, "授权中", "teal", f"到{chinese_date(row.until_day, year=False)}"))
    return lines
