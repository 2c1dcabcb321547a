"""Late cases: the office is told once, the dashboard and the navigation count what waits for whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import select

from dangxiao_houqin.core.clock import FixedClock
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Department, Role, UserAccount
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS, SUGGESTIONS_VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    AnswerSuggestion,
    AssignSuggestion,
    SaveSuggestion,
    SuggestionSource,
)
from dangxiao_houqin.modules.surveys.jobs import remind_suggestions
from dangxiao_houqin.modules.surveys.queries.suggestions import find_suggestions, get_suggestion
from dangxiao_houqin.modules.surveys.suggestion_board import badges, figures, today_lines

Unit = Callable[..., AbstractContextManager[Ctx]]
OFFICE = Actor(None, "后勤办", frozenset({SUGGESTIONS.key, SUGGESTIONS_VIEW.key}))
STRANGER = Actor(None, "别人", frozenset())


def _school(ctx: Ctx) -> tuple[int, int]:
    ctx.add(Role(name="后勤办主任", permissions=["surveys.suggestions"], builtin=True))
    department = ctx.add(Department(name="膳食科", sort_order=1))
    user = ctx.add(UserAccount(login="qian", display_name="钱某", password_hash="x"))
    return department.id, user.id


def _case(ctx: Ctx, content: str = "热水不热") -> int:
    return services.save_suggestion(ctx, SaveSuggestion(SuggestionSource.BOX, content, ctx.today()))


def _assign(ctx: Ctx, case: int, department: int, handler: int | None) -> None:
    version = get_suggestion(ctx, case).version
    services.assign_suggestion(ctx, AssignSuggestion(case, version, department, handler))


def _late_items(unit: Unit) -> list[tuple[str, str]]:
    with unit(read_only=True) as ctx:
        query = select(InboxItem).where(InboxItem.kind == "意见建议逾期").order_by(InboxItem.id)
        return [(item.text, item.state) for item in ctx.session.scalars(query)]


def test_the_office_is_told_once_of_a_late_case_until_it_is_answered(unit: Unit, clock: FixedClock) -> None:
    with unit() as ctx:
        department, user = _school(ctx)
        case = _case(ctx)
        _case(ctx, "还没有分办")
        _assign(ctx, case, department, user)
    clock.moment += timedelta(days=7)  # the day it is due
    with unit() as ctx:
        assert remind_suggestions(ctx) == 0
    clock.moment += timedelta(days=1)
    for _ in range(2):
        with unit() as ctx:
            assert remind_suggestions(ctx) == 1
    ((text, state),) = _late_items(unit)
    assert state == "open"
    assert text == "YJ-2026-0001（期限 2026-03-09）还没有答复，承办：膳食科钱某，请督办：热水不热"
    with unit() as ctx:  # more time is given; it runs out too
        _assign(ctx, case, department, user)
    assert [state for _, state in _late_items(unit)] == ["closed"]
    clock.moment += timedelta(days=30)
    with unit() as ctx:
        assert remind_suggestions(ctx) == 1
    assert [state for _, state in _late_items(unit)] == ["closed", "open"]
    with unit() as ctx:
        version = get_suggestion(ctx, case).version
        services.answer_suggestion(ctx, AnswerSuggestion(case, version, "办了", "好了", ctx.today()))
    with unit() as ctx:
        assert remind_suggestions(ctx) == 0
    assert [state for _, state in _late_items(unit)] == ["closed", "closed"]


def test_everybody_sees_what_waits_for_him(unit: Unit, clock: FixedClock) -> None:
    with unit() as ctx:
        department, user = _school(ctx)
    handler = Actor(user, "钱某", frozenset({SUGGESTIONS_VIEW.key}))
    with unit(read_only=True, actor=OFFICE) as ctx:
        assert figures(ctx) == ()
        assert badges(ctx) == {"surveys.suggestions": 0}
    with unit() as ctx:
        mine, other, _ = (_case(ctx, words) for words in ("热水", "食堂" * 40, "停车场"))
        _assign(ctx, mine, department, user)
        _assign(ctx, other, department, None)
    clock.moment += timedelta(days=9)
    with unit(read_only=True, actor=OFFICE) as ctx:
        (figure,) = figures(ctx)
        assert (figure.value, figure.note, figure.args) == ("3", "2 件逾期未答复", {"state": "late"})
        lines = today_lines(ctx)
        assert [line.ref for line in lines] == [Ref("suggestion", other), Ref("suggestion", mine)]
        assert lines[1].state == "逾期 2 天"
        assert len(lines[0].text) == 31
        assert badges(ctx) == {"surveys.suggestions": 3}
    with unit(read_only=True, actor=handler) as ctx:
        assert [line.ref for line in today_lines(ctx)] == [Ref("suggestion", mine)]
        assert badges(ctx) == {"surveys.suggestions": 1}
    with unit(read_only=True, actor=STRANGER) as ctx:
        assert (figures(ctx), today_lines(ctx), find_suggestions(ctx, "热水", 5)) == ((), (), ())
        assert badges(ctx) == {"surveys.suggestions": 0}


def test_a_case_is_found_by_number_words_and_pinyin(unit: Unit) -> None:
    with unit() as ctx:
        _school(ctx)
        case = _case(ctx, "食堂想要更多素菜")
        _case(ctx, "停车场太暗")
    with unit(read_only=True, actor=OFFICE) as ctx:
        for text in ("YJ-2026-0001", "素菜", "shitang", "stxy"):
            (found,) = find_suggestions(ctx, text, 5)
            assert found.ref == Ref("suggestion", case), text
            assert found.subtitle.startswith("待分办")
