"""What training answers when a lower room asks."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.pinyin import normalise_query
from dangxiao_houqin.core.selecting import contains
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.expenses.api import ClassKindsAsked, Subject, SubjectAnswer, SubjectsAsked

from .domain import ClassRules, ClassStatus
from .models import TrainingClass


def on_subjects_asked(ctx: Ctx, event: SubjectsAsked) -> None:
    """Expenses book a line to a class: those not cancelled that match every word, the latest first.

    No right to see classes is asked: their names stand on every claim.
    """
    query = select(TrainingClass).where(TrainingClass.status != ClassStatus.CANCELLED.value)
    for word in event.text.split():
        wanted = normalise_query(word)
        if wanted:
            query = query.where(contains(TrainingClass.search_key, wanted) | contains(TrainingClass.code, word))
    left = max(event.limit - len(event.answers), 0)
    for found in ctx.session.scalars(query.order_by(TrainingClass.start.desc(), TrainingClass.id.desc()).limit(left)):
        subject = Subject("training_class", found.id, found.name, found.kind)
        event.answers.append(SubjectAnswer(subject, found.start, found.end))


def on_class_kinds_asked(ctx: Ctx, event: ClassKindsAsked) -> None:
    """A signing chain may depend on the kind of class: the kinds of the settings, then others in use."""
    used = ctx.session.scalars(select(TrainingClass.kind).distinct().order_by(TrainingClass.kind))
    event.kinds.extend(kind for kind in (*ctx.settings(ClassRules).kinds, *used) if kind not in event.kinds)
