"""Reads about purchase requests: the list, one with everything on it, what the form offers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import (
    EDITABLE,
    REGISTER_PAPER,
    SIGN,
    WAITING,
    DocumentKind,
    DocumentState,
    SigningRules,
    StepState,
)
from dangxiao_houqin.modules.expenses.domain.claims import VOID, EvidenceOwner
from dangxiao_houqin.modules.expenses.domain.procurement import (
    PROCUREMENT,
    PURCHASE,
    Part,
    ProcurementKind,
    ProcurementRules,
    Route,
)
from dangxiao_houqin.modules.expenses.domain.purchases import (
    ItemRow,
    QuoteRow,
    RequestAction,
    RequestForm,
    RequestRow,
    RequestView,
)
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    CatalogueItem,
    ProcurementRecord,
    PurchaseItem,
    PurchaseQuote,
    PurchaseRequest,
)
from dangxiao_houqin.modules.expenses.verification import verify_document
from dangxiao_houqin.modules.organization.api import department_choices, department_of

from .approval import list_marks
from .budgets import list_category_choices
from .evidence import evidence_of
from .rulings import rule_since
from .visibility import SEE_ALL_REQUESTS, require_request_visible, visible_requests

_PURCHASE = DocumentKind.PURCHASE.value


def _step(column: Any) -> Any:
    """The step whose turn it is."""
    return (
        select(column)
        .where(
            ApprovalStep.document_kind == _PURCHASE,
            ApprovalStep.document_id == PurchaseRequest.id,
            ApprovalStep.round == PurchaseRequest.round,
            ApprovalStep.state == StepState.WAITING.value,
            ApprovalStep.since.is_not(None),
            PurchaseRequest.state.in_([state.value for state in WAITING]),
        )
        .order_by(ApprovalStep.position)
        .limit(1)
        .correlate(PurchaseRequest)
        .scalar_subquery()
    )


def list_requests(ctx: Ctx, query: ListQuery) -> Listing[RequestRow]:
    """Purchase requests that the actor may see, the latest first.

    Searched: numbers, title, applicant (also by pinyin), items, suppliers.  Filters: ``state`` (a state, or
    open | waiting | unrecorded: approved and needing a record), ``kind``, ``route``, ``year``, ``mine``.
    """
    record = (
        select(func.min(ProcurementRecord.file_no))
        .where(ProcurementRecord.request_id == PurchaseRequest.id)
        .correlate(PurchaseRequest)
        .scalar_subquery()
    )
    statement = select(
        PurchaseRequest,
        _step(ApprovalStep.title).label("step"),
        _step(ApprovalStep.who_text).label("who"),
        record.label("record_no"),
    )
    condition = visible_requests(ctx)
    if condition is not None:
        statement = statement.where(condition)
    shown_route = func.coalesce(func.nullif(PurchaseRequest.route, ""), PurchaseRequest.suggested_route)
    return fetch_listing(
        ctx.session,
        statement,
        query,
        _row,
        search=(
            PurchaseRequest.search_key.expression,
            func.coalesce(PurchaseRequest.number, ""),
            PurchaseRequest.draft_no.expression,
            PurchaseRequest.department_name.expression,
        ),
        filters={
            "state": _state_filter,
            "kind": lambda value: PurchaseRequest.kind == str(value),
            "route": lambda value: shown_route == str(value),
            "year": lambda value: PurchaseRequest.filled_on.between(date(int(value), 1, 1), date(int(value), 12, 31)),
            "mine": lambda _value: PurchaseRequest.applicant_id == ctx.actor.user_id,
        },
        sorts={
            "code": func.coalesce(PurchaseRequest.number, PurchaseRequest.draft_no),
            "state": PurchaseRequest.state.expression,
            "title": PurchaseRequest.title.expression,
            "kind": PurchaseRequest.kind.expression,
            "department": PurchaseRequest.department_name.expression,
            "applicant": PurchaseRequest.applicant_name.expression,
            "filled_on": PurchaseRequest.filled_on.expression,
            "total": PurchaseRequest.total_fen.expression,
            "route": shown_route,
            "record": record,
        },
        order=(PurchaseRequest.filled_on.desc(), PurchaseRequest.id.desc()),
    )


def _state_filter(value: object) -> ColumnElement[bool]:
    if value == "open":
        return PurchaseRequest.state.in_([state.value for state in EDITABLE])
    if value == "waiting":
        return PurchaseRequest.state.in_([state.value for state in WAITING])
    if value == "unrecorded":
        recorded = select(ProcurementRecord.request_id).where(ProcurementRecord.request_id == PurchaseRequest.id)
        return and_(
            PurchaseRequest.state == DocumentState.APPROVED.value,
            PurchaseRequest.route != Route.SELF.value,
            ~recorded.exists(),
        )
    return PurchaseRequest.state == str(value)


def _route(text: str) -> Route | None:
    return Route(text) if text else None


def _row(found: Any) -> RequestRow:
    request: PurchaseRequest = found[0]
    waits = f"{found.step}（{found.who}）" if found.step and found.who != found.step else found.step or ""
    return RequestRow(
        id=request.id,
        version=request.version,
        draft_no=request.draft_no,
        number=request.number or "",
        state=DocumentState(request.state),
        title=request.title,
        kind=ProcurementKind(request.kind),
        department=request.department_name,
        applicant_id=request.applicant_id,
        applicant=request.applicant_name,
        filled_on=request.filled_on,
        total_fen=request.total_fen,
        suggested_route=_route(request.suggested_route),
        route=_route(request.route),
        next_step=waits,
        record_no=found.record_no or "",
        notices=len(request.notices.splitlines()),
        round=request.round,
    )


def get_request(ctx: Ctx, request_id: int) -> RequestView:
    """One request with everything on it; its signatures are verified now.

    Raises :class:`NotFound`, and :class:`PermissionDenied` for one that is not shown to the actor.
    """
    require_request_visible(ctx, request_id)
    request = ctx.get(PurchaseRequest, request_id)
    state = DocumentState(request.state)
    items = _items(ctx, request.id)
    records = ctx.session.execute(
        select(ProcurementRecord.id, ProcurementRecord.file_no, ProcurementRecord.winner)
        .where(ProcurementRecord.request_id == request.id)
        .order_by(ProcurementRecord.id)
    )
    kind = ProcurementKind(request.kind)
    parts = [Part(item.amount_fen, item.catalogue_item_id, item.name) for item in items]
    return RequestView(
        id=request.id,
        version=request.version,
        label=request.label,
        draft_no=request.draft_no,
        number=request.number or "",
        state=state,
        round=request.round,
        title=request.title,
        kind=kind,
        department_id=request.department_id,
        department=request.department_name,
        applicant_id=request.applicant_id,
        applicant=request.applicant_name,
        filled_on=request.filled_on,
        category_id=request.category_id,
        category=request.category_text,
        fund_source=request.fund_source,
        budget_fen=request.budget_fen,
        total_fen=request.total_fen,
        suggested_route=_route(request.suggested_route),
        route=_route(request.route),
        route_rule=request.route_rule,
        route_reason=request.route_reason,
        reason=request.reason,
        minutes_no=request.minutes_no,
        notices=tuple(request.notices.splitlines()),
        returned_reason=request.returned_reason,
        void_reason=request.void_reason,
        items=items,
        quotes=_quotes(ctx, request.id),
        evidence=evidence_of(ctx, EvidenceOwner.PURCHASE, request.id),
        records=tuple((row.id, f"{row.file_no} {row.winner}") for row in records),
        marks=list_marks(ctx, DocumentKind.PURCHASE, request.id),
        flaws=verify_document(ctx, DocumentKind.PURCHASE, request.id),
        actions=_actions(ctx, request, state),
        ruling=rule_since(ctx, kind, parts, request.filled_on, ctx.today()) if state.editable else None,
    )


def _actions(ctx: Ctx, request: PurchaseRequest, state: DocumentState) -> frozenset[RequestAction]:
    found: set[RequestAction] = set()
    me = ctx.actor.user_id
    mine = ctx.can(PURCHASE) and (me == request.applicant_id or (me is None and ctx.actor.all_permissions))
    if mine and state.editable:
        found |= {RequestAction.EDIT, RequestAction.SUBMIT}
        found.add(RequestAction.VOID if request.round else RequestAction.DELETE)
    if mine and state.waiting:
        found.add(RequestAction.WITHDRAW)
    if state is DocumentState.APPROVED:
        if ctx.can(VOID):
            found.add(RequestAction.VOID)
        if ctx.can(PROCUREMENT):
            found.add(RequestAction.RECORD)
    paper = state.waiting or state is DocumentState.APPROVED
    wet = ctx.settings(SigningRules).wet_signature != "off"
    if paper and wet and ctx.can(REGISTER_PAPER) and (me is None or me != request.applicant_id):
        found.add(RequestAction.REGISTER_PAPER)
    if ctx.can(PURCHASE):
        found.add(RequestAction.COPY)
    return frozenset(found)


def _items(ctx: Ctx, request_id: int) -> tuple[ItemRow, ...]:
    query = (
        select(PurchaseItem, CatalogueItem.code, CatalogueItem.name)
        .outerjoin(CatalogueItem, CatalogueItem.id == PurchaseItem.catalogue_item_id)
        .where(PurchaseItem.request_id == request_id)
        .order_by(PurchaseItem.position)
    )
    return tuple(
        ItemRow(
            position=item.position,
            name=item.name,
            spec=item.spec,
            unit=item.unit,
            quantity=item.quantity,
            price_fen=item.price_fen,
            amount_fen=item.amount_fen,
            purpose=item.purpose,
            catalogue_item_id=item.catalogue_item_id,
            catalogue=f"{code} {name}" if code else "",
        )
        for item, code, name in ctx.session.execute(query)
    )


def _quotes(ctx: Ctx, request_id: int) -> tuple[QuoteRow, ...]:
    query = select(PurchaseQuote).where(PurchaseQuote.request_id == request_id).order_by(PurchaseQuote.position)
    rows = ctx.session.scalars(query).all()
    least = min((row.amount_fen for row in rows), default=0)
    return tuple(
        QuoteRow(row.position, row.supplier, row.amount_fen, row.note, row.evidence_id, row.amount_fen == least)
        for row in rows
    )


def get_request_form(ctx: Ctx) -> RequestForm:
    """What the form of a request offers."""
    ctx.require(PURCHASE)
    own = department_of(ctx, ctx.actor.user_id)
    return RequestForm(
        today=ctx.today(),
        departments=department_choices(ctx),
        own_department=own[0] if own is not None else None,
        categories=tuple((category.id, category.label) for category in list_category_choices(ctx)),
        quotes_needed=ctx.settings(ProcurementRules).quotes_needed,
    )


def list_request_choices(ctx: Ctx, text: str = "", limit: int = 20) -> tuple[tuple[int, str, str], ...]:
    """(id, label, detail) of approved requests for the form of a record, those without a record first."""
    ctx.require(PROCUREMENT)
    found = list_requests(ctx, ListQuery(search=text, filters={"state": DocumentState.APPROVED.value}, limit=limit * 3))
    rows = sorted(found.rows, key=lambda row: bool(row.record_no))[:limit]
    return tuple(
        (row.id, f"{row.code} {row.title}", f"{yuan(row.total_fen)} {row.department} {row.applicant}".strip())
        for row in rows
    )


def find_requests(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Requests by number, title, item or supplier for the search for anything."""
    if not any(ctx.can(permission) for permission in (*SEE_ALL_REQUESTS, SIGN, PURCHASE)):
        return ()
    return [
        Found(
            f"{row.code} {row.title}",
            f"采购申请 · {yuan(row.total_fen)} · {row.applicant} · {row.state.label}",
            Ref("purchase_request", row.id),
            "shopping-cart",
        )
        for row in list_requests(ctx, ListQuery(search=text, limit=limit)).rows
    ]
