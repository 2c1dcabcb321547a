"""Satisfaction as other modules may reckon with it."""

from __future__ import annotations

from dangxiao_houqin.core.subjects import NO_SUBJECT, Subject
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import ALL_QUESTIONS, Figure, ResultFilter, Score, Scores
from dangxiao_houqin.modules.surveys.domain.rules import VIEW

from .atoms import subject_key
from .results import get_results


def scores(ctx: Ctx, subject: Subject = NO_SUBJECT, *, year: int | None = None) -> Scores:
    """Satisfaction with a class (without one: of everything) in a year; what too few answered is not there at all."""
    ctx.require(VIEW)
    key = None if subject == NO_SUBJECT else subject_key(subject.kind, subject.id, subject.text)
    found = get_results(ctx, ResultFilter(subject_key=key, year=year))
    return Scores(
        overall=_score("", ALL_QUESTIONS, found.overall),
        groups=tuple(
            score for group in found.groups if (score := _score(group.key, group.title, group.figure)) is not None
        ),
        formula=found.formula,
        formula_text=found.formula_text,
        papers=found.papers,
    )


def _score(key: str, title: str, figure: Figure | None) -> Score | None:
    if figure is None:
        return None
    return Score(key, title, figure.rate, figure.mean, figure.top, figure.n)
