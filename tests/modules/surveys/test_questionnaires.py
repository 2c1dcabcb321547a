"""Questionnaires: versions that freeze, codes that make years comparable, and what cannot be saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from dangxiao_houqin.core.errors import Conflict, InvalidInput, NotFound, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.stored_settings import save_settings
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.default_questionnaire import DEFAULT_NAME
from dangxiao_houqin.modules.surveys.domain.questionnaires import (
    MOST_QUESTIONS,
    Content,
    Question,
    QuestionGroup,
    QuestionKind,
    SavedVersion,
    SaveVersion,
    VersionView,
)
from dangxiao_houqin.modules.surveys.domain.rules import SurveyRules
from dangxiao_houqin.modules.surveys.models import QuestionnaireVersion
from dangxiao_houqin.modules.surveys.queries.questionnaires import find_versions, get_version, list_questionnaires

from .ballots import LEVELS, add_campaign

Unit = Callable[..., AbstractContextManager[Ctx]]


def content_of(*questions: Question, title: str = "住宿", levels: tuple[str, ...] = LEVELS) -> Content:
    return Content("测评表", levels, (QuestionGroup("", title, questions),))


def asking(*texts: str) -> Content:
    return content_of(*(Question(0, "", text) for text in texts))


def made(unit: Unit, content: Content, name: str = "问卷") -> SavedVersion:
    with unit() as ctx:
        return services.save_version(ctx, SaveVersion(name, content))


def view(unit: Unit, saved: SavedVersion) -> VersionView:
    with unit() as ctx:
        return get_version(ctx, saved.version_id)


def again(unit: Unit, shown: VersionView, content: Content, reworded: frozenset[str] = frozenset()) -> SavedVersion:
    row = shown.row
    with unit() as ctx:
        cmd = SaveVersion(
            row.name, content, row.questionnaire_id, row.version, row.note, based_on=row.id, reworded=reworded
        )
        return services.save_version(ctx, cmd)


def freeze(unit: Unit, saved: SavedVersion) -> None:
    with unit() as ctx:
        services.freeze_version(ctx, saved.version_id)


def codes(content: Content) -> list[str]:
    return [question.code for question in content.questions]


# ------------------------------------------------------------------------------------------------- the standard one
def test_the_standard_questionnaire_asks_what_the_school_asks(unit: Unit) -> None:
    with unit() as ctx:
        saved = services.ensure_questionnaire(ctx)
        assert services.ensure_questionnaire(ctx) == saved
    content = view(unit, saved).content
    assert [group.key for group in content.groups] == ["lodging", "canteen", "teaching", "overall"]
    assert [len(group.questions) for group in content.groups] == [8, 8, 5, 6]
    assert [question.number for question in content.questions] == list(range(1, 28))
    assert codes(content)[:2] == ["lodging_1", "lodging_2"]
    assert codes(content)[8] == "canteen_1"
    assert content.levels == LEVELS
    special = content.by_number[16]
    assert special.text.endswith("（有此需求者填）")
    assert not special.required
    kinds = [content.by_number[number].kind.value for number in range(22, 28)]
    assert kinds == ["scale", "scale", "yes_no", "single", "multiple", "text"]
    assert (content.by_number[26].limit, content.by_number[27].length) == (3, 200)


def test_the_standard_questionnaire_has_four_levels_where_the_school_wants_them(unit: Unit) -> None:
    with unit() as ctx:
        save_settings(ctx.session, SurveyRules(scale="four", four_labels=("好", "较好", "一般", "差")))
        ctx.forget_settings()
        saved = services.ensure_questionnaire(ctx)
    assert view(unit, saved).content.levels == ("好", "较好", "一般", "差")


# ------------------------------------------------------------------------------------------------- versions
def test_a_draft_is_replaced_and_a_frozen_version_starts_the_next(unit: Unit) -> None:
    first = made(unit, asking("清洁"))
    second = again(unit, view(unit, first), asking("清洁", "安静"))
    assert (second.version_id, second.number) == (first.version_id, 1)
    freeze(unit, second)
    third = again(unit, view(unit, second), asking("清洁", "安静", "热水"))
    assert (third.number, third.version_id != first.version_id) == (2, True)
    assert len(view(unit, first).content.questions) == 2
    assert [row.number for row in view(unit, third).history] == [2, 1]


def test_saying_the_same_as_a_frozen_version_makes_no_new_one(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    freeze(unit, saved)
    shown = view(unit, saved)
    with unit() as ctx:
        cmd = SaveVersion("新名称", shown.content, saved.questionnaire_id, shown.row.version, based_on=shown.row.id)
        assert services.save_version(ctx, cmd) == saved
    assert view(unit, saved).row.name == "新名称"


def test_the_database_itself_refuses_to_change_a_frozen_version(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    freeze(unit, saved)
    with unit() as ctx, pytest.raises(DBAPIError, match="frozen"), ctx.session.begin_nested():
        ctx.session.execute(
            update(QuestionnaireVersion)
            .where(QuestionnaireVersion.id == saved.version_id)
            .values(content=asking("别的").to_plain())
        )


def test_what_a_campaign_opened_on_while_somebody_was_writing_stays_and_the_work_is_kept(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    shown = view(unit, saved)
    freeze(unit, saved)
    later = again(unit, shown, asking("清洁", "安静"))
    assert later.number == 2
    assert len(view(unit, saved).content.questions) == 1


@pytest.mark.parametrize("frozen", (False, True))
def test_two_people_writing_the_same_questionnaire(unit: Unit, frozen: bool) -> None:
    saved = made(unit, asking("清洁"))
    if frozen:
        freeze(unit, saved)
    shown = view(unit, saved)
    again(unit, shown, asking("清洁", "安静"))
    with pytest.raises(Conflict):
        again(unit, shown, asking("清洁", "热水"))


# ------------------------------------------------------------------------------------------------- codes
def test_codes_follow_questions_that_move_and_stay_with_years(unit: Unit) -> None:
    saved = made(unit, asking("清洁", "安静", "热水"))
    freeze(unit, saved)
    content = view(unit, saved).content
    one, two, three = content.questions
    moved = replace(
        content, groups=(replace(content.groups[0], questions=(three, one, replace(two, text="安静安全"))),)
    )
    later = view(unit, again(unit, view(unit, saved), moved)).content
    assert codes(later) == [three.code, one.code, "lodging_4"]
    assert [question.number for question in later.questions] == [1, 2, 3]


def test_a_question_whose_wording_alone_changed_stays_comparable_when_the_editor_says_so(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    freeze(unit, saved)
    old = view(unit, saved)
    (question,) = old.content.questions
    better = replace(old.content, groups=(replace(old.content.groups[0], questions=(replace(question, text="洁净"),)),))
    second = again(unit, old, better, frozenset({question.code}))
    assert codes(view(unit, second).content) == [question.code]
    third = again(unit, view(unit, second), view(unit, second).content)  # nobody has to say it twice
    assert codes(view(unit, third).content) == [question.code]


def test_another_kind_of_question_is_another_question(unit: Unit) -> None:
    saved = made(unit, asking("是否干净"))
    freeze(unit, saved)
    old = view(unit, saved)
    (question,) = old.content.questions
    group = replace(old.content.groups[0], questions=(replace(question, kind=QuestionKind.YES_NO),))
    later = again(unit, old, replace(old.content, groups=(group,)), frozenset({question.code}))
    assert codes(view(unit, later).content) != [question.code]


def test_questionnaires_share_the_codes_of_questions_they_share_and_no_others(unit: Unit) -> None:
    first = view(unit, made(unit, asking("清洁", "安静"), "甲")).content
    second = view(unit, made(unit, asking("热水", "安 静"), "乙")).content
    assert codes(second) == ["lodging_3", codes(first)[1]]
    other_group = view(unit, made(unit, content_of(Question(0, "", "安静"), title="图书馆"), "丙")).content
    assert other_group.groups[0].key == "group_1"
    assert codes(other_group) == ["group_1_1"]
    same_group = view(unit, made(unit, content_of(Question(0, "", "借阅"), title="图书馆"), "丁")).content
    assert (same_group.groups[0].key, codes(same_group)) == ("group_1", ["group_1_2"])


def test_twice_the_same_question_gets_two_codes(unit: Unit) -> None:
    content = view(unit, made(unit, asking("服务", "服务"))).content
    assert len(set(codes(content))) == 2


def test_a_copy_stays_comparable(unit: Unit) -> None:
    saved = made(unit, asking("清洁", "安静"))
    with unit() as ctx:
        copied = services.copy_version(ctx, saved.version_id, "另一份")
    assert codes(view(unit, copied).content) == codes(view(unit, saved).content)
    with unit() as ctx, pytest.raises(InvalidInput, match="已有名为"):
        services.copy_version(ctx, saved.version_id, "另一份")


# ------------------------------------------------------------------------------------------------- out of use
def test_a_draft_is_deleted_with_its_questionnaire(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    freeze(unit, saved)
    second = again(unit, view(unit, saved), asking("安静"))
    with unit() as ctx:
        services.delete_draft(ctx, second.version_id, view(unit, second).row.version)
    assert [row.id for row in view(unit, saved).history] == [saved.version_id]
    with unit() as ctx, pytest.raises(RuleViolation, match="停用"):
        services.delete_draft(ctx, saved.version_id, view(unit, saved).row.version)
    alone = made(unit, asking("别的"), "别的")
    with unit() as ctx:
        services.delete_draft(ctx, alone.version_id, 1)
    with unit() as ctx, pytest.raises(NotFound):
        get_version(ctx, alone.version_id)
    with unit() as ctx:
        assert ctx.session.scalar(select(func.count()).select_from(QuestionnaireVersion)) == 1


def test_a_version_that_is_planned_for_a_campaign_is_not_deleted(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    with unit() as ctx:
        add_campaign(ctx, title="春季测评").version_id = saved.version_id
    with unit() as ctx, pytest.raises(RuleViolation, match="春季测评"):
        services.delete_draft(ctx, saved.version_id, 1)


def test_a_questionnaire_out_of_use_is_hidden_and_not_asked(unit: Unit) -> None:
    saved = made(unit, asking("清洁"))
    with unit() as ctx:
        services.set_retired(ctx, saved.questionnaire_id, True)
    with unit() as ctx:
        assert list_questionnaires(ctx, ListQuery()).total == 0
        assert list_questionnaires(ctx, ListQuery(filters={"state": "retired"})).total == 1
        assert find_versions(ctx) == ()
        with pytest.raises(RuleViolation, match="停用"):
            services.freeze_version(ctx, saved.version_id)


def test_the_list_shows_the_newest_version_and_finds_pinyin(unit: Unit) -> None:
    saved = made(unit, asking("清洁"), "住宿专项问卷")
    freeze(unit, saved)
    again(unit, view(unit, saved), asking("安静", "热水"))
    made(unit, asking("口味"), "餐饮问卷")
    with unit() as ctx:
        add_campaign(ctx).version_id = saved.version_id
        ctx.session.flush()
        (row,) = list_questionnaires(ctx, ListQuery(search="zszx")).rows
        assert (row.number, row.questions, row.frozen, row.used) == (2, 2, False, 0)
        assert [r.used for r in get_version(ctx, row.id).history] == [0, 1]
        sizes = [r.questions for r in list_questionnaires(ctx, ListQuery(sort="questions", descending=True)).rows]
        assert sizes == [6, 2, 1]
        assert {r.name for r in find_versions(ctx, "问卷")} >= {"住宿专项问卷", "餐饮问卷"}


# ------------------------------------------------------------------------------------------------- mistakes
_CHOICE = Question(0, "", "选一项", QuestionKind.SINGLE, options=("甲", "乙"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    (
        (Content("", LEVELS, asking("清洁").groups), "标题"),
        (Content("表", LEVELS), "至少加一道"),
        (Content("表", ("好", "一般", "差"), asking("清洁").groups), "4 级或 5 级"),
        (Content("表", ("好", "好", "一般", "差"), asking("清洁").groups), "不能相同"),
        (content_of(), "没有题目"),
        (content_of(Question(0, "", " ")), "第 1 题没有题目文字"),
        (content_of(Question(0, "", "问" * 101)), "最多 100 个字"),
        (content_of(Question(0, "", "清洁"), title=" "), "没有名称"),
        (content_of(replace(_CHOICE, options=("甲",))), "2 到 20 个选项"),
        (content_of(replace(_CHOICE, options=("甲", "甲 "))), "不能重复"),
        (content_of(replace(_CHOICE, kind=QuestionKind.MULTIPLE, limit=3)), "不能超过选项数 2"),
        (content_of(Question(0, "", "意见", QuestionKind.TEXT, length=0)), "字数上限"),
        (asking(*(f"问题{n}" for n in range(MOST_QUESTIONS + 1))), "最多 60 道"),
    ),
)
def test_what_cannot_be_asked_is_refused_in_words(unit: Unit, content: Content, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        made(unit, content)
    with unit() as ctx:
        assert list_questionnaires(ctx, ListQuery()).total == 0


def test_names_are_wanted_and_taken_once(unit: Unit) -> None:
    with pytest.raises(InvalidInput, match="名称") as caught:
        made(unit, asking("清洁"), "  ")
    assert caught.value.field == "name"
    made(unit, asking("清洁"), DEFAULT_NAME)
    with pytest.raises(InvalidInput, match="换一个名称"):
        made(unit, asking("清洁"), DEFAULT_NAME)


def test_texts_are_stored_on_one_line_and_nothing_that_a_kind_does_not_have(unit: Unit) -> None:
    messy = Question(0, "", " 房间\n是否 干净 ", QuestionKind.YES_NO, options=("甲", "乙"), limit=3, length=5)
    (question,) = view(unit, made(unit, content_of(messy))).content.questions
    assert question == Question(1, question.code, "房间 是否 干净", QuestionKind.YES_NO, not_experienced=False)
