"""What a purchase request must satisfy before it is submitted."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.procurement import Part, ProcurementKind, ProcurementRules, Route, Ruling
from dangxiao_houqin.modules.expenses.models import PurchaseItem, PurchaseQuote, PurchaseRequest
from dangxiao_houqin.modules.expenses.procurement_rules import stricter, supplier_key
from dangxiao_houqin.modules.expenses.queries.rulings import (
    minutes_needed,
    quotes_needed,
    request_split_warnings,
    rule_since,
)
from dangxiao_houqin.modules.organization.api import department_choices

_NOTICES = 1000
"""Characters of notices that the table keeps."""


def prepare_request(ctx: Ctx, request: PurchaseRequest) -> None:
    """Check ``request`` and note the rule and the warnings its paper shows.

    Called under lock by the submission.  ``notices`` become sentences, one a line.  Raises :class:`InvalidInput` naming
    the field of the form.
    """
    items = ctx.session.scalars(
        select(PurchaseItem).where(PurchaseItem.request_id == request.id).order_by(PurchaseItem.position)
    ).all()
    if not items or request.total_fen <= 0:
        raise InvalidInput("采购申请还没有明细，请先填写要买的东西、数量和单价。", field="items")
    if not request.department_name and department_choices(ctx):
        raise InvalidInput("请选择申请部门。", field="department_id")
    if not request.reason:
        raise InvalidInput("请填写申请理由，签批人要据此判断是否必要。", field="reason")
    kind = ProcurementKind(request.kind)
    parts = [Part(item.amount_fen, item.catalogue_item_id, item.name) for item in items]
    ruling = rule_since(ctx, kind, parts, request.filled_on, ctx.today())
    chosen = Route(request.route) if request.route else ruling.route
    _check_route(request, ruling, chosen)
    _check_quotes(ctx, request, chosen)
    if minutes_needed(ctx, ruling) and not request.minutes_no:
        raise InvalidInput(
            f"{yuan(request.total_fen)}达到采购限额标准，须经校委会研究，请填写会议纪要文号。", field="minutes_no"
        )
    request.suggested_route, request.route_rule = ruling.route.value, ruling.rule
    request.route = chosen.value
    notices = [*_laxer(ruling, chosen), *ruling.notices]
    notices += request_split_warnings(
        ctx, request.category_id, kind, request.total_fen, request.filled_on, excluding_request=request.id
    )
    late = (ctx.today() - request.filled_on).days
    if late > ctx.settings(ProcurementRules).split_days:
        notices.append(f"申请日期 {request.filled_on} 比提交日期早 {late} 天。")
    if 0 < request.budget_fen < request.total_fen:
        notices.append(f"合计 {yuan(request.total_fen)}超出填报的预算金额 {yuan(request.budget_fen)}。")
    request.notices = _joined(notices)


def _check_route(request: PurchaseRequest, ruling: Ruling, chosen: Route) -> None:
    if chosen is not ruling.route and not request.route_reason:
        raise InvalidInput(
            f"所选的采购方式是{chosen.label}，按规则应为{ruling.route.label}，请写明另选方式的理由。",
            field="route_reason",
        )


def _laxer(ruling: Ruling, chosen: Route) -> list[str]:
    if chosen is ruling.route or stricter(chosen, ruling.route) is chosen:
        return []
    return [f"拟采用{chosen.label}，比规则要求的{ruling.route.label}宽，请签批人核对理由。"]


def _check_quotes(ctx: Ctx, request: PurchaseRequest, chosen: Route) -> None:
    needed = quotes_needed(ctx, chosen, request.total_fen)
    names = ctx.session.scalars(select(PurchaseQuote.supplier).where(PurchaseQuote.request_id == request.id))
    got = len({supplier_key(name) for name in names})
    if got < needed:
        raise InvalidInput(f"{chosen.label}至少要有 {needed} 家供应商的报价，现在只有 {got} 家。", field="quotes")


def _joined(notices: list[str]) -> str:
    """As many whole sentences as the table holds."""
    text = ""
    for notice in notices:
        longer = f"{text}\n{notice}" if text else notice
        if len(longer) > _NOTICES:
            break
        text = longer
    return text
