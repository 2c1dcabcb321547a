"""Reads of questionnaires.  A school has tens of them: they are read whole, searched and sorted here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import func, select

from dangxiao_houqin.core.columns import list_in_memory
from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.pinyin import matches, search_key
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import AnySelect
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.columns.questionnaires import QUESTIONNAIRE_COLUMNS
from dangxiao_houqin.modules.surveys.domain.questionnaires import Content, VersionRow, VersionView
from dangxiao_houqin.modules.surveys.domain.rules import EDIT, RUN, VIEW
from dangxiao_houqin.modules.surveys.models import Questionnaire, QuestionnaireVersion, SurveyCampaign

SEE = (EDIT, RUN, VIEW)
IN_USE = "in_use"
_STATES: dict[str, Callable[[VersionRow], bool]] = {
    "draft": lambda row: not row.frozen and not row.retired,
    "frozen": lambda row: row.frozen and not row.retired,
    "retired": lambda row: row.retired,
    IN_USE: lambda row: not row.retired,
}


def _require(ctx: Ctx) -> None:
    if not any(ctx.can(permission) for permission in SEE):
        ctx.require(SEE[0])


def _versions() -> AnySelect:
    used = (
        select(func.count(SurveyCampaign.id))
        .where(SurveyCampaign.version_id == QuestionnaireVersion.id)
        .correlate(QuestionnaireVersion)
        .scalar_subquery()
    )
    return (
        select(QuestionnaireVersion, Questionnaire, used.label("used"))
        .join(Questionnaire, Questionnaire.id == QuestionnaireVersion.questionnaire_id)
        .order_by(Questionnaire.name, Questionnaire.id, QuestionnaireVersion.number.desc())
    )


def _row(found: Any, content: Content | None = None) -> VersionRow:
    version: QuestionnaireVersion = found[0]
    questionnaire: Questionnaire = found[1]
    said = content or Content.from_plain(version.content)
    return VersionRow(
        id=version.id,
        questionnaire_id=questionnaire.id,
        version=version.version,
        name=questionnaire.name,
        number=version.number,
        title=said.title,
        questions=len(said.questions),
        groups="、".join(group.title for group in said.groups),
        frozen=version.frozen,
        retired=questionnaire.retired,
        used=found.used,
        updated_at=max(version.updated_at, questionnaire.updated_at),
        note=questionnaire.note,
    )


def _newest(rows: Iterable[VersionRow]) -> tuple[VersionRow, ...]:
    """The newest version of each; ``rows`` come newest first within a questionnaire."""
    found: dict[int, VersionRow] = {}
    for row in rows:
        found.setdefault(row.questionnaire_id, row)
    return tuple(found.values())


def _found_by(row: VersionRow, text: str) -> bool:
    key = search_key(row.name)
    return all(word.lower() in f"{row.name} {row.title}".lower() or matches(key, word) for word in text.split())


def list_questionnaires(ctx: Ctx, query: ListQuery) -> Listing[VersionRow]:
    """The newest version of every questionnaire, by name; those out of use only when asked for.

    Searched: name (also by pinyin), title.  Filters: ``state`` (draft | frozen | retired).
    """
    _require(ctx)
    rows = _newest(_row(found) for found in ctx.session.execute(_versions()))
    wanted = _STATES[str(query.filters.get("state") or IN_USE)]
    rows = tuple(row for row in rows if wanted(row) and _found_by(row, query.search))
    plain = ListQuery(sort=query.sort, descending=query.descending, offset=query.offset, limit=query.limit)
    return list_in_memory(rows, QUESTIONNAIRE_COLUMNS, plain)


def find_versions(ctx: Ctx, text: str = "", limit: int = 20) -> tuple[VersionRow, ...]:
    """Versions that a campaign may ask: the newest of every questionnaire in use, the last changed first."""
    _require(ctx)
    rows = _newest(_row(found) for found in ctx.session.execute(_versions()))
    found = [row for row in rows if not row.retired and _found_by(row, text)]
    return tuple(sorted(found, key=lambda row: row.updated_at, reverse=True)[:limit])


def get_version(ctx: Ctx, version_id: int) -> VersionView:
    """One version with all it says and its questionnaire's other versions; raises :class:`NotFound`."""
    _require(ctx)
    mine = ctx.session.get(QuestionnaireVersion, version_id)
    if mine is None:
        raise NotFound("这份问卷不存在或已被删除，请刷新列表。")
    content = Content.from_plain(mine.content)
    rows = [_row(found) for found in ctx.session.execute(_versions().where(Questionnaire.id == mine.questionnaire_id))]
    others = select(QuestionnaireVersion.content).where(QuestionnaireVersion.id != version_id)
    compared = {
        question.code for plain in ctx.session.scalars(others) for question in Content.from_plain(plain).questions
    }
    own = next(row for row in rows if row.id == version_id)
    if own.frozen:  # what was asked is compared with what will be
        compared |= {question.code for question in content.questions}
    return VersionView(own, content, tuple(rows), frozenset(compared))


def find_questionnaires(ctx: Ctx, text: str, limit: int) -> tuple[Found, ...]:
    """Hits for the search for anything; nothing without the right."""
    if not any(ctx.can(permission) for permission in SEE):
        return ()
    return tuple(
        Found(
            row.name,
            f"问卷　第 {row.number} 版　{row.questions} 题",
            Ref("questionnaire_version", row.id),
            "list-checks",
        )
        for row in find_versions(ctx, text, limit)
    )
