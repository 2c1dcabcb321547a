"""The dated rules of procurement: catalogue items and thresholds.  Shipped empty; a school enters its province's."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.claims import MAX_FEN
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PROCUREMENT_RULES,
    RULE_ROUTES,
    Route,
    SaveCatalogueItem,
    SaveThreshold,
    SetUpThresholds,
)
from dangxiao_houqin.modules.expenses.models import CatalogueItem, ClaimLine, ProcurementThreshold, PurchaseItem
from dangxiao_houqin.modules.expenses.procurement_rules import contradiction, overlaps, yuan_words

from .wording import one_line

_FIRST = date(2000, 1, 1)


def _check_dates(valid_from: date, valid_until: date | None) -> None:
    if valid_from < _FIRST:
        raise InvalidInput("生效日期太早，请核对年份。", field="valid_from")
    if valid_until is not None and valid_until <= valid_from:
        raise InvalidInput("失效日期要晚于生效日期；失效日期当天起不再适用。", field="valid_until")


def _check_route(route: Route) -> None:
    if route not in RULE_ROUTES:
        raise InvalidInput(f"规则不能要求“{route.label}”，请选择其他采购方式。", field="route")


def _span(row: CatalogueItem | ProcurementThreshold) -> str:
    return f"{row.valid_from:%Y-%m-%d} 起" + (f"，到 {row.valid_until:%Y-%m-%d} 止" if row.valid_until else "")


# -------------------------------------------------------------------------------------------------- catalogue
def save_catalogue_item(ctx: Ctx, cmd: SaveCatalogueItem) -> int:
    """Enter an item or change it; returns its id.

    An open row of the same code ends on the day a new one begins.  Raises :class:`InvalidInput`, also for days that
    another row of the code already covers.
    """
    ctx.require(PROCUREMENT_RULES)
    code = one_line(cmd.code, "品目编码", "code", 20)
    name = one_line(cmd.name, "品目名称", "name", 80)
    if not code:
        raise InvalidInput("请填写品目编码，如 A02010105。", field="code")
    if not name:
        raise InvalidInput("请填写品目名称。", field="name")
    if not 0 <= cmd.from_fen <= MAX_FEN:
        raise InvalidInput("起点金额不对，请核对；不论金额都要集中采购的填 0。", field="from_fen")
    _check_dates(cmd.valid_from, cmd.valid_until)
    _check_route(cmd.route)
    item = CatalogueItem()
    if cmd.item_id is not None:
        item = ctx.get(CatalogueItem, cmd.item_id, version=cmd.version, lock=True)
    if cmd.active:
        query = select(CatalogueItem).where(CatalogueItem.code == code, CatalogueItem.active.is_(True))
        for other in ctx.session.scalars(query.order_by(CatalogueItem.valid_from).with_for_update()):
            if other.id != item.id:
                _make_room(other, cmd.valid_from, cmd.valid_until, f"品目 {other.label}", new=cmd.item_id is None)
        ctx.session.flush()
    item.code, item.name, item.kind, item.route = code, name, cmd.kind.value, cmd.route.value
    item.from_fen, item.valid_from, item.valid_until = cmd.from_fen, cmd.valid_from, cmd.valid_until
    item.document = one_line(cmd.document, "依据文件", "document", 120)
    item.keywords = " ".join(
        dict.fromkeys(one_line(cmd.keywords, "关键词", "keywords", 300).replace("、", " ").split())
    )
    item.active = cmd.active
    return ctx.add(item).id


def _make_room(
    other: CatalogueItem | ProcurementThreshold,
    valid_from: date,
    valid_until: date | None,
    what: str,
    *,
    new: bool,
) -> None:
    """End an open older rule where a new one begins; any other overlap is a mistake somebody must look at."""
    if not overlaps((valid_from, valid_until), (other.valid_from, other.valid_until)):
        return
    if new and other.valid_until is None and other.valid_from < valid_from:
        other.valid_until = valid_from
        return
    raise InvalidInput(f"{what}已有一行适用于这段时间（{_span(other)}），请先改它的失效日期。", field="valid_from")


def delete_catalogue_item(ctx: Ctx, item_id: int, version: int) -> None:
    """Delete an item that no document names."""
    ctx.require(PROCUREMENT_RULES)
    item = ctx.get(CatalogueItem, item_id, version=version, lock=True)
    uses = sum(
        ctx.session.scalar(select(func.count()).where(column == item.id)) or 0
        for column in (ClaimLine.catalogue_item_id, PurchaseItem.catalogue_item_id)
    )
    if uses:
        raise RuleViolation(f"{item.label}已用在 {uses} 行单据里，不能删除；不再适用请填失效日期或停用。")
    ctx.session.delete(item)
    ctx.session.flush()


# ------------------------------------------------------------------------------------------------- thresholds
def save_threshold(ctx: Ctx, cmd: SaveThreshold) -> int:
    """Enter a threshold or change it; returns its id.

    An open row of the same kind and route ends on the day a new one begins.  Raises :class:`InvalidInput`, also when
    the same kind has another route from the same amount on the same days.
    """
    ctx.require(PROCUREMENT_RULES)
    if not 0 < cmd.from_fen <= MAX_FEN:
        raise InvalidInput("限额要大于 0，请核对。", field="from_fen")
    _check_dates(cmd.valid_from, cmd.valid_until)
    _check_route(cmd.route)
    document = one_line(cmd.document, "依据文件", "document", 120)
    if not document:
        raise InvalidInput("请填写依据文件的名称和文号，审批单上要引用。", field="document")
    row = ProcurementThreshold()
    if cmd.threshold_id is not None:
        row = ctx.get(ProcurementThreshold, cmd.threshold_id, version=cmd.version, lock=True)
    if cmd.active:
        query = select(ProcurementThreshold).where(
            ProcurementThreshold.kind == cmd.kind.value, ProcurementThreshold.active.is_(True)
        )
        for other in ctx.session.scalars(query.order_by(ProcurementThreshold.valid_from).with_for_update()):
            if other.id != row.id and (other.route == cmd.route.value or other.from_fen == cmd.from_fen):
                what = f"{cmd.kind.label}的“{Route(other.route).label}”（{yuan_words(other.from_fen)}）"
                same_rule = other.route == cmd.route.value
                _make_room(other, cmd.valid_from, cmd.valid_until, what, new=cmd.threshold_id is None and same_rule)
        ctx.session.flush()
    row.kind, row.from_fen, row.route = cmd.kind.value, cmd.from_fen, cmd.route.value
    row.valid_from, row.valid_until, row.document, row.active = cmd.valid_from, cmd.valid_until, document, cmd.active
    return ctx.add(row).id


def delete_threshold(ctx: Ctx, threshold_id: int, version: int) -> None:
    """Delete a threshold; documents keep the words of the rule they were judged by."""
    ctx.require(PROCUREMENT_RULES)
    ctx.session.delete(ctx.get(ProcurementThreshold, threshold_id, version=version, lock=True))
    ctx.session.flush()


def set_up_thresholds(ctx: Ctx, cmd: SetUpThresholds) -> int:
    """Enter all thresholds of one document; those of the same kinds before it end then. Returns how many were entered.

    Raises :class:`InvalidInput` for what contradicts itself, and when nobody compared the figures with the document.
    """
    ctx.require(PROCUREMENT_RULES)
    document = one_line(cmd.document, "依据文件", "document", 120)
    if not document:
        raise InvalidInput("请填写本省（市、县）限额标准文件的名称和文号。", field="document")
    if not cmd.lines:
        raise InvalidInput("请至少保留一条限额标准。", field="lines")
    if not cmd.checked:
        raise InvalidInput("请对照文件逐条核对金额，再勾选“已核对”。", field="checked")
    _check_dates(cmd.valid_from, None)
    for line in cmd.lines:
        _check_route(line.route)
        if not 0 < line.from_fen <= MAX_FEN:
            raise InvalidInput(f"{line.kind.label}“{line.route.label}”的金额要大于 0。", field="lines")
    if (wrong := contradiction(cmd.lines)) is not None:
        raise InvalidInput(wrong, field="lines")
    kinds = {line.kind.value for line in cmd.lines}
    old = select(ProcurementThreshold).where(
        ProcurementThreshold.kind.in_(kinds), ProcurementThreshold.active.is_(True)
    )
    for row in ctx.session.scalars(old.order_by(ProcurementThreshold.id).with_for_update()):
        if row.valid_until is not None and row.valid_until <= cmd.valid_from:
            continue
        if row.valid_from >= cmd.valid_from:
            raise InvalidInput(
                f"已有一条限额标准从 {row.valid_from:%Y-%m-%d} 起生效（{yuan_words(row.from_fen)}），"
                "请先删除它，或把生效日期改晚。",
                field="valid_from",
            )
        row.valid_until = cmd.valid_from
    ctx.session.flush()
    for line in cmd.lines:
        ctx.add(
            ProcurementThreshold(
                kind=line.kind.value,
                from_fen=line.from_fen,
                route=line.route.value,
                valid_from=cmd.valid_from,
                document=document,
                active=True,
            )
        )
    return len(cmd.lines)
