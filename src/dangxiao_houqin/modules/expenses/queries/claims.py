"""Reads about claims: lists, one claim with everything on it, and what the editor offers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.money import yuan
from dangxiao_houqin.core.pinyin import normalise_query, search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import contains
from dangxiao_houqin.core.subjects import ClassKindsAsked, Subject, SubjectAnswer, SubjectsAsked
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import (
    EDITABLE,
    WAITING,
    DocumentKind,
    DocumentState,
    SigningRules,
    StepState,
)
from dangxiao_houqin.modules.expenses.domain.claims import (
    CLAIM,
    ClaimForm,
    ClaimRow,
    EvidenceOwner,
    ExpenseRules,
    PayeeChoice,
    PaymentMethod,
)
from dangxiao_houqin.modules.expenses.models import ApprovalStep, ClaimLine, Evidence, ExpenseClaim, Invoice
from dangxiao_houqin.modules.organization.api import add_workdays, department_choices, department_of

from .claim_view import check_claim, get_claim
from .invoices import find_invoice_use
from .payments import paper_missing
from .visibility import require_any, sees_all, visible_claims

_CLAIM = DocumentKind.CLAIM.value
LONGEST_PERSON = 4
"""Characters of a person's name (欧阳 and two more); a firm's or an office's is longer."""

_PART = 5000
"""Ids in one statement; PostgreSQL takes 65,535 values."""


# ------------------------------------------------------------------------------------------------------ lists
def list_claims(ctx: Ctx, query: ListQuery) -> Listing[ClaimRow]:
    """Claims that the actor may see, the latest first.

    Searched: numbers, title, payee, applicant, class or project (also by pinyin), invoice numbers.  Filters: ``state``
    (a state, or open | waiting | unpaid), ``year`` of the budget, ``category_id``, ``subject`` and ``source`` (a Ref or
    its text), ``mine``, ``min_fen``, ``max_fen``, ``late``, ``from_day``, ``to_day`` (filled on), ``payee``,
    ``applicant_id``, ``procurement_kind``, ``approved`` (this month).
    """
    require_any(ctx)
    conditions = list(_words(query.search))
    visible = visible_claims(ctx)
    if visible is not None:
        conditions.append(visible)
    filters = _filters(ctx)
    conditions += [filters[key](value) for key, value in query.filters.items() if value is not None and value != ""]
    statement = select(ExpenseClaim.id).where(*conditions).order_by(*_order(query))
    if query.search or visible is not None:  # costly conditions are judged once: who fits is how many fit
        found = ctx.session.scalars(statement).all()
        end = None if query.limit is None else query.offset + query.limit
        return Listing(_rows(ctx, found[query.offset : end]), len(found))
    total = ctx.session.scalar(select(func.count()).select_from(ExpenseClaim).where(*conditions)) or 0
    page = statement.offset(query.offset)
    page = page if query.limit is None else page.limit(query.limit)
    return Listing(_rows(ctx, ctx.session.scalars(page).all()), total)


_SORTS: Mapping[str, SQLColumnExpression[Any]] = {
    "code": func.coalesce(ExpenseClaim.number, ExpenseClaim.draft_no),
    "state": ExpenseClaim.state,
    "title": ExpenseClaim.title,
    "total": ExpenseClaim.total_fen,
    "payee": ExpenseClaim.payee,
    "applicant": ExpenseClaim.applicant_name,
    "department": ExpenseClaim.department_name,
    "filled_on": ExpenseClaim.filled_on,
    "payment_method": ExpenseClaim.payment_method,
    "approved_at": ExpenseClaim.approved_at,
    "paid_on": ExpenseClaim.paid_on,
    "paid_voucher": ExpenseClaim.paid_voucher,
    "vouchers": ExpenseClaim.voucher_count,
    "budget_year": ExpenseClaim.budget_year,
}


def _order(query: ListQuery) -> list[SQLColumnExpression[Any]]:
    ordering: list[SQLColumnExpression[Any]] = [ExpenseClaim.filled_on.desc(), ExpenseClaim.id.desc()]
    chosen = _SORTS.get(query.sort or "")
    if chosen is not None:
        ordering.insert(0, chosen.desc().nulls_last() if query.descending else chosen.asc().nulls_last())
    return ordering


def _words(text: str) -> Iterator[ColumnElement[bool]]:
    """Every word must stand in the claim's words, its numbers or the number of one of its invoices."""
    for word in text.split():
        spellings = dict.fromkeys(spelling for spelling in (word.lower(), normalise_query(word)) if spelling)
        hits: list[ColumnElement[bool]] = []
        for spelling in spellings:
            hits.append(ExpenseClaim.search_key.contains(spelling, autoescape=True))  # stored in lower case
            if _NUMBER_PART.search(spelling):
                hits.append(contains(func.coalesce(ExpenseClaim.number, ""), spelling))
                hits.append(contains(ExpenseClaim.draft_no, spelling))
            if any(character.isdigit() for character in spelling):
                hits.append(ExpenseClaim.id.in_(select(Invoice.claim_id).where(contains(Invoice.number, spelling))))
        if hits:
            yield or_(*hits)


_NUMBER_PART = re.compile(r"^[bx草0-9-]+$")
"""What can stand in the number of a claim or of a draft."""

_STATE_GROUPS: Mapping[str, frozenset[DocumentState]] = {
    "open": EDITABLE,
    "waiting": WAITING,
    "unpaid": frozenset({DocumentState.APPROVED}),
}


def _filters(ctx: Ctx) -> dict[str, Any]:
    def lines(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return ExpenseClaim.id.in_(select(ClaimLine.claim_id).where(condition))

    def states(value: Any) -> ColumnElement[bool]:
        group = _STATE_GROUPS.get(str(value))
        if group is None:
            return ExpenseClaim.state == str(value)
        return ExpenseClaim.state.in_(sorted(state.value for state in group))

    def subject(value: Any) -> ColumnElement[bool]:
        ref = value if isinstance(value, Ref) else Ref.parse(str(value))
        return lines(and_(ClaimLine.subject_kind == ref.kind, ClaimLine.subject_id == ref.id))

    def source(value: Any) -> ColumnElement[bool]:
        ref = value if isinstance(value, Ref) else Ref.parse(str(value))
        return and_(ExpenseClaim.source_kind == ref.kind, ExpenseClaim.source_id == ref.id)

    def mine(value: Any) -> ColumnElement[bool]:
        own = ExpenseClaim.applicant_id.is_not_distinct_from(ctx.actor.user_id)
        return own if value else ~own

    return {
        "state": states,
        "year": lambda value: ExpenseClaim.budget_year == int(value),
        "category_id": lambda value: lines(ClaimLine.category_id == int(value)),
        "subject": subject,
        "source": source,
        "mine": mine,
        "applicant_id": lambda value: ExpenseClaim.applicant_id == int(value),
        "min_fen": lambda value: ExpenseClaim.total_fen >= int(value),
        "max_fen": lambda value: ExpenseClaim.total_fen <= int(value),
        "from_day": lambda value: ExpenseClaim.filled_on >= value,
        "to_day": lambda value: ExpenseClaim.filled_on <= value,
        "payee": lambda value: ExpenseClaim.payee == value,
        "procurement_kind": lambda value: ExpenseClaim.procurement_kind == str(value),
        "late": lambda value: _late(ctx) if value else ~_late(ctx),
        "approved": lambda value: approved_this_month(ctx) if value else ~approved_this_month(ctx),
    }


def approved_this_month(ctx: Ctx) -> ColumnElement[bool]:
    """Approved since the first of this month and not voided again; the dashboard counts the same ones."""
    first = datetime.combine(ctx.today().replace(day=1), time(), CHINA)
    settled = (DocumentState.APPROVED.value, DocumentState.PAID.value)
    return and_(ExpenseClaim.state.in_(settled), ExpenseClaim.approved_at >= first)


def late_since(ctx: Ctx) -> datetime | None:
    """A signature asked for before this moment is late; ``None`` when the rules remind of nothing."""
    days = ctx.settings(SigningRules).remind_after_days
    if not days:
        return None
    first = add_workdays(ctx, ctx.today() + timedelta(1), -days)  # the last ``days`` working days begin here
    return datetime.combine(first, time(), CHINA)


def _late(ctx: Ctx) -> ColumnElement[bool]:
    limit = late_since(ctx)
    if limit is None:
        return ExpenseClaim.id < 0
    waiting = select(ApprovalStep.document_id).where(
        ApprovalStep.state == StepState.WAITING.value, ApprovalStep.document_kind == _CLAIM, ApprovalStep.since < limit
    )
    states = sorted(state.value for state in WAITING)
    return and_(ExpenseClaim.state.in_(states), ExpenseClaim.id.in_(waiting))


_SHOWN = (
    ExpenseClaim.id,
    ExpenseClaim.version,
    ExpenseClaim.number,
    ExpenseClaim.draft_no,
    ExpenseClaim.state,
    ExpenseClaim.round,
    ExpenseClaim.title,
    ExpenseClaim.department_name,
    ExpenseClaim.applicant_id,
    ExpenseClaim.applicant_name,
    ExpenseClaim.filled_on,
    ExpenseClaim.budget_year,
    ExpenseClaim.total_fen,
    ExpenseClaim.voucher_count,
    ExpenseClaim.payee,
    ExpenseClaim.payment_method,
    ExpenseClaim.approved_at,
    ExpenseClaim.paid_on,
    ExpenseClaim.paid_voucher,
    ExpenseClaim.returned_reason,
    ExpenseClaim.signed_paper_at,
    ExpenseClaim.source_kind,
    ExpenseClaim.source_id,
)


def _rows(ctx: Ctx, wanted: Sequence[int]) -> tuple[ClaimRow, ...]:
    """These claims in this order, with what lies in other tables."""
    limit, rules = late_since(ctx), ctx.settings(SigningRules)
    rows: dict[int, ClaimRow] = {}
    for ids in _parts(wanted):
        categories: dict[int, list[str]] = {}
        subjects: dict[int, list[str]] = {}
        waits: dict[int, tuple[str, datetime | None]] = {}
        lines = select(ClaimLine.claim_id, ClaimLine.category_text, ClaimLine.subject_text)
        lines = lines.where(ClaimLine.claim_id.in_(ids)).order_by(ClaimLine.claim_id, ClaimLine.position)
        for claim_id, category, subject in ctx.session.execute(lines):
            categories.setdefault(claim_id, []).append(category)
            subjects.setdefault(claim_id, []).append(subject)
        counted = select(Evidence.owner_id, func.count()).where(
            Evidence.owner_kind == EvidenceOwner.CLAIM.value, Evidence.owner_id.in_(ids)
        )
        papers = {row[0]: row[1] for row in ctx.session.execute(counted.group_by(Evidence.owner_id))}
        steps = select(ApprovalStep.document_id, ApprovalStep.who_text, ApprovalStep.since).where(
            ApprovalStep.document_kind == _CLAIM,
            ApprovalStep.document_id.in_(ids),
            ApprovalStep.state == StepState.WAITING.value,
        )
        for step in ctx.session.execute(steps.order_by(ApprovalStep.document_id, ApprovalStep.position)):
            waits.setdefault(step.document_id, (step.who_text, step.since))
        for claim in ctx.session.execute(select(*_SHOWN).where(ExpenseClaim.id.in_(ids))):
            key = claim.id
            words = categories.get(key, ()), subjects.get(key, ())
            rows[key] = _row(claim, *words, papers.get(key, 0), waits, limit, rules)
    return tuple(rows[key] for key in wanted if key in rows)


def _row(
    claim: Any,
    categories: Iterable[str],
    subjects: Iterable[str],
    papers: int,
    waits: Mapping[int, tuple[str, datetime | None]],
    limit: datetime | None,
    rules: SigningRules,
) -> ClaimRow:
    state = DocumentState(claim.state)
    waiting_for, since = waits.get(claim.id, ("", None)) if state.waiting else ("", None)
    return ClaimRow(
        id=claim.id,
        version=claim.version,
        number=claim.number or "",
        draft_no=claim.draft_no,
        state=state,
        title=claim.title,
        department=claim.department_name,
        applicant_id=claim.applicant_id,
        applicant=claim.applicant_name,
        filled_on=claim.filled_on,
        budget_year=claim.budget_year,
        total_fen=claim.total_fen,
        voucher_count=claim.voucher_count,
        payee=claim.payee,
        payment_method=PaymentMethod(claim.payment_method),
        categories=_several(categories),
        subjects=_several(subjects),
        evidence=papers,
        waiting_for=waiting_for,
        waiting_since=since,
        late=bool(limit and since and since < limit),
        approved_at=claim.approved_at,
        paid_on=claim.paid_on,
        paid_voucher=claim.paid_voucher,
        returned_reason=claim.returned_reason,
        source=Ref(claim.source_kind, claim.source_id) if claim.source_id is not None else None,
        round=claim.round,
        paper_missing=paper_missing(rules, state, claim.signed_paper_at),
    )


def _several(texts: Iterable[str]) -> str:
    different = [text for text in dict.fromkeys(texts) if text]
    return different[0] + f" 等 {len(different)} 项" if len(different) > 1 else "".join(different)


def _parts(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + _PART] for start in range(0, len(ids), _PART))


def list_source_claims(ctx: Ctx, source: Ref) -> tuple[ClaimRow, ...]:
    """Claims that came from something of another room, as far as the actor may see them."""
    return list_claims(ctx, ListQuery(filters={"source": source}, limit=None)).rows


def find_claims(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """Hits for the search for anything; nothing for who has nothing to do with claims."""
    if not (sees_all(ctx) or ctx.can(CLAIM)):
        return ()
    return tuple(
        Found(
            f"{row.code} {row.title}",
            f"报销单 · {row.state.label} · {yuan(row.total_fen)} · {row.applicant}",
            Ref("expense_claim", row.id),
            "receipt-text",
        )
        for row in list_claims(ctx, ListQuery(search=text, limit=limit)).rows
    )


# --------------------------------------------------------------------------------------- what the editor offers
def get_claim_form(ctx: Ctx) -> ClaimForm:
    """What a new claim may choose from."""
    ctx.require(CLAIM)
    rules = ctx.settings(ExpenseRules)
    own = department_of(ctx, ctx.actor.user_id)
    methods = tuple(m for m in PaymentMethod if m is not PaymentMethod.CASH or rules.cash_allowed)
    return ClaimForm(
        tuple(department_choices(ctx)), own[0] if own else None, methods, rules.minutes_from_fen, ctx.today()
    )


def list_payees(ctx: Ctx, text: str = "", limit: int = 8) -> tuple[PayeeChoice, ...]:
    """Payees of earlier claims, the latest first.

    Another's official card is his own affair, and so is a person's bank account (a lecturer's): of claims paid by card
    or to somebody whose name is no longer than a person's only one's own count.
    """
    ctx.require(CLAIM)
    shared = or_(
        ExpenseClaim.applicant_id.is_not_distinct_from(ctx.actor.user_id),
        and_(
            ExpenseClaim.payment_method.not_in((PaymentMethod.OFFICIAL_CARD.value, PaymentMethod.CASH.value)),
            func.length(ExpenseClaim.payee) > LONGEST_PERSON,
        ),
    )
    columns = (ExpenseClaim.payee, ExpenseClaim.payee_bank, ExpenseClaim.payee_account)
    query = select(*columns, func.max(ExpenseClaim.filled_on).label("last_on")).where(ExpenseClaim.payee != "", shared)
    query = query.group_by(*columns).order_by(func.max(ExpenseClaim.filled_on).desc(), ExpenseClaim.payee)
    wanted = normalise_query(text)
    found: list[PayeeChoice] = []
    for row in ctx.session.execute(query):
        if wanted in search_key(row.payee):
            found.append(PayeeChoice(row.payee, row.payee_bank, row.payee_account, row.last_on))
        if len(found) == limit:
            break
    return tuple(found)


def search_subjects(ctx: Ctx, text: str, limit: int = 12) -> tuple[SubjectAnswer, ...]:
    """Classes that match ``text``, then projects typed on earlier claims."""
    ctx.require(CLAIM)
    answers: list[SubjectAnswer] = []
    ctx.publish(SubjectsAsked(text.strip(), limit, answers))
    del answers[limit:]
    query = select(ClaimLine.subject_text, func.max(ClaimLine.id)).where(
        ClaimLine.subject_kind == "", ClaimLine.subject_text != ""
    )
    for word in text.split():
        query = query.where(contains(ClaimLine.subject_text, word))
    query = query.group_by(ClaimLine.subject_text).order_by(func.max(ClaimLine.id).desc()).limit(limit)
    if len(answers) < limit:
        typed = [SubjectAnswer(Subject(text=row[0])) for row in ctx.session.execute(query)]
        answers += typed[: limit - len(answers)]
    return tuple(answers)


def class_kinds(ctx: Ctx) -> tuple[str, ...]:
    """Kinds of classes, for the conditions of a signing chain."""
    require_any(ctx)
    kinds: list[str] = []
    ctx.publish(ClassKindsAsked(kinds))
    return tuple(dict.fromkeys(kinds))


__all__ = [
    "check_claim",
    "class_kinds",
    "find_claims",
    "find_invoice_use",
    "get_claim",
    "get_claim_form",
    "late_since",
    "list_claims",
    "list_payees",
    "list_source_claims",
    "search_subjects",
]
