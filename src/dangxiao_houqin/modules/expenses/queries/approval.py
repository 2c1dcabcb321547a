"""What waits for a signature, what was signed, chains, stand-ins and keys."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.check_codes import GENESIS, check_code
from dangxiao_houqin.modules.expenses.domain.approval import (
    EDITABLE,
    SIGN,
    WAITING,
    ChainHead,
    DocumentKind,
    SignAction,
    SignatureMark,
    StepState,
    WaitingRow,
    Who,
)
from dangxiao_houqin.modules.expenses.models import (
    ApprovalStep,
    DocumentOpened,
    Evidence,
    ExpenseClaim,
    OpinionPhrase,
    PurchaseRequest,
    SignatureRecord,
)
from dangxiao_houqin.modules.expenses.signing_plan import DEPUTY_WORD

from .signers import Signer, list_deputies, list_signers

MODELS: dict[DocumentKind, type[ExpenseClaim] | type[PurchaseRequest]] = {
    DocumentKind.CLAIM: ExpenseClaim,
    DocumentKind.PURCHASE: PurchaseRequest,
}


# -------------------------------------------------------------------------------------------------- waiting for me
@dataclass(frozen=True)
class _Hat:
    """In whose name the actor may sign, up to which amount (``None``: any)."""

    signer: Signer
    own: bool
    limit_fen: int | None = None

    def may_sign(self, model: type[ExpenseClaim] | type[PurchaseRequest]) -> ColumnElement[bool]:
        """The steps that may be signed in this name: within the limit, and for the applicant where nobody else is."""
        if self.own:
            return self.wears()
        stranger = or_(model.applicant_id.is_(None), model.applicant_id != self.signer.user_id)
        allowed = [self.wears(), or_(stranger, ApprovalStep.reason.endswith(DEPUTY_WORD, autoescape=True))]
        if self.limit_fen is not None:
            allowed.append(model.total_fen <= self.limit_fen)
        return and_(*allowed)

    def fits(self, step: ApprovalStep, document: ExpenseClaim | PurchaseRequest) -> bool:
        """The same of one step that was read."""
        if self.own or not _holds(self.signer, step):
            return _holds(self.signer, step)
        stranger = document.applicant_id != self.signer.user_id or step.reason.endswith(DEPUTY_WORD)
        return stranger and (self.limit_fen is None or document.total_fen <= self.limit_fen)

    def wears(self) -> ColumnElement[bool]:
        """The steps this name holds."""
        roles = and_(ApprovalStep.who == Who.ROLE.value, ApprovalStep.role_id.in_(self.signer.role_ids))
        person = and_(ApprovalStep.who == Who.PERSON.value, ApprovalStep.user_id == self.signer.user_id)
        if not self.signer.post:
            return or_(roles, person)
        return or_(roles, person, and_(ApprovalStep.who == Who.POST.value, ApprovalStep.post == self.signer.post))


def _hats(ctx: Ctx) -> tuple[_Hat, ...]:
    me = ctx.actor.user_id
    signers = list_signers(ctx)
    if me is None or me not in signers:
        return ()
    deputies = [d for d in list_deputies(ctx, ctx.today()) if d.deputy_id == me and d.principal_id in signers]
    return (_Hat(signers[me], True), *(_Hat(signers[d.principal_id], False, d.limit_fen) for d in deputies))


def _waiting(ctx: Ctx, kind: DocumentKind, hats: tuple[_Hat, ...]) -> Any:
    model = MODELS[kind]
    mine = [hat.may_sign(model) for hat in hats]
    return (
        select(ApprovalStep, model)
        .join(model, and_(model.id == ApprovalStep.document_id, model.round == ApprovalStep.round))
        .where(
            ApprovalStep.document_kind == kind.value,
            ApprovalStep.state == StepState.WAITING.value,
            ApprovalStep.since.is_not(None),
            model.state.in_([state.value for state in WAITING]),
            or_(model.applicant_id.is_(None), model.applicant_id != ctx.actor.user_id),
            or_(*mine) if mine else false(),
        )
    )


def count_waiting(ctx: Ctx) -> int:
    """How many documents wait for the actor's signature (also as a stand-in); 0 without the right to sign."""
    if not ctx.can(SIGN):
        return 0
    hats = _hats(ctx)
    return sum(
        ctx.session.scalar(select(func.count()).select_from(_waiting(ctx, kind, hats).subquery())) or 0
        for kind in DocumentKind
    )


def list_waiting(ctx: Ctx, query: ListQuery) -> Listing[WaitingRow]:
    """待我签批, longest waiting first; ``filters``: ``kind``.  Needs the right to sign."""
    ctx.require(SIGN)
    hats = _hats(ctx)
    rows: list[WaitingRow] = []
    for kind in DocumentKind:
        if query.filters.get("kind") in (None, kind.value):
            rows += _waiting_rows(ctx, kind, hats)
    wanted = query.search.strip().lower()
    if wanted:
        rows = [row for row in rows if wanted in f"{row.label} {row.title} {row.applicant} {row.payee}".lower()]
    rows.sort(key=lambda row: (row.since, row.kind.value, row.id))
    end = None if query.limit is None else query.offset + query.limit
    return Listing(tuple(rows[query.offset : end]), len(rows))


def _waiting_rows(ctx: Ctx, kind: DocumentKind, hats: tuple[_Hat, ...]) -> list[WaitingRow]:
    found = ctx.session.execute(_waiting(ctx, kind, hats)).all()
    ids = [document.id for _, document in found]
    opened = {
        (row.document_id, row.document_version)
        for row in ctx.session.execute(
            select(DocumentOpened.document_id, DocumentOpened.document_version).where(
                DocumentOpened.user_id == ctx.actor.user_id,
                DocumentOpened.document_kind == kind.value,
                DocumentOpened.document_id.in_(ids),
            )
        )
    }
    evidence = dict(
        ctx.session.execute(
            select(Evidence.owner_id, func.count())
            .where(Evidence.owner_kind == kind.value, Evidence.owner_id.in_(ids))
            .group_by(Evidence.owner_id)
        ).all()
    )
    rows: list[WaitingRow] = []
    for step, document in found:
        hat = next(h for h in hats if h.fits(step, document))
        rows.append(
            WaitingRow(
                kind=kind,
                id=document.id,
                version=document.version,
                label=document.draft_no,
                title=document.title,
                department=document.department_name,
                applicant=document.applicant_name,
                payee=document.payee if isinstance(document, ExpenseClaim) else "",
                total_fen=document.total_fen,
                filled_on=document.filled_on,
                step_title=step.title,
                position=step.position,
                round=step.round,
                since=step.since,
                on_behalf_of="" if hat.own else hat.signer.name,
                on_behalf_of_id=None if hat.own else hat.signer.user_id,
                evidence=evidence.get(document.id, 0),
                notices=notices_of(document),
                opened=(document.id, document.version) in opened,
            )
        )
    return rows


def _holds(signer: Signer, step: ApprovalStep) -> bool:
    if step.who == Who.ROLE:
        return step.role_id in signer.role_ids
    return step.post == signer.post and bool(signer.post) if step.who == Who.POST else step.user_id == signer.user_id


def notices_of(document: ExpenseClaim | PurchaseRequest) -> tuple[str, ...]:
    """What signers must see: warnings found at submission."""
    if isinstance(document, ExpenseClaim):
        return tuple(document.notices)
    return tuple(line for line in document.notices.splitlines() if line.strip())


# ------------------------------------------------------------------------------------------------------ signatures
def list_marks(ctx: Ctx, kind: DocumentKind, document_id: int) -> tuple[SignatureMark, ...]:
    """Every signature of a document, earlier rounds first, then the steps of the present round in order.

    A return stands in its round after the steps; the scan of signed paper comes last.
    """
    model = MODELS[kind]
    found = ctx.session.execute(select(model.round, model.state).where(model.id == document_id)).one_or_none()
    if found is None:
        return ()
    turn, dead = found.round, found.state in EDITABLE
    links = ctx.session.execute(
        select(SignatureRecord.seq, SignatureRecord.message, SignatureRecord.digest, SignatureRecord.at)
        .where(SignatureRecord.document_kind == kind.value, SignatureRecord.document_id == document_id)
        .order_by(SignatureRecord.seq)
    ).all()
    steps = ctx.session.scalars(
        select(ApprovalStep)
        .where(ApprovalStep.document_kind == kind.value, ApprovalStep.document_id == document_id)
        .order_by(ApprovalStep.round, ApprovalStep.position)
    ).all()
    marks: list[SignatureMark] = []
    by_seq = {link.seq: link for link in links}
    said = {link.seq: read_message(link.message) for link in links}
    used: set[int] = set()
    rounds = {step.round for step in steps} | {message.get("round", turn) for message in said.values()}
    for number in sorted(number for number in rounds if number <= turn):
        void = number < turn or dead
        own = [link for link in links if said[link.seq].get("round", turn) == number]
        for link in own:
            if said[link.seq].get("action") == SignAction.SUBMIT.value:
                marks.append(_mark(link, StepState.SIGNED, number, 0, "经办人", "", "", void))
                used.add(link.seq)
        for step in steps:
            if step.round != number:
                continue
            given = by_seq.get(step.signature_seq or 0)
            marks.append(
                _mark(
                    given,
                    _step_state(step.state),
                    number,
                    step.position,
                    step.title,
                    step.who_text,
                    step.reason,
                    void,
                )
            )
            if given is not None:
                used.add(given.seq)
        for link in own:
            if link.seq not in used:
                place, title = said[link.seq].get("position", 0), said[link.seq].get("title", "签名")
                marks.append(_mark(link, StepState.SIGNED, number, place, title, "", "", void))
    return tuple(marks)


def read_message(message: str) -> dict[str, Any]:
    """What a link attests; empty when somebody made it unreadable, for the document must still open."""
    try:
        found = json.loads(message)
        SignAction(found["action"])
        (_, _), _, _, _ = found["signer"], found["round"] + 0, found["position"] + 0, found["title"] + ""
    except (ValueError, TypeError, KeyError):
        return {}
    checked: dict[str, Any] = found
    return checked


def _step_state(state: str) -> StepState:
    return StepState(state) if state in set(StepState) else StepState.VOID


def _mark(
    link: Any, state: StepState, turn: int, position: int, title: str, who_text: str, reason: str, void: bool
) -> SignatureMark:
    if link is None or (state is StepState.SKIPPED):
        why = reason or (f"与第 {link.seq} 号签名为同一人，免签" if link is not None else "")
        return SignatureMark(turn, position, title, who_text, state, reason=why, void=void)
    message = read_message(link.message)
    if not message:
        return SignatureMark(
            turn, position, title, who_text, state, at=link.at, seq=link.seq, reason="签名记录已损坏", void=void
        )
    action = SignAction(message["action"])
    clerk_id, clerk = message["signer"]
    by_id, by = message.get("by") or (clerk_id, clerk)
    signed_on = message.get("signed_on")
    return SignatureMark(
        turn,
        position,
        title,
        who_text,
        state,
        action=action,
        signer=by,
        signer_id=by_id,
        on_behalf_of=(message.get("behalf") or (None, ""))[1],
        opinion=message.get("opinion", ""),
        at=link.at,
        seq=link.seq,
        check_code=check_code(link.digest),
        registered_by=clerk if action is SignAction.PAPER else "",
        signed_on=date.fromisoformat(signed_on) if signed_on else None,
        reason=reason,
        void=void,
    )


def chain_head(ctx: Ctx) -> ChainHead:
    """The last link of the chain over all signatures; number 0 before the first."""
    query = select(SignatureRecord.seq, SignatureRecord.digest, SignatureRecord.at)
    found = ctx.session.execute(query.order_by(SignatureRecord.seq.desc()).limit(1)).one_or_none()
    if found is None:
        return ChainHead(0, GENESIS, check_code(GENESIS), None)
    return ChainHead(found.seq, found.digest, check_code(found.digest), found.at)


def list_phrases(ctx: Ctx) -> tuple[str, ...]:
    """The actor's opinions, most used first."""
    query = select(OpinionPhrase.text).where(OpinionPhrase.user_id == ctx.actor.user_id)
    return tuple(ctx.session.scalars(query.order_by(OpinionPhrase.uses.desc(), OpinionPhrase.id).limit(12)))
