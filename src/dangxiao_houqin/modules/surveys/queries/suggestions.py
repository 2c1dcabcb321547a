"""Reads about 意见建议: the list, one case, and what its dialogs offer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from dangxiao_houqin.core.errors import NotFound
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Found
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.selecting import AnySelect, fetch_listing
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.organization.api import (
    EVERYTHING,
    add_workdays,
    department,
    department_choices,
    missing_years_note,
    role,
    staff_choices,
    staff_member,
    user_account,
    user_role,
)
from dangxiao_houqin.modules.surveys.domain.rules import SUGGESTIONS, SUGGESTIONS_VIEW, SurveyRules
from dangxiao_houqin.modules.surveys.domain.suggestions import (
    CATEGORIES,
    UNANSWERED,
    UNDER_WAY,
    Feedback,
    SuggestionChoices,
    SuggestionRow,
    SuggestionSource,
    SuggestionState,
)
from dangxiao_houqin.modules.surveys.models import Suggestion, SurveyCampaign

_UNDER_WAY = tuple(state.value for state in UNDER_WAY)


def is_late(today: date) -> ColumnElement[bool]:
    """Not answered though the day it was due is over."""
    return Suggestion.state.in_([state.value for state in UNANSWERED]) & (Suggestion.due_on < today)


def _suggestions() -> AnySelect:
    return (
        select(
            Suggestion,
            SurveyCampaign.title.label("campaign"),
            department.c.name.label("department"),
            user_account.c.display_name.label("handler"),
        )
        .outerjoin(SurveyCampaign, SurveyCampaign.id == Suggestion.campaign_id)
        .outerjoin(department, department.c.id == Suggestion.department_id)
        .outerjoin(user_account, user_account.c.id == Suggestion.handler_id)
    )


def _may_reach(ctx: Ctx, found: Suggestion) -> bool:
    """How to reach who raised it is for the office and for him who handles it."""
    mine = found.handler_id is not None and found.handler_id == ctx.actor.user_id
    return mine or ctx.can(SUGGESTIONS)


def _row(ctx: Ctx, row: Any) -> SuggestionRow:
    found: Suggestion = row[0]
    return SuggestionRow(
        id=found.id,
        version=found.version,
        number=found.number,
        source=SuggestionSource(found.source),
        campaign_id=found.campaign_id,
        campaign=row.campaign or "",
        question=found.question,
        received_on=found.received_on,
        first_contact=found.first_contact,
        first_contact_id=found.first_contact_id,
        from_whom=found.from_whom,
        contact=found.contact if _may_reach(ctx, found) else "",
        category=found.category,
        content=found.content,
        department_id=found.department_id,
        department=row.department or "",
        handler_id=found.handler_id,
        handler=row.handler or "",
        due_on=found.due_on,
        state=SuggestionState(found.state),
        result=found.result,
        reply=found.reply,
        replied_on=found.replied_on,
        feedback=Feedback(found.feedback) if found.feedback else None,
        closed_on=found.closed_on,
        days_late=((found.replied_on or ctx.today()) - found.due_on).days if found.due_on is not None else None,
    )


def list_suggestions(ctx: Ctx, query: ListQuery) -> Listing[SuggestionRow]:
    """Cases, those under way first, the longest due before others.

    Searched: number, content (also by pinyin), who raised it, category, answer.  Filters: ``state`` (a state, or
    ``open`` for all under way, or ``late``), ``step`` (a state, beside the other), ``mine`` (handled by the actor),
    ``source``, ``department_id``, ``year``, ``campaign_id``, ``category``, ``id``.
    """
    ctx.require(SUGGESTIONS_VIEW)
    settled = Suggestion.state.not_in(_UNDER_WAY)
    return fetch_listing(
        ctx.session,
        _suggestions(),
        query,
        lambda row: _row(ctx, row),
        search=(
            Suggestion.search_key.expression,
            Suggestion.number.expression,
            Suggestion.content.expression,
            Suggestion.from_whom.expression,
            Suggestion.category.expression,
            Suggestion.reply.expression,
        ),
        filters={
            "state": lambda value: _state_filter(ctx, str(value)),
            "step": lambda value: Suggestion.state == str(value),
            "mine": lambda value: Suggestion.handler_id == (ctx.actor.user_id if value else None),
            "source": lambda value: Suggestion.source == str(value),
            "department_id": lambda value: Suggestion.department_id == int(value),
            "year": lambda value: Suggestion.received_on.between(date(int(value), 1, 1), date(int(value), 12, 31)),
            "campaign_id": lambda value: Suggestion.campaign_id == int(value),
            "category": lambda value: Suggestion.category == str(value),
            "id": lambda value: Suggestion.id == int(value),
        },
        sorts={
            "number": Suggestion.number.expression,
            "source": Suggestion.source.expression,
            "received_on": Suggestion.received_on.expression,
            "category": Suggestion.category.expression,
            "department": department.c.name,
            "handler": user_account.c.display_name,
            "due_on": Suggestion.due_on.expression,
            "state": Suggestion.state.expression,
            "replied_on": Suggestion.replied_on.expression,
        },
        order=(settled, Suggestion.due_on.is_(None), Suggestion.due_on, Suggestion.id.desc()),
    )


def _state_filter(ctx: Ctx, value: str) -> ColumnElement[bool]:
    if value == "open":
        return Suggestion.state.in_(_UNDER_WAY)
    if value == "late":
        return is_late(ctx.today())
    return Suggestion.state == value


def get_suggestion(ctx: Ctx, suggestion_id: int) -> SuggestionRow:
    """One case; raises :class:`NotFound`."""
    ctx.require(SUGGESTIONS_VIEW)
    found = ctx.session.execute(_suggestions().where(Suggestion.id == suggestion_id)).one_or_none()
    if found is None:
        raise NotFound("这张处理单已不在了，请刷新列表。")
    return _row(ctx, found)


def suggestion_choices(ctx: Ctx) -> SuggestionChoices:
    """Staff, departments, logins, categories, and the day a case given away today is due."""
    ctx.require(SUGGESTIONS)
    used = ctx.session.scalars(select(Suggestion.category).where(Suggestion.category != "").distinct())
    logins = _logins_that_may_look(ctx)
    due_on = add_workdays(ctx, ctx.today(), ctx.settings(SurveyRules).handle_days)
    return SuggestionChoices(
        staff=staff_choices(ctx),
        departments=department_choices(ctx),
        handlers=tuple(
            (row.id, f"{row.display_name}（{row.home}）" if row.home else row.display_name) for row in logins
        ),
        categories=tuple(dict.fromkeys((*CATEGORIES, *sorted(used)))),
        due_on=due_on,
        due_note=missing_years_note(ctx, ctx.today(), due_on),
        homes={row.id: row.department_id for row in logins if row.department_id is not None},
    )


def _logins_that_may_look(ctx: Ctx) -> list[Any]:
    """Active logins with a right to see cases, and where they work: nobody else could answer one."""
    held = select(user_role.c.user_id, role.c.permissions).join(role, role.c.id == user_role.c.role_id)
    able = {
        user_id
        for user_id, permissions in ctx.session.execute(held)
        if SUGGESTIONS_VIEW.key in permissions or EVERYTHING in permissions
    }
    logins = (
        select(
            user_account.c.id,
            user_account.c.display_name,
            staff_member.c.department_id,
            department.c.name.label("home"),
        )
        .outerjoin(staff_member, staff_member.c.id == user_account.c.staff_id)
        .outerjoin(department, department.c.id == staff_member.c.department_id)
        .where(user_account.c.active.is_(True))
        .order_by(user_account.c.id)
    )
    return [row for row in ctx.session.execute(logins) if row.id in able]


def find_suggestions(ctx: Ctx, text: str, limit: int) -> Sequence[Found]:
    """For the search of everything."""
    if not ctx.can(SUGGESTIONS_VIEW):
        return ()
    rows = list_suggestions(ctx, ListQuery(search=text, limit=limit)).rows
    return tuple(
        Found(row.number, f"{row.state.label} · {row.content[:30]}", Ref("suggestion", row.id), "message-square")
        for row in rows
    )


def count_waiting(ctx: Ctx) -> int:
    """What waits behind the navigation: the office's cases under way, a handler's own that he has not answered.

    0 where the actor may not look.
    """
    if not ctx.can(SUGGESTIONS_VIEW):
        return 0
    office: dict[str, object] = {"state": "open"}
    own: dict[str, object] = {"state": SuggestionState.ASSIGNED.value, "mine": True}
    return list_suggestions(ctx, ListQuery(filters=office if ctx.can(SUGGESTIONS) else own, limit=1)).total
