"""Figures of earlier years, typed in from old papers, and what other schools published."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.terms import AUTUMN, SPRING
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import SaveHistoryFigure
from dangxiao_houqin.modules.surveys.domain.rules import EDIT
from dangxiao_houqin.modules.surveys.models import HistoryFigure

FIRST_YEAR = 1950


def save_history_figure(ctx: Ctx, cmd: SaveHistoryFigure) -> int:
    """Create a figure or change one, and return its id.

    Raises :class:`InvalidInput`, :class:`RuleViolation` for a second own value of the same period and group, and
    :class:`Conflict`.
    """
    ctx.require(EDIT)
    _check(ctx, cmd)
    if cmd.own:
        _one_own(ctx, cmd)
    values = {
        "year": cmd.year,
        "term": cmd.term,
        "group_key": cmd.group_key,
        "group_title": cmd.group_title.strip(),
        "own": cmd.own,
        "source": cmd.source.strip(),
        "rate_bp": cmd.rate_bp,
        "answers": cmd.answers,
        "formula": cmd.formula.value if cmd.formula is not None else "",
        "note": cmd.note.strip(),
    }
    if cmd.figure_id is None:
        return ctx.add(HistoryFigure(**values)).id
    figure = ctx.get(HistoryFigure, cmd.figure_id, version=cmd.version)
    for key, value in values.items():
        setattr(figure, key, value)
    ctx.session.flush()
    return figure.id


def delete_history_figure(ctx: Ctx, figure_id: int, version: int) -> None:
    """Take a typed figure away.  Raises :class:`Conflict` and :class:`NotFound`."""
    ctx.require(EDIT)
    ctx.session.delete(ctx.get(HistoryFigure, figure_id, version=version))
    ctx.session.flush()


def _check(ctx: Ctx, cmd: SaveHistoryFigure) -> None:
    this_year = ctx.today().year
    if not FIRST_YEAR <= cmd.year <= this_year:
        raise InvalidInput(f"年度要在 {FIRST_YEAR} 到 {this_year} 之间，请核对。", field="year")
    if cmd.term not in ("", SPRING, AUTUMN):
        raise InvalidInput("学期只能是全年、春季或秋季。", field="term")
    if not cmd.group_title.strip():
        raise InvalidInput("请选择是哪一个项目的满意率。", field="group_key")
    if not 0 <= cmd.rate_bp <= 10_000:
        raise InvalidInput("满意率要在 0% 到 100% 之间，请核对。", field="rate_bp")
    if cmd.answers is not None and cmd.answers < 1:
        raise InvalidInput("有效份数至少是 1；不知道请留空。", field="answers")
    if not cmd.own and not cmd.source.strip():
        raise InvalidInput("他校公开值要写明出处（哪所学校、何时公布）。", field="source")
    for what, text, most, name in (
        ("出处", cmd.source, 80, "source"),
        ("备注", cmd.note, 200, "note"),
        ("项目名称", cmd.group_title, 40, "group_key"),
    ):
        if len(text.strip()) > most:
            raise InvalidInput(f"{what}最多 {most} 个字，请改短。", field=name)


def _one_own(ctx: Ctx, cmd: SaveHistoryFigure) -> None:
    """The school has one value for a period and group, whatever its source."""
    statement = select(HistoryFigure.id).where(
        HistoryFigure.year == cmd.year,
        HistoryFigure.term == cmd.term,
        HistoryFigure.group_key == cmd.group_key,
        HistoryFigure.own,
    )
    if any(found != cmd.figure_id for found in ctx.session.scalars(statement)):
        raise RuleViolation(f"{cmd.year}年{cmd.term}“{cmd.group_title.strip()}”已有本校数据，请改原来的那一条。")
