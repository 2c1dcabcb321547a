"""What training answers when a lower room asks."""

from __future__ import annotations

from sqlalchemy import func, select

from dangxiao_houqin.core.pinyin import normalise_query
from dangxiao_houqin.core.selecting import contains
from dangxiao_houqin.core.subjects import ClassKindsAsked, Subject, SubjectAnswer, SubjectsAsked
from dangxiao_houqin.core.uow import Ctx

from .domain import ClassRules, ClassStatus
from .models import Enrollment, TrainingClass


def on_subjects_asked(ctx: Ctx, event: SubjectsAsked) -> None:
    """A line is booked to a class, a survey belongs to one: those not cancelled that match all words.

    The latest come first.  No right to see classes is asked: their names stand on claims and surveys.
    """
    enrolled = select(func.count()).where(Enrollment.class_id == TrainingClass.id, Enrollment.status == "enrolled")
    people = enrolled.correlate(TrainingClass).scalar_subquery()
    query = select(TrainingClass, people).where(TrainingClass.status != ClassStatus.CANCELLED.value)
    for word in event.text.split():
        wanted = normalise_query(word)
        if wanted:
            query = query.where(contains(TrainingClass.search_key, wanted) | contains(TrainingClass.code, word))
    left = max(event.limit - len(event.answers), 0)
    latest = query.order_by(TrainingClass.start.desc(), TrainingClass.id.desc()).limit(left)
    for found, on_roster in ctx.session.execute(latest):
        subject = Subject("training_class", found.id, found.name, found.kind)
        event.answers.append(SubjectAnswer(subject, found.start, found.end, on_roster or found.expected_count))


def on_class_kinds_asked(ctx: Ctx, event: ClassKindsAsked) -> None:
    """A signing chain may depend on the kind of class: the kinds of the settings, then others in use."""
    used = ctx.session.scalars(select(TrainingClass.kind).distinct().order_by(TrainingClass.kind))
    event.kinds.extend(kind for kind in (*ctx.settings(ClassRules).kinds, *used) if kind not in event.kinds)
