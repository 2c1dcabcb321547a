"""Years side by side: what was measured here, what was typed in from old papers, and what others published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.selecting import fetch_listing
from dangxiao_houqin.core.terms import SPRING
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import GROUP_KEYS
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, rating_questions
from dangxiao_houqin.modules.surveys.domain.results import (
    ALL_QUESTIONS,
    OVERALL,
    PUBLISHED_ELSEWHERE,
    By,
    Comparison,
    HistoryFigureRow,
    HistoryPoint,
    HistorySeries,
    HistoryView,
    ReferenceLine,
)
from dangxiao_houqin.modules.surveys.domain.rules import VIEW, Formula, SurveyRules
from dangxiao_houqin.modules.surveys.models import HistoryFigure, QuestionnaireVersion
from dangxiao_houqin.modules.surveys.statistics import best_of

from .results import compare

MEASURED = "本系统测评"
ELSEWHERE = "他校公开值"


def get_history(ctx: Ctx, by: By = By.YEAR) -> HistoryView:
    """Own values by year (or by term) for all questions and for each group; others' only where the setting says so."""
    ctx.require(VIEW)
    rules = ctx.settings(SurveyRules)
    measured = compare(ctx, by)
    typed = [_row(figure) for figure in ctx.session.scalars(select(HistoryFigure))]
    own = [figure for figure in typed if figure.own and bool(figure.term) == (by is By.TERM)]
    points = _points(measured, own)
    titles = {OVERALL: ALL_QUESTIONS} | {figure.group_key: figure.group_title for figure in own}
    titles |= {column.group_key: column.title for column in measured.columns if column.group_key}
    targets = {target.group: target.percent / 100 for target in rules.targets}
    order = list(dict.fromkeys((OVERALL, *(column.group_key for column in measured.columns), *titles)))
    series = tuple(
        HistorySeries(key, titles[key], tuple(points[key]), best_of(points[key]), targets.get(titles[key]))
        for key in order
        if points.get(key)
    )
    times = sorted({_moment(point.year, point.term) for one in series for point in one.points})
    return HistoryView(
        by=by,
        periods=tuple(f"{year}年{term}" for year, _, term in times),
        series=series,
        references=_references(typed) if rules.show_reference else (),
        formula=measured.formula,
        formula_text=measured.formula_text,
        minimum=measured.minimum,
        notes=(*measured.notes, *_notes(series)),
    )


def _moment(year: int, term: str) -> tuple[int, int, str]:
    """Spring comes before autumn."""
    return year, 0 if term in ("", SPRING) else 1, term


def _points(measured: Comparison, typed: Iterable[HistoryFigureRow]) -> Mapping[str, list[HistoryPoint]]:
    points: dict[str, list[HistoryPoint]] = {}
    for row in measured.rows:
        for column in measured.columns:
            figure = row.cell(column.key).figure
            if figure is not None and row.where.year is not None:
                points.setdefault(column.group_key, []).append(
                    HistoryPoint(
                        row.where.year,
                        row.where.term,
                        figure.rate,
                        figure.n,
                        figure.formula,
                        True,
                        MEASURED,
                        top=figure.top,
                    )
                )
    counted = {(key, point.period) for key, found in points.items() for point in found}
    for old in typed:
        point = HistoryPoint(
            old.year,
            old.term,
            old.rate,
            old.answers,
            old.formula,
            False,
            old.source,
            (old.group_key, f"{old.year}年{old.term}") in counted,
        )
        points.setdefault(old.group_key, []).append(point)
    for found in points.values():
        found.sort(key=lambda point: (_moment(point.year, point.term), point.shadowed))
    return points


def _notes(series: Iterable[HistorySeries]) -> list[str]:
    points = [point for one in series for point in one.points]
    notes = []
    if any(not point.measured for point in points):
        notes.append("录入的历年数据取自旧材料，公式和份数以所注为准。")
    if any(point.shadowed for point in points):
        notes.append("同一时期既有测评又有录入数据的，以测评为准。")
    return notes


def _references(typed: Iterable[HistoryFigureRow]) -> tuple[ReferenceLine, ...]:
    """What other schools published: the two known figures unless somebody typed others for the group."""
    found = [
        ReferenceLine(
            figure.group_key, figure.group_title, figure.year, figure.rate, _label(figure.source, figure.year)
        )
        for figure in typed
        if not figure.own
    ]
    taken = {line.group_key for line in found}
    return (*(line for line in PUBLISHED_ELSEWHERE if line.group_key not in taken), *found)


def _label(source: str, year: int) -> str:
    """Says that it is another school's, once."""
    return source if source.startswith(ELSEWHERE) else f"{ELSEWHERE}（{source}，{year}年）"


# ------------------------------------------------------------------------------------------- typed figures
def list_history_figures(ctx: Ctx, query: ListQuery) -> Listing[HistoryFigureRow]:
    """Typed figures, newest year first.  Filters: ``year``, ``group_key``, ``own``."""
    ctx.require(VIEW)
    return fetch_listing(
        ctx.session,
        select(HistoryFigure),
        query,
        lambda found: _row(found[0]),
        search=(
            HistoryFigure.group_title.expression,
            HistoryFigure.source.expression,
            HistoryFigure.note.expression,
        ),
        filters={
            "year": lambda value: HistoryFigure.year == value,
            "group_key": lambda value: HistoryFigure.group_key == value,
            "own": lambda value: HistoryFigure.own.is_(bool(value)),
        },
        sorts={
            "year": HistoryFigure.year.expression,
            "term": HistoryFigure.term.expression,
            "group": HistoryFigure.group_title.expression,
            "own": HistoryFigure.own.expression,
            "rate": HistoryFigure.rate_bp.expression,
            "answers": HistoryFigure.answers.expression,
            "formula": func.nullif(HistoryFigure.formula.expression, ""),
            "source": HistoryFigure.source.expression,
            "note": HistoryFigure.note.expression,
        },
        order=(
            HistoryFigure.year.desc(),
            HistoryFigure.term.expression,
            HistoryFigure.group_title.expression,
            HistoryFigure.id.expression,
        ),
    )


def _row(figure: HistoryFigure) -> HistoryFigureRow:
    return HistoryFigureRow(
        id=figure.id,
        version=figure.version,
        year=figure.year,
        term=figure.term,
        group_key=figure.group_key,
        group_title=figure.group_title,
        own=figure.own,
        source=figure.source,
        rate=figure.rate_bp / 10_000,
        answers=figure.answers,
        formula=Formula(figure.formula) if figure.formula else None,
        note=figure.note,
    )


def history_groups(ctx: Ctx) -> tuple[tuple[str, str], ...]:
    """Groups a figure can be typed for as (key, title): all questions, the usual groups, the school's own."""
    ctx.require(VIEW)
    found = {OVERALL: ALL_QUESTIONS} | {key: title for title, key in GROUP_KEYS.items()}
    newest = select(QuestionnaireVersion.content).order_by(QuestionnaireVersion.id)
    for payload in ctx.session.scalars(newest):
        found |= {group.key: group.title for group, _ in rating_questions(Content.from_plain(payload))}
    return tuple(found.items())
