"""What cases of 意见建议 show on the dashboard and behind the navigation."""

from __future__ import annotations

from collections.abc import Sequence

from dangxiao_houqin.core.columns import chinese_date
from dangxiao_houqin.core.listing import ListQuery
from dangxiao_houqin.core.module_spec import Figure, TodayRow
from dangxiao_houqin.core.refs import Ref
from dangxiao_houqin.core.uow import Ctx

from .domain.rules import SUGGESTIONS, SUGGESTIONS_VIEW
from .domain.suggestions import SuggestionRow
from .queries.suggestions import count_waiting, list_suggestions

MOST_LINES = 3
"""So many late cases stand under 今日."""

_TITLE = 30


def badges(ctx: Ctx) -> dict[str, int]:
    """How much waits behind 意见建议."""
    return {"surveys.suggestions": count_waiting(ctx)}


def figures(ctx: Ctx) -> Sequence[Figure]:
    """Cases under way and how many of them are late; no tile where none was ever registered."""
    if not ctx.can(SUGGESTIONS_VIEW) or not _count(ctx):
        return ()
    running, late = _count(ctx, state="open"), _count(ctx, state="late")
    return (
        Figure(
            "意见建议在办",
            str(running),
            "件",
            f"{late} 件逾期未答复" if late else "没有逾期",
            "message-square",
            "error" if late else "teal",
            page="surveys.suggestions",
            note_icon="warning" if late else "",
            order=310,
            args={"state": "late" if late else "open"},
        ),
    )


def today_lines(ctx: Ctx) -> Sequence[TodayRow]:
    """Late cases, the longest first: all of them for the office, his own for a handler."""
    if not ctx.can(SUGGESTIONS_VIEW):
        return ()
    filters: dict[str, object] = {"state": "late"}
    if not ctx.can(SUGGESTIONS):
        filters["mine"] = True
    return tuple(_line(row) for row in list_suggestions(ctx, ListQuery(filters=filters, limit=MOST_LINES)).rows)


def _line(row: SuggestionRow) -> TodayRow:
    words = " ".join(row.content.split())
    text = words if len(words) <= _TITLE else f"{words[:_TITLE]}…"
    due = f"{chinese_date(row.due_on, year=False)}到期" if row.due_on is not None else ""
    return TodayRow("意见建议", text, row.pill.text, "error", due, Ref("suggestion", row.id))


def _count(ctx: Ctx, **filters: object) -> int:
    return list_suggestions(ctx, ListQuery(filters=filters, limit=1)).total
