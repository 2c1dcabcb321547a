"""A case from being registered to being closed, and who is told on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from dangxiao_houqin.core.errors import InvalidInput, PermissionDenied, RuleViolation
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.permissions import Actor
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox.models import InboxItem
from dangxiao_houqin.modules.organization.models import Department, Role, StaffMember, UserAccount
from dangxiao_houqin.modules.surveys import services
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS_VIEW
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    SUGGESTION_MOVES,
    AnswerSuggestion,
    AssignSuggestion,
    CloseSuggestion,
    Feedback,
    ReasonedMove,
    SaveSuggestion,
    SuggestionSource,
    SuggestionState,
)
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyText
from dangxiao_houqin.modules.surveys.queries.suggestions import get_suggestion, list_suggestions, suggestion_choices

from .ballots import add_campaign, paper

Unit = Callable[..., AbstractContextManager[Ctx]]


def _office(ctx: Ctx) -> tuple[int, int]:
    """A department and a login of it, with the role that is told of new cases."""
    ctx.add(Role(name="后勤办主任", permissions=["surveys.suggestions"], builtin=True))
    department = ctx.add(Department(name="膳食科", sort_order=1))
    staff = ctx.add(
        StaffMember(name="钱某", search_key="钱某 qianmou", department_id=department.id, employment_type="在编")
    )
    user = ctx.add(UserAccount(login="qian", display_name="钱某", staff_id=staff.id, password_hash="x"))
    return department.id, user.id


def _registered(ctx: Ctx, **changes: object) -> int:
    form = SaveSuggestion(SuggestionSource.BOX, "热水在晚上十点后不热", ctx.today())
    return services.save_suggestion(ctx, replace(form, **changes))


def _waiting(ctx: Ctx) -> list[tuple[str, int | None]]:
    open_items = select(InboxItem.kind, InboxItem.user_id).where(InboxItem.state == "open")
    return [tuple(row) for row in ctx.session.execute(open_items.order_by(InboxItem.id))]


def test_a_case_goes_its_whole_way(unit: Unit) -> None:
    with unit() as ctx:
        department_id, user_id = _office(ctx)
        case = _registered(ctx)
        assert _waiting(ctx) == [("意见建议待分办", None)]
    with unit() as ctx:
        services.assign_suggestion(ctx, AssignSuggestion(case, 1, department_id, user_id))
        assert _waiting(ctx) == [("意见建议待办理", user_id)]
        row = get_suggestion(ctx, case)
        assert row.due_on == suggestion_choices(ctx).due_on
        assert (row.number, row.department, row.handler) == (f"YJ-{ctx.today().year}-0001", "膳食科", "钱某")
    with unit() as ctx:
        answer = AnswerSuggestion(
            case, get_suggestion(ctx, case).version, "换了循环泵", "已修好，谢谢提醒", ctx.today()
        )
        services.answer_suggestion(ctx, answer)
        assert _waiting(ctx) == [("答复待核实", None)]
    with unit() as ctx:
        services.return_suggestion(ctx, ReasonedMove(case, get_suggestion(ctx, case).version, "还是不热"))
        assert _waiting(ctx) == [("意见建议待办理", user_id)]
    with unit() as ctx:
        services.answer_suggestion(ctx, replace(answer, version=get_suggestion(ctx, case).version))
    with unit() as ctx:
        services.close_suggestion(ctx, CloseSuggestion(case, get_suggestion(ctx, case).version, Feedback.SATISFIED))
        assert _waiting(ctx) == []
        row = get_suggestion(ctx, case)
        assert (row.state, row.feedback, row.closed_on) == (SuggestionState.CLOSED, Feedback.SATISFIED, ctx.today())


def test_only_moves_of_the_table_are_made(unit: Unit) -> None:
    """Every state meets every move; those not in the table are refused and change nothing."""

    def steps(case: int, version: int, day: object) -> dict[SuggestionState, Callable[[Ctx], object]]:
        return {
            SuggestionState.ASSIGNED: lambda ctx: services.assign_suggestion(
                ctx, AssignSuggestion(case, version, handler_id=None, department_id=_any_department(ctx))
            ),
            SuggestionState.ANSWERED: lambda ctx: services.answer_suggestion(
                ctx, AnswerSuggestion(case, version, "办了", "好了", ctx.today())
            ),
            SuggestionState.CLOSED: lambda ctx: services.close_suggestion(
                ctx, CloseSuggestion(case, version, Feedback.UNKNOWN)
            ),
            SuggestionState.DECLINED: lambda ctx: services.decline_suggestion(
                ctx, ReasonedMove(case, version, "不属于本校")
            ),
            SuggestionState.RECEIVED: lambda ctx: services.take_up_again(ctx, case, version),
        }

    with unit() as ctx:
        _office(ctx)
    for state in SuggestionState:
        for target in SuggestionState:
            with unit() as ctx:
                case = _registered(ctx)
                ctx.get(Suggestion, case).state = state.value
                ctx.session.flush()
                version = ctx.get(Suggestion, case).version
            if target in SUGGESTION_MOVES[state]:
                with unit() as ctx:
                    steps(case, version, None)[target](ctx)
                    assert ctx.get(Suggestion, case).state == target.value
            else:
                with pytest.raises(RuleViolation, match="YJ-"), unit() as ctx:
                    steps(case, version, None)[target](ctx)
                with unit() as ctx:
                    assert ctx.get(Suggestion, case).state == state.value


def _any_department(ctx: Ctx) -> int:
    return ctx.session.scalars(select(Department.id)).first() or 0


def test_the_handler_answers_his_own_and_no_other(unit: Unit) -> None:
    with unit() as ctx:
        department_id, user_id = _office(ctx)
        mine, other = _registered(ctx), _registered(ctx)
        services.assign_suggestion(ctx, AssignSuggestion(mine, 1, department_id, user_id))
        services.assign_suggestion(ctx, AssignSuggestion(other, 1, department_id))
    handler = Actor(user_id, "钱某", frozenset({SUGGESTIONS_VIEW.key}))
    with unit(actor=handler) as ctx:
        services.answer_suggestion(
            ctx, AnswerSuggestion(mine, get_suggestion(ctx, mine).version, "办了", "好了", ctx.today())
        )
    with pytest.raises(PermissionDenied, match="不是交给您办理"), unit(actor=handler) as ctx:
        services.answer_suggestion(
            ctx, AnswerSuggestion(other, get_suggestion(ctx, other).version, "办了", "好了", ctx.today())
        )


def test_a_remark_is_raised_once_and_names_nobody(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        for text in ("菜偏咸", "菜偏咸", "", "", ""):
            services.submit_paper(ctx, paper(campaign.id, ctx.today(), text=text))
        services.close_campaign(ctx, campaign.id, campaign.version)
        remarks = list(ctx.session.scalars(select(SurveyText.id)))
        services.file_comments(ctx, remarks, "餐饮")
        case = services.raise_from_comment(ctx, remarks[0])
        row = get_suggestion(ctx, case)
        assert (row.who, row.source, row.content, row.category) == ("匿名", SuggestionSource.SURVEY, "菜偏咸", "餐饮")
    for again in remarks:  # the same remark, or the same words of somebody else
        with pytest.raises(RuleViolation, match="已经转为处理单 YJ-"), unit() as ctx:
            services.raise_from_comment(ctx, again)


def test_a_low_score_is_raised_once(unit: Unit) -> None:
    with unit() as ctx:
        campaign = add_campaign(ctx)
        services.raise_from_score(ctx, campaign.id, 3, "菜品口味：满意率 62.0%（F1，有效评价 50 份）")
    with pytest.raises(RuleViolation, match="已经有处理单"), unit() as ctx:
        services.raise_from_score(ctx, campaign.id, 3, "再来一次")


@pytest.mark.parametrize(
    ("field", "change"),
    (
        ("content", {"content": "  "}),
        ("content", {"content": "长" * 1001}),
        ("contact", {"contact": "1" * 61}),
        ("first_contact_id", {"first_contact_id": 999}),
    ),
)
def test_wrong_input_is_named(unit: Unit, field: str, change: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as caught, unit() as ctx:
        _registered(ctx, **change)
    assert caught.value.field == field


def test_a_day_to_come_is_refused(unit: Unit) -> None:
    with pytest.raises(InvalidInput, match="不能晚于今天"), unit() as ctx:
        _registered(ctx, received_on=ctx.today() + timedelta(1))


def test_the_list_finds_filters_and_sorts(unit: Unit) -> None:
    with unit() as ctx:
        department_id, user_id = _office(ctx)
        first = _registered(ctx, from_whom="孙某", category="住宿")
        second = _registered(ctx, content="食堂想要更多素菜", source=SuggestionSource.PHONE)
        services.assign_suggestion(ctx, AssignSuggestion(second, 1, department_id, user_id))
    me = Actor(user_id, "钱某", frozenset({SUGGESTIONS_VIEW.key}))
    with unit(actor=me, read_only=True) as ctx:
        for filters, wanted in (
            ({"mine": True}, [second]),
            ({"state": "open"}, [second, first]),
            ({"state": "late"}, []),
            ({"source": "box"}, [first]),
            ({"category": "住宿"}, [first]),
            ({"department_id": department_id}, [second]),
            ({"year": ctx.today().year - 1}, []),
        ):
            assert [row.id for row in list_suggestions(ctx, ListQuery(filters=filters)).rows] == wanted, filters
        for text, wanted in (("sucai", [second]), ("孙某", [first]), ("YJ-", [second, first]), ("%", [])):
            assert [row.id for row in list_suggestions(ctx, ListQuery(search=text)).rows] == wanted, text
