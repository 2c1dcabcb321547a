"""What surveys do by themselves every morning: tell the office of cases that nobody has answered in time."""

from __future__ import annotations

from sqlalchemy import select

from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx
from dangxiao_houqin.modules.inbox import api as inbox
from dangxiao_houqin.modules.organization.api import department, user_account

from .domain.rules import SurveyRules
from .models import Suggestion
from .queries.suggestions import is_late
from .services.suggestions import REF_KIND, inbox_prefix

_TITLE = 40


def remind_suggestions(ctx: Ctx) -> int:
    """Late cases become 待办 of the role that gives cases away, once for each day due; returns how many are late.

    Answering, giving it to somebody else, or declining it closes the item.
    """
    office = ctx.settings(SurveyRules).office_role
    query = (
        select(Suggestion, department.c.name, user_account.c.display_name)
        .outerjoin(department, department.c.id == Suggestion.department_id)
        .outerjoin(user_account, user_account.c.id == Suggestion.handler_id)
        .where(is_late(ctx.today()))
        .order_by(Suggestion.due_on, Suggestion.id)
    )
    late = list(ctx.session.execute(query))
    for found, where, who in late:
        whom = f"{where or ''}{who or ''}" or "尚未分办"
        words = " ".join(found.content.split())[:_TITLE]
        inbox.assign(
            ctx,
            inbox.Assign(
                key=f"{inbox_prefix(found.id)}late:{found.due_on}",
                kind="意见建议逾期",
                text=f"{found.number}（期限 {found.due_on}）还没有答复，承办：{whom}，请督办：{words}",
                ref=Ref(REF_KIND, found.id),
                role=office,
                due_on=found.due_on,
            ),
        )
    return len(late)
