"""Questions of a campaign that scored below the office's line, by what may be shown of them."""

from __future__ import annotations

from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.questionnaires import QuestionKind
from dangxiao_houqin.modules.surveys.domain.results import ResultFilter
from dangxiao_houqin.modules.surveys.statistics import Pool

from .atoms import read_ratings, read_scope

_EXACT = 1e-9
"""80 % of 50 answers is 80 %, whatever binary fractions make of it."""


def low_questions(ctx: Ctx, campaign_id: int) -> dict[int, str]:
    """Number of every question with a rate below ``SurveyRules.low_percent`` and the words that say so.

    Added up from published atoms only, so that nothing is said of too few answers; empty while the line is 0.  Asks
    for no right: 收卷 is what calls it.
    """
    scope = read_scope(ctx, ResultFilter(campaign_id=campaign_id))
    line = scope.rules.low_percent
    if not scope.counted or line <= 0:
        return {}
    pools: dict[int, Pool] = {}
    for atom in read_ratings(ctx, scope):
        pools.setdefault(atom.question, Pool()).add(atom.counts, atom.n)
    found: dict[int, str] = {}
    for question in scope.contents[scope.counted[0].version_id].questions:
        pool = pools.get(question.number)
        figure = pool.figure(scope.formula) if pool is not None and question.kind is QuestionKind.SCALE else None
        if figure is not None and figure.rate * 100 < line - _EXACT:
            found[question.number] = (
                f"{question.text}：满意率 {figure.rate_text}（{figure.formula.value}，有效评价 {figure.n:,} 份），"
                f"低于低分线 {line:g}%。"
            )
    return found
