"""The procurement rules asked of the database: how to buy something, and whether it looks split up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import BINDING
from dangxiao_houqin.modules.expenses.domain.procurement import (
    CatalogueRow,
    Part,
    ProcurementKind,
    ProcurementRules,
    Route,
    Ruling,
    ThresholdRow,
)
from dangxiao_houqin.modules.expenses.domain.purchases import ItemInput, Suggestion
from dangxiao_houqin.modules.expenses.models import (
    CatalogueItem,
    ClaimLine,
    EconomicCategory,
    ExpenseClaim,
    ProcurementRecord,
    ProcurementThreshold,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.procurement_rules import (
    Spent,
    judge,
    largest_window,
    lowest_threshold,
    split_sentence,
    stricter,
    supplier_key,
)

_QUOTED = frozenset({Route.INQUIRY, Route.CONSULTATION})
_BINDING = tuple(state.value for state in BINDING)


def catalogue_row(item: CatalogueItem, today: date | None = None) -> CatalogueRow:
    """A catalogue item as plain data."""
    return CatalogueRow(
        id=item.id,
        version=item.version,
        code=item.code,
        name=item.name,
        kind=ProcurementKind(item.kind),
        route=Route(item.route),
        from_fen=item.from_fen,
        valid_from=item.valid_from,
        valid_until=item.valid_until,
        document=item.document,
        keywords=item.keywords,
        active=item.active,
        today=today,
    )


def threshold_row(row: ProcurementThreshold, today: date | None = None) -> ThresholdRow:
    """A threshold as plain data."""
    return ThresholdRow(
        id=row.id,
        version=row.version,
        kind=ProcurementKind(row.kind),
        from_fen=row.from_fen,
        route=Route(row.route),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        document=row.document,
        active=row.active,
        today=today,
    )


def _catalogue(ctx: Ctx, day: date) -> list[CatalogueRow]:
    query = select(CatalogueItem).where(
        CatalogueItem.active.is_(True),
        CatalogueItem.valid_from <= day,
        (CatalogueItem.valid_until.is_(None)) | (CatalogueItem.valid_until > day),
    )
    return [catalogue_row(item) for item in ctx.session.scalars(query.order_by(CatalogueItem.code, CatalogueItem.id))]


def _thresholds(ctx: Ctx, kind: ProcurementKind) -> list[ThresholdRow]:
    query = select(ProcurementThreshold).where(ProcurementThreshold.kind == kind.value)
    return [threshold_row(row) for row in ctx.session.scalars(query)]


def rule_on(ctx: Ctx, kind: ProcurementKind, parts: Sequence[Part], day: date) -> Ruling:
    """How ``parts`` together must be bought on ``day`` by the rules in force then; asks for no right."""
    return judge(
        kind,
        parts,
        day,
        _catalogue(ctx, day),
        _thresholds(ctx, kind),
        record_for_catalogue=ctx.settings(ProcurementRules).record_for_catalogue,
    )


def rule_since(ctx: Ctx, kind: ProcurementKind, parts: Sequence[Part], filled_on: date, handed_in: date) -> Ruling:
    """The stricter of the rules of both days: the date that somebody wrote does not lead round rules made since."""
    written = rule_on(ctx, kind, parts, filled_on)
    if handed_in == filled_on:
        return written
    given = rule_on(ctx, kind, parts, handed_in)
    harder = stricter(written.route, given.route) is not written.route
    return given if harder or (given.record_needed and not written.record_needed) else written


def least_threshold(ctx: Ctx, day: date) -> ThresholdRow | None:
    """The least amount that demands anything of any kind of purchase on ``day``."""
    found = (lowest_threshold(kind, day, _thresholds(ctx, kind)) for kind in ProcurementKind)
    return min((row for row in found if row is not None), key=lambda row: row.from_fen, default=None)


def quotes_needed(ctx: Ctx, route: Route, amount_fen: int) -> int:
    """How many suppliers must be compared for a purchase by ``route``; 0 for none."""
    rules = ctx.settings(ProcurementRules)
    if route in _QUOTED:
        return rules.quotes_needed
    by_ourselves = route is Route.SELF and 0 < rules.self_quotes_from_fen <= amount_fen
    return rules.quotes_needed if by_ourselves else 0


def minutes_needed(ctx: Ctx, ruling: Ruling) -> bool:
    """Whether the 校委会 must have decided on it."""
    return ruling.over_limit and ctx.settings(ProcurementRules).minutes_when_over


def suggest(
    ctx: Ctx,
    kind: ProcurementKind,
    items: Sequence[ItemInput],
    day: date,
    route: Route | None = None,
    category_id: int | None = None,
    request_id: int | None = None,
) -> Suggestion:
    """What the form of a request shows while it is filled in; ``route`` is the one chosen there."""
    parts = [Part(item.amount_fen, item.catalogue_item_id, item.name) for item in items]
    total = sum(part.amount_fen for part in parts)
    ruling = rule_since(ctx, kind, parts, day, ctx.today())
    warnings = request_split_warnings(ctx, category_id, kind, total, day, excluding_request=request_id)
    return Suggestion(
        total_fen=total,
        ruling=ruling,
        warnings=warnings,
        quotes_needed=quotes_needed(ctx, route or ruling.route, total),
        minutes_needed=minutes_needed(ctx, ruling),
    )


# -------------------------------------------------------------------------------------------------- splitting
def split_warnings(
    ctx: Ctx,
    payee: str,
    categories: Mapping[int, int] | Iterable[int],
    kind: ProcurementKind | None,
    amount_fen: int,
    day: date,
    *,
    excluding_claim: int | None = None,
) -> tuple[str, ...]:
    """Sentences when this claim and others of its supplier or category reach a limit that each stays under.

    ``categories`` are ids, best with the fen of this claim in each.  Counted are submitted, approved and paid claims of
    the same kind under the limit within ``ProcurementRules.split_days`` successive days; those with a procurement
    record of another route than 自行采购 were bought properly and do not count.  A supplier's claims without a kind
    count with any kind, and one without a kind (``None``) is added to all of its supplier's.
    """
    rules = ctx.settings(ProcurementRules)
    limit = least_threshold(ctx, day) if kind is None else lowest_threshold(kind, day, _thresholds(ctx, kind))
    if rules.split_by == "off" or limit is None or amount_fen <= 0 or amount_fen >= limit.from_fen:
        return ()
    own = dict(categories) if isinstance(categories, Mapping) else dict.fromkeys(categories, amount_fen)
    if rules.split_by == "supplier" or kind is None:
        own = {}
    near = _spent_near(ctx, limit, kind, day, rules.split_days, own, excluding_claim)
    found: list[str] = []
    key = supplier_key(payee)
    if key:
        same = [spent.whole for spent in near if supplier_key(spent.payee) == key]
        total, chosen = largest_window(same, day, amount_fen, rules.split_days)
        if chosen and total >= limit.from_fen:
            found.append(split_sentence(f"“{payee[:40]}”", chosen, total, limit, rules.split_days))
    for category_id, fen in own.items():
        parts = [
            Spent(each.whole.day, each.parts[category_id], each.whole.label)
            for each in near
            if category_id in each.parts
        ]
        total, chosen = largest_window(parts, day, fen, rules.split_days)
        if chosen and total >= limit.from_fen:
            name = ctx.session.scalar(select(EconomicCategory.name).where(EconomicCategory.id == category_id)) or ""
            found.append(split_sentence(f"科目“{name}”", chosen, total, limit, rules.split_days))
    return tuple(found)


@dataclass
class _Near:
    """A claim within the days: its payee, the whole of it, and fen by category."""

    payee: str
    whole: Spent
    parts: dict[int, int]


def _spent_near(
    ctx: Ctx,
    limit: ThresholdRow,
    kind: ProcurementKind | None,
    day: date,
    days: int,
    categories: Iterable[int],
    excluding: int | None,
) -> list[_Near]:
    """Claims that may belong together with one of ``day``, read in one sweep with their lines of ``categories``."""
    span = timedelta(days=days - 1)
    wanted = frozenset(categories)
    query = (
        select(
            ExpenseClaim.id,
            ExpenseClaim.payee,
            ExpenseClaim.filled_on,
            ExpenseClaim.total_fen,
            func.coalesce(ExpenseClaim.number, ExpenseClaim.draft_no).label("code"),
            ExpenseClaim.procurement_kind,
            ClaimLine.category_id,
            ClaimLine.amount_fen,
        )
        .outerjoin(ProcurementRecord, ProcurementRecord.id == ExpenseClaim.record_id)
        # by claim alone: with the category in the condition SQLite goes through all lines of it for every claim
        .outerjoin(ClaimLine, ClaimLine.claim_id == ExpenseClaim.id)
        .where(
            ExpenseClaim.state.in_(_BINDING),
            ExpenseClaim.filled_on.between(day - span, day + span),
            ExpenseClaim.total_fen < limit.from_fen,
            (ProcurementRecord.id.is_(None)) | (ProcurementRecord.route == Route.SELF.value),
        )
    )
    if kind is not None:
        query = query.where(ExpenseClaim.procurement_kind.in_((kind.value, "")))
    if excluding is not None:
        query = query.where(ExpenseClaim.id != excluding)
    found: dict[int, _Near] = {}
    for row in ctx.session.execute(query):
        near = found.get(row.id)
        if near is None:
            near = found[row.id] = _Near(row.payee, Spent(row.filled_on, row.total_fen, row.code), {})
        if row.category_id in wanted and row.procurement_kind:
            near.parts[row.category_id] = near.parts.get(row.category_id, 0) + row.amount_fen
    return list(found.values())


def request_split_warnings(
    ctx: Ctx,
    category_id: int | None,
    kind: ProcurementKind,
    amount_fen: int,
    day: date,
    *,
    excluding_request: int | None = None,
) -> tuple[str, ...]:
    """The same among purchase requests, which know a category but not yet a supplier."""
    rules = ctx.settings(ProcurementRules)
    limit = lowest_threshold(kind, day, _thresholds(ctx, kind))
    none = rules.split_by != "both" or category_id is None or amount_fen <= 0
    if none or limit is None or amount_fen >= limit.from_fen:
        return ()
    span = timedelta(days=rules.split_days - 1)
    query = select(
        PurchaseRequest.filled_on, PurchaseRequest.total_fen, PurchaseRequest.number, PurchaseRequest.draft_no
    ).where(
        PurchaseRequest.state.in_(_BINDING),
        PurchaseRequest.filled_on.between(day - span, day + span),
        PurchaseRequest.kind == kind.value,
        PurchaseRequest.category_id == category_id,
        PurchaseRequest.total_fen < limit.from_fen,
    )
    if excluding_request is not None:
        query = query.where(PurchaseRequest.id != excluding_request)
    spent = [Spent(row[0], row[1], row[2] or row[3]) for row in ctx.session.execute(query)]
    total, chosen = largest_window(spent, day, amount_fen, rules.split_days)
    if not chosen or total < limit.from_fen:
        return ()
    name = ctx.session.scalar(select(EconomicCategory.name).where(EconomicCategory.id == category_id)) or ""
    return (split_sentence(f"科目“{name}”", chosen, total, limit, rules.split_days, "采购申请"),)
