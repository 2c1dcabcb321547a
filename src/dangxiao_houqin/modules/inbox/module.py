"""What the inbox plugs into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.columns import Tone
from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import Figure, ListSpec, ModuleSpec, PageSpec, TodayRow
from dangxiao_houqin.core.refs import Ref

from .columns import ITEM_COLUMNS
from .domain import MANAGE, VIEW, ItemRow, Scope

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx

PAGE = "inbox.items"
ON_DASHBOARD = 6


def _page(desk: Any) -> Any:
    from .ui.inbox_page import InboxPage

    return InboxPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (PageSpec(PAGE, "待办", "inbox", _page, VIEW, order=10, opens=("inbox_item",)),)


def _list_items(ctx: Ctx, query: ListQuery) -> Listing[ItemRow]:
    """Everything open, for the sheet."""
    from .queries import list_items

    return list_items(ctx, replace(query, filters={"scope": Scope.ALL.value, **query.filters}))


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .queries import count_mine

    if not ctx.can(VIEW):
        return ()
    mine = count_mine(ctx)
    note = f"其中 {mine.late} 件已逾期" if mine.late else ("没有逾期" if mine.open else "都办完了")
    tone: Tone = "error" if mine.late else "violet"
    icon = "warning" if mine.late else ""
    args = {"scope": Scope.MINE.value}
    return (Figure("我的待办", str(mine.open), "件", note, "inbox", tone, PAGE, icon, order=180, args=args),)


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    """The most urgent of what waits for the actor."""
    from .queries import list_items

    if not ctx.can(VIEW):
        return ()
    return [
        TodayRow(row.kind, row.text, row.pill.text, row.pill.tone, _day(row), row.ref or Ref("inbox_item", row.id))
        for row in list_items(ctx, ListQuery(limit=ON_DASHBOARD)).rows
    ]


def _day(row: ItemRow) -> str:
    return f"{row.due_on:%m-%d}" if row.due_on is not None else ""


MODULE = ModuleSpec(
    key="inbox",
    title="待办",
    permissions=(VIEW, MANAGE),
    pages=_pages,
    lists=(ListSpec("inbox", "待办", ITEM_COLUMNS, _list_items),),
    figures=(_figures,),
    today=(_today,),
)
