"""What accommodation does when the roster below changes (paired in ``app/wiring.py``)."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.training.api import ClassCancelled, EnrollmentDatesChanged, EnrollmentWithdrawn

from .domain import CURRENT
from .models import Stay
from .services.stays import follow_roster, let_go


def on_enrollment_withdrawn(ctx: Ctx, event: EnrollmentWithdrawn) -> None:
    """The person needs no bed any more."""
    let_go(ctx, event.enrollment_id)


def on_enrollment_dates_changed(ctx: Ctx, event: EnrollmentDatesChanged) -> None:
    """Nights, sex or lodging changed: the bed follows where it can."""
    follow_roster(ctx, event.enrollment_id)


def on_class_cancelled(ctx: Ctx, event: ClassCancelled) -> None:
    """Nobody of the class needs a bed."""
    query = select(Stay.enrollment_id).where(Stay.class_id == event.class_id, Stay.state.in_(CURRENT)).distinct()
    for enrollment_id in ctx.session.scalars(query).all():
        if enrollment_id is not None:
            let_go(ctx, enrollment_id)
