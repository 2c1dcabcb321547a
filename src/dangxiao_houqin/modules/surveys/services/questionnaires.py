"""Questionnaires: a version is written whole, frozen when a campaign opens, and never changed after that."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, RuleViolation
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import DEFAULT_NAME, default_content
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    Content,
    Question,
    QuestionKind,
    SavedVersion,
    SaveVersion,
    check_content,
)
from dangxiao_houqin.modules.surveys.domain.rules import EDIT, RUN, SurveyRules
from dangxiao_houqin.modules.surveys.models import Questionnaire, QuestionnaireVersion, SurveyCampaign
from dangxiao_houqin.modules.surveys.question_codes import CodeBook

LONGEST_NAME = 80
LONGEST_NOTE = 200
LONGEST_TITLE = 60
LONGEST_LEVEL = 10
LONGEST_OPTION = 40
LONGEST_INTRO = 300
LONGEST_GROUP = 20
_BLANKS = re.compile(r"\s+")


def save_version(ctx: Ctx, cmd: SaveVersion) -> SavedVersion:
    """Write a questionnaire: its draft is replaced; after a frozen version the next one begins.

    Saying again what a frozen version says changes only name and note.  Raises :class:`InvalidInput` naming the
    field, and :class:`Conflict` when somebody else has written it since.
    """
    ctx.require(EDIT)
    name = _text(cmd.name, "问卷名称", "name", LONGEST_NAME)
    if not name:
        raise InvalidInput("请填写问卷名称，用它在列表里找到这份问卷。", field="name")
    note = _text(cmd.note, "备注", "note", LONGEST_NOTE)
    content = _tidy(cmd.content)
    _check_name_free(ctx, name, cmd.questionnaire_id)
    questionnaire = Questionnaire(name=name, note=note)
    newest: QuestionnaireVersion | None = None
    if cmd.questionnaire_id is not None:
        questionnaire = ctx.get(Questionnaire, cmd.questionnaire_id, lock=True)
        newest = _newest(ctx, cmd.questionnaire_id)
        _check_current(ctx, newest, cmd)
        questionnaire.name, questionnaire.note = name, note
    draft = newest if newest is not None and not newest.frozen else None
    book = CodeBook(_others(ctx, draft), Content.from_plain(draft.content) if draft is not None else None)
    content = book.fill(content, cmd.reworded, lambda key: ctx.next_number("survey_code", key[:20]))
    check_content(content)
    ctx.add(questionnaire)
    plain = content.to_plain()
    if newest is not None and plain == newest.content:
        return SavedVersion(questionnaire.id, newest.id, newest.number)
    if draft is not None:
        draft.content = plain
        ctx.session.flush()
        return SavedVersion(questionnaire.id, draft.id, draft.number)
    number = newest.number + 1 if newest is not None else 1
    made = ctx.add(QuestionnaireVersion(questionnaire_id=questionnaire.id, number=number, frozen=False, content=plain))
    return SavedVersion(questionnaire.id, made.id, number)


def copy_version(ctx: Ctx, version_id: int, name: str) -> SavedVersion:
    """A new questionnaire that asks the same; its questions keep their codes and stay comparable."""
    ctx.require(EDIT)
    content = Content.from_plain(ctx.get(QuestionnaireVersion, version_id).content)
    return save_version(ctx, SaveVersion(name, content))


def delete_draft(ctx: Ctx, version_id: int, version: int) -> None:
    """Delete a version that was never asked, and its questionnaire when it had no other.

    Raises :class:`RuleViolation` for a frozen version and for one that a planned campaign has chosen.
    """
    ctx.require(EDIT)
    found = ctx.get(QuestionnaireVersion, version_id, version=version, lock=True)
    questionnaire = ctx.get(Questionnaire, found.questionnaire_id, lock=True)
    name = f"“{questionnaire.name}”{found.label}"
    if found.frozen:
        raise RuleViolation(f"{name}已经用于测评，不能删除；不再使用请停用。")
    planned = ctx.session.scalars(
        select(SurveyCampaign.title).where(SurveyCampaign.version_id == version_id).order_by(SurveyCampaign.id)
    ).first()
    if planned is not None:
        raise RuleViolation(f"测评“{planned}”选用了{name}，不能删除；请先改用别的问卷，或删除那次测评。")
    ctx.session.delete(found)
    ctx.session.flush()
    if _newest(ctx, questionnaire.id) is None:
        ctx.session.delete(questionnaire)
        ctx.session.flush()


def set_retired(ctx: Ctx, questionnaire_id: int, retired: bool) -> None:
    """Take a questionnaire out of use, or into use again; campaigns that asked it keep their results."""
    ctx.require(EDIT)
    questionnaire = ctx.get(Questionnaire, questionnaire_id, lock=True)
    questionnaire.retired = retired
    ctx.session.flush()


def freeze_version(ctx: Ctx, version_id: int) -> Content:
    """Fix a version for good, because a campaign opens that asks it; again does no harm.  Gives what it says.

    Raises :class:`RuleViolation` for a questionnaire that is out of use.
    """
    ctx.require(RUN)
    version = ctx.get(QuestionnaireVersion, version_id, lock=True)
    questionnaire = ctx.get(Questionnaire, version.questionnaire_id)
    if questionnaire.retired:
        raise RuleViolation(f"问卷“{questionnaire.name}”已停用，不能用于测评；请换一份，或重新启用它。")
    content = Content.from_plain(version.content)
    if not version.frozen:
        check_content(content)
        version.frozen = True
        ctx.session.flush()
    return content


def ensure_questionnaire(ctx: Ctx) -> SavedVersion:
    """The school's standard questionnaire (E.9), written with the scale of the settings when there is none yet."""
    ctx.require(EDIT)
    found = ctx.session.scalars(select(Questionnaire).where(Questionnaire.name == DEFAULT_NAME)).one_or_none()
    newest = _newest(ctx, found.id) if found is not None else None
    if found is not None and newest is not None:
        return SavedVersion(found.id, newest.id, newest.number)
    return save_version(ctx, SaveVersion(DEFAULT_NAME, default_content(ctx.settings(SurveyRules))))


# ------------------------------------------------------------------------------------------------- what is stored
def _newest(ctx: Ctx, questionnaire_id: int) -> QuestionnaireVersion | None:
    query = select(QuestionnaireVersion).where(QuestionnaireVersion.questionnaire_id == questionnaire_id)
    return ctx.session.scalars(query.order_by(QuestionnaireVersion.number.desc()).limit(1)).one_or_none()


def _others(ctx: Ctx, draft: QuestionnaireVersion | None) -> tuple[Content, ...]:
    """Every version of every questionnaire but ``draft``, oldest first."""
    query = select(QuestionnaireVersion.id, QuestionnaireVersion.content).order_by(QuestionnaireVersion.id)
    return tuple(
        Content.from_plain(content)
        for version_id, content in ctx.session.execute(query)
        if draft is None or version_id != draft.id
    )


def _check_name_free(ctx: Ctx, name: str, own: int | None) -> None:
    other = ctx.session.scalars(select(Questionnaire.id).where(Questionnaire.name == name)).one_or_none()
    if other is not None and other != own:
        raise InvalidInput(f"已有名为“{name}”的问卷，请换一个名称，比如加上年份或班次类别。", field="name")


def _check_current(ctx: Ctx, newest: QuestionnaireVersion | None, cmd: SaveVersion) -> None:
    """Whether what was shown is what is stored; being frozen meanwhile does not count, for that changed nothing."""
    if newest is None or cmd.based_on is None:
        return
    frozen_since = newest.frozen and cmd.version is not None and newest.version == cmd.version + 1
    if newest.id != cmd.based_on or (cmd.version not in (None, newest.version) and not frozen_since):
        raise ctx.conflict(newest)


# ------------------------------------------------------------------------------------------------- texts
def _text(text: str, what: str, field: str, longest: int) -> str:
    shown = "".join(char if unicodedata.category(char) != "Cc" else " " for char in text)
    shown = _BLANKS.sub(" ", shown).strip()
    if len(shown) > longest:
        raise InvalidInput(f"{what}最多 {longest} 个字，现在是 {len(shown)} 个，请缩短。", field=field)
    return shown


def _tidy(content: Content) -> Content:
    """``content`` with every text on one line and nothing that its kind of question does not have."""
    groups = []
    number = 0
    for group in content.groups:
        title = _text(group.title, f"分组“{group.title[:10]}…”的名称", "groups", LONGEST_GROUP)
        questions = []
        for question in group.questions:
            number += 1
            questions.append(_tidy_question(question, number))
        groups.append(replace(group, title=title, questions=tuple(questions)))
    return replace(
        content,
        title=_text(content.title, "标题", "title", LONGEST_TITLE),
        intro=_text(content.intro, "填表说明", "intro", LONGEST_INTRO),
        thanks=_text(content.thanks, "感谢语", "thanks", LONGEST_INTRO),
        levels=tuple(_text(level, f"量表的说法“{level[:10]}”", "levels", LONGEST_LEVEL) for level in content.levels),
        groups=tuple(groups),
    )


def _tidy_question(question: Question, number: int) -> Question:
    kind = question.kind
    options = tuple(
        _text(option, f"第 {number} 题的选项“{option[:10]}…”", "groups", LONGEST_OPTION) for option in question.options
    )
    choosing = kind in (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
    return replace(
        question,
        text=_text(question.text, f"第 {number} 题的题目", "groups", 100),
        options=options if choosing else (),
        limit=question.limit if kind is QuestionKind.MULTIPLE else 0,
        length=question.length if kind is QuestionKind.TEXT else 200,
        not_experienced=question.not_experienced and kind is QuestionKind.SCALE,
    )
