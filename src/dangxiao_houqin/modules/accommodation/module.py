"""What accommodation plugs into the house.  Light on purpose: queries and widgets are imported when first used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dangxiao_houqin.core.listing import Listing, ListQuery
from dangxiao_houqin.core.module_spec import ChartSpec, DocumentSpec, Figure, ListSpec, ModuleSpec, PageSpec, TodayRow

from .columns import FREE_BED_COLUMNS, STAY_COLUMNS, UNASSIGNED_COLUMNS
from .domain import ASSIGN, DESK, RULES, VIEW, AllocationRules, DeskRules, FreeBedRow, StayRow, UnassignedRow

if TYPE_CHECKING:
    from dangxiao_houqin.core.uow import Ctx


_FREE, _WAITING = "accommodation.free_beds", "accommodation.unassigned"


def _stays_page(desk: Any) -> Any:
    from .ui.stays_page import StaysPage

    return StaysPage(desk)


def _free_beds_page(desk: Any) -> Any:
    from .ui.free_beds_page import FreeBedsPage

    return FreeBedsPage(desk)


def _unassigned_page(desk: Any) -> Any:
    from .ui.unassigned_page import UnassignedPage

    return UnassignedPage(desk)


def _proposal_page(desk: Any) -> Any:
    from .ui.proposal_page import ProposalPage

    return ProposalPage(desk)


def _pages() -> tuple[PageSpec, ...]:
    return (
        PageSpec("accommodation.stays", "学员住宿", "bed-double", _stays_page, VIEW, order=130, opens=("stay",)),
        PageSpec(_FREE, "空床", "bed-single", _free_beds_page, VIEW, order=131, under="accommodation.stays"),
        PageSpec(_WAITING, "待分床位", "user-plus", _unassigned_page, VIEW, order=132, under="accommodation.stays"),
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


def _list_free_beds(ctx: Ctx, query: ListQuery) -> Listing[FreeBedRow]:
    from .queries import list_free_beds_on

    return list_free_beds_on(ctx, query)


def _figures(ctx: Ctx) -> Sequence[Figure]:
    from .day_board import figures

    return figures(ctx)


def _charts(ctx: Ctx) -> Sequence[ChartSpec]:
    from .day_board import charts

    return charts(ctx)


def _today(ctx: Ctx) -> Sequence[TodayRow]:
    from .day_board import today_lines

    return today_lines(ctx)


MODULE = ModuleSpec(
    key="accommodation",
    title="学员住宿",
    permissions=(VIEW, ASSIGN, RULES, DESK),
    settings=(AllocationRules, DeskRules),
    pages=_pages,
    documents=_documents,
    lists=(
        ListSpec("stays", "住宿名单", STAY_COLUMNS, _list_stays, by_class=True),
        ListSpec("free-beds", "空床", FREE_BED_COLUMNS, _list_free_beds),
        ListSpec("unassigned", "待分配名单", UNASSIGNED_COLUMNS, _list_unassigned),
    ),
    opens=("stay",),
    figures=(_figures,),
    charts=(_charts,),
    today=(_today,),
)
