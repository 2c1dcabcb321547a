"""Filing remarks under headings.  Remarks are not audited: the log knows who and when, a remark must not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CursorResult, select, update

from dangxiao_houqin.core.errors import InvalidInput
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.results import EVERYTHING
from dangxiao_houqin.modules.surveys.domain.rules import COMMENTS
from dangxiao_houqin.modules.surveys.models import SurveyText
from dangxiao_houqin.modules.surveys.queries.atoms import read_scope
from dangxiao_houqin.modules.surveys.queries.comments import shown_texts

LONGEST_CATEGORY = 40


def file_comments(ctx: Ctx, comment_ids: Sequence[int], category: str) -> int:
    """File remarks under ``category`` (empty: under none) and return how many; only what may be read can be filed.

    Raises :class:`InvalidInput`.
    """
    ctx.require(COMMENTS)
    heading = " ".join(category.split())
    if len(heading) > LONGEST_CATEGORY:
        raise InvalidInput(f"归类的名称最多 {LONGEST_CATEGORY} 个字，请改短。", field="category")
    shown = select(SurveyText.id).where(SurveyText.id.in_(comment_ids), shown_texts(ctx, read_scope(ctx, EVERYTHING)))
    done = ctx.session.execute(
        update(SurveyText)  # house: bulk - remarks bear no version and no audit, lest the log tell about one
        .where(SurveyText.id.in_(ctx.session.scalars(shown).all()))
        .values(category=heading)
        .execution_options(synchronize_session=False)
    )
    ctx.touched("survey_text")
    return done.rowcount if isinstance(done, CursorResult) else 0
