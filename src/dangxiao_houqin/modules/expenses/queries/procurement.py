"""Reads about the rules of procurement and the records of what was bought how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.pinyin import search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import contains, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import BINDING, SIGN
from dangxiao_houqin.modules.expenses.domain.claims import CLAIM, PAY, VIEW, EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PROCUREMENT,
    PROCUREMENT_RULES,
    PURCHASE,
    CatalogueChoice,
    CatalogueRow,
    ProcurementKind,
    Route,
    ThresholdRow,
)
from dangxiao_houqin.modules.expenses.domain.records import RecordChoice, RecordRow, RecordView
from dangxiao_houqin.modules.expenses.models import (
    CatalogueItem,
    Evidence,
    ExpenseClaim,
    ProcurementRecord,
    ProcurementThreshold,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.procurement_rules import supplier_key

from .evidence import evidence_of
from .rulings import catalogue_row, threshold_row

SEE_RECORDS = (VIEW, PROCUREMENT, PURCHASE, CLAIM, SIGN, PAY)
SEE_RULES = (*SEE_RECORDS, PROCUREMENT_RULES)


def _require(ctx: Ctx, *permissions: Any) -> None:
    if not any(ctx.can(permission) for permission in permissions):
        ctx.require(permissions[0])


# ---------------------------------------------------------------------------------------------------- records
def _count(column: Any, *conditions: ColumnElement[bool]) -> Any:
    return select(column).where(*conditions).correlate(ProcurementRecord).scalar_subquery()


def _records() -> Any:
    used = (ExpenseClaim.record_id == ProcurementRecord.id, ExpenseClaim.state.in_([state.value for state in BINDING]))
    papers = (Evidence.owner_kind == EvidenceOwner.RECORD.value, Evidence.owner_id == ProcurementRecord.id)
    return select(
        ProcurementRecord,
        func.coalesce(PurchaseRequest.number, "").label("request"),
        _count(func.count(ExpenseClaim.id), *used).label("claims"),
        _count(func.coalesce(func.sum(ExpenseClaim.total_fen), 0), *used).label("claimed"),
        _count(func.count(Evidence.id), *papers).label("files"),
    ).outerjoin(PurchaseRequest, PurchaseRequest.id == ProcurementRecord.request_id)


def _record_row(found: Any) -> RecordRow:
    record: ProcurementRecord = found[0]
    return RecordRow(
        id=record.id,
        version=record.version,
        file_no=record.file_no,
        title=record.title,
        kind=ProcurementKind(record.kind),
        route=Route(record.route),
        winner=record.winner,
        decided_on=record.decided_on,
        contract_no=record.contract_no,
        contract_fen=record.contract_fen,
        minutes_no=record.minutes_no,
        request_id=record.request_id,
        request=found.request,
        claims=found.claims,
        claimed_fen=int(found.claimed),
        files=found.files,
        note=record.note,
    )


def list_records(ctx: Ctx, query: ListQuery) -> Listing[RecordRow]:
    """Procurement records, the latest first.

    Searched: file number, title, winner (also by pinyin), contract number.  Filters: ``kind``, ``route``, ``year`` of
    the decision, ``use`` (used | unused | over: claims add up to more than the contract).
    """
    _require(ctx, *SEE_RECORDS)
    claimed = _count(
        func.coalesce(func.sum(ExpenseClaim.total_fen), 0),
        ExpenseClaim.record_id == ProcurementRecord.id,
        ExpenseClaim.state.in_([state.value for state in BINDING]),
    )
    uses = {"used": claimed > 0, "unused": claimed == 0, "over": claimed > ProcurementRecord.contract_fen}
    return fetch_listing(
        ctx.session,
        _records(),
        query,
        _record_row,
        search=(
            ProcurementRecord.search_key.expression,
            ProcurementRecord.minutes_no.expression,
            func.coalesce(PurchaseRequest.number, ""),
        ),
        filters={
            "kind": lambda value: ProcurementRecord.kind == str(value),
            "route": lambda value: ProcurementRecord.route == str(value),
            "year": lambda value: ProcurementRecord.decided_on.between(
                date(int(value), 1, 1), date(int(value), 12, 31)
            ),
            "use": lambda value: uses[str(value)],
        },
        sorts={
            "file_no": ProcurementRecord.file_no.expression,
            "title": ProcurementRecord.title.expression,
            "kind": ProcurementRecord.kind.expression,
            "route": ProcurementRecord.route.expression,
            "winner": ProcurementRecord.winner.expression,
            "decided_on": ProcurementRecord.decided_on.expression,
            "contract": ProcurementRecord.contract_fen.expression,
            "claimed": claimed,
            "request": PurchaseRequest.number.expression,
        },
        order=(ProcurementRecord.decided_on.desc(), ProcurementRecord.id.desc()),
    )


def get_record(ctx: Ctx, record_id: int) -> RecordView:
    """One record with its papers and the claims that rely on it; raises :class:`NotFound`."""
    _require(ctx, *SEE_RECORDS)
    found = ctx.session.execute(_records().where(ProcurementRecord.id == record_id)).one_or_none()
    if found is None:
        raise NotFound("这条采购记录不存在或已被删除，请刷新列表。")
    claims = ctx.session.scalars(
        select(ExpenseClaim).where(ExpenseClaim.record_id == record_id).order_by(ExpenseClaim.id)
    )
    return RecordView(
        row=_record_row(found),
        evidence=evidence_of(ctx, EvidenceOwner.RECORD, record_id),
        claims=tuple((claim.id, claim.label, claim.total_fen) for claim in claims),
    )


def list_record_choices(ctx: Ctx, text: str = "", *, payee: str = "", limit: int = 20) -> tuple[RecordChoice, ...]:
    """Records to pick for a claim: those whose winner is the payee first, then the latest."""
    _require(ctx, *SEE_RECORDS)
    query = select(ProcurementRecord)
    for word in text.lower().split():
        query = query.where(contains(ProcurementRecord.search_key.expression, word))
    latest = query.order_by(ProcurementRecord.decided_on.desc(), ProcurementRecord.id.desc())
    found = list(ctx.session.scalars(latest.limit(limit)))
    key = supplier_key(payee)
    if key:  # by its first characters in SQL, exactly in Python: brackets and blanks do not count
        near = latest.where(contains(ProcurementRecord.search_key.expression, payee.strip()[:2])).limit(500)
        same = [row for row in ctx.session.scalars(near) if supplier_key(row.winner) == key]
        found = list({row.id: row for row in (*same, *found)}.values())[:limit]
    return tuple(
        RecordChoice(
            id=row.id,
            label=row.label,
            file_no=row.file_no,
            title=row.title,
            winner=row.winner,
            contract_fen=row.contract_fen,
            route=Route(row.route),
            decided_on=row.decided_on,
            matches=bool(key) and supplier_key(row.winner) == key,
        )
        for row in found
    )


def find_records(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Records by file number, title or winner for the search for anything."""
    if not any(ctx.can(permission) for permission in SEE_RECORDS):
        return ()
    return [
        Found(
            f"{row.file_no} {row.title}",
            f"采购记录 · {row.winner} · {yuan(row.contract_fen)}",
            Ref("procurement_record", row.id),
            "file-check",
        )
        for row in list_records(ctx, ListQuery(search=text, limit=limit)).rows
    ]


# ------------------------------------------------------------------------------------------------------ rules
_Dated = type[CatalogueItem] | type[ProcurementThreshold]


def _valid_on(model: _Dated, day: date) -> ColumnElement[bool]:
    return and_(
        model.active.is_(True), model.valid_from <= day, or_(model.valid_until.is_(None), model.valid_until > day)
    )


def _validity(
    model: type[CatalogueItem] | type[ProcurementThreshold], value: object, today: date
) -> ColumnElement[bool]:
    if value == "future":
        return and_(model.active.is_(True), model.valid_from > today)
    if value == "past":
        return or_(model.active.is_(False), model.valid_until <= today)
    return _valid_on(model, today)


def list_catalogue(ctx: Ctx, query: ListQuery) -> Listing[CatalogueRow]:
    """Items of the 集中采购目录 by code; filters ``kind``, ``route``, ``validity`` (now | future | past)."""
    _require(ctx, *SEE_RULES)
    today = ctx.today()
    return fetch_listing(
        ctx.session,
        select(CatalogueItem),
        query,
        lambda row: catalogue_row(row[0], today),
        search=(
            CatalogueItem.code.expression,
            CatalogueItem.name.expression,
            CatalogueItem.keywords.expression,
            CatalogueItem.document.expression,
        ),
        filters={
            "kind": lambda value: CatalogueItem.kind == str(value),
            "route": lambda value: CatalogueItem.route == str(value),
            "validity": lambda value: _validity(CatalogueItem, value, today),
        },
        sorts={
            "code": CatalogueItem.code.expression,
            "name": CatalogueItem.name.expression,
            "kind": CatalogueItem.kind.expression,
            "route": CatalogueItem.route.expression,
            "from": CatalogueItem.from_fen.expression,
            "valid_from": CatalogueItem.valid_from.expression,
            "valid_until": CatalogueItem.valid_until.expression,
            "document": CatalogueItem.document.expression,
        },
        order=(CatalogueItem.code.asc(), CatalogueItem.valid_from.desc(), CatalogueItem.id.asc()),
    )


def list_thresholds(ctx: Ctx, query: ListQuery) -> Listing[ThresholdRow]:
    """限额标准 by kind and amount; filters ``kind``, ``validity`` (now | future | past)."""
    _require(ctx, *SEE_RULES)
    today = ctx.today()
    return fetch_listing(
        ctx.session,
        select(ProcurementThreshold),
        query,
        lambda row: threshold_row(row[0], today),
        search=(ProcurementThreshold.document.expression,),
        filters={
            "kind": lambda value: ProcurementThreshold.kind == str(value),
            "validity": lambda value: _validity(ProcurementThreshold, value, today),
        },
        sorts={
            "kind": ProcurementThreshold.kind.expression,
            "from": ProcurementThreshold.from_fen.expression,
            "route": ProcurementThreshold.route.expression,
            "valid_from": ProcurementThreshold.valid_from.expression,
            "valid_until": ProcurementThreshold.valid_until.expression,
            "document": ProcurementThreshold.document.expression,
        },
        order=(
            ProcurementThreshold.valid_from.desc(),
            ProcurementThreshold.kind.asc(),
            ProcurementThreshold.from_fen.asc(),
            ProcurementThreshold.id.asc(),
        ),
    )


def kinds_without_threshold(ctx: Ctx) -> tuple[ProcurementKind, ...]:
    """Kinds for which nobody has entered a threshold that counts today."""
    _require(ctx, *SEE_RULES)
    known = set(
        ctx.session.scalars(
            select(ProcurementThreshold.kind).where(_valid_on(ProcurementThreshold, ctx.today())).distinct()
        )
    )
    return tuple(kind for kind in ProcurementKind if kind.value not in known)


def list_catalogue_choices(
    ctx: Ctx, text: str = "", *, kind: ProcurementKind | None = None, day: date | None = None, limit: int = 30
) -> tuple[CatalogueChoice, ...]:
    """Items that count on ``day`` (today), found by code, name, keyword or their pinyin."""
    query = select(CatalogueItem).where(_valid_on(CatalogueItem, day or ctx.today()))
    if kind is not None:
        query = query.where(CatalogueItem.kind == kind.value)
    words = text.lower().split()
    found: list[CatalogueChoice] = []
    for item in ctx.session.scalars(query.order_by(CatalogueItem.code, CatalogueItem.id)):
        plain = f"{item.code} {item.name} {item.keywords}".lower()
        # a provincial catalogue has a few dozen items: pinyin is made when asked for and kept nowhere
        if all(word in plain or word in search_key(item.name) for word in words):
            kind_and_route = ProcurementKind(item.kind), Route(item.route)
            found.append(CatalogueChoice(item.id, item.label, *kind_and_route, item.from_fen, item.keywords))
        if len(found) == limit:
            break
    return tuple(found)
