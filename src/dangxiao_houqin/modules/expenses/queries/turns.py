"""Whose turn it is: every document on its way with the step that is waited for, for reminders and the dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import and_, select

from dangxiao_houqin.core.clock import CHINA
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.domain.approval import WAITING, DocumentKind, DocumentRef, StepState
from dangxiao_houqin.modules.expenses.models import ApprovalStep, ExpenseClaim, PurchaseRequest

from .approval import MODELS


@dataclass(frozen=True)
class Turn:
    """A document that waits, the step whose turn it is, and since when."""

    kind: DocumentKind
    document: ExpenseClaim | PurchaseRequest
    step: ApprovalStep
    since: datetime

    @property
    def since_day(self) -> date:
        return self.since.astimezone(CHINA).date()


def list_turns(ctx: Ctx, *, applicant_id: int | None = None) -> tuple[Turn, ...]:
    """The longest waiting first; of one applicant, or of everybody."""
    found: list[Turn] = []
    for kind in DocumentKind:
        model = MODELS[kind]
        query = (
            select(ApprovalStep, model)
            .join(model, and_(model.id == ApprovalStep.document_id, model.round == ApprovalStep.round))
            .where(
                ApprovalStep.document_kind == kind.value,
                ApprovalStep.state == StepState.WAITING.value,
                ApprovalStep.since.is_not(None),
                model.state.in_([state.value for state in WAITING]),
            )
        )
        if applicant_id is not None:
            query = query.where(model.applicant_id == applicant_id)
        for step, document in ctx.session.execute(query).all():
            since = cast("datetime", step.since)
            found.append(Turn(kind, cast("ExpenseClaim | PurchaseRequest", document), step, since))
    return tuple(sorted(found, key=lambda turn: (turn.since, turn.step.id)))


def find_ref(ctx: Ctx, kind: DocumentKind, document_id: int) -> DocumentRef:
    """The document at the version it has now; raises :class:`NotFound`."""
    return DocumentRef(kind, document_id, ctx.get(MODELS[kind], document_id).version)
