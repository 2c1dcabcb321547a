"""What accommodation plugs into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import DocumentSpec, Figure, ListSpec, ModuleSpec, PageSpec, TodayRow
from dangxiao_houqin.core.refs import Ref

from .columns import STAY_COLUMNS, UNASSIGNED_COLUMNS
from .domain import ASSIGN, DESK, RULES, VIEW, AllocationRules, DeskRules, StayRow, UnassignedRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx


def _stays_page(desk: Any) -> Any:
    from .ui.stays_page import StaysPage

    return StaysPage(desk)


def _proposal_page(desk: Any) -> Any:
    from .ui.proposal_page import ProposalPage

    return ProposalPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("accommodation.stays", "学员住宿", "bed-double", _stays_page, VIEW, order=130, opens=("stay",)),
        PageSpec("accommodation.proposal", "自动分房", "wand-sparkles", _proposal_page, ASSIGN, order=140),
    )


def _documents() -> tuple[DocumentSpec, ...]:
    from .printouts import DOCUMENTS

    return DOCUMENTS


def _list_stays(ctx: Ctx, query: ListQuery) -> Listing[StayRow]:
    from .queries import list_stays

    return list_stays(ctx, query)


def _list_unassigned(ctx: Ctx, query: ListQuery) -> Listing[UnassignedRow]:
    from .queries import list_unassigned

    return list_unassigned(ctx, query)


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .queries import count_moving, night_figures

    if not ctx.can(VIEW):
        return ()
    today = ctx.today()
    tonight = night_figures(ctx, today, today + timedelta(days=1))[0]
    arrivals, departures, _ = count_moving(ctx, today)
    waiting = _list_unassigned(ctx, ListQuery(filters={"from_day": today}, limit=0)).total
    rate = tonight.taken / (tonight.beds - tonight.closed) if tonight.beds > tonight.closed else 0
    note = f"入住率 {rate:.1%}，空床 {tonight.free}"
    stays = "accommodation.stays"
    return (
        Figure("今晚住宿", str(tonight.taken), "人", note, "bed-double", "primary", stays),
        Figure("今日报到", str(arrivals), "人", f"今日离校 {departures} 人", "log-in", "teal", stays, order=110),
        Figure(
            "待分配床位",
            str(waiting),
            "人",
            "请到“自动分房”安排" if waiting else "全部已安排",
            "user-plus",
            "warning" if waiting else "success",
            "accommodation.proposal",
            order=120,
        ),
    )


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    """Classes with people still without a bed."""
    if not ctx.can(VIEW):
        return ()
    counts: dict[tuple[int, str], int] = {}
    for row in _list_unassigned(ctx, ListQuery(filters={"from_day": ctx.today()}, limit=None)).rows:
        key = (row.class_id, row.class_name)
        counts[key] = counts.get(key, 0) + 1
    return [
        TodayRow("待分床位", f"{name}", f"{count} 人", "warning", "", Ref("training_class", class_id))
        for (class_id, name), count in counts.items()
    ]


MODULE = ModuleSpec(
    key="accommodation",
    title="学员住宿",
    permissions=(VIEW, ASSIGN, RULES, DESK),
    settings=(AllocationRules, DeskRules),
    pages=_pages,
    documents=_documents,
    lists=(
        ListSpec("stays", "住宿名单", STAY_COLUMNS, _list_stays, by_class=True),
        ListSpec("unassigned", "待分配名单", UNASSIGNED_COLUMNS, _list_unassigned),
    ),
    opens=("stay",),
    figures=(_figures,),
    today=(_today,),
)
